//! What a scenario's TOML may say, as it is written; `build` makes a world of it. Units are in the keys.

use super::navigation::{AirframesSpec, JammerSpec, SpooferSpec};
use super::report::Report;
use crate::receiver::Stamps;
use crate::target::{Fate, Kind};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The whole document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) world: Spanned<World>,
    #[serde(default)]
    pub(crate) places: BTreeMap<String, [f64; 2]>,
    #[serde(default)]
    pub(crate) airlines: BTreeMap<String, Spanned<Airline>>,
    #[serde(default)]
    pub(crate) radar: Vec<Spanned<Radar>>,
    #[serde(default)]
    pub(crate) receiver: Vec<Spanned<Receiver>>,
    #[serde(default)]
    pub(crate) tracker: Vec<Spanned<Tracker>>,
    #[serde(default)]
    pub(crate) listener: Vec<Spanned<Listener>>,
    #[serde(default)]
    pub(crate) target: Vec<Spanned<Target>>,
    #[serde(default)]
    pub(crate) route: Vec<Spanned<Route>>,
    #[serde(default)]
    pub(crate) interference: Vec<Spanned<Interference>>,
    #[serde(default)]
    pub(crate) jammer: Vec<Spanned<JammerSpec>>,
    #[serde(default)]
    pub(crate) spoofer: Vec<Spanned<SpooferSpec>>,
    pub(crate) airframes: Option<Spanned<AirframesSpec>>,
    #[serde(default)]
    pub(crate) ghost: Vec<Spanned<crate::ghost::told::Spec>>,
    #[serde(default)]
    pub(crate) report: Vec<Spanned<Report>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct World {
    pub(crate) name: String,
    pub(crate) begin: String,
    pub(crate) end: String,
    #[serde(default)]
    pub(crate) seed: u64,
    #[serde(default)]
    pub(crate) watched: Vec<String>,
    #[serde(default)]
    pub(crate) geoid_m: f64,
    #[serde(default)]
    pub(crate) ground_m: f64,
    #[serde(default = "standard_qnh")]
    pub(crate) qnh_hpa: f64,
    /// Speeds of drones are then speeds through the air.
    pub(crate) wind: Option<Wind>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wind {
    pub(crate) from_deg: f64,
    pub(crate) m_s: f64,
}

fn standard_qnh() -> f64 {
    1013.25
}

/// A place by name or by latitude and longitude in degrees.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Place {
    Named(String),
    At([f64; 2]),
}

/// A corner of a path; what is left out is as at the corner before.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Corner {
    pub(crate) to: Place,
    pub(crate) agl_m: Option<f64>,
    pub(crate) amsl_m: Option<f64>,
    pub(crate) fl: Option<f64>,
    pub(crate) km_h: Option<f64>,
    pub(crate) m_s: Option<f64>,
    pub(crate) kt: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Radar {
    pub(crate) name: String,
    pub(crate) sac: u8,
    pub(crate) sic: u8,
    pub(crate) at: Place,
    pub(crate) mast_m: f64,
    pub(crate) period_s: f64,
    #[serde(default)]
    pub(crate) phase_s: f64,
    pub(crate) range_km: [f64; 2],
    #[serde(default = "usual_elevation")]
    pub(crate) elevation_deg: [f64; 2],
    pub(crate) range_sigma_m: f64,
    pub(crate) azimuth_sigma_deg: f64,
    pub(crate) elevation_sigma_deg: Option<f64>,
    pub(crate) primary: Option<Primary>,
    pub(crate) secondary: Option<Secondary>,
    #[serde(default)]
    pub(crate) clutter: f64,
    #[serde(default)]
    pub(crate) azimuth_bias_deg: f64,
    #[serde(default)]
    pub(crate) range_bias_m: f64,
    #[serde(default)]
    pub(crate) clock_error_s: f64,
    #[serde(default = "usual_latency")]
    pub(crate) latency_s: f64,
    #[serde(default)]
    pub(crate) silent: Vec<[String; 2]>,
}

