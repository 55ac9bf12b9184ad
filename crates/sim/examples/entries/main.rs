//! Whether what is told of entries comes true: `entries [--first K] [--worlds N] [--seed S] [--out DIR] [--only PART] [--atlas FILE]`.
//!
//! Many seeded worlds through the real tracker and detectors: times and places of entries with their intervals, flights along a border, entries that are
//! missed, and how well P(entered) and P(enters within 5 minutes) are calibrated. Prints tables; with `--out` writes them and reliability diagrams as a page.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example that prints its result")]

mod generalised;
mod pairs;
mod play;

use generalised::Generalised;
use pairs::{Pair, border_shift_m, off_s, pairs as pairs_of};
use play::Made;
use skypicket_model::assessment::EntryState;
use skypicket_model::passage::Range;
use skypicket_model::{Passage, Time};
use skypicket_sim::calibration::measures::{Forecast, at_most, brier, median_and_tail, worth};
use skypicket_sim::calibration::page;
use skypicket_sim::calibration::worlds::{Along, Sensing, along, country, crossings, dips};
use std::error::Error;
use std::fmt::Write as _;

struct Asked {
    first: u32,
    worlds: u32,
    seed: u64,
    out: Option<String>,
    only: Option<String>,
    turning: Option<[f64; 3]>,
    atlas: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut asked = Asked { first: 0, worlds: 60, seed: 1, out: None, only: None, turning: None, atlas: None };
    let mut args = std::env::args().skip(1);
    while let Some(key) = args.next() {
        let value =
            args.next().ok_or("usage: entries [--first K] [--worlds N] [--seed S] [--out DIR] [--only PART]")?;
        match key.as_str() {
            "--worlds" => asked.worlds = value.parse()?,
            "--first" => asked.first = value.parse()?,
            "--seed" => asked.seed = value.parse()?,
            "--out" => asked.out = Some(value),
            "--only" => asked.only = Some(value),
            "--atlas" => asked.atlas = Some(value),
            "--turning" => {
                let all: Vec<f64> = value.split(',').map(str::parse).collect::<Result<_, _>>()?;
                asked.turning = Some(all.try_into().map_err(|_| "--turning SHARE,EVERY_S,ACCELERATION")?);
            }
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    let wanted = |part: &str| asked.only.as_deref().is_none_or(|only| only.split(',').any(|one| one == part));
    let (mut tables, mut diagrams) = (String::new(), Vec::new());
    if wanted("crossings") {
        told_of_crossings(&asked, &mut tables, &mut diagrams);
    }
    if wanted("along") {
        told_along(&asked, &mut tables)?;
    }
    if wanted("dips") {
        told_of_dips(&asked, &mut tables);
    }
    print!("{tables}");
    if let Some(dir) = asked.out {
        std::fs::create_dir_all(&dir)?;
        std::fs::write(format!("{dir}/entries.txt"), &tables)?;
        std::fs::write(format!("{dir}/entries.html"), page::html("Entries", &tables, &diagrams))?;
        for (name, diagram) in ["entered", "entered-at-the-end", "touched", "enters-within-5-min"].iter().zip(&diagrams)
        {
            std::fs::write(format!("{dir}/{name}.svg"), diagram)?;
        }
    }
    Ok(())
}

const KINDS: [(&str, Sensing); 3] =
    [("self-reports", Sensing::SelfReports), ("one radar", Sensing::OneRadar), ("two radars", Sensing::TwoRadars)];

fn told_of_crossings(asked: &Asked, tables: &mut String, diagrams: &mut Vec<String>) {
    let mut made = Made::default();
    if let Some([share, every_s, acceleration]) = asked.turning {
        let params = &mut made.assess.predicted_entry;
        (params.turning_share, params.turn_every_s, params.acceleration_m2_s3) = (share, every_s, acceleration);
    }
    let mut all: Vec<(u32, usize, Pair)> = Vec::new();
    for world in asked.first..asked.first.saturating_add(asked.worlds) {
        let seed = asked.seed.wrapping_mul(1_000_003) + u64::from(world);
        let kind = world as usize % KINDS.len();
        let trial = crossings(seed, KINDS[kind].1, 20, 900.0);
        let airspace = country(seed, 1.0);
        let found = pairs_of(&trial, &airspace, &made, border_shift_m(seed), seed);
        all.extend(found.into_iter().map(|pair| (world, kind, pair)));
        eprintln!("world {world}: {} pairs so far", all.len());
    }
    times(&all, tables);
    let outside = all.iter().filter(|(_, _, pair)| pair.outside_own > 0).count();
    let _ =
        writeln!(tables, "pairs of {} that ever told a figure outside of the interval beside it: {outside}", all.len());
    if let Some(dir) = &asked.out {
        let written =
            std::fs::create_dir_all(dir).and_then(|()| std::fs::write(format!("{dir}/crossings.csv"), rows(&all)));
        if let Err(error) = written {
            eprintln!("{dir}/crossings.csv: {error}");
        }
    }
    for (world, kind, pair) in
        all.iter().filter(|(_, _, pair)| pair.last.entered < 0.05 && pair.truth.entered_s.is_some())
    {
        eprintln!("missed: world {world}, {}: {:?} {:?} {:?}", KINDS[*kind].0, pair.last, pair.truth, pair.passage);
    }
    let forecasts = |of: &dyn Fn(&Pair) -> Option<(f64, bool)>, kind: Option<usize>| -> Vec<Forecast> {
        all.iter()
            .filter(|(_, of, _)| kind.is_none_or(|kind| kind == *of))
            .filter_map(|(world, _, pair)| {
                of(pair).map(|(probability, happened)| Forecast { world: *world, probability, happened })
            })
            .collect()
    };
    let _ = writeln!(
        tables,
        "\nforecast                                  pairs  rate   Brier   ECE     corrected (5-95 %)"
    );
    type Of = Box<dyn Fn(&Pair) -> Option<(f64, bool)>>;
    let then =
        |of: fn(&Pair) -> f64| -> Of { Box::new(move |pair| Some((of(pair), pair.truth_then.entered_s.is_some()))) };
    let rows: Vec<(&str, Of)> = vec![
        ("P(entered), at a random moment", then(|pair| pair.random.entered)),
        ("P(entered), at the end", Box::new(|pair| Some((pair.last.entered, pair.truth.entered_s.is_some())))),
        ("P(touched), at a random moment", Box::new(|pair| Some((pair.random.touched, pair.truth_then.touched)))),
        ("  naive: estimate ever inside", then(|pair| pair.random.naive.any)),
        ("  naive: estimate inside for 20 s", then(|pair| pair.random.naive.stay)),
        ("  naive: greatest P(inside)", then(|pair| pair.random.naive.most)),
        ("  before: least P(inside) of a stay", then(|pair| pair.random.naive.pointwise)),
        ("P(enters within 5 min)", Box::new(|pair| Some((pair.ahead?.ahead?.0, pair.comes)))),
        ("  naive: course leads in", Box::new(|pair| Some((pair.ahead?.ahead?.1, pair.comes)))),
    ];
    for (name, of) in &rows {
        let forecasts = forecasts(of.as_ref(), None);
        let worth = worth(&forecasts, asked.seed);
        let _ = writeln!(
            tables,
            "{name:40} {:6}  {:.3}  {:.4}  {:.4}  {:.4} ({:.4}-{:.4})",
            worth.count, worth.rate, worth.brier, worth.ece, worth.corrected_ece, worth.interval[0], worth.interval[1]
        );
        if !name.starts_with(' ') {
            diagrams.push(page::diagram(name, &worth));
            for (number, (kind, _)) in KINDS.iter().enumerate() {
                let own = self::worth(&rows_of(&forecasts, &all, number), asked.seed);
                let _ = writeln!(
                    tables,
                    "    {kind:36} {:6}  {:.3}  {:.4}  {:.4}  {:.4}",
                    own.count, own.rate, own.brier, own.ece, own.corrected_ece
                );
            }
            for bin in worth.bins.iter().filter(|bin| bin.count > 0) {
                let _ = writeln!(
                    tables,
                    "        told {:.3}  came true {:.3}  of {}",
                    bin.forecast, bin.happened, bin.count
                );
            }
        }
    }
}

fn rows_of(forecasts: &[Forecast], all: &[(u32, usize, Pair)], kind: usize) -> Vec<Forecast> {
    let worlds: std::collections::BTreeSet<u32> =
        all.iter().filter(|(_, of, _)| *of == kind).map(|(world, ..)| *world).collect();
    let own: Vec<Forecast> = forecasts.iter().filter(|forecast| worlds.contains(&forecast.world)).copied().collect();
    let _ = brier(&own);
    own
}

/// What is told of one entry, and what was so.
struct TimedEntry<'a> {
    kind: usize,
    true_s: f64,
    pair: &'a Pair,
    passage: &'a Passage,
    at: Range<Time>,
}

/// Entries that truly were and are told with a time: those that were not seen to come in have none. Tracks that came again after five minutes, in a row of its
/// own, are left out: one truth stands against two rows.
fn timed(all: &[(u32, usize, Pair)]) -> impl Iterator<Item = (u32, TimedEntry<'_>)> {
    all.iter().filter_map(|(world, kind, pair)| {
        let (true_s, passage) = (pair.truth.entered_s.filter(|_| pair.rows == 1)?, pair.passage.as_ref()?);
        let at = passage.entered_at.filter(|_| passage.entered_probability >= 0.5 && true_s > pair.born_s)?;
        Some((*world, TimedEntry { kind: *kind, true_s, pair, passage, at }))
    })
}

impl TimedEntry<'_> {
    /// How far off the place is, and how far 90 % of the drawn ones are from it, metres.
    fn place_m(&self) -> Option<[f64; 2]> {
        let (told, true_place) = (self.passage.entered_place.as_ref()?, self.pair.truth.place?);
        let off_m = true_place.at_height(0.0).to_ecef() - told.place.at_height(0.0).to_ecef();
        Some([off_m.norm(), told.reach_m])
    }

