//! The middle of every running system: journal records in, events and pictures out. Watching, replaying, simulating and testing all
//! drive this one piece, so that they cannot differ.

use crate::decoding::{Decoding, Step};
use crate::journal::{Body, Kind, QuarantinedPart, Record};
use crate::plan::Plan;
use skypicket_engine::{Engine, Event, Input, Picture};
use skypicket_model::{Canon, CanonError, Command, ConnectionId, FeedId, Reader, Seq, Time};
use skypicket_wire::Output;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What has come in by one feed, for the sensor panel and `/metrics`: received = decoded + rejected.
#[derive(Clone, Debug, Default)]
pub struct FeedCounts {
    /// Bytes.
    pub bytes: u64,
    /// Chunks or datagrams.
    pub chunks: u64,
    /// Messages understood, by kind of record.
    pub records: BTreeMap<&'static str, u64>,
    /// Messages not understood, by reason.
    pub rejects: BTreeMap<&'static str, u64>,
    /// Oddities in understood messages, by reason.
    pub oddities: BTreeMap<&'static str, u64>,
    /// Observations.
    pub observations: u64,
    /// `received` of the last chunk.
    pub last_received: Option<Time>,
    /// Open connections.
    pub connections: BTreeSet<u32>,
}

impl FeedCounts {
    /// Messages understood.
    #[must_use]
    pub fn decoded(&self) -> u64 {
        self.records.values().sum()
    }
    /// Messages not understood.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejects.values().sum()
    }
}

/// What applying a record led to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// A second has passed, and a new picture was published.
    pub ticked: bool,
    /// A new picture was published between two ticks, for something was raised that should not wait.
    pub raised: bool,
    /// A decoder panicked on this input: the caller journals a quarantine.
    pub quarantine: bool,
}

/// Decoders and engine, driven by records.
pub struct Core {
    decoding: Decoding,
    engine: Engine,
    output: Output,
    events: Vec<Event>,
    counts: Vec<FeedCounts>,
    skip: BTreeSet<Seq>,
}

impl Core {
    /// Builds decoders and engine from a plan.
    ///
    /// # Errors
    /// When a format's parameters are wrong.
    pub fn new(plan: &Plan) -> Result<Self, String> {
        let decoding = Decoding::new(plan)?;
        let counts = vec![FeedCounts::default(); decoding.feeds().len()];
        Ok(Self {
            decoding,
            engine: plan.engine()?,
            output: Output::default(),
            events: Vec::new(),
            counts,
            skip: BTreeSet::new(),
        })
    }

    /// Inputs that made tracking or assessment panic before: they are left out.
    pub fn skip(&mut self, inputs: impl IntoIterator<Item = Seq>) {
        self.skip.extend(inputs);
    }

    /// Takes a record; what it led to is in [`Core::events`] until the next call.
    pub fn apply(&mut self, record: &Record<'_>) -> Applied {
        self.events.clear();
        let mut applied = Applied::default();
        if self.skip.contains(&record.seq) {
            return applied;
        }
        #[cfg(test)]
        trap::spring(record);
        match record.kind {
            Kind::Bytes | Kind::ConnectionOpened | Kind::ConnectionClosed => {
                let shown = self.engine.picture();
                applied.quarantine = self.decode(record);
                applied.raised = !Arc::ptr_eq(&shown, &self.engine.picture());
            }
            Kind::Tick => {
                self.engine.handle(record.seq, Input::Tick(record.received), &mut self.events);
                applied.ticked = true;
            }
            Kind::Command => {
                if let Ok(command) = Command::from_canon(record.payload) {
                    self.engine.handle(record.seq, Input::Command(&command), &mut self.events);
                }
            }
            Kind::Quarantine => {
                if let Ok(Body::Quarantine { seq, part: QuarantinedPart::Decoder, .. }) = record.body() {
                    self.engine.handle(record.seq, Input::Quarantined(seq), &mut self.events);
                }
            }
            Kind::Resumed => {
                if let Ok(Body::Resumed { until }) = record.body() {
                    self.engine.handle(record.seq, Input::Resumed(until), &mut self.events);
                }
            }
            Kind::EpochStart | Kind::Gap | Kind::WriteFault | Kind::Link | Kind::SegmentsRemoved | Kind::ClockStep => {}
        }
        applied
    }

