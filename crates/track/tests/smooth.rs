//! Smoothed trajectories of tracks as the tracker makes them: what is kept, and that keeping it changes nothing.

mod common;

use common::*;
use skypicket_model::{
    Geodetic, LatLon, Observation, Reader, Report, Sensor, Span, Tangent, Track, TrackId, Vec3, Way, Ways as _, math,
};
use skypicket_track::{Params, Recording, TrackEvent, Tracker};

/// Two minutes straight on, a turn by 180° at 2°/s, and back: 180 m/s.
fn turning(t_s: f64) -> Geodetic {
    let (speed, rate) = (180.0, math::rad(2.0));
    let (before, turn_s) = (120.0, math::PI / rate);
    let radius = speed / rate;
    let (east, north) = if t_s < before {
        (speed * t_s, 0.0)
    } else if t_s < before + turn_s {
        let angle = rate * (t_s - before);
        (speed * before + radius * math::sin(angle), radius * (1.0 - math::cos(angle)))
    } else {
        (speed * before - speed * (t_s - before - turn_s), 2.0 * radius)
    };
    let origin = Geodetic { lat_deg: 51.4, lon_deg: 22.1, height_m: 4000.0 };
    let place = Tangent::new(origin).geodetic(Vec3::new(east, north, 0.0));
    Geodetic { height_m: 4000.0, ..place }
}

fn straight() -> Flight {
    Flight { from: Geodetic { lat_deg: 51.6, lon_deg: 22.6, height_m: 5000.0 }, east_m_s: 150.0, north_m_s: 60.0 }
}

fn shown(tracker: &Tracker, t_s: f64) -> Vec<Track> {
    let mut out = Vec::new();
    tracker.snapshot(at(t_s), &mut out);
    out
}

fn encode(tracker: &Tracker) -> Vec<u8> {
    let mut out = Vec::new();
    tracker.encode(&mut out);
    out
}

/// How a run is recorded.
#[derive(Clone, Copy, PartialEq)]
enum Keep {
    Nothing,
    Lag,
    Whole(TrackId),
}

/// A look every 4 s at one object, ticks, and every confirmed track's trajectory kept.
fn fly(place: impl Fn(f64) -> Geodetic, seconds: u32, seed: u64, keep: Keep) -> Tracker {
    let sensor = radar(1, 51.22, 22.57);
    let mut tracker = Tracker::new(Params::default(), std::slice::from_ref(&sensor));
    if let Keep::Whole(id) = keep {
        tracker.record_whole(id);
    }
    let (mut random, mut events) = (Random::new(seed), Vec::new());
    for k in (0..seconds).step_by(4) {
        let t_s = f64::from(k);
        let frame = [plot(&sensor, place(t_s), at(t_s), Some(&mut random)), whole(&sensor, at(t_s))];
        tracker.observe(&frame, &mut events);
        tick(&mut tracker, t_s, keep == Keep::Lag, &mut events);
    }
    tracker
}

fn tick(tracker: &mut Tracker, t_s: f64, keep: bool, events: &mut Vec<TrackEvent>) {
    tracker.tick(at(t_s), events);
    if keep {
        let near: Vec<TrackId> = shown(tracker, t_s).iter().map(|track| track.id).collect();
        tracker.keep_trajectories(&near, at(t_s));
    }
}

fn recording(tracker: &Tracker, t_s: f64) -> Recording {
    let shown = shown(tracker, t_s);
    tracker.recording(shown[0].id).expect("it is kept")
}

fn distance_m(a: LatLon, b: LatLon) -> f64 {
    let east = (a.lon_deg - b.lon_deg) * 111_319.49 * math::cos(math::rad(a.lat_deg));
    math::hypot(east, (a.lat_deg - b.lat_deg) * 111_250.0)
}

