//! Writes the static descriptions (`src/asterix/layout.rs` says what they mean) of every edition.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::table::{Body, Choice, Kind, Part, Table, lsb};

/// Editions that build on each other number their items alike and share typed fields.
pub(crate) struct Family<'a> {
    /// Module name: `cat048`, `cat021_v0_26`.
    pub(crate) module: String,
    pub(crate) category: u8,
    /// Oldest edition first.
    pub(crate) editions: Vec<&'a Table>,
    /// Every item number of any edition, sorted; the position is the item's id.
    pub(crate) numbers: Vec<String>,
}

/// Groups editions into families, the one with a category's newest edition last.
pub(crate) fn families(tables: &[Table]) -> Vec<Family<'_>> {
    let mut found: BTreeMap<(u8, String), Vec<&Table>> = BTreeMap::new();
    for table in tables {
        found.entry((table.category, root(tables, table))).or_default().push(table);
    }
    let mut families: Vec<Family<'_>> = found
        .into_values()
        .map(|editions| {
            let mut numbers: Vec<String> = editions.iter().flat_map(|table| table.items.keys().cloned()).collect();
            numbers.sort();
            numbers.dedup();
            Family { module: String::new(), category: editions[0].category, editions, numbers }
        })
        .collect();
    for family in &mut families {
        let newest = tables.iter().rfind(|table| table.category == family.category);
        let mine = family.editions.last();
        let is_newest = newest.map(|table| &table.edition) == mine.map(|table| &table.edition);
        let edition = mine.map_or(String::new(), |table| table.edition.replace('.', "_"));
        family.module = if is_newest {
            format!("cat{:03}", family.category)
        } else {
            format!("cat{:03}_v{edition}", family.category)
        };
    }
    families
}

fn root(tables: &[Table], table: &Table) -> String {
    match &table.like {
        None => table.edition.clone(),
        Some(like) => tables
            .iter()
            .find(|other| other.category == table.category && &other.edition == like)
            .map_or(table.edition.clone(), |other| root(tables, other)),
    }
}

/// The text of `asterix_layouts.rs`.
pub(crate) fn generate(tables: &[Table]) -> Result<String, String> {
    let mut out = String::new();
    let families = families(tables);
    let mut statics: BTreeMap<(usize, String, Body), String> = BTreeMap::new();
    let mut editions = Vec::new();
    for (index, family) in families.iter().enumerate() {
        // Newest first, so that an item shared between editions carries its newest title.
        for table in family.editions.iter().rev() {
            for (number, (title, body)) in &table.items {
                let key = (index, number.clone(), body.clone());
                if statics.contains_key(&key) {
                    continue;
                }
                let name = format!("ITEM_{}", statics.len());
                writeln!(
                    out,
                    "static {name}: Item = Item {{ name: \"I{:03}/{number}\", title: {title:?}, body: {} }};",
                    family.category,
                    body_text(body).map_err(|fault| format!("{} item {number}: {fault}", table.file))?
                )
                .map_err(|error| error.to_string())?;
                statics.insert(key, name);
            }
        }
        for table in &family.editions {
            editions.push((table.category, edition_text(table, index, family, &statics)?));
        }
    }
    editions.sort_by_key(|(category, _)| *category);
    let texts: Vec<String> = editions.into_iter().map(|(_, text)| text).collect();
    writeln!(
        out,
        "/// Sorted by category, then oldest edition first.\npub static EDITIONS: &[Edition] = &[\n{}\n];",
        texts.join(",\n")
    )
    .map_err(|error| error.to_string())?;
    let mut names: Vec<String> = families.iter().map(|family| format!("\"{:03}\"", family.category)).collect();
    names.sort();
    names.dedup();
    writeln!(
        out,
        "/// Every category with a table, by its three digits.\npub static CATEGORIES: &[&str] = &[{}];",
        names.join(", ")
    )
    .map_err(|error| error.to_string())?;
    Ok(out)
}

