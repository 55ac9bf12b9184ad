//! Whether the filter knows how well it knows: innovations and errors against what it claims (NIS and NEES, Bar-Shalom, Li, Kirubarajan 2001 §5.4), in
//! worlds that move by its own models; and whether a covariance stays one whatever is done to it.

use crate::chance::Random;
use crate::gauss::{Gauss, V3, add, along, dot, sub};
use crate::measure::Rows;
use crate::params::{MODELS, Params};
use crate::predict::{BREAK, FREE, INITIAL, Models, SINGLE, bend, keep_above_ground, up_at};
use crate::update::{mix, posterior, update_velocity};
use nalgebra::{Matrix3, Matrix6, Vector3, Vector6};
use proptest::prelude::*;
use skypicket_model::{Geodetic, Tangent};

fn somewhere(random: &mut Random) -> (V3, [V3; 3]) {
    let place = Geodetic {
        lat_deg: random.between(-70.0, 70.0),
        lon_deg: random.between(-180.0, 180.0),
        height_m: random.between(300.0, 11_000.0),
    };
    let frame = Tangent::new(place);
    let o = frame.origin_ecef();
    ([o.x, o.y, o.z], frame.rotation())
}

fn full(g: &Gauss) -> Matrix6<f64> {
    let sym = |s: &[f64; 6], i: usize, j: usize| s[[0, 1, 2, 1, 3, 4, 2, 4, 5][3 * i + j]];
    Matrix6::from_fn(|i, j| match (i < 3, j < 3) {
        (true, true) => sym(&g.pp, i, j),
        (true, false) => g.pv[i][j - 3],
        (false, true) => g.pv[j][i - 3],
        (false, false) => sym(&g.vv, i - 3, j - 3),
    })
}

/// A state drawn from what a Gaussian says.
fn drawn(g: &Gauss, random: &mut Random) -> (V3, V3) {
    let root = full(g).cholesky().expect("positive").l();
    let d = root * Vector6::from_fn(|_, _| random.normal());
    (add(&g.x, &[d[0], d[1], d[2]]), add(&g.v, &[d[3], d[4], d[5]]))
}

/// An object that moves by the filter's own models.
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
        let (across, along_up) = motion.noise_of(self.model, single);
        g.add_noise(dt_s, across, along_up, &up);
        (self.x, self.v) = drawn(&g, random);
    }
}

/// A plot of a place: three axes of unlike sigmas, m.
fn plot(x: &V3, axes: &[V3; 3], sigma_m: [f64; 3], random: &mut Random) -> Rows {
    let mut z = *x;
    for (axis, sigma) in axes.iter().zip(sigma_m) {
        z = along(&z, sigma * random.normal(), axis);
    }
    Rows { z, rows: *axes, variance: sigma_m.map(|s| s * s), dims: 3, clutter: 0.0, unseen: 0.0 }
}

/// Squared distance of a plot from what the filter expects, in units of the innovation's covariance.
fn nis(g: &Gauss, rows: &Rows) -> f64 {
    let p = full(g).fixed_view::<3, 3>(0, 0).into_owned();
    let h = Matrix3::from_fn(|i, j| rows.rows[i][j]);
    let s = h * p * h.transpose() + Matrix3::from_diagonal(&Vector3::from(rows.variance));
    let d = sub(&rows.z, &g.x);
    let nu = h * Vector3::from(d);
    nu.dot(&(s.try_inverse().expect("positive") * nu))
}

fn nees(g: &Gauss, x: &V3, v: &V3) -> f64 {
    let (dx, dv) = (sub(x, &g.x), sub(v, &g.v));
    let d = Vector6::new(dx[0], dx[1], dx[2], dv[0], dv[1], dv[2]);
    d.dot(&(full(g).try_inverse().expect("positive") * d))
}

