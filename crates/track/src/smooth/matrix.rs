//! The few 6×6 operations that smoothing needs beyond what filtering does: position and velocity in one vector.
#![allow(clippy::needless_range_loop, reason = "a matrix is indexed by row and column")]

use crate::gauss::{Gauss, Motion};

/// Position (metres) and velocity (m/s).
pub(super) type V6 = [f64; 6];
/// A general 6×6 matrix by rows.
pub(super) type M6 = [[f64; 6]; 6];

pub(super) const ZERO: M6 = [[0.0; 6]; 6];

pub(super) fn dot(a: &V6, b: &V6) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(super) fn times_vec(m: &M6, v: &V6) -> V6 {
    m.each_ref().map(|row| dot(row, v))
}

/// A·B
pub(super) fn times(a: &M6, b: &M6) -> M6 {
    let mut out = ZERO;
    for (out, a) in out.iter_mut().zip(a) {
        for (k, b) in a.iter().zip(b) {
            for (o, b) in out.iter_mut().zip(b) {
                *o += k * b;
            }
        }
    }
    out
}

/// A·S·Aᵀ of a symmetric S: symmetric to the bit.
pub(super) fn congruent(a: &M6, s: &M6) -> M6 {
    let half = times(a, s);
    let mut out = ZERO;
    for i in 0..6 {
        for j in 0..=i {
            let value = dot(&half[i], &a[j]);
            out[i][j] = value;
            out[j][i] = value;
        }
    }
    out
}

/// P·Fᵀ of a motion F: x += A·v, v ← B·v.
pub(super) fn times_motion_transposed(p: &M6, motion: &Motion) -> M6 {
    p.each_ref().map(|row| {
        let along = |m: &[f64; 3]| row[3] * m[0] + row[4] * m[1] + row[5] * m[2];
        let ([a, b, c], [d, e, f]) = (&motion.a, &motion.b);
        [row[0] + along(a), row[1] + along(b), row[2] + along(c), along(d), along(e), along(f)]
    })
}

/// I − G·F of the same.
pub(super) fn rest_of_motion(gain: &M6, motion: &Motion) -> M6 {
    let mut out = ZERO;
    for (i, (out, row)) in out.iter_mut().zip(gain).enumerate() {
        for j in 0..3 {
            out[j] = -row[j];
            for k in 0..3 {
                out[j + 3] -= row[k] * motion.a[k][j] + row[k + 3] * motion.b[k][j];
            }
        }
        out[i] += 1.0;
    }
    out
}

pub(super) fn sum(a: &M6, b: &M6) -> M6 {
    let mut out = *a;
    for (out, b) in out.iter_mut().flatten().zip(b.iter().flatten()) {
        *out += b;
    }
    out
}

pub(super) fn difference(a: &M6, b: &M6) -> M6 {
    let mut out = *a;
    for (out, b) in out.iter_mut().flatten().zip(b.iter().flatten()) {
        *out -= b;
    }
    out
}

/// The lower triangle L of A = L·Lᵀ, which solves by A; and what its diagonal is divided by.
pub(super) struct Cholesky {
    lower: M6,
    by: V6,
}

impl Cholesky {
    /// `None` where A is not positive beyond what rounding leaves of it.
    pub(super) fn of(a: &M6) -> Option<Self> {
        let (mut lower, mut by) = (ZERO, [0.0; 6]);
        for i in 0..6 {
            for j in 0..=i {
                let mut rest = a[i][j];
                for k in 0..j {
                    rest -= lower[i][k] * lower[j][k];
                }
                if i == j {
                    // Also where it is no number.
                    if !(rest > a[i][i] * 1e-14 && rest.is_finite()) {
                        return None;
                    }
                    lower[i][i] = rest.sqrt();
                    by[i] = 1.0 / lower[i][i];
                } else {
                    lower[i][j] = rest * by[j];
                }
            }
        }
        Some(Self { lower, by })
    }

    /// A⁻¹·b
    pub(super) fn solve(&self, b: &V6) -> V6 {
        self.unwhiten_information(&self.whiten_vec(b))
    }

