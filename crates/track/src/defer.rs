//! Defer: where two neighbours may have exchanged their plots, both readings are kept for some looks, and what follows decides.
//!
//! A knot is two tracks and up to eight readings of what was whose. The tracks themselves hold one of them, which goes through association and update like
//! any other track. The others are followed beside it by the same steps, as if those two tracks were alone with what nobody else explains, and each
//! look multiplies a reading's weight by how well it foretold that look. A doubtful exchange within a reading splits it. After
//! [`Params::deferred_looks`](crate::Params), a minute, or as soon as the odds are clear, the likeliest reading becomes the tracks' state. Multiple-hypothesis tracking with N-scan pruning (Reid, IEEE T-AC 24 (1979)
//! 843–854; Kurien in Bar-Shalom, *Multitarget-Multisensor Tracking*, 1990, ch. 3), only where marginals are ambiguous.

use crate::associate::{self, Pair};
use crate::gauss::Gauss;
use crate::look::Active;
use crate::params::MODELS;
use crate::predict::is_single;
use crate::smooth::What;
use crate::tracker::{Tracker, Work};
use crate::update::{self, Posterior};
use skypicket_model::{Span, Time, TrackId};

/// Readings of one knot, with the tracks' own. Origin: the bound; three doubtful exchanges in a row.
const MOST_READINGS: usize = 8;
/// Time after which the likeliest reading is taken, however few looks there were. Origin: five turns of a 12 s radar.
const LONGEST: Span = Span::from_s(60);
/// Knots at once; beyond it the likelier reading is taken at once, as without this module. Origin: memory, 25 KB each at most.
const MOST_KNOTS: usize = 256;
/// An exchange this many times less likely than what was taken is no doubt. Origin: one in ten.
const DOUBT: f64 = 0.1;
/// Exchanges are looked for in clusters of so many tracks, between those whose own plot is likelier than this.
const MOST_NEIGHBOURS: usize = 8;
const LIKELY: f64 = 0.3;
/// A reading this much likelier than all others is taken.
const DECIDED: f64 = 0.95;
/// A reading less likely than this is forgotten.
const LEAST: f64 = 0.02;
/// Two readings nearer than this, in squared sigmas of place and velocity of each track, say the same.
const SAME: f64 = 1.0;
/// Plots of a look that are considered for one knot.
const MOST_PLOTS: usize = 6;

/// A track as one reading has it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct State {
    models: [Gauss; MODELS],
    mu: [f64; MODELS],
    time: Time,
}
skypicket_model::canon_struct!(State { models, mu, time });

/// What was whose, and how likely.
#[derive(Clone, Debug, PartialEq)]
struct Reading {
    weight: f64,
    states: [State; 2],
}
skypicket_model::canon_struct!(Reading { weight, states });

/// Two tracks that may have exchanged their plots.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Knot {
    slots: [u32; 2],
    ids: [TrackId; 2],
    begun: Time,
    looks: u8,
    /// Weight of what the tracks themselves hold.
    own: f64,
    others: Vec<Reading>,
}
skypicket_model::canon_struct!(Knot { slots, ids, begun, looks, own, others });

/// An exchange that one look leaves open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doubt {
    /// Indices of the two tracks among the active ones, and of the candidates that each would have taken.
    pub active: [u32; 2],
    pub candidates: [u32; 2],
    /// How likely the exchange is against what was taken.
    pub ratio: f64,
}

impl Knot {
    /// Whether all numbers make sense, for a tracker of so many slots.
    pub(crate) fn is_sound(&self, slots: usize) -> bool {
        let sound =
            |state: &State| state.models.iter().all(Gauss::is_sound) && state.mu.iter().all(|mu| mu.is_finite());
        self.slots.iter().all(|slot| (*slot as usize) < slots)
            && self.others.len() < MOST_READINGS
            && self.own.is_finite()
            && self.others.iter().all(|reading| reading.weight.is_finite() && reading.states.iter().all(sound))
    }

