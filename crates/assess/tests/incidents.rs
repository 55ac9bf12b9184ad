//! Groups, alarms and what people do with incidents.

mod support;

use std::collections::BTreeMap;

use skypicket_assess::{AssessEvent, Renumbering};
use skypicket_model::incident::LogItem;
use skypicket_model::{Action, Command, IncidentEvent, IncidentId, IncidentState, Outcome, Subject, TrackId};
use support::{Story, Watch, at, shifted};

/// Drones that cross one after another, `apart_s` seconds and `apart_m` metres north of each other.
fn wave(first_id: u64, count: u64, first_at_s: f64, apart_s: f64, apart_m: f64, north_m: f64) -> Vec<Story> {
    (0..count)
        .map(|i| {
            let story = Story::drone(first_id + i, 4.5);
            let from = shifted(story.from, 0.0, north_m + apart_m * i as f64);
            Story { from, life_s: (first_at_s + apart_s * i as f64, f64::INFINITY), ..story }
        })
        .collect()
}

fn command(watch: &mut Watch, seconds: f64, operator: &str, action: Action) -> Vec<IncidentEvent> {
    let mut events = Vec::new();
    watch.assessor.command(&Command { operator: operator.into(), action }, at(seconds), &mut events);
    events
        .into_iter()
        .filter_map(|event| match event {
            AssessEvent::Incident(event) => Some(event),
            AssessEvent::Assessment(_) => None,
        })
        .collect()
}

fn refused(events: &[IncidentEvent]) -> bool {
    matches!(events, [IncidentEvent::Refused { .. }])
}

#[test]
fn a_wave_is_one_incident_with_one_alarm_and_the_next_wave_another() {
    let mut watch = Watch::new();
    let mut stories = wave(1, 5, 0.0, 60.0, 3000.0, 0.0);
    stories.extend(wave(11, 4, 3000.0, 60.0, 3000.0, 0.0));
    watch.run(&stories, 0, 3600);
    let incidents = watch.assessor.incidents();
    assert_eq!(incidents.len(), 2);
    assert_eq!((incidents[0].subjects.len(), incidents[1].subjects.len()), (5, 4));
    assert_eq!(incidents[0].subjects[0], Subject::Track(TrackId(1)));
    assert_eq!(watch.alarms().len(), 2);
    assert!(incidents[0].log.iter().filter(|entry| matches!(entry.what, LogItem::Joined(_))).count() == 4);
}

#[test]
fn far_apart_or_on_another_course_is_another_group() {
    let mut watch = Watch::new();
    let mut stories = wave(1, 1, 0.0, 0.0, 0.0, -80_000.0);
    stories.extend(wave(2, 1, 0.0, 0.0, 0.0, 80_000.0));
    watch.run(&stories, 0, 300);
    assert_eq!(watch.assessor.incidents().len(), 2);
}

#[test]
fn never_more_than_five_alarms_in_ten_minutes_and_none_is_lost() {
    let mut watch = Watch::new();
    // Nine groups at once: three places too far apart for one group, three courses too different for one.
    let mut stories = Vec::new();
    for (i, north_m) in [-45_000.0, 0.0, 45_000.0].into_iter().enumerate() {
        for (j, course) in [(-45.0, 0.0), (-20.0, 40.0), (-20.0, -40.0)].into_iter().enumerate() {
            let id = (10 * i + j + 1) as u64;
            let story = wave(id, 1, 0.0, 0.0, 0.0, north_m).remove(0);
            // Different courses, the same crossing region.
            stories.push(Story { east_m_s: course.0, north_m_s: course.1, ..story });
        }
    }
    watch.run(&stories, 0, 1500);
    let alarms = watch.alarms();
    let groups = watch.opened();
    assert_eq!(groups, 9);
    assert_eq!(alarms.len(), groups, "each sounds once, in its turn");
    for (i, first) in alarms.iter().enumerate() {
        let within = alarms[i..].iter().filter(|later| **later - first < 600.0).count();
        assert!(within <= 5, "{within} alarms from {first} s on: {alarms:?}");
    }
}

#[test]
fn people_acknowledge_note_and_close_by_name() {
    let mut watch = Watch::new();
    let stories = wave(1, 1, 0.0, 0.0, 0.0, 0.0);
    watch.run(&stories, 0, 200);
    let incident = watch.assessor.incidents()[0].id;
    assert!(watch.assessor.incidents()[0].audible);
    let events = command(&mut watch, 200.0, "A. Nowak", Action::Acknowledge { incident });
    assert!(
        matches!(&events[..], [IncidentEvent::Logged(_, entry)] if entry.by == "A. Nowak" && entry.what == LogItem::Acknowledged)
    );
    let shown = watch.assessor.incidents();
    assert_eq!((shown[0].state, shown[0].audible), (IncidentState::Acknowledged, false));
    assert!(refused(&command(&mut watch, 201.0, "A. Nowak", Action::Acknowledge { incident })), "twice");
    assert!(refused(&command(&mut watch, 201.0, "  ", Action::Note { incident, text: "x".into() })), "nobody");
    assert!(refused(&command(&mut watch, 201.0, "B", Action::Note { incident, text: " ".into() })), "nothing");
    assert!(
        refused(&command(&mut watch, 201.0, "B", Action::Note { incident: IncidentId(1), text: "x".into() })),
        "nowhere"
    );
    command(&mut watch, 202.0, "B", Action::Note { incident, text: "seen from Brest".into() });
    let events =
        command(&mut watch, 203.0, "B", Action::Close { incident, outcome: Outcome::Left, note: "went out".into() });
    assert_eq!(events.len(), 2);
    let shown = watch.assessor.incidents();
    assert_eq!((shown[0].state, shown[0].closed), (IncidentState::Closed(Outcome::Left), Some(at(203.0))));
    assert!(refused(&command(
        &mut watch,
        204.0,
        "B",
        Action::Close { incident, outcome: Outcome::Other, note: String::new() }
    )));
    // The same stay going on does not open it again.
    watch.run(&stories, 205, 400);
    assert_eq!(watch.assessor.incidents().len(), 1);
    assert!(matches!(watch.assessor.incidents()[0].state, IncidentState::Closed(_)));
}