    /// Its depth and time inside, where it has left: of one that is inside still, what is told goes up to now and the truth up to the last measurement.
    fn stay(&self) -> Option<[(Range<f64>, f64); 2]> {
        self.passage.left_at?;
        let inside = self.passage.inside_for?;
        let inside_s = Range { low: inside.low.s(), middle: inside.middle.s(), high: inside.high.s() };
        Some([(self.passage.depth_m?, self.pair.truth.depth_m), (inside_s, self.pair.truth.inside_s)])
    }
}

fn rows(all: &[(u32, usize, Pair)]) -> String {
    let mut csv = String::from(
        "world,kind,true_s,low_s,middle_s,high_s,across_m_s,place_off_m,place_reach_m,depth_m,depth_low_m,depth_middle_m,depth_high_m,\
         inside_s,inside_low_s,inside_middle_s,inside_high_s\n",
    );
    for (world, entry) in timed(all) {
        let [low, middle, high] = [entry.at.low, entry.at.middle, entry.at.high].map(|time| off_s(time, entry.true_s));
        let [off_m, reach_m] = entry.place_m().unwrap_or([f64::NAN; 2]);
        let across_m_s = entry.pair.truth.across_m_s;
        let _ = write!(csv, "{world},{},{:.2},{low:.3},{middle:.3},{high:.3},", KINDS[entry.kind].0, entry.true_s);
        let _ = write!(csv, "{across_m_s:.1},{off_m:.1},{reach_m:.1}");
        match entry.stay() {
            Some(both) => {
                for (told, truth) in both {
                    let _ = write!(csv, ",{truth:.1},{:.1},{:.1},{:.1}", told.low, told.middle, told.high);
                }
                csv.push('\n');
            }
            None => csv.push_str(",,,,,,,,\n"),
        }
    }
    csv
}

