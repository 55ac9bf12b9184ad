//! Recorded flights, turned into radar plots, tracked with the default parameters and held against an oracle; from `testdata/`
//! (`cargo xtask testdata`). The whole table stands in docs/tracker.md and is printed by the example `flights`.

#[path = "../examples/flights/follow.rs"]
mod follow;

use follow::{Outcome, follow};
use skypicket_sim::trial::flights::{COLLECTIONS, trial};
use skypicket_track::Params;
use std::io::Read;
use std::path::Path;

fn outcome(name: &str) -> Outcome {
    let collection = COLLECTIONS.iter().find(|collection| collection.name == name).expect("a collection");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(collection.file);
    assert!(path.exists(), "{} is missing: run `cargo xtask testdata`", path.display());
    let mut json = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).expect("opened")).read_to_end(&mut json).expect("unpacked");
    let (trial, _) = trial(collection, &json).expect("a recording");
    follow(&trial, &Params::default()).expect("tracked")
}

fn rmse(score: &skypicket_sim::score::Score) -> f64 {
    score.rmse["all"].rmse_h_m.expect("matched pairs")
}

/// Errors near the oracle's, few missed and false, and every turn held through; `turns` at least were flown.
fn held_through(name: &str, turns: usize, missed: f64, wrong: f64) {
    let outcome = outcome(name);
    let (ours, oracle) = (&outcome.ours, &outcome.oracle);
    assert!(rmse(ours) < 1.1 * rmse(oracle), "{name}: RMSE {} of {}", rmse(ours), rmse(oracle));
    assert!(ours.frac_missed < missed, "{name}: missed {}", ours.frac_missed);
    assert!(ours.false_mean < wrong, "{name}: false {}", ours.false_mean);
    assert!(oracle.frac_missed < 0.005 && oracle.false_mean < 0.01, "{name}: an oracle that misses");
    assert!(outcome.plots > 10_000, "{name}: {} plots", outcome.plots);
    assert!(outcome.turns.len() >= turns, "{name}: {} turns", outcome.turns.len());
    let lost: Vec<_> =
        outcome.turns.iter().filter(|held| held.never || held.changes > 0 || held.unheld_plots > 3).collect();
    assert!(lost.is_empty(), "{name}: {lost:#?}");
}

#[test]
fn airliners_are_held_through_their_turns() {
    held_through("quickstart", 30, 0.006, 0.35);
}

#[test]
fn a_carrier_aircraft_is_held_through_its_turns() {
    held_through("aircraft-carrier", 8, 0.01, 0.03);
}

#[test]
fn gliders_are_held_while_they_circle() {
    held_through("sisteron", 25, 0.02, 0.2);
}
