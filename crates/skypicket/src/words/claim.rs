//! What a claim states and what the evidence says of it. The words of a claim are quotations and stand apart; here the machine speaks.

use super::{clock, counted, distance, duration, percent};
use skypicket_assess::claims::{NotJudged, Part, PartOf, Verdict, Why};
use skypicket_model::claim::{
    Affected, ClaimPlace, ClaimedCause, ClaimedRole, Content, EffectKind, EventKind, Matter, Moment,
};
use skypicket_model::{ClaimState, Referent, Time};

/// Whether it counts.
#[must_use]
pub const fn claim_state(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Proposed => "proposed",
        ClaimState::Confirmed => "confirmed",
        ClaimState::Withdrawn => "withdrawn",
    }
}

/// A verdict, for the interface.
#[must_use]
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Supported => "supported",
        Verdict::Contradicted => "contradicted",
        Verdict::Undecidable => "undecidable",
        Verdict::OutsideEvidence => "outside_evidence",
        Verdict::ConflictsWith => "conflicts_with",
    }
}

/// A verdict, for people.
#[must_use]
pub fn verdict_said(told: Verdict, conflicts: &[u32]) -> String {
    match told {
        Verdict::OutsideEvidence => "outside this evidence".to_owned(),
        Verdict::ConflictsWith => {
            let numbers: Vec<String> = conflicts.iter().map(ToString::to_string).collect();
            let noun = if numbers.len() == 1 { "claim" } else { "claims" };
            format!("conflicts with {noun} {}", numbers.join(", "))
        }
        other => verdict(other).to_owned(),
    }
}

/// Whether a probability stands beside a verdict. Beside *undecidable* it would be read as one after all.
#[must_use]
pub const fn has_probability(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Supported | Verdict::Contradicted)
}

/// What a claim states, in the words of its type.
#[must_use]
pub fn claim_content(content: &Content) -> String {
    match content {
        Content::Count { referent, least, most, area, across } => {
            let across = if across.is_empty() { String::new() } else { format!(" across the border with {across}") };
            format!("{} {}{across}{}", bounds(*least, *most), referent_said(*referent), of_state(area))
        }
        Content::Time { event, name, moments } => {
            let what = if *event == EventKind::Named { name.as_str() } else { event_said(*event) };
            format!("{what}: {}", moments.iter().map(moment).collect::<Vec<_>>().join(", or "))
        }
        Content::Place { event, place } => format!("{}: {}", event_said(*event), place_said(place)),
        Content::Depth { least_m, most_m, from } => {
            let border =
                if from.is_empty() { "the nearest border".to_owned() } else { format!("the border with {from}") };
            match most_m {
                Some(most) => format!("{} to {} from {border}", distance(*least_m), distance(*most)),
                None => format!("at least {} from {border}", distance(*least_m)),
            }
        }
        Content::Origin { area } => format!("origin of the objects: {}", area.name),
        Content::Cause { of, place, cause } => {
            let what = match of {
                Affected::ObjectsDown => "what brought objects down",
                Affected::Damage => "what did the damage",
            };
            let there = place.as_ref().map_or_else(String::new, |place| format!(" at {}", place.name));
            format!("{what}{there}: {}", cause_said(*cause))
        }
        Content::Actor { role, of, name } => {
            let part = match role {
                ClaimedRole::HeadOfState => "head of state",
                ClaimedRole::HeadOfGovernment => "head of government",
                ClaimedRole::Operator => "whose objects they were",
                ClaimedRole::BroughtDownBy => "who brought objects down",
            };
            let of = if of.is_empty() { String::new() } else { format!(" of {of}") };
            format!("{part}{of}: {name}")
        }
        Content::Effect { effect, happened, place, area } => {
            let what = match effect {
                EffectKind::Damage => "damage",
                EffectKind::Casualties => "casualties",
            };
            let there = place.as_ref().map_or_else(String::new, |place| format!(" at {}", place.name));
            format!("{}{what}{there}{}", if *happened { "" } else { "no " }, of_state(area))
        }
        Content::Matter(Matter::Precedent) => "that it was the first of its kind".to_owned(),
        Content::Matter(Matter::Purpose) => "what it was meant for".to_owned(),
    }
}

