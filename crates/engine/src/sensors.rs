//! What each sensor has done, and whether its clock can be believed.

use crate::engine::Event;
use skypicket_model::observation::SensorStatus;
use skypicket_model::sensor::{Misalignment, SensorHealth};
use skypicket_model::{Observation, Report, Sensor, SensorEvent, SensorId, Span, Time};

/// Window around `received` within which `measured` is believed (design §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockLimits {
    /// How far in the past.
    pub late: Span,
    /// How far in the future.
    pub early: Span,
}

impl Default for ClockLimits {
    fn default() -> Self {
        Self { late: Span::from_s(60), early: Span::from_s(2) }
    }
}

/// Sensors that nobody described and of which something is kept; the tracker uses no more either. Origin: a country has hundreds; a feed that names sensors
/// at random must not fill the memory.
const MAX_SENSORS: usize = 4096;
/// Weight of a new interval in the learned mean: about the last 64 observations.
const INTERVAL_WEIGHT: i64 = 64;
/// Weight of a new second in the rate: about the last ten seconds.
const RATE_WEIGHT: f64 = 0.1;
/// Observations after which the learned interval is shown.
const INTERVAL_AFTER: u64 = 10;
/// A clock error is an event again only when this far from the one last told.
const CLOCK_ERROR_NEWS: Span = Span::from_s(5);

/// All sensors heard so far, in id order, and those described by the config.
pub(crate) struct Sensors {
    described: Vec<Sensor>,
    health: Vec<SensorHealth>,
    limits: ClockLimits,
}

impl Sensors {
    pub(crate) fn new(described: &[Sensor], limits: ClockLimits) -> Self {
        let mut described = described.to_vec();
        described.sort_by_key(|sensor| sensor.id);
        Self { described, health: Vec::new(), limits }
    }

    pub(crate) fn health(&self) -> &[SensorHealth] {
        &self.health
    }

    pub(crate) fn described(&self) -> &[Sensor] {
        &self.described
    }

    pub(crate) fn restore(&mut self, mut health: Vec<SensorHealth>) {
        health.sort_by_key(|sensor| sensor.id);
        self.health = health;
    }

    /// Counts an observation and returns it with a believable `measured`. `listening_since` is when the latest pause ended in which nobody
    /// listened.
    pub(crate) fn accept(
        &mut self,
        mut observation: Observation,
        listening_since: Option<Time>,
        events: &mut Vec<Event>,
    ) -> Observation {
        let limits = self.limits;
        let Some(health) = self.entry(observation.sensor, observation.received, events) else {
            // One of too many: its clock is held to the limits like any other's, and nothing is kept of it.
            let difference = observation.measured - observation.received;
            if difference > limits.early || difference < -limits.late {
                observation.measured = observation.received;
                inflate(&mut observation.report);
            }
            return observation;
        };
        learn_interval(health, observation.received, listening_since);
        health.observations += 1;
        health.targets += u64::from(observation.report.is_target());
        let difference = observation.measured - observation.received;
        if difference > limits.early || difference < -limits.late {
            let news = health.last_clock_error.is_none_or(|told| (told - difference).abs() > CLOCK_ERROR_NEWS);
            health.clock_errors += 1;
            if news {
                health.last_clock_error = Some(difference);
                events.push(Event::Sensor(SensorEvent::ClockError { sensor: observation.sensor, difference }));
            }
            observation.measured = observation.received;
            inflate(&mut observation.report);
        }
        match observation.report {
            Report::SensorPosition(position) => health.stated_site = Some(position.place),
            Report::SensorStatus(status) => state(health, observation.sensor, status, events),
            _ => {}
        }
        observation
    }

