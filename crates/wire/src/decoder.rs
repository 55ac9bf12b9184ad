//! The contract of every input format: a push parser for the bytes of one connection.
//!
//! A decoder MUST NOT fail, panic, block or read a clock. It MUST report what it could not read, state on its documentation page
//! how it sets `measured`, and name items by their standard number. Its state depends on its connection's bytes only. How the
//! stream was cut into chunks changes nothing but `received`, which is that of the chunk with the message's last byte.

use skypicket_model::{
    CanonError, FeedId, Observation, ObservationId, Reader, Reality, Reject, Report, Sensor, SensorId, Seq, Time,
};
use std::sync::Arc;

/// Bytes of one connection as they arrived together.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// Their place in the journal.
    pub seq: Seq,
    /// When they arrived.
    pub received: Time,
    /// They are one whole datagram: nothing before or after belongs to the same message.
    pub datagram: bool,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// Turns the bytes of one connection into observations.
pub trait Decoder: Send {
    /// Takes the next chunk and appends what it completes.
    fn push(&mut self, chunk: Chunk<'_>, out: &mut Output);
    /// The connection ended: report what was left incomplete.
    fn finish(&mut self, out: &mut Output);
    /// Appends everything that later output depends on, in canonical bytes: incomplete messages, tables of aircraft. A decoder of the
    /// same parameters that loads them continues bit for bit, which is what makes a restart from a checkpoint exact.
    fn save(&self, out: &mut Vec<u8>);
    /// Takes over what [`Decoder::save`] gave; called on a fresh decoder only.
    ///
    /// # Errors
    /// When the bytes are cut short or damaged; the decoder is then to be thrown away.
    fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError>;
}

/// What a decoder is built from: its feed, the sensors that the config describes for it, and its own parameters.
#[derive(Clone, Debug)]
pub struct FeedSetup {
    /// The feed.
    pub feed: FeedId,
    /// Its sensors as described; `sensors[i].id.feed == feed`.
    pub sensors: Arc<[Sensor]>,
    /// The decoder's own `Params`, not yet read.
    pub params: serde_json::Value,
}

impl FeedSetup {
    /// A feed without described sensors and with default parameters, for decoding a file and for tests.
    #[must_use]
    pub fn bare(feed: FeedId) -> Self {
        Self { feed, sensors: Arc::new([]), params: serde_json::Value::Object(serde_json::Map::new()) }
    }

    /// Reads the parameters.
    ///
    /// # Errors
    /// With the key and what was wanted, when a parameter is unknown or out of its range.
    pub fn params<P: serde::de::DeserializeOwned>(&self) -> Result<P, String> {
        crate::params::read_params(&self.params)
    }

    /// The sensor that stands for the whole feed.
    #[must_use]
    pub const fn feed_sensor(&self) -> SensorId {
        SensorId { feed: self.feed, source: 0 }
    }
}

/// One row of [`crate::DECODERS`].
#[derive(Clone, Copy)]
pub struct DecoderKind {
    /// Config value, metric label, log field and documentation page (docs/formats/<name>.md) at once.
    pub name: &'static str,
    /// One line for `skypicket list`.
    pub summary: &'static str,
    /// Names of the kinds of record that it counts, by index.
    pub records: &'static [&'static str],
    /// Makes a decoder for a new connection; fails only on bad parameters.
    pub build: fn(&FeedSetup) -> Result<Box<dyn Decoder>, String>,
    /// JSON Schema of its parameters.
    pub schema: fn() -> schemars::Schema,
}

/// How many kinds of record a decoder can count.
pub const MAX_RECORD_KINDS: usize = 256;
/// How many rejects are kept as examples in one [`Output`] between two calls of [`Output::clear`].
pub const MAX_REJECT_EXAMPLES: usize = 16;

/// What decoders append to: observations, counts and rejects of one or more chunks. Reused, so that it stops allocating.
///
/// Every message ends in exactly one of [`Output::record`] (it was understood) or [`Output::reject`] (it was not), so that
/// received = decoded + rejected; [`Output::oddity`] counts what was odd about a message that was understood all the same.
#[derive(Clone, Debug)]
pub struct Output {
    /// The observations, in stream order.
    pub observations: Vec<Observation>,
    /// Understood messages by kind of record, indexed as [`DecoderKind::records`].
    pub records: Vec<u64>,
    /// Messages not understood, by reason.
    pub rejects: Vec<(&'static str, u64)>,
    /// Oddities in messages that were understood, by reason.
    pub oddities: Vec<(&'static str, u64)>,
    /// The first few rejects, for people.
    pub examples: Vec<Reject>,
    seq: Seq,
    index: u32,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            observations: Vec::new(),
            records: vec![0; MAX_RECORD_KINDS],
            rejects: Vec::new(),
            oddities: Vec::new(),
            examples: Vec::new(),
            seq: Seq(0),
            index: 0,
        }
    }
}

impl Output {
    /// Appends an observation and gives it its id.
    #[inline]
    pub fn observe(&mut self, chunk: &Chunk<'_>, sensor: SensorId, measured: Time, reality: Reality, report: Report) {
        if chunk.seq != self.seq {
            self.seq = chunk.seq;
            self.index = 0;
        }
        let id = ObservationId { seq: chunk.seq, index: self.index };
        self.index += 1;
        self.observations.push(Observation { id, sensor, measured, received: chunk.received, reality, report });
    }

    /// Counts an understood message. `kind` indexes [`DecoderKind::records`].
    #[inline]
    pub fn record(&mut self, kind: usize) {
        if let Some(count) = self.records.get_mut(kind) {
            *count += 1;
        }
    }

    /// Counts a message (or a run of bytes) that was not understood.
    pub fn reject(&mut self, reject: Reject) {
        count(&mut self.rejects, reject.reason);
        if self.examples.len() < MAX_REJECT_EXAMPLES {
            self.examples.push(reject);
        }
    }

    /// Counts something odd in a message that was understood: a spare bit, a trailing byte.
    pub fn oddity(&mut self, reason: &'static str) {
        count(&mut self.oddities, reason);
    }

    /// Messages understood so far.
    #[must_use]
    pub fn decoded(&self) -> u64 {
        self.records.iter().sum()
    }

    /// Messages not understood so far.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejects.iter().map(|(_, n)| n).sum()
    }

    /// Forgets the observations and keeps the counts; call it between inputs.
    pub fn clear_observations(&mut self) {
        self.observations.clear();
    }

    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.observations.clear();
        self.records.fill(0);
        self.rejects.clear();
        self.oddities.clear();
        self.examples.clear();
    }
}

/// Counts by a static reason; a decoder has a few dozen at the most, all known at compile time.
fn count(counts: &mut Vec<(&'static str, u64)>, reason: &'static str) {
    match counts.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, n)) => *n += 1,
        None => counts.push((reason, 1)),
    }
}

/// Bytes that a connection may have brought: 4 EiB. More is a damaged state, and would overflow.
const MOST_BYTES: u64 = 1 << 62;

/// Reads how many bytes of a connection a saved decoder had taken.
pub(crate) fn load_offset(reader: &mut Reader<'_>) -> Result<u64, CanonError> {
    let offset = <u64 as skypicket_model::Canon>::decode(reader)?;
    if offset > MOST_BYTES { Err(CanonError::Invalid) } else { Ok(offset) }
}
