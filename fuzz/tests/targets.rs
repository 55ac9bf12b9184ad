//! Every target has something to start from, and lives through it cut short, damaged and mutated.

use skypicket_fuzz::run::{Limits, damage, run};
use skypicket_fuzz::targets;
use std::time::Duration;

#[test]
fn every_target_has_a_vector() {
    let mut names: Vec<_> = targets().iter().map(|target| target.name).collect();
    for target in targets() {
        assert!(!target.seeds.is_empty(), "{}: put a vector into crates/wire/tests/vectors", target.name);
        assert!(target.seeds.iter().all(|seed| seed.len() <= 1 << 20), "{}: a vector over 1 MiB", target.name);
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), targets().len(), "two targets of one name");
}

#[test]
fn every_vector_cut_at_every_byte_and_with_every_bit_flipped() {
    for target in targets() {
        let outcome = damage(&target, 8192);
        assert!(outcome.failure.is_none(), "{outcome}");
    }
}

#[test]
fn a_thousand_mutations_of_each() {
    for target in targets() {
        let outcome = run(&target, 1, Limits { time: Duration::from_secs(600), executions: 1000 });
        assert!(outcome.failure.is_none(), "{outcome}");
    }
}

#[test]
fn the_same_seed_draws_the_same_inputs() {
    use skypicket_fuzz::Dice;
    let (mut one, mut two) = (Dice::new(7), Dice::new(7));
    assert!((0..100).all(|_| one.bits() == two.bits()));
}
