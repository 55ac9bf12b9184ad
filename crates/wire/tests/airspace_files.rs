//! Airspace and flight plan files: what is read, and how faults are told.

use skypicket_model::airspace::SourceDocument;
use skypicket_model::{
    Address, AirspaceId, AirspaceKind, EdgeClass, FlightLevel, HeightAgl, LatLon, Mode3A, Time, VerticalLimit,
};
use skypicket_wire::{airspace_geojson, airspace_openair, flight_plan};

const GEOJSON: &str = include_str!("vectors/airspace-geojson.json");
const OPENAIR: &str = include_str!("vectors/airspace-openair.txt");
const PLANS: &str = include_str!("vectors/flight-plan.jsonl");

fn source() -> SourceDocument {
    SourceDocument { name: "test".into(), sha256: [1; 32], policy: String::new() }
}

fn at(text: &str) -> Time {
    Time::parse(text).expect("valid")
}

#[test]
fn geojson_gives_limits_schedule_holes_circles_and_both_sides_of_the_antimeridian() {
    let airspaces = airspace_geojson::read(GEOJSON, AirspaceId(5), &source(), true).expect("reads");
    let [strip, plant, isles] = &airspaces[..] else { panic!("three airspaces") };
    assert_eq!((strip.id, plant.id, isles.id), (AirspaceId(5), AirspaceId(6), AirspaceId(7)));
    assert_eq!(
        (strip.code.as_str(), strip.name.as_str(), strip.kind),
        ("AAR1", "Eastern strip", AirspaceKind::Restricted)
    );
    assert!(strip.watched && strip.source == source());
    assert_eq!(
        (strip.lower, strip.upper),
        (VerticalLimit::Surface, VerticalLimit::FlightLevel(FlightLevel { hundreds_ft: 95.0 }))
    );
    assert_eq!(strip.rings.iter().map(|ring| ring.points.len()).collect::<Vec<_>>(), [4, 4]);
    assert_eq!(strip.rings[0].points[1], LatLon { lat_deg: 50.5, lon_deg: 24.0 });
    assert_eq!(strip.rings[0].edges, [EdgeClass::Exact; 4]);
    assert!(strip.active(at("2025-09-11T23:00:00Z")), "Thursday night");
    assert!(strip.active(at("2025-09-12T03:00:00Z")), "into Friday morning");
    assert!(!strip.active(at("2025-09-12T12:00:00Z")), "at noon");
    assert!(!strip.active(at("2025-09-13T23:00:00Z")), "Saturday night");
    assert_eq!((plant.name.as_str(), plant.upper), ("PLANT", VerticalLimit::Agl(HeightAgl::from_m(500.0))));
    assert!(plant.rings[0].points.len() > 60);
    assert_eq!(isles.rings.len(), 2);
    assert_eq!(isles.rings[1].edges, [EdgeClass::Sea; 3]);
}

#[test]
fn geojson_faults_name_their_line() {
    let faults = |text: &str| airspace_geojson::read(text, AirspaceId(0), &source(), false).expect_err("faults");
    let bad = GEOJSON
        .replace("\"FL95\"", "\"FL 95 or so\"")
        .replace("\"radius_m\": 2000", "\"radius_m\": -3")
        .replace("[10.5, 2.0]", "[10.5, 92.0]");
    let told = faults(&bad);
    assert_eq!(told.iter().map(|fault| fault.line).collect::<Vec<_>>(), [4, 24, 29], "{told:#?}");
    assert!(told[0].what.contains("AAR1") && told[0].what.contains("FL 95 or so"));
    let unknown = faults(&GEOJSON.replace("\"edges\"", "\"edgs\""));
    assert_eq!(unknown[0].line, 31, "{unknown:?}");
    assert!(unknown[0].what.contains("edgs"));
    assert_eq!(faults("{\n\"type\": \"Feature\"\n")[0].line, 3);
    assert!(faults("{\"type\":\"Topology\",\"features\":[]}")[0].what.contains("FeatureCollection"));
}

