//! What is kept for looking back: never more than allowed, and never anything that was known only later.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use proof_helper::{arrivals, plan, world};
use skypicket::core::Core;
use skypicket::http::frame::rows;
use skypicket::http::history::History;
use skypicket::order::Order;
use skypicket::system::View;
use skypicket_engine::Picture;
use skypicket_model::{Span, Time};
use std::sync::Arc;

/// The views of a story, a second apart; each has counts of its own.
fn views() -> Vec<Arc<View>> {
    let world = world();
    let plan = Arc::new(plan(&world, "kept"));
    let mut core = Core::new(&plan).expect("a core");
    let mut order = Order::beginning(world.begin);
    let mut views = Vec::new();
    let mut seen = |core: &mut Core, record: &skypicket::journal::Record<'_>| {
        if core.apply(record).ticked {
            views.push(Arc::new(View {
                picture: core.picture(),
                counts: Arc::new(core.counts().to_vec()),
                digest: core.engine().digest(),
                plan: Arc::clone(&plan),
            }));
        }
    };
    for arrival in arrivals(&world) {
        order.admit(&arrival, |record| seen(&mut core, record));
    }
    order.finish(|record| seen(&mut core, record));
    views
}

/// A view like another, at another time, sharing what it holds.
fn at(view: &Arc<View>, time: Time) -> Arc<View> {
    let picture = Arc::new(Picture { time, ..(*view.picture).clone() });
    Arc::new(View { picture, ..(**view).clone() })
}

#[test]
fn a_moment_shows_what_was_known_then_with_the_counts_of_then() {
    let views = views();
    let mut history = History::new(1 << 30);
    for view in &views {
        history.push(view, &rows(&view.picture));
    }
    let (from, until) = history.range().expect("kept");
    assert!(history.at(from - Span::from_ns(1)).is_none());
    assert!(history.whole(from - Span::from_ns(1)).is_none());
    assert_eq!(history.at(from).map(|moment| moment.time), Some(from));
    let middle = from + Span::from_s(500);
    let whole = history.whole(middle).and_then(|moment| moment.whole.clone()).expect("kept");
    assert!(whole.picture.time <= middle && middle - whole.picture.time < Span::from_s(10));
    let then = views.iter().find(|view| view.picture.time == whole.picture.time).expect("a view");
    assert_eq!(whole.counts[0].bytes, then.counts[0].bytes);
    let last = history.whole(until).and_then(|moment| moment.whole.clone()).expect("kept");
    assert!(last.counts[0].bytes > whole.counts[0].bytes, "more had come by the end");
}

#[test]
fn a_moment_that_was_played_too_fast_to_be_kept_is_not_answered_with_one_long_before() {
    let views = views();
    let mut history = History::new(1 << 30);
    for view in views.iter().take(100).chain(views.iter().skip(900)) {
        history.push(view, &rows(&view.picture));
    }
    let time_of = |place: usize| views[place].picture.time;
    for gone in [150, 500, 899] {
        assert!(history.at(time_of(gone)).is_none() && history.whole(time_of(gone)).is_none(), "second {gone}");
        let before = history.whole_before(time_of(gone)).map(|moment| moment.time).expect("kept");
        assert!(before <= time_of(99));
    }
    for kept in [50, 99, 900, 950] {
        let (at, whole) = (history.at(time_of(kept)).expect("kept"), history.whole(time_of(kept)).expect("kept"));
        assert!(time_of(kept) - at.time <= Span::from_s(6) && time_of(kept) - whole.time <= Span::from_s(11));
    }
}

#[test]
fn the_oldest_that_is_kept_is_always_whole() {
    let views = views();
    for max_bytes in [0, 20_000, 300_000, 3_000_000] {
        let mut history = History::new(max_bytes);
        for view in &views {
            history.push(view, &rows(&view.picture));
            let (from, until) = history.range().expect("kept");
            assert!(history.whole(from).is_some(), "limit {max_bytes}, {from} to {until}");
            assert!(history.bytes() as u64 <= max_bytes || from == until, "limit {max_bytes}: {}", history.bytes());
        }
    }
}

#[test]
fn counts_groups_and_origins_count_where_they_are_not_shared() {
    let views = views();
    let view = views.iter().rev().find(|view| !view.picture.counts.is_empty()).expect("a count");
    let bare = {
        let nothing = Picture::empty();
        let Picture { counts, groups, origins, .. } = nothing;
        let picture = Picture { counts, groups, origins, ..(*view.picture).clone() };
        Arc::new(View { picture: Arc::new(picture), ..(**view).clone() })
    };
    let bytes = |view: &Arc<View>| {
        let mut history = History::new(u64::MAX);
        history.push(view, &rows(&view.picture));
        history.bytes()
    };
    let told: usize = view.picture.counts[0].distributions.iter().map(|told| 8 * told.probabilities.len()).sum();
    assert!(bytes(view) >= bytes(&bare) + told, "{} with counts, {} without", bytes(view), bytes(&bare));

    // Shared they count once; worked out anew they count again.
    let begin = view.picture.time;
    let mut history = History::new(u64::MAX);
    history.push(view, &rows(&view.picture));
    let once = history.bytes();
    let next = at(view, begin + Span::from_s(10));
    history.push(&next, &rows(&next.picture));
    let shared = history.bytes() - once;
    let anew = Picture {
        time: begin + Span::from_s(20),
        counts: Arc::new(view.picture.counts.to_vec()),
        ..(*view.picture).clone()
    };
    let anew = Arc::new(View { picture: Arc::new(anew), ..(**view).clone() });
    history.push(&anew, &rows(&anew.picture));
    assert!(history.bytes() - once - shared >= shared + told, "{} after {once} and {shared}", history.bytes());
}

#[test]
fn incidents_and_ledger_count_where_they_are_not_shared() {
    let views = views();
    let rich = views.iter().rev().find(|view| !view.picture.incidents.is_empty()).expect("an incident");
    let own = |view: &Arc<View>| {
        let picture = Picture {
            incidents: Arc::new(view.picture.incidents.to_vec()),
            entries: Arc::new(view.picture.entries.iter().map(|entry| Arc::new((**entry).clone())).collect()),
            groups: Arc::new(view.picture.groups.to_vec()),
            counts: Arc::new(view.picture.counts.to_vec()),
            gnss: Arc::new(view.picture.gnss.to_vec()),
            gnss_days: Arc::new(view.picture.gnss_days.to_vec()),
            origins: Arc::new(view.picture.origins.iter().map(|region| Arc::new((**region).clone())).collect()),
            ..(*view.picture).clone()
        };
        Arc::new(View { picture: Arc::new(picture), ..(**view).clone() })
    };
    let begin = rich.picture.time;
    let kept = |share: bool| {
        let mut history = History::new(u64::MAX);
        for step in 0..50 {
            let view = at(rich, begin + Span::from_s(10 * step));
            let view = if share { view } else { own(&view) };
            history.push(&view, &rows(&view.picture));
        }
        history.bytes()
    };
    let once = {
        let mut history = History::new(u64::MAX);
        history.push(rich, &rows(&rich.picture));
        history.bytes()
    };
    let (shared, apart) = (kept(true), kept(false));
    assert_eq!(apart, 50 * once);
    assert!(shared < apart && shared > once, "shared {shared}, apart {apart}, one {once}");

    // What is shared stays counted when the first that held it goes.
    let mut history = History::new((2 * once) as u64);
    for step in 0..50 {
        let view = at(rich, begin + Span::from_s(10 * step));
        history.push(&view, &rows(&view.picture));
        assert!(history.bytes() >= once, "what the oldest shares is still there");
    }
}
