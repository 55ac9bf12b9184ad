//! What records become: observations of the model, with their times, units and doubts.

#[path = "asterix_support/mod.rs"]
mod support;

use std::sync::Arc;

use serde_json::json;
use skypicket_model::observation::{
    Channel, Fix, FixSource, Plot, SelfPart, SelfReport, SensorPosition, SensorStatus, SystemTrack,
};
use skypicket_model::{
    Address, Emergency, FeedId, FlightId, Geodetic, Mode3A, Observation, Reality, Report, Sensor, SensorId, SensorKind,
    Seq, Span, Time,
};
use skypicket_wire::asterix::KIND;
use skypicket_wire::{Chunk, FeedSetup, Output};
use support::{OLD_ADS_B, RECEIVED_S, block, datagram, datagram_at, vector};

const NM_M: f64 = 1852.0;
const NOON_S: i64 = RECEIVED_S - 5;

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-9 * right.abs().max(1.0)
}

fn only(out: &Output) -> Observation {
    assert_eq!(out.observations.len(), 1, "{:?} {:?}", out.observations, out.oddities);
    out.observations[0]
}

fn plot(out: &Output) -> Plot {
    match only(out).report {
        Report::Plot(plot) => plot,
        other => panic!("{other:?}"),
    }
}

fn fix(out: &Output) -> Fix {
    match only(out).report {
        Report::Fix(fix) => fix,
        other => panic!("{other:?}"),
    }
}

fn record(category: u8, what: &str) -> Output {
    datagram(&block(category, &[vector(category, what)]))
}

fn oddity(out: &Output) -> &'static str {
    assert!(out.observations.is_empty(), "{:?}", out.observations);
    out.oddities.first().expect("an oddity").0
}

#[test]
fn a_mode_s_plot_carries_everything_it_says() {
    let out = record(48, "plot");
    let observation = only(&out);
    assert_eq!(observation.sensor, SensorId { feed: FeedId(3), source: 25 << 8 | 201 });
    assert_eq!(observation.measured, Time::from_s(NOON_S));
    assert_eq!(observation.reality, Reality::Live);
    let plot = plot(&out);
    assert!(close(plot.range_m, 100.0 * NM_M) && close(plot.azimuth.rad, core::f64::consts::FRAC_PI_2));
    assert!(close(plot.pressure.expect("validated").ft(), 35_000.0));
    assert_eq!(plot.squawk, Some(Mode3A(0o7700)));
    assert_eq!(plot.address, Some(Address::icao(0x48_9a2b)));
    assert_eq!(plot.flight_id, FlightId::parse("LOT281"));
    assert_eq!(plot.local_track, Some(291));
    assert!(plot.detection.mode_s && !plot.detection.primary && !plot.detection.secondary && !plot.detection.monitor);
    assert!(close(plot.range_sigma_m, 70.0));
}

#[test]
fn beyond_256_nautical_miles_the_expansion_field_has_the_range() {
    let plot = plot(&record(48, "far plot"));
    assert!(close(plot.range_m, 300.0 * NM_M), "{}", plot.range_m);
    assert!(plot.detection.primary && close(plot.range_sigma_m, 120.0));
}

#[test]
fn codes_that_are_not_validated_or_garbled_are_no_codes() {
    for (squawk, height) in [("8FC0", "4578"), ("4FC0", "8578")] {
        let text = format!("FC 19C9 546000 A0 64004000 {squawk} {height}");
        let plot = plot(&datagram(&block(48, &[&text])));
        assert_eq!((plot.squawk, plot.pressure), (None, None));
    }
}

#[test]
fn heights_below_the_standard_surface_are_negative() {
    let plot = plot(&datagram(&block(48, &["F4 19C9 546000 A0 64004000 3FF8"])));
    assert!(close(plot.pressure.expect("validated").ft(), -200.0));
}

