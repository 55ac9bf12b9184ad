//! Smoothing of recorded states: a Kalman filter over position, velocity and acceleration, and back (Rauch, Tung and Striebel 1965).
//!
//! The jerk is white noise; the three axes are independent and share one covariance. It is used to make truth of recordings, whose
//! positions are a second or more out of step with their times; it is no model of the tracker, which knows no acceleration.

type M3 = [[f64; 3]; 3];
type Axes = [[f64; 3]; 3];

/// What was recorded at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Seconds.
    pub time_s: f64,
    /// Position, metres.
    pub position: [f64; 3],
    /// Velocity, m/s, where one was reported.
    pub velocity: Option<[f64; 3]>,
}

/// How noisy samples are and how fast motion changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noise {
    /// 1-sigma of a position, metres, and of a velocity, m/s.
    pub position: f64,
    pub velocity: f64,
    /// Density of the jerk's white noise, m²/s⁵.
    pub jerk: f64,
}

/// A smoothed state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Smoothed {
    /// Seconds.
    pub time_s: f64,
    /// Position, metres.
    pub position: [f64; 3],
    /// Velocity, m/s.
    pub velocity: [f64; 3],
    /// How far the recorded position lay off, metres.
    pub moved_m: f64,
}

/// Innovations beyond so many sigmas (squared, over three axes) are outliers and not used.
const GATE: f64 = 30.0;
/// So many positions in a row that are outliers: the recording goes on elsewhere.
const ASTRAY: u32 = 3;

struct Step {
    time_s: f64,
    /// Time since the step before.
    dt_s: f64,
    predicted: (Axes, M3),
    filtered: (Axes, M3),
    recorded: [f64; 3],
}

/// The smoothed pieces of samples in order of time, and how many samples were outliers. A piece ends where positions stay outliers.
pub(super) fn smooth(samples: &[Sample], noise: Noise) -> (Vec<Vec<Smoothed>>, usize) {
    let (mut pieces, mut outliers) = (Vec::new(), 0);
    let mut at = 0;
    while at < samples.len() {
        let (steps, used, dropped) = forward(&samples[at..], noise);
        outliers += dropped;
        pieces.push(backward(&steps));
        at += used.max(1);
    }
    (pieces, outliers)
}

/// Filters until the end or until astray; the steps, how many samples they took and how many of these were outliers.
fn forward(samples: &[Sample], noise: Noise) -> (Vec<Step>, usize, usize) {
    let mut steps: Vec<Step> = Vec::new();
    let Some(first) = samples.first() else { return (steps, 0, 0) };
    let mut x: Axes = core::array::from_fn(|axis| [first.position[axis], 0.0, 0.0]);
    let mut p: M3 = [[noise.position * noise.position, 0.0, 0.0], [0.0, 9e4, 0.0], [0.0, 0.0, 25.0]];
    let (mut before_s, mut astray, mut outliers) = (first.time_s, 0, 0);
    for (k, sample) in samples.iter().enumerate() {
        let dt_s = sample.time_s - before_s;
        let predicted = predict(&x, &p, dt_s, noise.jerk);
        let (mut now, mut cov) = predicted;
        if k > 0 && !update(&mut now, &mut cov, 0, &sample.position, noise.position) {
            astray += 1;
            outliers += 1;
            if astray == ASTRAY {
                let used = k + 1 - ASTRAY as usize;
                return (steps, used, outliers - ASTRAY as usize);
            }
            continue;
        }
        astray = 0;
        // The first velocity of a piece comes with its second position: a stuck one must not lead it astray.
        if let Some(velocity) = sample.velocity.filter(|_| k > 1) {
            update(&mut now, &mut cov, 1, &velocity, noise.velocity);
        }
        let filtered = (now, cov);
        steps.push(Step { time_s: sample.time_s, dt_s, predicted, filtered, recorded: sample.position });
        (x, p, before_s) = (now, cov, sample.time_s);
    }
    (steps, samples.len(), outliers)
}

fn backward(steps: &[Step]) -> Vec<Smoothed> {
    let mut out: Vec<Smoothed> = Vec::with_capacity(steps.len());
    let mut later: Option<Axes> = None;
    for (k, step) in steps.iter().enumerate().rev() {
        let (mut x, p) = step.filtered;
        if let (Some(next), Some(smoothed)) = (steps.get(k + 1), later) {
            let gain = gain(&p, next);
            for (axis, state) in x.iter_mut().enumerate() {
                let d: [f64; 3] = core::array::from_fn(|i| smoothed[axis][i] - next.predicted.0[axis][i]);
                for (value, row) in state.iter_mut().zip(&gain) {
                    *value += row[0] * d[0] + row[1] * d[1] + row[2] * d[2];
                }
            }
        }
        later = Some(x);
        let position = x.map(|axis| axis[0]);
        let off = |axis: usize| position[axis] - step.recorded[axis];
        let moved_m = (off(0) * off(0) + off(1) * off(1) + off(2) * off(2)).sqrt();
        out.push(Smoothed { time_s: step.time_s, position, velocity: x.map(|axis| axis[1]), moved_m });
    }
    out.reverse();
    out
}

fn transition(dt_s: f64) -> M3 {
    [[1.0, dt_s, 0.5 * dt_s * dt_s], [0.0, 1.0, dt_s], [0.0, 0.0, 1.0]]
}

fn product(a: &M3, b: &M3) -> M3 {
    core::array::from_fn(|i| core::array::from_fn(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum()))
}

