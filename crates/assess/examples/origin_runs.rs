//! How often the start of a flight is in the region that was told, in worlds as the model thinks and in others.
//!
//! A fifth of the runs for each world but the first. `cargo run --release -p skypicket-assess --example origin_runs -- [runs a world] [seed] [plot.svg] [worlds]`
//!
//! Flights start, climb, turn and drift as each world says; five radars on a border look at them turn by turn; what is seen of them after the third
//! detection within half a minute, with the noise of a track, is all that the region is worked out from.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "an example: it prints and writes a plot")]
#![allow(clippy::indexing_slicing, reason = "tables of fixed size")]

mod origin_world;

use origin_world::{AREAS, Flown, World, areas, fly, sensors, worlds};
use skypicket_assess::coverage::{Coverage, CoverageParams, Network, WatchLog};
use skypicket_assess::origin::{Against, Areas, Evidence, OriginParams, region};
use skypicket_model::origin::OriginRegion;
use skypicket_model::sensor::SensorHealth;
use skypicket_model::track::{Class, ClassProbabilities};
use skypicket_model::{Span, Time, TrackId};

const FIRST: Time = Time::from_s(200_000);
const MINUTES: [i64; 4] = [5, 15, 40, 80];

fn main() {
    let mut args = std::env::args().skip(1);
    let runs: usize = args.next().and_then(|text| text.parse().ok()).unwrap_or(300);
    let seed: u64 = args.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let plot = args.next();
    let only: usize = args.next().and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
    let coverage = Coverage::new(CoverageParams { reference_rcs_m2: 0.1, ..CoverageParams::default() }, None);
    let network = network(&coverage);
    let params = OriginParams::default();
    let areas = Areas::new(areas());
    let against = Against { params: &params, areas: &areas, coverage: &coverage, network: &network };
    println!(
        "| world | seen | runs | start in 50 % | start in 90 % | of these identifiable | in 90 % | median area, km² | first candidate right |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut levels: Vec<(String, Vec<f64>)> = Vec::new();
    for (number, world) in worlds().into_iter().take(only).enumerate() {
        // As many runs in the worlds unlike the model together as in the one like it, and some more.
        let runs = if number == 0 { runs } else { runs / 5 };
        let rows = run(&world, runs, seed, &against);
        for (minutes, row) in MINUTES.iter().zip(&rows) {
            row.print(world.name, *minutes);
        }
        let all = rows.iter().flat_map(|row| row.levels.iter().copied()).collect();
        levels.push((world.name.to_owned(), all));
    }
    println!();
    reliability(&levels);
    if let Some(path) = plot {
        std::fs::write(&path, svg(&levels)).unwrap_or_else(|error| println!("{path}: {error}"));
    }
}

/// What came of the runs of one world and time.
#[derive(Default)]
struct Row {
    levels: Vec<f64>,
    half: usize,
    identifiable: usize,
    identifiable_in: usize,
    areas_km2: Vec<f64>,
    from_area: usize,
    first_right: usize,
}

impl Row {
    fn take(&mut self, region: &OriginRegion, flown: &Flown) {
        let (half, whole) = region.holds(flown.start);
        self.half += usize::from(half);
        self.levels.push(level(region, flown));
        self.areas_km2.push(region.area_km2[1]);
        if region.unclear.is_empty() {
            self.identifiable += 1;
            self.identifiable_in += usize::from(whole);
        }
        if let Some(area) = flown.area {
            self.from_area += 1;
            self.first_right += usize::from(region.candidates.first().is_some_and(|first| first.name == AREAS[area].0));
        }
    }

    fn print(&self, world: &str, minutes: i64) {
        let n = self.levels.len();
        let percent = |k: usize, of: usize| {
            if of == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * k as f64 / of as f64) }
        };
        let in_90 = self.levels.iter().filter(|level| **level <= 0.9).count();
        let mut areas = self.areas_km2.clone();
        areas.sort_by(f64::total_cmp);
        let median = areas.get(n / 2).copied().unwrap_or(0.0);
        println!(
            "| {world} | {minutes} min | {n} | {} | {} | {} | {} | {median:.0} | {} |",
            percent(self.half, n),
            percent(in_90, n),
            percent(self.identifiable, n),
            percent(self.identifiable_in, self.identifiable),
            percent(self.first_right, self.from_area),
        );
    }
}

/// The smallest credible level whose region holds the true start; 1 beyond 90 %.
fn level(region: &OriginRegion, flown: &Flown) -> f64 {
    let cell = region.cell_of(flown.start);
    let mut held = 0.0;
    for told in &region.cells {
        held += told.probability;
        if (told.row, told.column) == cell {
            return held.min(0.9);
        }
    }
    1.0
}

