//! Claims of a night held against plain findings: what each kind is rated, and what two of them say of one another.

mod support;

use skypicket_assess::claims::{
    CountFinding, EntryFinding, Findings, Ground, GroupFinding, Instant, NotJudged, OriginFinding, Outlines, PartOf,
    Rating, ReportFinding, Reported, Verdict, Why, rate,
};
use skypicket_assess::geometry::Boundary;
use skypicket_model::claim::{
    Affected, Claim, ClaimArea, ClaimChange, ClaimPlace, ClaimStep, ClaimedCause, ClaimedRole, Content, EffectKind,
    EventKind, Matter, Moment, Source,
};
use skypicket_model::{Airspace, ClaimRecord, EdgeClass, LatLon, Referent, Ring, Span, Time, TrackId};
use std::collections::BTreeMap;

fn at(text: &str) -> Time {
    Time::parse(text).expect("a time")
}

fn moment(from: &str, until: &str, zone: &str) -> Moment {
    Moment { from: at(from), until: at(until), zone: zone.to_owned() }
}

fn record(number: u32, content: Content) -> ClaimRecord {
    let claim = Claim {
        who: format!("speaker {number}"),
        said: vec![moment("2025-09-10T10:00:00Z", "2025-09-10T10:00:00Z", "")],
        source: Source::default(),
        quotation: format!("words of claim {number}"),
        quotation_at: 0,
        words: Vec::new(),
        rule: String::new(),
        about: None,
        content,
    };
    assert_eq!(claim.fault(), None);
    let step = ClaimStep { time: at("2025-09-10T11:00:00Z"), by: "A".to_owned(), what: ClaimChange::Confirmed };
    ClaimRecord { id: claim.id(), number, claim, history: vec![step] }
}

fn entry(n: u64, entered: &str, probability: f64) -> EntryFinding {
    let time = at(entered);
    EntryFinding {
        track: TrackId(n),
        airspace: "POL".to_owned(),
        probability,
        entered: Some(Instant { time, sigma: Span::from_s(10) }),
        place: Some(LatLon { lat_deg: 51.6, lon_deg: 23.6 }),
        depth_m: 20_000.0 * n as f64,
        depth_sigma_m: 200.0,
        gone: Some(time + Span::from_s(3600)),
        permitted: false,
        goes_on: None,
        last: time + Span::from_s(3600),
    }
}

fn report(number: u32, kind: Reported, lat_deg: f64, lon_deg: f64) -> ReportFinding {
    ReportFinding {
        number,
        kind,
        place: LatLon { lat_deg, lon_deg },
        radius_90_m: 2_000.0,
        from: at("2025-09-09T22:00:00Z"),
        until: at("2025-09-10T05:00:00Z"),
        drone: None,
        confidence: 0.95,
        cause: None,
        filed: at("2025-09-10T06:00:00Z"),
    }
}

/// Six came in over the night from half past nine UTC on, one of them perhaps; one more was permitted.
fn night() -> Findings {
    let mut entries = vec![
        entry(1, "2025-09-09T21:30:00Z", 0.999),
        entry(2, "2025-09-09T23:00:00Z", 0.999),
        entry(3, "2025-09-10T00:30:00Z", 0.995),
        entry(4, "2025-09-10T02:00:00Z", 0.99),
        entry(5, "2025-09-10T03:30:00Z", 0.99),
        entry(6, "2025-09-10T04:30:00Z", 0.5),
    ];
    entries.push(EntryFinding { permitted: true, ..entry(7, "2025-09-09T20:00:00Z", 1.0) });
    Findings { as_of: at("2025-09-12T00:00:00Z"), watched: vec!["POL".to_owned()], entries, ..Findings::default() }
}

fn alone(content: Content, findings: &Findings) -> Rating {
    let one = record(1, content);
    rate(&one, std::slice::from_ref(&one), findings, &Outlines::default()).expect("it counts")
}

fn count(referent: Referent, least: u32, most: Option<u32>) -> Content {
    Content::Count { referent, least, most, area: String::new(), across: String::new() }
}

