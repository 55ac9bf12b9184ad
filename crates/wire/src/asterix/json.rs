//! A record as JSON: item and subitem names as in the standard, physical values with their units.
//!
//! For people and for differential tests, not for the hot path. [`from_json`] is the exact inverse: what was shown can be
//! written again. Bits that the tables do not explain are kept under names that begin with an underscore: `_spare<bit>` for
//! spare bits that are not zero, `_more` for extents or bytes of a later edition, both in hexadecimal.

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::field::{Characters, quantity_raw, sign_extend};
use super::layout::{Body, Edition, Element, Kind, Part, Slot, presence};
use super::record::Record;

/// The record as `{"category", "edition", "items": {"010": …}}`, with `"uap"` where the category has several profiles.
#[must_use]
pub fn to_json(record: &Record<'_>) -> Value {
    let mut items = Map::new();
    for (index, slot) in record.uap.slots.iter().enumerate() {
        if let Slot::Item(item) = slot
            && let Some(bytes) = record.raw(index + 1)
        {
            items.insert(item.number().to_owned(), body_value(&item.body, bytes));
        }
    }
    let mut value = json!({ "category": record.edition.category, "edition": record.edition.edition });
    if record.edition.uaps.len() > 1 {
        value["uap"] = record.uap.name.into();
    }
    value["items"] = Value::Object(items);
    value
}

/// A layout's value; for a compound item `bytes` may be longer than the item.
fn body_value(body: &'static Body, bytes: &[u8]) -> Value {
    match body {
        Body::Element(element) => element_value(element, Bits { bytes, at: 0 }.read(element.bits), &Map::new()),
        Body::Group { parts, .. } => parts_value(parts, Bits { bytes, at: 0 }).0,
        Body::Extended { parts, .. } => extended_value(parts, bytes),
        Body::Repeat(unit) => repeat_value(unit, bytes),
        Body::RepeatFx { bytes: width, body } => {
            bytes.chunks_exact(usize::from(*width).max(1)).map(|bytes| body_value(body, bytes)).collect()
        }
        Body::Compound { .. } => compound_value(body, bytes),
        Body::Explicit(None) => hex(bytes.get(1..).unwrap_or(&[])).into(),
        Body::Explicit(Some(inner)) => body_value(inner, bytes.get(1..).unwrap_or(&[])),
    }
}

/// The subitems, or everything in hexadecimal where one is not readable.
fn compound_value(body: &'static Body, bytes: &[u8]) -> Value {
    let Body::Compound { one_byte, subs, .. } = body else { return Value::Null };
    let (Ok(length), Ok((mut bits, mut at))) = (body.length(bytes), presence(*one_byte, bytes)) else {
        return hex(bytes).into();
    };
    let mut map = Map::new();
    while bits != 0 {
        let index = bits.leading_zeros() as usize;
        bits &= !(1 << (63 - index));
        let Some(Some(sub)) = subs.get(index) else { break };
        let rest = bytes.get(at..).unwrap_or(&[]);
        let used = sub.body.length(rest).unwrap_or(0);
        map.insert(sub.name.to_owned(), body_value(&sub.body, rest.get(..used).unwrap_or(&[])));
        at += used;
    }
    with_more(map, bytes.get(length..).unwrap_or(&[]))
}

fn with_more(mut map: Map<String, Value>, more: &[u8]) -> Value {
    if !more.is_empty() {
        map.insert("_more".to_owned(), hex(more).into());
    }
    Value::Object(map)
}

fn repeat_value(unit: &'static Body, bytes: &[u8]) -> Value {
    let mut rest = bytes.get(1..).unwrap_or(&[]);
    let mut values = Vec::new();
    while let Ok(length @ 1..) = unit.length(rest) {
        values.push(body_value(unit, rest));
        rest = rest.get(length..).unwrap_or(&[]);
    }
    values.into()
}

