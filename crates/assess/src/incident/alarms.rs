//! Sound: one alarm a group, and never more than a few in ten minutes, whatever happens.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

use skypicket_model::{IncidentEvent, IncidentId, Severity, Time};

use super::IncidentParams;
use super::case::Case;

/// When alarms sounded lately.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Alarms {
    sounded: VecDeque<Time>,
}
skypicket_model::canon_struct!(Alarms { sounded });

impl Alarms {
    /// Lets what waits sound, as far as the limit allows: the most severe first, of equals the one opened first. What was of high severity when
    /// its turn had not come keeps its place while it is at least of medium severity and nobody has taken it up. Returns whether an incident
    /// changed.
    pub(super) fn settle(
        &mut self,
        cases: &mut BTreeMap<IncidentId, Case>,
        params: &IncidentParams,
        now: Time,
        events: &mut Vec<IncidentEvent>,
    ) -> bool {
        let window = IncidentParams::span(params.alarm_window_s);
        while self.sounded.front().is_some_and(|time| now - *time >= window) {
            self.sounded.pop_front();
        }
        let mut changed = false;
        while self.sounded.len() < params.alarms as usize {
            let waiting = cases
                .iter_mut()
                .filter(|(_, case)| {
                    case.owed
                        && !case.alarmed
                        && case.incident.state.waits()
                        && case.incident.severity >= Severity::Medium
                })
                .min_by_key(|(id, case)| (Reverse(case.incident.severity), case.incident.opened, **id));
            let Some((id, case)) = waiting else { break };
            (case.alarmed, case.owed) = (true, false);
            case.incident.audible = true;
            self.sounded.push_back(now);
            events.push(IncidentEvent::Alarm(*id));
            changed = true;
        }
        changed
    }
}