    /// Each row of the result is A⁻¹ times that row of B: B·A⁻¹, for A is symmetric.
    pub(super) fn divide(&self, b: &M6) -> M6 {
        b.each_ref().map(|row| self.solve(row))
    }

    /// A⁻¹, symmetric to the bit.
    pub(super) fn inverse(&self) -> M6 {
        // L⁻¹, then L⁻ᵀ·L⁻¹.
        let mut lower = ZERO;
        for j in 0..6 {
            lower[j][j] = self.by[j];
            for i in j + 1..6 {
                let mut rest = 0.0;
                for k in j..i {
                    rest -= self.lower[i][k] * lower[k][j];
                }
                lower[i][j] = rest * self.by[i];
            }
        }
        let mut out = ZERO;
        for i in 0..6 {
            for j in 0..=i {
                let value = (i..6).map(|k| lower[k][i] * lower[k][j]).sum();
                out[i][j] = value;
                out[j][i] = value;
            }
        }
        out
    }

    /// L⁻¹·b
    pub(super) fn whiten_vec(&self, b: &V6) -> V6 {
        let mut x = *b;
        for i in 0..6 {
            for k in 0..i {
                x[i] -= self.lower[i][k] * x[k];
            }
            x[i] *= self.by[i];
        }
        x
    }

    /// L⁻¹·B·L⁻ᵀ of a symmetric B.
    pub(super) fn whiten(&self, b: &M6) -> M6 {
        let half = b.each_ref().map(|row| self.whiten_vec(row));
        let turned: M6 = core::array::from_fn(|i| core::array::from_fn(|j| half[j][i]));
        symmetric(&turned.each_ref().map(|row| self.whiten_vec(row)))
    }

    /// L⁻ᵀ·b
    pub(super) fn unwhiten_information(&self, b: &V6) -> V6 {
        let mut x = *b;
        for i in (0..6).rev() {
            for k in i + 1..6 {
                x[i] -= self.lower[k][i] * x[k];
            }
            x[i] *= self.by[i];
        }
        x
    }

    /// ln det A
    pub(super) fn ln_det(&self) -> f64 {
        let product: f64 = (0..6).map(|k| self.lower[k][k]).product();
        2.0 * skypicket_model::math::ln(product)
    }
}

/// Sweeps of Jacobi's method at most. Origin: it converges quadratically; six by six takes five or six.
const SWEEPS: usize = 12;

/// Eigenvalues of a symmetric matrix, and its eigenvectors as columns: Jacobi's method.
pub(super) fn eigen(m: &M6) -> (V6, M6) {
    let (mut a, mut axes) = (*m, ZERO);
    for (k, row) in axes.iter_mut().enumerate() {
        row[k] = 1.0;
    }
    for _ in 0..SWEEPS {
        let beside: f64 = (0..6).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j] * a[i][j]).sum();
        let on: f64 = (0..6).map(|k| a[k][k] * a[k][k]).sum();
        if beside <= on * 1e-28 {
            break;
        }
        for p in 0..5 {
            for q in p + 1..6 {
                rotate(&mut a, &mut axes, p, q);
            }
        }
    }
    (core::array::from_fn(|k| a[k][k]), axes)
}

