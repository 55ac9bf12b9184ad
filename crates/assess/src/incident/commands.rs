//! What people do with incidents.

use skypicket_model::incident::LogItem;
use skypicket_model::{Action, Command, IncidentEvent, IncidentId, IncidentState, Time};

use super::{Incidents, established_without_permission, log};

/// Longest note kept, bytes; a longer one is cut at a character's boundary.
const MAX_NOTE: usize = 4096;

impl Incidents {
    /// Carries out a command, or tells why not.
    pub(crate) fn command(&mut self, command: &Command, now: Time, events: &mut Vec<IncidentEvent>) {
        if let Err(why) = self.try_command(command, now, events) {
            events.push(IncidentEvent::Refused { operator: command.operator.clone(), why: why.to_owned() });
        }
        self.publish();
    }

    fn try_command(
        &mut self,
        command: &Command,
        now: Time,
        events: &mut Vec<IncidentEvent>,
    ) -> Result<(), &'static str> {
        let by = command.operator.trim();
        if by.is_empty() {
            return Err("the operator has no name");
        }
        match &command.action {
            Action::Acknowledge { incident } => {
                let case = self.case(*incident)?;
                match case.incident.state {
                    IncidentState::Open | IncidentState::Risen => {}
                    IncidentState::Acknowledged => return Err("the incident was acknowledged already"),
                    IncidentState::Closed(_) => return Err("the incident is closed"),
                }
                case.acknowledge();
                log(&mut case.incident, now, by, LogItem::Acknowledged, events);
            }
            Action::Close { incident, outcome, note } => {
                let case = self.case(*incident)?;
                if !case.is_open() {
                    return Err("the incident is closed already");
                }
                if !note.trim().is_empty() {
                    log(&mut case.incident, now, by, LogItem::Note(cut(note)), events);
                }
                case.close(*outcome, now);
                log(&mut case.incident, now, by, LogItem::Closed(*outcome), events);
            }
            Action::Note { incident, text } => {
                let case = self.case(*incident)?;
                if text.trim().is_empty() {
                    return Err("the note is empty");
                }
                log(&mut case.incident, now, by, LogItem::Note(cut(text)), events);
            }
            Action::CallViolation { incident } => {
                let case = self.case(*incident)?;
                if !case.incident.assessments.iter().any(established_without_permission) {
                    return Err("the incident has no established entry without permission");
                }
                if case.incident.log.iter().any(|entry| entry.what == LogItem::CalledViolation) {
                    return Err("a person has called it so already");
                }
                log(&mut case.incident, now, by, LogItem::CalledViolation, events);
            }
            Action::Identify { .. }
            | Action::FileReport { .. }
            | Action::CorrectReport { .. }
            | Action::WithdrawReport { .. }
            | Action::Claim(_) => return Err("the command is not about an incident"),
        }
        self.changed = true;
        Ok(())
    }

    fn case(&mut self, id: IncidentId) -> Result<&mut super::Case, &'static str> {
        self.cases.get_mut(&id).ok_or("there is no such incident")
    }
}

fn cut(text: &str) -> String {
    let text = text.trim();
    let mut end = text.len().min(MAX_NOTE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}
