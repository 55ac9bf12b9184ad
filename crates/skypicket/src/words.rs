//! Findings, reasons and states as words: the one place where the machine speaks. What it may say stands in the design, §7.

use skypicket_model::assessment::{EntryState, Finding};
use skypicket_model::incident::{IncidentState, LogItem};
use skypicket_model::observation::SensorStatus;
use skypicket_model::track::{Class, HeightSource};
use skypicket_model::{
    Emergency, Incident, Outcome, Permission, Reality, Reason, SensorKind, Severity, Span, StandardIdentity,
    TrackStatus,
};

/// Beyond so many sigmas the number tells nothing more.
const CLEARLY: f64 = 10.0;

/// A duration as people say it: `45 s`, `3 min 20 s`, `2 h 5 min`.
#[must_use]
pub fn duration(span: Span) -> String {
    let s = span.ns() / 1_000_000_000;
    match s {
        0..60 => format!("{s} s"),
        60..3600 if s % 60 == 0 => format!("{} min", s / 60),
        60..3600 => format!("{} min {} s", s / 60, s % 60),
        _ => format!("{} h {} min", s / 3600, s % 3600 / 60),
    }
}

/// A distance as people say it.
#[must_use]
pub fn distance(m: f64) -> String {
    if m.abs() < 1000.0 { format!("{m:.0} m") } else { format!("{:.1} km", m / 1000.0) }
}

fn percent(p: f64) -> String {
    // 0.997 is not certain, and must not look so.
    if p > 0.99 && p < 1.0 { format!("{:.1} %", (p * 1000.0).floor() / 10.0) } else { format!("{:.0} %", p * 100.0) }
}

/// An entry's state.
#[must_use]
pub const fn entry_state(state: EntryState) -> &'static str {
    match state {
        EntryState::Near => "near",
        EntryState::Possible => "possible",
        EntryState::Likely => "likely",
        EntryState::Established => "established",
    }
}

/// A track's status.
#[must_use]
pub const fn track_status(status: TrackStatus) -> &'static str {
    match status {
        TrackStatus::Tentative => "tentative",
        TrackStatus::Confirmed => "confirmed",
        TrackStatus::Coasting | TrackStatus::Terminated => "coasting",
    }
}

/// A class.
#[must_use]
pub const fn class(class: Class) -> &'static str {
    match class {
        Class::Aircraft => "aircraft",
        Class::Helicopter => "helicopter",
        Class::SmallDrone => "small_drone",
        Class::LargeDrone => "large_drone",
        Class::Balloon => "balloon",
        Class::Bird => "bird",
        Class::Unknown => "unknown",
    }
}

/// A standard identity. The last four are a person's words, never the machine's.
#[must_use]
pub const fn identity(identity: StandardIdentity) -> &'static str {
    match identity {
        StandardIdentity::Pending => "pending",
        StandardIdentity::Unknown => "unknown",
        StandardIdentity::AssumedFriend => "assumed_friend",
        StandardIdentity::Friend => "friend",
        StandardIdentity::Neutral => "neutral",
        StandardIdentity::Suspect => "suspect",
        StandardIdentity::Hostile => "hostile",
    }
}

/// World, exercise or simulation.
#[must_use]
pub const fn reality(reality: Reality) -> &'static str {
    crate::json::reality(reality)
}

/// What a height rests on.
#[must_use]
pub const fn height_source(source: HeightSource) -> &'static str {
    match source {
        HeightSource::Assumed => "assumed",
        HeightSource::Measured => "measured",
        HeightSource::StatedHeight => "stated_height",
        HeightSource::FromPressure => "from_pressure",
    }
}

/// What a sensor states.
#[must_use]
pub const fn sensor_kind(kind: SensorKind) -> &'static str {
    match kind {
        SensorKind::Radar2d => "radar2d",
        SensorKind::Radar3d => "radar3d",
        SensorKind::Bearing => "bearing",
        SensorKind::SelfReportReceiver => "self_report_receiver",
        SensorKind::Multilateration => "multilateration",
        SensorKind::SystemTracker => "system_tracker",
        SensorKind::Position => "position",
    }
}

/// An emergency, for the interface and for people.
#[must_use]
pub const fn emergency(emergency: Emergency) -> &'static str {
    crate::json::emergency(emergency)
}

fn emergency_for_people(emergency: Emergency) -> &'static str {
    match emergency {
        Emergency::General => "a general emergency",
        Emergency::Medical => "a medical emergency",
        Emergency::MinimumFuel => "minimum fuel",
        Emergency::NoCommunications => "no communications",
        Emergency::UnlawfulInterference => "unlawful interference",
        Emergency::Downed => "that it is down",
    }
}

