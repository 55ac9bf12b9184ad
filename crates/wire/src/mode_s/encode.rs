//! Mode S frames from values: what `sim` sends through the real decoders and what the tests decode again.
//!
//! Bits are those of the decoding modules, which quote the standard. Values are rounded to the field's step and held in its range.

use super::cpr::{self, Kind};
use super::crc;
use skypicket_model::frames::LatLon;
use skypicket_model::identity::{EmitterCategory, FlightId, Mode3A};

/// A field under construction, bits 1–56.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field(u64);

impl Field {
    /// An empty field.
    #[must_use]
    pub const fn new() -> Self {
        Self(0)
    }
    /// Puts a value in bits `first..=last`; what does not fit is cut off.
    #[must_use]
    pub const fn put(self, first: u32, last: u32, value: u32) -> Self {
        let mask = (1_u64 << (last - first + 1)) - 1;
        Self(self.0 & !(mask << (56 - last)) | (value as u64 & mask) << (56 - last))
    }
    /// Sets or clears a bit.
    #[must_use]
    pub const fn flag(self, number: u32, on: bool) -> Self {
        self.put(number, number, on as u32)
    }
    /// As the 56-bit number.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }
}

/// A number of steps, rounded and held in 0..=max.
fn steps(value: f64, step: f64, max: u32) -> u32 {
    let n = (value / step).round();
    if n >= f64::from(max) { max } else { n.max(0.0) as u32 }
}

/// The nearest number of steps modulo a full circle of so many.
fn circle(degrees: f64, count: u32) -> u32 {
    let step = 360.0 / f64::from(count);
    ((degrees / step).round() as i64).rem_euclid(i64::from(count)) as u32
}

/// A magnitude that counts from 1 with its sign before it, held in range; `None` gives 0.
fn sign_magnitude(value: Option<f64>, step: f64, width: u32) -> u32 {
    let Some(value) = value else { return 0 };
    let n = steps(value.abs(), step, (1 << width) - 2) + 1;
    (u32::from(value < 0.0)) << width | n
}

/// Two's complement of so many bits after a status bit, held in range; `None` gives 0.
fn status_signed(value: Option<f64>, step: f64, width: u32) -> u32 {
    let Some(value) = value else { return 0 };
    let half = f64::from(1_u32 << (width - 1));
    let n = (value / step).round().clamp(-half, half - 1.0) as i32;
    1 << width | n as u32 & ((1 << width) - 1)
}

/// An unsigned value of so many bits after a status bit; `None` gives 0.
fn status_unsigned(value: Option<f64>, step: f64, width: u32) -> u32 {
    value.map_or(0, |value| 1 << width | steps(value, step, (1 << width) - 1))
}

/// A 12-bit altitude code in 25 ft steps, from −1,000 to 50,175 ft; `None` is the empty code.
#[must_use]
pub fn altitude_code_12(ft: Option<f64>) -> u32 {
    let Some(ft) = ft else { return 0 };
    let n = steps(ft + 1000.0, 25.0, 0x7ff);
    (n & 0x7f0) << 1 | 0x10 | n & 0xf
}

/// A 13-bit altitude code in 25 ft steps.
#[must_use]
pub fn altitude_code_13(ft: Option<f64>) -> u32 {
    let code = altitude_code_12(ft);
    (code & 0xfc0) << 1 | code & 0x3f
}

/// A 13-bit identity code.
#[must_use]
pub const fn identity_code(squawk: Mode3A) -> u32 {
    let digits = squawk.0 as u32;
    let (a, b, c, d) = (digits >> 9 & 7, digits >> 6 & 7, digits >> 3 & 7, digits & 7);
    let mut code = (c & 1) << 12 | (a & 1) << 11 | (c >> 1 & 1) << 10 | (a >> 1 & 1) << 9;
    code |= (c >> 2) << 8 | (a >> 2) << 7 | (b & 1) << 5 | (d & 1) << 4;
    code | (b >> 1 & 1) << 3 | (d >> 1 & 1) << 2 | (b >> 2) << 1 | d >> 2
}

