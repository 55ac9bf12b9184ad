//! Against closed forms and against worlds that move as the models say.

use super::evidence::{Belief, Taken, What};
use super::history::History;
use super::matrix::{Cholesky, M6, covariance, dot, offset};
use super::trajectory::Recording;
use crate::chance::Random;
use crate::gauss::{Gauss, V3, add, along, cross, norm, scale};
use crate::measure::Rows;
use crate::params::{MODELS, Params};
use crate::predict::{FREE, INITIAL, Models, bend, up_at};
use skypicket_model::{Geodetic, Span, Time, TrackId, math};

fn at(s: f64) -> Time {
    Time::from_s(1_757_451_600) + Span::from_s_f64(s).expect("finite")
}

/// East, north, up at a place.
fn axes(x: &V3) -> [V3; 3] {
    let up = up_at(x);
    let east = [-up[1], up[0], 0.0];
    let east = scale(1.0 / norm(&east), &east);
    [east, cross(&up, &east), up]
}

/// An object that moves by the filter's own models, and its state at each step.
struct World {
    x: V3,
    v: V3,
    model: usize,
}

impl World {
    fn step(&mut self, motion: &Models, single: bool, dt_s: f64, random: &mut Random) {
        if !single {
            self.model = random.pick(&motion.jumps(dt_s)[self.model]).unwrap_or(self.model);
        }
        let up = up_at(&self.x);
        let mut g = Gauss { x: self.x, v: self.v, ..Gauss::default() };
        bend(&mut g, &up, dt_s);
        g.move_by(&motion.motions(&up, dt_s)[self.model]);
        let (across, vertical) = motion.noise_of(self.model, single);
        for (axis, q) in axes(&self.x).iter().zip([across, across, vertical]) {
            let (n, m) = (random.normal(), random.normal());
            let speed = (q * dt_s).sqrt() * n;
            let place = (q * dt_s * dt_s * dt_s / 3.0).sqrt() * (0.75_f64.sqrt() * n + 0.5 * m);
            g.x = along(&g.x, place, axis);
            g.v = along(&g.v, speed, axis);
        }
        (self.x, self.v) = (g.x, g.v);
    }

    /// A measured place with the given 1-sigma along three axes that are not the state's.
    fn measure(&self, sigma_m: [f64; 3], random: &mut Random) -> Rows {
        let [east, north, up] = axes(&self.x);
        let (s, c) = math::sin_cos(0.7);
        let rows = [add(&scale(c, &east), &scale(s, &north)), add(&scale(-s, &east), &scale(c, &north)), up];
        let mut z = self.x;
        for (row, sigma) in rows.iter().zip(sigma_m) {
            z = along(&z, sigma * random.normal(), row);
        }
        Rows { z, rows, variance: sigma_m.map(|s| s * s), dims: 3, clutter: 0.0, unseen: 0.0 }
    }
}

fn start() -> V3 {
    let p = Geodetic { lat_deg: 51.6, lon_deg: 22.6, height_m: 5000.0 }.to_ecef();
    [p.x, p.y, p.z]
}

/// A state drawn from the belief that the filter begins with, and that belief.
fn begin(single: bool, speed_m_s: f64, random: &mut Random) -> (World, Belief) {
    let x = start();
    let [east, north, up] = axes(&x);
    let mut g = Gauss { x, v: scale(speed_m_s, &east), ..Gauss::default() };
    let (mut place, mut speed) = (x, g.v);
    for (axis, (sx, sv)) in [(east, (300.0, 15.0)), (north, (300.0, 15.0)), (up, (200.0, 3.0))] {
        crate::gauss::sym_add_outer(&mut g.pp, sx * sx, &axis);
        crate::gauss::sym_add_outer(&mut g.vv, sv * sv, &axis);
        place = along(&place, sx * random.normal(), &axis);
        speed = along(&speed, sv * random.normal(), &axis);
    }
    let belief = if single { Belief::single(g) } else { Belief { models: [g; MODELS], mu: INITIAL } };
    let drawn = random.pick(&INITIAL).unwrap_or(0);
    (World { x: place, v: speed, model: if single { FREE } else { drawn } }, belief)
}

struct Run {
    recording: Recording,
    /// Time, place and velocity at each measurement and at moments between.
    truth: Vec<(Time, V3, V3)>,
    between: Vec<(Time, V3, V3)>,
}

const SIGMA_M: [f64; 3] = [60.0, 200.0, 300.0];

