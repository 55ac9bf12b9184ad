//! The backward pass: what all evidence says of each moment, from what the evidence up to it says (docs/tracker.md, "Smoothing").
//!
//! For models j at a moment and i at the next, with Zᵏ the evidence up to the moment and Zᴺ all of it:
//!
//! ```text
//! p(x, j | Zᴺ) = Σᵢ p(i | Zᴺ) · p(j | i, Zᴺ) · p(x | j, i, Zᴺ)
//! ```
//!
//! The sum is made one Gaussian for each j, as the filter does forward (Blom & Bar-Shalom 1988), so that the cost stays the same at each
//! step. What the future says of the next state under model i is the ratio of its smoothed and its predicted Gaussian (the idea of Lopez
//! & Danès, *Low-complexity IMM smoothing for jump Markov nonlinear systems*, IEEE T-AES 53 (2017) 1261–1272); with it p(j | i, Zᴺ) and the
//! smoothed next state of each pair (j, i) are closed Gaussian integrals. From there one step of Rauch, Tung & Striebel (1965) leads back,
//! in a form whose covariance is a sum of squares and stays positive whatever is rounded.

use super::evidence::{Belief, Link};
use super::history::Node;
use super::matrix::{
    Cholesky, M6, V6, ZERO, congruent, covariance, difference, dot, eigen, gauss, offset, rest_of_motion, sum,
    times_motion_transposed, times_vec,
};
use crate::gauss::{Gauss, Motion};
use crate::params::MODELS;
use crate::predict::{FREE, Models, bend, up_at};
use skypicket_model::math;

/// A pair of models less probable than this, as far as the filter foresaw it, is left out. Origin: the filter forward leaves out what is
/// below a thousandth (`predict`); here it is less, for the future may speak for it. A hundredth of it changes no figure of the tests.
const LEAST: f64 = 1e-4;
/// Shares of a variance that are rounding.
const ROUNDING: f64 = 1e-6;

/// What all evidence says of each node.
pub(super) fn smooth(nodes: &[Node], motion: &Models) -> Vec<Belief> {
    let mut all: Vec<Belief> = Vec::with_capacity(nodes.len());
    all.extend(nodes.last().map(|last| last.belief.clone()));
    for pair in nodes.windows(2).rev() {
        let [node, next] = pair else { continue };
        let Some(later) = all.last() else { break };
        let smoothed = match node.link {
            Link::Motion => {
                let dt_s = (next.time - node.time).s();
                let predicted = predicted(&node.belief, dt_s, motion);
                moved(&node.belief, &predicted, later, dt_s, motion)
            }
            Link::Collapse => collapsed(&node.belief, later),
            Link::Expand => Belief::single(later.merged()),
            Link::Break => node.belief.clone(),
        };
        // A belief that broke is a defect; the filter's own is there.
        all.push(if smoothed.is_sound() { smoothed } else { node.belief.clone() });
    }
    all.reverse();
    all
}

/// The filter's prediction of a belief.
pub(super) fn predicted(belief: &Belief, dt_s: f64, motion: &Models) -> Belief {
    let mut next = belief.clone();
    motion.predict(&mut next.models, &mut next.mu, dt_s);
    next
}

/// What the evidence after a moment says of the state of one model then, as a likelihood in information form about the prior's mean: the
/// ratio of the smoothed and the predicted Gaussian. Where mixtures made the smoothed one the wider, the future says nothing.
struct Future<'a> {
    prior: &'a Gauss,
    information: M6,
    vector: V6,
}

impl<'a> Future<'a> {
    fn new(later: &Gauss, prior: &'a Gauss) -> Option<Self> {
        let (spread, prior_spread) = (covariance(later), covariance(prior));
        let mean = offset(later, prior);
        let before = Cholesky::of(&prior_spread)?;
        if let Some(own) = Cholesky::of(&spread) {
            let (own, before) = (own.inverse(), before.inverse());
            let almost = before.map(|row| row.map(|value| value * (1.0 - ROUNDING)));
            if Cholesky::of(&difference(&own, &almost)).is_some() {
                return Some(Self { prior, information: difference(&own, &before), vector: times_vec(&own, &mean) });
            }
        }
        // In units of the prior, each axis for itself.
        let (values, axes) = eigen(&before.whiten(&spread));
        let mean = before.whiten_vec(&mean);
        let mut information = ZERO;
        let mut vector = [0.0; 6];
        for (k, value) in values.iter().enumerate().filter(|(_, value)| **value < 1.0) {
            let value = value.max(ROUNDING);
            let axis = before.unwhiten_information(&core::array::from_fn(|i| axes[i][k]));
            let shift: f64 = (0..6).map(|i| axes[i][k] * mean[i]).sum();
            for i in 0..6 {
                vector[i] += axis[i] * shift / value;
                for j in 0..6 {
                    information[i][j] += axis[i] * axis[j] * (1.0 / value - 1.0);
                }
            }
        }
        Some(Self { prior, information, vector })
    }

    /// A part of the prior mixture given the future, as offset from the prior's mean and covariance; and the log of how well the part
    /// foretold the future, but for what is the same for all parts.
    fn given(&self, part: &Gauss, factor: &Cholesky) -> Option<(f64, V6, M6)> {
        let mean = offset(part, self.prior);
        let own = factor.inverse();
        let both = Cholesky::of(&sum(&own, &self.information))?;
        let vector = times_vec(&own, &mean);
        let all: V6 = core::array::from_fn(|k| vector[k] + self.vector[k]);
        let at = both.solve(&all);
        let ln = 0.5 * (dot(&all, &at) - dot(&vector, &mean) - factor.ln_det() - both.ln_det());
        ln.is_finite().then(|| (ln, at, both.inverse()))
    }
}

