//! New tracks from bearings: rays of at least three sensors that meet.
//!
//! Two rays always cross somewhere, so two say nothing; with the third, and with the sensors that should have heard and did not, the
//! odds of "one object" against "unrelated false bearings" are computed in closed form: the integral over the unknown place of the
//! product of the rays' likelihoods (a Gaussian integral), times detection probabilities, over the false-bearing densities.

use crate::events::TrackEvent;
use crate::gauss::{Gauss, V3, add, along, dot, scale, sub, sym_add_identity, sym_add_outer};
use crate::predict::up_at;
use crate::sensor::Site;
use crate::tracker::Tracker;
use skypicket_model::math::{self, TAU};
use skypicket_model::{Geodetic, Observation, Reality, Span, Time, Vec3};

/// Most rays kept, and most of one look that are asked whom they meet: the work is their product. Origin: 24 posts with ten bearings each in the window.
const MAX_RAYS: usize = 512;
const MOST_FRESH: usize = 16;
/// A ray explained by tracks to more than this share is not kept.
const MOST_TAKEN: f64 = 0.5;
/// Rays agree when each is this near in standard deviations. Origin: 99.7 %.
const AGREE: f64 = 3.0;
/// Rays closer to parallel than this make no cross. Origin: 10° blow the error up six times.
const LEAST_CROSS: f64 = 0.17;
/// How much an object may move between the rays, m/s, as noise.
const MOTION_M_S: f64 = 30.0;
/// Existence from which a cluster becomes a track.
const LEAST_EXISTENCE: f64 = 0.3;

/// One bearing that no track explained.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ray {
    sensor: u16,
    time: Time,
    sin: f64,
    cos: f64,
    sigma_rad: f64,
    observation: Observation,
}
skypicket_model::canon_struct!(Ray { sensor, time, sin, cos, sigma_rad, observation });

/// The rays of the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rays {
    rays: Vec<Ray>,
}
skypicket_model::canon_struct!(Rays { rays });

/// A set of rays that meet.
struct Cluster {
    members: Vec<usize>,
    place: V3,
    covariance: [f64; 3],
    axes: (V3, V3),
    log_odds: f64,
}

/// Keeps what no track explained and makes tracks of rays that meet.
pub(crate) fn collect(
    tracker: &mut Tracker,
    taken: &[f64],
    index: u16,
    time: Time,
    reality: Reality,
    events: &mut Vec<TrackEvent>,
) {
    {
        let sensor = &mut tracker.sensors[usize::from(index)];
        sensor.last_look = Some(sensor.last_look.map_or(time, |t| t.max(time)));
    }
    let window = Span::from_s_f64(tracker.params.ray_window_s).unwrap_or(Span::ZERO);
    let now = tracker.now;
    tracker.rays.rays.retain(|ray| (now - ray.time).abs() <= window);
    let mut fresh = Vec::new();
    for (k, plot) in tracker.frame.plots.iter().enumerate() {
        if taken.get(k).copied().unwrap_or(0.0) > MOST_TAKEN {
            continue;
        }
        if tracker.rays.rays.len() >= MAX_RAYS || fresh.len() >= MOST_FRESH {
            tracker.counts.shed += 1;
            continue;
        }
        let observation = tracker.frame.observations[plot.source];
        fresh.push(tracker.rays.rays.len());
        tracker.rays.rays.push(Ray {
            sensor: index,
            time: observation.measured,
            sin: plot.local.0,
            cos: plot.local.1,
            sigma_rad: plot.variance[0].sqrt(),
            observation,
        });
    }
    let mut used: Vec<usize> = Vec::new();
    for k in fresh {
        if used.contains(&k) {
            continue;
        }
        let Some(cluster) = best_cluster(tracker, k, reality, &used) else { continue };
        let existence = 1.0 / (1.0 + math::exp(-cluster.log_odds));
        if existence < LEAST_EXISTENCE {
            continue;
        }
        used.extend(&cluster.members);
        give_birth(tracker, &cluster, existence.min(0.999), reality, events);
    }
    used.sort_unstable();
    for k in used.into_iter().rev() {
        tracker.rays.rays.remove(k);
    }
}

/// The likeliest set of rays that meet on ray `k`.
fn best_cluster(tracker: &Tracker, k: usize, reality: Reality, used: &[usize]) -> Option<Cluster> {
    let rays = &tracker.rays.rays;
    let own = rays.get(k)?;
    let mut best: Option<Cluster> = None;
    for (j, other) in rays.iter().enumerate() {
        if other.sensor == own.sensor || used.contains(&j) || other.observation.reality != reality {
            continue;
        }
        let Some(place) = cross(tracker, own, other) else { continue };
        let Some(cluster) = grow(tracker, k, j, &place, used, reality) else { continue };
        if best.as_ref().is_none_or(|b| cluster.log_odds > b.log_odds) {
            best = Some(cluster);
        }
    }
    best
}

