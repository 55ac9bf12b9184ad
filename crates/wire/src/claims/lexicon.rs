//! The words that rules look for, read once from `claims/lexicon.txt`.

use super::tokens::Token;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

/// A place in a sentence where a phrase stands: which of its tokens, and the phrase's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) words: Range<usize>,
    pub(super) value: &'static str,
}

/// A phrase: its words, and its value.
struct Phrase {
    words: Vec<&'static str>,
    value: &'static str,
}

static LEXICON: LazyLock<BTreeMap<&'static str, Vec<Phrase>>> =
    LazyLock::new(|| read(include_str!("../../claims/lexicon.txt")));

fn read(text: &'static str) -> BTreeMap<&'static str, Vec<Phrase>> {
    let mut classes: BTreeMap<&str, Vec<Phrase>> = BTreeMap::new();
    let mut class = "";
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            class = name;
            continue;
        }
        let (phrase, value) = line.split_once(" = ").unwrap_or((line, ""));
        classes.entry(class).or_default().push(Phrase { words: phrase.split_whitespace().collect(), value });
    }
    // The longest first: "fighter jets" before "jets".
    classes.values_mut().for_each(|phrases| phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len())));
    classes
}

/// Where the phrases of a class stand, from left to right, none over another.
pub(super) fn find(class: &str, tokens: &[Token]) -> Vec<Hit> {
    let Some(phrases) = LEXICON.get(class) else { return Vec::new() };
    let mut hits = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let found = phrases.iter().find(|phrase| stands(&phrase.words, tokens, at));
        if let Some(phrase) = found {
            hits.push(Hit { words: at..at + phrase.words.len(), value: phrase.value });
            at += phrase.words.len();
        } else {
            at += 1;
        }
    }
    hits
}

/// Whether these words stand there.
pub(super) fn stands<W: AsRef<str>>(words: &[W], tokens: &[Token], at: usize) -> bool {
    tokens.get(at..at + words.len()).is_some_and(|there| {
        there.iter().zip(words).enumerate().all(|(n, (token, word))| {
            // A comma or bracket inside parts a phrase.
            (n == 0 || !token.apart)
                && match word.as_ref().strip_suffix('*') {
                    Some(beginning) => token.lower.starts_with(beginning),
                    None => token.lower == word.as_ref() || token.lower.strip_suffix("'s") == Some(word.as_ref()),
                }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    #[test]
    fn the_longest_phrase_is_found_and_every_class_has_phrases() {
        let text = "Fighter jets and drones, surface-to-air";
        let words = tokens(text, 0..text.len());
        let hits = find("means", &words);
        assert_eq!(hits[0], Hit { words: 0..2, value: "aircraft" });
        assert_eq!(hits[1], Hit { words: 4..5, value: "surface_to_air" });
        assert!(find("object", &words).iter().any(|hit| hit.words == (3..4)));
        assert!(LEXICON.len() > 20 && LEXICON.values().all(|phrases| !phrases.is_empty()));
        assert!(LEXICON.values().flatten().all(|phrase| phrase.words.iter().all(|word| *word == word.to_lowercase())));
    }
}
