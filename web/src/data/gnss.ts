/** Cells of satellite navigation: which one of a hexagon's layers is drawn, where a place lies, what belongs together. Nothing here judges; states come from the server. */
import type { GnssCell, GnssChange, GnssSources } from '../api/types';
import { percent } from './format';

export type Layer = 'worst' | 'low' | 'middle' | 'high';
export const LAYERS: [Layer, string][] = [['worst', 'all: the most affected'], ['low', 'low: below FL100'], ['middle', 'middle: FL100 to FL245'], ['high', 'high: FL245 and above']];

/** From the most affected to what says nothing, with what each means. */
export const STATES: [GnssCell['state'], string][] = [
  ['much', 'more than 10 % of aircraft lack it'],
  ['some', 'more than 2 % of aircraft lack it'],
  ['quiet', 'enough aircraft heard, not held to be above 2 %'],
  ['none', 'no evidence: too few aircraft, says nothing'],
];
export const STATE_WORD: Record<string, string> = { much: 'more than 10 %', some: 'more than 2 %', quiet: 'not held to be above 2 %', none: 'no evidence' };
/** A state that this page does not know is drawn as no evidence. */
const rank = (cell: GnssCell): number => ['none', 'quiet', 'some', 'much'].indexOf(cell.state);

type Place = [number, number];
type Box = [number, number, number, number];

const worse = (a: GnssCell, b: GnssCell): number => rank(b) - rank(a) || b.above[1] - a.above[1] || b.above[0] - a.above[0] || b.effective - a.effective || (a.cell < b.cell ? -1 : 1);

/** One cell for each hexagon: that of the layer, or of all layers the most affected one. */
export function ofLayer(cells: GnssCell[], layer: Layer): GnssCell[] {
  if (layer !== 'worst') return cells.filter((c) => c.band === layer);
  const kept = new Map<string, GnssCell>();
  for (const c of cells) {
    const other = kept.get(c.cell);
    if (!other || worse(c, other) < 0) kept.set(c.cell, c);
  }
  return [...kept.values()];
}

/** Those in which aircraft are held to lack satellite navigation, the most affected first. */
export const affected = (cells: GnssCell[]): GnssCell[] => cells.filter((c) => rank(c) >= 2).sort((a, b) => rank(b) - rank(a) || b.share[1] - a.share[1] || worse(a, b));

/** A ring that crosses the antimeridian goes on to the east of it. */
function unwrapped(ring: Place[]): Place[] {
  const lons = ring.map((p) => p[0]);
  return Math.max(...lons) - Math.min(...lons) > 180 ? ring.map(([x, y]) => [x < 0 ? x + 360 : x, y]) : ring;
}

/** Mean of the corners, degrees. */
export function middle(cell: Pick<GnssCell, 'ring'>): Place {
  const corners = unwrapped(cell.ring).slice(0, -1);
  const sum = corners.reduce<Place>(([x, y], [lon, lat]) => [x + lon, y + lat], [0, 0]);
  const lon = sum[0] / corners.length;
  return [lon > 180 ? lon - 360 : lon, sum[1] / corners.length];
}

/** A place to a tenth of a degree: hexagons are no finer. */
export function near([lon, lat]: Place): string {
  const side = (deg: number, sides: string): string => `${Math.abs(deg).toFixed(1)}°\u00a0${sides[deg < 0 ? 1 : 0]}`;
  return `${side(lat, 'NS')} ${side(lon, 'EW')}`;
}

const properties = (c: GnssCell): { state: string; share: string } => ({ state: rank(c) < 0 ? 'none' : c.state, share: rank(c) >= 2 ? percent(c.share[1]) : '' });

export const areas = (cells: GnssCell[]): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: cells.filter((c) => c.ring.length > 3).map((c) => ({ type: 'Feature', properties: properties(c), geometry: { type: 'Polygon', coordinates: [unwrapped(c.ring)] } })),
});

/** Outlines of where a transmitter may stand: the 50 % and the 90 % region, rings only, for what lies below stays to be read. */
export const outlines = (all: GnssSources[]): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: all.flatMap((one) => one.sources).flatMap((source) => ([[90, source.whole], [50, source.half]] as const).map(([region, rings]) => ({ type: 'Feature' as const, properties: { region }, geometry: { type: 'MultiLineString' as const, coordinates: rings } }))),
});

/** What is written to them: a region by the model, not a place. */
export const sourceNames = (all: GnssSources[]): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: all.flatMap((one) => one.sources).flatMap((source) => {
    const corners = source.whole.flat();
    if (!corners.length) return [];
    const at = corners.reduce((low, corner) => (corner[1] < low[1] ? corner : low));
    return [{ type: 'Feature' as const, properties: { name: 'source area, 90 %, by the model' }, geometry: { type: 'Point' as const, coordinates: at } }];
  }),
});

