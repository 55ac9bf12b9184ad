//! OSPA⁽²⁾: how far whole stretches of tracks are from whole stretches of truth.

use super::assign::{Gain, best};
use super::points::Points;
use std::collections::BTreeMap;

/// Where objects and tracks were, by step.
#[derive(Default)]
pub(super) struct History {
    truth: BTreeMap<u32, BTreeMap<usize, [f64; 3]>>,
    tracks: BTreeMap<u32, BTreeMap<usize, [f64; 3]>>,
}

impl History {
    pub(super) fn truth(&mut self, id: u32, step: usize, at: [f64; 3]) {
        self.truth.entry(id).or_default().insert(step, at);
    }

    pub(super) fn track(&mut self, id: u32, step: usize, at: [f64; 3]) {
        self.tracks.entry(id).or_default().insert(step, at);
    }

    /// Mean over windows of `window` steps that advance by half a window; p = 1. `None` when there is none.
    pub(super) fn ospa2(&self, steps: usize, window: usize, cutoff_m: f64) -> Option<f64> {
        let window = window.max(1);
        let values: Vec<f64> = (window - 1..steps)
            .step_by((window / 2).max(1))
            .filter_map(|last| self.one_window(last + 1 - window..last + 1, cutoff_m))
            .collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    fn one_window(&self, steps: core::ops::Range<usize>, cutoff_m: f64) -> Option<f64> {
        let within = |all: &BTreeMap<u32, BTreeMap<usize, [f64; 3]>>| -> Vec<u32> {
            all.iter().filter(|(_, h)| h.range(steps.clone()).next().is_some()).map(|(id, _)| *id).collect()
        };
        let (objects, tracks) = (within(&self.truth), within(&self.tracks));
        let most = objects.len().max(tracks.len());
        if most == 0 {
            return None;
        }
        let mut closeness: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for step in steps.clone() {
            let at = |all: &BTreeMap<u32, BTreeMap<usize, [f64; 3]>>, ids: &[u32]| -> (Vec<usize>, Points) {
                let (index, places): (Vec<usize>, Vec<[f64; 3]>) = ids
                    .iter()
                    .enumerate()
                    .filter_map(|(k, id)| all.get(id)?.get(&step).map(|place| (k, *place)))
                    .unzip();
                (index, Points::from_ecef(places))
            };
            let (a, a_places) = at(&self.truth, &objects);
            let (b, b_places) = at(&self.tracks, &tracks);
            for f in a_places.near(&b_places, cutoff_m) {
                *closeness.entry((a[f.a], b[f.b])).or_default() += cutoff_m - f.distance_m;
            }
        }
        let gains: Vec<Gain> = closeness
            .iter()
            .map(|(&(row, column), sum)| {
                let (t, e) = (&self.truth[&objects[row]], &self.tracks[&tracks[column]]);
                let either = steps.clone().filter(|k| t.contains_key(k) || e.contains_key(k)).count();
                Gain { row, column, gain: sum / either as f64 }
            })
            .collect();
        let total: f64 = best(&gains).iter().map(|&k| gains[k].gain).sum();
        Some(cutoff_m - total / most as f64)
    }
}
