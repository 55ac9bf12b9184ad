//! ADS-B target reports, category 021, become self reports: position, velocity, identity and status, each at its own time.
//!
//! `measured` of a position is I021/071, else 073 (with 074), else 077, else `received`; of a velocity 072, else 075 (with 076),
//! else the position's. Editions before 1.0 have one time, I021/030.

use skypicket_model::math::{M_PER_NM, M_S_PER_FT_MIN, M_S_PER_KT, rad};
use skypicket_model::observation::{Channel, SelfPart, SelfReport, StatedPosition, StatedStatus, StatedVelocity};
use skypicket_model::{
    Address, EllipsoidalHeight, Emergency, EmitterCategory, LatLon, Mode3A, Reality, Report, Span, Time,
};

use super::common::{M_S_PER_NM_S, east_north, flight_id, flight_level, pair, place, reality, squawk, time_of_day};
use super::quality::{UNSTATED_SIGMA_M, UNSTATED_SIGMA_M_S, nic_radius_m, pic_radius_m};
use crate::asterix::decoder::Message;
use crate::asterix::field::fields::{cat021, cat021_v0_26 as old};
use crate::asterix::layout::ItemRef;
use crate::quality::{contained_sigma_m, nac_p_sigma_m, nac_v_sigma_m_s, of_nucp};

/// Whom a record is about and how it came.
#[derive(Clone, Copy)]
struct Subject {
    address: Address,
    reality: Reality,
    on_ground: bool,
}

fn state(message: &mut Message<'_, '_>, subject: Subject, measured: Time, part: SelfPart) {
    let report = SelfReport { address: subject.address, channel: Channel::AdsB, part };
    message.observe(measured, subject.reality, Report::SelfReport(report));
}

/// I021: the family of editions decides, as the layouts have nothing in common.
pub(super) fn cat021(message: &mut Message<'_, '_>) {
    if message.record.uap.family == old::I010.family { edition_0(message) } else { edition_2(message) }
}

fn address(value: Option<u64>, anonymous: bool) -> Option<Address> {
    let value = value.filter(|value| *value != 0)? as u32;
    Some(if anonymous { Address::non_icao(value) } else { Address::icao(value) })
}

/// Editions 2.1 to 2.7.
fn edition_2(message: &mut Message<'_, '_>) {
    use cat021::i040::{ATP, CPR, GBS, IPC, RAB, SIM, TST};
    let record = message.record;
    let kind = record.item(cat021::I040);
    let flag = |field| kind.and_then(|view| view.get(field)).unwrap_or(false);
    // 0 ICAO, 1 duplicate, 2 surface vehicle; 3 anonymous and what is reserved are no ICAO address.
    let anonymous = kind.and_then(|view| view.get(ATP)).is_some_and(|kind| kind > 2);
    let Some(address) = address(record.get(cat021::I080, cat021::i080::VALUE), anonymous) else {
        return message.oddity("no target address");
    };
    if flag(RAB) {
        return message.oddity("field monitor");
    }
    if flag(IPC) {
        message.oddity("independent position check failed");
    }
    let subject = Subject { address, reality: reality(flag(SIM) || flag(TST)), on_ground: flag(GBS) };
    let (position_time, velocity_time) = times(message);
    let quality = Quality::read(message);
    if let Some(position) = position_2(message, subject, &quality) {
        if flag(CPR) {
            message.oddity("position failed the station's validation");
        } else {
            state(message, subject, position_time, SelfPart::Position(position));
        }
    }
    if let Some(velocity) = velocity_2(message, &quality) {
        state(message, subject, velocity_time, SelfPart::Velocity(velocity));
    }
    identity(message, subject, position_time, (cat021::I170, cat021::I020));
    if let Some(status) = status_2(message, subject, &quality) {
        state(message, subject, position_time, SelfPart::Status(status));
    }
}

/// Times of position and velocity.
fn times(message: &mut Message<'_, '_>) -> (Time, Time) {
    use cat021::{i074, i076};
    let position = time_of_day(message, cat021::I071)
        .or_else(|| {
            let coarse = time_of_day(message, cat021::I073)?;
            let fine = message.record.item(cat021::I074);
            Some(fine.and_then(|view| finer(coarse, view.get(i074::FSI)?, view.get(i074::TOMRP)?)).unwrap_or(coarse))
        })
        .or_else(|| time_of_day(message, cat021::I077))
        .unwrap_or(message.chunk.received);
    let velocity = time_of_day(message, cat021::I072)
        .or_else(|| {
            let coarse = time_of_day(message, cat021::I075)?;
            let fine = message.record.item(cat021::I076);
            Some(fine.and_then(|view| finer(coarse, view.get(i076::FSI)?, view.get(i076::TOMRP)?)).unwrap_or(coarse))
        })
        .unwrap_or(position);
    (position, velocity)
}