fn verdicts(contents: Vec<Content>, findings: &Findings) -> Vec<(Verdict, Vec<u32>)> {
    let all: Vec<ClaimRecord> = contents.into_iter().zip(1..).map(|(content, n)| record(n, content)).collect();
    let rated = all.iter().map(|one| rate(one, &all, findings, &Outlines::default()).expect("it counts"));
    rated.map(|rating| (rating.verdict, rating.conflicts)).collect()
}

#[test]
fn a_lower_bound_supports_and_contradicts_but_never_says_that_there_were_no_more() {
    let night = night();
    let three = alone(count(Referent::ObjectsEntered, 3, None), &night);
    assert_eq!(three.verdict, Verdict::Supported);
    assert!(three.probability.is_some_and(|p| p > 0.99) && three.grounds.contains(&Ground::Row(TrackId(1))));
    assert!(!three.grounds.contains(&Ground::Row(TrackId(7))), "what is permitted is not counted");
    assert_eq!(alone(count(Referent::ObjectsEntered, 12, None), &night).verdict, Verdict::Undecidable);
    assert_eq!(alone(count(Referent::ObjectsEntered, 2, Some(3)), &night).verdict, Verdict::Contradicted);
    assert_eq!(alone(count(Referent::ObjectsEntered, 5, Some(6)), &night).verdict, Verdict::Undecidable);
    assert!(three.reasons.contains(&Why::MoreMayBeUnseen));
    assert!(
        matches!(three.reasons[0], Why::Counted { least: 5, likely: 5, most: 6, honest: false, .. }),
        "{:?}",
        three.reasons
    );
}

#[test]
fn an_honest_count_decides_both_ways() {
    let mut night = night();
    night.counts.push(CountFinding {
        referent: Referent::ObjectsEntered,
        area: "POL".to_owned(),
        from: at("2025-09-09T20:00:00Z"),
        until: at("2025-09-10T06:00:00Z"),
        weighed: 20,
        untracked: 0.6,
        first: 18,
        probabilities: vec![0.03, 0.07, 0.25, 0.35, 0.2, 0.08, 0.02],
    });
    let verdict = |least, most| alone(count(Referent::ObjectsEntered, least, most), &night).verdict;
    assert_eq!(verdict(19, None), Verdict::Supported, "nineteen located, not final");
    assert_eq!(verdict(21, Some(21)), Verdict::Undecidable);
    assert_eq!(verdict(23, Some(23)), Verdict::Contradicted);
    assert_eq!(verdict(19, Some(23)), Verdict::Supported);
    assert_eq!(verdict(3, Some(3)), Verdict::Contradicted);
}

