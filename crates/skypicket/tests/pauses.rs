//! A watch that was off for a while: what it did not hear is no silence, now, after a crash, in another epoch and in every replay.

#![allow(clippy::disallowed_methods, reason = "tests beside the program: a watch begins now")]

#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use proof_helper::{Folder, close};
use skypicket::arrivals::Arrivals as _;
use skypicket::core::Core;
use skypicket::journal::{Body, Fate, Kind, NewRecord, Reader};
use skypicket::order::Order;
use skypicket::plan::{Files, Plan};
use skypicket::store::Store;
use skypicket::stretches::stretches;
use skypicket::system::{Mode, System, View};
use skypicket::{verify, wall};
use skypicket_engine::Event;
use skypicket_model::{ConnectionId, FeedId, IncidentEvent, Reason, Severity, Span, Time};
use std::path::Path;
use std::time::Duration;

/// The site asks for a word within 30 s; for so long the program is off.
const OFF: Span = Span::from_s(600);

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str, _: &Path) -> Result<Vec<u8>, String> {
        Err("is not there".to_owned())
    }
}

fn plan(name: &str) -> Plan {
    let text = format!(
        "[site]\nname = \"{name}\"\n[[feed]]\nname = \"a\"\nformat = \"sbs\"\ntransport = {{ kind = \"stdin\" }}\n\
         [[sensor]]\nfeed = \"a\"\nname = \"mast\"\nkind = \"self_report_receiver\"\nexpected_within_s = 30.0\n"
    );
    Plan::load(&text, &NoFiles).unwrap_or_else(|faults| panic!("{faults}"))
}

fn line() -> NewRecord {
    let line = "MSG,3,1,1,48AE01,1,2025/09/09,21:30:00.000,2025/09/09,21:30:00.000,,35000,,,51.0,22.0,,,,,,0\n";
    NewRecord::bytes(FeedId(0), ConnectionId(1), line.into())
}

/// A word of the feed at each second from one to another.
fn hear(system: &System, from: Time, until_s: i64) {
    let inbox = system.inbox();
    let opened = NewRecord::connection_opened(FeedId(0), ConnectionId(1), "a mast", false);
    inbox.take_at(from, opened).expect("room");
    for second in 0..until_s {
        inbox.take_at(from + Span::from_s(second), line()).expect("room");
    }
}

/// The first run: it hears the feed for a minute and a half and ends ten minutes ago. Closed in order, or killed.
fn first_run(killed: bool) -> Folder {
    let folder = Folder::new();
    let begin = wall::now() - OFF - Span::from_s(90);
    let system = System::start(plan("one"), folder.path(), Mode::Replay, Some(begin)).expect("starts");
    hear(&system, begin, 90);
    let inbox = system.inbox();
    let fate = inbox.durability().expect("open").wait(inbox.last().0, Duration::from_secs(30));
    assert_eq!(fate, Fate::Durable);
    let left = if killed { folder.copy() } else { folder };
    assert!(close(system).picture.incidents.is_empty(), "all is well until then");
    left
}

fn watch(folder: &Folder, name: &str) -> System {
    System::start(plan(name), folder.path(), Mode::Watch, None).expect("starts")
}

/// Place in the order, `received`, and until when, of the pauses that a journal tells of; and that they stand right behind the record before.
fn pauses(folder: &Folder) -> Vec<(Time, Time)> {
    let mut reader = Reader::open(Store::existing(folder.path()).expect("the folder").journal).expect("readable");
    let (mut found, mut before, mut kinds) = (Vec::new(), None, Vec::new());
    while let Some(record) = reader.next_record().expect("whole") {
        if let Ok(Body::Resumed { until }) = record.body() {
            assert_eq!(before, Some(record.received), "received with the record before");
            found.push((record.received, until));
        }
        before = Some(record.received);
        kinds.push(record.kind);
    }
    let first = kinds.iter().position(|kind| *kind == Kind::Resumed).map(|at| &kinds[at + 1..]);
    assert!(
        matches!(first, None | Some([] | [Kind::Tick | Kind::Resumed, ..])),
        "the ticks of the pause come after it"
    );
    found
}

/// The journal's proof, of which the last epoch ends with what was shown.
fn proved(folder: &Folder, shown: &View, epochs: usize) {
    let proof = verify::journal(&Store::existing(folder.path()).expect("the folder")).expect("readable");
    assert!(proof.holds() && proof.compared > 0, "faults {:?}, differences {:?}", proof.faults, proof.differences);
    assert_eq!(proof.epochs.len(), epochs);
    assert_eq!(proof.epochs.last().map(|(_, digest)| digest.clone()), Some(shown.digest.to_string()));
}

