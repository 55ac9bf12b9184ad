//! What is kept of each address between messages, in a flat table with a fixed seed, bounded and aged.
//!
//! An entry is 128 bytes and holds only what later messages need for their decoding: confirmation, half-decoded positions, quality
//! figures that come in other messages. Nothing here is a track.

use super::cpr::{Encoded, Kind};
use skypicket_model::frames::LatLon;
use skypicket_model::time::{Span, Time};
use skypicket_model::{Canon, CanonError, Reader};

/// At most so many addresses are kept a connection; beyond, the older half is forgotten. A real sky has a tenth of it.
pub const MAX_AIRCRAFT: usize = 65_536;
/// An address not heard for so long is forgotten when room is needed.
pub const FORGET_AFTER: Span = Span::from_s(600);
/// Room for so many addresses before the first look for old ones.
const FIRST_SWEEP: usize = 4096;
/// Long before any message.
const NEVER: Time = Time::MIN;

/// Who speaks under an address; the same 24 bits on another channel are another entry, so that their half positions never mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// An ICAO address in the aircraft's own transmissions.
    Icao = 1,
    /// An anonymous or other non-ICAO address in direct transmissions.
    NonIcao = 2,
    /// ICAO address rebroadcast (ADS-R).
    Rebroadcast = 3,
    /// Non-ICAO address rebroadcast.
    RebroadcastNonIcao = 4,
    /// ICAO address in traffic information (TIS-B).
    Traffic = 5,
    /// Non-ICAO address in traffic information.
    TrafficNonIcao = 6,
    /// Track file number in traffic information.
    TrafficTrackFile = 7,
    /// Any address in results of multilateration.
    Multilateration = 8,
}

/// A key: never 0, which marks an empty slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(u32);

impl Canon for Key {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        let key = u32::decode(reader)?;
        // An empty slot's key must not come in.
        if key >> 24 == 0 { Err(CanonError::Invalid) } else { Ok(Self(key)) }
    }
}

impl Key {
    /// An address in a space.
    #[inline]
    #[must_use]
    pub const fn new(space: Space, address: u32) -> Self {
        Self((space as u32) << 24 | address & 0xff_ffff)
    }
}

/// A position frame that waits for its other half.
#[derive(Clone, Copy, Debug)]
pub(super) struct Half {
    /// Latitude in the low 17 bits, bit 31 when surface.
    lat: u32,
    lon: u32,
    pub(super) at: Time,
}
skypicket_model::canon_struct!(Half { lat, lon, at });

impl Default for Half {
    fn default() -> Self {
        Self::NONE
    }
}

impl Half {
    const NONE: Self = Self { lat: 0, lon: 0, at: NEVER };

    #[inline]
    pub(super) const fn new(kind: Kind, frame: Encoded, at: Time) -> Self {
        Self { lat: frame.lat | if matches!(kind, Kind::Surface) { 1 << 31 } else { 0 }, lon: frame.lon, at }
    }

    /// The coordinates if the frame is of that kind and not older than `limit` (nor younger: clocks step).
    #[inline]
    pub(super) fn fresh(&self, kind: Kind, now: Time, limit: Span) -> Option<(u32, u32)> {
        let same = (self.lat >> 31 == 1) == (kind == Kind::Surface);
        (same && (now - self.at).abs() <= limit).then_some((self.lat & 0x1_ffff, self.lon))
    }
}

/// ADS-B version not yet told.
pub(super) const VERSION_UNKNOWN: u8 = 0xff;
/// Quality figure not yet told.
pub(super) const NOT_TOLD: u8 = 0xff;

/// What is kept of one address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aircraft {
    key: Key,
    /// ADS-B version, or [`VERSION_UNKNOWN`].
    pub(super) version: u8,
    /// NACp, or [`NOT_TOLD`].
    pub(super) nac_p: u8,
    /// NIC supplement A.
    pub(super) nic_a: bool,
    /// NIC supplement C.
    pub(super) nic_c: bool,
    seen: Time,
    /// Last frame whose parity proves the address.
    pub(super) confirmed: Time,
    /// Even and odd half positions.
    pub(super) halves: [Half; 2],
    /// Last stated position.
    pub(super) place: LatLon,
    /// When it was stated.
    pub(super) place_at: Time,
    /// A global solution that awaits its confirmation.
    pub(super) candidate: (f32, f32),
    /// When it was found.
    pub(super) candidate_at: Time,
    /// Pressure altitude, feet.
    pub(super) pressure_ft: f32,
    /// Ground velocity east and north, knots.
    pub(super) velocity_kt: (f32, f32),
    /// When the pressure altitude was told.
    pub(super) pressure_at: Time,
    /// When the ground velocity was told.
    pub(super) velocity_at: Time,
}
skypicket_model::canon_struct!(Aircraft {
    key,
    version,
    nac_p,
    nic_a,
    nic_c,
    seen,
    confirmed,
    halves,
    place,
    place_at,
    candidate,
    candidate_at,
    pressure_ft,
    velocity_kt,
    pressure_at,
    velocity_at,
});

impl Aircraft {
    const fn new(key: Key) -> Self {
        Self {
            key,
            version: VERSION_UNKNOWN,
            nac_p: NOT_TOLD,
            nic_a: false,
            nic_c: false,
            seen: NEVER,
            confirmed: NEVER,
            halves: [Half::NONE; 2],
            place: LatLon { lat_deg: 0.0, lon_deg: 0.0 },
            place_at: NEVER,
            candidate: (0.0, 0.0),
            candidate_at: NEVER,
            pressure_ft: 0.0,
            velocity_kt: (0.0, 0.0),
            pressure_at: NEVER,
            velocity_at: NEVER,
        }
    }
}

