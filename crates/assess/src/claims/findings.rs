//! What claims are held against, as plain values: who fills it need not know what a claim is, who rates need not know what an engine is.

use std::collections::BTreeMap;

use skypicket_model::assessment::{Entry, Finding};
use skypicket_model::claim::{ClaimedCause, Referent};
use skypicket_model::{
    AirspaceId, Assessment, GroundReportKind, GroundReportRecord, LatLon, Permission, ReportedCause, ReportedObject,
    Span, Subject, Time, TrackId,
};

use crate::geometry::Boundary;

/// How well a crossing's time is known where the ledger does not say, one sigma. Origin: the goal for radar (issue 4 §8.1), median error 10 s.
const CROSSING_SIGMA: Span = Span::from_s(15);
/// The same of a depth, metres: a radar's cross-range error at 150 km and 0.1° (issue 4 §1).
const DEPTH_SIGMA_M: f64 = 300.0;

/// Between 5 % and 95 % of a normal distribution lie so many sigmas.
const WIDTH_OF_90: f64 = 3.289_707_253_902_945;
/// No moment is taken to be known better: clocks of sensors.
const LEAST_SIGMA: Span = Span::from_s(1);

/// A moment that is known so well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instant {
    /// Best estimate.
    pub time: Time,
    /// One sigma.
    pub sigma: Span,
}

/// A row of the ledger: one stay of one track.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryFinding {
    /// The track.
    pub track: TrackId,
    /// Code of the airspace.
    pub airspace: String,
    /// Probability that it entered.
    pub probability: f64,
    /// When it first crossed; `None` where it was inside when first seen.
    pub entered: Option<Instant>,
    /// Where it first crossed.
    pub place: Option<LatLon>,
    /// Greatest depth, metres.
    pub depth_m: f64,
    /// One sigma of it, metres.
    pub depth_sigma_m: f64,
    /// When it left or was last observed; `None` while it is held inside.
    pub gone: Option<Time>,
    /// It may be there: no claim speaks of it.
    pub permitted: bool,
    /// The last moment that the row tells of.
    pub last: Time,
}

/// What is reported from the ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reported {
    /// A wreck or parts of something.
    CameDown,
    /// Something seen or heard.
    Sighting,
    /// Something on the ground was damaged.
    Damage,
    /// Somebody states to have brought an object down.
    BroughtDown,
}

/// A report from the ground as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportFinding {
    /// Its short number.
    pub number: u32,
    /// What is reported.
    pub kind: Reported,
    /// Where.
    pub place: LatLon,
    /// With 90 % probability within so far of it, metres.
    pub radius_90_m: f64,
    /// It happened at this time or later,
    pub from: Time,
    /// and at this time or before.
    pub until: Time,
    /// Whether it was a drone; `None` where that is not known.
    pub drone: Option<bool>,
    /// How sure it is that the report is true of anything.
    pub confidence: f64,
    /// Why, where a cause is reported, and how sure that is.
    pub cause: Option<(ClaimedCause, f64)>,
}

/// A count as a distribution, by whoever counts.
#[derive(Clone, Debug, PartialEq)]
pub struct CountFinding {
    /// Of what.
    pub referent: Referent,
    /// Code of the airspace.
    pub area: String,
    /// The stretch of time that it is of.
    pub from: Time,
    /// Its end.
    pub until: Time,
    /// The smallest number with any probability,
    pub first: u32,
    /// and the probabilities of it and of the numbers after it; their sum is 1.
    pub probabilities: Vec<f64>,
}

/// Where a group came from.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginFinding {
    /// Places with weights that sum to 1: the posterior.
    pub places: Vec<(LatLon, f64)>,
    /// It cannot be told.
    pub not_identifiable: bool,
}

/// A group of tracks.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupFinding {
    /// Its name for people.
    pub name: String,
    /// Its members.
    pub tracks: Vec<TrackId>,
    /// When it came.
    pub time: Time,
    /// Where it came from, where that was worked out.
    pub origin: Option<OriginFinding>,
}

/// What is found at a moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The moment that all of it is of.
    pub as_of: Time,
    /// Codes of the watched states.
    pub watched: Vec<String>,
    /// The ledger.
    pub entries: Vec<EntryFinding>,
    /// Reports from the ground that stand.
    pub reports: Vec<ReportFinding>,
    /// Counts; where none is of what a claim counts, the ledger and the reports are counted, of which more may have come unseen.
    pub counts: Vec<CountFinding>,
    /// Groups.
    pub groups: Vec<GroupFinding>,
}

