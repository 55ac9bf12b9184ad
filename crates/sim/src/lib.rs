//! Worlds with known truth → the bytes that sensors would send of them; and what a picture should have shown.
//!
//! [`World::from_scenario`] reads a story, [`World::run`] plays it as the arrivals of its feeds, [`World::truth`] knows what was there,
//! and [`expect::check`] holds a picture against what the story says must be seen. Nothing here reads a file or a clock.
//!
//! What is modelled, and what is left out, stands in docs/simulation.md.

pub mod calibration;
pub mod expect;
pub mod geodesic;
pub mod ghost;
pub mod listener;
pub mod load;
pub mod navigation;
pub mod nights;
pub mod path;
pub mod radar;
pub mod random;
pub mod receiver;
pub mod rng;
pub mod run;
pub mod scenario;
pub mod score;
pub mod sensor;
pub mod squitter;
pub mod story;
pub mod target;
pub mod tracker;
pub mod traffic;
pub mod trial;
pub mod truth;
pub mod witness;
pub mod world;

mod asterix_out;
mod inside;
mod messages;

pub use run::{Arrival, Run};
pub use story::ScenarioError;
pub use world::{Feed, Said, World};

/// The built-in night: what the program plays when nothing else is asked of it.
pub const NIGHT: &str = include_str!("../../../scenarios/night.md");
