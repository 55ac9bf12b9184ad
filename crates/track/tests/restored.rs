//! A tracker that is saved and restored again and again goes on to the same bits as one that never was.

mod common;

use common::*;
use skypicket_model::math::{self, rad};
use skypicket_model::{Geodetic, Observation, Reader, Sensor, SensorKind, Tangent, Vec3};
use skypicket_track::{Params, Tracker};

/// Level flight on a circle, or straight where the rate is 0; place and velocity.
fn circling(index: u32, t_s: f64) -> (Geodetic, Flight) {
    let spread = f64::from(index);
    let from = Geodetic {
        lat_deg: 51.3 + 0.07 * spread,
        lon_deg: 22.2 + 0.11 * spread,
        height_m: 400.0 + 900.0 * f64::from(index % 5),
    };
    let speed = if index.is_multiple_of(2) { 55.0 } else { 200.0 };
    let rate = rad([0.0, 3.0, -8.0][(index % 3) as usize]);
    let heading = rad(37.0 * spread) + rate * t_s;
    let (s, c) = math::sin_cos(heading);
    let (s0, c0) = math::sin_cos(rad(37.0 * spread));
    let moved = if index.is_multiple_of(3) {
        Vec3::new(speed * s0 * t_s, speed * c0 * t_s, 0.0)
    } else {
        Vec3::new(speed / rate * (c0 - c), speed / rate * (s - s0), 0.0)
    };
    let place = Geodetic { height_m: from.height_m, ..Tangent::new(from).geodetic(moved) };
    (place, Flight { from: place, east_m_s: speed * s, north_m_s: speed * c })
}

/// Each second's observations: three radars with false plots and biases (one of them flat, one late), posts, and objects of which some report
/// themselves for a while.
fn world() -> (Vec<Sensor>, Vec<(f64, Vec<Observation>)>) {
    let mut flat = radar(3, 51.9, 23.4);
    flat.kind = SensorKind::Radar2d;
    flat.elevation_sigma_rad = None;
    let mut sensors = vec![radar(1, 51.22, 22.57), radar(2, 51.0, 23.2), flat];
    sensors.extend((0..4).map(|k| post(k, 51.3 + 0.05 * f64::from(k), 22.3)));
    let ears = receiver(9);
    let (mut random, mut inputs) = (Random::new(11), Vec::new());
    for second in 0..240_u32 {
        let t_s = f64::from(second);
        for (k, sensor) in sensors.iter().enumerate() {
            let period = if k < 3 { [4, 5, 6][k] } else { 2 };
            if !(second + k as u32).is_multiple_of(period) {
                continue;
            }
            // The flat radar's looks come three seconds late.
            let seen_s = if k == 2 { (t_s - 3.0).max(0.0) } else { t_s };
            let mut look = Vec::new();
            for index in 0..9 {
                if random.uniform() < 0.85 {
                    let (place, _) = circling(index, seen_s);
                    look.push(if k < 3 {
                        plot(sensor, place, at(seen_s), Some(&mut random))
                    } else {
                        bearing(sensor, place, at(seen_s), &mut random)
                    });
                }
            }
            for _ in 0..if k < 3 { 15 } else { 1 } {
                let place = Geodetic {
                    lat_deg: 50.8 + 1.6 * random.uniform(),
                    lon_deg: 21.8 + 2.2 * random.uniform(),
                    height_m: 8000.0 * random.uniform(),
                };
                look.push(if k < 3 {
                    plot(sensor, place, at(seen_s), None)
                } else {
                    bearing(sensor, place, at(seen_s), &mut random)
                });
            }
            look.push(whole(sensor, at(seen_s)));
            inputs.push((t_s, look));
        }
        for index in (1..9).step_by(2) {
            // They fall silent after two minutes, one after the other.
            if second < 120 + 10 * index {
                let (place, flight) = circling(index, t_s);
                inputs.push((t_s, stated_at(&ears, 0x48_0000 + index, place, &flight, t_s).to_vec()));
            }
        }
    }
    sensors.push(ears);
    (sensors, inputs)
}

fn saved(tracker: &Tracker) -> Vec<u8> {
    let mut out = Vec::new();
    tracker.encode(&mut out);
    out
}

#[test]
fn restored_at_every_seventh_second_it_goes_on_to_the_same_bits() {
    let (sensors, inputs) = world();
    let mut whole = Tracker::new(Params::default(), &sensors);
    let mut parted = Tracker::new(Params::default(), &sensors);
    let (mut events, mut parted_events) = (Vec::new(), Vec::new());
    let mut second: u32 = 0;
    for (t_s, observations) in &inputs {
        while f64::from(second) < *t_s {
            second += 1;
            whole.tick(at(f64::from(second)), &mut events);
            parted.tick(at(f64::from(second)), &mut parted_events);
            if second.is_multiple_of(7) {
                let bytes = saved(&parted);
                parted = parted.restored(&mut Reader::new(&bytes)).expect("what was saved is read");
                assert!(saved(&parted) == bytes, "second {second}: read back as it was saved");
                assert!(saved(&whole) == bytes, "second {second}: the same as never restored");
            }
        }
        whole.observe(observations, &mut events);
        parted.observe(observations, &mut parted_events);
    }
    assert!(events == parted_events);
    let mut shown = Vec::new();
    whole.snapshot(at(f64::from(second)), &mut shown);
    assert!(shown.len() >= 7, "{} tracks: a world in which something happens", shown.len());
}
