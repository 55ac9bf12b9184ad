//! Self-reports, bearings and other trackers: identity leads, measurement checks, nothing counts twice.

mod common;

use common::*;
use skypicket_model::identity::StandardIdentity;
use skypicket_model::observation::{HorizontalSigma, ModeS, ModeSPart, SelfPart, SelfReport, SystemAges, SystemTrack};
use skypicket_model::track::Line;
use skypicket_model::{
    Address, FeedId, FlightId, Geodetic, Observation, Report, Sensor, SensorId, SensorKind, Track, TrackStatus,
};
use skypicket_track::{Params, TrackEvent, Tracker};

fn flight() -> Flight {
    Flight { from: Geodetic { lat_deg: 51.6, lon_deg: 22.6, height_m: 9000.0 }, east_m_s: 200.0, north_m_s: 60.0 }
}

fn tracks(tracker: &Tracker, t_s: f64) -> Vec<Track> {
    let mut out = Vec::new();
    tracker.snapshot(at(t_s), &mut out);
    out
}

#[test]
fn radar_and_self_reports_of_one_aircraft_are_one_track_with_two_lines() {
    let (sensor, rx) = (radar(1, 51.22, 22.57), receiver(0));
    let mut tracker = Tracker::new(Params::default(), &[sensor.clone(), rx.clone()]);
    let (mut random, mut events) = (Random::new(1), Vec::new());
    for k in 0..60 {
        let t_s = f64::from(k);
        if k % 4 == 0 {
            let place = flight().place(t_s);
            tracker.observe(&[plot(&sensor, place, at(t_s), Some(&mut random)), whole(&sensor, at(t_s))], &mut events);
        }
        // The receiver hears it from the tenth second on.
        if k >= 10 {
            tracker.observe(&stated(&rx, 0x48_9a01, &flight(), t_s + 0.3), &mut events);
        }
        if k == 20 {
            let part = SelfPart::Identity { flight_id: FlightId::parse("LOT123"), category: None };
            let report = SelfReport {
                address: Address::icao(0x48_9a01),
                channel: skypicket_model::observation::Channel::AdsB,
                part,
            };
            tracker.observe(&[observation(&rx, at(t_s), 5, Report::SelfReport(report))], &mut events);
        }
        tracker.tick(at(t_s), &mut events);
    }
    let shown = tracks(&tracker, 59.0);
    assert_eq!(shown.len(), 1);
    let track = &shown[0];
    assert_eq!(track.identity.address(), Some(Address::icao(0x48_9a01)));
    assert_eq!(track.lines.iter().map(|l| l.line).collect::<Vec<_>>(), vec![Line::SelfReport, Line::Sensor(sensor.id)]);
    assert_eq!(track.standard_identity, StandardIdentity::AssumedFriend);
    assert_eq!(track.identity.contradicted_since, None);
    let off = track.position.lat_lon().rough_distance_m(flight().place(59.0).lat_lon());
    assert!(off < 60.0, "{off}");
}

#[test]
fn a_false_word_does_not_drag_the_measured_track() {
    let (sensor, rx) = (radar(1, 51.22, 22.57), receiver(0));
    let mut tracker = Tracker::new(Params::default(), &[sensor.clone(), rx.clone()]);
    let (mut random, mut events) = (Random::new(2), Vec::new());
    for k in 0..80 {
        let t_s = f64::from(k);
        let place = flight().place(t_s);
        if k % 4 == 0 {
            tracker.observe(&[plot(&sensor, place, at(t_s), Some(&mut random)), whole(&sensor, at(t_s))], &mut events);
        }
        let mut told = place;
        if k >= 40 {
            told.lat_deg += 0.2;
        }
        tracker.observe(&stated_at(&rx, 0x48_9a02, told, &flight(), t_s + 0.2), &mut events);
        tracker.tick(at(t_s), &mut events);
    }
    assert!(events.iter().any(|e| matches!(e, TrackEvent::Contradicted(_))));
    let shown = tracks(&tracker, 79.0);
    let truth = flight().place(79.0).lat_lon();
    let real: Vec<&Track> = shown.iter().filter(|t| t.position.lat_lon().rough_distance_m(truth) < 400.0).collect();
    assert_eq!(real.len(), 1);
    assert!(real[0].identity.contradicted_since.is_some());
    assert_eq!(real[0].standard_identity, StandardIdentity::Unknown);
    // The word goes its own way, marked.
    assert!(shown.iter().all(|t| t.id == real[0].id || t.identity.contradicted_since.is_some()));
}

