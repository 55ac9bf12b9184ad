//! The published claims of the night of 9–10 September 2025 (in our words, `scenarios/`) and an article of the morning after, held against findings such as
//! that night's: the reconstruction's entries, and reports from the published villages.

use std::collections::BTreeMap;

use skypicket_assess::claims::{
    CountFinding, EntryFinding, Findings, GroupFinding, Instant, OriginFinding, Outlines, PartOf, Rating,
    ReportFinding, Reported, Verdict, Why, rate,
};
use skypicket_assess::geometry::Boundary;
use skypicket_model::claim::{Claim, ClaimChange, ClaimStep, ClaimedCause, Content, EffectKind, Moment, Source};
use skypicket_model::{AirspaceId, ClaimRecord, LatLon, Referent, Span, Time, TrackId};
use skypicket_wire::borders_file::Borders;
use skypicket_wire::claims::{Context, european_zones, propose, read_json};

static BORDERS: &[u8] = include_bytes!("../../../data/borders/borders.skb");
const TABLE: &str = include_str!("../../../scenarios/night-of-9-september-2025.claims.json");

/// Villages of the published list that the reconstruction names, and whether what lay there was of a drone.
const SITES: &[(f64, f64)] = &[
    (52.01, 23.23),
    (51.76, 22.79),
    (51.59, 23.16),
    (54.08, 19.29),
    (52.41, 21.79),
    (50.70, 23.44),
    (51.07, 22.53),
    (51.48, 23.20),
    (50.80, 21.68),
    (50.43, 22.70),
    (51.84, 23.57),
    (51.62, 23.17),
    (51.62, 20.58),
    (51.37, 20.04),
    (50.48, 21.00),
    (50.70, 21.03),
];
const WYRYKI: (f64, f64) = (51.56, 23.37);

fn at(text: &str) -> Time {
    Time::parse(text).expect("a time")
}

fn report(number: u32, kind: Reported, (lat_deg, lon_deg): (f64, f64)) -> ReportFinding {
    ReportFinding {
        number,
        kind,
        place: LatLon { lat_deg, lon_deg },
        radius_90_m: 3_000.0,
        from: at("2025-09-09T21:30:00Z"),
        until: at("2025-09-10T04:45:00Z"),
        drone: Some(true),
        confidence: 0.97,
        cause: None,
        filed: at("2025-09-10T06:00:00Z"),
    }
}

/// Twenty-one entries: twelve from Belarus and nine from Ukraine, from 23:29 to 06:27 local time.
fn entries() -> Vec<EntryFinding> {
    let (first, last) = (at("2025-09-09T21:29:10Z"), at("2025-09-10T04:27:00Z"));
    let step_s = (last - first).s() / 20.0;
    (0..21_u32)
        .map(|n| {
            let time = first + Span::from_s_f64(step_s * f64::from(n)).expect("a span");
            // The Bug below Terespol, or the Volyn stretch.
            let (lat_deg, lon_deg) = if n < 12 { (52.02, 23.66) } else { (50.86, 24.03) };
            EntryFinding {
                track: TrackId(u64::from(n) + 1),
                airspace: "POL".to_owned(),
                probability: 0.995,
                entered: Some(Instant { time, sigma: Span::from_s(10) }),
                place: Some(LatLon { lat_deg, lon_deg }),
                depth_m: 30_000.0,
                depth_sigma_m: 300.0,
                gone: Some(time + Span::from_s(1800)),
                permitted: false,
                goes_on: None,
                last: time + Span::from_s(1800),
            }
        })
        .collect()
}

/// What was found by a moment. Reports come in over days, and what hit the house is told otherwise a week later.
fn found(as_of: Time) -> Findings {
    let entries = entries().into_iter().filter(|entry| entry.last <= as_of).collect();
    let mut reports = Vec::new();
    if as_of >= at("2025-09-10T06:00:00Z") {
        let by_day = if as_of < at("2025-09-12T00:00:00Z") { 12 } else { SITES.len() };
        reports.extend(SITES[..by_day].iter().zip(1..).map(|(site, number)| report(number, Reported::CameDown, *site)));
        reports.extend((0..3).map(|n| ReportFinding {
            from: at("2025-09-10T04:43:00Z") - Span::from_s(3600 * n),
            until: at("2025-09-10T04:46:00Z") - Span::from_s(3600 * n),
            ..report(30 + n as u32, Reported::BroughtDown, SITES[n as usize])
        }));
        let corrected = as_of >= at("2025-09-18T00:00:00Z");
        reports.push(ReportFinding {
            drone: Some(!corrected),
            cause: Some(if corrected {
                (ClaimedCause::OwnOrAlliedOrdnance, 0.97)
            } else {
                (ClaimedCause::Drone, 0.95)
            }),
            confidence: 0.99,
            ..report(20, Reported::Damage, WYRYKI)
        });
        reports.push(ReportFinding {
            drone: if corrected { Some(false) } else { None },
            ..report(21, Reported::CameDown, WYRYKI)
        });
    }
    let mut findings = Findings { as_of, watched: vec!["POL".to_owned()], entries, reports, ..Findings::default() };
    if as_of >= at("2025-09-10T05:00:00Z") {
        findings.counts.push(CountFinding {
            referent: Referent::ObjectsEntered,
            area: "POL".to_owned(),
            from: at("2025-09-09T21:00:00Z"),
            until: at("2025-09-10T05:00:00Z"),
            weighed: 20,
            untracked: 0.6,
            first: 19,
            probabilities: vec![0.08, 0.2, 0.44, 0.2, 0.08],
        });
    }
    let group = |name: &str, tracks: std::ops::Range<u64>, origin: Option<(f64, f64, bool)>| GroupFinding {
        name: name.to_owned(),
        tracks: tracks.map(TrackId).collect(),
        time: at("2025-09-09T23:00:00Z"),
        origin: origin.map(|(lat_deg, lon_deg, unknown)| OriginFinding {
            places: vec![(LatLon { lat_deg, lon_deg }, 1.0)],
            not_identifiable: unknown,
        }),
    };
    findings.groups =
        vec![group("group 1", 1..13, Some((52.2, 27.0, false))), group("group 2", 13..22, Some((50.9, 25.5, true)))];
    findings
}

