//! Fuse: what objects and other trackers say, checked against what is measured.

pub(crate) mod addresses;
pub(crate) mod adopt;
pub(crate) mod budget;
pub(crate) mod claims;
mod contradiction;
pub(crate) mod join;
pub(crate) mod system;
pub(crate) mod unusable;

pub(crate) use claims::{claims_of_plot, mode_s};
pub(crate) use system::system_track;

use crate::events::TrackEvent;
use crate::gate::reach;
use crate::gauss::{Gauss, V3, along, dot, norm, sub, sym_add_outer};
use crate::measure::Rows;
use crate::params::MODELS;
use crate::predict::up_at;
use crate::smooth::{self, What};
use crate::tracker::Tracker;
use crate::update;
use skypicket_model::observation::{Channel, SelfPart, SelfReport, StatedPosition, StatedVelocity};
use skypicket_model::{Observation, Span, Tangent, Time};

/// Existence of an object after its first self-report: parity and plausible CPR decoding let one in twenty through wrongly.
const FIRST_EXISTENCE: f64 = 0.95;
/// … when its address was in use elsewhere at that moment.
const SECOND_EXISTENCE: f64 = 0.4;
/// A self-report that fits leaves this share of the doubt.
const DOUBT: f64 = 0.1;
/// How far self-reports may jump and still be the same object's, metres. Origin: CPR and latency, ten times 60 m.
const JUMP_M: f64 = 600.0;
/// After this many misfits in a row the address is taken from the track.
const MISFITS: u32 = 3;
/// Independent measurements this young can contradict a self-report, s.
const INDEPENDENT_S: i64 = 20;
/// While a stated velocity is this young, and a position too, the object's own word leads its filter, s.
pub(crate) const VELOCITY_S: i64 = 5;

/// Takes one part of an object's statement about itself.
pub(crate) fn self_report(
    tracker: &mut Tracker,
    observation: &Observation,
    report: &SelfReport,
    events: &mut Vec<TrackEvent>,
) {
    let at = observation.measured;
    if at > tracker.now {
        tracker.now = at;
    } else if (tracker.now - at).s() > tracker.params.late_limit_s {
        tracker.counts.too_late += 1;
        return;
    }
    if matches!(report.part, SelfPart::Position(_) | SelfPart::Velocity(_))
        && tracker.is_unusable(report.address, observation.reality)
    {
        unusable::heard(tracker, report.address, observation);
        return;
    }
    match &report.part {
        SelfPart::Position(position) => self::position(tracker, observation, report, position, events),
        SelfPart::Velocity(velocity) => self::velocity(tracker, observation, report, velocity),
        SelfPart::Identity { flight_id, category } => {
            if let Some(slot) = tracker.addresses.first(report.address, observation.reality) {
                claims::identity(tracker, slot as usize, observation, *flight_id, *category);
            }
        }
        SelfPart::Status(status) => {
            if let Some(slot) = tracker.addresses.first(report.address, observation.reality) {
                claims::status(tracker, slot as usize, observation, status);
            }
        }
        SelfPart::Target(_) | SelfPart::NoPosition => {}
    }
}

/// What the address' tracks make of a stated position.
enum Fit {
    /// This track's.
    Track(usize),
    /// There is such a track, but the position is not where it can be.
    Misfit(usize),
    /// No track answers for the address.
    None,
}

