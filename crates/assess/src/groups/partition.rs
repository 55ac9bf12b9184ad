//! The most probable partition of flights into groups, found by moves that each make it more probable: one flight elsewhere, two groups as one, one
//! group as two. No randomness: flights and groups are taken in order.

use super::mixture::{Cluster, Features, Share};

/// Rounds of moves at most; nearly always three or four are enough.
const ROUNDS: usize = 24;
/// A move must gain this much, so that rounding moves nothing to and fro.
const GAIN: f64 = 1e-6;

/// Assigns each flight a group, beginning with the groups given (`None`: not yet in any). Numbers mean nothing but equality; groups may end empty.
/// Bounded: at most 24 rounds, each of flights × groups + groups² + flights × sorting keys evaluations.
#[must_use]
pub fn partition(flights: &[Features], begin: &[Option<usize>]) -> Vec<usize> {
    let mut search = Search::new(flights, begin);
    for _ in 0..ROUNDS {
        let moved = search.move_flights();
        let merged = search.merge();
        let split = search.split();
        if !(moved || merged || split) {
            break;
        }
    }
    search.of
}

/// By how much it is more probable that all of `flights` are one group than that they are two, the best two that are found: natural logarithm of
/// the odds. 0 for fewer than two.
#[must_use]
pub fn cohesion(flights: &[Features]) -> f64 {
    if flights.len() < 2 {
        return 0.0;
    }
    let shares: Vec<Share> = flights.iter().map(Share::of).collect();
    let members: Vec<usize> = (0..flights.len()).collect();
    let whole = shares.iter().fold(Cluster::default(), Cluster::with).score();
    best_cut(flights, &shares, &members).map_or(0.0, |(score, _)| whole - score)
}

/// Logarithm of the odds that `flight` belongs to the group of `members` rather than to none of them.
#[must_use]
pub fn joins(members: &[Features], flight: &Features) -> f64 {
    let share = Share::of(flight);
    let group = members.iter().fold(Cluster::default(), |cluster, member| cluster.with(&Share::of(member)));
    group.with(&share).score() - group.score() - Cluster::default().with(&share).score()
}

struct Search<'f> {
    flights: &'f [Features],
    shares: Vec<Share>,
    of: Vec<usize>,
    clusters: Vec<Cluster>,
    scores: Vec<f64>,
}

impl<'f> Search<'f> {
    fn new(flights: &'f [Features], begin: &[Option<usize>]) -> Self {
        let shares: Vec<Share> = flights.iter().map(Share::of).collect();
        let mut search = Self { flights, shares, of: Vec::new(), clusters: Vec::new(), scores: Vec::new() };
        let known = begin.iter().flatten().map(|group| group + 1).max().unwrap_or(0).min(flights.len());
        search.clusters.resize(known, Cluster::default());
        for i in 0..flights.len() {
            let group = begin.get(i).copied().flatten().filter(|group| *group < known);
            let group = group.unwrap_or_else(|| {
                search.clusters.push(Cluster::default());
                search.clusters.len() - 1
            });
            search.of.push(group);
            if let (Some(cluster), Some(share)) = (search.clusters.get_mut(group), search.shares.get(i)) {
                cluster.add(share);
            }
        }
        search.scores = search.clusters.iter().map(Cluster::score).collect();
        search
    }

    fn set(&mut self, group: usize, cluster: Cluster) {
        if let (Some(kept), Some(score)) = (self.clusters.get_mut(group), self.scores.get_mut(group)) {
            *score = cluster.score();
            *kept = cluster;
        }
    }

    /// Puts each flight where it fits best.
    fn move_flights(&mut self) -> bool {
        let mut any = false;
        for i in 0..self.flights.len() {
            let (Some(&from), Some(&share)) = (self.of.get(i), self.shares.get(i)) else { continue };
            let Some(&here) = self.clusters.get(from) else { continue };
            let mut without = here;
            without.remove(&share);
            let leaving = without.score() - here.score();
            let mut best = (GAIN, None);
            let mut empty_tried = here.n == 1;
            for (to, cluster) in self.clusters.iter().enumerate() {
                // All empty ones are alike.
                if to == from || (cluster.n == 0 && std::mem::replace(&mut empty_tried, true)) {
                    continue;
                }
                let gain = leaving + cluster.with(&share).score() - self.scores.get(to).copied().unwrap_or(0.0);
                if gain > best.0 {
                    best = (gain, Some(to));
                }
            }
            if best.1.is_none() && !empty_tried {
                let gain = leaving + Cluster::default().with(&share).score();
                if gain > best.0 {
                    self.clusters.push(Cluster::default());
                    self.scores.push(0.0);
                    best = (gain, Some(self.clusters.len() - 1));
                }
            }
            let Some(to) = best.1 else { continue };
            let Some(&there) = self.clusters.get(to) else { continue };
            self.set(from, without);
            self.set(to, there.with(&share));
            if let Some(of) = self.of.get_mut(i) {
                *of = to;
            }
            any = true;
        }
        any
    }

