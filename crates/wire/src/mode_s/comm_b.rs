//! Which register a Comm-B reply carries. The reply does not say; only its interrogator knows. So a register is named when its status
//! bits, reserved bits and ranges fit, nothing known of the aircraft contradicts it, and no other register fits as well.
//!
//! Source: ICAO Doc 9871 ed. 2 tables A-2-32 (2,0), -64 (4,0), -68 (4,4), -69 (4,5), -80 (5,0), -96 (6,0); MB bits 1–56. The limits of
//! plausibility are those of an aeroplane's envelope and stand on `docs/formats/mode-s.md`.

use super::fields::{bit, bits, flight_id};
use skypicket_model::FlightId;
use skypicket_model::math::{M_PER_FT, M_S_PER_FT_MIN, M_S_PER_KT, PI, atan2, deg, exp, hypot, pow};
use skypicket_model::observation::AirData;

/// What is known of the aircraft from its other messages.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    pub(super) pressure_ft: Option<f64>,
    /// Ground velocity east, north, knots.
    pub(super) velocity_kt: Option<(f64, f64)>,
    /// The reply says that it stands or rolls on the ground.
    pub(super) on_ground: bool,
}

/// What a register turned out to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Register {
    /// BDS 2,0.
    Identity(FlightId),
    /// BDS 4,0, 4,4, 4,5, 5,0 or 6,0.
    AirData(AirData),
    /// More than one register fits.
    Ambiguous,
    /// None that is read here.
    Other,
}

/// Names the register.
pub(super) fn identify(mb: u64, known: &Known) -> Register {
    if bits(mb, 1, 8) == 0x20
        && let Some(name) = flight_id(mb)
    {
        return Register::Identity(name);
    }
    let fits = [bds40(mb), bds50(mb, known), bds60(mb, known), bds44(mb, known), bds45(mb, known)];
    let mut fitting = fits.into_iter().flatten();
    match (fitting.next(), fitting.next()) {
        (Some(data), None) => Register::AirData(data),
        (Some(_), Some(_)) => Register::Ambiguous,
        (None, _) => Register::Other,
    }
}

/// A value with a status bit: `Err` when the status is 0 but the field is not, which rules the register out.
fn optional(mb: u64, status: u32, first: u32, last: u32) -> Result<Option<u32>, ()> {
    let value = bits(mb, first, last);
    match (bit(mb, status), value) {
        (true, _) => Ok(Some(value)),
        (false, 0) => Ok(None),
        (false, _) => Err(()),
    }
}

/// Two's complement of so many bits.
fn signed(value: u32, width: u32) -> f64 {
    let value = f64::from(value);
    let span = f64::from(1_u32 << width);
    if value * 2.0 >= span { value - span } else { value }
}

/// BDS 4,0, selected vertical intention: 1, 2–13 control panel × 16 ft; 14, 15–26 FMS × 16 ft; 27, 28–39 setting × 0.1 + 800 hPa; 40–47
/// reserved; 48, 49–51 modes; 52–53 reserved; 54, 55–56 source.
fn bds40(mb: u64) -> Option<AirData> {
    if bits(mb, 40, 47) != 0 || bits(mb, 52, 53) != 0 {
        return None;
    }
    let panel = optional(mb, 1, 2, 13).ok()?;
    let fms = optional(mb, 14, 15, 26).ok()?;
    let setting = optional(mb, 27, 28, 39).ok()?;
    optional(mb, 48, 49, 51).ok()?;
    optional(mb, 54, 55, 56).ok()?;
    let setting_hpa = setting.map(|n| 800.0 + 0.1 * f64::from(n));
    // A selected altitude above FL500 or a setting outside the records of the atmosphere is another register's bits.
    let altitudes_fit = panel.into_iter().chain(fms).all(|n| n * 16 <= 50_000);
    let setting_fits = setting_hpa.is_none_or(|hpa| (870.0..=1085.0).contains(&hpa));
    let told = [panel, fms, setting].iter().flatten().count();
    (altitudes_fit && setting_fits && told >= 2).then(|| AirData {
        bds: 0x40,
        selected_altitude_m: panel.map(|n| (f64::from(n * 16) * M_PER_FT) as f32),
        barometric_setting_hpa: setting_hpa.map(|hpa| hpa as f32),
        ..AirData::default()
    })
}

