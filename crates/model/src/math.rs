//! The only transcendental functions of the core: `libm`'s, which give the same bits on every platform.
//!
//! The standard library's differ between operating systems and versions, which would break replay digests; `clippy.toml` bans
//! them. `sqrt`, `abs`, `floor` and arithmetic are exact by IEEE 754 and may be used directly.

pub use core::f64::consts::{FRAC_PI_2, PI, TAU};
pub use libm::{
    acos, asin, atan, atan2, cos, erf, erfc, exp, expm1, hypot, log as ln, log1p as ln_1p, log10, pow, sin, tan, tanh,
};

/// Metres in one international foot (exact).
pub const M_PER_FT: f64 = 0.3048;
/// Metres in one international nautical mile (exact).
pub const M_PER_NM: f64 = 1852.0;
/// Metres a second in one knot (exact).
pub const M_S_PER_KT: f64 = 1852.0 / 3600.0;
/// Metres a second in one foot a minute (exact).
pub const M_S_PER_FT_MIN: f64 = 0.3048 / 60.0;

/// Sine and cosine of an angle in radians.
#[must_use]
pub fn sin_cos(x_rad: f64) -> (f64, f64) {
    libm::sincos(x_rad)
}

/// Degrees to radians.
#[must_use]
pub fn rad(deg: f64) -> f64 {
    deg * (PI / 180.0)
}

/// Radians to degrees.
#[must_use]
pub fn deg(rad: f64) -> f64 {
    rad * (180.0 / PI)
}

/// The equivalent angle in (−π, π]; the argument must be finite and is usually within a few turns.
#[must_use]
pub fn wrap_pi(x_rad: f64) -> f64 {
    let turns = (x_rad / TAU).round();
    let wrapped = x_rad - turns * TAU;
    if wrapped <= -PI { wrapped + TAU } else { wrapped }
}

/// The equivalent angle in [0, 2π).
#[must_use]
pub fn wrap_tau(x_rad: f64) -> f64 {
    let wrapped = x_rad - (x_rad / TAU).floor() * TAU;
    if wrapped >= TAU { 0.0 } else { wrapped }
}

/// The equivalent angle in [−180, 180) degrees, for longitudes.
#[must_use]
pub fn wrap_deg_180(x_deg: f64) -> f64 {
    let wrapped = x_deg - ((x_deg + 180.0) / 360.0).floor() * 360.0;
    if wrapped >= 180.0 { wrapped - 360.0 } else { wrapped }
}

/// Φ(x), the standard normal distribution function.
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x * core::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_wrap_into_their_ranges() {
        assert!((wrap_pi(3.0 * PI) - PI).abs() < 1e-12);
        assert!((wrap_pi(-PI) - PI).abs() < 1e-12);
        assert!((wrap_tau(-0.5) - (TAU - 0.5)).abs() < 1e-12);
        assert!(wrap_tau(-1e-18) < TAU);
        assert!((wrap_deg_180(190.0) + 170.0).abs() < 1e-12);
        assert!((wrap_deg_180(180.0) + 180.0).abs() < 1e-12);
    }

    #[test]
    fn the_normal_distribution_has_its_known_values() {
        assert!((normal_cdf(0.0) - 0.5).abs() < 1e-15);
        assert!((normal_cdf(1.959_963_984_540_054) - 0.975).abs() < 1e-12);
        assert!(normal_cdf(-40.0) >= 0.0);
    }
}
