//! Records written by hand, read as the standards say.

#[path = "asterix_support/mod.rs"]
mod support;

use serde_json::{Value, json};
use skypicket_wire::asterix::json::from_json;
use skypicket_wire::asterix::{Dump, Params, tables};
use support::{OLD_ADS_B, VECTORS, block, datagram, hex, vector};

fn show(category: u8, record: &str, params: Value) -> Value {
    let mut shown = Vec::new();
    let params: Params = serde_json::from_value(params).expect("parameters");
    Dump::new(&params).expect("editions").show(&block(category, &[record]), |value| shown.push(value));
    assert_eq!(shown.len(), 1, "{shown:?}");
    shown.remove(0)
}

fn items(category: u8, what: &str) -> Value {
    show(category, vector(category, what), json!({}))["items"].clone()
}

fn with(value: f64, unit: &str) -> Value {
    json!({ "value": value, "unit": unit })
}

fn source(sac: u8, sic: u8) -> Value {
    json!({ "SAC": sac, "SIC": sic })
}

/// The fuzzer begins with the same records.
#[test]
fn the_file_of_vectors_holds_these_vectors() {
    let wanted = support::all_blocks().concat();
    assert_eq!(
        include_bytes!("vectors/asterix.bin").as_slice(),
        wanted,
        "tests/vectors/asterix.bin must hold: {}",
        skypicket_wire::asterix::json::hex(&wanted)
    );
}

#[test]
fn every_vector_is_one_record_without_reject() {
    for (category, what, record) in VECTORS {
        let out = datagram(&block(*category, &[record]));
        assert_eq!(out.decoded(), 1, "{category} {what}: {:?}", out.examples);
        assert_eq!(out.rejected(), 0, "{category} {what}: {:?}", out.examples);
        assert!(out.oddities.is_empty(), "{category} {what}: {:?}", out.oddities);
        assert!(!out.observations.is_empty(), "{category} {what}");
    }
}

#[test]
fn what_is_shown_can_be_written_again() {
    for (category, what, record) in VECTORS {
        // Random fields are written as ordinary ones.
        if *what == "random fields" {
            continue;
        }
        let edition = tables::newest(*category).expect("a table");
        let shown = show(*category, record, json!({}));
        assert_eq!(from_json(edition, &shown).as_deref(), Ok(hex(record).as_slice()), "{category} {what}");
    }
}

#[test]
fn monoradar_plots() {
    assert_eq!(
        items(48, "plot"),
        json!({
            "010": source(25, 201),
            "140": with(43_200.0, "s"),
            "020": { "TYP": 5, "SIM": 0, "RDP": 0, "SPI": 0, "RAB": 0 },
            "040": { "RHO": with(100.0, "NM"), "THETA": with(90.0, "°") },
            "070": { "V": 0, "G": 0, "L": 0, "MODE3A": "7700" },
            "090": { "V": 0, "G": 0, "FL": with(350.0, "FL") },
            "220": 0x48_9a2b,
            "240": "LOT281",
            "161": { "TRN": 291 },
        })
    );
    let far = items(48, "far plot");
    assert_eq!(far["RE"]["ERR"], with(300.0, "NM"));
    assert_eq!(far["020"]["ERR"], json!(1));
}

#[test]
fn category_001_has_two_profiles() {
    let plot = show(1, vector(1, "plot"), json!({}));
    assert_eq!(plot["uap"], "plot");
    assert_eq!(plot["items"]["040"], json!({ "RHO": with(50.0, "NM"), "THETA": with(180.0, "°") }));
    let track = show(1, vector(1, "track"), json!({}));
    assert_eq!(track["uap"], "track");
    assert_eq!(track["items"]["161"], json!(42));
    assert_eq!(track["items"]["070"]["MODE3A"], "1234");
    let random = items(1, "random fields");
    assert_eq!(random["040"], plot["items"]["040"]);
    assert_eq!(random["141"], plot["items"]["141"]);
}

#[test]
fn surface_movement_and_multilateration() {
    let report = items(10, "multilaterated");
    assert_eq!(report["041"], json!({ "LAT": with(45.0, "°"), "LON": with(22.5, "°") }));
    assert_eq!(report["202"], json!({ "VX": with(10.0, "m/s"), "VY": with(-20.0, "m/s") }));
    assert_eq!(items(10, "surface radar")["040"], json!({ "RHO": with(1500.0, "m"), "TH": with(45.0, "°") }));
    let report = items(20, "report");
    assert_eq!(report["041"], json!({ "LAT": with(45.0, "°"), "LON": with(22.5, "°") }));
    assert_eq!(report["500"], json!({ "SDP": { "X": with(5.0, "m"), "Y": with(10.0, "m"), "XY": 0.0 } }));
    let status = items(19, "status");
    assert_eq!(status["600"], json!({ "LAT": with(45.0, "°"), "LON": with(22.5, "°") }));
    assert_eq!(status["610"], with(100.0, "m"));
    assert_eq!(status["620"], with(30.0, "m"));
}