fn times(all: &[(u32, usize, Pair)], tables: &mut String) {
    let _ = writeln!(
        tables,
        "entries        count worlds  time off: median, p95 (s), in sigmas, 90 % covers   place off: median (m), in sigmas, 90 % covers   depth covers  inside covers"
    );
    let share = |hits: usize, of: usize| hits as f64 / of.max(1) as f64;
    for (number, (kind, _)) in KINDS.iter().enumerate() {
        let (mut errors, mut sigmas, mut covered, mut count) = (Vec::new(), Vec::new(), 0_usize, 0_usize);
        let (mut places, mut place_sigmas, mut in_reach) = (Vec::new(), Vec::new(), 0_usize);
        let (mut holds, mut stays) = ([0_usize; 2], 0_usize);
        let mut worlds = std::collections::BTreeSet::new();
        for (world, entry) in timed(all).filter(|(_, entry)| entry.kind == number) {
            count += 1;
            worlds.insert(world);
            let off = |time| off_s(time, entry.true_s);
            errors.push(off(entry.at.middle).abs());
            sigmas.push(off(entry.at.middle).abs() / ((entry.at.high - entry.at.low).s() / 3.29).max(1e-3));
            covered += usize::from(off(entry.at.low) <= 0.0 && off(entry.at.high) >= 0.0);
            if let Some([off_m, reach_m]) = entry.place_m() {
                places.push(off_m);
                // The places lie along a line: nine in ten within 1.645 sigma.
                place_sigmas.push(off_m / (reach_m / 1.645).max(1e-3));
                in_reach += usize::from(off_m <= reach_m);
            }
            if let Some(both) = entry.stay() {
                stays += 1;
                for (held, (told, truth)) in holds.iter_mut().zip(both) {
                    *held += usize::from((told.low..=told.high).contains(&truth));
                }
            }
        }
        let [median, tail] = median_and_tail(errors);
        let [in_sigmas, _] = median_and_tail(sigmas);
        let (placed, [place_m, _], [place_sigma, _]) =
            (places.len(), median_and_tail(places), median_and_tail(place_sigmas));
        let _ = writeln!(
            tables,
            "{kind:14} {count:5} {:6}            {median:6.2} {tail:8.2}       {in_sigmas:.2}       {:.3}                  {place_m:6.1}       {place_sigma:.2}       {:.3}        {:.3}         {:.3}",
            worlds.len(),
            share(covered, count),
            share(in_reach, placed),
            share(holds[0], stays),
            share(holds[1], stays),
        );
    }
}

