//! Radars learn their biases: from aircraft that report themselves, and from each other, as well as the common traffic allows.

mod common;

use common::*;
use nalgebra::{Matrix3, SMatrix, Vector3};
use skypicket_model::math::{deg, rad};
use skypicket_model::observation::SelfPart;
use skypicket_model::sensor::{Misalignment, SensorKind};
use skypicket_model::{Geodetic, Observation, Reader, Report, Sensor, Span, Tangent, Vec3};
use skypicket_track::{Params, TrackEvent, Tracker};

/// What a radar reads too much: metres, radians, radians, seconds.
type Truth = [f64; 4];

const FIRST: Truth = [80.0, 0.15 * DEG, 0.1 * DEG, 0.1];
const SECOND: Truth = [-60.0, -0.2 * DEG, -0.05 * DEG, -0.15];
const DEG: f64 = core::f64::consts::PI / 180.0;

/// Traffic between and around the two radars, in all directions.
fn traffic(count: usize) -> Vec<Flight> {
    (0..count)
        .map(|k| {
            let k = k as f64;
            let heading = 2.4 * k;
            Flight {
                from: Geodetic {
                    lat_deg: 50.6 + 1.5 * ((0.618 * k) % 1.0),
                    lon_deg: 21.4 + 2.4 * ((0.414 * k + 0.1) % 1.0),
                    height_m: 3000.0 + 8000.0 * ((0.732 * k) % 1.0),
                },
                east_m_s: 200.0 * skypicket_model::math::sin(heading),
                north_m_s: 200.0 * skypicket_model::math::cos(heading),
            }
        })
        .collect()
}

struct World {
    radars: Vec<(Sensor, Truth)>,
    flights: Vec<Flight>,
    /// Flights that report themselves: the first so many.
    reporting: usize,
    seconds: usize,
    seed: u64,
}

fn biased(sensor: &Sensor, flight: &Flight, t_s: f64, truth: &Truth, random: &mut Random) -> Observation {
    let mut seen = plot(sensor, flight.place((t_s - truth[3]).max(0.0)), at(t_s), Some(random));
    if let Report::Plot(p) = &mut seen.report {
        p.range_m += truth[0];
        p.azimuth.rad = skypicket_model::math::wrap_tau(p.azimuth.rad + truth[1]);
        if let Some(elevation) = &mut p.elevation {
            elevation.rad += truth[2];
        }
    }
    seen
}

impl World {
    fn pair(flights: usize, reporting: usize, seed: u64) -> Self {
        let (a, mut b) = (radar(1, 51.0, 22.0), radar(2, 51.6, 23.0));
        b.period = Some(Span::from_s(5));
        b.azimuth_sigma_rad = Some(rad(0.144));
        Self { radars: vec![(a, FIRST), (b, SECOND)], flights: traffic(flights), reporting, seconds: 300, seed }
    }

    /// Seconds at which a radar looks.
    fn looks(&self, radar: usize) -> impl Iterator<Item = usize> + use<> {
        let period = self.radars[radar].0.period.expect("period").s() as usize;
        (radar + 1..=self.seconds).step_by(period)
    }

    fn tracker(&self) -> Tracker {
        let mut sensors: Vec<Sensor> = self.radars.iter().map(|(sensor, _)| sensor.clone()).collect();
        sensors.push(receiver(0));
        Tracker::new(Params::default(), &sensors)
    }

    /// One second's worth of looks and reports.
    fn second(&self, k: usize, random: &mut Random) -> Vec<Vec<Observation>> {
        let (t_s, rx) = (k as f64, receiver(0));
        let mut frames = Vec::new();
        for (n, flight) in self.flights[..self.reporting].iter().enumerate() {
            let mut place = flight.place(t_s);
            let frame = Tangent::new(place);
            place = frame.geodetic(Vec3::new(15.0 * random.normal(), 15.0 * random.normal(), 10.0 * random.normal()));
            frames.push(stated_at(&rx, 100 + n as u32, place, flight, t_s).to_vec());
        }
        for (r, (sensor, truth)) in self.radars.iter().enumerate() {
            if self.looks(r).any(|look| look == k) {
                let mut frame: Vec<Observation> =
                    self.flights.iter().map(|flight| biased(sensor, flight, t_s, truth, random)).collect();
                frame.push(whole(sensor, at(t_s)));
                frames.push(frame);
            }
        }
        frames
    }

