/** The base map: land, the server's airspaces, names. All from this origin; text is drawn locally, so there are no glyph files. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { THEMES, type ThemeName } from './theme';
import { PLACES } from './places';

const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
const FONT = ['Noto Sans'];

const places: GeoJSON.FeatureCollection = {
  type: 'FeatureCollection',
  features: PLACES.map(([name, lon, lat, rank]) => ({ type: 'Feature', properties: { name, rank }, geometry: { type: 'Point', coordinates: [lon, lat] } })),
};

type Expr = unknown;
const kindIs = (...kinds: string[]): Expr => ['in', ['get', 'kind'], ['literal', kinds]];
const isState: Expr = ['==', ['get', 'kind'], 'state'];
const watchedState: Expr = ['all', isState, ['get', 'watched']];

export function layers(name: ThemeName): LayerSpecification[] {
  const t = THEMES[name];
  const strong = name === 'contrast';
  const zoneColor: Expr = ['match', ['get', 'kind'], 'ctr', t.ctr, 'tma', t.tma, ['prohibited', 'restricted', 'danger'], t.restricted, 'uas_zone', t.uas, t.other];
  const gnssColor: Expr = ['match', ['get', 'state'], 'much', t.gnss.much, 'some', t.gnss.some, t.gnss.quiet];
  const list = [
    { id: 'sea', type: 'background', paint: { 'background-color': t.sea } },
    { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': t.land, 'fill-antialias': false } },
    { id: 'watched-fill', type: 'fill', source: 'airspaces', filter: watchedState, paint: { 'fill-color': t.watchedFill, 'fill-opacity': strong ? 0.14 : 0.07 } },
    { id: 'coverage', type: 'fill', source: 'coverage', paint: { 'fill-color': t.coverage, 'fill-antialias': false, 'fill-opacity': ['match', ['get', 'band'], 3, strong ? 0.5 : 0.34, 2, strong ? 0.3 : 0.2, 1, strong ? 0.14 : 0.09, 0] } },
    { id: 'origin', type: 'fill', source: 'origin', paint: { 'fill-color': t.origin, 'fill-antialias': false, 'fill-opacity': ['match', ['get', 'region'], 50, strong ? 0.5 : 0.34, strong ? 0.26 : 0.15] } },
    { id: 'gnss-fill', type: 'fill', source: 'gnss', filter: ['!=', ['get', 'state'], 'none'], paint: { 'fill-color': gnssColor, 'fill-antialias': false, 'fill-opacity': ['match', ['get', 'state'], 'much', t.gnss.opacity[2], 'some', t.gnss.opacity[1], t.gnss.opacity[0]] } },
    { id: 'gnss-line', type: 'line', source: 'gnss', filter: ['!=', ['get', 'state'], 'none'], layout: { 'line-join': 'round' }, paint: { 'line-color': gnssColor, 'line-width': ['match', ['get', 'state'], 'much', 2.4, 'some', 1.4, 0.6], 'line-opacity': ['match', ['get', 'state'], 'quiet', 0.6, 1] } },
    { id: 'gnss-none', type: 'line', source: 'gnss', filter: ['==', ['get', 'state'], 'none'], paint: { 'line-color': t.gnss.none, 'line-width': 0.8, 'line-dasharray': [2, 3], 'line-opacity': 0.8 } },
    { id: 'gnss-chosen', type: 'line', source: 'gnss-chosen', layout: { 'line-join': 'round' }, paint: { 'line-color': t.labelText, 'line-width': 2.6 } },
    { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': t.coast, 'line-width': 0.8 } },
    { id: 'state-line', type: 'line', source: 'airspaces', filter: ['all', isState, ['!', ['get', 'watched']]], layout: { 'line-join': 'round' }, paint: { 'line-color': t.border, 'line-width': ['interpolate', ['linear'], ['zoom'], 3, 0.6, 8, 1.1] } },
    { id: 'fir-line', type: 'line', source: 'airspaces', filter: kindIs('fir', 'adiz'), paint: { 'line-color': t.other, 'line-width': 0.9, 'line-dasharray': [8, 4], 'line-opacity': 0.7 } },
    { id: 'zone-fill', type: 'fill', source: 'airspaces', minzoom: 5, filter: ['all', ['!', isState], ['!', kindIs('fir', 'adiz', 'tma')]], paint: { 'fill-color': zoneColor, 'fill-opacity': ['case', ['get', 'watched'], 0.16, 0.06] } },
    { id: 'zone-line', type: 'line', source: 'airspaces', minzoom: 5, filter: ['all', ['!', isState], ['!', ['get', 'watched']], kindIs('ctr', 'other', 'uas_zone')], paint: { 'line-color': zoneColor, 'line-width': 1, 'line-opacity': 0.75 } },
    { id: 'tma-line', type: 'line', source: 'airspaces', minzoom: 6, filter: ['all', ['!', ['get', 'watched']], kindIs('tma')], paint: { 'line-color': t.tma, 'line-width': 0.9, 'line-dasharray': [5, 3], 'line-opacity': 0.7 } },
    { id: 'area-line', type: 'line', source: 'airspaces', minzoom: 5, filter: ['all', ['!', ['get', 'watched']], kindIs('prohibited', 'restricted', 'danger')], paint: { 'line-color': t.restricted, 'line-width': 1.2, 'line-dasharray': [2, 1.4], 'line-opacity': 0.85 } },
    { id: 'watched-casing', type: 'line', source: 'airspaces', filter: ['get', 'watched'], layout: { 'line-join': 'round' }, paint: { 'line-color': t.watchedCasing, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 4, 9, 7], 'line-opacity': 0.9 } },
    { id: 'watched-line', type: 'line', source: 'airspaces', filter: ['get', 'watched'], layout: { 'line-join': 'round' }, paint: { 'line-color': t.watchedLine, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 1.4, 9, 2.2] } },
    { id: 'zone-name', type: 'symbol', source: 'airspaces', minzoom: 7.4, filter: ['!', isState], layout: { 'symbol-placement': 'line', 'text-field': ['concat', ['get', 'name'], '  ', ['get', 'lower'], ' – ', ['get', 'upper']], 'text-font': FONT, 'text-size': 10, 'symbol-spacing': 420, 'text-offset': [0, -0.7], 'text-max-angle': 25 }, paint: { 'text-color': zoneColor, 'text-halo-color': t.halo, 'text-halo-width': 1.2, 'text-opacity': 0.9 } },
    { id: 'country-name', type: 'symbol', source: 'countries', minzoom: 2.5, maxzoom: 8, layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': ['interpolate', ['linear'], ['zoom'], 3, 10, 7, 15], 'text-transform': 'uppercase', 'text-letter-spacing': 0.22, 'text-max-width': 7, 'symbol-sort-key': ['-', 0, ['get', 'size']] }, paint: { 'text-color': t.country, 'text-halo-color': t.halo, 'text-halo-width': 1, 'text-opacity': strong ? 1 : 0.62 } },
    { id: 'gnss-source-casing', type: 'line', source: 'gnss-sources', layout: { 'line-join': 'round' }, paint: { 'line-color': t.halo, 'line-width': 5, 'line-opacity': 0.7 } },
    { id: 'gnss-source-90', type: 'line', source: 'gnss-sources', filter: ['==', ['get', 'region'], 90], layout: { 'line-join': 'round' }, paint: { 'line-color': t.labelText, 'line-width': 2, 'line-dasharray': [4, 2] } },
    { id: 'gnss-source-50', type: 'line', source: 'gnss-sources', filter: ['==', ['get', 'region'], 50], layout: { 'line-join': 'round' }, paint: { 'line-color': t.labelText, 'line-width': 2.6 } },
    { id: 'gnss-source-name', type: 'symbol', source: 'gnss-source-names', minzoom: 4, layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11.5, 'text-anchor': 'top', 'text-offset': [0, 0.5], 'text-max-width': 24, 'text-allow-overlap': true }, paint: { 'text-color': t.labelText, 'text-halo-color': t.halo, 'text-halo-width': 2 } },
    { id: 'gnss-false', type: 'line', source: 'gnss-false', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': t.labelText, 'line-width': 1.4, 'line-dasharray': [1, 2] } },
    { id: 'gnss-false-name', type: 'symbol', source: 'gnss-false', filter: ['==', ['geometry-type'], 'Point'], layout: { 'text-field': ['concat', '⌖  ', ['get', 'name']], 'text-font': FONT, 'text-size': 12, 'text-anchor': 'left', 'text-offset': [-0.5, 0], 'text-max-width': 24 }, paint: { 'text-color': t.labelText, 'text-halo-color': t.halo, 'text-halo-width': 2 } },
    { id: 'gnss-share', type: 'symbol', source: 'gnss-shares', minzoom: 5, layout: { 'text-field': ['get', 'share'], 'text-font': FONT, 'text-size': ['match', ['get', 'state'], 'much', 12.5, 11], 'text-padding': 0 }, paint: { 'text-color': t.labelText, 'text-halo-color': t.halo, 'text-halo-width': 1.6 } },
    { id: 'crossing', type: 'symbol', source: 'crossings', minzoom: 5.5, layout: { 'text-field': '×', 'text-font': FONT, 'text-size': 20, 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': t.crossing, 'text-halo-color': t.halo, 'text-halo-width': 1.6 } },
    { id: 'report', type: 'symbol', source: 'reports', layout: { 'text-field': ['match', ['get', 'kind'], 'wreck', '✖', 'debris', '⁂', 'sighting', '◉', 'damage', '▲', 'shot_down', '⊗', '?'], 'text-font': FONT, 'text-size': 17, 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': t.labelText, 'text-halo-color': t.halo, 'text-halo-width': 2 } },
    { id: 'report-name', type: 'symbol', source: 'reports', minzoom: 6.6, layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 10.5, 'text-anchor': 'left', 'text-offset': [0.9, 0] }, paint: { 'text-color': t.place, 'text-halo-color': t.halo, 'text-halo-width': 1.2 } },
    { id: 'sensor', type: 'circle', source: 'sensors', minzoom: 5.5, paint: { 'circle-radius': 3.2, 'circle-color': t.halo, 'circle-stroke-width': 1.6, 'circle-stroke-color': ['match', ['get', 'state'], 'live', t.uas, 'waiting', t.other, t.crossing] } },
    { id: 'sensor-name', type: 'symbol', source: 'sensors', minzoom: 6.6, layout: { 'text-field': ['case', ['in', ['get', 'state'], ['literal', ['live', 'waiting']]], ['get', 'name'], ['concat', ['get', 'name'], ' (', ['get', 'state'], ')']], 'text-font': FONT, 'text-size': 10.5, 'text-anchor': 'left', 'text-offset': [0.7, 0] }, paint: { 'text-color': t.place, 'text-halo-color': t.halo, 'text-halo-width': 1.2 } },
    ...[1, 2, 3].map((rank) => ({
      id: `place-${rank}`, type: 'symbol', source: 'places', minzoom: [0, 4.2, 5.4, 6.9][rank], filter: ['==', ['get', 'rank'], rank],
      layout: { 'text-field': ['concat', '·\n', ['get', 'name']], 'text-font': FONT, 'text-size': [0, 12, 11.5, 11][rank], 'text-anchor': 'top', 'text-offset': [0, -0.75], 'text-line-height': 0.95, 'text-padding': 4 },
      paint: { 'text-color': t.place, 'text-halo-color': t.halo, 'text-halo-width': 1.2, 'text-opacity': strong ? 1 : 0.85 },
    })),
  ];
  return list as unknown as LayerSpecification[];
}

export function style(name: ThemeName): StyleSpecification {
  return {
    version: 8,
    sources: {
      land: { type: 'geojson', data: EMPTY, tolerance: 0.3, maxzoom: 9 },
      airspaces: { type: 'geojson', data: EMPTY, tolerance: 0.2, maxzoom: 12 },
      countries: { type: 'geojson', data: EMPTY, maxzoom: 6 },
      places: { type: 'geojson', data: places, maxzoom: 8 },
      sensors: { type: 'geojson', data: EMPTY },
      crossings: { type: 'geojson', data: EMPTY },
      reports: { type: 'geojson', data: EMPTY },
      origin: { type: 'geojson', data: EMPTY, tolerance: 0, buffer: 0, maxzoom: 9 },
      gnss: { type: 'geojson', data: EMPTY, tolerance: 0, maxzoom: 9 },
      'gnss-chosen': { type: 'geojson', data: EMPTY, tolerance: 0, maxzoom: 9 },
      'gnss-shares': { type: 'geojson', data: EMPTY },
      'gnss-sources': { type: 'geojson', data: EMPTY, tolerance: 0, maxzoom: 9 },
      'gnss-source-names': { type: 'geojson', data: EMPTY },
      'gnss-false': { type: 'geojson', data: EMPTY },
      coverage: { type: 'geojson', data: EMPTY, tolerance: 0, buffer: 0, maxzoom: 9 },
    },
    layers: layers(name),
  };
}

/** Points for the names of states: the middle of the widest row of the largest polygon. */
export function countryPoints(airspaces: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
  const features: GeoJSON.Feature[] = [];
  for (const f of airspaces.features) {
    const g = f.geometry;
    if (f.properties?.kind !== 'state' || (g.type !== 'Polygon' && g.type !== 'MultiPolygon')) continue;
    const polygons = g.type === 'Polygon' ? [g.coordinates] : g.coordinates;
    let largest: GeoJSON.Position[] | null = null;
    let size = 0;
    for (const polygon of polygons) {
      const ring = polygon[0];
      if (!ring) continue;
      let area = 0;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) area += ring[j]![0]! * ring[i]![1]! - ring[i]![0]! * ring[j]![1]!;
      if (Math.abs(area) > size) {
        size = Math.abs(area);
        largest = ring;
      }
    }
    if (!largest) continue;
    features.push({ type: 'Feature', properties: { name: f.properties.name as string, size }, geometry: { type: 'Point', coordinates: middle(largest) } });
  }
  return { type: 'FeatureCollection', features };
}

