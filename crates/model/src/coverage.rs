//! What could not have been seen.

/// What was not observed about a place. Internal: whoever outside is told, is told only that coverage was incomplete.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NotObserved {
    /// Nothing below this height, metres above the ground, was observed; `None` when nothing was at any height.
    pub below_m: Option<f64>,
    /// At some place within this distance, metres.
    pub within_m: f64,
    /// Of a target of this radar cross-section, m².
    pub rcs_m2: f64,
    /// The height is above the ground as far as that is known; else above mean sea level.
    pub above_ground: bool,
}
crate::canon_struct!(NotObserved { below_m, within_m, rcs_m2, above_ground });
