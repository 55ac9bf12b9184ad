//! Mode S frames to observations, frames a second of CPU time, over real recordings and a simulated sky.
//!
//! `cargo run --release -p skypicket-wire --example bench_mode_s -- [FOLDER]`, FOLDER as `cargo xtask testdata` fills it (default
//! `testdata`). Each stream is decoded in 64 KiB chunks, one `Output` reused, until two seconds of CPU time have passed; three rounds,
//! the median is shown. CPU time is the process's user and system time from `/proc/self/stat`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it prints its measurements")]

use skypicket_model::identity::{EmitterCategory, FlightId, Mode3A};
use skypicket_model::math::{cos, rad, sin};
use skypicket_model::{FeedId, LatLon, Seq, Span, Time};
use skypicket_wire::mode_s::encode::{self, Airborne, Operational, VelocityCommon};
use skypicket_wire::{Chunk, FeedSetup, Output, decoder};
use std::path::Path;

const CHUNK_BYTES: usize = 64 * 1024;
const ROUNDS: usize = 3;
const ROUND_CPU_S: f64 = 2.0;

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "testdata".to_owned());
    println!("{:<34} {:>9} {:>12} {:>12} {:>8}", "stream", "frames", "observations", "frames/s", "ns/frame");
    let lax = read(&Path::new(&folder).join("adsb_deku/lax-messages.txt"));
    let lax_frames: Vec<Vec<u8>> = lax.lines().filter_map(|line| unhex(line.trim_matches(['*', ';']))).collect();
    // Milliseconds a chunk: LAX has 270 frames a second by its aircraft's speeds; the flight lasts two hours; the simulated sky sends 48,000 a second.
    run("LAX, Beast", "beast", &beast(&lax_frames), 10_700);
    run("LAX, AVR text", "avr", lax.as_bytes(), 7800);
    let flight = read(&Path::new(&folder).join("rs1090/long_flight.csv"));
    let flight_frames: Vec<Vec<u8>> =
        flight.lines().filter_map(|line| unhex(line.split_once(',')?.1.get(18..)?)).collect();
    run("long_flight, Beast", "beast", &beast(&flight_frames), 124_000);
    run("simulated, 6,000 addresses, Beast", "beast", &beast(&simulated_sky(6000, 30)), 65);
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| {
        eprintln!("{}: {error}; run `cargo xtask testdata` first (the stream is left out)", path.display());
        String::new()
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len() / 2).map(|n| u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()).collect()
}

fn beast(frames: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (n, frame) in frames.iter().enumerate() {
        encode::beast(&mut bytes, 0x1234_5678 + 5000 * n as u64, 180, frame);
    }
    bytes
}

/// Decodes a stream again and again with one decoder; the clock goes on by so many milliseconds a chunk.
fn run(name: &str, format: &str, stream: &[u8], chunk_ms: i64) {
    if stream.is_empty() {
        return;
    }
    let mut rates = Vec::new();
    let mut counts = (0, 0);
    for _ in 0..ROUNDS {
        let mut decoder =
            (decoder(format).expect("registered").build)(&FeedSetup::bare(FeedId(0))).expect("no parameters");
        let mut out = Output::default();
        let (mut seq, mut received) = (0, Time::from_s(1_757_453_400));
        let mut observations = 0;
        let begin_s = cpu_s();
        while cpu_s() - begin_s < ROUND_CPU_S {
            for bytes in stream.chunks(CHUNK_BYTES) {
                decoder.push(Chunk { seq: Seq(seq), received, datagram: false, bytes }, &mut out);
                observations += out.observations.len();
                out.clear_observations();
                seq += 1;
                received += Span::from_ms(chunk_ms);
            }
        }
        let cpu_s = cpu_s() - begin_s;
        let frames = out.decoded() + out.rejected();
        counts = (frames, observations);
        rates.push(frames as f64 / cpu_s);
    }
    rates.sort_by(f64::total_cmp);
    let rate = rates[ROUNDS / 2];
    let (frames, observations) = counts;
    println!("{name:<34} {frames:>9} {observations:>12} {rate:>12.0} {:>8.1}", 1e9 / rate);
}

/// Seconds of CPU time of this process, in the kernel's ticks of 10 ms.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit(") ").next().expect("format");
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |n: usize| fields[n].parse::<f64>().expect("number");
    (ticks(11) + ticks(12)) / 100.0
}

/// `aircraft` addresses over central Europe for so many seconds: each second two positions, two velocities, and in turn squitters,
/// names, status and replies, so that positions and velocities are half of all.
fn simulated_sky(aircraft: u32, seconds: u32) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    for second in 0..seconds {
        for half in 0..2 {
            let order = (0..aircraft).map(|n| n * 2741 % aircraft);
            for n in order {
                push_aircraft(&mut frames, n, second, half);
            }
        }
    }
    frames
}

fn push_aircraft(frames: &mut Vec<Vec<u8>>, n: u32, second: u32, half: u32) {
    let address = 0x40_0000 + n * 331;
    let heading_rad = rad(f64::from(n * 37 % 360));
    let speed_kt = 300.0 + f64::from(n % 200);
    let flown_deg = speed_kt * (f64::from(second) + 0.5 * f64::from(half)) / 3600.0 / 60.0;
    let place = LatLon {
        lat_deg: 45.0 + f64::from(n % 100) * 0.1 + flown_deg * cos(heading_rad),
        lon_deg: 5.0 + f64::from(n / 100) * 0.3 + flown_deg * sin(heading_rad) * 1.5,
    };
    let ft = 2000.0 + f64::from(n * 53 % 380) * 100.0;
    let squawk = Mode3A((n * 7 % 4096) as u16);
    let position = Airborne { type_code: 11, nic_b: false, ft: Some(ft) };
    frames.push(encode::df17(address, encode::airborne_position(position, place, (second + half) % 2 == 1)).to_vec());
    let common = VelocityCommon { nac_v: 2, height_minus_pressure_ft: Some(150.0), ..VelocityCommon::default() };
    let (east_kt, north_kt) = (speed_kt * sin(heading_rad), speed_kt * cos(heading_rad));
    frames.push(encode::df17(address, encode::ground_velocity(common, Some(east_kt), Some(north_kt))).to_vec());
    let name = FlightId::parse(&format!("SIM{n:04}"));
    let category = EmitterCategory { set: b'A', number: 3 };
    let quality =
        Operational { version: 2, nac_p: 9, sil: 3, sda: 2, gva: 2, nic_baro: true, ..Operational::default() };
    frames.push(encode::df11(address, 5, 0).to_vec());
    match (second * 2 + half + n) % 6 {
        0 => frames.push(encode::df17(address, encode::identification(name, category)).to_vec()),
        1 => frames.push(encode::df17(address, encode::operational_status(quality)).to_vec()),
        2 => frames.push(encode::df4(address, 0, Some(ft)).to_vec()),
        3 => frames.push(encode::df5(address, 0, squawk).to_vec()),
        4 => frames.push(encode::df20(address, 0, Some(ft), encode::bds40(Some(ft), Some(1013.2))).to_vec()),
        _ => {
            let turn = encode::bds50(Some(0.0), Some(heading_rad * 57.3), Some(speed_kt), Some(0.0), Some(speed_kt));
            frames.push(encode::df21(address, 0, squawk, turn).to_vec());
        }
    }
}
