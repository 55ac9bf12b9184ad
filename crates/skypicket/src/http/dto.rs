//! What goes over the interface, as it is written there; docs/http-api.md says what the names mean. Made from the picture by
//! `render`, described by the generated OpenAPI.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Program and site, as they are now.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Status {
    /// `watch`, `replay` or `demo`.
    pub mode: &'static str,
    /// Name of the site.
    pub site: String,
    /// Version of the program.
    pub version: String,
    /// Time of the picture.
    pub time: Option<String>,
    /// The server's clock.
    pub wall_time: String,
    /// Times real time; `null` live and flat out.
    pub speed: Option<f64>,
    /// The recording stands still.
    pub paused: bool,
    /// The recording has come to its end.
    pub finished: bool,
    /// How far back `as_of` can look.
    pub history: Option<Range>,
    /// Codes of the watched airspaces.
    pub watched: Vec<String>,
    /// Tracks in the picture.
    pub tracks: usize,
    /// Sensors heard.
    pub sensors: usize,
    /// Incidents that are not closed.
    pub open_incidents: usize,
    /// Border policy and data in force.
    pub boundary_policy: String,
    /// Notices to be shown with the data.
    pub attributions: Vec<String>,
    /// IANA name of the zone for display.
    pub time_zone: String,
    /// The recording of this run.
    pub journal: Option<JournalStatus>,
}

/// A stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Range {
    /// From.
    pub from: String,
    /// Until.
    pub until: String,
}

/// The recording of this run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JournalStatus {
    /// Last input.
    pub seq: u64,
    /// Last input on disk.
    pub durable_seq: u64,
    /// Bytes of the epoch.
    pub bytes: u64,
    /// What an operator must know.
    pub alarms: Vec<String>,
}

/// A track in a list.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TrackSummary {
    /// Short number in this view.
    pub number: u32,
    /// Its name.
    pub id: String,
    /// Flight ID, else address, else `T` and number.
    pub label: String,
    /// `tentative`, `confirmed` or `coasting`.
    pub status: &'static str,
    /// Most probable class.
    pub class: &'static str,
    /// Its probability.
    pub class_probability: f32,
    /// Standard identity.
    pub standard_identity: &'static str,
    /// Claimed 24-bit address.
    pub address: Option<String>,
    /// Claimed flight ID.
    pub flight_id: Option<String>,
    /// Claimed Mode 3/A code.
    pub squawk: Option<String>,
    /// WGS 84.
    pub lat_deg: f64,
    /// WGS 84.
    pub lon_deg: f64,
    /// Above the ellipsoid; `null` when nothing measured it.
    pub height_m: Option<f64>,
    /// What the height rests on.
    pub height_source: &'static str,
    /// Above the 1013.25 hPa surface.
    pub pressure_altitude_m: Option<f64>,
    /// Over ground.
    pub ground_speed_m_s: f64,
    /// Over ground, clockwise from true north.
    pub course_deg: f64,
    /// Up positive.
    pub vertical_m_s: f64,
    /// It says so.
    pub on_ground: bool,
    /// Probability that there is an object.
    pub existence: f64,
    /// `live`, `exercise` or `simulated`.
    pub reality: &'static str,
    /// Highest lasting entry state.
    pub entry: Option<&'static str>,
    /// Emergency that it states.
    pub emergency: Option<&'static str>,
    /// Last position update.
    pub updated: String,
}

/// All that is known of a track.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TrackDetail {
    /// As in the list.
    #[serde(flatten)]
    pub summary: TrackSummary,
    /// First observation.
    pub born: String,
    /// Position updates.
    pub updates: u32,
    /// 1-sigma position ellipse.
    pub ellipse: Ellipse,
    /// 1-sigma of the horizontal velocity, a component.
    pub velocity_sigma_m_s: f64,
    /// What it calls itself, with source and age.
    pub claims: Vec<ClaimDto>,
    /// Since when something independent has contradicted what it says.
    pub contradicted_since: Option<String>,
    /// Its lines of evidence.
    pub lines: Vec<LineDto>,
    /// Probability of each class.
    pub classes: Vec<ClassDto>,
    /// Its rows of the ledger.
    pub entries: Vec<EntryDto>,
    /// Incidents that it belongs to.
    pub incidents: Vec<String>,
    /// First and last observation, journal input and index.
    pub observations: FirstLast,
}

