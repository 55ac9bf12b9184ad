//! `skypicket check`: every fault of a site file at once.

use super::{EXIT_USAGE, Outcome, ui::out};
use crate::plan::{DiskFiles, Plan};
use anyhow::Context;
use clap::Args;
use std::path::{Path, PathBuf};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The site file.
    site: PathBuf,
}

pub(super) fn run(args: &CheckArgs) -> Outcome {
    let text = read(&args.site)?;
    match Plan::load(&text, &files_beside(&args.site)) {
        Ok(plan) => {
            let watched: Vec<&str> = plan
                .airspaces
                .iter()
                .filter(|airspace| airspace.watched)
                .map(|airspace| airspace.code.as_str())
                .collect();
            let watched = if watched.is_empty() { "none (set site.watch)".to_owned() } else { watched.join(", ") };
            out(&format!(
                "{}: no faults\n  feeds: {}\n  sensors: {}\n  watched airspaces: {watched}\n  border policy: {}",
                args.site.display(),
                plan.feeds.len(),
                plan.sensors.len(),
                plan.boundary,
            ))?;
            Ok(0)
        }
        Err(faults) => {
            for fault in faults.iter() {
                out(&format!("{}:{}: {}", args.site.display(), fault.line, fault.what))?;
            }
            out(&format!("{} fault{}", faults.len(), if faults.len() == 1 { "" } else { "s" }))?;
            Ok(EXIT_USAGE)
        }
    }
}

/// Reads a site file as text.
pub(super) fn read(site: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(site).with_context(|| format!("site file {}", site.display()))?;
    String::from_utf8(bytes)
        .ok()
        .with_context(|| format!("site file {}: is no UTF-8 text; is this a site file?", site.display()))
}

/// Files that a site file names, relative to it.
pub(super) fn files_beside(site: &Path) -> DiskFiles {
    DiskFiles { folder: site.parent().map(Path::to_path_buf).unwrap_or_default() }
}

/// Loads a site file; its faults, each with file and line, become the error.
pub(super) fn load(site: &Path) -> anyhow::Result<Plan> {
    let text = read(site)?;
    Plan::load(&text, &files_beside(site)).map_err(|faults| {
        let lines: Vec<String> =
            faults.iter().map(|fault| format!("  {}:{}: {}", site.display(), fault.line, fault.what)).collect();
        anyhow::anyhow!("the site file has faults:\n{}", lines.join("\n"))
    })
}
