//! Entries as an operator would see them, from synthetic tracks.

mod support;

use skypicket_assess::permission::{Effect, RuleParams};
use skypicket_assess::{AssessEvent, Params, PermissionParams};
use skypicket_model::assessment::EntryState;
use skypicket_model::track::Line;
use skypicket_model::{
    Finding, FlightId, FlightPlan, IncidentState, Permission, Reason, Severity, Span, StandardIdentity, Time,
};
use support::{Random, Story, Watch, at, place, radar, shifted, start};

fn plan(flight_id: &str) -> FlightPlan {
    FlightPlan {
        id: "FPL-1".into(),
        flight_id: FlightId::parse(flight_id).expect("legal"),
        address: None,
        squawk: None,
        from: start(),
        until: at(36_000.0),
        airspaces: vec!["AAA".into()],
        route: vec![],
        corridor_m: 20_000.0,
    }
}

fn by_plan_only() -> PermissionParams {
    PermissionParams {
        rule: vec![RuleParams { name: "planned".into(), flight_plan: true, ..RuleParams::default() }],
        claimed_identity: Effect::Refuse,
        ..PermissionParams::default()
    }
}

#[test]
fn an_unidentified_drone_that_crosses_is_established_with_time_place_and_depth() {
    let mut watch = Watch::new();
    let drone = Story::drone(1, 9.0); // at the border after 200 s
    watch.run(std::slice::from_ref(&drone), 0, 150);
    assert_eq!(watch.entry(1).expect("near").state, EntryState::Near);
    watch.run(std::slice::from_ref(&drone), 150, 300);
    let row = watch.row(1).expect("row");
    let entry = watch.entry(1).expect("row");
    assert_eq!(entry.state, EntryState::Established);
    assert_eq!(entry.permission, Permission::NotPermitted);
    let entered_at = entry.entered_at.expect("seen crossing");
    assert!((entered_at - at(200.0)).abs() <= Span::from_s(1), "{entered_at}");
    assert!(entry.entered_place.expect("place").rough_distance_m(place(51.0, 0.0)) < 60.0);
    assert!((entry.depth_m - 99.0 * 45.0).abs() < 60.0, "{}", entry.depth_m);
    // Measured every six seconds: the last time 294 s after the start, at the border after 200 s.
    assert!((entry.inside_for.s() - 94.0).abs() <= 1.0, "{:?}", entry.inside_for);
    assert!(row.probability >= 0.99 && row.severity == Severity::High);
    assert!(row.reasons.iter().any(
        |r| matches!(r, Reason::BoundaryData { policy, data } if policy == "unga 1" && data.starts_with("drawn 1"))
    ));
    assert!(row.reasons.iter().any(|r| matches!(r, Reason::Lines { count: 2, needed: 2 })));
    assert!(row.reasons.contains(&Reason::NoClaim) && row.reasons.contains(&Reason::NoPermission));
    assert!(row.evidence.count >= 15 && row.evidence.strongest.len() >= 10 && row.evidence.strongest.len() <= 64);
    // States come in order, each told once.
    let states: Vec<EntryState> = watch
        .events
        .iter()
        .filter_map(|(_, event)| match event {
            AssessEvent::Assessment(a) => match &a.finding {
                Finding::AirspaceEntry(entry) => Some(entry.state),
                _ => None,
            },
            AssessEvent::Incident(_) => None,
        })
        .collect();
    assert!(states.is_sorted() && states.last() == Some(&EntryState::Established), "{states:?}");
    let incidents = watch.assessor.incidents();
    assert_eq!(incidents.len(), 1);
    assert_eq!((incidents[0].state, incidents[0].severity), (IncidentState::Open, Severity::High));
    assert!(incidents[0].audible);
    assert_eq!(watch.alarms().len(), 1);
    // A stay of 20 s must have passed first, and no more than that by much.
    assert!((219.0..235.0).contains(&watch.alarms()[0]), "{:?}", watch.alarms());
    assert_eq!(row.incident, Some(incidents[0].id));
}

