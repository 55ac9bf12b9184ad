//! Service messages, categories 002, 019, 023, 034, 063 and 065, become sensor status and sensor places.
//!
//! `measured` is the message's time of day, else `received`.

use skypicket_model::math::rad;
use skypicket_model::observation::{SensorPosition, SensorStatus};
use skypicket_model::{Geodetic, Reality, Report, SensorId, Span, Time};

use super::common::time_of_day;
use crate::asterix::decoder::Message;
use crate::asterix::field::Quantity;
use crate::asterix::field::fields::{cat002, cat019, cat023, cat034, cat063, cat065};
use crate::asterix::layout::ItemRef;
use crate::asterix::record::View;

fn say(message: &mut Message<'_, '_>, measured: Time, status: SensorStatus) {
    message.observe(measured, Reality::Live, Report::SensorStatus(status));
}

/// Antenna rotation period from an item in seconds; 0 is none.
fn rotation(message: &Message<'_, '_>, item: ItemRef, field: Quantity) -> Option<Span> {
    let period_s = message.record.get(item, field)?;
    if period_s > 0.0 { Span::from_s_f64(period_s) } else { None }
}

/// A polar window as a strobe.
fn strobe(view: View<'_>, from: Quantity, to: Quantity) -> Option<SensorStatus> {
    Some(SensorStatus::Strobe { from_rad: rad(view.get(from)?), to_rad: rad(view.get(to)?) })
}

/// I034: monoradar service messages.
pub(super) fn cat034(message: &mut Message<'_, '_>) {
    use cat034::{i000, i020, i041, i100};
    let record = message.record;
    let measured = time_of_day(message, cat034::I030).unwrap_or(message.chunk.received);
    let status = match record.get(cat034::I000, i000::VALUE) {
        Some(1) => SensorStatus::NorthMarker { rotation: rotation(message, cat034::I041, i041::VALUE) },
        Some(2) => match record.get(cat034::I020, i020::VALUE) {
            Some(azimuth_deg) => SensorStatus::Sector { azimuth_rad: rad(azimuth_deg) },
            None => SensorStatus::Alive,
        },
        // Jamming strobes: primary or unspecified, SSR, Mode S.
        Some(4 | 6 | 7) => record
            .item(cat034::I100)
            .and_then(|window| strobe(window, i100::THETAST, i100::THETAEND))
            .unwrap_or(SensorStatus::Alive),
        _ => SensorStatus::Alive,
    };
    say(message, measured, status);
    if let Some(common) = record.item(cat034::I050).and_then(|item| item.sub(cat034::i050::COM)) {
        use cat034::i050::com::{NOGO, OVLRDP, OVLXMT, TSV};
        let overloaded = common.get(OVLRDP).zip(common.get(OVLXMT)).map(|(data, transmission)| data || transmission);
        let condition = SensorStatus::Condition {
            operational: common.get(NOGO).map(|inhibited| !inhibited),
            overloaded,
            time_valid: common.get(TSV).map(|invalid| !invalid),
        };
        say(message, measured, condition);
    }
    if let Some(place) = record.item(cat034::I120) {
        use cat034::i120::{HGT, LAT, LON};
        state_place(message, measured, place.get(LAT), place.get(LON), place.get(HGT), false);
    }
}

/// Says where the source stands, and remembers it for positions relative to it.
fn state_place(
    message: &mut Message<'_, '_>,
    measured: Time,
    lat_deg: Option<f64>,
    lon_deg: Option<f64>,
    height_m: Option<f64>,
    height_is_amsl: bool,
) {
    let (Some(lat_deg), Some(lon_deg)) = (lat_deg, lon_deg) else { return };
    let Some(place) = skypicket_model::LatLon::new(lat_deg, lon_deg) else {
        return message.oddity("place out of range");
    };
    let place: Geodetic = place.at_height(height_m.unwrap_or(0.0));
    message.source.learn_place(message.sensor.source, place);
    message.observe(measured, Reality::Live, Report::SensorPosition(SensorPosition { place, height_is_amsl }));
}

