// Written by `npm run types` from schemas/openapi.json; change the server's transfer types instead.

/** Answer to a change that was not refused. */
export type Accepted = {
  /** It is on disk. */
  durable: boolean;
  /** What it wrote into the incident's log, in words. */
  happened: (string)[];
  /** The report that was filed, corrected or withdrawn. */
  report: (string) | null;
  /** Its place in the journal. */
  seq: number;
  /** It is carried out. Where it is not, the engine is behind: whether it will be refused is not known yet. */
  taken: boolean;
};

/** What a cause is of. */
export type AffectedJson = "objects_down" | "damage";

/** All that is counted of one area. */
export type AreaCount = {
  /** Code of the airspace. */
  area: string;
  /** Its name. */
  area_name: string;
  /** and what was known by then. */
  as_of: string;
  /** What they rest on. */
  basis: CountBasis;
  /** The numbers. */
  counted: (Counted)[];
  /** `live`, `exercise` or `simulated`. */
  reality: string;
  /** Counted is what happened from then on */
  since: string;
};

/** An area by name: a state's code, or a rough outline. */
export type AreaJson = {
  /** Alpha-3 code of the state that it is. */
  code?: string;
  /** As it is called. */
  name: string;
  /** Corners of a rough outline, longitude and latitude. */
  ring?: ([number, number])[];
};

/** A judgement. */
export type Assessment = {
  /** What it rests on. */
  evidence: Evidence;
  /** What was found, for people. */
  finding: string;
  /** What could not have been seen about it, when this was judged; internal: outside it is said only that coverage was incomplete. */
  not_observed: (string) | null;
  /** How probable. */
  probability: number;
  /** Why. */
  reasons: (string)[];
  /** How much it matters. */
  severity: string;
  /** Name of the track or sensor. */
  subject: string;
  /** The moment judged. */
  time: string;
  /** What would change it. */
  would_change: (string)[];
};

/** Who acknowledges, or calls an entry a violation. */
export type ByOperator = {
  /** The person's name, 1 to 64 characters. */
  operator: string;
};

/** A candidate area. */
export type Candidate = {
  /** Its name. */
  name: string;
  /** Probability before anything was seen. */
  prior: number;
  /** Probability now. */
  probability: number;
};

/** A cause, as stated. */
export type CauseJson = "surface_to_air" | "aircraft" | "own_or_allied_ordnance" | "drone" | "object_itself" | "electronic_means" | "other";

/** Why it lies there or was damaged, as reported. */
export type CauseName = "not_stated" | "object_itself" | "brought_down" | "own_or_allied_ordnance" | "other";

/** One claimed value. */
export type Claim = {
  /** First made. */
  first: string;
  /** `address`, `flight_id`, `squawk`, `category` or `emergency`. */
  kind: string;
  /** Last made. */
  last: string;
  /** Who delivered it last. */
  sensor: string;
  /** The value. */
  value: string;
};

/** One claim. */
export type ClaimJson = {
  /** What time it speaks of. */
  about?: MomentJson | (null) | null;
  /** What is stated. */
  content: ContentJson;
  /** The words as printed: a quotation. */
  quotation: string;
  /** Where the quotation begins in the source's text, bytes. */
  quotation_at?: number;
  /** The rule that proposed it. */
  rule?: string;
  /** When: a time with its zone, a time or a day without one (which keeps a candidate for each zone that may be meant), or candidates. */
  said: MomentsJson;
  /** Where it was printed. */
  source?: SourceJson | (null) | null;
  /** Who said it. */
  who?: string;
  /** The words that the content rests on: from and to, bytes of the quotation. */
  words?: ([number, number])[];
};

/** A step of a claim's history. */
export type ClaimStep = {
  /** Who. */
  by: string;
  /** What, in words. */
  text: string;
  /** When. */
  time: string;
};

/** One class and its probability. */
export type Class = {
  /** Which. */
  class: string;
  /** How probable. */
  probability: number;
};

/** Closing an incident. */
export type CloseBody = {
  /** In the person's words, at most 4,000 characters. */
  note?: string;
  /** The person's name. */
  operator: string;
  /** How it ended. */
  outcome: OutcomeName;
};

/** Confirming a claim's typed content. */
export type ConfirmClaimBody = {
  /** The content as it should be; left out where it is right. */
  content?: ContentJson | (null) | null;
  /** The person's name. */
  operator: string;
};

/** What is stated. Codes of states are alpha-3; left out they mean the watched one. */
export type ContentJson = {
  /** Across whose border. */
  across?: string;
  /** Where. */
  area?: string;
  kind: "count";
  /** No fewer. */
  least: number;
  /** No more; left out where more are not denied. */
  most: (number) | null;
  /** Of what. */
  referent: ReferentJson;
} | {
  /** What. */
  event: EventJson;
  kind: "time";
  /** Candidates, as for `said`. */
  moments: MomentsJson;
  /** Its name, of a named event. */
  name?: string;
} | {
  /** What. */
  event: EventJson;
  kind: "place";
  /** There. */
  place: PlaceJson;
} | {
  /** From whose border; the nearest where left out. */
  from?: string;
  kind: "depth";
  /** No less. */
  least_m: number;
  /** No more; left out where more is not denied. */
  most_m: (number) | null;
} | {
  /** There. */
  area: AreaJson;
  kind: "origin";
} | {
  /** The cause. */
  cause: CauseJson;
  kind: "cause";
  /** Of what. */
  of: AffectedJson;
  /** Where; of all of them where left out. */
  place?: PlaceJson | (null) | null;
} | {
  kind: "actor";
  /** The name. */
  name: string;
  /** Whose office. */
  of?: string;
  /** In what part. */
  role: RoleJson;
} | {
  /** In which state. */
  area?: string;
  /** What. */
  effect: EffectJson;
  /** Stated to have happened, or not to have. */
  happened: boolean;
  kind: "effect";
  /** Where; in all of the state where left out. */
  place?: PlaceJson | (null) | null;
} | {
  kind: "matter";
  /** What. */
  matter: MatterJson;
};

