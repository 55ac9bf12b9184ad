/** Picture time between frames: runs on from the newest frame at the picture's own pace, and stops when frames stop. */

/** After this long without a frame the picture is stale and nothing is moved on. */
export const STALE_MS = 3000;

export class PictureClock {
  private frameMs = 0;
  private wallMs = 0;
  private pace = 1;

  /** A frame arrived. */
  set(frameMs: number, wallMs: number): void {
    this.frameMs = frameMs;
    this.wallMs = wallMs;
  }

  /** Seconds of picture time a wall second; 0 while paused. */
  setPace(pace: number, wallMs: number): void {
    if (pace === this.pace) return;
    if (this.wallMs) this.set(this.now(wallMs), wallMs);
    this.pace = pace;
  }

  get running(): number {
    return this.pace;
  }

  now(wallMs: number): number {
    return this.frameMs + Math.min(STALE_MS, Math.max(0, wallMs - this.wallMs)) * this.pace;
  }

  stale(wallMs: number): boolean {
    return this.wallMs > 0 && wallMs - this.wallMs > STALE_MS;
  }
}
