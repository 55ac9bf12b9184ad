//! What ADS-B quality indicators mean in metres.
//!
//! Sources: EUROCAE ED-102A / RTCA DO-260B tables for NIC, NACp and NACv; DO-260 for NUCp; EUROCONTROL ASTERIX part 12
//! (category 021) for PIC.

use crate::quality::{CIRCLE_95, VELOCITY_95_M_S};
use skypicket_model::math::M_PER_NM;

/// Sigma of one position component where nothing is stated, metres: as NACp 5 (0.5 NM).
pub(super) const UNSTATED_SIGMA_M: f64 = 0.5 * M_PER_NM / CIRCLE_95;
/// Sigma of one velocity component where nothing is stated, m/s: as NACv 1 (10 m/s).
pub(super) const UNSTATED_SIGMA_M_S: f64 = VELOCITY_95_M_S[0] / CIRCLE_95;

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
