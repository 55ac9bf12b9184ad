//! What files of airspace have in common: faults with their line, vertical limits as people write them, circles and arcs.

use skypicket_model::frames::{WGS84_A_M, WGS84_B_M, WGS84_F};
use skypicket_model::math::{M_PER_FT, TAU, acos, atan, atan2, deg, rad, sin_cos, tan, wrap_deg_180};
use skypicket_model::{AltitudeAmsl, FlightLevel, HeightAgl, LatLon, VerticalLimit};

/// Most airspaces read from one file.
pub const MAX_AIRSPACES: usize = 20_000;
/// Most corners read from one file.
pub const MAX_CORNERS: usize = 2_000_000;
/// Most faults told of one file.
pub const MAX_FAULTS: usize = 100;
/// Drawn arcs lie at most this far from true ones, metres.
const ARC_ERROR_M: f64 = 0.5;
/// Largest radius of a circle or arc, metres.
const MAX_RADIUS_M: f64 = 2_000_000.0;

/// What is wrong with a file, and on which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// 1-based.
    pub line: usize,
    /// What was wrong, what was wanted.
    pub what: String,
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl core::error::Error for Fault {}

/// Reads a vertical limit: `SFC`, `GND`, `UNL`, `FL95`, `3000 ft AMSL`, `500 m AGL`. A bare number is feet above mean sea level, as OpenAir has it.
///
/// # Errors
/// With what was wanted.
pub(crate) fn limit(text: &str) -> Result<VerticalLimit, String> {
    let upper = text.trim().to_ascii_uppercase();
    let wrong = || format!("limit is \"{}\", must be like SFC, UNL, FL95, 3000 ft AMSL or 500 m AGL", text.trim());
    match upper.as_str() {
        "SFC" | "GND" | "SURFACE" | "GROUND" | "0 AGL" | "0FT AGL" | "0 FT AGL" => return Ok(VerticalLimit::Surface),
        "UNL" | "UNLIM" | "UNLIMITED" | "UNLTD" => return Ok(VerticalLimit::Unlimited),
        _ => {}
    }
    if let Some(level) = upper.strip_prefix("FL") {
        let hundreds_ft: f64 = level.trim().parse().map_err(|_| wrong())?;
        let valid = (0.0..=1000.0).contains(&hundreds_ft);
        return valid.then_some(VerticalLimit::FlightLevel(FlightLevel { hundreds_ft })).ok_or_else(wrong);
    }
    let digits = upper.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(upper.len());
    let (number, rest) = upper.split_at(digits);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let rest: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
    let (metres, reference) = match rest.strip_prefix("FT").or_else(|| rest.strip_prefix('F')) {
        Some(reference) => (number * M_PER_FT, reference),
        None => match rest.strip_prefix('M').filter(|rest| !rest.starts_with("SL")) {
            Some(reference) => (number, reference),
            None => (number * M_PER_FT, rest.as_str()),
        },
    };
    if !(-1000.0..=100_000.0).contains(&metres) {
        return Err(wrong());
    }
    match reference {
        "" | "AMSL" | "MSL" | "ALT" => Ok(VerticalLimit::Amsl(AltitudeAmsl::from_m(metres))),
        "AGL" | "GND" | "SFC" | "ASFC" => Ok(VerticalLimit::Agl(HeightAgl::from_m(metres))),
        _ => Err(wrong()),
    }
}

/// Corners of a circle around a place, anticlockwise, not closed.
///
/// # Errors
/// When the radius is out of range.
pub(crate) fn circle(centre: LatLon, radius_m: f64) -> Result<Vec<LatLon>, String> {
    let count = arc_steps(radius_m, TAU)?;
    Ok((0..count).map(|i| destination(centre, -TAU * f64::from(i) / f64::from(count), radius_m)).collect())
}

/// Corners of an arc around a place from one azimuth to another (radians), both ends included.
///
/// # Errors
/// When the radius is out of range.
pub(crate) fn arc(
    centre: LatLon,
    radius_m: (f64, f64),
    from_rad: f64,
    to_rad: f64,
    clockwise: bool,
) -> Result<Vec<LatLon>, String> {
    let forward = skypicket_model::math::wrap_tau(to_rad - from_rad);
    let turn = if clockwise { forward } else { forward - TAU };
    let count = arc_steps(radius_m.0.max(radius_m.1), turn.abs())?.max(1);
    Ok((0..=count)
        .map(|i| {
            let share = f64::from(i) / f64::from(count);
            destination(centre, from_rad + turn * share, radius_m.0 + (radius_m.1 - radius_m.0) * share)
        })
        .collect())
}

/// Straight pieces that an arc needs: a chord over the angle α lies r(1 − cos α/2) from it.
fn arc_steps(radius_m: f64, turn_rad: f64) -> Result<u32, String> {
    if !(1.0..=MAX_RADIUS_M).contains(&radius_m) {
        return Err(format!("radius is {radius_m} m, must be 1 m to 2,000 km"));
    }
    let step_rad = 2.0 * acos((1.0 - ARC_ERROR_M / radius_m).max(0.0));
    Ok((turn_rad / step_rad).ceil().clamp(8.0, 4096.0) as u32)
}

