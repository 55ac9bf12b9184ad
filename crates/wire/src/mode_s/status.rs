//! Aircraft status (BDS 6,1; TC 28), target state (BDS 6,2; TC 29) and operational status (BDS 6,5; TC 31), ME bits 1–56.
//!
//! Source: RTCA DO-260B 2.2.3.2.7.1, .2, .8 (version 2), DO-260A (version 1), ICAO Doc 9871 ed. 2 tables A-2-97, A-2-98, B-2-98,
//! B-2-101. A later version's messages are read as version 2's, which they extend.

use super::aircraft::Aircraft;
use super::fields::{bit, bits, squawk};
use skypicket_model::identity::Emergency;
use skypicket_model::math::{M_PER_FT, TAU};
use skypicket_model::observation::{StatedStatus, StatedTarget};

/// TC 28: subtype 1 (bits 9–11 emergency, 12–24 Mode 3/A code), subtype 2 (bits 9–22 active resolution advisories, 27 terminated).
pub(super) fn aircraft_status(me: u64) -> Option<StatedStatus> {
    match bits(me, 6, 8) {
        1 => {
            let code = bits(me, 12, 24);
            Some(StatedStatus {
                emergency: emergency(bits(me, 9, 11)),
                // Before version 2 the field is spare and zero.
                squawk: (code != 0).then(|| squawk(code)),
                ..StatedStatus::default()
            })
        }
        2 => Some(StatedStatus {
            resolution_advisory: Some(bits(me, 9, 22) != 0 && !bit(me, 27)),
            ..StatedStatus::default()
        }),
        _ => None,
    }
}

/// Emergency state; `None` when reserved, `Some(None)` when there is none.
const fn emergency(code: u32) -> Option<Option<Emergency>> {
    match code {
        0 => Some(None),
        1 => Some(Some(Emergency::General)),
        2 => Some(Some(Emergency::Medical)),
        3 => Some(Some(Emergency::MinimumFuel)),
        4 => Some(Some(Emergency::NoCommunications)),
        5 => Some(Some(Emergency::UnlawfulInterference)),
        6 => Some(Some(Emergency::Downed)),
        _ => None,
    }
}

/// NACp 0–11; the rest is reserved.
fn nac_p(code: u32) -> Option<u8> {
    (code <= 11).then_some(code as u8)
}

/// TC 29: what the autopilot is set to, and the quality figures beside. `None` for reserved subtypes (bits 6–7).
pub(super) fn target_state(me: u64, entry: &mut Aircraft) -> Option<(StatedTarget, StatedStatus)> {
    let (target, mut status) = match bits(me, 6, 7) {
        0 => target_state_v1(me),
        1 => target_state_v2(me),
        _ => return None,
    };
    status.nac_p = nac_p(bits(me, 40, 43));
    status.nic_baro = Some(bit(me, 44));
    status.sil = Some(bits(me, 45, 46) as u8);
    if let Some(nac_p) = status.nac_p {
        entry.nac_p = nac_p;
    }
    Some((target, status))
}

/// Subtype 1 (version 2): 8 SIL supplement, 9 source, 10–20 selected altitude, 21–29 setting, 30–39 heading, 53 TCAS operational.
fn target_state_v2(me: u64) -> (StatedTarget, StatedStatus) {
    let altitude = bits(me, 10, 20);
    let setting = bits(me, 21, 29);
    let target = StatedTarget {
        selected_altitude_m: (altitude != 0).then(|| f64::from(altitude - 1) * (32.0 * M_PER_FT)),
        from_fms: bit(me, 9),
        barometric_setting_hpa: (setting != 0).then(|| 800.0 + f64::from(setting - 1) * 0.8),
        // The sign bit counts half a turn: nine bits of a full circle.
        selected_heading_rad: bit(me, 30).then(|| f64::from(bits(me, 31, 39)) * (TAU / 512.0)),
    };
    (target, StatedStatus { sil_per_sample: Some(bit(me, 8)), ..StatedStatus::default() })
}

/// Subtype 0 (version 1): 8–9 vertical source, 16–25 altitude, 26–27 horizontal source, 28–36 angle, 37 it is a track, 53 RA active,
/// 54–56 emergency.
fn target_state_v1(me: u64) -> (StatedTarget, StatedStatus) {
    let source = bits(me, 8, 9);
    let angle_deg = bits(me, 28, 36);
    let heading = bits(me, 26, 27) != 0 && angle_deg < 360 && !bit(me, 37);
    let target = StatedTarget {
        selected_altitude_m: (source != 0).then(|| (f64::from(bits(me, 16, 25)) * 100.0 - 1000.0) * M_PER_FT),
        from_fms: source == 3,
        barometric_setting_hpa: None,
        selected_heading_rad: heading.then(|| f64::from(angle_deg) * (TAU / 360.0)),
    };
    let status = StatedStatus {
        emergency: emergency(bits(me, 54, 56)),
        resolution_advisory: Some(bit(me, 53)),
        ..StatedStatus::default()
    };
    (target, status)
}

/// TC 31, and keeps what positions need: version, NIC supplements, NACp. `None` for reserved subtypes.
///
/// Bits 9–24 capability class (surface version 2: 17–19 NACv, 20 NIC supplement C), 25–40 operational mode (27 RA active, 31–32 SDA),
/// 41–43 version, 44 NIC supplement A, 45–48 NACp, 49–50 GVA (airborne, version 2), 51–52 SIL, 53 NICbaro (airborne), 55 SIL supplement.
pub(super) fn operational_status(me: u64, entry: &mut Aircraft) -> Option<StatedStatus> {
    let on_ground = match bits(me, 6, 8) {
        0 => false,
        1 => true,
        _ => return None,
    };
    let version = bits(me, 41, 43) as u8;
    entry.version = version;
    let mut status = StatedStatus { version: Some(version), on_ground: Some(on_ground), ..StatedStatus::default() };
    if version == 0 {
        return Some(status);
    }
    status.nic_a = Some(bit(me, 44));
    status.nac_p = nac_p(bits(me, 45, 48));
    status.sil = Some(bits(me, 51, 52) as u8);
    // Operational mode format 0 is the only one defined.
    if bits(me, 25, 26) == 0 {
        status.resolution_advisory = Some(bit(me, 27));
        status.sda = (version >= 2).then(|| bits(me, 31, 32) as u8);
    }
    if on_ground {
        status.nic_c = (version >= 2).then(|| bit(me, 20));
        status.nac_v = (version >= 2).then(|| bits(me, 17, 19) as u8).filter(|nac_v| *nac_v <= 4);
    } else {
        status.gva = (version >= 2).then(|| bits(me, 49, 50) as u8);
        status.nic_baro = Some(bit(me, 53));
    }
    status.sil_per_sample = (version >= 2).then(|| bit(me, 55));
    entry.nic_a = bit(me, 44);
    entry.nic_c = status.nic_c.unwrap_or(entry.nic_c);
    entry.nac_p = status.nac_p.unwrap_or(entry.nac_p);
    Some(status)
}
