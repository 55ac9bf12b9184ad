//! Worlds at a border: a drawn country, flights that nobody models, and sensors that look at them.
//!
//! The flights come from [`pilot`](crate::trial::pilot), which steers by bank and wind and knows no tracker's models. The border is a drawn line with bends of forty
//! kilometres, of five and of one, so that no chord is the border.

use crate::rng::Rng;
use crate::trial::flown::Flown;
use crate::trial::pilot::{Handling, Leg, Start, fly};
use crate::trial::station::{Errors, Station};
use crate::trial::{Target, Trial};
use skypicket_model::airspace::SourceDocument;
use skypicket_model::math::{TAU, cos, deg, rad, sin};
use skypicket_model::{Airspace, AirspaceId, AirspaceKind, EdgeClass, Geodetic, LatLon, Ring, VerticalLimit};

/// The middle of the border.
pub const MIDDLE: LatLon = LatLon { lat_deg: 51.0, lon_deg: 24.0 };
/// How high everything flies that is no airliner, metres: in sight of radars 150 km away.
pub const HEIGHT_M: f64 = 3000.0;
/// Noise of the radars at [`RADAR_AT_M`], across and along, metres: a plot's sigma.
pub const PLOT_SIGMA_M: f64 = 150.0;
/// How far radars stand from the middle, metres.
pub const RADAR_AT_M: f64 = 150_000.0;

/// What looks at a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensing {
    /// Reports of 30 m every second.
    SelfReports,
    /// One radar of 6 s.
    OneRadar,
    /// Two of them.
    TwoRadars,
}

/// A place so many metres east and north of another.
#[must_use]
pub fn beside(from: LatLon, east_m: f64, north_m: f64) -> LatLon {
    let lat_deg = from.lat_deg + north_m / 111_250.0;
    let lon_deg = from.lon_deg + east_m / (111_412.8 * cos(rad(lat_deg)) - 93.5 * cos(rad(3.0 * lat_deg)));
    LatLon { lat_deg, lon_deg }
}

/// A country west of a border that runs north and south through the middle, for `bends` times as much as usual east and west of it.
#[must_use]
pub fn country(seed: u64, bends: f64) -> Airspace {
    let mut rng = Rng::named(seed, "border");
    let waves: Vec<[f64; 3]> = [(1500.0, 40_000.0), (250.0, 5000.0), (50.0, 1200.0)]
        .iter()
        .map(|(size_m, length_m)| [bends * size_m, TAU / (length_m * rng.between(0.8, 1.2)), TAU * rng.unit()])
        .collect();
    let east_m = |north_m: f64| waves.iter().map(|[size, k, phase]| size * sin(k * north_m + phase)).sum::<f64>();
    let mut points = vec![
        LatLon { lat_deg: 53.0, lon_deg: 20.0 },
        LatLon { lat_deg: 49.0, lon_deg: 20.0 },
        LatLon { lat_deg: 49.0, lon_deg: 24.0 },
    ];
    let steps = if bends > 0.0 { 1600 } else { 40 };
    points.extend((0..=steps).map(|k| {
        let north_m = -200_000.0 + 400_000.0 * f64::from(k) / f64::from(steps);
        beside(MIDDLE, east_m(north_m), north_m)
    }));
    points.push(LatLon { lat_deg: 53.0, lon_deg: 24.0 });
    let edges = vec![EdgeClass::Land; points.len()];
    Airspace {
        id: AirspaceId(0),
        code: "AAA".into(),
        name: "drawn country".into(),
        kind: AirspaceKind::State,
        rings: vec![Ring { points, edges }],
        lower: VerticalLimit::Surface,
        upper: VerticalLimit::Unlimited,
        schedule: vec![],
        source: SourceDocument { name: format!("drawn {seed}"), sha256: [0; 32], policy: "drawn".into() },
        watched: true,
    }
}