    /// The whole state, for a checkpoint; counters for people start anew after a restart.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.decoding.save(&mut out);
        self.engine.save().encode(&mut out);
        out
    }

    /// Continues from what [`Core::save`] gave to a core of the same plan and build.
    ///
    /// # Errors
    /// When the bytes are damaged or of another version; the core is then to be thrown away.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), CanonError> {
        let mut reader = Reader::new(bytes);
        self.decoding.load(&mut reader)?;
        for (feed, connection) in self.decoding.connections() {
            if let Some(counts) = self.counts.get_mut(usize::from(feed.0)) {
                counts.connections.insert(connection.0);
            }
        }
        let engine = Vec::<u8>::decode(&mut reader)?;
        if reader.remaining() != 0 {
            return Err(CanonError::Invalid);
        }
        self.engine.load(&engine)
    }

    /// Begins a connection; its chunks are whole datagrams or pieces of a stream.
    pub fn open(&mut self, feed: FeedId, connection: ConnectionId, datagrams: bool) {
        self.decoding.open(feed, connection, datagrams);
        if let Some(counts) = self.counts.get_mut(usize::from(feed.0)) {
            counts.connections.insert(connection.0);
        }
    }

    /// Whether a connection's chunks are whole datagrams.
    #[must_use]
    pub fn is_datagrams(&self, feed: FeedId, connection: ConnectionId) -> bool {
        self.decoding.is_datagrams(feed, connection)
    }

    /// The open connections, in order.
    pub fn connections(&self) -> impl Iterator<Item = (FeedId, ConnectionId)> + '_ {
        self.decoding.connections()
    }

    /// What the last record led to.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The state machine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The state machine, to load a checkpoint or to adopt what an epoch carries over.
    pub const fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// The picture of the last tick.
    #[must_use]
    pub fn picture(&self) -> Arc<Picture> {
        self.engine.picture()
    }

    /// What has come in, by feed.
    #[must_use]
    pub fn counts(&self) -> &[FeedCounts] {
        &self.counts
    }

    /// Counts on from a core of the same plan whose work this one goes on with.
    pub fn keep_counts(&mut self, former: &Self) {
        self.counts.clone_from(&former.counts);
    }

    /// Counts from nothing again, but for the connections that are open: what warmed the tracker was counted before.
    pub fn forget_counts(&mut self) {
        for counts in &mut self.counts {
            *counts = FeedCounts { connections: std::mem::take(&mut counts.connections), ..FeedCounts::default() };
        }
    }

    /// Hands a record to the decoders and their observations on; whether a decoder panicked.
    fn decode(&mut self, record: &Record<'_>) -> bool {
        self.output.clear();
        let step = self.decoding.take(record, &mut self.output);
        let connection = record.connection.0;
        match step {
            Step::Opened => {
                if let Some(counts) = self.counts.get_mut(usize::from(record.feed.0)) {
                    counts.connections.insert(connection);
                }
            }
            Step::Closed => {
                self.count(record.feed, 0, None);
                if let Some(counts) = self.counts.get_mut(usize::from(record.feed.0)) {
                    counts.connections.remove(&connection);
                }
            }
            Step::Decoded | Step::Panicked => {
                self.engine.handle(record.seq, Input::Observations(&self.output.observations), &mut self.events);
                self.count(record.feed, record.payload.len(), Some(record.received));
            }
            Step::Other => {}
        }
        step == Step::Panicked
    }

    fn count(&mut self, feed: FeedId, bytes: usize, received: Option<Time>) {
        let index = usize::from(feed.0);
        let (Some(counts), Some(feed)) = (self.counts.get_mut(index), self.decoding.feeds().get(index)) else {
            return;
        };
        if let Some(received) = received {
            counts.bytes += bytes as u64;
            counts.chunks += 1;
            counts.last_received = Some(received);
        }
        counts.observations += self.output.observations.len() as u64;
        for (name, n) in feed.kind.records.iter().zip(&self.output.records).filter(|(_, n)| **n > 0) {
            *counts.records.entry(name).or_default() += n;
        }
        for (reason, n) in &self.output.rejects {
            *counts.rejects.entry(reason).or_default() += n;
        }
        for (reason, n) in &self.output.oddities {
            *counts.oddities.entry(reason).or_default() += n;
        }
    }
}

/// Makes the engine panic at inputs of a test's choice, for no input is known that does.
#[cfg(test)]
pub(crate) mod trap {
    use crate::journal::{Kind, Record};
    use skypicket_model::Time;
    use std::sync::Mutex;

    static AT: Mutex<Vec<Time>> = Mutex::new(Vec::new());

    /// Bytes received at these times panic from now on.
    pub(crate) fn set(times: &[Time]) {
        *AT.lock().expect("never held over a panic") = times.to_vec();
    }

    pub(super) fn spring(record: &Record<'_>) {
        let sprung =
            record.kind == Kind::Bytes && AT.lock().expect("never held over a panic").contains(&record.received);
        assert!(!sprung, "a trap at input {}", record.seq.0);
    }
}
