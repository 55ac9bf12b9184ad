//! One statement by one sensor about one thing at one time; what every decoder makes and the tracker reads.
//!
//! Everything here is `Copy` and bounded, so that millions a second cost no allocation. Sigmas are 1-sigma; where a format carries
//! none, the decoder fills in the sensor's configured value or the default that the format's page states.

mod mode_s;
mod stated;

pub use mode_s::{AirData, ModeS, ModeSPart};
pub use stated::{Arrival, StatedPosition, StatedStatus, StatedTarget, StatedVelocity};

use crate::altitude::{AltitudeAmsl, EllipsoidalHeight, PressureAltitude};
use crate::frames::{Geodetic, LatLon};
use crate::identity::{Address, EmitterCategory, FlightId, Mode3A};
use crate::ids::{ObservationId, SensorId};
use crate::time::{Span, Time};

/// Whether a statement is about the world, an exercise, or a simulation; never mixed in one track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reality {
    /// The world.
    #[default]
    Live,
    /// An exercise overlaid on the world.
    Exercise,
    /// Made by a simulator or a test target.
    Simulated,
}
crate::canon_enum!(Reality { 0 => Live, 1 => Exercise, 2 => Simulated });

/// One statement by one sensor about one thing at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Journal input and index: where the bytes are.
    pub id: ObservationId,
    /// Who says it.
    pub sensor: SensorId,
    /// When the sensor measured it.
    pub measured: Time,
    /// When its last byte reached us.
    pub received: Time,
    /// World, exercise or simulation.
    pub reality: Reality,
    /// What is said.
    pub report: Report,
}
crate::canon_struct!(Observation { id, sensor, measured, received, reality, report });

/// What is said; closed, so that a new kind of statement is a decision of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Report {
    /// One radar detection.
    Plot(Plot),
    /// An aircraft's statement about itself: ADS-B, ADS-R, TIS-B relays, Remote ID.
    SelfReport(SelfReport),
    /// A Mode S reply that is no position.
    ModeS(ModeS),
    /// A direction without range.
    Bearing(Bearing),
    /// A bistatic range, perhaps with a direction.
    Bistatic(Bistatic),
    /// A measured position with its covariance: multilateration, a camera with range, a third party.
    Fix(Fix),
    /// Another tracker's opinion.
    SystemTrack(SystemTrack),
    /// Where a sensor is.
    SensorPosition(SensorPosition),
    /// How a sensor is.
    SensorStatus(SensorStatus),
}
crate::canon_enum!(Report {
    0 => Plot(a), 1 => SelfReport(a), 2 => ModeS(a), 3 => Bearing(a), 4 => Bistatic(a), 5 => Fix(a), 6 => SystemTrack(a),
    7 => SensorPosition(a), 8 => SensorStatus(a),
});

/// An angle and its 1-sigma noise, radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Angle {
    /// The angle.
    pub rad: f64,
    /// 1-sigma noise.
    pub sigma_rad: f64,
}
crate::canon_struct!(Angle { rad, sigma_rad });

/// What a radar detection was made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detection {
    /// A primary (skin) return took part: evidence that does not rest on the target's own word.
    pub primary: bool,
    /// A secondary (transponder) reply took part.
    pub secondary: bool,
    /// A selective Mode S interrogation took part.
    pub mode_s: bool,
    /// From a fixed transponder or test target: never a target.
    pub monitor: bool,
    /// Special position identification pulse.
    pub spi: bool,
}
crate::canon_struct!(Detection { primary, secondary, mode_s, monitor, spi });

/// One radar detection, in the radar's own polar frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plot {
    /// Slant range from the sensor, metres.
    pub range_m: f64,
    /// 1-sigma noise of the range, metres.
    pub range_sigma_m: f64,
    /// Azimuth, clockwise from true north at the sensor.
    pub azimuth: Angle,
    /// Elevation above the sensor's local horizontal, geometric (no refraction).
    pub elevation: Option<Angle>,
    /// Mode C, or Mode S altitude, validated.
    pub pressure: Option<PressureAltitude>,
    /// Height measured by a 3D radar, above mean sea level.
    pub height: Option<AltitudeAmsl>,
    /// What it was made of.
    pub detection: Detection,
    /// Mode S address in the reply.
    pub address: Option<Address>,
    /// Mode 3/A code, validated.
    pub squawk: Option<Mode3A>,
    /// Aircraft identification in the reply.
    pub flight_id: Option<FlightId>,
    /// The radar's own track number: that radar's opinion, a hint only.
    pub local_track: Option<u16>,
    /// Radial velocity by Doppler, m/s, positive away.
    pub doppler_m_s: Option<f64>,
}
impl Plot {
    /// A primary return: range and azimuth (and elevation of a 3D radar), and nothing that the target said. Range and its 1-sigma in metres.
    #[must_use]
    pub fn primary(range_m: f64, range_sigma_m: f64, azimuth: Angle, elevation: Option<Angle>) -> Self {
        Self {
            range_m,
            range_sigma_m,
            azimuth,
            elevation,
            pressure: None,
            height: None,
            detection: Detection { primary: true, ..Detection::default() },
            address: None,
            squawk: None,
            flight_id: None,
            local_track: None,
            doppler_m_s: None,
        }
    }
}
crate::canon_struct!(Plot {
    range_m,
    range_sigma_m,
    azimuth,
    elevation,
    pressure,
    height,
    detection,
    address,
    squawk,
    flight_id,
    local_track,
    doppler_m_s,
});

