//! Who may speak, and when: webhooks, evidence and acknowledgements of commands wait here until what they rest on is on disk.

use skypicket_model::ids::Seq;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Separate lost stretches remembered; beyond, the oldest two become one (which then claims more to be lost than is).
const MAX_LOST: usize = 1024;

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// On disk; it survives a power cut.
    Durable,
    /// On its way.
    Pending,
    /// The disk refused writes for too long; a gap is recorded in its place.
    Lost,
}

#[derive(Debug, Default)]
struct Shared {
    seq: AtomicU64,
    lost: Mutex<Vec<(u64, u64)>>,
    changed: Condvar,
}

/// Tells how far the journal is durable; clones tell the same.
#[derive(Clone, Debug, Default)]
pub struct Durability(Arc<Shared>);

impl Durability {
    pub(super) fn starting_at(seq: u64) -> Self {
        let durability = Self::default();
        durability.0.seq.store(seq, Ordering::Release);
        durability
    }

    fn lost(&self) -> MutexGuard<'_, Vec<(u64, u64)>> {
        self.0.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All inputs up to this one are durable or recorded as lost.
    #[must_use]
    pub fn seq(&self) -> Seq {
        Seq(self.0.seq.load(Ordering::Acquire))
    }

    /// What became of an input.
    #[must_use]
    pub fn fate(&self, seq: Seq) -> Fate {
        self.fate_among(seq, &self.lost())
    }

    fn fate_among(&self, seq: Seq, lost: &[(u64, u64)]) -> Fate {
        if lost.iter().any(|&(first, last)| (first..=last).contains(&seq.0)) {
            Fate::Lost
        } else if self.seq() >= seq {
            Fate::Durable
        } else {
            Fate::Pending
        }
    }

    /// Waits until the fate of an input is known or `timeout` has passed.
    #[must_use]
    pub fn wait(&self, seq: Seq, timeout: Duration) -> Fate {
        let pending = |lost: &mut Vec<(u64, u64)>| self.fate_among(seq, lost) == Fate::Pending;
        let waited = self.0.changed.wait_timeout_while(self.lost(), timeout, pending);
        let (lost, _) = waited.unwrap_or_else(PoisonError::into_inner);
        self.fate_among(seq, &lost)
    }

    pub(super) fn publish(&self, seq: u64) {
        // Under the lock, so that nobody who is about to wait misses it.
        let lost = self.lost();
        self.0.seq.store(seq, Ordering::Release);
        drop(lost);
        self.0.changed.notify_all();
    }

    pub(super) fn lose(&self, stretches: &[(u64, u64)]) {
        let mut lost = self.lost();
        for &(first, last) in stretches {
            match lost.last_mut() {
                Some(before) if before.1 + 1 == first => before.1 = last,
                _ => lost.push((first, last)),
            }
        }
        if lost.len() > MAX_LOST {
            lost.sort_unstable();
            let surplus = lost.len() - MAX_LOST;
            if let Some(&(_, last)) = lost.get(surplus) {
                lost.drain(1..=surplus);
                lost[0].1 = last;
            }
        }
        drop(lost);
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_never_called_durable() {
        let durability = Durability::starting_at(10);
        assert_eq!(durability.fate(Seq(10)), Fate::Durable);
        assert_eq!(durability.wait(Seq(11), Duration::ZERO), Fate::Pending);
        durability.lose(&[(11, 11), (12, 12), (15, 20)]);
        durability.publish(21);
        assert_eq!(durability.fate(Seq(12)), Fate::Lost);
        assert_eq!(durability.fate(Seq(13)), Fate::Durable);
        assert_eq!(durability.fate(Seq(22)), Fate::Pending);
    }

    #[test]
    fn the_list_of_losses_is_bounded_and_claims_rather_too_much_lost() {
        let durability = Durability::starting_at(0);
        for i in 0..3 * MAX_LOST as u64 {
            durability.lose(&[(10 * i + 1, 10 * i + 2)]);
        }
        assert_eq!(durability.lost().len(), MAX_LOST);
        durability.publish(1_000_000);
        for i in 0..3 * MAX_LOST as u64 {
            assert_eq!(durability.fate(Seq(10 * i + 2)), Fate::Lost, "{i}");
        }
    }
}
