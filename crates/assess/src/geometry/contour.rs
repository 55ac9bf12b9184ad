//! What one straight stretch of a boundary contributes to P(inside), in coordinates in which the place's distribution is the standard normal
//! around the origin: ∫ exp(−r²/2) dθ along it, anticlockwise positive.
//!
//! The integral is a difference of Owen's T functions (D. B. Owen, "Tables for computing bivariate normal probabilities", Ann. Math. Stat. 27
//! (1956) 1075–1090, eq. 2.1). Here it is taken by Gauss–Legendre quadrature on panels of at most [`PANEL`] sigmas. Where a panel is
//! long for its distance from the origin, dθ is singular, and the integral is split into the panel's angle less
//! ∫ (1 − exp(−r²/2)) dθ, which is smooth. A line that passes the origin from end to end has the closed form 2π Φ(−h).
//!
//! Error of one stretch, divided by 2π: below 1e-5, and below 1e-3 of its own size (tests).

use skypicket_model::math::{FRAC_PI_2, PI, TAU, normal_cdf};

/// What lies farther than this many sigmas holds less than 1e-9.
pub(super) const FAR_SIGMAS: f64 = 4.5;
/// Longest panel, sigmas.
const PANEL: f64 = 2.0;
/// A line that reaches this far on both sides of its foot is taken as endless: what is missing is 7e-6 of it.
const ENDLESS: f64 = 4.0;
/// A panel is near when its middle is nearer than the square root of this times its length.
const NEAR_LENGTHS2: f64 = 2.25;
/// Gauss–Legendre rule of three nodes on 0..1: the outer nodes' offset from the middle, and the weights (Abramowitz & Stegun, table 25.4).
const OFFSET: f64 = 0.387_298_334_620_741_7;
const OUTER: f64 = 5.0 / 18.0;
const INNER: f64 = 8.0 / 18.0;

/// A point or a difference of points in units of sigma.
pub(super) type White = [f64; 2];

#[inline]
pub(super) fn dot(a: White, b: White) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

#[inline]
pub(super) fn cross(a: White, b: White) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

/// A straight stretch: its middle, its whole length with direction, and their squares.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) middle: White,
    pub(super) along: White,
    pub(super) middle2: f64,
    pub(super) length2: f64,
}

impl Line {
    #[inline]
    pub(super) fn new(from: White, to: White) -> Self {
        Self::around([0.5 * (from[0] + to[0]), 0.5 * (from[1] + to[1])], [to[0] - from[0], to[1] - from[1]])
    }

    #[inline]
    fn around(middle: White, along: White) -> Self {
        Self { middle, along, middle2: dot(middle, middle), length2: dot(along, along) }
    }
}

/// Panels gathered before they are worked out together, which is several times as fast as one by one.
const GATHERED: usize = 16;

/// ∫ exp(−r²/2) dθ summed along lines.
pub(super) struct Contour {
    turned: f64,
    count: usize,
    middle2: [f64; GATHERED],
    length2: [f64; GATHERED],
    lean: [f64; GATHERED],
    cross: [f64; GATHERED],
    area: [f64; GATHERED],
}

impl Contour {
    pub(super) const fn new() -> Self {
        Self {
            turned: 0.0,
            count: 0,
            middle2: [1.0; GATHERED],
            length2: [0.0; GATHERED],
            lean: [0.0; GATHERED],
            cross: [0.0; GATHERED],
            area: [0.0; GATHERED],
        }
    }

    /// The sum so far.
    pub(super) fn turned(&mut self) -> f64 {
        self.work_out();
        self.turned
    }

    /// Adds a line, less an area on its left times exp(−r²/2) at its middle.
    #[inline]
    pub(super) fn add(&mut self, line: &Line, area: f64) {
        if line.length2 > PANEL * PANEL {
            self.long(line, area);
        } else if line.middle2 > NEAR_LENGTHS2 * line.length2 {
            self.far(line, area);
        } else {
            self.turned += near(line) - exp_minus(0.5 * line.middle2) * area;
        }
    }

    /// A line longer than a panel.
    #[cold]
    fn long(&mut self, line: &Line, area: f64) {
        self.turned -= exp_minus(0.5 * line.middle2) * area;
        let (d, length) = (line.along, line.length2.sqrt());
        let h = cross(line.middle, d) / length;
        if h.abs() > FAR_SIGMAS {
            return;
        }
        // Where the ends lie along the line from its foot.
        let middle = dot(line.middle, d) / length;
        let (from, to) = (middle - 0.5 * length, middle + 0.5 * length);
        if from < -ENDLESS && to > ENDLESS {
            self.turned += if h < 0.0 { -TAU } else { TAU } * normal_cdf(-h.abs());
            return;
        }
        let (low, high) = (from.max(-FAR_SIGMAS), to.min(FAR_SIGMAS));
        if high <= low {
            return;
        }
        let count = ((high - low) / PANEL) as u32 + 1;
        let step = (high - low) / (f64::from(count) * length);
        let first = (low - middle) / length + 0.5 * step;
        for index in 0..count {
            let t = first + step * f64::from(index);
            let middle = [line.middle[0] + d[0] * t, line.middle[1] + d[1] * t];
            let panel = Line::around(middle, [d[0] * step, d[1] * step]);
            if panel.middle2 > NEAR_LENGTHS2 * panel.length2 {
                self.far(&panel, 0.0);
            } else {
                self.turned += near(&panel);
            }
        }
    }