#[test]
fn a_flight_that_turns_is_smoothed_to_a_fraction_of_the_filters_error() {
    let (mut causal, mut smoothed) = (0.0, 0.0);
    for seed in 0..20 {
        let id = shown(&fly(turning, 300, seed, Keep::Nothing), 296.0)[0].id;
        let tracker = fly(turning, 300, seed, Keep::Whole(id));
        let trajectory = tracker.recording(id).expect("recorded from its birth").trajectory();
        // From its birth, a few looks after the beginning at times, or in the turn where a new track took over.
        let from_s = (trajectory.from() - at(0.0)).s() as u32;
        assert_eq!(trajectory.until(), at(296.0));
        for k in from_s + 20..280 {
            let t_s = f64::from(k) + 0.5;
            let truth = turning(t_s).lat_lon();
            let error = |estimate: Option<skypicket_track::Estimate>| {
                let d = distance_m(estimate.expect("within").position.lat_lon(), truth);
                d * d
            };
            causal += error(trajectory.causal(at(t_s)));
            smoothed += error(trajectory.smoothed(at(t_s)));
        }
    }
    let ratio: f64 = (smoothed / causal).sqrt();
    assert!(ratio < 0.6, "{ratio}");
}

#[test]
fn keeping_and_asking_change_nothing_of_the_picture() {
    let (plain, kept) = (fly(turning, 240, 3, Keep::Nothing), fly(turning, 240, 3, Keep::Lag));
    assert_eq!(shown(&plain, 236.0), shown(&kept, 236.0));
    let before = encode(&kept);
    let first = recording(&kept, 236.0).trajectory();
    let again = recording(&kept, 236.0).trajectory();
    for k in 0..=120 {
        let time = at(116.0 + f64::from(k));
        assert!(first.smoothed(time).is_some());
        assert_eq!(first.smoothed(time), again.smoothed(time));
    }
    assert_eq!(encode(&kept), before);
}

#[test]
fn what_is_kept_is_two_minutes_and_the_filter_run_again_ends_where_it_is() {
    let tracker = fly(turning, 300, 4, Keep::Lag);
    let recording = recording(&tracker, 296.0);
    assert_eq!(recording.len(), 30);
    let trajectory = recording.trajectory();
    assert_eq!((trajectory.from(), trajectory.until()), (at(176.0), at(296.0)));
    assert_eq!(trajectory.moments().count(), 31);
    let (last, live) = (trajectory.causal(at(296.0)).expect("its end"), &shown(&tracker, 296.0)[0]);
    assert_eq!((last.position, last.velocity), (live.position, live.velocity));
    // The track's own covariance has what is not known of the radar's bias besides.
    for (i, j) in [(3, 3), (3, 4), (4, 4), (5, 5)] {
        assert!((last.covariance.get(i, j) - live.covariance.get(i, j)).abs() < 1e-9);
    }
    assert!((0..3).all(|k| last.covariance.get(k, k) <= live.covariance.get(k, k)));
    assert_eq!(trajectory.smoothed(at(296.0)), Some(last));
    assert_eq!(trajectory.smoothed(at(297.0)), None);
    assert_eq!(trajectory.smoothed(at(175.0)), None);
}

#[test]
fn a_restored_tracker_goes_on_with_the_same_trajectories() {
    let tracker = fly(turning, 200, 5, Keep::Lag);
    let bytes = encode(&tracker);
    let restored = tracker.restored(&mut Reader::new(&bytes)).expect("its own bytes");
    assert_eq!(encode(&restored), bytes);
    let (a, b) = (recording(&tracker, 196.0).trajectory(), recording(&restored, 196.0).trajectory());
    assert_eq!(a.smoothed(at(150.5)), b.smoothed(at(150.5)));
}

