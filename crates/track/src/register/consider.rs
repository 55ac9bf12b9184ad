//! Consider: what is not known of a radar's bias counts, without being estimated in each track (Schmidt–Kalman).
//!
//! A plot's error is noise, which averages out over a track's updates, and bias, which does not. The exact filter keeps the covariance
//! of each track's state with each radar's biases. Here the sensitivity of a track's place to a radar's biases is one number a look:
//! the share of the place that is that radar's word. It starts at one with the birth, and each update moves it towards the radar
//! that updates by the update's gain. So the bias of the only radar that sees a track drops out of its gate, while a second radar's
//! plots are compared with the spread of both radars' biases, and weigh accordingly.

use crate::gauss::{S3, V3, dot, sym_add_outer, sym_quad};
use crate::measure::{Measured, Rows};
use crate::sensor::Prepared;
use crate::tracker::Tracker;

/// A share below this adds less than a four-hundredth of the bias's variance.
const LEAST_SHARE: f64 = 0.05;
/// A bias whose variance is below this share of the noise's changes no gate and no gain.
const SETTLED: f64 = 0.01;

/// How the biases enter the comparison of one track with one sensor's plots.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Relative {
    /// Share of the sensor's own bias variance.
    own: f64,
    /// Variance of its time bias, s².
    time: f64,
    /// The track's place as the other radars' biases spread it, m², ECEF.
    others: Option<S3>,
    /// Probability that one of the radars is misaligned at all.
    pub misaligned: f64,
}

impl Relative {
    pub(crate) fn new(tracker: &Tracker, slot: usize, index: u16, x: &V3, v: &V3) -> Self {
        let mut relative = Self::default();
        let sensor = &tracker.sensors[usize::from(index)];
        let looks = &tracker.tracks[slot].looks;
        if !sensor.settled {
            let share = looks.iter().find(|look| look.sensor == index).map_or(0.0, |look| look.share);
            relative.own = (1.0 - share) * (1.0 - share);
            relative.time = sensor.bias.time_s.variance;
            relative.misaligned = sensor.misaligned;
        }
        for look in looks.iter().filter(|look| look.sensor != index && look.share > LEAST_SHARE) {
            if let Some(other) = tracker.sensors.get(usize::from(look.sensor)).filter(|other| !other.settled) {
                relative.misaligned = relative.misaligned.max(other.misaligned);
                spread(relative.others.get_or_insert_default(), other, x, v, look.share * look.share);
            }
        }
        relative
    }

    /// Whether there is anything to add.
    pub(crate) fn matters(&self) -> bool {
        self.own > 0.0 || self.others.is_some()
    }

    /// Adds the biases' variance to a measurement's rows; `v` is the object's velocity.
    pub(crate) fn widen(&self, rows: &mut Rows, plot: &Measured, v: &V3) {
        for k in 0..rows.dims {
            let row = &rows.rows[k];
            if self.own > 0.0 {
                let late = dot(row, v);
                rows.variance[k] += self.own * (plot.bias_variance[k] + self.time * late * late);
            }
            if let Some(others) = &self.others {
                rows.variance[k] += sym_quad(others, row);
            }
        }
    }
}

/// Whether nothing of a sensor's biases is worth counting beside its noise.
pub(crate) fn is_settled(sensor: &Prepared) -> bool {
    let range_sigma = sensor.sensor.range_sigma_m.unwrap_or(50.0).max(1.0);
    let azimuth_sigma = sensor.azimuth_noise(0.0).max(1e-5);
    let bias = &sensor.bias;
    // A second of flight at 250 m/s a second of error, against the range noise.
    let time_m = 250.0 * 250.0 * bias.time_s.variance;
    bias.range_m.variance <= SETTLED * range_sigma * range_sigma
        && bias.azimuth_rad.variance <= SETTLED * azimuth_sigma * azimuth_sigma
        && time_m <= SETTLED * range_sigma * range_sigma * 4.0
        && bias.elevation_rad.variance <= SETTLED * 2.5e-5
}

/// Adds `weight` times the spread that a radar's biases give its word on a place.
fn spread(s: &mut S3, sensor: &Prepared, x: &V3, v: &V3, weight: f64) {
    let Some(site) = &sensor.site else { return };
    let [east, north, up] = site.local(x);
    let cross2 = (east * east + north * north).max(1.0);
    let (cross, range) = (cross2.sqrt(), (cross2 + up * up).sqrt());
    let axes = site.axes_of(east / cross, north / cross, up / range, cross / range);
    let bias = &sensor.bias;
    sym_add_outer(s, weight * bias.range_m.variance, &axes[0]);
    sym_add_outer(s, weight * bias.azimuth_rad.variance * cross2, &axes[1]);
    sym_add_outer(s, weight * bias.elevation_rad.variance * range * range, &axes[2]);
    sym_add_outer(s, weight * bias.time_s.variance, v);
}

/// Adds to a track's place what the biases of the radars that made it are not known by.
pub(crate) fn add_own(tracker: &Tracker, slot: usize, x: &V3, v: &V3, s: &mut S3) {
    for look in tracker.tracks[slot].looks.iter().filter(|look| look.share > LEAST_SHARE) {
        if let Some(sensor) = tracker.sensors.get(usize::from(look.sensor)).filter(|sensor| !sensor.settled) {
            spread(s, sensor, x, v, look.share * look.share);
        }
    }
}

/// Adds to the difference of two tracks what the biases of the radars that made them are not known by.
pub(crate) fn add_between(tracker: &Tracker, a: usize, b: usize, x: &V3, v: &V3, s: &mut S3) {
    let share = |slot: usize, sensor: u16| {
        tracker.tracks[slot].looks.iter().find(|look| look.sensor == sensor).map_or(0.0, |look| look.share)
    };
    let mut add = |sensor: u16, difference: f64| {
        if difference.abs() > LEAST_SHARE
            && let Some(sensor) = tracker.sensors.get(usize::from(sensor)).filter(|sensor| !sensor.settled)
        {
            spread(s, sensor, x, v, difference * difference);
        }
    };
    for look in &tracker.tracks[a].looks {
        add(look.sensor, look.share - share(b, look.sensor));
    }
    for look in &tracker.tracks[b].looks {
        if tracker.tracks[a].looks.iter().all(|own| own.sensor != look.sensor) {
            add(look.sensor, look.share);
        }
    }
}

/// After an update by a sensor that left `share_left` of the variance of the place: that much of the old shares.
pub(crate) fn updated(tracker: &mut Tracker, slot: usize, index: u16, share_left: f64) {
    let left = if share_left.is_finite() { share_left.clamp(0.0, 1.0) } else { 1.0 };
    for look in &mut tracker.tracks[slot].looks {
        look.share *= left;
        if look.sensor == index {
            look.share += 1.0 - left;
        }
    }
}

/// The object's own word has taken over: no radar's bias is in its place.
pub(crate) fn reported(tracker: &mut Tracker, slot: usize) {
    tracker.tracks[slot].looks.iter_mut().for_each(|look| look.share = 0.0);
}
