//! Small dense symmetric algebra: three by three for one pair, Cholesky for a group of radars.

use crate::gauss::{S3, V3, dot, sym_vec};
use crate::register::STATES;
use skypicket_model::math;

/// A block of one sensor's states with another's, by rows.
pub(crate) type Block = [[f64; STATES]; STATES];
/// One value a state.
pub(crate) type Column = [f64; STATES];

pub(crate) const IDENTITY: Block =
    [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]];

/// Inverse of a symmetric positive matrix; `None` when it is not one.
pub(crate) fn inverse(s: &S3) -> Option<S3> {
    let [a, b, c, d, e, f] = *s;
    let (m00, m01, m02) = (d * f - e * e, c * e - b * f, b * e - c * d);
    let det = a * m00 + b * m01 + c * m02;
    if !(det > 0.0 && det.is_finite() && a > 0.0 && a * d - b * b > 0.0) {
        return None;
    }
    let k = 1.0 / det;
    Some([k * m00, k * m01, k * m02, k * (a * f - c * c), k * (b * c - a * e), k * (a * d - b * b)])
}

/// vᵀ·S⁻¹·v, or `None` when S is not positive.
pub(crate) fn distance2(v: &V3, s: &S3) -> Option<f64> {
    inverse(s).map(|inverse| dot(v, &sym_vec(&inverse, v)))
}

/// ln |P| and vᵀ·P⁻¹·v of a covariance; `None` when it is none.
pub(crate) fn log_det_and_distance2<const N: usize>(p: &[[f64; N]; N], v: &[f64; N]) -> Option<(f64, f64)> {
    let mut factor = [[0.0; N]; N];
    let (mut log_det, mut d2) = (0.0, 0.0);
    let mut white = [0.0; N];
    for i in 0..N {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let left = p[i][j] - sum;
            if i > j {
                factor[i][j] = left / factor[j][j];
            } else if left > 0.0 && left.is_finite() {
                factor[i][i] = left.sqrt();
            } else {
                return None;
            }
        }
        let sum: f64 = (0..i).map(|k| factor[i][k] * white[k]).sum();
        white[i] = (v[i] - sum) / factor[i][i];
        d2 += white[i] * white[i];
        log_det += 2.0 * math::ln(factor[i][i]);
    }
    Some((log_det, d2))
}

/// A symmetric positive system of `n` unknowns and its answer; memory is kept between calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct System {
    n: usize,
    /// The matrix, then its lower Cholesky factor, by rows.
    matrix: Vec<f64>,
    /// The right side, then the answer.
    pub value: Vec<f64>,
    /// The inverse of the factor, by rows.
    inverse: Vec<f64>,
}

impl System {
    /// The identity with a right side of zeros: the prior, in units of its own sigma.
    pub(crate) fn reset(&mut self, n: usize) {
        self.n = n;
        self.matrix.clear();
        self.matrix.resize(n * n, 0.0);
        for k in 0..n {
            self.matrix[k * n + k] = 1.0;
        }
        self.value.clear();
        self.value.resize(n, 0.0);
    }

    /// Adds a block at block row `row` and block column `column`; only what is on or below the diagonal counts.
    pub(crate) fn add(&mut self, row: usize, column: usize, block: &Block) {
        for (i, line) in block.iter().enumerate() {
            for (j, value) in line.iter().enumerate() {
                self.matrix[(row * STATES + i) * self.n + column * STATES + j] += value;
            }
        }
    }

    /// Adds to the right side at block row `row`.
    pub(crate) fn add_value(&mut self, row: usize, column: &Column) {
        for (own, its) in self.value[row * STATES..].iter_mut().zip(column) {
            *own += its;
        }
    }

    /// Factors and solves; false when the matrix is not positive (a defect: it is the identity and a sum of squares).
    pub(crate) fn solve(&mut self) -> bool {
        let n = self.n;
        for i in 0..n {
            for j in 0..=i {
                let (head, tail) = self.matrix.split_at_mut(i * n);
                let (row_i, row_j) = (&mut tail[..n], if j < i { Some(&head[j * n..j * n + n]) } else { None });
                match row_j {
                    Some(row_j) => {
                        let sum: f64 = row_i[..j].iter().zip(&row_j[..j]).map(|(a, b)| a * b).sum();
                        row_i[j] = (row_i[j] - sum) / row_j[j];
                    }
                    None => {
                        let sum: f64 = row_i[..i].iter().map(|a| a * a).sum();
                        let pivot = row_i[i] - sum;
                        if !(pivot > 0.0 && pivot.is_finite()) {
                            return false;
                        }
                        row_i[i] = pivot.sqrt();
                    }
                }
            }
        }
        for i in 0..n {
            let row = &self.matrix[i * n..i * n + i];
            let sum: f64 = row.iter().zip(&self.value).map(|(a, b)| a * b).sum();
            self.value[i] = (self.value[i] - sum) / self.matrix[i * n + i];
        }
        for i in (0..n).rev() {
            let sum: f64 = (i + 1..n).map(|k| self.matrix[k * n + i] * self.value[k]).sum();
            self.value[i] = (self.value[i] - sum) / self.matrix[i * n + i];
        }
        self.invert_factor();
        true
    }