#[test]
fn an_extrapolated_track_is_no_plot() {
    assert_eq!(oddity(&datagram(&block(48, &["F0 19C9 546000 00 64004000"]))), "extrapolated, not detected");
    assert_eq!(oddity(&datagram(&block(48, &["E0 19C9 546000 A0"]))), "no measured position");
    assert_eq!(oddity(&datagram(&block(1, &["E0 1908 00 19008000"]))), "extrapolated, not detected");
}

#[test]
fn simulated_and_test_targets_and_monitors_are_kept_apart() {
    let simulated = datagram(&block(48, &["F0 19C9 546000 B0 64004000"]));
    assert_eq!(only(&simulated).reality, Reality::Simulated);
    let test = datagram(&block(48, &["F0 19C9 546000 A180 64004000"]));
    assert_eq!(only(&test).reality, Reality::Simulated);
    let monitor = datagram(&block(48, &["F0 19C9 546000 A2 64004000"]));
    assert!(plot(&monitor).detection.monitor);
}

/// 23:59:59.5 and 00:00:00.5 around midnight, received on the other side of it.
#[test]
fn a_time_of_day_belongs_to_the_nearest_midnight() {
    let midnight_s = NOON_S - 43_200 + 86_400;
    for (time_of_day, measured_ns, received_ms) in
        [("A8BFC0", -500_000_000_i64, 200_i64), ("000040", 500_000_000, -200), ("000040", 500_000_000, 900)]
    {
        let received = Time::from_s(midnight_s) + Span::from_ms(received_ms);
        let text = format!("F0 19C9 {time_of_day} A0 64004000");
        let out = datagram_at(&block(48, &[&text]), received, json!({}));
        assert_eq!(only(&out).measured, Time::from_s(midnight_s) + Span::from_ns(measured_ns), "{time_of_day}");
    }
}

/// The truncated time of category 001 restarts at midnight in mid-count: 86,400 s are 168.75 times 512 s.
#[test]
fn a_truncated_time_of_day_restarts_at_midnight() {
    let midnight_s = NOON_S - 43_200 + 86_400;
    for (count, measured_ns, received_ms) in [
        ("BFC0", -500_000_000_i64, 200_i64),
        ("BFC0", -500_000_000, -100),
        ("0040", 500_000_000, -200),
        ("0040", 500_000_000, 900),
        ("FFC0", 511_500_000_000, 512_500),
        ("0040", 512_500_000_000, 511_500),
    ] {
        let received = Time::from_s(midnight_s) + Span::from_ms(received_ms);
        let text = format!("FA 1908 30 19008000 029C 0190 {count}");
        let out = datagram_at(&block(1, &[&text]), received, json!({}));
        let wanted = Time::from_s(midnight_s) + Span::from_ns(measured_ns);
        assert_eq!(only(&out).measured, wanted, "{count} at {received_ms} ms");
    }
}

#[test]
fn without_a_time_of_day_or_with_an_impossible_one_the_arrival_counts() {
    let none = datagram(&block(48, &["B0 19C9 A0 64004000"]));
    assert_eq!(only(&none).measured, Time::from_s(RECEIVED_S));
    let beyond = datagram(&block(48, &["F0 19C9 A8C000 A0 64004000"]));
    assert_eq!(only(&beyond).measured, Time::from_s(RECEIVED_S));
    assert_eq!(beyond.oddities, [("time of day beyond 24 h", 1)]);
}

#[test]
fn plots_and_tracks_of_category_001() {
    let plot_ = plot(&record(1, "plot"));
    assert!(close(plot_.range_m, 50.0 * NM_M) && close(plot_.azimuth.rad, core::f64::consts::PI));
    assert!(plot_.detection.primary && plot_.detection.secondary);
    assert_eq!((plot_.squawk, plot_.local_track), (Some(Mode3A(0o1234)), None));
    let track = plot(&record(1, "track"));
    assert!(!track.detection.primary && track.detection.secondary);
    assert_eq!(track.local_track, Some(42));
    let random = record(1, "random fields");
    assert_eq!(only(&random).measured, Time::from_s(NOON_S));
    assert!(close(plot(&random).range_m, 50.0 * NM_M));
}

