//! What a count is worked out from, and what comes out.

use super::evidence::{Piece, Statement};
use skypicket_model::{CountBasis, CountDistribution};

/// How probable it is that an object that enters is tracked: a beta distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tracked {
    /// Mean, in (0, 1).
    pub mean: f64,
    /// Standard deviation.
    pub sigma: f64,
}

impl Tracked {
    /// What is said where no coverage is known: most are tracked, and that is not sure.
    pub const UNKNOWN: Self = Self { mean: 0.9, sigma: 0.08 };

    /// Both parameters.
    pub(super) fn beta(self) -> [f64; 2] {
        let mean = self.mean.clamp(0.01, 0.995);
        let most = mean * (1.0 - mean);
        let strength = (most / (self.sigma * self.sigma).clamp(1e-6, 0.9 * most) - 1.0).max(0.5);
        [mean * strength, (1.0 - mean) * strength]
    }
}

/// All that a count weighs.
#[derive(Clone, Debug)]
pub struct Given<'g> {
    /// Tracks that came near the area or were in it.
    pub pieces: &'g [Piece],
    /// Reports from within the area.
    pub statements: &'g [Statement],
    /// How probable it is that an object that enters is tracked.
    pub tracked: Tracked,
    /// The moment, in the seconds of the pieces.
    pub now_s: f64,
    /// What the draws are seeded with: made of the content.
    pub seed: u64,
}

/// What comes out.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// One distribution for each of [`Referent::ALL`].
    pub distributions: Vec<CountDistribution>,
    /// What they rest on.
    pub basis: CountBasis,
    /// Earlier piece, later piece, probability that they are one object; those above 0.05.
    pub links: Vec<(usize, usize, f64)>,
    /// Statement, piece, probability that it tells of that piece's object; those above 0.05.
    pub matches: Vec<(usize, usize, f64)>,
}
