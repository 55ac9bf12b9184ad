//! A perfect picture meets every expectation; each kind of flaw is found.

mod common;

use common::{a_box, small};
use skypicket_model::assessment::EntryState;
use skypicket_model::{LatLon, Mode3A, Permission, Span, Time, TrackId};
use skypicket_sim::World;
use skypicket_sim::expect::{Outcome, Sample, SeenEntry, SeenIncident, check, metrics};

fn track(index: usize) -> TrackId {
    TrackId(1000 + index as u64)
}

fn time(text: &str) -> Time {
    Time::parse(text).expect("a moment")
}

/// What a perfect tracker and detector would have shown of the small world.
fn perfect(world: &World) -> Outcome {
    let mut outcome = Outcome { airspaces: vec![a_box()], ..Outcome::default() };
    let mut t = world.begin;
    while t <= world.end {
        for truth in world.truth(t).filter(|truth| world.observable(truth, t)) {
            outcome.samples.push(Sample { time: t, track: track(truth.index), place: truth.motion.place.lat_lon() });
        }
        t += Span::from_s(10);
    }
    for entry in world.true_entries(&outcome.airspaces).iter().filter(|entry| !entry.born_inside) {
        let index = world.targets.iter().position(|target| target.name == entry.target).expect("of the world");
        let planned = world.targets[index].plan.is_some();
        let permission = if planned { Permission::Permitted { rule: "plan".into() } } else { Permission::NotPermitted };
        outcome.entries.push(SeenEntry {
            track: track(index),
            airspace: entry.airspace.clone(),
            reached: vec![
                (EntryState::Possible, entry.entered),
                (EntryState::Established, entry.entered + Span::from_s(20)),
            ],
            entered_at: Some(entry.entered + Span::from_s(3)),
            left_at: None,
            permission,
        });
        if !planned {
            outcome.incidents.push(SeenIncident { opened: entry.entered, tracks: vec![track(index)], places: vec![] });
            outcome.alarms.push(entry.entered);
        }
    }
    let liner = world.targets.iter().position(|target| target.name == "liner").expect("of the world");
    outcome.emergencies.push((track(liner), Mode3A(0o7700), time("2025-09-10T00:01:02Z")));
    outcome.silences.push(("radar".into(), time("2025-09-09T23:58:12Z")));
    outcome
}

fn failures(world: &World, outcome: &Outcome) -> Vec<String> {
    check(&world.expectations, world, outcome).into_iter().map(|failure| failure.to_string()).collect()
}

#[test]
fn the_true_entry_is_where_the_path_meets_the_side() {
    let world = small();
    let entries = world.true_entries(&[a_box()]);
    let entry = entries.iter().find(|entry| entry.target == "silent-mover").expect("it crosses");
    assert!(!entry.born_inside);
    assert!((entry.place.lon_deg - 23.9).abs() < 1e-5, "{}", entry.place.lon_deg);
    let mover = world.targets.iter().find(|target| target.name == "silent-mover").expect("there");
    let before = mover.at(entry.entered - Span::from_ms(20)).expect("flies").place.lon_deg;
    assert!(before > 23.9, "the crossing is found to 10 ms");
    assert!(entry.left == world.end);
}

#[test]
fn a_perfect_picture_meets_every_expectation() {
    let world = small();
    let outcome = perfect(&world);
    assert_eq!(failures(&world, &outcome), Vec::<String>::new());
    let measured = metrics(&world, &outcome, world.begin, world.end);
    assert!(measured.share() > 0.999 && measured.spurious < 1e-9 && measured.rms_m < 0.5, "{measured:?}");
}

#[test]
fn each_flaw_is_found_and_named() {
    let world = small();
    type Flaw = (fn(&mut Outcome), &'static str);
    let flaws: [Flaw; 6] = [
        (|o| o.entries.clear(), "never entered AAA"),
        (|o| o.entries.iter_mut().for_each(|e| e.reached.truncate(1)), "Possible at most"),
        (|o| o.emergencies.clear(), "7700 was not reported"),
        (|o| o.silences.clear(), "not reported silent"),
        (|o| o.incidents.iter_mut().for_each(|i| i.tracks.push(track(0))), "liner is in the incident"),
        (|o| o.samples.clear(), "never entered AAA"),
    ];
    for (spoil, wanted) in flaws {
        let mut outcome = perfect(&world);
        spoil(&mut outcome);
        let got = failures(&world, &outcome);
        assert!(got.iter().any(|failure| failure.contains(wanted)), "{wanted}: {got:?}");
    }
}

#[test]
fn false_and_missing_tracks_are_counted() {
    let world = small();
    let mut outcome = perfect(&world);
    let moments = outcome.samples.iter().map(|sample| sample.time).collect::<std::collections::BTreeSet<_>>();
    for time in moments {
        outcome.samples.push(Sample { time, track: TrackId(7), place: LatLon { lat_deg: 48.0, lon_deg: 19.0 } });
    }
    let liner = track(world.targets.iter().position(|t| t.name == "liner").expect("there"));
    outcome.samples.retain(|sample| sample.track != liner);
    let measured = metrics(&world, &outcome, world.begin, world.end);
    assert!((measured.spurious - 1.0).abs() < 1e-9, "{measured:?}");
    assert!((measured.missed - 1.0).abs() < 0.05, "{measured:?}");
}
