//! Tracks.

use super::{EntryDto, GnssChangeDto, IncidentDto};
use schemars::JsonSchema;
use serde::Serialize;

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

/// What of a track changes seldom: sent once, and again when it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrackStatic {
    /// Short number in this view.
    pub number: u32,
    /// Its name.
    pub id: String,
    /// Flight ID, else address, else `T` and number.
    pub label: String,
    /// Claimed 24-bit address.
    pub address: Option<String>,
    /// Claimed flight ID.
    pub flight_id: Option<String>,
    /// Claimed Mode 3/A code.
    pub squawk: Option<String>,
    /// Most probable class.
    pub class: &'static str,
    /// Standard identity.
    pub standard_identity: &'static str,
}

/// All that is known of a track.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TrackDetail {
    /// Picture time: the moment that all of this is of. Of the past it may lie ten seconds before the moment asked for.
    pub time: String,
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
    /// Since when the positions that it states are not used, because they cannot be true.
    pub unusable_since: Option<String>,
    /// How its satellite navigation did, by what it sends: changes among the last 256 of all aircraft, oldest first.
    pub navigation: Vec<GnssChangeDto>,
    /// Only its own word has supported it within the last two minutes: it cannot make an established entry.
    pub uncorroborated: bool,
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

/// Tracks at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Tracks {
    /// Picture time.
    pub time: String,
    /// How many there are in all.
    pub total: usize,
    /// The tracks, by number.
    pub tracks: Vec<TrackSummary>,
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
