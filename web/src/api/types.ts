/** The JSON of the server, as docs/http-api.md has it. `npm run types` writes generated.ts from schemas/openapi.json under the same names. */

export type EntryState = 'near' | 'possible' | 'likely' | 'established';
export type Severity = 'information' | 'low' | 'medium' | 'high';
export type Outcome = 'identified' | 'left' | 'not_observed' | 'reported_down' | 'no_object' | 'other';

export interface Status {
  mode: 'watch' | 'replay' | 'demo';
  site: string;
  version: string;
  time: string | null;
  wall_time: string;
  speed: number | null;
  paused: boolean;
  finished: boolean;
  history: { from: string; until: string } | null;
  /** From when on earlier moments can be worked out from the journal. */
  archive_from: string | null;
  watched: string[];
  tracks: number;
  sensors: number;
  open_incidents: number;
  boundary_policy: string;
  attributions: string[];
  time_zone: string;
  journal: { seq: number; durable_seq: number; bytes: number; alarms: string[] } | null;
}

/** What of a track seldom changes; sent once and again when it does. */
export interface TrackStatic {
  number: number;
  id: string;
  label: string;
  address: string | null;
  flight_id: string | null;
  squawk: string | null;
  class: string;
  standard_identity: string;
}

export interface TrackSummary extends TrackStatic {
  status: 'tentative' | 'confirmed' | 'coasting';
  class_probability: number;
  lat_deg: number;
  lon_deg: number;
  height_m: number | null;
  height_source: string;
  pressure_altitude_m: number | null;
  ground_speed_m_s: number;
  course_deg: number;
  vertical_m_s: number;
  on_ground: boolean;
  existence: number;
  reality: 'live' | 'exercise' | 'simulated';
  entry: EntryState | null;
  emergency: string | null;
  updated: string;
}

export interface Claim {
  kind: string;
  value: string;
  sensor: string;
  first: string;
  last: string;
}

export interface Line {
  line: string;
  kind: 'self_report' | 'sensor';
  first: string;
  last: string;
  count: number;
}

export interface TrackDetail extends TrackSummary {
  /** The moment that all of it is of; of the past it may lie ten seconds before the one asked for. */
  time: string;
  born: string;
  updates: number;
  ellipse: { major_m: number; minor_m: number; azimuth_deg: number };
  velocity_sigma_m_s: number;
  claims: Claim[];
  contradicted_since: string | null;
  /** Only its own word has supported it within the last two minutes. */
  uncorroborated: boolean;
  unusable_since: string | null;
  navigation: GnssChange[];
  lines: Line[];
  classes: { class: string; probability: number }[];
  entries: Entry[];
  incidents: string[];
  observations: { first: string; last: string };
}

export interface Entry {
  track: string;
  number: number | null;
  label: string;
  airspace: string;
  airspace_name: string;
  state: EntryState;
  /** What keeps the state where it is, in a few words. */
  qualifier: string | null;
  /** Other sensors contradict the position that it reports of itself. */
  contradicted: boolean;
  /** On whose word it is told, where that must be said before anything else. */
  rests_on: string | null;
  entered_probability: number;
  inside_probability: number;
  /** To the boundary; negative inside. */
  distance_m: number;
  entered_at: string | null;
  entered_place: [number, number] | null;
  depth_m: number;
  inside_for_s: number;
  left_at: string | null;
  lost_at: string | null;
  /** Nothing newer will be said: its track has ended, or it is far away again. */
  over: boolean;
  permission: 'permitted' | 'not_permitted' | 'undetermined';
  permission_rule: string | null;
  reasons: string[];
  would_change: string[];
  /** What could not have been seen about it; internal. */
  not_observed: string | null;
  /** Where it may have come from, in words; internal. */
  origin: string | null;
  boundary: string;
  /** What drawn trajectories say, where some were drawn. */
  passage: Passage | null;
  /** The lost track whose object this probably is, found again, and how probably. */
  same_as: string | null;
  same_as_probability: number | null;
  incident: string | null;
}

/** 5 %, 50 % and 95 % of the drawn trajectories are below. */
export interface Interval<T> { low: T; middle: T; high: T }

/** A stretch of border where it may have come in; `share` of all crossings lie in it. */
export interface Place { place: [number, number]; reach_m: number; share: number; at: Interval<string> }