fn usual_elevation() -> [f64; 2] {
    [-1.5, 40.0]
}
fn usual_latency() -> f64 {
    0.15
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Primary {
    pub(crate) reference_km: f64,
    #[serde(default = "usual_false_alarm")]
    pub(crate) false_alarm: f64,
}

fn usual_false_alarm() -> f64 {
    1e-6
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secondary {
    pub(crate) range_km: f64,
    #[serde(default = "usual_reply")]
    pub(crate) probability: f64,
}

fn usual_reply() -> f64 {
    0.97
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Receiver {
    pub(crate) name: String,
    pub(crate) at: Place,
    pub(crate) mast_m: f64,
    pub(crate) range_km: f64,
    #[serde(default = "usual_reception")]
    pub(crate) probability: f64,
    #[serde(default)]
    pub(crate) stamps: Stamps,
    #[serde(default = "usual_network")]
    pub(crate) latency_s: f64,
    #[serde(default)]
    pub(crate) silent: Vec<[String; 2]>,
}

fn usual_reception() -> f64 {
    0.9
}
fn usual_network() -> f64 {
    0.03
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tracker {
    pub(crate) name: String,
    pub(crate) sac: u8,
    pub(crate) sic: u8,
    pub(crate) at: Place,
    pub(crate) range_km: f64,
    pub(crate) lowest_m: f64,
    pub(crate) period_s: f64,
    pub(crate) sigma_m: f64,
    #[serde(default)]
    pub(crate) primary: bool,
    #[serde(default = "usual_delay")]
    pub(crate) latency_s: f64,
    #[serde(default)]
    pub(crate) silent: Vec<[String; 2]>,
}

fn usual_delay() -> f64 {
    1.0
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listener {
    pub(crate) name: String,
    pub(crate) at: Place,
    pub(crate) period_s: f64,
    pub(crate) azimuth_sigma_deg: f64,
    #[serde(default = "usual_reception")]
    pub(crate) probability: f64,
    #[serde(default)]
    pub(crate) clutter: f64,
    #[serde(default = "usual_latency")]
    pub(crate) latency_s: f64,
    #[serde(default)]
    pub(crate) silent: Vec<[String; 2]>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transponder {
    pub(crate) address: String,
    pub(crate) flight_id: Option<String>,
    #[serde(default = "usual_squawk")]
    pub(crate) squawk: String,
    #[serde(default)]
    pub(crate) then: Vec<[String; 2]>,
    #[serde(default = "yes")]
    pub(crate) ads_b: bool,
    /// Categories that it always states when all is well.
    pub(crate) nic: Option<u8>,
    pub(crate) nac_p: Option<u8>,
}

fn usual_squawk() -> String {
    "2000".into()
}
fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// When the corner of number `at_corner` is passed.
    pub(crate) at: String,
    #[serde(default)]
    pub(crate) at_corner: usize,
    #[serde(default)]
    pub(crate) path: Vec<Corner>,
    pub(crate) orbit: Option<Orbit>,
    pub(crate) turn_deg_s: Option<f64>,
    pub(crate) accel_m_s2: Option<f64>,
    pub(crate) climb_m_s: Option<f64>,
    pub(crate) rcs_m2: Option<f64>,
    pub(crate) transponder: Option<Transponder>,
    #[serde(default)]
    pub(crate) plan: bool,
    /// Which of those that belong together it is one of.
    pub(crate) wave: Option<String>,
    #[serde(default)]
    pub(crate) fate: Fate,
    /// Metres forward for each of height with the engine out.
    pub(crate) glide: Option<f64>,
    pub(crate) stray: Option<Stray>,
}

/// Straying without satellite navigation.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stray {
    #[serde(default)]
    pub(crate) from_corner: usize,
    pub(crate) every_km: f64,
    pub(crate) sigma_km: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Orbit {
    pub(crate) around: Place,
    pub(crate) radius_km: f64,
    pub(crate) minutes: f64,
    pub(crate) agl_m: Option<f64>,
    pub(crate) amsl_m: Option<f64>,
    pub(crate) fl: Option<f64>,
    pub(crate) km_h: Option<f64>,
    pub(crate) m_s: Option<f64>,
    pub(crate) kt: Option<f64>,
}

/// An operator whose flights routes may carry: the block of addresses that its aircraft have.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Airline {
    pub(crate) first_address: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Route {
    pub(crate) name: String,
    pub(crate) path: Vec<Corner>,
    /// Mean time between flights, minutes.
    pub(crate) every_min: f64,
    pub(crate) airlines: Vec<String>,
    /// Lateral spread of parallel tracks, 1 sigma.
    #[serde(default)]
    pub(crate) spread_km: f64,
    /// Levels are raised by a random one of these.
    #[serde(default)]
    pub(crate) plus_fl: Vec<f64>,
    /// Whether flight plans are filed.
    #[serde(default = "yes")]
    pub(crate) plan: bool,
    /// No flight begins before this moment: an airport that opens.
    pub(crate) from: Option<String>,
    /// No flight begins after this moment: a closed airport.
    pub(crate) until: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interference {
    pub(crate) at: Place,
    pub(crate) mast_m: f64,
    pub(crate) range_km: f64,
    /// How far it makes positions worse; without it no farther than it takes them away.
    pub(crate) weak_km: Option<f64>,
    pub(crate) from: String,
    pub(crate) until: String,
}