/// Six-bit characters of a flight ID in the last 48 bits.
fn characters(flight_id: Option<FlightId>) -> u64 {
    let bytes = flight_id.map_or([b' '; 8], FlightId::bytes);
    bytes.iter().fold(0, |packed, byte| packed << 6 | u64::from(byte & 0x3f))
}

/// What a position message says beside the place.
#[derive(Clone, Copy, Debug)]
pub struct Airborne {
    /// Type code 9–18 with pressure altitude, 20–22 with GNSS height: the integrity category.
    pub type_code: u8,
    /// NIC supplement B.
    pub nic_b: bool,
    /// The altitude or height, feet.
    pub ft: Option<f64>,
}

/// Airborne position, even or odd.
#[must_use]
pub fn airborne_position(what: Airborne, place: LatLon, odd: bool) -> Field {
    let frame = cpr::encode(Kind::Airborne, place, odd);
    Field::new()
        .put(1, 5, u32::from(what.type_code))
        .flag(8, what.nic_b)
        .put(9, 20, altitude_code_12(what.ft))
        .flag(22, odd)
        .put(23, 39, frame.lat)
        .put(40, 56, frame.lon)
}

/// Surface position: type code 5–8, ground speed in knots, track in degrees.
#[must_use]
pub fn surface_position(
    type_code: u8,
    speed_kt: Option<f64>,
    track_deg: Option<f64>,
    place: LatLon,
    odd: bool,
) -> Field {
    let frame = cpr::encode(Kind::Surface, place, odd);
    let mut field = Field::new()
        .put(1, 5, u32::from(type_code))
        .put(6, 12, speed_kt.map_or(0, movement_code))
        .flag(22, odd)
        .put(23, 39, frame.lat)
        .put(40, 56, frame.lon);
    if let Some(track_deg) = track_deg {
        field = field.flag(13, true).put(14, 20, circle(track_deg, 128));
    }
    field
}

/// The movement code whose speed is the nearest at or below.
fn movement_code(kt: f64) -> u32 {
    let code = if kt < 0.125 {
        1.0
    } else if kt < 1.0 {
        1.0 + kt / 0.125
    } else if kt < 2.0 {
        9.0 + (kt - 1.0) / 0.25
    } else if kt < 15.0 {
        13.0 + (kt - 2.0) / 0.5
    } else if kt < 70.0 {
        39.0 + (kt - 15.0)
    } else if kt < 100.0 {
        94.0 + (kt - 70.0) / 2.0
    } else if kt < 175.0 {
        109.0 + (kt - 100.0) / 5.0
    } else {
        124.0
    };
    (code + 1e-9) as u32
}

/// A velocity message's part that both kinds share.
#[derive(Clone, Copy, Debug, Default)]
pub struct VelocityCommon {
    /// NACv 0–4.
    pub nac_v: u8,
    /// Vertical rate, ft/min, up positive.
    pub vertical_fpm: Option<f64>,
    /// The vertical rate is barometric.
    pub barometric: bool,
    /// GNSS height minus pressure altitude, feet.
    pub height_minus_pressure_ft: Option<f64>,
}

fn velocity(common: VelocityCommon, subtype: u32) -> Field {
    Field::new()
        .put(1, 5, 19)
        .put(6, 8, subtype)
        .put(11, 13, u32::from(common.nac_v))
        .flag(36, common.barometric)
        .put(37, 46, sign_magnitude(common.vertical_fpm, 64.0, 9))
        .put(49, 56, sign_magnitude(common.height_minus_pressure_ft, 25.0, 7))
}

/// Velocity over ground, knots east and north; the supersonic subtype when one exceeds 1,021 kt.
#[must_use]
pub fn ground_velocity(common: VelocityCommon, east_kt: Option<f64>, north_kt: Option<f64>) -> Field {
    let fast = east_kt.into_iter().chain(north_kt).any(|kt| kt.abs() > 1021.0);
    let step_kt = if fast { 4.0 } else { 1.0 };
    velocity(common, if fast { 2 } else { 1 }).put(14, 24, sign_magnitude(east_kt, step_kt, 10)).put(
        25,
        35,
        sign_magnitude(north_kt, step_kt, 10),
    )
}

