//! Every relative link in the documentation leads to a file, and every page in docs/ is reached by one.

use super::Finding;
use crate::shell;
use anyhow::Result;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

pub(crate) fn check() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut reached = BTreeSet::new();
    let files = shell::tracked_files()?;
    let pages: Vec<&String> = files.iter().filter(|file| file.ends_with(".md")).collect();
    for page in &pages {
        let text = fs::read_to_string(page)?;
        for (number, line) in text.lines().enumerate() {
            for target in targets(line) {
                if target.contains("://") || target.starts_with('#') || target.starts_with("mailto:") {
                    continue;
                }
                let path = target.split('#').next().unwrap_or_default();
                let full = normal(&Path::new(page.as_str()).parent().unwrap_or(Path::new("")).join(path));
                if !full.exists() {
                    findings.push(Finding::new(
                        format!("{page}:{}", number + 1),
                        format!("links to {target}, which is not there"),
                    ));
                }
                reached.insert(full.to_string_lossy().into_owned());
                if full.is_dir() {
                    reached.extend(
                        pages
                            .iter()
                            .filter(|other| Path::new(other.as_str()).parent() == Some(&full))
                            .map(|other| (*other).clone()),
                    );
                }
            }
        }
    }
    for page in pages {
        if page.starts_with("docs/") && !reached.contains(page) {
            findings.push(Finding::new(page.as_str(), "no page links to it"));
        }
    }
    Ok(findings)
}

/// The targets of `[text](target)` in a line.
fn targets(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("](") {
        rest = &rest[at + 2..];
        if let Some(end) = rest.find(')') {
            found.push(rest[..end].split_whitespace().next().unwrap_or_default());
            rest = &rest[end..];
        }
    }
    found
}

fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}
