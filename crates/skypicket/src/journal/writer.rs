//! The journal as the program uses it: a bounded queue, one thread that writes, and word of what is durable.

use super::accepted::{Accepted, Budget, Charge};
use super::commit::{Committer, GROUP_BYTES};
use super::durability::Durability;
use super::epoch::{EpochReason, EpochStart};
use super::events::{EventSink, JournalEvent, Stats};
use super::format::MAX_PAYLOAD_BYTES;
use super::record::{Kind, MAX_INPUT_BYTES, MAX_PIECE_BYTES, NewRecord};
use super::recovery::{OpenError, Recovery, recover};
use super::retention::Limits;
use super::sequencer::Sequencer;
use super::storage::Storage;
use super::thread::WriterThread;
use crossbeam_channel::Sender;
use skypicket_model::ids::Seq;
use skypicket_model::time::Time;
use std::any::Any;
use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How the journal is written.
#[derive(Clone, Debug)]
pub struct Options {
    /// A segment is full at this many bytes (default 64 MiB).
    pub segment_bytes: u64,
    /// Payload bytes of accepted records that the journal or the engine still holds (default 64 MiB, at least 2 MiB).
    /// A longer record is let in when nothing else is held.
    pub queue_bytes: usize,
    /// How many such records (default 262,144).
    pub queue_records: usize,
    /// A group waits this long for more records before it is written (default 20 ms).
    pub commit_interval: Duration,
    /// How much of the past is kept.
    pub limits: Limits,
    /// Name of the journal if it is new; `None` draws one.
    pub journal_id: Option<[u8; 16]>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            queue_bytes: 64 << 20,
            queue_records: 1 << 18,
            commit_interval: Duration::from_millis(20),
            limits: Limits::default(),
            journal_id: None,
        }
    }
}

/// Why a record was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The queue is full: drop the datagram and count it.
    #[error("the journal's queue is full")]
    Full,
    /// No epoch has begun.
    #[error("the journal has no running epoch")]
    NoEpoch,
    /// The payload is longer than a record may be.
    #[error("the input has {0} bytes, a record holds at most 33554432")]
    TooLong(usize),
    /// The journal is being closed.
    #[error("the journal is closed")]
    Closed,
}

/// What the appenders share, under one lock: whoever holds it decides the order.
pub(super) struct Queue {
    pub(super) sequencer: Sequencer,
    pub(super) records: VecDeque<Arc<Accepted>>,
    pub(super) bytes: usize,
    pub(super) oldest_at: Option<Instant>,
    pub(super) closing: bool,
    epoch_began: Option<Time>,
    engine: Option<Sender<Arc<Accepted>>>,
}

pub(super) struct Inner {
    queue: Mutex<Queue>,
    pub(super) work: Condvar,
    pub(super) budget: Arc<Budget>,
    pub(super) durability: Durability,
    pub(super) stats: Stats,
    pub(super) events: EventSink,
    pub(super) options: Options,
}

impl Inner {
    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, queue: &mut Queue, received: Time, record: NewRecord, charge: Charge) -> Seq {
        let seq = queue.sequencer.number();
        let accepted = Arc::new(Accepted { seq, received, record, _charge: charge });
        let was_empty = queue.records.is_empty();
        let was_short = queue.bytes < GROUP_BYTES;
        queue.bytes += accepted.record.payload.len() + super::format::RECORD_HEADER_BYTES;
        if was_empty {
            queue.oldest_at = Some(Instant::now());
        }
        // Bounded although the channel is not: every record in it holds its share of the budget.
        if let Some(engine) = &queue.engine {
            let _ = engine.send(Arc::clone(&accepted));
        }
        queue.records.push_back(accepted);
        if was_empty || (was_short && queue.bytes >= GROUP_BYTES) {
            self.work.notify_one();
        }
        seq
    }

    /// Ticks first, then word of a clock step; returns the input's `received`.
    fn admit(&self, queue: &mut Queue, received: Time) -> (Time, Option<JournalEvent>) {
        let admitted = queue.sequencer.admit(received);
        for tick in admitted.ticks {
            let charge = self.budget.charge_anyway(0);
            self.put(queue, tick, NewRecord::of(Kind::Tick, Vec::new()), charge);
        }
        let event = admitted.stepped_back.map(|behind| {
            let record = NewRecord::clock_step(behind);
            let charge = self.budget.charge_anyway(record.payload.len());
            let seq = self.put(queue, admitted.received, record, charge);
            JournalEvent::ClockSteppedBack { seq, behind }
        });
        (admitted.received, event)
    }

    /// A record that the journal itself makes, received when the last one was.
    pub(super) fn append_own(&self, record: NewRecord) {
        let mut queue = self.queue();
        let received = queue.sequencer.last_received().unwrap_or(Time::EPOCH);
        let charge = self.budget.charge_anyway(record.payload.len());
        self.put(&mut queue, received, record, charge);
    }
}

