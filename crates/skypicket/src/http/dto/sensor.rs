//! Feeds and sensors.

use crate::core::FeedCounts;
use schemars::JsonSchema;
use serde::Serialize;

/// A sensor.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SensorDto {
    /// Feed and number.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it states.
    pub kind: &'static str,
    /// Name of the feed that delivers it.
    pub feed: String,
    /// `waiting`, `live`, `silent` or `fault`.
    pub state: &'static str,
    /// What it last said of itself, or its feed's fault.
    pub stated: Option<String>,
    /// Last heard.
    pub last_seen: Option<String>,
    /// Its observations a second over the last seconds.
    pub rate_per_s: f64,
    /// Its observations so far.
    pub observations: u64,
    /// measured − received when its clock was last off.
    pub clock_error_s: Option<f64>,
    /// Reports of objects for which no track was begun, because its feed brings more new ones than it may.
    pub over_budget: u64,
    /// Why its plots weigh less than those of others, in words; none while they do not.
    pub demoted: Option<&'static str>,
    /// Longitude, latitude, height above the ellipsoid; internal.
    pub site: Option<[f64; 3]>,
}

/// A feed: what brings the sensors' messages, and how it goes.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FeedDto {
    /// Its name in the site file.
    pub name: String,
    /// What its bytes mean.
    pub format: String,
    /// How they travel.
    pub transport: String,
    /// What is wrong with its transport; known of the present only.
    pub fault: Option<String>,
    /// What has come in since the program started; `null` where that is not known, of a moment worked out from the journal.
    pub counts: Option<CountsDto>,
    /// What was dropped before it was recorded, by reason; known of the present only.
    pub shed: Vec<CountDto>,
}

/// What has come in by a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CountsDto {
    /// Messages understood.
    pub decoded: u64,
    /// Messages not understood, by reason.
    pub rejected: Vec<CountDto>,
    /// Observations of all its sensors.
    pub observations: u64,
    /// When something last came.
    pub last_received: Option<String>,
}

impl CountsDto {
    /// As they are written.
    #[must_use]
    pub fn of(counts: &FeedCounts) -> Self {
        let by_reason = |(reason, count): (&&str, &u64)| CountDto { reason: (*reason).to_owned(), count: *count };
        Self {
            decoded: counts.decoded(),
            rejected: counts.rejects.iter().map(by_reason).collect(),
            observations: counts.observations,
            last_received: counts.last_received.map(|time| time.to_string()),
        }
    }
}

/// A count by reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CountDto {
    /// The reason.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// All sensors.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Sensors {
    /// Picture time.
    pub time: String,
    /// In the order of the site file.
    pub feeds: Vec<FeedDto>,
    /// In the order of feeds.
    pub sensors: Vec<SensorDto>,
}