    fn run(&self) -> (Tracker, Vec<TrackEvent>) {
        let mut tracker = self.tracker();
        let (mut random, mut events) = (Random::new(self.seed), Vec::new());
        for k in 0..=self.seconds {
            for frame in self.second(k, &mut random) {
                tracker.observe(&frame, &mut events);
            }
            tracker.tick(at(k as f64), &mut events);
        }
        (tracker, events)
    }

    /// The Bayesian Cramér–Rao bound of the biases' variances: plots of straight flights whose start and velocity are unknown, position
    /// reports where there are any, and the prior.
    fn bound(&self) -> Vec<Truth> {
        let params = Params::default();
        let prior = [
            params.range_bias_sigma_m,
            rad(params.azimuth_bias_sigma_deg),
            rad(params.elevation_bias_sigma_deg),
            params.time_bias_sigma_s,
        ];
        let mut information =
            SMatrix::<f64, 8, 8>::from_fn(|i, j| if i == j { 1.0 / (prior[i % 4] * prior[i % 4]) } else { 0.0 });
        for (n, flight) in self.flights.iter().enumerate() {
            let mut own = SMatrix::<f64, 6, 6>::identity() * 1e-12;
            let mut cross = SMatrix::<f64, 8, 6>::zeros();
            if n < self.reporting {
                for k in 0..=self.seconds {
                    let mut h = SMatrix::<f64, 3, 6>::zeros();
                    h.fixed_view_mut::<3, 3>(0, 0).copy_from(&Matrix3::identity());
                    h.fixed_view_mut::<3, 3>(0, 3).copy_from(&(Matrix3::identity() * (k as f64)));
                    own += h.transpose() * h / (15.0 * 15.0);
                }
            }
            for (r, (sensor, truth)) in self.radars.iter().enumerate() {
                for k in self.looks(r) {
                    let (along, velocity) = derivative(sensor, flight, k as f64 - truth[3]);
                    let mut h_bias = SMatrix::<f64, 3, 8>::zeros();
                    h_bias.fixed_view_mut::<3, 3>(0, 4 * r).copy_from(&Matrix3::identity());
                    h_bias.fixed_view_mut::<3, 1>(0, 4 * r + 3).copy_from(&(-along * velocity));
                    let mut h = SMatrix::<f64, 3, 6>::zeros();
                    h.fixed_view_mut::<3, 3>(0, 0).copy_from(&along);
                    h.fixed_view_mut::<3, 3>(0, 3).copy_from(&(along * (k as f64)));
                    let sigma = [sensor.range_sigma_m, sensor.azimuth_sigma_rad, sensor.elevation_sigma_rad];
                    let weight = sigma.map(|sigma| 1.0 / (sigma.expect("noise") * sigma.expect("noise")));
                    let w = Matrix3::from_diagonal(&Vector3::from(weight));
                    information += h_bias.transpose() * w * h_bias;
                    cross += h_bias.transpose() * w * h;
                    own += h.transpose() * w * h;
                }
            }
            information -= cross * own.try_inverse().expect("positive") * cross.transpose();
        }
        let bound = information.try_inverse().expect("positive");
        (0..self.radars.len()).map(|r| core::array::from_fn(|k| bound[(4 * r + k, 4 * r + k)])).collect()
    }
}

/// How range, azimuth and elevation change with the place (ECEF), and the velocity there.
fn derivative(sensor: &Sensor, flight: &Flight, t_s: f64) -> (Matrix3<f64>, Vector3<f64>) {
    let frame = Tangent::new(sensor.site.expect("site"));
    let enu = |place: Geodetic| frame.to_enu(place.to_ecef());
    let (d, later) = (enu(flight.place(t_s)), enu(flight.place(t_s + 1.0)));
    let (flat2, range) = (d.x * d.x + d.y * d.y, d.norm());
    let flat = flat2.sqrt();
    let local = Matrix3::new(
        d.x / range,
        d.y / range,
        d.z / range,
        d.y / flat2,
        -d.x / flat2,
        0.0,
        -d.x * d.z / (range * range * flat),
        -d.y * d.z / (range * range * flat),
        flat / (range * range),
    );
    let rotation = Matrix3::from_fn(|i, j| frame.rotation()[i][j]);
    let velocity = Vector3::new(later.x - d.x, later.y - d.y, later.z - d.z);
    (local * rotation, rotation.transpose() * velocity)
}

fn learned(tracker: &Tracker, sensor: &Sensor) -> (Truth, Truth) {
    let bias = tracker.registration(sensor.id).expect("known");
    let axes = [bias.range_m, bias.azimuth_rad, bias.elevation_rad, bias.time_s];
    (axes.map(|axis| axis.bias), axes.map(|axis| axis.variance))
}

