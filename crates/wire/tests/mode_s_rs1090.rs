//! Every frame of two real recordings, field by field against rs1090. Each kind of disagreement is counted and explained on
//! `docs/formats/mode-s.md`; a new one, or another count, fails.
//!
//! `cargo nextest run -p skypicket-wire --test mode_s_rs1090 --no-capture` prints the table.

#![allow(clippy::print_stdout, reason = "it prints its table")]

mod mode_s_support;

use mode_s_support::{feed, start};
use rs1090::decode::cpr::{AircraftState, Position, decode_position};
use rs1090::prelude::{DekuContainerRead, ICAO, ME, Message};
use serde_json::Value;
use skypicket_model::math::{M_PER_FT, M_S_PER_FT_MIN, M_S_PER_KT, atan2, deg, hypot};
use skypicket_model::observation::{
    AirData, ModeSPart, SelfPart, StatedPosition, StatedStatus, StatedTarget, StatedVelocity,
};
use skypicket_model::{Report, Seq, Span, Time};
use skypicket_wire::mode_s::{ModeS, Reception, Setup};
use skypicket_wire::{Chunk, Output};
use std::collections::BTreeMap;

/// Counts by field and outcome.
#[derive(Default)]
struct Tally {
    agreed: BTreeMap<String, u64>,
    differed: BTreeMap<String, (u64, String)>,
    /// Our code for something that rs1090 says in words: each code must have one word.
    words: BTreeMap<(&'static str, String), BTreeMap<String, u64>>,
    frame: String,
}

impl Tally {
    fn agree(&mut self, what: &str) {
        *self.agreed.entry(what.to_owned()).or_default() += 1;
    }

    fn differ(&mut self, what: &str, details: &str) {
        let entry = self.differed.entry(what.to_owned()).or_insert_with(|| (0, format!("{} {details}", self.frame)));
        entry.0 += 1;
    }

    fn number(&mut self, what: &str, ours: Option<f64>, theirs: &Value, tolerance: f64) {
        match (ours, theirs.as_f64()) {
            (None, None) => self.agree(what),
            (Some(ours), Some(theirs)) if (ours - theirs).abs() <= tolerance => self.agree(what),
            (Some(ours), Some(theirs)) => self.differ(what, &format!("{ours} {theirs}")),
            (Some(ours), None) => self.differ(&format!("{what}: only ours"), &format!("{ours}")),
            (None, Some(theirs)) => self.differ(&format!("{what}: only rs1090's"), &format!("{theirs}")),
        }
    }

    /// Angles in degrees, modulo a turn.
    fn angle(&mut self, what: &str, ours_rad: Option<f64>, theirs: &Value, tolerance_deg: f64) {
        let turn = |degrees: f64| degrees - (degrees / 360.0).floor() * 360.0;
        let Some((ours, value)) = ours_rad.map(deg).zip(theirs.as_f64()) else {
            return self.number(what, ours_rad, theirs, 0.0);
        };
        let apart = turn(ours - value);
        if apart.min(360.0 - apart) <= tolerance_deg {
            self.agree(what);
        } else {
            self.differ(what, &format!("{ours} {value}"));
        }
    }

    fn text(&mut self, what: &str, ours: Option<&str>, theirs: &Value) {
        let theirs = theirs.as_str().map(str::trim);
        if ours == theirs { self.agree(what) } else { self.differ(what, &format!("{ours:?} {theirs:?}")) }
    }

    fn flag(&mut self, what: &str, ours: Option<bool>, theirs: &Value) {
        let theirs = theirs.as_bool().or(theirs.as_u64().map(|n| n != 0));
        if ours == theirs { self.agree(what) } else { self.differ(what, &format!("{ours:?} {theirs:?}")) }
    }

