//! How good a picture is against the truth: GOSPA and its parts, T-GOSPA, OSPA⁽²⁾, SIAP, identity switches, delays, errors.
//!
//! All distances are horizontal: chords between the points of the WGS 84 ellipsoid below truth and estimate. Truth that no sensor could
//! have seen in the last 20 s is *don't care*: it is neither missed, nor does an unmatched estimate near it count as false.
//!
//! Where tracks carry a covariance, NEES says whether it is honest; the surveillance view (probability of update, gaps, RMS) knows no limits
//! but those that it is given.
//!
//! Sources: GOSPA, Rahmathullah, García-Fernández & Svensson (Fusion 2017) with alpha = 2; T-GOSPA, García-Fernández, Rahmathullah &
//! Svensson (2020), here as the greedy assignment in time, an upper bound; OSPA⁽²⁾, Beard, Vo & Vo (2020); SIAP, Votruba et al. (2001);
//! NEES, Bar-Shalom, Li & Kirubarajan (2001) §5.4.

mod assign;
mod consistency;
mod files;
pub mod page;
mod points;
mod summary;
mod surveillance;
mod windows;

pub use consistency::{Consistency, Covariance4, Moment, mean_bounds};
pub use files::{Description, ScoreFault, read_estimates, read_truth};
pub use summary::{Delays, Errors, Score, Siap, Step};
pub use surveillance::{Gaps, Limits, Surveillance, SurveillanceSettings, Verdict};

use assign::{Gain, best};
use points::{Found, Points, power};
use std::collections::{BTreeMap, BTreeSet};

/// One true object at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth {
    /// Scenario time, seconds.
    pub time_s: f64,
    /// Which object.
    pub id: u32,
    /// Latitude and longitude, degrees.
    pub place_deg: [f64; 2],
    /// Height above the ellipsoid, metres.
    pub height_m: f64,
    /// Velocity east and north, m/s.
    pub velocity_m_s: [f64; 2],
    /// Some sensor could have seen it lately.
    pub visible: bool,
}

/// One track at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Scenario time, seconds.
    pub time_s: f64,
    /// Which track: a number for its name, given in order of first appearance.
    pub track: u32,
    /// Latitude and longitude, degrees.
    pub place_deg: [f64; 2],
    /// Height above the ellipsoid, metres.
    pub height_m: Option<f64>,
    /// Velocity east and north, m/s.
    pub velocity_m_s: Option<[f64; 2]>,
    /// How sure it is of place and velocity.
    pub covariance: Option<Covariance4>,
    /// Variance of the height, m².
    pub height_variance_m2: Option<f64>,
}

/// What to measure with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Cut-off c, metres.
    pub cutoff_m: f64,
    /// Order p of GOSPA.
    pub order: f64,
    /// Price of a switch in T-GOSPA (gamma), metres.
    pub switch_m: f64,
    /// OSPA⁽²⁾ window, evaluation times.
    pub window: usize,
    /// Evaluate from, to, seconds.
    pub from_s: f64,
    /// See `from_s`.
    pub to_s: f64,
    /// What the surveillance view counts by.
    pub surveillance: SurveillanceSettings,
}

/// What became of one true object or one track at one evaluation time, for drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    /// The true object and the estimate (indexes into what was scored) are a pair.
    Matched {
        /// Index into the truth.
        truth: usize,
        /// Index into the estimates.
        estimate: usize,
    },
    /// Nothing was near the true object (index into the truth).
    Missed(usize),
    /// Nothing was near the estimate (index into the estimates).
    False(usize),
}

/// Scores estimates against truth at the description's evaluation times.
#[must_use]
pub fn score(description: &Description, truth: &[Truth], estimates: &[Estimate], settings: &Settings) -> Score {
    score_with_fates(description, truth, estimates, settings).0
}

/// As [`score`], and what became of each object and track at each evaluation time.
#[must_use]
pub fn score_with_fates(
    description: &Description,
    truth: &[Truth],
    estimates: &[Estimate],
    settings: &Settings,
) -> (Score, Vec<Vec<Fate>>) {
    let times = description.times_s(settings.from_s, settings.to_s);
    let mut run = Run::new(description, *settings, times.len());
    let truth_at = by_time(&times, truth.iter().enumerate().map(|(k, t)| (t.time_s, (k, *t))));
    let estimates_at = by_time(&times, estimates.iter().enumerate().map(|(k, e)| (e.time_s, (k, *e))));
    for (k, &time_s) in times.iter().enumerate() {
        run.step(k, time_s, &truth_at[k], &estimates_at[k]);
    }
    let fates = core::mem::take(&mut run.fates);
    (run.finish(), fates)
}

fn milliseconds(time_s: f64) -> i64 {
    (time_s * 1000.0).round() as i64
}

