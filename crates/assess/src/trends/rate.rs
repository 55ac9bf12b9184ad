//! The rate of each week, and since when it holds: a grid of rates and of dispersions, with Bayesian online change-point detection (Adams and MacKay,
//! arXiv:0710.3742, 2007).

use super::{Look, Ratio};
use crate::groups::mixture::ln_gamma;
use skypicket_model::math;

/// Rates on the grid: from a sixteenth of the mean rate to sixteen times it.
const RATES: usize = 65;
const RANGE: f64 = 16.0;
/// Dispersions on the grid: the variance of a count of mean m is m + m²/k.
pub(super) const SHAPES: [f64; 6] = [2.0, 4.0, 8.0, 16.0, 40.0, 400.0];
/// A rate changes about once in so many weeks.
const CHANGES_EVERY: f64 = 52.0;
/// The week before a ratio's must be at least so many.
pub(super) const LEAST_BEFORE: usize = 8;

/// Log likelihoods of all weeks up to each, for each dispersion and rate.
pub(super) struct Grid {
    rates: Vec<f64>,
    /// By dispersion, week and rate: sums over the weeks before.
    sums: Vec<Vec<f64>>,
    /// Weeks with exposure before each.
    known: Vec<usize>,
}

impl Grid {
    pub(super) fn new(weeks: &[Look]) -> Option<Self> {
        let known = weeks.iter().filter_map(|week| Some((f64::from(week.count), week.exposure?)));
        let (count, exposure) = known.fold((0.0, 0.0), |(c, e), (count, exposure)| (c + count, e + exposure));
        if exposure <= 0.0 {
            return None;
        }
        let mean = (count + 0.5) / exposure;
        let step = 2.0 * math::ln(RANGE) / (RATES - 1) as f64;
        let rates: Vec<f64> = (0..RATES).map(|i| mean * math::exp(step * i as f64 - math::ln(RANGE))).collect();
        let mut sums = vec![vec![0.0; (weeks.len() + 1) * RATES]; SHAPES.len()];
        for (sums, k) in sums.iter_mut().zip(SHAPES) {
            for (t, week) in weeks.iter().enumerate() {
                for (i, rate) in rates.iter().enumerate() {
                    let before = sums.get(t * RATES + i).copied().unwrap_or(0.0);
                    let now = week.exposure.map_or(0.0, |exposure| log_likelihood(week.count, rate * exposure, k));
                    if let Some(sum) = sums.get_mut((t + 1) * RATES + i) {
                        *sum = before + now;
                    }
                }
            }
        }
        let mut so_far = 0;
        let mut known = vec![0];
        for week in weeks {
            so_far += usize::from(week.exposure.is_some());
            known.push(so_far);
        }
        Some(Self { rates, sums, known })
    }

    fn at(&self, shape: usize, t: usize, rate: usize) -> f64 {
        self.sums.get(shape).and_then(|sums| sums.get(t * RATES + rate)).copied().unwrap_or(0.0)
    }

    fn known(&self, from: usize, until: usize) -> usize {
        let at = |t: usize| self.known.get(t).copied().unwrap_or(0);
        at(until).saturating_sub(at(from))
    }

    /// Posterior of the rate over some weeks, and the logarithm of their probability.
    fn posterior(&self, shape: usize, from: usize, until: usize) -> ([f64; RATES], f64) {
        let logs: [f64; RATES] = core::array::from_fn(|i| self.at(shape, until, i) - self.at(shape, from, i));
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut posterior = logs.map(|log| math::exp(log - most));
        let sum: f64 = posterior.iter().sum();
        posterior.iter_mut().for_each(|p| *p /= sum);
        (posterior, most + math::ln(sum / RATES as f64))
    }

