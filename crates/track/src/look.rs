//! One look of one sensor: gate, associate, update, and let what is unexplained give birth. The heart of the tracker.
//!
//! Each track is a Bernoulli component: it exists with a probability. A look gives, for every track, the marginal probabilities of
//! having been missed or having caused each plot; the track becomes the mixture (track-oriented marginal multi-Bernoulli/Poisson
//! filter, TOMB/P: Williams, *Marginal multi-Bernoulli filters*, IEEE T-AES 51 (2015) 1664–1687).

use crate::associate::{self, Pair};
use crate::events::TrackEvent;
use crate::gate::index::{Look, Unknown};
use crate::gate::{FEW_PLOTS, reach};
use crate::gauss::{V3, dot, sub};
use crate::measure::{Measured, Rows};
use crate::register::consider::{self, Relative};
use crate::register::is_radar;
use crate::smooth::Corrected;
use crate::state::Bernoulli;
use crate::tracker::{Tracker, Work};
use crate::update::{self, Posterior};
use skypicket_model::{Observation, Reality, Report, Span, Time};

/// The plots of the look under way.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub observations: Vec<Observation>,
    pub plots: Vec<Measured>,
}

/// A track that some plot may belong to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Active {
    pub slot: u32,
    pub first: u32,
    pub end: u32,
    pub detection: f64,
    /// The same as the sensor states it; 0 where it is no chance of its own.
    pub stated: f64,
    /// Seconds from the track's state to the look, when the look is older (negative), else 0.
    pub lag_s: f64,
}

/// A possible pair with what the track would be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub plot: u32,
    pub weight: f64,
    /// As what it was taken.
    pub rows: Rows,
    pub posterior: Posterior,
}

/// A pair whose weight is below this share of "missed" cannot matter. Origin: a hundredth of the weights that confirm or end anything.
const LEAST_WEIGHT: f64 = 1e-4;
/// Detection probability that is assumed at least when a plot is there to explain. Origin: edges of coverage are soft.
const LEAST_DETECTION: f64 = 0.02;
/// A plot within this many squared sigmas a row is taken without the spread of biases. Origin: three sigma; half of the prior is that there is no bias.
const FITS: f64 = 9.0;
/// An equal Mode S address makes a pair this much likelier, a different one this much less. Origin: undetected errors in 24 bits with parity.
const SAME_ADDRESS: f64 = 1e6;
const OTHER_ADDRESS: f64 = 1e-6;

/// Processes the gathered look. `whole`: the sensor looked at its whole volume at that moment.
pub(crate) fn process(tracker: &mut Tracker, index: u16, whole: bool, events: &mut Vec<TrackEvent>) {
    let Some(first) = tracker.frame.observations.first() else { return };
    let (time, reality) = (first.measured, first.reality);
    if is_too_late(tracker, time) {
        tracker.counts.too_late += tracker.frame.observations.len() as u64;
        return;
    }
    {
        let fallback = Span::from_s_f64(tracker.params.period_default_s).unwrap_or(Span::ZERO);
        let sensor = &mut tracker.sensors[usize::from(index)];
        let period = sensor.period.filter(|period| *period > Span::ZERO).unwrap_or(fallback);
        // Two turns without a word are an outage, not an empty sky.
        if sensor.heard.is_some_and(|heard| time - heard > period + period) {
            sensor.resumed = Some(time);
        }
        sensor.heard = Some(sensor.heard.map_or(time, |t| t.max(time)));
    }
    prepare(tracker, index, time);
    let mut work = core::mem::take(&mut tracker.work);
    gather(tracker, &mut work, index, time, reality, whole);
    crate::defer::weigh(tracker, &mut work, index, time);
    associate_all(&mut work, &tracker.tracks, tracker.frame.plots.len());
    count_false(tracker, &work.taken, index);
    apply(tracker, &mut work, index, time, whole, events);
    crate::defer::tie(tracker, &mut work, time);
    if tracker.sensors[usize::from(index)].sensor.kind == skypicket_model::SensorKind::Bearing {
        crate::initiate::rays::collect(tracker, &work.taken, index, time, reality, events);
    } else {
        crate::initiate::births(tracker, &work.taken, index, reality, events);
    }
    tracker.work = work;
}