/// One slot of the index: a key (0 when empty) and the entry's place.
#[derive(Clone, Copy)]
struct Slot {
    key: u32,
    place: u32,
}

const EMPTY: Slot = Slot { key: 0, place: 0 };

/// The addresses of a connection. Open addressing over a dense list; nothing is ever taken out singly.
pub(super) struct Addresses {
    slots: Box<[Slot]>,
    entries: Vec<Aircraft>,
    /// When so many are held, the old are looked for.
    sweep_at: usize,
}

impl Default for Addresses {
    fn default() -> Self {
        Self { slots: vec![EMPTY; FIRST_SWEEP * 2].into(), entries: Vec::new(), sweep_at: FIRST_SWEEP }
    }
}

impl Addresses {
    /// Where the search for a key starts: the upper bits of a multiplicative hash.
    #[inline]
    fn home(&self, key: Key) -> usize {
        let hash = u64::from(key.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (hash >> 40) as usize & (self.slots.len() - 1)
    }

    /// The slot that holds the key, or the empty one where it belongs.
    #[inline]
    fn find(&self, key: Key) -> usize {
        let mut at = self.home(key);
        // At most half of the slots are taken, so the search ends.
        while self.slots[at].key != 0 && self.slots[at].key != key.0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    /// The entry of a key, if there is one.
    #[inline]
    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut Aircraft> {
        let slot = self.slots[self.find(key)];
        if slot.key == 0 { None } else { self.entries.get_mut(slot.place as usize) }
    }

    /// The entry of a key, new if there is none, marked as heard now.
    #[inline]
    pub(super) fn heard(&mut self, key: Key, now: Time) -> &mut Aircraft {
        let at = self.find(key);
        let place = if self.slots[at].key == 0 { self.add(key, at, now) } else { self.slots[at].place as usize };
        let entry = &mut self.entries[place];
        entry.seen = now;
        entry
    }

    #[cold]
    fn add(&mut self, key: Key, mut at: usize, now: Time) -> usize {
        if self.entries.len() >= self.sweep_at {
            self.sweep(now);
            at = self.find(key);
        }
        let place = self.entries.len();
        self.slots[at] = Slot { key: key.0, place: place as u32 };
        self.entries.push(Aircraft::new(key));
        place
    }

    /// Forgets old addresses; when most are young, makes room, and at the limit forgets the older half.
    fn sweep(&mut self, now: Time) {
        self.entries.retain(|entry| (now - entry.seen).abs() <= FORGET_AFTER);
        if self.entries.len() * 2 > self.sweep_at {
            if self.sweep_at < MAX_AIRCRAFT {
                self.sweep_at *= 2;
            } else {
                let half = self.entries.len() / 2;
                self.entries.select_nth_unstable_by_key(half, |entry| (entry.seen, entry.key.0));
                self.entries.drain(..half);
            }
        }
        self.index();
    }

    /// Makes the index anew.
    fn index(&mut self) {
        self.slots = vec![EMPTY; self.sweep_at * 2].into();
        for place in 0..self.entries.len() {
            let key = self.entries[place].key;
            let at = self.find(key);
            self.slots[at] = Slot { key: key.0, place: place as u32 };
        }
    }

    /// Appends all entries in canonical bytes.
    pub(super) fn save(&self, out: &mut Vec<u8>) {
        self.sweep_at.encode(out);
        self.entries.encode(out);
    }

    /// Takes over what [`Addresses::save`] gave.
    pub(super) fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        let sweep_at = usize::decode(reader)?;
        let entries = Vec::<Aircraft>::decode(reader)?;
        if !sweep_at.is_power_of_two() || !(FIRST_SWEEP..=MAX_AIRCRAFT).contains(&sweep_at) || entries.len() > sweep_at
        {
            return Err(CanonError::Invalid);
        }
        (self.sweep_at, self.entries) = (sweep_at, entries);
        self.index();
        Ok(())
    }

    /// How many addresses are held.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_two_cache_lines() {
        assert!(size_of::<Aircraft>() <= 128, "{}", size_of::<Aircraft>());
    }

    #[test]
    fn the_table_is_bounded_and_forgets_the_old_first() {
        let mut table = Addresses::default();
        for n in 0..300_000_u32 {
            let now = Time::from_s(1000) + Span::from_ms(i64::from(n));
            table.heard(Key::new(Space::Icao, n), now).nac_p = 7;
            assert!(table.len() <= MAX_AIRCRAFT);
        }
        assert!(table.get_mut(Key::new(Space::Icao, 299_999)).is_some_and(|entry| entry.nac_p == 7));
        assert!(table.get_mut(Key::new(Space::Icao, 0)).is_none());
        assert!(table.get_mut(Key::new(Space::NonIcao, 299_999)).is_none());
    }

    #[test]
    fn addresses_not_heard_for_long_make_room_without_growth() {
        let mut table = Addresses::default();
        for n in 0..100_000_u32 {
            table.heard(Key::new(Space::Icao, n), Time::from_s(i64::from(n)));
            assert!(table.len() <= FIRST_SWEEP);
        }
    }
}
