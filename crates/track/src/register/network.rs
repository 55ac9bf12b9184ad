//! The least-squares problem of all radars' biases: what pairs told so far, forgotten slowly, and its answer once a second.
//!
//! Each pair is a linear equation in the biases of one radar (against a self-report) or of two (against each other). The problem is
//! kept as sums of normal equations, a block a radar and a block a pair of radars, in units of the prior's sigma; the prior itself is
//! added at each solution and never fades, so that what the traffic cannot tell (a clock error common to all, a null space of one
//! geometry) stays where the prior puts it: at zero, with the prior's sigma. Sums do not feed back, so nothing can oscillate.

use crate::gauss::{along, sub, sym_vec};
use crate::register::STATES;
use crate::register::equation::{
    Equation, Node, PAIR_GATE, Surprise, accumulate, accumulate_sum, scale_block, scale_column,
};
use crate::register::solve::{Block, Column, System, distance2, inverse, log_det_and_distance2};
use skypicket_model::{Span, Time, math};

/// Most radars that are registered against each other; further ones are registered against self-reports only.
const MAX_JOINED: usize = 64;
/// Most pairs of radars. Origin: a country's radar overlaps with a dozen others at most.
const MAX_TOGETHER: usize = 512;
/// States that are solved every second; more of them less often, so that the cost stays below a thousandth of a core.
const STATES_A_SECOND: usize = 64;

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
    /// When it was last counted who sees what.
    pub counted: Option<Time>,
    system: System,
}

impl skypicket_model::Canon for Network {
    fn encode(&self, out: &mut Vec<u8>) {
        self.nodes.encode(out);
        self.together.encode(out);
        self.faded.encode(out);
        self.solved.encode(out);
        self.dirty.encode(out);
        self.counted.encode(out);
    }
    fn decode(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        let (nodes, together): (Vec<Node>, Vec<Together>) = skypicket_model::Canon::decode(reader)?;
        let in_order = together.windows(2).all(|w| (w[0].a, w[0].b) < (w[1].a, w[1].b));
        if !in_order || together.iter().any(|t| t.a >= t.b || usize::from(t.b) >= nodes.len()) {
            return Err(skypicket_model::CanonError::Invalid);
        }
        let (faded, solved, dirty) = skypicket_model::Canon::decode(reader)?;
        let counted = skypicket_model::Canon::decode(reader)?;
        Ok(Self { nodes, together, faded, solved, dirty, counted, system: System::default() })
    }
}

impl Network {
    /// What is known of a sensor; the prior of one that never was in a pair.
    pub(crate) fn node(&self, index: u16) -> Option<&Node> {
        self.nodes.get(usize::from(index))
    }

    pub(crate) fn node_mut(&mut self, index: u16) -> &mut Node {
        let index = usize::from(index);
        if self.nodes.len() <= index {
            self.nodes.resize(index + 1, Node::default());
        }
        &mut self.nodes[index]
    }

    /// Judges an equation and takes it if it is no surprise. A demoted radar teaches nobody: the other side is taken as known, and
    /// the equation is the demoted one's alone.
    pub(crate) fn take(&mut self, equation: &Equation) {
        let demoted = |index: u16| self.node(index).is_some_and(|node| node.watch.demoted.is_some());
        let reduced = match &equation.b {
            Some((b, _)) => match (demoted(equation.a.0), demoted(*b)) {
                (true, true) => return,
                (true, false) => Some(self.with_known_reference(equation)),
                (false, true) => Some(self.with_known_reference(&equation.turned())),
                (false, false) => None,
            },
            None => None,
        };
        let equation = reduced.as_ref().unwrap_or(equation);
        let Some(surprise) = self.surprise(equation) else { return };
        let (a, effect) = &equation.a;
        let node = self.node_mut(*a);
        let leans = surprise.leans(node, effect, 1.0);
        node.watch.judge(&surprise, leans);
        if let Some((b, effect)) = &equation.b {
            let node = self.node_mut(*b);
            let leans = surprise.leans(node, effect, -1.0);
            node.watch.judge(&surprise, leans);
        }
        if surprise.d2 <= PAIR_GATE {
            self.add(equation);
        }
    }

    fn with_known_reference(&self, equation: &Equation) -> Equation {
        let mut alone = equation.clone();
        if let Some((b, effect)) = alone.b.take()
            && let Some(node) = self.node(b)
        {
            alone.z = along(&alone.z, 1.0, &node.offset(&effect));
            node.widen(&mut alone.s, &effect);
        }
        alone
    }

    /// What an equation says beyond the present answer; `None` when its covariance is none.
    fn surprise(&mut self, equation: &Equation) -> Option<Surprise> {
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
        distance2(&left, &s).map(|d2| Surprise { left, s, d2 })
    }

