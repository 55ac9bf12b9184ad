// A server that looks like Skypicket's and plays a made-up night, for work on the map and for its tests.
//   node mock/server.mjs [--port 8471] [--dist dist] [--empty] [--tracks 20000] [--speed 4] [--start 12 (minutes into the night)]
import { Claims } from './claims.mjs';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { encodeFrame } from './frame.mjs';
import { gnssAt } from './gnss.mjs';
import { END_MS, START_MS, World, hash, iso } from './world.mjs';

const CLASSES = ['aircraft', 'helicopter', 'small_drone', 'large_drone', 'balloon', 'bird', 'unknown'];
const IDENTITIES = ['pending', 'unknown', 'assumed_friend', 'friend', 'neutral', 'suspect', 'hostile'];
const STATUSES = ['tentative', 'confirmed', 'coasting'];
const ENTRIES = [null, 'near', 'possible', 'likely', 'established'];
export const CSP = "default-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self'; style-src 'self'; font-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.woff': 'font/woff' };

/** @returns {Promise<{url: string, close: () => Promise<void>, world: World, clock: object, stopFrames: (v: boolean) => void}>} */
export async function startMock({ port = 8471, dist = fileURLToPath(new URL('../dist', import.meta.url)), empty = false, tracks = 240, speed = 1, start = 0, kept_s = 1e9, archive = false, inView = false } = {}) {
  const world = new World({ empty, civil_count: tracks });
  const clock = { base_ms: START_MS + start * 60_000, wall_ms: Date.now(), speed, paused: false };
  let mute = false;
  const now = (c = clock) => Math.min(END_MS, c.paused ? c.base_ms : c.base_ms + (Date.now() - c.wall_ms) * c.speed);
  const setPace = (c, change) => Object.assign(c, { base_ms: now(c), wall_ms: Date.now() }, change);

  /** How far back the past is kept; a test may shorten it. */
  const keptFrom = () => Math.max(START_MS, now() - kept_s * 1000);
  const notKept = (ms) => ({ error: `nothing is kept of ${iso(ms)}: kept from ${iso(keptFrom())} to ${iso(now())}`, kept: { from: iso(keptFrom()), until: iso(now()) } });

  const status = () => ({
    mode: 'demo', site: empty ? 'Empty site' : 'Lublin sector (made up)', version: '0.1.0-mock', time: empty ? null : iso(now()), wall_time: new Date().toISOString(), speed: clock.speed, paused: clock.paused,
    finished: now() >= END_MS, history: empty ? null : { from: iso(keptFrom()), until: iso(now()) }, archive_from: archive ? iso(START_MS) : null, watched: ['Poland'], tracks: world.tracksAt(now()).length, sensors: world.sensorsAt(now()).length,
    open_incidents: world.incidentsAt(now()).filter((i) => i.state === 'open').length, boundary_policy: 'unga v1', attributions: ['Mock borders: Natural Earth', 'Base map: Natural Earth'], time_zone: 'Europe/Warsaw',
    journal: { seq: Math.round((now() - START_MS) / 3), durable_seq: Math.round((now() - START_MS) / 3) - 12, bytes: Math.round((now() - START_MS) * 4.1), alarms: [] },
  });
  const statics = (t) => ({ number: t.number, id: hash(t.number), label: t.label, address: t.address, flight_id: t.flight_id, squawk: t.squawk, class: CLASSES[t.class], standard_identity: IDENTITIES[t.identity] });
  const summary = (t, ms) => ({
    ...statics(t), status: STATUSES[t.status], class_probability: t.class === 6 ? 0.4 : 0.91, lat_deg: t.lat_deg, lon_deg: t.lon_deg, height_m: t.height_m, height_source: t.has_identifier ? 'ads-b geometric' : 'radar',
    pressure_altitude_m: t.has_identifier ? t.height_m - 60 : null, ground_speed_m_s: Math.hypot(t.velocity_east_m_s, t.velocity_north_m_s), course_deg: ((Math.atan2(t.velocity_east_m_s, t.velocity_north_m_s) * 180) / Math.PI + 360) % 360,
    vertical_m_s: t.vertical_m_s, on_ground: t.on_ground, existence: 0.997, reality: 'simulated', entry: ENTRIES[t.entry], emergency: t.emergency_text, updated: iso(ms - t.age_s * 1000),
  });
  const detail = (t, ms) => {
    const known = t.has_identifier;
    const born = iso(Math.max(START_MS, ms - 900_000));
    const claim = (kind, value, sensor) => ({ kind, value, sensor, first: born, last: iso(ms - 1200) });
    return {
      ...summary(t, ms), born, updates: 341, ellipse: { major_m: t.ellipse_major_m, minor_m: t.ellipse_minor_m, azimuth_deg: t.ellipse_azimuth_deg }, velocity_sigma_m_s: known ? 0.8 : 4.2,
      claims: known ? [claim('icao_address', t.address.toUpperCase(), 'receiver Warszawa'), claim('flight_id', t.flight_id, 'receiver Warszawa'), claim('mode_3a', t.squawk, 'radar Siedlce')] : [],
      contradicted_since: t.number === 107 ? iso(ms - 95_000) : null, unusable_since: t.number === 104 ? iso(ms - 40_000) : null, uncorroborated: t.number === 104,
      navigation: known && t.number % 3 === 0 ? [{ address: t.address, time: iso(ms - 120_000), between: [iso(ms - 121_000), iso(ms - 120_000)], from: 'good', to: 'lost', place: [t.lon_deg, t.lat_deg], text: 'lost satellite navigation' }] : [],
      lines: known ? [{ line: `transmitter ${t.address.toUpperCase()}`, kind: 'self_report', first: born, last: iso(ms - 400), count: 1220 }, { line: 'radar Siedlce', kind: 'sensor', first: born, last: iso(ms - 3900), count: 190 }]
        : [{ line: 'radar Lublin', kind: 'sensor', first: born, last: iso(ms - 2100), count: 151 }, ...(t.number % 2 ? [] : [{ line: 'radar Siedlce', kind: 'sensor', first: born, last: iso(ms - 4400), count: 37 }])],
      classes: t.class === 3 ? [{ class: 'large_drone', probability: 0.86 }, { class: 'small_drone', probability: 0.09 }, { class: 'aircraft', probability: 0.03 }, { class: 'bird', probability: 0.02 }]
        : t.class === 6 ? [{ class: 'unknown', probability: 0.4 }, { class: 'large_drone', probability: 0.35 }, { class: 'bird', probability: 0.25 }] : [{ class: CLASSES[t.class], probability: 0.91 }, { class: 'unknown', probability: 0.09 }],
      entries: t.entry > 0 ? [world.entryOf(t, ms)] : [], incidents: world.incidentsAt(ms).filter((i) => i.subjects.some((s) => s.number === t.number)).map((i) => i.id), observations: { first: '4410.0', last: '18876.3' },
    };
  };

  /** A fan to the east of where the track is. */
  const origin = (t, ms) => {
    const cells = [];
    for (let i = 1; i <= 24; i++) for (let j = -i; j <= i; j++) cells.push([Math.floor(t.lon_deg / 0.3 + i) * 0.3, Math.floor(t.lat_deg / 0.2 + j * 0.6) * 0.2, 1 / (i * (3 + Math.abs(j)))]);
    cells.sort((a, b) => b[2] - a[2]);
    return { track: hash(t.number), time: iso(ms), handling: 'internal', text: 'origin region: 90 % within 84,000 km², 50 % within 12,000 km²; not excluded: area A (62 %), area B (20 %), elsewhere (18 %); under 1 % each: area C', identifiable: true, why_not: [], first_seen: iso(ms - 900_000), first_place: [t.lon_deg + 0.3, t.lat_deg], observed_s: 900, area_km2: [12_000, 84_000], cell_deg: [0.2, 0.3], cells, half: Math.floor(cells.length / 5), candidates: [{ name: 'area A', prior: 0.3, probability: 0.62 }, { name: 'area B', prior: 0.2, probability: 0.2 }, { name: 'area C', prior: 0.2, probability: 0.002 }], elsewhere: 0.178, effective_flights: 310, method: 1 };
  };

  /** A disc about each live radar, the farther the higher the target. */
  const coverage = (url, ms) => {
    const [west, south, east, north] = url.searchParams.get('bbox').split(',').map(Number);
    const height_m = Number(url.searchParams.get('height_m')), rcs_m2 = Number(url.searchParams.get('rcs_m2') ?? 0.1);
    const radars = world.sensorsAt(ms).filter((s) => s.site && /radar/.test(s.kind));
    const reach_km = Math.min(200 * Math.min(1, rcs_m2 ** 0.25), 4.12 * (Math.sqrt(height_m) + Math.sqrt(30)));
    const columns = 100, rows = 80, percent = [];
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      const lon = west + ((c + 0.5) * (east - west)) / columns, lat = north - ((r + 0.5) * (north - south)) / rows;
      percent.push(radars.filter((s) => s.state === 'live').reduce((most, s) => { const km = Math.hypot((lat - s.site[1]) * 111, (lon - s.site[0]) * 111 * Math.cos((lat * Math.PI) / 180)); return Math.max(most, Math.max(0, Math.min(99, Math.round(99 - 40 * Math.max(0, (km - reach_km) / 12 + 1))))); }, 0));
    }
    return { time: iso(ms), handling: 'internal', released: 'coverage was incomplete', height_m, above_ground: true, rcs_m2, looks: 3, within_s: 60, percent, columns, rows, bbox: [west, south, east, north], sensors: radars.map((s) => ({ id: s.id, name: s.name, watching: s.state === 'live', why_not: s.state === 'live' ? null : 'is silent' })) };
  };

  const json = (response, code, body) => {
    response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  };
  const listed = (name, ms, all) => ({ time: iso(ms), total: all.length, [name]: all });
  const find = (key, ms) => world.tracksAt(ms).find((t) => String(t.number) === key || hash(t.number) === key);
  const body = (request) => new Promise((done) => {
    let text = '';
    request.on('data', (d) => (text += d)).on('end', () => { try { done(JSON.parse(text || '{}')); } catch { done({}); } });
  });

  const claims = new Claims();
  const reports = [];
  const referents = { objects_entered: [4, [0.04, 0.17, 0.38, 0.24, 0.11, 0.06]], inside_now: [2, [0.2, 0.55, 0.25]], reported_shot_down: [0, [0.9, 0.1]], wrecks: [0, [1]], wrecks_no_drones: [0, [1]] };
  const counted = () => ({
    type: 'counts',
    counts: empty ? [] : [{
      area: 'POL', area_name: 'Poland', reality: 'simulated', since: iso(now() - 86_400_000), as_of: iso(now()),
      counted: Object.entries(referents).map(([referent, [least, p]]) => ({ referent, text: referent, from: least, until: least + p.length - 1, most_likely: least + p.indexOf(Math.max(...p)), mean: least + 1, least, probabilities: p })),
      basis: { tracks: 9, reports: 0, not_entered: 0, stitched: 1.2, only_reported: 0, missed: 0.4, tracked_share: 0.8, tracked_share_sigma: 0.1, cut: false, text: ['9 tracks near or inside without permission and 0 reports weighed', 'about 1.2 of these tracks go on an earlier one of the same object'] },
    }],
    groups: empty ? [] : [{ number: 1, title: 'G1', area: 'POL', area_name: 'Poland', reality: 'simulated', members: [{ id: '13', number: 13, label: 'T13' }, { id: '14', number: 14, label: 'T14' }], incidents: [{ id: 'inc-a', number: 1, shared: 2, tracks: 4 }], objects: 2, first_entry: iso(now() - 900_000), last_entry: iso(now() - 600_000), place: [23.6, 52], spread_m: 6000, course_deg: 265, speed_m_s: 46, class: 'large_drone', cohesion: 6.1, history: [{ time: iso(now() - 600_000), text: 'found' }, { time: iso(now() - 300_000), text: 'T14 joined' }] }],
  });

  async function api(request, response, url) {
    const asOf = url.searchParams.get('as_of');
    const ms = asOf ? Date.parse(asOf) : now();
    const parts = url.pathname.split('/').slice(3);
    if (request.method === 'POST') {
      const b = await body(request);
      if (parts[0] === 'playback') {
        setPace(clock, { ...(b.paused === undefined ? {} : { paused: b.paused }), ...(b.speed ? { speed: b.speed } : {}) });
        broadcast({ type: 'status', ...status() });
        return json(response, 200, status());
      }
      if (parts[0] === 'claims' && parts[1] === 'propose') return json(response, 200, claims.propose(b));
      if (!b.operator) return json(response, 400, { error: 'operator is missing; body; wanted a name' });
      if (parts[0] === 'claims') {
        if (!parts[1]) claims.enter(b, now());
        else if (!claims.change(parts[1], parts[2], b, now())) return json(response, 404, { error: `no claim "${parts[1]}"` });
        return json(response, 200, { seq: 1, durable: true, taken: true, happened: ['claim recorded'] });
      }
      if (parts[0] === 'reports') {
        const at = iso(now());
        const said = b.report ? { title: b.report.kind === 'wreck' && b.report.object === 'drone' ? 'Wreck of a drone' : b.report.kind, track: null, track_label: null, ...b.report } : null;
        if (!parts[1]) reports.unshift({ id: `r${reports.length + 1}`, number: reports.length + 1, withdrawn: false, filed: at, updated: at, statement: said, history: [{ time: at, by: b.operator, reason: '', statement: said }] });
        else {
          const r = reports.find((x) => x.id === parts[1]);
          r.withdrawn = parts[2] === 'withdraw';
          if (said) r.statement = said;
          r.history.push({ time: at, by: b.operator, reason: b.reason, statement: said });
        }
        broadcast({ type: 'reports', reports });
        return json(response, 200, { seq: 1, durable: true, taken: true, happened: ['report recorded'] });
      }
      const state = world.incidentsAt(now()).find((i) => i.id === parts[1])?.state;
      if (parts[2] === 'acknowledge' && state === 'acknowledged') return json(response, 409, { error: 'the incident was acknowledged already' });
      if (parts[2] !== 'note' && state === 'closed') return json(response, 409, { error: 'the incident is closed already' });
      if (parts[0] === 'tracks') {
        const t = find(parts[1], ms);
        if (!t) return json(response, 404, { error: `track ${parts[1]} is not held` });
        world.identities.set(t.number, { identity: IDENTITIES.indexOf(b.identity), at_ms: now() });
      } else world.actions.push({ incident: parts[1], what: parts[2], by: b.operator, at_ms: now(), outcome: b.outcome, text: b.note ?? b.text });
      lastIncidents = '';
      return json(response, 200, { seq: world.actions.length, durable: true, taken: true, happened: [] });
    }
    if (asOf && !archive && ms < keptFrom()) return json(response, 404, notKept(ms));
    if (parts[0] === 'status') return json(response, 200, status());
    if (parts[0] === 'coverage') return json(response, 200, coverage(url, ms));
    if (parts[0] === 'gnss') return json(response, 200, empty ? { time: iso(ms), reality: 'live', cells: [], cut: false, changes: [], sources: [] } : gnssAt((ms - START_MS) / 1000, iso(ms)));
    if (parts[0] === 'airspaces') return json(response, 200, world.airspaces);
    if (parts[0] === 'claims') return json(response, 200, claims.list(ms, url.searchParams.get('incident')));
    if (parts[0] === 'entries') return json(response, 200, listed('entries', ms, world.entriesAt(ms)));
    if (parts[0] === 'reports') return json(response, 200, listed('reports', ms, reports));
    if (parts[0] === 'groups') return json(response, 200, listed('groups', ms, counted().groups));
    if (parts[0] === 'counts') return json(response, 200, { time: iso(ms), counts: counted().counts });
    if (parts[0] === 'sensors') return json(response, 200, { time: iso(ms), feeds: world.feedsAt(ms), sensors: world.sensorsAt(ms) });
    if (parts[0] === 'incidents' && parts[1]) {
      const one = world.incidentsAt(ms).find((i) => i.id === parts[1]);
      return one ? json(response, 200, { time: iso(ms), ...one }) : json(response, 404, { error: `incident ${parts[1]} is not known` });
    }
    if (parts[0] === 'incidents') return json(response, 200, listed('incidents', ms, world.incidentsAt(ms)));
    if (parts[0] === 'tracks' && !parts[1]) return json(response, 200, listed('tracks', ms, world.tracksAt(ms).map((t) => summary(t, ms))));
    if (parts[0] === 'tracks') {
      const t = find(parts[1], ms);
      if (!t) return json(response, 404, { error: `track ${parts[1]} is not held at that time` });
      if (parts[2] === 'origin') return json(response, 200, origin(t, ms));
      if (parts[2] !== 'trail') return json(response, 200, { time: iso(ms), ...detail(t, ms) });
      const seconds = Number(url.searchParams.get('seconds') ?? 900), points = [];
      for (let back = Math.min(seconds, (ms - START_MS) / 1000); back >= 0; back -= 10) {
        const p = find(parts[1], ms - back * 1000);
        if (p) points.push([ms - back * 1000, p.lat_deg, p.lon_deg, p.height_m]);
      }
      return json(response, 200, { points });
    }
    if (parts[0] === 'search') {
      const q = (url.searchParams.get('q') ?? '').toLowerCase();
      const hit = (...v) => v.some((x) => x && String(x).toLowerCase().includes(q));
      return json(response, 200, { tracks: world.tracksAt(ms).filter((t) => hit(t.label, t.address, t.squawk, t.flight_id, t.number)).slice(0, 20).map((t) => summary(t, ms)), incidents: world.incidentsAt(ms).filter((i) => hit(i.title, i.number)) });
    }
    return json(response, 404, { error: `no such path: ${url.pathname}` });
  }

  function file(request, response, path) {
    let full = normalize(join(dist, path === '/' ? 'index.html' : decodeURIComponent(path)));
    if (!full.startsWith(dist) || !existsSync(full) || !statSync(full).isFile()) return json(response, 404, { error: 'no such file' });
    const headers = { 'content-type': TYPES[extname(full)] ?? 'application/octet-stream', 'content-security-policy': CSP, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };
    if (existsSync(`${full}.gz`) && /gzip/.test(request.headers['accept-encoding'] ?? '')) { full += '.gz'; headers['content-encoding'] = 'gzip'; }
    response.writeHead(200, headers);
    createReadStream(full).pipe(response);
  }

  const http = createServer((request, response) => {
    const url = new URL(request.url, 'http://mock');
    if (url.pathname.startsWith('/api/v1/')) api(request, response, url).catch((fault) => json(response, 500, { error: String(fault) }));
    else if (url.pathname === '/health') json(response, 200, { ok: true });
    else file(request, response, url.pathname);
  });

  const sockets = new WebSocketServer({ server: http, path: '/api/v1/live', maxPayload: 16384 });
  const clients = new Map();
  let lastIncidents = '', lastSensors = '';
  const broadcast = (message) => { const text = JSON.stringify(message); for (const s of clients.keys()) s.send(text); };

  function picture(socket, whole) {
    const c = clients.get(socket);
    for (const i of world.incidentsAt(now())) {
      if (!i.audible || c.alarmed.has(i.id + i.began)) continue;
      c.alarmed.add(i.id + i.began);
      socket.send(JSON.stringify({ type: 'alarm', incident: i.id, since: i.began }));
    }
    const ms = c.past ? now(c.past) : now();
    if (c.past && !archive && ms < keptFrom()) return socket.send(JSON.stringify({ type: 'fault', ...notKept(ms) }));
    // The program sends what is in the view, what enters and what is selected; the mock does where it is asked to.
    const [west, south, east, north] = inView ? c.bbox : [-180, -90, 180, 90];
    const sent = (t) => t.entry > 0 || c.selected.includes(t.number) || (t.lon_deg >= west && t.lon_deg <= east && t.lat_deg >= south && t.lat_deg <= north);
    const all = world.tracksAt(ms).filter((t) => t.status !== 0 && sent(t));
    const numbers = new Set(all.map((t) => t.number));
    const fresh = all.filter((t) => c.told.get(t.number) !== `${t.identity}${t.squawk}`);
    if (fresh.length) {
      for (const t of fresh) c.told.set(t.number, `${t.identity}${t.squawk}`);
      socket.send(JSON.stringify({ type: 'tracks', tracks: fresh.map(statics) }));
    }
    const removed = whole ? [] : [...c.held].filter((n) => !numbers.has(n));
    c.held = numbers;
    if (c.past) {
      const text = JSON.stringify({ type: 'incidents', incidents: world.incidentsAt(ms) });
      if (text !== c.pastText) socket.send(text);
      c.pastText = text;
    }
    c.sequence += 1;
    socket.send(encodeFrame({ kind: whole ? 'snapshot' : 'delta', past: !!c.past, notLive: true, sequence: c.sequence, timeMs: ms, removed, tracks: all }));
  }

  sockets.on('connection', (socket) => {
    clients.set(socket, { past: null, sequence: 0, held: new Set(), told: new Map(), alarmed: new Set(), selected: [], bbox: [-180, -90, 180, 90] });
    socket.send(JSON.stringify({ type: 'status', ...status() }));
    socket.send(JSON.stringify({ type: 'incidents', incidents: world.incidentsAt(now()) }));
    socket.send(JSON.stringify({ type: 'sensors', feeds: world.feedsAt(now()), sensors: world.sensorsAt(now()) }));
    socket.send(JSON.stringify({ type: 'reports', reports }));
    socket.send(JSON.stringify(counted()));
    picture(socket, true);
    socket.on('close', () => clients.delete(socket));
    socket.on('message', (data) => {
      const m = JSON.parse(data.toString());
      const c = clients.get(socket);
      if (m.type === 'view') Object.assign(c, { selected: m.selected, bbox: m.bbox });
      if (m.type === 'as_of') c.past = { base_ms: Date.parse(m.time), wall_ms: Date.now(), speed: m.speed, paused: m.paused };
      if (m.type === 'live') c.past = null;
      if (m.type !== 'view') picture(socket, true);
    });
  });

  const timer = setInterval(() => {
    if (mute) return;
    for (const s of clients.keys()) if (s.bufferedAmount < 4e6) picture(s, false);
    const incidents = world.incidentsAt(now());
    const text = JSON.stringify(incidents);
    const present = JSON.stringify({ type: 'incidents', incidents });
    for (const [s, c] of clients) if (!c.past && (text !== lastIncidents || c.pastText)) { s.send(present); c.pastText = ''; }
    lastIncidents = text;
    const sensors = JSON.stringify({ type: 'sensors', feeds: world.feedsAt(now()), sensors: world.sensorsAt(now()) });
    if (sensors !== lastSensors) broadcast(JSON.parse(sensors));
    lastSensors = sensors;
    broadcast({ type: 'status', ...status() });
  }, 1000);

  await new Promise((done) => http.listen(port, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${http.address().port}`, world, clock, setPace: (change) => setPace(clock, change),
    stopFrames: (v) => (mute = v), now,
    close: () => new Promise((done) => { clearInterval(timer); for (const s of clients.keys()) s.terminate(); sockets.close(); http.close(done); http.closeAllConnections(); }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const value = (name, or) => { const i = process.argv.indexOf(`--${name}`); return i < 0 ? or : process.argv[i + 1]; };
  const dist = value('dist');
  const mock = await startMock({ port: Number(value('port', 8471)), ...(dist ? { dist } : {}), empty: process.argv.includes('--empty'), tracks: Number(value('tracks', 240)), speed: Number(value('speed', 1)), start: Number(value('start', 0)) });
  process.stdout.write(`mock night at ${mock.url}\n`);
}
