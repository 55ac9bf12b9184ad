//! Every part that the program lists has its page, its test vector and its fuzz target (design §5).

use super::Finding;
use crate::{bless, shell};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// Registry as `skypicket list --json` names it, folder of its pages (or one page with a heading each), folder of its vectors (if bytes of it can be fuzzed).
const REGISTRIES: &[(&str, &str, Option<&str>)] = &[
    ("decoders", "docs/formats", Some("crates/wire/tests/vectors")),
    ("containers", "docs/formats", Some("crates/wire/tests/vectors")),
    ("detectors", "docs/detectors", None),
    ("transports", "docs/transports.md", None),
];

pub(crate) fn check() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let listed: serde_json::Value = serde_json::from_str(&bless::expected(&["list", "--json"])?)?;
    let fuzzed =
        shell::output(Command::new("cargo").args(["run", "--quiet", "--package", "skypicket-fuzz", "--", "--list"]))?;
    let tracked = shell::tracked_files()?;
    for (registry, pages, vectors) in REGISTRIES {
        let Some(parts) = listed[registry].as_array() else {
            findings.push(Finding::new(*registry, "is not in `skypicket list --json`"));
            continue;
        };
        for part in parts {
            let name = part["name"].as_str().unwrap_or_default();
            if let Some(missing) = missing_page(pages, name)? {
                findings.push(Finding::new(missing, format!("is missing: {registry} lists \"{name}\"")));
            }
            let Some(vectors) = vectors else { continue };
            if !tracked.iter().any(|file| is_vector(file, vectors, name)) {
                findings.push(Finding::new(
                    format!("{vectors}/{name}.*"),
                    format!("is missing: {registry} lists \"{name}\""),
                ));
            }
            if !fuzzed.lines().any(|line| line.split_whitespace().next() == Some(name)) {
                findings.push(Finding::new("fuzz", format!("has no target for \"{name}\"")));
            }
        }
    }
    Ok(findings)
}

/// The page of a part, or its heading in a page of all, if it is not there.
fn missing_page(pages: &str, name: &str) -> Result<Option<String>> {
    if pages.ends_with(".md") {
        let text = std::fs::read_to_string(pages)?;
        let has = text.lines().any(|line| line.starts_with('#') && line.contains(name));
        return Ok((!has).then(|| format!("{pages}: heading \"{name}\"")));
    }
    let page = format!("{pages}/{name}.md");
    Ok((!Path::new(&page).exists()).then_some(page))
}

/// `vectors/name.bin`, `vectors/name-anything.bin` and `vectors/name/anything` are vectors of `name`.
fn is_vector(file: &str, folder: &str, name: &str) -> bool {
    let Some(rest) = file.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) else { return false };
    rest.strip_prefix(name).is_some_and(|end| end.starts_with(['.', '-', '/']))
}