/// How a self-report reached the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// Directly from the aircraft's transponder (DF17), or a non-transponder emitter (DF18 CF 0/1).
    AdsB,
    /// Rebroadcast by the ground from another link (DF18 CF 6).
    AdsR,
    /// Traffic information made by the ground from radar (DF18 CF 2/3/5): a ground system's word, not the aircraft's.
    TisB,
    /// Told by a third party's network, its path unknown.
    Network,
    /// Broadcast Remote ID.
    RemoteId,
}
crate::canon_enum!(Channel { 0 => AdsB, 1 => AdsR, 2 => TisB, 3 => Network, 4 => RemoteId });

/// A part of an aircraft's statement about itself; one message is one part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelfReport {
    /// Whom it names as its subject.
    pub address: Address,
    /// How it came.
    pub channel: Channel,
    /// What it states.
    pub part: SelfPart,
}
crate::canon_struct!(SelfReport { address, channel, part });

/// What a self-report states.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SelfPart {
    /// Where it says it is.
    Position(StatedPosition),
    /// How it says it moves.
    Velocity(StatedVelocity),
    /// What it calls itself.
    Identity {
        /// Flight ID as sent; `None` when all blank or illegal.
        flight_id: Option<FlightId>,
        /// Emitter category.
        category: Option<EmitterCategory>,
    },
    /// How good it says its data are, and its condition.
    Status(StatedStatus),
    /// What it says its autopilot is set to (TC 29).
    Target(StatedTarget),
    /// That it knows no position (type code 0).
    NoPosition,
}
crate::canon_enum!(SelfPart { 0 => Position(a), 1 => Velocity(a), 2 => Identity { flight_id, category }, 3 => Status(a), 4 => Target(a), 5 => NoPosition });

/// A direction without range, in the sensor's local frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bearing {
    /// Clockwise from true north at the sensor.
    pub azimuth: Angle,
    /// Above the sensor's local horizontal.
    pub elevation: Option<Angle>,
    /// The signal's claimed address, for passive RF sensors that decode it.
    pub address: Option<Address>,
}
crate::canon_struct!(Bearing { azimuth, elevation, address });

/// A bistatic measurement: transmitter → target → receiver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bistatic {
    /// Where the transmitter stands, when known.
    pub transmitter: Option<Geodetic>,
    /// Path transmitter → target → receiver minus the direct path, metres.
    pub excess_range_m: f64,
    /// 1-sigma noise of it, metres.
    pub excess_range_sigma_m: f64,
    /// Azimuth at the receiver.
    pub azimuth: Option<Angle>,
    /// Elevation at the receiver.
    pub elevation: Option<Angle>,
    /// Rate of the bistatic range by Doppler, m/s.
    pub rate_m_s: Option<f64>,
}
crate::canon_struct!(Bistatic { transmitter, excess_range_m, excess_range_sigma_m, azimuth, elevation, rate_m_s });

/// Horizontal covariance at a place, metres: two sigmas and their correlation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HorizontalSigma {
    /// 1-sigma east, metres.
    pub east_m: f64,
    /// 1-sigma north, metres.
    pub north_m: f64,
    /// Correlation in (−1, 1).
    pub correlation: f64,
}
crate::canon_struct!(HorizontalSigma { east_m, north_m, correlation });

impl HorizontalSigma {
    /// The same sigma in every direction.
    #[must_use]
    pub const fn round(sigma_m: f64) -> Self {
        Self { east_m: sigma_m, north_m: sigma_m, correlation: 0.0 }
    }
}

/// Who measured a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FixSource {
    /// Time differences of the target's own transmissions at several receivers: independent of the position it claims.
    Multilateration,
    /// A camera, lidar or other local sensor with range.
    Local,
    /// A third party's position of unknown making.
    ThirdParty,
}
crate::canon_enum!(FixSource { 0 => Multilateration, 1 => Local, 2 => ThirdParty });

