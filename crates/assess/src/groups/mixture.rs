//! How probable it is that some flights belong together: the marginal likelihood of a cluster in a Dirichlet-process mixture.
//!
//! A group has a time, a place, a course and a speed of its own, all unknown beforehand (flat over a range), and its members scatter about them with
//! a spread that is unknown too (inverse gamma about a typical one). With such conjugate priors the integral over all of that has a closed form, which
//! grows by one flight at a time (Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, §3.3). Places are compared where the flights crossed or, if that
//! fits better, some way back along their courses: what fans out from one origin is near itself there. Moving a place along its own course is a shear,
//! whose Jacobian is 1, so that the choices can be weighed against each other.

use skypicket_model::math;

/// Flights are moved back by so much, km, to compare where they came from.
const BACK_KM: [f64; 4] = [0.0, 60.0, 150.0, 300.0];
const BACKS: usize = BACK_KM.len();
/// Shape of the prior of a group's variances: a spread twice the typical one is rare, or false tracks would make one wide group.
const SHAPE: f64 = 8.0;
/// Ranges over which a group's means lie: minutes, km, radians, logarithm of m/s.
const RANGES: [f64; 4] = [720.0, 500.0, math::TAU, 2.5];
/// Typical spreads within a group in the same units: a quarter of an hour, 12 km, 14°, a tenth of the speed.
const SPREADS: [f64; 4] = [12.0, 12.0, 0.25, 0.1];
/// Share of flights whose class is told wrongly.
const CLASS_WRONG: f64 = 0.1;
/// How often each class flies in groups, in the order of the model's classes.
const CLASS_PRIOR: [f64; 7] = [0.1, 0.05, 0.25, 0.3, 0.1, 0.1, 0.1];
/// Expected new groups where there is one flight: the mixture's concentration.
const CONCENTRATION: f64 = 1.0;
/// Sums that a cluster keeps.
const SUMS: usize = 2 + 4 * BACKS + 2 + 2 + 7;

/// What is compared of a flight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    /// When it crossed, minutes from any fixed moment.
    pub time_min: f64,
    /// Where it crossed, km east and north of any fixed place.
    pub place_km: [f64; 2],
    /// Course over ground when it crossed, radians clockwise from north.
    pub course_rad: f64,
    /// Speed over ground, m/s.
    pub speed_m_s: f64,
    /// Probability of each class, in the order of the model's classes.
    pub class: [f32; 7],
}

/// What must be known of a cluster to weigh it: the sums of its members.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cluster {
    pub(crate) n: usize,
    sums: [f64; SUMS],
}

impl Default for Cluster {
    fn default() -> Self {
        Self { n: 0, sums: [0.0; SUMS] }
    }
}

/// What a flight adds to the sums of its cluster.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share([f64; SUMS]);

impl Share {
    pub(crate) fn of(flight: &Features) -> Self {
        let (sin, cos) = math::sin_cos(flight.course_rad);
        let speed = math::ln(flight.speed_m_s.max(1.0));
        let mut sums = [0.0; SUMS];
        let mut at = 0;
        let mut put = |value: f64| {
            if let Some(sum) = sums.get_mut(at) {
                *sum = value;
            }
            at += 1;
        };
        put(flight.time_min);
        put(flight.time_min * flight.time_min);
        for back_km in BACK_KM {
            let (x, y) = (flight.place_km[0] - back_km * sin, flight.place_km[1] - back_km * cos);
            for value in [x, x * x, y, y * y] {
                put(value);
            }
        }
        put(sin);
        put(cos);
        put(speed);
        put(speed * speed);
        for (p, prior) in flight.class.iter().zip(CLASS_PRIOR) {
            put(math::ln(CLASS_WRONG + (1.0 - CLASS_WRONG) * f64::from(*p) / prior));
        }
        Self(sums)
    }
}

impl Cluster {
    pub(crate) fn add(&mut self, share: &Share) {
        self.n += 1;
        for (sum, value) in self.sums.iter_mut().zip(&share.0) {
            *sum += value;
        }
    }