/// An open journal. Appending from several threads is allowed; the order in which they get the lock is the order.
pub struct Journal {
    inner: Arc<Inner>,
    thread: Option<JoinHandle<u64>>,
    _writer_lock: Box<dyn Any + Send + Sync>,
}

impl Journal {
    /// Recovers the journal in `storage` and starts its thread. Every accepted record is also sent to `engine`, in order.
    ///
    /// # Errors
    /// When another process writes this journal, the disk fails, or the journal is of an unknown version.
    pub fn open(
        storage: Arc<dyn Storage>,
        options: Options,
        engine: Option<Sender<Arc<Accepted>>>,
        events: EventSink,
    ) -> Result<(Self, Recovery), OpenError> {
        let writer_lock = storage.lock()?;
        let mut recovered = recover(&storage, options.journal_id.unwrap_or_else(draw_id))?;
        let queue = Queue {
            sequencer: Sequencer::after(recovered.last_seq(), recovered.last_received),
            records: VecDeque::new(),
            bytes: 0,
            oldest_at: None,
            closing: false,
            epoch_began: recovered.report.epoch_start.as_ref().map(|(_, began)| *began),
            engine,
        };
        let inner = Arc::new(Inner {
            queue: Mutex::new(queue),
            work: Condvar::new(),
            budget: Budget::new(options.queue_bytes.max(2 * MAX_PIECE_BYTES), options.queue_records.max(16)),
            durability: Durability::starting_at(recovered.head.durable),
            stats: Stats::default(),
            events,
            options,
        });
        let epoch = recovered.report.epoch;
        let of_epoch = recovered.index.segments.iter().filter(|s| s.header.as_ref().is_ok_and(|h| h.epoch == epoch));
        inner.stats.epoch_bytes.set(of_epoch.map(|s| s.len_bytes).sum());
        let mut committer = Committer::new(Arc::clone(&storage), recovered.head.clone(), inner.options.segment_bytes);
        recovered.push_unwritten(&mut committer, &inner.budget);
        let writer = WriterThread::new(Arc::clone(&inner), storage, committer);
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || writer.run())?;
        Ok((Self { inner, thread: Some(thread), _writer_lock: writer_lock }, recovered.report))
    }

    /// Begins an epoch; it starts a new segment.
    ///
    /// # Errors
    /// [`AppendError::TooLong`] or [`AppendError::Closed`].
    pub fn begin_epoch(&self, received: Time, start: &EpochStart) -> Result<Seq, AppendError> {
        let payload = start.encode();
        if payload.len() > MAX_PAYLOAD_BYTES {
            return Err(AppendError::TooLong(payload.len()));
        }
        let charge = self.inner.budget.charge_anyway(payload.len());
        self.add(received, NewRecord::of(Kind::EpochStart, payload), charge)
    }

    /// Puts an input in its place in the order, waiting for room in the queue: a TCP reader that calls this stops reading.
    ///
    /// # Errors
    /// All of [`AppendError`] but `Full`.
    pub fn append(&self, received: Time, record: NewRecord) -> Result<Seq, AppendError> {
        let len = fitting(&record)?;
        let charge = self.inner.budget.charge(len).ok_or(AppendError::Closed)?;
        self.add(received, record, charge)
    }

    /// As [`Self::append`] but never waits: for UDP, where the caller drops and counts what does not fit.
    ///
    /// # Errors
    /// All of [`AppendError`].
    pub fn try_append(&self, received: Time, record: NewRecord) -> Result<Seq, AppendError> {
        let Some(charge) = self.inner.budget.try_charge(fitting(&record)?) else {
            self.inner.stats.refused.add(1);
            return Err(AppendError::Full);
        };
        self.add(received, record, charge)
    }

    /// As [`Self::append`] but neither waits nor refuses: for commands, and for what the engine's own thread adds (quarantine, link,
    /// checkpoint), which must not wait for itself. Sensor bytes are treated as by [`Self::try_append`].
    ///
    /// # Errors
    /// All of [`AppendError`], `Full` for sensor bytes only.
    pub fn append_always(&self, received: Time, record: NewRecord) -> Result<Seq, AppendError> {
        if record.kind == Kind::Bytes {
            return self.try_append(received, record);
        }
        let charge = self.inner.budget.charge_anyway(fitting(&record)?);
        self.add(received, record, charge)
    }

    /// Gives the ticks that are due when nothing arrives.
    pub fn tick(&self, now: Time) {
        let mut queue = self.inner.queue();
        if queue.closing || queue.epoch_began.is_none() {
            return;
        }
        let (_, event) = self.inner.admit(&mut queue, now);
        drop(queue);
        self.tell(event);
    }

    fn add(&self, received: Time, record: NewRecord, charge: Charge) -> Result<Seq, AppendError> {
        let mut queue = self.inner.queue();
        if queue.closing {
            return Err(AppendError::Closed);
        }
        let begins_epoch = record.kind == Kind::EpochStart;
        if queue.epoch_began.is_none() && !begins_epoch {
            return Err(AppendError::NoEpoch);
        }
        // Before the very first epoch there is nothing that ticks could belong to.
        let (received, event) = match queue.epoch_began {
            None => (queue.sequencer.admit(received).received, None),
            Some(_) => self.inner.admit(&mut queue, received),
        };
        if begins_epoch {
            queue.epoch_began = Some(received);
        }
        let seq = self.inner.put(&mut queue, received, record, charge);
        drop(queue);
        self.tell(event);
        Ok(seq)
    }

    fn tell(&self, event: Option<JournalEvent>) {
        if let Some(event) = event {
            (self.inner.events)(event);
        }
    }

    /// Why a new epoch should begin now, if it should: a new day, or an epoch that takes a quarter of the size limit.
    #[must_use]
    pub fn epoch_due(&self, now: Time) -> Option<EpochReason> {
        let began = self.inner.queue().epoch_began?;
        if EpochStart::day_is_over(began, now) {
            return Some(EpochReason::Day);
        }
        let large = self.inner.stats.epoch_bytes.get() > self.inner.options.limits.max_bytes / 4;
        large.then_some(EpochReason::Size)
    }

    /// Tells how far the journal is durable.
    #[must_use]
    pub fn durability(&self) -> Durability {
        self.inner.durability.clone()
    }

    /// The sequence number given last and the latest `received`.
    #[must_use]
    pub fn last(&self) -> (Seq, Option<Time>) {
        let queue = self.inner.queue();
        (queue.sequencer.last_seq(), queue.sequencer.last_received())
    }

    /// Counters for metrics.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.inner.stats
    }

    /// Payload bytes (with overhead) and records accepted and still held by the journal or the engine.
    #[must_use]
    pub fn held(&self) -> (usize, usize) {
        self.inner.budget.held()
    }

    /// Writes what was accepted and ends the thread; returns how many records were lost because the disk refused them.
    #[must_use]
    pub fn close(mut self) -> u64 {
        self.finish()
    }

    fn finish(&mut self) -> u64 {
        let mut queue = self.inner.queue();
        queue.closing = true;
        queue.engine = None;
        drop(queue);
        self.inner.budget.close();
        self.inner.work.notify_all();
        // A panic of the writer thread was printed by the panic hook; what it held is not durable and never was called so.
        self.thread.take().map_or(0, |thread| thread.join().unwrap_or(0))
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.finish();
    }
}

fn fitting(record: &NewRecord) -> Result<usize, AppendError> {
    let len = record.payload.len();
    if len > MAX_INPUT_BYTES { Err(AppendError::TooLong(len)) } else { Ok(len) }
}

/// 128 bits from the operating system's generator, by way of what seeds the standard library's hash maps.
fn draw_id() -> [u8; 16] {
    let draw = || u128::from(RandomState::new().hash_one("skypicket journal"));
    (draw() << 64 | draw()).to_le_bytes()
}
