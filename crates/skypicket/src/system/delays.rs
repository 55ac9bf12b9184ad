//! How long an alert takes: from when the observation that brought it was received to when the picture that tells it was published.
//!
//! What was received before it was judged the time before was judged then and brought no alert: one that comes now with nothing newer is brought by the time that has
//! passed (a stay has become long enough, a prediction has come nearer), and there is no report to count from. Those are counted apart.

use skypicket_engine::Event;
use skypicket_model::{Seq, Severity, Span, Time};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Upper bounds of the histogram's buckets, seconds. Origin: the goal of one second, and Prometheus' usual spacing.
pub const BOUNDS_S: [f64; 9] = [0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0];
/// Of so many alerts the quantiles are told.
const RECENT: usize = 1000;
/// Arrivals are remembered for so long and at most so many: an alert that a report brought rests on what came in since the tick before.
const REMEMBERED: Span = Span::from_s(5);
const MAX_ARRIVALS: usize = 100_000;
/// The longest delay that is one.
const MOST: Span = Span::from_s(60);

/// When inputs were received, for a few seconds.
#[derive(Debug, Default)]
pub(super) struct Arrivals(VecDeque<(Seq, Time)>);

impl Arrivals {
    /// An input came in.
    pub(super) fn note(&mut self, seq: Seq, received: Time) {
        while self.0.front().is_some_and(|(_, time)| received - *time > REMEMBERED) || self.0.len() >= MAX_ARRIVALS {
            self.0.pop_front();
        }
        self.0.push_back((seq, received));
    }

    fn of(&self, seq: Seq) -> Option<Time> {
        self.0.binary_search_by_key(&seq, |(seq, _)| *seq).ok().and_then(|k| self.0.get(k)).map(|(_, time)| *time)
    }
}

/// What was measured so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Alerts by bucket, each bucket by itself; the last one holds what is beyond all bounds.
    pub buckets: [u64; BOUNDS_S.len() + 1],
    /// Sum of all delays, seconds.
    pub sum_s: f64,
    /// Alerts that time brought and no observation.
    pub by_time: u64,
    recent: VecDeque<f64>,
}

impl Measured {
    /// How many alerts.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// That share of the last thousand alerts took no longer, seconds; `None` before the first.
    #[must_use]
    pub fn quantile_s(&self, share: f64) -> Option<f64> {
        let mut sorted: Vec<f64> = self.recent.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
        sorted.get(rank - 1).copied()
    }

    fn add(&mut self, delay_s: f64) {
        let bucket = BOUNDS_S.iter().position(|bound| delay_s <= *bound).unwrap_or(BOUNDS_S.len());
        self.buckets[bucket] += 1;
        self.sum_s += delay_s;
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(delay_s);
    }
}

/// The same, shared by the engine's thread and whoever reads.
#[derive(Clone, Debug, Default)]
pub struct Delays(Arc<Mutex<Measured>>);

impl Delays {
    fn lock(&self) -> MutexGuard<'_, Measured> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was measured so far.
    #[must_use]
    pub fn measured(&self) -> Measured {
        self.lock().clone()
    }

    /// A picture with these events was published at `now`; `before` was the last input that had been judged before.
    pub(super) fn published(&self, events: &[Event], arrivals: &Arrivals, before: Seq, now: Time) {
        for event in events {
            if let Event::Assessment(assessment) = event
                && assessment.severity >= Severity::Medium
            {
                let last = assessment.evidence.last.seq;
                let delay = arrivals.of(last).map(|received| now - received);
                let mut measured = self.lock();
                match delay {
                    Some(delay) if last > before => {
                        // What was received long ago was not received now: a recording is being played.
                        if (Span::ZERO..=MOST).contains(&delay) {
                            measured.add(delay.s());
                        }
                    }
                    Some(_) | None => measured.by_time += 1,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use skypicket_model::{Assessment, DetectorName, Emergency, Evidence, Finding, ObservationId, Subject, TrackId};

    #[test]
    fn delays_fall_into_their_buckets_and_quantiles_are_of_the_last_thousand() {
        let mut measured = Measured::default();
        assert_eq!(measured.quantile_s(0.99), None);
        for _ in 0..5000 {
            measured.add(20.0);
        }
        for k in 1..=1000 {
            measured.add(f64::from(k) * 1e-3);
        }
        assert_eq!((measured.count(), measured.buckets[BOUNDS_S.len()]), (6000, 5000));
        assert_eq!(measured.buckets[..6], [50, 50, 150, 250, 250, 250]);
        assert_eq!((measured.quantile_s(0.5), measured.quantile_s(0.99)), (Some(0.5), Some(0.99)));
    }

    #[test]
    fn what_time_brought_is_counted_apart() {
        let mut arrivals = Arrivals::default();
        arrivals.note(Seq(1), Time::from_s(99));
        arrivals.note(Seq(2), Time::from_s(100));
        let last = |seq| {
            let at = ObservationId { seq: Seq(seq), index: 0 };
            let evidence = Evidence { first: at, last: at, count: 1, strongest: vec![at] };
            let assessment = Assessment {
                detector: DetectorName::new("airspace_entry"),
                subject: Subject::Track(TrackId(1)),
                incident: None,
                time: Time::from_s(101),
                finding: Finding::EmergencyCode { emergency: Emergency::General, squawk: None, ended: None },
                probability: 1.0,
                severity: Severity::High,
                evidence,
                reasons: Vec::new(),
            };
            Event::Assessment(Box::new(assessment))
        };
        let delays = Delays::default();
        let now = Time::from_s(101) + Span::from_ms(20);
        delays.published(&[last(1), last(2), last(3)], &arrivals, Seq(1), now);
        let measured = delays.measured();
        assert_eq!((measured.count(), measured.by_time), (1, 2), "only the second came since it was judged before");
        assert_eq!(measured.quantile_s(0.99), Some(1.02));
    }

    #[test]
    fn what_was_received_is_remembered_for_seconds_only() {
        let mut arrivals = Arrivals::default();
        for k in 0..20 {
            arrivals.note(Seq(10 + 2 * k), Time::from_s(k as i64));
        }
        assert_eq!(arrivals.of(Seq(48)), Some(Time::from_s(19)));
        assert_eq!((arrivals.of(Seq(47)), arrivals.of(Seq(10))), (None, None));
        for k in 0..2 * MAX_ARRIVALS as u64 {
            arrivals.note(Seq(100 + k), Time::from_s(20));
        }
        assert_eq!(arrivals.0.len(), MAX_ARRIVALS);
    }
}
