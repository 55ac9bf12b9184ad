//! What moved a track's filter, kept so that it can be worked in again in the order in which it was measured.
//!
//! Not the filter's states are kept but what changed them: a plot is 150 bytes, a state of all models 1,600; and late data find
//! their place, which they never do in a row of states.

use crate::gauss::{Gauss, V3, along};
use crate::measure::Rows;
use crate::params::MODELS;
use crate::predict::{FREE, INITIAL, Models, SINGLE, is_single};
use crate::sensor::Prepared;
use crate::update::{self, Posterior};
use skypicket_model::Time;

/// The state of a filter: every model's Gaussian and probability.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Belief {
    pub models: [Gauss; MODELS],
    pub mu: [f64; MODELS],
}
skypicket_model::canon_struct!(Belief { models, mu });

impl Belief {
    /// Mean and covariance over the models.
    pub(super) fn merged(&self) -> Gauss {
        if self.is_single() {
            return self.models[FREE];
        }
        Gauss::merge(self.mu.iter().copied().zip(&self.models))
    }

    pub(super) fn is_single(&self) -> bool {
        is_single(&self.mu)
    }

    /// The free model alone, from a Gaussian.
    pub(super) fn single(g: Gauss) -> Self {
        Self { models: [g; MODELS], mu: SINGLE }
    }

    pub(super) fn keep_above_ground(&mut self) {
        crate::predict::keep_above_ground(&mut self.models, &self.mu);
    }

    pub(super) fn is_sound(&self) -> bool {
        let models = self.models.iter().zip(&self.mu);
        self.mu.iter().all(|p| p.is_finite()) && models.filter(|(_, p)| **p > 0.0).all(|(g, _)| g.is_sound())
    }
}

/// What was taken off a radar's plot as its biases.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Corrected {
    range_m: f64,
    azimuth_rad: f64,
    /// `None` where the radar's elevation is not in the place.
    elevation_rad: Option<f64>,
    time_s: f64,
}
skypicket_model::canon_struct!(Corrected { range_m, azimuth_rad, elevation_rad, time_s });

impl Corrected {
    /// As they are known now.
    pub(crate) fn of(sensor: &Prepared, elevated: bool) -> Self {
        let bias = &sensor.bias;
        Self {
            range_m: bias.range_m.bias,
            azimuth_rad: bias.azimuth_rad.bias,
            elevation_rad: elevated.then_some(bias.elevation_rad.bias),
            time_s: bias.time_s.bias,
        }
    }
}

/// A measured place with the probability that it was this track's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taken {
    pub share: f64,
    z: V3,
    rows: [V3; 3],
    variance: [f64; 3],
    dims: u8,
    /// The radar, and its biases that were taken off when this was made; `None` for what no radar said.
    radar: Option<(u16, Corrected)>,
}
skypicket_model::canon_struct!(Taken { share, z, rows, variance, dims, radar });

impl Taken {
    pub(super) fn new(rows: &Rows, share: f64) -> Self {
        Self { share, z: rows.z, rows: rows.rows, variance: rows.variance, dims: rows.dims.min(3) as u8, radar: None }
    }

    pub(super) fn by(self, radar: Option<(u16, Corrected)>) -> Self {
        Self { radar, ..self }
    }

    /// Takes a radar's biases off as they are known now; `v` is what the object flies, for the bias in time.
    fn correct(&mut self, sensors: &[Prepared], v: &V3) {
        let Some((index, taken_off)) = &mut self.radar else { return };
        let Some((sensor, site)) = sensors.get(usize::from(*index)).and_then(|s| Some((s, s.site.as_ref()?))) else {
            return;
        };
        let known = Corrected::of(sensor, taken_off.elevation_rad.is_some());
        if known == *taken_off {
            return;
        }
        let [east, north, up] = site.local(&self.z);
        let cross_m = (east * east + north * north).max(1.0).sqrt();
        let range_m = (cross_m * cross_m + up * up).sqrt();
        let axes = site.axes_of(east / cross_m, north / cross_m, up / range_m, cross_m / range_m);
        self.z = along(&self.z, taken_off.range_m - known.range_m, &axes[0]);
        self.z = along(&self.z, (taken_off.azimuth_rad - known.azimuth_rad) * cross_m, &axes[1]);
        if let (Some(before), Some(known)) = (taken_off.elevation_rad, known.elevation_rad) {
            self.z = along(&self.z, (before - known) * range_m, &axes[2]);
        }
        // A clock that is ahead by more than was known: the place is that of an earlier moment, and the object is farther on.
        self.z = along(&self.z, known.time_s - taken_off.time_s, v);
        *taken_off = known;
    }

    fn rows(&self) -> Rows {
        Rows {
            z: self.z,
            rows: self.rows,
            variance: self.variance,
            dims: usize::from(self.dims),
            clutter: 0.0,
            unseen: 0.0,
        }
    }
}

