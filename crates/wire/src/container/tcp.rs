//! Puts the segments of captured TCP connections in order, one direction at a time.
//!
//! Repeated bytes are left out; segments that arrive early wait. When more than [`MAX_EARLY_BYTES`] wait, or the connection ends,
//! the missing bytes were not captured: the stream goes on behind the gap, and the gap is told.

use super::Flow;
use super::link::Segment;
use std::collections::BTreeMap;

/// How many bytes of a direction wait for earlier ones.
const MAX_EARLY_BYTES: usize = 256 * 1024;
/// How many segments of a direction wait.
const MAX_EARLY_SEGMENTS: usize = 512;
/// How many directions are followed at once; the least recently used gives way.
const MAX_STREAMS: usize = 4096;

#[derive(Default)]
struct Stream {
    session: u32,
    next: u32,
    /// When it last carried something, in segments seen.
    used: u64,
    /// Early segments by distance from `next` at the time of asking; kept unsorted, they are few.
    early: Vec<(u32, Vec<u8>)>,
    early_bytes: usize,
}

/// The directions followed.
#[derive(Default)]
pub(super) struct Streams {
    streams: BTreeMap<Flow, Stream>,
    clock: u64,
}

/// What a segment brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Brought {
    /// Which TCP connection between the two ports it belongs to.
    pub(super) session: u32,
    /// Bytes are missing before what it brought.
    pub(super) gap: bool,
}

/// How far `to` lies behind `from` on the circle of sequence numbers; negative when before.
const fn ahead(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from).cast_signed()
}

impl Streams {
    /// Takes a segment of `flow` (whose session is 0) and appends the bytes that are in order now.
    pub(super) fn add(&mut self, flow: Flow, segment: &Segment<'_>, out: &mut Vec<u8>) -> Brought {
        self.clock += 1;
        if !self.streams.contains_key(&flow) && self.streams.len() >= MAX_STREAMS {
            let oldest = self.streams.iter().min_by_key(|(_, stream)| stream.used).map(|(flow, _)| *flow);
            oldest.map(|flow| self.streams.remove(&flow));
        }
        // Data begins one behind the sequence number of a SYN.
        let first = segment.sequence.wrapping_add(u32::from(segment.begins));
        let known = self.streams.contains_key(&flow);
        let stream = self.streams.entry(flow).or_default();
        stream.used = self.clock;
        if !known {
            stream.next = first;
        } else if segment.begins && first != stream.next {
            *stream = Stream { session: stream.session + 1, next: first, used: self.clock, ..Stream::default() };
        }
        stream.take(first, segment.payload, out);
        let overfull = stream.early_bytes > MAX_EARLY_BYTES || stream.early.len() > MAX_EARLY_SEGMENTS;
        let gap = (overfull || segment.ends) && stream.jump(out);
        Brought { session: stream.session, gap }
    }

    /// Whether any segment still waits for an earlier one.
    pub(super) fn waiting(&self) -> bool {
        self.streams.values().any(|stream| !stream.early.is_empty())
    }
}

impl Stream {
    /// Takes bytes at a sequence number: appends what is new and in order, keeps what is early.
    fn take(&mut self, sequence: u32, payload: &[u8], out: &mut Vec<u8>) {
        let distance = ahead(self.next, sequence);
        if distance > 0 {
            if !payload.is_empty() {
                self.early_bytes += payload.len();
                self.early.push((sequence, payload.to_vec()));
            }
            return;
        }
        self.append(sequence, payload, out);
        while let Some(at) = self.early.iter().position(|(early, _)| ahead(self.next, *early) <= 0) {
            let (sequence, payload) = self.early.swap_remove(at);
            self.early_bytes -= payload.len();
            self.append(sequence, &payload, out);
        }
    }

    fn append(&mut self, sequence: u32, payload: &[u8], out: &mut Vec<u8>) {
        let known = ahead(sequence, self.next).max(0) as usize;
        let new = payload.get(known..).unwrap_or_default();
        out.extend_from_slice(new);
        self.next = self.next.wrapping_add(new.len() as u32);
    }

    /// Goes on behind the gap before the earliest waiting segment; `false` when nothing waits.
    fn jump(&mut self, out: &mut Vec<u8>) -> bool {
        let mut jumped = false;
        while let Some(distance) = self.early.iter().map(|(early, _)| ahead(self.next, *early)).min() {
            self.next = self.next.wrapping_add(distance.max(0) as u32);
            self.take(self.next, &[], out);
            jumped = true;
        }
        jumped
    }
}
