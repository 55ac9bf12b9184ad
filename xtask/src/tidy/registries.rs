//! Every part that the program lists has its page, and what shows it: a test vector and a fuzz target where it reads bytes, else a test
//! that names it; a transport's parameters are fuzzed with the site file (design §5).

use super::Finding;
use crate::{bless, shell};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// A registry and where its parts are shown.
struct Registry {
    /// As `skypicket list --json` names it.
    name: &'static str,
    /// Folder of its pages, or one page with a heading each.
    pages: &'static str,
    shown: Shown,
}

/// How a part is shown to work.
enum Shown {
    /// By bytes: a vector in this folder and a fuzz target of the part's name.
    ByVectors(&'static str),
    /// By name, written in one of these two ways, in some file of each list (folders end in `/`).
    ByName(fn(&str) -> [String; 2], &'static [&'static [&'static str]]),
}

const REGISTRIES: &[Registry] = &[
    Registry { name: "decoders", pages: "docs/formats", shown: Shown::ByVectors("crates/wire/tests/vectors") },
    Registry { name: "containers", pages: "docs/formats", shown: Shown::ByVectors("crates/wire/tests/vectors") },
    Registry {
        name: "detectors",
        pages: "docs/detectors",
        shown: Shown::ByName(
            |name| [name.to_owned(), format!("Finding::{}", camel(name))],
            &[&["crates/assess/tests/", "crates/skypicket/tests/"]],
        ),
    },
    Registry {
        name: "transports",
        pages: "docs/transports.md",
        shown: Shown::ByName(
            |name| [format!("start(\"{name}\""), format!("kind = \"{name}\"")],
            &[&["crates/skypicket/tests/transport.rs"], &["fuzz/corpus/site-file/"]],
        ),
    },
];

pub(crate) fn check() -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let listed: serde_json::Value = serde_json::from_str(&bless::expected(&["list", "--json"])?)?;
    let fuzzed =
        shell::output(Command::new("cargo").args(["run", "--quiet", "--package", "skypicket-fuzz", "--", "--list"]))?;
    let tracked = shell::tracked_files()?;
    for registry in REGISTRIES {
        let Some(parts) = listed[registry.name].as_array() else {
            findings.push(Finding::new(registry.name, "is not in `skypicket list --json`"));
            continue;
        };
        for name in parts.iter().filter_map(|part| part["name"].as_str()) {
            let listed = format!("{} lists \"{name}\"", registry.name);
            if let Some(missing) = missing_page(registry.pages, name)? {
                findings.push(Finding::new(missing, format!("is missing: {listed}")));
            }
            match registry.shown {
                Shown::ByVectors(folder) => {
                    if !tracked.iter().any(|file| is_vector(file, folder, name)) {
                        findings.push(Finding::new(format!("{folder}/{name}.*"), format!("is missing: {listed}")));
                    }
                    if !fuzzed.lines().any(|line| line.split_whitespace().next() == Some(name)) {
                        findings.push(Finding::new("fuzz", format!("has no target for \"{name}\"")));
                    }
                }
                Shown::ByName(spellings, places) => {
                    for places in places.iter().filter(|places| !is_named(&tracked, places, &spellings(name))) {
                        findings.push(Finding::new(places.join(" or "), format!("names it nowhere: {listed}")));
                    }
                }
            }
        }
    }
    Ok(findings)
}

/// Whether a tracked file in one of the places holds one of the spellings.
fn is_named(tracked: &[String], places: &[&str], spellings: &[String]) -> bool {
    tracked.iter().filter(|file| places.iter().any(|place| file.starts_with(place))).any(|file| {
        std::fs::read_to_string(file).is_ok_and(|text| spellings.iter().any(|spelling| text.contains(spelling)))
    })
}

/// `airspace_entry` as `AirspaceEntry`.
fn camel(name: &str) -> String {
    let word =
        |word: &str| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect::<String>();
    name.split('_').map(word).collect()
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