/// Airspeed, knots, and heading, degrees; the supersonic subtype above 1,021 kt.
#[must_use]
pub fn air_velocity(
    common: VelocityCommon,
    airspeed_kt: Option<f64>,
    is_true: bool,
    heading_deg: Option<f64>,
) -> Field {
    let fast = airspeed_kt.is_some_and(|kt| kt > 1021.0);
    let step_kt = if fast { 4.0 } else { 1.0 };
    velocity(common, if fast { 4 } else { 3 })
        .flag(14, heading_deg.is_some())
        .put(15, 24, heading_deg.map_or(0, |degrees| circle(degrees, 1024)))
        .flag(25, is_true)
        .put(26, 35, sign_magnitude(airspeed_kt.map(f64::abs), step_kt, 10))
}

/// Identification and category.
#[must_use]
pub fn identification(flight_id: Option<FlightId>, category: EmitterCategory) -> Field {
    let type_code = u32::from(b'E'.saturating_sub(category.set));
    let head = Field::new().put(1, 5, type_code).put(6, 8, u32::from(category.number));
    Field(head.0 | characters(flight_id))
}

/// Emergency state (0 none … 6 downed) and Mode 3/A code.
#[must_use]
pub fn emergency_status(state: u8, squawk: Mode3A) -> Field {
    Field::new().put(1, 5, 28).put(6, 8, 1).put(9, 11, u32::from(state)).put(12, 24, identity_code(squawk))
}

/// What an operational status message says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Operational {
    /// The surface format.
    pub on_ground: bool,
    /// ADS-B version.
    pub version: u8,
    /// NIC supplement A.
    pub nic_a: bool,
    /// NIC supplement C (surface).
    pub nic_c: bool,
    /// NACp.
    pub nac_p: u8,
    /// NACv (surface).
    pub nac_v: u8,
    /// SIL.
    pub sil: u8,
    /// SIL supplement: per sample.
    pub sil_per_sample: bool,
    /// SDA.
    pub sda: u8,
    /// GVA (airborne).
    pub gva: u8,
    /// NICbaro (airborne).
    pub nic_baro: bool,
    /// A resolution advisory is active.
    pub resolution_advisory: bool,
}

/// Operational status.
#[must_use]
pub fn operational_status(what: Operational) -> Field {
    let field = Field::new()
        .put(1, 5, 31)
        .put(6, 8, u32::from(what.on_ground))
        .flag(27, what.resolution_advisory)
        .put(31, 32, u32::from(what.sda))
        .put(41, 43, u32::from(what.version))
        .flag(44, what.nic_a)
        .put(45, 48, u32::from(what.nac_p))
        .put(51, 52, u32::from(what.sil))
        .flag(55, what.sil_per_sample);
    if what.on_ground {
        field.put(17, 19, u32::from(what.nac_v)).flag(20, what.nic_c)
    } else {
        field.put(49, 50, u32::from(what.gva)).flag(53, what.nic_baro)
    }
}

/// What a target state message (version 2) says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target {
    /// Selected altitude, feet.
    pub selected_altitude_ft: Option<f64>,
    /// From the flight management system.
    pub from_fms: bool,
    /// Barometric setting, hPa.
    pub setting_hpa: Option<f64>,
    /// Selected heading, degrees.
    pub heading_deg: Option<f64>,
    /// NACp.
    pub nac_p: u8,
    /// NICbaro.
    pub nic_baro: bool,
    /// SIL.
    pub sil: u8,
    /// SIL supplement: per sample.
    pub sil_per_sample: bool,
}