/// What no track explains and is hardly new was false. Measured positions have no map: they come from no antenna's directions.
fn count_false(tracker: &mut Tracker, taken: &[f64], index: u16) {
    let sensor = &mut tracker.sensors[usize::from(index)];
    if tracker.frame.observations.iter().any(|observation| matches!(observation.report, Report::Fix(_))) {
        return;
    }
    for (plot, taken) in tracker.frame.plots.iter().zip(taken) {
        let false_one = (1.0 - taken).clamp(0.0, 1.0) * plot.clutter / (plot.clutter + plot.unseen).max(1e-300);
        sensor.count_false(plot.polar[0], plot.polar[1], false_one);
    }
}

/// A whole look that found nothing.
pub(crate) fn empty(tracker: &mut Tracker, index: u16, time: Time, reality: Reality, events: &mut Vec<TrackEvent>) {
    if is_too_late(tracker, time) {
        return;
    }
    tracker.frame.plots.clear();
    let mut work = core::mem::take(&mut tracker.work);
    gather(tracker, &mut work, index, time, reality, true);
    tracker.work = work;
    let _ = events;
}

fn is_too_late(tracker: &mut Tracker, time: Time) -> bool {
    tracker.now = tracker.now.max(time);
    (tracker.now - time).s() > tracker.params.late_limit_s
}

/// Turns the observations into measurements, in content order.
fn prepare(tracker: &mut Tracker, index: u16, time: Time) {
    let sensor = &tracker.sensors[usize::from(index)];
    let params = &tracker.params;
    let frame = &mut tracker.frame;
    frame.plots.clear();
    frame.observations.sort_by(in_content_order);
    for (k, observation) in frame.observations.iter().enumerate() {
        let measured = match &observation.report {
            Report::Plot(plot) if plot.detection.monitor => None,
            Report::Plot(plot) => Measured::plot(plot, sensor, params.pressure_height_sigma_m),
            Report::Bearing(bearing) => Measured::bearing(bearing, sensor),
            Report::Fix(fix) => Measured::fix(fix, params.assumed_height_2d_m, params.pressure_height_sigma_m),
            _ => None,
        };
        let Some(mut measured) = measured else {
            tracker.counts.unplaced += 1;
            continue;
        };
        measured.source = k;
        measured.offset_s = (observation.measured - time).s() - sensor.bias.time_s.bias;
        tracker.counts.plots += 1;
        let height_sigma_m =
            if measured.dims == 3 { measured.variance[2].sqrt() } else { params.assumed_height_2d_sigma_m };
        if !matches!(observation.report, Report::Bearing(_)) {
            let sigma_m = (measured.widest_variance().sqrt(), height_sigma_m);
            let visible = tracker.unseen.visible(sensor, &measured.z, sigma_m, observation.measured, &tracker.rates);
            measured.unseen = visible * if measured.dims == 2 { 5000.0 } else { 1.0 };
        }
        if let Report::Plot(plot) = &observation.report
            && plot.detection.secondary
        {
            // False replies are far rarer than false echoes. Origin: EUROCONTROL-SPEC-147, false target reports below 0.1 %.
            measured.clutter *= 0.01;
        }
        frame.plots.push(measured);
    }
}

