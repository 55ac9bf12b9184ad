//! `flights FOLDER [NAME…]`: tracks radar plots of recorded flights and prints the table of docs/tracker.md; FOLDER is `testdata`
//! (`cargo xtask testdata`). With `--params` the tracker's parameters are other than the defaults; with `--turns` also every turn that was not held through; with `--write` nothing is tracked, and each
//! recording becomes a scenario folder of its name in the working folder, for `skypicket track` and `score`.
#![allow(clippy::print_stdout, reason = "an example that prints its result")]

mod follow;

use flate2::Compression;
use flate2::write::GzEncoder;
use follow::follow;
use skypicket_sim::score::Score;
use skypicket_sim::trial::Trial;
use skypicket_sim::trial::flights::{COLLECTIONS, trial};
use skypicket_track::Params;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Read};
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let tell_turns = args.iter().any(|arg| arg == "--turns");
    let params = match args.iter().position(|arg| arg == "--params") {
        Some(at) if at + 1 < args.len() => {
            let text = args.drain(at..at + 2).nth(1).unwrap_or_default();
            serde_json::from_str(&text)?
        }
        _ => Params::default(),
    };
    let write = args.iter().any(|arg| arg == "--write");
    args.retain(|arg| arg != "--turns" && arg != "--write");
    let Some((folder, names)) = args.split_first() else {
        return Err("usage: flights FOLDER [NAME…] [--params JSON] [--turns] [--write]".into());
    };
    println!(
        "| recording | pieces | hours | plots | GOSPA | oracle | RMSE m | oracle | missed | oracle | false | turns | held | changed | lost |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    let mut cleaning = Vec::new();
    for collection in COLLECTIONS.iter().filter(|c| names.is_empty() || names.iter().any(|name| c.name.contains(name)))
    {
        let mut json = Vec::new();
        flate2::read::GzDecoder::new(File::open(Path::new(folder).join(collection.file))?).read_to_end(&mut json)?;
        let (trial, dropped) = trial(collection, &json)?;
        if write {
            write_folder(&trial)?;
            continue;
        }
        let outcome = follow(&trial, &params)?;
        let flown_s: f64 =
            trial.targets.iter().filter_map(|t| t.flown.span_s()).map(|(from_s, to_s)| to_s - from_s).sum();
        let (ours, oracle) = (&outcome.ours, &outcome.oracle);
        let of = |wanted: fn(&follow::Outcome) -> usize| wanted(&outcome);
        println!(
            "| {} | {} | {:.1} | {} | {:.0} | {:.0} | {:.0} | {:.0} | {:.2} % | {:.2} % | {:.3} | {} | {} | {} | {} |",
            trial.name,
            trial.targets.len(),
            flown_s / 3600.0,
            outcome.plots,
            ours.gospa_mean,
            oracle.gospa_mean,
            rmse(ours),
            rmse(oracle),
            100.0 * ours.frac_missed,
            100.0 * oracle.frac_missed,
            ours.false_mean,
            outcome.turns.len(),
            of(|o| o.turns.iter().filter(|held| !held.never && held.changes == 0 && held.unheld_plots <= 3).count()),
            of(|o| o.turns.iter().filter(|held| held.changes > 0).count()),
            of(|o| o.turns.iter().filter(|held| held.never || held.unheld_plots > 3).count()),
        );
        cleaning.push(format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            trial.name,
            dropped.rows,
            dropped.on_ground,
            dropped.incomplete,
            dropped.same_time,
            dropped.repeated,
            dropped.outliers,
            dropped.implausible,
            dropped.short,
            dropped.gaps,
            dropped.used
        ));
        if tell_turns {
            for held in outcome.turns.iter().filter(|held| held.never || held.changes > 0 || held.unheld_plots > 3) {
                let turn = &held.turn;
                println!(
                    "  object {} turns by {:.0}° from {:.0} s to {:.0} s, at most {:.1}°/s: {}, its track changed {} times, {} plots came while no track held it",
                    turn.object,
                    turn.turned_deg,
                    turn.from_s,
                    turn.to_s,
                    turn.fastest_deg_s,
                    if held.never { "never held" } else { "held" },
                    held.changes,
                    held.unheld_plots
                );
            }
        }
    }
    println!(
        "\n| recording | rows | on the ground | incomplete | of one time | repeated | outliers | implausible | short | gaps | used |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|\n{}", cleaning.join("\n"));
    Ok(())
}

fn rmse(score: &Score) -> f64 {
    score.rmse.get("all").and_then(|errors| errors.rmse_h_m).unwrap_or(0.0)
}

fn write_folder(trial: &Trial) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&trial.name);
    fs::create_dir_all(folder)?;
    let played = trial.play();
    fs::write(folder.join("scenario.json"), trial.description_json())?;
    let packed = |name: &str| -> Result<_, Box<dyn Error>> {
        Ok(GzEncoder::new(BufWriter::new(File::create(folder.join(name))?), Compression::default()))
    };
    trial.write_measurements(&played, &mut packed("measurements.jsonl.gz")?)?;
    trial.write_truth(&played, &mut packed("truth.jsonl.gz")?)?;
    trial.write_association(&played, &mut packed("assoc.jsonl.gz")?)?;
    Ok(())
}