fn transposed(a: &M3) -> M3 {
    core::array::from_fn(|i| core::array::from_fn(|j| a[j][i]))
}

fn predict(x: &Axes, p: &M3, dt_s: f64, jerk: f64) -> (Axes, M3) {
    let f = transition(dt_s);
    let moved = x.map(|axis| core::array::from_fn(|i| (0..3).map(|k| f[i][k] * axis[k]).sum()));
    let mut cov = product(&product(&f, p), &transposed(&f));
    let (t2, t3) = (dt_s * dt_s, dt_s * dt_s * dt_s);
    let q =
        [[t2 * t3 / 20.0, t2 * t2 / 8.0, t3 / 6.0], [t2 * t2 / 8.0, t3 / 3.0, t2 / 2.0], [t3 / 6.0, t2 / 2.0, dt_s]];
    for i in 0..3 {
        for j in 0..3 {
            cov[i][j] += jerk * q[i][j];
        }
    }
    (moved, cov)
}

/// Takes in a measurement of one component of the state in all axes; false, and nothing changed, when it is an outlier.
fn update(x: &mut Axes, p: &mut M3, component: usize, measured: &[f64; 3], sigma: f64) -> bool {
    let s = p[component][component] + sigma * sigma;
    let off: [f64; 3] = core::array::from_fn(|axis| measured[axis] - x[axis][component]);
    if off.iter().map(|d| d * d).sum::<f64>() > GATE * s {
        return false;
    }
    let gain: [f64; 3] = core::array::from_fn(|i| p[i][component] / s);
    for (axis, d) in x.iter_mut().zip(off) {
        for i in 0..3 {
            axis[i] += gain[i] * d;
        }
    }
    let row = p[component];
    for i in 0..3 {
        for j in 0..3 {
            p[i][j] -= gain[i] * row[j];
        }
    }
    true
}

/// P·Fᵀ·(predicted P of the next step)⁻¹.
fn gain(p: &M3, next: &Step) -> M3 {
    let m = &next.predicted.1;
    let cofactor = |i: usize, j: usize| {
        let (a, b, c, d) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant: f64 = (0..3).map(|j| m[0][j] * cofactor(0, j)).sum();
    let inverse: M3 = core::array::from_fn(|i| core::array::from_fn(|j| cofactor(j, i) / determinant));
    product(&product(p, &transposed(&transition(next.dt_s))), &inverse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use skypicket_model::math::{cos, sin};

    const NOISE: Noise = Noise { position: 30.0, velocity: 2.0, jerk: 1.0 };

    /// A circle of 1.5 km at 75 m/s.
    fn circle(t: f64) -> ([f64; 3], [f64; 3]) {
        let a = 0.05 * t;
        ([1500.0 * sin(a), 1500.0 * cos(a), 0.0], [75.0 * cos(a), -75.0 * sin(a), 0.0])
    }

    fn noisy(seed: u64, velocity: bool) -> Vec<Sample> {
        let mut rng = Rng::new(seed);
        let sample = |k: u32| {
            let time_s = f64::from(k);
            let (p, v) = circle(time_s);
            let position = core::array::from_fn(|i| p[i] + if i < 2 { 30.0 * rng.normal() } else { 0.0 });
            let velocity = velocity.then(|| core::array::from_fn(|i| v[i] + if i < 2 { rng.normal() } else { 0.0 }));
            Sample { time_s, position, velocity }
        };
        (0..300).map(sample).collect()
    }

    fn rms(smoothed: &[Smoothed]) -> f64 {
        let square = |s: &Smoothed| {
            let (p, _) = circle(s.time_s);
            (0..3).map(|i| (s.position[i] - p[i]) * (s.position[i] - p[i])).sum::<f64>()
        };
        (smoothed.iter().map(square).sum::<f64>() / smoothed.len() as f64).sqrt()
    }

    #[test]
    fn noise_of_a_turning_flight_falls_to_a_fraction() {
        let (pieces, outliers) = smooth(&noisy(1, false), NOISE);
        assert_eq!((pieces.len(), outliers), (1, 0));
        let without = rms(&pieces[0]);
        let (pieces, _) = smooth(&noisy(1, true), NOISE);
        let with = rms(&pieces[0]);
        // 42 m before; the bias in a turn would show here too.
        assert!(without < 17.0 && with < 9.0, "{without} m, with velocities {with} m");
    }

    #[test]
    fn one_outlier_is_left_out_and_a_jump_begins_a_new_piece() {
        let mut samples = noisy(2, true);
        samples[50].position[0] += 5000.0;
        let (pieces, outliers) = smooth(&samples, NOISE);
        assert_eq!((pieces.len(), outliers, pieces[0].len()), (1, 1, 299));
        for sample in &mut samples[200..] {
            sample.position[1] += 20_000.0;
        }
        let (pieces, outliers) = smooth(&samples, NOISE);
        assert_eq!((pieces.len(), outliers), (2, 1));
        assert!((pieces[1][0].time_s - 200.0).abs() < 1e-9 && pieces[1].len() == 100);
    }

    #[test]
    fn a_velocity_that_is_stuck_misleads_nobody() {
        let mut samples = noisy(3, false);
        for sample in &mut samples {
            sample.velocity = Some([-200.0, 50.0, 0.0]);
        }
        let (pieces, outliers) = smooth(&samples, NOISE);
        assert_eq!((pieces.len(), outliers), (1, 0));
        assert!(rms(&pieces[0]) < 17.0, "{}", rms(&pieces[0]));
    }
}
