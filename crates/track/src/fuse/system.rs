//! Other people's tracks: followed by their number, never fused as if they were plots.
//!
//! Their errors are correlated with ours in an unknown way (the same radars may be behind both), so a report is taken in by inverse
//! covariance intersection (Noack et al., *Decentralized data fusion with inverse covariance intersection*, Automatica 79 (2017) 35–41), along each axis of the report by
//! itself. For one axis it is exact and short: what both know may be all that the worse one knows, so the better one alone counts. Where our own sensors see better, a report changes
//! nothing; where the other tracker does, its word replaces ours, and hearing it again adds nothing: no line of evidence counts twice. Equivalent measurements (the report
//! with its own past taken out) would need the other filter's gains, which no system track format carries.

use crate::events::TrackEvent;
use crate::gauss::{Gauss, dot, sub, sym_quad};
use crate::measure::{Measured, Rows};
use crate::tracker::Tracker;
use crate::update;
use skypicket_model::observation::{Fix, FixSource, SystemTrack};
use skypicket_model::table::Table;
use skypicket_model::{Observation, SensorId, TrackId};

/// Most numbers followed.
const MAX_NUMBERS: usize = 100_000;
/// How well another tracker's velocity is taken to be known at a birth, m/s a component. Origin: a few turns of a radar after a turn of the object.
const VELOCITY_SIGMA_M_S: f64 = 15.0;
/// Existence of an object that only another tracker confirmed, and one that it did not confirm.
const CONFIRMED: f64 = 0.97;
const TENTATIVE: f64 = 0.3;

/// Their number → our track.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    pub table: Table<(SensorId, u32), (TrackId, u32)>,
}

/// Takes one report of another tracker.
pub(crate) fn system_track(
    tracker: &mut Tracker,
    observation: &Observation,
    report: &SystemTrack,
    events: &mut Vec<TrackEvent>,
) {
    let at = observation.measured;
    let Some(index) = tracker.sensor_of(observation.sensor, &observation.report) else {
        tracker.counts.unplaced += 1;
        return;
    };
    if (tracker.now - at).s() > tracker.params.late_limit_s {
        tracker.counts.too_late += 1;
        return;
    }
    tracker.now = tracker.now.max(at);
    if let Some(sensor) = tracker.sensors.get_mut(usize::from(index)) {
        sensor.heard = Some(sensor.heard.map_or(at, |t| t.max(at)));
    }
    let key = (observation.sensor, report.number);
    if report.ended {
        // Its word counts like one missed look.
        if let Some((id, slot)) = tracker.system.table.remove(&key)
            && let Some(track) = tracker.tracks.get_mut(slot as usize).filter(|track| track.id == id)
        {
            track.existence = crate::look::missed(track.existence, CONFIRMED);
        }
        return;
    }
    let fix = Fix {
        source: FixSource::ThirdParty,
        place: report.place,
        sigma: report.sigma,
        height: report.height.map(|h| (h, tracker.params.stated_height_sigma_m * 2.0)),
        pressure: report.pressure,
        velocity_m_s: report.velocity_m_s,
        on_ground: None,
        address: report.address,
        flight_id: report.flight_id,
        squawk: report.squawk,
        local_track: None,
    };
    let params = &tracker.params;
    let Some(measured) = Measured::fix(&fix, params.assumed_height_2d_m, params.pressure_height_sigma_m) else {
        tracker.counts.unplaced += 1;
        return;
    };
    let rows = Rows {
        z: measured.z,
        rows: measured.rows,
        variance: measured.variance,
        dims: measured.dims,
        clutter: 0.0,
        unseen: 0.0,
    };
    let claims = Observation { report: skypicket_model::Report::Fix(fix), ..*observation };
    let slot = match find(tracker, key, report, observation, &rows) {
        Some(slot) => {
            intersect(tracker, slot, observation, &rows);
            slot
        }
        None => {
            let existence = if report.confirmed { CONFIRMED } else { TENTATIVE };
            let mut g = Gauss { x: rows.z, ..Gauss::default() };
            for (row, variance) in rows.rows.iter().zip(rows.variance) {
                crate::gauss::sym_add_outer(&mut g.pp, variance.max(1.0), row);
            }
            if rows.dims < 3 {
                crate::gauss::sym_add_outer(&mut g.pp, 9e6, &rows.rows[2]);
            }
            let mut track = tracker.blank(observation, observation.reality, existence, 0);
            track.models = crate::initiate::with_unknown_velocity(g, &tracker.params);
            // Nothing of ours is in it yet, so that nothing counts twice.
            if let Some((east, north)) = report.velocity_m_s {
                let stated = [Some(east), Some(north), report.vertical_m_s];
                super::fuse_velocity(&mut track.models, &mut track.mu, stated, VELOCITY_SIGMA_M_S);
            }
            match tracker.insert(track, events) {
                Some(slot) => slot,
                None => return,
            }
        }
    };
    if tracker.system.table.len() < MAX_NUMBERS {
        let id = tracker.tracks[slot].id;
        tracker.system.table.insert(key, (id, slot as u32));
    }
    let track = &mut tracker.tracks[slot];
    track.look(index, at, !report.coasting);
    if !report.coasting {
        let floor = if report.confirmed { CONFIRMED } else { TENTATIVE };
        track.existence = track.existence.max(floor);
        track.existence_time = track.existence_time.max(at);
        track.updated = track.updated.max(at);
        track.last_observation = observation.id;
    }
    super::claims_of_plot(tracker, slot, claims);
    tracker.refresh(slot);
    crate::retire::promote(tracker, slot, at, events);
}

