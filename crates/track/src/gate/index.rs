//! Which tracks a look can concern, without walking through all of them.
//!
//! Tracks are kept by cubes of the Earth-fixed frame, in two sizes: small cubes for what was updated lately, large ones for what has been
//! coasting or is badly known. The index gives a superset of the tracks that some plot can belong to; who belongs to what is decided by the
//! gate as ever, in order of the slots, so that the index changes no bit of any result. When it cannot promise a superset (a look much older
//! or younger than the last tick, plots of unusual uncertainty) it says so and all tracks are walked through.

use crate::gate::reach;
use crate::gauss::{V3, add, along, norm, scale};
use crate::measure::{Measured, Shape};
use crate::predict::{Models, height_at, up_at};
use crate::sensor::Prepared;
use crate::state::Hot;
use skypicket_model::Time;
use skypicket_model::table::Table;

/// Looks from so long before to so long after the last tick are served, seconds. Origin: ticks come each second; most late frames are
/// younger than ten seconds.
const BEFORE_S: f64 = 10.0;
const AFTER_S: f64 = 3.0;
/// What the plots of a look may add to a track's own bound, metres.
const PLOT_M: f64 = 28_000.0;
/// Side of the cubes, and how old a state in them may be at a tick. Origin: a side is what [`PLOT_M`] and the bound of a track just born
/// (120 m/s in unknown direction, for as long) come to together.
const LEVELS: [(f64, f64); 2] = [(64_000.0, 15.0), (256_000.0, 60.0)];
/// What may come to a bound by biases in time, seconds of flight. Origin: gate and prior of registration give 2.
const LATE_S: f64 = 4.0;
/// A track made by a radar may have flown so far out of its reach, metres.
const BEYOND_M: f64 = 200_000.0;
/// Tracks in no level.
const REST: u8 = LEVELS.len() as u8;
/// No track.
const NOWHERE: u8 = u8::MAX;
/// A place without height is taken to be at this height; everything in a level is within [`LOWEST_M`] and [`HIGHEST_M`].
const NOMINAL_M: f64 = 9000.0;
const LOWEST_M: f64 = -2000.0;
const HIGHEST_M: f64 = 20_000.0;
/// Beyond this slant range "up" there is too unlike "up" here.
const SLANT_M: f64 = 400_000.0;
/// A sensor that reaches no farther is asked for by its place. Origin: seven small cubes across, hundreds of large ones.
const SHORT_REACH_M: f64 = 140_000.0;

type Key = (i32, i32, i32);

/// Where a slot is listed.
#[derive(Clone, Copy, Debug)]
struct Home {
    level: u8,
    cell: u32,
    at: u32,
    key: Key,
}

const HOMELESS: Home = Home { level: NOWHERE, cell: 0, at: 0, key: (0, 0, 0) };

/// Slots by cube; cubes stay listed when they are empty (at most a few hundred thousand cover the Earth).
#[derive(Clone, Debug, Default)]
struct Level {
    cells: Table<Key, u32>,
    slots: Vec<Vec<u32>>,
}

/// The index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    levels: [Level; LEVELS.len()],
    rest: Vec<u32>,
    homes: Vec<Home>,
    swept: Option<Time>,
    keys: Vec<Key>,
    asked: Vec<Key>,
}

fn key(x: &V3, side_m: f64) -> Key {
    let of = |m: f64| (m / side_m).floor() as i32;
    (of(x[0]), of(x[1]), of(x[2]))
}

/// Whether a place is between the lowest and the highest height, to some metres.
fn is_low(x: &V3) -> bool {
    const EQUATOR_M: f64 = 6_378_137.0;
    const POLE_M: f64 = 6_356_752.0;
    let across2 = x[0] * x[0] + x[1] * x[1];
    let of = |h: f64| across2 / ((EQUATOR_M + h) * (EQUATOR_M + h)) + x[2] * x[2] / ((POLE_M + h) * (POLE_M + h));
    of(HIGHEST_M) < 1.0 && of(LOWEST_M) > 1.0
}

