//! Predict: interacting multiple models of straight, disturbed and turning flight (Blom & Bar-Shalom 1988).
//!
//! Seven models: steady, free (much noise), break (hard manoeuvres), slow turn left and right, fast turn left and right. Turns are about the local vertical, so a model is a rotation about
//! the ellipsoid's normal at the track; straight flight follows the Earth's curvature at constant height. Jumps between models are a
//! continuous-time chain, so any time step is right.

use crate::gauss::{Gauss, M3, Motion, V3, along, dot, norm};
use crate::params::{MODELS, Params};
use skypicket_model::frames::{WGS84_A_M, WGS84_E2};
use skypicket_model::math;

/// Mean Earth radius that bends a level path, metres.
const EARTH_RADIUS_M: f64 = 6_371_000.0;

/// The models and their chain, prepared from the parameters.
#[derive(Clone, Debug)]
pub(crate) struct Models {
    turn_rates_rad_s: [f64; 2],
    noise: [f64; MODELS],
    vertical: [f64; MODELS],
    reported_noise: f64,
    exit_rate: [f64; MODELS],
    /// Where a model goes when it ends.
    jump: [[f64; MODELS]; MODELS],
}

/// How many models come before the turns.
pub(crate) const STRAIGHT: usize = 3;

/// The free model, which alone serves objects that report their own velocity.
pub(crate) const FREE: usize = 1;
/// Model probabilities of a track that the free model alone follows.
pub(crate) const SINGLE: [f64; MODELS] = [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
/// The break model: hard manoeuvres, rare and of much noise.
pub(crate) const BREAK: usize = 2;

/// Whether the free model alone follows the track: its own reports tell its velocity, so that no model needs to guess its turns, and
/// a report costs a sixth.
#[inline]
pub(crate) fn is_single(mu: &[f64; MODELS]) -> bool {
    mu[FREE] >= 1.0
}

/// Model probabilities of an object just seen.
pub(crate) const INITIAL: [f64; MODELS] = [0.5, 0.3, 0.002, 0.0495, 0.0495, 0.0495, 0.0495];

/// The unit normal of the ellipsoid at (to first order, below) a position.
#[inline]
pub(crate) fn up_at(x: &V3) -> V3 {
    let n = [x[0], x[1], x[2] / (1.0 - WGS84_E2)];
    let k = 1.0 / norm(&n);
    [n[0] * k, n[1] * k, n[2] * k]
}

/// Height above the ellipsoid, metres: first order about the geodetic normal, within 1 m up to 15 km (tested).
#[inline]
pub(crate) fn height_at(x: &V3) -> f64 {
    // Distance to the ellipsoid along the radius, then corrected by the angle between radius and normal.
    let r2 = dot(x, x);
    let r = r2.sqrt();
    let z2 = x[2] * x[2] / r2;
    let surface = WGS84_A_M * ((1.0 - WGS84_E2) / (1.0 - WGS84_E2 * (1.0 - z2))).sqrt();
    r - surface
}

impl Models {
    pub(crate) fn new(params: &Params) -> Self {
        // Steady flight ends in a disturbance or any of the turns; these end in steady flight mostly.
        let share = params.break_share;
        let mut jump = [[0.0; MODELS]; MODELS];
        for (from, row) in jump.iter_mut().enumerate() {
            for (to, p) in row.iter_mut().enumerate() {
                *p = match to {
                    _ if to == from => 0.0,
                    BREAK => share,
                    0 => 0.8 * (1.0 - share),
                    _ => {
                        if from == 0 {
                            0.2
                        } else {
                            0.05
                        }
                    }
                };
            }
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|p| *p /= sum);
        }
        // A hard manoeuvre goes in any direction.
        let mut vertical = [params.vertical_noise_m2_s3; MODELS];
        vertical[BREAK] = params.break_noise_m2_s3;
        let (steady, turn) = (1.0 / params.steady_time_s, 1.0 / params.turn_time_s);
        Self {
            turn_rates_rad_s: params.turn_rates_deg_s.map(math::rad),
            noise: [
                params.steady_noise_m2_s3,
                params.free_noise_m2_s3,
                params.break_noise_m2_s3,
                params.turn_noise_m2_s3,
                params.turn_noise_m2_s3,
                params.turn_noise_m2_s3,
                params.turn_noise_m2_s3,
            ],
            vertical,
            reported_noise: params.reported_noise_m2_s3,
            exit_rate: [steady, turn, turn, turn, turn, turn, turn],
            jump,
        }
    }

    /// Mixes and predicts all models over `dt_s` ≥ 0.
    pub(crate) fn predict(&self, models: &mut [Gauss; MODELS], mu: &mut [f64; MODELS], dt_s: f64) {
        if dt_s <= 1e-6 {
            return;
        }
        if is_single(mu) {
            let g = &mut models[FREE];
            let up = up_at(&g.x);
            bend(g, &up, dt_s);
            g.move_straight(dt_s);
            g.add_noise(dt_s, self.reported_noise, self.reported_noise, &up);
            return;
        }
        self.mix(models, mu, dt_s);
        let up = up_at(&models[FREE].x);
        let turns = self.turns(&up, dt_s);
        for (m, g) in models.iter_mut().enumerate() {
            bend(g, &up, dt_s);
            match turns.get(m.wrapping_sub(STRAIGHT)) {
                Some(turn) => g.move_by(turn),
                None => g.move_straight(dt_s),
            }
            g.add_noise(dt_s, self.noise[m], self.vertical[m], &up);
        }
    }

    /// Mean and covariance of the mixture at `dt_s` (either sign, without mixing), for showing a track at another time.
    pub(crate) fn extrapolate(&self, models: &[Gauss; MODELS], mu: &[f64; MODELS], dt_s: f64) -> Gauss {
        let mut moved = *models;
        let mut mu = *mu;
        if dt_s > 0.0 {
            self.predict(&mut moved, &mut mu, dt_s);
        } else if dt_s < 0.0 {
            let up = up_at(&models[FREE].x);
            let turns = self.turns(&up, dt_s);
            for (m, g) in moved.iter_mut().enumerate() {
                match turns.get(m.wrapping_sub(STRAIGHT)) {
                    Some(turn) => g.move_by(turn),
                    None => g.move_straight(dt_s),
                }
            }
        }
        Gauss::merge(mu.iter().copied().zip(&moved))
    }

    /// How each model moves over `dt_s`; used backwards for late data.
    pub(crate) fn motions(&self, up: &V3, dt_s: f64) -> [Motion; MODELS] {
        let straight = Motion {
            a: [[dt_s, 0.0, 0.0], [0.0, dt_s, 0.0], [0.0, 0.0, dt_s]],
            b: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        };
        let [a, b, c, d] = self.turns(up, dt_s);
        [straight, straight, straight, a, b, c, d]
    }

    /// Variance of position that model `m`'s noise adds over `dt_s`, horizontal, m².
    pub(crate) fn drift_variance(&self, m: usize, dt_s: f64) -> f64 {
        let dt = dt_s.abs();
        self.noise[m] * dt * dt * dt / 3.0
    }

    /// The same of an object that reports its own velocity.
    pub(crate) fn drift_reported(&self, dt_s: f64) -> f64 {
        let dt = dt_s.abs();
        self.reported_noise * dt * dt * dt / 3.0
    }

    /// Upper bound of it over the models, for gating; of a track that is looked for without the break model where not `wide`.
    #[inline]
    pub(crate) fn most_drift(&self, dt_s: f64, wide: bool) -> f64 {
        self.drift_variance(if wide { BREAK } else { FREE }, dt_s)
    }

    /// Slow left (counter-clockwise seen from above), slow right, fast left, fast right.
    fn turns(&self, up: &V3, dt_s: f64) -> [Motion; MODELS - STRAIGHT] {
        let pair = |w: f64| {
            let (s, c) = math::sin_cos(w * dt_s);
            let (sw, cw) = (s / w, (1.0 - c) / w);
            [turn(up, s, c, sw, cw, dt_s), turn(up, -s, c, sw, -cw, dt_s)]
        };
        let [a, b] = pair(self.turn_rates_rad_s[0]);
        let [c, d] = pair(self.turn_rates_rad_s[1]);
        [a, b, c, d]
    }

    /// Probability that a model (row) has become another (column) after `dt_s`.
    #[inline]
    pub(crate) fn jumps(&self, dt_s: f64) -> [[f64; MODELS]; MODELS] {
        let (stay_steady, stay_other) = (math::exp(-self.exit_rate[0] * dt_s), math::exp(-self.exit_rate[1] * dt_s));
        core::array::from_fn(|from| {
            let stay = if from == 0 { stay_steady } else { stay_other };
            core::array::from_fn(|to| if from == to { stay } else { (1.0 - stay) * self.jump[from][to] })
        })
    }

    /// Noise of a model, across and along the vertical, m²/s³; `single` when the free model alone follows the track.
    pub(crate) fn noise_of(&self, model: usize, single: bool) -> (f64, f64) {
        if single { (self.reported_noise, self.reported_noise) } else { (self.noise[model], self.vertical[model]) }
    }

    pub(crate) fn mix(&self, models: &mut [Gauss; MODELS], mu: &mut [f64; MODELS], dt_s: f64) {
        let mut joint = [[0.0; MODELS]; MODELS]; // joint[to][from]
        let mut total = [0.0; MODELS];
        let jumps = self.jumps(dt_s);
        for from in 0..MODELS {
            for to in 0..MODELS {
                joint[to][from] = jumps[from][to] * mu[from];
                total[to] += joint[to][from];
            }
        }
        let old = *models;
        for to in 0..MODELS {
            let inv = 1.0 / total[to];
            // Parts below a thousandth change nothing that the filter's own approximation does not change more.
            let kept: f64 = joint[to].iter().filter(|w| **w * inv > 1e-3).sum();
            let inv_kept = 1.0 / kept;
            models[to] = Gauss::merge(
                joint[to].iter().zip(&old).filter(|(w, _)| **w * inv > 1e-3).map(|(w, g)| (w * inv_kept, g)),
            );
            mu[to] = total[to];
        }
    }
}

