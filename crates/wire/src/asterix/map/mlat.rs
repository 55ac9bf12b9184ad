//! Surface movement data (category 010) and multilateration target reports (category 020).
//!
//! Multilaterated, camera-like and surface radar positions become fixes; a surface radar's polar positions become plots; an
//! ADS-B position relayed in category 010 stays what it is, the aircraft's own word. `measured` is the time of day, else
//! `received`. Extrapolated positions become nothing. Positions in metres need the system's place: from the config or
//! from I019/600.

use skypicket_model::math::rad;
use skypicket_model::observation::{
    Angle, Channel, Detection, Fix, FixSource, HorizontalSigma, Plot, SelfPart, SelfReport, SensorStatus,
    StatedPosition,
};
use skypicket_model::{EllipsoidalHeight, LatLon, Reality, Report, Time};

use super::comm_b::registers;
use super::common::{
    M_S_PER_NM_S, address, east_north, flight_id, mode_c, pair, place, place_near, reality, squawk, time_of_day,
};
use super::quality::UNSTATED_SIGMA_M;
use crate::asterix::decoder::Message;
use crate::asterix::field::Quantity;
use crate::asterix::field::fields::{cat010, cat020};
use crate::asterix::record::View;

/// One component of a surface position where none is stated, metres: the order of EUROCAE ED-117's 7.5 m at 95 %.
const SURFACE_SIGMA_M: f64 = 10.0;
/// Azimuth noise of a surface movement radar where none is configured, degrees.
const SURFACE_AZIMUTH_SIGMA_DEG: f64 = 0.25;
/// One component of a wide-area position where none is stated, metres: 150 m root mean square, as EUROCAE ED-142 asks for 3 NM
/// separation.
const WIDE_SIGMA_M: f64 = 106.0;

/// I010: surface movement data, edition 1.1.
pub(super) fn cat010(message: &mut Message<'_, '_>) {
    use cat010::{i000, i020, i170};
    let record = message.record;
    let measured = time_of_day(message, cat010::I140).unwrap_or(message.chunk.received);
    match record.get(cat010::I000, i000::VALUE) {
        Some(1) | None => {}
        Some(_) => return status(message, measured),
    }
    let Some(kind) = record.item(cat010::I020) else { return message.oddity("no target report descriptor") };
    if record.get(cat010::I170, i170::CST).unwrap_or(0) != 0 {
        return message.oddity("extrapolated, not detected");
    }
    let flag = |field| kind.get(field).unwrap_or(false);
    let world = reality(flag(i020::SIM) || flag(i020::TST));
    let typ = kind.get(i020::TYP).unwrap_or(7);
    if flag(i020::RAB) && typ != 3 {
        return message.oddity("field monitor");
    }
    if typ == 3 && record.has(cat010::I040) {
        return surface_plot(message, measured, world);
    }
    let Some(place) = surface_place(message) else {
        return message.oddity("no position, or the system's place unknown");
    };
    if typ == 2 { relayed(message, measured, world, place) } else { surface_fix(message, measured, world, place, typ) }
}

/// I010/550 of the status messages.
fn status(message: &mut Message<'_, '_>, measured: Time) {
    use cat010::i550::{NOGO, OVL, TSV};
    let status = match message.record.item(cat010::I550) {
        None => SensorStatus::Alive,
        Some(item) => SensorStatus::Condition {
            // 0 operational, 1 degraded, 2 not to be used.
            operational: item.get(NOGO).map(|state| state < 2),
            overloaded: item.get(OVL),
            time_valid: item.get(TSV).map(|invalid| !invalid),
        },
    };
    message.observe(measured, Reality::Live, Report::SensorStatus(status));
}

fn surface_place(message: &Message<'_, '_>) -> Option<LatLon> {
    use cat010::{i041, i042};
    let record = message.record;
    if let Some(item) = record.item(cat010::I041) {
        return place(Some(item), i041::LAT, i041::LON);
    }
    let (east_m, north_m) = pair(record.item(cat010::I042), i042::X, i042::Y)?;
    place_near(message, east_m, north_m)
}

fn surface_plot(message: &mut Message<'_, '_>, measured: Time, world: Reality) {
    use cat010::{i020, i040, i161};
    let record = message.record;
    let Some((range_m, azimuth_deg)) = pair(record.item(cat010::I040), i040::RHO, i040::TH) else { return };
    let monitor = record.get(cat010::I020, i020::RAB).unwrap_or(false);
    let plot = Plot {
        range_m,
        range_sigma_m: message.source.range_sigma_m.unwrap_or(SURFACE_SIGMA_M),
        azimuth: Angle {
            rad: rad(azimuth_deg),
            sigma_rad: message.source.azimuth_sigma_rad.unwrap_or(rad(SURFACE_AZIMUTH_SIGMA_DEG)),
        },
        elevation: None,
        pressure: None,
        height: None,
        detection: Detection { primary: true, monitor, ..Detection::default() },
        address: None,
        squawk: None,
        flight_id: None,
        local_track: record.get(cat010::I161, i161::TRK).map(|number| number as u16),
        doppler_m_s: None,
    };
    message.observe(measured, world, Report::Plot(plot));
}

/// An ADS-B position that the surface system passes on without its quality.
fn relayed(message: &mut Message<'_, '_>, measured: Time, world: Reality, place: LatLon) {
    use cat010::{i020, i090, i220};
    let record = message.record;
    let Some(address) = address(record.item(cat010::I220), i220::VALUE) else {
        return message.oddity("no target address");
    };
    let position = StatedPosition {
        arrival: None,
        place,
        pressure: mode_c(record.item(cat010::I090), i090::V, i090::G, i090::FL),
        height: None,
        on_ground: record.get(cat010::I020, i020::GBS).unwrap_or(false),
        nic: None,
        containment_m: None,
        sigma_m: UNSTATED_SIGMA_M,
        ground_speed_m_s: None,
        track_rad: None,
    };
    let report = SelfReport { address, channel: Channel::AdsB, part: SelfPart::Position(position) };
    message.observe(measured, world, Report::SelfReport(report));
}

