//! An honest count: a distribution with a referent, an area and a moment. A number alone would hide what was missed, what was never there, and
//! which two tracks were one object.

use crate::ids::AirspaceId;
use crate::observation::Reality;
use crate::time::Time;

/// What is counted, by whoever counts: the picture, or a public statement. A count without one says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Referent {
    /// Objects that entered without permission within the time looked at.
    ObjectsEntered,
    /// Of these, objects that fly inside now.
    InsideNow,
    /// Objects that somebody reports to have shot down.
    ReportedShotDown,
    /// Wrecks and places of debris that are reported, each object once.
    Wrecks,
    /// Of these, those that are of no drone.
    WrecksNoDrones,
}
crate::canon_enum!(Referent { 0 => ObjectsEntered, 1 => InsideNow, 2 => ReportedShotDown, 3 => Wrecks, 4 => WrecksNoDrones });

impl Referent {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 5] =
        [Self::ObjectsEntered, Self::InsideNow, Self::ReportedShotDown, Self::Wrecks, Self::WrecksNoDrones];
}

/// Probability of each number from `least` on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CountDistribution {
    /// The number that the first probability is of.
    pub least: u32,
    /// One after the other; they sum to 1, but for what is under 1e-4 at both ends. Empty says nothing.
    pub probabilities: Vec<f64>,
}
crate::canon_struct!(CountDistribution { least, probabilities });

/// Numbers told at most.
pub const MAX_NUMBERS: usize = 512;
/// What is less probable than this at both ends is not told.
const TOLD: f64 = 1e-4;

impl CountDistribution {
    /// From how often each number, counted from 0, was drawn.
    #[must_use]
    pub fn from_draws(draws: &[u32]) -> Self {
        let total: u64 = draws.iter().map(|n| u64::from(*n)).sum();
        if total == 0 {
            return Self::default();
        }
        let share = |n: &u32| f64::from(*n) / total as f64;
        let first = draws.iter().position(|n| share(n) >= TOLD).unwrap_or(0);
        let last = draws.iter().rposition(|n| share(n) >= TOLD).unwrap_or(first);
        let told: Vec<f64> = draws.iter().skip(first).take((last + 1 - first).min(MAX_NUMBERS)).map(share).collect();
        let sum: f64 = told.iter().sum();
        let probabilities = told.into_iter().map(|p| p / sum).collect();
        Self { least: u32::try_from(first).unwrap_or(u32::MAX), probabilities }
    }

    /// The most probable number; of equals the smallest.
    #[must_use]
    pub fn most_likely(&self) -> u32 {
        let mut best = (0, 0.0);
        for (place, p) in self.probabilities.iter().enumerate() {
            if *p > best.1 {
                best = (place, *p);
            }
        }
        self.least + u32::try_from(best.0).unwrap_or(0)
    }

    /// The mean; 0 where nothing is said.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let weighted = self.probabilities.iter().enumerate().map(|(place, p)| place as f64 * p);
        f64::from(self.least) + weighted.sum::<f64>()
    }

    /// The shortest interval of numbers, both included, that holds at least `mass`; of equals the most probable.
    #[must_use]
    pub fn interval(&self, mass: f64) -> (u32, u32) {
        let n = self.probabilities.len();
        for width in 1..=n {
            let sums = self.probabilities.windows(width).map(|part| part.iter().sum::<f64>());
            let best = sums.enumerate().filter(|(_, sum)| *sum >= mass - 1e-12).max_by(|a, b| {
                // The first of equals.
                a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))
            });
            if let Some((from, _)) = best {
                let at = |place: usize| self.least + u32::try_from(place).unwrap_or(0);
                return (at(from), at(from + width - 1));
            }
        }
        (self.least, self.least + u32::try_from(n.saturating_sub(1)).unwrap_or(0))
    }

    /// Probability of a number of at least `n`.
    #[must_use]
    pub fn at_least(&self, n: u32) -> f64 {
        let skipped = n.saturating_sub(self.least) as usize;
        self.probabilities.iter().skip(skipped).sum::<f64>().min(1.0)
    }
}

/// What a count rests on: expected numbers, so that a reader sees where it comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CountBasis {
    /// Tracks weighed.
    pub tracks: u32,
    /// Reports from the ground weighed.
    pub reports: u32,
    /// Expected tracks that are of no object, or of one that did not enter.
    pub not_entered: f64,
    /// Expected tracks that go on an earlier one: the same object lost and found again.
    pub stitched: f64,
    /// Expected objects that entered and that reports alone tell of.
    pub only_reported: f64,
    /// Expected objects that entered and that neither a track nor a report tells of.
    pub missed: f64,
    /// How probable it is held that an object that enters is tracked at all: mean and standard deviation.
    pub tracked_share: f64,
    /// Its standard deviation.
    pub tracked_share_sigma: f64,
    /// More tracks or reports than could be weighed: the least probable were left out.
    pub cut: bool,
}
crate::canon_struct!(CountBasis {
    tracks,
    reports,
    not_entered,
    stitched,
    only_reported,
    missed,
    tracked_share,
    tracked_share_sigma,
    cut,
});

/// All that is counted of one area.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    /// The watched airspace.
    pub area: AirspaceId,
    /// World, exercise or simulation: never counted together.
    pub reality: Reality,
    /// Counted is what happened from then on
    pub since: Time,
    /// and what was known by then.
    pub as_of: Time,
    /// One distribution for each of [`Referent::ALL`], in that order.
    pub distributions: Vec<CountDistribution>,
    /// What they rest on.
    pub basis: CountBasis,
}
crate::canon_struct!(Count { area, reality, since, as_of, distributions, basis });

impl Count {
    /// The distribution of one referent.
    #[must_use]
    pub fn of(&self, referent: Referent) -> Option<&CountDistribution> {
        self.distributions.get(referent as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Canon;

    #[test]
    fn the_interval_is_the_shortest_that_holds_enough() {
        let draws = [0, 0, 5, 10, 60, 20, 4, 1];
        let count = CountDistribution::from_draws(&draws);
        assert_eq!((count.least, count.probabilities.len()), (2, 6));
        assert_eq!(count.most_likely(), 4);
        assert_eq!(count.interval(0.9), (3, 5));
        assert_eq!(count.interval(0.5), (4, 4));
        assert_eq!(count.interval(1.0), (2, 7));
        assert!((count.at_least(5) - 0.25).abs() < 1e-12);
        assert!((count.at_least(0) - 1.0).abs() < 1e-12);
        assert!((count.mean() - 4.11).abs() < 1e-12, "{}", count.mean());
        assert_eq!(CountDistribution::from_canon(&count.to_canon()), Ok(count));
        let nothing = CountDistribution::default();
        assert_eq!((nothing.most_likely(), nothing.interval(0.9)), (0, (0, 0)));
    }
}
