//! Mode S and ADS-B: 56-bit and 112-bit frames to observations. The framings that carry them are [`crate::beast`] and [`crate::avr`].
//!
//! A frame's first five bits are its downlink format (DF). DF17/18 carry ADS-B, ADS-R and TIS-B and prove themselves by their
//! parity; DF11 announces an address; the replies DF0/4/5/16/20/21 overlay the parity with the address, so they count only when that
//! address was proved a moment ago on the same connection. Single-bit errors are not corrected: 112 guesses a frame would make one
//! undetected error in 150,000 noise frames instead of one in 16 million, and receivers that know the signal have done it already.
//!
//! Source: ICAO Annex 10 vol. IV, ICAO Doc 9871 ed. 2, RTCA DO-260/A/B. The page is `docs/formats/mode-s.md`.

pub mod aircraft;
mod comm_b;
pub mod cpr;
pub mod crc;
pub mod encode;
mod extended;
pub mod fields;
pub mod params;
mod position;
mod quality;
mod replies;
mod status;
mod velocity;

pub use params::{Params, Setup, Stamps};

use crate::decoder::{Chunk, Output};
use aircraft::{Addresses, Key, Space};
use skypicket_model::time::{Span, Time};
use skypicket_model::{CanonError, Reader, Reject, Report};

/// Kinds of record of every Mode S framing, indexed by [`record`].
pub const RECORDS: &[&str] =
    &["DF0", "DF4", "DF5", "DF11", "DF16", "DF17", "DF18", "DF19", "DF20", "DF21", "DF24", "ModeAC", "extension"];

/// Indices into [`RECORDS`].
pub mod record {
    /// Short air-air surveillance.
    pub const DF0: usize = 0;
    /// Altitude reply.
    pub const DF4: usize = 1;
    /// Identity reply.
    pub const DF5: usize = 2;
    /// All-call reply, acquisition squitter.
    pub const DF11: usize = 3;
    /// Long air-air surveillance.
    pub const DF16: usize = 4;
    /// Extended squitter.
    pub const DF17: usize = 5;
    /// Extended squitter, no transponder.
    pub const DF18: usize = 6;
    /// Military extended squitter.
    pub const DF19: usize = 7;
    /// Comm-B altitude reply.
    pub const DF20: usize = 8;
    /// Comm-B identity reply.
    pub const DF21: usize = 9;
    /// Comm-D extended length message.
    pub const DF24: usize = 10;
    /// Mode A/C reply.
    pub const MODE_AC: usize = 11;
    /// Frames of the framing that carry no reply: status, receiver id, ping.
    pub const EXTENSION: usize = 12;
}

/// An address counts as proved for so long after a frame whose parity proves it. Squitters come every second.
pub const CONFIRMED_FOR: Span = Span::from_s(60);

/// Interrogator codes in DF11 go to 79 (DO-181E 2.2.14.4.35: code label 0–4, identifier 0–15).
const INTERROGATOR_CODES: u32 = 80;

/// One frame's circumstances.
#[derive(Clone, Copy, Debug)]
pub struct Reception<'a> {
    /// The chunk that holds its last byte.
    pub chunk: &'a Chunk<'a>,
    /// When the receiver measured it, as the framing tells.
    pub measured: Time,
    /// Offset of its first byte in the connection.
    pub offset: u64,
    /// The receiver's own clock, ns, where the framing carries one.
    pub clock_ns: Option<i64>,
    /// It is a made-up frame that carries a result of multilateration, never received so.
    pub multilaterated: bool,
}

/// The decoder of Mode S frames of one connection.
pub struct ModeS {
    setup: Setup,
    aircraft: Addresses,
}

impl ModeS {
    /// A decoder without any knowledge of aircraft.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self { setup, aircraft: Addresses::default() }
    }

    /// Decodes one frame of 7 or 14 bytes; Mode A/C replies of 2 bytes are counted.
    pub fn frame(&mut self, frame: &[u8], reception: &Reception<'_>, out: &mut Output) {
        if let Ok(long) = frame.try_into() {
            self.long(long, reception, out);
        } else if let Ok(short) = frame.try_into() {
            self.short(short, reception, out);
        } else if frame.len() == 2 {
            out.record(record::MODE_AC);
        } else {
            reject(out, reception, "Mode S frame", "bad frame length");
        }
    }

    /// Decodes a 56-bit frame.
    #[inline]
    pub fn short(&mut self, frame: &[u8; 7], reception: &Reception<'_>, out: &mut Output) {
        let head = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
        let syndrome = crc::syndrome_short(frame);
        match frame[0] >> 3 {
            11 => self.all_call(head, syndrome, reception, out),
            0 => self.reply(record::DF0, head, None, syndrome, reception, out),
            4 => self.reply(record::DF4, head, None, syndrome, reception, out),
            5 => self.reply(record::DF5, head, None, syndrome, reception, out),
            16..=31 => reject(out, reception, "Mode S frame", "length does not fit the downlink format"),
            _ => reject(out, reception, "Mode S frame", "unknown downlink format"),
        }
    }

    /// Decodes a 112-bit frame.
    #[inline]
    pub fn long(&mut self, frame: &[u8; 14], reception: &Reception<'_>, out: &mut Output) {
        let head = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
        let field = u64::from_be_bytes([0, frame[4], frame[5], frame[6], frame[7], frame[8], frame[9], frame[10]]);
        let syndrome = crc::syndrome_long(frame);
        match frame[0] >> 3 {
            df @ 17..=19 => {
                let kind = record::DF17 + usize::from(df - 17);
                if syndrome == 0 {
                    out.record(kind);
                    self.extended_squitter(head, field, reception, out);
                } else {
                    reject(out, reception, RECORDS[kind], "bad parity");
                }
            }
            16 => self.reply(record::DF16, head, Some(field), syndrome, reception, out),
            20 => self.reply(record::DF20, head, Some(field), syndrome, reception, out),
            21 => self.reply(record::DF21, head, Some(field), syndrome, reception, out),
            24..=31 => self.reply(record::DF24, head, Some(field), syndrome, reception, out),
            0 | 4 | 5 | 11 => {
                // Some receivers always pass on 112 bits; a short reply ends after 56, the rest is noise.
                out.oddity("short reply in a long frame");
                let [a, b, c, d, e, f, g, ..] = *frame;
                self.short(&[a, b, c, d, e, f, g], reception, out);
            }
            _ => reject(out, reception, "Mode S frame", "unknown downlink format"),
        }
    }

    /// Appends the state that later frames depend on.
    pub fn save(&self, out: &mut Vec<u8>) {
        self.aircraft.save(out);
    }

    /// Takes over what [`ModeS::save`] gave.
    ///
    /// # Errors
    /// When the bytes are cut short or damaged.
    pub fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.aircraft.load(reader)
    }

    /// Whether an address was proved a moment ago; `None` is an address never heard.
    fn confirmed(&mut self, address: u32, now: Time) -> Option<&mut aircraft::Aircraft> {
        let entry = self.aircraft.get_mut(Key::new(Space::Icao, address))?;
        ((now - entry.confirmed).abs() <= CONFIRMED_FOR).then_some(entry)
    }
}

/// Appends an observation of this connection's receiver.
#[inline]
fn observe(setup: &Setup, reception: &Reception<'_>, report: Report, out: &mut Output) {
    out.observe(reception.chunk, setup.sensor, reception.measured, setup.reality, report);
}

/// Counts a frame that was not understood.
#[cold]
fn reject(out: &mut Output, reception: &Reception<'_>, item: &'static str, reason: &'static str) {
    out.reject(Reject { offset: reception.offset, item, reason });
}