impl Index {
    /// Lists a slot where its state says.
    pub(crate) fn place(&mut self, slot: usize, hot: &Hot, models: &Models, gate: f64) {
        let mut level = REST;
        let age_s = self.swept.map_or(f64::INFINITY, |swept| (swept - hot.time).s());
        if age_s >= -AFTER_S && is_low(&hot.x) {
            let speed_m_s = norm(&hot.v);
            let fits = LEVELS.iter().position(|&(side_m, oldest_s)| {
                // As far as it can be from its state's place at any look that is served.
                let dt_s = oldest_s + AFTER_S;
                let (_, spread) = reach(hot, dt_s, models);
                let bound_m = speed_m_s * (dt_s + LATE_S) + ((3.0 * gate).max(25.0) * spread).sqrt();
                age_s <= oldest_s && bound_m <= side_m - PLOT_M
            });
            level = fits.map_or(REST, |k| k as u8);
        }
        let key = LEVELS.get(usize::from(level)).map_or((0, 0, 0), |(side_m, _)| key(&hot.x, *side_m));
        let home = self.homes.get(slot).copied().unwrap_or(HOMELESS);
        if home.level == level && home.key == key {
            return;
        }
        self.remove(slot);
        let (cell, list) = match self.levels.get_mut(usize::from(level)) {
            None => (0, &mut self.rest),
            Some(level) => {
                let cell = match level.cells.get(&key) {
                    Some(cell) => *cell,
                    None => {
                        let cell = level.slots.len() as u32;
                        level.cells.insert(key, cell);
                        level.slots.push(Vec::new());
                        cell
                    }
                };
                (cell, &mut level.slots[cell as usize])
            }
        };
        let at = list.len() as u32;
        list.push(slot as u32);
        if self.homes.len() <= slot {
            self.homes.resize(slot + 1, HOMELESS);
        }
        self.homes[slot] = Home { level, cell, at, key };
    }

    /// Takes a slot off the lists.
    pub(crate) fn remove(&mut self, slot: usize) {
        let Some(home) = self.homes.get_mut(slot) else { return };
        let home = core::mem::replace(home, HOMELESS);
        if home.level == NOWHERE {
            return;
        }
        let list = match self.levels.get_mut(usize::from(home.level)) {
            None => &mut self.rest,
            Some(level) => &mut level.slots[home.cell as usize],
        };
        list.swap_remove(home.at as usize);
        if let Some(moved) = list.get(home.at as usize) {
            self.homes[*moved as usize].at = home.at;
        }
    }

    /// At a tick: what became too old for its level moves on.
    pub(crate) fn sweep(&mut self, now: Time, hot: &[Hot], models: &Models, gate: f64) {
        let first = self.swept.is_none();
        // The clock of ticks never goes back; should it, the lists are for the younger moment.
        self.swept = Some(self.swept.map_or(now, |swept| swept.max(now)));
        for (slot, hot) in hot.iter().enumerate() {
            let Some(home) = self.homes.get(slot) else { break };
            let oldest_s = LEVELS.get(usize::from(home.level)).map(|level| level.1);
            let is_due = oldest_s.map_or(first, |oldest_s| (now - hot.time).s() > oldest_s);
            if hot.alive && is_due {
                self.place(slot, hot, models, gate);
            }
        }
    }

    /// Fills `out` with the slots, in their order, of all tracks that the look can concern; `false` when that may be any.
    /// `whole`: silence is news too, so that plots alone do not say whom the look concerns.
    pub(crate) fn concerned(&mut self, look: &Look<'_>, whole: bool, out: &mut Vec<u32>) -> bool {
        out.clear();
        let served = self.swept.is_some_and(|swept| (-BEFORE_S..=AFTER_S).contains(&(look.time - swept).s()));
        let is_timely = 2.0 * look.gate * look.unknown.time_s2 <= LATE_S * LATE_S;
        if !served || !is_timely {
            return false;
        }
        self.keys.clear();
        let by_plots = !whole && look.plots.len() * 8 < self.homes.len() && {
            look.plots.iter().all(|plot| {
                let place = place_of(plot, look);
                self.keys.extend(place.map(|x| key(&x, LEVELS[0].0)));
                place.is_some()
            })
        };
        for (&(side_m, _), level) in LEVELS.iter().zip(&self.levels) {
            self.asked.clear();
            if by_plots {
                let per = (side_m / LEVELS[0].0) as i32;
                let wider = |k: &Key| (k.0.div_euclid(per), k.1.div_euclid(per), k.2.div_euclid(per));
                self.asked.extend(self.keys.iter().map(wider));
                self.asked.sort_unstable();
                self.asked.dedup();
                around(&mut self.asked);
            } else if !within_reach(look, side_m, &mut self.asked) {
                return false;
            }
            for key in &self.asked {
                if let Some(cell) = level.cells.get(key) {
                    out.extend_from_slice(&level.slots[*cell as usize]);
                }
            }
        }
        out.extend_from_slice(&self.rest);
        out.sort_unstable();
        true
    }
}

