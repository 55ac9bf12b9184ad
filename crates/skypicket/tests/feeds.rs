//! What comes in arrives whole, through transports, journal and decoders, and comes out of the journal again.

#![allow(clippy::disallowed_methods, reason = "sockets need threads, and waiting for them needs a clock")]

mod answering_server;

use answering_server::{answer, serve};
use skypicket::arrivals::{Arrival, Arrivals};
use skypicket::core::Core;
use skypicket::feeds::Feeds;
use skypicket::journal::NewRecord;
use skypicket::journal::record::MAX_INPUT_BYTES;
use skypicket::order::Order;
use skypicket::plan::{DiskFiles, Plan, recordings_site};
use skypicket::player::{Pace, Playback, play};
use skypicket::store::Store;
use skypicket::system::{Mode, System};
use skypicket::verify;
use skypicket_model::{ConnectionId, FeedId, Span, Time};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder of a test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("skypicket-feeds-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn path(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A document of many aircraft without a time of its own.
fn document(aircraft: u32) -> String {
    let mut text = String::from("{\"aircraft\":[");
    for n in 0..aircraft {
        let comma = if n == 0 { "" } else { "," };
        let (lat, lon) = (50.0 + f64::from(n % 300) / 100.0, 15.0 + f64::from(n / 300) / 100.0);
        write!(text, "{comma}{{\"hex\":\"{:06x}\",\"flight\":\"TEST{n:04}\",\"lat\":{lat},\"lon\":{lon},\"alt_baro\":35000,\"gs\":400.0,\"track\":90.0,\"type\":\"adsb_icao\",\"padding\":\"{}\"}}", 0x48_0000 + n, "x".repeat(200))
            .expect("memory");
    }
    text + "]}"
}

#[test]
fn a_polled_document_of_several_mebibytes_is_decoded_whole_and_replays() {
    let aircraft = 8_000;
    let body = document(aircraft);
    assert!(body.len() > 2 << 20, "{} bytes", body.len());
    let (address, serving) = serve(vec![answer("200 OK", &body)]);
    let text = format!(
        "[[feed]]\nname = \"receiver\"\nformat = \"aircraft-json\"\ntransport = {{ kind = \"http\", url = \"http://{address}/aircraft.json\", every_s = 3600, timeout_s = 60 }}\n"
    );
    let folder = Folder::new("document");
    let files = DiskFiles { folder: folder.path().to_path_buf() };
    let plan = Plan::load(&text, &files).unwrap_or_else(|faults| panic!("{faults}"));
    let system =
        System::start(plan.clone(), folder.path(), Mode::Watch, None).unwrap_or_else(|error| panic!("{error}"));
    let feeds = Feeds::start(&plan, &system.inbox(), system.last_connection()).expect("starts");
    serving.join().expect("served");
    let (views, inbox, began) = (system.views(), system.inbox(), Instant::now());
    let counts = loop {
        inbox.tick(inbox.now());
        let counts = views.borrow().counts[0].clone();
        if counts.decoded() + counts.rejected() > 0 {
            break counts;
        }
        let states = feeds.states().list();
        assert!(began.elapsed() < PATIENCE, "waited for the document: {counts:?}, {states:?}");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!((counts.decoded(), counts.rejected()), (u64::from(aircraft), 0), "{counts:?}");
    feeds.stop();
    assert_eq!(system.close(), 0, "nothing is lost");
    let proof = verify::journal(&Store::existing(folder.path()).expect("a journal")).expect("readable");
    assert!(proof.holds() && proof.epochs.len() == 1, "{proof:?}");
}

#[test]
fn a_configured_feed_without_described_sensors_is_missed_when_it_is_never_heard() {
    let feed = |name: &str, format: &str| {
        format!("[[feed]]\nname = \"{name}\"\nformat = \"{format}\"\ntransport = {{ kind = \"stdin\" }}\n")
    };
    let text =
        feed("heard", "sbs") + &feed("never", "beast") + &feed("radars", "asterix") + &feed("neighbour", "asterix");
    let plan = Plan::load(&text, &DiskFiles { folder: PathBuf::new() }).unwrap_or_else(|faults| panic!("{faults}"));
    let mut core = Core::new(&plan).expect("a core");
    let mut order = Order::default();
    let begin = Time::from_s(1_757_453_400);
    // A line of SBS, and a north marker of category 034 of some radar: SAC/SIC 25/201, type 1, time of day, sector 0, rotation 4 s.
    let line =
        b"MSG,3,1,1,48AE01,1,2025/09/09,21:30:00.000,2025/09/09,21:30:00.000,,35000,,,51.0,22.0,,,,,,0\n".to_vec();
    let marker = |second: i64| {
        let time_of_day = ((begin.floor_s() + second) % 86_400 * 128).to_be_bytes();
        [&[34, 0, 13, 0b1111_1000, 25, 201, 1][..], &time_of_day[5..], &[0, 2, 0]].concat()
    };
    for second in 0..400 {
        let records = [(0, line.clone()), (2, marker(second))];
        for (feed, bytes) in records {
            let record = NewRecord::bytes(FeedId(feed), ConnectionId(u32::from(feed)), bytes);
            let arrival = Arrival { received: begin + Span::from_s(second), record };
            order.admit(&arrival, |record| {
                core.apply(record);
            });
        }
    }
    assert_eq!(core.counts()[2].rejected(), 0, "{:?}", core.counts()[2]);
    let missed: Vec<String> = core
        .engine()
        .assessor()
        .incidents()
        .iter()
        .map(|incident| format!("{} {:?}", incident.rule.as_str(), incident.subjects))
        .collect();
    assert_eq!(missed.len(), 2, "{missed:?}");
    for feed in [1, 3] {
        let named = missed.iter().any(|one| one.starts_with("feed_silent") && one.contains(&format!("FeedId({feed})")));
        assert!(named, "feed {feed}: {missed:?}");
    }
}

/// Arrivals from a list.
struct Listed(std::vec::IntoIter<Arrival>, Time);

impl Arrivals for Listed {
    fn next_arrival(&mut self) -> Option<Arrival> {
        self.0.next()
    }
    fn begin(&self) -> Option<Time> {
        Some(self.1)
    }
    fn progress(&self) -> (u64, u64) {
        (0, 0)
    }
}

#[test]
fn a_packet_that_no_record_holds_is_told_and_the_recording_goes_on() {
    let begin = Time::from_s(1_757_453_400);
    let line = b"MSG,3,1,1,48AE01,1,2025/09/09,21:30:00.000,2025/09/09,21:30:00.000,,35000,,,51.0,22.0,,,,,,0\n";
    let bytes = |bytes: Vec<u8>| NewRecord::bytes(FeedId(0), ConnectionId(1), bytes);
    // Longer than a piece of a stream: one record all the same. Then one that no record holds.
    let records = [bytes(line.repeat(20_000)), bytes(vec![b'\n'; MAX_INPUT_BYTES + 1]), bytes(line.to_vec())];
    let arrivals =
        records.into_iter().zip(1..).map(|(record, n)| Arrival { received: begin + Span::from_s(n), record });
    let listed = Listed(arrivals.collect::<Vec<_>>().into_iter(), begin);
    let folder = Folder::new("packets");
    let plan = recordings_site(&["sbs".to_owned()], &[]).expect("a plan");
    let system =
        System::start(plan, folder.path(), Mode::Replay, Some(begin)).unwrap_or_else(|error| panic!("{error}"));
    let playback = Playback::new(Pace { speed: None, paused: false });
    assert_eq!(play(Box::new(listed), &system.inbox(), &playback, 0), 2);
    assert!(playback.finished());
    assert_eq!(playback.faults(), ["1 packets of more than 32 MiB were left out: no record holds them"]);
    let views = system.views();
    assert_eq!(system.close(), 0, "nothing is lost");
    let view = views.borrow().clone();
    assert_eq!((view.counts[0].decoded(), view.counts[0].rejected()), (20_001, 0));
}
