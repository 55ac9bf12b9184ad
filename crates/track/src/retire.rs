//! Retire: confirm what surely exists, end what does not, merge what is one object, all by existence probability.

use crate::events::TrackEvent;
use crate::gauss::{along, norm, sub};
use crate::look::{missed, survive};
use crate::smooth::What;
use crate::tracker::Tracker;
use skypicket_model::{Span, Time, TrackEnd, TrackStatus};

/// Two tracks nearer than this may be one object. Origin: the sum of two radars' unremoved biases at 100 km.
const MERGE_RADIUS_M: f64 = 1000.0;
/// … when their difference in place and velocity is within this squared distance. Origin: chi-square, six degrees of freedom, 0.95.
const MERGE_GATE: f64 = 12.6;
/// … and no look detected both within this time.
const APART_S: f64 = 60.0;
/// A chance to be seen counts as missed when it is overdue by this share of the period. Origin: antenna speeds vary by 10 %.
const OVERDUE: f64 = 1.3;
/// Probability that a self-reporting object is heard at least once in the silence that counts. Origin: receivers at their edge hear a
/// few messages in ten seconds of the two a second that are sent.
const SILENCE: f64 = 0.7;

/// Moves a track to the status that its existence deserves and tells of it.
pub(crate) fn promote(tracker: &mut Tracker, slot: usize, at: Time, events: &mut Vec<TrackEvent>) {
    let worth = crate::report::worth(tracker, slot, at);
    let params = &tracker.params;
    let track = &mut tracker.tracks[slot];
    if !track.announced && track.existence >= params.tentative_existence {
        track.announced = true;
        events.push(TrackEvent::Born(track.id));
    }
    if track.existence >= params.confirm_existence && worth {
        if !track.confirmed {
            track.confirmed = true;
            events.push(TrackEvent::Confirmed(track.id));
        }
        track.status = TrackStatus::Confirmed;
    }
}

/// Once a second.
pub(crate) fn tick(tracker: &mut Tracker, now: Time, events: &mut Vec<TrackEvent>) {
    let adrift_m2 = tracker.params.forget_radius_m * tracker.params.forget_radius_m;
    for slot in 0..tracker.tracks.len() {
        if !tracker.hot[slot].alive {
            continue;
        }
        overdue(tracker, slot, now);
        led_no_more(tracker, slot, now);
        let params = &tracker.params;
        let track = &mut tracker.tracks[slot];
        survive(track, now, params.survival_time_s);
        let floor = if track.confirmed { params.end_existence } else { params.forget_existence };
        let lost = tracker.hot[slot].time + Span::from_s_f64(params.late_limit_s).unwrap_or(Span::ZERO) < now;
        let adrift = !track.confirmed && crate::report::spread(&tracker.hot[slot], now) > adrift_m2;
        if track.existence < floor || adrift || (lost && !crate::report::worth(tracker, slot, now)) {
            end(tracker, slot, TrackEnd::NotObserved, events);
            continue;
        }
        let silent = Span::from_s_f64(tracker.params.coasting_after_s).unwrap_or(Span::ZERO);
        let track = &mut tracker.tracks[slot];
        if track.confirmed && track.updated + silent < now {
            track.status = TrackStatus::Coasting;
        }
    }
    turn_without_marker(tracker, now);
    merge_all(tracker, now, events);
}

/// Sensors that report as they turn: a track that each turn should have shown and did not loses credit. So does one whose own reports
/// stay away.
fn overdue(tracker: &mut Tracker, slot: usize, now: Time) {
    for k in 0..tracker.tracks[slot].looks.len() {
        let look = tracker.tracks[slot].looks[k];
        let Some(sensor) = tracker.sensors.get(usize::from(look.sensor)) else { continue };
        if sensor.whole_looks || sensor.demoted {
            continue;
        }
        let fallback = Span::from_s_f64(tracker.params.period_default_s).unwrap_or(Span::ZERO);
        let period = sensor.period.filter(|p| *p > Span::ZERO).unwrap_or(fallback);
        let due = look.chance + Span::from_ns((period.ns() as f64 * OVERDUE) as i64);
        // A sensor that is silent altogether has not looked.
        if now < due || sensor.heard.is_none_or(|t| t <= look.chance) {
            continue;
        }
        // Nor had one that was silent since this track's last chance and speaks again: the next chance counts from then.
        if let Some(resumed) = sensor.resumed.filter(|resumed| *resumed > look.chance) {
            tracker.tracks[slot].look(look.sensor, resumed, false);
            continue;
        }
        let hot = &tracker.hot[slot];
        let (x, spread) = crate::gate::reach(hot, (now - hot.time).s(), &tracker.models);
        let stated = sensor.should_detect(&x, spread.sqrt(), hot.height_variance.sqrt());
        let detection = stated * sensor.seen_share(&x);
        let track = &mut tracker.tracks[slot];
        track.existence = missed(track.existence, detection);
        track.look(look.sensor, look.chance + period, false);
        let _ = track.chance(look.sensor, stated, 0.0);
    }
    let silence = Span::from_s_f64(tracker.params.self_report_silence_s).unwrap_or(Span::from_s(10));
    let track = &mut tracker.tracks[slot];
    if let Some(d) = track.dossier.as_mut()
        && let Some(last) = crate::fuse::unusable::last_heard(d)
        && now - d.silent_since.map_or(last, |t| t.max(last)) >= silence
    {
        d.silent_since = Some(now);
        track.existence = missed(track.existence, SILENCE);
    }
}