/// BDS 5,0, track and turn: 1, 2–11 roll × 45/256°; 12, 13–23 track × 90/512°; 24, 25–34 ground speed × 2 kt; 35, 36–45 track rate
/// × 8/256 °/s; 46, 47–56 true airspeed × 2 kt.
fn bds50(mb: u64, known: &Known) -> Option<AirData> {
    let roll_deg = optional(mb, 1, 2, 11).ok()?.map(|n| signed(n, 10) * (45.0 / 256.0));
    let track_deg = optional(mb, 12, 13, 23).ok()?.map(|n| f64::from(n) * (90.0 / 512.0));
    let ground_kt = optional(mb, 24, 25, 34).ok()?.map(|n| f64::from(n) * 2.0);
    let rate_deg_s = optional(mb, 35, 36, 45).ok()?.map(|n| signed(n, 10) * (8.0 / 256.0));
    let air_kt = optional(mb, 46, 47, 56).ok()?.map(|n| f64::from(n) * 2.0);
    let told = [roll_deg, track_deg, ground_kt, rate_deg_s, air_kt].iter().flatten().count();
    let (speeds_kt, most_roll_deg) = if known.on_ground { (0.0..=200.0, 10.0) } else { (50.0..=700.0, 50.0) };
    let possible = told >= 3
        && roll_deg.is_none_or(|roll| roll.abs() <= most_roll_deg)
        && ground_kt.is_none_or(|speed| speeds_kt.contains(&speed))
        && air_kt.is_none_or(|speed| speeds_kt.contains(&speed) && speed <= 600.0)
        && ground_kt.zip(air_kt).is_none_or(|(ground, air)| (ground - air).abs() <= 200.0)
        && (known.on_ground || turn_fits(roll_deg, rate_deg_s, air_kt))
        && velocity_fits(known, ground_kt, track_deg, 30.0, 20.0);
    possible.then(|| AirData {
        bds: 0x50,
        roll_rad: roll_deg.map(rad32),
        track_rad: track_deg.map(rad32),
        ground_speed_m_s: ground_kt.map(|kt| (kt * M_S_PER_KT) as f32),
        track_rate_rad_s: rate_deg_s.map(rad32),
        true_airspeed_m_s: air_kt.map(|kt| (kt * M_S_PER_KT) as f32),
        ..AirData::default()
    })
}

/// A steady turn has rate = g tan(roll) / v; in tan's near-linear range that is 1,092 °/s · kt per unit of tan. Generous, for gusts
/// and for roll and rate measured apart.
fn turn_fits(roll_deg: Option<f64>, rate_deg_s: Option<f64>, air_kt: Option<f64>) -> bool {
    let (Some(roll_deg), Some(rate_deg_s), Some(air_kt)) = (roll_deg, rate_deg_s, air_kt) else { return true };
    let roll_rad = roll_deg * (PI / 180.0);
    // tan x = x + x³/3 + …, within 3 % up to 45°.
    let tangent = roll_rad * (1.0 + roll_rad * roll_rad * (1.0 / 3.0 + roll_rad * roll_rad * (2.0 / 15.0)));
    (1092.0 * tangent / air_kt.max(50.0) - rate_deg_s).abs() <= 2.0
}

