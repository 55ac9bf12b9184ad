// Made-up cells of satellite navigation: hexagons about the Vistula Lagoon in which it is lost from the ninth minute on, wider and wider.
const SIDE_LAT = 0.235;
const MIDDLE = [20.6, 54.6];
const BEGIN_S = 540, FULL_S = 1500;
const RAD = Math.PI / 180;
const LAYERS = { low: ['below FL100', 0.25], middle: ['FL100 to FL245', 0.6], high: ['FL245 and above', 1] };
export const GNSS_PLACE = { lon_deg: MIDDLE[0], lat_deg: MIDDLE[1] };
export const GNSS_BEGIN_S = BEGIN_S;

/** Axial coordinates to a closed ring of six corners. */
function ring(q, r) {
  const wide = SIDE_LAT / Math.cos(MIDDLE[1] * RAD);
  const x = MIDDLE[0] + wide * Math.sqrt(3) * (q + r / 2), y = MIDDLE[1] + SIDE_LAT * 1.5 * r;
  const corners = Array.from({ length: 6 }, (_, i) => [x + wide * Math.cos((60 * i + 30) * RAD), y + SIDE_LAT * Math.sin((60 * i + 30) * RAD)]);
  return [...corners, corners[0]];
}

const percent = (p) => `${Math.round(100 * p)} %`;

/** A staircase about a place, as regions made of cells are. */
function region([x, y], radius_deg, step = 0.04) {
  const wide = 1.5 * step, corners = [];
  const half = (row) => Math.max(1, Math.round((Math.sqrt(Math.max(0, radius_deg ** 2 - (row * step) ** 2)) * 1.7) / wide));
  const rows = Math.floor(radius_deg / step);
  for (let row = -rows; row < rows; row++) corners.push([x + half(row) * wide, y + row * step], [x + half(row) * wide, y + (row + 1) * step]);
  for (let row = rows; row > -rows; row--) corners.push([x - half(row - 1) * wide, y + row * step], [x - half(row - 1) * wide, y + (row - 1) * step]);
  return [[...corners, corners[0]]];
}

function sourcesAt(grown, time) {
  const onsets = Math.round(2 + 20 * grown);
  const told = { interferences: [1], time, samples: 40 * onsets, flights: 3 * onsets, onsets, offsets: onsets >> 1 };
  if (onsets < 6) return { ...told, sources: [], unclear: ['90 % lie within 64,000 km², more than the 20,000 km² that are called a region'], text: 'where it comes from cannot be said: 90 % lie within 64,000 km², more than the 20,000 km² that are called a region' };
  const place = [MIDDLE[0] - 0.12, MIDDLE[1] + 0.1];
  const source = { place, reach_km: [118, 150, 201], area_km2: [812, 3456], half: region(place, 0.14), whole: region(place, 0.3) };
  return { ...told, sources: [source], unclear: [], text: `source area by the model: 90 % within 3,500 km², 50 % within 810 km² around 54.7° N 20.5° E, reaching 120 to 200 km; aircraft lost satellite navigation ${onsets} times, had it back ${onsets >> 1} times in ${3 * onsets} parts of flights` };
}

/** One that is told another place from the twelfth minute on. */
function changesAt(t_s, time) {
  if (t_s < 720) return [];
  const place = [MIDDLE[0] + 0.6, MIDDLE[1] - 0.9], false_place = [MIDDLE[0] - 1.4, MIDDLE[1] + 0.5];
  return [{ address: '4baac6', time, between: [time, time], from: 'good', to: 'spoof_suspect', place, false_place, text: 'states a position that cannot be true, 206.0 km from where it is believed to fly: it jumped' }];
}

export function gnssAt(t_s, time) {
  const cells = [];
  const grown = Math.max(0, Math.min(1, (t_s - BEGIN_S) / (FULL_S - BEGIN_S)));
  for (let q = -7; q <= 7; q++) for (let r = -7; r <= 7; r++) {
    const steps = (Math.abs(q) + Math.abs(r) + Math.abs(q + r)) / 2;
    if (steps > 7) continue;
    for (const [band, [layer, reach]] of Object.entries(LAYERS)) {
      const noise = Math.abs(Math.sin(q * 12.9 + r * 78.2 + reach * 37)) % 1;
      const effective = noise * (band === 'low' ? 4 : 9);
      if (effective < 0.6) continue;
      const near = grown > 0 ? Math.max(0, 1 - steps / (1 + 4.2 * grown * reach)) : 0;
      const share = near > 0 && effective >= 2 ? Math.min(0.95, 0.04 + near) : 0.002;
      const state = share > 0.14 ? 'much' : share > 0.03 ? 'some' : effective >= 3 ? 'quiet' : 'none';
      const inside = Math.round(effective / 2), without = Math.round(inside * (share > 0.03 ? share : 0));
      const low = share * 0.55, high = Math.min(0.99, share * 1.5 + 0.02);
      const now = `${without} of ${inside} aircraft in it now lack satellite navigation`;
      cells.push({
        cell: `841f${((q + 8) * 32 + r + 8).toString(16).padStart(4, '0')}fffffff`, band, ring: ring(q, r), state, share: [low, share, high], above: [state === 'none' ? 0.05 : share > 0.03 ? 0.97 : 0.03, state === 'much' ? 0.96 : share > 0.03 ? 0.5 : 0.004],
        effective, now: [inside - without, without], updated: time,
        text: state === 'none' ? `${layer}: no evidence, ${effective.toFixed(1)} aircraft passes lately; ${now}` : `${layer}: ${percent(share)} of aircraft lack satellite navigation (${percent(low)} to ${percent(high)}); ${now}`,
      });
    }
  }
  cells.sort((a, b) => b.above[1] - a.above[1]);
  return { time, reality: 'simulated', cells, cut: false, changes: changesAt(t_s, time), sources: grown > 0 ? [sourcesAt(grown, time)] : [] };
}
