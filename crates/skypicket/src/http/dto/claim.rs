//! Public statements and their ratings.

use crate::words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use skypicket_assess::claims::{Ground, Rating};
use skypicket_model::ClaimRecord;
use skypicket_model::claim::{ClaimChange, ClaimStep};
use skypicket_wire::claims::{ClaimJson, ContentJson, MomentsJson};

/// Claims at a time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PublicClaims {
    /// Picture time.
    pub time: String,
    /// How many there are in all.
    pub total: usize,
    /// Newest first.
    pub claims: Vec<PublicClaimDto>,
}

/// A public statement with one typed content. `claim.quotation` is what was printed, in the speaker's words; all else is the machine's or a named person's.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PublicClaimDto {
    /// Its name.
    pub id: String,
    /// Short, speakable: *conflicts with claim 7*.
    pub number: u32,
    /// `proposed` (waits for a person), `confirmed` (counts) or `withdrawn`.
    pub state: &'static str,
    /// As it was entered.
    pub claim: ClaimJson,
    /// What is stated, as a person last set it right.
    pub content: ContentJson,
    /// The same in words.
    pub text: String,
    /// The last moment at which it can have been said: what was knowable then is the first rating.
    pub said_until: String,
    /// What happened to it.
    pub history: Vec<ClaimStepDto>,
    /// On what was knowable when it was spoken; `null` where it does not count or that cannot be told.
    pub then: Option<RatingDto>,
    /// Why that cannot be told.
    pub then_why: Option<String>,
    /// On what was known at the picture's time; `null` where it does not count, or while past moments that it takes are still being worked out.
    pub now: Option<RatingDto>,
}

/// A step of a claim's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClaimStepDto {
    /// When.
    pub time: String,
    /// Who.
    pub by: String,
    /// What, in words.
    pub text: String,
}

/// What the evidence of a moment says of a claim.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RatingDto {
    /// The moment.
    pub as_of: String,
    /// `supported`, `contradicted`, `undecidable`, `outside_evidence` or `conflicts_with`.
    pub verdict: &'static str,
    /// For people.
    pub said: String,
    /// Probability that the claim is true; `null` where evidence gives none.
    pub probability: Option<f64>,
    /// Numbers of claims that answer the same question differently.
    pub conflicts: Vec<u32>,
    /// Ids of tracks whose rows of the ledger it rests on.
    pub tracks: Vec<String>,
    /// Numbers of reports from the ground that it rests on.
    pub reports: Vec<u32>,
    /// Why.
    pub reasons: Vec<String>,
    /// Candidates or groups, each by itself.
    pub parts: Vec<String>,
}

impl RatingDto {
    /// As it is written.
    #[must_use]
    pub fn of(rating: &Rating) -> Self {
        let tracks = rating.grounds.iter().filter_map(|ground| match ground {
            Ground::Row(track) => Some(track.to_string()),
            Ground::Report(_) => None,
        });
        let reports = rating.grounds.iter().filter_map(|ground| match ground {
            Ground::Report(number) => Some(*number),
            Ground::Row(_) => None,
        });
        Self {
            as_of: rating.as_of.to_string(),
            verdict: words::verdict(rating.verdict),
            said: words::verdict_said(rating.verdict, &rating.conflicts),
            probability: rating.probability.filter(|_| words::has_probability(rating.verdict)),
            conflicts: rating.conflicts.clone(),
            tracks: tracks.collect(),
            reports: reports.collect(),
            reasons: rating.reasons.iter().map(words::claim_reason).collect(),
            parts: rating.parts.iter().map(words::claim_part).collect(),
        }
    }
}

impl PublicClaimDto {
    /// As it is written; `then` is the rating on what was knowable when it was spoken, or why there is none.
    #[must_use]
    pub fn of(record: &ClaimRecord, then: Result<Option<Rating>, String>, now: Option<&Rating>) -> Self {
        let (then, then_why) = match then {
            Ok(rating) => (rating.as_ref().map(RatingDto::of), None),
            Err(why) => (None, Some(why)),
        };
        Self {
            id: record.id.to_string(),
            number: record.number,
            state: words::claim_state(record.state()),
            claim: (&record.claim).into(),
            content: record.content().into(),
            text: words::claim_content(record.content()),
            said_until: record.claim.said_until().to_string(),
            history: record.history.iter().map(step).collect(),
            then,
            then_why,
            now: now.map(RatingDto::of),
        }
    }
}

fn step(step: &ClaimStep) -> ClaimStepDto {
    let text = match &step.what {
        ClaimChange::Proposed => "entered, waits to be confirmed".to_owned(),
        ClaimChange::Confirmed => "confirmed".to_owned(),
        ClaimChange::SetRight(content) => format!("set right: {}", words::claim_content(content)),
        ClaimChange::SourceEdited { seen, note, .. } => {
            format!("the source changed its text, seen {}: {note}", words::moment(*seen))
        }
        ClaimChange::Withdrawn { reason } => format!("withdrawn: {reason}"),
    };
    ClaimStepDto { time: step.time.to_string(), by: step.by.clone(), text }
}

/// Entering a claim.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterClaimBody {
    /// The person's name.
    pub operator: String,
    /// The person vouches for the typed content: it counts at once.
    #[serde(default)]
    pub confirmed: bool,
    /// What is stated.
    pub claim: ClaimJson,
}

/// Confirming a claim's typed content.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmClaimBody {
    /// The person's name.
    pub operator: String,
    /// The content as it should be; left out where it is right.
    pub content: Option<ContentJson>,
}

/// Withdrawing a claim.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawClaimBody {
    /// The person's name.
    pub operator: String,
    /// Why, 1 to 2,000 bytes.
    pub reason: String,
}

/// A source that changed its text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceEditedBody {
    /// The person's name.
    pub operator: String,
    /// When that was seen, RFC 3339.
    pub seen: String,
    /// SHA-256 of the text since then, 64 hexadecimal digits; may be left out.
    #[serde(default)]
    pub text_sha256: String,
    /// What changed, 1 to 2,000 bytes.
    pub note: String,
}

/// A text of which claims are to be proposed. Nothing is entered.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeBody {
    /// The text, RSS or Atom, at most 60,000 bytes.
    pub text: String,
    /// When it was said, where the text does not tell.
    pub said: Option<MomentsJson>,
    /// Who says it, where a sentence does not tell.
    #[serde(default)]
    pub who: String,
    /// Where it is printed.
    #[serde(default)]
    pub source: String,
    /// Its address.
    #[serde(default)]
    pub url: String,
    /// When it was fetched, RFC 3339.
    pub retrieved: Option<String>,
}

/// What the rules propose.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Proposed {
    /// In the order of the text.
    pub proposals: Vec<ProposedClaim>,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ProposedClaim {
    /// To be entered as it is.
    pub claim: ClaimJson,
    /// Its content in words.
    pub text: String,
}
