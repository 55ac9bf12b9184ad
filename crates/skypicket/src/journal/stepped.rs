//! The journal without a thread: whoever appends also says when to commit. For importers of recordings, which have all the time in
//! the world, and for tests that stop the disk at a chosen operation.

use super::accepted::{Accepted, Budget};
use super::commit::{CommitFault, Committer, Pending};
use super::durability::Durability;
use super::epoch::EpochStart;
use super::record::{GapCause, Kind, NewRecord};
use super::recovery::{OpenError, Recovery, recover};
use super::sequencer::Sequencer;
use super::storage::Storage;
use skypicket_model::ids::Seq;
use skypicket_model::time::Time;
use std::any::Any;
use std::io;
use std::sync::Arc;

/// A journal that is written in steps. The caller keeps what is not committed small.
pub struct SteppedJournal {
    sequencer: Sequencer,
    committer: Committer,
    budget: Arc<Budget>,
    durability: Durability,
    accepted: Vec<Arc<Accepted>>,
    failures: u32,
    in_epoch: bool,
    _writer_lock: Box<dyn Any + Send + Sync>,
}

impl SteppedJournal {
    /// Recovers the journal in `storage` for writing.
    ///
    /// # Errors
    /// As [`super::Journal::open`].
    pub fn open(
        storage: Arc<dyn Storage>,
        segment_bytes: u64,
        journal_id: [u8; 16],
    ) -> Result<(Self, Recovery), OpenError> {
        let writer_lock = storage.lock()?;
        let mut recovered = recover(&storage, journal_id)?;
        let durability = Durability::starting_at(recovered.head.durable);
        let mut committer = Committer::new(storage, recovered.head.clone(), segment_bytes);
        let budget = Budget::new(usize::MAX, usize::MAX);
        recovered.push_unwritten(&mut committer, &budget);
        let journal = Self {
            sequencer: Sequencer::after(recovered.last_seq(), recovered.last_received),
            committer,
            budget,
            durability,
            accepted: Vec::new(),
            failures: 0,
            in_epoch: recovered.report.epoch_start.is_some(),
            _writer_lock: writer_lock,
        };
        Ok((journal, recovered.report))
    }

    /// Begins an epoch.
    pub fn begin_epoch(&mut self, received: Time, start: &EpochStart) -> Seq {
        self.append(received, NewRecord::of(Kind::EpochStart, start.encode()))
    }

    /// Puts an input in its place in the order, the ticks due before it first.
    pub fn append(&mut self, received: Time, record: NewRecord) -> Seq {
        let admitted = self.sequencer.admit(received);
        if self.in_epoch {
            for tick in admitted.ticks {
                self.put(tick, NewRecord::of(Kind::Tick, Vec::new()));
            }
            if let Some(behind) = admitted.stepped_back {
                self.put(admitted.received, NewRecord::clock_step(behind));
            }
        }
        self.in_epoch |= record.kind == Kind::EpochStart;
        self.put(admitted.received, record)
    }

    fn put(&mut self, received: Time, record: NewRecord) -> Seq {
        let seq = self.sequencer.number();
        let charge = self.budget.charge_anyway(record.payload.len());
        let accepted = Arc::new(Accepted { seq, received, record, _charge: charge });
        self.committer.push(Pending::Record(Arc::clone(&accepted)));
        self.accepted.push(accepted);
        seq
    }

    /// Makes everything appended durable. After an error it may be called again: it goes on in a new segment.
    ///
    /// # Errors
    /// What the disk reports; nothing accepted is lost by it.
    pub fn commit(&mut self) -> io::Result<()> {
        let durability = &self.durability;
        match self.committer.commit(&mut |seq, _| durability.publish(seq)) {
            Ok(()) if self.failures == 0 => Ok(()),
            Ok(()) => {
                let failures = std::mem::take(&mut self.failures);
                let received = self.sequencer.last_received().unwrap_or(Time::EPOCH);
                let first = Seq(self.durability.seq().0 + 1);
                self.put(received, NewRecord::write_fault(self.committer.head().segment, first, failures, ""));
                Ok(())
            }
            Err(CommitFault { error, .. }) => {
                self.failures += 1;
                Err(error)
            }
        }
    }

    /// Gives up records that could not be written, the least needed first, until at most so much is left; see
    /// [`super::JournalEvent::Lost`].
    pub fn shed(&mut self, keep_bytes: usize, keep_records: usize) {
        let lost = self.committer.shed(keep_bytes, keep_records, "given up");
        self.durability.lose(&lost);
    }

    /// What was accepted since the last call, ticks and the journal's own records included.
    pub fn take_accepted(&mut self) -> Vec<Arc<Accepted>> {
        std::mem::take(&mut self.accepted)
    }

    /// Tells how far the journal is durable.
    #[must_use]
    pub fn durability(&self) -> Durability {
        self.durability.clone()
    }
}

impl Pending {
    /// The gap for what recovery set aside.
    pub(super) fn damaged(first: Seq, last: Seq, received: Option<Time>) -> Self {
        let received_ns = received.unwrap_or(Time::EPOCH).ns();
        Self::Gap {
            first: first.0,
            last: last.0,
            received_ns,
            cause: GapCause::Damaged,
            detail: "set aside by recovery".into(),
        }
    }
}
