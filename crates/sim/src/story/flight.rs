//! How a drone flies what its story says: through the wind, straying without satellite navigation, gliding or falling at the end.
//!
//! All of it becomes more corners of an ordinary path, so that the truth stays a closed form that can be asked at any moment.

use crate::geodesic::{Line, between};
use crate::path::Waypoint;
use crate::rng::Rng;
use skypicket_model::math::{cos, rad, sin};

/// Glide ratio of a small drone without engine (our assumption: a short fixed wing with its load gives 6 to 10).
pub(crate) const USUAL_GLIDE: f64 = 8.0;
/// How much slower than it cruises a drone glides (our assumption).
const GLIDING: f64 = 0.85;
/// Path flown for each metre of height by one that was hit: it falls at forty-five degrees.
const FALLING: f64 = 1.0;
/// The most corners that straying adds to one leg.
const MAX_STRAYS: f64 = 500.0;

/// A wind that is the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wind {
    /// Where it comes from, clockwise from true north.
    pub(crate) from_rad: f64,
    /// Its speed.
    pub(crate) m_s: f64,
}

impl Wind {
    /// Speed along the ground on a course that is held through this wind: the wind triangle. At least a tenth of the speed through
    /// the air, also where the wind is as strong as the drone.
    fn ground_m_s(self, air_m_s: f64, course_rad: f64) -> f64 {
        let towards = course_rad - self.from_rad;
        let along = -self.m_s * cos(towards);
        let across = self.m_s * sin(towards);
        let left = (air_m_s * air_m_s - across * across).max(0.0).sqrt();
        (left + along).max(0.1 * air_m_s)
    }
}

/// Straying from a corner on: so far aside (1 sigma), at a new place every so often.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stray {
    pub(crate) from_corner: usize,
    pub(crate) every_m: f64,
    pub(crate) sigma_m: f64,
}

/// How the last corner is reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ending {
    /// Flying on.
    Flying,
    /// With the engine out: so many metres forward for each of height.
    Gliding(f64),
    /// Hit.
    Falling,
}

/// A path's corners, and which of them are those that the story names.
pub(crate) struct Shaped {
    pub(crate) waypoints: Vec<Waypoint>,
    pub(crate) named: Vec<usize>,
}

impl Shaped {
    pub(crate) fn new(waypoints: Vec<Waypoint>) -> Self {
        Self { named: (0..waypoints.len()).collect(), waypoints }
    }

    /// Adds corners aside of the legs; the story's own corners stay.
    pub(crate) fn stray(self, stray: Stray, rng: &mut Rng) -> Self {
        let mut out = Self { waypoints: Vec::new(), named: Vec::new() };
        for (index, pair) in self.waypoints.windows(2).enumerate() {
            out.named.push(out.waypoints.len());
            out.waypoints.push(pair[0]);
            if index < stray.from_corner {
                continue;
            }
            let leg = between(pair[0].place, pair[1].place);
            let line = Line::new(pair[0].place, leg.azimuth_rad);
            let count = (leg.distance_m / stray.every_m).round().clamp(1.0, MAX_STRAYS);
            for k in 1..count as u32 {
                let share = f64::from(k) / count;
                let on = line.at(share * leg.distance_m);
                // Nearer to the leg's ends it strays less: it is known where it comes from and where it came down.
                let aside_m = stray.sigma_m * rng.normal() * 2.0 * (share * (1.0 - share)).sqrt();
                let place = Line::new(on.place, on.azimuth_rad + rad(90.0)).at(aside_m).place;
                let height_m = pair[0].height_m + share * (pair[1].height_m - pair[0].height_m);
                out.waypoints.push(Waypoint { place, height_m, ..pair[0] });
            }
        }
        out.named.push(out.waypoints.len());
        out.waypoints.extend(self.waypoints.last().copied());
        out
    }

    /// The last leg goes level as long as it can and then down to the ground.
    pub(crate) fn end(mut self, ending: Ending, ground_m: f64) -> Self {
        let ratio = match ending {
            Ending::Flying => return self,
            Ending::Gliding(ratio) => ratio,
            Ending::Falling => FALLING,
        };
        let (Some(last), Some(before)) = (self.waypoints.pop(), self.waypoints.last().copied()) else { return self };
        let leg = between(before.place, last.place);
        let down_m = (ratio * (before.height_m - ground_m)).clamp(0.0, 0.95 * leg.distance_m);
        let slower = if ending == Ending::Falling { 1.0 } else { GLIDING };
        if down_m > 10.0 {
            let place = Line::new(before.place, leg.azimuth_rad).at(leg.distance_m - down_m).place;
            self.waypoints.push(Waypoint { place, speed_m_s: slower * before.speed_m_s, ..before });
        }
        if let Some(named) = self.named.last_mut() {
            *named = self.waypoints.len();
        }
        self.waypoints.push(Waypoint { height_m: ground_m, speed_m_s: slower * before.speed_m_s, ..last });
        self
    }

    /// Speeds through the air become speeds along the ground, leg by leg.
    pub(crate) fn blow(mut self, wind: Wind) -> Self {
        for index in 0..self.waypoints.len().saturating_sub(1) {
            let [from, to] = [self.waypoints[index], self.waypoints[index + 1]];
            let course_rad = between(from.place, to.place).azimuth_rad;
            self.waypoints[index].speed_m_s = wind.ground_m_s(from.speed_m_s, course_rad);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::LatLon;

    fn corner(lat_deg: f64, lon_deg: f64, height_m: f64) -> Waypoint {
        Waypoint { place: LatLon { lat_deg, lon_deg }, height_m, speed_m_s: 40.0 }
    }

    #[test]
    fn a_head_wind_slows_a_tail_wind_hurries_and_a_side_wind_costs_a_little() {
        let west = Wind { from_rad: rad(270.0), m_s: 10.0 };
        assert!((west.ground_m_s(40.0, rad(270.0)) - 30.0).abs() < 1e-9);
        assert!((west.ground_m_s(40.0, rad(90.0)) - 50.0).abs() < 1e-9);
        assert!((west.ground_m_s(40.0, 0.0) - 1500.0_f64.sqrt()).abs() < 1e-9);
        assert!(Wind { m_s: 60.0, ..west }.ground_m_s(40.0, rad(270.0)) >= 4.0);
    }

    #[test]
    fn straying_keeps_the_storys_corners_and_a_glide_ends_on_the_ground() {
        let legs = vec![corner(52.0, 24.0, 700.0), corner(52.0, 23.5, 700.0), corner(52.0, 22.5, 500.0)];
        let stray = Stray { from_corner: 1, every_m: 8000.0, sigma_m: 1000.0 };
        let shaped = Shaped::new(legs.clone()).stray(stray, &mut Rng::new(1)).end(Ending::Gliding(USUAL_GLIDE), 200.0);
        let at = |k: usize| shaped.waypoints[shaped.named[k]];
        assert_eq!((at(0), at(1).place, at(2).place), (legs[0], legs[1].place, legs[2].place));
        assert_eq!(shaped.named[1], 1, "the first leg is flown straight");
        assert!(shaped.waypoints.len() > 9);
        assert!((at(2).height_m - 200.0).abs() < 1e-9);
        let top = shaped.waypoints[shaped.waypoints.len() - 2];
        let glide_m = between(top.place, at(2).place).distance_m;
        assert!((glide_m / (top.height_m - 200.0) - USUAL_GLIDE).abs() < 1e-6 || glide_m < 8000.0);
    }
}