/// Every bias within three standard errors of the bound, and within the limits that the issue sets.
fn assert_registered(world: &World, tracker: &Tracker) {
    let bound = world.bound();
    for ((sensor, truth), bound) in world.radars.iter().zip(&bound) {
        let (estimate, _) = learned(tracker, sensor);
        let names = ["range m", "azimuth deg", "elevation deg", "time s"];
        for k in 0..4 {
            let shown = |x: f64| if k == 1 || k == 2 { deg(x) } else { x };
            let (error, sigma) = (estimate[k] - truth[k], bound[k].sqrt());
            assert!(
                error.abs() <= 3.0 * sigma,
                "{} {}: {:.4} off, bound {:.4}",
                sensor.name,
                names[k],
                shown(error),
                shown(sigma)
            );
        }
        assert!((estimate[0] - truth[0]).abs() < 15.0);
        assert!(deg(estimate[1] - truth[1]).abs() < 0.02);
        assert!(deg(estimate[2] - truth[2]).abs() < 0.03);
    }
}

#[test]
fn two_radars_without_reports_learn_their_biases_from_each_other() {
    let world = World::pair(40, 0, 11);
    let (tracker, _) = world.run();
    assert_registered(&world, &tracker);
}

#[test]
fn two_radars_with_common_reporting_traffic_learn_their_biases() {
    let world = World::pair(16, 10, 12);
    let (tracker, _) = world.run();
    assert_registered(&world, &tracker);
}

fn bytes(tracker: &Tracker) -> Vec<u8> {
    let mut out = Vec::new();
    tracker.encode(&mut out);
    out
}

#[test]
fn a_restart_learns_on_as_if_it_had_not_been_and_the_order_of_plots_does_not_matter() {
    let world = World { seconds: 60, ..World::pair(8, 3, 13) };
    let (mut whole, mut turned, mut resumed) = (world.tracker(), world.tracker(), world.tracker());
    let (mut random, mut events) = (Random::new(13), Vec::new());
    for k in 0..=world.seconds {
        for mut frame in world.second(k, &mut random) {
            whole.observe(&frame, &mut events);
            resumed.observe(&frame, &mut events);
            // The north marker that closes a look stays last.
            if let Some(plots) = frame.len().checked_sub(1).filter(|n| *n == world.flights.len()) {
                frame[..plots].reverse();
            }
            turned.observe(&frame, &mut events);
        }
        for tracker in [&mut whole, &mut turned, &mut resumed] {
            tracker.tick(at(k as f64), &mut events);
        }
        if k == 29 {
            let saved = bytes(&resumed);
            resumed = world.tracker().restored(&mut Reader::new(&saved)).expect("saved by itself");
        }
    }
    let (sensor, _) = &world.radars[0];
    assert!(whole.registration(sensor.id).expect("known").pairs > 50);
    assert!(bytes(&whole) == bytes(&resumed));
    assert!(bytes(&whole) == bytes(&turned));
}

#[test]
fn the_claimed_sigmas_tell_the_errors_that_there_are() {
    for (flights, reporting) in [(16, 0), (8, 8)] {
        let (mut sum, mut count) = (0.0, 0.0);
        for seed in 0..5 {
            let world = World { seconds: 200, ..World::pair(flights, reporting, 300 + seed) };
            let (tracker, _) = world.run();
            for (sensor, truth) in &world.radars {
                let (estimate, variance) = learned(&tracker, sensor);
                for k in 0..3 {
                    let error = estimate[k] - truth[k];
                    sum += error * error / variance[k];
                    count += 1.0;
                }
            }
        }
        // Thirty squared normal numbers of mean 1: a sigma of 0.26 if they were independent, which a radar's axes are not quite.
        let mean = sum / count;
        assert!((0.4..1.9).contains(&mean), "{flights} {reporting}: {mean}");
    }
}

/// How many tracks two radars that differ by 1° make of twelve aircraft in the first 40 s, at any time confirmed.
fn tracks_of_twelve(params: Params) -> usize {
    let mut world = World { seconds: 40, ..World::pair(12, 0, 17) };
    world.radars[0].1 = [0.0, 0.5 * DEG, 0.0, 0.0];
    world.radars[1].1 = [0.0, -0.5 * DEG, 0.0, 0.0];
    let sensors: Vec<Sensor> = world.radars.iter().map(|(sensor, _)| sensor.clone()).collect();
    let mut tracker = Tracker::new(params, &sensors);
    let (mut random, mut events) = (Random::new(17), Vec::new());
    for k in 0..=world.seconds {
        for frame in world.second(k, &mut random) {
            tracker.observe(&frame, &mut events);
        }
        tracker.tick(at(k as f64), &mut events);
    }
    events.iter().filter(|event| matches!(event, TrackEvent::Confirmed(_))).count()
}

