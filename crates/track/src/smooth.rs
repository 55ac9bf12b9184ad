//! Smooth: what later evidence says of where an object was (docs/tracker.md, "Smoothing").
//!
//! Of chosen tracks the evidence of the last two minutes is kept beside a state of the filter from before. From these the filter is run again in
//! the order of measured time, late data in their place, and then smoothed backwards. For a whole track a journal is played again with
//! the track marked, and nothing is folded away. Neither changes anything that the tracker does.
//!
//! **Limits.** Which plot was whose is taken as it was decided at the time; it is not weighed again by what came later. Rows that
//! depended on the track (a 2D plot's height, a bearing's distance) are those of the time. [`Params`] bounds tracks and evidence.

mod backward;
mod evidence;
mod history;
mod matrix;
#[cfg(test)]
mod tests;
mod trajectory;
mod way;

pub(crate) use evidence::{Belief, Corrected, Taken, What};
pub(crate) use history::History;
pub use trajectory::{Estimate, Recording, Trajectory};

use crate::measure::Rows;
use crate::params::Params;
use crate::predict::{Models, is_single};
use crate::state::Bernoulli;
use crate::tracker::Tracker;
use skypicket_model::{Span, Time, TrackId, Way, Ways};

/// What is recorded beside the tracker's work; no part of its state.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// Tracks of which everything is wanted, ascending.
    whole: Vec<TrackId>,
    /// Those of them that have ended.
    ended: Vec<Recording>,
    /// Tracks that were to be kept and for which there was no room, at the last tick.
    refused: usize,
    /// Where those were at the last tick whose ways are kept, by id.
    kept: Vec<(TrackId, usize)>,
}

impl Bernoulli {
    fn belief(&self) -> Belief {
        Belief { models: self.models, mu: self.mu }
    }

    /// Whether anybody wants to know what moves the filter.
    pub(crate) const fn is_noted(&self) -> bool {
        self.history.is_some() || self.whole.is_some()
    }

    /// Takes note of what moved the filter, where that is wanted.
    pub(crate) fn note(&mut self, time: Time, what: impl FnOnce() -> What, motion: &Models, params: &Params) {
        if !self.is_noted() {
            return;
        }
        let what = what();
        if let Some(whole) = &mut self.whole
            && !whole.note(time, what.clone(), motion, params)
        {
            self.whole = None;
        }
        if let Some(history) = &mut self.history
            && !history.note(time, what, motion, params)
        {
            self.history = None;
        }
    }

    /// The same of the state that it has now.
    pub(crate) fn note_state(&mut self, what: impl FnOnce(Box<Belief>) -> What, motion: &Models, params: &Params) {
        if self.is_noted() {
            let (time, belief) = (self.time, Box::new(self.belief()));
            self.note(time, || what(belief), motion, params);
        }
    }
}

/// Takes note of the rows of one surely own measurement.
pub(crate) fn place(rows: &Rows) -> What {
    What::Place(Taken::new(rows, 1.0))
}

/// Takes note of another tracker's opinion.
pub(crate) fn crossed(rows: &Rows) -> What {
    What::Crossed(Taken::new(rows, 1.0))
}

/// Takes note of the plots of a look that may be the track's, each with its probability and as what it was taken, and of the probability that none
/// of them was; before they are worked in.
pub(crate) fn note_look<'a>(
    track: &mut Bernoulli,
    time: Time,
    unseen: f64,
    plots: impl ExactSizeIterator<Item = (f64, &'a Rows, Option<(u16, Corrected)>)>,
    motion: &Models,
    params: &Params,
) {
    // Plots do not move a track that its own reports lead.
    if !track.is_noted() || is_single(&track.mu) {
        return;
    }
    let only = plots.len() == 1;
    let mut parts: Vec<Taken> = plots.map(|(share, rows, radar)| Taken::new(rows, share).by(radar)).collect();
    let what = match parts.pop() {
        None => return,
        Some(one) if only && one.share > crate::update::SURE => What::Place(one),
        Some(last) => {
            parts.push(last);
            What::Places(Box::new(evidence::Mixture { unseen, parts }))
        }
    };
    track.note(time, || what, motion, params);
}

impl Tracker {
    /// Keeps from now on what the smoothed trajectories of these tracks need (ids ascending), and forgets those of tracks that have not been named
    /// for the lag. Beyond [`Params::smooth_tracks`] none is added.
    pub fn keep_trajectories(&mut self, ids: &[TrackId], now: Time) {
        let lag = Span::from_s_f64(self.params.smooth_lag_s).unwrap_or(Span::ZERO);
        let (mut kept, mut begun) = (0, Vec::new());
        for (slot, hot) in self.hot.iter().enumerate().filter(|(_, hot)| hot.alive) {
            debug_assert!(hot.alive);
            let track = &mut self.tracks[slot];
            let wanted = track.confirmed && ids.binary_search(&track.id).is_ok();
            match &mut track.history {
                Some(history) if wanted => history.wanted = now,
                Some(history) if now - history.wanted <= lag => {}
                Some(_) => track.history = None,
                None if wanted => begun.push((track.id, slot)),
                None => {}
            }
            kept += usize::from(track.history.is_some());
        }
        begun.sort_unstable();
        let room = self.params.smooth_tracks.saturating_sub(kept).min(begun.len());
        self.recorder.refused = begun.len() - room;
        for (_, slot) in begun.into_iter().take(room) {
            let track = &mut self.tracks[slot];
            track.history = Some(Box::new(History::new(track.belief(), track.time, false, now)));
        }
        self.correct_kept();
        self.list_kept();
    }