fn site_of<'a>(tracker: &'a Tracker, ray: &Ray) -> Option<&'a Site> {
    tracker.sensors.get(usize::from(ray.sensor))?.site.as_ref()
}

fn normal(site: &Site, ray: &Ray) -> V3 {
    add(&scale(ray.cos, &site.east), &scale(-ray.sin, &site.north))
}

fn direction(site: &Site, ray: &Ray) -> V3 {
    add(&scale(ray.sin, &site.east), &scale(ray.cos, &site.north))
}

/// Where two rays cross, put at the assumed height; `None` when they do not, or out of either's range.
fn cross(tracker: &Tracker, a: &Ray, b: &Ray) -> Option<V3> {
    let (sa, sb) = (site_of(tracker, a)?, site_of(tracker, b)?);
    let (da, nb) = (direction(sa, a), normal(sb, b));
    let slope = dot(&da, &nb);
    if slope.abs() < LEAST_CROSS {
        return None;
    }
    let reach = dot(&sub(&sb.ecef, &sa.ecef), &nb) / slope;
    let limit = tracker.sensors[usize::from(a.sensor)].range_m.1 * 1.1;
    if !(50.0..=limit).contains(&reach) {
        return None;
    }
    let place = at_assumed_height(tracker, &along(&sa.ecef, reach, &da), sa);
    let back = dot(&sub(&place, &sb.ecef), &direction(sb, b));
    let limit = tracker.sensors[usize::from(b.sensor)].range_m.1 * 1.1;
    (50.0..=limit).contains(&back).then_some(place)
}

fn at_assumed_height(tracker: &Tracker, x: &V3, site: &Site) -> V3 {
    let place = Geodetic::from_ecef(Vec3::new(x[0], x[1], x[2]));
    let p = Geodetic { height_m: site.height_m + tracker.params.assumed_height_m, ..place }.to_ecef();
    [p.x, p.y, p.z]
}

/// Adds every sensor's best ray that agrees with the place, fits the place to them, and computes the odds.
fn grow(tracker: &Tracker, k: usize, j: usize, start: &V3, used: &[usize], reality: Reality) -> Option<Cluster> {
    let rays = &tracker.rays.rays;
    let own = rays.get(k)?;
    let up = up_at(start);
    let (east, north) = level_axes(&up);
    let mut members = vec![k, j];
    let mut place = *start;
    for round in 0..2 {
        if round > 0 {
            place = fit(tracker, &members, &place, &east, &north, own.time)?.0;
        }
        members = vec![k];
        let mut nearest: Vec<(u16, f64, usize)> = Vec::new();
        for (i, ray) in rays.iter().enumerate() {
            if ray.sensor == own.sensor || used.contains(&i) || ray.observation.reality != reality {
                continue;
            }
            let Some((nu, s)) = residual(tracker, ray, &place, own.time) else { continue };
            let z = nu.abs() / s;
            if z > AGREE {
                continue;
            }
            match nearest.iter_mut().find(|n| n.0 == ray.sensor) {
                Some(n) if n.1 <= z => {}
                Some(n) => *n = (ray.sensor, z, i),
                None => nearest.push((ray.sensor, z, i)),
            }
        }
        members.extend(nearest.iter().map(|n| n.2));
        if members.len() < tracker.params.ray_sensors {
            return None;
        }
    }
    let (place, covariance, chi2) = fit(tracker, &members, &place, &east, &north, own.time)?;
    let log_odds = odds(tracker, &members, &place, covariance, chi2, own.time)?;
    Some(Cluster { members, place, covariance, axes: (east, north), log_odds })
}

fn level_axes(up: &V3) -> (V3, V3) {
    let h = math::hypot(up[0], up[1]).max(1e-9);
    let east = [-up[1] / h, up[0] / h, 0.0];
    (east, crate::gauss::cross(up, &east))
}

/// Signed distance of a place from a ray's plane, and its 1-sigma.
fn residual(tracker: &Tracker, ray: &Ray, place: &V3, at: Time) -> Option<(f64, f64)> {
    let site = site_of(tracker, ray)?;
    let d = sub(place, &site.ecef);
    let reach = dot(&d, &direction(site, ray));
    let limit = tracker.sensors[usize::from(ray.sensor)].range_m.1 * 1.1;
    if !(50.0..=limit).contains(&reach) {
        return None;
    }
    let across = reach * ray.sigma_rad;
    let moved = MOTION_M_S * (at - ray.time).s();
    Some((dot(&d, &normal(site, ray)), (across * across + moved * moved).sqrt()))
}