fn extended_value(parts: &'static [Part], bytes: &[u8]) -> Value {
    let (value, end) = parts_value(parts, Bits { bytes, at: 0 });
    match value {
        Value::Object(map) => with_more(map, bytes.get(end..).unwrap_or(&[])),
        other => other,
    }
}

/// The parts that `bits` reaches, and the bytes used.
fn parts_value(parts: &'static [Part], mut bits: Bits<'_>) -> (Value, usize) {
    let mut map = Map::new();
    for part in parts {
        if bits.at >= bits.bytes.len() * 8 {
            break;
        }
        match part {
            Part::Fx => bits.at += 1,
            Part::Spare(width) => {
                let at = bits.at;
                let raw = bits.read(*width);
                if raw != 0 {
                    map.insert(format!("_spare{at}"), format!("{raw:x}").into());
                }
            }
            Part::Field { name, body: Body::Element(element), .. } => {
                let raw = bits.read(element.bits);
                let value = element_value(element, raw, &map);
                map.insert((*name).to_owned(), value);
            }
            Part::Field { name, body: Body::Group { parts, .. }, bits: width } => {
                let value = parts_value(parts, Bits { bytes: bits.bytes, at: bits.at }).0;
                bits.at += usize::from(*width);
                map.insert((*name).to_owned(), value);
            }
            Part::Field { bits: width, .. } => bits.at += usize::from(*width),
        }
    }
    (Value::Object(map), bits.at.div_ceil(8))
}

fn element_value(element: &Element, raw: u64, siblings: &Map<String, Value>) -> Value {
    kind_value(&element.kind, element.bits, raw, siblings)
}

fn kind_value(kind: &Kind, bits: u8, raw: u64, siblings: &Map<String, Value>) -> Value {
    match kind {
        Kind::Raw | Kind::Integer { signed: false } => raw.into(),
        Kind::Integer { signed: true } => sign_extend(raw, bits).into(),
        Kind::Octal => format!("{raw:0width$o}", width = usize::from(bits).div_ceil(3)).into(),
        Kind::Ascii => text_value(raw, bits, 8),
        Kind::Icao => text_value(raw, bits, 6),
        Kind::Quantity { signed, lsb, unit } => {
            let number = if *signed { sign_extend(raw, bits) as f64 } else { raw as f64 };
            let value = tidy(number * lsb);
            if unit.is_empty() { value.into() } else { json!({ "value": value, "unit": unit }) }
        }
        Kind::Case { .. } => match kind.chosen(siblings) {
            Some(chosen) => kind_value(chosen, bits, raw, siblings),
            None => raw.into(),
        },
    }
}

impl Kind {
    /// The meaning that a case takes among its siblings.
    fn chosen(&self, siblings: &Map<String, Value>) -> Option<&'static Kind> {
        let Kind::Case { by, arms } = self else { return None };
        let value = siblings.get(*by)?.as_u64()?;
        arms.iter().find(|(arm, _)| *arm == value).map(|(_, kind)| kind)
    }
}

/// Text, or the raw bits in hexadecimal where a character is none of the alphabet.
fn text_value(raw: u64, bits: u8, character: u8) -> Value {
    let characters = Characters::from_raw(raw, bits, character);
    let text = characters.as_str();
    if characters.is_clean() && Characters::new(text).to_raw(bits, character) == raw {
        text.into()
    } else {
        format!("0x{raw:x}").into()
    }
}

/// The number rounded to twelve significant digits: more than any field carries, fewer than show binary fractions.
fn tidy(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number)
}

