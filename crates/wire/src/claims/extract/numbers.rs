//! Counts and depths.

use super::{Found, Sentence};
use crate::claims::lexicon::Hit;
use skypicket_model::Referent;
use skypicket_model::claim::Content;
use std::ops::Range;

/// Metres in one kilometre and one international mile.
const UNITS: &[(&str, f64)] = &[
    ("km", 1000.0),
    ("kilometre", 1000.0),
    ("kilometres", 1000.0),
    ("kilometer", 1000.0),
    ("kilometers", 1000.0),
    ("mile", 1609.344),
    ("miles", 1609.344),
];
const SMALL: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// A number as printed, with its bounds.
struct Number {
    words: Range<usize>,
    least: u32,
    most: Option<u32>,
}

pub(super) fn rules(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    for at in 0..sentence.tokens.len() {
        if let Some(number) = number(sentence, at)
            && !sentence.unreal(at)
        {
            entered(sentence, &number, found);
            down(sentence, &number, found);
            wrecks(sentence, &number, found);
        }
        depth(sentence, at, found);
    }
}

/// The value of a token: digits or a word; whether it is a lower bound by itself.
fn value(word: &str) -> Option<(u32, bool)> {
    if let Some(n) = SMALL.iter().position(|small| *small == word) {
        return Some((n as u32 + 1, false));
    }
    match word {
        "several" | "multiple" => return Some((2, true)),
        "dozens" => return Some((24, true)),
        _ => {}
    }
    let digits = word.replace(',', "");
    let number: u32 = digits.parse().ok().filter(|_| digits.len() <= 6)?;
    // Years are no counts.
    (!(1900..=2100).contains(&number) || word.contains(',')).then_some((number, false))
}

fn number(sentence: &Sentence<'_>, at: usize) -> Option<Number> {
    let (n, open) = value(sentence.lower(at))?;
    let words = at..at + 1;
    // "19 to 23", "between 19 and 23": taken as bounds.
    let joins = |join: usize| match sentence.lower(join) {
        "to" | "or" => true,
        "and" => join.checked_sub(2).is_some_and(|before| sentence.lower(before) == "between"),
        _ => false,
    };
    if joins(at + 1)
        && let Some((upper, _)) = value(sentence.lower(at + 2)).filter(|(upper, _)| *upper > n)
    {
        return Some(Number { words: at..at + 3, least: n, most: Some(upper) });
    }
    if at.checked_sub(1).is_some_and(joins)
        && at.checked_sub(2).and_then(|before| value(sentence.lower(before))).is_some_and(|(lower, _)| lower < n)
    {
        return None;
    }
    let hedge = |class: &str| sentence.before(class, at, 1);
    let with = |hit: Hit, least, most| Some(Number { words: hit.words.start..words.end, least, most });
    if let Some(hit) = hedge("at-least") {
        return with(hit, n, None);
    }
    if let Some(hit) = hedge("more-than") {
        return with(hit, n.saturating_add(1), None);
    }
    if let Some(hit) = hedge("up-to") {
        return with(hit, 0, Some(n));
    }
    if let Some(hit) = hedge("about") {
        // About: a tenth either way.
        let tenth = (n / 10).max(1);
        return with(hit, n.saturating_sub(tenth), Some(n.saturating_add(tenth)));
    }
    let open = open || !sentence.hits("not-final").is_empty();
    Some(Number { words, least: n, most: (!open).then_some(n) })
}

fn count(referent: Referent, number: &Number, area: &str, across: &str) -> Content {
    let (area, across) = (area.to_owned(), across.to_owned());
    Content::Count { referent, least: number.least, most: number.most, area, across }
}

/// The object that a number counts: no other number stands between.
fn counted(sentence: &Sentence<'_>, number: &Number, within: usize) -> Option<Hit> {
    let object = sentence.after("object", number.words.end, within)?;
    (number.words.end..object.words.start).all(|at| value(sentence.lower(at)).is_none()).then_some(object)
}

