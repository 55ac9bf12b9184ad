//! Real recordings of days on which nobody interfered, from `testdata/` (`cargo xtask testdata`), through the real decoder and detectors: no interference, and
//! no aircraft held to lack its navigation or to be told a false place, and nobody whose reports do not fit.
//!
//! `cargo nextest run -p skypicket-sim --test quiet_recordings --no-capture` prints what each held, and what every aircraft that came into another state had sent.

#![allow(clippy::print_stdout, reason = "it prints what it found")]

use skypicket_assess::{AssessEvent, Assessor, Params, PermissionParams, Permissions, TickView};
use skypicket_engine::{ClockLimits, Engine, Event, Input, Setup as EngineSetup};
use skypicket_model::gnss::{GnssChange, GnssState};
use skypicket_model::observation::SelfPart;
use skypicket_model::{Address, FeedId, Finding, Observation, Report, Seq, Span, Time, WaysOf};
use skypicket_track::Tracker;
use skypicket_wire::mode_s::{ModeS, Reception, Setup};
use skypicket_wire::{Chunk, FeedSetup, Output};
use std::collections::{BTreeMap, BTreeSet};

fn recording(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(path);
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask testdata`", path.display()))
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).expect("hex")).collect()
}

/// What a recording held, and what was made of it.
#[derive(Default)]
struct Held {
    aircraft: BTreeMap<Address, Sent>,
    seconds: f64,
    changes: Vec<GnssChange>,
    told: usize,
    /// Words that reports do not fit, of an engine with tracks.
    doubts: Vec<Event>,
}

/// What an aircraft sent.
#[derive(Default)]
struct Sent {
    /// Positions by NIC, statuses by NACp, positions that it did not know.
    nic: BTreeMap<u8, u32>,
    nac_p: BTreeMap<u8, u32>,
    unknown: u32,
    heard_s: BTreeSet<i64>,
}

impl Sent {
    fn take(&mut self, observation: &Observation, part: &SelfPart) {
        self.heard_s.insert(observation.measured.floor_s());
        match part {
            SelfPart::Position(position) => *self.nic.entry(position.nic.unwrap_or(99)).or_default() += 1,
            SelfPart::Status(status) => *self.nac_p.entry(status.nac_p.unwrap_or(99)).or_default() += 1,
            SelfPart::NoPosition => self.unknown += 1,
            _ => {}
        }
    }
}

fn play(frames: impl Iterator<Item = (Time, Vec<u8>)>, params: &str) -> Held {
    let setup = FeedSetup { params: serde_json::from_str(params).expect("JSON"), ..FeedSetup::bare(FeedId(0)) };
    let mut decoder = ModeS::new(Setup::new(&setup).expect("params"));
    let permissions = Permissions::new(&PermissionParams::default(), vec![]).expect("rules read");
    let mut assessor = Assessor::new(&Params::default(), &[], permissions.clone()).expect("sound");
    let mut engine = Engine::new(EngineSetup {
        clock: ClockLimits::default(),
        tracker: Tracker::new(skypicket_track::Params::default(), &[]),
        assessor: Assessor::new(&Params::default(), &[], permissions).expect("sound"),
        sensors: Vec::new(),
    });
    let mut news = Vec::new();
    let (mut held, mut out, mut events) = (Held::default(), Output::default(), Vec::new());
    let (mut due, mut first, mut seen) = (None::<Time>, None::<Time>, BTreeSet::new());
    for (n, (received, bytes)) in frames.enumerate() {
        let from = *first.get_or_insert(received);
        held.seconds = (received - from).s();
        let mut tick = due.unwrap_or(Time::from_s(received.floor_s() + 1));
        // A pause in the recording is not a time in which aircraft are silent.
        if received - tick > Span::from_s(600) {
            tick = Time::from_s(received.floor_s());
        }
        while tick <= received {
            let view = TickView {
                now: tick,
                tracks: &[],
                sensors: &[],
                described: &[],
                listening_since: None,
                ways: WaysOf(None),
            };
            assessor.tick(&view, &mut events);
            engine.handle(Seq(n as u64), Input::Tick(tick), &mut news);
            let doubts = |event: &Event| matches!(event, Event::Assessment(own) if matches!(own.finding, Finding::FalseIdentity(_)));
            held.doubts.extend(news.drain(..).filter(doubts));
            for change in assessor.gnss().iter().flat_map(|picture| &picture.changes) {
                if seen.insert((change.time, change.address, change.to)) {
                    held.changes.push(*change);
                }
            }
            tick += Span::from_s(1);
        }
        due = Some(tick);
        out.clear();
        let chunk = Chunk { seq: Seq(n as u64), received, datagram: false, bytes: &bytes };
        let reception =
            Reception { chunk: &chunk, measured: received, offset: 0, multilaterated: false, clock_ns: None };
        decoder.frame(&bytes, &reception, &mut out);
        for observation in &out.observations {
            if let Report::SelfReport(own) = &observation.report {
                held.aircraft.entry(own.address).or_default().take(observation, &own.part);
            }
        }
        assessor.observe(&out.observations);
        engine.handle(Seq(n as u64), Input::Observations(&out.observations), &mut news);
    }
    let told = |event: &AssessEvent| matches!(event, AssessEvent::Assessment(own) if matches!(own.finding, Finding::GnssInterference(_)));
    held.told = events.iter().filter(|event| told(event)).count();
    held
}

/// Nothing is told, and of single aircraft only what is expected: address and state.
fn is_quiet(name: &str, held: &Held, expected: &[(&str, GnssState)]) {
    use GnssState::{Degraded, Lost, SpoofSuspect};
    let hours: f64 = held.aircraft.values().map(|sent| sent.heard_s.len() as f64 / 3600.0).sum();
    let count = |of: &dyn Fn(&GnssChange) -> bool| held.changes.iter().filter(|change| of(change)).count();
    println!(
        "{name}: {:.1} h, {} aircraft, {hours:.2} flight hours with messages; {} good, {} chronic",
        held.seconds / 3600.0,
        held.aircraft.len(),
        count(&|change| change.to == GnssState::Good),
        count(&|change| change.to == GnssState::Chronic),
    );
    let mut bad = Vec::new();
    for change in held.changes.iter().filter(|change| matches!(change.to, Degraded | Lost | SpoofSuspect)) {
        let sent = &held.aircraft[&change.address];
        println!(
            "  {} {:?} at {} (between {} and {}): NIC {:?}, NACp {:?}, unknown {}",
            change.address,
            change.to,
            change.time,
            change.between.0,
            change.between.1,
            sent.nic,
            sent.nac_p,
            sent.unknown
        );
        bad.push((change.address.to_string(), change.to));
    }
    let expected: Vec<(String, GnssState)> =
        expected.iter().map(|(address, state)| ((*address).to_owned(), *state)).collect();
    assert_eq!(bad, expected, "{name}");
    assert_eq!(held.told, 0, "{name}: an interference was told");
    assert!(held.doubts.is_empty(), "{name}: {:?}", held.doubts);
    assert!(count(&|change| change.to == GnssState::Good) > 0, "{name}: somebody is good");
}

#[test]
fn a_receiver_in_the_netherlands_for_hours() {
    let text = recording("rs1090/long_flight.csv");
    let frames = text.lines().map(|line| {
        let (time, frame) = line.split_once(',').expect("two columns");
        (Time::parse(time).expect("seconds"), hex(&frame[18..]))
    });
    is_quiet("long_flight", &play(frames, "{}"), &[]);
}

#[test]
fn a_flight_from_paris() {
    let text = recording("traffic/rs1090/full_flight_short.jsonl");
    let frames = text.lines().map(|line| {
        let own: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let received = Time::from_s_f64(own["timestamp"].as_f64().expect("seconds")).expect("in range");
        (received, hex(own["frame"].as_str().expect("hex")))
    });
    let paris = r#"{"receiver": {"lat_deg": 49.0, "lon_deg": 2.55}, "reach_m": 3e6}"#;
    is_quiet("short flight", &play(frames, paris), &[]);
}

#[test]
fn a_quarter_of_an_hour_around_los_angeles() {
    let text = recording("adsb_deku/lax-messages.txt");
    let begin = Time::from_s(1_600_000_000);
    // The file has no times; 3.7 ms a frame make the aircraft fly at the speeds that they state.
    let frames = text
        .lines()
        .enumerate()
        .map(|(n, line)| (begin + Span::from_ns(n as i64 * 3_700_000), hex(line.trim_matches(['*', ';']))));
    let lax = r#"{"receiver": {"lat_deg": 33.94, "lon_deg": -118.4}}"#;
    is_quiet("LAX", &play(frames, lax), &[]);
}