#[test]
fn a_count_decides_only_on_what_it_counts() {
    let counted = |referent, from: &str, until: &str, weighed, number: u32| CountFinding {
        referent,
        area: "POL".to_owned(),
        from: at(from),
        until: at(until),
        weighed,
        untracked: 0.0,
        first: number,
        probabilities: vec![1.0],
    };
    let nine = || count(Referent::ObjectsEntered, 9, Some(9));
    let with = |counts| Findings { counts, ..night() };
    let entered = |from, until, weighed| with(vec![counted(Referent::ObjectsEntered, from, until, weighed, 9)]);
    let whole = ("2025-09-09T20:00:00Z", "2025-09-10T06:00:00Z");
    assert_eq!(alone(nine(), &entered(whole.0, whole.1, 7)).verdict, Verdict::Supported);
    assert_eq!(alone(nine(), &entered("2025-09-10T02:30:00Z", whole.1, 7)).verdict, Verdict::Undecidable, "half of it");
    assert_eq!(alone(nine(), &entered(whole.0, "2025-09-12T00:00:00Z", 0)).verdict, Verdict::Undecidable, "of nothing");
    // The next night another one came: a count of both nights is not what was spoken of, that of the first is.
    let both = counted(Referent::ObjectsEntered, "2025-09-09T20:00:00Z", "2025-09-11T06:00:00Z", 8, 10);
    let first = counted(Referent::ObjectsEntered, whole.0, whole.1, 7, 9);
    let mut later = with(vec![first, both]);
    later.entries.push(entry(8, "2025-09-11T01:00:00Z", 0.999));
    assert_eq!(alone(nine(), &later).verdict, Verdict::Supported);
    later.counts.remove(0);
    assert_eq!(alone(nine(), &later).verdict, Verdict::Undecidable);
    // What is inside is counted at one moment.
    let inside = |until: &str| with(vec![counted(Referent::InsideNow, "2025-09-09T10:00:00Z", until, 7, 2)]);
    let two = || count(Referent::InsideNow, 2, Some(2));
    assert_eq!(alone(two(), &inside("2025-09-10T09:59:30Z")).verdict, Verdict::Supported);
    assert_eq!(alone(two(), &inside("2025-09-10T08:00:00Z")).verdict, Verdict::Undecidable);
    // Reports that nobody told here may exist: of them a count is a lower bound.
    let mut wrecks = with(vec![counted(Referent::Wrecks, whole.0, whole.1, 2, 2)]);
    wrecks.reports = vec![report(1, Reported::CameDown, 51.6, 23.6), report(2, Reported::CameDown, 52.6, 22.6)];
    assert_eq!(alone(count(Referent::Wrecks, 2, None), &wrecks).verdict, Verdict::Supported);
    assert_eq!(alone(count(Referent::Wrecks, 4, None), &wrecks).verdict, Verdict::Undecidable);
    assert_eq!(alone(count(Referent::Wrecks, 0, Some(1)), &wrecks).verdict, Verdict::Contradicted);
    // Of what is found later nothing was said: the claim is of ten o'clock.
    for report in &mut wrecks.reports {
        report.filed = at("2025-09-10T12:00:00Z");
    }
    assert_eq!(alone(count(Referent::Wrecks, 0, Some(1)), &wrecks).verdict, Verdict::Undecidable);
}

/// Two states as boxes: one west of 23.6°E, one east of it.
fn outlines() -> Outlines {
    let of = |west_deg, east_deg| {
        let corners = [(49.0, west_deg), (49.0, east_deg), (54.0, east_deg), (54.0, west_deg)];
        let points = corners.map(|(lat, lon)| LatLon::new(lat, lon).expect("valid")).to_vec();
        let rings = vec![Ring { points, edges: vec![EdgeClass::Land; 4] }];
        Boundary::new(&Airspace { rings, ..support::country() }).expect("a box")
    };
    Outlines(BTreeMap::from([("POL".to_owned(), of(14.0, 23.6)), ("BLR".to_owned(), of(23.6, 32.0))]))
}

fn with_outlines(content: Content, findings: &Findings) -> Rating {
    let one = record(1, content);
    rate(&one, std::slice::from_ref(&one), findings, &outlines()).expect("it counts")
}

#[test]
fn what_came_in_across_a_border_counts_by_the_row_that_crossed_it() {
    let across = |least, most| Content::Count {
        referent: Referent::ObjectsEntered,
        least,
        most,
        area: String::new(),
        across: "BLR".to_owned(),
    };
    let mut night = night();
    let least = |night: &Findings| match with_outlines(across(1, None), night).reasons.first() {
        Some(Why::Counted { least, .. }) => *least,
        other => panic!("{other:?}"),
    };
    assert_eq!(least(&night), 5);
    // One of them had been in once before, far from there: that it came across all the same stays true.
    let elsewhere = Some(LatLon { lat_deg: 49.0, lon_deg: 20.0 });
    night.entries.push(EntryFinding { place: elsewhere, ..entry(2, "2025-09-09T22:00:00Z", 0.99) });
    assert_eq!(least(&night), 5);
    // Another came in there alone.
    night.entries[0].place = elsewhere;
    assert_eq!(least(&night), 4);
}