/// How much something matters.
#[must_use]
pub const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Information => "information",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
    }
}

/// Where an incident stands.
#[must_use]
pub const fn incident_state(state: IncidentState) -> &'static str {
    match state {
        IncidentState::Open => "open",
        IncidentState::Acknowledged => "acknowledged",
        IncidentState::Closed(_) => "closed",
    }
}

/// How an incident ended.
#[must_use]
pub const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Identified => "identified",
        Outcome::Left => "left",
        Outcome::NotObserved => "not_observed",
        Outcome::ReportedDown => "reported_down",
        Outcome::NoObject => "no_object",
        Outcome::Other => "other",
    }
}

/// Whether something may be where it is, and by which rule.
#[must_use]
pub fn permission(permission: &Permission) -> (&'static str, Option<String>) {
    match permission {
        Permission::Permitted { rule } => ("permitted", Some(rule.clone())),
        Permission::NotPermitted => ("not_permitted", None),
        Permission::Undetermined { rule, .. } => ("undetermined", Some(rule.clone())),
    }
}

/// What a sensor last said of itself.
#[must_use]
pub fn sensor_status(status: SensorStatus) -> String {
    match status {
        SensorStatus::NorthMarker { rotation: Some(rotation) } => format!("turns in {:.1} s", rotation.s()),
        SensorStatus::NorthMarker { rotation: None } | SensorStatus::Sector { .. } | SensorStatus::Alive => {
            "alive".to_owned()
        }
        SensorStatus::Strobe { from_rad, to_rad } => {
            let deg = skypicket_model::math::deg;
            format!("interference between {:.0}° and {:.0}°", deg(from_rad), deg(to_rad))
        }
        SensorStatus::Condition { operational, overloaded, time_valid } => {
            let mut said = vec![match operational {
                Some(true) => "operational",
                Some(false) => "not operational",
                None => "condition not stated",
            }];
            if overloaded == Some(true) {
                said.push("overloaded");
            }
            if time_valid == Some(false) {
                said.push("its time source is not valid");
            }
            said.join(", ")
        }
    }
}

/// A finding in one sentence. `airspace` names an airspace by its id.
#[must_use]
pub fn finding(finding: &Finding, airspace: impl Fn(skypicket_model::AirspaceId) -> String) -> String {
    match finding {
        Finding::AirspaceEntry(entry) => {
            let name = airspace(entry.airspace);
            match (entry.state, entry.left_at) {
                (EntryState::Near, _) if entry.distance_m < 0.0 => {
                    format!("{} inside {name} by its estimate, not yet likely", distance(-entry.distance_m))
                }
                (EntryState::Near, _) => format!("near {name}: {} from the border", distance(entry.distance_m)),
                (state, None) => {
                    format!("{} entry into {name}, up to {} deep", entry_state(state), distance(entry.depth_m))
                }
                (state, Some(_)) => format!(
                    "{} entry into {name}, up to {} deep; left after {}",
                    entry_state(state),
                    distance(entry.depth_m),
                    duration(entry.inside_for)
                ),
            }
        }
        Finding::PredictedEntry { airspace: id, probability_within, time_to_boundary, .. } => {
            let when = time_to_boundary.map_or(String::new(), |span| format!(" in about {}", duration(span)));
            format!("may enter {}{when}: {} within 5 min", airspace(*id), percent(probability_within[2]))
        }
        Finding::EmergencyCode { emergency, squawk, .. } => {
            let code = squawk.map_or(String::new(), |code| format!(" (code {code})"));
            format!("states {}{code}", emergency_for_people(*emergency))
        }
        Finding::FeedSilent { last_received, heard_again: Some(again), .. } => {
            format!("was silent for {}; heard again at {again}", duration(*again - *last_received))
        }
        Finding::FeedSilent { last_received, expected_within, heard_again: None } => {
            format!("silent since {last_received}; normally heard within {}", duration(*expected_within))
        }
    }
}

/// Whether a reason says what is missing rather than what speaks for the finding.
#[must_use]
pub fn would_change(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Lines { count, needed } if count < needed => {
            Some(format!("a second independent source: {count} of {needed} lines of evidence"))
        }
        Reason::SelfReportOnly => {
            Some("a measurement by an independent sensor: only its own word supports it".to_owned())
        }
        Reason::Uncorroborated => Some("an independent sensor that confirms the identity it claims".to_owned()),
        Reason::InsideFor { duration: so_far, needed } if so_far < needed => {
            Some(format!("a stay inside of {}; so far {}", duration(*needed), duration(*so_far)))
        }
        Reason::HeightUndetermined => Some("a height that can be compared with the limits".to_owned()),
        _ => None,
    }
}

