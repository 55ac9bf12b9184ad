//! What was found, in one sentence: present while it lasts, past when it is over.

use skypicket_model::assessment::{Entry, EntryState, Finding};
use skypicket_model::{AirspaceId, Emergency, Mode3A};

use super::{clock, distance, duration, emergency_for_people, entry_state, percent};

/// A finding in one sentence. `airspace` names an airspace by its id.
#[must_use]
pub fn finding(finding: &Finding, airspace: impl Fn(AirspaceId) -> String) -> String {
    match finding {
        Finding::AirspaceEntry(entry) if entry.state == EntryState::Near => near(entry, &airspace(entry.airspace)),
        Finding::AirspaceEntry(entry) => entered(entry, &airspace(entry.airspace)),
        Finding::PredictedEntry { airspace: id, ended: Some(ended), .. } => {
            format!("was expected to enter {} until {}; its track was not seen to enter", airspace(*id), clock(*ended))
        }
        Finding::PredictedEntry { airspace: id, probability_within, time_to_boundary, ended: None, .. } => {
            let when = time_to_boundary.map_or(String::new(), |span| format!(" in about {}", duration(span)));
            format!("may enter {}{when}: {} within 5 min", airspace(*id), percent(probability_within[2]))
        }
        Finding::EmergencyCode { emergency, squawk, ended: None } => format!("states {}", stated(*emergency, *squawk)),
        Finding::EmergencyCode { emergency, squawk, ended: Some(ended) } => {
            format!("stated {} until {}", stated(*emergency, *squawk), clock(*ended))
        }
        Finding::FeedSilent { last_received, heard_again: Some(again), .. } => {
            format!("was silent for {}; heard again at {}", duration(*again - *last_received), clock(*again))
        }
        Finding::FeedSilent { last_received, expected_within, heard_again: None } => {
            format!("silent since {}; normally heard within {}", clock(*last_received), duration(*expected_within))
        }
    }
}

fn near(entry: &Entry, name: &str) -> String {
    let place = if entry.distance_m < 0.0 {
        format!("{} inside {name} by its estimate, too short or too unsure to be an entry", distance(-entry.distance_m))
    } else {
        format!("near {name}: {} from the border", distance(entry.distance_m))
    };
    match (entry.lost_at, entry.over) {
        (Some(lost), _) => format!("last {place}; not observed since {}", clock(lost)),
        (None, true) => format!("was near {name} and flew away"),
        (None, false) => place,
    }
}

fn entered(entry: &Entry, name: &str) -> String {
    let what = format!("{} entry into {name}", entry_state(entry.state));
    let deepest = format!("up to {} deep", distance(entry.depth_m));
    match (entry.left_at, entry.lost_at) {
        (Some(left), _) => {
            format!("{what}, over: left at {} after {} inside, {deepest}", clock(left), duration(entry.inside_for))
        }
        (None, Some(lost)) => {
            let ending = if entry.over { "over: not observed" } else { "not observed" };
            format!("{what}, {ending} since {}, last {}, {deepest}", clock(lost), place(entry))
        }
        (None, None) if entry.over => format!("{what}, over: last {}, {deepest}", place(entry)),
        (None, None) => {
            format!("{what}: {} now, {deepest}, {} inside so far", place(entry), duration(entry.inside_for))
        }
    }
}

fn place(entry: &Entry) -> String {
    let side = if entry.distance_m < 0.0 { "inside" } else { "outside" };
    format!("{} {side}", distance(entry.distance_m.abs()))
}

fn stated(emergency: Emergency, squawk: Option<Mode3A>) -> String {
    let code = squawk.map_or(String::new(), |code| format!(" (code {code})"));
    format!("{}{code}", emergency_for_people(emergency))
}
