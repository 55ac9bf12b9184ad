//! Every story in `scenarios/` is played through the real decoders, the tracker and the detectors, and must show what it says.

use skypicket::simulation::plan_of;
use skypicket_engine::Picture;
use skypicket_model::assessment::EntryState;
use skypicket_model::{Permission, Span, Subject, Time};
use skypicket_sim::expect::{Outcome, SeenEntry};
use skypicket_sim::{World, expect, witness};

fn story(name: &str) -> World {
    let path = format!("{}/../../scenarios/{name}.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the story is there");
    World::from_scenario(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Plays a story and holds what it shows against what it says; the digest at its end.
fn holds(name: &str) -> String {
    shows(name).0
}

/// The same, with what it showed.
fn shows(name: &str) -> (String, Outcome) {
    let world = story(name);
    let plan = plan_of(&world).expect("the story's site resolves");
    let mut engine = plan.engine().expect("its parameters are sound");
    let (outcome, tally) = witness::play(&world, &mut engine, &plan.airspaces).expect("its feeds decode");
    assert!(tally.observations > 0);
    let failures: Vec<String> =
        expect::check(&world.expectations, &world, &outcome).iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{name}.md:\n{}", failures.join("\n"));
    every_subject_has_a_name(&engine.picture());
    (engine.digest().to_string(), outcome)
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
    let (_, outcome) = shows("night-of-9-september-2025");
    let one = Time::parse("2025-09-09T23:00:00Z").expect("a moment");
    let until_one = {
        let mut world = story("night-of-9-september-2025");
        world.end = one + Span::from_s(2);
        let plan = plan_of(&world).expect("the story's site resolves");
        let mut engine = plan.engine().expect("its parameters are sound");
        let (outcome, _) = witness::play(&world, &mut engine, &plan.airspaces).expect("its feeds decode");
        let told = world.said.iter().filter(|said| said.at < one).count();
        assert_eq!(engine.picture().reports.len(), told, "no later report is known");
        outcome
    };
    let at_one = |outcome: &Outcome| outcome.digests.iter().find(|(t, _)| *t == one).expect("at each hour").1.clone();
    assert_eq!(at_one(&outcome), at_one(&until_one), "what came later changes nothing of what was known");
    let established = |outcome: &Outcome| {
        let until =
            |row: &SeenEntry| row.reached.iter().any(|(state, t)| *state == EntryState::Established && *t <= one);
        outcome.entries.iter().filter(|row| row.permission == Permission::NotPermitted && until(row)).count()
    };
    assert!(established(&until_one) < outcome.entries.len() && established(&until_one) == established(&outcome));
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
fn an_airliner_with_a_flight_plan_gives_the_same_digest_twice() {
    assert_eq!(holds("airliner"), holds("airliner"));
}