/// A radar of 150 m and 6 s, so many metres from the middle.
#[must_use]
pub fn radar(id: &str, east_m: f64, north_m: f64, phase_s: f64) -> Station {
    let at = beside(MIDDLE, east_m, north_m);
    Station {
        phase_s,
        noise: Errors { range_m: PLOT_SIGMA_M, azimuth_deg: deg(PLOT_SIGMA_M / RADAR_AT_M), elevation_deg: 0.3 },
        clutter: 3.0,
        ..Station::radar(id, at.at_height(120.0), 6.0, 260.0)
    }
}

/// Draws a bias as the tracker's prior has it: every second radar has none, the others 100 m, 0.2° and 0.1° (1 sigma).
fn biased(station: Station, rng: &mut Rng) -> Station {
    let by = if rng.chance(0.5) { 1.0 } else { 0.0 };
    let bias = Errors {
        range_m: 100.0 * by * rng.normal(),
        azimuth_deg: 0.2 * by * rng.normal(),
        elevation_deg: 0.1 * by * rng.normal(),
    };
    Station { bias, ..station }
}

/// Flights near and over the border, of drones and light aircraft: straight, between waypoints, weaving, wandering, turning back.
#[must_use]
pub fn crossings(seed: u64, sensing: Sensing, flights: u32, duration_s: f64) -> Trial {
    let mut rng = Rng::named(seed, "crossings");
    let mut stations = Vec::new();
    match sensing {
        Sensing::SelfReports => {
            let mut station = Station::receivers("receivers", 1.0);
            station.noise.range_m = 30.0;
            stations.push(station);
        }
        Sensing::OneRadar | Sensing::TwoRadars => {
            let phase_s = 6.0 * rng.unit();
            stations.push(biased(radar("south", -20_000.0, -100_000.0, phase_s), &mut rng));
            if sensing == Sensing::TwoRadars {
                let phase_s = 6.0 * rng.unit();
                stations.push(biased(radar("west", -110_000.0, 40_000.0, phase_s), &mut rng));
            }
        }
    }
    let mut targets = Vec::new();
    for number in 0..flights {
        let slot_m = 3500.0 * (f64::from(number) - 0.5 * f64::from(flights));
        let flown = flight(slot_m, duration_s, &mut rng);
        let address = (sensing == Sensing::SelfReports).then_some(0x48_0000 + number);
        targets.push(Target { kind: "drone", address, flown });
    }
    trial("crossings", seed, duration_s, stations, targets)
}

fn trial(name: &str, seed: u64, duration_s: f64, stations: Vec<Station>, targets: Vec<Target>) -> Trial {
    let description = "a world at a drawn border".to_owned();
    Trial { name: name.to_owned(), description, seed, duration_s, step_s: 1.0, stations, targets }
}

fn flight(north_m: f64, duration_s: f64, rng: &mut Rng) -> Flown {
    let (handling, speed_m_s) = if rng.chance(0.7) {
        (Handling::DRONE, rng.between(35.0, 60.0))
    } else {
        (Handling::DRONE, rng.between(60.0, 100.0))
    };
    // Somewhere within a flight's reach of the border, mostly heading for it or along it.
    let east_m = rng.normal() * 6000.0;
    let toward_deg = if east_m > 0.0 { 270.0 } else { 90.0 };
    let heading_deg = match rng.below(3) {
        0 => rng.between(0.0, 360.0),
        1 => toward_deg + 40.0 * rng.normal(),
        _ => (if rng.chance(0.5) { 0.0 } else { 180.0 }) + 12.0 * rng.normal(),
    };
    let north_m = north_m + rng.between(-1000.0, 1000.0);
    let start = Start {
        place: beside(MIDDLE, east_m, north_m).at_height(HEIGHT_M),
        heading_deg: heading_deg.rem_euclid(360.0),
        speed_m_s,
        wind_m_s: [6.0 * rng.normal(), 6.0 * rng.normal()],
    };
    let near = |rng: &mut Rng| beside(MIDDLE, 5000.0 * rng.normal(), north_m + 9000.0 * rng.normal());
    let legs = match rng.below(10) {
        0..=3 => vec![Leg::Straight(duration_s)],
        4..=5 => (0..6).map(|_| Leg::To(near(rng), speed_m_s, HEIGHT_M)).collect(),
        6 => vec![Leg::Weave(rng.between(5.0, 25.0), rng.between(30.0, 120.0), duration_s)],
        7 => vec![Leg::Wander(rng.between(2.0, 10.0), rng.between(10.0, 60.0), duration_s)],
        _ => {
            let bank_deg = rng.between(10.0, 35.0) * if rng.chance(0.5) { 1.0 } else { -1.0 };
            let (before_s, turn_deg) = (rng.between(60.0, 500.0), rng.between(45.0, 200.0));
            vec![Leg::Straight(before_s), Leg::Break(bank_deg, turn_deg), Leg::Straight(duration_s)]
        }
    };
    fly(start, handling, &legs, duration_s, rng)
}

