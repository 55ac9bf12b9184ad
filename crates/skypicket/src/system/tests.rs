//! The engine thread survives inputs that make tracking or assessment panic, and every later start and replay leaves them out too.

#[path = "../../tests/proof_helper/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the proofs; this test uses its part")]
mod proof_helper;

use crate::core::trap;
use crate::journal::{Body, Fate, Kind, QuarantinedPart, Reader};
use crate::store::Store;
use crate::verify;
use proof_helper::{Folder, Outcome, arrivals, close, end, feed, start, world};
use skypicket_model::{Seq, Time};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The traps are one set for the whole process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the journal says was left out.
fn left_out(store: &Store) -> Vec<Seq> {
    let mut reader = Reader::open(Arc::clone(&store.journal)).expect("readable");
    let mut found = Vec::new();
    while let Some(record) = reader.next_record().expect("readable") {
        if record.kind == Kind::Quarantine
            && let Ok(Body::Quarantine { seq, part: QuarantinedPart::Engine, .. }) = record.body()
        {
            found.push(seq);
        }
    }
    found
}

#[test]
fn inputs_that_panic_are_left_out_now_at_every_start_and_in_every_replay() {
    let _alone = alone();
    let world = world();
    let mut all = arrivals(&world);
    all.truncate(all.len() * 2 / 3);
    // Two far apart, so that checkpoints lie between, and two that follow each other.
    let bytes: Vec<Time> = all
        .iter()
        .filter(|one| one.record.as_record(Seq(0), one.received).kind == Kind::Bytes)
        .map(|one| one.received)
        .collect();
    let victims = [bytes[bytes.len() / 3], bytes[bytes.len() * 3 / 4], bytes[bytes.len() * 3 / 4 + 1]];
    let hit = bytes.iter().filter(|received| victims.contains(received)).count();
    trap::set(&victims);

    let folder = Folder::new();
    let system = start(&world, "trapped", &folder);
    feed(&system, &all);
    end(&system);
    let (views, last) = (system.views(), all.last().expect("some").received);
    while views.borrow().picture.time < last {
        std::thread::yield_now();
    }
    let ended = close(system);
    let outcome = Outcome::of(&ended);
    assert!(!outcome.tracks.is_empty(), "the picture goes on after the panics");

    let store = Store::existing(folder.path()).expect("the folder");
    let left = left_out(&store);
    assert_eq!(left.len(), hit, "each is named once: {left:?}");
    let proof = verify::journal(&store).expect("a readable journal");
    assert!(proof.holds() && proof.compared >= 1, "faults {:?}, differences {:?}", proof.faults, proof.differences);

    // Started again with the traps still there, and without them: nothing panics, nothing changes.
    for traps in [&victims[..], &[]] {
        trap::set(traps);
        assert_eq!(Outcome::of(&close(start(&world, "trapped", &folder))), outcome);
    }
    assert_eq!(left_out(&store), left, "nothing more is left out");
}

#[test]
fn an_input_that_panics_only_when_the_state_is_built_again_is_left_out_as_well() {
    let _alone = alone();
    let world = world();
    let mut all = arrivals(&world);
    all.truncate(all.len() / 3);
    let folder = Folder::new();
    let system = start(&world, "trapped later", &folder);
    feed(&system, &all);
    // Killed: an orderly end would store the state after the last input.
    let inbox = system.inbox();
    let durable = inbox.durability().expect("open").wait(inbox.last().0, Duration::from_secs(30));
    assert_eq!(durable, Fate::Durable);
    let killed = folder.copy();
    close(system);
    // As if another machine had the defect: the last inputs are read again at the start and panic there.
    let last =
        all.iter().rev().find(|one| one.record.as_record(Seq(0), one.received).kind == Kind::Bytes).expect("one");
    trap::set(&[last.received]);
    let started = close(start(&world, "trapped later", &killed));
    assert!(!started.picture.tracks.is_empty());
    assert!(!left_out(&Store::existing(killed.path()).expect("the folder")).is_empty(), "the trap was sprung");
    trap::set(&[]);
    let again = close(start(&world, "trapped later", &killed));
    assert_eq!(Outcome::of(&again), Outcome::of(&started));
}

#[test]
fn an_input_that_panics_while_the_program_ends_is_found_at_the_next_start() {
    let _alone = alone();
    let world = world();
    let all = arrivals(&world);
    let kind = |one: &crate::arrivals::Arrival| one.record.as_record(Seq(0), one.received).kind;
    let last = all.iter().rev().find(|one| kind(one) == Kind::Bytes).expect("one").received;
    trap::set(&[last]);
    let folder = Folder::new();
    let system = start(&world, "trapped at the end", &folder);
    feed(&system, &all);
    // The engine has much left to take when the journal ends.
    close(system);
    let started = close(start(&world, "trapped at the end", &folder));
    let store = Store::existing(folder.path()).expect("the folder");
    assert!(!left_out(&store).is_empty(), "the input is named, if not then, now");
    let proof = verify::journal(&store).expect("a readable journal");
    assert!(proof.holds(), "faults {:?}, differences {:?}", proof.faults, proof.differences);
    trap::set(&[]);
    assert_eq!(Outcome::of(&close(start(&world, "trapped at the end", &folder))), Outcome::of(&started));
}