fn surface_fix(message: &mut Message<'_, '_>, measured: Time, world: Reality, place: LatLon, typ: u64) {
    use cat010::{i020, i060, i090, i161, i200, i202, i220, i245};
    let record = message.record;
    let velocity_m_s = pair(record.item(cat010::I202), i202::VX, i202::VY).or_else(|| {
        pair(record.item(cat010::I200), i200::GSP, i200::TRA).map(|(nm_s, deg)| east_north(nm_s * M_S_PER_NM_S, deg))
    });
    let fix = Fix {
        // 0 SSR, 1 Mode S and 5 HF multilateration; 3 radar, 4 loops and others are local sensors.
        source: if matches!(typ, 0 | 1 | 5) { FixSource::Multilateration } else { FixSource::Local },
        place,
        sigma: surface_sigma(record.item(cat010::I500)),
        height: None,
        pressure: mode_c(record.item(cat010::I090), i090::V, i090::G, i090::FL),
        velocity_m_s,
        on_ground: record.get(cat010::I020, i020::GBS).filter(|_| matches!(typ, 0 | 1)),
        address: address(record.item(cat010::I220), i220::VALUE),
        flight_id: flight_id(record.item(cat010::I245), i245::CHR),
        squawk: squawk(record.item(cat010::I060), i060::V, i060::G, i060::MODE3A),
        local_track: record.get(cat010::I161, i161::TRK).map(|number| number as u16),
    };
    message.observe(measured, world, Report::Fix(fix));
}

/// I010/500: standard deviations and covariance, metres and square metres.
fn surface_sigma(item: Option<View<'_>>) -> HorizontalSigma {
    use cat010::i500::{COVXY, DEVX, DEVY};
    let Some((east_m, north_m)) = pair(item, DEVX, DEVY) else { return HorizontalSigma::round(SURFACE_SIGMA_M) };
    let (east_m, north_m) = (east_m.max(0.125), north_m.max(0.125));
    let covariance_m2 = item.and_then(|view| view.get(COVXY)).unwrap_or(0.0);
    HorizontalSigma { east_m, north_m, correlation: (covariance_m2 / (east_m * north_m)).clamp(-0.99, 0.99) }
}

/// I020: multilateration target reports, editions 1.9 to 1.11.
pub(super) fn cat020(message: &mut Message<'_, '_>) {
    use cat020::{i020, i041, i042, i070, i090, i105, i161, i170, i202, i220, i245};
    let record = message.record;
    let measured = time_of_day(message, cat020::I140).unwrap_or(message.chunk.received);
    let kind = record.item(cat020::I020);
    let flag = |field| kind.and_then(|view| view.get(field)).unwrap_or(false);
    if flag(i020::RAB) {
        return message.oddity("field monitor");
    }
    if record.get(cat020::I170, i170::CST) == Some(true) {
        return message.oddity("extrapolated, not detected");
    }
    let place = match record.item(cat020::I041) {
        Some(item) => place(Some(item), i041::LAT, i041::LON),
        None => pair(record.item(cat020::I042), i042::X, i042::Y)
            .and_then(|(east_m, north_m)| place_near(message, east_m, north_m)),
    };
    let Some(place) = place else { return message.oddity("no position, or the system's place unknown") };
    let height = record.get(cat020::I105, i105::VALUE).map(EllipsoidalHeight::from_ft);
    let (sigma, height_sigma_m) = accuracy(record.item(cat020::I500));
    let fix = Fix {
        source: FixSource::Multilateration,
        place,
        sigma,
        height: height.map(|height| (height, height_sigma_m)),
        pressure: mode_c(record.item(cat020::I090), i090::V, i090::G, i090::FL),
        velocity_m_s: pair(record.item(cat020::I202), i202::VX, i202::VY),
        // GBS says only that the ground bit is set; a transponder without it may stand on the ground too.
        on_ground: kind.and_then(|view| view.get(i020::GBS)),
        address: address(record.item(cat020::I220), i220::VALUE),
        flight_id: flight_id(record.item(cat020::I245), i245::CHR),
        squawk: squawk(record.item(cat020::I070), i070::V, i070::G, i070::MODE3A),
        local_track: record.get(cat020::I161, i161::TRN).map(|number| number as u16),
    };
    let world = reality(flag(i020::SIM) || flag(i020::TST));
    message.observe(measured, world, Report::Fix(fix));
    registers(message, record.item(cat020::I250), fix.address, measured, world);
}

/// I020/500 SDP and SDH: horizontal sigmas and that of the height, metres.
fn accuracy(item: Option<View<'_>>) -> (HorizontalSigma, f64) {
    use cat020::i500::{SDH, SDP, sdh, sdp};
    let stated = |field: Quantity, sub| item.and_then(|view| view.sub(sub)).and_then(|view| view.get(field));
    let sigma = match (stated(sdp::X, SDP), stated(sdp::Y, SDP)) {
        (Some(east_m), Some(north_m)) => {
            HorizontalSigma { east_m: east_m.max(0.125), north_m: north_m.max(0.125), correlation: 0.0 }
        }
        _ => HorizontalSigma::round(WIDE_SIGMA_M),
    };
    (sigma, stated(sdh::VALUE, SDH).map_or(WIDE_SIGMA_M, |sigma_m| sigma_m.max(0.25)))
}
