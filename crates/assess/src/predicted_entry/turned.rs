//! What becomes of a prediction when an object may turn: most fly on, some turn now and then, nobody knows where to.
//!
//! Of all objects a share never turns; the others do so as by chance, once in a mean time, to any course alike. After a turn at distance d from
//! the line, with a way of r left until the horizon, a share arccos(d/r)/π of all courses reaches a straight border. With P(t) what the straight course
//! has entered by then, turns come at a rate λ:
//!
//! ```text
//! P(T) = e^(−λT)·P(T) + ∫₀ᵀ λ·e^(−λt)·[P(t) + (1 − P(t))·arccos(d(t)/r)/π] dt,   r = v·(T − t)
//! ```

use super::ahead::{Ahead, Course, HORIZONS_S};
use crate::geometry::Boundary;
use skypicket_model::math::{PI, acos, exp, pow};

/// Moments between which a turn may come, seconds.
const MOMENTS_S: [f64; 13] = [0.0, 15.0, 30.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 375.0, 450.0, 525.0, 600.0];

/// To be inside at some moment is likelier than at the likeliest one: the moments of a course count as so many that have nothing to do with each other. Origin:
/// simulated worlds, where everything between was told too low (docs/performance.md, "Entries").
const LOOKS: f64 = 1.5;

/// How objects turn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turns {
    /// Share of those that do.
    pub(super) share: f64,
    /// Mean time between two of their turns, seconds.
    pub(super) every_s: f64,
}

/// P(enters) within each horizon, turns included.
pub(super) fn with_turns(ahead: &Ahead, course: &Course<'_>, boundary: &Boundary, turns: Turns) -> [f64; 4] {
    let speed_m_s = course.speed_m_s();
    if turns.share <= 0.0 || course.at_least_m(boundary) > speed_m_s * HORIZONS_S[3] {
        return ahead.within;
    }
    let rate = 1.0 / turns.every_s.max(1.0);
    let mut turned = HORIZONS_S.map(|horizon_s| exp(-rate * horizon_s));
    for (k, value) in turned.iter_mut().enumerate() {
        *value *= ahead.within[k];
    }
    for pair in MOMENTS_S.windows(2) {
        let [from_s, to_s] = [pair[0], pair[1]];
        let middle_s = 0.5 * (from_s + to_s);
        let distance_m = boundary.signed_distance_m(course.place_after(middle_s));
        let straight = until(&ahead.within, middle_s);
        for (horizon_s, value) in HORIZONS_S.iter().zip(&mut turned) {
            if to_s <= *horizon_s + 1e-9 {
                let weight = exp(-rate * from_s) - exp(-rate * to_s);
                let reach_m = speed_m_s * (horizon_s - middle_s);
                *value += weight * (straight + (1.0 - straight) * share_of_courses(distance_m, reach_m));
            }
        }
    }
    let mut within = [0.0; 4];
    for (k, value) in within.iter_mut().enumerate() {
        let p = ((1.0 - turns.share) * ahead.within[k] + turns.share * turned[k]).clamp(0.0, 1.0);
        *value = 1.0 - pow(1.0 - p, LOOKS);
    }
    // Rounding of the sums apart, what is within a minute is within two.
    for k in 1..4 {
        within[k] = within[k].max(within[k - 1]);
    }
    within
}

fn share_of_courses(distance_m: f64, reach_m: f64) -> f64 {
    if distance_m <= 0.0 {
        1.0
    } else if reach_m <= distance_m {
        0.0
    } else {
        acos(distance_m / reach_m) / PI
    }
}

/// What the straight course has entered by a moment, between the horizons.
fn until(within: &[f64; 4], t_s: f64) -> f64 {
    let (mut before_s, mut before) = (0.0, 0.0);
    for (horizon_s, p) in HORIZONS_S.iter().zip(within) {
        if t_s <= *horizon_s {
            return before + (p - before) * (t_s - before_s) / (horizon_s - before_s);
        }
        (before_s, before) = (*horizon_s, *p);
    }
    before
}
