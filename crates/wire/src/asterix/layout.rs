//! What the definition tables become: static descriptions of every category, edition and item.
//!
//! The build script writes the values; decoding, encoding, the JSON view and the typed fields all walk the same ones.
//! Source: EUROCONTROL-SPEC-0149 (ASTERIX), part 1 for the kinds of items; the facts of each category as in `asterix/`.

use super::fault::Fault;

/// One edition of one category.
#[derive(Debug)]
pub struct Edition {
    /// Category number, 1 to 255.
    pub category: u8,
    /// Edition as the standard prints it: `1.32`.
    pub edition: &'static str,
    /// Date of the edition, `YYYY-MM-DD`.
    pub date: &'static str,
    /// Title of the category.
    pub name: &'static str,
    /// User application profiles. All categories but 001 have one.
    pub uaps: &'static [Uap],
    /// How the profile of a record is chosen where there are several.
    pub select: Option<Select>,
}

/// The bit that chooses a record's user application profile: CAT001, I001/020 TYP.
#[derive(Debug)]
pub struct Select {
    /// FRN of the item, at the same place in each profile.
    pub frn: u8,
    /// First bit within the item, 0 = most significant.
    pub at: u16,
    /// Number of bits.
    pub bits: u8,
    /// Index of the profile for each value.
    pub uap_of: &'static [u8],
}

/// A user application profile: which item each FSPEC bit announces.
#[derive(Debug)]
pub struct Uap {
    /// Name where a category has several, else empty.
    pub name: &'static str,
    /// Editions of one family number their items alike; [`ItemRef`] is checked against it.
    pub family: u8,
    /// By FRN − 1.
    pub slots: &'static [Slot],
    /// By FRN − 1: length in bytes where it is fixed, else 0.
    pub fixed: &'static [u8],
    /// By FRN − 1: byte within the item and mask of the bits that the edition leaves spare.
    pub spares: &'static [&'static [(u8, u8)]],
    /// By [`ItemRef::id`]: FRN, 0 where this edition lacks the item.
    pub frn_of: &'static [u8],
}

/// What one FSPEC bit announces.
#[derive(Debug)]
pub enum Slot {
    /// Nothing: a set bit makes the record unreadable.
    Unused,
    /// An item.
    Item(&'static Item),
    /// Random field sequencing (CAT001): a count, then that many times FRN and item.
    RandomFields,
}

/// One data item.
#[derive(Debug)]
pub struct Item {
    /// Full name as in the standard: `I048/040`, `I048/RE`.
    pub name: &'static str,
    /// Title as in the standard.
    pub title: &'static str,
    /// Its layout.
    pub body: Body,
}

/// The layout of an item or of a part of it.
#[derive(Debug)]
pub enum Body {
    /// One value.
    Element(Element),
    /// Values one after another, whole bytes together.
    Group {
        /// Length.
        bytes: u16,
        /// Parts in order.
        parts: &'static [Part],
    },
    /// A first part and extents, each announced by the FX bit before it.
    Extended {
        /// Parts in order, FX bits among them.
        parts: &'static [Part],
        /// Length of the first part and each extent, in bytes.
        steps: &'static [u8],
        /// Whether the last known part still ends in an FX bit.
        open: bool,
    },
    /// A count byte (REP), then that many times the same.
    Repeat(&'static Body),
    /// The same again and again, each whole bytes with an FX bit last.
    RepeatFx {
        /// Length of one with its FX bit.
        bytes: u8,
        /// Layout before the FX bit.
        body: &'static Body,
    },
    /// A presence field, then the present subitems.
    Compound {
        /// The presence field is one byte without FX.
        one_byte: bool,
        /// By bit; `None` is a bit without meaning.
        subs: &'static [Option<Sub>],
        /// By bit: length in bytes where it is fixed, else 0.
        fixed: &'static [u8],
    },
    /// A length byte that counts itself, then bytes, with a known layout or not.
    Explicit(Option<&'static Body>),
}

/// A subitem of a compound item.
#[derive(Debug)]
pub struct Sub {
    /// Name as in the standard.
    pub name: &'static str,
    /// Its layout.
    pub body: Body,
}

/// A stretch of bits.
#[derive(Debug)]
pub enum Part {
    /// Bits without meaning.
    Spare(u8),
    /// Extension bit.
    Fx,
    /// A named value or group of fixed width.
    Field {
        /// Name as in the standard.
        name: &'static str,
        /// Width in bits.
        bits: u16,
        /// Its layout.
        body: Body,
    },
}

/// One value.
#[derive(Debug)]
pub struct Element {
    /// Width, 1 to 64.
    pub bits: u8,
    /// Meaning.
    pub kind: Kind,
}

/// What the bits of an element mean.
#[derive(Debug)]
pub enum Kind {
    /// A code or a flag.
    Raw,
    /// A reply code written in octal digits.
    Octal,
    /// 8-bit characters.
    Ascii,
    /// 6-bit characters (ICAO Annex 10 volume IV, table 3-8).
    Icao,
    /// A count.
    Integer {
        /// Two's complement.
        signed: bool,
    },
    /// A physical value.
    Quantity {
        /// Two's complement.
        signed: bool,
        /// Value of the least significant bit in `unit`.
        lsb: f64,
        /// Unit as the standard prints it.
        unit: &'static str,
    },
    /// Depends on the sibling before it: (its value, meaning).
    Case {
        /// The sibling's name.
        by: &'static str,
        /// Meanings.
        arms: &'static [(u64, Kind)],
    },
}

/// Names an item independently of the edition within a family of editions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemRef {
    /// Family of editions, as in [`Uap::family`].
    pub family: u8,
    /// Index within the family.
    pub id: u8,
}

impl Item {
    /// The item's number within its category: `040`, `RE`.
    pub fn number(&self) -> &'static str {
        self.name.get(5..).unwrap_or("")
    }
}

impl Uap {
    /// The item behind an FRN (from 1).
    pub fn item(&self, frn: usize) -> Option<&'static Item> {
        match frn.checked_sub(1).and_then(|index| self.slots.get(index)) {
            Some(Slot::Item(item)) => Some(item),
            _ => None,
        }
    }
}

