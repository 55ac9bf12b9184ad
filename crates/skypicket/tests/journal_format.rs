//! Records and headers read back as they were written, and nothing else reads at all.

use proptest::prelude::*;
use skypicket::journal::format::{
    FLAG_COMPRESSED, HeaderFault, RECORD_HEADER_BYTES, RecordHeader, SEGMENT_HEADER_BYTES, SegmentHeader,
    SegmentReason, decode_record, encode_record, sha256,
};
use skypicket::journal::record::SCHEMA_VERSION;
use skypicket::journal::simulated::SimulatedDisk;
use skypicket::journal::storage::Storage;
use skypicket::journal::{
    Body, ContentRef, EpochReason, EpochStart, Kind, NewRecord, QuarantinedPart, Reader, Record, SteppedJournal,
    salvage, segment_name, verify,
};
use skypicket_model::ids::{ConnectionId, FeedId, Seq, TrackId};
use skypicket_model::time::Time;
use std::sync::Arc;

fn header() -> SegmentHeader {
    SegmentHeader {
        reason: SegmentReason::Size,
        segment: 7,
        epoch: 3,
        first_seq: 1234,
        first_received_ns: -5,
        journal_id: *b"0123456789abcdef",
        prev_hash: sha256(b"before"),
        prev_segment: 6,
        schema: SCHEMA_VERSION,
    }
}