    /// The tracker believes a sensor less than others, for a reason, or (`None`) as others again.
    pub(crate) fn stands(&mut self, sensor: SensorId, demoted: Option<Misalignment>, events: &mut Vec<Event>) {
        if let Ok(at) = self.health.binary_search_by_key(&sensor, |health| health.id) {
            self.health[at].demoted = demoted;
        }
        events.push(Event::Sensor(match demoted {
            Some(why) => SensorEvent::Demoted { sensor, why },
            None => SensorEvent::Restored { sensor },
        }));
    }

    /// A sensor told of an object that no track was begun for.
    pub(crate) fn over_budget(&mut self, sensor: SensorId) {
        if let Ok(at) = self.health.binary_search_by_key(&sensor, |health| health.id) {
            self.health[at].over_budget += 1;
        }
    }

    /// Once a second: how often each sensor speaks. Intervals would not tell, for many observations share the time of their chunk.
    pub(crate) fn tick(&mut self) {
        for health in &mut self.health {
            let new = health.observations.saturating_sub(health.at_tick) as f64;
            health.rate_per_s += (new - health.rate_per_s) * RATE_WEIGHT;
            // A rate that nobody can tell from silence is silence.
            if new == 0.0 && health.rate_per_s < 0.001 {
                health.rate_per_s = 0.0;
            }
            health.at_tick = health.observations;
        }
    }

    /// What is kept of a sensor; `None` of one that is not described and one too many.
    fn entry(&mut self, id: SensorId, received: Time, events: &mut Vec<Event>) -> Option<&mut SensorHealth> {
        let at = match self.health.binary_search_by_key(&id, |health| health.id) {
            Ok(at) => at,
            Err(at) => {
                let known = self.described.binary_search_by_key(&id, |sensor| sensor.id).is_ok();
                if self.health.len() >= MAX_SENSORS && !known {
                    return None;
                }
                events.push(Event::Sensor(SensorEvent::First { sensor: id }));
                self.health.insert(at, new_health(id, received));
                at
            }
        };
        self.health.get_mut(at)
    }
}

fn new_health(id: SensorId, received: Time) -> SensorHealth {
    SensorHealth {
        id,
        observations: 0,
        targets: 0,
        last_received: received,
        mean_interval: None,
        rate_per_s: 0.0,
        at_tick: 0,
        clock_errors: 0,
        last_clock_error: None,
        stated_site: None,
        stated: None,
        over_budget: 0,
        demoted: None,
    }
}

fn learn_interval(health: &mut SensorHealth, received: Time, listening_since: Option<Time>) {
    let interval = (received - health.last_received).ns().max(0);
    // What it said while nobody listened is not known, so how long it said nothing is not either.
    let unknown = listening_since.is_some_and(|since| health.last_received < since);
    health.last_received = health.last_received.max(received);
    if health.observations < INTERVAL_AFTER || unknown {
        return;
    }
    let mean = health.mean_interval.map_or(interval, |mean| mean.ns() + (interval - mean.ns()) / INTERVAL_WEIGHT);
    health.mean_interval = Some(Span::from_ns(mean));
}

/// A statement whose time was replaced may be a minute old: what a fast aircraft flies in the time that is believed by default
/// would swamp every gate, so the position is kept with the sigma of a few seconds' flight (250 m/s × 4 s).
fn inflate(report: &mut Report) {
    const FLIGHT_M: f64 = 1000.0;
    match report {
        Report::Plot(plot) => {
            plot.range_sigma_m += FLIGHT_M;
            plot.azimuth.sigma_rad += FLIGHT_M / plot.range_m.max(FLIGHT_M);
        }
        Report::Fix(fix) => {
            fix.sigma.east_m += FLIGHT_M;
            fix.sigma.north_m += FLIGHT_M;
        }
        Report::SystemTrack(track) => {
            track.sigma.east_m += FLIGHT_M;
            track.sigma.north_m += FLIGHT_M;
        }
        Report::SelfReport(report) => {
            if let skypicket_model::observation::SelfPart::Position(position) = &mut report.part {
                position.sigma_m += FLIGHT_M;
            }
        }
        _ => {}
    }
}

