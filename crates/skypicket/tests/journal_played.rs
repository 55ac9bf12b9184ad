//! A journal played with the map shows all that it holds: every epoch, under each site file that held, with the times of then.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use proof_helper::{Folder, arrivals, close, end, feed, start, world};
use skypicket::arrivals::Arrivals as _;
use skypicket::player::{Pace, Playback, play, play_part};
use skypicket::store::Store;
use skypicket::stretches::{Stretch, Stretches, stretches};
use skypicket::system::{Mode, System, View};
use skypicket_model::{
    Action, Command, GroundReport, GroundReportKind, IncidentId, LatLon, ReportedCause, ReportedObject, Span, Time,
};
use std::sync::Arc;

fn report(system: &System, world: &skypicket_sim::World, lat_deg: f64) {
    let report = GroundReport {
        kind: GroundReportKind::Wreck,
        place: LatLon { lat_deg, lon_deg: 23.6 },
        radius_90_m: 400.0,
        from: world.begin,
        until: world.begin,
        object: ReportedObject::Drone,
        confidence: 0.9,
        cause: ReportedCause::NotStated,
        cause_confidence: 0.0,
        track: None,
        source: "the fire service".to_owned(),
        text: String::new(),
    };
    let action = Action::FileReport { report: Box::new(report) };
    system.inbox().command(&Command { operator: "E. Tester".to_owned(), action }).expect("taken");
}

/// When each report was filed.
fn filed(view: &View) -> Vec<Time> {
    view.picture.reports.iter().map(|record| record.history[0].time).collect()
}

fn incidents(view: &View) -> Vec<(IncidentId, Time)> {
    view.picture.incidents.iter().map(|incident| (incident.id, incident.opened)).collect()
}

fn played(store: &Store, all: &[Stretch], folder: &Folder) -> Arc<View> {
    let playback = Playback::new(Pace { speed: None, paused: false });
    let mut shown = None;
    for (n, stretch) in all.iter().enumerate() {
        let arrivals = stretch.arrivals(store).expect("readable");
        let (begin, taken_over) = (arrivals.begin(), stretch.taken_over.clone());
        let system = System::start_with(stretch.plan.clone(), folder.path(), Mode::Replay, begin, taken_over);
        let system = system.expect("starts");
        if n + 1 < all.len() {
            assert!(play_part(Box::new(arrivals), &system.inbox(), &playback));
            assert!(!playback.finished());
        } else {
            play(Box::new(arrivals), &system.inbox(), &playback, 0);
            assert!(playback.finished());
        }
        shown = Some(close(system));
    }
    shown.expect("something was played")
}

/// A journal of two epochs, the second under another site file: a report in the first, and one in the second before any time has passed in it.
fn two_epochs() -> (Folder, Arc<View>) {
    let world = world();
    let all = arrivals(&world);
    let cut = all.len() * 9 / 10;
    let folder = Folder::new();
    let system = start(&world, "one name", &folder);
    feed(&system, &all[..cut]);
    report(&system, &world, 51.4);
    close(system);
    let system = start(&world, "another name", &folder);
    report(&system, &world, 51.5);
    feed(&system, &all[cut..]);
    end(&system);
    report(&system, &world, 51.6);
    (folder, close(system))
}

#[test]
fn every_epoch_is_played_and_what_people_said_has_its_time() {
    let (folder, shown) = two_epochs();
    let store = Store::existing(folder.path()).expect("the folder");
    let Stretches { stretches: all, left_out } = stretches(&store).expect("readable");
    assert!(left_out.is_empty(), "{left_out:?}");
    assert_eq!(all.iter().map(|stretch| stretch.epochs).collect::<Vec<_>>(), [(1, 1), (2, 2)]);
    let again = played(&store, &all, &Folder::new());
    // A player ends with a tick a second after the last input.
    assert_eq!(again.picture.time, shown.picture.time + Span::from_s(1));
    assert_eq!(filed(&again), filed(&shown));
    assert!(filed(&again).iter().all(|time| *time > world().begin), "{:?}", filed(&again));
    assert_eq!(incidents(&again), incidents(&shown), "those opened in the first epoch too");
    let tracks = |view: &View| view.picture.tracks.iter().map(|shown| shown.track.id).collect::<Vec<_>>();
    assert_eq!(tracks(&again), tracks(&shown));
}

#[test]
fn an_epoch_whose_forerunner_cannot_be_played_begins_with_what_it_took_over() {
    let (folder, shown) = two_epochs();
    let store = Store::existing(folder.path()).expect("the folder");
    let Stretches { stretches: mut all, .. } = stretches(&store).expect("readable");
    let mut second = all.pop().expect("two");
    second.taken_over = store.epochs().expect("readable")[1].start.carried.clone();
    let again = played(&store, &[second], &Folder::new());
    assert_eq!(filed(&again), filed(&shown));
    let ids = |view: &View| incidents(view).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(ids(&again), ids(&shown));
}