fn position(
    tracker: &mut Tracker,
    observation: &Observation,
    report: &SelfReport,
    position: &StatedPosition,
    events: &mut Vec<TrackEvent>,
) {
    if !(position.place.lat_deg.is_finite() && position.place.lon_deg.is_finite()) {
        tracker.counts.unplaced += 1;
        return;
    }
    let at = observation.measured;
    let slots = tracker.addresses.get(report.address, observation.reality);
    // The cheap way: the track of this address had a report fused a moment ago; this one counts as evidence.
    let interval = Span::from_s_f64(tracker.params.self_report_interval_s).unwrap_or(Span::ZERO);
    if let [Some(slot), None] = slots {
        let track = &mut tracker.tracks[slot as usize];
        if let Some(d) = track.dossier.as_mut()
            && d.fused.is_some_and(|last| at >= last && at - last < interval)
            && d.misfits == 0
        {
            if let Some((_, last, count)) = d.reports.as_mut() {
                *last = (*last).max(at);
                *count = count.saturating_add(1);
            }
            track.last_observation = observation.id;
            tracker.counts.self_reports_thinned += 1;
            return;
        }
    }
    let z = measured_place(tracker, slots, position);
    let sigma_m = position.sigma_m.max(tracker.params.self_report_floor_m);
    match best_fit(tracker, slots, &z.x, at, sigma_m) {
        Fit::Track(slot) => {
            tracker.budgets.heard(observation.sensor.feed, at);
            fuse_position(tracker, slot, observation, position, &z, sigma_m);
            claims::placed(tracker, slot, observation, report, position);
            crate::retire::promote(tracker, slot, at, events);
        }
        Fit::Misfit(slot) => misfit(tracker, slot, slots, observation, report, position, &z, sigma_m, events),
        Fit::None => {
            newcomer(tracker, observation, report, position, &z, sigma_m, FIRST_EXISTENCE, events);
        }
    }
}

/// A stated place in ECEF with local axes and the variance of its height.
struct Stated {
    x: V3,
    axes: [V3; 3],
    height_variance: f64,
    has_height: bool,
}

fn measured_place(tracker: &Tracker, slots: [Option<u32>; 2], position: &StatedPosition) -> Stated {
    let params = &tracker.params;
    let known = slots[0].map(|slot| crate::predict::height_at(&tracker.hot[slot as usize].x));
    let (height_m, sigma_m, has_height) = match (position.height, position.pressure) {
        (Some(h), _) if h.m.is_finite() => (h.m, params.stated_height_sigma_m, true),
        (_, Some(p)) if p.m.is_finite() => (p.m, params.pressure_height_sigma_m, true),
        _ => (known.unwrap_or(if position.on_ground { 150.0 } else { params.assumed_height_2d_m }), 3000.0, false),
    };
    let frame = Tangent::new(position.place.at_height(height_m));
    let o = frame.origin_ecef();
    Stated { x: [o.x, o.y, o.z], axes: frame.rotation(), height_variance: sigma_m * sigma_m, has_height }
}

fn best_fit(tracker: &Tracker, slots: [Option<u32>; 2], z: &V3, at: Time, sigma_m: f64) -> Fit {
    let mut nearest: Option<(f64, usize, bool)> = None;
    for slot in slots.into_iter().flatten() {
        let slot = slot as usize;
        let hot = &tracker.hot[slot];
        let dt_s = (at - hot.time).s();
        let (x, spread) = reach(hot, dt_s, &tracker.models);
        let up = up_at(z);
        let d = sub(z, &x);
        let level = along(&d, -dot(&d, &up), &up);
        let distance = norm(&level);
        // What others measured decides by statistics; the object's own word alone only by plausible motion.
        let independent = measured_lately(tracker, slot, at);
        let k = tracker.params.contradiction_sigma;
        let limit = if independent {
            k * (spread + sigma_m * sigma_m).sqrt() + 2.0 * sigma_m
        } else {
            k * (spread + sigma_m * sigma_m).sqrt() + JUMP_M + 20.0 * dt_s.abs()
        };
        if nearest.is_none_or(|n| distance < n.0) {
            nearest = Some((distance, slot, distance <= limit));
        }
    }
    match nearest {
        None => Fit::None,
        Some((_, slot, true)) => Fit::Track(slot),
        Some((_, slot, false)) => Fit::Misfit(slot),
    }
}

/// Whether a sensor that measures by itself supported the track lately.
fn measured_lately(tracker: &Tracker, slot: usize, at: Time) -> bool {
    let since = at - Span::from_s(INDEPENDENT_S);
    tracker.tracks[slot].looks.iter().any(|l| l.count >= 2 && l.last >= since)
}

