//! What is lost when a stretch of boundary is replaced by its chord, so that far or small bends need not be looked at one by one.
//!
//! A stretch and its chord enclose an area w (signed, where it lies left or right). The Gaussian mass of w is the difference between
//! both contours. Its density is developed around the chord's middle c,
//!
//! ∫ w φ = φ(c) \[A − c·M + ½ (cᵀS c − tr S)\] + R,  |R| ≤ ⅙ max|∇³φ| ∫ |w| |x − c|³,
//!
//! with w's area A, first moments M and second moments S. All are kept in units of the chord, along it and to its left, so
//! that they need no frame of their own.

use super::Metres;
use super::tree::{dot3, minus};
use skypicket_model::math::pow;

/// A stretch against its chord. `t` is along the chord from its middle, `n` to its left, both in chord lengths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Signed moments of the area between stretch and chord.
    pub(super) area: f32,
    pub(super) t: f32,
    pub(super) n: f32,
    pub(super) tt: f32,
    pub(super) tn: f32,
    pub(super) nn: f32,
    /// Cube roots of at least ∫ |w| |t|³ and ∫ |w| |n|³.
    pub(super) cube_t: f32,
    pub(super) cube_n: f32,
    /// How far the stretch goes from the chord's middle along it and from the chord across.
    pub(super) reach_t: f32,
    pub(super) reach_n: f32,
}

/// Moments and bounds are kept in `f32`: made larger by this share, bounds stay bounds.
const ROUNDING: f64 = 1e-6;
/// Chords shorter than this, or than 1/30 of what the stretch reaches, stand for nothing.
const LEAST_CHORD_M: f64 = 1e-3;
const WILDEST: f64 = 30.0;

impl Shape {
    /// Of what no chord may stand for.
    pub(super) const NONE: Self = Self {
        area: 0.0,
        t: 0.0,
        n: 0.0,
        tt: 0.0,
        tn: 0.0,
        nn: 0.0,
        cube_t: f32::INFINITY,
        cube_n: f32::INFINITY,
        reach_t: f32::INFINITY,
        reach_n: f32::INFINITY,
    };

    /// Of a stretch, which the triangles (numbers of corners) take apart down to its chord.
    pub(super) fn new(corners: &[Metres], triangles: &[[u32; 3]], all: &[Metres]) -> Self {
        let (Some(&from), Some(&to)) = (corners.first(), corners.last()) else { return Self::NONE };
        let chord = minus(to, from);
        let length_m = dot3(chord, chord).sqrt();
        if length_m < LEAST_CHORD_M {
            return Self::NONE;
        }
        let middle = [0, 1, 2].map(|axis| 0.5 * (from[axis] + to[axis]));
        let up = scaled(middle, 1.0 / dot3(middle, middle).sqrt());
        let along = scaled(chord, 1.0 / (length_m * length_m));
        let left = cross3(up, along);
        let local = |corner: Metres| {
            let offset = minus(corner, middle);
            [dot3(offset, along), dot3(offset, left)]
        };
        let mut shape = Moments::default();
        let (mut reach_t, mut reach_n) = (0.5_f64, 0.0_f64);
        for corner in corners {
            let [t, n] = local(*corner);
            (reach_t, reach_n) = (reach_t.max(t.abs()), reach_n.max(n.abs()));
        }
        if reach_t > WILDEST || reach_n > WILDEST {
            return Self::NONE;
        }
        for triangle in triangles {
            shape.add(triangle.map(|corner| local(all[corner as usize])));
        }
        let more = |bound: f64| (bound * (1.0 + ROUNDING)) as f32;
        Self {
            area: shape.area as f32,
            t: shape.first[0] as f32,
            n: shape.first[1] as f32,
            tt: shape.second[0] as f32,
            tn: shape.second[1] as f32,
            nn: shape.second[2] as f32,
            cube_t: more(pow(shape.cubes[0], 1.0 / 3.0)),
            cube_n: more(pow(shape.cubes[1], 1.0 / 3.0)),
            reach_t: more(reach_t),
            reach_n: more(reach_n),
        }
    }
}

#[derive(Default)]
struct Moments {
    area: f64,
    first: [f64; 2],
    second: [f64; 3],
    cubes: [f64; 2],
}

impl Moments {
    /// Adds a triangle, anticlockwise positive.
    fn add(&mut self, [a, b, c]: [[f64; 2]; 3]) {
        let area = 0.5 * ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
        let sum = [a[0] + b[0] + c[0], a[1] + b[1] + c[1]];
        self.area += area;
        self.first[0] += area * sum[0] / 3.0;
        self.first[1] += area * sum[1] / 3.0;
        let product = |i: usize, j: usize| (a[i] * a[j] + b[i] * b[j] + c[i] * c[j] + sum[i] * sum[j]) / 12.0;
        self.second[0] += area * product(0, 0);
        self.second[1] += area * product(0, 1);
        self.second[2] += area * product(1, 1);
        for axis in 0..2 {
            // A convex function's mean over a triangle is at most the mean of its corners, here of the four triangles between the
            // middles of the sides.
            let cube = |x: f64| x.abs() * x * x;
            let corners = cube(a[axis]) + cube(b[axis]) + cube(c[axis]);
            let side = |p: [f64; 2], q: [f64; 2]| cube(0.5 * (p[axis] + q[axis]));
            self.cubes[axis] += area.abs() * (corners + 3.0 * (side(a, b) + side(b, c) + side(c, a))) / 12.0;
        }
    }
}

fn scaled(v: Metres, by: f64) -> Metres {
    v.map(|x| x * by)
}

fn cross3(a: Metres, b: Metres) -> Metres {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