#[test]
fn a_closed_incident_begins_again_with_a_new_stay() {
    let mut watch = Watch::new();
    let inbound = Story { life_s: (0.0, 199.0), ..Story::drone(1, 4.5) };
    watch.run(std::slice::from_ref(&inbound), 0, 200);
    let incident = watch.assessor.incidents()[0].id;
    let turn = inbound.track(199.0, (0.0, 0.0)).position.lat_lon();
    let out = Story { from: turn, east_m_s: 45.0, life_s: (200.0, 899.0), ..inbound.clone() };
    watch.run(std::slice::from_ref(&out), 200, 900);
    command(&mut watch, 900.0, "A", Action::Close { incident, outcome: Outcome::Left, note: String::new() });
    let turn = out.track(899.0, (0.0, 0.0)).position.lat_lon();
    let back = Story { from: turn, life_s: (900.0, f64::INFINITY), ..inbound };
    watch.run(std::slice::from_ref(&back), 901, 2400);
    let shown = watch.assessor.incidents();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].state, IncidentState::Open);
    assert!(shown[0].log.iter().any(|entry| entry.what == LogItem::Reopened));
    assert_eq!(watch.alarms().len(), 2, "it sounds again");
}

#[test]
fn only_a_person_calls_an_established_entry_by_the_other_word() {
    let mut watch = Watch::new();
    let one_source =
        Story { lines: vec![skypicket_model::track::Line::Sensor(support::radar(1))], ..Story::drone(1, 4.5) };
    watch.run(&[one_source], 0, 300);
    let incident = watch.assessor.incidents()[0].id;
    assert!(refused(&command(&mut watch, 300.0, "A", Action::CallViolation { incident })), "likely is not established");
    let mut watch = Watch::new();
    watch.run(&wave(1, 1, 0.0, 0.0, 0.0, 0.0), 0, 300);
    let incident = watch.assessor.incidents()[0].id;
    let events = command(&mut watch, 300.0, "A", Action::CallViolation { incident });
    assert!(matches!(&events[..], [IncidentEvent::Logged(_, entry)] if entry.by == "A"));
    assert!(refused(&command(&mut watch, 301.0, "B", Action::CallViolation { incident })), "once is enough");
}

#[test]
fn ids_are_made_of_content() {
    let ids = |first_id: u64| {
        let mut watch = Watch::new();
        watch.run(&wave(first_id, 2, 0.0, 30.0, 2000.0, 0.0), 0, 300);
        watch.assessor.incidents().iter().map(|incident| incident.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(1), ids(1));
    assert_ne!(ids(1), ids(2));
}

#[test]
fn incidents_of_a_former_epoch_go_on() {
    let mut watch = Watch::new();
    let stories = wave(1, 2, 0.0, 30.0, 2000.0, 0.0);
    watch.run(&stories, 0, 300);
    let before = watch.assessor.incidents();
    let mut next = Watch::new();
    let same = Renumbering::new(&next.assessor.airspaces(), &next.assessor.airspaces(), BTreeMap::new());
    next.assessor.adopt(before.as_ref().clone(), &same);
    assert_eq!(next.assessor.incidents(), before);
    next.run(&stories, 301, 500);
    let shown = next.assessor.incidents();
    assert_eq!(shown.len(), 1, "the same tracks stay in it");
    assert_eq!((shown[0].id, shown[0].subjects.len()), (before[0].id, 2));
    assert!(next.alarms().is_empty(), "what has sounded does not sound again");
}

#[test]
fn logs_stay_bounded() {
    let mut watch = Watch::new();
    watch.run(&wave(1, 1, 0.0, 0.0, 0.0, 0.0), 0, 200);
    let incident = watch.assessor.incidents()[0].id;
    for i in 0..400 {
        command(&mut watch, 200.0, "A", Action::Note { incident, text: format!("note {i}") });
    }
    let log = &watch.assessor.incidents()[0].log;
    assert_eq!(log.len(), 256);
    assert_eq!(log[0].what, LogItem::Opened);
    assert_eq!(log[255].what, LogItem::Note("note 399".into()));
}
