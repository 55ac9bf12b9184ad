//! Terrain: heights of the ground on a regular grid of latitude and longitude.

use crate::frames::LatLon;

/// Most cells of a grid: 64 MB in memory, 1″ over one degree square or 30″ over Europe.
pub const MAX_TERRAIN_CELLS: usize = 32_000_000;
/// What stands in a cell of which nothing is known.
pub const NO_GROUND: i16 = i16::MIN;

/// Heights of the ground, metres above mean sea level, at the centres of square cells. Row 0 is the northernmost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terrain {
    /// West edge of the first column, degrees.
    pub west_deg: f64,
    /// South edge of the last row, degrees.
    pub south_deg: f64,
    /// Side of a cell, degrees.
    pub cell_deg: f64,
    /// Cells in a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
    /// `columns * rows` heights, metres, north to south and west to east; [`NO_GROUND`] where none is known.
    pub heights_m: Vec<i16>,
}

impl Terrain {
    /// The ground's height at a place, metres above mean sea level, between the four nearest cells; `None` outside the grid or where one of them is
    /// not known.
    #[must_use]
    pub fn at(&self, place: LatLon) -> Option<f64> {
        let x = (place.lon_deg - self.west_deg) / self.cell_deg - 0.5;
        let y = (self.south_deg + self.rows as f64 * self.cell_deg - place.lat_deg) / self.cell_deg - 0.5;
        let inside = |v: f64, n: usize| (-0.5..=n as f64 - 0.5).contains(&v);
        if !inside(x, self.columns) || !inside(y, self.rows) {
            return None;
        }
        let last = |n: usize| n.saturating_sub(1) as f64;
        let (x, y) = (x.clamp(0.0, last(self.columns)), y.clamp(0.0, last(self.rows)));
        let (column, row) = (x.floor() as usize, y.floor() as usize);
        let (fx, fy) = (x - x.floor(), y - y.floor());
        let mut height = 0.0;
        for (right, down) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let weight = if right == 0 { 1.0 - fx } else { fx } * if down == 0 { 1.0 - fy } else { fy };
            if weight > 0.0 {
                let at = (row + down) * self.columns + column + right;
                height += weight * f64::from(self.heights_m.get(at).copied().filter(|height| *height != NO_GROUND)?);
            }
        }
        Some(height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Terrain {
        Terrain {
            west_deg: 20.0,
            south_deg: 50.0,
            cell_deg: 1.0,
            columns: 3,
            rows: 2,
            heights_m: vec![100, 200, 300, 0, 50, NO_GROUND],
        }
    }

    fn at(lat_deg: f64, lon_deg: f64) -> Option<f64> {
        grid().at(LatLon { lat_deg, lon_deg })
    }

    #[test]
    fn the_ground_is_known_at_and_between_the_centres_of_cells() {
        assert_eq!(at(51.5, 20.5), Some(100.0));
        assert_eq!(at(51.5, 21.0), Some(150.0));
        assert_eq!(at(50.5, 20.5), Some(0.0));
        assert_eq!(at(51.0, 20.5), Some(50.0));
        assert_eq!(at(51.9, 20.1), Some(100.0), "to the edge of the outermost cells");
    }

    #[test]
    fn outside_and_where_nothing_is_known_there_is_no_guess() {
        assert_eq!(at(50.5, 22.5), None);
        assert_eq!(at(51.0, 22.0), None, "one of the four is not known");
        assert_eq!(at(52.1, 21.0), None);
        assert_eq!(at(51.0, 19.9), None);
        assert_eq!(Terrain::default().at(LatLon { lat_deg: 0.0, lon_deg: 0.0 }), None);
    }
}
