//! Beast and AVR framing: escapes, damage, cuts anywhere, and what may never panic.

mod mode_s_support;

use mode_s_support::{feed, hex, start};
use proptest::prelude::*;
use skypicket_model::identity::{EmitterCategory, FlightId, Mode3A};
use skypicket_model::{LatLon, Reader, Report, Seq, Span, Time};
use skypicket_wire::mode_s::encode::{self, Airborne, Operational, VelocityCommon};
use skypicket_wire::{Chunk, Decoder, Output, decoder};

fn new(format: &str) -> Box<dyn Decoder> {
    (decoder(format).expect("registered").build)(&feed("{}")).expect("params")
}

fn push(decoder: &mut dyn Decoder, seq: u64, bytes: &[u8], out: &mut Output) {
    decoder.push(Chunk { seq: Seq(seq), received: start(), datagram: false, bytes }, out);
}

/// Everything that must not depend on cuts: what was said when, and every count.
type Outcome =
    (Vec<(Time, Report)>, Vec<u64>, Vec<(&'static str, u64)>, Vec<(&'static str, u64)>, Vec<skypicket_model::Reject>);

fn outcome(out: &Output) -> Outcome {
    let said = out.observations.iter().map(|observation| (observation.measured, observation.report)).collect();
    (said, out.records.clone(), out.rejects.clone(), out.oddities.clone(), out.examples.clone())
}

fn whole(format: &str, bytes: &[u8]) -> Outcome {
    let (mut decoder, mut out) = (new(format), Output::default());
    push(&mut *decoder, 0, bytes, &mut out);
    decoder.finish(&mut out);
    outcome(&out)
}

/// A little of everything, from two aircraft whose addresses are full of escapes.
fn sky() -> Vec<Vec<u8>> {
    let mut frames = vec![vec![0x1a, 0x2b]];
    for (address, lat_deg) in [(0x1a_1a1a, 52.0), (0x48_9c1a, 51.0)] {
        for n in 0..6 {
            let place = LatLon { lat_deg: lat_deg + 0.002 * f64::from(n), lon_deg: 23.0 };
            let what = Airborne { type_code: 11, nic_b: false, ft: Some(1800.0) };
            frames.push(encode::df17(address, encode::airborne_position(what, place, n % 2 == 1)).to_vec());
            let velocity = encode::ground_velocity(VelocityCommon::default(), Some(-26.0), Some(26.0));
            frames.push(encode::df17(address, velocity).to_vec());
            frames.push(encode::df11(address, 5, 0).to_vec());
            frames.push(encode::df4(address, 0, Some(1800.0)).to_vec());
            let name = FlightId::parse("SHZ1A");
            frames.push(
                encode::df17(address, encode::identification(name, EmitterCategory { set: b'B', number: 6 })).to_vec(),
            );
            frames.push(encode::df17(address, encode::operational_status(Operational::default())).to_vec());
            frames.push(encode::df21(address, 0, Mode3A(0o7700), encode::bds40(Some(2000.0), Some(1013.2))).to_vec());
        }
    }
    frames
}

fn beast_stream() -> Vec<u8> {
    let mut bytes = Vec::new();
    for (n, frame) in sky().iter().enumerate() {
        encode::beast(&mut bytes, 0x1a_1a1a_1a00 + n as u64, 0x1a, frame);
        if n % 5 == 0 {
            bytes.extend_from_slice(b"\x1a\xe3\x01\x02\x1a\x1a\x03\x04\x05\x06\x07\x08");
        }
    }
    bytes
}

fn avr_stream() -> Vec<u8> {
    let mut bytes = Vec::new();
    for (n, frame) in sky().iter().enumerate() {
        if n % 3 == 0 {
            let digits: String = frame.iter().map(|byte| format!("{byte:02x}")).collect();
            bytes.extend_from_slice(format!("@{n:012X}{digits};\r\n<{n:012x}7f{digits};\n").as_bytes());
        } else {
            encode::avr(&mut bytes, frame);
        }
    }
    bytes
}

