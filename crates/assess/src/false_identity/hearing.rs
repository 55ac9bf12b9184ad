//! Which receivers hear what. Who says that it flies nearer to a receiver than others that it hears in that direction at this moment, and no lower over its
//! horizon than they, is heard by it.

use std::collections::BTreeMap;

use skypicket_model::math::{TAU, atan2, exp, hypot, ln, wrap_tau};
use skypicket_model::{Address, Ecef, Span, Tangent, Time, Vec3};

use super::radars::Share;
use crate::coverage::RADIO_EARTH_M;

/// Beyond this nobody is asked, metres; rings and sectors in which a receiver's hearing is learned.
const FARTHEST_M: f64 = 400_000.0;
const RINGS: usize = 16;
const SECTORS: usize = 16;
/// Bands of elevation over the radio horizon, from these tangents on. In the lowest two terrain may hide whom it likes; above the highest begins the cone over
/// the antenna in which it hears little.
const BANDS: [f64; 5] = [0.0087, 0.0175, 0.035, 0.07, 0.14];
const ALL_BANDS: usize = BANDS.len() + 1;
const OPEN: usize = 2;
const OVERHEAD: f64 = 0.6;
const FORGET_AT: f64 = 1_000.0;
/// So many frames must have been there, and so large a share of them heard, before silence says anything; a sector by itself is known from so many on.
const KNOWN: f64 = 60.0;
const KNOWN_THERE: f64 = 15.0;
const LEAST_SHARE: f64 = 0.35;
const MOST_SHARE: f64 = 0.9;
/// Others that it must have heard there, and so lately.
pub(super) const WITNESSES: u8 = 2;
const LATELY: Span = Span::from_s(5);
/// Silence that nothing renews for so long is forgotten.
const KEPT: Span = Span::from_s(20);
/// Probability that a receiver that hears others there hears this one at all: where it says that it is nearer to it than to one that hears it, and otherwise, all of
/// them together, for a transmitter may be weak.
const HEARS_NEARER: f64 = 0.995;
const HEARS: f64 = 0.9;
/// Nearer by this share.
pub(super) const NEARER: f64 = 0.8;
/// A receiver that hears less than this share of what it should has trouble of its own.
const TROUBLE: f64 = 0.6;

/// Where a frame was said to be sent from, as a receiver has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    ring: usize,
    sector: usize,
    band: usize,
    overhead: bool,
}

impl Cell {
    /// The cell of a place, and how far it is, metres.
    pub(super) fn of(frame: &Tangent, place: Vec3<Ecef>) -> Option<(Self, f64)> {
        let at = frame.to_enu(place);
        let level_m = hypot(at.x, at.y);
        let far_m = hypot(level_m, at.z);
        if far_m >= FARTHEST_M {
            return None;
        }
        // The tangent's plane leaves the sphere; waves bend a quarter of the way after it.
        let over_m = at.z + level_m * level_m * (1.0 / (2.0 * EARTH_M) - 1.0 / (2.0 * RADIO_EARTH_M));
        let tangent = over_m / level_m.max(1.0);
        let sector = (SECTORS as f64 * wrap_tau(atan2(at.x, at.y)) / TAU) as usize;
        let cell = Self {
            ring: (RINGS as f64 * far_m / FARTHEST_M) as usize,
            sector: sector.min(SECTORS - 1),
            band: BANDS.iter().filter(|from| tangent >= **from).count(),
            overhead: tangent > OVERHEAD,
        };
        Some((cell, far_m))
    }

    const fn key(self) -> usize {
        (self.sector * RINGS + self.ring) * ALL_BANDS + self.band
    }

    const fn ring_key(self) -> u16 {
        (self.ring * ALL_BANDS + self.band) as u16
    }
}

/// The Earth's mean radius, metres.
const EARTH_M: f64 = 6_371_000.0;

/// The last two that were heard from a cell.
type Last = [Option<(Address, Time)>; WITNESSES as usize];

/// What one receiver hears.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Hearing {
    cells: BTreeMap<u16, Share>,
    rings: BTreeMap<u16, Share>,
    lately: BTreeMap<u16, Last>,
    /// What it should have heard since the last tick of those that nothing is held against, and did.
    expected: f64,
    heard: f64,
}
skypicket_model::canon_struct!(Hearing { cells, rings, lately, expected, heard });

