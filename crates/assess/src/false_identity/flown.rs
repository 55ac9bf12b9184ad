//! Ways that were flown: a place, to a metre, with its height, and when it was stated. Who sends an aircraft's frames once more states the very places that it
//! stated, each as much later as the others. Who flies the same way again, or its own circle, states other places on it: reports come twice a second, a hundred
//! metres apart, and a place is told to some metres.

use std::collections::VecDeque;

use skypicket_model::table::Table;
use skypicket_model::{LatLon, Span, Time};

/// Places remembered; the oldest go. One in two is remembered, chosen by its content, so that the same ones are chosen when it is flown again.
const MOST: usize = 131_072;
const ONE_IN: u64 = 2;
/// The same place so soon after is another receiver's copy.
const COPY_WITHIN: Span = Span::from_s(20);
/// Steps of a degree in which places are told apart: a metre, a fifth of what a position message can.
const STEPS: f64 = 1e5;
/// Places are stated once more so much later as the first of them, within this.
const SAME_GAP: Span = Span::from_ms(150);
/// ln of how much more probable a place that was stated so long ago is when frames are sent once more, and one that was not. Origin: receivers hear most of what
/// is sent; of those who fly an earlier way exactly (which simulated aircraft alone do), one place in ten at most is an earlier one: 5 m of 100.
const AGAIN: f64 = 1.8;
const NEW: f64 = -1.5;
/// So many places stated once more are the first word.
const FIRST: u32 = 6;

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Not of those that are remembered, or another receiver's copy.
    Nothing,
    /// Not stated before.
    New,
    /// Stated so long ago.
    Again(Span),
}

/// How the places of one address are those that were stated before.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Again {
    gap: Option<Span>,
    log_ratio: f64,
    count: u32,
}
skypicket_model::canon_struct!(Again { gap, log_ratio, count });

impl Again {
    /// Takes a place; what all of them come to and how many they are, once they are worth a word.
    pub(super) fn pass(&mut self, place: Place) -> Option<(f64, u32, Span)> {
        match (place, self.gap) {
            (Place::Nothing, _) | (Place::New, None) => return None,
            (Place::Again(gap), Some(before)) if (before - gap).abs() <= SAME_GAP => {
                self.log_ratio = (self.log_ratio + AGAIN).min(30.0);
                self.count = self.count.saturating_add(1);
            }
            (Place::Again(gap), None) => *self = Self { gap: Some(gap), log_ratio: AGAIN, count: 1 },
            (Place::New | Place::Again(_), Some(_)) => {
                self.log_ratio += NEW;
                if self.log_ratio <= 0.0 {
                    *self = Self::default();
                }
                return None;
            }
        }
        self.gap.filter(|_| self.count >= FIRST).map(|gap| (self.log_ratio, self.count, gap))
    }
}

/// The memory: when a place was stated first, and last.
#[derive(Clone, Debug, Default)]
pub(super) struct Flown {
    at: Table<u64, (Time, Time)>,
    order: VecDeque<(Time, u64)>,
}
skypicket_model::canon_struct!(Flown { at, order });

impl Flown {
    /// Remembers a place, and tells whether it was stated before.
    pub(super) fn pass(&mut self, place: LatLon, height_m: f64, now: Time) -> Place {
        let key = key(place, height_m);
        if !key.is_multiple_of(ONE_IN) {
            return Place::Nothing;
        }
        if let Some((first, last)) = self.at.get_mut(&key) {
            let (gap, copy) = (now - *first, now - *last < COPY_WITHIN);
            *last = now;
            return if copy { Place::Nothing } else { Place::Again(gap) };
        }
        if self.order.len() >= MOST
            && let Some((_, oldest)) = self.order.pop_front()
        {
            self.at.remove(&oldest);
        }
        self.at.insert(key, (now, now));
        self.order.push_back((now, key));
        Place::New
    }
}

fn key(place: LatLon, height_m: f64) -> u64 {
    let lat = (place.lat_deg * STEPS).round() as i64;
    let lon = (place.lon_deg * STEPS).round() as i64;
    let mixed = (lat as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (lon as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        ^ (height_m.round() as i64 as u64).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(step: i32, off: f64) -> LatLon {
        LatLon { lat_deg: 52.0 + 1e-3 * f64::from(step) + off, lon_deg: 20.0 }
    }

    fn at(second: i32) -> Time {
        Time::from_s(1_000_000 + i64::from(second))
    }

    #[test]
    fn the_same_places_again_are_noticed_and_others_are_not() {
        let mut flown = Flown::default();
        let mut pass = |second: i32, step: i32, off: f64| flown.pass(place(step, off), 10_000.0, at(second));
        assert!((0..100).all(|step| !matches!(pass(step, step, 0.0), Place::Again(_))));
        assert!((0..100).all(|step| pass(step + 2, step, 0.0) == Place::Nothing), "another receiver's copies");
        let again: Vec<Place> = (0..100).map(|step| pass(step + 600, step, 0.0)).collect();
        let wanted = Place::Again(Span::from_s(600));
        assert!(again.iter().filter(|is| **is == wanted).count() > 25, "{again:?}");
        assert!(again.iter().all(|is| *is == wanted || *is == Place::Nothing), "{again:?}");
        assert!((0..100).all(|step| pass(step + 602, step, 0.0) == Place::Nothing), "copies of these");
        assert!((0..100).all(|step| !matches!(pass(step + 1200, step, 7e-5), Place::Again(_))), "seven metres beside");
    }

    #[test]
    fn frames_sent_once_more_are_told_and_a_circle_flown_many_times_is_not() {
        let mut sent_again = Again::default();
        let told = (0..12).position(|step| {
            // One in five was not heard the first time.
            let is = if step % 5 == 4 { Place::New } else { Place::Again(Span::from_s(90)) };
            sent_again.pass(is).is_some_and(|(log_ratio, ..)| log_ratio > 4.6)
        });
        assert!(told.is_some_and(|after| after <= 8), "{told:?}");
        // A circle of half an hour: one place in ten is one of an earlier round, of whichever.
        let mut circle = Again::default();
        let mut random = 1_u32;
        for _ in 0..100_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let round = i64::from(1 + (random >> 16) % 8);
            let is = if random >> 24 < 26 { Place::Again(Span::from_s(1_800 * round)) } else { Place::New };
            assert_eq!(circle.pass(is), None);
        }
    }
}