#[test]
fn one_source_stays_likely_for_however_long() {
    let mut watch = Watch::new();
    let drone = Story { lines: vec![Line::Sensor(radar(1))], ..Story::drone(1, 9.0) };
    watch.run(&[drone], 0, 1200);
    let row = watch.row(1).expect("row");
    assert_eq!(watch.entry(1).expect("row").state, EntryState::Likely);
    assert!(row.probability >= 0.99);
    assert!(row.reasons.iter().any(|r| matches!(r, Reason::Lines { count: 1, needed: 2 })), "{:?}", row.reasons);
}

#[test]
fn two_receivers_of_one_word_are_one_line_and_no_measurement() {
    let mut watch = Watch::with(&Params::default(), &by_plan_only(), vec![]);
    watch.run(&[Story::airliner(1, 20.0, &[Line::SelfReport])], 0, 300);
    let row = watch.row(1).expect("row");
    assert_eq!(watch.entry(1).expect("row").state, EntryState::Likely);
    assert!(row.reasons.contains(&Reason::SelfReportOnly));
}

#[test]
fn an_airliner_with_a_plan_makes_no_incident() {
    for lines in [&[Line::SelfReport][..], &[Line::SelfReport, Line::Sensor(radar(1))]] {
        let mut watch = Watch::with(&Params::default(), &by_plan_only(), vec![plan("LOT3PK")]);
        watch.run(&[Story::airliner(1, 20.0, lines)], 0, 400);
        assert!(watch.assessor.incidents().is_empty() && watch.alarms().is_empty());
        let entry = watch.entry(1).expect("the ledger has it");
        let rule = "planned: flight plan FPL-1".to_owned();
        let want = if lines.len() == 1 {
            Permission::Undetermined { rule, contradicted: false }
        } else {
            Permission::Permitted { rule }
        };
        assert_eq!(entry.permission, want);
    }
}

#[test]
fn the_plan_must_fit_in_time_place_and_name() {
    let lines = [Line::SelfReport, Line::Sensor(radar(1))];
    let late = FlightPlan { from: at(7200.0), ..plan("LOT3PK") };
    let elsewhere = FlightPlan { airspaces: vec!["BBB".into()], ..plan("LOT3PK") };
    let other_route = FlightPlan {
        route: vec![shifted(place(51.0, 0.0), 0.0, 90_000.0), shifted(place(51.0, -100.0), 0.0, 90_000.0)],
        ..plan("LOT3PK")
    };
    for wrong in [plan("LOT4PK"), late, elsewhere, other_route] {
        let mut watch = Watch::with(&Params::default(), &by_plan_only(), vec![wrong.clone()]);
        watch.run(&[Story::airliner(1, 20.0, &lines)], 0, 300);
        assert_eq!(watch.entry(1).expect("row").permission, Permission::NotPermitted, "{wrong:?}");
        assert_eq!(watch.assessor.incidents().len(), 1);
    }
    let route = FlightPlan { route: vec![place(51.05, 100.0), place(51.05, -100.0)], ..plan("LOT3PK") };
    let mut watch = Watch::with(&Params::default(), &by_plan_only(), vec![route]);
    watch.run(&[Story::airliner(1, 20.0, &lines)], 0, 300);
    assert!(matches!(watch.entry(1).expect("row").permission, Permission::Permitted { .. }));
}

#[test]
fn an_uncorroborated_claim_is_undetermined_and_never_silent() {
    let mut watch = Watch::new();
    watch.run(&[Story::airliner(1, 20.0, &[Line::SelfReport])], 0, 400);
    let row = watch.row(1).expect("the ledger has it");
    assert!(matches!(watch.entry(1).expect("row").permission, Permission::Undetermined { contradicted: false, .. }));
    assert!(row.reasons.contains(&Reason::Uncorroborated));
    assert_eq!(row.severity, Severity::Low);
    assert!(watch.events.iter().any(|(_, event)| matches!(event, AssessEvent::Assessment(_))), "it is told");
    assert!(watch.assessor.incidents().is_empty() && watch.alarms().is_empty(), "it does not sound");
}

