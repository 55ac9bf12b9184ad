// A made-up night over Poland. Everything is a function of time, so that any moment can be asked for: live, scrubbed, again.
import { GNSS_BEGIN_S, GNSS_PLACE } from './gnss.mjs';
import { loadAirspaces, signedDistance } from './geography.mjs';

export const START_MS = Date.parse('2025-09-09T21:26:00.000Z');
export const END_MS = START_MS + 95 * 60_000;
const iso = (ms) => new Date(ms).toISOString();
const RAD = Math.PI / 180;

/** Small seeded generator (mulberry32): the same night each time. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const hash = (n) => (BigInt(n) * 0x9e3779b97f4a7c15n & 0xffffffffffffffffn).toString(16).padStart(16, '0');

const AIRPORTS = [[20.97, 52.17], [16.89, 51.1], [19.78, 50.08], [18.47, 54.38], [13.5, 52.36], [24.96, 60.32], [25.29, 54.64], [23.97, 56.92], [14.26, 50.1],
  [16.57, 48.11], [19.26, 47.44], [26.1, 44.57], [11.79, 48.35], [8.57, 50.03], [4.76, 52.31], [2.55, 49.01], [-0.46, 51.47], [12.65, 55.62], [17.92, 59.65], [11.1, 60.2],
  [12.25, 41.8], [2.08, 41.3], [-3.57, 40.49], [23.94, 37.94], [28.75, 41.27], [23.41, 42.69], [-6.27, 53.42], [6.1, 46.24], [22.02, 50.11], [-9.13, 38.77], [20.3, 44.82], [18.0, 43.8]];
const AIRLINES = ['LOT', 'DLH', 'RYR', 'WZZ', 'KLM', 'BAW', 'FIN', 'SAS', 'AFR', 'EZY', 'THY', 'CSA', 'AUA', 'SWR', 'ENT', 'UAE'];

/** A flight that shuttles between two airports for ever. */
function civil(i, r) {
  const a = AIRPORTS[Math.floor(r() * AIRPORTS.length)];
  let b = a;
  while (b === a) b = AIRPORTS[Math.floor(r() * AIRPORTS.length)];
  const jitter = () => (r() - 0.5) * 1.2;
  const from = [a[0] + jitter(), a[1] + jitter()], to = [b[0] + jitter(), b[1] + jitter()];
  const kx = 111320 * Math.cos(((from[1] + to[1]) / 2) * RAD);
  const length_m = Math.hypot((to[0] - from[0]) * kx, (to[1] - from[1]) * 111320);
  const speed = 190 + r() * 60;
  const airline = AIRLINES[Math.floor(r() * AIRLINES.length)];
  return { kind: 'civil', number: 100 + i, from, to, length_m, speed, phase: r(), height_m: 8200 + Math.floor(r() * 14) * 300, address: (0x300000 + Math.floor(r() * 0x250000)).toString(16),
    flight_id: `${airline}${1 + Math.floor(r() * 899)}`, squawk: (0o1000 + Math.floor(r() * 0o5777)).toString(8).padStart(4, '0'), helicopter: r() < 0.03 };
}

/** Waypoints of the unidentified ones: [minutes after start, lon, lat]. */
const DRONES = [
  { number: 11, way: [[2, 24.9, 52.35], [9, 23.75, 52.1], [22, 22.2, 51.85], [48, 19.6, 51.6], [55, 18.9, 51.9]] },
  { number: 12, way: [[2.5, 24.95, 52.3], [9.6, 23.7, 52.04], [24, 22.0, 51.7], [52, 19.9, 51.3]] },
  { number: 13, way: [[3, 25.0, 52.25], [10, 23.75, 51.98], [27, 21.8, 51.55], [44, 20.2, 50.9]] },
  { number: 14, way: [[3.4, 25.05, 52.2], [10.5, 23.8, 51.9], [26, 22.3, 51.3], [40, 21.4, 50.6]] },
  { number: 15, way: [[20, 24.7, 50.9], [27, 23.9, 50.75], [45, 22.4, 50.4], [60, 21.2, 50.2]] },
  { number: 16, way: [[20.5, 24.75, 50.84], [27.6, 24.0, 50.68], [46, 22.6, 50.25]] },
  { number: 17, way: [[21, 24.8, 50.78], [28.2, 24.1, 50.6], [40, 23.2, 50.9], [52, 24.6, 51.4]] },
  { number: 18, way: [[6, 26.2, 53.3], [30, 24.3, 53.5], [60, 23.95, 53.0], [80, 25.5, 53.2]] },
];
const BIRDS = [{ number: 31, way: [[0, 22.9, 51.9], [95, 23.6, 52.6]] }, { number: 32, way: [[0, 21.2, 53.4], [95, 20.3, 53.9]] }];
const BALLOONS = [{ number: 41, way: [[0, 25.4, 54.3], [95, 22.9, 53.8]] }];

