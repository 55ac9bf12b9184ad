//! What is found of a stretch of time that lies further back than a picture remembers: it is put together of pictures of that time.
//!
//! Ledger, groups and counts reach back 24 h. A claim of last week's night is held against the rows of that night as they stood when they were forgotten, and
//! against what is reported of it now.

use skypicket_model::{Span, Time};

use super::Findings;

/// How far back ledger, groups and counts reach.
const REMEMBERED: Span = Span::from_s(24 * 3600);
/// Moments of one claim at most: of a longer stretch the last days.
const MAX_RECALLED: usize = 8;

/// The moments before `as_of` whose findings tell of a stretch of time, latest first: each day of it as it was remembered last, and its end, when what is
/// found or inside was counted.
#[must_use]
pub fn recalled(window: (Time, Time), as_of: Time) -> Vec<Time> {
    let (from, until) = window;
    let mut moments = vec![until];
    let mut day = from + REMEMBERED;
    // What is of before the first day that is recalled is not asked for.
    while day < as_of && day < until + REMEMBERED {
        moments.push(day);
        if moments.len() > 2 * MAX_RECALLED {
            moments.remove(1);
        }
        day += REMEMBERED;
    }
    moments.retain(|moment| *moment < as_of);
    moments.sort_unstable();
    moments.dedup();
    moments.reverse();
    moments.truncate(MAX_RECALLED);
    moments
}

impl Findings {
    /// Adds what an earlier moment held and this one has forgotten. `later` is the moment recalled before, or this one: what should still have been
    /// remembered then and was not had come to nothing. To be called from the latest moment to the earliest.
    pub fn recall(&mut self, past: &Self, later: Time) {
        let forgotten = |last: Time| later - last >= REMEMBERED;
        let held: std::collections::BTreeSet<_> =
            self.entries.iter().map(|entry| (entry.track, entry.airspace.clone())).collect();
        let rows = past.entries.iter().filter(|entry| forgotten(entry.last));
        let rows: Vec<_> =
            rows.filter(|entry| !held.contains(&(entry.track, entry.airspace.clone()))).cloned().collect();
        self.entries.extend(rows);
        for group in &past.groups {
            let again = |own: &super::GroupFinding| own.tracks.iter().any(|track| group.tracks.contains(track));
            let ended = past.entries.iter().filter(|entry| group.tracks.contains(&entry.track));
            if !self.groups.iter().any(again) && ended.map(|entry| entry.last).max().is_none_or(forgotten) {
                self.groups.push(group.clone());
            }
        }
        self.counts.extend(past.counts.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{EntryFinding, GroupFinding};
    use skypicket_model::TrackId;

    const HOUR: i64 = 3600;

    fn row(track: u64, last_h: i64) -> EntryFinding {
        EntryFinding {
            track: TrackId(track),
            airspace: "POL".to_owned(),
            probability: 0.9,
            entered: None,
            place: None,
            depth_m: 0.0,
            depth_sigma_m: 1.0,
            gone: None,
            permitted: false,
            goes_on: None,
            last: Time::from_s(last_h * HOUR),
        }
    }

    fn found(at_h: i64, rows: &[(u64, i64)]) -> Findings {
        let entries = rows.iter().map(|(track, last_h)| row(*track, *last_h)).collect();
        Findings { as_of: Time::from_s(at_h * HOUR), entries, ..Findings::default() }
    }

    #[test]
    fn a_stretch_is_recalled_day_by_day() {
        let at = |h: i64| Time::from_s(h * HOUR);
        let hours = |window: (i64, i64), as_of: i64| -> Vec<i64> {
            recalled((at(window.0), at(window.1)), at(as_of)).iter().map(|time| time.floor_s() / HOUR).collect()
        };
        assert_eq!(hours((0, 36), 36), [24], "when it is said: the day before, and now");
        assert_eq!(hours((0, 36), 40), [36, 24]);
        assert_eq!(hours((0, 36), 1000), [48, 36, 24]);
        assert_eq!(hours((100, 110), 105), [0; 0], "it is still remembered");
        assert_eq!(hours((100, 110), 500), [124, 110]);
        let long = hours((0, 24 * 60), 24 * 90);
        assert_eq!((long.len(), long[0], long[6]), (MAX_RECALLED, 24 * 60, 24 * 54), "of two months the last week");
    }

    #[test]
    fn what_was_forgotten_comes_back_and_what_came_to_nothing_does_not() {
        let mut now = found(100, &[(1, 99)]);
        let day = found(50, &[(1, 49), (2, 49), (3, 20)]);
        now.recall(&day, now.as_of);
        let tracks: Vec<u64> = now.entries.iter().map(|entry| entry.track.0).collect();
        assert_eq!(tracks, [1, 2, 3]);
        assert_eq!(now.entries[0].last, Time::from_s(99 * HOUR), "as it stands now");
        // At hour 50 a row whose last word was at hour 39 would still have stood.
        now.recall(&found(40, &[(4, 39), (5, 20)]), day.as_of);
        let tracks: Vec<u64> = now.entries.iter().map(|entry| entry.track.0).collect();
        assert_eq!(tracks, [1, 2, 3, 5]);
    }

    #[test]
    fn groups_come_back_once() {
        let group = |tracks: &[u64]| GroupFinding {
            name: "group G1".to_owned(),
            tracks: tracks.iter().map(|id| TrackId(*id)).collect(),
            time: Time::from_s(0),
            origin: None,
        };
        let mut now = Findings { groups: vec![group(&[1, 2])], ..found(100, &[]) };
        now.recall(&Findings { groups: vec![group(&[1]), group(&[7])], ..found(50, &[(7, 40)]) }, now.as_of);
        assert_eq!(now.groups, [group(&[1, 2]), group(&[7])]);
    }
}
