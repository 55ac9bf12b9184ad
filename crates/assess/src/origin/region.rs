//! Possible starts by cells, and the smallest regions that hold half and nine tenths of them.

use super::areas::Areas;
use super::flight::Deposit;
use crate::coverage::EARTH_M;
use skypicket_model::math::{cos, ln, rad};
use skypicket_model::origin::{OriginCandidate, OriginCell};
use std::collections::BTreeMap;

/// Sides of cells that are chosen from, degrees of latitude; one of longitude is half as wide again.
const SIDES_DEG: [f64; 6] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4];
/// A cell is about this share of how far starts may be: fine, for a start may be near all the same.
const CELLS_IN_REACH: f64 = 150.0;
/// Cells are taken together until the 90 % region has at most so many for each flight that counts, and at most so many at all; then each is spread over
/// its neighbours so often.
const CELLS_A_FLIGHT: f64 = 0.8;
const LEAST_CELLS: f64 = 60.0;
const MOST_CELLS: f64 = 600.0;
const PASSES: usize = 2;
/// What the 50 % and the 90 % region hold of what the flights deposited: less, for doubts about wind, turns and coverage spread it wider than starts lie.
/// Origin: runs with known starts (docs/detectors/origin.md).
const HELD: [f64; 2] = [0.32, 0.87];
/// Most cells counted; what falls elsewhere is in the candidates' probabilities and in no region.
const MAX_CELLS: usize = 60_000;
/// Most cells told.
pub const MAX_TOLD: usize = 2048;

/// What flights have deposited so far.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Starts {
    pub(super) cell_deg: [f64; 2],
    cells: BTreeMap<(i32, i32), f64>,
    in_areas: Vec<f64>,
    elsewhere: f64,
    total: f64,
    /// Sum of squares of what each flight deposited, and of this one so far.
    squares: f64,
    flight: f64,
}
skypicket_model::canon_struct!(Starts { cell_deg, cells, in_areas, elsewhere, total, squares, flight });

/// The regions.
pub(super) struct Regions {
    pub(super) cell_deg: [f64; 2],
    pub(super) cells: Vec<OriginCell>,
    pub(super) half: u32,
    pub(super) area_km2: [f64; 2],
}

impl Starts {
    pub(super) fn new(reach_km: f64, areas: usize) -> Self {
        let wanted = reach_km / 111.0 / CELLS_IN_REACH;
        let side = SIDES_DEG.iter().copied().find(|side| *side >= wanted).unwrap_or(0.4);
        Self {
            cell_deg: [side, 1.5 * side],
            cells: BTreeMap::new(),
            in_areas: vec![0.0; areas],
            elsewhere: 0.0,
            total: 0.0,
            squares: 0.0,
            flight: 0.0,
        }
    }

    pub(super) fn take(&mut self, deposit: &Deposit<'_>) {
        let row = (deposit.about.lat_deg / self.cell_deg[0]).floor() as i32;
        let column = (deposit.about.lon_deg / self.cell_deg[1]).floor() as i32;
        if self.cells.len() < MAX_CELLS || self.cells.contains_key(&(row, column)) {
            *self.cells.entry((row, column)).or_default() += deposit.weight;
        }
        for area in deposit.inside {
            if let Some(area) = self.in_areas.get_mut(usize::from(*area)) {
                *area += deposit.weight;
            }
        }
        if deposit.inside.is_empty() {
            self.elsewhere += deposit.weight;
        }
        self.total += deposit.weight;
        self.flight += deposit.weight;
    }

    /// One flight is over.
    pub(super) fn landed(&mut self) {
        self.squares += self.flight * self.flight;
        self.flight = 0.0;
    }

    /// As many flights as would say the same if all weighed alike.
    pub(super) fn effective(&self) -> f64 {
        if self.squares > 0.0 { self.total * self.total / self.squares } else { 0.0 }
    }

    /// Candidate areas, the most probable first, and the probability of elsewhere.
    pub(super) fn candidates(&self, areas: &Areas, elsewhere: f64) -> (Vec<OriginCandidate>, f64) {
        let total = self.total.max(f64::MIN_POSITIVE);
        let mut candidates: Vec<OriginCandidate> = areas
            .priors(elsewhere)
            .zip(&self.in_areas)
            .map(|((name, prior), mass)| OriginCandidate { name: name.to_owned(), prior, probability: mass / total })
            .collect();
        candidates.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| a.name.cmp(&b.name)));
        (candidates, self.elsewhere / total)
    }

    /// The regions, in cells as large as the flights that count can fill, smoothed so that the grain of single
    /// flights goes away.
    pub(super) fn regions(&self) -> Regions {
        let most = (CELLS_A_FLIGHT * self.effective()).clamp(LEAST_CELLS, MOST_CELLS) as usize;
        let (mut cells, mut cell_deg) = (self.cells.clone(), self.cell_deg);
        while smallest(&cells, cell_deg).cells.len() > most {
            cells = coarser(&cells);
            cell_deg = cell_deg.map(|side| 2.0 * side);
        }
        for _ in 0..PASSES {
            cells = smoothed(&cells);
        }
        // What is told is bounded.
        loop {
            let regions = smallest(&cells, cell_deg);
            if regions.cells.len() <= MAX_TOLD {
                return regions;
            }
            cells = coarser(&cells);
            cell_deg = cell_deg.map(|side| 2.0 * side);
        }
    }
}

