//! What the config says of a Mode S feed, the same for every framing.

use super::position::Receiver;
use crate::decoder::FeedSetup;
use schemars::JsonSchema;
use serde::Deserialize;
use skypicket_model::frames::{Geodetic, LatLon};
use skypicket_model::{Reality, SensorId, SensorKind};

/// Parameters of the formats `beast` and `avr`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Where the receiver stands; needed for positions on the ground of aircraft that were not heard in the air. Without it the site
    /// of the feed's first described receiver counts.
    pub receiver: Option<Place>,
    /// A first position farther from the receiver than this is refused, metres (default 700,000: beyond any radio horizon).
    pub reach_m: f64,
    /// What the frames' time stamps are, and whether `measured` comes from them (default `ignored`: `measured` = `received`).
    pub stamps: Stamps,
    /// 1-sigma east and north of multilateration results, metres, which carry none (default 300).
    pub multilateration_sigma_m: f64,
    /// What the feed is about (default `live`).
    pub reality: RealityParam,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            receiver: None,
            reach_m: 700_000.0,
            stamps: Stamps::Ignored,
            multilateration_sigma_m: 300.0,
            reality: RealityParam::Live,
        }
    }
}

/// A place on the ground.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Latitude, degrees north.
    pub lat_deg: f64,
    /// Longitude, degrees east.
    pub lon_deg: f64,
}

/// What the 48-bit time stamps of the frames are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stamps {
    /// Not used: `measured` is `received`. Right for live feeds, and for feeds merged from several receivers.
    #[default]
    Ignored,
    /// A counter of 12 MHz of one receiver: `measured` is the `received` of the first stamped frame plus the counter's progress. For
    /// recordings that carry no other time.
    #[serde(rename = "counter_12mhz")]
    Counter12Mhz,
    /// Seconds of the day UTC (18 bits) and nanoseconds (30 bits), as a Radarcape in GPS mode sends.
    Gps,
}

/// The model's [`Reality`] as the config writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RealityParam {
    /// The world.
    #[default]
    Live,
    /// An exercise.
    Exercise,
    /// A simulation.
    Simulated,
}

/// A Mode S feed, resolved.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(super) sensor: SensorId,
    /// Who says what multilateration found: a described multilateration sensor of the feed, else the feed.
    pub(super) multilateration: SensorId,
    pub(super) multilateration_sigma_m: f64,
    pub(super) receiver: Option<Receiver>,
    pub(super) reality: Reality,
    /// What the stamps are; for the framing.
    pub stamps: Stamps,
}

impl Setup {
    /// Reads and checks the parameters of a feed.
    ///
    /// # Errors
    /// With the key, what it is and what was wanted.
    pub fn new(feed: &FeedSetup) -> Result<Self, String> {
        let params: Params = feed.params()?;
        let positive = |key: &str, value: f64| {
            if value.is_finite() && value > 0.0 { Ok(value) } else { Err(format!("{key} is {value}, must be above 0")) }
        };
        let reach_m = positive("reach_m", params.reach_m)?;
        let multilateration_sigma_m = positive("multilateration_sigma_m", params.multilateration_sigma_m)?;
        let of_kind = |kind: SensorKind| feed.sensors.iter().find(|sensor| sensor.kind == kind);
        let described = of_kind(SensorKind::SelfReportReceiver).and_then(|sensor| sensor.site).map(Geodetic::lat_lon);
        let place = match params.receiver {
            Some(place) => Some(LatLon::new(place.lat_deg, place.lon_deg).ok_or_else(|| {
                format!("receiver is {}, {}, must be a place in degrees", place.lat_deg, place.lon_deg)
            })?),
            None => described,
        };
        Ok(Self {
            sensor: feed.feed_sensor(),
            multilateration: of_kind(SensorKind::Multilateration).map_or(feed.feed_sensor(), |sensor| sensor.id),
            multilateration_sigma_m,
            receiver: place.map(|place| Receiver { place, reach_m }),
            reality: match params.reality {
                RealityParam::Live => Reality::Live,
                RealityParam::Exercise => Reality::Exercise,
                RealityParam::Simulated => Reality::Simulated,
            },
            stamps: params.stamps,
        })
    }
}
