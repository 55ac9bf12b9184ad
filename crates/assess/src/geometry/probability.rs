//! P(inside) of a Gaussian place against a polygon.
//!
//! In coordinates in which the place's distribution is the standard normal, with the place at the origin, the mass of the triangle
//! between the origin and an edge is 1/2π ∫ (1 − exp(−r²/2)) dθ along the edge. Summed around the boundary this is
//!
//! P(inside) = \[origin inside\] − 1/2π Σ ∫ exp(−r²/2) dθ,
//!
//! where only edges within some sigmas count. For one long straight edge it is Φ(−d/σ), the usual approximation; bends, islands and
//! narrow strips come out right without a case of their own.
//!
//! **Bends that do not matter.** A stretch of boundary is replaced by its chord and the moments of the area between both
//! ([`super::shape`]) where the rest of that development is surely at most [`TOLERANCE`]; that bound is for the worst shape, and what a stretch really
//! leaves out is some hundredths of it. **|error| ≤ 1e-3** over all, by comparison with [`super::reference`] over real and drawn boundaries (tests); nine in
//! ten are within 2e-4. Where P(inside) is below [`SMALL`] or as near 1, it is done again with tolerances as small as the density at the boundary's nearest
//! stretch, so that the small share is known to some per cent of itself; beyond [`FAR_SIGMAS`] it is 0 or 1.

use std::sync::LazyLock;

use skypicket_model::frames::LatLon;
use skypicket_model::math::{TAU, exp, pow};

use super::contour::{Contour, FAR_SIGMAS, Line, White, cross, dot, exp_minus};
use super::geodesic::Frame;
use super::reach::{Look, Part};
use super::shape::Shape;
use super::tree::{Node, dot3};
use super::{BorderSigma, Boundary, Judged, Metres, Spread};

/// A stretch may be replaced when its share of the error is surely below this.
const TOLERANCE: f64 = 1e-3;
/// Longer chords run too deep below the ground: seen from 4.5 sigmas away this one is 4e-5 sigmas off, metres.
const LONGEST_CHORD_M: f64 = 50_000.0;
/// Where more stretches than this are replaced (a comb, a skein of islands), their errors may add up: the whole is done again with a tolerance smaller
/// by this factor.
const MANY: u32 = 40;
const MANY_FINER: f64 = 0.03;
/// Below this, or as much below 1, a probability is worked out relative to itself.
const SMALL: f64 = 1e-3;
/// Beyond five sigmas small shares are no longer told apart.
const FINEST_SIGMAS2: f64 = 25.0;
/// How far the origin is moved, sigmas.
const ASIDE: f64 = 1e-9;

/// Steps a sigma of [`THIRD`].
const STEPS: f64 = 8.0;
/// Greatest third derivative (in any direction) of the standard normal density at r and beyond, a sixth of it, by steps of r.
static THIRD: LazyLock<[f64; 53]> = LazyLock::new(|| {
    let mut table = [0.0_f64; 53];
    for step in (0..8 * 53).rev() {
        let r = f64::from(step) / (8.0 * STEPS);
        // Along a direction it is (3p − p³) φ, with p the part of r along it: 2 at most up to r = 2.
        let (low, high) = (r, r + 1.0 / (8.0 * STEPS));
        let most =
            (high * high * high - 3.0 * high).max(if high < 1.0 { 3.0 * high - high * high * high } else { 2.0 });
        let own = most * exp(-0.5 * low * low) / TAU / 6.0;
        let slot = (step / 8) as usize;
        let beyond = table.get(slot + 1).copied().unwrap_or(0.0);
        table[slot] = table[slot].max(own).max(beyond);
    }
    table
});

/// Steps a unit of [`NEEDED`], and how many times too fine a spread may be.
const RATIO_STEPS: f32 = 8.0;
const MOST_RATIO: f32 = 8.0;
/// How many sigmas away a stretch must be so that its chord may stand for it, when its `coarse_m` is so many times the sigma.
static NEEDED: LazyLock<[f32; 64]> = LazyLock::new(|| {
    let third: &[f64; 53] = &THIRD;
    core::array::from_fn(|step| {
        let ratio = (step + 1) as f64 / f64::from(RATIO_STEPS);
        let share = 1.0 / (ratio * ratio * ratio * ratio * ratio);
        let slot = third.iter().position(|value| *value <= third[0] * share).unwrap_or(third.len());
        (slot as f64 / STEPS) as f32
    })
});