    fn of(&self, slot: u32) -> Option<usize> {
        self.slots.iter().position(|own| *own == slot)
    }
}

impl State {
    fn of(track: &crate::state::Bernoulli) -> Self {
        Self { models: track.models, mu: track.mu, time: track.time }
    }

    fn merged(&self) -> Gauss {
        Gauss::merge(self.mu.iter().copied().zip(&self.models))
    }
}

/// Before a look is associated: each reading foretells it, is weighed by that, and takes its plots.
pub(crate) fn weigh(tracker: &mut Tracker, work: &mut Work, index: u16, time: Time) {
    if tracker.knots.is_empty() {
        return;
    }
    work.taken.clear();
    work.taken.resize(tracker.frame.plots.len(), 0.0);
    for candidate in &work.candidates {
        work.taken[candidate.plot as usize] += candidate.weight;
    }
    let mut knots = core::mem::take(&mut tracker.knots);
    for knot in &mut knots {
        let active = knot.slots.map(|slot| work.active.iter().find(|active| active.slot == slot).copied());
        if let Some(some) = active[0].or(active[1]) {
            weigh_one(tracker, work, knot, active, &some, index, time);
        }
    }
    tracker.knots = knots;
}

fn weigh_one(
    tracker: &Tracker,
    work: &mut Work,
    knot: &mut Knot,
    active: [Option<Active>; 2],
    some: &Active,
    index: u16,
    time: Time,
) {
    let own_of = |t: usize| active[t].map_or(0..0, |a| a.first as usize..a.end as usize);
    // The plots that one of the two may have made, and how much of each nobody else explains.
    let mut plots = [(0_u32, 0.0); MOST_PLOTS];
    let mut count = 0;
    for candidate in work.candidates[own_of(0)].iter().chain(&work.candidates[own_of(1)]) {
        if count < MOST_PLOTS && plots[..count].iter().all(|(plot, _)| *plot != candidate.plot) {
            plots[count] = (candidate.plot, work.taken[candidate.plot as usize]);
            count += 1;
        }
    }
    let plots = &mut plots[..count];
    let mut weights = [[0.0; MOST_PLOTS]; 2];
    for (t, weights) in weights.iter_mut().enumerate() {
        for candidate in &work.candidates[own_of(t)] {
            if let Some(k) = plots.iter().position(|(plot, _)| *plot == candidate.plot) {
                weights[k] = candidate.weight;
                plots[k].1 -= candidate.weight;
            }
        }
    }
    for (k, plot) in plots.iter_mut().enumerate() {
        plot.1 = 1.0 / (1.0 + plot.1.max(0.0));
        weights[0][k] *= plot.1;
        weights[1][k] *= plot.1;
    }
    knot.own *= evidence(&weights, count);
    let scale = knot.slots.map(|slot| {
        let known = some.detection * tracker.tracks[slot as usize].existence;
        known / (1.0 - known)
    });
    let mut split = Vec::new();
    for reading in &mut knot.others {
        follow(tracker, work, reading, plots, scale, index, time, &mut split);
    }
    knot.others.append(&mut split);
    knot.looks = knot.looks.saturating_add(1);
    let total = knot.own + knot.others.iter().map(|reading| reading.weight).sum::<f64>();
    if total > 0.0 {
        knot.own /= total;
        knot.others.iter_mut().for_each(|reading| reading.weight /= total);
    }
}

/// Density of a look's plots under two tracks, relative to both missed and all plots explained otherwise.
fn evidence(weights: &[[f64; MOST_PLOTS]; 2], count: usize) -> f64 {
    let sum = |of: &[f64; MOST_PLOTS]| of[..count].iter().sum::<f64>();
    let shared: f64 = weights[0].iter().zip(&weights[1]).take(count).map(|(a, b)| a * b).sum();
    (1.0 + sum(&weights[0])) * (1.0 + sum(&weights[1])) - shared
}

