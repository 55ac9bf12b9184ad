//! How many: a distribution over the number of objects, by sampling what belongs to what. Page: docs/detectors/count.md.
//!
//! What is drawn again and again, from a seed made of the content: which tracks are of objects at all and entered, which track goes on which
//! earlier one, which report tells of which track's end, of an object that no track held, of no drone or of nothing, how probable it is that an object
//! is tracked and reported, and how many were neither. Each draw is one count; their frequencies are the distribution.

mod dice;
mod evidence;
mod given;
pub(crate) mod live;
mod sampler;
mod share;
pub(crate) mod tally;

pub use evidence::{Fix, Piece, ReportKind, Statement};
pub use given::{Estimate, Given, Tracked};
pub use sampler::estimate;
pub use tally::CountParams;
