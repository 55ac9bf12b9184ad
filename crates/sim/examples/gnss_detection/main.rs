//! How fast and how surely interference with satellite navigation is told: `gnss_detection [--part jammed|quiet|bytes] [--first K] [--worlds N] [--seed S] [--hours H]`.
//!
//! `jammed`: seeded worlds with one jammer each, as Beast bytes through the real decoder into the real detectors; how long it takes from the first affected message until it is told.
//! `bytes`: the same without any jammer, for some hours each. `quiet`: the same sky as observations straight into the detectors, for many thousands of flight hours.
//! Detectors get no tracks: the engine's tracker has no part in this judgement (`gnss_interference` reads observations alone).
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example that prints its result")]

mod bytes;
mod measures;
mod quiet;
mod watch;
mod worlds;

use measures::{per, quantile};
use std::error::Error;

/// What was asked for.
pub(crate) struct Asked {
    pub(crate) first: u64,
    pub(crate) worlds: u64,
    pub(crate) seed: u64,
    pub(crate) hours: f64,
    pub(crate) talk: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut asked = Asked { first: 0, worlds: 40, seed: 1, hours: 4.0, talk: false };
    let mut part = "jammed".to_owned();
    let mut args = std::env::args().skip(1);
    while let Some(key) = args.next() {
        let value = args
            .next()
            .ok_or("usage: gnss_detection [--part P] [--first K] [--worlds N] [--seed S] [--hours H] [--talk yes]")?;
        match key.as_str() {
            "--part" => part = value,
            "--first" => asked.first = value.parse()?,
            "--worlds" => asked.worlds = value.parse()?,
            "--seed" => asked.seed = value.parse()?,
            "--hours" => asked.hours = value.parse()?,
            "--talk" => asked.talk = value == "yes",
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    match part.as_str() {
        "jammed" => jammed(&asked),
        "bytes" => told_of_quiet(&asked, bytes::quiet),
        "quiet" => told_of_quiet(&asked, quiet::quiet),
        other => return Err(format!("unknown part {other}").into()),
    }
    Ok(())
}

fn jammed(asked: &Asked) {
    let mut rows = Vec::new();
    for world in asked.first..asked.first + asked.worlds {
        let row = bytes::jammed(asked.seed.wrapping_mul(1_000_003) + world);
        if asked.talk {
            println!("world {world}: {row:?}");
        }
        rows.push(row);
    }
    let early: u32 = rows.iter().map(|row| row.told_before).sum();
    let hours: f64 = rows.iter().map(|row| row.flight_h_before).sum();
    println!("{} worlds; {early} told before anything interfered, in {hours:.0} flight hours", rows.len());
    let first_affected = "first affected message";
    type Of = fn(&bytes::Row) -> Option<f64>;
    let clocks: [(&str, Of); 4] = [
        ("3 aircraft in view of receivers and within its reach", |row| row.from_three_in_reach_s),
        ("3 aircraft in view of receivers at all", |row| row.from_three_in_view_s),
        ("any", |row| row.from_first_s),
        ("the third affected aircraft's", |row| row.from_third_s),
    ];
    for (with, of) in clocks {
        let all: Vec<f64> = rows.iter().filter_map(of).collect();
        let never = all.iter().filter(|s| s.is_infinite()).count();
        println!(
            "from the {first_affected} with {with}: {} worlds, median {:.0} s, p90 {:.0} s, p95 {:.0} s, never told {never}",
            all.len(),
            quantile(&all, 0.5),
            quantile(&all, 0.9),
            quantile(&all, 0.95)
        );
    }
    let split = rows.iter().filter(|row| row.told_while > 1).count();
    println!("worlds in which the one jammer was told as more than one interference: {split}");
    let states: u32 = rows.iter().map(|row| row.false_states).sum();
    let hours: f64 = rows.iter().map(|row| row.flight_h_unaffected).sum();
    println!("states of aircraft that nothing affected: {}", per(states, hours / 1000.0, "1,000 flight hours"));
}

fn told_of_quiet(asked: &Asked, play: impl Fn(u64, f64, bool) -> measures::Quiet) {
    let mut sum = measures::Quiet::default();
    for world in asked.first..asked.first + asked.worlds {
        let own = play(asked.seed.wrapping_mul(1_000_003) + world, asked.hours, asked.talk);
        if asked.talk {
            println!("world {world}: {own:?}");
        }
        sum.add(&own);
    }
    println!(
        "{} worlds of {} h: {:.0} flight hours, {:.0} cell-days with evidence ({:.0} with an aircraft in them), {} observations",
        asked.worlds, asked.hours, sum.flight_h, sum.evident_cell_days, sum.cell_days, sum.observations
    );
    println!("aircraft states: {}", per(sum.states(), sum.flight_h / 1000.0, "1,000 flight hours"));
    for (state, count) in ["degraded", "lost", "spoof suspect"].iter().zip(sum.states) {
        println!("    {state}: {}", per(count, sum.flight_h / 1000.0, "1,000 flight hours"));
    }
    println!("interferences told: {}", per(sum.told, sum.evident_cell_days / 1000.0, "1,000 cell-days"));
    println!("cells over the mark: {}", per(sum.cells_over, sum.evident_cell_days / 1000.0, "1,000 cell-days"));
}
