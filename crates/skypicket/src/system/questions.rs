//! What readers ask the engine's thread about one track: too much to be published at each tick, and seldom wanted.

use crossbeam_channel::{Receiver, Sender, bounded};
use skypicket_model::TrackId;
use skypicket_track::Recording;
use std::time::Duration;

/// How many questions may wait; with more the asker is told to ask again.
const MAX_WAITING: usize = 16;

/// A question and where its answer goes.
pub(super) struct Question {
    track: TrackId,
    answer: Sender<Option<Recording>>,
}

impl Question {
    /// Which track.
    pub(super) const fn track(&self) -> TrackId {
        self.track
    }

    /// Answers; whoever has stopped waiting is no fault.
    pub(super) fn answer(self, recording: Option<Recording>) {
        let _ = self.answer.try_send(recording);
    }
}

/// The way to the engine's thread.
#[derive(Clone)]
pub struct Questions(Sender<Question>);

/// The engine has not answered in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the engine is behind and has not answered yet; ask again")]
pub struct Unanswered;

impl Questions {
    pub(super) fn new() -> (Self, Receiver<Question>) {
        let (ask, asked) = bounded(MAX_WAITING);
        (Self(ask), asked)
    }

    /// What is kept of a track for its trajectory, between two inputs; asking changes nothing.
    ///
    /// # Errors
    /// When the answer does not come in time.
    pub fn recording(&self, track: TrackId, at_most: Duration) -> Result<Option<Recording>, Unanswered> {
        let (answer, answered) = bounded(1);
        self.0.try_send(Question { track, answer }).map_err(|_| Unanswered)?;
        answered.recv_timeout(at_most).map_err(|_| Unanswered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_answered_is_told_so_and_nothing_piles_up() {
        let (questions, asked) = Questions::new();
        for _ in 0..MAX_WAITING + 2 {
            assert_eq!(questions.recording(TrackId(1), Duration::ZERO).err(), Some(Unanswered));
        }
        assert_eq!(asked.len(), MAX_WAITING);
        asked.try_iter().for_each(|question| question.answer(None));
        let teller = std::thread::spawn(move || {
            let question = asked.recv().expect("asked");
            assert_eq!(question.track(), TrackId(2));
            question.answer(None);
        });
        assert!(matches!(questions.recording(TrackId(2), Duration::from_secs(60)), Ok(None)));
        teller.join().expect("it answered");
    }
}
