//! One pair as an equation in the biases of one radar or two, and what a radar's equations add up to.

use crate::gauss::{S3, V3, along, dot, sym_vec};
use crate::register::STATES;
use crate::register::solve::{Block, Column, IDENTITY};
use crate::register::watch::{Watch, is_known};

/// Squared distance beyond which a pair is a wrong pair more often than news. Origin: chi-square, three degrees of freedom, 0.9999.
pub(crate) const PAIR_GATE: f64 = 21.1;

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

impl Equation {
    /// The same with both sides' roles exchanged.
    pub(crate) fn turned(&self) -> Self {
        let Some(b) = self.b else { return self.clone() };
        Self { z: [-self.z[0], -self.z[1], -self.z[2]], a: b, b: Some(self.a), ..*self }
    }
}

/// What is known of one radar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Normal equations of its pairs with self-reports.
    pub info: Block,
    pub sum: Column,
    /// Its biases, in prior sigmas, and their covariance, as of the last solution.
    pub estimate: Column,
    pub covariance: Block,
    /// ln of the evidence for a bias over that for none, by itself or with another radar.
    pub evidence: f64,
    /// Pairs used so far.
    pub pairs: u32,
    /// Whether it can be believed.
    pub watch: Watch,
}
skypicket_model::canon_struct!(Node { info, sum, estimate, covariance, evidence, pairs, watch });

impl Default for Node {
    fn default() -> Self {
        Self {
            info: [[0.0; STATES]; STATES],
            sum: [0.0; STATES],
            estimate: [0.0; STATES],
            covariance: IDENTITY,
            evidence: 0.0,
            pairs: 0,
            watch: Watch::default(),
        }
    }
}

impl Node {
    /// How far its biases move a plot.
    pub(crate) fn offset(&self, effect: &Effect) -> V3 {
        effect.iter().zip(&self.estimate).fold([0.0; 3], |sum, (column, bias)| along(&sum, *bias, column))
    }

    /// Adds what is not known of that.
    pub(crate) fn widen(&self, s: &mut S3, effect: &Effect) {
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

/// How a pair compares with what is expected of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surprise {
    /// Difference left after correction, metres.
    pub left: V3,
    /// Its covariance, with that of the biases.
    pub s: S3,
    /// Squared distance, three degrees of freedom.
    pub d2: f64,
}

impl Surprise {
    /// The difference along a radar's axes, in sigmas; `sign` −1 for the radar that is the reference. Only where its bias was known.
    pub(crate) fn leans(&self, node: &Node, effect: &Effect, sign: f64) -> [Option<f64>; 3] {
        [0, 1, 2].map(|k| {
            let column = &effect[k];
            let variance = dot(column, &sym_vec(&self.s, column));
            (self.d2 <= PAIR_GATE && variance > 0.0 && is_known(node, k))
                .then(|| sign * dot(column, &self.left) / variance.sqrt())
        })
    }
}

/// Adds weight · leftᵀ·W·right.
pub(crate) fn accumulate(block: &mut Block, left: &Effect, right: &Effect, w: &S3, weight: f64) {
    for (j, column) in right.iter().enumerate() {
        let wc = sym_vec(w, column);
        for (line, row) in block.iter_mut().zip(left) {
            line[j] += weight * dot(row, &wc);
        }
    }
}

/// Adds weight · effectᵀ·W·z.
pub(crate) fn accumulate_sum(sum: &mut Column, effect: &Effect, wz: &V3, weight: f64) {
    for (own, column) in sum.iter_mut().zip(effect) {
        *own += weight * dot(column, wz);
    }
}

/// Multiplies all of it.
pub(crate) fn scale_block(block: &mut Block, by: f64) {
    block.iter_mut().for_each(|line| scale_column(line, by));
}

/// Multiplies all of it.
pub(crate) fn scale_column(column: &mut Column, by: f64) {
    column.iter_mut().for_each(|value| *value *= by);
}