/// A track that its own reports led and lead no more is followed by all models again.
fn led_no_more(tracker: &mut Tracker, slot: usize, now: Time) {
    let track = &mut tracker.tracks[slot];
    let limit = Span::from_s(crate::fuse::VELOCITY_S + 1);
    if let Some(d) = &track.dossier
        && d.fused.is_some_and(|last| now - last > limit)
        && crate::predict::is_single(&track.mu)
    {
        track.make_many();
        track.note(track.time, || What::Many, &tracker.models, &tracker.params);
    }
}

/// The unseen field of radars that send plots as they turn and no north markers.
fn turn_without_marker(tracker: &mut Tracker, now: Time) {
    let fallback = Span::from_s_f64(tracker.params.period_default_s).unwrap_or(Span::ZERO);
    for index in 0..tracker.sensors.len() {
        let sensor = &mut tracker.sensors[index];
        let Some(heard) = sensor.heard else { continue };
        let period = sensor.period.filter(|p| *p > Span::ZERO).unwrap_or(fallback);
        // A post's last look is its last bearing: its turns are counted by the clock, as it listens all the time.
        let post = sensor.sensor.kind == skypicket_model::SensorKind::Bearing;
        let last = if post { sensor.counted } else { sensor.last_look };
        if sensor.whole_looks || last.is_some_and(|t| t + period > now) || heard + period < now {
            continue;
        }
        if post {
            sensor.counted = Some(now);
            sensor.turned();
            continue;
        }
        sensor.last_look = Some(now);
        sensor.turned();
        tracker.unseen.looked(&tracker.sensors[index], now, &tracker.rates);
    }
}

pub(crate) fn end(tracker: &mut Tracker, slot: usize, why: TrackEnd, events: &mut Vec<TrackEvent>) {
    let track = &tracker.tracks[slot];
    if track.announced {
        events.push(TrackEvent::Ended(track.id, why));
    }
    tracker.remove(slot);
}

/// Ends a track whose filter broke: a defect contained.
pub(crate) fn drop_track(tracker: &mut Tracker, slot: usize, events: &mut Vec<TrackEvent>) {
    end(tracker, slot, TrackEnd::NotObserved, events);
}

/// Makes room by ending the least certain track, if it is less certain than the newcomer.
pub(crate) fn evict(tracker: &mut Tracker, existence: f64, events: &mut Vec<TrackEvent>) -> bool {
    let least = (0..tracker.tracks.len()).filter(|&slot| tracker.hot[slot].alive).min_by(|&a, &b| {
        let (a, b) = (&tracker.tracks[a], &tracker.tracks[b]);
        a.existence.total_cmp(&b.existence).then(a.id.cmp(&b.id))
    });
    match least {
        Some(slot) if tracker.tracks[slot].existence < existence => {
            end(tracker, slot, TrackEnd::Evicted, events);
            true
        }
        _ => false,
    }
}

/// Merges pairs of tracks that are one object.
fn merge_all(tracker: &mut Tracker, now: Time, events: &mut Vec<TrackEvent>) {
    let place = |tracker: &Tracker, slot: usize| {
        let hot = &tracker.hot[slot];
        along(&hot.x, (now - hot.time).s(), &hot.v)
    };
    let mut order: Vec<(crate::gauss::V3, u32)> = (0..tracker.hot.len())
        .filter(|&slot| tracker.hot[slot].alive && tracker.tracks[slot].existence > 0.05)
        .map(|slot| (place(tracker, slot), slot as u32))
        .collect();
    order.sort_by(|a, b| a.0[0].total_cmp(&b.0[0]).then(a.1.cmp(&b.1)));
    for i in 0..order.len() {
        for j in i + 1..order.len() {
            if order[j].0[0] - order[i].0[0] > MERGE_RADIUS_M {
                break;
            }
            // Most are beside each other by the first axis only: told without touching the tracks.
            let apart = |axis: usize| (order[j].0[axis] - order[i].0[axis]).abs() > MERGE_RADIUS_M + 1.0;
            if apart(1) || apart(2) {
                continue;
            }
            let (a, b) = (order[i].1 as usize, order[j].1 as usize);
            if tracker.hot[a].alive && tracker.hot[b].alive && is_one(tracker, a, b, now) {
                merge(tracker, a, b, now, events);
                for k in [i, j] {
                    let slot = order[k].1 as usize;
                    if tracker.hot[slot].alive {
                        let [_, y, z] = place(tracker, slot);
                        (order[k].0[1], order[k].0[2]) = (y, z);
                    }
                }
            }
        }
    }
}