#[test]
fn one_bad_position_marks_a_flight_for_a_minute_and_not_for_its_life() {
    let (sensor, rx) = (radar(1, 51.22, 22.57), receiver(0));
    let mut tracker = Tracker::new(Params::default(), &[sensor.clone(), rx.clone()]);
    let (mut random, mut events) = (Random::new(2), Vec::new());
    let mut marked = Vec::new();
    for k in 0..150 {
        let t_s = f64::from(k);
        let mut place = flight().place(t_s);
        if k % 4 == 0 {
            tracker.observe(&[plot(&sensor, place, at(t_s), Some(&mut random)), whole(&sensor, at(t_s))], &mut events);
        }
        place.lat_deg += if k == 40 { 0.2 } else { 0.0 };
        tracker.observe(&stated_at(&rx, 0x48_9a02, place, &flight(), t_s + 0.2), &mut events);
        tracker.tick(at(t_s), &mut events);
        let shown = tracks(&tracker, t_s);
        if k > 20 {
            assert_eq!(shown.len(), 1, "second {k}");
            marked.extend(shown[0].identity.contradicted_since.map(|since| (k, since)));
        }
    }
    assert_eq!(events.iter().filter(|e| matches!(e, TrackEvent::Contradicted(_))).count(), 1);
    assert_eq!(marked.first(), Some(&(40, at(40.2))));
    assert!(marked.iter().all(|(_, since)| *since == at(40.2)), "its age is told while it lasts");
    let last = marked.last().expect("marked").0;
    assert!((100..=104).contains(&last), "{last}");
    assert_eq!(tracks(&tracker, 149.0)[0].standard_identity, StandardIdentity::Unknown);
}

#[test]
fn one_address_at_two_places_is_two_tracks() {
    let rx = receiver(0);
    let mut tracker = Tracker::new(Params::default(), std::slice::from_ref(&rx));
    let mut events = Vec::new();
    let far = Flight { from: Geodetic { lat_deg: 53.0, lon_deg: 20.0, height_m: 9000.0 }, ..flight() };
    for k in 0..30 {
        let t_s = f64::from(k) * 2.0;
        tracker.observe(&stated(&rx, 0x48_9a03, &flight(), t_s), &mut events);
        tracker.observe(&stated(&rx, 0x48_9a03, &far, t_s + 1.0), &mut events);
        tracker.tick(at(t_s), &mut events);
    }
    assert_eq!(tracks(&tracker, 59.0).len(), 2);
}

#[test]
fn a_silent_aircraft_coasts_and_then_ends() {
    let rx = receiver(0);
    let mut tracker = Tracker::new(Params::default(), std::slice::from_ref(&rx));
    let mut events = Vec::new();
    for k in 0..200 {
        let t_s = f64::from(k);
        if k < 30 {
            tracker.observe(&stated(&rx, 0x48_9a04, &flight(), t_s), &mut events);
        }
        tracker.tick(at(t_s), &mut events);
        if k == 50 {
            assert_eq!(tracks(&tracker, t_s)[0].status, TrackStatus::Coasting);
        }
    }
    assert!(tracks(&tracker, 199.0).is_empty());
    assert!(events.iter().any(|e| matches!(e, TrackEvent::Ended(..))));
}

