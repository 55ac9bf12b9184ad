//! What the machine says of each matter in each of its states: the sentences themselves, as an operator reads them.

use skypicket::words::{finding, held_back, incident_title, log_item, reason, rests_on, two_places, what_would_change};
use skypicket_model::assessment::{Entry, EntryState};
use skypicket_model::gnss::{FalsePositions, FalseSign};
use skypicket_model::incident::LogItem;
use skypicket_model::passage::{Crossing, Range};
use skypicket_model::{
    AirspaceId, Assessment, DetectorName, Emergency, Evidence, FeedId, Finding, Incident, IncidentId, IncidentState,
    LatLon, Mode3A, Passage, Permission, Reality, Reason, SensorId, Severity, Span, Subject, Time, TrackId,
};

fn at(clock: &str) -> Time {
    Time::parse(&format!("2025-09-09T{clock}Z")).expect("a time")
}

fn entry(state: EntryState) -> Entry {
    Entry {
        airspace: AirspaceId(0),
        state,
        entered_probability: 0.997,
        inside_probability: 0.999,
        distance_m: -2100.0,
        entered_at: Some(at("21:30:05")),
        entered_place: None,
        depth_m: 3040.0,
        inside_for: Span::from_s(200),
        left_at: None,
        lost_at: None,
        over: false,
        permission: Permission::NotPermitted,
        passage: None,
        same_as: None,
    }
}

fn assessment(track: u64, finding: Finding) -> Assessment {
    Assessment {
        detector: DetectorName::new("airspace_entry"),
        subject: Subject::Track(TrackId(track)),
        incident: None,
        time: at("21:40:00"),
        finding,
        probability: 0.997,
        severity: Severity::High,
        evidence: Evidence::default(),
        reasons: Vec::new(),
    }
}

fn of_entry(track: u64, entry: Entry) -> Assessment {
    assessment(track, Finding::AirspaceEntry(entry))
}

fn incident(assessments: Vec<Assessment>) -> Incident {
    Incident {
        id: IncidentId(1),
        rule: DetectorName::new("airspace_entry"),
        state: IncidentState::Open,
        severity: Severity::High,
        opened: at("21:30:00"),
        updated: at("21:40:00"),
        closed: None,
        audible: false,
        subjects: assessments.iter().map(|assessment| assessment.subject).collect(),
        assessments,
        log: Vec::new(),
    }
}

fn say(what: &Finding) -> String {
    finding(what, |_| "Poland".to_owned())
}

fn name(subject: &Subject) -> String {
    match subject {
        Subject::Track(id) => format!("T{}", id.0),
        Subject::Sensor(id) => format!("radar-{}", id.source),
        Subject::Interference(number) => format!("interference {number}"),
    }
}

fn title(assessments: Vec<Assessment>) -> String {
    incident_title(&incident(assessments), |_| "Poland".to_owned(), name)
}

#[test]
fn entries_are_told_in_the_present_while_they_last_and_in_the_past_after() {
    let say = |entry: Entry| say(&Finding::AirspaceEntry(entry));
    let established = || entry(EntryState::Established);
    assert_eq!(
        say(established()),
        "established entry into Poland: 2.1 km inside now, up to 3.0 km deep, 3 min 20 s inside so far"
    );
    assert_eq!(
        say(Entry { left_at: Some(at("21:55:10")), ..established() }),
        "established entry into Poland, over: left at 21:55:10Z after 3 min 20 s inside, up to 3.0 km deep"
    );
    assert_eq!(
        say(Entry { lost_at: Some(at("21:55:10")), ..established() }),
        "established entry into Poland, not observed since 21:55:10Z, last 2.1 km inside, up to 3.0 km deep"
    );
    assert_eq!(
        say(Entry { lost_at: Some(at("21:55:10")), over: true, ..established() }),
        "established entry into Poland, over: not observed since 21:55:10Z, last 2.1 km inside, up to 3.0 km deep"
    );
    let near = || Entry { distance_m: 870.0, ..entry(EntryState::Near) };
    assert_eq!(say(near()), "near Poland: 870 m from the border");
    assert_eq!(say(Entry { over: true, ..near() }), "was near Poland and flew away");
    assert_eq!(
        say(Entry { lost_at: Some(at("21:55:10")), over: true, ..near() }),
        "last near Poland: 870 m from the border; not observed since 21:55:10Z"
    );
    assert_eq!(
        say(entry(EntryState::Near)),
        "2.1 km inside Poland by its estimate, too short or too unsure to be an entry"
    );
}

fn predicted(ended: Option<Time>) -> Finding {
    Finding::PredictedEntry {
        airspace: AirspaceId(0),
        probability_within: [0.0, 0.1, 0.92, 0.99],
        time_to_boundary: Some(Span::from_s(180)),
        place: None,
        stretch_m: Some(1500.0),
        ended,
    }
}

