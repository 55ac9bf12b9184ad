//! What linking tracks at a change of epoch costs: `cargo run --release -p skypicket-track --example bench_adopt` (Linux).
#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use skypicket_model::observation::{Channel, SelfPart, SelfReport, StatedPosition};
use skypicket_model::{
    Address, EllipsoidalHeight, FeedId, LatLon, Observation, ObservationId, Reality, Report, Sensor, SensorId,
    SensorKind, Seq, Span, Time,
};
use skypicket_track::{Params, Tracker};

/// CPU seconds of this thread; other programs' work does not count.
fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(f64::NAN) * 1e-9
}

const BEGIN: Time = Time::from_s(1_757_451_600);

/// So many aircraft over 10° by 20°, each reporting itself twice.
fn tracker(count: u32, salt: u64) -> Tracker {
    let source = SensorId { feed: FeedId(0), source: 1 };
    let sensor = Sensor::new(source, "receiver", SensorKind::SelfReportReceiver);
    let mut tracker = Tracker::with_salt(Params::default(), &[sensor], salt);
    let mut events = Vec::new();
    for second in 0..2 {
        let time = BEGIN + Span::from_s(second);
        for n in 0..count {
            let part = SelfPart::Position(StatedPosition {
                arrival: None,
                place: LatLon {
                    lat_deg: 45.0 + 10.0 * (f64::from(n) * 0.618_033_988_749_894_9).fract(),
                    lon_deg: 5.0 + 20.0 * f64::from(n) / f64::from(count),
                },
                pressure: None,
                height: Some(EllipsoidalHeight::from_m(9000.0)),
                on_ground: false,
                nic: Some(8),
                containment_m: None,
                sigma_m: 20.0,
                ground_speed_m_s: None,
                track_rad: None,
            });
            let report = SelfReport { address: Address::icao(n + 1), channel: Channel::AdsB, part };
            let observation = Observation {
                id: ObservationId { seq: Seq(second as u64 + 1), index: n },
                sensor: source,
                measured: time,
                received: time,
                reality: Reality::Live,
                report: Report::SelfReport(report),
            };
            tracker.observe(&[observation], &mut events);
        }
        tracker.tick(time, &mut events);
    }
    tracker
}

fn main() {
    let at = BEGIN + Span::from_s(20);
    for count in [1_000, 5_000, 20_000, 100_000] {
        let mut earlier = Vec::new();
        tracker(count, 1).snapshot(at - Span::from_s(10), &mut earlier);
        // As aircraft that report themselves, and as objects of which only the place is known.
        for named in [true, false] {
            let mut new = tracker(count, 2);
            if !named {
                earlier.iter_mut().for_each(|track| track.identity.addresses.clear());
            }
            let begun_s = cpu_s();
            let links = new.adopt(&earlier, at).len();
            let what = if named { "by address" } else { "by place" };
            println!("{count} tracks {what}: {links} linked in {:.0} ms CPU", (cpu_s() - begun_s) * 1e3);
        }
    }
}
