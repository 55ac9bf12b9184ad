//! What becomes of high severity after somebody took it up is told once more.

mod support;

use skypicket_assess::AssessEvent;
use skypicket_model::incident::LogItem;
use skypicket_model::track::{Claim, Line};
use skypicket_model::{
    Action, Command, Emergency, Incident, IncidentEvent, IncidentState, Mode3A, Outcome, Severity, Subject, Track,
    TrackId,
};
use support::{Story, Watch, at, radar};

/// What a flight states: nothing, that its fuel runs low (medium), or a general emergency (high).
#[derive(Clone, Copy, PartialEq)]
enum States {
    Nothing,
    LowFuel,
    Emergency,
}

fn flight(id: u64, seconds: f64, states: States) -> Track {
    let mut track = Story::airliner(id, 500.0, &[Line::SelfReport]).track(seconds, (0.0, 0.0));
    let (first, last) = (at(0.0), at(seconds));
    let fuel = (states == States::LowFuel).then_some(Emergency::MinimumFuel);
    track.identity.emergency = fuel.map(|value| Claim { value, sensor: radar(3), first, last });
    if states == States::Emergency {
        let value = Mode3A::parse("7700").expect("octal");
        track.identity.squawks = vec![Claim { value, sensor: radar(3), first, last }];
    }
    track
}

/// One flight from one second to another.
fn fly(watch: &mut Watch, from_s: u32, until_s: u32, states: States) {
    for second in from_s..until_s {
        watch.tick(f64::from(second), &mut vec![flight(1, f64::from(second), states)]);
    }
}

fn of_flight(watch: &Watch, id: u64) -> Incident {
    let incidents = watch.assessor.incidents();
    incidents.iter().find(|incident| incident.subjects[0] == Subject::Track(TrackId(id))).expect("opened").clone()
}

/// Whether the command was carried out.
fn act(watch: &mut Watch, seconds: f64, action: Action) -> bool {
    let mut events = Vec::new();
    watch.assessor.command(&Command { operator: "A".into(), action }, at(seconds), &mut events);
    !events.iter().any(|event| matches!(event, AssessEvent::Incident(IncidentEvent::Refused { .. })))
}

fn acknowledge(watch: &mut Watch, seconds: f64, id: u64) -> bool {
    let incident = of_flight(watch, id).id;
    act(watch, seconds, Action::Acknowledge { incident })
}

#[test]
fn what_was_acknowledged_at_medium_sounds_once_when_it_turns_high() {
    let mut watch = Watch::new();
    fly(&mut watch, 0, 50, States::LowFuel);
    assert_eq!((of_flight(&watch, 1).severity, of_flight(&watch, 1).state), (Severity::Medium, IncidentState::Open));
    assert!(acknowledge(&mut watch, 50.0, 1));
    fly(&mut watch, 51, 100, States::LowFuel);
    assert!(watch.alarms().is_empty() && of_flight(&watch, 1).state == IncidentState::Acknowledged);
    fly(&mut watch, 100, 200, States::Emergency);
    let risen = of_flight(&watch, 1);
    assert_eq!((risen.state, risen.severity, risen.audible), (IncidentState::Risen, Severity::High, true));
    assert_eq!(watch.alarms().len(), 1, "{:?}", watch.alarms());
    assert_eq!(risen.log.iter().filter(|line| line.what == LogItem::Risen).count(), 1);
    // Taken up again as it is now: quiet, whatever it does.
    assert!(acknowledge(&mut watch, 200.0, 1));
    assert!(!acknowledge(&mut watch, 201.0, 1), "twice");
    assert!(!of_flight(&watch, 1).audible);
    fly(&mut watch, 201, 600, States::Nothing);
    assert!(of_flight(&watch, 1).severity < Severity::High, "it fell");
    fly(&mut watch, 600, 800, States::Emergency);
    assert_eq!(of_flight(&watch, 1).severity, Severity::High, "and rose");
    assert_eq!((of_flight(&watch, 1).state, watch.alarms().len()), (IncidentState::Acknowledged, 1));
}

#[test]
fn what_has_sounded_and_fell_sounds_again_for_who_acknowledged_it_fallen() {
    let mut watch = Watch::new();
    fly(&mut watch, 0, 100, States::Emergency);
    fly(&mut watch, 100, 600, States::Nothing);
    assert_eq!(watch.alarms().len(), 1);
    assert!(acknowledge(&mut watch, 600.0, 1));
    fly(&mut watch, 601, 700, States::Emergency);
    assert_eq!((of_flight(&watch, 1).state, watch.alarms().len()), (IncidentState::Risen, 2));
    // Not acknowledged anew it does not sound a third time.
    fly(&mut watch, 700, 1200, States::Nothing);
    fly(&mut watch, 1200, 1300, States::Emergency);
    assert_eq!((of_flight(&watch, 1).state, watch.alarms().len()), (IncidentState::Risen, 2));
    let incident = of_flight(&watch, 1).id;
    assert!(act(&mut watch, 1300.0, Action::Close { incident, outcome: Outcome::Other, note: "x".into() }));
    assert!(!of_flight(&watch, 1).audible);
}

#[test]
fn what_rose_keeps_to_the_limit_and_waits_for_its_turn() {
    let mut watch = Watch::new();
    for second in 0..700 {
        let seconds = f64::from(second);
        // Five emergencies take all the sound of ten minutes; the sixth rises at 100 s.
        let mut tracks: Vec<Track> = (2..=6).map(|id| flight(id, seconds, States::Emergency)).collect();
        tracks.push(flight(1, seconds, if second < 100 { States::LowFuel } else { States::Emergency }));
        watch.tick(seconds, &mut tracks);
        if second == 50 {
            assert!(acknowledge(&mut watch, seconds, 1));
        }
        if second == 300 {
            assert_eq!((of_flight(&watch, 1).state, of_flight(&watch, 1).audible), (IncidentState::Risen, false));
        }
    }
    let alarms = watch.alarms();
    assert_eq!(alarms.len(), 6, "{alarms:?}");
    assert!(alarms[5] - alarms[0] >= 600.0, "{alarms:?}");
    assert!(of_flight(&watch, 1).audible);
}

#[test]
fn an_announced_entry_that_was_acknowledged_sounds_when_it_comes() {
    let mut watch = Watch::new();
    let drone = Story::drone(1, 9.0);
    watch.run(std::slice::from_ref(&drone), 0, 40);
    assert!(acknowledge(&mut watch, 40.0, 1));
    watch.run(std::slice::from_ref(&drone), 41, 400);
    let incident = of_flight(&watch, 1);
    assert_eq!((incident.state, incident.severity, incident.audible), (IncidentState::Risen, Severity::High, true));
    assert_eq!(watch.alarms().len(), 1);
    // The state of all this goes on bit for bit.
    let mut saved = Vec::new();
    watch.assessor.encode(&mut saved);
    let read = watch.assessor.restored(&mut skypicket_model::Reader::new(&saved)).expect("what was saved");
    let mut again = Vec::new();
    read.encode(&mut again);
    assert_eq!(again, saved);
    assert_eq!(read.incidents(), watch.assessor.incidents());
}
