//! Chance that is content: numbers from a seed, the same on every machine.

use skypicket_model::math::{TAU, ln, sin_cos};

/// A stream of numbers (SplitMix64: Steele, Lea & Flood, OOPSLA 2014), good enough to draw flights and small enough to be state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In (0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    }

    /// In (low, high).
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Standard normal (Box & Muller).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * ln(self.unit())).sqrt();
        radius * sin_cos(TAU * self.unit()).1
    }

    /// Gamma of a shape of at least one, and a scale (Marsaglia & Tsang, ACM TOMS 26 (2000) 363–372).
    pub(super) fn gamma(&mut self, shape: f64, scale: f64) -> f64 {
        let d = shape.max(1.0) - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        // One attempt in twenty fails; after many the mean is as good.
        for _ in 0..64 {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v > 0.0 {
                let v = v * v * v;
                if ln(self.unit()) < 0.5 * x * x + d - d * v + d * ln(v) {
                    return d * v * scale;
                }
            }
        }
        d * scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_has_the_moments_of_its_law() {
        let mut chance = Chance::new(7);
        let mut mean_of = |draw: fn(&mut Chance) -> f64| {
            let all: Vec<f64> = (0..40_000).map(|_| draw(&mut chance)).collect();
            let mean = all.iter().sum::<f64>() / 40_000.0;
            (mean, all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 40_000.0)
        };
        let near = |(mean, variance): (f64, f64), (m, v): (f64, f64)| {
            assert!(
                (mean - m).abs() < 0.02 * (1.0 + m) && (variance - v).abs() < 0.04 * (1.0 + v),
                "{mean} {variance}"
            );
        };
        near(mean_of(Chance::unit), (0.5, 1.0 / 12.0));
        near(mean_of(Chance::normal), (0.0, 1.0));
        near(mean_of(|chance| chance.gamma(3.0, 0.5)), (1.5, 0.75));
    }
}
