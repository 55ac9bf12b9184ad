//! Radar plots become tracks: confirmation, consistency, order and distance do not matter, late data, ends, checkpoints.

mod common;

use common::*;
use proptest::prelude::*;
use skypicket_model::observation::{Angle, SensorPosition};
use skypicket_model::{Geodetic, Observation, Reader, Report, Sensor, Track};
use skypicket_track::{Params, TrackEvent, Tracker};

fn flight() -> Flight {
    Flight { from: Geodetic { lat_deg: 51.6, lon_deg: 22.6, height_m: 5000.0 }, east_m_s: 150.0, north_m_s: 60.0 }
}

fn encode(tracker: &Tracker) -> Vec<u8> {
    let mut out = Vec::new();
    tracker.encode(&mut out);
    out
}

fn tracks(tracker: &Tracker, t_s: f64) -> Vec<Track> {
    let mut out = Vec::new();
    tracker.snapshot(at(t_s), &mut out);
    out
}

/// Looks of one radar every 4 s at one object, with clutter far away.
fn run(seconds: usize, seed: u64) -> (Tracker, Vec<TrackEvent>) {
    run_biased(seconds, seed, [0.0; 3])
}

/// … that reads range, azimuth and elevation wrong by so much.
fn run_biased(seconds: usize, seed: u64, bias: [f64; 3]) -> (Tracker, Vec<TrackEvent>) {
    let sensor = radar(1, 51.22, 22.57);
    let mut tracker = Tracker::new(Params::default(), std::slice::from_ref(&sensor));
    let (mut random, mut events) = (Random::new(seed), Vec::new());
    for k in (0..seconds).step_by(4) {
        let t_s = k as f64;
        let place = flight().place(t_s);
        let mut seen = plot(&sensor, place, at(t_s), Some(&mut random));
        if let Report::Plot(p) = &mut seen.report {
            p.range_m += bias[0];
            p.azimuth.rad += bias[1];
            p.elevation = p.elevation.map(|e| Angle { rad: e.rad + bias[2], ..e });
        }
        tracker.observe(&[seen, whole(&sensor, at(t_s))], &mut events);
        tracker.tick(at(t_s), &mut events);
    }
    (tracker, events)
}

#[test]
fn a_flight_is_one_confirmed_track_where_it_is() {
    let (tracker, events) = run(60, 1);
    let shown = tracks(&tracker, 56.0);
    assert_eq!(shown.len(), 1);
    assert_eq!(events.iter().filter(|e| matches!(e, TrackEvent::Confirmed(_))).count(), 1);
    let truth = flight().place(56.0);
    assert!(shown[0].position.lat_lon().rough_distance_m(truth.lat_lon()) < 200.0);
    assert!((shown[0].velocity.x - 150.0).abs() < 15.0 && (shown[0].velocity.y - 60.0).abs() < 15.0);
    assert_eq!(shown[0].updates, 15);
    assert_eq!(shown[0].lines.len(), 1);
}

#[test]
fn what_is_no_longer_seen_ends() {
    let sensor = radar(1, 51.22, 22.57);
    let (mut tracker, _) = run(60, 2);
    let mut events = Vec::new();
    for k in 15..24 {
        let t_s = f64::from(k) * 4.0;
        tracker.observe(&[whole(&sensor, at(t_s))], &mut events);
        tracker.tick(at(t_s), &mut events);
    }
    assert!(tracks(&tracker, 92.0).is_empty());
    assert!(events.iter().any(|e| matches!(e, TrackEvent::Ended(..))));
}

#[test]
fn covariances_tell_the_errors_that_there_are() {
    // Normalised squared error of horizontal position and velocity, four degrees of freedom, over independent runs.
    // A radar alone cannot learn its biases: half of the runs have one, drawn from the prior, and its sigma counts.
    let (mut sum, mut count) = (0.0, 0.0);
    for seed in 0..60 {
        let mut random = Random::new(500 + seed);
        let share = if seed % 2 == 0 { 1.0 } else { 0.0 };
        let bias = [100.0, skypicket_model::math::rad(0.2), skypicket_model::math::rad(0.1)];
        let (tracker, _) = run_biased(64, 100 + seed, bias.map(|sigma| share * sigma * random.normal()));
        let shown = tracks(&tracker, 60.0);
        let Some(track) = shown.first() else { continue };
        let truth = flight().place(60.0);
        let east = (track.position.lon_deg - truth.lon_deg) * 111_319.49 * skypicket_model::math::cos(0.9);
        let north = (track.position.lat_deg - truth.lat_deg) * 111_250.0;
        let error = [east, north, track.velocity.x - 150.0, track.velocity.y - 60.0];
        let index = [0, 1, 3, 4];
        let matrix = nalgebra::Matrix4::from_fn(|i, j| track.covariance.get(index[i], index[j]));
        let error = nalgebra::Vector4::from(error);
        sum += (error.transpose() * matrix.try_inverse().expect("positive") * error)[0];
        count += 1.0;
    }
    // The mean of 60 draws of chi-square with 4 degrees has a sigma of 0.37; mixing makes the filter a little pessimistic.
    let nees = sum / count;
    assert!((1.5..=5.2).contains(&nees), "{nees}");
}

