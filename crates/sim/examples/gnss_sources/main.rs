//! Whether transmitters stand where the source areas say: `gnss_sources [--worlds N] [--seed S] [--sort one|two|moving] [--unlike little|much] [--each 1]`.
//!
//! Seeded worlds with transmitters of known place (world.rs) whose aircraft send into the real detector; every quarter of an hour what it tells of the source is
//! compared with the truth. Printed are tables by how many samples of aircraft it rests on.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example that prints its result and how long it took"
)]
#![allow(clippy::indexing_slicing, reason = "tables of fixed size")]

mod world;

use skypicket_assess::{Assessor, Params, PermissionParams, Permissions, TickView};
use skypicket_model::gnss::SourceAreas;
use skypicket_model::{LatLon, Span, WaysOf};
use std::error::Error;
use std::sync::Arc;
use std::time::Instant;
use world::{BEGIN, ON_S, Sort, Unlike, World, offset};

/// How often the source is worked out, and for how long a world lasts, seconds.
const EVERY_S: u32 = 900;
const LASTS_S: u32 = ON_S + 3 * EVERY_S + 120;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut worlds, mut seed, mut sort, mut unlike, mut each) = (20, 1_u64, Sort::One, Unlike::Much, false);
    let mut args = std::env::args().skip(1);
    while let Some(key) = args.next() {
        let value = args.next().ok_or("each argument has a value")?;
        match (key.as_str(), value.as_str()) {
            ("--worlds", _) => worlds = value.parse()?,
            ("--seed", _) => seed = value.parse()?,
            ("--sort", "one") => sort = Sort::One,
            ("--sort", "two") => sort = Sort::Two,
            ("--sort", "moving") => sort = Sort::Moving,
            ("--unlike", "little") => unlike = Unlike::Little,
            ("--unlike", "much") => unlike = Unlike::Much,
            ("--each", _) => each = true,
            _ => return Err(format!("unknown argument {key} {value}").into()),
        }
    }
    let begun = Instant::now();
    let mut all = Vec::new();
    for number in 0..worlds {
        let world = World::new(seed.wrapping_mul(1_000_003).wrapping_add(number), sort, unlike, LASTS_S);
        for told in play(world)? {
            if each {
                println!("{number} {told}");
            }
            all.push(told);
        }
    }
    table(&all);
    println!("{worlds} worlds in {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// What was told at one time, against the truth.
#[derive(Clone, Debug)]
struct Told {
    samples: u32,
    onsets: u32,
    told: usize,
    clear: bool,
    /// Of each true transmitter: the nearest told one's error, km, and whether its regions hold it.
    errors_km: Vec<Option<f64>>,
    held: Vec<(bool, bool)>,
    area_km2: [f64; 2],
    centroid_km: f64,
    reach_km: f64,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let error = |error: &Option<f64>| error.map_or("–".to_owned(), |km| format!("{km:.1}"));
        let errors: Vec<String> = self.errors_km.iter().map(error).collect();
        write!(
            f,
            "samples {} onsets {} sources {} clear {} error {} held {:?} area {:.0} {:.0} centroid {:.1} reach {:.0}",
            self.samples,
            self.onsets,
            self.told,
            self.clear,
            errors.join(" "),
            self.held,
            self.area_km2[0],
            self.area_km2[1],
            self.centroid_km,
            self.reach_km
        )
    }
}

fn km(a: LatLon, b: LatLon) -> f64 {
    let [x, y] = offset(a, b);
    x.hypot(y)
}

fn against(areas: &SourceAreas, world: &World) -> Told {
    let second = ((areas.time - BEGIN).s().max(0.0)) as u32;
    let truth: Vec<LatLon> = world.transmitters.iter().map(|own| own.at(second)).collect();
    let nearest =
        |place: &LatLon| areas.sources.iter().min_by(|a, b| km(a.place, *place).total_cmp(&km(b.place, *place)));
    let mean = |k: usize| {
        let sum: f64 = areas.sources.iter().map(|source| source.area_km2[k]).sum();
        sum / areas.sources.len().max(1) as f64
    };
    Told {
        samples: areas.samples,
        onsets: areas.onsets,
        told: areas.sources.len(),
        clear: areas.unclear.is_empty(),
        errors_km: truth.iter().map(|place| nearest(place).map(|own| km(own.place, *place))).collect(),
        held: truth
            .iter()
            .map(|place| {
                areas.sources.iter().map(|own| own.holds(*place)).fold((false, false), |a, b| (a.0 || b.0, a.1 || b.1))
            })
            .collect(),
        area_km2: [mean(0), mean(1)],
        centroid_km: areas
            .centroid
            .map_or(f64::NAN, |place| truth.iter().map(|own| km(place, *own)).fold(f64::INFINITY, f64::min)),
        reach_km: world.transmitters[0].reach_km,
    }
}

