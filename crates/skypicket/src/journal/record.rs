//! What a record says: a closed list of kinds, each with its payload. Bytes of a sensor stay raw; everything else is encoded in the
//! primitives of `skypicket_model::canon` (little-endian integers, `u32` length before bytes and text).

use super::epoch::EpochStart;
use super::format::{Hash, RecordFault};
use skypicket_model::canon::{Canon, CanonError, Reader};
use skypicket_model::ids::{ConnectionId, FeedId, Seq, TrackId};
use skypicket_model::time::{Span, Time};

/// Version of what records mean, as it is written: a build that does not know it refuses the journal instead of calling it damaged.
pub const SCHEMA_VERSION: u32 = 2;
/// The oldest version that is read: version 1 had no [`Kind::Resumed`], all else is the same.
pub const OLDEST_SCHEMA_VERSION: u32 = 1;
/// Longest payload of a single record but for the start of an epoch, bytes: whole documents such as an aircraft.json come as one
/// record, because their decoder must see them whole.
pub const MAX_INPUT_BYTES: usize = 32 << 20;
/// Longest piece of a stream that is recorded at once, bytes; where a stream is cut changes nothing.
pub const MAX_PIECE_BYTES: usize = 1 << 20;
/// Longest text in a record, bytes; longer ones are cut when written.
const MAX_TEXT_BYTES: usize = 1024;

/// What a record is. The numbers are part of the format; 11 is kept free (docs/formats/journal.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// An epoch begins.
    EpochStart = 1,
    /// Bytes of a sensor, as they came.
    Bytes = 2,
    /// A connection of a feed begins: its decoder starts fresh.
    ConnectionOpened = 3,
    /// A connection of a feed ends.
    ConnectionClosed = 4,
    /// A whole second of received time, the record's `received`.
    Tick = 5,
    /// What an operator did (canonical bytes of `skypicket_model::command::Command`).
    Command = 6,
    /// An input made a part panic; its outputs are dropped.
    Quarantine = 7,
    /// Inputs that are lost; stands in for all of them, with the sequence number of the last.
    Gap = 8,
    /// A write failed; nothing is lost, a segment was given up and what was not durable was written again.
    WriteFault = 9,
    /// A track of the new epoch is linked to the id that it had.
    Link = 10,
    /// Oldest segments were removed to keep the limits.
    SegmentsRemoved = 12,
    /// The clock went back; `received` was held.
    ClockStep = 13,
    /// The program was started again: nobody listened since the record before.
    Resumed = 14,
}

impl Kind {
    /// All kinds, by number.
    pub const ALL: [Self; 13] = [
        Self::EpochStart,
        Self::Bytes,
        Self::ConnectionOpened,
        Self::ConnectionClosed,
        Self::Tick,
        Self::Command,
        Self::Quarantine,
        Self::Gap,
        Self::WriteFault,
        Self::Link,
        Self::SegmentsRemoved,
        Self::ClockStep,
        Self::Resumed,
    ];

    /// The kind of that number.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// Where an input was quarantined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum QuarantinedPart {
    /// A decoder panicked: the outputs of that input are dropped and the decoder is reset.
    Decoder = 1,
    /// Tracking or assessment panicked: the engine is rebuilt from a checkpoint and skips the input.
    Engine = 2,
}

/// Why inputs are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum GapCause {
    /// The disk refused writes for longer than the queue could hold them.
    WriteFailed = 1,
    /// Recovery found them damaged and set them aside.
    Damaged = 2,
}

/// A record's payload, understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Body<'a> {
    /// See [`Kind::EpochStart`].
    EpochStart(Box<EpochStart>),
    /// See [`Kind::Bytes`]; ciphertext when the record's key epoch is not 0.
    Bytes(&'a [u8]),
    /// See [`Kind::ConnectionOpened`].
    ConnectionOpened {
        /// The other side, for people.
        peer: &'a str,
        /// Its bytes come as whole datagrams, which its decoder must know.
        datagrams: bool,
    },
    /// See [`Kind::ConnectionClosed`].
    ConnectionClosed {
        /// Why, for people.
        reason: &'a str,
    },
    /// See [`Kind::Tick`].
    Tick,
    /// See [`Kind::Command`].
    Command(&'a [u8]),
    /// See [`Kind::Quarantine`].
    Quarantine {
        /// The input.
        seq: Seq,
        /// Which part panicked.
        part: QuarantinedPart,
        /// The panic's message.
        detail: &'a str,
    },
    /// See [`Kind::Gap`]. The record's own sequence number is `last`.
    Gap {
        /// First input lost.
        first: Seq,
        /// Last input lost.
        last: Seq,
        /// Why.
        cause: GapCause,
        /// What the disk said, for people.
        detail: &'a str,
    },
    /// See [`Kind::WriteFault`].
    WriteFault {
        /// The segment given up.
        segment: u64,
        /// First record written again.
        first: Seq,
        /// How many attempts failed before writing went on.
        failures: u32,
        /// What the disk said, for people.
        detail: &'a str,
    },
    /// See [`Kind::Link`].
    Link {
        /// The id that the track had.
        from: TrackId,
        /// The id that it was born with in this epoch.
        to: TrackId,
    },
    /// See [`Kind::SegmentsRemoved`].
    SegmentsRemoved {
        /// First segment removed.
        first: u64,
        /// Last segment removed.
        last: u64,
        /// Bytes freed.
        bytes: u64,
        /// The oldest input still held.
        oldest: Seq,
    },
    /// See [`Kind::ClockStep`].
    ClockStep {
        /// How far the clock was behind the last `received` (positive).
        behind: Span,
    },
    /// See [`Kind::Resumed`]. Its `received` is that of the record before, so that it stands before the ticks of the pause.
    Resumed {
        /// Until when nobody listened.
        until: Time,
    },
}

/// One record as a reader or the engine sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Place in the order of all inputs.
    pub seq: Seq,
    /// When it was received; never before that of the record before.
    pub received: Time,
    /// What it is.
    pub kind: Kind,
    /// The feed, where one is meant.
    pub feed: FeedId,
    /// The connection, where one is meant.
    pub connection: ConnectionId,
    /// The key under which personal data in the payload is encrypted; 0 = clear.
    pub key_epoch: u32,
    /// The payload.
    pub payload: &'a [u8],
}

