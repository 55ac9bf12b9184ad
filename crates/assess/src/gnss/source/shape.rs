//! A transmitter but for its place, and what is held possible of it beforehand.

use skypicket_model::LatLon;
use skypicket_model::math::{exp, ln};

/// Its antenna's gain by direction is told by so many waves around the compass.
pub(super) const ORDERS: usize = 4;
/// Figures of a transmitter: its reach, its height, and two for each wave.
pub(super) const FIGURES: usize = 2 + 2 * ORDERS;

/// Reach before anything is known, km, and its spread as standard deviation of the logarithm: from some 20 km to beyond every horizon.
const REACH: (f64, f64) = (130.0, 1.0);
/// How far the horizon of its antenna is, km, and its spread: 4 to 100 m above what is around it in two of three, rarely higher.
const HORIZON: (f64, f64) = (20.0, 0.6);
/// The antenna's first wave, logarithm of the reach: most antennas are alike in all directions, some much weaker behind, so it is 1/(1 + (wave/scale)²) to a
/// power, which forgives large ones.
const FIRST: (f64, f64) = (0.2, 1.5);
/// Standard deviations of its further waves, logarithm of the reach for each part: 1.2, 0.9 and 0.7 dB. Obstacles are among them.
const WAVES: [f64; ORDERS - 1] = [0.14, 0.10, 0.08];

/// The figures of a transmitter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Shape {
    /// Logarithm of the reach, km, in the mean over directions; of its horizon's distance, km; then cosine and sine of each wave over the direction from
    /// north, logarithm of the reach.
    pub(super) figures: [f64; FIGURES],
}
skypicket_model::canon_struct!(Shape { figures });

/// A transmitter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Stand {
    pub(super) place: LatLon,
    pub(super) shape: Shape,
}
skypicket_model::canon_struct!(Stand { place, shape });

impl Shape {
    /// The usual one of a reach.
    pub(super) fn of_reach(km: f64) -> Self {
        let mut figures = [0.0; FIGURES];
        (figures[0], figures[1]) = (ln(km), ln(HORIZON.0));
        Self { figures }
    }

    pub(super) fn reach_km(&self) -> f64 {
        exp(self.figures[0])
    }

    pub(super) fn horizon_km(&self) -> f64 {
        exp(self.figures[1])
    }
}

/// What is held possible beforehand.
#[derive(Clone, Debug)]
pub(super) struct Prior {
    mean: [f64; FIGURES],
    /// One over the variance; of the first wave where it is nothing.
    pub(super) sharp: [f64; FIGURES],
}

/// Logarithm without its constant, its slope, and its curvature downwards (of the first wave a bound of it).
pub(super) struct Before {
    pub(super) ln: f64,
    pub(super) slope: [f64; FIGURES],
    pub(super) bends: [f64; FIGURES],
}

impl Prior {
    pub(super) fn new() -> Self {
        let sharp = |sd: f64| 1.0 / (sd * sd);
        let first = 2.0 * FIRST.1 / (FIRST.0 * FIRST.0);
        let mut prior = Self { mean: Shape::of_reach(REACH.0).figures, sharp: [first; FIGURES] };
        (prior.sharp[0], prior.sharp[1]) = (sharp(REACH.1), sharp(HORIZON.1));
        for (k, own) in prior.sharp.iter_mut().skip(4).enumerate() {
            *own = sharp(WAVES[k / 2]);
        }
        prior
    }

    pub(super) fn of(&self, shape: &Shape) -> Before {
        let off: [f64; FIGURES] = core::array::from_fn(|k| shape.figures[k] - self.mean[k]);
        let first = 1.0 + (off[2] * off[2] + off[3] * off[3]) / (FIRST.0 * FIRST.0);
        let mut bends = self.sharp;
        bends[2] /= first;
        bends[3] /= first;
        let others: f64 = [0, 1].into_iter().chain(4..FIGURES).map(|k| bends[k] * off[k] * off[k]).sum();
        Before { ln: -0.5 * others - FIRST.1 * ln(first), slope: core::array::from_fn(|k| -bends[k] * off[k]), bends }
    }
}
