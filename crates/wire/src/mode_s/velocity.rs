//! Airborne velocity (BDS 0,9; TC 19), ME bits 1–56.
//!
//! | bits | subtype 1, 2 (ground speed) | subtype 3, 4 (airspeed) |
//! |---|---|---|
//! | 6–8 | subtype; 2 and 4 count in steps of 4 kt | |
//! | 11–13 | NACv (NUCr in version 0) | the same |
//! | 14 | west | heading available |
//! | 15–24 | east-west, (n − 1) kt, 0 = none | heading, 360°/1024 |
//! | 25 | south | 0 indicated, 1 true airspeed |
//! | 26–35 | north-south, (n − 1) kt, 0 = none | airspeed, (n − 1) kt, 0 = none |
//! | 36 | vertical rate: 0 GNSS, 1 barometric | the same |
//! | 37, 38–46 | down; (n − 1) × 64 ft/min, 0 = none | the same |
//! | 49, 50–56 | GNSS height below; (n − 1) × 25 ft, 0 = none | the same |
//!
//! Source: ICAO Doc 9871 ed. 2 table A-2-9a, A-2-9b; RTCA DO-260B 2.2.3.2.6. TIS-B differs (DO-260B 2.2.17.3.4): bits 10–13 are
//! NACp, bit 36 is the GEO flag, and bits 49–56 hold the height difference only when it is set.

use super::fields::{bit, bits};
use super::quality::velocity_sigma_m_s;
use skypicket_model::math::{M_PER_FT, M_S_PER_FT_MIN, M_S_PER_KT, TAU};
use skypicket_model::observation::StatedVelocity;

/// Ground velocity in knots (east, north), where a subtype 1 or 2 carries it.
pub(super) type GroundKt = Option<(f64, f64)>;

/// Decodes a velocity message; `None` for reserved subtypes. Also the ground velocity in knots, for later cross-checks.
#[inline]
pub(super) fn decode(me: u64, traffic: bool) -> Option<(StatedVelocity, GroundKt)> {
    let subtype = bits(me, 6, 8);
    let step_kt = match subtype {
        1 | 3 => 1.0,
        2 | 4 => 4.0,
        _ => return None,
    };
    let mut velocity = StatedVelocity::default();
    let mut ground = None;
    if subtype <= 2 {
        let east_kt = signed(bit(me, 14), bits(me, 15, 24)).map(|n| n * step_kt);
        let north_kt = signed(bit(me, 25), bits(me, 26, 35)).map(|n| n * step_kt);
        velocity.east_m_s = east_kt.map(|kt| kt * M_S_PER_KT);
        velocity.north_m_s = north_kt.map(|kt| kt * M_S_PER_KT);
        ground = east_kt.zip(north_kt);
    } else {
        if bit(me, 14) {
            velocity.heading_rad = Some(f64::from(bits(me, 15, 24)) * (TAU / 1024.0));
        }
        let airspeed_m_s = signed(false, bits(me, 26, 35)).map(|n| n * step_kt * M_S_PER_KT);
        if bit(me, 25) {
            velocity.true_airspeed_m_s = airspeed_m_s;
        } else {
            velocity.indicated_airspeed_m_s = airspeed_m_s;
        }
    }
    velocity.vertical_m_s = signed(bit(me, 37), bits(me, 38, 46)).map(|n| n * (64.0 * M_S_PER_FT_MIN));
    // TIS-B's GEO flag says the opposite of the source bit: set means geometric.
    velocity.vertical_is_barometric = bit(me, 36) != traffic;
    if !traffic || bit(me, 36) {
        velocity.height_minus_pressure_m = signed(bit(me, 49), bits(me, 50, 56)).map(|n| n * (25.0 * M_PER_FT));
    }
    if !traffic {
        // Values above 4 are reserved and say nothing.
        velocity.nac_v = Some(bits(me, 11, 13) as u8).filter(|nac_v| *nac_v <= 4);
    }
    velocity.sigma_m_s = velocity_sigma_m_s(velocity.nac_v.unwrap_or(0), step_kt);
    Some((velocity, ground))
}

/// A magnitude that counts from 1, with its sign bit; 0 says that there is none.
#[inline]
fn signed(negative: bool, n: u32) -> Option<f64> {
    if n == 0 {
        return None;
    }
    let magnitude = f64::from(n - 1);
    // A minus sign before nothing is not a number of its own.
    Some(if negative { 0.0 - magnitude } else { magnitude })
}
