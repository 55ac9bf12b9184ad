//! How matters end: what is said then, how severity falls, which alarms still sound, and what goes when there is no more room.

mod support;

use skypicket_assess::AssessEvent;
use skypicket_model::incident::LogItem;
use skypicket_model::track::{Claim, Line};
use skypicket_model::{
    Action, Command, Finding, Incident, IncidentEvent, IncidentState, Mode3A, Outcome, Reason, Severity, Track,
};
use support::{Story, Watch, at, radar};

/// An airliner far away that states a code from one second on until another, while it is held.
fn stating(id: u64, code: &str, since_s: f64, until_s: f64, seconds: f64) -> Track {
    let mut track = Story::airliner(id, 500.0, &[Line::SelfReport]).track(seconds, (0.0, 0.0));
    let stated = Claim {
        value: Mode3A::parse(code).expect("octal"),
        sensor: radar(3),
        first: at(since_s),
        last: at(seconds.min(until_s)),
    };
    if seconds >= since_s {
        track.identity.squawks = vec![stated];
    }
    track
}

fn severities(incident: &Incident) -> Vec<(f64, Severity)> {
    let lines = incident.log.iter().filter_map(|line| match line.what {
        LogItem::Severity(severity) => Some(((line.time - at(0.0)).s(), severity)),
        _ => None,
    });
    lines.collect()
}

fn emergency_end(incident: &Incident) -> Option<f64> {
    match &incident.assessments[0].finding {
        Finding::EmergencyCode { ended, squawk, .. } => {
            assert!(squawk.is_some(), "what it stated is still told");
            ended.map(|ended| (ended - at(0.0)).s().round())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_emergency_that_is_stated_no_more_says_until_when_it_was() {
    let mut watch = Watch::new();
    for second in 0..500 {
        let seconds = f64::from(second);
        watch.tick(seconds, &mut vec![stating(1, "7700", 10.0, 80.0, seconds)]);
    }
    let incidents = watch.assessor.incidents();
    assert_eq!(emergency_end(&incidents[0]), Some(80.0));
    assert_eq!(severities(&incidents[0]), [(441.0, Severity::Information)], "60 s unheard, then 300 s lower");
}

#[test]
fn an_emergency_whose_track_ends_ends_with_it() {
    let mut watch = Watch::new();
    for second in 0..200 {
        let seconds = f64::from(second);
        let mut tracks = vec![stating(1, "7600", 10.0, 1e9, seconds)];
        tracks.truncate(usize::from(second < 60));
        watch.tick(seconds, &mut tracks);
    }
    assert_eq!(emergency_end(&watch.assessor.incidents()[0]), Some(59.0));
}

#[test]
fn an_announced_entry_that_does_not_come_says_so() {
    let mut watch = Watch::new();
    watch.run(&[Story { life_s: (0.0, 30.0), ..Story::drone(1, 9.0) }], 0, 200);
    let incidents = watch.assessor.incidents();
    let Finding::PredictedEntry { ended, .. } = &incidents[0].assessments[0].finding else {
        panic!("{:?}", incidents[0].assessments[0].finding)
    };
    let ended = ended.expect("it came to nothing");
    assert!((ended - at(30.0)).s().abs() <= 5.0, "{ended}");
    assert_eq!(incidents[0].assessments[0].severity, Severity::Information);
    let reasons = &incidents[0].assessments[0].reasons;
    assert!(
        !reasons.iter().any(|reason| matches!(reason, Reason::CourseLeadsIn { .. })),
        "nothing in the present tense"
    );
}

#[test]
fn severity_rises_at_once_and_falls_after_a_while() {
    // Stated, not stated, stated again: a crew that turns the code on and off.
    let mut watch = Watch::new();
    for second in 0..1400 {
        let seconds = f64::from(second);
        let round = (seconds / 150.0).floor() * 150.0;
        let stated = seconds < 900.0;
        let track = if stated {
            stating(1, "7700", round, round + 60.0, seconds)
        } else {
            stating(1, "7700", 750.0, 810.0, seconds)
        };
        watch.tick(seconds, &mut vec![track]);
    }
    let incidents = watch.assessor.incidents();
    assert_eq!(severities(&incidents[0]), [(1171.0, Severity::Information)], "one line, not two each time");
}

fn close(watch: &mut Watch, seconds: f64) {
    let incident = watch.assessor.incidents()[0].id;
    let action = Action::Close { incident, outcome: Outcome::Left, note: String::new() };
    let mut events = Vec::new();
    watch.assessor.command(&Command { operator: "A".into(), action }, at(seconds), &mut events);
    assert!(!events.iter().any(|event| matches!(event, AssessEvent::Incident(IncidentEvent::Refused { .. }))));
}

#[test]
fn what_waits_for_its_alarm_sounds_though_it_has_left_meanwhile() {
    // Five emergencies take all the sound there is for ten minutes; a drone enters and is lost before its turn.
    let mut watch = Watch::new();
    let drone = Story { life_s: (0.0, 250.0), ..Story::drone(9, 4.5) };
    for second in 0..800 {
        let seconds = f64::from(second);
        let mut tracks: Vec<Track> = (1..=5).map(|id| stating(id, "7700", 0.0, 1e9, seconds)).collect();
        if drone.lives(seconds) {
            tracks.push(drone.track(seconds, (0.0, 0.0)));
        }
        watch.tick(seconds, &mut tracks);
    }
    let alarms = watch.alarms();
    assert_eq!(alarms.len(), 6, "{alarms:?}");
    assert!((600.0..610.0).contains(&alarms[5]), "{alarms:?}");
    let incidents = watch.assessor.incidents();
    let of_drone = incidents.iter().find(|incident| incident.rule.as_str() == "airspace_entry").expect("opened");
    assert!(of_drone.audible && of_drone.state == IncidentState::Open && of_drone.severity == Severity::Medium);
}

#[test]
fn what_a_person_closed_or_what_is_over_does_not_sound_any_more() {
    let mut watch = Watch::new();
    for second in 0..1300 {
        let seconds = f64::from(second);
        // The sixth ends at 60 s: 7700 is no emergency any more long before its turn, and its severity has fallen.
        let mut tracks: Vec<Track> = (1..=6)
            .map(|id| stating(id, "7700", if id == 6 { 5.0 } else { 0.0 }, if id == 6 { 60.0 } else { 1e9 }, seconds))
            .collect();
        watch.tick(seconds, &mut tracks);
        if second == 100 {
            close(&mut watch, 100.0);
        }
    }
    assert_eq!(watch.alarms().len(), 5, "{:?}", watch.alarms());
}

#[test]
fn incidents_that_must_go_are_told() {
    let mut watch = Watch::new();
    let many = 2_003;
    for second in [0.0, 6.0, 7.0] {
        let mut tracks: Vec<Track> = (1..=many).map(|id| stating(id, "7600", 0.0, 1e9, second)).collect();
        // Two of them are severe: they stay.
        for track in tracks.iter_mut().take(2) {
            track.identity.squawks[0].value = Mode3A::parse("7700").expect("octal");
        }
        watch.tick(second, &mut tracks);
    }
    let incidents = watch.assessor.incidents();
    assert_eq!(incidents.len(), 2_000);
    assert_eq!(incidents.iter().filter(|incident| incident.severity == Severity::High).count(), 2);
    let dropped = watch.events.iter().filter(|(_, event)| {
        matches!(event, AssessEvent::Incident(IncidentEvent::Dropped { state: IncidentState::Open, .. }))
    });
    assert_eq!(dropped.count(), 3);
}