/// The rotation that makes a[p][q] zero.
fn rotate(a: &mut M6, axes: &mut M6, p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for row in a.iter_mut() {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    for k in 0..6 {
        (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]);
    }
    for row in axes.iter_mut() {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
}

/// The mean of a matrix and its transposed.
pub(super) fn symmetric(m: &M6) -> M6 {
    let mut out = *m;
    for i in 0..6 {
        for j in 0..i {
            let mean = 0.5 * (m[i][j] + m[j][i]);
            out[i][j] = mean;
            out[j][i] = mean;
        }
    }
    out
}

/// The covariance of a Gaussian, whole.
pub(super) fn covariance(g: &Gauss) -> M6 {
    let (p, v) = (&g.pp, &g.vv);
    let c = &g.pv;
    [
        [p[0], p[1], p[2], c[0][0], c[0][1], c[0][2]],
        [p[1], p[3], p[4], c[1][0], c[1][1], c[1][2]],
        [p[2], p[4], p[5], c[2][0], c[2][1], c[2][2]],
        [c[0][0], c[1][0], c[2][0], v[0], v[1], v[2]],
        [c[0][1], c[1][1], c[2][1], v[1], v[3], v[4]],
        [c[0][2], c[1][2], c[2][2], v[2], v[4], v[5]],
    ]
}

/// Position and velocity of `g` less those of `origin`: small numbers, so that nothing is lost to the Earth's radius.
pub(super) fn offset(g: &Gauss, origin: &Gauss) -> V6 {
    let (x, v) = (crate::gauss::sub(&g.x, &origin.x), crate::gauss::sub(&g.v, &origin.v));
    [x[0], x[1], x[2], v[0], v[1], v[2]]
}

/// The Gaussian at `origin` + `offset` with a covariance, of which the mean of both triangles is taken.
pub(super) fn gauss(origin: &Gauss, offset: &V6, covariance: &M6) -> Gauss {
    let m = symmetric(covariance);
    Gauss {
        x: [origin.x[0] + offset[0], origin.x[1] + offset[1], origin.x[2] + offset[2]],
        v: [origin.v[0] + offset[3], origin.v[1] + offset[4], origin.v[2] + offset[5]],
        pp: [m[0][0], m[0][1], m[0][2], m[1][1], m[1][2], m[2][2]],
        pv: [[m[0][3], m[0][4], m[0][5]], [m[1][3], m[1][4], m[1][5]], [m[2][3], m[2][4], m[2][5]]],
        vv: [m[3][3], m[3][4], m[3][5], m[4][4], m[4][5], m[5][5]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> M6 {
        // A Gram matrix of six independent rows, scaled like position and velocity.
        let rows: M6 = core::array::from_fn(|i| {
            core::array::from_fn(|j| {
                let scale = if i < 3 { 100.0 } else { 2.0 };
                scale * (if i == j { 1.0 } else { 0.3 / (1.0 + (i + 2 * j) as f64) })
            })
        });
        let unit: M6 = core::array::from_fn(|i| core::array::from_fn(|j| f64::from(u8::from(i == j))));
        congruent(&rows, &unit)
    }

    #[test]
    fn a_matrix_times_its_inverse_is_one() {
        let a = example();
        let factor = Cholesky::of(&a).expect("positive");
        let unit = times(&a, &factor.inverse());
        for (i, row) in unit.iter().enumerate() {
            for (j, value) in row.iter().enumerate() {
                assert!((value - f64::from(u8::from(i == j))).abs() < 1e-9, "{i} {j} {value}");
            }
        }
        let x = factor.solve(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let back = times_vec(&a, &x);
        assert!(back.iter().zip(1..).all(|(got, want)| (got - f64::from(want)).abs() < 1e-9), "{back:?}");
    }

    #[test]
    fn eigenvectors_are_stretched_by_their_eigenvalues() {
        let a = example();
        let (values, axes) = eigen(&a);
        for k in 0..6 {
            let axis: V6 = core::array::from_fn(|i| axes[i][k]);
            let stretched = times_vec(&a, &axis);
            assert!((dot(&axis, &axis) - 1.0).abs() < 1e-12);
            assert!((0..6).all(|i| (stretched[i] - values[k] * axis[i]).abs() < 1e-8), "{k} {values:?}");
        }
    }

    #[test]
    fn what_is_not_positive_has_no_factor() {
        let mut a = example();
        a[5][5] = -1.0;
        assert!(Cholesky::of(&a).is_none());
        a[5][5] = f64::NAN;
        assert!(Cholesky::of(&a).is_none());
    }

    #[test]
    fn a_gaussian_survives_the_way_there_and_back() {
        let origin = Gauss { x: [6.4e6, 1.0, 2.0], v: [100.0, 0.0, -3.0], ..Gauss::default() };
        let g = gauss(&origin, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &example());
        assert!(offset(&g, &origin).iter().zip(1..).all(|(got, want)| (got - f64::from(want)).abs() < 1e-9));
        let (got, want) = (covariance(&g), symmetric(&example()));
        assert!(got.iter().flatten().zip(want.iter().flatten()).all(|(got, want)| (got - want).abs() < 1e-9));
    }
}
