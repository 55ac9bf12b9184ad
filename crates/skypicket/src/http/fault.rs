//! Faults as the interface tells them.

use super::dto;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A status and what is wrong.
#[derive(Debug)]
pub(super) struct Fault(pub(super) StatusCode, pub(super) String);

impl Fault {
    pub(super) fn bad(what: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, what.into())
    }
    pub(super) fn missing(what: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, what.into())
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.0, Json(dto::Fault { error: self.1 })).into_response()
    }
}
