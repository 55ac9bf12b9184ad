//! From a coarse grid to a fine one: cells that may hold a transmitter are split, a few places at each tick; where it stands is state.

use skypicket_model::LatLon;
use skypicket_model::math::{exp, wrap_deg_180};

use super::given::Given;
use super::shape::{Shape, Stand};
use super::weigh::{Found, Weigher};

/// Sides of the grids' cells, degrees of latitude: each half of the one before; the last some 9 km.
const SIDE_DEG: f64 = 0.64;
pub(super) const LEVELS: u8 = 4;
/// Levels of a search that asks only whether there is anything.
pub(super) const QUICK: u8 = 2;
/// Cells of the first grid on each side of a place about which is searched.
const ABOUT: i32 = 1;
/// Around the places where aircraft lost their navigation, degrees of latitude: it may stand to one side of all of them.
const MARGIN_DEG: f64 = 2.5;
/// The same of one beside another: what it explains alone is near it.
const BESIDE_DEG: f64 = 1.0;
/// Most cells of the first grid in a row and in a column, the others on both sides left out.
const MAX_SIDE: i32 = 22;
/// Cells that are split at each level: at least, and at most, and what they hold of the whole, flattened by a power: of coarse cells the middle says less.
const LEAST_SPLIT: usize = 8;
const MOST_SPLIT: usize = 60;
const HELD: f64 = 0.98;
const FLATTENED: [f64; LEVELS as usize] = [0.35, 0.5, 0.7, 1.0];

/// A cell of a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Leaf {
    pub(super) row: i32,
    pub(super) column: i32,
    pub(super) level: u8,
    pub(super) found: Found,
}
skypicket_model::canon_struct!(Leaf { row, column, level, found });

/// A cell that is to be weighed, and its parent's figures.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Todo {
    row: i32,
    column: i32,
    from: Option<Shape>,
}
skypicket_model::canon_struct!(Todo { row, column, from });

/// A search under way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Search {
    /// Another transmitter that stands meanwhile.
    beside: Option<Stand>,
    /// A degree of longitude is so much shorter than one of latitude, in halves.
    wide: f64,
    levels: u8,
    level: u8,
    todo: Vec<Todo>,
    next: u32,
    /// Of this level, and of coarser ones that were not split.
    leaves: Vec<Leaf>,
    kept: Vec<Leaf>,
}
skypicket_model::canon_struct!(Search { beside, wide, levels, level, todo, next, leaves, kept });

impl Search {
    /// Begins; `None` where nobody lost anything. `about`: only about a place.
    pub(super) fn new(given: &Given, beside: Option<Stand>, about: Option<LatLon>, levels: u8) -> Option<Self> {
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
        let margin_deg = if beside.is_some() { BESIDE_DEG } else { MARGIN_DEG };
        let margin = [margin_deg, margin_deg * wide];
        let zero = [0.0, first.lon_deg];
        let low: [i32; 2] = core::array::from_fn(|k| ((south[k] + zero[k] - margin[k]) / side[k]).floor() as i32);
        let high: [i32; 2] = core::array::from_fn(|k| ((north[k] + zero[k] + margin[k]) / side[k]).ceil() as i32);
        let range = |k: usize| {
            if let Some(about) = about {
                let own = [about.lat_deg, first.lon_deg + wrap_deg_180(about.lon_deg - first.lon_deg)];
                let middle = (own[k] / side[k]).floor() as i32;
                return middle - ABOUT..middle + ABOUT + 1;
            }
            let cut = (high[k] - low[k] - MAX_SIDE).max(0);
            low[k] + cut / 2..high[k] - (cut - cut / 2)
        };
        let todo = range(0).flat_map(|row| range(1).map(move |column| Todo { row, column, from: None })).collect();
        Some(Self { beside, wide, levels, level: 0, todo, next: 0, leaves: Vec::new(), kept: Vec::new() })
    }

    /// Sides of cells of a level, degrees.
    pub(super) fn cell_deg(&self, level: u8) -> [f64; 2] {
        let side = SIDE_DEG / f64::from(1_u32 << level.min(30));
        [side, side * self.wide]
    }

    /// Goes on for so many steps weighed; `true` once it is done.
    pub(super) fn go_on(&mut self, given: &Given, weigher: &mut Weigher, budget: &mut u64) -> bool {
        weigher.beside(given, self.beside.as_ref());
        while *budget > 0 {
            let Some(todo) = self.todo.get(self.next as usize).copied() else {
                if self.level + 1 >= self.levels {
                    return true;
                }
                self.split();
                continue;
            };
            self.next += 1;
            let (row, column, before) = (todo.row, todo.column, weigher.weighed);
            let found = weigher.weigh(given, self.middle(row, column, self.level), todo.from.as_ref());
            *budget = budget.saturating_sub(weigher.weighed - before);
            self.leaves.push(Leaf { row, column, level: self.level, found });
        }
        false
    }

    /// Middle of a cell.
    fn middle(&self, row: i32, column: i32, level: u8) -> LatLon {
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
        let flattened = FLATTENED.get(usize::from(self.level)).copied().unwrap_or(1.0);
        let mass = |leaf: &Leaf| exp((leaf.found.ln - best) * flattened);
        let whole: f64 = leaves.iter().map(mass).sum();
        let (mut held, mut count) = (0.0, 0);
        for leaf in &leaves {
            if held >= HELD * whole && count >= LEAST_SPLIT {
                break;
            }
            held += mass(leaf);
            count += 1;
        }
        let rest = leaves.split_off(count.min(MOST_SPLIT).min(leaves.len()));
        self.kept.extend(rest);
        self.todo.clear();
        for leaf in leaves {
            for (up, right) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let (row, column) = (2 * leaf.row + up, 2 * leaf.column + right);
                self.todo.push(Todo { row, column, from: Some(leaf.found.best) });
            }
        }
        (self.level, self.next) = (self.level + 1, 0);
    }

    /// All cells, each part of the ground once.
    pub(super) fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.leaves.iter().chain(&self.kept)
    }

    /// The best place, and how well a transmitter there explains what was seen, with its prior.
    pub(super) fn best(&self) -> Option<(Stand, f64)> {
        let leaf = self.leaves().max_by(|a, b| a.found.best_ln.total_cmp(&b.found.best_ln))?;
        let place = self.middle(leaf.row, leaf.column, leaf.level);
        Some((Stand { place, shape: leaf.found.best }, leaf.found.best_ln))
    }
}
