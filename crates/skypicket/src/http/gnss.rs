//! Satellite navigation by cell, as the map draws it.

use skypicket_assess::gnss::corners;
use skypicket_model::Reality;
use skypicket_model::gnss::GnssCell;

use super::dto::{GnssCellDto, GnssDto};
use super::render::Renderer;
use crate::words;

/// Most cells in one answer. Origin: Europe has some 9,000 of resolution 4 in all layers that are flown in.
const MAX_CELLS: usize = 20_000;
/// What is held so with this probability is drawn so.
const HELD: f64 = 0.9;

impl Renderer<'_> {
    /// Cells of a reality; of the first that there is where none is named.
    #[must_use]
    pub fn gnss(&self, reality: Option<Reality>) -> GnssDto {
        let own = self.picture.gnss.iter().find(|gnss| reality.is_none_or(|reality| gnss.reality == reality));
        let mut cells: Vec<&GnssCell> = own.map_or_else(Vec::new, |gnss| gnss.cells.iter().collect());
        cells.sort_by(|a, b| b.above[1].total_cmp(&a.above[1]).then((a.cell, a.band).cmp(&(b.cell, b.band))));
        let cut = cells.len() > MAX_CELLS;
        cells.truncate(MAX_CELLS);
        GnssDto {
            time: self.picture.time.to_string(),
            reality: words::reality(own.map_or(reality.unwrap_or_default(), |gnss| gnss.reality)),
            cells: cells.into_iter().map(cell).collect(),
            cut,
        }
    }
}

fn cell(cell: &GnssCell) -> GnssCellDto {
    let mut ring: Vec<[f64; 2]> = corners(cell.cell).into_iter().map(|at| [at.lon_deg, at.lat_deg]).collect();
    ring.extend(ring.first().copied());
    GnssCellDto {
        cell: format!("{:x}", cell.cell),
        band: cell.band.name(),
        ring,
        state: state(cell),
        share: cell.share,
        above: cell.above,
        effective: cell.effective,
        now: cell.now,
        updated: cell.updated.to_string(),
        text: words::gnss_cell(cell),
    }
}

/// As the map colours it. What is neither surely above nor surely below counts as quiet only with evidence.
fn state(cell: &GnssCell) -> &'static str {
    if cell.above[1] >= HELD {
        "much"
    } else if cell.above[0] >= HELD {
        "some"
    } else if cell.has_evidence() {
        "quiet"
    } else {
        "none"
    }
}
