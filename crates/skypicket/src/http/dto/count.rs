//! Counts and groups.

use schemars::JsonSchema;
use serde::Serialize;

/// A number of objects as a distribution.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CountedDto {
    /// What is counted: `objects_entered`, `inside_now`, `reported_shot_down`, `wrecks`, `wrecks_no_drones`.
    pub referent: &'static str,
    /// For people: referent, numbers, area and moment.
    pub text: String,
    /// The 90 % interval, both ends included.
    pub from: u32,
    /// See `from`.
    pub until: u32,
    /// The most probable number.
    pub most_likely: u32,
    /// Mean.
    pub mean: f64,
    /// The number that the first probability is of.
    pub least: u32,
    /// Probability of each number from `least` on.
    pub probabilities: Vec<f64>,
}

/// What a count rests on: expected numbers.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CountBasisDto {
    /// Tracks weighed.
    pub tracks: u32,
    /// Reports from the ground weighed.
    pub reports: u32,
    /// Expected tracks that are of no object, or of one that did not enter.
    pub not_entered: f64,
    /// Expected tracks that go on an earlier one of the same object.
    pub stitched: f64,
    /// Expected objects that reports alone tell of.
    pub only_reported: f64,
    /// Expected objects that neither a track nor a report tells of.
    pub missed: f64,
    /// How probable it is held that an object that enters is tracked at all.
    pub tracked_share: f64,
    /// Its standard deviation.
    pub tracked_share_sigma: f64,
    /// More tracks or reports than could be weighed: the least probable were left out.
    pub cut: bool,
    /// The same in words.
    pub text: Vec<String>,
}

/// All that is counted of one area.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AreaCountDto {
    /// Code of the airspace.
    pub area: String,
    /// Its name.
    pub area_name: String,
    /// `live`, `exercise` or `simulated`.
    pub reality: &'static str,
    /// Counted is what happened from then on
    pub since: String,
    /// and what was known by then.
    pub as_of: String,
    /// The numbers.
    pub counted: Vec<CountedDto>,
    /// What they rest on.
    pub basis: CountBasisDto,
}

/// Counts at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HowMany {
    /// Picture time.
    pub time: String,
    /// One for each watched airspace, at most eight.
    pub counts: Vec<AreaCountDto>,
}

/// One of a group's tracks.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GroupMemberDto {
    /// Its name.
    pub id: String,
    /// Its number, while it is shown.
    pub number: Option<u32>,
    /// For people.
    pub label: String,
}

/// An incident that has tracks in common with a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SharedIncidentDto {
    /// Its name.
    pub id: String,
    /// Its short number.
    pub number: usize,
    /// Tracks in common.
    pub shared: usize,
    /// The incident's tracks.
    pub tracks: usize,
}

/// One step of a group's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GroupStepDto {
    /// When it came to be held so.
    pub time: String,
    /// What, in words.
    pub text: String,
}

/// Tracks that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GroupDto {
    /// Short number.
    pub number: u32,
    /// For people.
    pub title: String,
    /// Code of the airspace that they entered.
    pub area: String,
    /// Its name.
    pub area_name: String,
    /// `live`, `exercise` or `simulated`.
    pub reality: &'static str,
    /// In the order of crossing.
    pub members: Vec<GroupMemberDto>,
    /// Incidents that have tracks in common with it, in the order of opening.
    pub incidents: Vec<SharedIncidentDto>,
    /// Objects that these tracks are held to be.
    pub objects: u32,
    /// When the first crossed.
    pub first_entry: String,
    /// When the last crossed.
    pub last_entry: String,
    /// Mean of the places where they crossed, longitude and latitude.
    pub place: [f64; 2],
    /// How far they crossed from there in the mean, m.
    pub spread_m: f64,
    /// Mean course when they crossed.
    pub course_deg: f64,
    /// Mean speed over ground.
    pub speed_m_s: f64,
    /// What most of them most probably are.
    pub class: &'static str,
    /// Natural logarithm of the odds that they are one group and not two.
    pub cohesion: f64,
    /// What happened to it.
    pub history: Vec<GroupStepDto>,
}

/// Groups at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Groups {
    /// Picture time.
    pub time: String,
    /// How many there are in all.
    pub total: usize,
    /// Newest first.
    pub groups: Vec<GroupDto>,
}
