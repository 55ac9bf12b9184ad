//! The fast way against [`super::super::reference`], which takes every piece by itself.

use skypicket_model::{Airspace, EdgeClass, LatLon, math};

use super::super::reference;
use super::*;
use crate::drawn::{Random, drawn, state};

/// The most that P(inside) may be wrong by, as the page says.
const BOUND: f64 = 1e-3;

fn elongated(long_m: f64, short_m: f64, turn_rad: f64) -> Spread {
    let (s, c) = math::sin_cos(turn_rad);
    let (l2, s2) = (long_m * long_m, short_m * short_m);
    Spread { east_m2: c * c * l2 + s * s * s2, cross_m2: c * s * (l2 - s2), north_m2: s * s * l2 + c * c * s2 }
}

fn beside(place: LatLon, east_m: f64, north_m: f64) -> LatLon {
    LatLon {
        lat_deg: place.lat_deg + north_m / 111_240.0,
        lon_deg: place.lon_deg + east_m / (111_412.0 * math::cos(math::rad(place.lat_deg))),
    }
}

const NONE: BorderSigma = BorderSigma { land_m: 0.0, water_m: 0.0, sea_m: 0.0 };

fn both(boundary: &Boundary, place: LatLon, spread: Spread) -> (f64, f64) {
    let got = inside(boundary, place, spread, &NONE);
    let certain = if boundary.inside(place) { 1.0 } else { 0.0 };
    let spread = spread.bounded();
    (got, reference::inside(boundary, &Frame::at(place), spread, certain))
}

/// Compares at random places up to 4.5 sigmas around corners; returns the differences, in order.
fn differences(airspace: &Airspace, sigma_m: f64, ratio: f64, count: usize, random: &mut Random) -> Vec<f64> {
    let boundary = Boundary::new(airspace).expect("indexable");
    let corners: Vec<LatLon> = airspace.rings.iter().flat_map(|ring| ring.points.iter().copied()).collect();
    let mut found: Vec<f64> = (0..count)
        .map(|_| {
            let corner = corners[(random.unit() * corners.len() as f64) as usize];
            let (away_m, way) = (sigma_m * random.within(0.0, 4.5), random.within(0.0, TAU));
            let place = beside(corner, away_m * math::cos(way), away_m * math::sin(way));
            let (got, want) = both(&boundary, place, elongated(sigma_m, sigma_m * ratio, random.within(0.0, TAU)));
            assert!((0.0..=1.0).contains(&got), "{place:?}: {got}");
            assert!((got - want).abs() < BOUND, "{} {place:?} sigma {sigma_m}: {got} for {want}", airspace.code);
            (got - want).abs()
        })
        .collect();
    found.sort_by(f64::total_cmp);
    found
}

#[test]
fn real_borders_stay_within_the_bound() {
    let mut random = Random(5);
    let mut worst: f64 = 0.0;
    for code in ["POL", "NOR", "HRV", "EST"] {
        let airspace = state(code);
        for (sigma_m, ratio) in [
            (1.0, 1.0),
            (30.0, 1.0),
            (150.0, 1.0),
            (500.0, 1.0),
            (1000.0, 1.0),
            (5000.0, 1.0),
            (20_000.0, 1.0),
            (300.0, 0.2),
            (1000.0, 0.1),
            (3000.0, 0.05),
        ] {
            let found = differences(&airspace, sigma_m, ratio, 150, &mut random);
            let (p90, most) = (found[found.len() * 9 / 10], found[found.len() - 1]);
            assert!(p90 < 2.5e-4, "{code} {sigma_m} {ratio}: 90 % within {p90}");
            worst = worst.max(most);
        }
    }
    println!("largest difference {worst:.1e}");
}

/// A river whose direction swings to and fro by `swing_rad` and less (a sine-generated curve: above 1.6 it runs back on itself), as the western
/// border of a land.
fn meanders(swing_rad: f64, bend_m: f64) -> Airspace {
    let (mut place, step_m) = (LatLon { lat_deg: 52.0, lon_deg: 20.0 }, bend_m / 19.0);
    let mut ring = Vec::new();
    for i in 0..1500 {
        let turn = TAU * f64::from(i) / 19.0;
        let way = swing_rad * (0.75 + 0.25 * math::sin(0.131 * turn)) * math::sin(turn);
        place = beside(place, step_m * math::sin(way), step_m * math::cos(way));
        ring.push((place.lat_deg, place.lon_deg));
    }
    ring.extend([(place.lat_deg, 22.0), (52.0, 22.0)]);
    drawn(&[ring], EdgeClass::Exact)
}

