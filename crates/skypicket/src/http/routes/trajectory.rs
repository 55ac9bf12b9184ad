//! `GET /api/v1/tracks/{key}/trajectory`: where a track was, smoothed.

use super::{AsOf, Fault, Given, Parameters, Query, Shared, find, shown};
use crate::http::dto::{Sampling, TrajectoryDto};
use axum::Json;
use axum::extract::{Path, State};
use skypicket_model::{Span, Time, TrackId};

/// Most samples of a piece.
const MAX_SAMPLES: usize = 2000;

/// What may be asked.
pub(super) struct Asked {
    every: Option<Span>,
    as_of: Option<Time>,
    whole: bool,
    from: Option<Time>,
}

impl Parameters for Asked {
    const TAKES: &'static [&'static str] = &["every_s", "as_of", "whole", "from"];
    fn read(given: &Given) -> Result<Self, Fault> {
        let every = match given.text("every_s") {
            None => None,
            Some(text) => {
                let wrong = || Fault::bad(format!("every_s is \"{text}\", must be a number above 0"));
                let seconds = text.trim().parse::<f64>().ok().filter(|s| *s > 0.0);
                Some(seconds.and_then(Span::from_s_f64).filter(|span| *span > Span::ZERO).ok_or_else(wrong)?)
            }
        };
        let whole = match given.text("whole") {
            None | Some("false") => false,
            Some("true") => true,
            Some(text) => return Err(Fault::bad(format!("whole is \"{text}\", must be true or false"))),
        };
        let asked = Self { every, as_of: given.moment("as_of")?, whole, from: given.moment("from")? };
        match (asked.whole, asked.as_of, asked.from) {
            (true, Some(_), _) => Err(Fault::bad("whole=true is from the whole journal: leave out as_of")),
            (false, _, Some(_)) => Err(Fault::bad("from says where whole=true begins: add that, or leave it out")),
            _ => Ok(asked),
        }
    }
}

pub(super) async fn trajectory(
    State(app): Shared,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<TrajectoryDto>, Fault> {
    let sampling = Sampling { every: asked.every, most: MAX_SAMPLES };
    if asked.whole {
        // One that is no longer held has no number to go by.
        let shown = app.now();
        let held = find(&shown, &key).map(|held| (held.track.id, Some(held.track.born)));
        let (track, born) = held.or_else(|fault| Ok((by_id(&key).ok_or(fault)?, None)))?;
        let found = app.whole(track, asked.from.or(born)).await?;
        if found.pieces.is_empty() {
            return Err(Fault::missing(format!("track {track} is not in the journal that is kept")));
        }
        return Ok(Json(TrajectoryDto::of(&found.pieces, "whole", found.ended, sampling)));
    }
    let shown = shown(&app, &AsOf { as_of: asked.as_of }).await?;
    let held = find(&shown, &key)?;
    let found = app.trajectory(held.track.id, asked.as_of).await?;
    let found = found.ok_or_else(|| {
        Fault::missing(format!(
            "of track {} nothing is kept but where it is: it is not near a watched border; whole=true works it out from the journal",
            held.number
        ))
    })?;
    Ok(Json(TrajectoryDto::of(&[found], "last_while", false, sampling)))
}

fn by_id(key: &str) -> Option<TrackId> {
    (key.len() == 16).then(|| u64::from_str_radix(key, 16).ok()).flatten().map(TrackId)
}
