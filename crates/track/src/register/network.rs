//! The least-squares problem of all radars' biases: what pairs told so far, forgotten slowly, and its answer once a second.
//!
//! Each pair is a linear equation in the biases of one radar (against a self-report) or of two (against each other). The problem is
//! kept as sums of normal equations, a block a radar and a block a pair of radars, in units of the prior's sigma; the prior itself is
//! added at each solution and never fades, so that what the traffic cannot tell (a clock error common to all, a null space of one
//! geometry) stays where the prior puts it: at zero, with the prior's sigma. Sums do not feed back, so nothing can oscillate.

use crate::gauss::{S3, V3, along, dot, sub, sym_vec};
use crate::register::STATES;
use crate::register::solve::{Block, Column, IDENTITY, System, distance2, inverse};
use skypicket_model::{Span, Time, math};

/// Most radars that are registered against each other; further ones are registered against self-reports only.
const MAX_JOINED: usize = 64;
/// Most pairs of radars. Origin: a country's radar overlaps with a dozen others at most.
const MAX_TOGETHER: usize = 512;
/// Squared distance beyond which a pair is a wrong pair more often than news. Origin: chi-square, three degrees of freedom, 0.9999.
pub(crate) const PAIR_GATE: f64 = 21.1;
/// States that are solved every second; more of them less often, so that the cost stays below a thousandth of a core.
const STATES_A_SECOND: usize = 64;

/// What one sigma of each of a radar's biases moves a plot by, metres in ECEF: range, azimuth, elevation, time.
pub(crate) type Effect = [V3; STATES];

/// One pair: the place that radar `a` measured less the reference, uncorrected for bias.
#[derive(Clone, Debug)]
pub(crate) struct Equation {
    /// Difference, metres.
    pub z: V3,
    /// Covariance of its noise.
    pub s: S3,
    /// The radar that measured.
    pub a: (u16, Effect),
    /// The radar that is the reference; none for a self-report.
    pub b: Option<(u16, Effect)>,
    /// How much of the equation counts: less than one where plots stand in several pairs.
    pub weight: f64,
}

/// What is known of one radar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Normal equations of its pairs with self-reports.
    info: Block,
    sum: Column,
    /// Its biases, in prior sigmas, and their covariance, as of the last solution.
    pub estimate: Column,
    pub covariance: Block,
    /// Pairs used so far.
    pub pairs: u32,
}
skypicket_model::canon_struct!(Node { info, sum, estimate, covariance, pairs });

impl Default for Node {
    fn default() -> Self {
        Self {
            info: [[0.0; STATES]; STATES],
            sum: [0.0; STATES],
            estimate: [0.0; STATES],
            covariance: IDENTITY,
            pairs: 0,
        }
    }
}

impl Node {
    fn offset(&self, effect: &Effect) -> V3 {
        effect.iter().zip(&self.estimate).fold([0.0; 3], |sum, (column, bias)| along(&sum, *bias, column))
    }

    fn widen(&self, s: &mut S3, effect: &Effect) {
        for (column, line) in effect.iter().zip(&self.covariance) {
            let u = effect.iter().zip(line).fold([0.0; 3], |sum, (other, p)| along(&sum, *p, other));
            s[0] += column[0] * u[0];
            s[1] += column[0] * u[1];
            s[2] += column[0] * u[2];
            s[3] += column[1] * u[1];
            s[4] += column[1] * u[2];
            s[5] += column[2] * u[2];
        }
    }
}

/// Normal equations of the pairs of two radars, `a` < `b`.
#[derive(Clone, Debug, PartialEq)]
struct Together {
    a: u16,
    b: u16,
    aa: Block,
    ba: Block,
    bb: Block,
    sum_a: Column,
    sum_b: Column,
}
skypicket_model::canon_struct!(Together { a, b, aa, ba, bb, sum_a, sum_b });

/// All radars' equations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    nodes: Vec<Node>,
    together: Vec<Together>,
    /// Until when the sums have been faded.
    faded: Option<Time>,
    solved: Option<Time>,
    dirty: bool,
    system: System,
}