/// A claim with both its ratings.
struct Rated {
    record: ClaimRecord,
    then: Option<Rating>,
    now: Option<Rating>,
}

/// Claims as a person would have entered and confirmed them, in their order, each rated twice.
fn rated(claims: &[Claim]) -> Vec<Rated> {
    let step = ClaimStep { time: Time::EPOCH, by: "A. Nowak".to_owned(), what: ClaimChange::Confirmed };
    let record = |(claim, number): (&Claim, u32)| ClaimRecord {
        id: claim.id(),
        number,
        claim: claim.clone(),
        history: vec![step.clone()],
    };
    let records: Vec<ClaimRecord> = claims.iter().zip(1..).map(record).collect();
    let borders = Borders::read(BORDERS).expect("the border file");
    let outline = |code: &str| {
        let airspace = borders.airspace(code, AirspaceId(0), [0; 32]).expect("a state");
        (code.to_owned(), Boundary::new(&airspace).expect("an outline"))
    };
    let outlines = Outlines(BTreeMap::from(["POL", "UKR", "BLR"].map(outline)));
    let of = |record: &ClaimRecord, at: Time| rate(record, &records, &found(at), &outlines);
    let end = at("2025-11-01T00:00:00Z");
    records
        .iter()
        .map(|record| Rated {
            record: record.clone(),
            then: of(record, record.claim.said_until()),
            now: of(record, end),
        })
        .collect()
}

fn now(rated: &Rated) -> &Rating {
    rated.now.as_ref().expect("it counts")
}

#[test]
fn the_table_of_that_night() {
    let claims = read_json(TABLE).expect("the table");
    let all = rated(&claims);
    let verdict = |n: usize| (now(&all[n - 1]).verdict, now(&all[n - 1]).conflicts.clone());
    let then = |n: usize| all[n - 1].then.as_ref().map(|rating| rating.verdict);
    assert_eq!(verdict(1), (Verdict::Supported, vec![2]), "23:30, read as local time: {:?}", now(&all[0]));
    assert_eq!(now(&all[0]).parts.len(), 2, "it was printed without a zone: local or UTC");
    assert_eq!(verdict(2), (Verdict::Contradicted, vec![1]), "22:30: {:?}", now(&all[1]));
    assert_eq!(verdict(3).0, Verdict::Supported, "06:30: {:?}", now(&all[2]));
    assert_eq!(verdict(4).0, Verdict::Supported, "06:45: {:?}", now(&all[3]));
    assert_eq!(verdict(5).0, Verdict::Supported, "nineteen, not final");
    assert_eq!(verdict(6), (Verdict::Contradicted, vec![7]), "twenty-three");
    assert_eq!(verdict(7), (Verdict::ConflictsWith, vec![6]), "twenty-one is the most likely, and no more");
    assert!(now(&all[6]).probability.is_some_and(|p| (0.4..0.5).contains(&p)));
    assert_eq!(verdict(8).0, Verdict::Supported, "at least eight from Ukraine: {:?}", now(&all[7]));
    assert_eq!(verdict(9).0, Verdict::Supported, "three shot down");
    assert!(matches!(verdict(10).0, Verdict::Supported | Verdict::Undecidable), "seventeen places: {:?}", now(&all[9]));
    for (n, deepest_km) in [(11, 399.0), (12, 277.0)] {
        let rating = now(&all[n - 1]);
        assert_ne!(rating.verdict, Verdict::Supported, "{rating:?}");
        assert!(rating.probability.is_some_and(|p| p < 0.25), "{rating:?}");
        let deepest = rating.reasons.iter().find_map(|why| match why {
            Why::DeepestKnown { depth_m, .. } => Some(depth_m / 1000.0),
            _ => None,
        });
        // Measured from the villages, to a hundredth of a degree.
        assert!(deepest.is_some_and(|km| (km - deepest_km).abs() < 3.0), "{deepest:?}");
    }
    assert_eq!(
        (then(13), verdict(13)),
        (Some(Verdict::Supported), (Verdict::Contradicted, vec![14])),
        "a drone at Wyryki"
    );
    assert_eq!(verdict(14), (Verdict::Supported, vec![13]), "own or allied: {:?}", now(&all[13]));
    assert_eq!(verdict(15), (Verdict::ConflictsWith, vec![16]), "the date of the restriction");
    assert_eq!(verdict(16), (Verdict::ConflictsWith, vec![15]));
    // On what was knowable on the first morning: nobody else had spoken yet, and there were fewer wrecks.
    let first_morning = all[4].then.as_ref().expect("it was kept");
    assert!(first_morning.as_of < now(&all[4]).as_of && first_morning.conflicts.is_empty());
}

