//! What type codes and quality figures mean in metres.
//!
//! Source: RTCA DO-260B tables 2-200 (NIC), 2-71 (NACp), 2.2.3.2.6.1.5 (NACv), DO-260 table 2-11 (NUCp), DO-260A table 2-70;
//! ED-102A appendix N for reading older versions. The model's sigma is a component's; the standard's radius is the 95 % circle.

use super::aircraft::{NOT_TOLD, VERSION_UNKNOWN};
use crate::quality::{CIRCLE_95, EPU_M, VELOCITY_95_M_S};

/// 1-sigma of a component where nothing at all is stated: 1,224 m in the 95 % circle, between NACp 4 and 5, which is what inertial
/// navigation keeps for a while.
const UNSTATED_SIGMA_M: f64 = 500.0;
/// Rounding of the position to CPR steps, about 5.1 m, adds this variance (step²/12).
const CPR_VARIANCE_M2: f64 = 5.1 * 5.1 / 12.0;

/// Navigation integrity: category and containment radius.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Integrity {
    pub(super) nic: u8,
    pub(super) containment_m: Option<f64>,
}

const fn integrity(nic: u8, containment_m: f64) -> Integrity {
    Integrity { nic, containment_m: Some(containment_m) }
}

const UNKNOWN: Integrity = Integrity { nic: 0, containment_m: None };

/// Of an airborne position: type code, version, supplements A (from TC 31) and B (from the message itself).
#[inline]
pub(super) const fn airborne(type_code: u32, version: u8, a: bool, b: bool) -> Integrity {
    let first = version == 0 || version == VERSION_UNKNOWN;
    // Version 1 has supplement A only.
    let both = a && (b || version == 1);
    match type_code {
        9 | 20 => integrity(11, 7.5),
        10 | 21 => integrity(10, 25.0),
        11 if both && !first => integrity(9, 75.0),
        11 => integrity(8, 185.2),
        12 => integrity(7, 370.4),
        13 if first => integrity(6, 926.0),
        13 if both => integrity(6, 1111.2),
        13 if !a && b && version >= 2 => integrity(6, 555.6),
        13 => integrity(6, 926.0),
        14 => integrity(5, 1852.0),
        15 => integrity(4, 3704.0),
        16 if first => integrity(1, 18_520.0),
        16 if both => integrity(3, 7408.0),
        16 => integrity(2, 14_816.0),
        17 => integrity(1, 37_040.0),
        _ => UNKNOWN,
    }
}

/// Of a surface position: type code, version, supplements A and C (both from TC 31).
#[inline]
pub(super) const fn surface(type_code: u32, version: u8, a: bool, c: bool) -> Integrity {
    let first = version == 0 || version == VERSION_UNKNOWN;
    match (type_code, a, c) {
        (5, ..) => integrity(11, 7.5),
        (6, ..) => integrity(10, 25.0),
        (7, true, false) if !first => integrity(9, 75.0),
        (7, ..) => integrity(8, 185.2),
        (8, true, true) if version >= 2 => integrity(7, 370.4),
        (8, true, false) if version >= 2 => integrity(6, 555.6),
        (8, false, true) if version >= 2 => integrity(6, 1111.2),
        _ => UNKNOWN,
    }
}

/// The 95 % radius by NIC where no NACp was told: half of the containment radius, as NUCp's table pairs them (DO-260 table 2-11).
const HALF_CONTAINMENT_M: [f64; 11] = [18_520.0, 7408.0, 3704.0, 1852.0, 926.0, 463.0, 185.2, 92.6, 37.5, 12.5, 3.75];

/// Sigmas by category from radii that begin with category 1; category 0 says nothing.
const fn by_category(radius_m: [f64; 11]) -> [f64; 12] {
    let mut sigma_m = [UNSTATED_SIGMA_M; 12];
    let mut category = 1;
    while category < 12 {
        let sigma = radius_m[category - 1] / CIRCLE_95;
        sigma_m[category] = root(sigma * sigma + CPR_VARIANCE_M2);
        category += 1;
    }
    sigma_m
}

