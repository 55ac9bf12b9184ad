//! Incidents and the ledger of entries.

use schemars::JsonSchema;
use serde::Serialize;

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
    /// What keeps the state where it is, in a few words: `one source`.
    pub qualifier: Option<String>,
    /// Other sensors contradict the position that it reports of itself.
    pub contradicted: bool,
    /// On whose word it is told, where that must be said before anything else, for people.
    pub rests_on: Option<String>,
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
    /// When it was last observed, while its track is held no more.
    pub lost_at: Option<String>,
    /// Nothing newer will be said here: its track has ended, or it is far away again.
    pub over: bool,
    /// `permitted`, `not_permitted` or `undetermined`.
    pub permission: &'static str,
    /// The rule that decides.
    pub permission_rule: Option<String>,
    /// Why it counts.
    pub reasons: Vec<String>,
    /// What would change it.
    pub would_change: Vec<String>,
    /// What could not have been seen about it, when this was judged; internal: outside it is said only that coverage was incomplete.
    pub not_observed: Option<String>,
    /// Where it may have come from, in words, once that was worked out; internal.
    pub origin: Option<String>,
    /// Border policy and data.
    pub boundary: String,
    /// What drawn trajectories say, where some were drawn.
    pub passage: Option<super::PassageDto>,
    /// Name of the lost track whose object this probably is, found again.
    pub same_as: Option<String>,
    /// How probably.
    pub same_as_probability: Option<f64>,
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
    /// `open`, `acknowledged`, `risen` (acknowledged, and of high severity only since) or `closed`.
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
    /// Groups that have tracks in common with it.
    pub groups: Vec<SharedGroupDto>,
    /// What happened.
    pub log: Vec<LogDto>,
}

/// A group that has tracks in common with an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SharedGroupDto {
    /// The group's short number.
    pub number: u32,
    /// Tracks in common.
    pub shared: usize,
    /// The group's tracks.
    pub tracks: usize,
    /// Objects that these are held to be.
    pub objects: u32,
}

/// A member of an incident's group.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SubjectDto {
    /// `track`, `sensor` or `interference`.
    pub kind: &'static str,
    /// Its name.
    pub id: String,
    /// A track's number, while it is shown.
    pub number: Option<u32>,
    /// For people.
    pub label: String,
    /// Where it is, while it is shown; the middle of the cells of an interference, which is not where it comes from.
    pub lat_deg: Option<f64>,
    /// See there.
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
    /// What could not have been seen about it, when this was judged; internal: outside it is said only that coverage was incomplete.
    pub not_observed: Option<String>,
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

/// An incident at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct IncidentAt {
    /// Picture time: the moment that all of this is of. Of the past it may lie ten seconds before the moment asked for.
    pub time: String,
    /// As in the list.
    #[serde(flatten)]
    pub incident: IncidentDto,
}

/// Incidents at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Incidents {
    /// Picture time.
    pub time: String,
    /// How many there are in all.
    pub total: usize,
    /// Open first, then newest.
    pub incidents: Vec<IncidentDto>,
}

/// The ledger at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Entries {
    /// Picture time.
    pub time: String,
    /// How many there are in all.
    pub total: usize,
    /// Newest first.
    pub entries: Vec<EntryDto>,
}
