//! Counts of a UTC day by hexagon, as published daily maps make them: how many aircraft stated low quality there, and how many did not.
//!
//! Counted are aircraft that speak for themselves by ADS-B under an ICAO address, in the air, with a unit of version 1 or newer; once in each hexagon and day, as bad when it stated NIC < 7 or NACp < 8 there. That cut is the one
//! of published re-implementations; the original's is not public.

use std::collections::{BTreeMap, VecDeque};

use skypicket_model::gnss::{GnssDay, GnssDayCell};
use skypicket_model::{Reality, Time};

use super::share::{Posterior, Shares};

/// Days kept beside the present one.
const MAX_PAST: usize = 7;
/// Most hexagons of a day, and of an aircraft's day. Origin: Europe has some 3,000 of resolution 4; an airliner crosses 40 in an hour.
const MAX_CELLS: usize = 50_000;
const MAX_OF_ONE: usize = 1_000;
/// How probable it is that a hexagon is disturbed at some time of a day, before anything is counted there. Origin: published daily counts of February to July 2022, worldwide: docs/detectors/gnss_interference.md, "Days".
const DISTURBED: f64 = 0.01;

/// Where an aircraft was counted today, and how.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Counted {
    day: i64,
    cells: Vec<(u64, bool)>,
}
skypicket_model::canon_struct!(Counted { day, cells });

/// One reality's days.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Days {
    day: i64,
    /// `[good, bad]` by hexagon.
    today: BTreeMap<u64, [u32; 2]>,
    past: VecDeque<(i64, BTreeMap<u64, [u32; 2]>)>,
}
skypicket_model::canon_struct!(Days { day, today, past });

fn day_of(time: Time) -> i64 {
    time.floor_s().div_euclid(86_400)
}

impl Days {
    /// An aircraft is in a hexagon and states low quality, or does not. What is late by a day is left out.
    pub(super) fn count(&mut self, counted: &mut Counted, cell: u64, low: bool, now: Time) {
        let day = day_of(now);
        if day < self.day {
            return;
        }
        self.turn(day);
        if counted.day != day {
            counted.day = day;
            counted.cells.clear();
        }
        let Some((_, was_low)) = counted.cells.iter_mut().rev().find(|(own, _)| *own == cell) else {
            let known = self.today.contains_key(&cell);
            if counted.cells.len() < MAX_OF_ONE && (known || self.today.len() < MAX_CELLS) {
                counted.cells.push((cell, low));
                self.today.entry(cell).or_default()[usize::from(low)] += 1;
            }
            return;
        };
        if low && !*was_low {
            *was_low = true;
            if let Some(counts) = self.today.get_mut(&cell) {
                *counts = [counts[0].saturating_sub(1), counts[1] + 1];
            }
        }
    }

    /// Begins a day where another one has come.
    pub(super) fn turn(&mut self, day: i64) {
        if day <= self.day {
            return;
        }
        let before = core::mem::take(&mut self.today);
        if !before.is_empty() {
            self.past.push_back((self.day, before));
        }
        if self.past.len() > MAX_PAST {
            self.past.pop_front();
        }
        self.day = day;
    }

    /// All days, oldest first.
    pub(super) fn tell(&mut self, reality: Reality, quiet_share: f64, now: Time, out: &mut Vec<GnssDay>) {
        self.turn(day_of(now));
        let past = self.past.iter().map(|(day, cells)| (*day, cells, true));
        for (day, cells, complete) in past.chain([(self.day, &self.today, false)]) {
            let cells = cells.iter().map(|(cell, [good, bad])| GnssDayCell { cell: *cell, good: *good, bad: *bad });
            out.push(GnssDay {
                reality,
                begins: Time::from_s(day * 86_400),
                told: now,
                complete,
                quiet_share,
                cells: cells.collect(),
            });
        }
    }
}

/// What a day's counts say of the share of aircraft that state low quality in a hexagon: as cells do, with a prior for days.
#[derive(Clone, Debug)]
pub struct DayShares {
    shares: Shares,
    quiet_share: f64,
}

impl DayShares {
    /// `quiet_share`: of aircraft that state low quality where nobody interferes.
    #[must_use]
    pub fn new(quiet_share: f64) -> Self {
        Self { shares: Shares::new(), quiet_share }
    }

