use super::pilot::{Handling, Leg, Start, beside, fly};
use super::station::{Errors, Station};
use super::*;
use crate::geodesic::between;
use crate::scenario::Scenario;
use crate::score::{self, Description};
use flown::State;
use skypicket_model::math::{cos, sin};
use skypicket_model::{Geodetic, Tangent, Vec3};

const HOME: Geodetic = Geodetic { lat_deg: 50.0, lon_deg: 20.0, height_m: 100.0 };

fn start(speed_m_s: f64, wind_m_s: [f64; 2]) -> Start {
    Start { place: Geodetic { height_m: 1000.0, ..HOME }, heading_deg: 90.0, speed_m_s, wind_m_s }
}

fn still(east_m: f64, north_m: f64, height_m: f64) -> State {
    let place = Tangent::new(HOME).geodetic(Vec3::new(east_m, north_m, 0.0)).lat_lon().at_height(height_m);
    State::new(place, Vec3::ZERO)
}

#[test]
fn between_knots_a_flight_is_a_cubic_and_outside_it_is_nowhere() {
    // A circle of 1 km radius at 50 m/s, knots 2 s apart.
    let frame = Tangent::new(HOME);
    let state = |t: f64| {
        let a = 0.05 * t;
        let position = frame.to_ecef(Vec3::new(1000.0 * sin(a), 1000.0 * cos(a), 500.0));
        State { position, velocity: frame.rotate_to_ecef(Vec3::new(50.0 * cos(a), -50.0 * sin(a), 0.0)) }
    };
    let flown = Flown::new((0..40).map(|k| (f64::from(k) * 2.0, state(f64::from(k) * 2.0))));
    for k in 0..780 {
        let t = 0.1 * f64::from(k);
        let (got, want) = (flown.at(t).expect("within"), state(t));
        // Hermite's error is h⁴/384 of the fourth derivative: 0.26 mm here.
        assert!((got.position - want.position).norm() < 3e-4 && (got.velocity - want.velocity).norm() < 2e-3, "{t}");
    }
    assert!(flown.at(-0.01).is_none() && flown.at(78.01).is_none() && flown.at(78.0).is_some());
    let part = flown.between(10.5, 20.0);
    assert_eq!(part.span_s(), Some((10.5, 20.0)));
    assert!((part.at(15.3).expect("within").position - state(15.3).position).norm() < 1e-3);
    assert_eq!(flown.shifted(5.0).span_s(), Some((5.0, 83.0)));
    assert!(Flown::default().at(0.0).is_none());
}

#[test]
fn a_pilot_keeps_to_what_the_aircraft_can_do() {
    let mut rng = Rng::new(3);
    let legs = [
        Leg::Straight(20.0),
        Leg::Break(70.0, 180.0),
        Leg::To(still(8000.0, -3000.0, 0.0).motion().place.lat_lon(), 25.0, 1800.0),
        Leg::Wander(25.0, 8.0, 60.0),
        Leg::Weave(30.0, 30.0, 60.0),
    ];
    let handling = Handling::DRONE;
    let flown = fly(start(45.0, [0.0, 0.0]), handling, &legs, 600.0, &mut rng);
    let (_, end_s) = flown.span_s().expect("flown");
    let mut last: Option<(f64, f64)> = None;
    let mut turned = 0.0;
    let mut t = 0.0;
    while t <= end_s {
        let m = flown.at(t).expect("within").motion();
        let (speed, heading) = (m.ground_speed_m_s(), skypicket_model::math::atan2(m.east_m_s, m.north_m_s));
        assert!(m.up_m_s.abs() <= handling.climb_m_s + 0.01, "{m:?}");
        if let Some((before, way)) = last {
            assert!((speed - before).abs() <= handling.accel_m_s2 + 0.01, "{before} to {speed} at {t}");
            let rate = skypicket_model::math::wrap_pi(heading - way).abs();
            // 35 degrees of bank whatever was wished for.
            assert!(rate <= 9.81 * 0.7003 / speed.min(before) + 0.005, "{rate} rad/s at {speed}, {t}");
            turned += rate;
        }
        last = Some((speed, heading));
        t += 1.0;
    }
    assert!(turned > 3.0, "it turned {turned}");
    let end = flown.at(end_s).expect("within").motion();
    assert!((end.place.height_m - 1800.0).abs() < 30.0 && (end.ground_speed_m_s() - 25.0).abs() < 0.2, "{end:?}");
}

