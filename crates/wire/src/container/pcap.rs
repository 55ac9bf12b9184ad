//! `pcap`: captures in the pcap and pcapng formats, down to the payload of UDP datagrams and TCP streams.
//!
//! Blocks are read by the crate pcap-parser; interface time resolutions and offsets are computed here, because that crate (0.17.0)
//! refuses binary resolutions and reads the offset as little-endian always. Sources: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.

use super::fragments::Fragments;
use super::link::{self, Ip, Nothing};
use super::tcp::Streams;
use super::{
    Carrier, ContainerError, ContainerKind, DETECT_BYTES, Dates, Flow, MAX_PACKET_BYTES, Packet, Packets, Reading, peek,
};
use pcap_parser::pcapng::{Block, InterfaceDescriptionBlock, OptionCode};
use pcap_parser::traits::{PcapNGPacketBlock, PcapReaderIterator};
use pcap_parser::{PcapBlockOwned, PcapError, create_reader};
use skypicket_model::Time;
use std::net::SocketAddr;

/// The row of the registry.
pub(crate) const PCAP: ContainerKind = ContainerKind {
    name: "pcap",
    summary: "captures (pcap, pcapng): UDP datagrams and TCP streams over IPv4 and IPv6",
    dates: Dates::Full,
    detect: is_capture,
    open: |read, _| Box::new(Capture::new(read)),
};

/// Whether a file begins as a capture: the five magics of pcap, the section header of pcapng.
pub(super) fn is_capture(head: &[u8]) -> bool {
    matches!(
        head.get(..4),
        Some(
            [0xd4, 0xc3, 0xb2, 0xa1]
                | [0xa1, 0xb2, 0xc3, 0xd4]
                | [0x4d, 0x3c, 0xb2, 0xa1]
                | [0xa1, 0xb2, 0x3c, 0x4d]
                | [0x34, 0xcd, 0xb2, 0xa1]
                | [0x0a, 0x0d, 0x0d, 0x0a]
        )
    )
}

/// Where the reading buffer begins and how far it may grow.
const BUFFER_BYTES: usize = 256 * 1024;
/// How many interfaces of a section are remembered.
const MAX_INTERFACES: usize = 4096;

/// What a packet's time and link layer are read by.
#[derive(Clone, Copy)]
struct Interface {
    linktype: i32,
    /// Resolution as pcapng writes it: a power of ten, or of two with the top bit set.
    resolution: u8,
    offset_s: i64,
}

/// A capture being read.
pub(super) struct Capture {
    reader: Option<Box<dyn PcapReaderIterator + Send>>,
    failed_to_open: bool,
    interfaces: Vec<Interface>,
    big_endian: bool,
    frame: Vec<u8>,
    payload: Vec<u8>,
    /// The payload behind a gap that was just told.
    held: Option<(Option<Time>, Flow)>,
    fragments: Fragments,
    fragments_lost: u64,
    streams: Streams,
    ignored: u64,
    offset: u64,
}

/// What the next block of the file is.
enum Step {
    /// A captured frame, now in `Capture::frame`.
    Frame { interface: Interface, time: Option<Time>, whole: bool },
    /// Nothing for us.
    Other,
    /// A whole block that means nothing; it is behind us.
    Senseless,
    /// The block at hand is damaged.
    Damaged,
    /// More bytes are needed.
    More,
    /// The file ended, cleanly or inside a block.
    End { clean: bool },
    /// It cannot go on.
    Broken(&'static str),
}

/// What a frame turned out to be.
enum Content {
    Payload(Flow),
    PayloadAfterGap(Flow),
    Nothing,
    Error(&'static str),
}

impl Capture {
    /// Starts at the first byte.
    pub(super) fn new(read: Reading) -> Self {
        // The crate looks at what its first read brings: that must be more than a trickle.
        let (_, read) = peek(read, DETECT_BYTES);
        let reader = create_reader(BUFFER_BYTES, read).ok();
        Self {
            failed_to_open: reader.is_none(),
            reader,
            interfaces: Vec::new(),
            big_endian: false,
            frame: Vec::new(),
            payload: Vec::new(),
            held: None,
            fragments: Fragments::default(),
            fragments_lost: 0,
            streams: Streams::default(),
            ignored: 0,
            offset: 0,
        }
    }

    /// Where the packet given last stands in the file.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the next block.
    fn step(&mut self) -> Step {
        let Self { reader: Some(reader), interfaces, big_endian, frame, .. } = self else {
            return Step::End { clean: true };
        };
        let at_hand = reader.data().len();
        let (used, step) = match reader.next() {
            Ok((used, block)) => (used, read_block(&block, interfaces, big_endian, frame)),
            Err(PcapError::Eof) => return Step::End { clean: true },
            Err(PcapError::UnexpectedEof) => return Step::End { clean: at_hand == 0 },
            Err(PcapError::Incomplete(_) | PcapError::BufferTooSmall) => return Step::More,
            Err(PcapError::ReadError) => return Step::Broken("cannot be read"),
            Err(_) => return Step::Damaged,
        };
        reader.consume(used);
        step
    }

