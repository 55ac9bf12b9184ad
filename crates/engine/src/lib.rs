//! Puts the parts in order: one `handle(seq, input) → events`, one picture, one digest.
//!
//! The engine is a pure, single-threaded state machine. Whoever feeds it (live, replay, simulation, test) gives it the same inputs
//! in the same order and gets the same events, pictures and digest, bit for bit.
//!
//! ```text
//! Observations ─▶ clock check ─▶ tracker ─┐
//! Tick ─────────▶ tracker ─▶ tracks ─▶ assessor ─▶ incidents ─▶ picture ─▶ digest
//! Command ──────▶ decisions, assessor ────┘
//! ```

mod checkpoint;
mod decisions;
mod digest;
mod engine;
mod numbers;
mod picture;
mod reports;
mod sensors;

pub use checkpoint::{Adopted, Carried};
pub use digest::Digest;
pub use engine::{Engine, Event, Input, Setup};
pub use picture::{FormerTrack, Picture, PictureTrack};
pub use sensors::ClockLimits;
