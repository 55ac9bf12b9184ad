//! Bytes ⇄ nouns: one module a format, no I/O, no clock, no failure on bad input.
//!
//! Start at [`decoder`] for the contract that every format keeps, and at [`DECODERS`] for the list. What a format is, which items
//! are read and how `measured` is set stands on its page in `docs/formats/`.

pub mod aircraft_json;
pub mod airspace;
pub mod airspace_geojson;
pub mod airspace_openair;
pub mod asterix;
pub mod avr;
pub mod beast;
pub mod borders_file;
pub mod claims;
pub mod container;
pub mod decoder;
pub mod flight_plan;
pub mod intake;
pub mod mode_s;
pub mod origin_areas;
pub mod params;
pub mod plots;
mod quality;
pub mod sbs;
pub mod terrain_grid;
mod text;

pub use container::{ContainerKind, container, detect};
pub use decoder::{Chunk, Decoder, DecoderKind, FeedSetup, Output};
pub use intake::{Feed, Intake};

/// Every input format, in the order in which `skypicket list` shows them.
pub const DECODERS: &[&DecoderKind] =
    &[&sbs::SBS, &aircraft_json::AIRCRAFT_JSON, &asterix::KIND, &beast::KIND, &avr::KIND, &plots::PLOTS];

/// Every container of recordings; the first one that recognises a file's beginning is it, and what none recognises is `raw`.
pub const CONTAINERS: &[&ContainerKind] = &[
    &container::PCAP,
    &container::FINAL,
    &container::ORADIS,
    &container::RPLY,
    &container::BEAST_CSV,
    &container::JSONL,
    &container::RAW,
];

/// The format of that name.
#[must_use]
pub fn decoder(name: &str) -> Option<&'static DecoderKind> {
    DECODERS.iter().copied().find(|kind| kind.name == name)
}