/// How often receivers did not hear an address: what one of them comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unheard {
    pub(super) receiver: u8,
    /// −Σ ln(1 − probability) of frames since the last that it heard: of those that were said to be nearer to it, and of others.
    nearer: f64,
    other: f64,
    count: u32,
    last: Time,
}
skypicket_model::canon_struct!(Unheard { receiver, nearer, other, count, last });

/// For each cell how many others a receiver hears there now: as far or farther, no higher, in the same direction. Up to [`WITNESSES`].
pub(super) struct Witnesses(Vec<u8>);

impl Witnesses {
    pub(super) fn of(&self, cell: Cell) -> u8 {
        self.0.get(cell.key()).copied().unwrap_or(0)
    }
}

fn add(to: &mut [Option<Address>; WITNESSES as usize], address: Address) {
    if to.contains(&Some(address)) {
        return;
    }
    if let Some(free) = to.iter_mut().find(|held| held.is_none()) {
        *free = Some(address);
    }
}

impl Hearing {
    /// Probability that a frame from a cell is heard, where enough is known.
    pub(super) fn share(&self, cell: Cell) -> Option<f64> {
        let ring = self.rings.get(&cell.ring_key()).copied().unwrap_or_default();
        if ring.looked < KNOWN {
            return None;
        }
        let there = self.cells.get(&(cell.key() as u16)).copied().unwrap_or_default();
        let mut p = ring.hit / ring.looked;
        if there.looked >= KNOWN_THERE {
            p = p.min(there.hit / there.looked);
        }
        (p >= LEAST_SHARE).then_some(p.min(MOST_SHARE))
    }

    /// A frame of somebody that nothing is held against.
    pub(super) fn learn(&mut self, cell: Cell, heard: bool) {
        if let Some(p) = self.share(cell) {
            self.expected += p;
            self.heard += f64::from(u8::from(heard));
        }
        self.cells.entry(cell.key() as u16).or_default().add(heard, FORGET_AT);
        self.rings.entry(cell.ring_key()).or_default().add(heard, FORGET_AT);
    }

    /// Somebody that nothing is held against was heard from a cell.
    pub(super) fn witness(&mut self, cell: Cell, address: Address, at: Time) {
        let last = self.lately.entry(cell.key() as u16).or_default();
        let own = last.iter().position(|held| held.is_some_and(|(own, _)| own == address));
        let oldest = || (0..last.len()).min_by_key(|k| last[*k].map_or(Time::MIN, |(_, at)| at)).unwrap_or(0);
        let place = own.unwrap_or_else(oldest);
        last[place] = Some((address, at));
    }

    /// It hears as it should; asked once a tick.
    pub(super) fn is_well(&mut self) -> bool {
        let (expected, heard) = (std::mem::take(&mut self.expected), std::mem::take(&mut self.heard));
        expected >= 3.0 && heard >= TROUBLE * expected
    }

    /// Who is heard where now.
    pub(super) fn witnesses(&mut self, now: Time) -> Witnesses {
        let fresh = |held: &(Address, Time)| now - held.1 <= LATELY;
        self.lately.retain(|_, last| last.iter().flatten().any(fresh));
        let mut all = vec![[None; WITNESSES as usize]; SECTORS * RINGS * ALL_BANDS];
        for (key, last) in &self.lately {
            for (address, _) in last.iter().flatten().filter(|held| fresh(held)) {
                add(&mut all[usize::from(*key)], *address);
            }
        }
        // As far or farther, no higher.
        for ring in (0..RINGS).rev() {
            for band in 0..ALL_BANDS {
                for sector in 0..SECTORS {
                    let at = (sector * RINGS + ring) * ALL_BANDS + band;
                    let mut own = all[at];
                    let farther = (ring + 1 < RINGS).then(|| all[at + ALL_BANDS]);
                    let lower = (band > 0).then(|| all[at - 1]);
                    for address in farther.into_iter().chain(lower).flatten().flatten() {
                        add(&mut own, address);
                    }
                    all[at] = own;
                }
            }
        }
        let counts = (0..all.len()).map(|at| {
            let of_sector = RINGS * ALL_BANDS;
            let (sector, rest) = (at / of_sector, at % of_sector);
            let mut own = all[at];
            for beside in [(sector + 1) % SECTORS, (sector + SECTORS - 1) % SECTORS] {
                all[beside * of_sector + rest].into_iter().flatten().for_each(|address| add(&mut own, address));
            }
            own.iter().flatten().count() as u8
        });
        Witnesses(counts.collect())
    }