#[test]
fn a_radar_of_unknown_bias_makes_no_double_tracks() {
    assert_eq!(tracks_of_twelve(Params::default()), 12);
    // As it is when the biases are thought to be nothing.
    let sure = Params {
        range_bias_sigma_m: 0.1,
        azimuth_bias_sigma_deg: 1e-4,
        elevation_bias_sigma_deg: 1e-4,
        time_bias_sigma_s: 1e-4,
        ..Params::default()
    };
    assert!(tracks_of_twelve(sure) > 12);
}

/// What the operator is told of the sensors, with the second of it.
fn told(world: &World, change: impl Fn(usize, &mut World)) -> (Tracker, Vec<(usize, TrackEvent)>) {
    let mut world = World { radars: world.radars.clone(), flights: world.flights.clone(), ..*world };
    let mut tracker = world.tracker();
    let (mut random, mut told) = (Random::new(world.seed), Vec::new());
    for k in 0..=world.seconds {
        change(k, &mut world);
        let mut events = Vec::new();
        for frame in world.second(k, &mut random) {
            tracker.observe(&frame, &mut events);
        }
        tracker.tick(at(k as f64), &mut events);
        let of_sensors = events.into_iter().filter(|e| matches!(e, TrackEvent::Demoted(..) | TrackEvent::Restored(..)));
        told.extend(of_sensors.map(|event| (k, event)));
    }
    (tracker, told)
}

#[test]
fn a_radar_that_drifts_is_demoted_told_and_believed_again_when_it_has_settled() {
    // From minute 3 to 6 the first radar's north turns by 0.6°.
    let world = World { seconds: 720, ..World::pair(16, 12, 21) };
    let id = world.radars[0].0.id;
    let (tracker, told) = told(&world, |k, world| {
        world.radars[0].1[1] = (0.15 + 0.6 * (((k as f64) - 180.0) / 180.0).clamp(0.0, 1.0)) * DEG;
    });
    assert!(
        told.iter()
            .all(|(_, event)| { matches!(event, TrackEvent::Demoted(of, _) | TrackEvent::Restored(of) if *of == id) })
    );
    assert!((180..270).contains(&told[0].0) && told[0].1 == TrackEvent::Demoted(id, Misalignment::Drift));
    assert_eq!(told.last().map(|(_, event)| *event), Some(TrackEvent::Restored(id)));
    let (estimate, _) = learned(&tracker, &world.radars[0].0);
    assert!((deg(estimate[1]) - 0.75).abs() < 0.02, "{}", deg(estimate[1]));
}

#[test]
fn a_radar_whose_north_is_wrong_is_demoted_and_not_learned() {
    for (wrong, why) in [(0.95, Misalignment::North), (12.0, Misalignment::Place)] {
        let mut world = World { seconds: 300, ..World::pair(16, 12, 22) };
        world.radars[1].1 = [0.0, wrong * DEG, 0.0, 0.0];
        let id = world.radars[1].0.id;
        let (tracker, told) = told(&world, |_, _| {});
        assert_eq!(told.first().map(|(_, event)| *event), Some(TrackEvent::Demoted(id, why)), "{wrong}");
        assert_eq!(told.len(), 1, "{told:?}");
        let (estimate, variance) = learned(&tracker, &world.radars[1].0);
        assert!(estimate[1].abs() < 1e-9 && variance[1] > rad(0.2) * rad(0.2));
        // The other one goes on learning what is its own.
        let (estimate, _) = learned(&tracker, &world.radars[0].0);
        assert!((estimate[0] - 80.0).abs() < 15.0 && (deg(estimate[1]) - 0.15).abs() < 0.02);
    }
}

#[test]
fn two_radars_alone_tell_their_clocks_difference_and_no_more() {
    let mut world = World { seconds: 120, ..World::pair(16, 0, 24) };
    (world.radars[0].1, world.radars[1].1) = ([0.0; 4], [0.0, 0.0, 0.0, 0.5]);
    let (tracker, _) = world.run();
    let [(a, var_a), (b, var_b)] = [0, 1].map(|r| learned(&tracker, &world.radars[r].0));
    // What both have in common stays where the prior puts it, with the prior's sigma: half of it each way.
    assert!((b[3] - a[3] - 0.5).abs() < 0.06 && (b[3] + a[3]).abs() < 0.03, "{} {}", a[3], b[3]);
    for variance in [var_a[3], var_b[3]] {
        assert!((0.12..0.16).contains(&variance.sqrt()), "{}", variance.sqrt());
    }
}

