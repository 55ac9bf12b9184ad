//! Faults as the interface tells them.

use super::dto::{self, Range};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use skypicket_model::Time;

/// A status and what is wrong.
#[derive(Debug)]
pub(super) struct Fault {
    status: StatusCode,
    told: dto::Fault,
}

impl Fault {
    pub(super) fn new(status: StatusCode, what: impl Into<String>) -> Self {
        Self { status, told: dto::Fault { error: what.into(), kept: None } }
    }
    pub(super) fn bad(what: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, what)
    }
    pub(super) fn missing(what: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, what)
    }
    /// A moment before all that is kept.
    pub(super) fn not_kept(time: Time, kept: Option<Range>) -> Self {
        let error = match &kept {
            Some(Range { from, until }) => format!("nothing is kept of {time}: kept from {from} to {until}"),
            None => format!("nothing is kept of {time}: there is no picture yet"),
        };
        Self { status: StatusCode::NOT_FOUND, told: dto::Fault { error, kept } }
    }
    /// Its status.
    pub(super) const fn status(&self) -> StatusCode {
        self.status
    }
    /// What is told.
    pub(super) fn told(&self) -> &dto::Fault {
        &self.told
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.status, Json(self.told)).into_response()
    }
}
