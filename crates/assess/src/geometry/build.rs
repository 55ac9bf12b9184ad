//! From rings to an indexed boundary: unwind, cut into pieces, find the inside of each.

use skypicket_model::frames::LatLon;
use skypicket_model::math::{rad, tan};
use skypicket_model::{EdgeClass, Ring};

use super::geodesic::{degree_m, surface};
use super::grid::Grid;
use super::reach::Reach;
use super::tree::Tree;
use super::{Boundary, BoundaryError, CHORD_ERROR_M, MAX_PIECES, Metres, Piece};

/// How far beside a piece's middle its two sides are looked at, degrees (about 1 cm): below the source's own grid of 1e-5 degree.
const BESIDE_DEG: f64 = 1e-7;

pub(super) fn boundary(rings: &[Ring]) -> Result<Boundary, BoundaryError> {
    let mut pieces = Vec::new();
    let mut middle_deg = None;
    // The ring with the most corners says around which longitude the turn is taken.
    let mut order: Vec<&Ring> = rings.iter().filter(|ring| ring.points.len() >= 3).collect();
    order.sort_by_key(|ring| core::cmp::Reverse(ring.points.len()));
    for ring in order {
        let mut corners = unwind(&ring.points)?;
        let (west, east) = corners.iter().fold((f64::MAX, f64::MIN), |(w, e), c| (w.min(c[0]), e.max(c[0])));
        let own = (west + east) / 2.0;
        let middle = *middle_deg.get_or_insert(own);
        let turn_deg = 360.0 * ((middle - own) / 360.0).round();
        for corner in &mut corners {
            corner[0] += turn_deg;
        }
        cut(&corners, &ring.edges, &mut pieces)?;
    }
    if pieces.is_empty() {
        return Err(BoundaryError::Empty);
    }
    let grid = Grid::new(&pieces);
    turn_inside_left(&mut pieces, &grid);
    let tree = Tree::new(&pieces);
    let reach = Reach::new(&grid, &tree);
    Ok(Boundary { grid, tree, reach })
}

/// Longitude and latitude of the corners, without jumps of a whole turn between neighbours.
fn unwind(points: &[LatLon]) -> Result<Vec<[f64; 2]>, BoundaryError> {
    let mut corners: Vec<[f64; 2]> = Vec::with_capacity(points.len());
    for point in points {
        let valid = point.lat_deg.abs() <= 90.0 && point.lon_deg.abs() <= 360.0;
        if !valid {
            return Err(BoundaryError::BadCorner);
        }
        let before = corners.last().map_or(point.lon_deg, |corner| corner[0]);
        let turns = ((before - point.lon_deg) / 360.0).round();
        corners.push([point.lon_deg + 360.0 * turns, point.lat_deg]);
    }
    Ok(corners)
}

/// Cuts a ring's edges into pieces.
///
/// Two things part the chord from the edge: it runs below the surface by L²/8R, and a line of constant latitude bends away from it
/// by L²·tan(lat)/8R.
fn cut(corners: &[[f64; 2]], classes: &[EdgeClass], pieces: &mut Vec<Piece>) -> Result<(), BoundaryError> {
    for (index, &from) in corners.iter().enumerate() {
        let to = corners[(index + 1) % corners.len()];
        let class = classes.get(index).copied().unwrap_or(EdgeClass::Exact);
        let (north_m, east_m) = degree_m((from[1] + to[1]) / 2.0);
        let (dx, dy) = ((to[0] - from[0]) * east_m, (to[1] - from[1]) * north_m);
        let length_m = (dx * dx + dy * dy).sqrt();
        let steepest = tan(rad(from[1].abs().max(to[1].abs()).min(89.9))).max(1.0);
        let longest_m = (8.0 * 6.35e6 * CHORD_ERROR_M / (core::f64::consts::SQRT_2 * steepest)).sqrt();
        let count = (length_m / longest_m).ceil().max(1.0);
        if length_m <= 0.0 {
            continue;
        }
        if count > MAX_PIECES as f64 || pieces.len() + count as usize > MAX_PIECES {
            return Err(BoundaryError::TooLarge);
        }
        let at = |step: f64| {
            let t = step / count;
            [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t]
        };
        let mut start = from;
        for step in 1..=count as usize {
            let end = if step == count as usize { to } else { at(step as f64) };
            pieces.push(Piece { from_deg: start, to_deg: end, from_m: metres(start), to_m: metres(end), class });
            start = end;
        }
    }
    Ok(())
}

fn metres(corner: [f64; 2]) -> Metres {
    surface(LatLon { lat_deg: corner[1], lon_deg: corner[0] })
}

/// Turns every piece so that the inside is on its left, and drops those with the same state on both sides.
fn turn_inside_left(pieces: &mut Vec<Piece>, grid: &Grid) {
    pieces.retain_mut(|piece| {
        let (dx, dy) = (piece.to_deg[0] - piece.from_deg[0], piece.to_deg[1] - piece.from_deg[1]);
        let length = (dx * dx + dy * dy).sqrt();
        let (x, y) = ((piece.from_deg[0] + piece.to_deg[0]) / 2.0, (piece.from_deg[1] + piece.to_deg[1]) / 2.0);
        let (nx, ny) = (-dy / length * BESIDE_DEG, dx / length * BESIDE_DEG);
        let (left, right) = (grid.inside(x + nx, y + ny), grid.inside(x - nx, y - ny));
        if right {
            core::mem::swap(&mut piece.from_deg, &mut piece.to_deg);
            core::mem::swap(&mut piece.from_m, &mut piece.to_m);
        }
        left != right
    });
}
