//! What could have been seen where.

use schemars::JsonSchema;
use serde::Serialize;

/// Where a target of some size at some height could have been seen. Internal: not for release.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CoverageDto {
    /// Picture time: the while that is asked about ends then.
    pub time: String,
    /// `internal`, always: coverage tells where nobody looks.
    pub handling: &'static str,
    /// All that may be said of it outside.
    pub released: &'static str,
    /// The target's height.
    pub height_m: f64,
    /// Heights are above the ground; else above mean sea level, for nothing says where the ground is.
    pub above_ground: bool,
    /// The target's radar cross-section.
    pub rcs_m2: f64,
    /// It would have been detected so often …
    pub looks: u32,
    /// … within this time …
    pub within_s: f64,
    /// … with this probability in percent, cell by cell, west to east and then north to south.
    pub percent: Vec<u8>,
    /// Cells in a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// West, south, east and north edge, degrees.
    pub bbox: [f64; 4],
    /// What each sensor contributes.
    pub sensors: Vec<CoverageSensorDto>,
}

/// A sensor's part in coverage.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CoverageSensorDto {
    /// Feed and number.
    pub id: String,
    /// For people.
    pub name: String,
    /// It was watching.
    pub watching: bool,
    /// Why it was not, or why it sees nothing by itself.
    pub why_not: Option<&'static str>,
}
