//! Pairs: what two statements about one object at one moment tell of a radar's biases.

use crate::gauss::{S3, V3, add, along, norm, scale, sub, sym_add_identity, sym_add_outer};
use crate::measure::Measured;
use crate::predict::is_single;
use crate::register::equation::{Effect, Equation};
use crate::register::{is_radar, prior_sigma};
use crate::sensor::Prepared;
use crate::tracker::Tracker;
use skypicket_model::{SensorKind, Span, Time};

/// A track takes part while its last self-report is this young, s.
const REPORT_AGE_S: f64 = 4.0;
/// Nearer than this an angle's bias is hidden by the size of the object and of the antenna's offset, m.
const LEAST_RANGE_M: f64 = 5000.0;
/// Two plots of one radar that enclose another's are at most this far apart, s. Origin: one turn of the slowest radars.
const MOST_GAP_S: f64 = 15.0;
/// Acceleration between the two, 1-sigma, m/s². Origin: a gentle turn, 20° of bank; sharper ones fall out at the gate.
const ACCELERATION_M_S2: f64 = 3.0;
/// 1-sigma of the velocity by which a late plot is compared with a newer state, m/s. Origin: a second of a standard turn.
const LATE_M_S: f64 = 5.0;
/// Sightings of this age still tell that a radar sees the object, s.
const SIGHT_AGE_S: i64 = 30;
/// Most sightings that a track keeps: two each of eight radars.
const MAX_SIGHTINGS: usize = 16;
/// A plot without height takes part when the object's height is known this well: 300 m.
const MOST_HEIGHT_VARIANCE_M2: f64 = 9e4;
/// Variance of an axis that is not measured, m²: 100 km.
const UNKNOWN: f64 = 1e10;

/// A plot of a track that surely was its own, uncorrected for bias.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sighting {
    /// Index of the sensor.
    pub sensor: u16,
    pub at: Time,
    /// Place, ECEF.
    pub place: V3,
    /// Variance along range, azimuth, elevation, m².
    pub variance: V3,
}
skypicket_model::canon_struct!(Sighting { sensor, at, place, variance });

/// Takes a plot that surely belongs to a track: it teaches its radar.
pub(crate) fn paired(tracker: &mut Tracker, slot: usize, index: u16, plot: usize, lag_s: f64) {
    let sensor = &tracker.sensors[usize::from(index)];
    if !is_radar(sensor.sensor.kind) || tracker.frame.plots[plot].polar[0] < LEAST_RANGE_M {
        return;
    }
    if is_single(&tracker.tracks[slot].mu) {
        with_report(tracker, slot, index, plot, lag_s);
    } else if tracker.tracks[slot].confirmed {
        with_radars(tracker, slot, index, plot);
    }
}

/// Against the aircraft's own word.
fn with_report(tracker: &mut Tracker, slot: usize, index: u16, plot: usize, lag_s: f64) {
    let track = &tracker.tracks[slot];
    let Some(d) = &track.dossier else { return };
    let (Some(fused), false) = (d.fused, d.identity.is_doubted()) else { return };
    let plot = &tracker.frame.plots[plot];
    let at = tracker.frame.observations[plot.source].measured;
    if (at - fused).abs().s() > REPORT_AGE_S {
        return;
    }
    let sensor = &tracker.sensors[usize::from(index)];
    let g = track.merged();
    // The plot's own moment as it is stated: a clock error is one of the unknowns.
    let dt_s = lag_s + plot.offset_s + sensor.bias.time_s.bias;
    let x = along(&g.x, dt_s, &g.v);
    let Some((place, variance)) = uncorrected(plot, sensor, &x) else { return };
    let Some(sight) = Sight::new(sensor, &place, &g.v, tracker) else { return };
    let mut s = g.pp;
    // Late plots are compared with a newer state, carried back by its velocity.
    let late_m = LATE_M_S * dt_s;
    sym_add_identity(&mut s, late_m * late_m * (1.0 + 0.04 * dt_s * dt_s));
    sight.noise(&mut s, &variance);
    let z = sub(&sight.unbent(&place, &variance, 0.5), &x);
    let equation = Equation { z, s, a: (index, sight.effect), b: None, weight: 1.0 };
    tracker.network.take(&equation);
}

