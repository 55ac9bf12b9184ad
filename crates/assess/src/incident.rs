//! From judgements to incidents: one incident a group and rule, with a state, a log, named people and at most one alarm.
//!
//! The rules stand in docs/detectors/incidents.md. What people do arrives as commands, which are journal inputs, so that everything here replays.

mod alarms;
mod case;
mod commands;
mod groups;

use std::collections::BTreeMap;
use std::sync::Arc;

use skypicket_model::incident::LogItem;
use skypicket_model::{
    Assessment, DetectorName, Finding, Incident, IncidentEvent, IncidentId, IncidentState, Outcome, Severity, Span,
    Subject, Time,
};

use crate::detector::{Handling, Judgement};
use crate::params::positive_or_zero;
use crate::renumber::Renumbering;

use alarms::Alarms;
use case::Case;

/// Parameters of incidents.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IncidentParams {
    /// A track joins a group whose last member came in at most this long before, seconds.
    pub group_gap_s: f64,
    /// and crossed at most this far from where a member crossed, metres,
    pub group_distance_m: f64,
    /// on a course that differs from the member's by at most this, degrees.
    pub group_course_deg: f64,
    /// Closed incidents begin again when a member comes back within this time, seconds; later it is a new incident.
    pub reopen_within_s: f64,
    /// An incident's severity rises at once, and falls when it has been lower for this long, seconds.
    pub lower_after_s: f64,
    /// An announced entry that is not renewed for this long did not come, seconds.
    pub announced_for_s: f64,
    /// Closed incidents are shown for this long, seconds.
    pub show_closed_s: f64,
    /// Most audible alarms in `alarm_window_s`, 1 to 5; more are held back and shown.
    pub alarms: u32,
    /// Seconds, at least 600: never more than five in any ten minutes.
    pub alarm_window_s: f64,
}

impl Default for IncidentParams {
    fn default() -> Self {
        Self {
            group_gap_s: 900.0,
            group_distance_m: 40_000.0,
            group_course_deg: 60.0,
            reopen_within_s: 3600.0,
            lower_after_s: 300.0,
            announced_for_s: 60.0,
            show_closed_s: 86_400.0,
            alarms: 5,
            alarm_window_s: 600.0,
        }
    }
}

impl IncidentParams {
    pub(crate) fn faults(&self, faults: &mut Vec<String>) {
        positive_or_zero(
            &[
                ("incident.group_gap_s", self.group_gap_s),
                ("incident.group_distance_m", self.group_distance_m),
                ("incident.group_course_deg", self.group_course_deg),
                ("incident.reopen_within_s", self.reopen_within_s),
                ("incident.lower_after_s", self.lower_after_s),
                ("incident.announced_for_s", self.announced_for_s),
                ("incident.show_closed_s", self.show_closed_s),
            ],
            faults,
        );
        if !(LEAST_ALARM_WINDOW_S..=1e9).contains(&self.alarm_window_s) {
            faults.push(format!(
                "assess: incident.alarm_window_s is {}, must be {LEAST_ALARM_WINDOW_S} or more",
                self.alarm_window_s
            ));
        }
        if self.alarms == 0 || self.alarms > 5 {
            faults.push(format!("assess: incident.alarms is {}, must be 1 to 5", self.alarms));
        }
    }

    fn span(seconds: f64) -> Span {
        Span::from_s_f64(seconds).unwrap_or(Span::ZERO)
    }
}

/// Never more than five alarms in any ten minutes: a shorter window would allow more.
const LEAST_ALARM_WINDOW_S: f64 = 600.0;
/// Incidents kept. Beyond it closed ones go first, then acknowledged ones, then the least severe; of equals the one that nothing has touched for longest.
const MAX_INCIDENTS: usize = 2_000;
/// Members of one incident; further tracks begin a new one.
pub(crate) const MAX_MEMBERS: usize = 256;

/// All incidents.
#[derive(Clone, Debug)]
pub(crate) struct Incidents {
    params: IncidentParams,
    cases: BTreeMap<IncidentId, Case>,
    /// Incidents that each subject is or was in; follows from `cases`.
    of: BTreeMap<Subject, Vec<IncidentId>>,
    alarms: Alarms,
    shown: Arc<Vec<Incident>>,
    changed: bool,
    /// How often anything changed.
    revision: u64,
}