/// Reads bits one after another; zeros beyond the end.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn read(&mut self, width: u8) -> u64 {
        let mut raw = 0;
        for _ in 0..width {
            let byte = self.bytes.get(self.at / 8).copied().unwrap_or(0);
            raw = raw << 1 | u64::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        raw
    }
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// Writes the record that [`to_json`] shows.
///
/// # Errors
/// Names the item whose value does not fit its layout.
pub fn from_json(edition: &'static Edition, record: &Value) -> Result<Vec<u8>, String> {
    let wanted = record.get("uap").and_then(Value::as_str).unwrap_or("");
    let uap = edition.uaps.iter().find(|uap| uap.name == wanted).or(edition.uaps.first()).ok_or("no profile")?;
    let items = record.get("items").and_then(Value::as_object).ok_or("\"items\" is missing")?;
    let mut present = 0_u64;
    let mut body = Vec::new();
    for (index, slot) in uap.slots.iter().enumerate() {
        if let Slot::Item(item) = slot
            && let Some(value) = items.get(item.number())
        {
            present |= 1 << (63 - index);
            write_body(&item.body, value, &mut body).ok_or_else(|| format!("{}: value does not fit", item.name))?;
        }
    }
    let mut out = super::encode::fspec(present);
    out.append(&mut body);
    Ok(out)
}

fn write_body(body: &'static Body, value: &Value, out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    match body {
        Body::Element(element) => {
            let mut bits = BitWriter::new(out);
            bits.put(element_raw(element, value, &Map::new())?, element.bits);
        }
        Body::Group { parts, .. } => {
            let mut bits = BitWriter::new(out);
            write_parts(parts, value.as_object()?, &mut bits)?;
        }
        Body::Extended { parts, .. } => {
            write_extended(parts, value.as_object()?, out)?;
        }
        Body::Repeat(unit) => {
            let values = value.as_array()?;
            out.push(u8::try_from(values.len()).ok()?);
            for value in values {
                write_body(unit, value, out)?;
            }
        }
        Body::RepeatFx { bytes, body } => {
            let values = value.as_array()?;
            for (index, value) in values.iter().enumerate() {
                let mut unit = Vec::new();
                write_body(body, value, &mut unit)?;
                unit.resize(usize::from(*bytes), 0);
                *unit.last_mut()? |= u8::from(index + 1 < values.len());
                out.append(&mut unit);
            }
        }
        Body::Compound { one_byte, subs, .. } => {
            let map = value.as_object()?;
            let mut present = 0_u64;
            let mut tail = Vec::new();
            for (index, sub) in subs.iter().enumerate() {
                if let Some(sub) = sub
                    && let Some(value) = map.get(sub.name)
                {
                    present |= 1 << (63 - index);
                    write_body(&sub.body, value, &mut tail)?;
                }
            }
            if *one_byte {
                out.push((present >> 56) as u8);
            } else {
                out.append(&mut super::encode::fspec(present));
            }
            out.append(&mut tail);
            out.append(&mut unhex(map.get("_more").and_then(Value::as_str).unwrap_or(""))?);
        }
        Body::Explicit(inner) => {
            out.push(0);
            match (inner, value) {
                (_, Value::String(text)) => out.append(&mut unhex(text)?),
                (Some(inner), value) => write_body(inner, value, out)?,
                _ => return None,
            }
            let length = u8::try_from(out.len() - start).ok()?;
            *out.get_mut(start)? = length;
        }
    }
    Some(())
}

fn write_parts(parts: &'static [Part], map: &Map<String, Value>, bits: &mut BitWriter<'_>) -> Option<()> {
    for part in parts {
        write_part(part, map, bits)?;
    }
    Some(())
}

fn write_part(part: &'static Part, map: &Map<String, Value>, bits: &mut BitWriter<'_>) -> Option<()> {
    match part {
        Part::Fx => bits.put(0, 1),
        Part::Spare(width) => {
            let spare = map.get(&format!("_spare{}", bits.used)).and_then(Value::as_str).unwrap_or("0");
            bits.put(u64::from_str_radix(spare, 16).ok()?, *width);
        }
        Part::Field { name, body: Body::Element(element), .. } => {
            bits.put(element_raw(element, map.get(*name)?, map)?, element.bits);
        }
        Part::Field { name, body: Body::Group { parts, .. }, .. } => {
            write_parts(parts, map.get(*name)?.as_object()?, bits)?;
        }
        Part::Field { bits: width, .. } => bits.put(0, u8::try_from(*width).ok()?),
    }
    Some(())
}