/// One reading through a look: predicted, weighed, associated and updated. A doubtful exchange of its own is added to `split`.
#[allow(clippy::too_many_arguments, reason = "the parts of one look")]
fn follow(
    tracker: &Tracker,
    work: &mut Work,
    reading: &mut Reading,
    plots: &[(u32, f64)],
    scale: [f64; 2],
    index: u16,
    time: Time,
    split: &mut Vec<Reading>,
) {
    let sensor = &tracker.sensors[usize::from(index)];
    let mut weights = [[0.0; MOST_PLOTS]; 2];
    let mut posteriors: [[Option<Posterior>; MOST_PLOTS]; 2] = [[None; MOST_PLOTS]; 2];
    for (t, state) in reading.states.iter_mut().enumerate() {
        let mut lag_s = (time - state.time).s();
        if lag_s > 0.0 {
            tracker.models.predict(&mut state.models, &mut state.mu, lag_s);
            (state.time, lag_s) = (time, 0.0);
        }
        let merged = state.merged();
        for (k, (plot, free)) in plots.iter().enumerate() {
            let plot = &tracker.frame.plots[*plot as usize];
            let Some(mut rows) = plot.rows_at(&merged.x, sensor) else { continue };
            if plot.offset_s != 0.0 {
                rows.z = crate::gauss::along(&rows.z, -plot.offset_s, &merged.v);
            }
            let late_s = if lag_s < -1e-3 { lag_s } else { 0.0 };
            let posterior = update::posterior(&state.models, &state.mu, &rows, late_s, &tracker.models);
            weights[t][k] = posterior.map_or(0.0, |p| scale[t] * p.likelihood / (rows.clutter + rows.unseen) * free);
            posteriors[t][k] = posterior;
        }
    }
    reading.weight *= evidence(&weights, plots.len());
    work.pairs.clear();
    for (t, weights) in weights.iter().enumerate() {
        let own = weights[..plots.len()].iter().enumerate().filter(|(_, weight)| **weight > 1e-6);
        work.pairs.extend(own.map(|(k, weight)| Pair { track: t as u32, plot: k as u32, weight: weight.min(1e12) }));
    }
    if work.pairs.is_empty() {
        return;
    }
    associate::marginals(&work.pairs, 2, plots.len(), &mut work.marginals, &mut work.scratch);
    let before = reading.states;
    let mut best = [(0.0, usize::MAX); 2];
    for (t, state) in reading.states.iter_mut().enumerate() {
        let mut parts: [(f64, Option<&Posterior>); MOST_PLOTS] = [(0.0, None); MOST_PLOTS];
        let mut missed = 1.0;
        for (pair, share) in work.pairs.iter().zip(&work.marginals).filter(|(pair, _)| pair.track as usize == t) {
            let k = pair.plot as usize;
            parts[k] = (*share, posteriors[t][k].as_ref());
            missed -= share;
            if *share > best[t].0 {
                best[t] = (*share, k);
            }
        }
        take(state, &before[t], missed.max(0.0), &parts);
    }
    let [(_, a), (_, b)] = best;
    if a == usize::MAX || b == usize::MAX || a == b {
        return;
    }
    let taken = weights[0][a] * weights[1][b];
    let ratio = weights[0][b] * weights[1][a] / taken.max(1e-300);
    if let (Some(first), Some(second)) = (posteriors[0][b], posteriors[1][a])
        && ratio > DOUBT
    {
        let mut states = before;
        for (state, posterior) in states.iter_mut().zip([first, second]) {
            (state.models, state.mu) = (posterior.models, posterior.mu);
        }
        split.push(Reading { weight: reading.weight * ratio / (1.0 + ratio), states });
        reading.weight /= 1.0 + ratio;
    }
}

