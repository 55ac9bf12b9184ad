//! How many tracks one source may begin by what objects say of themselves: so many a second and so many in all. Tracks that are held go on whatever a
//! source brings; what sensors measure by themselves has no budget.

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

/// One source.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Source {
    began: Time,
    heard: Time,
    /// Tracks that it may begin now, and when that was worked out.
    level: f64,
    filled: Time,
    /// Tracks of today that it began.
    holds: u32,
}
skypicket_model::canon_struct!(Source { began, heard, level, filled, holds });

/// All sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Budgets {
    of: BTreeMap<FeedId, Source>,
    waiting: BTreeMap<(Address, Reality), Time>,
}
skypicket_model::canon_struct!(Budgets { of, waiting });

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
        let source = self.of.entry(feed).or_insert(Source {
            began: at,
            heard: at,
            level: params.new_tracks_burst,
            filled: at,
            holds: 0,
        });
        if at - source.heard > SILENT {
            source.began = at;
        }
        source.heard = source.heard.max(at);
        let passed_s = (at - source.filled).s().max(0.0);
        source.level = (source.level + passed_s * params.new_tracks_per_s).min(params.new_tracks_burst);
        source.filled = source.filled.max(at);
        let settles = (at - source.began).s() < params.source_settles_s;
        let room = (source.holds as usize) < params.tracks_per_source;
        if room && (settles || source.level >= 1.0) {
            if !settles {
                source.level -= 1.0;
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

    #[test]
    fn a_source_begins_with_all_it_has_and_then_so_many_a_second() {
        let params =
            Params { new_tracks_burst: 50.0, new_tracks_per_s: 5.0, tracks_per_source: 400, ..Params::default() };
        let mut budgets = Budgets::default();
        let mut number = 0;
        let mut begun = |budgets: &mut Budgets, second: i64, wanted: u32| {
            let mut count = 0;
            for _ in 0..wanted {
                number += 1;
                let at = Time::from_s(1_000 + second);
                count += u32::from(budgets.may_begin(FeedId(1), Address::icao(number), Reality::Live, at, &params));
            }
            count
        };
        assert_eq!(begun(&mut budgets, 0, 200), 200, "what was there before");
        for second in 1..100 {
            budgets.heard(FeedId(1), Time::from_s(1_000 + second));
        }
        assert_eq!(begun(&mut budgets, 100, 1_000), 50);
        assert_eq!(begun(&mut budgets, 102, 1_000), 10);
        assert_eq!(begun(&mut budgets, 202, 1_000), 50);
        assert_eq!(begun(&mut budgets, 302, 1_000), 50);
        assert_eq!(begun(&mut budgets, 402, 1_000), 40, "so many in all");
        (0..7).for_each(|_| budgets.ended(FeedId(1)));
        assert_eq!(begun(&mut budgets, 502, 1_000), 7);
        assert!(budgets.waits(Address::icao(number), Reality::Live, Time::from_s(1_504)));
        assert!(!budgets.waits(Address::icao(number), Reality::Live, Time::from_s(1_510)));
    }
}