    /// Reads more of the file into the buffer; an error phrase when that is not possible.
    fn more(&mut self) -> Result<(), &'static str> {
        let Some(reader) = self.reader.as_mut() else { return Ok(()) };
        let before = reader.data().len();
        if reader.refill().is_err() {
            return Err("cannot be read");
        }
        if reader.data().len() == before && !reader.reader_exhausted() {
            // The buffer is full of one block.
            if before >= 2 * MAX_PACKET_BYTES || !reader.grow((before * 2).max(BUFFER_BYTES)) {
                return Err("a block longer than any packet");
            }
        }
        Ok(())
    }

    /// Goes to the next block behind a damaged one by the length that the damaged one states; pcap has no such length to trust.
    fn skip_damaged(&mut self) -> bool {
        let Some(reader) = self.reader.as_mut() else { return false };
        let Some(&[a, b, c, d]) = reader.data().get(4..8) else { return false };
        let len =
            if self.big_endian { u32::from_be_bytes([a, b, c, d]) } else { u32::from_le_bytes([a, b, c, d]) } as usize;
        let possible = !self.interfaces.is_empty() && len >= 12 && len.is_multiple_of(4) && len <= reader.data().len();
        if possible {
            reader.consume(len);
        }
        possible
    }

    /// Finds the payload of the frame at hand and leaves it in `self.payload`.
    fn unwrap_frame(&mut self, interface: Interface, whole: bool) -> Content {
        self.payload.clear();
        if !link::known(interface.linktype) {
            return Content::Error("a link type that is not read");
        }
        let ip = match link::ip(interface.linktype, &self.frame) {
            Ok(ip) => ip,
            Err(nothing) => return nothing_there(nothing, whole),
        };
        let Some(fragment) = ip.fragment else {
            return unwrap_ip(&ip, ip.payload, whole, &mut self.streams, &mut self.payload);
        };
        match self.fragments.add(&ip, fragment) {
            Some(datagram) => unwrap_ip(&ip, &datagram, whole, &mut self.streams, &mut self.payload),
            None if self.fragments.lost > self.fragments_lost => {
                self.fragments_lost = self.fragments.lost;
                Content::Error("a datagram with fragments missing")
            }
            None => Content::Nothing,
        }
    }
}

/// The phrase for a frame without payload: an error only when the capture itself cut it off.
const fn nothing_there(nothing: Nothing, whole: bool) -> Content {
    match nothing {
        Nothing::Other => Content::Nothing,
        Nothing::Cut if whole => Content::Error("a packet shorter than its headers say"),
        Nothing::Cut => Content::Error("a packet cut off by the capture's length limit"),
    }
}

/// Appends the payload of UDP or TCP.
fn unwrap_ip(ip: &Ip<'_>, datagram: &[u8], whole: bool, streams: &mut Streams, payload: &mut Vec<u8>) -> Content {
    let flow = |carrier, source_port, destination_port| Flow {
        carrier,
        source: SocketAddr::new(ip.source, source_port),
        destination: SocketAddr::new(ip.destination, destination_port),
        session: 0,
    };
    let content = match ip.protocol {
        link::UDP => match link::udp(datagram) {
            Ok((source_port, destination_port, bytes)) => {
                payload.extend_from_slice(bytes);
                Content::Payload(flow(Carrier::Udp, source_port, destination_port))
            }
            Err(nothing) => nothing_there(nothing, whole),
        },
        link::TCP => match link::tcp(datagram) {
            Ok(segment) => {
                let flow = flow(Carrier::Tcp, segment.source_port, segment.destination_port);
                let brought = streams.add(flow, &segment, payload);
                let flow = Flow { session: brought.session, ..flow };
                if brought.gap { Content::PayloadAfterGap(flow) } else { Content::Payload(flow) }
            }
            Err(nothing) => nothing_there(nothing, whole),
        },
        _ => Content::Nothing,
    };
    match content {
        Content::Payload(_) if payload.is_empty() => Content::Nothing,
        content => content,
    }
}

/// Reads one block: remembers interfaces, copies a frame out.
fn read_block(
    block: &PcapBlockOwned<'_>,
    interfaces: &mut Vec<Interface>,
    big_endian: &mut bool,
    frame: &mut Vec<u8>,
) -> Step {
    let (id, ticks, caught, original) = match block {
        PcapBlockOwned::LegacyHeader(header) => {
            let resolution = if header.is_nanosecond_precision() { 9 } else { 6 };
            // The upper bits of the word hold the length of a frame check sequence, not the type.
            interfaces.push(Interface { linktype: header.network.0 & 0xffff, resolution, offset_s: 0 });
            return Step::Other;
        }
        PcapBlockOwned::Legacy(packet) => {
            let per_s =
                interfaces.first().map_or(1_000_000, |i| if i.resolution == 9 { 1_000_000_000 } else { 1_000_000 });
            let ticks = u64::from(packet.ts_sec) * per_s + u64::from(packet.ts_usec);
            (0, Some(ticks), packet.data, packet.origlen)
        }
        PcapBlockOwned::NG(Block::SectionHeader(section)) => {
            *big_endian = section.big_endian();
            interfaces.clear();
            return Step::Other;
        }
        PcapBlockOwned::NG(Block::InterfaceDescription(description)) => {
            if interfaces.len() < MAX_INTERFACES {
                interfaces.push(interface(description, *big_endian));
            }
            return Step::Other;
        }
        PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => {
            let ticks = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
            (packet.if_id as usize, Some(ticks), packet.packet_data(), packet.origlen)
        }
        PcapBlockOwned::NG(Block::SimplePacket(packet)) => (0, None, packet.packet_data(), packet.origlen),
        PcapBlockOwned::NG(_) => return Step::Other,
    };
    let Some(interface) = interfaces.get(id).copied() else { return Step::Senseless };
    frame.clear();
    frame.extend_from_slice(caught);
    let time = ticks.and_then(|ticks| moment(ticks, interface));
    Step::Frame { interface, time, whole: caught.len() >= original as usize }
}

fn interface(description: &InterfaceDescriptionBlock<'_>, big_endian: bool) -> Interface {
    let offset = description.options.iter().find(|option| option.code == OptionCode::IfTsoffset);
    let offset_s = offset
        .and_then(|option| option.value.get(..8)?.try_into().ok())
        .map_or(0, |bytes: [u8; 8]| if big_endian { i64::from_be_bytes(bytes) } else { i64::from_le_bytes(bytes) });
    Interface { linktype: description.linktype.0, resolution: description.if_tsresol, offset_s }
}

/// The moment of a count of ticks; `None` when it is no moment that [`Time`] can hold.
fn moment(ticks: u64, interface: Interface) -> Option<Time> {
    let exponent = u32::from(interface.resolution & 0x7f);
    let ns = u128::from(ticks) * 1_000_000_000;
    let ns =
        if interface.resolution & 0x80 == 0 { ns / 10_u128.checked_pow(exponent)? } else { ns.checked_shr(exponent)? };
    let ns = i64::try_from(ns).ok()?.checked_add(interface.offset_s.checked_mul(1_000_000_000)?)?;
    Some(Time::from_ns(ns))
}

impl Packets for Capture {
    fn next(&mut self) -> Option<Result<Packet<'_>, ContainerError>> {
        let error = |offset, reason| Some(Err(ContainerError { offset, reason }));
        if std::mem::take(&mut self.failed_to_open) {
            return error(0, "not a capture");
        }
        if let Some((time, flow)) = self.held.take() {
            return Some(Ok(self.packet(time, flow)));
        }
        loop {
            self.offset = self.reader.as_ref().map_or(0, |reader| reader.consumed() as u64);
            let offset = self.offset;
            match self.step() {
                Step::Frame { interface, time, whole } => match self.unwrap_frame(interface, whole) {
                    Content::Payload(flow) => return Some(Ok(self.packet(time, flow))),
                    Content::PayloadAfterGap(flow) => {
                        self.held = Some((time, flow));
                        return error(offset, "bytes missing in a TCP stream");
                    }
                    Content::Nothing => self.ignored += 1,
                    Content::Error(reason) => return error(offset, reason),
                },
                Step::Other => {}
                Step::More => {
                    if let Err(reason) = self.more() {
                        self.reader = None;
                        return error(offset, reason);
                    }
                }
                Step::Senseless => return error(offset, "a packet of an interface that was not described"),
                Step::Damaged => {
                    if !self.skip_damaged() {
                        self.reader = None;
                    }
                    return error(offset, "a damaged block");
                }
                Step::Broken(reason) => {
                    self.reader = None;
                    return error(offset, reason);
                }
                Step::End { clean } => {
                    self.reader = None;
                    if !clean {
                        return error(offset, "the file ends inside a packet");
                    }
                    return self.left_over().and_then(|reason| error(offset, reason));
                }
            }
        }
    }

    fn ignored(&self) -> u64 {
        self.ignored
    }
}

impl Capture {
    /// What was still waiting for its missing part at the end of the file.
    fn left_over(&mut self) -> Option<&'static str> {
        let (fragments, streams) = (std::mem::take(&mut self.fragments), std::mem::take(&mut self.streams));
        if fragments.unfinished() > 0 {
            return Some("a datagram with fragments missing");
        }
        streams.waiting().then_some("bytes missing in a TCP stream")
    }

    fn packet(&self, time: Option<Time>, flow: Flow) -> Packet<'_> {
        Packet { time, flow: Some(flow), datagram: flow.carrier == Carrier::Udp, bytes: &self.payload }
    }
}