fn fuse_position(
    tracker: &mut Tracker,
    slot: usize,
    observation: &Observation,
    position: &StatedPosition,
    z: &Stated,
    sigma_m: f64,
) {
    let at = observation.measured;
    let variance = sigma_m * sigma_m;
    let rows = Rows {
        z: z.x,
        rows: z.axes,
        variance: [variance, variance, z.height_variance],
        dims: if z.has_height { 3 } else { 2 },
        clutter: 0.0,
        unseen: 0.0,
    };
    apply_rows(tracker, slot, at, &rows);
    let survival = tracker.params.survival_time_s;
    let measured = measured_lately(tracker, slot, at);
    let track = &mut tracker.tracks[slot];
    crate::look::survive(track, at, survival);
    track.existence = (1.0 - (1.0 - track.existence) * DOUBT).min(1.0 - 1e-9);
    track.updates = track.updates.saturating_add(1);
    track.updated = track.updated.max(at);
    track.last_observation = observation.id;
    let d = track.dossier_mut();
    d.fused = Some(at);
    contradiction::fitted(d, at, measured);
    let reports_velocity = d.velocity.is_some_and(|(_, _, last)| (at - last).abs() < Span::from_s(VELOCITY_S));
    if reports_velocity && !crate::predict::is_single(&track.mu) {
        track.make_single();
        track.note(at, || What::Single, &tracker.models, &tracker.params);
    }
    let d = track.dossier_mut();
    d.on_ground = position.on_ground;
    tracker.counts.self_reports += 1;
    crate::register::consider::reported(tracker, slot);
    tracker.refresh(slot);
}

/// Predicts a track to a moment and updates it by rows; a statement in the past updates it backwards.
pub(crate) fn apply_rows(tracker: &mut Tracker, slot: usize, at: Time, rows: &Rows) {
    let track = &mut tracker.tracks[slot];
    let dt_s = (at - track.time).s();
    let lag_s = if dt_s < -1e-3 { dt_s } else { 0.0 };
    if dt_s > 0.0 {
        tracker.models.predict(&mut track.models, &mut track.mu, dt_s);
        track.time = at;
    }
    match update::posterior(&track.models, &track.mu, rows, lag_s, &tracker.models) {
        Some(posterior) => {
            track.models = posterior.models;
            track.mu = posterior.mu;
            track.note(at, || smooth::place(rows), &tracker.models, &tracker.params);
        }
        // It passed the gate, yet no model expects it: the filter starts again from the statement, with unknown velocity.
        None => {
            let mut g = Gauss { x: rows.z, v: track.merged().v, ..Gauss::default() };
            for (row, variance) in rows.rows.iter().zip(&rows.variance) {
                sym_add_outer(&mut g.pp, variance.max(1.0), row);
            }
            if rows.dims < 3 {
                sym_add_outer(&mut g.pp, 9e6, &rows.rows[2]);
            }
            track.models = crate::initiate::with_unknown_velocity(g, &tracker.params);
            track.mu = crate::predict::INITIAL;
            track.note_state(What::Restarted, &tracker.models, &tracker.params);
        }
    }
}

/// A stated position that the address' track cannot have: contradicted by a measurement, or a second user of the address.
#[expect(clippy::too_many_arguments, reason = "one call, and all of it is one statement with its context")]
fn misfit(
    tracker: &mut Tracker,
    slot: usize,
    slots: [Option<u32>; 2],
    observation: &Observation,
    report: &SelfReport,
    position: &StatedPosition,
    z: &Stated,
    sigma_m: f64,
    events: &mut Vec<TrackEvent>,
) {
    tracker.counts.misfits += 1;
    let at = observation.measured;
    let independent = measured_lately(tracker, slot, at);
    let track = &mut tracker.tracks[slot];
    let (id, reality) = (track.id, track.reality);
    let d = track.dossier_mut();
    contradiction::misfit(d);
    if independent {
        if contradiction::begins(d, at) {
            events.push(TrackEvent::Contradicted(id));
        }
        if d.misfits < MISFITS {
            return;
        }
        // The measured object keeps its track and the contradicted claim; the statement goes its own way.
        d.address = None;
        d.misfits = 0;
        tracker.addresses.remove(report.address, reality, slot as u32);
        if let Some(other) = newcomer(tracker, observation, report, position, z, sigma_m, SECOND_EXISTENCE, events) {
            tracker.tracks[other].dossier_mut().identity.contradicted_since = Some(at);
        }
    } else if slots[1].is_none() {
        newcomer(tracker, observation, report, position, z, sigma_m, SECOND_EXISTENCE, events);
    }
}

