//! What flies: its path, how it shows itself to radars, and what its transponder says.

use crate::path::{Motion, Path};
use skypicket_model::{EmitterCategory, FlightId, FlightPlan, Geodetic, Mode3A, PressureAltitude, Span, Time};

/// The air and the ground of a world: constants that turn heights into one another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Air {
    /// Height of the geoid above the ellipsoid, metres.
    pub geoid_m: f64,
    /// Height of the ground above mean sea level, metres.
    pub ground_m: f64,
    /// Altimeter setting, hPa.
    pub qnh_hpa: f64,
}

/// Metres of pressure altitude for one hPa near sea level, as in [`skypicket_model::altitude`].
const M_PER_HPA: f64 = 8.32;

impl Air {
    /// Height above the ellipsoid of a height above mean sea level, metres.
    #[must_use]
    pub fn from_amsl_m(&self, amsl_m: f64) -> f64 {
        amsl_m + self.geoid_m
    }
    /// Height above the ellipsoid of a height above the ground, metres.
    #[must_use]
    pub fn from_agl_m(&self, agl_m: f64) -> f64 {
        agl_m + self.ground_m + self.geoid_m
    }
    /// Height above the ellipsoid of a pressure altitude, metres.
    #[must_use]
    pub fn from_pressure(&self, pressure: PressureAltitude) -> f64 {
        self.from_amsl_m(pressure.m + (self.qnh_hpa - 1013.25) * M_PER_HPA)
    }
    /// The pressure altitude at a height above the ellipsoid.
    #[must_use]
    pub fn pressure(&self, height_m: f64) -> PressureAltitude {
        PressureAltitude::from_m(height_m - self.geoid_m - (self.qnh_hpa - 1013.25) * M_PER_HPA)
    }
    /// Height above the ground of a height above the ellipsoid, metres.
    #[must_use]
    pub fn agl_m(&self, height_m: f64) -> f64 {
        height_m - self.geoid_m - self.ground_m
    }
}

/// What a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A transport aeroplane.
    Airliner,
    /// A light aeroplane.
    Light,
    /// A helicopter.
    Helicopter,
    /// A fast military jet.
    Jet,
    /// A fixed-wing drone of some metres' span.
    Drone,
    /// A free balloon.
    Balloon,
}

impl Kind {
    /// As scenarios name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Airliner => "airliner",
            Self::Light => "light",
            Self::Helicopter => "helicopter",
            Self::Jet => "jet",
            Self::Drone => "drone",
            Self::Balloon => "balloon",
        }
    }

    /// Radar cross-section that a scenario may override, m². Order of magnitude only (Skolnik, *Introduction to Radar Systems*, 3rd
    /// ed., table 2.1: jet airliner 40, small aircraft 1–2, helicopter 3, jet fighter 2; a foam drone and a balloon with its load
    /// are assumptions of ours).
    #[must_use]
    pub const fn rcs_m2(self) -> f64 {
        match self {
            Self::Airliner => 40.0,
            Self::Light => 1.5,
            Self::Helicopter => 3.0,
            Self::Jet => 2.0,
            Self::Drone => 0.05,
            Self::Balloon => 0.02,
        }
    }

    /// How far its noise carries to an acoustic post on a quiet night, metres (our assumption; 0 is silent).
    #[must_use]
    pub const fn audible_m(self) -> f64 {
        match self {
            Self::Airliner => 0.0,
            Self::Light | Self::Drone => 6_000.0,
            Self::Helicopter => 9_000.0,
            Self::Jet => 20_000.0,
            Self::Balloon => 0.0,
        }
    }

    /// The category that its transponder states.
    #[must_use]
    pub const fn category(self) -> EmitterCategory {
        match self {
            Self::Airliner => EmitterCategory { set: b'A', number: 3 },
            Self::Light => EmitterCategory { set: b'A', number: 1 },
            Self::Helicopter => EmitterCategory { set: b'A', number: 7 },
            Self::Jet => EmitterCategory { set: b'A', number: 6 },
            Self::Drone => EmitterCategory { set: b'B', number: 6 },
            Self::Balloon => EmitterCategory { set: b'B', number: 2 },
        }
    }
}