fn emergency(ended: Option<Time>) -> Finding {
    Finding::EmergencyCode { emergency: Emergency::General, squawk: Mode3A::parse("7700"), ended }
}

fn silent(heard_again: Option<Time>) -> Finding {
    Finding::FeedSilent { last_received: at("21:52:00"), expected_within: Span::from_s(15), heard_again }
}

#[test]
fn other_findings_too() {
    assert_eq!(
        say(&predicted(None)),
        "may enter Poland in about 3 min: 92 % within 5 min (0 % within 1, 10 % within 2, 99 % within 10), likely on 3.0 km of border where its course leads"
    );
    assert_eq!(
        say(&predicted(Some(at("21:40:00")))),
        "was expected to enter Poland until 21:40:00Z; its track was not seen to enter"
    );
    assert_eq!(say(&emergency(None)), "states a general emergency (code 7700)");
    assert_eq!(say(&emergency(Some(at("21:40:00")))), "stated a general emergency (code 7700) until 21:40:00Z");
    assert_eq!(say(&silent(None)), "silent since 21:52:00Z; normally heard within 15 s");
    assert_eq!(say(&silent(Some(at("21:54:00")))), "was silent for 2 min; heard again at 21:54:00Z");
}

#[test]
fn false_positions_are_told_with_what_betrayed_them_and_taken_back_where_they_were_none() {
    let place = |lat_deg, lon_deg| LatLon { lat_deg, lon_deg };
    let one = FalsePositions {
        reality: Reality::Live,
        began: at("21:30:05"),
        ended: None,
        withdrawn: false,
        place: place(49.54, 20.61),
        now: 1,
        aircraft: 1,
        sign: FalseSign::Speed,
        farthest_m: 244_000.0,
        one_place: None,
    };
    assert_eq!(
        say(&Finding::FalsePositions(one.clone())),
        "an aircraft near 49.5° N 20.6° E states positions that cannot be true (nobody flies at such a speed there), up to 244.0 km from where it is believed to fly; since 21:30:05Z"
    );
    let more = FalsePositions {
        now: 2,
        aircraft: 3,
        sign: FalseSign::Jump,
        one_place: Some((place(49.7, 24.0), 2)),
        ..one.clone()
    };
    assert_eq!(
        say(&Finding::FalsePositions(more.clone())),
        "3 aircraft near 49.5° N 20.6° E, 2 of them now, state positions that cannot be true (they jump), up to 244.0 km from where they are believed to fly; 2 of them at one place, 49.7° N 24.0° E; since 21:30:05Z"
    );
    let over = FalsePositions { ended: Some(at("21:50:00")), ..more };
    assert!(say(&Finding::FalsePositions(over)).ends_with("from 21:30:05Z to 21:50:00Z"));
    let none = FalsePositions { ended: Some(at("21:31:00")), withdrawn: true, ..one };
    assert_eq!(
        say(&Finding::FalsePositions(none)),
        "correction: positions held false since 21:30:05Z were not: sensors measured the aircraft where it says"
    );
}

#[test]
fn titles_name_who_and_counts_say_of_what() {
    let established = || entry(EntryState::Established);
    let left = || Entry { left_at: Some(at("21:55:10")), ..entry(EntryState::Likely) };
    let lost = || Entry { lost_at: Some(at("21:55:10")), ..entry(EntryState::Established) };
    assert_eq!(title(vec![of_entry(12, established())]), "Established entry into Poland: T12");
    assert_eq!(title(vec![of_entry(12, left())]), "Likely entry into Poland: T12, left at 21:55:10Z");
    assert_eq!(title(vec![of_entry(12, lost())]), "Established entry into Poland: T12, not observed since 21:55:10Z");
    let group = vec![
        of_entry(1, established()),
        of_entry(2, established()),
        of_entry(3, left()),
        of_entry(4, lost()),
        assessment(5, predicted(None)),
    ];
    assert_eq!(title(group), "Established entry into Poland: 5 tracks; 4 tracks entered (3 established), 2 inside now");
    assert_eq!(
        title(vec![of_entry(1, established()), assessment(5, predicted(None))]),
        "Established entry into Poland: T1, T5; 1 track entered (1 established), 1 inside now"
    );
    assert_eq!(title(vec![assessment(5, predicted(None))]), "Entry into Poland ahead: T5");
    assert_eq!(
        title(vec![assessment(5, predicted(Some(at("21:40:00")))), assessment(6, predicted(None))]),
        "Entry into Poland ahead: T5, T6"
    );
    assert_eq!(
        title(vec![assessment(5, predicted(Some(at("21:40:00"))))]),
        "Was expected in Poland, not seen to enter: T5"
    );
    let near = || Entry { distance_m: 870.0, ..entry(EntryState::Near) };
    assert_eq!(title(vec![of_entry(1, near())]), "Near Poland: T1");
    assert_eq!(title(vec![of_entry(1, Entry { over: true, ..near() })]), "Was near Poland: T1");
    assert_eq!(title(vec![assessment(5, emergency(None))]), "T5 states a general emergency");
    assert_eq!(
        title(vec![assessment(5, emergency(Some(at("21:40:00"))))]),
        "T5 stated a general emergency until 21:40:00Z"
    );
    let radar = |source: u16, heard_again| Assessment {
        subject: Subject::Sensor(SensorId { feed: FeedId(1), source }),
        ..assessment(0, silent(heard_again))
    };
    let again = Some(at("21:54:00"));
    assert_eq!(title(vec![radar(1, None)]), "Silent: radar-1");
    assert_eq!(title(vec![radar(1, again), radar(2, None)]), "Silent: radar-2; 1 sensor heard again");
    assert_eq!(title(vec![radar(1, again), radar(2, again)]), "Was silent, heard again: radar-1, radar-2");
    assert_eq!(title((1..=5).map(|source| radar(source, None)).collect()), "Silent: 5 sensors");
    assert_eq!(log_item(&LogItem::Joined(Subject::Track(TrackId(149))), name), "T149 joined");
}

