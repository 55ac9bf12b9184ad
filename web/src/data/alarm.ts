/** The one sound: three soft rising tones. A browser allows it only after a click, so it is armed by one. */

export class Alarm {
  private context: AudioContext | null = null;
  private readonly sounded = new Set<string>();

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

  disarm(): void {
    void this.context?.suspend();
  }

  /** Sounds once a group, whatever the connection repeats. */
  sound(incident: string, test = false): boolean {
    if (!test && this.sounded.has(incident)) return false;
    if (!test) this.sounded.add(incident);
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
