//! Predicted entries, stated emergencies, silent sensors, and heights that cannot be judged.

mod support;

use skypicket_assess::vertical::{Vertical, vertical};
use skypicket_assess::{AssessEvent, Params, PermissionParams};
use skypicket_model::assessment::EntryState;
use skypicket_model::sensor::SensorHealth;
use skypicket_model::track::{Claim, HeightSource, Line};
use skypicket_model::{
    AltitudeAmsl, Emergency, Finding, FlightLevel, HeightAgl, Mode3A, PressureAltitude, Reason, Sensor, SensorKind,
    Severity, Span, Track, VerticalLimit,
};
use support::{Story, Watch, at, country, place, radar, shifted};

fn predictions(watch: &Watch) -> Vec<(f64, [f64; 4], Option<Span>)> {
    watch
        .events
        .iter()
        .filter_map(|(seconds, event)| match event {
            AssessEvent::Assessment(a) => match a.finding {
                Finding::PredictedEntry { probability_within, time_to_boundary, .. } => {
                    Some((*seconds, probability_within, time_to_boundary))
                }
                _ => None,
            },
            AssessEvent::Incident(_) => None,
        })
        .collect()
}

#[test]
fn a_drone_heading_for_the_border_is_announced_with_time_and_place() {
    let mut watch = Watch::new();
    let drone = Story::drone(1, 9.0); // 200 s away
    watch.run(std::slice::from_ref(&drone), 0, 40);
    let told = predictions(&watch);
    let (seconds, within, time) = told[0];
    assert!(within.is_sorted());
    assert!(within[0] < 0.01 && within[1] < 0.1 && within[2] > 0.8 && within[3] > 0.8, "{within:?}");
    let time = time.expect("its course leads there");
    assert!((time.s() - (200.0 - seconds)).abs() < 1.5, "{time:?}");
    let incidents = watch.assessor.incidents();
    assert_eq!(incidents.len(), 1, "something without permission is about to enter");
    assert_eq!((incidents[0].severity, incidents[0].audible), (Severity::Medium, false));
    assert_eq!(incidents[0].rule.as_str(), "airspace_entry");
    let Finding::PredictedEntry { place: Some(crossing), .. } = incidents[0].assessments[0].finding else {
        panic!("announced: {:?}", incidents[0].assessments[0].finding)
    };
    assert!(crossing.rough_distance_m(place(51.0, 0.0)) < 100.0);
    // Being near does not push the announcement aside, coming in does, and it stays one incident.
    watch.run(std::slice::from_ref(&drone), 40, 150);
    assert!(matches!(watch.assessor.incidents()[0].assessments[0].finding, Finding::PredictedEntry { .. }));
    watch.run(std::slice::from_ref(&drone), 150, 300);
    let incidents = watch.assessor.incidents();
    assert_eq!(incidents.len(), 1);
    assert!(matches!(incidents[0].assessments[0].finding, Finding::AirspaceEntry(_)));
    assert!(incidents[0].log.len() < 12, "{:#?}", incidents[0].log);
}

#[test]
fn a_parallel_or_receding_flight_is_not_announced() {
    for (east_m_s, north_m_s) in [(0.0, 45.0), (45.0, 0.0)] {
        let mut watch = Watch::new();
        watch.run(&[Story { from: place(50.5, 8.0), east_m_s, north_m_s, ..Story::drone(1, 8.0) }], 0, 300);
        assert!(predictions(&watch).is_empty(), "{:?}", predictions(&watch));
        assert!(watch.assessor.incidents().is_empty());
    }
}

#[test]
fn what_is_permitted_is_not_announced() {
    let mut watch = Watch::new();
    watch.run(&[Story::airliner(1, 40.0, &[Line::SelfReport, Line::Sensor(radar(1))])], 0, 100);
    assert!(predictions(&watch).is_empty() && watch.assessor.incidents().is_empty());
}

fn stating(seconds: f64, code: Option<(&str, f64)>, emergency: Option<Emergency>) -> Track {
    let mut track = Story::airliner(1, 500.0, &[Line::SelfReport]).track(seconds, (0.0, 0.0));
    if let Some((code, since_s)) = code {
        let value = Mode3A::parse(code).expect("octal");
        track.identity.squawks = vec![Claim { value, sensor: radar(3), first: at(since_s), last: at(seconds) }];
    }
    track.identity.emergency =
        emergency.map(|value| Claim { value, sensor: radar(3), first: at(seconds.min(10.0)), last: at(seconds) });
    track
}

