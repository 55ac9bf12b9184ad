//! The load stream has the aircraft and the mix that it promises, and every frame of it is sound.

use skypicket_model::{ConnectionId, FeedId, LatLon, Report, Seq, Time};
use skypicket_sim::load::Stream;
use skypicket_wire::{Chunk, Feed, FeedSetup, Intake, Output};
use std::collections::BTreeSet;

#[test]
fn half_of_the_messages_are_positions_and_velocities_of_thousands_of_aircraft() {
    let mut stream = Stream::new(5_500, LatLon { lat_deg: 52.0, lon_deg: 21.0 }, 1);
    let mut bytes = Vec::new();
    stream.fill(250_000, &mut bytes);
    let kind = skypicket_wire::decoder("beast").expect("beast is there");
    let mut intake = Intake::new(vec![Feed { kind, setup: FeedSetup::bare(FeedId(0)) }]).expect("sound");
    let mut out = Output::default();
    for (number, piece) in bytes.chunks(65_536).enumerate() {
        let received = Time::from_s(1_757_453_400 + number as i64);
        let chunk = Chunk { seq: Seq(number as u64), received, datagram: false, bytes: piece };
        intake.push(FeedId(0), ConnectionId(0), chunk, &mut out).expect("no panic");
    }
    // The first replies come before their aircraft's first squitter.
    let unconfirmed: u64 =
        out.rejects.iter().filter(|(why, _)| *why == "unconfirmed address parity").map(|(_, n)| n).sum();
    assert_eq!(out.rejected(), unconfirmed, "{:?}", out.rejects);
    assert_eq!(out.decoded() + out.rejected(), 250_000);
    let addresses: BTreeSet<u32> = out
        .observations
        .iter()
        .filter_map(|o| match &o.report {
            Report::SelfReport(said) => Some(said.address.value),
            _ => None,
        })
        .collect();
    assert!(addresses.len() > 5_400, "{}", addresses.len());
}