/// The reasons that the detector gives for an entry that came so far.
fn reasons(entered: f64, needed: f64) -> Vec<Reason> {
    vec![
        Reason::SigmasInside { sigmas: 12.0 },
        Reason::InsideFor { duration: Span::from_s(8), needed: Span::from_s(20) },
        Reason::Entered { probability: entered, needed },
        Reason::Lines { count: 1, needed: 2 },
        Reason::Immature {
            updates: 2,
            updates_needed: 4,
            within: Span::from_s(120),
            age: Span::from_s(12),
            age_needed: Span::from_s(30),
        },
        Reason::NoClaim,
        Reason::NoPermission,
    ]
}

#[test]
fn there_is_always_something_that_would_change_it() {
    let states = [EntryState::Near, EntryState::Possible, EntryState::Likely, EntryState::Established];
    let permissions = [
        Permission::NotPermitted,
        Permission::Permitted { rule: "planned".into() },
        Permission::Undetermined { rule: "claimed identity".into(), contradicted: true },
    ];
    for state in states {
        for permission in &permissions {
            for (left_at, lost_at, over) in [
                (None, None, false),
                (Some(at("21:50:00")), None, false),
                (None, Some(at("21:50:00")), false),
                (None, None, true),
            ] {
                let entry = Entry { left_at, lost_at, over, permission: permission.clone(), ..entry(state) };
                let said = what_would_change(&of_entry(1, entry.clone()));
                assert!(!said.is_empty() && said.iter().all(|line| line.len() > 5), "{entry:?}");
            }
        }
    }
    for other in [predicted, emergency, silent] {
        assert!(!what_would_change(&assessment(1, other(None))).is_empty());
        assert!(!what_would_change(&assessment(1, other(Some(at("21:50:00"))))).is_empty());
    }
}

#[test]
fn what_is_missing_is_said_with_figures() {
    let possible = Assessment { reasons: reasons(0.62, 0.9), ..of_entry(1, entry(EntryState::Possible)) };
    assert_eq!(
        what_would_change(&possible),
        [
            "a stay inside of 20 s without a break; the longest so far 8 s",
            "being surely inside for longer: it entered with a probability of 62 %, 90 % are needed",
            "a second independent source: 1 of 2 lines of evidence",
            "more measurements: 2 of 4 within 2 min so far",
            "a rule or flight plan that covers it, or a person who identifies it",
        ]
    );
    // What was established is not asked for a second source again.
    let established = Assessment { reasons: reasons(0.997, 0.99), ..of_entry(1, entry(EntryState::Established)) };
    assert_eq!(
        what_would_change(&established),
        ["leaving", "a rule or flight plan that covers it, or a person who identifies it"]
    );
    let spoken: Vec<String> = reasons(0.997, 0.99).iter().filter_map(|r| reason(r, |_| String::new())).collect();
    assert_eq!(
        spoken,
        [
            "clearly inside the border: more than 10 sigma of track and border together",
            "it entered with a probability of 99.7 %",
            "it states no identity",
            "no rule and no flight plan covers it",
        ]
    );
}

fn contradicted(state: EntryState) -> Entry {
    Entry {
        permission: Permission::Undetermined { rule: "claimed identity".into(), contradicted: true },
        ..entry(state)
    }
}

