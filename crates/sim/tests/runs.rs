//! The same seed gives the same bytes; arrivals are in order; a world needs little memory and every scenario of ours is sound.

mod common;

use common::{SMALL, small};
use skypicket_model::ids::content_hash;
use skypicket_model::{Span, Time};
use skypicket_sim::World;

fn fingerprint(world: &World) -> (usize, u64) {
    let mut count = 0;
    let mut hash = 0;
    for arrival in world.run() {
        count += 1;
        let head = arrival.received.ns().to_be_bytes();
        hash = content_hash(&[&u64::to_be_bytes(hash), &head, &arrival.feed.0.to_be_bytes(), &arrival.bytes]);
    }
    (count, hash)
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    let first = fingerprint(&small());
    assert!(first.0 > 5_000, "{first:?}");
    assert_eq!(first, fingerprint(&small()));
    let other = World::from_scenario(&SMALL.replace("seed = 5", "seed = 6")).expect("sound");
    assert_ne!(first, fingerprint(&other));
}

#[test]
fn arrivals_are_in_order_and_within_the_world() {
    let world = small();
    let mut last = Time::MIN;
    let mut numbers = vec![None; world.feeds().len()];
    for arrival in world.run() {
        assert!(arrival.received >= last);
        last = arrival.received;
        let before = &mut numbers[usize::from(arrival.feed.0)];
        assert!(before.is_none_or(|number| number < arrival.number), "a feed keeps its own order");
        *before = Some(arrival.number);
        assert!(!arrival.bytes.is_empty());
    }
    assert!(last >= world.end - Span::from_s(1) && last < world.end + Span::from_s(5));
    assert!(numbers.iter().all(Option::is_some), "every feed says something");
}

#[test]
fn one_part_more_changes_nothing_of_the_others() {
    let more = SMALL.replace(
        "[[listener]]",
        "[[receiver]]\nname = \"another\"\nat = [51.9, 21.0]\nmast_m = 20\nrange_km = 200\n\n[[listener]]",
    );
    let (plain, more) = (small(), World::from_scenario(&more).expect("sound"));
    let radar = |world: &World| -> Vec<u8> {
        world.run().filter(|arrival| arrival.feed.0 == 0).flat_map(|arrival| arrival.bytes).collect()
    };
    assert_eq!(radar(&plain), radar(&more));
}

#[test]
fn every_scenario_of_ours_is_sound() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("readable").path();
        if path.extension().is_none_or(|ext| ext != "md") || path.file_name().is_some_and(|name| name == "README.md") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("readable");
        let world = World::from_scenario(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!world.expectations.statements.is_empty(), "{} expects nothing", path.display());
        assert!(!world.targets.is_empty() && !world.feeds().is_empty());
        count += 1;
    }
    assert!(count >= 2);
}
