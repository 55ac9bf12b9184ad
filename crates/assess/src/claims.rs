//! Public statements held against the evidence: what the ledger, the reports from the ground, counts and origin regions say of each.
//!
//! A rating is a pure function of the claims and of what is found at a moment ([`Findings`]), so that the same claim is rated twice by the same code: on
//! what was knowable when it was spoken, and on what is known now. Ratings are no state: nothing here judges anything that flies, and no claim changes
//! what is judged. What each kind of claim is held against, and where each threshold comes from, stands in docs/claims.md.

mod conflict;
mod count;
mod fill;
mod findings;
mod ground;
mod origin;
mod rate;
mod recall;
mod store;
mod when;

pub use findings::{
    CountFinding, EntryFinding, Findings, GroupFinding, Instant, OriginFinding, Outlines, ReportFinding, Reported,
};
pub use rate::{Ground, NotJudged, Part, PartOf, Rating, Verdict, Why, rate};
pub use recall::recalled;
pub use store::{Claims, MAX_CLAIMS};
