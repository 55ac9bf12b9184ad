//! Public statements: articles from plain text, RSS and Atom, the typed content that rules propose of their sentences, and the JSON in which people
//! and programs hand claims on.
//!
//! Nothing here understands a language. A rule looks for a few words near each other, proposes one typed content and shows by offsets which words it
//! rests on; a person confirms or throws it away. The rules stand in [`RULES`], their words in `claims/lexicon.txt`, places in `claims/places.txt`, and
//! docs/claims.md says what they cannot do. All of it is bounded: bytes of a file, articles, bytes of a text, proposals.

mod article;
mod extract;
mod html;
mod json;
mod lexicon;
mod moments;
mod places;
mod tokens;

pub use article::{Article, ArticleFault, MAX_ARTICLES, MAX_FILE_BYTES, MAX_TEXT_BYTES, read};
pub use extract::{Context, MAX_PROPOSALS, Proposal, RULES, Rule, propose};
pub use json::{
    AffectedJson, AreaJson, CauseJson, ClaimJson, ClaimsJson, ContentJson, EffectJson, EventJson, MAX_CLAIMS,
    MatterJson, MomentJson, MomentsJson, PlaceJson, ReferentJson, RoleJson, SourceJson, read_json,
};
pub use moments::{Zone, european_zones, moments};