#[test]
fn late_plots_stand_where_they_belong() {
    let near = radar(1, 51.22, 22.57);
    let far = radar(2, 51.9, 23.2);
    let run = |late_s: f64| {
        let sensors = [near.clone(), far.clone()];
        // Registration pairs the two radars' plots as they come; here both are known to be right.
        let params = Params {
            range_bias_sigma_m: 1e-3,
            azimuth_bias_sigma_deg: 1e-6,
            elevation_bias_sigma_deg: 1e-6,
            time_bias_sigma_s: 1e-6,
            ..Params::default()
        };
        let mut tracker = Tracker::new(params, &sensors);
        let (mut random, mut events) = (Random::new(8), Vec::new());
        let mut inputs: Vec<(f64, Vec<Observation>)> = Vec::new();
        for k in (0..160).step_by(4) {
            let t_s = f64::from(k);
            let place = |t_s: f64| straight().place(t_s);
            inputs.push((t_s, vec![plot(&near, place(t_s), at(t_s), Some(&mut random)), whole(&near, at(t_s))]));
            let own = t_s + 2.0;
            let frame = vec![plot(&far, place(own), at(own), Some(&mut random)), whole(&far, at(own))];
            inputs.push((own + late_s, frame));
        }
        inputs.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (t_s, frame) in inputs {
            tracker.observe(&frame, &mut events);
            tick(&mut tracker, t_s, true, &mut events);
        }
        recording(&tracker, 170.0).trajectory()
    };
    let (in_order, late) = (run(0.0), run(9.0));
    let mut worst = 0.0_f64;
    for k in 60..150 {
        let time = at(f64::from(k));
        let (a, b) = (in_order.smoothed(time).expect("kept"), late.smoothed(time).expect("kept"));
        let sigma = math::hypot(a.position_sigma_m()[0], a.position_sigma_m()[1]);
        worst = worst.max(distance_m(a.position.lat_lon(), b.position.lat_lon()) / sigma);
    }
    // The weights of the plots were found when they came, and the state before them another way.
    assert!(worst < 0.25, "{worst}");
}

#[test]
fn an_object_that_reports_itself_is_smoothed_through_one_model_and_back() {
    let receiver = receiver(1);
    let mut tracker = Tracker::new(Params::default(), std::slice::from_ref(&receiver));
    let mut events = Vec::new();
    for k in 0..200 {
        let t_s = f64::from(k);
        // It says nothing of its velocity at first, and nothing at all for a while.
        if !(80..95).contains(&k) {
            let both = stated(&receiver, 0x48_4000, &straight(), t_s);
            tracker.observe(if k < 30 { &both[..1] } else { &both }, &mut events);
        }
        tick(&mut tracker, t_s, true, &mut events);
    }
    let trajectory = recording(&tracker, 199.0).trajectory();
    for k in 80..199 {
        let t_s = f64::from(k) + 0.3;
        let truth = straight().place(t_s).lat_lon();
        let estimate = trajectory.smoothed(at(t_s)).expect("kept");
        let away = distance_m(estimate.position.lat_lon(), truth);
        assert!(away < 30.0, "{t_s}: {away}");
        assert!(estimate.position_sigma_m().iter().all(|sigma| sigma.is_finite() && *sigma > 0.0));
    }
}

#[test]
fn a_recorded_track_is_handed_over_when_it_ends() {
    let id = shown(&fly(turning, 100, 6, Keep::Nothing), 96.0)[0].id;
    let mut tracker = fly(turning, 100, 6, Keep::Whole(id));
    assert!(tracker.take_recorded().is_empty());
    let sensor = radar(1, 51.22, 22.57);
    let mut events = Vec::new();
    for k in 25..40 {
        let t_s = f64::from(k) * 4.0;
        tracker.observe(&[whole(&sensor, at(t_s))], &mut events);
        tracker.tick(at(t_s), &mut events);
    }
    let recorded = tracker.take_recorded();
    assert_eq!((recorded.len(), recorded[0].id), (1, id));
    assert_eq!(recorded[0].trajectory().until(), at(96.0));
    assert!(tracker.recording(id).is_none());
}