/// A look, as far as it says whom it concerns.
pub(crate) struct Look<'a> {
    pub time: Time,
    pub sensor: &'a Prepared,
    pub plots: &'a [Measured],
    pub gate: f64,
    pub unknown: Unknown,
}

/// The most that what is not known of radars' biases can spread any track's place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unknown {
    /// Of range, azimuth and elevation together, m².
    place_m2: f64,
    /// Of time, s².
    time_s2: f64,
}

impl Unknown {
    /// Shares of a track's place in the radars add up to one, so that the worst radar bounds all.
    pub(crate) fn of(sensors: &[Prepared]) -> Self {
        sensors.iter().filter(|sensor| !sensor.settled).fold(Self::default(), |most, sensor| {
            let reach_m = sensor.range_m.1 + BEYOND_M;
            let angles = sensor.bias.azimuth_rad.variance + sensor.bias.elevation_rad.variance;
            let place_m2 = sensor.bias.range_m.variance + angles * reach_m * reach_m;
            Self { place_m2: most.place_m2.max(place_m2), time_s2: most.time_s2.max(sensor.bias.time_s.variance) }
        })
    }
}

/// A place from which all tracks that the plot can belong to are within [`PLOT_M`] and their own bound; `None` when there is none.
fn place_of(plot: &Measured, look: &Look<'_>) -> Option<V3> {
    let sigma_m = |variance: f64| (look.gate * variance).sqrt();
    let rows = |dims: usize| {
        let own: f64 = (0..dims).map(|k| plot.variance[k] + plot.bias_variance[k]).sum();
        sigma_m(own + look.unknown.place_m2)
    };
    let at_height = |x: &V3| add(x, &scale(NOMINAL_M - height_at(x), &up_at(x)));
    let vertical_m = (HIGHEST_M - NOMINAL_M).max(NOMINAL_M - LOWEST_M);
    let (place, blur_m) = match (plot.shape, plot.dims) {
        // Each row holds within the gate: the distance is bounded by all three together.
        (Shape::Place, 3) => (plot.z, rows(3)),
        (Shape::Place, _) => (at_height(&plot.z), vertical_m * 1.1 + rows(2)),
        // Range and azimuth at the track's own height: over the ground it is nearer, by as much as the height allows.
        (Shape::Slant, _) if plot.polar[0] <= SLANT_M => {
            let (range_m, rise_m) = (plot.polar[0], HIGHEST_M - LOWEST_M);
            let nearest_m = (range_m * range_m - rise_m * rise_m).max(0.0).sqrt();
            let half_m = 0.5 * (range_m - nearest_m);
            (at_height(&along(&plot.z, -half_m, &plot.rows[0])), vertical_m * 1.1 + half_m + 1.1 * rows(2))
        }
        _ => return None,
    };
    (blur_m <= PLOT_M).then_some(place)
}

/// The cubes that a sensor of short reach can see into; `false` when it has no place or reaches far.
fn within_reach(look: &Look<'_>, side_m: f64, out: &mut Vec<Key>) -> bool {
    let Some(site) = look.sensor.site.as_ref().filter(|_| look.sensor.range_m.1 <= SHORT_REACH_M) else {
        return false;
    };
    let reach_m = look.sensor.range_m.1 + side_m - PLOT_M;
    let corner = |m: f64| key(&[site.ecef[0] + m, site.ecef[1] + m, site.ecef[2] + m], side_m);
    let (from, to) = (corner(-reach_m), corner(reach_m));
    for x in from.0..=to.0 {
        for y in from.1..=to.1 {
            out.extend((from.2..=to.2).map(|z| (x, y, z)));
        }
    }
    true
}

/// Adds to each cube the 26 around it.
fn around(keys: &mut Vec<Key>) {
    for k in 0..keys.len() {
        let (x, y, z) = keys[k];
        for dx in -1..=1 {
            for dy in -1..=1 {
                keys.extend((-1..=1).map(|dz| (x + dx, y + dy, z + dz)));
            }
        }
    }
    keys.sort_unstable();
    keys.dedup();
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
