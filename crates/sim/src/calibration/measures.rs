//! How well forecast probabilities fit what happened.
//!
//! **Calibration error.** Forecasts are put into twenty equal bins; the expected calibration error is the mean distance of a bin's mean forecast from the share
//! that came true, weighed by how many there are. It is never zero with finitely many forecasts, even of perfect ones: what perfect forecasts of the same
//! probabilities would show is worked out by drawing their outcomes, and taken off (the bias of the plug-in estimate: Kumar, Liang & Ma 2019).
//!
//! **Intervals** are of whole worlds drawn again with replacement: forecasts of one world share a radar's bias and are not independent.

use crate::rng::Rng;

/// Bins of a reliability diagram.
pub const BINS: usize = 20;
/// How often outcomes or worlds are drawn again.
const DRAWS: usize = 400;

/// A forecast and what happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Which world: those of one are not independent.
    pub world: u32,
    /// The probability.
    pub probability: f64,
    /// It came true.
    pub happened: bool,
}

/// One bin of a reliability diagram.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// How many forecasts.
    pub count: usize,
    /// Their mean.
    pub forecast: f64,
    /// Share that came true.
    pub happened: f64,
}

/// What forecasts are worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Worth {
    /// How many there were, and in how many worlds.
    pub count: usize,
    /// See `count`.
    pub worlds: usize,
    /// Share that came true.
    pub rate: f64,
    /// Mean squared difference of probability and outcome.
    pub brier: f64,
    /// Expected calibration error as it is, and less what perfect forecasts would show.
    pub ece: f64,
    /// See `ece`.
    pub corrected_ece: f64,
    /// 5 % and 95 % of the corrected one over worlds drawn again.
    pub interval: [f64; 2],
    /// The diagram.
    pub bins: Vec<Bin>,
}

/// Mean squared difference of probability and outcome.
#[must_use]
pub fn brier(forecasts: &[Forecast]) -> f64 {
    let square = |forecast: &Forecast| {
        let off = forecast.probability - f64::from(u8::from(forecast.happened));
        off * off
    };
    forecasts.iter().map(square).sum::<f64>() / forecasts.len().max(1) as f64
}

/// The bins of a reliability diagram.
#[must_use]
pub fn bins(forecasts: &[Forecast]) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for forecast in forecasts {
        let bin = &mut bins[bin_of(forecast.probability)];
        bin.count += 1;
        bin.forecast += forecast.probability;
        bin.happened += f64::from(u8::from(forecast.happened));
    }
    for bin in &mut bins {
        let count = bin.count.max(1) as f64;
        bin.forecast /= count;
        bin.happened /= count;
    }
    bins
}

fn bin_of(probability: f64) -> usize {
    ((probability * BINS as f64) as usize).min(BINS - 1)
}

/// Expected calibration error.
#[must_use]
pub fn calibration_error(bins: &[Bin]) -> f64 {
    let total: usize = bins.iter().map(|bin| bin.count).sum();
    bins.iter().map(|bin| bin.count as f64 * (bin.forecast - bin.happened).abs()).sum::<f64>() / total.max(1) as f64
}

/// What perfect forecasts of the same probabilities would show in the mean.
fn of_perfect(forecasts: &[Forecast], rng: &mut Rng, draws: usize) -> f64 {
    let mut sum = 0.0;
    let mut drawn = forecasts.to_vec();
    for _ in 0..draws {
        for forecast in &mut drawn {
            forecast.happened = rng.chance(forecast.probability);
        }
        sum += calibration_error(&bins(&drawn));
    }
    sum / draws.max(1) as f64
}

