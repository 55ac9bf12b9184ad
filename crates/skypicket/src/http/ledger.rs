//! Where in the ledger a track's and an incident's rows are: found once a picture, not once a track.

use skypicket_engine::Picture;
use skypicket_model::assessment::{EntryState, Finding};
use skypicket_model::{IncidentId, Subject, TrackId};
use std::collections::BTreeMap;

/// The rows of a picture's ledger, by track and by incident.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Places in the ledger, oldest first.
    of_track: BTreeMap<TrackId, Vec<usize>>,
    /// Places in the ledger, oldest first.
    of_incident: BTreeMap<IncidentId, Vec<usize>>,
    /// The highest lasting state of each track, permitted or not.
    state: BTreeMap<TrackId, EntryState>,
}

impl Ledger {
    /// Reads a picture's ledger once.
    #[must_use]
    pub fn of(picture: &Picture) -> Self {
        let mut ledger = Self::default();
        for (place, assessment) in picture.entries.iter().enumerate() {
            let (Subject::Track(track), Finding::AirspaceEntry(entry)) = (assessment.subject, &assessment.finding)
            else {
                continue;
            };
            ledger.of_track.entry(track).or_default().push(place);
            if let Some(incident) = assessment.incident {
                ledger.of_incident.entry(incident).or_default().push(place);
            }
            if entry.left_at.is_none() && !entry.over {
                let state = ledger.state.entry(track).or_insert(entry.state);
                *state = (*state).max(entry.state);
            }
        }
        ledger
    }

    /// The rows of a track.
    pub fn of_track(&self, track: TrackId) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.of_track.get(&track).into_iter().flatten().copied()
    }

    /// The rows of an incident.
    pub fn of_incident(&self, incident: IncidentId) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.of_incident.get(&incident).into_iter().flatten().copied()
    }

    /// The highest state of a track's entries that last.
    #[must_use]
    pub fn state(&self, track: TrackId) -> Option<EntryState> {
        self.state.get(&track).copied()
    }
}
