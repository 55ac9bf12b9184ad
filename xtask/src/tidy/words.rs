//! What the machine may say (design §7), and the scope guard: no vocabulary of engagement in any schema, command or message.
//!
//! Source text is searched in string literals and, in the map, in markup ([`super::literals`]). What a *person* says through the program
//! (a standard identity, calling an entry a violation) is listed phrase by phrase with its reason: the word is allowed there, not in the
//! file.

use super::Finding;
use super::literals::spoken;
use crate::shell;
use anyhow::Result;
use std::fs;

/// Where text for people is made.
const SPEAKING: &[&str] = &[
    "crates/skypicket/src/",
    "crates/assess/src/",
    "crates/engine/src/",
    "crates/track/src/",
    "crates/model/src/",
    "crates/wire/src/",
    "crates/sim/src/",
    "web/src/",
    "web/index.html",
    "schemas/",
];

/// Words that are never generated, and what to say instead. `*` stands for any ending; without it only a plural is the same word.
const NEVER: &[(&str, &str)] = &[
    ("hostil*", "unknown, not identified"),
    ("threat*", "unknown, not identified"),
    ("attack*", "unknown, not identified"),
    ("intent", "nothing: no screen computes intent"),
    ("intention", "nothing: no screen computes intent"),
    ("violat*", "established entry"),
    ("raid*", "group"),
    ("safe", "no object held; not observed below …"),
    ("all clear", "no object held; not observed below …"),
    ("no drones", "no object held"),
    ("launched from", "origin region; … not excluded"),
    ("neutralis*", "reported brought down by …"),
    ("neutraliz*", "reported brought down by …"),
    ("jammer at", "source area, 90 %"),
];

/// A standard identity that a person gives.
const IDENTITY: &str = "value of a standard identity that a person sets";
/// A named person calling an established entry so.
const CALLED: &str = "what a named person calls an established entry";

/// Where, the phrase (with `=`: the whole literal), and why it may stand there: a person's word, never the machine's.
const BY_PEOPLE: &[(&str, &str, &str)] = &[
    ("crates/skypicket/src/words", "=hostile", IDENTITY),
    ("crates/skypicket/src/words", "called the entry a violation", CALLED),
    ("crates/skypicket/src/http/", "/incidents/{id}/violation", CALLED),
    ("crates/skypicket/src/http/", "call an established entry a violation: a person's word", CALLED),
    ("schemas/openapi.json", "/incidents/{id}/violation", CALLED),
    ("schemas/openapi.json", "call an established entry a violation: a person's word", CALLED),
    ("schemas/openapi.json", "calls an entry a violation", CALLED),
    ("schemas/openapi.json", "\"hostile\"", IDENTITY),
    ("web/src/api/generated.ts", "=hostile", IDENTITY),
    ("web/src/api/rest.ts", "=/violation", CALLED),
    ("web/src/data/", "=violation", CALLED),
    ("web/src/data/words.ts", "=hostile", IDENTITY),
    ("web/src/ui/IncidentPanel.svelte", "what: 'violation'", CALLED),
    ("web/src/ui/IncidentPanel.svelte", "call it a violation…", CALLED),
];

/// Vocabulary of engagement: outside what Skypicket is for.
const EFFECTORS: &[&str] = &[
    "weapon*",
    "interceptor*",
    "munition*",
    "warhead*",
    "fire control",
    "fire_control",
    "firecontrol",
    "engagement*",
    "effector*",
    "shoot*",
    "firing",
    "kill*",
    "guidance",
    "assign_target*",
    "target_assign*",
    "launch_authori*",
    "missile*",
];

/// Where commands, messages and schemas are.
const MESSAGES: &[&str] = &[
    "schemas/",
    "crates/model/src/",
    "crates/skypicket/src/http",
    "crates/skypicket/src/config",
    "docs/http-api.md",
    "web/src/api",
];

/// Words of the machine.
pub(crate) fn check_words() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut used = vec![false; BY_PEOPLE.len()];
    for file in shell::tracked_files()? {
        let test = file.contains("/tests") || file.ends_with("_tests.rs") || file.contains(".test.");
        if test || !SPEAKING.iter().any(|place| file.starts_with(place)) {
            continue;
        }
        let Ok(content) = fs::read_to_string(&file) else { continue };
        for (line, text) in spoken(&file, &content) {
            let (text, by_people) = without_people(&file, &text);
            by_people.into_iter().for_each(|n| used[n] = true);
            for (word, instead) in NEVER {
                if says(&text, word) {
                    findings.push(Finding::new(format!("{file}:{line}"), format!("says \"{word}\"; say: {instead}")));
                }
            }
        }
    }
    for ((place, phrase, _), used) in BY_PEOPLE.iter().zip(used) {
        if !used {
            findings.push(Finding::new(
                *place,
                format!("no longer says \"{phrase}\": take it off the list of people's words"),
            ));
        }
    }
    findings.sort_by(|a, b| (&a.place, &a.what).cmp(&(&b.place, &b.what)));
    findings.dedup_by(|a, b| (&a.place, &a.what) == (&b.place, &b.what));
    Ok(findings)
}

/// The text in lower case without what people say there, and which of [`BY_PEOPLE`] that was.
fn without_people(file: &str, text: &str) -> (String, Vec<usize>) {
    // `safe-area-inset-…` is the name of a phone's margins in style sheets.
    let mut text = text.to_lowercase().replace("safe-area", "");
    let mut found = Vec::new();
    for (n, (place, phrase, _)) in BY_PEOPLE.iter().enumerate() {
        let there = match phrase.strip_prefix('=') {
            Some(whole) => text == whole,
            None => text.contains(phrase),
        };
        if file.starts_with(place) && there {
            text = text.replace(phrase.trim_start_matches('='), " … ");
            found.push(n);
        }
    }
    (text, found)
}

/// Vocabulary of engagement.
pub(crate) fn check_scope() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in shell::tracked_files()? {
        if !MESSAGES.iter().any(|place| file.starts_with(place)) {
            continue;
        }
        let Ok(content) = fs::read_to_string(&file) else { continue };
        for (number, line) in content.lines().enumerate() {
            let line = line.to_lowercase();
            for word in EFFECTORS {
                if says(&line, word) {
                    findings.push(Finding::new(
                        format!("{file}:{}", number + 1),
                        format!("\"{word}\": Skypicket has no part in engagement (design, scope)"),
                    ));
                }
            }
        }
    }
    Ok(findings)
}

/// Whether the word stands there as a word: "safe" is not said by "unsafe" nor by "safety" (an agency's name).
fn says(text: &str, word: &str) -> bool {
    let (word, any_ending) = word.strip_suffix('*').map_or((word, false), |word| (word, true));
    text.match_indices(word).any(|(at, _)| {
        let begins = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let rest = &text[at + word.len()..];
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        begins && (any_ending || rest.chars().next().is_none_or(|c| !c.is_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_hears_words_and_not_their_insides() {
        assert!(says("a threat, perhaps", "threat"));
        assert!(says("two threats", "threat"));
        assert!(!says("unsafe_code", "safe"));
        assert!(!says("a braided wire", "raid"));
        assert_eq!(without_people("web/src/data/words.ts", "Hostile").1.len(), 1);
        assert!(says(&without_people("web/src/data/words.ts", "a hostile aircraft").0, "hostil*"));
        assert!(says(&without_people("web/src/ui/Other.svelte", "Call it a violation…").0, "violat*"));
        assert!(says("violates the rule", "violat*"));
        assert!(!says("intentional spoofing", "intent"));
    }
}
