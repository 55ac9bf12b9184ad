//! Smoothed trajectories of a running system, of a past moment and of a whole journal, and that nobody's asking changes anything.

#![allow(clippy::disallowed_methods, reason = "tests beside the program")]

#[allow(dead_code, reason = "shared with other tests")]
mod http_helper;
#[allow(dead_code, reason = "shared with other tests")]
mod proof_helper;

use http_helper::Served;
use proof_helper::{Folder, arrivals, close, end, feed, in_order, plan, start, world};
use serde_json::Value;
use skypicket::smoothing::Smoothing;
use skypicket::store::Store;
use skypicket::system::Mode;
use skypicket_model::{Time, TrackId};
use std::collections::BTreeMap;
use std::time::Instant;

/// Tracks of the world whose trajectories are kept, with how often and until when they were.
fn near_tracks(digest: &mut String) -> BTreeMap<TrackId, (usize, Time)> {
    let world = world();
    let mut kept: BTreeMap<TrackId, (usize, Time)> = BTreeMap::new();
    let mut last = Time::EPOCH;
    *digest = in_order(&plan(&world, "kept"), world.begin, arrivals(&world).into_iter(), |core| {
        let picture = core.picture();
        if picture.time == last {
            return;
        }
        last = picture.time;
        for shown in &picture.tracks {
            if let Some(recording) = core.engine().recording(shown.track.id) {
                let trajectory = recording.trajectory();
                assert!(trajectory.until() <= picture.time && trajectory.from() < picture.time);
                let end = trajectory.smoothed(trajectory.until()).expect("its end");
                assert!(end.position_sigma_m().iter().all(|sigma| sigma.is_finite() && *sigma > 0.0));
                let of = kept.entry(shown.track.id).or_insert((0, picture.time));
                *of = (of.0 + 1, picture.time);
            }
        }
    });
    kept
}

#[test]
fn asking_for_trajectories_all_the_time_leaves_the_digest_as_it_is() {
    let world = world();
    let quiet = in_order(&plan(&world, "kept"), world.begin, arrivals(&world).into_iter(), |_| {});
    let mut asked = String::new();
    let kept = near_tracks(&mut asked);
    assert_eq!(asked, quiet);
    assert!(kept.values().any(|(times, _)| *times > 30), "the world has flights at the border: {kept:?}");
}

#[test]
fn a_track_of_a_journal_is_smoothed_as_a_whole() {
    let world = world();
    let folder = Folder::new();
    let system = start(&world, "kept", &folder);
    feed(&system, &arrivals(&world));
    end(&system);
    let view = close(system);
    let shown = view.picture.tracks.iter().max_by_key(|shown| shown.track.updates).expect("something flies");
    let (track, born) = (shown.track.id, shown.track.born);

    let smoothed = |deadline: bool| {
        let store = Store::existing(folder.path()).expect("a journal");
        let mut smoothing = Smoothing::new(store, track, None).expect("it is read");
        let mut asked = 1;
        // Who has no patience asks again and again.
        while !smoothing.play(deadline.then(Instant::now)).expect("it is played") {
            assert!(smoothing.reached().is_some());
            asked += 1;
        }
        assert_eq!(asked > 1, deadline);
        smoothing.found()
    };
    let (at_once, bit_by_bit) = (smoothed(false), smoothed(true));
    assert!(at_once.left_out.is_empty() && !at_once.ended);
    let [whole] = at_once.pieces.as_slice() else { panic!("one epoch, one piece") };
    assert_eq!((whole.id(), whole.from()), (track, born));
    assert!(whole.until() <= view.picture.time);
    for time in whole.moments() {
        assert_eq!(whole.smoothed(time), bit_by_bit.pieces[0].smoothed(time));
    }
    let middle = whole.moments().nth(whole.moments().count() / 2).expect("it has a middle");
    let (causal, later) = (whole.causal(middle).expect("within"), whole.smoothed(middle).expect("within"));
    let spread = |sigma: [f64; 3]| sigma[0] * sigma[0] + sigma[1] * sigma[1];
    assert!(spread(later.position_sigma_m()) < spread(causal.position_sigma_m()));

    let store = Store::existing(folder.path()).expect("a journal");
    let mut other = Smoothing::new(store, TrackId(1), None).expect("it is read");
    assert!(other.play(None).expect("it is played"));
    assert!(other.found().pieces.is_empty());
}

#[test]
fn the_interface_tells_trajectories_of_now_of_then_and_of_whole_tracks() {
    let world = world();
    let mut digest = String::new();
    let kept = near_tracks(&mut digest);
    let (track, (_, until)) = kept.iter().max_by_key(|(id, (_, until))| (*until, **id)).expect("some are kept");

    let mut plan = plan(&world, "kept");
    plan.config.http.listen = "127.0.0.1:0".parse().expect("an address");
    let served = Served::new(&plan, Mode::Demo, Some(world.begin), false);
    feed(served.system(), &arrivals(&world));
    end(served.system());
    let last = served.played();
    let path = format!("/api/v1/tracks/{track}/trajectory");

    // The whole of it, asked until it is worked out.
    let whole = served.until(&format!("{path}?whole=true"), |answer| answer.status == 200).json();
    assert_eq!((whole["id"].as_str(), whole["extent"].as_str()), (Some(track.to_string().as_str()), Some("whole")));
    check(&whole["pieces"][0]["samples"]);
    // The same at even steps, of then, as far as it was known then.
    let then = served.until(&format!("{path}?as_of={until}&every_s=2"), |answer| answer.status == 200).json();
    assert_eq!(then["extent"], "last_while");
    let piece = &then["pieces"][0];
    check(&piece["samples"]);
    assert!(Time::parse(piece["until"].as_str().expect("a time")).expect("a time") <= *until);
    // Now, where it is still kept.
    let now = served.get(&path);
    if *until == last {
        assert_eq!(now.status, 200, "{}", now.body);
        check(&now.json()["pieces"][0]["samples"]);
    } else {
        assert_eq!(now.status, 404, "{}", now.body);
    }
    for (wrong, status) in [
        (format!("{path}?every_s=0"), 400),
        (format!("{path}?whole=true&as_of={until}"), 400),
        (format!("{path}?as_of=yesterday"), 400),
        ("/api/v1/tracks/99999/trajectory".to_owned(), 404),
        ("/api/v1/tracks/0000000000000001/trajectory?whole=true".to_owned(), 404),
    ] {
        assert_eq!(served.until(&wrong, |answer| answer.status != 503).status, status, "{wrong}");
    }
    assert_eq!(served.system().views().borrow().digest.to_string(), digest, "asking changed nothing");
}

/// Samples in order, with uncertainties, and narrower than what was known at the time in sum.
fn check(samples: &Value) {
    let samples = samples.as_array().expect("samples");
    assert!(samples.len() > 2, "{samples:?}");
    let (mut last, mut smoothed, mut causal) = (String::new(), 0.0, 0.0);
    for sample in samples {
        let time = sample["time"].as_str().expect("a time").to_owned();
        assert!(time > last);
        last = time;
        let spread = |of: &str| sample[of]["covariance_m2"][0].as_f64().expect("a variance");
        assert!(spread("smoothed") > 0.0);
        smoothed += spread("smoothed");
        causal += spread("causal");
    }
    assert!(smoothed < causal, "{smoothed} {causal}");
    assert_eq!(samples.last().expect("the last")["later_s"], 0.0);
}
