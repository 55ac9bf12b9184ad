//! An alert does not wait for the next second: what a measurement raises is published with it, and the same when it is played again.

#![allow(
    clippy::disallowed_methods,
    dead_code,
    reason = "tests beside the program, and a helper that others use whole"
)]

mod proof_helper;

use proof_helper::{arrivals, plan, world};
use skypicket::core::Core;
use skypicket::journal::Kind;
use skypicket::order::Order;
use skypicket_engine::Event;
use skypicket_model::{Severity, Time};

/// When assessments of medium severity and more came, those by measurements and those by ticks, and the chain at the end. The state is stored and read
/// again before every input of that number.
fn alerts(restored_every: Option<u64>) -> (Vec<Time>, Vec<Time>, String) {
    let world = world();
    let plan = plan(&world, "between");
    let mut core = Core::new(&plan).expect("a core");
    let mut order = Order::beginning(world.begin);
    let (mut measured, mut ticked) = (Vec::new(), Vec::new());
    for arrival in arrivals(&world) {
        order.admit(&arrival, |record| {
            if restored_every.is_some_and(|every| record.seq.0 % every == 0) {
                let state = core.save();
                core = Core::new(&plan).expect("a core");
                core.load(&state).expect("its own state");
            }
            let before = core.picture();
            let applied = core.apply(record);
            for event in core.events() {
                let Event::Assessment(assessment) = event else { continue };
                if assessment.severity < Severity::Medium {
                    continue;
                }
                if record.kind == Kind::Tick {
                    ticked.push(assessment.time);
                    continue;
                }
                assert!(applied.raised && before != core.picture(), "it is shown at once");
                assert_eq!(assessment.time, record.received);
                let shown = core.picture();
                assert!(shown.incidents.iter().any(|incident| Some(incident.id) == assessment.incident));
                measured.push(assessment.time);
            }
        });
    }
    (measured, ticked, core.engine().digest().to_string())
}

#[test]
fn what_a_measurement_raises_is_shown_with_it_and_a_restart_between_two_ticks_changes_nothing() {
    let (measured, ticked, digest) = alerts(None);
    assert!(!measured.is_empty(), "by ticks only: {ticked:?}");
    assert_eq!(alerts(Some(997)), (measured, ticked, digest));
}
