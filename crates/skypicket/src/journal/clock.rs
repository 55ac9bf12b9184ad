//! Received time for live input: the wall clock where it behaves, the monotonic clock where it does not.

use skypicket_model::time::{Span, Time};

/// While ahead of the wall clock, the part of elapsed time by which the lead is worked off.
const SLEW_PER_MILLE: i64 = 10;

/// Turns readings of the wall clock and of the monotonic clock into a time that never goes back and never stands still.
///
/// A step forward is followed at once. After a step back time goes on at 99 % of its pace until the wall clock has caught up (a step
/// of one second takes 100 seconds, one of an hour takes four days; the lead is shown all the while), because ticks must go on.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReceivedClock {
    last: Option<(Time, Span)>,
}

impl ReceivedClock {
    /// Starts at the first reading.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts no earlier than the last record of the journal.
    #[must_use]
    pub fn after(last_received: Time, monotonic: Span) -> Self {
        Self { last: Some((last_received, monotonic)) }
    }

    /// The received time now, and how far it is ahead of the wall clock (0 when it follows it).
    pub fn read(&mut self, wall: Time, monotonic: Span) -> (Time, Span) {
        let now = match self.last {
            None => wall,
            Some((last, at)) => {
                let elapsed_ns = (monotonic - at).max(Span::ZERO).ns();
                let slowed = Span::from_ns(elapsed_ns - elapsed_ns / 1000 * SLEW_PER_MILLE);
                wall.max(last + slowed)
            }
        };
        self.last = Some((now, monotonic));
        (now, now - wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_while_the_wall_clock_was_set_back_and_meets_it_again() {
        let mut clock = ReceivedClock::new();
        let start = Time::from_s(1000);
        assert_eq!(clock.read(start, Span::ZERO), (start, Span::ZERO));
        let mut last = start;
        let mut lead = Span::ZERO;
        for s in 1..=300 {
            let (now, ahead) = clock.read(start + Span::from_s(s) - Span::from_s(2), Span::from_s(s));
            assert!(now > last, "second {s}");
            if s == 1 {
                assert_eq!(ahead, Span::from_ms(1990));
            }
            (last, lead) = (now, ahead);
        }
        assert_eq!(lead, Span::ZERO);
        assert_eq!(clock.read(start + Span::from_s(9000), Span::from_s(301)).0, start + Span::from_s(9000));
    }
}