#[test]
fn non_cooperative_plots() {
    let plot = items(15, "plot");
    assert_eq!(plot["625"], json!({ "R": with(12_345.6, "m"), "SDR": with(5.0, "m"), "RR": with(-25.0, "m/s") }));
    assert_eq!(plot["627"], json!({ "AZ": with(135.0, "°"), "SDASZ": with(0.351_562_5, "°") }));
    assert_eq!(plot["628"], json!({ "EL": with(5.625, "°") }));
}

#[test]
fn ads_b_of_two_generations() {
    let new = items(21, "report");
    assert_eq!(new["131"], json!({ "LAT": with(45.0, "°"), "LON": with(22.5, "°") }));
    assert_eq!(
        new["090"],
        json!({ "NUCRNACV": 2, "NUCPNIC": 8, "NICBARO": 1, "SIL": 3, "NACP": 9, "SILS": 0, "SDA": 2, "GVA": 2 })
    );
    assert_eq!(new["210"], json!({ "VNS": 0, "VN": 2, "LTT": 2 }));
    assert_eq!(new["140"], with(36_000.0, "ft"));
    assert_eq!(new["160"], json!({ "RE": 0, "GS": with(0.125, "NM/s"), "TA": with(90.0, "°") }));
    assert_eq!(new["170"], "LOT281");
    let old = show(21, OLD_ADS_B, json!({ "editions": { "021": "0.26" } }));
    assert_eq!(old["edition"], "0.26");
    assert_eq!(old["items"]["130"], json!({ "LAT": with(45.0, "°"), "LON": with(22.5, "°") }));
    assert_eq!(old["items"]["080"], json!(0x48_9a2b));
    assert_eq!(old["items"]["090"]["PA"], json!(7));
    assert_eq!(old["items"]["170"], "LOT281");
}

#[test]
fn service_messages() {
    let north = items(34, "north marker");
    assert_eq!(north["041"], with(4.0, "s"));
    assert_eq!(north["120"], json!({ "HGT": with(120.0, "m"), "LAT": with(45.0, "°"), "LON": with(22.5, "°") }));
    assert_eq!(north["050"]["COM"]["OVLXMT"], json!(1));
    assert_eq!(items(34, "strobe")["100"]["THETAEND"], with(56.25, "°"));
    assert_eq!(items(2, "sector")["020"], with(90.0, "°"));
    assert_eq!(items(23, "status")["100"]["NOGO"], json!(1));
    assert_eq!(items(63, "status")["060"]["CON"], json!(1));
    assert_eq!(items(65, "status")["040"]["OVL"], json!(1));
}

#[test]
fn system_tracks() {
    let track = items(62, "track");
    assert_eq!(track["105"], json!({ "LAT": with(45.0, "°"), "LON": with(22.5, "°") }));
    assert_eq!(track["185"], json!({ "VX": with(200.0, "m/s"), "VY": with(-50.0, "m/s") }));
    assert_eq!(track["380"], json!({ "ADR": 0x48_9a2b, "ID": "LOT281" }));
    assert_eq!(track["040"], json!(1234));
    assert_eq!(track["080"]["CST"], json!(1));
    assert_eq!(track["290"], json!({ "PSR": with(10.0, "s"), "MDS": with(4.0, "s"), "ES": with(63.75, "s") }));
    assert_eq!(track["220"], with(-500.0, "ft/min"));
    assert_eq!(track["500"], json!({ "APC": { "X": with(100.0, "m"), "Y": with(50.0, "m") }, "COV": with(30.0, "m") }));
}

/// Airspeed in I062/380 is a speed or a Mach number, as the bit before it says.
#[test]
fn a_case_takes_the_unit_that_its_sibling_chooses() {
    let speed = show(62, "8110 1964 10 2000", json!({}));
    assert_eq!(speed["items"]["380"]["IAS"], json!({ "IM": 0, "IAS": with(0.5, "NM/s") }));
    let mach = show(62, "8110 1964 10 8320", json!({}));
    assert_eq!(mach["items"]["380"]["IAS"], json!({ "IM": 1, "IAS": with(0.8, "Mach") }));
}