/// From which sigma on a stretch may be replaced by its chord wherever it lies, metres: there its error is [`TOLERANCE`] at most. The error falls with
/// the fifth power of the sigma.
pub(super) fn coarse_m(shape: &Shape, chord_m: f64) -> f32 {
    if chord_m > LONGEST_CHORD_M {
        return f32::INFINITY;
    }
    let size = f64::from(shape.cube_t) + f64::from(shape.cube_n);
    let sigma_m = chord_m * pow(size * size * size * THIRD[0] / TOLERANCE, 0.2);
    if sigma_m.is_finite() { (sigma_m * 1.000_001) as f32 } else { f32::INFINITY }
}

/// What the walk around the boundary brought.
#[derive(Clone, Copy, Debug, Default)]
struct Walked {
    turned: f64,
    /// Squared distance of the nearest stretch's middle, in sigmas.
    nearest2: f64,
    /// Stretches that were replaced by their chords.
    replaced: u32,
}

pub(super) fn inside(boundary: &Boundary, place: LatLon, spread: Spread, sigma: &BorderSigma) -> f64 {
    let lon_deg = boundary.grid.unwind(place.lon_deg);
    let certain = if boundary.grid.inside(lon_deg, place.lat_deg) { 1.0 } else { 0.0 };
    let look = boundary.reach.look(lon_deg, place.lat_deg);
    let most_m = FAR_SIGMAS * (spread.at_most_m() + sigma.land_m.max(sigma.water_m).max(sigma.sea_m));
    if look.at_least_m > most_m {
        return certain;
    }
    let frame = Frame::at(place);
    let class = look.class.or_else(|| look.nearest(&boundary.tree, frame.origin_m, most_m).map(|hit| hit.class));
    let Some(class) = class else { return certain };
    with_spread(boundary, &look, &frame, spread.plus(sigma.of(class)).bounded(), certain)
}

/// Distance and P(inside) by one search.
pub(super) fn judge(boundary: &Boundary, place: LatLon, spread: Spread, sigma: &BorderSigma) -> Option<Judged> {
    let lon_deg = boundary.grid.unwind(place.lon_deg);
    let inside = boundary.grid.inside(lon_deg, place.lat_deg);
    let look = boundary.reach.look(lon_deg, place.lat_deg);
    let frame = Frame::at(place);
    let hit = look.nearest(&boundary.tree, frame.origin_m, f64::INFINITY)?;
    let certain = if inside { 1.0 } else { 0.0 };
    let spread = spread.plus(sigma.of(hit.class)).bounded();
    let far = hit.chord_m > FAR_SIGMAS * spread.widest_m();
    let probability = if far { certain } else { with_spread(boundary, &look, &frame, spread, certain) };
    Some(Judged { nearest: boundary.signed(place, &hit, inside), inside: probability })
}

/// P(inside) with the border's own spread in the spread.
fn with_spread(boundary: &Boundary, look: &Look, frame: &Frame, spread: Spread, certain: f64) -> f64 {
    let widest_m = spread.widest_m();
    let part = look.part(FAR_SIGMAS * widest_m);
    if part[0] >= part[1] {
        return certain;
    }
    let mut view = View::new(frame, spread, widest_m);
    let mut walked = walk(boundary, &view, part);
    if walked.replaced > MANY {
        view.refine(MANY_FINER);
        walked = walk(boundary, &view, part);
    }
    let mut p = share(certain, walked.turned);
    if p.min(1.0 - p) < SMALL && walked.replaced > 0 {
        view.refine(exp_minus(0.5 * walked.nearest2.min(FINEST_SIGMAS2)));
        p = share(certain, walk(boundary, &view, part).turned);
    }
    p.clamp(0.0, 1.0)
}

fn share(certain: f64, turned: f64) -> f64 {
    /// More than the error: beyond it the state is wrong, not the integral.
    const OVER: f64 = 0.01;
    let p = certain - turned / TAU;
    // Within centimetres of the line the exact test in degrees and the chord may disagree on the side: that is a whole turn.
    if p > 1.0 + OVER {
        p - 1.0
    } else if p < -OVER {
        p + 1.0
    } else {
        p
    }
}

/// How a place with its spread sees the boundary: from Earth-centred metres to units of sigma.
struct View {
    origin: [f32; 3],
    reach_m: f32,
    widest_m: f32,
    /// The narrower direction in Earth-centred axes and how far the place reaches in it, metres; none for a round spread.
    narrow: Option<([f32; 3], f32)>,
    /// Times a stretch's `coarse_m`: how many times too fine the spread is to replace it, at most and at least by its direction.
    ratio: [f32; 2],
    tolerance: f64,
    rows: [Metres; 2],
    shift: White,
    /// A quarter turn to the left on the ground, as it looks in units of sigma.
    quarter: [f64; 4],
}

