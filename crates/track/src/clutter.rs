//! Clutter: how many false plots a sensor makes and where, learned from what no track explains.
//!
//! A sensor states (or is assumed to make) so many false plots a turn, spread evenly over its range and azimuth. What it really makes comes
//! from hills, sea, wind parks and roads, and sits where they are. The map holds, by range and azimuth, how many plots were false (each counted with the
//! probability that it was) beside how many were expected; both fade. Each cell's ratio is a gamma posterior drawn towards its region's, that
//! towards the stated figure (conjugate to Poisson counts: Gelman et al., *Bayesian Data Analysis* §2.6), so that a few plots
//! change nothing and a hill that answers at every turn soon starts no tracks. Regions, not the whole sensor: what is far away changes no track here.

use skypicket_model::math::{TAU, wrap_tau};

/// Cells in range and in azimuth.
pub(crate) const RANGES: usize = 16;
const AZIMUTHS: usize = 64;
/// A region is so many cells in range (where there are more) and in azimuth: a quarter of the reach and 45°.
const REGION_RANGES: usize = RANGES / 4;
const REGION_AZIMUTHS: usize = AZIMUTHS / 8;
/// Most cells that a map has.
const MOST_CELLS: usize = RANGES * AZIMUTHS;
/// Turns after which what was counted has faded to a third. Origin: a quarter to half an hour; weather moves so far in that time.
const MEMORY_LOOKS: f64 = 200.0;
/// How many turns' worth of counts a stated figure weighs, and one that is assumed only.
const STATED_LOOKS: f64 = 100.0;
const ASSUMED_LOOKS: f64 = 3.0;
/// How many false plots' worth a cell is drawn to its region's ratio.
const CELL_COUNTS: f64 = 5.0;
/// Bounds of what is learned, as a share of the stated density.
const LEAST: f64 = 0.05;
const MOST: f64 = 200.0;

/// What one sensor was seen to make.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClutterMap {
    /// False plots by cell, faded.
    counts: Vec<f64>,
    /// The turns in which they came, faded.
    looks: f64,
    /// Density relative to the stated one by cell; worked out once a turn. Empty while nothing was learned.
    ratios: Vec<f64>,
}
skypicket_model::canon_struct!(ClutterMap { counts, looks, ratios });

/// What stays the same of a sensor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Volume {
    /// False plots a turn, stated or assumed.
    pub per_look: f64,
    pub stated: bool,
    pub range_m: (f64, f64),
    /// Cells in range: [`RANGES`], or 1 of what measures none.
    pub ranges: usize,
    /// Width of the sector, radians.
    pub sector_rad: f64,
}

impl ClutterMap {
    pub(crate) fn new() -> Self {
        Self { counts: Vec::new(), looks: 0.0, ratios: Vec::new() }
    }

    /// Density at a place relative to the stated one.
    #[inline]
    pub(crate) fn ratio(&self, volume: &Volume, range_m: f64, azimuth_rad: f64) -> f64 {
        self.ratios.get(cell(volume, range_m, azimuth_rad)).copied().unwrap_or(1.0)
    }

    /// A plot that was false with this probability.
    pub(crate) fn count(&mut self, volume: &Volume, range_m: f64, azimuth_rad: f64, probability: f64) {
        self.counts.resize(volume.cells(), 0.0);
        self.counts[cell(volume, range_m, azimuth_rad)] += probability;
    }

    /// A turn is over: works the ratios out, and lets what was counted fade.
    pub(crate) fn turned(&mut self, volume: &Volume) {
        self.looks += 1.0;
        self.counts.resize(volume.cells(), 0.0);
        self.ratios.resize(volume.cells(), 1.0);
        // Cells beyond a narrow sector never count; each within has its share of the sector.
        let share = (TAU / volume.sector_rad).max(1.0) / volume.cells() as f64;
        let expected = self.looks * volume.per_look * share;
        let prior_looks = if volume.stated { STATED_LOOKS } else { ASSUMED_LOOKS };
        let rings = REGION_RANGES.min(volume.ranges);
        for ring in (0..volume.ranges).step_by(rings) {
            for direction in (0..AZIMUTHS).step_by(REGION_AZIMUTHS) {
                let cells = || {
                    (ring..ring + rings)
                        .flat_map(move |r| (direction..direction + REGION_AZIMUTHS).map(move |a| r * AZIMUTHS + a))
                };
                let (size, counted) = cells().fold((0.0, 0.0), |(n, sum), cell| (n + 1.0, sum + self.counts[cell]));
                let prior = prior_looks * volume.per_look * share * size;
                let region = (prior + counted) / (prior + expected * size);
                for cell in cells() {
                    let ratio = (CELL_COUNTS * region + self.counts[cell]) / (CELL_COUNTS + expected);
                    self.ratios[cell] = ratio.clamp(LEAST, MOST);
                }
            }
        }
        let keep = 1.0 - 1.0 / MEMORY_LOOKS;
        self.looks *= keep;
        self.counts.iter_mut().for_each(|count| *count *= keep);
    }

