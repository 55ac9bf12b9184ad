//! What people ask for, and the answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Answer to a change that was not refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Accepted {
    /// Its place in the journal.
    pub seq: u64,
    /// It is on disk.
    pub durable: bool,
    /// It is carried out. Where it is not, the engine is behind: whether it will be refused is not known yet.
    pub taken: bool,
    /// What it wrote into the incident's log, in words.
    pub happened: Vec<String>,
    /// The report that was filed, corrected or withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
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
