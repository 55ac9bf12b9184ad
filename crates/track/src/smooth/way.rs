//! The way of a track that is followed now: a chain of Gaussians to draw trajectories from, made as cheaply as it can be once a second.
//!
//! Going backwards needs only what the filter knew going forwards (forward filtering, backward simulation: Godsill, Doucet & West, *Monte Carlo
//! smoothing for nonlinear time series*, JASA 99 (2004) 156–168): with x the state at a piece of evidence and y that at the next one, the filter's joint
//! Gaussian of both gives x from y, and all evidence after y says no more of x. Over all models the joint is made one Gaussian,
//! by its exact first two moments:
//!
//! ```text
//! Cov(x, y) = Σᵢ μᵢ [ Pᵢ·Fᵢᵀ + (xᵢ − x̄)(Fᵢ·xᵢ − ȳ)ᵀ ],   xᵢ, Pᵢ mixed for model i
//! ```
//!
//! How far that is from [`super::Trajectory`], which keeps the models apart at some twenty times the cost, is measured in the tests.

use super::evidence::{Belief, Link};
use super::history::{History, SAME_S};
use super::matrix::{Cholesky, M6, ZERO, covariance, gauss, offset, times_motion_transposed, times_vec};
use crate::gauss::{Gauss, V3, dot};
use crate::params::MODELS;
use crate::predict::{FREE, Models, bend, up_at};
use crate::register::STATES;
use crate::tracker::Tracker;
use skypicket_model::way::{Common, Moment, Offset};
use skypicket_model::{Geodetic, Tangent, Time, Vec3};

/// One piece of evidence of the filter's way, and how it leads to the next.
struct Step {
    time: Time,
    /// What evidence up to then says.
    own: Gauss,
    /// What it foretells of the next piece's moment, and how the two vary together. `None` where nothing connects them, and at the last.
    ahead: Option<(Gauss, M6)>,
}

/// Fills in the way from the last moment at or before `since` on.
pub(super) fn fill(history: &History, since: Time, motion: &Models, out: &mut Vec<Moment>) {
    out.clear();
    let steps = forward(history, since, motion);
    backward(&steps, out);
}

fn forward(history: &History, since: Time, motion: &Models) -> Vec<Step> {
    let (mut belief, mut time) = (history.anchor.clone(), history.anchor_time);
    let mut steps: Vec<Step> = Vec::new();
    let times = history.evidence.iter().map(|piece| piece.time);
    // The last moment at or before `since`: nothing older is told.
    let first = times.clone().take_while(|time| *time <= since).last().unwrap_or(history.anchor_time);
    for piece in &history.evidence {
        let dt_s = (piece.time - time).s();
        if dt_s > SAME_S {
            if time >= first {
                let (ahead, next) = joint(&belief, dt_s, motion);
                steps.push(Step { time, own: belief.merged(), ahead: Some(ahead) });
                belief = next;
            } else {
                motion.predict(&mut belief.models, &mut belief.mu, dt_s);
            }
            time = piece.time;
        }
        if piece.what.link(&belief) == Some(Link::Break) && time >= first {
            steps.push(Step { time, own: belief.merged(), ahead: None });
        }
        piece.what.apply(&mut belief, motion);
    }
    steps.push(Step { time, own: belief.merged(), ahead: None });
    steps
}

/// The state foretold for `dt_s` later, over all models, and its covariance with the state now; and the belief itself.
fn joint(belief: &Belief, dt_s: f64, motion: &Models) -> ((Gauss, M6), Belief) {
    let single = belief.is_single();
    let mut next = belief.clone();
    if !single {
        motion.mix(&mut next.models, &mut next.mu, dt_s);
    }
    let up = up_at(&next.models[FREE].x);
    let motions = motion.motions(&up, dt_s);
    let now = belief.merged();
    let mut crosses = [ZERO; MODELS];
    let mut apart = [[0.0; 6]; MODELS];
    for model in (0..MODELS).filter(|model| next.mu[*model] > 0.0) {
        let g = &mut next.models[model];
        crosses[model] = times_motion_transposed(&covariance(g), &motions[model]);
        apart[model] = offset(g, &now);
        bend(g, &up, dt_s);
        match model < crate::predict::STRAIGHT {
            true => g.move_straight(dt_s),
            false => g.move_by(&motions[model]),
        }
        let (across, along) = motion.noise_of(model, single);
        g.add_noise(dt_s, across, along, &up);
    }
    let ahead = next.merged();
    let mut cross = ZERO;
    for model in (0..MODELS).filter(|model| next.mu[*model] > 0.0) {
        let moved = offset(&next.models[model], &ahead);
        for i in 0..6 {
            for j in 0..6 {
                cross[i][j] += next.mu[model] * (crosses[model][i][j] + apart[model][i] * moved[j]);
            }
        }
    }
    ((ahead, cross), next)
}

