//! Records that were accepted, and the one bound on all of them: a record holds its share of the budget until both the journal and
//! the engine have let go of it, so neither a slow disk nor a slow engine can make memory grow.

use super::format::RecordFault;
use super::record::{Body, Kind, NewRecord, Record};
use skypicket_model::ids::{ConnectionId, FeedId, Seq};
use skypicket_model::time::Time;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What a record costs besides its payload, bytes.
const OVERHEAD_BYTES: usize = 160;

#[derive(Debug, Default)]
struct Used {
    bytes: usize,
    records: usize,
    closed: bool,
}

/// The bound on accepted records that somebody still holds.
#[derive(Debug)]
pub(super) struct Budget {
    limit_bytes: usize,
    limit_records: usize,
    used: Mutex<Used>,
    freed: Condvar,
}

impl Budget {
    pub(super) fn new(limit_bytes: usize, limit_records: usize) -> Arc<Self> {
        Arc::new(Self { limit_bytes, limit_records, used: Mutex::default(), freed: Condvar::new() })
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A record that alone exceeds the limit fits when nothing else is held.
    fn fits(&self, used: &Used, cost: usize) -> bool {
        used.records == 0 || (used.bytes + cost <= self.limit_bytes && used.records < self.limit_records)
    }

    fn take(self: &Arc<Self>, used: &mut Used, cost: usize) -> Charge {
        used.bytes += cost;
        used.records += 1;
        Charge { budget: Arc::clone(self), cost }
    }

    /// A share for a record, if there is one now.
    pub(super) fn try_charge(self: &Arc<Self>, payload_bytes: usize) -> Option<Charge> {
        let cost = payload_bytes + OVERHEAD_BYTES;
        let mut used = self.used();
        self.fits(&used, cost).then(|| self.take(&mut used, cost))
    }

    /// A share for a record, waiting for one; `None` once closed.
    pub(super) fn charge(self: &Arc<Self>, payload_bytes: usize) -> Option<Charge> {
        let cost = payload_bytes + OVERHEAD_BYTES;
        let used = self.used();
        let mut used = self
            .freed
            .wait_while(used, |used| !used.closed && !self.fits(used, cost))
            .unwrap_or_else(PoisonError::into_inner);
        (!used.closed).then(|| self.take(&mut used, cost))
    }

    /// A share that is always granted: for the few records that the journal itself makes.
    pub(super) fn charge_anyway(self: &Arc<Self>, payload_bytes: usize) -> Charge {
        self.take(&mut self.used(), payload_bytes + OVERHEAD_BYTES)
    }

    /// Lets everybody who waits give up.
    pub(super) fn close(&self) {
        self.used().closed = true;
        self.freed.notify_all();
    }

    /// Bytes and records held now.
    pub(super) fn held(&self) -> (usize, usize) {
        let used = self.used();
        (used.bytes, used.records)
    }

    /// More than three quarters are held.
    pub(super) fn is_tight(&self) -> bool {
        let used = self.used();
        used.bytes > self.limit_bytes / 4 * 3 || used.records > self.limit_records / 4 * 3
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
        let mut used = self.budget.used();
        used.bytes -= self.cost;
        used.records -= 1;
        drop(used);
        self.budget.freed.notify_all();
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