fn is_one(tracker: &Tracker, a: usize, b: usize, now: Time) -> bool {
    let (ha, hb) = (&tracker.hot[a], &tracker.hot[b]);
    if ha.reality != hb.reality {
        return false;
    }
    let (dta, dtb) = ((now - ha.time).s(), (now - hb.time).s());
    let d = sub(&along(&ha.x, dta, &ha.v), &along(&hb.x, dtb, &hb.v));
    if norm(&d) > MERGE_RADIUS_M {
        return false;
    }
    let (ta, tb) = (&tracker.tracks[a], &tracker.tracks[b]);
    let address = |k: usize| tracker.tracks[k].dossier.as_ref().and_then(|d| d.identity.address());
    if let (Some(x), Some(y)) = (address(a), address(b))
        && x != y
    {
        return false;
    }
    let apart = Span::from_s_f64(APART_S).unwrap_or(Span::ZERO);
    // Of a track that may not exist only the last detection counts: several that compete for one object share its plots.
    let sure = ta.existence * tb.existence > 0.5;
    let both = ta.looks.iter().any(|l| tb.looks.iter().any(|m| l.shared_since(m, now - apart, sure)));
    if both {
        return false;
    }
    let (mut ga, gb) =
        (tracker.models.extrapolate(&ta.models, &ta.mu, dta), tracker.models.extrapolate(&tb.models, &tb.mu, dtb));
    let (x, v) = (ga.x, ga.v);
    crate::register::consider::add_between(tracker, a, b, &x, &v, &mut ga.pp);
    distance2(&ga, &gb) < MERGE_GATE
}

/// Squared distance of two states by the sum of their covariances, as scalar updates in turn.
pub(crate) fn distance2(a: &crate::gauss::Gauss, b: &crate::gauss::Gauss) -> f64 {
    let mut sum = *a;
    for (own, its) in sum.pp.iter_mut().zip(&b.pp) {
        *own += its;
    }
    for (own, its) in sum.vv.iter_mut().zip(&b.vv) {
        *own += its;
    }
    for (own, its) in sum.pv.iter_mut().zip(&b.pv) {
        *own = crate::gauss::add(own, its);
    }
    let axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let mut d2 = 0.0;
    for axis in &axes {
        let nu = crate::gauss::dot(axis, &sub(&b.x, &sum.x));
        d2 += sum.update_position(axis, nu, 1.0).0;
    }
    for axis in &axes {
        let nu = crate::gauss::dot(axis, &sub(&b.v, &sum.v));
        d2 += crate::update::update_velocity(&mut sum, axis, nu, 0.01).0;
    }
    d2
}

/// The older confirmed one goes on (or the one with more updates), with the better state.
pub(crate) fn merge(tracker: &mut Tracker, a: usize, b: usize, now: Time, events: &mut Vec<TrackEvent>) {
    let rank = |k: usize| {
        let t = &tracker.tracks[k];
        (!t.confirmed, t.born, t.id)
    };
    let (keep, gone) = if rank(a) <= rank(b) { (a, b) } else { (b, a) };
    let other = tracker.tracks[gone].clone();
    let into = tracker.tracks[keep].id;
    let address = other.dossier.as_ref().and_then(|d| d.address);
    let better = tracker.hot[gone].pp < tracker.hot[keep].pp && other.time >= tracker.tracks[keep].time;
    end(tracker, gone, TrackEnd::Merged { into }, events);
    let track = &mut tracker.tracks[keep];
    track.existence = 1.0 - (1.0 - track.existence) * (1.0 - other.existence);
    if better {
        track.models = other.models;
        track.mu = other.mu;
        track.time = other.time;
        track.note_state(What::Replaced, &tracker.models, &tracker.params);
    }
    track.updates = track.updates.saturating_add(other.updates);
    track.updated = track.updated.max(other.updated);
    for look in &other.looks {
        track.look(look.sensor, look.last, true);
    }
    if better {
        // Its state, so its radars' biases.
        for look in &mut track.looks {
            look.share = other.looks.iter().find(|its| its.sensor == look.sensor).map_or(0.0, |its| its.share);
        }
    }
    track.dossier = crate::fuse::join::join(track.dossier.take(), other.dossier);
    if let Some(address) = address.filter(|address| track.dossier.as_ref().and_then(|d| d.address) == Some(*address)) {
        let reality = track.reality;
        tracker.addresses.add(address, reality, keep as u32);
    }
    tracker.refresh(keep);
    promote(tracker, keep, now, events);
}
