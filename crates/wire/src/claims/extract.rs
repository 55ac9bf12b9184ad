//! Rules that propose typed content: each looks for a few words near each other and shows which.

mod effects;
mod numbers;
mod people;
mod times;

use super::lexicon::{Hit, find};
use super::moments::Zone;
use super::places::{states, towns};
use super::tokens::{Token, sentences, tokens};
use skypicket_model::Time;
use skypicket_model::claim::{ClaimPlace, Content, MAX_WORDS};
use std::ops::Range;

/// Proposals of one text; further sentences are left out.
pub const MAX_PROPOSALS: usize = 200;

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, which proposals carry.
    pub name: &'static str,
    /// What it looks for.
    pub looks_for: &'static str,
    /// A sentence in which it finds it.
    pub example: &'static str,
}

/// All rules, in the order in which they look at a sentence.
pub const RULES: &[Rule] = &[
    Rule {
        name: "count-entered",
        looks_for: "a number, an object within four words, a word for entering within eight",
        example: "No fewer than four drones came into Polish airspace.",
    },
    Rule {
        name: "count-down",
        looks_for: "a number with an object, and a word for being brought down within six words",
        example: "Two drones were brought down over the voivodeship.",
    },
    Rule {
        name: "count-wrecks",
        looks_for: "a number, and a word for a wreck within three words, or an object that was found",
        example: "Twelve wrecks have been recovered so far.",
    },
    Rule {
        name: "time-entry",
        looks_for: "a word for entering, and a time of day, a weekday or a night in the same sentence",
        example: "The first drone entered Polish airspace at about 23:30.",
    },
    Rule {
        name: "time-last-down",
        looks_for: "\"last\", a word for being brought down, and a time of day in the same sentence",
        example: "The last drone was brought down at 06:45 local time.",
    },
    Rule {
        name: "depth",
        looks_for: "a number of kilometres or miles, and a word for inside or a border within five words",
        example: "One of them flew 40 km inside the country.",
    },
    Rule {
        name: "origin",
        looks_for: "a word for setting out, and a state or area within six words",
        example: "The drones came from Belarus, the minister said.",
    },
    Rule {
        name: "cause-down",
        looks_for: "a word for being brought down, and by what means within six words, or the means before it",
        example: "Several drones were brought down by fighter jets.",
    },
    Rule {
        name: "cause-damage",
        looks_for: "a word for damage, and by what within six words",
        example: "The roof was damaged by an own missile.",
    },
    Rule {
        name: "effect",
        looks_for: "\"no\" and damage or casualties within five words, or that something was damaged",
        example: "There were no casualties and no damage.",
    },
    Rule {
        name: "place",
        looks_for: "a word for being found, falling or entering, and a town of the list within eight words",
        example: "Debris was found near Zamość.",
    },
    Rule {
        name: "office",
        looks_for: "a watched state, \"president\" or \"prime minister\", and a name beside it",
        example: "Polish President Jan Kowalski spoke of it.",
    },
    Rule {
        name: "operator",
        looks_for: "a state's adjective right before an object, where the sentence has a word for entering or being brought down",
        example: "Ukrainian drones were brought down over the sea.",
    },
    Rule { name: "precedent", looks_for: "words for a first time", example: "Never before had this happened." },
    Rule {
        name: "purpose",
        looks_for: "a word for deliberate or mistaken, and an object or a word for entering",
        example: "The drones came in by mistake.",
    },
];

/// What is known of a text before it is read.
#[derive(Clone, Debug)]
pub struct Context {
    /// The last moment at which it can have been said: days and times without a date lie before it. `None` where nothing is known: then no times are
    /// proposed.
    pub said_until: Option<Time>,
    /// Zones that a time without one may be meant in, the most likely first.
    pub zones: Vec<Zone>,
    /// Alpha-3 codes of the watched states.
    pub watched: Vec<String>,
}

