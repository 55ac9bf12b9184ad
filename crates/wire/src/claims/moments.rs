//! Times as people print them: with a zone they have one candidate, without one a candidate for each zone that may be meant.

use skypicket_model::claim::Moment;
use skypicket_model::{Span, Time};

/// A zone that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// As people write it.
    pub name: String,
    /// East of Greenwich, seconds.
    pub offset_s: i32,
}

impl Zone {
    pub(super) fn new(name: &str, offset_s: i32) -> Self {
        Self { name: name.to_owned(), offset_s }
    }
}

/// Zones that newspapers write out, and their offsets, seconds.
const KNOWN: &[(&str, i32)] = &[
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("cet", 3600),
    ("cest", 7200),
    ("eet", 7200),
    ("eest", 10_800),
    ("msk", 10_800),
    ("bst", 3600),
    ("edt", -14_400),
    ("est", -18_000),
];

/// The offset of a zone that is written out.
pub(super) fn known_zone(name: &str) -> Option<Zone> {
    KNOWN.iter().find(|(known, _)| *known == name).map(|(known, offset)| Zone::new(&known.to_uppercase(), *offset))
}

/// The zones of the eastern flank on a day, the most likely first: central European, eastern European, UTC. Summer time by the rule of the EU: from the
/// last Sunday of March to the last of October, 01:00 UTC (Directive 2000/84/EC).
#[must_use]
pub fn european_zones(day: Time) -> Vec<Zone> {
    let summer = is_summer(day);
    let (central, eastern) = if summer { ("CEST", "EEST") } else { ("CET", "EET") };
    let hour = if summer { 3600 } else { 0 };
    vec![Zone::new(central, 3600 + hour), Zone::new(eastern, 7200 + hour), Zone::new("UTC", 0)]
}

fn is_summer(time: Time) -> bool {
    let (year, _, _) = time.civil();
    let last_sunday = |month: u32| {
        let last = Time::parse(&format!("{year:04}-{month:02}-31T01:00:00Z")).unwrap_or(Time::EPOCH);
        last - Span::from_s(i64::from(weekday(last)) * 86_400)
    };
    (last_sunday(3)..last_sunday(10)).contains(&time)
}

/// The day of the week in UTC, 0 for Sunday.
pub(super) fn weekday(time: Time) -> u8 {
    // 1 January 1970 was a Thursday.
    ((time.floor_s().div_euclid(86_400) + 4).rem_euclid(7)) as u8
}

/// Either side of a time that is printed to the minute, seconds. Origin: people round to halves and fives of an hour.
pub(super) fn tolerance_s(minute: i64) -> i64 {
    match minute {
        m if m % 30 == 0 => 600,
        m if m % 5 == 0 => 300,
        _ => 60,
    }
}

/// Reads `2025-09-09T23:30:05+02:00` (that instant), `2025-09-09 23:30` (about then, in each zone) or `2025-09-09` (that day, in each zone).
#[must_use]
pub fn moments(text: &str, zones: &[Zone]) -> Option<Vec<Moment>> {
    let text = text.trim();
    if text.len() > 40 || !text.is_ascii() {
        return None;
    }
    let (date, clock) = text.split_once(['T', ' ']).map_or((text, None), |(date, clock)| (date, Some(clock.trim())));
    let (clock, offset) = match clock {
        None => (None, None),
        Some(clock) => match clock.rfind(['+', '-', 'Z', 'z']) {
            Some(at) => (Some(clock[..at].trim()), Some(&clock[at..])),
            None => (Some(clock), None),
        },
    };
    let instant = Time::parse(&format!("{date}T{}{}", clock.unwrap_or("00:00"), offset.unwrap_or("Z")))?;
    if !(1971..=2199).contains(&instant.civil().0) || date.len() != 10 {
        return None;
    }
    let (from, until) = match clock {
        None => (instant, instant + Span::from_s(86_399)),
        Some(clock) if clock.len() > 5 => (instant, instant),
        Some(_) => {
            let tolerance = Span::from_s(tolerance_s(instant.floor_s().div_euclid(60).rem_euclid(60)));
            (instant - tolerance, instant + tolerance)
        }
    };
    if offset.is_some() {
        return Some(vec![Moment { from, until, zone: String::new() }]);
    }
    let in_zone = |zone: &Zone| {
        let east = Span::from_s(i64::from(zone.offset_s));
        Moment { from: from - east, until: until - east, zone: zone.name.clone() }
    };
    let candidates: Vec<Moment> = zones.iter().take(skypicket_model::claim::MAX_MOMENTS).map(in_zone).collect();
    Some(if candidates.is_empty() { vec![Moment { from, until, zone: "UTC".to_owned() }] } else { candidates })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_has_a_candidate_for_each() {
        let zones = european_zones(Time::parse("2025-09-09T12:00:00Z").expect("a day"));
        let names: Vec<&str> = zones.iter().map(|zone| zone.name.as_str()).collect();
        assert_eq!(names, ["CEST", "EEST", "UTC"]);
        let told = |text| {
            let moments = moments(text, &zones).unwrap_or_default();
            moments
                .iter()
                .map(|m| format!("{} {} {}", m.zone, &m.from.to_string()[..16], &m.until.to_string()[..16]))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            told("2025-09-09 23:30"),
            [
                "CEST 2025-09-09T21:20 2025-09-09T21:40",
                "EEST 2025-09-09T20:20 2025-09-09T20:40",
                "UTC 2025-09-09T23:20 2025-09-09T23:40"
            ]
        );
        assert_eq!(told("2025-09-09T23:31+02:00"), [" 2025-09-09T21:30 2025-09-09T21:32"]);
        assert_eq!(told("2025-09-09T23:30:00+02:00"), [" 2025-09-09T21:30 2025-09-09T21:30"]);
        assert_eq!(told("2025-09-09")[0], "CEST 2025-09-08T22:00 2025-09-09T21:59");
        for wrong in ["", "yesterday", "2025-13-01", "2025-09-09T25:00", "9-9-2025", "2025-09-09T23:30+99", "٢٠٢٥"]
        {
            assert_eq!(moments(wrong, &zones), None, "{wrong}");
        }
    }

    #[test]
    fn summer_time_begins_and_ends_on_sundays() {
        let central = |day: &str| european_zones(Time::parse(day).expect("a day"))[0].name.clone();
        assert_eq!(central("2025-03-30T00:59:59Z"), "CET");
        assert_eq!(central("2025-03-30T01:00:00Z"), "CEST");
        assert_eq!(central("2025-10-26T00:59:59Z"), "CEST");
        assert_eq!(central("2025-10-26T01:00:00Z"), "CET");
        assert_eq!(weekday(Time::parse("2025-09-10T10:00:00Z").expect("a day")), 3, "a Wednesday");
    }
}