fn emergencies(watch: &Watch) -> Vec<(f64, Emergency, Severity)> {
    watch
        .events
        .iter()
        .filter_map(|(seconds, event)| match event {
            AssessEvent::Assessment(a) => match a.finding {
                Finding::EmergencyCode { emergency, .. } => Some((*seconds, emergency, a.severity)),
                _ => None,
            },
            AssessEvent::Incident(_) => None,
        })
        .collect()
}

#[test]
fn an_emergency_code_that_stands_is_told_once_and_sounds() {
    let mut watch = Watch::new();
    for second in 0..200 {
        let seconds = f64::from(second);
        // 7700 from 50 s to 80 s.
        let code = if (50.0..80.0).contains(&seconds) { Some(("7700", 50.0)) } else { Some(("1000", seconds)) };
        watch.tick(seconds, &mut vec![stating(seconds, code, None)]);
    }
    let told = emergencies(&watch);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0], (55.0, Emergency::General, Severity::High));
    assert_eq!(told[1].2, Severity::Information);
    assert_eq!(watch.alarms(), [55.0]);
    assert_eq!(watch.assessor.incidents().len(), 1);
}

#[test]
fn turning_through_a_code_is_no_emergency() {
    let mut watch = Watch::new();
    for second in 0..60 {
        let seconds = f64::from(second);
        let code = if (20.0..23.0).contains(&seconds) { ("7600", 20.0) } else { ("1200", 0.0) };
        watch.tick(seconds, &mut vec![stating(seconds, Some(code), None)]);
    }
    assert!(emergencies(&watch).is_empty() && watch.alarms().is_empty());
}

#[test]
fn lesser_emergencies_do_not_sound() {
    let mut watch = Watch::new();
    for second in 10..60 {
        watch.tick(f64::from(second), &mut vec![stating(f64::from(second), None, Some(Emergency::MinimumFuel))]);
    }
    assert_eq!(emergencies(&watch).len(), 1);
    assert_eq!(watch.assessor.incidents()[0].severity, Severity::Medium);
    assert!(watch.alarms().is_empty());
}

fn health(number: u16, last_s: f64, mean_s: Option<f64>) -> SensorHealth {
    SensorHealth {
        mean_interval: mean_s.and_then(Span::from_s_f64),
        rate_per_s: mean_s.map_or(0.0, f64::recip),
        ..SensorHealth::heard(radar(number), 100, at(last_s))
    }
}

#[test]
fn a_configured_sensor_that_falls_silent_sounds_and_comes_back() {
    let mut watch = Watch::new();
    watch.described =
        vec![Sensor { expected_within: Some(Span::from_s(30)), ..Sensor::new(radar(1), "north", SensorKind::Radar3d) }];
    for second in 0..400 {
        let seconds = f64::from(second);
        let last_s = if (100.0..250.0).contains(&seconds) { 99.0 } else { seconds };
        watch.sensors = vec![health(1, last_s, Some(0.01))];
        watch.tick(seconds, &mut vec![]);
    }
    assert_eq!(watch.alarms(), [130.0]);
    let told: Vec<(f64, Severity)> = watch
        .events
        .iter()
        .filter_map(|(seconds, event)| match event {
            AssessEvent::Assessment(a) => Some((*seconds, a.severity)),
            AssessEvent::Incident(_) => None,
        })
        .collect();
    assert_eq!(told, [(130.0, Severity::High), (260.0, Severity::Information)]);
}

#[test]
fn learned_silence_is_shown_and_silent_itself() {
    let mut watch = Watch::new();
    for second in 0..400 {
        watch.sensors =
            vec![health(1, 50.0, Some(0.1)), health(2, f64::from(second), Some(2.0)), health(3, 50.0, None)];
        watch.tick(f64::from(second), &mut vec![]);
    }
    let incidents = watch.assessor.incidents();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0].severity, Severity::Medium);
    assert!(watch.alarms().is_empty());
    assert!(
        matches!(incidents[0].assessments[0].reasons[0], Reason::SilentFor { duration } if duration > Span::from_s(120))
    );
}