/// A Gaussian of model `from`, with what the logarithm of its weight is.
struct Part {
    from: usize,
    weight: f64,
    g: Gauss,
}

/// The belief over motion for `dt_s` before `later`, of which `predicted` is what the filter foretold.
pub(super) fn moved(own: &Belief, predicted: &Belief, later: &Belief, dt_s: f64, motion: &Models) -> Belief {
    let single = own.is_single();
    let up = up_at(&own.models[FREE].x);
    let motions = motion.motions(&up, dt_s);
    let jumps = motion.jumps(dt_s);
    let mut parts: Vec<Part> = Vec::with_capacity(MODELS * MODELS);
    for to in 0..MODELS {
        if later.mu[to] < LEAST || predicted.mu[to] <= 0.0 {
            continue;
        }
        let Some(future) = Future::new(&later.models[to], &predicted.models[to]) else { continue };
        let way = Way::new(&motions[to], motion.noise_of(to, single), &up, dt_s);
        let first = parts.len();
        for (from, becomes) in jumps.iter().enumerate() {
            let share = if single { own.mu[from] } else { own.mu[from] * becomes[to] } / predicted.mu[to];
            if share * later.mu[to] < LEAST {
                continue;
            }
            if let Some((ln, g)) = way.back(&own.models[from], &future) {
                parts.push(Part { from, weight: math::ln(share) + ln, g });
            }
        }
        share_out(&mut parts[first..], later.mu[to]);
    }
    gathered(&parts, own)
}

/// The beliefs of all models before they were made one.
fn collapsed(own: &Belief, later: &Belief) -> Belief {
    let prior = own.merged();
    let Some(future) = Future::new(&later.models[FREE], &prior) else { return own.clone() };
    let mut parts: Vec<Part> = Vec::with_capacity(MODELS);
    for (from, (g, p)) in own.models.iter().zip(&own.mu).enumerate().filter(|(_, (_, p))| **p > LEAST) {
        let given = Cholesky::of(&covariance(g)).and_then(|factor| future.given(g, &factor));
        let Some((ln, at, spread)) = given else { continue };
        parts.push(Part { from, weight: math::ln(*p) + ln, g: gauss(&prior, &at, &spread) });
    }
    share_out(&mut parts, 1.0);
    gathered(&parts, own)
}

/// Turns logarithms of weights into shares of a total.
fn share_out(parts: &mut [Part], total: f64) {
    let most = parts.iter().map(|part| part.weight).fold(f64::MIN, f64::max);
    let mut of_all = 0.0;
    for part in parts.iter_mut() {
        part.weight = math::exp((part.weight - most).max(-60.0));
        of_all += part.weight;
    }
    for part in parts {
        part.weight *= total / of_all;
    }
}

/// One Gaussian for each model.
fn gathered(parts: &[Part], own: &Belief) -> Belief {
    let all: f64 = parts.iter().map(|part| part.weight).sum();
    if !(all > 0.0 && all.is_finite()) {
        return own.clone();
    }
    let mut belief = Belief { models: own.models, mu: [0.0; MODELS] };
    for model in 0..MODELS {
        let its = || parts.iter().filter(|part| part.from == model);
        let weight: f64 = its().map(|part| part.weight).sum();
        if weight > 0.0 {
            belief.models[model] = Gauss::merge(its().map(|part| (part.weight / weight, &part.g)));
            belief.mu[model] = weight / all;
        }
    }
    belief
}

/// One model's motion from a moment to the next.
struct Way<'a> {
    motion: &'a Motion,
    noise: M6,
    noise_of: (f64, f64),
    up: &'a [f64; 3],
    dt_s: f64,
}

impl<'a> Way<'a> {
    fn new(motion: &'a Motion, noise_of: (f64, f64), up: &'a [f64; 3], dt_s: f64) -> Self {
        let mut noise = Gauss::default();
        noise.add_noise(dt_s, noise_of.0, noise_of.1, up);
        Self { motion, noise: covariance(&noise), noise_of, up, dt_s }
    }

    /// The state before, given what the future says; and the log of how well it foretold that.
    fn back(&self, before: &Gauss, future: &Future<'_>) -> Option<(f64, Gauss)> {
        let mut after = *before;
        bend(&mut after, self.up, self.dt_s);
        after.move_by(self.motion);
        after.add_noise(self.dt_s, self.noise_of.0, self.noise_of.1, self.up);
        let own = covariance(before);
        let ahead = covariance(&after);
        let factor = Cholesky::of(&ahead)?;
        let (ln, at, spread) = future.given(&after, &factor)?;
        // Gain P·Fᵀ·(F·P·Fᵀ + Q)⁻¹; then (I − G·F)·P·(I − G·F)ᵀ + G·(Q + smoothed)·Gᵀ, which is positive as it stands.
        let gain = factor.divide(&times_motion_transposed(&own, self.motion));
        let apart = offset(&after, future.prior);
        let shift = times_vec(&gain, &core::array::from_fn(|k| at[k] - apart[k]));
        let kept = congruent(&rest_of_motion(&gain, self.motion), &own);
        let told = congruent(&gain, &sum(&self.noise, &spread));
        Some((ln, gauss(before, &shift, &sum(&kept, &told))))
    }
}
