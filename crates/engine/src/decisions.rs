//! What people decided about tracks; it outlives the track's loss, restarts and epochs.

use skypicket_model::{Span, StandardIdentity, Time, TrackId};
use std::collections::BTreeMap;

/// How long a decision about a track that is no longer shown is kept.
const KEEP: Span = Span::from_s(24 * 3600);
/// How many decisions are kept; the oldest goes first.
const MAX_DECISIONS: usize = 10_000;

/// One decision.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decision {
    identity: StandardIdentity,
    operator: String,
    at: Time,
}
skypicket_model::canon_struct!(Decision { identity, operator, at });

/// All decisions, by track.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decisions {
    identities: BTreeMap<TrackId, Decision>,
}
skypicket_model::canon_struct!(Decisions { identities });

impl Decisions {
    pub(crate) fn identify(&mut self, track: TrackId, identity: StandardIdentity, operator: &str, at: Time) {
        self.identities.retain(|_, decision| at - decision.at <= KEEP);
        if self.identities.len() >= MAX_DECISIONS
            && let Some(oldest) =
                self.identities.iter().min_by_key(|(id, decision)| (decision.at, **id)).map(|(id, _)| *id)
        {
            self.identities.remove(&oldest);
        }
        self.identities.insert(track, Decision { identity, operator: operator.to_owned(), at });
    }

    pub(crate) fn identity(&self, track: TrackId) -> Option<StandardIdentity> {
        self.identities.get(&track).map(|decision| decision.identity)
    }
}
