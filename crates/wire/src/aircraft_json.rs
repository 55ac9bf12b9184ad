//! `aircraft-json`: the aircraft.json documents of readsb and dump1090, whole ones or single aircraft a line.
//!
//! A document is a snapshot of what a receiver remembers, asked for again and again: only news in it is observed. Source: the
//! README-json.md of readsb and of dump1090-fa; the names of dump1090-mutability 1.15 beside. Documentation page:
//! docs/formats/aircraft-json.md.

mod document;
mod fields;
mod news;

use crate::decoder::{Chunk, Decoder, DecoderKind, FeedSetup, Output};
use document::{Objects, Piece};
use fields::{Aircraft, Head};
use news::{Memory, Moment};
use skypicket_model::{CanonError, Reader, Reality, Reject, SensorId, Span, Time};

pub use document::{MAX_DEPTH, MAX_DOCUMENT_BYTES};
pub use news::MAX_AIRCRAFT;

/// The row of the registry.
pub(crate) const AIRCRAFT_JSON: DecoderKind = DecoderKind {
    name: "aircraft-json",
    summary: "aircraft.json of readsb, dump1090-fa and dump1090-mutability: polled documents, files, JSON lines",
    records: &["news", "unchanged"],
    build: |setup| Ok(Box::new(AircraftJson::new(setup)?)),
    schema: || schemars::schema_for!(Params),
};

/// Parameters of `aircraft-json`.
#[derive(Clone, Copy, Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Params {
    /// 1-sigma of a multilateration position's component, metres; the format carries no quality for these. Default 250.
    pub mlat_sigma_m: f64,
    /// 1-sigma of a velocity component, m/s, where `nac_v` says nothing. Default 10: as for NACv 0.
    pub velocity_sigma_m_s: f64,
}

impl Default for Params {
    fn default() -> Self {
        Self { mlat_sigma_m: 250.0, velocity_sigma_m_s: 10.0 }
    }
}

const NEWS: usize = 0;
const UNCHANGED: usize = 1;

struct AircraftJson {
    objects: Objects,
    reader: DocumentReader,
}

struct DocumentReader {
    sensor: SensorId,
    memory: Memory,
}

impl AircraftJson {
    fn new(setup: &FeedSetup) -> Result<Self, String> {
        let params = setup.params::<Params>()?;
        for (name, value) in [("mlat_sigma_m", params.mlat_sigma_m), ("velocity_sigma_m_s", params.velocity_sigma_m_s)]
        {
            if !(value.is_finite() && value > 0.0) {
                return Err(format!("{name} is {value}, must be above 0"));
            }
        }
        let reader = DocumentReader { sensor: setup.feed_sensor(), memory: Memory::new(params) };
        Ok(Self { objects: Objects::default(), reader })
    }
}

impl Decoder for AircraftJson {
    fn push(&mut self, chunk: Chunk<'_>, out: &mut Output) {
        let reader = &mut self.reader;
        self.objects.push(&chunk, |offset, piece| match piece {
            Piece::Object(bytes) => reader.object(offset, bytes, &chunk, out),
            Piece::Broken(reason) => out.reject(Reject { offset, item: "document", reason }),
        });
    }

    fn finish(&mut self, out: &mut Output) {
        if let Some(offset) = self.objects.finish() {
            out.reject(Reject { offset, item: "document", reason: "truncated" });
        }
    }

    fn save(&self, out: &mut Vec<u8>) {
        self.objects.save(out);
        self.reader.memory.save(out);
    }

    fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.objects.load(reader)?;
        self.reader.memory.load(reader)
    }
}

impl DocumentReader {
    /// Reads one whole JSON object: a document, or a single aircraft with `now` among its own members.
    fn object(&mut self, offset: u64, bytes: &[u8], chunk: &Chunk<'_>, out: &mut Output) {
        let bad = |item, reason| Reject { offset, item, reason };
        let Ok(text) = core::str::from_utf8(bytes) else { return out.reject(bad("document", "not UTF-8")) };
        let head: Head<'_> = match serde_json::from_str(text) {
            Ok(head) => head,
            Err(_) => return out.reject(bad("document", "not such JSON")),
        };
        // No document in seconds is from after the year 5138, none in milliseconds from before 1973.
        let now = head.now.map(|now| if now > 1e11 { now / 1e3 } else { now }).and_then(Time::from_s_f64);
        let Some(list) = head.aircraft.or(head.ac) else {
            // Rows that are left of a damaged document have no `now` and would be taken for fresh.
            return match now {
                Some(now) if head.hex.is_some() => {
                    self.memory.begin(now);
                    self.aircraft(offset, text, Some(now), chunk, out);
                }
                _ => out.reject(bad("document", "neither a document nor an aircraft with its time")),
            };
        };
        self.memory.begin(now.unwrap_or(chunk.received));
        for aircraft in list {
            self.aircraft(offset, aircraft.get(), now, chunk, out);
        }
    }

    fn aircraft(&mut self, offset: u64, text: &str, now: Option<Time>, chunk: &Chunk<'_>, out: &mut Output) {
        let mut observe = |measured, report| out.observe(chunk, self.sensor, measured, Reality::Live, report);
        let moment = Moment { now: now.unwrap_or(chunk.received), own_clock: now.is_some() };
        let outcome = match serde_json::from_str::<Aircraft<'_>>(text) {
            Ok(mut aircraft) => {
                aircraft.modernise();
                self.memory.read(&aircraft, moment, &mut observe)
            }
            Err(_) => Err(("aircraft", "a member of another type than documented")),
        };
        match outcome {
            Ok(news) => out.record(if news { NEWS } else { UNCHANGED }),
            Err((item, reason)) => out.reject(Reject { offset, item, reason }),
        }
    }
}

/// A span of seconds told by the document; nothing when it is no age.
fn age(seconds: Option<f64>) -> Option<Span> {
    seconds.filter(|s| (0.0..=86_400.0).contains(s)).and_then(Span::from_s_f64)
}