/// The mixture of what may have happened to one track of a reading.
fn take(state: &mut State, before: &State, missed: f64, parts: &[(f64, Option<&Posterior>); MOST_PLOTS]) {
    let Some(blank) = parts.iter().find_map(|(_, posterior)| *posterior) else { return };
    let mut kept = [(0.0, blank); MOST_PLOTS];
    let mut count = 0;
    for (share, posterior) in parts {
        if let Some(posterior) = posterior
            && *share > 1e-3
        {
            kept[count] = (*share, posterior);
            count += 1;
        }
    }
    let total = missed + kept[..count].iter().map(|part| part.0).sum::<f64>();
    if count == 0 || total <= 0.0 {
        return;
    }
    kept[..count].iter_mut().for_each(|part| part.0 /= total);
    let prior = (&before.models, &before.mu, missed / total);
    update::mix(prior, &kept[..count], &mut state.models, &mut state.mu);
    crate::predict::keep_above_ground(&mut state.models, &state.mu);
}

/// Lists the exchanges of plots between two tracks of the cluster that are nearly as likely as what was found.
pub(crate) fn doubts(work: &mut Work, from: usize, to: usize) {
    if !(2..=MOST_NEIGHBOURS).contains(&(to - from)) {
        return;
    }
    let best = |track: usize| {
        let own =
            work.pairs.iter().zip(&work.marginals).enumerate().filter(|(_, (pair, _))| pair.track as usize == track);
        own.fold(None, |best: Option<(usize, f64)>, (k, (_, share))| match best {
            Some((_, most)) if most >= *share => best,
            _ => Some((k, *share)),
        })
    };
    let mut bests = [None; MOST_NEIGHBOURS];
    for (track, own) in bests.iter_mut().enumerate().take(to - from) {
        *own = best(track).filter(|(_, share)| *share > LIKELY).map(|(k, _)| k);
    }
    let exchanged = |track: u32, plot: u32| work.pairs.iter().position(|pair| pair.track == track && pair.plot == plot);
    let first_pair = |track: u32| work.pairs.partition_point(|pair| pair.track < track);
    let mut doubts = core::mem::take(&mut work.doubts);
    for (a, own) in bests.iter().enumerate().take(to - from) {
        for (b, other) in bests.iter().enumerate().take(to - from).skip(a + 1) {
            let (Some(own), Some(other)) = (*own, *other) else { continue };
            let (own, other) = (&work.pairs[own], &work.pairs[other]);
            let (Some(x), Some(y)) = (exchanged(own.track, other.plot), exchanged(other.track, own.plot)) else {
                continue;
            };
            let ratio = work.pairs[x].weight * work.pairs[y].weight / (own.weight * other.weight);
            if own.plot != other.plot && ratio > DOUBT {
                let active = [work.cluster[from + a].1, work.cluster[from + b].1];
                // Pairs of a track stand in the order of its candidates.
                let candidate = |t: usize, pair: usize, track: u32| {
                    work.active[active[t] as usize].first + (pair - first_pair(track)) as u32
                };
                let candidates = [candidate(0, x, own.track), candidate(1, y, other.track)];
                doubts.push(Doubt { active, candidates, ratio });
            }
        }
    }
    work.doubts = doubts;
}

/// Whether one of the active tracks may have exchanged plots, in this look or not long ago.
pub(crate) fn contested(knots: &[Knot], work: &Work, active: u32) -> bool {
    let slot = work.active[active as usize].slot;
    knots.iter().any(|knot| knot.slots.contains(&slot))
        || work.doubts.iter().any(|doubt| doubt.active.contains(&active))
}

/// After a look was taken in: new doubts begin or split knots, and knots that are decided are untied.
pub(crate) fn tie(tracker: &mut Tracker, work: &mut Work, time: Time) {
    if tracker.knots.is_empty() && (work.doubts.is_empty() || tracker.params.deferred_looks == 0) {
        return;
    }
    let id = |tracker: &Tracker, doubt: &Doubt, t: usize| {
        tracker.tracks[work.active[doubt.active[t] as usize].slot as usize].id
    };
    work.doubts.sort_unstable_by(|a, b| {
        b.ratio
            .total_cmp(&a.ratio)
            .then_with(|| (id(tracker, a, 0), id(tracker, a, 1)).cmp(&(id(tracker, b, 0), id(tracker, b, 1))))
    });
    let mut knots = core::mem::take(&mut tracker.knots);
    for doubt in &work.doubts {
        begin(tracker, work, doubt, &mut knots, time);
    }
    knots.retain_mut(|knot| !untie(tracker, knot, time));
    tracker.knots = knots;
}

