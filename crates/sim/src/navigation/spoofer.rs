//! A transmitter that tells receivers a false place.

use crate::geodesic::Line;
use crate::sensor::Site;
use skypicket_model::math::{TAU, sin_cos};
use skypicket_model::{Ecef, LatLon, Time, Vec3};

/// What it tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tells {
    /// One place, at rest.
    Point(LatLon),
    /// A way round a place, clockwise.
    Circle {
        /// Its middle.
        around: LatLon,
        /// Metres.
        radius_m: f64,
        /// Speed along it, m/s.
        m_s: f64,
    },
    /// The true place at first, and away from it ever more.
    Pull {
        /// Whereto, clockwise from north, radians.
        towards_rad: f64,
        /// How fast, m/s.
        m_s: f64,
    },
}

/// What a false signal says at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FalseFix {
    /// A place of its own, height above the ellipsoid and velocity east and north.
    At {
        /// Where.
        place: LatLon,
        /// Metres.
        height_m: f64,
        /// m/s.
        east_m_s: f64,
        /// m/s.
        north_m_s: f64,
    },
    /// The true place and more and more away from it: m/s east and north.
    Off {
        /// m/s.
        east_m_s: f64,
        /// m/s.
        north_m_s: f64,
    },
}

/// A spoofer.
#[derive(Clone, Debug)]
pub struct Spoofer {
    /// Where it stands.
    pub site: Site,
    /// How far receivers follow it, metres, above its horizon.
    pub range_m: f64,
    /// What it tells.
    pub tells: Tells,
    /// The height that it tells with a place, metres above the ellipsoid.
    pub height_m: f64,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
}

impl Spoofer {
    /// What it tells a receiver at a place.
    #[must_use]
    pub fn tells(&self, time: Time, at: Vec3<Ecef>, agl_m: f64) -> Option<FalseFix> {
        let range_m = self.site.range_m(at);
        let reached = time >= self.from && time < self.until && range_m <= self.range_m;
        if !reached || !self.site.above_horizon(range_m, agl_m) {
            return None;
        }
        let height_m = self.height_m;
        Some(match self.tells {
            Tells::Point(place) => FalseFix::At { place, height_m, east_m_s: 0.0, north_m_s: 0.0 },
            Tells::Circle { around, radius_m, m_s } => {
                let turns = m_s * (time - self.from).s() / (TAU * radius_m.max(1.0));
                let angle_rad = TAU * (turns - turns.floor());
                let (sin, cos) = sin_cos(angle_rad);
                let place = Line::new(around, angle_rad).at(radius_m).place;
                FalseFix::At { place, height_m, east_m_s: m_s * cos, north_m_s: -m_s * sin }
            }
            Tells::Pull { towards_rad, m_s } => {
                let (sin, cos) = sin_cos(towards_rad);
                FalseFix::Off { east_m_s: m_s * sin, north_m_s: m_s * cos }
            }
        })
    }
}
