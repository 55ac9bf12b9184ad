//! Our estimate of one object: how sure, where, how it moves, what it calls itself, and on whose word.

use crate::altitude::{EllipsoidalHeight, PressureAltitude};
use crate::frames::{Enu, Geodetic, Vec3};
use crate::identity::{Address, Emergency, EmitterCategory, FlightId, Mode3A, StandardIdentity};
use crate::ids::{ObservationId, SensorId, TrackId};
use crate::observation::Reality;
use crate::time::Time;

/// How far a track has come in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrackStatus {
    /// Existence not yet above the confirmation threshold.
    Tentative,
    /// Believed to exist and recently observed.
    Confirmed,
    /// Believed to exist, not observed for longer than its sensors' period would let one expect.
    Coasting,
    /// Ended; shown once.
    Terminated,
}
crate::canon_enum!(TrackStatus { 0 => Tentative, 1 => Confirmed, 2 => Coasting, 3 => Terminated });

/// Why a track ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrackEnd {
    /// Its existence fell below the threshold: not seen where it should have been.
    NotObserved,
    /// It was the same object as another track, which goes on.
    Merged {
        /// The track that goes on.
        into: TrackId,
    },
    /// The limit on the number of tracks was reached and this was the least certain.
    Evicted,
}
crate::canon_enum!(TrackEnd { 0 => NotObserved, 1 => Merged { into }, 2 => Evicted });

/// Where one line of evidence has its origin. All receivers of one transmitter are one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// The object's own word (ADS-B, Remote ID, a transponder's altitude), whoever received it.
    SelfReport,
    /// A sensor that measures by itself.
    Sensor(SensorId),
}
crate::canon_enum!(Line { 0 => SelfReport, 1 => Sensor(a) });

/// One line of evidence of a track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineOfEvidence {
    /// Its origin.
    pub line: Line,
    /// When it first supported the track (measured).
    pub first: Time,
    /// When it last did (measured).
    pub last: Time,
    /// How often it did.
    pub count: u32,
}
crate::canon_struct!(LineOfEvidence { line, first, last, count });

/// A claimed value with its source and age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim<T> {
    /// What is claimed.
    pub value: T,
    /// Who delivered the claim last.
    pub sensor: SensorId,
    /// When it was first made (measured).
    pub first: Time,
    /// When it was last made (measured).
    pub last: Time,
}
impl<T: crate::Canon> crate::Canon for Claim<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        self.value.encode(out);
        self.sensor.encode(out);
        self.first.encode(out);
        self.last.encode(out);
    }
    fn decode(reader: &mut crate::Reader<'_>) -> Result<Self, crate::CanonError> {
        Ok(Self {
            value: T::decode(reader)?,
            sensor: SensorId::decode(reader)?,
            first: Time::decode(reader)?,
            last: Time::decode(reader)?,
        })
    }
}

/// How many different values of one kind of claim a track keeps; the oldest goes first.
pub const MAX_CLAIMS: usize = 4;

/// What an object calls itself. Several values of one kind mean a conflict (or a change) and are all kept, newest first,
/// [`MAX_CLAIMS`] of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// 24-bit addresses.
    pub addresses: Vec<Claim<Address>>,
    /// Flight IDs.
    pub flight_ids: Vec<Claim<FlightId>>,
    /// Mode 3/A codes.
    pub squawks: Vec<Claim<Mode3A>>,
    /// Emitter category.
    pub category: Option<Claim<EmitterCategory>>,
    /// Emergency or priority, while stated.
    pub emergency: Option<Claim<Emergency>>,
    /// Since when an independent measurement has contradicted what the object says of its place; `None` while nothing does.
    pub contradicted_since: Option<Time>,
    /// Since when the positions that it states are not used, because they cannot be true; `None` while they are.
    pub unusable_since: Option<Time>,
}
crate::canon_struct!(Identity {
    addresses,
    flight_ids,
    squawks,
    category,
    emergency,
    contradicted_since,
    unusable_since
});

impl Identity {
    /// Whether what it says of its place is contradicted or not used.
    #[must_use]
    pub const fn is_doubted(&self) -> bool {
        self.contradicted_since.is_some() || self.unusable_since.is_some()
    }
    /// The current 24-bit address.
    #[must_use]
    pub fn address(&self) -> Option<Address> {
        self.addresses.first().map(|claim| claim.value)
    }
    /// The current flight ID.
    #[must_use]
    pub fn flight_id(&self) -> Option<FlightId> {
        self.flight_ids.first().map(|claim| claim.value)
    }
    /// The current Mode 3/A code.
    #[must_use]
    pub fn squawk(&self) -> Option<Mode3A> {
        self.squawks.first().map(|claim| claim.value)
    }
}

