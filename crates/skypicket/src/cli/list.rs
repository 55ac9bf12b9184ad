//! `skypicket list`: the parts that a site file can name.

use super::{Outcome, ui::out};
use clap::Args;
use serde_json::json;

/// Arguments of `list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// As JSON, with the schema of each part's parameters.
    #[arg(long)]
    json: bool,
}

struct Part {
    name: &'static str,
    summary: &'static str,
    schema: Option<schemars::Schema>,
}

fn parts() -> Vec<(&'static str, &'static str, Vec<Part>)> {
    let decoders = skypicket_wire::DECODERS
        .iter()
        .map(|kind| Part { name: kind.name, summary: kind.summary, schema: Some((kind.schema)()) })
        .collect();
    let containers = skypicket_wire::CONTAINERS
        .iter()
        .map(|kind| Part { name: kind.name, summary: kind.summary, schema: None })
        .collect();
    let transports = crate::transport::TRANSPORTS
        .iter()
        .map(|kind| Part { name: kind.name, summary: kind.summary, schema: Some((kind.schema)()) })
        .collect();
    let detectors = skypicket_assess::DETECTORS
        .iter()
        .map(|kind| Part { name: kind.name, summary: kind.summary, schema: None })
        .collect();
    vec![
        ("decoders", "formats (feed.format, --format)", decoders),
        ("containers", "containers of recordings (--container)", containers),
        ("transports", "transports (feed.transport.kind)", transports),
        ("detectors", "detectors (assess)", detectors),
    ]
}

pub(super) fn run(args: &ListArgs) -> Outcome {
    if args.json {
        let mut all = serde_json::Map::new();
        for (key, _, list) in parts() {
            let list: Vec<_> = list
                .iter()
                .map(|part| json!({"name": part.name, "summary": part.summary, "params": part.schema}))
                .collect();
            all.insert(key.to_owned(), list.into());
        }
        out(&serde_json::to_string_pretty(&all)?)?;
        return Ok(0);
    }
    for (_, title, list) in parts() {
        out(title)?;
        for part in list {
            out(&format!("  {:<16} {}", part.name, part.summary))?;
        }
    }
    Ok(0)
}
