//! Published daily counts (CSV files with `hex,count_good_aircraft,count_bad_aircraft`, as gpsjam.org gives them; one folder, read whole): how many hexagons have which band, and how near
//! a hexagon's posterior comes to the share in the half of its aircraft that was held out, beside the raw share of the other half.
//!
//! `cargo run --release -p skypicket-assess --example gnss_days -- FOLDER [SEED]`

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that measures and tells"
)]

use skypicket_assess::gnss::DayShares;
use skypicket_model::gnss::Band;
use std::path::PathBuf;
use std::process::ExitCode;

/// Splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * u128::from(n)) >> 64) as u32
    }
}

#[derive(Default)]
struct Sums {
    cells: u64,
    aircraft: u64,
    /// Squared errors of the share in the held-out half: the posterior's, the raw share's.
    share: [f64; 2],
    /// The same of each held-out aircraft.
    each: [f64; 2],
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: gnss_days FOLDER [SEED]");
        return ExitCode::from(2);
    };
    let seed = arguments.next().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("{folder} cannot be read");
        return ExitCode::FAILURE;
    };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    let (mut random, mut bands, mut sums) = (Random(seed), [0_u64; 3], Sums::default());
    let shares = DayShares::new(0.002);
    for path in &files {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        for line in text.lines().skip(1) {
            let mut fields = line.split(',').skip(1).map(|field| field.trim().parse::<u32>());
            let (Some(Ok(good)), Some(Ok(bad))) = (fields.next(), fields.next()) else { continue };
            bands[Band::of(good, bad) as usize] += 1;
            sums.take(&shares, (good, bad), &mut random);
        }
    }
    println!(
        "{} days, {} hexagons: green {}, yellow {}, red {}",
        files.len(),
        bands.iter().sum::<u64>(),
        bands[0],
        bands[1],
        bands[2]
    );
    let n = sums.cells as f64;
    let told = |[ours, raw]: [f64; 2], n: f64| format!("{:.6} of {:.6}: {:.3}", ours / n, raw / n, ours / raw);
    println!(
        "squared error of the held-out half's share, posterior of raw share ({} hexagons of at least 2 aircraft): {}",
        sums.cells,
        told(sums.share, n)
    );
    println!("Brier score of each held-out aircraft ({}): {}", sums.aircraft, told(sums.each, sums.aircraft as f64));
    ExitCode::SUCCESS
}

impl Sums {
    /// Splits a hexagon's aircraft in halves and tells one by the other.
    fn take(&mut self, shares: &DayShares, (good, bad): (u32, u32), random: &mut Random) {
        let all = good + bad;
        if all < 2 {
            return;
        }
        let half = all / 2;
        let (mut left, mut bad_left, mut bad_known) = (all, bad, 0);
        for _ in 0..half {
            if random.below(left) < bad_left {
                bad_left -= 1;
                bad_known += 1;
            }
            left -= 1;
        }
        let (held, held_bad) = (f64::from(all - half), f64::from(bad_left));
        let truth = held_bad / held;
        let told = [shares.expected(half - bad_known, bad_known), f64::from(bad_known) / f64::from(half)];
        for (k, told) in told.into_iter().enumerate() {
            self.share[k] += (told - truth) * (told - truth);
            self.each[k] += held_bad * (1.0 - told) * (1.0 - told) + (held - held_bad) * told * told;
        }
        self.cells += 1;
        self.aircraft += u64::from(all - half);
    }
}
