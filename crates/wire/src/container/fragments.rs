//! Puts IP fragments together: surveillance datagrams are often longer than a network's largest packet.
//!
//! Bounded: at most [`MAX_PENDING`] datagrams wait, the oldest gives way; none is longer than an IP packet can be.

use super::link::{Fragment, Ip};
use std::collections::VecDeque;
use std::net::IpAddr;

/// How many unfinished datagrams wait for their rest.
const MAX_PENDING: usize = 64;
/// The longest payload of an IP packet, bytes.
const MAX_DATAGRAM: usize = 65_535;
/// The most pieces of one datagram: the smallest useful piece has 8 bytes, real ones over 500.
const MAX_PIECES: usize = 1024;

type Key = (IpAddr, IpAddr, u8, u32);

struct Pending {
    key: Key,
    bytes: Vec<u8>,
    /// Pieces received, as (from, to), sorted and not overlapping.
    pieces: Vec<(usize, usize)>,
    total: Option<usize>,
}

/// Unfinished datagrams, oldest first.
#[derive(Default)]
pub(super) struct Fragments {
    pending: VecDeque<Pending>,
    /// Datagrams given up: they were pushed out, or their pieces do not fit together.
    pub(super) lost: u64,
}

impl Fragments {
    /// Takes a fragment; gives the whole payload when it was the last piece missing.
    pub(super) fn add(&mut self, ip: &Ip<'_>, fragment: Fragment) -> Option<Vec<u8>> {
        let key = (ip.source, ip.destination, ip.protocol, fragment.id);
        let at = match self.pending.iter().position(|pending| pending.key == key) {
            Some(at) => at,
            None => self.begin(key),
        };
        let pending = self.pending.get_mut(at)?;
        if pending.add(fragment, ip.payload).is_none() {
            self.pending.remove(at);
            self.lost += 1;
            return None;
        }
        if pending.is_whole() { self.pending.remove(at).map(|whole| whole.bytes) } else { None }
    }

    fn begin(&mut self, key: Key) -> usize {
        if self.pending.len() >= MAX_PENDING {
            self.pending.pop_front();
            self.lost += 1;
        }
        self.pending.push_back(Pending { key, bytes: Vec::new(), pieces: Vec::new(), total: None });
        self.pending.len() - 1
    }

    /// Datagrams still unfinished.
    pub(super) fn unfinished(&self) -> u64 {
        self.pending.len() as u64
    }
}

impl Pending {
    /// `None` when the piece cannot belong to one datagram with the others.
    fn add(&mut self, fragment: Fragment, payload: &[u8]) -> Option<()> {
        let (begin, end) = (fragment.offset, fragment.offset + payload.len());
        if end > MAX_DATAGRAM
            || self.pieces.len() >= MAX_PIECES
            || (!fragment.more && self.total.is_some_and(|t| t != end))
        {
            return None;
        }
        if !fragment.more {
            self.total = Some(end);
        }
        if self.pieces.iter().any(|(from, to)| begin < *to && *from < end) {
            // A copy of a piece is no harm; an overlap with other content cannot be told from an attack (RFC 5722).
            return (self.bytes.get(begin..end) == Some(payload)).then_some(());
        }
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes.get_mut(begin..end)?.copy_from_slice(payload);
        let place = self.pieces.partition_point(|(from, _)| *from < begin);
        self.pieces.insert(place, (begin, end));
        Some(())
    }

    fn is_whole(&self) -> bool {
        let contiguous = self.pieces.iter().try_fold(0, |next, (from, to)| (*from == next).then_some(*to));
        self.total.is_some() && contiguous == self.total
    }
}
