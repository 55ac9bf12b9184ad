//! Which room may use which (design §2), read from `cargo metadata`.

use super::Finding;
use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

/// Room and the rooms that it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("skypicket-model", &[]),
    ("skypicket-wire", &["skypicket-model"]),
    ("skypicket-track", &["skypicket-model"]),
    ("skypicket-assess", &["skypicket-model"]),
    ("skypicket-engine", &["skypicket-model", "skypicket-track", "skypicket-assess"]),
    ("skypicket-sim", &["skypicket-model", "skypicket-wire", "skypicket-engine"]),
    (
        "skypicket",
        &[
            "skypicket-model",
            "skypicket-wire",
            "skypicket-track",
            "skypicket-assess",
            "skypicket-engine",
            "skypicket-sim",
        ],
    ),
];

/// What a room may use beside that in its tests and examples, and why it needs it there.
const IN_TESTS: &[(&str, &[&str])] = &[
    // Entries are tested at the real border, which wire reads.
    ("skypicket-assess", &["skypicket-wire"]),
    // Examples measure tracker and detectors against a world's truth.
    ("skypicket-sim", &["skypicket-track", "skypicket-assess"]),
];

/// What a room may use to be built: code that runs on the machine of whoever builds.
const IN_BUILDS: &[(&str, &[&str])] = &[
    // The build's name is a hash of its sources.
    ("skypicket", &["sha2"]),
];

/// Crates that only the named rooms may depend on: the right to do I/O, threads or logging is the program's.
const RESERVED: &[(&str, &[&str])] = &[
    ("tokio", &["skypicket"]),
    ("axum", &["skypicket"]),
    ("socket2", &["skypicket"]),
    ("ureq", &["skypicket"]),
    ("crossbeam-channel", &["skypicket"]),
    ("anyhow", &["skypicket", "xtask", "skypicket-fuzz"]),
    ("serde", &["skypicket-wire", "skypicket-track", "skypicket-assess", "skypicket-sim", "skypicket", "xtask"]),
];

/// Rooms that may have third-party dependencies named here only.
const MODEL_MAY_USE: &[&str] = &["libm"];

pub(crate) fn check() -> Result<Vec<Finding>> {
    let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata")?;
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let allowed = ARROWS.iter().find(|(room, _)| *room == name).map(|(_, allowed)| *allowed);
        for dependency in &package.dependencies {
            let to = dependency.name.as_str();
            let listed =
                |list: &[(&str, &[&str])]| list.iter().any(|(room, names)| *room == name && names.contains(&to));
            let ours = to.starts_with("skypicket") || to == "xtask";
            let (how, right) = match dependency.kind {
                DependencyKind::Development => ("in its tests", listed(ARROWS) || listed(IN_TESTS)),
                DependencyKind::Build => ("to be built", listed(IN_BUILDS)),
                _ => ("", listed(ARROWS)),
            };
            if allowed.is_some() && !right && (ours || dependency.kind == DependencyKind::Build) {
                let what = format!("uses {to} {how}, which its room may not (ARCHITECTURE.md, Rooms)");
                findings.push(Finding::new(name, what.replace("  ", " ")));
            }
            if name == "skypicket-model" && !MODEL_MAY_USE.contains(&to) {
                findings.push(Finding::new(name, format!("depends on {to}; the model may use only {MODEL_MAY_USE:?}")));
            }
            if let Some((_, rooms)) = RESERVED.iter().find(|(reserved, _)| *reserved == to)
                && !rooms.contains(&name)
            {
                findings.push(Finding::new(name, format!("depends on {to}, which is reserved to {rooms:?}")));
            }
        }
        if allowed.is_none() && !["xtask", "skypicket-fuzz"].contains(&name) {
            findings.push(Finding::new(
                name,
                "is no room of the design; add it to xtask/src/tidy/arrows.rs with its right",
            ));
        }
    }
    Ok(findings)
}
