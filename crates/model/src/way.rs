//! A track's way through the last minutes, as all evidence tells it: a chain of Gaussians that whole trajectories are drawn from.
//!
//! A place at a moment says too little about a way: an object that is at the border with a probability of one half at each of a hundred moments crossed
//! it surely if its errors were independent, and with one half if they are all the same. A [`Way`] has both kinds: errors that change from moment to
//! moment, as a Markov chain that runs backwards from the newest evidence ([`Moment`]), and errors that are the same all along ([`Common`]): what is not known
//! of a radar's bias or clock. Who makes it knows filters; who draws from it need not.
//!
//! **Draws repeat.** The chance in a draw comes from the track's id, the moment and the number of the draw, never from a state: draw 7 of a way is the
//! same way again when newer evidence has come, but for what that evidence changed.

use crate::frames::LatLon;
use crate::ids::TrackId;
use crate::math;
use crate::time::Time;
use std::sync::LazyLock;

/// East and north, metres; velocity east and north, m/s.
pub type Offset = [f64; 4];

/// A moment at which something was learnt of a track.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// When.
    pub time: Time,
    /// Where it was by all evidence.
    pub place: LatLon,
    /// Its velocity east and north by all evidence, m/s.
    pub velocity_m_s: [f64; 2],
    /// Given the offset at the next moment, the mean offset here is this times that one. Zero where nothing connects the two, and at the last moment.
    pub gain: [Offset; 4],
    /// Lower triangular root of the covariance that is left.
    pub root: [Offset; 4],
    /// Covariance of the place, east, cross, north, m², without what is common.
    pub spread_m2: [f64; 3],
}

impl Moment {
    /// The larger 1-sigma of the place, metres.
    #[must_use]
    pub fn sigma_m(&self) -> f64 {
        largest_sigma_m(self.spread_m2)
    }
}

/// The largest 1-sigma of a covariance east, cross, north.
#[must_use]
pub fn largest_sigma_m([east, cross, north]: [f64; 3]) -> f64 {
    let (mean, half) = (0.5 * (east + north), 0.5 * (east - north));
    (mean + (half * half + cross * cross).sqrt()).max(0.0).sqrt()
}

/// An error that is common to the whole way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Common {
    /// Which of several independent ones.
    pub axis: u8,
    /// Where one sigma of it moves the way, east and north, metres.
    pub shift_m: [f64; 2],
    /// Probability that there is such an error at all: with the rest it is zero, and the greater where there is one. All of one way share it.
    pub exists: f64,
}

/// A way; empty until it is filled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// The moments, oldest first.
    pub moments: Vec<Moment>,
    /// What is common to all of them.
    pub common: Vec<Common>,
}

impl Way {
    /// The larger 1-sigma of what is common, metres.
    #[must_use]
    pub fn common_sigma_m(&self) -> f64 {
        let mut spread = [0.0; 3];
        for Common { shift_m: [east, north], .. } in &self.common {
            spread[0] += east * east;
            spread[1] += east * north;
            spread[2] += north * north;
        }
        largest_sigma_m(spread)
    }

    /// Draw `number` of the way: its offset from [`Moment::place`] at each moment, oldest first, with what is common in it.
    /// `common` are standard normals, one for each of [`Way::common`].
    pub fn draw(&self, track: TrackId, number: u32, common: &[f64], out: &mut Vec<Offset>) {
        out.clear();
        out.resize(self.moments.len(), [0.0; 4]);
        let seed = seed(track, number);
        let mut later = [0.0; 4];
        for (moment, offset) in self.moments.iter().zip(out.iter_mut()).rev() {
            let chance = normals(seed ^ (moment.time.ns() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            for (k, value) in offset.iter_mut().enumerate() {
                let (gain, root) = (&moment.gain[k], &moment.root[k]);
                let mut sum = gain[0] * later[0] + gain[1] * later[1] + gain[2] * later[2] + gain[3] * later[3];
                for (r, c) in root.iter().zip(&chance).take(k + 1) {
                    sum += r * c;
                }
                *value = sum;
            }
            later = *offset;
        }
        let (mut east_m, mut north_m) = (0.0, 0.0);
        for (Common { shift_m, .. }, z) in self.common.iter().zip(common) {
            east_m += shift_m[0] * z;
            north_m += shift_m[1] * z;
        }
        for offset in out {
            offset[0] += east_m;
            offset[1] += north_m;
        }
    }
}

/// Who can tell ways: asked by who judges, answered by who tracks.
pub trait Ways {
    /// Fills in the way of a track from the last moment at or before `since` on. `false`, and nothing in it, when none is kept.
    fn way(&self, track: TrackId, since: Time, out: &mut Way) -> bool;
}

/// A teller of ways, where there is one.
#[derive(Clone, Copy, Default)]
pub struct WaysOf<'a>(pub Option<&'a dyn Ways>);

impl WaysOf<'_> {
    /// As [`Ways::way`].
    #[must_use]
    pub fn way(&self, track: TrackId, since: Time, out: &mut Way) -> bool {
        self.0.is_some_and(|ways| ways.way(track, since, out))
    }
}