impl Incidents {
    pub(crate) fn new(params: &IncidentParams) -> Self {
        Self {
            params: params.clone(),
            cases: BTreeMap::new(),
            of: BTreeMap::new(),
            alarms: Alarms::default(),
            shown: Arc::new(Vec::new()),
            changed: false,
            revision: 0,
        }
    }

    /// Open, acknowledged and recently closed incidents, oldest first.
    pub(crate) fn shown(&self) -> Arc<Vec<Incident>> {
        Arc::clone(&self.shown)
    }

    /// Puts a judgement where it belongs and returns its incident, if it has one.
    pub(crate) fn take(
        &mut self,
        judgement: &Judgement,
        rule: &'static str,
        events: &mut Vec<IncidentEvent>,
    ) -> Option<IncidentId> {
        if judgement.handling == Handling::None {
            return None;
        }
        let now = judgement.assessment.time;
        let lower_after = IncidentParams::span(self.params.lower_after_s);
        if let Some(id) = self.of_subject(rule, judgement.assessment.subject) {
            let within = IncidentParams::span(self.params.reopen_within_s);
            let case = self.cases.get_mut(&id)?;
            if case.is_open() {
                self.changed = true;
                case.update(judgement, lower_after, events);
                return Some(id);
            }
            if !case.comes_back(judgement) {
                return None;
            }
            if case.incident.closed.is_some_and(|closed| now - closed <= within) {
                self.changed = true;
                case.reopen(judgement, lower_after, events);
                return Some(id);
            }
        }
        if judgement.handling != Handling::Open {
            return None;
        }
        self.changed = true;
        if let Some(id) = self.group_for(judgement, rule)
            && let Some(case) = self.cases.get_mut(&id)
        {
            case.join(judgement, lower_after, events);
            self.of.entry(judgement.assessment.subject).or_default().push(id);
            return Some(id);
        }
        Some(self.open(judgement, rule, events))
    }

    /// Settles alarms and forgets what was closed long ago.
    pub(crate) fn tick(&mut self, now: Time, events: &mut Vec<IncidentEvent>) {
        let keep = IncidentParams::span(self.params.show_closed_s);
        let before = self.cases.len();
        self.cases.retain(|_, case| case.incident.closed.is_none_or(|closed| now - closed <= keep));
        self.make_room(events);
        let lower_after = IncidentParams::span(self.params.lower_after_s);
        let announced_for = IncidentParams::span(self.params.announced_for_s);
        for case in self.cases.values_mut() {
            self.changed |= case.settle(now, announced_for, lower_after, events);
        }
        if self.cases.len() != before {
            self.changed = true;
            self.index();
        }
        self.changed |= self.alarms.settle(&mut self.cases, &self.params, now, events);
        self.publish();
    }

    /// The incident of a rule that a subject is in; of several an open one, else the one touched last.
    fn of_subject(&self, rule: &str, subject: Subject) -> Option<IncidentId> {
        let ids = self.of.get(&subject)?;
        ids.iter()
            .filter_map(|id| self.cases.get(id).map(|case| (id, case)))
            .filter(|(_, case)| case.incident.rule.as_str() == rule)
            .max_by_key(|(id, case)| (case.is_open(), case.incident.updated, **id))
            .map(|(id, _)| *id)
    }

    /// Finds anew which subject is in which incident.
    fn index(&mut self) {
        self.of.clear();
        for (id, case) in &self.cases {
            for subject in &case.incident.subjects {
                self.of.entry(*subject).or_default().push(*id);
            }
        }
    }

    /// The open incident whose group a judgement belongs to; of several the one touched last.
    fn group_for(&self, judgement: &Judgement, rule: &str) -> Option<IncidentId> {
        self.cases
            .iter()
            .filter(|(_, case)| {
                case.incident.rule.as_str() == rule
                    && case.is_open()
                    && case.incident.subjects.len() < MAX_MEMBERS
                    && case.members.iter().any(|member| groups::together(&member.group, &judgement.group, &self.params))
            })
            .max_by_key(|(id, case)| (case.incident.updated, **id))
            .map(|(id, _)| *id)
    }

    fn open(&mut self, judgement: &Judgement, rule: &'static str, events: &mut Vec<IncidentEvent>) -> IncidentId {
        let case = Case::new(judgement, DetectorName::new(rule), events);
        let id = case.incident.id;
        self.cases.insert(id, case);
        self.of.entry(judgement.assessment.subject).or_default().push(id);
        id
    }

