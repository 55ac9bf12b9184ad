//! Horizontal uncertainty of a place.

use super::BorderSigma;
use super::contour::FAR_SIGMAS;

/// No place is known better than this, metres: the data's own grid and the chords make up less.
const LEAST_SIGMA_M: f64 = 0.5;

/// Nor worse: half way around the Earth.
const MOST_SIGMA_M: f64 = 2e7;

/// Horizontal uncertainty of a place: covariance of east and north, m².
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Variance east, m².
    pub east_m2: f64,
    /// Covariance of east and north, m².
    pub cross_m2: f64,
    /// Variance north, m².
    pub north_m2: f64,
}

impl Spread {
    /// The same in all directions.
    #[must_use]
    pub fn round(sigma_m: f64) -> Self {
        Self { east_m2: sigma_m * sigma_m, cross_m2: 0.0, north_m2: sigma_m * sigma_m }
    }

    /// With an independent error of the same size in all directions added.
    #[must_use]
    pub fn plus(self, sigma_m: f64) -> Self {
        let more_m2 = sigma_m * sigma_m;
        Self { east_m2: self.east_m2 + more_m2, cross_m2: self.cross_m2, north_m2: self.north_m2 + more_m2 }
    }

    /// The largest 1-sigma in any direction, metres.
    #[must_use]
    pub fn largest_sigma_m(self) -> f64 {
        let mean = 0.5 * (self.east_m2 + self.north_m2);
        let half = 0.5 * (self.east_m2 - self.north_m2);
        let spread = (half * half + self.cross_m2 * self.cross_m2).sqrt();
        (mean + spread).max(0.0).sqrt()
    }

    /// How far a boundary must be away so that P(inside) is 0 or 1, metres.
    #[must_use]
    pub fn reach_m(self, sigma: &BorderSigma) -> f64 {
        FAR_SIGMAS * (self.widest_m() + sigma.land_m.max(sigma.water_m).max(sigma.sea_m))
    }

    /// No less than the largest 1-sigma that counts, metres, and quickly found.
    #[inline]
    pub(super) fn at_most_m(self) -> f64 {
        (self.east_m2 + self.north_m2).max(LEAST_SIGMA_M * LEAST_SIGMA_M).sqrt() + LEAST_SIGMA_M
    }

    /// The largest 1-sigma that counts, metres.
    pub(super) fn widest_m(self) -> f64 {
        within(self.largest_sigma_m(), LEAST_SIGMA_M, MOST_SIGMA_M)
    }

    /// The direction in which it is narrowest, east and north.
    pub(super) fn narrow(self) -> [f64; 2] {
        let half = 0.5 * (self.east_m2 - self.north_m2);
        let along = half + (half * half + self.cross_m2 * self.cross_m2).sqrt();
        let length = (along * along + self.cross_m2 * self.cross_m2).sqrt();
        if length > 0.0 { [-self.cross_m2 / length, along / length] } else { [1.0, 0.0] }
    }

    /// The same as a covariance that there can be, whatever the numbers: also of what is no number.
    pub(super) fn bounded(self) -> Self {
        let bounded =
            |variance_m2: f64| within(variance_m2, LEAST_SIGMA_M * LEAST_SIGMA_M, MOST_SIGMA_M * MOST_SIGMA_M);
        let (east_m2, north_m2) = (bounded(self.east_m2), bounded(self.north_m2));
        let most_m2 = (east_m2 * north_m2).sqrt();
        let cross_m2 = if self.cross_m2.is_finite() { self.cross_m2.clamp(-most_m2, most_m2) } else { 0.0 };
        Self { east_m2, cross_m2, north_m2 }
    }

    /// Inverse of the lower Cholesky factor of a bounded one, as (1/a, −b/(a·c), 1/c): turns east and north into units of sigma.
    pub(super) fn whitening(self) -> [f64; 3] {
        let a = self.east_m2.sqrt();
        let b = self.cross_m2 / a;
        let c = (self.north_m2 - b * b).max(LEAST_SIGMA_M * LEAST_SIGMA_M).sqrt();
        [1.0 / a, -b / (a * c), 1.0 / c]
    }
}

/// Clamped; what is no number is the least.
fn within(x: f64, least: f64, most: f64) -> f64 {
    if x.is_nan() { least } else { x.clamp(least, most) }
}