impl Findings {
    /// From a ledger; `code_of` names an airspace.
    #[must_use]
    pub fn of_ledger<'a>(
        as_of: Time,
        watched: Vec<String>,
        rows: impl IntoIterator<Item = &'a Assessment>,
        code_of: impl Fn(AirspaceId) -> Option<String>,
    ) -> Self {
        let entries = rows.into_iter().filter_map(|row| match (&row.finding, row.subject) {
            (Finding::AirspaceEntry(entry), Subject::Track(track)) => {
                code_of(entry.airspace).map(|code| entry_finding(row, entry, track, code))
            }
            _ => None,
        });
        Self { as_of, watched, entries: entries.collect(), ..Self::default() }
    }

    /// The same with what is reported from the ground; what was withdrawn says nothing.
    #[must_use]
    pub fn with_reports<'a>(mut self, records: impl IntoIterator<Item = &'a GroundReportRecord>) -> Self {
        self.reports = records.into_iter().filter_map(report_finding).collect();
        self
    }

    /// Whether a claim's area (empty for the watched one) is this airspace.
    pub(super) fn is_area(&self, claimed: &str, airspace: &str) -> bool {
        if claimed.is_empty() { self.watched.iter().any(|code| code == airspace) } else { claimed == airspace }
    }
}

fn entry_finding(row: &Assessment, entry: &Entry, track: TrackId, airspace: String) -> EntryFinding {
    // What drawn trajectories say has intervals; where none were drawn the row has estimates.
    let drawn = entry.passage.as_deref();
    let moment = drawn.and_then(|passage| passage.entered_at).map(|at| Instant {
        time: at.middle,
        sigma: Span::from_s_f64((at.high - at.low).s() / WIDTH_OF_90).unwrap_or(CROSSING_SIGMA).max(LEAST_SIGMA),
    });
    let depth = drawn.and_then(|passage| passage.depth_m);
    EntryFinding {
        track,
        airspace,
        probability: drawn.map_or(entry.entered_probability, |passage| passage.entered_probability),
        entered: moment.or_else(|| entry.entered_at.map(|time| Instant { time, sigma: CROSSING_SIGMA })),
        place: drawn.and_then(|passage| passage.entered_place).map(|at| at.place).or(entry.entered_place),
        depth_m: depth.map_or(entry.depth_m, |depth| depth.middle),
        depth_sigma_m: depth.map_or(DEPTH_SIGMA_M, |depth| ((depth.high - depth.low) / WIDTH_OF_90).max(1.0)),
        gone: entry.left_at.or(entry.lost_at).or(entry.over.then_some(row.time)),
        permitted: matches!(entry.permission, Permission::Permitted { .. }),
        last: row.time,
    }
}

fn report_finding(record: &GroundReportRecord) -> Option<ReportFinding> {
    let report = record.current()?;
    let kind = match report.kind {
        GroundReportKind::Wreck | GroundReportKind::Debris => Reported::CameDown,
        GroundReportKind::Sighting => Reported::Sighting,
        GroundReportKind::Damage => Reported::Damage,
        GroundReportKind::ShotDown => Reported::BroughtDown,
    };
    let drone = match report.object {
        ReportedObject::Drone => Some(true),
        ReportedObject::NotADrone => Some(false),
        ReportedObject::Unknown => None,
    };
    // That something was brought down does not say by what.
    let cause = match (report.cause, report.kind) {
        (ReportedCause::OwnOrAlliedOrdnance, _) => Some(ClaimedCause::OwnOrAlliedOrdnance),
        (ReportedCause::ObjectItself, GroundReportKind::Damage) if drone == Some(true) => Some(ClaimedCause::Drone),
        (ReportedCause::ObjectItself, _) => Some(ClaimedCause::ObjectItself),
        (ReportedCause::Other, _) => Some(ClaimedCause::Other),
        (ReportedCause::NotStated | ReportedCause::BroughtDown, _) => None,
    };
    Some(ReportFinding {
        number: record.number,
        kind,
        place: report.place,
        radius_90_m: report.radius_90_m,
        from: report.from,
        until: report.until,
        drone,
        confidence: report.confidence,
        cause: cause.map(|cause| (cause, report.cause_confidence)),
    })
}

/// Outlines of states by alpha-3 code, as far as they are at hand: for depths from another border and for what lies where.
#[derive(Clone, Debug, Default)]
pub struct Outlines(pub BTreeMap<String, Boundary>);

impl Outlines {
    /// Whether a place lies in a state; `None` where its outline is not at hand.
    pub(super) fn holds(&self, code: &str, place: LatLon) -> Option<bool> {
        self.0.get(code).map(|outline| outline.inside(place))
    }

    /// How far a place is from a state's border, metres; `None` where its outline is not at hand.
    pub(super) fn distance_m(&self, code: &str, place: LatLon) -> Option<f64> {
        self.0.get(code).map(|outline| outline.signed_distance_m(place).abs())
    }
}
