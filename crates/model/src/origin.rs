//! Where a track may have come from: a region with probabilities, never a statement that it was launched from some place.

use crate::frames::LatLon;
use crate::ids::TrackId;
use crate::time::{Span, Time};

/// Why nothing useful can be said of a track's origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unclear {
    /// It was observed for too short a time.
    SeenShortly {
        /// For how long.
        observed: Span,
        /// How long is asked for.
        needed: Span,
    },
    /// The region is larger than is called a region.
    TooLarge {
        /// Area of the 90 % region, km².
        area_km2: f64,
        /// The largest that is called one, km².
        most_km2: f64,
    },
    /// The candidate areas are about as probable as before anything was seen.
    NothingLearned,
    /// No flight that the model knows explains what was seen well enough.
    Unexplained,
}
crate::canon_enum!(Unclear {
    0 => SeenShortly { observed, needed }, 1 => TooLarge { area_km2, most_km2 }, 2 => NothingLearned, 3 => Unexplained,
});

/// A cell of the region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OriginCell {
    /// Its row: south edge over the height of a cell.
    pub row: i32,
    /// Its column: west edge over the width of a cell.
    pub column: i32,
    /// Probability that the origin is in it.
    pub probability: f64,
}
crate::canon_struct!(OriginCell { row, column, probability });

/// A configured area in which the origin may be.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginCandidate {
    /// Its name in the config.
    pub name: String,
    /// Probability before anything was seen.
    pub prior: f64,
    /// Probability now.
    pub probability: f64,
}
crate::canon_struct!(OriginCandidate { name, prior, probability });

/// Where a track may have come from, as of a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginRegion {
    /// Which track.
    pub track: TrackId,
    /// When it was worked out.
    pub time: Time,
    /// When and where the track was first seen.
    pub first_seen: Time,
    /// Where that was.
    pub first_place: LatLon,
    /// For how long it had been observed.
    pub observed: Span,
    /// Version of the method.
    pub method: u16,
    /// Flights that were tried, as many as would say the same if all were equally likely.
    pub effective_flights: f64,
    /// Height and width of a cell, degrees.
    pub cell_deg: [f64; 2],
    /// The cells of the 90 % region, the most probable first.
    pub cells: Vec<OriginCell>,
    /// How many of the first of them are the 50 % region.
    pub half: u32,
    /// Area of the 50 % and the 90 % region, km².
    pub area_km2: [f64; 2],
    /// The configured areas, the most probable first.
    pub candidates: Vec<OriginCandidate>,
    /// Probability that it is in none of them.
    pub elsewhere: f64,
    /// Why it is not identifiable; empty where it is.
    pub unclear: Vec<Unclear>,
}
crate::canon_struct!(OriginRegion {
    track,
    time,
    first_seen,
    first_place,
    observed,
    method,
    effective_flights,
    cell_deg,
    cells,
    half,
    area_km2,
    candidates,
    elsewhere,
    unclear,
});

impl OriginRegion {
    /// The cell of a place.
    #[must_use]
    pub fn cell_of(&self, place: LatLon) -> (i32, i32) {
        ((place.lat_deg / self.cell_deg[0]).floor() as i32, (place.lon_deg / self.cell_deg[1]).floor() as i32)
    }

    /// Whether a place is in the 50 % and in the 90 % region.
    #[must_use]
    pub fn holds(&self, place: LatLon) -> (bool, bool) {
        let (row, column) = self.cell_of(place);
        let at = self.cells.iter().position(|cell| (cell.row, cell.column) == (row, column));
        (at.is_some_and(|at| at < self.half as usize), at.is_some())
    }
}
