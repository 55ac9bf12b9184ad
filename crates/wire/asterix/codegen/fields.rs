//! Writes the typed fields: one constant for every subitem, so that `record.item(cat048::I040)?.get(cat048::i040::RHO)`
//! is checked by the compiler and costs a few shifts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::layouts::{Family, families};
use crate::table::{Body, Kind, Part, Table, lsb};

/// The text of `asterix_fields.rs`.
pub(crate) fn generate(tables: &[Table]) -> Result<String, String> {
    let mut out = String::new();
    for (index, family) in families(tables).iter().enumerate() {
        let newest = family.editions.last().ok_or("a family without editions")?;
        writeln!(out, "/// Typed fields of category {:03}, {}.", family.category, newest.name).map_err(text)?;
        writeln!(out, "pub mod {} {{\n#[allow(unused_imports)] use super::*;", family.module).map_err(text)?;
        for (id, number) in family.numbers.iter().enumerate() {
            item(&mut out, family, index, id, number)?;
        }
        out.push_str("}\n");
    }
    Ok(out)
}

fn text(error: std::fmt::Error) -> String {
    error.to_string()
}

/// Names already written and the place that each stands for; `suffix` is added where an older edition has another place.
struct Names {
    seen: BTreeMap<String, String>,
    suffix: String,
}

/// One item of one family: its reference and its fields, the newest edition's layout first; what only older editions have
/// follows. A field that older editions have at another place carries the newest such edition in its name: `LAT_V0_23`.
fn item(out: &mut String, family: &Family<'_>, index: usize, id: usize, number: &str) -> Result<(), String> {
    let full = format!("I{:03}/{number}", family.category);
    let mut names = Names { seen: BTreeMap::new(), suffix: String::new() };
    let mut fields = String::new();
    let mut title = String::new();
    for table in family.editions.iter().rev() {
        if let Some((name, body)) = table.items.get(number) {
            if title.is_empty() {
                title.clone_from(name);
            }
            names.suffix = format!("_V{}", table.edition.replace('.', "_"));
            write_body(&mut fields, &full, "", body, 0, &mut names)
                .map_err(|fault| format!("{}: {fault}", table.file))?;
        }
    }
    // Numbers get an I in front as in the standard; RE and SP are names already.
    let name =
        if number.starts_with(|first: char| first.is_ascii_digit()) { format!("I{number}") } else { number.to_owned() };
    writeln!(out, "/// {full}, {title}.").map_err(text)?;
    writeln!(out, "pub const {name}: ItemRef = ItemRef {{ family: {index}, id: {id} }};").map_err(text)?;
    writeln!(out, "/// Fields of {full}, {title}.").map_err(text)?;
    writeln!(out, "pub mod {} {{\n#[allow(unused_imports)] use super::*;\n{fields}}}", name.to_lowercase())
        .map_err(text)
}

fn write_body(
    out: &mut String,
    full: &str,
    prefix: &str,
    body: &Body,
    at: usize,
    names: &mut Names,
) -> Result<(), String> {
    match body {
        Body::Element { bits, kind } => {
            let name = if prefix.is_empty() { "VALUE" } else { prefix };
            element(out, full, name, at, *bits, kind, names)
        }
        Body::Group(parts) | Body::Extended(parts) => {
            let mut at = at;
            for part in parts {
                if let Part::Field(name, body) = part {
                    let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}_{name}") };
                    write_body(out, full, &name, body, at, names)?;
                }
                at += part.bits()?;
            }
            Ok(())
        }
        Body::Repeat { body, .. } => write_body(out, full, prefix, body, 0, names),
        Body::Compound { subs, .. } => {
            for (index, sub) in subs.iter().enumerate() {
                let Some((name, body)) = sub else { continue };
                if names.seen.insert(identifier(name), String::new()).is_some() {
                    continue;
                }
                let full = format!("{full}/{name}");
                writeln!(out, "/// {full}.\npub const {}: SubRef = SubRef({index});", identifier(name))
                    .map_err(text)?;
                let mut inner = String::new();
                let mut inside = Names { seen: BTreeMap::new(), suffix: String::new() };
                write_body(&mut inner, &full, "", body, 0, &mut inside)?;
                let module = identifier(name).to_lowercase();
                let module = if KEYWORDS.contains(&module.as_str()) { format!("{module}_") } else { module };
                writeln!(
                    out,
                    "/// Fields of {full}.\npub mod {module} {{\n#[allow(unused_imports)] use super::*;\n{inner}}}"
                )
                .map_err(text)?;
            }
            Ok(())
        }
        Body::Explicit(Some(body)) => write_body(out, full, prefix, body, 0, names),
        Body::Explicit(None) => Ok(()),
    }
}

const KEYWORDS: &[&str] =
    &["as", "in", "if", "do", "fn", "mod", "ref", "use", "type", "self", "super", "trait", "where"];

/// A subitem's name as an identifier: some begin with a digit.
fn identifier(name: &str) -> String {
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name.to_owned() }
}

fn element(
    out: &mut String,
    full: &str,
    name: &str,
    at: usize,
    bits: usize,
    kind: &Kind,
    names: &mut Names,
) -> Result<(), String> {
    let mut name = identifier(name);
    if let Kind::Case(_, arms) = kind {
        for (value, kind) in arms {
            element(out, full, &format!("{name}_{value}"), at, bits, kind, names)?;
        }
        return Ok(());
    }
    let place = format!("{at} {bits}");
    match names.seen.get(&name) {
        Some(known) if *known == place => return Ok(()),
        Some(_) => name.push_str(&names.suffix),
        None => {}
    }
    match names.seen.get(&name) {
        Some(_) => return Ok(()),
        None => names.seen.insert(name.clone(), place),
    };
    let (kind_name, value, note) = match kind {
        Kind::Raw if bits == 1 => ("Flag", format!("Flag::at({at})"), String::new()),
        Kind::Raw | Kind::Octal | Kind::Unsigned => ("Code", format!("Code::at({at}, {bits})"), String::new()),
        Kind::Signed => ("Quantity", format!("Quantity::at({at}, {bits}, true, 1.0)"), String::new()),
        Kind::Quantity { signed, lsb: step, unit } => (
            "Quantity",
            format!("Quantity::at({at}, {bits}, {signed}, {:?})", lsb(step)?),
            format!(", least significant bit {step} {unit}"),
        ),
        Kind::Ascii => ("Text", format!("Text::at({at}, {bits}, 8)"), ", 8-bit characters".to_owned()),
        Kind::Icao => ("Text", format!("Text::at({at}, {bits}, 6)"), ", 6-bit characters".to_owned()),
        Kind::Case(..) => return Err(format!("{full}: a case within a case")),
    };
    writeln!(out, "/// {full} {name}: {bits} bits{note}.\npub const {name}: {kind_name} = {value};").map_err(text)
}
