//! Recordings of real feeds that the PyPI package `asterix-decoder` carries, read from `testdata/` (`cargo xtask testdata`).
//!
//! The counts are those of asterix-decoder 0.7.11; the comparison field by field stands in docs/formats/asterix.md.

#[path = "asterix_support/mod.rs"]
mod support;

use std::io::Cursor;

use serde_json::json;
use skypicket_model::{Report, Seq, Time};
use skypicket_wire::container::Reading;
use skypicket_wire::{Chunk, Output, container};
use support::{RECEIVED_S, decoder, records};

fn recording(name: &str) -> Vec<u8> {
    let path = format!("{}/../../testdata/asterix-decoder/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}; run `cargo xtask testdata` first"))
}

/// The payloads of a recording and whether each is a datagram.
fn packets(kind: &str, bytes: Vec<u8>) -> Vec<(bool, Vec<u8>)> {
    let reading: Reading = Box::new(Cursor::new(bytes));
    let mut packets = (container(kind).expect("a container").open)(reading, None);
    let mut found = Vec::new();
    while let Some(packet) = packets.next() {
        let packet = packet.expect("undamaged");
        found.push((packet.datagram, packet.bytes.to_vec()));
    }
    found
}

fn decode(packets: &[(bool, Vec<u8>)]) -> Output {
    let mut out = Output::default();
    let mut decoder = decoder(json!({}));
    for (index, (datagram, bytes)) in packets.iter().enumerate() {
        let seq = Seq(index as u64);
        decoder.push(Chunk { seq, received: Time::from_s(RECEIVED_S), datagram: *datagram, bytes }, &mut out);
    }
    decoder.finish(&mut out);
    out
}

#[test]
fn a_mode_s_radar() {
    let out = decode(&packets("pcap", recording("cat_034_048.pcap")));
    assert_eq!((records(&out), out.rejected()), (vec![("034", 34), ("048", 128)], 0), "{:?}", out.examples);
    let plots = out.observations.iter().filter(|observation| matches!(observation.report, Report::Plot(_))).count();
    // Two records are track ends without a detection.
    assert_eq!((plots, out.oddities.as_slice()), (126, &[("extrapolated, not detected", 2)][..]));
}

#[test]
fn a_system_tracker() {
    let out = decode(&packets("pcap", recording("cat_062_065.pcap")));
    assert_eq!((records(&out), out.rejected()), (vec![("062", 2), ("065", 1)], 0), "{:?}", out.examples);
    let raw = decode(&packets("raw", recording("cat062cat065.raw")));
    assert_eq!(records(&raw), records(&out));
}

/// The UDP payload is ORADIS: a container within a container.
#[test]
fn a_radar_without_mode_s_within_oradis() {
    let out = decode(&packets("oradis", recording("cat_001_002.pcap")));
    assert_eq!(out.rejected(), 0, "{:?}", out.examples);
    assert_eq!(records(&out), [("001", 7), ("002", 1)]);
}

#[test]
fn single_blocks() {
    for (name, wanted) in [("cat048.raw", ("048", 1)), ("cat034.raw", ("034", 1))] {
        let out = decode(&packets("raw", recording(name)));
        assert_eq!((records(&out), out.rejected()), (vec![wanted], 0), "{name}");
    }
}

/// `asterix.pcap` says that it is category 062 but keeps to no edition's profile (characters stand where track numbers should,
/// times lie beyond 24 h): asterix-decoder gives nonsense or nothing for its records, and so it is counted here.
#[test]
fn a_recording_that_no_edition_fits_is_rejected_block_by_block() {
    let found = packets("pcap", recording("asterix.pcap"));
    let out = decode(&found);
    assert_eq!(found.len(), 100);
    assert!(out.rejected() > 80 && out.observations.is_empty(), "{:?}", out.rejects);
}
