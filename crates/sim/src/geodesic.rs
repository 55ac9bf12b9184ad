//! Shortest lines on the WGS 84 ellipsoid: where one leads, and the one between two places.
//!
//! Vincenty's direct and inverse formulas (Survey Review 23 (1975) 88–93), good to a millimetre over the distances that targets fly.
//! The inverse does not converge for nearly antipodal places and then gives the sphere's answer; no path here is that long.

use skypicket_model::LatLon;
use skypicket_model::frames::{WGS84_A_M, WGS84_B_M, WGS84_F};
use skypicket_model::math::{TAU, atan2, cos, deg, rad, sin_cos, tan, wrap_deg_180, wrap_pi};

/// A geodesic from a place in a direction.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    lon_deg: f64,
    sin_u1: f64,
    cos_u1: f64,
    sin_azimuth: f64,
    cos_azimuth: f64,
    sin_alpha: f64,
    cos2_alpha: f64,
    sigma1: f64,
    a: f64,
    b: f64,
}

/// A place on a geodesic and the direction there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnLine {
    /// The place.
    pub place: LatLon,
    /// Azimuth of the line there, clockwise from true north, radians in (−π, π].
    pub azimuth_rad: f64,
}

/// The series of both problems in sigma: Δσ by Vincenty's equation 6.
fn delta_sigma(b: f64, sin_sigma: f64, cos_sigma: f64, cos_2sm: f64) -> f64 {
    let c2 = cos_2sm * cos_2sm;
    let inner =
        cos_sigma * (2.0 * c2 - 1.0) - b / 6.0 * cos_2sm * (4.0 * sin_sigma * sin_sigma - 3.0) * (4.0 * c2 - 3.0);
    b * sin_sigma * (cos_2sm + b / 4.0 * inner)
}

/// Coefficients A and B of Vincenty's equations 3 and 4 for a geodesic of the given cos²α.
fn coefficients(cos2_alpha: f64) -> (f64, f64) {
    let u2 = cos2_alpha * (WGS84_A_M * WGS84_A_M / (WGS84_B_M * WGS84_B_M) - 1.0);
    let a = 1.0 + u2 / 16_384.0 * (4096.0 + u2 * (-768.0 + u2 * (320.0 - 175.0 * u2)));
    let b = u2 / 1024.0 * (256.0 + u2 * (-128.0 + u2 * (74.0 - 47.0 * u2)));
    (a, b)
}

/// Longitude on the ellipsoid from that on the auxiliary sphere: Vincenty's equations 10 and 11.
fn longitude_correction(
    sin_alpha: f64,
    cos2_alpha: f64,
    sigma: f64,
    sin_sigma: f64,
    cos_sigma: f64,
    cos_2sm: f64,
) -> f64 {
    let c = WGS84_F / 16.0 * cos2_alpha * (4.0 + WGS84_F * (4.0 - 3.0 * cos2_alpha));
    let inner = cos_2sm + c * cos_sigma * (2.0 * cos_2sm * cos_2sm - 1.0);
    (1.0 - c) * WGS84_F * sin_alpha * (sigma + c * sin_sigma * inner)
}

impl Line {
    /// The geodesic that leaves `from` at an azimuth (clockwise from true north).
    #[must_use]
    pub fn new(from: LatLon, azimuth_rad: f64) -> Self {
        let tan_u1 = (1.0 - WGS84_F) * tan(rad(from.lat_deg));
        let cos_u1 = 1.0 / (1.0 + tan_u1 * tan_u1).sqrt();
        let sin_u1 = tan_u1 * cos_u1;
        let (sin_azimuth, cos_azimuth) = sin_cos(azimuth_rad);
        let sin_alpha = cos_u1 * sin_azimuth;
        let cos2_alpha = 1.0 - sin_alpha * sin_alpha;
        let (a, b) = coefficients(cos2_alpha);
        Self {
            lon_deg: from.lon_deg,
            sin_u1,
            cos_u1,
            sin_azimuth,
            cos_azimuth,
            sin_alpha,
            cos2_alpha,
            sigma1: atan2(tan_u1, cos_azimuth),
            a,
            b,
        }
    }

    /// The place at a distance along the line, metres on the ellipsoid's surface.
    #[must_use]
    pub fn at(&self, distance_m: f64) -> OnLine {
        let first = distance_m / (WGS84_B_M * self.a);
        let mut sigma = first;
        let (mut sin_sigma, mut cos_sigma) = sin_cos(sigma);
        let mut cos_2sm = cos(2.0 * self.sigma1 + sigma);
        // Each round gains nearly three decimal digits; two are enough for short legs, five for any.
        for _ in 0..6 {
            let next = first + delta_sigma(self.b, sin_sigma, cos_sigma, cos_2sm);
            let change = (next - sigma).abs();
            sigma = next;
            (sin_sigma, cos_sigma) = sin_cos(sigma);
            cos_2sm = cos(2.0 * self.sigma1 + sigma);
            if change < 1e-13 {
                break;
            }
        }
        let across = self.sin_u1 * sin_sigma - self.cos_u1 * cos_sigma * self.cos_azimuth;
        let lat = atan2(
            self.sin_u1 * cos_sigma + self.cos_u1 * sin_sigma * self.cos_azimuth,
            (1.0 - WGS84_F) * (self.sin_alpha * self.sin_alpha + across * across).sqrt(),
        );
        let lambda =
            atan2(sin_sigma * self.sin_azimuth, self.cos_u1 * cos_sigma - self.sin_u1 * sin_sigma * self.cos_azimuth);
        let lon = lambda - longitude_correction(self.sin_alpha, self.cos2_alpha, sigma, sin_sigma, cos_sigma, cos_2sm);
        OnLine {
            place: LatLon { lat_deg: deg(lat), lon_deg: wrap_deg_180(self.lon_deg + deg(lon)) },
            azimuth_rad: atan2(self.sin_alpha, -across),
        }
    }
}

