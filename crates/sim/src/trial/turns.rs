//! Turns of true flights, and whether a track was held through each.

use super::flown::Flown;
use super::{Played, Trial};
use skypicket_model::LatLon;
use skypicket_model::math::{atan2, deg, rad, wrap_pi};
use std::collections::BTreeMap;

/// A turn is a change of course of more than this, degrees, …
pub const TURN_DEG: f64 = 60.0;
/// … within this time, seconds.
pub const WITHIN_S: f64 = 60.0;
/// How long after a turn a track must still be the same, seconds: what is lost in a turn is dropped some looks later.
const AFTER_S: f64 = 30.0;
/// A track farther from an object than this does not hold it, metres.
const HOLDS_M: f64 = 1500.0;

/// One turn of one object; turns that follow each other without a pause are one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// The object's number.
    pub object: usize,
    /// When it begins, seconds.
    pub from_s: f64,
    /// When it ends.
    pub to_s: f64,
    /// Sum of the changes of course, degrees, without sign.
    pub turned_deg: f64,
    /// The fastest change of course over 5 s, degrees/s.
    pub fastest_deg_s: f64,
}

/// A turn and how the tracks did in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// The turn.
    pub turn: Turn,
    /// A track held the object when the turn began.
    pub before: bool,
    /// From the first track that held it: how often another one took its place until 30 s after the turn.
    pub changes: u32,
    /// From then on: the most of its own plots in a row that came while no track held it.
    pub unheld_plots: u32,
    /// No track ever held it.
    pub never: bool,
}

/// The turns of a flight.
#[must_use]
pub fn turns(object: usize, flown: &Flown) -> Vec<Turn> {
    const STEP_S: f64 = 1.0;
    /// Courses of what creeps mean nothing, m/s.
    const CREEPS_M_S: f64 = 8.0;
    let Some((from_s, to_s)) = flown.span_s() else { return Vec::new() };
    let count = ((to_s - from_s) / STEP_S).floor().max(0.0) as usize;
    let mut course: Vec<f64> = Vec::with_capacity(count + 1);
    for k in 0..=count {
        let Some(m) = flown.at(from_s + k as f64 * STEP_S).map(|state| state.motion()) else { break };
        let last = course.last().copied();
        let now = if m.ground_speed_m_s() < CREEPS_M_S {
            last.unwrap_or(0.0)
        } else {
            let raw = atan2(m.east_m_s, m.north_m_s);
            last.map_or(raw, |last| last + wrap_pi(raw - last))
        };
        course.push(now);
    }
    let window = (WITHIN_S / STEP_S) as usize;
    let mut inside = vec![false; course.len()];
    for k in 0..course.len() {
        let far = (k + 1..course.len().min(k + window + 1)).find(|j| (course[*j] - course[k]).abs() > rad(TURN_DEG));
        if let Some(far) = far {
            inside[k..=far].fill(true);
        }
    }
    let mut found = Vec::new();
    let mut k = 0;
    while k < inside.len() {
        if !inside[k] {
            k += 1;
            continue;
        }
        let end = inside[k..].iter().position(|in_turn| !in_turn).map_or(inside.len(), |n| k + n) - 1;
        let rate = |j: usize| (course[(j + 5).min(end)] - course[j]).abs() / (5.0 * STEP_S);
        // The straight beginning of the first minute is not yet the turn, nor its end.
        let begin = (k..end).find(|j| rate(*j) > rad(0.5)).unwrap_or(k);
        let last = (begin..end).rev().find(|j| rate(*j) > rad(0.5)).map_or(end, |j| (j + 5).min(end));
        found.push(Turn {
            object,
            from_s: from_s + begin as f64 * STEP_S,
            to_s: from_s + last as f64 * STEP_S,
            turned_deg: deg((begin..last).map(|j| (course[j + 1] - course[j]).abs()).sum()),
            fastest_deg_s: deg((begin..last).map(rate).fold(0.0, f64::max)),
        });
        k = end + 1;
    }
    found
}

/// Which track held which object at the moments asked.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    /// By moment: time, and by object its track.
    at: Vec<(f64, BTreeMap<usize, u64>)>,
}

impl Holdings {
    /// Adds a moment: a track that held an object goes on while it is near, the others take what is nearest, each one object.
    pub fn add(&mut self, trial: &Trial, at_s: f64, tracks: &[(u64, LatLon)]) {
        let places: BTreeMap<u64, LatLon> = tracks.iter().copied().collect();
        let truth: Vec<(usize, LatLon)> = trial
            .targets
            .iter()
            .enumerate()
            .filter_map(|(k, target)| Some((k, target.flown.at(at_s)?.motion().place.lat_lon())))
            .collect();
        let before = self.at.last().map(|(_, held)| held);
        let mut held: BTreeMap<usize, u64> = BTreeMap::new();
        let mut pairs = Vec::new();
        for (object, place) in &truth {
            let kept = before.and_then(|held| held.get(object));
            if let Some(track) = kept.filter(|track| places.get(*track).is_some_and(|p| near(*p, *place) < HOLDS_M)) {
                held.insert(*object, *track);
            }
            for (track, p) in tracks {
                let distance_m = near(*p, *place);
                if distance_m < HOLDS_M {
                    pairs.push((distance_m, *object, *track));
                }
            }
        }
        pairs.sort_by(|a, b| a.partial_cmp(b).unwrap_or(core::cmp::Ordering::Equal));
        for (_, object, track) in pairs {
            if !held.contains_key(&object) && !held.values().any(|other| *other == track) {
                held.insert(object, track);
            }
        }
        self.at.push((at_s, held));
    }

    /// How a turn went; only while its object could be seen and was there.
    #[must_use]
    pub fn through(&self, trial: &Trial, played: &Played, turn: Turn) -> Held {
        let mut result = Held { turn, before: false, changes: 0, unheld_plots: 0, never: true };
        let end_s = trial.targets[turn.object].flown.span_s().map_or(turn.to_s, |(_, end_s)| end_s);
        let until_s = (turn.to_s + AFTER_S).min(end_s);
        let begin = self.at.partition_point(|(at_s, _)| *at_s <= turn.from_s).saturating_sub(1);
        let (mut track, mut unheld, mut last_s) = (None, 0, f64::NEG_INFINITY);
        for (at_s, held) in self.at[begin..].iter().take_while(|(at_s, _)| *at_s <= until_s) {
            let now = held.get(&turn.object);
            result.before |= now.is_some() && *at_s <= turn.from_s;
            let plots = played.own_plots(turn.object, last_s, *at_s);
            last_s = *at_s;
            match (now, track) {
                (Some(now), None) => track = Some(*now),
                (Some(now), Some(before)) if *now != before => {
                    result.changes += 1;
                    track = Some(*now);
                }
                _ => {}
            }
            unheld = if now.is_some() || track.is_none() { 0 } else { unheld + plots };
            result.unheld_plots = result.unheld_plots.max(unheld);
        }
        result.never = track.is_none();
        result
    }
}

fn near(a: LatLon, b: LatLon) -> f64 {
    a.rough_distance_m(b)
}

#[cfg(test)]
#[path = "turns_tests.rs"]
mod tests;