/// Once a second: trackers that never say that a number has ended leave theirs behind; those of tracks that are gone make room.
pub(crate) fn tick(tracker: &mut Tracker) {
    if tracker.system.table.len() >= MAX_NUMBERS {
        let (tracks, hot) = (&tracker.tracks, &tracker.hot);
        tracker.system.table.retain(|_, (id, slot)| {
            hot.get(*slot as usize).is_some_and(|hot| hot.alive) && tracks[*slot as usize].id == *id
        });
    }
}

/// Our track of a number: as linked before, by address, or the nearest that fits.
fn find(
    tracker: &Tracker,
    key: (SensorId, u32),
    report: &SystemTrack,
    observation: &Observation,
    rows: &Rows,
) -> Option<usize> {
    let at = observation.measured;
    let fits = |slot: usize| {
        let (track, hot) = (&tracker.tracks[slot], &tracker.hot[slot]);
        let d = crate::gauss::sub(&rows.z, &hot.x);
        let dt_s = (at - hot.time).s();
        let bound = 20_000.0 + 400.0 * dt_s.abs();
        if !hot.alive || hot.reality != observation.reality || crate::gauss::dot(&d, &d) > bound * bound {
            return None;
        }
        let g = tracker.models.extrapolate(&track.models, &track.mu, dt_s);
        update::passes(&g, rows, 0.0, 0.0, tracker.params.gate).then(|| {
            let d = crate::gauss::sub(&rows.z, &g.x);
            crate::gauss::dot(&d, &d)
        })
    };
    if let Some((id, slot)) = tracker.system.table.get(&key)
        && let Some(track) = tracker.tracks.get(*slot as usize)
        && track.id == *id
        && fits(*slot as usize).is_some()
    {
        return Some(*slot as usize);
    }
    if let Some(address) = report.address {
        let slots = tracker.addresses.get(address, observation.reality);
        if let Some(slot) = slots.into_iter().flatten().map(|s| s as usize).find(|&s| fits(s).is_some()) {
            return Some(slot);
        }
    }
    (0..tracker.tracks.len())
        .filter(|&s| tracker.tracks[s].announced || tracker.tracks[s].confirmed)
        .filter_map(|s| fits(s).map(|d2| (d2, tracker.tracks[s].id, s)))
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
        .map(|(_, _, s)| s)
}

/// Takes the report in along each axis along which it knows more than the track.
fn intersect(tracker: &mut Tracker, slot: usize, observation: &Observation, rows: &Rows) {
    let at = observation.measured;
    let track = &mut tracker.tracks[slot];
    let dt_s = (at - track.time).s();
    if dt_s < -1.0 {
        return;
    }
    if dt_s > 0.0 {
        tracker.models.predict(&mut track.models, &mut track.mu, dt_s);
        track.time = at;
    }
    let merged = track.merged();
    if (0..rows.dims).all(|k| rows.variance[k] >= sym_quad(&merged.pp, &rows.rows[k])) {
        return;
    }
    for g in &mut track.models {
        let next = crossed(g, rows);
        if next.is_sound() {
            *g = next;
        }
    }
    track.updates = track.updates.saturating_add(1);
    track.note(at, || crate::smooth::crossed(rows), &tracker.models, &tracker.params);
}

/// Along each row the better known of the two.
pub(crate) fn crossed(g: &Gauss, rows: &Rows) -> Gauss {
    let mut g = *g;
    for (row, variance) in rows.rows.iter().zip(rows.variance).take(rows.dims) {
        let own = sym_quad(&g.pp, row);
        if variance < own {
            let innovation = dot(row, &sub(&rows.z, &g.x));
            g.condition(row, innovation, variance / own);
        }
    }
    g
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gauss::sym_add_outer;

    fn rows(east: f64, north: f64) -> Rows {
        let axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        Rows { z: [100.0, 200.0, 0.0], rows: axes, variance: [east, north, 1.0], dims: 2, clutter: 0.0, unseen: 0.0 }
    }

    #[test]
    fn along_each_axis_the_better_one_counts_and_counts_once() {
        let mut own = Gauss { vv: [1.0, 0.0, 0.0, 1.0, 0.0, 1.0], ..Gauss::default() };
        for (k, variance) in [400.0, 2500.0, 100.0].into_iter().enumerate() {
            let mut axis = [0.0; 3];
            axis[k] = 1.0;
            sym_add_outer(&mut own.pp, variance, &axis);
        }
        // The other one knows the north better and the east worse.
        let once = crossed(&own, &rows(900.0, 100.0));
        let spread = |g: &Gauss, axis: [f64; 3]| sym_quad(&g.pp, &axis);
        assert!((spread(&once, [0.0, 1.0, 0.0]) - 100.0).abs() < 1e-9 && (once.x[1] - 200.0).abs() < 1e-9);
        assert!((spread(&once, [1.0, 0.0, 0.0]) - 400.0).abs() < 1e-9 && once.x[0].abs() < 1e-9);
        assert_eq!(crossed(&once, &rows(900.0, 100.0)), once, "the same word again");
    }
}
