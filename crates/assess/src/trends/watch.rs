//! The watch over a series: tells when it happens more often than before, so seldom without cause as was asked for.
//!
//! For each moment at which the rate may have risen, how much better the counts are explained by a rise then than by none; summed over these moments
//! (Shiryaev and Roberts; Pollak, Annals of Statistics 13 (1985) 206). While nothing changes, the expected sum is the number of days watched,
//! so that it first reaches a threshold after at least so many days in the mean: the threshold *is* the time between two false words. Rate before,
//! size of the rise and dispersion are not known: each is weighed by what was counted before (Bayes), in the sum's upper and lower part alike.
//!
//! After a word nobody knows whether it was one without cause. What is held of the rate then is both: that it is what it was, and that it changed, each as
//! probable as the counts make it. So a word without cause costs little of what was learned, and a second rise is one above what the first led to.

use super::Look;
use crate::groups::mixture::ln_gamma;
use core::ops::Range;
use skypicket_model::math;
use std::collections::BTreeMap;

/// Steps of the grid of rates in a factor of two: a doubling is a whole number of them.
const STEPS: f64 = 8.0;
/// Rates on the grid, about the mean: from a sixteenth to sixteen times it.
const RATES: usize = 65;
/// Dispersions with their weights: a count of mean m has the variance m + m²/k, by day or by week.
const SHAPES: [(f64, f64); 5] = [(1.5, 0.04), (4.0, 0.1), (10.0, 0.2), (30.0, 0.26), (400.0, 0.4)];
/// Rises that are thought of, in steps, with their weights: 1.4, 1.7, 2, 2.8 and 4 times.
const RISES: [(usize, f64); 5] = [(4, 0.03), (6, 0.12), (8, 0.7), (12, 0.12), (16, 0.03)];
const LEAST_RISE: usize = 4;
const MOST_RISE: usize = 16;
/// A change may have begun so many weeks ago; each day of the last weeks is thought of, before that each week, which counts so much: what is to be found is
/// found within three weeks or told late.
const RECENT_WEEKS: usize = 10;
const DAILY_WEEKS: usize = 3;
const LATE: f64 = 0.3;
/// The rate before is taken from so many weeks, and from at least so many.
const BEFORE_WEEKS: usize = 104;
pub(super) const LEAST_WEEKS: usize = 6;
/// Falls are taken note of as rises are, so much more seldom without cause: after one, what was before says nothing of a rise.
const FALLS: f64 = 4.0;
/// A rise counts so much more than its ratio where days and weeks differ by chance alone, down to so much where they differ more (1/k of a week of at
/// least the last): the time between false words is longer than the threshold, for the sum goes some way beyond it and because the weights of
/// dispersions that are not there make each rise less remarkable. Chosen on seeds of their own (docs/trends.md).
const COUNTS_BY_CHANCE: f64 = 2.1;
const COUNTS_DIFFERING: f64 = 0.95;
const DIFFERING: f64 = 0.08;
/// Dispersions so much less probable than the most probable one are not asked, as a logarithm.
const UNLIKELY: f64 = -7.0;
/// Exponents beyond which nothing is added.
const NOTHING: f64 = -16.0;

/// A change that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// With the look of this number, counted from 0.
    pub found: usize,
    /// The look from which on it most probably holds.
    pub since: usize,
    /// More often than before. Else less often: nothing is told of that, the comparison only begins anew.
    pub more: bool,
}

/// What the watch over a series says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Watched {
    pub(super) changes: Vec<Change>,
    /// After each look, the share of the evidence that is needed for a word; 0 while there is not enough to compare with.
    pub(super) share: Vec<f64>,
}

/// Looks that share one deviation from the rate.
struct Cluster {
    k: f64,
    n: f64,
    exposure: f64,
    same: f64,
}

/// What was before a moment, for one shape: logarithm of the most probable rate's probability, and all rates over that.
struct Past {
    ln_top: f64,
    density: [f64; RATES],
    /// The first and the last rate that counts.
    first: usize,
    last: usize,
}

/// What is held of the rate at a moment before which nothing is compared any more: by shape, logarithms of how probable each rate is and what was counted
/// before; empty where nothing was.
#[derive(Default)]
struct Held {
    at: usize,
    prior: Vec<[f64; RATES]>,
}

/// What is held at the beginning of a comparison, and pasts from there on by their ends.
#[derive(Default)]
struct Kept {
    held: Held,
    pasts: BTreeMap<usize, Vec<Past>>,
}

/// A dispersion, by day or by week.
#[derive(Clone, Copy)]
struct Shape {
    k: f64,
    by_week: bool,
    ln_weight: f64,
}

