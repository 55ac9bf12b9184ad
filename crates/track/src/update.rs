//! Update: one track by one measurement under every motion model, and the mixture of what may have been its measurement.

use crate::gauss::{Gauss, Motion, V3, along, dot, mat_t_vec, sub};
use crate::measure::Rows;
use crate::params::MODELS;
use crate::predict::{FREE, Models, is_single, up_at};
use skypicket_model::math;

/// (2π)^(−k/2) for k = 0 to 3.
const NORMAL: [f64; 4] = [1.0, 0.398_942_280_401_432_7, 0.159_154_943_091_895_33, 0.063_493_635_934_240_96];
/// A model's probability never falls below this, so that it can come back. Origin: one jump in a thousand scans.
const FLOOR: f64 = 1e-4;
/// A measurement that is more probably the track's own than this is its own.
pub(crate) const SURE: f64 = 0.999;

/// A track as it is if one measurement was its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Posterior {
    pub models: [Gauss; MODELS],
    pub mu: [f64; MODELS],
    /// Density of the measurement under the track, per unit of its rows' space.
    pub likelihood: f64,
}

/// Updates every model by the rows; `lag_s` < 0 when the measurement is that much older than the state: then the rows are carried to
/// the state's time by the model's motion, and its noise meanwhile counts as measurement noise. `None` when nothing fits.
pub(crate) fn posterior(
    prior: &[Gauss; MODELS],
    mu: &[f64; MODELS],
    rows: &Rows,
    lag_s: f64,
    motion: &Models,
) -> Option<Posterior> {
    let mut post = Posterior { models: *prior, mu: *mu, likelihood: 0.0 };
    let back = (lag_s < -1e-3).then(|| motion.motions(&up_at(&prior[FREE].x), lag_s));
    let drift = |m: usize| if is_single(mu) { motion.drift_reported(lag_s) } else { motion.drift_variance(m, lag_s) };
    for m in 0..MODELS {
        if mu[m] <= 0.0 {
            continue;
        }
        let g = &mut post.models[m];
        let likelihood = match &back {
            Some(back) => update_late(g, rows, &back[m], drift(m)),
            None => update_now(g, rows),
        };
        post.mu[m] = mu[m] * likelihood;
        post.likelihood += post.mu[m];
    }
    if !(post.likelihood > 1e-300 && post.likelihood.is_finite()) {
        return None;
    }
    let inv = 1.0 / post.likelihood;
    let mut total = 0.0;
    for (p, before) in post.mu.iter_mut().zip(mu) {
        if *before > 0.0 {
            *p = (*p * inv).max(FLOOR);
            total += *p;
        }
    }
    for p in &mut post.mu {
        *p /= total;
    }
    Some(post)
}

#[inline]
fn update_now(g: &mut Gauss, rows: &Rows) -> f64 {
    let (mut d2, mut det) = (0.0, 1.0);
    for k in 0..rows.dims {
        let row = &rows.rows[k];
        let innovation = dot(row, &sub(&rows.z, &g.x));
        let (d, s) = g.update_position(row, innovation, rows.variance[k]);
        d2 += d;
        det *= s;
    }
    density(d2, det, rows.dims)
}

fn update_late(g: &mut Gauss, rows: &Rows, back: &Motion, drift: f64) -> f64 {
    let (mut d2, mut det) = (0.0, 1.0);
    for k in 0..rows.dims {
        let row = &rows.rows[k];
        let row_v = mat_t_vec(&back.a, row);
        let innovation = dot(row, &sub(&rows.z, &g.x)) - dot(&row_v, &g.v);
        let (d, s) = g.update_both(row, &row_v, innovation, rows.variance[k] + drift);
        d2 += d;
        det *= s;
    }
    density(d2, det, rows.dims)
}

#[inline]
fn density(d2: f64, det: f64, dims: usize) -> f64 {
    // Beyond this no gate lets it pass, and exp would only make denormals.
    if d2 > 80.0 { 0.0 } else { NORMAL[dims] * math::exp(-0.5 * d2) / det.sqrt() }
}

/// Rows of a stated velocity, as position rows are: updates `g` by `row`·velocity.
pub(crate) fn update_velocity(g: &mut Gauss, row: &V3, innovation: f64, variance: f64) -> (f64, f64) {
    g.update_both(&[0.0; 3], row, innovation, variance)
}

/// Whether the merged prior lets the rows pass one by one: ν² ≤ gate·S for each.
#[inline]
pub(crate) fn passes(merged: &Gauss, rows: &Rows, lag_s: f64, drift: f64, gate: f64) -> bool {
    let x = along(&merged.x, lag_s, &merged.v);
    let d = sub(&rows.z, &x);
    let mut sum = 0.0;
    for k in 0..rows.dims {
        let row = &rows.rows[k];
        let nu = dot(row, &d);
        let mut s = crate::gauss::sym_quad(&merged.pp, row) + rows.variance[k] + drift;
        if lag_s != 0.0 {
            let cross = mat_t_vec(&merged.pv, row);
            s += 2.0 * lag_s * dot(&cross, row) + lag_s * lag_s * crate::gauss::sym_quad(&merged.vv, row);
            s = s.max(rows.variance[k]);
        }
        let d2 = nu * nu / s;
        if d2 > gate {
            return false;
        }
        sum += d2;
    }
    // Correlation between the rows can only make the joint distance larger than the largest single one.
    sum <= 3.0 * gate
}

/// The mixture of hypotheses, each a weight and a posterior, and of the undetected prior with its weight: per model, moment-matched.
/// Weights must sum to 1.
pub(crate) fn mix(
    prior: (&[Gauss; MODELS], &[f64; MODELS], f64),
    hypotheses: &[(f64, &Posterior)],
    models: &mut [Gauss; MODELS],
    mu: &mut [f64; MODELS],
) {
    let (prior_models, prior_mu, prior_weight) = prior;
    if let [(w, only)] = hypotheses
        && *w > SURE
    {
        *models = only.models;
        *mu = only.mu;
        return;
    }
    let mut total = 0.0;
    for m in 0..MODELS {
        if prior_mu[m] <= 0.0 {
            mu[m] = 0.0;
            continue;
        }
        let parts = || {
            core::iter::once((prior_weight * prior_mu[m], &prior_models[m]))
                .chain(hypotheses.iter().map(|(w, post)| (w * post.mu[m], &post.models[m])))
        };
        let sum: f64 = parts().map(|(w, _)| w).sum();
        let kept: f64 = parts().map(|(w, _)| w).filter(|w| *w > 1e-3 * sum).sum();
        if kept > 0.0 {
            let inv = 1.0 / kept;
            let merged = Gauss::merge(parts().filter(|(w, _)| *w > 1e-3 * sum).map(|(w, g)| (w * inv, g)));
            models[m] = merged;
        }
        mu[m] = sum.max(FLOOR);
        total += mu[m];
    }
    for p in mu.iter_mut() {
        *p /= total;
    }
}