#[test]
fn mode_s_without_a_place_makes_no_track_and_is_counted() {
    let rx = receiver(0);
    let mut tracker = Tracker::new(Params::default(), std::slice::from_ref(&rx));
    let report = ModeS { address: Address::icao(1), part: ModeSPart::AllCall { capability: 5 } };
    tracker.observe(&[observation(&rx, at(0.0), 0, Report::ModeS(report))], &mut Vec::new());
    assert_eq!((tracker.len(), tracker.counts().unlocated), (0, 1));
}

#[test]
fn rays_of_posts_that_meet_become_a_track_and_a_pair_does_not() {
    let posts: Vec<Sensor> = [(51.0, 22.9), (51.0, 23.05), (51.09, 22.9), (51.09, 23.05)]
        .iter()
        .enumerate()
        .map(|(k, (lat, lon))| post(k as u16 + 1, *lat, *lon))
        .collect();
    let drone =
        Flight { from: Geodetic { lat_deg: 51.03, lon_deg: 22.93, height_m: 450.0 }, east_m_s: 40.0, north_m_s: 20.0 };
    let run = |hearing: usize| {
        let mut tracker = Tracker::new(Params::default(), &posts);
        let (mut random, mut events) = (Random::new(4), Vec::new());
        for k in 0..60 {
            let t_s = f64::from(k) * 0.5;
            let sensor = &posts[k as usize % 4];
            let mut frame = Vec::new();
            if (k as usize % 4) < hearing {
                frame.push(bearing(sensor, drone.place(t_s), at(t_s), &mut random));
            }
            frame.push(whole(sensor, at(t_s)));
            tracker.observe(&frame, &mut events);
            tracker.tick(at(t_s), &mut events);
        }
        tracks(&tracker, 30.0)
    };
    assert!(run(2).is_empty());
    let shown = run(4);
    assert_eq!(shown.len(), 1);
    let off = shown[0].position.lat_lon().rough_distance_m(drone.place(30.0).lat_lon());
    assert!(off < 400.0, "{off}");
    assert!(shown[0].lines.len() >= 3);
}

fn system_track(sensor: &Sensor, number: u32, place: Geodetic, t_s: f64) -> Observation {
    let report = SystemTrack {
        number,
        ended: false,
        confirmed: true,
        coasting: false,
        place: place.lat_lon(),
        sigma: HorizontalSigma::round(100.0),
        height: Some(skypicket_model::EllipsoidalHeight::from_m(place.height_m)),
        pressure: None,
        velocity_m_s: None,
        vertical_m_s: None,
        address: None,
        flight_id: None,
        squawk: None,
        ages: SystemAges::default(),
    };
    observation(sensor, at(t_s), 0, Report::SystemTrack(report))
}

#[test]
fn anothers_track_is_followed_but_adds_no_line_and_no_certainty() {
    let sensor = radar(1, 51.22, 22.57);
    let other = Sensor::new(SensorId { feed: FeedId(5), source: 1 }, "centre", SensorKind::SystemTracker);
    let run = |with_other: bool| {
        let mut tracker = Tracker::new(Params::default(), &[sensor.clone(), other.clone()]);
        let (mut random, mut events) = (Random::new(6), Vec::new());
        for k in 0..60 {
            let t_s = f64::from(k);
            let place = flight().place(t_s);
            if k % 4 == 0 {
                tracker
                    .observe(&[plot(&sensor, place, at(t_s), Some(&mut random)), whole(&sensor, at(t_s))], &mut events);
            }
            if with_other && k % 4 == 2 {
                tracker.observe(&[system_track(&other, 77, place, t_s)], &mut events);
            }
            tracker.tick(at(t_s), &mut events);
        }
        tracks(&tracker, 59.0)
    };
    let (alone, both) = (run(false), run(true));
    assert_eq!((alone.len(), both.len()), (1, 1));
    assert_eq!(both[0].lines.iter().map(|l| l.line).collect::<Vec<_>>(), vec![Line::Sensor(sensor.id)]);
    // Fused as plots, fifteen reports of 100 m would have halved the sigma.
    let (a, b) = (alone[0].covariance.horizontal_ellipse().0, both[0].covariance.horizontal_ellipse().0);
    assert!(b > 0.7 * a, "{a} {b}");
}

