//! How many tracks may begin by what objects say of themselves: from one source, and from all together, for one transmitter is heard by many receivers. Tracks
//! that are held go on whatever a source brings; what sensors measure by themselves has no budget.

use crate::params::Params;
use skypicket_model::{Address, FeedId, Reality, Span, Time};
use std::collections::BTreeMap;

/// Most sources; what comes from further ones is counted with the last.
const MAX_SOURCES: usize = 1024;
/// Most addresses that wait for room, and how long each waits before it is looked at again.
const MAX_WAITING: usize = 50_000;
const WAITS: Span = Span::from_s(5);
/// Silent for so long, a source begins anew: what it brings then was there before.
const SILENT: Span = Span::from_s(60);

/// Tracks that may begin now, and when that was worked out.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Level {
    tracks: f64,
    filled: Time,
}
skypicket_model::canon_struct!(Level { tracks, filled });

impl Level {
    const fn full(at: Time, params: &Params) -> Self {
        Self { tracks: params.new_tracks_burst, filled: at }
    }

    fn fill(&mut self, at: Time, params: &Params) {
        let passed_s = (at - self.filled).s().max(0.0);
        self.tracks = (self.tracks + passed_s * params.new_tracks_per_s).min(params.new_tracks_burst);
        self.filled = self.filled.max(at);
    }
}

/// One source.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Source {
    began: Time,
    heard: Time,
    level: Level,
    /// Tracks of today that it began.
    holds: u32,
}
skypicket_model::canon_struct!(Source { began, heard, level, holds });

/// All sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Budgets {
    of: BTreeMap<FeedId, Source>,
    /// What sources that have settled may begin together.
    together: Option<Level>,
    waiting: BTreeMap<(Address, Reality), Time>,
}
skypicket_model::canon_struct!(Budgets { of, together, waiting });

impl Budgets {
    /// Whether an address was refused a moment ago.
    pub(crate) fn waits(&mut self, address: Address, reality: Reality, at: Time) -> bool {
        if self.waiting.is_empty() {
            return false;
        }
        let since = self.waiting.get(&(address, reality)).copied();
        since.is_some_and(|since| (at - since).abs() < WAITS)
    }

    /// Takes note that a source speaks, and tells whether it may begin a track now.
    pub(crate) fn may_begin(
        &mut self,
        feed: FeedId,
        address: Address,
        reality: Reality,
        at: Time,
        params: &Params,
    ) -> bool {
        let feed = if self.of.len() >= MAX_SOURCES && !self.of.contains_key(&feed) { FeedId(u16::MAX) } else { feed };
        let level = Level::full(at, params);
        let source = self.of.entry(feed).or_insert(Source { began: at, heard: at, level, holds: 0 });
        let together = self.together.get_or_insert(level);
        if at - source.heard > SILENT {
            source.began = at;
        }
        source.heard = source.heard.max(at);
        source.level.fill(at, params);
        together.fill(at, params);
        let settles = (at - source.began).s() < params.source_settles_s;
        let room = (source.holds as usize) < params.tracks_per_source;
        if room && (settles || source.level.tracks >= 1.0 && together.tracks >= 1.0) {
            if !settles {
                source.level.tracks -= 1.0;
                together.tracks -= 1.0;
            }
            source.holds += 1;
            self.waiting.remove(&(address, reality));
            return true;
        }
        if self.waiting.len() >= MAX_WAITING {
            self.waiting.retain(|_, since| (at - *since).abs() < WAITS);
        }
        if self.waiting.len() < MAX_WAITING {
            self.waiting.insert((address, reality), at);
        }
        false
    }

    /// A track that a source began is gone, or is somebody else's word too.
    pub(crate) fn ended(&mut self, feed: FeedId) {
        if let Some(source) = self.of.get_mut(&feed) {
            source.holds = source.holds.saturating_sub(1);
        }
    }

    /// Takes note that a source speaks of what is held already.
    pub(crate) fn heard(&mut self, feed: FeedId, at: Time) {
        if let Some(source) = self.of.get_mut(&feed) {
            if at - source.heard > SILENT {
                source.began = at;
            }
            source.heard = source.heard.max(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params { new_tracks_burst: 50.0, new_tracks_per_s: 5.0, tracks_per_source: 400, ..Params::default() }
    }

    fn at(second: i64) -> Time {
        Time::from_s(1_000 + second)
    }

    /// Speaks of what is held in every second until `second`, then brings new addresses; how many tracks begin.
    fn begun(budgets: &mut Budgets, feed: u16, second: i64, addresses: std::ops::Range<u32>) -> usize {
        let heard = budgets.of.get(&FeedId(feed)).map_or(second, |source| source.heard.floor_s() - 1_000);
        (heard..second).for_each(|second| budgets.heard(FeedId(feed), at(second)));
        let may = |number| budgets.may_begin(FeedId(feed), Address::icao(number), Reality::Live, at(second), &params());
        addresses.map(may).filter(|may| *may).count()
    }

    #[test]
    fn a_source_begins_with_all_it_has_and_then_so_many_a_second() {
        let mut budgets = Budgets::default();
        assert_eq!(begun(&mut budgets, 1, 0, 0..200), 200, "what was there before");
        assert_eq!(begun(&mut budgets, 1, 100, 1_000..2_000), 50);
        assert_eq!(begun(&mut budgets, 1, 102, 2_000..3_000), 10);
        assert_eq!(begun(&mut budgets, 1, 202, 3_000..4_000), 50);
        assert_eq!(begun(&mut budgets, 1, 302, 4_000..5_000), 50);
        assert_eq!(begun(&mut budgets, 1, 402, 5_000..6_000), 40, "so many in all");
        (0..7).for_each(|_| budgets.ended(FeedId(1)));
        assert_eq!(begun(&mut budgets, 1, 502, 6_000..7_000), 7);
        assert!(budgets.waits(Address::icao(6_999), Reality::Live, at(504)));
        assert!(!budgets.waits(Address::icao(6_999), Reality::Live, at(510)));
        // Silent for longer than a minute, it brings what was there before.
        (0..100).for_each(|_| budgets.ended(FeedId(1)));
        let mut again = |number| budgets.may_begin(FeedId(1), Address::icao(number), Reality::Live, at(600), &params());
        assert_eq!((7_000..8_000).map(&mut again).filter(|may| *may).count(), 100);
    }

    #[test]
    fn what_many_receivers_hear_begins_no_more_than_what_one_hears() {
        let mut budgets = Budgets::default();
        for feed in 1..6 {
            assert_eq!(begun(&mut budgets, feed, 0, 0..20), 20);
        }
        let each: Vec<usize> = (1..6).map(|feed| begun(&mut budgets, feed, 100, 1_000..2_000)).collect();
        assert_eq!(each.iter().sum::<usize>(), 50, "{each:?}");
    }
}
