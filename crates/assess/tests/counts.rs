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
    let none = count(&[lost()], &[]);
    assert!(entered(&far) > entered(&none) + 0.15, "{:?} beside {:?}", far.distributions, none.distributions);
}

#[test]
fn a_wreck_that_no_track_explains_is_one_more_rather_where_others_flew_than_where_none_did() {
    // Three came in beside each other and were seen to their ends, 60 km inside; a wreck lies 45 km beyond them, and one where nothing flew.
    let beside = |north_m: f64| {
        let moved = |fix: Fix| Fix { place_m: [fix.place_m[0], north_m], ..fix };
        let piece = lost();
        Piece { left: true, held: true, first: moved(piece.first), last: moved(piece.last), ..piece }
    };
    let three = [beside(0.0), beside(12_000.0), beside(-12_000.0)];
    let at = |place_m| count(&three, &[told(ReportKind::Wreck, place_m, 600.0, 6000.0)]);
    let (there, far) = (at([-105_000.0, 0.0]), at([-105_000.0, 250_000.0]));
    assert!(entered(&there) > entered(&far) + 0.1, "{:?} beside {:?}", there.distributions, far.distributions);
}

#[test]
fn two_who_tell_of_one_wreck_without_a_track_tell_of_about_one_object() {
    let wreck = |east_m: f64| told(ReportKind::Wreck, [-60_000.0 + east_m, 200_000.0], 600.0, 6000.0);
    let [none, one, two] = [vec![], vec![wreck(0.0)], vec![wreck(0.0), wreck(300.0)]].map(|all| count(&[lost()], &all));
    let apart = count(&[lost()], &[wreck(0.0), wreck(60_000.0)]);
    // The second makes the first surer, and no second object.
    assert!(entered(&one) > entered(&none) && entered(&two) > entered(&one), "{:?}", two.distributions);
    let both = |told: &Estimate, of: Referent, n: u32| told.distributions[of as usize].at_least(n);
    assert!(
        both(&two, Referent::Wrecks, 2) < 0.1 && both(&apart, Referent::Wrecks, 2) > 0.2,
        "{:?}",
        apart.distributions
    );
    assert!(both(&two, Referent::ObjectsEntered, 3) < 0.1 && entered(&two) < 2.1, "{:?}", two.distributions);
}
