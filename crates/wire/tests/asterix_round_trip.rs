//! Every edition of every category: random records, made from the tables, are read and written again without loss.

#[path = "asterix_support/mod.rs"]
mod support;

use proptest::prelude::*;
use proptest::test_runner::TestRng;
use serde_json::Value;
use skypicket_wire::asterix::encode::Block;
use skypicket_wire::asterix::field::Characters;
use skypicket_wire::asterix::field::fields::{cat034, cat048, cat062};
use skypicket_wire::asterix::json::from_json;
use skypicket_wire::asterix::layout::{Body, Edition, Element, Item, Kind, Part, Slot, Uap};
use skypicket_wire::asterix::{Dump, Params, tables};
use support::{RECEIVED_S, datagram};

/// Writes random bytes that a layout accepts.
struct Maker {
    rng: TestRng,
}

impl Maker {
    fn below(&mut self, limit: u32) -> u32 {
        self.rng.next_u32() % limit
    }

    fn bits(&mut self, element: &Element) -> Vec<bool> {
        let raw = match element.kind {
            Kind::Icao => self.text(usize::from(element.bits) / 6, 6, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"),
            Kind::Ascii => self.text(usize::from(element.bits) / 8, 8, b"ABCXYZ 0123456789"),
            _ => u64::from(self.rng.next_u32()) << 32 | u64::from(self.rng.next_u32()),
        };
        (0..element.bits).rev().map(|shift| raw >> shift & 1 == 1).collect()
    }

    fn text(&mut self, count: usize, width: u32, alphabet: &[u8]) -> u64 {
        (0..count).fold(0, |raw, _| {
            let letter = alphabet[self.below(alphabet.len() as u32) as usize];
            raw << width | u64::from(if width == 6 { letter & 0x3f } else { letter })
        })
    }

    fn parts(&mut self, parts: &[Part]) -> Vec<bool> {
        parts
            .iter()
            .flat_map(|part| match part {
                Part::Spare(bits) => vec![false; usize::from(*bits)],
                Part::Fx => vec![false],
                Part::Field { body: Body::Element(element), .. } => self.bits(element),
                Part::Field { body: Body::Group { parts, .. }, .. } => self.parts(parts),
                Part::Field { bits, .. } => vec![false; usize::from(*bits)],
            })
            .collect()
    }

    fn body(&mut self, body: &Body) -> Vec<u8> {
        match body {
            Body::Element(element) => pack(&self.bits(element)),
            Body::Group { parts, .. } => pack(&self.parts(parts)),
            Body::Extended { parts, .. } => self.extended(parts),
            Body::Repeat(unit) => {
                let count = self.below(4) as u8;
                let mut out = vec![count];
                out.extend((0..count).flat_map(|_| self.body(unit)));
                out
            }
            Body::RepeatFx { bytes, body } => {
                let count = 1 + self.below(4);
                let mut out = Vec::new();
                for index in 0..count {
                    let mut unit = self.body(body);
                    unit.resize(usize::from(*bytes), 0);
                    let last = unit.len() - 1;
                    unit[last] = unit[last] & 0xfe | u8::from(index + 1 < count);
                    out.append(&mut unit);
                }
                out
            }
            Body::Compound { one_byte, subs, .. } => {
                let mut present = 0_u64;
                let mut tail = Vec::new();
                for (index, sub) in subs.iter().enumerate() {
                    if let Some(sub) = sub
                        && self.below(3) == 0
                    {
                        present |= 1 << (63 - index);
                        tail.extend(self.body(&sub.body));
                    }
                }
                let mut out = if *one_byte { vec![(present >> 56) as u8] } else { presence(present) };
                out.append(&mut tail);
                out
            }
            Body::Explicit(inner) => {
                let content = match inner {
                    Some(inner) => self.body(inner),
                    None => (0..self.below(5)).map(|_| self.rng.next_u32() as u8).collect(),
                };
                let mut out = vec![1 + content.len() as u8];
                out.extend(content);
                out
            }
        }
    }

    fn extended(&mut self, parts: &[Part]) -> Vec<u8> {
        let mut out: Vec<u8> = Vec::new();
        for extent in parts.split_inclusive(|part| matches!(part, Part::Fx)) {
            if let Some(last) = out.last_mut() {
                // An extent of spare bits alone is a later edition's matter.
                if self.below(2) == 0 || !extent.iter().any(|part| matches!(part, Part::Field { .. })) {
                    break;
                }
                *last |= 1;
            }
            out.extend(pack(&self.parts(extent)));
        }
        out
    }

    fn record(&mut self, uap: &Uap) -> Vec<u8> {
        let mut present = 0_u64;
        let mut tail = Vec::new();
        for (index, slot) in uap.slots.iter().enumerate() {
            if let Slot::Item(item) = slot
                && (index == 0 || self.wanted(item))
            {
                present |= 1 << (63 - index);
                tail.extend(self.item(uap, item));
            }
        }
        let mut out = presence(present);
        out.append(&mut tail);
        out
    }

    fn wanted(&mut self, item: &Item) -> bool {
        // The item that chooses the profile is always there, or the other profile could not be told.
        item.name == "I001/020" || self.below(2) == 0
    }

    fn item(&mut self, uap: &Uap, item: &Item) -> Vec<u8> {
        let mut bytes = self.body(&item.body);
        if item.name == "I001/020" {
            bytes[0] = bytes[0] & 0x7f | if uap.name == "track" { 0x80 } else { 0 };
        }
        bytes
    }
}

fn pack(bits: &[bool]) -> Vec<u8> {
    bits.chunks(8)
        .map(|chunk| chunk.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << (7 - at)))
        .collect()
}

