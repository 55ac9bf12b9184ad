//! Puts accepted records on disk, a group at a time. Knows no threads and no clock, so that tests can drive it operation by operation.
//!
//! The rule that everything follows from: a record stays in `pending` until the sync of the group that holds it has succeeded. When
//! anything fails the segment is given up for good and the same records go into the next one, whose header says that it continues
//! after the last durable record.

use super::accepted::Accepted;
use super::format::{FLAG_COMPRESSED, Hash, RecordHeader, SegmentHeader, SegmentReason, encode_record, sha256};
use super::record::{GapCause, Kind, NewRecord, SCHEMA_VERSION};
use super::segments::segment_name;
use super::storage::{Storage, StorageFile};
use lz4_flex::block::{CompressTable, compress_into_with_table, get_maximum_output_size};
use skypicket_model::ids::Seq;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// Payloads of at least this many bytes are compressed.
pub const COMPRESS_FROM_BYTES: usize = 4096;
/// A group is closed once its records take this many bytes.
pub const GROUP_BYTES: usize = 1 << 20;

/// What waits to become durable.
#[derive(Debug)]
pub(super) enum Pending {
    Record(Arc<Accepted>),
    /// Records given up, or found damaged by recovery.
    Gap {
        first: u64,
        last: u64,
        received_ns: i64,
        cause: GapCause,
        detail: String,
    },
}

impl Pending {
    fn last_seq(&self) -> u64 {
        match self {
            Self::Record(accepted) => accepted.seq.0,
            Self::Gap { last, .. } => *last,
        }
    }

    fn received_ns(&self) -> i64 {
        match self {
            Self::Record(accepted) => accepted.received.ns(),
            Self::Gap { received_ns, .. } => *received_ns,
        }
    }

    fn begins_epoch(&self) -> bool {
        matches!(self, Self::Record(accepted) if accepted.kind() == Kind::EpochStart)
    }
}

struct OpenSegment {
    file: Box<dyn StorageFile>,
    len_bytes: u64,
}

/// The end of the durable journal.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) journal_id: [u8; 16],
    pub(super) durable: u64,
    pub(super) chain: Hash,
    pub(super) epoch: u64,
    /// Segment that holds the last durable record; 0 for none.
    pub(super) segment: u64,
    pub(super) next_segment: u64,
    pub(super) reason: SegmentReason,
}

/// A failed write or sync.
#[derive(Debug)]
pub(super) struct CommitFault {
    pub(super) segment: u64,
    pub(super) error: io::Error,
}

/// One group, encoded and ready to be written.
struct Group {
    records: usize,
    last_seq: u64,
    chain: Hash,
    new_segment: Option<SegmentHeader>,
}

pub(super) struct Committer {
    storage: Arc<dyn Storage>,
    segment_bytes: u64,
    head: Head,
    open: Option<OpenSegment>,
    pending: VecDeque<Pending>,
    buffer: Vec<u8>,
    squeezer: Squeezer,
}

impl Committer {
    pub(super) fn new(storage: Arc<dyn Storage>, head: Head, segment_bytes: u64) -> Self {
        let squeezer = Squeezer { table: CompressTable::large(), out: Vec::new() };
        Self { storage, segment_bytes, head, open: None, pending: VecDeque::new(), buffer: Vec::new(), squeezer }
    }

