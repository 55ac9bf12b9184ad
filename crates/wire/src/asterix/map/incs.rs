//! Independent non-cooperative surveillance (category 015): staring and multistatic radars, passive radar, electro-optics.
//!
//! Plots with range and azimuth of a monostatic sensor become plots, azimuths alone bearings, other positions fixes; tracks
//! become system tracks. A multistatic range needs the transmitter's place, which the report does not carry: without a
//! position or azimuth of its own such a report becomes nothing. `measured` is I015/145, else `received`.

use skypicket_model::math::{cos, rad, sin};
use skypicket_model::observation::{
    Angle, Bearing, Detection, Fix, FixSource, HorizontalSigma, Plot, SystemAges, SystemTrack,
};
use skypicket_model::{EllipsoidalHeight, LatLon, Reality, Report, Time};

use super::common::{pair, place, place_near, time_of_day};
use crate::asterix::decoder::Message;
use crate::asterix::field::fields::cat015;

/// Noise where neither report nor config states any: range and position (metres), azimuth, elevation (degrees). Ours, in the
/// order of the primary radar values of [`super::radar`]; sensors of this kind should be configured.
const RANGE_SIGMA_M: f64 = 100.0;
const AZIMUTH_SIGMA_DEG: f64 = 0.3;
const ELEVATION_SIGMA_DEG: f64 = 0.5;

/// What the sensor measured, as far as it did.
#[derive(Default)]
struct Measured {
    range_m: Option<f64>,
    range_sigma_m: Option<f64>,
    range_rate_m_s: Option<f64>,
    azimuth_deg: Option<f64>,
    azimuth_sigma_deg: Option<f64>,
    elevation_deg: Option<f64>,
    elevation_sigma_deg: Option<f64>,
}

impl Measured {
    fn read(message: &Message<'_, '_>) -> Self {
        use cat015::{i625, i627, i628};
        let mut found = Self::default();
        if let Some(view) = message.record.item(cat015::I625) {
            view.each_sub(|sub, view| {
                match sub {
                    i625::R => found.range_m = view.get(i625::r::VALUE),
                    i625::SDR => found.range_sigma_m = view.get(i625::sdr::VALUE),
                    i625::RR => found.range_rate_m_s = view.get(i625::rr::VALUE),
                    _ => {}
                }
                true
            });
        }
        if let Some(view) = message.record.item(cat015::I627) {
            found.azimuth_deg = view.sub(i627::AZ).and_then(|view| view.get(i627::az::VALUE));
            found.azimuth_sigma_deg = view.sub(i627::SDASZ).and_then(|view| view.get(i627::sdasz::VALUE));
        }
        if let Some(view) = message.record.item(cat015::I628) {
            found.elevation_deg = view.sub(i628::EL).and_then(|view| view.get(i628::el::VALUE));
            found.elevation_sigma_deg = view.sub(i628::SDEL).and_then(|view| view.get(i628::sdel::VALUE));
        }
        found
    }

    fn azimuth(&self, message: &Message<'_, '_>) -> Option<Angle> {
        let default = message.source.azimuth_sigma_rad.unwrap_or(rad(AZIMUTH_SIGMA_DEG));
        self.azimuth_deg.map(|deg| Angle { rad: rad(deg), sigma_rad: stated(self.azimuth_sigma_deg.map(rad), default) })
    }

    fn elevation(&self, message: &Message<'_, '_>) -> Option<Angle> {
        let default = message.source.elevation_sigma_rad.unwrap_or(rad(ELEVATION_SIGMA_DEG));
        self.elevation_deg
            .map(|deg| Angle { rad: rad(deg), sigma_rad: stated(self.elevation_sigma_deg.map(rad), default) })
    }
}

/// A stated sigma, where it is more than nothing.
fn stated(sigma: Option<f64>, default: f64) -> f64 {
    sigma.filter(|sigma| *sigma > 0.0).unwrap_or(default)
}

/// I015: independent non-cooperative target reports, editions 1.0 to 1.2.
pub(super) fn cat015(message: &mut Message<'_, '_>) {
    use cat015::{i000, i020};
    let record = message.record;
    let measured = time_of_day(message, cat015::I145).unwrap_or(message.chunk.received);
    let world = match record.get(cat015::I020, i020::TTAX).unwrap_or(0) {
        0 => Reality::Live,
        1 => return message.oddity("reference target"),
        _ => Reality::Simulated,
    };
    match record.get(cat015::I000, i000::MT) {
        Some(1 | 3) => plot(message, measured, world),
        Some(2 | 4) => track(message, measured, world),
        Some(5) => message.oddity("track end"),
        _ => message.oddity("unknown message type"),
    }
}

