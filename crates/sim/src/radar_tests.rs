use super::*;
use crate::path::{Handling, Path, Waypoint};
use crate::sensor::horizon_m;
use crate::target::{Fate, Kind};
use skypicket_model::math::rad;
use skypicket_model::{Geodetic, LatLon};

const AIR: Air = Air { geoid_m: 33.0, ground_m: 170.0, qnh_hpa: 1013.25 };

fn radar() -> Radar {
    Radar {
        name: "chelm".into(),
        source: (25, 1),
        site: Site::new(Geodetic { lat_deg: 51.1, lon_deg: 23.3, height_m: AIR.from_agl_m(30.0) }, 30.0),
        period_s: 6.0,
        phase_s: 1.3,
        range_m: (1_000.0, 300_000.0),
        elevation_rad: (rad(-2.0), rad(40.0)),
        range_sigma_m: 60.0,
        azimuth_sigma_rad: rad(0.08),
        elevation_sigma_rad: None,
        primary: Some(Primary { reference_m: 180_000.0, false_alarm: 1e-6 }),
        secondary: None,
        clutter: 0.0,
        faults: Faults::default(),
        latency: Span::from_ms(150),
        outages: Outages::default(),
    }
}

fn drone(agl_m: f64, rcs_m2: f64) -> Target {
    let waypoint = |lat_deg, lon_deg| Waypoint {
        place: LatLon { lat_deg, lon_deg },
        height_m: AIR.from_agl_m(agl_m),
        speed_m_s: 45.0,
    };
    let handling = Handling { turn_rad_s: 0.1, accel_m_s2: 1.0, climb_m_s: None };
    Target {
        name: "drone".into(),
        kind: Kind::Drone,
        born: Time::from_s(1_000),
        path: Path::new(&[waypoint(51.4, 24.6), waypoint(51.4, 21.0)], handling).expect("path"),
        rcs_m2,
        transponder: None,
        plan: None,
        fate: Fate::FliesOn,
        wave: None,
    }
}

fn turns(radar: &Radar, target: Target, n: i64) -> Vec<(i64, Extracted)> {
    let targets = [target];
    let mut rng = Rng::new(3);
    let mut plots = Vec::new();
    let mut seen = Vec::new();
    for turn in 0..n {
        radar.turn(radar.north(Time::from_s(1_000), turn), &targets, &AIR, &mut rng, &mut plots);
        seen.extend(plots.iter().map(|plot| (turn, *plot)));
    }
    seen
}

#[test]
fn the_beam_meets_the_target_where_and_when_it_is() {
    let mut exact = radar();
    (exact.range_sigma_m, exact.azimuth_sigma_rad) = (0.0, 0.0);
    let target = drone(2000.0, 100.0);
    let seen = turns(&exact, target.clone(), 300);
    assert!(seen.len() > 290, "{}", seen.len());
    for (turn, plot) in seen {
        let north = exact.north(Time::from_s(1_000), turn);
        let fraction = (plot.time - north).s() / exact.period_s;
        // The meeting is found to 1 ms of a turn of 6 s.
        assert!((fraction - plot.azimuth_rad / TAU).abs() < 2e-4, "{fraction} {}", plot.azimuth_rad);
        let truth = exact.site.look(target.at(plot.time).expect("alive").place.to_ecef());
        assert!((truth.range_m - plot.range_m).abs() < 1e-6, "{} {}", truth.range_m, plot.range_m);
        assert!((truth.azimuth_rad - plot.azimuth_rad).abs() < 1e-6);
    }
}

#[test]
fn nothing_is_seen_below_the_horizon() {
    let radar = radar();
    let target = drone(100.0, 1000.0);
    let limit_m = horizon_m(30.0) + horizon_m(100.0);
    let seen = turns(&radar, target.clone(), 500);
    assert!(!seen.is_empty());
    let far =
        |turn| radar.site.range_m(target.at(radar.north(Time::from_s(1_000), turn)).expect("alive").place.to_ecef());
    assert!(far(0) > limit_m, "the path begins below the horizon");
    for (_, plot) in &seen {
        assert!(radar.site.range_m(target.at(plot.time).expect("alive").place.to_ecef()) <= limit_m);
    }
}