/// What is flown in a world of flights along a straight border.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Along {
    /// How far outside of the border, in sigmas of a plot; inside where negative.
    pub sigmas: f64,
    /// Azimuth bias of the southern radar, degrees.
    pub bias_deg: f64,
    /// Civil aircraft that report themselves, from which the radars' biases can be learned.
    pub civil: u32,
}

/// Flights of 45 m/s, a convoy four kilometres apart along a border that is straight, seen along the border by a radar 150 km to the
/// south and another as far to the north, so that an azimuth error is one across the border.
#[must_use]
pub fn along(seed: u64, of: Along, flights: u32, duration_s: f64) -> Trial {
    let mut rng = Rng::named(seed, "along");
    let mut south = radar("south", -8000.0, -RADAR_AT_M, 6.0 * rng.unit());
    south.bias.azimuth_deg = of.bias_deg * if rng.chance(0.5) { 1.0 } else { -1.0 };
    let north = radar("north", -8000.0, RADAR_AT_M, 6.0 * rng.unit());
    let mut stations = vec![south, north];
    let mut targets: Vec<Target> = (0..flights)
        .map(|number| {
            let up = rng.chance(0.5);
            let way_m = 0.5 * 45.0 * duration_s;
            let from_m = 4000.0 * (f64::from(number) - 0.5 * f64::from(flights));
            let start = Start {
                place: beside(MIDDLE, of.sigmas * PLOT_SIGMA_M, from_m + if up { -way_m } else { way_m })
                    .at_height(HEIGHT_M),
                heading_deg: if up { 0.0 } else { 180.0 },
                speed_m_s: 45.0,
                wind_m_s: [0.0; 2],
            };
            let flown = fly(start, Handling::DRONE, &[Leg::Straight(duration_s)], duration_s, &mut rng);
            Target { kind: "drone", address: None, flown }
        })
        .collect();
    if of.civil > 0 {
        let mut station = Station::receivers("receivers", 1.0);
        station.noise.range_m = 20.0;
        stations.push(station);
        for number in 0..of.civil {
            targets.push(airliner(number, duration_s, &mut rng));
        }
    }
    trial("along", seed, duration_s, stations, targets)
}

fn airliner(number: u32, duration_s: f64, rng: &mut Rng) -> Target {
    let heading_deg = 360.0 * rng.unit();
    let (s, c) = (sin(rad(heading_deg)), cos(rad(heading_deg)));
    let (back_m, aside_m) = (0.5 * 220.0 * duration_s.min(1500.0), 50_000.0 * rng.normal());
    let start = Start {
        place: beside(MIDDLE, -60_000.0 - back_m * s + aside_m * c, -back_m * c - aside_m * s).at_height(10_000.0),
        heading_deg,
        speed_m_s: 220.0,
        wind_m_s: [0.0; 2],
    };
    let flown = fly(start, Handling::AIRLINER, &[Leg::Straight(duration_s)], duration_s, rng);
    Target { kind: "airliner", address: Some(0x3c_0000 + number), flown }
}

