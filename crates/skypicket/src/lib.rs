//! The program: talks to the world (sockets, disk, HTTP, operator) and wires decoders to the engine. It holds no judgement.
//!
//! One input's way: [`transport`] or [`recording`] → [`system`]'s inbox → [`journal`] → [`core`] (decoders, engine) → a view →
//! [`http`]. [`config`] and [`plan`] say what is wired to what; [`cli`] says how to run.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the program is where clocks, the environment and threads belong"
)]

#[cfg(test)]
extern crate self as skypicket;

pub mod archive;
pub mod arrivals;
pub mod build_id;
pub mod claims;
pub mod cli;
pub mod config;
pub mod core;
pub mod cost;
pub mod decoding;
pub mod epoch;
pub mod feeds;
pub mod history;
pub mod http;
pub mod journal;
pub mod json;
pub mod near;
pub mod order;
pub mod origins;
pub mod plan;
pub mod player;
pub mod recording;
pub mod replayed;
pub mod simulation;
pub mod smoothing;
pub mod store;
pub mod stretches;
pub mod system;
pub mod transport;
pub mod unpack;
pub mod verify;
pub mod wall;
pub mod words;