/** Stating anew what a report says. */
export type CorrectionBody = {
  /** The person's name. */
  operator: string;
  /** Why, 1 to 4,000 characters. */
  reason: string;
  /** What is stated now. */
  report: ReportBody;
};

/** What a count rests on: expected numbers. */
export type CountBasis = {
  /** More tracks or reports than could be weighed: the least probable were left out. */
  cut: boolean;
  /** Expected objects that neither a track nor a report tells of. */
  missed: number;
  /** Expected tracks that are of no object, or of one that did not enter. */
  not_entered: number;
  /** Expected objects that reports alone tell of. */
  only_reported: number;
  /** Reports from the ground weighed. */
  reports: number;
  /** Expected tracks that go on an earlier one of the same object. */
  stitched: number;
  /** The same in words. */
  text: (string)[];
  /** How probable it is held that an object that enters is tracked at all. */
  tracked_share: number;
  /** Its standard deviation. */
  tracked_share_sigma: number;
  /** Tracks weighed. */
  tracks: number;
};

/** A count by reason. */
export type Count = {
  /** How many. */
  count: number;
  /** The reason. */
  reason: string;
};

/** A number of objects as a distribution. */
export type Counted = {
  /** The 90 % interval, both ends included. */
  from: number;
  /** The number that the first probability is of. */
  least: number;
  /** Mean. */
  mean: number;
  /** The most probable number. */
  most_likely: number;
  /** Probability of each number from `least` on. */
  probabilities: (number)[];
  /** What is counted: `objects_entered`, `inside_now`, `reported_shot_down`, `wrecks`, `wrecks_no_drones`. */
  referent: string;
  /** For people: referent, numbers, area and moment. */
  text: string;
  /** See `from`. */
  until: number;
};

/** What has come in by a feed. */
export type Counts = {
  /** Messages understood. */
  decoded: number;
  /** When something last came. */
  last_received: (string) | null;
  /** Observations of all its sensors. */
  observations: number;
  /** Messages not understood, by reason. */
  rejected: (Count)[];
};

/** Where a target of some size at some height could have been seen. Internal: not for release. */
export type Coverage = {
  /** Heights are above the ground; else above mean sea level, for nothing says where the ground is. */
  above_ground: boolean;
  /** West, south, east and north edge, degrees. */
  bbox: [number, number, number, number];
  /** Cells in a row. */
  columns: number;
  /** `internal`, always: coverage tells where nobody looks. */
  handling: string;
  /** The target's height. */
  height_m: number;
  /** It would have been detected so often … */
  looks: number;
  /** … with this probability in percent, cell by cell, west to east and then north to south. */
  percent: (number)[];
  /** The target's radar cross-section. */
  rcs_m2: number;
  /** All that may be said of it outside. */
  released: string;
  /** Rows. */
  rows: number;
  /** What each sensor contributes. */
  sensors: (CoverageSensor)[];
  /** Picture time: the while that is asked about ends then. */
  time: string;
  /** … within this time … */
  within_s: number;
};

/** A sensor's part in coverage. */
export type CoverageSensor = {
  /** Feed and number. */
  id: string;
  /** For people. */
  name: string;
  /** It was watching. */
  watching: boolean;
  /** Why it was not, or why it sees nothing by itself. */
  why_not: (string) | null;
};

/** An effect, as stated. */
export type EffectJson = "damage" | "casualties";

/** An ellipse on the ground. */
export type Ellipse = {
  /** Direction of the major axis, clockwise from north. */
  azimuth_deg: number;
  /** Semi-major axis. */
  major_m: number;
  /** Semi-minor axis. */
  minor_m: number;
};

/** Entering a claim. */
export type EnterClaimBody = {
  /** What is stated. */
  claim: ClaimJson;
  /** The person vouches for the typed content: it counts at once. */
  confirmed?: boolean;
  /** The person's name. */
  operator: string;
};

/** The ledger at a time. */
export type Entries = {
  /** Newest first. */
  entries: (Entry)[];
  /** Picture time. */
  time: string;
  /** How many there are in all. */
  total: number;
};

/** A row of the ledger. */
export type Entry = {
  /** Code of the airspace. */
  airspace: string;
  /** Its name. */
  airspace_name: string;
  /** Border policy and data. */
  boundary: string;
  /** Other sensors contradict the position that it reports of itself. */
  contradicted: boolean;
  /** Greatest depth. */
  depth_m: number;
  /** From the boundary, negative inside. */
  distance_m: number;
  /** Estimated time of the first crossing. */
  entered_at: (string) | null;
  /** Estimated place, longitude and latitude. */
  entered_place: ([number, number]) | null;
  /** P(one continuous stay inside of at least 20 s). */
  entered_probability: number;
  /** The incident. */
  incident: (string) | null;
  /** Time inside. */
  inside_for_s: number;
  /** P(inside now). */
  inside_probability: number;
  /** For people. */
  label: string;
  /** When it left. */
  left_at: (string) | null;
  /** When it was last observed, while its track is held no more. */
  lost_at: (string) | null;
  /** What could not have been seen about it, when this was judged; internal: outside it is said only that coverage was incomplete. */
  not_observed: (string) | null;
  /** Its number, while it is shown. */
  number: (number) | null;
  /** Where it may have come from, in words, once that was worked out; internal. */
  origin: (string) | null;
  /** Nothing newer will be said here: its track has ended, or it is far away again. */
  over: boolean;
  /** What drawn trajectories say, where some were drawn. */
  passage?: Passage | (null) | null;
  /** `permitted`, `not_permitted` or `undetermined`. */
  permission: string;
  /** The rule that decides. */
  permission_rule: (string) | null;
  /** What keeps the state where it is, in a few words: `one source`. */
  qualifier: (string) | null;
  /** Why it counts. */
  reasons: (string)[];
  /** On whose word it is told, where that must be said before anything else, for people. */
  rests_on: (string) | null;
  /** Name of the lost track whose object this probably is, found again. */
  same_as: (string) | null;
  /** How probably. */
  same_as_probability: (number) | null;
  /** `near`, `possible`, `likely`, `established`. */
  state: string;
  /** The track's name. */
  track: string;
  /** What would change it. */
  would_change: (string)[];
};

