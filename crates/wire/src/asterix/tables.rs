//! Every edition that the tables of `crates/wire/asterix/` describe.

use super::layout::{Body, Edition, Element, Item, Kind, Part, Select, Slot, Sub, Uap};

include!(concat!(env!("OUT_DIR"), "/asterix_layouts.rs"));

/// An edition by category and number, `None` where there is no such table.
#[must_use]
pub fn edition(category: u8, edition: &str) -> Option<&'static Edition> {
    EDITIONS.iter().find(|known| known.category == category && known.edition == edition)
}

/// The newest edition of a category.
#[must_use]
pub fn newest(category: u8) -> Option<&'static Edition> {
    EDITIONS.iter().rev().find(|known| known.category == category)
}
