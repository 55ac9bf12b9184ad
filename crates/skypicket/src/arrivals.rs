//! Inputs that come from a recording or a simulation instead of the world: in time order, before they have a place in the journal.

use crate::journal::NewRecord;
use skypicket_model::Time;

/// One input and when it was received.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// When; never before the arrival before it.
    pub received: Time,
    /// What.
    pub record: NewRecord,
}

/// Inputs in time order.
pub trait Arrivals: Send {
    /// The next input; `None` at the end.
    fn next_arrival(&mut self) -> Option<Arrival>;

    /// When the first of those still to come was received.
    fn begin(&self) -> Option<Time>;

    /// How far it has come and how far it goes, in bytes or seconds, for a progress bar; a total of 0 means not known.
    fn progress(&self) -> (u64, u64);

    /// What people should know of it before it plays.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// What could not be read so far, for people.
    fn faults(&self) -> Vec<String> {
        Vec::new()
    }
}