/// Flights along a border for half an hour: how many are told to have entered.
fn told_along(asked: &Asked, tables: &mut String) -> Result<(), Box<dyn Error>> {
    let map = asked.atlas.as_ref().map(|atlas| Generalised::read(atlas, "data/borders/borders.skb")).transpose()?;
    let _ = writeln!(
        tables,
        "\nalong the border, 30 min       flights  sigma m  touched>=.5 possible likely established (at most)   naive any  any, map  any P>=.99  greatest P(entered)"
    );
    let airspace = country(1, 0.0);
    for (name, sigmas, bias_deg, civil, mut made) in regimes() {
        if sigmas < 0.0 {
            continue;
        }
        made.generalised.clone_from(&map);
        let mut of = Vec::new();
        // What must be rarer is looked at more often.
        let worlds = if sigmas < 3.0 { asked.worlds.div_ceil(6) } else { asked.worlds };
        for world in 0..worlds {
            let seed = asked.seed.wrapping_mul(2_000_003) + u64::from(world);
            let trial = along(seed, Along { sigmas, bias_deg, civil }, 12, 1800.0);
            of.extend(pairs_of(&trial, &airspace, &made, 0.0, seed));
        }
        let count = |test: &dyn Fn(&Pair) -> bool| of.iter().filter(|pair| test(pair)).count();
        let state = |at_least: EntryState| count(&|pair| pair.state >= at_least);
        let established = state(EntryState::Established);
        let _ = writeln!(
            tables,
            "{name:30} {:7}  {:7.0}  {:8} {:8} {:6} {:11} ({:.4})   {:9} {:9} {:11}  {:.4}",
            of.len(),
            of.iter().map(|pair| pair.sigma_m).sum::<f64>() / of.len().max(1) as f64,
            count(&|pair| pair.last.touched >= 0.5),
            state(EntryState::Possible),
            state(EntryState::Likely),
            established,
            at_most(established, of.len()),
            count(&|pair| pair.last.naive.any > 0.5),
            count(&|pair| pair.last.naive.generalised > 0.5),
            count(&|pair| pair.last.naive.sure > 0.5),
            of.iter().map(|pair| pair.last.entered).fold(0.0, f64::max),
        );
    }
    if let Some(map) = map {
        let [median, tail, most] = map.off_m();
        let _ = writeln!(
            tables,
            "map: off by {median:.0} m in the median, {tail:.0} m at the 95th of a hundred, {most:.0} m at most"
        );
    }
    Ok(())
}

