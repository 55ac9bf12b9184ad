//! The 48-bit stamps of Beast and AVR frames.

use crate::mode_s::Stamps;
use skypicket_model::time::{Span, Time};
use skypicket_model::{Canon, CanonError, Reader};

/// The stamp with which mlat-client marks results of multilateration: FF 00 "MLAT".
const MULTILATERATION: u64 = 0xff00_4d4c_4154;
/// Stamps are 48 bits.
const WRAP: u64 = 1 << 48;
/// A longer pause of the counter than this, or a step back, is a restart: half an hour, in ticks.
const LONGEST_PAUSE: u64 = 12_000_000 * 1800;

/// What a stamp said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When the frame was measured.
    pub measured: Time,
    /// The frame carries a result of multilateration.
    pub multilaterated: bool,
    /// The stamp itself as nanoseconds, by the receiver's own clock; `None` where it is unknown.
    pub clock_ns: Option<i64>,
}

/// Turns stamps into times, one a connection.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    stamps: Stamps,
    /// The counter's last value and the time that stood for it.
    last: Option<(u64, Time)>,
}

impl Clock {
    /// A clock for a connection whose stamps are of a kind.
    #[must_use]
    pub const fn new(stamps: Stamps) -> Self {
        Self { stamps, last: None }
    }

    /// Appends the counter's last value.
    pub fn save(&self, out: &mut Vec<u8>) {
        self.last.encode(out);
    }

    /// Takes over what [`Clock::save`] gave.
    ///
    /// # Errors
    /// When the bytes are cut short or damaged.
    pub fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.last = Option::decode(reader)?;
        Ok(())
    }

    /// Reads a stamp (big endian). Stamp 0 is unknown and gives `received`.
    #[inline]
    pub fn read(&mut self, stamp: [u8; 6], received: Time) -> Reading {
        let [a, b, c, d, e, f] = stamp;
        let stamp = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        if stamp == MULTILATERATION {
            // The marker took the stamp's place: a counter stands where the last frame left it.
            let measured = self.last.map_or(received, |(_, time)| time);
            return Reading { measured, multilaterated: true, clock_ns: None };
        }
        let measured = match self.stamps {
            Stamps::Ignored => received,
            _ if stamp == 0 => received,
            Stamps::Counter12Mhz => self.count(stamp, received),
            Stamps::Gps => gps(stamp, received),
        };
        let clock_ns = (stamp != 0).then(|| match self.stamps {
            Stamps::Gps => (stamp >> 30) as i64 * 1_000_000_000 + (stamp & 0x3fff_ffff) as i64,
            _ => stamp as i64 * 250 / 3,
        });
        Reading { measured, multilaterated: false, clock_ns }
    }

    /// The time of a counter's value: the last one's plus the ticks since, 1000/12 ns each.
    fn count(&mut self, stamp: u64, received: Time) -> Time {
        let measured = match self.last {
            Some((last, time)) => {
                let ticks = stamp.wrapping_sub(last) % WRAP;
                if ticks <= LONGEST_PAUSE {
                    time + Span::from_ns(ticks as i64 * 250 / 3)
                } else if WRAP - ticks <= LONGEST_PAUSE {
                    // Frames of one moment may come in the wrong order; the anchor stays.
                    return time - Span::from_ns((WRAP - ticks) as i64 * 250 / 3);
                } else {
                    received
                }
            }
            None => received,
        };
        self.last = Some((stamp, measured));
        measured
    }
}

/// Seconds of the day in the upper 18 bits, nanoseconds in the lower 30; an impossible stamp gives `received`.
fn gps(stamp: u64, received: Time) -> Time {
    let (second, nanosecond) = ((stamp >> 30) as i64, (stamp & 0x3fff_ffff) as i64);
    if second >= 86_400 || nanosecond >= 1_000_000_000 {
        return received;
    }
    received.nearest_with_time_of_day(Span::from_s(second) + Span::from_ns(nanosecond))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(stamp: u64) -> [u8; 6] {
        let [_, _, rest @ ..] = stamp.to_be_bytes();
        rest
    }

    #[test]
    fn the_counter_advances_from_the_first_frame_and_wraps() {
        let mut clock = Clock::new(Stamps::Counter12Mhz);
        let t0 = Time::from_s(1000);
        let read = |clock: &mut Clock, stamp| clock.read(bytes(stamp), Time::from_s(1000)).measured;
        assert_eq!(read(&mut clock, WRAP - 6_000_000), t0);
        assert_eq!(read(&mut clock, 6_000_000), t0 + Span::from_s(1));
        assert_eq!(read(&mut clock, 0), t0, "unknown");
        assert_eq!(read(&mut clock, 3_000_000), t0 + Span::from_ms(750), "late by a quarter of a second");
        assert_eq!(read(&mut clock, 1 << 40), t0, "restart");
    }

    #[test]
    fn gps_stamps_take_the_nearest_date() {
        let mut clock = Clock::new(Stamps::Gps);
        let received = Time::parse("2025-09-10T00:00:00.500Z").expect("valid");
        let stamp = 86_399 << 30 | 750_000_000;
        assert_eq!(clock.read(bytes(stamp), received).measured.to_string(), "2025-09-09T23:59:59.750Z");
        assert_eq!(clock.read(bytes(90_000 << 30), received).measured, received);
    }

    #[test]
    fn the_multilateration_marker_is_seen_whatever_the_stamps_are() {
        for stamps in [Stamps::Ignored, Stamps::Counter12Mhz, Stamps::Gps] {
            let reading = Clock::new(stamps).read(*b"\xff\x00MLAT", Time::from_s(5));
            assert_eq!(reading, Reading { measured: Time::from_s(5), multilaterated: true, clock_ns: None });
        }
    }
}