/// I002: monoradar service messages before Mode S.
pub(super) fn cat002(message: &mut Message<'_, '_>) {
    use cat002::{i000, i020, i041};
    let record = message.record;
    let measured = time_of_day(message, cat002::I030).unwrap_or(message.chunk.received);
    let status = match record.get(cat002::I000, i000::VALUE) {
        Some(1) => SensorStatus::NorthMarker { rotation: rotation(message, cat002::I041, i041::VALUE) },
        Some(2 | 3) => match record.get(cat002::I020, i020::VALUE) {
            Some(azimuth_deg) => SensorStatus::Sector { azimuth_rad: rad(azimuth_deg) },
            None => SensorStatus::Alive,
        },
        _ => SensorStatus::Alive,
    };
    say(message, measured, status);
}

/// I019: multilateration system status.
pub(super) fn cat019(message: &mut Message<'_, '_>) {
    use cat019::{i550, i600, i610, i620};
    let record = message.record;
    let measured = time_of_day(message, cat019::I140).unwrap_or(message.chunk.received);
    let status = match record.item(cat019::I550) {
        None => SensorStatus::Alive,
        Some(item) => SensorStatus::Condition {
            // 0 operational, 1 degraded, 2 and 3 not to be used.
            operational: item.get(i550::NOGO).map(|state| state < 2),
            overloaded: item.get(i550::OVL),
            time_valid: item.get(i550::TSV).map(|invalid| !invalid),
        },
    };
    say(message, measured, status);
    if let Some(place) = record.item(cat019::I600) {
        // I019/610 is above mean sea level; the undulation of I019/620, where sent, makes it ellipsoidal.
        let undulation_m = record.get(cat019::I620, i620::VALUE);
        let height_m = record.get(cat019::I610, i610::VALUE).map(|height_m| height_m + undulation_m.unwrap_or(0.0));
        let amsl = undulation_m.is_none();
        state_place(message, measured, place.get(i600::LAT), place.get(i600::LON), height_m, amsl);
    }
}

/// I023: ADS-B ground station and service status.
pub(super) fn cat023(message: &mut Message<'_, '_>) {
    use cat023::i100::{NOGO, ODP, OXT, TSV};
    let measured = time_of_day(message, cat023::I070).unwrap_or(message.chunk.received);
    let status = match message.record.item(cat023::I100) {
        None => SensorStatus::Alive,
        Some(item) => SensorStatus::Condition {
            operational: item.get(NOGO).map(|barred| !barred),
            overloaded: item.get(ODP).zip(item.get(OXT)).map(|(data, transmission)| data || transmission),
            time_valid: item.get(TSV).map(|invalid| !invalid),
        },
    };
    say(message, measured, status);
}

/// I063: what a data processing system says of one of its sensors. The status is given to that sensor (I063/050) within this
/// feed; without I063/050 it says only that the system is alive.
pub(super) fn cat063(message: &mut Message<'_, '_>) {
    use cat063::{i050, i060};
    let record = message.record;
    let measured = time_of_day(message, cat063::I030).unwrap_or(message.chunk.received);
    say(message, measured, SensorStatus::Alive);
    let (Some(subject), Some(item)) = (record.item(cat063::I050), record.item(cat063::I060)) else { return };
    let (Some(sac), Some(sic)) = (subject.get(i050::SAC), subject.get(i050::SIC)) else { return };
    let sensor = SensorId { feed: message.sensor.feed, source: (sac << 8 | sic) as u16 };
    let status = SensorStatus::Condition {
        // 0 operational, 1 degraded, 2 initialising, 3 not connected.
        operational: item.get(i060::CON).map(|state| state < 2 && item.get(i060::OPS) != Some(true)),
        overloaded: item.get(i060::ODP).zip(item.get(i060::OXT)).map(|(data, transmission)| data || transmission),
        time_valid: item.get(i060::TSV).map(|invalid| !invalid),
    };
    message.out.observe(&message.chunk, sensor, measured, Reality::Live, Report::SensorStatus(status));
}

/// I065: data processing system and service status.
pub(super) fn cat065(message: &mut Message<'_, '_>) {
    use cat065::i040::{NOGO, OVL, TSV};
    let measured = time_of_day(message, cat065::I030).unwrap_or(message.chunk.received);
    let status = match message.record.item(cat065::I040) {
        None => SensorStatus::Alive,
        Some(item) => SensorStatus::Condition {
            // 0 operational, 1 degraded, 2 not connected, 3 unknown.
            operational: item
                .get(NOGO)
                .and_then(|state| [Some(true), Some(true), Some(false)].get(state as usize).copied()?),
            overloaded: item.get(OVL),
            time_valid: item.get(TSV).map(|invalid| !invalid),
        },
    };
    say(message, measured, status);
}
