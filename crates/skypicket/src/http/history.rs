//! What was shown, for looking back: a ring in memory of every second's rows and, every few seconds, the whole view.

use super::frame::Row;
use crate::system::View;
use skypicket_engine::Picture;
use skypicket_model::gnss::SourceArea;
use skypicket_model::origin::OriginRegion;
use skypicket_model::{
    Assessment, Count, CountDistribution, GroundReportRecord, GroundReportRevision, Incident, Reason, Span, Time,
    TrackGroup,
};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// How often the whole view is kept, for the details of a past moment.
const WHOLE_EVERY: Span = Span::from_s(10);
/// So much older than the moment asked for may be what memory answers with: whole views lie [`WHOLE_EVERY`] apart, and ticks a second. Where
/// a recording runs faster than its pictures can be kept, the moments between are not in memory.
const OLDEST: Span = Span::from_s(11);
/// What a track costs in a whole picture, about: bytes with its lists.
const TRACK_COST: usize = 1400;
/// What a moment costs beside its rows, about.
const MOMENT_COST: usize = 256;

/// One kept second.
#[derive(Clone)]
pub struct Moment {
    /// Picture time.
    pub time: Time,
    /// All tracks, by number.
    pub rows: Arc<[Row]>,
    /// The whole view, where it was kept.
    pub whole: Option<Arc<View>>,
}

/// The ring. Its oldest moment always has its whole view, so that nothing is ever shown that was known only later.
pub struct History {
    kept: VecDeque<Moment>,
    bytes: usize,
    max_bytes: usize,
    last_whole: Time,
}

impl History {
    /// An empty ring of at most so many bytes, as far as they can be counted.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        let max_bytes = usize::try_from(max_bytes).unwrap_or(usize::MAX);
        Self { kept: VecDeque::new(), bytes: 0, max_bytes, last_whole: Time::MIN }
    }

    /// Keeps a view with its rows.
    pub fn push(&mut self, view: &Arc<View>, rows: &Arc<[Row]>) {
        let time = view.picture.time;
        if self.kept.back().is_some_and(|last| last.time >= time) {
            return;
        }
        let whole = self.kept.is_empty() || time - self.last_whole >= WHOLE_EVERY;
        let moment = |whole: bool| Moment { time, rows: Arc::clone(rows), whole: whole.then(|| Arc::clone(view)) };
        self.append(moment(whole));
        while self.kept.len() > 1 && (self.bytes > self.max_bytes || self.kept[0].whole.is_none()) {
            self.forget_oldest();
        }
        if self.kept[0].whole.is_none() {
            self.forget_oldest();
            self.append(moment(true));
        }
    }

    fn append(&mut self, moment: Moment) {
        let before = self.kept.iter().rev().find_map(|kept| kept.whole.as_ref());
        self.bytes += bytes_beside(&moment, before);
        if moment.whole.is_some() {
            self.last_whole = moment.time;
        }
        self.kept.push_back(moment);
    }

    fn forget_oldest(&mut self) {
        let Some(oldest) = self.kept.pop_front() else { return };
        // What the next whole view shares stays in memory.
        let next = self.kept.iter().find_map(|kept| kept.whole.as_ref());
        self.bytes -= bytes_beside(&oldest, next);
    }

    /// Bytes held, as far as they are counted.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// From when until when can be looked back.
    #[must_use]
    pub fn range(&self) -> Option<(Time, Time)> {
        Some((self.kept.front()?.time, self.kept.back()?.time))
    }

    /// The last moment at or before `time`; `None` for a time before all that is kept, and where the moments about it were not kept.
    #[must_use]
    pub fn at(&self, time: Time) -> Option<&Moment> {
        self.kept.get(self.after(time).checked_sub(1)?).filter(|moment| time - moment.time <= OLDEST)
    }

    /// The last moment at or before `time` whose view is kept whole; `None` as in [`Self::at`].
    #[must_use]
    pub fn whole(&self, time: Time) -> Option<&Moment> {
        self.whole_before(time).filter(|moment| time - moment.time <= OLDEST)
    }

    /// The last moment at or before `time` whose view is kept whole, however long before.
    #[must_use]
    pub fn whole_before(&self, time: Time) -> Option<&Moment> {
        self.kept.range(..self.after(time)).rev().find(|moment| moment.whole.is_some())
    }

    /// How many moments are at or before a time.
    fn after(&self, time: Time) -> usize {
        self.kept.partition_point(|moment| moment.time <= time)
    }

    /// Where a track was, oldest first, at most `most` points within `span` before `until`.
    #[must_use]
    pub fn trail(&self, number: u32, until: Time, span: Span, most: usize) -> Vec<(Time, Row)> {
        let from = self.kept.partition_point(|moment| moment.time < until - span);
        let after = self.after(until);
        let seconds = after.saturating_sub(from);
        let step = seconds.div_ceil(most.max(1)).max(1);
        let mut points: Vec<(Time, Row)> = self
            .kept
            .range(from..after.max(from))
            .rev()
            .step_by(step)
            .filter_map(|moment| {
                let at = moment.rows.binary_search_by_key(&number, |row| row.number).ok()?;
                Some((moment.time, moment.rows[at]))
            })
            .collect();
        points.reverse();
        points
    }
}

