//! CPU time of a tick with many tracks and watched states: `cargo run --release -p skypicket-assess --example bench_assess [TRACKS] [STATES]`.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark measures time and prints it")]

use skypicket_assess::{Assessor, Params, PermissionParams, Permissions, TickView};
use skypicket_model::track::{
    Claim, ClassProbabilities, Covariance6, HeightSource, Identity, Line, LineOfEvidence, TrackStatus,
};
use skypicket_model::{
    Address, AirspaceId, Geodetic, ObservationId, Reality, SensorId, Seq, Span, StandardIdentity, Time, Track, TrackId,
    Vec3, WaysOf, math,
};
use skypicket_wire::borders_file::Borders;

fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn share(seed: u64, salt: u64) -> f64 {
    let mut z = (seed ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// A track somewhere over Europe; one in twenty claims nothing.
fn track(number: u64, seconds: f64, now: Time) -> Track {
    let (course, speed) = (math::TAU * share(number, 3), 60.0 + 190.0 * share(number, 4));
    let (east, north) = (speed * math::sin(course), speed * math::cos(course));
    let lat_deg = 38.0 + 24.0 * share(number, 1) + north * seconds / 111_200.0;
    let lon_deg = -8.0 + 42.0 * share(number, 2) + east * seconds / (111_320.0 * math::cos(math::rad(lat_deg)));
    let sensor = SensorId::default();
    let first = now - Span::from_s(600);
    let line = |line, count| LineOfEvidence { line, first, last: now, count };
    let claims = !number.is_multiple_of(20);
    let address = Claim { value: Address::icao(number as u32), sensor, first, last: now };
    Track {
        id: TrackId(number),
        status: TrackStatus::Confirmed,
        existence: 1.0,
        reality: Reality::Live,
        valid: now,
        position: Geodetic { lat_deg, lon_deg, height_m: 9000.0 },
        velocity: Vec3::new(east, north, 0.0),
        covariance: Covariance6::from_fn(|i, j| if i == j { [2500.0, 2500.0, 1e4, 1.0, 1.0, 1.0][i] } else { 0.0 }),
        height_source: HeightSource::Assumed,
        pressure: None,
        stated_height: None,
        on_ground: false,
        identity: Identity { addresses: claims.then_some(address).into_iter().collect(), ..Identity::default() },
        standard_identity: StandardIdentity::Pending,
        class: ClassProbabilities::default(),
        lines: vec![line(Line::SelfReport, 600), line(Line::Sensor(sensor), 100)],
        first_observation: ObservationId { seq: Seq(number), index: 0 },
        last_observation: ObservationId { seq: Seq(1_000_000 + seconds as u64), index: number as u32 },
        born: first,
        updated: now,
        updates: 600 + seconds as u32,
    }
}

fn main() {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<usize>().expect("a number"));
    let (tracks, states) = (args.next().unwrap_or(10_000), args.next().unwrap_or(40));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/borders/borders.skb");
    let borders = Borders::read(&std::fs::read(path).expect("border file")).expect("readable");
    const CODES: &str = "POL EST LVA LTU FIN SWE NOR DNK DEU NLD BEL LUX FRA ESP PRT ITA AUT CHE CZE SVK HUN ROU BGR GRC HRV SVN \
                         SRB BIH MNE MKD ALB MDA UKR BLR TUR GBR IRL MLT CYP XKX";
    let mut airspaces = Vec::new();
    for (number, code) in CODES.split_whitespace().take(states).enumerate() {
        let mut airspace = borders.airspace(code, AirspaceId(number as u32), [0; 32]).expect("known state");
        airspace.watched = true;
        airspaces.push(airspace);
    }
    let start = cpu_s();
    let permissions = Permissions::new(&PermissionParams::default(), Vec::new()).expect("default rules");
    let mut assessor = Assessor::new(&Params::default(), &airspaces, permissions).expect("site");
    println!("{} airspaces indexed in {:.2} CPU s", airspaces.len(), cpu_s() - start);
    let begin = Time::parse("2025-09-09T21:00:00Z").expect("valid");
    let (mut events, mut spent, mut worst, ticks) = (Vec::new(), 0.0, 0.0_f64, 60);
    for tick in 0..ticks {
        let now = begin + Span::from_s(tick);
        let view: Vec<Track> = (0..tracks as u64).map(|number| track(number, tick as f64, now)).collect();
        let start = cpu_s();
        assessor.tick(
            &TickView {
                now,
                tracks: &view,
                sensors: &[],
                described: &[],
                listening_since: None,
                ways: WaysOf::default(),
            },
            &mut events,
        );
        let tick_s = cpu_s() - start;
        spent += tick_s;
        worst = worst.max(tick_s);
    }
    println!(
        "{tracks} tracks, {} airspaces: {:.1} ms CPU a tick (worst {:.0} ms), {} ledger rows, {} incidents, {} events in {ticks} s",
        airspaces.len(),
        1000.0 * spent / ticks as f64,
        1000.0 * worst,
        assessor.entries().len(),
        assessor.incidents().len(),
        events.len()
    );
}