/// Against other radars' plots of the same object, each interpolated to one moment. The faster radar's two plots enclose the slower's,
/// so that no plot of the slower one counts twice against the same radar, and no filter's opinion of the object's place enters.
fn with_radars(tracker: &mut Tracker, slot: usize, index: u16, plot: usize) {
    let plot = &tracker.frame.plots[plot];
    let sensor = &tracker.sensors[usize::from(index)];
    let hot = &tracker.hot[slot];
    if plot.dims < 3 && hot.height_variance > MOST_HEIGHT_VARIANCE_M2 {
        return;
    }
    let velocity = hot.v;
    let Some((place, variance)) = uncorrected(plot, sensor, &hot.x) else { return };
    let at = tracker.frame.observations[plot.source].measured;
    let new = Sighting { sensor: index, at, place, variance };
    let known = core::mem::take(&mut tracker.tracks[slot].sightings);
    let since = at - Span::from_s(SIGHT_AGE_S);
    let (mut radars, mut count) = ([index; MAX_SIGHTINGS + 1], 1);
    for sighting in known.iter().filter(|sighting| sighting.at >= since) {
        if !radars[..count].contains(&sighting.sensor) {
            radars[count] = sighting.sensor;
            count += 1;
        }
    }
    let radars = &mut radars[..count];
    radars.sort_unstable();
    // n plots of n radars hold n − 1 differences, but make n(n − 1)/2 pairs.
    let weight = 2.0 / count as f64;
    for other in radars.iter().copied().filter(|other| *other != index) {
        let of = |sensor: u16| known.iter().filter(move |s| s.sensor == sensor);
        if turns_faster(tracker, index, other) {
            let Some(before) = of(index).filter(|s| s.at < at).max_by_key(|s| s.at) else { continue };
            for between in of(other).filter(|s| s.at > before.at && s.at <= at) {
                compare(tracker, before, &new, between, &velocity, weight);
            }
        } else {
            let before = of(other).filter(|s| s.at < at).max_by_key(|s| s.at);
            let after = of(other).filter(|s| s.at >= at).min_by_key(|s| s.at);
            if let (Some(before), Some(after)) = (before, after) {
                compare(tracker, before, after, &new, &velocity, weight);
            }
        }
    }
    tracker.tracks[slot].sightings = known;
    remember(&mut tracker.tracks[slot].sightings, new);
}

fn turns_faster(tracker: &Tracker, index: u16, other: u16) -> bool {
    let rank = |k: u16| (tracker.sensors[usize::from(k)].period.unwrap_or(Span::from_s(3600)), k);
    rank(index) < rank(other)
}

/// Two plots of one radar enclose one of another.
fn compare(tracker: &mut Tracker, before: &Sighting, after: &Sighting, between: &Sighting, velocity: &V3, weight: f64) {
    let whole_s = (after.at - before.at).s();
    if !(whole_s > 0.0 && whole_s <= MOST_GAP_S) {
        return;
    }
    let part_s = (between.at - before.at).s();
    let share = part_s / whole_s;
    let reference = add(&scale(1.0 - share, &before.place), &scale(share, &after.place));
    let a = &tracker.sensors[usize::from(between.sensor)];
    let b = &tracker.sensors[usize::from(after.sensor)];
    let Some(sight_a) = Sight::new(a, &between.place, velocity, tracker) else { return };
    let Some(sight_b) = Sight::new(b, &reference, velocity, tracker) else { return };
    let sag_m = 0.5 * ACCELERATION_M_S2 * part_s * (whole_s - part_s);
    let mut s: S3 = [0.0; 6];
    sym_add_identity(&mut s, sag_m * sag_m);
    sight_a.noise(&mut s, &between.variance);
    // Whole, although two plots average some of it away: each of them also stands in the next comparison.
    sight_b.noise(&mut s, &after.variance);
    let squares = share * share + (1.0 - share) * (1.0 - share);
    let z = sub(
        &sight_a.unbent(&between.place, &between.variance, 0.5),
        &sight_b.unbent(&reference, &after.variance, squares - 0.5),
    );
    let equation =
        Equation { z, s, a: (between.sensor, sight_a.effect), b: Some((after.sensor, sight_b.effect)), weight };
    tracker.network.take(&equation);
}

