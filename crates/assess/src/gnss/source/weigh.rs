//! How well a transmitter at a place explains who was affected where, whatever its reach, its height and its antenna.
//!
//! For each place the figures that explain it best are climbed to, and what other figures would do as well is counted by the curvature there (Laplace). So a
//! place is not held less possible only because an antenna there must be a little stronger one way; many places are then nearly as good.

use skypicket_model::LatLon;
use skypicket_model::math::{cos, ln, rad, sin_cos};

use super::flight::{Flights, Other, Seen, above};
use super::given::{Given, vector};
use super::shape::{FIGURES, ORDERS, Prior, Shape, Stand};

/// Reaches of which the best is where the climb begins, where nothing is known: the first, km, and each farther by a factor; and about a neighbour's. Between
/// them it would end on a height beside.
const FIRST_KM: f64 = 30.0;
const BEGIN: i32 = 9;
const FACTOR: f64 = 1.36;
const ABOUT: [f64; 3] = [0.87, 1.0, 1.15];
/// Steps of the climb where nothing is known, where it begins at a neighbour's figures, and how often a step that leads down is shortened, and to what.
const STEPS: [usize; 2] = [4, 5];
const SHORTENED: usize = 3;
const SHORTER: f64 = 0.35;
/// No figure goes farther in one step.
const FARTHEST: f64 = 0.6;
/// Less than so much more log-likelihood is not climbed for.
const ENOUGH: f64 = 0.08;

/// What flights say is taken to this power: those of one airway are alike, and obstacles shift many of them alike. Origin: docs/detectors/gnss_interference.md,
/// "Where it comes from".
const TEMPER: f64 = 0.6;

/// What is found about a transmitter at one place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Found {
    /// Log-likelihood over all figures by their prior.
    pub(super) ln: f64,
    /// With the best figures, and their prior.
    pub(super) best_ln: f64,
    pub(super) best: Shape,
}
skypicket_model::canon_struct!(Found { ln, best_ln, best });

/// What is the same for all places, and room to work in; no state.
#[derive(Clone, Debug)]
pub(super) struct Weigher {
    flights: Flights,
    prior: Prior,
    seen: Vec<Seen>,
    others: Vec<Other>,
    /// Steps weighed so far.
    pub(super) weighed: u64,
}

type Matrix = [[f64; FIGURES]; FIGURES];

/// Log-likelihood with the prior, its slope, and its curvature downwards.
#[derive(Clone, Copy, Debug)]
struct Value {
    ln: f64,
    slope: [f64; FIGURES],
    bends: Matrix,
}

impl Weigher {
    pub(super) fn new() -> Self {
        Self { flights: Flights::new(), prior: Prior::new(), seen: Vec::new(), others: Vec::new(), weighed: 0 }
    }

    /// From now on another transmitter stands somewhere, or none.
    pub(super) fn beside(&mut self, given: &Given, other: Option<&Stand>) {
        self.others.clear();
        let Some(other) = other else { return };
        self.look(given, other.place);
        let horizon_km = other.shape.horizon_km();
        let each = self
            .seen
            .iter()
            .map(|seen| Other { by: seen.inside_by(&other.shape.figures), above: above(horizon_km, seen).0 });
        self.others.extend(each);
    }

    /// How well what was seen is explained without any transmitter but the one beside.
    pub(super) fn without(&mut self, given: &Given) -> f64 {
        self.look(given, LatLon { lat_deg: -90.0, lon_deg: 0.0 });
        let nowhere = Shape::of_reach(1e-3);
        self.value(given, &nowhere, false).ln - self.prior.of(&nowhere).ln
    }

    /// What is held possible of a transmitter's figures beforehand, without the constant.
    pub(super) fn before(&self, shape: &Shape) -> f64 {
        self.prior.of(shape).ln
    }

    /// Weighs a transmitter at a place. `from`: figures of one near it.
    pub(super) fn weigh(&mut self, given: &Given, place: LatLon, from: Option<&Shape>) -> Found {
        self.climb(given, place, from).0
    }

    /// 5 %, 50 % and 95 % of the reach at a place, metres.
    pub(super) fn reach_m(&mut self, given: &Given, place: LatLon, from: &Shape) -> [f64; 3] {
        let (found, bends) = self.climb(given, place, Some(from));
        let mut first = [0.0; FIGURES];
        first[0] = 1.0;
        let variance = solve(&bends, &first).map_or(0.0, |(column, _)| column[0].max(0.0));
        [-1.645, 0.0, 1.645]
            .map(|sigmas| 1e3 * skypicket_model::math::exp(found.best.figures[0] + sigmas * variance.sqrt()))
    }

    fn climb(&mut self, given: &Given, place: LatLon, from: Option<&Shape>) -> (Found, Matrix) {
        self.look(given, place);
        let mut shape = self.begin(given, from);
        let mut now = self.value(given, &shape, true);
        for _ in 0..STEPS[usize::from(from.is_some())] {
            let Some((step, _)) = solve(&now.bends, &now.slope) else { break };
            let hoped: f64 = step.iter().zip(now.slope).map(|(step, slope)| step * slope).sum();
            if hoped < ENOUGH {
                break;
            }
            let before = now.ln;
            let mut scale = 1.0;
            for _ in 0..SHORTENED {
                let mut next = shape;
                for (figure, step) in next.figures.iter_mut().zip(step) {
                    *figure += (scale * step).clamp(-FARTHEST, FARTHEST);
                }
                let value = self.value(given, &next, true);
                if value.ln > now.ln {
                    (shape, now) = (next, value);
                    break;
                }
                scale *= SHORTER;
            }
            if now.ln - before < 0.5 * ENOUGH {
                break;
            }
        }
        let wide = solve(&now.bends, &now.slope).map_or(0.0, |(_, ln_det)| ln_det);
        let before: f64 = self.prior.sharp.iter().map(|sharp| ln(*sharp)).sum();
        (Found { ln: now.ln + 0.5 * (before - wide), best_ln: now.ln, best: shape }, now.bends)
    }

