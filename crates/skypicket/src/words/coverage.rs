//! What could not have been seen, in words. Never that there was nothing.

use skypicket_assess::coverage::Blind;
use skypicket_model::coverage::NotObserved;
use skypicket_model::{Reason, SensorKind};

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

/// Why a sensor of that kind covers nothing.
#[must_use]
pub const fn blind(why: Blind, kind: Option<SensorKind>) -> &'static str {
    match why {
        // Another tracker may well see what says nothing, a radar in the air for one.
        Blind::NotByItself if matches!(kind, Some(SensorKind::SystemTracker)) => {
            "tells tracks of sensors that may see it, and nobody says where these are or how far they see"
        }
        Blind::NotByItself if matches!(kind, Some(SensorKind::Position)) => {
            "tells positions, and nobody says how far it sees"
        }
        Blind::NotByItself => "hears only what reports itself or answers",
        Blind::NoPlace => "nobody says where it stands or how far it sees",
        Blind::NeverHeard => "was never heard",
        Blind::Silent => "is silent",
        Blind::NotOperational => "says that it does not work",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tracker_is_not_said_to_be_blind_to_what_says_nothing() {
        let airborne_radar = blind(Blind::NotByItself, Some(SensorKind::SystemTracker));
        assert!(airborne_radar.contains("may see it") && airborne_radar.contains("nobody says where"));
        assert_eq!(
            blind(Blind::NotByItself, Some(SensorKind::SelfReportReceiver)),
            "hears only what reports itself or answers"
        );
        assert_eq!(blind(Blind::Silent, Some(SensorKind::SystemTracker)), "is silent");
    }
}
