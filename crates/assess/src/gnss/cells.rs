//! Cells: each aircraft's pass through a hexagon and layer is one vote.

use std::collections::{BTreeMap, BTreeSet};

use h3o::{CellIndex, LatLng, Resolution};
use skypicket_model::gnss::{GnssCell, HeightBand};
use skypicket_model::math::{exp, ln};
use skypicket_model::{LatLon, Time};

use super::share::Shares;
use super::usual::Usual;

/// Most cells and layers kept; those that nothing told of for longest go first. Origin: all of Europe's air has some 9,000 cells of resolution 4.
const MAX_CELLS: usize = 50_000;
/// What a finished pass is worth halves in this time, seconds.
const HALF_LIFE_S: f64 = 900.0;
/// A cell whose passes are worth less than this is forgotten.
const LEAST: f64 = 0.01;
/// Hexagons in which so many aircraft are at a time are told in parts (resolution 5, a seventh each), until fewer than the second number are left.
/// Origin: three aircraft in each part, below which its own evidence is none for long.
const BUSY: [u32; 2] = [24, 12];
/// Votes are whole thousandths, so that what is added can be taken away again without a rest.
const WHOLE: f64 = 1000.0;

/// A cell and layer.
pub(super) type Key = (u64, HeightBand);

/// An aircraft's pass: where, how it voted, and what the vote is worth in thousandths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pass {
    pub(super) key: Key,
    pub(super) affected: bool,
    pub(super) worth: u32,
}
skypicket_model::canon_struct!(Pass { key, affected, worth });

/// What was counted in one: `[not affected, affected]` everywhere.
#[derive(Clone, Debug, PartialEq)]
struct Counted {
    /// Finished passes, forgotten as time goes, as of a moment.
    past: [f64; 2],
    at: Time,
    /// Passes that last, in thousandths, and how many they are.
    lasting: [u64; 2],
    number: [u32; 2],
    updated: Time,
}
skypicket_model::canon_struct!(Counted { past, at, lasting, number, updated });

impl Counted {
    fn worth(&self, now: Time) -> [f64; 2] {
        let left = exp(-ln(2.0) * (now - self.at).s().max(0.0) / HALF_LIFE_S);
        core::array::from_fn(|k| self.past[k] * left + self.lasting[k] as f64 / WHOLE)
    }

    fn forget_until(&mut self, now: Time) {
        let left = exp(-ln(2.0) * (now - self.at).s().max(0.0) / HALF_LIFE_S);
        self.past.iter_mut().for_each(|past| *past *= left);
        self.at = now;
    }
}

/// All cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cells {
    counted: BTreeMap<Key, Counted>,
    usual: Usual,
    /// Hexagons that are told in parts.
    busy: BTreeSet<u64>,
}
skypicket_model::canon_struct!(Cells { counted, usual, busy });

impl Cells {
    /// The hexagon of a place.
    pub(super) fn hexagon(place: LatLon) -> Option<u64> {
        let place = LatLng::new(place.lat_deg, place.lon_deg).ok()?;
        Some(place.to_cell(Resolution::Four).into())
    }

    /// The cell in which an aircraft at a place votes: the hexagon, or where that is busy its part.
    pub(super) fn of(&self, place: LatLon) -> Option<u64> {
        let whole = Self::hexagon(place)?;
        if !self.busy.contains(&whole) {
            return Some(whole);
        }
        let part: u64 = LatLng::new(place.lat_deg, place.lon_deg).ok()?.to_cell(Resolution::Five).into();
        // Parts reach a little over their hexagon's border.
        Some(if Self::whole(part) == whole { part } else { Self::nearest_part(whole, place).unwrap_or(whole) })
    }

    fn nearest_part(whole: u64, place: LatLon) -> Option<u64> {
        let parts = CellIndex::try_from(whole).ok()?.children(Resolution::Five);
        let far = |part: &u64| Self::middle(*part).map_or(f64::INFINITY, |middle| middle.rough_distance_m(place));
        parts.map(u64::from).min_by(|a, b| far(a).total_cmp(&far(b)))
    }

    /// The hexagon that a cell is, or is a part of.
    pub(super) fn whole(cell: u64) -> u64 {
        let own = CellIndex::try_from(cell).ok();
        own.and_then(|own| own.parent(Resolution::Four)).map_or(cell, u64::from)
    }

    /// Whether one of them is the hexagon that the other is a part of.
    pub(super) fn is_part(one: u64, other: u64) -> bool {
        one != other && (Self::whole(one) == other || Self::whole(other) == one)
    }