    fn word(&mut self, what: &'static str, ours: &str, theirs: &Value) {
        let theirs = theirs.as_str().unwrap_or_default().to_owned();
        *self.words.entry((what, ours.to_owned())).or_default().entry(theirs).or_default() += 1;
    }
}

fn velocity(tally: &mut Tally, ours: &StatedVelocity, theirs: &Value) {
    let (east, north) = (ours.east_m_s, ours.north_m_s);
    let ground = east.zip(north);
    let has_airspeed = theirs.get("groundspeed").is_none();
    if !has_airspeed {
        let speed_kt = ground.map(|(east, north)| hypot(east, north) / M_S_PER_KT);
        tally.number("TC19 ground speed", speed_kt, &theirs["groundspeed"], 1e-6);
        tally.angle("TC19 track", ground.map(|(east, north)| atan2(east, north)), &theirs["track"], 1e-6);
    } else {
        tally.number("TC19 IAS", ours.indicated_airspeed_m_s.map(|v| v / M_S_PER_KT), &theirs["IAS"], 1e-6);
        tally.number("TC19 TAS", ours.true_airspeed_m_s.map(|v| v / M_S_PER_KT), &theirs["TAS"], 1e-6);
        tally.angle("TC19 heading", ours.heading_rad, &theirs["heading"], 1e-4);
    }
    tally.number("TC19 vertical rate", ours.vertical_m_s.map(|v| v / M_S_PER_FT_MIN), &theirs["vertical_rate"], 1e-6);
    // rs1090 names the source bit the wrong way round; at least it must do so always.
    if theirs["tisb"].is_null() {
        let source = if ours.vertical_is_barometric { "barometric" } else { "GNSS" };
        tally.word("TC19 vertical source", source, &theirs["vrate_src"]);
    }
    let difference_ft = ours.height_minus_pressure_m.map(|m| m / M_PER_FT);
    tally.number("TC19 height minus pressure", difference_ft, &theirs["geo_minus_baro"], 1e-6);
    tally.number("TC19 NACv", ours.nac_v.map(f64::from), &theirs["NACv"], 0.0);
}

fn status(tally: &mut Tally, ours: &StatedStatus, theirs: &Value) {
    let number = |value: Option<u8>| value.map(f64::from);
    match theirs["bds"].as_str() {
        Some("61") => {
            tally.text(
                "TC28 squawk",
                Some(&ours.squawk.map_or("0000".to_owned(), |code| code.to_string())),
                &theirs["squawk"],
            );
            tally.word("TC28 emergency", &format!("{:?}", ours.emergency), &theirs["emergency_state"]);
        }
        Some("62") => {
            tally.number("TC29 NACp", number(ours.nac_p), &theirs["NACp"], 0.0);
            tally.flag("TC29 NICbaro", ours.nic_baro, &theirs["nic_baro"]);
        }
        Some("65") => {
            tally.number("TC31 version", number(ours.version), &theirs["version"], 0.0);
            tally.number("TC31 NACp", number(ours.nac_p), &theirs["NACp"], 0.0);
            tally.number("TC31 SIL", number(ours.sil), &theirs["SIL"], 0.0);
            if ours.version == Some(2) {
                tally.flag("TC31 NIC A", ours.nic_a, &theirs["NICa"]);
                tally.flag("TC31 SIL supplement", ours.sil_per_sample, &theirs["SILs"]);
                tally.number("TC31 GVA", number(ours.gva), &theirs["GVA"], 0.0);
            } else if ours.version == Some(1) {
                tally.flag("TC31 NIC A", ours.nic_a, &theirs["NICs"]);
            }
            tally.flag("TC31 NICbaro", ours.nic_baro, &theirs["BAI"]);
        }
        other => tally.differ("status of another register", &format!("{other:?}")),
    }
}

fn target(tally: &mut Tally, ours: &StatedTarget, theirs: &Value) {
    // rs1090 rounds to what a pilot can select.
    let hundreds = |ft: f64| ((ft + 16.0) / 100.0).floor() * 100.0;
    let selected_ft = ours.selected_altitude_m.map(|m| hundreds((m / M_PER_FT).round()));
    tally.number("TC29 selected altitude", selected_ft, &theirs["selected_altitude"], 0.0);
    tally.number("TC29 setting", ours.barometric_setting_hpa, &theirs["barometric_setting"], 1e-3);
    tally.angle("TC29 heading", ours.selected_heading_rad, &theirs["selected_heading"], 1e-4);
    tally.word("TC29 source", if ours.from_fms { "FMS" } else { "panel" }, &theirs["source"]);
}

fn position(tally: &mut Tally, ours: &StatedPosition, theirs: &Value) {
    if ours.on_ground {
        tally.number("surface speed", ours.ground_speed_m_s.map(|v| v / M_S_PER_KT), &theirs["groundspeed"], 1e-6);
        tally.angle("surface track", ours.track_rad, &theirs["track"], 1e-6);
    } else {
        let ft = ours
            .pressure
            .map(skypicket_model::PressureAltitude::ft)
            .or(ours.height.map(skypicket_model::EllipsoidalHeight::ft));
        tally.number("TC9-22 altitude", ft, &theirs["altitude"], 1e-6);
        let source = if ours.height.is_some() { "GNSS" } else { "barometric" };
        if ft.is_some() {
            tally.text("TC9-22 altitude source", Some(source), &theirs["source"]);
        }
    }
    let (lat, lon) = (theirs["latitude"].as_f64(), theirs["longitude"].as_f64());
    let kind = if ours.on_ground { "surface place" } else { "airborne place" };
    match lat.zip(lon) {
        None => tally.differ(&format!("{kind}: only ours"), ""),
        Some((lat, lon)) => {
            let apart_deg = hypot(lat - ours.place.lat_deg, lon - ours.place.lon_deg);
            if apart_deg <= 1e-6 {
                tally.agree(kind);
            } else {
                tally.differ(kind, &format!("{:?} {lat} {lon}", ours.place));
            }
        }
    }
}

/// One register against rs1090's reading of the same register, if it offers it.
fn air_data(tally: &mut Tally, ours: &AirData, theirs: &Value) {
    let register = format!("bds{:02x}", ours.bds);
    let Some(theirs) = theirs.get(&register) else {
        return tally.differ(&format!("{register}: only ours"), "");
    };
    let kt = |v: Option<f32>| v.map(|v| f64::from(v) / M_S_PER_KT);
    let fpm = |v: Option<f32>| v.map(|v| f64::from(v) / M_S_PER_FT_MIN);
    let wide = |v: Option<f32>| v.map(f64::from);
    let half_turn = |v: Option<f32>| v.map(|v| deg(f64::from(v)));
    match ours.bds {
        0x40 => {
            let hundreds = |ft: f64| ((ft + 8.0) / 100.0).floor() * 100.0;
            let panel_ft = ours.selected_altitude_m.map(|m| hundreds((f64::from(m) / M_PER_FT).round()));
            tally.number("bds40 panel", panel_ft, &theirs["selected_mcp"], 0.0);
            tally.number("bds40 setting", wide(ours.barometric_setting_hpa), &theirs["barometric_setting"], 1e-3);
        }
        0x44 => {
            tally.number("bds44 wind", kt(ours.wind_speed_m_s), &theirs["wind_speed"], 1e-3);
            tally.angle("bds44 wind direction", wide(ours.wind_from_rad), &theirs["wind_direction"], 1e-3);
            tally.number("bds44 temperature", wide(ours.temperature_c), &theirs["temperature"], 1e-3);
        }
        0x45 => tally.number("bds45 temperature", wide(ours.temperature_c), &theirs["static_temperature"], 1e-3),
        0x50 => {
            tally.number("bds50 roll", half_turn(ours.roll_rad), &theirs["roll"], 1e-3);
            tally.angle("bds50 track", wide(ours.track_rad), &theirs["track"], 1e-3);
            tally.number("bds50 ground speed", kt(ours.ground_speed_m_s), &theirs["groundspeed"], 1e-2);
            tally.number("bds50 track rate", half_turn(ours.track_rate_rad_s), &theirs["track_rate"], 1e-3);
            tally.number("bds50 TAS", kt(ours.true_airspeed_m_s), &theirs["TAS"], 1e-2);
        }
        _ => {
            tally.angle("bds60 heading", wide(ours.magnetic_heading_rad), &theirs["heading"], 1e-3);
            tally.number("bds60 IAS", kt(ours.indicated_airspeed_m_s), &theirs["IAS"], 1e-2);
            tally.number("bds60 Mach", wide(ours.mach), &theirs["Mach"], 1e-5);
            tally.number("bds60 barometric rate", fpm(ours.barometric_rate_m_s), &theirs["vrate_barometric"], 1e-1);
            tally.number("bds60 inertial rate", fpm(ours.inertial_rate_m_s), &theirs["vrate_inertial"], 1e-1);
        }
    }
}

/// The registers that both decoders read and rs1090 offers for a reply.
fn offered(theirs: &Value) -> Vec<&'static str> {
    ["bds20", "bds40", "bds44", "bds45", "bds50", "bds60"].into_iter().filter(|bds| theirs.get(bds).is_some()).collect()
}