/// A header of another version, with a right checksum.
fn of_version(at: usize, value: u8) -> [u8; SEGMENT_HEADER_BYTES] {
    let mut bytes = header().encode();
    bytes[at] = value;
    let crc = crc32c::crc32c(&bytes[..124]);
    bytes[124..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

#[test]
fn a_header_reads_back_and_any_flipped_bit_shows() {
    let bytes = header().encode();
    assert_eq!(SegmentHeader::decode(&bytes), Ok(header()));
    assert_eq!(SegmentHeader::decode(&bytes[..127]), Err(HeaderFault::Short));
    for bit in 0..SEGMENT_HEADER_BYTES * 8 {
        let mut flipped = bytes;
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(SegmentHeader::decode(&flipped), Err(HeaderFault::Damaged), "bit {bit}");
    }
}

#[test]
fn another_version_is_refused_with_a_message_not_called_damage() {
    assert_eq!(SegmentHeader::decode(&of_version(8, 2)), Err(HeaderFault::UnknownVersion(2)));
    let fault = SegmentHeader::decode(&of_version(104, 9)).expect_err("an unknown schema");
    assert_eq!(fault, HeaderFault::UnknownSchema(9));
    assert_eq!(
        fault.to_string(),
        "segment has schema version 9, this build reads versions 1 and 2: read it with the build that wrote it"
    );
}

/// A journal of the version before pauses were recorded is read and gone on with.
#[test]
fn a_journal_of_the_former_schema_is_gone_on_with() {
    let first = of_version_one(&EpochStart {
        reason: EpochReason::FirstStart,
        build: "former".to_owned(),
        config: b"x".to_vec(),
        files: Vec::new(),
        carried: Vec::new(),
    });
    let disk = SimulatedDisk::new(1);
    let mut file = disk.create(&segment_name(1)).expect("room");
    file.append(&first).and_then(|()| file.sync()).and_then(|()| disk.sync_dir()).expect("room");
    let storage: Arc<dyn Storage> = Arc::new(disk);
    let (mut journal, recovery) = SteppedJournal::open(Arc::clone(&storage), 1 << 20, [0; 16]).expect("it opens");
    assert_eq!((recovery.epoch, recovery.last), (1, Some((Seq(1), Time::from_s(5)))));
    assert_eq!(recovery.epoch_start.map(|(start, _)| start.build).as_deref(), Some("former"));
    assert!(recovery.set_aside.is_empty(), "{:?}", recovery.set_aside);
    journal.append(Time::from_s(5), NewRecord::resumed(Time::from_s(9)));
    journal.append(Time::from_s(9), NewRecord::command(vec![1]));
    journal.commit().expect("room");
    drop(journal);
    let verified = verify(Arc::clone(&storage)).expect("readable");
    assert!(verified.faults.is_empty(), "{:?}", verified.faults);
    let mut reader = Reader::open(storage).expect("readable");
    let mut kinds = Vec::new();
    while let Some(record) = reader.next_record().expect("whole") {
        kinds.push((record.kind, record.received.floor_s()));
    }
    use Kind::{Command, EpochStart as Begun, Resumed, Tick};
    assert_eq!(kinds, [(Begun, 5), (Resumed, 5), (Tick, 6), (Tick, 7), (Tick, 8), (Tick, 9), (Command, 9)]);
}

/// A segment with the start of an epoch alone, received at second 5, as a build of schema version 1 wrote it.
fn of_version_one(start: &EpochStart) -> Vec<u8> {
    let first = SegmentHeader {
        reason: SegmentReason::First,
        segment: 1,
        epoch: 1,
        first_seq: 1,
        first_received_ns: Time::from_s(5).ns(),
        prev_hash: [0; 32],
        prev_segment: 0,
        schema: 1,
        ..header()
    };
    let mut payload = start.encode();
    payload[..4].copy_from_slice(&1_u32.to_le_bytes());
    let record = RecordHeader {
        seq: 1,
        received_ns: first.first_received_ns,
        feed: 0,
        connection: 0,
        key_epoch: 0,
        kind: Kind::EpochStart as u8,
        flags: 0,
        raw_len: payload.len() as u32,
    };
    let mut bytes = first.encode().to_vec();
    let chain = sha256(&bytes);
    encode_record(&mut bytes, &record, &chain, &payload);
    bytes
}

/// The bytes of a header and of a record, as the format's page has them: an accidental change of the format fails here.
#[test]
fn the_layout_is_the_documented_one() {
    let bytes = header().encode();
    assert_eq!(&bytes[..8], b"SKYPJRNL");
    assert_eq!(&bytes[8..16], [1, 0, 128, 0, 2, 0, 0, 0]);
    assert_eq!(&bytes[16..24], 7_u64.to_le_bytes());
    assert_eq!(&bytes[32..40], 1234_u64.to_le_bytes());
    assert_eq!(&bytes[64..96], sha256(b"before"));
    let mut out = Vec::new();
    let record = RecordHeader {
        seq: 0x0102,
        received_ns: 0x0304,
        feed: 0x0506,
        connection: 0x0708,
        key_epoch: 0x090a,
        kind: Kind::Bytes as u8,
        flags: 0,
        raw_len: 3,
    };
    let hash = encode_record(&mut out, &record, &[0xEE; 32], b"abc");
    assert_eq!(hash, sha256(&out));
    assert_eq!(out.len(), RECORD_HEADER_BYTES + 3);
    assert_eq!(&out[..4], crc32c::crc32c(&out[4..]).to_le_bytes());
    assert_eq!(&out[4..12], [3, 0, 0, 0, 2, 1, 0, 0]);
    assert_eq!(&out[24..40], [6, 5, 2, 0, 8, 7, 0, 0, 0x0a, 9, 0, 0, 3, 0, 0, 0]);
    assert_eq!(&out[40..48], [0; 8]);
    assert_eq!(&out[48..80], [0xEE; 32]);
    assert_eq!(&out[80..], b"abc");
}

#[test]
fn a_decompression_bomb_is_refused() {
    let stored = lz4_flex::block::compress(&vec![0; 1 << 20]);
    let record_of_len = |raw_len| {
        let (seq, received_ns, feed, connection, key_epoch) = (1, 0, 0, 0, 0);
        let (kind, flags) = (Kind::Bytes as u8, FLAG_COMPRESSED);
        let header = RecordHeader { seq, received_ns, feed, connection, key_epoch, kind, flags, raw_len };
        let mut bytes = Vec::new();
        encode_record(&mut bytes, &header, &[0; 32], &stored);
        bytes
    };
    for raw_len in [0, 1, (1 << 20) - 1, (1 << 20) + 1, 64 << 20] {
        let bytes = record_of_len(raw_len);
        let record = decode_record(&bytes).expect("the checksum is right");
        assert!(record.decompress(&mut Vec::new()).is_err(), "{raw_len}");
    }
    let bytes = record_of_len(1 << 20);
    assert!(decode_record(&bytes).expect("right").decompress(&mut Vec::new()).is_ok());
    assert!(decode_record(&record_of_len(u32::MAX)).is_err(), "four gigabytes");
}

#[test]
fn only_the_kinds_of_this_version_have_numbers() {
    // 11 was for a record that no program ever wrote.
    for byte in 0..=u8::MAX {
        let number = Kind::from_byte(byte).map(|kind| kind as u8);
        assert_eq!(number, (1..=14).contains(&byte).then_some(byte).filter(|byte| *byte != 11));
    }
    assert!(Kind::ALL.is_sorted(), "by number");
}

/// What a record made by the public constructors says once it is in a journal.
fn body_of(record: NewRecord, check: impl Fn(Body<'_>, Record<'_>)) {
    let disk = SimulatedDisk::new(1);
    let (mut journal, _) = SteppedJournal::open(Arc::new(disk), 1 << 20, [0; 16]).expect("an empty disk");
    let received = Time::from_s(5);
    journal.append(received, record);
    let accepted = journal.take_accepted().pop().expect("just appended");
    check(accepted.body().expect("a payload of its kind"), accepted.record());
}

#[test]
fn every_kind_says_what_was_meant() {
    let (feed, connection) = (FeedId(3), ConnectionId(9));
    body_of(NewRecord::bytes(feed, connection, vec![1, 2]).encrypted(77), |body, record| {
        assert_eq!(body, Body::Bytes(&[1, 2]));
        assert_eq!((record.feed, record.connection, record.key_epoch), (feed, connection, 77));
    });
    body_of(NewRecord::connection_opened(feed, connection, "peer", true), |body, _| {
        assert_eq!(body, Body::ConnectionOpened { peer: "peer", datagrams: true });
    });
    body_of(NewRecord::connection_closed(feed, connection, "reset"), |body, _| {
        assert_eq!(body, Body::ConnectionClosed { reason: "reset" });
    });
    body_of(NewRecord::command(vec![9]), |body, _| assert_eq!(body, Body::Command(&[9])));
    body_of(NewRecord::quarantine(Seq(4), QuarantinedPart::Engine, "overflow"), |body, _| {
        assert_eq!(body, Body::Quarantine { seq: Seq(4), part: QuarantinedPart::Engine, detail: "overflow" });
    });
    body_of(NewRecord::link(TrackId(1), TrackId(2)), |body, _| {
        assert_eq!(body, Body::Link { from: TrackId(1), to: TrackId(2) });
    });
    body_of(NewRecord::resumed(Time::from_s(600)), |body, record| {
        assert_eq!(body, Body::Resumed { until: Time::from_s(600) });
        assert_eq!((record.received, record.payload), (Time::from_s(5), &600_000_000_000_i64.to_le_bytes()[..]));
    });
    body_of(NewRecord::quarantine(Seq(4), QuarantinedPart::Decoder, &"ß".repeat(5000)), |body, _| {
        let Body::Quarantine { detail, .. } = body else { panic!("{body:?}") };
        assert!(detail.len() <= 1024 && detail.chars().all(|c| c == 'ß'), "texts are cut at a character");
    });
}

fn any_epoch() -> impl Strategy<Value = EpochStart> {
    let file = (".{0,20}", ".{0,20}", any::<u64>(), any::<[u8; 32]>());
    let bytes = || proptest::collection::vec(any::<u8>(), 0..300);
    (0..5_usize, ".{0,40}", bytes(), proptest::collection::vec(file, 0..5), bytes()).prop_map(
        |(reason, build, config, files, carried)| {
            use EpochReason::{Build, Config, Day, FirstStart, Size};
            let files =
                files.into_iter().map(|(role, name, len_bytes, sha256)| ContentRef { role, name, len_bytes, sha256 });
            EpochStart {
                reason: [FirstStart, Build, Config, Day, Size][reason],
                build,
                config,
                files: files.collect(),
                carried,
            }
        },
    )
}

fn record_of<'a>(kind: Kind, payload: &'a [u8]) -> Record<'a> {
    let (seq, received) = (Seq(1), Time::EPOCH);
    Record { seq, received, kind, feed: FeedId(0), connection: ConnectionId(0), key_epoch: 0, payload }
}

