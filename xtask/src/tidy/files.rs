//! Files read in one sitting, no paths of one machine, no unfinished marks.

use super::Finding;
use crate::shell;
use anyhow::Result;
use std::fs;

/// A source file longer than this is hard to read in one sitting (design §6: rarely past 500).
const MAX_LINES: usize = 600;
/// A tracked file larger than this needs a reason, listed below.
const MAX_BYTES: u64 = 4 << 20;
/// Large files with a reason.
const LARGE: &[&str] = &["data/borders/"];
/// Marks of unfinished work, spelled in two halves so that this file does not find itself.
const MARKS: &[(&str, &str)] =
    &[("TO", "DO"), ("FIX", "ME"), ("XX", "X"), ("to", "do!("), ("unimple", "mented!("), ("#[ig", "nore")];

pub(crate) fn check() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in shell::tracked_files()? {
        let size = fs::metadata(&file)?.len();
        if size > MAX_BYTES && !LARGE.iter().any(|folder| file.starts_with(folder)) {
            findings.push(Finding::new(&file, format!("has {} KiB; is it needed?", size / 1024)));
        }
        let source = [".rs", ".ts", ".svelte", ".mjs", ".css"].iter().any(|end| file.ends_with(end));
        let text = source || [".md", ".toml", ".sh", ".txt"].iter().any(|end| file.ends_with(end));
        if !text {
            continue;
        }
        let Ok(content) = fs::read_to_string(&file) else { continue };
        // What is generated is not read in sittings.
        let generated = content.starts_with("// Written by `");
        if source && !generated && content.lines().count() > MAX_LINES {
            findings.push(Finding::new(&file, format!("has {} lines; what belongs apart?", content.lines().count())));
        }
        for (number, line) in content.lines().enumerate() {
            let place = || format!("{file}:{}", number + 1);
            if source && MARKS.iter().any(|(a, b)| line.contains(&format!("{a}{b}"))) {
                findings.push(Finding::new(place(), "an unfinished mark: finish it, or say it in docs/limits.md"));
            }
            if ["/work/", "/root/", "/home/"].iter().any(|path| starts_path(line, path)) {
                findings.push(Finding::new(place(), "names a path of one machine"));
            }
        }
    }
    Ok(findings)
}

fn starts_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        // This check names the paths too; they stand in quotes there.
        before.is_none_or(|c| !(c.is_alphanumeric() || "_./\"~-".contains(c)))
    })
}