impl View {
    fn new(frame: &Frame, spread: Spread, widest_m: f64) -> Self {
        let [u_e, v_e, v_n] = spread.whitening();
        let rows = frame.rows();
        let u = rows[0].map(|x| u_e * x);
        let v = [0, 1, 2].map(|axis| v_e * rows[0][axis] + v_n * rows[1][axis]);
        // The product of both sigmas is that of the diagonal.
        let narrowest_m = 1.0 / (u_e * v_n * widest_m);
        let elongation = (widest_m / narrowest_m).max(1.0);
        let round = elongation < 1.1;
        // A chord's error goes with its area and with the third power of its length, in sigmas: by the wide and the narrow direction.
        let fifth = |x: f64| if round { 1.0 } else { pow(x, 0.2) };
        Self {
            origin: frame.origin_m.map(|x| x as f32),
            reach_m: (FAR_SIGMAS * widest_m) as f32,
            widest_m: widest_m as f32,
            narrow: (!round).then(|| {
                let [east, north] = spread.narrow();
                let across = [0, 1, 2].map(|axis| (east * rows[0][axis] + north * rows[1][axis]) as f32);
                (across, (FAR_SIGMAS * narrowest_m * 1.01) as f32)
            }),
            ratio: [
                (1.0 / (narrowest_m * fifth(elongation))) as f32,
                (1.0 / (narrowest_m * fifth(elongation * elongation * elongation * elongation))) as f32,
            ],
            tolerance: TOLERANCE,
            rows: [u, v],
            // A little aside, so that no corner lies at the origin, where its angle is not defined.
            shift: [ASIDE - dot3(u, frame.origin_m), 1.3 * ASIDE - dot3(v, frame.origin_m)],
            quarter: [v_e / v_n, -u_e / v_n, v_n / u_e + v_e * v_e / (u_e * v_n), -v_e / v_n],
        }
    }

    /// Makes the tolerance smaller by a factor.
    fn refine(&mut self, factor: f64) {
        self.tolerance *= factor;
        let finer = pow(factor, -0.2) as f32;
        self.ratio = self.ratio.map(|ratio| ratio * finer);
    }

    #[inline]
    fn corner(&self, corner_m: Metres) -> White {
        [dot3(self.rows[0], corner_m) + self.shift[0], dot3(self.rows[1], corner_m) + self.shift[1]]
    }
}

/// Sums up the boundary as a place sees it.
fn walk(boundary: &Boundary, view: &View, part: Part) -> Walked {
    let tree = &boundary.tree;
    let (third, needed): (&[f64; 53], &[f32; 64]) = (&THIRD, &NEEDED);
    let mut walked = Walked { nearest2: f64::MAX, ..Walked::default() };
    let mut contour = Contour::new();
    let mut at = (u32::MAX, [0.0; 2]);
    let mut next = part[0] as usize;
    let nodes = &tree.nodes[..tree.nodes.len().min(part[1] as usize)];
    while let Some(node) = nodes.get(next) {
        let index = next;
        next = node.next as usize;
        let gap2 = node.centre_gap2(view.origin);
        let reach_m = node.radius_m + view.reach_m;
        if gap2 > reach_m * reach_m {
            continue;
        }
        if view.passes_beside(node) {
            continue;
        }
        let worth = view.worth(node, gap2, needed);
        if worth != Worth::Nothing {
            // A stretch mostly begins where the one before ended.
            let from = if node.first == at.0 { at.1 } else { view.corner(tree.corners_m[node.first as usize]) };
            let ends = [from, view.corner(tree.corners_m[node.last as usize])];
            let chord = Chord::new(view, ends, &tree.shapes[index]);
            let sure = worth == Worth::Chord || chord.error(third) <= view.tolerance;
            if sure && !(gap2 <= node.radius_m * node.radius_m && chord.may_hide_the_origin()) {
                contour.add(&chord.line, chord.area());
                walked.nearest2 = walked.nearest2.min(chord.line.middle2);
                walked.replaced += 1;
                at = (node.last, ends[1]);
                continue;
            }
        }
        if node.is_leaf(index) {
            let corners = &tree.corners_m[node.first as usize..=node.last as usize];
            let mut from = if node.first == at.0 { at.1 } else { view.corner(corners[0]) };
            for corner in &corners[1..] {
                let to = view.corner(*corner);
                let line = Line::new(from, to);
                walked.nearest2 = walked.nearest2.min(line.middle2);
                contour.add(&line, 0.0);
                from = to;
            }
            at = (node.last, from);
        } else {
            next = index + 1;
        }
    }
    walked.turned = contour.turned();
    walked
}