proptest! {
    #[test]
    fn records_read_back(
        (seq, received_ns, feed) in any::<(u64, i64, u16)>(),
        (connection, key_epoch, kind) in any::<(u32, u32, u8)>(),
        prev in any::<[u8; 32]>(),
        payload in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let raw_len = payload.len() as u32;
        let header = RecordHeader { seq, received_ns, feed, connection, key_epoch, kind, flags: 0, raw_len };
        let mut bytes = vec![0xAA; 3];
        let hash = encode_record(&mut bytes, &header, &prev, &payload);
        let record = decode_record(&bytes[3..]).expect("what was written");
        prop_assert_eq!(record.header, header);
        prop_assert_eq!(record.prev_hash, prev);
        prop_assert_eq!(record.stored, &payload[..]);
        prop_assert_eq!(hash, sha256(record.bytes));
        for cut in 3..bytes.len() {
            prop_assert!(decode_record(&bytes[3..cut]).is_err());
        }
    }

    #[test]
    fn epoch_starts_read_back(start in any_epoch(), cut in any::<prop::sample::Index>()) {
        let payload = start.encode();
        prop_assert_eq!(record_of(Kind::EpochStart, &payload).body(), Ok(Body::EpochStart(Box::new(start))));
        let short = &payload[..cut.index(payload.len())];
        prop_assert!(record_of(Kind::EpochStart, short).body().is_err());
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(kind in proptest::sample::select(&Kind::ALL[..]), bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = record_of(kind, &bytes).body();
        let _ = record_of(kind, &bytes).first_seq();
        let _ = decode_record(&bytes);
        let _ = SegmentHeader::decode(&bytes);
        prop_assert!(salvage(&bytes, 0..=u64::MAX).is_empty());
    }
}
