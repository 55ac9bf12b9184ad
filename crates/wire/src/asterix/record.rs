//! Walking one record: FSPEC, then items, each located without copying.

use super::fault::Fault;
use super::field::{Bits, Field, SubRef};
use super::layout::{Body, Edition, ItemRef, Slot, Uap, presence, sub_length};

/// Most places in a user application profile (the build script refuses more).
const PLACES: usize = 63;

/// Where a record's items are, and whether spare bits were set in it. Reused from record to record: reading allocates nothing.
#[derive(Clone, Debug)]
pub struct Places {
    present: u64,
    spare_set: bool,
    /// By FRN − 1: offset and length within the record.
    at: [(u16, u16); PLACES + 1],
}

impl Default for Places {
    fn default() -> Self {
        Self { present: 0, spare_set: false, at: [(0, 0); PLACES + 1] }
    }
}

/// One record with its items located.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The edition it was read by.
    pub edition: &'static Edition,
    /// Its user application profile.
    pub uap: &'static Uap,
    /// Its bytes from the FSPEC on.
    pub bytes: &'a [u8],
    places: &'a Places,
}

/// An item or subitem: its bytes and its layout.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The bytes, REP or presence field included.
    pub bytes: &'a [u8],
    /// The layout.
    pub body: &'static Body,
}

/// Why a record could not be read, and the item at fault where one is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordFault {
    /// What is wrong.
    pub fault: Fault,
    /// The item's full name, or empty.
    pub item: &'static str,
    /// Offset from the record's first byte.
    pub offset: usize,
}

/// Reads the record at the start of `bytes`.
///
/// # Errors
/// Where the FSPEC or an item is not readable; the rest of the block then is not either.
pub fn read<'a>(edition: &'static Edition, bytes: &'a [u8], places: &'a mut Places) -> Result<Record<'a>, RecordFault> {
    let (present, start) = fspec(bytes)?;
    if present == 0 {
        return Err(RecordFault { fault: Fault::BadFspec, item: "", offset: 0 });
    }
    let mut uap = edition.uaps.first().ok_or(RecordFault { fault: Fault::BadFspec, item: "", offset: 0 })?;
    if let Some(select) = &edition.select
        && let Some(index) = choose(select, uap, bytes, present, start)
    {
        uap = edition.uaps.get(index).unwrap_or(uap);
    }
    if (63 - present.trailing_zeros() as usize) >= uap.slots.len() {
        return Err(RecordFault { fault: Fault::UnknownItem, item: "", offset: 0 });
    }
    let end = locate(uap, bytes, present, start, places)?;
    let bytes = bytes.get(..end).unwrap_or(bytes);
    Ok(Record { edition, uap, bytes, places })
}

/// The presence bits, FRN 1 in the most significant bit, and the length of the FSPEC.
#[inline]
fn fspec(bytes: &[u8]) -> Result<(u64, usize), RecordFault> {
    let mut present = 0_u64;
    let mut used = 0;
    loop {
        let byte = *bytes.get(used).ok_or(RecordFault { fault: Fault::Truncated, item: "", offset: used })?;
        if used < 9 {
            present |= u64::from(byte >> 1) << (57 - 7 * used as u32);
        } else if byte > 1 {
            return Err(RecordFault { fault: Fault::BadFspec, item: "", offset: used });
        }
        used += 1;
        if byte & 1 == 0 {
            return Ok((present, used));
        }
    }
}

/// The profile that the record chooses, where the choosing item and all before it can be located.
fn choose(
    select: &super::layout::Select,
    uap: &'static Uap,
    bytes: &[u8],
    present: u64,
    start: usize,
) -> Option<usize> {
    let before = u64::MAX << (64 - u32::from(select.frn));
    let frn_bit = 1 << (64 - u32::from(select.frn));
    if present & frn_bit == 0 {
        return None;
    }
    let mut places = Places::default();
    locate(uap, bytes, present & before, start, &mut places).ok()?;
    let (at, length) = *places.at.get(usize::from(select.frn) - 1)?;
    let item = bytes.get(usize::from(at)..usize::from(at) + usize::from(length))?;
    let value = Bits::at(select.at, select.bits).read(item)?;
    select.uap_of.get(value as usize).map(|index| usize::from(*index))
}

#[inline]
fn locate(
    uap: &'static Uap,
    bytes: &[u8],
    present: u64,
    start: usize,
    places: &mut Places,
) -> Result<usize, RecordFault> {
    let mut at = start;
    places.present = present;
    places.spare_set = false;
    let mut left = present;
    while left != 0 {
        let index = left.leading_zeros() as usize;
        left &= !(1 << (63 - index));
        let length = match uap.fixed.get(index) {
            Some(0) | None => variable(uap, index, bytes, at, places)?,
            Some(fixed) => usize::from(*fixed),
        };
        if let Some(place) = places.at.get_mut(index) {
            *place = (at as u16, length as u16);
        }
        at += length;
        if at > bytes.len() {
            let item = uap.item(index + 1).map_or("", |item| item.name);
            return Err(RecordFault { fault: Fault::Truncated, item, offset: at - length });
        }
        for (byte, mask) in uap.spares.get(index).copied().unwrap_or(&[]) {
            let place = at - length + usize::from(*byte);
            places.spare_set |= place < at && bytes.get(place).is_some_and(|byte| byte & mask != 0);
        }
    }
    Ok(at)
}

