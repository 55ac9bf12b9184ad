//! Program, site and faults.

use schemars::JsonSchema;
use serde::Serialize;

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
    /// How far back `as_of` can look without waiting.
    pub history: Option<Range>,
    /// From when on earlier moments can be worked out from the journal; `null` where none can.
    pub archive_from: Option<String>,
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

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fault {
    /// What; where; wanted.
    pub error: String,
    /// Where a moment was asked for that is not kept: from when until when something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Range>,
}

/// Whether the program does its work, for monitoring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Health {
    /// Nothing below is wrong; the answer's status is 200, else 503.
    pub ok: bool,
    /// Time of the picture.
    pub time: Option<String>,
    /// The engine takes inputs.
    pub engine: bool,
    /// The journal takes inputs.
    pub journal: bool,
    /// What is wrong, in words.
    pub faults: Vec<String>,
    /// Alarms of the journal that are still on.
    pub alarms: Vec<String>,
    /// Feeds whose transport fails.
    pub feeds: Vec<FeedFault>,
}

/// A feed whose transport fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FeedFault {
    /// Its name in the site file.
    pub feed: String,
    /// What fails.
    pub fault: String,
}
