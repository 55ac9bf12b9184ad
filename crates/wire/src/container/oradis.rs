//! `oradis`: ASTERIX records with a length and a time of day, in a file of their own or inside the UDP datagrams of a capture.
//!
//! Record: u16 BE length including these six header bytes, u32 BE milliseconds after midnight UTC, one ASTERIX data block or more.
//! The time's unit is read off a public capture whose packet times agree with it to the millisecond.

use super::framed::holds_asterix_blocks;
use super::pcap::{self, Capture};
use super::source::Source;
use super::{Calendar, ContainerError, ContainerKind, Dates, Packet, Packets, Reading, peek};
use skypicket_model::{Span, Time};

/// The row of the registry. A capture is recognised as `pcap`; `oradis` must then be named.
pub(crate) const ORADIS: ContainerKind = ContainerKind {
    name: "oradis",
    summary: "ORADIS records of ASTERIX: length and milliseconds of the day, in a file or in the datagrams of a pcap file",
    dates: Dates::TimeOfDay,
    detect: |head| record(head).is_some(),
    open,
};

const HEADER: usize = 6;
/// Milliseconds of a day, with a leap second.
const DAY_MS: u32 = 86_401_000;

fn open(read: Reading, start: Option<Time>) -> Box<dyn Packets> {
    let (head, read) = peek(read, 4);
    if pcap::is_capture(&head) {
        return Box::new(InCapture {
            capture: Capture::new(read),
            datagram: Vec::new(),
            at: 0,
            time: None,
            flow: None,
            offset: 0,
        });
    }
    Box::new(InFile { source: Source::new(read), calendar: Calendar::new(start) })
}

/// Length and time of day of the record at the front of `bytes`, if one is there whole.
fn record(bytes: &[u8]) -> Option<(usize, Span)> {
    let &[a, b, c, d, e, f] = bytes.get(..HEADER)? else { return None };
    let len = usize::from(u16::from_be_bytes([a, b]));
    let ms = u32::from_be_bytes([c, d, e, f]);
    let whole = ms < DAY_MS && holds_asterix_blocks(bytes.get(HEADER..len)?);
    whole.then(|| (len, Span::from_ms(i64::from(ms))))
}

struct InFile {
    source: Source,
    calendar: Calendar,
}

impl Packets for InFile {
    fn next(&mut self) -> Option<Result<Packet<'_>, ContainerError>> {
        let offset = self.source.offset();
        let head = self.source.look(usize::from(u16::MAX));
        if head.is_empty() {
            return self.source.read_error().map(Err);
        }
        let Some((len, time_of_day)) = record(head) else {
            let skipped = (1..head.len()).find(|at| record(head.get(*at..).unwrap_or_default()).is_some());
            let skipped = skipped.unwrap_or(head.len());
            self.source.skip(skipped);
            return Some(Err(ContainerError { offset, reason: "not an ORADIS record" }));
        };
        let time = self.calendar.date(time_of_day);
        let bytes = self.source.take(len).get(HEADER..).unwrap_or_default();
        Some(Ok(Packet { time, flow: None, datagram: true, bytes }))
    }
}

struct InCapture {
    capture: Capture,
    datagram: Vec<u8>,
    at: usize,
    time: Option<Time>,
    flow: Option<super::Flow>,
    offset: u64,
}

impl Packets for InCapture {
    fn next(&mut self) -> Option<Result<Packet<'_>, ContainerError>> {
        while self.at >= self.datagram.len() {
            let offset = self.capture.offset();
            let packet = match self.capture.next()? {
                Ok(packet) => packet,
                Err(error) => return Some(Err(error)),
            };
            self.datagram.clear();
            self.datagram.extend_from_slice(packet.bytes);
            self.at = 0;
            (self.time, self.flow, self.offset) = (packet.time, packet.flow, offset);
        }
        let from = self.at;
        let Some((len, time_of_day)) = record(self.datagram.get(from..).unwrap_or_default()) else {
            self.at = self.datagram.len();
            return Some(Err(ContainerError { offset: self.offset, reason: "not an ORADIS record" }));
        };
        self.at = from + len;
        let time = self.time.map(|captured| captured.nearest_with_time_of_day(time_of_day));
        let bytes = self.datagram.get(from + HEADER..from + len).unwrap_or_default();
        Some(Ok(Packet { time, flow: self.flow, datagram: true, bytes }))
    }

    fn ignored(&self) -> u64 {
        self.capture.ignored()
    }
}
