//! Register: each radar's bias in range, azimuth, elevation and time.
//!
//! Two kinds of pairs teach. A plot of an aircraft whose own reports lead its track (and whose claims nothing contradicts) is compared
//! with the reported place: this tells a radar's biases by themselves. Two radars' plots of one object that does not report itself are
//! compared with each other at one moment: this tells how the two differ, and, since range, azimuth and elevation errors displace
//! near and far objects differently, most of what each has. What the traffic cannot tell stays at the prior.
//!
//! The answer is subtracted from every plot before anything else sees it; its uncertainty goes with it (`consider`). Whether a
//! radar can be believed at all is watched beside (`watch`).

pub(crate) mod consider;
pub(crate) mod equation;
pub(crate) mod network;
pub(crate) mod pairs;
pub(crate) mod solve;
pub(crate) mod watch;

use crate::events::TrackEvent;
use crate::params::Params;
use crate::register::equation::Node;
use crate::tracker::Tracker;
use skypicket_model::math::rad;
use skypicket_model::sensor::Misalignment;
use skypicket_model::{Sensor, SensorKind, Time};

/// Biases of a radar: range, azimuth, elevation, time.
pub(crate) const STATES: usize = 4;
/// Probability that a radar has a bias worth speaking of, before any pair. Origin: none known; a half favours neither.
pub(crate) const MISALIGNED: f64 = 0.5;

/// Variances, in prior sigmas squared, that are left to the biases of a radar that drifts, and of one that is wrong. Origin: half a sigma
/// and three.
const DRIFTING: f64 = 0.25;
const WRONG: f64 = 9.0;

/// One bias: what the sensor reads too much, and the variance of that.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Axis {
    /// Metres, radians or seconds.
    pub bias: f64,
    /// Its variance; the prior's until pairs tell more, 0 for what a sensor does not measure.
    pub variance: f64,
}

/// A radar's estimated biases: what it reads too much.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bias {
    /// Metres.
    pub range_m: Axis,
    /// Radians.
    pub azimuth_rad: Axis,
    /// Radians.
    pub elevation_rad: Axis,
    /// Seconds by which its times are late.
    pub time_s: Axis,
    /// Pairs used so far.
    pub pairs: u32,
}

impl Bias {
    /// Before any pair: nothing corrected, and for a radar the prior's spread.
    pub(crate) fn prior(sensor: &Sensor, params: &Params) -> Self {
        let mut bias = Self::default();
        if is_radar(sensor.kind) {
            let axis = |k: usize| {
                let sigma = prior_sigma(params, k);
                Axis { bias: 0.0, variance: sigma * sigma * MISALIGNED }
            };
            bias.range_m = axis(0);
            bias.azimuth_rad = axis(1);
            if sensor.kind == SensorKind::Radar3d {
                bias.elevation_rad = axis(2);
            }
            bias.time_s = axis(3);
        }
        bias
    }
}

pub(crate) const fn is_radar(kind: SensorKind) -> bool {
    matches!(kind, SensorKind::Radar2d | SensorKind::Radar3d)
}

/// One sigma of what a bias may be before anything is known: metres, radians, radians, seconds. Never zero.
pub(crate) fn prior_sigma(params: &Params, state: usize) -> f64 {
    match state {
        0 => params.range_bias_sigma_m.max(1e-3),
        1 => rad(params.azimuth_bias_sigma_deg).max(1e-9),
        2 => rad(params.elevation_bias_sigma_deg).max(1e-9),
        _ => params.time_bias_sigma_s.max(1e-6),
    }
}

/// Solves for all biases, once a second or when enough is new, and corrects the sensors.
pub(crate) fn tick(tracker: &mut Tracker, now: Time, events: &mut Vec<TrackEvent>) {
    if tracker.network.solve(now, tracker.params.registration_memory_s) {
        for index in 0..tracker.sensors.len() {
            correct(tracker, index as u16);
        }
    }
    watch::tick(tracker, now, events);
}

/// Probability that a radar has a bias at all: half of the prior says that it was aligned when it was set up, and the pairs decide by
/// Bayes' rule.
fn misaligned(node: &Node) -> f64 {
    1.0 / (1.0 + (1.0 - MISALIGNED) / MISALIGNED * skypicket_model::math::exp(-node.evidence.clamp(-60.0, 60.0)))
}

/// Takes a sensor's biases from the network's answer.
pub(crate) fn correct(tracker: &mut Tracker, index: u16) {
    let Some(node) = tracker.network.node(index) else { return };
    let Some(sensor) = tracker.sensors.get_mut(usize::from(index)) else { return };
    if node.pairs == 0 && node.watch.demoted.is_none() && !sensor.demoted {
        return;
    }
    let demoted = node.watch.demoted.map(|(why, _)| why);
    let (believed, corrected) = match demoted {
        None => (misaligned(node), 1.0),
        Some(Misalignment::Drift) => (1.0, 1.0),
        // Correcting what is wrong would hide it.
        Some(_) => (1.0, 0.0),
    };
    let least = match demoted {
        None => 0.0,
        Some(Misalignment::Drift) => DRIFTING,
        Some(_) => WRONG,
    };
    let axis = |k: usize| {
        let sigma = prior_sigma(&tracker.params, k);
        let (bias, variance) = (node.estimate[k], node.covariance[k][k]);
        // The moments of the mixture of no bias at all and of the estimate.
        let spread = believed * (variance + (1.0 - believed) * bias * bias);
        Axis { bias: corrected * sigma * believed * bias, variance: sigma * sigma * spread.max(least) }
    };
    sensor.bias.range_m = axis(0);
    sensor.bias.azimuth_rad = axis(1);
    if sensor.sensor.kind == SensorKind::Radar3d {
        sensor.bias.elevation_rad = axis(2);
    }
    sensor.bias.time_s = axis(3);
    sensor.demoted = demoted.is_some();
    sensor.misaligned = believed;
    sensor.settled = consider::is_settled(sensor);
}
