//! `final` and `rply`: ASTERIX recordings whose records carry a length and a time.
//!
//! FINAL record: u16 BE length of the whole record, u8 board, u8 line, u8 recording day, u24 BE time of day in 10 ms, ASTERIX blocks,
//! four bytes A5. The recording day has no published meaning that dates a file, so that a date needs `--start`.
//! RPLY record: u32 LE length of the data, u32 LE milliseconds since the record before, ASTERIX blocks.

use super::source::Source;
use super::{Calendar, ContainerError, ContainerKind, Dates, Packet, Packets, Reading};
use skypicket_model::{Span, Time};

/// The row of FINAL in the registry.
pub(crate) const FINAL: ContainerKind = ContainerKind {
    name: "final",
    summary: "FINAL recordings of ASTERIX (.ff): records with length, time of day and an A5 trailer",
    dates: Dates::TimeOfDay,
    detect: |head| final_record(head).is_some_and(|len| head.len() >= len),
    open: |read, start| Box::new(Final { source: Source::new(read), calendar: Calendar::new(start) }),
};

/// The row of RPLY in the registry.
pub(crate) const RPLY: ContainerKind = ContainerKind {
    name: "rply",
    summary: "replay recordings of ASTERIX (.rply): records with length and milliseconds since the record before",
    dates: Dates::Elapsed,
    detect: looks_like_rply,
    open: |read, start| Box::new(Rply::new(read, start)),
};

const FINAL_HEADER: usize = 8;
const FINAL_TRAILER: [u8; 4] = [0xa5; 4];
/// Header, the shortest ASTERIX block, trailer.
const FINAL_SHORTEST: usize = FINAL_HEADER + 3 + FINAL_TRAILER.len();

struct Final {
    source: Source,
    calendar: Calendar,
}

/// The length of the FINAL record at the front of `bytes`, when its length is possible and its trailer, as far as it is there, is
/// one.
fn final_record(bytes: &[u8]) -> Option<usize> {
    let len = usize::from(u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]));
    if len < FINAL_SHORTEST {
        return None;
    }
    bytes.get(len - 4..len).is_none_or(|trailer| trailer == FINAL_TRAILER).then_some(len)
}

impl Packets for Final {
    fn next(&mut self) -> Option<Result<Packet<'_>, ContainerError>> {
        // The longest record, so that its trailer is looked at.
        let offset = self.source.offset();
        let head = self.source.look(usize::from(u16::MAX));
        if head.is_empty() {
            return self.source.read_error().map(Err);
        }
        let at_hand = head.len();
        let Some(len) = final_record(head).filter(|len| *len <= at_hand) else {
            // Records resume behind the next trailer; where there is none, the file ends inside this one.
            let next = head.windows(4).skip(1).position(|window| window == FINAL_TRAILER);
            let cut = next.is_none() && final_record(head).is_some();
            self.source.skip(next.map_or(at_hand, |at| at + 1 + FINAL_TRAILER.len()));
            let reason = if cut { "the file ends inside a FINAL record" } else { "not a FINAL record" };
            return Some(Err(ContainerError { offset, reason }));
        };
        let record = self.source.take(len);
        let ticks = match record.get(5..FINAL_HEADER) {
            Some(&[a, b, c]) => u32::from_be_bytes([0, a, b, c]),
            _ => 0,
        };
        let time = self.calendar.date(Span::from_ms(i64::from(ticks) * 10));
        let bytes = record.get(FINAL_HEADER..len - FINAL_TRAILER.len()).unwrap_or_default();
        Some(Ok(Packet { time, flow: None, datagram: true, bytes }))
    }
}

const RPLY_HEADER: usize = 8;

struct Rply {
    source: Source,
    time: Option<Time>,
    over: bool,
}

impl Rply {
    const fn new(read: Reading, start: Option<Time>) -> Self {
        Self { source: Source::new(read), time: start, over: false }
    }
}

/// Appends one record of an RPLY file: `since` is the time since the record before, in whole milliseconds.
pub fn write_rply(out: &mut Vec<u8>, since: Span, bytes: &[u8]) {
    let ms = u32::try_from(since.ns() / 1_000_000).unwrap_or(if since < Span::ZERO { 0 } else { u32::MAX });
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&ms.to_le_bytes());
    out.extend_from_slice(bytes);
}

/// Length of the data and milliseconds of the record at the front of `bytes`.
fn rply_header(bytes: &[u8]) -> Option<(usize, u32)> {
    let &[a, b, c, d, e, f, g, h] = bytes.get(..RPLY_HEADER)? else { return None };
    Some((u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h])))
}

/// Whether the record at the front holds whole ASTERIX blocks (category, length …) that fill it exactly.
fn looks_like_rply(head: &[u8]) -> bool {
    let Some((len, _)) = rply_header(head) else { return false };
    head.get(RPLY_HEADER..RPLY_HEADER.saturating_add(len)).is_some_and(holds_asterix_blocks)
}

/// How many blocks of a record are looked at, so that looking for records in damaged files stays cheap.
const BLOCKS_LOOKED_AT: usize = 64;

/// Whether `data` is one or more ASTERIX data blocks: category not 0, u16 BE length including its own three bytes.
pub(super) fn holds_asterix_blocks(mut data: &[u8]) -> bool {
    if data.is_empty() {
        return false;
    }
    for _ in 0..BLOCKS_LOOKED_AT {
        let &[category, high, low, ..] = data else { return data.is_empty() };
        let len = usize::from(u16::from_be_bytes([high, low]));
        match data.get(len..) {
            Some(rest) if category != 0 && len > 3 => data = rest,
            _ => return false,
        }
    }
    true
}

impl Packets for Rply {
    fn next(&mut self) -> Option<Result<Packet<'_>, ContainerError>> {
        if self.over {
            return None;
        }
        let offset = self.source.offset();
        let head = self.source.look(RPLY_HEADER);
        if head.is_empty() {
            self.over = true;
            return self.source.read_error().map(Err);
        }
        let truncated = ContainerError { offset, reason: "the file ends inside an RPLY record" };
        let Some((len, delta_ms)) = rply_header(head) else {
            self.over = true;
            return Some(Err(truncated));
        };
        // A datagram is no longer than this; without a marker there is nothing to find the next record by.
        if len == 0 || len > usize::from(u16::MAX) {
            self.over = true;
            return Some(Err(ContainerError { offset, reason: "not an RPLY record" }));
        }
        if self.source.look(RPLY_HEADER + len).len() < RPLY_HEADER + len {
            self.over = true;
            return Some(Err(truncated));
        }
        self.time = self.time.map(|time| time + Span::from_ms(i64::from(delta_ms)));
        let record = self.source.take(RPLY_HEADER + len);
        Some(Ok(Packet {
            time: self.time,
            flow: None,
            datagram: true,
            bytes: record.get(RPLY_HEADER..).unwrap_or_default(),
        }))
    }
}
