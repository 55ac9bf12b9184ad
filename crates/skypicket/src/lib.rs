//! The program: talks to the world (sockets, disk, HTTP, operator) and wires decoders to the engine. It holds no judgement.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the program is where clocks, the environment and threads belong"
)]

pub mod journal;
