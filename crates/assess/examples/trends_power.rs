//! Whether trends tell what is there and nothing else: years of weeks at a constant rate with varying exposure, and rates that double.
//!
//! ```text
//! cargo run --release -p skypicket-assess --example trends_power -- [years] [first seed]
//! ```

use skypicket_assess::trends::{Week, trend};
use skypicket_model::math;

#[path = "../tests/raids/mod.rs"]
mod raids;
use raids::Dice;

fn poisson(dice: &mut Dice, mean: f64) -> u32 {
    let mut at = -math::ln(1.0 - dice.unit());
    let mut n = 0;
    while at < mean {
        n += 1;
        at -= math::ln(1.0 - dice.unit());
    }
    n
}

/// Gamma of whole shape and mean 1.
fn gamma(dice: &mut Dice, shape: u32) -> f64 {
    (0..shape).map(|_| -math::ln(1.0 - dice.unit())).sum::<f64>() / f64::from(shape)
}

/// Weeks at `rate` incidents a week of usual exposure, times `after` from week `change` on. Exposure wanders between a third and three times the
/// usual; weeks differ beyond chance as `shape` says (0: not).
fn weeks(seed: u64, n: usize, rate: f64, change: usize, after: f64, shape: u32) -> Vec<Week> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9).wrapping_add(11));
    for _ in 0..16 {
        dice.unit();
    }
    let mut log = 0.0;
    (0..n)
        .map(|t| {
            log = 0.8 * log + 0.35 * dice.normal();
            let exposure = math::exp(f64::clamp(log, -1.1, 1.1));
            let more = if shape == 0 { 1.0 } else { gamma(&mut dice, shape) };
            let mean = rate * exposure * more * if t >= change { after } else { 1.0 };
            Week { count: poisson(&mut dice, mean), exposure: Some(exposure * 168.0) }
        })
        .collect()
}

#[allow(clippy::print_stdout, reason = "an example prints its table")]
fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = |default: u64| args.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (years, first) = (number(200), number(1));
    println!(
        "| incidents a week | weeks differ | false escalations a year | without exposure | doubling found within 3 weeks | median weeks |"
    );
    println!("|---|---|---|---|---|---|");
    for (rate, shape, name) in [
        (5.0, 0, "by chance"),
        (5.0, 12, "more, k = 12"),
        (5.0, 5, "more, k = 5"),
        (1.0, 0, "by chance"),
        (20.0, 12, "more, k = 12"),
    ] {
        let (mut told, mut naive, mut found) = (0, 0, Vec::new());
        for seed in first..first + years {
            // Half a year to learn from, then the year that counts.
            let steady = weeks(seed, 78, rate, usize::MAX, 1.0, shape);
            told += trend(&steady).points.iter().skip(26).filter(|point| point.told).count();
            let blind: Vec<Week> = steady.iter().map(|week| Week { exposure: Some(168.0), ..*week }).collect();
            naive += trend(&blind).points.iter().skip(26).filter(|point| point.told).count();
            let doubled = weeks(seed + 1_000_000, 38, rate, 26, 2.0, shape);
            let when = trend(&doubled).points.iter().skip(26).position(|point| point.told);
            found.push(when.map_or(99, |week| week + 1));
        }
        found.sort_unstable();
        let n = years as f64;
        let soon = found.iter().filter(|weeks| **weeks <= 3).count() as f64;
        println!(
            "| {rate} | {name} | {:.2} | {:.2} | {:.0} % | {} |",
            f64::from(u32::try_from(told).unwrap_or(u32::MAX)) / n,
            f64::from(u32::try_from(naive).unwrap_or(u32::MAX)) / n,
            100.0 * soon / n,
            found[found.len() / 2]
        );
    }
}
