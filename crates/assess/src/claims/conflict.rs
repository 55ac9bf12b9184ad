//! Whether two claims answer the same question differently. That is said of what was stated, whatever is true.

use skypicket_model::claim::{ClaimPlace, Content};
use skypicket_model::{ClaimRecord, Referent};

/// Whether two claims cannot both be true.
pub(super) fn between(one: &ClaimRecord, other: &ClaimRecord) -> bool {
    let (a, b) = (one.claim.speaks_of(), other.claim.speaks_of());
    let same_time = a.0 <= b.1 && b.0 <= a.1;
    match (one.content(), other.content()) {
        (Content::Actor { role, of, name }, Content::Actor { role: other_role, of: other_of, name: other_name }) => {
            same_time && role == other_role && same_area(of, other_of) && !same_name(name, other_name)
        }
        (
            Content::Count { referent, least, most, area, across },
            Content::Count {
                referent: other_referent,
                least: other_least,
                most: other_most,
                area: other_area,
                across: other_across,
            },
        ) => {
            let growing = matches!(referent, Referent::Wrecks | Referent::WrecksNoDrones | Referent::InsideNow);
            // What is found, or inside, is another number every hour: only what was said at the same time can conflict.
            let comparable = !growing || one.claim.said.iter().any(|m| other.claim.said.iter().any(|n| m.meets(n)));
            let apart = most.is_some_and(|most| most < *other_least) || other_most.is_some_and(|most| most < *least);
            same_time
                && referent == other_referent
                && same_area(area, other_area)
                && across == other_across
                && comparable
                && apart
        }
        (
            Content::Time { event, name, moments },
            Content::Time { event: other_event, name: other_name, moments: other_moments },
        ) => {
            let same = event == other_event && name.to_lowercase() == other_name.to_lowercase();
            same && same_time && !moments.iter().any(|one| other_moments.iter().any(|other| one.meets(other)))
        }
        (
            Content::Cause { of, place, cause },
            Content::Cause { of: other_of, place: other_place, cause: other_cause },
        ) => same_time && of == other_of && same_place(place.as_ref(), other_place.as_ref()) && cause != other_cause,
        (
            Content::Effect { effect, happened, place, area },
            Content::Effect { effect: other_effect, happened: other_happened, place: other_place, area: other_area },
        ) => {
            // "None in all the land" is denied by one at a place; "one at a place" is not denied by one at another.
            let (yes_place, no_place) = if *happened { (place, other_place) } else { (other_place, place) };
            let covers = no_place.is_none() || same_place(yes_place.as_ref(), no_place.as_ref());
            same_time && effect == other_effect && happened != other_happened && same_area(area, other_area) && covers
        }
        (
            Content::Depth { least_m, most_m, from },
            Content::Depth { least_m: other_least, most_m: other_most, from: other_from },
        ) => {
            let apart =
                most_m.is_some_and(|most| most < *other_least) || other_most.is_some_and(|most| most < *least_m);
            same_time && from == other_from && apart
        }
        _ => false,
    }
}

fn same_area(a: &str, b: &str) -> bool {
    a.is_empty() || b.is_empty() || a == b
}

fn same_place(a: Option<&ClaimPlace>, b: Option<&ClaimPlace>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.place.rough_distance_m(b.place) <= a.radius_90_m + b.radius_90_m,
        _ => false,
    }
}

/// Names are the same where their last words are: some papers leave out the first.
fn same_name(a: &str, b: &str) -> bool {
    let last = |name: &str| name.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    last(a) == last(b)
}
