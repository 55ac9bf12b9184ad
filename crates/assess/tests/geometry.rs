//! The boundary index against slow and independent twins: plain even–odd, GeographicLib, and a lattice of the Gaussian.

mod drawn;

use drawn::{Random, drawn, state};
use geographiclib_rs::{Geodesic, InverseGeodesic as _};
use proptest::prelude::*;
use skypicket_assess::geometry::{BorderSigma, Boundary, Spread};
use skypicket_model::{Airspace, EdgeClass, LatLon, math};

fn slow_inside(airspace: &Airspace, place: LatLon) -> bool {
    let mut inside = false;
    for ring in &airspace.rings {
        for (index, a) in ring.points.iter().enumerate() {
            let b = ring.points[(index + 1) % ring.points.len()];
            let x = |lat: f64| (b.lon_deg - a.lon_deg) * (lat - a.lat_deg) / (b.lat_deg - a.lat_deg) + a.lon_deg;
            if (a.lat_deg > place.lat_deg) != (b.lat_deg > place.lat_deg) && place.lon_deg < x(place.lat_deg) {
                inside = !inside;
            }
        }
    }
    inside
}

/// Places near the border (within some hundred metres of corners) and far from it.
fn places(airspace: &Airspace, random: &mut Random, near: usize, far: usize) -> Vec<LatLon> {
    let corners: Vec<LatLon> = airspace.rings.iter().flat_map(|ring| ring.points.iter().copied()).collect();
    let mut places = Vec::new();
    for _ in 0..near {
        let corner = corners[(random.unit() * corners.len() as f64) as usize];
        let scale = [0.0005, 0.005, 0.1][(random.unit() * 3.0) as usize];
        places.push(LatLon {
            lat_deg: corner.lat_deg + scale * random.within(-1.0, 1.0),
            lon_deg: corner.lon_deg + scale * random.within(-1.0, 1.0),
        });
    }
    for _ in 0..far {
        places.push(LatLon { lat_deg: random.within(45.0, 60.0), lon_deg: random.within(8.0, 32.0) });
    }
    places
}

#[test]
fn inside_is_what_plain_even_odd_says() {
    for code in ["POL", "EST", "ITA", "UKR"] {
        let airspace = state(code);
        let boundary = Boundary::new(&airspace).expect("indexable");
        let mut random = Random(7);
        let mut inside = 0;
        for place in places(&airspace, &mut random, 2500, 500) {
            let want = slow_inside(&airspace, place);
            assert_eq!(boundary.inside(place), want, "{code} {place:?}");
            inside += usize::from(want);
        }
        assert!((300..2700).contains(&inside), "{code}: {inside} inside");
    }
}

/// Least geodesic distance to any edge by GeographicLib: every edge that could be nearest, searched by golden section.
fn geographiclib_m(geodesic: &Geodesic, airspace: &Airspace, place: LatLon) -> f64 {
    let rough = |a: LatLon| place.rough_distance_m(a);
    let mut least_m = f64::MAX;
    for ring in &airspace.rings {
        for point in &ring.points {
            least_m = least_m.min(rough(*point));
        }
    }
    let mut best_m = f64::MAX;
    for ring in &airspace.rings {
        for (index, a) in ring.points.iter().enumerate() {
            let b = ring.points[(index + 1) % ring.points.len()];
            let length_m = a.rough_distance_m(b);
            // The rough metric is wrong by up to some per cent far away.
            if rough(*a) - length_m > least_m * 1.03 + 10.0 {
                continue;
            }
            let at = |t: f64| -> f64 {
                let (lat, lon) = (a.lat_deg + (b.lat_deg - a.lat_deg) * t, a.lon_deg + (b.lon_deg - a.lon_deg) * t);
                geodesic.inverse(place.lat_deg, place.lon_deg, lat, lon)
            };
            // Distance along an edge shorter than some hundred km has one minimum.
            let (mut low, mut high) = (0.0, 1.0);
            let rounds = if length_m < 1000.0 { 18 } else { 40 };
            for _ in 0..rounds {
                let (c, d) = (high - (high - low) * 0.618_034, low + (high - low) * 0.618_034);
                if at(c) < at(d) { high = d } else { low = c }
            }
            best_m = best_m.min(at(0.5 * (low + high)));
        }
    }
    best_m
}

