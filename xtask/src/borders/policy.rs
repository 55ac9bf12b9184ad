//! The border policy: who gets land that the source counts under two codes.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

/// A committed, named and numbered decision table (`data/borders/policy-*.toml`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    /// Short name, printed in every entry.
    pub(super) id: String,
    /// Raised with every change of a decision.
    pub(super) version: u32,
    /// One sentence that says what the policy is.
    pub(super) title: String,
    /// SHA-256 of the source map that the decisions were made for.
    pub(super) source_sha256: String,
    /// Overlaps smaller than this between two codes need no row of their own: they go to the code first in the alphabet.
    pub(super) sliver_km2: f64,
    /// Codes in the source that are no state and are left out.
    pub(super) leave_out: Vec<String>,
    /// Codes counted with the state that has them in the source already.
    pub(super) part: Vec<Part>,
    /// Overlaps between states.
    pub(super) overlap: Vec<Overlap>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    pub(super) code: String,
    pub(super) of: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Overlap {
    pub(super) between: [String; 2],
    pub(super) to: String,
    /// `assembly` (a resolution decides), `undecided` (an open question: assigned so that nothing is counted twice) or
    /// `mapping` (two drawings of one line).
    pub(super) kind: Kind,
    pub(super) basis: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Assembly,
    Undecided,
    Mapping,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Assembly => "assembly",
            Self::Undecided => "undecided",
            Self::Mapping => "mapping",
        }
    }
}

impl Policy {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let policy: Self = toml::from_str(&text).with_context(|| format!("{}", path.display()))?;
        for row in &policy.overlap {
            if !row.between.contains(&row.to) {
                bail!("{}: {:?} goes to {:?}, which is neither", path.display(), row.between, row.to);
            }
        }
        Ok(policy)
    }

    /// The row for this pair, whichever way round it is written.
    pub(super) fn row(&self, a: &str, b: &str) -> Option<&Overlap> {
        self.overlap.iter().find(|row| row.between == [a, b] || row.between == [b, a])
    }
}
