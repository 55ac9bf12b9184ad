//! Each story is one flight: what betrays false positions, and what only looks like them.

use super::*;

const THERE: LatLon = LatLon { lat_deg: 45.0, lon_deg: 20.0 };

fn at(seconds: i64) -> Time {
    Time::from_s(1_000_000 + seconds)
}

/// One that flies north from [`HERE`] at 240 m/s, to a second.
fn flying(seconds: i64) -> (Told, impl Fn(i64) -> LatLon) {
    let place = |second: i64| LatLon { lat_deg: 50.0 + second as f64 * 240.0 / 111_132.95, lon_deg: 20.0 };
    let mut told = Told::default();
    for second in 0..=seconds {
        assert_eq!(told.velocity([0.0, 240.0], 11_000.0, at(second)), News::None);
        assert_eq!(told.position(place(second), at(second)), News::None);
    }
    (told, place)
}

#[test]
fn one_wrong_message_is_no_jump() {
    let (mut told, place) = flying(60);
    assert_eq!(told.position(THERE, at(61)), News::None);
    assert_eq!(told.position(place(62), at(62)), News::None);
    assert!(!told.is_false() && told.odd.is_none());
}

#[test]
fn two_that_fit_each_other_are_and_coming_back_is_noticed() {
    let (mut told, place) = flying(60);
    assert_eq!(told.position(THERE, at(61)), News::None);
    assert_eq!(told.position(THERE, at(62)), News::False(FalseSign::Jump));
    assert_eq!(told.position(THERE, at(63)), News::None);
    let elsewhere = LatLon { lat_deg: 42.0, ..THERE };
    assert_eq!(told.position(elsewhere, at(64)), News::None);
    assert_eq!(told.position(elsewhere, at(65)), News::False(FalseSign::Jump), "once more");
    let reckoned = told.reckoned(at(70)).expect("it was believed");
    assert!(reckoned.rough_distance_m(place(70)) < 500.0, "{reckoned:?}");
    assert_eq!(told.position(place(70), at(70)), News::Back);
    assert!(!told.is_false());
}

#[test]
fn a_position_after_a_long_silence_is_believed() {
    let (mut told, _) = flying(60);
    assert_eq!(told.position(THERE, at(2000)), News::None);
    assert!(!told.is_false());
}

#[test]
fn after_a_silence_a_speed_that_nobody_flies_at_its_height_betrays_a_false_place_and_flying_on_ends_it() {
    let (mut told, place) = flying(60);
    // 250 km aside after twenty minutes: reachable. At 26 m/s it would fall.
    let aside = |second: i64| LatLon { lat_deg: 52.0, lon_deg: 23.6 - 26.0 / 70_000.0 * (second - 1260) as f64 };
    assert_eq!(told.position(aside(1260), at(1260)), News::None);
    let said: Vec<News> = (1260..1264).map(|second| told.velocity([-26.0, 0.0], 11_582.0, at(second))).collect();
    assert_eq!(said[..3], [News::None, News::None, News::False(FalseSign::Speed)]);
    for second in 1264..2800 {
        assert_eq!(told.position(aside(second), at(second)), News::None, "{second}");
        told.velocity([-26.0, 0.0], 11_582.0, at(second));
    }
    // Another false place, then its own course.
    let other = LatLon { lat_deg: 52.4, lon_deg: 23.6 };
    let said = [2801, 2802].map(|second| told.position(other, at(second)));
    assert_eq!(said, [News::None, News::False(FalseSign::Jump)]);
    told.velocity([0.0, 240.0], 11_582.0, at(3000));
    let said = [3000, 3001].map(|second| told.position(place(second), at(second)));
    assert_eq!(said, [News::None, News::Back]);
}

#[test]
fn positions_that_stand_still_while_it_flies_are_false_after_two_windows() {
    let (mut told, place) = flying(60);
    let stays = place(60);
    let first = (61..140).find(|second| {
        told.velocity([0.0, 240.0], 11_000.0, at(*second));
        told.position(stays, at(*second)) != News::None
    });
    assert!(first.is_some_and(|second| second < 125), "{first:?}");
    assert_eq!(told.odd.and_then(|odd| odd.held).map(|held| held.0), Some(FalseSign::Slip));
}

#[test]
fn turning_and_slowing_down_is_flown_by_many() {
    let (mut told, _) = flying(60);
    let (mut place, mut heading, mut speed) = (told.believed.expect("flown").place, 0.0_f64, 240.0_f64);
    for second in 61..1200 {
        (heading, speed) = (heading + 0.05, (speed - 0.3).max(70.0));
        let velocity = [speed * math::sin(heading), speed * cos(heading)];
        place = Believed { place, at: at(0), velocity_m_s: velocity }.reckoned(at(1));
        let pressure_m = (11_000.0 - 12.0 * (second - 60) as f64).max(500.0);
        assert_eq!(told.velocity(velocity, pressure_m, at(second)), News::None, "{second}");
        assert_eq!(told.position(place, at(second)), News::None, "{second}");
    }
}

#[test]
fn a_sensor_that_puts_it_elsewhere_makes_it_false_and_one_that_puts_it_there_true() {
    let (mut told, place) = flying(60);
    assert_eq!(told.measured(place(60), [0.0, 240.0], 200.0, at(60)), News::None);
    let aside = LatLon { lon_deg: 20.2, ..place(60) };
    assert_eq!(told.measured(aside, [0.0, 240.0], 200.0, at(60)), News::False(FalseSign::Radar));
    assert_eq!(told.believed.map(|last| last.place), Some(aside));
    told.position(place(61), at(61));
    assert_eq!(told.measured(place(61), [0.0, 240.0], 200.0, at(61)), News::Cleared);
}
