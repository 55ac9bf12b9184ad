//! Objects whose stated positions are not used, because somebody found that they cannot be true: their tracks go on with what sensors measure, or by dead
//! reckoning with a growing covariance.

use super::measured_lately;
use crate::events::TrackEvent;
use crate::tracker::Tracker;
use skypicket_model::gnss::Distrust;
use skypicket_model::{Address, Observation, Reality, Time, TrackEnd};

/// Most addresses at a time; of more, words are used as always and counted. Origin: all of the world's air at one time is 20,000.
const MAX_ADDRESSES: usize = 20_000;
/// A track without measurements is the believed one where it lies so near to where the object is believed to be, metres, or within so many sigmas.
const BELIEVED_M: f64 = 20_000.0;
const BELIEVED_SIGMAS: f64 = 5.0;

impl Tracker {
    /// Uses the positions and velocities that an object states no more, or again.
    pub fn distrust(&mut self, word: &Distrust, events: &mut Vec<TrackEvent>) {
        let key = (word.address, word.reality);
        if !word.unusable {
            self.unusable.remove(&key);
            for slot in self.addresses.get(word.address, word.reality).into_iter().flatten() {
                let d = self.tracks[slot as usize].dossier_mut();
                (d.identity.unusable_since, d.misfits) = (None, 0);
            }
            return;
        }
        if self.unusable.len() >= MAX_ADDRESSES && !self.unusable.contains_key(&key) {
            self.counts.refused += 1;
            return;
        }
        let since = *self.unusable.entry(key).or_insert(word.at);
        end_elsewhere(self, word, events);
        answer_again(self, word);
        for slot in self.addresses.get(word.address, word.reality).into_iter().flatten() {
            let d = self.tracks[slot as usize].dossier_mut();
            (d.identity.unusable_since, d.misfits) = (Some(since), 0);
        }
    }

    /// Whether what an object states of its place and motion is not used.
    pub(crate) fn is_unusable(&self, address: Address, reality: Reality) -> bool {
        !self.unusable.is_empty() && self.unusable.contains_key(&(address, reality))
    }
}

/// Ends tracks of the address that rest on its word alone and lie where it says that it is, not where it is believed to be.
fn end_elsewhere(tracker: &mut Tracker, word: &Distrust, events: &mut Vec<TrackEvent>) {
    let Some(believed) = word.believed else { return };
    for slot in tracker.addresses.get(word.address, word.reality).into_iter().flatten() {
        let slot = slot as usize;
        if measured_lately(tracker, slot, word.at) {
            continue;
        }
        let at = crate::report::track(tracker, slot, word.at);
        let near_m = BELIEVED_M.max(BELIEVED_SIGMAS * at.covariance.horizontal_ellipse().0);
        if at.position.lat_lon().rough_distance_m(believed) > near_m {
            crate::retire::end(tracker, slot, TrackEnd::NotObserved, events);
        }
    }
}

/// A measured track that the address was taken from, because its word did not fit, answers for it again.
fn answer_again(tracker: &mut Tracker, word: &Distrust) {
    if tracker.addresses.first(word.address, word.reality).is_some() {
        return;
    }
    let own = (0..tracker.hot.len()).filter(|&slot| {
        let track = &tracker.tracks[slot];
        let dossier = track.dossier.as_ref().filter(|d| d.address.is_none());
        tracker.hot[slot].alive
            && tracker.hot[slot].reality == word.reality
            && dossier.is_some_and(|d| d.identity.address() == Some(word.address))
            && measured_lately(tracker, slot, word.at)
    });
    if let Some(slot) = own.min_by_key(|&slot| tracker.tracks[slot].id) {
        tracker.tracks[slot].dossier_mut().address = Some(word.address);
        tracker.addresses.add(word.address, word.reality, slot as u32);
    }
}

/// Takes a position that is not used: the object is there and sends, wherever.
pub(super) fn heard(tracker: &mut Tracker, address: Address, observation: &Observation) {
    tracker.counts.unusable += 1;
    let Some(slot) = tracker.addresses.first(address, observation.reality) else { return };
    let (at, survival_s) = (observation.measured, tracker.params.survival_time_s);
    let track = &mut tracker.tracks[slot as usize];
    crate::look::survive(track, at, survival_s);
    track.existence = (1.0 - (1.0 - track.existence) * super::DOUBT).min(1.0 - 1e-9);
    track.dossier_mut().heard_unusable = Some(at);
}

/// When an object was last heard, by its reports, used or not.
pub(crate) fn last_heard(dossier: &crate::state::Dossier) -> Option<Time> {
    dossier.reports.map(|(_, last, _)| last).max(dossier.heard_unusable)
}
