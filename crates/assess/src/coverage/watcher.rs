//! One sensor: what it could see of a target, and when it looked.

use super::relief::Relief;
use super::{CoverageParams, RADIO_EARTH_M, Spot, Target, apart_m, lat_deg_of, lon_deg_of};
use skypicket_model::math::{FRAC_PI_2, TAU, atan2, exp, ln, normal_cdf, rad, sin_cos, tan, wrap_deg_180, wrap_tau};
use skypicket_model::observation::SensorStatus;
use skypicket_model::sensor::SensorHealth;
use skypicket_model::{Geodetic, LatLon, Sensor, SensorId, SensorKind, Time};
use std::sync::Arc;

/// Farthest range of a radar and of a listening post that state none, metres; as the tracker has it.
const RADAR_M: f64 = 400_000.0;
const POST_M: f64 = 15_000.0;
/// Elevations of a beam that states none, degrees; as the tracker has it.
const BEAM_DEG: (f64, f64) = (-2.0, 60.0);
/// Time between looks of a radar that states none, and between independent hearings of a listening post, seconds.
const PERIOD_S: f64 = 12.0;
const POST_PERIOD_S: f64 = 10.0;
/// An antenna stands at least so high above the ground, metres.
const MAST_M: f64 = 3.0;

/// Why a sensor sees nothing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blind {
    /// It hears only what reports itself, or repeats what others see.
    NotByItself,
    /// Nobody knows where it stands.
    NoPlace,
    /// It was never heard.
    NeverHeard,
    /// It has been silent for longer than its rhythm explains.
    Silent,
    /// It says itself that it does not work.
    NotOperational,
}

/// A sensor as coverage sees it.
#[derive(Clone, Debug)]
pub struct Watcher {
    pub(super) id: SensorId,
    place: Option<Geodetic>,
    blind: Option<Blind>,
    unit: [f64; 3],
    east: [f64; 3],
    north: [f64; 3],
    /// Height above the level that a smooth Earth is counted from, metres.
    mast_m: f64,
    /// Distance of its own horizon on a smooth Earth, metres.
    own_horizon_m: f64,
    horizon_sigma_m: [f64; 2],
    range_m: (f64, f64),
    /// Degrees of latitude and longitude beyond which nothing is in its reach.
    reach_deg: [f64; 2],
    tan_elevation: (f64, f64),
    sector_rad: Option<(f64, f64)>,
    strobe_rad: Option<(f64, f64)>,
    by_echo: bool,
    detection: f64,
    /// Signal to noise at the farthest range of a target of one square metre.
    edge_snr: f64,
    ln_false_alarm: f64,
    ground_m: f64,
    period_s: f64,
    watched: Vec<(Time, Time)>,
    relief: Option<Arc<Relief>>,
}

/// It sees what does not report itself, and by itself.
pub(super) const fn looks_by_itself(kind: SensorKind) -> bool {
    matches!(kind, SensorKind::Radar2d | SensorKind::Radar3d | SensorKind::Bearing | SensorKind::Position)
}

/// How far it can see at most, metres.
pub(super) fn farthest_m(sensor: &Sensor) -> f64 {
    let usual = if sensor.kind == SensorKind::Bearing { POST_M } else { RADAR_M };
    sensor.range_limits_m.map_or(usual, |limits| limits.1)
}

