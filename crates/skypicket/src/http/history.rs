//! What was shown, for looking back: a ring in memory of every second's rows and, every few seconds, the whole picture.

use super::frame::{Row, marks};
use skypicket_engine::Picture;
use skypicket_model::{Span, Time};
use std::collections::VecDeque;
use std::sync::Arc;

/// How often the whole picture is kept, for the details of a past moment.
const WHOLE_EVERY: Span = Span::from_s(10);
/// What a track costs in a whole picture, about: bytes with its lists.
const TRACK_COST: usize = 1400;

/// One kept second.
#[derive(Clone, Debug)]
pub struct Moment {
    /// Picture time.
    pub time: Time,
    /// All tracks, by number.
    pub rows: Arc<[Row]>,
    /// The whole picture, where it was kept.
    pub whole: Option<Arc<Picture>>,
}

/// The ring.
#[derive(Debug)]
pub struct History {
    moments: VecDeque<Moment>,
    bytes: usize,
    max_bytes: usize,
    last_whole: Time,
}

impl History {
    /// An empty ring of at most so many bytes.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        let max_bytes = usize::try_from(max_bytes).unwrap_or(usize::MAX);
        Self { moments: VecDeque::new(), bytes: 0, max_bytes, last_whole: Time::MIN }
    }

    /// Keeps a picture.
    pub fn push(&mut self, picture: &Arc<Picture>) {
        if self.moments.back().is_some_and(|last| last.time >= picture.time) {
            return;
        }
        let marks = marks(picture);
        let mut rows: Vec<Row> = picture
            .tracks
            .iter()
            .map(|shown| Row::new(shown, marks.get(&shown.track.id).copied().unwrap_or_default(), picture.time))
            .collect();
        rows.sort_by_key(|row| row.number);
        let whole = (picture.time - self.last_whole >= WHOLE_EVERY).then(|| Arc::clone(picture));
        if whole.is_some() {
            self.last_whole = picture.time;
        }
        let moment = Moment { time: picture.time, rows: rows.into(), whole };
        self.bytes += cost(&moment);
        self.moments.push_back(moment);
        while self.bytes > self.max_bytes && self.moments.len() > 1 {
            if let Some(oldest) = self.moments.pop_front() {
                self.bytes -= cost(&oldest);
            }
        }
    }

    /// From when until when can be looked back.
    #[must_use]
    pub fn range(&self) -> Option<(Time, Time)> {
        Some((self.moments.front()?.time, self.moments.back()?.time))
    }

    /// The last moment at or before `time`; the first one for an earlier time.
    #[must_use]
    pub fn at(&self, time: Time) -> Option<&Moment> {
        let after = self.moments.partition_point(|moment| moment.time <= time);
        self.moments.get(after.saturating_sub(1))
    }

    /// The last whole picture at or before `time`; the first one for an earlier time.
    #[must_use]
    pub fn picture(&self, time: Time) -> Option<Arc<Picture>> {
        let after = self.moments.partition_point(|moment| moment.time <= time);
        let before = self.moments.iter().take(after).rev().find_map(|moment| moment.whole.clone());
        before.or_else(|| self.moments.iter().find_map(|moment| moment.whole.clone()))
    }

    /// Where a track was, oldest first, at most `most` points within `span` before `until`.
    #[must_use]
    pub fn trail(&self, number: u32, until: Time, span: Span, most: usize) -> Vec<(Time, Row)> {
        let from = self.moments.partition_point(|moment| moment.time < until - span);
        let after = self.moments.partition_point(|moment| moment.time <= until);
        let seconds = after.saturating_sub(from);
        let step = seconds.div_ceil(most.max(1)).max(1);
        let mut points: Vec<(Time, Row)> = self
            .moments
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

fn cost(moment: &Moment) -> usize {
    let whole = moment.whole.as_ref().map_or(0, |picture| picture.tracks.len() * TRACK_COST);
    128 + moment.rows.len() * size_of::<Row>() + whole
}