fn by_time<T>(times: &[f64], items: impl Iterator<Item = (f64, T)>) -> Vec<Vec<T>> {
    let index: BTreeMap<i64, usize> = times.iter().enumerate().map(|(k, t)| (milliseconds(*t), k)).collect();
    let mut at: Vec<Vec<T>> = times.iter().map(|_| Vec::new()).collect();
    for (time_s, item) in items {
        if let Some(&k) = index.get(&milliseconds(time_s)) {
            at[k].push(item);
        }
    }
    at
}

/// What one matched pair was off by.
#[derive(Clone, Copy, Debug)]
struct PairError {
    object: u32,
    across_m: f64,
    height_m: Option<f64>,
    velocity2: Option<f64>,
    /// Squared distances in the track's own uncertainty, where it states one.
    nees: Option<consistency::Nees>,
}

/// What became of everyone at one step: `seen` and `sources` are the indexes of visible truth and of estimates in what was given.
fn fates(
    gains: &[Gain],
    matched: &[usize],
    free: &[bool],
    dropped: &[usize],
    seen: &[usize],
    sources: &[usize],
) -> Vec<Fate> {
    let mut alone = vec![true; seen.len()];
    let mut fates: Vec<Fate> = Vec::with_capacity(seen.len());
    for &m in matched {
        alone[gains[m].row] = false;
        fates.push(Fate::Matched { truth: seen[gains[m].row], estimate: sources[gains[m].column] });
    }
    fates.extend(seen.iter().zip(&alone).filter(|(_, alone)| **alone).map(|(t, _)| Fate::Missed(*t)));
    let unexcused = |e: &usize| free[*e] && dropped.binary_search(e).is_err();
    fates.extend((0..sources.len()).filter(unexcused).map(|e| Fate::False(sources[e])));
    fates
}

/// Everything gathered over the steps.
struct Run<'a> {
    description: &'a Description,
    settings: Settings,
    steps: Vec<Step>,
    last_track: BTreeMap<u32, u32>,
    previous: BTreeMap<u32, Option<u32>>,
    switches: u64,
    transitions: Vec<(f64, f64)>,
    errors: Vec<PairError>,
    siap: Vec<[f64; 5]>,
    first_visible: BTreeMap<u32, f64>,
    first_matched: BTreeMap<u32, f64>,
    segments: BTreeMap<u32, Vec<Option<u32>>>,
    truth_time_s: f64,
    history: windows::History,
    names: BTreeSet<u32>,
    sightings: BTreeMap<u32, Vec<surveillance::Sighting>>,
    fates: Vec<Vec<Fate>>,
}

impl<'a> Run<'a> {
    fn new(description: &'a Description, settings: Settings, steps: usize) -> Self {
        Self {
            description,
            settings,
            steps: Vec::with_capacity(steps),
            last_track: BTreeMap::new(),
            previous: BTreeMap::new(),
            switches: 0,
            transitions: Vec::with_capacity(steps),
            errors: Vec::new(),
            siap: Vec::with_capacity(steps),
            first_visible: BTreeMap::new(),
            first_matched: BTreeMap::new(),
            segments: BTreeMap::new(),
            truth_time_s: 0.0,
            history: windows::History::default(),
            names: BTreeSet::new(),
            sightings: BTreeMap::new(),
            fates: Vec::with_capacity(steps),
        }
    }

