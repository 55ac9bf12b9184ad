//! The wall clock, read in one place: for live input and for people, never for what is computed.

use skypicket_model::Time;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, UTC; the epoch itself on a machine whose clock stands before 1970.
#[must_use]
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_ns(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