/// What kind of object it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Aeroplane.
    Aircraft,
    /// Helicopter.
    Helicopter,
    /// Drone that a person can carry.
    SmallDrone,
    /// Drone of the size of an aeroplane.
    LargeDrone,
    /// Balloon or airship.
    Balloon,
    /// Bird or flock.
    Bird,
    /// None of these fits, or nothing is known.
    Unknown,
}
crate::canon_enum!(Class {
    0 => Aircraft, 1 => Helicopter, 2 => SmallDrone, 3 => LargeDrone, 4 => Balloon, 5 => Bird, 6 => Unknown,
});

impl Class {
    /// All classes, in the order of [`ClassProbabilities`].
    pub const ALL: [Self; 7] = [
        Self::Aircraft,
        Self::Helicopter,
        Self::SmallDrone,
        Self::LargeDrone,
        Self::Balloon,
        Self::Bird,
        Self::Unknown,
    ];
}

/// Probability of each [`Class`], in the order of [`Class::ALL`]; sums to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassProbabilities(pub [f32; 7]);

impl Default for ClassProbabilities {
    fn default() -> Self {
        Self([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    }
}
impl crate::Canon for ClassProbabilities {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
    fn decode(reader: &mut crate::Reader<'_>) -> Result<Self, crate::CanonError> {
        Ok(Self(crate::Canon::decode(reader)?))
    }
}
impl ClassProbabilities {
    /// The most probable class and its probability.
    #[must_use]
    pub fn best(&self) -> (Class, f32) {
        let mut best = (Class::Unknown, self.0[6]);
        for (class, &p) in Class::ALL.iter().zip(&self.0) {
            if p > best.1 {
                best = (*class, p);
            }
        }
        best
    }
    /// The probability of one class.
    #[must_use]
    pub fn of(&self, class: Class) -> f32 {
        self.0[class as usize]
    }
}

/// 6×6 covariance of (east, north, up, velocity east, north, up) in the ENU frame at the track's position: metres and m/s.
/// Stored as the upper triangle by rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Covariance6(pub [f64; 21]);

impl Covariance6 {
    /// Row × column entry, 0-based in the order (e, n, u, ve, vn, vu).
    #[must_use]
    pub fn get(&self, row: usize, column: usize) -> f64 {
        let (i, j) = if row <= column { (row, column) } else { (column, row) };
        self.0[i * 6 - i * (i + 1) / 2 + j]
    }
    /// From a function of row and column; only row ≤ column is asked.
    #[must_use]
    pub fn from_fn(mut entry: impl FnMut(usize, usize) -> f64) -> Self {
        let mut upper = [0.0; 21];
        let mut k = 0;
        for i in 0..6 {
            for j in i..6 {
                upper[k] = entry(i, j);
                k += 1;
            }
        }
        Self(upper)
    }
    /// The horizontal position's 1-sigma ellipse: semi-major and semi-minor axis in metres, and the major axis' direction in
    /// radians clockwise from north, in [0, π).
    #[must_use]
    pub fn horizontal_ellipse(&self) -> (f64, f64, f64) {
        let (ee, en, nn) = (self.get(0, 0), self.get(0, 1), self.get(1, 1));
        let mean = 0.5 * (ee + nn);
        let spread = crate::math::hypot(0.5 * (ee - nn), en);
        let azimuth = 0.5 * crate::math::atan2(2.0 * en, nn - ee);
        let azimuth = if azimuth < 0.0 { azimuth + crate::math::PI } else { azimuth };
        ((mean + spread).max(0.0).sqrt(), (mean - spread).max(0.0).sqrt(), azimuth)
    }
}
impl crate::Canon for Covariance6 {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
    fn decode(reader: &mut crate::Reader<'_>) -> Result<Self, crate::CanonError> {
        Ok(Self(crate::Canon::decode(reader)?))
    }
}

/// Where the up component of a track's position comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeightSource {
    /// Nothing measured it: a default with a wide sigma.
    #[default]
    Assumed,
    /// Measured geometry: 3D radar, crossing bearings, multilateration.
    Measured,
    /// The object's stated GNSS height.
    StatedHeight,
    /// Its pressure altitude taken as height, with a sigma for the unknown QNH and geoid.
    FromPressure,
}
crate::canon_enum!(HeightSource { 0 => Assumed, 1 => Measured, 2 => StatedHeight, 3 => FromPressure });

/// Our estimate of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Its name: made from the content of its first observation.
    pub id: TrackId,
    /// How far it has come.
    pub status: TrackStatus,
    /// Probability that there is an object at all.
    pub existence: f64,
    /// World, exercise or simulation.
    pub reality: Reality,
    /// The moment of position and velocity.
    pub valid: Time,
    /// WGS 84 place and height above the ellipsoid (see `height_source`).
    pub position: Geodetic,
    /// Velocity east, north, up, m/s.
    pub velocity: Vec3<Enu>,
    /// Covariance of both, in the ENU frame at `position`.
    pub covariance: Covariance6,
    /// What the up component rests on.
    pub height_source: HeightSource,
    /// Last pressure altitude and when it was measured; kept apart from geometry.
    pub pressure: Option<(PressureAltitude, Time)>,
    /// Last stated GNSS height and when it was measured.
    pub stated_height: Option<(EllipsoidalHeight, Time)>,
    /// It says that it is on the ground.
    pub on_ground: bool,
    /// What it calls itself.
    pub identity: Identity,
    /// Evaluated by the machine (three values only) or by a person.
    pub standard_identity: StandardIdentity,
    /// What kind of object it is.
    pub class: ClassProbabilities,
    /// Lines of evidence, in the order of [`Line`]; at most 32.
    pub lines: Vec<LineOfEvidence>,
    /// The observation that gave birth to it.
    pub first_observation: ObservationId,
    /// The last observation that updated its position.
    pub last_observation: ObservationId,
    /// Measured time of the first observation.
    pub born: Time,
    /// Measured time of the last position update.
    pub updated: Time,
    /// How many observations updated its position.
    pub updates: u32,
}
crate::canon_struct!(Track {
    id,
    status,
    existence,
    reality,
    valid,
    position,
    velocity,
    covariance,
    height_source,
    pressure,
    stated_height,
    on_ground,
    identity,
    standard_identity,
    class,
    lines,
    first_observation,
    last_observation,
    born,
    updated,
    updates,
});