/// Looks through a series; `false_after_days`: how long, in the mean, until a word without cause.
pub(super) fn watch(looks: &[Look], a_week: usize, false_after_days: f64) -> Watched {
    let mut watched = Watched { changes: Vec::new(), share: vec![0.0; looks.len()] };
    let Some(sums) = Sums::new(looks, a_week) else { return watched };
    let needed = false_after_days.max(1.0);
    let mut kept = Kept::default();
    // Of a change that was told the week goes to its end before another is looked for.
    let mut told: Option<bool> = None;
    let mut share = 0.0;
    for (number, look) in looks.iter().enumerate() {
        let until = number + 1;
        let week_ends = until % a_week == 0;
        // What was not looked at changes nothing.
        if look.exposure.is_some() && told.is_none() {
            kept.forget_before(until.saturating_sub((RECENT_WEEKS + BEFORE_WEEKS) * a_week).next_multiple_of(a_week));
            let (sum, since) = sums.evidence(&mut kept, until, true);
            share = (sum / needed).min(1.0);
            let mut change = (sum >= needed).then_some(Change { found: number, since, more: true });
            if change.is_none() && week_ends {
                let (sum, since) = sums.evidence(&mut kept, until, false);
                change = (sum >= FALLS * needed).then_some(Change { found: number, since, more: false });
            }
            if let Some(change) = change {
                told = Some(change.more);
                watched.changes.push(change);
            }
        }
        if let Some(at) = watched.share.get_mut(number) {
            *at = share;
        }
        if week_ends && let Some(rise) = told.take() {
            let needed = if rise { needed } else { FALLS * needed };
            let held = sums.after_change(&kept, until, rise, needed);
            kept = Kept { held, pasts: BTreeMap::new() };
        }
    }
    watched
}

impl Kept {
    fn forget_before(&mut self, earliest: usize) {
        if self.held.at < earliest {
            *self = Self { held: Held { at: earliest, prior: Vec::new() }, pasts: BTreeMap::new() };
        }
    }
}

/// Sums over the looks before each, by shape and rate.
struct Sums<'a> {
    looks: &'a [Look],
    a_week: usize,
    shapes: Vec<Shape>,
    ln_rates: [f64; RATES],
    rates: [f64; RATES],
    /// By shape, look and rate: the logarithm of how probable all looks before are.
    before: Vec<Vec<f64>>,
    /// Looks with exposure before each.
    known: Vec<usize>,
}

impl<'a> Sums<'a> {
    fn new(looks: &'a [Look], a_week: usize) -> Option<Self> {
        let known = looks.iter().filter_map(|look| Some((f64::from(look.count), look.exposure?)));
        let (count, exposure) = known.fold((0.0, 0.0), |(c, e), (count, exposure)| (c + count, e + exposure));
        if exposure <= 0.0 {
            return None;
        }
        // The grid's rates are the same whatever else was counted later: only its ends move.
        let step = math::ln(2.0) / STEPS;
        let middle = (math::ln((count + 0.5) / exposure) / step).round();
        let ln_rates: [f64; RATES] = core::array::from_fn(|i| step * (middle + i as f64 - (RATES / 2) as f64));
        let units: &[bool] = if a_week > 1 { &[true, false] } else { &[true] };
        let shape = |by_week: bool, (k, weight): (f64, f64)| Shape {
            k,
            by_week,
            ln_weight: math::ln(weight / units.len() as f64),
        };
        let shapes: Vec<Shape> = units.iter().flat_map(|by_week| SHAPES.map(|one| shape(*by_week, one))).collect();
        let mut sums = Self {
            looks,
            a_week,
            shapes,
            ln_rates,
            rates: ln_rates.map(math::exp),
            before: Vec::new(),
            known: vec![0],
        };
        sums.before = sums.shapes.iter().map(|shape| sums.all_before(*shape)).collect();
        for look in looks {
            sums.known.push(sums.known.last().copied().unwrap_or(0) + usize::from(look.exposure.is_some()));
        }
        Some(sums)
    }

    fn all_before(&self, shape: Shape) -> Vec<f64> {
        let mut all = vec![0.0; (self.looks.len() + 1) * RATES];
        let (mut begun, mut at_begin) = (0, [0.0; RATES]);
        for until in 1..=self.looks.len() {
            let begins = if shape.by_week { (until - 1) / self.a_week * self.a_week } else { until - 1 };
            if begins != begun || until == 1 {
                begun = begins;
                let row = all.get(begins * RATES..(begins + 1) * RATES).unwrap_or_default();
                at_begin.copy_from_slice(row);
            }
            let cluster = self.cluster(shape.k, begins, until);
            if let Some(row) = all.get_mut(until * RATES..(until + 1) * RATES) {
                let rates = row.iter_mut().zip(at_begin).enumerate();
                rates.for_each(|(rate, (sum, before))| *sum = before + self.at(&cluster, rate));
            }
        }
        all
    }