    /// Whether all numbers make sense.
    pub(crate) fn is_sound(&self) -> bool {
        let fits = |list: &[f64]| list.len() <= MOST_CELLS;
        let sane = |value: &f64| value.is_finite() && *value >= 0.0;
        fits(&self.counts)
            && fits(&self.ratios)
            && self.counts.iter().chain(&self.ratios).chain([&self.looks]).all(sane)
    }
}

impl Volume {
    fn cells(&self) -> usize {
        self.ranges * AZIMUTHS
    }
}

fn cell(volume: &Volume, range_m: f64, azimuth_rad: f64) -> usize {
    let (from, to) = volume.range_m;
    let share = ((range_m - from) / (to - from).max(1.0)).clamp(0.0, 1.0);
    let range = ((share * volume.ranges as f64) as usize).min(volume.ranges - 1);
    let azimuth = ((wrap_tau(azimuth_rad) / TAU * AZIMUTHS as f64) as usize).min(AZIMUTHS - 1);
    range * AZIMUTHS + azimuth
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOLUME: Volume =
        Volume { per_look: 20.0, stated: true, range_m: (1000.0, 201_000.0), ranges: RANGES, sector_rad: TAU };

    /// Turns in which each cell gets its share, and one place more of them.
    fn learned(volume: &Volume, turns: usize, evenly: f64, at_one_place: f64) -> ClutterMap {
        let mut map = ClutterMap::new();
        for _ in 0..turns {
            for k in 0..MOST_CELLS {
                let range_m = 1000.0 + 200_000.0 * ((k / AZIMUTHS) as f64 + 0.5) / RANGES as f64;
                let azimuth_rad = TAU * ((k % AZIMUTHS) as f64 + 0.5) / AZIMUTHS as f64;
                map.count(volume, range_m, azimuth_rad, evenly / MOST_CELLS as f64);
            }
            map.count(volume, 60_000.0, 1.0, at_one_place);
            map.turned(volume);
        }
        map
    }

    #[test]
    fn a_sensor_that_makes_what_it_states_is_taken_at_its_word() {
        let map = learned(&VOLUME, 100, 20.0, 0.0);
        for k in 0..40 {
            let ratio = map.ratio(&VOLUME, 5000.0 * f64::from(k), 0.17 * f64::from(k));
            assert!((ratio - 1.0).abs() < 0.01, "{ratio}");
        }
        assert!(
            (ClutterMap::new().ratio(&VOLUME, 5000.0, 1.0) - 1.0).abs() < 1e-12,
            "nothing learned, nothing changed"
        );
    }

    #[test]
    fn a_wrong_figure_is_corrected_and_an_assumed_one_sooner() {
        let late = learned(&VOLUME, 10, 80.0, 0.0).ratio(&VOLUME, 60_000.0, 2.0);
        let assumed = Volume { stated: false, ..VOLUME };
        let soon = learned(&assumed, 10, 80.0, 0.0).ratio(&assumed, 60_000.0, 2.0);
        assert!(late > 1.2 && late < 1.6 && soon > 3.0 && soon < 3.7, "{late} {soon}");
        let long = learned(&VOLUME, 600, 80.0, 0.0).ratio(&VOLUME, 60_000.0, 2.0);
        assert!((long - 4.0).abs() < 0.6, "{long}");
    }

    #[test]
    fn a_hill_that_answers_at_every_turn_stands_out_where_it_is() {
        let map = learned(&VOLUME, 60, 20.0, 1.0);
        let hill = map.ratio(&VOLUME, 60_000.0, 1.0);
        let opposite = map.ratio(&VOLUME, 60_000.0, 1.0 + TAU / 2.0);
        assert!(hill > 5.0 && (opposite - 1.0).abs() < 0.1, "{hill} {opposite}");
        assert!(map.is_sound());
    }
}
