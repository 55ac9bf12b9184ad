//! Writing records and blocks, with the same tables and typed fields as reading.
//!
//! ```
//! use skypicket_wire::asterix::{encode::Block, field::fields::cat048, tables};
//! let edition = tables::newest(48).unwrap();
//! let mut block = Block::new(edition);
//! block.record(|record| {
//!     record.item(cat048::I010, |item| {
//!         item.set(cat048::i010::SAC, 25);
//!         item.set(cat048::i010::SIC, 201);
//!     });
//!     record.item(cat048::I040, |item| {
//!         item.set(cat048::i040::RHO, 41.5);
//!         item.set(cat048::i040::THETA, 270.0);
//!     });
//! });
//! assert_eq!(block.finish(), [48, 0, 10, 0b1001_0000, 25, 201, 0x29, 0x80, 0xc0, 0x00]);
//! ```

use super::field::{Field, SubRef};
use super::layout::{Body, Edition, ItemRef, Uap};

/// Longest block that LEN can state.
const LONGEST: usize = u16::MAX as usize;

/// A data block of one category under construction.
#[derive(Debug)]
pub struct Block {
    edition: &'static Edition,
    bytes: Vec<u8>,
    items: Items,
}

/// The items of one record, in any order until the record is closed.
#[derive(Debug, Default)]
struct Items {
    scratch: Vec<u8>,
    /// FRN − 1, start and end within `scratch`.
    parts: Vec<(u8, usize, usize)>,
}

/// One record under construction.
#[derive(Debug)]
pub struct RecordWriter<'b> {
    uap: &'static Uap,
    items: &'b mut Items,
}

/// One item or subitem under construction; what is not set is zero.
#[derive(Debug)]
pub struct ItemWriter<'b> {
    out: &'b mut Vec<u8>,
    /// Where the layout's bytes begin.
    start: usize,
    body: &'static Body,
    /// Compound: presence bits so far. Repetitive: count so far.
    seen: u64,
}

impl Block {
    /// An empty block.
    #[must_use]
    pub fn new(edition: &'static Edition) -> Self {
        Self { edition, bytes: vec![edition.category, 0, 0], items: Items::default() }
    }

    /// Adds a record of the category's first profile. Returns `false`, and adds nothing, where the block would become too long.
    pub fn record(&mut self, write: impl FnOnce(&mut RecordWriter<'_>)) -> bool {
        self.record_as(0, write)
    }

    /// Adds a record of the given profile: CAT001 has 0 = plot, 1 = track.
    pub fn record_as(&mut self, uap: usize, write: impl FnOnce(&mut RecordWriter<'_>)) -> bool {
        let Some(uap) = self.edition.uaps.get(uap) else { return false };
        self.items.scratch.clear();
        self.items.parts.clear();
        write(&mut RecordWriter { uap, items: &mut self.items });
        self.items.parts.sort_unstable_by_key(|part| part.0);
        let present = self.items.parts.iter().fold(0_u64, |bits, (index, _, _)| bits | 1 << (63 - index));
        let before = self.bytes.len();
        push_fspec(present, &mut self.bytes);
        for (_, start, end) in &self.items.parts {
            self.bytes.extend_from_slice(self.items.scratch.get(*start..*end).unwrap_or(&[]));
        }
        if present == 0 || self.bytes.len() > LONGEST {
            self.bytes.truncate(before);
            return false;
        }
        true
    }

    /// Length so far, header included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no record has been added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.len() <= 3
    }

    /// The block's bytes.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        let length = (self.bytes.len() as u16).to_be_bytes();
        if let Some(place) = self.bytes.get_mut(1..3) {
            place.copy_from_slice(&length);
        }
        self.bytes
    }
}

impl RecordWriter<'_> {
    /// Writes an item. Does nothing where the edition lacks it. An item may be written once.
    pub fn item(&mut self, item: ItemRef, write: impl FnOnce(&mut ItemWriter<'_>)) {
        let frn = if item.family == self.uap.family { self.uap.frn_of.get(usize::from(item.id)) } else { None };
        let Some(frn) = frn.copied().filter(|frn| *frn > 0) else { return };
        let Some(found) = self.uap.item(usize::from(frn)) else { return };
        if self.items.parts.iter().any(|part| part.0 == frn - 1) {
            return;
        }
        let start = self.items.scratch.len();
        write_item(&mut self.items.scratch, &found.body, write);
        self.items.parts.push((frn - 1, start, self.items.scratch.len()));
    }

    /// Writes an item of a single value or of a single field.
    pub fn set<F: Field>(&mut self, item: ItemRef, field: F, value: F::Value) {
        self.item(item, |writer| writer.set(field, value));
    }
}