    pub(crate) fn remove(&mut self, share: &Share) {
        self.n = self.n.saturating_sub(1);
        for (sum, value) in self.sums.iter_mut().zip(&share.0) {
            *sum -= value;
        }
        if self.n == 0 {
            // What rounding left behind.
            self.sums = [0.0; SUMS];
        }
    }

    pub(crate) fn with(mut self, share: &Share) -> Self {
        self.add(share);
        self
    }

    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.n += other.n;
        for (sum, value) in self.sums.iter_mut().zip(&other.sums) {
            *sum += value;
        }
        self
    }

    fn sum(&self, at: usize) -> f64 {
        self.sums.get(at).copied().unwrap_or(0.0)
    }

    /// Logarithm of the cluster's part of the partition's posterior: prior of a cluster of that size and marginal likelihood of its members.
    pub(crate) fn score(&self) -> f64 {
        if self.n == 0 {
            return 0.0;
        }
        let n = self.n as f64;
        let scatter = |first: usize| (self.sum(first + 1) - self.sum(first) * self.sum(first) / n).max(0.0);
        let [time_range, place_range, course_range, speed_range] = RANGES;
        let [time_spread, place_spread, course_spread, speed_spread] = SPREADS;
        let time = marginal(self.n, scatter(0), time_range, time_spread);
        let back = |i: usize| {
            let first = 2 + 4 * i;
            marginal(self.n, scatter(first), place_range, place_spread)
                + marginal(self.n, scatter(first + 2), place_range, place_spread)
        };
        let place = log_mean_exp(core::array::from_fn::<f64, BACKS, _>(back));
        let at = 2 + 4 * BACKS;
        // Small angles: Σ δ² = 2 (n − |Σ u|).
        let resultant = math::hypot(self.sum(at), self.sum(at + 1));
        let course = marginal(self.n, 2.0 * (n - resultant).max(0.0), course_range, course_spread);
        let speed = marginal(self.n, scatter(at + 2), speed_range, speed_spread);
        let class = log_mean_exp_weighted(core::array::from_fn(|i| self.sum(at + 4 + i)), CLASS_PRIOR);
        math::ln(CONCENTRATION) + ln_gamma(n) + time + place + course + speed + class
    }
}

/// Logarithm of the density of `n` values of scatter `scatter` (sum of squares about their mean) whose mean lies anywhere in `range` and whose
/// spread is about `spread`.
fn marginal(n: usize, scatter: f64, range: f64, spread: f64) -> f64 {
    let flat = -math::ln(range);
    if n < 2 {
        return flat;
    }
    let degrees = (n - 1) as f64;
    let prior_rate = (SHAPE - 1.0) * spread * spread;
    let (shape, rate) = (SHAPE + 0.5 * degrees, prior_rate + 0.5 * scatter);
    flat - 0.5 * degrees * math::ln(math::TAU) - 0.5 * math::ln(n as f64) + ln_gamma(shape) - ln_gamma(SHAPE)
        + SHAPE * math::ln(prior_rate)
        - shape * math::ln(rate)
}

fn log_mean_exp<const N: usize>(values: [f64; N]) -> f64 {
    log_mean_exp_weighted(values, [1.0 / N as f64; N])
}

fn log_mean_exp_weighted<const N: usize>(values: [f64; N], weights: [f64; N]) -> f64 {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = values.iter().zip(weights).map(|(value, weight)| weight * math::exp(value - most)).sum();
    most + math::ln(sum)
}

