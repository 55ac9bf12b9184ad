/** Which moment is on the screen: the present as it comes, or the past as it was known then. */
import { rest } from '../api/rest';
import type { Incident } from '../api/types';
import type { App } from './app.svelte';

/** How near the live edge playback of the past goes over into live. */
const EDGE_MS = 1500;
/** Between two requests that a dragged handle makes. */
const SCRUB_MS = 180;
const PAST_TEXTS_MS = 700;
/** How much of the time before and after a moment outside the memory's range the bar shows. */
const WINDOW_MS = 1_800_000;

export class Timeline {
  past = $state(false);
  pastPaused = $state(true);
  pastSpeed = $state(1);
  /** Where the handle of the time bar is while it is dragged. */
  scrubMs: number | null = $state(null);
  /** What was known then; null until it has come. */
  incidents: Incident[] | null = $state.raw(null);
  /** Why the moment asked for cannot be shown. */
  fault: string | null = $state(null);
  /** What the bar shows while a moment before the server's memory is looked at. */
  private window: { from: number; until: number } | null = $state.raw(null);
  private scrubTimer = 0;
  private textsTimer = 0;
  private seek: { time: string; speed: number; paused: boolean } | null = null;

  constructor(private readonly app: App) {}

  /** Whether time goes on, on the screen. */
  get running(): boolean {
    const status = this.app.status;
    return this.past ? !this.pastPaused : status !== null && !status.paused && !status.finished;
  }

  /** Seconds of picture time a wall second, of what is on the screen; 0 also flat out, where nothing can be foretold. */
  get pace(): number {
    const status = this.app.status;
    if (!this.running || !status) return 0;
    return this.past ? this.pastSpeed : (status.speed ?? (status.mode === 'watch' ? 1 : 0));
  }

  /** What the server has at hand, and with it what the bar shows. */
  get from(): number {
    const history = this.app.status?.history;
    return this.window?.from ?? (history ? Date.parse(history.from) : 0);
  }
  get until(): number {
    return this.window?.until ?? this.newest;
  }
  private get newest(): number {
    const history = this.app.status?.history;
    return history ? Date.parse(history.until) : 0;
  }
  /** From when on earlier moments can be worked out from the journal; null where none can. */
  get archiveFrom(): number | null {
    const from = this.app.status?.archive_from;
    return from ? Date.parse(from) : null;
  }

  /** Looks at a moment before what the bar shows, which the server works out from its journal. */
  goTo(ms: number): void {
    const from = Date.parse(this.app.status?.history?.from ?? '');
    const earliest = this.archiveFrom ?? from;
    const at = Math.min(this.newest, Math.max(earliest, ms));
    this.window = at < from ? { from: Math.max(earliest, at - WINDOW_MS), until: Math.min(this.newest, at + WINDOW_MS) } : null;
    this.lookAt(at, true);
  }
  get asOf(): string | null {
    return this.past ? new Date(this.app.pictureMs || this.until).toISOString() : null;
  }

  /** Looks at the past; the requests that a dragged handle makes are thinned. */
  lookAt(ms: number, paused = this.past ? this.pastPaused : true): void {
    if (!this.until) return;
    const at = Math.min(this.until, Math.max(this.from, ms));
    this.past = true;
    this.pastPaused = paused;
    this.fault = null;
    this.app.pictureMs = at;
    this.seek = { time: new Date(at).toISOString(), speed: this.pastSpeed, paused };
    if (this.scrubTimer) return;
    this.sendSeek();
    this.scrubTimer = window.setTimeout(() => {
      this.scrubTimer = 0;
      this.sendSeek();
    }, SCRUB_MS);
  }

  private sendSeek(): void {
    if (!this.seek) return;
    this.app.lookAtPast(this.seek.time, this.seek.speed, this.seek.paused);
    this.seek = null;
    this.app.gnss.moved();
    this.refreshTexts();
  }

  private refreshTexts(): void {
    if (this.textsTimer) return;
    this.textsTimer = window.setTimeout(
      () => {
        this.textsTimer = 0;
        void this.readTexts().then(() => {
          if (this.past && !this.pastPaused) this.refreshTexts();
        });
      },
      this.incidents === null ? 60 : PAST_TEXTS_MS,
    );
  }

  private async readTexts(): Promise<void> {
    if (!this.past) return;
    try {
      const { incidents } = await rest.incidents(this.asOf);
      if (this.past) this.take(incidents);
    } catch (fault) {
      // That nothing is kept of the moment stands on the map already.
      if (this.fault === null) this.app.desk.fail('The incidents of that time cannot be shown', fault);
    }
    void this.app.refreshDetail(true);
    if (this.app.tab === 'entries') void this.app.refreshEntries();
  }

  /** Incidents of the past arrived. */
  take(incidents: Incident[] | null): void {
    this.incidents = incidents;
    this.app.markIncidents();
  }

  /** A frame of the past arrived; near the edge the past becomes the present. */
  framed(timeMs: number): void {
    this.fault = null;
    if (this.past && !this.pastPaused && this.newest - timeMs < EDGE_MS * Math.max(1, this.pastSpeed)) this.returnToLive();
  }

  returnToLive(): void {
    if (!this.past) return;
    window.clearTimeout(this.scrubTimer);
    this.scrubTimer = 0;
    this.seek = null;
    this.past = false;
    this.fault = null;
    this.scrubMs = null;
    this.window = null;
    this.take(null);
    this.app.lookAtPresent();
  }

  async setPaused(paused: boolean): Promise<void> {
    if (this.past) {
      this.pastPaused = paused;
      this.lookAt(this.app.clock.now(performance.now()), paused);
      return;
    }
    if (this.app.status?.mode === 'watch') {
      // The present cannot be held; a look at the moment can.
      if (paused) this.lookAt(this.newest, true);
      return;
    }
    await this.app.desk.doing(() => rest.playback({ paused }));
  }

  async setSpeed(speed: number): Promise<void> {
    if (this.past) {
      this.pastSpeed = speed;
      this.lookAt(this.app.clock.now(performance.now()), this.pastPaused);
      return;
    }
    if (this.app.status?.mode !== 'watch') await this.app.desk.doing(() => rest.playback({ speed }));
  }
}