fn plot(message: &mut Message<'_, '_>, measured: Time, world: Reality) {
    use cat015::{i020, i161};
    let found = Measured::read(message);
    let monostatic = message.record.get(cat015::I020, i020::MOMU).unwrap_or(0) == 0;
    let report = match (found.azimuth(message), found.range_m) {
        (Some(azimuth), Some(range_m)) if monostatic && range_m > 0.0 => Report::Plot(Plot {
            range_m,
            range_sigma_m: stated(found.range_sigma_m, message.source.range_sigma_m.unwrap_or(RANGE_SIGMA_M)),
            azimuth,
            elevation: found.elevation(message),
            pressure: None,
            height: None,
            detection: Detection { primary: true, ..Detection::default() },
            address: None,
            squawk: None,
            flight_id: None,
            local_track: message.record.get(cat015::I161, i161::VALUE).map(|number| number as u16),
            doppler_m_s: found.range_rate_m_s,
        }),
        (azimuth, _) => match (horizontal(message), azimuth) {
            (Some(place), _) => Report::Fix(fix(message, place)),
            (None, Some(azimuth)) => {
                Report::Bearing(Bearing { azimuth, elevation: found.elevation(message), address: None })
            }
            (None, None) => return message.oddity("neither position nor azimuth"),
        },
    };
    message.observe(measured, world, report);
}

/// I015/600 P84.
fn horizontal(message: &Message<'_, '_>) -> Option<LatLon> {
    use cat015::i600::{P84, p84};
    place(message.record.item(cat015::I600)?.sub(P84), p84::LATITUDE, p84::LONGITUDE)
}

/// I015/600 HPP.
fn sigma(message: &Message<'_, '_>) -> HorizontalSigma {
    use cat015::i600::{HPP, hpp};
    let view = message.record.item(cat015::I600).and_then(|view| view.sub(HPP));
    let Some((east_m, north_m)) = pair(view, hpp::SDHPX, hpp::SDHPY) else {
        return HorizontalSigma::round(RANGE_SIGMA_M);
    };
    let correlation = view.and_then(|view| view.get(hpp::COSDHPXY)).unwrap_or(0.0);
    HorizontalSigma {
        east_m: east_m.max(0.125),
        north_m: north_m.max(0.125),
        correlation: correlation.clamp(-0.99, 0.99),
    }
}

/// I015/601 GH and its sigma.
fn height(message: &Message<'_, '_>) -> Option<(EllipsoidalHeight, f64)> {
    use cat015::i601::{GH, SDGH, gh, sdgh};
    let view = message.record.item(cat015::I601)?;
    let height_m = view.sub(GH)?.get(gh::VALUE)?;
    let sigma_m = view.sub(SDGH).and_then(|view| view.get(sdgh::VALUE));
    Some((EllipsoidalHeight::from_m(height_m), stated(sigma_m, RANGE_SIGMA_M)))
}

/// I015/602 HV.
fn velocity(message: &Message<'_, '_>) -> Option<(f64, f64)> {
    use cat015::i602::{HV, hv};
    pair(message.record.item(cat015::I602)?.sub(HV), hv::X, hv::Y)
}

fn fix(message: &Message<'_, '_>, place: LatLon) -> Fix {
    Fix {
        source: FixSource::Local,
        place,
        sigma: sigma(message),
        height: height(message),
        pressure: None,
        velocity_m_s: velocity(message),
        on_ground: None,
        address: None,
        flight_id: None,
        squawk: None,
        local_track: message.record.get(cat015::I161, cat015::i161::VALUE).map(|number| number as u16),
    }
}

/// The sensor's own track: its position, or where range and azimuth put it.
fn track(message: &mut Message<'_, '_>, measured: Time, world: Reality) {
    use cat015::{i161, i170, i604};
    let record = message.record;
    let Some(number) = record.get(cat015::I161, i161::VALUE) else { return message.oddity("no track number") };
    let Some(place) = horizontal(message).or_else(|| from_polar(message)) else {
        return message.oddity("no position, or the system's place unknown");
    };
    let vertical = record.item(cat015::I604).and_then(|view| view.sub(i604::VV));
    let track = SystemTrack {
        number: number as u32,
        ended: false,
        confirmed: record.get(cat015::I170, i170::CNF) == Some(false),
        coasting: record.get(cat015::I170, i170::CSTP).unwrap_or(false),
        place,
        sigma: sigma(message),
        height: height(message).map(|(height, _)| height),
        pressure: None,
        velocity_m_s: velocity(message),
        vertical_m_s: vertical.and_then(|view| view.get(i604::vv::VALUE)),
        address: None,
        flight_id: None,
        squawk: None,
        ages: SystemAges::default(),
    };
    message.observe(measured, world, Report::SystemTrack(track));
}

fn from_polar(message: &Message<'_, '_>) -> Option<LatLon> {
    let monostatic = message.record.get(cat015::I020, cat015::i020::MOMU).unwrap_or(0) == 0;
    let found = Measured::read(message);
    let (range_m, azimuth_rad) = (found.range_m.filter(|_| monostatic)?, rad(found.azimuth_deg?));
    let ground_m = range_m * found.elevation_deg.map_or(1.0, |deg| cos(rad(deg)));
    place_near(message, ground_m * sin(azimuth_rad), ground_m * cos(azimuth_rad))
}
