//! The one place that gives an input its sequence number and its `received`.

use super::ticker::{Due, Ticker};
use skypicket_model::ids::Seq;
use skypicket_model::time::{Span, Time};

/// Threads that stamp and then wait for their turn arrive a little out of order. Beyond this a clock must have been set back.
pub const CLOCK_STEP: Span = Span::from_s(1);

/// What [`Sequencer::admit`] made of an input's time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admitted {
    /// Ticks that come first.
    pub(super) ticks: Due,
    /// The input's `received`: never before the last one.
    pub(super) received: Time,
    /// Set when a backward step of the clock was found just now: how far back.
    pub(super) stepped_back: Option<Span>,
}

/// Numbers inputs and keeps their times in order.
#[derive(Clone, Debug)]
pub(super) struct Sequencer {
    next: u64,
    last_received: Option<Time>,
    held: bool,
    ticker: Ticker,
}

impl Sequencer {
    /// Goes on after the last record of a journal, or starts a new one.
    pub(super) fn after(last_seq: u64, last_received: Option<Time>) -> Self {
        let ticker = last_received.map_or_else(Ticker::default, Ticker::after);
        Self { next: last_seq + 1, last_received, held: false, ticker }
    }

    /// Clamps a time and says which ticks are due before it.
    pub(super) fn admit(&mut self, received: Time) -> Admitted {
        let last = self.last_received.unwrap_or(received);
        let behind = last - received;
        let stepped = behind > CLOCK_STEP;
        let stepped_back = (stepped && !self.held).then_some(behind);
        self.held = stepped;
        let received = received.max(last);
        self.last_received = Some(received);
        Admitted { ticks: self.ticker.due(received), received, stepped_back }
    }

    /// The next sequence number.
    pub(super) fn number(&mut self) -> Seq {
        let seq = Seq(self.next);
        self.next += 1;
        seq
    }

    /// The latest `received` given.
    pub(super) fn last_received(&self) -> Option<Time> {
        self.last_received
    }

    /// The sequence number given last; 0 before the first.
    pub(super) fn last_seq(&self) -> Seq {
        Seq(self.next - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_goes_back_and_a_step_is_reported_once() {
        let mut sequencer = Sequencer::after(0, None);
        assert_eq!(sequencer.admit(Time::from_s(100)).received, Time::from_s(100));
        let late = sequencer.admit(Time::from_s(100) - Span::from_ms(30));
        assert_eq!((late.received, late.stepped_back), (Time::from_s(100), None), "threads may be a little late");
        let back = sequencer.admit(Time::from_s(40));
        assert_eq!((back.received, back.stepped_back), (Time::from_s(100), Some(Span::from_s(60))));
        assert_eq!(sequencer.admit(Time::from_s(41)).stepped_back, None, "the same step");
        assert_eq!(sequencer.admit(Time::from_s(101)).received, Time::from_s(101));
        assert!(sequencer.admit(Time::from_s(10)).stepped_back.is_some(), "another step");
    }

    #[test]
    fn goes_on_after_a_restart() {
        let mut sequencer = Sequencer::after(41, Some(Time::from_s(100)));
        assert_eq!(sequencer.number(), Seq(42));
        let admitted = sequencer.admit(Time::from_s(102));
        assert_eq!(admitted.ticks.collect::<Vec<_>>(), [Time::from_s(101), Time::from_s(102)]);
    }
}
