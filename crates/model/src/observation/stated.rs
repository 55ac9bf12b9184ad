//! What aircraft say of themselves: where they are, how they move, how good their data are.

use crate::altitude::{EllipsoidalHeight, PressureAltitude};
use crate::frames::LatLon;
use crate::identity::{Emergency, Mode3A};

/// A frame as one receiver's own clock had it: what time differences of arrival are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Made of the frame's content: equal for every receiver that heard it.
    pub frame: u64,
    /// The receiver's counter as nanoseconds, from whatever moment it counts; it runs a little too fast or too slow.
    pub clock_ns: i64,
}
crate::canon_struct!(Arrival { frame, clock_ns });

/// Where an aircraft says it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StatedPosition {
    /// WGS 84 place.
    pub place: LatLon,
    /// Pressure altitude, when airborne and stated.
    pub pressure: Option<PressureAltitude>,
    /// GNSS height above the ellipsoid, when stated.
    pub height: Option<EllipsoidalHeight>,
    /// It says that it is on the ground.
    pub on_ground: bool,
    /// Navigation integrity category 0–11, or the NUCp of a version 0 unit mapped by its radius.
    pub nic: Option<u8>,
    /// Containment radius Rc, metres: the stated bound of the position's error.
    pub containment_m: Option<f64>,
    /// Horizontal 1-sigma of the position, metres a component: from NACp where known, else from NIC, else the default.
    pub sigma_m: f64,
    /// Ground speed, m/s, where the position message carries it (surface).
    pub ground_speed_m_s: Option<f64>,
    /// Ground track, radians from true north, where carried (surface).
    pub track_rad: Option<f64>,
    /// When the receiver's own clock had the frame, where it has one.
    pub arrival: Option<Arrival>,
}
crate::canon_struct!(StatedPosition {
    place,
    pressure,
    height,
    on_ground,
    nic,
    containment_m,
    sigma_m,
    ground_speed_m_s,
    track_rad,
    arrival,
});

/// How an aircraft says it moves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StatedVelocity {
    /// Ground velocity east, m/s.
    pub east_m_s: Option<f64>,
    /// Ground velocity north, m/s.
    pub north_m_s: Option<f64>,
    /// 1-sigma of each ground velocity component, m/s: from NACv.
    pub sigma_m_s: f64,
    /// Vertical rate, m/s, up positive.
    pub vertical_m_s: Option<f64>,
    /// Whether the vertical rate is barometric (else GNSS).
    pub vertical_is_barometric: bool,
    /// GNSS height minus pressure altitude, metres.
    pub height_minus_pressure_m: Option<f64>,
    /// Heading, radians; true or magnetic is not told by all units.
    pub heading_rad: Option<f64>,
    /// Indicated airspeed, m/s.
    pub indicated_airspeed_m_s: Option<f64>,
    /// True airspeed, m/s.
    pub true_airspeed_m_s: Option<f64>,
    /// NACv 0–4.
    pub nac_v: Option<u8>,
}
crate::canon_struct!(StatedVelocity {
    east_m_s,
    north_m_s,
    sigma_m_s,
    vertical_m_s,
    vertical_is_barometric,
    height_minus_pressure_m,
    heading_rad,
    indicated_airspeed_m_s,
    true_airspeed_m_s,
    nac_v,
});

/// How good an aircraft says its data are, and its condition; `None` where the message does not carry the item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatedStatus {
    /// ADS-B version 0, 1, 2 (DO-260, -A, -B).
    pub version: Option<u8>,
    /// It says that it is on the ground.
    pub on_ground: Option<bool>,
    /// NACp 0–11.
    pub nac_p: Option<u8>,
    /// NACv 0–4.
    pub nac_v: Option<u8>,
    /// SIL 0–3.
    pub sil: Option<u8>,
    /// SIL supplement: probability is per sample (true) or per hour (false).
    pub sil_per_sample: Option<bool>,
    /// System design assurance 0–3.
    pub sda: Option<u8>,
    /// Geometric vertical accuracy 0–3.
    pub gva: Option<u8>,
    /// NIC-baro: the pressure altitude was cross-checked.
    pub nic_baro: Option<bool>,
    /// NIC supplement A.
    pub nic_a: Option<bool>,
    /// NIC supplement C (surface).
    pub nic_c: Option<bool>,
    /// Emergency or priority; `Some(None)` says that there is none.
    pub emergency: Option<Option<Emergency>>,
    /// Mode 3/A code.
    pub squawk: Option<Mode3A>,
    /// A TCAS/ACAS resolution advisory is active.
    pub resolution_advisory: Option<bool>,
}
crate::canon_struct!(StatedStatus {
    version,
    on_ground,
    nac_p,
    nac_v,
    sil,
    sil_per_sample,
    sda,
    gva,
    nic_baro,
    nic_a,
    nic_c,
    emergency,
    squawk,
    resolution_advisory,
});

/// What an aircraft says its autopilot is set to (TC 29 subtype 1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StatedTarget {
    /// Selected altitude, metres above the set pressure surface.
    pub selected_altitude_m: Option<f64>,
    /// The selection comes from the flight management system (else the mode control panel).
    pub from_fms: bool,
    /// Barometric setting, hPa.
    pub barometric_setting_hpa: Option<f64>,
    /// Selected heading, radians.
    pub selected_heading_rad: Option<f64>,
}
crate::canon_struct!(StatedTarget { selected_altitude_m, from_fms, barometric_setting_hpa, selected_heading_rad });
