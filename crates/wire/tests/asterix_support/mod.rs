//! Records written by hand from the standards' facts, one or more a category, and how to decode them.

#![allow(dead_code, reason = "each test file uses its part")]

use skypicket_model::{FeedId, Seq, Time};
use skypicket_wire::asterix::KIND;
use skypicket_wire::{Chunk, Decoder, FeedSetup, Output};

/// 2025-09-09T12:00:05Z, five seconds after the time of day in the vectors (54 60 00 = 12:00:00).
pub(crate) const RECEIVED_S: i64 = 1_757_419_205;

/// (category, what it is, the record's bytes from the FSPEC on). Spaces separate items.
pub(crate) const VECTORS: &[(u8, &str, &str)] = &[
    // 010 020(combined) 040(50 NM, 180°) 070(1234) 090(FL100) 141
    (1, "plot", "FA 1908 30 19008000 029C 0190 6000"),
    // 010 020(TYP track, SSR) 161 040 070 090 141
    (1, "track", "F3C0 1908 A0 002A 19008000 029C 0190 6000"),
    // 010 020 rfs: two items, FRN 3 (040) and FRN 7 (141)
    (1, "random fields", "C10102 1908 30 02 03 19008000 07 6000"),
    // 010 000(sector) 020(90°) 030
    (2, "sector", "F0 1908 02 40 546000"),
    // 010 000 020(Mode S multilateration) 140 041(45°, 22.5°) 202(10, −20 m/s) 161 220
    (10, "multilaterated", "F964 19C9 01 20 546000 2000000010000000 0028FFB0 0123 489A2B"),
    // 010 000 020(PSR) 140 040(1500 m, 45°)
    (10, "surface radar", "F4 19C9 01 60 546000 05DC2000"),
    // 010 000(periodic status) 140 550(degraded, overload)
    (10, "status", "D10104 19C9 03 546000 60"),
    // 010 000(measurement plot) 020 145 161 625(R, SDR, RR) 627(AZ, SDASZ) 628(EL)
    (15, "plot", "D70105C0 19C9 02 00 546000 0007 B001E240000032FFFF06 A060000200 800800"),
    // 010 000 140 550(time source invalid) 600(45°, 22.5°) 610(100 m) 620(30 m)
    (19, "status", "F1E0 19C9 02 546000 10 1000000008000000 0190 1E"),
    // 010 020(Mode S) 140 041(45°, 22.5°) 161 070(7700) 202 090(FL350) 220 500(SDP 5 m, 10 m)
    (20, "report", "F5E908 19C9 40 546000 0080000000400000 0123 0FC0 0028FFB0 0578 489A2B 40001400280000"),
    // 010 040 071 131(45°, 22.5°) 080 140(36,000 ft) 090(NACv 2, NIC 8, baro, SIL 3, NACp 9, SDA 2, GVA 2) 210(version 2)
    // 070 145 200(general emergency) 155(+1000 ft/min) 160(0.125 NM/s, 90°) 170(LOT281) 020(heavy)
    (
        21,
        "report",
        "CB117B69C0 19C9 0100 546000 1000000008000000 489A2B 1680 51F314 12 0FC0 0578 04 00A0 08004000 30F532E31820 05",
    ),
    // 010 000 070 100(not to be used)
    (23, "status", "D8 19C9 01 546000 80"),
    // 010 000(north) 030 041(4 s) 050(COM: transmission overload) 120(120 m, 45°, 22.5°)
    (34, "north marker", "ED10 19C9 01 546000 0200 8008 0078200000100000"),
    // 010 000(jamming strobe) 030 100(0 to 255.99 NM, 45° to 56.25°)
    (34, "strobe", "E140 19C9 04 546000 0000FFFF20002800"),
    // 010 140 020(roll-call) 040(100 NM, 90°) 070(7700) 090(FL350) 220 240(LOT281) 161(291)
    (48, "plot", "FDD0 19C9 546000 A0 64004000 0FC0 0578 489A2B 30F532E31820 0123"),
    // 010 140 020(PSR, extended range) 040(limit, 0°) RE(ERR: 300 NM)
    (48, "far plot", "F1010102 19C9 546000 2140 FFFF0000 0508012C00"),
    // 010 015 070 105(45°, 22.5°) 185(200, −50 m/s) 060 380(ADR, ID) 040(1234) 080(coasting) 290(PSR 10 s, MDS 4 s, ES old)
    // 136 220(−500 ft/min) 500(APC 100 m, 50 m; COV 30 m)
    (
        62,
        "track",
        "BB5F2504 1964 01 546000 0080000000400000 0320FF38 0FC0 C0489A2B30F532E31820 04D2 01010180 542810FF 0578 FFB0 \
         C000C80064003C",
    ),
    // 010 030 050(25/201) 060(degraded)
    (63, "status", "B8 1964 546000 19C9 40"),
    // 010 000 015 030 040(overload)
    (65, "status", "F4 1964 01 01 546000 20"),
];

/// The same aircraft as a report of edition 0.26: 010 040(ICAO) 030 130 080 140 090(NUCp 7) 145 155 160 170 200 020.
pub(crate) const OLD_ADS_B: &str =
    "FF235380 19C9 0028 546000 0080000000400000 489A2B 1680 0007 0578 00A0 08004000 30F532E31820 01 05";

/// Hexadecimal text to bytes.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|letter| letter.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

/// A block of records.
pub(crate) fn block(category: u8, records: &[&str]) -> Vec<u8> {
    let body: Vec<u8> = records.iter().flat_map(|record| hex(record)).collect();
    let length = (body.len() + 3) as u16;
    let mut block = vec![category];
    block.extend_from_slice(&length.to_be_bytes());
    block.extend_from_slice(&body);
    block
}

/// A record of the vectors.
pub(crate) fn vector(category: u8, what: &str) -> &'static str {
    VECTORS.iter().find(|vector| vector.0 == category && vector.1 == what).expect("no such vector").2
}

/// Every vector as a block.
pub(crate) fn all_blocks() -> Vec<Vec<u8>> {
    VECTORS.iter().map(|(category, _, record)| block(*category, &[record])).collect()
}

/// A decoder with parameters.
pub(crate) fn decoder(params: serde_json::Value) -> Box<dyn Decoder> {
    let setup = FeedSetup { params, ..FeedSetup::bare(FeedId(3)) };
    (KIND.build)(&setup).expect("the parameters are valid")
}

/// Decodes bytes as one datagram.
pub(crate) fn datagram(bytes: &[u8]) -> Output {
    datagram_at(bytes, Time::from_s(RECEIVED_S), serde_json::json!({}))
}

/// Decodes bytes as one datagram with a time of arrival and parameters.
pub(crate) fn datagram_at(bytes: &[u8], received: Time, params: serde_json::Value) -> Output {
    let mut out = Output::default();
    decoder(params).push(Chunk { seq: Seq(1), received, datagram: true, bytes }, &mut out);
    out
}

/// Counts by category name.
pub(crate) fn records(out: &Output) -> Vec<(&'static str, u64)> {
    KIND.records.iter().copied().zip(out.records.iter().copied()).filter(|(_, count)| *count > 0).collect()
}
