//! Tracks that belong together, with the story of how they came to.

use crate::frames::LatLon;
use crate::ids::{AirspaceId, TrackId};
use crate::observation::Reality;
use crate::time::Time;
use crate::track::Class;

/// Steps kept of a group's history: the first and the last ones.
pub const MAX_STEPS: usize = 64;

/// What happened to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupChange {
    /// It was found.
    Formed,
    /// A track came to be held part of it.
    Joined(TrackId),
    /// A track came to be held no part of it.
    Left(TrackId),
    /// The group of that number is held part of it.
    Took(u32),
    /// It was part of the group of that number until now.
    SplitFrom(u32),
}
crate::canon_enum!(GroupChange { 0 => Formed, 1 => Joined(a), 2 => Left(a), 3 => Took(a), 4 => SplitFrom(a) });

/// One step of a group's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupStep {
    /// When it came to be held so.
    pub time: Time,
    /// What.
    pub what: GroupChange,
}
crate::canon_struct!(GroupStep { time, what });

/// Tracks of two objects or more that a model holds to belong together: near in time and corridor, alike in course, speed and class.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackGroup {
    /// Short, speakable, in the order of finding; never given twice.
    pub number: u32,
    /// The watched airspace that its tracks entered.
    pub airspace: AirspaceId,
    /// World, exercise or simulation: never in one group.
    pub reality: Reality,
    /// Its tracks in the order in which they crossed. A track that goes on an earlier one of the same object counts here too.
    pub members: Vec<TrackId>,
    /// Objects that these are, as far as tracks are held to be of one object.
    pub objects: u32,
    /// When the first and the last of them crossed.
    pub first_entry: Time,
    /// See `first_entry`.
    pub last_entry: Time,
    /// Mean of the places where they crossed.
    pub place: LatLon,
    /// How far they are from there in the mean, metres.
    pub spread_m: f64,
    /// Mean course when they crossed, radians clockwise from north.
    pub course_rad: f64,
    /// Mean speed over ground, m/s.
    pub speed_m_s: f64,
    /// What most of them most probably are.
    pub class: Class,
    /// Natural logarithm of the odds that they are one group and not two.
    pub cohesion: f64,
    /// What happened to it, bounded to [`MAX_STEPS`].
    pub history: Vec<GroupStep>,
}
crate::canon_struct!(TrackGroup {
    number,
    airspace,
    reality,
    members,
    objects,
    first_entry,
    last_entry,
    place,
    spread_m,
    course_rad,
    speed_m_s,
    class,
    cohesion,
    history,
});
