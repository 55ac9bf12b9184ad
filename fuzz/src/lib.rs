//! Fuzzing of everything that reads bytes from outside: one target an input type, on stable Rust.
//!
//! A target feeds mutated vectors to a parser and checks more than that it does not panic: however a stream is cut, the same comes out;
//! a decoder that was saved and loaded goes on as if nothing had been; no observation holds a NaN. Targets of formats and containers
//! come from the registries, so that a new format is fuzzed by being listed. Inputs are drawn from a seed that is printed: the same seed
//! gives the same inputs.
//!
//! Why not bolero or cargo-fuzz: without nightly and instrumentation they draw random bytes, which no framed or checksummed format
//! lets past its first line; mutating vectors and computing parities anew gets further, and needs no dependency.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a tool beside the program: it measures time and runs threads"
)]

mod corpus;
mod dice;
mod documents;
mod generate;
mod mutate;
mod program;
pub mod run;
mod target;
mod wire;

pub use dice::Dice;
pub use target::{Runner, Target};

/// Every target, in the order in which they run.
#[must_use]
pub fn targets() -> Vec<Target> {
    let mut targets = wire::targets();
    targets.extend(documents::targets());
    targets.extend(program::targets());
    targets
}
