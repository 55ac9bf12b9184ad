//! What a picture made of each target without flight plan: how long it was held, by how many tracks, and how far its entry came.

use super::matching::{identities, moments, pair};
use super::{Outcome, SeenEntry};
use crate::world::World;
use skypicket_model::assessment::EntryState;
use skypicket_model::{Permission, Time, TrackId};
use std::collections::{BTreeMap, BTreeSet};

/// One target without flight plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its name.
    pub target: String,
    /// When it first truly entered a watched airspace, if it did.
    pub entered: Option<Time>,
    /// When the picture first said so, as established.
    pub established: Option<Time>,
    /// The furthest state that any of its rows reached.
    pub state: Option<EntryState>,
    /// Time of the entry as the picture estimates it, of the row that came furthest.
    pub entered_estimate: Option<Time>,
    /// Sampled moments at which some sensor would likely have seen it.
    pub observable: usize,
    /// Of these, the moments at which a track was on it.
    pub held: usize,
    /// How many tracks were on it.
    pub tracks: usize,
    /// How many of its tracks were established entries.
    pub established_tracks: usize,
}

/// A line for each target without flight plan, in order of the world; and one named `(no target)` for the rows of tracks that were on none.
#[must_use]
pub fn table(world: &World, outcome: &Outcome) -> Vec<Line> {
    let identity = identities(world, outcome);
    let mut lines: BTreeMap<usize, Line> = BTreeMap::new();
    for (index, target) in world.targets.iter().enumerate().filter(|(_, target)| target.plan.is_none()) {
        lines.insert(index, Line::new(&target.name));
    }
    for entry in world.true_entries(&outcome.airspaces).into_iter().filter(|entry| !entry.born_inside) {
        if let Some(line) = lines.values_mut().find(|line| line.target == entry.target && line.entered.is_none()) {
            line.entered = Some(entry.entered);
        }
    }
    let mut tracks: BTreeMap<usize, BTreeSet<TrackId>> = BTreeMap::new();
    for (time, samples) in moments(outcome) {
        let held: BTreeMap<usize, TrackId> =
            pair(world, outcome, time, &samples).pairs.into_iter().map(|(track, target, _)| (target, track)).collect();
        for truth in world.truth(time) {
            let Some(line) = lines.get_mut(&truth.index).filter(|_| world.observable(&truth, time)) else { continue };
            line.observable += 1;
            line.held += usize::from(held.contains_key(&truth.index));
        }
        for (target, track) in held {
            tracks.entry(target).or_default().insert(track);
        }
    }
    let mut nothing = Line::new("(no target)");
    for row in outcome.entries.iter().filter(|row| row.permission == Permission::NotPermitted) {
        match identity.get(&row.track) {
            Some(index) => {
                if let Some(line) = lines.get_mut(index) {
                    line.row(row);
                }
            }
            None => nothing.row(row),
        }
    }
    for (index, line) in &mut lines {
        line.tracks = tracks.get(index).map_or(0, |set| set.iter().filter(|t| identity.get(t) == Some(index)).count());
    }
    lines.into_values().chain([nothing]).collect()
}

/// What the tracks of each group at the end were on: names of targets, sorted; a track on nothing is named by its id.
#[must_use]
pub fn groups(world: &World, outcome: &Outcome) -> Vec<Vec<String>> {
    let identity = identities(world, outcome);
    let name = |track: &TrackId| {
        let target = identity.get(track).and_then(|index| world.targets.get(*index));
        target.map_or_else(|| track.to_string(), |target| target.name.clone())
    };
    let named = outcome.groups.iter().map(|group| {
        let mut names: Vec<String> = group.tracks.iter().map(name).collect();
        names.sort();
        names
    });
    named.collect()
}

impl Line {
    fn new(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            entered: None,
            established: None,
            state: None,
            entered_estimate: None,
            observable: 0,
            held: 0,
            tracks: 0,
            established_tracks: 0,
        }
    }

    fn row(&mut self, row: &SeenEntry) {
        let furthest = row.reached.iter().map(|(state, _)| *state).max();
        if furthest > self.state {
            self.state = furthest;
            self.entered_estimate = row.entered_at;
        }
        let established = row.reached.iter().find(|(state, _)| *state == EntryState::Established).map(|(_, t)| *t);
        self.established_tracks += usize::from(established.is_some());
        self.established = self.established.into_iter().chain(established).min();
    }
}
