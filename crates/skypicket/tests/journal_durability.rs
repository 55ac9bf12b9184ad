//! Everything acknowledged as durable is there after a power cut at any operation, and every damage is noticed. A sample; the full
//! sweep is `cargo run --release -p skypicket --example journal_sweep`. `SKYPICKET_SWEEP=n` takes n workloads here.

#![allow(clippy::disallowed_methods, reason = "the size of the sweep is chosen by the environment")]

mod journal_workload;

use journal_workload::{Workload, finished, flip_and_check, run_whole, run_with_cut};
use skypicket::journal::format::{SEGMENT_HEADER_BYTES, decode_record, encode_record};
use skypicket::journal::simulated::SimulatedDisk;
use skypicket::journal::storage::{Storage, read_whole};
use skypicket::journal::{ReadError, Reader, verify};
use std::sync::Arc;

fn workloads(default: u64) -> u64 {
    std::env::var("SKYPICKET_SWEEP").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_any_operation() {
    for seed in 0..workloads(60) {
        let whole = run_whole(seed);
        // Every third operation of every workload, another third for each seed.
        for cut in (seed % 3..whole.operations).step_by(3) {
            assert!(run_with_cut(seed, cut), "seed {seed}: operation {cut} was not reached");
        }
    }
}

#[test]
fn a_flipped_bit_never_gives_a_wrong_record_and_is_always_noticed() {
    for seed in 0..workloads(6) {
        let (workload, names) = finished(seed);
        let files = workload.disk.list().expect("the disk reads");
        for (i, name) in names.iter().enumerate() {
            let bits = files.iter().find(|file| file.name == *name).map_or(0, |file| file.len_bytes * 8);
            let last = i + 1 == names.len();
            for bit in (0..bits).step_by(1 + (bits / 400) as usize).chain(bits.saturating_sub(1)..bits) {
                flip_and_check(&workload, name, bit, last && bit % 5 == 0);
            }
        }
    }
}

/// A workload in one segment, its name and its bytes.
fn one_segment() -> (Workload, String, Vec<u8>) {
    let (workload, names) =
        (0..).map(finished).find(|(w, names)| names.len() == 1 && w.wanted.len() > 20).expect("some seed");
    let name = names.into_iter().next().expect("one");
    let bytes = read_whole(&workload.disk, &name, 1 << 20).expect("the disk reads");
    (workload, name, bytes)
}

fn disk_with(name: &str, bytes: &[u8]) -> Arc<SimulatedDisk> {
    let disk = SimulatedDisk::new(1);
    disk.create(name).expect("a new file").append(bytes).expect("room");
    Arc::new(disk)
}

/// Where each record begins, and the end.
fn borders(bytes: &[u8]) -> Vec<usize> {
    let mut at = SEGMENT_HEADER_BYTES;
    let mut all = vec![at];
    while at < bytes.len() {
        at += decode_record(&bytes[at..]).expect("undamaged").bytes.len();
        all.push(at);
    }
    all
}

fn fault_at(disk: Arc<SimulatedDisk>) -> Option<(u64, u64)> {
    let report = verify(disk).expect("the disk reads");
    match report.faults.into_iter().next() {
        Some(ReadError::Damaged { offset, last, .. }) => Some((offset, last.0)),
        Some(other) => panic!("{other}"),
        None => None,
    }
}

#[test]
fn the_chain_shows_what_checksums_cannot() {
    let (_, name, bytes) = one_segment();
    let borders = borders(&bytes);
    let is_plain = |at: usize| decode_record(&bytes[at..]).is_ok_and(|r| r.header.flags == 0 && !r.stored.is_empty());
    let at = (3..).find(|&at| is_plain(borders[at])).expect("some are not compressed");
    let (start, end) = (borders[at], borders[at + 1]);
    assert_eq!(fault_at(disk_with(&name, &bytes)), None);

    // A record rewritten with a right checksum: the next one does not continue it.
    let record = decode_record(&bytes[start..]).expect("undamaged");
    let mut forged = bytes[..start].to_vec();
    let mut payload = record.stored.to_vec();
    payload.iter_mut().for_each(|byte| *byte ^= 1);
    let header = record.header;
    encode_record(&mut forged, &header, &record.prev_hash, &payload);
    forged.extend_from_slice(&bytes[end..]);
    assert_eq!(fault_at(disk_with(&name, &forged)), Some((end as u64, record.header.seq)));

    // A record left out; one doubled; two exchanged.
    let left_out = [&bytes[..start], &bytes[end..]].concat();
    assert_eq!(fault_at(disk_with(&name, &left_out)).map(|fault| fault.0), Some(start as u64));
    let doubled = [&bytes[..end], &bytes[start..]].concat();
    assert_eq!(fault_at(disk_with(&name, &doubled)).map(|fault| fault.0), Some(end as u64));
    let after = borders[at + 2];
    let exchanged = [&bytes[..start], &bytes[end..after], &bytes[start..end], &bytes[after..]].concat();
    assert_eq!(fault_at(disk_with(&name, &exchanged)).map(|fault| fault.0), Some(start as u64));
}

#[test]
fn cut_off_anywhere_the_records_before_are_read_and_the_place_is_named() {
    let (_, name, bytes) = one_segment();
    let borders = borders(&bytes);
    for len in SEGMENT_HEADER_BYTES..bytes.len() {
        let whole = borders.iter().filter(|&&border| border <= len).count() - 1;
        let report = verify(disk_with(&name, &bytes[..len])).expect("the disk reads");
        assert_eq!(report.records, whole as u64);
        assert_eq!(report.is_clean(), borders.contains(&len), "cut to {len}: {report:?}");
    }
}

#[test]
fn a_missing_segment_is_named_with_the_records_that_it_held() {
    let (workload, names) = (0..).map(finished).find(|(_, names)| names.len() >= 4).expect("some seed");
    let disk = workload.disk.snapshot();
    disk.remove(&names[1]).expect("it is there");
    let report = verify(Arc::new(disk)).expect("the disk reads");
    let [ReadError::Missing { file, first, last }] = &report.faults[..] else { panic!("{report:?}") };
    assert_eq!(file, &names[2]);
    assert!(first.0 > 1 && last >= first);
}

#[test]
fn a_disk_that_cannot_be_read_is_not_called_damaged() {
    let (workload, names) = finished(3);
    workload.disk.break_reads(true);
    assert!(Reader::open(Arc::new(workload.disk.clone())).is_err());
    let mut again = workload;
    assert!(!again.open(), "a writer does not start");
    again.disk.break_reads(false);
    let left = again.disk.list().expect("the disk reads");
    assert!(names.iter().all(|name| left.iter().any(|file| file.name == *name)), "and moves nothing");
    again.check();
}