/// The geodesic between two places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Between {
    /// Its length, metres.
    pub distance_m: f64,
    /// Its azimuth at the first place, radians in (−π, π].
    pub azimuth_rad: f64,
    /// Its azimuth at the second place (onwards), radians in (−π, π].
    pub arrival_rad: f64,
}

/// Length and directions of the geodesic from one place to another; all zero when they are the same.
#[must_use]
pub fn between(from: LatLon, to: LatLon) -> Between {
    let l = rad(wrap_deg_180(to.lon_deg - from.lon_deg));
    let reduced = |lat_deg: f64| {
        let t = (1.0 - WGS84_F) * tan(rad(lat_deg));
        let c = 1.0 / (1.0 + t * t).sqrt();
        (t * c, c)
    };
    let ((sin_u1, cos_u1), (sin_u2, cos_u2)) = (reduced(from.lat_deg), reduced(to.lat_deg));
    let mut lambda = l;
    let mut distance_m = 0.0;
    for _ in 0..60 {
        let (sin_l, cos_l) = sin_cos(lambda);
        let east = cos_u2 * sin_l;
        let north = cos_u1 * sin_u2 - sin_u1 * cos_u2 * cos_l;
        let sin_sigma = (east * east + north * north).sqrt();
        if sin_sigma == 0.0 {
            return Between { distance_m: 0.0, azimuth_rad: 0.0, arrival_rad: 0.0 };
        }
        let cos_sigma = sin_u1 * sin_u2 + cos_u1 * cos_u2 * cos_l;
        let sigma = atan2(sin_sigma, cos_sigma);
        let sin_alpha = cos_u1 * cos_u2 * sin_l / sin_sigma;
        let cos2_alpha = 1.0 - sin_alpha * sin_alpha;
        // On the equator cos²α is 0 and so is the term.
        let cos_2sm = if cos2_alpha > 1e-18 { cos_sigma - 2.0 * sin_u1 * sin_u2 / cos2_alpha } else { 0.0 };
        let (a, b) = coefficients(cos2_alpha);
        distance_m = WGS84_B_M * a * (sigma - delta_sigma(b, sin_sigma, cos_sigma, cos_2sm));
        let next = l + longitude_correction(sin_alpha, cos2_alpha, sigma, sin_sigma, cos_sigma, cos_2sm);
        let change = (next - lambda).abs();
        lambda = next;
        if change < 1e-13 || lambda.abs() > TAU {
            break;
        }
    }
    let (sin_l, cos_l) = sin_cos(lambda);
    Between {
        distance_m,
        azimuth_rad: wrap_pi(atan2(cos_u2 * sin_l, cos_u1 * sin_u2 - sin_u1 * cos_u2 * cos_l)),
        arrival_rad: wrap_pi(atan2(cos_u1 * sin_l, cos_u1 * sin_u2 * cos_l - sin_u1 * cos_u2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic};

    const BREST: LatLon = LatLon { lat_deg: 52.094, lon_deg: 23.688 };

    #[test]
    fn lines_agree_with_geographiclib_to_a_millimetre() {
        let reference = Geodesic::wgs84();
        for azimuth_deg in [0.0, 37.0, 90.0, 181.5, 270.0, 359.9] {
            let line = Line::new(BREST, rad(azimuth_deg));
            for distance_m in [0.0, 1.0, 45.0, 10_000.0, 400_000.0, 3_000_000.0] {
                let got = line.at(distance_m);
                let (lat, lon, azimuth) = reference.direct(BREST.lat_deg, BREST.lon_deg, azimuth_deg, distance_m);
                let off_m = got.place.rough_distance_m(LatLon { lat_deg: lat, lon_deg: lon });
                assert!(off_m < 1e-3, "{azimuth_deg} {distance_m}: {off_m}");
                assert!(wrap_pi(got.azimuth_rad - rad(azimuth)).abs() < 1e-9, "{azimuth_deg} {distance_m}");
            }
        }
    }

    #[test]
    fn the_line_between_two_places_agrees_with_geographiclib() {
        let reference = Geodesic::wgs84();
        for to in [(54.38, 18.47), (49.0, 22.9), (52.094, 24.0), (-33.9, 151.2), (52.5, 23.688)] {
            let to = LatLon { lat_deg: to.0, lon_deg: to.1 };
            let got = between(BREST, to);
            let (distance_m, azimuth, arrival, _arc): (f64, f64, f64, f64) =
                reference.inverse(BREST.lat_deg, BREST.lon_deg, to.lat_deg, to.lon_deg);
            assert!((got.distance_m - distance_m).abs() < 1e-3, "{to:?}");
            assert!(wrap_pi(got.azimuth_rad - rad(azimuth)).abs() < 1e-9, "{to:?}");
            assert!(wrap_pi(got.arrival_rad - rad(arrival)).abs() < 1e-9, "{to:?}");
        }
        assert!(between(BREST, BREST).distance_m.abs() < 1e-12);
    }
}
