//! What the parameters of transports have in common.

use std::time::Duration;

pub(super) use skypicket_wire::params::read_params as read;

/// Seconds within limits as a duration.
pub(super) fn seconds(name: &str, value: f64, limits: (f64, f64)) -> Result<Duration, String> {
    if !(limits.0..=limits.1).contains(&value) {
        return Err(format!("{name} is {value}, must be in [{}, {}]", limits.0, limits.1));
    }
    Ok(Duration::from_secs_f64(value))
}

/// Seconds within limits, or 0 for never.
pub(super) fn seconds_or_never(name: &str, value: f64, limits: (f64, f64)) -> Result<Option<Duration>, String> {
    if value == 0.0 {
        return Ok(None);
    }
    seconds(name, value, limits).map(Some).map_err(|why| format!("{why}, or 0 for never"))
}

/// A count within limits.
pub(super) fn count(name: &str, value: usize, limits: (usize, usize)) -> Result<usize, String> {
    if !(limits.0..=limits.1).contains(&value) {
        return Err(format!("{name} is {value}, must be in [{}, {}]", limits.0, limits.1));
    }
    Ok(value)
}