#[test]
fn far_away_objects_change_no_bit_of_a_track() {
    let near = radar(1, 51.22, 22.57);
    let sensors = [near.clone()];
    let run = |with_others: bool| {
        let mut tracker = Tracker::new(Params::default(), &sensors);
        let mut events = Vec::new();
        let other = Flight {
            from: Geodetic { lat_deg: 50.2, lon_deg: 23.9, height_m: 9000.0 },
            east_m_s: -90.0,
            north_m_s: 10.0,
        };
        let mut random = Random::new(5);
        for k in 0..12 {
            let t_s = f64::from(k) * 4.0;
            let mut frame = vec![plot(&near, flight().place(t_s), at(t_s), Some(&mut random))];
            if with_others {
                // More of them than are gated without a grid.
                for k in 0..8 {
                    let place = other.place(t_s);
                    frame.push(plot(
                        &near,
                        Geodetic { lat_deg: place.lat_deg - 0.03 * f64::from(k), ..place },
                        at(t_s),
                        None,
                    ));
                }
            }
            frame.push(whole(&near, at(t_s)));
            tracker.observe(&frame, &mut events);
            tracker.tick(at(t_s), &mut events);
        }
        tracks(&tracker, 44.0)
    };
    let (alone, both) = (run(false), run(true));
    assert_eq!((alone.len(), both.len()), (1, 9));
    assert!(both.contains(&alone[0]));
}

#[test]
fn late_looks_give_nearly_what_looks_in_order_give() {
    let (a, b) = (radar(1, 51.22, 22.57), radar(2, 51.9, 22.2));
    let frames = |late: bool| {
        let mut all: Vec<(f64, Vec<Observation>)> = Vec::new();
        let mut random = Random::new(9);
        for k in 0..20 {
            let t_s = f64::from(k) * 4.0;
            for (sensor, shift, delay) in [(&a, 0.0, 0.0), (&b, 1.5, 5.0)] {
                let measured = t_s + shift;
                let frame = vec![
                    plot(sensor, flight().place(measured), at(measured), Some(&mut random)),
                    whole(sensor, at(measured)),
                ];
                all.push((if late { measured + delay } else { measured }, frame));
            }
        }
        all.sort_by(|x, y| x.0.total_cmp(&y.0));
        let mut tracker = Tracker::new(Params::default(), &[a.clone(), b.clone()]);
        let mut events = Vec::new();
        for (_, frame) in all {
            tracker.observe(&frame, &mut events);
        }
        tracks(&tracker, 84.0)
    };
    let (in_order, late) = (frames(false), frames(true));
    assert_eq!((in_order.len(), late.len()), (1, 1));
    let apart = in_order[0].position.lat_lon().rough_distance_m(late[0].position.lat_lon());
    let sigma = in_order[0].covariance.horizontal_ellipse().0;
    assert!(apart < 0.5 * sigma, "{apart} m of sigma {sigma} m");
    assert_eq!(in_order[0].updates, late[0].updates);
}

#[test]
fn plots_one_by_one_as_the_antenna_turns_make_the_same_track_and_silence_ends_it() {
    let sensor = radar(1, 51.22, 22.57);
    let mut tracker = Tracker::new(Params::default(), std::slice::from_ref(&sensor));
    let (mut random, mut events) = (Random::new(3), Vec::new());
    let other = Flight { from: Geodetic { lat_deg: 51.0, lon_deg: 22.0, height_m: 9000.0 }, ..flight() };
    for k in 0..200 {
        let t_s = f64::from(k);
        if k % 4 == 0 && k < 60 {
            tracker.observe(&[plot(&sensor, flight().place(t_s), at(t_s), Some(&mut random))], &mut events);
        }
        if k % 4 == 2 {
            tracker.observe(&[plot(&sensor, other.place(t_s), at(t_s), Some(&mut random))], &mut events);
        }
        tracker.tick(at(t_s), &mut events);
        if k == 56 {
            assert_eq!(tracks(&tracker, t_s).len(), 2);
        }
    }
    assert_eq!(tracks(&tracker, 199.0).len(), 1);
}

#[test]
fn a_restored_tracker_goes_on_bit_for_bit() {
    let sensor = radar(1, 51.22, 22.57);
    let (mut one, _) = run(40, 7);
    let bytes = encode(&one);
    let blank = Tracker::new(Params::default(), std::slice::from_ref(&sensor));
    let mut reader = Reader::new(&bytes);
    let mut two = blank.restored(&mut reader).expect("own bytes");
    assert_eq!(reader.remaining(), 0);
    let mut events = (Vec::new(), Vec::new());
    for k in 10..20 {
        let t_s = f64::from(k) * 4.0;
        let frame = [plot(&sensor, flight().place(t_s), at(t_s), None), whole(&sensor, at(t_s))];
        one.observe(&frame, &mut events.0);
        two.observe(&frame, &mut events.1);
        one.tick(at(t_s), &mut events.0);
        two.tick(at(t_s), &mut events.1);
    }
    assert_eq!(events.0, events.1);
    assert_eq!(encode(&one), encode(&two));
    for cut in (0..bytes.len()).step_by(97) {
        assert!(blank.restored(&mut Reader::new(&bytes[..cut])).is_err());
    }
}