/// I021/074, 076: the fraction of a second, and whether the whole second is that of the coarse time, the next or the last.
fn finer(coarse: Time, full_second: u64, fraction_s: f64) -> Option<Time> {
    let step = match full_second {
        0 => 0,
        1 => 1,
        2 => -1,
        _ => return None,
    };
    Some(Time::from_s(coarse.floor_s() + step) + Span::from_s_f64(fraction_s)?)
}

/// NIC of the same radius as a NUCp, for version 0; 0 says nothing in both.
fn nic_of_nucp(nucp: u8) -> u8 {
    of_nucp(nucp).map_or(0, |(_, nic)| nic)
}

/// I021/090 and 210, sorted by the version that gives them their meaning.
struct Quality {
    version: Option<u8>,
    nic: Option<u8>,
    containment_m: Option<f64>,
    nac_p: Option<u8>,
    nac_v: Option<u8>,
    sil: Option<u8>,
    sil_per_sample: Option<bool>,
    sda: Option<u8>,
    gva: Option<u8>,
    nic_baro: Option<bool>,
}

impl Quality {
    fn read(message: &Message<'_, '_>) -> Self {
        use cat021::i090::{GVA, NACP, NICBARO, NUCPNIC, NUCRNACV, PIC, SDA, SIL, SILS};
        let record = message.record;
        let version = record.get(cat021::I210, cat021::i210::VN).map(|version| version as u8);
        let item = record.item(cat021::I090);
        let code = |field| item.and_then(|view| view.get(field)).map(|value: u64| value as u8);
        let flag = |field| item.and_then(|view| view.get(field));
        let stated = code(NUCPNIC);
        let (nic, radius_m) = match version {
            Some(0) => (stated.map(nic_of_nucp), stated.and_then(of_nucp).map(|(radius_m, _)| radius_m)),
            _ => (stated, stated.and_then(nic_radius_m)),
        };
        Self {
            version,
            nic,
            containment_m: code(PIC).and_then(pic_radius_m).or(radius_m),
            nac_p: code(NACP),
            nac_v: code(NUCRNACV),
            sil: code(SIL),
            sil_per_sample: flag(SILS),
            sda: code(SDA),
            gva: code(GVA),
            nic_baro: flag(NICBARO),
        }
    }

    fn sigma_m(&self) -> f64 {
        let stated = self.nac_p.and_then(nac_p_sigma_m);
        stated.or_else(|| self.containment_m.map(contained_sigma_m)).unwrap_or(UNSTATED_SIGMA_M)
    }
}

/// I021/131, else 130, with heights and quality.
fn position_2(message: &Message<'_, '_>, subject: Subject, quality: &Quality) -> Option<StatedPosition> {
    use cat021::{i130, i131, i140, i145};
    let record = message.record;
    let place = place(record.item(cat021::I131), i131::LAT, i131::LON)
        .or_else(|| place(record.item(cat021::I130), i130::LAT, i130::LON))?;
    let (ground_speed_m_s, track_rad) = if subject.on_ground { surface_vector(message) } else { (None, None) };
    Some(StatedPosition {
        arrival: None,
        place,
        pressure: record.get(cat021::I145, i145::VALUE).map(flight_level),
        height: record.get(cat021::I140, i140::VALUE).and_then(geometric_height),
        on_ground: subject.on_ground,
        nic: quality.nic,
        containment_m: quality.containment_m,
        sigma_m: quality.sigma_m(),
        ground_speed_m_s,
        track_rad,
    })
}

/// I021/140; the largest value (0x7fff) means higher than can be told.
fn geometric_height(height_ft: f64) -> Option<EllipsoidalHeight> {
    if height_ft >= 204_793.0 { None } else { Some(EllipsoidalHeight::from_ft(height_ft)) }
}

/// I021/RE SGV: ground speed and track on the surface. STP = 1 says stopped; HTT = 1 that the angle is a ground track.
fn surface_vector(message: &Message<'_, '_>) -> (Option<f64>, Option<f64>) {
    use cat021::re::sgv::{GSS, HGT, HTS, HTT, STP};
    let Some(view) = message.record.item(cat021::RE).and_then(|view| view.sub(cat021::re::SGV)) else {
        return (None, None);
    };
    let stopped = view.get(STP) == Some(true);
    let speed_m_s = if stopped { Some(0.0) } else { view.get(GSS).map(|kt| kt * M_S_PER_KT) };
    let is_track = view.get(HTT) == Some(true) && view.get(HTS) == Some(true);
    (speed_m_s, if is_track { view.get(HGT).map(rad) } else { None })
}

