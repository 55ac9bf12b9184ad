import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
// @ts-expect-error plain script without types
import { encodeFrame } from '../mock/frame.mjs';
import type { Frame } from '../src/api/frame';
import { Live } from '../src/data/live';

/** A socket whose other end is the test. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  binaryType = '';
  readonly sent: { type: string }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor() {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string });
  }
  close(): void {
    this.drop();
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  drop(): void {
    this.readyState = 3;
    this.onclose?.();
  }
  frame(kind: 'snapshot' | 'delta', sequence: number): void {
    this.onmessage?.({ data: new Uint8Array(encodeFrame({ kind, sequence, timeMs: 0, tracks: [] }) as Uint8Array).buffer });
  }
}

describe('live socket', () => {
  const frames: Frame[] = [];
  const states: string[] = [];
  const faults: string[] = [];
  let live: Live;
  const last = (): FakeSocket => FakeSocket.all.at(-1)!;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', FakeSocket);
    vi.stubGlobal('window', globalThis);
    FakeSocket.all = [];
    frames.length = states.length = faults.length = 0;
    live = new Live('ws://here/api/v1/live', { frame: (f) => frames.push(f), message: () => undefined, connection: (s) => states.push(s), fault: (t) => faults.push(t) });
    live.connect();
    last().open();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('hands on frames in sequence', () => {
    last().frame('snapshot', 7);
    last().frame('delta', 8);
    last().frame('delta', 9);
    expect(frames.map((f) => f.sequence)).toEqual([7, 8, 9]);
  });

  it('after a gap asks once for a snapshot, and draws nothing until it comes', () => {
    last().frame('snapshot', 1);
    last().frame('delta', 3);
    last().frame('delta', 4);
    expect(frames.map((f) => f.sequence)).toEqual([1]);
    expect(last().sent).toEqual([{ type: 'snapshot' }]);
    last().frame('snapshot', 5);
    last().frame('delta', 6);
    expect(frames.map((f) => f.sequence)).toEqual([1, 5, 6]);
  });

  it('the sequence goes over from its largest number to 0', () => {
    last().frame('snapshot', 0xffffffff);
    last().frame('delta', 0);
    expect(frames).toHaveLength(2);
  });

  it('connects again and says again where it looks', () => {
    live.setView({ type: 'view', bbox: [0, 0, 1, 1], zoom: 5, selected: [] });
    live.lookAt('2025-09-09T21:30:00.000Z', 1, true);
    last().drop();
    expect(states.at(-1)).toBe('lost');
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.all).toHaveLength(2);
    last().open();
    expect(last().sent.map((m) => m.type)).toEqual(['view', 'as_of']);
  });

  it('reports damage in words and goes on', () => {
    last().onmessage?.({ data: new ArrayBuffer(3) });
    last().onmessage?.({ data: '{' });
    expect(faults).toHaveLength(2);
    last().frame('snapshot', 1);
    expect(frames).toHaveLength(1);
  });
});
