//! What the machine may say (design §7), and the scope guard: no vocabulary of engagement in any schema, command or message.
//!
//! Source text is searched in string literals and, in the map, in markup. Words that a *person* says through the program (a
//! standard identity, calling an entry a violation) are listed one by one with their reason.

use super::Finding;
use crate::shell;
use anyhow::Result;
use std::fs;

/// Where text for people is made.
const SPEAKING: &[&str] = &[
    "crates/skypicket/src/",
    "crates/assess/src/",
    "crates/engine/src/",
    "crates/track/src/",
    "web/src/",
    "web/index.html",
    "schemas/",
];

/// Words that are never generated, and what to say instead.
const NEVER: &[(&str, &str)] = &[
    ("hostile", "unknown, not identified"),
    ("threat", "unknown, not identified"),
    ("attack", "unknown, not identified"),
    ("intent", "nothing: no screen computes intent"),
    ("violation", "established entry"),
    ("violat", "established entry"),
    ("raid", "group"),
    ("safe", "no object held; not observed below …"),
    ("all clear", "no object held; not observed below …"),
    ("no drones", "no object held"),
    ("launched from", "origin region; … not excluded"),
    ("neutralised", "reported brought down by …"),
    ("neutralized", "reported brought down by …"),
    ("jammer at", "source area, 90 %"),
];

/// File, word and why it may stand there: a person's word, never the machine's.
const BY_PEOPLE: &[(&str, &str, &str)] = &[
    ("crates/skypicket/src/", "hostile", "value of a standard identity that a person sets"),
    ("web/src/", "hostile", "value of a standard identity that a person sets"),
    ("schemas/", "hostile", "value of a standard identity that a person sets"),
    ("crates/skypicket/src/", "violation", "what a named person calls an established entry"),
    ("crates/assess/src/", "violation", "why a person's word was refused"),
    ("web/src/", "violation", "what a named person calls an established entry"),
    ("schemas/", "violation", "what a named person calls an established entry"),
    ("crates/skypicket/src/", "violat", "as above"),
    ("crates/assess/src/", "violat", "as above"),
    ("web/src/", "violat", "as above"),
    ("schemas/", "violat", "as above"),
];

/// Vocabulary of engagement: outside what Skypicket is for.
const EFFECTORS: &[&str] = &[
    "weapon",
    "interceptor",
    "munition",
    "warhead",
    "fire control",
    "fire_control",
    "engagement",
    "effector",
    "shoot",
    "firing",
    "kill",
    "guidance",
    "assign_target",
    "target_assign",
    "launch_authori",
    "missile",
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
    for file in shell::tracked_files()? {
        if !SPEAKING.iter().any(|place| file.starts_with(place))
            || file.contains("/tests")
            || file.ends_with("_tests.rs")
        {
            continue;
        }
        let Ok(content) = fs::read_to_string(&file) else { continue };
        for (number, line) in content.lines().enumerate() {
            if line.trim_start() == "#[cfg(test)]" {
                break;
            }
            // `safe-area-inset-…` is the name of a phone's margins in style sheets.
            let spoken = spoken(&file, line).to_lowercase().replace("safe-area", "");
            for (word, instead) in NEVER {
                let by_people = BY_PEOPLE.iter().any(|(place, allowed, _)| file.starts_with(place) && allowed == word);
                if !by_people && says(&spoken, word) {
                    findings.push(Finding::new(
                        format!("{file}:{}", number + 1),
                        format!("says \"{word}\"; say: {instead}"),
                    ));
                }
            }
        }
    }
    Ok(findings)
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

/// The part of a line that people may get to read: string literals in Rust and TypeScript, everything in markup and JSON.
fn spoken(file: &str, line: &str) -> String {
    let code = file.ends_with(".rs") || file.ends_with(".ts");
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") || trimmed.starts_with("*") || trimmed.starts_with("/*") || trimmed.starts_with("<!--")
    {
        return String::new();
    }
    if !code {
        return line.to_owned();
    }
    let mut out = String::new();
    let mut quote = None;
    let mut escaped = false;
    for c in line.chars() {
        match quote {
            Some(open) if !escaped && c == open => quote = None,
            Some(_) => out.push(c),
            None if c == '"' || c == '`' || (c == '\'' && file.ends_with(".ts")) => {
                quote = Some(c);
                out.push(' ');
            }
            None => {}
        }
        escaped = c == '\\' && !escaped;
    }
    out
}

/// Whether the word begins at a word's beginning: "safe" is said by "safer", not by "unsafe".
fn says(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let begins = before.is_none_or(|c| !c.is_alphanumeric());
        // "safe" but not "safety" (an agency's name), "intent" but not "intentional".
        let ends =
            after.is_none_or(|c| !c.is_alphanumeric()) || text[at + word.len()..].starts_with('s') || word.len() > 6;
        begins && ends
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
        assert!(spoken("a.rs", "let raid = \"a group\"; // a raid").contains("a group"));
        assert!(!says(&spoken("a.rs", "let raid = \"a group\"; // a raid"), "raid"));
    }
}
