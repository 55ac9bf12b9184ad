//! Observations → tracks: what is flying, how well we know it, and from whom.
//!
//! Start at [`Tracker`]. An object is a Bernoulli component with an existence probability; what is not yet seen is a Poisson field; a
//! look of a sensor turns both into their posterior (docs/tracker.md). The roles stand in modules with the field's names: `predict`,
//! `gate`, `associate`, `update`, `initiate`, `retire`, `register`, `fuse`, `classify`, `clutter`, `smooth`.
//!
//! **Limits.** One Gaussian a motion model and track; a decision between two neighbours is deferred for ten looks at most (`defer`), others are
//! taken at once. Late data is worked in by retrodiction without the noise correlation of the exact solution (no accumulated-state density). Plots
//! are converted measurements (no unscented filter). Bistatic ranges are counted and not used. Track and plot limits stand in [`Params`].

mod associate;
#[cfg(test)]
mod chance;
mod checkpoint;
mod classify;
mod clutter;
#[cfg(test)]
mod consistency;
mod defer;
mod detection;
mod events;
mod fuse;
mod gate;
mod gauss;
mod initiate;
mod look;
mod measure;
mod params;
mod predict;
mod register;
mod report;
mod retire;
mod sensor;
mod smooth;
mod state;
mod tracker;
mod unseen;
mod update;

pub use events::{Counts, TrackEvent};
pub use params::{MODELS, Params};
pub use register::{Axis, Bias};
pub use smooth::{Estimate, Recording, Trajectory};
pub use tracker::Tracker;
