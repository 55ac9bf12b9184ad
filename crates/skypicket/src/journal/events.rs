//! What the journal tells the operator, and its counters.

use super::retention::{Excess, Removed};
use skypicket_model::ids::Seq;
use skypicket_model::time::Span;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Something that an operator must know. All but [`Self::Restored`], [`Self::Removed`] and [`Self::ClockSteppedBack`] are alarms.
#[derive(Clone, Debug)]
pub enum JournalEvent {
    /// Writing or syncing failed. The segment is given up; nothing accepted is lost so far.
    WriteFailed {
        /// The segment given up.
        segment: u64,
        /// Failures in a row.
        failures: u32,
        /// When the next attempt is made.
        retry_in: Duration,
        /// What the disk said.
        error: String,
    },
    /// Writing goes on.
    Restored {
        /// Attempts that had failed.
        failures: u32,
        /// Records lost meanwhile.
        lost_records: u64,
    },
    /// The disk refused writes for longer than the queue could hold: inputs reach the engine but not the journal.
    Lost {
        /// First input given up now.
        first: Seq,
        /// Last input given up now.
        last: Seq,
        /// How many (commands among them are kept as long as possible).
        records: u64,
    },
    /// Oldest segments were removed.
    Removed(Removed),
    /// The limits are exceeded and nothing more may be removed.
    BeyondLimits(Excess),
    /// Removing old segments failed.
    RemovalFailed {
        /// What the disk said.
        error: String,
    },
    /// The journal's thread ended by a defect: nothing is recorded any more, appending is refused.
    Stopped,
    /// The clock went back; received time is held until it has caught up.
    ClockSteppedBack {
        /// The record that says so.
        seq: Seq,
        /// How far.
        behind: Span,
    },
}

/// Where events go; called from the journal's thread or from an appender's, and must not block.
pub type EventSink = Arc<dyn Fn(JournalEvent) + Send + Sync>;

/// A number for metrics.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// The value.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub(super) fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }
}

/// The journal's counters.
#[derive(Debug, Default)]
pub struct Stats {
    /// Commits (each one write and one sync) that succeeded.
    pub commits: Counter,
    /// Commits that failed.
    pub failed_commits: Counter,
    /// Inputs refused by `try_append` because the queue was full.
    pub refused: Counter,
    /// Accepted inputs that the disk refused for too long.
    pub lost: Counter,
    /// Segments removed to keep the limits.
    pub removed_segments: Counter,
    /// Bytes of the running epoch.
    pub epoch_bytes: Counter,
    /// Longest commit so far, microseconds.
    pub longest_commit_us: Counter,
}
