//! Comm-B registers that a radar or a multilateration system read out of an aircraft: air data.
//!
//! Unlike in a bare Mode S reply the register's number is told, so nothing is guessed. Read are BDS 4,0, 5,0 and 6,0; others are
//! shown by `decode --json` and become nothing. Source: ICAO Doc 9871 ed. 2, tables A-2-64, A-2-80, A-2-96; MB bits 1 to 56.

use skypicket_model::math::{M_PER_FT, M_S_PER_FT_MIN, M_S_PER_KT, rad};
use skypicket_model::observation::{AirData, ModeS, ModeSPart};
use skypicket_model::{Address, Reality, Report, Time};

use crate::asterix::decoder::Message;
use crate::asterix::record::View;
use crate::mode_s::fields::{bit, bits};

/// Most registers of one record that are read; a radar extracts a few in one turn.
const MOST: usize = 8;

/// Appends the air data of an item of registers: 56 bits of content, then the number as two nibbles.
pub(super) fn registers(
    message: &mut Message<'_, '_>,
    item: Option<View<'_>>,
    address: Option<Address>,
    measured: Time,
    reality: Reality,
) {
    let (Some(item), Some(address)) = (item, address) else { return };
    for register in item.each().take(MOST) {
        let Some(word) = register.bytes.first_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes)) else { return };
        let content = word >> 8;
        let data = match word as u8 {
            0x40 => intention(content),
            0x50 => track_and_turn(content),
            0x60 => heading_and_speed(content),
            _ => continue,
        };
        // An empty register (every status bit 0) says nothing.
        if data != (AirData { bds: data.bds, ..AirData::default() }) {
            message.observe(measured, reality, Report::ModeS(ModeS { address, part: ModeSPart::AirData(data) }));
        }
    }
}

/// A field whose status bit is set.
fn told(content: u64, status: u32, first: u32, last: u32) -> Option<f64> {
    bit(content, status).then(|| f64::from(bits(content, first, last)))
}

/// The same in two's complement with the sign in the field's first bit.
fn told_signed(content: u64, status: u32, first: u32, last: u32) -> Option<f64> {
    let span = f64::from(1_u32 << (last - first + 1));
    told(content, status, first, last).map(|value| if value * 2.0 >= span { value - span } else { value })
}

fn scaled(value: Option<f64>, factor: f64) -> Option<f32> {
    value.map(|value| (value * factor) as f32)
}

/// BDS 4,0, selected vertical intention.
fn intention(content: u64) -> AirData {
    AirData {
        bds: 0x40,
        selected_altitude_m: scaled(told(content, 1, 2, 13), 16.0 * M_PER_FT),
        barometric_setting_hpa: told(content, 27, 28, 39).map(|value| (800.0 + 0.1 * value) as f32),
        ..AirData::default()
    }
}

/// BDS 5,0, track and turn report.
fn track_and_turn(content: u64) -> AirData {
    AirData {
        bds: 0x50,
        roll_rad: scaled(told_signed(content, 1, 2, 11), rad(45.0 / 256.0)),
        track_rad: scaled(told_signed(content, 12, 13, 23), rad(90.0 / 512.0)).map(positive),
        ground_speed_m_s: scaled(told(content, 24, 25, 34), 2.0 * M_S_PER_KT),
        track_rate_rad_s: scaled(told_signed(content, 35, 36, 45), rad(8.0 / 256.0)),
        true_airspeed_m_s: scaled(told(content, 46, 47, 56), 2.0 * M_S_PER_KT),
        ..AirData::default()
    }
}

/// BDS 6,0, heading and speed report.
fn heading_and_speed(content: u64) -> AirData {
    AirData {
        bds: 0x60,
        magnetic_heading_rad: scaled(told_signed(content, 1, 2, 12), rad(90.0 / 512.0)).map(positive),
        indicated_airspeed_m_s: scaled(told(content, 13, 14, 23), M_S_PER_KT),
        mach: scaled(told(content, 24, 25, 34), 2.048 / 512.0),
        barometric_rate_m_s: scaled(told_signed(content, 35, 36, 45), 32.0 * M_S_PER_FT_MIN),
        inertial_rate_m_s: scaled(told_signed(content, 46, 47, 56), 32.0 * M_S_PER_FT_MIN),
        ..AirData::default()
    }
}

/// An angle in [0, 2π).
fn positive(angle_rad: f32) -> f32 {
    if angle_rad < 0.0 { angle_rad + core::f32::consts::TAU } else { angle_rad }
}
