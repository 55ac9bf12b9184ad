//! From a coarse grid to a fine one: cells that may hold a transmitter are split, a few places at each tick; where it stands is state.

use skypicket_model::LatLon;
use skypicket_model::math::{exp, wrap_deg_180};

use super::given::Given;
use super::weigh::{Found, PATTERNS, Weigher};

/// Sides of the grids' cells, degrees of latitude: each half of the one before.
const SIDE_DEG: f64 = 0.32;
const LEVELS: u8 = 5;
const QUICK: u8 = 2;
/// Around the places where aircraft lost their navigation, degrees of latitude: it may stand to one side of all of them.
const MARGIN_DEG: f64 = 3.0;
/// Most cells of the first grid in a row and in a column, the others on both sides left out.
const MAX_SIDE: i32 = 40;
/// Cells that are split at each level: at least, and at most, and what they hold of the whole, flattened by a power.
const LEAST_SPLIT: usize = 24;
const MOST_SPLIT: usize = 120;
const HELD: f64 = 0.995;
const FLATTENED: f64 = 0.35;
/// Antennas that are tried at each level.
const TRIED: [usize; LEVELS as usize] = [1, PATTERNS, PATTERNS, PATTERNS, PATTERNS];

/// A cell of a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Leaf {
    pub(super) row: i32,
    pub(super) column: i32,
    pub(super) level: u8,
    pub(super) found: Found,
}
skypicket_model::canon_struct!(Leaf { row, column, level, found });

/// A search under way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Search {
    pub(super) given: Given,
    /// A degree of longitude is so much shorter than one of latitude, in halves.
    wide: f64,
    /// Coarsely, and for antennas that are alike in all directions.
    quick: bool,
    level: u8,
    todo: Vec<(i32, i32)>,
    next: u32,
    /// Of this level, and of coarser ones that were not split.
    leaves: Vec<Leaf>,
    kept: Vec<Leaf>,
}
skypicket_model::canon_struct!(Search { given, wide, quick, level, todo, next, leaves, kept });

impl Search {
    /// Begins; `None` where nothing is given.
    pub(super) fn new(given: Given, quick: bool) -> Option<Self> {
        let first = *given.onsets.first()?;
        let mut south = [first.lat_deg, 0.0];
        let mut north = south;
        for place in &given.onsets {
            let own = [place.lat_deg, wrap_deg_180(place.lon_deg - first.lon_deg)];
            for k in 0..2 {
                south[k] = south[k].min(own[k]);
                north[k] = north[k].max(own[k]);
            }
        }
        let middle = 0.5 * (south[0] + north[0]);
        let wide = (2.0 / skypicket_model::math::cos(skypicket_model::math::rad(middle)).max(0.2)).round() * 0.5;
        let side = [SIDE_DEG, SIDE_DEG * wide];
        let margin = [MARGIN_DEG, MARGIN_DEG * wide];
        let about = [0.0, first.lon_deg];
        let low: [i32; 2] = core::array::from_fn(|k| ((south[k] + about[k] - margin[k]) / side[k]).floor() as i32);
        let high: [i32; 2] = core::array::from_fn(|k| ((north[k] + about[k] + margin[k]) / side[k]).ceil() as i32);
        let range = |k: usize| {
            let cut = (high[k] - low[k] - MAX_SIDE).max(0);
            low[k] + cut / 2..high[k] - (cut - cut / 2)
        };
        let todo = range(0).flat_map(|row| range(1).map(move |column| (row, column))).collect();
        Some(Self { given, wide, quick, level: 0, todo, next: 0, leaves: Vec::new(), kept: Vec::new() })
    }

    /// Sides of cells of a level, degrees.
    pub(super) fn cell_deg(&self, level: u8) -> [f64; 2] {
        let side = SIDE_DEG / f64::from(1_u32 << level.min(30));
        [side, side * self.wide]
    }

    /// Antennas that are tried now.
    fn tried(&self) -> usize {
        if self.quick { 1 } else { TRIED.get(usize::from(self.level)).copied().unwrap_or(PATTERNS) }
    }

    /// What weighing one place costs, in steps weighed.
    fn cost(&self) -> u64 {
        let tried = self.tried();
        (self.given.steps.len() + 8 * self.given.flown.len()) as u64 * (1 + 2 * tried as u64)
    }

    /// Goes on for so many steps weighed; `true` once it is done.
    pub(super) fn go_on(&mut self, weigher: &mut Weigher, budget: &mut u64) -> bool {
        let cost = self.cost();
        let mut cost_now = cost;
        while *budget > 0 {
            let Some((row, column)) = self.todo.get(self.next as usize).copied() else {
                if self.level + 1 >= if self.quick { QUICK } else { LEVELS } {
                    return true;
                }
                self.split();
                cost_now = self.cost();
                continue;
            };
            self.next += 1;
            *budget = budget.saturating_sub(cost_now);
            let tried = self.tried();
            let found = weigher.weigh(&self.given, self.middle(row, column, self.level), tried);
            self.leaves.push(Leaf { row, column, level: self.level, found });
        }
        false
    }

    /// Middle of a cell.
    pub(super) fn middle(&self, row: i32, column: i32, level: u8) -> LatLon {
        let [high, wide] = self.cell_deg(level);
        LatLon {
            lat_deg: ((f64::from(row) + 0.5) * high).clamp(-90.0, 90.0),
            lon_deg: wrap_deg_180((f64::from(column) + 0.5) * wide),
        }
    }

    /// Splits what may hold it.
    fn split(&mut self) {
        let mut leaves = core::mem::take(&mut self.leaves);
        leaves
            .sort_by(|a, b| b.found.ln.total_cmp(&a.found.ln).then_with(|| (a.row, a.column).cmp(&(b.row, b.column))));
        let best = leaves.first().map_or(0.0, |leaf| leaf.found.ln);
        let mass = |leaf: &Leaf| exp((leaf.found.ln - best) * FLATTENED);
        let whole: f64 = leaves.iter().map(mass).sum();
        let (mut held, mut count) = (0.0, 0);
        for leaf in &leaves {
            if held >= HELD * whole && count >= LEAST_SPLIT {
                break;
            }
            held += mass(leaf);
            count += 1;
        }
        let rest = leaves.split_off(count.min(MOST_SPLIT));
        self.kept.extend(rest);
        self.todo.clear();
        for leaf in leaves {
            for (up, right) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                self.todo.push((2 * leaf.row + up, 2 * leaf.column + right));
            }
        }
        (self.level, self.next) = (self.level + 1, 0);
    }

    /// All cells, each part of the ground once.
    pub(super) fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.leaves.iter().chain(&self.kept)
    }
}
