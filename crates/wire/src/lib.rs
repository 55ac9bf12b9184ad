//! Bytes ⇄ nouns: one module a format, no I/O, no clock, no failure on bad input.
//!
//! Start at [`decoder`] for the contract that every format keeps, and at [`DECODERS`] for the list. What a format is, which items
//! are read and how `measured` is set stands on its page in `docs/formats/`.

pub mod decoder;
pub mod intake;

pub use decoder::{Chunk, Decoder, DecoderKind, FeedSetup, Output};
pub use intake::{Feed, Intake};

/// Every input format, in the order in which `skypicket list` shows them.
pub const DECODERS: &[&DecoderKind] = &[
    // one row a format
];

/// The format of that name.
#[must_use]
pub fn decoder(name: &str) -> Option<&'static DecoderKind> {
    DECODERS.iter().copied().find(|kind| kind.name == name)
}