/// What a first look at a stretch says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// It must be looked at in parts.
    Nothing,
    /// It depends on its direction.
    Look,
    /// Its chord may stand for it.
    Chord,
}

impl View {
    /// Whether a node is out of reach in the narrower direction.
    #[inline]
    fn passes_beside(&self, node: &Node) -> bool {
        self.narrow.is_some_and(|(across, reach_m)| {
            let [x, y, z] = [0, 1, 2].map(|axis| across[axis] * (node.centre_m[axis] - self.origin[axis]));
            (x + y + z).abs() > reach_m + node.radius_m
        })
    }

    #[inline]
    fn worth(&self, node: &Node, gap2: f32, needed: &[f32; 64]) -> Worth {
        let enough = |ratio: f32| {
            // Compared first, so that no larger number is made whole.
            if ratio >= MOST_RATIO {
                return false;
            }
            let sigmas = needed[((ratio * RATIO_STEPS) as usize).min(needed.len() - 1)];
            let away_m = node.radius_m + self.widest_m * sigmas;
            ratio < 1.0 || gap2 >= away_m * away_m
        };
        let [most, least] = self.ratio.map(|ratio| ratio * node.coarse_m);
        if enough(most) {
            Worth::Chord
        } else if least < most && enough(least) {
            Worth::Look
        } else {
            Worth::Nothing
        }
    }
}

/// A stretch's chord in units of sigma, with how the stretch differs from it.
struct Chord<'a> {
    line: Line,
    /// One chord length to the chord's left.
    left: White,
    left2: f64,
    /// Area of one square chord length.
    square: f64,
    shape: &'a Shape,
}

impl<'a> Chord<'a> {
    #[inline]
    fn new(view: &View, [from, to]: [White; 2], shape: &'a Shape) -> Self {
        let line = Line::new(from, to);
        let (along, q) = (line.along, &view.quarter);
        let left = [q[0] * along[0] + q[1] * along[1], q[2] * along[0] + q[3] * along[1]];
        Self { line, left, left2: dot(left, left), square: cross(along, left), shape }
    }

    /// Sure bound of the probability that is left out when the chord stands for the stretch.
    fn error(&self, third: &[f64; 53]) -> f64 {
        let (shape, line) = (self.shape, &self.line);
        let (along, left) = (line.length2.sqrt(), self.left2.sqrt());
        // No part of stretch or chord is nearer than this.
        let t = (-dot(line.middle, line.along) / line.length2).clamp(-0.5, 0.5);
        let foot = [line.middle[0] + t * line.along[0], line.middle[1] + t * line.along[1]];
        let reach = (f64::from(shape.reach_t) - 0.5) * along + f64::from(shape.reach_n) * left;
        let least = (dot(foot, foot).sqrt() - reach).max(0.0);
        let size = f64::from(shape.cube_t) * along + f64::from(shape.cube_n) * left;
        self.square * size * size * size * third[((least * STEPS) as usize).min(52)]
    }

    /// Whether the origin may lie between stretch and chord.
    fn may_hide_the_origin(&self) -> bool {
        /// Chords are seen a little turned and shortened from afar.
        const SLACK: f64 = 1.01;
        let (middle, along) = (self.line.middle, self.line.along);
        cross(middle, self.left).abs() <= SLACK * self.square * f64::from(self.shape.reach_t)
            && cross(along, middle).abs() <= SLACK * self.square * f64::from(self.shape.reach_n) + ASIDE
    }

    /// The area between stretch and chord, weighed as if the density at the chord's middle were that all over it.
    #[inline]
    fn area(&self) -> f64 {
        let (line, shape) = (&self.line, self.shape);
        let (t, n) = (dot(line.middle, line.along), dot(line.middle, self.left));
        let second = f64::from(shape.tt) * (t * t - line.length2)
            + 2.0 * f64::from(shape.tn) * (t * n - dot(line.along, self.left))
            + f64::from(shape.nn) * (n * n - self.left2);
        self.square * (f64::from(shape.area) - f64::from(shape.t) * t - f64::from(shape.n) * n + 0.5 * second)
    }
}

#[cfg(test)]
mod tests;
