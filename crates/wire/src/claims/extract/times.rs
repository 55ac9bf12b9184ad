//! Times of entries.

use super::{Found, Sentence};
use crate::claims::moments::{Zone, known_zone, tolerance_s, weekday};
use skypicket_model::claim::{Content, EventKind, MAX_MOMENTS, Moment};
use skypicket_model::{Span, Time};
use std::ops::Range;

const DAYS: &[&str] = &["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const HOUR_S: i64 = 3600;
const DAY_S: i64 = 86_400;

/// What is printed: a stretch of a day, of which day, and in which zone.
struct Printed {
    words: Range<usize>,
    /// The day's own words, where they stand apart.
    day_words: Option<Range<usize>>,
    /// Of the day it is on, seconds after its midnight.
    from_s: i64,
    until_s: i64,
    /// 0 for Sunday; `None` where no day is named.
    day: Option<u8>,
    zone: Option<Zone>,
    local: bool,
}

pub(super) fn rules(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    let Some(until) = sentence.context.said_until else { return };
    let Some(printed) = printed(sentence) else { return };
    let moments = candidates(sentence, &printed, until);
    if moments.is_empty() {
        return;
    }
    let near = |class: &str, at: usize| sentence.hits(class).into_iter().find(|hit| hit.words.start.abs_diff(at) <= 6);
    let entered = sentence.hits("entered").into_iter().next().filter(|hit| !sentence.unreal(hit.words.start));
    let shot = sentence.hits("shot").into_iter().next().filter(|hit| !sentence.unreal(hit.words.start));
    let (rule, event, what) = match (entered, shot) {
        (Some(entered), _) => {
            let at = entered.words.start;
            let event = if let Some(first) = near("first", at) {
                (EventKind::FirstEntry, Some(first))
            } else if let Some(last) = near("last", at) {
                (EventKind::LastEntry, Some(last))
            } else {
                (EventKind::Entry, None)
            };
            ("time-entry", event, entered)
        }
        (None, Some(shot)) => match near("last", shot.words.start) {
            Some(last) => ("time-last-down", (EventKind::LastBroughtDown, Some(last)), shot),
            None => return,
        },
        (None, None) => return,
    };
    // After the verb in one breath, or before it in the same sentence: "before the entry, they met on Tuesday" dates no entry.
    let (verb, time) = (what.words.start, printed.words.start);
    let breath = |from: usize| sentence.tokens.get(from..=time).is_some_and(|all| all.iter().all(|token| !token.apart));
    let belongs = if time > verb { time - verb <= 10 && breath(what.words.end) } else { verb - time <= 12 };
    if !belongs {
        return;
    }
    let mut rests_on = vec![printed.words, what.words];
    rests_on.extend(printed.day_words);
    rests_on.extend(event.1.map(|hit| hit.words));
    found.push(Found { rule, content: Content::Time { event: event.0, name: String::new(), moments }, rests_on });
}

fn printed(sentence: &Sentence<'_>) -> Option<Printed> {
    let day = (0..sentence.tokens.len()).find_map(|at| {
        let day = DAYS.iter().position(|day| *day == sentence.lower(at))?;
        Some((at, day as u8))
    });
    if let Some(clock) = (0..sentence.tokens.len()).find_map(|at| clock(sentence, at)) {
        let day_words = day.map(|(at, _)| at..at + 1);
        return Some(Printed { day_words, day: day.map(|(_, day)| day), ..clock });
    }
    if let Some((at, day)) = day {
        // "late Tuesday", "late on Tuesday".
        let first = if at.checked_sub(1).is_some_and(|on| sentence.lower(on) == "on") { at - 1 } else { at };
        let before = first.checked_sub(1).map(|before| sentence.lower(before)).unwrap_or_default();
        let after = sentence.lower(at + 1);
        let (hours, words) = match (before, after) {
            ("late", "night") | (_, "night") => (18..30, at..at + 2),
            ("late", _) => (18..24, first - 1..at + 1),
            ("early", "morning") => (0..8, first - 1..at + 2),
            ("early", _) => (0..8, first - 1..at + 1),
            (_, "morning") => (5..12, at..at + 2),
            (_, "afternoon") => (12..18, at..at + 2),
            (_, "evening") => (17..24, at..at + 2),
            _ => (0..24, at..at + 1),
        };
        let (from_s, until_s) = (hours.start * HOUR_S, hours.end * HOUR_S);
        return Some(Printed { words, day_words: None, from_s, until_s, day: Some(day), zone: None, local: false });
    }
    let at = (0..sentence.tokens.len()).find(|at| sentence.lower(*at) == "overnight")?;
    // The night that was over when it was said, or was not yet.
    Some(Printed {
        words: at..at + 1,
        day_words: None,
        from_s: 18 * HOUR_S,
        until_s: 30 * HOUR_S,
        day: None,
        zone: None,
        local: false,
    })
}

/// A time of day: `23:30`, `11.30 pm`, `6 a.m.`, `2330 GMT`.
fn clock(sentence: &Sentence<'_>, at: usize) -> Option<Printed> {
    let word = sentence.lower(at);
    let half = |at: usize| match sentence.lower(at) {
        "am" | "a.m" => Some(0),
        "pm" | "p.m" => Some(12),
        _ => None,
    };
    let (hour, minute) = match word.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 && hour.len() <= 2 => (hour.parse().ok()?, minute.parse().ok()?),
        Some(_) => return None,
        None => (word.parse::<i64>().ok().filter(|_| half(at + 1).is_some())?, 0),
    };
    let mut after = at + 1;
    let mut hour: i64 = hour;
    if let Some(add) = half(after) {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + add;
        after += 1;
    }
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) {
        return None;
    }
    // A decimal is no time: "11.30 km".
    if word.contains('.')
        && after == at + 1
        && !matches!(at.checked_sub(1).map(|n| sentence.lower(n)), Some("at" | "about" | "around"))
    {
        return None;
    }
    let zone = known_zone(sentence.lower(after));
    let local = zone.is_none() && sentence.lower(after) == "local" && sentence.lower(after + 1) == "time";
    let end = after + usize::from(zone.is_some()) + 2 * usize::from(local);
    let about = sentence.before("about", at, 0);
    let tolerance = tolerance_s(minute) * if about.is_some() { 2 } else { 1 };
    let middle = hour * HOUR_S + minute * 60;
    let words = about.map_or(at, |about| about.words.start)..end;
    Some(Printed {
        words,
        day_words: None,
        from_s: middle - tolerance,
        until_s: middle + tolerance,
        day: None,
        zone,
        local,
    })
}

/// In each zone that may be meant the last such stretch that had begun when it was said.
fn candidates(sentence: &Sentence<'_>, printed: &Printed, until: Time) -> Vec<Moment> {
    let zones: Vec<&Zone> = match (&printed.zone, printed.local) {
        (Some(zone), _) => vec![zone],
        (None, true) => sentence.context.zones.iter().take(1).collect(),
        (None, false) => sentence.context.zones.iter().take(MAX_MOMENTS).collect(),
    };
    let of_zone = |zone: &&Zone| {
        let east = Span::from_s(i64::from(zone.offset_s));
        let midnight = (until + east).midnight();
        let begun = |back: &i64| {
            let day = midnight - Span::from_s(back * DAY_S);
            let fits = printed.day.is_none_or(|wanted| weekday(day) == wanted);
            let from = day + Span::from_s(printed.from_s) - east;
            (fits && from <= until).then(|| Moment {
                from,
                until: day + Span::from_s(printed.until_s) - east,
                zone: if printed.zone.is_some() { String::new() } else { zone.name.clone() },
            })
        };
        (0..8).find_map(|back| begun(&back))
    };
    zones.iter().filter_map(of_zone).collect()
}
