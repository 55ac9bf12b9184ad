//! What stands behind the question mark of a request. What is not understood is told, never passed over: a misspelt `as_of` would
//! show the present as the past.

use super::fault::Fault;
use crate::near::did_you_mean;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use skypicket_model::Time;
use std::ops::RangeInclusive;

/// The parameters of a path.
pub(super) trait Parameters: Sized {
    /// All that it takes.
    const TAKES: &'static [&'static str];
    /// Reads them.
    fn read(given: &Given) -> Result<Self, Fault>;
}

/// What was given, decoded, each key once and known.
pub(super) struct Given(Vec<(String, String)>);

impl Given {
    /// A text as it is.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == key).map(|(_, value)| value.as_str())
    }

    /// A whole number within limits.
    pub(super) fn number(&self, key: &str, limits: RangeInclusive<u64>) -> Result<Option<u64>, Fault> {
        let Some(text) = self.text(key) else { return Ok(None) };
        let read = text.trim().parse().ok().filter(|number| limits.contains(number));
        let (least, most) = limits.into_inner();
        let wanted = if most == u64::MAX { format!("of {least} or more") } else { format!("from {least} to {most}") };
        read.map(Some).ok_or_else(|| Fault::bad(format!("{key} is \"{text}\", must be a whole number {wanted}")))
    }

    /// A moment.
    pub(super) fn moment(&self, key: &str) -> Result<Option<Time>, Fault> {
        let Some(text) = self.text(key) else { return Ok(None) };
        let wrong = || format!("{key} is \"{text}\", must be a moment such as 2025-09-09T21:30:00Z, or Unix seconds");
        // A plus sign that was not written as %2B has become a space.
        let read = Time::parse(text).or_else(|| Time::parse(&text.replace(' ', "+")));
        read.map(Some).ok_or_else(|| Fault::bad(wrong()))
    }
}

/// The parameters, read.
pub(super) struct Query<P>(pub(super) P);

impl<P: Parameters, S: Send + Sync> FromRequestParts<S> for Query<P> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let axum::extract::Query(pairs) =
            pairs.map_err(|error| Fault::bad(format!("what follows the question mark: {}", error.body_text())))?;
        let takes = match P::TAKES {
            [] => "none".to_owned(),
            keys => keys.join(", "),
        };
        for (place, (key, _)) in pairs.iter().enumerate() {
            if !P::TAKES.contains(&key.as_str()) {
                let meant = did_you_mean(key, P::TAKES.iter().copied());
                let asked = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
                let path = asked.path();
                return Err(Fault::bad(format!("\"{key}\" is no parameter of {path}; it takes {takes}{meant}")));
            }
            if pairs.iter().take(place).any(|(other, _)| other == key) {
                return Err(Fault::bad(format!("{key} is given more than once, must be given once")));
            }
        }
        P::read(&Given(pairs)).map(Self)
    }
}
