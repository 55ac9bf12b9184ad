//! Origin regions from a journal: it is played again, and what was said last of each track is kept.

use crate::epoch::{self, EpochError};
use crate::journal::Reader;
use crate::plan::Plan;
use crate::store::{RestoreError, Store};
use skypicket_model::origin::OriginRegion;
use skypicket_model::{Seq, Time, TrackId};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a journal says of origins.
#[derive(Default)]
pub struct Told {
    /// The last region of each track.
    pub regions: BTreeMap<TrackId, Arc<OriginRegion>>,
    /// Epochs that were left out, and why.
    pub left_out: Vec<(u64, String)>,
}

/// Plays a journal to a moment, or to its end.
///
/// # Errors
/// When the journal cannot be read, or an input that it does not name makes the engine fail.
pub fn told(store: &Store, until: Option<Time>) -> Result<Told, RestoreError> {
    let mut told = Told::default();
    let epochs = store.epochs()?;
    for (place, epoch) in epochs.iter().enumerate() {
        if until.is_some_and(|until| epoch.began > until) {
            break;
        }
        let last = epochs.get(place + 1).map_or(Seq(u64::MAX), |next| Seq(next.first.0 - 1));
        let plan: Plan = epoch::plan_of(&epoch.start, &store.contents)?;
        let mut core = match store.begin(epoch, &plan) {
            Ok(beginning) => beginning.core,
            // What another build wrote, this one may not be able to begin.
            Err(RestoreError::Epoch(why @ (EpochError::Config(_) | EpochError::Carried(_)))) => {
                told.left_out.push((epoch.number, why.to_string()));
                continue;
            }
            Err(other) => return Err(other),
        };
        let mut reader = Reader::open(Arc::clone(&store.journal))?.until(last);
        reader.seek_seq(Seq(epoch.first.0 + 1))?;
        let mut kept = core.engine().assessor().origins();
        while let Some(record) = reader.next_record()? {
            if until.is_some_and(|until| record.received > until) {
                break;
            }
            let applied = catch_unwind(AssertUnwindSafe(|| core.apply(&record)));
            let applied = applied.map_err(|_| RestoreError::Panics(1, record.seq))?;
            if applied.ticked {
                let now = core.engine().assessor().origins();
                if !Arc::ptr_eq(&now, &kept) {
                    told.regions.extend(now.iter().map(|region| (region.track, Arc::clone(region))));
                    kept = now;
                }
            }
        }
    }
    Ok(told)
}
