//! What is kept of aircraft around an interference: where each one was, and whether it lacked satellite navigation, every half minute and at each change.

use std::collections::{BTreeMap, VecDeque};

use skypicket_model::gnss::GnssState;
use skypicket_model::{Address, LatLon, Span, Time};

/// One is kept this often while nothing changes: of those that have navigation, and of those that lack it. Origin: 7 km of an airliner's way, a twentieth
/// of the usual reach; where one goes on lacking it says little.
const EVERY: [Span; 2] = [Span::from_s(30), Span::from_s(60)];
/// Between samples farther apart nothing is known of what happened.
const LONGEST_STEP: Span = Span::from_s(150);
/// A position older than this is no place to judge by.
const FRESH: Span = Span::from_s(90);
/// Samples of a piece of a flight; a longer flight has several.
const MAX_SAMPLES: usize = 100;
/// Pieces kept for all interferences of a reality, and for how long.
const MAX_PIECES: usize = 2000;
const KEPT: Span = Span::from_s(5400);

/// An aircraft as it was looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::gnss) struct Look {
    pub(in crate::gnss) address: Address,
    pub(in crate::gnss) time: Time,
    pub(in crate::gnss) state: GnssState,
    /// Its last believed position, and of when.
    pub(in crate::gnss) place: LatLon,
    pub(in crate::gnss) place_at: Time,
    /// Pressure altitude, metres.
    pub(in crate::gnss) height_m: f64,
}
skypicket_model::canon_struct!(Look { address, time, state, place, place_at, height_m });

/// Where an aircraft was and whether it was affected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) time: Time,
    pub(super) place: LatLon,
    pub(super) height_m: f64,
    pub(super) affected: bool,
}
skypicket_model::canon_struct!(Sample { time, place, height_m, affected });

/// A part of a flight, without a gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Piece {
    pub(super) samples: Vec<Sample>,
}
skypicket_model::canon_struct!(Piece { samples });

impl Piece {
    pub(super) fn last(&self) -> Time {
        self.samples.last().map_or(Time::MIN, |sample| sample.time)
    }

    fn tells(&self) -> bool {
        self.samples.len() > 1
    }

    pub(super) fn is_affected(&self) -> bool {
        self.samples.iter().any(|sample| sample.affected)
    }
}

/// All that is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Flights {
    open: BTreeMap<Address, Piece>,
    /// Oldest first.
    done: VecDeque<Piece>,
}
skypicket_model::canon_struct!(Flights { open, done });

/// Whether an aircraft lacks navigation; `None` where it says nothing. One that has it again has it.
const fn lacks(state: GnssState) -> Option<bool> {
    match state {
        GnssState::Good | GnssState::Recovering => Some(false),
        GnssState::Degraded | GnssState::Lost => Some(true),
        GnssState::Unknown | GnssState::SpoofSuspect | GnssState::Chronic => None,
    }
}

impl Flights {
    /// Takes an aircraft as it was looked at.
    pub(super) fn take(&mut self, look: &Look) {
        let Some(affected) = lacks(look.state).filter(|_| look.time - look.place_at <= FRESH) else {
            self.close(look.address);
            return;
        };
        let sample = Sample { time: look.time, place: look.place, height_m: look.height_m, affected };
        let Some(open) = self.open.get_mut(&look.address) else {
            if self.has_room(affected) {
                self.open.insert(look.address, Piece { samples: vec![sample] });
            }
            return;
        };
        let Some(last) = open.samples.last().copied() else { return };
        let gap = sample.time - last.time;
        if last.affected == affected && gap < EVERY[usize::from(affected)] {
            return;
        }
        if gap > LONGEST_STEP {
            self.close(look.address);
            self.open.insert(look.address, Piece { samples: vec![sample] });
            return;
        }
        open.samples.push(sample);
        if open.samples.len() >= MAX_SAMPLES {
            self.close(look.address);
            self.open.insert(look.address, Piece { samples: vec![sample] });
        }
    }

    /// An aircraft lost its navigation before anybody looked: it had it just before.
    pub(super) fn seed(&mut self, address: Address, before: Sample, after: Sample) {
        if self.has_room(true) && !self.open.contains_key(&address) {
            self.open.insert(address, Piece { samples: vec![before, after] });
        }
    }

    fn has_room(&self, affected: bool) -> bool {
        self.open.len() < MAX_PIECES / if affected { 1 } else { 2 }
    }

    fn close(&mut self, address: Address) {
        if let Some(piece) = self.open.remove(&address)
            && piece.tells()
        {
            self.done.push_back(piece);
        }
    }

    /// Closes what is unheard, forgets what is old; where there is too much, what was never affected first.
    pub(super) fn sweep(&mut self, now: Time) {
        let unheard: Vec<Address> =
            self.open.iter().filter(|(_, piece)| now - piece.last() > LONGEST_STEP).map(|(own, _)| *own).collect();
        unheard.into_iter().for_each(|address| self.close(address));
        self.done.retain(|piece| now - piece.last() <= KEPT);
        while self.done.len() + self.open.len() > MAX_PIECES {
            let never = self.done.iter().position(|piece| !piece.is_affected());
            if self.done.remove(never.unwrap_or(0)).is_none() {
                break;
            }
        }
    }

    /// Switched off: what was seen since a moment says nothing of where it comes from.
    pub(super) fn cut(&mut self, since: Time) {
        for piece in self.open.values_mut().chain(&mut self.done) {
            piece.samples.retain(|sample| sample.time < since);
        }
        self.done.retain(Piece::tells);
        let open = core::mem::take(&mut self.open);
        self.done.extend(open.into_values().filter(Piece::tells));
    }

    /// All pieces that tell something, in an order of their own.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.done.iter().chain(self.open.values()).filter(|piece| piece.tells())
    }
}