#[test]
fn a_contradicted_claim_is_an_incident() {
    let mut watch = Watch::new();
    let lines = [Line::SelfReport, Line::Sensor(radar(1))];
    watch.run(&[Story { contradicted: true, ..Story::airliner(1, 20.0, &lines) }], 0, 400);
    assert!(matches!(watch.entry(1).expect("row").permission, Permission::Undetermined { contradicted: true, .. }));
    assert!(watch.row(1).expect("row").reasons.contains(&Reason::Contradicted));
    assert_eq!(watch.assessor.incidents().len(), 1);
}

#[test]
fn a_person_can_say_who_it_is() {
    let mut watch = Watch::new();
    watch.run(&[Story { identity: StandardIdentity::Friend, ..Story::drone(1, 9.0) }], 0, 300);
    assert!(matches!(watch.entry(1).expect("row").permission, Permission::Permitted { .. }));
    assert!(watch.assessor.incidents().is_empty());
    let mut watch = Watch::with(&Params::default(), &by_plan_only(), vec![plan("LOT3PK")]);
    let lines = [Line::SelfReport, Line::Sensor(radar(1))];
    watch.run(&[Story { identity: StandardIdentity::Suspect, ..Story::airliner(1, 20.0, &lines) }], 0, 300);
    assert_eq!(watch.entry(1).expect("row").permission, Permission::NotPermitted);
}

#[test]
fn a_parallel_flight_outside_never_becomes_an_entry() {
    // Errors of a filter: standard deviation as its covariance says, correlated over some ten seconds. Track sigma 60 m, distances 2 and 3 of it.
    for (sigmas, allowed) in [(3.0, 0), (2.0, 0)] {
        let mut established = 0;
        for seed in 0..12 {
            let mut watch = Watch::new();
            let mut random = Random(seed);
            let story = Story {
                from: shifted(place(50.2, 0.0), sigmas * 60.0, 0.0),
                east_m_s: 0.0,
                north_m_s: 45.0,
                ..Story::drone(1, 0.0)
            };
            let keep = math_exp(-1.0 / 10.0);
            let (mut east_m, mut north_m) = (60.0 * random.normal(), 60.0 * random.normal());
            for second in 0..1800 {
                let fresh = 60.0 * f64::sqrt(1.0 - keep * keep);
                east_m = keep * east_m + fresh * random.normal();
                north_m = keep * north_m + fresh * random.normal();
                watch.tick(f64::from(second), &mut vec![story.track(f64::from(second), (east_m, north_m))]);
            }
            let entry = watch.entry(1).expect("near");
            established += u32::from(entry.state >= EntryState::Likely);
        }
        assert!(established <= allowed, "{established} of 12 at {sigmas} sigma");
    }
}

fn math_exp(x: f64) -> f64 {
    skypicket_model::math::exp(x)
}

#[test]
fn a_stay_of_ten_seconds_is_no_entry() {
    let mut watch = Watch::new();
    // In and out again: north-east to south-west across a corner region, by a detour drawn second by second.
    for second in 0..120 {
        let seconds = f64::from(second);
        let story = Story { from: place(51.0, 0.0), east_m_s: 0.0, ..Story::drone(1, 0.0) };
        let depth_m = if (55..65).contains(&second) { 800.0 } else { -800.0 };
        let story = Story { from: shifted(story.from, -depth_m, 0.0), ..story };
        watch.tick(seconds, &mut vec![story.track(seconds, (0.0, 0.0))]);
    }
    let entry = watch.entry(1).expect("near");
    assert_eq!(entry.state, EntryState::Near);
    assert!(entry.entered_probability < 0.01);
    assert!(watch.assessor.incidents().is_empty());
}

#[test]
fn leaving_is_told_and_coming_back_later_is_a_new_stay() {
    let mut watch = Watch::new();
    let inbound = Story { life_s: (0.0, 259.0), ..Story::drone(1, 2.25) };
    watch.run(std::slice::from_ref(&inbound), 0, 260);
    let deepest = inbound.track(259.0, (0.0, 0.0)).position.lat_lon();
    let outbound = Story { from: deepest, east_m_s: 45.0, life_s: (260.0, f64::INFINITY), ..inbound.clone() };
    watch.run(std::slice::from_ref(&outbound), 260, 700);
    let entry = watch.entry(1).expect("row");
    let left_at = entry.left_at.expect("left");
    assert!((left_at - at(260.0 + 209.0)).abs() <= Span::from_s(4), "{left_at}");
    assert_eq!(entry.state, EntryState::Established);
    assert!((entry.inside_for.s() - 419.0).abs() < 25.0, "{:?}", entry.inside_for);
    assert!(watch.row(1).expect("row").severity <= Severity::Medium);
}