    /// Adds an equation to the sums.
    fn add(&mut self, equation: &Equation) {
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

    /// How many radars are in pairs.
    fn joined(&self) -> usize {
        let mut all: Vec<u16> = self.together.iter().flat_map(|t| [t.a, t.b]).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// What is known of several radars together, their numbers ascending: the covariance of all their biases in prior sigmas, from their own pairs with
    /// self-reports and among each other. `None` when there is none.
    pub(crate) fn joint(&self, radars: &[u16]) -> Option<System> {
        let mut system = System::default();
        system.reset(radars.len() * STATES);
        for (row, radar) in radars.iter().enumerate() {
            if let Some(node) = self.node(*radar) {
                system.add(row, row, &node.info);
            }
        }
        for t in &self.together {
            if let (Ok(a), Ok(b)) = (radars.binary_search(&t.a), radars.binary_search(&t.b)) {
                system.add(a, a, &t.aa);
                system.add(b, a, &t.ba);
                system.add(b, b, &t.bb);
            }
        }
        system.solve().then_some(system)
    }

    /// How many radars would be in pairs if these two were.
    fn joined_with(&self, a: u16, b: u16) -> usize {
        let mut all: Vec<u16> = self.together.iter().flat_map(|t| [t.a, t.b]).chain([a, b]).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }

    /// Forgets most of what is known of a radar: it is no longer what it was.
    pub(crate) fn forget(&mut self, index: u16, keep: f64) {
        let node = self.node_mut(index);
        scale_block(&mut node.info, keep);
        scale_column(&mut node.sum, keep);
        for t in self.together.iter_mut().filter(|t| t.a == index || t.b == index) {
            t.fade(keep);
        }
        self.dirty = true;
    }

    /// Fades all sums and solves them anew, when it is time. Returns whether the answer changed.
    pub(crate) fn solve(&mut self, now: Time, memory_s: f64) -> bool {
        // Pairs come together by twos: n radars that all share traffic are n · (n − 1) / 2 of them.
        let joined = self.joined() * STATES;
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
                node.covariance = system.covariance(k, k);
                node.evidence = log_det_and_distance2(&node.covariance, &node.estimate).map_or(0.0, log_ratio);
            }
            // Two radars may differ surely, although neither is surely off by itself.
            for t in &self.together {
                let (Ok(a), Ok(b)) = (members.binary_search(&t.a), members.binary_search(&t.b)) else { continue };
                let together = system.pair(a, b).map_or(0.0, log_ratio);
                for index in [t.a, t.b] {
                    let node = &mut self.nodes[usize::from(index)];
                    node.evidence = node.evidence.max(together);
                }
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

/// ln of the evidence for biases as the prior has them over that for none: ½·(ln |P| + b̂ᵀP⁻¹b̂) with the prior's |P₀| = 1 (Savage and
/// Dickey).
fn log_ratio((log_det, d2): (f64, f64)) -> f64 {
    0.5 * (log_det + d2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gauss::{S3, V3};
    use crate::register::equation::Effect;
    use proptest::prelude::*;

    fn vector() -> impl Strategy<Value = V3> {
        [-300.0..300.0, -300.0..300.0, -300.0..300.0]
    }

    fn equation() -> impl Strategy<Value = Equation> {
        let effect = || [vector(), vector(), vector(), vector()];
        (vector(), [1.0..1e5_f64, 1.0..1e5, 1.0..1e5], 0_u16..5, effect(), 0_u16..9, effect(), 0.1..1.0_f64).prop_map(
            |(z, variance, a, effect_a, b, effect_b, weight): (V3, V3, u16, Effect, u16, Effect, f64)| {
                let s: S3 = [variance[0], 0.0, 0.0, variance[1], 0.0, variance[2]];
                // Above four: a self-report. Never a radar against itself.
                let b = (b < 5 && b != a).then_some((b, effect_b));
                Equation { z, s, a: (a, effect_a), b, weight }
            },
        )
    }

    proptest! {
        #[test]
        fn covariances_stay_positive_and_never_exceed_the_prior(
            equations in prop::collection::vec((equation(), 0..20_i64), 1..60),
        ) {
            let mut network = Network::default();
            let mut now = Time::from_s(1_000_000);
            for (equation, pause_s) in &equations {
                network.take(equation);
                now += Span::from_s(*pause_s);
                network.solve(now, 1800.0);
            }
            for node in &network.nodes {
                for k in 0..STATES {
                    let variance = node.covariance[k][k];
                    prop_assert!(variance > 0.0 && variance <= 1.0 + 1e-9, "{variance}");
                    prop_assert!(node.estimate[k].is_finite());
                    for j in 0..STATES {
                        prop_assert!((node.covariance[k][j] - node.covariance[j][k]).abs() < 1e-9);
                    }
                }
                prop_assert!(log_det_and_distance2(&node.covariance, &node.estimate).is_some());
            }
        }

        #[test]
        fn an_equation_read_from_either_side_is_the_same(equation in equation()) {
            let (mut one, mut other) = (Network::default(), Network::default());
            one.add(&equation);
            other.add(&equation.turned());
            one.solve(Time::from_s(1), 1800.0);
            other.solve(Time::from_s(1), 1800.0);
            for (a, b) in one.nodes.iter().zip(&other.nodes) {
                for k in 0..STATES {
                    prop_assert!((a.estimate[k] - b.estimate[k]).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn what_was_learned_long_ago_fades_and_the_prior_stays() {
        let effect = [[100.0, 0.0, 0.0], [0.0, 100.0, 0.0], [0.0, 0.0, 100.0], [0.0; 3]];
        let far = |z| Equation { z, s: [100.0, 0.0, 0.0, 100.0, 0.0, 100.0], a: (0, effect), b: None, weight: 1.0 };
        let mut network = Network::default();
        network.add(&far([50.0, 0.0, 0.0]));
        network.solve(Time::from_s(0), 100.0);
        // One sigma of the prior is 100 m, the noise 10 m.
        let near = network.nodes[0].estimate[0];
        assert!((near - 0.5 / 1.01).abs() < 1e-12, "{near}");
        assert!((network.nodes[0].covariance[3][3] - 1.0).abs() < 1e-12);
        network.add(&Equation { weight: 0.0, ..far([0.0; 3]) });
        network.solve(Time::from_s(1000), 100.0);
        let left = 100.0 * math::exp(-10.0);
        assert!((network.nodes[0].covariance[0][0] - 1.0 / (1.0 + left)).abs() < 1e-12);
    }
}
