//! The view of surveillance standards: how often an object's place is updated, for how long it is not, and how far off it is.
//!
//! The quantities are those that such standards use; no number of any standard stands here. Interval, gap and limits are what the caller
//! says, and without limits nothing is judged. An update is a track within `within_m` of the object that was paired with it.

use super::summary::percentile;
use serde::Serialize;
use std::collections::BTreeMap;

/// What to count by; every `None` leaves a thing out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SurveillanceSettings {
    /// An update is wanted once in this time, seconds; else once in the scenario's evaluation step.
    pub interval_s: Option<f64>,
    /// A track farther off is no update, metres; else the cut-off counts.
    pub within_m: Option<f64>,
    /// A gap longer than this is a long one, seconds.
    pub long_gap_s: Option<f64>,
    /// What is judged.
    pub limits: Limits,
}

impl SurveillanceSettings {
    /// Nothing asked.
    pub const NONE: Self = Self {
        interval_s: None,
        within_m: None,
        long_gap_s: None,
        limits: Limits { probability_of_update: None, long_gap_share: None, rms_m: None, object_rms_m: None },
    };
}

/// Limits that somebody demands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Least probability of update.
    pub probability_of_update: Option<f64>,
    /// Largest share of time in long gaps.
    pub long_gap_share: Option<f64>,
    /// Largest RMS over all updates, metres.
    pub rms_m: Option<f64>,
    /// Largest RMS of any one object, metres.
    pub object_rms_m: Option<f64>,
}

/// One visible object at one step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting {
    pub step: usize,
    /// How far the paired track was off.
    pub error_m: Option<f64>,
}

/// Time without an update, between two updates or from the last one to the end of visibility.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gaps {
    /// Gaps longer than the interval.
    pub n: usize,
    /// The longest, seconds.
    pub longest_s: Option<f64>,
    /// 95th percentile of their lengths.
    pub p95_s: Option<f64>,
    /// What counts as long, if something does.
    pub long_gap_s: Option<f64>,
    /// Long ones.
    pub long: Option<usize>,
    /// Share of all time in long ones.
    pub long_share: Option<f64>,
}

/// A limit and what was reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// What was demanded.
    pub limit: f64,
    /// What was reached; `null` where there was nothing to measure, which meets no limit.
    pub value: Option<f64>,
    /// Whether it is met.
    pub met: bool,
}

/// The view.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Surveillance {
    /// An update was wanted once in this time, seconds.
    pub interval_s: f64,
    /// A track farther off was no update, metres.
    pub within_m: Option<f64>,
    /// Intervals, from each object's first update on while it is visible.
    pub intervals: usize,
    /// Share of them with an update.
    pub probability_of_update: Option<f64>,
    /// Time without.
    pub gaps: Gaps,
    /// RMS of all updates' horizontal errors, metres.
    pub rms_m: Option<f64>,
    /// The largest RMS of one object.
    pub worst_object_rms_m: Option<f64>,
    /// Only what was demanded.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<&'static str, Verdict>,
}

/// Counts; the sightings of each object come in order of their steps, which are `step_s` apart.
pub(super) fn view(
    settings: &SurveillanceSettings,
    step_s: f64,
    sightings: &BTreeMap<u32, Vec<Sighting>>,
) -> Surveillance {
    let steps = settings.interval_s.map_or(1, |s| ((s / step_s).round() as usize).max(1));
    let within = |s: &Sighting| s.error_m.filter(|e| settings.within_m.is_none_or(|most| *e <= most));
    let (mut intervals, mut updated, mut time_steps) = (0, 0, 0);
    let mut gaps_s: Vec<f64> = Vec::new();
    let (mut squares, mut updates, mut worst) = (0.0, 0_usize, None);
    for own in sightings.values() {
        let errors: Vec<f64> = own.iter().filter_map(within).collect();
        let sum: f64 = errors.iter().map(|e| e * e).sum();
        squares += sum;
        updates += errors.len();
        if !errors.is_empty() {
            let rms = (sum / errors.len() as f64).sqrt();
            worst = Some(worst.map_or(rms, |w: f64| w.max(rms)));
        }
        // What is before the first update is the delay of initiation, which is counted elsewhere.
        let first = own.iter().position(|s| within(s).is_some()).unwrap_or(own.len());
        for stretch in own[first..].chunk_by(|a, b| b.step == a.step + 1) {
            time_steps += stretch.len();
            for interval in stretch.chunks_exact(steps) {
                intervals += 1;
                updated += usize::from(interval.iter().any(|s| within(s).is_some()));
            }
            let mut last = 0;
            for (k, s) in stretch.iter().enumerate() {
                let here = within(s).is_some();
                if (here || k + 1 == stretch.len()) && k - last > steps {
                    gaps_s.push((k - last) as f64 * step_s);
                }
                if here {
                    last = k;
                }
            }
        }
    }
    gaps_s.sort_by(f64::total_cmp);
    let total_s = time_steps as f64 * step_s;
    let long = settings.long_gap_s.map(|limit| gaps_s.iter().filter(move |g| **g > limit));
    let probability = (intervals > 0).then(|| updated as f64 / intervals as f64);
    let gaps = Gaps {
        n: gaps_s.len(),
        longest_s: gaps_s.last().copied(),
        p95_s: percentile(&gaps_s, 0.95),
        long_gap_s: settings.long_gap_s,
        long: long.clone().map(Iterator::count),
        long_share: long.filter(|_| total_s > 0.0).map(|long| long.sum::<f64>() / total_s),
    };
    let rms_m = (updates > 0).then(|| (squares / updates as f64).sqrt());
    Surveillance {
        interval_s: steps as f64 * step_s,
        within_m: settings.within_m,
        intervals,
        probability_of_update: probability,
        gaps,
        rms_m,
        worst_object_rms_m: worst,
        limits: judged(&settings.limits, [probability, gaps.long_share, rms_m, worst]),
    }
}