    /// Whether a cell is one in which aircraft vote now.
    fn is_told(&self, cell: u64) -> bool {
        let whole = Self::whole(cell);
        self.busy.contains(&whole) != (cell == whole)
    }

    /// The middle of a hexagon.
    pub(super) fn middle(cell: u64) -> Option<LatLon> {
        let middle = LatLng::from(CellIndex::try_from(cell).ok()?);
        Some(LatLon { lat_deg: middle.lat(), lon_deg: middle.lng() })
    }

    /// Begins a pass.
    pub(super) fn begin(&mut self, pass: &Pass, now: Time) {
        if !self.counted.contains_key(&pass.key) && self.counted.len() >= MAX_CELLS {
            let idle = self.counted.iter().filter(|(_, counted)| counted.number == [0, 0]);
            let Some(oldest) = idle.min_by_key(|(key, counted)| (counted.updated, **key)).map(|(key, _)| *key) else {
                return;
            };
            self.counted.remove(&oldest);
        }
        let begun = Counted { past: [0.0; 2], at: now, lasting: [0; 2], number: [0; 2], updated: now };
        let counted = self.counted.entry(pass.key).or_insert(begun);
        counted.lasting[usize::from(pass.affected)] += u64::from(pass.worth);
        counted.number[usize::from(pass.affected)] += 1;
        counted.updated = now;
    }

    /// Ends a pass. `counts`: it stays among the finished ones; else the same aircraft votes otherwise now. `quiet`: nobody is held to interfere there.
    pub(super) fn end(&mut self, pass: &Pass, counts: bool, quiet: bool, now: Time) {
        if counts && quiet {
            self.usual.learn(Self::whole(pass.key.0), pass.affected, f64::from(pass.worth) / WHOLE, now);
        }
        let Some(counted) = self.counted.get_mut(&pass.key) else { return };
        let side = usize::from(pass.affected);
        counted.lasting[side] = counted.lasting[side].saturating_sub(u64::from(pass.worth));
        counted.number[side] = counted.number[side].saturating_sub(1);
        counted.updated = now;
        if counts {
            counted.forget_until(now);
            counted.past[side] += f64::from(pass.worth) / WHOLE;
        }
    }

    /// What is known of each cell that is worth a word, in order. `before` says how probable interference was there before anything was counted.
    /// `otherwise` is the share that is usual where nothing was learned.
    pub(super) fn tell(
        &self,
        (shares, otherwise): (&Shares, f64),
        before: impl Fn(&Key) -> f64,
        now: Time,
        out: &mut Vec<GnssCell>,
    ) {
        out.clear();
        for (key, counted) in self.counted.iter().filter(|(key, _)| self.is_told(key.0)) {
            let [good, bad] = counted.worth(now);
            let told = shares.posterior(good, bad, before(key), self.usual.share(Self::whole(key.0), otherwise));
            let (share, above) = (told.share, told.above);
            let (cell, band) = *key;
            out.push(GnssCell {
                cell,
                band,
                share,
                above,
                effective: good + bad,
                now: counted.number,
                updated: counted.updated,
            });
        }
    }

    /// Forgets what is worth nothing any more, and finds out where it is busy.
    pub(super) fn sweep(&mut self, now: Time) {
        let mut flying: BTreeMap<u64, u32> = BTreeMap::new();
        for ((cell, _), counted) in &self.counted {
            *flying.entry(Self::whole(*cell)).or_default() += counted.number[0] + counted.number[1];
        }
        let at_least = |whole: &u64, number: u32| flying.get(whole).is_some_and(|flying| *flying >= number);
        self.busy.retain(|whole| at_least(whole, BUSY[1]));
        self.busy.extend(flying.keys().filter(|whole| at_least(whole, BUSY[0])));
        self.counted.retain(|_, counted| counted.number != [0, 0] || counted.worth(now).iter().sum::<f64>() >= LEAST);
    }
}

/// Corners of a hexagon (some have five or more than six), counter-clockwise; empty where the index is none.
#[must_use]
pub fn corners(cell: u64) -> Vec<LatLon> {
    let Ok(cell) = CellIndex::try_from(cell) else { return Vec::new() };
    cell.boundary().iter().map(|at| LatLon { lat_deg: at.lat(), lon_deg: at.lng() }).collect()
}

/// What a vote is worth: a whole one where the aircraft became bad here or is good; each further cell into which it carries what it had less.
pub(super) fn worth(cells_since_onset: u32) -> u32 {
    (WHOLE / f64::from(1 + cells_since_onset)) as u32
}