    /// What looks that share one deviation from the rate come to: what is the same for all rates, count + k, count, and exposure.
    fn cluster(&self, k: f64, from: usize, until: usize) -> Cluster {
        let known = self
            .looks
            .get(from..until)
            .unwrap_or_default()
            .iter()
            .filter_map(|l| Some((f64::from(l.count), l.exposure?)));
        let (n, exposure) = known.fold((0.0, 0.0), |(n, e), (count, exposure)| (n + count, e + exposure));
        let same = if exposure > 0.0 { ln_gamma(n + k) - ln_gamma(k) + k * math::ln(k) } else { 0.0 };
        Cluster { k, n, exposure, same }
    }

    /// How probable a cluster is at a rate: logarithm, without what is the same for all rates and shapes.
    fn at(&self, cluster: &Cluster, rate: usize) -> f64 {
        if cluster.exposure <= 0.0 {
            return 0.0;
        }
        let ln_rate = self.ln_rates.get(rate).copied().unwrap_or(0.0);
        let mean = self.rates.get(rate).copied().unwrap_or(1.0) * cluster.exposure;
        cluster.same + cluster.n * ln_rate - (cluster.n + cluster.k) * math::ln(cluster.k + mean)
    }

    fn row(&self, shape: usize, look: usize) -> &[f64] {
        self.before.get(shape).and_then(|all| all.get(look * RATES..(look + 1) * RATES)).unwrap_or(&[])
    }

    /// How probable the looks from one to another are at some rates when the first of them begins something new; the others stay impossible.
    fn segment(&self, number: usize, shape: Shape, from: usize, until: usize, rates: Range<usize>) -> [f64; RATES] {
        let week_end = from.next_multiple_of(self.a_week).min(until);
        let rest_from = if shape.by_week { week_end } else { from };
        let head = (shape.by_week && week_end > from).then(|| self.cluster(shape.k, from, week_end));
        let (first, last) = (self.row(number, rest_from), self.row(number, until));
        let mut all = [f64::NEG_INFINITY; RATES];
        let rows = last.iter().zip(first).enumerate();
        for ((rate, (last, first)), one) in rows.zip(&mut all).skip(rates.start).take(rates.len()) {
            *one = last - first + head.as_ref().map_or(0.0, |head| self.at(head, rate));
        }
        all
    }

    /// The looks before a moment, by shape: how probable they are at each rate, over e to the most.
    fn past(&self, held: &Held, since: usize) -> Vec<Past> {
        let past = |(number, shape): (usize, &Shape)| {
            let mut all = self.segment(number, *shape, held.at, since, 0..RATES);
            if let Some(prior) = held.prior.get(number) {
                all.iter_mut().zip(prior).for_each(|(one, prior)| *one += prior);
            }
            let top = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let density = all.map(|one| small_exp(one - top));
            let some = |density: &f64| *density > 0.0;
            let first = density.iter().position(some).unwrap_or(0);
            let last = density.iter().rposition(some).unwrap_or(0);
            Past { ln_top: top + shape.ln_weight, density, first, last }
        };
        self.shapes.iter().enumerate().map(past).collect()
    }

    /// When a change may have begun, with the days that each moment stands for.
    fn moments(&self, held: &Held, until: usize) -> impl Iterator<Item = (usize, f64)> {
        let known = |until: usize| self.known.get(until).copied().unwrap_or(0);
        let (a_week, at) = (self.a_week, held.at);
        let least = if held.prior.is_empty() { LEAST_WEEKS * a_week } else { 0 };
        let enough = move |since: usize| known(since).saturating_sub(known(at)) >= least;
        let first = until.saturating_sub(RECENT_WEEKS * a_week).max(at);
        (first..until).filter_map(move |since| {
            let weekly = until - since > DAILY_WEEKS * a_week;
            let days = if weekly { 7.0 * LATE } else { 7.0 / a_week as f64 };
            (enough(since) && !(weekly && since % a_week != 0)).then_some((since, days))
        })
    }