#[test]
fn meanders_strips_and_islands_stay_within_the_bound() {
    let mut random = Random(9);
    let circle = |lat: f64, lon: f64, radius_m: f64, count: u32| -> Vec<(f64, f64)> {
        let at = |i: u32| TAU * f64::from(i) / f64::from(count);
        let middle = LatLon { lat_deg: lat, lon_deg: lon };
        (0..count)
            .map(|i| beside(middle, radius_m * math::cos(at(i)), radius_m * math::sin(at(i))))
            .map(|place| (place.lat_deg, place.lon_deg))
            .collect()
    };
    let strip = vec![(50.0, 10.0), (50.0, 10.000_4), (51.0, 10.000_4), (51.0, 10.0)];
    let comb: Vec<(f64, f64)> = (0..400)
        .map(|i| (50.0 + 0.0005 * f64::from(i), if i % 2 == 0 { 10.0 } else { 10.08 }))
        .chain([(50.2, 9.0), (50.0, 9.0)])
        .collect();
    let islands: Vec<Vec<(f64, f64)>> = (0..40)
        .map(|i| {
            circle(54.0 + 0.01 * f64::from(i % 7), 15.0 + 0.013 * f64::from(i), 40.0 + 25.0 * f64::from(i % 9), 24)
        })
        .collect();
    let ring_road = vec![circle(48.0, 12.0, 3000.0, 300), circle(48.0, 12.0, 2900.0, 300)];
    for shape in [
        drawn(&[strip], EdgeClass::Exact),
        drawn(&[comb], EdgeClass::Exact),
        drawn(&islands, EdgeClass::Exact),
        drawn(&ring_road, EdgeClass::Exact),
        meanders(1.0, 200.0),
        meanders(1.6, 900.0),
        meanders(2.0, 900.0),
        meanders(2.0, 8000.0),
    ] {
        for sigma_m in [20.0, 60.0, 200.0, 700.0, 2500.0, 9000.0] {
            differences(&shape, sigma_m, 1.0, 40, &mut random);
            differences(&shape, sigma_m, 0.15, 40, &mut random);
        }
    }
}

#[test]
fn going_away_from_a_straight_border_it_is_phi_and_falls_all_the_way() {
    let half = drawn(&[vec![(40.0, 10.0), (40.0, 20.0), (60.0, 20.0), (60.0, 10.0)]], EdgeClass::Exact);
    let boundary = Boundary::new(&half).expect("indexable");
    for sigma_m in [5.0, 150.0, 2000.0] {
        let mut before = 1.0;
        for step in -60..=60 {
            let away_m = 0.1 * f64::from(step) * sigma_m;
            let place = beside(LatLon { lat_deg: 50.0, lon_deg: 10.0 }, -away_m, 0.0);
            let p = inside(&boundary, place, Spread::round(sigma_m), &NONE);
            let sigmas = boundary.signed_distance_m(place) / sigma_m;
            let want = math::normal_cdf(-sigmas);
            // Chords stray by up to 5 cm from the line.
            assert!((p - want).abs() < 1e-4 + 0.4 * 0.05 / sigma_m, "{sigmas} of {sigma_m}: {p} for {want}");
            // The small share also relative to itself, but for what is cut off at 4.5 sigmas.
            let part = if want.min(1.0 - want) < 0.8 * SMALL { 0.01 } else { 0.1 };
            let (small, want_small) = (p.min(1.0 - p), want.min(1.0 - want));
            if sigmas.abs() < 4.4 && sigma_m > 100.0 {
                assert!((small - want_small).abs() < part * want_small, "{sigmas} of {sigma_m}: {p} for {want}");
            }
            assert!(p <= before, "{sigmas} of {sigma_m}: {p} after {before}");
            before = p;
        }
    }
}