/// `steps` measurements, `dt_s` apart.
fn run(seed: u64, single: bool, steps: usize, dt_s: f64) -> Run {
    let (params, mut random) = (Params::default(), Random::new(seed));
    let motion = Models::new(&params);
    let (mut world, belief) = begin(single, if single { 0.0 } else { 120.0 }, &mut random);
    let mut history = History::new(belief, at(0.0), true, at(0.0));
    let (mut truth, mut between) = (Vec::new(), Vec::new());
    for k in 1..=steps {
        let now_s = k as f64 * dt_s;
        world.step(&motion, single, 0.4 * dt_s, &mut random);
        between.push((at(now_s - 0.6 * dt_s), world.x, world.v));
        world.step(&motion, single, 0.6 * dt_s, &mut random);
        let rows = world.measure(SIGMA_M, &mut random);
        assert!(history.note(at(now_s), What::Place(Taken::new(&rows, 1.0)), &motion, &params));
        truth.push((at(now_s), world.x, world.v));
    }
    Run { recording: Recording { id: TrackId(7), history, motion, common: Vec::new() }, truth, between }
}

/// (error)ᵀ·P⁻¹·(error) of a Gaussian, and the square of the error in place.
fn errors(g: &Gauss, x: &V3, v: &V3) -> (f64, f64) {
    let truth = Gauss { x: *x, v: *v, ..Gauss::default() };
    let e = offset(&truth, g);
    let factor = Cholesky::of(&covariance(g)).expect("a covariance is positive");
    (dot(&e, &factor.solve(&e)), e[0] * e[0] + e[1] * e[1] + e[2] * e[2])
}

/// Solves A·x = b for a dense A, in place, by elimination with pivoting; the columns of `b` one by one.
fn eliminate(mut a: Vec<Vec<f64>>, mut b: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = a.len();
    for k in 0..n {
        let pivot = (k..n).max_by(|i, j| a[*i][k].abs().total_cmp(&a[*j][k].abs())).expect("rows are left");
        a.swap(k, pivot);
        b.swap(k, pivot);
        for i in (0..n).filter(|i| *i != k) {
            let factor = a[i][k] / a[k][k];
            if factor != 0.0 {
                let (row, of_b) = (a[k].clone(), b[k].clone());
                a[i].iter_mut().zip(&row).for_each(|(x, y)| *x -= factor * y);
                b[i].iter_mut().zip(&of_b).for_each(|(x, y)| *x -= factor * y);
            }
        }
    }
    for (row, a) in b.iter_mut().zip(a.iter().enumerate().map(|(k, row)| row[k])) {
        row.iter_mut().for_each(|x| *x /= a);
    }
    b
}

/// Adds Jᵀ·W·J and Jᵀ·W·r of one linear statement about the states to the normal equations.
fn state(a: &mut [Vec<f64>], b: &mut [Vec<f64>], rows: &[(usize, &M6)], weight: &M6, residual: &[f64; 6]) {
    for (k, left) in rows {
        let weighted = super::matrix::times(&core::array::from_fn(|i| core::array::from_fn(|j| left[j][i])), weight);
        for i in 0..6 {
            b[6 * k + i][0] += dot(&weighted[i], residual);
            for (l, right) in rows {
                let product = super::matrix::times(&weighted, right);
                for j in 0..6 {
                    a[6 * k + i][6 * l + j] += product[i][j];
                }
            }
        }
    }
}

