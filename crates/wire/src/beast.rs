//! Beast binary: the framing of Mode S receivers (Mode-S Beast, dump1090, readsb; TCP port 30005).
//!
//! `1A <type> <48-bit stamp> <signal> <frame>`, where every 1A after the type is doubled. Types: `1` Mode A/C (2 bytes), `2` short (7),
//! `3` long (14). Other known types carry no reply and are skipped: they end where the next frame starts, for a 1A followed by
//! anything but 1A is always a start. That is also how the stream is found again after damage.
//!
//! Source: the Mode-S Beast's data format as its makers publish it, and readsb's network code for the types of E3 and up. The page is
//! `docs/formats/beast.md`.

mod stamp;

pub use stamp::Clock;

use crate::decoder::{Chunk, Decoder, DecoderKind, FeedSetup, Output};
use crate::mode_s::{ModeS, Params, RECORDS, Reception, Setup, record};
use skypicket_model::{Canon, CanonError, Reader, Reject};

/// The format's row in [`crate::DECODERS`].
pub const KIND: DecoderKind = DecoderKind {
    name: "beast",
    summary: "Mode S and ADS-B frames in Beast binary framing (dump1090, readsb, Radarcape)",
    records: RECORDS,
    build: |setup| Ok(Box::new(Beast::new(setup)?)),
    schema: || schemars::schema_for!(Params),
};

const ESCAPE: u8 = 0x1a;
/// Stamp and signal before the frame.
const PREFIX: usize = 7;
/// The longest body: prefix and a long frame.
const LONGEST: usize = PREFIX + 14;

/// Where the parser stands between two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Outside any frame; `dirty` once a byte of this gap was counted.
    Gap { dirty: bool },
    /// After a 1A outside a frame.
    GapEscape { dirty: bool },
    /// In a frame's body.
    Body,
    /// In a frame's body after a 1A.
    BodyEscape,
    /// In a frame that is skipped.
    Skip,
    /// In a skipped frame after a 1A.
    SkipEscape,
}
skypicket_model::canon_enum!(State {
    0 => Gap { dirty }, 1 => GapEscape { dirty }, 2 => Body, 3 => BodyEscape, 4 => Skip, 5 => SkipEscape,
});

/// The decoder of one connection.
pub struct Beast {
    mode_s: ModeS,
    clock: Clock,
    state: State,
    /// Bytes of the connection before the present chunk.
    offset: u64,
    /// Where the present frame started.
    start: u64,
    body: [u8; LONGEST],
    have: usize,
    need: usize,
}

impl Beast {
    /// A decoder for a new connection.
    ///
    /// # Errors
    /// When a parameter is unknown or out of its range.
    pub fn new(feed: &FeedSetup) -> Result<Self, String> {
        let setup = Setup::new(feed)?;
        Ok(Self {
            clock: Clock::new(setup.stamps),
            mode_s: ModeS::new(setup),
            state: State::Gap { dirty: false },
            offset: 0,
            start: 0,
            body: [0; LONGEST],
            have: 0,
            need: 0,
        })
    }

    /// Starts a frame of a type whose 1A stood at `start`.
    fn begin(&mut self, kind: u8, start: u64, out: &mut Output) {
        self.start = start;
        self.have = 0;
        self.state = State::Body;
        match kind {
            b'1' => self.need = PREFIX + 2,
            b'2' => self.need = PREFIX + 7,
            b'3' => self.need = PREFIX + 14,
            // Status, Radarcape position, HULC status, ping and pong, receiver id and other extensions of readsb.
            b'4' | b'5' | b'H' | b'P' | b'p' | b'W' | 0xe0..=0xef => {
                out.record(record::EXTENSION);
                self.state = State::Skip;
            }
            _ => {
                out.reject(Reject { offset: start, item: "beast frame", reason: "unknown frame type" });
                self.state = State::Skip;
            }
        }
    }

    /// A frame's body is complete.
    #[inline]
    fn complete(&mut self, body: &[u8; LONGEST], start: u64, length: usize, chunk: &Chunk<'_>, out: &mut Output) {
        let [a, b, c, d, e, f, _signal, frame @ ..] = body;
        let reading = self.clock.read([*a, *b, *c, *d, *e, *f], chunk.received);
        let reception = Reception {
            chunk,
            measured: reading.measured,
            offset: start,
            multilaterated: reading.multilaterated,
            clock_ns: reading.clock_ns,
        };
        match (length, frame.first_chunk::<7>()) {
            (LONGEST, _) => self.mode_s.long(frame, &reception, out),
            (14, Some(short)) => self.mode_s.short(short, &reception, out),
            _ => out.record(record::MODE_AC),
        }
    }

