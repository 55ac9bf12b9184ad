//! Whether trends tell what is there and nothing else: years of days at a constant rate with varying exposure, and rates that double.
//!
//! ```text
//! cargo run --release -p skypicket-assess --example trends_power -- [series a row] [first seed] [false a year] [days|weeks] [first row] [rows]
//! ```
//!
//! Beside what the watch finds stands what the best test could that knows everything but when: rate, doubling and how days and weeks differ.

use skypicket_assess::trends::{Every, Look, trend};
use skypicket_model::math;

#[path = "../tests/raids/mod.rs"]
mod raids;
use raids::Dice;

/// How much days or weeks differ beyond chance: gamma factors of whole shape and mean 1.
#[derive(Clone, Copy)]
enum Differ {
    ByChance,
    Weeks(u32),
    Days(u32),
}

/// What is drawn.
#[derive(Clone, Copy)]
struct World {
    name: &'static str,
    /// Incidents a week at the usual exposure.
    rate: f64,
    differ: Differ,
    /// Exposure wanders between a third and three times the usual.
    wanders: bool,
}

const fn world(name: &'static str, rate: f64, differ: Differ, wanders: bool) -> World {
    World { name, rate, differ, wanders }
}

const WORLDS: [World; 8] = [
    world("5, looked at evenly", 5.0, Differ::ByChance, false),
    world("5", 5.0, Differ::ByChance, true),
    world("5, weeks differ, k = 12", 5.0, Differ::Weeks(12), true),
    world("5, weeks differ, k = 5", 5.0, Differ::Weeks(5), true),
    world("5, days differ, k = 1", 5.0, Differ::Days(1), true),
    world("5, looked at evenly, weeks differ, k = 12", 5.0, Differ::Weeks(12), false),
    world("1", 1.0, Differ::ByChance, true),
    world("20, weeks differ, k = 12", 20.0, Differ::Weeks(12), true),
];

/// A year of history before a rate doubles.
const BEFORE_DAYS: usize = 52 * 7;
/// The first weeks, in which there is nothing to compare with yet.
const LEARNING_WEEKS: f64 = 6.0;
const STEADY_WEEKS: usize = 104;
const SOON_DAYS: usize = 21;

fn poisson(dice: &mut Dice, mean: f64) -> u32 {
    let mut at = -math::ln(1.0 - dice.unit());
    let mut n = 0;
    while at < mean {
        n += 1;
        at -= math::ln(1.0 - dice.unit());
    }
    n
}

fn gamma(dice: &mut Dice, shape: u32) -> f64 {
    (0..shape).map(|_| -math::ln(1.0 - dice.unit())).sum::<f64>() / f64::from(shape)
}

/// Days at the world's rate, twice that from day `change` on; exposure in hours, 24 a day as usual.
fn days(world: &World, seed: u64, n: usize, change: usize) -> Vec<Look> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9).wrapping_add(11));
    for _ in 0..16 {
        dice.unit();
    }
    let (mut log, mut usual, mut factor) = (0.0, 1.0, 1.0);
    (0..n)
        .map(|t| {
            if t % 7 == 0 {
                log = 0.8 * log + 0.35 * dice.normal();
                usual = if world.wanders { math::exp(f64::clamp(log, -1.1, 1.1)) } else { 1.0 };
            }
            factor = match world.differ {
                Differ::ByChance => 1.0,
                Differ::Weeks(k) if t % 7 == 0 => gamma(&mut dice, k),
                Differ::Weeks(_) => factor,
                Differ::Days(k) => gamma(&mut dice, k),
            };
            let mean = world.rate / 7.0 * usual * factor * if t >= change { 2.0 } else { 1.0 };
            Look { count: poisson(&mut dice, mean), exposure: Some(usual * 24.0) }
        })
        .collect()
}

/// Shiryaev's and Roberts' sum after each day of who knows all but when the rate doubles.
fn knowing(world: &World, days: &[Look]) -> Vec<f64> {
    let (k, cluster) = match world.differ {
        Differ::ByChance => (1e7, 7),
        Differ::Weeks(k) => (f64::from(k), 7),
        Differ::Days(k) => (f64::from(k), 1),
    };
    let mean = |day: &Look| world.rate / 7.0 * day.exposure.unwrap_or(0.0) / 24.0;
    let mut sums = Vec::with_capacity(days.len());
    for until in 1..=days.len() {
        let from = until.saturating_sub(84);
        // Over clusters that are over when a change begins later: the whole ratio from the end backwards.
        let mut sum = 0.0;
        for since in from..until {
            let mut ln_ratio = 0.0;
            let mut begin = since / cluster * cluster;
            while begin < until {
                let end = (begin + cluster).min(until);
                let (mut n, mut after, mut was, mut is) = (0.0, 0.0, 0.0, 0.0);
                for (t, day) in days.iter().enumerate().take(end).skip(begin) {
                    let changed = t >= since;
                    n += f64::from(day.count);
                    after += if changed { f64::from(day.count) } else { 0.0 };
                    was += mean(day);
                    is += if changed { 2.0 } else { 1.0 } * mean(day);
                }
                ln_ratio += after * math::ln(2.0) - (n + k) * (math::ln((k + is) / (k + was)));
                begin = end;
            }
            sum += math::exp(ln_ratio);
        }
        sums.push(sum);
    }
    sums
}

