//! Everything that can be set about judging, with its defaults. Where each number comes from stands on the detector's page.

use crate::airspace_entry::EntryParams;
use crate::count::CountParams;
use crate::coverage::CoverageParams;
use crate::emergency_code::EmergencyParams;
use crate::false_identity::IdentityParams;
use crate::feed_silent::SilentParams;
use crate::geometry::BorderSigma;
use crate::gnss::GnssParams;
use crate::incident::IncidentParams;
use crate::origin::OriginParams;
use crate::predicted_entry::PredictedParams;

/// The site file's `[assess]` section.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// How well borders are known.
    pub border_sigma: BorderSigma,
    /// Entries into watched airspace.
    pub airspace_entry: EntryParams,
    /// Entries to come.
    pub predicted_entry: PredictedParams,
    /// Emergencies that aircraft state.
    pub emergency_code: EmergencyParams,
    /// Sensors that fell silent.
    pub feed_silent: SilentParams,
    /// Where aircraft lose satellite navigation.
    pub gnss_interference: GnssParams,
    /// Self-reports that do not fit what others measure.
    pub false_identity: IdentityParams,
    /// What could have been seen.
    pub coverage: CoverageParams,
    /// Where tracks may have come from.
    pub origin: OriginParams,
    /// Groups, alarms, reopening.
    pub incident: IncidentParams,
    /// Groups and counts.
    pub count: CountParams,
}

impl Params {
    /// Every value that cannot be worked with, by its key.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let sigma = &self.border_sigma;
        positive_or_zero(
            &[
                ("border_sigma.land_m", sigma.land_m),
                ("border_sigma.water_m", sigma.water_m),
                ("border_sigma.sea_m", sigma.sea_m),
            ],
            &mut faults,
        );
        self.airspace_entry.faults(&mut faults);
        self.predicted_entry.faults(&mut faults);
        self.emergency_code.faults(&mut faults);
        self.feed_silent.faults(&mut faults);
        self.gnss_interference.faults(&mut faults);
        self.false_identity.faults(&mut faults);
        self.coverage.faults(&mut faults);
        self.origin.faults(&mut faults);
        self.incident.faults(&mut faults);
        self.count.faults(&mut faults);
        faults
    }
}

/// Faults of values that must be numbers of 0 or more, below a billion.
pub(crate) fn positive_or_zero(values: &[(&str, f64)], faults: &mut Vec<String>) {
    for (key, value) in values {
        if !(0.0..=1e9).contains(value) {
            faults.push(format!("assess: {key} is {value}, must be 0 or more"));
        }
    }
}

/// Faults of values that must be probabilities, rising in the order given.
pub(crate) fn rising(values: &[(&str, f64)], faults: &mut Vec<String>) {
    let mut before = 0.0;
    for (key, value) in values {
        if !(before..=1.0).contains(value) {
            faults.push(format!("assess: {key} is {value}, must be in [{before}, 1]"));
        }
        before = *value;
    }
}
