//! A small list of places, read once from `claims/places.txt`: states by code, towns by coordinates, rough areas.

use super::lexicon::stands;
use super::tokens::Token;
use skypicket_model::LatLon;
use skypicket_model::claim::{ClaimArea, ClaimPlace};
use std::ops::Range;
use std::sync::LazyLock;

/// Something by name.
struct Named<T> {
    /// In lower case, the words of each name.
    names: Vec<Vec<String>>,
    what: T,
}

#[derive(Default)]
struct Places {
    /// Code and name.
    states: Vec<Named<(&'static str, &'static str)>>,
    places: Vec<Named<ClaimPlace>>,
    areas: Vec<Named<ClaimArea>>,
}

static PLACES: LazyLock<Places> = LazyLock::new(|| read(include_str!("../../claims/places.txt")));

fn names(text: &str) -> Vec<Vec<String>> {
    text.split(',').map(|name| name.split_whitespace().map(str::to_lowercase).collect()).collect()
}

fn read(text: &'static str) -> Places {
    let mut places = Places::default();
    for line in text.lines() {
        let Some((head, rest)) = line.split_once(':') else { continue };
        if let Some(code) = head.strip_prefix("state ") {
            let name = rest.split(',').next().unwrap_or_default().trim();
            places.states.push(Named { names: names(rest), what: (code, name) });
        } else if let Some(numbers) = head.strip_prefix("place ") {
            let mut numbers = numbers.split_whitespace().filter_map(|number| number.parse::<f64>().ok());
            let (Some(lat), Some(lon), Some(km)) = (numbers.next(), numbers.next(), numbers.next()) else { continue };
            let name = rest.split(',').next().unwrap_or_default().trim().to_owned();
            let Some(place) = LatLon::new(lat, lon) else { continue };
            places
                .places
                .push(Named { names: names(rest), what: ClaimPlace { name, place, radius_90_m: km * 1000.0 } });
        } else if let Some((name, known)) = head.strip_prefix("area ").and_then(|head| head.split_once(" | ")) {
            let corner = |text: &str| {
                let (lat, lon) = text.trim().split_once(' ')?;
                LatLon::new(lat.parse().ok()?, lon.parse().ok()?)
            };
            let ring = rest.split(';').filter_map(corner).collect();
            let what = ClaimArea { name: name.to_owned(), code: String::new(), ring };
            places.areas.push(Named { names: names(known), what });
        }
    }
    places
}

fn find<T: Clone>(all: &[Named<T>], tokens: &[Token]) -> Vec<(Range<usize>, T)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let here = all.iter().filter_map(|named| {
            let longest = named.names.iter().filter(|name| stands(name, tokens, at)).map(Vec::len).max()?;
            Some((longest, named))
        });
        match here.max_by_key(|(length, _)| *length) {
            Some((length, named)) => {
                found.push((at..at + length, named.what.clone()));
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// The states named in a sentence, by noun or adjective: code and name.
pub(super) fn states(tokens: &[Token]) -> Vec<(Range<usize>, (&'static str, &'static str))> {
    find(&PLACES.states, tokens)
}

/// The towns named in a sentence.
pub(super) fn towns(tokens: &[Token]) -> Vec<(Range<usize>, ClaimPlace)> {
    find(&PLACES.places, tokens)
        .into_iter()
        .filter(|(words, _)| tokens.get(words.start).is_some_and(|t| t.capital))
        .collect()
}

/// The areas named in a sentence; of a state its code.
pub(super) fn areas(tokens: &[Token]) -> Vec<(Range<usize>, ClaimArea)> {
    let mut areas = find(&PLACES.areas, tokens);
    let taken = |words: &Range<usize>| areas.iter().any(|(other, _)| other.contains(&words.start));
    let states = states(tokens).into_iter().filter(|(words, _)| !taken(words)).map(|(words, (code, name))| {
        (words, ClaimArea { name: name.to_owned(), code: code.to_owned(), ring: Vec::new() })
    });
    let states: Vec<_> = states.collect();
    areas.extend(states);
    areas
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    #[test]
    fn every_line_is_read_and_sound() {
        let lines =
            |kind: &str| include_str!("../../claims/places.txt").lines().filter(|line| line.starts_with(kind)).count();
        assert_eq!(PLACES.states.len(), lines("state "));
        assert_eq!(PLACES.places.len(), lines("place "));
        assert_eq!(PLACES.areas.len(), lines("area "));
        assert!(PLACES.areas.iter().all(|area| area.what.ring.len() >= 3));
        assert!(PLACES.states.iter().all(|state| state.what.0.len() == 3));
    }

    #[test]
    fn names_and_adjectives_are_found() {
        let text = "Polish drones near Biała Podlaska from Russian-occupied Ukrainian territory, brest";
        let words = tokens(text, 0..text.len());
        assert_eq!(states(&words)[0].1.0, "POL");
        assert_eq!(towns(&words).iter().map(|(_, place)| place.name.as_str()).collect::<Vec<_>>(), ["Biała Podlaska"]);
        let areas = areas(&words);
        assert_eq!(areas[0].1.name, "the occupied part of Ukraine");
        assert!(areas.iter().all(|(_, area)| area.code != "UKR"), "it is part of the area's name");
    }
}
