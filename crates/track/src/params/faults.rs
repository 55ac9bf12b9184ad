//! What no tracker can work with, told by key: a value outside its range, and values that contradict each other.
//!
//! The ranges are wide: they keep out what makes no sense or breaks the arithmetic (a division by zero, an endless time, a table that no
//! memory holds), not what is unwise.

use super::Params;

/// Variances, sigmas and times end here: far beyond all that flies, and nowhere near what a double loses.
const MOST: f64 = 1e6;
/// What is divided by is at least this.
const LEAST: f64 = 1e-6;

impl Params {
    /// Every value that cannot be worked with, by its key: `track: gate is -1, must be in [1, 1000]`. Empty when all are sound.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let ranges = [self.motion(), self.birth_and_end(), self.measuring(), self.stated(), self.learning()];
        let mut faults: Vec<String> = ranges
            .iter()
            .flatten()
            .filter_map(|(key, value, least, most)| outside(key, *value, *least, *most))
            .collect();
        faults.extend(self.limits());
        faults.extend(self.orders());
        faults
    }

    fn motion(&self) -> Vec<(&'static str, f64, f64, f64)> {
        let [slow, fast] = self.turn_rates_deg_s;
        vec![
            ("steady_noise_m2_s3", self.steady_noise_m2_s3, LEAST, MOST),
            ("free_noise_m2_s3", self.free_noise_m2_s3, LEAST, MOST),
            ("break_noise_m2_s3", self.break_noise_m2_s3, LEAST, MOST),
            ("break_share", self.break_share, LEAST, 0.5),
            ("turn_noise_m2_s3", self.turn_noise_m2_s3, LEAST, MOST),
            // A turn divides by its rate.
            ("turn_rates_deg_s.0", slow, 0.01, 90.0),
            ("turn_rates_deg_s.1", fast, 0.01, 90.0),
            ("vertical_noise_m2_s3", self.vertical_noise_m2_s3, LEAST, MOST),
            ("reported_noise_m2_s3", self.reported_noise_m2_s3, LEAST, MOST),
            ("steady_time_s", self.steady_time_s, 0.1, MOST),
            ("turn_time_s", self.turn_time_s, 0.1, MOST),
            ("fast_sigma_m_s", self.fast_sigma_m_s, 0.1, 10_000.0),
            ("slow_sigma_m_s", self.slow_sigma_m_s, 0.1, 10_000.0),
            ("vertical_sigma_m_s", self.vertical_sigma_m_s, 0.01, 10_000.0),
        ]
    }

    fn birth_and_end(&self) -> Vec<(&'static str, f64, f64, f64)> {
        vec![
            ("unseen_low_per_1000_km2", self.unseen_low_per_1000_km2, LEAST, MOST),
            ("unseen_high_per_1000_km2", self.unseen_high_per_1000_km2, LEAST, MOST),
            ("arrivals_per_1000_km2_h", self.arrivals_per_1000_km2_h, LEAST, MOST),
            ("survival_time_s", self.survival_time_s, 1.0, 1e9),
            ("new_tracks_burst", self.new_tracks_burst, 1.0, MOST),
            ("new_tracks_per_s", self.new_tracks_per_s, 0.0, MOST),
            ("source_settles_s", self.source_settles_s, 0.0, MOST),
            // At 1 nothing is ever confirmed, at 0 everything is.
            ("confirm_existence", self.confirm_existence, 0.01, 0.9999),
            ("show_existence", self.show_existence, 0.0, 0.9999),
            ("end_existence", self.end_existence, 0.0, 0.9999),
            ("forget_existence", self.forget_existence, 0.0, 0.9999),
            ("tentative_existence", self.tentative_existence, 0.0, 0.9999),
            ("useful_radius_m", self.useful_radius_m, 1.0, MOST),
            ("forget_radius_m", self.forget_radius_m, 1.0, MOST),
        ]
    }

    fn measuring(&self) -> Vec<(&'static str, f64, f64, f64)> {
        vec![
            ("gate", self.gate, 1.0, 1000.0),
            ("detection_default", self.detection_default, 0.01, 0.9999),
            ("clutter_default", self.clutter_default, LEAST, MOST),
            ("frame_span_s", self.frame_span_s, 0.0, 10.0),
            // As the clock's limit of what comes late: older data cannot be worked in.
            ("late_limit_s", self.late_limit_s, 1.0, 60.0),
            ("assumed_height_m", self.assumed_height_m, -500.0, 100_000.0),
            ("assumed_height_sigma_m", self.assumed_height_sigma_m, 1.0, 100_000.0),
            ("assumed_height_2d_m", self.assumed_height_2d_m, -500.0, 100_000.0),
            ("assumed_height_2d_sigma_m", self.assumed_height_2d_sigma_m, 1.0, 100_000.0),
            ("ray_window_s", self.ray_window_s, 0.0, 60.0),
            ("period_default_s", self.period_default_s, 0.1, 3600.0),
            ("coasting_after_s", self.coasting_after_s, 0.1, 86_400.0),
        ]
    }

    fn stated(&self) -> Vec<(&'static str, f64, f64, f64)> {
        vec![
            ("self_report_interval_s", self.self_report_interval_s, 0.0, 60.0),
            ("self_report_floor_m", self.self_report_floor_m, 0.1, 100_000.0),
            ("stated_height_sigma_m", self.stated_height_sigma_m, 0.1, 100_000.0),
            ("pressure_height_sigma_m", self.pressure_height_sigma_m, 0.1, 100_000.0),
            ("stated_velocity_sigma_m_s", self.stated_velocity_sigma_m_s, 0.01, 1000.0),
            ("contradiction_sigma", self.contradiction_sigma, 1.0, 100.0),
            ("self_report_silence_s", self.self_report_silence_s, 0.1, 86_400.0),
        ]
    }

    fn learning(&self) -> Vec<(&'static str, f64, f64, f64)> {
        vec![
            ("range_bias_sigma_m", self.range_bias_sigma_m, LEAST, 10_000.0),
            ("azimuth_bias_sigma_deg", self.azimuth_bias_sigma_deg, LEAST, 10.0),
            ("elevation_bias_sigma_deg", self.elevation_bias_sigma_deg, LEAST, 10.0),
            ("time_bias_sigma_s", self.time_bias_sigma_s, LEAST, 60.0),
            ("registration_memory_s", self.registration_memory_s, 1.0, 1e9),
            ("smooth_lag_s", self.smooth_lag_s, 0.0, 600.0),
        ]
    }

    /// Whole numbers: each a limit of memory or work.
    fn limits(&self) -> Vec<String> {
        [
            ("deferred_looks", usize::from(self.deferred_looks), 0, 100),
            ("ray_sensors", self.ray_sensors, 2, 64),
            ("max_tracks", self.max_tracks, 1, 1_000_000),
            ("tracks_per_source", self.tracks_per_source, 1, 1_000_000),
            ("max_plots_per_look", self.max_plots_per_look, 1, 60_000),
            ("smooth_tracks", self.smooth_tracks, 0, 100_000),
            ("smooth_evidence", self.smooth_evidence, 2, 100_000),
            ("smooth_whole", self.smooth_whole, 2, 1_000_000),
        ]
        .iter()
        .filter(|(_, value, least, most)| !(least..=most).contains(&value))
        .map(|(key, value, least, most)| format!("track: {key} is {value}, must be in [{least}, {most}]"))
        .collect()
    }

    /// Values that must not be above others. What is no number at all was told before.
    fn orders(&self) -> Vec<String> {
        let [slow, fast] = self.turn_rates_deg_s;
        [
            ("turn_rates_deg_s.0", slow, "turn_rates_deg_s.1", fast),
            ("end_existence", self.end_existence, "confirm_existence", self.confirm_existence),
            ("show_existence", self.show_existence, "confirm_existence", self.confirm_existence),
            ("tentative_existence", self.tentative_existence, "confirm_existence", self.confirm_existence),
            // A track that was forgotten before it is spoken of never would be.
            ("forget_existence", self.forget_existence, "tentative_existence", self.tentative_existence),
        ]
        .iter()
        .filter(|(_, value, _, most)| value > most)
        .map(|(key, value, other, most)| format!("track: {key} is {value}, must not be above {other}, {most}"))
        .collect()
    }
}

