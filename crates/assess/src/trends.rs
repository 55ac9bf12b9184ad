//! Whether something happens more often than before, given how much was looked and how much there was to see. Page: docs/trends.md.
//!
//! A week's count is negative binomial about rate × exposure. How much weeks differ beyond chance, the rate, and where it changed are unknown: the rate
//! lies on a grid, the dispersion on another, and the places of changes are weighed by Bayesian online change-point detection (Adams and MacKay,
//! arXiv:0710.3742, 2007). Without exposure nothing is compared: after a night that everybody talks of, more is reported and more is looked for.

use skypicket_model::math;

use crate::groups::mixture::ln_gamma;

/// Weeks looked at, at most: the last ones.
pub const MAX_WEEKS: usize = 520;
/// Rates on the grid: from a sixteenth of the mean rate to sixteen times it.
const RATES: usize = 65;
const RANGE: f64 = 16.0;
/// Dispersions on the grid: the variance of a count of mean m is m + m²/k.
const SHAPES: [f64; 6] = [2.0, 4.0, 8.0, 16.0, 40.0, 400.0];
/// A rate changes about once in so many weeks.
const CHANGES_EVERY: f64 = 52.0;
/// A change is looked for in so many weeks up to now, and compared with so many weeks before it, of which there must be at least some.
const RECENT: usize = 12;
const BEFORE: usize = 26;
const LEAST_BEFORE: usize = 8;
/// Higher by less than this is not worth telling.
const HIGHER: f64 = 1.25;
/// An escalation is told from this probability on, and told again only after it has been under the other.
const TOLD_FROM: f64 = 0.17;
const OVER_UNDER: f64 = 0.1;
/// Weeks on either side of the ratio that is told.
const RATIO_WEEKS: usize = 4;

/// A week of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Week {
    /// What was counted.
    pub count: u32,
    /// How much was looked, times how much there was to see: sensor hours × intensity of strikes next door where that is known. `None`: not known. More than 0.
    pub exposure: Option<f64>,
}

/// What is said of one week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Count over exposure; `None` where that is not known.
    pub rate: Option<f64>,
    /// The rate then, as far as the weeks up to then tell: mean and 90 % interval.
    pub mean: f64,
    /// See `mean`.
    pub low: f64,
    /// See `mean`.
    pub high: f64,
    /// Probability that the rate changed lately and is higher by a quarter or more than before.
    pub escalation: f64,
    /// It was told then.
    pub told: bool,
}

/// A posterior ratio of two rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// Median.
    pub median: f64,
    /// 90 % interval.
    pub low: f64,
    /// See `low`.
    pub high: f64,
    /// Probability that it is more than 1.
    pub higher: f64,
}

/// Why nothing is told of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silent {
    /// The exposure of recent weeks, or of enough weeks before, is not known.
    NoExposure,
    /// There are too few weeks.
    TooShort,
}

/// What is said of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// One for each week looked at, oldest first.
    pub points: Vec<Point>,
    /// The last four weeks against those before, up to half a year; `None` where exposure is missing.
    pub ratio: Option<Ratio>,
    /// The week from which on the present rate most probably holds, counted as `points`, and how probable that is; where a change is more
    /// probable than none.
    pub changed: Option<(usize, f64)>,
    /// Why no escalation can be told now, if none can.
    pub silent: Option<Silent>,
}

/// Looks at a series of weeks, oldest first. Bounded: the last [`MAX_WEEKS`].
#[must_use]
pub fn trend(weeks: &[Week]) -> Trend {
    let weeks = weeks.get(weeks.len().saturating_sub(MAX_WEEKS)..).unwrap_or_default();
    let Some(grid) = Grid::new(weeks) else {
        let points =
            weeks.iter().map(|_| Point { rate: None, mean: 0.0, low: 0.0, high: 0.0, escalation: 0.0, told: false });
        return Trend { points: points.collect(), ratio: None, changed: None, silent: Some(Silent::NoExposure) };
    };
    let mut runs: Vec<Runs> = SHAPES.iter().map(|_| Runs::default()).collect();
    let mut points: Vec<Point> = Vec::with_capacity(weeks.len());
    let mut alarmed = false;
    for (t, week) in weeks.iter().enumerate() {
        for (shape, runs) in runs.iter_mut().enumerate() {
            runs.step(&grid, shape, t);
        }
        let known = week.exposure.is_some();
        let escalation = if known { escalation(&grid, &runs, t) } else { 0.0 };
        let told = known && !alarmed && escalation >= TOLD_FROM;
        alarmed = told || alarmed && escalation >= OVER_UNDER;
        let [low, mean, high] = rate_now(&grid, &runs, t);
        let rate = week.exposure.map(|exposure| f64::from(week.count) / exposure);
        points.push(Point { rate, mean, low, high, escalation, told });
    }
    let last = weeks.len().saturating_sub(1);
    let recent = weeks.len().saturating_sub(RATIO_WEEKS);
    let ratio = grid.ratio(&runs, recent.saturating_sub(BEFORE)..recent, recent..weeks.len());
    Trend { points, ratio, changed: changed(&runs, last), silent: silent(weeks) }
}

