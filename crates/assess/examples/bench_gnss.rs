//! How fast satellite navigation is followed: `cargo run --release -p skypicket-assess --example bench_gnss -- [AIRCRAFT] [SECONDS]`.
//!
//! So many aircraft over Europe send two positions, a velocity and a status a second; a fifth of them loses its navigation half-way. Told are updates a CPU second of
//! aircraft states and votes, and what a tick costs that works out all cells.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a program that measures and tells")]

use skypicket_assess::{Assessor, Params, PermissionParams, Permissions, TickView};
use skypicket_model::observation::{Channel, SelfPart, SelfReport, StatedPosition, StatedStatus, StatedVelocity};
use skypicket_model::{
    Address, LatLon, Observation, ObservationId, PressureAltitude, Reality, Report, SensorId, Seq, Span, Time, WaysOf,
};
use std::time::Instant;

const BEGIN: Time = Time::from_s(1_758_400_000);

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|text| text.parse::<u32>().ok());
    let (aircraft, seconds) = (arguments.next().unwrap_or(10_000), arguments.next().unwrap_or(120));
    let permissions = Permissions::new(&PermissionParams::default(), vec![]).expect("rules read");
    let mut assessor = Assessor::new(&Params::default(), &[], permissions).expect("sound");
    let (mut events, mut observations) = (Vec::new(), Vec::new());
    let (mut updates, mut observing_s, mut ticking_s, mut worst_s) = (0_u64, 0.0, 0.0, 0.0_f64);
    for second in 0..seconds {
        observations.clear();
        for number in 0..aircraft {
            say(number, second, second > seconds / 2 && number % 5 == 0, &mut observations);
        }
        updates += observations.len() as u64;
        let begun = Instant::now();
        for batch in observations.chunks(64) {
            assessor.observe(batch);
        }
        observing_s += begun.elapsed().as_secs_f64();
        let view = TickView {
            now: BEGIN + Span::from_s(i64::from(second) + 1),
            tracks: &[],
            sensors: &[],
            described: &[],
            listening_since: None,
            ways: WaysOf(None),
        };
        let begun = Instant::now();
        assessor.tick(&view, &mut events);
        let took_s = begun.elapsed().as_secs_f64();
        (ticking_s, worst_s) = (ticking_s + took_s, worst_s.max(took_s));
    }
    let cells: usize = assessor.gnss().iter().map(|gnss| gnss.cells.len()).sum();
    println!(
        "{aircraft} aircraft, {updates} updates: {:.2} million/s; a tick {:.1} ms in the mean, {:.1} ms at most; {cells} cells, {} incidents",
        updates as f64 / observing_s * 1e-6,
        ticking_s * 1e3 / f64::from(seconds.max(1)),
        worst_s * 1e3,
        assessor.incidents().len()
    );
}

/// A second of one aircraft.
fn say(number: u32, second: u32, lost: bool, out: &mut Vec<Observation>) {
    let address = Address::icao(0x40_0000 + number);
    let lat_deg = 40.0 + f64::from(number.wrapping_mul(2_654_435_761) >> 16) / 65_536.0 * 18.0;
    let lon_deg = -5.0 + f64::from(number.wrapping_mul(40_503) & 0xffff) / 65_536.0 * 30.0 + 0.003 * f64::from(second);
    let position = StatedPosition {
        arrival: None,
        place: LatLon { lat_deg, lon_deg },
        pressure: Some(PressureAltitude::from_ft(f64::from(5_000 + number % 35 * 1_000))),
        height: None,
        on_ground: false,
        nic: Some(if lost { 0 } else { 8 }),
        containment_m: None,
        sigma_m: 10.0,
        ground_speed_m_s: None,
        track_rad: None,
    };
    let velocity = StatedVelocity { east_m_s: Some(200.0), north_m_s: Some(20.0), ..StatedVelocity::default() };
    let status = StatedStatus { version: Some(2), nac_p: Some(if lost { 0 } else { 9 }), ..StatedStatus::default() };
    let parts = [
        (100, SelfPart::Position(position)),
        (300, SelfPart::Velocity(velocity)),
        (600, SelfPart::Position(position)),
        (800, SelfPart::Status(status)),
    ];
    for (ms, part) in parts {
        let at = BEGIN + Span::from_s(i64::from(second)) + Span::from_ms(ms);
        out.push(Observation {
            id: ObservationId { seq: Seq(u64::from(second) * 100 + ms.unsigned_abs()), index: number },
            sensor: SensorId::default(),
            measured: at,
            received: at,
            reality: Reality::Live,
            report: Report::SelfReport(SelfReport { address, channel: Channel::AdsB, part }),
        });
    }
}
