//! `beast-csv` and `jsonl`: text recordings, one packet a line.
//!
//! `beast-csv`: `unix_seconds,hex`, the hex being a Beast frame from its 1A on with nothing escaped inside. The packet is the frame as
//! it would stand in a Beast stream, escapes included.
//! `jsonl`: one JSON object a line with a time in one of the keys of [`Line`]. Where the object has a `frame` in hex (as jet1090
//! writes), the packet is that frame in AVR form (`*hex;`); otherwise it is the line itself.

use super::source::Source;
use super::{ContainerError, ContainerKind, Dates, MAX_PACKET_BYTES, Packet, Packets, Reading};
use serde_json::value::RawValue;
use skypicket_model::{Span, Time};

/// The row of beast-csv in the registry.
pub(crate) const BEAST_CSV: ContainerKind = ContainerKind {
    name: "beast-csv",
    summary: "text rows of Unix seconds and an unescaped Beast frame in hex",
    dates: Dates::Full,
    detect: |head| first_line(head).is_some_and(|line| beast_row(line, &mut Vec::new()).is_some()),
    open: |read, start| {
        Box::new(Lines::new(read, start, MAX_ROW_BYTES, "not a row of Unix seconds and a Beast frame", beast))
    },
};

/// The row of jsonl in the registry.
pub(crate) const JSONL: ContainerKind = ContainerKind {
    name: "jsonl",
    summary: "JSON Lines with a time in each object; a hex frame in it is handed on as AVR, else the line itself",
    dates: Dates::Full,
    detect: |head| first_line(head).and_then(line_object).is_some_and(|line| line.seconds().is_some()),
    open: |read, start| Box::new(Lines::new(read, start, MAX_PACKET_BYTES, "not a JSON object with a time", json)),
};

/// The longest row of beast-csv, bytes: a frame is at most 23 bytes.
const MAX_ROW_BYTES: usize = 256;
/// Times before this (1973) count seconds from the start of a scenario.
const EARLIEST_UNIX_S: f64 = 1e8;

/// Reads a line into a packet's bytes and time; `None` when it is no such line.
type ReadLine = fn(&[u8], Option<Time>, &mut Vec<u8>) -> Option<Option<Time>>;

struct Lines {
    source: Source,
    start: Option<Time>,
    limit: usize,
    reason: &'static str,
    read_line: ReadLine,
    packet: Vec<u8>,
}

impl Lines {
    const fn new(read: Reading, start: Option<Time>, limit: usize, reason: &'static str, read_line: ReadLine) -> Self {
        Self { source: Source::new(read), start, limit, reason, read_line, packet: Vec::new() }
    }

    /// The length of the line at the front with its line feed, and whether it is within the limit. `None` at the end of the file.
    fn measure(&mut self) -> Option<(usize, bool)> {
        let mut seen = 0;
        loop {
            let at_hand = self.source.at_hand();
            let end = at_hand.get(seen..).unwrap_or_default().iter().position(|b| *b == b'\n');
            if let Some(at) = end {
                return Some((seen + at + 1, seen + at <= self.limit));
            }
            seen = at_hand.len();
            if seen > self.limit {
                return Some((seen, false));
            }
            if !self.source.more() {
                return (seen > 0).then_some((seen, true));
            }
        }
    }

    /// Uses up the rest of a line that is longer than its beginning at hand.
    fn skip_line(&mut self, len: usize) {
        if self.source.take(len).last() == Some(&b'\n') {
            return;
        }
        loop {
            let at_hand = self.source.at_hand();
            if let Some(at) = at_hand.iter().position(|b| *b == b'\n') {
                return self.source.skip(at + 1);
            }
            let all = at_hand.len();
            self.source.skip(all);
            if !self.source.more() {
                return;
            }
        }
    }
}

impl Packets for Lines {
    fn next(&mut self) -> Option<Result<Packet<'_>, ContainerError>> {
        loop {
            let offset = self.source.offset();
            let Some((len, fits)) = self.measure() else {
                return self.source.read_error().map(Err);
            };
            if !fits {
                self.skip_line(len);
                return Some(Err(ContainerError { offset, reason: "line too long" }));
            }
            let line = self.source.take(len).trim_ascii();
            if line.is_empty() {
                continue;
            }
            self.packet.clear();
            let Some(time) = (self.read_line)(line, self.start, &mut self.packet) else {
                return Some(Err(ContainerError { offset, reason: self.reason }));
            };
            return Some(Ok(Packet { time, flow: None, datagram: false, bytes: &self.packet }));
        }
    }
}