/// I021/150 to 160, where at least one says something.
fn velocity_2(message: &Message<'_, '_>, quality: &Quality) -> Option<StatedVelocity> {
    use cat021::{i151, i152, i155, i157, i160};
    let record = message.record;
    let ground =
        pair(record.item(cat021::I160), i160::GS, i160::TA).map(|(nm_s, deg)| east_north(nm_s * M_S_PER_NM_S, deg));
    let barometric = record.get(cat021::I155, i155::BVR);
    let rate = barometric.or_else(|| record.get(cat021::I157, i157::GVR));
    let indicated = indicated_airspeed(message, cat021::I150);
    let true_airspeed = record.get(cat021::I151, i151::TAS).map(|kt| kt * M_S_PER_KT);
    let heading = record.get(cat021::I152, i152::VALUE).map(rad);
    if ground.is_none() && rate.is_none() && indicated.is_none() && true_airspeed.is_none() && heading.is_none() {
        return None;
    }
    Some(StatedVelocity {
        east_m_s: ground.map(|ground| ground.0),
        north_m_s: ground.map(|ground| ground.1),
        sigma_m_s: quality.nac_v.and_then(nac_v_sigma_m_s).unwrap_or(UNSTATED_SIGMA_M_S),
        vertical_m_s: rate.map(|ft_min| ft_min * M_S_PER_FT_MIN),
        vertical_is_barometric: barometric.is_some(),
        height_minus_pressure_m: height_minus_pressure(message),
        heading_rad: heading,
        indicated_airspeed_m_s: indicated,
        true_airspeed_m_s: true_airspeed,
        nac_v: quality.nac_v,
    })
}

/// I021/140 minus 145, where the record carries both.
fn height_minus_pressure(message: &Message<'_, '_>) -> Option<f64> {
    let height = message.record.get(cat021::I140, cat021::i140::VALUE).and_then(geometric_height)?;
    let level = message.record.get(cat021::I145, cat021::i145::VALUE).map(flight_level)?;
    Some(height.m - level.m)
}

/// I021/150 where it is an indicated airspeed (IM = 0), m/s; the layout is the same in every edition.
fn indicated_airspeed(message: &Message<'_, '_>, item: ItemRef) -> Option<f64> {
    let view = message.record.item(item)?;
    if view.get(cat021::i150::IM)? { None } else { view.get(cat021::i150::AS_0).map(|nm_s| nm_s * M_PER_NM) }
}

/// I021/170 and 020.
fn identity(message: &mut Message<'_, '_>, subject: Subject, measured: Time, (name, emitter): (ItemRef, ItemRef)) {
    let record = message.record;
    let flight_id = flight_id(record.item(name), cat021::i170::VALUE);
    let category = record.get(emitter, cat021::i020::VALUE).and_then(emitter_category);
    if record.has(name) || category.is_some() {
        state(message, subject, measured, SelfPart::Identity { flight_id, category });
    }
}

/// I021/020 as set and number of DO-260B.
fn emitter_category(code: u64) -> Option<EmitterCategory> {
    let (set, number) = match code {
        1..=6 => (b'A', code as u8),
        10 => (b'A', 7),
        11 => (b'B', 1),
        12 => (b'B', 2),
        13 => (b'B', 6),
        14 => (b'B', 7),
        15 => (b'B', 4),
        16 => (b'B', 3),
        20 => (b'C', 1),
        21 => (b'C', 2),
        22 => (b'C', 3),
        23 => (b'C', 4),
        24 => (b'C', 5),
        _ => return None,
    };
    Some(EmitterCategory { set, number })
}