/// A radar on a ship, whose data say where it is at every turn.
#[test]
fn a_moving_radar_tracks_and_its_state_goes_on_bit_for_bit() {
    let fixed = radar(1, 51.22, 22.57);
    let config = Sensor { site: None, ..fixed.clone() };
    let blank = Tracker::new(Params::default(), std::slice::from_ref(&config));
    let mut one = Tracker::new(Params::default(), std::slice::from_ref(&config));
    let mut two = None;
    let mut random = Random::new(5);
    let mut events = (Vec::new(), Vec::new());
    for k in 0..60 {
        let t_s = f64::from(k) * 4.0;
        // 20 m a turn: within the whole run it comes into another step of coverage.
        let place = Geodetic { lat_deg: 51.214 + f64::from(k) * 0.000_18, lon_deg: 22.57, height_m: 200.0 };
        let here = Sensor { site: Some(place), ..fixed.clone() };
        let stated = Report::SensorPosition(SensorPosition { place, height_is_amsl: false });
        let frame = [
            observation(&here, at(t_s), 2, stated),
            plot(&here, flight().place(t_s), at(t_s), Some(&mut random)),
            whole(&here, at(t_s)),
        ];
        one.observe(&frame, &mut events.0);
        one.tick(at(t_s), &mut events.0);
        if let Some(two) = &mut two {
            let two: &mut Tracker = two;
            two.observe(&frame, &mut events.1);
            two.tick(at(t_s), &mut events.1);
            assert_eq!(encode(&one), encode(two), "turn {k}");
        } else if k == 20 {
            two = Some(blank.restored(&mut Reader::new(&encode(&one))).expect("own bytes"));
        }
    }
    let shown = tracks(&one, 236.0);
    assert_eq!(shown.len(), 1, "one object, one track");
    assert!(shown[0].position.lat_lon().rough_distance_m(flight().place(236.0).lat_lon()) < 300.0);
}

#[test]
fn ids_go_over_to_the_next_epoch() {
    let (old, _) = run(60, 1);
    let earlier = tracks(&old, 56.0);
    let (mut new, _) = run(60, 77);
    let before = tracks(&new, 56.0)[0].id;
    assert_ne!(before, earlier[0].id);
    assert_eq!(new.adopt(&earlier, at(56.0)), vec![(before, earlier[0].id)]);
    assert_eq!(tracks(&new, 56.0)[0].id, earlier[0].id);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// A swarm in clutter: the order of the plots of a look changes nothing, and every shown covariance is positive.
    #[test]
    fn the_order_of_simultaneous_plots_changes_nothing(seed in 0_u64..1_000_000) {
        let sensor = radar(1, 51.22, 22.57);
        let mut trackers = [
            Tracker::new(Params::default(), std::slice::from_ref(&sensor)),
            Tracker::new(Params::default(), std::slice::from_ref(&sensor)),
        ];
        let (mut random, mut events) = (Random::new(seed), Vec::new());
        for k in 0..8 {
            let t_s = f64::from(k) * 4.0;
            let mut frame = Vec::new();
            for n in 0..6 {
                let from = Geodetic { lat_deg: 51.6 + 0.006 * f64::from(n), lon_deg: 22.6, height_m: 1500.0 };
                let swarm = Flight { from, east_m_s: 50.0, north_m_s: -10.0 * f64::from(n) };
                if random.uniform() < 0.8 {
                    frame.push(plot(&sensor, swarm.place(t_s), at(t_s), Some(&mut random)));
                }
                let place = Geodetic {
                    lat_deg: 51.3 + 0.5 * random.uniform(),
                    lon_deg: 22.3 + 0.6 * random.uniform(),
                    height_m: 500.0 + 3000.0 * random.uniform(),
                };
                frame.push(plot(&sensor, place, at(t_s), None));
            }
            for (t, tracker) in trackers.iter_mut().enumerate() {
                let mut shuffled = frame.clone();
                if t == 1 {
                    for i in (1..shuffled.len()).rev() {
                        let j = (random.uniform() * (i + 1) as f64) as usize;
                        shuffled.swap(i, j.min(i));
                    }
                }
                shuffled.push(whole(&sensor, at(t_s)));
                tracker.observe(&shuffled, &mut events);
                tracker.tick(at(t_s), &mut events);
            }
        }
        prop_assert_eq!(encode(&trackers[0]), encode(&trackers[1]));
        for track in tracks(&trackers[0], 28.0) {
            let matrix = nalgebra::Matrix6::from_fn(|i, j| track.covariance.get(i, j));
            prop_assert!(matrix.cholesky().is_some());
        }
    }
}
