//! A journal's inputs as arrivals, to be played with the map: all its epochs, in stretches that one site file holds for.
//!
//! Within a stretch the epochs go on one into the other, as they did: who plays it begins epochs of its own at midnight. Where the site file
//! changed, the next stretch begins in the same folder, and takes over what an epoch takes over. Where an epoch cannot be played, the one after it
//! begins with what it took over then ([`Stretch::taken_over`]).

use crate::arrivals::{Arrival, Arrivals};
use crate::epoch;
use crate::journal::{Kind, NewRecord, Reader};
use crate::plan::Plan;
use crate::store::{Epoch, RestoreError, Store};
use skypicket_model::{Seq, Time};
use std::sync::Arc;

/// Epochs in a row with one site file.
pub struct Stretch {
    /// What holds for it.
    pub plan: Plan,
    /// Its first and its last epoch.
    pub epochs: (u64, u64),
    /// When it begins.
    pub began: Time,
    /// It does not go on where the one before it ended: an epoch between them is left out, or there is none before it.
    pub anew: bool,
    /// What its first epoch took over, where it begins anew: tracks, incidents, reports and what else people said.
    pub taken_over: Vec<u8>,
    after: Seq,
    until: Seq,
}

/// All that can be played of a journal.
#[derive(Default)]
pub struct Stretches {
    /// Oldest first.
    pub stretches: Vec<Stretch>,
    /// Epochs that are not played, and why; and of which not all is.
    pub left_out: Vec<(u64, String)>,
}

/// Finds the stretches of a journal.
///
/// # Errors
/// When the journal cannot be read.
pub fn stretches(store: &Store) -> Result<Stretches, RestoreError> {
    let epochs = store.epochs()?;
    let mut found = Stretches::default();
    let kept = Reader::open(Arc::clone(&store.journal))?;
    let begun = |number: u64| epochs.iter().any(|epoch| epoch.number == number);
    let cut = kept.index().epochs().into_iter().map(|header| header.epoch).filter(|number| !begun(*number));
    found.left_out.extend(cut.map(|number| (number, "its beginning is no longer kept".to_owned())));
    let mut former: Option<&Epoch> = None;
    for (place, epoch) in epochs.iter().enumerate() {
        let until = epochs.get(place + 1).map_or(Seq(u64::MAX), |next| Seq(next.first.0 - 1));
        let goes_on = former.filter(|former| former.number + 1 == epoch.number);
        let same = |former: &Epoch| {
            former.start.differs(&former.start.build, &epoch.start.config, &epoch.start.files).is_none()
        };
        if goes_on.is_some_and(same)
            && let Some(stretch) = found.stretches.last_mut()
        {
            (stretch.epochs.1, stretch.until, former) = (epoch.number, until, Some(epoch));
            continue;
        }
        let plan = match epoch::plan_of(&epoch.start, &store.contents) {
            Ok(plan) => plan,
            // What another build wrote, this one may not understand.
            Err(why) => {
                found.left_out.push((epoch.number, why.to_string()));
                former = None;
                continue;
            }
        };
        let (anew, readable) = (goes_on.is_none(), epoch::is_readable(&epoch.start.carried));
        if anew && !readable {
            let why = "what it took over from before cannot be read by this build; it is played without".to_owned();
            found.left_out.push((epoch.number, why));
        }
        let taken_over = if anew && readable { epoch.start.carried.clone() } else { Vec::new() };
        let (began, epochs) = (epoch.began, (epoch.number, epoch.number));
        found.stretches.push(Stretch { plan, epochs, began, anew, taken_over, after: epoch.first, until });
        former = Some(epoch);
    }
    Ok(found)
}

impl Stretch {
    /// Its inputs.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn arrivals(&self, store: &Store) -> Result<JournalArrivals, RestoreError> {
        let mut reader = Reader::open(Arc::clone(&store.journal))?.until(self.until);
        reader.seek_seq(Seq(self.after.0 + 1))?;
        let total = reader.index().total_bytes();
        Ok(JournalArrivals { reader, began: self.began, read: 0, total, faults: Vec::new() })
    }
}

/// A journal's inputs: bytes, connections, pauses and what people did; its ticks are made again by whoever plays it.
pub struct JournalArrivals {
    reader: Reader,
    began: Time,
    read: u64,
    total: u64,
    faults: Vec<String>,
}

impl Arrivals for JournalArrivals {
    fn next_arrival(&mut self) -> Option<Arrival> {
        loop {
            match self.reader.next_record() {
                Ok(None) => return None,
                Ok(Some(record)) => {
                    self.read += record.payload.len() as u64;
                    if matches!(
                        record.kind,
                        Kind::Bytes | Kind::ConnectionOpened | Kind::ConnectionClosed | Kind::Command | Kind::Resumed
                    ) {
                        return Some(Arrival { received: record.received, record: NewRecord::copy_of(&record) });
                    }
                }
                Err(error) => {
                    self.faults.push(error.to_string());
                    if !self.reader.skip_damage() {
                        return None;
                    }
                }
            }
        }
    }

    fn begin(&self) -> Option<Time> {
        Some(self.began)
    }

    fn progress(&self) -> (u64, u64) {
        (self.read.min(self.total), self.total)
    }

    fn faults(&self) -> Vec<String> {
        self.faults.clone()
    }
}
