//! Ticks: the whole seconds of received time, made from the inputs' `received` alone, so that live input, importers of recordings
//! and simulation tick alike and pace never matters.

use skypicket_model::time::{NS_PER_S, Span, Time};

/// After a pause longer than this many seconds the ticks in the middle are left out: the first `MAX_CATCH_UP_S` are given, then the
/// last one. Everything that the engine holds has died by then, and a recording that goes on a year later costs no 31 million ticks.
pub const MAX_CATCH_UP_S: i64 = 3600;

/// Says which ticks are due before an input.
///
/// The tick of a whole second `t` comes after all inputs received before `t` and before all received at `t` or later. The first
/// input gives no tick; the next whole second after it is the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticker {
    next_s: Option<i64>,
}

impl Ticker {
    /// Goes on after a record received at `last`: the next tick is the first whole second after it.
    #[must_use]
    pub fn after(last: Time) -> Self {
        Self { next_s: Some(last.floor_s().saturating_add(1)) }
    }

    /// The ticks due before an input received at `received`, in order. `received` must not be before that of the last call.
    pub fn due(&mut self, received: Time) -> Due {
        let now_s = received.floor_s();
        let Some(next_s) = self.next_s else {
            self.next_s = Some(now_s.saturating_add(1));
            return Due { next_s: 1, dense_until_s: 0, last_s: 0 };
        };
        self.next_s = Some(next_s.max(now_s.saturating_add(1)));
        Due { next_s, dense_until_s: next_s.saturating_add(MAX_CATCH_UP_S), last_s: now_s }
    }

    /// When the next tick falls, once there was an input: what a live program waits for.
    #[must_use]
    pub fn next(&self) -> Option<Time> {
        self.next_s.map(Time::from_s)
    }

    /// How long a live program may wait at `now` before it must call [`Self::due`].
    #[must_use]
    pub fn wait(&self, now: Time) -> Span {
        self.next().map_or(Span::from_ns(NS_PER_S), |next| (next - now).max(Span::ZERO))
    }
}

/// The ticks that [`Ticker::due`] found.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    next_s: i64,
    dense_until_s: i64,
    last_s: i64,
}

impl Iterator for Due {
    type Item = Time;

    fn next(&mut self) -> Option<Time> {
        if self.next_s > self.last_s {
            return None;
        }
        let tick_s = if self.next_s < self.dense_until_s { self.next_s } else { self.last_s };
        self.next_s = tick_s + 1;
        Some(Time::from_s(tick_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks_s(ticker: &mut Ticker, received_ms: i64) -> Vec<i64> {
        ticker.due(Time::EPOCH + Span::from_ms(received_ms)).map(Time::floor_s).collect()
    }

    #[test]
    fn a_tick_comes_before_inputs_of_its_own_second() {
        let mut ticker = Ticker::default();
        assert!(ticks_s(&mut ticker, 10_000).is_empty(), "the first input starts the clock");
        assert!(ticks_s(&mut ticker, 10_999).is_empty());
        assert_eq!(ticks_s(&mut ticker, 11_000), [11]);
        assert!(ticks_s(&mut ticker, 11_000).is_empty());
        assert_eq!(ticks_s(&mut ticker, 14_500), [12, 13, 14]);
        assert_eq!(ticker.wait(Time::EPOCH + Span::from_ms(14_600)), Span::from_ms(400));
    }

    #[test]
    fn how_calls_are_cut_changes_nothing() {
        let (mut once, mut often) = (Ticker::after(Time::from_s(5)), Ticker::after(Time::from_s(5)));
        let all = ticks_s(&mut once, 60_300);
        let cut: Vec<i64> =
            (5_000..=60_300).step_by(130).chain([60_300]).flat_map(|ms| ticks_s(&mut often, ms)).collect();
        assert_eq!(all, cut);
        assert_eq!(all.len(), 55);
    }

    #[test]
    fn a_year_of_silence_costs_an_hour_of_ticks() {
        let mut ticker = Ticker::after(Time::from_s(0));
        let ticks = ticks_s(&mut ticker, 31_536_000_500);
        assert_eq!(ticks.len() as i64, MAX_CATCH_UP_S + 1);
        assert_eq!(ticks.last(), Some(&31_536_000));
        assert!(ticks_s(&mut ticker, 31_536_000_900).is_empty());
        assert_eq!(Ticker::after(Time::MAX).due(Time::MAX).count(), 0);
    }
}
