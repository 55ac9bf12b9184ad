//! The sensors of a trial: what they see, how wrong they are, and what they see where nothing is.

use super::Sighting;
use super::flown::State;
use crate::rng::Rng;
use skypicket_model::frames::Enu;
use skypicket_model::math::{asin, atan2, deg, ln, wrap_tau};
use skypicket_model::{Geodetic, Tangent, Vec3};

/// Effective Earth radius of the standard refraction, 4/3 of the mean radius, metres (ITU-R P.453).
const RADIO_RADIUS_M: f64 = 4.0 / 3.0 * 6_371_000.0;

/// What a sensor measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Range, azimuth, elevation.
    Radar3d,
    /// Range and azimuth.
    Radar2d,
    /// Azimuth of what is heard or received.
    Bearing,
    /// What objects say of themselves.
    SelfReports,
}

/// Errors, constant or 1-sigma.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Errors {
    /// Slant range; of self-reports each horizontal component of the position. Metres.
    pub range_m: f64,
    /// Azimuth, degrees.
    pub azimuth_deg: f64,
    /// Elevation, degrees.
    pub elevation_deg: f64,
}

/// A sensor.
#[derive(Clone, Debug)]
pub struct Station {
    /// Its name.
    pub id: String,
    /// What it measures.
    pub kind: Kind,
    /// Where its antenna stands; unused for self-reports.
    pub place: Geodetic,
    /// Time between looks and of the first look, seconds.
    pub period_s: f64,
    /// See `period_s`.
    pub phase_s: f64,
    /// Nearest and farthest slant range, metres.
    pub range_m: (f64, f64),
    /// Lowest and highest elevation above its own horizontal, degrees.
    pub elevation_deg: (f64, f64),
    /// Azimuths that it sees, degrees, clockwise from the first to the second; from 0 to 360 all.
    pub sector_deg: (f64, f64),
    /// Noise, 1-sigma.
    pub noise: Errors,
    /// Constant error, added to what it measures.
    pub bias: Errors,
    /// Probability that what is within sight is seen.
    pub pd: f64,
    /// False sightings a look (Poisson).
    pub clutter: f64,
    /// Mean and largest delay of a look on its way, seconds (exponential, cut off).
    pub delay_s: (f64, f64),
    /// From when to when it says nothing at all, seconds.
    pub silent_s: Vec<(f64, f64)>,
}

/// 1-sigma of a self-reported height, metres, and velocity component, m/s.
pub(super) const REPORTED_HEIGHT_M: f64 = 15.0;
pub(super) const REPORTED_VELOCITY_M_S: f64 = 1.0;

impl Station {
    /// A radar that turns, with a usual beam, 3D, unbiased and prompt.
    #[must_use]
    pub fn radar(id: &str, place: Geodetic, period_s: f64, range_km: f64) -> Self {
        Self {
            id: id.to_owned(),
            kind: Kind::Radar3d,
            place,
            period_s,
            phase_s: 0.0,
            range_m: (1000.0, range_km * 1000.0),
            elevation_deg: (-1.5, 20.0),
            sector_deg: (0.0, 360.0),
            noise: Errors { range_m: 50.0, azimuth_deg: 0.15, elevation_deg: 0.3 },
            bias: Errors::default(),
            pd: 0.9,
            clutter: 20.0,
            delay_s: (0.0, 0.0),
            silent_s: Vec::new(),
        }
    }

    /// A listening post.
    #[must_use]
    pub fn post(id: &str, place: Geodetic, range_km: f64, sigma_deg: f64) -> Self {
        Self {
            kind: Kind::Bearing,
            range_m: (0.0, range_km * 1000.0),
            elevation_deg: (-90.0, 90.0),
            noise: Errors { azimuth_deg: sigma_deg, ..Errors::default() },
            pd: 0.7,
            clutter: 0.3,
            ..Self::radar(id, place, 2.0, range_km)
        }
    }

    /// Receivers of self-reports over the whole area.
    #[must_use]
    pub fn receivers(id: &str, period_s: f64) -> Self {
        Self {
            kind: Kind::SelfReports,
            noise: Errors { range_m: 20.0, ..Errors::default() },
            clutter: 0.0,
            ..Self::radar(id, Geodetic::default(), period_s, 1e4)
        }
    }

    /// Range, azimuth and elevation (m, radians) of a position, without errors.
    fn polar(&self, state: &State) -> (Vec3<Enu>, f64) {
        let local = Tangent::new(self.place).to_enu(state.position);
        (local, local.norm())
    }