fn play(mut world: World) -> Result<Vec<Told>, Box<dyn Error>> {
    let permissions = Permissions::new(&PermissionParams::default(), vec![]).map_err(|fault| format!("{fault:?}"))?;
    let mut params = Params::default();
    params.gnss_interference.source_every_s = f64::from(EVERY_S);
    let mut assessor = Assessor::new(&params, &[], permissions).map_err(|fault| format!("{fault:?}"))?;
    let (mut observations, mut events) = (Vec::new(), Vec::new());
    let mut last: Vec<Arc<SourceAreas>> = Vec::new();
    let mut all = Vec::new();
    let mut tick = |assessor: &mut Assessor, second: u32| {
        let view = TickView {
            now: BEGIN + Span::from_s(i64::from(second) + 1),
            tracks: &[],
            sensors: &[],
            described: &[],
            listening_since: None,
            ways: WaysOf(None),
        };
        events.clear();
        assessor.tick(&view, &mut events);
    };
    for second in 0..LASTS_S {
        observations.clear();
        world.second(second, &mut observations);
        assessor.observe(&observations);
        tick(&mut assessor, second);
        // What is under way is finished at once: a search costs the same now or later.
        if second % 2 == 1 {
            continue;
        }
        for areas in assessor.gnss().iter().flat_map(|gnss| gnss.sources.iter()) {
            let known = last.iter().any(|own| own.interferences[0] == areas.interferences[0] && own.time == areas.time);
            if !known && (areas.time - BEGIN).s() > f64::from(ON_S + EVERY_S / 2) {
                all.push(against(areas, &world));
            }
            last.retain(|own| own.interferences[0] != areas.interferences[0]);
            last.push(Arc::clone(areas));
        }
    }
    Ok(all)
}

fn table(all: &[Told]) {
    println!(
        "samples      looks  told  error median  p90 km  in 50 %  in 90 %  area 50 %, 90 % median km²  cannot say  centroid median, p90 km"
    );
    for (name, low, high) in [
        ("< 200", 0, 200),
        ("200-500", 200, 500),
        ("500-1000", 500, 1000),
        ("1000-", 1000, u32::MAX),
        (">= 200", 200, u32::MAX),
    ] {
        let rows: Vec<&Told> = all.iter().filter(|told| (low..high).contains(&told.samples)).collect();
        line(name, &rows);
    }
}

fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(((values.len() as f64 - 1.0).max(0.0) * q).round() as usize).copied().unwrap_or(f64::NAN)
}

fn line(name: &str, rows: &[&Told]) {
    let told: Vec<&&Told> = rows.iter().filter(|told| told.told > 0).collect();
    let clear: Vec<&&&Told> = told.iter().filter(|told| told.clear).collect();
    let mut errors: Vec<f64> = clear.iter().flat_map(|told| told.errors_km.iter().flatten().copied()).collect();
    let held = |pick: fn(&(bool, bool)) -> bool| {
        let all: Vec<bool> = clear.iter().flat_map(|told| told.held.iter().map(pick)).collect();
        all.iter().filter(|held| **held).count() as f64 / all.len().max(1) as f64
    };
    let area = |k: usize| quantile(&mut clear.iter().map(|told| told.area_km2[k]).collect::<Vec<_>>(), 0.5);
    let mut centroids: Vec<f64> = clear.iter().map(|told| told.centroid_km).collect();
    println!(
        "{name:<12} {:>5} {:>5} {:>13.1} {:>7.1} {:>8.3} {:>8.3} {:>12.0} {:>14.0} {:>14.3} {:>13.1} {:.1}   told by number {:?}",
        rows.len(),
        clear.len(),
        quantile(&mut errors, 0.5),
        quantile(&mut errors, 0.9),
        held(|held| held.0),
        held(|held| held.1),
        area(0),
        area(1),
        1.0 - clear.len() as f64 / rows.len().max(1) as f64,
        quantile(&mut centroids, 0.5),
        quantile(&mut centroids, 0.9),
        (0..4).map(|n| rows.iter().filter(|told| told.told == n).count()).collect::<Vec<_>>()
    );
}
