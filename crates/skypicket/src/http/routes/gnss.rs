//! Satellite navigation by cell.

use super::{AsOf, Shared, shown};
use crate::http::dto::GnssDto;
use crate::http::fault::Fault;
use crate::http::gnss::day_csv;
use crate::http::query::{Given, Parameters, Query};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use skypicket_model::Reality;

/// Cells of which reality and moment.
pub(super) struct GnssAsked {
    as_of: AsOf,
    reality: Option<Reality>,
}

fn reality(given: &Given) -> Result<Option<Reality>, Fault> {
    match given.text("reality") {
        None => Ok(None),
        Some("live") => Ok(Some(Reality::Live)),
        Some("exercise") => Ok(Some(Reality::Exercise)),
        Some("simulated") => Ok(Some(Reality::Simulated)),
        Some(_) => Err(Fault::new(StatusCode::BAD_REQUEST, "reality is live, exercise or simulated")),
    }
}

impl Parameters for GnssAsked {
    const TAKES: &'static [&'static str] = &["as_of", "reality"];
    fn read(given: &Given) -> Result<Self, Fault> {
        Ok(Self { as_of: AsOf::read(given)?, reality: reality(given)? })
    }
}

/// Which day, and in which form.
pub(super) struct DayAsked {
    as_of: AsOf,
    reality: Option<Reality>,
    day: Option<String>,
    csv: bool,
}

impl Parameters for DayAsked {
    const TAKES: &'static [&'static str] = &["as_of", "reality", "day", "format"];
    fn read(given: &Given) -> Result<Self, Fault> {
        let csv = match given.text("format") {
            None | Some("json") => false,
            Some("csv") => true,
            Some(_) => return Err(Fault::new(StatusCode::BAD_REQUEST, "format is json or csv")),
        };
        let as_of = AsOf::read(given)?;
        Ok(Self { as_of, reality: reality(given)?, day: given.text("day").map(str::to_owned), csv })
    }
}

/// Counts of a day, or of all that are kept.
pub(super) async fn days(State(app): Shared, Query(asked): Query<DayAsked>) -> Result<Response, Fault> {
    let shown = shown(&app, &asked.as_of).await?;
    let mut answer = shown.renderer().gnss_days(asked.reality);
    if let Some(wanted) = &asked.day {
        answer.days.retain(|day| day.day == *wanted);
        if answer.days.is_empty() {
            let text = format!("no aircraft was counted on {wanted}; days are written YYYY-MM-DD and kept for a week");
            return Err(Fault::new(StatusCode::NOT_FOUND, text));
        }
    }
    if !asked.csv {
        return Ok(Json(answer).into_response());
    }
    let Some(first) = answer.days.first() else {
        return Err(Fault::new(StatusCode::NOT_FOUND, "no aircraft was counted yet"));
    };
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], day_csv(first)).into_response())
}

pub(super) async fn gnss(State(app): Shared, Query(asked): Query<GnssAsked>) -> Result<Json<GnssDto>, Fault> {
    let shown = shown(&app, &asked.as_of).await?;
    Ok(Json(shown.renderer().gnss(asked.reality)))
}