export interface Passage {
  method: number;
  drawn: number;
  touched_probability: number;
  entered_probability: number;
  entered_at: Interval<string> | null;
  entered_place: [number, number] | null;
  /** 90 % of that stretch's crossings lie within so much of it. */
  entered_place_reach_m: number | null;
  /** All stretches where it may have come in: none, one, or two that lie apart. */
  entered_places: Place[];
  /** In words, that there are two. */
  two_places: string | null;
  depth_m: Interval<number> | null;
  inside_for_s: Interval<number> | null;
  left_at: Interval<string> | null;
}

export interface Subject {
  kind: 'track' | 'sensor' | 'interference';
  id: string;
  number: number | null;
  label: string;
  lat_deg: number | null;
  lon_deg: number | null;
}

export interface Assessment {
  subject: string;
  time: string;
  finding: string;
  probability: number;
  severity: string;
  reasons: string[];
  would_change: string[];
  /** What could not have been seen about it; internal. */
  not_observed: string | null;
  evidence: { first: string; last: string; count: number };
}

export interface Incident {
  id: string;
  number: number;
  rule: string;
  title: string;
  state: 'open' | 'acknowledged' | 'risen' | 'closed';
  outcome: string | null;
  severity: Severity;
  opened: string;
  updated: string;
  closed: string | null;
  audible: boolean;
  subjects: Subject[];
  assessments: Assessment[];
  entries: Entry[];
  /** Groups that have tracks in common with it. */
  groups: { number: number; shared: number; tracks: number; objects: number }[];
  log: { time: string; by: string; text: string }[];
}

export interface Sensor {
  id: string;
  name: string;
  kind: string;
  /** Name of its feed. */
  feed: string;
  state: 'waiting' | 'live' | 'silent' | 'fault';
  stated: string | null;
  last_seen: string | null;
  rate_per_s: number;
  observations: number;
  clock_error_s: number | null;
  /** Why its plots weigh less than those of others, in words. */
  demoted: string | null;
  /** Reports of objects for which no track was begun, because its feed brings more new ones than it may. */
  over_budget: number;
  /** Longitude, latitude, height above the ellipsoid. */
  site: [number, number, number] | null;
}

/** Where a target could have been seen. Internal. */
export interface Coverage {
  time: string;
  handling: string;
  released: string;
  height_m: number;
  above_ground: boolean;
  rcs_m2: number;
  looks: number;
  within_s: number;
  /** West to east, then north to south. */
  percent: number[];
  columns: number;
  rows: number;
  bbox: [number, number, number, number];
  sensors: { id: string; name: string; watching: boolean; why_not: string | null }[];
}

/** A hexagon and layer of the air: how many of the aircraft in it lack satellite navigation. */
export interface GnssCell {
  cell: string;
  band: 'low' | 'middle' | 'high';
  /** Closed, longitude and latitude. */
  ring: [number, number][];
  state: 'none' | 'quiet' | 'some' | 'much';
  share: [number, number, number];
  above: [number, number];
  effective: number;
  /** With, and without. */
  now: [number, number];
  updated: string;
  text: string;
}

/** A change of an aircraft's satellite navigation. */
export interface GnssChange {
  address: string;
  time: string;
  between: [string, string];
  from: string;
  to: string;
  place: [number, number];
  false_place: [number, number] | null;
  text: string;
}

/** Where one transmitter may stand, by the model. */
export interface GnssSource {
  place: [number, number];
  reach_km: [number, number, number];
  /** 50 % and 90 %. */
  area_km2: [number, number];
  /** Closed rings, longitude and latitude; longitudes may go on beyond ±180. */
  half: [number, number][][];
  whole: [number, number][][];
}

/** Where interference may come from, or that it cannot be said. */
export interface GnssSources {
  interferences: number[];
  time: string;
  samples: number;
  flights: number;
  onsets: number;
  offsets: number;
  sources: GnssSource[];
  unclear: string[];
  text: string;
}

export interface Gnss {
  time: string;
  reality: string;
  cells: GnssCell[];
  cut: boolean;
  changes: GnssChange[];
  sources: GnssSources[];
}

/** Where a track may have come from. Internal. */
export interface Origin {
  track: string;
  time: string;
  handling: string;
  text: string;
  identifiable: boolean;
  why_not: string[];
  first_seen: string;
  first_place: [number, number];
  observed_s: number;
  area_km2: [number, number];
  /** Height and width of a cell, degrees. */
  cell_deg: [number, number];
  /** West and south edge, probability; the densest first. */
  cells: [number, number, number][];
  /** So many of the first cells are the 50 % region. */
  half: number;
  candidates: { name: string; prior: number; probability: number }[];
  elsewhere: number;
  effective_flights: number;
  method: number;
}

