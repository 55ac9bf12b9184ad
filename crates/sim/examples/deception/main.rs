//! Whether self-reports that are not so are noticed: `deception [--worlds N] [--clean N] [--seed S] [--only KIND] [--flood N] [--show]`.
//!
//! Seeded worlds with transmitters of aircraft that are not there, played as bytes through decoders, tracker and detectors; and clean ones. Prints who was
//! doubted, how soon, and who wrongly; entries that rest on nothing else; and whether real tracks go on under a flood.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "an example that prints and times its result"
)]

mod play;
mod worlds;

use play::{Seen, play};
use skypicket_model::{Address, Span, Time};
use skypicket_sim::World;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use worlds::{Asked, BEGINS_S, Kind, Sensing, scenario};

/// A word comes in time within so many seconds; of what pulls away slowly within so many.
const SOON_S: f64 = 10.0;
const RAMP_S: f64 = 60.0;

#[derive(Default)]
struct Row {
    worlds: u32,
    ghosts: u32,
    in_time: u32,
    ever: u32,
    late: Vec<f64>,
    established: u32,
}

#[derive(Default)]
struct Sums {
    rows: BTreeMap<(Kind, Sensing), Row>,
    real: u32,
    real_doubted: u32,
    clean: u32,
    clean_doubted: u32,
    kept: u32,
    to_keep: u32,
    slowest_ms: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut worlds, mut clean, mut seed, mut only, mut flood, mut show) =
        (42_u32, 9_u32, 1_u64, None, 300_usize, false);
    let mut args = std::env::args().skip(1);
    while let Some(key) = args.next() {
        if key == "--show" {
            show = true;
            continue;
        }
        let value = args
            .next()
            .ok_or("usage: deception [--worlds N] [--clean N] [--seed S] [--only KIND] [--flood N] [--show]")?;
        match key.as_str() {
            "--worlds" => worlds = value.parse()?,
            "--clean" => clean = value.parse()?,
            "--seed" => seed = value.parse()?,
            "--flood" => flood = value.parse()?,
            "--only" => only = Some(value),
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    let sensings = [Sensing::Radars, Sensing::Receivers, Sensing::Both, Sensing::Nothing];
    let mut sums = Sums::default();
    let mut asked: Vec<Asked> = Vec::new();
    for world in 0..worlds {
        let kind = Kind::FALSE[world as usize % Kind::FALSE.len()];
        // Three in four where something else looks; the fourth told apart.
        let sensing = sensings[(world as usize / Kind::FALSE.len()) % sensings.len()];
        asked.push(Asked { kind, sensing, seed: seed * 100_003 + u64::from(world), flood });
    }
    for world in 0..clean {
        let sensing = sensings[world as usize % 3];
        asked.push(Asked { kind: Kind::Clean, sensing, seed: seed * 100_003 + 50_000 + u64::from(world), flood });
    }
    for asked in asked {
        if only.as_ref().is_some_and(|only: &String| !format!("{:?}", asked.kind).eq_ignore_ascii_case(only)) {
            continue;
        }
        let world =
            World::from_scenario(&scenario(&asked)).map_err(|error| format!("{}: {}", error.line, error.what))?;
        let started = std::time::Instant::now();
        let seen = play(&world, &|| started.elapsed().as_secs_f64());
        weigh(&asked, &world, &seen, show, &mut sums);
    }
    print(&sums);
    Ok(())
}

fn weigh(asked: &Asked, world: &World, seen: &Seen, show: bool, sums: &mut Sums) {
    let begins = world.begin + Span::from_s_f64(BEGINS_S).unwrap_or(Span::ZERO);
    let false_ones: BTreeMap<Address, Time> = world
        .ghosts
        .iter()
        .filter(|ghost| ghost.from >= begins)
        .map(|ghost| (Address::icao(ghost.transponder.address), ghost.from))
        .collect();
    let row = sums.rows.entry((asked.kind, asked.sensing)).or_default();
    row.worlds += 1;
    let limit_s = if asked.kind == Kind::Ramp { RAMP_S } else { SOON_S };
    for (address, from) in &false_ones {
        row.ghosts += 1;
        // Of a flood those for which no track is begun are told together, as their feed's.
        let together = || seen.too_many.filter(|_| asked.kind == Kind::Flood && !seen.shown.contains(address));
        let after_s = seen.doubted.get(address).map(|(at, _)| *at).or_else(together).map(|at| (at - *from).s());
        row.ever += u32::from(after_s.is_some());
        row.in_time += u32::from(after_s.is_some_and(|after_s| after_s <= limit_s));
        row.late.extend(after_s);
        if show && false_ones.len() < 20 {
            println!(
                "{:?} {:?} seed {}: {address} shown {} after {after_s:?} s, {:?}",
                asked.kind,
                asked.sensing,
                asked.seed,
                seen.shown.contains(address),
                seen.doubted.get(address)
            );
        }
    }
    let invented = seen.established.iter().filter(|(.., nearest_m)| *nearest_m > 3_000.0).count();
    row.established += invented as u32;
    let real: BTreeSet<Address> = world
        .targets
        .iter()
        .filter_map(|target| target.transponder.as_ref().filter(|own| own.ads_b.is_some()))
        .map(|own| Address::icao(own.address))
        .filter(|address| !false_ones.contains_key(address) && seen.shown.contains(address))
        .collect();
    let doubted = real.iter().filter(|address| seen.doubted.contains_key(address)).count() as u32;
    if show {
        for address in &real {
            if let Some(why) = seen.doubted.get(address) {
                println!("wrongly: {:?} {:?} seed {}: {address} {why:?}", asked.kind, asked.sensing, asked.seed);
            }
        }
        println!(
            "{:?} {:?}: most tracks {}, slowest tick {:.0} ms",
            asked.kind, asked.sensing, seen.tracks, seen.slowest_ms
        );
    }
    sums.slowest_ms = sums.slowest_ms.max(seen.slowest_ms);
    if asked.kind == Kind::Clean {
        sums.clean += real.len() as u32;
        sums.clean_doubted += doubted;
    } else {
        sums.real += real.len() as u32;
        sums.real_doubted += doubted;
    }
    if asked.kind == Kind::Flood
        && let Some((_, before)) = seen.held.iter().find(|(at, _)| *at >= begins)
        && let Some((_, after)) = seen.held.last()
    {
        for (target, track) in before {
            // What has landed or left is not asked for.
            if world.targets[*target].flies(seen.held.last().map_or(begins, |(at, _)| *at)) {
                sums.to_keep += 1;
                sums.kept += u32::from(after.get(target) == Some(track));
            }
        }
    }
}

fn print(sums: &Sums) {
    println!("what is told      looks       worlds  ghosts  in time     ever  median s  entries established");
    let (mut worlds, mut in_time) = (0, 0.0);
    for ((kind, sensing), row) in &sums.rows {
        if *kind == Kind::Clean {
            continue;
        }
        let mut late = row.late.clone();
        late.sort_by(f64::total_cmp);
        let median = late.get(late.len() / 2).copied().unwrap_or(f64::NAN);
        println!(
            "{:16}  {:10}  {:6}  {:6}  {:7}  {:7}  {median:8.1}  {}",
            format!("{kind:?}"),
            format!("{sensing:?}"),
            row.worlds,
            row.ghosts,
            row.in_time,
            row.ever,
            row.established
        );
        if *sensing != Sensing::Nothing {
            // Each world counts by the share of its false ones that was told in time: a flood's thousands would drown the rest.
            worlds += row.worlds;
            in_time += f64::from(row.worlds) * f64::from(row.in_time) / f64::from(row.ghosts.max(1));
        }
    }
    let share = |of: u32, all: u32| 100.0 * f64::from(of) / f64::from(all.max(1));
    let established: u32 = sums.rows.values().map(|row| row.established).sum();
    let percent = 100.0 * in_time / f64::from(worlds.max(1));
    println!("where something else looks: {in_time:.2} of {worlds} worlds in time ({percent:.1} %)");
    println!("entries established that rest on what is not so: {established}");
    println!(
        "clean worlds: {} of {} aircraft doubted ({:.2} %)",
        sums.clean_doubted,
        sums.clean,
        share(sums.clean_doubted, sums.clean)
    );
    println!(
        "real aircraft in worlds with false ones: {} of {} doubted ({:.2} %)",
        sums.real_doubted,
        sums.real,
        share(sums.real_doubted, sums.real)
    );
    println!(
        "under a flood: {} of {} real tracks go on ({:.2} %)",
        sums.kept,
        sums.to_keep,
        share(sums.kept, sums.to_keep)
    );
    println!("slowest tick: {:.0} ms", sums.slowest_ms);
}