#[test]
fn the_radars_noise_comes_from_the_config() {
    let id = SensorId { feed: FeedId(3), source: 25 << 8 | 201 };
    let sensor = Sensor {
        range_sigma_m: Some(33.0),
        azimuth_sigma_rad: Some(0.002),
        ..Sensor::new(id, "north", SensorKind::Radar2d)
    };
    let setup = FeedSetup { sensors: Arc::new([sensor]), ..FeedSetup::bare(FeedId(3)) };
    let mut out = Output::default();
    let bytes = block(48, &[vector(48, "plot")]);
    let chunk = Chunk { seq: Seq(1), received: Time::from_s(RECEIVED_S), datagram: true, bytes: &bytes };
    (KIND.build)(&setup).expect("builds").push(chunk, &mut out);
    let plot = plot(&out);
    assert!(close(plot.range_sigma_m, 33.0) && close(plot.azimuth.sigma_rad, 0.002));
}

#[test]
fn a_radar_says_when_it_turns_and_where_it_stands() {
    let out = record(34, "north marker");
    let said: Vec<Report> = out.observations.iter().map(|observation| observation.report).collect();
    let place = Geodetic { lat_deg: 45.0, lon_deg: 22.5, height_m: 120.0 };
    assert_eq!(
        said,
        [
            Report::SensorStatus(SensorStatus::NorthMarker { rotation: Some(Span::from_s(4)) }),
            Report::SensorStatus(SensorStatus::Condition {
                operational: Some(true),
                overloaded: Some(true),
                time_valid: Some(true),
            }),
            Report::SensorPosition(SensorPosition { place, height_is_amsl: false }),
        ]
    );
    assert!(out.observations.iter().all(|observation| observation.measured == Time::from_s(NOON_S)));
}

#[test]
fn other_service_messages() {
    let quarter = core::f64::consts::FRAC_PI_2;
    let cases = [
        (34, "strobe", SensorStatus::Strobe { from_rad: quarter / 2.0, to_rad: quarter * 0.625 }),
        (2, "sector", SensorStatus::Sector { azimuth_rad: quarter }),
        (
            10,
            "status",
            SensorStatus::Condition { operational: Some(true), overloaded: Some(true), time_valid: Some(true) },
        ),
        (
            23,
            "status",
            SensorStatus::Condition { operational: Some(false), overloaded: Some(false), time_valid: Some(true) },
        ),
        (
            65,
            "status",
            SensorStatus::Condition { operational: Some(true), overloaded: Some(true), time_valid: Some(true) },
        ),
    ];
    for (category, what, status) in cases {
        assert_eq!(only(&record(category, what)).report, Report::SensorStatus(status), "{category} {what}");
    }
}

#[test]
fn a_trackers_word_on_a_sensor_is_given_to_that_sensor() {
    let out = record(63, "status");
    let feed = FeedId(3);
    assert_eq!(out.observations[0].sensor, SensorId { feed, source: 25 << 8 | 100 });
    assert_eq!(out.observations[0].report, Report::SensorStatus(SensorStatus::Alive));
    assert_eq!(out.observations[1].sensor, SensorId { feed, source: 25 << 8 | 201 });
    let degraded = SensorStatus::Condition { operational: Some(true), overloaded: None, time_valid: None };
    assert_eq!(out.observations[1].report, Report::SensorStatus(degraded));
}

#[test]
fn system_tracks() {
    let out = record(62, "track");
    let Report::SystemTrack(track) = only(&out).report else { panic!("{:?}", out.observations) };
    let SystemTrack { number, ended, confirmed, coasting, place, sigma, ages, .. } = track;
    assert_eq!((number, ended, confirmed, coasting), (1234, false, true, true));
    assert!(close(place.lat_deg, 45.0) && close(place.lon_deg, 22.5));
    assert!(close(sigma.east_m, 100.0) && close(sigma.north_m, 50.0) && close(sigma.correlation, 0.18));
    assert_eq!(track.velocity_m_s, Some((200.0, -50.0)));
    assert!(close(track.vertical_m_s.expect("stated"), -500.0 * 0.3048 / 60.0));
    assert!(close(track.pressure.expect("stated").ft(), 35_000.0));
    assert_eq!(track.address, Some(Address::icao(0x48_9a2b)));
    assert_eq!(track.flight_id, FlightId::parse("LOT281"));
    assert_eq!(track.squawk, Some(Mode3A(0o7700)));
    assert_eq!((ages.primary, ages.mode_s, ages.ads_b), (Some(Span::from_s(10)), Some(Span::from_s(4)), None));
}