#[test]
fn wrecks_in_another_country_are_none_of_this_one() {
    let mut night = night();
    night.reports = vec![
        report(1, Reported::CameDown, 51.6, 22.6),
        report(2, Reported::CameDown, 52.6, 22.6),
        report(3, Reported::CameDown, 52.6, 25.0),
    ];
    let verdict = |area: &str, least, most| {
        let asked =
            Content::Count { referent: Referent::Wrecks, least, most, area: area.to_owned(), across: String::new() };
        let mut all = night.clone();
        all.reports.iter_mut().for_each(|report| report.filed = at("2025-09-10T09:00:00Z"));
        with_outlines(asked, &all).verdict
    };
    assert_eq!(verdict("POL", 2, None), Verdict::Supported);
    assert_eq!(verdict("POL", 3, None), Verdict::Undecidable, "the third lies in Belarus");
    assert_eq!(verdict("", 3, None), Verdict::Undecidable, "Poland is watched");
    assert_eq!(verdict("POL", 0, Some(1)), Verdict::Contradicted);
}

#[test]
fn an_object_in_two_tracks_counts_once() {
    let mut twice = night();
    twice.entries.push(EntryFinding { goes_on: Some((TrackId(3), 0.98)), ..entry(8, "2025-09-10T01:00:00Z", 0.999) });
    twice.entries.push(EntryFinding { goes_on: Some((TrackId(99), 0.98)), ..entry(9, "2025-09-10T01:00:00Z", 0.999) });
    let held = alone(count(Referent::ObjectsEntered, 6, None), &twice);
    assert!(
        matches!(held.reasons[0], Why::Counted { least: 6, .. }),
        "the ninth's other half entered nothing: {held:?}"
    );
    assert_eq!(alone(count(Referent::ObjectsEntered, 8, None), &twice).verdict, Verdict::Undecidable);
}

#[test]
fn a_time_without_a_zone_keeps_every_candidate() {
    let first = |moments| Content::Time { event: EventKind::FirstEntry, name: String::new(), moments };
    let half_past_eleven = vec![
        moment("2025-09-09T21:25:00Z", "2025-09-09T21:35:00Z", "CEST"),
        moment("2025-09-09T23:25:00Z", "2025-09-09T23:35:00Z", "UTC"),
    ];
    let rating = alone(first(half_past_eleven.clone()), &night());
    assert_eq!(rating.verdict, Verdict::Supported);
    let parts: Vec<Verdict> = rating.parts.iter().map(|part| part.verdict).collect();
    assert_eq!(parts, [Verdict::Supported, Verdict::Contradicted]);
    assert!(matches!(&rating.parts[0].of, PartOf::Candidate { zone, .. } if zone == "CEST"));
    let half_past_ten = vec![moment("2025-09-09T20:25:00Z", "2025-09-09T20:35:00Z", "CEST")];
    assert_eq!(alone(first(half_past_ten.clone()), &night()).verdict, Verdict::Contradicted);
    let both = verdicts(vec![first(half_past_eleven), first(half_past_ten)], &night());
    assert_eq!(both, [(Verdict::Supported, vec![2]), (Verdict::Contradicted, vec![1])]);
    let nothing = Findings { entries: Vec::new(), ..night() };
    assert_eq!(
        alone(first(vec![moment("2025-09-09T21:25:00Z", "2025-09-09T21:35:00Z", "")]), &nothing).verdict,
        Verdict::Undecidable
    );
    let last = Content::Time {
        event: EventKind::LastEntry,
        name: String::new(),
        moments: vec![moment("2025-09-10T03:20:00Z", "2025-09-10T03:40:00Z", "")],
    };
    assert_eq!(alone(last, &night()).verdict, Verdict::Undecidable, "the sixth is a perhaps");
}