/// An article of the morning after, in our own words.
const MORNING: &str = include_str!("../../../scenarios/night-of-9-september-2025.article.txt");

#[test]
fn an_article_of_that_morning() {
    let said = at("2025-09-11T06:00:00Z");
    let zones = european_zones(said);
    let context = Context { said_until: Some(said), zones, watched: vec!["POL".to_owned()] };
    let claims: Vec<Claim> = propose(MORNING, &context)
        .into_iter()
        .map(|proposal| Claim {
            who: String::new(),
            said: vec![Moment { from: at("2025-09-10T06:00:00Z"), until: said, zone: String::new() }],
            source: Source { name: "an article in our words".to_owned(), ..Source::default() },
            quotation: MORNING[proposal.sentence.clone()].to_owned(),
            quotation_at: 0,
            words: Vec::new(),
            rule: proposal.rule.to_owned(),
            about: None,
            content: proposal.content,
        })
        .collect();
    let all = rated(&claims);
    let of = |is: &dyn Fn(&Content) -> bool| -> Vec<&Rated> {
        all.iter().filter(|rated| is(rated.record.content())).collect()
    };
    let three = of(&|content| {
        matches!(content, Content::Count { referent: Referent::ObjectsEntered, least: 3, most: None, .. })
    });
    assert_eq!((three.len(), now(three[0]).verdict), (1, Verdict::Supported), "at least three");
    let by = |cause| of(&move |content| matches!(content, Content::Cause { cause: found, .. } if *found == cause));
    let (ground, jets) = (by(ClaimedCause::SurfaceToAir), by(ClaimedCause::Aircraft));
    assert_eq!(
        (now(ground[0]).verdict, &now(ground[0]).conflicts),
        (Verdict::ConflictsWith, &vec![jets[0].record.number])
    );
    assert_eq!(
        (now(jets[0]).verdict, &now(jets[0]).conflicts),
        (Verdict::ConflictsWith, &vec![ground[0].record.number])
    );
    let names = of(&|content| matches!(content, Content::Actor { of, .. } if of == "POL"));
    assert_eq!(names.len(), 2);
    assert!(names.iter().all(|name| now(name).verdict == Verdict::ConflictsWith), "one name and the other");
    let origin = of(&|content| matches!(content, Content::Origin { .. }));
    let parts: Vec<(&PartOf, Verdict)> = now(origin[0]).parts.iter().map(|part| (&part.of, part.verdict)).collect();
    assert_eq!(
        parts,
        [
            (&PartOf::Group("group 1".to_owned()), Verdict::Contradicted),
            (&PartOf::Group("group 2".to_owned()), Verdict::Undecidable)
        ],
        "group by group"
    );
    let damage = of(&|content| matches!(content, Content::Effect { effect: EffectKind::Damage, happened: false, .. }));
    assert_eq!(now(damage[0]).verdict, Verdict::Contradicted);
    let apart = |why: &Why| matches!(why, Why::CauseApart { cause: Some(ClaimedCause::OwnOrAlliedOrdnance), .. });
    assert!(now(damage[0]).reasons.iter().any(apart), "the cause stands apart");
    let hurt = of(&|content| matches!(content, Content::Effect { effect: EffectKind::Casualties, .. }));
    assert_eq!(now(hurt[0]).verdict, Verdict::OutsideEvidence);
    let first = of(&|content| matches!(content, Content::Matter(_)));
    assert_eq!((first.len(), now(first[0]).verdict), (1, Verdict::OutsideEvidence), "the first shots");
    let operator = of(&|content| matches!(content, Content::Actor { of, .. } if of.is_empty()));
    assert!(operator.iter().all(|rated| now(rated).verdict == Verdict::OutsideEvidence), "whose they were");
    // Politics makes no claim.
    for silent in ["Another president", "Observers expect"] {
        assert!(all.iter().all(|rated| !rated.record.claim.quotation.contains(silent)), "{silent}");
    }
}
