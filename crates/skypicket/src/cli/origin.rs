//! `skypicket origin`: where the tracks of a journal may have come from.

use super::{EXIT_FAILED, Outcome, ui::Ui, ui::out};
use crate::http::dto::OriginDto;
use crate::store::Store;
use crate::words;
use anyhow::Context;
use clap::{Args, ValueEnum};
use skypicket_model::{Time, TrackId};
use std::path::PathBuf;

/// Arguments of `origin`.
#[derive(Debug, Args)]
pub(super) struct OriginArgs {
    /// The folder of a journal.
    journal: PathBuf,
    /// Of this track only: 16 hexadecimal digits.
    #[arg(long, value_parser = super::smooth::track_id)]
    track: Option<TrackId>,
    /// As it was known at this moment: RFC 3339 or Unix seconds.
    #[arg(long, value_parser = super::decode::parse_time)]
    as_of: Option<Time>,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    form: Form,
}

/// How regions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A sentence for each track, and where its 50 % and 90 % regions lie.
    Text,
    /// A JSON object for each track, as `GET /api/v1/tracks/{key}/origin` gives it.
    Json,
    /// A GeoJSON collection of cells for each track.
    Geojson,
}

pub(super) fn run(args: &OriginArgs, ui: Ui) -> Outcome {
    let store = Store::existing(&args.journal).with_context(|| format!("journal {}", args.journal.display()))?;
    let told = crate::origins::told(&store, args.as_of)?;
    for (epoch, why) in &told.left_out {
        ui.say(&format!("epoch {epoch} is left out: {why}"));
    }
    let wanted = told.regions.values().filter(|region| args.track.is_none_or(|track| region.track == track));
    let mut any = false;
    for region in wanted {
        any = true;
        let dto = OriginDto::of(region);
        match args.form {
            Form::Text => {
                let first = words::origin::place(region.first_place);
                out(&format!("{} first seen {} at {first}: {}", dto.track, dto.first_seen, dto.text))?;
                for line in words::origin::places(region, |place| told.states.at(place)) {
                    out(&format!("  {line}"))?;
                }
            }
            Form::Json => out(&serde_json::to_string(&dto)?)?,
            Form::Geojson => out(&dto.geojson().to_string())?,
        }
    }
    if !any {
        ui.say("no track of this journal came into question, or none was seen for long enough");
        return Ok(if args.track.is_some() { EXIT_FAILED } else { 0 });
    }
    Ok(0)
}