/// The committed vectors: the sky, relayed and surface traffic, a multilateration result and some damage.
fn vector(format: &str) -> Vec<u8> {
    const MARK: u64 = 0xff00_4d4c_4154;
    let place = LatLon { lat_deg: 51.5, lon_deg: 23.5 };
    let what = Airborne { type_code: 18, nic_b: false, ft: Some(3000.0) };
    let mut bytes = if format == "beast" { beast_stream() } else { avr_stream() };
    for odd in [false, true, false] {
        let airborne = encode::airborne_position(what, place, odd);
        let surface = encode::surface_position(7, Some(12.0), Some(90.0), place, odd);
        for (stamp, frame) in [
            (1, encode::df18(2, 0x12_3456, airborne)),
            (2, encode::df18(6, 0x12_3457, airborne)),
            (3, encode::df17(0x1a_1a1a, surface)),
            (MARK, encode::df18(2, 0x12_3458, airborne)),
        ] {
            if format == "beast" {
                encode::beast(&mut bytes, stamp, 100, &frame);
            } else {
                let digits: String = frame.iter().map(|byte| format!("{byte:02X}")).collect();
                bytes.extend_from_slice(format!("@{stamp:012X}{digits};\n").as_bytes());
            }
        }
    }
    bytes.extend_from_slice(if format == "beast" { b"\x1a\x7f?\x1a3\x00" } else { b"junk\n*8D;\n*8D4840D6" });
    bytes
}

#[test]
fn the_committed_vectors_are_the_encoders_and_decode() {
    for (format, file) in [("beast", "beast.bin"), ("avr", "avr.txt")] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(file);
        let expected = vector(format);
        if std::fs::read(&path).ok().as_ref() != Some(&expected) {
            let fresh = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
            std::fs::write(&fresh, &expected).expect("writable");
            panic!("{} differs from {}", path.display(), fresh.display());
        }
        let (said, records, rejects, ..) = whole(format, &expected);
        assert_eq!(
            records.iter().zip(skypicket_wire::mode_s::RECORDS).filter(|(n, _)| **n > 0).count(),
            if format == "beast" { 7 } else { 6 }
        );
        assert!(said.iter().any(|(_, report)| matches!(report, Report::Fix(_))), "{format}");
        assert_eq!(rejects.iter().map(|(_, n)| n).sum::<u64>(), if format == "beast" { 2 } else { 3 }, "{rejects:?}");
    }
}

#[test]
fn every_frame_of_a_clean_stream_is_understood() {
    for (format, bytes) in [("beast", beast_stream()), ("avr", avr_stream())] {
        let (said, records, rejects, ..) = whole(format, &bytes);
        assert!(rejects.is_empty(), "{format}: {rejects:?}");
        assert!(records.iter().sum::<u64>() >= sky().len() as u64, "{format}");
        assert!(said.len() > 60, "{format}: {}", said.len());
    }
}

#[test]
fn any_two_cuts_give_the_same() {
    for (format, bytes) in [("beast", beast_stream()), ("avr", avr_stream())] {
        let bytes = &bytes[..900];
        let expected = whole(format, bytes);
        for cut in 0..bytes.len() {
            let (mut decoder, mut out) = (new(format), Output::default());
            let (front, back) = bytes.split_at(cut);
            push(&mut *decoder, 0, front, &mut out);
            push(&mut *decoder, 1, back, &mut out);
            decoder.finish(&mut out);
            assert_eq!(outcome(&out), expected, "{format} cut at {cut}");
        }
    }
}

#[test]
fn byte_by_byte_and_through_checkpoints_gives_the_same() {
    for (format, bytes) in [("beast", beast_stream()), ("avr", avr_stream())] {
        let (mut decoder, mut out) = (new(format), Output::default());
        for (n, byte) in bytes.iter().enumerate() {
            push(&mut *decoder, n as u64, &[*byte], &mut out);
            if n % 7 == 0 {
                let mut state = Vec::new();
                decoder.save(&mut state);
                decoder = new(format);
                let mut reader = Reader::new(&state);
                decoder.load(&mut reader).expect("own bytes");
                assert_eq!(reader.remaining(), 0);
                let mut again = Vec::new();
                decoder.save(&mut again);
                assert_eq!(state, again);
            }
        }
        decoder.finish(&mut out);
        assert_eq!(outcome(&out), whole(format, &bytes), "{format}");
    }
}

#[test]
fn a_damaged_checkpoint_is_refused_or_harmless() {
    let (mut decoder, mut out) = (new("beast"), Output::default());
    push(&mut *decoder, 0, &beast_stream()[..500], &mut out);
    let mut state = Vec::new();
    decoder.save(&mut state);
    for cut in 0..state.len() {
        assert!(new("beast").load(&mut Reader::new(&state[..cut])).is_err(), "cut at {cut}");
    }
    for byte in 0..state.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = state.clone();
            damaged[byte] ^= flip;
            let mut decoder = new("beast");
            if decoder.load(&mut Reader::new(&damaged)).is_ok() {
                push(&mut *decoder, 1, &beast_stream(), &mut Output::default());
            }
        }
    }
}