    /// Whether something is within sight: range, elevation, sector, and above the horizon of a smooth 4/3 Earth for radars.
    #[must_use]
    pub fn sees(&self, state: &State) -> bool {
        if self.kind == Kind::SelfReports {
            return true;
        }
        let (local, range_m) = self.polar(state);
        if range_m < self.range_m.0 || range_m > self.range_m.1 || range_m < 1.0 {
            return false;
        }
        let (from, to) = self.sector_deg;
        let azimuth_deg = deg(wrap_tau(atan2(local.x, local.y)));
        let inside = to - from >= 360.0 || (azimuth_deg - from).rem_euclid(360.0) <= (to - from).rem_euclid(360.0);
        if !inside || self.kind == Kind::Bearing {
            return inside;
        }
        let elevation_deg = deg(asin(local.z / range_m));
        let reach = |height_m: f64| (2.0 * RADIO_RADIUS_M * height_m.max(0.0)).sqrt();
        (self.elevation_deg.0..=self.elevation_deg.1).contains(&elevation_deg)
            && range_m <= reach(self.place.height_m) + reach(Geodetic::from_ecef(state.position).height_m)
    }

    /// What it says of something that it sees.
    pub(super) fn measure(&self, state: &State, address: u32, rng: &mut Rng) -> Sighting {
        if self.kind == Kind::SelfReports {
            return self.report(state, address, rng);
        }
        let (local, range_m) = self.polar(state);
        let range_m = range_m + self.bias.range_m + self.noise.range_m * rng.normal();
        let azimuth_deg = deg(atan2(local.x, local.y)) + self.bias.azimuth_deg + self.noise.azimuth_deg * rng.normal();
        let azimuth_deg = azimuth_deg.rem_euclid(360.0);
        let elevation = |rng: &mut Rng| {
            deg(asin(local.z / local.norm())) + self.bias.elevation_deg + self.noise.elevation_deg * rng.normal()
        };
        match self.kind {
            Kind::Radar3d => Sighting::Radar3d([range_m.max(1.0), azimuth_deg, elevation(rng)]),
            Kind::Radar2d => Sighting::Radar2d([range_m.max(1.0), azimuth_deg]),
            Kind::Bearing | Kind::SelfReports => Sighting::Bearing(azimuth_deg),
        }
    }

    fn report(&self, state: &State, address: u32, rng: &mut Rng) -> Sighting {
        let m = state.motion();
        let frame = Tangent::new(m.place);
        let off = Vec3::new(self.noise.range_m * rng.normal(), self.noise.range_m * rng.normal(), 0.0);
        let place = frame.geodetic(off);
        let mut velocity = |v: f64| v + REPORTED_VELOCITY_M_S * rng.normal();
        let (east, north, up) = (velocity(m.east_m_s), velocity(m.north_m_s), velocity(m.up_m_s));
        let height_m = place.height_m + REPORTED_HEIGHT_M * rng.normal();
        Sighting::SelfReport([place.lat_deg, place.lon_deg, height_m, east, north, up], address)
    }

    /// A sighting of nothing: uniform in what it measures.
    pub(super) fn clutter(&self, rng: &mut Rng) -> Option<Sighting> {
        let (from, to) = self.sector_deg;
        let width = if to - from >= 360.0 { 360.0 } else { (to - from).rem_euclid(360.0) };
        let azimuth_deg = (from + width * rng.unit()).rem_euclid(360.0);
        let range_m = rng.between(self.range_m.0, self.range_m.1);
        match self.kind {
            Kind::Radar3d => {
                let elevation_deg = rng.between(self.elevation_deg.0, self.elevation_deg.1);
                Some(Sighting::Radar3d([range_m, azimuth_deg, elevation_deg]))
            }
            Kind::Radar2d => Some(Sighting::Radar2d([range_m, azimuth_deg])),
            Kind::Bearing => Some(Sighting::Bearing(azimuth_deg)),
            Kind::SelfReports => None,
        }
    }

    /// How long a look is on its way, seconds.
    pub(super) fn delay(&self, rng: &mut Rng) -> f64 {
        let (mean_s, most_s) = self.delay_s;
        if mean_s <= 0.0 {
            return 0.0;
        }
        (-mean_s * ln(1.0 - rng.unit())).min(most_s)
    }
}
