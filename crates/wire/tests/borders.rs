//! The committed border file: what the policy promises about it.

use skypicket_model::AirspaceId;
use skypicket_wire::borders_file::{Borders, UnknownState};

fn borders() -> Borders {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/borders/borders.skb");
    Borders::read(&std::fs::read(path).expect("the border file is committed")).expect("the border file reads")
}

/// Even–odd over all rings, straight in longitude and latitude: an independent and slow twin of the index in `assess`.
fn holds(borders: &Borders, code: &str, lat_deg: f64, lon_deg: f64) -> bool {
    let mut inside = false;
    for ring in borders.polygons(code).expect("known").iter().flatten() {
        for pair in ring.windows(2) {
            let ([xa, ya], [xb, yb]) = (pair[0], pair[1]);
            if (ya > lat_deg) != (yb > lat_deg) && lon_deg < (xb - xa) * (lat_deg - ya) / (yb - ya) + xa {
                inside = !inside;
            }
        }
    }
    inside
}

fn holders(borders: &Borders, lat_deg: f64, lon_deg: f64) -> Vec<String> {
    borders
        .states()
        .filter(|state| holds(borders, &state.alpha3, lat_deg, lon_deg))
        .map(|state| state.alpha3.clone())
        .collect()
}

#[test]
fn places_belong_to_whom_the_policy_says() {
    let borders = borders();
    for (name, lat_deg, lon_deg, want) in [
        ("Simferopol", 44.95, 34.10, &["UKR"][..]),
        ("Sevastopol roads", 44.62, 33.50, &["UKR"]),
        ("Kerch", 45.35, 36.47, &["UKR"]),
        ("Taman", 45.21, 36.72, &["RUS"]),
        ("Vaindloo", 59.8185, 26.3594, &["EST"]),
        ("Petrobaltic platform", 55.40, 18.72, &[]),
        ("Warsaw", 52.23, 21.01, &["POL"]),
        ("Kaliningrad", 54.71, 20.51, &["RUS"]),
        ("Mariehamn, counted with Finland", 60.10, 19.94, &["FIN"]),
        ("Longyearbyen, counted with Norway", 78.22, 15.65, &["NOR"]),
        ("San Marino, a hole in Italy", 43.94, 12.46, &["SMR"]),
        ("Maseru, a hole in South Africa", -29.31, 27.48, &["LSO"]),
        ("Llivia, Spain within France", 42.465, 1.98, &["ESP"]),
        ("Sankovo-Medvezhye, Russia within Belarus", 52.472, 31.572, &["RUS"]),
        ("Laayoune", 27.15, -13.20, &["ESH"]),
        ("Anadyr, east of the antimeridian cut", 64.73, 177.51, &["RUS"]),
        ("Uelen, west of it", 66.16, -169.81, &["RUS"]),
    ] {
        assert_eq!(holders(&borders, lat_deg, lon_deg), want, "{name}");
    }
}

#[test]
fn estonias_limit_north_of_vaindloo_is_the_reduced_one() {
    // Finland and Estonia left a corridor of high sea: 6.5 NM north of the island instead of 12.
    let borders = borders();
    let mut lat_deg = 59.8185;
    while holds(&borders, "EST", lat_deg, 26.36) {
        lat_deg += 0.0005;
    }
    assert!((lat_deg - 59.926).abs() < 0.003, "limit at {lat_deg}");
}

#[test]
fn no_place_belongs_to_two_states() {
    let borders = borders();
    // A lattice off every round number; Europe densely, the world coarsely.
    let mut seen = 0;
    let mut check = |lat_deg: f64, lon_deg: f64| {
        let held = holders(&borders, lat_deg, lon_deg);
        assert!(held.len() <= 1, "{lat_deg}, {lon_deg}: {held:?}");
        seen += held.len();
    };
    for row in 0..16 {
        for column in 0..20 {
            check(36.013 + f64::from(row) * 2.171, -9.017 + f64::from(column) * 2.713);
        }
    }
    assert!(seen > 100, "the lattice met land {seen} times");
}

#[test]
fn codes_lead_to_states() {
    let borders = borders();
    assert_eq!((borders.policy.as_str(), borders.policy_version), ("unga", 1));
    assert!(borders.attribution.contains("OpenStreetMap"));
    let poland = borders.airspace("PL", AirspaceId(3), [7; 32]).expect("known");
    assert_eq!((poland.code.as_str(), poland.id, poland.source.policy.as_str()), ("POL", AirspaceId(3), "unga 1"));
    assert_eq!(borders.polygons("ALA"), Err(UnknownState::CountedWith { state: "FIN".into() }));
    assert_eq!(borders.polygons("ZZZ"), Err(UnknownState::NoSuchCode));
}

#[test]
fn simplified_borders_stay_shared_and_close() {
    let borders = borders();
    let simple = borders.simplified(500.0);
    assert!(simple.vertices() * 8 < borders.vertices(), "{} of {}", simple.vertices(), borders.vertices());
    let corners = |borders: &Borders, code: &str| -> std::collections::BTreeSet<[u64; 2]> {
        let polygons = borders.polygons(code).expect("known");
        polygons.iter().flatten().flatten().map(|p| p.map(f64::to_bits)).collect()
    };
    // Every corner that Poland and Ukraine had in common and Poland keeps, Ukraine keeps too.
    let common: Vec<_> = corners(&borders, "POL").intersection(&corners(&borders, "UKR")).copied().collect();
    let (poland, ukraine) = (corners(&simple, "POL"), corners(&simple, "UKR"));
    let kept = common.iter().filter(|c| poland.contains(*c)).count();
    assert!(
        kept > 20 && common.iter().all(|c| poland.contains(c) == ukraine.contains(c)),
        "{kept} of {}",
        common.len()
    );
}

#[test]
fn damage_is_told_and_costs_nothing() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/borders/borders.skb");
    let bytes = std::fs::read(path).expect("committed");
    for length in (0..400).chain((400..bytes.len()).step_by(bytes.len() / 40)) {
        assert!(Borders::read(&bytes[..length]).is_err(), "cut at {length}");
    }
    let mut damaged = bytes.clone();
    for place in (8..bytes.len()).step_by(bytes.len() / 60) {
        damaged[place] ^= 0xff;
        // Must return; a flipped coordinate that still joins is found by the manifest's SHA-256, not here.
        let _ = Borders::read(&damaged);
        damaged[place] = bytes[place];
    }
    let mut more = bytes;
    more.push(0);
    assert_eq!(Borders::read(&more).expect_err("left over").what, "bytes are left over");
}

#[test]
fn the_database_is_given_away_as_geojson() {
    let borders = borders();
    let text = borders.to_geojson(&["SMR".into(), "IT".into()]).expect("known");
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value["policy"], "unga 1");
    assert_eq!(value["license"], "ODbL-1.0");
    assert_eq!(value["features"][0]["properties"]["code"], "SMR");
    assert_eq!(value["features"][1]["geometry"]["type"], "MultiPolygon");
    let rings = value["features"][1]["geometry"]["coordinates"].as_array().expect("polygons");
    assert_eq!(rings.len(), borders.polygons("ITA").expect("known").len());
    assert!(borders.to_geojson(&["ALA".into()]).is_err());
}