    pub(super) fn ratio(
        &self,
        runs: &[Runs],
        before: core::ops::Range<usize>,
        recent: core::ops::Range<usize>,
    ) -> Option<Ratio> {
        if self.known(before.start, before.end) < LEAST_BEFORE || self.known(recent.start, recent.end) == 0 {
            return None;
        }
        // On the grid a ratio is a difference of places.
        let mut differences = vec![0.0; 2 * RATES - 1];
        for (shape, weight) in weights(runs).into_iter().enumerate() {
            let (was, _) = self.posterior(shape, before.start, before.end);
            let (is, _) = self.posterior(shape, recent.start, recent.end);
            for (i, p) in is.iter().enumerate() {
                for (j, q) in was.iter().enumerate() {
                    if let Some(sum) = differences.get_mut(RATES - 1 + i - j) {
                        *sum += weight * p * q;
                    }
                }
            }
        }
        let step = 2.0 * math::ln(RANGE) / (RATES - 1) as f64;
        let value = |place: usize| math::exp(step * (place as f64 - (RATES - 1) as f64));
        let quantile = |q: f64| {
            let mut sum = 0.0;
            let place = differences.iter().position(|p| {
                sum += p;
                sum >= q
            });
            value(place.unwrap_or(2 * RATES - 2))
        };
        let higher =
            differences.iter().skip(RATES).sum::<f64>() + 0.5 * differences.get(RATES - 1).copied().unwrap_or(0.0);
        Some(Ratio { median: quantile(0.5), low: quantile(0.05), high: quantile(0.95), higher: higher.clamp(0.0, 1.0) })
    }
}

fn log_likelihood(count: u32, mean: f64, k: f64) -> f64 {
    let n = f64::from(count);
    ln_gamma(n + k) - ln_gamma(k) - ln_gamma(n + 1.0) + k * math::ln(k / (k + mean)) + n * math::ln(mean / (k + mean))
}

/// Since when the present rate may hold, for one dispersion.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    /// First week of a run, logarithm of its weight.
    runs: Vec<(usize, f64)>,
}

impl Runs {
    /// Takes week `t`: the rate may change before it.
    pub(super) fn step(&mut self, grid: &Grid, shape: usize, t: usize) {
        let hazard = 1.0 / CHANGES_EVERY;
        let total = log_sum(self.runs.iter().map(|(_, weight)| *weight));
        for (from, weight) in &mut self.runs {
            let (_, now) = grid.posterior(shape, *from, t + 1);
            let (_, before) = grid.posterior(shape, *from, t);
            *weight += math::ln(1.0 - hazard) + now - before;
        }
        let begins = if self.runs.is_empty() { 0.0 } else { total + math::ln(hazard) };
        self.runs.push((t, begins + grid.posterior(shape, t, t + 1).1));
        // Runs that weigh nothing are left out.
        let most = self.runs.iter().map(|(_, weight)| *weight).fold(f64::NEG_INFINITY, f64::max);
        self.runs.retain(|(_, weight)| *weight > most - 18.0);
    }

    fn evidence(&self) -> f64 {
        log_sum(self.runs.iter().map(|(_, weight)| *weight))
    }
}

fn log_sum(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY { most } else { most + math::ln(values.map(|value| math::exp(value - most)).sum()) }
}

/// Weight of each dispersion.
fn weights(runs: &[Runs]) -> Vec<f64> {
    let total = log_sum(runs.iter().map(Runs::evidence));
    runs.iter().map(|runs| math::exp(runs.evidence() - total)).collect()
}

/// Each run with its weight among all.
fn all_runs(runs: &[Runs]) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
    let total = log_sum(runs.iter().map(Runs::evidence));
    runs.iter().enumerate().flat_map(move |(shape, runs)| {
        runs.runs.iter().map(move |(from, weight)| (shape, *from, math::exp(weight - total)))
    })
}

/// 5 %, mean, 95 % of the rate after week `t`.
pub(super) fn rate_now(grid: &Grid, runs: &[Runs], t: usize) -> [f64; 3] {
    let mut now = [0.0; RATES];
    for (shape, from, weight) in all_runs(runs) {
        let (posterior, _) = grid.posterior(shape, from, t + 1);
        for (sum, p) in now.iter_mut().zip(posterior) {
            *sum += weight * p;
        }
    }
    let mean = now.iter().zip(&grid.rates).map(|(p, rate)| p * rate).sum();
    let quantile = |q: f64| {
        let mut sum = 0.0;
        let place = now.iter().position(|p| {
            sum += p;
            sum >= q
        });
        place.and_then(|place| grid.rates.get(place)).copied().unwrap_or(0.0)
    };
    [quantile(0.05), mean, quantile(0.95)]
}

/// The most probable beginning of the present rate, where a change is more probable than none.
pub(super) fn changed(runs: &[Runs]) -> Option<(usize, f64)> {
    let mut by_week: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
    for (_, from, weight) in all_runs(runs) {
        *by_week.entry(from).or_default() += weight;
    }
    let never = by_week.get(&0).copied().unwrap_or(0.0);
    let best = by_week.into_iter().filter(|(from, _)| *from > 0).max_by(|a, b| a.1.total_cmp(&b.1));
    best.filter(|_| never < 0.5)
}