/// Presence bits in sevens with FX bits.
fn presence(mut left: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = (left >> 56) as u8 & 0xfe;
        left <<= 7;
        out.push(byte | u8::from(left != 0));
        if left == 0 {
            return out;
        }
    }
}

fn read(edition: &'static Edition, record: &[u8]) -> Vec<Value> {
    let category = format!("{:03}", edition.category);
    let params = serde_json::json!({ "editions": { category: edition.edition } });
    let params: Params = serde_json::from_value(params).expect("parameters");
    let mut block = vec![edition.category];
    block.extend_from_slice(&((record.len() + 3) as u16).to_be_bytes());
    block.extend_from_slice(record);
    let mut shown = Vec::new();
    Dump::new(&params).expect("editions").show(&block, |value| shown.push(value));
    shown
}

fn round_trip(edition: &'static Edition, record: &[u8]) -> Result<(), TestCaseError> {
    let shown = read(edition, record);
    prop_assert_eq!(shown.len(), 1, "{} {}: {:?}", edition.category, edition.edition, shown);
    let written = from_json(edition, &shown[0]).map_err(TestCaseError::fail)?;
    prop_assert_eq!(&written, record, "{} {}: {}", edition.category, edition.edition, shown[0]);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_can_be_written_in_every_edition(rng in any::<u64>().prop_perturb(|_, rng| rng)) {
        let mut maker = Maker { rng };
        for edition in tables::EDITIONS {
            for uap in edition.uaps {
                let record = maker.record(uap);
                round_trip(edition, &record)?;
            }
        }
    }

    /// What the typed writer writes, the typed reader reads: plots.
    #[test]
    fn typed_plots(range_nm in 0.0..255.9, azimuth_deg in 0.0..359.9, level in -100.0..4000.0, code in 0_u64..4096, address in 1_u64..0x100_0000) {
        use cat048::{i010, i020, i040, i070, i090, i130, i140, i170, i220, i240, i250};
        let edition = tables::newest(48).expect("a table");
        let mut block = Block::new(edition);
        block.record(|record| {
            // In no order: the profile's order is the writer's business.
            record.set(cat048::I220, i220::VALUE, address);
            record.item(cat048::I040, |item| {
                item.set(i040::THETA, azimuth_deg);
                item.set(i040::RHO, range_nm);
            });
            record.item(cat048::I010, |item| {
                item.set(i010::SAC, 25);
                item.set(i010::SIC, 7);
            });
            record.set(cat048::I020, i020::TYP, 5);
            record.set(cat048::I140, i140::VALUE, 43_200.0);
            record.set(cat048::I070, i070::MODE3A, code);
            record.set(cat048::I090, i090::FL, level);
            record.set(cat048::I240, i240::VALUE, Characters::new("SP LRA"));
            record.item(cat048::I130, |item| {
                item.sub(i130::APD, |sub| sub.set(i130::apd::VALUE, -0.1));
                item.sub(i130::SRR, |sub| sub.set(i130::srr::VALUE, 3));
            });
            record.set(cat048::I170, i170::TRE, true);
            record.item(cat048::I250, |item| {
                item.push(|unit| unit.set(i250::BDS1, 4));
                item.push(|unit| unit.set(i250::BDS1, 5));
            });
        });
        let out = datagram(&block.finish());
        prop_assert_eq!(out.rejected(), 0);
        let skypicket_model::Report::Plot(plot) = out.observations[0].report else { panic!("no plot") };
        prop_assert!((plot.range_m / 1852.0 - range_nm).abs() <= 0.5 / 256.0 + 1e-9);
        prop_assert!((plot.azimuth.rad.to_degrees() - azimuth_deg).abs() <= 180.0 / 65_536.0 + 1e-9);
        prop_assert!((plot.pressure.expect("validated").ft() / 100.0 - level.clamp(-2048.0, 2047.75)).abs() <= 0.125 + 1e-9);
        prop_assert_eq!(plot.squawk.map(|squawk| u64::from(squawk.0)), Some(code));
        prop_assert_eq!(plot.address.map(|address| u64::from(address.value)), Some(address));
        prop_assert_eq!(out.observations[0].measured, skypicket_model::Time::from_s(RECEIVED_S - 5));
    }
}

