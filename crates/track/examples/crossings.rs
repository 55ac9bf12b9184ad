//! How often two drones that cross exchange their names, by the angle and by how long the decision waits.
//!
//! `cargo run --release -p skypicket-track --example crossings [RUNS]`
#![allow(clippy::print_stdout, reason = "an example that prints its result")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::crossing::keeps;

fn main() {
    let runs: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(600);
    let looks = [0, 3, 5, 10, 20];
    println!("exchanged of {runs}, when decided after so many looks");
    println!("angle  {}", looks.map(|looks| format!("{looks:5}")).concat());
    for angle_deg in [6.0, 10.0, 15.0] {
        let exchanged = looks.map(|looks| (0..runs).filter(|seed| !keeps(angle_deg, looks, *seed)).count());
        println!("{angle_deg:4}°  {}", exchanged.map(|count| format!("{count:5}")).concat());
    }
}
