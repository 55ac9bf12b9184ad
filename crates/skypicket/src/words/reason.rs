//! Why, and what would change it.

use skypicket_model::assessment::{Entry, EntryState, Finding};
use skypicket_model::{Assessment, Permission, Reason, SensorId};

use super::{clock, counted, distance, duration, percent};

/// Beyond so many sigmas the number tells nothing more.
const CLEARLY: f64 = 10.0;

/// A reason that speaks for the finding, in one sentence; `None` for those that say what is missing.
#[must_use]
pub fn reason(reason: &Reason, sensor: impl Fn(SensorId) -> String) -> Option<String> {
    Some(match reason {
        Reason::SigmasInside { sigmas } if sigmas.abs() > CLEARLY => {
            let side = if *sigmas > 0.0 { "inside" } else { "short of" };
            format!("clearly {side} the border: more than {CLEARLY:.0} sigma of track and border together")
        }
        Reason::SigmasInside { sigmas } if *sigmas >= 0.0 => {
            format!("{sigmas:.1} sigma inside the border, of track and border together")
        }
        Reason::SigmasInside { sigmas } => {
            format!("{:.1} sigma short of the border, of track and border together", -sigmas)
        }
        Reason::Lines { count, needed } if count >= needed => {
            format!("{} of evidence", counted(*count as usize, "independent line"))
        }
        Reason::Contradicted => "other sensors contradict the position that it reports of itself".to_owned(),
        Reason::NoClaim => "it states no identity".to_owned(),
        Reason::NoPermission => "no rule and no flight plan covers it".to_owned(),
        Reason::CoveredBy { rule } => format!("covered by {rule}"),
        Reason::InsideFor { duration: longest, needed } if longest >= needed => {
            format!("longest stay inside without a break: {}", duration(*longest))
        }
        Reason::Entered { probability, needed } if probability >= needed => {
            format!("it entered with a probability of {}", percent(*probability))
        }
        Reason::BoundaryData { policy, data } => format!("border: policy {policy}, {data}"),
        Reason::CourseLeadsIn { duration: time } => format!("its course leads in within {}", duration(*time)),
        Reason::Stated { sensor: id } => format!("stated through {}", sensor(*id)),
        Reason::SilentFor { duration: time } => format!("nothing was received for {}", duration(*time)),
        Reason::NeverHeard => "it was never heard since this watch began".to_owned(),
        Reason::DoesNotFit(weighed) => super::identity::reason(weighed),
        Reason::NobodyListened { until } => {
            format!("nobody listened until {}: the program was off", clock(*until))
        }
        Reason::Lines { .. }
        | Reason::NotObserved(_)
        | Reason::InsideFor { .. }
        | Reason::SelfReportOnly
        | Reason::Uncorroborated
        | Reason::HeightUndetermined
        | Reason::Immature { .. }
        | Reason::Entered { .. } => return None,
    })
}

/// What would make the judgement another one. Never empty.
#[must_use]
pub fn what_would_change(assessment: &Assessment) -> Vec<String> {
    let said = |text: &str| vec![text.to_owned()];
    match &assessment.finding {
        Finding::AirspaceEntry(entry) => of_entry(entry, &assessment.reasons),
        Finding::PredictedEntry { ended: Some(_), .. } => said("heading for the border again"),
        Finding::PredictedEntry { ended: None, .. } => {
            let mut changes = said("another course or speed, or crossing the border");
            changes.push(of_claim(&assessment.reasons).unwrap_or_else(permitted_by));
            changes
        }
        Finding::EmergencyCode { ended: None, .. } => said("that it states it no longer"),
        Finding::EmergencyCode { ended: Some(_), .. } => said("that it states an emergency again"),
        Finding::FeedSilent { heard_again: None, .. } => said("hearing it again without a break"),
        Finding::GnssInterference(interference) if interference.ended.is_none() => {
            said("aircraft there that keep satellite navigation, or others around it that lose it")
        }
        Finding::GnssInterference(_) => said("aircraft that lose satellite navigation there again"),
        Finding::FalsePositions(own) if own.ended.is_none() => {
            said("positions that they can have flown to, or a sensor that measures them where they say they are")
        }
        Finding::FalsePositions(_) => said("positions there again that cannot be true"),
        Finding::FalseIdentity(found) if found.ended.is_some() => said("that something does not fit again"),
        Finding::FalseIdentity(found) if found.address.is_none() => said("as few new addresses as is usual"),
        Finding::FalseIdentity(_) => said("sensors that measure it where it says that it is"),
        Finding::FeedSilent { heard_again: Some(_), expected_within, .. } => {
            vec![format!("another silence of more than {}", duration(*expected_within))]
        }
    }
}

fn of_entry(entry: &Entry, reasons: &[Reason]) -> Vec<String> {
    if entry.over {
        return vec!["nothing any more: it is over. A new stay is a new entry".to_owned()];
    }
    let mut changes = Vec::new();
    if entry.lost_at.is_some() {
        changes.push("that it is observed again".to_owned());
    } else if entry.left_at.is_some() {
        changes.push("that it comes inside again".to_owned());
    } else if entry.state < EntryState::Established {
        if entry.state == EntryState::Near && entry.distance_m > 0.0 {
            changes.push(format!("crossing the border, {} away", distance(entry.distance_m)));
        }
        changes.extend(reasons.iter().filter_map(missing));
    } else {
        changes.push("leaving".to_owned());
    }
    changes.push(match &entry.permission {
        Permission::Permitted { .. } => {
            "something independent that contradicts what it says of itself, or a person\u{2019}s word about it"
                .to_owned()
        }
        Permission::NotPermitted | Permission::Undetermined { .. } => of_claim(reasons).unwrap_or_else(permitted_by),
    });
    changes
}

fn permitted_by() -> String {
    "a rule or flight plan that covers it, or a person who identifies it".to_owned()
}

/// What a claimed identity lacks.
fn of_claim(reasons: &[Reason]) -> Option<String> {
    reasons.iter().find_map(|reason| match reason {
        Reason::Uncorroborated => Some("an independent sensor that confirms the identity it claims".to_owned()),
        Reason::Contradicted => Some("measurements that agree with what it says of its place".to_owned()),
        _ => None,
    })
}

/// What a reason says is missing for a surer entry.
fn missing(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Lines { count: 0, .. } => Some("an observation whose origin is known: none supports it now".to_owned()),
        Reason::Lines { count, needed } if count < needed => {
            Some(format!("a second independent source: {count} of {needed} lines of evidence"))
        }
        Reason::SelfReportOnly => {
            Some("a measurement by an independent sensor: only its own word supports it".to_owned())
        }
        Reason::InsideFor { duration: longest, needed } if longest < needed => Some(format!(
            "a stay inside of {} without a break; the longest so far {}",
            duration(*needed),
            duration(*longest)
        )),
        Reason::Entered { probability, needed } if probability < needed => Some(format!(
            "being surely inside for longer: it entered with a probability of {}, {} are needed",
            percent(*probability),
            percent(*needed)
        )),
        Reason::HeightUndetermined => Some("a height that can be compared with the limits".to_owned()),
        Reason::Immature { updates, updates_needed, within, .. } if updates < updates_needed => {
            Some(format!("more measurements: {updates} of {updates_needed} within {} so far", duration(*within)))
        }
        Reason::Immature { age, age_needed, .. } => {
            Some(format!("an older track: {} of {} so far", duration(*age), duration(*age_needed)))
        }
        _ => None,
    }
}
