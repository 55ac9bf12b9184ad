//! Aircraft that lose their satellite navigation near each other within minutes, more of them than chance gives: where each hexagon holds few, no share is sure.

use std::collections::{BTreeMap, BTreeSet};

use skypicket_model::gnss::{GnssCell, GnssChange};
use skypicket_model::math::{exp, ln};
use skypicket_model::{Address, LatLon, Span, Time};

use super::GnssParams;
use super::cells::Cells;
use super::world::World;

/// Losses this near to each other in time are looked at together. Origin: a flight crosses the reach of a weak transmitter in about so long.
const WITHIN: Span = Span::from_s(600);
/// And so near in space, metres: at cruising heights a transmitter is seen from 400 km around it.
pub(super) const NEAR_M: f64 = 250_000.0;
/// The latest losses that are looked at; of more the shares of cells are sure.
const MOST: usize = 256;
/// How often an aircraft is held to lose it where nobody interferes, in an hour. Origin: docs/detectors/gnss_interference.md, "As measured": at most 0.16 in 1,000 hours of a quiet sky; units and weathers that it does not play may do worse.
const BY_CHANCE_PER_H: f64 = 1e-3;
/// How probable it is that interference began around a place within [`WITHIN`], before anything is counted.
const BEFORE: f64 = 1e-4;

/// How probable it is that interference struck aircraft, by the hexagon in which one lost its navigation.
pub(super) fn outbreaks(cells: &[GnssCell], world: &World, params: &GnssParams, now: Time) -> BTreeMap<u64, f64> {
    let lately = world.changes.iter().rev().take_while(|change| now - change.time <= WITHIN);
    let onsets: Vec<&GnssChange> = lately.filter(|change| change.is_onset()).take(MOST).collect();
    let mut struck = BTreeMap::new();
    if onsets.len() < params.aircraft as usize {
        return struck;
    }
    let flying: Vec<(LatLon, u32)> =
        cells.iter().filter_map(|cell| Some((Cells::middle(cell.cell)?, cell.now[0] + cell.now[1]))).collect();
    for onset in &onsets {
        let is_near = |place: LatLon| place.rough_distance_m(onset.place) <= NEAR_M;
        let lost: BTreeSet<Address> =
            onsets.iter().filter(|other| is_near(other.place)).map(|other| other.address).collect();
        if lost.len() < params.aircraft as usize {
            continue;
        }
        let around: u32 = flying.iter().filter(|(place, _)| is_near(*place)).map(|(_, number)| number).sum();
        let expected = f64::from(around.max(1)) * WITHIN.s() / 3600.0 * BY_CHANCE_PER_H;
        let chance = (1.0 - BEFORE) * at_least(lost.len(), expected);
        let probability = BEFORE / (BEFORE + chance);
        if let Some(cell) = Cells::hexagon(onset.place).filter(|_| probability >= params.belongs) {
            struck.entry(cell).and_modify(|most: &mut f64| *most = most.max(probability)).or_insert(probability);
        }
    }
    struck
}

/// P(X ≥ n) of a Poisson distribution.
fn at_least(n: usize, mean: f64) -> f64 {
    let mut term = exp((1..=n).map(|k| ln(mean / k as f64)).sum::<f64>() - mean);
    let mut sum = 0.0;
    for k in n + 1..n + 200 {
        sum += term;
        term *= mean / k as f64;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_that_of_a_poisson_distribution() {
        // 1 - e^-2 (1 + 2 + 2) and, of rare ones, nearly mean³/6.
        assert!((at_least(3, 2.0) - (1.0 - 5.0 * exp(-2.0))).abs() < 1e-12);
        assert!((at_least(3, 0.003) / (0.003 * 0.003 * 0.003 / 6.0) - 1.0).abs() < 0.01);
        assert!((at_least(0, 5.0) - 1.0).abs() < 1e-9);
    }
}