/// Nothing flies lower, metres above the ellipsoid: the lowest geoid undulation, −106 m (EGM2008, south of India), with what is below the sea's level on land left out.
const GROUND_M: f64 = -110.0;

/// Where the ground is above an estimate, the estimate is conditioned on being above the ground (truncated normal, first two moments).
/// Heights that no sensor measures wander, and one below ground would be beyond every horizon and never missed.
pub(crate) fn keep_above_ground(models: &mut [Gauss; MODELS], mu: &[f64; MODELS]) {
    for (g, mu) in models.iter_mut().zip(mu) {
        if *mu <= 0.0 {
            continue;
        }
        let depth_m = GROUND_M - height_at(&g.x);
        if depth_m <= 0.0 {
            continue;
        }
        let up = up_at(&g.x);
        let sigma_m = crate::gauss::sym_quad(&g.pp, &up).max(1e-6).sqrt();
        let alpha = depth_m / sigma_m;
        // Normal density over tail (inverse Mills ratio), by its asymptote where the tail is too thin for numbers.
        let mills = if alpha < 5.0 {
            math::exp(-0.5 * alpha * alpha) / (math::TAU.sqrt() * math::normal_cdf(-alpha))
        } else {
            alpha + 1.0 / alpha
        };
        let keep = (1.0 + alpha * mills - mills * mills).clamp(0.02, 1.0);
        g.condition(&up, depth_m + sigma_m * (mills - alpha), keep);
    }
}

