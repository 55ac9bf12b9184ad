//! The committed schemas are what the program prints today.

use super::Finding;
use crate::bless;
use anyhow::Result;
use std::fs;

pub(crate) fn check() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (path, args) in bless::GENERATED {
        let expected = bless::expected(args)?;
        if fs::read_to_string(path).unwrap_or_default() != expected {
            findings.push(Finding::new(
                *path,
                "is not what the program says: run `cargo xtask bless` and look at the difference",
            ));
        }
    }
    Ok(findings)
}
