use super::*;
use skypicket_model::math::wrap_deg_180;

const HANDLING: Handling = Handling { turn_rad_s: 0.05, accel_m_s2: 0.5, climb_m_s: None };

fn waypoint(lat_deg: f64, lon_deg: f64, height_m: f64, speed_m_s: f64) -> Waypoint {
    Waypoint { place: LatLon { lat_deg, lon_deg }, height_m, speed_m_s }
}

/// The velocity by central differences of the position, as ENU at the place.
fn differenced(path: &Path, t_s: f64) -> Vec3<skypicket_model::Enu> {
    let h = 0.05;
    let (a, b) = (path.at(t_s - h).place.to_ecef(), path.at(t_s + h).place.to_ecef());
    Tangent::new(path.at(t_s).place).rotate_to_enu((b - a) * (0.5 / h))
}

#[test]
fn a_straight_leg_is_a_geodesic_flown_at_its_speed() {
    let path =
        Path::new(&[waypoint(52.0, 24.5, 300.0, 45.0), waypoint(52.3, 22.0, 900.0, 45.0)], HANDLING).expect("path");
    let whole = between(LatLon { lat_deg: 52.0, lon_deg: 24.5 }, LatLon { lat_deg: 52.3, lon_deg: 22.0 });
    assert!((path.duration_s() - whole.distance_m / 45.0).abs() < 1e-6);
    let start = path.at(0.0).place.lat_lon();
    for t_s in [1.0, 777.0, 3000.0] {
        let motion = path.at(t_s);
        assert!((between(start, motion.place.lat_lon()).distance_m - 45.0 * t_s).abs() < 1e-3);
        assert!((motion.place.height_m - (300.0 + 600.0 * t_s / path.duration_s())).abs() < 1e-6);
        let v = differenced(&path, t_s);
        assert!((v.x - motion.east_m_s).abs() < 1e-4 && (v.y - motion.north_m_s).abs() < 1e-4, "{v:?} {motion:?}");
        assert!((v.z - motion.up_m_s).abs() < 1e-3);
    }
}

#[test]
fn a_turn_has_the_wanted_rate_and_everything_joins() {
    let corners = [
        waypoint(51.0, 22.0, 10_000.0, 230.0),
        waypoint(51.5, 22.5, 10_000.0, 230.0),
        waypoint(51.3, 23.5, 10_000.0, 200.0),
        waypoint(51.9, 23.6, 10_000.0, 200.0),
    ];
    let path = Path::new(&corners, HANDLING).expect("path");
    let mut turning_s = 0.0;
    let mut last = path.at(0.0);
    let step_s = 0.5;
    let mut t_s = step_s;
    while t_s < path.duration_s() {
        let now = path.at(t_s);
        let moved = (now.place.to_ecef() - last.place.to_ecef()).norm();
        let expected = 0.5 * (now.ground_speed_m_s() + last.ground_speed_m_s()) * step_s;
        assert!((moved - expected).abs() < 0.05, "jump at {t_s}: {moved} {expected}");
        let rate = wrap_pi(
            skypicket_model::math::atan2(now.east_m_s, now.north_m_s)
                - skypicket_model::math::atan2(last.east_m_s, last.north_m_s),
        ) / step_s;
        assert!(rate.abs() < HANDLING.turn_rad_s * 1.01, "turn rate {rate} at {t_s}");
        if rate.abs() > 0.9 * HANDLING.turn_rad_s {
            turning_s += step_s;
        }
        last = now;
        t_s += step_s;
    }
    assert!(turning_s > 20.0, "{turning_s}");
    // The end is the last waypoint.
    let end = path.at(path.duration_s()).place.lat_lon();
    assert!(end.rough_distance_m(corners[3].place) < 0.01);
}

#[test]
fn speed_changes_at_the_given_acceleration() {
    let corners =
        [waypoint(51.0, 22.0, 0.0, 100.0), waypoint(51.1, 22.0, 0.0, 200.0), waypoint(52.0, 22.0, 0.0, 200.0)];
    let path = Path::new(&corners, HANDLING).expect("path");
    let first_s = between(corners[0].place, corners[1].place).distance_m / 100.0;
    let at = path.at(first_s + 60.0);
    assert!((at.ground_speed_m_s() - 130.0).abs() < 0.01, "{}", at.ground_speed_m_s());
    let gone = between(corners[1].place, at.place.lat_lon()).distance_m;
    assert!((gone - (100.0 * 60.0 + 0.25 * 3600.0)).abs() < 0.01, "{gone}");
    assert!((path.at(first_s + 500.0).ground_speed_m_s() - 200.0).abs() < 0.01);
}

#[test]
fn a_climb_keeps_its_rate_and_outlasts_a_short_leg() {
    let handling = Handling { climb_m_s: Some(10.0), ..HANDLING };
    let corners =
        [waypoint(52.0, 21.0, 100.0, 150.0), waypoint(52.1, 21.0, 6100.0, 150.0), waypoint(54.0, 21.0, 6100.0, 150.0)];
    let path = Path::new(&corners, handling).expect("path");
    // 11 km at 150 m/s last 74 s; the climb needs 600 s.
    for t_s in [10.0, 70.0, 80.0, 500.0] {
        assert!((path.at(t_s).place.height_m - (100.0 + 10.0 * t_s)).abs() < 1e-6, "{t_s}");
    }
    assert!((path.at(601.0).place.height_m - 6100.0).abs() < 1e-6);
    assert!(path.at(700.0).up_m_s.abs() < 1e-12);
}

#[test]
fn an_orbit_stays_on_its_circle() {
    let centre = LatLon { lat_deg: 53.5, lon_deg: 22.0 };
    let path = Path::orbit(centre, 15_000.0, 9000.0, 180.0, 3600.0).expect("orbit");
    for t_s in (0..3600).step_by(100) {
        let place = path.at(f64::from(t_s)).place.lat_lon();
        assert!((between(centre, place).distance_m - 15_000.0).abs() < 1.0, "{t_s}");
    }
    assert!(wrap_deg_180(path.at(1.0).place.lon_deg - centre.lon_deg) > 0.0, "clockwise from north leads east");
}

#[test]
fn what_is_no_path_is_refused() {
    assert!(Path::new(&[waypoint(52.0, 21.0, 0.0, 50.0)], HANDLING).is_none());
    assert!(Path::new(&[waypoint(52.0, 21.0, 0.0, 0.0), waypoint(53.0, 21.0, 0.0, 50.0)], HANDLING).is_none());
    assert!(Path::new(&[waypoint(52.0, 21.0, 0.0, 50.0), waypoint(52.0, 21.0, 0.0, 50.0)], HANDLING).is_none());
}
