//! P(inside) of a Gaussian place against a polygon.
//!
//! In coordinates in which the place's distribution is the standard normal, with the place at the origin, the mass of the triangle
//! between the origin and an edge is 1/2π ∫ (1 − exp(−r²/2)) dθ along the edge. Summed around the boundary this is
//!
//! P(inside) = \[origin inside\] − 1/2π Σ ∫ exp(−r²/2) dθ,
//!
//! where only edges within some sigmas count and each integral is a difference of Owen's T functions (D. B. Owen, "Tables for computing
//! bivariate normal probabilities", Ann. Math. Stat. 27 (1956) 1075–1090, eq. 2.1). For one long straight edge it is
//! Φ(−d/σ), the usual approximation; bends, islands and narrow strips come out right without a case of their own.

use skypicket_model::frames::LatLon;
use skypicket_model::math::{PI, TAU, atan2, exp, normal_cdf};

use super::{BorderSigma, Boundary, geodesic};

/// Edges farther than this many sigmas hold less than 1e-9.
const FAR_SIGMAS: f64 = 6.5;
/// No place is known better than this, metres: the data's own grid and the chords make up less.
const LEAST_SIGMA_M: f64 = 0.5;
/// A corner this close to the origin (in sigmas) is moved off it, so that its angle is defined.
const ON_CORNER: f64 = 1e-9;

/// Horizontal uncertainty of a place: covariance of east and north, m².
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Variance east, m².
    pub east_m2: f64,
    /// Covariance of east and north, m².
    pub cross_m2: f64,
    /// Variance north, m².
    pub north_m2: f64,
}

impl Spread {
    /// The same in all directions.
    #[must_use]
    pub fn round(sigma_m: f64) -> Self {
        Self { east_m2: sigma_m * sigma_m, cross_m2: 0.0, north_m2: sigma_m * sigma_m }
    }

    /// With an independent error of the same size in all directions added.
    #[must_use]
    pub fn plus(self, sigma_m: f64) -> Self {
        let more_m2 = sigma_m * sigma_m;
        Self { east_m2: self.east_m2 + more_m2, cross_m2: self.cross_m2, north_m2: self.north_m2 + more_m2 }
    }

    /// The largest 1-sigma in any direction, metres.
    #[must_use]
    pub fn largest_sigma_m(self) -> f64 {
        let mean = 0.5 * (self.east_m2 + self.north_m2);
        let half = 0.5 * (self.east_m2 - self.north_m2);
        let spread = (half * half + self.cross_m2 * self.cross_m2).sqrt();
        (mean + spread).max(0.0).sqrt()
    }

    /// Inverse of the lower Cholesky factor, as (1/a, −b/(a·c), 1/c): turns east and north into units of sigma.
    fn whitening(self) -> [f64; 3] {
        let a = self.east_m2.max(LEAST_SIGMA_M * LEAST_SIGMA_M).sqrt();
        let b = self.cross_m2 / a;
        let c = (self.north_m2 - b * b).max(LEAST_SIGMA_M * LEAST_SIGMA_M).sqrt();
        [1.0 / a, -b / (a * c), 1.0 / c]
    }
}

