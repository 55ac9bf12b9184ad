//! Sensors that have fallen silent: what is not heard is not an empty sky. Page: docs/detectors/feed_silent.md.

use std::collections::BTreeMap;

use skypicket_model::sensor::SensorHealth;
use skypicket_model::{
    Assessment, Canon as _, CanonError, DetectorName, Evidence, Finding, Reader, Reason, Sensor, SensorId, Severity,
    Span, Subject, Time,
};

use crate::detector::{Detector, DetectorKind, Group, Handling, Judgement, TickView};
use crate::params::positive_or_zero;
use crate::renumber::Renumbering;
use crate::site::Site;

/// This detector's row.
pub const KIND: DetectorKind = DetectorKind {
    name: "feed_silent",
    summary: "sensors that have been silent for longer than is normal for them",
    incidents_of: "feed_silent",
    build: |params| Box::new(FeedSilent { params: params.feed_silent.clone(), silent: BTreeMap::new(), started: None }),
    schema: || schemars::schema_for!(SilentParams),
};

/// Parameters of `feed_silent`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SilentParams {
    /// Where the config names no `expected_within_s`: this many times the learned mean interval is normal.
    pub learned_factor: f64,
    /// But never less than this, seconds.
    pub learned_least_s: f64,
    /// Heard again for this long without a break, a sensor is no longer silent, seconds.
    pub back_s: f64,
}

impl Default for SilentParams {
    fn default() -> Self {
        Self { learned_factor: 30.0, learned_least_s: 120.0, back_s: 10.0 }
    }
}

impl SilentParams {
    pub(crate) fn faults(&self, faults: &mut Vec<String>) {
        positive_or_zero(
            &[
                ("feed_silent.learned_factor", self.learned_factor),
                ("feed_silent.learned_least_s", self.learned_least_s),
                ("feed_silent.back_s", self.back_s),
            ],
            faults,
        );
    }
}

/// A sensor that is silent.
#[derive(Clone, Debug, PartialEq)]
struct Silent {
    last_received: Time,
    /// When it was first heard again.
    back_since: Option<Time>,
}
skypicket_model::canon_struct!(Silent { last_received, back_since });

struct FeedSilent {
    params: SilentParams,
    silent: BTreeMap<SensorId, Silent>,
    /// The first tick: from then on silence of a sensor never heard counts.
    started: Option<Time>,
}

/// Silence that is normal for a sensor, and whether a person said so.
struct Normal {
    within: Span,
    configured: bool,
    /// It was heard at all.
    heard: bool,
}

/// The moment that is judged, and when the latest pause ended in which nobody listened.
#[derive(Clone, Copy)]
struct Moment {
    now: Time,
    listening_since: Option<Time>,
}

impl Moment {
    /// A pause that it was not heard since.
    fn unheard_since_pause(self, last_received: Time) -> Option<Time> {
        self.listening_since.filter(|since| last_received < *since)
    }
}

impl FeedSilent {
    fn span(seconds: f64) -> Span {
        Span::from_s_f64(seconds).unwrap_or(Span::ZERO)
    }

    fn normal(&self, described: Option<&Sensor>, health: Option<&SensorHealth>) -> Option<Normal> {
        if let Some(within) = described.and_then(|sensor| sensor.expected_within) {
            return Some(Normal { within, configured: true, heard: health.is_some() });
        }
        let mean = health.and_then(|health| health.mean_interval);
        // A described sensor never heard, or not often enough to have learned its rhythm, may be silent as long as any may. A source that
        // nobody described and that spoke a few times is no sensor to miss.
        if described.is_none() && mean.is_none() {
            return None;
        }
        let mean_s = mean.map_or(0.0, Span::s);
        let within = Self::span((mean_s * self.params.learned_factor).max(self.params.learned_least_s));
        Some(Normal { within, configured: false, heard: health.is_some() })
    }