fn edition_text(
    table: &Table,
    family_index: usize,
    family: &Family<'_>,
    statics: &BTreeMap<(usize, String, Body), String>,
) -> Result<String, String> {
    let mut uaps = Vec::new();
    for (name, order) in &table.uaps {
        if order.len() > 63 {
            return Err(format!("{}: more than 63 places in a profile", table.file));
        }
        let mut slots = Vec::new();
        let mut fixed = Vec::new();
        let mut spares = Vec::new();
        for number in order {
            if number == "-" || number == "rfs" {
                slots.push(if number == "-" { "Slot::Unused".to_owned() } else { "Slot::RandomFields".to_owned() });
                fixed.push("0".to_owned());
                spares.push("&[]".to_owned());
                continue;
            }
            let (_, body) = table.items.get(number).ok_or_else(|| format!("{}: no item {number}", table.file))?;
            let item = &statics[&(family_index, number.clone(), body.clone())];
            slots.push(format!("Slot::Item(&{item})"));
            fixed.push(body.bits().map_or(0, |bits| bits / 8).to_string());
            spares.push(format!("&{:?}", spare_masks(body)?));
        }
        let frn_of: Vec<String> = family
            .numbers
            .iter()
            .map(|number| (1 + order.iter().position(|other| other == number).unwrap_or(usize::MAX - 1)) as u8)
            .map(|frn| if frn == u8::MAX { "0".to_owned() } else { frn.to_string() })
            .collect();
        uaps.push(format!(
            "Uap {{ name: {name:?}, family: {family_index}, slots: &[{}], fixed: &[{}], spares: &[{}], frn_of: &[{}] }}",
            slots.join(", "),
            fixed.join(", "),
            spares.join(", "),
            frn_of.join(", ")
        ));
    }
    let select = match &table.select {
        None => "None".to_owned(),
        Some(select) => format!("Some({})", select_text(table, select)?),
    };
    Ok(format!(
        "Edition {{ category: {}, edition: {:?}, date: {:?}, name: {:?}, uaps: &[{}], select: {select} }}",
        table.category,
        table.edition,
        table.date,
        table.name,
        uaps.join(", ")
    ))
}

/// (byte, mask) of the spare bits of a group or an extended item; compound and repetitive items are not checked.
fn spare_masks(body: &Body) -> Result<Vec<(u8, u8)>, String> {
    let (Body::Group(parts) | Body::Extended(parts)) = body else { return Ok(Vec::new()) };
    let mut masks: BTreeMap<u8, u8> = BTreeMap::new();
    let mut at = 0;
    for part in parts {
        let bits = part.bits()?;
        if matches!(part, Part::Spare(_)) {
            for bit in at..at + bits {
                *masks.entry((bit / 8) as u8).or_default() |= 0x80 >> (bit % 8);
            }
        }
        at += bits;
    }
    Ok(masks.into_iter().collect())
}

fn select_text(table: &Table, (item, sub, arms): &Choice) -> Result<String, String> {
    let fault = |what: &str| format!("{}: select: {what}", table.file);
    let (_, body) = table.items.get(item).ok_or_else(|| fault("no such item"))?;
    let (Body::Group(parts) | Body::Extended(parts)) = body else { return Err(fault("not a group")) };
    let mut at = 0;
    for part in parts {
        let bits = part.bits()?;
        if matches!(part, Part::Field(name, _) if name == sub) {
            let places: Vec<_> =
                table.uaps.iter().map(|(_, order)| order.iter().position(|other| other == item)).collect();
            let frn = places[0].ok_or_else(|| fault("item not in the profile"))? + 1;
            if places.iter().any(|place| place != &places[0]) {
                return Err(fault("item at different places"));
            }
            let mut uap_of = vec!["0".to_owned(); 1 << bits];
            for (value, name) in arms {
                let uap = table.uaps.iter().position(|(uap, _)| uap == name).ok_or_else(|| fault("no such profile"))?;
                uap_of[*value as usize] = uap.to_string();
            }
            return Ok(format!("Select {{ frn: {frn}, at: {at}, bits: {bits}, uap_of: &[{}] }}", uap_of.join(", ")));
        }
        at += bits;
    }
    Err(fault("no such subitem"))
}

