/** Alarms: which of them wait to be heard, and the one sound. */
import type { Incident } from '../api/types';

/**
 * What the server raised and nobody has heard here yet. An alarm is an incident and when it began: one that begins again after it was
 * closed is another alarm. Nothing counts as heard before it has sounded, so that what came while the sound was off sounds when it is
 * switched on, if it still waits for somebody.
 */
export class Alarms {
  /** By incident, the latest beginning that was raised, ms. */
  private readonly waiting = new Map<string, number>();
  private readonly heard = new Map<string, number>();

  /** The server raised an alarm. Answers whether it is a new one. */
  raise(incident: string, since_ms: number): boolean {
    if ((this.heard.get(incident) ?? -Infinity) >= since_ms || (this.waiting.get(incident) ?? -Infinity) >= since_ms) return false;
    this.waiting.set(incident, since_ms);
    return true;
  }

  /** What is so now: an alarm that somebody took up, anywhere, is not to sound any more. A list may be older than the alarm. */
  settle(incidents: Incident[]): void {
    for (const i of incidents) {
      const since_ms = this.waiting.get(i.id);
      if (since_ms === undefined) continue;
      if ((i.state === 'acknowledged' && Date.parse(i.updated) >= since_ms) || (i.state === 'closed' && i.closed !== null && Date.parse(i.closed) >= since_ms)) this.waiting.delete(i.id);
    }
  }

  /** Sounds once for all that waits. What `sound` could not make audible goes on waiting. */
  hear(sound: () => boolean): void {
    if (this.waiting.size === 0 || !sound()) return;
    for (const [id, since_ms] of this.waiting) this.heard.set(id, since_ms);
    this.waiting.clear();
  }

  get count(): number {
    return this.waiting.size;
  }
}

/** Three soft rising tones. A browser allows them only after a click, so they are armed by one. */
export class Tone {
  private context: AudioContext | null = null;

  get armed(): boolean {
    return this.context !== null && this.context.state === 'running';
  }

  /** Call from a click. Answers whether sound works now. */
  async arm(): Promise<boolean> {
    try {
      this.context ??= new AudioContext();
      await this.context.resume();
    } catch {
      this.context = null;
    }
    return this.armed;
  }

  async disarm(): Promise<void> {
    await this.context?.suspend();
  }

  /** Answers whether it can be heard. */
  sound(): boolean {
    const c = this.context;
    if (!c || !this.armed) return false;
    [523.25, 659.25, 783.99].forEach((pitch, i) => {
      const at = c.currentTime + 0.02 + i * 0.22;
      const tone = c.createOscillator();
      const gain = c.createGain();
      tone.type = 'triangle';
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.22, at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
      tone.connect(gain).connect(c.destination);
      tone.start(at);
      tone.stop(at + 0.55);
    });
    return true;
  }
}