    pub(super) fn push(&mut self, pending: Pending) {
        self.pending.push_back(pending);
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    pub(super) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Writes and syncs everything pending, group by group; calls `durable` with the last sequence number and the
    /// bytes written after each.
    pub(super) fn commit(&mut self, durable: &mut dyn FnMut(u64, u64)) -> Result<(), CommitFault> {
        while !self.pending.is_empty() {
            let group = self.encode_group();
            let segment = group.new_segment.as_ref().map_or(self.head.segment, |header| header.segment);
            if let Err(error) = self.write(&group) {
                self.give_up(&group);
                return Err(CommitFault { segment, error });
            }
            self.pending.drain(..group.records);
            self.head.durable = group.last_seq;
            self.head.chain = group.chain;
            if let Some(header) = group.new_segment {
                self.head.segment = header.segment;
                self.head.epoch = header.epoch;
            }
            durable(group.last_seq, self.buffer.len() as u64);
        }
        Ok(())
    }

    /// Encodes records from the front until the group is full or a segment ends.
    fn encode_group(&mut self) -> Group {
        self.buffer.clear();
        // The start of an epoch may have been very long.
        self.buffer.shrink_to(4 * GROUP_BYTES);
        let begins_epoch = self.pending.front().is_some_and(Pending::begins_epoch);
        if begins_epoch || self.open.as_ref().is_some_and(|open| open.len_bytes >= self.segment_bytes) {
            // Everything in it is durable: groups never cross segments.
            self.open = None;
            self.head.reason = if begins_epoch { SegmentReason::Epoch } else { SegmentReason::Size };
        }
        let new_segment = self.open.is_none().then(|| self.next_header(begins_epoch));
        let mut group = Group { records: 0, last_seq: self.head.durable, chain: self.head.chain, new_segment };
        if let Some(header) = &group.new_segment {
            let bytes = header.encode();
            group.chain = sha256(&bytes);
            self.buffer.extend_from_slice(&bytes);
        }
        let before_bytes = self.open.as_ref().map_or(0, |open| open.len_bytes);
        for pending in &self.pending {
            let full =
                self.buffer.len() >= GROUP_BYTES || before_bytes + self.buffer.len() as u64 >= self.segment_bytes;
            if group.records > 0 && (full || pending.begins_epoch()) {
                break;
            }
            group.chain = match pending {
                Pending::Record(accepted) => encode(
                    &mut self.buffer,
                    &mut self.squeezer,
                    accepted.seq.0,
                    accepted.received.ns(),
                    &accepted.record,
                    &group.chain,
                ),
                Pending::Gap { first, last, received_ns, cause, detail } => {
                    let record = NewRecord::gap(Seq(*first), Seq(*last), *cause, detail);
                    encode(&mut self.buffer, &mut self.squeezer, *last, *received_ns, &record, &group.chain)
                }
            };
            group.records += 1;
            group.last_seq = pending.last_seq();
        }
        group
    }

    fn next_header(&self, begins_epoch: bool) -> SegmentHeader {
        let front = self.pending.front();
        SegmentHeader {
            reason: if self.head.segment == 0 { SegmentReason::First } else { self.head.reason },
            segment: self.head.next_segment,
            epoch: self.head.epoch + u64::from(begins_epoch),
            first_seq: self.head.durable + 1,
            first_received_ns: front.map_or(0, Pending::received_ns),
            journal_id: self.head.journal_id,
            prev_hash: self.head.chain,
            prev_segment: self.head.segment,
            schema: SCHEMA_VERSION,
        }
    }

    fn write(&mut self, group: &Group) -> io::Result<()> {
        let is_new = group.new_segment.is_some();
        if let Some(header) = &group.new_segment {
            self.head.next_segment = header.segment + 1;
            let file = self.storage.create(&segment_name(header.segment))?;
            self.open = Some(OpenSegment { file, len_bytes: 0 });
        }
        let Some(open) = &mut self.open else { return Err(io::Error::other("no segment is open")) };
        open.file.append(&self.buffer)?;
        open.file.sync()?;
        if is_new {
            self.storage.sync_dir()?;
        }
        open.len_bytes += self.buffer.len() as u64;
        Ok(())
    }

    /// Never touches the segment again. A new one, which holds nothing durable yet, is removed to give its space back; if even that
    /// fails, the next segment's header supersedes it.
    fn give_up(&mut self, group: &Group) {
        self.open = None;
        self.head.reason = SegmentReason::WriteFault;
        if let Some(header) = &group.new_segment {
            let _ = self.storage.remove(&segment_name(header.segment));
        }
    }

    /// Gives up pending records, the least needed first, until at most `keep_bytes` of payload and `keep_records` are left; says
    /// what was lost. Sensor bytes go first, then everything but commands, then
    /// commands too; never the start of an epoch, without which nothing after it could be read.
    pub(super) fn shed(&mut self, keep_bytes: usize, keep_records: usize, detail: &str) -> Vec<(u64, u64)> {
        let mut lost = Vec::new();
        for pass in 0..3 {
            let (mut bytes, mut records) = self.pending_size();
            if bytes <= keep_bytes && records <= keep_records {
                break;
            }
            let mut kept: VecDeque<Pending> = VecDeque::with_capacity(self.pending.len());
            for pending in std::mem::take(&mut self.pending) {
                let Pending::Record(accepted) = &pending else {
                    push_merged(&mut kept, pending);
                    continue;
                };
                let expendable = match accepted.kind() {
                    Kind::Bytes => true,
                    Kind::EpochStart | Kind::Gap => false,
                    Kind::Command => pass > 1,
                    _ => pass > 0,
                };
                if expendable && (bytes > keep_bytes || records > keep_records) {
                    let seq = accepted.seq.0;
                    bytes -= accepted.record.payload.len();
                    records -= 1;
                    lost.push((seq, seq));
                    let received_ns = accepted.received.ns();
                    let (cause, detail) = (GapCause::WriteFailed, detail.to_owned());
                    push_merged(&mut kept, Pending::Gap { first: seq, last: seq, received_ns, cause, detail });
                } else {
                    kept.push_back(pending);
                }
            }
            self.pending = kept;
        }
        lost
    }

    /// Gives up everything that is pending.
    pub(super) fn shed_all(&mut self, detail: &str) -> Vec<(u64, u64)> {
        let mut lost = self.shed(0, 0, detail);
        lost.extend(self.pending.drain(..).filter_map(|pending| match pending {
            Pending::Record(accepted) => Some((accepted.seq.0, accepted.seq.0)),
            Pending::Gap { .. } => None,
        }));
        lost
    }

    fn pending_size(&self) -> (usize, usize) {
        let records = self.pending.iter().filter_map(|pending| match pending {
            Pending::Record(accepted) => Some(accepted.record.payload.len()),
            Pending::Gap { .. } => None,
        });
        records.fold((0, 0), |(bytes, count), len| (bytes + len, count + 1))
    }
}

/// Neighbouring gaps of one cause become one.
fn push_merged(kept: &mut VecDeque<Pending>, pending: Pending) {
    if let (
        Some(Pending::Gap { last: end, received_ns: until_ns, cause: before, .. }),
        Pending::Gap { last, received_ns, cause, .. },
    ) = (kept.back_mut(), &pending)
        && before == cause
    {
        (*end, *until_ns) = (*last, *received_ns);
    } else {
        kept.push_back(pending);
    }
}

fn encode(
    out: &mut Vec<u8>,
    squeezer: &mut Squeezer,
    seq: u64,
    received_ns: i64,
    record: &NewRecord,
    chain: &Hash,
) -> Hash {
    let squeezed = if record.key_epoch == 0 { squeezer.squeeze(&record.payload) } else { None };
    let header = RecordHeader {
        seq,
        received_ns,
        feed: record.feed.0,
        connection: record.connection.0,
        key_epoch: record.key_epoch,
        kind: record.kind as u8,
        flags: if squeezed.is_some() { FLAG_COMPRESSED } else { 0 },
        raw_len: record.payload.len() as u32,
    };
    encode_record(out, &header, chain, squeezed.unwrap_or(&record.payload))
}

/// Compresses payloads, reusing its memory.
struct Squeezer {
    table: CompressTable,
    out: Vec<u8>,
}

impl Squeezer {
    /// The payload as an LZ4 block, when it is long enough and gets at least a sixteenth shorter.
    fn squeeze(&mut self, payload: &[u8]) -> Option<&[u8]> {
        if payload.len() < COMPRESS_FROM_BYTES {
            return None;
        }
        let needed = get_maximum_output_size(payload.len());
        if self.out.len() > 4 * GROUP_BYTES {
            self.out = Vec::new();
        }
        if self.out.len() < needed {
            self.out.resize(needed, 0);
        }
        let len = compress_into_with_table(payload, &mut self.out, &mut self.table).ok()?;
        (len <= payload.len() - payload.len() / 16).then(|| &self.out[..len])
    }
}