/// What forecasts are worth; those of one world stand together.
#[must_use]
pub fn worth(forecasts: &[Forecast], seed: u64) -> Worth {
    let mut rng = Rng::named(seed, "worth");
    let of = bins(forecasts);
    let ece = calibration_error(&of);
    let bias = of_perfect(forecasts, &mut rng, 40);
    let mut worlds: Vec<&[Forecast]> = forecasts.chunk_by(|a, b| a.world == b.world).collect();
    worlds.sort_by_key(|world| world.first().map(|forecast| forecast.world));
    let mut drawn = Vec::with_capacity(DRAWS);
    let mut again: Vec<Forecast> = Vec::with_capacity(forecasts.len());
    for _ in 0..DRAWS {
        again.clear();
        for _ in 0..worlds.len() {
            again.extend_from_slice(worlds[rng.below(worlds.len())]);
        }
        drawn.push((calibration_error(&bins(&again)) - bias).max(0.0));
    }
    drawn.sort_by(f64::total_cmp);
    let at = |p: f64| drawn.get((p * drawn.len() as f64) as usize).copied().unwrap_or(0.0);
    Worth {
        count: forecasts.len(),
        worlds: worlds.len(),
        rate: forecasts.iter().filter(|forecast| forecast.happened).count() as f64 / forecasts.len().max(1) as f64,
        brier: brier(forecasts),
        ece,
        corrected_ece: (ece - bias).max(0.0),
        interval: [at(0.05), at(0.95)],
        bins: of,
    }
}

/// The median and the 95th of a hundred.
#[must_use]
pub fn median_and_tail(mut values: Vec<f64>) -> [f64; 2] {
    values.sort_by(f64::total_cmp);
    let at = |p: f64| values.get(((p * values.len() as f64) as usize).min(values.len().saturating_sub(1)));
    [0.5, 0.95].map(|p| at(p).copied().unwrap_or(f64::NAN))
}

/// Most that a rate can be, with 95 % confidence, when it was seen so often: Clopper & Pearson's upper limit, by bisection.
#[must_use]
pub fn at_most(seen: usize, of: usize) -> f64 {
    if seen >= of {
        return 1.0;
    }
    let tail = |p: f64| {
        // P(X ≤ seen), terms by recurrence.
        let (mut term, mut sum) = (skypicket_model::math::exp(of as f64 * skypicket_model::math::ln(1.0 - p)), 0.0);
        for k in 0..=seen {
            sum += term;
            term *= (of - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        }
        sum
    };
    let (mut low, mut high) = (0.0, 1.0 - 1e-12);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if tail(middle) > 0.05 { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(count: u32, told: impl Fn(f64) -> f64) -> Vec<Forecast> {
        let mut rng = Rng::new(5);
        let one = |k: u32, rng: &mut Rng| {
            let p = rng.unit();
            Forecast { world: k / 20, probability: told(p), happened: rng.chance(p) }
        };
        (0..count).map(|k| one(k, &mut rng)).collect()
    }

    #[test]
    fn perfect_forecasts_have_no_corrected_error_and_bold_ones_have_theirs() {
        let perfect = worth(&drawn(20_000, |p| p), 1);
        assert!(perfect.ece > 0.002 && perfect.corrected_ece < 0.004, "{perfect:?}");
        let bold = worth(&drawn(20_000, |p| if p > 0.5 { 0.5 + 0.5 * p } else { 0.5 * p }), 1);
        // The mean of p/2 over half, on both sides: an eighth, less what perfect forecasts would show.
        assert!((bold.corrected_ece - 0.12).abs() < 0.01, "{}", bold.corrected_ece);
        assert!(bold.interval[0] < bold.corrected_ece && bold.interval[1] > bold.corrected_ece, "{bold:?}");
        assert!(bold.brier > perfect.brier);
    }

    #[test]
    fn nothing_seen_in_three_thousand_is_at_most_one_in_a_thousand() {
        assert!((at_most(0, 3000) - 0.000_998).abs() < 1e-5, "{}", at_most(0, 3000));
        assert!((at_most(3, 100) - 0.0757).abs() < 1e-3, "{}", at_most(3, 100));
    }
}
