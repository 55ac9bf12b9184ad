//! Where a track may have come from: a region with probabilities, flown back from the first that was seen of it. Page: docs/detectors/origin.md.
//!
//! What it says is *origin region; X not excluded*, and *not identifiable* when that is the truth; never that something was launched from somewhere.

mod areas;
pub(crate) mod book;
mod chance;
mod flight;
mod job;
mod params;
mod region;
mod start;
#[cfg(test)]
mod tests;
mod wind;

pub use areas::{Area, Areas, MAX_AREA_CORNERS, MAX_AREAS};
pub use book::Origins;
pub use job::{Against, Evidence, Job, METHOD, region};
pub use params::{KindParams, OriginParams, WindParams};
pub use region::MAX_TOLD;
pub use start::Seen;
