//! Raids with known waves, drawn from a seed, at the level of what is known of each track when it crosses: shared by a test and an example.

#![allow(dead_code, reason = "each of its users takes a part")]

use skypicket_assess::groups::mixture::Features;
use skypicket_model::math;

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): enough for drawing worlds.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0
    }
    pub(crate) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * math::ln(1.0 - self.unit())).sqrt();
        radius * math::cos(math::TAU * self.unit())
    }
}

/// Flights with the wave that each belongs to; every false track is a wave of its own.
pub(crate) struct Raid {
    pub(crate) flights: Vec<(Features, usize)>,
}

impl Raid {
    /// Five waves within seven hours over a border of 400 km that runs north and bends: each from a launch area of some kilometres, 80 to 250 km
    /// beyond, within 15 to 40 minutes, at targets scattered by 20 to 40 km. Two waves of one area begin at least `apart_min` apart;
    /// three areas serve five waves, so that corridors are used again. False tracks: any place, time, course and speed.
    pub(crate) fn draw(seed: u64, tracks: usize, false_share: f64, noise: f64, apart_min: f64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(7));
        for _ in 0..64 {
            dice.unit();
        }
        let areas: Vec<[f64; 2]> = (0..3)
            .map(|i| [dice.between(80.0, 250.0), -150.0 + 150.0 * f64::from(i) + dice.between(-25.0, 25.0)])
            .collect();
        let mut waves: Vec<(f64, usize)> = Vec::new();
        while waves.len() < 5 {
            let wave = (dice.between(20.0, 400.0), dice.below(3));
            let apart = |other: &(f64, usize)| other.1 != wave.1 || (other.0 - wave.0).abs() >= apart_min;
            if waves.iter().all(apart) {
                waves.push(wave);
            }
        }
        let real = ((tracks as f64) * (1.0 - false_share)).round() as usize;
        // Unequal waves: at least five each.
        let weights: Vec<f64> = waves.iter().map(|_| dice.between(0.5, 1.5)).collect();
        let total: f64 = weights.iter().sum();
        let mut flights = Vec::new();
        for (index, (begin, area)) in waves.iter().enumerate() {
            let share = ((real as f64) * weights[index] / total).round() as usize;
            let size = if index == 4 { real.saturating_sub(flights.len()) } else { share }.max(5);
            let origin = areas[*area];
            let (spread_km, lasts_min) = (dice.between(3.0, 10.0), dice.between(15.0, 40.0));
            let target = [-dice.between(80.0, 250.0), origin[1] + dice.between(-60.0, 60.0)];
            let target_spread_km = dice.between(20.0, 40.0);
            let cruise_m_s = dice.between(35.0, 52.0);
            for _ in 0..size {
                let from = [origin[0] + spread_km * dice.normal(), origin[1] + spread_km * dice.normal()];
                let to = [target[0] + target_spread_km * dice.normal(), target[1] + target_spread_km * dice.normal()];
                let launched = begin + dice.between(0.0, lasts_min);
                let speed_m_s = cruise_m_s + 1.5 * dice.normal();
                flights.push((crossing(from, to, launched, speed_m_s, noise, &mut dice), index));
            }
        }
        let mut wave = 5;
        while flights.len() < tracks {
            flights.push((stray(&mut dice), wave));
            wave += 1;
        }
        // In the order of crossing, as they come.
        flights.sort_by(|a, b| a.0.time_min.total_cmp(&b.0.time_min));
        Self { flights }
    }
}

/// What is known of a flight when it crosses the border x = 15 sin(y / 60).
fn crossing(from: [f64; 2], to: [f64; 2], launched: f64, speed_m_s: f64, noise: f64, dice: &mut Dice) -> Features {
    let border = |y: f64| 15.0 * math::sin(y / 60.0);
    let at = |f: f64| [from[0] + f * (to[0] - from[0]), from[1] + f * (to[1] - from[1])];
    let f = (0..1000).map(|i| f64::from(i) / 1000.0).find(|f| at(*f)[0] <= border(at(*f)[1])).unwrap_or(1.0);
    let place = at(f);
    let flown_km = math::hypot(place[0] - from[0], place[1] - from[1]);
    // 3° of course, 1.5 m/s of speed, a kilometre and half a minute: a minute of plots of a radar.
    let course_rad = math::atan2(to[0] - from[0], to[1] - from[1]) + noise * math::rad(3.0) * dice.normal();
    let drone = dice.between(0.4, 0.9) as f32;
    Features {
        time_min: launched + flown_km * 1000.0 / speed_m_s / 60.0 + noise * 0.5 * dice.normal(),
        place_km: [place[0] + noise * dice.normal(), place[1] + noise * dice.normal()],
        course_rad,
        speed_m_s: speed_m_s + noise * 1.5 * dice.normal(),
        class: [0.1, 0.0, 0.0, drone, 0.0, 0.0, 0.9 - drone],
    }
}

fn stray(dice: &mut Dice) -> Features {
    let aircraft = dice.between(0.0, 0.5) as f32;
    Features {
        time_min: dice.between(0.0, 460.0),
        place_km: [dice.between(-30.0, 30.0), dice.between(-230.0, 230.0)],
        course_rad: dice.between(0.0, math::TAU),
        speed_m_s: dice.between(15.0, 120.0),
        class: [aircraft, 0.0, 0.0, 0.2, 0.0, 0.1, 0.7 - aircraft],
    }
}

/// Hubert and Arabie's adjusted Rand index (Journal of Classification 2 (1985) 193).
pub(crate) fn adjusted_rand_index(truth: &[usize], found: &[usize]) -> f64 {
    use std::collections::BTreeMap;
    let pairs = |n: usize| (n * n.saturating_sub(1)) as f64 / 2.0;
    let (mut both, mut a, mut b) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (t, f) in truth.iter().zip(found) {
        *both.entry((*t, *f)).or_insert(0_usize) += 1;
        *a.entry(*t).or_insert(0_usize) += 1;
        *b.entry(*f).or_insert(0_usize) += 1;
    }
    let sum = |map: &mut dyn Iterator<Item = usize>| map.map(pairs).sum::<f64>();
    let (index, of_a, of_b) =
        (sum(&mut both.values().copied()), sum(&mut a.values().copied()), sum(&mut b.values().copied()));
    let expected = of_a * of_b / pairs(truth.len());
    let most = 0.5 * (of_a + of_b);
    if (most - expected).abs() < 1e-12 { 1.0 } else { (index - expected) / (most - expected) }
}

/// Fixed limits, single linkage: within 15 minutes, 40 km and 60° of any member.
pub(crate) fn heuristic(flights: &[Features]) -> Vec<usize> {
    let mut of: Vec<usize> = (0..flights.len()).collect();
    for i in 0..flights.len() {
        for j in 0..i {
            let (a, b) = (&flights[i], &flights[j]);
            let near = (a.time_min - b.time_min).abs() <= 15.0
                && math::hypot(a.place_km[0] - b.place_km[0], a.place_km[1] - b.place_km[1]) <= 40.0
                && math::wrap_pi(a.course_rad - b.course_rad).abs() <= math::rad(60.0);
            if near {
                let (from, to) = (of[i], of[j]);
                of.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
            }
        }
    }
    of
}