/// BDS 6,0, heading and speed: 1, 2–12 magnetic heading × 90/512°; 13, 14–23 indicated airspeed kt; 24, 25–34 Mach × 2.048/512; 35,
/// 36–45 barometric and 46, 47–56 inertial vertical rate × 32 ft/min.
fn bds60(mb: u64, known: &Known) -> Option<AirData> {
    let heading_deg = optional(mb, 1, 2, 12).ok()?.map(|n| f64::from(n) * (90.0 / 512.0));
    let air_kt = optional(mb, 13, 14, 23).ok()?.map(f64::from);
    let mach = optional(mb, 24, 25, 34).ok()?.map(|n| f64::from(n) * (2.048 / 512.0));
    let barometric_fpm = optional(mb, 35, 36, 45).ok()?.map(|n| signed(n, 10) * 32.0);
    let inertial_fpm = optional(mb, 46, 47, 56).ok()?.map(|n| signed(n, 10) * 32.0);
    let told = [heading_deg, air_kt, mach, barometric_fpm, inertial_fpm].iter().flatten().count();
    let (speeds_kt, machs, most_fpm) =
        if known.on_ground { (0.0..=200.0, 0.0..=0.3, 500.0) } else { (50.0..=500.0, 0.05..=1.0, 6000.0) };
    let possible = told >= 3
        && air_kt.is_none_or(|speed| speeds_kt.contains(&speed))
        && mach.is_none_or(|mach| machs.contains(&mach))
        && barometric_fpm.into_iter().chain(inertial_fpm).all(|rate| rate.abs() <= most_fpm)
        && barometric_fpm.zip(inertial_fpm).is_none_or(|(a, b)| (a - b).abs() <= 2500.0)
        && velocity_fits(known, None, heading_deg, 0.0, 60.0)
        && (known.on_ground || airspeeds_fit(air_kt, mach, known.pressure_ft));
    possible.then(|| AirData {
        bds: 0x60,
        magnetic_heading_rad: heading_deg.map(rad32),
        indicated_airspeed_m_s: air_kt.map(|kt| (kt * M_S_PER_KT) as f32),
        mach: mach.map(|mach| mach as f32),
        barometric_rate_m_s: barometric_fpm.map(|fpm| (fpm * M_S_PER_FT_MIN) as f32),
        inertial_rate_m_s: inertial_fpm.map(|fpm| (fpm * M_S_PER_FT_MIN) as f32),
        ..AirData::default()
    })
}

/// Impact pressure follows from airspeed at sea level density and from Mach at the static pressure; their ratio is the static
/// pressure ratio, which the pressure altitude tells (ICAO Doc 7488). 15 %: position error of the pitot-static system and rounding.
fn airspeeds_fit(air_kt: Option<f64>, mach: Option<f64>, pressure_ft: Option<f64>) -> bool {
    const SOUND_KT: f64 = 661.4788;
    let (Some(air_kt), Some(mach)) = (air_kt, mach) else { return true };
    let impact = |mach: f64| {
        let x = 1.0 + 0.2 * mach * mach;
        x * x * x * x.sqrt() - 1.0
    };
    let ratio = impact(air_kt / SOUND_KT) / impact(mach);
    match pressure_ft {
        // Slow and low the rounding of both dominates.
        Some(ft) if mach > 0.2 => (ratio / pressure_ratio(ft) - 1.0).abs() <= 0.15,
        _ => (0.05..=1.3).contains(&ratio),
    }
}

/// Static pressure of the standard atmosphere over that at sea level.
fn pressure_ratio(ft: f64) -> f64 {
    const TROPOPAUSE_FT: f64 = 36_089.24;
    if ft <= TROPOPAUSE_FT {
        pow(1.0 - 6.875_586e-6 * ft, 5.255_88)
    } else {
        0.223_361 * exp(-(ft - TROPOPAUSE_FT) / 20_805.8)
    }
}

/// Temperature of the standard atmosphere, °C.
fn standard_temperature_c(ft: f64) -> f64 {
    (15.0 - 0.001_981_2 * ft).max(-56.5)
}

