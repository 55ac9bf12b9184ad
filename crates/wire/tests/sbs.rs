//! The SBS-1 format, by its documented examples and its edges.

use skypicket_model::observation::{Channel, ModeSPart, SelfPart};
use skypicket_model::{Address, FeedId, Observation, Report, Seq, Time};
use skypicket_wire::{Chunk, FeedSetup, Output, decoder};

const RECEIVED_S: i64 = 1_757_453_400;

fn decode_with(params: serde_json::Value, chunks: &[&str]) -> Output {
    let setup = FeedSetup { params, ..FeedSetup::bare(FeedId(3)) };
    let mut decoder = (decoder("sbs").expect("registered").build)(&setup).expect("good parameters");
    let mut out = Output::default();
    for (seq, bytes) in (1..).zip(chunks) {
        let chunk =
            Chunk { seq: Seq(seq), received: Time::from_s(RECEIVED_S), datagram: false, bytes: bytes.as_bytes() };
        decoder.push(chunk, &mut out);
    }
    decoder.finish(&mut out);
    out
}

fn decode(text: &str) -> Output {
    decode_with(serde_json::json!({}), &[text])
}

fn only(text: &str) -> Observation {
    let out = decode(&format!("{text}\r\n"));
    assert_eq!((out.observations.len(), out.rejected()), (1, 0), "{text}: {:?}", out.examples);
    out.observations[0]
}

#[test]
fn every_transmission_type_states_its_own_columns_and_no_others() {
    // All columns filled, as some senders do from memory.
    let line = |kind: u8| {
        format!(
            "MSG,{kind},1,1,4CA1FA,1,2025/09/09,23:30:00.250,2025/09/09,23:30:00.300,LOT3PK  ,35000,450.5,90.0,51.5,22.5,-640,7421,-1,0,1,0"
        )
    };
    let SelfPart::Identity { flight_id: Some(name), .. } = stated(&only(&line(1))) else { panic!() };
    assert_eq!(name.as_str(), "LOT3PK");

    let SelfPart::Position(surface) = stated(&only(&line(2))) else { panic!() };
    assert!(surface.on_ground && surface.pressure.is_none());
    assert!((surface.ground_speed_m_s.expect("stated") - 231.757).abs() < 0.001);

    let SelfPart::Position(airborne) = stated(&only(&line(3))) else { panic!() };
    assert!(!airborne.on_ground && airborne.ground_speed_m_s.is_none());
    assert!((airborne.pressure.expect("stated").ft() - 35_000.0).abs() < 1e-6);
    assert!((airborne.place.lat_deg - 51.5).abs() < 1e-12 && (airborne.place.lon_deg - 22.5).abs() < 1e-12);
    assert!((airborne.sigma_m - 500.0).abs() < 1e-12 && airborne.nic.is_none());

    let SelfPart::Velocity(velocity) = stated(&only(&line(4))) else { panic!() };
    assert!((velocity.east_m_s.expect("stated") - 231.757).abs() < 0.001);
    assert!(velocity.north_m_s.expect("stated").abs() < 1e-9);
    assert!((velocity.vertical_m_s.expect("stated") + 3.2512).abs() < 1e-9);

    for kind in [5, 7] {
        let ModeSPart::Pressure { pressure: Some(pressure), on_ground: Some(false) } = replied(&only(&line(kind)))
        else {
            panic!()
        };
        assert!((pressure.ft() - 35_000.0).abs() < 1e-6);
    }
    let ModeSPart::Squawk { squawk, alert: true, spi: true, on_ground: Some(false) } = replied(&only(&line(6))) else {
        panic!()
    };
    assert_eq!(squawk.to_string(), "7421");
    assert_eq!(replied(&only(&line(8))), ModeSPart::AllCall { capability: 5 });
}

fn stated(observation: &Observation) -> SelfPart {
    let Report::SelfReport(report) = observation.report else { panic!("{observation:?}") };
    assert_eq!((report.address, report.channel), (Address::icao(0x4c_a1fa), Channel::Network));
    assert_eq!(observation.measured, Time::from_s(RECEIVED_S));
    report.part
}

fn replied(observation: &Observation) -> ModeSPart {
    let Report::ModeS(report) = observation.report else { panic!("{observation:?}") };
    report.part
}

#[test]
fn a_marked_address_is_no_icao_address() {
    let observation = only("MSG,3,1,1,~2A0001,1,,,,,,5000,,,51.5,22.5,,,,,,");
    let Report::SelfReport(report) = observation.report else { panic!() };
    assert_eq!((report.address, report.channel), (Address::non_icao(0x2a_0001), Channel::TisB));
}

