//! Satellite navigation by cell.

use super::{AsOf, Shared, shown};
use crate::http::dto::GnssDto;
use crate::http::fault::Fault;
use crate::http::query::{Given, Parameters, Query};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use skypicket_model::Reality;

/// Cells of which reality and moment.
pub(super) struct GnssAsked {
    as_of: AsOf,
    reality: Option<Reality>,
}

impl Parameters for GnssAsked {
    const TAKES: &'static [&'static str] = &["as_of", "reality"];
    fn read(given: &Given) -> Result<Self, Fault> {
        let reality = match given.text("reality") {
            None => None,
            Some("live") => Some(Reality::Live),
            Some("exercise") => Some(Reality::Exercise),
            Some("simulated") => Some(Reality::Simulated),
            Some(_) => return Err(Fault::new(StatusCode::BAD_REQUEST, "reality is live, exercise or simulated")),
        };
        Ok(Self { as_of: AsOf::read(given)?, reality })
    }
}

pub(super) async fn gnss(State(app): Shared, Query(asked): Query<GnssAsked>) -> Result<Json<GnssDto>, Fault> {
    let shown = shown(&app, &asked.as_of).await?;
    Ok(Json(shown.renderer().gnss(asked.reality)))
}
