//! What belongs together.

use skypicket_model::math::{deg, wrap_pi};
use skypicket_model::track::Class;

use super::IncidentParams;
use crate::detector::Group;

/// Whether two matters belong to one group: for flights the same airspace and reality, crossings near each other in time and place, similar
/// courses, and classes that do not exclude each other.
pub(super) fn together(member: &Group, other: &Group, params: &IncidentParams) -> bool {
    match (member, other) {
        (Group::Feed(a), Group::Feed(b)) => a == b,
        (
            Group::Flight {
                airspace: airspace_a,
                place: place_a,
                time: time_a,
                course_rad: course_a,
                class: class_a,
                reality: reality_a,
            },
            Group::Flight {
                airspace: airspace_b,
                place: place_b,
                time: time_b,
                course_rad: course_b,
                class: class_b,
                reality: reality_b,
            },
        ) => {
            let gap = (*time_a - *time_b).abs();
            let turn_deg = deg(wrap_pi(course_a - course_b)).abs();
            airspace_a == airspace_b
                && reality_a == reality_b
                && gap <= IncidentParams::span(params.group_gap_s)
                && place_a.rough_distance_m(*place_b) <= params.group_distance_m
                && turn_deg <= params.group_course_deg
                && compatible(*class_a, *class_b)
        }
        _ => false,
    }
}

/// Unknown goes with everything; an aeroplane does not fly in a group with a balloon.
fn compatible(a: Class, b: Class) -> bool {
    a == b || a == Class::Unknown || b == Class::Unknown
}
