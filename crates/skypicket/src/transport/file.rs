//! `file`: plays a recording into a running system as if it came now; at its own pace, faster, or flat out.
//!
//! Not for replays (`skypicket replay` keeps the recording's own times): for trying a site file, and for files that others write.

use super::{Connection, Feeding, State, Taken, Transport, TransportKind, params};
use crate::unpack::unpacked;
use schemars::JsonSchema;
use serde::Deserialize;
use skypicket_model::Time;
use skypicket_wire::container::{self, DETECT_BYTES, Flow, Packets, Reading};
use skypicket_wire::{ContainerKind, detect};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub(super) const KIND: TransportKind = TransportKind {
    name: "file",
    summary: "plays a recording as if it came now: at its own pace, N times as fast, or flat out",
    check: |value| Player::new(value).map(|_| ()),
    listens: |_| None,
    schema: || schemars::schema_for!(Params),
    build: |value| Ok(Box::new(Player::new(value)?)),
};

/// Parameters of `file`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    /// The recording; gzip is unpacked.
    path: PathBuf,
    /// What it is wrapped in (`skypicket list`). Default: recognised by its first bytes.
    #[serde(default)]
    container: Option<String>,
    /// How many times as fast as it was recorded, in [0.01, 10000]; 0 flat out. Default 1. Without times in the recording: flat out.
    #[serde(default = "one")]
    pace: f64,
}

const fn one() -> f64 {
    1.0
}

/// How many flows of a recording are kept apart; the one silent longest gives way.
const MAX_FLOWS: usize = 1024;

struct Player {
    path: PathBuf,
    container: Option<&'static ContainerKind>,
    pace: Option<f64>,
}

impl Player {
    fn new(value: &serde_json::Value) -> Result<Self, String> {
        let params: Params = params::read(value)?;
        let pace = if params.pace == 0.0 {
            None
        } else {
            params::seconds("pace", params.pace, (0.01, 10_000.0))
                .map_err(|why| format!("{why}, or 0 for flat out"))?;
            Some(params.pace)
        };
        Ok(Self { path: params.path, container: find_container(params.container.as_deref())?, pace })
    }
}

/// The container of that name.
pub(super) fn find_container(name: Option<&str>) -> Result<Option<&'static ContainerKind>, String> {
    let Some(name) = name else { return Ok(None) };
    let names = || skypicket_wire::CONTAINERS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
    container::container(name).map(Some).ok_or_else(|| format!("container is \"{name}\", must be one of {}", names()))
}

/// Opens what is read as a recording, recognising its container if none is given.
pub(super) fn open_packets(mut read: Reading, kind: Option<&'static ContainerKind>) -> Box<dyn Packets> {
    // Containers without dates count from any moment: only the pace is taken from them.
    let start = Some(Time::EPOCH);
    if let Some(kind) = kind {
        return (kind.open)(read, start);
    }
    let mut head = Vec::new();
    // A read error is met again by the container, which tells it.
    let _ = read.by_ref().take(DETECT_BYTES as u64).read_to_end(&mut head);
    let kind = detect(&head).and_then(container::container).unwrap_or(&container::RAW);
    (kind.open)(Box::new(Cursor::new(head).chain(read)), start)
}

impl Transport for Player {
    fn run(self: Box<Self>, feeding: Feeding) {
        let name = self.path.display().to_string();
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) => {
                // A file that is not there now will not be missed later: this is for people to see.
                let why = format!("{name}: {error}");
                return feeding.state(State::Failed { why });
            }
        };
        let bytes = match unpacked(Box::new(BufReader::with_capacity(1 << 18, file))) {
            Ok(bytes) => bytes,
            Err(error) => return feeding.state(State::Failed { why: format!("{name}: {error}") }),
        };
        feeding.state(State::Connected { to: name.clone() });
        let packets = open_packets(bytes, self.container);
        if play(packets, &name, self.pace, &feeding) {
            feeding.state(State::Finished);
        }
    }
}

/// Plays all packets; whether the end was reached.
pub(super) fn play(mut packets: Box<dyn Packets>, name: &str, pace: Option<f64>, feeding: &Feeding) -> bool {
    let mut flows: BTreeMap<Option<Flow>, (Connection, u64)> = BTreeMap::new();
    let mut anchor: Option<(Time, Instant)> = None;
    let mut played = 0;
    while let Some(packet) = packets.next() {
        if feeding.stopping() {
            return false;
        }
        // Damage is in the recording, not in the feed; `skypicket decode` shows it.
        let Ok(packet) = packet else { continue };
        if let Some((time, pace)) = packet.time.zip(pace) {
            let (first, began) = *anchor.get_or_insert_with(|| (time, Instant::now()));
            let due = Duration::from_secs_f64(((time - first).s().max(0.0) / pace).min(1e9));
            let early = due.saturating_sub(began.elapsed());
            if !early.is_zero() && feeding.stop.sleep(early) {
                return false;
            }
        }
        played += 1;
        if !flows.contains_key(&packet.flow) && flows.len() >= MAX_FLOWS {
            let silent = flows.iter().min_by_key(|(_, (_, last))| *last).map(|(flow, _)| *flow);
            silent.map(|flow| flows.remove(&flow));
        }
        let (connection, last) = flows.entry(packet.flow).or_insert_with(|| {
            let peer = packet.flow.map_or_else(|| name.to_owned(), |flow| flow.to_string());
            (feeding.open(&peer, packet.datagram), 0)
        });
        *last = played;
        if connection.bytes(packet.datagram, packet.bytes) == Taken::Closing {
            return false;
        }
    }
    for (_, (connection, _)) in flows {
        connection.close("end of the recording");
    }
    true
}
