/** The live socket: connects, connects again, watches the sequence, and hands on what arrives. */
import { FrameKind, decodeFrame, type Frame } from '../api/frame';
import type { ClientMessage, ServerMessage } from '../api/types';

const RETRY_FIRST_MS = 800;
const RETRY_MAX_MS = 10_000;

export interface LiveHandlers {
  frame(frame: Frame): void;
  message(message: ServerMessage): void;
  connection(state: 'connecting' | 'open' | 'lost'): void;
  fault(text: string): void;
}

export class Live {
  private socket: WebSocket | null = null;
  private retryMs = RETRY_FIRST_MS;
  private timer = 0;
  private sequence = -1;
  private asked = false;
  private closed = false;
  /** Sent again after each connect, so that the server knows what is on the screen. */
  private view: ClientMessage | null = null;
  private asOf: ClientMessage | null = null;

  constructor(
    private readonly url: string,
    private readonly on: LiveHandlers,
  ) {}

  connect(): void {
    this.closed = false;
    this.on.connection('connecting');
    const socket = new WebSocket(this.url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.sequence = -1;
    this.asked = false;
    socket.onopen = () => {
      this.retryMs = RETRY_FIRST_MS;
      this.on.connection('open');
      if (this.view) this.send(this.view);
      if (this.asOf) this.send(this.asOf);
    };
    socket.onmessage = (event) => (typeof event.data === 'string' ? this.text(event.data) : this.binary(event.data as ArrayBuffer));
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (this.closed) return;
      this.on.connection('lost');
      this.timer = window.setTimeout(() => this.connect(), this.retryMs);
      this.retryMs = Math.min(RETRY_MAX_MS, this.retryMs * 1.7);
    };
  }

  close(): void {
    this.closed = true;
    window.clearTimeout(this.timer);
    this.socket?.close();
  }

  setView(view: ClientMessage): void {
    this.view = view;
    this.send(view);
  }

  lookAt(time: string, speed: number, paused: boolean): void {
    this.asOf = { type: 'as_of', time, speed, paused };
    this.send(this.asOf);
  }

  returnToLive(): void {
    this.asOf = null;
    this.send({ type: 'live' });
  }

  private send(message: ClientMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private text(data: string): void {
    let message: ServerMessage;
    try {
      message = JSON.parse(data) as ServerMessage;
    } catch {
      this.on.fault('the server sent a text that is not JSON');
      return;
    }
    this.on.message(message);
  }

  private binary(data: ArrayBuffer): void {
    let frame: Frame;
    try {
      frame = decodeFrame(data);
    } catch (fault) {
      this.on.fault(fault instanceof Error ? fault.message : String(fault));
      return;
    }
    if (frame.kind === FrameKind.Delta && frame.sequence !== ((this.sequence + 1) >>> 0)) {
      // A gap: what the delta builds on was never seen. Ask once; draw nothing wrong meanwhile.
      if (!this.asked) this.send({ type: 'snapshot' });
      this.asked = true;
      return;
    }
    this.asked = false;
    this.sequence = frame.sequence;
    this.on.frame(frame);
  }
}
