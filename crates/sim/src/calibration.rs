//! Whether probabilities come true: many worlds with known truth, and what a forecast is worth over all of them.
//!
//! [`worlds`] makes the worlds, [`measures`] says how well forecasts fit what happened, [`page`] draws it. Who runs tracker and detectors over a
//! world is `examples/entries` (docs/performance.md has its figures), for this room may not use them.

pub mod measures;
pub mod page;
pub mod worlds;