fn body_text(body: &Body) -> Result<String, String> {
    Ok(match body {
        Body::Element { .. } => format!("Body::Element({})", element_text(body)?),
        Body::Group(parts) => {
            let bits = body.bits().ok_or("a group of parts without fixed width")?;
            format!("Body::Group {{ bytes: {}, parts: &[{}] }}", bits.div_ceil(8), parts_text(parts)?)
        }
        Body::Extended(parts) => {
            let (steps, open) = steps(parts)?;
            format!("Body::Extended {{ parts: &[{}], steps: &{steps:?}, open: {open} }}", parts_text(parts)?)
        }
        Body::Repeat { fx: false, body } => format!("Body::Repeat(&{})", whole_bytes(body)?),
        Body::Repeat { fx: true, body } => {
            let bits = body.bits().ok_or("an FX-repeated part without fixed width")? + 1;
            if bits % 8 != 0 {
                return Err("an FX-repeated part is not whole bytes".to_owned());
            }
            format!("Body::RepeatFx {{ bytes: {}, body: &{} }}", bits / 8, body_text(body)?)
        }
        Body::Compound { one_byte, subs } => {
            let mut texts = Vec::new();
            let mut fixed = Vec::new();
            for sub in subs {
                let Some((name, body)) = sub else {
                    texts.push("None".to_owned());
                    fixed.push(0);
                    continue;
                };
                texts.push(format!("Some(Sub {{ name: {name:?}, body: {} }})", whole_bytes(body)?));
                // Longer ones are measured by their layout.
                fixed.push(body.bits().map_or(0, |bits| u8::try_from(bits / 8).unwrap_or(0)));
            }
            format!("Body::Compound {{ one_byte: {one_byte}, subs: &[{}], fixed: &{fixed:?} }}", texts.join(", "))
        }
        Body::Explicit(None) => "Body::Explicit(None)".to_owned(),
        Body::Explicit(Some(body)) => format!("Body::Explicit(Some(&{}))", body_text(body)?),
    })
}

fn whole_bytes(body: &Body) -> Result<String, String> {
    match body.bits() {
        Some(bits) if bits % 8 != 0 => Err(format!("{bits} bits are not whole bytes")),
        _ => body_text(body),
    }
}

fn element_text(body: &Body) -> Result<String, String> {
    let Body::Element { bits, kind } = body else { return Err("not an element".to_owned()) };
    if !(1..=64).contains(bits) {
        return Err(format!("{bits} bits in one element"));
    }
    Ok(format!("Element {{ bits: {bits}, kind: {} }}", kind_text(kind)?))
}

fn kind_text(kind: &Kind) -> Result<String, String> {
    Ok(match kind {
        Kind::Raw => "Kind::Raw".to_owned(),
        Kind::Octal => "Kind::Octal".to_owned(),
        Kind::Ascii => "Kind::Ascii".to_owned(),
        Kind::Icao => "Kind::Icao".to_owned(),
        Kind::Unsigned => "Kind::Integer { signed: false }".to_owned(),
        Kind::Signed => "Kind::Integer { signed: true }".to_owned(),
        Kind::Quantity { signed, lsb: text, unit } => {
            format!("Kind::Quantity {{ signed: {signed}, lsb: {:?}, unit: {unit:?} }}", lsb(text)?)
        }
        Kind::Case(by, arms) => {
            let mut texts = Vec::new();
            for (value, kind) in arms {
                texts.push(format!("({value}, {})", kind_text(kind)?));
            }
            format!("Kind::Case {{ by: {by:?}, arms: &[{}] }}", texts.join(", "))
        }
    })
}

fn parts_text(parts: &[Part]) -> Result<String, String> {
    let mut texts = Vec::new();
    for part in parts {
        texts.push(match part {
            Part::Spare(bits) => format!("Part::Spare({bits})"),
            Part::Fx => "Part::Fx".to_owned(),
            Part::Field(name, body) => {
                format!("Part::Field {{ name: {name:?}, bits: {}, body: {} }}", part.bits()?, body_text(body)?)
            }
        });
    }
    Ok(texts.join(", "))
}

/// Lengths of the first part and the extents, and whether the last ends in an FX bit.
pub(crate) fn steps(parts: &[Part]) -> Result<(Vec<u8>, bool), String> {
    let mut steps = Vec::new();
    let mut bits = 0;
    for part in parts {
        bits += part.bits()?;
        if matches!(part, Part::Fx) {
            if bits % 8 != 0 {
                return Err("an extent is not whole bytes".to_owned());
            }
            steps.push((bits / 8) as u8);
            bits = 0;
        }
    }
    let open = bits == 0;
    if !open {
        if bits % 8 != 0 {
            return Err("an extent is not whole bytes".to_owned());
        }
        steps.push((bits / 8) as u8);
    }
    Ok((steps, open))
}