/// Axes east and north at a place, ECEF.
type Axes = [V3; 2];

fn backward(steps: &[Step], out: &mut Vec<Moment>) {
    let Some(last) = steps.last() else { return };
    let mut later = last.own;
    let (mut later_axes, place) = axes(&later);
    let mut spread = flat(&covariance(&later), &later_axes, &later_axes);
    out.push(moment(last.time, place, &later, &later_axes, ([[0.0; 4]; 4], spread), &spread));
    for step in steps.iter().rev().skip(1) {
        let own = covariance(&step.own);
        let mut mean = step.own;
        let factor =
            step.ahead.as_ref().and_then(|(ahead, cross)| Some((ahead, cross, Cholesky::of(&covariance(ahead))?)));
        if let Some((ahead, cross, factor)) = &factor {
            let shift = times_vec(&factor.divide(cross), &offset(&later, ahead));
            mean = gauss(&step.own, &shift, &own);
        }
        let (own_axes, place) = axes(&mean);
        let flat_own = flat(&own, &own_axes, &own_axes);
        let (mut gain, mut rest) = ([[0.0; 4]; 4], flat_own);
        if let Some((ahead, cross, _)) = &factor
            && let Some(root) = root_of(&flat(&covariance(ahead), &later_axes, &later_axes))
        {
            let both = flat(cross, &own_axes, &later_axes);
            gain = both.map(|row| solve(&root, &row));
            for i in 0..4 {
                for j in 0..4 {
                    rest[i][j] -= (0..4).map(|k| gain[i][k] * both[j][k]).sum::<f64>();
                }
            }
        }
        spread = plus(&carried(&gain, &spread), &rest);
        out.push(moment(step.time, place, &mean, &own_axes, (gain, rest), &spread));
        (later, later_axes) = (mean, own_axes);
    }
    out.reverse();
}

fn axes(g: &Gauss) -> (Axes, Geodetic) {
    let place = Geodetic::from_ecef(Vec3::new(g.x[0], g.x[1], g.x[2]));
    let [east, north, _] = Tangent::new(place).rotation();
    ([east, north], place)
}

/// What is horizontal of a covariance of two states.
fn flat(m: &M6, rows: &Axes, columns: &Axes) -> [Offset; 4] {
    core::array::from_fn(|i| {
        core::array::from_fn(|j| {
            let (row, column) = (&rows[i % 2], &columns[j % 2]);
            let part = |r: usize| dot(&[m[r][3 * (j / 2)], m[r][3 * (j / 2) + 1], m[r][3 * (j / 2) + 2]], column);
            let at = 3 * (i / 2);
            dot(&[part(at), part(at + 1), part(at + 2)], row)
        })
    })
}

fn moment(
    time: Time,
    place: Geodetic,
    g: &Gauss,
    [east, north]: &Axes,
    (gain, rest): ([Offset; 4], [Offset; 4]),
    spread: &[Offset; 4],
) -> Moment {
    Moment {
        time,
        place: place.lat_lon(),
        velocity_m_s: [dot(&g.v, east), dot(&g.v, north)],
        gain,
        root: root_or_diagonal(&rest),
        spread_m2: [spread[0][0], spread[0][1], spread[1][1]],
    }
}

fn plus(a: &[Offset; 4], b: &[Offset; 4]) -> [Offset; 4] {
    core::array::from_fn(|i| core::array::from_fn(|j| a[i][j] + b[i][j]))
}

/// G·S·Gᵀ
fn carried(gain: &[Offset; 4], s: &[Offset; 4]) -> [Offset; 4] {
    let half: [Offset; 4] = gain.map(|row| core::array::from_fn(|j| (0..4).map(|k| row[k] * s[k][j]).sum()));
    half.map(|row| core::array::from_fn(|j| (0..4).map(|k| row[k] * gain[j][k]).sum()))
}

/// The lower triangle L of A = L·Lᵀ; `None` where A is not positive.
fn root_of(a: &[Offset; 4]) -> Option<[Offset; 4]> {
    let mut root = [[0.0; 4]; 4];
    for i in 0..4 {
        for j in 0..=i {
            let rest = a[i][j] - (0..j).map(|k| root[i][k] * root[j][k]).sum::<f64>();
            if i == j {
                if !(rest > 1e-12 * a[i][i] && rest.is_finite()) {
                    return None;
                }
                root[i][i] = rest.sqrt();
            } else {
                root[i][j] = rest / root[j][j];
            }
        }
    }
    Some(root)
}