#[test]
fn a_feed_that_goes_on_after_the_pause_is_not_told_silent() {
    for (killed, name, epochs) in [(false, "one", 1), (true, "one", 1), (false, "another", 2), (true, "another", 2)] {
        let folder = first_run(killed);
        let system = watch(&folder, name);
        assert!(system.notes().iter().any(|note| note.contains("nobody listened")), "{:?}", system.notes());
        let archive = system.archive();
        let [(from, until)] = pauses_of(&system, &folder)[..] else { panic!("one pause") };
        assert!(until - from >= OFF);
        // Its first word comes nearly as late as it may.
        hear(&system, until + Span::from_s(25), 60);
        let shown = close(system);
        assert!(shown.picture.incidents.is_empty(), "killed {killed}, {name}: {:#?}", shown.picture.incidents);
        let learned = shown.picture.sensors[0].mean_interval.expect("learned");
        assert!(learned < Span::from_s(2), "the pause is no interval: {learned:?}");
        proved(&folder, &shown, epochs);
        // Nor is it when somebody looks at that time later.
        if !killed {
            let view = archive.view(from + Span::from_s(300), Duration::from_secs(60)).expect("worked out");
            assert!(view.picture.time > from + Span::from_s(299) && view.picture.incidents.is_empty());
        }
    }
}

/// The pauses once they are on disk.
fn pauses_of(system: &System, folder: &Folder) -> Vec<(Time, Time)> {
    let inbox = system.inbox();
    let fate = inbox.durability().expect("open").wait(inbox.last().0, Duration::from_secs(30));
    assert_eq!(fate, Fate::Durable);
    pauses(folder)
}

#[test]
fn a_feed_that_stays_silent_is_told_so_its_normal_time_after_the_pause() {
    for (name, epochs) in [("one", 1), ("another", 2)] {
        let folder = first_run(false);
        let system = watch(&folder, name);
        let [(from, until)] = pauses_of(&system, &folder)[..] else { panic!("one pause") };
        system.inbox().tick(until + Span::from_s(60));
        let shown = close(system);
        let [incident] = &shown.picture.incidents[..] else { panic!("{:#?}", shown.picture.incidents) };
        assert_eq!((incident.severity, incident.audible), (Severity::High, true));
        let after = incident.opened - until;
        assert!(after > Span::from_s(30) && after <= Span::from_s(32), "{after:?} after the pause");
        let reasons = &incident.assessments[0].reasons;
        assert!(reasons.contains(&Reason::NobodyListened { until }), "{reasons:?}");
        assert!(from < until);
        proved(&folder, &shown, epochs);
    }
}

#[test]
fn a_program_started_again_and_again_counts_from_the_last_time() {
    let folder = first_run(false);
    for _ in 0..3 {
        let shown = close(watch(&folder, "one"));
        assert!(shown.picture.incidents.is_empty());
    }
    assert_eq!(pauses(&folder).len(), 3);
    // The clock was set back: nothing is known to be missed, and order does not run backwards.
    let system = watch(&folder, "one");
    let [.., (_, until)] = pauses_of(&system, &folder)[..] else { panic!("pauses") };
    hear(&system, until, 3600);
    close(system);
    let shown = close(watch(&folder, "one"));
    assert_eq!(pauses(&folder).len(), 4, "none for that start");
    assert!(shown.picture.incidents.is_empty());
    proved(&folder, &shown, 1);
}

#[test]
fn a_journal_played_with_the_map_tells_of_the_pause_too() {
    let folder = first_run(false);
    let system = watch(&folder, "one");
    let [(_, until)] = pauses_of(&system, &folder)[..] else { panic!("one pause") };
    hear(&system, until + Span::from_s(5), 10);
    let shown = close(system);
    let store = Store::existing(folder.path()).expect("the folder");
    let stretches = stretches(&store).expect("readable").stretches;
    let [stretch] = &stretches[..] else { panic!("one site file") };
    let mut arrivals = stretch.arrivals(&store).expect("readable");
    let mut core = Core::new(&stretch.plan).expect("a core");
    let mut order = Order::beginning(arrivals.begin().expect("it began"));
    let mut told = Vec::new();
    while let Some(arrival) = arrivals.next_arrival() {
        order.admit(&arrival, |record| {
            core.apply(record);
            let opened = |event: &&Event| matches!(event, Event::Incident(IncidentEvent::Opened(_)));
            told.extend(core.events().iter().find(opened).cloned());
        });
    }
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(core.engine().digest(), shown.digest, "what was shown, again");
}