/** Place and velocity with their uncertainty. */
export type Estimate = {
  /** Covariance of the place: east-east, east-north, east-up, north-north, north-up, up-up. */
  covariance_m2: [number, number, number, number, number, number];
  /** Above the ellipsoid. */
  height_m: number;
  /** WGS 84. */
  lat_deg: number;
  /** WGS 84. */
  lon_deg: number;
  /** 1-sigma of the place: east, north, up. */
  sigma_m: [number, number, number];
  /** Velocity: east, north, up. */
  velocity_m_s: [number, number, number];
  /** 1-sigma of the velocity: east, north, up. */
  velocity_sigma_m_s: [number, number, number];
};

/** What a time or a place is of. */
export type EventJson = "first_entry" | "last_entry" | "entry" | "last_brought_down" | "came_down" | "named";

/** What a judgement rests on. */
export type Evidence = {
  /** How many. */
  count: number;
  /** First observation. */
  first: string;
  /** Last observation. */
  last: string;
};

/** A fault. */
export type Fault = {
  /** What; where; wanted. */
  error: string;
  /** Where a moment was asked for that is not kept: from when until when something is. */
  kept?: Range | (null) | null;
};

/** A feed: what brings the sensors' messages, and how it goes. */
export type Feed = {
  /** What has come in since the program started; `null` where that is not known, of a moment worked out from the journal. */
  counts?: Counts | (null) | null;
  /** What is wrong with its transport; known of the present only. */
  fault: (string) | null;
  /** What its bytes mean. */
  format: string;
  /** Its name in the site file. */
  name: string;
  /** What was dropped before it was recorded, by reason; known of the present only. */
  shed: (Count)[];
  /** How they travel. */
  transport: string;
};

/** A feed whose transport fails. */
export type FeedFault = {
  /** What fails. */
  fault: string;
  /** Its name in the site file. */
  feed: string;
};

/** Filing a report. */
export type FileBody = {
  /** The person's name. */
  operator: string;
  /** What is stated. */
  report: ReportBody;
};

/** First and last of something. */
export type FirstLast = {
  /** First. */
  first: string;
  /** Last. */
  last: string;
};

/** What a search found. */
export type Found = {
  /** Incidents. */
  incidents: (Incident)[];
  /** Tracks. */
  tracks: (TrackSummary)[];
};

/** A hexagon and layer of the air. */
export type GnssCell = {
  /** P(share > 2 %) and P(share > 10 %). */
  above: [number, number];
  /** `low` (below FL100), `middle` (to FL245) or `high`. */
  band: string;
  /** H3 index, hexadecimal. */
  cell: string;
  /** How many aircraft passes the evidence is worth. */
  effective: number;
  /** Aircraft in it now that have satellite navigation, and that lack it. */
  now: [number, number];
  /** Corners, `[longitude, latitude]` in degrees, counter-clockwise, the first one again at the end. */
  ring: ([number, number])[];
  /** Share of aircraft that lack satellite navigation: 5 %, 50 % and 95 % of what is held possible. */
  share: [number, number, number];
  /** `none` (too few aircraft to say anything), `quiet`, `some` (more than 2 % lack it) or `much` (more than 10 %), each where it is held to be so with nine of ten. */
  state: string;
  /** The same in words. */
  text: string;
  /** The last message that told something of it. */
  updated: string;
};

/** A change of an aircraft's satellite navigation. */
export type GnssChange = {
  /** 24-bit address, six hexadecimal digits. */
  address: string;
  /** The last message of the state before and the first of the new one. */
  between: [string, string];
  /** Where it said that it was, if that was held false. */
  false_place: ([number, number]) | null;
  /** `unknown`, `good`, `degraded`, `lost`, `spoof_suspect`, `recovering` or `chronic`: before. */
  from: string;
  /** Where it is believed to have been, `[longitude, latitude]` in degrees. */
  place: [number, number];
  /** The same in words. */
  text: string;
  /** When it was judged so. */
  time: string;
  /** And after. */
  to: string;
};

/** Aircraft counted in a hexagon on a day. */
export type GnssDayCell = {
  /** P(share > 2 %) and P(share > 10 %), by what those counts are worth. */
  above: [number, number];
  /** `green`, `yellow` or `red`, as published daily maps colour it: at most 2 % bad, at most 10 %, more; one bad aircraft is discounted. */
  band: string;
  /** Aircraft that did. */
  count_bad_aircraft: number;
  /** Aircraft that never stated low quality there. */
  count_good_aircraft: number;
  /** H3 index of resolution 4, hexadecimal. */
  hex: string;
};

/** Counts of a UTC day. */
export type GnssDay = {
  /** By index. */
  cells: (GnssDayCell)[];
  /** It is over. */
  complete: boolean;
  /** The day, `YYYY-MM-DD`. */
  day: string;
  /** `live`, `exercise` or `simulated`. */
  reality: string;
  /** Up to when it was counted. */
  told: string;
};

/** Days that are kept: the present one and a week before. */
export type GnssDays = {
  /** The newest first. */
  days: (GnssDay)[];
  /** Picture time. */
  time: string;
};

