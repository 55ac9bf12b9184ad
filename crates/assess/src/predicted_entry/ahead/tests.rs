//! The quick look against every moment looked at, and the probability against flights drawn by its own model.

use skypicket_model::{EdgeClass, math};

use super::*;
use crate::drawn::{Random, drawn, state};

/// All that lies east of 20° between 45° and 55° north.
fn east() -> Boundary {
    let corners = [(45.0, 20.0), (45.0, 30.0), (55.0, 30.0), (55.0, 20.0)];
    Boundary::new(&drawn(&[corners], EdgeClass::Exact)).expect("indexable")
}

fn covariance(place_m: f64, speed_m_s: f64) -> Covariance6 {
    Covariance6::from_fn(|i, j| match (i == j, i < 3) {
        (true, true) => place_m * place_m,
        (true, false) => speed_m_s * speed_m_s,
        _ => 0.0,
    })
}

fn course(place: LatLon, east_m_s: f64, north_m_s: f64, covariance: &Covariance6) -> Course<'_> {
    let spread = Spread { east_m2: covariance.get(0, 0), cross_m2: 0.0, north_m2: covariance.get(1, 1) };
    Course { place, east_m_s, north_m_s, spread, covariance, acceleration_m2_s3: 0.5 }
}

/// Every moment looked at.
fn slowly(course: &Course<'_>, boundary: &Boundary, sigma: &BorderSigma) -> Ahead {
    let mut ahead = Ahead { within: [0.0; 4], crossing: None };
    let mut before_s = 0.0;
    for t_s in steps() {
        let place = course.place_after(t_s);
        let p = boundary.inside_probability(place, course.spread_after(t_s), sigma);
        for (horizon_s, within) in HORIZONS_S.iter().zip(&mut ahead.within) {
            if t_s <= *horizon_s {
                *within = within.max(p);
            }
        }
        if ahead.crossing.is_none() && boundary.inside(place) {
            ahead.crossing = course.crossing(boundary, before_s, t_s);
        }
        before_s = t_s;
    }
    ahead
}

#[test]
fn leaving_moments_out_changes_nothing_that_is_told() {
    let airspace = state("POL");
    let boundary = Boundary::new(&airspace).expect("indexable");
    let corners = &airspace.rings[0].points;
    let sigma = BorderSigma::default();
    let mut random = Random(17);
    let (mut crossing, mut doubtful, mut never) = (0, 0, 0);
    for _ in 0..500 {
        let corner = corners[(random.unit() * corners.len() as f64) as usize];
        let place = moved(corner, random.within(-60_000.0, 60_000.0), random.within(-60_000.0, 60_000.0));
        if boundary.inside(place) {
            continue;
        }
        let (turn, speed) = (random.within(0.0, math::TAU), random.within(0.0, 260.0));
        let covariance = covariance(random.within(5.0, 400.0), random.within(0.2, 12.0));
        let course = course(place, speed * math::cos(turn), speed * math::sin(turn), &covariance);
        let (got, want) = (course.ahead(&boundary, &sigma), slowly(&course, &boundary, &sigma));
        assert_eq!(got.crossing, want.crossing);
        for (got, want) in got.within.iter().zip(&want.within) {
            assert!((got - want).abs() <= 1.0 - SURE, "{got} for {want}");
        }
        crossing += i32::from(want.crossing.is_some());
        doubtful += i32::from((0.01..0.99).contains(&want.within[2]));
        never += i32::from(want.within[3] <= 0.0);
    }
    assert!(crossing > 50 && doubtful > 25 && never > 30, "{crossing} cross, {doubtful} doubtful, {never} never");
}

/// How many of the flights that the model itself draws enter a straight border within each horizon, beside what is foretold.
fn flown(away_m: f64, to_border_m_s: f64, covariance: &Covariance6, random: &mut Random) -> [f64; 4] {
    const FLIGHTS: u32 = 1500;
    const STEP_S: f64 = 5.0;
    let q = 0.5_f64;
    let mut entered = [0_u32; 4];
    for _ in 0..FLIGHTS {
        let mut x_m = -away_m + covariance.get(0, 0).sqrt() * random.normal();
        let mut v_m_s = to_border_m_s + covariance.get(3, 3).sqrt() * random.normal();
        let mut in_at_s = f64::INFINITY;
        for step in 1..=120 {
            let kick = (q * STEP_S).sqrt() * random.normal();
            let drift = (q * STEP_S * STEP_S * STEP_S / 12.0).sqrt() * random.normal();
            x_m += v_m_s * STEP_S + 0.5 * STEP_S * kick + drift;
            v_m_s += kick;
            if x_m > 0.0 {
                in_at_s = STEP_S * f64::from(step);
                break;
            }
        }
        for (horizon_s, count) in HORIZONS_S.iter().zip(&mut entered) {
            *count += u32::from(in_at_s <= *horizon_s);
        }
    }
    entered.map(|count| f64::from(count) / f64::from(FLIGHTS))
}

#[test]
fn against_its_own_model_the_probability_is_a_lower_bound_and_not_far_below() {
    let boundary = east();
    let none = BorderSigma { land_m: 0.0, water_m: 0.0, sea_m: 0.0 };
    let mut random = Random(29);
    let (mut heading_in, mut furthest): (f64, f64) = (0.0, 0.0);
    for away_m in [500.0, 2000.0, 6000.0, 15_000.0] {
        for speed_m_s in [-20.0, 0.0, 20.0, 45.0, 100.0] {
            let covariance = covariance(60.0, 3.0);
            let place = moved(LatLon { lat_deg: 50.0, lon_deg: 20.0 }, -away_m, 0.0);
            let got = course(place, speed_m_s, 0.0, &covariance).ahead(&boundary, &none).within;
            let flown = flown(away_m, speed_m_s, &covariance, &mut random);
            for (got, flown) in got.iter().zip(&flown) {
                // Four sigmas of counting 1500 flights.
                assert!(*got < flown + 0.05, "{away_m} m, {speed_m_s} m/s: {got} of {flown}");
                furthest = furthest.max(flown - got);
                if speed_m_s >= 20.0 {
                    heading_in = heading_in.max(flown - got);
                }
            }
        }
    }
    println!("at most {furthest:.3} below, heading in {heading_in:.3}");
    assert!(heading_in < 0.06 && furthest < 0.15, "{heading_in} below when heading in, {furthest} at all");
}