/// Keeps the two youngest sightings a sensor, and no more than a track may have.
fn remember(sightings: &mut Vec<Sighting>, new: Sighting) {
    let of_sensor = sightings.iter().filter(|s| s.sensor == new.sensor).count();
    let full = sightings.len() >= MAX_SIGHTINGS;
    if of_sensor >= 2 || full {
        let oldest = sightings
            .iter()
            .enumerate()
            .filter(|(_, s)| of_sensor < 2 || s.sensor == new.sensor)
            .min_by_key(|(_, s)| (s.at, s.sensor))
            .map(|(k, s)| (k, s.at));
        match oldest {
            Some((k, at)) if at <= new.at => {
                sightings.remove(k);
            }
            _ => return,
        }
    }
    sightings.push(new);
}

/// The plot's place without the correction for bias, and its noise along the axes. A plot without height has that of the object at `x`.
fn uncorrected(plot: &Measured, sensor: &Prepared, x: &V3) -> Option<(V3, V3)> {
    let rows = plot.rows_at(x, sensor)?;
    let [east_m, north_m, _] = sensor.site.as_ref()?.local(&rows.z);
    let cross_m = skypicket_model::math::hypot(east_m, north_m);
    let bias = &sensor.bias;
    let mut place = along(&rows.z, bias.range_m.bias, &rows.rows[0]);
    place = along(&place, bias.azimuth_rad.bias * cross_m, &rows.rows[1]);
    let mut variance = rows.variance;
    if rows.dims == 3 {
        place = along(&place, bias.elevation_rad.bias * plot.polar[0], &rows.rows[2]);
    } else {
        variance[2] = UNKNOWN;
    }
    Some((place, variance))
}

/// A radar's view of a place.
struct Sight {
    axes: [V3; 3],
    range_m: f64,
    effect: Effect,
}

impl Sight {
    fn new(sensor: &Prepared, place: &V3, velocity: &V3, tracker: &Tracker) -> Option<Self> {
        let site = sensor.site.as_ref()?;
        let range_m = norm(&sub(place, &site.ecef));
        if range_m < LEAST_RANGE_M {
            return None;
        }
        let [east, north, up] = site.local(place);
        let cross_m = skypicket_model::math::hypot(east, north).max(1.0);
        let axes = site.axes_of(east / cross_m, north / cross_m, up / range_m, cross_m / range_m);
        let sigma = |k| prior_sigma(&tracker.params, k);
        let tilts = sensor.sensor.kind == SensorKind::Radar3d;
        let effect = [
            scale(sigma(0), &axes[0]),
            scale(sigma(1) * cross_m, &axes[1]),
            scale(if tilts { sigma(2) * range_m } else { 0.0 }, &axes[2]),
            scale(-sigma(3), velocity),
        ];
        Some(Self { axes, range_m, effect })
    }

    fn noise(&self, s: &mut S3, variance: &V3) {
        for (axis, variance) in self.axes.iter().zip(variance) {
            sym_add_outer(s, *variance, axis);
        }
    }

    /// The place without what noisy angles add to the range as it is seen along the noisy direction: `factor`·r·σ² of both angles, a
    /// half for one plot; metres at 100 km, as much as the bound of a few minutes' traffic.
    fn unbent(&self, place: &V3, variance: &V3, factor: f64) -> V3 {
        let across: f64 = variance[1..].iter().filter(|v| **v < UNKNOWN).sum();
        along(place, -factor * across / self.range_m, &self.axes[0])
    }
}
