//! Records that were accepted, and the one bound on all of them: a record holds its share of the budget until both the journal and
//! the engine have let go of it, so neither a slow disk nor a slow engine can make memory grow.

use super::format::RecordFault;
use super::record::{Body, Kind, NewRecord, Record};
use skypicket_model::ids::{ConnectionId, FeedId, Seq};
use skypicket_model::time::Time;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// What a record costs besides its payload, bytes.
const OVERHEAD_BYTES: usize = 160;

/// The bound on accepted records that somebody still holds. Counts without a lock, because every record passes here twice; only who
/// must wait takes one.
#[derive(Debug)]
pub(super) struct Budget {
    limit_bytes: usize,
    limit_records: usize,
    bytes: AtomicUsize,
    records: AtomicUsize,
    closed: AtomicBool,
    waiting: AtomicUsize,
    lock: Mutex<()>,
    freed: Condvar,
}

impl Budget {
    pub(super) fn new(limit_bytes: usize, limit_records: usize) -> Arc<Self> {
        let (bytes, records, waiting) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let (closed, lock, freed) = (AtomicBool::new(false), Mutex::new(()), Condvar::new());
        Arc::new(Self { limit_bytes, limit_records, bytes, records, closed, waiting, lock, freed })
    }

    fn take(self: &Arc<Self>, cost: usize) -> Charge {
        self.bytes.fetch_add(cost, SeqCst);
        self.records.fetch_add(1, SeqCst);
        Charge { budget: Arc::clone(self), cost }
    }

    /// A share for a record, if there is one now. One that alone exceeds the limit gets it when nothing else is held.
    pub(super) fn try_charge(self: &Arc<Self>, payload_bytes: usize) -> Option<Charge> {
        // Taken first and given back if it was too much: two that look at the same time cannot both get the last share.
        let charge = self.take(payload_bytes + OVERHEAD_BYTES);
        let (bytes, records) = self.held();
        let fits = records <= 1 || (bytes <= self.limit_bytes && records <= self.limit_records);
        fits.then_some(charge)
    }

    /// A share for a record, waiting for one; `None` once closed.
    pub(super) fn charge(self: &Arc<Self>, payload_bytes: usize) -> Option<Charge> {
        loop {
            if self.closed.load(SeqCst) {
                return None;
            }
            if let Some(charge) = self.try_charge(payload_bytes) {
                return Some(charge);
            }
            self.wait_for_room(payload_bytes + OVERHEAD_BYTES);
        }
    }

    fn wait_for_room(&self, cost: usize) {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        // Announced before looking, so that who frees after this look will notify.
        self.waiting.fetch_add(1, SeqCst);
        let fits = || self.held().1 == 0 || self.held().0 + cost <= self.limit_bytes;
        let full = |_: &mut ()| !(self.closed.load(SeqCst) || (self.has_room() && fits()));
        let guard = self.freed.wait_while(guard, full).unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, SeqCst);
        drop(guard);
    }

    /// An eighth is free: who waits is woken then and not for every record.
    fn has_room(&self) -> bool {
        let (bytes, records) = self.held();
        records == 0 || (bytes <= self.limit_bytes / 8 * 7 && records <= self.limit_records / 8 * 7)
    }

    /// A share that is always granted: for the few records that the journal itself makes.
    pub(super) fn charge_anyway(self: &Arc<Self>, payload_bytes: usize) -> Charge {
        self.take(payload_bytes + OVERHEAD_BYTES)
    }

    /// Lets everybody who waits give up.
    pub(super) fn close(&self) {
        self.closed.store(true, SeqCst);
        drop(self.lock.lock());
        self.freed.notify_all();
    }

    /// Bytes and records held now.
    pub(super) fn held(&self) -> (usize, usize) {
        (self.bytes.load(SeqCst), self.records.load(SeqCst))
    }

    /// More than three quarters are held.
    pub(super) fn is_tight(&self) -> bool {
        let (bytes, records) = self.held();
        bytes > self.limit_bytes / 4 * 3 || records > self.limit_records / 4 * 3
    }
}

/// A share of the budget, given back on drop.
#[derive(Debug)]
pub(super) struct Charge {
    budget: Arc<Budget>,
    cost: usize,
}

impl Drop for Charge {
    fn drop(&mut self) {
        let budget = &self.budget;
        budget.bytes.fetch_sub(self.cost, SeqCst);
        budget.records.fetch_sub(1, SeqCst);
        if budget.waiting.load(SeqCst) > 0 && budget.has_room() {
            // Through the lock, so that the word does not fall between a waiter's look and its wait.
            drop(budget.lock.lock());
            budget.freed.notify_all();
        }
    }
}

/// A record that has its place in the order. It is on its way to the disk: [`super::Durability`] says when it is there.
#[derive(Debug)]
pub struct Accepted {
    pub(super) seq: Seq,
    pub(super) received: Time,
    pub(super) record: NewRecord,
    pub(super) _charge: Charge,
}

impl Accepted {
    /// Its place in the order.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// When it was received.
    #[must_use]
    pub fn received(&self) -> Time {
        self.received
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.record.kind
    }

    /// The record as a reader of the journal will see it.
    #[must_use]
    pub fn record(&self) -> Record<'_> {
        self.record.as_record(self.seq, self.received)
    }

    /// The payload, understood.
    ///
    /// # Errors
    /// [`RecordFault::Body`] when a caller gave a payload that is not what its kind has.
    pub fn body(&self) -> Result<Body<'_>, RecordFault> {
        self.record().body()
    }

    /// The feed, where one is meant.
    #[must_use]
    pub fn feed(&self) -> FeedId {
        self.record.feed
    }

    /// The connection, where one is meant.
    #[must_use]
    pub fn connection(&self) -> ConnectionId {
        self.record.connection
    }
}