#[test]
fn truncation_and_every_flipped_bit_leave_the_rest_readable() {
    for (format, bytes) in [("beast", beast_stream()), ("avr", avr_stream())] {
        let bytes = &bytes[..700];
        for cut in 0..=bytes.len() {
            whole(format, &bytes[..cut]);
            whole(format, &bytes[cut..]);
        }
        let untouched = whole(format, bytes).1.iter().sum::<u64>();
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.to_vec();
            damaged[bit / 8] ^= 1 << (bit % 8);
            // One bit may spoil its frame and its neighbour, or the address that later replies rest on; never the framing.
            let decoded = whole(format, &damaged).1.iter().sum::<u64>();
            assert!(decoded + 12 >= untouched, "{format} bit {bit}: {decoded} of {untouched}");
        }
    }
}

#[test]
fn damage_is_counted_by_its_kind() {
    let frame = encode::df11(0x48_4141, 5, 0);
    let mut good = Vec::new();
    encode::beast(&mut good, 0, 0, &frame);
    let stream = [&b"noise\x1a\x1a!"[..], &good, b"\x1a\x7f??\x1a\x1a?", &good[..9], &good].concat();
    let (said, _, rejects, ..) = whole("beast", &stream);
    assert_eq!(said.len(), 2);
    let expected = [("bytes outside a frame", 1), ("unknown frame type", 1), ("truncated frame", 1)];
    assert_eq!(rejects, expected);

    let line =
        "*5D484141".to_owned() + &frame[4..].iter().map(|byte| format!("{byte:02X}")).collect::<String>() + ";\n";
    let stream = format!("hello\n{line}*12;\n*zz484141000000;\n*5D48\n{line}");
    let (said, _, rejects, ..) = whole("avr", stream.as_bytes());
    assert_eq!(said.len(), 2);
    let expected =
        [("text outside a frame", 1), ("bad line length", 1), ("not hexadecimal", 1), ("truncated frame", 1)];
    assert_eq!(rejects, expected);
}

#[test]
fn a_long_frame_that_holds_a_short_reply_is_read_as_one() {
    let mut frame = encode::df11(0x39_3322, 5, 0).to_vec();
    frame.extend_from_slice(&hex("5817E9CC428D00"));
    let mut bytes = Vec::new();
    encode::beast(&mut bytes, 0, 0, &frame);
    let (said, _, rejects, oddities, _) = whole("beast", &bytes);
    assert_eq!((said.len(), rejects.len(), oddities), (1, 0, vec![("short reply in a long frame", 1)]));
}

#[test]
fn datagrams_end_their_frames() {
    let mut good = Vec::new();
    encode::beast(&mut good, 0, 0, &encode::df11(0x48_4141, 5, 0));
    let (mut decoder, mut out) = (new("beast"), Output::default());
    for (seq, bytes) in [(0, &good[..9]), (1, &good[9..]), (2, &good[..])] {
        decoder.push(Chunk { seq: Seq(seq), received: start(), datagram: true, bytes }, &mut out);
    }
    assert_eq!(out.observations.len(), 1);
    assert_eq!(out.rejects, [("truncated frame", 1), ("bytes outside a frame", 1)]);
}

#[test]
fn the_receiver_counter_carries_the_time_when_asked() {
    let mut decoder =
        (decoder("beast").expect("registered").build)(&feed(r#"{"stamps": "counter_12mhz"}"#)).expect("params");
    let mut out = Output::default();
    for ticks in [1_000_000, 13_000_000] {
        let mut bytes = Vec::new();
        encode::beast(&mut bytes, ticks, 0, &encode::df11(0x48_4141, 5, 0));
        push(&mut *decoder, ticks, &bytes, &mut out);
    }
    assert_eq!(out.observations[1].measured - out.observations[0].measured, Span::from_s(1));
}

#[test]
fn parameters_are_checked() {
    let build = |params: &str| (decoder("beast").expect("registered").build)(&feed(params)).map(|_| ());
    assert_eq!(build(r#"{"stamps": "gps", "reality": "simulated"}"#), Ok(()));
    for bad in [r#"{"stamp": "gps"}"#, r#"{"reach_m": 0}"#, r#"{"receiver": {"lat_deg": 91, "lon_deg": 0}}"#] {
        assert!(build(bad).is_err(), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn noise_in_any_cut_gives_the_same(bytes in proptest::collection::vec(prop_oneof![Just(0x1a_u8), Just(b'3'), Just(b'2'), Just(b'*'), Just(b';'), Just(b'A'), any::<u8>()], 0..400), cuts in proptest::collection::vec(0_usize..400, 0..6)) {
        for format in ["beast", "avr"] {
            let (mut decoder, mut out) = (new(format), Output::default());
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            for (seq, pair) in cuts.windows(2).enumerate() {
                push(&mut *decoder, seq as u64, &bytes[pair[0]..pair[1]], &mut out);
            }
            decoder.finish(&mut out);
            prop_assert_eq!(outcome(&out), whole(format, &bytes));
        }
    }
}