#[test]
fn a_circle_is_held_over_ground_in_wind_with_a_changing_turn() {
    let flown =
        fly(start(40.0, [8.0, 3.0]), Handling::DRONE, &[Leg::Circle(600.0, 900.0, 1000.0)], 900.0, &mut Rng::new(1));
    let places: Vec<_> = (300..900).map(|k| flown.at(f64::from(k)).expect("within").motion()).collect();
    let mean = |f: fn(&crate::path::Motion) -> f64| places.iter().map(f).sum::<f64>() / places.len() as f64;
    let centre = skypicket_model::LatLon { lat_deg: mean(|m| m.place.lat_deg), lon_deg: mean(|m| m.place.lon_deg) };
    let radii: Vec<f64> = places.iter().map(|m| between(m.place.lat_lon(), centre).distance_m).collect();
    assert!(radii.iter().all(|r| (480.0..760.0).contains(r)), "{:?}", radii.iter().copied().fold(0.0, f64::max));
    let speeds: Vec<f64> = places.iter().map(crate::path::Motion::ground_speed_m_s).collect();
    let (least, most) = speeds.iter().fold((1e9_f64, 0.0_f64), |(a, b), v| (a.min(*v), b.max(*v)));
    assert!(least < 33.0 && most > 47.0, "wind shows in ground speed: {least} to {most}");
}

#[test]
fn a_wingman_stays_beside_its_leader() {
    let mut rng = Rng::new(5);
    let legs = [Leg::Straight(100.0), Leg::Break(20.0, 120.0), Leg::Straight(100.0)];
    let leader = fly(start(50.0, [0.0, 0.0]), Handling::DRONE, &legs, 400.0, &mut rng);
    let other = beside(&leader, [400.0, -200.0, 30.0], 60.0, &mut rng);
    assert_eq!(leader.span_s(), other.span_s());
    let (_, end_s) = leader.span_s().expect("flown");
    for k in 0..end_s as u32 {
        let t = f64::from(k);
        let (a, b) = (leader.at(t).expect("there"), other.at(t).expect("there"));
        let apart = (a.position - b.position).norm();
        assert!((150.0..900.0).contains(&apart), "{apart} m at {t}");
        assert!((b.velocity - a.velocity).norm() < 60.0, "{t}");
    }
}

#[test]
fn a_radar_measures_the_place_and_stops_at_its_limits() {
    let radar = Station { noise: Errors::default(), ..Station::radar("r", HOME, 5.0, 100.0) };
    let target = still(20_000.0, 30_000.0, 4000.0);
    assert!(radar.sees(&target));
    let Sighting::Radar3d([range_m, az, el]) = radar.measure(&target, 0, &mut Rng::new(1)) else { panic!("3D") };
    let (a, e) = (az.to_radians(), el.to_radians());
    let local = Vec3::new(range_m * cos(e) * sin(a), range_m * cos(e) * cos(a), range_m * sin(e));
    assert!((Tangent::new(HOME).to_ecef(local) - target.position).norm() < 1e-6);
    assert!(!radar.sees(&still(0.0, 101_000.0, 9000.0)), "beyond its range");
    assert!(!radar.sees(&still(0.0, 800.0, 200.0)), "nearer than it sees");
    assert!(!radar.sees(&still(0.0, 5000.0, 9000.0)), "above its beam");
    // Horizon of 100 m and h: 41.2 km + 4.12 km·√h; at 80 km that is 88.7 m.
    assert!(!radar.sees(&still(0.0, 80_000.0, 80.0)) && radar.sees(&still(0.0, 80_000.0, 100.0)));
    let north = Station { sector_deg: (350.0, 20.0), ..radar };
    assert!(north.sees(&still(0.0, 30_000.0, 2000.0)) && north.sees(&still(9000.0, 30_000.0, 2000.0)));
    assert!(!north.sees(&still(30_000.0, 0.0, 2000.0)) && !north.sees(&still(-9000.0, 30_000.0, 2000.0)));
}

