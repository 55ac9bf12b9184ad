//! AVR: Mode S frames as lines of hexadecimal digits (dump1090 and readsb `raw`, TCP port 30002).
//!
//! `*<frame>;` or `:<frame>;` plain, `@<stamp><frame>;`, `%…;` and `<…;` with a stamp of 12 digits and perhaps a signal level of 2. What
//! stands between the digits and the frame's length of 4, 14 or 28 digits tells which: every sum is different. Line ends between
//! frames are skipped. The page is `docs/formats/avr.md`.

use crate::beast::Clock;
use crate::decoder::{Chunk, Decoder, DecoderKind, FeedSetup, Output};
use crate::mode_s::{ModeS, Params, RECORDS, Reception, Setup};
use skypicket_model::{Canon, CanonError, Reader, Reject};

/// The format's row in [`crate::DECODERS`].
pub const KIND: DecoderKind = DecoderKind {
    name: "avr",
    summary: "Mode S and ADS-B frames as hexadecimal lines (AVR, dump1090 raw)",
    records: RECORDS,
    build: |setup| Ok(Box::new(Avr::new(setup)?)),
    schema: || schemars::schema_for!(Params),
};

/// The most digits of a line: stamp, signal, long frame.
const MOST_DIGITS: usize = 12 + 2 + 28;

/// The decoder of one connection.
pub struct Avr {
    mode_s: ModeS,
    clock: Clock,
    /// Bytes of the connection before the present chunk.
    offset: u64,
    /// Where the present line started.
    start: u64,
    /// The present line's start character, 0 between lines.
    mark: u8,
    /// Its digits so far; more than fit are counted, not kept.
    digits: [u8; MOST_DIGITS],
    have: usize,
    /// A byte of the present gap was counted.
    dirty: bool,
}

/// Values of hexadecimal digits, 0xFF for anything else.
static NIBBLES: [u8; 256] = nibbles();

const fn nibbles() -> [u8; 256] {
    let mut table = [0xff; 256];
    let mut n = 0;
    while n < 10 {
        table[b'0' as usize + n] = n as u8;
        n += 1;
    }
    n = 0;
    while n < 6 {
        table[b'a' as usize + n] = 10 + n as u8;
        table[b'A' as usize + n] = 10 + n as u8;
        n += 1;
    }
    table
}

/// Bytes from digits; `None` when one is no digit or their number is odd.
#[inline]
fn unhex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let mut bad = 0;
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let (high, low) = (NIBBLES[usize::from(pair[0])], NIBBLES[usize::from(pair[1])]);
        bad |= high | low;
        *byte = high << 4 | low & 15;
    }
    (bad < 16).then_some(bytes)
}

impl Avr {
    /// A decoder for a new connection.
    ///
    /// # Errors
    /// When a parameter is unknown or out of its range.
    pub fn new(feed: &FeedSetup) -> Result<Self, String> {
        let setup = Setup::new(feed)?;
        Ok(Self {
            clock: Clock::new(setup.stamps),
            mode_s: ModeS::new(setup),
            offset: 0,
            start: 0,
            mark: 0,
            digits: [0; MOST_DIGITS],
            have: 0,
            dirty: false,
        })
    }

    /// A whole line between its mark and its semicolon.
    #[inline]
    fn line(&mut self, mark: u8, digits: &[u8], start: u64, chunk: &Chunk<'_>, out: &mut Output) {
        let prefix = match (mark, digits.len()) {
            (b'*' | b':', 4 | 14 | 28) => 0,
            (b'@' | b'%' | b'<', 16 | 26 | 40) => 12,
            (b'@' | b'%' | b'<', 18 | 28 | 42) => 14,
            _ => return out.reject(Reject { offset: start, item: "AVR line", reason: "bad line length" }),
        };
        let (front, frame) = digits.split_at(prefix);
        let stamp = match front.first_chunk::<12>() {
            Some(stamp) => unhex::<6>(stamp),
            None => Some([0; 6]),
        };
        let Some(stamp) = stamp else { return bad_digit(start, out) };
        let reading = self.clock.read(stamp, chunk.received);
        let reception = Reception {
            chunk,
            measured: reading.measured,
            offset: start,
            multilaterated: reading.multilaterated,
            clock_ns: reading.clock_ns,
        };
        if let Some(frame) = unhex::<7>(frame) {
            self.mode_s.short(&frame, &reception, out);
        } else if let Some(frame) = unhex::<14>(frame) {
            self.mode_s.long(&frame, &reception, out);
        } else if let Some(frame) = unhex::<2>(frame) {
            self.mode_s.frame(&frame, &reception, out);
        } else {
            bad_digit(start, out);
        }
    }

