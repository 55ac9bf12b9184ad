//! What share of the aircraft that pass a hexagon lacks navigation while nobody interferes there: learned over weeks, one share a hexagon.

use std::collections::BTreeMap;

use skypicket_model::Time;
use skypicket_model::math::{exp, ln};

/// Most hexagons that something is learned of; those that nothing was learned of for longest go first.
const MAX_HEXAGONS: usize = 50_000;
/// What was learned halves in this time, seconds: four weeks.
const HALF_LIFE_S: f64 = 28.0 * 86_400.0;
/// The configured share counts like so many passes: a busy hexagon's own word outweighs it within a day, a lonely one's within weeks.
const WORTH: f64 = 500.0;
/// A share is never believed to be less or more.
const LIMITS: [f64; 2] = [5e-4, 0.05];

/// Passes of a hexagon as of a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Passes {
    good: f64,
    bad: f64,
    at: Time,
}
skypicket_model::canon_struct!(Passes { good, bad, at });

/// All hexagons.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Usual {
    hexagons: BTreeMap<u64, Passes>,
}
skypicket_model::canon_struct!(Usual { hexagons });

impl Usual {
    /// Learns from a pass that is over, worth so many.
    pub(super) fn learn(&mut self, hexagon: u64, affected: bool, worth: f64, now: Time) {
        if !self.hexagons.contains_key(&hexagon) && self.hexagons.len() >= MAX_HEXAGONS {
            self.make_room();
        }
        let own = self.hexagons.entry(hexagon).or_insert(Passes { good: 0.0, bad: 0.0, at: now });
        let left = exp(-ln(2.0) * (now - own.at).s().max(0.0) / HALF_LIFE_S);
        *own = Passes { good: own.good * left, bad: own.bad * left, at: own.at.max(now) };
        if affected {
            own.bad += worth;
        } else {
            own.good += worth;
        }
    }

    /// The share that is usual there; `otherwise` where nothing was learned.
    pub(super) fn share(&self, hexagon: u64, otherwise: f64) -> f64 {
        let Some(own) = self.hexagons.get(&hexagon) else { return otherwise };
        ((otherwise * WORTH + own.bad) / (WORTH + own.good + own.bad)).clamp(LIMITS[0], LIMITS[1])
    }

    fn make_room(&mut self) {
        let mut ages: Vec<(Time, u64)> = self.hexagons.iter().map(|(hexagon, own)| (own.at, *hexagon)).collect();
        ages.sort_unstable();
        for (_, hexagon) in ages.into_iter().take(MAX_HEXAGONS / 10) {
            self.hexagons.remove(&hexagon);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::Span;

    const NOW: Time = Time::from_s(1_758_400_000);

    #[test]
    fn a_hexagon_learns_its_own_share_and_forgets_it_in_months() {
        let mut usual = Usual::default();
        for k in 0..4000 {
            usual.learn(1, k % 50 == 0, 1.0, NOW);
            usual.learn(2, false, 1.0, NOW);
        }
        assert!((usual.share(1, 0.002) - 0.018).abs() < 0.001, "{}", usual.share(1, 0.002));
        assert!(usual.share(2, 0.002) < 0.0006 && usual.share(2, 0.002) >= LIMITS[0]);
        assert!((usual.share(3, 0.002) - 0.002).abs() < 1e-12);
        usual.learn(1, false, 1.0, NOW + Span::from_s(365 * 86_400));
        assert!(usual.share(1, 0.002) < 0.003, "{}", usual.share(1, 0.002));
    }

    #[test]
    fn it_is_bounded() {
        let mut usual = Usual::default();
        for k in 0..120_000 {
            usual.learn(k, false, 1.0, NOW + Span::from_s(i64::try_from(k).unwrap_or(0)));
        }
        assert!(usual.hexagons.len() <= MAX_HEXAGONS);
        assert!(usual.hexagons.contains_key(&119_999) && !usual.hexagons.contains_key(&0));
    }
}
