//! The way in: every input gets its time and its place in the order here.

use crate::journal::{AppendError, Durability, Fate, Journal, NewRecord, ReceivedClock, Stats};
use crate::wall;
use skypicket_model::{Canon, Command, Seq, Span, Time};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, TryLockError};
use std::time::{Duration, Instant};

/// How long a command may take to become durable before its sender is told that it is not.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a command was not carried out, or not known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The journal does not take it.
    #[error("the journal does not take it: {0}")]
    Append(AppendError),
    /// It is not on disk yet.
    #[error("it is accepted but not yet on disk; look again in a while")]
    NotDurable,
    /// It was lost.
    #[error("the disk refused it: do it again")]
    Lost,
}

/// Where inputs go in.
pub struct Inbox {
    journal: RwLock<Option<Journal>>,
    clock: Mutex<(ReceivedClock, Instant)>,
    /// Recordings and simulations bring their own time; the wall clock has no part in them.
    own_time: bool,
}

impl Inbox {
    pub(super) fn new(journal: Journal, after: Option<Time>, own_time: bool) -> Self {
        let clock = after.map_or_else(ReceivedClock::new, |last| ReceivedClock::after(last, Span::ZERO));
        Self { journal: RwLock::new(Some(journal)), clock: Mutex::new((clock, Instant::now())), own_time }
    }

    fn journal(&self) -> RwLockReadGuard<'_, Option<Journal>> {
        self.journal.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, use_it: impl FnOnce(&Journal) -> T, closed: T) -> T {
        self.journal().as_ref().map_or(closed, use_it)
    }

    fn clock(&self) -> MutexGuard<'_, (ReceivedClock, Instant)> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time that an input arriving now gets: the wall clock's, held where that steps back; for recordings and simulations
    /// that of the last input.
    #[must_use]
    pub fn now(&self) -> Time {
        if self.own_time {
            return self.last().1.unwrap_or(Time::EPOCH);
        }
        let wall = wall::now();
        let mut guard = self.clock();
        let monotonic = Span::from_ns(i64::try_from(guard.1.elapsed().as_nanos()).unwrap_or(i64::MAX));
        guard.0.read(wall, monotonic).0
    }

    /// Takes an input received now, waiting while the queue is full.
    ///
    /// # Errors
    /// When the input is too long or the system is closing.
    pub fn take(&self, record: NewRecord) -> Result<Seq, AppendError> {
        self.take_at(self.now(), record)
    }

    /// Takes an input received at a given time: recordings and simulations.
    ///
    /// # Errors
    /// As [`Inbox::take`].
    pub fn take_at(&self, received: Time, record: NewRecord) -> Result<Seq, AppendError> {
        self.with(|journal| journal.append(received, record), Err(AppendError::Closed))
    }

    /// Takes an input received now if there is room: datagrams, which nobody can hold up.
    ///
    /// # Errors
    /// As [`Inbox::take`], and [`AppendError::Full`].
    pub fn try_take(&self, record: NewRecord) -> Result<Seq, AppendError> {
        let now = self.now();
        self.with(|journal| journal.try_append(now, record), Err(AppendError::Closed))
    }

    /// Takes what the system itself has to say (a quarantine, a link, a connection's end), however full the queue is: few and small. Whether
    /// it was taken; it is not once the system is closing.
    pub(crate) fn take_own(&self, record: NewRecord) -> bool {
        let now = self.now();
        self.with(|journal| journal.append_always(now, record), Err(AppendError::Closed)).is_ok()
    }

    /// Gives the ticks that are due at `now`.
    pub fn tick(&self, now: Time) {
        self.with(|journal| journal.tick(now), ());
    }

    /// Takes an operator's command and waits until it is on disk.
    ///
    /// # Errors
    /// When it could not be taken or is not durable after ten seconds.
    pub fn command(&self, command: &Command) -> Result<Seq, CommandError> {
        let now = self.now();
        let seq = self
            .with(
                |journal| journal.append_always(now, NewRecord::command(command.to_canon())),
                Err(AppendError::Closed),
            )
            .map_err(CommandError::Append)?;
        let durability = self.durability().ok_or(CommandError::NotDurable)?;
        match durability.wait(seq, COMMAND_TIMEOUT) {
            Fate::Durable => Ok(seq),
            Fate::Lost => Err(CommandError::Lost),
            Fate::Pending => Err(CommandError::NotDurable),
        }
    }

    /// How far the journal is durable; `None` once it is closed.
    #[must_use]
    pub fn durability(&self) -> Option<Durability> {
        self.with(|journal| Some(journal.durability()), None)
    }

    /// The number given last and the latest `received`.
    #[must_use]
    pub fn last(&self) -> (Seq, Option<Time>) {
        self.with(Journal::last, (Seq(0), None))
    }

    /// Bytes and records that are accepted and still held.
    #[must_use]
    pub fn held(&self) -> (usize, usize) {
        self.with(Journal::held, (0, 0))
    }

    /// Counters of the journal, read by `read`.
    pub fn stats<T: Default>(&self, read: impl FnOnce(&Stats) -> T) -> T {
        self.with(|journal| read(journal.stats()), T::default())
    }

    /// Runs `roll` while no input can come in: the end of one epoch and the beginning of the next. `None` when some input is just
    /// coming in: it may be waiting for the very thread that asks, so that waiting for it here could last for ever.
    pub(super) fn exclusively<T>(&self, roll: impl FnOnce(&Journal) -> T) -> Option<T> {
        let guard = match self.journal.try_write() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        guard.as_ref().map(roll)
    }

    /// Why a new epoch should begin.
    pub(super) fn epoch_due(&self, now: Time) -> Option<crate::journal::EpochReason> {
        self.with(|journal| journal.epoch_due(now), None)
    }

    pub(super) fn close(&self) -> u64 {
        let journal = self.journal.write().unwrap_or_else(PoisonError::into_inner).take();
        journal.map_or(0, Journal::close)
    }
}
