//! What can be set about the origin region: kinds of flight with their speeds and ranges, wind, and what counts as identifiable.

use crate::params::positive_or_zero;
use crate::permission::ClassName;

/// A kind of flight.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindParams {
    /// Name for people.
    pub name: String,
    /// The class that the tracker would give it.
    pub class: ClassName,
    /// Slowest and fastest airspeed in cruise, km/h; what is 15 % beyond is less and less likely. From 0 for what drifts.
    pub airspeed_km_h: [f64; 2],
    /// Shortest and longest way through the air, km.
    pub range_km: [f64; 2],
    /// Lowest and highest usual height above ground, metres.
    pub height_m: [f64; 2],
    /// Radar cross-section, m².
    pub rcs_m2: f64,
    /// How often it is met, relative to the others.
    pub share: f64,
}

/// The wind at a place and height.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindParams {
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// Height above ground, metres.
    pub height_m: f64,
    /// It blows towards the east with, m/s.
    pub east_m_s: f64,
    /// It blows towards the north with, m/s.
    pub north_m_s: f64,
}

/// Parameters of the origin region; where they come from stands in docs/detectors/origin.md.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OriginParams {
    /// Kinds of flight.
    pub kind: Vec<KindParams>,
    /// Wind at some places: between them it is interpolated. Without any the air is calm, with `wind_sigma_m_s`.
    pub wind: Vec<WindParams>,
    /// 1 sigma of each component of the wind, m/s.
    pub wind_sigma_m_s: f64,
    /// Usual distance between two turns of a flight, km.
    pub leg_km: f64,
    /// 1 sigma of a turn, degrees.
    pub turn_deg: f64,
    /// 1 sigma of what a height above a horizon is worth beside the horizon's own, and of the size of a target, as a factor.
    pub size_factor: f64,
    /// Chance that what is said of coverage does not hold for a flight, which then is seen as seldom as one time in thirty.
    pub coverage_doubt: f64,
    /// Share of flights that start outside of all candidate areas.
    pub elsewhere: f64,
    /// Area over which these are spread, km².
    pub elsewhere_km2: f64,
    /// Flights that are tried for one track.
    pub flights: u32,
    /// Of which at most so many in one second: what it may cost.
    pub flights_per_tick: u32,
    /// Observed for less, nothing is said, seconds.
    pub least_observed_s: f64,
    /// A 90 % region larger than this is not identifiable, km².
    pub largest_km2: f64,
    /// So much must be learned about the candidate areas (relative entropy, nats) where there are any and the region is larger than a tenth of the largest.
    pub least_learned: f64,
}

impl Default for OriginParams {
    fn default() -> Self {
        let kind = |name: &str, class, airspeed_km_h, range_km, height_m, rcs_m2, share| KindParams {
            name: name.to_owned(),
            class,
            airspeed_km_h,
            range_km,
            height_m,
            rcs_m2,
            share,
        };
        Self {
            kind: vec![
                kind(
                    "light one-way drone",
                    ClassName::LargeDrone,
                    [100.0, 160.0],
                    [300.0, 600.0],
                    [80.0, 3000.0],
                    0.1,
                    1.0,
                ),
                kind(
                    "one-way drone",
                    ClassName::LargeDrone,
                    [140.0, 200.0],
                    [1000.0, 2500.0],
                    [60.0, 3000.0],
                    0.1,
                    1.0,
                ),
                kind("fast jet", ClassName::Aircraft, [600.0, 1800.0], [600.0, 3000.0], [100.0, 14_000.0], 5.0, 0.3),
                kind("light aircraft", ClassName::Aircraft, [120.0, 350.0], [300.0, 1500.0], [150.0, 4000.0], 2.0, 0.3),
                kind("helicopter", ClassName::Helicopter, [100.0, 280.0], [100.0, 700.0], [30.0, 2000.0], 3.0, 0.2),
                kind("small drone", ClassName::SmallDrone, [15.0, 90.0], [3.0, 30.0], [20.0, 500.0], 0.01, 0.3),
                kind("balloon", ClassName::Balloon, [0.0, 10.0], [2.0, 60.0], [500.0, 12_000.0], 0.1, 0.3),
            ],
            wind: Vec::new(),
            wind_sigma_m_s: 5.0,
            leg_km: 80.0,
            turn_deg: 35.0,
            size_factor: 2.0,
            coverage_doubt: 0.2,
            elsewhere: 0.3,
            elsewhere_km2: 2_000_000.0,
            flights: 1000,
            flights_per_tick: 50,
            least_observed_s: 300.0,
            largest_km2: 800_000.0,
            least_learned: 0.2,
        }
    }
}