    fn judge(&mut self, id: SensorId, last_received: Time, normal: &Normal, at: Moment, out: &mut Vec<Judgement>) {
        let now = at.now;
        let unheard_since_pause = at.unheard_since_pause(last_received);
        // Silent is who is not heard by somebody who listens.
        let is_silent = now - unheard_since_pause.unwrap_or(last_received) > normal.within;
        match (is_silent, self.silent.get_mut(&id)) {
            (true, None) => {
                self.silent.insert(id, Silent { last_received, back_since: None });
                // What a person asked for sounds; a learned interval may be wrong on a quiet night.
                let severity = if normal.configured { Severity::High } else { Severity::Medium };
                out.push(judgement(id, last_received, None, normal, severity, at));
            }
            (true, Some(silent)) => {
                // A word or two in between does not end a silence; it began where it began.
                silent.back_since = None;
            }
            // Whether it speaks again is not known before it is heard again.
            (false, Some(silent)) if unheard_since_pause.is_some() => silent.back_since = None,
            (false, Some(silent)) => {
                let since = *silent.back_since.get_or_insert(last_received);
                if now - since >= Self::span(self.params.back_s) {
                    let began = silent.last_received;
                    self.silent.remove(&id);
                    out.push(judgement(id, began, Some(since), normal, Severity::Information, at));
                }
            }
            (false, None) => {}
        }
    }
}

fn judgement(
    id: SensorId,
    last_received: Time,
    heard_again: Option<Time>,
    normal: &Normal,
    severity: Severity,
    at: Moment,
) -> Judgement {
    let now = at.now;
    let mut reasons = vec![Reason::SilentFor { duration: heard_again.unwrap_or(now) - last_received }];
    if !normal.heard {
        reasons.push(Reason::NeverHeard);
    }
    if let (Some(until), None) = (at.unheard_since_pause(last_received), heard_again) {
        reasons.push(Reason::NobodyListened { until });
    }
    let assessment = Assessment {
        detector: DetectorName::new(KIND.name),
        subject: Subject::Sensor(id),
        incident: None,
        time: now,
        finding: Finding::FeedSilent { last_received, expected_within: normal.within, heard_again },
        probability: 1.0,
        severity,
        evidence: Evidence::default(),
        reasons,
    };
    let handling = if severity >= Severity::Medium { Handling::Open } else { Handling::Update };
    Judgement { assessment, news: true, handling, group: Group::Feed(id.feed), row: None }
}

impl Detector for FeedSilent {
    fn assess(&mut self, view: &TickView<'_>, _site: &Site, out: &mut Vec<Judgement>) {
        let started = *self.started.get_or_insert(view.now);
        let at = Moment { now: view.now, listening_since: view.listening_since };
        let described = |id: SensorId| {
            view.described.binary_search_by_key(&id, |sensor| sensor.id).ok().and_then(|at| view.described.get(at))
        };
        for health in view.sensors {
            if let Some(normal) = self.normal(described(health.id), Some(health)) {
                self.judge(health.id, health.last_received, &normal, at, out);
            }
        }
        // Described and never heard: silent since the start. Source 0 stands for its feed as a whole and is heard with any source of it.
        for sensor in view.described {
            let heard = view.sensors.binary_search_by_key(&sensor.id, |health| health.id).is_ok();
            let of_feed =
                view.sensors.iter().filter(|health| sensor.id.source == 0 && health.id.feed == sensor.id.feed);
            let last_received = of_feed.map(|health| health.last_received).max();
            if let (false, Some(normal)) = (heard, self.normal(Some(sensor), None)) {
                let normal = Normal { heard: last_received.is_some(), ..normal };
                self.judge(sensor.id, last_received.unwrap_or(started), &normal, at, out);
            }
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.silent.encode(out);
        self.started.encode(out);
    }

    fn restore(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.silent = skypicket_model::Canon::decode(reader)?;
        self.started = skypicket_model::Canon::decode(reader)?;
        Ok(())
    }

    fn renumber(&mut self, to: &Renumbering) {
        let former = std::mem::take(&mut self.silent);
        let now = former.into_iter().map(|(id, silent)| (to.sensor(id), silent));
        self.silent = now.filter(|(id, _)| !id.feed.is_gone()).collect();
    }
}
