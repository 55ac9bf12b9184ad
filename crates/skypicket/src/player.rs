//! Plays arrivals into a system at a pace: paused, N times real time, or flat out.

use crate::arrivals::{Arrival, Arrivals};
use crate::journal::AppendError;
use crate::journal::record::MAX_INPUT_BYTES;
use crate::system::Inbox;
use skypicket_model::{Span, Time};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longest nap, so that a change of speed is felt at once.
const NAP: Duration = Duration::from_millis(20);

/// How fast a recording runs; changed while it does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Times real time; `None` flat out.
    pub speed: Option<f64>,
    /// Stands still.
    pub paused: bool,
}

/// The pace of a player, shared with whoever may change it.
#[derive(Clone, Debug)]
pub struct Playback {
    pace: Arc<Mutex<Pace>>,
    finished: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    faults: Arc<Mutex<Vec<String>>>,
}

impl Playback {
    /// Starts at a pace.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self {
            pace: Arc::new(Mutex::new(pace)),
            finished: Arc::default(),
            stop: Arc::default(),
            faults: Arc::default(),
        }
    }
    /// The pace now.
    #[must_use]
    pub fn pace(&self) -> Pace {
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Changes the pace.
    pub fn set(&self, pace: Pace) {
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner) = pace;
    }
    /// Whether the recording has come to its end.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.finished.load(Ordering::Relaxed)
    }
    /// What of the recording could not be played, for people; known once the player has ended.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// Asks the player to stop.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
    fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Which moment of the recording belongs to which moment of the wall clock; set anew when the pace changes.
struct Anchor {
    wall: Instant,
    at: Time,
    pace: Pace,
}

/// Plays everything, leaving out the first `skip` arrivals (those that the journal already holds). Returns how many were played; what
/// could not be is in [`Playback::faults`].
pub fn play(arrivals: Box<dyn Arrivals>, inbox: &Inbox, playback: &Playback, skip: u64) -> u64 {
    let (played, last, end) = play_and_tell(arrivals, inbox, playback, skip);
    // Counted from the last arrival, so that a recording that had ended before gets no further tick.
    if let (End::Whole, Some(last)) = (end, last) {
        inbox.tick(last + Span::from_s(1));
    }
    playback.finished.store(end != End::Stopped, Ordering::Relaxed);
    played
}

/// Plays arrivals after which others come, in another system: no tick ends them. Whether all were played.
pub fn play_part(arrivals: Box<dyn Arrivals>, inbox: &Inbox, playback: &Playback) -> bool {
    let (_, _, end) = play_and_tell(arrivals, inbox, playback, 0);
    end == End::Whole
}

/// Plays, and leaves what could not be with the playback: how many were played, when the last came, and how it ended.
fn play_and_tell(
    mut arrivals: Box<dyn Arrivals>,
    inbox: &Inbox,
    playback: &Playback,
    skip: u64,
) -> (u64, Option<Time>, End) {
    let mut refused = 0_u64;
    let (played, last, end) = play_all(arrivals.as_mut(), inbox, playback, skip, &mut refused);
    let mut faults = arrivals.faults();
    if refused > 0 {
        let most = MAX_INPUT_BYTES >> 20;
        faults.push(format!("{refused} packets of more than {most} MiB were left out: no record holds them"));
    }
    if let End::Refused(error) = end {
        faults.push(format!("the recording was not played to its end: {error}"));
    }
    playback.faults.lock().unwrap_or_else(PoisonError::into_inner).extend(faults);
    (played, last, end)
}

/// How playing ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// With the recording.
    Whole,
    /// On request.
    Stopped,
    /// Nothing more was taken.
    Refused(AppendError),
}

fn play_all(
    arrivals: &mut dyn Arrivals,
    inbox: &Inbox,
    playback: &Playback,
    skip: u64,
    refused: &mut u64,
) -> (u64, Option<Time>, End) {
    let mut played = 0;
    let mut anchor: Option<Anchor> = None;
    let mut seen = 0;
    let mut last = None;
    while let Some(arrival) = arrivals.next_arrival() {
        // Not counted among the seen ones: the journal cannot hold it.
        if arrival.record.payload_len() > MAX_INPUT_BYTES {
            *refused += 1;
            continue;
        }
        seen += 1;
        last = Some(arrival.received);
        if seen <= skip {
            continue;
        }
        if !wait_for(&arrival, inbox, playback, &mut anchor) {
            return (played, last, End::Stopped);
        }
        if let Err(error) = inbox.take_at(arrival.received, arrival.record) {
            return (played, last, End::Refused(error));
        }
        played += 1;
    }
    (played, last, End::Whole)
}

/// Sleeps until the arrival is due, ticking on the way; false when the player was asked to stop.
fn wait_for(arrival: &Arrival, inbox: &Inbox, playback: &Playback, anchor: &mut Option<Anchor>) -> bool {
    loop {
        if playback.stopping() {
            return false;
        }
        let pace = playback.pace();
        let fresh = anchor.as_ref().is_none_or(|anchor| anchor.pace != pace);
        if fresh {
            let at = anchor.as_ref().map_or(arrival.received, Anchor::now).min(arrival.received);
            *anchor = Some(Anchor { wall: Instant::now(), at, pace });
        }
        let Some(anchor) = anchor.as_ref() else { return true };
        if !pace.paused && pace.speed.is_none() {
            return true;
        }
        let now = anchor.now();
        if !pace.paused && now >= arrival.received {
            return true;
        }
        if !pace.paused {
            // Seconds without input still pass. A tick is for what was received before it, which now has all come.
            inbox.tick(now.min(arrival.received));
        }
        std::thread::sleep(NAP);
    }
}

impl Anchor {
    fn now(&self) -> Time {
        match self.pace {
            Pace { paused: true, .. } => self.at,
            Pace { speed: None, .. } => self.at,
            Pace { speed: Some(speed), .. } => {
                let elapsed = self.wall.elapsed().as_secs_f64() * speed.clamp(0.01, 10_000.0);
                self.at + Span::from_s_f64(elapsed).unwrap_or(Span::ZERO)
            }
        }
    }
}
