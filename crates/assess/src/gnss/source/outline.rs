//! Outlines of cells that hang together, as rings.

use std::collections::{BTreeMap, BTreeSet};

use skypicket_model::LatLon;
use skypicket_model::gnss::SourceCell;

type Corner = (i32, i32);

/// Rings around cells: outer ones counter-clockwise, holes clockwise, each without its first corner repeated. Longitudes go on beyond ±180° rather than jump.
#[must_use]
pub fn outline(cells: &[SourceCell], cell_deg: [f64; 2]) -> Vec<Vec<LatLon>> {
    let inside: BTreeSet<Corner> = cells.iter().map(|cell| (cell.row, cell.column)).collect();
    // Edges with the region on their left, by where they begin; at a corner that two cells touch there are two.
    let mut edges: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
    for (row, column) in &inside {
        let (south, west) = (*row, *column);
        let (north, east) = (south + 1, west + 1);
        let sides = [
            ((south - 1, west), (south, west), (south, east)),
            ((south, east), (south, east), (north, east)),
            ((north, west), (north, east), (north, west)),
            ((south, west - 1), (north, west), (south, west)),
        ];
        for (beside, from, to) in sides {
            if !inside.contains(&beside) {
                edges.entry(from).or_default().push(to);
            }
        }
    }
    let mut rings = Vec::new();
    while let Some((first, _)) = edges.first_key_value() {
        let first = *first;
        let (mut ring, mut at, mut came) = (Vec::new(), first, (0, 0));
        while let Some(next) = take(&mut edges, at, came) {
            let goes = (next.0 - at.0, next.1 - at.1);
            // Corners on a straight line are left out.
            if goes != came {
                ring.push(at);
            }
            (came, at) = (goes, next);
            if at == first {
                break;
            }
        }
        let place = |(row, column): Corner| LatLon {
            lat_deg: f64::from(row) * cell_deg[0],
            lon_deg: f64::from(column) * cell_deg[1],
        };
        rings.push(ring.into_iter().map(place).collect());
    }
    rings
}

/// The next edge: where there are two, the one that turns left, so that cells that touch at a corner stay two rings.
fn take(edges: &mut BTreeMap<Corner, Vec<Corner>>, at: Corner, came: Corner) -> Option<Corner> {
    let next = edges.get_mut(&at)?;
    let left = |to: &Corner| came.1 * (to.0 - at.0) - came.0 * (to.1 - at.1);
    let best = (0..next.len()).max_by_key(|k| next.get(*k).map(left))?;
    let chosen = next.swap_remove(best);
    if next.is_empty() {
        edges.remove(&at);
    }
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(row: i32, column: i32) -> SourceCell {
        SourceCell { row, column, probability: 0.1 }
    }

    /// Twice the area of a ring, cells; positive counter-clockwise.
    fn twice(ring: &[LatLon]) -> f64 {
        let next = ring.iter().cycle().skip(1);
        ring.iter().zip(next).map(|(a, b)| a.lon_deg * b.lat_deg - b.lon_deg * a.lat_deg).sum()
    }

    #[test]
    fn a_ring_of_cells_has_an_outer_and_an_inner_ring() {
        let cells: Vec<SourceCell> = (0..9).filter(|k| *k != 4).map(|k| cell(k / 3, k % 3)).collect();
        let rings = outline(&cells, [1.0, 1.0]);
        let mut areas: Vec<f64> = rings.iter().map(|ring| 0.5 * twice(ring)).collect();
        areas.sort_by(f64::total_cmp);
        assert_eq!(areas, [-1.0, 9.0]);
        assert!(rings.iter().all(|ring| ring.len() == 4), "corners only: {rings:?}");
    }

    #[test]
    fn cells_that_touch_at_a_corner_are_two_rings() {
        let rings = outline(&[cell(0, 0), cell(1, 1)], [0.5, 1.0]);
        assert_eq!(rings.len(), 2, "{rings:?}");
        assert!(rings.iter().all(|ring| (0.5 * twice(ring) - 0.5).abs() < 1e-12), "{rings:?}");
    }

    #[test]
    fn nothing_has_no_outline() {
        assert!(outline(&[], [1.0, 1.0]).is_empty());
    }
}
