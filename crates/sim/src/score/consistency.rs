//! NEES: whether tracks are off by as much as they say.
//!
//! The error of a matched pair is measured in the track's own covariance: its square is chi-square distributed with as many degrees of
//! freedom as it has numbers, if the covariance is honest (Bar-Shalom, Li & Kirubarajan 2001, §5.4.2). Larger: too sure of itself.

use super::{Estimate, PairError, Truth};
use serde::Serialize;
use skypicket_model::{Geodetic, Tangent, math};

/// Covariance of (east, north, velocity east, velocity north), metres and m/s, at the estimate: its upper triangle by rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Covariance4(pub [f64; 10]);

impl Covariance4 {
    fn get(&self, row: usize, column: usize) -> f64 {
        let (i, j) = if row <= column { (row, column) } else { (column, row) };
        self.0[i * 4 - i * (i + 1) / 2 + j]
    }

    /// Squared distance of `error` by the first two numbers and by all four; `None` where it is no covariance.
    fn squared(&self, error: &[f64; 4]) -> Option<[f64; 2]> {
        // Cholesky and forward substitution in one: y = L⁻¹ e.
        let (mut lower, mut y) = ([[0.0; 4]; 4], [0.0; 4]);
        for i in 0..4 {
            let mut rest = error[i];
            for j in 0..=i {
                let sum: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
                let left = self.get(i, j) - sum;
                if i == j {
                    if !(left.is_finite() && left > 0.0) {
                        return None;
                    }
                    lower[i][i] = left.sqrt();
                } else {
                    lower[i][j] = left / lower[j][j];
                    rest -= lower[i][j] * y[j];
                }
            }
            y[i] = rest / lower[i][i];
        }
        let place = y[0] * y[0] + y[1] * y[1];
        Some([place, place + y[2] * y[2] + y[3] * y[3]])
    }
}

/// Chi-square's 95th percentile for 1, 2 and 4 degrees of freedom.
const WITHIN_95: [f64; 3] = [3.841_458_8, 5.991_464_5, 9.487_729_0];

/// Squared distances of one pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Nees {
    pub place: f64,
    pub state: Option<f64>,
    pub height: Option<f64>,
    /// The covariance was none: the others are 0.
    pub unsound: bool,
}

impl Nees {
    /// `None` where the estimate states no covariance.
    pub(super) fn of(truth: &Truth, estimate: &Estimate) -> Option<Self> {
        let covariance = estimate.covariance?;
        let ground = |[lat_deg, lon_deg]: [f64; 2]| Geodetic { lat_deg, lon_deg, height_m: 0.0 };
        let off = Tangent::new(ground(estimate.place_deg)).to_enu(ground(truth.place_deg).to_ecef());
        let velocity = estimate.velocity_m_s.map(|v| [truth.velocity_m_s[0] - v[0], truth.velocity_m_s[1] - v[1]]);
        let [ve, vn] = velocity.unwrap_or_default();
        let Some([place, state]) = covariance.squared(&[off.x, off.y, ve, vn]) else {
            return Some(Self { place: 0.0, state: None, height: None, unsound: true });
        };
        let height = estimate.height_m.zip(estimate.height_variance_m2.filter(|v| *v > 0.0));
        let height = height.map(|(h, variance)| (h - truth.height_m) * (h - truth.height_m) / variance);
        Some(Self { place, state: velocity.map(|_| state), height, unsound: false })
    }
}

/// Mean over the pairs of one step, and how many they are.
pub(super) fn step_mean(errors: &[PairError]) -> (Option<f64>, usize) {
    let (sum, n) = errors
        .iter()
        .filter_map(|e| e.nees.filter(|nees| !nees.unsound))
        .fold((0.0, 0_usize), |(sum, n), nees| (sum + nees.place, n + 1));
    ((n > 0).then(|| sum / n as f64), n)
}

/// One number's mean, what it would be within in 95 of 100 cases if the pairs were independent, and how many single pairs are
/// within their own 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Moment {
    /// Degrees of freedom: what the mean should be.
    pub dof: u32,
    /// Pairs.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// 95 % bounds of the mean of so many independent pairs. One track's errors are alike for many seconds, so fair bounds are wider.
    pub bounds_95: [f64; 2],
    /// Share of pairs within the 95 % region that their covariance states.
    pub within_95: f64,
}

/// Whether covariances are honest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Consistency {
    /// Horizontal place.
    pub position: Option<Moment>,
    /// Horizontal place and velocity.
    pub state: Option<Moment>,
    /// Height.
    pub height: Option<Moment>,
    /// Pairs whose covariance was none (not positive definite).
    pub unsound: usize,
}