/// Content that orders the plots of a look: where they are, then what they say.
fn in_content_order(a: &Observation, b: &Observation) -> core::cmp::Ordering {
    let ((a, a_measured, a_address), (b, b_measured, b_address)) = (order_key(a), order_key(b));
    let by_values = a.iter().zip(&b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    by_values.unwrap_or(core::cmp::Ordering::Equal).then((a_measured, a_address).cmp(&(b_measured, b_address)))
}

fn order_key(observation: &Observation) -> ([f64; 4], Time, u32) {
    match &observation.report {
        Report::Plot(p) => (
            [p.range_m, p.azimuth.rad, p.elevation.map_or(-9.0, |e| e.rad), p.pressure.map_or(-1e9, |h| h.m)],
            observation.measured,
            p.address.map_or(0, |a| a.value),
        ),
        Report::Bearing(b) => (
            [b.azimuth.rad, b.elevation.map_or(-9.0, |e| e.rad), 0.0, 0.0],
            observation.measured,
            b.address.map_or(0, |a| a.value),
        ),
        _ => ([0.0; 4], observation.measured, 0),
    }
}

/// Finds every track's possible plots; tracks that have none and should have been seen lose credit at once (whole looks).
fn gather(tracker: &mut Tracker, work: &mut Work, index: u16, time: Time, reality: Reality, whole: bool) {
    work.active.clear();
    work.candidates.clear();
    let (site, reach_m, rays) = {
        let sensor = &tracker.sensors[usize::from(index)];
        (sensor.site, sensor.range_m.1, sensor.sensor.kind == skypicket_model::SensorKind::Bearing)
    };
    work.grid.fill(&tracker.frame.plots);
    let concerned = {
        let (sensor, plots, gate) = (&tracker.sensors[usize::from(index)], &tracker.frame.plots, tracker.params.gate);
        let unknown = Unknown::of(&tracker.sensors);
        let look = Look { time, sensor, plots, gate, unknown };
        tracker.index.concerned(&look, whole, &mut work.slots).then_some(work.slots.len())
    };
    for k in 0..concerned.unwrap_or(tracker.hot.len()) {
        let slot = if concerned.is_some() { work.slots[k] as usize } else { k };
        let hot = &tracker.hot[slot];
        if !hot.alive || hot.reality != reality {
            continue;
        }
        let dt_s = (time - hot.time).s();
        let (x, spread) = reach(hot, dt_s, &tracker.models);
        let sigma_m = spread.sqrt();
        if let Some(site) = &site {
            let d = sub(&x, &site.ecef);
            let limit = reach_m + 5.0 * sigma_m;
            if dot(&d, &d) > limit * limit {
                continue;
            }
        }
        near(tracker, work, index, &x, spread, rays);
        if work.near.is_empty() && !whole {
            continue;
        }
        let height_sigma_m = (hot.height_variance + dt_s * dt_s * 25.0).sqrt();
        let sensor = &tracker.sensors[usize::from(index)];
        let mut stated = sensor.should_detect(&x, sigma_m.min(20_000.0), height_sigma_m);
        let mut detection = stated * sensor.seen_share(&x);
        if !work.near.is_empty() {
            let track = &tracker.tracks[slot];
            if seen_just_now(track, index, time, &tracker.sensors[usize::from(index)]) {
                (detection, stated) = (detection.min(LEAST_DETECTION), 0.0);
            }
            pair_up(tracker, work, index, slot, time, (detection.max(LEAST_DETECTION), stated));
        }
        let has_candidates = work.active.last().is_some_and(|a| a.slot as usize == slot);
        if whole && !has_candidates && detection > 0.0 && !tracker.sensors[usize::from(index)].demoted {
            let track = &mut tracker.tracks[slot];
            survive(track, time, tracker.params.survival_time_s);
            track.existence = missed(track.existence, detection);
            track.look(index, time, false);
            let _ = track.chance(index, stated, 0.0);
        }
    }
}

/// r(1 − p)/(1 − r·p): existence after a miss.
pub(crate) fn missed(existence: f64, detection: f64) -> f64 {
    existence * (1.0 - detection) / (1.0 - existence * detection)
}

/// Existence decays with time as objects leave the world.
pub(crate) fn survive(track: &mut Bernoulli, time: Time, survival_time_s: f64) {
    let dt_s = (time - track.existence_time).s();
    if dt_s > 0.0 {
        track.existence *= 1.0 - (dt_s / survival_time_s).min(0.5);
        track.existence_time = time;
    }
}

/// Whether this sensor detected it within the same turn of its antenna.
fn seen_just_now(track: &Bernoulli, index: u16, time: Time, sensor: &crate::sensor::Prepared) -> bool {
    let Some(period) = sensor.period else { return false };
    track.looks.iter().any(|l| l.sensor == index && l.count > 0 && (time - l.last).abs().ns() * 10 < period.ns() * 3)
}

fn near(tracker: &Tracker, work: &mut Work, index: u16, x: &V3, spread: f64, rays: bool) {
    let sensor = &tracker.sensors[usize::from(index)];
    let plots = &tracker.frame.plots;
    if rays || sensor.site.is_none() || plots.len() <= FEW_PLOTS {
        work.near.clear();
        work.near.extend(0..plots.len() as u32);
        return;
    }
    let Some(site) = &sensor.site else { return };
    work.grid.of_track(&site.local(x), spread, tracker.params.gate, &mut work.near);
}

/// Predicts the track to the look and forms its candidates; adds it to the active ones when it has any.
fn pair_up(tracker: &mut Tracker, work: &mut Work, index: u16, slot: usize, time: Time, chance: (f64, f64)) {
    let (detection, stated) = chance;
    let gate = tracker.params.gate;
    let hot = tracker.hot[slot];
    let dt_s = (time - hot.time).s();
    let (x, spread) = reach(&hot, dt_s, &tracker.models);
    let relative = Relative::new(tracker, slot, index, &x, &hot.v);
    // A second, finer look before anything expensive: each row against the isotropic bound.
    let sensor = &tracker.sensors[usize::from(index)];
    let plots = &tracker.frame.plots;
    work.near.retain(|&k| {
        plots[k as usize].rows_at(&x, sensor).is_some_and(|mut rows| {
            relative.widen(&mut rows, &plots[k as usize], &hot.v);
            let d = sub(&rows.z, &x);
            (0..rows.dims).all(|i| {
                let nu = dot(&rows.rows[i], &d);
                nu * nu <= gate * (spread + rows.variance[i])
            })
        })
    });
    if work.near.is_empty() {
        return;
    }
    let track = &mut tracker.tracks[slot];
    survive(track, time, tracker.params.survival_time_s);
    let lag_s = if dt_s < -1e-3 { dt_s } else { 0.0 };
    if lag_s == 0.0 && dt_s > 0.0 {
        tracker.models.predict(&mut track.models, &mut track.mu, dt_s);
        track.time = time;
    }
    let merged = track.merged();
    let drift = if lag_s < 0.0 { tracker.models.most_drift(lag_s, hot.wide) } else { 0.0 };
    let existence = track.existence;
    let scale = detection * existence / (1.0 - detection * existence);
    let first = work.candidates.len() as u32;
    let address = track.dossier.as_ref().and_then(|d| d.identity.address());
    let led = crate::predict::is_single(&track.mu);
    for &k in &work.near {
        let plot = &plots[k as usize];
        let Some(mut rows) = plot.rows_at(&merged.x, sensor) else { continue };
        if plot.offset_s != 0.0 {
            rows.z = crate::gauss::along(&rows.z, -plot.offset_s, &merged.v);
        }
        let broke = &track.models[crate::predict::BREAK];
        let passes = |rows: &Rows, gate: f64| {
            update::passes(&merged, rows, lag_s, drift, gate)
                || (hot.wide && update::passes(broke, rows, lag_s, drift, gate))
        };
        let fit = |rows: &Rows| {
            passes(rows, gate)
                .then(|| update::posterior(&track.models, &track.mu, rows, lag_s, &tracker.models))
                .flatten()
        };
        let mut found = fit(&rows);
        if relative.matters() && !passes(&rows, FITS) {
            // What hardly fits as if the radars were aligned may fit with what their biases may be: the likelier of the two.
            let mut wide = rows;
            relative.widen(&mut wide, plot, &merged.v);
            if let Some(mut posterior) = fit(&wide) {
                posterior.likelihood *= relative.misaligned;
                if found.as_ref().is_none_or(|narrow| narrow.likelihood < posterior.likelihood) {
                    found = Some(posterior);
                    rows = wide;
                }
            }
        }
        let Some(mut posterior) = found else { continue };
        if led {
            // Its own reports know its place better than any radar tells; the plot proves that it is there, teaches the radar's bias,
            // and must not leak that bias into the state that teaches it.
            posterior.models = track.models;
            posterior.mu = track.mu;
        }
        let mut weight = scale * posterior.likelihood / (rows.clutter + rows.unseen);
        if let Some(own) = address
            && let Some(its) = address_of(&tracker.frame.observations[plot.source])
        {
            weight *= if own == its { SAME_ADDRESS } else { OTHER_ADDRESS };
        }
        if weight > LEAST_WEIGHT {
            work.candidates.push(Candidate { plot: k, weight: weight.min(1e12), rows, posterior });
        }
    }
    let end = work.candidates.len() as u32;
    if track.time == time && lag_s == 0.0 {
        tracker.refresh(slot);
    }
    if end > first {
        work.active.push(Active { slot: slot as u32, first, end, detection, stated, lag_s });
    }
}

fn address_of(observation: &Observation) -> Option<skypicket_model::Address> {
    match &observation.report {
        Report::Plot(plot) => plot.address,
        Report::Bearing(bearing) => bearing.address,
        Report::Fix(fix) => fix.address,
        _ => None,
    }
}

fn find(parent: &mut [u32], mut k: u32) -> u32 {
    while parent[k as usize] != k {
        parent[k as usize] = parent[parent[k as usize] as usize];
        k = parent[k as usize];
    }
    k
}

/// Splits tracks and plots into clusters and fills the marginal of every candidate into its `weight`.
fn associate_all(work: &mut Work, tracks: &[Bernoulli], plots: usize) {
    let count = work.active.len();
    work.doubts.clear();
    work.taken.clear();
    work.taken.resize(plots, 0.0);
    work.parent.clear();
    work.parent.extend(0..(plots + count) as u32);
    for (k, active) in work.active.iter().enumerate() {
        for candidate in &work.candidates[active.first as usize..active.end as usize] {
            let a = find(&mut work.parent, (plots + k) as u32);
            let b = find(&mut work.parent, candidate.plot);
            work.parent[a as usize] = b;
        }
    }
    work.cluster.clear();
    for k in 0..count {
        let root = find(&mut work.parent, (plots + k) as u32);
        work.cluster.push((root, k as u32));
    }
    // Within a cluster tracks stand in the order of their ids, so that nothing outside it can change a sum's order.
    let active = &work.active;
    work.cluster.sort_unstable_by_key(|&(root, k)| (root, tracks[active[k as usize].slot as usize].id));
    let mut from = 0;
    while from < work.cluster.len() {
        let root = work.cluster[from].0;
        let to = from + work.cluster[from..].iter().take_while(|c| c.0 == root).count();
        one_cluster(work, from, to);
        from = to;
    }
}

fn one_cluster(work: &mut Work, from: usize, to: usize) {
    work.pairs.clear();
    work.local.clear();
    for (t, &(_, k)) in work.cluster[from..to].iter().enumerate() {
        let active = work.active[k as usize];
        for candidate in &work.candidates[active.first as usize..active.end as usize] {
            work.local.push(candidate.plot);
            work.pairs.push(Pair { track: t as u32, plot: candidate.plot, weight: candidate.weight });
        }
    }
    work.local.sort_unstable();
    work.local.dedup();
    for pair in &mut work.pairs {
        pair.plot = work.local.partition_point(|&plot| plot < pair.plot) as u32;
    }
    associate::marginals(&work.pairs, to - from, work.local.len(), &mut work.marginals, &mut work.scratch);
    crate::defer::doubts(work, from, to);
    let mut next = 0;
    for &(_, k) in &work.cluster[from..to] {
        let active = work.active[k as usize];
        for candidate in &mut work.candidates[active.first as usize..active.end as usize] {
            candidate.weight = work.marginals[next];
            work.taken[candidate.plot as usize] += candidate.weight;
            next += 1;
        }
    }
}

/// Turns each active track into the mixture of what may have happened to it.
fn apply(tracker: &mut Tracker, work: &mut Work, index: u16, time: Time, whole: bool, events: &mut Vec<TrackEvent>) {
    for k in 0..work.active.len() {
        let active = work.active[k];
        let slot = active.slot as usize;
        let candidates = &work.candidates[active.first as usize..active.end as usize];
        let detected: f64 = candidates.iter().map(|c| c.weight).sum::<f64>().min(1.0);
        let best = candidates.iter().fold(None, |best: Option<&Candidate>, c| match best {
            Some(b) if b.weight >= c.weight => Some(b),
            _ => Some(c),
        });
        let Some(best) = best else { continue };
        // What may turn out to be the neighbour's plot teaches nothing and names nobody.
        let contested = crate::defer::contested(&tracker.knots, work, k as u32);
        if best.weight > 0.95 && !contested {
            crate::register::pairs::paired(tracker, slot, index, best.plot as usize, active.lag_s);
        }
        let across_before = tracker.hot[slot].across;
        let track = &mut tracker.tracks[slot];
        let counts = whole && !tracker.sensors[usize::from(index)].demoted;
        let after_miss = if counts { missed(track.existence, active.detection) } else { track.existence };
        let unseen = (1.0 - detected) * after_miss;
        let existence = (detected + unseen).clamp(1e-12, 1.0 - 1e-9);
        let inv = 1.0 / (detected + unseen).max(1e-12);
        let mut hypotheses: [(f64, usize); 8] = [(0.0, 0); 8];
        let mut kept = 0;
        for (c, candidate) in candidates.iter().enumerate() {
            let share = candidate.weight * inv;
            if share > 1e-3 && kept < hypotheses.len() {
                hypotheses[kept] = (share, c);
                kept += 1;
            }
        }
        let sum: f64 = hypotheses[..kept].iter().map(|h| h.0).sum::<f64>() + unseen * inv;
        if kept > 0 && sum > 0.0 {
            if track.is_noted() {
                let sensor = &tracker.sensors[usize::from(index)];
                let shares = hypotheses[..kept].iter().map(|(share, number)| {
                    let candidate = &candidates[*number];
                    let elevated = tracker.frame.plots[candidate.plot as usize].bias_variance[2] > 0.0;
                    (
                        share / sum,
                        &candidate.rows,
                        is_radar(sensor.sensor.kind).then(|| (index, Corrected::of(sensor, elevated))),
                    )
                });
                crate::smooth::note_look(track, time, unseen * inv / sum, shares, &tracker.models, &tracker.params);
            }
            let (models, mu) = (track.models, track.mu);
            let blank = (0.0, &best.posterior);
            let mut parts = [blank; 8];
            for (part, h) in parts.iter_mut().zip(&hypotheses[..kept]) {
                *part = (h.0 / sum, &candidates[h.1].posterior);
            }
            update::mix((&models, &mu, unseen * inv / sum), &parts[..kept], &mut track.models, &mut track.mu);
        }
        track.existence = existence;
        track.existence_time = track.existence_time.max(time);
        if detected > 0.5 {
            let observation = &tracker.frame.observations[tracker.frame.plots[best.plot as usize].source];
            track.updates = track.updates.saturating_add(1);
            track.updated = track.updated.max(observation.measured);
            track.last_observation = observation.id;
            track.height_measured |= tracker.frame.plots[best.plot as usize].dims == 3;
            track.look(index, time, true);
            if best.weight > 0.8 && !contested {
                crate::fuse::claims_of_plot(tracker, slot, observation_copy(&tracker.frame, best.plot as usize));
            }
        } else {
            track.look(index, time, false);
        }
        let track = &mut tracker.tracks[slot];
        if let Some((due, seen)) = track.chance(index, active.stated, detected) {
            let sensor = &mut tracker.sensors[usize::from(index)];
            let region = sensor.region(&tracker.hot[slot].x);
            sensor.detection_map.count(region, due, seen);
        }
        let track = &mut tracker.tracks[slot];
        crate::predict::keep_above_ground(&mut track.models, &track.mu);
        if !tracker.tracks[slot].models.iter().all(crate::gauss::Gauss::is_sound) {
            crate::retire::drop_track(tracker, slot, events);
            continue;
        }
        tracker.refresh(slot);
        if !crate::predict::is_single(&tracker.tracks[slot].mu) {
            consider::updated(tracker, slot, index, tracker.hot[slot].across / across_before);
        }
        crate::retire::promote(tracker, slot, time, events);
    }
}

fn observation_copy(frame: &Frame, plot: usize) -> Observation {
    frame.observations[frame.plots[plot].source]
}
