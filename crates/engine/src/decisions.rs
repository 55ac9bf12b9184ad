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
    /// When the track was last shown.
    shown: Time,
}
skypicket_model::canon_struct!(Decision { identity, operator, at, shown });

/// All decisions, by track.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decisions {
    identities: BTreeMap<TrackId, Decision>,
}
skypicket_model::canon_struct!(Decisions { identities });

impl Decisions {
    pub(crate) fn identify(&mut self, track: TrackId, identity: StandardIdentity, operator: &str, at: Time) {
        self.identities.retain(|_, decision| at - decision.shown <= KEEP);
        if self.identities.len() >= MAX_DECISIONS
            && let Some(oldest) = self
                .identities
                .iter()
                .min_by_key(|(id, decision)| (decision.shown, decision.at, **id))
                .map(|(id, _)| *id)
        {
            self.identities.remove(&oldest);
        }
        self.identities.insert(track, Decision { identity, operator: operator.to_owned(), at, shown: at });
    }

    /// A track was merged into another: what a person decided about it goes on with that one. Of two decisions the later one stands, as it would
    /// had both been about one track.
    pub(crate) fn merged(&mut self, gone: TrackId, into: TrackId) {
        let Some(mut its) = self.identities.remove(&gone) else { return };
        if let Some(own) = self.identities.get_mut(&into) {
            let shown = own.shown.max(its.shown);
            own.shown = shown;
            its.shown = shown;
            if own.at >= its.at {
                return;
            }
        }
        self.identities.insert(into, its);
    }

    /// What was decided about a track that is shown now.
    pub(crate) fn identity(&mut self, track: TrackId, now: Time) -> Option<StandardIdentity> {
        let decision = self.identities.get_mut(&track)?;
        decision.shown = decision.shown.max(now);
        Some(decision.identity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_goes_on_with_the_track_that_a_merge_keeps() {
        let now = Time::from_s(100);
        let (older, younger, other) = (TrackId(1), TrackId(2), TrackId(3));
        let mut decisions = Decisions::default();
        decisions.identify(younger, StandardIdentity::Hostile, "A", Time::from_s(10));
        decisions.merged(younger, older);
        assert_eq!(decisions.identity(older, now), Some(StandardIdentity::Hostile));
        assert_eq!(decisions.identity(younger, now), None);
        // The later of two stands, whichever track goes on.
        decisions.identify(other, StandardIdentity::Neutral, "B", Time::from_s(5));
        decisions.merged(other, older);
        assert_eq!(decisions.identity(older, now), Some(StandardIdentity::Hostile));
        decisions.identify(other, StandardIdentity::Friend, "B", Time::from_s(50));
        decisions.merged(other, older);
        assert_eq!(decisions.identity(older, now), Some(StandardIdentity::Friend));
        decisions.merged(other, older);
        assert_eq!(
            decisions.identity(older, now),
            Some(StandardIdentity::Friend),
            "nothing was decided about it any more"
        );
    }

    #[test]
    fn a_decision_lasts_while_its_track_is_shown_and_a_day_longer() {
        let (long_shown, lost, new) = (TrackId(1), TrackId(2), TrackId(3));
        let day = |days: i64| Time::from_s(days * 86_400);
        let mut decisions = Decisions::default();
        decisions.identify(long_shown, StandardIdentity::Friend, "A", day(0));
        decisions.identify(lost, StandardIdentity::Neutral, "A", day(0));
        for days in 0..5 {
            assert_eq!(decisions.identity(long_shown, day(days)), Some(StandardIdentity::Friend));
        }
        decisions.identify(new, StandardIdentity::Neutral, "B", day(5));
        assert_eq!(decisions.identity(long_shown, day(5)), Some(StandardIdentity::Friend));
        assert_eq!(decisions.identity(lost, day(5)), None);
    }
}