pub(super) fn inside(boundary: &Boundary, place: LatLon, spread: Spread, sigma: &BorderSigma) -> f64 {
    let own_inside = boundary.inside(place);
    let certain = if own_inside { 1.0 } else { 0.0 };
    let widest_m = spread.largest_sigma_m().max(LEAST_SIGMA_M) + sigma.land_m.max(sigma.water_m).max(sigma.sea_m);
    if boundary.at_least_m(place) > FAR_SIGMAS * widest_m {
        return certain;
    }
    let p = geodesic::surface(place);
    let Some(nearest) = boundary.tree.nearest(p, FAR_SIGMAS * widest_m) else { return certain };
    let spread = spread.plus(sigma.of(nearest.class));
    let reach_m = FAR_SIGMAS * spread.largest_sigma_m().max(LEAST_SIGMA_M);
    if nearest.chord_m > reach_m {
        return certain;
    }
    let [u_e, v_e, v_n] = spread.whitening();
    let frame = Frame::at(place);
    let mut turned = 0.0;
    boundary.tree.visit(p, reach_m, |segment| {
        let from = frame.east_north(p, segment.from_m);
        let along = frame.turn(segment.along_m);
        let to = [from[0] + along[0], from[1] + along[1]];
        let white = |v: [f64; 2]| [u_e * v[0], v_e * v[0] + v_n * v[1]];
        turned += edge(off_corner(white(from)), off_corner(white(to)));
    });
    let p_inside = certain - turned / TAU;
    // Within centimetres of the line the exact test in degrees and the chord may disagree on the side: that is a whole turn.
    let p_inside = if p_inside > 1.25 {
        p_inside - 1.0
    } else if p_inside < -0.25 {
        p_inside + 1.0
    } else {
        p_inside
    };
    p_inside.clamp(0.0, 1.0)
}

/// East and north directions at a place.
struct Frame {
    east: [f64; 3],
    north: [f64; 3],
}

impl Frame {
    fn at(place: LatLon) -> Self {
        let (sin_lat, cos_lat) = skypicket_model::math::sin_cos(skypicket_model::math::rad(place.lat_deg));
        let (sin_lon, cos_lon) = skypicket_model::math::sin_cos(skypicket_model::math::rad(place.lon_deg));
        Self { east: [-sin_lon, cos_lon, 0.0], north: [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat] }
    }

    fn turn(&self, v: [f64; 3]) -> [f64; 2] {
        let (e, n) = (self.east, self.north);
        [e[0] * v[0] + e[1] * v[1], n[0] * v[0] + n[1] * v[1] + n[2] * v[2]]
    }

    fn east_north(&self, origin: [f64; 3], p: [f64; 3]) -> [f64; 2] {
        self.turn([p[0] - origin[0], p[1] - origin[1], p[2] - origin[2]])
    }
}

fn off_corner(v: [f64; 2]) -> [f64; 2] {
    if v[0].abs() + v[1].abs() < ON_CORNER { [ON_CORNER, 0.0] } else { v }
}

/// ∫ exp(−r²/2) dθ along the straight edge from `a` to `b`, anticlockwise positive.
fn edge(a: [f64; 2], b: [f64; 2]) -> f64 {
    let d = [b[0] - a[0], b[1] - a[1]];
    let length2 = d[0] * d[0] + d[1] * d[1];
    if length2 <= 0.0 {
        return 0.0;
    }
    let per_length = 1.0 / length2.sqrt();
    // Distance of the line from the origin (positive when the origin is on its left), and where the ends lie along it from the foot.
    let h = (a[0] * b[1] - a[1] * b[0]) * per_length;
    let from = (a[0] * d[0] + a[1] * d[1]) * per_length;
    let to = from + length2 * per_length;
    if h.abs() > FAR_SIGMAS || from > FAR_SIGMAS || to < -FAR_SIGMAS {
        return 0.0;
    }
    if from < -FAR_SIGMAS && to > FAR_SIGMAS {
        // Φ(−|h|) is the share of a whole straight line.
        return TAU * normal_cdf(-h.abs()) * if h < 0.0 { -1.0 } else { 1.0 };
    }
    let (from, to) = (from.max(-FAR_SIGMAS), to.min(FAR_SIGMAS));
    let angle = angle_between(h, from, to);
    exp(-0.5 * h * h) * (angle - h * missing(h * h, from, to))
}

/// Angle under which the stretch from..to of a line at distance h is seen from the origin.
fn angle_between(h: f64, from: f64, to: f64) -> f64 {
    let (across, along) = (h * (to - from), h * h + from * to);
    if across == 0.0 && along < 0.0 {
        // The origin lies on the stretch: half a turn, to the left by convention; the caller minds the other case.
        return PI;
    }
    atan2(across, along)
}

