//! What was found, seen or damaged on the ground or reported brought down, as people tell it: place, time, kind, what it was, how sure, who says so.
//!
//! A report is a statement, not a fact. Nothing in it is ever changed: a correction is a new statement of the same report with a reason, and a
//! withdrawal says that nothing is stated any more; what was known before stays readable. Where something lies says nothing of why: the cause stands
//! apart from the place, with a confidence of its own, and own or allied ordnance is among the causes.

use crate::canon::Canon;
use crate::frames::LatLon;
use crate::ids::{TrackId, content_hash};
use crate::time::{Span, Time};
use core::fmt;

/// Statements kept of one report: further corrections are refused.
pub const MAX_REVISIONS: usize = 64;
/// Longest source, bytes.
pub const MAX_SOURCE: usize = 200;
/// Longest text of a person, bytes.
pub const MAX_TEXT: usize = 4096;
/// Greatest radius of a place, metres.
pub const MAX_RADIUS_M: f64 = 500_000.0;
/// Longest time in which it may have happened.
pub const MAX_INTERVAL: Span = Span::from_s(31 * 86_400);

/// Of a normal distribution over a plane so many sigmas (of each axis) hold 90 %: √(2 ln 10).
const SIGMAS_OF_90: f64 = 2.145_966_026_289_347;

/// A report: 64 bits of a hash over its first statement, who filed it and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroundReportId(pub u64);
impl Canon for GroundReportId {
    fn encode(&self, out: &mut Vec<u8>) {
        self.0.encode(out);
    }
    fn decode(reader: &mut crate::Reader<'_>) -> Result<Self, crate::CanonError> {
        Ok(Self(Canon::decode(reader)?))
    }
}
impl fmt::Display for GroundReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroundReportKind {
    /// An object that came down, found whole enough to be counted as one.
    Wreck,
    /// Parts of something.
    Debris,
    /// Somebody saw or heard something flying.
    Sighting,
    /// Something on the ground was damaged.
    Damage,
    /// Somebody states to have brought an object down.
    ShotDown,
}
crate::canon_enum!(GroundReportKind { 0 => Wreck, 1 => Debris, 2 => Sighting, 3 => Damage, 4 => ShotDown });

/// What it was, as reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportedObject {
    /// A drone.
    Drone,
    /// Something that is no drone.
    NotADrone,
    /// Not known.
    Unknown,
}
crate::canon_enum!(ReportedObject { 0 => Drone, 1 => NotADrone, 2 => Unknown });

/// Why it lies there or was damaged, as reported: kept apart from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportedCause {
    /// Nothing is said of it.
    NotStated,
    /// The object itself: it fell, ran dry or flew into something.
    ObjectItself,
    /// It came down after somebody acted against it.
    BroughtDown,
    /// Own or allied ordnance, or parts of it.
    OwnOrAlliedOrdnance,
    /// Something else, told in the text.
    Other,
}
crate::canon_enum!(ReportedCause { 0 => NotStated, 1 => ObjectItself, 2 => BroughtDown, 3 => OwnOrAlliedOrdnance, 4 => Other });

/// One statement of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct GroundReport {
    /// What is reported.
    pub kind: GroundReportKind,
    /// Where.
    pub place: LatLon,
    /// With 90 % probability it is within so far of `place`, metres, more than 0.
    pub radius_90_m: f64,
    /// It happened at this time or later: came down, was seen, was damaged; not when it was found.
    pub from: Time,
    /// It happened at this time or before; the same where the moment is known.
    pub until: Time,
    /// What it was.
    pub object: ReportedObject,
    /// How sure it is that the report is true of anything at all, in [0, 1], as the person who files it holds.
    pub confidence: f64,
    /// Why, as reported.
    pub cause: ReportedCause,
    /// How sure that cause is, in [0, 1]; 0 where none is stated.
    pub cause_confidence: f64,
    /// The track that the person who files it holds it to be, if they do.
    pub track: Option<TrackId>,
    /// Who says so: an office, a unit, a newspaper.
    pub source: String,
    /// Anything else, in the person's words.
    pub text: String,
}
crate::canon_struct!(GroundReport {
    kind,
    place,
    radius_90_m,
    from,
    until,
    object,
    confidence,
    cause,
    cause_confidence,
    track,
    source,
    text,
});

impl GroundReport {
    /// Standard deviation of the place along each horizontal axis, metres.
    #[must_use]
    pub fn sigma_m(&self) -> f64 {
        self.radius_90_m / SIGMAS_OF_90
    }

    /// What is wrong with it, as a short phrase; `None` when it can be taken.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        let LatLon { lat_deg, lon_deg } = self.place;
        let probability = |p: f64| (0.0..=1.0).contains(&p);
        let source = self.source.trim();
        Some(match () {
            () if !(-90.0..=90.0).contains(&lat_deg) || !(-180.0..=180.0).contains(&lon_deg) => {
                "the place is not on Earth"
            }
            () if !(1.0..=MAX_RADIUS_M).contains(&self.radius_90_m) => "the radius must be in [1, 500000] m",
            () if self.from > self.until => "it ends before it begins",
            () if self.until - self.from > MAX_INTERVAL => "the time is longer than 31 days",
            () if !probability(self.confidence) || !probability(self.cause_confidence) => {
                "a confidence must be in [0, 1]"
            }
            () if self.cause == ReportedCause::NotStated && self.cause_confidence > 0.0 => {
                "a cause that is not stated has no confidence"
            }
            () if source.is_empty() || source.len() > MAX_SOURCE => "the source must have 1 to 200 bytes",
            () if self.text.len() > MAX_TEXT => "the text must have at most 4096 bytes",
            () => return None,
        })
    }
}

