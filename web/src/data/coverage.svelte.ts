/** The internal layer of coverage: where a target of some size at some height could have been seen, as the server works it out. */
import { rest } from '../api/rest';
import type { Coverage } from '../api/types';
import type { App } from './app.svelte';
import { runs } from './runs';

/** Heights that the slider stops at, metres. */
export const HEIGHTS_M = [20, 30, 50, 80, 100, 150, 200, 300, 500, 800, 1000, 1500, 2000, 3000, 5000, 8000, 12_000];
/** Radar cross-sections of what may be asked about, m². */
export const SIZES: [number, string][] = [[0.01, 'small drone, 0.01 m²'], [0.1, 'large drone, 0.1 m²'], [1, 'light aircraft, 1 m²'], [5, 'fast jet, 5 m²'], [40, 'airliner, 40 m²']];
/** Beyond the margins of the map this much is asked for too, as a share of it. */
const MARGIN = 0.15;
const WAIT_MS = 250;
const AGAIN_MS = 10_000;

type Box = [number, number, number, number];

export class CoverageLayer {
  on = $state(false);
  height_m = $state(150);
  rcs_m2 = $state(0.1);
  answer: Coverage | null = $state.raw(null);
  fault: string | null = $state(null);
  private bbox: Box = [14, 49, 24, 55];
  private timer = 0;
  private asked = 0;

  constructor(private readonly app: App) {}

  toggle(): void {
    this.on = !this.on;
    this.answer = null;
    this.fault = null;
    if (this.on && this.app.gnss.on) this.app.gnss.toggle();
    if (this.on) void this.refresh();
    else {
      window.clearTimeout(this.timer);
      this.asked++;
      this.app.view?.setCoverage(null);
    }
  }

  setHeight(height_m: number): void {
    this.height_m = height_m;
    this.soon(WAIT_MS);
  }

  setSize(rcs_m2: number): void {
    this.rcs_m2 = rcs_m2;
    this.soon(WAIT_MS);
  }

  moved(bbox: Box): void {
    this.bbox = bbox;
    if (this.on) this.soon(WAIT_MS);
  }

  private soon(wait_ms: number): void {
    window.clearTimeout(this.timer);
    if (this.on) this.timer = window.setTimeout(() => void this.refresh(), wait_ms);
  }

  private async refresh(): Promise<void> {
    const ticket = ++this.asked;
    try {
      const answer = await rest.coverage(this.height_m, this.rcs_m2, this.box(), this.app.time.asOf);
      if (ticket !== this.asked) return;
      this.answer = answer;
      this.fault = null;
      this.app.view?.setCoverage(runs(answer));
    } catch (fault) {
      if (ticket !== this.asked) return;
      this.fault = fault instanceof Error ? fault.message : String(fault);
    }
    this.soon(AGAIN_MS);
  }

  /** The map and its margins, within what the server answers. */
  private box(): Box {
    const [west, south, east, north] = this.bbox;
    const x = (east - west) * MARGIN, y = (north - south) * MARGIN;
    const low = (v: number, least: number): number => Math.max(v, least);
    const w = low(west - x, -180), s = low(south - y, -85);
    return [w, s, Math.min(east + x, w + 60, 180), Math.min(north + y, s + 60, 85)];
  }
}
