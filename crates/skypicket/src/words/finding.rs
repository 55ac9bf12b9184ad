//! What was found, in one sentence: present while it lasts, past when it is over.

use skypicket_model::assessment::{Entry, EntryState, Finding};
use skypicket_model::gnss::{GnssCell, HeightBand, Interference};
use skypicket_model::{AirspaceId, Emergency, LatLon, Mode3A, Passage};

use super::{clock, distance, duration, emergency_for_people, entry_state, is_contradicted, percent, two_places};

/// A finding in one sentence. `airspace` names an airspace by its id.
#[must_use]
pub fn finding(finding: &Finding, airspace: impl Fn(AirspaceId) -> String) -> String {
    match finding {
        Finding::AirspaceEntry(entry) if entry.state == EntryState::Near => near(entry, &airspace(entry.airspace)),
        Finding::AirspaceEntry(entry) => entered(entry, &airspace(entry.airspace)),
        Finding::PredictedEntry { airspace: id, ended: Some(ended), .. } => {
            format!("was expected to enter {} until {}; its track was not seen to enter", airspace(*id), clock(*ended))
        }
        Finding::PredictedEntry {
            airspace: id, probability_within, time_to_boundary, stretch_m, ended: None, ..
        } => {
            let when = time_to_boundary.map_or(String::new(), |span| format!(" in about {}", duration(span)));
            let [one, two, five, ten] = probability_within.map(percent);
            let stretch = stretch_m.map_or(String::new(), |reach_m| {
                format!(", likely on {} of border where its course leads", distance(2.0 * reach_m))
            });
            format!(
                "may enter {}{when}: {five} within 5 min ({one} within 1, {two} within 2, {ten} within 10){stretch}",
                airspace(*id)
            )
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
        Finding::GnssInterference(interference) => gnss_interference(interference),
    }
}

/// Who lacks satellite navigation where. What interferes is not told by it, nor why.
pub(super) fn gnss_interference(interference: &Interference) -> String {
    let Interference { began, ended, place, radius_m, affected, unaffected, onsets, .. } = interference;
    let around = format!("within {} of {}", distance(radius_m + HALF_CELL_M), degrees(*place));
    let lost = format!("{onsets} aircraft");
    match ended {
        None => format!(
            "{affected} of {} aircraft heard {around} lack satellite navigation; {lost} lost it since {}",
            affected + unaffected,
            clock(*began)
        ),
        Some(ended) => {
            format!("{lost} lost satellite navigation {around} from {} to {}", clock(*began), clock(*ended))
        }
    }
}

/// A place to a tenth of a degree: the middle of hexagons is no better known.
fn degrees(place: LatLon) -> String {
    let side = |deg: f64, sides: [char; 2]| format!("{:.1}° {}", deg.abs(), sides[usize::from(deg < 0.0)]);
    format!("{} {}", side(place.lat_deg, ['N', 'S']), side(place.lon_deg, ['E', 'W']))
}

/// What is held of a cell.
#[must_use]
pub fn gnss_cell(cell: &GnssCell) -> String {
    let [low, middle, high] = cell.share.map(percent);
    let [with, without] = cell.now;
    let now = format!("{without} of {} aircraft in it now lack satellite navigation", with + without);
    let layer = match cell.band {
        HeightBand::Low => "below FL100",
        HeightBand::Middle => "FL100 to FL245",
        HeightBand::High => "FL245 and above",
    };
    if cell.has_evidence() || cell.above[1] >= 0.5 {
        format!("{layer}: {middle} of aircraft lack satellite navigation ({low} to {high}); {now}")
    } else {
        format!("{layer}: no evidence, {:.1} aircraft passes lately; {now}", cell.effective)
    }
}

/// Half the width of a hexagon of resolution 4.
const HALF_CELL_M: f64 = 22_000.0;

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
    let by = if is_contradicted(entry) { ", its reported position contradicted" } else { "" };
    let what = format!("{} entry into {name}{by}", entry_state(entry.state));
    let places = entry.passage.as_deref().and_then(two_places).map_or_else(String::new, |said| format!("; it {said}"));
    let deepest = format!("up to {} deep", distance(entry.depth_m));
    let said = match (entry.left_at, entry.lost_at) {
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
    };
    said + &places
}

fn place(entry: &Entry) -> String {
    let side = if entry.distance_m < 0.0 { "inside" } else { "outside" };
    format!("{} {side}", distance(entry.distance_m.abs()))
}

fn stated(emergency: Emergency, squawk: Option<Mode3A>) -> String {
    let code = squawk.map_or(String::new(), |code| format!(" (code {code})"));
    format!("{}{code}", emergency_for_people(emergency))
}

/// What a whole track says of its passage over a border, and by how much that differs from what the ledger said at its end.
#[must_use]
pub fn recomputed(airspace: &str, told: Option<&Passage>, whole: &Passage) -> String {
    let says = |passage: &Passage| {
        let mut says = format!("entered {}", percent(passage.entered_probability));
        if let Some(at) = passage.entered_at {
            says += &format!(" at {} ({} to {})", clock(at.middle), clock(at.low), clock(at.high));
        }
        if let Some(places) = two_places(passage) {
            says += &format!(", {places}");
        }
        if let Some(depth) = passage.depth_m {
            says += &format!(", up to {} deep", distance(depth.middle));
        }
        says
    };
    let mut text = format!("{airspace}, by the whole track: {}", says(whole));
    let Some(told) = told else { return text + "; the ledger drew no trajectories" };
    text += &format!("; the ledger said: {}", says(told));
    if let (Some(then), Some(now)) = (told.entered_at, whole.entered_at) {
        text += &format!("; entry moved by {:.1} s", (now.middle - then.middle).s());
    }
    text
}
