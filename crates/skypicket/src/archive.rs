//! Moments older than what memory keeps: the nearest checkpoint before, and the journal played on from there. What comes out is what was
//! published then, for it is the same core with the same inputs.

use crate::build_id::BUILD_ID;
use crate::core::Core;
use crate::epoch;
use crate::journal::checkpoint::Checkpoint;
use crate::journal::{Kind, ReadError, Reader, Record};
use crate::plan::Plan;
use crate::smoothing::{Found, Smoothing};
use crate::store::Store;
use crate::system::View;
use skypicket_model::{Seq, Time, TrackId};
use skypicket_track::Recording;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Why a moment cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// No checkpoint of this build lies before it.
    #[error("no checkpoint of this build lies before {0}")]
    NoCheckpoint(Time),
    /// It takes longer than the caller waits; asking again goes on from there.
    #[error("this moment is being worked out from the journal, now at {0}; ask again")]
    Working(Time),
    /// It cannot be worked out.
    #[error("this moment cannot be worked out from the journal: {0}")]
    Failed(String),
}

fn failed(error: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Failed(error.to_string())
}

/// A journal with its checkpoints, to look at moments of. One moment is worked out at a time; a later one goes on from it where that is
/// nearer than the next checkpoint, so that the past can be played.
pub struct Archive {
    store: Store,
    journal_id: [u8; 16],
    playing: Mutex<Option<Playing>>,
    smoothing: Mutex<Option<Whole>>,
}

/// The track that was asked for last as a whole.
struct Whole {
    track: TrackId,
    from: Option<Time>,
    smoothing: Smoothing,
}

