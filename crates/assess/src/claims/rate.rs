//! The rating of one claim.

use skypicket_model::claim::{ClaimedCause, ClaimedRole, Content, EffectKind, EventKind, Matter};
use skypicket_model::{ClaimRecord, ClaimState, Referent, Span, Time, TrackId};

use super::{Findings, Outlines, conflict, count, ground, origin, when};

/// From this probability on a claim is supported, and at its complement contradicted. Origin: *likely* of the entry states (issue 4 §1).
const SUPPORTED: f64 = 0.9;
/// What a rating names of its evidence at most.
pub(super) const MAX_GROUNDS: usize = 64;
/// Claims named as conflicting at most.
const MAX_CONFLICTS: usize = 16;

/// What the evidence says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is probably so.
    Supported,
    /// It is probably not so.
    Contradicted,
    /// Evidence of this kind could tell, and what there is does not.
    Undecidable,
    /// No evidence here could tell.
    OutsideEvidence,
    /// No evidence tells, and another claim answers the same question differently.
    ConflictsWith,
}

/// What a rating rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// A track and its row of the ledger.
    Row(TrackId),
    /// A report from the ground, by its short number.
    Report(u32),
}

/// Why no evidence here could tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotJudged {
    /// Who holds an office.
    Office,
    /// Whose doing it was: no screen computes it.
    Responsibility,
    /// That it was the first of its kind.
    Precedent,
    /// What it was meant for.
    Purpose,
    /// Whether anybody was hurt: no report tells it.
    Casualties,
    /// Something that is not observed here: a closed airport, a restriction.
    NotObserved,
}

/// Why a rating is as it is, typed; words are found at the edge.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// A count as it stands: 5 %, most likely, 95 %.
    Counted {
        /// Of what.
        referent: Referent,
        /// Code of the airspace; empty for the watched one.
        area: String,
        /// The moment that it is of.
        as_of: Time,
        /// 5 % are below.
        least: u32,
        /// Most likely.
        likely: u32,
        /// 5 % are above.
        most: u32,
        /// What is missed, false and broken is in it; else it is of what is held.
        honest: bool,
    },
    /// More may have come unseen: what is held is a lower bound.
    MoreMayBeUnseen,
    /// Nothing of the kind and time is held.
    NothingHeld,
    /// The first (or last) that is held.
    HeldAt {
        /// The last, not the first.
        last: bool,
        /// When.
        time: Time,
        /// One sigma.
        sigma: Span,
    },
    /// The deepest that is known, metres, and of how many known ends.
    DeepestKnown {
        /// Metres.
        depth_m: f64,
        /// Of how many.
        ends: u32,
        /// The state whose border it is counted from; empty for the nearest.
        from: String,
    },
    /// Objects of whose end nothing is known.
    Unaccounted {
        /// Expected number.
        expected: f64,
        /// Nobody counted: as many are taken to be unseen as are seen.
        assumed: bool,
    },
    /// A report says so.
    Reported {
        /// Its number.
        number: u32,
        /// How sure it is.
        confidence: f64,
    },
    /// What a report says of the cause, apart from what it reports; `None` where it states none.
    CauseApart {
        /// The report's number.
        number: u32,
        /// The cause.
        cause: Option<ClaimedCause>,
        /// How sure that is.
        confidence: f64,
    },
    /// No report tells of it; that is no evidence that it did not happen.
    NoReport,
    /// It was crossed so near to the place, metres.
    CrossedNear {
        /// Metres.
        distance_m: f64,
    },
    /// No origin was worked out.
    NoOrigin,
    /// Of so many groups the origin cannot be told, or was not worked out.
    OriginUnclear {
        /// Groups.
        groups: u32,
    },
    /// The outline of that state or area is not at hand.
    NoOutline,
    /// No evidence here could tell.
    NotJudged(NotJudged),
}

/// What a part of a rating is of.
#[derive(Clone, Debug, PartialEq)]
pub enum PartOf {
    /// A candidate of a moment, by its zone.
    Candidate {
        /// Its beginning.
        from: Time,
        /// Its end.
        until: Time,
        /// The zone.
        zone: String,
    },
    /// A group, by its name.
    Group(String),
}

/// One part: a candidate, a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Of what.
    pub of: PartOf,
    /// What the evidence says of it.
    pub verdict: Verdict,
    /// Probability that the claim is true of it.
    pub probability: Option<f64>,
}

/// What the evidence of a moment says of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Rating {
    /// The moment that it is of.
    pub as_of: Time,
    /// In one word.
    pub verdict: Verdict,
    /// Probability that the claim is true; `None` where evidence gives none.
    pub probability: Option<f64>,
    /// Short numbers of claims that answer the same question differently.
    pub conflicts: Vec<u32>,
    /// What it rests on, at most 64.
    pub grounds: Vec<Ground>,
    /// Why.
    pub reasons: Vec<Why>,
    /// Candidates or groups, each by itself.
    pub parts: Vec<Part>,
}

