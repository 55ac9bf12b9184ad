//! Typed fields: how one value sits in an item's bytes, readable and writable.
//!
//! The build script writes a constant of one of these types for every subitem of every table (`asterix::fields`). Offsets are
//! in bits from the item's first byte, 0 = most significant, FX bits counted. A field of an extent that a record does not carry
//! reads as `None`.

use super::layout::ItemRef;

/// A one-bit field.
#[derive(Clone, Copy, Debug)]
pub struct Flag(Bits);

/// A code or a count.
#[derive(Clone, Copy, Debug)]
pub struct Code(Bits);

/// A physical value in the unit of the standard.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    bits: Bits,
    signed: bool,
    lsb: f64,
}

/// Characters; see [`Characters`].
#[derive(Clone, Copy, Debug)]
pub struct Text {
    bits: Bits,
    width: u8,
}

/// A subitem of a compound item, by its presence bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubRef(pub u8);

/// A stretch of bits within an item.
#[derive(Clone, Copy, Debug)]
pub struct Bits {
    at: u16,
    width: u8,
}

/// Something that can be read from, and written into, an item's bytes.
pub trait Field: Copy {
    /// What reading gives and writing takes.
    type Value;
    /// Where the bits are.
    fn bits(self) -> Bits;
    /// The value of raw bits.
    fn value(self, raw: u64) -> Self::Value;
    /// The raw bits of a value, clamped to what the field can hold.
    fn raw(self, value: Self::Value) -> u64;
}

impl Bits {
    pub(super) const fn at(at: u16, width: u8) -> Self {
        Self { at, width }
    }

    /// Bytes of the item that the field reaches to.
    #[must_use]
    pub const fn end_byte(self) -> usize {
        (self.at as usize + self.width as usize).div_ceil(8)
    }

    /// The raw bits, right-aligned; `None` where the item ends before.
    ///
    /// Always inlined: with the constants of a typed field it becomes a load and a shift.
    #[inline(always)]
    #[must_use]
    pub fn read(self, bytes: &[u8]) -> Option<u64> {
        let (first, end) = (usize::from(self.at) / 8, self.end_byte());
        let mut word = 0;
        for byte in bytes.get(first..end)? {
            word = word << 8 | u64::from(*byte);
        }
        Some(word >> (end * 8 - usize::from(self.at) - usize::from(self.width)) & self.mask())
    }

    /// Writes raw bits; does nothing where the item ends before.
    pub fn write(self, bytes: &mut [u8], raw: u64) {
        let end = self.end_byte();
        let shift = end * 8 - usize::from(self.at) - usize::from(self.width);
        let mut mask = u128::from(self.mask()) << shift;
        let mut word = u128::from(raw & self.mask()) << shift;
        let Some(target) = bytes.get_mut(usize::from(self.at) / 8..end) else { return };
        for byte in target.iter_mut().rev() {
            *byte = *byte & !(mask as u8) | word as u8;
            mask >>= 8;
            word >>= 8;
        }
    }

    const fn mask(self) -> u64 {
        u64::MAX >> (64 - self.width)
    }
}

impl Flag {
    pub(super) const fn at(at: u16) -> Self {
        Self(Bits::at(at, 1))
    }
}

impl Code {
    pub(super) const fn at(at: u16, width: u8) -> Self {
        Self(Bits::at(at, width))
    }
}

impl Quantity {
    pub(super) const fn at(at: u16, width: u8, signed: bool, lsb: f64) -> Self {
        Self { bits: Bits::at(at, width), signed, lsb }
    }

    /// Value of the least significant bit, in the unit of the standard.
    #[must_use]
    pub const fn lsb(self) -> f64 {
        self.lsb
    }
}

impl Text {
    pub(super) const fn at(at: u16, width: u8, character: u8) -> Self {
        Self { bits: Bits::at(at, width), width: character }
    }
}

impl Field for Flag {
    type Value = bool;
    fn bits(self) -> Bits {
        self.0
    }
    fn value(self, raw: u64) -> bool {
        raw != 0
    }
    fn raw(self, value: bool) -> u64 {
        u64::from(value)
    }
}

impl Field for Code {
    type Value = u64;
    fn bits(self) -> Bits {
        self.0
    }
    fn value(self, raw: u64) -> u64 {
        raw
    }
    fn raw(self, value: u64) -> u64 {
        value.min(self.0.mask())
    }
}

