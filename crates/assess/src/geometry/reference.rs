//! P(inside) without short cuts: every piece by itself, each integral halved until it stands, by `libm`. What the fast way is measured by.

use skypicket_model::math::{TAU, atan2, exp};

use super::contour::White;
use super::geodesic::Frame;
use super::tree::{dot3, minus};
use super::{Boundary, Metres, Spread};

/// P(inside) with all the spread in `spread`, for a place whose own state is known.
pub(super) fn inside(boundary: &Boundary, frame: &Frame, spread: Spread, certain: f64) -> f64 {
    let [u_e, v_e, v_n] = spread.whitening();
    let rows = frame.rows();
    let white = |corner: Metres| {
        let offset = minus(corner, frame.origin_m);
        let [east_m, north_m] = [dot3(rows[0], offset), dot3(rows[1], offset)];
        [u_e * east_m, v_e * east_m + v_n * north_m]
    };
    let mut turned = 0.0;
    boundary.tree.each_piece(|from, to| turned += edge(white(from), white(to)));
    let p = certain - turned / TAU;
    // On which side of the chord a place within centimetres of the line is, is a whole turn.
    p - if p > 1.25 {
        1.0
    } else if p < -0.25 {
        -1.0
    } else {
        0.0
    }
}

/// ∫ exp(−r²/2) dθ from `a` to `b`.
pub(super) fn edge(a: White, b: White) -> f64 {
    let d = [b[0] - a[0], b[1] - a[1]];
    let length2 = d[0] * d[0] + d[1] * d[1];
    if length2 <= 0.0 {
        return 0.0;
    }
    let h = (a[0] * b[1] - a[1] * b[0]) / length2.sqrt();
    let from = (a[0] * d[0] + a[1] * d[1]) / length2.sqrt();
    let to = from + length2.sqrt();
    if h.abs() > 9.0 || from > 9.0 || to < -9.0 {
        return 0.0;
    }
    let far = a[0] * a[0] + a[1] * a[1] > 9.0 && b[0] * b[0] + b[1] * b[1] > 9.0 && h.abs() > 1.0;
    let (low, high) = (from.max(-9.0), to.min(9.0));
    let along = |t: f64| {
        let r2 = h * h + t * t;
        if far { h * exp(-0.5 * r2) / r2 } else { h * lost(0.5 * r2) * 0.5 }
    };
    let steps = ((high - low) / 0.05).ceil().max(1.0);
    let step = (high - low) / steps;
    // Four nodes a step of at most a twentieth of a sigma.
    let mut sum = 0.0;
    for index in 0..steps as usize {
        let middle = low + (index as f64 + 0.5) * step;
        for (x, w) in [(0.861_136_311_594_053, 0.347_854_845_137_454), (0.339_981_043_584_856, 0.652_145_154_862_546)] {
            sum += 0.5 * step * w * (along(middle + 0.5 * step * x) + along(middle - 0.5 * step * x));
        }
    }
    if far {
        return sum;
    }
    atan2(h * (high - low), h * h + low * high) - sum
}

/// (1 − exp(−x)) / x.
fn lost(x: f64) -> f64 {
    if x < 1e-3 { 1.0 - x * (0.5 - x / 6.0) } else { (1.0 - exp(-x)) / x }
}
