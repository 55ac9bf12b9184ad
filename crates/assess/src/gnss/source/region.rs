//! The smallest regions that hold half and nine tenths of where a transmitter may stand.

use std::collections::BTreeMap;

use skypicket_model::LatLon;
use skypicket_model::gnss::SourceCell;
use skypicket_model::math::{cos, exp, rad, wrap_deg_180};

use super::search::Search;

/// What the regions hold. Origin: docs/detectors/gnss_interference.md, "Where it comes from".
const HELD: [f64; 2] = [0.5, 0.9];
/// Most cells of a region before cells are taken together.
const MOST_CELLS: usize = 500;
/// Doubt about the model itself: places are spread by this share of the reach, and at least by so many km.
const DOUBT_SHARE: f64 = 0.045;
const DOUBT_KM: f64 = 2.0;
const MOST_PASSES: usize = 60;
const EARTH_KM: f64 = 6371.0;

/// Mass by cell.
type Cells = BTreeMap<(i32, i32), f64>;

/// The regions of one transmitter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Regions {
    pub(super) cell_deg: [f64; 2],
    pub(super) cells: Vec<SourceCell>,
    pub(super) half: u32,
    pub(super) area_km2: [f64; 2],
}

impl Regions {
    /// The mean over the region where that lies in it, else its most probable cell. Origin: over worlds with known transmitters the mean is nearer to them
    /// than the most probable cell.
    pub(super) fn middle(&self) -> LatLon {
        let [high, wide] = self.cell_deg;
        let at = |cell: &SourceCell| [(f64::from(cell.row) + 0.5) * high, (f64::from(cell.column) + 0.5) * wide];
        let (mut sum, mut whole) = ([0.0; 2], 0.0);
        for cell in &self.cells {
            let own = at(cell);
            sum = [0, 1].map(|k| sum[k] + own[k] * cell.probability);
            whole += cell.probability;
        }
        let mean = sum.map(|sum| sum / f64::max(whole, f64::MIN_POSITIVE));
        let cell = ((mean[0] / high).floor() as i32, (mean[1] / wide).floor() as i32);
        let inside = self.cells.iter().any(|own| (own.row, own.column) == cell);
        let [lat_deg, lon_deg] = match self.cells.first() {
            Some(first) if !inside => at(first),
            _ => mean,
        };
        LatLon { lat_deg: lat_deg.clamp(-90.0, 90.0), lon_deg: wrap_deg_180(lon_deg) }
    }
}

/// Regions of a search that is done.
pub(super) fn regions(search: &Search, reach_km: f64) -> Regions {
    let best = search.leaves().map(|leaf| leaf.found.ln).fold(f64::NEG_INFINITY, f64::max);
    let level = search.leaves().map(|leaf| leaf.level).max().unwrap_or(0);
    let mut cell_deg = search.cell_deg(level);
    let mut cells = Cells::new();
    for leaf in search.leaves() {
        let density = exp(leaf.found.ln - best);
        if density < 1e-7 {
            continue;
        }
        let side = 1 << (level - leaf.level);
        for up in 0..side {
            for right in 0..side {
                let key = (leaf.row * side + up, leaf.column * side + right);
                *cells.entry(key).or_insert(0.0) += density * cell_km2(cell_deg, key.0);
            }
        }
    }
    loop {
        let doubt = (DOUBT_SHARE * reach_km).max(DOUBT_KM) / (rad(cell_deg[0]) * EARTH_KM);
        let passes = (2.0 * doubt * doubt).ceil() as usize;
        if smallest(&cells, cell_deg).cells.len() <= MOST_CELLS && passes <= MOST_PASSES {
            let mut spread = cells.clone();
            for _ in 0..passes {
                spread = smoothed(&spread);
            }
            let regions = smallest(&spread, cell_deg);
            if regions.cells.len() <= 2 * MOST_CELLS {
                return regions;
            }
        }
        cells = coarser(&cells);
        cell_deg = cell_deg.map(|side| 2.0 * side);
    }
}

fn smallest(all: &Cells, cell_deg: [f64; 2]) -> Regions {
    let total = all.values().sum::<f64>().max(f64::MIN_POSITIVE);
    let area = |row: i32| cell_km2(cell_deg, row);
    let mut cells: Vec<SourceCell> = all
        .iter()
        .map(|((row, column), mass)| SourceCell { row: *row, column: *column, probability: mass / total })
        .collect();
    cells.sort_by(|a, b| {
        let density = |cell: &SourceCell| cell.probability / area(cell.row);
        density(b).total_cmp(&density(a)).then_with(|| (a.row, a.column).cmp(&(b.row, b.column)))
    });
    let mut regions = Regions { cell_deg, cells: Vec::new(), half: 0, area_km2: [0.0; 2] };
    let mut held = 0.0;
    for cell in cells {
        if held < HELD[0] {
            regions.half += 1;
            regions.area_km2[0] += area(cell.row);
        }
        if held >= HELD[1] {
            break;
        }
        held += cell.probability;
        regions.area_km2[1] += area(cell.row);
        regions.cells.push(cell);
    }
    regions
}

fn coarser(cells: &Cells) -> Cells {
    let mut out = Cells::new();
    for ((row, column), mass) in cells {
        *out.entry((row.div_euclid(2), column.div_euclid(2))).or_insert(0.0) += mass;
    }
    out
}

/// Area of a cell of a row.
fn cell_km2(cell_deg: [f64; 2], row: i32) -> f64 {
    let middle = rad((f64::from(row) + 0.5) * cell_deg[0]);
    (rad(cell_deg[0]) * rad(cell_deg[1]) * cos(middle) * EARTH_KM * EARTH_KM).max(0.0)
}

/// Each cell spread over its neighbours, one, two, one in each direction.
fn smoothed(cells: &Cells) -> Cells {
    let mut out = Cells::new();
    for ((row, column), mass) in cells {
        if *mass < 1e-12 {
            continue;
        }
        for (up, a) in [(-1, 0.25), (0, 0.5), (1, 0.25)] {
            for (right, b) in [(-1, 0.25), (0, 0.5), (1, 0.25)] {
                *out.entry((row + up, column + right)).or_insert(0.0) += mass * a * b;
            }
        }
    }
    out
}
