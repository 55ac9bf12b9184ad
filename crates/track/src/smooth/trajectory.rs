//! A track's way as all its evidence tells it, at any moment.

use super::backward::{moved, predicted, smooth};
use super::evidence::Belief;
use super::history::{History, Node, SAME_S};
use crate::gauss::{Gauss, dot};
use crate::predict::Models;
use skypicket_model::track::Covariance6;
use skypicket_model::way::Common;
use skypicket_model::{Enu, Geodetic, Tangent, Time, TrackId, Vec3, Way};

/// What was kept of a track, from which its trajectory is worked out; that needs nothing of the tracker any more, so that it may be done
/// elsewhere and later.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The track.
    pub id: TrackId,
    pub(super) history: History,
    pub(super) motion: Models,
    pub(super) common: Vec<Common>,
}

impl Recording {
    /// The way of all that was kept, to draw trajectories from; what is common to it is that of its end.
    #[must_use]
    pub fn way(&self) -> Way {
        let mut way = Way { moments: Vec::new(), common: self.common.clone() };
        super::way::fill(&self.history, Time::MIN, &self.motion, &mut way.moments);
        way
    }

    /// The filter run again over all that was kept, in the order of measured time, and smoothed backwards.
    #[must_use]
    pub fn trajectory(&self) -> Trajectory {
        let nodes = self.history.forward(&self.motion);
        let smoothed = smooth(&nodes, &self.motion);
        Trajectory { id: self.id, nodes, smoothed, motion: self.motion.clone() }
    }

    /// Pieces of evidence kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.history.len()
    }

    /// Nothing has happened since it began.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Where an object was at a moment and how it moved, with their uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The moment.
    pub time: Time,
    /// WGS 84 place and height above the ellipsoid.
    pub position: Geodetic,
    /// Velocity east, north, up, m/s.
    pub velocity: Vec3<Enu>,
    /// Covariance of both, in the ENU frame at `position`. What is not known of radars' biases is not in it: it is common to a whole trajectory.
    pub covariance: Covariance6,
}

impl Estimate {
    fn of(g: &Gauss, time: Time) -> Self {
        let position = Geodetic::from_ecef(Vec3::new(g.x[0], g.x[1], g.x[2]));
        let rotation = Tangent::new(position).rotation();
        let [east, north, up] = rotation.each_ref().map(|axis| dot(axis, &g.v));
        let covariance = crate::report::covariance(g, &rotation);
        Self { time, position, velocity: Vec3::new(east, north, up), covariance }
    }

    /// 1-sigma of east, north and up, metres.
    #[must_use]
    pub fn position_sigma_m(&self) -> [f64; 3] {
        [0, 1, 2].map(|k| self.covariance.get(k, k).max(0.0).sqrt())
    }

    /// 1-sigma of the velocity's components, m/s.
    #[must_use]
    pub fn velocity_sigma_m_s(&self) -> [f64; 3] {
        [3, 4, 5].map(|k| self.covariance.get(k, k).max(0.0).sqrt())
    }
}

/// A track's smoothed trajectory.
#[derive(Clone, Debug)]
pub struct Trajectory {
    id: TrackId,
    nodes: Vec<Node>,
    smoothed: Vec<Belief>,
    motion: Models,
}

impl Trajectory {
    /// The track.
    #[must_use]
    pub const fn id(&self) -> TrackId {
        self.id
    }

    /// The first moment that it tells of.
    #[must_use]
    pub fn from(&self) -> Time {
        self.nodes.first().map_or(Time::MIN, |node| node.time)
    }

    /// The last moment that it tells of: that of the newest evidence. Up to there nothing is foretold.
    #[must_use]
    pub fn until(&self) -> Time {
        self.nodes.last().map_or(Time::MIN, |node| node.time)
    }

    /// The moments at which something was learnt, ascending.
    pub fn moments(&self) -> impl Iterator<Item = Time> + '_ {
        let mut last = None;
        self.nodes.iter().filter(|node| node.measured).filter_map(move |node| {
            let new = last != Some(node.time);
            last = Some(node.time);
            new.then_some(node.time)
        })
    }

    /// What all evidence says of a moment, that of later included. Between two pieces of evidence it is the motion models' own bridge:
    /// the filter's prediction up to the moment, smoothed by what came after. `None` outside of [`Self::from`] and [`Self::until`].
    #[must_use]
    pub fn smoothed(&self, time: Time) -> Option<Estimate> {
        self.belief(time).map(|mut belief| {
            belief.keep_above_ground();
            Estimate::of(&belief.merged(), time)
        })
    }

    /// What the evidence measured up to a moment says of it, whenever it came in; on after the last evidence it is the filter's prediction.
    /// `None` before [`Self::from`].
    #[must_use]
    pub fn causal(&self, time: Time) -> Option<Estimate> {
        let node = self.nodes.get(self.last_until(time)?)?;
        let belief = predicted(&node.belief, (time - node.time).s(), &self.motion);
        Some(Estimate::of(&belief.merged(), time))
    }

    /// The Gaussian of a moment that it tells of.
    #[cfg(test)]
    pub(super) fn gauss(&self, time: Time, smoothed: bool) -> Gauss {
        if smoothed {
            return self.belief(time).expect("a moment within").merged();
        }
        let node = &self.nodes[self.last_until(time).expect("a moment within")];
        predicted(&node.belief, (time - node.time).s(), &self.motion).merged()
    }

    /// The last node at or before a time.
    fn last_until(&self, time: Time) -> Option<usize> {
        self.nodes.partition_point(|node| node.time <= time).checked_sub(1)
    }

    fn belief(&self, time: Time) -> Option<Belief> {
        let at = self.last_until(time)?;
        let (node, smoothed) = (self.nodes.get(at)?, self.smoothed.get(at)?);
        let since_s = (time - node.time).s();
        if since_s <= SAME_S {
            return Some(smoothed.clone());
        }
        let (next, later) = (self.nodes.get(at + 1)?, self.smoothed.get(at + 1)?);
        let here = predicted(&node.belief, since_s, &self.motion);
        let foretold = predicted(&node.belief, (next.time - node.time).s(), &self.motion);
        let belief = moved(&here, &foretold, later, (next.time - time).s(), &self.motion);
        Some(if belief.is_sound() { belief } else { here })
    }
}
