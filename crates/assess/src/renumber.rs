//! What the numbers of airspaces and feeds of one epoch are in the next: both count places in a config, which may have changed.

use std::collections::BTreeMap;

use skypicket_model::incident::LogItem;
use skypicket_model::{AirspaceId, Assessment, FeedId, Finding, Incident, Reason, SensorId, Subject};

/// Numbers of a former epoch and what they are now. What is no longer there keeps its matters, under a number that names nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Renumbering {
    airspaces: BTreeMap<AirspaceId, AirspaceId>,
    feeds: BTreeMap<FeedId, FeedId>,
}

impl Renumbering {
    /// Airspaces are the same when they have the same code (of several the first that is free), feeds as the caller says.
    #[must_use]
    pub fn new(former: &[(AirspaceId, String)], now: &[(AirspaceId, String)], feeds: BTreeMap<FeedId, FeedId>) -> Self {
        let mut free: Vec<&(AirspaceId, String)> = now.iter().collect();
        let mut airspaces = BTreeMap::new();
        for (id, code) in former {
            if let Some(at) = free.iter().position(|(_, other)| other == code) {
                airspaces.insert(*id, free.remove(at).0);
            }
        }
        Self { airspaces, feeds }
    }

    pub(crate) fn airspace(&self, id: AirspaceId) -> AirspaceId {
        self.airspaces.get(&id).copied().unwrap_or_else(|| id.gone())
    }

    pub(crate) fn feed(&self, id: FeedId) -> FeedId {
        self.feeds.get(&id).copied().unwrap_or_else(|| id.gone())
    }

    /// A sensor's name now; one of a feed that is gone names nothing.
    #[must_use]
    pub fn sensor(&self, id: SensorId) -> SensorId {
        SensorId { feed: self.feed(id.feed), ..id }
    }

    pub(crate) fn subject(&self, subject: Subject) -> Subject {
        match subject {
            Subject::Track(_) | Subject::Interference(_) => subject,
            Subject::Sensor(id) => Subject::Sensor(self.sensor(id)),
        }
    }

    pub(crate) fn assessment(&self, assessment: &mut Assessment) {
        assessment.subject = self.subject(assessment.subject);
        match &mut assessment.finding {
            Finding::AirspaceEntry(entry) => {
                entry.airspace = self.airspace(entry.airspace);
                // Nothing follows it any more.
                entry.over |= entry.airspace.is_gone();
            }
            Finding::PredictedEntry { airspace, ended, .. } => {
                *airspace = self.airspace(*airspace);
                if airspace.is_gone() {
                    ended.get_or_insert(assessment.time);
                }
            }
            Finding::EmergencyCode { .. }
            | Finding::FeedSilent { .. }
            | Finding::GnssInterference(_)
            | Finding::FalsePositions(_)
            | Finding::FalseIdentity(_) => {}
        }
        for reason in &mut assessment.reasons {
            if let Reason::Stated { sensor } = reason {
                *sensor = self.sensor(*sensor);
            }
        }
    }

    pub(crate) fn incident(&self, incident: &mut Incident) {
        incident.assessments.iter_mut().for_each(|assessment| self.assessment(assessment));
        for subject in &mut incident.subjects {
            *subject = self.subject(*subject);
        }
        for entry in &mut incident.log {
            if let LogItem::Joined(subject) = &mut entry.what {
                *subject = self.subject(*subject);
            }
        }
    }
}
