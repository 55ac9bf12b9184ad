//! A Gaussian over position and velocity in ECEF, and the few operations on it that filtering needs.
//!
//! State and covariance live in the Earth-centred Earth-fixed frame: one frame for all tracks and sensors, no re-centring, and no
//! plane anywhere. The covariance is kept as its three blocks, so that it is symmetric by construction and a scalar update costs
//! some fifty multiplications. Updates go one scalar row at a time, which needs no matrix inversion (Bierman, *Factorization Methods
//! for Discrete Sequential Estimation*, 1977, ch. II; exact for a diagonal measurement covariance).

/// A vector in ECEF: metres or m/s.
pub(crate) type V3 = [f64; 3];
/// A general 3×3 matrix by rows.
pub(crate) type M3 = [[f64; 3]; 3];

#[inline]
pub(crate) fn dot(a: &V3, b: &V3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
#[inline]
pub(crate) fn sub(a: &V3, b: &V3) -> V3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}
#[inline]
pub(crate) fn add(a: &V3, b: &V3) -> V3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}
/// a + k·b
#[inline]
pub(crate) fn along(a: &V3, k: f64, b: &V3) -> V3 {
    [a[0] + k * b[0], a[1] + k * b[1], a[2] + k * b[2]]
}
#[inline]
pub(crate) fn scale(k: f64, a: &V3) -> V3 {
    [k * a[0], k * a[1], k * a[2]]
}
#[inline]
pub(crate) fn norm(a: &V3) -> f64 {
    dot(a, a).sqrt()
}
#[inline]
pub(crate) fn cross(a: &V3, b: &V3) -> V3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
#[inline]
fn mat_vec(m: &M3, v: &V3) -> V3 {
    [dot(&m[0], v), dot(&m[1], v), dot(&m[2], v)]
}
/// Mᵀ·v
#[inline]
pub(crate) fn mat_t_vec(m: &M3, v: &V3) -> V3 {
    [
        m[0][0] * v[0] + m[1][0] * v[1] + m[2][0] * v[2],
        m[0][1] * v[0] + m[1][1] * v[1] + m[2][1] * v[2],
        m[0][2] * v[0] + m[1][2] * v[1] + m[2][2] * v[2],
    ]
}
/// A·Bᵀ
#[inline]
fn mul_t(a: &M3, b: &M3) -> M3 {
    [
        [dot(&a[0], &b[0]), dot(&a[0], &b[1]), dot(&a[0], &b[2])],
        [dot(&a[1], &b[0]), dot(&a[1], &b[1]), dot(&a[1], &b[2])],
        [dot(&a[2], &b[0]), dot(&a[2], &b[1]), dot(&a[2], &b[2])],
    ]
}

/// A symmetric 3×3 matrix: xx, xy, xz, yy, yz, zz.
pub(crate) type S3 = [f64; 6];

#[inline]
pub(crate) fn sym_vec(s: &S3, v: &V3) -> V3 {
    [
        s[0] * v[0] + s[1] * v[1] + s[2] * v[2],
        s[1] * v[0] + s[3] * v[1] + s[4] * v[2],
        s[2] * v[0] + s[4] * v[1] + s[5] * v[2],
    ]
}
#[inline]
fn sym_full(s: &S3) -> M3 {
    [[s[0], s[1], s[2]], [s[1], s[3], s[4]], [s[2], s[4], s[5]]]
}
/// The symmetric part's upper triangle of a matrix known to be symmetric up to rounding.
#[inline]
fn sym_of(m: &M3) -> S3 {
    [m[0][0], m[0][1], m[0][2], m[1][1], m[1][2], m[2][2]]
}
#[inline]
pub(crate) fn sym_add_outer(s: &mut S3, k: f64, v: &V3) {
    let kv = scale(k, v);
    s[0] += kv[0] * v[0];
    s[1] += kv[0] * v[1];
    s[2] += kv[0] * v[2];
    s[3] += kv[1] * v[1];
    s[4] += kv[1] * v[2];
    s[5] += kv[2] * v[2];
}
#[inline]
pub(crate) fn sym_add_identity(s: &mut S3, k: f64) {
    s[0] += k;
    s[3] += k;
    s[5] += k;
}
/// vᵀ·S·v
#[inline]
pub(crate) fn sym_quad(s: &S3, v: &V3) -> f64 {
    dot(v, &sym_vec(s, v))
}

