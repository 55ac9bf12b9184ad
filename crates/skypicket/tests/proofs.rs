//! What the program proves about itself: the same inputs give the same digest, however they came, and a restart changes nothing.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

mod proof_helper;

use proof_helper::{
    Folder, LAX_BEGINS, Outcome, arrivals, close, confirmed, copy_content, end, feed, in_order, paced_lines, plan,
    start, testdata, world,
};
use skypicket::arrivals::{Arrival, Arrivals};
use skypicket::build_id::BUILD_ID;
use skypicket::core::Core;
use skypicket::journal::{Disk, EpochReason, EpochStart, Journal, Kind, NewRecord, Options};
use skypicket::order::Order;
use skypicket::plan::{Plan, recordings_site};
use skypicket::player::{Pace, Playback, play};
use skypicket::recording::{RecordingFile, Recordings};
use skypicket::simulation::Night;
use skypicket::store::Store;
use skypicket::system::{Mode, System, View};
use skypicket::verify;
use skypicket_engine::{Event, Picture};
use skypicket_model::assessment::{EntryState, Finding};
use skypicket_model::{Assessment, ConnectionId, FeedId, IncidentEvent, Permission, Seq, Span, Subject, Time};
use std::sync::Arc;

/// 2025-09-21T00:00:00Z.
const MIDNIGHT: Time = Time::from_s(1_758_412_800);

fn proved(folder: &Folder) -> verify::Proof {
    let store = Store::existing(folder.path()).expect("the folder");
    let proof = verify::journal(&store).expect("a readable journal");
    assert!(proof.holds(), "faults {:?}, differences {:?}", proof.faults, proof.differences);
    proof
}

/// The open connections of each feed.
fn connections(view: &View) -> Vec<Vec<u32>> {
    view.counts.iter().map(|counts| counts.connections.iter().copied().collect()).collect()
}

#[test]
fn a_recording_played_twice_gives_one_digest() {
    let folder = Folder::new();
    let text = std::fs::read_to_string(testdata("adsb_deku/lax-messages.txt")).expect("text");
    let path = folder.path().join("lax.txt");
    let lines: Vec<&str> = text.lines().take(30_000).collect();
    std::fs::write(&path, lines.join("\n") + "\n").expect("written");
    let plan = recordings_site(&["avr".to_owned()], &["USA".to_owned()]).expect("a plan");
    let mut decoded = 0;
    let mut play_file = || {
        let file = RecordingFile { path: path.clone(), feed: FeedId(0), container: None };
        let mut recording = Recordings::open(&[file], None).expect("opens");
        let began = recording.begin().expect("has packets");
        in_order(&plan, began, std::iter::from_fn(|| recording.next_arrival()), |core| {
            decoded = core.counts()[0].decoded();
        })
    };
    let first = play_file();
    assert_eq!(first, play_file());
    assert!(decoded > 20_000, "{decoded} messages of 30,000 were understood");
}

#[test]
fn a_world_through_journal_and_engine_thread_equals_its_replay_in_order() {
    let world = world();
    let folder = Folder::new();
    let system = start(&world, "proof", &folder);
    let playback = Playback::new(Pace { speed: None, paused: false });
    play(Box::new(Night::of(world.clone())), &system.inbox(), &playback, 0);
    let outcome = Outcome::of(&close(system));
    assert!(!outcome.tracks.is_empty() && !outcome.incidents.is_empty(), "the story shows something: {outcome:?}");
    let plan = plan(&world, "proof");
    assert_eq!(outcome.digest, in_order(&plan, world.begin, arrivals(&world).into_iter(), |_| ()));
    assert_eq!(outcome.digest, in_order(&plan, world.begin, arrivals(&world).into_iter(), |_| ()), "and again");
    let proof = proved(&folder);
    assert_eq!(proof.epochs, [(1, outcome.digest.clone())]);
    assert!(proof.compared >= 1, "checkpoints were compared");

    // Played once more on the same folder, nothing is left to play and nothing changes.
    let system = start(&world, "proof", &folder);
    let night = Box::new(Night::of(world.clone()));
    assert_eq!(play(night, &system.inbox(), &playback, system.arrivals_held()), 0);
    assert_eq!(Outcome::of(&close(system)), outcome);
}

