//! Whether counts mean what they say: nights with a known number of objects, how often the truth lies in the 90 % interval, and how wide that is.
//!
//! ```text
//! cargo run --release -p skypicket-assess --example count_calibration -- [nights] [first seed] [plot.svg]
//! ```

use skypicket_assess::count::{Tracked, estimate};
use skypicket_model::{CountDistribution, Referent};

#[path = "../tests/counted_nights/mod.rs"]
mod counted_nights;
use counted_nights::Night;

#[derive(Default)]
struct Score {
    inside: usize,
    widths: Vec<u32>,
    below: usize,
    above: usize,
    bias: f64,
    /// Probability given to numbers below the truth plus half of the truth's own: uniform if calibrated.
    ranks: Vec<f64>,
}

impl Score {
    fn take(&mut self, told: &CountDistribution, truth: u32) {
        let (low, high) = told.interval(0.9);
        self.inside += usize::from((low..=high).contains(&truth));
        self.below += usize::from(truth < low);
        self.above += usize::from(truth > high);
        self.widths.push(high - low);
        self.bias += told.mean() - f64::from(truth);
        self.ranks.push(1.0 - 0.5 * (told.at_least(truth) + told.at_least(truth + 1)));
    }

    fn median_width(&mut self) -> u32 {
        self.widths.sort_unstable();
        self.widths[self.widths.len() / 2]
    }
}

const NAMES: [&str; 5] = ["objects entered", "inside now", "reported shot down", "wrecks", "wrecks that are no drones"];

#[allow(clippy::print_stdout, reason = "an example prints its table")]
fn main() {
    let mut args = std::env::args().skip(1);
    let nights: u64 = args.next().and_then(|text| text.parse().ok()).unwrap_or(400);
    let first: u64 = args.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let plot = args.next();
    println!("| moment | referent | nights | truth in the 90 % interval | below, above | median width | mean error |");
    println!("|---|---|---|---|---|---|---|");
    let mut curves = Vec::new();
    let mut bases = Vec::new();
    for (moment, share, poor) in [
        ("the next day", 1.3, false),
        ("in the middle of the night", 0.6, false),
        ("the next day, poor coverage", 1.3, true),
    ] {
        let mut scores: [Score; 5] = Default::default();
        let mut plain = Score::default();
        let (mut expected, mut there) = ([0.0; 3], [0.0; 3]);
        for seed in first..first + nights {
            let night = Night::draw(seed, share, poor);
            let told = estimate(&night.given());
            for ((score, told), truth) in scores.iter_mut().zip(&told.distributions).zip(night.truth) {
                score.take(told, truth);
            }
            let basis = told.basis;
            for (sum, value) in
                expected.iter_mut().zip([basis.stitched, basis.missed + basis.only_reported, basis.not_entered])
            {
                *sum += value / nights as f64;
            }
            let missed = f64::from(night.truth[0]) - f64::from(night.tracked_objects);
            let strays = night.pieces.len() as f64 - f64::from(night.tracked_objects + night.stitches);
            for (sum, value) in there.iter_mut().zip([f64::from(night.stitches), missed, strays]) {
                *sum += value / nights as f64;
            }
            let certain = Night { tracked: Tracked { mean: 0.995, sigma: 0.001 }, ..night };
            plain.take(&estimate(&certain.given()).distributions[Referent::ObjectsEntered as usize], certain.truth[0]);
        }
        let row = |name: &str, score: &mut Score| {
            let n = score.widths.len() as f64;
            println!(
                "| {moment} | {name} | {nights} | {:.1} % | {:.1} %, {:.1} % | {} | {:+.2} |",
                100.0 * score.inside as f64 / n,
                100.0 * score.below as f64 / n,
                100.0 * score.above as f64 / n,
                score.median_width(),
                score.bias / n
            );
        };
        for (name, score) in NAMES.iter().zip(&mut scores) {
            row(name, score);
        }
        row("objects entered, coverage taken for certain", &mut plain);
        bases.push(format!(
            "{moment}: stitched {:.2} ({:.2} there), not tracked {:.2} ({:.2}), tracks that did not enter {:.2} ({:.2})",
            expected[0], there[0], expected[1], there[1], expected[2], there[2]
        ));
        let [entered, ..] = scores;
        curves.push((moment, entered.ranks));
    }
    println!();
    println!("Expected numbers a night beside those that were there:");
    for line in &bases {
        println!("{line}");
    }
    println!();
    println!("Ranks of the truth in what was told of objects entered, in tenths (10 % each if calibrated):");
    for (moment, ranks) in &curves {
        let share = |tenth: usize| {
            let low = tenth as f64 / 10.0;
            let high = if tenth == 9 { 1.1 } else { low + 0.1 };
            let n = ranks.iter().filter(|rank| (low..high).contains(*rank)).count();
            format!("{:.1}", 100.0 * n as f64 / ranks.len() as f64)
        };
        println!("{moment}: {}", (0..10).map(share).collect::<Vec<_>>().join(" "));
    }
    if let Some(path) = plot {
        std::fs::write(&path, svg(&curves)).expect("the plot is written");
        println!("plot: {path}");
    }
}

/// Reliability: of nights so many have the truth at or below the number up to which so much probability was told.
fn svg(curves: &[(&str, Vec<f64>)]) -> String {
    use std::fmt::Write as _;
    let mut out = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"440\" height=\"440\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"440\" height=\"440\" fill=\"#fff\"/><path d=\"M50 390 L410 30\" stroke=\"#999\" stroke-dasharray=\"4 3\"/>\n\
         <path d=\"M50 30 V390 H410\" fill=\"none\" stroke=\"#333\"/>\n\
         <text x=\"230\" y=\"425\" text-anchor=\"middle\">probability told of a number at or below the truth</text>\n\
         <text transform=\"translate(16 210) rotate(-90)\" text-anchor=\"middle\">share of nights at or below it</text>\n",
    );
    for (i, (name, ranks)) in curves.iter().enumerate() {
        let mut sorted = ranks.clone();
        sorted.sort_by(f64::total_cmp);
        let colour = ["#0072b2", "#d55e00", "#009e73"][i % 3];
        let points: Vec<String> = sorted
            .iter()
            .enumerate()
            .map(|(k, rank)| {
                let share = (k as f64 + 0.5) / sorted.len() as f64;
                format!("{:.1},{:.1}", 50.0 + 360.0 * rank, 390.0 - 360.0 * share)
            })
            .collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"/>",
            points.join(" ")
        );
        let _ = writeln!(out, "<text x=\"60\" y=\"{}\" fill=\"{colour}\">{name}</text>", 48 + 16 * i);
    }
    out.push_str("</svg>\n");
    out
}
