//! Gate: which plots of a look could belong to which track, by a grid over the sensor's plane and a bound on the track's uncertainty.

pub(crate) mod index;

use crate::gauss::V3;
use crate::measure::Measured;
use crate::predict::Models;
use crate::state::Hot;

/// Cell of the plot grid, metres. Origin: about the gate of a track seen one scan ago, so that a look-up touches a few cells.
const CELL_M: f64 = 5000.0;

/// A look with no more plots than this needs no grid.
pub(crate) const FEW_PLOTS: usize = 4;

/// Plots of one look by cell.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    cells: Vec<(i32, i32, u32)>,
    /// Largest cross-range variance among the plots, m².
    pub widest: f64,
    /// Which parts of the plots' box hold any: 64 by 64 parts, each 2 to the power of `shift` cells wide. Most look-ups end here.
    bits: [u64; 64],
    from: [i64; 2],
    to: [i64; 2],
    shift: u32,
}

impl Default for Grid {
    fn default() -> Self {
        Self { cells: Vec::new(), widest: 0.0, bits: [0; 64], from: [0; 2], to: [-1; 2], shift: 0 }
    }
}

impl Grid {
    pub(crate) fn fill(&mut self, plots: &[Measured]) {
        self.cells.clear();
        self.widest = 0.0;
        (self.from, self.to) = ([i64::MAX; 2], [i64::MIN; 2]);
        for (k, plot) in plots.iter().enumerate() {
            let (x, y) = (cell(plot.local.0), cell(plot.local.1));
            self.cells.push((x, y, k as u32));
            self.widest = self.widest.max(plot.widest_variance());
            for (axis, at) in [i64::from(x), i64::from(y)].into_iter().enumerate() {
                self.from[axis] = self.from[axis].min(at);
                self.to[axis] = self.to[axis].max(at);
            }
        }
        self.cells.sort_unstable();
        self.bits = [0; 64];
        let span = (0..2).map(|axis| self.to[axis].saturating_sub(self.from[axis])).max().unwrap_or(0).max(0);
        self.shift = (64 - (span as u64 >> 6).leading_zeros()).min(63);
        for &(x, y, _) in &self.cells {
            let [row, column] = [self.part(i64::from(x), 0), self.part(i64::from(y), 1)];
            self.bits[row] |= 1 << column;
        }
    }

    /// Which part of the box a cell within it lies in.
    fn part(&self, cell: i64, axis: usize) -> usize {
        ((cell - self.from[axis]) >> self.shift) as usize
    }

    /// Whether the cells from `low` to `high` may hold a plot.
    fn may_hold(&self, low: [i32; 2], high: [i32; 2]) -> bool {
        let (low, high) = (low.map(i64::from), high.map(i64::from));
        if (0..2).any(|axis| high[axis] < self.from[axis] || low[axis] > self.to[axis]) {
            return false;
        }
        let first = [0, 1].map(|axis| self.part(low[axis].max(self.from[axis]), axis));
        let last = [0, 1].map(|axis| self.part(high[axis].min(self.to[axis]), axis));
        let columns = (u64::MAX >> (63 - (last[1] - first[1]))) << first[1];
        self.bits[first[0]..=last[0]].iter().any(|row| row & columns != 0)
    }

    /// Plots that may belong to a track at a place of the sensor's frame (east, north, up, metres) with this variance in any direction, m², in the
    /// order of the plots. The plane is that of slant ranges: what is seen steeply stands farther out there than over the ground, and
    /// spreads as much more.
    pub(crate) fn of_track(&self, local: &V3, spread_m2: f64, gate: f64, out: &mut Vec<u32>) {
        let ground2 = (local[0] * local[0] + local[1] * local[1]).max(1.0);
        let stretch = (1.0 + local[2] * local[2] / ground2).sqrt();
        let radius_m = (gate * (spread_m2 + self.widest)).sqrt() * stretch;
        self.near(local[0] * stretch, local[1] * stretch, radius_m, out);
        out.sort_unstable();
    }

    /// Plots in the square of half-width `radius_m` about a place, in grid order.
    fn near(&self, x_m: f64, y_m: f64, radius_m: f64, out: &mut Vec<u32>) {
        out.clear();
        let (x0, x1) = (cell(x_m - radius_m), cell(x_m + radius_m));
        let (y0, y1) = (cell(y_m - radius_m), cell(y_m + radius_m));
        if !self.may_hold([x0, y0], [x1, y1]) {
            return;
        }
        if i64::from(x1) - i64::from(x0) > self.cells.len() as i64 {
            out.extend(self.cells.iter().filter(|c| (x0..=x1).contains(&c.0) && (y0..=y1).contains(&c.1)).map(|c| c.2));
            return;
        }
        for x in x0..=x1 {
            let from = self.cells.partition_point(|c| (c.0, c.1) < (x, y0));
            for c in &self.cells[from..] {
                if c.0 != x || c.1 > y1 {
                    break;
                }
                out.push(c.2);
            }
        }
    }
}

fn cell(m: f64) -> i32 {
    (m / CELL_M).floor() as i32
}

/// Where a track is and how uncertain in any one direction, at a time `dt_s` after its state (either sign).
#[inline]
pub(crate) fn reach(hot: &Hot, dt_s: f64, models: &Models) -> (V3, f64) {
    let x = crate::gauss::along(&hot.x, dt_s, &hot.v);
    let growth = hot.pp + 2.0 * hot.pv * dt_s.abs() + hot.vv * dt_s * dt_s;
    (x, growth + models.most_drift(dt_s, hot.wide))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grid of cells alone.
    fn grid(cells: &[(i32, i32)]) -> Grid {
        let plot = |&(x, y): &(i32, i32)| Measured {
            shape: crate::measure::Shape::Place,
            z: [0.0; 3],
            rows: [[0.0; 3]; 3],
            variance: [1.0; 3],
            bias_variance: [0.0; 3],
            dims: 3,
            polar: [0.0; 3],
            clutter: 0.0,
            local: ((f64::from(x) + 0.5) * CELL_M, (f64::from(y) + 0.5) * CELL_M),
            unseen: 0.0,
            offset_s: 0.0,
            source: 0,
        };
        let mut grid = Grid::default();
        grid.fill(&cells.iter().map(plot).collect::<Vec<Measured>>());
        grid
    }

    #[test]
    fn a_grid_finds_what_a_walk_finds() {
        let mut seed = 5_u64;
        let mut random = move |below: i32| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) % below as u64) as i32
        };
        for (count, wide) in [(0, 10), (1, 10), (40, 10), (40, 63), (40, 64), (40, 65), (200, 130), (200, 900)] {
            let cells: Vec<(i32, i32)> =
                (0..count).map(|_| (random(wide) - wide / 2, random(wide) - wide / 3)).collect();
            let grid = grid(&cells);
            for _ in 0..400 {
                let at = [random(2 * wide) - wide, random(2 * wide) - wide].map(|c| (f64::from(c) + 0.3) * CELL_M);
                let radius_m = f64::from(random(12 * CELL_M as i32));
                let mut found = vec![7];
                grid.near(at[0], at[1], radius_m, &mut found);
                found.sort_unstable();
                let within = |c: i32, m: f64| (cell(m - radius_m)..=cell(m + radius_m)).contains(&c);
                let walked = cells.iter().enumerate().filter(|(_, c)| within(c.0, at[0]) && within(c.1, at[1]));
                assert_eq!(found, walked.map(|(k, _)| k as u32).collect::<Vec<u32>>(), "{count} in {wide}");
            }
        }
    }
}
