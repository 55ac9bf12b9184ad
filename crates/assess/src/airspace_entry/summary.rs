//! What many drawn trajectories say together: probabilities, and figures with the interval that holds 90 % of them.

mod place;

use skypicket_model::math::normal_cdf;
use skypicket_model::passage::Range;
use skypicket_model::{Passage, Span, Time};

use super::tale::{OUT_M, Tale};

/// Version of the method: 1 was P(inside) at the least probable moment of a stay, 2 draws trajectories.
pub(super) const METHOD: u16 = 2;
/// Fewer that entered tell no interval.
const FEWEST: usize = 5;
/// Bandwidth of the smoothed share, in standard deviations. Origin: Silverman (1986) asks 0.4 of 128 normal values for the density; for its sum less is
/// enough, and what it widens is taken back (West 1993).
const BANDWIDTH: f64 = 0.3;

/// Memory that is used again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    values: Vec<f64>,
    places: Vec<place::At>,
}

pub(super) fn of(tales: &[Tale], scratch: &mut Scratch) -> Passage {
    let values = &mut scratch.values;
    let touched_probability = share_below(tales, |tale| tale.nearest_m, values);
    let entered_probability = share_below(tales, |tale| tale.stay_m, values).min(touched_probability);
    let entered = || tales.iter().filter_map(|tale| tale.entered.as_ref().map(|stay| (tale, stay)));
    let seen_to_cross = || entered().filter(|(_, stay)| stay.crossed);
    let (all, crossed) = (entered().count(), seen_to_cross().count());
    // Where most were inside when they were seen first, when that was is not known.
    let told = crossed >= FEWEST && 2 * crossed >= all;
    let entered_at = told.then(|| time_range(seen_to_cross().map(|(_, stay)| stay.since), values)).flatten();
    let places = told.then(|| place::crossings(seen_to_cross().map(|(_, stay)| stay), values, &mut scratch.places));
    let [entered_place, other_place] = places.unwrap_or_default();
    let enough = all >= FEWEST;
    let depth_m = enough.then(|| range(entered().map(|(tale, _)| tale.depth_m), values)).flatten();
    let inside_for = enough.then(|| range(entered().map(|(tale, _)| tale.inside_for.s()), values)).flatten();
    let out = || entered().filter_map(|(tale, _)| tale.left_at);
    let left = out().count();
    let left_at = (left >= FEWEST && 2 * left >= all).then(|| time_range(out(), values)).flatten();
    Passage {
        method: METHOD,
        drawn: tales.len() as u32,
        touched_probability,
        entered_probability,
        entered_at,
        entered_place,
        other_place,
        depth_m,
        inside_for: inside_for.map(|of| Range { low: span(of.low), middle: span(of.middle), high: span(of.high) }),
        left_at,
    }
}

/// It went on inside for so long, so deep.
pub(super) fn stayed(passage: &mut Passage, more: Span, depth_m: f64, sigma_m: f64) {
    let more = more.max(Span::ZERO);
    if let Some(inside) = &mut passage.inside_for {
        *inside = Range { low: inside.low + more, middle: inside.middle + more, high: inside.high + more };
    }
    if let Some(depth) = &mut passage.depth_m {
        let at_least = |m: f64, sigmas: f64| m.max(depth_m + sigmas * sigma_m);
        let Range { low, middle, high } = *depth;
        *depth = Range { low: at_least(low, -1.645), middle: at_least(middle, 0.0), high: at_least(high, 1.645) };
    }
}

fn span(seconds: f64) -> Span {
    Span::from_s_f64(seconds).unwrap_or(Span::ZERO)
}

/// Probability that a value is below zero, of which the drawn ones are a sample: their smoothed share, so that 128 of them tell a hundredth. Values
/// that were never reached are above.
fn share_below(tales: &[Tale], of: impl Fn(&Tale) -> f64, values: &mut Vec<f64>) -> f64 {
    values.clear();
    values.extend(tales.iter().map(of).filter(|value| *value < 0.5 * OUT_M));
    if values.is_empty() {
        return 0.0;
    }
    values.sort_unstable_by(f64::total_cmp);
    let count = values.len() as f64;
    let (quarter, three) = (values[values.len() / 4], values[values.len() * 3 / 4]);
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    // A tail of a few that turned away or stayed far says nothing of the spread near the line.
    let spread = variance.sqrt().min((three - quarter) / 1.349).max(1e-3);
    let bandwidth = BANDWIDTH * spread;
    let keep = if variance.sqrt() > 1.5 * spread { 1.0 } else { (1.0 - BANDWIDTH * BANDWIDTH).sqrt() };
    let below: f64 =
        values.iter().map(|value| normal_cdf(-(mean + keep * (value - mean)) / bandwidth)).sum::<f64>() / count;
    below * count / tales.len() as f64
}

/// Where the 5th, 50th and 95th of a hundred are.
fn range(all: impl Iterator<Item = f64>, values: &mut Vec<f64>) -> Option<Range<f64>> {
    values.clear();
    values.extend(all);
    if values.is_empty() {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    Some(Range { low: quantile(values, 0.05), middle: quantile(values, 0.5), high: quantile(values, 0.95) })
}

/// Of sorted values, between two of them where it falls there (Hazen's plotting positions).
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = (p * sorted.len() as f64 - 0.5).clamp(0.0, (sorted.len() - 1) as f64);
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

fn time_range(all: impl Iterator<Item = Time> + Clone, values: &mut Vec<f64>) -> Option<Range<Time>> {
    let first = all.clone().min()?;
    let of = range(all.map(|time| (time - first).s()), values)?;
    Some(Range { low: first + span(of.low), middle: first + span(of.middle), high: first + span(of.high) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::way::normal_quantile;

    fn tales(middle_m: f64) -> Vec<Tale> {
        (0..128)
            .map(|k| {
                let z = normal_quantile((f64::from(k) + 0.5) / 128.0);
                Tale { stay_m: middle_m + 100.0 * z, nearest_m: middle_m - 200.0 + 100.0 * z, ..Tale::new() }
            })
            .collect()
    }

    #[test]
    fn a_share_is_told_to_less_than_one_draw() {
        let mut scratch = Scratch::default();
        for (middle_m, expected) in [(0.0, 0.5), (-128.2, 0.9), (-232.6, 0.99), (128.2, 0.1), (300.0, 0.001_35)] {
            let passage = of(&tales(middle_m), &mut scratch);
            let got = passage.entered_probability;
            assert!((got - expected).abs() < 0.004, "{middle_m}: {got} instead of {expected}");
            assert!(passage.touched_probability >= got);
        }
    }

    #[test]
    fn intervals_hold_nine_in_ten() {
        let mut scratch = Scratch::default();
        let all = (0..128).map(|k| f64::from(k) + 0.5);
        let of = range(all, &mut scratch.values).expect("some");
        assert!(
            (of.low - 6.4).abs() < 0.6 && (of.middle - 64.0).abs() < 0.6 && (of.high - 121.6).abs() < 0.6,
            "{of:?}"
        );
    }
}
