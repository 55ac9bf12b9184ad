//! System tracks, category 062, become system tracks: another tracker's opinion, never fused as if it were a plot.
//!
//! `measured` is I062/070, else `received`. Where the tracker states no accuracy, 300 m root mean square is taken: what
//! EUROCONTROL-SPEC-147 (ESASSP) demands of horizontal positions for 3 NM separation.

use skypicket_model::math::{M_S_PER_FT_MIN, cos, rad};
use skypicket_model::observation::{HorizontalSigma, SystemAges, SystemTrack};
use skypicket_model::{EllipsoidalHeight, FlightId, LatLon, Report, Span};

use super::common::{flight_id, flight_level, pair, place, place_near, reality, squawk, time_of_day};
use crate::asterix::decoder::Message;
use crate::asterix::field::Quantity;
use crate::asterix::field::fields::cat062;
use crate::asterix::record::{Record, View};

/// 300 m root mean square in the plane as one component.
const SIGMA_M: f64 = 212.0;
/// Metres in a degree of latitude, as far as an accuracy needs it.
const M_PER_DEG: f64 = 111_200.0;

/// I062: system tracks, editions 1.16 to 1.21.
pub(super) fn cat062(message: &mut Message<'_, '_>) {
    use cat062::{i040, i060, i080, i130, i136, i185, i220};
    let record = message.record;
    let measured = time_of_day(message, cat062::I070).unwrap_or(message.chunk.received);
    let Some(number) = record.get(cat062::I040, i040::VALUE) else { return message.oddity("no track number") };
    let Some(place) = track_place(message) else {
        return message.oddity("no position, or the tracker's place unknown");
    };
    let status = record.item(cat062::I080);
    let flag = |field| status.and_then(|view| view.get(field)).unwrap_or(false);
    let derived = Derived::read(&record);
    let track = SystemTrack {
        number: number as u32,
        ended: flag(i080::TSE),
        confirmed: status.is_some() && !flag(i080::CNF),
        coasting: flag(i080::CST),
        place,
        sigma: sigma(record.item(cat062::I500), place),
        height: record.get(cat062::I130, i130::VALUE).map(EllipsoidalHeight::from_ft),
        pressure: record.get(cat062::I136, i136::VALUE).map(flight_level),
        velocity_m_s: pair(record.item(cat062::I185), i185::VX, i185::VY),
        vertical_m_s: record.get(cat062::I220, i220::VALUE).map(|ft_min| ft_min * M_S_PER_FT_MIN),
        address: derived.address.map(skypicket_model::Address::icao),
        flight_id: derived.flight_id.or_else(|| target_identification(&record)),
        squawk: squawk(record.item(cat062::I060), i060::V, i060::G, i060::MODE3A),
        ages: ages(record.item(cat062::I290)),
    };
    message.observe(measured, reality(flag(i080::SIM)), Report::SystemTrack(track));
}

fn track_place(message: &Message<'_, '_>) -> Option<LatLon> {
    use cat062::{i100, i105};
    let record = message.record;
    if let Some(item) = record.item(cat062::I105) {
        return place(Some(item), i105::LAT, i105::LON);
    }
    let (east_m, north_m) = pair(record.item(cat062::I100), i100::X, i100::Y)?;
    place_near(message, east_m, north_m)
}

/// I062/500: WGS-84 accuracy where sent, else Cartesian with its covariance, else the default.
fn sigma(item: Option<View<'_>>, place: LatLon) -> HorizontalSigma {
    use cat062::i500::{APC, APW, COV, apc, apw, cov};
    let mut cartesian = None;
    let mut root_covariance_m = None;
    let mut geographic = None;
    if let Some(view) = item {
        view.each_sub(|sub, view| {
            match sub {
                APC => cartesian = pair(Some(view), apc::X, apc::Y),
                COV => root_covariance_m = view.get(cov::VALUE),
                APW => geographic = pair(Some(view), apw::LON, apw::LAT),
                _ => {}
            }
            sub < APW
        });
    }
    let (east_m, north_m) = match (cartesian, geographic) {
        (Some(pair), _) => pair,
        (None, Some((lon_deg, lat_deg))) => (lon_deg * M_PER_DEG * cos(rad(place.lat_deg)), lat_deg * M_PER_DEG),
        (None, None) => return HorizontalSigma::round(SIGMA_M),
    };
    // Half the step of I062/500 at least: a stated 0 means below the resolution, not certainty.
    let (east_m, north_m) = (east_m.max(0.25), north_m.max(0.25));
    let correlation = match (cartesian, root_covariance_m) {
        // The item carries the signed root of the covariance.
        (Some(_), Some(root_m)) => (root_m * root_m.abs() / (east_m * north_m)).clamp(-0.99, 0.99),
        _ => 0.0,
    };
    HorizontalSigma { east_m, north_m, correlation }
}

/// What the track takes from the aircraft itself (I062/380).
#[derive(Default)]
struct Derived {
    address: Option<u32>,
    flight_id: Option<FlightId>,
}

impl Derived {
    fn read(record: &Record<'_>) -> Self {
        use cat062::i380::{ADR, ID, adr, id};
        let mut found = Self::default();
        if let Some(view) = record.item(cat062::I380) {
            view.each_sub(|sub, view| {
                match sub {
                    ADR => found.address = view.get(adr::VALUE).map(|value| value as u32).filter(|value| *value != 0),
                    ID => found.flight_id = flight_id(Some(view), id::VALUE),
                    _ => {}
                }
                sub < ID
            });
        }
        found
    }
}

/// I062/245: downlinked or from a flight plan (STI), a claim in either case.
fn target_identification(record: &Record<'_>) -> Option<FlightId> {
    flight_id(record.item(cat062::I245), cat062::i245::CHR)
}

/// I062/290. The largest age means that or older, which is too old to count.
fn ages(item: Option<View<'_>>) -> SystemAges {
    use cat062::i290::{ADS, ES, MDS, MLT, PSR, SSR, UAT, VDL, ads, es, mds, mlt, psr, ssr, uat, vdl};
    let mut ages = SystemAges::default();
    let Some(view) = item else { return ages };
    view.each_sub(|sub, view| {
        match sub {
            PSR => ages.primary = age(view, psr::VALUE),
            SSR => ages.secondary = age(view, ssr::VALUE),
            MDS => ages.mode_s = age(view, mds::VALUE),
            ADS => ages.ads_b = younger(ages.ads_b, age(view, ads::VALUE)),
            ES => ages.ads_b = younger(ages.ads_b, age(view, es::VALUE)),
            VDL => ages.ads_b = younger(ages.ads_b, age(view, vdl::VALUE)),
            UAT => ages.ads_b = younger(ages.ads_b, age(view, uat::VALUE)),
            MLT => ages.multilateration = age(view, mlt::VALUE),
            _ => {}
        }
        true
    });
    ages
}

fn age(view: View<'_>, field: Quantity) -> Option<Span> {
    if view.bytes.iter().all(|byte| *byte == 0xff) {
        return None;
    }
    view.get(field).and_then(Span::from_s_f64)
}

fn younger(first: Option<Span>, second: Option<Span>) -> Option<Span> {
    match (first, second) {
        (Some(first), Some(second)) => Some(first.min(second)),
        (first, second) => first.or(second),
    }
}