fn outside(key: &str, value: f64, least: f64, most: f64) -> Option<String> {
    // Also where it is not a number.
    (!(least..=most).contains(&value)).then(|| format!("track: {key} is {value}, must be in [{least}, {most}]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parameters as an object of JSON, which knows every key.
    fn changed(key: &str, value: &serde_json::Value) -> Params {
        serde_json::from_value(serde_json::json!({ key: value })).expect("a key of its type")
    }

    /// Every key with its type, from the schema: a parameter that is added later and left without a range is found.
    fn keys() -> Vec<(String, String)> {
        let schema = serde_json::to_value(schemars::schema_for!(Params)).expect("JSON");
        let properties = schema["properties"].as_object().expect("properties");
        properties.iter().map(|(key, its)| (key.clone(), its["type"].as_str().unwrap_or_default().to_owned())).collect()
    }

    #[test]
    fn the_defaults_have_no_fault() {
        assert_eq!(Params::default().faults(), Vec::<String>::new());
    }

    #[test]
    fn every_number_has_a_range_and_is_told_by_its_key() {
        let keys = keys();
        assert!(keys.len() > 50, "{}", keys.len());
        for (key, kind) in keys {
            let wrong: Vec<serde_json::Value> = match kind.as_str() {
                "number" => vec![(-1e300).into(), 1e300.into()],
                "array" => vec![serde_json::json!([0, 3]), serde_json::json!([1, 1e300])],
                _ if key == "deferred_looks" => vec![255.into()],
                "integer" => vec![4_000_000_000_u64.into()],
                other => panic!("{key}: {other}"),
            };
            for value in wrong {
                let faults = changed(&key, &value).faults();
                let begin = format!("track: {key}");
                assert!(faults.iter().any(|fault| fault.starts_with(&begin)), "{key} = {value}: {faults:?}");
            }
        }
    }

    #[test]
    fn what_is_not_a_number_is_a_fault_and_so_are_values_in_a_wrong_order() {
        let params = Params { gate: f64::NAN, ..Params::default() };
        assert_eq!(params.faults(), ["track: gate is NaN, must be in [1, 1000]"]);
        let params = Params { turn_rates_deg_s: [3.0, 1.0], end_existence: 0.95, ..Params::default() };
        let faults = params.faults();
        assert_eq!(faults[0], "track: turn_rates_deg_s.0 is 3, must not be above turn_rates_deg_s.1, 1");
        assert_eq!(faults[1], "track: end_existence is 0.95, must not be above confirm_existence, 0.93");
        assert_eq!(faults.len(), 2, "{faults:?}");
    }

    #[test]
    fn a_limit_of_nothing_is_a_fault() {
        for key in ["max_tracks", "max_plots_per_look", "useful_radius_m", "steady_time_s", "survival_time_s"] {
            assert_eq!(changed(key, &0.into()).faults().len(), 1, "{key}");
        }
    }
}