impl Field for Quantity {
    type Value = f64;
    fn bits(self) -> Bits {
        self.bits
    }
    #[inline]
    fn value(self, raw: u64) -> f64 {
        if self.signed { sign_extend(raw, self.bits.width) as f64 * self.lsb } else { raw as f64 * self.lsb }
    }
    fn raw(self, value: f64) -> u64 {
        quantity_raw(value, self.lsb, self.signed, self.bits.width)
    }
}

impl Field for Text {
    type Value = Characters;
    fn bits(self) -> Bits {
        self.bits
    }
    fn value(self, raw: u64) -> Characters {
        Characters::from_raw(raw, self.bits.width, self.width)
    }
    fn raw(self, value: Characters) -> u64 {
        value.to_raw(self.bits.width, self.width)
    }
}

/// Two's complement of `width` bits as a number.
#[inline]
pub(super) fn sign_extend(raw: u64, width: u8) -> i64 {
    let shift = 64 - u32::from(width);
    ((raw << shift) as i64) >> shift
}

/// The raw bits nearest to a physical value, clamped to the field; 0 for what is not a number.
pub(super) fn quantity_raw(value: f64, lsb: f64, signed: bool, width: u8) -> u64 {
    let mask = u64::MAX >> (64 - width);
    let steps = (value / lsb).round();
    if signed {
        let limit = (1_i128 << (width - 1)) - 1;
        ((steps as i128).clamp(-limit - 1, limit) as u64) & mask
    } else {
        (steps as i128).clamp(0, i128::from(mask)) as u64
    }
}

/// Up to eight characters without allocation; what the standard's alphabet lacks reads as `?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Characters {
    bytes: [u8; 8],
    length: u8,
}

impl Characters {
    /// The first eight characters of a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut bytes = [b' '; 8];
        let mut length = 0;
        for (slot, byte) in bytes.iter_mut().zip(text.bytes()) {
            *slot = byte;
            length += 1;
        }
        Self { bytes, length }
    }

    /// All eight characters, padded with spaces.
    #[must_use]
    pub const fn bytes(self) -> [u8; 8] {
        self.bytes
    }

    /// The characters without trailing spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length)).unwrap_or(&[]);
        core::str::from_utf8(bytes).unwrap_or("").trim_end_matches([' ', '\0'])
    }

    /// Whether every character is one of the standard's alphabet.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        !self.bytes.iter().take(usize::from(self.length)).any(|byte| *byte == b'?')
    }

    pub(super) fn from_raw(raw: u64, width: u8, character: u8) -> Self {
        let mut bytes = [b' '; 8];
        let length = (width / character).min(8);
        for (index, slot) in bytes.iter_mut().enumerate().take(usize::from(length)) {
            let code = (raw >> (usize::from(width) - (index + 1) * usize::from(character))) as u8;
            *slot = if character == 6 { icao_character(code & 0x3f) } else { ascii_character(code) };
        }
        Self { bytes, length }
    }

    pub(super) fn to_raw(self, width: u8, character: u8) -> u64 {
        let count = width / character;
        (0..usize::from(count)).fold(0, |raw, index| {
            let byte = self.bytes.get(index).copied().unwrap_or(b' ');
            raw << character | if character == 6 { u64::from(byte & 0x3f) } else { u64::from(byte) }
        })
    }
}

/// ICAO Annex 10 volume IV, table 3-8: 1–26 letters, 32 space, 48–57 digits.
fn icao_character(code: u8) -> u8 {
    match code {
        1..=26 => code + 64,
        32 | 48..=57 => code,
        _ => b'?',
    }
}

fn ascii_character(code: u8) -> u8 {
    if code.is_ascii_graphic() || code == b' ' || code == 0 { code } else { b'?' }
}

/// The typed fields of every category, written by the build script: `fields::cat048::i040::RHO`.
#[allow(clippy::excessive_precision, reason = "generated: LSBs are printed so that they read back exactly")]
pub mod fields {
    use super::{Code, Flag, ItemRef, Quantity, SubRef, Text};
    include!(concat!(env!("OUT_DIR"), "/asterix_fields.rs"));
}
