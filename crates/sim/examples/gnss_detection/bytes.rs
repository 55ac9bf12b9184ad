//! Worlds as Beast bytes through the real decoder into the real detectors.

use crate::measures::Quiet;
use crate::watch::Watch;
use crate::worlds::{self, BEGIN, ON_S};
use skypicket_model::{ConnectionId, Seq, Span, Time};
use skypicket_sim::{Run, World};
use skypicket_wire::{Chunk, Feed, FeedSetup, Intake, Output};
use std::collections::{BTreeMap, BTreeSet};

/// What a world with a jammer gave: seconds from a moment until the interference was told, infinite when it was not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Row {
    pub(crate) from_three_in_reach_s: Option<f64>,
    pub(crate) from_three_in_view_s: Option<f64>,
    pub(crate) from_first_s: Option<f64>,
    pub(crate) from_third_s: Option<f64>,
    pub(crate) told_before: u32,
    /// Interferences told while the one jammer transmitted.
    pub(crate) told_while: u32,
    pub(crate) flight_h_before: f64,
    pub(crate) affected: usize,
    /// How many of them were held to be bad, and how many cells came over the mark.
    pub(crate) held_bad: usize,
    pub(crate) cells_over: u32,
    /// Bad states of aircraft that were never affected, and the flight hours of those.
    pub(crate) false_states: u32,
    pub(crate) flight_h_unaffected: f64,
}

/// Jamming over signal that half of the units do not stand, dB.
const REACH_DB: f64 = 40.0;

fn feeds(world: &World) -> Vec<Feed> {
    let feeds = world.feeds().into_iter().map(|feed| Feed {
        kind: skypicket_wire::decoder(feed.format).expect("a format of ours"),
        setup: FeedSetup { feed: feed.id, sensors: feed.sensors.into(), params: feed.params },
    });
    feeds.collect()
}

/// Plays a world; `each` is shown the run and the detectors after every second.
fn play(world: &World, watch: &mut Watch, mut each: impl FnMut(Time, &Run<'_>, &mut Watch)) {
    let mut intake = Intake::new(feeds(world)).expect("feeds stand");
    let mut out = Output::default();
    let (mut run, mut seq, mut due) = (world.run(), 0, world.begin + Span::from_s(1));
    while let Some(arrival) = run.next() {
        while due <= arrival.received {
            each(due, &run, watch);
            due += Span::from_s(1);
        }
        seq += 1;
        let chunk = Chunk { seq: Seq(seq), received: arrival.received, datagram: false, bytes: &arrival.bytes };
        let pushed = intake.push(arrival.feed, ConnectionId(u32::from(arrival.feed.0)), chunk, &mut out);
        assert!(pushed.is_ok(), "the decoder does not panic");
        watch.observe(&out.observations);
        out.clear_observations();
    }
}

pub(crate) fn jammed(seed: u64) -> Row {
    let world = worlds::jammed(seed);
    let mut watch = Watch::new();
    let mut row = Row::default();
    let on = BEGIN + Span::from_s_f64(ON_S).unwrap_or(Span::ZERO);
    let (mut affected, mut bad): (BTreeMap<usize, Time>, BTreeSet<(Time, u32)>) = Default::default();
    let mut heard_s: BTreeMap<usize, f64> = BTreeMap::new();
    let [mut three_in_reach, mut three_in_view] = [None::<Time>; 2];
    play(&world, &mut watch, |now, run, watch| {
        let (mut in_view, mut in_reach) = (0, 0);
        for (index, since) in run.navigation() {
            in_view += 1;
            *heard_s.entry(index).or_default() += 1.0;
            let Some(motion) = world.targets[index].at(now) else { continue };
            if now >= on {
                let exposure = world.navigation.exposure(now, motion.place, &world.air);
                in_reach += usize::from(exposure.js_db.is_some_and(|db| db >= REACH_DB));
                // Those that came without satellites are affected by something else.
                if let Some(since) = since.filter(|since| *since >= on) {
                    affected.entry(index).or_insert(since);
                }
            }
        }
        if now < on {
            row.flight_h_before += f64::from(in_view) / 3600.0;
        }
        // An affected aircraft goes on to send: where three are there only later, its next message counts.
        let first = affected.values().min().map(|first| (*first).max(now - Span::from_s(1)));
        if in_view >= 3 {
            three_in_view = three_in_view.or(first);
        }
        if in_reach >= 3 {
            three_in_reach = three_in_reach.or(first);
        }
        watch.tick(now, |change| {
            bad.insert((change.time, change.address.value));
        });
    });
    row.told_before = watch.told.iter().filter(|(_, told)| *told < on).count() as u32;
    row.told_while = watch.told.len() as u32 - row.told_before;
    let told = watch.told.iter().map(|(_, told)| *told).find(|told| *told >= on);
    let until = |from: Time| told.map_or(f64::INFINITY, |told| (told - from).s().max(0.0));
    let mut times: Vec<Time> = affected.values().copied().collect();
    times.sort_unstable();
    row.affected = times.len();
    row.from_first_s = times.first().copied().map(until);
    row.from_third_s = times.get(2).copied().map(until);
    row.from_three_in_reach_s = three_in_reach.map(until);
    row.from_three_in_view_s = three_in_view.map(until);
    let address = |index: &usize| world.targets[*index].transponder.as_ref().map(|own| own.address);
    let hit: BTreeSet<u32> = affected.keys().filter_map(address).collect();
    let held: BTreeSet<u32> = bad.iter().map(|(_, own)| *own).collect();
    (row.held_bad, row.cells_over) = (hit.intersection(&held).count(), watch.quiet.cells_over);
    row.false_states = bad.iter().filter(|(_, own)| !hit.contains(own)).count() as u32;
    let unaffected = heard_s.iter().filter(|(index, _)| !affected.contains_key(index));
    row.flight_h_unaffected = unaffected.map(|(_, s)| s / 3600.0).sum();
    row
}

pub(crate) fn quiet(seed: u64, hours: f64, talk: bool) -> Quiet {
    let world = worlds::quiet(seed, 3600.0 * hours);
    let mut watch = Watch::new();
    let mut flight_s = 0.0;
    play(&world, &mut watch, |now, run, watch| {
        flight_s += run.navigation().count() as f64;
        watch.tick(now, |change| {
            if talk {
                println!("{} {:?} {change:?}", change.address, world_unit(&world, seed, change.address.value));
            }
        });
    });
    Quiet { flight_h: flight_s / 3600.0, ..watch.quiet }
}

fn world_unit(world: &World, seed: u64, address: u32) -> Option<skypicket_sim::navigation::Airframe> {
    let airframes = world.navigation.airframes.as_ref()?;
    Some(airframes.draw(seed, address, skypicket_sim::target::Quality::USUAL))
}
