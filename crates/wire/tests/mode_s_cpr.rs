//! Compact position reporting against its defining formulas, and there and back all over the globe.

use proptest::prelude::*;
use skypicket_model::LatLon;
use skypicket_model::math::{PI, acos, cos, rad};
use skypicket_wire::mode_s::cpr::{Kind, encode, global, local, parallel, zones};

/// NL by the standard's formula (ICAO Doc 9871 C.2.6.2).
fn zones_by_formula(lat_deg: f64) -> u8 {
    let lat_deg = lat_deg.abs();
    if lat_deg == 0.0 {
        return 59;
    }
    if lat_deg >= 87.0 {
        return if lat_deg > 87.0 { 1 } else { 2 };
    }
    let c = cos(rad(lat_deg));
    (2.0 * PI / acos(1.0 - (1.0 - cos(PI / 30.0)) / (c * c))).floor() as u8
}

#[test]
fn the_zone_table_equals_the_formula() {
    // All latitudes that 17-bit frames can give would be 15 million; every 37th, and the neighbourhood of every change.
    for n in (0..=90_000_000_u64).step_by(37) {
        let lat_deg = n as f64 * 1e-6;
        assert_eq!(zones(lat_deg), zones_by_formula(lat_deg), "{lat_deg}");
        assert_eq!(zones(-lat_deg), zones(lat_deg));
    }
    let mut lat_deg = 0.0;
    let mut last = 59;
    while lat_deg < 87.5 {
        if zones(lat_deg) != last {
            last = zones(lat_deg);
            // The change lies in the last micro-degree; formula and table agree to 1e-11 degrees of it, a micrometre.
            let (mut low, mut high) = (lat_deg - 1e-3, lat_deg);
            while high - low > 1e-11 {
                let middle = 0.5 * (low + high);
                if zones(middle) == last { high = middle } else { low = middle }
            }
            assert_eq!(zones_by_formula(high + 1e-11), last, "{high}");
            assert_eq!(zones_by_formula(low - 1e-11), last + 1, "{low}");
        }
        lat_deg += 1e-3;
    }
    assert_eq!(last, 1);
    assert_eq!((zones(87.0), zones(90.0), zones(-90.0)), (2, 1, 1));
}

#[test]
fn a_degree_of_longitude_is_never_taken_too_short() {
    for n in 0..=9000 {
        let lat_deg = f64::from(n) * 0.01;
        let excess = parallel(lat_deg) - cos(rad(lat_deg));
        assert!((-1e-4..=0.06).contains(&excess), "{lat_deg} {excess}");
    }
}

/// Half of a latitude step and half of the widest longitude step at a place, degrees, with rounding to spare.
fn tolerance_deg(kind: Kind, place: LatLon) -> (f64, f64) {
    let steps = if kind == Kind::Surface { 4.0 * 131_072.0 } else { 131_072.0 };
    let half = |zone_deg: f64| 0.5 * zone_deg / steps * 1.001 + 1e-12;
    (half(360.0 / 59.0), half(360.0 / f64::from(zones(place.lat_deg).max(2) - 1)))
}

fn apart_deg(a: f64, b: f64) -> f64 {
    let apart = (a - b).abs();
    apart.min((360.0 - apart).abs())
}

fn place() -> impl Strategy<Value = LatLon> {
    (-89.9..89.9_f64, -180.0..180.0_f64).prop_map(|(lat_deg, lon_deg)| LatLon { lat_deg, lon_deg })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_pair_decodes_to_its_place(place in place(), newer_is_odd: bool, surface: bool) {
        let kind = if surface { Kind::Surface } else { Kind::Airborne };
        let (even, odd) = (encode(kind, place, false), encode(kind, place, true));
        let near = surface.then_some(LatLon { lat_deg: place.lat_deg * 0.9, lon_deg: place.lon_deg * 0.9 });
        // Across a change of zones the pair says nothing; that is rare and must not be wrong.
        if let Some(found) = global(kind, (even.lat, even.lon), (odd.lat, odd.lon), newer_is_odd, near) {
            let (lat_tolerance, lon_tolerance) = tolerance_deg(kind, place);
            prop_assert!((found.lat_deg - place.lat_deg).abs() <= lat_tolerance, "{:?} {:?}", found, place);
            prop_assert!(apart_deg(found.lon_deg, place.lon_deg) <= lon_tolerance, "{:?} {:?}", found, place);
            prop_assert!((-180.0..180.0).contains(&found.lon_deg));
        } else {
            let nearby = 2e-4 + 1e-9;
            prop_assert!(zones(place.lat_deg - nearby) != zones(place.lat_deg + nearby), "{:?}", place);
        }
    }

    #[test]
    fn a_frame_decodes_next_to_a_reference(place in place(), odd: bool, surface: bool, north in -0.4..0.4_f64, east in -0.4..0.4_f64) {
        let kind = if surface { Kind::Surface } else { Kind::Airborne };
        let frame = encode(kind, place, odd);
        // Up to 0.4 of a zone away in either direction.
        let lat_zone = if surface { 1.5 } else { 6.0 };
        let lon_zone = if surface { 90.0 } else { 360.0 } / f64::from(zones(place.lat_deg));
        let reference = LatLon { lat_deg: (place.lat_deg + north * lat_zone).clamp(-90.0, 90.0), lon_deg: place.lon_deg + east * lon_zone };
        let found = local(kind, frame, reference).expect("a latitude");
        let (lat_tolerance, lon_tolerance) = tolerance_deg(kind, place);
        prop_assert!((found.lat_deg - place.lat_deg).abs() <= lat_tolerance, "{:?} {:?}", found, place);
        // The sender's rounded latitude decides on the number of zones; so does the receiver's.
        prop_assert!(apart_deg(found.lon_deg, place.lon_deg) <= lon_tolerance, "{:?} {:?}", found, place);
    }

    #[test]
    fn any_bits_give_a_place_on_the_globe_or_none(even in (0_u32..131_072, 0_u32..131_072), odd in (0_u32..131_072, 0_u32..131_072), newer_is_odd: bool, place in place()) {
        for kind in [Kind::Airborne, Kind::Surface] {
            for found in [global(kind, even, odd, newer_is_odd, Some(place)), local(kind, skypicket_wire::mode_s::cpr::Encoded { odd: newer_is_odd, lat: odd.0, lon: odd.1 }, place)].into_iter().flatten() {
                prop_assert!(found.lat_deg.abs() <= 90.0 && (-180.0..180.0).contains(&found.lon_deg), "{:?}", found);
            }
        }
    }
}