    /// Makes one of two groups wherever that is more probable, the greatest gain first.
    fn merge(&mut self) -> bool {
        let mut any = false;
        loop {
            let mut best = (GAIN, None);
            for (a, one) in self.clusters.iter().enumerate().filter(|(_, cluster)| cluster.n > 0) {
                for (b, other) in self.clusters.iter().enumerate().skip(a + 1).filter(|(_, cluster)| cluster.n > 0) {
                    // Single flights find each other by moving.
                    if one.n == 1 && other.n == 1 {
                        continue;
                    }
                    let apart = self.scores.get(a).copied().unwrap_or(0.0) + self.scores.get(b).copied().unwrap_or(0.0);
                    let gain = one.and(other).score() - apart;
                    if gain > best.0 {
                        best = (gain, Some((a, b, one.and(other))));
                    }
                }
            }
            let Some((a, b, both)) = best.1 else { return any };
            self.set(a, both);
            self.set(b, Cluster::default());
            self.of.iter_mut().filter(|of| **of == b).for_each(|of| *of = a);
            any = true;
        }
    }

    /// Cuts groups in two where that is more probable.
    fn split(&mut self) -> bool {
        let mut any = false;
        for group in 0..self.clusters.len() {
            let members: Vec<usize> = (0..self.flights.len()).filter(|i| self.of.get(*i) == Some(&group)).collect();
            if members.len() < 4 {
                continue;
            }
            let Some((score, leaves)) = best_cut(self.flights, &self.shares, &members) else { continue };
            if score <= self.scores.get(group).copied().unwrap_or(0.0) + GAIN {
                continue;
            }
            let new = self.clusters.len();
            self.clusters.push(Cluster::default());
            self.scores.push(0.0);
            let mut kept = Cluster::default();
            let mut left = Cluster::default();
            for i in members {
                let Some(share) = self.shares.get(i) else { continue };
                if leaves.contains(&i) {
                    left.add(share);
                    if let Some(of) = self.of.get_mut(i) {
                        *of = new;
                    }
                } else {
                    kept.add(share);
                }
            }
            self.set(group, kept);
            self.set(new, left);
            any = true;
        }
        any
    }
}

/// The best way found to cut a group in two along one of its dimensions: the score of both parts, and who leaves.
fn best_cut(flights: &[Features], shares: &[Share], members: &[usize]) -> Option<(f64, Vec<usize>)> {
    let keys: [fn(&Features) -> f64; 5] = [
        |f| f.time_min,
        |f| f.place_km[0],
        |f| f.place_km[1],
        |f| f.place_km[0] - 150.0 * skypicket_model::math::sin(f.course_rad),
        |f| f.place_km[1] - 150.0 * skypicket_model::math::cos(f.course_rad),
    ];
    let mut best: Option<(f64, Vec<usize>)> = None;
    for key in keys {
        let mut order: Vec<usize> = members.to_vec();
        let value = |i: usize| flights.get(i).map_or(0.0, key);
        order.sort_by(|a, b| value(*a).total_cmp(&value(*b)).then(a.cmp(b)));
        let whole = order.iter().filter_map(|i| shares.get(*i)).fold(Cluster::default(), Cluster::with);
        let (mut low, mut high) = (Cluster::default(), whole);
        for (cut, i) in order.iter().enumerate().take(order.len().saturating_sub(1)) {
            let Some(share) = shares.get(*i) else { continue };
            low.add(share);
            high.remove(share);
            let score = low.score() + high.score();
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, order.iter().skip(cut + 1).copied().collect()));
            }
        }
    }
    best
}
