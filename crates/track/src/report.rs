//! A track as the rest of the system sees it, extrapolated to a moment.

use crate::gauss::{Gauss, V3, dot, mat_t_vec, sym_vec};
use crate::state::{Bernoulli, Hot};
use crate::tracker::Tracker;
use skypicket_model::math;
use skypicket_model::track::{Covariance6, HeightSource, Line, LineOfEvidence};
use skypicket_model::{Geodetic, SensorKind, Tangent, Time, Track, TrackStatus, Vec3};

/// Most lines of evidence shown.
const MAX_LINES: usize = 32;

/// Whether showing the track at `at` costs less than not showing it: r·(c² − E[min(d², c²)]) ≥ c²/2, the condition that minimises the
/// expected GOSPA with alpha = 2 and cut-off c; d² is Rayleigh by the horizontal position variance.
pub(crate) fn worth(tracker: &Tracker, slot: usize, at: Time) -> bool {
    let spread = spread(&tracker.hot[slot], at);
    let c2 = tracker.params.useful_radius_m * tracker.params.useful_radius_m;
    let error2 = spread * (1.0 - math::exp(-c2 / spread.max(1.0)));
    tracker.tracks[slot].existence * (1.0 - error2 / c2) >= tracker.params.show_existence
}

/// Variance of horizontal position at `at`, both components together, m².
pub(crate) fn spread(hot: &Hot, at: Time) -> f64 {
    let dt_s = (at - hot.time).s();
    hot.across + 2.0 * hot.pv * dt_s.abs() + hot.vv * dt_s * dt_s
}

/// Whether the track is listed.
pub(crate) fn is_shown(tracker: &Tracker, slot: usize, at: Time, tentative: bool) -> bool {
    let track = &tracker.tracks[slot];
    if tentative && track.announced {
        return true;
    }
    track.confirmed && worth(tracker, slot, at)
}

/// The track at a moment.
pub(crate) fn track(tracker: &Tracker, slot: usize, at: Time) -> Track {
    let own = &tracker.tracks[slot];
    let mut g = tracker.models.extrapolate(&own.models, &own.mu, (at - own.time).s());
    let (x, v) = (g.x, g.v);
    crate::register::consider::add_own(tracker, slot, &x, &v, &mut g.pp);
    let place = Geodetic::from_ecef(Vec3::new(g.x[0], g.x[1], g.x[2]));
    let frame = Tangent::new(place);
    let rotation = frame.rotation();
    let velocity = [dot(&rotation[0], &g.v), dot(&rotation[1], &g.v), dot(&rotation[2], &g.v)];
    let dossier = own.dossier.as_deref();
    let lines = lines(tracker, own);
    let height_source = height_source(own, dossier);
    Track {
        id: own.id,
        status: if own.confirmed { own.status } else { TrackStatus::Tentative },
        existence: own.existence,
        reality: own.reality,
        valid: at,
        position: place,
        velocity: Vec3::new(velocity[0], velocity[1], velocity[2]),
        covariance: covariance(&g, &rotation),
        height_source,
        pressure: dossier.and_then(|d| d.pressure),
        stated_height: dossier.and_then(|d| d.stated_height),
        on_ground: dossier.is_some_and(|d| d.on_ground),
        identity: dossier.map(|d| d.identity.clone()).unwrap_or_default(),
        standard_identity: crate::classify::standard_identity(own, &lines, at),
        class: crate::classify::class(own, place.height_m, velocity),
        lines,
        first_observation: own.first_observation,
        last_observation: own.last_observation,
        born: own.born,
        updated: own.updated,
        updates: own.updates,
    }
}

fn height_source(own: &Bernoulli, dossier: Option<&crate::state::Dossier>) -> HeightSource {
    match dossier {
        Some(d) if d.stated_height.is_some() && d.reports.is_some() => HeightSource::StatedHeight,
        _ if own.height_measured => HeightSource::Measured,
        Some(d) if d.pressure.is_some() => HeightSource::FromPressure,
        _ => HeightSource::Assumed,
    }
}

/// Own word and each sensor that measures by itself. A system tracker's opinion is the line of its contributing radars where they are
/// known, and none where not.
pub(crate) fn lines(tracker: &Tracker, own: &Bernoulli) -> Vec<LineOfEvidence> {
    let mut lines: Vec<LineOfEvidence> = Vec::with_capacity(own.looks.len() + 1);
    if let Some((first, last, count)) = own.dossier.as_ref().and_then(|d| d.reports) {
        lines.push(LineOfEvidence { line: Line::SelfReport, first, last, count });
    }
    let mut add = |line: Line, look: &crate::state::Look| {
        match lines.iter_mut().find(|l| l.line == line) {
            Some(l) => {
                l.first = l.first.min(look.first);
                l.last = l.last.max(look.last);
                l.count = l.count.saturating_add(look.count);
            }
            None => lines.push(LineOfEvidence { line, first: look.first, last: look.last, count: look.count }),
        };
    };
    for look in own.looks.iter().filter(|look| look.count > 0) {
        let Some(sensor) = tracker.sensors.get(usize::from(look.sensor)) else { continue };
        match (sensor.sensor.kind, &sensor.sensor.lineage) {
            (SensorKind::SelfReportReceiver, _) => {}
            (SensorKind::SystemTracker, None) => {}
            (SensorKind::SystemTracker, Some(radars)) => {
                for radar in radars {
                    add(Line::Sensor(*radar), look);
                }
            }
            _ => add(Line::Sensor(sensor.sensor.id), look),
        }
    }
    lines.sort_by_key(|l| l.line);
    lines.truncate(MAX_LINES);
    lines
}

/// Rotates the ECEF covariance into the local frame.
pub(crate) fn covariance(g: &Gauss, r: &[V3; 3]) -> Covariance6 {
    Covariance6::from_fn(|i, j| match (i < 3, j < 3) {
        (true, true) => dot(&r[i], &sym_vec(&g.pp, &r[j])),
        (true, false) => dot(&mat_t_vec(&g.pv, &r[i]), &r[j - 3]),
        _ => dot(&r[i - 3], &sym_vec(&g.vv, &r[j - 3])),
    })
}