/// A typed content that a rule proposes, and the words that it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The rule's name.
    pub rule: &'static str,
    /// The sentence, bytes of the text.
    pub sentence: Range<usize>,
    /// The words, bytes of the text, ascending, apart.
    pub words: Vec<Range<usize>>,
    /// Who says it, where the sentence tells; words of the text.
    pub who: Option<Range<usize>>,
    /// What is proposed.
    pub content: Content,
}

/// Looks at every sentence of a text. The same content twice is proposed once, for where it stands first.
#[must_use]
pub fn propose(text: &str, context: &Context) -> Vec<Proposal> {
    let mut all: Vec<Proposal> = Vec::new();
    for part in sentences(text) {
        let words = tokens(text, part.clone());
        let sentence = Sentence { text, tokens: &words, context };
        let who = people::speaker(&sentence);
        let mut found = Vec::new();
        numbers::rules(&sentence, &mut found);
        times::rules(&sentence, &mut found);
        effects::rules(&sentence, &mut found);
        people::rules(&sentence, &mut found);
        for Found { rule, content, rests_on } in found {
            if all.len() >= MAX_PROPOSALS {
                return all;
            }
            if content.fault().is_some() || all.iter().any(|known| known.content == content) {
                continue;
            }
            let rule = RULES.iter().find(|known| known.name == rule).map_or("", |known| known.name);
            let words = sentence.stretches(rests_on);
            all.push(Proposal { rule, sentence: part.clone(), words, who: who.clone(), content });
        }
    }
    all
}

/// What a rule found: ranges of tokens.
struct Found {
    rule: &'static str,
    content: Content,
    rests_on: Vec<Range<usize>>,
}

/// One sentence.
struct Sentence<'a> {
    text: &'a str,
    tokens: &'a [Token],
    context: &'a Context,
}

impl Sentence<'_> {
    fn hits(&self, class: &str) -> Vec<Hit> {
        find(class, self.tokens)
    }

    /// The first phrase of a class that begins within so many words after a token.
    fn after(&self, class: &str, from: usize, within: usize) -> Option<Hit> {
        self.hits(class).into_iter().find(|hit| (from..=from + within).contains(&hit.words.start))
    }

    /// The last phrase of a class that ends within so many words before a token.
    fn before(&self, class: &str, until: usize, within: usize) -> Option<Hit> {
        let near = |hit: &Hit| hit.words.end <= until && until - hit.words.end <= within;
        self.hits(class).into_iter().rfind(near)
    }

    fn lower(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.lower.as_str())
    }

    /// Something conditional stands before: it is not stated to be so.
    fn unreal(&self, at: usize) -> bool {
        self.hits("unreal").iter().any(|hit| hit.words.end <= at)
    }

    /// The state named nearest after a token.
    fn state_after(&self, from: usize, within: usize) -> Option<(Range<usize>, &'static str)> {
        let near = |words: &Range<usize>| (from..=from + within).contains(&words.start);
        states(self.tokens).into_iter().find(|(words, _)| near(words)).map(|(words, (code, _))| (words, code))
    }

    /// The town named nearest after or before a token.
    fn town_near(&self, at: usize, within: usize) -> Option<(Range<usize>, ClaimPlace)> {
        let near = |words: &Range<usize>| words.start.abs_diff(at) <= within;
        towns(self.tokens)
            .into_iter()
            .filter(|(words, _)| near(words))
            .min_by_key(|(words, _)| words.start.abs_diff(at))
    }

    /// Ranges of tokens as stretches of the text, in order, joined where they touch.
    fn stretches(&self, mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
        ranges.retain(|range| range.start < range.end);
        ranges.sort_by_key(|range| range.start);
        let mut joined: Vec<Range<usize>> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        let place = |range: Range<usize>| {
            let (first, last) = (self.tokens.get(range.start)?, self.tokens.get(range.end - 1)?);
            Some(first.at.start..last.at.end)
        };
        joined.into_iter().filter_map(place).take(MAX_WORDS).collect()
    }
}

#[cfg(test)]
mod tests;
