//! The counts of each watched airspace as they are told now, from the tracks that came near it and the reports from within it.

use std::collections::BTreeMap;
use std::sync::Arc;

use skypicket_model::ids::content_hash;
use skypicket_model::{
    Canon as _, Count, GroundReport, GroundReportKind, GroundReportRecord, Reality, ReportedCause, ReportedObject,
    Time, TrackId,
};

use super::sampler::MAX_STATEMENTS;
use super::{Estimate, Given, Piece, ReportKind, Statement, Tracked, estimate};
use crate::groups::flights::{Flight, Flights, Plane, WINDOW};
use crate::groups::live::Area;
use crate::renumber::Renumbering;
use crate::site::Watched;

/// Two tracks are held to be of one object from here on.
const ONE_OBJECT: f64 = 0.5;
/// How probable it is that what is reported as a drone, as no drone, as not known is one: people err.
const OF_A_DRONE: [f64; 3] = [0.97, 0.03, 0.6];

/// The counts, and which tracks are held to go on which.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    shown: Arc<Vec<Count>>,
    goes_on: BTreeMap<TrackId, TrackId>,
}
skypicket_model::canon_struct!(Counts { shown, goes_on });

impl Counts {
    pub(crate) fn shown(&self) -> Arc<Vec<Count>> {
        Arc::clone(&self.shown)
    }

    /// Which track is held to go on which earlier one.
    pub(crate) const fn goes_on(&self) -> &BTreeMap<TrackId, TrackId> {
        &self.goes_on
    }

    /// Counts each area anew. Reports, with the world that they are of, count in that one only.
    pub(crate) fn count(
        &mut self,
        areas: &[(Area, &Watched)],
        flights: &Flights,
        (reports, reported): (&[GroundReportRecord], Reality),
        tracked: impl Fn(Area) -> Tracked,
        now: Time,
    ) {
        let mut counts = Vec::new();
        let mut goes_on = BTreeMap::new();
        for (area, watched) in areas {
            let reports = if area.1 == reported { reports } else { &[] };
            let (ids, told) = count(*area, watched, flights, reports, tracked(*area), now);
            for (earlier, later, p) in &told.links {
                if *p > ONE_OBJECT
                    && let (Some(earlier), Some(later)) = (ids.get(*earlier), ids.get(*later))
                {
                    goes_on.insert(*later, *earlier);
                }
            }
            counts.push(Count {
                area: area.0,
                reality: area.1,
                since: now - WINDOW,
                as_of: now,
                distributions: told.distributions,
                basis: told.basis,
            });
        }
        self.shown = Arc::new(counts);
        self.goes_on = goes_on;
    }

    /// Goes on in an epoch whose airspaces have other numbers.
    pub(crate) fn renumber(&mut self, to: &Renumbering) {
        for count in Arc::make_mut(&mut self.shown) {
            count.area = to.airspace(count.area);
        }
    }
}

fn count(
    area: Area,
    watched: &Watched,
    flights: &Flights,
    reports: &[GroundReportRecord],
    tracked: Tracked,
    now: Time,
) -> (Vec<TrackId>, Estimate) {
    let mut near: Vec<(&TrackId, &Flight, f64)> = flights
        .all
        .iter()
        .filter(|(_, flight)| flight.reality == area.1)
        .filter_map(|(id, flight)| Some((id, flight, flight.visits.get(&area.0)?.entered)))
        .filter(|(_, _, entered)| *entered > 0.005)
        .collect();
    // Of too many the least probable are left out.
    near.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(b.0)));
    let mut stated: Vec<&GroundReport> = reports
        .iter()
        .filter_map(GroundReportRecord::current)
        .filter(|report| report.until >= now - WINDOW && watched.boundary.inside(report.place))
        .collect();
    if stated.len() > MAX_STATEMENTS {
        stated.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    }
    let at = near.first().map(|(_, flight, _)| flight.first.place);
    let at = at.or_else(|| stated.first().map(|report| report.place)).unwrap_or_default();
    let plane = Plane { at, moment: now };
    let ids: Vec<TrackId> = near.iter().map(|(id, _, _)| **id).collect();
    let pieces: Vec<Piece> = near.iter().filter_map(|(_, flight, _)| piece(flight, area, &plane)).collect();
    let statements: Vec<Statement> = stated.iter().map(|report| statement(report, &ids, &plane)).collect();
    let mut content = Vec::new();
    (now, area.0, area.1).encode(&mut content);
    ids.encode(&mut content);
    let seed = content_hash(&[b"count", &content]);
    let given = Given { pieces: &pieces, statements: &statements, tracked, now_s: 0.0, seed };
    (ids, estimate(&given))
}

fn piece(flight: &Flight, area: Area, plane: &Plane) -> Option<Piece> {
    let visit = flight.visits.get(&area.0)?;
    Some(Piece {
        exists: flight.exists,
        entered: visit.entered,
        inside: visit.inside,
        held: flight.held,
        left: visit.left,
        first: flight.first.fix(plane),
        last: flight.last.fix(plane),
        first_depth_m: visit.first_depth_m,
        class: flight.class,
    })
}

fn statement(report: &GroundReport, ids: &[TrackId], plane: &Plane) -> Statement {
    let drone = OF_A_DRONE[match report.object {
        ReportedObject::Drone => 0,
        ReportedObject::NotADrone => 1,
        ReportedObject::Unknown => 2,
    }];
    let parts = matches!(report.kind, GroundReportKind::Debris | GroundReportKind::Damage);
    // What own or allied ordnance did, or left, is no further object.
    let ordnance =
        if parts && report.cause == ReportedCause::OwnOrAlliedOrdnance { report.cause_confidence } else { 0.0 };
    Statement {
        kind: match report.kind {
            GroundReportKind::Wreck | GroundReportKind::Debris => ReportKind::Wreck,
            GroundReportKind::Sighting => ReportKind::Sighting,
            GroundReportKind::Damage => ReportKind::Damage,
            GroundReportKind::ShotDown => ReportKind::ShotDown,
        },
        place_m: plane.metres(report.place),
        sigma_m: report.sigma_m(),
        from_s: (report.from - plane.moment).s(),
        until_s: (report.until - plane.moment).s(),
        confidence: report.confidence,
        drone: drone * (1.0 - ordnance),
        piece: report.track.and_then(|track| ids.iter().position(|id| *id == track)),
    }
}