/** Cells at a time. */
export type Gnss = {
  /** Cells in which something was counted lately; at most 20,000, the most affected first. */
  cells: (GnssCell)[];
  /** The last changes of aircraft's satellite navigation, at most 256, oldest first. */
  changes: (GnssChange)[];
  /** More than that. */
  cut: boolean;
  /** `live`, `exercise` or `simulated`. */
  reality: string;
  /** Where interferences may come from. */
  sources: (GnssSources)[];
  /** Picture time. */
  time: string;
};

/** Where one transmitter may stand, by the model. */
export type GnssSource = {
  /** Area of the 50 % and the 90 % region, km². */
  area_km2: [number, number];
  /** Rings of the 50 % region, `[longitude, latitude]` in degrees, each with its first corner again at the end; holes clockwise. */
  half: (([number, number])[])[];
  /** The middle of the region, `[longitude, latitude]` in degrees. */
  place: [number, number];
  /** How far it reaches where nothing is in the way: 5 %, 50 % and 95 % of what is held possible, km. */
  reach_km: [number, number, number];
  /** Rings of the 90 % region. */
  whole: (([number, number])[])[];
};

/** Where interference may come from, or that it cannot be said. */
export type GnssSources = {
  /** Of how many parts of flights. */
  flights: number;
  /** Numbers of the interferences that it is said of. */
  interferences: (number)[];
  /** How often one had it back. */
  offsets: number;
  /** How often an aircraft lost its satellite navigation. */
  onsets: number;
  /** Samples of aircraft that it rests on. */
  samples: number;
  /** Each transmitter that is held to be there; none where it cannot be said. */
  sources: (GnssSource)[];
  /** The same in words. */
  text: string;
  /** What had been seen until then is in it. */
  time: string;
  /** Why it cannot be said; empty where it can. */
  unclear: (string)[];
};

/** Tracks that belong together. */
export type Group = {
  /** Code of the airspace that they entered. */
  area: string;
  /** Its name. */
  area_name: string;
  /** What most of them most probably are. */
  class: string;
  /** Natural logarithm of the odds that they are one group and not two. */
  cohesion: number;
  /** Mean course when they crossed. */
  course_deg: number;
  /** When the first crossed. */
  first_entry: string;
  /** What happened to it. */
  history: (GroupStep)[];
  /** Incidents that have tracks in common with it, in the order of opening. */
  incidents: (SharedIncident)[];
  /** When the last crossed. */
  last_entry: string;
  /** In the order of crossing. */
  members: (GroupMember)[];
  /** Short number. */
  number: number;
  /** Objects that these tracks are held to be. */
  objects: number;
  /** Mean of the places where they crossed, longitude and latitude. */
  place: [number, number];
  /** `live`, `exercise` or `simulated`. */
  reality: string;
  /** Mean speed over ground. */
  speed_m_s: number;
  /** How far they crossed from there in the mean, m. */
  spread_m: number;
  /** For people. */
  title: string;
};

/** One of a group's tracks. */
export type GroupMember = {
  /** Its name. */
  id: string;
  /** For people. */
  label: string;
  /** Its number, while it is shown. */
  number: (number) | null;
};

/** Groups at a time. */
export type Groups = {
  /** Newest first. */
  groups: (Group)[];
  /** Picture time. */
  time: string;
  /** How many there are in all. */
  total: number;
};

/** One step of a group's history. */
export type GroupStep = {
  /** What, in words. */
  text: string;
  /** When it came to be held so. */
  time: string;
};

/** Whether the program does its work, for monitoring. */
export type Health = {
  /** Alarms of the journal that are still on. */
  alarms: (string)[];
  /** The engine takes inputs. */
  engine: boolean;
  /** What is wrong, in words. */
  faults: (string)[];
  /** Feeds whose transport fails. */
  feeds: (FeedFault)[];
  /** The journal takes inputs. */
  journal: boolean;
  /** Nothing below is wrong; the answer's status is 200, else 503. */
  ok: boolean;
  /** Time of the picture. */
  time: (string) | null;
};

/** Counts at a time. */
export type HowMany = {
  /** One for each watched airspace, at most eight. */
  counts: (AreaCount)[];
  /** Picture time. */
  time: string;
};

/** Setting a standard identity. */
export type IdentityBody = {
  /** What the person holds it to be. */
  identity: IdentityName;
  /** The person's name. */
  operator: string;
  /** On what grounds, 1 to 4,000 characters. */
  reason: string;
};

/** A standard identity. */
export type IdentityName = "pending" | "unknown" | "assumed_friend" | "friend" | "neutral" | "suspect" | "hostile";

/** An incident at a time. */
export type IncidentAt = {
  /** Latest judgement of each subject. */
  assessments: (Assessment)[];
  /** It sounds until somebody takes it up. */
  audible: boolean;
  /** When it was closed. */
  closed: (string) | null;
  /** Rows of the ledger of its subjects. */
  entries: (Entry)[];
  /** Groups that have tracks in common with it. */
  groups: (SharedGroup)[];
  /** Its name. */
  id: string;
  /** What happened. */
  log: (Log)[];
  /** Short number in this view, in the order of opening. */
  number: number;
  /** When it began. */
  opened: string;
  /** How it ended. */
  outcome: (string) | null;
  /** The detector's name. */
  rule: string;
  /** `information`, `low`, `medium` or `high`. */
  severity: string;
  /** `open`, `acknowledged`, `risen` (acknowledged, and of high severity only since) or `closed`. */
  state: string;
  /** The group. */
  subjects: (Subject)[];
  /** Picture time: the moment that all of this is of. Of the past it may lie ten seconds before the moment asked for. */
  time: string;
  /** For people. */
  title: string;
  /** Last change. */
  updated: string;
};

