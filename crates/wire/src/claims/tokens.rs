//! A text as sentences, a sentence as words with their places.

use std::ops::Range;

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Where it stands in the text, bytes.
    pub(super) at: Range<usize>,
    /// In lower case.
    pub(super) lower: String,
    /// It begins with a capital letter.
    pub(super) capital: bool,
    /// Something other than white space stands before it: a comma, a bracket, a quotation mark.
    pub(super) apart: bool,
}

/// Longest sentence that is looked at, bytes: what is longer is cut there.
const MAX_SENTENCE: usize = 1_500;
/// Words that end with a point and end no sentence.
const SHORTENED: &[&str] = &[
    "mr", "mrs", "ms", "dr", "gen", "col", "lt", "st", "no", "approx", "ca", "jan", "feb", "sept", "sep", "oct", "nov",
    "dec",
];

/// The sentences of a text: where each begins and ends.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = at + c.len_utf8();
        let too_long = after - from >= MAX_SENTENCE && c.is_whitespace();
        let stop = matches!(c, '.' | '!' | '?') && {
            let rest = &text[after..];
            let rest = rest.trim_start_matches(['"', '\u{201d}', '\u{2019}', ')', ']']);
            let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
            let next = rest.trim_start().chars().next();
            ends && next.is_none_or(|next| !next.is_lowercase()) && !is_shortened(&text[from..at])
        };
        if c == '\n' || stop || too_long {
            let mut end = after;
            if stop {
                while let Some((_, '"' | '\u{201d}' | '\u{2019}' | ')' | ']')) = chars.peek() {
                    end += chars.next().map_or(0, |(_, c)| c.len_utf8());
                }
            }
            push(text, from..end, &mut all);
            from = end;
        }
    }
    push(text, from..text.len(), &mut all);
    all
}

fn push(text: &str, range: Range<usize>, all: &mut Vec<Range<usize>>) {
    let part = &text[range.clone()];
    let begin = range.start + (part.len() - part.trim_start().len());
    let end = range.start + part.trim_end().len();
    if begin < end {
        all.push(begin..end);
    }
}

/// The point before is of a shortened word or of initials: `Sept.`, `U.S.`
fn is_shortened(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let lower = word.to_lowercase();
    let initials = word.len() <= 8
        && word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase));
    initials || SHORTENED.contains(&lower.as_str())
}

/// The words of a part of a text.
pub(super) fn tokens(text: &str, part: Range<usize>) -> Vec<Token> {
    let mut all = Vec::new();
    let mut apart = false;
    let mut chars = text[part.clone()].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !c.is_alphanumeric() {
            apart |= !c.is_whitespace();
            continue;
        }
        let begin = part.start + at;
        let mut end = begin + c.len_utf8();
        let mut before = c;
        while let Some(&(at, c)) = chars.peek() {
            let here = part.start + at;
            let next = text[here + c.len_utf8()..part.end].chars().next();
            if !(c.is_alphanumeric() || joins(before, c, next)) {
                break;
            }
            end = here + c.len_utf8();
            before = c;
            chars.next();
        }
        let word = &text[begin..end];
        let lower = word.to_lowercase().replace('\u{2019}', "'");
        let capital = word.starts_with(char::is_uppercase);
        all.push(Token { at: begin..end, lower, capital, apart });
        apart = false;
    }
    all
}

/// A mark inside a word: `surface-to-air`, `Poland's`, `U.S`, `23:30`, `1,000`.
fn joins(before: char, c: char, next: Option<char>) -> bool {
    let Some(next) = next else { return false };
    match c {
        '-' | '\'' | '\u{2019}' => next.is_alphanumeric(),
        ':' | ',' => before.is_ascii_digit() && next.is_ascii_digit(),
        '.' => next.is_alphanumeric() && (before.is_ascii_digit() == next.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_they_end() {
        let text = "The U.S. watched. Gen. Nowak spoke at 11.30 p.m. on Sept. 9 of it.\n\u{201c}Three came!\u{201d} he said. And no more";
        let found: Vec<&str> = sentences(text).into_iter().map(|part| &text[part]).collect();
        assert_eq!(
            found,
            [
                "The U.S. watched.",
                "Gen. Nowak spoke at 11.30 p.m. on Sept. 9 of it.",
                "\u{201c}Three came!\u{201d} he said.",
                "And no more"
            ]
        );
        assert!(sentences(&"long ".repeat(1000)).len() > 2);
    }

    #[test]
    fn words_keep_their_places() {
        let text = "Poland\u{2019}s jets (F-16) flew at 23:30, węzły 1,000.";
        let words = tokens(text, 0..text.len());
        let lower: Vec<&str> = words.iter().map(|word| word.lower.as_str()).collect();
        assert_eq!(lower, ["poland's", "jets", "f-16", "flew", "at", "23:30", "węzły", "1,000"]);
        assert!(words[2].apart && !words[1].apart && words[6].apart);
        assert_eq!(&text[words[6].at.clone()], "węzły");
    }
}