#[test]
fn the_lines_own_time_counts_when_its_zone_is_known() {
    let line = "MSG,8,1,1,4CA1FA,1,2025/09/09,23:30:00.250,2025/09/09,23:30:00.300,,,,,,,,,,,,-1\n";
    let out = decode_with(serde_json::json!({ "utc_offset_minutes": 120 }), &[line]);
    assert_eq!(out.observations[0].measured.to_string(), "2025-09-09T21:30:00.250Z");
    let out = decode_with(serde_json::json!({ "utc_offset_minutes": 120 }), &[&line.replace("23:30:00.250", "")]);
    assert_eq!(out.observations[0].measured, Time::from_s(RECEIVED_S));
    assert_eq!(out.oddities, vec![("no date and time in columns 7 and 8", 1)]);
}

#[test]
fn multilateration_results_are_fixes() {
    let line = "MSG,3,1,1,4CA1FA,1,,,,,LOT3PK,35000,450,180,51.5,22.5,0,7421,,,,\n";
    let out = decode_with(serde_json::json!({ "multilateration": true, "position_sigma_m": 200.0 }), &[line]);
    let Report::Fix(fix) = out.observations[0].report else { panic!() };
    assert!((fix.sigma.east_m - 200.0).abs() < 1e-12);
    assert!((fix.velocity_m_s.expect("stated").1 + 231.5).abs() < 0.001);
}

#[test]
fn damage_is_counted_by_its_reason_and_stops_nothing() {
    let text = "MSG,3,1,1,4CA1FA,1,,,,,,35000,,,91.5,22.5,,,,,,\n\
        MSG,3,1,1,4CA1FG,1,,,,,,35000,,,51.5,22.5,,,,,,\n\
        MSG,3,1,1,4CA1FA,1,,,,,,inf,,,51.5,22.5,,,,,,\n\
        MSG,9,1,1,4CA1FA,1,,,,,,,,,,,,,,,,\n\
        MSG,6,1,1,4CA1FA,1,,,,,,,,,,,,7891,0,0,0,0\n\
        MSG,3,1,1,4CA1FA,1,,,,,,35000,,,51.5\n\
        \u{1f6e9}\n\
        STA,,5,179,400AE7,10103,2008/11/28,14:58:51.153,2008/11/28,14:58:51.153,RM\n\
        MSG,3,1,1,4CA1FA,1,,,,,,,,,0.0,0.0,,,,,,\n\
        MSG,3,1,1,4CA1FA,1,,,,,,35000,,,51.5,22.5,,,,,,0\n\
        MSG,3,1,1,4CA1";
    let out = decode(text);
    assert_eq!(out.observations.len(), 1);
    assert_eq!((out.decoded(), out.rejected()), (3, 8), "{:?}", out.rejects);
    assert_eq!(out.oddities, vec![("position 0, 0", 1)]);
    let reasons: Vec<_> = out.examples.iter().map(|reject| (reject.item, reject.reason)).collect();
    assert!(reasons.contains(&("column 15", "out of range")) && reasons.contains(&("", "truncated")), "{reasons:?}");
}

#[test]
fn cutting_the_stream_changes_nothing() {
    let text = "MSG,3,1,1,4CA1FA,1,,,,,,35000,,,51.5,22.5,,,,,,0\r\nMSG,1,1,1,4CA1FA,1,,,,,LOT3PK,,,,,,,,,,,\r\n";
    let whole = decode(text);
    for cut in 0..text.len() {
        let out = decode_with(serde_json::json!({}), &[&text[..cut], &text[cut..]]);
        let reports = |out: &Output| out.observations.iter().map(|o| (o.measured, o.report)).collect::<Vec<_>>();
        assert_eq!(reports(&out), reports(&whole), "cut at {cut}");
        assert_eq!((out.decoded(), out.rejected()), (2, 0));
    }
}

#[test]
fn bad_parameters_are_told_with_their_names() {
    for (params, name) in [
        (serde_json::json!({ "utc_offset_minutes": 900 }), "utc_offset_minutes"),
        (serde_json::json!({ "position_sigma_m": 0.0 }), "position_sigma_m"),
        (serde_json::json!({ "utc_ofset": 1 }), "utc_ofset"),
    ] {
        let setup = FeedSetup { params, ..FeedSetup::bare(FeedId(0)) };
        let error = (decoder("sbs").expect("registered").build)(&setup).err().expect("refused");
        assert!(error.contains(name), "{error}");
    }
}
