//! What every simulated sensor has in common: a site, a horizon, times of silence.

use skypicket_model::math::{asin, atan2, wrap_tau};
use skypicket_model::{Ecef, Geodetic, Tangent, Time, Vec3};

/// Radius of the Earth in the four-thirds model of refraction, metres (ITU-R P.834: effective radius factor 4/3 of 6371 km).
pub const EFFECTIVE_RADIUS_M: f64 = 6_371_000.0 * 4.0 / 3.0;

/// Where a sensor stands.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    frame: Tangent,
    mast_m: f64,
    outlook_m: f64,
}

/// A target as seen from a site, without noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Slant range, metres.
    pub range_m: f64,
    /// Clockwise from true north, [0, 2π).
    pub azimuth_rad: f64,
    /// Above the local horizontal, geometric.
    pub elevation_rad: f64,
}

/// Distance to the horizon from a height above smooth ground, metres.
#[must_use]
pub fn horizon_m(above_ground_m: f64) -> f64 {
    (2.0 * EFFECTIVE_RADIUS_M * above_ground_m.max(0.0)).sqrt()
}

impl Site {
    /// A site whose antenna (at this place) stands `mast_m` above the ground around.
    #[must_use]
    pub fn new(antenna: Geodetic, mast_m: f64) -> Self {
        Self { frame: Tangent::new(antenna), mast_m, outlook_m: horizon_m(mast_m) }
    }

    /// The antenna.
    #[must_use]
    pub const fn place(&self) -> Geodetic {
        self.frame.origin()
    }

    /// The antenna's height above ground, metres.
    #[must_use]
    pub const fn mast_m(&self) -> f64 {
        self.mast_m
    }

    /// Straight distance, metres.
    #[must_use]
    pub fn range_m(&self, target: Vec3<Ecef>) -> f64 {
        (target - self.frame.origin_ecef()).norm()
    }

    /// Range and directions of a target.
    #[must_use]
    pub fn look(&self, target: Vec3<Ecef>) -> Look {
        let p = self.frame.to_enu(target);
        let range_m = p.norm();
        let elevation_rad = if range_m > 0.0 { asin((p.z / range_m).clamp(-1.0, 1.0)) } else { 0.0 };
        Look { range_m, azimuth_rad: wrap_tau(atan2(p.x, p.y)), elevation_rad }
    }

    /// Whether a target that far away and that high above ground is above the radio horizon of smooth ground. The slant range
    /// stands for the distance along the ground: at the horizon they differ by less than 0.2 %.
    #[must_use]
    pub fn above_horizon(&self, range_m: f64, target_agl_m: f64) -> bool {
        range_m <= self.outlook_m + horizon_m(target_agl_m)
    }

    /// The place of a noise-free measurement, for tests.
    #[must_use]
    pub fn place_of(&self, look: Look) -> Geodetic {
        let (sin_a, cos_a) = skypicket_model::math::sin_cos(look.azimuth_rad);
        let (sin_e, cos_e) = skypicket_model::math::sin_cos(look.elevation_rad);
        let flat = look.range_m * cos_e;
        self.frame.geodetic(Vec3::new(flat * sin_a, flat * cos_a, look.range_m * sin_e))
    }
}

/// Times in which a sensor says nothing at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outages(pub Vec<(Time, Time)>);

impl Outages {
    /// Whether it is silent at a moment.
    #[must_use]
    pub fn silent(&self, t: Time) -> bool {
        self.0.iter().any(|(from, until)| t >= *from && t < *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_horizon_is_the_four_thirds_earths() {
        // The rule of thumb 4.12 km · √h (h in metres).
        assert!((horizon_m(100.0) - 41_217.0).abs() < 10.0, "{}", horizon_m(100.0));
        let site = Site::new(Geodetic { lat_deg: 51.0, lon_deg: 23.0, height_m: 250.0 }, 25.0);
        let limit = horizon_m(25.0) + horizon_m(400.0);
        assert!(site.above_horizon(limit - 1.0, 400.0) && !site.above_horizon(limit + 1.0, 400.0));
        assert!(!site.above_horizon(limit, 200.0));
    }

    #[test]
    fn a_look_and_its_place_are_inverse() {
        let site = Site::new(Geodetic { lat_deg: 51.0, lon_deg: 23.0, height_m: 250.0 }, 25.0);
        let target = Geodetic { lat_deg: 51.8, lon_deg: 24.1, height_m: 900.0 };
        let look = site.look(target.to_ecef());
        assert!((site.place_of(look).to_ecef() - target.to_ecef()).norm() < 1e-6);
        assert!(look.elevation_rad < 0.0 && look.azimuth_rad > 0.0);
    }
}