#[test]
fn openair_gives_lines_circles_and_arcs() {
    let airspaces = airspace_openair::read(OPENAIR, AirspaceId(0), &source(), false).expect("reads");
    let [strip, ctr, keyhole] = &airspaces[..] else { panic!("three airspaces, the one never active is left out") };
    assert_eq!((strip.code.as_str(), strip.kind), ("AAR1", AirspaceKind::Restricted));
    assert_eq!(strip.rings[0].points.len(), 4);
    assert_eq!(strip.rings[0].points[2], LatLon { lat_deg: 52.0, lon_deg: 24.0 });
    assert!(strip.active(at("2025-10-01T00:00:00Z")) && !strip.active(at("2026-01-01T00:00:00Z")));
    assert_eq!((ctr.code.as_str(), ctr.kind), ("Town CTR", AirspaceKind::Ctr));
    let centre = LatLon { lat_deg: 52.0 + 10.0 / 60.0, lon_deg: 21.0 };
    for point in &ctr.rings[0].points {
        assert!((centre.rough_distance_m(*point) - 8.5 * 1852.0).abs() < 60.0);
    }
    // Keyhole: the western half on 5 NM anticlockwise from north to south, then a half circle of 10 NM clockwise from south to north: west of the centre all.
    assert_eq!(keyhole.lower, VerticalLimit::Agl(HeightAgl::from_ft(1000.0)));
    assert!(keyhole.rings[0].points.iter().all(|point| point.lon_deg < 22.001), "{:?}", keyhole.rings[0].points);
    assert!(keyhole.rings[0].points.iter().any(|point| point.lon_deg < 21.75), "the arc reaches 10 NM west");
}

#[test]
fn openair_faults_name_their_line() {
    let bad = "DP 50:00:00 N 020:00:00 E\nAC R\nAN A\nAL here\nAH FL95\nDP 50:61:00 N 020:00:00 E\nDC 5\nXX 1\nAC P\nAL SFC\n";
    let told = airspace_openair::read(bad, AirspaceId(0), &source(), false).expect_err("faults");
    assert_eq!(told.iter().map(|fault| fault.line).collect::<Vec<_>>(), [1, 4, 6, 7, 8, 2, 9], "{told:#?}");
}

#[test]
fn flight_plans_are_read_line_by_line() {
    let plans = flight_plan::read(PLANS).expect("reads");
    let [first, second] = &plans[..] else { panic!("two plans") };
    assert_eq!((first.id.as_str(), first.flight_id.as_str()), ("FPL-0001", "LOT3PK"));
    assert_eq!((first.address, first.squawk), (Some(Address::icao(0x48_ae01)), Mode3A::parse("1000")));
    assert_eq!((first.route.len(), first.airspaces.as_slice()), (2, &["POL".to_owned()][..]));
    assert_eq!((second.flight_id.as_str(), second.from), ("DLH4AB", at("2025-09-09T20:00:00Z")));
    let bad = "{}\n\n{\"id\":\"1\",\"flight_id\":\"TOO LONG 9\",\"from\":\"2025-09-09T22:00:00Z\",\"until\":\"2025-09-09T23:00:00Z\"}\n\
               {\"id\":\"1\",\"flight_id\":\"A\",\"from\":\"22:00\",\"until\":\"23:00\"}\n\
               {\"id\":\"1\",\"flight_id\":\"A\",\"from\":\"2025-09-09T22:00:00Z\",\"until\":\"2025-09-09T21:00:00Z\"}";
    let told = flight_plan::read(bad).expect_err("faults");
    assert_eq!(told.iter().map(|fault| fault.line).collect::<Vec<_>>(), [1, 3, 4, 5], "{told:#?}");
}

#[test]
fn damaged_files_are_faults_and_never_panics() {
    for (name, text) in [("geojson", GEOJSON), ("openair", OPENAIR), ("plans", PLANS)] {
        let try_all = |text: &str| {
            let _ = airspace_geojson::read(text, AirspaceId(0), &source(), false);
            let _ = airspace_openair::read(text, AirspaceId(u32::MAX), &source(), false);
            let _ = flight_plan::read(text);
        };
        for length in 0..text.len() {
            if let Some(cut) = text.get(..length) {
                try_all(cut);
            }
        }
        let bytes = text.as_bytes();
        for place in 0..bytes.len() {
            for bit in [0x01, 0x08, 0x40] {
                let mut flipped = bytes.to_vec();
                flipped[place] ^= bit;
                if let Ok(flipped) = std::str::from_utf8(&flipped) {
                    try_all(flipped);
                }
            }
        }
        assert!(!text.is_empty(), "{name}");
    }
}