/** What an operator handles. */
export type Incident = {
  /** Latest judgement of each subject. */
  assessments: (Assessment)[];
  /** It sounds until somebody takes it up. */
  audible: boolean;
  /** When it was closed. */
  closed: (string) | null;
  /** Rows of the ledger of its subjects. */
  entries: (Entry)[];
  /** Groups that have tracks in common with it. */
  groups: (SharedGroup)[];
  /** Its name. */
  id: string;
  /** What happened. */
  log: (Log)[];
  /** Short number in this view, in the order of opening. */
  number: number;
  /** When it began. */
  opened: string;
  /** How it ended. */
  outcome: (string) | null;
  /** The detector's name. */
  rule: string;
  /** `information`, `low`, `medium` or `high`. */
  severity: string;
  /** `open`, `acknowledged`, `risen` (acknowledged, and of high severity only since) or `closed`. */
  state: string;
  /** The group. */
  subjects: (Subject)[];
  /** For people. */
  title: string;
  /** Last change. */
  updated: string;
};

/** Incidents at a time. */
export type Incidents = {
  /** Open first, then newest. */
  incidents: (Incident)[];
  /** Picture time. */
  time: string;
  /** How many there are in all. */
  total: number;
};

/** The recording of this run. */
export type JournalStatus = {
  /** What an operator must know. */
  alarms: (string)[];
  /** Bytes of the epoch. */
  bytes: number;
  /** Last input on disk. */
  durable_seq: number;
  /** Last input. */
  seq: number;
};

/** One line of evidence. */
export type Line = {
  /** How often. */
  count: number;
  /** First support. */
  first: string;
  /** `self_report` or `sensor`. */
  kind: string;
  /** Last support. */
  last: string;
  /** Its origin for people. */
  line: string;
};

/** A line of a log. */
export type Log = {
  /** Who; empty for the machine. */
  by: string;
  /** What. */
  text: string;
  /** When. */
  time: string;
};

/** Matters that no evidence decides. */
export type MatterJson = "precedent" | "purpose";

/** A candidate. */
export type MomentJson = {
  /** At this time or later, RFC 3339. */
  from: string;
  /** At this time or before; the same as `from` where left out. */
  until: (string) | null;
  /** The zone that it was read in. */
  zone?: string;
};

/** A moment or candidates of one. */
export type MomentsJson = string | (MomentJson)[];

/** A line for the log. */
export type NoteBody = {
  /** The person's name. */
  operator: string;
  /** In the person's words, 1 to 4,000 characters. */
  text: string;
};

/** What it was, as reported. */
export type ObjectName = "drone" | "not_a_drone" | "unknown";

/** An origin region. Internal: it rests on where nobody looks. */
export type Origin = {
  /** Area of the 50 % and the 90 % region. */
  area_km2: [number, number];
  /** Candidate areas, the most probable first. */
  candidates: (Candidate)[];
  /** Height and width of a cell, degrees. */
  cell_deg: [number, number];
  /** The cells of the 90 % region, the densest first: west and south edge, degrees, and probability. */
  cells: ([number, number, number])[];
  /** Flights that were tried, as many as would say the same if all were equally likely. */
  effective_flights: number;
  /** Probability of none of these. */
  elsewhere: number;
  /** Where that was, longitude and latitude. */
  first_place: [number, number];
  /** When the track was first seen. */
  first_seen: string;
  /** So many of the first of them are the 50 % region. */
  half: number;
  /** `internal`, always: coverage is in it. */
  handling: string;
  /** Something can be said. */
  identifiable: boolean;
  /** Version of the method. */
  method: number;
  /** For how long it had been observed. */
  observed_s: number;
  /** For people. */
  text: string;
  /** When it was worked out. */
  time: string;
  /** The track's name. */
  track: string;
  /** Why not, if not. */
  why_not: (string)[];
};

/** How an incident ended. */
export type OutcomeName = "identified" | "left" | "not_observed" | "reported_down" | "no_object" | "other";

/** What drawn trajectories say of a passage; the figures but the probabilities are of those that entered. */
export type Passage = {
  /** Greatest depth, metres. */
  depth_m?: Quantiles | (null) | null;
  /** How many trajectories were drawn. */
  drawn: number;
  /** When the first such stay began. */
  entered_at?: TimeRange | (null) | null;
  /** Where: longitude and latitude of the middle. */
  entered_place: ([number, number]) | null;
  /** 90 % of that stretch's crossings lie within so much of it, metres. */
  entered_place_reach_m: (number) | null;
  /** All stretches where it may have come in: none, one, or two that lie apart, the more probable first. */
  entered_places: (Place)[];
  /** P(one continuous stay inside that was long enough). */
  entered_probability: number;
  /** Time inside, seconds. */
  inside_for_s?: Quantiles | (null) | null;
  /** When it was inside last, once it is out. */
  left_at?: TimeRange | (null) | null;
  /** Version of the method. */
  method: number;
  /** P(inside at some moment). */
  touched_probability: number;
  /** In words, that there are two. */
  two_places: (string) | null;
};

/** A piece of a trajectory that is smoothed in one. */
export type Piece = {
  /** Its beginning. */
  from: string;
  /** Moments at which something was learnt. */
  measured: number;
  /** Samples, oldest first. */
  samples: (Sample)[];
  /** The last evidence. */
  until: string;
};

/** A stretch of border where it may have come in. */
export type Place = {
  /** When those began. */
  at: TimeRange;
  /** Longitude and latitude of the middle. */
  place: [number, number];
  /** 90 % of its crossings lie within so much of there, metres. */
  reach_m: number;
  /** Share of all crossings that lie in it. */
  share: number;
};

/** A place by name. */
export type PlaceJson = {
  /** Latitude. */
  lat_deg: number;
  /** Longitude. */
  lon_deg: number;
  /** As it is called. */
  name: string;
  /** What is meant is within so far with 90 %. */
  radius_90_m: number;
};