fn silent(weeks: &[Week]) -> Option<Silent> {
    let known = |part: &[Week]| part.iter().filter(|week| week.exposure.is_some()).count();
    let (before, recent) = weeks.split_at(weeks.len().saturating_sub(RATIO_WEEKS));
    if weeks.len() < LEAST_BEFORE + 1 {
        return Some(Silent::TooShort);
    }
    let enough = known(recent) > 0 && weeks.last().is_some_and(|week| week.exposure.is_some());
    (known(before) < LEAST_BEFORE || !enough).then_some(Silent::NoExposure)
}

/// Log likelihoods of all weeks up to each, for each dispersion and rate.
struct Grid {
    rates: Vec<f64>,
    /// By dispersion, week and rate: sums over the weeks before.
    sums: Vec<Vec<f64>>,
    /// Weeks with exposure before each.
    known: Vec<usize>,
}

impl Grid {
    fn new(weeks: &[Week]) -> Option<Self> {
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

    fn ratio(&self, runs: &[Runs], before: core::ops::Range<usize>, recent: core::ops::Range<usize>) -> Option<Ratio> {
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
struct Runs {
    /// First week of a run, logarithm of its weight.
    runs: Vec<(usize, f64)>,
}

impl Runs {
    /// Takes week `t`: the rate may change before it.
    fn step(&mut self, grid: &Grid, shape: usize, t: usize) {
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

fn escalation(grid: &Grid, runs: &[Runs], t: usize) -> f64 {
    let mut sum = 0.0;
    for (shape, from, weight) in all_runs(runs) {
        let first = from.saturating_sub(BEFORE);
        if t + 1 - from > RECENT || grid.known(first, from) < LEAST_BEFORE || weight < 1e-4 {
            continue;
        }
        let (is, _) = grid.posterior(shape, from, t + 1);
        let (was, _) = grid.posterior(shape, first, from);
        let mut higher = 0.0;
        for (p, rate) in is.iter().zip(&grid.rates) {
            let below: f64 =
                was.iter().zip(&grid.rates).filter(|(_, before)| HIGHER * **before <= *rate).map(|(q, _)| q).sum();
            higher += p * below;
        }
        sum += weight * higher;
    }
    sum.min(1.0)
}

/// 5 %, mean, 95 % of the rate after week `t`.
fn rate_now(grid: &Grid, runs: &[Runs], t: usize) -> [f64; 3] {
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
fn changed(runs: &[Runs], _last: usize) -> Option<(usize, f64)> {
    let mut by_week: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
    for (_, from, weight) in all_runs(runs) {
        *by_week.entry(from).or_default() += weight;
    }
    let never = by_week.get(&0).copied().unwrap_or(0.0);
    let best = by_week.into_iter().filter(|(from, _)| *from > 0).max_by(|a, b| a.1.total_cmp(&b.1));
    best.filter(|_| never < 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weeks(counts: impl IntoIterator<Item = u32>) -> Vec<Week> {
        counts.into_iter().map(|count| Week { count, exposure: Some(100.0) }).collect()
    }

    const STEADY: [u32; 13] = [5, 4, 7, 5, 3, 6, 5, 8, 4, 5, 6, 2, 5];

    #[test]
    fn a_doubling_is_told_and_steady_weeks_are_not() {
        let steady = trend(&weeks(STEADY.repeat(3)));
        assert!(steady.points.iter().all(|point| !point.told), "{steady:?}");
        assert_eq!((steady.changed, steady.silent), (None, None));
        let ratio = steady.ratio.expect("all is known");
        assert!(ratio.low < 1.0 && ratio.high > 1.0, "{ratio:?}");
        let last = steady.points.last().expect("a point");
        assert!(last.low < 0.05 && 0.05 < last.high, "5 in 100 hours: {last:?}");
        let doubled = trend(&weeks([STEADY.repeat(2), vec![11, 9, 13, 10]].concat()));
        let told = doubled.points.iter().position(|point| point.told);
        assert!(told.is_some_and(|week| (26..29).contains(&week)), "{told:?}");
        assert!(doubled.changed.is_some_and(|(week, _)| (25..28).contains(&week)), "{:?}", doubled.changed);
        assert!(doubled.ratio.is_some_and(|ratio| ratio.low > 1.2 && ratio.median > 1.6));
    }

    #[test]
    fn twice_the_looking_is_no_escalation_and_without_exposure_nothing_is_told() {
        let mut looked: Vec<Week> = weeks(STEADY.repeat(2));
        looked.extend([11, 9, 13, 10].map(|count| Week { count, exposure: Some(200.0) }));
        assert!(trend(&looked).points.iter().all(|point| !point.told));
        let mut unknown: Vec<Week> = weeks(STEADY.repeat(2));
        unknown.extend([11, 19, 23, 20].map(|count| Week { count, exposure: None }));
        let said = trend(&unknown);
        assert!(said.points.iter().all(|point| !point.told));
        assert_eq!((said.ratio, said.silent), (None, Some(Silent::NoExposure)));
        let nothing = trend(&[Week { count: 3, exposure: None }; 30]);
        assert_eq!(nothing.silent, Some(Silent::NoExposure));
        assert_eq!(trend(&weeks([5, 6])).silent, Some(Silent::TooShort));
        assert!(trend(&[]).points.is_empty());
    }
}
