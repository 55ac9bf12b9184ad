/** The internal layer of one track's origin region, as the server works it out. */
import { rest } from '../api/rest';
import type { Origin } from '../api/types';
import type { App } from './app.svelte';

/** The cells as the map takes them: the 50 % region and what of the 90 % region is beyond. */
export function cells(origin: Pick<Origin, 'cells' | 'cell_deg' | 'half'>): GeoJSON.FeatureCollection {
  const [high, wide] = origin.cell_deg;
  const ring = (west: number, south: number): [number, number][] => [[west, south], [west + wide, south], [west + wide, south + high], [west, south + high], [west, south]];
  return {
    type: 'FeatureCollection',
    features: origin.cells.map(([west, south], i) => ({ type: 'Feature', properties: { region: i < origin.half ? 50 : 90 }, geometry: { type: 'Polygon', coordinates: [ring(west, south)] } })),
  };
}

/** Smallest box around cells and first place. */
export function box(origin: Pick<Origin, 'cells' | 'cell_deg' | 'first_place'>): [number, number, number, number] {
  const [high, wide] = origin.cell_deg;
  const [x, y] = origin.first_place;
  let all: [number, number, number, number] = [x, y, x, y];
  for (const [west, south] of origin.cells) all = [Math.min(all[0], west), Math.min(all[1], south), Math.max(all[2], west + wide), Math.max(all[3], south + high)];
  return all;
}

export class OriginLayer {
  /** Id of the track that was asked for. */
  track: string | null = $state(null);
  shown: Origin | null = $state.raw(null);
  private asked = 0;
  private of: string | null = null;

  constructor(private readonly app: App) {}

  async toggle(track: string): Promise<void> {
    if (this.track === track) return this.clear();
    const ticket = ++this.asked;
    this.track = track;
    this.of = this.selection();
    try {
      const origin = await rest.origin(track, this.app.time.asOf);
      if (ticket !== this.asked) return;
      this.shown = origin;
      this.app.view?.setOrigin(cells(origin));
      this.app.view?.fit(box(origin));
    } catch (fault) {
      if (ticket !== this.asked) return;
      this.clear();
      this.app.desk.fail('the origin region cannot be shown', fault);
    }
  }

  clear(): void {
    this.asked++;
    this.track = this.shown = this.of = null;
    this.app.view?.setOrigin(null);
  }

  /** The region goes with what it was opened from. */
  leave(_track: number | null, _incident: string | null): void {
    if (this.track !== null && this.selection() !== this.of) this.clear();
  }

  private selection(): string {
    return `${this.app.openIncident ?? ''}/${this.app.shownTrack ?? ''}`;
  }
}
