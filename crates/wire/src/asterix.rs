//! ASTERIX (EUROCONTROL-SPEC-0149): radar plots, target reports, system tracks and service messages.
//!
//! Definition tables (`crates/wire/asterix/*.tbl`) become static descriptions ([`tables`]) and typed fields
//! ([`field::fields`]) at build time. [`record`] walks a record by its description without copying; [`encode`] writes one with the
//! same fields; [`json`] shows any record of any category; `map` makes observations of those that say something about the air.
//! [`decoder`] finds blocks in streams and datagrams. Adding a category is adding a table, and a row in `map` if it becomes
//! observations. What is read and how `measured` is set stands in `docs/formats/asterix.md`.

pub mod decoder;
pub mod dump;
pub mod encode;
pub mod fault;
pub mod field;
pub mod json;
pub mod layout;
mod map;
pub mod params;
pub mod record;
mod source;
pub mod tables;

pub use decoder::{Asterix, KIND};
pub use dump::Dump;
pub use params::Params;
