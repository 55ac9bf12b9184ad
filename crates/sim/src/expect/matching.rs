//! Which track is which target: nearest pairs first, at each moment; over time a track is the target that it was most often.

use super::Outcome;
use crate::world::World;
use skypicket_model::{Time, TrackId};
use std::collections::BTreeMap;

/// Farther from the truth than this a track is no track of it, metres: the cut-off of the tracking benchmark.
const GATE_M: f64 = 2_000.0;

/// A picture measured against the truth, mean over the sampled moments.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Moments sampled.
    pub moments: usize,
    /// Observable targets that a track was on.
    pub matched: f64,
    /// Observable targets without track.
    pub missed: f64,
    /// Tracks that were on no target.
    pub spurious: f64,
    /// Root mean square distance of matched tracks from the truth, metres.
    pub rms_m: f64,
}

impl Metrics {
    /// Share of the observable targets that a track was on; 1 when there were none.
    #[must_use]
    pub fn share(&self) -> f64 {
        let all = self.matched + self.missed;
        if all > 0.0 { self.matched / all } else { 1.0 }
    }
}

/// Tracks and targets paired at one moment.
pub(super) struct Moment {
    pub(super) pairs: Vec<(TrackId, usize, f64)>,
    pub(super) missed: usize,
    pub(super) spurious: usize,
}

/// Samples of an outcome by moment.
pub(super) fn moments(outcome: &Outcome) -> BTreeMap<Time, Vec<usize>> {
    let mut by_time: BTreeMap<Time, Vec<usize>> = BTreeMap::new();
    for (index, sample) in outcome.samples.iter().enumerate() {
        by_time.entry(sample.time).or_default().push(index);
    }
    by_time
}

pub(super) fn pair(world: &World, outcome: &Outcome, time: Time, samples: &[usize]) -> Moment {
    let truths: Vec<_> = world.truth(time).collect();
    let mut candidates = Vec::new();
    for &index in samples {
        let Some(sample) = outcome.samples.get(index) else { continue };
        for (number, truth) in truths.iter().enumerate() {
            let place = truth.motion.place.lat_lon();
            // A degree of latitude is 111 km: most pairs are refused without a cosine.
            if (place.lat_deg - sample.place.lat_deg).abs() > GATE_M / 100_000.0 {
                continue;
            }
            let distance_m = place.rough_distance_m(sample.place);
            if distance_m <= GATE_M {
                candidates.push((distance_m, index, number));
            }
        }
    }
    candidates.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut track_taken, mut truth_taken) = (BTreeMap::new(), vec![false; truths.len()]);
    let mut pairs = Vec::new();
    for (distance_m, index, number) in candidates {
        let (Some(sample), Some(truth)) = (outcome.samples.get(index), truths.get(number)) else { continue };
        let Some(taken) = truth_taken.get_mut(number).filter(|taken| !**taken) else { continue };
        if track_taken.contains_key(&sample.track) {
            continue;
        }
        *taken = true;
        track_taken.insert(sample.track, ());
        pairs.push((sample.track, truth.index, distance_m));
    }
    let missed =
        truths.iter().zip(&truth_taken).filter(|(truth, taken)| !**taken && world.observable(truth, time)).count();
    Moment { spurious: samples.len().saturating_sub(pairs.len()), pairs, missed }
}

/// The target that each track was most often, by its place in the world; of equals the first.
#[must_use]
pub fn identities(world: &World, outcome: &Outcome) -> BTreeMap<TrackId, usize> {
    let mut votes: BTreeMap<TrackId, BTreeMap<usize, usize>> = BTreeMap::new();
    for (time, samples) in moments(outcome) {
        for (track, target, _) in pair(world, outcome, time, &samples).pairs {
            *votes.entry(track).or_default().entry(target).or_default() += 1;
        }
    }
    let winner =
        |counts: BTreeMap<usize, usize>| counts.into_iter().max_by_key(|(index, n)| (*n, core::cmp::Reverse(*index)));
    votes.into_iter().filter_map(|(track, counts)| Some((track, winner(counts)?.0))).collect()
}

/// Measures a picture against the truth at the sampled moments from `from` to `until`.
#[must_use]
pub fn metrics(world: &World, outcome: &Outcome, from: Time, until: Time) -> Metrics {
    let mut sum = Metrics::default();
    let mut squares = 0.0;
    let mut pairs = 0.0;
    for (time, samples) in moments(outcome) {
        if time < from || time > until {
            continue;
        }
        let moment = pair(world, outcome, time, &samples);
        sum.moments += 1;
        sum.matched += moment.pairs.len() as f64;
        sum.missed += moment.missed as f64;
        sum.spurious += moment.spurious as f64;
        squares += moment.pairs.iter().map(|(_, _, m)| m * m).sum::<f64>();
        pairs += moment.pairs.len() as f64;
    }
    let n = (sum.moments as f64).max(1.0);
    Metrics {
        moments: sum.moments,
        matched: sum.matched / n,
        missed: sum.missed / n,
        spurious: sum.spurious / n,
        rms_m: if pairs > 0.0 { (squares / pairs).sqrt() } else { 0.0 },
    }
}