    fn step(&mut self, k: usize, time_s: f64, truth: &[(usize, Truth)], estimates: &[(usize, Estimate)]) {
        let (c, p) = (self.settings.cutoff_m, self.settings.order);
        let cost = power(c, p);
        let (seen, visible): (Vec<usize>, Vec<Truth>) = truth.iter().copied().filter(|(_, t)| t.visible).unzip();
        let hidden = Points::new(truth.iter().filter(|(_, t)| !t.visible).map(|(_, t)| t.place_deg));
        let (sources, estimates): (Vec<usize>, Vec<Estimate>) = estimates.iter().copied().unzip();
        let (objects, tracks) =
            (Points::new(visible.iter().map(|t| t.place_deg)), Points::new(estimates.iter().map(|e| e.place_deg)));
        let near = objects.near(&tracks, c);
        let gains: Vec<Gain> =
            near.iter().map(|f| Gain { row: f.a, column: f.b, gain: cost - power(f.distance_m, p) }).collect();
        let matched = best(&gains);
        let mut free = vec![true; estimates.len()];
        for &m in &matched {
            free[gains[m].column] = false;
        }
        let dropped: Vec<usize> = (0..estimates.len())
            .filter(|&e| free[e] && hidden.nearest(tracks.get(e)).is_some_and(|(_, d)| d <= c))
            .collect();
        let counted = estimates.len() - dropped.len();
        let localisation: f64 = matched.iter().map(|&m| power(near[m].distance_m, p)).sum();
        let missed = visible.len() - matched.len();
        let wrong = counted - matched.len();
        let gospa = power(localisation + cost / 2.0 * (missed + wrong) as f64, 1.0 / p);
        let before = self.errors.len();
        self.note_matches(k, time_s, &visible, &estimates, &near, &gains, &matched);
        let (nees, nees_pairs) = consistency::step_mean(&self.errors[before..]);
        self.steps.push(Step {
            time_s,
            gospa,
            localisation,
            missed,
            wrong,
            truth: visible.len(),
            estimates: counted,
            nees,
            nees_pairs,
        });
        self.fates.push(fates(&gains, &matched, &free, &dropped, &seen, &sources));
        for t in &visible {
            self.first_visible.entry(t.id).or_insert(time_s);
        }
        let now = self.transition(&visible, &estimates, &near, &gains, counted);
        self.siap_step(&objects, &tracks, &dropped, counted);
        self.names.extend(estimates.iter().map(|e| e.track));
        self.truth_time_s += visible.len() as f64 * self.description.step_s;
        for (i, t) in visible.iter().enumerate() {
            self.segments.entry(t.id).or_default().push(now.get(&t.id).copied());
            self.history.truth(t.id, k, *objects.get(i));
        }
        for (e, estimate) in estimates.iter().enumerate() {
            if !dropped.contains(&e) {
                self.history.track(estimate.track, k, *tracks.get(e));
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the step's parts, used once")]
    fn note_matches(
        &mut self,
        step: usize,
        time_s: f64,
        visible: &[Truth],
        estimates: &[Estimate],
        near: &[Found],
        gains: &[Gain],
        matched: &[usize],
    ) {
        let mut error_m: Vec<Option<f64>> = vec![None; visible.len()];
        for &m in matched {
            error_m[gains[m].row] = Some(near[m].distance_m);
            let (t, e) = (&visible[gains[m].row], &estimates[gains[m].column]);
            if self.last_track.insert(t.id, e.track).is_some_and(|last| last != e.track) {
                self.switches += 1;
            }
            self.first_matched.entry(t.id).or_insert(time_s);
            self.errors.push(PairError {
                object: t.id,
                across_m: near[m].distance_m,
                height_m: e.height_m.map(|h| h - t.height_m),
                velocity2: e.velocity_m_s.map(|v| {
                    let (east, north) = (v[0] - t.velocity_m_s[0], v[1] - t.velocity_m_s[1]);
                    east * east + north * north
                }),
                nees: consistency::Nees::of(t, e),
            });
        }
        for (t, error_m) in visible.iter().zip(error_m) {
            self.sightings.entry(t.id).or_default().push(surveillance::Sighting { step, error_m });
        }
    }

    /// The greedy T-GOSPA step: keeping the former pair earns gamma^p. Returns which track each object has now.
    fn transition(
        &mut self,
        visible: &[Truth],
        estimates: &[Estimate],
        near: &[Found],
        gains: &[Gain],
        counted: usize,
    ) -> BTreeMap<u32, u32> {
        let p = self.settings.order;
        let (cost, price) = (power(self.settings.cutoff_m, p), power(self.settings.switch_m, p));
        let kept: Vec<Gain> = gains
            .iter()
            .map(|g| {
                let same = self.previous.get(&visible[g.row].id) == Some(&Some(estimates[g.column].track));
                Gain { gain: g.gain + if same { price } else { 0.0 }, ..*g }
            })
            .collect();
        let matched = best(&kept);
        let now: BTreeMap<u32, u32> =
            matched.iter().map(|&m| (visible[kept[m].row].id, estimates[kept[m].column].track)).collect();
        let mut switched = 0.0;
        for t in visible {
            let is = now.get(&t.id).copied();
            if let Some(was) = self.previous.insert(t.id, is)
                && was != is
            {
                switched += if was.is_some() && is.is_some() { 1.0 } else { 0.5 };
            }
        }
        let localisation: f64 = matched.iter().map(|&m| power(near[m].distance_m, p)).sum();
        let alone = (visible.len() - matched.len() + counted) as f64 - matched.len() as f64;
        self.transitions.push((localisation + cost / 2.0 * alone + price * switched, switched));
        now
    }

    fn siap_step(&mut self, objects: &Points, tracks: &Points, dropped: &[usize], counted: usize) {
        let c = self.settings.cutoff_m;
        if objects.is_empty() || tracks.is_empty() {
            self.siap.push([0.0, 0.0, counted as f64, objects.len() as f64, counted as f64]);
            return;
        }
        let mut assigned = vec![0_u32; objects.len()];
        let (mut spurious, mut excused) = (0_i64, 0_i64);
        for e in 0..tracks.len() {
            match objects.nearest(tracks.get(e)) {
                Some((t, d)) if d <= c => assigned[t] += 1,
                _ => {
                    spurious += 1;
                    excused += i64::from(dropped.contains(&e));
                }
            }
        }
        self.siap.push([
            assigned.iter().filter(|n| **n > 0).count() as f64,
            f64::from(assigned.iter().sum::<u32>()),
            (spurious - excused).max(0) as f64,
            objects.len() as f64,
            counted as f64,
        ]);
    }
}

#[cfg(test)]
mod tests;