#[test]
fn a_run_that_was_closed_or_killed_ends_as_if_it_had_not_been() {
    let world = world();
    let all = arrivals(&world);
    let whole = Folder::new();
    let system = start(&world, "proof", &whole);
    feed(&system, &all);
    end(&system);
    let expected = Outcome::of(&close(system));

    // The second is in the middle of the incident, the first before there is one.
    for part in [4, 9] {
        let cut = all.len() * part / 10;
        let folder = Folder::new();
        let system = start(&world, "proof", &folder);
        feed(&system, &all[..cut]);
        let killed = folder.copy();
        close(system);
        for (how, folder) in [("closed", &folder), ("killed", &killed)] {
            let system = start(&world, "proof", folder);
            let held = usize::try_from(system.arrivals_held()).expect("few");
            assert!(held <= cut && (how == "killed" || held == cut), "{how}: {held} of {cut} held");
            feed(&system, &all[held..]);
            end(&system);
            assert_eq!(Outcome::of(&close(system)), expected, "{how} after {cut} of {}", all.len());
            let proof = proved(folder);
            assert_eq!(proof.epochs.len(), 1, "{how}: one epoch");
            assert!(proof.compared >= 1, "{how}: checkpoints were compared");
        }
    }
}

/// The moment of an entry is an estimate that what is measured later makes finer, also what the tracker was warmed with.
fn same_moment(a: Time, b: Time) -> bool {
    (a - b).abs() <= Span::from_s(1)
}

/// Who came in, when, and how deep, by the ledger.
fn stays(picture: &Picture) -> Vec<(Subject, Time, u64)> {
    let entered = |assessment: &Arc<Assessment>| match &assessment.finding {
        Finding::AirspaceEntry(entry) => {
            entry.entered_at.map(|entered_at| (assessment.subject, entered_at, entry.depth_m.to_bits()))
        }
        _ => None,
    };
    picture.entries.iter().filter_map(entered).collect()
}

/// Plays arrivals into a core, saves it at the cut, loads that into another, and plays on with both.
fn saved_and_loaded_goes_on_alike(plan: &Plan, arrivals: &[Arrival], cut: usize) {
    let mut one = Core::new(plan).expect("a core");
    let mut order = Order::default();
    for arrival in &arrivals[..cut] {
        order.admit(arrival, |record| {
            one.apply(record);
        });
    }
    let saved = one.save();
    let mut other = Core::new(plan).expect("a core");
    other.load(&saved).expect("what was saved can be loaded");
    assert!(other.save() == saved, "loading loses nothing");
    for arrival in &arrivals[cut..] {
        order.admit(arrival, |record| {
            one.apply(record);
            other.apply(record);
        });
    }
    assert_eq!(one.engine().digest(), other.engine().digest());
    assert!(one.save() == other.save(), "the whole state is the same at the end");
}

#[test]
fn a_state_saved_and_loaded_goes_on_bit_for_bit() {
    let world = world();
    let all = arrivals(&world);
    for part in 1..4 {
        saved_and_loaded_goes_on_alike(&plan(&world, "proof"), &all, all.len() * part / 4);
    }
    // Cut in the middle of lines.
    let text = std::fs::read(testdata("adsb_deku/lax-messages.txt")).expect("text");
    let pieces = text[..600_000].chunks(1_001).zip(1..);
    let piece = |(bytes, n): (&[u8], i64)| Arrival {
        received: LAX_BEGINS + Span::from_ms(125 * n),
        record: NewRecord::bytes(FeedId(0), ConnectionId(1), bytes.to_vec()),
    };
    let lax: Vec<Arrival> = pieces.map(piece).collect();
    let plan = recordings_site(&["avr".to_owned()], &["USA".to_owned()]).expect("a plan");
    saved_and_loaded_goes_on_alike(&plan, &lax, lax.len() / 2);
}