#[test]
fn causes_offices_and_precedents_conflict_or_lie_outside() {
    let down = |cause| Content::Cause { of: Affected::ObjectsDown, place: None, cause };
    let office =
        |name: &str| Content::Actor { role: ClaimedRole::HeadOfState, of: "POL".to_owned(), name: name.to_owned() };
    let rated = verdicts(
        vec![
            down(ClaimedCause::SurfaceToAir),
            down(ClaimedCause::Aircraft),
            office("Jan Kowalski"),
            office("Adam Nowak"),
            office("President Nowak"),
            Content::Matter(Matter::Precedent),
            Content::Actor { role: ClaimedRole::Operator, of: String::new(), name: "Ruritania".to_owned() },
        ],
        &night(),
    );
    assert_eq!(rated[0], (Verdict::ConflictsWith, vec![2]));
    assert_eq!(rated[1], (Verdict::ConflictsWith, vec![1]));
    assert_eq!(rated[2], (Verdict::ConflictsWith, vec![4, 5]));
    assert_eq!(rated[3], (Verdict::ConflictsWith, vec![3]));
    assert_eq!(rated[5], (Verdict::OutsideEvidence, vec![]));
    assert_eq!(rated[6], (Verdict::OutsideEvidence, vec![]), "responsibility is not computed");
    let precedent = alone(Content::Matter(Matter::Precedent), &night());
    assert_eq!((precedent.probability, precedent.reasons), (None, vec![Why::NotJudged(NotJudged::Precedent)]));
}

#[test]
fn no_damage_is_held_against_reports_with_the_cause_apart() {
    let effect = |happened, place| Content::Effect { effect: EffectKind::Damage, happened, place, area: String::new() };
    assert_eq!(alone(effect(false, None), &night()).verdict, Verdict::Undecidable, "no report is no evidence of none");
    assert_eq!(alone(effect(true, None), &night()).verdict, Verdict::Undecidable);
    let mut later = night();
    let cause = Some((ClaimedCause::OwnOrAlliedOrdnance, 0.6));
    later.reports.push(ReportFinding { cause, ..report(4, Reported::Damage, 51.56, 23.37) });
    let none = alone(effect(false, None), &later);
    assert_eq!(none.verdict, Verdict::Contradicted);
    let apart = Why::CauseApart { number: 4, cause: Some(ClaimedCause::OwnOrAlliedOrdnance), confidence: 0.6 };
    assert!(none.reasons.contains(&apart), "{:?}", none.reasons);
    assert_eq!(alone(effect(true, None), &later).verdict, Verdict::Supported);
    let elsewhere =
        ClaimPlace { name: "x".to_owned(), place: LatLon { lat_deg: 54.0, lon_deg: 19.0 }, radius_90_m: 5e3 };
    assert_eq!(alone(effect(false, Some(elsewhere)), &later).verdict, Verdict::Undecidable);
    let hurt = Content::Effect { effect: EffectKind::Casualties, happened: false, place: None, area: String::new() };
    assert_eq!(alone(hurt, &later).verdict, Verdict::OutsideEvidence);
}

#[test]
fn a_cause_at_a_place_turns_when_the_report_is_corrected() {
    let village = ClaimPlace {
        name: "the village".to_owned(),
        place: LatLon { lat_deg: 51.56, lon_deg: 23.37 },
        radius_90_m: 3e3,
    };
    let by = |cause| Content::Cause { of: Affected::Damage, place: Some(village.clone()), cause };
    let mut first_day = night();
    first_day.reports.push(ReportFinding {
        drone: Some(true),
        cause: Some((ClaimedCause::Drone, 0.97)),
        confidence: 0.99,
        ..report(4, Reported::Damage, 51.56, 23.37)
    });
    assert_eq!(alone(by(ClaimedCause::Drone), &first_day).verdict, Verdict::Supported);
    let mut week_after = night();
    week_after.reports.push(ReportFinding {
        drone: Some(false),
        cause: Some((ClaimedCause::OwnOrAlliedOrdnance, 0.95)),
        confidence: 0.99,
        ..report(4, Reported::Damage, 51.56, 23.37)
    });
    let both = verdicts(vec![by(ClaimedCause::Drone), by(ClaimedCause::OwnOrAlliedOrdnance)], &week_after);
    assert_eq!(both, [(Verdict::Contradicted, vec![2]), (Verdict::Supported, vec![1])]);
    assert_eq!(alone(by(ClaimedCause::Drone), &night()).verdict, Verdict::Undecidable);
}