#[test]
fn a_described_sensor_never_heard_is_silent_too() {
    let mut watch = Watch::new();
    watch.described =
        vec![Sensor { expected_within: Some(Span::from_s(60)), ..Sensor::new(radar(4), "east", SensorKind::Radar2d) }];
    for second in 0..100 {
        watch.tick(f64::from(second), &mut vec![]);
    }
    assert_eq!(watch.alarms(), [61.0]);
    assert!(watch.assessor.incidents()[0].assessments[0].reasons.contains(&Reason::NeverHeard));
}

#[test]
fn a_feed_heard_with_any_of_its_sources_was_heard() {
    let mut watch = Watch::new();
    watch.described =
        vec![Sensor { expected_within: Some(Span::from_s(60)), ..Sensor::new(radar(4), "feed", SensorKind::Radar2d) }];
    let source = SensorHealth {
        id: skypicket_model::SensorId { source: 7, ..radar(4) },
        mean_interval: None,
        ..health(4, 30.0, None)
    };
    for second in 0..100 {
        watch.sensors = vec![source.clone()];
        watch.tick(f64::from(second), &mut vec![]);
    }
    let incidents = watch.assessor.incidents();
    let assessment = &incidents[0].assessments[0];
    assert!(matches!(assessment.finding, Finding::FeedSilent { last_received, .. } if last_received == at(30.0)));
    assert!(!assessment.reasons.contains(&Reason::NeverHeard));
}

#[test]
fn heights_are_judged_where_their_reference_allows() {
    let mut airspace = country();
    let mut track = Story::drone(1, -5.0).track(10.0, (0.0, 0.0));
    let judge = |airspace: &_, track: &_| vertical(track, airspace, at(10.0));
    assert_eq!(judge(&airspace, &track), Vertical::Within(1.0), "a state has no limits to judge");
    airspace.upper = VerticalLimit::FlightLevel(FlightLevel { hundreds_ft: 95.0 });
    assert_eq!(judge(&airspace, &track), Vertical::Undetermined, "an assumed height says nothing");
    track.pressure = Some((PressureAltitude::from_ft(5000.0), at(5.0)));
    assert_eq!(judge(&airspace, &track), Vertical::Within(1.0));
    track.pressure = Some((PressureAltitude::from_ft(12_000.0), at(5.0)));
    assert_eq!(judge(&airspace, &track), Vertical::Within(0.0));
    track.pressure = Some((PressureAltitude::from_ft(5000.0), at(-300.0)));
    assert_eq!(judge(&airspace, &track), Vertical::Undetermined, "a pressure altitude of long ago");
    track.pressure = None;
    track.height_source = HeightSource::Measured;
    track.position.height_m = 800.0;
    assert!(matches!(judge(&airspace, &track), Vertical::Within(p) if p > 0.98), "800 m are below FL95 in any weather");
    track.position.height_m = 2900.0;
    assert_eq!(judge(&airspace, &track), Vertical::Undetermined, "2,900 m and FL95 (2,896 m) cannot be compared");
    airspace.upper = VerticalLimit::Amsl(AltitudeAmsl::from_m(5000.0));
    assert!(matches!(judge(&airspace, &track), Vertical::Within(p) if p > 0.99));
    airspace.upper = VerticalLimit::Agl(HeightAgl::from_m(120.0));
    track.position.height_m = 300.0;
    assert_eq!(judge(&airspace, &track), Vertical::Undetermined, "without terrain there is no height above ground");
    track.position.height_m = 11_000.0;
    let judged = judge(&airspace, &track);
    assert!(
        matches!(judged, Vertical::Within(p) if p < 1e-6),
        "11 km are above any ground by more than 120 m: {judged:?}"
    );
}

#[test]
fn an_undetermined_height_keeps_an_entry_at_possible() {
    let mut zone = country();
    zone.upper = VerticalLimit::Agl(HeightAgl::from_m(500.0));
    let permissions = skypicket_assess::Permissions::new(&PermissionParams::default(), vec![]).expect("rules read");
    let mut watch = Watch::new();
    watch.assessor = skypicket_assess::Assessor::new(&Params::default(), &[zone], permissions).expect("site stands");
    watch.run(&[Story { from: shifted(place(51.0, 0.0), 2000.0, 0.0), ..Story::drone(1, 2.0) }], 0, 200);
    assert_eq!(watch.entry(1).expect("row").state, EntryState::Possible);
    assert!(watch.row(1).expect("row").reasons.contains(&Reason::HeightUndetermined));
    assert!(watch.alarms().is_empty());
}