    fn invert_factor(&mut self) {
        let n = self.n;
        self.inverse.clear();
        self.inverse.resize(n * n, 0.0);
        for i in 0..n {
            let pivot = 1.0 / self.matrix[i * n + i];
            // Row i of the inverse is minus row i of the factor times the rows above, over the pivot.
            let (done, rest) = self.inverse.split_at_mut(i * n);
            let row = &mut rest[..n];
            for k in 0..i {
                let factor = self.matrix[i * n + k];
                if factor != 0.0 {
                    for (own, above) in row[..=k].iter_mut().zip(&done[k * n..=k * n + k]) {
                        *own -= factor * above;
                    }
                }
            }
            for own in &mut row[..i] {
                *own *= pivot;
            }
            row[i] = pivot;
        }
    }

    /// The block `row`, `column` of the inverse matrix: two sensors' covariance. After [`System::solve`].
    pub(crate) fn covariance(&self, row: usize, column: usize) -> Block {
        let n = self.n;
        let mut block = [[0.0; STATES]; STATES];
        // The factor's inverse has nothing right of its diagonal.
        for inverse in self.inverse[row.max(column) * STATES * n..].chunks_exact(n) {
            let (left, right) = (&inverse[row * STATES..][..STATES], &inverse[column * STATES..][..STATES]);
            for (line, a) in block.iter_mut().zip(left) {
                for (own, b) in line.iter_mut().zip(right) {
                    *own += a * b;
                }
            }
        }
        block
    }

    /// As [`log_det_and_distance2`] of two sensors together. After [`System::solve`].
    pub(crate) fn pair(&self, a: usize, b: usize) -> Option<(f64, f64)> {
        let mut p = [[0.0; 2 * STATES]; 2 * STATES];
        let mut v = [0.0; 2 * STATES];
        for (r, row) in [a, b].into_iter().enumerate() {
            v[r * STATES..][..STATES].copy_from_slice(&self.value[row * STATES..][..STATES]);
            for (c, column) in [a, b].into_iter().enumerate() {
                for (i, line) in self.covariance(row, column).iter().enumerate() {
                    p[r * STATES + i][c * STATES..][..STATES].copy_from_slice(line);
                }
            }
        }
        log_det_and_distance2(&p, &v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_of_two_sensors_has_the_answer_and_the_inverse_of_nalgebra() {
        let mut random = 1_u64;
        let mut next = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        let rows: Vec<[f64; 8]> = (0..20).map(|_| core::array::from_fn(|_| next())).collect();
        let full = nalgebra::SMatrix::<f64, 8, 8>::from_fn(|i, j| {
            f64::from(u8::from(i == j)) + rows.iter().map(|row| row[i] * row[j]).sum::<f64>()
        });
        let value = nalgebra::SVector::<f64, 8>::from_fn(|i, _| i as f64 - 3.0);
        let block = |r: usize, c: usize| -> Block {
            core::array::from_fn(|i| {
                core::array::from_fn(|j| full[(4 * r + i, 4 * c + j)] - f64::from(u8::from(4 * r + i == 4 * c + j)))
            })
        };
        let mut system = System::default();
        system.reset(8);
        for (row, column) in [(0, 0), (1, 0), (1, 1)] {
            system.add(row, column, &block(row, column));
        }
        system.add_value(0, &[-3.0, -2.0, -1.0, 0.0]);
        system.add_value(1, &[1.0, 2.0, 3.0, 4.0]);
        assert!(system.solve());
        let inverse = full.try_inverse().expect("positive");
        let answer = inverse * value;
        for k in 0..8 {
            assert!((system.value[k] - answer[k]).abs() < 1e-12);
        }
        let (log_det, d2) = system.pair(0, 1).expect("positive");
        assert!((log_det - skypicket_model::math::ln(inverse.determinant())).abs() < 1e-10);
        assert!((d2 - (answer.transpose() * full * answer)[0]).abs() < 1e-9);
        for k in 0..2 {
            let own = system.covariance(k, k);
            for i in 0..4 {
                for j in 0..4 {
                    assert!((own[i][j] - inverse[(4 * k + i, 4 * k + j)]).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn three_by_three_is_inverted_and_what_is_not_positive_refused() {
        let s = [4.0, 1.0, 0.5, 3.0, -0.25, 2.0];
        let inverse = inverse(&s).expect("positive");
        for k in 0..3 {
            let mut unit = [0.0; 3];
            unit[k] = 1.0;
            let back = sym_vec(&s, &sym_vec(&inverse, &unit));
            for (got, want) in back.iter().zip(unit) {
                assert!((got - want).abs() < 1e-12);
            }
        }
        assert!(super::inverse(&[1.0, 2.0, 0.0, 1.0, 0.0, 1.0]).is_none());
        assert!((distance2(&[2.0, 0.0, 0.0], &[4.0, 0.0, 0.0, 1.0, 0.0, 1.0]).expect("positive") - 1.0).abs() < 1e-12);
    }
}