/// One step of a report's history.
#[derive(Clone, Debug, PartialEq)]
pub struct GroundReportRevision {
    /// When it was told.
    pub time: Time,
    /// Who told it: the operator.
    pub by: String,
    /// What is stated since then; `None` where the report was withdrawn.
    pub statement: Option<GroundReport>,
    /// Why it was corrected or withdrawn; empty for the first.
    pub reason: String,
}
crate::canon_struct!(GroundReportRevision { time, by, statement, reason });

/// A report with all that was ever stated in it.
#[derive(Clone, Debug, PartialEq)]
pub struct GroundReportRecord {
    /// Its name.
    pub id: GroundReportId,
    /// Short, speakable, in the order of filing.
    pub number: u32,
    /// What was stated, oldest first; never empty, at most [`MAX_REVISIONS`].
    pub history: Vec<GroundReportRevision>,
}
crate::canon_struct!(GroundReportRecord { id, number, history });

impl GroundReportRecord {
    /// A report as it is filed.
    #[must_use]
    pub fn filed(number: u32, report: GroundReport, by: &str, time: Time) -> Self {
        let id = GroundReportId(content_hash(&[&report.to_canon(), by.as_bytes(), &time.to_canon()]));
        let first = GroundReportRevision { time, by: by.to_owned(), statement: Some(report), reason: String::new() };
        Self { id, number, history: vec![first] }
    }

    /// What is stated now; `None` while it is withdrawn.
    #[must_use]
    pub fn current(&self) -> Option<&GroundReport> {
        self.history.last()?.statement.as_ref()
    }

    /// What was stated last, be it withdrawn since or not.
    #[must_use]
    pub fn last_stated(&self) -> Option<&GroundReport> {
        self.history.iter().rev().find_map(|revision| revision.statement.as_ref())
    }

    /// When anything was told of it last.
    #[must_use]
    pub fn updated(&self) -> Time {
        self.history.last().map_or(Time::EPOCH, |revision| revision.time)
    }
}

/// A change of the reports.
#[derive(Clone, Debug, PartialEq)]
pub enum GroundReportEvent {
    /// One was filed, corrected or withdrawn.
    Revised {
        /// Which.
        id: GroundReportId,
        /// Its short number.
        number: u32,
        /// What is told now.
        revision: GroundReportRevision,
    },
    /// More reports than are kept, or older than is kept: this one was forgotten.
    Dropped {
        /// Which.
        id: GroundReportId,
        /// Its short number.
        number: u32,
    },
}
crate::canon_enum!(GroundReportEvent { 0 => Revised { id, number, revision }, 1 => Dropped { id, number } });

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> GroundReport {
        GroundReport {
            kind: GroundReportKind::Wreck,
            place: LatLon { lat_deg: 51.4, lon_deg: 23.5 },
            radius_90_m: 500.0,
            from: Time::from_s(1000),
            until: Time::from_s(5000),
            object: ReportedObject::Drone,
            confidence: 0.9,
            cause: ReportedCause::NotStated,
            cause_confidence: 0.0,
            track: None,
            source: "the fire service".to_owned(),
            text: String::new(),
        }
    }

    #[test]
    fn what_cannot_be_taken_says_why() {
        assert_eq!(report().fault(), None);
        let wrong = |change: &dyn Fn(&mut GroundReport)| {
            let mut report = report();
            change(&mut report);
            report.fault()
        };
        assert_eq!(wrong(&|r| r.place.lat_deg = 91.0), Some("the place is not on Earth"));
        assert_eq!(wrong(&|r| r.place.lon_deg = f64::NAN), Some("the place is not on Earth"));
        assert!(wrong(&|r| r.radius_90_m = 0.0).is_some());
        assert!(wrong(&|r| r.until = Time::from_s(999)).is_some());
        assert!(wrong(&|r| r.until = Time::from_s(1000 + 32 * 86_400)).is_some());
        assert!(wrong(&|r| r.confidence = 1.01).is_some());
        assert!(wrong(&|r| r.confidence = f64::NAN).is_some());
        assert!(wrong(&|r| r.cause_confidence = 0.5).is_some(), "confidence in nothing");
        assert!(wrong(&|r| r.source = "  ".to_owned()).is_some());
        assert!(wrong(&|r| r.text = "x".repeat(MAX_TEXT + 1)).is_some());
    }

    #[test]
    fn a_withdrawal_keeps_what_was_stated() {
        let mut record = GroundReportRecord::filed(1, report(), "A. Nowak", Time::from_s(6000));
        let withdrawn = GroundReportRevision {
            time: Time::from_s(7000),
            by: "B".to_owned(),
            statement: None,
            reason: "another valley".to_owned(),
        };
        record.history.push(withdrawn);
        assert_eq!((record.current(), record.last_stated()), (None, Some(&report())));
        assert_eq!(record.updated(), Time::from_s(7000));
        assert_eq!(GroundReportRecord::from_canon(&record.to_canon()), Ok(record));
    }
}