/// The first position of an address here: an object that a sensor holds already, or a new one.
#[expect(clippy::too_many_arguments, reason = "one call, and all of it is one statement with its context")]
fn newcomer(
    tracker: &mut Tracker,
    observation: &Observation,
    report: &SelfReport,
    position: &StatedPosition,
    z: &Stated,
    sigma_m: f64,
    existence: f64,
    events: &mut Vec<TrackEvent>,
) -> Option<usize> {
    let at = observation.measured;
    // A ground system's picture of the traffic, and network relays of unknown path, are weaker words.
    let existence = match report.channel {
        Channel::AdsB | Channel::AdsR | Channel::RemoteId => existence,
        Channel::TisB | Channel::Network => existence.min(0.6),
    };
    if tracker.budgets.waits(report.address, observation.reality, at) {
        tracker.counts.over_budget += 1;
        return None;
    }
    if let Some(slot) = unnamed(tracker, observation, z, sigma_m) {
        fuse_position(tracker, slot, observation, position, z, sigma_m);
        name(tracker, slot, report, observation);
        claims::placed(tracker, slot, observation, report, position);
        crate::retire::promote(tracker, slot, at, events);
        return Some(slot);
    }
    let feed = observation.sensor.feed;
    if !tracker.budgets.may_begin(feed, report.address, observation.reality, at, &tracker.params) {
        tracker.counts.over_budget += 1;
        events.push(TrackEvent::OverBudget(observation.sensor));
        return None;
    }
    let mut g = Gauss { x: z.x, ..Gauss::default() };
    for (row, variance) in z.axes.iter().zip([sigma_m * sigma_m, sigma_m * sigma_m, z.height_variance]) {
        sym_add_outer(&mut g.pp, variance, row);
    }
    let mut track = tracker.blank(observation, observation.reality, existence, 0);
    track.models = crate::initiate::with_unknown_velocity(g, &tracker.params);
    let d = track.dossier_mut();
    (d.fused, d.begun_by) = (Some(at), Some(feed));
    let Some(slot) = tracker.insert(track, events) else {
        tracker.budgets.ended(feed);
        return None;
    };
    tracker.counts.self_reports += 1;
    name(tracker, slot, report, observation);
    claims::placed(tracker, slot, observation, report, position);
    crate::retire::promote(tracker, slot, at, events);
    Some(slot)
}

fn name(tracker: &mut Tracker, slot: usize, report: &SelfReport, observation: &Observation) {
    tracker.tracks[slot].dossier_mut().address = Some(report.address);
    tracker.addresses.add(report.address, observation.reality, slot as u32);
}

/// The track without an address that most likely is the object at a stated place, if that is likelier than a new object.
fn unnamed(tracker: &Tracker, observation: &Observation, z: &Stated, sigma_m: f64) -> Option<usize> {
    let at = observation.measured;
    let mut best: Option<(f64, usize)> = None;
    for slot in 0..tracker.hot.len() {
        let hot = &tracker.hot[slot];
        if !hot.alive || hot.reality != observation.reality {
            continue;
        }
        let d = sub(&z.x, &hot.x);
        let dt_s = (at - hot.time).s();
        // 400 m/s and ten kilometres bound what any track near here can be.
        let bound = 10_000.0 + 400.0 * dt_s.abs();
        if dot(&d, &d) > bound * bound {
            continue;
        }
        let track = &tracker.tracks[slot];
        if track.dossier.as_ref().is_some_and(|d| d.address.is_some()) || track.updates < 2 {
            continue;
        }
        let g = tracker.models.extrapolate(&track.models, &track.mu, dt_s);
        let rows = Rows {
            z: z.x,
            rows: z.axes,
            variance: [sigma_m * sigma_m, sigma_m * sigma_m, z.height_variance],
            dims: if z.has_height { 3 } else { 2 },
            clutter: 0.0,
            unseen: 0.0,
        };
        if !update::passes(&g, &rows, 0.0, 0.0, tracker.params.gate) {
            continue;
        }
        let Some(post) = update::posterior(&[g; MODELS], &[1.0 / MODELS as f64; MODELS], &rows, 0.0, &tracker.models)
        else {
            continue;
        };
        let weight = track.existence * post.likelihood;
        if best.is_none_or(|(w, s)| weight > w || (weight >= w && track.id < tracker.tracks[s].id)) {
            best = Some((weight, slot));
        }
    }
    let per_m3 = (tracker.params.unseen_low_per_1000_km2 + tracker.params.unseen_high_per_1000_km2) / 1e9 / 13_500.0;
    let other = if z.has_height { per_m3 } else { per_m3 * 5000.0 };
    best.filter(|(weight, _)| *weight > other).map(|(_, slot)| slot)
}

