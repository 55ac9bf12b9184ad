//! Ways that were flown: a place, to a metre, with its height and the address that stated it then. The same places again in the same order, as far apart in
//! time, are the same frames once more.

use std::collections::VecDeque;

use skypicket_model::table::Table;
use skypicket_model::{LatLon, Span, Time};

/// Places remembered; the oldest go. One in four is remembered, chosen by its content, so that the same ones are chosen when it is flown again.
const MOST: usize = 131_072;
const ONE_IN: u64 = 4;
/// The same place so soon after is another receiver's copy.
const AGAIN_AFTER: Span = Span::from_s(20);
/// Steps of a degree in which places are told apart: a metre, a fifth of what a position message can.
const STEPS: f64 = 1e5;

/// The memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Flown {
    at: Table<u64, Time>,
    order: VecDeque<(Time, u64)>,
}
skypicket_model::canon_struct!(Flown { at, order });

impl Flown {
    /// Remembers a place, and tells how long ago it was stated before, where it was.
    pub(super) fn pass(&mut self, place: LatLon, height_m: f64, now: Time) -> Option<Span> {
        let key = key(place, height_m);
        if !key.is_multiple_of(ONE_IN) {
            return None;
        }
        if let Some(before) = self.at.get(&key).copied() {
            let gap = now - before;
            return (gap > AGAIN_AFTER).then_some(gap);
        }
        if self.order.len() >= MOST
            && let Some((_, oldest)) = self.order.pop_front()
        {
            self.at.remove(&oldest);
        }
        self.at.insert(key, now);
        self.order.push_back((now, key));
        None
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

    #[test]
    fn the_same_places_again_are_noticed_and_others_are_not() {
        let mut flown = Flown::default();
        let place = |step: i32, off: f64| LatLon { lat_deg: 52.0 + 1e-3 * f64::from(step) + off, lon_deg: 20.0 };
        let mut pass = |second: i32, step: i32, off: f64| {
            flown.pass(place(step, off), 10_000.0, Time::from_s(1_000_000 + i64::from(second)))
        };
        assert!((0..100).all(|step| pass(step, step, 0.0).is_none()));
        assert!((0..100).all(|step| pass(step + 2, step, 0.0).is_none()), "another receiver's copies");
        let again: Vec<Span> = (0..100).filter_map(|step| pass(step + 600, step, 0.0)).collect();
        assert!(again.len() > 10 && again.iter().all(|gap| *gap == Span::from_s(600)), "{again:?}");
        assert!((0..100).all(|step| pass(step + 1200, step, 7e-5).is_none()), "seven metres beside");
    }
}
