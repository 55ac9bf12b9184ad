// Makes crates/skypicket/tests/vectors/picture-frame.{json,hex}: a snapshot with three tracks and a delta, in words and in bytes.
import { writeFileSync } from 'node:fs';
import { encodeFrame } from '../mock/frame.mjs';

const drone = {
  number: 12, lat_deg: 51.1234567, lon_deg: 23.6543211, velocity_east_m_s: -48.3, velocity_north_m_s: 12.7, height_m: 412,
  ellipse_major_m: 230, ellipse_minor_m: 85, ellipse_azimuth_deg: 112.5, class: 3, identity: 1, on_ground: false, has_identifier: false,
  status: 1, entry: 4, emergency: false, not_live: true, not_permitted: true, vertical_m_s: -1.5, age_s: 2,
};
const airliner = {
  number: 7, lat_deg: 52.1656996, lon_deg: 20.9671001, velocity_east_m_s: 212.4, velocity_north_m_s: -88.1, height_m: 11278,
  ellipse_major_m: 32, ellipse_minor_m: 31, ellipse_azimuth_deg: 0, class: 0, identity: 2, on_ground: false, has_identifier: true,
  status: 1, entry: 0, emergency: true, not_live: false, not_permitted: false, vertical_m_s: 12.5, age_s: 0,
};
// Everything at its edge: southern and western hemisphere, saturated columns, unknown height.
const edge = {
  number: 4294967295, lat_deg: -33.9999999, lon_deg: -179.9999999, velocity_east_m_s: 4000, velocity_north_m_s: -4000, height_m: null,
  ellipse_major_m: 90000, ellipse_minor_m: 65535, ellipse_azimuth_deg: 179.296875, class: 6, identity: 6, on_ground: true, has_identifier: false,
  status: 2, entry: 1, emergency: false, not_live: false, not_permitted: false, vertical_m_s: -90, age_s: 300,
};
const frames = [
  { kind: 'snapshot', past: false, thinned: true, notLive: true, sequence: 41, timeMs: Date.parse('2025-09-09T21:30:00.000Z'), removed: [], tracks: [drone, airliner, edge] },
  { kind: 'delta', past: true, thinned: false, notLive: true, sequence: 42, timeMs: Date.parse('2025-09-09T21:30:01.000Z'), removed: [4294967295, 7],
    tracks: [{ ...drone, lat_deg: 51.1235709, lon_deg: 23.6536311, height_m: 410, age_s: 0, entry: 3 }] },
];
const folder = new URL('../../crates/skypicket/tests/vectors/', import.meta.url);
const hex = frames.map((f) => encodeFrame(f).toString('hex').replace(/(.{64})/g, '$1\n').trimEnd());
writeFileSync(new URL('picture-frame.hex', folder), `# snapshot\n${hex[0]}\n# delta\n${hex[1]}\n`);
writeFileSync(
  new URL('picture-frame.json', folder),
  `${JSON.stringify({ about: 'What the two frames of picture-frame.hex hold, before rounding and saturation. Made by web/scripts/vector.mjs from docs/http-api.md.', frames }, null, 1)}\n`,
);
