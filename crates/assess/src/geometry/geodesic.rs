//! Distances on the WGS 84 ellipsoid.

use skypicket_model::frames::{LatLon, WGS84_A_M, WGS84_B_M, WGS84_E2, WGS84_F};
use skypicket_model::math::{atan, atan2, cos, rad, sin_cos, tan};

use super::Metres;

/// Mean radius of the Earth, metres (IUGG 1980): good to 0.5 % for any local radius, which is all that the short formula needs.
const MEAN_RADIUS_M: f64 = 6_371_008.8;
/// Chords up to this length become arcs by the short formula: its error, at most 0.5 % of c³/24R², stays below 5 mm.
const SHORT_M: f64 = 100_000.0;
/// Vincenty's iteration stops below this change of longitude, radians (6 µm).
const TOLERANCE_RAD: f64 = 1e-12;
/// It converges within 6 rounds but for nearly antipodal places, where its last value serves.
const ROUNDS: usize = 64;

/// Earth-centred coordinates of a place on the ellipsoid, metres.
pub(super) fn surface(place: LatLon) -> Metres {
    Frame::at(place).origin_m
}

/// A place on the ellipsoid, with its directions east and north.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Earth-centred, metres.
    pub(super) origin_m: Metres,
    east: [f64; 2],
    north: [f64; 3],
}

impl Frame {
    pub(super) fn at(place: LatLon) -> Self {
        let (sin_lat, cos_lat) = sin_cos(rad(place.lat_deg));
        let (sin_lon, cos_lon) = sin_cos(rad(place.lon_deg));
        let normal_m = WGS84_A_M / (1.0 - WGS84_E2 * sin_lat * sin_lat).sqrt();
        let from_axis_m = normal_m * cos_lat;
        Self {
            origin_m: [from_axis_m * cos_lon, from_axis_m * sin_lon, normal_m * (1.0 - WGS84_E2) * sin_lat],
            east: [-sin_lon, cos_lon],
            north: [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
        }
    }

    /// East and north as rows of a matrix.
    pub(super) fn rows(&self) -> [Metres; 2] {
        [[self.east[0], self.east[1], 0.0], self.north]
    }
}

/// Geodesic distance between two places whose chord is known, metres.
pub(super) fn distance_m(a: LatLon, b: LatLon, chord_m: f64) -> f64 {
    if chord_m < SHORT_M {
        let ratio = chord_m / MEAN_RADIUS_M;
        return chord_m * (1.0 + ratio * ratio / 24.0);
    }
    vincenty_m(a, b)
}

/// Inverse geodesic problem by T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid with application of nested equations",
/// Survey Review 23 (176), 1975, 88–93: below 0.1 mm where it converges.
fn vincenty_m(a: LatLon, b: LatLon) -> f64 {
    let reduced = |lat_deg: f64| sin_cos(atan((1.0 - WGS84_F) * tan(rad(lat_deg))));
    let (sin_u1, cos_u1) = reduced(a.lat_deg);
    let (sin_u2, cos_u2) = reduced(b.lat_deg);
    let difference = skypicket_model::math::wrap_pi(rad(b.lon_deg - a.lon_deg));
    let mut lambda = difference;
    let (mut sigma, mut sin_sigma, mut cos_sigma, mut cos2_alpha, mut cos_2m) = (0.0, 0.0, 1.0, 1.0, 0.0);
    for _ in 0..ROUNDS {
        let (sin_lambda, cos_lambda) = sin_cos(lambda);
        let x = cos_u2 * sin_lambda;
        let y = cos_u1 * sin_u2 - sin_u1 * cos_u2 * cos_lambda;
        sin_sigma = (x * x + y * y).sqrt();
        if sin_sigma <= 0.0 {
            return 0.0;
        }
        cos_sigma = sin_u1 * sin_u2 + cos_u1 * cos_u2 * cos_lambda;
        sigma = atan2(sin_sigma, cos_sigma);
        let sin_alpha = cos_u1 * cos_u2 * sin_lambda / sin_sigma;
        cos2_alpha = 1.0 - sin_alpha * sin_alpha;
        cos_2m = if cos2_alpha > 0.0 { cos_sigma - 2.0 * sin_u1 * sin_u2 / cos2_alpha } else { 0.0 };
        let c = WGS84_F / 16.0 * cos2_alpha * (4.0 + WGS84_F * (4.0 - 3.0 * cos2_alpha));
        let inner = cos_2m + c * cos_sigma * (2.0 * cos_2m * cos_2m - 1.0);
        let next = difference + (1.0 - c) * WGS84_F * sin_alpha * (sigma + c * sin_sigma * inner);
        let change = (next - lambda).abs();
        lambda = next;
        if change < TOLERANCE_RAD {
            break;
        }
    }
    let u2 = cos2_alpha * (WGS84_A_M * WGS84_A_M - WGS84_B_M * WGS84_B_M) / (WGS84_B_M * WGS84_B_M);
    let big_a = 1.0 + u2 / 16384.0 * (4096.0 + u2 * (-768.0 + u2 * (320.0 - 175.0 * u2)));
    let big_b = u2 / 1024.0 * (256.0 + u2 * (-128.0 + u2 * (74.0 - 47.0 * u2)));
    let cos2_2m = 2.0 * cos_2m * cos_2m - 1.0;
    let third = big_b / 6.0 * cos_2m * (4.0 * sin_sigma * sin_sigma - 3.0) * (4.0 * cos_2m * cos_2m - 3.0);
    let delta = big_b * sin_sigma * (cos_2m + big_b / 4.0 * (cos_sigma * cos2_2m - third));
    WGS84_B_M * big_a * (sigma - delta)
}

/// Metres in one degree of latitude and of longitude at a latitude, for box sizes and step lengths (within 1 %).
pub(super) fn degree_m(lat_deg: f64) -> (f64, f64) {
    (111_133.0, 111_320.0 * cos(rad(lat_deg)).max(1e-6))
}