/// ln Γ(x) for x > 0: Lanczos' approximation (g = 7, 9 terms), error below 1e-13 of the value.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    const C: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        // Γ(x) Γ(1 − x) = π / sin πx.
        return math::ln(math::PI / math::sin(math::PI * x)) - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let mut sum = 0.999_999_999_999_809_9;
    let mut step = x;
    for c in C {
        step += 1.0;
        sum += c / step;
    }
    let t = x + 7.5;
    0.5 * math::ln(math::TAU) + (x + 0.5) * math::ln(t) - t + math::ln(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flight(time_min: f64, north_km: f64, course_deg: f64) -> Features {
        let class = [0.0, 0.0, 0.1, 0.8, 0.0, 0.0, 0.1];
        Features { time_min, place_km: [0.0, north_km], course_rad: math::rad(course_deg), speed_m_s: 48.0, class }
    }

    fn cluster(flights: &[Features]) -> Cluster {
        flights.iter().fold(Cluster::default(), |cluster, flight| cluster.with(&Share::of(flight)))
    }

    #[test]
    fn what_is_near_in_all_belongs_together_and_what_is_far_in_one_does_not() {
        let wave: Vec<Features> = (0..5).map(|i| flight(f64::from(i) * 4.0, f64::from(i % 3) * 6.0, 270.0)).collect();
        let gain = |other: Features| {
            let alone = cluster(&wave).score() + cluster(&[other]).score();
            cluster(&[wave.clone(), vec![other]].concat()).score() - alone
        };
        assert!(gain(flight(11.0, 9.0, 262.0)) > 2.0);
        assert!(gain(flight(150.0, 9.0, 262.0)) < 0.0, "hours later");
        assert!(gain(flight(11.0, 190.0, 262.0)) < 0.0, "another corridor");
        assert!(gain(flight(11.0, 9.0, 80.0)) < 0.0, "the other way");
        assert!(gain(Features { speed_m_s: 230.0, ..flight(11.0, 9.0, 262.0) }) < 0.0, "a jet");
        let aircraft = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let usual = gain(flight(11.0, 9.0, 262.0));
        assert!(gain(Features { class: aircraft, ..flight(11.0, 9.0, 262.0) }) < usual - 2.0);
    }

    #[test]
    fn what_fans_out_from_one_origin_is_one_group() {
        // From 150 km east: courses 250° to 290°, crossings 110 km apart.
        let fan: Vec<Features> = (0..7)
            .map(|i| {
                let course_deg = 250.0 + f64::from(i) * 40.0 / 6.0;
                let (sin, cos) = math::sin_cos(math::rad(course_deg));
                let place_km = [150.0 + 150.0 * sin, 150.0 * cos];
                Features { place_km, ..flight(f64::from(i) * 3.0, 0.0, course_deg) }
            })
            .collect();
        let gain = |flights: &[Features]| {
            cluster(flights).score() - cluster(&flights[..3]).score() - cluster(&flights[3..]).score()
        };
        assert!(gain(&fan) > 0.0);
        // The same crossings with parallel courses come from places as far apart.
        let parallel: Vec<Features> = fan.iter().map(|flight| Features { course_rad: 4.7, ..*flight }).collect();
        assert!(gain(&fan) > gain(&parallel) + 2.0, "{} beside {}", gain(&fan), gain(&parallel));
    }

    #[test]
    fn removing_undoes_adding_and_gamma_is_right() {
        let flights: Vec<Features> = (0..6).map(|i| flight(f64::from(i * i), f64::from(i) * 7.0, 265.0)).collect();
        let mut sums = cluster(&flights);
        sums.remove(&Share::of(&flights[5]));
        assert!((sums.score() - cluster(&flights[..5]).score()).abs() < 1e-9);
        for (x, expected) in [(1.0, 0.0), (2.0, 0.0), (5.0, math::ln(24.0)), (0.5, 0.5 * math::ln(math::PI))] {
            assert!((ln_gamma(x) - expected).abs() < 1e-12, "{x}");
        }
        // Densities integrate to one: two values, the second wherever it likes.
        let total: f64 = (-40_000..40_000)
            .map(|i| math::exp(marginal(2, 0.5 * (f64::from(i) * 0.01) * (f64::from(i) * 0.01), 1.0, 1.0)) * 0.01)
            .sum();
        assert!((total - 1.0).abs() < 1e-3, "{total}");
    }
}