/// Position and velocity with their covariance, ECEF, metres and m/s.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Gauss {
    /// Position.
    pub x: V3,
    /// Velocity.
    pub v: V3,
    /// Position covariance.
    pub pp: S3,
    /// Position (rows) with velocity (columns) covariance.
    pub pv: M3,
    /// Velocity covariance.
    pub vv: S3,
}

impl skypicket_model::Canon for Gauss {
    fn encode(&self, out: &mut Vec<u8>) {
        self.x.encode(out);
        self.v.encode(out);
        self.pp.encode(out);
        for row in &self.pv {
            row.encode(out);
        }
        self.vv.encode(out);
    }
    fn decode(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        use skypicket_model::Canon;
        Ok(Self {
            x: Canon::decode(reader)?,
            v: Canon::decode(reader)?,
            pp: Canon::decode(reader)?,
            pv: [Canon::decode(reader)?, Canon::decode(reader)?, Canon::decode(reader)?],
            vv: Canon::decode(reader)?,
        })
    }
}

/// How position and velocity move over a time step: x += A·v, v ← B·v.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Motion {
    pub a: M3,
    pub b: M3,
}

impl Gauss {
    /// Straight motion for `dt_s`: A = dt·I, B = I.
    #[inline]
    pub(crate) fn move_straight(&mut self, dt_s: f64) {
        self.x = along(&self.x, dt_s, &self.v);
        let (pv, vv, d2) = (&mut self.pv, &self.vv, dt_s * dt_s);
        self.pp[0] += 2.0 * dt_s * pv[0][0] + d2 * vv[0];
        self.pp[1] += dt_s * (pv[0][1] + pv[1][0]) + d2 * vv[1];
        self.pp[2] += dt_s * (pv[0][2] + pv[2][0]) + d2 * vv[2];
        self.pp[3] += 2.0 * dt_s * pv[1][1] + d2 * vv[3];
        self.pp[4] += dt_s * (pv[1][2] + pv[2][1]) + d2 * vv[4];
        self.pp[5] += 2.0 * dt_s * pv[2][2] + d2 * vv[5];
        let full = sym_full(vv);
        for (row, add) in pv.iter_mut().zip(&full) {
            *row = along(row, dt_s, add);
        }
    }

    /// General linear motion.
    #[inline]
    pub(crate) fn move_by(&mut self, m: &Motion) {
        self.x = add(&self.x, &mat_vec(&m.a, &self.v));
        self.v = mat_vec(&m.b, &self.v);
        let vv = sym_full(&self.vv);
        let w = mul_t(&m.a, &vv); // A·Pvv (Pvv symmetric)
        let apv = mul_t(&m.a, &self.pv); // A·Pvp
        let wa = mul_t(&w, &m.a);
        self.pp[0] += 2.0 * apv[0][0] + wa[0][0];
        self.pp[1] += apv[0][1] + apv[1][0] + wa[0][1];
        self.pp[2] += apv[0][2] + apv[2][0] + wa[0][2];
        self.pp[3] += 2.0 * apv[1][1] + wa[1][1];
        self.pp[4] += apv[1][2] + apv[2][1] + wa[1][2];
        self.pp[5] += 2.0 * apv[2][2] + wa[2][2];
        let sum = [add(&self.pv[0], &w[0]), add(&self.pv[1], &w[1]), add(&self.pv[2], &w[2])];
        self.pv = mul_t(&sum, &m.b);
        self.vv = sym_of(&mul_t(&mul_t(&m.b, &vv), &m.b));
    }

    /// Adds continuous white acceleration noise over `dt_s`: power spectral densities `q_h` across and `q_v` along `up`, m²/s³.
    #[inline]
    pub(crate) fn add_noise(&mut self, dt_s: f64, q_h: f64, q_v: f64, up: &V3) {
        let (k3, k2, k1) = (dt_s * dt_s * dt_s / 3.0, dt_s * dt_s / 2.0, dt_s);
        sym_add_identity(&mut self.pp, q_h * k3);
        sym_add_identity(&mut self.vv, q_h * k1);
        let extra = q_v - q_h;
        sym_add_outer(&mut self.pp, extra * k3, up);
        sym_add_outer(&mut self.vv, extra * k1, up);
        for (i, row) in self.pv.iter_mut().enumerate() {
            row[i] += q_h * k2;
            *row = along(row, extra * k2 * up[i], up);
        }
    }

