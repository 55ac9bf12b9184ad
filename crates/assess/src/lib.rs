//! Judges tracks and sensors and gathers the judgements into incidents with reasons; one module a detector.
//!
//! Start at [`detector`] for the contract that every detector keeps, at [`DETECTORS`] for the list, and at [`Assessor`] for what the engine
//! holds. What a detector judges, and where each of its thresholds comes from, stands on its page in `docs/detectors/`.
//!
//! **What the machine says here** is how near, how probable, on whose word and with whose permission. What it was called for, and what it means,
//! is said by people (docs/glossary.md).

pub mod airspace_entry;
pub mod assessor;
pub mod claims;
pub mod count;
pub mod coverage;
pub mod detector;
#[cfg(test)]
#[path = "../tests/drawn/mod.rs"]
mod drawn;
pub mod emergency_code;
pub mod false_identity;
pub mod feed_silent;
pub mod geometry;
pub mod gnss;
pub mod groups;
pub mod incident;
mod ledger;
pub mod origin;
pub mod params;
pub mod permission;
pub mod predicted_entry;
pub mod renumber;
pub mod site;
pub mod trends;
pub mod vertical;

pub use assessor::{AssessEvent, Assessor};
pub use coverage::{Coverage, CoverageParams};
pub use detector::{Detector, DetectorKind, TickView};
pub use params::Params;
pub use permission::{PermissionParams, Permissions};
pub use renumber::Renumbering;
pub use site::Site;

/// Every detector, in the order in which they judge.
pub const DETECTORS: &[&DetectorKind] = &[
    &airspace_entry::KIND,
    &predicted_entry::KIND,
    &emergency_code::KIND,
    &feed_silent::KIND,
    &gnss::KIND,
    &false_identity::KIND,
];

/// The detector of that name.
#[must_use]
pub fn detector(name: &str) -> Option<&'static DetectorKind> {
    DETECTORS.iter().copied().find(|kind| kind.name == name)
}