/// Name, sigmas outside, bias of one radar, civil aircraft to learn from, and parameters.
fn regimes() -> Vec<(&'static str, f64, f64, u32, Made)> {
    // A tracker that is told its radars to be aligned to a fiftieth of a degree and ten metres.
    let mut aligned = Made::default();
    aligned.track.azimuth_bias_sigma_deg = 0.02;
    aligned.track.range_bias_sigma_m = 10.0;
    aligned.track.time_bias_sigma_s = 0.02;
    aligned.track.elevation_bias_sigma_deg = 0.02;
    let usual = Made::default();
    vec![
        ("3 sigma, aligned", 3.0, 0.0, 0, aligned.clone()),
        ("2 sigma, aligned", 2.0, 0.0, 0, aligned.clone()),
        ("3 sigma, 0.1 deg unmodelled", 3.0, 0.1, 0, aligned.clone()),
        ("2 sigma, 0.1 deg unmodelled", 2.0, 0.1, 0, aligned.clone()),
        ("2 sigma, 0.1 deg, usual prior", 2.0, 0.1, 0, usual.clone()),
        ("2 sigma, 0.1 deg, civil traffic", 2.0, 0.1, 12, usual),
        ("dips", -3.0, 0.0, 0, aligned.clone()),
        ("dips, 0.1 deg unmodelled", -3.0, 0.1, 0, aligned),
        ("dips, usual prior", -3.0, 0.0, 0, Made::default()),
        ("dips, 0.1 deg, civil traffic", -3.0, 0.1, 12, Made::default()),
    ]
}

/// Entries of a minute and more deeper than three sigmas: how many are missed.
fn told_of_dips(asked: &Asked, tables: &mut String) {
    let _ = writeln!(tables, "\nin for 60-180 s, over 3 sigma deep   flights  likely or more  established  missed");
    let airspace = country(1, 0.0);
    for (name, sigmas, bias_deg, civil, made) in regimes() {
        if sigmas >= 0.0 {
            continue;
        }
        let mut of = Vec::new();
        for world in 0..asked.worlds {
            let seed = asked.seed.wrapping_mul(3_000_017) + u64::from(world);
            let inside_s = 60.0 + 30.0 * f64::from(world % 5);
            let trial = dips(seed, Along { sigmas, bias_deg, civil }, inside_s, 8, 1000.0);
            of.extend(pairs_of(&trial, &airspace, &made, 0.0, seed));
        }
        let of: Vec<Pair> =
            of.into_iter().filter(|pair| pair.truth.depth_m >= 450.0 && pair.truth.entered_s.is_some()).collect();
        let state = |at_least: EntryState| of.iter().filter(|pair| pair.state >= at_least).count();
        let established = state(EntryState::Established);
        let _ = writeln!(
            tables,
            "{name:36} {:7} {:14} {:12}  {:.4}",
            of.len(),
            state(EntryState::Likely),
            established,
            1.0 - established as f64 / of.len().max(1) as f64
        );
    }
}