fn one_target(station: Station, looks: u32) -> Trial {
    let state = still(20_000.0, 30_000.0, 4000.0);
    let end_s = f64::from(looks) * station.period_s;
    let target = Target { kind: "drone", address: Some(0x12_3456), flown: Flown::new([(0.0, state), (end_s, state)]) };
    let (name, description) = ("test".to_owned(), String::new());
    let duration_s = end_s - 0.5;
    Trial { name, description, seed: 9, duration_s, step_s: 5.0, stations: vec![station], targets: vec![target] }
}

#[test]
fn detections_noise_clutter_and_delay_have_their_stated_moments() {
    let looks = 20_000;
    let station = Station {
        pd: 0.7,
        clutter: 3.0,
        bias: Errors { range_m: 40.0, azimuth_deg: 0.0, elevation_deg: -0.2 },
        delay_s: (2.0, 100.0),
        ..Station::radar("r", HOME, 5.0, 100.0)
    };
    let trial = one_target(station.clone(), looks);
    let played = trial.play();
    let n = f64::from(looks);
    let (mut seen, mut false_ones) = (Vec::new(), 0.0);
    for look in &played.looks {
        for (sighting, target) in &look.sightings {
            match (sighting, target) {
                (Sighting::Radar3d(numbers), Some(0)) => seen.push(*numbers),
                _ => false_ones += 1.0,
            }
        }
    }
    let m = seen.len() as f64;
    assert!((m / n - 0.7).abs() < 5.0 * (0.21 / n).sqrt(), "{}", m / n);
    assert!((false_ones / n - 3.0).abs() < 5.0 * (3.0 / n).sqrt(), "{}", false_ones / n);
    let exact = Station { noise: Errors::default(), bias: Errors::default(), ..station };
    let state = still(20_000.0, 30_000.0, 4000.0);
    let Sighting::Radar3d(truth) = exact.measure(&state, 0, &mut Rng::new(1)) else { panic!("3D") };
    for (k, (bias, sigma)) in [(40.0, 50.0), (0.0, 0.15), (-0.2, 0.3)].into_iter().enumerate() {
        let mean = seen.iter().map(|z| z[k] - truth[k]).sum::<f64>() / m;
        let variance = seen.iter().map(|z| (z[k] - truth[k] - mean) * (z[k] - truth[k] - mean)).sum::<f64>() / m;
        assert!((mean - bias).abs() < 5.0 * sigma / m.sqrt(), "axis {k}: bias {mean}");
        assert!((variance.sqrt() / sigma - 1.0).abs() < 5.0 / (2.0 * m).sqrt(), "axis {k}: sigma {}", variance.sqrt());
    }
    let delay = played.looks.iter().map(|look| look.arrival_s - look.time_s).sum::<f64>() / n;
    assert!((delay - 2.0).abs() < 5.0 * 2.0 / n.sqrt(), "{delay}");
    assert!(played.looks.is_sorted_by_key(|look| (look.arrival_s * 1e9) as i64));
    assert!(played.looks.windows(2).any(|pair| pair[0].time_s > pair[1].time_s), "some overtake others");
}

#[test]
fn a_silence_removes_its_looks_and_changes_nothing_else() {
    let loud = one_target(Station::radar("r", HOME, 5.0, 100.0), 100);
    let mut quiet = loud.clone();
    quiet.stations[0].silent_s = vec![(100.0, 200.0)];
    let (loud, played) = (loud.play(), quiet.play());
    let kept: Vec<_> = loud.looks.iter().filter(|look| !(100.0..200.0).contains(&look.time_s)).collect();
    assert_eq!(kept.len(), played.looks.len());
    assert!(kept.iter().zip(&played.looks).all(|(a, b)| a.sightings == b.sightings && a.scan == b.scan));
    assert!(quiet.visible(&played, 0, 114.0) && !quiet.visible(&played, 0, 116.0) && quiet.visible(&played, 0, 200.0));
}

#[test]
fn one_listening_post_does_not_make_visible_and_two_do() {
    let mut trial = one_target(Station::post("a", HOME, 50.0, 1.0), 50);
    let played = trial.play();
    assert!(!trial.visible(&played, 0, 30.0));
    trial.stations.push(Station::post("b", still(5000.0, 0.0, 100.0).motion().place, 50.0, 1.0));
    assert!(trial.visible(&trial.play(), 0, 30.0));
}