    /// A panel that is far for its length is only noted down.
    #[inline]
    fn far(&mut self, line: &Line, area: f64) {
        if self.count >= GATHERED {
            self.work_out();
        }
        let at = self.count;
        self.middle2[at] = line.middle2;
        self.length2[at] = line.length2;
        self.lean[at] = dot(line.middle, line.along);
        self.cross[at] = cross(line.middle, line.along);
        self.area[at] = area;
        self.count = at + 1;
    }

    /// Works out what was noted down. With r² = m² + δ the density is that at the middle times exp(−δ/2), and both outer nodes share
    /// their series.
    fn work_out(&mut self) {
        let mut values = [0.0; GATHERED];
        let count = self.count.min(GATHERED);
        let panels = self.middle2.iter().zip(&self.length2).zip(&self.lean).zip(&self.cross).zip(&self.area);
        for (value, ((((middle2, length2), lean), cross), area)) in values.iter_mut().zip(panels).take(count) {
            let per_m2 = 1.0 / middle2;
            let even = OFFSET * OFFSET * length2;
            let odd = 2.0 * OFFSET * lean;
            let x2 = 0.25 * odd * odd;
            // Good to 1e-5 up to |x| = 3, the most that a panel within reach has.
            let cosh = 1.0
                + x2 * (1.0 / 2.0
                    + x2 * (1.0 / 24.0
                        + x2 * (1.0 / 720.0
                            + x2 * (1.0 / 40_320.0 + x2 * (1.0 / 3_628_800.0 + x2 * (1.0 / 479_001_600.0))))));
            let x_sinh = x2
                * (1.0
                    + x2 * (1.0 / 6.0
                        + x2 * (1.0 / 120.0
                            + x2 * (1.0 / 5040.0 + x2 * (1.0 / 362_880.0 + x2 * (1.0 / 39_916_800.0))))));
            let y = 0.5 * even;
            let shrink = 1.0 - y * (1.0 - y * (1.0 / 2.0 - y * (1.0 / 6.0 - y * (1.0 / 24.0))));
            let wide = 1.0 + per_m2 * even;
            let lean = per_m2 * odd;
            // Σ exp(−δ/2) / (1 + δ/m²) over both outer nodes.
            let outer = shrink * 2.0 * (cosh * wide + 2.0 * per_m2 * x_sinh) / (wide * wide - lean * lean);
            *value = exp_minus(0.5 * middle2) * (cross * per_m2 * (INNER + OUTER * outer) - area);
        }
        self.turned += values.iter().take(count).sum::<f64>();
        self.count = 0;
    }
}

/// For a panel that is near for its length: its angle less a smooth integral.
fn near(line: &Line) -> f64 {
    let area = cross(line.middle, line.along);
    let slope = 2.0 * OFFSET * dot(line.middle, line.along);
    let outer2 = line.middle2 + OFFSET * OFFSET * line.length2;
    let smooth = OUTER * (missing(outer2 - slope) + missing(outer2 + slope)) + INNER * missing(line.middle2);
    angle(area, line.middle2 - 0.25 * line.length2) - area * smooth
}

/// (1 − exp(−r²/2)) / r².
#[inline]
fn missing(r2: f64) -> f64 {
    if r2 < 0.1 {
        // The quotient loses its digits, and its series is as good.
        return 0.5 - r2 * (0.125 - r2 * (1.0 / 48.0 - r2 * (1.0 / 384.0)));
    }
    (1.0 - exp_minus(0.5 * r2)) / r2
}

/// exp(−x) for x ≥ 0, relative error below 1e-8: a power of two times the series of exp on ±ln 2 / 2.
#[inline]
pub(super) fn exp_minus(x: f64) -> f64 {
    /// 1.5 · 2^52: adding it rounds to a whole number, which then stands in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let y = -x.min(700.0) * core::f64::consts::LOG2_E;
    let shifted = y + ROUND;
    let power = shifted.to_bits().wrapping_add(1023) << 52;
    let z = (y - (shifted - ROUND)) * core::f64::consts::LN_2;
    let z2 = z * z;
    let even = 1.0 + z2 * (1.0 / 2.0 + z2 * (1.0 / 24.0 + z2 * (1.0 / 720.0)));
    let odd = 1.0 + z2 * (1.0 / 6.0 + z2 * (1.0 / 120.0 + z2 * (1.0 / 5040.0)));
    f64::from_bits(power) * (even + z * odd)
}