    fn posterior(&self, good: u32, bad: u32) -> Posterior {
        self.shares.posterior(f64::from(good), f64::from(bad), DISTURBED, self.quiet_share)
    }

    /// The expected share of the next aircraft.
    #[must_use]
    pub fn expected(&self, good: u32, bad: u32) -> f64 {
        self.posterior(good, bad).mean
    }

    /// P(share > 2 %) and P(share > 10 %).
    #[must_use]
    pub fn above(&self, good: u32, bad: u32) -> [f64; 2] {
        self.posterior(good, bad).above
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::gnss::Band;

    fn at(day: i64, second: i64) -> Time {
        Time::from_s(day * 86_400 + second)
    }

    /// Whether a day is complete, and its cells: hexagon, good, bad.
    type Counts = (bool, Vec<(u64, u32, u32)>);

    fn told(days: &mut Days, now: Time) -> Vec<Counts> {
        let mut out = Vec::new();
        days.tell(Reality::Live, 0.002, now, &mut out);
        let cells = |day: &GnssDay| day.cells.iter().map(|cell| (cell.cell, cell.good, cell.bad)).collect();
        out.iter().map(|day| (day.complete, cells(day))).collect()
    }

    #[test]
    fn each_aircraft_counts_once_in_a_hexagon_and_day_and_as_bad_if_it_ever_was() {
        let (mut days, mut one, mut other) = (Days::default(), Counted::default(), Counted::default());
        for second in 0..100 {
            days.count(&mut one, 7, second == 50, at(20_000, second));
            days.count(&mut other, 7, false, at(20_000, second));
        }
        days.count(&mut one, 8, false, at(20_000, 200));
        days.count(&mut one, 7, false, at(20_000, 300));
        assert_eq!(told(&mut days, at(20_000, 400)), [(false, vec![(7, 1, 1), (8, 1, 0)])]);
        days.count(&mut one, 7, false, at(20_001, 5));
        assert_eq!(told(&mut days, at(20_001, 6)), [(true, vec![(7, 1, 1), (8, 1, 0)]), (false, vec![(7, 1, 0)])]);
        // What comes late for a day that is over changes nothing.
        days.count(&mut other, 9, true, at(20_000, 86_399));
        assert_eq!(told(&mut days, at(20_001, 7)).len(), 2);
        assert_eq!(told(&mut days, at(20_020, 0)).len(), 3);
    }

    #[test]
    fn bands_are_those_of_the_published_rule() {
        let expected = |good: u32, bad: u32| {
            // 100 max(0, bad - 1)/(good + bad) in whole numbers: above 2 and above 10.
            let (above, all) = (100 * u64::from(bad.saturating_sub(1)), u64::from(good + bad));
            if above > 10 * all {
                Band::Red
            } else if above > 2 * all {
                Band::Yellow
            } else {
                Band::Green
            }
        };
        for good in 0..250 {
            for bad in 0..120 {
                assert_eq!(Band::of(good, bad), expected(good, bad), "{good} {bad}");
            }
        }
        assert_eq!(
            [Band::of(0, 1), Band::of(0, 2), Band::of(98, 3), Band::of(97, 3), Band::of(89, 11), Band::of(90, 12)],
            [Band::Green, Band::Red, Band::Green, Band::Green, Band::Yellow, Band::Red]
        );
    }

    /// Shares as published days have them: most hexagons quiet, some disturbed.
    #[test]
    fn what_is_expected_of_a_hexagon_is_nearer_than_its_raw_share() {
        let shares = DayShares::new(0.002);
        let mut state = 1_u64;
        let mut unit = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1_u32 << 31)
        };
        let mut errors = [0.0; 2];
        for _ in 0..4000 {
            let share = if unit() < 0.004 { unit() } else { 0.003 * unit() };
            let size = 1 + (40.0 * unit()) as u32;
            let bad = (0..size).filter(|_| unit() < share).count() as u32;
            for (error, told) in
                errors.iter_mut().zip([shares.expected(size - bad, bad), f64::from(bad) / f64::from(size)])
            {
                *error += (told - share) * (told - share);
            }
        }
        assert!(errors[0] < 0.9 * errors[1], "{errors:?}");
    }
}