#[test]
fn anothers_track_alone_is_shown_without_a_line() {
    let other = Sensor::new(SensorId { feed: FeedId(5), source: 1 }, "centre", SensorKind::SystemTracker);
    let mut tracker = Tracker::new(Params::default(), std::slice::from_ref(&other));
    let mut events = Vec::new();
    for k in 0..15 {
        let t_s = f64::from(k) * 4.0;
        tracker.observe(&[system_track(&other, 5, flight().place(t_s), t_s)], &mut events);
        tracker.tick(at(t_s), &mut events);
    }
    let shown = tracks(&tracker, 56.0);
    assert_eq!(shown.len(), 1);
    assert!(shown[0].lines.is_empty());
    assert!((shown[0].velocity.x - 200.0).abs() < 40.0, "{}", shown[0].velocity.x);
}

#[test]
fn anothers_word_on_its_velocity_is_taken_at_the_birth() {
    let other = Sensor::new(SensorId { feed: FeedId(5), source: 1 }, "centre", SensorKind::SystemTracker);
    let mut tracker = Tracker::new(Params::default(), std::slice::from_ref(&other));
    let mut events = Vec::new();
    let mut first = system_track(&other, 5, flight().place(0.0), 0.0);
    if let Report::SystemTrack(report) = &mut first.report {
        report.velocity_m_s = Some((200.0, -10.0));
    }
    tracker.observe(&[first], &mut events);
    tracker.tick(at(0.0), &mut events);
    let shown = tracks(&tracker, 0.0);
    assert!(
        (shown[0].velocity.x - 200.0).abs() < 5.0 && (shown[0].velocity.y + 10.0).abs() < 5.0,
        "{:?}",
        shown[0].velocity
    );
}

#[test]
fn a_radar_learns_its_bias_from_aircraft_that_report_themselves() {
    let (sensor, rx) = (radar(1, 51.22, 22.57), receiver(0));
    let mut tracker = Tracker::new(Params::default(), &[sensor.clone(), rx.clone()]);
    let (mut random, mut events) = (Random::new(8), Vec::new());
    let flights: Vec<Flight> = (0..6)
        .map(|k| Flight {
            from: Geodetic {
                lat_deg: 50.6 + 0.25 * f64::from(k),
                lon_deg: 22.0 + 0.2 * f64::from(k),
                height_m: 9000.0,
            },
            east_m_s: 200.0 - 60.0 * f64::from(k),
            north_m_s: 80.0,
        })
        .collect();
    for k in 0..300 {
        let t_s = f64::from(k);
        for (n, flight) in flights.iter().enumerate() {
            if k % 2 == 0 {
                tracker.observe(&stated(&rx, 100 + n as u32, flight, t_s), &mut events);
            }
        }
        if k % 4 == 1 {
            let mut frame = Vec::new();
            for flight in &flights {
                let mut seen = plot(&sensor, flight.place(t_s), at(t_s), Some(&mut random));
                if let Report::Plot(p) = &mut seen.report {
                    p.range_m += 80.0;
                    p.azimuth.rad += skypicket_model::math::rad(0.15);
                }
                frame.push(seen);
            }
            frame.push(whole(&sensor, at(t_s)));
            tracker.observe(&frame, &mut events);
        }
        tracker.tick(at(t_s), &mut events);
    }
    let bias = tracker.registration(sensor.id).expect("known sensor");
    assert!((bias.range_m.bias - 80.0).abs() < 15.0, "{}", bias.range_m.bias);
    assert!((skypicket_model::math::deg(bias.azimuth_rad.bias) - 0.15).abs() < 0.02);
    assert!(skypicket_model::math::deg(bias.elevation_rad.bias).abs() < 0.03);
}
