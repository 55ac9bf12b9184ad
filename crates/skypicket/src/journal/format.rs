//! Segment headers and records as bytes; `docs/formats/journal.md` has the same as tables. All integers are little-endian.
//!
//! Every byte of a segment is covered twice: by a CRC-32C, which finds accidents cheaply, and by a SHA-256 chain, which also finds
//! what was changed, exchanged, left out or moved. The chain starts with the segment header, whose `prev_hash` continues the chain
//! of the segment before, and each record carries the hash of the record before it. Hashes are stored whole: a truncated one would
//! save 16 bytes of a record (under 6 % of a 200-byte datagram's) and halve the work of whoever wants to forge a pair of records.

use super::record::{OLDEST_SCHEMA_VERSION, SCHEMA_VERSION};
use sha2::{Digest, Sha256};

/// First eight bytes of every segment.
pub const SEGMENT_MAGIC: [u8; 8] = *b"SKYPJRNL";
/// Version of the layouts in this file. Every later version keeps the header's length and the places of magic, version and CRC.
pub const FORMAT_VERSION: u16 = 1;
/// Length of a segment header in bytes.
pub const SEGMENT_HEADER_BYTES: usize = 128;
/// Length of a record header in bytes.
pub const RECORD_HEADER_BYTES: usize = 80;
/// Longest payload of a record, before and after compression, in bytes; bounds memory when reading damaged or foreign files.
pub const MAX_PAYLOAD_BYTES: usize = 64 << 20;
/// Flag: the payload is one LZ4 block.
pub const FLAG_COMPRESSED: u8 = 1;

/// A SHA-256.
pub type Hash = [u8; 32];

/// SHA-256 of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Why a segment was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum SegmentReason {
    /// The first of a journal.
    First = 1,
    /// The one before was full.
    Size = 2,
    /// An epoch begins.
    Epoch = 3,
    /// The program was started again.
    Restart = 4,
    /// Writing or syncing the one before failed; this one continues after the last record known to be durable.
    WriteFault = 5,
}

impl SegmentReason {
    const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            1 => Self::First,
            2 => Self::Size,
            3 => Self::Epoch,
            4 => Self::Restart,
            5 => Self::WriteFault,
            _ => return None,
        })
    }
}

/// The first 128 bytes of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentHeader {
    /// Why it was begun.
    pub reason: SegmentReason,
    /// Number of the segment, as in its file name; from 1.
    pub segment: u64,
    /// Number of the epoch that its first record belongs to; from 1.
    pub epoch: u64,
    /// The first sequence number that this segment holds. Whatever an earlier segment has from here on is superseded.
    pub first_seq: u64,
    /// `received` of the first record, ns since the Unix epoch.
    pub first_received_ns: i64,
    /// Random name of the journal, the same in all its segments.
    pub journal_id: [u8; 16],
    /// Hash of the record before `first_seq`; zeros before the first record of a journal.
    pub prev_hash: Hash,
    /// Number of the segment that holds the record before `first_seq`; 0 for none.
    pub prev_segment: u64,
    /// Version of what records mean (`record::SCHEMA_VERSION`).
    pub schema: u32,
}

/// Why the first bytes of a file are not a segment header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderFault {
    /// Fewer than 128 bytes.
    #[error("segment header is cut short")]
    Short,
    /// Other magic bytes, a failed CRC or impossible values.
    #[error("segment header is damaged")]
    Damaged,
    /// A whole header of another format version.
    #[error("segment has format version {0}, this build reads version 1: read it with the build that wrote it")]
    UnknownVersion(u16),
    /// A whole header of another schema version.
    #[error("segment has schema version {0}, this build reads versions 1 and 2: read it with the build that wrote it")]
    UnknownSchema(u32),
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    if let Some(part) = bytes.get(at..at + N) {
        out.copy_from_slice(part);
    }
    out
}

