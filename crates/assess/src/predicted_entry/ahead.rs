//! Where a track will be if it flies on, and with what probability that is inside.
//!
//! The place moves at the velocity estimated now. Its covariance grows by that of the velocity and by white acceleration. P(enters within T) is the
//! highest P(inside) of the moments up to T. Most moments need no look at the boundary: nothing comes nearer to it than its own way allows, so
//! that one distance clears all moments up to which the boundary stays out of reach.

use skypicket_model::track::Covariance6;
use skypicket_model::{LatLon, Span, Track};

use crate::airspace_entry::spread;
use crate::geometry::{BorderSigma, Boundary, Spread};
use crate::site::moved;

/// Horizons of the finding, seconds.
pub(super) const HORIZONS_S: [f64; 4] = [60.0, 120.0, 300.0, 600.0];
/// From this probability on, once the straight course is inside, later moments say no more than P(inside) itself is good for.
const SURE: f64 = 0.999;
/// A way is at most this many times as long as velocity and time make it (the local metric's error).
const LONGEST_WAY: f64 = 1.02;

/// What lies ahead of a track.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ahead {
    /// P(enters) within each of the horizons.
    pub(super) within: [f64; 4],
    /// When and where the straight course crosses the line.
    pub(super) crossing: Option<(Span, LatLon)>,
}

/// A track's straight course.
pub(super) struct Course<'a> {
    place: LatLon,
    east_m_s: f64,
    north_m_s: f64,
    spread: Spread,
    covariance: &'a Covariance6,
    acceleration_m2_s3: f64,
}

/// Whether the boundary can be reached within the longest horizon at all.
pub(super) fn in_reach(track: &Track, boundary: &Boundary) -> bool {
    let speed_sigma = (track.covariance.get(3, 3).max(track.covariance.get(4, 4))).max(0.0).sqrt();
    let reach_m = (track.ground_speed_m_s() + 3.0 * speed_sigma) * HORIZONS_S[3];
    boundary.at_least_m(track.position.lat_lon()) <= reach_m
}

/// Moments at which a prediction is looked at, seconds: densely near by, where it is sharp.
fn steps() -> impl Iterator<Item = f64> {
    let near = (1..=12).map(|i| 5.0 * f64::from(i));
    let middle = (1..=24).map(|i| 60.0 + 10.0 * f64::from(i));
    let far = (1..=15).map(|i| 300.0 + 20.0 * f64::from(i));
    near.chain(middle).chain(far)
}

impl<'a> Course<'a> {
    pub(super) fn new(track: &'a Track, acceleration_m2_s3: f64) -> Self {
        Self {
            place: track.position.lat_lon(),
            east_m_s: track.velocity.x,
            north_m_s: track.velocity.y,
            spread: spread(track),
            covariance: &track.covariance,
            acceleration_m2_s3,
        }
    }

    /// Looks along the course; the track must be outside now.
    pub(super) fn ahead(&self, boundary: &Boundary, sigma: &BorderSigma) -> Ahead {
        let mut ahead = Ahead { within: [0.0; 4], crossing: None };
        let speed_m_s = (self.east_m_s * self.east_m_s + self.north_m_s * self.north_m_s).sqrt() * LONGEST_WAY;
        // How far the boundary was at a moment.
        let (mut seen_s, mut seen_m) = (0.0, boundary.signed_distance_m(self.place));
        let (mut most, mut before_s) = (0.0_f64, 0.0);
        for t_s in steps() {
            let spread = self.spread_after(t_s);
            let clear = seen_m - speed_m_s * (t_s - seen_s) > spread.reach_m(sigma);
            let sure = most >= SURE && ahead.crossing.is_some();
            if !clear && !sure {
                let place = self.place_after(t_s);
                let p = boundary.inside_probability(place, spread, sigma);
                most = most.max(p);
                if ahead.crossing.is_none() && boundary.inside(place) {
                    ahead.crossing = self.crossing(boundary, before_s, t_s);
                }
                if p <= 0.0 {
                    (seen_s, seen_m) = (t_s, boundary.signed_distance_m(place));
                }
            }
            for (horizon_s, within) in HORIZONS_S.iter().zip(&mut ahead.within) {
                if t_s <= *horizon_s {
                    *within = most;
                }
            }
            before_s = t_s;
        }
        ahead
    }