#[test]
fn one_linear_model_gives_the_batch_least_squares_solution() {
    const STEPS: usize = 20;
    let dt_s = 4.0;
    // Everything stays within some tenths of a metre a second, so that the Earth's curvature bends by nothing that would show.
    let (params, mut random) = (Params { reported_noise_m2_s3: 1e-4, ..Params::default() }, Random::new(3));
    let motion = Models::new(&params);
    let (mut world, mut belief) = begin(true, 0.0, &mut random);
    belief.models[FREE].vv = belief.models[FREE].vv.map(|c| c * 1e-4);
    world.v = scale(1e-2, &world.v);
    let prior = belief.models[FREE];
    let mut history = History::new(belief, at(0.0), true, at(0.0));
    let n = 6 * (STEPS + 1);
    let (mut a, mut b) = (vec![vec![0.0; n]; n], vec![vec![0.0]; n]);
    let unit: M6 = core::array::from_fn(|i| core::array::from_fn(|j| f64::from(u8::from(i == j))));
    let inverse = |m: &M6| Cholesky::of(m).expect("positive").inverse();
    state(&mut a, &mut b, &[(0, &unit)], &inverse(&covariance(&prior)), &[0.0; 6]);
    let mut forward = super::matrix::ZERO;
    for k in 0..6 {
        forward[k][k] = -1.0;
        if k < 3 {
            forward[k][k + 3] = -dt_s;
        }
    }
    for k in 1..=STEPS {
        world.step(&motion, true, dt_s, &mut random);
        let rows = world.measure(SIGMA_M, &mut random);
        let mut noise = Gauss::default();
        let (across, vertical) = motion.noise_of(FREE, true);
        noise.add_noise(dt_s, across, vertical, &up_at(&prior.x));
        state(&mut a, &mut b, &[(k, &unit), (k - 1, &forward)], &inverse(&covariance(&noise)), &[0.0; 6]);
        let mut seen = super::matrix::ZERO;
        let mut residual = [0.0; 6];
        let mut weight = super::matrix::ZERO;
        for i in 0..3 {
            seen[i][..3].copy_from_slice(&rows.rows[i]);
            residual[i] = crate::gauss::dot(&rows.rows[i], &crate::gauss::sub(&rows.z, &prior.x));
            weight[i][i] = 1.0 / rows.variance[i];
        }
        state(&mut a, &mut b, &[(k, &seen)], &weight, &residual);
        assert!(history.note(at(k as f64 * dt_s), What::Place(Taken::new(&rows, 1.0)), &motion, &params));
    }
    let covariances =
        eliminate(a.clone(), (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect());
    let states = eliminate(a, b);
    let trajectory = Recording { id: TrackId(1), history, motion, common: Vec::new() }.trajectory();
    for k in 0..=STEPS {
        let g = trajectory.gauss(at(k as f64 * dt_s), true);
        let (mean, whole) = (offset(&g, &prior), covariance(&g));
        for i in 0..6 {
            let sigma = whole[i][i].sqrt();
            let wanted = states[6 * k + i][0];
            assert!((mean[i] - wanted).abs() < 1e-6 * sigma.max(wanted.abs()), "{k} {i}: {} {wanted}", mean[i]);
            for j in 0..6 {
                let limit = 1e-6 * sigma * whole[j][j].sqrt();
                assert!((whole[i][j] - covariances[6 * k + i][6 * k + j]).abs() < limit, "{k} {i} {j}");
            }
        }
    }
}

/// Where the filter itself is farther off than this the object broke away from it and it is lost, which no smoother mends: (error)ᵀ·P⁻¹·(error) of
/// six degrees of freedom comes to it once in a hundred thousand million times.
const LOST: f64 = 60.0;

/// Mean of (error)ᵀ·P⁻¹·(error) at one step of each run, smoothed and in the middle before it; of those where the filter had not lost the object.
fn consistency(runs: u64, single: bool) -> (f64, f64) {
    let (mut here, mut between, mut held) = (0.0, 0.0, 0.0);
    for seed in 0..runs {
        let run = run(1000 + seed, single, 36, 4.0);
        let trajectory = run.recording.trajectory();
        let step = 8 + (seed % 20) as usize;
        let (time, x, v) = &run.truth[step];
        if errors(&trajectory.gauss(*time, false), x, v).0 > LOST {
            continue;
        }
        held += 1.0;
        here += errors(&trajectory.gauss(*time, true), x, v).0;
        let (time, x, v) = &run.between[step];
        between += errors(&trajectory.gauss(*time, true), x, v).0;
    }
    assert!(held > 0.99 * runs as f64, "{held}");
    (here / held, between / held)
}

#[test]
fn smoothed_covariances_tell_the_errors_that_there_are() {
    // The mean of n draws of chi-square with six degrees of freedom is 6 with a sigma of √(12/n); 99.9 % within 3.3 sigma.
    let width = 3.3 * (12.0_f64 / 400.0).sqrt();
    for single in [true, false] {
        let (here, between) = consistency(400, single);
        assert!((here - 6.0).abs() < width, "single {single}: {here}");
        assert!((between - 6.0).abs() < width, "single {single}, between: {between}");
    }
}

#[test]
fn smoothing_halves_the_error_and_says_so() {
    let (mut filtered, mut smoothed, mut claimed, mut causal, mut count) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for seed in 0..150 {
        let run = run(seed, false, 45, 4.0);
        let trajectory = run.recording.trajectory();
        for (time, x, v) in run.truth.iter().take(35).skip(5) {
            let (own, later) = (trajectory.gauss(*time, false), trajectory.gauss(*time, true));
            // A covariance is positive, always.
            let (before, after) = (errors(&own, x, v), errors(&later, x, v));
            if before.0 > LOST {
                continue;
            }
            filtered += before.1;
            smoothed += after.1;
            causal += own.position_trace();
            claimed += later.position_trace();
            count += 1.0;
        }
    }
    let (filtered, smoothed, claimed, causal): (f64, f64, f64, f64) =
        ((filtered / count).sqrt(), (smoothed / count).sqrt(), (claimed / count).sqrt(), (causal / count).sqrt());
    assert!(smoothed < 0.6 * filtered, "{smoothed} {filtered}");
    assert!(claimed < 0.6 * causal, "{claimed} {causal}");
    assert!((smoothed / claimed - 1.0).abs() < 0.15, "{smoothed} {claimed}");
}

#[test]
fn with_one_model_later_evidence_only_ever_narrows() {
    let run = run(5, true, 40, 4.0);
    let trajectory = run.recording.trajectory();
    for (time, _, _) in run.truth.iter().chain(&run.between) {
        let (own, later) = (covariance(&trajectory.gauss(*time, false)), covariance(&trajectory.gauss(*time, true)));
        let mut less = super::matrix::difference(&own, &later);
        for (k, row) in less.iter_mut().enumerate() {
            row[k] += 1e-9 * own[k][k];
        }
        assert!(Cholesky::of(&less).is_some(), "{time}");
    }
}

#[test]
fn between_two_plots_it_is_as_if_one_that_says_nothing_stood_there() {
    let run = run(6, true, 20, 4.0);
    let plain = run.recording.trajectory();
    let mut recording = run.recording.clone();
    for (time, x, _) in &run.between {
        let rows = Rows { z: *x, rows: axes(x), variance: [1e24; 3], dims: 3, clutter: 0.0, unseen: 0.0 };
        let nothing = What::Place(Taken::new(&rows, 1.0));
        assert!(recording.history.note(*time, nothing, &recording.motion, &Params::default()));
    }
    let with = recording.trajectory();
    for (time, _, _) in run.between.iter().chain(&run.truth) {
        let (a, b) = (plain.gauss(*time, true), with.gauss(*time, true));
        let (apart, whole) = (offset(&a, &b), covariance(&a));
        let other = covariance(&b);
        for i in 0..6 {
            assert!(apart[i].abs() < 1e-4 * whole[i][i].sqrt(), "{time} {i} {}", apart[i]);
            assert!((whole[i][i] / other[i][i] - 1.0).abs() < 1e-4, "{time} {i}");
        }
    }
}

#[test]
fn the_last_two_minutes_are_those_of_the_whole() {
    let (mut most, mut sum, mut wider, mut count) = (0.0_f64, 0.0, 0.0, 0.0);
    for seed in 0..40 {
        let whole = run(seed, false, 100, 4.0);
        let (motion, params) = (whole.recording.motion.clone(), Params::default());
        let full = whole.recording.trajectory();
        // The same evidence through a history that folds, stopped at 240 s.
        let nodes = whole.recording.history.clone();
        let mut lagged = History::new(nodes.first_belief().clone(), at(0.0), false, at(0.0));
        for (time, what) in nodes.pieces().take_while(|piece| piece.0 <= at(240.0)) {
            assert!(lagged.note(time, what.clone(), &motion, &params));
        }
        assert!(lagged.len() <= 31, "{}", lagged.len());
        let stopped =
            Recording { id: TrackId(7), history: lagged, motion: motion.clone(), common: Vec::new() }.trajectory();
        assert_eq!((stopped.from(), stopped.until()), (at(120.0), at(240.0)));
        // What is known of a moment up to it is the same to the bit: folding is filtering.
        assert_eq!(stopped.causal(at(230.0)), full.causal(at(230.0)));
        for s in [120.0, 122.0, 126.0, 130.0] {
            let (a, b) = (stopped.gauss(at(s), true), full.gauss(at(s), true));
            let apart = offset(&a, &b);
            let whole = covariance(&b);
            wider += (a.position_trace() / b.position_trace()).sqrt();
            for i in 0..6 {
                let sigmas = apart[i].abs() / whole[i][i].sqrt();
                most = most.max(sigmas);
                sum += sigmas;
                count += 1.0;
            }
        }
    }
    // What comes later than two minutes after a moment changes little of it.
    let (apart, wider) = (sum / count, wider * 6.0 / count);
    assert!(most < 3.0 && apart < 0.25 && wider < 1.04, "{most} {apart} {wider}");
}

#[test]
fn late_evidence_finds_its_place() {
    let run = run(9, false, 30, 4.0);
    let history = &run.recording.history;
    let mut pieces: Vec<_> = history.pieces().map(|(time, what)| (time, what.clone())).collect();
    for k in (0..pieces.len() - 12).step_by(7) {
        pieces.swap(k, k + 11);
    }
    let mut other = History::new(history.first_belief().clone(), at(0.0), true, at(0.0));
    for (time, what) in pieces {
        assert!(other.note(time, what, &run.recording.motion, &Params::default()));
    }
    assert_eq!(&other, history);
}

#[test]
fn too_much_evidence_shortens_the_lag_and_too_old_evidence_changes_nothing() {
    let run = run(10, false, 30, 4.0);
    let params = Params { smooth_evidence: 10, ..Params::default() };
    let whole = &run.recording.history;
    let mut short = History::new(whole.first_belief().clone(), at(0.0), false, at(0.0));
    for (time, what) in whole.pieces() {
        assert!(short.note(time, what.clone(), &run.recording.motion, &params));
    }
    assert_eq!(short.len(), 10);
    let before = short.clone();
    let (_, old) = whole.pieces().next().expect("there are thirty");
    assert!(short.note(at(4.0), old.clone(), &run.recording.motion, &params));
    assert_eq!(short, before);
}

#[test]
fn a_filter_that_began_again_is_not_smoothed_across() {
    let mut run = run(11, false, 20, 4.0);
    let causal = run.recording.trajectory().gauss(at(39.0), false);
    let mut moved = causal;
    moved.x = add(&moved.x, &[50_000.0, 0.0, 0.0]);
    let restarted = What::Restarted(Box::new(Belief { models: [moved; MODELS], mu: INITIAL }));
    let Recording { history, motion, .. } = &mut run.recording;
    assert!(history.note(at(39.0), restarted, motion, &Params::default()));
    let trajectory = run.recording.trajectory();
    let before = trajectory.gauss(at(37.0), true);
    let apart = crate::gauss::sub(&before.x, &causal.x);
    assert!(norm(&apart) < 2_000.0, "{apart:?}");
}

#[test]
fn one_model_and_all_of_them_hang_together() {
    let mut run = run(12, false, 30, 4.0);
    let Recording { history, motion, .. } = &mut run.recording;
    for (s, what) in [(41.0, What::Single), (79.0, What::Many)] {
        assert!(history.note(at(s), what, motion, &Params::default()));
    }
    let trajectory = run.recording.trajectory();
    let mut last = None;
    for tenth in 0..=1200 {
        let g = trajectory.gauss(at(f64::from(tenth) * 0.1), true);
        assert!(Cholesky::of(&covariance(&g)).is_some());
        if let Some(before) = last.replace(g) {
            // No jump of more than what a tenth of a second moves, and a share of its sigma.
            let apart = norm(&crate::gauss::sub(&g.x, &along(&before.x, 0.1, &before.v)));
            assert!(apart < 5.0 + 0.2 * g.position_trace().sqrt(), "{tenth}: {apart}");
        }
    }
}

#[test]
fn a_history_survives_its_canonical_bytes() {
    use skypicket_model::Canon as _;
    let mut run = run(13, false, 10, 4.0);
    let Recording { history, motion, .. } = &mut run.recording;
    let (_, place) = history.pieces().next().map(|(time, what)| (time, what.clone())).expect("there are ten");
    let What::Place(taken) = place else { panic!("a plot") };
    let other = Box::new(history.first_belief().clone());
    let mixture = super::evidence::Mixture { unseen: 0.25, parts: vec![taken.clone(), taken.clone()] };
    for what in [
        What::Places(Box::new(mixture)),
        What::Velocity([Some(1.0), None, Some(-2.0)], 1.5),
        What::Crossed(taken),
        What::Replaced(other),
        What::Single,
    ] {
        assert!(history.note(at(41.0), what, motion, &Params::default()));
    }
    assert_eq!(&History::from_canon(&history.to_canon()).expect("its own bytes"), history);
    assert!(run.recording.trajectory().until() == at(41.0));
}
