//! The full durability sweep of the journal: `cargo run --release -p skypicket --example journal_sweep [workloads [first seed]]`.
//!
//! Cuts the power at every write, sync, create, rename, remove, truncate and directory sync of each workload (with input/output
//! errors and full disks mixed in), restarts and checks; then flips every bit of a segment.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a program that measures and tells")]

#[path = "../tests/journal_workload/mod.rs"]
mod journal_workload;

use journal_workload::{Workload, finished, flip_and_check, run_whole, run_with_cut};
use skypicket::journal::storage::Storage;
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let workloads = arguments.next().unwrap_or(200);
    let first = arguments.next().unwrap_or(0);
    let began = Instant::now();
    let (mut cuts, mut records) = (0_u64, 0_u64);
    for seed in first..first + workloads {
        let whole = run_whole(seed);
        records += whole.wanted.len() as u64;
        for cut in 0..whole.operations {
            assert!(run_with_cut(seed, cut), "seed {seed}: operation {cut} was not reached");
            cuts += 1;
        }
    }
    let took_s = began.elapsed().as_secs_f64();
    println!(
        "{workloads} workloads, {records} records, power cut at each of {cuts} operations: all durable records there, {took_s:.1} s"
    );

    let began = Instant::now();
    let (workload, name, bits) = long_segment();
    for bit in 0..bits {
        flip_and_check(&workload, &name, bit, bit % 64 == 0);
    }
    let took_s = began.elapsed().as_secs_f64();
    println!(
        "{bits} bits of a segment of {} bytes flipped, each noticed, no wrong record read, {took_s:.1} s",
        bits / 8
    );
}

/// A workload whose only segment is at least 32 KiB long.
fn long_segment() -> (Workload, String, u64) {
    for seed in 0.. {
        let (workload, names) = finished(seed);
        let len = |name: &String| {
            workload.disk.list().ok()?.iter().find(|file| file.name == *name).map(|file| file.len_bytes)
        };
        if let [name] = &names[..]
            && let Some(len) = len(name).filter(|&len| len > 32 << 10)
        {
            let name = name.clone();
            return (workload, name, len * 8);
        }
    }
    unreachable!("some seed has a long segment")
}