fn begin(tracker: &Tracker, work: &Work, doubt: &Doubt, knots: &mut Vec<Knot>, time: Time) {
    let slots = doubt.active.map(|k| work.active[k as usize].slot);
    let tracks = slots.map(|slot| &tracker.tracks[slot as usize]);
    if tracks.iter().any(|track| !track.confirmed || is_single(&track.mu)) {
        return;
    }
    let states = [0, 1].map(|t| {
        let posterior = &work.candidates[doubt.candidates[t] as usize].posterior;
        State { models: posterior.models, mu: posterior.mu, time: tracks[t].time }
    });
    let exchanged = doubt.ratio / (1.0 + doubt.ratio);
    if let Some(knot) = knots.iter_mut().find(|knot| knot.slots.iter().any(|slot| slots.contains(slot))) {
        let [Some(a), Some(b)] = slots.map(|slot| knot.of(slot)) else { return };
        let [first, second] = states;
        let states = if a < b { [first, second] } else { [second, first] };
        knot.others.push(Reading { weight: knot.own * exchanged, states });
        knot.own *= 1.0 - exchanged;
    } else if knots.len() < MOST_KNOTS {
        let ids = tracks.map(|track| track.id);
        let others = vec![Reading { weight: exchanged, states }];
        knots.push(Knot { slots, ids, begun: time, looks: 0, own: 1.0 - exchanged, others });
    }
}

/// Forgets what says the same or is unlikely; takes the likeliest reading when it is time. Whether the knot is gone.
fn untie(tracker: &mut Tracker, knot: &mut Knot, time: Time) -> bool {
    let gone = knot.slots.iter().zip(&knot.ids).any(|(slot, id)| {
        let track = &tracker.tracks[*slot as usize];
        !tracker.hot[*slot as usize].alive || track.id != *id || is_single(&track.mu)
    });
    if gone {
        return true;
    }
    let own = knot.slots.map(|slot| State::of(&tracker.tracks[slot as usize]));
    let mut same = 0.0;
    knot.others.retain(|reading| {
        let sound = reading.states.iter().all(|state| state.models.iter().all(Gauss::is_sound));
        let told = sound && [0, 1].iter().all(|&t| is_same(tracker, &own[t], &reading.states[t]));
        if told {
            same += reading.weight;
        }
        sound && !told && reading.weight > LEAST
    });
    knot.own += same;
    knot.others.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    knot.others.truncate(MOST_READINGS - 1);
    let total = knot.own + knot.others.iter().map(|reading| reading.weight).sum::<f64>();
    knot.own /= total;
    knot.others.iter_mut().for_each(|reading| reading.weight /= total);
    let Some(best) = knot.others.first() else { return true };
    let due = knot.looks >= tracker.params.deferred_looks || time - knot.begun > LONGEST;
    if knot.own > DECIDED || (due && knot.own >= best.weight) {
        return true;
    }
    if best.weight > DECIDED || due {
        for (slot, state) in knot.slots.iter().zip(&best.states) {
            let slot = *slot as usize;
            let track = &mut tracker.tracks[slot];
            (track.models, track.mu, track.time) = (state.models, state.mu, state.time);
            track.note_state(What::Replaced, &tracker.models, &tracker.params);
            tracker.refresh(slot);
        }
        return true;
    }
    false
}

fn is_same(tracker: &Tracker, a: &State, b: &State) -> bool {
    let later = a.time.max(b.time);
    let at = |state: &State| tracker.models.extrapolate(&state.models, &state.mu, (later - state.time).s());
    crate::retire::distance2(&at(a), &at(b)) < SAME
}
