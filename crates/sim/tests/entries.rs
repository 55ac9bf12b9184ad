//! Small, fixed-seed versions of what `examples/entries` measures over many worlds (docs/performance.md, "Entries").
#![allow(dead_code, reason = "shared with the example, which uses all of it")]

#[path = "../examples/entries/generalised.rs"]
mod generalised;
#[path = "../examples/entries/pairs.rs"]
mod pairs;
#[path = "../examples/entries/play.rs"]
mod play;

use pairs::{Pair, border_shift_m, off_s, pairs as pairs_of};
use play::Made;
use skypicket_model::assessment::EntryState;
use skypicket_sim::calibration::measures::{Forecast, median_and_tail, worth};
use skypicket_sim::calibration::worlds::{Along, Sensing, along, country, crossings, dips};

fn pairs_of_crossings(sensing: Sensing, seeds: core::ops::Range<u64>) -> Vec<(u64, Pair)> {
    let of = |seed: u64| {
        let trial = crossings(seed, sensing, 20, 700.0);
        pairs_of(&trial, &country(seed, 1.0), &Made::default(), border_shift_m(seed), seed)
    };
    seeds.flat_map(|seed| of(seed).into_iter().map(move |pair| (seed, pair))).collect()
}

/// Median error of entry times, seconds, and the share of 90 % intervals that hold the truth.
fn times(pairs: &[(u64, Pair)]) -> (f64, f64, usize) {
    let (mut errors, mut held) = (Vec::new(), 0);
    for (_, pair) in pairs {
        let (Some(true_s), Some(passage)) = (pair.truth.entered_s, &pair.passage) else { continue };
        let at = passage.entered_at.filter(|_| passage.entered_probability >= 0.5 && true_s > pair.born_s);
        let Some(at) = at else { continue };
        errors.push(off_s(at.middle, true_s).abs());
        held += usize::from(off_s(at.low, true_s) <= 0.0 && off_s(at.high, true_s) >= 0.0);
    }
    let count = errors.len();
    (median_and_tail(errors)[0], held as f64 / count.max(1) as f64, count)
}

#[test]
fn entries_are_timed_and_their_probabilities_come_true() {
    let reports = pairs_of_crossings(Sensing::SelfReports, 900..903);
    let (error_s, held, count) = times(&reports);
    assert!(count >= 12 && error_s <= 2.0 && held >= 0.75, "self-reports: {error_s} s, {held} of {count}");
    let radars = pairs_of_crossings(Sensing::TwoRadars, 910..913);
    let (error_s, held, count) = times(&radars);
    assert!(count >= 12 && error_s <= 10.0 && held >= 0.6, "radars: {error_s} s, {held} of {count}");
    let mut all = reports.iter().chain(&radars);
    assert!(all.all(|(_, pair)| pair.outside_own == 0), "what is told lies in the interval beside it");
    let forecasts: Vec<Forecast> = reports
        .iter()
        .chain(&radars)
        .map(|(seed, pair)| Forecast {
            world: *seed as u32,
            probability: pair.random.entered,
            happened: pair.truth_then.entered_s.is_some(),
        })
        .collect();
    let worth = worth(&forecasts, 1);
    assert!(worth.count >= 80 && worth.corrected_ece < 0.05 && worth.brier < 0.05, "{worth:?}");
}

/// Radars that are told to be aligned.
fn aligned() -> Made {
    let mut made = Made::default();
    made.track.azimuth_bias_sigma_deg = 0.02;
    made.track.range_bias_sigma_m = 10.0;
    made.track.time_bias_sigma_s = 0.02;
    made.track.elevation_bias_sigma_deg = 0.02;
    made
}

#[test]
fn half_an_hour_along_a_border_is_no_entry_although_a_point_by_point_test_finds_one() {
    let airspace = country(1, 0.0);
    let mut naive = 0;
    for (seed, bias_deg) in [(1, 0.0), (2, 0.1)] {
        let trial = along(seed, Along { sigmas: 2.0, bias_deg, civil: 0 }, 4, 1800.0);
        for pair in pairs_of(&trial, &airspace, &aligned(), 0.0, seed) {
            assert!(pair.state < EntryState::Established, "{pair:?}");
            naive += usize::from(pair.last.naive.any > 0.5);
        }
    }
    assert!(naive > 0, "the flights must be hard enough to mislead a simpler test");
}

#[test]
fn a_minute_three_sigmas_deep_is_established() {
    let airspace = country(1, 0.0);
    let trial = dips(3, Along { sigmas: -3.0, bias_deg: 0.0, civil: 0 }, 60.0, 8, 700.0);
    let pairs = pairs_of(&trial, &airspace, &aligned(), 0.0, 3);
    let deep: Vec<_> = pairs.iter().filter(|pair| pair.truth.depth_m >= 450.0).collect();
    assert!(deep.len() >= 7, "{}", deep.len());
    assert!(deep.iter().all(|pair| pair.state == EntryState::Established), "{deep:?}");
}
