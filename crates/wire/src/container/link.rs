//! From a captured frame to the payload of UDP or TCP.
//!
//! Sources: IEEE 802.3 and 802.1Q (Ethernet, VLAN tags), the LINKTYPE registry of the tcpdump group, RFC 791, RFC 8200, RFC 768,
//! RFC 9293. Checksums are not looked at: captures made on the sending machine hold none that are right.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How many VLAN tags or IPv6 extension headers are looked through.
const MAX_NESTED: usize = 8;

/// An IP packet's ends and what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ip<'a> {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) protocol: u8,
    pub(super) fragment: Option<Fragment>,
    pub(super) payload: &'a [u8],
}

/// Which part of a datagram an IP packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    pub(super) id: u32,
    pub(super) offset: usize,
    pub(super) more: bool,
}

/// IP protocol numbers (IANA).
pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;

/// Why a frame has no payload for a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nothing {
    /// It is something else, and whole as far as one can tell.
    Other,
    /// It ends inside a header or before the length that its header states.
    Cut,
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Nothing> {
    match bytes.get(at..at + 2) {
        Some(&[a, b]) => Ok(u16::from_be_bytes([a, b])),
        _ => Err(Nothing::Cut),
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Nothing> {
    Ok(u32::from(u16_at(bytes, at)?) << 16 | u32::from(u16_at(bytes, at + 2)?))
}

fn from(bytes: &[u8], at: usize) -> Result<&[u8], Nothing> {
    bytes.get(at..).ok_or(Nothing::Cut)
}

/// The IP packet in a frame of that LINKTYPE.
pub(super) fn ip(linktype: i32, frame: &[u8]) -> Result<Ip<'_>, Nothing> {
    match linktype {
        // NULL and LOOP: four bytes of address family in the capturing machine's order; the IP version says the same.
        0 | 108 => any_ip(from(frame, 4)?),
        1 => by_ethertype(frame, 12),
        // RAW in its three numbers, IPV4, IPV6.
        12 | 14 | 101 | 228 | 229 => any_ip(frame),
        // LINUX_SLL: the protocol follows 14 bytes of packet type and address. LINUX_SLL2: it comes first.
        113 => by_ethertype(frame, 14),
        276 => of_ethertype(u16_at(frame, 0)?, from(frame, 20)?),
        _ => Err(Nothing::Other),
    }
}

/// Whether frames of that LINKTYPE can be read.
pub(super) const fn known(linktype: i32) -> bool {
    matches!(linktype, 0 | 1 | 12 | 14 | 101 | 108 | 113 | 228 | 229 | 276)
}

fn by_ethertype(frame: &[u8], mut at: usize) -> Result<Ip<'_>, Nothing> {
    for _ in 0..MAX_NESTED {
        match u16_at(frame, at)? {
            // 802.1Q, 802.1ad and the older double tag: the inner type follows the tag.
            0x8100 | 0x88a8 | 0x9100 => at += 4,
            ethertype => return of_ethertype(ethertype, from(frame, at + 2)?),
        }
    }
    Err(Nothing::Other)
}

fn of_ethertype(ethertype: u16, packet: &[u8]) -> Result<Ip<'_>, Nothing> {
    match ethertype {
        0x0800 | 0x86dd => any_ip(packet),
        _ => Err(Nothing::Other),
    }
}

fn any_ip(packet: &[u8]) -> Result<Ip<'_>, Nothing> {
    match packet.first().map(|first| first >> 4) {
        Some(4) => ipv4(packet),
        Some(6) => ipv6(packet),
        Some(_) => Err(Nothing::Other),
        None => Err(Nothing::Cut),
    }
}

