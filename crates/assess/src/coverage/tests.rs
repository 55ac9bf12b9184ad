//! What a sensor can and cannot have seen.

use super::*;
use skypicket_model::observation::SensorStatus;
use skypicket_model::{FeedId, Geodetic, SensorId, SensorKind, math};

const NOW: Time = Time::from_s(100_000);
/// Kilometres of latitude in degrees.
const KM: f64 = 1.0 / 111.2;

fn id(source: u16) -> SensorId {
    SensorId { feed: FeedId(0), source }
}

fn radar(source: u16, lat_deg: f64, mast_m: f64, range_m: f64) -> Sensor {
    Sensor {
        site: Some(Geodetic { lat_deg, lon_deg: 22.0, height_m: mast_m }),
        period: Some(Span::from_s(6)),
        detection_probability: Some(0.8),
        range_limits_m: Some((0.0, range_m)),
        ..Sensor::new(id(source), format!("r{source}"), SensorKind::Radar2d)
    }
}

fn health(source: u16, last: Time) -> SensorHealth {
    SensorHealth::heard(id(source), 1000, last)
}

fn plain() -> Coverage {
    Coverage::new(CoverageParams::default(), None)
}

fn seen(network: &Network, coverage: &Coverage, lat_deg: f64, height_m: f64, rcs_m2: f64) -> f64 {
    let spot = coverage.spot(LatLon { lat_deg, lon_deg: 22.0 });
    network.seen(&spot, Target { rcs_m2, height_m }, NOW - Span::from_s(60), NOW, 1)
}

#[test]
fn what_is_below_the_horizon_is_not_seen_and_what_is_above_it_is() {
    let coverage = plain();
    let network = coverage.now(&[radar(1, 52.0, 20.0, 200_000.0)], &[health(1, NOW)], NOW, None);
    // A mast of 20 m has its horizon at 18.4 km; 100 km away the ray that grazes it is (100 − 18.4)² / (2 · 8,495) km = 392 m high.
    let at = 52.0 + 100.0 * KM;
    assert!(seen(&network, &coverage, at, 250.0, 1.0) < 1e-4);
    assert!((seen(&network, &coverage, at, 392.0, 1.0) - 0.5).abs() < 0.05);
    assert!(seen(&network, &coverage, at, 600.0, 1.0) > 0.99);
    // At the radar's foot low targets are seen, over its head nothing is: the beam ends at 60°.
    assert!(seen(&network, &coverage, 52.0 + 10.0 * KM, 50.0, 1.0) > 0.95);
    assert!(seen(&network, &coverage, 52.0 + 2.0 * KM, 6000.0, 1.0) < 1e-9);
    // Beyond its range it sees nothing at any height.
    assert!(seen(&network, &coverage, 52.0 + 201.0 * KM, 9000.0, 100.0) < 1e-9);
}

#[test]
fn smaller_targets_are_seen_less_far_and_large_ones_no_farther_than_it_reaches() {
    let coverage = plain();
    let network = coverage.now(&[radar(1, 52.0, 20.0, 200_000.0)], &[health(1, NOW)], NOW, None);
    let per_look = |km: f64, rcs_m2: f64| {
        let spot = coverage.spot(LatLon { lat_deg: 52.0 + km * KM, lon_deg: 22.0 });
        network.watchers()[0].sees(&spot, Target { rcs_m2, height_m: 5000.0 }).map_or(0.0, |(_, p)| p)
    };
    // What it is described for it sees as described to its edge.
    assert!((per_look(195.0, 1.0) - 0.8).abs() < 1e-9);
    // A hundredth of the size has at a hundredth of the fourth power, 0.316 of the range, what the whole has at the edge.
    assert!((per_look(62.0, 0.01) - 0.8).abs() < 0.03);
    assert!(per_look(100.0, 0.01) < 0.3);
    assert!(per_look(195.0, 0.01) < 1e-3);
    let falling: Vec<f64> = (1..20).map(|k| per_look(f64::from(k) * 10.0, 0.1)).collect();
    assert!(falling.windows(2).all(|pair| pair[1] <= pair[0] + 1e-9), "{falling:?}");
}

