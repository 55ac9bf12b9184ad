//! Draws from a seed made of content: the same on every machine.

use skypicket_model::math;

/// A stream of random numbers: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Uniform in [0, 1), 53 bits.
    pub(super) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    pub(super) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One place of a list by its weights; `None` when none weighs anything.
    pub(super) fn pick(&mut self, weights: &[f64]) -> Option<usize> {
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let mut left = self.unit() * total;
        for (place, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 && *weight > 0.0 {
                return Some(place);
            }
        }
        weights.iter().rposition(|weight| *weight > 0.0)
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * math::ln(1.0 - self.unit())).sqrt();
        radius * math::cos(math::TAU * self.unit())
    }

    /// Gamma of unit scale: Marsaglia and Tsang (ACM Trans. Math. Softw. 26 (2000) 363).
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let u = 1.0 - self.unit();
            return self.gamma(shape + 1.0) * math::pow(u, 1.0 / shape.max(1e-9));
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v <= 0.0 {
                continue;
            }
            let v = v * v * v;
            let u = 1.0 - self.unit();
            if math::ln(u) < 0.5 * x * x + d - d * v + d * math::ln(v) {
                return d * v;
            }
        }
    }

    pub(super) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a), self.gamma(b));
        if x + y > 0.0 { x / (x + y) } else { a / (a + b) }
    }

    /// Poisson; means of more than thirty are halved by the gamma of the middle event (Ahrens and Dieter, Computing 12 (1974) 223).
    pub(super) fn poisson(&mut self, mean: f64) -> u32 {
        let mut mean = mean.clamp(0.0, 1e5);
        let mut n = 0;
        while mean > 30.0 {
            let m = (mean * 0.875).floor();
            let x = self.gamma(m);
            if x > mean {
                return n + self.binomial(m as u32 - 1, mean / x);
            }
            n += m as u32;
            mean -= x;
        }
        let least = math::exp(-mean);
        let mut product = self.unit();
        while product > least {
            n += 1;
            product *= self.unit();
        }
        n
    }

    pub(super) fn binomial(&mut self, n: u32, p: f64) -> u32 {
        (0..n).map(|_| u32::from(self.chance(p))).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_the_moments_of_their_distributions() {
        let mut dice = Dice::new(7);
        let mut moments = |draw: &mut dyn FnMut(&mut Dice) -> f64| {
            let values: Vec<f64> = (0..40_000).map(|_| draw(&mut dice)).collect();
            let mean = values.iter().sum::<f64>() / 40_000.0;
            let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 40_000.0;
            (mean, variance)
        };
        let near = |got: (f64, f64), mean: f64, variance: f64| {
            let ok = (got.0 - mean).abs() < 0.03 * mean && (got.1 - variance).abs() < 0.06 * variance;
            assert!(ok, "{got:?}, wanted {mean} and {variance}");
        };
        near(moments(&mut |d| d.gamma(0.5)), 0.5, 0.5);
        near(moments(&mut |d| d.gamma(12.0)), 12.0, 12.0);
        near(moments(&mut |d| d.beta(9.0, 3.0)), 0.75, 27.0 / (144.0 * 13.0));
        near(moments(&mut |d| f64::from(d.poisson(1.3))), 1.3, 1.3);
        near(moments(&mut |d| f64::from(d.poisson(220.0))), 220.0, 220.0);
        near(moments(&mut |d| f64::from(d.binomial(20, 0.2))), 4.0, 3.2);
        assert_eq!(dice.pick(&[0.0, 0.0]), None);
        assert_eq!(dice.pick(&[0.0, 2.0, 0.0]), Some(1));
    }
}
