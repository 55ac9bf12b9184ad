//! Names of things. None is a counter that would leak how much was withheld: see each type for what it is made of.

use core::fmt;

/// Position of an input in the journal; the only processing order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

/// A configured feed, by its place in the config (0-based).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedId(pub u16);

impl FeedId {
    /// From here on numbers are of feeds that a former config had and this one has not.
    const FIRST_GONE: u16 = u16::MAX - 0x3ff;

    /// A number for this feed, which is gone: one that names no feed, another for each.
    #[must_use]
    pub const fn gone(self) -> Self {
        if self.is_gone() { self } else { Self(u16::MAX - self.0 % 0x400) }
    }

    /// Whether it is the number of a feed that is gone.
    #[must_use]
    pub const fn is_gone(self) -> bool {
        self.0 >= Self::FIRST_GONE
    }
}

/// One connection of a feed (a TCP session, a UDP peer, a file). Unique within an epoch; a new connection starts with a fresh decoder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

/// A sensor: the feed that delivers it and its number within that feed.
///
/// ASTERIX sources have `source = SAC << 8 | SIC`; formats that name sensors get 1 + their place in the feed's list of sensors; a
/// feed that is itself one sensor has 0. So the same bytes under the same config always name the same sensor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SensorId {
    /// The feed.
    pub feed: FeedId,
    /// The number within the feed.
    pub source: u16,
}

/// One observation: the input that carried it and its place among the observations of that input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObservationId {
    /// The journal input.
    pub seq: Seq,
    /// 0-based place among the observations decoded from that input.
    pub index: u32,
}

/// A track: 64 bits of a hash over the view's salt and the content of the observation that gave birth to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackId(pub u64);

/// An incident: 64 bits of a hash over its rule and the content that opened it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IncidentId(pub u64);

/// An airspace, by its place in the loaded set (0-based).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AirspaceId(pub u32);

impl AirspaceId {
    /// From here on numbers are of airspaces that a former config watched and this one does not.
    const FIRST_GONE: u32 = u32::MAX - 0xf_ffff;

    /// A number for this airspace, which is gone: one that names no airspace, another for each.
    #[must_use]
    pub const fn gone(self) -> Self {
        if self.is_gone() { self } else { Self(u32::MAX - self.0 % 0x10_0000) }
    }

    /// Whether it is the number of an airspace that is gone.
    #[must_use]
    pub const fn is_gone(self) -> bool {
        self.0 >= Self::FIRST_GONE
    }
}

macro_rules! newtype_canon {
    ($($t:ident),*) => {$(
        impl crate::canon::Canon for $t {
            fn encode(&self, out: &mut Vec<u8>) {
                self.0.encode(out);
            }
            fn decode(reader: &mut crate::canon::Reader<'_>) -> Result<Self, crate::canon::CanonError> {
                Ok(Self(crate::canon::Canon::decode(reader)?))
            }
        }
    )*};
}
newtype_canon!(Seq, FeedId, ConnectionId, TrackId, IncidentId, AirspaceId);
crate::canon_struct!(SensorId { feed, source });
crate::canon_struct!(ObservationId { seq, index });

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
impl fmt::Display for ObservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.seq.0, self.index)
    }
}
impl fmt::Display for SensorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.feed.0, self.source)
    }
}

/// 64-bit FNV-1a over bytes, then mixed (the finaliser of SplitMix64): what content-derived ids are made with.
#[must_use]
pub fn content_hash(parts: &[&[u8]]) -> u64 {
    let mut h: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for &byte in *part {
            h = (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        // Part boundaries count, so that ("ab", "c") and ("a", "bc") differ.
        h = (h ^ 0xff).wrapping_mul(0x0000_0100_0000_01b3);
    }
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}
