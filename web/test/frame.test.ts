import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FrameFault, FrameKind, HEIGHT_UNKNOWN, decodeFrame } from '../src/api/frame';

const folder = new URL('../../crates/skypicket/tests/vectors/', import.meta.url);

/** The golden bytes, which the server's tests read too. */
function vectors(): ArrayBuffer[] {
  const text = readFileSync(new URL('picture-frame.hex', folder), 'utf8');
  return text
    .split(/^#.*$/m)
    .map((part) => part.replace(/\s/g, ''))
    .filter((hex) => hex.length > 0)
    .map((hex) => Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16)).buffer);
}

interface Said {
  kind: string; past: boolean; thinned: boolean; notLive: boolean; sequence: number; timeMs: number; removed: number[];
  tracks: { number: number; lat_deg: number; lon_deg: number; velocity_east_m_s: number; velocity_north_m_s: number; height_m: number | null; ellipse_major_m: number; ellipse_minor_m: number; ellipse_azimuth_deg: number;
    class: number; identity: number; on_ground: boolean; has_identifier: boolean; status: number; entry: number; emergency: boolean; not_live: boolean; not_permitted: boolean; vertical_m_s: number; age_s: number }[];
}
const said = (JSON.parse(readFileSync(new URL('picture-frame.json', folder), 'utf8')) as { frames: Said[] }).frames;
const clamp = (v: number, lo: number, hi: number): number => Math.max(lo, Math.min(hi, v));

describe('picture frame', () => {
  it('decodes the golden bytes to what the vector says', () => {
    const frames = vectors().map(decodeFrame);
    expect(frames).toHaveLength(said.length);
    frames.forEach((frame, k) => {
      const want = said[k]!;
      expect(frame.kind).toBe(want.kind === 'snapshot' ? FrameKind.Snapshot : FrameKind.Delta);
      expect([frame.past, frame.thinned, frame.notLive]).toEqual([want.past, want.thinned, want.notLive]);
      expect(frame.sequence).toBe(want.sequence);
      expect(frame.timeMs).toBe(want.timeMs);
      expect([...frame.removed]).toEqual(want.removed);
      expect(frame.count).toBe(want.tracks.length);
      want.tracks.forEach((t, i) => {
        expect(frame.number[i]).toBe(t.number);
        expect(frame.lat[i]).toBe(Math.round(t.lat_deg * 1e7));
        expect(frame.lon[i]).toBe(Math.round(t.lon_deg * 1e7));
        expect(frame.velocityEast[i]).toBe(clamp(Math.round(t.velocity_east_m_s * 10), -32768, 32767));
        expect(frame.velocityNorth[i]).toBe(clamp(Math.round(t.velocity_north_m_s * 10), -32768, 32767));
        expect(frame.height[i]).toBe(t.height_m === null ? HEIGHT_UNKNOWN : Math.round(t.height_m / 2));
        expect(frame.major[i]).toBe(clamp(t.ellipse_major_m, 0, 65535));
        expect(frame.minor[i]).toBe(clamp(t.ellipse_minor_m, 0, 65535));
        expect((frame.azimuth[i]! / 256) * 180).toBeCloseTo(t.ellipse_azimuth_deg, 5);
        const kind = frame.classAndIdentity[i]!;
        expect([kind & 7, (kind >> 3) & 7, !!(kind & 64), !!(kind & 128)]).toEqual([t.class, t.identity, t.on_ground, t.has_identifier]);
        const state = frame.state[i]!;
        expect([state & 3, (state >> 2) & 7, !!(state & 32), !!(state & 64), !!(state & 128)]).toEqual([t.status, t.entry, t.emergency, t.not_live, t.not_permitted]);
        expect(frame.vertical[i]).toBe(clamp(Math.round(t.vertical_m_s * 2), -128, 127));
        expect(frame.ageS[i]).toBe(clamp(t.age_s, 0, 255));
      });
    });
  });

  it('refuses every truncation, trailing bytes, other versions and kinds', () => {
    for (const whole of vectors()) {
      for (let n = 0; n < whole.byteLength; n++) expect(() => decodeFrame(whole.slice(0, n))).toThrow(FrameFault);
      const longer = new Uint8Array(whole.byteLength + 1);
      longer.set(new Uint8Array(whole));
      expect(() => decodeFrame(longer.buffer)).toThrow(FrameFault);
      for (const [at, value] of [[0, 2], [1, 0], [1, 3]] as const) {
        const other = new Uint8Array(whole.slice(0));
        other[at] = value;
        expect(() => decodeFrame(other.buffer)).toThrow(FrameFault);
      }
    }
  });

  it('refuses counts beyond its bytes without reserving memory', () => {
    const bytes = new DataView(new ArrayBuffer(24));
    bytes.setUint8(0, 1);
    bytes.setUint8(1, 1);
    bytes.setUint32(16, 0xffffffff, true);
    expect(() => decodeFrame(bytes.buffer)).toThrow(FrameFault);
  });
});