    /// One byte, the plain way. `at` is its offset in the connection.
    fn step(&mut self, byte: u8, at: u64, chunk: &Chunk<'_>, out: &mut Output) {
        match byte {
            b'*' | b':' | b'@' | b'%' | b'<' => {
                self.abandon(out);
                self.mark = byte;
                self.start = at;
                self.have = 0;
                self.dirty = false;
            }
            b';' if self.mark != 0 => {
                let (mark, digits, have) = (self.mark, self.digits, self.have);
                self.mark = 0;
                // A line that is too long has no legal length either.
                let digits = digits.get(..have).unwrap_or(&[]);
                self.line(mark, digits, self.start, chunk, out);
            }
            b'\r' | b'\n' if self.mark == 0 => self.dirty = false,
            b'\r' | b'\n' => self.abandon(out),
            _ if self.mark != 0 => {
                if let Some(slot) = self.digits.get_mut(self.have) {
                    *slot = byte;
                }
                self.have = (self.have + 1).min(MOST_DIGITS + 1);
            }
            _ => {
                if !self.dirty {
                    out.reject(Reject { offset: at, item: "AVR line", reason: "text outside a frame" });
                }
                self.dirty = true;
            }
        }
    }

    /// A line that never saw its semicolon.
    fn abandon(&mut self, out: &mut Output) {
        if self.mark != 0 {
            out.reject(Reject { offset: self.start, item: "AVR line", reason: "truncated frame" });
        }
        self.mark = 0;
    }

    /// Takes plain short and long lines from the front of `bytes`, which start at `at`; returns how many bytes it took.
    fn whole_lines(&mut self, bytes: &[u8], at: u64, chunk: &Chunk<'_>, out: &mut Output) -> usize {
        let mut taken = 0;
        while let Some(window) = bytes.get(taken..).and_then(|rest| rest.first_chunk::<30>()) {
            let length = match (window[0], window[15], window[29]) {
                (b'*', b';', _) => 14,
                (b'*', _, b';') => 28,
                _ => break,
            };
            let digits = &window[1..=length];
            // Anything but digits within is for the plain way to judge.
            if digits.iter().fold(0, |bad, digit| bad | NIBBLES[usize::from(*digit)]) > 15 {
                break;
            }
            self.line(b'*', digits, at + taken as u64, chunk, out);
            taken += length + 2;
            while matches!(bytes.get(taken), Some(b'\r' | b'\n')) {
                taken += 1;
            }
        }
        taken
    }
}

#[cold]
fn bad_digit(start: u64, out: &mut Output) {
    out.reject(Reject { offset: start, item: "AVR line", reason: "not hexadecimal" });
}

impl Decoder for Avr {
    fn push(&mut self, chunk: Chunk<'_>, out: &mut Output) {
        if chunk.datagram {
            self.finish(out);
        }
        let mut at = 0;
        while at < chunk.bytes.len() {
            if self.mark == 0 && !self.dirty {
                at += self.whole_lines(&chunk.bytes[at..], self.offset + at as u64, &chunk, out);
            }
            if let Some(byte) = chunk.bytes.get(at) {
                self.step(*byte, self.offset + at as u64, &chunk, out);
                at += 1;
            }
        }
        self.offset += chunk.bytes.len() as u64;
    }

    fn finish(&mut self, out: &mut Output) {
        self.abandon(out);
        self.dirty = false;
    }
    fn save(&self, out: &mut Vec<u8>) {
        self.offset.encode(out);
        self.start.encode(out);
        self.mark.encode(out);
        self.have.encode(out);
        self.digits[..self.have.min(MOST_DIGITS)].to_vec().encode(out);
        self.dirty.encode(out);
        self.clock.save(out);
        self.mode_s.save(out);
    }

    fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.offset = crate::decoder::load_offset(reader)?;
        self.start = u64::decode(reader)?;
        self.mark = u8::decode(reader)?;
        self.have = usize::decode(reader)?;
        let digits = Vec::<u8>::decode(reader)?;
        if digits.len() != self.have.min(MOST_DIGITS) {
            return Err(CanonError::Invalid);
        }
        self.digits[..digits.len()].copy_from_slice(&digits);
        self.dirty = bool::decode(reader)?;
        self.clock.load(reader)?;
        self.mode_s.load(reader)
    }
}
