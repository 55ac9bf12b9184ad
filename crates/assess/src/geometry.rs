//! One boundary, indexed: inside or outside, how far, and with what probability, on the WGS 84 ellipsoid.
//!
//! **What an edge is.** A straight line in longitude and latitude between two corners (as the source data and AIP descriptions
//! draw it), not a geodesic. For distances each edge is cut into pieces short enough that the chord between their ends stays
//! within [`CHORD_ERROR_M`] of that line; for inside or outside the pieces are used as they are, in degrees.
//!
//! **Inside** follows the even–odd rule over all rings, so that holes, islands and rings in any direction work. A grid of cells
//! knows for most of the plane that it is wholly inside or outside; in the other cells the straight way to the cell's
//! reference point is tested against the few edges there. Every corner is put on one side of that way by one computation, so that
//! no corner can be counted twice or lost. What remains is the rounding of `f64` degrees: some 10 nm.
//!
//! **Distance** is from the point on the ellipsoid to the nearest point of the boundary, along the geodesic. The nearest piece is found in
//! Earth-centred coordinates by a tree of boxes.
//!
//! **P(inside)** is that of a Gaussian over the polygon, within 1e-3, see [`probability`].
//!
//! **The antimeridian.** Rings are unwound, and longitudes are taken in the turn around the largest ring. An edge with the same
//! state on both sides (the cut along 180° in the source data) is no border.
//!
//! **Limits.** A ring may not contain a pole. Boundaries have at most [`MAX_PIECES`] pieces.

mod build;
mod contour;
mod geodesic;
mod grid;
mod probability;
mod reach;
#[cfg(test)]
mod reference;
mod shape;
mod spread;
mod tree;

use skypicket_model::frames::LatLon;
use skypicket_model::{Airspace, EdgeClass};

pub use spread::Spread;

/// How far a piece's chord may lie from the edge that it stands for, metres.
pub const CHORD_ERROR_M: f64 = 0.05;
/// How many pieces one boundary may have (Russia has 0.1 million).
pub const MAX_PIECES: usize = 4_000_000;

/// Position sigma of a boundary by the class of its edges, metres (1 sigma across the line).
///
/// Defaults: OpenStreetMap-derived borders agree with one another to 10 m at the 90th percentile and 89 m at most on Poland's eastern borders; rivers
/// move; the limit of the territorial sea is computed from baselines that nobody draws alike (docs/detectors/airspace_entry.md).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BorderSigma {
    /// Surveyed land borders.
    pub land_m: f64,
    /// Rivers and lakes.
    pub water_m: f64,
    /// The outer limit of the territorial sea.
    pub sea_m: f64,
}

impl Default for BorderSigma {
    fn default() -> Self {
        Self { land_m: 10.0, water_m: 30.0, sea_m: 100.0 }
    }
}

impl BorderSigma {
    /// The sigma of one class, metres.
    #[must_use]
    pub const fn of(&self, class: EdgeClass) -> f64 {
        match class {
            EdgeClass::Land => self.land_m,
            EdgeClass::Water => self.water_m,
            EdgeClass::Sea => self.sea_m,
            EdgeClass::Exact => 0.0,
        }
    }
}

/// Why a boundary could not be indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundaryError {
    /// It has no ring with three corners.
    Empty,
    /// A corner is not finite or out of range.
    BadCorner,
    /// It has more than [`MAX_PIECES`] pieces.
    TooLarge,
}

impl core::fmt::Display for BoundaryError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Empty => "boundary has no ring with three corners",
            Self::BadCorner => "boundary has a corner that is not finite or out of range",
            Self::TooLarge => "boundary has more edges than can be indexed",
        })
    }
}

impl core::error::Error for BoundaryError {}

/// The boundary's point nearest to a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Distance to it along the ellipsoid, metres; negative when the place is inside.
    pub distance_m: f64,
    /// Where it is.
    pub foot: LatLon,
    /// What the boundary runs along there.
    pub class: EdgeClass,
}

