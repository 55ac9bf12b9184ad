//! A transmitter that drowns the satellites' signal: power, antenna, times, place.

use crate::path::Path;
use crate::sensor::{Site, horizon_m};
use crate::target::Air;
use skypicket_model::math::{log10, wrap_pi};
use skypicket_model::{Ecef, Span, Time, Vec3};

/// Free-space loss at one kilometre on GPS L1 (1575.42 MHz), dB: 32.44 + 20 log10(1575.42).
const LOSS_AT_1_KM_DB: f64 = 96.39;
/// Nearer than this nothing is stronger, metres.
const NEAREST_M: f64 = 100.0;

/// How its power goes round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Antenna {
    /// The same everywhere.
    Omni,
    /// Full power within a sector, less outside of it.
    Sector {
        /// Its middle, clockwise from north, radians.
        towards_rad: f64,
        /// From edge to edge, radians.
        width_rad: f64,
        /// How much less outside, dB.
        front_to_back_db: f64,
    },
}

/// Where it is.
#[derive(Clone, Debug)]
pub enum Stands {
    /// On a mast.
    Still(Site),
    /// On its way, from a moment; before that and after its end it transmits nothing.
    Moving {
        /// The way of what carries it.
        path: Path,
        /// When it begins.
        from: Time,
        /// The antenna above what carries it, metres.
        mast_m: f64,
    },
}

/// A jammer.
#[derive(Clone, Debug)]
pub struct Jammer {
    /// Where.
    pub stands: Stands,
    /// Effective power, dBW, in the direction in which it is greatest.
    pub eirp_dbw: f64,
    /// Its antenna.
    pub antenna: Antenna,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// On and off by turns from `from` on, where it does not last.
    pub duty: Option<(Span, Span)>,
}

impl Jammer {
    /// Whether it transmits.
    #[must_use]
    pub fn is_on(&self, time: Time) -> bool {
        if time < self.from || time >= self.until {
            return false;
        }
        let Some((on, off)) = self.duty else { return true };
        let turn = (on + off).ns();
        turn <= 0 || (time - self.from).ns() % turn < on.ns()
    }

    /// Its power at a place, dBm into an antenna without gain; `None` where it is off or below the horizon.
    #[must_use]
    pub fn power_dbm(&self, time: Time, at: Vec3<Ecef>, agl_m: f64, air: &Air) -> Option<f64> {
        if !self.is_on(time) {
            return None;
        }
        let moved;
        let (site, above_m) = match &self.stands {
            Stands::Still(site) => (site, site.mast_m()),
            Stands::Moving { path, from, mast_m } => {
                let s = (time - *from).s();
                if !(0.0..=path.duration_s()).contains(&s) {
                    return None;
                }
                let mut place = path.at(s).place;
                place.height_m += mast_m;
                moved = Site::new(place, air.agl_m(place.height_m));
                (&moved, air.agl_m(place.height_m))
            }
        };
        let range_m = site.range_m(at);
        if range_m > horizon_m(above_m) + horizon_m(agl_m) {
            return None;
        }
        let less_db = match self.antenna {
            Antenna::Omni => 0.0,
            Antenna::Sector { towards_rad, width_rad, front_to_back_db } => {
                let off_rad = wrap_pi(site.look(at).azimuth_rad - towards_rad).abs();
                if off_rad <= 0.5 * width_rad { 0.0 } else { front_to_back_db }
            }
        };
        let loss_db = LOSS_AT_1_KM_DB + 20.0 * log10(range_m.max(NEAREST_M) / 1000.0);
        Some(self.eirp_dbw + 30.0 - less_db - loss_db)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::Geodetic;
    use skypicket_model::math::rad;

    const AIR: Air = Air { geoid_m: 0.0, ground_m: 0.0, qnh_hpa: 1013.25 };
    const HERE: Geodetic = Geodetic { lat_deg: 54.7, lon_deg: 20.5, height_m: 50.0 };

    fn jammer(antenna: Antenna) -> Jammer {
        let (from, until) = (Time::from_s(1000), Time::from_s(2000));
        let duty = Some((Span::from_s(60), Span::from_s(30)));
        Jammer { stands: Stands::Still(Site::new(HERE, 50.0)), eirp_dbw: 20.0, antenna, from, until, duty }
    }

    fn at(lat_deg: f64, lon_deg: f64, height_m: f64) -> Vec3<Ecef> {
        Geodetic { lat_deg, lon_deg, height_m }.to_ecef()
    }

    #[test]
    fn it_falls_with_the_square_of_the_distance_and_ends_at_the_horizon() {
        let jammer = jammer(Antenna::Omni);
        let now = Time::from_s(1001);
        let power = |north_deg: f64, agl_m: f64| jammer.power_dbm(now, at(54.7 + north_deg, 20.5, agl_m), agl_m, &AIR);
        let (near, far) = (power(0.9, 11_000.0).expect("in sight"), power(1.8, 11_000.0).expect("in sight"));
        assert!((near - far - 6.02).abs() < 0.1, "{near} {far}");
        // 100 W at 100 km: 50 dBm less 136.4 dB.
        assert!((near + 86.4).abs() < 0.15, "{near}");
        assert_eq!(power(1.8, 300.0), None, "200 km away and 300 m high: below the horizon");
    }

    #[test]
    fn a_sector_sends_less_behind_itself_and_duty_is_kept() {
        let towards = Antenna::Sector { towards_rad: rad(350.0), width_rad: rad(60.0), front_to_back_db: 20.0 };
        let jammer = jammer(towards);
        let power = |north_deg: f64| {
            jammer
                .power_dbm(Time::from_s(1001), at(54.7 + north_deg, 20.5, 11_000.0), 11_000.0, &AIR)
                .expect("in sight")
        };
        assert!((power(0.9) - power(-0.9) - 20.0).abs() < 0.1);
        let on = |s: i64| jammer.is_on(Time::from_s(1000 + s));
        assert!(on(0) && on(59) && !on(60) && !on(89) && on(90) && !on(-1) && !on(1000));
    }
}
