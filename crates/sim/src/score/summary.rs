//! The numbers that a score comes to, under the names that the benchmark uses.

use super::consistency::Consistency;
use super::surveillance::{self, Surveillance};
use super::{PairError, Run};
use serde::Serialize;
use std::collections::BTreeMap;

/// One evaluation time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Scenario time, seconds.
    #[serde(rename = "t")]
    pub time_s: f64,
    /// GOSPA, metres.
    pub gospa: f64,
    /// Sum of matched distances to the power p.
    #[serde(rename = "loc")]
    pub localisation: f64,
    /// Objects without a track.
    pub missed: usize,
    /// Tracks without an object.
    #[serde(rename = "false")]
    pub wrong: usize,
    /// Objects.
    pub truth: usize,
    /// Tracks.
    #[serde(rename = "est")]
    pub estimates: usize,
    /// Mean squared distance of matched places in the tracks' own uncertainty (2 expected).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nees: Option<f64>,
    /// Pairs that it is the mean of.
    #[serde(skip_serializing_if = "is_zero")]
    pub nees_pairs: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// Errors of matched pairs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Errors {
    /// Pairs.
    pub n: usize,
    /// Horizontal, metres.
    pub rmse_h_m: Option<f64>,
    /// 95th percentile of it.
    pub p95_h_m: Option<f64>,
    /// Height, metres.
    pub rmse_alt_m: Option<f64>,
    /// Horizontal velocity, m/s.
    pub rmse_vel_mps: Option<f64>,
}

/// Single integrated air picture attributes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub struct Siap {
    /// Share of objects that have a track.
    pub c: f64,
    /// Tracks for each object that has one.
    pub a: f64,
    /// Share of tracks that have no object.
    pub s: f64,
    /// Changes of track number in an hour of truth.
    #[serde(rename = "R_per_truth_hour")]
    pub r: f64,
    /// Mean share of an object's life that its longest stretch under one track covers.
    #[serde(rename = "LS")]
    pub ls: f64,
}

/// From first visible to first matched, seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Delays {
    /// Median.
    pub median: Option<f64>,
    /// Mean.
    pub mean: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
    /// Objects never matched.
    pub never: usize,
}

/// The score of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// The scenario's name.
    pub scenario: String,
    /// Cut-off, metres.
    pub c: f64,
    /// Order.
    pub p: f64,
    /// Price of a switch, metres.
    pub gamma: f64,
    /// Evaluation times.
    pub n_steps: usize,
    /// First and last of them, seconds.
    pub t: [f64; 2],
    /// Mean GOSPA, metres.
    pub gospa_mean: f64,
    /// Root mean square GOSPA.
    pub gospa_rms: f64,
    /// Root of the sum of squares over the sum of objects.
    pub gospa_per_target_rms: f64,
    /// Root of the mean localisation part.
    pub loc_rms_total: f64,
    /// Mean number missed.
    pub missed_mean: f64,
    /// Mean number false.
    pub false_mean: f64,
    /// Share of objects missed.
    pub frac_missed: f64,
    /// Share of tracks false.
    pub frac_false: f64,
    /// Mean number of objects.
    pub truth_mean: f64,
    /// Mean number of tracks.
    pub est_mean: f64,
    /// Mean difference of the two.
    pub card_err_mean: f64,
    /// Mean GOSPA of the second half.
    pub gospa_mean_2nd_half: f64,
    /// Root mean square greedy T-GOSPA.
    pub tgospa_greedy_rms: f64,
    /// Switches that it counted; a change to or from "none" is a half.
    pub tgospa_switches: f64,
    /// Matches to another track than the last one.
    pub id_switches: u64,
    /// Mean OSPA⁽²⁾, metres.
    pub ospa2_mean: Option<f64>,
    /// SIAP.
    pub siap: Siap,
    /// Errors, of all pairs and by kind of object.
    pub rmse: BTreeMap<String, Errors>,
    /// Initiation delay.
    pub init_delay_s: Delays,
    /// Different tracks.
    pub n_track_ids: usize,
    /// Whether the tracks' covariances are honest, of all pairs and by kind of object; absent where they state none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub nees: BTreeMap<String, Consistency>,
    /// The surveillance view.
    pub surveillance: Surveillance,
    /// Each evaluation time, where asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub per_step: Vec<Step>,
}

