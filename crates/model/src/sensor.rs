//! Sensors: what the config or the data say of them, and what they do over time.

use crate::frames::Geodetic;
use crate::ids::SensorId;
use crate::time::{Span, Time};

/// What kind of statement a sensor makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SensorKind {
    /// Range and azimuth.
    Radar2d,
    /// Range, azimuth and elevation.
    Radar3d,
    /// Azimuth, perhaps elevation: acoustic, passive RF, camera without range.
    Bearing,
    /// Receives what aircraft say of themselves.
    SelfReportReceiver,
    /// Position by time differences (multilateration).
    Multilateration,
    /// Another tracker: its opinions are never fused as if they were plots.
    SystemTracker,
    /// Anything that delivers positions with a covariance.
    Position,
}
crate::canon_enum!(SensorKind {
    0 => Radar2d, 1 => Radar3d, 2 => Bearing, 3 => SelfReportReceiver, 4 => Multilateration, 5 => SystemTracker, 6 => Position,
});

/// A sensor as described by the config. What is `None` falls back to the kind's documented default or to what the data say.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensor {
    /// Which one.
    pub id: SensorId,
    /// The name that people use.
    pub name: String,
    /// What it states.
    pub kind: SensorKind,
    /// Where its antenna or lens is (height above the ellipsoid); `None` until data say it (CAT034 I034/120).
    pub site: Option<Geodetic>,
    /// Time between two looks at one place: a radar's rotation. Metres, radians and probabilities below are 1-sigma and per look.
    pub period: Option<Span>,
    /// Range noise, metres, 1 sigma.
    pub range_sigma_m: Option<f64>,
    /// Azimuth noise, radians, 1 sigma.
    pub azimuth_sigma_rad: Option<f64>,
    /// Elevation noise, radians, 1 sigma.
    pub elevation_sigma_rad: Option<f64>,
    /// Correction that is *added* to a measured azimuth, radians (magnetic variation, known misalignment).
    pub azimuth_correction_rad: f64,
    /// Correction that is *added* to a measured range, metres.
    pub range_correction_m: f64,
    /// Probability that a target in its volume is detected at one look.
    pub detection_probability: Option<f64>,
    /// Expected false plots in one look at the whole volume.
    pub clutter_per_look: Option<f64>,
    /// Nearest and farthest range, metres.
    pub range_limits_m: Option<(f64, f64)>,
    /// Lowest and highest elevation, radians.
    pub elevation_limits_rad: Option<(f64, f64)>,
    /// Azimuth sector from, to (clockwise), radians; `None` all round.
    pub azimuth_sector_rad: Option<(f64, f64)>,
    /// A system tracker's contributing sensors where known; `None` means unknown lineage, which adds no line of evidence.
    pub lineage: Option<Vec<SensorId>>,
    /// How long its silence is normal; silence beyond is reported.
    pub expected_within: Option<Span>,
}
crate::canon_struct!(Sensor {
    id,
    name,
    kind,
    site,
    period,
    range_sigma_m,
    azimuth_sigma_rad,
    elevation_sigma_rad,
    azimuth_correction_rad,
    range_correction_m,
    detection_probability,
    clutter_per_look,
    range_limits_m,
    elevation_limits_rad,
    azimuth_sector_rad,
    lineage,
    expected_within,
});

impl Sensor {
    /// A sensor of which only identity, name and kind are known.
    #[must_use]
    pub fn new(id: SensorId, name: impl Into<String>, kind: SensorKind) -> Self {
        Self {
            id,
            name: name.into(),
            kind,
            site: None,
            period: None,
            range_sigma_m: None,
            azimuth_sigma_rad: None,
            elevation_sigma_rad: None,
            azimuth_correction_rad: 0.0,
            range_correction_m: 0.0,
            detection_probability: None,
            clutter_per_look: None,
            range_limits_m: None,
            elevation_limits_rad: None,
            azimuth_sector_rad: None,
            lineage: None,
            expected_within: None,
        }
    }
}

/// Why a radar's plots are weighed less than those of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misalignment {
    /// Its ranges are off by more than set-up leaves over.
    Range,
    /// Its north is.
    North,
    /// Its elevations are.
    Tilt,
    /// Its clock is.
    Clock,
    /// Its biases change faster than they can be learned.
    Drift,
    /// Its plots do not meet those of others: its place or north is wrong.
    Place,
}
crate::canon_enum!(Misalignment { 0 => Range, 1 => North, 2 => Tilt, 3 => Clock, 4 => Drift, 5 => Place });

/// What a sensor has done so far, as the engine keeps it; one a sensor.
#[derive(Clone, Debug, PartialEq)]
pub struct SensorHealth {
    /// Which one.
    pub id: SensorId,
    /// Observations of any kind so far.
    pub observations: u64,
    /// Observations that state a position, bearing or plot of a target.
    pub targets: u64,
    /// `received` of the last observation.
    pub last_received: Time,
    /// Mean time between observations over the last minutes, learned; `None` until ten came.
    pub mean_interval: Option<Span>,
    /// Observations a second over the last ten seconds or so, as of the last tick.
    pub rate_per_s: f64,
    /// `observations` as of the last tick.
    pub at_tick: u64,
    /// Observations whose `measured` was outside the believable window and was replaced.
    pub clock_errors: u64,
    /// The last such difference, measured − received.
    pub last_clock_error: Option<Span>,
    /// Where the data say that it stands.
    pub stated_site: Option<Geodetic>,
    /// What it last said of itself.
    pub stated: Option<crate::observation::SensorStatus>,
    /// Reports of objects for which no track was begun, because its source brings more than it may.
    pub over_budget: u64,
    /// Why its plots weigh less than others', where they do.
    pub demoted: Option<Misalignment>,
}
crate::canon_struct!(SensorHealth {
    id,
    observations,
    targets,
    last_received,
    mean_interval,
    rate_per_s,
    at_tick,
    clock_errors,
    last_clock_error,
    stated_site,
    stated,
    over_budget,
    demoted,
});

impl SensorHealth {
    /// A sensor that is heard once a second and of which nothing else is known.
    #[must_use]
    pub const fn heard(id: SensorId, observations: u64, last_received: Time) -> Self {
        Self {
            id,
            observations,
            targets: observations,
            last_received,
            mean_interval: Some(Span::from_s(1)),
            rate_per_s: 1.0,
            at_tick: observations,
            clock_errors: 0,
            last_clock_error: None,
            stated_site: None,
            stated: None,
            over_budget: 0,
            demoted: None,
        }
    }
}

/// Something that happened to a sensor.
#[derive(Clone, Debug, PartialEq)]
pub enum SensorEvent {
    /// First observation ever.
    First {
        /// Which one.
        sensor: SensorId,
    },
    /// Its clock disagrees with ours beyond the limits: `measured` was replaced by `received`.
    ClockError {
        /// Which one.
        sensor: SensorId,
        /// measured − received.
        difference: Span,
    },
    /// It stated a new condition of itself.
    Stated {
        /// Which one.
        sensor: SensorId,
        /// What it said.
        status: crate::observation::SensorStatus,
    },
    /// Its plots weigh less from now on.
    Demoted {
        /// Which one.
        sensor: SensorId,
        /// Why.
        why: Misalignment,
    },
    /// Its plots weigh as others' again.
    Restored {
        /// Which one.
        sensor: SensorId,
    },
}
crate::canon_enum!(SensorEvent {
    0 => First { sensor },
    1 => ClockError { sensor, difference },
    2 => Stated { sensor, status },
    3 => Demoted { sensor, why },
    4 => Restored { sensor },
});