impl SegmentHeader {
    /// The header's bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; SEGMENT_HEADER_BYTES] {
        let mut out = [0; SEGMENT_HEADER_BYTES];
        out[0..8].copy_from_slice(&SEGMENT_MAGIC);
        out[8..10].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
        out[10..12].copy_from_slice(&(SEGMENT_HEADER_BYTES as u16).to_le_bytes());
        out[12] = self.reason as u8;
        out[16..24].copy_from_slice(&self.segment.to_le_bytes());
        out[24..32].copy_from_slice(&self.epoch.to_le_bytes());
        out[32..40].copy_from_slice(&self.first_seq.to_le_bytes());
        out[40..48].copy_from_slice(&self.first_received_ns.to_le_bytes());
        out[48..64].copy_from_slice(&self.journal_id);
        out[64..96].copy_from_slice(&self.prev_hash);
        out[96..104].copy_from_slice(&self.prev_segment.to_le_bytes());
        out[104..108].copy_from_slice(&self.schema.to_le_bytes());
        let crc = crc32c::crc32c(&out[..124]);
        out[124..128].copy_from_slice(&crc.to_le_bytes());
        out
    }

    /// Reads a header from the first bytes of a segment.
    ///
    /// # Errors
    /// Says whether the bytes are damaged or of an unknown version; only the former may be set aside.
    pub fn decode(bytes: &[u8]) -> Result<Self, HeaderFault> {
        let Some(bytes) = bytes.get(..SEGMENT_HEADER_BYTES) else {
            return Err(HeaderFault::Short);
        };
        let crc = u32::from_le_bytes(array(bytes, 124));
        if bytes[..8] != SEGMENT_MAGIC || crc != crc32c::crc32c(&bytes[..124]) {
            return Err(HeaderFault::Damaged);
        }
        let version = u16::from_le_bytes(array(bytes, 8));
        if version != FORMAT_VERSION {
            return Err(HeaderFault::UnknownVersion(version));
        }
        let schema = u32::from_le_bytes(array(bytes, 104));
        if !(OLDEST_SCHEMA_VERSION..=SCHEMA_VERSION).contains(&schema) {
            return Err(HeaderFault::UnknownSchema(schema));
        }
        let reserved_is_zero = bytes[13..16].iter().chain(&bytes[108..124]).all(|&b| b == 0);
        let reason = SegmentReason::from_byte(bytes[12]).filter(|_| reserved_is_zero).ok_or(HeaderFault::Damaged)?;
        Ok(Self {
            reason,
            segment: u64::from_le_bytes(array(bytes, 16)),
            epoch: u64::from_le_bytes(array(bytes, 24)),
            first_seq: u64::from_le_bytes(array(bytes, 32)),
            first_received_ns: i64::from_le_bytes(array(bytes, 40)),
            journal_id: array(bytes, 48),
            prev_hash: array(bytes, 64),
            prev_segment: u64::from_le_bytes(array(bytes, 96)),
            schema,
        })
    }
}

/// What stands in a record's header besides lengths and checksums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    /// Place in the order of all inputs.
    pub seq: u64,
    /// When it was received, ns since the Unix epoch.
    pub received_ns: i64,
    /// The feed, 0 where none is meant.
    pub feed: u16,
    /// The feed's connection, 0 where none is meant.
    pub connection: u32,
    /// The key under which personal data in the payload is encrypted; 0 = clear.
    pub key_epoch: u32,
    /// What the payload is ([`super::record::Kind`]).
    pub kind: u8,
    /// [`FLAG_COMPRESSED`] or nothing.
    pub flags: u8,
    /// Length of the payload before compression, bytes.
    pub raw_len: u32,
}

/// Why bytes are not a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// The bytes end inside the record.
    #[error("record is cut short")]
    Short,
    /// The length is beyond [`MAX_PAYLOAD_BYTES`].
    #[error("record length is impossible")]
    Length,
    /// The checksum does not fit the bytes.
    #[error("record checksum is wrong")]
    Crc,
    /// The record before has another hash.
    #[error("record does not continue the hash chain")]
    Chain,
    /// The sequence number does not follow.
    #[error("sequence number is {got}, expected {wanted}")]
    Sequence {
        /// The number found.
        got: u64,
        /// The number that had to come.
        wanted: u64,
    },
    /// `received` is before that of the record before.
    #[error("received time goes back")]
    Time,
    /// A flag, kind or reserved byte that this version does not have, under a right checksum.
    #[error("record header has values that format version 1 does not have")]
    Header,
    /// The compressed payload does not decompress to its stated length.
    #[error("payload does not decompress to its stated length")]
    Decompression,
    /// The payload is not what its kind has.
    #[error("payload is not what its kind has")]
    Body,
}