impl Body {
    /// Length of an element or group; 0 for layouts whose length depends on their bytes.
    #[must_use]
    pub fn fixed_bytes(&self) -> usize {
        match self {
            Body::Element(element) => usize::from(element.bits).div_ceil(8),
            Body::Group { bytes, .. } => usize::from(*bytes),
            _ => 0,
        }
    }

    /// Bytes that this layout takes at the start of `bytes`.
    ///
    /// # Errors
    /// [`Fault::Truncated`] where `bytes` ends before it, [`Fault::UnknownSubitem`] for a presence bit without meaning,
    /// [`Fault::BadLength`] for an explicit length of zero. Never more than `bytes.len()`.
    pub fn length(&self, bytes: &[u8]) -> Result<usize, Fault> {
        let length = match self {
            Body::Element(_) | Body::Group { .. } => self.fixed_bytes(),
            Body::Extended { steps, open, .. } => extended_length(steps, *open, bytes)?,
            Body::Repeat(body) => repeat_length(body, bytes)?,
            Body::RepeatFx { bytes: unit, .. } => repeat_fx_length(usize::from(*unit), bytes)?,
            Body::Compound { one_byte, subs, fixed } => {
                let (mut bits, mut end) = presence(*one_byte, bytes)?;
                while bits != 0 {
                    let index = bits.leading_zeros() as usize;
                    bits &= !(1 << (63 - index));
                    end += sub_length(subs, fixed, index, bytes, end)?;
                }
                end
            }
            Body::Explicit(_) => match bytes.first() {
                None => return Err(Fault::Truncated),
                Some(0) => return Err(Fault::BadLength),
                Some(length) => usize::from(*length),
            },
        };
        if length > bytes.len() { Err(Fault::Truncated) } else { Ok(length) }
    }
}

fn extended_length(steps: &[u8], open: bool, bytes: &[u8]) -> Result<usize, Fault> {
    let mut end = 0;
    for (index, step) in steps.iter().enumerate() {
        end += usize::from(*step);
        let last = *end.checked_sub(1).and_then(|at| bytes.get(at)).ok_or(Fault::Truncated)?;
        let has_fx = open || index + 1 < steps.len();
        if !has_fx || last & 1 == 0 {
            return Ok(end);
        }
    }
    // Extents that a later edition added: one byte each, as all extents are. They are kept but not understood.
    loop {
        let last = *bytes.get(end).ok_or(Fault::Truncated)?;
        end += 1;
        if last & 1 == 0 {
            return Ok(end);
        }
    }
}

fn repeat_length(body: &Body, bytes: &[u8]) -> Result<usize, Fault> {
    let count = usize::from(*bytes.first().ok_or(Fault::Truncated)?);
    match body.fixed_bytes() {
        0 => (0..count).try_fold(1, |end, _| Ok(end + body.length(bytes.get(end..).ok_or(Fault::Truncated)?)?)),
        fixed => Ok(1 + count * fixed),
    }
}

fn repeat_fx_length(unit: usize, bytes: &[u8]) -> Result<usize, Fault> {
    let mut end = 0;
    loop {
        end += unit;
        let last = *end.checked_sub(1).and_then(|at| bytes.get(at)).ok_or(Fault::Truncated)?;
        if last & 1 == 0 {
            return Ok(end);
        }
    }
}

/// The presence bits of a compound item, first subitem in the most significant bit, and the length of their field.
pub(super) fn presence(one_byte: bool, bytes: &[u8]) -> Result<(u64, usize), Fault> {
    let first = *bytes.first().ok_or(Fault::Truncated)?;
    if one_byte {
        return Ok((u64::from(first) << 56, 1));
    }
    let mut bits = u64::from(first >> 1) << 57;
    let mut shift = 57;
    let mut used = 1;
    let mut last = first;
    while last & 1 == 1 {
        last = *bytes.get(used).ok_or(Fault::Truncated)?;
        used += 1;
        if shift < 7 {
            return Err(Fault::UnknownSubitem);
        }
        shift -= 7;
        bits |= u64::from(last >> 1) << shift;
    }
    Ok((bits, used))
}

/// Length of the subitem behind a presence bit, which begins at `at`; what is too long is noticed by who adds it up.
#[inline]
pub(super) fn sub_length(
    subs: &'static [Option<Sub>],
    fixed: &'static [u8],
    index: usize,
    bytes: &[u8],
    at: usize,
) -> Result<usize, Fault> {
    match fixed.get(index) {
        Some(0) | None => {
            let sub = subs.get(index).and_then(Option::as_ref).ok_or(Fault::UnknownSubitem)?;
            sub.body.length(bytes.get(at..).ok_or(Fault::Truncated)?)
        }
        Some(length) => Ok(usize::from(*length)),
    }
}
