//! What people entered of public statements. A person's word like a decision about a track: it outlives restarts, epochs and builds.

use skypicket_model::claim::{ClaimChange, ClaimStep, MAX_NOTE, MAX_STEPS};
use skypicket_model::{Claim, ClaimAction, ClaimEvent, ClaimId, ClaimRecord, ClaimState, Command, Time};
use std::sync::Arc;

/// How many are kept; those withdrawn go first, then proposals that wait, then the one of which nothing was heard for longest.
pub const MAX_CLAIMS: usize = 1_000;

/// All claims, in the order of entering.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    records: Arc<Vec<ClaimRecord>>,
    /// How many were ever entered here.
    entered: u32,
}
skypicket_model::canon_struct!(Claims { records, entered });

impl Claims {
    /// All claims, in the order of entering. The same `Arc` while none changes.
    #[must_use]
    pub fn shown(&self) -> Arc<Vec<ClaimRecord>> {
        Arc::clone(&self.records)
    }

    /// Carries out a command about claims, or tells why not.
    ///
    /// # Errors
    /// Why it is refused, as a short phrase.
    pub fn command(
        &mut self,
        command: &Command,
        action: &ClaimAction,
        now: Time,
        events: &mut Vec<ClaimEvent>,
    ) -> Result<(), &'static str> {
        let by = command.operator.trim();
        if by.is_empty() {
            return Err("the operator has no name");
        }
        match action {
            ClaimAction::Enter { claim, confirmed } => self.enter(claim, *confirmed, by, now, events),
            ClaimAction::Confirm { id, content } => {
                if content.as_ref().is_some_and(|content| content.fault().is_some()) {
                    return Err("its typed content is out of range: a count, candidate, place, code or name");
                }
                let record = self.find(*id)?;
                let right = content.as_ref().is_none_or(|content| **content == *record.content());
                if right && record.state() == ClaimState::Confirmed {
                    return Err("the claim is confirmed as it is already");
                }
                let content = content.as_ref().filter(|_| !right);
                let what = content.map_or(ClaimChange::Confirmed, |content| ClaimChange::SetRight(content.clone()));
                self.step(*id, &ClaimStep { time: now, by: by.to_owned(), what }, events)
            }
            ClaimAction::Withdraw { id, reason } => {
                let reason = note(reason)?;
                if self.find(*id)?.state() == ClaimState::Withdrawn {
                    return Err("the claim is withdrawn already");
                }
                self.step(
                    *id,
                    &ClaimStep { time: now, by: by.to_owned(), what: ClaimChange::Withdrawn { reason } },
                    events,
                )
            }
            ClaimAction::SourceEdited { id, seen, text_sha256, note: text } => {
                let what = ClaimChange::SourceEdited { seen: *seen, text_sha256: *text_sha256, note: note(text)? };
                self.step(*id, &ClaimStep { time: now, by: by.to_owned(), what }, events)
            }
        }
    }

    fn find(&self, id: ClaimId) -> Result<&ClaimRecord, &'static str> {
        self.records.iter().find(|record| record.id == id).ok_or("there is no such claim")
    }

    fn enter(
        &mut self,
        claim: &Claim,
        confirmed: bool,
        by: &str,
        now: Time,
        events: &mut Vec<ClaimEvent>,
    ) -> Result<(), &'static str> {
        if let Some(fault) = claim.fault() {
            return Err(fault);
        }
        let id = claim.id();
        if self.records.iter().any(|record| record.id == id) {
            return Err("the very same claim is entered already");
        }
        let what = if confirmed { ClaimChange::Confirmed } else { ClaimChange::Proposed };
        let history = vec![ClaimStep { time: now, by: by.to_owned(), what }];
        self.entered = self.entered.saturating_add(1);
        let record = ClaimRecord { id, number: self.entered, claim: claim.clone(), history };
        events.push(ClaimEvent::Entered(Box::new(record.clone())));
        Arc::make_mut(&mut self.records).push(record);
        self.make_room(events);
        Ok(())
    }

    fn step(&mut self, id: ClaimId, step: &ClaimStep, events: &mut Vec<ClaimEvent>) -> Result<(), &'static str> {
        if self.find(id)?.history.len() >= MAX_STEPS {
            return Err("too much was said of the claim: enter it anew");
        }
        for record in Arc::make_mut(&mut self.records).iter_mut().filter(|record| record.id == id) {
            events.push(ClaimEvent::Changed { id, number: record.number, step: step.clone() });
            record.history.push(step.clone());
        }
        Ok(())
    }

    fn make_room(&mut self, events: &mut Vec<ClaimEvent>) {
        let records = Arc::make_mut(&mut self.records);
        while records.len() > MAX_CLAIMS {
            let order = |record: &ClaimRecord| {
                let rank = match record.state() {
                    ClaimState::Withdrawn => 0,
                    ClaimState::Proposed => 1,
                    ClaimState::Confirmed => 2,
                };
                (rank, record.updated(), record.number)
            };
            let Some(at) = (0..records.len()).min_by_key(|at| records.get(*at).map(order)) else { break };
            let dropped = records.remove(at);
            events.push(ClaimEvent::Dropped { id: dropped.id, number: dropped.number });
        }
    }
}