fn of_state(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!(", {code}") }
}

fn bounds(least: u32, most: Option<u32>) -> String {
    match most {
        None => format!("at least {least}"),
        Some(most) if most == least => format!("exactly {least}"),
        Some(most) if least == 0 => format!("at most {most}"),
        Some(most) => format!("{least} to {most}"),
    }
}

const fn referent_said(referent: Referent) -> &'static str {
    match referent {
        Referent::ObjectsEntered => "objects entered",
        Referent::InsideNow => "objects inside",
        Referent::ReportedShotDown => "objects reported shot down",
        Referent::Wrecks => "wrecks found",
        Referent::WrecksNoDrones => "wrecks found that are of no drone",
    }
}

const fn event_said(event: EventKind) -> &'static str {
    match event {
        EventKind::FirstEntry => "first entry",
        EventKind::LastEntry => "last entry",
        EventKind::Entry => "an entry",
        EventKind::LastBroughtDown => "last object brought down",
        EventKind::CameDown => "an object came down or was found",
        EventKind::Named => "an event",
    }
}

/// A cause.
#[must_use]
const fn cause_said(cause: ClaimedCause) -> &'static str {
    match cause {
        ClaimedCause::SurfaceToAir => "air defence from the ground",
        ClaimedCause::Aircraft => "aircraft",
        ClaimedCause::OwnOrAlliedOrdnance => "own or allied ordnance",
        ClaimedCause::Drone => "a drone",
        ClaimedCause::ObjectItself => "the object itself",
        ClaimedCause::ElectronicMeans => "electronic means",
        ClaimedCause::Other => "another cause",
    }
}

fn place_said(place: &ClaimPlace) -> String {
    format!("{}, within {}", place.name, distance(place.radius_90_m))
}

fn day(time: Time) -> String {
    time.to_string().get(..10).unwrap_or_default().to_owned()
}

/// A candidate of a moment.
#[must_use]
fn moment(moment: &Moment) -> String {
    stretch(moment.from, moment.until, &moment.zone)
}

fn stretch(from: Time, until: Time, zone: &str) -> String {
    let read = if zone.is_empty() { String::new() } else { format!(" (read as {zone})") };
    if from == until {
        return format!("{} {}{read}", day(from), clock(from));
    }
    let end = if day(from) == day(until) { clock(until) } else { format!("{} {}", day(until), clock(until)) };
    format!("{} {}–{end}{read}", day(from), clock(from))
}

