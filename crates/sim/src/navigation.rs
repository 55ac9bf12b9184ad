//! Satellite navigation of simulated aircraft: who transmits against it, what reaches an aircraft of that, and what its units then say.
//!
//! [`Jammer`]s and [`Spoofer`]s give an [`Exposure`] at a place and time; a [`Unit`] of an [`Airframe`] drawn for its address turns one exposure a second into what
//! its squitters [`Says`] then. Power is free-space loss and radio horizon, no terrain. How aircraft differ is drawn from [`Airframes`], whose figures are
//! assumptions of ours where nothing else is said (docs/simulation.md).

mod airframe;
mod jammer;
mod spoofer;
mod unit;

use airframe::USUALLY_LOST_DB;
pub use airframe::{Airframe, Airframes, FalseSignals, Flicker, Recovers, Without};
pub use jammer::{Antenna, Jammer, Stands};
pub use spoofer::{FalseFix, Spoofer, Tells};
pub use unit::{Positions, Says, Unit};

use crate::target::Air;
use skypicket_model::math::{log10, pow};
use skypicket_model::{Ecef, Geodetic, Time, Vec3};

/// Power of the satellites' own signal at a receiver, dBm: the least that GPS L1 C/A promises at the ground, −158.5 dBW (IS-GPS-200).
pub const SIGNAL_DBM: f64 = -128.5;
/// An antenna on top of an aircraft receives so much less from below than from above, dB (our assumption).
pub const SHADED_DB: f64 = 5.0;

/// All that a world has of it.
#[derive(Clone, Debug, Default)]
pub struct Navigation {
    /// Transmitters that drown the signal.
    pub jammers: Vec<Jammer>,
    /// Transmitters that give a false one.
    pub spoofers: Vec<Spoofer>,
    /// How aircraft's units differ; `None` where nobody asked for it.
    pub airframes: Option<Airframes>,
}

/// What an aircraft's receiver is exposed to at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exposure {
    /// Jamming over signal, dB; `None` where nothing reaches it.
    pub js_db: Option<f64>,
    /// What a false signal tells, and since when it could.
    pub false_fix: Option<FalseFix>,
    /// The satellites stand badly for units that need many.
    pub raim_hole: bool,
}

impl Navigation {
    /// Whether units say anything else than their transponder's quality.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.jammers.is_empty() && self.spoofers.is_empty() && self.airframes.is_none()
    }

    /// What reaches an aircraft.
    #[must_use]
    pub fn exposure(&self, time: Time, place: Geodetic, air: &Air) -> Exposure {
        let at = place.to_ecef();
        let agl_m = air.agl_m(place.height_m);
        Exposure {
            js_db: self.js_db(time, at, agl_m, air),
            false_fix: self.spoofers.iter().find_map(|spoofer| spoofer.tells(time, at, agl_m)),
            raim_hole: self.airframes.as_ref().is_some_and(|airframes| airframes.is_hole(time)),
        }
    }

    /// Whether it is likely that an aircraft there says no true position: jamming above what half of the units stand, or a false signal.
    #[must_use]
    pub fn denies(&self, time: Time, place: Geodetic, air: &Air) -> bool {
        let exposure = self.exposure(time, place, air);
        let [middle_db, _] = self.airframes.as_ref().map_or(USUALLY_LOST_DB, |airframes| airframes.lost_js_db);
        exposure.false_fix.is_some() || exposure.js_db.is_some_and(|js_db| js_db > middle_db)
    }

    /// The powers of all jammers together over the signal, dB.
    fn js_db(&self, time: Time, at: Vec3<Ecef>, agl_m: f64, air: &Air) -> Option<f64> {
        let powers = self.jammers.iter().filter_map(|jammer| jammer.power_dbm(time, at, agl_m, air));
        let sum_mw: f64 = powers.map(|dbm| pow(10.0, dbm / 10.0)).sum();
        (sum_mw > 0.0).then(|| 10.0 * log10(sum_mw) - SHADED_DB - SIGNAL_DBM)
    }
}