impl Watcher {
    pub(super) fn new(
        params: &CoverageParams,
        sensor: &Sensor,
        site: Option<Geodetic>,
        health: Option<&SensorHealth>,
        blind: Option<Blind>,
        watched: Vec<(Time, Time)>,
        relief: Option<Arc<Relief>>,
    ) -> Self {
        // Positions that nobody said anything about come from anywhere.
        let own =
            looks_by_itself(sensor.kind) && (sensor.kind != SensorKind::Position || sensor.range_limits_m.is_some());
        let blind = match (own, site) {
            (false, _) => Some(Blind::NotByItself),
            (true, None) => Some(Blind::NoPlace),
            (true, Some(_)) => blind,
        };
        let at = site.unwrap_or(Geodetic { lat_deg: 0.0, lon_deg: 0.0, height_m: 0.0 });
        let (sin_lat, cos_lat) = sin_cos(rad(at.lat_deg));
        let (sin_lon, cos_lon) = sin_cos(rad(at.lon_deg));
        let limits = sensor.range_limits_m.unwrap_or((0.0, farthest_m(sensor)));
        let beam = sensor.elevation_limits_rad.unwrap_or((rad(BEAM_DEG.0), rad(BEAM_DEG.1)));
        let steep = |angle: f64| tan(angle.clamp(-FRAC_PI_2 + 1e-3, FRAC_PI_2 - 1e-3));
        let detection = sensor.detection_probability.unwrap_or(params.detection_default).clamp(0.01, 0.999);
        let ln_false_alarm = ln(params.false_alarm);
        let echo = matches!(sensor.kind, SensorKind::Radar2d | SensorKind::Radar3d);
        let usual_s = if echo { PERIOD_S } else { POST_PERIOD_S };
        let stated_s = sensor.period.map_or(usual_s, skypicket_model::Span::s);
        let mast_m = (at.height_m - params.ground_m).max(MAST_M);
        let strobe = match health.and_then(|health| health.stated) {
            Some(SensorStatus::Strobe { from_rad, to_rad }) => Some((from_rad, to_rad)),
            _ => None,
        };
        Self {
            id: sensor.id,
            place: site,
            blind,
            unit: [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
            east: [-sin_lon, cos_lon, 0.0],
            north: [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
            mast_m,
            own_horizon_m: (2.0 * RADIO_EARTH_M * mast_m).sqrt(),
            horizon_sigma_m: [params.smooth_sigma_m, params.terrain_sigma_m],
            range_m: limits,
            reach_deg: [
                1.01 * lat_deg_of(limits.1),
                1.01 * lon_deg_of(limits.1, at.lat_deg.abs() + lat_deg_of(limits.1)),
            ],
            tan_elevation: (steep(beam.0), steep(beam.1)),
            sector_rad: sensor.azimuth_sector_rad,
            strobe_rad: strobe,
            by_echo: echo,
            detection,
            edge_snr: (ln_false_alarm / ln(detection) - 1.0).max(0.0) / params.reference_rcs_m2,
            ln_false_alarm,
            ground_m: params.ground_m,
            period_s: if echo { stated_s.max(0.01) } else { stated_s.max(POST_PERIOD_S) },
            watched: if blind.is_some() { Vec::new() } else { watched },
            relief,
        }
    }

    /// Where it stands.
    #[must_use]
    pub const fn place(&self) -> Option<Geodetic> {
        self.place
    }

    /// Why it sees nothing, where it does not.
    #[must_use]
    pub const fn blind(&self) -> Option<Blind> {
        self.blind
    }

    /// The sector in which interference blinds it, radians.
    #[must_use]
    pub const fn strobe_rad(&self) -> Option<(f64, f64)> {
        self.strobe_rad
    }

    /// Time between two looks, seconds.
    #[must_use]
    pub const fn period_s(&self) -> f64 {
        self.period_s
    }

    /// A place is not too far north or south to be in its reach: the cheap question first.
    pub(super) fn is_within_reach(&self, place: LatLon) -> bool {
        self.blind.is_none()
            && self.place.is_some_and(|own| {
                (own.lat_deg - place.lat_deg).abs() <= self.reach_deg[0]
                    && wrap_deg_180(own.lon_deg - place.lon_deg).abs() <= self.reach_deg[1]
            })
    }

    /// It could see something within so many metres of a place.
    pub(super) fn reaches(&self, spot: &Spot, within_m: f64) -> bool {
        self.blind.is_none() && apart_m(&self.unit, &spot.unit) <= self.range_m.1 + within_m
    }

    /// How many looks it had between two moments.
    #[must_use]
    pub fn looks(&self, from: Time, until: Time) -> f64 {
        let overlap = |(begin, end): &(Time, Time)| ((*end).min(until) - (*begin).max(from)).s().max(0.0);
        self.watched.iter().map(overlap).sum::<f64>() / self.period_s
    }

    /// It was watching at a moment.
    #[must_use]
    pub fn watches_at(&self, at: Time) -> bool {
        let after = self.watched.partition_point(|(begin, _)| *begin <= at);
        after.checked_sub(1).and_then(|last| self.watched.get(last)).is_some_and(|(_, end)| *end >= at)
    }

    /// Probability that a target is above its horizon, and of one detection at one look where it is; `None` where it cannot see it.
    #[must_use]
    pub fn sees(&self, spot: &Spot, target: Target) -> Option<(f64, f64)> {
        self.sees_by(spot, target).map(|(above, per_look)| (normal_cdf(above), per_look))
    }

    /// By how many of its sigmas a target is above its horizon, and the probability of one detection at one look where it is.
    pub(super) fn sees_by(&self, spot: &Spot, target: Target) -> Option<(f64, f64)> {
        if self.blind.is_some() {
            return None;
        }
        let over_m = apart_m(&self.unit, &spot.unit);
        if over_m > self.range_m.1 {
            return None;
        }
        let height_m = spot.ground_m + target.height_m;
        let up_m = height_m - (self.ground_m + self.mast_m);
        let slant_m = (over_m * over_m + up_m * up_m).sqrt().max(1.0);
        if slant_m > self.range_m.1 || slant_m < self.range_m.0 || !self.in_sector(spot, over_m) {
            return None;
        }
        if !self.by_echo {
            return Some((f64::INFINITY, self.detection));
        }
        // Elevation as the beam has it: rays bend with the refracting Earth.
        let slope = up_m / over_m.max(1.0) - over_m / (2.0 * RADIO_EARTH_M);
        if slope < self.tan_elevation.0 || slope > self.tan_elevation.1 {
            return None;
        }
        let above = self.above_horizon(spot, over_m, height_m);
        let edge = self.range_m.1 / slant_m;
        let snr = self.edge_snr * target.rcs_m2 * edge * edge * edge * edge;
        let fluctuating = exp(self.ln_false_alarm / (1.0 + snr));
        Some((above, fluctuating.min(self.detection)))
    }

    fn above_horizon(&self, spot: &Spot, over_m: f64, height_m: f64) -> f64 {
        if let Some(relief) = &self.relief
            && let Some(lowest_m) = relief.lowest_m(self.azimuth(spot), over_m)
        {
            return (height_m - lowest_m) / self.horizon_sigma_m[1];
        }
        let beyond = over_m - self.own_horizon_m;
        let lowest_m = self.ground_m + beyond * beyond.abs() / (2.0 * RADIO_EARTH_M);
        (height_m - lowest_m) / self.horizon_sigma_m[0]
    }

    fn azimuth(&self, spot: &Spot) -> f64 {
        let towards = |axis: &[f64; 3]| -> f64 { axis.iter().zip(&spot.unit).map(|(a, u)| a * u).sum() };
        wrap_tau(atan2(towards(&self.east), towards(&self.north)))
    }

    fn in_sector(&self, spot: &Spot, over_m: f64) -> bool {
        if self.sector_rad.is_none() && self.strobe_rad.is_none() || over_m < 1.0 {
            return true;
        }
        let azimuth = self.azimuth(spot);
        let within = |(from, to): (f64, f64)| {
            (to - from).abs() >= TAU - 1e-9 || wrap_tau(azimuth - from) <= wrap_tau(to - from).max(1e-9)
        };
        self.sector_rad.is_none_or(within) && !self.strobe_rad.is_some_and(within)
    }

    /// Which sensor.
    #[must_use]
    pub const fn id(&self) -> SensorId {
        self.id
    }
}
