//! Where interference may come from: who was affected where, against every place, reach, height and antenna (docs/detectors/gnss_interference.md, "Where it comes from").
//!
//! What is told is a region in which a transmitter may stand, by the model; or that it cannot be said, and why.

mod flight;
mod given;
mod hunt;
mod outline;
mod region;
mod samples;
mod search;
mod shape;
#[cfg(test)]
mod tests;
mod weigh;

use std::collections::BTreeMap;
use std::sync::Arc;

use skypicket_model::gnss::{GnssChange, GnssState, SourceAreas, SourceUnclear};
use skypicket_model::{LatLon, Span, Time};

use super::events::Events;
use super::world::World;
use given::Given;
use hunt::Hunt;
pub use outline::outline;
pub(super) use samples::Look;
use samples::{Flights, Sample};
use weigh::Weigher;

/// Most interferences whose source is looked for; further ones wait until one is over.
const MAX_FOLLOWED: usize = 8;
/// Aircraft this far beyond an interference's cells are kept, metres: as far as a transmitter that is weighed can reach at most.
const AROUND_M: f64 = 250_000.0;
/// Aircraft that lost their navigation without which nothing is looked for.
const LEAST_ONSETS: usize = 4;
/// A region larger than this is none, km². Origin: a disc of 80 km radius; what is larger names half a country.
const LARGEST_KM2: f64 = 20_000.0;
/// So many aircraft that have their navigation back within so long, and at most half as many that still lack it: the transmitter is off. Origin: of those
/// that fly out of reach a few come together, not nearly all.
const OFF_BACK: usize = 4;
const OFF_WITHIN: Span = Span::from_s(60);
/// What was seen since so long before says nothing of where it stands.
const OFF_BEFORE: Span = Span::from_s(90);
/// A search begins anew after this share of the time since the first, and after at most so many times `source_every_s`.
const EVERY_SHARE: f64 = 0.1;
const SELDOM: f64 = 5.0;
/// While nobody loses or regains anything, a search begins anew when there are so many times as many samples.
const WORTH: f64 = 1.2;
/// Whether there are two is asked again when there are so many times as many changes.
const ASKED_AGAIN: f64 = 1.25;
/// Steps weighed at a tick, all interferences together. Origin: measured, some 10 ms.
const BUDGET: u64 = 600_000;

/// Sources of one reality's interferences.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    flights: Flights,
    followed: BTreeMap<u32, Followed>,
    /// Whose turn it is.
    turn: u32,
    /// Since when nothing is sent, as it seems: until an aircraft loses its navigation again nothing is learned.
    off: Option<Time>,
}
skypicket_model::canon_struct!(Sources { flights, followed, turn, off });

/// One interference.
#[derive(Clone, Debug, Default, PartialEq)]
struct Followed {
    /// Where its cells are: middles and how far around, metres; its own first, then those of others that the same source explains.
    around: Vec<(u32, LatLon, f64)>,
    lasts: bool,
    hunt: Option<Hunt>,
    /// When the last search began.
    begun: Option<Time>,
    /// When the first one did.
    first: Option<Time>,
    /// How often aircraft had lost their navigation or had it back when it was last searched, and of how many samples; and how often when it was last asked
    /// whether there are two.
    changes: u32,
    samples: u32,
    asked: u32,
    told: Option<Arc<SourceAreas>>,
    /// The interference whose source explains this one too.
    explained_by: Option<u32>,
}
skypicket_model::canon_struct!(Followed {
    around,
    lasts,
    hunt,
    begun,
    first,
    changes,
    samples,
    asked,
    told,
    explained_by
});

/// What is the same for all; no state.
#[derive(Clone, Debug)]
pub(super) struct Tools(Weigher);

impl Tools {
    pub(super) fn new() -> Self {
        Self(Weigher::new())
    }
}