/// Flights that come in at a right angle, go along the border that deep for so long, and leave again; radars as in [`along`].
#[must_use]
pub fn dips(seed: u64, of: Along, inside_s: f64, flights: u32, duration_s: f64) -> Trial {
    let mut world = along(seed, of, 0, duration_s);
    let mut rng = Rng::named(seed, "dips");
    let speed_m_s = 45.0;
    for number in 0..flights {
        let depth_m = -of.sigmas * PLOT_SIGMA_M * rng.between(1.05, 2.0);
        let north_m = 9000.0 * (f64::from(number) - 0.5 * f64::from(flights));
        let place = |east_m: f64, along_m: f64| beside(MIDDLE, east_m, north_m + along_m);
        let start = Start {
            place: place(8000.0, -1500.0).at_height(HEIGHT_M),
            heading_deg: 270.0,
            speed_m_s,
            wind_m_s: [0.0; 2],
        };
        let to = |place: LatLon| Leg::To(place, speed_m_s, HEIGHT_M);
        // A turn of 35° of bank is 300 m wide: it is deep for the whole of the middle leg.
        let (deep_m, way_m) = (-depth_m - 350.0, speed_m_s * inside_s);
        let legs =
            [to(place(deep_m, 0.0)), to(place(deep_m, way_m)), to(place(9000.0, way_m + 2000.0)), Leg::Straight(600.0)];
        let flown = fly(start, Handling::DRONE, &legs, duration_s, &mut rng);
        world.targets.insert(number as usize, Target { kind: "drone", address: None, flown });
    }
    Trial { name: "dips".to_owned(), ..world }
}

/// What a flight without an error would have shown of the border: by places every quarter of a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Truth {
    /// It was inside at some moment.
    pub touched: bool,
    /// When its first stay began that was long enough, seconds; `None` where there was none.
    pub entered_s: Option<f64>,
    /// Where.
    pub place: Option<LatLon>,
    /// Its speed across the border there, m/s.
    pub across_m_s: f64,
    /// Greatest depth, metres.
    pub depth_m: f64,
    /// Time inside, seconds.
    pub inside_s: f64,
}

/// Follows a flight from one moment to another against a border of which `distance_m` tells the distance, negative inside.
#[must_use]
pub fn truth(flown: &Flown, (from_s, until_s): (f64, f64), stay_s: f64, distance_m: impl Fn(LatLon) -> f64) -> Truth {
    const STEP_S: f64 = 0.25;
    let mut truth = Truth::default();
    let mut before: Option<(f64, f64, LatLon)> = None;
    let mut stay: Option<(f64, LatLon, f64)> = None;
    let steps = ((until_s - from_s) / STEP_S).max(0.0) as u32;
    for k in 0..=steps {
        let time_s = from_s + STEP_S * f64::from(k);
        let Some(state) = flown.at(time_s) else { continue };
        let place = Geodetic::from_ecef(state.position).lat_lon();
        let now_m = distance_m(place);
        if now_m < 0.0 {
            truth.touched = true;
            truth.depth_m = truth.depth_m.max(-now_m);
            // From the line on, where it came over it since the last step.
            let outside = before.map_or(1.0, |(_, was_m, _)| was_m.max(0.0) / (was_m.max(0.0) - now_m));
            truth.inside_s += STEP_S * (1.0 - outside);
            if stay.is_none() {
                stay = Some(before.map_or((time_s, place, 0.0), |(was_s, was_m, _)| {
                    let share = (was_m / (was_m - now_m)).clamp(0.0, 1.0);
                    (was_s + share * (time_s - was_s), place, (was_m - now_m) / (time_s - was_s))
                }));
            }
            if let Some((since_s, place, across_m_s)) = stay
                && truth.entered_s.is_none()
                && time_s - since_s >= stay_s
            {
                (truth.entered_s, truth.place, truth.across_m_s) = (Some(since_s), Some(place), across_m_s);
            }
        } else {
            stay = None;
            if let Some((_, was_m, _)) = before.filter(|(_, was_m, _)| *was_m < 0.0) {
                truth.inside_s += STEP_S * was_m / (was_m - now_m);
            }
        }
        before = Some((time_s, now_m, place));
    }
    truth
}