fn entered(sentence: &Sentence<'_>, number: &Number, found: &mut Vec<Found>) {
    let object = counted(sentence, number, 4);
    let reach = object.as_ref().map_or(number.words.end + 2, |object| object.words.end + 8);
    let from = object.as_ref().map_or(number.words.end, |object| object.words.end);
    let Some(entering) = sentence.after("entered", from, reach - from) else { return };
    // Without an object only what is itself counted: "19 violations of the airspace".
    let noun = sentence.hits("entry").iter().any(|noun| noun.words.start == entering.words.start);
    if object.is_none() && !noun {
        return;
    }
    let mut rests_on = vec![number.words.clone(), entering.words.clone()];
    rests_on.extend(object.map(|object| object.words));
    // Between the phrase's own words too: "violated Polish airspace".
    let area = sentence.state_after(entering.words.start, 6);
    let across = (entering.words.end..entering.words.end + 8)
        .find(|at| sentence.lower(*at) == "from")
        .and_then(|from| sentence.state_after(from, 3));
    let area = area.filter(|(words, _)| across.as_ref().is_none_or(|(other, _)| other.start > words.start));
    rests_on.extend(area.iter().map(|(words, _)| words.clone()));
    rests_on.extend(across.iter().map(|(words, _)| words.start.saturating_sub(1)..words.end));
    let code = |named: &Option<(Range<usize>, &'static str)>| named.as_ref().map_or("", |(_, code)| *code);
    let content = count(Referent::ObjectsEntered, number, code(&area), code(&across));
    found.push(Found { rule: "count-entered", content, rests_on });
}

fn down(sentence: &Sentence<'_>, number: &Number, found: &mut Vec<Found>) {
    let Some(object) = counted(sentence, number, 3) else { return };
    let after = sentence.after("shot", object.words.end, 6);
    let Some(shot) = after.or_else(|| sentence.before("shot", number.words.start, 2)) else { return };
    let content = count(Referent::ReportedShotDown, number, "", "");
    found.push(Found { rule: "count-down", content, rests_on: vec![number.words.clone(), object.words, shot.words] });
}

fn wrecks(sentence: &Sentence<'_>, number: &Number, found: &mut Vec<Found>) {
    let wreck = sentence.after("wreck", number.words.end, 2);
    let of_it = || sentence.before("wreck", number.words.start, 3);
    let object = || {
        let object = counted(sentence, number, 3)?;
        let found = sentence.after("found", object.words.end, 4)?;
        Some(Hit { words: object.words.start..found.words.end, value: "" })
    };
    let Some(wreck) = wreck.or_else(of_it).or_else(object) else { return };
    let content = count(Referent::Wrecks, number, "", "");
    found.push(Found { rule: "count-wrecks", content, rests_on: vec![number.words.clone(), wreck.words] });
}

/// Metres of a token, or of it and the next: `40km`, `40 km`; and how many tokens that are.
fn metres(sentence: &Sentence<'_>, at: usize) -> Option<(f64, usize)> {
    let word = sentence.lower(at);
    let unit = |text: &str| UNITS.iter().find(|(name, _)| *name == text).map(|(_, m)| *m);
    let number =
        |text: &str| text.replace(',', "").parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0 && *n < 1e5);
    if let (Some(n), Some(m)) = (number(word), unit(sentence.lower(at + 1))) {
        return Some((n * m, 2));
    }
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
    match (number(digits), unit(&word[digits.len()..])) {
        (Some(n), Some(m)) => Some((n * m, 1)),
        _ => None,
    }
}

fn depth(sentence: &Sentence<'_>, at: usize, found: &mut Vec<Found>) {
    let Some((m, length)) = metres(sentence, at) else { return };
    let Some(deep) = sentence.after("deep", at + length, 5).filter(|_| !sentence.unreal(at)) else { return };
    let border = deep.words.clone().chain(deep.words.end..deep.words.end + 2).any(|n| sentence.lower(n) == "border");
    let state = sentence.state_after(deep.words.start, 3).filter(|_| border);
    let at_least = sentence.before("at-least", at, 1).or_else(|| sentence.before("more-than", at, 1));
    // People round: a twentieth either way.
    let (least_m, most_m) = match &at_least {
        Some(_) => (m, None),
        None => (0.95 * m, Some(1.05 * m)),
    };
    let mut rests_on = vec![at..at + length, deep.words];
    rests_on.extend(at_least.or_else(|| sentence.before("up-to", at, 1)).map(|hit| hit.words));
    rests_on.extend(state.iter().map(|(words, _)| words.clone()));
    let from = state.map_or_else(String::new, |(_, code)| code.to_owned());
    found.push(Found { rule: "depth", content: Content::Depth { least_m, most_m, from }, rests_on });
}