/// A record whose checksum holds, as it stands in the segment.
#[derive(Clone, Copy, Debug)]
pub struct StoredRecord<'a> {
    /// The header's values.
    pub header: RecordHeader,
    /// Hash of the record before.
    pub prev_hash: Hash,
    /// The payload as stored.
    pub stored: &'a [u8],
    /// All bytes of the record; their SHA-256 is the next record's `prev_hash`.
    pub bytes: &'a [u8],
}

/// Appends one record to `out` and returns its hash. `stored` is the payload as it goes to disk.
pub fn encode_record(out: &mut Vec<u8>, header: &RecordHeader, prev_hash: &Hash, stored: &[u8]) -> Hash {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&(stored.len() as u32).to_le_bytes());
    out.extend_from_slice(&header.seq.to_le_bytes());
    out.extend_from_slice(&header.received_ns.to_le_bytes());
    out.extend_from_slice(&header.feed.to_le_bytes());
    out.push(header.kind);
    out.push(header.flags);
    out.extend_from_slice(&header.connection.to_le_bytes());
    out.extend_from_slice(&header.key_epoch.to_le_bytes());
    out.extend_from_slice(&header.raw_len.to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(prev_hash);
    out.extend_from_slice(stored);
    let crc = crc32c::crc32c(&out[start + 4..]);
    out[start..start + 4].copy_from_slice(&crc.to_le_bytes());
    sha256(&out[start..])
}

/// Whole length in bytes of the record that begins with `bytes`, of which at least eight must be there.
///
/// # Errors
/// [`RecordFault::Short`] or [`RecordFault::Length`].
pub fn record_len(bytes: &[u8]) -> Result<usize, RecordFault> {
    if bytes.len() < 8 {
        return Err(RecordFault::Short);
    }
    let stored = u32::from_le_bytes(array(bytes, 4)) as usize;
    if stored > MAX_PAYLOAD_BYTES { Err(RecordFault::Length) } else { Ok(RECORD_HEADER_BYTES + stored) }
}

/// Reads the record that `bytes` begin with and checks its CRC, not its place in the chain.
///
/// # Errors
/// What is wrong with it.
pub fn decode_record(bytes: &[u8]) -> Result<StoredRecord<'_>, RecordFault> {
    let len = record_len(bytes)?;
    let bytes = bytes.get(..len).ok_or(RecordFault::Short)?;
    if u32::from_le_bytes(array(bytes, 0)) != crc32c::crc32c(&bytes[4..]) {
        return Err(RecordFault::Crc);
    }
    split_record(bytes)
}

/// As [`decode_record`] for exactly the bytes of one record whose CRC was already checked.
pub(super) fn split_record(bytes: &[u8]) -> Result<StoredRecord<'_>, RecordFault> {
    let stored = bytes.get(RECORD_HEADER_BYTES..).ok_or(RecordFault::Short)?;
    let header = RecordHeader {
        seq: u64::from_le_bytes(array(bytes, 8)),
        received_ns: i64::from_le_bytes(array(bytes, 16)),
        feed: u16::from_le_bytes(array(bytes, 24)),
        kind: bytes[26],
        flags: bytes[27],
        connection: u32::from_le_bytes(array(bytes, 28)),
        key_epoch: u32::from_le_bytes(array(bytes, 32)),
        raw_len: u32::from_le_bytes(array(bytes, 36)),
    };
    let compressed = header.flags & FLAG_COMPRESSED != 0;
    let raw_len = header.raw_len as usize;
    let length_fits = if compressed { raw_len <= MAX_PAYLOAD_BYTES } else { raw_len == stored.len() };
    if header.flags & !FLAG_COMPRESSED != 0 || !length_fits || bytes[40..48].iter().any(|&b| b != 0) {
        return Err(RecordFault::Header);
    }
    Ok(StoredRecord { header, prev_hash: array(bytes, 48), stored, bytes })
}

impl StoredRecord<'_> {
    /// Decompresses a payload that has [`FLAG_COMPRESSED`] into `out`.
    ///
    /// # Errors
    /// [`RecordFault::Decompression`]; memory stays within [`MAX_PAYLOAD_BYTES`].
    pub fn decompress(&self, out: &mut Vec<u8>) -> Result<(), RecordFault> {
        let raw_len = self.header.raw_len as usize;
        out.resize(raw_len, 0);
        match lz4_flex::block::decompress_into(self.stored, out) {
            Ok(n) if n == raw_len => Ok(()),
            _ => Err(RecordFault::Decompression),
        }
    }
}