/// Why a rating is as it is, in one sentence.
#[must_use]
pub fn claim_reason(why: &Why) -> String {
    match why {
        Why::Counted { referent, area, as_of, least, likely, most, honest } => {
            let numbers =
                if least == most { format!("{likely}") } else { format!("{least}–{most}, most likely {likely}") };
            let of = format!("{}{}, as of {} {}", referent_said(*referent), of_state(area), day(*as_of), clock(*as_of));
            if *honest {
                format!("counted {of}: {numbers}, with what is missed, false and broken in it")
            } else {
                format!("held {of}: {numbers}; what was not seen is not in it")
            }
        }
        Why::MoreMayBeUnseen => "more may have come unseen: what is held is a lower bound".to_owned(),
        Why::NothingHeld => "nothing of that kind and time is held".to_owned(),
        Why::HeldAt { last, time, sigma } => {
            let which = if *last { "last" } else { "first" };
            format!("the {which} that is held: {} {}, ± {}", day(*time), clock(*time), duration(*sigma))
        }
        Why::DeepestKnown { depth_m, ends, from } => {
            let border =
                if from.is_empty() { "the nearest border".to_owned() } else { format!("the border with {from}") };
            let of = counted(*ends as usize, "known end");
            format!("nothing that is known reached further than {} from {border}, of {of}", distance(*depth_m))
        }
        Why::Unaccounted { expected, assumed: false } => {
            format!("{expected:.1} objects are expected that nothing is known of")
        }
        Why::Unaccounted { expected, assumed: true } => {
            format!("nobody counted what was not seen: {expected:.1} objects are assumed, as many as are known")
        }
        Why::Reported { number, confidence } => {
            format!("report R{number} tells of it, held true with {}", percent(*confidence))
        }
        Why::CauseApart { number, cause: Some(cause), confidence } => {
            format!("cause apart: report R{number} states {}, with {}", cause_said(*cause), percent(*confidence))
        }
        Why::CauseApart { number, cause: None, .. } => format!("cause apart: report R{number} states none"),
        Why::NoReport => "no report tells of it, which is no evidence that it did not happen".to_owned(),
        Why::CrossedNear { distance_m } => format!("the border was crossed {} from there", distance(*distance_m)),
        Why::OriginUnclear { groups } => {
            format!("the origin of {} is not identifiable, or was not worked out", counted(*groups as usize, "group"))
        }
        Why::NoOrigin => "no origin region was worked out".to_owned(),
        Why::NoOutline => "the outline of that state is not at hand".to_owned(),
        Why::NotJudged(what) => match what {
            NotJudged::Office => "who holds an office is not observed here",
            NotJudged::Responsibility => "whose doing it was is not computed here",
            NotJudged::Precedent => "whether it was the first of its kind is not observed here",
            NotJudged::Purpose => "what it was meant for is not computed here",
            NotJudged::Casualties => "no report here tells of people",
            NotJudged::NotObserved => "an event of that kind is not observed here",
        }
        .to_owned(),
    }
}

/// A part of a rating: which candidate or group, and what the evidence says of it.
#[must_use]
pub fn claim_part(part: &Part) -> String {
    let of = match &part.of {
        PartOf::Candidate { from, until, zone } => stretch(*from, *until, zone),
        PartOf::Group(name) => name.clone(),
    };
    let p = part.probability.filter(|_| has_probability(part.verdict));
    let p = p.map_or_else(String::new, |p| format!(", {}", percent(p)));
    format!("{of}: {}{p}", verdict_said(part.verdict, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_and_ratings_are_said_in_plain_words() {
        let count = |least, most| {
            let (area, across) = ("POL".to_owned(), String::new());
            claim_content(&Content::Count { referent: Referent::ObjectsEntered, least, most, area, across })
        };
        assert_eq!(count(3, None), "at least 3 objects entered, POL");
        assert_eq!(count(19, Some(19)), "exactly 19 objects entered, POL");
        assert_eq!(count(0, Some(23)), "at most 23 objects entered, POL");
        let at = |text: &str| Time::parse(text).expect("a time");
        let moments = vec![Moment {
            from: at("2025-09-09T21:20:00Z"),
            until: at("2025-09-09T21:40:00Z"),
            zone: "CEST".to_owned(),
        }];
        let first = claim_content(&Content::Time { event: EventKind::FirstEntry, name: String::new(), moments });
        assert_eq!(first, "first entry: 2025-09-09 21:20:00Z–21:40:00Z (read as CEST)");
        assert_eq!(verdict_said(Verdict::ConflictsWith, &[7]), "conflicts with claim 7");
        assert_eq!(verdict_said(Verdict::ConflictsWith, &[7, 9]), "conflicts with claims 7, 9");
        assert_eq!(verdict_said(Verdict::OutsideEvidence, &[]), "outside this evidence");
        let held = Why::Counted {
            referent: Referent::ObjectsEntered,
            area: "POL".to_owned(),
            as_of: at("2025-09-10T05:00:00Z"),
            least: 5,
            likely: 5,
            most: 6,
            honest: false,
        };
        let said =
            "held objects entered, POL, as of 2025-09-10 05:00:00Z: 5–6, most likely 5; what was not seen is not in it";
        assert_eq!(claim_reason(&held), said);
    }
}