impl Track {
    /// Horizontal speed, m/s.
    #[must_use]
    pub fn ground_speed_m_s(&self) -> f64 {
        crate::math::hypot(self.velocity.x, self.velocity.y)
    }
    /// Direction of motion over ground, radians clockwise from true north in [0, 2π).
    #[must_use]
    pub fn course_rad(&self) -> f64 {
        crate::math::wrap_tau(crate::math::atan2(self.velocity.x, self.velocity.y))
    }
    /// Whether a person should see it: confirmed or coasting.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        matches!(self.status, TrackStatus::Confirmed | TrackStatus::Coasting)
    }
    /// How many independent lines supported it since `since`.
    #[must_use]
    pub fn lines_since(&self, since: Time) -> usize {
        self.lines.iter().filter(|line| line.last >= since).count()
    }
    /// Whether a measurement that is not a self-report supported it since `since`.
    #[must_use]
    pub fn measured_since(&self, since: Time) -> bool {
        self.lines.iter().any(|line| line.last >= since && line.line != Line::SelfReport)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_triangle_is_indexed_symmetrically() {
        let c = Covariance6::from_fn(|i, j| (10 * i + j) as f64);
        for i in 0..6 {
            for j in i..6 {
                assert_eq!(c.get(i, j).to_bits(), ((10 * i + j) as f64).to_bits());
                assert_eq!(c.get(j, i).to_bits(), c.get(i, j).to_bits());
            }
        }
    }

    #[test]
    fn the_ellipse_lies_along_the_larger_spread() {
        let north = Covariance6::from_fn(|i, j| if i == j { if i == 1 { 400.0 } else { 100.0 } } else { 0.0 });
        let (major_m, minor_m, azimuth_rad) = north.horizontal_ellipse();
        assert!((major_m - 20.0).abs() < 1e-9 && (minor_m - 10.0).abs() < 1e-9 && azimuth_rad.abs() < 1e-9);
        let diagonal = Covariance6::from_fn(|i, j| {
            if i == j {
                100.0
            } else if (i, j) == (0, 1) {
                50.0
            } else {
                0.0
            }
        });
        assert!((diagonal.horizontal_ellipse().2 - crate::math::PI / 4.0).abs() < 1e-9);
    }
}