function along(way, minutes) {
  if (minutes < way[0][0] || minutes > way[way.length - 1][0]) return null;
  let i = 1;
  while (i < way.length - 1 && minutes > way[i][0]) i++;
  const [t0, x0, y0] = way[i - 1], [t1, x1, y1] = way[i];
  const f = (minutes - t0) / (t1 - t0), s = (t1 - t0) * 60;
  const lat = y0 + (y1 - y0) * f;
  return { lon: x0 + (x1 - x0) * f, lat, east: ((x1 - x0) * 111320 * Math.cos(lat * RAD)) / s, north: ((y1 - y0) * 110574) / s };
}

/** A passage that leaves two places open. */
function twoPlaces(first, track, p) {
  const around = (ms) => ({ low: iso(ms - 20_000), middle: iso(ms), high: iso(ms + 20_000) });
  const places = [{ place: first.place, reach_m: 700, share: 0.62, at: around(first.ms) }, { place: [first.place[0] - 0.02, first.place[1] + 0.09], reach_m: 400, share: 0.38, at: around(first.ms + 180_000) }];
  const depth = Math.max(0, track.distance);
  return { method: 2, drawn: 128, touched_probability: p, entered_probability: p, entered_at: { low: iso(first.ms - 20_000), middle: iso(first.ms), high: iso(first.ms + 200_000) }, entered_place: first.place, entered_place_reach_m: 700,
    entered_places: places, two_places: `came in at one of two places 10.1 km apart: ${places.map((one) => `${one.place[1].toFixed(3)}° N ${one.place[0].toFixed(3)}° E within ${one.reach_m} m (${Math.round(100 * one.share)} %)`).join(' or ')}`,
    depth_m: { low: 0.9 * depth, middle: depth, high: 1.1 * depth }, inside_for_s: { low: track.inside_s - 20, middle: track.inside_s, high: track.inside_s + 20 }, left_at: null };
}

const phi = (z) => 1 / (1 + Math.exp(-1.702 * z));

