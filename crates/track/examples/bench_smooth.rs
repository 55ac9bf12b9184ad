//! What keeping and smoothing trajectories costs: `cargo run --release -p skypicket-track --example bench_smooth` (Linux).
#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use skypicket_model::math::{self, rad};
use skypicket_model::observation::{Angle, Plot, SensorStatus};
use skypicket_model::{
    FeedId, Geodetic, Observation, ObservationId, Reality, Report, Sensor, SensorId, SensorKind, Seq, Span, Tangent,
    Time, Track, TrackId, Vec3,
};
use skypicket_track::{Params, Tracker};

/// CPU seconds of this thread; other programs' work does not count.
fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(f64::NAN) * 1e-9
}

const OBJECTS: usize = 1000;
const LOOKS: i64 = 90;

fn sensor() -> Sensor {
    let mut sensor = Sensor::new(SensorId { feed: FeedId(0), source: 1 }, "radar", SensorKind::Radar3d);
    sensor.site = Some(Geodetic { lat_deg: 51.0, lon_deg: 22.0, height_m: 200.0 });
    sensor.period = Some(Span::from_s(4));
    sensor.detection_probability = Some(0.95);
    sensor.clutter_per_look = Some(1.0);
    sensor.range_limits_m = Some((1000.0, 300_000.0));
    sensor
}

/// Objects on circles about the radar, 1.5 km apart, so that all of them turn a little.
fn observation(sensor: &Sensor, object: usize, time: Time, noise: &mut impl FnMut() -> f64) -> Observation {
    let radius_m = 30_000.0 + 8_000.0 * (object % 20) as f64;
    let angle = object as f64 / 50.0 * math::TAU * 1.02 + 150.0 / radius_m * (time.ns() as f64 * 1e-9 % 1e5);
    let (s, c) = math::sin_cos(angle);
    let frame = Tangent::new(sensor.site.unwrap_or_default());
    let place = Geodetic { height_m: 6000.0, ..frame.geodetic(Vec3::new(radius_m * s, radius_m * c, 0.0)) };
    let d = frame.to_enu(place.to_ecef());
    let range_m = d.norm();
    let angle = |value: f64, sigma_rad: f64, n: f64| Angle { rad: value + sigma_rad * n, sigma_rad };
    let plot = Plot::primary(
        range_m + 40.0 * noise(),
        40.0,
        angle(math::wrap_tau(math::atan2(d.x, d.y)), rad(0.08), noise()),
        Some(angle(math::asin(d.z / range_m), rad(0.2), noise())),
    );
    made(sensor, object as u32, time, Report::Plot(plot))
}

fn made(sensor: &Sensor, index: u32, time: Time, report: Report) -> Observation {
    let id = ObservationId { seq: Seq(time.ns() as u64), index };
    Observation { id, sensor: sensor.id, measured: time, received: time, reality: Reality::Simulated, report }
}

fn fly(keep: bool) -> (Tracker, Vec<TrackId>, f64) {
    let sensor = sensor();
    let mut tracker = Tracker::new(Params::default(), std::slice::from_ref(&sensor));
    let (mut events, mut shown, mut ids, mut seed) = (Vec::new(), Vec::<Track>::new(), Vec::new(), 1_u64);
    let mut noise = move || {
        let sum: f64 = (0..12)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 11) as f64 / (1_u64 << 53) as f64
            })
            .sum();
        sum - 6.0
    };
    let mut spent_s = 0.0;
    for look in 0..LOOKS {
        let time = Time::from_s(1_757_451_600 + 4 * look);
        let mut frame: Vec<Observation> = (0..OBJECTS).map(|k| observation(&sensor, k, time, &mut noise)).collect();
        let marker = SensorStatus::NorthMarker { rotation: sensor.period };
        frame.push(made(&sensor, OBJECTS as u32, time, Report::SensorStatus(marker)));
        let begun = cpu_s();
        tracker.observe(&frame, &mut events);
        tracker.tick(time, &mut events);
        if keep {
            tracker.keep_trajectories(&ids, time);
        }
        if look >= LOOKS / 2 {
            spent_s += cpu_s() - begun;
        }
        events.clear();
        tracker.snapshot(time, &mut shown);
        ids = shown.iter().map(|track| track.id).collect();
    }
    (tracker, ids, spent_s)
}

fn main() {
    let (_, _, plain_s) = fly(false);
    let (tracker, ids, kept_s) = fly(true);
    let plots = (OBJECTS as i64 * (LOOKS - LOOKS / 2)) as f64;
    let (mut pieces, mut asked) = (0, 0);
    let begun = cpu_s();
    let mut recordings = Vec::new();
    for id in &ids {
        recordings.extend(tracker.recording(*id));
    }
    let copied_s = cpu_s() - begun;
    let begun = cpu_s();
    let all: Vec<_> = recordings.iter().map(skypicket_track::Recording::trajectory).collect();
    let smoothed_s = cpu_s() - begun;
    for recording in &recordings {
        pieces += recording.len();
    }
    let begun = cpu_s();
    for trajectory in &all {
        let times: Vec<Time> = trajectory.moments().collect();
        for pair in times.windows(2) {
            asked += usize::from(trajectory.smoothed(pair[0] + Span::from_ns((pair[1] - pair[0]).ns() / 2)).is_some());
        }
    }
    let between_s = cpu_s() - begun;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    tracker.encode(&mut with);
    fly(false).0.encode(&mut without);
    println!("{} trajectories of {:.1} pieces of evidence", all.len(), pieces as f64 / all.len().max(1) as f64);
    println!("tracking      {:.2} µs a plot, with everything kept {:.2}", plain_s * 1e6 / plots, kept_s * 1e6 / plots);
    println!("copying       {:.2} µs a trajectory", copied_s * 1e6 / all.len().max(1) as f64);
    println!(
        "smoothing     {:.2} µs a piece of evidence, filter and backward pass",
        smoothed_s * 1e6 / pieces.max(1) as f64
    );
    println!("between       {:.2} µs a moment", between_s * 1e6 / asked.max(1) as f64);
    println!("kept          {:.0} bytes a trajectory", (with.len() - without.len()) as f64 / all.len().max(1) as f64);
}
