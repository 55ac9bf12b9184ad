//! Scenario files: prose for people, with the world in fenced `toml` blocks and what must be seen in fenced `expect` blocks.
//!
//! All `toml` blocks of a file are one document, so a story can introduce its actors one by one. The format is described in
//! docs/formats/scenario.md.

pub mod build;
pub mod flight;
pub(crate) mod navigation;
pub mod report;
pub mod spec;
pub mod traffic;

use core::fmt;

/// A fault in a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The line, from 1; 0 when the fault is in no one line.
    pub line: usize,
    /// What is wrong and what is wanted.
    pub what: String,
}

impl ScenarioError {
    pub(crate) fn new(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 { f.write_str(&self.what) } else { write!(f, "line {}: {}", self.line, self.what) }
    }
}

impl std::error::Error for ScenarioError {}

/// The largest scenario file, bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// A file taken apart. Each part has as many lines as the file, so that line numbers stay true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The `toml` blocks; every other line is empty.
    pub toml: String,
    /// The lines of the `expect` blocks with their line numbers.
    pub expect: Vec<(usize, String)>,
}

/// Takes a Markdown text apart.
///
/// # Errors
/// When a fenced block does not end, or the text is too large.
pub fn parts(text: &str) -> Result<Parts, ScenarioError> {
    if text.len() > MAX_BYTES {
        return Err(ScenarioError::new(0, format!("the file has {} bytes, more than {MAX_BYTES}", text.len())));
    }
    let mut parts = Parts::default();
    let mut block: Option<(usize, &str)> = None;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let fence = line.trim_start().strip_prefix("```");
        match (block, fence) {
            (None, Some(language)) => block = Some((number, language.trim())),
            (Some(_), Some(_)) => block = None,
            (Some((_, "toml")), None) => parts.toml.push_str(line),
            (Some((_, "expect")), None) => parts.expect.push((number, line.to_owned())),
            _ => {}
        }
        parts.toml.push('\n');
    }
    match block {
        Some((number, language)) => {
            Err(ScenarioError::new(number, format!("the fenced block \"{language}\" does not end: add a line of ```")))
        }
        None => Ok(parts),
    }
}

/// The line of a byte offset in a text, from 1.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_keep_their_line_numbers() {
        let text = "# A story\n\n```toml\n[world]\n```\nprose\n```expect\nno incidents\n```\n```toml\nx = 1\n```\n";
        let parts = parts(text).expect("whole");
        assert_eq!(parts.toml.lines().nth(3), Some("[world]"));
        assert_eq!(parts.toml.lines().nth(10), Some("x = 1"));
        assert_eq!(parts.expect, [(8, "no incidents".to_owned())]);
        assert_eq!(line_of(&parts.toml, parts.toml.find("x = 1").expect("there")), 11);
    }

    #[test]
    fn a_block_without_end_is_told_with_its_line() {
        let error = parts("a\n```toml\n[world]\n").expect_err("open");
        assert_eq!(error.to_string(), "line 2: the fenced block \"toml\" does not end: add a line of ```");
    }
}
