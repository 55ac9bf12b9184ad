//! Aircraft that state positions that cannot be true, followed together: those that fly near each other, or say that they are at one place.

use std::collections::{BTreeMap, BTreeSet};

use skypicket_model::gnss::{FalsePositions, FalseSign};
use skypicket_model::{Address, Evidence, LatLon, Span, Time};

use super::GnssParams;
use super::events::{News, note};
use super::world::World;

/// Most that last at one time in one reality, and aircraft of one.
const MAX_OPEN: usize = 64;
const MAX_AIRCRAFT: usize = 1000;
/// Stated places this near to each other are one, metres. Origin: a false signal puts all receivers that take it at one place; they smooth it differently.
const ONE_PLACE_M: f64 = 5_000.0;

/// One of them, while it states what cannot be true.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Member {
    /// Where it is believed to be, and where it says that it is.
    believed: Option<LatLon>,
    stated: LatLon,
}
skypicket_model::canon_struct!(Member { believed, stated });

/// Aircraft that state false positions together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Falsehood {
    pub(super) number: u32,
    began: Time,
    last: Time,
    pub(super) ended: Option<Time>,
    now: BTreeMap<Address, Member>,
    aircraft: BTreeSet<Address>,
    /// Of those, how many a sensor measured where they said they were.
    cleared: BTreeSet<Address>,
    sign: FalseSign,
    middle: LatLon,
    farthest_m: f64,
    one_place: Option<(LatLon, u32)>,
    pub(super) evidence: Evidence,
}
skypicket_model::canon_struct!(Falsehood {
    number,
    began,
    last,
    ended,
    now,
    aircraft,
    cleared,
    sign,
    middle,
    farthest_m,
    one_place,
    evidence,
});

/// All of one reality.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Falsehoods {
    all: BTreeMap<u32, Falsehood>,
    /// Changes up to this moment were looked at.
    looked: Option<Time>,
}
skypicket_model::canon_struct!(Falsehoods { all, looked });

impl Falsehoods {
    /// Brings them up to date, and says what is news. Those that were over before are forgotten.
    pub(super) fn update(
        &mut self,
        world: &World,
        params: &GnssParams,
        last_number: &mut u32,
        now: Time,
    ) -> Vec<(u32, News)> {
        let looked = self.looked.replace(now).unwrap_or(Time::MIN);
        self.all.retain(|_, own| own.ended.is_none());
        let before: BTreeMap<u32, (usize, usize, usize)> =
            self.all.iter().map(|(number, own)| (*number, own.figures())).collect();
        self.leave(world);
        for address in &world.suspected {
            let Some(own) = world.aircraft.get(address) else { continue };
            let Some((stated, _)) = own.told.false_place() else { continue };
            let member = Member { believed: own.reckoned(now), stated };
            if let Some(number) = self.of(*address, &member, params, last_number, now)
                && let Some(own) = self.all.get_mut(&number)
            {
                own.now.insert(*address, member);
                if own.aircraft.len() < MAX_AIRCRAFT {
                    own.aircraft.insert(*address);
                }
                own.last = now;
            }
        }
        for change in world.changes.iter().rev().take_while(|change| change.time > looked) {
            let Some(own) = self.all.values_mut().find(|own| own.aircraft.contains(&change.address)) else { continue };
            if let Some((sign, _)) = change.falsely {
                own.began = own.began.min(change.between.1);
                own.sign = sign;
                note(&mut own.evidence, change.evidence);
            }
            if change.cleared {
                own.cleared.insert(change.address);
            }
        }
        let over_s = Span::from_s_f64(params.over_s).unwrap_or(Span::ZERO);
        let mut news = Vec::new();
        for own in self.all.values_mut() {
            own.measure();
            let known = before.get(&own.number);
            if own.now.is_empty() && (now - own.last > over_s || own.is_withdrawn()) {
                own.ended = Some(own.last);
                news.push((own.number, News::Over));
            } else if known.is_none_or(|known| *known != own.figures()) {
                news.push((own.number, if known.is_none() { News::Told } else { News::Changed }));
            }
        }
        news
    }

    pub(super) fn get(&self, number: u32) -> Option<&Falsehood> {
        self.all.get(&number)
    }