#[test]
fn distances_are_geographiclibs_within_half_a_metre() {
    let geodesic = Geodesic::wgs84();
    let mut worst: f64 = 0.0;
    for (code, near, far) in [("POL", 1200, 250), ("EST", 800, 250)] {
        let airspace = state(code);
        let boundary = Boundary::new(&airspace).expect("indexable");
        let mut random = Random(11);
        for place in places(&airspace, &mut random, near, far) {
            let got = boundary.signed_distance_m(place);
            let want = geographiclib_m(&geodesic, &airspace, place);
            worst = worst.max((got.abs() - want).abs());
            assert!((got.abs() - want).abs() < 0.5, "{code} {place:?}: {got} for {want}");
            assert_eq!(got < 0.0, boundary.inside(place));
            assert!(
                boundary.at_least_m(place) <= want + 0.01,
                "{place:?}: at least {} of {want}",
                boundary.at_least_m(place)
            );
        }
    }
    println!("largest difference {worst:.3} m");
}

/// P(inside) on a lattice of the Gaussian, by the exact inside test.
fn lattice(boundary: &Boundary, place: LatLon, sigma_m: f64) -> f64 {
    const STEPS: i32 = 160;
    let (mut sum, mut all) = (0.0, 0.0);
    for i in -STEPS..=STEPS {
        for j in -STEPS..=STEPS {
            let (x, y) = (5.0 * f64::from(i) / f64::from(STEPS), 5.0 * f64::from(j) / f64::from(STEPS));
            let weight = math::exp(-0.5 * (x * x + y * y));
            let there = LatLon {
                lat_deg: place.lat_deg + y * sigma_m / 111_240.0,
                lon_deg: place.lon_deg + x * sigma_m / (111_412.0 * math::cos(math::rad(place.lat_deg))),
            };
            all += weight;
            if boundary.inside(there) {
                sum += weight;
            }
        }
    }
    sum / all
}

#[test]
fn the_probability_of_being_inside_is_the_gaussian_mass() {
    let airspace = state("POL");
    let boundary = Boundary::new(&airspace).expect("indexable");
    let none = BorderSigma { land_m: 0.0, water_m: 0.0, sea_m: 0.0 };
    let mut random = Random(3);
    let mut middling = 0;
    for sigma_m in [20.0, 150.0, 1000.0] {
        for place in places(&airspace, &mut random, 40, 0) {
            let got = boundary.inside_probability(place, Spread::round(sigma_m), &none);
            let want = lattice(&boundary, place, sigma_m);
            assert!((got - want).abs() < 4e-3, "{place:?} sigma {sigma_m}: {got} for {want}");
            middling += usize::from((0.05..0.95).contains(&want));
        }
    }
    assert!(middling > 20, "only {middling} places were doubtful at all");
}

#[test]
fn a_straight_border_gives_the_normal_distribution() {
    let half = drawn(&[&[(40.0, 10.0), (40.0, 20.0), (60.0, 20.0), (60.0, 10.0)]], EdgeClass::Land);
    let boundary = Boundary::new(&half).expect("indexable");
    let sigma = BorderSigma { land_m: 30.0, ..BorderSigma::default() };
    for (offset_m, spread) in [(0.0, 40.0), (35.0, 40.0), (-100.0, 40.0), (400.0, 150.0)] {
        let east_deg = offset_m / (111_412.0 * math::cos(math::rad(50.0)));
        let place = LatLon { lat_deg: 50.0, lon_deg: 10.0 - east_deg };
        let d_m = boundary.signed_distance_m(place);
        assert!((d_m - offset_m).abs() < 0.6, "{d_m} for {offset_m}");
        let total = f64::sqrt(spread * spread + 900.0);
        let want = math::normal_cdf(-d_m / total);
        let got = boundary.inside_probability(place, Spread::round(spread), &sigma);
        assert!((got - want).abs() < 1e-3, "{offset_m}: {got} for {want}");
    }
}