/// Writes as many extents as the map has fields for, then what later editions added.
fn write_extended(parts: &'static [Part], map: &Map<String, Value>, out: &mut Vec<u8>) -> Option<()> {
    let more = unhex(map.get("_more").and_then(Value::as_str).unwrap_or(""))?;
    let mut fx_places = Vec::new();
    let mut bits = BitWriter::new(out);
    let mut rest = parts;
    while !rest.is_empty() {
        let end = rest.iter().position(|part| matches!(part, Part::Fx)).map_or(rest.len(), |at| at + 1);
        let (extent, later) = rest.split_at(end);
        let wanted = rest.len() == parts.len() || named(rest, map) || !more.is_empty();
        if !wanted {
            break;
        }
        write_parts(extent, map, &mut bits)?;
        fx_places.push(bits.out.len() - 1);
        rest = later;
    }
    out.extend_from_slice(&more);
    let last = if more.is_empty() { fx_places.pop() } else { None };
    for place in fx_places {
        *out.get_mut(place)? |= 1;
    }
    last.map_or(Some(()), |_| Some(()))
}

/// Whether any of these parts, or of what follows, has a value.
fn named(parts: &[Part], map: &Map<String, Value>) -> bool {
    parts.iter().any(|part| matches!(part, Part::Field { name, .. } if map.contains_key(*name)))
}

fn element_raw(element: &Element, value: &Value, siblings: &Map<String, Value>) -> Option<u64> {
    kind_raw(&element.kind, element.bits, value, siblings)
}

fn kind_raw(kind: &Kind, bits: u8, value: &Value, siblings: &Map<String, Value>) -> Option<u64> {
    match kind {
        Kind::Raw | Kind::Integer { signed: false } => value.as_u64(),
        Kind::Integer { signed: true } => value.as_i64().map(|number| number as u64),
        Kind::Octal => u64::from_str_radix(value.as_str()?, 8).ok(),
        Kind::Ascii | Kind::Icao => {
            let text = value.as_str()?;
            match text.strip_prefix("0x") {
                Some(hex) => u64::from_str_radix(hex, 16).ok(),
                None => Some(Characters::new(text).to_raw(bits, if matches!(kind, Kind::Icao) { 6 } else { 8 })),
            }
        }
        Kind::Quantity { signed, lsb, .. } => {
            let number = value.get("value").unwrap_or(value).as_f64()?;
            Some(quantity_raw(number, *lsb, *signed, bits))
        }
        Kind::Case { .. } => match kind.chosen(siblings) {
            Some(chosen) => kind_raw(chosen, bits, value, siblings),
            None => value.as_u64(),
        },
    }
}

/// Appends bits to bytes; the last byte is padded with zeros.
struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    used: usize,
}

impl<'a> BitWriter<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, used: 0 }
    }

    fn put(&mut self, raw: u64, width: u8) {
        for shift in (0..width).rev() {
            if self.used.is_multiple_of(8) {
                self.out.push(0);
            }
            let bit = (raw >> shift & 1) as u8;
            if let Some(byte) = self.out.last_mut() {
                *byte |= bit << (7 - self.used % 8);
            }
            self.used += 1;
        }
    }
}

/// A reject's phrase, for people and metrics.
impl Fault {
    /// Short stable phrase.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Fault::BadLength => "bad length",
            Fault::Truncated => "truncated",
            Fault::BadFspec => "bad FSPEC",
            Fault::UnknownItem => "item not in this edition's profile",
            Fault::UnknownSubitem => "subitem not in this edition",
            Fault::UnknownCategory => "unknown category",
            Fault::TrailingBytes => "bytes after the last block",
            Fault::LostSync => "bytes between blocks",
            Fault::MissingItem => "required item missing",
        }
    }
}
