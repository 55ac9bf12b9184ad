//! Gate: which plots of a look could belong to which track, by a grid over the sensor's plane and a bound on the track's uncertainty.

use crate::gauss::V3;
use crate::measure::Measured;
use crate::predict::Models;
use crate::state::Hot;

/// Cell of the plot grid, metres. Origin: about the gate of a track seen one scan ago, so that a look-up touches a few cells.
const CELL_M: f64 = 5000.0;

/// Plots of one look by cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grid {
    cells: Vec<(i32, i32, u32)>,
    /// Largest cross-range variance among the plots, m².
    pub widest: f64,
}

impl Grid {
    pub(crate) fn fill(&mut self, plots: &[Measured]) {
        self.cells.clear();
        self.widest = 0.0;
        for (k, plot) in plots.iter().enumerate() {
            self.cells.push((cell(plot.local.0), cell(plot.local.1), k as u32));
            self.widest = self.widest.max(plot.widest_variance());
        }
        self.cells.sort_unstable();
    }

    /// Plots in the square of half-width `radius_m` about a place, in grid order.
    pub(crate) fn near(&self, x_m: f64, y_m: f64, radius_m: f64, out: &mut Vec<u32>) {
        out.clear();
        let (x0, x1) = (cell(x_m - radius_m), cell(x_m + radius_m));
        let (y0, y1) = (cell(y_m - radius_m), cell(y_m + radius_m));
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
