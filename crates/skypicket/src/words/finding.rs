//! What was found, in one sentence: present while it lasts, past when it is over.

use skypicket_model::assessment::{Entry, EntryState, Finding};
use skypicket_model::gnss::{FalsePositions, FalseSign, GnssCell, GnssChange, GnssState, HeightBand, Interference};
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
        Finding::FalsePositions(own) => false_positions(own),
        Finding::FalseIdentity(found) => super::identity::finding(found),
    }
}

/// Who lacks satellite navigation where. What interferes is not told by it, nor why.
pub(super) fn gnss_interference(interference: &Interference) -> String {
    let Interference { began, ended, place, radius_m, affected, unaffected, onsets, withdrawn, .. } = interference;
    if *withdrawn {
        return format!(
            "correction: what was told of {} since {} was none; most of the aircraft state low quality wherever they fly",
            degrees(*place),
            clock(*began)
        );
    }
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

/// Who states positions that cannot be true. Who makes them do so is not told by it.
pub(super) fn false_positions(own: &FalsePositions) -> String {
    let FalsePositions { began, ended, withdrawn, place, now, aircraft, sign, farthest_m, one_place, .. } = own;
    if *withdrawn {
        let said = if *aircraft == 1 { "the aircraft where it says" } else { "the aircraft where they say" };
        return format!("correction: positions held false since {} were not: sensors measured {said}", clock(*began));
    }
    let (one, why) = (*aircraft == 1, betrayed(*sign, *aircraft == 1));
    let who = if one { "it is believed to fly" } else { "they are believed to fly" };
    let far = if *farthest_m >= 1000.0 {
        format!(", up to {} from where {who}", distance(*farthest_m))
    } else {
        String::new()
    };
    let together =
        one_place.map_or(String::new(), |(at, count)| format!("; {count} of them at one place, {}", degrees(at)));
    let (near, since) = (degrees(*place), clock(*began));
    match (ended, one) {
        (None, true) => {
            format!("an aircraft near {near} states positions that cannot be true ({why}){far}; since {since}")
        }
        (None, false) => format!(
            "{aircraft} aircraft near {near}, {now} of them now, state positions that cannot be true ({why}){far}{together}; since {since}"
        ),
        (Some(ended), _) => {
            let who = if one { "an aircraft".to_owned() } else { format!("{aircraft} aircraft") };
            format!(
                "{who} near {near} stated positions that cannot be true ({why}){far}{together}, from {since} to {}",
                clock(*ended)
            )
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

/// What became of an aircraft's satellite navigation.
#[must_use]
pub fn gnss_change(change: &GnssChange) -> String {
    match (change.to, change.falsely) {
        (GnssState::SpoofSuspect, Some((sign, place))) => {
            let far_m = change.place.rough_distance_m(place);
            let far = if far_m >= 1000.0 {
                format!(", {} from where it is believed to fly", distance(far_m))
            } else {
                String::new()
            };
            format!("states a position that cannot be true{far}: {}", betrayed(sign, true))
        }
        (GnssState::SpoofSuspect, None) => "states positions that cannot be true".to_owned(),
        (GnssState::Recovering, _) if change.cleared => {
            "correction: a sensor measured it where it says it is".to_owned()
        }
        (GnssState::Recovering, _) if change.from == GnssState::SpoofSuspect => {
            "is again where it can have flown".to_owned()
        }
        (GnssState::Recovering, _) => "has satellite navigation again, for less than a minute".to_owned(),
        (GnssState::Good, _) => "satellite navigation as usual".to_owned(),
        (GnssState::Degraded, _) => "stated quality fell as interference makes it fall".to_owned(),
        (GnssState::Lost, _) => "sends on, but no positions".to_owned(),
        (GnssState::Chronic, _) => "states low quality wherever it flies".to_owned(),
        (GnssState::Unknown, _) => "not known".to_owned(),
    }
}

/// What betrayed false positions, of one aircraft or of several.
const fn betrayed(sign: FalseSign, one: bool) -> &'static str {
    match (sign, one) {
        (FalseSign::Jump, true) => "it jumped",
        (FalseSign::Jump, false) => "they jump",
        (FalseSign::Speed, _) => "nobody flies at such a speed there",
        (FalseSign::Slip, true) => "it does not move as the stated velocity says",
        (FalseSign::Slip, false) => "they do not move as the stated velocity says",
        (FalseSign::Radar, true) => "a sensor measures it elsewhere",
        (FalseSign::Radar, false) => "sensors measure the aircraft elsewhere",
        (FalseSign::Height, _) => "the stated height fits no aircraft around",
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
