//! Monoradar target reports, categories 001 and 048, become plots.
//!
//! `measured` is I048/140 or I001/141, else `received`. A record without a detection (TYP or SSRPSR 0: an extrapolated track),
//! or without a measured position, becomes no plot. Where neither the report nor the config states noise, the random errors
//! that EUROCONTROL's Standard for Radar Surveillance (SUR.ET1.ST01.1000-STD-01-01, 1997, section 6) allows are taken.

use skypicket_model::math::{M_PER_NM, rad};
use skypicket_model::observation::{Angle, Detection, Plot};
use skypicket_model::{AltitudeAmsl, Report, Time};

use super::comm_b::registers;
use super::common::{M_S_PER_NM_S, address, flight_id, mode_c, reality, squawk, time_of_day, truncated_time_of_day};
use crate::asterix::decoder::Message;
use crate::asterix::field::fields::{cat001, cat048};
use crate::asterix::record::View;

/// Range noise of a secondary and a primary radar, metres.
const RANGE_SIGMA_M: (f64, f64) = (70.0, 120.0);
/// Azimuth noise of a secondary and a primary radar, degrees.
const AZIMUTH_SIGMA_DEG: (f64, f64) = (0.08, 0.15);

/// Range (metres), azimuth and their noise as a plot without anything else.
fn polar(message: &Message<'_, '_>, range_m: f64, azimuth_deg: f64, detection: Detection) -> Plot {
    let secondary = detection.secondary || detection.mode_s;
    let pick = |pair: (f64, f64)| if secondary { pair.0 } else { pair.1 };
    let source = &message.source;
    Plot {
        range_m,
        range_sigma_m: source.range_sigma_m.unwrap_or(pick(RANGE_SIGMA_M)),
        azimuth: Angle {
            rad: rad(azimuth_deg),
            sigma_rad: source.azimuth_sigma_rad.unwrap_or(rad(pick(AZIMUTH_SIGMA_DEG))),
        },
        elevation: None,
        pressure: None,
        height: None,
        detection,
        address: None,
        squawk: None,
        flight_id: None,
        local_track: None,
        doppler_m_s: None,
    }
}

/// I048: monoradar target reports, editions 1.27 to 1.32.
pub(super) fn cat048(message: &mut Message<'_, '_>) {
    use cat048::{i020, i040, i070, i090, i110, i161, i220, i240};
    let record = message.record;
    let measured = time_of_day(message, cat048::I140).unwrap_or(message.chunk.received);
    let Some(kind) = record.item(cat048::I020) else { return message.oddity("no target report descriptor") };
    let typ = kind.get(i020::TYP).unwrap_or(0);
    if typ == 0 {
        return message.oddity("extrapolated, not detected");
    }
    let Some(position) = record.item(cat048::I040) else { return message.oddity("no measured position") };
    let (Some(range_nm), Some(azimuth_deg)) = (position.get(i040::RHO), position.get(i040::THETA)) else { return };
    // Beyond 256 NM the measured range stands in the reserved expansion field and I048/040 holds its limit.
    let far_nm = if kind.get(i020::ERR) == Some(true) { extended_range(record.item(cat048::RE)) } else { None };
    let detection = Detection {
        primary: matches!(typ, 1 | 3 | 6 | 7),
        secondary: matches!(typ, 2 | 3),
        mode_s: matches!(typ, 4..=7),
        monitor: kind.get(i020::RAB).unwrap_or(false),
        spi: kind.get(i020::SPI).unwrap_or(false),
    };
    let simulated = kind.get(i020::SIM).unwrap_or(false) || kind.get(i020::TST).unwrap_or(false);
    let mut plot = polar(message, far_nm.unwrap_or(range_nm) * M_PER_NM, azimuth_deg, detection);
    plot.pressure = mode_c(record.item(cat048::I090), i090::V, i090::G, i090::FL);
    plot.squawk = squawk(record.item(cat048::I070), i070::V, i070::G, i070::MODE3A);
    plot.height = record.get(cat048::I110, i110::_3DH).map(AltitudeAmsl::from_ft);
    plot.address = address(record.item(cat048::I220), i220::VALUE);
    plot.flight_id = flight_id(record.item(cat048::I240), i240::VALUE);
    plot.local_track = record.get(cat048::I161, i161::TRN).map(|number| number as u16);
    plot.doppler_m_s = doppler(record.item(cat048::I120));
    message.observe(measured, reality(simulated), Report::Plot(plot));
    registers(message, record.item(cat048::I250), plot.address, measured, reality(simulated));
}

/// I048/RE ERR: range beyond 256 NM.
fn extended_range(expansion: Option<View<'_>>) -> Option<f64> {
    expansion?.sub(cat048::re::ERR)?.get(cat048::re::err::VALUE)
}

/// I048/120 CAL, where not doubtful (D = 0): positive away from the radar, as the standard recommends.
fn doppler(item: Option<View<'_>>) -> Option<f64> {
    use cat048::i120::cal::{CAL, D};
    let calculated = item?.sub(cat048::i120::CAL)?;
    if calculated.get(D)? { None } else { calculated.get(CAL) }
}

/// I001: monoradar target reports before Mode S, plots and tracks.
pub(super) fn cat001(message: &mut Message<'_, '_>) {
    use cat001::{i020, i040, i070, i090, i120, i161};
    let record = message.record;
    let measured: Time = truncated_time_of_day(message, cat001::I141).unwrap_or(message.chunk.received);
    let Some(kind) = record.item(cat001::I020) else { return message.oddity("no target report descriptor") };
    let found = kind.get(i020::SSRPSR).unwrap_or(0);
    if found == 0 {
        return message.oddity("extrapolated, not detected");
    }
    let Some(position) = record.item(cat001::I040) else { return message.oddity("no measured position") };
    let (Some(range_nm), Some(azimuth_deg)) = (position.get(i040::RHO), position.get(i040::THETA)) else { return };
    let detection = Detection {
        primary: found & 1 != 0,
        secondary: found & 2 != 0,
        mode_s: false,
        monitor: kind.get(i020::RAB).unwrap_or(false),
        spi: kind.get(i020::SPI).unwrap_or(false),
    };
    let simulated = kind.get(i020::SIM).unwrap_or(false) || kind.get(i020::TST).unwrap_or(false);
    let mut plot = polar(message, range_nm * M_PER_NM, azimuth_deg, detection);
    plot.pressure = mode_c(record.item(cat001::I090), i090::V, i090::G, i090::HGT);
    plot.squawk = squawk(record.item(cat001::I070), i070::V, i070::G, i070::MODE3A);
    plot.local_track = record.get(cat001::I161, i161::VALUE).map(|number| number as u16);
    plot.doppler_m_s = record.get(cat001::I120, i120::VALUE).map(|speed| speed * M_S_PER_NM_S);
    message.observe(measured, reality(simulated), Report::Plot(plot));
}
