//! What an entry rests on, what holds its state back, and where it may have come in: beside the finding, so that no figure stands alone.

use skypicket_model::assessment::{Entry, EntryState, Finding};
use skypicket_model::passage::Crossing;
use skypicket_model::{Assessment, LatLon, Passage, Permission, Reason};

use super::{clock, distance, percent};

/// What keeps an entry from a surer state, each in a few words. Empty where its state is the surest, or the least.
#[must_use]
pub fn held_back(entry: &Entry, reasons: &[Reason]) -> Vec<String> {
    let mut held = Vec::new();
    let likely = match entry.state {
        EntryState::Near | EntryState::Established => return held,
        EntryState::Possible => false,
        EntryState::Likely => true,
    };
    for reason in reasons {
        match reason {
            Reason::Entered { probability, needed } if probability < needed => {
                held.push(format!("under {}", percent(*needed)));
            }
            Reason::HeightUndetermined => held.push("height not known".to_owned()),
            Reason::Lines { count: 0, .. } => held.push("no source known".to_owned()),
            Reason::Lines { count: 1, needed } if likely && *needed > 1 => held.push("one source".to_owned()),
            Reason::Lines { count, needed } if likely && count < needed => {
                held.push(format!("{count} of {needed} sources"));
            }
            Reason::SelfReportOnly if likely => held.push("own report only".to_owned()),
            Reason::Immature { updates, updates_needed, .. } if updates < updates_needed => {
                held.push(format!("{updates} of {updates_needed} measurements"));
            }
            Reason::Immature { age, age_needed, .. } if age < age_needed => {
                held.push(format!("held for {} only", super::duration(*age)));
            }
            _ => {}
        }
    }
    if held.is_empty() {
        // It was inside too shortly, or measured too seldom then, for what it has come to.
        held.push("too few measurements while inside".to_owned());
    }
    held
}

/// Whether other sensors contradict the position that it reports of itself.
#[must_use]
pub const fn is_contradicted(entry: &Entry) -> bool {
    matches!(entry.permission, Permission::Undetermined { contradicted: true, .. })
}

/// Whether all that supports an entry is a report that other sensors contradict.
#[must_use]
pub fn rests_on_contradicted(assessment: &Assessment) -> bool {
    let Finding::AirspaceEntry(entry) = &assessment.finding else { return false };
    is_contradicted(entry) && by_itself(entry, &assessment.reasons)
}

fn by_itself(entry: &Entry, reasons: &[Reason]) -> bool {
    entry.state < EntryState::Established && reasons.contains(&Reason::SelfReportOnly)
}

/// On whose word an entry is told, where that must be said before anything else.
#[must_use]
pub fn rests_on(entry: &Entry, reasons: &[Reason]) -> Option<String> {
    if entry.state == EntryState::Near {
        return is_contradicted(entry)
            .then(|| "the position that it reports of itself is contradicted by other sensors".to_owned());
    }
    let measured = reasons.iter().any(|reason| matches!(reason, Reason::Lines { count, .. } if *count > 0));
    match (is_contradicted(entry), by_itself(entry, reasons)) {
        (true, true) => Some(
            "the position that it reports of itself is contradicted by other sensors; this entry rests on that report alone"
                .to_owned(),
        ),
        (true, false) if measured => Some(
            "the position that it reports of itself is contradicted by other sensors; this entry rests on what they measured"
                .to_owned(),
        ),
        (true, false) => Some("the position that it reports of itself is contradicted by other sensors".to_owned()),
        (false, true) => {
            Some("this entry rests on what it reports of itself; no other sensor has measured it inside".to_owned())
        }
        (false, false) => None,
    }
}

/// That it may have come in at either of two places that lie apart; `None` where there is but one.
#[must_use]
pub fn two_places(passage: &Passage) -> Option<String> {
    let (one, other) = (passage.entered_place.as_ref()?, passage.other_place.as_ref()?);
    let apart = distance(one.place.rough_distance_m(other.place));
    Some(format!("came in at one of two places {apart} apart: {} or {}", place(one), place(other)))
}

fn place(of: &Crossing) -> String {
    let LatLon { lat_deg, lon_deg } = of.place;
    let (ns, ew) = (if lat_deg < 0.0 { 'S' } else { 'N' }, if lon_deg < 0.0 { 'W' } else { 'E' });
    format!(
        "{:.3}° {ns} {:.3}° {ew} within {} at {} ({})",
        lat_deg.abs(),
        lon_deg.abs(),
        distance(of.reach_m),
        clock(of.at.middle),
        percent(of.share)
    )
}