#[test]
fn something_seen_first_inside_has_no_entry_time() {
    let mut watch = Watch::new();
    watch.run(&[Story::drone(1, -5.0)], 0, 100);
    let entry = watch.entry(1).expect("row");
    assert_eq!((entry.state, entry.entered_at, entry.entered_place), (EntryState::Established, None, None));
}

#[test]
fn a_track_that_nothing_updates_proves_nothing_more() {
    let mut watch = Watch::new();
    for second in 0..200 {
        let seconds = f64::from(second);
        let mut track = Story::drone(1, 2.0).track(seconds, (0.0, 0.0));
        track.updated = start();
        track.lines.iter_mut().for_each(|line| line.last = start());
        watch.tick(seconds, &mut vec![track]);
    }
    assert_eq!(watch.entry(1).expect("row").state, EntryState::Near);
}

#[test]
fn what_stands_on_the_ground_does_not_enter() {
    let mut watch = Watch::new();
    for second in 0..60 {
        let mut track = Story::airliner(1, -5.0, &[Line::SelfReport]).track(f64::from(second), (0.0, 0.0));
        track.on_ground = true;
        watch.tick(f64::from(second), &mut vec![track]);
    }
    assert!(watch.entry(1).is_none());
}

#[test]
fn far_away_there_is_no_row() {
    let mut watch = Watch::new();
    watch.run(&[Story { east_m_s: 45.0, ..Story::drone(1, 60.0) }], 0, 30);
    assert!(watch.entry(1).is_none());
}

#[test]
fn a_rule_that_refuses_beats_the_default() {
    let permission = PermissionParams {
        rule: vec![RuleParams {
            name: "grounded".into(),
            address: vec!["48AE00-48AEFF".into()],
            effect: Effect::Refuse,
            ..RuleParams::default()
        }],
        ..PermissionParams::default()
    };
    let mut watch = Watch::with(&Params::default(), &permission, vec![]);
    watch.run(&[Story::airliner(1, 10.0, &[Line::SelfReport, Line::Sensor(radar(1))])], 0, 200);
    assert_eq!(watch.entry(1).expect("row").permission, Permission::NotPermitted);
    assert_eq!(watch.assessor.incidents().len(), 1);
}

#[test]
fn state_continues_bit_for_bit_from_its_canonical_bytes() {
    let stories = [Story::drone(1, 4.0), Story::drone(2, 6.0), Story::airliner(3, 30.0, &[Line::SelfReport])];
    let mut straight = Watch::new();
    straight.run(&stories, 0, 120);
    let mut bytes = Vec::new();
    straight.assessor.encode(&mut bytes);
    let mut reader = skypicket_model::Reader::new(&bytes);
    let mut resumed = Watch::new();
    resumed.assessor = straight.assessor.restored(&mut reader).expect("reads");
    assert_eq!(reader.remaining(), 0);
    straight.events.clear();
    straight.run(&stories, 120, 300);
    resumed.run(&stories, 120, 300);
    assert_eq!(straight.events, resumed.events);
    assert_eq!(straight.assessor.incidents(), resumed.assessor.incidents());
    assert_eq!(straight.assessor.entries(), resumed.assessor.entries());
    let (mut a, mut b) = (Vec::new(), Vec::new());
    straight.assessor.encode(&mut a);
    resumed.assessor.encode(&mut b);
    assert_eq!(a, b);
    for length in (0..bytes.len()).step_by(bytes.len() / 200 + 1) {
        assert!(
            straight.assessor.restored(&mut skypicket_model::Reader::new(&bytes[..length])).is_err(),
            "cut at {length}"
        );
    }
    let _: Time = start();
}
