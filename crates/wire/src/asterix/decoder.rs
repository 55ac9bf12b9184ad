//! The push parser: blocks out of streams and datagrams, records out of blocks, each handed to its category's mapping.
//!
//! Buffered between chunks: at most one incomplete block (65,535 bytes).

use skypicket_model::{Canon, CanonError, Reader, Reality, Reject, Report, SensorId, Tangent, Time};

use super::fault::Fault;
use super::map;
use super::params::{Editions, Params};
use super::record::{Places, Record, read};
use super::source::{Source, Sources};
use super::tables::CATEGORIES;
use crate::decoder::{Chunk, Decoder, DecoderKind, FeedSetup, Output};

/// The row of [`crate::DECODERS`].
pub const KIND: DecoderKind = DecoderKind {
    name: "asterix",
    summary: "EUROCONTROL ASTERIX: radar plots, ADS-B and multilateration reports, system tracks, service messages",
    records: CATEGORIES,
    build: |setup| Ok(Box::new(Asterix::new(setup)?)),
    schema: || schemars::schema_for!(Params),
};

/// Blocks of categories without a table in a row that are looked through for one with a table.
const MOST_UNKNOWN: usize = 16;

/// Decodes one connection.
#[derive(Debug)]
pub struct Asterix {
    editions: Editions,
    sources: Sources,
    /// Index of each category among [`CATEGORIES`].
    kind_of: Box<[u8; 256]>,
    places: Places,
    /// The beginning of a block whose end has not come.
    held: Vec<u8>,
    /// Stream offset of the first byte not yet consumed.
    offset: u64,
    /// Looking for a block's beginning after bytes that were none.
    lost: bool,
}

/// One record on its way to observations.
pub(super) struct Message<'a, 'o> {
    pub(super) record: Record<'a>,
    pub(super) chunk: Chunk<'a>,
    pub(super) source: &'o mut Source,
    pub(super) sensor: SensorId,
    pub(super) out: &'o mut Output,
}

/// What the bytes at the beginning of a block are.
pub(super) enum Head {
    /// A block of this length.
    Block(usize),
    /// Too few bytes to tell.
    More,
    /// No block can begin here.
    Nonsense,
}

impl Asterix {
    /// A decoder for a new connection.
    ///
    /// # Errors
    /// Names the parameter that is wrong.
    pub fn new(setup: &FeedSetup) -> Result<Self, String> {
        let params: Params = setup.params()?;
        let mut kind_of = Box::new([0; 256]);
        for (index, name) in CATEGORIES.iter().enumerate() {
            if let Some(slot) = name.parse::<usize>().ok().and_then(|category| kind_of.get_mut(category)) {
                *slot = index as u8;
            }
        }
        Ok(Self {
            editions: Editions::new(&params)?,
            sources: Sources::new(setup),
            kind_of,
            places: Places::default(),
            held: Vec::new(),
            offset: 0,
            lost: false,
        })
    }

    /// Blocks of one datagram; what follows the last is counted, as real feeds append trailers.
    fn datagram(&mut self, chunk: Chunk<'_>, out: &mut Output) {
        let mut rest = chunk.bytes;
        let mut blocks = 0;
        while !rest.is_empty() {
            match head(rest, false) {
                Head::Block(length) if length <= rest.len() && (blocks == 0 || Self::believable(rest)) => {
                    let (block, after) = rest.split_at(length);
                    self.block(block, chunk, out);
                    rest = after;
                    blocks += 1;
                }
                _ if blocks > 0 => {
                    out.oddity(Fault::TrailingBytes.phrase());
                    break;
                }
                Head::Nonsense => {
                    self.refuse(Fault::BadLength, "", 0, out);
                    break;
                }
                _ => {
                    self.refuse(Fault::Truncated, "", 0, out);
                    break;
                }
            }
        }
        self.offset += rest.len() as u64;
    }

    /// Whether bytes behind a block are another one and no trailer: lengths lead to a category with a table, or to the end exactly.
    fn believable(bytes: &[u8]) -> bool {
        let mut rest = bytes;
        for _ in 0..MOST_UNKNOWN {
            if rest.is_empty() || matches!(head(rest, true), Head::Block(length) if length <= rest.len()) {
                return true;
            }
            let Head::Block(length) = head(rest, false) else { return false };
            let Some(after) = rest.get(length..) else { return false };
            rest = after;
        }
        true
    }