impl<'a> Record<'a> {
    /// The payload, understood.
    ///
    /// # Errors
    /// [`RecordFault::Body`] when it is not what the kind has.
    pub fn body(&self) -> Result<Body<'a>, RecordFault> {
        self.decode_body().map_err(|_| RecordFault::Body)
    }

    fn decode_body(&self) -> Result<Body<'a>, CanonError> {
        let r = &mut Reader::new(self.payload);
        let body = match self.kind {
            Kind::Bytes => return Ok(Body::Bytes(self.payload)),
            Kind::Command => return Ok(Body::Command(self.payload)),
            Kind::EpochStart => Body::EpochStart(Box::new(EpochStart::decode(r)?)),
            Kind::ConnectionOpened => Body::ConnectionOpened { peer: get_text(r)?, datagrams: bool::decode(r)? },
            Kind::ConnectionClosed => Body::ConnectionClosed { reason: get_text(r)? },
            Kind::Tick => Body::Tick,
            Kind::Quarantine => Body::Quarantine {
                seq: Seq::decode(r)?,
                part: match u8::decode(r)? {
                    1 => QuarantinedPart::Decoder,
                    2 => QuarantinedPart::Engine,
                    _ => return Err(CanonError::Invalid),
                },
                detail: get_text(r)?,
            },
            Kind::Gap => Body::Gap {
                first: Seq::decode(r)?,
                last: Seq::decode(r)?,
                cause: match u8::decode(r)? {
                    1 => GapCause::WriteFailed,
                    2 => GapCause::Damaged,
                    _ => return Err(CanonError::Invalid),
                },
                detail: get_text(r)?,
            },
            Kind::WriteFault => Body::WriteFault {
                segment: u64::decode(r)?,
                first: Seq::decode(r)?,
                failures: u32::decode(r)?,
                detail: get_text(r)?,
            },
            Kind::Link => Body::Link { from: TrackId::decode(r)?, to: TrackId::decode(r)? },
            Kind::SegmentsRemoved => Body::SegmentsRemoved {
                first: u64::decode(r)?,
                last: u64::decode(r)?,
                bytes: u64::decode(r)?,
                oldest: Seq::decode(r)?,
            },
            Kind::ClockStep => Body::ClockStep { behind: Span::from_ns(i64::decode(r)?) },
            Kind::Resumed => Body::Resumed { until: Time::decode(r)? },
        };
        if r.remaining() == 0 { Ok(body) } else { Err(CanonError::Invalid) }
    }

    /// For a [`Kind::Gap`] the first sequence number that it stands in for, else the record's own.
    #[must_use]
    pub fn first_seq(&self) -> Seq {
        match self.kind {
            Kind::Gap => Reader::new(self.payload).take(8).map_or(self.seq, |b| {
                let mut first = [0; 8];
                first.copy_from_slice(b);
                Seq(u64::from_le_bytes(first))
            }),
            _ => self.seq,
        }
    }
}

/// A record not yet in the journal: everything but its sequence number and `received`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    pub(super) kind: Kind,
    pub(super) feed: FeedId,
    pub(super) connection: ConnectionId,
    pub(super) key_epoch: u32,
    pub(super) payload: Vec<u8>,
}

impl NewRecord {
    pub(super) fn of(kind: Kind, payload: Vec<u8>) -> Self {
        Self { kind, feed: FeedId(0), connection: ConnectionId(0), key_epoch: 0, payload }
    }