#[test]
fn an_origin_is_rated_group_by_group() {
    let ring = [(46.0, 33.0), (46.0, 39.0), (49.0, 39.0), (49.0, 33.0)];
    let ring = ring.iter().map(|(lat_deg, lon_deg)| LatLon { lat_deg: *lat_deg, lon_deg: *lon_deg }).collect();
    let claim = Content::Origin { area: ClaimArea { name: "the south".to_owned(), code: String::new(), ring } };
    assert_eq!(alone(claim.clone(), &night()).verdict, Verdict::Undecidable, "no origin was worked out");
    let place = |lat_deg, lon_deg, weight| (LatLon { lat_deg, lon_deg }, weight);
    let group = |name: &str, origin| GroupFinding {
        name: name.to_owned(),
        tracks: vec![TrackId(1)],
        time: at("2025-09-09T22:00:00Z"),
        origin: Some(origin),
    };
    let north =
        OriginFinding { places: vec![place(52.0, 26.0, 0.96), place(48.0, 35.0, 0.04)], not_identifiable: false };
    let south =
        OriginFinding { places: vec![place(47.0, 36.0, 0.95), place(52.0, 26.0, 0.05)], not_identifiable: false };
    let unknown = OriginFinding { places: vec![place(47.0, 36.0, 1.0)], not_identifiable: true };
    let with = |groups| Findings { groups, ..night() };
    let mixed =
        alone(claim.clone(), &with(vec![group("A", north.clone()), group("B", south.clone()), group("C", unknown)]));
    let parts: Vec<(Verdict, bool)> =
        mixed.parts.iter().map(|part| (part.verdict, part.probability.is_some())).collect();
    assert_eq!(parts, [(Verdict::Contradicted, true), (Verdict::Supported, true), (Verdict::Undecidable, false)]);
    assert_eq!(mixed.verdict, Verdict::Undecidable, "some and not all");
    assert_eq!(alone(claim.clone(), &with(vec![group("A", north)])).verdict, Verdict::Contradicted);
    assert_eq!(alone(claim, &with(vec![group("B", south)])).verdict, Verdict::Supported);
}

#[test]
fn what_was_knowable_when_it_was_spoken_is_rated_by_the_same_rules() {
    let evening = Findings { as_of: at("2025-09-10T00:00:00Z"), entries: night().entries[..2].to_vec(), ..night() };
    let three = count(Referent::ObjectsEntered, 3, None);
    assert_eq!(alone(three.clone(), &evening).verdict, Verdict::Undecidable);
    assert_eq!(alone(three.clone(), &night()).verdict, Verdict::Supported);
    // What nobody had said yet cannot conflict.
    let first = Findings { as_of: at("2025-09-10T09:00:00Z"), ..night() };
    let mut all = [
        record(1, count(Referent::ObjectsEntered, 3, Some(3))),
        record(2, count(Referent::ObjectsEntered, 9, Some(9))),
    ];
    let conflicts = |all: &[ClaimRecord; 2], findings: &Findings| {
        rate(&all[0], all, findings, &Outlines::default()).expect("it counts").conflicts
    };
    assert_eq!(conflicts(&all, &first), [2], "both were said after the recording's end, at one time");
    all[1].claim.said = vec![moment("2025-09-10T12:00:00Z", "2025-09-10T12:00:00Z", "")];
    assert_eq!(conflicts(&all, &first), Vec::<u32>::new());
    assert_eq!(conflicts(&all, &Findings { as_of: at("2025-09-10T13:00:00Z"), ..night() }), [2]);
    let mut proposed = record(1, three);
    proposed.history[0].what = ClaimChange::Proposed;
    assert_eq!(rate(&proposed, &[], &night(), &Outlines::default()), None, "it waits for a person");
}