/// Target state and status, version 2.
#[must_use]
pub fn target_state(what: Target) -> Field {
    Field::new()
        .put(1, 5, 29)
        .put(6, 7, 1)
        .flag(8, what.sil_per_sample)
        .flag(9, what.from_fms)
        .put(10, 20, what.selected_altitude_ft.map_or(0, |ft| steps(ft, 32.0, 2046) + 1))
        .put(21, 29, what.setting_hpa.map_or(0, |hpa| steps(hpa - 800.0, 0.8, 510) + 1))
        .flag(30, what.heading_deg.is_some())
        .put(31, 39, what.heading_deg.map_or(0, |degrees| circle(degrees, 512)))
        .put(40, 43, u32::from(what.nac_p))
        .flag(44, what.nic_baro)
        .put(45, 46, u32::from(what.sil))
}

/// Register 2,0: aircraft identification.
#[must_use]
pub fn bds20(flight_id: FlightId) -> Field {
    Field(0x20 << 48 | characters(Some(flight_id)))
}

/// Register 4,0: selected altitude on the panel and barometric setting.
#[must_use]
pub fn bds40(selected_altitude_ft: Option<f64>, setting_hpa: Option<f64>) -> Field {
    Field::new().put(1, 13, status_unsigned(selected_altitude_ft, 16.0, 12)).put(
        27,
        39,
        status_unsigned(setting_hpa.map(|hpa| hpa - 800.0), 0.1, 12),
    )
}

/// Register 5,0: roll °, track °, ground speed kt, track rate °/s, true airspeed kt.
#[must_use]
pub fn bds50(
    roll_deg: Option<f64>,
    track_deg: Option<f64>,
    ground_kt: Option<f64>,
    rate_deg_s: Option<f64>,
    air_kt: Option<f64>,
) -> Field {
    Field::new()
        .put(1, 11, status_signed(roll_deg, 45.0 / 256.0, 10))
        .put(12, 23, track_deg.map_or(0, |degrees| 1 << 11 | circle(degrees, 2048)))
        .put(24, 34, status_unsigned(ground_kt, 2.0, 10))
        .put(35, 45, status_signed(rate_deg_s, 8.0 / 256.0, 10))
        .put(46, 56, status_unsigned(air_kt, 2.0, 10))
}

/// Register 6,0: magnetic heading °, indicated airspeed kt, Mach, barometric and inertial vertical rate ft/min.
#[must_use]
pub fn bds60(
    heading_deg: Option<f64>,
    air_kt: Option<f64>,
    mach: Option<f64>,
    barometric_fpm: Option<f64>,
    inertial_fpm: Option<f64>,
) -> Field {
    Field::new()
        .put(1, 12, heading_deg.map_or(0, |degrees| 1 << 11 | circle(degrees, 2048)))
        .put(13, 23, status_unsigned(air_kt, 1.0, 10))
        .put(24, 34, status_unsigned(mach, 0.004, 10))
        .put(35, 45, status_signed(barometric_fpm, 32.0, 10))
        .put(46, 56, status_signed(inertial_fpm, 32.0, 10))
}

/// Register 4,4: figure of merit, wind kt and degrees (from), temperature °C.
#[must_use]
pub fn bds44(merit: u8, wind_kt: f64, wind_from_deg: f64, temperature_c: f64) -> Field {
    Field::new()
        .put(1, 4, u32::from(merit))
        .put(5, 14, status_unsigned(Some(wind_kt), 1.0, 9))
        .put(15, 23, circle(wind_from_deg, 512))
        .put(24, 34, status_signed(Some(temperature_c), 0.25, 11))
}

/// Register 4,5: temperature °C and static pressure hPa.
#[must_use]
pub fn bds45(temperature_c: f64, pressure_hpa: f64) -> Field {
    Field::new().put(16, 26, status_signed(Some(temperature_c), 0.25, 10)).put(
        27,
        38,
        status_unsigned(Some(pressure_hpa), 1.0, 11),
    )
}