#[test]
fn a_radar_that_is_silent_never_heard_broken_or_blinded_covers_nothing() {
    let coverage = plain();
    let described = [radar(1, 52.0, 20.0, 200_000.0)];
    let at = |health: &[SensorHealth], listening_since: Option<Time>| {
        let network = coverage.now(&described, health, NOW, listening_since);
        (network.watchers()[0].blind(), seen(&network, &coverage, 52.0 + 50.0 * KM, 3000.0, 1.0))
    };
    assert!(at(&[health(1, NOW - Span::from_s(5))], None).1 > 0.99);
    assert_eq!(at(&[health(1, NOW - Span::from_s(30))], None), (Some(Blind::Silent), 0.0));
    assert_eq!(at(&[], None), (Some(Blind::NeverHeard), 0.0));
    let paused = at(&[health(1, NOW - Span::from_s(5))], Some(NOW - Span::from_s(1)));
    assert_eq!(paused, (Some(Blind::Silent), 0.0), "not heard since somebody listens again");
    let stated = |status| SensorHealth { stated: Some(status), ..health(1, NOW) };
    let broken = SensorStatus::Condition { operational: Some(false), overloaded: None, time_valid: None };
    assert_eq!(at(&[stated(broken)], None), (Some(Blind::NotOperational), 0.0));
    // Interference to the north hides the north only.
    let strobe = [stated(SensorStatus::Strobe { from_rad: -0.2, to_rad: 0.2 })];
    assert!(at(&strobe, None).1 < 1e-9);
    let network = coverage.now(&described, &strobe, NOW, None);
    assert!(seen(&network, &coverage, 52.0 - 50.0 * KM, 3000.0, 1.0) > 0.99);
}

#[test]
fn receivers_of_reports_and_trackers_see_nothing_that_is_silent_itself() {
    let coverage = plain();
    for kind in [SensorKind::SelfReportReceiver, SensorKind::Multilateration, SensorKind::SystemTracker] {
        let sensor = Sensor { kind, ..radar(1, 52.0, 20.0, 200_000.0) };
        let network = coverage.now(&[sensor], &[health(1, NOW)], NOW, None);
        assert_eq!(network.watchers()[0].blind(), Some(Blind::NotByItself));
        assert!(seen(&network, &coverage, 52.1, 3000.0, 1.0) < 1e-9);
    }
    let placeless = Sensor { site: None, ..radar(1, 52.0, 20.0, 200_000.0) };
    let network = coverage.now(std::slice::from_ref(&placeless), &[health(1, NOW)], NOW, None);
    assert_eq!(network.watchers()[0].blind(), Some(Blind::NoPlace));
    // One whose place the data state sees from there.
    let stated =
        SensorHealth { stated_site: Some(Geodetic { lat_deg: 52.0, lon_deg: 22.0, height_m: 20.0 }), ..health(1, NOW) };
    let network = coverage.now(&[placeless], &[stated], NOW, None);
    assert!(seen(&network, &coverage, 52.1, 3000.0, 1.0) > 0.99);
}

#[test]
fn a_ridge_hides_what_is_behind_it() {
    // 52.0 to 53.0 north in steps of 0.01°: flat at 100 m but for a ridge of 400 m at 52.3.
    let (columns, rows) = (100, 100);
    let heights_m = (0..rows)
        .flat_map(|row| {
            let lat = 53.0 - (f64::from(row) + 0.5) * 0.01;
            let height = if (lat - 52.3).abs() < 0.015 { 400 } else { 100 };
            std::iter::repeat_n(height, columns)
        })
        .collect();
    let terrain = Terrain { west_deg: 21.5, south_deg: 52.0, cell_deg: 0.01, columns, rows: rows as usize, heights_m };
    let mut coverage = Coverage::new(CoverageParams::default(), Some(Arc::new(terrain)));
    let described = [radar(1, 52.05, 130.0, 200_000.0)];
    coverage.prepare(&described);
    let network = coverage.now(&described, &[health(1, NOW)], NOW, None);
    // Before the ridge 60 m above the ground is seen; the same behind it is not, and 1,500 m is.
    assert!(seen(&network, &coverage, 52.2, 60.0, 1.0) > 0.95);
    assert!(seen(&network, &coverage, 52.6, 60.0, 1.0) < 1e-3);
    assert!(seen(&network, &coverage, 52.6, 1500.0, 1.0) > 0.99);
    // Without the ridge it would be: the smooth Earth allows it from (61 − 22.6)² / (2 · 8,495) km = 87 m on.
    let flat = Coverage::new(CoverageParams { ground_m: 100.0, ..CoverageParams::default() }, None);
    let network = flat.now(&described, &[health(1, NOW)], NOW, None);
    assert!(seen(&network, &flat, 52.6, 180.0, 1.0) > 0.95);
    assert!(seen(&network, &flat, 52.6, 10.0, 1.0) < 0.1);
}