impl core::fmt::Debug for WaysOf<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(if self.0.is_some() { "WaysOf(..)" } else { "WaysOf(none)" })
    }
}

/// A well mixed number (splitmix64's finisher: Steele, Lea & Flood 2014).
#[must_use]
pub const fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const fn seed(track: TrackId, number: u32) -> u64 {
    mixed(track.0 ^ mixed(0x5eed_0000_0000_0000 | number as u64))
}

/// Quantiles that one normal is drawn from.
const STEPS: usize = 4096;
/// The standard normal at the middles of equal steps of probability, scaled to a variance of one.
static QUANTILES: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let mut all: Vec<f64> = (0..STEPS).map(|k| normal_quantile((k as f64 + 0.5) / STEPS as f64)).collect();
    let variance = all.iter().map(|z| z * z).sum::<f64>() / STEPS as f64;
    let scale = 1.0 / variance.sqrt();
    all.iter_mut().for_each(|z| *z *= scale);
    all
});

/// Four standard normals from one number: 12 bits each, which reaches to 3.7 sigma.
fn normals(seed: u64) -> Offset {
    let bits = mixed(seed);
    let table = &**QUANTILES;
    [0, 12, 24, 36].map(|shift| table[(bits >> shift) as usize & (STEPS - 1)])
}

/// Standard normals that are each at its place in a row of equal steps of probability, in an order that the seed decides: draws of what is common to
/// a whole way, of which there are only so many.
pub fn stratified(seed: u64, out: &mut [f64]) {
    let count = out.len();
    for (k, z) in out.iter_mut().enumerate() {
        *z = QUANTILES[((k * 2 + 1) * STEPS / (2 * count.max(1))).min(STEPS - 1)];
    }
    // Fisher and Yates.
    for k in (1..count).rev() {
        let other = (mixed(seed ^ (k as u64)) % (k as u64 + 1)) as usize;
        out.swap(k, other);
    }
}

/// Standard errors of a whole way of which only a share exists, for [`Way::draw`]: `count` draws of each of `axes`, an axis after the other. The same draws have
/// none along every axis; the others are the greater, so that the variance is one.
pub fn stratified_errors(seed: u64, axes: &[Common], count: usize, out: &mut Vec<f64>) {
    out.clear();
    out.resize((axes.len() + 1) * count, 0.0);
    let (errors, chance) = out.split_at_mut(axes.len() * count);
    stratified(mixed(seed ^ 0xe515_7500), chance);
    for (common, errors) in axes.iter().zip(errors.chunks_exact_mut(count.max(1))) {
        stratified(mixed(seed ^ mixed(u64::from(common.axis))), errors);
        let exists = common.exists.clamp(0.01, 1.0);
        if exists < 1.0 {
            let (highest, by) = (normal_quantile(exists), 1.0 / exists.sqrt());
            for (z, chance) in errors.iter_mut().zip(&*chance) {
                *z *= if *chance < highest { by } else { 0.0 };
            }
        }
    }
    out.truncate(axes.len() * count);
}

