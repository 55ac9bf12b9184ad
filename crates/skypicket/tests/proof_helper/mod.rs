//! What the proofs share: folders that go away, worlds with short checkpoints, and ways to play arrivals in part.

use skypicket::arrivals::{Arrival, Arrivals};
use skypicket::core::Core;
use skypicket::journal::NewRecord;
use skypicket::order::Order;
use skypicket::plan::{Files, Plan};
use skypicket::simulation::{Night, flight_plans, site_toml};
use skypicket::system::{Mode, System, View};
use skypicket_model::{ConnectionId, FeedId, IncidentId, Span, Time, TrackId, TrackStatus};
use skypicket_sim::World;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of a test, removed with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("skypicket-proof-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A copy as it is at this moment, whoever is writing: what a crash leaves.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        copy_tree(&self.0, &copy.0);
        copy
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The files that epochs name by content.
pub(crate) fn copy_content(from: &Folder, to: &Folder) {
    std::fs::create_dir_all(to.0.join("content")).expect("the copy's folder");
    copy_tree(&from.0.join("content"), &to.0.join("content"));
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the folder is readable") {
        let entry = entry.expect("its entry too");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).expect("the copy's folder");
            copy_tree(&entry.path(), &target);
        } else {
            // A temporary file may have been renamed since the folder was listed, which is as good as a crash before it was made.
            let _ = std::fs::copy(entry.path(), target);
        }
    }
}

/// The story of the airliners, cut a few minutes after the second one's incident opens.
pub(crate) fn world() -> World {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/airliner.md");
    let text = std::fs::read_to_string(path).expect("the story is there");
    let mut world = World::from_scenario(&text).expect("it has no faults");
    world.end = world.begin + Span::from_s(18 * 60);
    world
}

struct WorldFiles(Vec<u8>);

impl Files for WorldFiles {
    fn read(&self, _role: &str, _name: &Path) -> Result<Vec<u8>, String> {
        Ok(self.0.clone())
    }
}

/// A world's plan under a site name, with a checkpoint every ten seconds.
pub(crate) fn plan(world: &World, name: &str) -> Plan {
    let stdin = |_: &skypicket_sim::Feed| {
        let mut transport = toml::Table::new();
        transport.insert("kind".into(), "stdin".into());
        transport
    };
    let mut world = world.clone();
    world.name = name.to_owned();
    let text = site_toml(&world, stdin).expect("a site") + "\n[journal]\ncheckpoint_every_s = 10\n";
    Plan::load(&text, &WorldFiles(flight_plans(&world))).unwrap_or_else(|faults| panic!("{faults}"))
}

/// All arrivals of a world.
pub(crate) fn arrivals(world: &World) -> Vec<Arrival> {
    let mut night = Night::of(world.clone());
    std::iter::from_fn(|| night.next_arrival()).collect()
}

/// Puts arrivals into a system, as a player flat out does.
pub(crate) fn feed(system: &System, arrivals: &[Arrival]) {
    let inbox = system.inbox();
    for arrival in arrivals {
        inbox.take_at(arrival.received, arrival.record.clone()).expect("the inbox takes it");
    }
}

/// The tick that ends a recording, as a player gives it.
pub(crate) fn end(system: &System) {
    let inbox = system.inbox();
    if let (_, Some(last)) = inbox.last() {
        inbox.tick(last + Span::from_s(1));
    }
}

/// What must not depend on how a run was interrupted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) digest: String,
    pub(crate) tracks: Vec<TrackId>,
    pub(crate) incidents: Vec<IncidentId>,
}

impl Outcome {
    pub(crate) fn of(view: &View) -> Self {
        Self {
            digest: view.digest.to_string(),
            tracks: view.picture.tracks.iter().map(|shown| shown.track.id).collect(),
            incidents: view.picture.incidents.iter().map(|incident| incident.id).collect(),
        }
    }
}

/// Closes a system; what it showed last.
pub(crate) fn close(system: System) -> Arc<View> {
    let views = system.views();
    assert_eq!(system.close(), 0, "nothing is lost");
    Arc::clone(&views.borrow())
}

/// Starts a system of a world on a folder.
pub(crate) fn start(world: &World, name: &str, folder: &Folder) -> System {
    System::start(plan(world, name), folder.path(), Mode::Demo, Some(world.begin))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Ids of the confirmed tracks of a view.
pub(crate) fn confirmed(view: &View) -> Vec<TrackId> {
    let confirmed = |status: TrackStatus| !matches!(status, TrackStatus::Tentative);
    view.picture.tracks.iter().filter(|shown| confirmed(shown.track.status)).map(|shown| shown.track.id).collect()
}

/// Plays arrivals in order into a core, without journal.
pub(crate) fn in_order(
    plan: &Plan,
    began: Time,
    arrivals: impl Iterator<Item = Arrival>,
    mut seen: impl FnMut(&Core),
) -> String {
    let mut core = Core::new(plan).expect("a core");
    let mut order = Order::beginning(began);
    for arrival in arrivals {
        order.admit(&arrival, |record| {
            assert!(!core.apply(record).quarantine, "a decoder panicked at input {}", record.seq.0);
            seen(&core);
        });
    }
    order.finish(|record| {
        core.apply(record);
        seen(&core);
    });
    core.engine().digest().to_string()
}

/// A file of test data, or a message that says how to get it.
pub(crate) fn testdata(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name);
    assert!(path.exists(), "{} is missing: run `cargo xtask testdata`", path.display());
    path
}

/// When the LAX lines begin: they have no date.
pub(crate) const LAX_BEGINS: Time = Time::from_s(946_684_800);

/// Lines as a receiver would have delivered them: 64 lines every quarter second.
///
/// The LAX file carries no times. Its best heard aircraft has 156 position messages among 20,000 lines; an aircraft sends two a
/// second (RTCA DO-260B §2.2.3.3.1.1), so those lines took 78 s: 256 lines a second.
pub(crate) fn paced_lines(text: &str) -> Vec<Arrival> {
    let (feed, connection) = (FeedId(0), ConnectionId(1));
    let mut received = LAX_BEGINS;
    let opened = NewRecord::connection_opened(feed, connection, "file", false);
    let mut arrivals = vec![Arrival { received, record: opened }];
    let lines: Vec<&str> = text.lines().collect();
    for chunk in lines.chunks(64) {
        received += Span::from_ms(250);
        let bytes = (chunk.join("\n") + "\n").into_bytes();
        arrivals.push(Arrival { received, record: NewRecord::bytes(feed, connection, bytes) });
    }
    arrivals
}
