//! What became of commands: the engine's word on each, kept for a while for whoever asked.

use skypicket_engine::Event;
use skypicket_model::incident::LogEntry;
use skypicket_model::{ClaimEvent, GroundReportEvent, GroundReportId, IncidentEvent, Seq};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many answers are kept; the oldest go. People give commands, so that this is minutes.
const MAX_KEPT: usize = 1024;

/// What became of a command that the engine has taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It is carried out; the lines that it wrote into an incident's log.
    Done(Vec<LogEntry>),
    /// A report is filed, corrected or withdrawn: its name and short number.
    Reported(GroundReportId, u32),
    /// A public statement is entered, or something happened to one: its short number.
    Claimed(u32),
    /// It is refused; why, as a short phrase.
    Refused(String),
}

impl Answer {
    /// From what the engine said when it took the command.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let mut log = Vec::new();
        for event in events {
            match event {
                Event::Incident(IncidentEvent::Refused { why, .. }) => return Self::Refused(why.clone()),
                Event::Incident(IncidentEvent::Logged(_, entry)) => log.push(entry.clone()),
                Event::GroundReport(GroundReportEvent::Revised { id, number, .. }) => {
                    return Self::Reported(*id, *number);
                }
                Event::Claim(ClaimEvent::Entered(record)) => return Self::Claimed(record.number),
                Event::Claim(ClaimEvent::Changed { number, .. }) => return Self::Claimed(*number),
                _ => {}
            }
        }
        Self::Done(log)
    }
}

/// The answers of the last commands, by their place in the journal; shared by the engine's thread and whoever waits.
#[derive(Clone, Debug, Default)]
pub struct Answers(Arc<(Mutex<BTreeMap<Seq, Answer>>, Condvar)>);

impl Answers {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Seq, Answer>> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what became of a command.
    pub(super) fn note(&self, command: Seq, answer: Answer) {
        let mut kept = self.lock();
        kept.insert(command, answer);
        if kept.len() > MAX_KEPT {
            kept.pop_first();
        }
        drop(kept);
        self.0.1.notify_all();
    }

    /// Waits until the engine has taken a command; `None` when it has not within that time.
    #[must_use]
    pub fn wait(&self, command: Seq, at_most: Duration) -> Option<Answer> {
        let waited = self.0.1.wait_timeout_while(self.lock(), at_most, |kept| !kept.contains_key(&command));
        let (kept, _) = waited.unwrap_or_else(PoisonError::into_inner);
        kept.get(&command).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_of_a_command_is_told_to_who_waits_and_kept_for_a_while() {
        let answers = Answers::default();
        assert_eq!(answers.wait(Seq(1), Duration::ZERO), None);
        let teller = answers.clone();
        let thread = std::thread::spawn(move || teller.note(Seq(1), Answer::Refused("no".to_owned())));
        assert_eq!(answers.wait(Seq(1), Duration::from_secs(60)), Some(Answer::Refused("no".to_owned())));
        thread.join().expect("it told");
        for seq in 2..2 + MAX_KEPT as u64 {
            answers.note(Seq(seq), Answer::Done(Vec::new()));
        }
        assert_eq!(answers.wait(Seq(1), Duration::ZERO), None, "the oldest goes");
        assert_eq!(answers.lock().len(), MAX_KEPT);
    }
}