export class World {
  constructor({ civil_count = 240, empty = false } = {}) {
    const r = random(7);
    this.empty = empty;
    this.airspaces = loadAirspaces();
    this.poland = this.airspaces.features.find((f) => f.properties.code === 'POL').geometry.coordinates;
    this.flights = empty ? [] : Array.from({ length: civil_count }, (_, i) => civil(i, r));
    this.small = empty ? [] : [
      ...DRONES.map((d) => ({ ...d, class: d.number === 18 ? 6 : 3, identity: 1, height: 300 + d.number * 17 })),
      ...BIRDS.map((d) => ({ ...d, class: 5, identity: 0, height: 150 })),
      ...BALLOONS.map((d) => ({ ...d, class: 4, identity: 1, height: 9200 })),
    ];
    /** What operators did: {incident, at_ms (picture time), by, what, outcome?, text?} */
    this.actions = [];
    /** Standard identities set by a person: number → {identity, at_ms} */
    this.identities = new Map();
    this.firstEntry = new Map(this.small.map((d) => [d.number, this.#crossing(d)]));
  }

  /** First moment at which an object is inside, found by stepping through its path. */
  #crossing(d) {
    const end = d.way[d.way.length - 1][0];
    for (let m = d.way[0][0]; m < end; m += 1 / 12) {
      const p = along(d.way, m);
      if (p && signedDistance(this.poland, p.lon, p.lat) > 0) return { ms: START_MS + m * 60_000, place: [p.lon, p.lat] };
    }
    return null;
  }

  /** Every track at a moment: what frames carry, with what JSON adds. */
  tracksAt(ms) {
    const t = (ms - START_MS) / 1000;
    const tracks = [];
    for (const f of this.flights) {
      const lap = (f.phase + (t * f.speed) / f.length_m) % 2;
      const back = lap > 1, u = back ? 2 - lap : lap;
      const s = (back ? -1 : 1) * f.speed;
      const lat = f.from[1] + (f.to[1] - f.from[1]) * u;
      const ramp = Math.min(1, (Math.min(u, 1 - u) * f.length_m) / 160_000);
      const emergency = f.number === 105 && t > 300 && t < 1500;
      tracks.push({
        number: f.number, lat_deg: lat, lon_deg: f.from[0] + (f.to[0] - f.from[0]) * u,
        velocity_east_m_s: (s * (f.to[0] - f.from[0]) * 111320 * Math.cos(lat * RAD)) / f.length_m, velocity_north_m_s: (s * (f.to[1] - f.from[1]) * 111320) / f.length_m,
        height_m: Math.max(600, f.height_m * ramp), ellipse_major_m: 45, ellipse_minor_m: 40, ellipse_azimuth_deg: 0, class: f.helicopter ? 1 : 0, identity: 2,
        on_ground: false, has_identifier: true, status: 1, entry: 0, emergency, not_live: true, not_permitted: false,
        vertical_m_s: ramp < 1 ? (u < 0.5 ? 9 : -8) * (back ? -1 : 1) : 0, age_s: f.number % 3, label: f.flight_id, address: f.address, flight_id: f.flight_id,
        squawk: emergency ? '7700' : f.squawk, emergency_text: emergency ? 'general emergency (7700)' : null,
      });
    }
    for (const d of this.small) {
      const p = along(d.way, t / 60);
      if (!p) continue;
      const age = (ms - (START_MS + d.way[0][0] * 60_000)) / 1000;
      const distance = signedDistance(this.poland, p.lon, p.lat);
      const counts = d.class === 3 || d.class === 6;
      const coasting = d.number === 14 && t > 1500 && t < 1620;
      const sigma = coasting ? 1900 : d.class === 5 ? 120 : 260 + 40 * (d.number % 5);
      const first = this.firstEntry.get(d.number);
      const inside_s = first && ms >= first.ms ? (ms - first.ms) / 1000 : 0;
      const entry = !counts ? 0 : distance > 1000 && inside_s > 25 ? 4 : distance > 0 ? 3 : distance > -2500 ? 2 : distance > -25_000 ? 1 : 0;
      const chosen = this.identities.get(d.number);
      tracks.push({
        number: d.number, lat_deg: p.lat, lon_deg: p.lon, velocity_east_m_s: p.east, velocity_north_m_s: p.north, height_m: d.height + 30 * Math.sin(t / 40 + d.number),
        ellipse_major_m: sigma, ellipse_minor_m: sigma * 0.4, ellipse_azimuth_deg: (d.number * 37) % 180, class: d.class,
        identity: chosen && ms >= chosen.at_ms ? chosen.identity : age < 30 ? 0 : d.identity, on_ground: false, has_identifier: false,
        status: age < 12 ? 0 : coasting ? 2 : 1, entry, emergency: false, not_live: true, not_permitted: entry > 0, vertical_m_s: Math.cos(t / 40) * 0.8,
        age_s: coasting ? Math.min(255, Math.round(t - 1500)) : Math.round(t + d.number) % 5, label: `T${d.number}`, address: null, flight_id: null, squawk: null, emergency_text: null,
        distance, inside_s, sigma,
      });
    }
    return tracks;
  }

  entryOf(track, ms) {
    const first = this.firstEntry.get(track.number);
    const state = ['none', 'near', 'possible', 'likely', 'established'][track.entry];
    const p = phi(track.distance / track.sigma);
    const single = track.number % 2 === 1;
    const inside = first && ms >= first.ms;
    return {
      track: hash(track.number), number: track.number, label: track.label, airspace: 'POL', airspace_name: 'Poland', state, qualifier: single ? (state === 'possible' ? '2 of 4 measurements' : 'one source') : null, contradicted: track.number === 17, rests_on: track.number === 17 ? 'the position that it reports of itself is contradicted by other sensors; this entry rests on that report alone' : null,
      entered_probability: inside ? Math.min(0.9999, phi(track.inside_s / 9 - 1)) : p, inside_probability: p, distance_m: -track.distance, entered_at: inside ? iso(first.ms) : null,
      entered_place: inside ? first.place : null, depth_m: Math.max(0, track.distance), inside_for_s: track.inside_s, left_at: null, lost_at: null, over: false,
      permission: 'not_permitted', permission_rule: null,
      reasons: [
        inside ? `estimate ${(track.distance / 1000).toFixed(1)} km inside the border, 1 sigma ${Math.round(track.sigma)} m` : `estimate ${(-track.distance / 1000).toFixed(1)} km outside the border, closing`,
        'no address, no flight ID, no answer to interrogation', 'no flight plan matches within 20 km and 10 min', single ? 'one line of evidence: radar Lublin' : 'two lines of evidence: radar Lublin, radar Siedlce'],
      origin: 'origin region: 90 % within 84,000 km², 50 % within 12,000 km²; not excluded: area A (62 %), area B (20 %), elsewhere (18 %); under 1 % each: area C',
      not_observed: 'no other object held within 10.0 km; not observed below 180 m above the ground (for a target of 0.1 m²; internal)',
      would_change: ['a flight plan or an identified transponder within 2 km', single ? 'a second independent sensor would remove "one source"' : 'a position 3 sigma outside the border'],
      passage: inside && track.number === 12 ? twoPlaces(first, track, p) : null, same_as: null, same_as_probability: null,
      boundary: 'unga v1, geo-maps 0.6.0', incident: track.number >= 15 && track.number <= 17 ? 'inc-b' : track.number === 17 ? 'inc-c' : 'inc-a',
    };
  }

  entriesAt(ms) {
    if (this.empty) return [];
    return this.tracksAt(ms).filter((t) => t.entry > 0).map((t) => this.entryOf(t, ms)).sort((a, b) => (b.entered_at ?? '').localeCompare(a.entered_at ?? ''));
  }

  incidentsAt(ms) {
    if (this.empty) return [];
    const entries = this.entriesAt(ms);
    const tracks = new Map(this.tracksAt(ms).map((t) => [t.number, t]));
    const subject = (number) => {
      const t = tracks.get(number);
      return { kind: 'track', id: hash(number), number, label: t?.label ?? `T${number}`, lat_deg: t?.lat_deg ?? null, lon_deg: t?.lon_deg ?? null };
    };
    const list = [];
    const group = (id, number, members, title) => {
      const opened = Math.min(...members.map((m) => (this.firstEntry.get(m)?.ms ?? Infinity) - 90_000));
      if (ms < opened) return;
      const mine = entries.filter((e) => e.incident === id);
      const worst = mine.reduce((w, e) => Math.max(w, ['near', 'possible', 'likely', 'established'].indexOf(e.state)), 0);
      const joined = members.filter((m) => this.firstEntry.get(m) && ms >= this.firstEntry.get(m).ms - 90_000);
      list.push({
        id, number, rule: 'airspace_entry', title: `${title}: ${joined.length} object${joined.length === 1 ? '' : 's'}, Poland`, severity: worst === 3 ? 'high' : worst === 2 ? 'medium' : 'low', opened_ms: opened, audible: worst >= 2, groups: id === 'inc-a' && joined.length > 1 ? [{ number: 1, shared: 2, tracks: 2, objects: 2 }] : [],
        subjects: joined.map(subject), entries: mine,
        assessments: mine.map((e) => ({ subject: e.track, time: iso(ms), finding: `${e.state} entry into Poland`, probability: e.entered_probability, severity: 'high', reasons: e.reasons, would_change: e.would_change, not_observed: e.not_observed, evidence: { first: '10422.0', last: '18876.3', count: 188 } })),
        log: joined.map((m) => ({ time: iso(Math.max(opened, this.firstEntry.get(m).ms - 90_000)), by: '', text: `T${m} joined the group` })),
      });
    };
    group('inc-a', 1, [11, 12, 13, 14], 'Group from the east');
    group('inc-b', 3, [15, 16, 17], 'Group from the south-east');
    const t = (ms - START_MS) / 1000;
    const simple = (id, number, rule, title, severity, at_s, subjects, finding, reasons) => {
      if (t >= at_s) list.push({ id, number, rule, title, severity, opened_ms: START_MS + at_s * 1000, audible: false, subjects, entries: [], groups: [],
        assessments: [{ subject: subjects[0].id, time: iso(START_MS + at_s * 1000), finding, probability: 1, severity, reasons, would_change: [], not_observed: null, evidence: { first: '9001.0', last: '9120.0', count: 40 } }], log: [] });
    };
    simple('inc-e', 2, 'emergency_code', 'Emergency code 7700', 'medium', 300, [subject(105)], 'squawk 7700 for 20 s', ['Mode 3/A code 7700 in 11 replies', 'flight ID known and consistent']);
    simple('inc-s', 4, 'feed_silent', 'Sensor silent: radar Lublin', 'low', 720, [{ kind: 'sensor', id: 'radar-lublin', number: null, label: 'radar Lublin', lat_deg: 51.22, lon_deg: 22.6 }], 'no message for 30 s', ['expected one message in 1 s, none for 30 s']);
    simple('inc-g', 5, 'gnss_interference', '7 of 9 aircraft heard within 130 km of 54.6° N 20.6° E lack satellite navigation; 8 aircraft lost it since 21:35Z', 'medium', GNSS_BEGIN_S + 120, [{ kind: 'interference', id: '1', number: null, label: 'interference 1', ...GNSS_PLACE }],
      '7 of 9 aircraft heard within 130 km of 54.6° N 20.6° E lack satellite navigation; 8 aircraft lost it since 21:35Z', ['19 hexagons affected', '8 aircraft lost it within 10 min of each other']);
    return list.map((i) => this.#withActions(i, ms)).sort((a, b) => Number(a.state === 'closed') - Number(b.state === 'closed') || b.opened.localeCompare(a.opened));
  }

  #withActions({ opened_ms, ...incident }, ms) {
    const out = { ...incident, state: 'open', outcome: null, opened: iso(opened_ms), updated: iso(ms), closed: null, began: iso(opened_ms), log: [{ time: iso(opened_ms), by: '', text: 'opened' }, ...incident.log] };
    for (const a of this.actions.filter((x) => x.incident === incident.id && x.at_ms <= ms)) {
      if (a.what === 'acknowledge') out.state = 'acknowledged';
      if (a.what === 'close') Object.assign(out, { state: 'closed', outcome: a.outcome, closed: iso(a.at_ms) });
      if (a.what === 'reopen') Object.assign(out, { state: 'open', outcome: null, closed: null, began: iso(a.at_ms) });
      const text = { reopen: 'reopened', acknowledge: 'acknowledged', close: `closed: ${a.outcome}${a.text ? ` — ${a.text}` : ''}`, note: a.text, violation: 'called a violation' }[a.what];
      out.log.push({ time: iso(a.at_ms), by: a.by, text });
    }
    out.audible &&= out.state === 'open';
    return out;
  }

  feedsAt(ms) {
    if (this.empty) return [];
    const t = (ms - START_MS) / 1000;
    const make = (name, format, transport, rate, rejected = [], shed = []) => ({
      name, format, transport, fault: null, shed,
      counts: { decoded: Math.round(rate * t), rejected, observations: Math.round(rate * t * 0.8), last_received: rate > 0 ? iso(ms - 300) : null },
    });
    return [
      make('radars', 'asterix', 'udp', 115.6, [{ reason: 'I048/040 missing', count: 12 }]),
      make('adsb-warszawa', 'beast', 'tcp', 512.4, [{ reason: 'bad parity', count: 3121 }, { reason: 'reserved type code 24', count: 4 }]),
      make('adsb-bialystok', 'beast', 'tcp', 267.1, [], [{ reason: 'queue full', count: 88 }]),
      make('acoustics', 'plots', 'tcp', 0),
    ];
  }

  sensorsAt(ms) {
    if (this.empty) return [];
    const t = (ms - START_MS) / 1000;
    const silent = t > 720 && t < 1500;
    const make = (id, name, kind, feed, rate, site, more = {}) => ({
      id, name, kind, feed, state: 'live', stated: 'operational', last_seen: iso(ms - 300), rate_per_s: rate, observations: Math.round(rate * t * 0.8), clock_error_s: 0.004, over_budget: 0, site, ...more,
    });
    return [
      make('radar-siedlce', 'radar Siedlce', 'radar', 'radars', 41.5, [22.29, 52.17, 190]),
      make('radar-lublin', 'radar Lublin', 'radar', 'radars', silent ? 0 : 38.2, [22.6, 51.22, 240], silent ? { state: 'silent', last_seen: iso(START_MS + 690_000) } : {}),
      make('radar-rzeszow', 'radar Rzeszów', 'radar', 'radars', 35.9, [22.02, 50.11, 211], { clock_error_s: 1.31 }),
      make('adsb-warszawa', 'receiver Warszawa', 'ads_b', 'adsb-warszawa', 512.4, [20.97, 52.17, 110]),
      make('adsb-bialystok', 'receiver Białystok', 'ads_b', 'adsb-bialystok', 267.1, [23.16, 53.13, 160]),
      make('acoustic-chelm', 'acoustic Chełm', 'acoustic', 'acoustics', 0, [23.47, 51.13, 220], { state: 'waiting', last_seen: null, stated: null, observations: 0, clock_error_s: null }),
    ];
  }
}
export { iso, hash };
