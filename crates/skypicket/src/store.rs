//! The folder of a system: journal, checkpoints and content, and the ways back into a state.

use crate::build_id::BUILD_ID;
use crate::core::Core;
use crate::epoch::{self, Beginning, EpochError};
use crate::journal::checkpoint::{CheckpointStore, Ring};
use crate::journal::content::ContentStore;
use crate::journal::storage::Storage;
use crate::journal::{
    Body, ContentRef, Disk, EpochStart, Hash, Kind, QuarantinedPart, ReadError, Reader, segment_number,
};
use crate::plan::Plan;
use skypicket_model::{Seq, Time};
use std::collections::BTreeSet;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

/// A system's folder.
#[derive(Clone)]
pub struct Store {
    /// The journal's segments.
    pub journal: Arc<dyn Storage>,
    /// Checkpoints beside it.
    pub checkpoints: CheckpointStore,
    /// Files by content.
    pub contents: ContentStore,
}

/// How many inputs may panic while one state is built again.
const MAX_PANICS: usize = 64;

/// Why a state could not be had.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The journal cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The epoch cannot be begun again.
    #[error(transparent)]
    Epoch(#[from] EpochError),
    /// The disk.
    #[error(transparent)]
    Disk(#[from] io::Error),
    /// Tracking or assessment panicked again and again.
    #[error("{0} inputs made tracking or assessment fail that the journal does not name, the last was input {last}", last = .1.0)]
    Panics(usize, Seq),
    /// The first segment of the epoch was removed.
    #[error("the beginning of epoch {0} is no longer kept, and no checkpoint of this build is")]
    Begun(u64),
}

/// A state that was built again.
pub struct Restored {
    /// Decoders and engine.
    pub core: Core,
    /// All that the epoch took over was read; what another build wrote is read in part ([`Beginning::whole`]).
    pub whole: bool,
}

/// An epoch in a journal: its number and where it begins.
#[derive(Clone, Debug)]
pub struct Epoch {
    /// 1-based number.
    pub number: u64,
    /// Its first record.
    pub start: EpochStart,
    /// That record's number.
    pub first: Seq,
    /// That record's `received`.
    pub began: Time,
}

impl Store {
    /// Opens (or makes) the folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(directory: &Path) -> io::Result<Self> {
        Self::with(
            Arc::new(Disk::open(directory)?),
            Arc::new(Disk::open(directory.join("checkpoints"))?),
            Arc::new(Disk::open(directory.join("content"))?),
        )
    }

    /// Opens an existing journal for reading; changes nothing on disk.
    ///
    /// # Errors
    /// When there is no such folder, or no journal in it.
    pub fn existing(directory: &Path) -> io::Result<Self> {
        let journal = Disk::existing(directory)?;
        if !journal.list()?.iter().any(|file| segment_number(&file.name).is_some()) {
            let what = "there is no journal in this folder: it has no segment-….skyj file";
            return Err(io::Error::new(io::ErrorKind::NotFound, what));
        }
        Self::with(
            Arc::new(journal),
            Arc::new(Disk::for_reading(directory.join("checkpoints"))),
            Arc::new(Disk::for_reading(directory.join("content"))),
        )
    }

    fn with(journal: Arc<dyn Storage>, checkpoints: Arc<dyn Storage>, contents: Arc<dyn Storage>) -> io::Result<Self> {
        Ok(Self {
            journal,
            checkpoints: CheckpointStore::new(checkpoints, Ring::default()),
            contents: ContentStore::new(contents),
        })
    }

    /// Keeps the files of a plan and says how an epoch names them.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn keep_files(&self, plan: &Plan) -> io::Result<Vec<ContentRef>> {
        plan.files.iter().map(|file| self.contents.put(file.role, &file.name, &file.bytes)).collect()
    }

    /// Removes the files in the content store that no epoch names of which anything is kept, but those of `running`. Checkpoints name none:
    /// they are of use only with their epoch's first record. Where a part of the journal is damaged or was set aside it may name files
    /// that nobody knows of, and all stay. Returns how many bytes were freed.
    ///
    /// # Errors
    /// When a segment cannot be read, or the disk refuses.
    pub fn prune_contents(&self, running: &[ContentRef]) -> Result<u64, RestoreError> {
        let reader = Reader::open(Arc::clone(&self.journal))?;
        let index = reader.index();
        let set_aside = self.journal.list()?.iter().any(|file| file.name.contains(".damaged-"));
        if set_aside || index.segments.iter().any(|segment| segment.header.is_err()) {
            return Ok(0);
        }
        let mut named: BTreeSet<Hash> = running.iter().map(|file| file.sha256).collect();
        for (place, header) in index.epochs().into_iter().enumerate() {
            match reader.epoch_start(header.epoch)? {
                Some(start) => named.extend(start.files.iter().map(|file| file.sha256)),
                // The first record of the oldest epoch may have gone with its segment: nobody can begin that epoch any more.
                None if place == 0 => {}
                None => return Ok(0),
            }
        }
        Ok(self.contents.keep_only(&named)?)
    }

    /// The epochs whose first record is still kept, oldest first.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn epochs(&self) -> Result<Vec<Epoch>, RestoreError> {
        let reader = Reader::open(Arc::clone(&self.journal))?;
        let headers = reader.index().epochs();
        let epochs = headers.into_iter().map(|header| self.epoch(&reader, header.epoch, Seq(header.first_seq)));
        epochs.filter_map(Result::transpose).collect()
    }

    /// An epoch whose first segment begins with `first`, if its first record is there.
    fn epoch(&self, reader: &Reader, number: u64, first: Seq) -> Result<Option<Epoch>, RestoreError> {
        let Some(start) = reader.epoch_start(number)? else { return Ok(None) };
        let mut at = Reader::open(Arc::clone(&self.journal))?;
        at.seek_seq(first)?;
        let began = at.next_record()?;
        Ok(began.map(|record| Epoch { number, start, first: record.seq, began: record.received }))
    }

    /// The epoch in which a moment lies, if its first record is there and all that it was begun with: then a state played from there is the
    /// one that was shown, by the same build. `None` too where `known`, a state that is at hand, is of that epoch or a later one.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn whole_epoch_at(&self, time: Time, known: Option<Seq>) -> Result<Option<Epoch>, RestoreError> {
        let reader = Reader::open(Arc::clone(&self.journal))?;
        let headers = reader.index().epochs();
        let Some(header) = headers.iter().rfind(|header| header.first_received_ns <= time.ns()) else {
            return Ok(None);
        };
        if known.is_some_and(|known| known.0 >= header.first_seq) {
            return Ok(None);
        }
        let found = self.epoch(&reader, header.epoch, Seq(header.first_seq))?;
        Ok(found.filter(|epoch| epoch.began <= time && self.is_whole(&reader, epoch).unwrap_or(false)))
    }

    /// The oldest epoch of a build of which all is there that it was begun with.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn oldest_whole_epoch(&self, build: &str) -> Result<Option<Epoch>, RestoreError> {
        let reader = Reader::open(Arc::clone(&self.journal))?;
        for header in reader.index().epochs() {
            if let Some(epoch) = self.epoch(&reader, header.epoch, Seq(header.first_seq))?
                && epoch.start.build == build
                && self.is_whole(&reader, &epoch)?
            {
                return Ok(Some(epoch));
            }
        }
        Ok(None)
    }

    /// Whether the plan of the epoch before is there and the inputs that warmed this one, if it was warmed.
    fn is_whole(&self, reader: &Reader, epoch: &Epoch) -> Result<bool, RestoreError> {
        if epoch.start.carried.is_empty() || epoch.number == 1 {
            return Ok(true);
        }
        let headers = reader.index().epochs();
        let Some(oldest) = headers.first() else { return Ok(false) };
        let warmed = oldest.first_seq == 1 || oldest.first_received_ns <= (epoch.began - epoch::WARM_UP).ns();
        Ok(warmed && reader.epoch_start(epoch.number.saturating_sub(1))?.is_some())
    }

    /// A core at the beginning of an epoch, warmed and with what was carried.
    ///
    /// # Errors
    /// When the epoch's config no longer resolves or the journal cannot be read.
    pub fn begin(&self, epoch: &Epoch, plan: &Plan) -> Result<Restored, RestoreError> {
        let Beginning { mut core, whole, .. } = epoch::begin(
            plan,
            &epoch.start.carried,
            epoch.began,
            self.former_plan(epoch)?.as_ref(),
            Some(self.before(epoch)?),
        )?;
        core.skip(self.quarantined(epoch.first)?);
        Ok(Restored { core, whole })
    }

    /// The records before an epoch, for its warm-up.
    fn before(&self, epoch: &Epoch) -> io::Result<Reader> {
        Ok(Reader::open(Arc::clone(&self.journal))?.until(Seq(epoch.first.0.saturating_sub(1))))
    }

    fn former_plan(&self, epoch: &Epoch) -> Result<Option<Plan>, RestoreError> {
        // Nothing carried, nothing warmed: the epoch before may be one that this build cannot read. What a first epoch carries is of another
        // journal, which it is played from with the same feeds.
        if epoch.start.carried.is_empty() {
            return Ok(None);
        }
        if epoch.number == 1 {
            return Ok(Some(epoch::plan_of(&epoch.start, &self.contents)?));
        }
        let reader = Reader::open(Arc::clone(&self.journal))?;
        let former = reader.epoch_start(epoch.number.saturating_sub(1))?;
        Ok(match former {
            Some(start) => Some(epoch::plan_of(&start, &self.contents)?),
            None => None,
        })
    }

    /// Inputs that made tracking or assessment panic, of those that the journal named from a record on to the end of its epoch.
    fn quarantined(&self, from: Seq) -> Result<Vec<Seq>, RestoreError> {
        let mut reader = Reader::open(Arc::clone(&self.journal))?;
        reader.seek_seq(from)?;
        let mut skipped = Vec::new();
        while let Some(record) = reader.next_record()? {
            if record.kind == Kind::EpochStart && record.seq != from {
                break;
            }
            if record.kind == Kind::Quarantine
                && let Ok(Body::Quarantine { seq, part: QuarantinedPart::Engine, .. }) = record.body()
            {
                skipped.push(seq);
            }
        }
        Ok(skipped)
    }

    /// The state of the newest epoch after its last record up to `until`: from the newest checkpoint of this build where there is
    /// one, else from the epoch's beginning. `skip` are inputs to leave out beside those that the journal names; an input that makes tracking
    /// or assessment panic is left out as well and added to it, for the caller to journal.
    ///
    /// # Errors
    /// When the journal cannot be read, the epoch cannot be begun again, or more than [`MAX_PANICS`] inputs panic.
    pub fn restore(
        &self,
        journal_id: [u8; 16],
        epoch: &Epoch,
        plan: &Plan,
        until: Seq,
        skip: &mut Vec<Seq>,
    ) -> Result<Restored, RestoreError> {
        for attempt in 0.. {
            match self.play_to(journal_id, epoch, plan, until, skip)? {
                Ok(restored) => return Ok(restored),
                Err(panicked) if attempt == MAX_PANICS => return Err(RestoreError::Panics(attempt, panicked)),
                Err(panicked) => skip.push(panicked),
            }
        }
        unreachable!("the loop ends only by returning")
    }

    /// One attempt: the state, or the input that panicked.
    fn play_to(
        &self,
        journal_id: [u8; 16],
        epoch: &Epoch,
        plan: &Plan,
        until: Seq,
        skip: &[Seq],
    ) -> Result<Result<Restored, Seq>, RestoreError> {
        let (Restored { mut core, whole }, after) = self.nearest(journal_id, epoch, plan, until)?;
        core.skip(skip.iter().copied());
        let mut reader = Reader::open(Arc::clone(&self.journal))?.until(until);
        reader.seek_seq(Seq(after.0 + 1))?;
        while let Some(record) = reader.next_record()? {
            if catch_unwind(AssertUnwindSafe(|| core.apply(&record))).is_err() {
                return Ok(Err(record.seq));
            }
        }
        Ok(Ok(Restored { core, whole }))
    }

    /// A core with the state of a checkpoint, which will leave out what the journal says; `None` when the state is damaged.
    pub(crate) fn loaded(&self, plan: &Plan, seq: Seq, state: &[u8]) -> Result<Option<Core>, RestoreError> {
        let mut core = Core::new(plan).map_err(EpochError::Core)?;
        if core.load(state).is_err() {
            return Ok(None);
        }
        // What panicked before the checkpoint was made is not in it.
        core.skip(self.quarantined(seq)?);
        Ok(Some(core))
    }

    fn nearest(
        &self,
        journal_id: [u8; 16],
        epoch: &Epoch,
        plan: &Plan,
        until: Seq,
    ) -> Result<(Restored, Seq), RestoreError> {
        if let Some((checkpoint, state)) = self.checkpoints.newest(journal_id, BUILD_ID, until)?.found
            && checkpoint.meta.epoch == epoch.number
            && checkpoint.meta.seq >= epoch.first
            && let Some(core) = self.loaded(plan, checkpoint.meta.seq, &state)?
        {
            return Ok((Restored { core, whole: true }, checkpoint.meta.seq));
        }
        Ok((self.begin(epoch, plan)?, epoch.first))
    }
}
