// Airspaces for the mock server: Natural Earth's countries stand in for the real border data.
import { readFileSync } from 'node:fs';
import { feature } from 'topojson-client';

const ATLAS = new URL('../node_modules/world-atlas/countries-50m.json', import.meta.url);
const CODES = { Poland: 'POL', Germany: 'DEU', Czechia: 'CZE', Slovakia: 'SVK', Ukraine: 'UKR', Belarus: 'BLR', Lithuania: 'LTU', Latvia: 'LVA',
  Estonia: 'EST', Russia: 'RUS', Finland: 'FIN', Sweden: 'SWE', Norway: 'NOR', Denmark: 'DNK', Romania: 'ROU', Moldova: 'MDA', Hungary: 'HUN',
  Austria: 'AUT', Switzerland: 'CHE', Italy: 'ITA', France: 'FRA', Belgium: 'BEL', Netherlands: 'NLD', Luxembourg: 'LUX', 'United Kingdom': 'GBR',
  Ireland: 'IRL', Spain: 'ESP', Portugal: 'PRT', Slovenia: 'SVN', Croatia: 'HRV', 'Bosnia and Herz.': 'BIH', Serbia: 'SRB', Bulgaria: 'BGR',
  Greece: 'GRC', Albania: 'ALB', Montenegro: 'MNE', Macedonia: 'MKD', Kosovo: 'XKX', Turkey: 'TUR' };

const polygonsOf = (geometry) => (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates);
const inBox = (ring, [w, s, e, n]) => ring.every(([x, y]) => x >= w && x <= e && y >= s && y <= n);
const CRIMEA = [32.2, 44.2, 36.8, 46.4];

const circle = (lon, lat, radius_m, corners = 48) =>
  Array.from({ length: corners + 1 }, (_, i) => {
    const a = (i / corners) * 2 * Math.PI;
    return [lon + ((radius_m / 111320) * Math.sin(a)) / Math.cos((lat * Math.PI) / 180), lat + (radius_m / 111320) * Math.cos(a)];
  });

export function loadAirspaces() {
  const world = JSON.parse(readFileSync(ATLAS, 'utf8'));
  const countries = feature(world, world.objects.countries).features.filter((f) => CODES[f.properties.name]);
  const byName = new Map(countries.map((f) => [f.properties.name, polygonsOf(f.geometry)]));
  // The Natural Earth file gives Crimea to Russia; the border policy of the project gives it to Ukraine.
  const russia = byName.get('Russia');
  byName.set('Ukraine', [...byName.get('Ukraine'), ...russia.filter((p) => inBox(p[0], CRIMEA))]);
  byName.set('Russia', russia.filter((p) => !inBox(p[0], CRIMEA)));
  const attribution = 'Mock borders: Natural Earth, public domain';
  const state = [...byName].map(([name, coordinates]) => ({
    type: 'Feature',
    geometry: { type: 'MultiPolygon', coordinates },
    properties: { code: CODES[name], name, kind: 'state', watched: name === 'Poland', lower: 'SFC', upper: 'UNL', source: 'world-atlas 2.0.2', policy: 'unga', attribution },
  }));
  const zone = (code, name, kind, ring, lower, upper) => ({
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates: [ring] },
    properties: { code, name, kind, watched: false, lower, upper, source: 'made up for the mock', policy: null, attribution: null },
  });
  const zones = [
    zone('EPWA-CTR', 'Warszawa CTR', 'ctr', circle(20.967, 52.166, 18000), 'SFC', '2500 ft AMSL'),
    zone('EPWA-TMA', 'Warszawa TMA', 'tma', circle(20.967, 52.166, 62000), '1500 ft AMSL', 'FL 285'),
    zone('EPRZ-CTR', 'Rzeszów CTR', 'ctr', circle(22.019, 50.11, 16000), 'SFC', '3700 ft AMSL'),
    zone('EPLB-CTR', 'Lublin CTR', 'ctr', circle(22.713, 51.24, 14000), 'SFC', '3100 ft AMSL'),
    zone('EPR-129', 'EP R129', 'restricted', [[23.1, 51.0], [23.95, 50.95], [23.6, 52.2], [23.2, 52.5], [22.7, 52.4], [23.1, 51.0]], 'SFC', '3 km AMSL'),
    zone('EPD-23', 'EP D23', 'danger', circle(21.6, 53.8, 15000), 'SFC', 'FL 195'),
    zone('EPP-1', 'EP P1', 'prohibited', circle(21.9, 51.42, 6000), 'SFC', '1500 m AMSL'),
    zone('UAS-17', 'Chełm UAS zone', 'uas_zone', circle(23.47, 51.13, 9000), 'SFC', '120 m AGL'),
  ];
  return { type: 'FeatureCollection', features: [...state, ...zones] };
}

/** Signed distance to the outline of a state in metres, inside positive; good enough for a mock. */
export function signedDistance(polygons, lon, lat) {
  const kx = 111320 * Math.cos((lat * Math.PI) / 180);
  const ky = 110574;
  let inside = false;
  let best = Infinity;
  for (const [ring] of polygons) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [x1, y1] = ring[j];
      const [x2, y2] = ring[i];
      if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
      const ax = (x1 - lon) * kx, ay = (y1 - lat) * ky, dx = (x2 - x1) * kx, dy = (y2 - y1) * ky;
      const along = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
      best = Math.min(best, Math.hypot(ax + along * dx, ay + along * dy));
    }
  }
  return inside ? best : -best;
}