/// A measured position with its covariance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix {
    /// Who measured it.
    pub source: FixSource,
    /// WGS 84 place.
    pub place: LatLon,
    /// Its horizontal covariance.
    pub sigma: HorizontalSigma,
    /// Height above the ellipsoid and its 1-sigma, metres.
    pub height: Option<(EllipsoidalHeight, f64)>,
    /// Pressure altitude of the reply.
    pub pressure: Option<PressureAltitude>,
    /// Velocity east, north, m/s, where measured.
    pub velocity_m_s: Option<(f64, f64)>,
    /// On the ground, where told.
    pub on_ground: Option<bool>,
    /// Address claimed.
    pub address: Option<Address>,
    /// Name claimed.
    pub flight_id: Option<FlightId>,
    /// Code claimed.
    pub squawk: Option<Mode3A>,
    /// The source's own track number.
    pub local_track: Option<u16>,
}
crate::canon_struct!(Fix {
    source,
    place,
    sigma,
    height,
    pressure,
    velocity_m_s,
    on_ground,
    address,
    flight_id,
    squawk,
    local_track,
});

/// Another tracker's opinion of one object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SystemTrack {
    /// Its track number there.
    pub number: u32,
    /// It says that the track ends with this report.
    pub ended: bool,
    /// It says that the track is confirmed.
    pub confirmed: bool,
    /// It says that the position is extrapolated (no recent detection).
    pub coasting: bool,
    /// WGS 84 place.
    pub place: LatLon,
    /// Stated or default horizontal covariance.
    pub sigma: HorizontalSigma,
    /// Height above the ellipsoid.
    pub height: Option<EllipsoidalHeight>,
    /// Pressure altitude.
    pub pressure: Option<PressureAltitude>,
    /// Velocity east, north, m/s.
    pub velocity_m_s: Option<(f64, f64)>,
    /// Vertical rate, m/s.
    pub vertical_m_s: Option<f64>,
    /// Address claimed.
    pub address: Option<Address>,
    /// Name claimed.
    pub flight_id: Option<FlightId>,
    /// Code claimed.
    pub squawk: Option<Mode3A>,
    /// Age of the youngest contribution: primary, secondary, Mode S, ADS-B, multilateration; `None` where none or not told.
    pub ages: SystemAges,
}
crate::canon_struct!(SystemTrack {
    number,
    ended,
    confirmed,
    coasting,
    place,
    sigma,
    height,
    pressure,
    velocity_m_s,
    vertical_m_s,
    address,
    flight_id,
    squawk,
    ages,
});

/// How old each kind of contribution to a system track is (I062/290).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemAges {
    /// Primary radar.
    pub primary: Option<Span>,
    /// Secondary radar.
    pub secondary: Option<Span>,
    /// Mode S radar.
    pub mode_s: Option<Span>,
    /// ADS-B.
    pub ads_b: Option<Span>,
    /// Multilateration.
    pub multilateration: Option<Span>,
}
crate::canon_struct!(SystemAges { primary, secondary, mode_s, ads_b, multilateration });

/// Where a sensor is: a moving sensor, or a radar that says so in CAT034 I034/120.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SensorPosition {
    /// The place, height above the ellipsoid.
    pub place: Geodetic,
    /// The height is above mean sea level by the format's definition and was taken as ellipsoidal for want of a geoid.
    pub height_is_amsl: bool,
}
crate::canon_struct!(SensorPosition { place, height_is_amsl });

/// How a sensor says it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SensorStatus {
    /// The antenna passed north.
    NorthMarker {
        /// Time of one turn, when stated.
        rotation: Option<Span>,
    },
    /// The antenna entered a sector.
    Sector {
        /// Sector azimuth, radians.
        azimuth_rad: f64,
    },
    /// Interference strobe seen by a radar in a direction.
    Strobe {
        /// From, radians; clockwise to `to_rad`.
        from_rad: f64,
        /// To, radians.
        to_rad: f64,
    },
    /// Condition.
    Condition {
        /// It may be used operationally.
        operational: Option<bool>,
        /// It says that it is overloaded.
        overloaded: Option<bool>,
        /// It says that its time source is valid.
        time_valid: Option<bool>,
    },
    /// It says that it is alive, and no more.
    Alive,
}
crate::canon_enum!(SensorStatus {
    0 => NorthMarker { rotation }, 1 => Sector { azimuth_rad }, 2 => Strobe { from_rad, to_rad },
    3 => Condition { operational, overloaded, time_valid }, 4 => Alive,
});

impl Report {
    /// Whether it states something about a target's place (so that its sensor counts as seeing targets).
    #[must_use]
    pub const fn is_target(&self) -> bool {
        match self {
            Self::Plot(_) | Self::Bearing(_) | Self::Bistatic(_) | Self::Fix(_) | Self::SystemTrack(_) => true,
            Self::SelfReport(report) => matches!(report.part, SelfPart::Position(_)),
            Self::ModeS(_) | Self::SensorPosition(_) | Self::SensorStatus(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observation_stays_small_enough_to_copy_by_the_million() {
        assert!(size_of::<Observation>() <= 272, "{}", size_of::<Observation>());
    }
}