    /// The same input again, for another journal: without place and time.
    #[must_use]
    pub fn copy_of(record: &Record<'_>) -> Self {
        let Record { kind, feed, connection, key_epoch, payload, .. } = *record;
        Self { kind, feed, connection, key_epoch, payload: payload.to_vec() }
    }

    /// The record as it will be once it has this place and time.
    #[must_use]
    pub fn as_record(&self, seq: Seq, received: Time) -> Record<'_> {
        let Self { kind, feed, connection, key_epoch, ref payload } = *self;
        Record { seq, received, kind, feed, connection, key_epoch, payload }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Length of the payload in bytes.
    #[must_use]
    pub fn payload_len(&self) -> usize {
        self.payload.len()
    }

    /// Bytes of a sensor, at most [`MAX_INPUT_BYTES`].
    #[must_use]
    pub fn bytes(feed: FeedId, connection: ConnectionId, payload: Vec<u8>) -> Self {
        Self { feed, connection, ..Self::of(Kind::Bytes, payload) }
    }

    /// Marks the payload as encrypted under the key of that (non-zero) epoch; such a payload is stored as it is, uncompressed.
    #[must_use]
    pub fn encrypted(self, key_epoch: u32) -> Self {
        Self { key_epoch, ..self }
    }

    /// A connection begins; `datagrams` says whether its bytes come as whole datagrams.
    #[must_use]
    pub fn connection_opened(feed: FeedId, connection: ConnectionId, peer: &str, datagrams: bool) -> Self {
        let mut payload = text(peer);
        datagrams.encode(&mut payload);
        Self { feed, connection, ..Self::of(Kind::ConnectionOpened, payload) }
    }

    /// A connection ends.
    #[must_use]
    pub fn connection_closed(feed: FeedId, connection: ConnectionId, reason: &str) -> Self {
        Self { feed, connection, ..Self::of(Kind::ConnectionClosed, text(reason)) }
    }

    /// What an operator did, as canonical bytes.
    #[must_use]
    pub fn command(canonical: Vec<u8>) -> Self {
        Self::of(Kind::Command, canonical)
    }

    /// The input `seq` made a part panic.
    #[must_use]
    pub fn quarantine(seq: Seq, part: QuarantinedPart, detail: &str) -> Self {
        let mut out = Vec::new();
        seq.encode(&mut out);
        out.push(part as u8);
        put_text(&mut out, detail);
        Self::of(Kind::Quarantine, out)
    }

    /// A track of the new epoch is linked to the id that it had.
    #[must_use]
    pub fn link(from: TrackId, to: TrackId) -> Self {
        let mut out = Vec::new();
        from.encode(&mut out);
        to.encode(&mut out);
        Self::of(Kind::Link, out)
    }

    /// Nobody listened since the record before, until then.
    #[must_use]
    pub fn resumed(until: Time) -> Self {
        Self::of(Kind::Resumed, until.to_canon())
    }

    pub(super) fn gap(first: Seq, last: Seq, cause: GapCause, detail: &str) -> Self {
        let mut out = Vec::new();
        first.encode(&mut out);
        last.encode(&mut out);
        out.push(cause as u8);
        put_text(&mut out, detail);
        Self::of(Kind::Gap, out)
    }

    pub(super) fn write_fault(segment: u64, first: Seq, failures: u32, detail: &str) -> Self {
        let mut out = Vec::new();
        segment.encode(&mut out);
        first.encode(&mut out);
        failures.encode(&mut out);
        put_text(&mut out, detail);
        Self::of(Kind::WriteFault, out)
    }

    pub(super) fn segments_removed(first: u64, last: u64, bytes: u64, oldest: Seq) -> Self {
        let mut out = Vec::new();
        first.encode(&mut out);
        last.encode(&mut out);
        bytes.encode(&mut out);
        oldest.encode(&mut out);
        Self::of(Kind::SegmentsRemoved, out)
    }

    pub(super) fn clock_step(behind: Span) -> Self {
        Self::of(Kind::ClockStep, behind.ns().to_canon())
    }
}

fn text(s: &str) -> Vec<u8> {
    let mut out = Vec::new();
    put_text(&mut out, s);
    out
}

fn put_text(out: &mut Vec<u8>, s: &str) {
    let mut end = s.len().min(MAX_TEXT_BYTES);
    while !s.is_char_boundary(end) {
        end -= 1;
    }
    put_bytes(out, &s.as_bytes()[..end]);
}

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    (bytes.len() as u32).encode(out);
    out.extend_from_slice(bytes);
}

pub(super) fn get_bytes<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], CanonError> {
    let len = u32::decode(r)? as usize;
    r.take(len)
}

pub(super) fn get_text<'a>(r: &mut Reader<'a>) -> Result<&'a str, CanonError> {
    core::str::from_utf8(get_bytes(r)?).map_err(|_| CanonError::Invalid)
}

pub(super) fn get_hash(r: &mut Reader<'_>) -> Result<Hash, CanonError> {
    r.take(32)?.try_into().map_err(|_| CanonError::Truncated)
}
