//! A coarse table by place: how far the boundary is at least, of which class the nearest piece is, and which part of the tree is in reach.

use skypicket_model::EdgeClass;
use skypicket_model::frames::LatLon;

use super::Metres;
use super::geodesic::{degree_m, surface};
use super::grid::Grid;
use super::tree::{Hit, Tree, gap};

/// Cells along each side of the table of distances.
const REACH_CELLS: usize = 160;
/// Finer cells along each side of a cell.
const FINE: usize = 4;
/// How far from its cells the table knows the part of the tree that is in reach, metres.
const COARSE_REACH_M: f64 = 6_000.0;
const FINE_REACH_M: f64 = 1_200.0;
/// How far off a class is looked for, metres.
const CLASS_WITHIN_M: f64 = 40_000.0;
/// How far the table reaches beyond the boundary's box, degrees of latitude.
const REACH_MARGIN_DEG: f64 = 2.0;

/// What is known of a cell.
#[derive(Clone, Copy, Debug)]
struct Cell {
    /// How far the boundary is at least and at most, metres.
    at_least_m: f32,
    at_most_m: f32,
    /// What is within [`COARSE_REACH_M`].
    part: Part,
    /// Where its finer cells stand in `fine`; `NONE` when nothing is within [`FINE_REACH_M`].
    fine: u32,
    /// The class of the nearest piece wherever a place is in the cell: `EdgeClass` plus 1, or 0 when that is not one and the same.
    class: u8,
}

const NONE: u32 = u32::MAX;

/// What is known by place: lets almost every place be dismissed by one look.
#[derive(Clone, Debug)]
pub(super) struct Reach {
    west: f64,
    south: f64,
    per_lon: f64,
    per_lat: f64,
    cells: Vec<Cell>,
    /// What is within [`FINE_REACH_M`] of each of a cell's [`FINE`]² finer cells.
    fine: Vec<Part>,
    pub(super) box_deg: [f64; 4],
}

impl Look {
    /// The nearest point of the boundary within a chord of `within_m`.
    pub(super) fn nearest(&self, tree: &Tree, p: Metres, within_m: f64) -> Option<Hit> {
        if self.at_least_m > within_m {
            return None;
        }
        let within_m = within_m.min(self.at_most_m);
        // What is found in a part within the distance that it was made for is the nearest of all.
        let near = [(FINE_REACH_M, self.fine), (COARSE_REACH_M, self.coarse)];
        for (reach_m, part) in near {
            if part[0] < part[1]
                && let Some(hit) = tree.nearest(p, within_m.min(reach_m), part)
            {
                return Some(hit);
            }
            if within_m <= reach_m {
                return None;
            }
        }
        tree.nearest(p, within_m, WHOLE)
    }
}

/// What the table says of a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// A distance that the boundary is certainly not nearer than, metres.
    pub(super) at_least_m: f64,
    at_most_m: f64,
    /// The class of the nearest piece, where it is known.
    pub(super) class: Option<EdgeClass>,
    coarse: Part,
    fine: Part,
}

impl Look {
    /// The part of the tree that holds all that is within some distance of the place.
    #[inline]
    pub(super) fn part(&self, within_m: f64) -> Part {
        if within_m <= FINE_REACH_M {
            self.fine
        } else if within_m <= COARSE_REACH_M {
            self.coarse
        } else {
            WHOLE
        }
    }
}

/// A part of the tree: a node, and the node before which a walk from there may end.
pub(super) type Part = [u32; 2];

pub(super) const WHOLE: Part = [0, u32::MAX];

impl Reach {
    pub(super) fn new(grid: &Grid, tree: &Tree) -> Self {
        let [west, south, east, north] = grid.box_deg;
        let (_, east_m) = degree_m((south + north) / 2.0);
        let margin_lon =
            (REACH_MARGIN_DEG * 111_133.0 / east_m.max(11_000.0)).min((360.0 - (east - west)).max(0.0) / 2.0);
        let (south, north) = ((south - REACH_MARGIN_DEG).max(-90.0), (north + REACH_MARGIN_DEG).min(90.0));
        let (west, east) = (west - margin_lon, east + margin_lon);
        let (lon_step, lat_step) = ((east - west) / REACH_CELLS as f64, (north - south) / REACH_CELLS as f64);
        let mut reach = Self {
            west,
            south,
            per_lon: 1.0 / lon_step,
            per_lat: 1.0 / lat_step,
            cells: Vec::with_capacity(REACH_CELLS * REACH_CELLS),
            fine: Vec::new(),
            box_deg: grid.box_deg,
        };
        for row in 0..REACH_CELLS {
            for column in 0..REACH_CELLS {
                let corner =
                    LatLon { lat_deg: south + row as f64 * lat_step, lon_deg: west + column as f64 * lon_step };
                reach.add_cell(tree, corner, [lon_step, lat_step]);
            }
        }
        reach
    }