/// Φ⁻¹(p): the rational start of Abramowitz & Stegun 26.2.23, and Newton's method on Φ.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    let p = p.clamp(1e-15, 1.0 - 1e-15);
    let tail = p.min(1.0 - p);
    let t = (-2.0 * math::ln(tail)).sqrt();
    let start =
        t - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    let mut z = -start;
    for _ in 0..3 {
        let density = math::exp(-0.5 * z * z) / math::TAU.sqrt();
        z -= (math::normal_cdf(z) - tail) / density.max(1e-300);
    }
    if p < 0.5 { z } else { -z }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chain whose errors have the given correlation from moment to moment, and 100 m of sigma.
    fn chain(correlation: f64, moments: i64) -> Way {
        let left = 100.0 * (1.0 - correlation * correlation).sqrt();
        let moment = |k: i64| {
            let last = k + 1 == moments;
            let (gain, root) = if last { (0.0, 100.0) } else { (correlation, left) };
            let diagonal =
                |value: f64| core::array::from_fn(|i| core::array::from_fn(|j| if i == j { value } else { 0.0 }));
            Moment {
                time: Time::from_s(k),
                place: LatLon { lat_deg: 51.0, lon_deg: 24.0 },
                velocity_m_s: [0.0; 2],
                gain: diagonal(gain),
                root: diagonal(root),
                spread_m2: [1e4, 0.0, 1e4],
            }
        };
        Way { moments: (0..moments).map(moment).collect(), common: Vec::new() }
    }

    #[test]
    fn draws_have_the_spread_and_the_correlation_of_the_chain() {
        let way = chain(0.8, 40);
        let (mut out, mut square, mut product) = (Vec::new(), 0.0, 0.0);
        for number in 0..4000 {
            way.draw(TrackId(7), number, &[], &mut out);
            square += out[20][0] * out[20][0];
            product += out[20][0] * out[21][0];
        }
        let (variance, correlation) = (square / 4000.0, product / square);
        assert!((variance / 1e4 - 1.0).abs() < 0.07, "{variance}");
        assert!((correlation - 0.8).abs() < 0.03, "{correlation}");
    }

    #[test]
    fn a_draw_is_the_same_again_and_newer_moments_change_the_old_less_and_less() {
        let (shorter, longer) = (chain(0.5, 40), chain(0.5, 41));
        let (mut first, mut again, mut later) = (Vec::new(), Vec::new(), Vec::new());
        shorter.draw(TrackId(7), 3, &[], &mut first);
        shorter.draw(TrackId(7), 3, &[], &mut again);
        longer.draw(TrackId(7), 3, &[], &mut later);
        assert_eq!(first, again);
        let apart = |k: usize| (first[k][0] - later[k][0]).abs();
        assert!(apart(39) > 1.0 && apart(10) < 1e-3, "{} {}", apart(39), apart(10));
        shorter.draw(TrackId(7), 4, &[], &mut again);
        assert!(first != again);
    }

    #[test]
    fn what_is_common_moves_the_whole_way_at_once() {
        let mut way = chain(0.5, 5);
        way.common.push(Common { axis: 1, shift_m: [30.0, -40.0], exists: 1.0 });
        let (mut without, mut with) = (Vec::new(), Vec::new());
        way.draw(TrackId(1), 0, &[0.0], &mut without);
        way.draw(TrackId(1), 0, &[2.0], &mut with);
        for (a, b) in without.iter().zip(&with) {
            assert!((b[0] - a[0] - 60.0).abs() < 1e-9 && (b[1] - a[1] + 80.0).abs() < 1e-9);
        }
        assert!((way.common_sigma_m() - 50.0).abs() < 1e-9);
    }

    #[test]
    fn an_error_that_may_not_exist_is_none_or_greater() {
        let one = |axis| Common { axis, shift_m: [1.0, 0.0], exists: 0.5 };
        let mut all = Vec::new();
        stratified_errors(9, &[one(0), one(1)], 128, &mut all);
        let (first, second) = all.split_at(128);
        for row in [first, second] {
            let square = row.iter().map(|z| z * z / 128.0).sum::<f64>();
            assert_eq!(row.iter().filter(|z| **z == 0.0).count(), 64);
            assert!((square - 1.0).abs() < 0.35, "{square}");
        }
        assert!(first.iter().zip(second).all(|(a, b)| (*a == 0.0) == (*b == 0.0)), "one error along both axes");
    }

    #[test]
    fn quantiles_are_those_of_the_normal() {
        for (p, z) in [(0.5, 0.0), (0.975, 1.959_964), (0.05, -1.644_854), (1e-4, -3.719_016)] {
            assert!((normal_quantile(p) - z).abs() < 1e-5, "{p} {}", normal_quantile(p));
        }
        let mut row = [0.0; 128];
        stratified(5, &mut row);
        let (mean, square) = row.iter().fold((0.0, 0.0), |(m, s), z| (m + z / 128.0, s + z * z / 128.0));
        assert!(mean.abs() < 0.02 && (square - 1.0).abs() < 0.05, "{mean} {square}");
    }
}