fn write_item(out: &mut Vec<u8>, body: &'static Body, write: impl FnOnce(&mut ItemWriter<'_>)) {
    if let Body::Explicit(inner) = body {
        let start = out.len();
        out.push(0);
        match inner {
            Some(inner) => write_item(out, inner, write),
            None => write(&mut ItemWriter { start: out.len(), out, body, seen: 0 }),
        }
        let length = (out.len() - start).min(255);
        out.truncate(start + length);
        if let Some(place) = out.get_mut(start) {
            *place = length as u8;
        }
        return;
    }
    let start = out.len();
    let first = match body {
        Body::Repeat(_) => 1,
        Body::Extended { steps, .. } => usize::from(steps.first().copied().unwrap_or(1)),
        body => body.fixed_bytes(),
    };
    out.resize(start + first, 0);
    let mut writer = ItemWriter { out, start, body, seen: 0 };
    write(&mut writer);
    writer.close();
}

impl ItemWriter<'_> {
    /// Sets a field; extents up to it are added. Values are clamped to what the field can hold.
    pub fn set<F: Field>(&mut self, field: F, value: F::Value) {
        let bits = field.bits();
        let used = self.out.len() - self.start;
        if bits.end_byte() > used
            && let Body::Extended { steps, .. } = self.body
        {
            let reach = steps.iter().scan(0, |end, step| {
                *end += usize::from(*step);
                Some(*end)
            });
            if let Some(reach) = reach.into_iter().find(|end| *end >= bits.end_byte()) {
                self.out.resize(self.start + reach, 0);
            }
        }
        bits.write(self.out.get_mut(self.start..).unwrap_or(&mut []), field.raw(value));
    }

    /// Writes a subitem of a compound item. A subitem may be written once, in any order.
    pub fn sub(&mut self, sub: SubRef, write: impl FnOnce(&mut ItemWriter<'_>)) {
        let Body::Compound { subs, .. } = self.body else { return };
        let Some(Some(found)) = subs.get(usize::from(sub.0)) else { return };
        let bit = 1_u64 << (63 - u32::from(sub.0));
        if self.seen & bit != 0 {
            return;
        }
        let end = self.out.len();
        write_item(self.out, &found.body, write);
        let added = self.out.len() - end;
        self.insert_in_order(bit, end, added);
        self.seen |= bit;
    }

    /// Moves the subitem just written before those with a later presence bit.
    fn insert_in_order(&mut self, bit: u64, end: usize, added: usize) {
        let Body::Compound { subs, .. } = self.body else { return };
        let mut at = self.start;
        let mut left = self.seen & !(bit | (bit - 1));
        while left != 0 {
            let index = left.leading_zeros() as usize;
            left &= !(1 << (63 - index));
            let Some(Some(sub)) = subs.get(index) else { return };
            at += sub.body.length(self.out.get(at..end).unwrap_or(&[])).unwrap_or(0);
        }
        if let Some(later) = self.out.get_mut(at..end + added) {
            later.rotate_right(added);
        }
    }

    /// Adds one repetition of a repetitive item; at most 255 with a count byte.
    pub fn push(&mut self, write: impl FnOnce(&mut ItemWriter<'_>)) {
        match self.body {
            Body::Repeat(body) if self.seen < 255 => {
                write_item(self.out, body, write);
                self.seen += 1;
            }
            Body::RepeatFx { bytes, body } => {
                let start = self.out.len();
                self.out.resize(start + usize::from(*bytes), 0);
                write(&mut ItemWriter { out: self.out, start, body, seen: 0 });
                self.seen += 1;
            }
            _ => {}
        }
    }

    /// Writes the contents of an explicit item without known layout (SP, RE).
    pub fn bytes(&mut self, bytes: &[u8]) {
        if matches!(self.body, Body::Explicit(None)) {
            self.out.extend_from_slice(bytes);
        }
    }

    fn close(self) {
        match self.body {
            Body::Repeat(_) => {
                if let Some(count) = self.out.get_mut(self.start) {
                    *count = self.seen as u8;
                }
            }
            Body::RepeatFx { bytes, .. } => self.mark_fx(&[*bytes], true),
            Body::Extended { steps, .. } => self.mark_fx(steps, false),
            Body::Compound { one_byte, .. } => {
                let mut head = Vec::with_capacity(2);
                if *one_byte {
                    head.push((self.seen >> 56) as u8);
                } else {
                    push_fspec(self.seen, &mut head);
                }
                self.out.splice(self.start..self.start, head);
            }
            _ => {}
        }
    }

    /// Sets the FX bit at the end of every part but the last.
    fn mark_fx(self, steps: &[u8], again: bool) {
        let total = self.out.len() - self.start;
        let mut end = 0;
        let mut steps = steps.iter().copied();
        let mut step = steps.next();
        while let Some(width) = step {
            end += usize::from(width);
            if end >= total {
                return;
            }
            if let Some(byte) = self.out.get_mut(self.start + end - 1) {
                *byte |= 1;
            }
            step = if again { Some(width) } else { steps.next() };
        }
    }
}

/// Presence bits (first in the most significant bit) as bytes of seven and an FX bit, at least one byte.
pub(super) fn fspec(present: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(2);
    push_fspec(present, &mut out);
    out
}

fn push_fspec(present: u64, out: &mut Vec<u8>) {
    let mut left = present;
    loop {
        let byte = (left >> 56) as u8 & 0xfe;
        left <<= 7;
        out.push(byte | u8::from(left != 0));
        if left == 0 {
            return;
        }
    }
}