fn reply(tally: &mut Tally, df: &str, parts: &[ModeSPart], theirs: &Value) {
    let mut register = None;
    for part in parts {
        match part {
            ModeSPart::AllCall { capability } => {
                tally.word("DF11 capability", &capability.to_string(), &theirs["capability"]);
            }
            ModeSPart::Pressure { pressure, .. } => {
                let what = if theirs.get("bds").is_some() { "TC9-22 altitude without place" } else { "AC altitude" };
                tally.number(what, pressure.map(skypicket_model::PressureAltitude::ft), &theirs["altitude"], 1e-6);
            }
            ModeSPart::Squawk { squawk, .. } => tally.text("ID squawk", Some(&squawk.to_string()), &theirs["squawk"]),
            ModeSPart::Identity { flight_id } => {
                register = Some("bds20".to_owned());
                tally.text("bds20 name", Some(flight_id.as_str()), &theirs["bds20"]["callsign"]);
            }
            ModeSPart::AirData(data) => {
                register = Some(format!("bds{:02x}", data.bds));
                air_data(tally, data, theirs);
            }
        }
    }
    if matches!(df, "20" | "21") {
        match (register.as_deref(), offered(theirs).as_slice()) {
            (None, []) => tally.agree("no register named"),
            (Some(ours), [one]) if ours == *one => tally.agree("register named alike"),
            (Some(ours), many) if many.contains(&ours) => tally.agree("register among several of rs1090's"),
            (Some(ours), other) => tally.differ("register: ours is not among rs1090's", &format!("{ours} {other:?}")),
            (None, [one]) => tally.differ(&format!("register: {one} only rs1090's"), ""),
            (None, many) => tally.differ(&format!("register: {} only rs1090's", many.join(" or ")), ""),
        }
    }
}