/// What the evidence alone says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weighed {
    pub(super) verdict: Verdict,
    pub(super) probability: Option<f64>,
    pub(super) grounds: Vec<Ground>,
    pub(super) reasons: Vec<Why>,
    pub(super) parts: Vec<Part>,
}

impl Weighed {
    /// By the thresholds; `None` is undecidable.
    pub(super) fn of(probability: Option<f64>) -> Self {
        let probability = probability.map(|p| p.clamp(0.0, 1.0));
        Self { verdict: verdict(probability), probability, grounds: Vec::new(), reasons: Vec::new(), parts: Vec::new() }
    }

    fn outside(why: NotJudged) -> Self {
        Self { verdict: Verdict::OutsideEvidence, reasons: vec![Why::NotJudged(why)], ..Self::of(None) }
    }

    pub(super) fn because(mut self, reasons: impl IntoIterator<Item = Why>) -> Self {
        self.reasons.extend(reasons);
        self
    }

    pub(super) fn resting_on(mut self, grounds: impl IntoIterator<Item = Ground>) -> Self {
        self.grounds.extend(grounds);
        self.grounds.sort_unstable();
        self.grounds.dedup();
        self.grounds.truncate(MAX_GROUNDS);
        self
    }
}

pub(super) fn verdict(probability: Option<f64>) -> Verdict {
    match probability {
        Some(p) if p >= SUPPORTED => Verdict::Supported,
        Some(p) if p <= 1.0 - SUPPORTED => Verdict::Contradicted,
        _ => Verdict::Undecidable,
    }
}

/// Rates a claim on what is found at a moment, beside those of `claims` that count and were said by then or as late as itself. A claim that does not count has no rating.
#[must_use]
pub fn rate(record: &ClaimRecord, claims: &[ClaimRecord], findings: &Findings, outlines: &Outlines) -> Option<Rating> {
    if record.state() != ClaimState::Confirmed {
        return None;
    }
    let window = record.claim.speaks_of();
    let mut weighed = match record.content() {
        Content::Count { referent, least, most, area, across } => {
            let asked = count::Asked { referent: *referent, least: *least, most: *most, area, across, window };
            count::weigh(&asked, findings, outlines)
        }
        Content::Time { event: EventKind::Named, .. } => Weighed::outside(NotJudged::NotObserved),
        Content::Time { event, moments, .. } => when::weigh(*event, moments, window, findings),
        Content::Place { event, place } => ground::place(*event, place, window, findings),
        Content::Depth { least_m, most_m, from } => ground::depth(*least_m, *most_m, from, window, findings, outlines),
        Content::Origin { area } => origin::weigh(area, window, findings, outlines),
        Content::Cause { of, place, cause } => ground::cause(*of, place.as_ref(), *cause, window, findings),
        Content::Actor { role, .. } => Weighed::outside(match role {
            ClaimedRole::HeadOfState | ClaimedRole::HeadOfGovernment => NotJudged::Office,
            ClaimedRole::Operator | ClaimedRole::BroughtDownBy => NotJudged::Responsibility,
        }),
        Content::Effect { effect: EffectKind::Casualties, .. } => Weighed::outside(NotJudged::Casualties),
        Content::Effect { effect: EffectKind::Damage, happened, place, area } => {
            ground::damage(*happened, place.as_ref(), area, window, findings, outlines)
        }
        Content::Matter(Matter::Precedent) => Weighed::outside(NotJudged::Precedent),
        Content::Matter(Matter::Purpose) => Weighed::outside(NotJudged::Purpose),
    };
    // Of a night that was recorded and is over, claims are made after the recording's end.
    let by = findings.as_of.max(record.claim.said_until());
    let mut conflicts: Vec<u32> = claims
        .iter()
        .filter(|other| other.id != record.id && other.state() == ClaimState::Confirmed)
        .filter(|other| other.claim.said_from() <= by && conflict::between(record, other))
        .map(|other| other.number)
        .collect();
    conflicts.sort_unstable();
    conflicts.truncate(MAX_CONFLICTS);
    let open = matches!(weighed.verdict, Verdict::Undecidable | Verdict::OutsideEvidence);
    if open && !conflicts.is_empty() {
        weighed.verdict = Verdict::ConflictsWith;
    }
    let Weighed { verdict, probability, grounds, reasons, parts } = weighed;
    Some(Rating { as_of: findings.as_of, verdict, probability, conflicts, grounds, reasons, parts })
}
