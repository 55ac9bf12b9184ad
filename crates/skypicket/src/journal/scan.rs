//! Walks the records of one segment in order, checking each against its checksum, its place in the order and the hash chain.

use super::format::{
    Hash, RECORD_HEADER_BYTES, RecordFault, SEGMENT_HEADER_BYTES, StoredRecord, decode_record, record_len, sha256,
    split_record,
};
use super::record::{Kind, Record};
use super::storage::Storage;
use skypicket_model::ids::{ConnectionId, FeedId, Seq};
use skypicket_model::time::Time;
use std::io;
use std::sync::Arc;

const STEP_BYTES: usize = 1 << 20;

/// Why a scan cannot go on.
#[derive(Debug)]
pub(super) enum ScanError {
    Io(io::Error),
    /// The record at this offset.
    Fault(RecordFault),
}

/// What must come next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// Sequence number.
    pub(super) next_seq: u64,
    /// Hash that the next record must carry; `None` accepts any (when reading starts in the middle).
    pub(super) chain: Option<Hash>,
    /// Earliest `received`.
    pub(super) received_ns: i64,
}

/// What a peek saw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peeked {
    pub(super) seq: u64,
    pub(super) first_seq: u64,
    pub(super) received_ns: i64,
    pub(super) kind: Kind,
    pub(super) len: usize,
}

pub(super) struct SegmentScan {
    storage: Arc<dyn Storage>,
    name: String,
    /// Offset in the file of the next record.
    pub(super) offset: u64,
    pub(super) position: Position,
    buffer: Vec<u8>,
    at: usize,
    at_end: bool,
}

impl SegmentScan {
    pub(super) fn new(storage: Arc<dyn Storage>, name: String, position: Position) -> Self {
        let offset = SEGMENT_HEADER_BYTES as u64;
        Self { storage, name, offset, position, buffer: Vec::new(), at: 0, at_end: false }
    }

    fn rest(&self) -> &[u8] {
        &self.buffer[self.at..]
    }

    /// Tries to have `wanted` bytes of the file from the current record on.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.rest().len() >= wanted || self.at_end {
            return Ok(());
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let start = self.buffer.len();
        let target = wanted.max(STEP_BYTES);
        self.buffer.resize(target, 0);
        let read = self.storage.read_at(&self.name, self.offset + start as u64, &mut self.buffer[start..])?;
        self.buffer.truncate(start + read);
        self.at_end = start + read < target;
        Ok(())
    }

    /// Looks at the next record without taking it; `None` at the end of the file. All but the hash of its own bytes is checked.
    pub(super) fn peek(&mut self) -> Result<Option<Peeked>, ScanError> {
        self.fill(RECORD_HEADER_BYTES).map_err(ScanError::Io)?;
        if self.rest().is_empty() {
            return Ok(None);
        }
        let len = record_len(self.rest()).map_err(ScanError::Fault)?;
        self.fill(len).map_err(ScanError::Io)?;
        let stored = decode_record(self.rest()).map_err(ScanError::Fault)?;
        self.check(&stored).map(Some).map_err(ScanError::Fault)
    }

    fn check(&self, stored: &StoredRecord<'_>) -> Result<Peeked, RecordFault> {
        let Position { next_seq, chain, received_ns } = self.position;
        let header = stored.header;
        if chain.is_some_and(|chain| chain != stored.prev_hash) {
            return Err(RecordFault::Chain);
        }
        let kind = Kind::from_byte(header.kind).ok_or(RecordFault::Header)?;
        let record = view(stored, kind, stored.stored);
        let first_seq = record.first_seq().0;
        if first_seq != next_seq || header.seq < first_seq {
            return Err(RecordFault::Sequence { got: first_seq, wanted: next_seq });
        }
        if header.received_ns < received_ns {
            return Err(RecordFault::Time);
        }
        Ok(Peeked { seq: header.seq, first_seq, received_ns: header.received_ns, kind, len: stored.bytes.len() })
    }

    /// Steps over the record that was peeked at. Without `hash` the chain is not followed and the next record's place in it not
    /// checked: for seeking.
    pub(super) fn advance(&mut self, peeked: &Peeked, hash: bool) {
        let chain = hash.then(|| sha256(&self.buffer[self.at..self.at + peeked.len]));
        self.position = Position { next_seq: peeked.seq.saturating_add(1), chain, received_ns: peeked.received_ns };
        self.at += peeked.len;
        self.offset += peeked.len as u64;
    }

    /// The record before the current position, which `peeked` was; its payload is decompressed into `scratch` where needed.
    pub(super) fn taken<'b>(&'b self, peeked: &Peeked, scratch: &'b mut Vec<u8>) -> Result<Record<'b>, RecordFault> {
        let stored = split_record(&self.buffer[self.at - peeked.len..self.at])?;
        let header = stored.header;
        let payload = if header.flags == 0 {
            &self.buffer[self.at - peeked.len + RECORD_HEADER_BYTES..self.at]
        } else {
            stored.decompress(scratch)?;
            scratch
        };
        Ok(view(&stored, peeked.kind, payload))
    }
}

fn view<'a>(stored: &StoredRecord<'_>, kind: Kind, payload: &'a [u8]) -> Record<'a> {
    Record {
        seq: Seq(stored.header.seq),
        received: Time::from_ns(stored.header.received_ns),
        kind,
        feed: FeedId(stored.header.feed),
        connection: ConnectionId(stored.header.connection),
        key_epoch: stored.header.key_epoch,
        payload,
    }
}

/// Finds records with right checksums in bytes that were set aside, whatever lies between them: for people who want to look at
/// what is left, and so that no sequence number is ever given twice. `seqs` bounds what is believed.
#[must_use]
pub fn salvage(bytes: &[u8], seqs: std::ops::RangeInclusive<u64>) -> Vec<StoredRecord<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    // Payloads may be made to look like headers of long records: the checksum work stays linear.
    let mut work_bytes = 16 * bytes.len();
    while let Some(rest) = bytes.get(at..).filter(|rest| rest.len() >= RECORD_HEADER_BYTES) {
        // The cheap checks first: a checksum over every offset would take hours.
        let plausible = Kind::from_byte(rest[26]).is_some() && rest[27] <= 1 && rest[40..48] == [0; 8];
        let len = if plausible { record_len(rest).map_or(0, |len| len.min(rest.len())) } else { 0 };
        let affordable = plausible && len <= work_bytes;
        work_bytes -= if affordable { len } else { 0 };
        match affordable.then(|| decode_record(rest)) {
            Some(Ok(stored)) if seqs.contains(&stored.header.seq) => {
                at += stored.bytes.len();
                found.push(stored);
            }
            _ => at += 1,
        }
    }
    found
}