#[test]
fn no_more_than_the_limit_are_kept_and_who_is_named_no_more_is_forgotten() {
    let sensor: Sensor = radar(1, 51.22, 22.57);
    let params = Params { smooth_tracks: 1, ..Params::default() };
    let mut tracker = Tracker::new(params, std::slice::from_ref(&sensor));
    let (mut random, mut events) = (Random::new(7), Vec::new());
    let other = Flight { from: Geodetic { lat_deg: 50.9, ..straight().from }, ..straight() };
    for k in (0..60).step_by(4) {
        let t_s = f64::from(k);
        let mut frame = vec![plot(&sensor, straight().place(t_s), at(t_s), Some(&mut random))];
        frame.push(plot(&sensor, other.place(t_s), at(t_s), Some(&mut random)));
        frame.push(whole(&sensor, at(t_s)));
        tracker.observe(&frame, &mut events);
        tick(&mut tracker, t_s, true, &mut events);
    }
    assert_eq!(shown(&tracker, 56.0).len(), 2);
    assert_eq!(tracker.trajectories_kept(), (1, 1));
    tracker.keep_trajectories(&[], at(100.0));
    assert_eq!(tracker.trajectories_kept(), (1, 0));
    let later = at(56.0) + Span::from_s(121);
    tracker.keep_trajectories(&[], later);
    assert_eq!(tracker.trajectories_kept(), (0, 0));
}

/// A radar that turns a third of a degree too far learns so from aircraft that report themselves, which come into view a minute after the silent one.
#[test]
fn what_was_measured_before_a_bias_was_known_has_it_taken_off_afterwards() {
    let (sensor, rx) = (radar(1, 51.22, 22.57), receiver(0));
    let mut tracker = Tracker::new(Params::default(), &[sensor.clone(), rx.clone()]);
    let (mut random, mut events) = (Random::new(11), Vec::new());
    let silent =
        Flight { from: Geodetic { lat_deg: 51.9, lon_deg: 22.6, height_m: 5000.0 }, east_m_s: 60.0, north_m_s: 20.0 };
    let teaching: Vec<Flight> = (0..12)
        .map(|k| Flight {
            from: Geodetic { lat_deg: 50.8 + 0.1 * f64::from(k), lon_deg: 23.4, height_m: 9000.0 },
            east_m_s: if k % 2 == 0 { -200.0 } else { 100.0 },
            north_m_s: 80.0,
        })
        .collect();
    let turned = |place: Geodetic, t_s: f64, random: &mut Random| {
        let mut seen = plot(&sensor, place, at(t_s), Some(random));
        if let Report::Plot(p) = &mut seen.report {
            p.azimuth.rad += math::rad(0.33);
        }
        seen
    };
    let mut early = Vec::new();
    for k in 0..110 {
        let t_s = f64::from(k);
        let told: Vec<&Flight> = teaching.iter().filter(|_| k >= 60).collect();
        for (n, flight) in told.iter().enumerate() {
            tracker.observe(&stated(&rx, 100 + n as u32, flight, t_s), &mut events);
        }
        if k % 4 == 0 {
            let mut frame = vec![turned(silent.place(t_s), t_s, &mut random)];
            frame.extend(told.iter().map(|flight| turned(flight.place(t_s), t_s, &mut random)));
            frame.push(whole(&sensor, at(t_s)));
            tracker.observe(&frame, &mut events);
        }
        tick(&mut tracker, t_s, true, &mut events);
        if k == 59 || k == 109 {
            let shown = shown(&tracker, t_s);
            let own = shown.iter().find(|track| track.identity.address().is_none()).expect("it is tracked");
            let mut way = Way::default();
            assert!(tracker.way(own.id, at(0.0), &mut way));
            let off_m = way
                .moments
                .iter()
                .filter(|moment| moment.time > at(20.0) && moment.time < at(50.0))
                .map(|moment| distance_m(moment.place, silent.place((moment.time - at(0.0)).s()).lat_lon()));
            early.push(off_m.fold(0.0, f64::max));
        }
    }
    assert!(early[0] > 250.0, "seventy kilometres away a third of a degree is 400 m: {early:?}");
    assert!(early[1] < 0.35 * early[0], "known now, it is taken off what was measured then: {early:?}");
}