#[test]
fn two_radars_that_never_meet_are_both_told() {
    let mut world = World { seconds: 150, ..World::pair(16, 0, 22) };
    world.radars[1].1 = [2000.0, 0.0, 0.0, 0.0];
    let ids = [world.radars[0].0.id, world.radars[1].0.id];
    let (_, told) = told(&world, |_, _| {});
    let events: Vec<TrackEvent> = told.into_iter().map(|(_, event)| event).collect();
    assert_eq!(events, ids.map(|id| TrackEvent::Demoted(id, Misalignment::Place)));
}

#[test]
fn a_radar_without_heights_learns_range_and_azimuth_and_one_that_is_alone_nothing() {
    for reporting in [10, 0] {
        let mut world = World { seconds: 300, ..World::pair(12, reporting, 25) };
        world.radars.truncate(1);
        let sensor = &mut world.radars[0].0;
        sensor.kind = SensorKind::Radar2d;
        let sensor = sensor.clone();
        let mut tracker = world.tracker();
        let (mut random, mut events) = (Random::new(25), Vec::new());
        for k in 0..=world.seconds {
            for mut frame in world.second(k, &mut random) {
                for observation in &mut frame {
                    if let Report::Plot(plot) = &mut observation.report {
                        plot.elevation = None;
                    }
                }
                tracker.observe(&frame, &mut events);
            }
            tracker.tick(at(k as f64), &mut events);
        }
        let (estimate, variance) = learned(&tracker, &sensor);
        assert!(variance[2].total_cmp(&0.0).is_eq() && estimate[2].total_cmp(&0.0).is_eq());
        if reporting > 0 {
            assert!((estimate[0] - FIRST[0]).abs() < 15.0, "{}", estimate[0]);
            assert!(deg(estimate[1] - FIRST[1]).abs() < 0.02, "{}", deg(estimate[1]));
        } else {
            assert!(estimate.iter().all(|bias| bias.total_cmp(&0.0).is_eq()));
            assert!((variance[0].sqrt() - 100.0 * 0.5_f64.sqrt()).abs() < 1e-6);
        }
    }
}

#[test]
fn one_that_reports_itself_beside_its_place_teaches_nothing_wrong() {
    for beside_m in [300.0, 1500.0] {
        let world = World { seconds: 300, ..World::pair(10, 6, 26) };
        let mut tracker = world.tracker();
        let (mut random, mut events) = (Random::new(26), Vec::new());
        for k in 0..=world.seconds {
            for mut frame in world.second(k, &mut random) {
                if let Report::SelfReport(report) = &mut frame[0].report
                    && report.address.value == 100
                    && let SelfPart::Position(position) = &mut report.part
                {
                    position.place.lat_deg += beside_m / 111_200.0;
                }
                tracker.observe(&frame, &mut events);
            }
            tracker.tick(at(k as f64), &mut events);
        }
        for (sensor, truth) in &world.radars {
            let (estimate, _) = learned(&tracker, sensor);
            assert!((estimate[0] - truth[0]).abs() < 15.0, "{beside_m} {}", estimate[0] - truth[0]);
            assert!(deg(estimate[1] - truth[1]).abs() < 0.02, "{beside_m} {}", deg(estimate[1] - truth[1]));
        }
        assert!(!events.iter().any(|e| matches!(e, TrackEvent::Demoted(..))), "{beside_m}");
    }
}

#[test]
fn healthy_radars_are_never_demoted_nor_is_one_of_which_liars_report() {
    let mut world = World { seconds: 300, ..World::pair(16, 12, 23) };
    assert_eq!(told(&world, |_, _| {}).1, []);
    // A dozen that report themselves where nothing is: the radars see nothing there.
    world.radars[0].1 = [0.0; 4];
    world.reporting = 4;
    let rx = receiver(0);
    let ghosts: Vec<Flight> = traffic(40)[28..].to_vec();
    let mut tracker = world.tracker();
    let (mut random, mut events) = (Random::new(23), Vec::new());
    for k in 0..=world.seconds {
        for (n, ghost) in ghosts.iter().enumerate() {
            tracker.observe(&stated(&rx, 900 + n as u32, ghost, k as f64), &mut events);
        }
        for frame in world.second(k, &mut random) {
            tracker.observe(&frame, &mut events);
        }
        tracker.tick(at(k as f64), &mut events);
    }
    assert!(!events.iter().any(|e| matches!(e, TrackEvent::Demoted(..))));
}