/// What rs1090 makes of a frame, with its position state; `None` with its reason when it refuses.
fn theirs(
    bytes: &[u8],
    seconds: f64,
    states: &mut BTreeMap<ICAO, AircraftState>,
    reference: &mut Option<Position>,
) -> Result<Value, String> {
    let (_, mut message) = Message::from_bytes((bytes, 0)).map_err(|error| error.to_string())?;
    let mut resolve = |me: &mut ME, address: &ICAO| decode_position(me, seconds, address, states, reference, &None);
    match &mut message.df {
        rs1090::decode::DF::ExtendedSquitterADSB(squitter) => resolve(&mut squitter.message, &squitter.icao24),
        rs1090::decode::DF::ExtendedSquitterTisB { cf, .. } => resolve(&mut cf.me, &cf.aa),
        _ => {}
    }
    serde_json::to_value(&message).map_err(|error| error.to_string())
}

/// Decodes all frames by both and compares.
fn compare(frames: &[(Time, Vec<u8>)], receiver: Option<(f64, f64)>) -> Tally {
    let params = receiver
        .map_or("{}".to_owned(), |(lat, lon)| format!(r#"{{"receiver": {{"lat_deg": {lat}, "lon_deg": {lon}}}}}"#));
    let mut decoder = ModeS::new(Setup::new(&feed(&params)).expect("params"));
    let mut reference = receiver.map(|(latitude, longitude)| Position { latitude, longitude });
    let (mut tally, mut out, mut states) = (Tally::default(), Output::default(), BTreeMap::new());
    for (n, (received, bytes)) in frames.iter().enumerate() {
        tally.frame = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        out.clear();
        let chunk = Chunk { seq: Seq(n as u64), received: *received, datagram: false, bytes };
        let reception =
            Reception { chunk: &chunk, measured: *received, offset: 0, multilaterated: false, clock_ns: None };
        decoder.frame(bytes, &reception, &mut out);
        let theirs = match theirs(bytes, received.as_s_f64(), &mut states, &mut reference) {
            Ok(theirs) => theirs,
            Err(_) if out.decoded() == 0 => {
                tally.agree("refused by both");
                continue;
            }
            Err(why) => {
                tally.differ("frame: rs1090 refuses", &why);
                continue;
            }
        };
        let df = theirs["df"].as_str().unwrap_or_default().to_owned();
        if let Some((reason, _)) = out.rejects.first() {
            tally.differ(&format!("frame: ours rejects DF{df}, {reason}"), "");
            continue;
        }
        tally.agree(&format!("DF{df} frame"));
        frame(&mut tally, &df, &out, &theirs);
    }
    tally
}

/// The observations of one frame against what rs1090 read in it.
fn frame(tally: &mut Tally, df: &str, out: &Output, theirs: &Value) {
    let mut parts = Vec::new();
    let mut placed = false;
    for observation in &out.observations {
        let address = match &observation.report {
            Report::ModeS(report) => {
                parts.push(report.part);
                report.address
            }
            Report::SelfReport(report) => {
                match &report.part {
                    SelfPart::Position(ours) => {
                        placed = true;
                        position(tally, ours, theirs);
                    }
                    SelfPart::Velocity(ours) => velocity(tally, ours, theirs),
                    SelfPart::Identity { flight_id, category } => {
                        let name = flight_id.as_ref().map_or("", |name| name.as_str());
                        tally.text("TC1-4 name", Some(name), &theirs["callsign"]);
                        tally.word("TC1-4 category", &format!("{}", category.expect("always")), &theirs["wake_vortex"]);
                    }
                    SelfPart::Status(ours) => status(tally, ours, theirs),
                    SelfPart::Target(ours) => target(tally, ours, theirs),
                    // Theirs tells it by the type code alone.
                    SelfPart::NoPosition => {}
                }
                report.address
            }
            other => panic!("no other report comes from these recordings: {other:?}"),
        };
        tally.text("address", Some(&format!("{:06x}", address.value)), &theirs["icao24"]);
    }
    reply(tally, df, &parts, theirs);
    if !placed && matches!(theirs["bds"].as_str(), Some("05" | "06")) {
        let kind = if theirs["bds"] == "05" { "airborne place" } else { "surface place" };
        if theirs["latitude"].is_number() {
            let why = out.oddities.first().map_or("?", |(reason, _)| reason);
            tally.differ(&format!("{kind}: only rs1090's, {why}"), "");
        } else {
            tally.agree(&format!("{kind}: neither"));
        }
    }
}

/// What differs in the flight of two hours; the page explains each line.
const LONG_FLIGHT: &[(&str, u64)] = &[
    ("TC1-4 name", 1),
    ("TC19 height minus pressure: only ours", 205),
    ("TC9-22 altitude without place: only ours", 1),
    ("airborne place: only ours", 105),
    ("airborne place: only rs1090's, position without its pair, confirmation or reference", 2),
    ("bds50 track rate: only ours", 1571),
    ("bds60 barometric rate", 1453),
    ("bds60 inertial rate", 2144),
    ("frame: ours rejects DF11, bad parity", 4),
    ("frame: ours rejects DF11, unconfirmed interrogator code", 5),
    ("frame: ours rejects DF20, unconfirmed address parity", 30),
    ("frame: ours rejects DF4, unconfirmed address parity", 15),
    ("frame: ours rejects DF5, unconfirmed address parity", 4),
    ("register: bds44 only rs1090's", 10),
    ("register: bds44 or bds45 only rs1090's", 332),
    ("register: bds44 or bds60 only rs1090's", 1),
    ("register: bds45 or bds50 only rs1090's", 1),
    ("register: bds50 only rs1090's", 4),
    ("register: bds50 or bds60 only rs1090's", 961),
];

/// What differs in the recording of Los Angeles; the page explains each line.
const LAX: &[(&str, u64)] = &[
    ("AC altitude: only rs1090's", 13),
    ("TC19 NACv: only rs1090's", 14),
    ("TC19 ground speed: only rs1090's", 1),
    ("TC19 height minus pressure: only ours", 20),
    ("TC19 height minus pressure: only rs1090's", 14),
    ("TC19 track: only rs1090's", 1),
    ("TC29 selected altitude: only ours", 41),
    ("airborne place: only ours", 454),
    ("airborne place: only rs1090's, position without its pair, confirmation or reference", 262),
    ("bds50 track rate: only ours", 22),
    ("bds60 barometric rate", 20),
    ("bds60 inertial rate", 16),
    ("frame: ours rejects DF0, unconfirmed address parity", 96),
    ("frame: ours rejects DF11, bad parity", 53),
    ("frame: ours rejects DF11, unconfirmed interrogator code", 12),
    ("frame: ours rejects DF16, unconfirmed address parity", 6),
    ("frame: ours rejects DF20, unconfirmed address parity", 2),
    ("frame: ours rejects DF21, unconfirmed address parity", 1),
    ("frame: ours rejects DF4, unconfirmed address parity", 53),
    ("frame: ours rejects DF5, unconfirmed address parity", 11),
    ("frame: rs1090 refuses", 5),
    ("register: bds40 or bds44 or bds45 only rs1090's", 44),
    ("register: bds44 only rs1090's", 3),
    ("register: bds44 or bds45 only rs1090's", 15),
    ("register: bds45 only rs1090's", 48),
    ("surface place: only rs1090's, position without its pair, confirmation or reference", 1),
];

fn recording(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(path);
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask testdata`", path.display()))
}

fn report(name: &str, tally: &Tally, expected: &[(&str, u64)]) {
    let agreed: u64 = tally.agreed.values().sum();
    let differed: u64 = tally.differed.values().map(|(n, _)| n).sum();
    println!("{name}: {agreed} agree, {differed} differ ({:.4} %)", 100.0 * agreed as f64 / (agreed + differed) as f64);
    for (what, n) in &tally.agreed {
        println!("  {n:>8} {what}");
    }
    for (what, (n, example)) in &tally.differed {
        println!("  {n:>8} DIFFER {what}   e.g. {example}");
    }
    for ((what, ours), words) in &tally.words {
        println!("           {what} {ours}: {words:?}");
        assert_eq!(words.len(), 1, "{what} {ours} means two things to rs1090: {words:?}");
    }
    let found: Vec<(&str, u64)> = tally.differed.iter().map(|(what, (n, _))| (what.as_str(), *n)).collect();
    assert_eq!(found, expected, "explain what changed on docs/formats/mode-s.md");
}

#[test]
fn long_flight_agrees_field_by_field() {
    let frames: Vec<(Time, Vec<u8>)> = recording("rs1090/long_flight.csv")
        .lines()
        .map(|line| {
            let (time, frame) = line.split_once(',').expect("two columns");
            (Time::parse(time).expect("seconds"), mode_s_support::hex(&frame[18..]))
        })
        .collect();
    assert_eq!(frames.len(), 172_432);
    report("long_flight", &compare(&frames, None), LONG_FLIGHT);
}

#[test]
fn lax_agrees_field_by_field() {
    // The file has no times; 3.7 ms a frame make the aircraft fly at the speeds that they state.
    let frames: Vec<(Time, Vec<u8>)> = recording("adsb_deku/lax-messages.txt")
        .lines()
        .enumerate()
        .map(|(n, line)| {
            (start() + Span::from_ns(n as i64 * 3_700_000), mode_s_support::hex(line.trim_matches(['*', ';'])))
        })
        .collect();
    assert_eq!(frames.len(), 215_606);
    report("LAX", &compare(&frames, Some((33.94, -118.4))), LAX);
}

/// What differs from what jet1090 wrote beside the frames of its own recording; the page explains each line.
const SHORT_FLIGHT: &[(&str, u64)] = &[
    ("AC altitude", 1),
    ("AC altitude: only rs1090's", 2),
    ("TC19 height minus pressure: only ours", 88),
    ("surface place: only rs1090's, position without its pair, confirmation or reference", 3),
    ("surface speed", 889),
];

#[test]
fn a_jet1090_recording_agrees_with_its_own_fields() {
    // Receivers that pass on 112 bits of everything, from Paris on; the Comm-B registers are told in words that changed since.
    let paris = r#"{"receiver": {"lat_deg": 49.0, "lon_deg": 2.55}, "reach_m": 3e6}"#;
    let mut decoder = ModeS::new(Setup::new(&feed(paris)).expect("params"));
    let (mut tally, mut out) = (Tally::default(), Output::default());
    for line in recording("traffic/rs1090/full_flight_short.jsonl").lines() {
        let theirs: Value = serde_json::from_str(line).expect("JSON");
        let bytes = mode_s_support::hex(theirs["frame"].as_str().expect("hex"));
        tally.frame = theirs["frame"].as_str().expect("hex").to_owned();
        let received = Time::from_s_f64(theirs["timestamp"].as_f64().expect("seconds")).expect("in range");
        let chunk = Chunk { seq: Seq(0), received, datagram: false, bytes: &bytes };
        let reception =
            Reception { chunk: &chunk, measured: received, offset: 0, multilaterated: false, clock_ns: None };
        out.clear();
        decoder.frame(&bytes, &reception, &mut out);
        let df = theirs["df"].as_str().expect("text").to_owned();
        assert_eq!(out.rejected(), 0, "{line}");
        tally.agree(&format!("DF{df} frame"));
        if !matches!(df.as_str(), "20" | "21") {
            out.oddities.retain(|(reason, _)| *reason != "short reply in a long frame");
            frame(&mut tally, &df, &out, &theirs);
        }
    }
    report("short flight", &tally, SHORT_FLIGHT);
}

#[test]
fn a_dump1090_beast_sample_decodes_whole() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/traffic/dump1090/sample_dump1090.bin");
    let bytes =
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask testdata`", path.display()));
    let mut decoder = (skypicket_wire::decoder("beast").expect("registered").build)(&feed("{}")).expect("params");
    let mut out = Output::default();
    decoder.push(Chunk { seq: Seq(0), received: start(), datagram: false, bytes: &bytes }, &mut out);
    decoder.finish(&mut out);
    let counted: Vec<u64> = out.records.iter().copied().take(11).collect();
    assert_eq!(counted, [43, 35, 10, 87, 1, 23, 0, 0, 16, 14, 0]);
    // The sample starts in mid-air: ten replies come before their address is proved.
    assert_eq!(out.rejects, [("unconfirmed address parity", 7), ("unconfirmed interrogator code", 3)]);
}
