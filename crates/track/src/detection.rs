//! Detection: how much of what a sensor should see it does see, learned where it looks.
//!
//! A sensor states (or is assumed to have) a probability of detection; hills, trees, weather and wear take from it in some directions and heights. Of each confirmed
//! track the chances since its last detection are kept as a sum of the stated probabilities; with the next detection, which proves that the object was there
//! all the while, one detection stands against that sum. Misses at a track's end prove nothing, for there the object may be gone. Each region's share is
//! a gamma posterior around one (conjugate to counts: Gelman et al., *Bayesian Data Analysis* §2.6) and fades. Regions, not the whole sensor: what is far away changes no
//! track here.

use crate::gauss::V3;
use skypicket_model::math;

/// Regions: quarters of the reach, octants, low and high.
const RINGS: usize = 4;
const OCTANTS: usize = 8;
const BANDS: usize = 2;
const REGIONS: usize = RINGS * OCTANTS * BANDS;
/// Below this height above the ellipsoid is low, metres. Origin: as the unseen field's low airspace; hills and trees matter below.
const LOW_M: f64 = 3000.0;
/// How many expected detections a stated figure weighs in a region, and an assumed one. Origin: binomial sigma of 7 % and 16 % at 0.8.
const STATED: f64 = 30.0;
const ASSUMED: f64 = 6.0;
/// Prior 1-sigma of the share of a region that is not as stated. Origin: an order.
const SPREAD: f64 = 0.3;
/// A share this near one changes nothing.
const NOTHING: f64 = 0.05;
/// What was counted fades to a third in so many turns. Origin: as the map of clutter.
const MEMORY_LOOKS: f64 = 200.0;
/// Bounds of the share, and of the probability that it gives. Origin: a region that is quite hidden shows nothing to learn from; nothing is seen always.
const LEAST: f64 = 0.1;
const MOST: f64 = 1.5;
const MOST_DETECTION: f64 = 0.98;
/// A detection surer than this proves that the object was there.
pub(crate) const SURE: f64 = 0.9;
/// A chance below this is the edge of what the sensor sees and teaches nothing.
pub(crate) const LEAST_CHANCE: f64 = 0.3;

/// What one sensor was seen to see.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DetectionMap {
    /// Detections, and those that were to be expected, by region; faded. Empty while nothing was learned.
    seen: Vec<f64>,
    due: Vec<f64>,
    /// Share of the stated probability by region; worked out once a turn.
    shares: Vec<f64>,
}
skypicket_model::canon_struct!(DetectionMap { seen, due, shares });

impl DetectionMap {
    /// Whether nothing was learned.
    #[inline]
    pub(crate) fn is_blank(&self) -> bool {
        self.shares.is_empty()
    }

    /// Share of the stated probability in a region.
    #[inline]
    pub(crate) fn share(&self, region: usize) -> f64 {
        self.shares.get(region).copied().unwrap_or(1.0)
    }

    /// So many detections of so many that were due.
    pub(crate) fn count(&mut self, region: usize, due: f64, seen: f64) {
        self.seen.resize(REGIONS, 0.0);
        self.due.resize(REGIONS, 0.0);
        self.seen[region] += seen;
        self.due[region] += due;
    }

    /// A turn is over: works the shares out, and lets what was counted fade.
    pub(crate) fn turned(&mut self, stated: bool, detection: f64) {
        if self.seen.is_empty() {
            return;
        }
        self.shares.resize(REGIONS, 1.0);
        let prior = if stated { STATED } else { ASSUMED };
        let most = MOST.min(MOST_DETECTION / detection).max(1.0);
        let keep = 1.0 - 1.0 / MEMORY_LOOKS;
        for ((share, seen), due) in self.shares.iter_mut().zip(&mut self.seen).zip(&mut self.due) {
            let learned = share_of(*seen, *due, prior, detection).clamp(LEAST, most);
            *share = if (learned - 1.0).abs() < NOTHING { 1.0 } else { learned };
            *seen *= keep;
            *due *= keep;
        }
        // Where there is nothing to know nothing is looked up.
        if self.shares.iter().all(|share| (share - 1.0).abs() < f64::EPSILON) {
            self.shares.clear();
        }
    }

    /// Whether all numbers make sense.
    pub(crate) fn is_sound(&self) -> bool {
        [&self.seen, &self.due, &self.shares].iter().all(|list| {
            (list.is_empty() || list.len() == REGIONS) && list.iter().all(|value| value.is_finite() && *value >= 0.0)
        })
    }
}

/// The share as it is believed: one in two sensors is as it states, and what chance alone may have made of it changes nothing (Savage–Dickey ratio of the binomial's
/// normal approximation), for near one a small error of the detection is a large one of the miss.
fn share_of(seen: f64, due: f64, prior: f64, detection: f64) -> f64 {
    let variance = (due * (1.0 - detection)).max(1e-9);
    let spread = due * due * SPREAD * SPREAD / variance;
    let z2 = (seen - due) * (seen - due) / variance;
    let log_odds = 0.5 * (z2 * spread / (1.0 + spread) - math::ln(1.0 + spread));
    let differs = 1.0 / (1.0 + math::exp(-log_odds.min(50.0)));
    1.0 + differs * ((prior + seen) / (prior + due) - 1.0)
}

/// The region of a place of a sensor's own frame (east, north, up) at a height, of a sensor of this reach.
#[inline]
pub(crate) fn region(local: &V3, range_m: f64, reach_m: f64, height_m: f64) -> usize {
    let ring = ((range_m / reach_m.max(1.0) * RINGS as f64) as usize).min(RINGS - 1);
    let octant = usize::from(local[0] < 0.0) * 4
        + usize::from(local[1] < 0.0) * 2
        + usize::from(local[0].abs() > local[1].abs());
    (ring * OCTANTS + octant) * BANDS + usize::from(height_m > LOW_M)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_radar_that_sees_half_in_one_direction_is_believed_so_there_alone() {
        let mut map = DetectionMap::default();
        let (hidden, open) =
            (region(&[50e3, 10e3, 0.0], 51e3, 200e3, 500.0), region(&[-50e3, 10e3, 0.0], 51e3, 200e3, 500.0));
        assert_ne!(hidden, open);
        for _ in 0..200 {
            // Ten objects each: every second chance was missed on one side.
            for _ in 0..5 {
                map.count(hidden, 1.8, 1.0);
                map.count(open, 2.0, 2.0);
            }
            map.turned(true, 0.9);
        }
        assert!((map.share(hidden) - 1.0 / 1.8).abs() < 0.03, "{}", map.share(hidden));
        assert!((map.share(open) - 1.0).abs() < 1e-9, "{}", map.share(open));
        assert!(map.is_sound());
    }

    #[test]
    fn a_miss_says_nothing_and_nothing_is_seen_always() {
        let mut map = DetectionMap::default();
        let here = region(&[1e3, 5e3, 0.0], 5e3, 200e3, 500.0);
        map.count(here, 2.0, 1.0);
        map.turned(true, 0.9);
        assert!(map.share(here) > 0.97);
        for _ in 0..1000 {
            map.count(here, 0.5, 1.0);
            map.turned(true, 0.9);
        }
        assert!(map.share(here) * 0.9 <= MOST_DETECTION + 1e-12);
    }
}
