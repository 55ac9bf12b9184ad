//! Who says it, who holds an office, whose the objects are said to be.

use super::{Found, Sentence};
use crate::claims::places::states;
use skypicket_model::claim::{ClaimedRole, Content};
use std::ops::Range;

/// A name has so many words at most.
const NAME: usize = 3;
/// A speaker has so many words at most.
const SPEAKER: usize = 6;
/// Words before a speaker that are no part of it.
const BEFORE: &[&str] =
    &["after", "that", "while", "and", "but", "as", "when", "hours", "days", "later", "meanwhile", "of", "by"];

pub(super) fn rules(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    office(sentence, found);
    operator(sentence, found);
}

/// Who says it: "according to …," or the words before a word for saying.
pub(super) fn speaker(sentence: &Sentence<'_>) -> Option<Range<usize>> {
    let words = |from: usize, until: usize| {
        let (first, last) = (sentence.tokens.get(from)?, sentence.tokens.get(until.checked_sub(1)?)?);
        (from < until).then_some(first.at.start..last.at.end)
    };
    let according =
        (0..sentence.tokens.len()).find(|at| sentence.lower(*at) == "according" && sentence.lower(at + 1) == "to");
    if let Some(at) = according {
        let from = at + 2;
        let until = (from + 1..=from + SPEAKER).find(|n| sentence.tokens.get(*n).is_none_or(|token| token.apart))?;
        return words(from, until);
    }
    let speech = sentence.hits("speech").into_iter().next()?;
    let until = speech.words.start;
    // "None were reported" names nobody.
    let passive = |at: usize| matches!(sentence.lower(at), "was" | "were" | "been" | "is" | "are" | "being");
    if until.checked_sub(1).is_some_and(passive) {
        return None;
    }
    // "Jan Kowalski, the president of Poland, said": the name stands first.
    if sentence.tokens.get(until).is_some_and(|token| token.apart)
        && let Some(name) = name_at(sentence, 0)
    {
        return words(name.start, name.end);
    }
    let begins = |at: usize| {
        sentence.tokens.get(at).is_some_and(|token| token.apart) || at == 0 || BEFORE.contains(&sentence.lower(at - 1))
    };
    let from = (until.saturating_sub(SPEAKER)..until).rev().find(|at| begins(*at))?;
    words(from, until)
}

/// A name: capital words that begin there, or end there.
fn name_at(sentence: &Sentence<'_>, from: usize) -> Option<Range<usize>> {
    let is_name =
        |at: usize, first: bool| sentence.tokens.get(at).is_some_and(|token| token.capital && (first || !token.apart));
    let length = (0..NAME).take_while(|n| is_name(from + n, *n == 0)).count();
    (length >= 2).then_some(from..from + length)
}

fn name_until(sentence: &Sentence<'_>, until: usize) -> Option<Range<usize>> {
    let capital = |at: usize| sentence.tokens.get(at).is_some_and(|token| token.capital);
    let mut from = until;
    while from > 0 && until - from < NAME && capital(from - 1) {
        from -= 1;
        if sentence.tokens.get(from).is_some_and(|token| token.apart) {
            break;
        }
    }
    (until - from >= 2).then_some(from..until)
}

fn office(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    for hit in sentence.hits("president") {
        let role = if hit.value == "head_of_state" { ClaimedRole::HeadOfState } else { ClaimedRole::HeadOfGovernment };
        // "Polish President Jan Kowalski", "Poland's president, Jan Kowalski".
        let adjective = states(sentence.tokens).into_iter().find(|(words, _)| words.end == hit.words.start);
        let direct = adjective.and_then(|(words, state)| {
            name_at(sentence, hit.words.end).map(|name| (words.start..hit.words.end, state.0, name))
        });
        // "Jan Kowalski, the president of Poland".
        let of_state = || {
            let of = hit.words.end;
            let state = states(sentence.tokens).into_iter().find(|(words, _)| words.start == of + 1)?;
            let article = hit.words.start.checked_sub(1).filter(|at| matches!(sentence.lower(*at), "the" | "a"));
            let name = name_until(sentence, article.unwrap_or(hit.words.start))?;
            (sentence.lower(of) == "of").then_some((hit.words.start..state.0.end, state.1.0, name))
        };
        let Some((words, code, name)) = direct.or_else(of_state) else { continue };
        if !sentence.context.watched.iter().any(|watched| watched == code) {
            continue;
        }
        let place = |range: &Range<usize>| {
            let (first, last) = (sentence.tokens.get(range.start)?, sentence.tokens.get(range.end - 1)?);
            sentence.text.get(first.at.start..last.at.end)
        };
        let Some(text) = place(&name) else { continue };
        let content = Content::Actor { role, of: code.to_owned(), name: text.to_owned() };
        found.push(Found { rule: "office", content, rests_on: vec![words, name] });
    }
}

fn operator(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    let happened = sentence.hits("entered").into_iter().chain(sentence.hits("down"));
    let happened: Vec<_> = happened.filter(|hit| !sentence.unreal(hit.words.start)).collect();
    for (words, (_, name)) in states(sentence.tokens) {
        let flies = |word: &str| {
            ["drone", "uav", "shahed", "gerbera", "geran", "missile", "balloon"]
                .iter()
                .any(|known| word.starts_with(known))
        };
        if !flies(sentence.lower(words.end)) {
            continue;
        }
        let Some(what) = happened.iter().find(|hit| hit.words.start.abs_diff(words.end) <= 8) else { continue };
        let content = Content::Actor { role: ClaimedRole::Operator, of: String::new(), name: name.to_owned() };
        found.push(Found { rule: "operator", content, rests_on: vec![words.start..words.end + 1, what.words.clone()] });
    }
}
