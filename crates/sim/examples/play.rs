//! Plays a scenario without an engine: what is in it, what its feeds send, what the decoders make of it, and how fast.
//!
//! `cargo run --release -p skypicket-sim --example play -- scenarios/night.md [data/borders/borders.skb]`

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a tool for people, not a part of the core")]

use skypicket_model::{Airspace, AirspaceId, ConnectionId, Seq, Time};
use skypicket_sim::World;
use skypicket_wire::borders_file::Borders;
use skypicket_wire::{Chunk, Feed, FeedSetup, Intake, Output};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("which scenario?")?;
    let world = World::from_scenario(&std::fs::read_to_string(&path)?).map_err(|error| format!("{path}: {error}"))?;
    println!("{}: {} to {}, {} targets", world.name, world.begin, world.end, world.targets.len());
    if let Some(file) = args.next() {
        entries(&world, &std::fs::read(file)?)?;
    }
    traffic(&world);
    run(&world)
}

fn entries(world: &World, bytes: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    let borders = Borders::read(bytes)?;
    let mut airspaces: Vec<Airspace> = Vec::new();
    for code in &world.watched {
        airspaces.push(borders.airspace(code, AirspaceId(airspaces.len() as u32), [0; 32])?);
    }
    let entries = world.true_entries(&airspaces);
    let planned = |name: &str| world.targets.iter().any(|t| t.name == name && t.plan.is_some());
    println!("{} stays inside, of which without plan:", entries.len());
    for entry in entries.iter().filter(|entry| !planned(&entry.target)) {
        let born = if entry.born_inside { " (born inside)" } else { "" };
        let place = entry.place;
        println!(
            "  {:<16} {} {:.3} {:.3} until {}{born}",
            entry.target, entry.entered, place.lat_deg, place.lon_deg, entry.left
        );
    }
    Ok(())
}

fn traffic(world: &World) {
    let mut t = world.begin;
    while t <= world.end {
        let flying: Vec<_> = world.truth(t).collect();
        let observable = flying.iter().filter(|truth| world.observable(truth, t)).count();
        let silent = flying.iter().filter(|truth| truth.target.transponder.is_none()).count();
        println!("  {t}  flying {:>3}, observable {observable:>3}, without transponder {silent:>2}", flying.len());
        t += skypicket_model::Span::from_s(600);
    }
}

fn run(world: &World) -> Result<(), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let mut count = vec![(0_u64, 0_u64); world.feeds().len()];
    let mut last = Time::MIN;
    for arrival in world.run() {
        assert!(arrival.received >= last, "arrivals are in order");
        last = arrival.received;
        if let Some(slot) = count.get_mut(usize::from(arrival.feed.0)) {
            *slot = (slot.0 + 1, slot.1 + arrival.bytes.len() as u64);
        }
    }
    println!("simulated in {:.2} s", started.elapsed().as_secs_f64());
    for (feed, (arrivals, bytes)) in world.feeds().iter().zip(&count) {
        println!("  {:<14} {:<8} {arrivals:>8} arrivals {:>8.1} MB", feed.name, feed.format, *bytes as f64 * 1e-6);
    }
    let feeds: Option<Vec<Feed>> = world
        .feeds()
        .into_iter()
        .map(|feed| {
            let setup = FeedSetup { feed: feed.id, sensors: feed.sensors.into(), params: feed.params };
            Some(Feed { kind: skypicket_wire::decoder(feed.format)?, setup })
        })
        .collect();
    let Some(feeds) = feeds else {
        println!("a decoder is missing");
        return Ok(());
    };
    let mut intake = Intake::new(feeds)?;
    let mut out = Output::default();
    let mut observations = 0;
    let started = Instant::now();
    for (number, arrival) in world.run().enumerate() {
        let datagram = world.feeds_are_datagrams(arrival.feed);
        let chunk = Chunk { seq: Seq(number as u64), received: arrival.received, datagram, bytes: &arrival.bytes };
        let pushed = intake.push(arrival.feed, ConnectionId(0), chunk, &mut out);
        assert!(pushed.is_ok(), "a decoder panicked");
        observations += out.observations.len();
        out.clear_observations();
    }
    println!(
        "decoded {} messages into {observations} observations, {} rejects {:?}, oddities {:?}; with simulation {:.2} s",
        out.decoded(),
        out.rejected(),
        out.rejects,
        out.oddities,
        started.elapsed().as_secs_f64()
    );
    Ok(())
}
