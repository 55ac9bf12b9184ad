//! What a track was made of in the last while: a state of the filter, and the evidence since.

use super::evidence::{Belief, Evidence, Link, What};
use crate::gauss::V3;
use crate::params::Params;
use crate::predict::Models;
use crate::sensor::Prepared;
use skypicket_model::{Span, Time};
use std::collections::VecDeque;

/// Evidence within this time is of one moment, s: what the motion models take for no time.
pub(super) const SAME_S: f64 = 1e-6;

/// A filter's state and all that happened to it since. Older evidence than the lag is folded into the state, in the order in which it was
/// measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct History {
    pub(super) anchor: Belief,
    pub(super) anchor_time: Time,
    pub(super) evidence: VecDeque<Evidence>,
    /// All of it is wanted, not only what the lag holds.
    pub whole: bool,
    /// When it was last asked to be kept.
    pub wanted: Time,
}
skypicket_model::canon_struct!(History { anchor, anchor_time, evidence, whole, wanted });

/// A state of the filter in the order of measured time.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub time: Time,
    /// What evidence up to this moment says.
    pub belief: Belief,
    /// How the next node came out of this one.
    pub link: Link,
    /// Something was learnt at this moment.
    pub measured: bool,
}

impl History {
    /// Begins with a state of the filter.
    pub(crate) fn new(belief: Belief, time: Time, whole: bool, wanted: Time) -> Self {
        Self { anchor: belief, anchor_time: time, evidence: VecDeque::new(), whole, wanted }
    }

    /// Takes note of something, in its place, and folds what is too old. `false` when the folded state broke: the history is worth nothing.
    /// What is older than the folded state comes too late and changes nothing.
    pub(crate) fn note(&mut self, time: Time, what: What, motion: &Models, params: &Params) -> bool {
        if time < self.anchor_time {
            return true;
        }
        let at = self.evidence.iter().rposition(|kept| kept.time <= time).map_or(0, |before| before + 1);
        self.evidence.insert(at, Evidence { time, what });
        let most = if self.whole { params.smooth_whole } else { params.smooth_evidence };
        let lag = Span::from_s_f64(params.smooth_lag_s).unwrap_or(Span::ZERO);
        let cut = match self.evidence.back() {
            Some(newest) if !self.whole => newest.time - lag,
            _ => Time::MIN,
        };
        while self.evidence.len() > most.max(1) || self.evidence.front().is_some_and(|oldest| oldest.time <= cut) {
            if !self.fold(motion) {
                return false;
            }
        }
        true
    }

    fn fold(&mut self, motion: &Models) -> bool {
        let Some(oldest) = self.evidence.pop_front() else { return true };
        let dt_s = (oldest.time - self.anchor_time).s();
        motion.predict(&mut self.anchor.models, &mut self.anchor.mu, dt_s);
        oldest.what.apply(&mut self.anchor, motion);
        self.anchor_time = oldest.time;
        self.anchor.is_sound()
    }

    /// Takes radars' biases off the evidence as they are known now: what was measured before they were known is worth as much as what was
    /// measured after. The folded state stays as it is.
    pub(super) fn correct(&mut self, sensors: &[Prepared], v: &V3) {
        for piece in &mut self.evidence {
            piece.what.correct(sensors, v);
        }
    }

    /// How much evidence is held.
    pub(crate) fn len(&self) -> usize {
        self.evidence.len()
    }

    #[cfg(test)]
    pub(super) fn first_belief(&self) -> &Belief {
        &self.anchor
    }
    #[cfg(test)]
    pub(super) fn pieces(&self) -> impl Iterator<Item = (Time, &What)> {
        self.evidence.iter().map(|piece| (piece.time, &piece.what))
    }

    /// All states of the filter, each from the evidence up to its moment, in the order of measured time.
    pub(super) fn forward(&self, motion: &Models) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(self.evidence.len() + 2);
        let mut now = Node { time: self.anchor_time, belief: self.anchor.clone(), link: Link::Motion, measured: true };
        for Evidence { time, what } in &self.evidence {
            let dt_s = (*time - now.time).s();
            if dt_s > SAME_S {
                nodes.push(now.clone());
                motion.predict(&mut now.belief.models, &mut now.belief.mu, dt_s);
                now = Node { time: *time, measured: false, ..now };
            }
            if let Some(link) = what.link(&now.belief) {
                nodes.push(Node { link, ..now.clone() });
            }
            what.apply(&mut now.belief, motion);
            now.measured |= what.is_measurement();
        }
        nodes.push(now);
        nodes
    }
}