impl skypicket_model::Canon for Network {
    fn encode(&self, out: &mut Vec<u8>) {
        self.nodes.encode(out);
        self.together.encode(out);
        self.faded.encode(out);
        self.solved.encode(out);
        self.dirty.encode(out);
    }
    fn decode(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        let (nodes, together): (Vec<Node>, Vec<Together>) = skypicket_model::Canon::decode(reader)?;
        let in_order = together.windows(2).all(|w| (w[0].a, w[0].b) < (w[1].a, w[1].b));
        if !in_order || together.iter().any(|t| t.a >= t.b || usize::from(t.b) >= nodes.len()) {
            return Err(skypicket_model::CanonError::Invalid);
        }
        let (faded, solved, dirty) = skypicket_model::Canon::decode(reader)?;
        Ok(Self { nodes, together, faded, solved, dirty, system: System::default() })
    }
}

impl Network {
    /// What is known of a sensor; the prior of one that never was in a pair.
    pub(crate) fn node(&self, index: u16) -> Option<&Node> {
        self.nodes.get(usize::from(index))
    }

    fn node_mut(&mut self, index: u16) -> &mut Node {
        let index = usize::from(index);
        if self.nodes.len() <= index {
            self.nodes.resize(index + 1, Node::default());
        }
        &mut self.nodes[index]
    }

    /// Squared distance of an equation from the present answer, three degrees of freedom; `None` when its covariance is none.
    pub(crate) fn surprise(&mut self, equation: &Equation) -> Option<f64> {
        let (mut left, mut s) = (equation.z, equation.s);
        let (a, effect) = &equation.a;
        let node = self.node_mut(*a);
        left = sub(&left, &node.offset(effect));
        node.widen(&mut s, effect);
        if let Some((b, effect)) = &equation.b {
            let node = self.node_mut(*b);
            left = along(&left, 1.0, &node.offset(effect));
            node.widen(&mut s, effect);
        }
        distance2(&left, &s)
    }

    /// Adds an equation to the sums.
    pub(crate) fn add(&mut self, equation: &Equation) {
        let Some(w) = inverse(&equation.s) else { return };
        let (a, effect_a) = &equation.a;
        let wz = sym_vec(&w, &equation.z);
        match &equation.b {
            None => {
                let node = self.node_mut(*a);
                accumulate(&mut node.info, effect_a, effect_a, &w, equation.weight);
                accumulate_sum(&mut node.sum, effect_a, &wz, equation.weight);
            }
            Some((b, effect_b)) => {
                // The lower index first; the equation with both sides' signs turned is the same equation.
                let (first, second, sign) =
                    if a < b { ((*a, effect_a), (*b, effect_b), 1.0) } else { ((*b, effect_b), (*a, effect_a), -1.0) };
                let Some(sums) = self.between(first.0, second.0) else { return };
                accumulate(&mut sums.aa, first.1, first.1, &w, equation.weight);
                accumulate(&mut sums.bb, second.1, second.1, &w, equation.weight);
                accumulate(&mut sums.ba, second.1, first.1, &w, -equation.weight);
                accumulate_sum(&mut sums.sum_a, first.1, &wz, sign * equation.weight);
                accumulate_sum(&mut sums.sum_b, second.1, &wz, -sign * equation.weight);
                let node = self.node_mut(*b);
                node.pairs = node.pairs.saturating_add(1);
            }
        }
        let node = self.node_mut(*a);
        node.pairs = node.pairs.saturating_add(1);
        self.dirty = true;
    }

    fn between(&mut self, a: u16, b: u16) -> Option<&mut Together> {
        let at = match self.together.binary_search_by_key(&(a, b), |t| (t.a, t.b)) {
            Ok(at) => at,
            Err(at) => {
                if self.together.len() >= MAX_TOGETHER || self.joined_with(a, b) > MAX_JOINED {
                    return None;
                }
                let zero = [[0.0; STATES]; STATES];
                let new = Together { a, b, aa: zero, ba: zero, bb: zero, sum_a: [0.0; STATES], sum_b: [0.0; STATES] };
                self.together.insert(at, new);
                at
            }
        };
        self.together.get_mut(at)
    }