/// Weighted least squares of the place over the members: place, horizontal covariance (ee, en, nn), chi-square.
fn fit(
    tracker: &Tracker,
    members: &[usize],
    start: &V3,
    east: &V3,
    north: &V3,
    at: Time,
) -> Option<(V3, [f64; 3], f64)> {
    let (mut l, mut b, mut c) = ([0.0; 3], [0.0; 2], 0.0);
    for &m in members {
        let ray = tracker.rays.rays.get(m)?;
        let site = site_of(tracker, ray)?;
        let n = normal(site, ray);
        let (nu, s) = residual(tracker, ray, start, at)?;
        let (ne, nn, w) = (dot(&n, east), dot(&n, north), 1.0 / (s * s));
        l[0] += w * ne * ne;
        l[1] += w * ne * nn;
        l[2] += w * nn * nn;
        b[0] -= w * ne * nu;
        b[1] -= w * nn * nu;
        c += w * nu * nu;
    }
    let det = l[0] * l[2] - l[1] * l[1];
    if det <= 1e-18 {
        return None;
    }
    let p = [l[2] / det, -l[1] / det, l[0] / det];
    let (de, dn) = (p[0] * b[0] + p[1] * b[1], p[1] * b[0] + p[2] * b[1]);
    let chi2 = (c - (b[0] * de + b[1] * dn)).max(0.0);
    Some((along(&along(start, de, east), dn, north), p, chi2))
}

/// Log odds of one object against as many false bearings.
fn odds(tracker: &Tracker, members: &[usize], place: &V3, p: [f64; 3], chi2: f64, at: Time) -> Option<f64> {
    let geodetic = Geodetic::from_ecef(Vec3::new(place[0], place[1], place[2]));
    // A bearing net does not thin the unseen field out, so radars' looks alone would overstate what is known here; the low layer's
    // prior is what may fly where only posts can hear it.
    let [low, _] = tracker.unseen.areal(geodetic.lat_lon(), at, &tracker.rates);
    let floor = tracker.params.unseen_low_per_1000_km2 / 1000.0 * 0.1;
    let mut log = math::ln((low.max(floor) * 1e-6).max(1e-18)) - 0.5 * chi2 + math::ln(TAU);
    log += 0.5 * math::ln((p[0] * p[2] - p[1] * p[1]).max(1e-6));
    let mut heard: Vec<u16> = Vec::with_capacity(members.len());
    for &m in members {
        let ray = tracker.rays.rays.get(m)?;
        let sensor = tracker.sensors.get(usize::from(ray.sensor))?;
        let (_, s) = residual(tracker, ray, place, at)?;
        let reach = dot(&sub(place, &sensor.site?.ecef), &direction(sensor.site.as_ref()?, ray));
        // Per radian: the ray's density in metres times the reach.
        log +=
            math::ln(sensor.detection / sensor.clutter(0.0, math::atan2(ray.sin, ray.cos)) * reach / (s * TAU.sqrt()));
        heard.push(ray.sensor);
    }
    let window = Span::from_s_f64(tracker.params.ray_window_s).unwrap_or(Span::ZERO);
    for (i, sensor) in tracker.sensors.iter().enumerate() {
        let listens = sensor.sensor.kind == skypicket_model::SensorKind::Bearing
            && sensor.last_look.is_some_and(|t| (at - t).abs() <= window)
            && !heard.contains(&(i as u16));
        if listens {
            let detection = sensor.detects(place, p[0].max(p[2]).sqrt(), tracker.params.assumed_height_sigma_m);
            log += math::ln((1.0 - detection).max(0.01));
        }
    }
    Some(log)
}

fn give_birth(
    tracker: &mut Tracker,
    cluster: &Cluster,
    existence: f64,
    reality: Reality,
    events: &mut Vec<TrackEvent>,
) {
    let Some(first) = cluster.members.first().and_then(|&m| tracker.rays.rays.get(m)) else { return };
    let (observation, time) = (first.observation, first.time);
    let mut g = Gauss { x: cluster.place, ..Gauss::default() };
    let up = up_at(&g.x);
    let (east, north) = cluster.axes;
    // Covariance as a sum of squares of its Cholesky columns, with one metre for soundness.
    let [ee, en, nn] = cluster.covariance;
    let a = ee.max(1.0).sqrt();
    let b = en / a;
    let c = (nn - b * b).max(1.0).sqrt();
    sym_add_outer(&mut g.pp, 1.0, &add(&scale(a, &east), &scale(b, &north)));
    sym_add_outer(&mut g.pp, c * c, &north);
    let v = tracker.params.assumed_height_sigma_m;
    sym_add_outer(&mut g.pp, v * v, &up);
    sym_add_identity(&mut g.pp, 1.0);
    let mut track = tracker.blank(&observation, reality, existence, 0);
    track.time = time;
    track.models = super::with_unknown_velocity(g, &tracker.params);
    // What a bearing post hears is slow: all models take the slow hypothesis.
    let slow = track.models[1];
    track.models = [slow; crate::params::MODELS];
    for &m in &cluster.members {
        let Some(ray) = tracker.rays.rays.get(m) else { continue };
        let (sensor, at) = (ray.sensor, ray.time);
        track.look(sensor, at, true);
    }
    if let Some(slot) = tracker.insert(track, events) {
        crate::retire::promote(tracker, slot, time, events);
    }
}
