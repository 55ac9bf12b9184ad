//! Incidents: their titles and the lines of their logs.

use skypicket_model::assessment::{Entry, EntryState, Finding};
use skypicket_model::incident::LogItem;
use skypicket_model::{AirspaceId, Assessment, Incident, Subject};

use super::finding::{false_positions, gnss_interference};
use super::{capital, clock, counted, emergency_for_people, entry_state, outcome, rests_on_contradicted, severity};

/// So many names are said; of more only the number.
const NAMES: usize = 3;

/// An incident's title. `airspace` names an airspace, `label` a subject.
#[must_use]
pub fn incident_title(
    incident: &Incident,
    airspace: impl Fn(AirspaceId) -> String,
    label: impl Fn(&Subject) -> String,
) -> String {
    let Some(first) = incident.assessments.first() else { return incident.rule.as_str().to_owned() };
    let who = who(incident.subjects.iter(), &label);
    let entries: Vec<&Entry> = incident.assessments.iter().filter_map(entry_of).collect();
    let highest = entries.iter().max_by_key(|entry| entry.state).filter(|entry| entry.state > EntryState::Near);
    if let Some(entry) = highest {
        let how = if let [only] = entries.as_slice()
            && incident.assessments.len() == 1
        {
            ending(only)
        } else {
            of_group(&entries)
        };
        let entered = || incident.assessments.iter().filter(|one| entry_of(one).is_some_and(has_entered));
        let by = match entered().filter(|one| rests_on_contradicted(one)).count() {
            0 => "",
            n if n == entered().count() => " by contradicted position reports",
            _ => " (some by contradicted position reports)",
        };
        return format!(
            "{} entry into {}{by}: {who}{how}",
            capital(entry_state(entry.state)),
            airspace(entry.airspace)
        );
    }
    let ahead = incident.assessments.iter().find_map(|assessment| match &assessment.finding {
        Finding::PredictedEntry { airspace: id, ended: None, .. } => Some(*id),
        _ => None,
    });
    if let Some(id) = ahead {
        return format!("Entry into {} ahead: {who}", airspace(id));
    }
    match &first.finding {
        Finding::AirspaceEntry(entry) if entries.iter().all(|entry| entry.over || entry.lost_at.is_some()) => {
            format!("Was near {}: {who}", airspace(entry.airspace))
        }
        Finding::AirspaceEntry(entry) => format!("Near {}: {who}", airspace(entry.airspace)),
        Finding::PredictedEntry { airspace: id, .. } => {
            format!("Was expected in {}, not seen to enter: {who}", airspace(*id))
        }
        Finding::EmergencyCode { emergency, ended: None, .. } => {
            format!("{who} states {}", emergency_for_people(*emergency))
        }
        Finding::EmergencyCode { emergency, ended: Some(ended), .. } => {
            format!("{who} stated {} until {}", emergency_for_people(*emergency), clock(*ended))
        }
        Finding::FeedSilent { .. } => silence(incident, &label),
        Finding::GnssInterference(interference) => capital(&gnss_interference(interference)),
        Finding::FalsePositions(own) => capital(&false_positions(own)),
        Finding::FalseIdentity(found) => super::identity::title(found, &who),
    }
}

fn entry_of(assessment: &Assessment) -> Option<&Entry> {
    match &assessment.finding {
        Finding::AirspaceEntry(entry) => Some(entry),
        _ => None,
    }
}

fn has_entered(entry: &Entry) -> bool {
    entry.state > EntryState::Near
}

/// Names, or how many of what.
fn who<'a>(subjects: impl ExactSizeIterator<Item = &'a Subject>, label: impl Fn(&Subject) -> String) -> String {
    let mut subjects = subjects.peekable();
    let what = match subjects.peek() {
        Some(Subject::Sensor(_)) => "sensor",
        Some(Subject::Interference(_)) => "interference",
        _ => "track",
    };
    match subjects.len() {
        n @ 0 => counted(n, what),
        n if n <= NAMES => subjects.map(label).collect::<Vec<_>>().join(", "),
        n => counted(n, what),
    }
}

fn ending(entry: &Entry) -> String {
    match (entry.left_at, entry.lost_at) {
        (Some(left), _) => format!(", left at {}", clock(left)),
        (None, Some(lost)) => format!(", not observed since {}", clock(lost)),
        (None, None) if entry.over => ", over".to_owned(),
        (None, None) => String::new(),
    }
}

/// How many of a group came in, how surely, and how many are inside now: counts of tracks, which may be more or fewer than objects.
fn of_group(entries: &[&Entry]) -> String {
    let count = |is: &dyn Fn(&Entry) -> bool| entries.iter().filter(|entry| is(entry)).count();
    let entered = count(&has_entered);
    let established = count(&|entry| entry.state == EntryState::Established);
    let inside = count(&|entry| {
        has_entered(entry)
            && entry.left_at.is_none()
            && entry.lost_at.is_none()
            && !entry.over
            && entry.inside_probability >= 0.5
    });
    format!("; {} entered ({established} established), {inside} inside now", counted(entered, "track"))
}

fn silence(incident: &Incident, label: impl Fn(&Subject) -> String) -> String {
    let silent: Vec<&Subject> = incident
        .assessments
        .iter()
        .filter(|assessment| matches!(assessment.finding, Finding::FeedSilent { heard_again: None, .. }))
        .map(|assessment| &assessment.subject)
        .collect();
    let all = incident.subjects.len();
    if silent.is_empty() {
        return format!("Was silent, heard again: {}", who(incident.subjects.iter(), label));
    }
    let again = all.saturating_sub(silent.len());
    let rest = if again == 0 { String::new() } else { format!("; {} heard again", counted(again, "sensor")) };
    format!("Silent: {}{rest}", who(silent.into_iter(), label))
}

/// A line of an incident's log.
#[must_use]
pub fn log_item(item: &LogItem, label: impl Fn(&Subject) -> String) -> String {
    match item {
        LogItem::Opened => "opened".to_owned(),
        LogItem::Joined(subject) => format!("{} joined", label(subject)),
        LogItem::Severity(level) => format!("severity is now {}", severity(*level)),
        LogItem::Acknowledged => "acknowledged".to_owned(),
        LogItem::Risen => "risen since it was acknowledged: waits to be acknowledged again".to_owned(),
        LogItem::Closed(how) => format!("closed: {}", outcome(*how).replace('_', " ")),
        LogItem::Reopened => "opened again".to_owned(),
        LogItem::Note(text) => text.clone(),
        LogItem::CalledViolation => "called the entry a violation".to_owned(),
    }
}
