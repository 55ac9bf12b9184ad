//! Mode S replies that are no positions.

use crate::altitude::PressureAltitude;
use crate::identity::{Address, FlightId, Mode3A};

/// A Mode S reply that is no position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModeS {
    /// The aircraft, by parity or by the announced address.
    pub address: Address,
    /// What it carries.
    pub part: ModeSPart,
}
crate::canon_struct!(ModeS { address, part });

/// What a Mode S reply carries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ModeSPart {
    /// DF11: I am here.
    AllCall {
        /// Capability field, 0–7.
        capability: u8,
    },
    /// DF0/4/16/20: pressure altitude.
    Pressure {
        /// `None` when the code is empty or invalid.
        pressure: Option<PressureAltitude>,
        /// Flight status or vertical status says on the ground, where it says so.
        on_ground: Option<bool>,
    },
    /// DF5/21: Mode 3/A code.
    Squawk {
        /// The code.
        squawk: Mode3A,
        /// Alert condition.
        alert: bool,
        /// Special position identification.
        spi: bool,
        /// Flight status says on the ground, where it says so.
        on_ground: Option<bool>,
    },
    /// BDS 2,0: aircraft identification in a Comm-B reply.
    Identity {
        /// The name.
        flight_id: FlightId,
    },
    /// BDS 4,0 4,4 4,5 5,0 6,0: air data, when unambiguous.
    AirData(AirData),
}
crate::canon_enum!(ModeSPart {
    0 => AllCall { capability }, 1 => Pressure { pressure, on_ground }, 2 => Squawk { squawk, alert, spi, on_ground },
    3 => Identity { flight_id }, 4 => AirData(a),
});

/// Air data from one Comm-B register; `None` where the register does not carry the item or its status bit is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AirData {
    /// BDS number as two nibbles: 0x40, 0x44, 0x45, 0x50, 0x60.
    pub bds: u8,
    /// Selected altitude (control panel), metres.
    pub selected_altitude_m: Option<f32>,
    /// Barometric setting, hPa.
    pub barometric_setting_hpa: Option<f32>,
    /// Roll, radians, right positive.
    pub roll_rad: Option<f32>,
    /// True track, radians.
    pub track_rad: Option<f32>,
    /// Ground speed, m/s.
    pub ground_speed_m_s: Option<f32>,
    /// Track angle rate, rad/s.
    pub track_rate_rad_s: Option<f32>,
    /// True airspeed, m/s.
    pub true_airspeed_m_s: Option<f32>,
    /// Magnetic heading, radians.
    pub magnetic_heading_rad: Option<f32>,
    /// Indicated airspeed, m/s.
    pub indicated_airspeed_m_s: Option<f32>,
    /// Mach number.
    pub mach: Option<f32>,
    /// Barometric vertical rate, m/s.
    pub barometric_rate_m_s: Option<f32>,
    /// Inertial vertical rate, m/s.
    pub inertial_rate_m_s: Option<f32>,
    /// Wind speed, m/s.
    pub wind_speed_m_s: Option<f32>,
    /// Wind direction (from), radians true.
    pub wind_from_rad: Option<f32>,
    /// Static air temperature, °C.
    pub temperature_c: Option<f32>,
}
crate::canon_struct!(AirData {
    bds,
    selected_altitude_m,
    barometric_setting_hpa,
    roll_rad,
    track_rad,
    ground_speed_m_s,
    track_rate_rad_s,
    true_airspeed_m_s,
    magnetic_heading_rad,
    indicated_airspeed_m_s,
    mach,
    barometric_rate_m_s,
    inertial_rate_m_s,
    wind_speed_m_s,
    wind_from_rad,
    temperature_c,
});