/// Azimuth (radians) and distance (metres) from one place to another, good to centimetres for the radii of airspaces: both follow from the tangent plane
/// at the first.
pub(crate) fn azimuth_and_distance(from: LatLon, to: LatLon) -> (f64, f64) {
    let frame = skypicket_model::Tangent::new(from.at_height(0.0));
    let p = frame.to_enu(to.at_height(0.0).to_ecef());
    let chord_m = p.norm();
    let ratio = chord_m / 6_371_008.8;
    (atan2(p.x, p.y), chord_m * (1.0 + ratio * ratio / 24.0))
}

/// Direct geodesic problem by T. Vincenty, Survey Review 23 (176), 1975, 88–93.
fn destination(from: LatLon, azimuth_rad: f64, distance_m: f64) -> LatLon {
    let (sin_a1, cos_a1) = sin_cos(azimuth_rad);
    let tan_u1 = (1.0 - WGS84_F) * tan(rad(from.lat_deg));
    let cos_u1 = 1.0 / (1.0 + tan_u1 * tan_u1).sqrt();
    let sin_u1 = tan_u1 * cos_u1;
    let sigma1 = atan2(tan_u1, cos_a1);
    let sin_a = cos_u1 * sin_a1;
    let cos2_a = 1.0 - sin_a * sin_a;
    let u2 = cos2_a * (WGS84_A_M * WGS84_A_M / (WGS84_B_M * WGS84_B_M) - 1.0);
    let big_a = 1.0 + u2 / 16384.0 * (4096.0 + u2 * (-768.0 + u2 * (320.0 - 175.0 * u2)));
    let big_b = u2 / 1024.0 * (256.0 + u2 * (-128.0 + u2 * (74.0 - 47.0 * u2)));
    let first = distance_m / (WGS84_B_M * big_a);
    let mut sigma = first;
    let (mut sin_s, mut cos_s, mut cos_2m) = (0.0, 1.0, 0.0);
    // Converges by four digits a round.
    for _ in 0..6 {
        (sin_s, cos_s) = sin_cos(sigma);
        cos_2m = skypicket_model::math::cos(2.0 * sigma1 + sigma);
        let inner = cos_s * (2.0 * cos_2m * cos_2m - 1.0)
            - big_b / 6.0 * cos_2m * (4.0 * sin_s * sin_s - 3.0) * (4.0 * cos_2m * cos_2m - 3.0);
        sigma = first + big_b * sin_s * (cos_2m + big_b / 4.0 * inner);
    }
    let x = sin_u1 * sin_s - cos_u1 * cos_s * cos_a1;
    let lat = atan((sin_u1 * cos_s + cos_u1 * sin_s * cos_a1) / ((1.0 - WGS84_F) * (sin_a * sin_a + x * x).sqrt()));
    let lambda = atan2(sin_s * sin_a1, cos_u1 * cos_s - sin_u1 * sin_s * cos_a1);
    let c = WGS84_F / 16.0 * cos2_a * (4.0 + WGS84_F * (4.0 - 3.0 * cos2_a));
    let shift =
        (1.0 - c) * WGS84_F * sin_a * (sigma + c * sin_s * (cos_2m + c * cos_s * (2.0 * cos_2m * cos_2m - 1.0)));
    LatLon { lat_deg: deg(lat), lon_deg: wrap_deg_180(from.lon_deg + deg(lambda - shift)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_people_write_them() {
        let amsl = |m: f64| VerticalLimit::Amsl(AltitudeAmsl::from_m(m));
        let agl = |m: f64| VerticalLimit::Agl(HeightAgl::from_m(m));
        let level = |hundreds_ft: f64| VerticalLimit::FlightLevel(FlightLevel { hundreds_ft });
        for (text, want) in [
            ("SFC", VerticalLimit::Surface),
            (" gnd ", VerticalLimit::Surface),
            ("UNLIM", VerticalLimit::Unlimited),
            ("FL 95", level(95.0)),
            ("FL095", level(95.0)),
            ("1000 m AMSL", amsl(1000.0)),
            ("1000MSL", amsl(304.8)),
            ("1000", amsl(304.8)),
            ("1000ft", amsl(304.8)),
            ("500 m AGL", agl(500.0)),
            ("500 ft AGL", agl(152.4)),
            ("500AGL", agl(152.4)),
        ] {
            assert_eq!(limit(text), Ok(want), "{text}");
        }
        for bad in ["", "FL", "FL-5", "abc", "10 km", "1e9 ft", "NaN", "12 ft ABOVE"] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_circle_keeps_its_radius() {
        let centre = LatLon { lat_deg: 52.2, lon_deg: 20.9 };
        let corners = circle(centre, 18_520.0).expect("in range");
        assert!(corners.len() > 100);
        for corner in corners {
            let (_, distance_m) = azimuth_and_distance(centre, corner);
            assert!((distance_m - 18_520.0).abs() < 0.05, "{distance_m}");
        }
        assert!(circle(centre, f64::NAN).is_err() && circle(centre, 0.0).is_err());
    }
}