/// Whether speed and direction lie near the velocity known from ADS-B.
fn velocity_fits(
    known: &Known,
    speed_kt: Option<f64>,
    angle_deg: Option<f64>,
    within_kt: f64,
    within_deg: f64,
) -> bool {
    let Some((east_kt, north_kt)) = known.velocity_kt else { return true };
    let known_kt = hypot(east_kt, north_kt);
    if speed_kt.is_some_and(|speed| (speed - known_kt).abs() > within_kt) {
        return false;
    }
    // Slow aircraft drift and turn too much.
    let Some(angle_deg) = angle_deg.filter(|_| known_kt > 100.0) else { return true };
    let mut apart_deg = (angle_deg - deg(atan2(east_kt, north_kt))).abs();
    while apart_deg > 180.0 {
        apart_deg = (apart_deg - 360.0).abs();
    }
    apart_deg <= within_deg
}

/// BDS 4,4, routine weather: 1–4 figure of merit; 5, 6–14 wind speed kt, 15–23 direction × 180/256°; 24–34 temperature × 0.25 °C; 35, 36–46
/// pressure hPa; 47, 48–49 turbulence; 50, 51–56 humidity. Named only when the temperature suits the known altitude.
fn bds44(mb: u64, known: &Known) -> Option<AirData> {
    if !(1..=4).contains(&bits(mb, 1, 4)) || !bit(mb, 5) {
        return None;
    }
    let wind_kt = f64::from(bits(mb, 6, 14));
    let pressure_hpa = optional(mb, 35, 36, 46).ok()?.map(f64::from);
    optional(mb, 47, 48, 49).ok()?;
    optional(mb, 50, 51, 56).ok()?;
    let temperature_c = signed(bits(mb, 24, 34), 11) * 0.25;
    let possible = wind_kt <= 250.0 && weather_fits(temperature_c, pressure_hpa, known.pressure_ft?);
    possible.then(|| AirData {
        bds: 0x44,
        wind_speed_m_s: Some((wind_kt * M_S_PER_KT) as f32),
        wind_from_rad: Some(rad32(f64::from(bits(mb, 15, 23)) * (180.0 / 256.0))),
        temperature_c: Some(temperature_c as f32),
        ..AirData::default()
    })
}

/// BDS 4,5, hazardous weather: 1–15 five hazards of a status bit and two bits of severity; 16, 17–26 temperature × 0.25 °C; 27, 28–38
/// pressure hPa; 39, 40–51 radio height × 16 ft; 52–56 reserved. Named only when temperature and pressure suit the known altitude.
fn bds45(mb: u64, known: &Known) -> Option<AirData> {
    if bits(mb, 52, 56) != 0 {
        return None;
    }
    for status in [1, 4, 7, 10, 13] {
        optional(mb, status, status + 1, status + 2).ok()?;
    }
    let temperature_c = optional(mb, 16, 17, 26).ok()?.map(|n| signed(n, 10) * 0.25)?;
    let pressure_hpa = optional(mb, 27, 28, 38).ok()?.map(f64::from)?;
    optional(mb, 39, 40, 51).ok()?;
    let possible = weather_fits(temperature_c, Some(pressure_hpa), known.pressure_ft?);
    possible.then(|| AirData { bds: 0x45, temperature_c: Some(temperature_c as f32), ..AirData::default() })
}

/// Static temperature within 35 °C of the standard atmosphere's and static pressure within 5 % of what the pressure altitude means.
fn weather_fits(temperature_c: f64, pressure_hpa: Option<f64>, pressure_ft: f64) -> bool {
    let standard_hpa = 1013.25 * pressure_ratio(pressure_ft);
    (temperature_c - standard_temperature_c(pressure_ft)).abs() <= 35.0
        && pressure_hpa.is_none_or(|hpa| (hpa / standard_hpa - 1.0).abs() <= 0.05)
}

/// Degrees as radians in the model's precision.
fn rad32(deg: f64) -> f32 {
    (deg * (PI / 180.0)) as f32
}