/// The angle whose tangent is y/x in its quadrant, −π..π, error below 1e-7 (polynomial: Abramowitz & Stegun 4.4.49).
/// Half a turn is positive: to the left by convention; the caller minds the other case.
#[inline]
fn angle(y: f64, x: f64) -> f64 {
    let (high, low) = (x.abs().max(y.abs()), x.abs().min(y.abs()));
    if high <= 0.0 {
        return 0.0;
    }
    let t = low / high;
    let u = t * t;
    let series = -0.333_331_452_8
        + u * (0.199_935_508_5
            + u * (-0.142_088_994_4
                + u * (0.106_562_639_3
                    + u * (-0.075_289_640_0 + u * (0.042_909_613_8 + u * (-0.016_165_736_7 + u * 0.002_866_225_7))))));
    let eighth = t + t * u * series;
    let quarter = if y.abs() > x.abs() { FRAC_PI_2 - eighth } else { eighth };
    let half = if x < 0.0 { PI - quarter } else { quarter };
    if y < 0.0 { -half } else { half }
}

#[cfg(test)]
mod tests {
    use super::super::reference;
    use super::*;

    fn turned(lines: &[[White; 2]]) -> f64 {
        let mut contour = Contour::new();
        lines.iter().for_each(|[a, b]| contour.add(&Line::new(*a, *b), 0.0));
        contour.turned()
    }

    /// A closed polygon around the origin's plane, by the sum over its edges.
    fn mass(corners: &[White], origin_inside: bool) -> f64 {
        let lines: Vec<[White; 2]> =
            (0..corners.len()).map(|i| [corners[i], corners[(i + 1) % corners.len()]]).collect();
        f64::from(u8::from(origin_inside)) - turned(&lines) / TAU
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
            assert!((got - want).abs() < 3e-5, "{x0} {x1} {y0} {y1}: {got} for {want}");
        }
    }

    #[test]
    fn cutting_an_edge_changes_nothing() {
        for h in [0.001, 0.05, 0.4, 1.5, 3.0] {
            let want = TAU * normal_cdf(-h);
            let whole = turned(&[[[20.0, h], [-20.0, h]]]);
            assert!((whole - want).abs() < 1e-9);
            for step in [0.03, 0.11, 0.9, 2.3] {
                let starts = (0..).map(|i| 20.0 - step * f64::from(i)).take_while(|x| *x > -20.0);
                let lines: Vec<[White; 2]> = starts.map(|x| [[x, h], [x - step, h]]).collect();
                let parts = turned(&lines);
                assert!((parts - want).abs() < 2e-5 * TAU, "h {h}, step {step}: {parts} for {want}");
                // Also for itself, far out.
                assert!((parts - want).abs() < 2e-3 * want, "h {h}, step {step}: {parts} for {want}");
            }
        }
    }

    #[test]
    fn every_stretch_is_as_the_reference_has_it() {
        let mut worst: f64 = 0.0;
        for index in 0..4000_u32 {
            // Places, directions and lengths from a fraction of a sigma to many, spread without chance.
            let share = |k: f64| (f64::from(index) * k).fract();
            let (r, turn, way) = (6.0 * share(0.618_034), TAU * share(0.414_214), TAU * share(0.732_051));
            let length = 10.0_f64 * share(0.236_068) * share(0.236_068) * share(0.236_068) + 1e-3;
            let a = [r * skypicket_model::math::cos(turn), r * skypicket_model::math::sin(turn)];
            let b = [a[0] + length * skypicket_model::math::cos(way), a[1] + length * skypicket_model::math::sin(way)];
            let (got, want) = (turned(&[[a, b]]), reference::edge(a, b));
            worst = worst.max((got - want).abs() / TAU);
            assert!((got - want).abs() < 2e-5 * TAU, "{a:?} to {b:?}: {got} for {want}");
        }
        println!("largest difference {worst:.1e}");
    }

    #[test]
    fn exp_and_angle_are_what_they_should_be() {
        for index in 0..3000_u32 {
            let x = f64::from(index) * 0.25;
            let want = skypicket_model::math::exp(-x.min(700.0));
            assert!((exp_minus(x) - want).abs() <= 1e-8 * want, "{x}");
            let turn = f64::from(index) * TAU / 3000.0 - PI + 1e-4;
            let (s, c) = skypicket_model::math::sin_cos(turn);
            assert!((angle(s, c) - turn).abs() < 1e-7, "{turn}");
        }
    }
}