#[test]
fn the_typed_writer_and_the_json_writer_agree() {
    use cat048::{i130, i170, i250};
    let edition = tables::newest(48).expect("a table");
    let mut block = Block::new(edition);
    block.record(|record| {
        record.set(cat048::I010, cat048::i010::SAC, 25);
        record.item(cat048::I030, |item| {
            item.push(|unit| unit.set(cat048::i030::VALUE, 19));
            item.push(|unit| unit.set(cat048::i030::VALUE, 1));
        });
        record.item(cat048::I130, |item| {
            item.sub(i130::APD, |sub| sub.set(i130::apd::VALUE, -1.0));
            item.sub(i130::SRL, |sub| sub.set(i130::srl::VALUE, 2.0));
        });
        record.set(cat048::I170, i170::TCC, true);
        record.item(cat048::I250, |item| item.push(|unit| unit.set(i250::BDS2, 5)));
        record.item(cat048::RE, |item| {
            item.sub(cat048::re::MD5, |sub| {
                sub.sub(cat048::re::md5::EM1, |sub| sub.set(cat048::re::md5::em1::EM1, 0o1234));
                sub.sub(cat048::re::md5::SUM, |sub| sub.set(cat048::re::md5::sum::M5, true));
            });
        });
        record.item(cat048::SP, |item| item.bytes(&[1, 2, 3]));
    });
    let bytes = block.finish();
    let shown = read(edition, &bytes[3..]);
    assert_eq!(shown[0]["items"]["030"], serde_json::json!([19, 1]));
    assert_eq!(shown[0]["items"]["RE"]["MD5"]["EM1"]["EM1"], "1234");
    assert_eq!(shown[0]["items"]["SP"], "010203");
    assert_eq!(from_json(edition, &shown[0]).as_deref(), Ok(&bytes[3..]), "{}", shown[0]);
}

#[test]
fn values_are_clamped_to_what_a_field_holds() {
    let edition = tables::newest(62).expect("a table");
    let mut block = Block::new(edition);
    block.record(|record| {
        record.set(cat062::I010, cat062::i010::SAC, 999);
        record.set(cat062::I185, cat062::i185::VX, 1e9);
        record.set(cat062::I220, cat062::i220::VALUE, f64::NEG_INFINITY);
        record.set(cat062::I136, cat062::i136::VALUE, f64::NAN);
    });
    let shown = read(edition, &block.finish()[3..]);
    assert_eq!(shown[0]["items"]["010"]["SAC"], 255);
    assert_eq!(shown[0]["items"]["185"]["VX"]["value"], 8191.75);
    assert_eq!(shown[0]["items"]["220"]["value"], -204_800.0);
    assert_eq!(shown[0]["items"]["136"]["value"], 0.0);
}

#[test]
fn a_block_ends_where_its_length_can_no_longer_be_stated() {
    let edition = tables::newest(34).expect("a table");
    let mut block = Block::new(edition);
    let mut count = 0_u64;
    while block.record(|record| record.set(cat034::I010, cat034::i010::SIC, 7)) {
        count += 1;
    }
    let bytes = block.finish();
    assert!(bytes.len() <= 65_535);
    assert_eq!(datagram(&bytes).decoded(), count);
}