#[test]
fn ads_b_reports_become_position_velocity_identity_and_status() {
    let out = record(21, "report");
    let parts: Vec<SelfReport> = out
        .observations
        .iter()
        .map(|observation| match observation.report {
            Report::SelfReport(report) => report,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(parts.iter().all(|part| part.address == Address::icao(0x48_9a2b) && part.channel == Channel::AdsB));
    let [
        SelfPart::Position(position),
        SelfPart::Velocity(velocity),
        SelfPart::Identity { flight_id, category },
        SelfPart::Status(status),
    ] = [parts[0].part, parts[1].part, parts[2].part, parts[3].part]
    else {
        panic!("{parts:?}")
    };
    assert!(close(position.place.lat_deg, 45.0) && close(position.place.lon_deg, 22.5));
    assert!(close(position.height.expect("stated").ft(), 36_000.0));
    assert_eq!(position.nic, Some(8));
    assert!(close(position.containment_m.expect("NIC 8"), 185.2));
    // NACp 9: 30 m at 95 %.
    assert!((position.sigma_m - 12.256).abs() < 1e-3);
    assert!(
        close(velocity.east_m_s.expect("stated"), 0.125 * NM_M) && velocity.north_m_s.expect("stated").abs() < 1e-9
    );
    assert!(close(velocity.vertical_m_s.expect("stated"), 5.08) && velocity.vertical_is_barometric);
    assert!(close(velocity.height_minus_pressure_m.expect("both"), 304.8));
    assert_eq!(flight_id, FlightId::parse("LOT281"));
    assert_eq!(category.expect("stated").to_string(), "A5");
    assert_eq!(
        (status.version, status.nac_p, status.sil, status.sda, status.gva),
        (Some(2), Some(9), Some(3), Some(2), Some(2))
    );
    assert_eq!(status.emergency, Some(Some(Emergency::General)));
    assert_eq!(status.squawk, Some(Mode3A(0o7700)));
}

#[test]
fn ads_b_of_edition_0_26_must_be_named() {
    let bytes = block(21, &[OLD_ADS_B]);
    let params = json!({ "sources": { "25/201": { "editions": { "021": "0.26" } } } });
    let out = datagram_at(&bytes, Time::from_s(RECEIVED_S), params);
    let Report::SelfReport(SelfReport { part: SelfPart::Position(position), .. }) = out.observations[0].report else {
        panic!("{:?}", out.observations)
    };
    assert!(close(position.place.lat_deg, 45.0) && position.nic == Some(8));
    assert_eq!(out.observations.len(), 4);
    assert!(out.observations.iter().all(|observation| observation.measured == Time::from_s(NOON_S)));
    // Edition 0.23 has a coarser position: 45° and 22.5° in 24 bits.
    let older = "FF235380 19C9 0028 546000 200000100000 489A2B 1680 0007 0578 00A0 08004000 30F532E31820 01 05";
    let params = json!({ "editions": { "021": "0.23" } });
    let coarse = datagram_at(&block(21, &[older]), Time::from_s(RECEIVED_S), params);
    assert_eq!(coarse.observations, out.observations);
    // Another source speaks the newest edition, by which these bytes say something else.
    let other = json!({ "sources": { "25/202": { "editions": { "021": "0.26" } } } });
    assert_ne!(datagram_at(&bytes, Time::from_s(RECEIVED_S), other).observations, out.observations);
}

#[test]
fn surface_movement() {
    let found = fix(&record(10, "multilaterated"));
    assert_eq!(found.source, FixSource::Multilateration);
    assert!(close(found.place.lat_deg, 45.0) && found.velocity_m_s == Some((10.0, -20.0)));
    assert_eq!((found.address, found.local_track), (Some(Address::icao(0x48_9a2b)), Some(291)));
    let radar = plot(&record(10, "surface radar"));
    assert!(close(radar.range_m, 1500.0) && radar.detection.primary);
}

#[test]
fn multilateration() {
    let found = fix(&record(20, "report"));
    assert!(close(found.place.lat_deg, 45.0) && close(found.sigma.east_m, 5.0) && close(found.sigma.north_m, 10.0));
    assert_eq!((found.squawk, found.velocity_m_s), (Some(Mode3A(0o7700)), Some((10.0, -20.0))));
    let status = record(19, "status");
    let place = Geodetic { lat_deg: 45.0, lon_deg: 22.5, height_m: 130.0 };
    assert_eq!(status.observations[1].report, Report::SensorPosition(SensorPosition { place, height_is_amsl: false }));
}

/// Positions in metres wait until the system has said where it stands: 10 km north of 45° is 0.09 degrees.
#[test]
fn positions_in_metres_are_placed_once_the_system_has_said_where_it_stands() {
    let metres = "C8 19C9 40 000000004E20";
    let before = datagram(&block(20, &[metres]));
    assert_eq!(oddity(&before), "no position, or the system's place unknown");
    let mut bytes = block(19, &[vector(19, "status")]);
    bytes.extend(block(20, &[metres]));
    let out = datagram(&bytes);
    let Some(Report::Fix(fix)) = out.observations.last().map(|observation| observation.report) else {
        panic!("{:?} {:?}", out.observations, out.oddities)
    };
    assert!((fix.place.lat_deg - 45.089_98).abs() < 2e-5 && close(fix.place.lon_deg, 22.5), "{:?}", fix.place);
}

#[test]
fn non_cooperative_sensors() {
    let plot = plot(&record(15, "plot"));
    assert!(close(plot.range_m, 12_345.6) && close(plot.range_sigma_m, 5.0));
    assert!(close(plot.azimuth.rad, 0.75 * core::f64::consts::PI));
    assert!(close(plot.azimuth.sigma_rad, 0.351_562_5_f64.to_radians()));
    assert!(close(plot.elevation.expect("stated").rad, 5.625_f64.to_radians()));
    assert_eq!(plot.doppler_m_s, Some(-25.0));
    // Azimuth alone is a bearing; a multistatic range without a place is nothing.
    let bearing = datagram(&block(15, &["D7010180 19C9 02 00 546000 0007 806000"]));
    assert!(matches!(only(&bearing).report, Report::Bearing(_)), "{:?}", bearing.observations);
}

/// Registers of a plot are told by number: BDS 6,0 with heading −45°, 244 kt, Mach 0.804, and one that is not read.
#[test]
fn comm_b_registers_become_air_data() {
    let content = 1_u64 << 55 | 0b110_0000_0000 << 44 | 1 << 43 | 244 << 33 | 1 << 32 | 201 << 22;
    let text = format!("F1A0 19C9 546000 A0 64004000 489A2B 02 {content:014X}60 0000000000000017");
    let out = datagram(&block(48, &[&text]));
    assert_eq!((out.rejected(), out.observations.len()), (0, 2), "{:?}", out.examples);
    let Report::ModeS(reply) = out.observations[1].report else { panic!("{:?}", out.observations) };
    assert_eq!(reply.address, Address::icao(0x48_9a2b));
    let skypicket_model::observation::ModeSPart::AirData(data) = reply.part else { panic!("{reply:?}") };
    assert!((data.magnetic_heading_rad.expect("told").to_degrees() - 270.0).abs() < 1e-3, "{data:?}");
    assert!((f64::from(data.indicated_airspeed_m_s.expect("told")) - 244.0 * 0.514_444).abs() < 1e-2);
    assert!((data.mach.expect("told") - 0.804).abs() < 1e-4);
    assert_eq!((data.barometric_rate_m_s, data.roll_rad), (None, None));
}
