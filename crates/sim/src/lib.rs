//! Worlds with known truth → the bytes that sensors would send of them; and what a picture should have shown.

pub mod geodesic;
pub mod path;
pub mod rng;
