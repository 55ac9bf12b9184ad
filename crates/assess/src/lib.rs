//! Judges tracks and signals.
pub mod geometry;