#[test]
fn a_restart_begins_from_a_checkpoint() {
    let world = world();
    let all = arrivals(&world);
    let cut = all.len() / 2;
    let folder = Folder::new();
    let system = start(&world, "proof", &folder);
    feed(&system, &all[..cut]);
    let before = close(system);
    let store = Store::existing(folder.path()).expect("the folder");
    assert!(!store.checkpoints.list().expect("readable").is_empty(), "there is a checkpoint");
    // Loading it and decoding on gives what a replay from the beginning gives.
    let system = start(&world, "proof", &folder);
    let after = close(system);
    assert_eq!(Outcome::of(&before), Outcome::of(&after));
    assert_eq!(connections(&before), connections(&after));
    assert_eq!(proved(&folder).epochs, [(1, after.digest.to_string())]);
}

#[test]
fn a_changed_config_begins_an_epoch_that_keeps_incidents_and_tracks() {
    let world = world();
    let all = arrivals(&world);
    let cut = all.len() * 9 / 10;
    let folder = Folder::new();
    let system = start(&world, "one name", &folder);
    feed(&system, &all[..cut]);
    let before = close(system);
    let open: Vec<_> = before.picture.incidents.iter().map(|incident| (incident.id, incident.state)).collect();
    assert!(!open.is_empty(), "an incident is open at the cut");
    assert!(!confirmed(&before).is_empty(), "tracks are confirmed at the cut");

    let system = start(&world, "another name", &folder);
    assert_eq!(system.arrivals_held(), cut as u64, "the player goes on where it was");
    let first = Arc::clone(&system.views().borrow());
    let kept: Vec<_> = first.picture.incidents.iter().map(|incident| (incident.id, incident.state)).collect();
    assert_eq!(kept, open);
    assert_eq!(confirmed(&first), confirmed(&before));
    let ledger = stays(&before.picture);
    assert!(!ledger.is_empty(), "something was inside before the cut");
    assert_eq!(
        stays(&first.picture),
        ledger,
        "the ledger goes on: when and where each came in, how deep, for how long"
    );
    assert_eq!(connections(&first), connections(&before), "connections opened long ago go on");
    assert!(first.counts.iter().all(|counts| counts.bytes == 0), "what warmed the tracker is not counted again");
    feed(&system, &all[cut..]);
    end(&system);
    let after = close(system);
    for id in confirmed(&first) {
        assert!(confirmed(&after).contains(&id), "track {id:?} goes on in the new epoch");
    }
    let ended: Vec<_> = after.picture.incidents.iter().map(|incident| incident.id).collect();
    let opened: Vec<_> = open.iter().map(|(id, _)| *id).collect();
    assert_eq!(ended, opened, "the group's incident goes on, none is opened again");
    for (track, entered_at, _) in &ledger {
        let later = stays(&after.picture);
        let one = later.iter().any(|(other, at, _)| other == track && same_moment(*at, *entered_at));
        assert!(one, "the stay is one: {later:?}");
    }
    let proof = proved(&folder);
    assert_eq!(proof.epochs.len(), 2);
    assert_eq!(proof.epochs[1].1, after.digest.to_string());
}

#[test]
fn a_journal_of_a_build_whose_state_cannot_be_read_is_gone_on_with() {
    let world = world();
    let folder = Folder::new();
    let disk = Arc::new(Disk::open(folder.path()).expect("a disk"));
    let (journal, _) = Journal::open(disk, Options::default(), None, Arc::new(|_| ())).expect("a new journal");
    let former = EpochStart {
        reason: EpochReason::FirstStart,
        build: "another".to_owned(),
        config: b"[of_another_time]\n".to_vec(),
        files: Vec::new(),
        carried: Vec::new(),
    };
    journal.begin_epoch(world.begin, &former).expect("begins");
    assert_eq!(journal.close(), 0);
    let system = start(&world, "proof", &folder);
    let alarms = system.alarms().list();
    assert!(alarms.iter().any(|alarm| alarm.contains("not carried over")), "{alarms:?}");
    feed(&system, &arrivals(&world)[..1000]);
    let before = close(system);
    let after = close(start(&world, "proof", &folder));
    assert_eq!(Outcome::of(&after), Outcome::of(&before), "and gone on with again");
    let proof = proved(&folder);
    assert_eq!((proof.not_played, proof.epochs.len()), (vec![1], 1));
}

