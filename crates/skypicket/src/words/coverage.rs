//! What could not have been seen, in words. Never that there was nothing.

use skypicket_assess::coverage::Blind;
use skypicket_model::Reason;
use skypicket_model::coverage::NotObserved;

use super::distance;

/// What may be told outside of any gap in coverage.
pub const RELEASED: &str = "coverage was incomplete";

/// What could not have been seen about what was judged, when it was; `None` where nothing was looked up. Internal.
#[must_use]
pub fn of_reasons(reasons: &[Reason]) -> Option<String> {
    reasons.iter().find_map(|reason| match reason {
        Reason::NotObserved(what) => Some(not_observed(what)),
        _ => None,
    })
}

/// What could not have been seen about a place. Internal.
#[must_use]
pub fn not_observed(what: &NotObserved) -> String {
    let for_size = format!("for a target of {} m\u{b2}; internal", what.rcs_m2);
    let place = distance(what.within_m);
    let above = if what.above_ground { "above the ground" } else { "above sea level" };
    match what.below_m {
        None => format!("no other object held within {place}; not observed at any height ({for_size})"),
        Some(below_m) => {
            format!("no other object held within {place}; not observed below {below_m:.0} m {above} ({for_size})")
        }
    }
}

/// Why a sensor covers nothing.
#[must_use]
pub const fn blind(why: Blind) -> &'static str {
    match why {
        Blind::NotByItself => "sees nothing that does not report itself",
        Blind::NoPlace => "nobody says where it stands or how far it sees",
        Blind::NeverHeard => "was never heard",
        Blind::Silent => "is silent",
        Blind::NotOperational => "says that it does not work",
    }
}