/// North markers and sectors come many times a minute and are no news; a changed condition is.
fn state(health: &mut SensorHealth, sensor: SensorId, status: SensorStatus, events: &mut Vec<Event>) {
    let changed = matches!(status, SensorStatus::Condition { .. }) && health.stated != Some(status);
    let routine =
        matches!(status, SensorStatus::NorthMarker { .. } | SensorStatus::Sector { .. } | SensorStatus::Alive);
    if changed {
        events.push(Event::Sensor(SensorEvent::Stated { sensor, status }));
    }
    if !routine || health.stated.is_none() {
        health.stated = Some(status);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::observation::{Angle, Bearing, Reality};
    use skypicket_model::{FeedId, ObservationId};

    fn observation(measured_s: i64, received_s: i64) -> Observation {
        Observation {
            id: ObservationId::default(),
            sensor: SensorId { feed: FeedId(1), source: 7 },
            measured: Time::from_s(measured_s),
            received: Time::from_s(received_s),
            reality: Reality::Live,
            report: Report::Bearing(Bearing {
                azimuth: Angle { rad: 1.0, sigma_rad: 0.01 },
                elevation: None,
                address: None,
            }),
        }
    }

    #[test]
    fn a_wrong_clock_is_told_once_and_replaced_each_time() {
        let mut sensors = Sensors::new(&[], ClockLimits::default());
        let mut events = Vec::new();
        assert_eq!(sensors.accept(observation(1000, 1001), None, &mut events).measured, Time::from_s(1000));
        for second in 0..5 {
            let accepted = sensors.accept(observation(4600 + second, 1002 + second), None, &mut events);
            assert_eq!(accepted.measured, Time::from_s(1002 + second));
        }
        let errors =
            events.iter().filter(|event| matches!(event, Event::Sensor(SensorEvent::ClockError { .. }))).count();
        assert_eq!(errors, 1);
        assert_eq!(sensors.health()[0].clock_errors, 5);
        assert_eq!(sensors.health()[0].observations, 6);
    }

    #[test]
    fn the_rate_is_that_of_seconds_however_many_share_a_chunk_and_falls_in_silence() {
        let mut sensors = Sensors::new(&[], ClockLimits::default());
        for second in 0..120 {
            for _ in 0..500 {
                sensors.accept(observation(second, second), None, &mut Vec::new());
            }
            sensors.tick();
        }
        assert!((sensors.health()[0].rate_per_s - 500.0).abs() < 1.0, "{}", sensors.health()[0].rate_per_s);
        (0..60).for_each(|_| sensors.tick());
        assert!(sensors.health()[0].rate_per_s < 1.0, "{}", sensors.health()[0].rate_per_s);
        (0..120).for_each(|_| sensors.tick());
        assert!(sensors.health()[0].rate_per_s.total_cmp(&0.0).is_eq());
    }

    #[test]
    fn a_pause_in_which_nobody_listened_is_no_interval() {
        let mut sensors = Sensors::new(&[], ClockLimits::default());
        let pause = Some(Time::from_s(900));
        for second in (0..100).chain(905..1000) {
            let listening_since = pause.filter(|_| second > 100);
            sensors.accept(observation(second, second), listening_since, &mut Vec::new());
        }
        assert_eq!(sensors.health()[0].mean_interval, Some(Span::from_s(1)));
        assert_eq!(sensors.health()[0].last_received, Time::from_s(999));
    }

    #[test]
    fn the_interval_is_learned_after_ten_observations() {
        let mut sensors = Sensors::new(&[], ClockLimits::default());
        for second in 0..200 {
            sensors.accept(observation(second * 4, second * 4), None, &mut Vec::new());
        }
        let mean = sensors.health()[0].mean_interval.expect("learned");
        assert!((mean.s() - 4.0).abs() < 0.01, "{mean:?}");
    }
}