    /// Takes radars' biases off all evidence that is kept, as they are known now.
    fn correct_kept(&mut self) {
        let alive = self.hot.iter().zip(&mut self.tracks).filter(|(hot, _)| hot.alive);
        for (_, track) in alive.filter(|(_, track)| track.is_noted()) {
            let v = track.merged().v;
            for history in [&mut track.history, &mut track.whole].into_iter().flatten() {
                history.correct(&self.sensors, &v);
            }
        }
    }

    /// Notes where the tracks are whose ways are kept, so that each is found at once.
    pub(crate) fn list_kept(&mut self) {
        let kept = &mut self.recorder.kept;
        kept.clear();
        let alive = self.hot.iter().zip(&self.tracks).enumerate().filter(|(_, (hot, _))| hot.alive);
        kept.extend(alive.filter(|(_, (_, track))| track.history.is_some()).map(|(slot, (_, track))| (track.id, slot)));
        kept.sort_unstable();
    }

    /// Tracks whose trajectories are kept, and those for which there was no room at the last [`Tracker::keep_trajectories`].
    #[must_use]
    pub fn trajectories_kept(&self) -> (usize, usize) {
        let alive = self.hot.iter().zip(&self.tracks).filter(|(hot, _)| hot.alive);
        (alive.filter(|(_, track)| track.history.is_some()).count(), self.recorder.refused)
    }

    /// What is kept of a track, to work out its trajectory; `None` where nothing is.
    #[must_use]
    pub fn recording(&self, id: TrackId) -> Option<Recording> {
        let slot = (0..self.hot.len()).find(|&slot| self.hot[slot].alive && self.tracks[slot].id == id)?;
        let track = &self.tracks[slot];
        let history = track.whole.as_deref().or(track.history.as_deref())?.clone();
        let mut common = Vec::new();
        way::common(self, slot, &mut common);
        Some(Recording { id, history, motion: self.models.clone(), common })
    }

    /// Keeps all evidence of a track from its birth, or from now where it is there already, up to [`Params::smooth_whole`] pieces, until it ends.
    /// For playing a journal again.
    pub fn record_whole(&mut self, id: TrackId) {
        if let Err(at) = self.recorder.whole.binary_search(&id) {
            self.recorder.whole.insert(at, id);
        }
        if let Some(slot) = (0..self.hot.len()).find(|&slot| self.hot[slot].alive && self.tracks[slot].id == id) {
            self.mark(slot);
        }
    }

    /// Something was recorded of a track that has ended since.
    #[must_use]
    pub const fn has_recorded(&self) -> bool {
        !self.recorder.ended.is_empty()
    }

    /// What was recorded of tracks that have ended since, in the order of their ends.
    pub fn take_recorded(&mut self) -> Vec<Recording> {
        core::mem::take(&mut self.recorder.ended)
    }

    /// Begins the recording of a new or newly named track where it is wanted whole.
    pub(crate) fn mark(&mut self, slot: usize) {
        let track = &mut self.tracks[slot];
        if self.recorder.whole.is_empty() || self.recorder.whole.binary_search(&track.id).is_err() {
            return;
        }
        if track.whole.is_none() {
            // What is kept of it already goes back further.
            let begun = track.history.as_deref().cloned().map(|history| History { whole: true, ..history });
            let anew = || History::new(track.belief(), track.time, true, track.time);
            track.whole = Some(Box::new(begun.unwrap_or_else(anew)));
        }
    }

    /// Lets go of what was kept of a track that ends.
    pub(crate) fn unmark(&mut self, slot: usize) {
        let mut common = Vec::new();
        if self.tracks[slot].whole.is_some() {
            way::common(self, slot, &mut common);
        }
        let track = &mut self.tracks[slot];
        track.history = None;
        if let Some(history) = track.whole.take() {
            let motion = self.models.clone();
            self.recorder.ended.push(Recording { id: track.id, history: *history, motion, common });
        }
    }
}

impl Ways for Tracker {
    fn way(&self, track: TrackId, since: Time, out: &mut Way) -> bool {
        out.moments.clear();
        out.common.clear();
        let kept = &self.recorder.kept;
        let slot = kept.binary_search_by_key(&track, |(id, _)| *id).ok().map(|at| kept[at].1);
        let Some(slot) = slot.filter(|slot| self.hot[*slot].alive && self.tracks[*slot].id == track) else {
            return false;
        };
        let Some(history) = &self.tracks[slot].history else { return false };
        way::fill(history, since, &self.models, &mut out.moments);
        way::common(self, slot, &mut out.common);
        !out.moments.is_empty()
    }
}
