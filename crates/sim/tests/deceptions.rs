//! Transmitters of aircraft that are not there, as bytes through decoders, tracker and the detector `false_identity`: who is doubted, and what goes on. The whole
//! measurement is the example `deception`.

#[path = "../examples/deception/play.rs"]
#[allow(dead_code, reason = "the example uses more of it")]
mod play;
#[path = "../examples/deception/worlds.rs"]
#[allow(dead_code, reason = "the example uses more of it")]
mod worlds;

use play::{Seen, play};
use skypicket_model::Address;
use skypicket_sim::World;
use worlds::{Asked, BEGINS_S, Kind, Sensing, scenario};

fn played(kind: Kind, sensing: Sensing, seed: u64, flood: usize) -> (World, Seen) {
    let world = World::from_scenario(&scenario(&Asked { kind, sensing, seed, flood })).expect("a sound world");
    let seen = play(&world, &|| 0.0);
    (world, seen)
}

/// Seconds from its begin after which each false one was doubted, `None` where it was not; those in the flood's first seconds count too.
fn doubted_after_s(world: &World, seen: &Seen) -> Vec<Option<f64>> {
    let false_ones = world.ghosts.iter().filter(|ghost| (ghost.from - world.begin).s() >= BEGINS_S);
    false_ones
        .map(|ghost| {
            let address = Address::icao(ghost.transponder.address);
            seen.doubted.get(&address).map(|(at, _)| (*at - ghost.from).s())
        })
        .collect()
}

#[test]
fn an_aircraft_that_is_not_there_is_doubted_and_enters_nothing_surely() {
    for (kind, sensing, seed) in
        [(Kind::Straight, Sensing::Both, 17), (Kind::Group, Sensing::Radars, 4), (Kind::Replay, Sensing::Receivers, 14)]
    {
        let (world, seen) = played(kind, sensing, seed, 0);
        let after_s = doubted_after_s(&world, &seen);
        assert!(after_s.iter().all(|s| s.is_some_and(|s| s < 20.0)), "{kind:?} {sensing:?}: {after_s:?}");
        let invented = seen.established.iter().filter(|(.., nearest_m)| *nearest_m > 3_000.0).count();
        assert_eq!(invented, 0, "{kind:?} {sensing:?}");
    }
}

#[test]
fn real_tracks_go_on_under_a_flood_and_the_tracker_begins_so_many_and_no_more() {
    let (world, seen) = played(Kind::Flood, Sensing::Both, 20, 3_000);
    let before = seen.held.iter().find(|(at, _)| (*at - world.begin).s() >= BEGINS_S).expect("played so far");
    let (last, after) = seen.held.last().expect("played");
    let kept = before.1.iter().filter(|(target, _)| world.targets[**target].flies(*last));
    let lost: Vec<_> = kept.filter(|(target, track)| after.get(target) != Some(track)).collect();
    assert!(lost.len() <= 1, "{lost:?}");
    assert!(seen.tracks < 2_300, "{} tracks", seen.tracks);
    assert!(!seen.shown.is_empty());
}

#[test]
fn where_everything_is_so_nobody_is_doubted() {
    let (_, seen) = played(Kind::Clean, Sensing::Both, 5, 0);
    assert!(seen.doubted.is_empty(), "{:?}", seen.doubted);
    assert!(seen.shown.len() > 20);
}