fn variable(
    uap: &'static Uap,
    index: usize,
    bytes: &[u8],
    at: usize,
    places: &mut Places,
) -> Result<usize, RecordFault> {
    let rest = bytes.get(at..).unwrap_or(&[]);
    match uap.slots.get(index) {
        Some(Slot::Item(item)) => {
            item.body.length(rest).map_err(|fault| RecordFault { fault, item: item.name, offset: at })
        }
        Some(Slot::RandomFields) => random_fields(uap, rest, at, places),
        Some(Slot::Unused) | None => Err(RecordFault { fault: Fault::UnknownItem, item: "", offset: at }),
    }
}

/// Random field sequencing: each item counts as present, as if the FSPEC had announced it.
fn random_fields(uap: &'static Uap, bytes: &[u8], base: usize, places: &mut Places) -> Result<usize, RecordFault> {
    let fail = |fault, item, at| RecordFault { fault, item, offset: base + at };
    let count = *bytes.first().ok_or(fail(Fault::Truncated, "", 0))?;
    let mut at = 1;
    for _ in 0..count {
        let frn = usize::from(*bytes.get(at).ok_or(fail(Fault::Truncated, "", at))?);
        let item = uap.item(frn).ok_or(fail(Fault::UnknownItem, "", at))?;
        at += 1;
        let length = item.body.length(bytes.get(at..).unwrap_or(&[])).map_err(|fault| fail(fault, item.name, at))?;
        if let Some(place) = places.at.get_mut(frn - 1) {
            *place = ((base + at) as u16, length as u16);
            places.present |= 1 << (64 - frn);
        }
        at += length;
    }
    Ok(at)
}

impl<'a> Record<'a> {
    /// An item by its reference; `None` where the record or the edition lacks it.
    #[inline]
    #[must_use]
    pub fn item(&self, item: ItemRef) -> Option<View<'a>> {
        if item.family != self.uap.family {
            return None;
        }
        let frn = *self.uap.frn_of.get(usize::from(item.id))?;
        if frn == 0 { None } else { self.by_frn(usize::from(frn)) }
    }

    /// Whether bits are set that the edition leaves spare, in any item that is no compound.
    #[must_use]
    pub fn spare_bits_set(&self) -> bool {
        self.places.spare_set
    }

    /// Whether the record carries an item.
    #[inline]
    #[must_use]
    pub fn has(&self, item: ItemRef) -> bool {
        self.item(item).is_some()
    }

    /// A field of an item that is no compound.
    #[inline]
    pub fn get<F: Field>(&self, item: ItemRef, field: F) -> Option<F::Value> {
        self.item(item)?.get(field)
    }

    /// An item by its place in the profile, from 1.
    #[inline]
    #[must_use]
    pub fn by_frn(&self, frn: usize) -> Option<View<'a>> {
        let bytes = self.raw(frn)?;
        match self.uap.slots.get(frn - 1)? {
            Slot::Item(item) => Some(View::new(bytes, &item.body)),
            _ => None,
        }
    }

    /// An item's bytes as sent, by its place in the profile.
    #[inline]
    pub(super) fn raw(&self, frn: usize) -> Option<&'a [u8]> {
        let index = frn.checked_sub(1)?;
        if index >= PLACES || self.places.present >> (63 - index) & 1 == 0 {
            return None;
        }
        let (at, length) = *self.places.at.get(index)?;
        self.bytes.get(usize::from(at)..usize::from(at) + usize::from(length))
    }
}

impl<'a> View<'a> {
    /// Bytes with their layout. The length byte of an explicit item with known contents is stepped over.
    #[inline]
    #[must_use]
    pub fn new(bytes: &'a [u8], body: &'static Body) -> Self {
        match body {
            Body::Explicit(Some(inner)) => Self { bytes: bytes.get(1..).unwrap_or(&[]), body: inner },
            _ => Self { bytes, body },
        }
    }

    /// A field; `None` where the item ends before it.
    #[inline(always)]
    pub fn get<F: Field>(&self, field: F) -> Option<F::Value> {
        field.bits().read(self.bytes).map(|raw| field.value(raw))
    }

    /// A subitem of a compound item.
    #[must_use]
    pub fn sub(&self, wanted: SubRef) -> Option<View<'a>> {
        let mut found = None;
        self.each_sub(|sub, view| {
            if sub == wanted {
                found = Some(view);
            }
            sub < wanted
        });
        found
    }

    /// Calls `visit` for every present subitem of a compound item in order, until it returns `false` or one is unreadable.
    #[inline]
    pub fn each_sub(&self, mut visit: impl FnMut(SubRef, View<'a>) -> bool) {
        let Body::Compound { one_byte, subs, fixed } = self.body else { return };
        let Ok((mut bits, mut at)) = presence(*one_byte, self.bytes) else { return };
        while bits != 0 {
            let index = bits.leading_zeros() as usize;
            bits &= !(1 << (63 - index));
            let Ok(length) = sub_length(subs, fixed, index, self.bytes, at) else { return };
            let Some(Some(sub)) = subs.get(index) else { return };
            let Some(bytes) = self.bytes.get(at..at + length) else { return };
            if !visit(SubRef(index as u8), View::new(bytes, &sub.body)) {
                return;
            }
            at += length;
        }
    }

    /// The repetitions of a repetitive item of fixed width, each as its own view.
    pub fn each(&self) -> impl Iterator<Item = View<'a>> + use<'a> {
        let (bytes, width, body) = match self.body {
            Body::Repeat(body) => (self.bytes.get(1..).unwrap_or(&[]), body.fixed_bytes(), *body),
            Body::RepeatFx { bytes, body } => (self.bytes, usize::from(*bytes), *body),
            body => (&[][..], 1, body),
        };
        bytes.chunks_exact(width.max(1)).map(move |bytes| View { bytes, body })
    }
}
