//! Writes the compact border file (`docs/formats/borders.md` describes it byte by byte; `skypicket_wire::borders_file` reads it).

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

use super::arcs::{Class, Topology};
use super::policy::Policy;
use super::resolve::Resolved;
use super::source::SOURCE_UNIT;

/// First bytes of every border file; the last one is the format version.
const MAGIC: &[u8; 8] = b"SKYBRDR\x01";

pub(super) fn encode(
    topology: &Topology,
    resolved: &Resolved,
    codes: &BTreeMap<String, (String, String)>,
    policy: &Policy,
    source_sha256: &str,
) -> Result<Vec<u8>> {
    let mut out = MAGIC.to_vec();
    text(&mut out, &policy.id);
    unsigned(&mut out, policy.version.into());
    text(&mut out, &policy.title);
    text(&mut out, super::DATA_VERSION);
    text(&mut out, super::ATTRIBUTION);
    text(&mut out, source_sha256);
    unsigned(&mut out, topology.arcs.len() as u64);
    for arc in &topology.arcs {
        // Most arcs lie on the source's grid; only those with a crossing point need the fine one.
        let coarse = arc.points.iter().all(|p| p.x % SOURCE_UNIT == 0 && p.y % SOURCE_UNIT == 0);
        let unit = if coarse { SOURCE_UNIT } else { 1 };
        let class = match arc.class {
            Class::Land => 0,
            Class::Sea => 1,
            Class::Seam => 2,
        };
        out.push(class | if coarse { 0 } else { 0x80 });
        unsigned(&mut out, arc.points.len() as u64);
        let (mut x, mut y) = (0, 0);
        for p in &arc.points {
            signed(&mut out, p.x / unit - x);
            signed(&mut out, p.y / unit - y);
            (x, y) = (p.x / unit, p.y / unit);
        }
    }
    unsigned(&mut out, topology.states.len() as u64);
    for (code, polygons) in &topology.states {
        head(&mut out, code, codes)?;
        unsigned(&mut out, polygons.len() as u64);
        for polygon in polygons {
            unsigned(&mut out, polygon.len() as u64);
            for ring in polygon {
                unsigned(&mut out, ring.len() as u64);
                for part in ring {
                    unsigned(&mut out, (part.arc as u64) << 1 | u64::from(part.backwards));
                }
            }
        }
    }
    unsigned(&mut out, resolved.parts.len() as u64);
    for (code, of) in &resolved.parts {
        head(&mut out, code, codes)?;
        out.extend_from_slice(&alpha(of)?);
    }
    Ok(out)
}

/// Alpha-3 code, alpha-2 code, name.
fn head(out: &mut Vec<u8>, code: &str, codes: &BTreeMap<String, (String, String)>) -> Result<()> {
    let (alpha2, name) = codes.get(code).with_context(|| format!("{code} is not in data/borders/codes.tsv"))?;
    out.extend_from_slice(&alpha(code)?);
    if alpha2.len() != 2 {
        bail!("{code}: alpha-2 code {alpha2:?}");
    }
    out.extend_from_slice(alpha2.as_bytes());
    text(out, name);
    Ok(())
}

fn alpha(code: &str) -> Result<[u8; 3]> {
    code.as_bytes().try_into().with_context(|| format!("{code:?} is no alpha-3 code"))
}

fn text(out: &mut Vec<u8>, text: &str) {
    unsigned(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// LEB128.
fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 & 0x7f | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Zigzag, then LEB128.
fn signed(out: &mut Vec<u8>, value: i64) {
    unsigned(out, ((value << 1) ^ (value >> 63)) as u64);
}
