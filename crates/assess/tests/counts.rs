//! What a report tells of: the same object as a track, as another report, or one more.

use skypicket_assess::count::{Estimate, Fix, Given, Piece, ReportKind, Statement, Tracked, estimate};
use skypicket_model::Referent;

fn fix(time_s: f64, east_m: f64) -> Fix {
    Fix { time_s, place_m: [east_m, 0.0], velocity_m_s: [-40.0, 0.0], sigma_m: 150.0, sigma_m_s: 2.0 }
}

/// A track that came in at 0 s and was lost 1,500 s later, 60 km inside.
fn lost() -> Piece {
    Piece {
        exists: 0.999,
        entered: 0.999,
        inside: 0.999,
        held: false,
        left: false,
        first: fix(0.0, 2000.0),
        last: fix(1500.0, -58_000.0),
        first_depth_m: -2000.0,
        class: [0.05, 0.0, 0.05, 0.7, 0.0, 0.0, 0.2],
    }
}

fn told(kind: ReportKind, place_m: [f64; 2], from_s: f64, until_s: f64) -> Statement {
    Statement { kind, place_m, sigma_m: 500.0, from_s, until_s, confidence: 0.95, drone: 0.97, piece: None }
}

fn count(pieces: &[Piece], statements: &[Statement]) -> Estimate {
    let tracked = Tracked { mean: 0.95, sigma: 0.03 };
    estimate(&Given { pieces, statements, tracked, now_s: 9000.0, seed: 7 })
}

fn entered(told: &Estimate) -> f64 {
    told.distributions[Referent::ObjectsEntered as usize].mean()
}

fn of_the_track(told: &Estimate, statement: usize) -> f64 {
    told.matches.iter().filter(|(s, piece, _)| (*s, *piece) == (statement, 0)).map(|(_, _, p)| p).sum()
}

#[test]
fn what_was_sighted_on_its_way_is_what_came_down_at_its_end() {
    let sighting = told(ReportKind::Sighting, [-20_000.0, 500.0], 450.0, 650.0);
    let wreck = told(ReportKind::Wreck, [-61_000.0, 800.0], 900.0, 4000.0);
    let both = count(&[lost()], &[sighting, wreck]);
    assert!(of_the_track(&both, 0) > 0.9 && of_the_track(&both, 1) > 0.9, "{:?}", both.matches);
    assert!(entered(&both) < 1.3, "{:?}", both.distributions);
}

#[test]
fn a_wreck_that_two_tell_of_goes_to_the_track_with_both() {
    // Where it may have flown to after it was lost, and no nearer.
    let wreck = || told(ReportKind::Wreck, [-90_000.0, 4000.0], 900.0, 6000.0);
    let one = count(&[lost()], &[wreck()]);
    let two = count(&[lost()], &[wreck(), wreck()]);
    assert!(of_the_track(&one, 0) > 0.7, "{:?}", one.matches);
    assert!((of_the_track(&two, 0) - of_the_track(&two, 1)).abs() < 0.1, "{:?}", two.matches);
    assert!(of_the_track(&two, 0) > of_the_track(&one, 0) - 0.1, "{:?} beside {:?}", two.matches, one.matches);
    assert!(entered(&two) < entered(&one) + 0.2);
}

#[test]
fn who_tells_the_time_of_a_wreck_some_minutes_wrong_tells_of_the_same_object() {
    let at = |until_s: f64| count(&[lost()], &[told(ReportKind::Wreck, [-58_500.0, 300.0], 600.0, until_s)]);
    assert!(of_the_track(&at(1250.0), 0) > 0.8, "over four minutes before it was measured last");
    assert!(of_the_track(&at(300.0), 0) < 0.2, "twenty minutes before");
}

#[test]
fn a_wreck_where_nothing_can_have_come_from_is_one_more() {
    let far = count(&[lost()], &[told(ReportKind::Wreck, [40_000.0, 200_000.0], 600.0, 6000.0)]);
    assert!(entered(&far) > 1.3, "{:?}", far.distributions);
}
