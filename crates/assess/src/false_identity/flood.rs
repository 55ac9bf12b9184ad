//! How many new addresses each feed brings, and when they are too many to be traffic.

use std::collections::{BTreeMap, VecDeque};

use skypicket_model::math::ln;
use skypicket_model::{Address, FeedId, ObservationId, Span, Time};

/// New addresses are counted over so many seconds.
const WINDOW: Span = Span::from_s(10);
/// What a feed brings in its first minute, or after a silence, is what was there before.
const SETTLES: Span = Span::from_s(60);
const SILENT: Span = Span::from_s(20);
/// Most new addresses remembered of a window; further ones are counted.
const MOST_NEW: usize = 20_000;
const MOST_FEEDS: usize = 256;
/// What a flood makes of one of its addresses comes to this at most.
const MOST: f64 = 4.5;

/// What a feed brings.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Feed {
    began: Time,
    heard: Time,
    /// New addresses within the window.
    new: VecDeque<(Time, Address, ObservationId)>,
    /// New addresses in a window as usual, smoothed over ten minutes.
    usual: f64,
    ticked: Option<Time>,
    /// Since when there are too many, how many came since, and the first and last message.
    pub(super) flood: Option<Flood>,
}
skypicket_model::canon_struct!(Feed { began, heard, new, usual, ticked, flood });

/// Too many at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flood {
    pub(super) since: Time,
    pub(super) last: Time,
    pub(super) count: u32,
    pub(super) usual: f64,
    pub(super) first_id: ObservationId,
    pub(super) last_id: ObservationId,
    /// Counted up to here.
    counted: Time,
    pub(super) told_at: Option<Time>,
}
skypicket_model::canon_struct!(Flood { since, last, count, usual, first_id, last_id, counted, told_at });

/// What became of a feed at a tick.
pub(super) enum News {
    /// New addresses that came with a flood, and what that makes of each.
    Brought(FeedId, Vec<Address>, f64),
    /// The flood is over.
    Over(FeedId, Flood),
}

/// All feeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Feeds {
    pub(super) of: BTreeMap<FeedId, Feed>,
}
skypicket_model::canon_struct!(Feeds { of });

impl Feeds {
    /// A feed was heard; `new` names an address that was not known.
    pub(super) fn heard(&mut self, id: FeedId, at: Time, message: ObservationId, new: Option<Address>) {
        if self.of.len() >= MOST_FEEDS && !self.of.contains_key(&id) {
            return;
        }
        let feed = self.of.entry(id).or_insert_with(|| Feed {
            began: at,
            heard: at,
            new: VecDeque::new(),
            usual: 0.0,
            ticked: None,
            flood: None,
        });
        if at - feed.heard > SILENT {
            feed.began = at;
        }
        feed.heard = feed.heard.max(at);
        let Some(address) = new else { return };
        if feed.new.len() >= MOST_NEW {
            feed.new.pop_front();
        }
        feed.new.push_back((at, address, message));
        if let Some(flood) = &mut feed.flood {
            (flood.last, flood.last_id) = (at, message);
            flood.count = flood.count.saturating_add(1);
        }
    }

    /// Judges every feed; `least` new addresses in a window are never called many.
    pub(super) fn tick(&mut self, least: u32, now: Time, out: &mut Vec<News>) {
        for (id, feed) in &mut self.of {
            while feed.new.front().is_some_and(|(at, ..)| now - *at > WINDOW) {
                feed.new.pop_front();
            }
            let count = feed.new.len() as f64;
            let settled = now - feed.began > SETTLES;
            let many = settled && count >= f64::from(least) && count > 8.0 * feed.usual;
            if !many {
                let by = feed.ticked.map_or(1.0, |ticked| (now - ticked).s().clamp(0.0, 10.0)) / 600.0;
                // What a feed begins with is no rhythm.
                if settled {
                    feed.usual += by * (count - feed.usual);
                }
            }
            feed.ticked = Some(now);
            if many
                && feed.flood.is_none()
                && let (Some(&(since, _, first_id)), Some(&(_, _, last_id))) = (feed.new.front(), feed.new.back())
            {
                feed.flood = Some(Flood {
                    since,
                    last: now,
                    count: feed.new.len() as u32,
                    usual: feed.usual,
                    first_id,
                    last_id,
                    counted: since - Span::from_ns(1),
                    told_at: None,
                });
            }
            let Some(flood) = &mut feed.flood else { continue };
            let brought: Vec<Address> =
                feed.new.iter().filter(|(at, ..)| *at > flood.counted).map(|(_, address, _)| *address).collect();
            flood.counted = feed.new.back().map_or(flood.counted, |(at, ..)| flood.counted.max(*at));
            if many {
                let each = ln((count / flood.usual.max(1.0)).max(1.0)).min(MOST);
                out.push(News::Brought(*id, brought, each));
            } else if now - flood.last > Span::from_s(30) {
                out.push(News::Over(*id, *flood));
                feed.flood = None;
            }
        }
    }

    /// Whether too many come through a feed now.
    pub(super) fn floods(&self, id: FeedId) -> bool {
        self.of.get(&id).is_some_and(|feed| feed.flood.is_some())
    }
}