export interface Feed {
  name: string;
  format: string;
  transport: string;
  fault: string | null;
  /** Not known of a moment worked out from the journal. */
  counts: Counts | null;
  shed: Count[];
}

export interface Counts {
  decoded: number;
  rejected: Count[];
  observations: number;
  last_received: string | null;
}

export interface Count {
  reason: string;
  count: number;
}

export interface ReportStatement {
  title: string;
  kind: string;
  lat_deg: number;
  lon_deg: number;
  radius_90_m: number;
  from: string;
  until: string;
  object: string;
  confidence: number;
  cause: string;
  cause_confidence: number;
  track: string | null;
  track_label: string | null;
  source: string;
  text: string;
}

/** What people report from the ground. */
export interface Report {
  id: string;
  number: number;
  withdrawn: boolean;
  filed: string;
  updated: string;
  statement: ReportStatement;
  history: { time: string; by: string; reason: string; statement: ReportStatement | null }[];
}

/** A number as a distribution. */
export interface Counted {
  referent: string;
  text: string;
  from: number;
  until: number;
  most_likely: number;
  mean: number;
  least: number;
  probabilities: number[];
}

export interface AreaCount {
  area: string;
  area_name: string;
  reality: string;
  since: string;
  as_of: string;
  counted: Counted[];
  basis: { text: string[] };
}

export interface TrackGroup {
  number: number;
  title: string;
  area: string;
  area_name: string;
  reality: string;
  members: { id: string; number: number | null; label: string }[];
  /** Incidents that have tracks in common with it. */
  incidents: { id: string; number: number; shared: number; tracks: number }[];
  objects: number;
  first_entry: string;
  last_entry: string;
  place: [number, number];
  spread_m: number;
  course_deg: number;
  speed_m_s: number;
  class: string;
  cohesion: number;
  history: { time: string; text: string }[];
}

/** Answer to a command that was not refused. */
export interface Accepted {
  seq: number;
  durable: boolean;
  /** Carried out; else the server is behind and will say in the log. */
  taken: boolean;
  happened: string[];
}

export interface AirspaceProperties {
  code: string;
  name: string;
  kind: string;
  watched: boolean;
  lower: string;
  upper: string;
  source: string;
  policy: string | null;
  attribution: string | null;
}

/** Text messages of the live socket. */
export type ServerMessage =
  | ({ type: 'status' } & Status)
  | { type: 'tracks'; tracks: TrackStatic[] }
  | { type: 'incidents'; incidents: Incident[] }
  | { type: 'sensors'; feeds: Feed[]; sensors: Sensor[] }
  | { type: 'reports'; reports: Report[] }
  | { type: 'counts'; counts: AreaCount[]; groups: TrackGroup[] }
  | { type: 'alarm'; incident: string; since: string }
  | { type: 'fault'; error: string; kept: { from: string; until: string } | null };

/** What the browser may send on it. */
export type ClientMessage =
  | { type: 'view'; bbox: [number, number, number, number]; zoom: number; selected: number[] }
  | { type: 'snapshot' }
  | { type: 'as_of'; time: string; speed: number; paused: boolean }
  | { type: 'live' };

/** A stretch of time, and the zone that it was read in. */
export interface ClaimMoment {
  from: string;
  until?: string | null;
  zone?: string;
}
export type ClaimVerdict = 'supported' | 'contradicted' | 'undecidable' | 'outside_evidence' | 'conflicts_with';
/** What the evidence of a moment says of a public statement. */
export interface ClaimRating {
  as_of: string;
  verdict: ClaimVerdict;
  said: string;
  probability: number | null;
  conflicts: number[];
  tracks: string[];
  reports: number[];
  reasons: string[];
  parts: string[];
}
/** As it is entered: `quotation` is what was printed; `words` are bytes of it, UTF-8. */
export interface ClaimJson {
  who?: string;
  said: string | ClaimMoment[];
  source?: { name: string; url?: string; text_sha256?: string; retrieved?: string | null } | null;
  quotation: string;
  quotation_at: number;
  words?: [number, number][];
  rule?: string;
  about?: ClaimMoment | null;
  content: Record<string, unknown>;
}
/** A public statement with one typed content. */
export interface PublicClaim {
  id: string;
  number: number;
  state: 'proposed' | 'confirmed' | 'withdrawn';
  claim: ClaimJson;
  content: Record<string, unknown>;
  text: string;
  said_until: string;
  history: { time: string; by: string; text: string }[];
  then: ClaimRating | null;
  then_why: string | null;
  now: ClaimRating | null;
}