#[test]
fn what_another_build_carried_over_is_taken_in_part_and_that_is_said() {
    let world = world();
    let all = arrivals(&world);
    let cut = all.len() * 9 / 10;
    let former = Folder::new();
    let system = start(&world, "one name", &former);
    feed(&system, &all[..cut]);
    close(system);
    let before = close(start(&world, "proof", &former));
    let epochs = Store::existing(former.path()).expect("the folder").epochs().expect("readable");
    // The same bytes as if another build had written them.
    let mut start_of_epoch = epochs[1].start.clone();
    let name = BUILD_ID.as_bytes();
    let at = start_of_epoch.carried.windows(name.len()).position(|window| window == name).expect("the build is in it");
    start_of_epoch.carried[at] ^= 1;
    start_of_epoch.build = "another".to_owned();

    let folder = Folder::new();
    let disk = Arc::new(Disk::open(folder.path()).expect("a disk"));
    let (journal, _) = Journal::open(disk, Options::default(), None, Arc::new(|_| ())).expect("a new journal");
    journal.begin_epoch(epochs[1].began, &start_of_epoch).expect("begins");
    assert_eq!(journal.close(), 0);
    copy_content(&former, &folder);
    let system = start(&world, "proof", &folder);
    let alarms = system.alarms().list();
    assert!(alarms.iter().any(|alarm| alarm.contains("not the ledger")), "{alarms:?}");
    let ids = |view: &View| view.picture.incidents.iter().map(|incident| incident.id).collect::<Vec<_>>();
    let first = Arc::clone(&system.views().borrow());
    assert_eq!(ids(&first), ids(&before), "incidents go on");
    assert!(first.picture.entries.is_empty() && !before.picture.entries.is_empty(), "the ledger begins anew");
    close(system);
}

#[test]
fn an_epoch_that_ends_at_midnight_in_the_middle_of_an_incident_is_proved() {
    let world = world();
    let mut all = arrivals(&world);
    // Midnight falls on 12:16 of the story.
    for arrival in &mut all {
        arrival.received += MIDNIGHT - Span::from_s(16 * 60) - world.begin;
    }
    let folder = Folder::new();
    let begin = MIDNIGHT - Span::from_s(16 * 60);
    let system = System::start(plan(&world, "proof"), folder.path(), Mode::Demo, Some(begin)).expect("starts");
    let inbox = system.inbox();
    let views = system.views();
    for arrival in &all {
        // A player at some pace, so that midnight is not over before the engine hears of it.
        while arrival.received - views.borrow().picture.time.max(begin) > Span::from_s(20) {
            std::thread::yield_now();
        }
        inbox.take_at(arrival.received, arrival.record.clone()).expect("the inbox takes it");
    }
    end(&system);
    let after = close(system);
    let proof = proved(&folder);
    assert_eq!(proof.epochs.len(), 2, "the day's end began an epoch");
    assert_eq!(proof.epochs[1].1, after.digest.to_string());
    assert_eq!(after.picture.incidents.len(), 1, "one incident through both epochs: {:#?}", after.picture.incidents);
    assert!(after.picture.incidents[0].opened < MIDNIGHT);
    let over_midnight: Vec<_> =
        stays(&after.picture).into_iter().filter(|(_, entered_at, _)| *entered_at < MIDNIGHT).collect();
    let mut before_midnight = Vec::new();
    in_order(&plan(&world, "proof"), begin, all.clone().into_iter(), |core| {
        if core.picture().time < MIDNIGHT {
            before_midnight = stays(&core.picture());
        }
    });
    let entered: Vec<_> = before_midnight.iter().map(|(subject, at, _)| (*subject, *at)).collect();
    let kept: Vec<_> = over_midnight.iter().map(|(subject, at, _)| (*subject, *at)).collect();
    assert!(!entered.is_empty(), "something came in before midnight");
    let alike = kept.len() == entered.len()
        && kept.iter().zip(&entered).all(|(kept, entered)| kept.0 == entered.0 && same_moment(kept.1, entered.1));
    assert!(alike, "what came in before midnight is told with its own time after it: {kept:?} {entered:?}");
    let records = all.iter().map(|arrival| arrival.record.as_record(Seq(0), arrival.received));
    let bytes: usize = records.filter(|record| record.kind == Kind::Bytes).map(|record| record.payload.len()).sum();
    assert_eq!(after.counts.iter().map(|counts| counts.bytes).sum::<u64>(), bytes as u64, "counted on over midnight");
}

