//! A running system: journal, engine thread, and what readers may see. Inputs come in through [`System::inbox`], whoever sends them:
//! transports, a player of recordings, operators.

mod answers;
mod delays;
mod engine_thread;
mod inbox;
mod open;
mod questions;
#[cfg(test)]
mod tests;

pub use answers::{Answer, Answers};
pub use delays::{BOUNDS_S, Delays, Measured};
pub use inbox::{CommandError, Inbox};
pub use open::{Mode, StartError};
pub use questions::{Questions, Unanswered};

use crate::archive::Archive;
use crate::core::FeedCounts;
use crate::journal::JournalEvent;
use crate::plan::Plan;
use crate::replayed::Summary;
use skypicket_engine::{Digest, Picture};
use skypicket_model::ConnectionId;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::watch;

/// What readers see, made anew at each tick and never changed.
#[derive(Clone)]
pub struct View {
    /// The engine's picture.
    pub picture: Arc<Picture>,
    /// What has come in, by feed.
    pub counts: Arc<Vec<FeedCounts>>,
    /// The digest after the picture.
    pub digest: Digest,
    /// The plan in force.
    pub plan: Arc<Plan>,
}

/// How many journal alarms are kept for people.
const MAX_ALARMS: usize = 64;

/// Alarms of the journal that are still on, newest last.
#[derive(Clone, Debug, Default)]
pub struct Alarms(Arc<Mutex<VecDeque<String>>>);

impl Alarms {
    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In words.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        self.lock().iter().cloned().collect()
    }

    fn add(&self, text: String) {
        let mut alarms = self.lock();
        if alarms.len() == MAX_ALARMS {
            alarms.pop_front();
        }
        alarms.push_back(text);
    }

    /// Takes note of what the journal tells.
    pub fn note(&self, event: &JournalEvent) {
        match event {
            JournalEvent::WriteFailed { retry_in, error, .. } => {
                self.add(format!("recording fails: {error}; trying again in {:.0} s", retry_in.as_secs_f64()));
            }
            JournalEvent::Restored { lost_records, .. } => {
                self.lock().retain(|alarm| !alarm.starts_with("recording fails"));
                if *lost_records > 0 {
                    self.add(format!("recording goes on; {lost_records} inputs were not recorded"));
                }
            }
            JournalEvent::Lost { records, .. } => {
                self.add(format!("{records} inputs were not recorded: the disk refused them"));
            }
            JournalEvent::BeyondLimits(_) => {
                self.add("the recording is beyond its size limit and nothing more may be removed".into());
            }
            JournalEvent::RemovalFailed { error } => self.add(format!("old recordings could not be removed: {error}")),
            JournalEvent::Stopped => {
                self.add("recording has stopped by a defect: nothing is taken any more; restart the program".into());
            }
            JournalEvent::Removed(_) | JournalEvent::ClockSteppedBack { .. } => {}
        }
    }
}

/// A running system.
pub struct System {
    inbox: Arc<Inbox>,
    views: watch::Receiver<Arc<View>>,
    alarms: Alarms,
    answers: Answers,
    delays: Delays,
    questions: Questions,
    summary: Summary,
    archive: Arc<Archive>,
    mode: Mode,
    thread: Option<JoinHandle<()>>,
    /// Keeps what was counted each day.
    history: Option<JoinHandle<()>>,
    /// Arrivals that the journal already held when it was opened: a player skips them.
    arrivals_held: u64,
    last_connection: ConnectionId,
    notes: Vec<String>,
}

impl System {
    /// Where inputs go in.
    #[must_use]
    pub fn inbox(&self) -> Arc<Inbox> {
        Arc::clone(&self.inbox)
    }
    /// What readers see; the newest view, and word of each new one.
    #[must_use]
    pub fn views(&self) -> watch::Receiver<Arc<View>> {
        self.views.clone()
    }
    /// Alarms of the journal.
    #[must_use]
    pub fn alarms(&self) -> Alarms {
        self.alarms.clone()
    }
    /// What this run came to, to be read once the system is closed.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.summary.clone()
    }
    /// The engine's answers to commands.
    #[must_use]
    pub fn answers(&self) -> Answers {
        self.answers.clone()
    }
    /// How long alerts took.
    #[must_use]
    pub fn delays(&self) -> Delays {
        self.delays.clone()
    }
    /// Questions to the engine's thread.
    #[must_use]
    pub fn questions(&self) -> Questions {
        self.questions.clone()
    }
    /// Moments older than what memory keeps.
    #[must_use]
    pub fn archive(&self) -> Arc<Archive> {
        Arc::clone(&self.archive)
    }
    /// Live, replay or demonstration.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }
    /// How many arrivals of a recording or simulation the journal already held.
    #[must_use]
    pub const fn arrivals_held(&self) -> u64 {
        self.arrivals_held
    }
    /// The highest number of a connection that was open when the journal was opened; new ones are numbered from there.
    #[must_use]
    pub const fn last_connection(&self) -> ConnectionId {
        self.last_connection
    }
    /// What happened at the start that people should know: recovery, a new epoch.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
    /// Ends the journal and the engine thread; what was accepted is written. Returns how many inputs were lost.
    pub fn close(mut self) -> u64 {
        let lost = self.inbox.close();
        for thread in [self.thread.take(), self.history.take()].into_iter().flatten() {
            let _ = thread.join();
        }
        lost
    }
}