    /// How many radars would be in pairs if these two were.
    fn joined_with(&self, a: u16, b: u16) -> usize {
        let mut all: Vec<u16> = self.together.iter().flat_map(|t| [t.a, t.b]).chain([a, b]).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// Fades all sums and solves them anew, when it is time. Returns whether the answer changed.
    pub(crate) fn solve(&mut self, now: Time, memory_s: f64) -> bool {
        let joined = self.together.len().min(MAX_JOINED) * STATES;
        let interval_s = 1 + ((joined / STATES_A_SECOND) * (joined / STATES_A_SECOND)) as i64;
        if !self.dirty || self.solved.is_some_and(|solved| now - solved < Span::from_s(interval_s)) {
            return false;
        }
        let elapsed_s = self.faded.map_or(0.0, |faded| (now - faded).s()).max(0.0);
        self.faded = Some(self.faded.map_or(now, |faded| faded.max(now)));
        self.solved = Some(now);
        self.dirty = false;
        let keep = math::exp(-elapsed_s / memory_s.max(1.0));
        for node in &mut self.nodes {
            scale_block(&mut node.info, keep);
            scale_column(&mut node.sum, keep);
        }
        for t in &mut self.together {
            t.fade(keep);
        }
        // Radars that are connected by pairs are solved together, each group by itself.
        let mut group: Vec<u16> = (0..self.nodes.len() as u16).collect();
        for t in &self.together {
            let (from, to) = (group[usize::from(t.a)], group[usize::from(t.b)]);
            let (low, high) = (from.min(to), from.max(to));
            for member in &mut group {
                if *member == high {
                    *member = low;
                }
            }
        }
        let mut members = Vec::new();
        for first in 0..self.nodes.len() as u16 {
            if group[usize::from(first)] == first {
                members.clear();
                members.extend((first..self.nodes.len() as u16).filter(|k| group[usize::from(*k)] == first));
                self.solve_group(&members);
            }
        }
        true
    }

    fn solve_group(&mut self, members: &[u16]) {
        let mut system = core::mem::take(&mut self.system);
        system.reset(members.len() * STATES);
        for (k, member) in members.iter().enumerate() {
            let node = &self.nodes[usize::from(*member)];
            system.add(k, k, &node.info);
            system.add_value(k, &node.sum);
        }
        for t in &self.together {
            let (Ok(a), Ok(b)) = (members.binary_search(&t.a), members.binary_search(&t.b)) else { continue };
            system.add(a, a, &t.aa);
            system.add(b, b, &t.bb);
            system.add(b, a, &t.ba);
            system.add_value(a, &t.sum_a);
            system.add_value(b, &t.sum_b);
        }
        if system.solve() {
            for (k, member) in members.iter().enumerate() {
                let node = &mut self.nodes[usize::from(*member)];
                node.estimate.copy_from_slice(&system.value[k * STATES..(k + 1) * STATES]);
                node.covariance = system.covariance(k);
            }
        }
        self.system = system;
    }
}

impl Together {
    fn fade(&mut self, keep: f64) {
        for block in [&mut self.aa, &mut self.ba, &mut self.bb] {
            scale_block(block, keep);
        }
        scale_column(&mut self.sum_a, keep);
        scale_column(&mut self.sum_b, keep);
    }
}

/// Adds weight · leftᵀ·W·right.
fn accumulate(block: &mut Block, left: &Effect, right: &Effect, w: &S3, weight: f64) {
    for (j, column) in right.iter().enumerate() {
        let wc = sym_vec(w, column);
        for (line, row) in block.iter_mut().zip(left) {
            line[j] += weight * dot(row, &wc);
        }
    }
}

fn accumulate_sum(sum: &mut Column, effect: &Effect, wz: &V3, weight: f64) {
    for (own, column) in sum.iter_mut().zip(effect) {
        *own += weight * dot(column, wz);
    }
}

fn scale_block(block: &mut Block, by: f64) {
    block.iter_mut().for_each(|line| scale_column(line, by));
}

fn scale_column(column: &mut Column, by: f64) {
    column.iter_mut().for_each(|value| *value *= by);
}