/// A reason that speaks for the finding, in one sentence; `None` for those that say what is missing.
#[must_use]
pub fn reason(reason: &Reason, sensor: impl Fn(skypicket_model::SensorId) -> String) -> Option<String> {
    Some(match reason {
        Reason::SigmasInside { sigmas } if sigmas.abs() > CLEARLY => {
            let side = if *sigmas > 0.0 { "inside" } else { "short of" };
            format!("clearly {side} the border: more than {CLEARLY:.0} sigma of track and border together")
        }
        Reason::SigmasInside { sigmas } if *sigmas >= 0.0 => {
            format!("{sigmas:.1} sigma inside the border, of track and border together")
        }
        Reason::SigmasInside { sigmas } => {
            format!("{:.1} sigma short of the border, of track and border together", -sigmas)
        }
        Reason::Lines { count, needed } if count >= needed => format!("{count} independent lines of evidence"),
        Reason::Contradicted => "something independent contradicts what it says of itself".to_owned(),
        Reason::NoClaim => "it states no identity".to_owned(),
        Reason::NoPermission => "no rule and no flight plan covers it".to_owned(),
        Reason::CoveredBy { rule } => format!("covered by {rule}"),
        Reason::InsideFor { duration: so_far, needed } if so_far >= needed => {
            format!("inside for {} without a break", duration(*so_far))
        }
        Reason::BoundaryData { policy, data } => format!("border: policy {policy}, {data}"),
        Reason::CourseLeadsIn { duration: time } => format!("its present course leads in within {}", duration(*time)),
        Reason::Stated { sensor: id } => format!("stated through {}", sensor(*id)),
        Reason::SilentFor { duration: time } => format!("nothing received for {}", duration(*time)),
        Reason::Lines { .. }
        | Reason::InsideFor { .. }
        | Reason::SelfReportOnly
        | Reason::Uncorroborated
        | Reason::HeightUndetermined
        | Reason::Immature { .. }
        | Reason::Entered { .. } => return None,
    })
}

/// An incident's title. `airspace` names an airspace, `label` a subject.
#[must_use]
pub fn incident_title(
    incident: &Incident,
    airspace: impl Fn(skypicket_model::AirspaceId) -> String,
    label: impl Fn(&skypicket_model::Subject) -> String,
) -> String {
    let Some(first) = incident.assessments.first() else { return incident.rule.as_str().to_owned() };
    let who = match incident.subjects.as_slice() {
        [only] => label(only),
        many => format!("group of {}", many.len()),
    };
    let entries = incident.assessments.iter().filter_map(|assessment| match &assessment.finding {
        Finding::AirspaceEntry(entry) => Some(entry),
        _ => None,
    });
    let highest = entries.max_by_key(|entry| entry.state).filter(|entry| entry.state > EntryState::Near);
    if let Some(entry) = highest {
        return format!("{} entry into {}: {who}", capital(entry_state(entry.state)), airspace(entry.airspace));
    }
    match &first.finding {
        Finding::AirspaceEntry(entry) => format!("Near {}: {who}", airspace(entry.airspace)),
        Finding::PredictedEntry { airspace: id, .. } => format!("Entry into {} ahead: {who}", airspace(*id)),
        Finding::EmergencyCode { emergency, .. } => format!("{who} states {}", emergency_for_people(*emergency)),
        Finding::FeedSilent { heard_again: Some(_), .. } => format!("Was silent, heard again: {who}"),
        Finding::FeedSilent { heard_again: None, .. } => format!("Silent: {who}"),
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A line of an incident's log.
#[must_use]
pub fn log_item(item: &LogItem, label: impl Fn(&skypicket_model::Subject) -> String) -> String {
    match item {
        LogItem::Opened => "opened".to_owned(),
        LogItem::Joined(subject) => format!("{} joined", label(subject)),
        LogItem::Severity(level) => format!("severity is now {}", severity(*level)),
        LogItem::Acknowledged => "acknowledged".to_owned(),
        LogItem::Closed(how) => format!("closed: {}", outcome(*how).replace('_', " ")),
        LogItem::Reopened => "opened again".to_owned(),
        LogItem::Note(text) => text.clone(),
        LogItem::CalledViolation => "called the entry a violation".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        assert_eq!(duration(Span::from_s(45)), "45 s");
        assert_eq!(duration(Span::from_s(200)), "3 min 20 s");
        assert_eq!(duration(Span::from_s(7500)), "2 h 5 min");
        assert_eq!(distance(870.4), "870 m");
        assert_eq!(distance(12_340.0), "12.3 km");
        assert_eq!(percent(0.997), "99.7 %");
        assert_eq!(percent(0.9999), "99.9 %");
        assert_eq!(percent(0.5), "50 %");
    }
}