/// The smallest sets of cells that hold as much as [`HELD`] says of what fell into cells.
fn smallest(all: &BTreeMap<(i32, i32), f64>, cell_deg: [f64; 2]) -> Regions {
    let total = all.values().sum::<f64>().max(f64::MIN_POSITIVE);
    let area = |row: i32| cell_km2(cell_deg, row);
    let mut cells: Vec<OriginCell> = all
        .iter()
        .map(|((row, column), mass)| OriginCell { row: *row, column: *column, probability: mass / total })
        .collect();
    // Densest first: cells of one grid differ in area.
    cells.sort_by(|a, b| {
        let density = |cell: &OriginCell| cell.probability / area(cell.row);
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

/// Four cells as one.
fn coarser(cells: &BTreeMap<(i32, i32), f64>) -> BTreeMap<(i32, i32), f64> {
    let mut out = BTreeMap::new();
    for ((row, column), mass) in cells {
        *out.entry((row.div_euclid(2), column.div_euclid(2))).or_insert(0.0) += mass;
    }
    out
}

/// Area of a cell of a row.
pub(super) fn cell_km2(cell_deg: [f64; 2], row: i32) -> f64 {
    let middle = rad((f64::from(row) + 0.5) * cell_deg[0]);
    rad(cell_deg[0]) * rad(cell_deg[1]) * cos(middle) * EARTH_M * EARTH_M * 1e-6
}

/// Each cell spread over its neighbours, one, two, one in each direction.
fn smoothed(cells: &BTreeMap<(i32, i32), f64>) -> BTreeMap<(i32, i32), f64> {
    let mut out = BTreeMap::new();
    for ((row, column), mass) in cells {
        for (up, a) in [(-1, 0.25), (0, 0.5), (1, 0.25)] {
            for (right, b) in [(-1, 0.25), (0, 0.5), (1, 0.25)] {
                *out.entry((row + up, column + right)).or_insert(0.0) += mass * a * b;
            }
        }
    }
    out
}

/// What was learned about the candidate areas, nats: relative entropy of what they are now to what they were.
pub(super) fn learned(candidates: &[OriginCandidate], elsewhere: (f64, f64)) -> f64 {
    let gain = |now: f64, before: f64| if now > 0.0 { now * ln(now / before.max(1e-12)) } else { 0.0 };
    let areas = candidates.iter().map(|candidate| gain(candidate.probability, candidate.prior));
    (areas.sum::<f64>() + gain(elsewhere.0, elsewhere.1)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::LatLon;

    fn at(lat_deg: f64, lon_deg: f64, weight: f64) -> Deposit<'static> {
        let place = LatLon { lat_deg, lon_deg };
        Deposit { about: place, weight, inside: &[] }
    }

    #[test]
    fn regions_hold_what_they_say_on_the_least_ground() {
        let mut starts = Starts::new(600.0, 0);
        assert!((starts.cell_deg[0] - 0.05).abs() < 1e-12);
        // A dense heap and a wide field of the same weight.
        for k in 0..1000 {
            let (i, j) = (f64::from(k % 40), f64::from(k / 40));
            starts.take(&at(52.0 + 0.01 * i, 25.0 + 0.01 * j, 1.0));
            starts.take(&at(54.0 + 0.1 * i, 30.0 + 0.2 * j, 1.0));
            starts.landed();
        }
        let regions = starts.regions();
        let held: f64 = regions.cells.iter().map(|cell| cell.probability).sum();
        let half: f64 = regions.cells.iter().take(regions.half as usize).map(|cell| cell.probability).sum();
        assert!((0.87..0.88).contains(&held) && (0.32..0.38).contains(&half), "{held} {half}");
        assert!(regions.area_km2[1] > 2.5 * regions.area_km2[0], "{:?}", regions.area_km2);
        let lat_deg = |cell: &OriginCell| (f64::from(cell.row) + 0.5) * regions.cell_deg[0];
        assert!(
            regions.cells.iter().take(5).all(|cell| (51.8..=52.6).contains(&lat_deg(cell))),
            "the heap comes first"
        );
        assert!((starts.effective() - 1000.0).abs() < 1e-6);
        assert!((cell_km2([0.2, 0.3], 260) - 22.24 * 33.36 * 0.6148).abs() < 2.0);
    }

    #[test]
    fn what_is_learned_is_nothing_while_nothing_changes() {
        let candidate = |prior, probability| OriginCandidate { name: String::new(), prior, probability };
        assert!(learned(&[candidate(0.4, 0.4), candidate(0.3, 0.3)], (0.3, 0.3)) < 1e-12);
        assert!(learned(&[candidate(0.4, 0.95), candidate(0.3, 0.0)], (0.05, 0.3)) > 0.5);
    }
}