    /// Updates by one scalar measurement of `row`·position with variance `variance`; returns (innovation², innovation variance)
    /// as their ratio and the latter.
    #[inline]
    pub(crate) fn update_position(&mut self, row: &V3, innovation: f64, variance: f64) -> (f64, f64) {
        let p = sym_vec(&self.pp, row);
        let v = mat_t_vec(&self.pv, row);
        let s = dot(row, &p) + variance;
        self.apply(&p, &v, innovation, s);
        (innovation * innovation / s, s)
    }

    /// Shifts the position's component along the unit vector `row` by `shift`, m, and multiplies its variance by `keep` (0 to 1); everything
    /// correlated with it follows.
    pub(crate) fn condition(&mut self, row: &V3, shift: f64, keep: f64) {
        let p = sym_vec(&self.pp, row);
        let v = mat_t_vec(&self.pv, row);
        let s = dot(row, &p).max(1e-9);
        let (k, lost) = (shift / s, (1.0 - keep) / s);
        self.x = along(&self.x, k, &p);
        self.v = along(&self.v, k, &v);
        sym_add_outer(&mut self.pp, -lost, &p);
        sym_add_outer(&mut self.vv, -lost, &v);
        for (row, pi) in self.pv.iter_mut().zip(&p) {
            *row = along(row, -lost * pi, &v);
        }
    }

    /// As [`Gauss::update_position`] for a row over both position and velocity.
    #[inline]
    pub(crate) fn update_both(&mut self, row_x: &V3, row_v: &V3, innovation: f64, variance: f64) -> (f64, f64) {
        let p = add(&sym_vec(&self.pp, row_x), &mat_vec(&self.pv, row_v));
        let v = add(&mat_t_vec(&self.pv, row_x), &sym_vec(&self.vv, row_v));
        let s = dot(row_x, &p) + dot(row_v, &v) + variance;
        self.apply(&p, &v, innovation, s);
        (innovation * innovation / s, s)
    }

    #[inline]
    fn apply(&mut self, p: &V3, v: &V3, innovation: f64, s: f64) {
        let inv = 1.0 / s;
        let k = innovation * inv;
        self.x = along(&self.x, k, p);
        self.v = along(&self.v, k, v);
        sym_add_outer(&mut self.pp, -inv, p);
        sym_add_outer(&mut self.vv, -inv, v);
        for (row, pi) in self.pv.iter_mut().zip(p) {
            *row = along(row, -inv * pi, v);
        }
    }

    /// Adds `w` times the second moment of `other` about `mean` into `self`'s covariance (whose state is the mean already).
    #[inline]
    pub(crate) fn add_moment(&mut self, w: f64, other: &Self) {
        let dx = sub(&other.x, &self.x);
        let dv = sub(&other.v, &self.v);
        for (own, its) in self.pp.iter_mut().zip(&other.pp) {
            *own += w * its;
        }
        for (own, its) in self.vv.iter_mut().zip(&other.vv) {
            *own += w * its;
        }
        sym_add_outer(&mut self.pp, w, &dx);
        sym_add_outer(&mut self.vv, w, &dv);
        for ((row, its), d) in self.pv.iter_mut().zip(&other.pv).zip(&dx) {
            *row = along(&along(row, w, its), w * d, &dv);
        }
    }

    /// The Gaussian with the mean and covariance of a mixture; weights must sum to 1.
    pub(crate) fn merge<'a>(parts: impl Iterator<Item = (f64, &'a Self)> + Clone) -> Self {
        let mut merged = Self::default();
        for (w, part) in parts.clone() {
            merged.x = along(&merged.x, w, &part.x);
            merged.v = along(&merged.v, w, &part.v);
        }
        for (w, part) in parts {
            merged.add_moment(w, part);
        }
        merged
    }

    /// The largest plausible variance of position in any direction: the trace, which bounds every eigenvalue.
    #[inline]
    pub(crate) fn position_trace(&self) -> f64 {
        self.pp[0] + self.pp[3] + self.pp[5]
    }
    #[inline]
    pub(crate) fn velocity_trace(&self) -> f64 {
        self.vv[0] + self.vv[3] + self.vv[5]
    }

    /// Whether all numbers are finite and the variances positive; anything else is a defect that must not spread.
    pub(crate) fn is_sound(&self) -> bool {
        self.x.iter().chain(&self.v).all(|c| c.is_finite())
            && self.pp[0] > 0.0
            && self.pp[3] > 0.0
            && self.pp[5] > 0.0
            && self.position_trace().is_finite()
            && self.velocity_trace().is_finite()
    }
}