/// The first line of a file, if it ends within `head` or `head` is the whole file.
fn first_line(head: &[u8]) -> Option<&[u8]> {
    head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty())
}

fn beast(line: &[u8], _: Option<Time>, packet: &mut Vec<u8>) -> Option<Option<Time>> {
    beast_row(line, packet).map(Some)
}

/// Reads a row and appends its frame as it stands in a Beast stream.
fn beast_row(line: &[u8], packet: &mut Vec<u8>) -> Option<Time> {
    let comma = line.iter().position(|b| *b == b',')?;
    let (seconds, hex) = (line.get(..comma)?, line.get(comma + 1..)?.trim_ascii());
    let time = unix_seconds(core::str::from_utf8(seconds).ok()?.trim())?;
    let begins = hex.get(..2)?.eq_ignore_ascii_case(b"1a");
    // 1A, type, six bytes of time, signal, at least Mode A/C.
    if !begins || hex.len() % 2 != 0 || hex.len() < 2 * 11 {
        return None;
    }
    packet.push(0x1a);
    for pair in hex.get(2..)?.chunks_exact(2) {
        let byte = hex_digit(*pair.first()?)? << 4 | hex_digit(*pair.get(1)?)?;
        packet.push(byte);
        if byte == 0x1a {
            packet.push(byte);
        }
    }
    Some(time)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Decimal Unix seconds, exact to the nanosecond (a float would be exact to 0.2 µs only).
fn unix_seconds(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 10 || fraction.len() > 18 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let ns = fraction.bytes().chain(core::iter::repeat(b'0')).take(9).fold(0, |ns, b| ns * 10 + i64::from(b - b'0'));
    Some(Time::from_s(whole.parse().ok()?) + Span::from_ns(ns))
}

/// What `jsonl` reads of a line; times in seconds. The first key present counts: arrival before measurement.
#[derive(serde::Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    received: Option<&'a RawValue>,
    #[serde(borrow)]
    arrival: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    now: Option<&'a RawValue>,
    #[serde(borrow)]
    time: Option<&'a RawValue>,
    #[serde(borrow)]
    frame: Option<&'a str>,
}

impl Line<'_> {
    /// The time as it is written.
    fn seconds(&self) -> Option<&str> {
        let written = self.received.or(self.arrival).or(self.timestamp).or(self.now).or(self.time)?.get();
        written.parse::<f64>().is_ok().then_some(written)
    }
}

fn line_object(line: &[u8]) -> Option<Line<'_>> {
    // A JSON array would be taken for the fields in order.
    if line.first() != Some(&b'{') {
        return None;
    }
    serde_json::from_slice(line).ok()
}

/// The frame without what jet1090 leaves behind it: it writes 14 bytes always, though downlink formats 0–15, whose first bit is 0,
/// have 7 (Annex 10 volume IV, 3.1.2.3.1).
fn mode_s_hex(hex: &str) -> &str {
    let short = hex.len() == 28 && hex.bytes().next().and_then(hex_digit).is_some_and(|digit| digit < 8);
    if short { hex.get(..14).unwrap_or(hex) } else { hex }
}

fn json(line: &[u8], start: Option<Time>, packet: &mut Vec<u8>) -> Option<Option<Time>> {
    let object = line_object(line)?;
    let written = object.seconds()?;
    let seconds: f64 = written.parse().ok()?;
    let time = if seconds < EARLIEST_UNIX_S {
        start.zip(Span::from_s_f64(seconds)).map(|(start, since)| start + since)
    } else {
        Some(unix_seconds(written).or_else(|| Time::from_s_f64(seconds))?)
    };
    match object.frame.filter(|hex| !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit())) {
        Some(hex) => {
            packet.push(b'*');
            packet.extend_from_slice(mode_s_hex(hex).as_bytes());
            packet.extend_from_slice(b";\n");
        }
        None => {
            packet.extend_from_slice(line);
            packet.push(b'\n');
        }
    }
    Some(time)
}