#[test]
fn the_antimeridian_is_no_border() {
    let russia = Boundary::new(&state("RUS")).expect("indexable");
    let chukotka = LatLon { lat_deg: 67.0, lon_deg: 179.999 };
    let beyond = LatLon { lat_deg: 67.0, lon_deg: -179.999 };
    assert!(russia.inside(chukotka) && russia.inside(beyond));
    assert!(russia.signed_distance_m(chukotka) < -50_000.0);
    assert!((russia.signed_distance_m(chukotka) - russia.signed_distance_m(beyond)).abs() < 200.0);
    assert!(russia.inside_probability(beyond, Spread::round(5000.0), &BorderSigma::default()) > 0.999_9);

    let zone = drawn(&[&[(10.0, 179.0), (10.0, -179.0), (12.0, -179.0), (12.0, 179.0)]], EdgeClass::Exact);
    let zone = Boundary::new(&zone).expect("indexable");
    for lon_deg in [179.5, 180.0, -180.0, -179.5] {
        assert!(zone.inside(LatLon { lat_deg: 11.0, lon_deg }), "{lon_deg}");
    }
    assert!(!zone.inside(LatLon { lat_deg: 11.0, lon_deg: 0.0 }));
    assert!((zone.signed_distance_m(LatLon { lat_deg: 11.0, lon_deg: 178.9 }) - 10_930.0).abs() < 20.0);
}

#[test]
fn holes_are_outside_and_have_borders() {
    let outer: &[(f64, f64)] = &[(50.0, 20.0), (50.0, 21.0), (51.0, 21.0), (51.0, 20.0)];
    let hole: &[(f64, f64)] = &[(50.4, 20.4), (50.4, 20.6), (50.6, 20.6), (50.6, 20.4)];
    let island: &[(f64, f64)] = &[(50.48, 20.48), (50.48, 20.52), (50.52, 20.52), (50.52, 20.48)];
    let boundary = Boundary::new(&drawn(&[outer, hole, island], EdgeClass::Land)).expect("indexable");
    assert!(boundary.inside(LatLon { lat_deg: 50.2, lon_deg: 20.2 }));
    assert!(!boundary.inside(LatLon { lat_deg: 50.45, lon_deg: 20.45 }));
    assert!(boundary.inside(LatLon { lat_deg: 50.5, lon_deg: 20.5 }));
    let in_hole = LatLon { lat_deg: 50.401, lon_deg: 20.5 };
    assert!((boundary.signed_distance_m(in_hole) - 111.2).abs() < 1.0);
    let p =
        boundary.inside_probability(in_hole, Spread::round(111.24), &BorderSigma { land_m: 0.0, ..Default::default() });
    assert!((p - 0.1587).abs() < 2e-3, "{p}");
}

#[test]
fn what_is_no_boundary_is_refused() {
    use skypicket_assess::geometry::BoundaryError;
    assert_eq!(Boundary::new(&drawn::<[_; 0]>(&[], EdgeClass::Land)).err(), Some(BoundaryError::Empty));
    assert_eq!(Boundary::new(&drawn(&[&[(1.0, 2.0), (3.0, 4.0)]], EdgeClass::Land)).err(), Some(BoundaryError::Empty));
    let mut bad = drawn(&[&[(1.0, 2.0), (3.0, 4.0), (5.0, 2.0)]], EdgeClass::Land);
    bad.rings[0].points[1].lat_deg = f64::NAN;
    assert_eq!(Boundary::new(&bad).err(), Some(BoundaryError::BadCorner));
}

proptest! {
    /// Any star-shaped ring, any place: the index and plain even–odd agree, and P(inside) is a probability on the right side of the line.
    #[test]
    fn random_rings_agree_with_even_odd(
        radii in prop::collection::vec(0.01_f64..2.0, 3..40),
        places in prop::collection::vec((-2.5_f64..2.5, -2.5_f64..2.5), 1..40),
        sigma_m in 1.0_f64..20_000.0,
    ) {
        let count = radii.len() as f64;
        let corners: Vec<(f64, f64)> = radii.iter().enumerate().map(|(i, r)| {
            let turn = core::f64::consts::TAU * i as f64 / count;
            (48.0 + r * math::sin(turn), 12.0 + r * math::cos(turn))
        }).collect();
        let airspace = drawn(&[&corners], EdgeClass::Exact);
        let boundary = Boundary::new(&airspace).expect("indexable");
        for (dy, dx) in places {
            let place = LatLon { lat_deg: 48.0 + dy, lon_deg: 12.0 + dx };
            prop_assert_eq!(boundary.inside(place), slow_inside(&airspace, place));
            let d_m = boundary.signed_distance_m(place);
            prop_assert!(boundary.at_least_m(place) <= d_m.abs() + 0.01);
            let p = boundary.inside_probability(place, Spread::round(sigma_m), &BorderSigma::default());
            prop_assert!((0.0..=1.0).contains(&p));
            if d_m.abs() > 7.0 * sigma_m {
                prop_assert_eq!(p > 0.5, d_m < 0.0);
            }
        }
    }
}