    /// Probability that it hears a frame from a cell in which it hears others now; `None` where silence says nothing.
    pub(super) fn expects(&self, cell: Cell, witnesses: &Witnesses) -> Option<f64> {
        let open = cell.band >= OPEN && !cell.overhead && witnesses.of(cell) >= WITNESSES;
        self.share(cell).filter(|_| open)
    }
}

/// A receiver heard it.
pub(super) fn heard(of: &mut Vec<Unheard>, receiver: u8) {
    of.retain(|own| own.receiver != receiver);
}

/// A receiver did not hear what it would hear with a probability.
pub(super) fn missed(of: &mut Vec<Unheard>, receiver: u8, share: f64, nearer: bool, at: Time) {
    of.retain(|own| at - own.last <= KEPT);
    let place = match of.iter().position(|own| own.receiver == receiver) {
        Some(place) => place,
        None if of.len() < 8 => {
            of.push(Unheard { receiver, nearer: 0.0, other: 0.0, count: 0, last: at });
            of.len() - 1
        }
        None => return,
    };
    let own = &mut of[place];
    *(if nearer { &mut own.nearer } else { &mut own.other }) -= ln(1.0 - share);
    (own.count, own.last) = (own.count.saturating_add(1), at);
}

/// What the silence of all receivers comes to, and of how many frames.
pub(super) fn weigh(of: &[Unheard]) -> (f64, u32) {
    let worth = |hears: f64, missed: f64| -ln(1.0 - hears + hears * exp(-missed));
    let nearer: f64 = of.iter().map(|own| worth(HEARS_NEARER, own.nearer)).sum();
    let other = worth(HEARS, of.iter().map(|own| own.other).sum());
    (nearer + other, of.iter().map(|own| own.count).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::{Geodetic, LatLon};

    fn cell(frame: &Tangent, east_km: f64, north_km: f64, height_m: f64) -> Cell {
        let place = LatLon { lat_deg: 52.0 + north_km / 111.2, lon_deg: 20.0 + east_km / 68.5 };
        Cell::of(frame, place.at_height(height_m).to_ecef()).expect("within reach").0
    }

    #[test]
    fn silence_speaks_only_where_others_are_heard_now_as_far_and_as_low() {
        let frame = Tangent::new(Geodetic { lat_deg: 52.0, lon_deg: 20.0, height_m: 150.0 });
        let own = cell(&frame, 70.0, 10.0, 9_000.0);
        let (far, near, beside, higher) = (
            cell(&frame, 120.0, 5.0, 9_000.0),
            cell(&frame, 30.0, 4.0, 9_000.0),
            cell(&frame, -120.0, 5.0, 9_000.0),
            cell(&frame, 90.0, 10.0, 20_000.0),
        );
        let mut hearing = Hearing::default();
        for number in 0..400_u32 {
            for at in [own, far, near, beside, higher] {
                hearing.learn(at, number % 10 < 8);
            }
        }
        let now = Time::from_s(1_000);
        let expects = |places: &[Cell], after_s: i64| {
            let mut hearing = hearing.clone();
            for (number, at) in places.iter().enumerate() {
                hearing.witness(*at, Address::icao(number as u32), now);
            }
            let witnesses = hearing.witnesses(now + Span::from_s(after_s));
            hearing.expects(own, &witnesses)
        };
        assert!(expects(&[far, far], 1).is_some_and(|p| (p - 0.8).abs() < 0.02));
        for (places, after_s) in [
            (vec![far], 1),
            (vec![near, near], 1),
            (vec![beside, beside], 1),
            (vec![higher, higher], 1),
            (vec![far, far], 8),
        ] {
            assert_eq!(expects(&places, after_s), None, "{places:?} {after_s}");
        }
        assert!(hearing.is_well() && !hearing.is_well(), "it hears nothing now");
    }

    #[test]
    fn receivers_farther_than_one_that_hears_it_say_no_word_by_themselves() {
        let mut of = Vec::new();
        for second in 0..30 {
            (0..4).for_each(|receiver| missed(&mut of, receiver, 0.8, false, Time::from_s(second)));
        }
        assert!(weigh(&of).0 < 2.4, "its transmitter may be weak");
        for second in 0..10 {
            missed(&mut of, 5, 0.8, true, Time::from_s(second));
        }
        assert!(weigh(&of).0 > 4.6);
        heard(&mut of, 5);
        assert!(weigh(&of).0 < 2.4);
        missed(&mut of, 6, 0.8, false, Time::from_s(100));
        assert_eq!(weigh(&of).1, 1, "what is old is forgotten");
    }
}