    /// Takes out those that state false positions no more.
    fn leave(&mut self, world: &World) {
        for own in self.all.values_mut() {
            own.now.retain(|address, _| world.suspected.contains(address));
        }
    }

    /// To which an aircraft belongs: the one it is in, else one whose aircraft fly or say they fly near, else a new one.
    fn of(
        &mut self,
        address: Address,
        member: &Member,
        params: &GnssParams,
        last_number: &mut u32,
        now: Time,
    ) -> Option<u32> {
        let known = self.all.values().find(|own| own.now.contains_key(&address) || own.aircraft.contains(&address));
        let near = |own: &&Falsehood| own.now.values().any(|other| other.belongs_with(member, params.link_m));
        if let Some(own) = known.or_else(|| self.all.values().find(near)) {
            return Some(own.number);
        }
        if self.all.len() >= MAX_OPEN {
            return None;
        }
        *last_number += 1;
        self.all.insert(*last_number, Falsehood::new(*last_number, now));
        Some(*last_number)
    }
}

impl Member {
    fn belongs_with(&self, other: &Self, link_m: f64) -> bool {
        let near = self.believed.zip(other.believed).is_some_and(|(a, b)| a.rough_distance_m(b) <= link_m);
        near || self.stated.rough_distance_m(other.stated) <= ONE_PLACE_M
    }
}

impl Falsehood {
    fn new(number: u32, now: Time) -> Self {
        Self {
            number,
            began: now,
            last: now,
            ended: None,
            now: BTreeMap::new(),
            aircraft: BTreeSet::new(),
            cleared: BTreeSet::new(),
            sign: FalseSign::Jump,
            middle: LatLon::default(),
            farthest_m: 0.0,
            one_place: None,
            evidence: Evidence::default(),
        }
    }

    /// What is worth a word when it changes.
    fn figures(&self) -> (usize, usize, usize) {
        (self.now.len(), self.aircraft.len(), self.cleared.len())
    }

    /// Sensors measured each of them where it said that it was.
    fn is_withdrawn(&self) -> bool {
        !self.aircraft.is_empty() && self.cleared.len() == self.aircraft.len()
    }

    /// Figures that follow from those in it now; the last ones stay when it is empty.
    fn measure(&mut self) {
        let Some(first) = self.now.values().next() else { return };
        let places = || self.now.values().map(|member| member.believed.unwrap_or(member.stated));
        let count = self.now.len() as f64;
        let from = first.believed.unwrap_or(first.stated);
        let wrap = skypicket_model::math::wrap_deg_180;
        let east = places().map(|place| wrap(place.lon_deg - from.lon_deg)).sum::<f64>() / count;
        let lat_deg = places().map(|place| place.lat_deg).sum::<f64>() / count;
        self.middle = LatLon { lat_deg, lon_deg: wrap(from.lon_deg + east) };
        let apart = self.now.values().filter_map(|member| Some(member.believed?.rough_distance_m(member.stated)));
        self.farthest_m = apart.fold(self.farthest_m, f64::max);
        let together = |own: &Member| {
            let near = |other: &&Member| other.stated.rough_distance_m(own.stated) <= ONE_PLACE_M;
            (self.now.values().filter(near).count(), own.stated)
        };
        let most = self.now.values().map(together).max_by_key(|(count, _)| *count);
        if let Some((count, place)) = most.filter(|(count, _)| *count > 1) {
            self.one_place = Some((place, u32::try_from(count).unwrap_or(u32::MAX)));
        }
    }

    pub(super) fn finding(&self, reality: skypicket_model::Reality) -> FalsePositions {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        FalsePositions {
            reality,
            began: self.began,
            ended: self.ended,
            withdrawn: self.is_withdrawn(),
            place: self.middle,
            now: count(self.now.len()),
            aircraft: count(self.aircraft.len()),
            sign: self.sign,
            farthest_m: self.farthest_m,
            one_place: self.one_place,
        }
    }

    /// How probable it is that the positions are false at all.
    pub(super) fn probability(&self) -> f64 {
        if self.is_withdrawn() { 0.0 } else { 0.99 }
    }

    /// Aircraft that state them now, or did.
    pub(super) fn aircraft(&self) -> usize {
        self.aircraft.len()
    }
}
