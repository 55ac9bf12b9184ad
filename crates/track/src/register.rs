//! Register: each radar's bias in range, azimuth and elevation, from objects whose place is known better than the radar can tell.
//!
//! Pairs of a plot and a self-reporting track (whose claims nothing contradicts) drive one small Kalman filter a sensor and axis;
//! biases are slow random walks. The correction is subtracted from every plot before anything else sees it.

use crate::params::Params;
use skypicket_model::math::rad;

/// How fast a bias may wander: share of its prior sigma in an hour. Origin: biases change with temperature and maintenance, not with traffic.
const WANDER_PER_HOUR: f64 = 0.2;

/// One axis: estimate and variance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Axis {
    /// What the sensor reads too much: metres or radians.
    pub bias: f64,
    /// Variance of it; 0 until the first pair.
    pub variance: f64,
    /// Pairs used.
    pub pairs: u32,
}
skypicket_model::canon_struct!(Axis { bias, variance, pairs });

impl Axis {
    fn update(&mut self, prior_sigma: f64, residual: f64, variance: f64, dt_s: f64) {
        let prior = prior_sigma * prior_sigma;
        if self.pairs == 0 {
            self.variance = prior;
        }
        let wander = WANDER_PER_HOUR * prior_sigma;
        self.variance = (self.variance + wander * wander * dt_s / 3600.0).min(prior);
        let s = self.variance + variance;
        let innovation = residual - self.bias;
        // A pair beyond four sigma is a wrong pair more often than news.
        if innovation * innovation > 16.0 * s {
            return;
        }
        let gain = self.variance / s;
        self.bias += gain * innovation;
        self.variance *= 1.0 - gain;
        self.pairs = self.pairs.saturating_add(1);
    }
}

/// A radar's estimated biases: what it reads too much.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bias {
    /// Metres.
    pub range_m: Axis,
    /// Radians.
    pub azimuth_rad: Axis,
    /// Radians.
    pub elevation_rad: Axis,
    last_ns: i64,
}
skypicket_model::canon_struct!(Bias { range_m, azimuth_rad, elevation_rad, last_ns });

/// One pair: measured minus known (uncorrected for bias), with the variance of the difference, per axis.
pub(crate) struct Pair {
    pub time_ns: i64,
    pub range: (f64, f64),
    pub azimuth: (f64, f64),
    pub elevation: Option<(f64, f64)>,
}

impl Bias {
    pub(crate) fn learn(&mut self, pair: &Pair, params: &Params) {
        let dt_s = if self.last_ns == 0 { 0.0 } else { ((pair.time_ns - self.last_ns).max(0) as f64) * 1e-9 };
        self.last_ns = self.last_ns.max(pair.time_ns);
        self.range_m.update(params.range_bias_sigma_m, pair.range.0, pair.range.1, dt_s);
        self.azimuth_rad.update(rad(params.azimuth_bias_sigma_deg), pair.azimuth.0, pair.azimuth.1, dt_s);
        if let Some((residual, variance)) = pair.elevation {
            self.elevation_rad.update(rad(params.elevation_bias_sigma_deg), residual, variance, dt_s);
        }
    }
}