    /// Speed over ground, m/s.
    pub(super) fn speed_m_s(&self) -> f64 {
        (self.east_m_s * self.east_m_s + self.north_m_s * self.north_m_s).sqrt()
    }

    /// A distance that the boundary is certainly not nearer than now, metres.
    pub(super) fn at_least_m(&self, boundary: &Boundary) -> f64 {
        boundary.at_least_m(self.place)
    }

    /// Half the length of the stretch of border that holds 90 % of where it would cross, metres: what is not known of the place at the
    /// crossing, along its course onto the line.
    pub(super) fn stretch_m(&self, boundary: &Boundary, (after, place): (Span, LatLon)) -> Option<f64> {
        // Step for the direction of the line; longest stretch that is told; 5 % are beyond so many sigmas.
        const STEP_M: f64 = 50.0;
        const LONGEST_M: f64 = 500_000.0;
        const SIGMAS: f64 = 1.645;
        let at = |east: f64, north: f64| boundary.signed_distance_m(moved(place, east * STEP_M, north * STEP_M));
        let normal = [at(1.0, 0.0) - at(-1.0, 0.0), at(0.0, 1.0) - at(0.0, -1.0)];
        let length = (normal[0] * normal[0] + normal[1] * normal[1]).sqrt();
        let normal = normal.map(|x| x / length);
        let along = [-normal[1], normal[0]];
        let (v_n, v_b) = (
            self.east_m_s * normal[0] + self.north_m_s * normal[1],
            self.east_m_s * along[0] + self.north_m_s * along[1],
        );
        let w = [along[0] - normal[0] * v_b / v_n, along[1] - normal[1] * v_b / v_n];
        let spread = self.spread_after(after.s());
        let variance =
            w[0] * w[0] * spread.east_m2 + 2.0 * w[0] * w[1] * spread.cross_m2 + w[1] * w[1] * spread.north_m2;
        let reach_m = SIGMAS * variance.max(0.0).sqrt();
        reach_m.is_finite().then(|| reach_m.min(LONGEST_M))
    }

    pub(super) fn place_after(&self, t_s: f64) -> LatLon {
        moved(self.place, self.east_m_s * t_s, self.north_m_s * t_s)
    }

    /// Covariance of the place after `t_s` at constant velocity with white acceleration.
    fn spread_after(&self, t_s: f64) -> Spread {
        let c = self.covariance;
        let grown = self.acceleration_m2_s3 * t_s * t_s * t_s / 3.0;
        let at = |position: f64, i: usize, j: usize| {
            position + t_s * (c.get(i, j + 3) + c.get(j, i + 3)) + t_s * t_s * c.get(i + 3, j + 3)
        };
        Spread {
            east_m2: at(self.spread.east_m2, 0, 0) + grown,
            cross_m2: at(self.spread.cross_m2, 0, 1),
            north_m2: at(self.spread.north_m2, 1, 1) + grown,
        }
    }

    /// When and where the course crosses, between a moment outside and one inside, to some hundredths of a second.
    fn crossing(&self, boundary: &Boundary, outside_s: f64, inside_s: f64) -> Option<(Span, LatLon)> {
        let (mut out_s, mut in_s) = (outside_s, inside_s);
        for _ in 0..12 {
            let middle_s = 0.5 * (out_s + in_s);
            if boundary.inside(self.place_after(middle_s)) { in_s = middle_s } else { out_s = middle_s }
        }
        Span::from_s_f64(in_s).map(|span| (span, self.place_after(in_s)))
    }
}

#[cfg(test)]
mod tests;
