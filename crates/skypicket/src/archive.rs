//! Moments that memory does not keep: the nearest checkpoint or beginning of an epoch before, and the journal played on from there. What comes
//! out is what was published then, for it is the same core with the same inputs.

use crate::build_id::BUILD_ID;
use crate::core::Core;
use crate::epoch;
use crate::journal::checkpoint::Checkpoint;
use crate::journal::{Kind, ReadError, Reader, Record};
use crate::plan::Plan;
use crate::smoothing::{Found, Smoothing};
use crate::store::{Epoch, Store};
use crate::system::View;
use skypicket_model::{Seq, Span, Time, TrackId};
use skypicket_track::Recording;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Why a moment cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Neither a checkpoint nor the beginning of an epoch of this build lies before it.
    #[error("no checkpoint of this build lies before {0}")]
    NoCheckpoint(Time),
    /// It takes longer than the caller waits; asking again goes on from there.
    #[error("this moment is being worked out from the journal, now at {0}; ask again")]
    Working(Time),
    /// It cannot be worked out.
    #[error("this moment cannot be worked out from the journal: {0}")]
    Failed(String),
}

/// So near before the moment asked for, a state is gone on with without looking for a nearer one.
const NEAR: Span = Span::from_s(60);

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

    /// The oldest moment that a checkpoint or an epoch of this build reaches. Reads their heads from disk.
    #[must_use]
    pub fn oldest(&self) -> Option<Time> {
        let all = self.store.checkpoints.list().ok()?;
        let own = all.into_iter().filter(|one| one.meta.journal_id == self.journal_id && one.meta.build == BUILD_ID);
        let epoch = self.store.oldest_whole_epoch(BUILD_ID).ok().flatten();
        own.map(|one| one.meta.received).chain(epoch.as_ref().map(first_shown)).min()
    }

    /// The newest state before a moment from which playing can begin.
    fn start_before(&self, time: Time) -> Result<Start, ArchiveError> {
        let checkpoint = self.store.checkpoints.before(self.journal_id, BUILD_ID, time).map_err(failed)?;
        let known = checkpoint.as_ref().map(|checkpoint| checkpoint.meta.seq);
        let epoch = self.store.whole_epoch_at(time, known).map_err(failed)?;
        let epoch = epoch.filter(|epoch| epoch.start.build == BUILD_ID && first_shown(epoch) <= time);
        let epoch = epoch.map(|epoch| Start::Epoch(Box::new(epoch)));
        epoch.or(checkpoint.map(Start::Checkpoint)).ok_or(ArchiveError::NoCheckpoint(time))
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
        // Who plays the past asks for one moment after the other: nothing needs to be looked for.
        let near = |playing: &mut Playing| playing.reached <= time && time - playing.reached <= NEAR;
        if let Some(mut now) = playing.take_if(near) {
            let shown = now.play_to(&self.store, time, Instant::now() + patience);
            if !matches!(shown, Err(ArchiveError::Failed(_))) {
                let shown = shown.map(|view| take(&now.core, view));
                *playing = Some(now);
                return shown;
            }
        }
        let before = self.start_before(time)?;
        let goes_on = |playing: &Playing| playing.last >= before.seq() && playing.reached <= time;
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

/// When an epoch first shows anything: what it took over, at once; else at its first tick.
fn first_shown(epoch: &Epoch) -> Time {
    if epoch.start.carried.is_empty() { Time::from_s(epoch.began.floor_s().saturating_add(1)) } else { epoch.began }
}

/// From where playing begins.
enum Start {
    Checkpoint(Checkpoint),
    Epoch(Box<Epoch>),
}

impl Start {
    /// The last record that it holds.
    fn seq(&self) -> Seq {
        match self {
            Self::Checkpoint(checkpoint) => checkpoint.meta.seq,
            Self::Epoch(epoch) => epoch.first,
        }
    }
}

/// A state somewhere in the past, and the record after it.
struct Playing {
    core: Core,
    plan: Arc<Plan>,
    reader: Reader,
    next: Option<Held>,
    /// The last record taken, and when it was received.
    last: Seq,
    reached: Time,
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
    fn from(store: &Store, start: &Start) -> Result<Self, ArchiveError> {
        let mut reader = Reader::open(Arc::clone(&store.journal)).map_err(failed)?;
        let gone = || ArchiveError::Failed("the recording of that time is no longer kept".to_owned());
        let last = start.seq();
        let (core, plan, reached) = match start {
            Start::Checkpoint(checkpoint) => {
                let start = reader.epoch_start(checkpoint.meta.epoch).map_err(failed)?.ok_or_else(gone)?;
                let plan = epoch::plan_of(&start, &store.contents).map_err(failed)?;
                let state = store.checkpoints.load(checkpoint).map_err(failed)?;
                let damaged = || ArchiveError::Failed("the checkpoint is damaged".to_owned());
                let core = store.loaded(&plan, last, &state).map_err(failed)?.ok_or_else(damaged)?;
                (core, plan, checkpoint.meta.received)
            }
            Start::Epoch(epoch) => {
                let plan = epoch::plan_of(&epoch.start, &store.contents).map_err(failed)?;
                let core = store.begin(epoch, &plan).map_err(failed)?.core;
                (core, plan, epoch.began)
            }
        };
        reader.seek_seq(Seq(last.0 + 1)).map_err(failed)?;
        let mut playing = Self { core, plan: Arc::new(plan), reader, next: None, last, reached };
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
            (self.last, self.reached) = (next.head.seq, next.head.received);
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