/// A stated velocity: kept, and fused when none was fused lately.
fn velocity(tracker: &mut Tracker, observation: &Observation, report: &SelfReport, stated: &StatedVelocity) {
    let Some(slot) = tracker.addresses.first(report.address, observation.reality) else { return };
    let slot = slot as usize;
    let at = observation.measured;
    let interval = Span::from_s_f64(tracker.params.self_report_interval_s).unwrap_or(Span::ZERO);
    let (Some(east), Some(north)) = (stated.east_m_s, stated.north_m_s) else { return };
    if !(east.is_finite() && north.is_finite() && east.abs() < 1500.0 && north.abs() < 1500.0) {
        return;
    }
    let default_sigma = tracker.params.stated_velocity_sigma_m_s;
    let track = &mut tracker.tracks[slot];
    let d = track.dossier_mut();
    if d.misfits > 0 || d.velocity.is_some_and(|(_, _, last)| at >= last && at - last < interval) {
        return;
    }
    // Only beside a position of the same object that fitted: a velocity alone cannot be checked.
    if d.fused.is_none_or(|last| (at - last).abs() > Span::from_s(5)) {
        return;
    }
    let sigma = if stated.sigma_m_s > 0.0 && stated.sigma_m_s.is_finite() { stated.sigma_m_s } else { default_sigma };
    let vertical = stated.vertical_m_s.filter(|v| v.is_finite() && v.abs() < 200.0);
    d.velocity = Some(([east, north, vertical.unwrap_or(0.0)], sigma, at));
    let dt_s = (at - track.time).s();
    if dt_s < -1.0 {
        return;
    }
    if dt_s > 0.0 {
        tracker.models.predict(&mut track.models, &mut track.mu, dt_s);
        track.time = at;
    }
    let stated = [Some(east), Some(north), vertical];
    fuse_velocity(&mut track.models, &mut track.mu, stated, sigma);
    track.note(at, || What::Velocity(stated, sigma), &tracker.models, &tracker.params);
    if !track.models.iter().all(Gauss::is_sound) {
        return;
    }
    tracker.refresh(slot);
}

pub(crate) fn fuse_velocity(
    models: &mut [Gauss; MODELS],
    mu: &mut [f64; MODELS],
    stated: [Option<f64>; 3],
    sigma: f64,
) {
    let up = up_at(&models[crate::predict::FREE].x);
    let h = skypicket_model::math::hypot(up[0], up[1]).max(1e-9);
    let east = [-up[1] / h, up[0] / h, 0.0];
    let axes = [east, crate::gauss::cross(&up, &east), up];
    let mut log = [0.0; MODELS];
    for ((g, log), p) in models.iter_mut().zip(&mut log).zip(mu.iter()) {
        if *p <= 0.0 {
            continue;
        }
        for (axis, value) in axes.iter().zip(stated) {
            let Some(value) = value else { continue };
            let innovation = value - dot(axis, &g.v);
            let (d2, s) = update::update_velocity(g, axis, innovation, sigma * sigma);
            *log -= 0.5 * (d2 + skypicket_model::math::ln(s));
        }
    }
    if crate::predict::is_single(mu) {
        return;
    }
    let most = log.iter().copied().fold(f64::MIN, f64::max);
    let mut total = 0.0;
    for (p, log) in mu.iter_mut().zip(log) {
        *p = (*p * skypicket_model::math::exp((log - most).max(-60.0))).max(1e-4);
        total += *p;
    }
    for p in mu.iter_mut() {
        *p /= total;
    }
}