#[test]
fn small_shares_are_known_relative_to_themselves() {
    let airspace = state("POL");
    let boundary = Boundary::new(&airspace).expect("indexable");
    let corners: Vec<LatLon> = airspace.rings.iter().flat_map(|ring| ring.points.iter().copied()).collect();
    let mut random = Random(21);
    let (mut looked, mut off) = (0, 0);
    for _ in 0..1500 {
        let sigma_m = 30.0 * math::exp(random.within(0.0, 5.0));
        let corner = corners[(random.unit() * corners.len() as f64) as usize];
        let (away_m, way) = (sigma_m * random.within(2.0, 4.5), random.within(0.0, TAU));
        let place = beside(corner, away_m * math::cos(way), away_m * math::sin(way));
        let (got, want) = both(&boundary, place, Spread::round(sigma_m));
        let (small, want_small) = if want < 0.5 { (got, want) } else { (1.0 - got, 1.0 - want) };
        if (2e-5..1e-3).contains(&want_small) {
            looked += 1;
            off += i32::from((small - want_small).abs() > 0.03 * want_small);
            assert!((small - want_small).abs() < 0.5 * want_small, "{place:?} sigma {sigma_m}: {got} for {want}");
        }
    }
    assert!(looked > 150 && off * 20 < looked, "{off} of {looked} off by more than 3 %");
}

#[test]
fn a_place_on_a_corner_has_the_share_of_its_angle() {
    let square = drawn(&[vec![(50.0, 20.0), (50.0, 21.0), (51.0, 21.0), (51.0, 20.0)]], EdgeClass::Exact);
    let boundary = Boundary::new(&square).expect("indexable");
    let corner = LatLon { lat_deg: 50.0, lon_deg: 20.0 };
    for sigma_m in [1.0, 100.0, 3000.0] {
        let p = inside(&boundary, corner, Spread::round(sigma_m), &NONE);
        // The meridian is a little off square to the parallel's chord.
        assert!((p - 0.25).abs() < 2e-3, "{sigma_m}: {p}");
    }
}

#[test]
fn no_spread_makes_it_no_number() {
    let airspace = state("EST");
    let boundary = Boundary::new(&airspace).expect("indexable");
    let place = airspace.rings[0].points[7];
    let odd = [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e-300, 1e30, 1e300];
    for east_m2 in odd {
        for cross_m2 in odd {
            for north_m2 in odd {
                let p = inside(&boundary, place, Spread { east_m2, cross_m2, north_m2 }, &BorderSigma::default());
                assert!((0.0..=1.0).contains(&p), "{east_m2} {cross_m2} {north_m2}: {p}");
            }
        }
    }
}

#[test]
fn one_judgement_is_what_both_questions_say() {
    let sigma = BorderSigma::default();
    for code in ["POL", "FIN"] {
        let airspace = state(code);
        let boundary = Boundary::new(&airspace).expect("indexable");
        let corners: Vec<LatLon> = airspace.rings.iter().flat_map(|ring| ring.points.iter().copied()).collect();
        let mut random = Random(4);
        for index in 0..1200 {
            let corner = corners[(random.unit() * corners.len() as f64) as usize];
            let scale_m = [50.0, 1000.0, 20_000.0, 400_000.0][index % 4];
            let place = beside(corner, random.within(-scale_m, scale_m), random.within(-scale_m, scale_m));
            let spread = Spread::round(20.0 * math::exp(random.within(0.0, 5.0)));
            let judged = boundary.judge(place, spread, &sigma).expect("a place");
            // The tables of what is in reach leave nothing out: a search of the whole tree finds the same.
            let whole =
                boundary.tree.nearest(Frame::at(place).origin_m, f64::INFINITY, [0, u32::MAX]).expect("a boundary");
            assert_eq!(judged.nearest.foot, whole.foot());
            assert_eq!(Some(judged.nearest), boundary.nearest(place, f64::INFINITY));
            let look = boundary.reach.look(boundary.grid.unwind(place.lon_deg), place.lat_deg);
            assert!(look.class.is_none_or(|class| class == whole.class), "{place:?}: {:?}", look.class);
            let p = boundary.inside_probability(place, spread, &sigma);
            assert!((judged.inside - p).abs() < 1e-5, "{place:?}: {} or {p}", judged.inside);
        }
    }
}