/// Words when the sum begins anew after each: approximated by skipping what of it was before.
fn words(sums: &[f64], threshold: f64) -> usize {
    let (mut n, mut quiet) = (0, 0);
    for sum in sums {
        quiet = if quiet > 0 { quiet - 1 } else { 0 };
        if quiet == 0 && *sum >= threshold {
            n += 1;
            quiet = 28;
        }
    }
    n
}

/// How often the knowing one finds a doubling in time at so many false words a year.
fn bound(world: &World, false_a_year: f64, series: u64, first: u64) -> f64 {
    let steady: Vec<Vec<f64>> = (0..series)
        .map(|seed| knowing(world, &days(world, first + seed + 5_000_000, STEADY_WEEKS * 7, usize::MAX)))
        .collect();
    let years = series as f64 * STEADY_WEEKS as f64 / 52.18;
    let a_year = |threshold: f64| steady.iter().map(|sums| words(sums, threshold)).sum::<usize>() as f64 / years;
    let (mut low, mut high) = (1.0_f64, 1e6);
    for _ in 0..40 {
        let middle = (low * high).sqrt();
        if a_year(middle) > false_a_year { low = middle } else { high = middle }
    }
    let found = (0..series).filter(|seed| {
        let doubled = days(world, first + seed + 6_000_000, BEFORE_DAYS + SOON_DAYS, BEFORE_DAYS);
        // What was wrong before the change is not found in time.
        let sums = knowing(world, &doubled);
        sums.iter().skip(BEFORE_DAYS).any(|sum| *sum >= high)
    });
    found.count() as f64 / series as f64
}

fn by_weeks(days: &[Look]) -> Vec<Look> {
    let week = |days: &[Look]| Look {
        count: days.iter().map(|day| day.count).sum(),
        exposure: Some(days.iter().filter_map(|day| day.exposure).sum()),
    };
    days.chunks(7).map(week).collect()
}

/// First days of words of an escalation, days counted from 0.
fn told(days: &[Look], every: Every, false_a_year: f64) -> Vec<usize> {
    let looks = if every == Every::Day { days.to_vec() } else { by_weeks(days) };
    let length = 7 / every.a_week();
    let said = trend(&looks, every, false_a_year);
    said.changes.iter().filter(|change| change.more).map(|change| (change.found + 1) * length - 1).collect()
}

#[allow(clippy::print_stdout, reason = "an example prints its table")]
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: f64| args.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (series, first, budget) = (number(0, 200.0) as u64, number(1, 1.0) as u64, number(2, 1.0));
    let every = if args.get(3).is_some_and(|text| text == "weeks") { Every::Week } else { Every::Day };
    let (from, rows) = (number(4, 0.0) as usize, number(5, 99.0) as usize);
    println!(
        "| incidents a week | false escalations a year | told that all was looked at alike | doubling found within 3 weeks | 90 % interval | median days | the knowing test |"
    );
    println!("|---|---|---|---|---|---|---|");
    for world in WORLDS.iter().skip(from).take(rows) {
        let (mut wrong, mut blind, mut found) = (0, 0, Vec::new());
        for seed in first..first + series {
            let steady = days(world, seed, STEADY_WEEKS * 7, usize::MAX);
            wrong += told(&steady, every, budget).len();
            let alike: Vec<Look> = steady.iter().map(|day| Look { exposure: Some(24.0), ..*day }).collect();
            blind += if world.name == "5" { told(&alike, every, budget).len() } else { 0 };
            let doubled = days(world, seed + 1_000_000, BEFORE_DAYS + 84, BEFORE_DAYS);
            let when = told(&doubled, every, budget).into_iter().find(|day| *day >= BEFORE_DAYS);
            found.push(when.map_or(999, |day| day + 1 - BEFORE_DAYS));
        }
        found.sort_unstable();
        let years = series as f64 * (STEADY_WEEKS as f64 - LEARNING_WEEKS) / 52.18;
        let share = found.iter().filter(|days| **days <= SOON_DAYS).count() as f64 / series as f64;
        let n = series as f64;
        let half = 1.645 * (share * (1.0 - share) / n).sqrt();
        println!(
            "| {} | {:.2} | {} | {:.0} % | {:.0}–{:.0} % | {} | {:.0} % |",
            world.name,
            wrong as f64 / years,
            if world.name == "5" { format!("{:.2}", blind as f64 / years) } else { "–".to_owned() },
            100.0 * share,
            100.0 * (share - half),
            100.0 * (share + half).min(1.0),
            found.get(found.len() / 2).copied().unwrap_or(999),
            100.0 * bound(world, budget, series, first)
        );
    }
}
