//! What the tracker tells while it works, and what it counts.

use skypicket_model::sensor::Misalignment;
use skypicket_model::{SensorId, TrackEnd, TrackId};

/// Something that happened to a track, or to the standing of a sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TrackEvent {
    /// An object may be there: existence passed the announcing threshold.
    Born(TrackId),
    /// Existence passed the confirmation threshold for the first time.
    Confirmed(TrackId),
    /// It ended, and why; its id never comes back.
    Ended(TrackId, TrackEnd),
    /// What it says of its place disagrees with what a sensor measures.
    Contradicted(TrackId),
    /// A radar's plots weigh less than others' from now on, and why.
    Demoted(SensorId, Misalignment),
    /// They weigh as others' again.
    Restored(SensorId),
    /// A sensor told of an object that no track could be begun for: its source brings more than it may.
    OverBudget(SensorId),
}
skypicket_model::canon_enum!(TrackEvent {
    0 => Born(a),
    1 => Confirmed(a),
    2 => Ended(a, b),
    3 => Contradicted(a),
    4 => Demoted(a, b),
    5 => Restored(a),
    6 => OverBudget(a),
});

/// What was counted; the tracker never drops silently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Plots, bearings and fixes associated.
    pub plots: u64,
    /// Self-reported positions fused.
    pub self_reports: u64,
    /// Self-reported positions that counted as evidence only, because another was fused just before.
    pub self_reports_thinned: u64,
    /// Mode S replies of aircraft that no track holds: no place is known, so no track is made.
    pub unlocated: u64,
    /// Older than the late limit.
    pub too_late: u64,
    /// Beyond the limit of plots in a look.
    pub shed: u64,
    /// New tracks refused because the limit was reached.
    pub refused: u64,
    /// Without a known sensor site, or not finite.
    pub unplaced: u64,
    /// Kinds of report that this tracker does not use: bistatic ranges.
    pub unused: u64,
    /// Self-reports that did not fit the track of their address.
    pub misfits: u64,
    /// Self-reported positions and velocities that were not used, because what the object states cannot be true.
    pub unusable: u64,
    /// Self-reported positions for which no track was begun, because their source brings more than it may.
    pub over_budget: u64,
}
skypicket_model::canon_struct!(Counts {
    plots,
    self_reports,
    self_reports_thinned,
    unlocated,
    too_late,
    shed,
    refused,
    unplaced,
    unused,
    misfits,
    unusable,
    over_budget,
});
