//! What share of a cell's aircraft is affected, from how many were and were not: a beta-binomial of two parts, quiet and not quiet.

use skypicket_model::math::{exp, ln, ln_1p};

/// Shares that are weighed: finely where quiet cells lie, then evenly.
const FINE: usize = 40;
const EVEN: usize = 60;
const POINTS: usize = FINE + EVEN;
/// Usual shares that a quiet part is worked out for: from the first on, each so much more than the one before.
const USUAL: usize = 15;
const LEAST_USUAL: f64 = 5e-4;
const USUAL_STEP: f64 = core::f64::consts::SQRT_2;
/// The quiet part is worth so many aircraft passes. Origin: the reference's cell method; published quiet cells differ among each other about so much.
const QUIET_WORTH: f64 = 50.0;

/// What is held possible of a share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Posterior {
    /// 5 %, 50 % and 95 %.
    pub(super) share: [f64; 3],
    /// P(share > 2 %), P(share > 10 %).
    pub(super) above: [f64; 2],
    /// Expected share.
    pub(super) mean: f64,
}

/// Points, and how probable each is before anything was counted, for a quiet and for a disturbed cell.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    at: [f64; POINTS],
    ln_at: [f64; POINTS],
    ln_rest: [f64; POINTS],
    /// By usual share.
    quiet: [[f64; POINTS]; USUAL],
    disturbed: [f64; POINTS],
}

impl Shares {
    pub(super) fn new() -> Self {
        let edge = |k: usize| {
            if k <= FINE {
                if k == 0 { 0.0 } else { 1e-5 * exp(ln(0.02 / 1e-5) * k as f64 / FINE as f64) }
            } else {
                0.02 + 0.98 * (k - FINE) as f64 / EVEN as f64
            }
        };
        let mut shares = Self {
            at: [0.0; POINTS],
            ln_at: [0.0; POINTS],
            ln_rest: [0.0; POINTS],
            quiet: [[0.0; POINTS]; USUAL],
            disturbed: [0.0; POINTS],
        };
        for k in 0..POINTS {
            let (low, high) = (edge(k), edge(k + 1));
            let middle = 0.5 * (low + high);
            (shares.at[k], shares.ln_at[k], shares.ln_rest[k]) = (middle, ln(middle), ln_1p(-middle));
            let mut usual = LEAST_USUAL;
            for quiet in &mut shares.quiet {
                let (a, b) = (QUIET_WORTH * usual, QUIET_WORTH * (1.0 - usual));
                // The density of x^(a-1) over the bin, which is steep at nought, times the rest at its middle.
                let steep = (exp(a * ln(high)) - if low > 0.0 { exp(a * ln(low)) } else { 0.0 }) / a;
                quiet[k] = steep * exp((b - 1.0) * shares.ln_rest[k]);
                usual *= USUAL_STEP;
            }
            shares.disturbed[k] = high - low;
        }
        for part in shares.quiet.iter_mut().chain([&mut shares.disturbed]) {
            let sum: f64 = part.iter().sum();
            part.iter_mut().for_each(|mass| *mass /= sum);
        }
        shares
    }

    /// After `bad` affected and `good` unaffected passes, where the cell was disturbed with probability `disturbed` before and the share `usual` of aircraft
    /// states bad quality while nobody interferes.
    pub(super) fn posterior(&self, good: f64, bad: f64, disturbed: f64, usual: f64) -> Posterior {
        let steps = ln(usual.max(LEAST_USUAL) / LEAST_USUAL) / ln(USUAL_STEP);
        let quiet = &self.quiet[(steps.round() as usize).min(USUAL - 1)];
        let mut mass: [f64; POINTS] = core::array::from_fn(|k| bad * self.ln_at[k] + good * self.ln_rest[k]);
        let most = mass.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for ((mass, quiet), other) in mass.iter_mut().zip(quiet).zip(&self.disturbed) {
            *mass = ((1.0 - disturbed) * quiet + disturbed * other) * exp(*mass - most);
        }
        let sum: f64 = mass.iter().sum();
        let mut told = Posterior { share: [0.0; 3], above: [0.0; 2], mean: 0.0 };
        let (mut below, mut next) = (0.0, 0);
        for (own, at) in mass.iter().map(|mass| mass / sum).zip(self.at) {
            below += own;
            told.mean += own * at;
            while next < 3 && below >= [0.05, 0.5, 0.95][next] {
                told.share[next] = at;
                next += 1;
            }
            for (above, limit) in told.above.iter_mut().zip([0.02, 0.10]) {
                *above += if at > limit { own } else { 0.0 };
            }
        }
        told.above.iter_mut().for_each(|above| *above = above.min(1.0));
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_evidence_a_cell_is_as_it_usually_is() {
        let told = Shares::new().posterior(0.0, 0.0, 0.0, 0.002);
        assert!(told.above[1] < 0.01 && told.share[1] < 0.002, "{told:?}");
    }

    #[test]
    fn one_bad_aircraft_is_a_suspicion_three_are_none_any_more() {
        let shares = Shares::new();
        let one = shares.posterior(0.0, 1.0, 0.002, 0.0007).above[1];
        let three = shares.posterior(0.0, 3.0, 0.002, 0.0007).above[1];
        let three_of_many = shares.posterior(300.0, 3.0, 0.002, 0.0007);
        assert!((0.2..0.8).contains(&one), "{one}");
        assert!(three > 0.99, "{three}");
        assert!(three_of_many.above[1] < 0.001, "{three_of_many:?}");
    }

    #[test]
    fn what_is_usual_there_tells_less() {
        let shares = Shares::new();
        let after_two = |usual: f64| shares.posterior(20.0, 2.0, 0.002, usual).above[1];
        assert!(after_two(0.0005) > 1.5 * after_two(0.02), "{} {}", after_two(0.0005), after_two(0.02));
        assert!(after_two(1.0).is_finite() && after_two(0.0).is_finite());
    }

    #[test]
    fn the_interval_holds_the_share_of_many() {
        let told = Shares::new().posterior(60.0, 40.0, 0.5, 0.002);
        assert!(told.share[0] < 0.4 && told.share[2] > 0.4 && told.share[2] - told.share[0] < 0.25, "{told:?}");
        assert!(told.share[0] <= told.share[1] && told.share[1] <= told.share[2]);
    }
}