/// What a moment holds beside what it shares with a neighbouring whole view, bytes.
fn bytes_beside(moment: &Moment, neighbour: Option<&Arc<View>>) -> usize {
    let rows = MOMENT_COST + moment.rows.len() * size_of::<Row>();
    let Some(view) = &moment.whole else { return rows };
    let (picture, neighbour) = (&view.picture, neighbour.map(|view| &view.picture));
    let tracks = picture.tracks.len() * TRACK_COST;
    rows + tracks
        + incidents_beside(picture, neighbour)
        + entries_beside(picture, neighbour)
        + reports_beside(picture, neighbour)
        + groups_beside(picture, neighbour)
        + counts_beside(picture, neighbour)
        + origins_beside(picture, neighbour)
        + gnss_beside(picture, neighbour)
}

/// Cells are worked out anew every other second, days every minute; they share nothing. Sources stay as they are for a minute and are counted with each.
fn gnss_beside(picture: &Picture, neighbour: Option<&Arc<Picture>>) -> usize {
    let days = if neighbour.is_some_and(|other| Arc::ptr_eq(&other.gnss_days, &picture.gnss_days)) {
        0
    } else {
        picture.gnss_days.iter().map(|day| size_of_val(day) + size_of_val(day.cells.as_slice())).sum()
    };
    days + gnss_cells_beside(picture, neighbour)
}

fn gnss_cells_beside(picture: &Picture, neighbour: Option<&Arc<Picture>>) -> usize {
    if neighbour.is_some_and(|other| Arc::ptr_eq(&other.gnss, &picture.gnss)) {
        return 0;
    }
    picture
        .gnss
        .iter()
        .map(|gnss| {
            let cells = |area: &SourceArea| size_of::<SourceArea>() + size_of_val(area.cells.as_slice());
            let sources = gnss.sources.iter().flat_map(|areas| &areas.sources).map(cells).sum::<usize>();
            size_of_val(gnss) + size_of_val(gnss.cells.as_slice()) + size_of_val(gnss.changes.as_slice()) + sources
        })
        .sum()
}

fn groups_beside(picture: &Picture, neighbour: Option<&Arc<Picture>>) -> usize {
    if neighbour.is_some_and(|other| Arc::ptr_eq(&other.groups, &picture.groups)) {
        return 0;
    }
    let lists = |group: &TrackGroup| size_of_val(group.members.as_slice()) + size_of_val(group.history.as_slice());
    picture.groups.iter().map(|group| size_of::<TrackGroup>() + lists(group)).sum()
}

