//! Writes a Beast stream of many aircraft to a file.
//!
//! `cargo run --release -p skypicket-sim --example beast_load -- FILE [MESSAGES] [AIRCRAFT] [SEED]`

#![allow(clippy::print_stdout, reason = "a tool for people, not a part of the core")]

use skypicket_model::LatLon;
use skypicket_sim::load::Stream;
use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("which file?")?;
    let mut number = |default: u64| args.next().map_or(Ok(default), |text| text.parse::<u64>());
    let (messages, aircraft, seed) = (number(5_000_000)?, number(5_500)?, number(1)?);
    let mut stream = Stream::new(usize::try_from(aircraft)?, LatLon { lat_deg: 52.0, lon_deg: 21.0 }, seed);
    let mut file = std::fs::File::create(&path)?;
    let mut bytes = Vec::new();
    let mut written = 0;
    while stream.sent() < messages {
        bytes.clear();
        stream.fill(usize::try_from((messages - stream.sent()).min(10_000))?, &mut bytes);
        file.write_all(&bytes)?;
        written += bytes.len();
    }
    println!(
        "{} messages of {aircraft} aircraft in {written} bytes, {:.1} s of their time",
        stream.sent(),
        stream.seconds()
    );
    Ok(())
}