/** The pace of a recording. */
export type PlaybackBody = {
  /** Stand still. */
  paused: (boolean) | null;
  /** Times real time, 0.1 to 1,000; 0 flat out. */
  speed: (number) | null;
};

/** A text of which claims are to be proposed. Nothing is entered. */
export type ProposeBody = {
  /** When it was fetched, RFC 3339. */
  retrieved: (string) | null;
  /** When it was said, where the text does not tell. */
  said?: MomentsJson | (null) | null;
  /** Where it is printed. */
  source?: string;
  /** The text, RSS or Atom, at most 60,000 bytes. */
  text: string;
  /** Its address. */
  url?: string;
  /** Who says it, where a sentence does not tell. */
  who?: string;
};

/** What the rules propose. */
export type Proposed = {
  /** In the order of the text. */
  proposals: (ProposedClaim)[];
};

/** A proposal. */
export type ProposedClaim = {
  /** To be entered as it is. */
  claim: ClaimJson;
  /** Its content in words. */
  text: string;
};

/** A public statement with one typed content. `claim.quotation` is what was printed, in the speaker's words; all else is the machine's or a named person's. */
export type PublicClaim = {
  /** As it was entered. */
  claim: ClaimJson;
  /** What is stated, as a person last set it right. */
  content: ContentJson;
  /** What happened to it. */
  history: (ClaimStep)[];
  /** Its name. */
  id: string;
  /** On what was known at the picture's time; `null` where it does not count, or while past moments that it takes are still being worked out. */
  now?: Rating | (null) | null;
  /** Short, speakable: *conflicts with claim 7*. */
  number: number;
  /** The last moment at which it can have been said: what was knowable then is the first rating. */
  said_until: string;
  /** `proposed` (waits for a person), `confirmed` (counts) or `withdrawn`. */
  state: string;
  /** The same in words. */
  text: string;
  /** On what was knowable when it was spoken; `null` where it does not count or that cannot be told. */
  then?: Rating | (null) | null;
  /** Why that cannot be told. */
  then_why: (string) | null;
};

/** Claims at a time. */
export type PublicClaims = {
  /** Newest first. */
  claims: (PublicClaim)[];
  /** Picture time. */
  time: string;
  /** How many there are in all. */
  total: number;
};

/** A figure: 5 %, 50 % and 95 % of the drawn trajectories are below. */
export type Quantiles = {
  /** 5 % are above. */
  high: number;
  /** 5 % are below. */
  low: number;
  /** The median. */
  middle: number;
};

/** A stretch of time. */
export type Range = {
  /** From. */
  from: string;
  /** Until. */
  until: string;
};

/** What the evidence of a moment says of a claim. */
export type Rating = {
  /** The moment. */
  as_of: string;
  /** Numbers of claims that answer the same question differently. */
  conflicts: (number)[];
  /** Candidates or groups, each by itself. */
  parts: (string)[];
  /** Probability that the claim is true; `null` where evidence gives none. */
  probability: (number) | null;
  /** Why. */
  reasons: (string)[];
  /** Numbers of reports from the ground that it rests on. */
  reports: (number)[];
  /** For people. */
  said: string;
  /** Ids of tracks whose rows of the ledger it rests on. */
  tracks: (string)[];
  /** `supported`, `contradicted`, `undecidable`, `outside_evidence` or `conflicts_with`. */
  verdict: string;
};

/** What a count counts. */
export type ReferentJson = "objects_entered" | "inside_now" | "reported_shot_down" | "wrecks" | "wrecks_no_drones";

/** A report at a time. */
export type ReportAt = {
  /** When it was filed. */
  filed: string;
  /** What was stated, oldest first. */
  history: (ReportRevision)[];
  /** Its name. */
  id: string;
  /** Short number, in the order of filing. */
  number: number;
  /** What is stated, or was stated last. */
  statement: Statement;
  /** Picture time. */
  time: string;
  /** When anything was told of it last. */
  updated: string;
  /** It is withdrawn: what is below was stated before. */
  withdrawn: boolean;
};

/** What a report states. */
export type ReportBody = {
  /** Why, as reported: kept apart from where. */
  cause?: CauseName;
  /** How sure that cause is, in [0, 1]; 0 where none is stated. */
  cause_confidence?: number;
  /** How sure it is that the report is true of anything at all, in [0, 1]. */
  confidence: number;
  /** It happened then or later: came down, was seen, was damaged; not when it was found. RFC 3339. */
  from: string;
  /** What is reported. */
  kind: ReportKindName;
  /** Where, degrees north. */
  lat_deg: number;
  /** Where, degrees east. */
  lon_deg: number;
  /** What it was. */
  object: ObjectName;
  /** With 90 % probability it is within so far of there, 1 to 500,000. */
  radius_90_m: number;
  /** Who says so, at most 200 bytes. */
  source: string;
  /** Anything else, at most 4,096 bytes. */
  text?: string;
  /** Number or id of the track that the person holds it to be. */
  track: (string) | null;
  /** It happened then or before; left out where the moment is known. */
  until: (string) | null;
};

/** A report. */
export type Report = {
  /** When it was filed. */
  filed: string;
  /** What was stated, oldest first. */
  history: (ReportRevision)[];
  /** Its name. */
  id: string;
  /** Short number, in the order of filing. */
  number: number;
  /** What is stated, or was stated last. */
  statement: Statement;
  /** When anything was told of it last. */
  updated: string;
  /** It is withdrawn: what is below was stated before. */
  withdrawn: boolean;
};

/** What is reported. */
export type ReportKindName = "wreck" | "debris" | "sighting" | "damage" | "shot_down";