/// Most kinds, and most places of wind.
const MAX_KINDS: usize = 32;
const MAX_WINDS: usize = 1024;

impl OriginParams {
    pub(crate) fn faults(&self, faults: &mut Vec<String>) {
        positive_or_zero(
            &[
                ("origin.wind_sigma_m_s", self.wind_sigma_m_s),
                ("origin.least_observed_s", self.least_observed_s),
                ("origin.largest_km2", self.largest_km2),
                ("origin.least_learned", self.least_learned),
            ],
            faults,
        );
        let mut within = |key: &str, value: f64, low: f64, high: f64| {
            if !(low..=high).contains(&value) {
                faults.push(format!("assess: {key} is {value}, must be in [{low}, {high}]"));
            }
        };
        within("origin.leg_km", self.leg_km, 1.0, 5000.0);
        within("origin.turn_deg", self.turn_deg, 0.0, 180.0);
        within("origin.coverage_doubt", self.coverage_doubt, 0.0, 1.0);
        within("origin.size_factor", self.size_factor, 1.0, 10.0);
        within("origin.elsewhere", self.elsewhere, 1e-6, 1.0);
        within("origin.elsewhere_km2", self.elsewhere_km2, 1.0, 5e8);
        within("origin.flights", f64::from(self.flights), 100.0, 100_000.0);
        within("origin.flights_per_tick", f64::from(self.flights_per_tick), 1.0, 100_000.0);
        for kind in &self.kind {
            let mut pair = |key: &str, [low, high]: [f64; 2], most: f64| {
                if !(0.0 <= low && low < high && high <= most) {
                    faults.push(format!(
                        "assess: origin.kind \"{}\": {key} is [{low}, {high}], must be [smaller, larger] within 0 and {most}",
                        kind.name
                    ));
                }
            };
            pair("airspeed_km_h", kind.airspeed_km_h, 8000.0);
            pair("range_km", kind.range_km, 20_000.0);
            pair("height_m", kind.height_m, 40_000.0);
            if !(1e-4..=1e4).contains(&kind.rcs_m2) || !(0.0..=1e6).contains(&kind.share) {
                faults.push(format!(
                    "assess: origin.kind \"{}\": rcs_m2 is {}, must be in [0.0001, 10000]; share is {}, must be 0 or more",
                    kind.name, kind.rcs_m2, kind.share
                ));
            }
        }
        if self.kind.is_empty() || self.kind.len() > MAX_KINDS || self.wind.len() > MAX_WINDS {
            faults.push(format!(
                "assess: origin has {} kinds and {} winds, must have 1 to {MAX_KINDS} and at most {MAX_WINDS}",
                self.kind.len(),
                self.wind.len()
            ));
        }
        for wind in &self.wind {
            let sound = wind.lat_deg.abs() <= 90.0
                && wind.lon_deg.abs() <= 180.0
                && (-500.0..=40_000.0).contains(&wind.height_m)
                && wind.east_m_s.abs() <= 200.0
                && wind.north_m_s.abs() <= 200.0;
            if !sound {
                faults.push(format!("assess: origin.wind: {wind:?} is no wind on the Earth"));
            }
        }
    }
}
