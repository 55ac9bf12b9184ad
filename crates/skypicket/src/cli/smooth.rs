//! `skypicket smooth`: where a track of a journal was, as all its evidence tells it.

use super::{EXIT_FAILED, Outcome, ui::Ui, ui::out};
use crate::http::dto::{Sampling, TrajectoryDto};
use crate::smoothing::Smoothing;
use crate::store::Store;
use crate::words;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use skypicket_model::{Span, Time, TrackId};
use std::path::PathBuf;

/// Arguments of `smooth`.
#[derive(Debug, Args)]
pub(super) struct SmoothArgs {
    /// The folder of a journal.
    journal: PathBuf,
    /// The track's id: 16 hexadecimal digits, as everything that speaks of tracks gives it.
    #[arg(long, value_parser = track_id)]
    track: TrackId,
    /// A sample at every so many seconds; else one wherever something was learnt.
    #[arg(long, allow_negative_numbers = true)]
    every: Option<f64>,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = Form::Json)]
    form: Form,
    /// Begin with the epoch of this moment: saves time where the journal is long.
    #[arg(long, value_parser = super::decode::parse_time)]
    from: Option<Time>,
}

/// How a trajectory is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// One JSON object: samples with place, velocity, covariance, smoothed and causal.
    Json,
    /// Lines for a map.
    Geojson,
    /// A table.
    Csv,
}

pub(super) fn track_id(text: &str) -> Result<TrackId, String> {
    let wrong = || format!("\"{text}\" is no track id: 16 hexadecimal digits");
    if text.len() != 16 {
        return Err(wrong());
    }
    u64::from_str_radix(text, 16).map(TrackId).map_err(|_| wrong())
}

pub(super) fn run(args: &SmoothArgs, ui: Ui) -> Outcome {
    let every = match args.every {
        None => None,
        Some(s) if s.is_finite() && s > 0.0 => Span::from_s_f64(s),
        Some(s) => bail!("--every {s}: must be more than 0"),
    };
    let store = Store::existing(&args.journal).with_context(|| format!("journal {}", args.journal.display()))?;
    let mut smoothing = Smoothing::new(store, args.track, args.from)?;
    smoothing.play(None)?;
    let found = smoothing.found();
    for (epoch, why) in &found.left_out {
        ui.say(&format!("epoch {epoch} is left out: {why}"));
    }
    if found.pieces.is_empty() {
        let from = if args.from.is_some() { ", from the epoch of --from on" } else { "" };
        Ui::fault(&format!(
            "track {} is not in this journal{from}; ids stand in the panel of each track on the map and in /api/v1/tracks and its entries",
            args.track
        ));
        return Ok(EXIT_FAILED);
    }
    for passage in &found.passages {
        ui.say(&words::recomputed(&passage.airspace, passage.told.as_ref(), &passage.whole));
    }
    let trajectory = TrajectoryDto::of(&found.pieces, "whole", found.ended, Sampling { every, most: usize::MAX });
    match args.form {
        Form::Json => out(&serde_json::to_string(&trajectory)?)?,
        Form::Geojson => out(&trajectory.geojson().to_string())?,
        Form::Csv => {
            out(TrajectoryDto::CSV_HEAD)?;
            for line in trajectory.csv() {
                out(&line)?;
            }
        }
    }
    Ok(0)
}