/// Level flight follows the Earth: the velocity turns down by v²/R.
#[inline]
pub(crate) fn bend(g: &mut Gauss, up: &V3, dt_s: f64) {
    let vertical = dot(&g.v, up);
    let speed2 = (dot(&g.v, &g.v) - vertical * vertical).max(0.0);
    let down = -speed2 / EARTH_RADIUS_M * dt_s;
    g.x = along(&g.x, 0.5 * down * dt_s, up);
    g.v = along(&g.v, down, up);
}

/// Rotation by an angle with sine `s` and cosine `c` about `up` (Rodrigues), and its integral.
fn turn(up: &V3, s: f64, c: f64, sw: f64, cw: f64, dt_s: f64) -> Motion {
    Motion { a: about(up, sw, cw, dt_s), b: about(up, c, s, 1.0) }
}

/// k·I + m·[u]× + (e − k)·u·uᵀ
fn about(u: &V3, k: f64, m: f64, e: f64) -> M3 {
    let d = e - k;
    [
        [k + d * u[0] * u[0], d * u[0] * u[1] - m * u[2], d * u[0] * u[2] + m * u[1]],
        [d * u[1] * u[0] + m * u[2], k + d * u[1] * u[1], d * u[1] * u[2] - m * u[0]],
        [d * u[2] * u[0] - m * u[1], d * u[2] * u[1] + m * u[0], k + d * u[2] * u[2]],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gauss::{sub, sym_quad};
    use skypicket_model::Geodetic;

    /// A Gaussian at a height, with a vertical sigma, whose vertical velocity goes with its height.
    fn at_height(height_m: f64, sigma_m: f64) -> (Gauss, V3) {
        let p = Geodetic { lat_deg: 52.0, lon_deg: 23.0, height_m }.to_ecef();
        let x = [p.x, p.y, p.z];
        let up = up_at(&x);
        let mut g = Gauss { x, ..Gauss::default() };
        crate::gauss::sym_add_identity(&mut g.pp, 100.0 * 100.0);
        crate::gauss::sym_add_outer(&mut g.pp, sigma_m * sigma_m - 100.0 * 100.0, &up);
        crate::gauss::sym_add_identity(&mut g.vv, 25.0);
        for (row, up_i) in g.pv.iter_mut().zip(&up) {
            *row = along(row, 2.0 * sigma_m * up_i, &up);
        }
        (g, up)
    }

    #[test]
    fn an_estimate_below_the_ground_becomes_the_truncated_normal() {
        for (height_m, sigma_m) in [(-200.0, 300.0), (-400.0, 300.0), (-1100.0, 1000.0), (-120.0, 50.0)] {
            // Moments of the normal above the ground, by summing it up.
            let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
            for k in 0..200_000 {
                let h = GROUND_M + (f64::from(k) + 0.5) * sigma_m * 6.0 / 200_000.0;
                let z = (h - height_m) / sigma_m;
                let w = math::exp(-0.5 * z * z);
                (total, first, second) = (total + w, first + w * h, second + w * h * h);
            }
            let mean = first / total;
            let sigma = (second / total - mean * mean).sqrt();
            let (g, up) = at_height(height_m, sigma_m);
            let mut models = [g; MODELS];
            keep_above_ground(&mut models, &INITIAL);
            let got = &models[0];
            assert!((height_at(&got.x) - mean).abs() < 0.01 * sigma_m, "{height_m}: {} {mean}", height_at(&got.x));
            let got_sigma = sym_quad(&got.pp, &up).sqrt();
            assert!((got_sigma / sigma - 1.0).abs() < 0.02, "{height_m}: {got_sigma} {sigma}");
            // What is across does not move; the vertical velocity follows with its correlation: 2σ/σ² a metre.
            let moved = sub(&got.x, &g.x);
            assert!((dot(&moved, &moved).sqrt() - dot(&moved, &up)).abs() < 1e-3);
            let climbed = dot(&got.v, &up);
            assert!((climbed - dot(&moved, &up) * 2.0 / sigma_m).abs() < 1e-6, "{climbed}");
        }
    }

    #[test]
    fn an_estimate_above_the_ground_stays_to_the_bit() {
        let (g, _) = at_height(GROUND_M + 1.0, 500.0);
        let mut models = [g; MODELS];
        keep_above_ground(&mut models, &INITIAL);
        assert_eq!(models, [g; MODELS]);
    }

    #[test]
    fn jumps_to_other_models_sum_to_one_and_none_stays_put() {
        let models = Models::new(&Params::default());
        for (from, row) in models.jump.iter().enumerate() {
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(row[from].total_cmp(&0.0).is_eq());
        }
        assert!((INITIAL.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
