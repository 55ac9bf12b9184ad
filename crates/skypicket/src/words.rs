//! Findings, reasons and states as words: the one place where the machine speaks. What it may say stands in the design, §7.
//!
//! Whoever reads this is alone at four in the morning: each sentence stands by itself, a count says of what, what is over is told as past, and
//! nothing asks for a figure that is on another screen.

mod claim;
mod count;
pub mod coverage;
mod entry;
mod finding;
mod gnss_source;
mod identity;
mod incident;
pub mod origin;
mod reason;
mod report;

pub use claim::{claim_content, claim_part, claim_reason, claim_state, has_probability, verdict, verdict_said};
pub use count::{count, count_basis, group_change, group_title, referent};
pub use entry::{held_back, is_contradicted, rests_on, rests_on_contradicted, two_places};
pub use finding::{finding, gnss_cell, gnss_change, recomputed};
pub use gnss_source::{gnss_sources, gnss_unclear};
pub use incident::{incident_title, log_item};
pub use reason::{reason, what_would_change};
pub use report::ground_report;

use skypicket_model::assessment::EntryState;
use skypicket_model::incident::IncidentState;
use skypicket_model::observation::SensorStatus;
use skypicket_model::sensor::Misalignment;
use skypicket_model::track::{Class, HeightSource};
use skypicket_model::{
    Emergency, Outcome, Permission, Reality, SensorKind, Severity, Span, StandardIdentity, Time, TrackStatus,
};

/// A duration as people say it: `45 s`, `3 min 20 s`, `2 h 5 min`.
#[must_use]
pub fn duration(span: Span) -> String {
    let s = span.ns().max(0) / 1_000_000_000;
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

/// A moment of the day in UTC, to the second: `21:30:05Z`. The day stands beside whatever tells it.
#[must_use]
pub fn clock(time: Time) -> String {
    let full = time.to_string();
    full.get(11..19).map_or_else(|| full.clone(), |clock| format!("{clock}Z"))
}

/// A moment with its day, in UTC: `2025-09-09 21:30:05Z`.
#[must_use]
pub fn moment(time: Time) -> String {
    let full = time.to_string();
    full.get(..10).map_or_else(|| full.clone(), |day| format!("{day} {}", clock(time)))
}

/// From one moment to another; the day of the second stands there where it is another one.
#[must_use]
pub fn from_to(from: Time, until: Time) -> String {
    let same_day = from.to_string().get(..10) == until.to_string().get(..10);
    format!("{} to {}", moment(from), if same_day { clock(until) } else { moment(until) })
}

pub(crate) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `1 track`, `3 tracks`.
#[must_use]
pub fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// Only its own word has supported a track within two minutes: what permission asks of a sensor that confirms a claim.
#[must_use]
pub fn is_uncorroborated(track: &skypicket_model::Track) -> bool {
    let since = track.valid - skypicket_model::Span::from_s(120);
    let heard = track.lines.iter().any(|line| line.line == skypicket_model::track::Line::SelfReport);
    heard && !track.measured_since(since)
}

/// A probability. What is nearly certain must not look certain.
fn percent(p: f64) -> String {
    match p {
        p if p > 0.999 => "over 99.9 %".to_owned(),
        p if p > 0.99 => format!("{:.1} %", (p * 1000.0).floor() / 10.0),
        p if p > 0.0 && p < 0.01 => "under 1 %".to_owned(),
        p => format!("{:.0} %", p * 100.0),
    }
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
        IncidentState::Risen => "risen",
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

/// Why a radar's plots weigh less than those of others.
#[must_use]
pub const fn misalignment(why: Misalignment) -> &'static str {
    match why {
        Misalignment::Range => "weighs less: its ranges are off by more than is corrected",
        Misalignment::North => "weighs less: its north is off by more than is corrected",
        Misalignment::Tilt => "weighs less: its elevations are off by more than is corrected",
        Misalignment::Clock => "weighs less: its clock is off by more than is corrected",
        Misalignment::Drift => "weighs less: its readings drift faster than is learned",
        Misalignment::Place => "weighs less: its plots do not meet those of others; its place or north may be wrong",
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
        assert_eq!(percent(1.0), "over 99.9 %");
        assert_eq!(percent(0.001), "under 1 %");
        assert_eq!(percent(0.5), "50 %");
        assert_eq!(duration(Span::from_s(-5)), "0 s");
        assert_eq!(clock(Time::parse("2025-09-09T21:30:05.250Z").expect("a time")), "21:30:05Z");
        let at = |text: &str| Time::parse(text).expect("a time");
        let (evening, night) = (at("2025-09-09T21:30:05Z"), at("2025-09-10T02:00:00Z"));
        assert_eq!(moment(evening), "2025-09-09 21:30:05Z");
        assert_eq!(from_to(evening, night), "2025-09-09 21:30:05Z to 2025-09-10 02:00:00Z");
        assert_eq!(from_to(evening, evening), "2025-09-09 21:30:05Z to 21:30:05Z");
        assert_eq!((counted(1, "track"), counted(3, "track")), ("1 track".to_owned(), "3 tracks".to_owned()));
    }
}
