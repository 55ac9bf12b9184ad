//! A way held against a border, moment by moment: how far from it, and how that changes with the way's errors.

use std::collections::VecDeque;

use skypicket_model::math::{hypot, wrap_deg_180};
use skypicket_model::way::Offset;
use skypicket_model::{LatLon, Time, Way};

use super::super::tale::{OUT_M, Point};
use super::TUBE_SIGMAS;
use crate::geometry::{BorderSigma, Boundary};
use crate::site::{Watched, apart_m, metres_a_degree, moved};

/// Between two measured moments the way is looked at this often, seconds.
const STEP_S: f64 = 2.0;
/// Of this many sigmas a border's straightness is looked at, and by how much it may be bent, in sigmas.
const ACROSS: f64 = 2.5;
const BENT: f64 = 0.04;

/// A moment at which the way is held against the border.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) time: Time,
    /// The moment of the way before it, and the share of the way to the next.
    at: usize,
    share: f64,
    place: LatLon,
    pub(super) distance_m: f64,
    /// How the distance changes to the east and to the north; `None` where the border bends too much for that.
    slope: Option<[f64; 2]>,
    border_sigma_m: f64,
    /// Degrees of longitude and latitude a metre.
    degrees: [f64; 2],
    /// Share of the draws whose height is within the limits.
    height: f64,
    pub(super) broken: bool,
}

impl Step {
    pub(super) fn point(&self, offsets: &[Offset], border: f64, rank: f64, boundary: &Boundary) -> Point {
        let a = offsets[self.at];
        let (mut east_m, mut north_m) = (a[0], a[1]);
        if self.share > 0.0
            && let Some(b) = offsets.get(self.at + 1)
        {
            east_m += self.share * (b[0] - a[0]);
            north_m += self.share * (b[1] - a[1]);
        }
        let lon_deg = self.place.lon_deg + east_m * self.degrees[0];
        let place = LatLon { lat_deg: self.place.lat_deg + north_m * self.degrees[1], lon_deg: wrap_deg_180(lon_deg) };
        let distance_m = match self.slope {
            _ if rank >= self.height => OUT_M,
            Some(slope) => self.distance_m + slope[0] * east_m + slope[1] * north_m + border * self.border_sigma_m,
            None => boundary.signed_distance_m(place) + border * self.border_sigma_m,
        };
        Point { time: self.time, distance_m, place }
    }

    /// The moments at which the way is held against the border, with what is needed of it there.
    pub(super) fn fill(
        way: &Way,
        heights: &VecDeque<(Time, f64)>,
        watched: &Watched,
        sigma: &BorderSigma,
        stale_s: f64,
        steps: &mut Vec<Self>,
    ) {
        steps.clear();
        let common_sigma_m = way.common_sigma_m();
        for at in 0..way.moments.len() {
            let moment = &way.moments[at];
            let dt_s = if at == 0 { 0.0 } else { (moment.time - way.moments[at - 1].time).s() };
            let parts = if dt_s > stale_s { 1 } else { (dt_s / STEP_S).ceil().clamp(1.0, 16.0) as u32 };
            for part in 1..=parts {
                let share = f64::from(part) / f64::from(parts);
                let (from, share) = if at == 0 || part == parts { (at, 0.0) } else { (at - 1, share) };
                let time = if share > 0.0 {
                    crate::site::between_times(way.moments[from].time, moment.time, share)
                } else {
                    moment.time
                };
                let place = if share > 0.0 { bridged(way, from, dt_s, share) } else { moment.place };
                let sigma_m = hypot(moment.sigma_m(), common_sigma_m);
                let Some((distance_m, slope, border_sigma_m)) = local(&watched.boundary, place, sigma_m, sigma) else {
                    continue;
                };
                let height = heights.iter().rev().find(|(from, _)| *from <= time).or(heights.front());
                let active = watched.airspace.active(time);
                steps.push(Self {
                    time,
                    at: from,
                    share,
                    place,
                    distance_m,
                    slope,
                    border_sigma_m,
                    degrees: metres_a_degree(place.lat_deg).map(|metres| 1.0 / metres.max(1.0)),
                    height: if active { height.map_or(1.0, |(_, height)| *height) } else { 0.0 },
                    broken: part == 1 && dt_s > stale_s,
                });
            }
        }
    }
}

/// Between two moments: the cubic through their places and velocities.
fn bridged(way: &Way, from: usize, dt_s: f64, u: f64) -> LatLon {
    let (a, b) = (&way.moments[from], &way.moments[from + 1]);
    let whole = apart_m(a.place, b.place);
    let (u2, u3) = (u * u, u * u * u);
    let along = |k: usize| {
        dt_s * (u3 - 2.0 * u2 + u) * a.velocity_m_s[k]
            + (3.0 * u2 - 2.0 * u3) * whole[k]
            + dt_s * (u3 - u2) * b.velocity_m_s[k]
    };
    moved(a.place, along(0), along(1))
}

/// Distance of a place, how it changes around it, and the border's own sigma there.
fn local(
    boundary: &Boundary,
    place: LatLon,
    sigma_m: f64,
    sigma: &BorderSigma,
) -> Option<(f64, Option<[f64; 2]>, f64)> {
    let nearest = boundary.nearest(place, f64::INFINITY)?;
    let border_sigma_m = sigma.of(nearest.class);
    let distance_m = nearest.distance_m;
    if distance_m.abs() > TUBE_SIGMAS * hypot(sigma_m, border_sigma_m) + 10.0 {
        // Straight away from the nearest point; who is right beside it to a sigma does not matter.
        let [east, north] = apart_m(nearest.foot, place);
        let by = 1.0 / distance_m;
        return Some((distance_m, Some([east * by, north * by]), border_sigma_m));
    }
    let h = ACROSS * sigma_m.max(1.0);
    let at = |east: f64, north: f64| boundary.signed_distance_m(moved(place, east * h, north * h));
    let (e, w, n, s) = (at(1.0, 0.0), at(-1.0, 0.0), at(0.0, 1.0), at(0.0, -1.0));
    let slope = [(e - w) / (2.0 * h), (n - s) / (2.0 * h)];
    let bent_m = BENT * sigma_m + 1.0;
    let straight = (0.5 * (e + w) - distance_m).abs() < bent_m
        && (0.5 * (n + s) - distance_m).abs() < bent_m
        && (hypot(slope[0], slope[1]) - 1.0).abs() < 0.02;
    Some((distance_m, straight.then_some(slope), border_sigma_m))
}
