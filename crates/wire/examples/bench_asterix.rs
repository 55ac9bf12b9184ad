//! How fast ASTERIX becomes observations, by CPU time of one thread.
//!
//! `cargo run --release -p skypicket-wire --example bench_asterix` prints one JSON object a stream. The streams are written by our
//! own encoder with the items that real feeds of these categories carry (an MSSR Mode S radar; an ARTAS-like tracker), in
//! blocks of ten records, and pushed in chunks of 64 KiB as from a TCP connection.

#![allow(clippy::print_stdout, reason = "a benchmark reports on standard output")]

use skypicket_model::{FeedId, Seq, Time};
use skypicket_wire::asterix::encode::{Block, RecordWriter};
use skypicket_wire::asterix::field::Characters;
use skypicket_wire::asterix::field::fields::{cat048, cat062};
use skypicket_wire::asterix::{KIND, tables};
use skypicket_wire::{Chunk, FeedSetup, Output};

const RECORDS: usize = 200_000;
const ROUNDS: usize = 25;
const RECORDS_A_BLOCK: usize = 10;
const CHUNK: usize = 64 * 1024;

fn main() {
    run("048", 48, plot);
    run("062", 62, track);
}

fn run(name: &str, category: u8, write: fn(&mut RecordWriter<'_>, usize)) {
    let Some(edition) = tables::newest(category) else { return };
    let mut bytes = Vec::new();
    for block_number in 0..RECORDS / RECORDS_A_BLOCK {
        let mut block = Block::new(edition);
        for number in 0..RECORDS_A_BLOCK {
            block.record(|record| write(record, block_number * RECORDS_A_BLOCK + number));
        }
        bytes.extend_from_slice(&block.finish());
    }
    let Ok(mut decoder) = (KIND.build)(&FeedSetup::bare(FeedId(0))) else { return };
    let mut out = Output::default();
    let mut observations = 0;
    let begin = cpu_ns();
    for round in 0..ROUNDS {
        for (number, part) in bytes.chunks(CHUNK).enumerate() {
            let seq = Seq((round * bytes.len() / CHUNK + number) as u64);
            decoder.push(Chunk { seq, received: Time::from_s(1_757_460_000), datagram: false, bytes: part }, &mut out);
            observations += out.observations.len();
            out.clear_observations();
        }
    }
    let seconds = (cpu_ns() - begin) as f64 * 1e-9;
    let records = out.decoded();
    println!(
        "{{\"category\": \"{name}\", \"records\": {records}, \"bytes_a_record\": {}, \"observations\": {observations}, \
         \"rejects\": {}, \"cpu_s\": {seconds:.3}, \"records_a_second\": {:.0}, \"ns_a_record\": {:.1}}}",
        bytes.len() / RECORDS,
        out.rejected(),
        records as f64 / seconds,
        seconds * 1e9 / records as f64,
    );
}

/// Nanoseconds that this thread has run (Linux), which another thread's load does not lengthen.
fn cpu_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// A Mode S roll-call plot with track and one Comm-B register in three.
fn plot(record: &mut RecordWriter<'_>, number: usize) {
    use cat048::{i010, i020, i040, i042, i070, i090, i130, i140, i161, i170, i200, i220, i230, i240, i250};
    record.item(cat048::I010, |item| {
        item.set(i010::SAC, 25);
        item.set(i010::SIC, 201);
    });
    record.set(cat048::I140, i140::VALUE, 20_000.0 + number as f64 / 128.0);
    record.item(cat048::I020, |item| item.set(i020::TYP, 5));
    record.item(cat048::I040, |item| {
        item.set(i040::RHO, 5.0 + (number % 250) as f64);
        item.set(i040::THETA, (number % 360) as f64);
    });
    record.item(cat048::I070, |item| item.set(i070::MODE3A, 0o1000 + number as u64 % 64));
    record.item(cat048::I090, |item| item.set(i090::FL, 350.0));
    record.item(cat048::I130, |item| {
        item.sub(i130::SRL, |sub| sub.set(i130::srl::VALUE, 2.0));
        item.sub(i130::SRR, |sub| sub.set(i130::srr::VALUE, 3));
        item.sub(i130::SAM, |sub| sub.set(i130::sam::VALUE, -71.0));
    });
    record.set(cat048::I220, i220::VALUE, 0x40_0000 + number as u64 % 4096);
    record.set(cat048::I240, i240::VALUE, Characters::new("LOT281  "));
    if number.is_multiple_of(3) {
        record.item(cat048::I250, |item| {
            item.push(|unit| {
                unit.set(i250::MBDATA, 0xff_ffff_ffff);
                unit.set(i250::BDS1, 4);
            });
        });
    }
    record.item(cat048::I161, |item| item.set(i161::TRN, number as u64 % 4096));
    record.item(cat048::I042, |item| item.set(i042::X, 12.0));
    record.item(cat048::I200, |item| {
        item.set(i200::GSP, 0.125);
        item.set(i200::HDG, 90.0);
    });
    record.item(cat048::I170, |item| item.set(i170::TRE, false));
    record.item(cat048::I230, |item| item.set(i230::COM, 1));
}

/// A system track with aircraft-derived data, update ages and accuracies.
fn track(record: &mut RecordWriter<'_>, number: usize) {
    use cat062::{
        i010, i015, i040, i060, i070, i080, i100, i105, i136, i185, i200, i210, i220, i290, i295, i340, i380, i500,
    };
    record.item(cat062::I010, |item| {
        item.set(i010::SAC, 25);
        item.set(i010::SIC, 100);
    });
    record.set(cat062::I015, i015::VALUE, 1);
    record.set(cat062::I070, i070::VALUE, 20_000.0 + number as f64 / 128.0);
    record.item(cat062::I105, |item| {
        item.set(i105::LAT, 52.0 + (number % 100) as f64 * 0.01);
        item.set(i105::LON, 21.0);
    });
    record.item(cat062::I100, |item| item.set(i100::X, 10_000.0));
    record.item(cat062::I185, |item| item.set(i185::VX, 200.0));
    record.item(cat062::I210, |item| item.set(i210::AX, 0.5));
    record.item(cat062::I060, |item| item.set(i060::MODE3A, 0o1000));
    record.item(cat062::I380, |item| {
        item.sub(i380::ADR, |sub| sub.set(i380::adr::VALUE, 0x40_0000 + number as u64 % 4096));
        item.sub(i380::ID, |sub| sub.set(i380::id::VALUE, Characters::new("LOT281  ")));
        item.sub(i380::MHG, |sub| sub.set(i380::mhg::VALUE, 90.0));
        item.sub(i380::SAL, |sub| sub.set(i380::sal::ALT, 35_000.0));
        item.sub(i380::COM, |sub| sub.set(i380::com::COM, 1));
        item.sub(i380::IAR, |sub| sub.set(i380::iar::VALUE, 280.0));
        item.sub(i380::MAC, |sub| sub.set(i380::mac::VALUE, 0.78));
    });
    record.set(cat062::I040, i040::VALUE, number as u64 % 65_536);
    record.item(cat062::I080, |item| item.set(i080::CST, false));
    record.item(cat062::I290, |item| {
        item.sub(i290::PSR, |sub| sub.set(i290::psr::VALUE, 1.25));
        item.sub(i290::SSR, |sub| sub.set(i290::ssr::VALUE, 1.25));
        item.sub(i290::MDS, |sub| sub.set(i290::mds::VALUE, 1.25));
        item.sub(i290::ES, |sub| sub.set(i290::es::VALUE, 0.5));
    });
    record.item(cat062::I200, |item| item.set(i200::TRANS, 0));
    record.item(cat062::I295, |item| {
        item.sub(i295::MDA, |sub| sub.set(i295::mda::VALUE, 0.25));
        item.sub(i295::MHG, |sub| sub.set(i295::mhg::VALUE, 0.25));
        item.sub(i295::SAL, |sub| sub.set(i295::sal::VALUE, 0.25));
    });
    record.set(cat062::I136, i136::VALUE, 350.0);
    record.set(cat062::I220, i220::VALUE, 0.0);
    record.item(cat062::I500, |item| {
        item.sub(i500::APC, |sub| sub.set(i500::apc::X, 50.0));
        item.sub(i500::COV, |sub| sub.set(i500::cov::VALUE, 10.0));
        item.sub(i500::ATV, |sub| sub.set(i500::atv::X, 2.0));
    });
    record.item(cat062::I340, |item| {
        item.sub(i340::SID, |sub| sub.set(i340::sid::SAC, 25));
        item.sub(i340::POS, |sub| sub.set(i340::pos::RHO, 90.0));
        item.sub(i340::TYP, |sub| sub.set(i340::typ::TYP, 5));
    });
}
