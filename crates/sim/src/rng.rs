//! The simulator's own random numbers: the same seed gives the same world on every machine.
//!
//! xoshiro256++ (Blackman and Vigna, ACM Trans. Math. Softw. 47 (2021) 36) seeded by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014);
//! normal deviates by Box and Muller (Ann. Math. Stat. 29 (1958) 610) over `libm`.

use skypicket_model::ids::content_hash;
use skypicket_model::math;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
    spare: Option<f64>,
}

impl Rng {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut x = seed;
        let mut next = || {
            x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = x;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        Self { state: [next(), next(), next(), next()], spare: None }
    }

    /// The stream of a part of a world: by seed and the part's name, so that adding one part changes no other.
    #[must_use]
    pub fn named(seed: u64, name: &str) -> Self {
        Self::new(content_hash(&[&seed.to_be_bytes(), name.as_bytes()]))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let t = b << 17;
        let mut s = [a, b, c ^ a, d ^ b];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        self.state = s;
        result
    }

    /// Uniform in [0, 1), 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in [from, to).
    pub fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// Uniform in 0..n by multiplication; the bias is below n / 2^64. Zero for n = 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        // 1 − u lies in (0, 1], so that the logarithm is finite.
        let radius = (-2.0 * math::ln(1.0 - self.unit())).sqrt();
        let (sin, cos) = math::sin_cos(math::TAU * self.unit());
        self.spare = Some(radius * sin);
        radius * cos
    }

    /// Poisson with the given mean: by products of uniforms (Knuth) in portions of at most 30, so that nothing underflows.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let mut left = mean.clamp(0.0, 1e5);
        let mut total = 0;
        while left > 0.0 {
            let portion = left.min(30.0);
            left -= portion;
            let floor = math::exp(-portion);
            let mut product = self.unit();
            while product > floor {
                total += 1;
                product *= self.unit();
            }
        }
        total
    }

    /// One of a slice; `None` when it is empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.below(items.len());
        items.get(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_stream_and_names_give_others() {
        let (mut a, mut b) = (Rng::new(7), Rng::new(7));
        let first: Vec<u64> = (0..5).map(|_| a.bits()).collect();
        assert_eq!(first, (0..5).map(|_| b.bits()).collect::<Vec<_>>());
        assert_ne!(Rng::named(7, "radar").bits(), Rng::named(7, "receiver").bits());
    }

    #[test]
    fn moments_are_those_of_the_named_distributions() {
        let mut rng = Rng::new(1);
        let n = 200_000;
        let draws: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / f64::from(n);
        let fourth = draws.iter().map(|x| x * x * x * x).sum::<f64>() / f64::from(n);
        // Bounds of five standard errors.
        assert!(mean.abs() < 0.0112, "{mean}");
        assert!((variance - 1.0).abs() < 0.016, "{variance}");
        assert!((fourth - 3.0).abs() < 0.11, "{fourth}");
        for wanted in [0.3, 12.0, 75.0] {
            let mean = (0..20_000).map(|_| f64::from(rng.poisson(wanted))).sum::<f64>() / 20_000.0;
            assert!((mean - wanted).abs() < 5.0 * (wanted / 20_000.0).sqrt(), "{wanted}: {mean}");
        }
    }
}