    /// The sum for a rise, or for a fall, after some looks, with its most probable beginning.
    fn evidence(&self, kept: &mut Kept, until: usize, rise: bool) -> (f64, usize) {
        let mut sum = (0.0, until);
        let Some((first, _)) = self.moments(&kept.held, until).next() else { return sum };
        let whole = self.past(&kept.held, until);
        let top = whole.iter().map(|past| past.ln_top).fold(f64::NEG_INFINITY, f64::max);
        let none: f64 = whole.iter().map(|past| small_exp(past.ln_top - top) * past.density.iter().sum::<f64>()).sum();
        kept.pasts = kept.pasts.split_off(&first);
        let mut most = 0.0;
        for (since, days) in self.moments(&kept.held, until) {
            let past = kept.pasts.entry(since).or_insert_with(|| self.past(&kept.held, since));
            let ratio = self.counts(past) * self.with_change(past, since, until, top, rise) / none;
            sum.0 += days * ratio;
            if ratio > most {
                (most, sum.1) = (ratio, since);
            }
        }
        sum
    }

    /// What is held of the rate after a change was found: each rate as before, or after a change as often as once in so many days.
    fn after_change(&self, kept: &Kept, until: usize, rise: bool, needed: f64) -> Held {
        let mut prior = Vec::with_capacity(self.shapes.len());
        let pasts: Vec<(usize, f64, Vec<Past>)> =
            self.moments(&kept.held, until).map(|(since, days)| (since, days, self.past(&kept.held, since))).collect();
        for (number, shape) in self.shapes.iter().enumerate() {
            let mut all = self.segment(number, *shape, kept.held.at, until, 0..RATES);
            if let Some(prior) = kept.held.prior.get(number) {
                all.iter_mut().zip(prior).for_each(|(one, prior)| *one += prior);
            }
            for (since, days, past) in &pasts {
                let Some(past) = past.get(number) else { continue };
                let is = self.segment(number, *shape, *since, until, 0..RATES);
                for (to, one) in all.iter_mut().enumerate() {
                    let was = RISES.iter().map(|(steps, weight)| {
                        let from = if rise { to.checked_sub(*steps) } else { to.checked_add(*steps) };
                        weight * from.and_then(|from| past.density.get(from)).copied().unwrap_or(0.0)
                    });
                    let was: f64 = was.sum();
                    let Some(is) = is.get(to).filter(|_| was > 0.0) else { continue };
                    let changed = math::ln(was * days / needed) + past.ln_top - shape.ln_weight + is;
                    let most = one.max(changed);
                    *one = most + math::ln(math::exp(*one - most) + math::exp(changed - most));
                }
            }
            prior.push(all);
        }
        // Only differences matter.
        let most = prior.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
        prior.iter_mut().flatten().for_each(|one| *one -= most);
        Held { at: until, prior }
    }

    /// How much a change counts after such a past.
    fn counts(&self, past: &[Past]) -> f64 {
        let top = past.iter().map(|past| past.ln_top).fold(f64::NEG_INFINITY, f64::max);
        let (mut all, mut inverse) = (0.0, 0.0);
        for (shape, past) in self.shapes.iter().zip(past) {
            let weight = small_exp(past.ln_top - top) * past.density.iter().sum::<f64>();
            all += weight;
            // Of a week: of seven days that differ each for itself.
            inverse += weight / (shape.k * if shape.by_week { 1.0 } else { self.a_week as f64 });
        }
        let differing = (inverse / all / DIFFERING).min(1.0);
        COUNTS_BY_CHANCE + differing * (COUNTS_DIFFERING - COUNTS_BY_CHANCE)
    }

    /// How probable the looks are with a change at a moment, over e to the `top`.
    fn with_change(&self, past: &[Past], since: usize, until: usize, top: f64, rise: bool) -> f64 {
        let mut all = 0.0;
        let likely = UNLIKELY + past.iter().map(|past| past.ln_top).fold(f64::NEG_INFINITY, f64::max);
        for (number, (shape, past)) in self.shapes.iter().zip(past).enumerate() {
            if past.ln_top < likely {
                continue;
            }
            let rates = if rise {
                past.first + LEAST_RISE..(past.last + MOST_RISE + 1).min(RATES)
            } else {
                past.first.saturating_sub(MOST_RISE)..(past.last + 1).saturating_sub(LEAST_RISE)
            };
            let is = self.segment(number, *shape, since, until, rates);
            let peak = is.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let ln_scale = past.ln_top + peak - top;
            if ln_scale <= NOTHING {
                continue;
            }
            let is = is.map(|one| small_exp(one - peak));
            let mut both = 0.0;
            for (i, was) in past.density.iter().enumerate().take(past.last + 1).skip(past.first) {
                for (steps, weight) in RISES {
                    let to = if rise { i.checked_add(steps) } else { i.checked_sub(steps) };
                    both += weight * was * to.and_then(|to| is.get(to)).copied().unwrap_or(0.0);
                }
            }
            all += math::exp(ln_scale.min(600.0)) * both;
        }
        all
    }
}

fn small_exp(x: f64) -> f64 {
    if x > NOTHING { math::exp(x) } else { 0.0 }
}
