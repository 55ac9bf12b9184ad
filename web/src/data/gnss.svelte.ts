/** The layer of satellite navigation: cells of the moment that the page shows, renewed while it is live. */
import { tick } from 'svelte';
import { Fault, rest } from '../api/rest';
import type { Gnss, GnssCell, GnssChange, GnssSources, Incident } from '../api/types';
import type { App } from './app.svelte';
import { affected, around, boxOf, boxOfSources, cellAt, middle, ofLayer, suspects, type Layer } from './gnss';

/** The server works cells out anew every other second. */
const AGAIN_MS = 3000;
const AFTER_FAULT_MS = 10_000;
/** Closer than this a few hexagons fill the map. */
const NEAREST_ZOOM = 7;

export class GnssLayer {
  on = $state(false);
  layer: Layer = $state('worst');
  /** Empty: the first reality that there is. */
  reality = $state('');
  answer: Gnss | null = $state.raw(null);
  fault: string | null = $state(null);
  /** H3 index of the cell that was clicked. */
  chosen: string | null = $state(null);
  readonly cells: GnssCell[] = $derived(this.answer ? ofLayer(this.answer.cells, this.layer) : []);
  readonly sources: GnssSources[] = $derived(this.answer?.sources ?? []);
  readonly suspects: GnssChange[] = $derived(suspects(this.answer?.changes ?? []));
  readonly most: GnssCell[] = $derived(affected(this.cells));
  /** What is told of: the cell under the pointer, else the chosen one. */
  readonly told: GnssCell | null = $derived.by(() => (this.on ? ((this.app.pointer && cellAt(this.cells, this.app.pointer)) ?? this.chosenCell) : null));
  private timer = 0;
  private asking = false;
  /** The moment changed while an answer was awaited. */
  private again = false;
  private flyTo: [number, number] | null | undefined;

  constructor(private readonly app: App) {
    document.addEventListener('visibilitychange', () => !document.hidden && this.moved());
  }

  get chosenCell(): GnssCell | null {
    return this.cells.find((c) => c.cell === this.chosen) ?? null;
  }

  toggle(): void {
    this.on = !this.on;
    this.answer = this.fault = this.chosen = null;
    this.flyTo = undefined;
    window.clearTimeout(this.timer);
    if (!this.on) return;
    // Two layers of shades on each other cannot be read.
    if (this.app.coverage.on) this.app.coverage.toggle();
    this.moved();
  }

  setReality(reality: string): void {
    this.reality = reality;
    this.answer = null;
    this.moved();
  }

  /** The page shows another moment, or is seen again. */
  moved(): void {
    if (!this.on) return;
    this.again = this.asking;
    if (!this.asking) void this.refresh();
  }

  /** Chooses the cell at a place, if one is drawn there. */
  pick(at: [number, number]): boolean {
    const cell = this.on ? cellAt(this.cells, at) : null;
    if (cell) this.chosen = cell.cell;
    return cell !== null;
  }

  /** Chooses a cell and goes there. */
  go(cell: GnssCell): void {
    this.chosen = cell.cell;
    this.app.phonePage = 'map';
    const view = this.app.view;
    if (!view) return;
    const { bottom = 0, right = 0 } = this.covered(view.map.getContainer());
    view.show(middle(cell), 6, [-right / 2, -bottom / 2]);
  }

  /** The regions in which a transmitter may stand. */
  goSource(one: GnssSources): void {
    const box = boxOfSources(one);
    const view = this.app.view;
    this.app.phonePage = 'map';
    if (box && view) view.fit(box, NEAREST_ZOOM, this.covered(view.map.getContainer()));
  }

  /** The cells of an interference. */
  showOf(incident: Incident): void {
    const subject = incident.subjects.find((s) => s.lon_deg !== null && s.lat_deg !== null);
    this.layer = 'worst';
    this.app.phonePage = 'map';
    if (!this.on) this.toggle();
    this.flyTo = subject ? [subject.lon_deg!, subject.lat_deg!] : null;
    this.arrive();
  }

  private arrive(): void {
    if (this.flyTo === undefined || !this.answer) return;
    const box = boxOf(around(this.answer.cells, this.flyTo));
    const view = this.app.view;
    // Beside or above the panel.
    if (box && view) void tick().then(() => view.fit(box, NEAREST_ZOOM, this.covered(view.map.getContainer())));
    else if (this.flyTo) this.app.view?.show(this.flyTo, 5.5);
    this.flyTo = undefined;
  }

  private covered({ clientWidth, clientHeight }: HTMLElement): { bottom?: number; right?: number } {
    return matchMedia('(max-width: 760px)').matches ? { bottom: clientHeight * 0.5 } : { right: Math.min(390, clientWidth * 0.5) };
  }

  /** One request at a time; none while nobody looks, nor again for a moment of the past that stands still. */
  private async refresh(): Promise<void> {
    window.clearTimeout(this.timer);
    if (!this.on || document.hidden) return;
    const { past, asOf } = this.app.time;
    const reality = this.reality;
    this.asking = true;
    this.again = false;
    let wait_ms = past && this.app.time.pastPaused ? 0 : AGAIN_MS;
    try {
      const answer = await rest.gnss(reality, asOf);
      if (this.on && past === this.app.time.past && reality === this.reality) {
        this.answer = answer;
        this.fault = null;
        this.arrive();
      }
    } catch (fault) {
      if (this.on && past === this.app.time.past) {
        this.fault = fault instanceof Error ? fault.message : String(fault);
        // Cells of another moment are not left standing for one that is not kept.
        if (past) this.answer = null;
        wait_ms = fault instanceof Fault && fault.notKept && this.app.time.pastPaused ? 0 : AFTER_FAULT_MS;
      }
    }
    this.asking = false;
    if (!this.on) return;
    if (this.again || past !== this.app.time.past) void this.refresh();
    else if (wait_ms) this.timer = window.setTimeout(() => void this.refresh(), wait_ms);
  }
}
