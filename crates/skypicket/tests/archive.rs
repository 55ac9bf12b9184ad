//! A moment worked out from checkpoint and journal is the one that was shown then, bit for bit.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod http_helper;
#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use http_helper::{PATIENCE, Served};
use proof_helper::{arrivals, end, feed, in_order, plan, world};
use skypicket::archive::ArchiveError;
use skypicket::system::Mode;
use skypicket_engine::Picture;
use skypicket_model::{Span, Time};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn a_moment_that_memory_has_forgotten_is_worked_out_as_it_was_shown() {
    let world = world();
    let mut plan = plan(&world, "kept");
    plan.config.http.listen = "127.0.0.1:0".parse().expect("an address");
    plan.config.http.history_bytes = 0;
    let mut shown: BTreeMap<Time, Arc<Picture>> = BTreeMap::new();
    in_order(&plan, world.begin, arrivals(&world).into_iter(), |core| {
        let picture = core.picture();
        shown.entry(picture.time).or_insert(picture);
    });

    let served = Served::new(&plan, Mode::Demo, Some(world.begin), false);
    feed(served.system(), &arrivals(&world));
    end(served.system());
    let last = served.played();
    let archive = served.system().archive();
    let begun = Instant::now();
    let oldest = loop {
        if let Some(oldest) = archive.oldest() {
            break oldest;
        }
        assert!(begun.elapsed() < PATIENCE, "neither epoch nor checkpoint");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(oldest, Time::from_s(world.begin.floor_s() + 1), "from the first picture on, before any checkpoint");

    let early = oldest - Span::from_ns(1);
    assert_eq!(archive.view(early, PATIENCE).err(), Some(ArchiveError::NoCheckpoint(early)));
    // Forth, back, and forth again by a little; between two ticks the former one counts.
    let half = Span::from_ms(500);
    let middle = Time::from_s(i64::midpoint(oldest.floor_s(), last.floor_s()));
    for time in [oldest, middle, last - Span::from_s(1), middle + half, middle + Span::from_s(1) + half] {
        let view = archive.view(time, PATIENCE).unwrap_or_else(|error| panic!("{time}: {error}"));
        let (_, picture) = shown.range(..=time).next_back().expect("something was shown");
        assert_eq!(view.picture, *picture, "at {time}");
    }

    // Whoever has no patience is told how far it came, and comes to it by asking again.
    let far = last - Span::from_s(2);
    let mut asked = 0;
    let view = loop {
        asked += 1;
        match archive.view(far, Duration::ZERO) {
            Ok(view) => break view,
            Err(ArchiveError::Working(reached)) => assert!(reached <= far),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(view.picture, shown[&far]);
    assert!(asked > 1, "not at once");

    // The same through the interface.
    let answer = served.until(&format!("/api/v1/incidents?as_of={middle}"), |answer| answer.status == 200);
    assert_eq!(answer.json()["time"], middle.to_string());
    assert_eq!(served.get(&format!("/api/v1/picture?as_of={middle}")).status, 200);
    served.until("/api/v1/status", |answer| answer.json()["archive_from"].is_string());
}

#[test]
fn a_moment_of_a_recording_played_flat_out_is_answered_with_that_moment() {
    let world = world();
    let mut plan = plan(&world, "flat out");
    plan.config.http.listen = "127.0.0.1:0".parse().expect("an address");
    let served = Served::new(&plan, Mode::Demo, Some(world.begin), false);
    feed(served.system(), &arrivals(&world));
    end(served.system());
    let last = served.played();
    for minute in 1..18 {
        let time = world.begin + Span::from_s(60 * minute);
        let answer = served.until(&format!("/api/v1/tracks?as_of={time}"), |answer| answer.status != 503);
        let shown = answer.json()["time"].as_str().and_then(Time::parse);
        let shown = shown.unwrap_or_else(|| panic!("minute {minute} of {last}: {answer:?}"));
        assert!(shown <= time && time - shown <= Span::from_s(11), "asked for {time}, got {shown}");
    }
}
