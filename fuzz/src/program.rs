//! Targets of the program: site files and the journal's segments.

use crate::corpus::vectors;
use crate::dice::Dice;
use crate::target::Target;
use skypicket::config;
use skypicket::journal::format::{RecordHeader, SegmentHeader, SegmentReason, encode_record};
use skypicket::journal::record::SCHEMA_VERSION;
use skypicket::journal::simulated::SimulatedDisk;
use skypicket::journal::storage::Storage;
use skypicket::journal::{NewRecord, Reader, SteppedJournal, salvage, segment_name, verify};
use skypicket::plan::{Files, Plan};
use skypicket_model::{ConnectionId, FeedId, Seq, Time};
use std::path::Path;
use std::sync::Arc;

/// One target a kind of file.
pub(crate) fn targets() -> Vec<Target> {
    vec![
        Target {
            name: "site-file",
            what: "the config: no panic; what is good resolves or tells why not",
            seeds: vectors("site-file"),
            generate: None,
            runner: |_| Box::new(|input, dice| site_file(&String::from_utf8_lossy(input), dice)),
        },
        Target {
            name: "journal-segment",
            what: "the journal: no panic; it reads, verifies and recovers; what is written behind damage is read back",
            seeds: vec![segment(&mut Dice::new(1), 4), segment(&mut Dice::new(2), 1)],
            generate: Some(|dice, out| {
                let records = dice.below(6);
                *out = segment(dice, records);
            }),
            runner: |_| Box::new(|input, _| journal(input)),
        },
    ]
}

/// There are no other files.
struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str, _: &Path) -> Result<Vec<u8>, String> {
        Err("is not there".to_owned())
    }
}

fn site_file(text: &str, dice: &mut Dice) {
    let parsed = config::parse(text);
    // Resolving reads the borders of all states, which takes a while.
    if parsed.is_ok()
        && dice.one_in(64)
        && let Ok(plan) = Plan::load(text, &NoFiles)
    {
        assert_eq!(plan.config_text, text);
    }
}

const REASONS: [SegmentReason; 3] = [SegmentReason::First, SegmentReason::Epoch, SegmentReason::Restart];

/// A segment with right checksums and a right hash chain, mostly.
fn segment(dice: &mut Dice, records: usize) -> Vec<u8> {
    let mut previous = [0; 32];
    let received_ns = 1_757_453_400_000_000_000;
    let header = SegmentHeader {
        reason: REASONS[dice.below(REASONS.len())],
        segment: 1,
        epoch: 1,
        first_seq: 1,
        first_received_ns: received_ns,
        journal_id: [7; 16],
        prev_hash: previous,
        prev_segment: 0,
        schema: SCHEMA_VERSION,
    };
    let mut out = header.encode().to_vec();
    for number in 0..records as u64 {
        let payload: Vec<u8> = (0..dice.below(40)).map(|_| dice.byte()).collect();
        let header = RecordHeader {
            seq: 1 + number,
            received_ns: received_ns + number as i64 * 1_000_000,
            feed: dice.below(3) as u16,
            connection: dice.below(3) as u32,
            key_epoch: u32::from(dice.one_in(8)),
            kind: dice.below(16) as u8,
            flags: u8::from(dice.one_in(8)),
            raw_len: if dice.one_in(8) { dice.bits() as u32 } else { payload.len() as u32 },
        };
        if dice.one_in(16) {
            previous[0] ^= 1;
        }
        previous = encode_record(&mut out, &header, &previous, &payload);
    }
    out
}

/// A directory with that one segment.
fn disk(segment: &[u8]) -> Arc<dyn Storage> {
    let disk = SimulatedDisk::new(1);
    let write = || {
        let mut file = disk.create(&segment_name(1))?;
        file.append(segment)?;
        file.sync()?;
        disk.sync_dir()
    };
    write().unwrap_or_else(|why| panic!("the simulated disk fails: {why}"));
    Arc::new(disk)
}

/// Reads all that can be read; how many records.
fn read_all(storage: Arc<dyn Storage>) -> u64 {
    let Ok(mut reader) = Reader::open(storage) else { return 0 };
    let mut records = 0;
    loop {
        let damaged = match reader.next_record() {
            Ok(Some(record)) => {
                records += 1;
                let _ = record.body();
                false
            }
            Ok(None) => return records,
            Err(_) => true,
        };
        if damaged && !reader.skip_damage() {
            return records;
        }
    }
}

fn journal(input: &[u8]) {
    for record in salvage(input, 0..=u64::MAX) {
        assert!(record.bytes.len() <= input.len());
    }
    read_all(disk(input));
    let _ = verify(disk(input));
    let storage = disk(input);
    // A segment of another version is refused, not recovered.
    let Ok((mut journal, _)) = SteppedJournal::open(Arc::clone(&storage), 1 << 20, [7; 16]) else { return };
    let payload = b"behind the damage".to_vec();
    let seq =
        journal.append(Time::from_s(1_800_000_000), NewRecord::bytes(FeedId(1), ConnectionId(1), payload.clone()));
    journal.commit().unwrap_or_else(|why| panic!("a recovered journal does not commit: {why}"));
    drop(journal);
    let mut reader = Reader::open(storage).unwrap_or_else(|why| panic!("a recovered journal does not open: {why}"));
    reader.seek_seq(seq).unwrap_or_else(|why| panic!("a recovered journal does not seek: {why}"));
    match reader.next_record() {
        Ok(Some(record)) => assert_eq!((record.seq, record.payload), (Seq(seq.0), payload.as_slice())),
        other => panic!("what was written behind damage is not read back: {other:?}"),
    }
}