function middle(ring: GeoJSON.Position[]): [number, number] {
  let south = 90, north = -90;
  for (const [, y] of ring) {
    south = Math.min(south, y!);
    north = Math.max(north, y!);
  }
  let best: [number, number] = [ring[0]![0]!, ring[0]![1]!];
  let widest = 0;
  for (let k = 3; k <= 7; k++) {
    const y = south + ((north - south) * k) / 10;
    const cuts: number[] = [];
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [x1, y1] = ring[j] as [number, number];
      const [x2, y2] = ring[i] as [number, number];
      if (y1 > y !== y2 > y) cuts.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
    }
    cuts.sort((a, b) => a - b);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const width = cuts[i + 1]! - cuts[i]! - Math.abs(k - 5) * 0.15;
      if (width > widest) {
        widest = width;
        best = [(cuts[i]! + cuts[i + 1]!) / 2, y];
      }
    }
  }
  return best;
}

/** Smallest box around the watched airspaces, or around nothing. */
export function watchedBox(airspaces: GeoJSON.FeatureCollection): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null;
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    if (typeof value[0] === 'number') {
      const [x, y] = value as [number, number];
      box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y];
    } else value.forEach(walk);
  };
  for (const f of airspaces.features) if (f.properties?.watched && 'coordinates' in f.geometry) walk(f.geometry.coordinates);
  return box;
}
