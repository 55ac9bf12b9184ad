//! Rates of the border checks on one core, by CPU time: `cargo run --release -p skypicket-assess --example bench_borders [STATE [TEXT]]`,
//! all rows or those with TEXT in their name.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark measures time and prints it")]

use skypicket_assess::geometry::{BorderSigma, Boundary, Spread};
use skypicket_model::{AirspaceId, LatLon};
use skypicket_wire::borders_file::Borders;

/// Deterministic places: SplitMix64.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// CPU seconds of this process so far (user and system), from the kernel's clock ticks of 10 ms.
fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn rate(what: &str, places: &[LatLon], mut one: impl FnMut(LatLon) -> f64) {
    if std::env::args().nth(2).is_some_and(|wanted| !what.contains(&wanted)) {
        return;
    }
    let (start, mut done, mut sum) = (cpu_s(), 0_u64, 0.0);
    while cpu_s() - start < 2.0 {
        for &place in places {
            sum += one(place);
        }
        done += places.len() as u64;
    }
    let spent = cpu_s() - start;
    println!("{what:<62} {:>9.3} million/s   (check sum {:.6})", done as f64 / spent / 1e6, sum / done as f64);
}

/// A spread whose longer axis points `turn_rad` from east to north.
fn elongated(long_m: f64, short_m: f64, turn_rad: f64) -> Spread {
    let (s, c) = skypicket_model::math::sin_cos(turn_rad);
    let (l2, s2) = (long_m * long_m, short_m * short_m);
    Spread { east_m2: c * c * l2 + s * s * s2, cross_m2: c * s * (l2 - s2), north_m2: s * s * l2 + c * c * s2 }
}

fn main() {
    let code = std::env::args().nth(1).unwrap_or_else(|| "POL".into());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/borders/borders.skb");
    let start = cpu_s();
    let borders = Borders::read(&std::fs::read(path).expect("border file")).expect("readable");
    println!("read {path}: {:.2} CPU s", cpu_s() - start);
    let start = cpu_s();
    let airspace = borders.airspace(&code, AirspaceId(0), [0; 32]).expect("known state");
    let boundary = Boundary::new(&airspace).expect("boundary");
    let corners: usize = airspace.rings.iter().map(|ring| ring.points.len()).sum();
    println!("index {code}: {corners} corners, {} pieces, {:.2} CPU s", boundary.pieces(), cpu_s() - start);
    let [west, south, east, north] = boundary.extent_deg();
    let mut random = Random(1);
    let uniform: Vec<LatLon> = (0..200_000)
        .map(|_| LatLon {
            lat_deg: south + (north - south) * random.unit(),
            lon_deg: west + (east - west) * random.unit(),
        })
        .collect();
    let mut near = Vec::new();
    let points: Vec<LatLon> = airspace.rings.iter().flat_map(|ring| ring.points.iter().copied()).collect();
    while near.len() < 200_000 {
        let corner = points[(random.unit() * points.len() as f64) as usize];
        near.push(LatLon {
            lat_deg: corner.lat_deg + (random.unit() - 0.5) * 0.018,
            lon_deg: corner.lon_deg + (random.unit() - 0.5) * 0.028,
        });
    }
    let sigma = BorderSigma::default();
    let as_number = |inside: bool| f64::from(u8::from(inside));
    rate("inside, places all over the box", &uniform, |p| as_number(boundary.inside(p)));
    rate("inside, places within 1 km of a corner", &near, |p| as_number(boundary.inside(p)));
    rate("P(inside) sigma 150 m, all over the box", &uniform, |p| {
        boundary.inside_probability(p, Spread::round(150.0), &sigma)
    });
    for sigma_m in [30.0, 150.0, 1000.0, 5000.0] {
        rate(&format!("P(inside) sigma {sigma_m} m, within 1 km of a corner"), &near, |p| {
            boundary.inside_probability(p, Spread::round(sigma_m), &sigma)
        });
    }
    for (long_m, short_m) in [(300.0, 60.0), (1000.0, 100.0), (3000.0, 150.0)] {
        // Turned by a third of a radian from place to place.
        let mut turn = 0.0_f64;
        rate(&format!("P(inside) sigma {long_m} by {short_m} m, any way round, within 1 km"), &near, |p| {
            turn += 0.333;
            boundary.inside_probability(p, elongated(long_m, short_m, turn), &sigma)
        });
    }
    rate("signed distance, all over the box", &uniform, |p| boundary.signed_distance_m(p).clamp(-1e9, 1e9));
    rate("signed distance, within 1 km of a corner", &near, |p| boundary.signed_distance_m(p).clamp(-1e9, 1e9));
    rate("distance and P(inside) together, sigma 150 m, within 1 km", &near, |p| {
        boundary.judge(p, Spread::round(150.0), &sigma).map_or(0.0, |judged| judged.inside)
    });
}