/** One step of a report's history. */
export type ReportRevision = {
  /** Who told it. */
  by: string;
  /** Why it was corrected or withdrawn. */
  reason: string;
  /** What is stated since then; nothing where it was withdrawn. */
  statement?: Statement | (null) | null;
  /** When it was told. */
  time: string;
};

/** Reports at a time. */
export type Reports = {
  /** Newest first. */
  reports: (Report)[];
  /** Picture time. */
  time: string;
  /** How many there are in all, those withdrawn too. */
  total: number;
};

/** In what part somebody is named. */
export type RoleJson = "head_of_state" | "head_of_government" | "operator" | "brought_down_by";

/** A moment. */
export type Sample = {
  /** What the evidence measured up to this moment says. */
  causal: Estimate;
  /** How much longer than this moment the evidence goes on, seconds: the smaller, the less `smoothed` is more than `causal`. */
  later_s: number;
  /** Something was learnt at this very moment; else it lies between. */
  measured: boolean;
  /** What all evidence says. */
  smoothed: Estimate;
  /** The moment. */
  time: string;
};

/** A sensor. */
export type Sensor = {
  /** measured − received when its clock was last off. */
  clock_error_s: (number) | null;
  /** Why its plots weigh less than those of others, in words; none while they do not. */
  demoted: (string) | null;
  /** Name of the feed that delivers it. */
  feed: string;
  /** Feed and number. */
  id: string;
  /** What it states. */
  kind: string;
  /** Last heard. */
  last_seen: (string) | null;
  /** For people. */
  name: string;
  /** Its observations so far. */
  observations: number;
  /** Reports of objects for which no track was begun, because its feed brings more new ones than it may. */
  over_budget: number;
  /** Its observations a second over the last seconds. */
  rate_per_s: number;
  /** Longitude, latitude, height above the ellipsoid; internal. */
  site: ([number, number, number]) | null;
  /** `waiting`, `live`, `silent` or `fault`. */
  state: string;
  /** What it last said of itself, or its feed's fault. */
  stated: (string) | null;
};

/** All sensors. */
export type Sensors = {
  /** In the order of the site file. */
  feeds: (Feed)[];
  /** In the order of feeds. */
  sensors: (Sensor)[];
  /** Picture time. */
  time: string;
};

/** A group that has tracks in common with an incident. */
export type SharedGroup = {
  /** The group's short number. */
  number: number;
  /** Objects that these are held to be. */
  objects: number;
  /** Tracks in common. */
  shared: number;
  /** The group's tracks. */
  tracks: number;
};

/** An incident that has tracks in common with a group. */
export type SharedIncident = {
  /** Its name. */
  id: string;
  /** Its short number. */
  number: number;
  /** Tracks in common. */
  shared: number;
  /** The incident's tracks. */
  tracks: number;
};

/** A source that changed its text. */
export type SourceEditedBody = {
  /** What changed, 1 to 2,000 bytes. */
  note: string;
  /** The person's name. */
  operator: string;
  /** When that was seen, RFC 3339. */
  seen: string;
  /** SHA-256 of the text since then, 64 hexadecimal digits; may be left out. */
  text_sha256?: string;
};

/** Where a statement was printed. */
export type SourceJson = {
  /** Its name. */
  name: string;
  /** When the text was fetched. */
  retrieved: (string) | null;
  /** SHA-256 of the text that offsets count in, 64 hexadecimal digits. */
  text_sha256?: string;
  /** Its address. */
  url?: string;
};

/** A statement as it is read back. */
export type Statement = {
  /** Why, as reported. */
  cause: CauseName;
  /** How sure that cause is. */
  cause_confidence: number;
  /** How sure it is that the report is true of anything at all. */
  confidence: number;
  /** It happened then or later. */
  from: string;
  /** What is reported. */
  kind: ReportKindName;
  /** Where, degrees north. */
  lat_deg: number;
  /** Where, degrees east. */
  lon_deg: number;
  /** What it was. */
  object: ObjectName;
  /** With 90 % probability it is within so far of there. */
  radius_90_m: number;
  /** Who says so. */
  source: string;
  /** Anything else. */
  text: string;
  /** For people. */
  title: string;
  /** The track that the person held it to be. */
  track: (string) | null;
  /** What that track is called, while it is known. */
  track_label: (string) | null;
  /** It happened then or before. */
  until: string;
};

/** Program and site, as they are now. */
export type Status = {
  /** From when on earlier moments can be worked out from the journal; `null` where none can. */
  archive_from: (string) | null;
  /** Notices to be shown with the data. */
  attributions: (string)[];
  /** Border policy and data in force. */
  boundary_policy: string;
  /** The recording has come to its end. */
  finished: boolean;
  /** How far back `as_of` can look without waiting. */
  history?: Range | (null) | null;
  /** The recording of this run. */
  journal?: JournalStatus | (null) | null;
  /** `watch`, `replay` or `demo`. */
  mode: string;
  /** Incidents that are not closed. */
  open_incidents: number;
  /** The recording stands still. */
  paused: boolean;
  /** Sensors heard. */
  sensors: number;
  /** Name of the site. */
  site: string;
  /** Times real time; `null` live and flat out. */
  speed: (number) | null;
  /** Time of the picture. */
  time: (string) | null;
  /** IANA name of the zone for display. */
  time_zone: string;
  /** Tracks in the picture. */
  tracks: number;
  /** Version of the program. */
  version: string;
  /** The server's clock. */
  wall_time: string;
  /** Codes of the watched airspaces. */
  watched: (string)[];
};

/** A member of an incident's group. */
export type Subject = {
  /** Its name. */
  id: string;
  /** `track`, `sensor` or `interference`. */
  kind: string;
  /** For people. */
  label: string;
  /** Where it is, while it is shown; the middle of the cells of an interference, which is not where it comes from. */
  lat_deg: (number) | null;
  /** See there. */
  lon_deg: (number) | null;
  /** A track's number, while it is shown. */
  number: (number) | null;
};