    /// Never silently: whatever must go is told.
    fn make_room(&mut self, events: &mut Vec<IncidentEvent>) {
        while self.cases.len() > MAX_INCIDENTS {
            let first = self
                .cases
                .iter()
                .min_by_key(|(id, case)| {
                    let order = match case.incident.state {
                        IncidentState::Closed(_) => 0,
                        IncidentState::Acknowledged => 1,
                        IncidentState::Open | IncidentState::Risen => 2,
                    };
                    (order, case.incident.severity, case.incident.updated, **id)
                })
                .map(|(id, _)| *id);
            let Some(case) = first.and_then(|id| self.cases.remove(&id)) else { break };
            events.push(IncidentEvent::Dropped { incident: case.incident.id, state: case.incident.state });
        }
    }

    fn publish(&mut self) {
        if self.changed {
            self.show();
            self.changed = false;
            self.revision += 1;
        }
    }

    fn show(&mut self) {
        let mut shown: Vec<Incident> = self.cases.values().map(|case| case.incident.clone()).collect();
        shown.sort_by_key(|incident| (incident.opened, incident.id));
        self.shown = Arc::new(shown);
    }

    /// Counts up whenever an incident changed.
    pub(crate) const fn revision(&self) -> u64 {
        self.revision
    }

    /// Takes over incidents of a former epoch. Their groups go on only for the members that come back under their former ids.
    pub(crate) fn adopt(&mut self, incidents: Vec<Incident>, to: &Renumbering) {
        for mut incident in incidents {
            to.incident(&mut incident);
            self.cases.insert(incident.id, Case::adopted(incident));
        }
        self.index();
        self.changed = true;
        self.publish();
    }

    /// Goes on in an epoch whose airspaces and feeds have other numbers.
    pub(crate) fn renumber(&mut self, to: &Renumbering) {
        self.cases.values_mut().for_each(|case| case.renumber(to));
        self.index();
        self.changed = true;
        self.publish();
    }
}

impl skypicket_model::Canon for Incidents {
    fn encode(&self, out: &mut Vec<u8>) {
        self.cases.encode(out);
        self.alarms.encode(out);
        self.revision.encode(out);
    }
    /// Without parameters, which are not state: see [`Incidents::restored`].
    fn decode(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        let cases = skypicket_model::Canon::decode(reader)?;
        let alarms = skypicket_model::Canon::decode(reader)?;
        let revision = skypicket_model::Canon::decode(reader)?;
        let params = IncidentParams::default();
        Ok(Self { params, cases, of: BTreeMap::new(), alarms, shown: Arc::new(Vec::new()), changed: false, revision })
    }
}

impl Incidents {
    /// Reads state and keeps these parameters.
    pub(crate) fn restored(
        &self,
        reader: &mut skypicket_model::Reader<'_>,
    ) -> Result<Self, skypicket_model::CanonError> {
        let mut restored = <Self as skypicket_model::Canon>::decode(reader)?;
        restored.params = self.params.clone();
        restored.index();
        restored.show();
        Ok(restored)
    }
}

/// Whether an assessment shows an established entry without permission: what a person may call by another name.
fn established_without_permission(assessment: &Assessment) -> bool {
    use skypicket_model::Permission;
    use skypicket_model::assessment::EntryState;
    matches!(&assessment.finding, Finding::AirspaceEntry(entry)
        if entry.state == EntryState::Established && !matches!(entry.permission, Permission::Permitted { .. }))
}

/// Whether an incident was closed because there was nothing to it.
const fn settled(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Identified | Outcome::NoObject)
}

/// The highest severity among assessments.
fn highest(assessments: &[Assessment]) -> Severity {
    assessments.iter().map(|assessment| assessment.severity).max().unwrap_or(Severity::Information)
}

/// Log lines kept from the beginning and from the end.
const LOG_FIRST: usize = 32;
const LOG_LAST: usize = 224;

/// Adds a line to a log and keeps it bounded.
fn log(incident: &mut Incident, time: Time, by: &str, what: LogItem, events: &mut Vec<IncidentEvent>) {
    let entry = skypicket_model::incident::LogEntry { time, by: by.to_owned(), what };
    incident.updated = incident.updated.max(time);
    events.push(IncidentEvent::Logged(incident.id, entry.clone()));
    incident.log.push(entry);
    if incident.log.len() > LOG_FIRST + LOG_LAST {
        incident.log.remove(LOG_FIRST);
    }
}
