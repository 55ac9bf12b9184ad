//! Beginning an epoch, live and in replay alike: a new core, warmed with what came just before, takes over what is carried.

use crate::build_id::BUILD_ID;
use crate::core::Core;
use crate::journal::{Body, EpochStart, Kind, QuarantinedPart, ReadError, Reader, Record};
use crate::plan::{Plan, StoredFiles};
use skypicket_engine::{Adopted, Carried};
use skypicket_model::{Canon, ConnectionId, FeedId, Seq, Span, Time, TrackId};
use std::collections::BTreeMap;

/// How much earlier input warms the tracker of a new epoch, outputs muted (design §3).
pub const WARM_UP: Span = Span::from_s(120);

/// Why a core could not be made for an epoch.
#[derive(Debug, thiserror::Error)]
pub enum EpochError {
    /// Its config no longer resolves.
    #[error("the config of the journal's epoch does not resolve in this build:\n{0}")]
    Config(crate::config::Faults),
    /// A format's parameters.
    #[error("{0}")]
    Core(String),
    /// What it carries over cannot be read.
    #[error("what the epoch carries over cannot be read: {0}")]
    Carried(skypicket_model::CanonError),
    /// The journal cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The plan of an epoch, from what the journal holds of it.
///
/// # Errors
/// When its config or files no longer resolve in this build.
pub fn plan_of(start: &EpochStart, store: &crate::journal::content::ContentStore) -> Result<Plan, EpochError> {
    let text = String::from_utf8_lossy(&start.config);
    Plan::load_recorded(&text, &StoredFiles { store, listed: &start.files }).map_err(EpochError::Config)
}

/// What the first record of an epoch carries over from the one before: connections that go on, and the engine's part.
struct CarriedOver {
    /// The build that wrote it.
    build: String,
    connections: Vec<OpenConnection>,
    engine: Carried,
}
skypicket_model::canon_struct!(CarriedOver { build, connections, engine });

/// A connection that was opened in a former epoch, perhaps long before the warm-up reaches back.
struct OpenConnection {
    feed: FeedId,
    connection: ConnectionId,
    datagrams: bool,
}
skypicket_model::canon_struct!(OpenConnection { feed, connection, datagrams });

/// What the epoch after this state carries over.
#[must_use]
pub fn carried(core: &Core) -> Vec<u8> {
    carried_over(core).to_canon()
}

fn carried_over(core: &Core) -> CarriedOver {
    let open = |(feed, connection)| OpenConnection { feed, connection, datagrams: core.is_datagrams(feed, connection) };
    CarriedOver {
        build: BUILD_ID.to_owned(),
        connections: core.connections().map(open).collect(),
        engine: core.engine().carried(),
    }
}

/// Whether this build can read what an epoch carries over; nothing is readable too.
#[must_use]
pub fn is_readable(carried: &[u8]) -> bool {
    carried.is_empty() || CarriedOver::from_canon(carried).is_ok()
}

/// What can be carried over from a core in whose engine an input panicked: what was published, and what people decided. Detectors may
/// have stopped in the middle.
#[must_use]
pub fn carried_from_ruins(core: &Core) -> Vec<u8> {
    let mut carried = carried_over(core);
    carried.engine.of_another_build();
    carried.to_canon()
}

/// A core at the very beginning of an epoch.
pub struct Beginning {
    /// Warmed, with what was carried over.
    pub core: Core,
    /// Links of carried tracks to those found in the warm-up.
    pub links: Vec<(TrackId, TrackId)>,
    /// The ledger and the detectors' state went on too: only what another build wrote does not.
    pub whole: bool,
}

/// A core at the very beginning of an epoch. `before` reads the records before it, if there are any; `began` is the epoch's
/// `received` and `former` the plan of the epoch before.
///
/// # Errors
/// As [`EpochError`].
pub fn begin(
    plan: &Plan,
    carried: &[u8],
    began: Time,
    former: Option<&Plan>,
    before: Option<Reader>,
) -> Result<Beginning, EpochError> {
    let mut core = Core::new(plan).map_err(EpochError::Core)?;
    if carried.is_empty() {
        return Ok(Beginning { core, links: Vec::new(), whole: true });
    }
    let mut carried = CarriedOver::from_canon(carried).map_err(EpochError::Carried)?;
    let mut feeds = BTreeMap::new();
    if let (Some(former), Some(mut reader)) = (former, before) {
        let renumbered = renumber(former, plan);
        let numbered = former.feeds.iter().zip(&renumbered);
        feeds.extend(numbered.filter_map(|(feed, now)| now.map(|now| (feed.id, now))));
        for OpenConnection { feed, connection, datagrams } in carried.connections {
            if let Some(feed) = renumbered.get(usize::from(feed.0)).copied().flatten() {
                core.open(feed, connection, datagrams);
            }
        }
        core.skip(panicked(&mut reader, began)?);
        reader.seek_time(began - WARM_UP)?;
        while let Some(record) = reader.next_record()? {
            if let Some(record) = warm_up_record(&record, &renumbered) {
                core.apply(&record);
            }
        }
    }
    // A recording that begins in the middle: no tick came before, and what people do next is of the time at which it begins.
    if core.picture().time == Time::EPOCH {
        core.apply(&tick(began));
    }
    if carried.build != BUILD_ID {
        carried.engine.of_another_build();
    }
    let Adopted { links, whole } = core.engine_mut().adopt(carried.engine, feeds);
    core.engine_mut().begin_epoch();
    core.forget_counts();
    Ok(Beginning { core, links, whole })
}

/// A tick before all that is numbered.
fn tick(received: Time) -> Record<'static> {
    let (feed, connection) = (FeedId(0), ConnectionId(0));
    Record { seq: Seq(0), received, kind: Kind::Tick, feed, connection, key_epoch: 0, payload: &[] }
}

/// Inputs of the warm-up that made tracking or assessment panic in their epoch.
fn panicked(reader: &mut Reader, began: Time) -> Result<Vec<Seq>, ReadError> {
    let mut inputs = Vec::new();
    reader.seek_time(began - WARM_UP)?;
    while let Some(record) = reader.next_record()? {
        if record.kind == Kind::Quarantine
            && let Ok(Body::Quarantine { seq, part: QuarantinedPart::Engine, .. }) = record.body()
        {
            inputs.push(seq);
        }
    }
    Ok(inputs)
}

/// The feed numbers of the new plan for those of the former one: the same name with the same format.
fn renumber(former: &Plan, plan: &Plan) -> Vec<Option<FeedId>> {
    let same = |old: &crate::plan::PlannedFeed| {
        plan.feeds.iter().find(|new| new.name == old.name && new.format.name == old.format.name).map(|new| new.id)
    };
    former.feeds.iter().map(same).collect()
}

/// Sensor input and ticks warm the tracker; what people did is carried over and not done twice.
fn warm_up_record<'a>(record: &Record<'a>, renumbered: &[Option<FeedId>]) -> Option<Record<'a>> {
    match record.kind {
        Kind::Tick => Some(*record),
        Kind::Bytes | Kind::ConnectionOpened | Kind::ConnectionClosed => {
            let feed = renumbered.get(usize::from(record.feed.0)).copied().flatten()?;
            Some(Record { feed, ..*record })
        }
        _ => None,
    }
}
