//! What is fuzzed.

use crate::dice::Dice;

/// Feeds one input to a parser and panics when something is wrong. Holds what can be used again from input to input.
pub type Runner = Box<dyn FnMut(&[u8], &mut Dice)>;

/// One input type.
pub struct Target {
    /// Its name: that of the registry's row where there is one.
    pub name: &'static str,
    /// What is checked, for `--list`.
    pub what: &'static str,
    /// Where inputs start from.
    pub seeds: Vec<Vec<u8>>,
    /// Makes inputs that mutation would hardly find: with right parities, lengths, checksums.
    pub generate: Option<fn(&mut Dice, &mut Vec<u8>)>,
    /// Makes a runner for one thread.
    pub runner: fn(&'static str) -> Runner,
}