/// Means over many runs: NIS (3 expected), its share beyond chi-square's 99 % (11.34), NEES (6 expected), and how many there were.
fn measured(single: bool, runs: u64) -> [f64; 4] {
    let motion = Models::new(&Params::default());
    let (mut sums, mut count) = ([0.0; 3], 0.0);
    for run in 0..runs {
        let random = &mut Random::new(run + 1);
        let (x, axes) = somewhere(random);
        let mut prior = Gauss { x, v: [0.0; 3], ..Gauss::default() };
        crate::gauss::sym_add_identity(&mut prior.pp, 200.0 * 200.0);
        crate::gauss::sym_add_identity(&mut prior.vv, 50.0 * 50.0);
        let (x, v) = drawn(&prior, random);
        let mut world = World { x, v, model: if single { FREE } else { 0 } };
        let (mut models, mut mu) = ([prior; MODELS], if single { SINGLE } else { INITIAL });
        for k in 0..30 {
            let dt_s = random.between(2.0, 8.0);
            world.step(&motion, single, dt_s, random);
            motion.predict(&mut models, &mut mu, dt_s);
            let rows = plot(&world.x, &axes, [60.0, 150.0, 250.0], random);
            let expected = Gauss::merge(mu.iter().copied().zip(&models));
            let after = posterior(&models, &mu, &rows, 0.0, &motion).expect("no model is that wrong");
            (models, mu) = (after.models, after.mu);
            // The first plots are of an unknown velocity and an unknown model.
            if k >= 5 {
                let distance = nis(&expected, &rows);
                let now = Gauss::merge(mu.iter().copied().zip(&models));
                sums[0] += distance;
                sums[1] += f64::from(u8::from(distance > 11.34));
                sums[2] += nees(&now, &world.x, &world.v);
                count += 1.0;
            }
        }
    }
    [sums[0] / count, sums[1] / count, sums[2] / count, count]
}

#[test]
fn innovations_and_errors_of_one_model_are_what_it_claims() {
    let [nis, beyond, nees, count] = measured(true, 400);
    // Of independent ones the mean of n has a sigma of sqrt(2·dof/n); four of them.
    let bound = |dof: f64| 4.0 * (2.0 * dof / count).sqrt();
    assert!((nis - 3.0).abs() < bound(3.0), "{nis} ± {}", bound(3.0));
    assert!((beyond - 0.01).abs() < 4.0 * (0.01 * 0.99 / count).sqrt(), "{beyond}");
    // Errors in a row are not independent: as if one in five were.
    assert!((nees - 6.0).abs() < 5.0_f64.sqrt() * bound(6.0), "{nees}");
}

#[test]
fn innovations_and_errors_of_all_models_together_are_what_they_claim() {
    let [nis, beyond, nees, _] = measured(false, 400);
    // A mixture has heavier tails than the normal with its moments, so more is beyond; the means are those of its moments.
    assert!((2.7..3.3).contains(&nis), "{nis}");
    assert!((5.4..6.6).contains(&nees), "{nees}");
    assert!(beyond < 0.03, "{beyond}");
}

#[test]
fn a_filter_that_claims_too_much_is_found() {
    // The same world with plots that are twice as bad as they say: the measure is able to fail.
    let motion = Models::new(&Params::default());
    let random = &mut Random::new(7);
    let (x, axes) = somewhere(random);
    let mut g = Gauss { x, ..Gauss::default() };
    crate::gauss::sym_add_identity(&mut g.pp, 1e4);
    crate::gauss::sym_add_identity(&mut g.vv, 100.0);
    let (mut models, mut mu, mut sum) = ([g; MODELS], SINGLE, 0.0);
    for _ in 0..200 {
        motion.predict(&mut models, &mut mu, 4.0);
        let lie = plot(&x, &axes, [120.0; 3], random);
        let rows = Rows { variance: [3600.0; 3], ..lie };
        sum += nis(&models[FREE], &rows);
        models = posterior(&models, &mu, &rows, 0.0, &motion).expect("within reach").models;
    }
    assert!(sum / 200.0 > 5.0, "{}", sum / 200.0);
}

