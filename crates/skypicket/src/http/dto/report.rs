//! What is reported from the ground.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum ReportKindName {
    /// An object that came down, found whole enough to be counted as one.
    Wreck,
    /// Parts of something.
    Debris,
    /// Somebody saw or heard something flying.
    Sighting,
    /// Something on the ground was damaged.
    Damage,
    /// Somebody states to have brought an object down.
    ShotDown,
}

/// What it was, as reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum ObjectName {
    /// A drone.
    Drone,
    /// Something that is no drone.
    NotADrone,
    /// Not known.
    Unknown,
}

/// Why it lies there or was damaged, as reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum CauseName {
    /// Nothing is said of it.
    #[default]
    NotStated,
    /// The object itself: it fell, ran dry or flew into something.
    ObjectItself,
    /// It came down after somebody acted against it.
    BroughtDown,
    /// Own or allied ordnance, or parts of it.
    OwnOrAlliedOrdnance,
    /// Something else, told in the text.
    Other,
}

/// What a report states.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    /// What is reported.
    pub kind: ReportKindName,
    /// Where, degrees north.
    pub lat_deg: f64,
    /// Where, degrees east.
    pub lon_deg: f64,
    /// With 90 % probability it is within so far of there, 1 to 500,000.
    pub radius_90_m: f64,
    /// It happened then or later: came down, was seen, was damaged; not when it was found. RFC 3339.
    pub from: String,
    /// It happened then or before; left out where the moment is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What it was.
    pub object: ObjectName,
    /// How sure it is that the report is true of anything at all, in [0, 1].
    pub confidence: f64,
    /// Why, as reported: kept apart from where.
    #[serde(default)]
    pub cause: CauseName,
    /// How sure that cause is, in [0, 1]; 0 where none is stated.
    #[serde(default)]
    pub cause_confidence: f64,
    /// Number or id of the track that the person holds it to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// Who says so, at most 200 bytes.
    pub source: String,
    /// Anything else, at most 4,096 bytes.
    #[serde(default)]
    pub text: String,
}

/// Filing a report.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileBody {
    /// The person's name.
    pub operator: String,
    /// What is stated.
    pub report: ReportBody,
}

/// Stating anew what a report says.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionBody {
    /// The person's name.
    pub operator: String,
    /// Why, 1 to 4,000 characters.
    pub reason: String,
    /// What is stated now.
    pub report: ReportBody,
}

/// Stating nothing any more in a report.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawBody {
    /// The person's name.
    pub operator: String,
    /// Why, 1 to 4,000 characters.
    pub reason: String,
}

/// A statement as it is read back.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StatementDto {
    /// For people.
    pub title: String,
    /// What is reported.
    pub kind: ReportKindName,
    /// Where, degrees north.
    pub lat_deg: f64,
    /// Where, degrees east.
    pub lon_deg: f64,
    /// With 90 % probability it is within so far of there.
    pub radius_90_m: f64,
    /// It happened then or later.
    pub from: String,
    /// It happened then or before.
    pub until: String,
    /// What it was.
    pub object: ObjectName,
    /// How sure it is that the report is true of anything at all.
    pub confidence: f64,
    /// Why, as reported.
    pub cause: CauseName,
    /// How sure that cause is.
    pub cause_confidence: f64,
    /// The track that the person held it to be.
    pub track: Option<String>,
    /// What that track is called, while it is known.
    pub track_label: Option<String>,
    /// Who says so.
    pub source: String,
    /// Anything else.
    pub text: String,
}

/// One step of a report's history.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReportRevisionDto {
    /// When it was told.
    pub time: String,
    /// Who told it.
    pub by: String,
    /// Why it was corrected or withdrawn.
    pub reason: String,
    /// What is stated since then; nothing where it was withdrawn.
    pub statement: Option<StatementDto>,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReportDto {
    /// Its name.
    pub id: String,
    /// Short number, in the order of filing.
    pub number: u32,
    /// It is withdrawn: what is below was stated before.
    pub withdrawn: bool,
    /// When it was filed.
    pub filed: String,
    /// When anything was told of it last.
    pub updated: String,
    /// What is stated, or was stated last.
    pub statement: StatementDto,
    /// What was stated, oldest first.
    pub history: Vec<ReportRevisionDto>,
}

/// A report at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ReportAt {
    /// Picture time.
    pub time: String,
    /// As in the list.
    #[serde(flatten)]
    pub report: ReportDto,
}

/// Reports at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Reports {
    /// Picture time.
    pub time: String,
    /// How many there are in all, those withdrawn too.
    pub total: usize,
    /// Newest first.
    pub reports: Vec<ReportDto>,
}