fn run(world: &World, runs: usize, seed: u64, against: &Against<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = MINUTES.iter().map(|_| Row::default()).collect();
    let mut number = 0;
    while rows[0].levels.len() < runs {
        number += 1;
        let content = [world.name.as_bytes(), &seed.to_le_bytes(), &u64::to_le_bytes(number)];
        let chance = skypicket_model::ids::content_hash(&content);
        let Some(flown) = fly(world, chance, FIRST, against.coverage, against.network) else { continue };
        for (minutes, row) in MINUTES.iter().zip(&mut rows) {
            let until = flown.seen[0].time + Span::from_s(60 * minutes);
            if flown.seen.last().is_none_or(|last| last.time < until) {
                continue;
            }
            let seen = thinned(flown.seen.iter().take_while(|seen| seen.time <= until).copied().collect());
            let evidence = Evidence { track: TrackId(chance), seen, class: class() };
            row.take(&region(evidence, until, against), &flown);
        }
    }
    rows
}

/// The places that the engine would remember of as many.
fn thinned(mut seen: Vec<skypicket_assess::origin::Seen>) -> Vec<skypicket_assess::origin::Seen> {
    while seen.len() > 48 {
        let mut number = 0;
        seen.retain(|_| {
            number += 1;
            number <= 17 || number % 2 == 0
        });
    }
    seen
}

/// What the tracker makes of a drone of that speed and height, about.
fn class() -> ClassProbabilities {
    let mut all = [0.05; 7];
    for (probability, class) in all.iter_mut().zip(Class::ALL) {
        match class {
            Class::LargeDrone => *probability = 0.6,
            Class::Aircraft | Class::Helicopter => *probability = 0.1,
            _ => {}
        }
    }
    ClassProbabilities(all)
}

fn network(coverage: &Coverage) -> Network {
    let sensors = sensors();
    let mut log = WatchLog::default();
    let health = |now: Time| -> Vec<SensorHealth> {
        let one = |id| SensorHealth {
            id,
            observations: 9,
            targets: 9,
            last_received: now,
            mean_interval: Some(Span::from_s(1)),
            rate_per_s: 1.0,
            at_tick: 9,
            clock_errors: 0,
            last_clock_error: None,
            stated_site: None,
            stated: None,
            demoted: None,
        };
        sensors.iter().map(|sensor| one(sensor.id)).collect()
    };
    for s in (-130_000..130_000).step_by(10) {
        let now = FIRST + Span::from_s(s);
        log.tick(&sensors, &health(now), now, None);
    }
    coverage.history(&sensors, &health(FIRST), &log)
}

const BINS: usize = 9;

fn share_within(levels: &[f64], level: f64) -> f64 {
    levels.iter().filter(|own| **own <= level + 1e-9).count() as f64 / levels.len().max(1) as f64
}

fn reliability(levels: &[(String, Vec<f64>)]) {
    println!("Share of starts inside the region of a level, all times together:");
    println!();
    println!("| world | runs | {} |", (1..=BINS).map(|k| format!("{}0 %", k)).collect::<Vec<_>>().join(" | "));
    println!("|---|---|{}", "---|".repeat(BINS));
    for (name, levels) in levels {
        let shares = (1..=BINS).map(|k| format!("{:.0}", 100.0 * share_within(levels, k as f64 / 10.0)));
        println!("| {name} | {} | {} |", levels.len(), shares.collect::<Vec<_>>().join(" | "));
    }
}

/// The same as a picture.
fn svg(levels: &[(String, Vec<f64>)]) -> String {
    const COLOURS: [&str; 8] = ["#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#777777"];
    let (x, y) = (|v: f64| 60.0 + 340.0 * v, |v: f64| 370.0 - 340.0 * v);
    let mut out = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 660 420\" font-family=\"sans-serif\" font-size=\"12\"><rect width=\"660\" height=\"420\" fill=\"#fff\"/>",
    );
    out +=
        &format!("<path d=\"M{} {}L{} {}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>", x(0.0), y(0.0), x(1.0), y(1.0));
    for k in 0..=10 {
        let v = f64::from(k) / 10.0;
        out += &format!("<path d=\"M{} {}V{}M{} {}H{}\" stroke=\"#eee\"/>", x(v), y(0.0), y(1.0), x(0.0), y(v), x(1.0));
        out += &format!("<text x=\"{}\" y=\"388\" text-anchor=\"middle\">{}</text>", x(v), k * 10);
        out += &format!("<text x=\"52\" y=\"{}\" text-anchor=\"end\">{}</text>", y(v) + 4.0, k * 10);
    }
    out += "<text x=\"230\" y=\"408\" text-anchor=\"middle\">level of the region, %</text>";
    out += "<text transform=\"translate(18 200) rotate(-90)\" text-anchor=\"middle\">starts inside, %</text>";
    for (number, (name, levels)) in levels.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let points: Vec<String> = (0..=BINS)
            .map(|k| k as f64 / 10.0)
            .map(|v| format!("{:.1},{:.1}", x(v), y(if v > 0.0 { share_within(levels, v) } else { 0.0 })))
            .collect();
        out += &format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        );
        let at = 50.0 + 22.0 * number as f64;
        out += &format!(
            "<path d=\"M420 {at}h24\" stroke=\"{colour}\" stroke-width=\"3\"/><text x=\"452\" y=\"{}\">{name} ({})</text>",
            at + 4.0,
            levels.len()
        );
    }
    out + "</svg>\n"
}
