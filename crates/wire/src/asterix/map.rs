//! From records to observations: one module a kind of category, one row a category in [`MAPPINGS`].
//!
//! A category without a row is decoded, counted and shown, and becomes no observation.

mod ads_b;
mod comm_b;
mod common;
mod incs;
mod mlat;
mod quality;
mod radar;
mod service;
mod tracks;

use super::decoder::Message;

/// Turns one record into observations.
pub(super) type Mapping = fn(&mut Message<'_, '_>);

/// Which mapping reads which category.
const MAPPINGS: &[(u8, Mapping)] = &[
    (1, radar::cat001),
    (2, service::cat002),
    (10, mlat::cat010),
    (15, incs::cat015),
    (19, service::cat019),
    (20, mlat::cat020),
    (21, ads_b::cat021),
    (23, service::cat023),
    (34, service::cat034),
    (48, radar::cat048),
    (62, tracks::cat062),
    (63, service::cat063),
    (65, service::cat065),
];

/// The mapping of a category.
pub(super) fn mapping(category: u8) -> Option<Mapping> {
    MAPPINGS.iter().find(|(known, _)| *known == category).map(|(_, mapping)| *mapping)
}