/** A moment: 5 %, 50 % and 95 % of the drawn trajectories are earlier. */
export type TimeRange = {
  /** 5 % are later. */
  high: string;
  /** 5 % are earlier. */
  low: string;
  /** The median. */
  middle: string;
};

/** All that is known of a track. */
export type TrackDetail = {
  /** Claimed 24-bit address. */
  address: (string) | null;
  /** First observation. */
  born: string;
  /** What it calls itself, with source and age. */
  claims: (Claim)[];
  /** Most probable class. */
  class: string;
  /** Its probability. */
  class_probability: number;
  /** Probability of each class. */
  classes: (Class)[];
  /** Since when something independent has contradicted what it says. */
  contradicted_since: (string) | null;
  /** Over ground, clockwise from true north. */
  course_deg: number;
  /** 1-sigma position ellipse. */
  ellipse: Ellipse;
  /** Emergency that it states. */
  emergency: (string) | null;
  /** Its rows of the ledger. */
  entries: (Entry)[];
  /** Highest lasting entry state. */
  entry: (string) | null;
  /** Probability that there is an object. */
  existence: number;
  /** Claimed flight ID. */
  flight_id: (string) | null;
  /** Over ground. */
  ground_speed_m_s: number;
  /** Above the ellipsoid; `null` when nothing measured it. */
  height_m: (number) | null;
  /** What the height rests on. */
  height_source: string;
  /** Its name. */
  id: string;
  /** Incidents that it belongs to. */
  incidents: (string)[];
  /** Flight ID, else address, else `T` and number. */
  label: string;
  /** WGS 84. */
  lat_deg: number;
  /** Its lines of evidence. */
  lines: (Line)[];
  /** WGS 84. */
  lon_deg: number;
  /** How its satellite navigation did, by what it sends: changes among the last 256 of all aircraft, oldest first. */
  navigation: (GnssChange)[];
  /** Short number in this view. */
  number: number;
  /** First and last observation, journal input and index. */
  observations: FirstLast;
  /** It says so. */
  on_ground: boolean;
  /** Above the 1013.25 hPa surface. */
  pressure_altitude_m: (number) | null;
  /** `live`, `exercise` or `simulated`. */
  reality: string;
  /** Claimed Mode 3/A code. */
  squawk: (string) | null;
  /** Standard identity. */
  standard_identity: string;
  /** `tentative`, `confirmed` or `coasting`. */
  status: string;
  /** Picture time: the moment that all of this is of. Of the past it may lie ten seconds before the moment asked for. */
  time: string;
  /** Only its own word has supported it within the last two minutes: it cannot make an established entry. */
  uncorroborated: boolean;
  /** Since when the positions that it states are not used, because they cannot be true. */
  unusable_since: (string) | null;
  /** Last position update. */
  updated: string;
  /** Position updates. */
  updates: number;
  /** 1-sigma of the horizontal velocity, a component. */
  velocity_sigma_m_s: number;
  /** Up positive. */
  vertical_m_s: number;
};

/** Tracks at a time. */
export type Tracks = {
  /** Picture time. */
  time: string;
  /** How many there are in all. */
  total: number;
  /** The tracks, by number. */
  tracks: (TrackSummary)[];
};

/** A track in a list. */
export type TrackSummary = {
  /** Claimed 24-bit address. */
  address: (string) | null;
  /** Most probable class. */
  class: string;
  /** Its probability. */
  class_probability: number;
  /** Over ground, clockwise from true north. */
  course_deg: number;
  /** Emergency that it states. */
  emergency: (string) | null;
  /** Highest lasting entry state. */
  entry: (string) | null;
  /** Probability that there is an object. */
  existence: number;
  /** Claimed flight ID. */
  flight_id: (string) | null;
  /** Over ground. */
  ground_speed_m_s: number;
  /** Above the ellipsoid; `null` when nothing measured it. */
  height_m: (number) | null;
  /** What the height rests on. */
  height_source: string;
  /** Its name. */
  id: string;
  /** Flight ID, else address, else `T` and number. */
  label: string;
  /** WGS 84. */
  lat_deg: number;
  /** WGS 84. */
  lon_deg: number;
  /** Short number in this view. */
  number: number;
  /** It says so. */
  on_ground: boolean;
  /** Above the 1013.25 hPa surface. */
  pressure_altitude_m: (number) | null;
  /** `live`, `exercise` or `simulated`. */
  reality: string;
  /** Claimed Mode 3/A code. */
  squawk: (string) | null;
  /** Standard identity. */
  standard_identity: string;
  /** `tentative`, `confirmed` or `coasting`. */
  status: string;
  /** Last position update. */
  updated: string;
  /** Up positive. */
  vertical_m_s: number;
};

/** Where a track was. */
export type Trail = {
  /** Time in ms since 1970, latitude, longitude, height (`null` unknown); oldest first. */
  points: ([number, number, number, (number) | null])[];
};

/** Where a track was, smoothed: from all evidence, that of later included. */
export type Trajectory = {
  /** The track has ended; nothing will be added. */
  ended: boolean;
  /** `last_while`: as far as it is kept while the track is held near a watched border; `whole`: from the journal. */
  extent: string;
  /** The track. */
  id: string;
  /** Its pieces, oldest first. A whole track has one for each epoch of the journal that it lived in. */
  pieces: (Piece)[];
};

/** Stating nothing any more in a report. */
export type WithdrawBody = {
  /** The person's name. */
  operator: string;
  /** Why, 1 to 4,000 characters. */
  reason: string;
};

/** Withdrawing a claim. */
export type WithdrawClaimBody = {
  /** The person's name. */
  operator: string;
  /** Why, 1 to 2,000 bytes. */
  reason: string;
};