/// Counts are worked out anew every half minute and share nothing.
fn counts_beside(picture: &Picture, neighbour: Option<&Arc<Picture>>) -> usize {
    if neighbour.is_some_and(|other| Arc::ptr_eq(&other.counts, &picture.counts)) {
        return 0;
    }
    let told = |told: &CountDistribution| size_of_val(told) + size_of_val(told.probabilities.as_slice());
    picture.counts.iter().map(|count| size_of::<Count>() + count.distributions.iter().map(told).sum::<usize>()).sum()
}

/// Of origin regions single ones are shared too.
fn origins_beside(picture: &Picture, neighbour: Option<&Arc<Picture>>) -> usize {
    if neighbour.is_some_and(|other| Arc::ptr_eq(&other.origins, &picture.origins)) {
        return 0;
    }
    let shared: BTreeSet<*const OriginRegion> =
        neighbour.into_iter().flat_map(|other| other.origins.iter()).map(Arc::as_ptr).collect();
    let lists = |region: &OriginRegion| {
        let names: usize = region.candidates.iter().map(|candidate| candidate.name.len()).sum();
        let (cells, candidates) = (region.cells.as_slice(), region.candidates.as_slice());
        size_of_val(cells) + size_of_val(candidates) + size_of_val(region.unclear.as_slice()) + names
    };
    let own = picture.origins.iter().filter(|region| !shared.contains(&Arc::as_ptr(region)));
    let bytes = own.map(|region| size_of::<OriginRegion>() + lists(region)).sum::<usize>();
    size_of_val(picture.origins.as_slice()) + bytes
}

fn reports_beside(picture: &Picture, neighbour: Option<&Arc<Picture>>) -> usize {
    if neighbour.is_some_and(|other| Arc::ptr_eq(&other.reports, &picture.reports)) {
        return 0;
    }
    picture.reports.iter().map(report_bytes).sum()
}

fn report_bytes(record: &GroundReportRecord) -> usize {
    let texts = |revision: &GroundReportRevision| {
        let stated = revision.statement.as_ref().map_or(0, |stated| stated.source.len() + stated.text.len());
        stated + revision.by.len() + revision.reason.len()
    };
    let history = &record.history;
    size_of::<GroundReportRecord>() + size_of_val(history.as_slice()) + history.iter().map(texts).sum::<usize>()
}

fn incidents_beside(picture: &Picture, neighbour: Option<&Arc<Picture>>) -> usize {
    if neighbour.is_some_and(|other| Arc::ptr_eq(&other.incidents, &picture.incidents)) {
        return 0;
    }
    picture.incidents.iter().map(incident_bytes).sum()
}

/// Of the ledger single rows are shared too.
fn entries_beside(picture: &Picture, neighbour: Option<&Arc<Picture>>) -> usize {
    if neighbour.is_some_and(|other| Arc::ptr_eq(&other.entries, &picture.entries)) {
        return 0;
    }
    let shared: BTreeSet<*const Assessment> =
        neighbour.into_iter().flat_map(|other| other.entries.iter()).map(Arc::as_ptr).collect();
    let own = picture.entries.iter().filter(|entry| !shared.contains(&Arc::as_ptr(entry)));
    size_of_val(picture.entries.as_slice()) + own.map(|entry| assessment_bytes(entry)).sum::<usize>()
}

fn incident_bytes(incident: &Incident) -> usize {
    let lists = size_of_val(incident.subjects.as_slice()) + size_of_val(incident.log.as_slice());
    let people: usize = incident.log.iter().map(|entry| entry.by.len()).sum();
    size_of::<Incident>() + lists + people + incident.assessments.iter().map(assessment_bytes).sum::<usize>()
}

fn assessment_bytes(assessment: &Assessment) -> usize {
    let named = |reason: &Reason| match reason {
        Reason::BoundaryData { policy, data } => policy.len() + data.len(),
        Reason::CoveredBy { rule } => rule.len(),
        _ => 0,
    };
    let lists = size_of_val(assessment.evidence.strongest.as_slice()) + size_of_val(assessment.reasons.as_slice());
    size_of::<Assessment>() + lists + assessment.reasons.iter().map(named).sum::<usize>()
}
