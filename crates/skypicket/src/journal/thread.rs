//! The journal's thread: gathers groups, commits them, and keeps going when the disk does not.

use super::commit::{CommitFault, Committer, GROUP_BYTES, Pending};
use super::events::JournalEvent;
use super::record::NewRecord;
use super::retention::enforce;
use super::storage::Storage;
use super::writer::Inner;
use skypicket_model::ids::Seq;
use skypicket_model::time::Time;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Wait before the second attempt after a failure; doubles with each further one. The first attempt follows at once.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
/// Longest wait between attempts, which never end.
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);
/// While the disk fails the queue is still emptied this often, so that the picture goes on.
const FAILING_POLL: Duration = Duration::from_millis(50);
/// Attempts made for the last records when the journal is closed on a failing disk.
const CLOSING_ATTEMPTS: u32 = 3;

/// A disk that does not take writes.
struct Failing {
    since_seq: u64,
    segment: u64,
    failures: u32,
    retry_at: Instant,
    error: String,
    lost: u64,
}

pub(super) struct WriterThread {
    inner: Arc<Inner>,
    storage: Arc<dyn Storage>,
    committer: Committer,
    failing: Option<Failing>,
    limits_checked_at_segment: u64,
    over_limits: bool,
}

/// A defect here must not leave appenders waiting for ever: the journal closes, and whoever appends is told.
impl Drop for WriterThread {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.inner.queue().closing = true;
            self.inner.budget.close();
            (self.inner.events)(JournalEvent::Stopped);
        }
    }
}

impl WriterThread {
    pub(super) fn new(inner: Arc<Inner>, storage: Arc<dyn Storage>, committer: Committer) -> Self {
        Self { inner, storage, committer, failing: None, limits_checked_at_segment: 0, over_limits: false }
    }

    /// Runs until closed; returns how many accepted records could not be written.
    pub(super) fn run(mut self) -> u64 {
        loop {
            let closing = self.gather();
            if let Some(failing) = &self.failing {
                if closing && failing.failures >= CLOSING_ATTEMPTS {
                    let lost = self.committer.shed_all(&failing.error);
                    self.lose(&lost);
                    return self.inner.stats.lost.get();
                }
                if !closing && Instant::now() < failing.retry_at {
                    self.shed_if_tight();
                    continue;
                }
            }
            if self.committer.has_pending() {
                self.commit();
            } else if closing && self.inner.queue().records.is_empty() {
                return self.inner.stats.lost.get();
            }
        }
    }

    /// Waits until a group is due and takes what is queued; returns whether the journal is being closed.
    fn gather(&mut self) -> bool {
        let interval = self.inner.options.commit_interval;
        let mut queue = self.inner.queue();
        if self.failing.is_some() {
            if !queue.closing {
                let waited = self.inner.work.wait_timeout(queue, FAILING_POLL);
                (queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
            }
        } else if !self.committer.has_pending() {
            while !queue.closing && queue.records.is_empty() {
                queue = self.inner.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            while !queue.closing && queue.bytes < GROUP_BYTES {
                let left = queue.oldest_at.map_or(Duration::ZERO, |at| interval.saturating_sub(at.elapsed()));
                if left.is_zero() {
                    break;
                }
                (queue, _) = self.inner.work.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner);
            }
        }
        for accepted in queue.records.drain(..) {
            self.committer.push(Pending::Record(accepted));
        }
        queue.bytes = 0;
        queue.oldest_at = None;
        queue.closing
    }

    fn commit(&mut self) {
        let began = Instant::now();
        let (durability, stats) = (&self.inner.durability, &self.inner.stats);
        let epoch = self.committer.head().epoch;
        let result = self.committer.commit(&mut |seq, bytes| {
            durability.publish(seq);
            stats.commits.add(1);
            stats.epoch_bytes.add(bytes);
        });
        if self.committer.head().epoch != epoch {
            stats.epoch_bytes.set(0);
        }
        let took_us = began.elapsed().as_micros() as u64;
        stats.longest_commit_us.set(stats.longest_commit_us.get().max(took_us));
        match result {
            Ok(()) => {
                self.restored();
                self.keep_limits();
            }
            Err(fault) => self.failed(&fault),
        }
    }

    fn failed(&mut self, fault: &CommitFault) {
        self.inner.stats.failed_commits.add(1);
        let failing = self.failing.get_or_insert_with(|| Failing {
            since_seq: self.committer.head().durable + 1,
            segment: fault.segment,
            failures: 0,
            retry_at: Instant::now(),
            error: String::new(),
            lost: 0,
        });
        failing.failures = failing.failures.saturating_add(1);
        failing.error = fault.error.to_string();
        let retry_in = match failing.failures {
            1 => Duration::ZERO,
            n => FIRST_BACKOFF.saturating_mul(1 << (n - 2).min(10)).min(LONGEST_BACKOFF),
        };
        failing.retry_at = Instant::now() + retry_in;
        let (segment, failures, error) = (fault.segment, failing.failures, failing.error.clone());
        (self.inner.events)(JournalEvent::WriteFailed { segment, failures, retry_in, error });
    }

    fn restored(&mut self) {
        let Some(failing) = self.failing.take() else { return };
        let Failing { since_seq, segment, failures, error, lost, .. } = failing;
        self.inner.append_own(NewRecord::write_fault(segment, Seq(since_seq), failures, &error));
        (self.inner.events)(JournalEvent::Restored { failures, lost_records: lost });
    }

    /// On a failing disk the queue must not fill up, or the picture would stop: half of it is given up.
    fn shed_if_tight(&mut self) {
        if !self.inner.budget.is_tight() {
            return;
        }
        let options = &self.inner.options;
        let error = self.failing.as_ref().map_or("", |failing| failing.error.as_str());
        let lost = self.committer.shed(options.queue_bytes / 2, options.queue_records / 2, error);
        self.lose(&lost);
    }

    fn lose(&mut self, lost: &[(u64, u64)]) {
        let (Some(&(first, _)), Some(&(_, last))) = (lost.first(), lost.last()) else { return };
        let records = lost.iter().map(|(first, last)| last - first + 1).sum();
        self.inner.durability.lose(lost);
        self.inner.stats.lost.add(records);
        if let Some(failing) = &mut self.failing {
            failing.lost += records;
        }
        (self.inner.events)(JournalEvent::Lost { first: Seq(first), last: Seq(last), records });
    }

    /// Once a segment, removes what is beyond the limits.
    fn keep_limits(&mut self) {
        let head = self.committer.head();
        if head.segment == self.limits_checked_at_segment {
            return;
        }
        self.limits_checked_at_segment = head.segment;
        let now = self.inner.queue().sequencer.last_received().unwrap_or(Time::EPOCH);
        match enforce(self.storage.as_ref(), &self.inner.options.limits, head.epoch, now) {
            Ok((removed, excess)) => {
                if let Some(removed) = removed {
                    self.inner.stats.removed_segments.add(removed.segments);
                    self.inner.append_own(NewRecord::segments_removed(
                        removed.first,
                        removed.last,
                        removed.bytes,
                        removed.oldest,
                    ));
                    (self.inner.events)(JournalEvent::Removed(removed));
                }
                if let Some(excess) = excess.filter(|_| !self.over_limits) {
                    (self.inner.events)(JournalEvent::BeyondLimits(excess));
                }
                self.over_limits = excess.is_some();
            }
            Err(e) => (self.inner.events)(JournalEvent::RemovalFailed { error: e.to_string() }),
        }
    }
}
