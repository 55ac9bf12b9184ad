//! Writes a trial as a scenario folder, for `track` and `score`; makes trials of recorded flights.

use super::{Outcome, ui::out};
use anyhow::Context;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::json;
use skypicket_sim::trial::Trial;
use skypicket_sim::trial::flights::{self, Collection, Part};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

/// Plays a trial into `scenario.json`, `measurements.jsonl.gz`, `truth.jsonl.gz` and `assoc.jsonl.gz`.
pub(super) fn write(trial: &Trial, folder: &Path) -> Outcome {
    fs::create_dir_all(folder).with_context(|| format!("folder {}", folder.display()))?;
    let played = trial.play();
    let description = folder.join("scenario.json");
    fs::write(&description, trial.description_json()).with_context(|| description.display().to_string())?;
    packed(&folder.join("measurements.jsonl.gz"), |file| trial.write_measurements(&played, file))?;
    packed(&folder.join("truth.jsonl.gz"), |file| trial.write_truth(&played, file))?;
    packed(&folder.join("assoc.jsonl.gz"), |file| trial.write_association(&played, file))?;
    out(&json!({
        "trial": trial.name,
        "description": trial.description,
        "duration_s": trial.duration_s,
        "sensors": trial.stations.len(),
        "targets": trial.targets.len(),
        "looks": played.looks.len(),
        "plots": played.looks.iter().map(|look| look.sightings.len()).sum::<usize>(),
        "folder": folder.display().to_string(),
    })
    .to_string())?;
    Ok(0)
}

/// The most bytes of an unpacked recording.
const MAX_RECORDING_BYTES: u64 = 1 << 30;

/// Three radars around the flights of a file.
pub(super) fn of_flights(path: &Path) -> anyhow::Result<Trial> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut json = Vec::new();
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut bytes: Box<dyn Read> = if name.ends_with(".gz") { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    bytes.by_ref().take(MAX_RECORDING_BYTES).read_to_end(&mut json).with_context(|| path.display().to_string())?;
    let collection = Collection { name: "flights", file: "", kind: "flight", rules: flights::DENSE, part: Part::Whole };
    let (mut trial, dropped) =
        flights::trial(&collection, &json).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))?;
    trial.name = name.split('.').next().unwrap_or_default().to_owned();
    trial.description = format!("{} of {} rows; {}", dropped.used, dropped.rows, trial.description);
    Ok(trial)
}

type Packed = GzEncoder<BufWriter<File>>;

fn packed(path: &Path, write: impl FnOnce(&mut Packed) -> io::Result<()>) -> anyhow::Result<()> {
    let all = || -> io::Result<()> {
        let mut file = GzEncoder::new(BufWriter::new(File::create(path)?), Compression::default());
        write(&mut file)?;
        file.finish()?.flush()
    };
    all().with_context(|| path.display().to_string())
}