/// The smallest eigenvalue of the covariance in units of its own diagonal: of a covariance not below zero but for rounding.
fn least_eigenvalue(g: &Gauss) -> f64 {
    let p = full(g);
    let scaled = Matrix6::from_fn(|i, j| p[(i, j)] / (p[(i, i)] * p[(j, j)]).sqrt());
    scaled.symmetric_eigenvalues().min()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever comes in whatever order: steps of any length, rows of any number and quality, in time or late, stated velocities, mixtures,
    /// one model or all: every model's covariance and that of their mixture stay symmetric (they are kept as triangles) and positive.
    #[test]
    fn covariances_stay_positive(seed in 0_u64..u64::MAX) {
        let motion = Models::new(&Params::default());
        let random = &mut Random::new(seed);
        let (x, axes) = somewhere(random);
        let mut prior = Gauss { x, v: axes[0].map(|c| 200.0 * c), ..Gauss::default() };
        let sigma_m = [10.0, 100.0, 1000.0, 10_000.0][random.below(4)];
        let sigma_m_s = random.between(1.0, 150.0);
        crate::gauss::sym_add_identity(&mut prior.pp, sigma_m * sigma_m);
        crate::gauss::sym_add_identity(&mut prior.vv, sigma_m_s * sigma_m_s);
        let (mut models, mut mu) = ([prior; MODELS], INITIAL);
        for step in 0..120 {
            let what = random.below(8);
            let at = Gauss::merge(mu.iter().copied().zip(&models));
            let sigma = |random: &mut Random| [0, 1, 2].map(|_| random.between(2.0, 400.0) * if random.uniform() < 0.1 { 30.0 } else { 1.0 });
            match what {
                0 | 1 => motion.predict(&mut models, &mut mu, if random.uniform() < 0.1 { random.between(0.0, 90.0) } else { random.between(0.01, 12.0) }),
                2..=4 => {
                    let lag_s = if what == 4 { -random.between(0.01, 60.0) } else { 0.0 };
                    let sigmas = sigma(random);
                    let there = along(&at.x, lag_s, &at.v);
                    let mut rows = plot(&there, &axes, sigmas, random);
                    rows.dims = 1 + random.below(3);
                    let before = (models, mu);
                    if let Some(after) = posterior(&models, &mu, &rows, lag_s, &motion) {
                        let other = plot(&there, &axes, sigmas, random);
                        let second = posterior(&models, &mu, &other, lag_s, &motion);
                        let unseen = random.uniform();
                        let hypotheses: Vec<_> = match &second {
                            Some(second) => vec![(0.7 * (1.0 - unseen), &after), (0.3 * (1.0 - unseen), second)],
                            None => vec![(1.0 - unseen, &after)],
                        };
                        mix((&before.0, &before.1, unseen), &hypotheses, &mut models, &mut mu);
                    }
                }
                5 => {
                    let sigma_m_s = random.between(0.2, 5.0);
                    let variance = sigma_m_s * sigma_m_s;
                    for axis in &axes {
                        for (g, p) in models.iter_mut().zip(&mu) {
                            if *p > 0.0 {
                                let innovation = dot(axis, &sub(&at.v, &g.v));
                                update_velocity(g, axis, innovation, variance);
                            }
                        }
                    }
                }
                6 => keep_above_ground(&mut models, &mu),
                _ if random.uniform() < 0.3 => {
                    if crate::predict::is_single(&mu) {
                        models = [models[FREE]; MODELS];
                        mu = INITIAL;
                    } else {
                        models[FREE] = at;
                        mu = SINGLE;
                    }
                }
                _ => {}
            }
            prop_assert!((mu.iter().sum::<f64>() - 1.0).abs() < 1e-9, "step {}", step);
            for (m, g) in models.iter().enumerate().filter(|(m, _)| mu[*m] > 0.0) {
                prop_assert!(g.is_sound(), "step {}, {}, model {}: {:?}", step, what, m, g);
                let least = least_eigenvalue(g);
                prop_assert!(least > -1e-9, "step {}, {}, model {} (break is {}): {}", step, what, m, BREAK, least);
            }
            let all = least_eigenvalue(&Gauss::merge(mu.iter().copied().zip(&models)));
            prop_assert!(all > -1e-9, "step {}: {}", step, all);
        }
    }
}
