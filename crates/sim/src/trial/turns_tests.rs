use super::*;
use crate::rng::Rng;
use crate::trial::Target;
use crate::trial::pilot::{Handling, Leg, Start, fly};
use crate::trial::station::Station;
use skypicket_model::Geodetic;

const HOME: Geodetic = Geodetic { lat_deg: 50.0, lon_deg: 20.0, height_m: 1000.0 };

fn flown(legs: &[Leg]) -> Flown {
    let start = Start { place: HOME, heading_deg: 0.0, speed_m_s: 50.0, wind_m_s: [0.0, 0.0] };
    fly(start, Handling::DRONE, legs, 2000.0, &mut Rng::new(1))
}

#[test]
fn turns_are_changes_of_sixty_degrees_within_a_minute() {
    assert!(turns(0, &flown(&[Leg::Straight(300.0)])).is_empty());
    // 15° of bank at 50 m/s turns 3°/s: 90° in 30 s.
    let one = turns(3, &flown(&[Leg::Straight(100.0), Leg::Break(15.0, 90.0), Leg::Straight(100.0)]));
    assert_eq!(one.len(), 1);
    let turn = one[0];
    assert_eq!(turn.object, 3);
    assert!((turn.turned_deg - 90.0).abs() < 8.0 && (turn.fastest_deg_s - 3.0).abs() < 0.3, "{turn:?}");
    assert!((95.0..105.0).contains(&turn.from_s) && (125.0..140.0).contains(&turn.to_s), "{turn:?}");
    // 3° of bank turns 0.6°/s: 36° in a minute; and 50° at once is no turn either.
    assert!(turns(0, &flown(&[Leg::Straight(50.0), Leg::Break(3.0, 120.0), Leg::Straight(100.0)])).is_empty());
    assert!(turns(0, &flown(&[Leg::Straight(50.0), Leg::Break(20.0, 48.0), Leg::Straight(100.0)])).is_empty());
    let two = [Leg::Break(15.0, 90.0), Leg::Straight(200.0), Leg::Break(-15.0, 90.0), Leg::Straight(30.0)];
    assert_eq!(turns(0, &flown(&two)).len(), 2);
    assert_eq!(turns(0, &flown(&[Leg::Circle(600.0, 400.0, 1000.0)])).len(), 1, "a circle is one long turn");
    assert!(turns(0, &Flown::default()).is_empty());
}

/// One object that turns at 100 s, and a radar that sees it every 4 s.
fn turning() -> (Trial, Played, Turn) {
    let flight = flown(&[Leg::Straight(100.0), Leg::Break(15.0, 90.0), Leg::Straight(100.0)]);
    let turn = turns(0, &flight)[0];
    let place = Geodetic { height_m: 200.0, ..flight.at(0.0).expect("there").motion().place };
    let radar = Station {
        pd: 1.0,
        clutter: 0.0,
        range_m: (0.0, 1e5),
        elevation_deg: (-90.0, 90.0),
        ..Station::radar("r", place, 4.0, 100.0)
    };
    let trial = Trial {
        name: "turning".into(),
        description: String::new(),
        seed: 1,
        duration_s: 230.0,
        step_s: 2.0,
        stations: vec![radar],
        targets: vec![Target { kind: "drone", address: None, flown: flight }],
    };
    let played = trial.play();
    (trial, played, turn)
}

/// Tracks at the truth, of the number that `track` gives each moment.
fn held(track: impl Fn(f64) -> Option<u64>) -> Held {
    let (trial, played, turn) = turning();
    let mut holdings = Holdings::default();
    for at_s in trial.asked_s() {
        let Some(state) = trial.targets[0].flown.at(at_s) else { continue };
        let tracks: Vec<_> = track(at_s).into_iter().map(|t| (t, state.motion().place.lat_lon())).collect();
        holdings.add(&trial, at_s, &tracks);
    }
    holdings.through(&trial, &played, turn)
}

#[test]
fn a_track_that_stays_is_held_and_another_one_is_a_change() {
    let same = held(|_| Some(7));
    assert!(same.before && !same.never && same.changes == 0 && same.unheld_plots == 0, "{same:?}");
    let swapped = held(|t| Some(if t < 115.0 { 7 } else { 8 }));
    assert!(swapped.before && swapped.changes == 1, "{swapped:?}");
    let later = held(|t| Some(if t < 220.0 { 7 } else { 8 }));
    assert_eq!(later.changes, 0, "long after the turn");
    assert!(held(|_| None).never);
}

#[test]
fn plots_that_come_while_nothing_holds_are_counted_once_something_did() {
    let lost = held(|t| (!(110.0..=121.0).contains(&t)).then_some(7));
    // Asked each 2 s: without a track at 110 to 120, when the plots of 112, 116 and 120 came, and that of 108 was before.
    assert_eq!((lost.unheld_plots, lost.changes, lost.never), (3, 0, false), "{lost:?}");
    let late = held(|t| (t > 115.0).then_some(7));
    assert!(!late.before && late.unheld_plots == 0 && !late.never, "{late:?}");
}

#[test]
fn a_track_holds_one_object_and_goes_on_holding_it_while_near() {
    let (mut trial, ..) = turning();
    let mut other = trial.targets[0].clone();
    other.flown = Flown::new((0..=200).map(|k| {
        let mut state = trial.targets[0].flown.at(f64::from(k)).expect("there");
        state.position.z += 400.0;
        (f64::from(k), state)
    }));
    trial.targets.push(other);
    let place = |k: usize, at_s: f64| trial.targets[k].flown.at(at_s).expect("there").motion().place.lat_lon();
    let mut holdings = Holdings::default();
    holdings.add(&trial, 10.0, &[(1, place(0, 10.0)), (2, place(1, 10.0))]);
    // Their places crossed: both stay within 1500 m of what they held.
    holdings.add(&trial, 12.0, &[(1, place(1, 12.0)), (2, place(0, 12.0))]);
    let pairs = |k: usize| holdings.at[k].1.iter().map(|(a, b)| (*a, *b)).collect::<Vec<_>>();
    assert_eq!((pairs(0), pairs(1)), (vec![(0, 1), (1, 2)], vec![(0, 1), (1, 2)]));
}