fn judged(limits: &Limits, values: [Option<f64>; 4]) -> BTreeMap<&'static str, Verdict> {
    let [probability, share, rms_m, worst] = values;
    let asked = [
        ("probability_of_update", limits.probability_of_update, probability, true),
        ("long_gap_share", limits.long_gap_share, share, false),
        ("rms_m", limits.rms_m, rms_m, false),
        ("worst_object_rms_m", limits.object_rms_m, worst, false),
    ];
    asked
        .into_iter()
        .filter_map(|(name, limit, value, is_least)| {
            let limit = limit?;
            let met = value.is_some_and(|value| if is_least { value >= limit } else { value <= limit });
            Some((name, Verdict { limit, value, met }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(errors_m: &[Option<f64>]) -> BTreeMap<u32, Vec<Sighting>> {
        let sightings = errors_m.iter().enumerate().map(|(step, error_m)| Sighting { step, error_m: *error_m });
        BTreeMap::from([(0, sightings.collect())])
    }

    #[test]
    fn updates_count_from_the_first_and_gaps_between_them() {
        let o = None;
        let x = Some(30.0);
        // Seen at 2, 3, 7: eight steps from the first on, three updates; 3 → 7 is a gap of 20 s, 7 → 9 one of 10 s.
        let all = object(&[o, o, x, x, o, o, o, x, o, o]);
        let view5 = view(&SurveillanceSettings { long_gap_s: Some(15.0), ..SurveillanceSettings::NONE }, 5.0, &all);
        assert_eq!((view5.intervals, view5.probability_of_update), (8, Some(3.0 / 8.0)));
        assert_eq!((view5.gaps.n, view5.gaps.longest_s, view5.gaps.long), (2, Some(20.0), Some(1)));
        assert!((view5.gaps.long_share.expect("asked") - 0.5).abs() < 1e-12);
        assert!(view5.limits.is_empty(), "nothing was demanded");
        let view20 = view(&SurveillanceSettings { interval_s: Some(20.0), ..SurveillanceSettings::NONE }, 5.0, &all);
        assert_eq!((view20.intervals, view20.probability_of_update, view20.gaps.n), (2, Some(1.0), 0));
    }

    #[test]
    fn a_track_too_far_off_is_no_update_and_limits_are_judged_only_where_given() {
        let mut settings = SurveillanceSettings { within_m: Some(100.0), ..SurveillanceSettings::NONE };
        settings.limits = Limits { probability_of_update: Some(0.9), rms_m: Some(50.0), ..Limits::default() };
        let got = view(&settings, 5.0, &object(&[Some(30.0), Some(40.0), Some(500.0), Some(0.0)]));
        assert_eq!(got.probability_of_update, Some(0.75));
        assert!((got.rms_m.expect("updates") - (2500.0_f64 / 3.0).sqrt()).abs() < 1e-9);
        assert_eq!(got.limits.len(), 2);
        assert!(!got.limits["probability_of_update"].met && got.limits["rms_m"].met);
        let nothing = view(&settings, 5.0, &BTreeMap::new());
        assert!(!nothing.limits["rms_m"].met, "what could not be measured meets no limit");
    }
}
