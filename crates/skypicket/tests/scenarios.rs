//! Every story in `scenarios/` is played through the real decoders, the tracker and the detectors, and must show what it says.

use skypicket::claims;
use skypicket::plan::Plan;
use skypicket::simulation::plan_of;
use skypicket_assess::claims::{Outlines, PartOf, Rating, Verdict, Why};
use skypicket_engine::Picture;
use skypicket_model::assessment::EntryState;
use skypicket_model::claim::{ClaimedCause, Content, EffectKind, Matter, Moment};
use skypicket_model::{Claim, ClaimRecord, Permission, Span, Subject, Time};
use skypicket_sim::expect::{Outcome, SeenCount, SeenEntry};
use skypicket_sim::{World, expect, witness};
use skypicket_wire::claims::read_json;
use std::sync::Arc;

fn story(name: &str) -> World {
    let path = format!("{}/../../scenarios/{name}.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the story is there");
    World::from_scenario(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What a story showed.
struct Shown {
    digest: String,
    outcome: Outcome,
    /// At its end.
    picture: Arc<Picture>,
    plan: Plan,
}

/// Plays a story and holds what it shows against what it says; the digest at its end.
fn holds(name: &str) -> String {
    shows(name).digest
}

/// The same, with what it showed.
fn shows(name: &str) -> Shown {
    let world = story(name);
    let plan = plan_of(&world).expect("the story's site resolves");
    let mut engine = plan.engine().expect("its parameters are sound");
    let (outcome, tally) = witness::play(&world, &mut engine, &plan.airspaces).expect("its feeds decode");
    assert!(tally.observations > 0);
    let failures: Vec<String> =
        expect::check(&world.expectations, &world, &outcome).iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{name}.md:\n{}", failures.join("\n"));
    every_subject_has_a_name(&engine.picture());
    Shown { digest: engine.digest().to_string(), outcome, picture: engine.picture(), plan }
}

/// Whatever incidents and ledger speak of can be said aloud, also when its track has ended.
fn every_subject_has_a_name(picture: &Picture) {
    let of_incidents = picture.incidents.iter().flat_map(|incident| incident.subjects.iter().copied());
    for subject in of_incidents.chain(picture.entries.iter().map(|row| row.subject)) {
        let Subject::Track(id) = subject else { continue };
        let shown = picture.tracks.iter().filter(|shown| shown.track.id == id && shown.number > 0).count();
        let former = picture.former.iter().filter(|former| former.id == id && former.number > 0).count();
        assert_eq!(shown + former, 1, "{id} has one number");
    }
}

#[test]
fn the_night() {
    holds("night");
}

#[test]
fn the_reconstructed_night_and_what_was_known_of_it_at_one_in_the_morning() {
    let Shown { outcome, picture, plan, .. } = shows("night-of-9-september-2025");
    published_claims_of_the_night_are_rated(&picture, &plan);
    an_article_of_the_morning_is_rated(&picture, &plan);
    let one = Time::parse("2025-09-09T23:00:00Z").expect("a moment");
    let until_one = {
        let mut world = story("night-of-9-september-2025");
        world.end = one + Span::from_s(2);
        let plan = plan_of(&world).expect("the story's site resolves");
        let mut engine = plan.engine().expect("its parameters are sound");
        let (outcome, _) = witness::play(&world, &mut engine, &plan.airspaces).expect("its feeds decode");
        let told = world.said.iter().filter(|said| said.at < one).count();
        assert_eq!(engine.picture().reports.len(), told, "no later report is known");
        assert!(told < world.said.len(), "there are later ones");
        let counted = engine.picture().counts.iter().map(|count| count.basis.reports).max();
        assert!(counted.is_some_and(|reports| reports as usize <= told), "none is counted: {counted:?}");
        outcome
    };
    // Counts and groups are in the digest; here they are also compared as they are told.
    let counts = |outcome: &Outcome| -> Vec<SeenCount> {
        outcome.counts.iter().filter(|count| count.time <= one).cloned().collect()
    };
    assert_eq!(counts(&outcome), counts(&until_one));
    let entered = |outcome: &Outcome| {
        let of = |count: &&SeenCount| count.airspace == "POL" && count.referent == "objects entered";
        outcome.counts.iter().filter(of).max_by_key(|count| count.time).expect("a count").interval
    };
    assert!(entered(&until_one).1 < entered(&outcome).0, "fewer were known of");
    let members = |outcome: &Outcome| outcome.groups.iter().map(|group| group.tracks.len()).sum::<usize>();
    assert!(until_one.groups.len() == 1 && members(&until_one) < members(&outcome), "{:?}", until_one.groups);
    let regions =
        |outcome: &Outcome| outcome.origins.iter().filter(|told| told.time <= one).copied().collect::<Vec<_>>();
    assert_eq!(regions(&outcome), regions(&until_one));
    assert!(regions(&outcome).len() < outcome.origins.len(), "more was learned of origins later");
    let at_one = |outcome: &Outcome| outcome.digests.iter().find(|(t, _)| *t == one).expect("at each hour").1.clone();
    assert_eq!(at_one(&outcome), at_one(&until_one), "what came later changes nothing of what was known");
    let established = |outcome: &Outcome| {
        let until =
            |row: &SeenEntry| row.reached.iter().any(|(state, t)| *state == EntryState::Established && *t <= one);
        outcome.entries.iter().filter(|row| row.permission == Permission::NotPermitted && until(row)).count()
    };
    assert!(established(&until_one) < outcome.entries.len() && established(&until_one) == established(&outcome));
}

/// Rates claims on a picture, as at its end.
fn rated(claims: &[Claim], picture: &Picture, plan: &Plan) -> Vec<(ClaimRecord, Rating)> {
    let mut outlines = Outlines::default();
    let records = claims::confirmed(claims, picture.time);
    claims::add_outlines(&mut outlines, plan, &claims::codes(&records));
    let all = claims::rate_all(claims, &claims::findings(picture, plan), &outlines, None, |_| None);
    all.into_iter().map(|rated| (rated.record, rated.now.expect("it counts"))).collect()
}

/// What was said in public of that night, in our words, held against the picture of the reconstruction.
fn published_claims_of_the_night_are_rated(picture: &Picture, plan: &Plan) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/night-of-9-september-2025.claims.json");
    let text = std::fs::read_to_string(path).expect("the table is there");
    let table = read_json(&text).expect("it has no faults");
    let all = rated(&table, picture, plan);
    let is = |number: usize, wanted: &[Verdict]| {
        let (record, rating) = &all[number - 1];
        assert!(wanted.contains(&rating.verdict), "{number}: {:?}\n{rating:?}", record.claim.quotation);
    };
    for supported in [1, 3, 5, 8, 9, 14, 17, 20, 21, 23] {
        is(supported, &[Verdict::Supported]);
    }
    is(4, &[Verdict::Supported, Verdict::Undecidable]);
    for contradicted in [2, 13] {
        is(contradicted, &[Verdict::Contradicted]);
    }
    is(6, &[Verdict::Contradicted, Verdict::Undecidable, Verdict::ConflictsWith]);
    is(19, &[Verdict::Undecidable]);
    assert_eq!((&all[0].1.conflicts, &all[1].1.conflicts), (&vec![2], &vec![1]), "23:30 and 22:30");
    is(7, &[Verdict::Supported, Verdict::Undecidable, Verdict::ConflictsWith]);
    let twenty_one = all[6].1.probability.expect("it is counted");
    assert!(twenty_one > 0.1 && all[5].1.probability.is_some_and(|p| p < twenty_one), "21 before 23");
    for wrecks in [10, 18] {
        is(wrecks, &[Verdict::Undecidable]);
    }
    for (deep, km) in [(11, 399.0), (12, 277.0)] {
        is(deep, &[Verdict::Undecidable, Verdict::Contradicted]);
        let deepest = all[deep - 1].1.reasons.iter().find_map(|why| match why {
            Why::DeepestKnown { depth_m, .. } => Some(depth_m / 1000.0),
            _ => None,
        });
        assert!(deepest.is_some_and(|found| (found - km).abs() < 3.0), "{deepest:?}");
    }
    for outside in [15, 16, 22] {
        is(outside, &[Verdict::OutsideEvidence, Verdict::ConflictsWith]);
    }
}

/// An article of the morning after, in our words, as its rules read it.
fn an_article_of_the_morning_is_rated(picture: &Picture, plan: &Plan) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/night-of-9-september-2025.article.txt");
    let bytes = std::fs::read(path).expect("the article is there");
    let said = Time::parse("2025-09-10T08:00:00Z").expect("a moment");
    let moment = Moment { from: said, until: said, zone: String::new() };
    let given = claims::Given { said: vec![moment], watched: vec!["POL".to_owned()], ..claims::Given::default() };
    let all = rated(&claims::proposals(&bytes, &given).expect("it reads"), picture, plan);
    let one = |what: &str, is: &dyn Fn(&Content) -> bool| -> &Rating {
        let found = all.iter().find(|(record, _)| is(record.content()));
        &found.unwrap_or_else(|| panic!("{what} is not proposed")).1
    };
    let three = one("at least three", &|content| matches!(content, Content::Count { least: 3, most: None, .. }));
    assert_eq!(three.verdict, Verdict::Supported, "{three:?}");
    for wanted in [ClaimedCause::SurfaceToAir, ClaimedCause::Aircraft] {
        let by = one("a cause", &|content| matches!(content, Content::Cause { cause, .. } if *cause == wanted));
        assert_eq!((by.verdict, by.conflicts.len()), (Verdict::ConflictsWith, 1), "{by:?}");
    }
    let name = one("a name", &|content| matches!(content, Content::Actor { of, .. } if of == "POL"));
    assert_eq!((name.verdict, name.conflicts.len()), (Verdict::ConflictsWith, 1), "{name:?}");
    let origin = one("an origin", &|content| matches!(content, Content::Origin { .. }));
    let groups = origin.parts.iter().filter(|part| matches!(&part.of, PartOf::Group(name) if name.starts_with('G')));
    assert!(groups.count() >= 3, "each group by itself: {origin:?}");
    assert!(origin.parts.iter().all(|part| part.verdict != Verdict::Supported), "they came from elsewhere: {origin:?}");
    let damage = one("no damage", &|content| {
        matches!(content, Content::Effect { effect: EffectKind::Damage, happened: false, .. })
    });
    assert_eq!(damage.verdict, Verdict::Contradicted, "{damage:?}");
    assert!(damage.reasons.iter().any(|why| matches!(why, Why::CauseApart { .. })), "{damage:?}");
    let first = one("the first of its kind", &|content| matches!(content, Content::Matter(Matter::Precedent)));
    assert_eq!(first.verdict, Verdict::OutsideEvidence);
}

#[test]
fn a_quiet_hour() {
    holds("quiet");
}

#[test]
fn a_drone_that_one_sensor_sees() {
    holds("one-source");
}

#[test]
fn a_flight_along_the_border() {
    holds("parallel");
}

#[test]
fn a_flight_beside_the_border_with_a_radar_that_is_off() {
    holds("biased");
}

#[test]
fn flights_that_never_leave_their_side() {
    holds("own-side");
}

#[test]
fn a_balloon() {
    holds("balloon");
}

#[test]
fn three_jets_along_the_gulf_of_finland() {
    holds("estonia-19-september-2025");
}

#[test]
fn fifty_minutes_beside_the_danube() {
    holds("romania-13-september-2025");
}

#[test]
fn a_drone_across_belarus() {
    holds("latvia-7-september-2024");
}

#[test]
fn an_evening_of_interference() {
    holds("jamming");
}

#[test]
fn an_airliner_with_a_flight_plan_gives_the_same_digest_twice() {
    assert_eq!(holds("airliner"), holds("airliner"));
}