/// How good an ADS-B unit says that its data are (DO-260B categories).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quality {
    /// Navigation integrity category.
    pub nic: u8,
    /// Navigation accuracy category, position.
    pub nac_p: u8,
    /// Navigation accuracy category, velocity.
    pub nac_v: u8,
    /// Source integrity level.
    pub sil: u8,
    /// System design assurance.
    pub sda: u8,
    /// Geometric vertical accuracy.
    pub gva: u8,
}

impl Quality {
    /// A certified GNSS receiver without augmentation.
    pub const USUAL: Self = Self { nic: 8, nac_p: 9, nac_v: 2, sil: 3, sda: 2, gva: 2 };
    /// A receiver that is disturbed: positions go on, with less integrity and accuracy.
    pub const WORSE: Self = Self { nic: 5, nac_p: 5, nac_v: 1, sil: 3, sda: 2, gva: 1 };
    /// No position worth the name.
    pub const LOST: Self = Self { nic: 0, nac_p: 0, nac_v: 0, sil: 3, sda: 2, gva: 0 };

    /// 1-sigma of a position component that such a unit has, metres: NACp's 95 % radius over 2.45.
    #[must_use]
    pub const fn sigma_m(self) -> f64 {
        match self.nac_p {
            11 => 1.2,
            10 => 4.1,
            9 => 12.2,
            8 => 37.8,
            7 => 75.6,
            _ => 200.0,
        }
    }
}

/// What answers radars and, with ADS-B, tells where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Transponder {
    /// ICAO 24-bit address.
    pub address: u32,
    /// Flight ID.
    pub flight_id: Option<FlightId>,
    /// Mode 3/A codes, each from its moment on; never empty, in order.
    pub squawks: Vec<(Time, Mode3A)>,
    /// ADS-B version 2 messages of this quality; `None` sends none.
    pub ads_b: Option<Quality>,
}

impl Transponder {
    /// The code at a moment.
    #[must_use]
    pub fn squawk(&self, t: Time) -> Mode3A {
        let next = self.squawks.partition_point(|(from, _)| *from <= t);
        self.squawks.get(next.max(1) - 1).map_or(Mode3A(0o2000), |(_, code)| *code)
    }
}

/// How a target's path ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It flies on where the story loses interest.
    #[default]
    FliesOn,
    /// It comes down by itself.
    ComesDown,
    /// It is brought down.
    BroughtDown,
}

/// Something that flies, with its whole truth.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name in the scenario; unique.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// When its path begins.
    pub born: Time,
    /// Its path.
    pub path: Path,
    /// Radar cross-section, m².
    pub rcs_m2: f64,
    /// How it answers, if it does.
    pub transponder: Option<Transponder>,
    /// Its flight plan, if one was filed.
    pub plan: Option<FlightPlan>,
    /// How its path ends.
    pub fate: Fate,
    /// Which of those that belong together it is one of, for measuring groups.
    pub wave: Option<String>,
}

/// The truth about one target at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth<'w> {
    /// The target.
    pub target: &'w Target,
    /// Its place in [`crate::World::targets`].
    pub index: usize,
    /// Where it is and how it moves.
    pub motion: Motion,
}

impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Target {
    /// When its path ends.
    #[must_use]
    pub fn gone(&self) -> Time {
        self.born + Span::from_s_f64(self.path.duration_s()).unwrap_or(Span::ZERO)
    }
    /// Whether it flies at a moment.
    #[must_use]
    pub fn flies(&self, t: Time) -> bool {
        t >= self.born && t <= self.gone()
    }
    /// Where it is, while it flies.
    #[must_use]
    pub fn at(&self, t: Time) -> Option<Motion> {
        self.flies(t).then(|| self.path.at((t - self.born).s()))
    }
}

/// One stay of a target inside a state's airspace.
#[derive(Clone, Debug, PartialEq)]
pub struct TrueEntry {
    /// The target's name.
    pub target: String,
    /// The airspace's code.
    pub airspace: String,
    /// First moment inside; the target's birth when it began there.
    pub entered: Time,
    /// Where.
    pub place: Geodetic,
    /// It was already inside at its birth: no crossing was to be seen.
    pub born_inside: bool,
    /// Last moment inside.
    pub left: Time,
}
