//! `skypicket journal`: what is in a journal, and whether it is whole.

use super::{EXIT_FAILED, Outcome, ui::Ui, ui::out};
use crate::journal::content::hex;
use crate::journal::{Reader, verify};
use crate::store::Store;
use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `journal`.
#[derive(Debug, Args)]
pub(super) struct JournalArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Segments, epochs, checkpoints and sizes.
    Info {
        /// The journal's folder.
        folder: PathBuf,
    },
    /// Check every checksum, the hash chain and the order. (`replay --verify` also plays it again.)
    Verify {
        /// The journal's folder.
        folder: PathBuf,
    },
    /// Its records, one JSON line each.
    Records {
        /// The journal's folder.
        folder: PathBuf,
        /// From this moment on.
        #[arg(long, value_parser = super::decode::parse_time)]
        from: Option<skypicket_model::Time>,
        /// At most this many.
        #[arg(long, default_value_t = u64::MAX)]
        limit: u64,
    },
}

pub(super) fn run(args: &JournalArgs, _ui: Ui) -> Outcome {
    match &args.what {
        What::Info { folder } => info(folder),
        What::Verify { folder } => check(folder),
        What::Records { folder, from, limit } => records(folder, *from, *limit),
    }
}

fn open(folder: &Path) -> anyhow::Result<Store> {
    Store::existing(folder).with_context(|| format!("journal {}", folder.display()))
}

fn info(folder: &Path) -> Outcome {
    let store = open(folder)?;
    let reader = Reader::open(Arc::clone(&store.journal))?;
    let epochs: Vec<_> = store
        .epochs()?
        .iter()
        .map(|epoch| {
            json!({
                "epoch": epoch.number,
                "began": epoch.began.to_string(),
                "reason": format!("{:?}", epoch.start.reason),
                "build": epoch.start.build,
                "first_input": epoch.first.0,
                "files": epoch.start.files.iter().map(|file| json!({"role": file.role, "name": file.name, "sha256": hex(&file.sha256)})).collect::<Vec<_>>(),
            })
        })
        .collect();
    let checkpoints: Vec<_> = store
        .checkpoints
        .list()?
        .iter()
        .map(|checkpoint| {
            json!({"input": checkpoint.meta.seq.0, "received": checkpoint.meta.received.to_string(), "digest": hex(&checkpoint.meta.digest), "bytes": checkpoint.len_bytes})
        })
        .collect();
    let whole = json!({
        "segments": reader.index().segments.len(),
        "bytes": reader.index().total_bytes(),
        "epochs": epochs,
        "checkpoints": checkpoints,
    });
    out(&serde_json::to_string_pretty(&whole)?)?;
    Ok(0)
}

fn check(folder: &Path) -> Outcome {
    let store = open(folder)?;
    let found = verify(Arc::clone(&store.journal))?;
    let mut faults: Vec<String> = found.faults.iter().map(ToString::to_string).collect();
    if found.records == 0 && faults.is_empty() {
        faults.push("it holds no record".to_owned());
    }
    let whole = json!({
        "whole": faults.is_empty(),
        "segments": found.segments,
        "records": found.records,
        "bytes": found.bytes,
        "first": found.first.map(|(seq, time)| json!({"input": seq.0, "received": time.to_string()})),
        "last": found.last.map(|(seq, time)| json!({"input": seq.0, "received": time.to_string()})),
        "gaps": found.gaps,
        "head": found.head.map(|head| hex(&head)),
        "faults": faults,
    });
    out(&serde_json::to_string_pretty(&whole)?)?;
    Ok(if faults.is_empty() { 0 } else { EXIT_FAILED })
}

fn records(folder: &Path, from: Option<skypicket_model::Time>, limit: u64) -> Outcome {
    let store = open(folder)?;
    let mut reader = Reader::open(Arc::clone(&store.journal))?;
    if let Some(from) = from {
        reader.seek_time(from)?;
    }
    let mut count = 0;
    while count < limit
        && let Some(record) = reader.next_record()?
    {
        let line = json!({
            "input": record.seq.0,
            "received": crate::json::time(record.received),
            "kind": format!("{:?}", record.kind),
            "feed": record.feed.0,
            "connection": record.connection.0,
            "bytes": record.payload.len(),
        });
        out(&line.to_string())?;
        count += 1;
    }
    Ok(0)
}
