//! What the Mode S tests share: decoding lists of frames at given times, and picking parts out of what came.

#![allow(dead_code, reason = "every test file uses its own share")]

use skypicket_model::observation::{ModeS, ModeSPart, SelfPart, SelfReport, StatedPosition};
use skypicket_model::{FeedId, Observation, Report, Seq, Span, Time};
use skypicket_wire::mode_s::encode;
use skypicket_wire::{Chunk, FeedSetup, Output, decoder};

/// When the tests' first frame is received.
pub(crate) fn start() -> Time {
    Time::parse("2025-09-09T21:30:00Z").expect("valid")
}

/// Bytes of a frame in hexadecimal.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).expect("hex")).collect()
}

/// A feed of a format with parameters.
pub(crate) fn feed(params: &str) -> FeedSetup {
    FeedSetup { params: serde_json::from_str(params).expect("json"), ..FeedSetup::bare(FeedId(7)) }
}

/// Decodes frames, each received its milliseconds after the start, in Beast framing.
pub(crate) fn decode(params: &str, frames: &[(i64, Vec<u8>)]) -> Output {
    let mut decoder = (decoder("beast").expect("registered").build)(&feed(params)).expect("params");
    let mut out = Output::default();
    for (n, (ms, frame)) in frames.iter().enumerate() {
        let mut bytes = Vec::new();
        encode::beast(&mut bytes, 0, 200, frame);
        let received = start() + Span::from_ms(*ms);
        decoder.push(Chunk { seq: Seq(n as u64), received, datagram: false, bytes: &bytes }, &mut out);
    }
    decoder.finish(&mut out);
    out
}

/// The self-reports of an output.
pub(crate) fn self_reports(out: &Output) -> Vec<SelfReport> {
    out.observations
        .iter()
        .filter_map(|observation| match observation.report {
            Report::SelfReport(report) => Some(report),
            _ => None,
        })
        .collect()
}

/// The stated positions of an output.
pub(crate) fn positions(out: &Output) -> Vec<StatedPosition> {
    self_reports(out)
        .into_iter()
        .filter_map(|report| match report.part {
            SelfPart::Position(position) => Some(position),
            _ => None,
        })
        .collect()
}

/// The Mode S reports of an output.
pub(crate) fn mode_s(out: &Output) -> Vec<ModeS> {
    out.observations
        .iter()
        .filter_map(|Observation { report, .. }| match report {
            Report::ModeS(report) => Some(*report),
            _ => None,
        })
        .collect()
}

/// The parts of the Mode S reports that are no all-call.
pub(crate) fn reply_parts(out: &Output) -> Vec<ModeSPart> {
    mode_s(out)
        .into_iter()
        .map(|report| report.part)
        .filter(|part| !matches!(part, ModeSPart::AllCall { .. }))
        .collect()
}

/// Whether two numbers agree within a tolerance.
pub(crate) fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance
}
