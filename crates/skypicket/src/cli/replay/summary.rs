//! What a journal came to, epoch by epoch as it was recorded.

use super::super::ui::Ui;
use crate::epoch::{self, EpochError};
use crate::journal::Reader;
use crate::replayed::Replayed;
use crate::store::{RestoreError, Store};
use serde_json::{Value, json};
use skypicket_model::Seq;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A journal in figures.
#[derive(Default)]
pub(super) struct Summary {
    /// Of all epochs together; what was counted at the end is that of the last.
    replayed: Replayed,
    /// The epochs that were played.
    pub(super) epochs: Vec<u64>,
    /// Those that were not, and why.
    pub(super) left_out: Vec<(u64, String)>,
}

impl Summary {
    /// As one JSON object.
    pub(super) fn to_json(&self, cpu_s: f64) -> Value {
        let mut all = self.replayed.to_json(cpu_s);
        let left_out = self.left_out.iter().map(|(epoch, why)| json!({"epoch": epoch, "why": why}));
        all["epochs"] = json!(self.epochs);
        all["epochs_left_out"] = left_out.collect();
        all
    }
}

/// Plays all epochs of a journal flat out.
pub(super) fn of_journal(store: &Store, ui: Ui) -> Result<Summary, RestoreError> {
    let mut told = Summary::default();
    let epochs = store.epochs()?;
    let kept = Reader::open(Arc::clone(&store.journal))?;
    let begun = |number: u64| epochs.iter().any(|epoch| epoch.number == number);
    let cut = kept.index().epochs().into_iter().map(|header| header.epoch).filter(|number| !begun(*number));
    told.left_out.extend(cut.map(|number| (number, "its beginning is no longer kept".to_owned())));
    let bar = ui.bytes("playing", kept.index().total_bytes());
    let mut read = 0;
    for (place, epoch) in epochs.iter().enumerate() {
        let until = epochs.get(place + 1).map_or(Seq(u64::MAX), |next| Seq(next.first.0 - 1));
        let begun = epoch::plan_of(&epoch.start, &store.contents)
            .map_err(Into::into)
            .and_then(|plan| store.begin(epoch, &plan));
        let mut core = match begun {
            Ok(beginning) => beginning.core,
            // What another build wrote, this one may not be able to begin.
            Err(RestoreError::Epoch(why @ (EpochError::Config(_) | EpochError::Carried(_)))) => {
                told.left_out.push((epoch.number, why.to_string()));
                continue;
            }
            Err(other) => return Err(other),
        };
        let mut reader = Reader::open(Arc::clone(&store.journal))?.until(until);
        reader.seek_seq(Seq(epoch.first.0 + 1))?;
        while let Some(record) = reader.next_record()? {
            let applied = catch_unwind(AssertUnwindSafe(|| core.apply(&record)));
            applied.map_err(|_| RestoreError::Panics(1, record.seq))?;
            told.replayed.note(&record, &core);
            read += record.payload.len() as u64;
            if record.seq.0.is_multiple_of(256) {
                bar.set_position(read);
            }
        }
        told.replayed.finish(&core);
        told.epochs.push(epoch.number);
    }
    bar.finish_and_clear();
    Ok(told)
}
