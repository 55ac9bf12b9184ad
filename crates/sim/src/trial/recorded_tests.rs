use super::*;
use crate::geodesic::{Line, between};
use std::fmt::Write as _;

const RULES: Rules = Rules { gap_s: 20.0, least_s: 60.0, position_sigma_m: 20.0, jerk_m2_s5: 0.5, along_m_s2: 5.0 };
const START: LatLon = LatLon { lat_deg: 47.0, lon_deg: 8.0 };

/// Where something is that flies north-east at 80 m/s.
fn place(second: u32) -> LatLon {
    Line::new(START, rad(45.0)).at(80.0 * f64::from(second)).place
}

/// A row of it as the recordings write it.
fn row(second: u32, extra: &str) -> String {
    let p = place(second);
    format!(
        r#"{{"timestamp":{},"icao24":"4b1812","latitude":{},"longitude":{},"altitude":{},"groundspeed":{},"track":45.0,"vertical_rate":600{extra}}}"#,
        1_600_000_000_000_i64 + i64::from(second) * 1000,
        p.lat_deg,
        p.lon_deg,
        3000 + 10 * second,
        // Changes a little, so that it is new each time.
        155.5 + 0.01 * f64::from(second),
    )
}

fn array(rows: &[String]) -> Vec<u8> {
    format!("[{}]", rows.join(",")).into_bytes()
}

fn accounted(dropped: &Dropped) -> usize {
    let d = dropped;
    d.on_ground + d.incomplete + d.same_time + d.repeated + d.outliers + d.short + d.used
}

#[test]
fn a_sound_flight_is_one_piece_with_its_heights_in_metres() {
    let rows: Vec<String> = (0..200).map(|k| row(k, "")).collect();
    let (pieces, dropped) = read(&array(&rows), &RULES).expect("read");
    assert_eq!((pieces.len(), dropped.used, accounted(&dropped)), (1, 200, 200));
    assert_eq!(pieces[0].address, 0x4b_1812);
    assert!(pieces[0].moved_rms_m < 2.0, "{}", pieces[0].moved_rms_m);
    for k in [10_u32, 77, 150] {
        let m = pieces[0].flown.at(1_600_000_000.0 + f64::from(k)).expect("there").motion();
        assert!(between(m.place.lat_lon(), place(k)).distance_m < 1.0);
        assert!((m.place.height_m - 0.3048 * f64::from(3000 + 10 * k)).abs() < 0.5, "{}", m.place.height_m);
        assert!((m.ground_speed_m_s() - 80.0).abs() < 0.3 && (m.up_m_s - 3.048).abs() < 0.1, "{m:?}");
    }
}

#[test]
fn what_says_nothing_new_is_left_out_and_counted() {
    let mut rows: Vec<String> = (0..200).map(|k| row(k, "")).collect();
    rows[20] = row(19, "").replace("1600000019000", "1600000020000");
    rows[30] = row(29, "");
    rows[40] = row(40, r#","onground":true"#);
    rows[50] = row(50, "").replace("\"altitude\":3500", "\"altitude\":null");
    rows[60] = r#"{"timestamp":1600000060000,"icao24":"4b1812"}"#.to_owned();
    rows[70] = row(70, "").replace("4b1812", "no address");
    rows[80] = row(180, "").replace("1600000180000", "1600000080000");
    let (pieces, d) = read(&array(&rows), &RULES).expect("read");
    assert_eq!(pieces.len(), 1);
    assert_eq!((d.repeated, d.same_time, d.on_ground, d.incomplete, d.outliers), (1, 1, 1, 3, 1));
    assert_eq!((d.used, accounted(&d), d.gaps), (193, 200, 0));
}

#[test]
fn a_flight_is_cut_at_gaps_and_where_it_turned_unseen() {
    let gap: Vec<String> = (0..100).chain(121..250).map(|k| row(k, "")).collect();
    let (pieces, d) = read(&array(&gap), &RULES).expect("read");
    assert_eq!((pieces.len(), d.gaps), (2, 1), "21 s is more than 20");
    let bridged: Vec<String> = (0..100).chain(119..250).map(|k| row(k, "")).collect();
    let (pieces, d) = read(&array(&bridged), &RULES).expect("read");
    assert_eq!((pieces.len(), d.gaps), (1, 0));
    let m = pieces[0].flown.at(1_600_000_109.5).expect("between").motion();
    let midway = Line::new(START, rad(45.0)).at(80.0 * 109.5).place;
    assert!(between(m.place.lat_lon(), midway).distance_m < 3.0);
    // Ten seconds in which 80 m/s made only 400 m good.
    let late = |k: u32| {
        let stamp = |s: u32| format!("{}", 1_600_000_000_000_i64 + i64::from(s) * 1000);
        row(k, "").replace(&stamp(k), &stamp(k + 5))
    };
    let turned: Vec<String> = (0..100).map(|k| row(k, "")).chain((105..250).map(late)).collect();
    let (pieces, d) = read(&array(&turned), &RULES).expect("read");
    assert_eq!((pieces.len(), d.gaps), (2, 1));
}

#[test]
fn short_and_creeping_pieces_are_not_kept_and_nonsense_is_refused() {
    let short: Vec<String> = (0..50).map(|k| row(k, "")).collect();
    let (pieces, d) = read(&array(&short), &RULES).expect("read");
    assert_eq!((pieces.len(), d.short, accounted(&d)), (0, 50, 50));
    let mut creeping = String::from("[");
    for k in 0..200_u32 {
        let p = place(k);
        let (lat, lon) = (47.0 + 0.02 * (p.lat_deg - 47.0), 8.0 + 0.02 * (p.lon_deg - 8.0));
        let comma = if k == 0 { "" } else { "," };
        let stamp = 1_600_000_000_000_i64 + i64::from(k) * 1000;
        let _ = write!(
            creeping,
            r#"{comma}{{"timestamp":{stamp},"icao24":"4b1812","latitude":{lat},"longitude":{lon},"altitude":0}}"#
        );
    }
    creeping.push(']');
    let (pieces, d) = read(creeping.as_bytes(), &RULES).expect("read");
    assert_eq!((pieces.len(), d.short), (0, 200));
    assert!(read(b"{}", &RULES).is_err() && read(b"[{\"icao24\":\"4b1812\"}]", &RULES).is_err());
    let (pieces, d) = read(b"[]", &RULES).expect("an empty recording");
    assert!(pieces.is_empty() && d == Dropped::default());
}

#[test]
fn a_change_of_speed_that_nothing_flies_is_cut_out() {
    // From 80 m/s to 160 m/s between two rows.
    let stamp = |s: u32| 1_600_000_000_000_i64 + i64::from(s) * 1000;
    let rows: Vec<String> = (0..200_u32)
        .map(|k| {
            let way = if k < 100 { 80.0 * f64::from(k) } else { 8000.0 + 160.0 * f64::from(k - 100) };
            let p = Line::new(START, rad(45.0)).at(way).place;
            format!(
                r#"{{"timestamp":{},"icao24":"4b1812","latitude":{},"longitude":{},"altitude":3000}}"#,
                stamp(k),
                p.lat_deg,
                p.lon_deg
            )
        })
        .collect();
    let (pieces, d) = read(&array(&rows), &RULES).expect("read");
    assert!(d.implausible > 0 && pieces.len() == 2, "{} pieces, {d:?}", pieces.len());
    assert_eq!(accounted(&d), 200);
}