/// Appends the parity field, XORed with an overlay.
fn finish<const N: usize>(mut frame: [u8; N], overlay: u32) -> [u8; N] {
    let data = N - 3;
    let parity = crc::parity(&frame[..data]) ^ overlay;
    frame[data..].copy_from_slice(&parity.to_be_bytes()[1..]);
    frame
}

/// A long frame from its first word, field and overlay.
fn long(head: u32, field: Field, overlay: u32) -> [u8; 14] {
    let mut frame = [0; 14];
    frame[..4].copy_from_slice(&head.to_be_bytes());
    frame[4..11].copy_from_slice(&field.0.to_be_bytes()[1..]);
    finish(frame, overlay)
}

/// A short frame from its first word and overlay.
fn short(head: u32, overlay: u32) -> [u8; 7] {
    let mut frame = [0; 7];
    frame[..4].copy_from_slice(&head.to_be_bytes());
    finish(frame, overlay)
}

/// DF17 of a level 2 transponder (CA 5, airborne).
#[must_use]
pub fn df17(address: u32, message: Field) -> [u8; 14] {
    long(17 << 27 | 5 << 24 | address & 0xff_ffff, message, 0)
}

/// DF18 with a control field: 0, 1 ADS-B, 2, 3, 5 TIS-B, 6 ADS-R.
#[must_use]
pub fn df18(control: u8, address: u32, message: Field) -> [u8; 14] {
    long(18 << 27 | (u32::from(control) & 7) << 24 | address & 0xff_ffff, message, 0)
}

/// DF11: an acquisition squitter (interrogator 0) or the reply to an all-call.
#[must_use]
pub fn df11(address: u32, capability: u8, interrogator: u8) -> [u8; 7] {
    short(11 << 27 | (u32::from(capability) & 7) << 24 | address & 0xff_ffff, u32::from(interrogator))
}

/// DF0: air-air surveillance.
#[must_use]
pub fn df0(address: u32, on_ground: bool, ft: Option<f64>) -> [u8; 7] {
    short(u32::from(on_ground) << 26 | altitude_code_13(ft), address)
}

/// DF4: altitude reply with a flight status 0–5.
#[must_use]
pub fn df4(address: u32, flight_status: u8, ft: Option<f64>) -> [u8; 7] {
    short(4 << 27 | (u32::from(flight_status) & 7) << 24 | altitude_code_13(ft), address)
}

/// DF5: identity reply with a flight status 0–5.
#[must_use]
pub fn df5(address: u32, flight_status: u8, squawk: Mode3A) -> [u8; 7] {
    short(5 << 27 | (u32::from(flight_status) & 7) << 24 | identity_code(squawk), address)
}

/// DF20: Comm-B altitude reply with a register.
#[must_use]
pub fn df20(address: u32, flight_status: u8, ft: Option<f64>, register: Field) -> [u8; 14] {
    long(20 << 27 | (u32::from(flight_status) & 7) << 24 | altitude_code_13(ft), register, address)
}

/// DF21: Comm-B identity reply with a register.
#[must_use]
pub fn df21(address: u32, flight_status: u8, squawk: Mode3A, register: Field) -> [u8; 14] {
    long(21 << 27 | (u32::from(flight_status) & 7) << 24 | identity_code(squawk), register, address)
}

/// Appends a frame of 2, 7 or 14 bytes in Beast framing; other lengths append nothing.
pub fn beast(out: &mut Vec<u8>, stamp: u64, signal: u8, frame: &[u8]) {
    let kind = match frame.len() {
        2 => b'1',
        7 => b'2',
        14 => b'3',
        _ => return,
    };
    out.extend_from_slice(&[0x1a, kind]);
    let stamp = stamp.to_be_bytes();
    for byte in stamp[2..].iter().chain(&[signal]).chain(frame) {
        out.push(*byte);
        if *byte == 0x1a {
            out.push(*byte);
        }
    }
}

/// Appends a frame as an AVR line, `*…;` and a line feed.
pub fn avr(out: &mut Vec<u8>, frame: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push(b'*');
    for byte in frame {
        out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    out.extend_from_slice(b";\n");
}