/// The plots of one look that may have been the track's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mixture {
    /// Probability that none of them was.
    pub unseen: f64,
    pub parts: Vec<Taken>,
}
skypicket_model::canon_struct!(Mixture { unseen, parts });

/// What happened to a filter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// One measured place, surely its own.
    Place(Taken),
    /// Several that may have been its own, or none.
    Places(Box<Mixture>),
    /// Its own word on its velocity: east, north, up, and their 1-sigma, m/s.
    Velocity([Option<f64>; 3], f64),
    /// Another tracker's opinion, by inverse covariance intersection.
    Crossed(Taken),
    /// It began again from a statement that nothing before led to.
    Restarted(Box<Belief>),
    /// It went on with the estimate of another track that was the same object.
    Replaced(Box<Belief>),
    /// From then on the free model alone followed it.
    Single,
    /// From then on all models followed it again.
    Many,
}
skypicket_model::canon_enum!(What {
    0 => Place(a), 1 => Places(a), 2 => Velocity(a, b), 3 => Crossed(a), 4 => Restarted(a), 5 => Replaced(a), 6 => Single, 7 => Many,
});

/// What happened, and the moment that it tells of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Evidence {
    pub time: Time,
    pub what: What,
}
skypicket_model::canon_struct!(Evidence { time, what });

/// How a state of the filter came out of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// By motion over the time between.
    Motion,
    /// All models became one.
    Collapse,
    /// One model became all.
    Expand,
    /// Not at all.
    Break,
}

impl What {
    /// How a state that this makes hangs together with `before`, where it is a state of its own and no better knowledge of that one.
    pub(super) fn link(&self, before: &Belief) -> Option<Link> {
        let kind = |single: bool| match (before.is_single(), single) {
            (false, true) => Some(Link::Collapse),
            (true, false) => Some(Link::Expand),
            _ => None,
        };
        match self {
            Self::Single => kind(true),
            Self::Many => kind(false),
            Self::Replaced(other) => kind(other.is_single()),
            Self::Restarted(_) => Some(Link::Break),
            _ => None,
        }
    }

    /// Takes radars' biases off as they are known now.
    pub(super) fn correct(&mut self, sensors: &[Prepared], v: &V3) {
        match self {
            Self::Place(taken) => taken.correct(sensors, v),
            Self::Places(mixture) => mixture.parts.iter_mut().for_each(|taken| taken.correct(sensors, v)),
            _ => {}
        }
    }

    /// Something was learnt of where the object was.
    pub(super) const fn is_measurement(&self) -> bool {
        !matches!(self, Self::Single | Self::Many)
    }

    /// Works it into a belief of that moment, as the tracker did. What the belief cannot have caused changes nothing.
    pub(super) fn apply(&self, belief: &mut Belief, motion: &Models) {
        match self {
            Self::Place(taken) => {
                if let Some(posterior) = posterior(belief, taken, motion) {
                    (belief.models, belief.mu) = (posterior.models, posterior.mu);
                    belief.keep_above_ground();
                }
            }
            Self::Places(mixture) => {
                mixed(belief, mixture, motion);
                belief.keep_above_ground();
            }
            Self::Velocity(stated, sigma_m_s) => {
                crate::fuse::fuse_velocity(&mut belief.models, &mut belief.mu, *stated, *sigma_m_s);
            }
            Self::Crossed(taken) => {
                let rows = taken.rows();
                for g in &mut belief.models {
                    let next = crate::fuse::system::crossed(g, &rows);
                    if next.is_sound() {
                        *g = next;
                    }
                }
            }
            Self::Restarted(other) | Self::Replaced(other) => belief.clone_from(other),
            Self::Single => {
                if !belief.is_single() {
                    *belief = Belief::single(belief.merged());
                }
            }
            Self::Many => {
                if belief.is_single() {
                    *belief = Belief { models: [belief.models[FREE]; MODELS], mu: INITIAL };
                }
            }
        }
    }
}

fn posterior(belief: &Belief, taken: &Taken, motion: &Models) -> Option<Posterior> {
    update::posterior(&belief.models, &belief.mu, &taken.rows(), 0.0, motion)
}

fn mixed(belief: &mut Belief, mixture: &Mixture, motion: &Models) {
    let found: Vec<(f64, Posterior)> =
        mixture.parts.iter().filter_map(|part| Some((part.share, posterior(belief, part, motion)?))).collect();
    let total = mixture.unseen + found.iter().map(|(share, _)| share).sum::<f64>();
    if found.is_empty() || total <= 0.0 {
        return;
    }
    let parts: Vec<(f64, &Posterior)> = found.iter().map(|(share, one)| (share / total, one)).collect();
    let Belief { models, mu } = belief.clone();
    update::mix((&models, &mu, mixture.unseen / total), &parts, &mut belief.models, &mut belief.mu);
}
