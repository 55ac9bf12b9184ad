//! What can be set about coverage.

use crate::params::{positive_or_zero, rising};

/// Parameters of the coverage model; where they come from stands in docs/coverage.md.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CoverageParams {
    /// Radar cross-section that the sensors' described range and detection probability hold for, m².
    pub reference_rcs_m2: f64,
    /// Radar cross-section that "not observed below …" speaks of, m².
    pub rcs_m2: f64,
    /// Detection probability within its volume of a sensor that states none.
    pub detection_default: f64,
    /// Probability of false alarm of one decision: with it detection falls off with range.
    pub false_alarm: f64,
    /// Height of the ground where no terrain model knows it, metres above mean sea level.
    pub ground_m: f64,
    /// 1 sigma of a horizon from a smooth Earth, metres of height.
    pub smooth_sigma_m: f64,
    /// 1 sigma of a horizon from a terrain model, metres of height.
    pub terrain_sigma_m: f64,
    /// A place is observed when a target there would be detected this often …
    pub looks: u32,
    /// … within this time, seconds, …
    pub within_s: f64,
    /// … with this probability.
    pub probability: f64,
    /// "Not observed below …" holds within this distance of what an incident is about, metres.
    pub around_m: f64,
}

impl Default for CoverageParams {
    fn default() -> Self {
        Self {
            reference_rcs_m2: 1.0,
            rcs_m2: 0.1,
            detection_default: 0.8,
            false_alarm: 1e-6,
            ground_m: 0.0,
            smooth_sigma_m: 30.0,
            terrain_sigma_m: 15.0,
            looks: 3,
            within_s: 60.0,
            probability: 0.9,
            around_m: 10_000.0,
        }
    }
}

impl CoverageParams {
    pub(crate) fn faults(&self, faults: &mut Vec<String>) {
        positive_or_zero(&[("coverage.within_s", self.within_s), ("coverage.around_m", self.around_m)], faults);
        rising(&[("coverage.detection_default", self.detection_default)], faults);
        rising(&[("coverage.probability", self.probability)], faults);
        let mut within = |key: &str, value: f64, low: f64, high: f64| {
            if !(low..=high).contains(&value) {
                faults.push(format!("assess: {key} is {value}, must be in [{low}, {high}]"));
            }
        };
        within("coverage.reference_rcs_m2", self.reference_rcs_m2, 1e-4, 1e4);
        within("coverage.rcs_m2", self.rcs_m2, 1e-4, 1e4);
        within("coverage.false_alarm", self.false_alarm, 1e-12, 0.1);
        within("coverage.ground_m", self.ground_m, -500.0, 9000.0);
        within("coverage.smooth_sigma_m", self.smooth_sigma_m, 1.0, 1000.0);
        within("coverage.terrain_sigma_m", self.terrain_sigma_m, 1.0, 1000.0);
        within("coverage.looks", f64::from(self.looks), 1.0, super::MAX_LOOKS as f64);
    }
}
