//! The texts of the live picture: what is new of them for one listener, be it a WebSocket or an event stream.

use super::app::App;
use super::dto::TrackStatic;
use super::shown::Shown;
use serde_json::json;
use skypicket_model::incident::LogItem;
use skypicket_model::{Count, GroundReportRecord, Incident, IncidentId, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What one listener has been told.
#[derive(Default)]
pub(super) struct Texts {
    status: String,
    incidents: Arc<str>,
    sensors: Arc<str>,
    reports: Option<Arc<Vec<GroundReportRecord>>>,
    counts: Option<Arc<Vec<Count>>>,
    statics: BTreeMap<u32, Arc<TrackStatic>>,
    alarmed: BTreeMap<IncidentId, Time>,
}

impl Texts {
    /// The status, where it is news.
    pub(super) fn status(&mut self, app: &App) -> Option<Arc<str>> {
        let mut status = json!(app.status(&app.now()));
        status["type"] = "status".into();
        let text = status.to_string();
        let news = self.status != text;
        self.status.clone_from(&text);
        news.then(|| text.into())
    }

    /// Incidents, sensors, reports and alarms, as far as they are news.
    pub(super) fn news(&mut self, app: &App, shown: &Shown) -> Vec<Arc<str>> {
        let mut news = Vec::new();
        for (told, now) in
            [(&mut self.incidents, shown.incidents_text()), (&mut self.sensors, &app.sensors_text(shown))]
        {
            if *told != *now {
                *told = Arc::clone(now);
                news.push(Arc::clone(now));
            }
        }
        let reports = &shown.view.picture.reports;
        if self.reports.as_ref().is_none_or(|told| !Arc::ptr_eq(told, reports)) {
            self.reports = Some(Arc::clone(reports));
            news.push(shown.reports_text());
        }
        // Groups are found and counts worked out in one go.
        let counts = &shown.view.picture.counts;
        if self.counts.as_ref().is_none_or(|told| !Arc::ptr_eq(told, counts)) {
            self.counts = Some(Arc::clone(counts));
            news.push(shown.counts_text());
        }
        // Whoever looks at the past hears what happens now.
        let now = app.now();
        let incidents = &now.view.picture.incidents;
        for incident in incidents.iter() {
            news.extend(self.alarm(incident).map(Arc::from));
        }
        if self.alarmed.len() > incidents.len() {
            let held: BTreeSet<IncidentId> = incidents.iter().map(|incident| incident.id).collect();
            self.alarmed.retain(|id, _| held.contains(id));
        }
        news
    }

    /// The alarm of an incident that sounds, once for each time that it began.
    fn alarm(&mut self, incident: &Incident) -> Option<String> {
        let since = began(incident);
        if !incident.audible || self.alarmed.get(&incident.id).is_some_and(|told| *told >= since) {
            return None;
        }
        self.alarmed.insert(incident.id, since);
        Some(json!({"type": "alarm", "incident": incident.id.to_string(), "since": since.to_string()}).to_string())
    }

    /// Static attributes of tracks that are new or have changed them.
    pub(super) fn statics(&mut self, shown: &Shown) -> Option<String> {
        let mut news: Vec<&TrackStatic> = Vec::new();
        let mut held = BTreeSet::new();
        for now in shown.statics() {
            held.insert(now.number);
            if self.statics.get(&now.number).is_none_or(|told| told != now) {
                self.statics.insert(now.number, Arc::clone(now));
                news.push(now);
            }
        }
        self.statics.retain(|number, _| held.contains(number));
        (!news.is_empty()).then(|| json!({"type": "tracks", "tracks": news}).to_string())
    }
}

/// When an incident began last: opened, again after it was closed, or risen after it was acknowledged. Each beginning may sound once.
fn began(incident: &Incident) -> Time {
    let lines = incident.log.iter().rev();
    let mut begun = lines.filter(|line| matches!(line.what, LogItem::Opened | LogItem::Reopened | LogItem::Risen));
    begun.next().map_or(incident.opened, |line| line.time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::incident::LogEntry;
    use skypicket_model::{DetectorName, IncidentState, Severity};

    fn incident(audible: bool, log: &[(i64, LogItem)]) -> Incident {
        Incident {
            id: IncidentId(7),
            rule: DetectorName::new("airspace_entry"),
            state: IncidentState::Open,
            severity: Severity::High,
            opened: Time::from_s(10),
            updated: Time::from_s(10),
            closed: None,
            audible,
            subjects: Vec::new(),
            assessments: Vec::new(),
            log: log
                .iter()
                .map(|(s, what)| LogEntry { time: Time::from_s(*s), by: String::new(), what: what.clone() })
                .collect(),
        }
    }

    #[test]
    fn an_incident_that_begins_again_or_rises_sounds_again() {
        let mut texts = Texts::default();
        let opened = vec![(10, LogItem::Opened)];
        assert!(texts.alarm(&incident(false, &opened)).is_none(), "it waits for its turn");
        assert!(texts.alarm(&incident(true, &opened)).is_some_and(|text| text.contains("1970-01-01T00:00:10")));
        assert!(texts.alarm(&incident(true, &opened)).is_none(), "once");
        let risen = [opened.clone(), vec![(12, LogItem::Acknowledged), (15, LogItem::Risen)]].concat();
        assert!(texts.alarm(&incident(false, &risen)).is_none());
        assert!(texts.alarm(&incident(true, &risen)).is_some_and(|text| text.contains("1970-01-01T00:00:15")));
        assert!(texts.alarm(&incident(true, &risen)).is_none(), "once");
        let again =
            [opened, vec![(20, LogItem::Closed(skypicket_model::Outcome::Left)), (30, LogItem::Reopened)]].concat();
        assert!(texts.alarm(&incident(false, &again)).is_none());
        assert!(texts.alarm(&incident(true, &again)).is_some_and(|text| text.contains("1970-01-01T00:00:30")));
        assert!(texts.alarm(&incident(true, &again)).is_none(), "once");
    }
}