/// The same; of what rounding left without one, the diagonal's.
fn root_or_diagonal(a: &[Offset; 4]) -> [Offset; 4] {
    root_of(a).unwrap_or_else(|| {
        core::array::from_fn(|i| core::array::from_fn(|j| if i == j { a[i][i].max(0.0).sqrt() } else { 0.0 }))
    })
}

/// A⁻¹·b, by A's root.
fn solve(root: &[Offset; 4], b: &Offset) -> Offset {
    let mut x = *b;
    for i in 0..4 {
        x[i] = (x[i] - (0..i).map(|k| root[i][k] * x[k]).sum::<f64>()) / root[i][i];
    }
    for i in (0..4).rev() {
        x[i] = (x[i] - (i + 1..4).map(|k| root[k][i] * x[k]).sum::<f64>()) / root[i][i];
    }
    x
}

/// A sensor's word on a place below this share moves it by less than a twentieth of its error.
const LEAST_SHARE: f64 = 0.05;

/// What is not known of the radars that made a track: where it moves the track, by the share of its place that is each radar's word. Biases that
/// registration knows only against each other's move it together; the sum is told as two shifts, of which the first is not north.
pub(super) fn common(tracker: &Tracker, slot: usize, out: &mut Vec<Common>) {
    let track = &tracker.tracks[slot];
    let merged = track.merged();
    let ([east, north], _) = axes(&merged);
    let mut radars: Vec<(u16, f64)> = track.looks.iter().map(|look| (look.sensor, look.share)).collect();
    radars.retain(|(_, share)| *share > LEAST_SHARE);
    radars.sort_unstable_by_key(|(sensor, _)| *sensor);
    let indices: Vec<u16> = radars.iter().map(|(sensor, _)| *sensor).collect();
    let Some(known) = tracker.network.joint(&indices) else { return };
    // Where one prior sigma of each bias moves the track, east and north; scaled so that what is told of each alone is what the sensor's own estimate tells.
    let mut effects: Vec<[[f64; 2]; STATES]> = Vec::with_capacity(radars.len());
    for (row, (index, share)) in radars.iter().enumerate() {
        let mut effect = [[0.0; 2]; STATES];
        if let Some(sensor) = tracker.sensors.get(usize::from(*index))
            && let Some(site) = &sensor.site
        {
            let [to_east, to_north, to_up] = site.local(&merged.x);
            let cross = (to_east * to_east + to_north * to_north).max(1.0).sqrt();
            let range = (cross * cross + to_up * to_up).sqrt();
            let along = site.axes_of(to_east / cross, to_north / cross, to_up / range, cross / range);
            let (bias, own) = (&sensor.bias, known.covariance(row, row));
            let errors = [
                (bias.range_m.variance, along[0], 1.0),
                (bias.azimuth_rad.variance, along[1], cross),
                (bias.elevation_rad.variance, along[2], range),
                (bias.time_s.variance, merged.v, 1.0),
            ];
            for (k, (variance, direction, by)) in errors.iter().enumerate() {
                let sigma = (variance.max(0.0) / own[k][k].max(1e-12)).sqrt() * by * share;
                effect[k] = [sigma * dot(direction, &east), sigma * dot(direction, &north)];
            }
        }
        effects.push(effect);
    }
    let mut spread = [0.0; 3];
    for (row, a) in effects.iter().enumerate() {
        for (column, b) in effects.iter().enumerate() {
            for (line, a) in known.covariance(row, column).iter().zip(a) {
                for (value, b) in line.iter().zip(b) {
                    spread[0] += value * a[0] * b[0];
                    spread[1] += 0.5 * value * (a[0] * b[1] + a[1] * b[0]);
                    spread[2] += value * a[1] * b[1];
                }
            }
        }
    }
    let first = spread[0].max(0.0).sqrt();
    let cross = if first > 0.0 { spread[1] / first } else { 0.0 };
    let second = (spread[2] - cross * cross).max(0.0).sqrt();
    if first + cross.abs() + second > 0.0 {
        // Each radar may be aligned as it was set up; with none misaligned there is no such error.
        let aligned = |(index, _): &(u16, f64)| {
            let sensor = tracker.sensors.get(usize::from(*index));
            sensor.filter(|sensor| !sensor.demoted).map_or(0.0, |sensor| 1.0 - sensor.misaligned)
        };
        let exists = 1.0 - radars.iter().map(aligned).product::<f64>();
        out.push(Common { axis: 0, shift_m: [first, cross], exists });
        out.push(Common { axis: 1, shift_m: [0.0, second], exists });
    }
}
