//! `cargo xtask tidy`: the checks that a compiler cannot make. Each finding names file, line and what to do.

mod arrows;
mod files;
mod links;
mod literals;
mod registries;
mod schemas;
mod words;

use anyhow::{Result, bail};

/// What a check found.
pub(crate) struct Finding {
    /// File, and line where there is one.
    pub(crate) place: String,
    /// What is wrong and what to do.
    pub(crate) what: String,
}

impl Finding {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

type Check = fn() -> Result<Vec<Finding>>;

const CHECKS: &[(&str, Check)] = &[
    ("arrows between rooms", arrows::check),
    ("registries", registries::check),
    ("generated schemas", schemas::check),
    ("links in docs", links::check),
    ("words that the machine may say", words::check_words),
    ("scope guard", words::check_scope),
    ("files", files::check),
];

/// Runs all checks (or the one whose name contains the argument) and fails if any found something.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut count = 0;
    for (name, check) in CHECKS {
        if args.first().is_some_and(|wanted| !name.contains(wanted.as_str())) {
            continue;
        }
        let findings = check()?;
        println!(
            "tidy: {name}: {}",
            if findings.is_empty() { "ok".to_owned() } else { format!("{} to mend", findings.len()) }
        );
        for finding in &findings {
            println!("  {}: {}", finding.place, finding.what);
        }
        count += findings.len();
    }
    if count > 0 {
        bail!("tidy: {count} to mend");
    }
    Ok(())
}