/// Square root at compile time, by Newton's iteration.
const fn root(x: f64) -> f64 {
    let mut guess = if x > 1.0 { x } else { 1.0 };
    let mut step = 0;
    while step < 64 {
        guess = 0.5 * (guess + x / guess);
        step += 1;
    }
    guess
}

static SIGMA_BY_NACP_M: [f64; 12] = by_category(EPU_M);
static SIGMA_BY_NIC_M: [f64; 12] = by_category(HALF_CONTAINMENT_M);

/// 1-sigma of a position component, metres.
#[inline]
pub(super) fn sigma_m(nac_p: u8, nic: u8) -> f64 {
    let table = if nac_p == NOT_TOLD { (&SIGMA_BY_NIC_M, nic) } else { (&SIGMA_BY_NACP_M, nac_p) };
    table.0.get(usize::from(table.1)).copied().unwrap_or(UNSTATED_SIGMA_M)
}

/// 1-sigma of a velocity component, m/s, by NACv (95 % of the horizontal error below 10, 3, 1, 0.3 m/s); the step of 1 kt adds.
static SIGMA_BY_NACV_M_S: [f64; 5] = {
    let [one, two, three, four] = VELOCITY_95_M_S;
    [10.0, one / CIRCLE_95, two / CIRCLE_95, three / CIRCLE_95, four / CIRCLE_95]
};

/// 1-sigma of a velocity component, m/s; `scale` is 4 for supersonic messages, whose step is 4 kt.
#[inline]
pub(super) fn velocity_sigma_m_s(nac_v: u8, scale: f64) -> f64 {
    let stated = SIGMA_BY_NACV_M_S.get(usize::from(nac_v)).copied().unwrap_or(SIGMA_BY_NACV_M_S[0]);
    // A step of 0.514 m/s is uniform noise of 0.149 m/s.
    let rounding = 0.149 * scale;
    (stated * stated + rounding * rounding).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supplements_choose_the_radius_as_do_260b_tabulates() {
        let radius = |tc, version, a, b| airborne(tc, version, a, b).containment_m;
        assert_eq!(radius(11, 2, true, true), Some(75.0));
        assert_eq!(radius(11, 2, false, false), Some(185.2));
        assert_eq!(radius(11, 1, true, false), Some(75.0));
        assert_eq!(radius(13, 2, false, true), Some(555.6));
        assert_eq!(radius(13, 2, false, false), Some(926.0));
        assert_eq!(radius(13, 2, true, true), Some(1111.2));
        assert_eq!(airborne(16, 1, true, false).nic, 3, "version 1 knows no supplement B");
        assert_eq!(airborne(16, 2, false, false).nic, 2);
        assert_eq!(airborne(16, 0, true, true).containment_m, Some(18_520.0));
        assert_eq!(airborne(18, 2, true, true), UNKNOWN);
        assert_eq!(surface(8, 2, true, true).nic, 7);
        assert_eq!(surface(8, 2, false, false), UNKNOWN);
        assert_eq!(surface(7, 2, true, false).nic, 9);
        assert_eq!(surface(7, 0, true, false).nic, 8);
    }

    #[test]
    fn sigmas_grow_as_categories_fall() {
        for category in 2..12_u8 {
            assert!(sigma_m(category, 0) < sigma_m(category - 1, 0));
            assert!(sigma_m(NOT_TOLD, category) < sigma_m(NOT_TOLD, category - 1));
        }
        assert!((sigma_m(8, 0) - 37.86).abs() < 0.01);
        assert!((sigma_m(0, 8) - UNSTATED_SIGMA_M).abs() < 1e-9);
        assert!(velocity_sigma_m_s(4, 1.0) < velocity_sigma_m_s(2, 1.0));
    }
}