impl Consistency {
    pub(super) fn of(pairs: impl Iterator<Item = Nees>) -> Option<Self> {
        let pairs: Vec<Nees> = pairs.collect();
        let sound = || pairs.iter().filter(|nees| !nees.unsound);
        (!pairs.is_empty()).then(|| Self {
            position: moment(2, WITHIN_95[1], sound().map(|nees| nees.place)),
            state: moment(4, WITHIN_95[2], sound().filter_map(|nees| nees.state)),
            height: moment(1, WITHIN_95[0], sound().filter_map(|nees| nees.height)),
            unsound: pairs.iter().filter(|nees| nees.unsound).count(),
        })
    }
}

fn moment(dof: u32, within: f64, values: impl Iterator<Item = f64>) -> Option<Moment> {
    let (mut n, mut sum, mut inside) = (0_usize, 0.0, 0_usize);
    for value in values {
        n += 1;
        sum += value;
        inside += usize::from(value <= within);
    }
    (n > 0).then(|| Moment {
        dof,
        n,
        mean: sum / n as f64,
        bounds_95: mean_bounds(dof, n),
        within_95: inside as f64 / n as f64,
    })
}

/// 95 % bounds of the mean of `n` independent chi-square numbers of `dof` degrees of freedom each, by Wilson & Hilferty (1931): within
/// 1 % for n·dof ≥ 10.
#[must_use]
pub fn mean_bounds(dof: u32, n: usize) -> [f64; 2] {
    if n == 0 {
        return [0.0, f64::INFINITY];
    }
    let all = f64::from(dof) * n as f64;
    let of = |z: f64| {
        let root = 1.0 - 2.0 / (9.0 * all) + z * (2.0 / (9.0 * all)).sqrt();
        (f64::from(dof) * math::pow(root.max(0.0), 3.0)).max(0.0)
    };
    [of(-1.959_964), of(1.959_964)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagonal(variances: [f64; 4]) -> Covariance4 {
        let mut upper = [0.0; 10];
        for (at, variance) in [0, 4, 7, 9].into_iter().zip(variances) {
            upper[at] = variance;
        }
        Covariance4(upper)
    }

    #[test]
    fn errors_count_in_sigmas_and_the_state_adds_the_velocity() {
        let squared = diagonal([100.0, 400.0, 4.0, 9.0]).squared(&[10.0, 40.0, 2.0, 6.0]).expect("a covariance");
        assert!((squared[0] - 5.0).abs() < 1e-12 && (squared[1] - 10.0).abs() < 1e-12, "{squared:?}");
    }

    #[test]
    fn correlation_is_used_and_what_is_no_covariance_is_refused() {
        // [[2,1],[1,2]]: (1,1)ᵀP⁻¹(1,1) = 2/3, (1,−1)ᵀP⁻¹(1,−1) = 2.
        let mut c = diagonal([2.0, 2.0, 1.0, 1.0]);
        c.0[1] = 1.0;
        assert!((c.squared(&[1.0, 1.0, 0.0, 0.0]).expect("one")[0] - 2.0 / 3.0).abs() < 1e-12);
        assert!((c.squared(&[1.0, -1.0, 0.0, 0.0]).expect("one")[0] - 2.0).abs() < 1e-12);
        c.0[1] = 3.0;
        assert_eq!(c.squared(&[1.0, 1.0, 0.0, 0.0]), None);
        assert_eq!(diagonal([f64::NAN, 1.0, 1.0, 1.0]).squared(&[0.0; 4]), None);
    }

    #[test]
    fn bounds_are_those_of_the_tables() {
        // Chi-square, 100 degrees of freedom: 74.222 and 129.561; 20: 9.591 and 34.170.
        let of = |dof: u32, n: usize| mean_bounds(dof, n).map(|b| b * n as f64);
        for (got, wanted) in [(of(2, 50), [74.222, 129.561]), (of(4, 5), [9.591, 34.170])] {
            assert!(got.iter().zip(wanted).all(|(g, w)| (g - w).abs() < 0.01 * w), "{got:?} {wanted:?}");
        }
    }

    #[test]
    fn one_tenth_north_of_a_degree_of_minutes_is_measured_on_the_ellipsoid() {
        let estimate = Estimate {
            place_deg: [50.0, 20.0],
            covariance: Some(diagonal([100.0, 100.0, 1.0, 1.0])),
            height_m: Some(10.0),
            height_variance_m2: Some(25.0),
            ..Estimate::default()
        };
        let truth = Truth {
            time_s: 0.0,
            id: 0,
            place_deg: [50.001, 20.0],
            height_m: 0.0,
            velocity_m_s: [0.0, 0.0],
            visible: true,
        };
        // A thousandth of a degree at 50° north is 111.229 m long.
        let nees = Nees::of(&truth, &estimate).expect("a covariance");
        assert!((nees.place.sqrt() - 11.1229).abs() < 1e-3, "{nees:?}");
        assert_eq!((nees.state, nees.height), (None, Some(4.0)));
    }
}
