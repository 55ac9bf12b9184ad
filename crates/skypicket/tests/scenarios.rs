//! Every story in `scenarios/` is played through the real decoders, the tracker and the detectors, and must show what it says.

use skypicket::simulation::plan_of;
use skypicket_engine::Picture;
use skypicket_model::Subject;
use skypicket_sim::{World, expect, witness};

/// Plays a story and holds what it shows against what it says; the digest at its end.
fn holds(name: &str) -> String {
    let path = format!("{}/../../scenarios/{name}.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the story is there");
    let world = World::from_scenario(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let plan = plan_of(&world).expect("the story's site resolves");
    let mut engine = plan.engine().expect("its parameters are sound");
    let (outcome, tally) = witness::play(&world, &mut engine, &plan.airspaces).expect("its feeds decode");
    assert!(tally.observations > 0);
    let failures: Vec<String> =
        expect::check(&world.expectations, &world, &outcome).iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{name}.md:\n{}", failures.join("\n"));
    every_subject_has_a_name(&engine.picture());
    engine.digest().to_string()
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
fn the_reconstructed_night() {
    holds("night-of-9-september-2025");
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