#[test]
fn what_was_not_observed_is_told_and_grows_when_a_radar_fails() {
    let coverage = plain();
    let described = [radar(1, 52.0, 30.0, 200_000.0), radar(2, 53.0, 30.0, 200_000.0)];
    let both = [health(1, NOW), health(2, NOW)];
    let place = LatLon { lat_deg: 52.2, lon_deg: 22.0 };
    let told = |health: &[SensorHealth], rcs_m2: f64| {
        let mut coverage = plain();
        coverage.params.rcs_m2 = rcs_m2;
        coverage.not_observed(&coverage.now(&described, health, NOW, None), place, NOW).below_m
    };
    let near = told(&both, 0.1).expect("observed from some height on");
    let far = told(&both[1..], 0.1).expect("observed from some height on");
    assert!((30.0..=120.0).contains(&near), "{near}");
    assert!(far > 4.0 * near, "{near} with both, {far} with the far one alone");
    assert_eq!(told(&[], 0.1), None, "nobody watches");
    assert!(told(&both[1..], 0.001).is_none_or(|small| small >= far));
    // It is the lowest height that is observed everywhere about the place.
    let network = coverage.now(&described, &both, NOW, None);
    let from = NOW - Span::from_s(60);
    let at = |height_m: f64| network.seen(&coverage.spot(place), Target { rcs_m2: 0.1, height_m }, from, NOW, 3);
    assert!(at(near) >= 0.9);
}

#[test]
fn several_detections_are_asked_for_rightly() {
    // Directly: 10 looks of 0.3 under a visibility of 0.7.
    let choose = |k: u32| (0..k).fold(1.0, |c, i| c * f64::from(10 - i) / f64::from(i + 1));
    let exactly = |k: u32| choose(k) * math::pow(0.3, f64::from(k)) * math::pow(0.7, f64::from(10 - k));
    let at_least_3 = 0.7 * (1.0 - exactly(0) - exactly(1) - exactly(2));
    assert!((binomial(10.0, 0.3, 0.7, 3)[3] - at_least_3).abs() < 1e-12);
    // Half a look has half the chance.
    assert!((binomial(0.5, 0.3, 1.0, 1)[1] - 0.15).abs() < 1e-12);
    let coverage = plain();
    let described = [radar(1, 52.0, 20.0, 200_000.0), radar(2, 52.0, 20.0, 200_000.0)];
    let network = coverage.now(&described, &[health(1, NOW), health(2, NOW)], NOW, None);
    let spot = coverage.spot(LatLon { lat_deg: 52.3, lon_deg: 22.0 });
    let often =
        |at_least| network.seen(&spot, Target { rcs_m2: 1.0, height_m: 3000.0 }, NOW - Span::from_s(6), NOW, at_least);
    // One look of each of two radars.
    assert!((often(1) - 0.96).abs() < 1e-6 && (often(2) - 0.64).abs() < 1e-6 && often(3) < 1e-9);
}

#[test]
fn when_a_sensor_was_watching_is_remembered_to_its_last_word() {
    let coverage = plain();
    let described = [radar(1, 52.0, 20.0, 200_000.0)];
    let mut log = WatchLog::default();
    let at = |s: i64| Time::from_s(s);
    let mut tick = |now: i64, heard: i64| log.tick(&described, &[health(1, at(heard))], at(now), None);
    (1000..1100).for_each(|s| tick(s, s));
    (1100..1400).for_each(|s| tick(s, 1099));
    (1400..1500).for_each(|s| tick(s, s));
    assert_eq!(log.of(id(1)), [(at(1000), at(1099)), (at(1400), at(1499))]);
    let network = coverage.history(&described, &[health(1, at(1499))], &log);
    let spot = coverage.spot(LatLon { lat_deg: 52.3, lon_deg: 22.0 });
    let target = Target { rcs_m2: 1.0, height_m: 3000.0 };
    assert!(network.seen(&spot, target, at(1000), at(1090), 1) > 0.99);
    assert!(network.seen(&spot, target, at(1110), at(1390), 1) < 1e-9, "the outage hides it");
    assert!(network.rate_per_s(&spot, target, at(1050)) > 0.1 && network.rate_per_s(&spot, target, at(1200)) < 1e-9);
    // A pause in which nobody listened is a break, however short.
    let mut log = WatchLog::default();
    log.tick(&described, &[health(1, at(1000))], at(1000), None);
    log.tick(&described, &[health(1, at(1008))], at(1008), Some(at(1004)));
    assert_eq!(log.of(id(1)).len(), 2);
    // Bounded: one interval more than are kept.
    for k in 0..=MAX_INTERVALS as i64 + 1 {
        log.tick(&described, &[health(1, at(2000 + 100 * k))], at(2000 + 100 * k), None);
    }
    assert_eq!(log.of(id(1)).len(), MAX_INTERVALS);
    let bytes = skypicket_model::Canon::to_canon(&log);
    assert_eq!(skypicket_model::Canon::from_canon(&bytes), Ok(log));
}