#[test]
fn detections_come_as_often_as_the_formula_says() {
    let radar = radar();
    let target = drone(2500.0, 0.05);
    let n = 900;
    let seen = turns(&radar, target.clone(), n);
    let primary = radar.primary.expect("primary");
    let (mut wanted, mut variance) = (0.0, 0.0);
    for turn in 0..n {
        let Some(motion) = target.at(radar.north(Time::from_s(1_000), turn)) else { continue };
        let look = radar.site.look(motion.place.to_ecef());
        if look.range_m < radar.range_m.0 || look.elevation_rad > radar.elevation_rad.1 {
            continue;
        }
        let p = primary.detects(0.05, look.range_m);
        wanted += p;
        variance += p * (1.0 - p);
    }
    let got = seen.len() as f64;
    assert!(variance > 20.0, "the test needs uncertain detections: {variance}");
    assert!((got - wanted).abs() < 5.0 * f64::sqrt(variance), "{got} of {wanted}");
}

#[test]
fn the_reference_range_is_where_one_square_metre_is_seen_every_second_time() {
    let primary = Primary { reference_m: 180_000.0, false_alarm: 1e-6 };
    assert!((primary.detects(1.0, 180_000.0) - 0.517).abs() < 0.001);
    assert!(primary.detects(0.05, 180_000.0) < 0.01);
    assert!(primary.detects(40.0, 180_000.0) > 0.98);
}

#[test]
fn noise_and_faults_are_as_stated() {
    let mut biased = radar();
    biased.faults = Faults { azimuth_rad: rad(0.1), range_m: 200.0, clock: Span::ZERO };
    let target = drone(2000.0, 1000.0);
    let seen = turns(&biased, target.clone(), 700);
    let n = seen.len() as f64;
    let errors: Vec<(f64, f64)> = seen
        .iter()
        .map(|(_, plot)| {
            let truth = biased.site.look(target.at(plot.time).expect("alive").place.to_ecef());
            (plot.range_m - truth.range_m, plot.azimuth_rad - truth.azimuth_rad)
        })
        .collect();
    let mean = |f: fn(&(f64, f64)) -> f64| errors.iter().map(f).sum::<f64>() / n;
    let (range_m, azimuth_rad) = (mean(|e| e.0), mean(|e| e.1));
    assert!((range_m - 200.0).abs() < 5.0 * 60.0 / n.sqrt(), "{range_m}");
    assert!((azimuth_rad - rad(0.1)).abs() < 5.0 * rad(0.08) / n.sqrt(), "{azimuth_rad}");
    let spread = (errors.iter().map(|e| (e.0 - range_m) * (e.0 - range_m)).sum::<f64>() / n).sqrt();
    assert!((spread - 60.0).abs() < 5.0 * 60.0 / (2.0 * n).sqrt(), "{spread}");
}

#[test]
fn clutter_is_uniform_and_as_much_as_stated() {
    let mut noisy = radar();
    noisy.clutter = 15.0;
    let far_away = Target { born: Time::from_s(9_000_000), ..drone(500.0, 0.05) };
    let n = 400;
    let seen = turns(&noisy, far_away, n);
    let mean = seen.len() as f64 / n as f64;
    assert!((mean - 15.0).abs() < 5.0 * (15.0_f64 / n as f64).sqrt(), "{mean}");
    let east = seen.iter().filter(|(_, plot)| plot.azimuth_rad < TAU / 2.0).count() as f64 / seen.len() as f64;
    assert!((east - 0.5).abs() < 5.0 * 0.5 / (seen.len() as f64).sqrt(), "{east}");
}