/// I021/200 PS and edition 0.26's I021/200: `Some(None)` says that there is none.
const fn emergency(code: u64) -> Option<Option<Emergency>> {
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

/// I021/070, 090, 200 and 210, where at least one is there.
fn status_2(message: &Message<'_, '_>, subject: Subject, quality: &Quality) -> Option<StatedStatus> {
    use cat021::{I008, I070, I090, I200, I210, i008, i070, i200};
    let record = message.record;
    if ![I008, I070, I090, I200, I210].into_iter().any(|item| record.has(item)) {
        return None;
    }
    Some(StatedStatus {
        version: quality.version,
        on_ground: record.has(cat021::I040).then_some(subject.on_ground),
        nac_p: quality.nac_p,
        nac_v: quality.nac_v,
        sil: quality.sil,
        sil_per_sample: quality.sil_per_sample,
        sda: quality.sda,
        gva: quality.gva,
        nic_baro: quality.nic_baro,
        nic_a: None,
        nic_c: None,
        emergency: record.get(I200, i200::PS).and_then(emergency),
        squawk: record.get(I070, i070::MODE3A).map(|code| Mode3A(code as u16)),
        resolution_advisory: record.get(I008, i008::RA),
    })
}

/// Editions 0.23 to 0.26.
fn edition_0(message: &mut Message<'_, '_>) {
    use old::i040::{ATP, GBS, RAB, SIM, TST};
    let record = message.record;
    let kind = record.item(old::I040);
    let flag = |field| kind.and_then(|view| view.get(field)).unwrap_or(false);
    // 1 ICAO, 2 surface vehicle; 0 not unique, 3 anonymous.
    let anonymous = kind.and_then(|view| view.get(ATP)).is_some_and(|kind| !matches!(kind, 1 | 2));
    let Some(address) = address(record.get(old::I080, old::i080::VALUE), anonymous) else {
        return message.oddity("no target address");
    };
    if flag(RAB) {
        return message.oddity("field monitor");
    }
    let subject = Subject { address, reality: reality(flag(SIM) || flag(TST)), on_ground: flag(GBS) };
    let measured = time_of_day(message, old::I030).unwrap_or(message.chunk.received);
    // Edition 0.23 has 24 bits where the later ones have 32.
    let stated = place(record.item(old::I130), old::i130::LAT, old::i130::LON)
        .or_else(|| place(record.item(old::I130), old::i130::LAT_V0_23, old::i130::LON_V0_23));
    if let Some(place) = stated {
        state(message, subject, measured, SelfPart::Position(position_0(message, subject, place)));
    }
    if let Some(velocity) = velocity_0(message) {
        state(message, subject, measured, SelfPart::Velocity(velocity));
    }
    identity(message, subject, measured, (old::I170, old::I020));
    let status = StatedStatus {
        on_ground: kind.map(|_| subject.on_ground),
        emergency: record.get(old::I200, old::i200::VALUE).and_then(emergency),
        squawk: squawk(record.item(old::I070), old::i070::V, old::i070::G, old::i070::MODE3A),
        ..StatedStatus::default()
    };
    state(message, subject, measured, SelfPart::Status(status));
}

/// I021/090 PA of edition 0.26 is a NUCp.
fn position_0(message: &Message<'_, '_>, subject: Subject, place: LatLon) -> StatedPosition {
    let record = message.record;
    let nucp = record.get(old::I090, old::i090::PA).map(|value| value as u8);
    let containment_m = nucp.and_then(of_nucp).map(|(radius_m, _)| radius_m);
    StatedPosition {
        arrival: None,
        place,
        pressure: record.get(old::I145, old::i145::VALUE).map(flight_level),
        height: record.get(old::I140, old::i140::VALUE).and_then(geometric_height),
        on_ground: subject.on_ground,
        nic: nucp.map(nic_of_nucp),
        containment_m,
        sigma_m: containment_m.map_or(UNSTATED_SIGMA_M, contained_sigma_m),
        ground_speed_m_s: None,
        track_rad: None,
    }
}

fn velocity_0(message: &Message<'_, '_>) -> Option<StatedVelocity> {
    use old::{i151, i152, i155, i157, i160};
    let record = message.record;
    let ground =
        pair(record.item(old::I160), i160::GS, i160::TA).map(|(nm_s, deg)| east_north(nm_s * M_S_PER_NM_S, deg));
    let barometric = record.get(old::I155, i155::VALUE);
    let rate = barometric.or_else(|| record.get(old::I157, i157::VALUE));
    if ground.is_none() && rate.is_none() {
        return None;
    }
    let nac_v = record.get(old::I095, old::i095::VALUE).map(|value| value as u8);
    Some(StatedVelocity {
        east_m_s: ground.map(|ground| ground.0),
        north_m_s: ground.map(|ground| ground.1),
        sigma_m_s: nac_v.and_then(nac_v_sigma_m_s).unwrap_or(UNSTATED_SIGMA_M_S),
        vertical_m_s: rate.map(|ft_min| ft_min * M_S_PER_FT_MIN),
        vertical_is_barometric: barometric.is_some(),
        height_minus_pressure_m: None,
        heading_rad: record.get(old::I152, i152::VALUE).map(rad),
        indicated_airspeed_m_s: indicated_airspeed(message, old::I150),
        true_airspeed_m_s: record.get(old::I151, i151::VALUE).map(|kt| kt * M_S_PER_KT),
        nac_v,
    })
}