fn ipv4(packet: &[u8]) -> Result<Ip<'_>, Nothing> {
    let header = usize::from(packet.first().copied().unwrap_or(0) & 0x0f) * 4;
    let total = usize::from(u16_at(packet, 2)?);
    // 0 where the network card was left to cut the packet up: then what was captured is all of it.
    let total = if total == 0 { packet.len() } else { total };
    if header < 20 || total < header {
        return Err(Nothing::Other);
    }
    let flags = u16_at(packet, 6)?;
    let protocol = *packet.get(9).ok_or(Nothing::Cut)?;
    let (source, destination) = (u32_at(packet, 12)?, u32_at(packet, 16)?);
    let fragment = Fragment {
        id: u32::from(u16_at(packet, 4)?),
        offset: usize::from(flags & 0x1fff) * 8,
        more: flags & 0x2000 != 0,
    };
    Ok(Ip {
        source: Ipv4Addr::from_bits(source).into(),
        destination: Ipv4Addr::from_bits(destination).into(),
        protocol,
        fragment: (fragment.more || fragment.offset > 0).then_some(fragment),
        payload: packet.get(header..total).ok_or(Nothing::Cut)?,
    })
}

fn ipv6(packet: &[u8]) -> Result<Ip<'_>, Nothing> {
    let length = usize::from(u16_at(packet, 4)?);
    let address = |at: usize| -> Result<IpAddr, Nothing> {
        let bytes: [u8; 16] = packet.get(at..at + 16).and_then(|b| b.try_into().ok()).ok_or(Nothing::Cut)?;
        Ok(Ipv6Addr::from(bytes).into())
    };
    let (source, destination) = (address(8)?, address(24)?);
    let mut next = *packet.get(6).ok_or(Nothing::Cut)?;
    // 0 means a jumbogram, or a packet left to the network card to cut up.
    let end = if length == 0 { packet.len() } else { 40 + length };
    let mut rest = packet.get(40..end).ok_or(Nothing::Cut)?;
    let mut fragment = None;
    for _ in 0..MAX_NESTED {
        let len = match next {
            // Hop-by-hop options, routing, destination options.
            0 | 43 | 60 => 8 + 8 * usize::from(*rest.get(1).ok_or(Nothing::Cut)?),
            // Authentication header, counted in four bytes.
            51 => 8 + 4 * usize::from(*rest.get(1).ok_or(Nothing::Cut)?),
            44 => {
                let place = u16_at(rest, 2)?;
                let more = place & 1 != 0;
                let offset = usize::from(place & 0xfff8);
                fragment = (more || offset > 0).then_some(Fragment { id: u32_at(rest, 4)?, offset, more });
                8
            }
            _ => return Ok(Ip { source, destination, protocol: next, fragment, payload: rest }),
        };
        next = *rest.first().ok_or(Nothing::Cut)?;
        rest = from(rest, len)?;
    }
    Err(Nothing::Other)
}

/// A UDP datagram's ports and payload.
pub(super) fn udp(datagram: &[u8]) -> Result<(u16, u16, &[u8]), Nothing> {
    let length = usize::from(u16_at(datagram, 4)?);
    let length = if length == 0 { datagram.len() } else { length };
    if length < 8 {
        return Err(Nothing::Other);
    }
    Ok((u16_at(datagram, 0)?, u16_at(datagram, 2)?, datagram.get(8..length).ok_or(Nothing::Cut)?))
}

/// A TCP segment's header and payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) source_port: u16,
    pub(super) destination_port: u16,
    pub(super) sequence: u32,
    pub(super) begins: bool,
    pub(super) ends: bool,
    pub(super) payload: &'a [u8],
}

/// The parts of a TCP segment.
pub(super) fn tcp(segment: &[u8]) -> Result<Segment<'_>, Nothing> {
    let offset_and_flags = u16_at(segment, 12)?;
    let header = usize::from(offset_and_flags >> 12) * 4;
    if header < 20 {
        return Err(Nothing::Other);
    }
    Ok(Segment {
        source_port: u16_at(segment, 0)?,
        destination_port: u16_at(segment, 2)?,
        sequence: u32_at(segment, 4)?,
        begins: offset_and_flags & 0x02 != 0,
        ends: offset_and_flags & 0x05 != 0,
        payload: from(segment, header)?,
    })
}
