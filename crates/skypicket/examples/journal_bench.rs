//! What the journal costs: `cargo run --release -p skypicket --example journal_bench [directory [Beast file]]`.
//!
//! Writes 64 KiB chunks of a Mode S stream and 200-byte datagrams to a real disk (default: the target folder), then verifies and
//! reads them. CPU is that of all threads of the process, kernel time included.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a program that measures and tells")]

use skypicket::journal::simulated::Dice;
use skypicket::journal::{Disk, EpochReason, EpochStart, Fate, Journal, NewRecord, Options, Reader, verify};
use skypicket_model::ids::{ConnectionId, FeedId};
use skypicket_model::time::{Span, Time};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

const CHUNK_BYTES: usize = 64 << 10;
const START: Time = Time::from_s(1_757_453_400);

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let base = arguments.next().unwrap_or_else(|| PathBuf::from("target")).join("journal_bench");
    let stream =
        arguments.next().map_or_else(|| simulated_beast(16 << 20), |file| std::fs::read(file).expect("readable"));
    let messages = stream.windows(2).filter(|pair| pair[0] == 0x1a && matches!(pair[1], b'1'..=b'3')).count();
    let per_chunk = messages as f64 * CHUNK_BYTES as f64 / stream.len() as f64;
    println!("stream of {} bytes with {messages} messages, {per_chunk:.0} in 64 KiB", stream.len());

    let chunks: Vec<&[u8]> = stream.chunks(CHUNK_BYTES).collect();
    measure("64 KiB chunks", &base, &chunks, 16_000, Some(per_chunk));
    let datagrams: Vec<&[u8]> = stream.chunks(200).collect();
    measure("200-byte datagrams", &base, &datagrams, 1_000_000, None);
}

fn measure(name: &str, base: &PathBuf, payloads: &[&[u8]], records: usize, per_record: Option<f64>) {
    let _ = std::fs::remove_dir_all(base);
    let disk: Arc<Disk> = Arc::new(Disk::open(base).expect("writable"));
    let (journal, _) = Journal::open(disk.clone(), Options::default(), None, Arc::new(|_| ())).expect("a new journal");
    let config = Vec::new();
    let start =
        EpochStart { reason: EpochReason::FirstStart, build: String::new(), config, files: vec![], carried: vec![] };
    journal.begin_epoch(START, &start).expect("open");
    let (began, cpu) = (Instant::now(), cpu_s());
    for i in 0..records {
        let record = NewRecord::bytes(FeedId(0), ConnectionId(0), payloads[i % payloads.len()].to_vec());
        journal.append(START + Span::from_ns(i as i64 * 10_000), record).expect("open");
    }
    let last = journal.last().0;
    assert_eq!(journal.durability().wait(last, Duration::from_secs(600)), Fate::Durable);
    let (wall_s, cpu) = (began.elapsed().as_secs_f64(), cpu_s() - cpu);
    let commits = journal.stats().commits.get();
    let longest_ms = journal.stats().longest_commit_us.get() / 1000;
    drop(journal);
    let raw: usize = (0..records).map(|i| payloads[i % payloads.len()].len()).sum();
    let per = |seconds: f64| match per_record {
        Some(messages) => format!(", {:.4} µs a contained message", seconds * 1e6 / records as f64 / messages),
        None => String::new(),
    };
    println!(
        "{name}: {records} records, {:.0} MB; wall {wall_s:.2} s ({:.0} records/s, {:.0} MB/s); CPU {:.2} µs a record{}; {commits} commits, longest {longest_ms} ms",
        raw as f64 / 1e6,
        records as f64 / wall_s,
        raw as f64 / 1e6 / wall_s,
        cpu * 1e6 / records as f64,
        per(cpu),
    );

    let (began, cpu) = (Instant::now(), cpu_s());
    let report = verify(disk.clone()).expect("readable");
    let (wall_s, cpu) = (began.elapsed().as_secs_f64(), cpu_s() - cpu);
    assert!(report.is_clean(), "{report:?}");
    println!(
        "  on disk {:.0} MB in {} segments; verified and decompressed: wall {wall_s:.2} s, CPU {:.2} µs a record{}",
        report.bytes as f64 / 1e6,
        report.segments,
        cpu * 1e6 / report.records as f64,
        per(cpu),
    );
    let mut reader = Reader::open(disk).expect("readable");
    let began = Instant::now();
    let seeks = 20;
    for i in 0..seeks {
        reader.seek_time(START + Span::from_ns((records * 10_000 / seeks * i) as i64)).expect("clean");
        assert!(reader.next_record().expect("clean").is_some());
    }
    println!("  seek to a time: {:.1} ms", began.elapsed().as_secs_f64() * 1e3 / seeks as f64);
    std::fs::remove_dir_all(base).expect("ours");
}

/// User and system time of all threads, seconds; from `/proc/self/stat`, whose unit is 10 ms.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

/// Beast frames of 5,000 aircraft: 12 MHz counter, signal level, and messages whose changing bits are random.
fn simulated_beast(len: usize) -> Vec<u8> {
    let mut dice = Dice::new(1);
    let mut out = Vec::with_capacity(len + 64);
    let mut counter = 0_u64;
    while out.len() < len {
        counter += 1 + dice.below(5_000);
        let address = 0x40_0000 + dice.below(5_000) * 37;
        let long = dice.chance(60);
        let mut frame = counter.to_be_bytes()[2..].to_vec();
        frame.push(40 + dice.below(120) as u8);
        frame.push(if long { 0x8d } else { 0x5d });
        frame.extend_from_slice(&address.to_be_bytes()[5..]);
        frame.extend_from_slice(&dice.bits().to_le_bytes()[..if long { 7 } else { 0 }]);
        frame.extend_from_slice(&dice.bits().to_le_bytes()[..3]);
        out.extend_from_slice(&[0x1a, if long { b'3' } else { b'2' }]);
        for byte in frame {
            out.push(byte);
            if byte == 0x1a {
                out.push(byte);
            }
        }
    }
    out.truncate(len);
    out
}
