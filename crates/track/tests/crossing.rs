//! Neighbours keep their names: two drones that cross at a small angle, again and again.

mod common;

use common::crossing::keeps;
use skypicket_track::Params;

#[test]
fn two_that_cross_keep_their_names_more_often_when_the_decision_waits() {
    let kept = |looks: u8| (0..150).filter(|seed| keeps(15.0, looks, *seed)).count();
    let (at_once, deferred) = (kept(0), kept(Params::default().deferred_looks));
    assert!(deferred >= 143 && deferred > at_once, "{deferred} of 150, {at_once} when decided at once");
}
