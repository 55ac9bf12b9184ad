//! When each sensor was watching: what it was heard to do, not what it was meant to do.

use super::{Blind, while_of};
use skypicket_model::observation::SensorStatus;
use skypicket_model::sensor::SensorHealth;
use skypicket_model::{FeedId, Sensor, SensorId, Span, Time};
use std::collections::BTreeMap;

/// Most intervals kept of a sensor; the oldest go.
pub const MAX_INTERVALS: usize = 256;
/// How far back they are kept: farther than anything flies that is followed.
const KEEP: Span = Span::from_s(36 * 3600);
/// Most sensors kept.
const MAX_SENSORS: usize = 4096;
/// Silence that a rhythm explains: turns without a word, mean intervals, and in any case so many seconds.
const TURNS: f64 = 3.0;
const INTERVALS: f64 = 10.0;
const LEAST_S: f64 = 5.0;
/// Silence that nothing is known about, seconds.
const UNKNOWN_S: f64 = 30.0;

/// Silence after which a sensor is no longer taken to be watching.
fn patience(sensor: &Sensor, health: &SensorHealth) -> Span {
    if let Some(said) = sensor.expected_within {
        return said;
    }
    let by_turns = sensor.period.map(|period| TURNS * period.s());
    let by_interval = health.mean_interval.map(|mean| INTERVALS * mean.s());
    let explained = match (by_turns, by_interval) {
        (None, None) => UNKNOWN_S,
        (a, b) => a.unwrap_or(0.0).max(b.unwrap_or(0.0)),
    };
    while_of(explained.clamp(LEAST_S, 3600.0))
}

/// Why a sensor is not watching now, if it is not. What nobody listened for is not known either.
pub(super) fn blind(
    sensor: &Sensor,
    health: Option<&SensorHealth>,
    now: Time,
    listening_since: Option<Time>,
) -> Option<Blind> {
    let Some(health) = health else { return Some(Blind::NeverHeard) };
    if matches!(health.stated, Some(SensorStatus::Condition { operational: Some(false), .. })) {
        return Some(Blind::NotOperational);
    }
    let since_pause = listening_since.is_some_and(|since| health.last_received < since);
    (since_pause || now - health.last_received > patience(sensor, health)).then_some(Blind::Silent)
}

/// Per sensor the intervals in which it was heard without a break longer than its rhythm explains.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchLog {
    of: BTreeMap<SensorId, Vec<(Time, Time)>>,
}
skypicket_model::canon_struct!(WatchLog { of });

impl WatchLog {
    /// Takes note of what was heard up to now; once a tick.
    pub fn tick(&mut self, described: &[Sensor], health: &[SensorHealth], now: Time, listening_since: Option<Time>) {
        for sensor in described {
            let Ok(at) = health.binary_search_by_key(&sensor.id, |health| health.id) else { continue };
            let Some(health) = health.get(at) else { continue };
            if self.of.len() >= MAX_SENSORS && !self.of.contains_key(&sensor.id) {
                continue;
            }
            let broken = matches!(health.stated, Some(SensorStatus::Condition { operational: Some(false), .. }));
            let heard = health.last_received;
            let log = self.of.entry(sensor.id).or_default();
            match log.last_mut() {
                _ if broken => {}
                Some((_, end)) if heard <= *end => {}
                Some((_, end))
                    if heard - *end <= patience(sensor, health)
                        && !listening_since.is_some_and(|since| *end < since && since <= heard) =>
                {
                    *end = heard;
                }
                _ => {
                    if log.len() >= MAX_INTERVALS {
                        log.remove(0);
                    }
                    log.push((heard, heard));
                }
            }
            if log.first().is_some_and(|(_, end)| now - *end > KEEP) {
                log.remove(0);
            }
        }
    }

    /// When a sensor was watching, oldest first.
    #[must_use]
    pub fn of(&self, sensor: SensorId) -> &[(Time, Time)] {
        self.of.get(&sensor).map_or(&[], Vec::as_slice)
    }

    /// Goes on in an epoch whose feeds have other numbers.
    pub fn renumber(&mut self, to: impl Fn(SensorId) -> SensorId) {
        let former = std::mem::take(&mut self.of);
        self.of = former.into_iter().map(|(id, log)| (to(id), log)).filter(|(id, _)| !is_gone(id.feed)).collect();
    }
}

fn is_gone(feed: FeedId) -> bool {
    feed.is_gone()
}
