//! What ADS-B quality indicators mean in metres.
//!
//! Sources: EUROCAE ED-102A / RTCA DO-260B tables for NIC, NACp and NACv; DO-260 for NUCp; EUROCONTROL ASTERIX part 12
//! (category 021) for PIC.

use skypicket_model::math::M_PER_NM;

/// Radius of a circle that holds 95 % of a round two-dimensional normal distribution, in sigmas: √(−2 ln 0.05).
const RADIUS_95: f64 = 2.447_746_830_680_816;

/// Sigma of one position component where nothing is stated, metres: as NACp 5 (0.5 NM).
pub(super) const UNSTATED_SIGMA_M: f64 = 0.5 * M_PER_NM / RADIUS_95;
/// Sigma of one velocity component where nothing is stated, m/s: as NACv 1 (10 m/s).
pub(super) const UNSTATED_SIGMA_M_S: f64 = 10.0 / RADIUS_95;

/// Containment radius of a NIC, metres; the largest where supplements tell several apart. `None` for NIC 0.
pub(super) fn nic_radius_m(nic: u8) -> Option<f64> {
    Some(match nic {
        11 => 7.5,
        10 => 25.0,
        9 => 75.0,
        8 => 0.1 * M_PER_NM,
        7 => 0.2 * M_PER_NM,
        6 => 0.6 * M_PER_NM,
        5 => M_PER_NM,
        4 => 2.0 * M_PER_NM,
        3 => 4.0 * M_PER_NM,
        2 => 8.0 * M_PER_NM,
        1 => 20.0 * M_PER_NM,
        _ => return None,
    })
}

/// NIC of the same radius as a NUCp, for version 0 (the next weaker one where there is none).
pub(super) const fn nic_of_nucp(nucp: u8) -> u8 {
    match nucp {
        9 => 11,
        8 => 10,
        7 => 8,
        6 => 7,
        5 => 6,
        4 => 5,
        3 => 4,
        2 | 1 => 1,
        _ => 0,
    }
}

/// Containment radius of a NUCp, metres.
pub(super) fn nucp_radius_m(nucp: u8) -> Option<f64> {
    match nucp {
        // NUCp 5 is 0.5 NM where NIC 6 may be 0.6 NM; NUCp 2 is 10 NM where NIC has 8 and 20 NM.
        5 => Some(0.5 * M_PER_NM),
        2 => Some(10.0 * M_PER_NM),
        other => nic_radius_m(nic_of_nucp(other)),
    }
}

/// Containment radius of a position integrity category (I021/090 PIC), metres.
pub(super) fn pic_radius_m(pic: u8) -> Option<f64> {
    Some(match pic {
        14 => 7.5,
        13 => 25.0,
        12 => 75.0,
        11 => 0.1 * M_PER_NM,
        10 => 0.2 * M_PER_NM,
        9 => 0.3 * M_PER_NM,
        8 => 0.5 * M_PER_NM,
        7 => 0.6 * M_PER_NM,
        6 => M_PER_NM,
        5 => 2.0 * M_PER_NM,
        4 => 4.0 * M_PER_NM,
        3 => 8.0 * M_PER_NM,
        2 => 10.0 * M_PER_NM,
        1 => 20.0 * M_PER_NM,
        _ => return None,
    })
}

/// Sigma of one position component of a NACp, metres. `None` for NACp 0.
pub(super) fn nac_p_sigma_m(nac_p: u8) -> Option<f64> {
    let radius_m = match nac_p {
        11 => 3.0,
        10 => 10.0,
        9 => 30.0,
        8 => 0.05 * M_PER_NM,
        7 => 0.1 * M_PER_NM,
        6 => 0.3 * M_PER_NM,
        5 => 0.5 * M_PER_NM,
        4 => M_PER_NM,
        3 => 2.0 * M_PER_NM,
        2 => 4.0 * M_PER_NM,
        1 => 10.0 * M_PER_NM,
        _ => return None,
    };
    Some(radius_m / RADIUS_95)
}

/// Sigma of one position component where only a containment radius is stated: DO-260 pairs each protection limit with a
/// 95 % accuracy of half of it.
pub(super) fn contained_sigma_m(radius_m: f64) -> f64 {
    0.5 * radius_m / RADIUS_95
}

/// Sigma of one velocity component of a NACv (or NUCr, which has the same steps), m/s.
pub(super) fn nac_v_sigma_m_s(nac_v: u8) -> f64 {
    match nac_v {
        4 => 0.3 / RADIUS_95,
        3 => 1.0 / RADIUS_95,
        2 => 3.0 / RADIUS_95,
        _ => UNSTATED_SIGMA_M_S,
    }
}