impl Sources {
    /// Takes aircraft as they were looked at since the last time, and follows what interferences there are.
    pub(super) fn take(&mut self, looks: &[Look], events: &Events, world: &World, now: Time) {
        self.followed.retain(|number, _| events.get(*number).is_some());
        for event in events.lasting() {
            if !self.followed.contains_key(&event.number) && self.followed.len() < MAX_FOLLOWED {
                self.followed.insert(event.number, Followed::default());
                seed(&mut self.flights, world, event.began);
            }
        }
        for (number, followed) in &mut self.followed {
            let Some(event) = events.get(*number) else { continue };
            followed.lasts = event.ended.is_none();
            followed.around.clear();
            followed.around.push((*number, event.middle, event.radius_m + AROUND_M));
        }
        self.switched(events, world, now);
        for look in looks.iter().filter(|_| self.off.is_none()) {
            if self.followed.values().any(|followed| followed.lasts && followed.is_near(look.place)) {
                self.flights.take(look);
            }
        }
        self.flights.sweep(now);
        self.explain();
    }

    /// Nearly all that have it back at once do not fly out of reach: it was switched off.
    fn switched(&mut self, events: &Events, world: &World, now: Time) {
        if let Some(off) = self.off {
            let again = |change: &GnssChange| change.to.vote() == Some(true) && change.from.vote() != Some(true);
            if world.changes.iter().rev().take_while(|change| change.time > off).any(again) {
                self.off = None;
            }
            return;
        }
        let lately = world.changes.iter().rev().take_while(|change| now - change.time <= OFF_WITHIN);
        let back =
            lately.filter(|change| change.from.vote() == Some(true) && change.to == GnssState::Recovering).count();
        let lack: usize = events.lasting().map(|event| event.now[1] as usize).sum();
        if back >= OFF_BACK && 2 * lack <= back {
            self.off = Some(now);
            self.flights.cut(now - OFF_BEFORE);
        }
    }

    /// Cells far from each other may have one source: who is in reach of one that is clear needs none of its own.
    fn explain(&mut self) {
        let mut clear: Vec<(u32, Arc<SourceAreas>)> = Vec::new();
        for (number, followed) in &mut self.followed {
            if followed.explained_by.is_none()
                && let Some(told) = followed.told.as_ref().filter(|told| followed.lasts && told.unclear.is_empty())
            {
                clear.push((*number, Arc::clone(told)));
            }
            followed.explained_by = None;
        }
        let mut explains: Vec<(u32, u32, LatLon, f64)> = Vec::new();
        for (number, followed) in &mut self.followed {
            let is_clear = clear.iter().any(|(own, _)| own == number);
            let Some((_, middle, around_m)) = followed.around.first().copied() else { continue };
            let by = clear.iter().find(|(own, told)| {
                let first = if is_clear { own < number } else { own != number };
                first && told.sources.iter().any(|area| area.place.rough_distance_m(middle) <= area.reach_m[2])
            });
            followed.explained_by = by.map(|(own, _)| *own);
            if let Some(own) = followed.explained_by {
                (followed.hunt, followed.told) = (None, None);
                explains.push((own, *number, middle, around_m));
            }
        }
        for (by, number, middle, around_m) in explains {
            if let Some(followed) = self.followed.get_mut(&by) {
                followed.around.push((number, middle, around_m));
            }
        }
    }

    /// Goes on with searches; a new one begins `every_s` after the last.
    pub(super) fn search(&mut self, tools: &mut Tools, every_s: f64, now: Time) {
        let mut budget = BUDGET;
        let every = Span::from_s_f64(every_s).unwrap_or(Span::from_s(60));
        for _ in 0..self.followed.len() {
            // The one after the last in turn, round and round.
            let next = self.followed.range(self.turn..).next().or_else(|| self.followed.iter().next());
            let Some(number) = next.map(|(number, _)| *number) else { return };
            if let Some(followed) = self.followed.get_mut(&number) {
                followed.go_on(number, &self.flights, &mut tools.0, &mut budget, every, now);
                if budget == 0 {
                    self.turn = number;
                    return;
                }
            }
            self.turn = number.saturating_add(1);
        }
    }