/// An ellipse on the ground.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Ellipse {
    /// Semi-major axis.
    pub major_m: f64,
    /// Semi-minor axis.
    pub minor_m: f64,
    /// Direction of the major axis, clockwise from north.
    pub azimuth_deg: f64,
}

/// One claimed value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClaimDto {
    /// `address`, `flight_id`, `squawk`, `category` or `emergency`.
    pub kind: &'static str,
    /// The value.
    pub value: String,
    /// Who delivered it last.
    pub sensor: String,
    /// First made.
    pub first: String,
    /// Last made.
    pub last: String,
}

/// One line of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineDto {
    /// Its origin for people.
    pub line: String,
    /// `self_report` or `sensor`.
    pub kind: &'static str,
    /// First support.
    pub first: String,
    /// Last support.
    pub last: String,
    /// How often.
    pub count: u32,
}

/// One class and its probability.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ClassDto {
    /// Which.
    pub class: &'static str,
    /// How probable.
    pub probability: f32,
}

/// First and last of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FirstLast {
    /// First.
    pub first: String,
    /// Last.
    pub last: String,
}

/// A row of the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct EntryDto {
    /// The track's name.
    pub track: String,
    /// Its number, while it is shown.
    pub number: Option<u32>,
    /// For people.
    pub label: String,
    /// Code of the airspace.
    pub airspace: String,
    /// Its name.
    pub airspace_name: String,
    /// `near`, `possible`, `likely`, `established`.
    pub state: &'static str,
    /// What keeps the state where it is, in two words: `one source`.
    pub qualifier: Option<&'static str>,
    /// P(one continuous stay inside of at least 20 s).
    pub entered_probability: f64,
    /// P(inside now).
    pub inside_probability: f64,
    /// From the boundary, negative inside.
    pub distance_m: f64,
    /// Estimated time of the first crossing.
    pub entered_at: Option<String>,
    /// Estimated place, longitude and latitude.
    pub entered_place: Option<[f64; 2]>,
    /// Greatest depth.
    pub depth_m: f64,
    /// Time inside.
    pub inside_for_s: f64,
    /// When it left.
    pub left_at: Option<String>,
    /// `permitted`, `not_permitted` or `undetermined`.
    pub permission: &'static str,
    /// The rule that decides.
    pub permission_rule: Option<String>,
    /// Why it counts.
    pub reasons: Vec<String>,
    /// What would change it.
    pub would_change: Vec<String>,
    /// Border policy and data.
    pub boundary: String,
    /// The incident.
    pub incident: Option<String>,
}

/// What an operator handles.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct IncidentDto {
    /// Its name.
    pub id: String,
    /// Short number in this view, in the order of opening.
    pub number: usize,
    /// The detector's name.
    pub rule: String,
    /// For people.
    pub title: String,
    /// `open`, `acknowledged` or `closed`.
    pub state: &'static str,
    /// How it ended.
    pub outcome: Option<&'static str>,
    /// `information`, `low`, `medium` or `high`.
    pub severity: &'static str,
    /// When it began.
    pub opened: String,
    /// Last change.
    pub updated: String,
    /// When it was closed.
    pub closed: Option<String>,
    /// It sounds until somebody takes it up.
    pub audible: bool,
    /// The group.
    pub subjects: Vec<SubjectDto>,
    /// Latest judgement of each subject.
    pub assessments: Vec<AssessmentDto>,
    /// Rows of the ledger of its subjects.
    pub entries: Vec<EntryDto>,
    /// What happened.
    pub log: Vec<LogDto>,
}

/// A member of an incident's group.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SubjectDto {
    /// `track` or `sensor`.
    pub kind: &'static str,
    /// Its name.
    pub id: String,
    /// A track's number, while it is shown.
    pub number: Option<u32>,
    /// For people.
    pub label: String,
    /// Where it is, while it is shown.
    pub lat_deg: Option<f64>,
    /// Where it is, while it is shown.
    pub lon_deg: Option<f64>,
}

/// A judgement.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AssessmentDto {
    /// Name of the track or sensor.
    pub subject: String,
    /// The moment judged.
    pub time: String,
    /// What was found, for people.
    pub finding: String,
    /// How probable.
    pub probability: f64,
    /// How much it matters.
    pub severity: &'static str,
    /// Why.
    pub reasons: Vec<String>,
    /// What would change it.
    pub would_change: Vec<String>,
    /// What it rests on.
    pub evidence: EvidenceDto,
}

