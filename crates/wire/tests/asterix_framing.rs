//! Blocks in streams and datagrams, whole and damaged: the same whatever the chunks, counted, never a panic.

#[path = "asterix_support/mod.rs"]
mod support;

use proptest::prelude::*;
use serde_json::json;
use skypicket_model::{Observation, Reader, Seq, Time};
use skypicket_wire::asterix::tables;
use skypicket_wire::{Chunk, Output};
use support::{RECEIVED_S, all_blocks, block, datagram, decoder, records, vector};

fn stream(parts: &[&[u8]]) -> Output {
    let mut out = Output::default();
    let mut decoder = decoder(json!({}));
    for bytes in parts {
        decoder.push(Chunk { seq: Seq(1), received: Time::from_s(RECEIVED_S), datagram: false, bytes }, &mut out);
    }
    decoder.finish(&mut out);
    out
}

type Counts = Vec<(&'static str, u64)>;

/// Everything that must not depend on how the bytes came.
fn essence(out: &Output) -> (Vec<Observation>, Vec<u64>, Counts, Counts) {
    (out.observations.clone(), out.records.clone(), out.rejects.clone(), out.oddities.clone())
}

fn all_bytes() -> Vec<u8> {
    all_blocks().concat()
}

#[test]
fn one_byte_at_a_time_is_the_same_as_all_at_once() {
    let bytes = all_bytes();
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    let whole = stream(&[&bytes]);
    assert_eq!(whole.rejected(), 0, "{:?}", whole.examples);
    assert_eq!(whole.decoded(), 19);
    assert_eq!(essence(&stream(&single)), essence(&whole));
    assert_eq!(essence(&datagram(&bytes)), essence(&whole));
}

#[test]
fn a_block_holds_many_records() {
    let plot = vector(48, "plot");
    let out = datagram(&block(48, &[plot, plot, plot]));
    assert_eq!(records(&out), [("048", 3)]);
}

/// One real feed appends eight bytes to every datagram.
#[test]
fn bytes_after_the_last_block_of_a_datagram_are_counted_and_do_no_harm() {
    for trailer in [&[0; 8][..], &[0xff; 8], &[199, 0, 4, 1, 2, 3, 4, 5], &[0x30], &[0x30, 0], &[0x30, 0, 2]] {
        let mut bytes = block(48, &[vector(48, "plot")]);
        bytes.extend_from_slice(trailer);
        let out = datagram(&bytes);
        assert_eq!((records(&out), out.rejected()), (vec![("048", 1)], 0), "{trailer:?}");
        assert_eq!(out.oddities, [("bytes after the last block", 1)]);
    }
}

#[test]
fn an_unknown_category_is_counted_and_skipped_by_its_length() {
    let mut bytes = vec![199, 0, 6, 1, 2, 3];
    bytes.extend(block(48, &[vector(48, "plot")]));
    for out in [datagram(&bytes), stream(&[&bytes])] {
        assert_eq!(out.rejects, [("unknown category", 1)]);
        assert_eq!(records(&out), [("048", 1)]);
    }
}

/// Between known blocks an unknown one is no trailer.
#[test]
fn an_unknown_category_in_the_middle_of_a_datagram_is_skipped() {
    let good = block(48, &[vector(48, "plot")]);
    let bytes = [&good[..], &[199, 0, 6, 1, 2, 3], &[198, 0, 4, 1], &good].concat();
    let out = datagram(&bytes);
    assert_eq!((records(&out), out.rejects.as_slice()), (vec![("048", 2)], &[("unknown category", 2)][..]));
    assert!(out.oddities.is_empty());
}

#[test]
fn a_record_without_a_source_becomes_nothing() {
    let out = datagram(&block(48, &["70 546000 A0 64004000"]));
    assert_eq!((records(&out), out.oddities.as_slice()), (vec![("048", 1)], &[("no data source identifier", 1)][..]));
}

#[test]
fn a_damaged_record_costs_its_block_only() {
    let plot = vector(48, "plot");
    // FRN 29 does not exist in category 048.
    let mut bytes = block(48, &[plot, "8101010140 19C9", plot]);
    bytes.extend(block(48, &[plot]));
    let out = datagram(&bytes);
    assert_eq!(out.rejects, [("item not in this edition's profile", 1)]);
    assert_eq!(records(&out), [("048", 2)]);
    assert_eq!(out.examples[0].offset, 3 + 30 - 3);
}

#[test]
fn a_reject_names_the_item_by_its_standard_number() {
    let out = datagram(&block(48, &["90 19C9 64"]));
    assert_eq!((out.examples[0].item, out.examples[0].reason), ("I048/040", "truncated"));
}

#[test]
fn a_stream_finds_the_next_block_after_garbage() {
    let good = block(48, &[vector(48, "plot")]);
    let mut bytes = good.clone();
    bytes.extend_from_slice(&[0, 0, 0, 1, 0, 1]);
    bytes.extend_from_slice(&good);
    let out = stream(&[&bytes]);
    assert_eq!((records(&out), out.rejects.as_slice()), (vec![("048", 2)], &[("bytes between blocks", 1)][..]));
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(essence(&stream(&single)), essence(&out));
}

#[test]
fn an_incomplete_block_at_the_end_is_a_reject() {
    let bytes = block(48, &[vector(48, "plot")]);
    let out = stream(&[&bytes[..bytes.len() - 1]]);
    assert_eq!(out.rejects, [("truncated", 1)]);
    assert_eq!(datagram(&bytes[..bytes.len() - 1]).rejects, [("truncated", 1)]);
}

#[test]
fn spare_bits_are_counted_and_ignored() {
    let clean = datagram(&block(48, &["F110 19C9 546000 A0 64004000 0123"]));
    let spare = datagram(&block(48, &["F110 19C9 546000 A0 64004000 F123"]));
    assert!(clean.oddities.is_empty());
    assert_eq!(spare.oddities, [("spare bit set", 1)]);
    assert_eq!(spare.observations, clean.observations);
}

/// An extent that a later edition added is stepped over: I048/170 has two parts, here four.
#[test]
fn extents_of_a_later_edition_are_stepped_over() {
    let out = datagram(&block(48, &["F102 19C9 546000 A0 64004000 01010180", vector(48, "plot")]));
    assert_eq!((records(&out), out.rejected()), (vec![("048", 2)], 0), "{:?}", out.examples);
}

#[test]
fn wrong_parameters_are_named() {
    for (params, wanted) in [
        (json!({ "editions": { "048": "9.9" } }), "must be one of 1.27, 1.28, 1.29, 1.30, 1.31, 1.32"),
        (json!({ "editions": { "199": "1.0" } }), "no table for category 199"),
        (json!({ "sources": { "25-201": {} } }), "is not SAC/SIC"),
        (json!({ "edition": {} }), "unknown field"),
    ] {
        let setup = skypicket_wire::FeedSetup { params, ..skypicket_wire::FeedSetup::bare(skypicket_model::FeedId(0)) };
        let fault = (skypicket_wire::asterix::KIND.build)(&setup).err().expect("must be refused");
        assert!(fault.contains(wanted), "{fault}");
    }
}

/// A decoder that takes over another's state in mid-block continues bit for bit.
#[test]
fn a_saved_decoder_continues() {
    let mut bytes = block(19, &[vector(19, "status")]);
    bytes.extend(block(20, &["C8 19C9 40 000000004E20"]));
    let whole = stream(&[&bytes]);
    for cut in 0..bytes.len() {
        let chunk = |bytes| Chunk { seq: Seq(1), received: Time::from_s(RECEIVED_S), datagram: false, bytes };
        let mut out = Output::default();
        let mut first = decoder(json!({}));
        first.push(chunk(&bytes[..cut]), &mut out);
        let mut saved = Vec::new();
        first.save(&mut saved);
        let mut second = decoder(json!({}));
        second.load(&mut Reader::new(&saved)).expect("its own form");
        second.push(chunk(&bytes[cut..]), &mut out);
        assert_eq!(essence(&out), essence(&whole), "cut at {cut}");
    }
}

#[test]
fn every_truncation_and_every_bit_flip_is_survived() {
    for bytes in all_blocks() {
        for end in 0..bytes.len() {
            let cut = &bytes[..end];
            datagram(cut);
            stream(&[cut]);
            // The same with a length that fits, so that the records are looked at.
            if end > 3 {
                let mut fitted = cut.to_vec();
                fitted[1..3].copy_from_slice(&(end as u16).to_be_bytes());
                let out = datagram(&fitted);
                assert_eq!(out.decoded() + out.rejected(), 1, "cut at {end}");
            }
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 0x80 >> (bit % 8);
            datagram(&flipped);
            stream(&[&flipped]);
            let mut shown = 0;
            skypicket_wire::asterix::Dump::new(&Default::default()).expect("defaults").show(&flipped, |_| shown += 1);
            assert!(shown > 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Any bytes, cut anywhere: no panic, and the same result however they are cut.
    #[test]
    fn any_bytes_give_the_same_whatever_the_chunks(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        cuts in proptest::collection::vec(0_usize..400, 0..6),
    ) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let parts: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(essence(&stream(&parts)), essence(&stream(&[&bytes])));
    }

    /// Any record bytes behind any category's header.
    #[test]
    fn any_record_of_any_edition_is_survived(
        index in 0..tables::EDITIONS.len(),
        body in proptest::collection::vec(any::<u8>(), 1..200),
    ) {
        let edition = &tables::EDITIONS[index];
        let params = json!({ "editions": { format!("{:03}", edition.category): edition.edition } });
        let mut bytes = vec![edition.category, 0, (body.len() + 3) as u8];
        bytes.extend_from_slice(&body);
        let mut out = Output::default();
        decoder(params).push(Chunk { seq: Seq(1), received: Time::from_s(RECEIVED_S), datagram: true, bytes: &bytes }, &mut out);
        prop_assert!(out.decoded() + out.rejected() > 0);
        for observation in &out.observations {
            // The canonical form refuses what is not a number.
            skypicket_model::Canon::to_canon(observation);
        }
    }
}