    fn begin(&mut self, given: &Given, from: Option<&Shape>) -> Shape {
        let mut best = (f64::NEG_INFINITY, Shape::default());
        let mut take = |weigher: &mut Self, shape: Shape| {
            let ln = weigher.value(given, &shape, false).ln;
            if ln > best.0 {
                best = (ln, shape);
            }
        };
        if let Some(from) = from {
            for factor in ABOUT {
                let mut shape = *from;
                shape.figures[0] += ln(factor);
                take(self, shape);
            }
        } else {
            let mut km = FIRST_KM;
            for _ in 0..BEGIN {
                take(self, Shape::of_reach(km));
                km *= FACTOR;
            }
        }
        best.1
    }

    fn look(&mut self, given: &Given, place: LatLon) {
        let at = vector(place, 0.0);
        let (sin_lon, cos_lon) = sin_cos(rad(place.lon_deg));
        let (sin_lat, cos_lat) = (skypicket_model::math::sin(rad(place.lat_deg)), cos(rad(place.lat_deg)));
        self.seen.clear();
        self.seen.extend(given.steps.iter().map(|step| {
            let to: [f64; 3] = core::array::from_fn(|k| step.at[k] - at[k]);
            let km = (to[0] * to[0] + to[1] * to[1] + to[2] * to[2]).sqrt().max(1.0);
            let east = -sin_lon * to[0] + cos_lon * to[1];
            let north = -sin_lat * cos_lon * to[0] - sin_lat * sin_lon * to[1] + cos_lat * to[2];
            let flat = (east * east + north * north).sqrt().max(0.5);
            let (sin, cos) = (east / flat, north / flat);
            let (mut wave, mut waves) = ((cos, sin), [0.0; 2 * ORDERS]);
            for pair in waves.chunks_exact_mut(2) {
                pair.copy_from_slice(&[wave.0, wave.1]);
                wave = (wave.0 * cos - wave.1 * sin, wave.1 * cos + wave.0 * sin);
            }
            Seen { ln_km: ln(km), beyond_km: km - step.horizon_km, waves }
        }));
    }

    fn value(&mut self, given: &Given, shape: &Shape, slopes: bool) -> Value {
        self.weighed += given.steps.len() as u64;
        let before = self.prior.of(shape);
        let mut value = Value { ln: before.ln, slope: before.slope, bends: [[0.0; FIGURES]; FIGURES] };
        for (k, bend) in before.bends.iter().enumerate() {
            value.bends[k][k] = *bend;
        }
        let seen = (self.seen.as_slice(), self.others.as_slice());
        for flown in &given.flown {
            let says = if slopes {
                self.flights.weigh::<true>(given, flown, seen, &shape.figures)
            } else {
                self.flights.weigh::<false>(given, flown, seen, &shape.figures)
            };
            let weight = TEMPER * flown.weight;
            value.ln += weight * ln(says.likely);
            if !slopes {
                continue;
            }
            // What flights say scatters about the best figures as the curvature there says.
            for (k, own) in says.slope.iter().enumerate() {
                let own = weight * own;
                value.slope[k] += own;
                value.bends[k].iter_mut().zip(says.slope).for_each(|(bend, other)| *bend += own * other);
            }
        }
        value
    }
}

/// Solves with a symmetric positive definite matrix (Cholesky); also the logarithm of its determinant. `None` where it is not such a one.
fn solve(matrix: &Matrix, right: &[f64; FIGURES]) -> Option<([f64; FIGURES], f64)> {
    let (mut lower, mut ln_det) = ([[0.0; FIGURES]; FIGURES], 0.0);
    for row in 0..FIGURES {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let left = matrix[row][column] - known;
            if row == column {
                if left.is_nan() || left <= 0.0 {
                    return None;
                }
                lower[row][row] = left.sqrt();
                ln_det += ln(left);
            } else {
                lower[row][column] = left / lower[column][column];
            }
        }
    }
    let mut out = *right;
    for row in 0..FIGURES {
        let known: f64 = (0..row).map(|k| lower[row][k] * out[k]).sum();
        out[row] = (out[row] - known) / lower[row][row];
    }
    for row in (0..FIGURES).rev() {
        let known: f64 = (row + 1..FIGURES).map(|k| lower[k][row] * out[k]).sum();
        out[row] = (out[row] - known) / lower[row][row];
    }
    Some((out, ln_det))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_solved() {
        let matrix: Matrix = core::array::from_fn(|a| core::array::from_fn(|b| if a == b { 3.0 } else { 1.0 }));
        let (x, ln_det) = solve(&matrix, &core::array::from_fn(|k| k as f64)).expect("positive definite");
        for (row, right) in matrix.iter().zip(0..) {
            let left: f64 = row.iter().zip(x).map(|(a, b)| a * b).sum();
            assert!((left - f64::from(right)).abs() < 1e-12, "{left}");
        }
        // Eigenvalues are 2, nine times, and 12.
        assert!((ln_det - (ln(2.0) * 9.0 + ln(12.0))).abs() < 1e-12, "{ln_det}");
        assert!(solve(&core::array::from_fn(|_| [1.0; FIGURES]), &[1.0; FIGURES]).is_none(), "flat");
    }
}