/// What a judgement rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EvidenceDto {
    /// First observation.
    pub first: String,
    /// Last observation.
    pub last: String,
    /// How many.
    pub count: u64,
}

/// A line of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LogDto {
    /// When.
    pub time: String,
    /// Who; empty for the machine.
    pub by: String,
    /// What.
    pub text: String,
}

/// A sensor.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SensorDto {
    /// Feed and number.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it states.
    pub kind: &'static str,
    /// Its feed.
    pub feed: String,
    /// The feed's format.
    pub format: String,
    /// The feed's transport.
    pub transport: String,
    /// `waiting`, `live`, `silent` or `fault`.
    pub state: &'static str,
    /// What it last said of itself.
    pub stated: Option<String>,
    /// Last heard.
    pub last_seen: Option<String>,
    /// Observations a second over the last minutes.
    pub rate_per_s: f64,
    /// Observations so far.
    pub observations: u64,
    /// Messages of its feed that were understood.
    pub decoded: u64,
    /// Messages of its feed that were not, by reason.
    pub rejected: Vec<CountDto>,
    /// What was dropped before decoding, by reason.
    pub shed: Vec<CountDto>,
    /// measured − received when its clock was last off.
    pub clock_error_s: Option<f64>,
    /// Longitude, latitude, height above the ellipsoid; internal.
    pub site: Option<[f64; 3]>,
}

/// A count by reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CountDto {
    /// The reason.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// Tracks at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Tracks {
    /// Picture time.
    pub time: String,
    /// The tracks.
    pub tracks: Vec<TrackSummary>,
}

/// Incidents at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Incidents {
    /// Picture time.
    pub time: String,
    /// Open first, then newest.
    pub incidents: Vec<IncidentDto>,
}

/// The ledger at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Entries {
    /// Picture time.
    pub time: String,
    /// Newest first.
    pub entries: Vec<EntryDto>,
}

/// All sensors.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Sensors {
    /// In the order of feeds.
    pub sensors: Vec<SensorDto>,
}

/// Where a track was.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Trail {
    /// Time in ms since 1970, latitude, longitude, height (`null` unknown); oldest first.
    pub points: Vec<(i64, f64, f64, Option<f64>)>,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Found {
    /// Tracks.
    pub tracks: Vec<TrackSummary>,
    /// Incidents.
    pub incidents: Vec<IncidentDto>,
}

/// Answer to a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Accepted {
    /// Its place in the journal.
    pub seq: u64,
    /// It is on disk.
    pub durable: bool,
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fault {
    /// What; where; wanted.
    pub error: String,
}

/// Who acknowledges, or calls an entry a violation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByOperator {
    /// The person's name, 1 to 64 characters.
    pub operator: String,
}

/// Closing an incident.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    /// The person's name.
    pub operator: String,
    /// How it ended.
    pub outcome: OutcomeName,
    /// In the person's words, at most 4,000 characters.
    #[serde(default)]
    pub note: String,
}

/// How an incident ended.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeName {
    /// Identified and permitted.
    Identified,
    /// It left the area.
    Left,
    /// No longer observed.
    NotObserved,
    /// Reported brought down, landed or found.
    ReportedDown,
    /// It was no object.
    NoObject,
    /// Said in the note.
    Other,
}

/// A line for the log.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    /// The person's name.
    pub operator: String,
    /// In the person's words, 1 to 4,000 characters.
    pub text: String,
}

/// Setting a standard identity.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityBody {
    /// The person's name.
    pub operator: String,
    /// What the person holds it to be.
    pub identity: IdentityName,
    /// On what grounds, 1 to 4,000 characters.
    pub reason: String,
}

/// A standard identity.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityName {
    /// Not yet evaluated.
    Pending,
    /// Not identified.
    Unknown,
    /// Its claims fit.
    AssumedFriend,
    /// A person's word.
    Friend,
    /// A person's word.
    Neutral,
    /// A person's word.
    Suspect,
    /// A person's word.
    Hostile,
}

/// The pace of a recording.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaybackBody {
    /// Stand still.
    pub paused: Option<bool>,
    /// Times real time, 0.1 to 1,000; 0 flat out.
    pub speed: Option<f64>,
}