#[test]
fn the_folder_is_what_tracker_and_scorer_read() {
    let mut trial = one_target(Station::radar("turning", HOME, 5.0, 100.0), 40);
    trial.stations.push(Station { kind: Kind::Radar2d, ..Station::radar("flat", HOME, 7.0, 100.0) });
    trial.stations.push(Station::post("post", HOME, 60.0, 1.0));
    trial.stations.push(Station::receivers("reports", 2.0));
    let played = trial.play();
    let (mut measurements, mut association, mut truth) = (Vec::new(), Vec::new(), Vec::new());
    trial.write_measurements(&played, &mut measurements).expect("written");
    trial.write_association(&played, &mut association).expect("written");
    trial.write_truth(&played, &mut truth).expect("written");
    let description = trial.description_json();
    let scenario = Scenario::parse(description.as_bytes()).expect("a scenario");
    assert_eq!(scenario.ask_s, trial.asked_s().collect::<Vec<_>>());
    let mut frames = scenario.frames(measurements.as_slice()).expect("frames");
    let (mut looks, mut observations) = (0, 0);
    while let Some(frame) = frames.next_frame().expect("read") {
        looks += 1;
        observations += frame.observations.len();
    }
    assert_eq!((frames.rejected(), looks), (0, played.looks.len()));
    // One north marker a look of the three that look, two observations a self-report.
    let sightings: usize = played.looks.iter().map(|look| look.sightings.len()).sum();
    let reports = played.looks.iter().filter(|look| look.station == 3);
    let (silent, spoken) = reports.fold((0, 0), |(n, s), look| (n + 1, s + look.sightings.len()));
    assert_eq!(observations, sightings + spoken + looks - silent);
    let count = |bytes: &[u8]| bytes.iter().filter(|b| **b == b'\n').count();
    assert_eq!(count(&association), looks);
    // Truth as tracks scores nothing but its rounding.
    let scored = Description::parse(description.as_bytes()).expect("a description");
    let truth = score::read_truth(truth.as_slice()).expect("truth");
    assert_eq!(truth.len(), trial.asked_s().count());
    let tracks: String = truth
        .iter()
        .map(|t| {
            format!(
                "{{\"time\":{},\"track_id\":{},\"lat\":{},\"lon\":{}}}\n",
                t.time_s, t.id, t.place_deg[0], t.place_deg[1]
            )
        })
        .collect();
    let estimates = score::read_estimates(tracks.as_bytes()).expect("tracks");
    let result = score::score(&scored, &truth, &estimates, &scored.settings());
    assert!(result.gospa_mean < 0.1, "{}", result.gospa_mean);
}

#[test]
fn every_trial_unlike_is_sound_and_the_same_each_time() {
    assert!(unlike::trial(0).is_none() && unlike::trial(unlike::COUNT + 1).is_none());
    let mut names = std::collections::BTreeSet::new();
    for number in 1..=unlike::COUNT {
        let trial = unlike::trial(number).expect("one of them");
        let played = trial.play();
        assert!(names.insert(trial.name.clone()));
        assert!(Scenario::parse(trial.description_json().as_bytes()).is_ok(), "{}", trial.name);
        let asked: Vec<f64> = trial.asked_s().collect();
        let flying = |t: f64| trial.targets.iter().filter(|target| target.flown.at(t).is_some()).count();
        let visible = |t: f64| (0..trial.targets.len()).filter(|k| trial.visible(&played, *k, t)).count();
        let (there, seen) = asked.iter().fold((0, 0), |(a, b), t| (a + flying(*t), b + visible(*t)));
        assert!(there > asked.len() * 5, "{}: {there} in {}", trial.name, asked.len());
        assert!(seen * 10 > there * 5, "{}: {seen} of {there} seen", trial.name);
        for target in &trial.targets {
            let (from_s, to_s) = target.flown.span_s().expect("it flew");
            let m = target.flown.at(0.5 * (from_s + to_s)).expect("within").motion();
            let fast = m.ground_speed_m_s();
            assert!(
                (5.0..340.0).contains(&fast) && (20.0..13_000.0).contains(&m.place.height_m),
                "{}: {m:?}",
                trial.name
            );
        }
        let again = unlike::trial(number).expect("one of them").play();
        let same = played.looks.iter().zip(&again.looks).all(|(a, b)| a.sightings == b.sightings);
        assert!(same && played.looks.len() == again.looks.len());
    }
}