/// ∫ (1 − exp(−t²/2)) / (h² + t²) dt over from..to, in panels on which the integrand is smooth.
fn missing(h2: f64, from: f64, to: f64) -> f64 {
    const PANELS: [f64; 9] = [-FAR_SIGMAS, -4.0, -2.0, -0.8, 0.0, 0.8, 2.0, 4.0, FAR_SIGMAS];
    let value = |t: f64| {
        let half = 0.5 * t * t;
        // 1 − exp(−x) loses its digits for small x, where its series is as good.
        let lost = if half < 1e-4 { half * (1.0 - 0.5 * half) } else { 1.0 - exp(-half) };
        let below = h2 + t * t;
        if below > 0.0 { lost / below } else { 0.5 }
    };
    let mut sum = 0.0;
    for panel in PANELS.windows(2) {
        let (low, high) = (panel[0].max(from), panel[1].min(to));
        if high <= low {
            continue;
        }
        let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
        let rule: &[(f64, f64)] = if half < 0.08 { &GAUSS_2 } else { &GAUSS_5 };
        sum += half * rule.iter().map(|(x, w)| w * value(middle + half * x)).sum::<f64>();
    }
    sum
}

/// Gauss–Legendre nodes and weights on −1..1 (Abramowitz & Stegun, table 25.4).
const GAUSS_2: [(f64, f64); 2] = [(-0.577_350_269_189_625_8, 1.0), (0.577_350_269_189_625_8, 1.0)];
const GAUSS_5: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_08),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
    (0.906_179_845_938_664, 0.236_926_885_056_189_08),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A closed polygon around the origin's plane, by the sum over its edges.
    fn mass(corners: &[[f64; 2]], origin_inside: bool) -> f64 {
        let turned: f64 = (0..corners.len()).map(|i| edge(corners[i], corners[(i + 1) % corners.len()])).sum();
        f64::from(u8::from(origin_inside)) - turned / TAU
    }

    #[test]
    fn a_rectangle_has_the_product_of_two_differences() {
        let phi = normal_cdf;
        for (x0, x1, y0, y1) in
            [(-1.0, 2.0, -0.5, 0.7), (0.3, 0.5, -3.0, 4.0), (-0.01, 3.0, -0.02, 0.5), (1.0, 5.0, 1.0, 5.0)]
        {
            let corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
            let inside = x0 < 0.0 && x1 > 0.0 && y0 < 0.0 && y1 > 0.0;
            let want = (phi(x1) - phi(x0)) * (phi(y1) - phi(y0));
            let got = mass(&corners, inside);
            assert!((got - want).abs() < 2e-5, "{x0} {x1} {y0} {y1}: {got} for {want}");
        }
    }

    #[test]
    fn cutting_an_edge_changes_nothing() {
        for h in [0.001, 0.05, 0.4, 1.5, 3.0] {
            let whole = edge([20.0, h], [-20.0, h]);
            let want = TAU * normal_cdf(-h);
            assert!((whole - want).abs() < 1e-9);
            for step in [0.03, 0.11, 0.9, 2.3] {
                let mut parts = 0.0;
                let mut x = 20.0;
                while x > -20.0 {
                    parts += edge([x, h], [x - step, h]);
                    x -= step;
                }
                assert!((parts - want).abs() < 1e-3 * TAU, "h {h}, step {step}: {parts} for {want}");
            }
        }
    }

    #[test]
    fn a_place_on_a_corner_has_the_share_of_its_angle() {
        let corners = [off_corner([0.0, 0.0]), [30.0, 0.0], [30.0, 30.0], [0.0, 30.0]];
        let p = mass(&corners, true);
        let p = if p > 1.25 { p - 1.0 } else { p };
        assert!((p.rem_euclid(1.0) - 0.25).abs() < 1e-3, "{p}");
    }
}
