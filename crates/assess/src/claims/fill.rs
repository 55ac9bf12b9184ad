//! Findings from what a picture holds: rows of the ledger, reports from the ground, counts, groups and origin regions.

use std::collections::{BTreeMap, BTreeSet};

use skypicket_model::assessment::{Entry, Finding};
use skypicket_model::claim::ClaimedCause;
use skypicket_model::origin::OriginRegion;
use skypicket_model::{
    AirspaceId, Assessment, Count, GroundReportKind, GroundReportRecord, LatLon, Permission, Referent, ReportedCause,
    ReportedObject, Span, Subject, Time, TrackGroup, TrackId,
};

use super::{CountFinding, EntryFinding, Findings, GroupFinding, Instant, OriginFinding, ReportFinding, Reported};

/// How well a crossing's time is known where the ledger does not say, one sigma. Origin: the goal for radar (issue 4 §8.1), median error 10 s.
const CROSSING_SIGMA: Span = Span::from_s(15);
/// The same of a depth, metres: a radar's cross-range error at 150 km and 0.1° (issue 4 §1).
const DEPTH_SIGMA_M: f64 = 300.0;
/// Between 5 % and 95 % of a normal distribution lie so many sigmas.
const WIDTH_OF_90: f64 = 3.289_707_253_902_945;
/// No moment is taken to be known better: clocks of sensors.
const LEAST_SIGMA: Span = Span::from_s(1);
/// A track that is in no group is asked where it came from if it entered at least so probably: *possible* of the entry states.
const CAME_IN: f64 = 0.5;
/// Regions are kept in cells no smaller than this, degrees of latitude and of longitude: some 28 km, when claims name states.
const CELL_DEG: [f64; 2] = [0.25, 0.375];

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

    /// The same with what is counted.
    #[must_use]
    pub fn with_counts<'a>(
        mut self,
        counts: impl IntoIterator<Item = &'a Count>,
        code_of: impl Fn(AirspaceId) -> Option<String>,
    ) -> Self {
        let of_count = |count: &Count| -> Vec<CountFinding> {
            let Some(area) = code_of(count.area) else { return Vec::new() };
            let of = |referent: &Referent| {
                let told = count.of(*referent).filter(|told| !told.probabilities.is_empty())?;
                Some(CountFinding {
                    referent: *referent,
                    area: area.clone(),
                    from: count.since,
                    until: count.as_of,
                    untracked: count.basis.missed + count.basis.only_reported,
                    weighed: count.basis.tracks.saturating_add(count.basis.reports),
                    first: told.least,
                    probabilities: told.probabilities.clone(),
                })
            };
            Referent::ALL.iter().filter_map(of).collect()
        };
        self.counts = counts.into_iter().flat_map(of_count).collect();
        self
    }

    /// The same with groups, and with tracks of entries that are in none, each with where it came from; `group` and `track` name them. After
    /// [`Findings::of_ledger`].
    #[must_use]
    pub fn with_groups<'a>(
        mut self,
        groups: impl IntoIterator<Item = &'a TrackGroup>,
        regions: impl IntoIterator<Item = &'a OriginRegion>,
        group: impl Fn(&TrackGroup) -> String,
        track: impl Fn(TrackId) -> String,
    ) -> Self {
        let regions: BTreeMap<TrackId, &OriginRegion> =
            regions.into_iter().map(|region| (region.track, region)).collect();
        let of = |tracks: &[TrackId]| origin_of(tracks.iter().filter_map(|id| regions.get(id).copied()));
        let mut grouped = BTreeSet::new();
        for found in groups {
            grouped.extend(found.members.iter().copied());
            let (name, tracks) = (group(found), found.members.clone());
            self.groups.push(GroupFinding { name, origin: of(&tracks), tracks, time: found.first_entry });
        }
        let mut alone: Vec<GroupFinding> = Vec::new();
        for entry in self.entries.iter().filter(|entry| !entry.permitted && entry.probability >= CAME_IN) {
            let continued = entry.goes_on.is_some_and(|(_, probability)| probability >= CAME_IN);
            if !continued && regions.contains_key(&entry.track) && grouped.insert(entry.track) {
                let tracks = vec![entry.track];
                let time = entry.entered.map_or(entry.last, |entered| entered.time);
                alone.push(GroupFinding { name: track(entry.track), origin: of(&tracks), tracks, time });
            }
        }
        self.groups.append(&mut alone);
        self
    }
}

/// The mean of what the regions of some tracks say: each object has an origin of its own, and errors that they share do not cancel.
fn origin_of<'a>(regions: impl Iterator<Item = &'a OriginRegion>) -> Option<OriginFinding> {
    let (told, unclear): (Vec<&OriginRegion>, Vec<&OriginRegion>) =
        regions.partition(|region| region.unclear.is_empty());
    let not_identifiable = told.is_empty();
    let of = if not_identifiable { unclear } else { told };
    let mut cells: BTreeMap<(i32, i32), f64> = BTreeMap::new();
    for region in &of {
        for cell in &region.cells {
            let middle = |n: i32, side: f64| (f64::from(n) + 0.5) * side;
            let lat_deg = middle(cell.row, region.cell_deg[0]);
            let lon_deg = middle(cell.column, region.cell_deg[1]);
            let key = ((lat_deg / CELL_DEG[0]).floor() as i32, (lon_deg / CELL_DEG[1]).floor() as i32);
            *cells.entry(key).or_insert(0.0) += cell.probability / of.len() as f64;
        }
    }
    let place = |((row, column), weight): ((i32, i32), f64)| {
        let middle = |n: i32, side: f64| (f64::from(n) + 0.5) * side;
        (LatLon { lat_deg: middle(row, CELL_DEG[0]), lon_deg: middle(column, CELL_DEG[1]) }, weight)
    };
    (!of.is_empty()).then(|| OriginFinding { places: cells.into_iter().map(place).collect(), not_identifiable })
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
        goes_on: entry.same_as.map(|same| (same.track, same.probability)),
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
        filed: record.history.first().map_or(report.until, |first| first.time),
    })
}
