//! Whole tracks from a journal: it is played again with the track marked, and all that moved its filter is recorded.

use crate::core::Core;
use crate::epoch::{self, EpochError};
use crate::journal::{Reader, Record};
use crate::plan::Plan;
use crate::store::{Epoch, RestoreError, Store};
use skypicket_engine::Engine;
use skypicket_model::{AirspaceId, Finding, Passage, Seq, Subject, Time, TrackId};
use skypicket_track::{Recording, Trajectory};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

/// A journal that is played again for one track.
pub struct Smoothing {
    store: Store,
    track: TrackId,
    epochs: std::vec::IntoIter<Epoch>,
    playing: Option<Playing>,
    found: Found,
}

/// An epoch that is played.
struct Playing {
    core: Core,
    reader: Reader,
    reached: Time,
}

/// What there is of a track.
#[derive(Default)]
pub struct Found {
    /// Its pieces, oldest first: one, or one for each epoch that it lived in.
    pub pieces: Vec<Trajectory>,
    /// It ended in the journal; else the journal ends first.
    pub ended: bool,
    /// What its whole way says of each watched border, beside what the ledger said at its end.
    pub passages: Vec<Recomputed>,
    /// Epochs that were left out, and why.
    pub left_out: Vec<(u64, String)>,
}

/// A row of the ledger, and the same worked out anew with all evidence of the track.
pub struct Recomputed {
    /// Code of the airspace.
    pub airspace: String,
    /// What the ledger said at the track's end, or at the end of the journal.
    pub told: Option<Passage>,
    /// What the whole way says.
    pub whole: Passage,
}

impl Smoothing {
    /// Begins with the epoch of `from`, else with the first one kept.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn new(store: Store, track: TrackId, from: Option<Time>) -> Result<Self, RestoreError> {
        let mut epochs = store.epochs()?;
        if let Some(from) = from {
            let first = epochs.partition_point(|epoch| epoch.began <= from).saturating_sub(1);
            epochs.drain(..first);
        }
        Ok(Self { store, track, epochs: epochs.into_iter(), playing: None, found: Found::default() })
    }

    /// How far it has come.
    #[must_use]
    pub fn reached(&self) -> Option<Time> {
        self.playing.as_ref().map(|playing| playing.reached)
    }

    /// Plays on, until the track has ended or the journal is over; then `true`. Stops at the deadline, to be gone on with.
    ///
    /// # Errors
    /// When the journal cannot be read or an input that it does not name makes tracking fail.
    pub fn play(&mut self, deadline: Option<Instant>) -> Result<bool, RestoreError> {
        loop {
            if self.playing.is_none() && !self.begin_next()? {
                return Ok(true);
            }
            let Some(playing) = &mut self.playing else { return Ok(true) };
            if !playing.play(deadline)? {
                return Ok(false);
            }
            let engine = playing.core.engine_mut();
            let ended: Vec<Recording> = engine.take_recorded();
            let going_on = engine.recording(self.track);
            self.found.ended = going_on.is_none() && !ended.is_empty();
            self.found.pieces.extend(ended.iter().chain(&going_on).map(Recording::trajectory));
            let engine = playing.core.engine();
            for recording in ended.iter().chain(&going_on) {
                self.found.passages.extend(recomputed(engine, recording));
            }
            self.playing = None;
            if self.found.ended {
                return Ok(true);
            }
        }
    }

    /// What was found so far.
    #[must_use]
    pub fn found(self) -> Found {
        self.found
    }

    /// Begins the next epoch that this build can begin; `false` when there is none.
    fn begin_next(&mut self) -> Result<bool, RestoreError> {
        while let Some(epoch) = self.epochs.next() {
            let until = self.epochs.as_slice().first().map_or(Seq(u64::MAX), |next| Seq(next.first.0 - 1));
            match Playing::begin(&self.store, &epoch, until, self.track) {
                // Ids never come back: one that was there and did not go on is over.
                Ok(playing)
                    if !self.found.pieces.is_empty() && playing.core.engine().recording(self.track).is_none() =>
                {
                    return Ok(false);
                }
                Ok(playing) => {
                    self.playing = Some(playing);
                    return Ok(true);
                }
                // What another build wrote, this one may not be able to begin.
                Err(RestoreError::Epoch(why @ (EpochError::Config(_) | EpochError::Carried(_)))) => {
                    self.found.left_out.push((epoch.number, why.to_string()));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(false)
    }
}

impl Playing {
    fn begin(store: &Store, epoch: &Epoch, until: Seq, track: TrackId) -> Result<Self, RestoreError> {
        let plan: Plan = epoch::plan_of(&epoch.start, &store.contents)?;
        let mut core = store.begin(epoch, &plan)?.core;
        core.engine_mut().record_whole(track);
        let mut reader = Reader::open(Arc::clone(&store.journal))?.until(until);
        reader.seek_seq(Seq(epoch.first.0 + 1))?;
        Ok(Self { core, reader, reached: epoch.began })
    }

    /// Plays to the end of the epoch or of the track; `false` when the deadline came first.
    fn play(&mut self, deadline: Option<Instant>) -> Result<bool, RestoreError> {
        while let Some(record) = self.reader.next_record()? {
            self.reached = record.received;
            let ticked = apply(&mut self.core, &record)?;
            if ticked {
                let ended = self.core.engine().has_recorded();
                if ended {
                    return Ok(true);
                }
                if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

fn apply(core: &mut Core, record: &Record<'_>) -> Result<bool, RestoreError> {
    match catch_unwind(AssertUnwindSafe(|| core.apply(record))) {
        Ok(applied) => Ok(applied.ticked),
        Err(_) => Err(RestoreError::Panics(1, record.seq)),
    }
}

/// The rows of a track with all its evidence, beside what the ledger says.
fn recomputed(engine: &Engine, recording: &Recording) -> Vec<Recomputed> {
    let (assessor, picture) = (engine.assessor(), engine.picture());
    let codes: BTreeMap<AirspaceId, String> = assessor.airspaces().into_iter().collect();
    let told = |airspace: AirspaceId| {
        picture.entries.iter().rev().find_map(|row| match (&row.finding, row.subject) {
            (Finding::AirspaceEntry(entry), Subject::Track(track))
                if track == recording.id && entry.airspace == airspace =>
            {
                entry.passage.as_deref().cloned()
            }
            _ => None,
        })
    };
    let passages = assessor.passages_of(recording.id, &recording.way());
    passages
        .into_iter()
        .map(|(airspace, whole)| {
            let code = codes.get(&airspace).cloned().unwrap_or_default();
            Recomputed { airspace: code, told: told(airspace), whole }
        })
        .collect()
}
