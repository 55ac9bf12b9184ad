//! Recordings: files that wrap the bytes of feeds in packets, with a time and a peer where the container has them.
//!
//! A container knows nothing of what the bytes mean; any format's decoder may read them. Damage is data, as in decoders: what can
//! be skipped is skipped and told as a [`ContainerError`] in the place where it was, and a file that ends inside a packet gives
//! what is whole and one error. Nothing here opens a file: the program hands in something to read from.

mod fragments;
mod framed;
mod lines;
mod link;
mod oradis;
mod pcap;
mod raw;
mod source;
mod tcp;

pub use framed::write_rply;
pub(crate) use framed::{FINAL, RPLY};
pub(crate) use lines::{BEAST_CSV, JSONL};
pub(crate) use oradis::ORADIS;
pub(crate) use pcap::PCAP;
pub use raw::RAW;

use skypicket_model::{Span, Time};
use std::fmt;
use std::io::{Cursor, Read};
use std::net::SocketAddr;

/// How many bytes of a file [`detect`] wants to see; it makes do with fewer.
pub const DETECT_BYTES: usize = 64 * 1024;
/// The longest single packet that any container yields, bytes.
pub const MAX_PACKET_BYTES: usize = 4 << 20;

/// What a container is read from. `Sync` is not needed: one thread reads it.
pub type Reading = Box<dyn Read + Send>;

/// One row of [`crate::CONTAINERS`].
#[derive(Clone, Copy)]
pub struct ContainerKind {
    /// Value of `--container`, and documentation page (docs/formats/<name>.md) at once.
    pub name: &'static str,
    /// One line for `skypicket list`.
    pub summary: &'static str,
    /// Which dates its packets carry.
    pub dates: Dates,
    /// Whether a file that begins with these bytes is one.
    pub detect: fn(&[u8]) -> bool,
    /// Starts reading. The moment is that of `--start`: it gives [`Dates::TimeOfDay`] their date and [`Dates::Elapsed`] their
    /// origin, and is not looked at otherwise.
    pub open: fn(Reading, Option<Time>) -> Box<dyn Packets>,
}

/// What a container knows of when its packets arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dates {
    /// Nothing: a pace can only be had from what the decoder finds.
    None,
    /// Date and time.
    Full,
    /// A time of day; without a start it stays unknown.
    TimeOfDay,
    /// Time since the beginning; without a start it stays unknown.
    Elapsed,
}

/// The packets of one recording, in file order.
pub trait Packets: Send {
    /// The next packet, or the damage that was found in its place; `None` at the end. After an error, ask again.
    fn next(&mut self) -> Option<Result<Packet<'_>, ContainerError>>;

    /// Packets so far that carry nothing for a decoder: other protocols, empty payloads.
    fn ignored(&self) -> u64 {
        0
    }
}

/// Bytes that arrived together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// When they arrived, as far as the container tells.
    pub time: Option<Time>,
    /// Who sent them to whom; packets of different flows belong to different decoders. `None` when the file is one stream.
    pub flow: Option<Flow>,
    /// They are one whole datagram: nothing before or after belongs to the same message.
    pub datagram: bool,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// How a flow travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Carrier {
    /// UDP datagrams.
    Udp,
    /// One direction of a TCP connection, put in order.
    Tcp,
}

/// One direction of one conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow {
    /// How it travelled.
    pub carrier: Carrier,
    /// Sender.
    pub source: SocketAddr,
    /// Receiver.
    pub destination: SocketAddr,
    /// Which TCP connection between these ports, counted from 0; 0 for UDP.
    pub session: u32,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let carrier = match self.carrier {
            Carrier::Udp => "udp",
            Carrier::Tcp => "tcp",
        };
        write!(f, "{carrier} {} > {}", self.source, self.destination)?;
        if self.session > 0 {
            write!(f, " #{}", self.session)?;
        }
        Ok(())
    }
}

/// Damage in a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerError {
    /// Where it begins, bytes from the start of the file.
    pub offset: u64,
    /// What it is, as a short stable phrase that can be counted by.
    pub reason: &'static str,
}

impl fmt::Display for ContainerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.reason, self.offset)
    }
}

impl std::error::Error for ContainerError {}

/// The container of that name.
#[must_use]
pub fn container(name: &str) -> Option<&'static ContainerKind> {
    crate::CONTAINERS.iter().copied().find(|kind| kind.name == name)
}

/// The container that a file beginning with `head` is, if one of [`crate::CONTAINERS`] recognises it; otherwise read it as `raw`.
#[must_use]
pub fn detect(head: &[u8]) -> Option<&'static str> {
    crate::CONTAINERS.iter().find(|kind| (kind.detect)(head)).map(|kind| kind.name)
}

/// Reads the first bytes of a recording and gives them back together with a reader that starts at the first byte again.
fn peek(mut read: Reading, wanted: usize) -> (Vec<u8>, Reading) {
    let mut head = Vec::new();
    // A read error is met again, and reported, by whoever reads on.
    let _ = read.by_ref().take(wanted as u64).read_to_end(&mut head);
    let again = Cursor::new(head.clone()).chain(read);
    (head, Box::new(again))
}

/// Gives times of day their date: the first lies within 12 hours of the start, each next one within 12 hours of the one before.
#[derive(Clone, Copy, Debug)]
struct Calendar {
    last: Option<Time>,
}

impl Calendar {
    const fn new(start: Option<Time>) -> Self {
        Self { last: start }
    }

    /// The moment of a time of day, when a start was given and it is one.
    fn date(&mut self, time_of_day: Span) -> Option<Time> {
        let valid = (Span::ZERO..Span::from_s(86_400)).contains(&time_of_day);
        let time = self.last.filter(|_| valid)?.nearest_with_time_of_day(time_of_day);
        self.last = Some(time);
        Some(time)
    }
}