    /// What is held of each, by the interference's number.
    pub(super) fn told(&mut self) -> Vec<Arc<SourceAreas>> {
        let mut all = Vec::new();
        for followed in self.followed.values_mut() {
            let Some(told) = &mut followed.told else { continue };
            let of = followed.around.iter().map(|(number, ..)| *number);
            if !of.clone().eq(told.interferences.iter().copied()) {
                Arc::make_mut(told).interferences = of.collect();
            }
            all.push(Arc::clone(told));
        }
        all
    }
}

impl Followed {
    fn is_near(&self, place: LatLon) -> bool {
        self.around.iter().any(|(_, middle, around_m)| place.rough_distance_m(*middle) <= *around_m)
    }

    fn go_on(
        &mut self,
        number: u32,
        flights: &Flights,
        weigher: &mut Weigher,
        budget: &mut u64,
        every: Span,
        now: Time,
    ) {
        // What has gone on for an hour changes slowly, and costs the same to look at.
        let age_s = self.first.map_or(0.0, |first| (now - first).s());
        let every_s = (age_s * EVERY_SHARE).clamp(every.s(), SELDOM * every.s());
        let waited = self.begun.is_none_or(|begun| (now - begun).s() >= every_s);
        let due = self.lasts && self.explained_by.is_none() && waited;
        if self.hunt.is_none() && due {
            let given = Given::new(flights, |place| self.is_near(place), now);
            self.begun = Some(now);
            self.first.get_or_insert(now);
            let changes = given.changes();
            if given.onsets.len() < LEAST_ONSETS {
                self.told = Some(Arc::new(told(number, &given, now)));
            } else if changes != self.changes || f64::from(given.samples) >= WORTH * f64::from(self.samples) {
                let two = f64::from(changes) >= ASKED_AGAIN * f64::from(self.asked);
                (self.changes, self.samples) = (changes, given.samples);
                self.hunt = Hunt::new(given, two);
            }
        }
        let Some(hunt) = &mut self.hunt else { return };
        if hunt.go_on(weigher, budget) {
            let mut told = told(number, &hunt.given, self.begun.unwrap_or(now));
            told.unclear = hunt::unclear(hunt, LARGEST_KM2);
            // Where it was one and only one, it is not asked again at once.
            if hunt.two {
                self.asked = if hunt.is_one() { hunt.given.changes() } else { 0 };
            }
            told.sources = core::mem::take(&mut hunt.found);
            self.told = Some(Arc::new(told));
            self.hunt = None;
        }
    }
}

/// What is known without a search.
fn told(number: u32, given: &Given, time: Time) -> SourceAreas {
    let onsets = u32::try_from(given.onsets.len()).unwrap_or(u32::MAX);
    let needed = u32::try_from(LEAST_ONSETS).unwrap_or(u32::MAX);
    let few = onsets < needed;
    SourceAreas {
        interferences: vec![number],
        time,
        samples: given.samples,
        flights: u32::try_from(given.flown.len()).unwrap_or(u32::MAX),
        onsets,
        offsets: given.offsets,
        centroid: given.centroid,
        sources: Vec::new(),
        unclear: few.then_some(SourceUnclear::TooFew { onsets, needed }).into_iter().collect(),
    }
}

/// Those that lost their navigation before it was told: each had it just before.
fn seed(flights: &mut Flights, world: &World, began: Time) {
    for change in world.changes.iter().filter(|change| change.time >= began) {
        if change.to.vote() == Some(true) && change.from.vote() != Some(true) {
            let sample = |time, affected| Sample { time, place: change.place, height_m: change.pressure_m, affected };
            let before = change.between.0.max(change.between.1 - Span::from_s(30));
            flights.seed(change.address, sample(before, false), sample(change.between.1, true));
        }
    }
}