/// Where a place known with a spread stands against a boundary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The boundary's nearest point, its distance (negative inside) and what the boundary runs along there.
    pub nearest: Nearest,
    /// Probability of being inside; the border's own sigma is in it.
    pub inside: f64,
}

/// Earth-centred coordinates, metres.
type Metres = [f64; 3];

/// A piece of the boundary in degrees (longitudes unwound) and in Earth-centred metres, its inside on the left.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from_deg: [f64; 2],
    to_deg: [f64; 2],
    from_m: Metres,
    to_m: Metres,
    class: EdgeClass,
}

/// An indexed boundary.
#[derive(Clone, Debug)]
pub struct Boundary {
    grid: grid::Grid,
    tree: tree::Tree,
    reach: reach::Reach,
}

impl Boundary {
    /// Indexes an airspace's rings. Takes some 0.2 s for a state of 17,000 corners.
    ///
    /// # Errors
    /// See [`BoundaryError`].
    pub fn new(airspace: &Airspace) -> Result<Self, BoundaryError> {
        build::boundary(&airspace.rings)
    }

    /// Whether a place lies inside.
    #[must_use]
    pub fn inside(&self, place: LatLon) -> bool {
        self.grid.inside(self.grid.unwind(place.lon_deg), place.lat_deg)
    }

    /// A distance that the boundary is certainly not nearer than, metres: one look into a coarse table, 0 where it says nothing.
    #[must_use]
    pub fn at_least_m(&self, place: LatLon) -> f64 {
        self.reach.at_least_m(self.grid.unwind(place.lon_deg), place.lat_deg)
    }

    /// The nearest point of the boundary when it is within `within_m`, else `None`. Heights play no part: both are on the ellipsoid.
    #[must_use]
    pub fn nearest(&self, place: LatLon, within_m: f64) -> Option<Nearest> {
        let lon_deg = self.grid.unwind(place.lon_deg);
        let look = self.reach.look(lon_deg, place.lat_deg);
        if look.at_least_m > within_m {
            return None;
        }
        let hit = look.nearest(&self.tree, geodesic::surface(place), within_m)?;
        Some(self.signed(place, &hit, self.grid.inside(lon_deg, place.lat_deg)))
    }

    fn signed(&self, place: LatLon, hit: &tree::Hit, inside: bool) -> Nearest {
        let foot = hit.foot();
        let distance_m = geodesic::distance_m(place, foot, hit.chord_m);
        Nearest { distance_m: if inside { -distance_m } else { distance_m }, foot, class: hit.class }
    }

    /// Where a place known with a spread stands: distance and P(inside) by one search.
    ///
    /// The same as [`Self::nearest`] without a limit and [`Self::inside_probability`], at less than the cost of both. `None` where neither has an
    /// answer: for a place that is no number.
    #[must_use]
    pub fn judge(&self, place: LatLon, spread: Spread, sigma: &BorderSigma) -> Option<Judged> {
        probability::judge(self, place, spread, sigma)
    }

    /// Distance to the boundary along the ellipsoid, metres, negative inside.
    #[must_use]
    pub fn signed_distance_m(&self, place: LatLon) -> f64 {
        self.nearest(place, f64::INFINITY).map_or(f64::INFINITY, |nearest| nearest.distance_m)
    }

    /// Probability that an object is inside, whose place is known with a spread. The border's own sigma, by the class of the nearest edge,
    /// is added to it.
    #[must_use]
    pub fn inside_probability(&self, place: LatLon, spread: Spread, sigma: &BorderSigma) -> f64 {
        probability::inside(self, place, spread, sigma)
    }

    /// How many pieces the boundary has.
    #[must_use]
    pub fn pieces(&self) -> usize {
        self.tree.pieces
    }

    /// West, south, east, north in degrees; east may exceed 180.
    #[must_use]
    pub const fn extent_deg(&self) -> [f64; 4] {
        self.reach.box_deg
    }
}
