//! Volumes of air with a name, limits and a source document.

use crate::altitude::{AltitudeAmsl, FlightLevel, HeightAgl};
use crate::frames::LatLon;
use crate::ids::AirspaceId;
use crate::time::Time;

/// What an airspace is. Only [`AirspaceKind::State`] carries sovereignty; an entry into an FIR is never an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AirspaceKind {
    /// Land, internal waters and territorial sea of a state.
    State,
    /// Flight information region.
    Fir,
    /// Control zone.
    Ctr,
    /// Terminal control area.
    Tma,
    /// Prohibited area.
    Prohibited,
    /// Restricted area.
    Restricted,
    /// Danger area.
    Danger,
    /// Air defence identification zone.
    Adiz,
    /// UAS geographical zone.
    UasZone,
    /// Anything else that a site watches: the surroundings of a plant, an airport.
    Other,
}
crate::canon_enum!(AirspaceKind {
    0 => State, 1 => Fir, 2 => Ctr, 3 => Tma, 4 => Prohibited, 5 => Restricted, 6 => Danger, 7 => Adiz, 8 => UasZone, 9 => Other,
});

/// What an edge of a boundary runs along; each class has its own position sigma.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeClass {
    /// A surveyed land border (default sigma 10 m).
    Land,
    /// A river or lake border (30 m: the thalweg moves).
    Water,
    /// The outer limit of the territorial sea (100 m).
    Sea,
    /// Drawn exactly by its definition (0 m): a circle around a plant, a published zone.
    Exact,
}
crate::canon_enum!(EdgeClass { 0 => Land, 1 => Water, 2 => Sea, 3 => Exact });

/// A closed ring: straight in longitude and latitude between neighbours, last joined to first, which is not repeated.
#[derive(Clone, Debug, PartialEq)]
pub struct Ring {
    /// Corners.
    pub points: Vec<LatLon>,
    /// What the edge from each corner to the next runs along; as long as `points`.
    pub edges: Vec<EdgeClass>,
}
crate::canon_struct!(Ring { points, edges });

/// One limit of an airspace in height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VerticalLimit {
    /// The surface.
    Surface,
    /// Above the ground.
    Agl(HeightAgl),
    /// Above mean sea level.
    Amsl(AltitudeAmsl),
    /// A flight level.
    FlightLevel(FlightLevel),
    /// None.
    Unlimited,
}
crate::canon_enum!(VerticalLimit { 0 => Surface, 1 => Agl(a), 2 => Amsl(a), 3 => FlightLevel(a), 4 => Unlimited });

/// When an airspace is active; it is active if any window says so, always if there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// From this moment.
    pub from: Time,
    /// Until this moment, exclusive.
    pub until: Time,
    /// Weekdays on which it begins, bit 0 = Monday; 0x7f every day.
    pub weekdays: u8,
    /// Daily start, seconds after midnight UTC; 0.
    pub daily_from_s: u32,
    /// Daily end, seconds after midnight UTC; 86,400. A smaller end than start runs over midnight.
    pub daily_until_s: u32,
}
crate::canon_struct!(Window { from, until, weekdays, daily_from_s, daily_until_s });

impl Window {
    /// Whether the window covers a moment.
    #[must_use]
    pub fn covers(&self, t: Time) -> bool {
        if t < self.from || t >= self.until {
            return false;
        }
        let day = t.floor_s().div_euclid(86_400);
        let second = t.floor_s().rem_euclid(86_400) as u32;
        // 1970-01-01 was a Thursday, weekday 3 when Monday is 0.
        let weekday_on = |day: i64| self.weekdays >> ((day + 3).rem_euclid(7)) & 1 == 1;
        if self.daily_from_s < self.daily_until_s {
            weekday_on(day) && (self.daily_from_s..self.daily_until_s).contains(&second)
        } else {
            (weekday_on(day) && second >= self.daily_from_s) || (weekday_on(day - 1) && second < self.daily_until_s)
        }
    }
}

/// Where an airspace's boundary comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceDocument {
    /// Name and version of the document or data set.
    pub name: String,
    /// SHA-256 of the file it was read from.
    pub sha256: [u8; 32],
    /// The policy by which overlapping claims were resolved, where one applied.
    pub policy: String,
}
crate::canon_struct!(SourceDocument { name, sha256, policy });

/// A volume of air.
#[derive(Clone, Debug, PartialEq)]
pub struct Airspace {
    /// Its place in the loaded set.
    pub id: AirspaceId,
    /// Short stable name: ISO 3166-1 alpha-3 for states ("POL"), the published designator otherwise ("EPR129").
    pub code: String,
    /// Name for people.
    pub name: String,
    /// What it is.
    pub kind: AirspaceKind,
    /// Outer rings and holes; the even–odd rule decides what is inside.
    pub rings: Vec<Ring>,
    /// Lower limit.
    pub lower: VerticalLimit,
    /// Upper limit.
    pub upper: VerticalLimit,
    /// When it is active.
    pub schedule: Vec<Window>,
    /// Its source.
    pub source: SourceDocument,
    /// Entries are assessed and alerted.
    pub watched: bool,
}
crate::canon_struct!(Airspace { id, code, name, kind, rings, lower, upper, schedule, source, watched });

impl Airspace {
    /// Whether it is active at a moment.
    #[must_use]
    pub fn active(&self, t: Time) -> bool {
        self.schedule.is_empty() || self.schedule.iter().any(|window| window.covers(t))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nightly_window_runs_over_midnight_and_keeps_its_weekday() {
        let window = Window {
            from: Time::parse("2025-09-08T00:00:00Z").expect("valid"),
            until: Time::parse("2025-12-09T22:59:00Z").expect("valid"),
            weekdays: 0b000_0010, // Tuesdays
            daily_from_s: 20 * 3600,
            daily_until_s: 4 * 3600,
        };
        let at = |text| window.covers(Time::parse(text).expect("valid"));
        assert!(at("2025-09-09T21:30:00Z"), "Tuesday evening");
        assert!(at("2025-09-10T03:59:59Z"), "the night after Tuesday");
        assert!(!at("2025-09-10T04:00:00Z"));
        assert!(!at("2025-09-10T21:30:00Z"), "Wednesday evening");
    }
}