    /// One byte, the plain way. `at` is its offset in the connection.
    fn step(&mut self, byte: u8, at: u64, chunk: &Chunk<'_>, out: &mut Output) {
        match self.state {
            State::Gap { dirty } if byte == ESCAPE => self.state = State::GapEscape { dirty },
            State::Gap { dirty } => self.stray(dirty, at, out),
            // A doubled 1A outside a frame is stray data.
            State::GapEscape { dirty } if byte == ESCAPE => self.stray(dirty, at - 1, out),
            State::GapEscape { .. } => self.begin(byte, at - 1, out),
            State::Body if byte == ESCAPE => self.state = State::BodyEscape,
            State::Body => self.take(byte, chunk, out),
            State::BodyEscape if byte == ESCAPE => {
                self.state = State::Body;
                self.take(byte, chunk, out);
            }
            State::BodyEscape => {
                out.reject(Reject { offset: self.start, item: "beast frame", reason: "truncated frame" });
                self.begin(byte, at - 1, out);
            }
            State::Skip if byte == ESCAPE => self.state = State::SkipEscape,
            State::Skip => {}
            State::SkipEscape if byte == ESCAPE => self.state = State::Skip,
            State::SkipEscape => self.begin(byte, at - 1, out),
        }
    }

    /// A byte outside any frame: the first of a run is counted.
    fn stray(&mut self, dirty: bool, at: u64, out: &mut Output) {
        if !dirty {
            out.reject(Reject { offset: at, item: "beast frame", reason: "bytes outside a frame" });
        }
        self.state = State::Gap { dirty: true };
    }

    /// A byte of a body.
    fn take(&mut self, byte: u8, chunk: &Chunk<'_>, out: &mut Output) {
        if let Some(slot) = self.body.get_mut(self.have) {
            *slot = byte;
        }
        self.have += 1;
        if self.have >= self.need {
            self.state = State::Gap { dirty: false };
            let body = self.body;
            self.complete(&body, self.start, self.need, chunk, out);
        }
    }

    /// Takes whole frames without escapes from the front of `bytes`, which start at `at`; returns how many bytes it took.
    #[inline]
    fn whole_frames(&mut self, bytes: &[u8], at: u64, chunk: &Chunk<'_>, out: &mut Output) -> usize {
        let mut taken = 0;
        // Two bytes of start and the longest body must lie ahead, so that a frame can be copied without a look at its length.
        while let Some(window) = bytes.get(taken..).and_then(|rest| rest.first_chunk::<{ 2 + LONGEST }>()) {
            let [ESCAPE, kind, body @ ..] = window else { break };
            let length = match kind {
                b'3' => LONGEST,
                b'2' => PREFIX + 7,
                b'1' => PREFIX + 2,
                _ => break,
            };
            if body[..length].contains(&ESCAPE) {
                break;
            }
            self.complete(body, at + taken as u64, length, chunk, out);
            taken += 2 + length;
        }
        taken
    }
}

impl Decoder for Beast {
    fn push(&mut self, chunk: Chunk<'_>, out: &mut Output) {
        if chunk.datagram {
            // A datagram holds whole frames; what the last one left open stays incomplete.
            self.finish(out);
        }
        let mut at = 0;
        while at < chunk.bytes.len() {
            if self.state == (State::Gap { dirty: false }) {
                at += self.whole_frames(&chunk.bytes[at..], self.offset + at as u64, &chunk, out);
            }
            if let Some(byte) = chunk.bytes.get(at) {
                self.step(*byte, self.offset + at as u64, &chunk, out);
                at += 1;
            }
        }
        self.offset += chunk.bytes.len() as u64;
    }

    fn finish(&mut self, out: &mut Output) {
        if matches!(self.state, State::Body | State::BodyEscape) {
            out.reject(Reject { offset: self.start, item: "beast frame", reason: "truncated frame" });
        }
        self.state = State::Gap { dirty: false };
    }
    fn save(&self, out: &mut Vec<u8>) {
        self.state.encode(out);
        self.offset.encode(out);
        self.start.encode(out);
        self.need.encode(out);
        self.body[..self.have.min(LONGEST)].to_vec().encode(out);
        self.clock.save(out);
        self.mode_s.save(out);
    }

    fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.state = State::decode(reader)?;
        self.offset = crate::decoder::load_offset(reader)?;
        self.start = u64::decode(reader)?;
        self.need = usize::decode(reader)?;
        let body = Vec::<u8>::decode(reader)?;
        self.have = body.len();
        let in_body = matches!(self.state, State::Body | State::BodyEscape);
        let after_escape = matches!(self.state, State::GapEscape { .. } | State::BodyEscape | State::SkipEscape);
        if after_escape && self.offset == 0 || self.start > self.offset {
            return Err(CanonError::Invalid);
        }
        if self.need > LONGEST || self.have > self.need || in_body && self.have == self.need {
            return Err(CanonError::Invalid);
        }
        self.body[..body.len()].copy_from_slice(&body);
        self.clock.load(reader)?;
        self.mode_s.load(reader)
    }
}
