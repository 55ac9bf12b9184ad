//! How well groups are found: five waves and 100 tracks of which 20 % are false, over many seeds, by adjusted Rand index.
//!
//! ```text
//! cargo run --release -p skypicket-assess --example groups_ari -- [nights] [first seed]
//! ```

use skypicket_assess::groups::mixture::Features;
use skypicket_assess::groups::partition::partition;

#[path = "../tests/raids/mod.rs"]
mod raids;

use raids::{Raid, adjusted_rand_index, heuristic};

#[allow(clippy::print_stdout, reason = "an example prints its table")]
fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = |default: u64| args.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (nights, first) = (number(400), number(1));
    println!(
        "| world | nights | ARI mean | ARI 5 % | worst | nights ≥ 0.9 | fixed limits, mean | groups of 3+ found (5 there) |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (name, false_share, noise, apart_min) in [
        ("20 % false", 0.2, 1.0, 75.0),
        ("no false", 0.0, 1.0, 75.0),
        ("40 % false", 0.4, 1.0, 75.0),
        ("20 % false, noise × 3", 0.2, 3.0, 75.0),
        ("20 % false, waves of one area 50 min apart", 0.2, 1.0, 50.0),
        ("20 % false, waves of one area 40 min apart", 0.2, 1.0, 40.0),
    ] {
        let mut scores: Vec<f64> = Vec::new();
        let (mut by_limits, mut found) = (0.0, 0.0);
        for seed in first..first + nights {
            let raid = Raid::draw(seed, 100, false_share, noise, apart_min);
            let flights: Vec<Features> = raid.flights.iter().map(|(flight, _)| *flight).collect();
            let groups = partition(&flights, &[]);
            let truth: Vec<usize> = raid.flights.iter().map(|(_, wave)| *wave).collect();
            scores.push(adjusted_rand_index(&truth, &groups));
            by_limits += adjusted_rand_index(&truth, &heuristic(&flights));
            let largest = groups.iter().max().map_or(0, |most| most + 1);
            found += (0..largest).filter(|g| groups.iter().filter(|of| *of == g).count() >= 3).count() as f64;
        }
        scores.sort_by(f64::total_cmp);
        let n = scores.len() as f64;
        let mean = scores.iter().sum::<f64>() / n;
        let (low, worst) = (scores[(0.05 * n).floor() as usize], scores[0]);
        let good = scores.iter().filter(|score| **score >= 0.9).count() as f64 / n;
        println!(
            "| {name} | {nights} | {mean:.3} | {low:.3} | {worst:.3} | {:.0} % | {:.3} | {:.2} |",
            good * 100.0,
            by_limits / n,
            found / n
        );
    }
}
