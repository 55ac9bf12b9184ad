//! How often the start of a flight is in the region that was told, in worlds as the model thinks and in others.
//!
//! A fifth of the runs for each world that is not as modelled. `cargo run --release -p skypicket-assess --example origin_runs -- [runs a world] [seed] [plot.svg or -] [first world] [last world] [each]`
//!
//! Flights start, climb, turn and drift as each world says; five radars on a border look at them turn by turn; what is seen of them after the third
//! detection within half a minute, with the noise of a track, is all that the region is worked out from.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "an example: it prints and writes a plot")]
#![allow(clippy::indexing_slicing, reason = "tables of fixed size")]

mod origin_world;

use origin_world::{Flown, TOLD_SIGMA_M_S, TOLD_WIND_M_S, Told, World, areas, fly, sensors, worlds};
use skypicket_assess::coverage::{Coverage, CoverageParams, Network, WatchLog};
use skypicket_assess::origin::{Against, Areas, Evidence, OriginParams, WindParams, region};
use skypicket_model::origin::OriginRegion;
use skypicket_model::sensor::SensorHealth;
use skypicket_model::track::{Class, ClassProbabilities};
use skypicket_model::{LatLon, Span, Time, TrackId};

const FIRST: Time = Time::from_s(200_000);
const MINUTES: [i64; 4] = [5, 15, 40, 80];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: usize| args.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (runs, seed) = (number(0, 300), number(1, 1) as u64);
    let plot = args.get(2).filter(|path| path.as_str() != "-");
    let (from, until) = (number(3, 0), number(4, usize::MAX));
    let each = args.get(5).is_some();
    let coverage = Coverage::new(CoverageParams { reference_rcs_m2: 0.1, ..CoverageParams::default() }, None);
    println!(
        "| world | seen | regions | start in 50 % | start in 90 % | identifiable | start in 50 % | start in 90 % | median area of these, km² | of all | first candidate right |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let mut levels: Vec<(String, Vec<f64>)> = Vec::new();
    for (place, world) in worlds().into_iter().enumerate().take(until).skip(from) {
        // As many runs in the worlds unlike the model together as in the one like it, and some more.
        let runs = if world.name.ends_with("as modelled") { runs } else { runs / 5 };
        let network = network(&coverage, world.told);
        let params = params(world.told);
        let areas = Areas::new(areas(world.told));
        let against = Against { params: &params, areas: &areas, coverage: &coverage, network: &network };
        let rows = run(&world, runs, seed + 1000 * place as u64, &against, each);
        for (minutes, row) in MINUTES.iter().zip(&rows) {
            row.print(world.name, &format!("{minutes} min"));
        }
        let mut whole = Row::default();
        rows.into_iter().for_each(|row| whole.add(row));
        whole.print(world.name, "all");
        levels.push((world.name.to_owned(), whole.clear_levels));
    }
    println!();
    reliability(&levels);
    if let Some(path) = plot {
        std::fs::write(path, svg(&levels)).unwrap_or_else(|error| println!("{path}: {error}"));
    }
}

/// What is set where so much is told.
fn params(told: Told) -> OriginParams {
    let mut params = OriginParams { elsewhere_km2: told.elsewhere_km2(), ..OriginParams::default() };
    if told == Told::Much {
        params.kind.truncate(1);
        let [east_m_s, north_m_s] = TOLD_WIND_M_S;
        params.wind = vec![WindParams { lat_deg: 52.0, lon_deg: 25.0, height_m: 500.0, east_m_s, north_m_s }];
        params.wind_sigma_m_s = TOLD_SIGMA_M_S;
    }
    params
}

/// What came of the runs of one world and time.
#[derive(Default)]
struct Row {
    half: usize,
    whole: usize,
    levels: Vec<f64>,
    areas_km2: Vec<f64>,
    clear_half: usize,
    clear_whole: usize,
    clear_levels: Vec<f64>,
    clear_km2: Vec<f64>,
    from_area: usize,
    first_right: usize,
}

impl Row {
    fn take(&mut self, region: &OriginRegion, flown: &Flown, told: Told) {
        let (half, whole) = region.holds(flown.start);
        let level = level(region, flown);
        self.half += usize::from(half);
        self.whole += usize::from(whole);
        self.levels.push(level);
        self.areas_km2.push(region.area_km2[1]);
        if region.unclear.is_empty() {
            self.clear_half += usize::from(half);
            self.clear_whole += usize::from(whole);
            self.clear_levels.push(level);
            self.clear_km2.push(region.area_km2[1]);
        }
        if let Some(area) = flown.area {
            self.from_area += 1;
            let name = told.areas()[area].0;
            self.first_right += usize::from(region.candidates.first().is_some_and(|first| first.name == name));
        }
    }

    fn add(&mut self, other: Self) {
        self.half += other.half;
        self.whole += other.whole;
        self.levels.extend(other.levels);
        self.areas_km2.extend(other.areas_km2);
        self.clear_half += other.clear_half;
        self.clear_whole += other.clear_whole;
        self.clear_levels.extend(other.clear_levels);
        self.clear_km2.extend(other.clear_km2);
        self.from_area += other.from_area;
        self.first_right += other.first_right;
    }

    fn print(&self, world: &str, seen: &str) {
        let share = |k: usize, of: usize| {
            if of == 0 { "–".to_owned() } else { format!("{:.1} %", 100.0 * k as f64 / of as f64) }
        };
        let (n, clear) = (self.levels.len(), self.clear_levels.len());
        println!(
            "| {world} | {seen} | {n} | {} | {} | {clear} | {} | {} | {:.0} | {:.0} | {} |",
            share(self.half, n),
            share(self.whole, n),
            share(self.clear_half, clear),
            share(self.clear_whole, clear),
            median(&self.clear_km2),
            median(&self.areas_km2),
            share(self.first_right, self.from_area),
        );
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(values.len() / 2).copied().unwrap_or(0.0)
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

fn run(world: &World, runs: usize, seed: u64, against: &Against<'_>, each: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = MINUTES.iter().map(|_| Row::default()).collect();
    let mut number = 0;
    while rows.first().is_some_and(|row| row.levels.len() < runs) {
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
            let region = region(evidence, until, against);
            if each {
                let kinds = if region.unclear.is_empty() { "clear" } else { "unclear" };
                let km = apart_km(region.first_place, flown.start);
                println!(
                    "# {number} {minutes} {kinds} level {:.3} effective {:.0} area {:.0} start {km:.0} km away in {:?}, elsewhere {:.2} {}",
                    level(&region, &flown),
                    region.effective_flights,
                    region.area_km2[1],
                    flown.area,
                    region.elsewhere,
                    region
                        .candidates
                        .iter()
                        .map(|c| format!("{} {:.2}", c.name, c.probability))
                        .collect::<Vec<_>>()
                        .join(", ")
                );
            }
            row.take(&region, &flown, world.told);
        }
    }
    rows
}

fn apart_km(a: LatLon, b: LatLon) -> f64 {
    let wide = skypicket_model::math::cos(skypicket_model::math::rad(a.lat_deg));
    111.2 * skypicket_model::math::hypot(b.lat_deg - a.lat_deg, wide * (b.lon_deg - a.lon_deg))
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

fn network(coverage: &Coverage, told: Told) -> Network {
    let sensors = sensors(told);
    let mut log = WatchLog::default();
    let health = |now: Time| -> Vec<SensorHealth> {
        sensors.iter().map(|sensor| SensorHealth::heard(sensor.id, 9, now)).collect()
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
    println!("Share of starts inside the region of a level, of those called identifiable, all times together:");
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
