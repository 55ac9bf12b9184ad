//! The golden bytes of a picture frame, which the map's own test reads too: both sides agree on the page docs/http-api.md.

use serde_json::Value;
use skypicket::http::frame::{Flags, FrameKind, Row, encode};
use skypicket_model::{Span, Time};

fn vector(name: &str) -> String {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the vector is there")
}

fn number(track: &Value, key: &str) -> f64 {
    track[key].as_f64().unwrap_or_else(|| panic!("{key} is a number"))
}

fn bit(track: &Value, key: &str) -> u8 {
    u8::from(track[key].as_bool().unwrap_or_else(|| panic!("{key} is a flag")))
}

/// Rounds and saturates as the page says.
fn cell(value: f64, low: f64, high: f64) -> f64 {
    value.round().clamp(low, high)
}

fn row(track: &Value) -> Row {
    let whole = |key| number(track, key) as u8;
    Row {
        number: number(track, "number") as u32,
        lat_e7: (number(track, "lat_deg") * 1e7).round() as i32,
        lon_e7: (number(track, "lon_deg") * 1e7).round() as i32,
        east_dm_s: cell(number(track, "velocity_east_m_s") * 10.0, -32768.0, 32767.0) as i16,
        north_dm_s: cell(number(track, "velocity_north_m_s") * 10.0, -32768.0, 32767.0) as i16,
        height_2m: track["height_m"].as_f64().map_or(i16::MIN, |m| cell(m / 2.0, -32767.0, 32767.0) as i16),
        major_m: cell(number(track, "ellipse_major_m"), 0.0, 65535.0) as u16,
        minor_m: cell(number(track, "ellipse_minor_m"), 0.0, 65535.0) as u16,
        axis: (number(track, "ellipse_azimuth_deg") * 256.0 / 180.0).round() as u8,
        kind: whole("class")
            | whole("identity") << 3
            | bit(track, "on_ground") << 6
            | bit(track, "has_identifier") << 7,
        state: whole("status")
            | whole("entry") << 2
            | bit(track, "emergency") << 5
            | bit(track, "not_live") << 6
            | bit(track, "not_permitted") << 7,
        vertical: cell(number(track, "vertical_m_s") * 2.0, -128.0, 127.0) as i8,
        age_s: cell(number(track, "age_s"), 0.0, 255.0) as u8,
    }
}

#[test]
fn both_frames_have_their_golden_bytes() {
    let hex = vector("picture-frame.hex");
    let golden: Vec<String> = hex
        .split('#')
        .filter_map(|part| part.split_once('\n'))
        .map(|(_, digits)| digits.split_whitespace().collect())
        .collect();
    let described: Value = serde_json::from_str(&vector("picture-frame.json")).expect("JSON");
    let frames = described["frames"].as_array().expect("a list");
    assert_eq!(frames.len(), golden.len());
    for (frame, golden) in frames.iter().zip(golden) {
        let kind = if frame["kind"] == "snapshot" { FrameKind::Snapshot } else { FrameKind::Delta };
        let flag = |key: &str| frame[key].as_bool().expect("a flag");
        let flags = Flags { past: flag("past"), thinned: flag("thinned"), not_live: flag("notLive") };
        let time = Time::EPOCH + Span::from_ms(frame["timeMs"].as_i64().expect("a time"));
        let rows: Vec<Row> = frame["tracks"].as_array().expect("a list").iter().map(row).collect();
        let removed: Vec<u32> =
            frame["removed"].as_array().expect("a list").iter().map(|n| n.as_u64().expect("a number") as u32).collect();
        let bytes = encode(kind, flags, frame["sequence"].as_u64().expect("a number") as u32, time, &rows, &removed);
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digits, golden);
    }
}
