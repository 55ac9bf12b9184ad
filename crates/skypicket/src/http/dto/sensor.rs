//! Sensors.

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

/// All sensors.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Sensors {
    /// Picture time.
    pub time: String,
    /// In the order of feeds.
    pub sensors: Vec<SensorDto>,
}
