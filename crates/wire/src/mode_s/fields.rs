//! Fields that several Mode S formats share: altitude codes, identity codes, characters, movement.
//!
//! Source: ICAO Annex 10 vol. IV 3.1.2.6.5.4 (AC), 3.1.2.6.7.1 (ID), Appendix 1 to chapter 3 (Gillham code); ICAO Doc 9871 ed. 2
//! tables A-2-5 to A-2-9. Bit numbers are the standard's: 1 is the first bit of the field.

use skypicket_model::identity::{FlightId, Mode3A};
use skypicket_model::math::M_S_PER_KT;

/// Bits `first..=last` (1-based, of 56) of a message field.
#[inline]
#[must_use]
pub const fn bits(me: u64, first: u32, last: u32) -> u32 {
    ((me >> (56 - last)) & ((1 << (last - first + 1)) - 1)) as u32
}

/// Whether a bit (1-based, of 56) is set.
#[inline]
#[must_use]
pub const fn bit(me: u64, number: u32) -> bool {
    (me >> (56 - number)) & 1 == 1
}

/// Pressure altitude or GNSS height in feet from a 13-bit altitude code (AC); `None` when empty, metric or illegal.
#[inline]
#[must_use]
pub fn ac13_ft(code: u32) -> Option<i32> {
    const METRIC: u32 = 0x40;
    const QUARTER: u32 = 0x10;
    if code & 0x1fff == 0 || code & METRIC != 0 {
        return None;
    }
    if code & QUARTER != 0 {
        let steps = (code & 0x1f80) >> 2 | (code & 0x20) >> 1 | code & 0xf;
        return Some(steps as i32 * 25 - 1000);
    }
    gillham_ft(gillham_digits(code))
}

/// The same from the 12-bit code of a position message, which lacks the metric bit.
#[inline]
#[must_use]
pub fn ac12_ft(code: u32) -> Option<i32> {
    ac13_ft((code & 0xfc0) << 1 | code & 0x3f)
}

/// The Mode 3/A code of a 13-bit identity field (ID).
#[inline]
#[must_use]
pub const fn squawk(code: u32) -> Mode3A {
    Mode3A(gillham_digits(code))
}

/// Puts the thirteen pulses C1 A1 C2 A2 C4 A4 X B1 D1 B2 D2 B4 D4 in the order of the four digits A B C D.
#[inline]
#[must_use]
pub const fn gillham_digits(code: u32) -> u16 {
    // One pulse a line: (bit in the field, bit in the digits).
    let a = (code >> 11 & 1) | (code >> 9 & 1) << 1 | (code >> 7 & 1) << 2;
    let b = (code >> 5 & 1) | (code >> 3 & 1) << 1 | (code >> 1 & 1) << 2;
    let c = (code >> 12 & 1) | (code >> 10 & 1) << 1 | (code >> 8 & 1) << 2;
    let d = (code >> 4 & 1) | (code >> 2 & 1) << 1 | (code & 1) << 2;
    (a << 9 | b << 6 | c << 3 | d) as u16
}

/// Altitude in feet of the four octal digits of a Mode C reply (Annex 10 vol. IV, Appendix 1 to chapter 3); `None` when no legal code.
#[must_use]
pub const fn gillham_ft(digits: u16) -> Option<i32> {
    let a = digits >> 9 & 7;
    let b = digits >> 6 & 7;
    let c = digits >> 3 & 7;
    let d = digits & 7;
    // D1 is not used; the C pulses always hold one of the five 100 ft steps.
    if d & 1 != 0 {
        return None;
    }
    // 500 ft steps are a Gray code of D2 D4 A1 A2 A4 B1 B2 B4, 100 ft steps of C1 C2 C4; within each digit bit 0 is pulse 1.
    let five = gray((flip(d) & 3) << 6 | flip(a) << 3 | flip(b));
    let mut one = gray(flip(c));
    if one == 7 {
        one = 5;
    } else if one == 5 || one == 6 || one == 0 {
        return None;
    }
    if five % 2 == 1 {
        one = 6 - one;
    }
    Some(five as i32 * 500 + one as i32 * 100 - 1300)
}

/// Pulse 1 of a digit first: its weight in the Gray code is the highest.
const fn flip(digit: u16) -> u16 {
    (digit & 1) << 2 | digit & 2 | digit >> 2
}

/// The number that a Gray code of up to eight bits stands for.
const fn gray(code: u16) -> u16 {
    let code = code ^ (code >> 4);
    let code = code ^ (code >> 2);
    code ^ (code >> 1)
}