impl Run<'_> {
    /// Sums everything up. Needs at least one step; without any, all numbers are 0.
    pub(super) fn finish(self) -> Score {
        let steps = &self.steps;
        let count = steps.len().max(1) as f64;
        let mean = |f: &dyn Fn(&Step) -> f64| steps.iter().map(f).sum::<f64>() / count;
        let truth: f64 = steps.iter().map(|s| s.truth as f64).sum();
        let tracks: f64 = steps.iter().map(|s| s.estimates as f64).sum();
        let half = &steps[steps.len() / 2..];
        let squares: f64 = steps.iter().map(|s| s.gospa * s.gospa).sum();
        Score {
            scenario: self.description.name.clone(),
            c: self.settings.cutoff_m,
            p: self.settings.order,
            gamma: self.settings.switch_m,
            n_steps: steps.len(),
            t: [steps.first().map_or(0.0, |s| s.time_s), steps.last().map_or(0.0, |s| s.time_s)],
            gospa_mean: mean(&|s| s.gospa),
            gospa_rms: (squares / count).sqrt(),
            gospa_per_target_rms: if truth > 0.0 { (squares / truth).sqrt() } else { 0.0 },
            loc_rms_total: mean(&|s| s.localisation).sqrt(),
            missed_mean: mean(&|s| s.missed as f64),
            false_mean: mean(&|s| s.wrong as f64),
            frac_missed: if truth > 0.0 { steps.iter().map(|s| s.missed as f64).sum::<f64>() / truth } else { 0.0 },
            frac_false: steps.iter().map(|s| s.wrong as f64).sum::<f64>() / tracks.max(1.0),
            truth_mean: truth / count,
            est_mean: tracks / count,
            card_err_mean: (tracks - truth) / count,
            gospa_mean_2nd_half: half.iter().map(|s| s.gospa).sum::<f64>() / half.len().max(1) as f64,
            tgospa_greedy_rms: (self.transitions.iter().map(|t| t.0).sum::<f64>() / count).sqrt(),
            tgospa_switches: self.transitions.iter().map(|t| t.1).sum(),
            id_switches: self.switches,
            ospa2_mean: self.history.ospa2(steps.len(), self.settings.window, self.settings.cutoff_m),
            siap: self.siap_summary(),
            rmse: self.errors_by_kind(),
            init_delay_s: self.delays(),
            n_track_ids: self.names.len(),
            nees: self.consistency_by_kind(),
            surveillance: surveillance::view(&self.settings.surveillance, self.description.step_s, &self.sightings),
            per_step: self.steps,
        }
    }

    fn siap_summary(&self) -> Siap {
        let sum = |k: usize| self.siap.iter().map(|s| s[k]).sum::<f64>();
        let longest: Vec<f64> = self.segments.values().map(|s| longest_stretch(s) / s.len() as f64).collect();
        Siap {
            c: if sum(3) > 0.0 { sum(0) / sum(3) } else { 0.0 },
            a: sum(1) / sum(0).max(1.0),
            s: sum(2) / sum(4).max(1.0),
            r: if self.truth_time_s > 0.0 { self.switches as f64 / self.truth_time_s * 3600.0 } else { 0.0 },
            ls: if longest.is_empty() { 0.0 } else { longest.iter().sum::<f64>() / longest.len() as f64 },
        }
    }

    fn errors_by_kind(&self) -> BTreeMap<String, Errors> {
        let all: Vec<&PairError> = self.errors.iter().collect();
        let mut by_kind = BTreeMap::from([("all".to_owned(), errors(&all))]);
        if self.errors.is_empty() {
            return by_kind;
        }
        for kind in self.description.kinds() {
            let own: Vec<&PairError> =
                self.errors.iter().filter(|e| self.description.kind(e.object) == Some(kind)).collect();
            by_kind.insert(kind.to_owned(), errors(&own));
        }
        by_kind
    }

    fn consistency_by_kind(&self) -> BTreeMap<String, Consistency> {
        let of = |kind: Option<&str>| {
            let own = |e: &&PairError| kind.is_none_or(|kind| self.description.kind(e.object) == Some(kind));
            Consistency::of(self.errors.iter().filter(own).filter_map(|e| e.nees))
        };
        let kinds = self.description.kinds().into_iter().map(|kind| (kind.to_owned(), of(Some(kind))));
        core::iter::once(("all".to_owned(), of(None)))
            .chain(kinds)
            .filter_map(|(kind, consistency)| Some((kind, consistency?)))
            .collect()
    }

    fn delays(&self) -> Delays {
        let mut delays: Vec<f64> = self
            .first_visible
            .iter()
            .filter_map(|(id, first)| self.first_matched.get(id).map(|matched| matched - first))
            .collect();
        delays.sort_by(f64::total_cmp);
        let mean = (!delays.is_empty()).then(|| delays.iter().sum::<f64>() / delays.len() as f64);
        Delays {
            median: percentile(&delays, 0.5),
            mean,
            p90: percentile(&delays, 0.9),
            never: self.first_visible.len() - delays.len(),
        }
    }
}

fn longest_stretch(segment: &[Option<u32>]) -> f64 {
    let (mut best, mut run, mut previous) = (0_u32, 0_u32, None);
    for track in segment {
        run = match track {
            Some(_) if *track == previous => run + 1,
            Some(_) => 1,
            None => 0,
        };
        previous = *track;
        best = best.max(run);
    }
    f64::from(best)
}

fn errors(pairs: &[&PairError]) -> Errors {
    let root =
        |values: Vec<f64>| (!values.is_empty()).then(|| (values.iter().sum::<f64>() / values.len() as f64).sqrt());
    let mut across: Vec<f64> = pairs.iter().map(|e| e.across_m).collect();
    across.sort_by(f64::total_cmp);
    Errors {
        n: pairs.len(),
        rmse_h_m: root(across.iter().map(|d| d * d).collect()),
        p95_h_m: percentile(&across, 0.95),
        rmse_alt_m: root(pairs.iter().filter_map(|e| e.height_m).map(|h| h * h).collect()),
        rmse_vel_mps: root(pairs.iter().filter_map(|e| e.velocity2).collect()),
    }
}

/// Linear interpolation between the closest ranks of sorted values.
pub(super) fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = share * last as f64;
    let below = at.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (at - below as f64) * (sorted[above] - sorted[below]))
}