#[test]
fn an_entry_by_contradicted_reports_is_told_as_one() {
    let alone = [Reason::Lines { count: 1, needed: 2 }, Reason::SelfReportOnly, Reason::Contradicted];
    let said = rests_on(&contradicted(EntryState::Likely), &alone).expect("said");
    assert_eq!(
        said,
        "the position that it reports of itself is contradicted by other sensors; this entry rests on that report alone"
    );
    let measured = rests_on(&contradicted(EntryState::Likely), &[Reason::Lines { count: 1, needed: 2 }]);
    assert!(measured.expect("said").ends_with("this entry rests on what they measured"));
    let unknown = rests_on(&contradicted(EntryState::Possible), &[]).expect("said");
    assert_eq!(unknown, "the position that it reports of itself is contradicted by other sensors");
    let own = rests_on(&entry(EntryState::Likely), &alone).expect("said");
    assert!(own.starts_with("this entry rests on what it reports of itself"), "{own}");
    assert_eq!(rests_on(&entry(EntryState::Likely), &[Reason::Lines { count: 1, needed: 2 }]), None);
    assert!(
        say(&Finding::AirspaceEntry(contradicted(EntryState::Likely)))
            .starts_with("likely entry into Poland, its reported position contradicted: ")
    );
    let by_report = |track| Assessment { reasons: alone.to_vec(), ..of_entry(track, contradicted(EntryState::Likely)) };
    assert_eq!(title(vec![by_report(12)]), "Likely entry into Poland by contradicted position reports: T12");
    assert_eq!(
        title(vec![by_report(12), of_entry(13, entry(EntryState::Established))]),
        "Established entry into Poland (some by contradicted position reports): T12, T13; 2 tracks entered (1 established), 2 inside now"
    );
}

#[test]
fn what_holds_an_entry_back_is_told_beside_its_probability() {
    let held = |state, reasons: &[Reason]| held_back(&entry(state), reasons).join(", ");
    let sure = |needed| Reason::Entered { probability: 1.0, needed };
    let lines = |count| Reason::Lines { count, needed: 2 };
    let immature = |updates, age_s| Reason::Immature {
        updates,
        updates_needed: 4,
        within: Span::from_s(120),
        age: Span::from_s(age_s),
        age_needed: Span::from_s(30),
    };
    let possible = |reasons: &[Reason]| held(EntryState::Possible, reasons);
    assert_eq!(possible(&[Reason::Entered { probability: 0.6, needed: 0.9 }, lines(1)]), "under 90 %");
    assert_eq!(possible(&[sure(0.9), lines(1), immature(2, 12)]), "2 of 4 measurements");
    assert_eq!(possible(&[sure(0.9), lines(1), immature(4, 12)]), "held for 12 s only");
    assert_eq!(possible(&[sure(0.9), lines(0)]), "no source known");
    assert_eq!(possible(&[sure(0.9), lines(1), Reason::HeightUndetermined]), "height not known");
    assert_eq!(possible(&[sure(0.9), lines(1)]), "too few measurements while inside");
    let likely = |reasons: &[Reason]| held(EntryState::Likely, reasons);
    assert_eq!(likely(&[sure(0.99), lines(1)]), "one source");
    assert_eq!(likely(&[sure(0.99), lines(1), Reason::SelfReportOnly]), "one source, own report only");
    assert_eq!(likely(&[Reason::Entered { probability: 0.95, needed: 0.99 }, lines(2)]), "under 99 %");
    for state in [EntryState::Near, EntryState::Established] {
        assert_eq!(held(state, &[sure(0.99), lines(1)]), "");
    }
}

#[test]
fn two_places_that_are_possible_are_told_as_two() {
    let crossing = |lat_deg, share, clock: &str| Crossing {
        place: LatLon { lat_deg, lon_deg: 23.5 },
        reach_m: 640.0,
        share,
        at: Range { low: at(clock), middle: at(clock), high: at(clock) },
    };
    let passage = Passage {
        method: 2,
        drawn: 128,
        touched_probability: 1.0,
        entered_probability: 1.0,
        entered_at: None,
        entered_place: Some(crossing(51.5, 0.62, "21:30:05")),
        other_place: Some(crossing(51.59, 0.38, "21:34:00")),
        depth_m: None,
        inside_for: None,
        left_at: None,
    };
    let said = "came in at one of two places 10.0 km apart: 51.500° N 23.500° E within 640 m at 21:30:05Z (62 %) or 51.590° N 23.500° E within 640 m at 21:34:00Z (38 %)";
    assert_eq!(two_places(&passage).as_deref(), Some(said));
    let told = say(&Finding::AirspaceEntry(Entry {
        passage: Some(Box::new(passage.clone())),
        ..entry(EntryState::Established)
    }));
    assert!(told.ends_with(&format!("; it {said}")), "{told}");
    assert_eq!(two_places(&Passage { other_place: None, ..passage }), None);
}