/// The character set of aircraft identification (Annex 10 vol. IV table 3-9); 0 where the code is illegal.
static CHARACTERS: [u8; 64] = characters();

const fn characters() -> [u8; 64] {
    let mut set = [0; 64];
    let mut n = 1;
    while n <= 26 {
        set[n] = b'A' + n as u8 - 1;
        n += 1;
    }
    set[32] = b' ';
    n = 48;
    while n <= 57 {
        set[n] = n as u8;
        n += 1;
    }
    set
}

/// Eight characters from the last 48 bits of a message field; `None` when one is illegal or all are blank.
#[inline]
#[must_use]
pub fn flight_id(me: u64) -> Option<FlightId> {
    let mut bytes = [0; 8];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = CHARACTERS[(me >> (42 - 6 * place) & 0x3f) as usize];
    }
    FlightId::new(bytes)
}

/// Ground speed, m/s, of the 7-bit movement field of a surface position; the middle of its step's lower edge as the standard
/// quotes it. NaN where the field gives none (0, 125–127).
static MOVEMENT_M_S: [f64; 128] = movement();

const fn movement() -> [f64; 128] {
    let mut table = [f64::NAN; 128];
    let mut n = 1;
    while n <= 124 {
        let steps = n as f64;
        let kt = match n {
            1 => 0.0,
            2..=8 => (steps - 1.0) * 0.125,
            9..=12 => 1.0 + (steps - 9.0) * 0.25,
            13..=38 => 2.0 + (steps - 13.0) * 0.5,
            39..=93 => 15.0 + (steps - 39.0),
            94..=108 => 70.0 + (steps - 94.0) * 2.0,
            109..=123 => 100.0 + (steps - 109.0) * 5.0,
            _ => 175.0,
        };
        table[n] = kt * M_S_PER_KT;
        n += 1;
    }
    table
}

/// Ground speed, m/s, of a movement field.
#[inline]
#[must_use]
pub fn movement_m_s(movement: u32) -> Option<f64> {
    let speed = MOVEMENT_M_S[(movement & 0x7f) as usize];
    (!speed.is_nan()).then_some(speed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn altitude_codes_decode_in_both_units() {
        // 25 ft: 0xC38 is the code of 38,000 ft in every textbook's example frame.
        assert_eq!(ac12_ft(0xc38), Some(38_000));
        assert_eq!(ac12_ft(0), None);
        assert_eq!(ac13_ft(0x40 | 0x10), None, "metric");
    }

    #[test]
    fn gillham_codes_count_up_by_100_ft() {
        // Annex 10: the all-A-B-D-zero code with C4 is -1,200 ft (digits 0040) and each 100 ft changes one pulse.
        assert_eq!(gillham_ft(0o0040), Some(-1200));
        assert_eq!(gillham_ft(0o0060), Some(-1100));
        assert_eq!(gillham_ft(0o0020), Some(-1000));
        assert_eq!(gillham_ft(0o0030), Some(-900));
        assert_eq!(gillham_ft(0o0010), Some(-800));
        assert_eq!(gillham_ft(0o0410), Some(-700));
        let mut codes: Vec<(i32, u16)> = (0..4096).filter_map(|code| Some((gillham_ft(code)?, code))).collect();
        codes.sort_unstable();
        assert_eq!(codes.len(), 1280);
        assert_eq!((codes[0].0, codes[1279].0), (-1200, 126_700));
        for pair in codes.windows(2) {
            assert_eq!(pair[1].0 - pair[0].0, 100);
            assert_eq!((pair[0].1 ^ pair[1].1).count_ones(), 1, "{pair:?}");
        }
    }

    #[test]
    fn identity_pulses_go_to_their_digits() {
        assert_eq!(squawk(0b0_1000_0000_0000), Mode3A(0o1000));
        assert_eq!(squawk(0b0_1010_1000_0000), Mode3A(0o7000));
        assert_eq!(squawk(0b0_0000_0000_0001), Mode3A(0o0004));
        assert_eq!(squawk(0b1_1111_1011_1111), Mode3A(0o7777));
    }

    #[test]
    fn movement_speeds_follow_their_table() {
        assert_eq!(movement_m_s(0), None);
        assert_eq!(movement_m_s(1), Some(0.0));
        assert!((movement_m_s(39).expect("legal") - 15.0 * M_S_PER_KT).abs() < 1e-9);
        assert!((movement_m_s(124).expect("legal") - 175.0 * M_S_PER_KT).abs() < 1e-9);
        assert_eq!(movement_m_s(125), None);
    }
}