impl Archive {
    /// Of a system's folder.
    #[must_use]
    pub fn new(store: Store, journal_id: [u8; 16]) -> Self {
        Self { store, journal_id, playing: Mutex::default(), smoothing: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Playing>> {
        self.playing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The oldest moment that a checkpoint of this build reaches. Reads the checkpoints' heads from disk.
    #[must_use]
    pub fn oldest(&self) -> Option<Time> {
        let all = self.store.checkpoints.list().ok()?;
        let own = all.into_iter().filter(|one| one.meta.journal_id == self.journal_id && one.meta.build == BUILD_ID);
        own.map(|one| one.meta.received).min()
    }

    /// What was shown at a moment, but for counters, which checkpoints do not hold. Works for about `patience` at the most.
    ///
    /// # Errors
    /// As [`ArchiveError`].
    pub fn view(&self, time: Time, patience: Duration) -> Result<Arc<View>, ArchiveError> {
        self.look(time, patience, |_, view| view)
    }

    /// What was kept of a track for its trajectory at a moment; `None` where nothing was. Works as [`Self::view`] does.
    ///
    /// # Errors
    /// As [`ArchiveError`].
    pub fn recording(&self, track: TrackId, time: Time, patience: Duration) -> Result<Option<Recording>, ArchiveError> {
        self.look(time, patience, |core, _| core.engine().recording(track))
    }

    /// All of a track from the journal, from the epoch of `from` on. Works for about `patience` at the most.
    ///
    /// # Errors
    /// As [`ArchiveError`].
    pub fn whole(&self, track: TrackId, from: Option<Time>, patience: Duration) -> Result<Found, ArchiveError> {
        let mut kept = self.smoothing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut whole = match kept.take().filter(|whole| (whole.track, whole.from) == (track, from)) {
            Some(whole) => whole,
            None => {
                let smoothing = Smoothing::new(self.store.clone(), track, from).map_err(failed)?;
                Whole { track, from, smoothing }
            }
        };
        if whole.smoothing.play(Some(Instant::now() + patience)).map_err(failed)? {
            return Ok(whole.smoothing.found());
        }
        let reached = whole.smoothing.reached().unwrap_or(Time::EPOCH);
        *kept = Some(whole);
        Err(ArchiveError::Working(reached))
    }

    /// Plays to a moment and takes something of it.
    fn look<T>(
        &self,
        time: Time,
        patience: Duration,
        take: impl FnOnce(&Core, Arc<View>) -> T,
    ) -> Result<T, ArchiveError> {
        let mut playing = self.lock();
        let before = self.store.checkpoints.before(self.journal_id, BUILD_ID, time).map_err(failed)?;
        let before = before.ok_or(ArchiveError::NoCheckpoint(time))?;
        let goes_on = |playing: &Playing| (before.meta.received..=time).contains(&playing.time());
        let mut now = match playing.take().filter(goes_on) {
            Some(now) => now,
            None => Playing::from(&self.store, &before)?,
        };
        let shown = now.play_to(&self.store, time, Instant::now() + patience);
        let shown = shown.map(|view| take(&now.core, view));
        // What failed is begun anew; what only takes long is gone on with.
        if !matches!(shown, Err(ArchiveError::Failed(_))) {
            *playing = Some(now);
        }
        shown
    }
}

/// A state somewhere in the past, and the record after it.
struct Playing {
    core: Core,
    plan: Arc<Plan>,
    reader: Reader,
    next: Option<Held>,
    /// The last record taken.
    last: Seq,
}

/// A record beyond the moment asked for: it waits.
struct Held {
    head: Record<'static>,
    payload: Vec<u8>,
}

impl Held {
    fn of(record: Record<'_>) -> Self {
        Self { head: Record { payload: &[], ..record }, payload: record.payload.to_vec() }
    }
    fn record(&self) -> Record<'_> {
        Record { payload: &self.payload, ..self.head }
    }
}

impl Playing {
    fn from(store: &Store, checkpoint: &Checkpoint) -> Result<Self, ArchiveError> {
        let mut reader = Reader::open(Arc::clone(&store.journal)).map_err(failed)?;
        let gone = || ArchiveError::Failed("the recording of that time is no longer kept".to_owned());
        let start = reader.epoch_start(checkpoint.meta.epoch).map_err(failed)?.ok_or_else(gone)?;
        let plan = Arc::new(epoch::plan_of(&start, &store.contents).map_err(failed)?);
        let last = checkpoint.meta.seq;
        let state = store.checkpoints.load(checkpoint).map_err(failed)?;
        let damaged = || ArchiveError::Failed("the checkpoint is damaged".to_owned());
        let core = store.loaded(&plan, last, &state).map_err(failed)?.ok_or_else(damaged)?;
        reader.seek_seq(Seq(last.0 + 1)).map_err(failed)?;
        let mut playing = Self { core, plan, reader, next: None, last };
        playing.fill().map_err(failed)?;
        match &playing.next {
            Some(next) if next.head.seq.0 > last.0 + 1 => Err(gone()),
            _ => Ok(playing),
        }
    }

    /// When the state's picture is of.
    fn time(&self) -> Time {
        self.core.picture().time
    }

    fn fill(&mut self) -> Result<(), ReadError> {
        if self.next.is_none() {
            self.next = self.reader.next_record()?.map(Held::of);
        }
        Ok(())
    }

    fn play_to(&mut self, store: &Store, time: Time, deadline: Instant) -> Result<Arc<View>, ArchiveError> {
        self.fill().map_err(failed)?;
        if self.next.is_none() {
            // A reader knows what there was when it was opened; more may have come.
            self.reader = Reader::open(Arc::clone(&store.journal)).map_err(failed)?;
            self.reader.seek_seq(Seq(self.last.0 + 1)).map_err(failed)?;
            self.fill().map_err(failed)?;
        }
        while let Some(next) = self.next.take_if(|next| next.head.received <= time) {
            if next.head.kind == Kind::EpochStart {
                return Err(ArchiveError::Failed(
                    "a new epoch began shortly before, and no checkpoint of it lies before".into(),
                ));
            }
            let core = &mut self.core;
            if catch_unwind(AssertUnwindSafe(|| core.apply(&next.record()))).is_err() {
                return Err(ArchiveError::Failed("tracking or assessment failed on what came then".into()));
            }
            self.last = next.head.seq;
            self.fill().map_err(failed)?;
            if Instant::now() >= deadline && self.next.as_ref().is_some_and(|next| next.head.received <= time) {
                return Err(ArchiveError::Working(self.time()));
            }
        }
        Ok(Arc::new(View {
            picture: self.core.picture(),
            counts: Arc::default(),
            digest: self.core.engine().digest(),
            plan: Arc::clone(&self.plan),
        }))
    }
}