    /// Consumes what is complete at the beginning of `bytes`; returns how many bytes.
    fn stream(&mut self, bytes: &[u8], chunk: Chunk<'_>, out: &mut Output) -> usize {
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or(&[]);
            match head(rest, self.lost) {
                Head::Block(length) if length <= rest.len() => {
                    self.lost = false;
                    self.block(rest.get(..length).unwrap_or(rest), chunk, out);
                    at += length;
                }
                Head::Nonsense => {
                    if !self.lost {
                        self.lost = true;
                        self.refuse(Fault::LostSync, "", 0, out);
                    }
                    self.offset += 1;
                    at += 1;
                }
                _ => return at,
            }
        }
    }

    /// The records of one block.
    fn block(&mut self, block: &[u8], chunk: Chunk<'_>, out: &mut Output) {
        let category = block.first().copied().unwrap_or(0);
        let Some(default) = self.editions.of(category) else {
            self.refuse(Fault::UnknownCategory, "", 0, out);
            self.offset += block.len() as u64;
            return;
        };
        let kind = usize::from(self.kind_of.get(usize::from(category)).copied().unwrap_or(0));
        let mapping = map::mapping(category);
        let mut at = 3;
        while at < block.len() {
            let bytes = block.get(at..).unwrap_or(&[]);
            let source = peek_source(bytes);
            let edition = self.editions.of_source(category, source.unwrap_or(0), default);
            match read(edition, bytes, &mut self.places) {
                Err(fault) => {
                    self.refuse(fault.fault, fault.item, at + fault.offset, out);
                    break;
                }
                Ok(record) => {
                    out.record(kind);
                    if record.spare_bits_set() {
                        out.oddity("spare bit set");
                    }
                    at += record.bytes.len();
                    match (mapping, source) {
                        (Some(mapping), Some(source)) => {
                            let sensor = self.sources.sensor(source);
                            let source = self.sources.get(source);
                            mapping(&mut Message { record, chunk, source, sensor, out });
                        }
                        (Some(_), None) => out.oddity("no data source identifier"),
                        (None, _) => {}
                    }
                }
            }
        }
        self.offset += block.len() as u64;
    }

    fn refuse(&self, fault: Fault, item: &'static str, at: usize, out: &mut Output) {
        out.reject(Reject { offset: self.offset + at as u64, item, reason: fault.phrase() });
    }
}

impl Decoder for Asterix {
    fn push(&mut self, chunk: Chunk<'_>, out: &mut Output) {
        if chunk.datagram {
            self.datagram(chunk, out);
            return;
        }
        let mut bytes = chunk.bytes;
        while !self.held.is_empty() {
            // Take only what completes the block that is held, so that the rest needs no copy.
            let wanted = match head(&self.held, self.lost) {
                Head::Block(length) => length.saturating_sub(self.held.len()),
                Head::More => 1,
                Head::Nonsense => 0,
            };
            let (taken, rest) = bytes.split_at(wanted.min(bytes.len()));
            self.held.extend_from_slice(taken);
            bytes = rest;
            let held = core::mem::take(&mut self.held);
            let used = self.stream(&held, chunk, out);
            self.held = held;
            self.held.drain(..used);
            if bytes.is_empty() {
                return;
            }
        }
        let used = self.stream(bytes, chunk, out);
        self.held.extend_from_slice(bytes.get(used..).unwrap_or(&[]));
    }

    fn finish(&mut self, out: &mut Output) {
        if !self.held.is_empty() {
            self.refuse(Fault::Truncated, "", 0, out);
            self.offset += self.held.len() as u64;
            self.held.clear();
        }
        self.lost = false;
    }

    fn save(&self, out: &mut Vec<u8>) {
        self.held.encode(out);
        self.offset.encode(out);
        self.lost.encode(out);
        self.sources.save(out);
    }

    fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.held = Vec::<u8>::decode(reader)?;
        self.offset = crate::decoder::load_offset(reader)?;
        self.lost = bool::decode(reader)?;
        self.sources.load(reader)
    }
}

/// Reads a block's header. While `lost`, only what begins like a record of a known category with item 010 is believed.
pub(super) fn head(bytes: &[u8], lost: bool) -> Head {
    let (Some(category), Some(high), Some(low)) = (bytes.first(), bytes.get(1), bytes.get(2)) else {
        return Head::More;
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if length < 3 {
        return Head::Nonsense;
    }
    if lost {
        let Some(fspec) = bytes.get(3) else { return Head::More };
        if length < 6 || fspec & 0x80 == 0 || super::tables::newest(*category).is_none() {
            return Head::Nonsense;
        }
    }
    Head::Block(length)
}

/// SAC and SIC of a record: item 010 is the first of every category.
#[inline]
pub(super) fn peek_source(record: &[u8]) -> Option<u16> {
    if record.first()? & 0x80 == 0 {
        return None;
    }
    let end = record.iter().position(|byte| byte & 1 == 0)?;
    let sac = *record.get(end + 1)?;
    let sic = *record.get(end + 2)?;
    Some(u16::from(sac) << 8 | u16::from(sic))
}

impl Message<'_, '_> {
    /// Appends an observation of this record's source.
    #[inline]
    pub(super) fn observe(&mut self, measured: Time, reality: Reality, report: Report) {
        self.out.observe(&self.chunk, self.sensor, measured, reality, report);
    }

    /// Counts a record that was understood but of no use, and why.
    pub(super) fn oddity(&mut self, reason: &'static str) {
        self.out.oddity(reason);
    }

    /// The local frame of the record's source, from the config or from I034/120.
    pub(super) fn frame(&self) -> Option<&Tangent> {
        self.source.frame.as_ref()
    }
}