    /// Appends the cell with that south-western corner.
    fn add_cell(&mut self, tree: &Tree, corner: LatLon, [lon_step, lat_step]: [f64; 2]) {
        let (middle, radius_m) = ball(corner, lon_step, lat_step);
        let nearest_m = tree.nearest(middle, f64::INFINITY, WHOLE).map_or(f64::MAX, |hit| hit.chord_m);
        // 1 m for rounding to f32.
        let at_least_m = ((nearest_m - radius_m - 1.0) * 0.999).max(0.0);
        let at_most_m = ((nearest_m + radius_m + 1.0) * 1.001) as f32;
        // The nearest of any place in the cell is within this of its middle.
        let within_m = nearest_m + 2.0 * radius_m + 2.0;
        let classes = if within_m < CLASS_WITHIN_M { tree.classes_within(middle, within_m) } else { 0 };
        let class = if classes.count_ones() == 1 { classes.trailing_zeros() as u8 + 1 } else { 0 };
        let part =
            if at_least_m > COARSE_REACH_M { [0; 2] } else { tree.part_within(middle, radius_m, COARSE_REACH_M) };
        let fine = if at_least_m > FINE_REACH_M { NONE } else { self.fine.len() as u32 };
        self.cells.push(Cell { at_least_m: at_least_m as f32, at_most_m, part, fine, class });
        if fine == NONE {
            return;
        }
        let (lon_step, lat_step) = (lon_step / FINE as f64, lat_step / FINE as f64);
        for number in 0..FINE * FINE {
            let corner = LatLon {
                lat_deg: corner.lat_deg + (number / FINE) as f64 * lat_step,
                lon_deg: corner.lon_deg + (number % FINE) as f64 * lon_step,
            };
            let (middle, radius_m) = ball(corner, lon_step, lat_step);
            self.fine.push(tree.part_within(middle, radius_m, FINE_REACH_M));
        }
    }

    #[inline]
    pub(super) fn look(&self, lon_deg: f64, lat_deg: f64) -> Look {
        const CLASSES: [EdgeClass; 4] = [EdgeClass::Land, EdgeClass::Water, EdgeClass::Sea, EdgeClass::Exact];
        let (x, y) = ((lon_deg - self.west) * self.per_lon, (lat_deg - self.south) * self.per_lat);
        let Some((cell, row, column)) = self.cell(x, y) else {
            return Look {
                at_least_m: self.beyond_m(lat_deg),
                at_most_m: f64::INFINITY,
                class: None,
                coarse: WHOLE,
                fine: WHOLE,
            };
        };
        let fine = if cell.fine == NONE {
            [0; 2]
        } else {
            let within = |share: f64| ((share * FINE as f64) as usize).min(FINE - 1);
            let number = within(y - row as f64) * FINE + within(x - column as f64);
            self.fine.get(cell.fine as usize + number).copied().unwrap_or(WHOLE)
        };
        let class = CLASSES.get(usize::from(cell.class).wrapping_sub(1)).copied();
        Look {
            at_least_m: f64::from(cell.at_least_m),
            at_most_m: f64::from(cell.at_most_m),
            class,
            coarse: cell.part,
            fine,
        }
    }

    #[inline]
    fn cell(&self, x: f64, y: f64) -> Option<(&Cell, usize, usize)> {
        // Also none for a place that is no number.
        let within = x >= 0.0 && y >= 0.0 && x < REACH_CELLS as f64 && y < REACH_CELLS as f64;
        let (row, column) = (y as usize, x as usize);
        if within { self.cells.get(row * REACH_CELLS + column).map(|cell| (cell, row, column)) } else { None }
    }

    #[inline]
    pub(super) fn at_least_m(&self, lon_deg: f64, lat_deg: f64) -> f64 {
        let (x, y) = ((lon_deg - self.west) * self.per_lon, (lat_deg - self.south) * self.per_lat);
        self.cell(x, y).map_or_else(|| self.beyond_m(lat_deg), |(cell, ..)| f64::from(cell.at_least_m))
    }

    /// Outside the table only the latitude is used: a parallel is never nearer than its distance along the meridian.
    fn beyond_m(&self, lat_deg: f64) -> f64 {
        let [_, south, _, north] = self.box_deg;
        let beyond_deg = (south - lat_deg).max(lat_deg - north);
        if beyond_deg > 0.0 {
            return beyond_deg * 110_000.0;
        }
        // East or west of the table by at least its margin; near the poles that may be little.
        let (_, east_m) = degree_m(lat_deg.abs().max(south.abs()).max(north.abs()).min(89.0));
        (self.box_deg[0] - self.west) * east_m * 0.9
    }
}

/// Middle and radius of a cell, Earth-centred metres; one per cent and 1 m more for its bulge between the points measured.
fn ball(corner: LatLon, lon_step: f64, lat_step: f64) -> (Metres, f64) {
    let place = |dx: f64, dy: f64| {
        surface(LatLon { lat_deg: corner.lat_deg + dy * lat_step, lon_deg: corner.lon_deg + dx * lon_step })
    };
    let middle = place(0.5, 0.5);
    let radius_m = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 0.0), (0.5, 1.0)]
        .into_iter()
        .map(|(dx, dy)| gap(middle, place(dx, dy)))
        .fold(0.0, f64::max);
    (middle, radius_m * 1.01 + 1.0)
}