fn note(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_NOTE {
        return Err("it needs a note of at most 2000 bytes");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::claim::{Content, Matter, Moment, Source};
    use skypicket_model::{Action, Canon};

    fn claim(text: &str) -> Claim {
        Claim {
            who: "a minister".to_owned(),
            said: vec![Moment { from: Time::from_s(5), until: Time::from_s(9), zone: String::new() }],
            source: Source::default(),
            quotation: text.to_owned(),
            quotation_at: 0,
            words: Vec::new(),
            rule: String::new(),
            about: None,
            content: Content::Matter(Matter::Precedent),
        }
    }

    fn act(claims: &mut Claims, s: i64, action: &ClaimAction) -> Result<usize, &'static str> {
        let command = Command { operator: "A. Nowak".to_owned(), action: Action::Claim(action.clone()) };
        let mut events = Vec::new();
        claims.command(&command, action, Time::from_s(s), &mut events).map(|()| events.len())
    }

    fn enter(text: &str) -> ClaimAction {
        ClaimAction::Enter { claim: Box::new(claim(text)), confirmed: false }
    }

    #[test]
    fn a_claim_is_proposed_confirmed_set_right_and_withdrawn() {
        let mut claims = Claims::default();
        assert_eq!(act(&mut claims, 10, &enter("the first of its kind")), Ok(1));
        assert!(act(&mut claims, 11, &enter("the first of its kind")).is_err(), "twice");
        assert!(act(&mut claims, 11, &enter("")).is_err(), "nothing");
        let id = claims.records[0].id;
        let confirm = |content| ClaimAction::Confirm { id, content };
        assert_eq!(claims.records[0].state(), ClaimState::Proposed);
        assert_eq!(act(&mut claims, 12, &confirm(None)), Ok(1));
        assert!(act(&mut claims, 13, &confirm(None)).is_err(), "twice");
        let right = Content::Matter(Matter::Purpose);
        assert_eq!(act(&mut claims, 14, &confirm(Some(Box::new(right.clone())))), Ok(1));
        assert_eq!((claims.records[0].content(), claims.records[0].state()), (&right, ClaimState::Confirmed));
        assert_eq!(claims.records[0].claim, claim("the first of its kind"), "as it was entered");
        let withdraw = |reason: &str| ClaimAction::Withdraw { id, reason: reason.to_owned() };
        assert!(act(&mut claims, 15, &withdraw(" ")).is_err(), "why?");
        assert_eq!(act(&mut claims, 15, &withdraw("never printed")), Ok(1));
        assert!(act(&mut claims, 16, &withdraw("again")).is_err());
        assert_eq!(Claims::from_canon(&claims.to_canon()), Ok(claims));
    }

    #[test]
    fn claims_are_bounded_and_what_goes_is_told() {
        let mut claims = Claims::default();
        for n in 0..MAX_CLAIMS {
            assert_eq!(act(&mut claims, 10, &enter(&format!("claim {n}"))), Ok(1));
        }
        let id = claims.records[7].id;
        assert_eq!(act(&mut claims, 11, &ClaimAction::Withdraw { id, reason: "x".to_owned() }), Ok(1));
        assert_eq!(act(&mut claims, 12, &enter("one more")), Ok(2), "it and what went");
        assert!(claims.records.iter().all(|record| record.id != id));
        assert_eq!(claims.records.len(), MAX_CLAIMS);
    }
}