/// Incidents, alarms and firm entries that nothing permits.
#[derive(Debug, Default)]
struct Noise {
    incidents: Vec<String>,
    alarms: usize,
    entries: Vec<String>,
    most_tracks: usize,
}

impl Noise {
    fn listen(&mut self, core: &Core) {
        for event in core.events() {
            match event {
                Event::Incident(IncidentEvent::Opened(id)) => {
                    let incidents = core.engine().assessor().incidents();
                    let opened = incidents.iter().find(|incident| incident.id == *id);
                    self.incidents.extend(opened.map(|incident| {
                        format!("{} {:?} {:?}", incident.rule.as_str(), incident.severity, incident.subjects)
                    }));
                }
                Event::Incident(IncidentEvent::Alarm(_)) => self.alarms += 1,
                Event::Assessment(assessment) => {
                    if let Finding::AirspaceEntry(entry) = &assessment.finding
                        && matches!(entry.state, EntryState::Likely | EntryState::Established)
                        && matches!(entry.permission, Permission::NotPermitted)
                    {
                        self.entries.push(format!("{:?} {entry:?}", assessment.subject));
                    }
                }
                _ => {}
            }
        }
        self.most_tracks = self.most_tracks.max(core.picture().tracks.len());
    }

    fn of(plan: &Plan, began: Time, arrivals: impl Iterator<Item = Arrival>) -> Self {
        let mut noise = Self::default();
        in_order(plan, began, arrivals, |core| noise.listen(core));
        noise
    }

    fn is_quiet(&self) -> bool {
        self.alarms == 0
            && self.entries.is_empty()
            && !self.incidents.iter().any(|one| one.starts_with("airspace_entry"))
    }
}

#[test]
fn los_angeles_is_quiet() {
    let text = std::fs::read_to_string(testdata("adsb_deku/lax-messages.txt")).expect("text");
    let plan = recordings_site(&["avr".to_owned()], &["USA".to_owned()]).expect("a plan");
    let noise = Noise::of(&plan, LAX_BEGINS, paced_lines(&text).into_iter());
    assert!(noise.most_tracks > 20, "there are tracks over the watched state: {}", noise.most_tracks);
    assert!(noise.is_quiet(), "{noise:#?}");
}

#[test]
fn a_long_flight_over_europe_is_quiet() {
    // From Toulouse over Belgium to Amsterdam.
    let watch = ["FRA", "BEL", "NLD"].map(str::to_owned);
    let plan = recordings_site(&["beast".to_owned()], &watch).expect("a plan");
    let file = RecordingFile {
        path: testdata("rs1090/long_flight.csv"),
        feed: FeedId(0),
        container: skypicket_wire::container("beast-csv"),
    };
    let mut recording = Recordings::open(&[file], None).expect("opens");
    let began = recording.begin().expect("has packets");
    let noise = Noise::of(&plan, began, std::iter::from_fn(|| recording.next_arrival()));
    assert!(noise.most_tracks > 0, "the two aircraft that tell their places are tracks: {}", noise.most_tracks);
    assert!(noise.is_quiet(), "{noise:#?}");
}
