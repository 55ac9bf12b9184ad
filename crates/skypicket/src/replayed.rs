//! What a replay came to: counts for people and programs, taken note of record by record.

use crate::core::Core;
use crate::journal::Record;
use crate::words;
use serde_json::{Value, json};
use skypicket_engine::Event;
use skypicket_model::{IncidentEvent, Referent, Time};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a replay or a run came to.
#[derive(Clone, Debug, Default)]
pub struct Replayed {
    /// Digest at the end.
    pub digest: String,
    /// Inputs, ticks among them.
    pub inputs: u64,
    /// Messages understood.
    pub decoded: u64,
    /// Messages not understood.
    pub rejected: u64,
    /// Observations.
    pub observations: u64,
    /// Confirmed tracks that were born.
    pub tracks: u64,
    /// Incidents opened, by rule.
    pub incidents: BTreeMap<String, u64>,
    /// Alarms that sounded.
    pub alarms: u64,
    /// First and last `received`.
    pub span: Option<(Time, Time)>,
    /// Inputs that the journal lost.
    pub lost: u64,
    /// Counts at the end, in words.
    pub counts: Vec<String>,
    /// Objects of each group at the end.
    pub groups: Vec<u32>,
}

impl Replayed {
    /// Takes note of a record just applied.
    pub fn note(&mut self, record: &Record<'_>, core: &Core) {
        self.inputs += 1;
        self.span = Some((self.span.map_or(record.received, |span| span.0), record.received));
        for event in core.events() {
            match event {
                Event::TrackBorn(_) => self.tracks += 1,
                Event::Incident(IncidentEvent::Opened(id)) => {
                    let incidents = core.engine().assessor().incidents();
                    let rule = incidents
                        .iter()
                        .find(|incident| incident.id == *id)
                        .map(|incident| incident.rule.as_str().to_owned());
                    *self.incidents.entry(rule.unwrap_or_default()).or_default() += 1;
                }
                Event::Incident(IncidentEvent::Alarm(_)) => self.alarms += 1,
                _ => {}
            }
        }
    }

    /// Takes note of the end; of several epochs, of the end of each.
    pub fn finish(&mut self, core: &Core) {
        self.counts.clear();
        self.digest = core.engine().digest().to_string();
        let picture = core.picture();
        let watched = &core.engine().assessor().site().watched;
        for count in picture.counts.iter() {
            let named = watched.iter().find(|watched| watched.airspace.id == count.area);
            let area = named.map_or("", |watched| watched.airspace.name.as_str());
            self.counts.extend(Referent::ALL.iter().map(|referent| words::count(count, *referent, area)));
        }
        self.groups = picture.groups.iter().map(|group| group.objects).collect();
        for counts in core.counts() {
            self.decoded += counts.decoded();
            self.rejected += counts.rejected();
            self.observations += counts.observations;
        }
    }

    /// As one JSON object.
    #[must_use]
    pub fn to_json(&self, cpu_s: f64) -> Value {
        json!({
            "digest": self.digest,
            "inputs": self.inputs,
            "messages": self.decoded + self.rejected,
            "decoded": self.decoded,
            "rejected": self.rejected,
            "observations": self.observations,
            "tracks": self.tracks,
            "incidents": self.incidents,
            "alarms": self.alarms,
            "from": self.span.map(|span| span.0.to_string()),
            "until": self.span.map(|span| span.1.to_string()),
            "lost": self.lost,
            "counts": self.counts,
            "groups": self.groups,
            "cpu_s": (cpu_s * 1e6).round() / 1e6,
            "messages_per_cpu_s": ((self.decoded + self.rejected) as f64 / cpu_s.max(1e-9)).round(),
        })
    }
}

/// Where a system leaves what its run came to, for whoever closes it.
#[derive(Clone, Debug, Default)]
pub struct Summary(Arc<Mutex<Replayed>>);

impl Summary {
    /// Leaves it.
    pub(crate) fn put(&self, replayed: Replayed) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = replayed;
    }

    /// Takes it; there is nothing before the system has ended.
    #[must_use]
    pub fn take(&self) -> Replayed {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