/** Smallest box around the regions. */
export function boxOfSources(one: GnssSources): Box | null {
  const corners = one.sources.flatMap((source) => source.whole.flat());
  if (!corners.length) return null;
  const [xs, ys] = [corners.map((c) => c[0]), corners.map((c) => c[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Aircraft whose positions are held false now: the last change of each of them. */
export function suspects(changes: GnssChange[]): GnssChange[] {
  const last = new Map(changes.map((change) => [change.address, change]));
  return [...last.values()].filter((change) => change.to === 'spoof_suspect' && change.false_place);
}

/** From where each was believed to fly when it was found out to where it said that it was, and who. */
export const falsely = (all: GnssChange[]): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: all.flatMap((change) => {
    const stated = change.false_place!;
    const east = change.place[0] + ((((stated[0] - change.place[0] + 180) % 360) + 360) % 360) - 180;
    const at: [number, number] = [east, stated[1]];
    return [
      { type: 'Feature' as const, properties: {}, geometry: { type: 'LineString' as const, coordinates: [change.place, at] } },
      { type: 'Feature' as const, properties: { name: `${change.address} says it is here` }, geometry: { type: 'Point' as const, coordinates: at } },
    ];
  }),
});

/** Where the share is written: colour alone does not tell. */
export const shares = (cells: GnssCell[]): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: affected(cells).map((c) => ({ type: 'Feature', properties: properties(c), geometry: { type: 'Point', coordinates: middle(c) } })),
});

/** The cell that a place lies in. */
export function cellAt(cells: GnssCell[], [lon, lat]: Place): GnssCell | null {
  const level = (c: GnssCell): boolean => c.ring.some((p) => p[1] > lat) && c.ring.some((p) => p[1] <= lat);
  return cells.find((c) => level(c) && (inside(unwrapped(c.ring), lon, lat) || inside(unwrapped(c.ring), lon + 360, lat))) ?? null;
}

function inside(ring: Place[], x: number, y: number): boolean {
  let odd = false;
  for (let i = 1; i < ring.length; i++) {
    const [x0, y0] = ring[i - 1]!, [x1, y1] = ring[i]!;
    if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) odd = !odd;
  }
  return odd;
}

/** Cells whose middles lie within this of each other are one interference (docs/detectors/gnss_interference.md). */
const LINK_KM = 150;
/** The middle of an interference may lie between its cells, and moves. */
const REACH_KM = 250;

function km(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const h = Math.sin(((b[1] - a[1]) * rad) / 2) ** 2 + Math.cos(a[1] * rad) * Math.cos(b[1] * rad) * Math.sin(((b[0] - a[0]) * rad) / 2) ** 2;
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The much affected cells that hang together about a place; all of them where no place is known. */
export function around(cells: GnssCell[], place: Place | null): GnssCell[] {
  const much = cells.filter((c) => c.state === 'much').map((cell) => ({ cell, at: middle(cell) }));
  if (!place) return much.map((m) => m.cell);
  const found = much.filter((m) => km(m.at, place) <= REACH_KM);
  let rest = much.filter((m) => km(m.at, place) > REACH_KM);
  for (let i = 0; i < found.length && rest.length; i++) {
    const linked = rest.filter((m) => km(m.at, found[i]!.at) <= LINK_KM);
    found.push(...linked);
    rest = rest.filter((m) => !linked.includes(m));
  }
  return found.map((m) => m.cell);
}

/** Smallest box around cells. */
export function boxOf(cells: GnssCell[]): Box | null {
  let box: Box | null = null;
  for (const [x, y] of cells.flatMap((c) => unwrapped(c.ring))) box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y];
  return box;
}

/** How many hexagons are much affected, and how many aircraft in them lack satellite navigation at that moment. */
export const tally = (cells: GnssCell[]): { cells: number; aircraft: number } => ({ cells: new Set(cells.map((c) => c.cell)).size, aircraft: cells.reduce((sum, c) => sum + c.now[1], 0) });

/** At most so many moments, evenly from the first to the last, none nearer to the next than `least_ms`. */
export function moments(from: number, until: number, most: number, least_ms: number): number[] {
  const span = until - from;
  if (!(span > 0)) return [until];
  const steps = Math.max(1, Math.min(most - 1, Math.floor(span / least_ms)));
  return Array.from({ length: steps + 1 }, (_, i) => Math.round(from + (span * i) / steps));
}
