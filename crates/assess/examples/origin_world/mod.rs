//! The worlds of `origin_runs`: how flights start, fly and are seen, each in its own way unlike the model.

use skypicket_assess::coverage::{Coverage, Network, Target};
use skypicket_assess::origin::{Area, Seen};
use skypicket_model::math::{PI, atan2, cos, exp, hypot, ln, rad, sin_cos, wrap_pi};
use skypicket_model::{FeedId, LatLon, Sensor, SensorId, SensorKind, Span, Time};

/// A world.
pub(crate) struct World {
    pub(crate) name: &'static str,
    /// Flights are aimed at a place behind the radars instead of anywhere.
    aimed: bool,
    /// Factor on airspeeds.
    faster: f64,
    /// Wind, 1 sigma of each component, m/s; the model thinks of 5.
    wind_m_s: f64,
    /// Distance between turns, km, and their 1 sigma, degrees.
    leg_km: f64,
    turn_deg: f64,
    /// Share of starts outside of the areas.
    elsewhere: f64,
    /// Radar cross-section, m², and how much higher the true horizons are, metres.
    rcs_m2: f64,
    horizon_m: f64,
    /// Factor on ranges.
    farther: f64,
    /// What is told of this world beforehand.
    pub(crate) told: Told,
}

/// How much is told of a world before anything is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// That drones of two kinds come from somewhere between Poland and the Volga.
    Little,
    /// The kind, the wind of the day, and where starts were seen, all within some hundred kilometres; seven radars look.
    Much,
}

/// Wind that is told where much is, m/s to the east and north, and what it is told to be right to.
pub(crate) const TOLD_WIND_M_S: [f64; 2] = [5.0, -3.0];
pub(crate) const TOLD_SIGMA_M_S: f64 = 2.5;

/// As the model thinks, and in ways that it does not.
pub(crate) fn worlds() -> Vec<World> {
    let model = World {
        name: "as modelled",
        aimed: false,
        faster: 1.0,
        wind_m_s: 5.0,
        leg_km: 80.0,
        turn_deg: 35.0,
        elsewhere: 0.3,
        rcs_m2: 0.1,
        horizon_m: 0.0,
        farther: 1.0,
        told: Told::Little,
    };
    let much = World { name: "more told: as modelled", wind_m_s: TOLD_SIGMA_M_S, told: Told::Much, ..model };
    let like = |name, change: &dyn Fn(World) -> World| change(World { name, ..model });
    let told = |name, change: &dyn Fn(World) -> World| change(World { name, ..much });
    vec![
        World { name: "as modelled", ..model },
        like("aimed at places", &|world| World { aimed: true, ..world }),
        like("12 % faster", &|world| World { faster: 1.12, ..world }),
        like("wind of 10 m/s", &|world| World { wind_m_s: 10.0, ..world }),
        like("turns every 35 km", &|world| World { leg_km: 35.0, turn_deg: 45.0, ..world }),
        like("starts elsewhere", &|world| World { elsewhere: 0.7, ..world }),
        like("coverage worse", &|world| World { rcs_m2: 0.05, horizon_m: 40.0, ..world }),
        like("all of these", &|world| World {
            aimed: true,
            faster: 1.08,
            wind_m_s: 8.0,
            leg_km: 50.0,
            turn_deg: 45.0,
            elsewhere: 0.5,
            rcs_m2: 0.07,
            horizon_m: 25.0,
            ..world
        }),
        World { ..much },
        told("more told: aimed at places", &|world| World { aimed: true, ..world }),
        told("more told: 12 % faster", &|world| World { faster: 1.12, ..world }),
        told("more told: wind off by 6 m/s", &|world| World { wind_m_s: 6.0, ..world }),
        told("more told: turns every 35 km", &|world| World { leg_km: 35.0, turn_deg: 45.0, ..world }),
        told("more told: starts elsewhere", &|world| World { elsewhere: 0.6, ..world }),
        told("more told: coverage worse", &|world| World { rcs_m2: 0.05, horizon_m: 40.0, ..world }),
        told("more told: a quarter farther", &|world| World { farther: 1.25, ..world }),
        told("more told: all of these", &|world| World {
            aimed: true,
            faster: 1.08,
            wind_m_s: 4.5,
            leg_km: 50.0,
            turn_deg: 45.0,
            elsewhere: 0.45,
            rcs_m2: 0.07,
            horizon_m: 25.0,
            farther: 1.15,
            ..world
        }),
    ]
}

/// Name, weight, south, west, side in degrees: invented.
pub(crate) const AREAS: [(&str, f64, [f64; 3]); 5] = [
    ("area A", 2.0, [51.2, 35.0, 1.0]),
    ("area B", 1.5, [52.8, 33.5, 1.2]),
    ("area C", 1.0, [45.2, 34.5, 1.2]),
    ("area D", 1.0, [46.2, 38.2, 1.0]),
    ("area E", 0.7, [54.5, 31.5, 1.0]),
];

/// … where much is told.
pub(crate) const NEAR: [(&str, f64, [f64; 3]); 5] = [
    ("area A", 2.0, [52.0, 27.2, 0.5]),
    ("area B", 1.5, [53.4, 26.0, 0.6]),
    ("area C", 1.0, [51.0, 26.4, 0.5]),
    ("area D", 1.0, [51.6, 30.0, 0.6]),
    ("area E", 0.7, [54.2, 28.6, 0.5]),
];

impl Told {
    pub(crate) const fn areas(self) -> &'static [(&'static str, f64, [f64; 3]); 5] {
        match self {
            Self::Little => &AREAS,
            Self::Much => &NEAR,
        }
    }

    /// Where starts are that are in no area: south, west, north, east.
    const fn elsewhere(self) -> [f64; 4] {
        match self {
            Self::Little => [46.0, 24.0, 58.6, 46.0],
            Self::Much => [49.0, 23.5, 55.5, 32.5],
        }
    }

    /// … and about how large that is, km².
    pub(crate) const fn elsewhere_km2(self) -> f64 {
        match self {
            Self::Little => 2_000_000.0,
            Self::Much => 450_000.0,
        }
    }
}

pub(crate) fn areas(told: Told) -> Vec<Area> {
    let at = |lat_deg, lon_deg| LatLon { lat_deg, lon_deg };
    let area = |(name, weight, [south, west, side]): &(&str, f64, [f64; 3])| Area {
        name: (*name).to_owned(),
        weight: *weight,
        rings: vec![vec![
            at(*south, *west),
            at(*south, west + 1.5 * side),
            at(south + side, west + 1.5 * side),
            at(south + side, *west),
        ]],
    };
    told.areas().iter().map(area).collect()
}

/// Five radars along a border in the west of everything; where much is told, two more look in from the sides.
pub(crate) fn sensors(told: Told) -> Vec<Sensor> {
    const SITES: [(f64, f64, f64); 7] = [
        (54.2, 22.6, 180_000.0),
        (53.1, 23.0, 140_000.0),
        (52.1, 22.9, 180_000.0),
        (51.1, 23.1, 140_000.0),
        (50.0, 22.7, 180_000.0),
        (54.6, 25.2, 180_000.0),
        (50.2, 25.2, 180_000.0),
    ];
    let radar = |(number, (lat_deg, lon_deg, range_m)): (usize, &(f64, f64, f64))| Sensor {
        site: Some(LatLon { lat_deg: *lat_deg, lon_deg: *lon_deg }.at_height(40.0)),
        period: Some(Span::from_s(6)),
        detection_probability: Some(0.8),
        range_limits_m: Some((1000.0, *range_m)),
        ..Sensor::new(
            SensorId { feed: FeedId(0), source: number as u16 + 1 },
            format!("r{number}"),
            SensorKind::Radar2d,
        )
    };
    let n = if told == Told::Much { 7 } else { 5 };
    SITES.iter().take(n).enumerate().map(radar).collect()
}

/// A flight that was seen.
pub(crate) struct Flown {
    pub(crate) start: LatLon,
    pub(crate) area: Option<usize>,
    pub(crate) seen: Vec<Seen>,
}

/// Chance of these worlds: not the model's.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        // PCG's step with an xorshift: Melissa O'Neill, HMC-CS-2014-0905.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = (self.0 >> 22) ^ self.0;
        ((x >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    }
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
    fn normal(&mut self) -> f64 {
        (-2.0 * ln(self.unit())).sqrt() * sin_cos(2.0 * PI * self.unit()).1
    }
}

const STEP_S: f64 = 30.0;
/// Longest time seen that is asked for.
const SEEN_S: f64 = 4900.0;

/// One flight; `None` where it was never seen.
pub(crate) fn fly(world: &World, seed: u64, first: Time, coverage: &Coverage, network: &Network) -> Option<Flown> {
    let mut dice = Dice(seed);
    for _ in 0..8 {
        dice.unit();
    }
    let light = dice.unit() < 0.5 || world.told == Told::Much;
    let (speeds, ranges, lowest) =
        if light { ([100.0, 160.0], [300.0, 600.0], 80.0) } else { ([140.0, 200.0], [1000.0, 2500.0], 60.0) };
    let airspeed = world.faster * dice.between(speeds[0], speeds[1]) / 3.6;
    let range_m = 1000.0 * world.farther * dice.between(ranges[0], ranges[1]);
    let (start, area) = start(world, &mut dice);
    let known = if world.told == Told::Much { TOLD_WIND_M_S } else { [0.0; 2] };
    let wind = known.map(|known| known + world.wind_m_s * dice.normal());
    let mut course = dice.between(-PI, PI);
    let aim = LatLon { lat_deg: dice.between(49.8, 54.3), lon_deg: dice.between(17.5, 22.5) };
    let mut height_m = exp(dice.between(ln(lowest), ln(3000.0)));
    let rcs_m2 = world.rcs_m2 * exp(ln(2.0) * dice.normal());
    let (horizon, legs_m, turn) = (dice.normal(), 1000.0 * world.leg_km, rad(world.turn_deg));
    let (mut place, mut flown_m, mut elapsed_s) = (start, 0.0, 0.0);
    let mut hits: Vec<f64> = Vec::new();
    let mut seen: Vec<Seen> = Vec::new();
    let mut drift = [0.0; 2];
    let mut bearing_off = 0.4 * dice.normal();
    while flown_m < range_m {
        if world.aimed {
            let to = towards(place, aim);
            // It goes to its place by way of others.
            course = to + if world_far(place, aim) { bearing_off } else { 0.0 };
        }
        let (sin, cos) = sin_cos(course);
        let ground = [airspeed * sin + wind[0], airspeed * cos + wind[1]];
        place = moved(place, ground, STEP_S);
        flown_m += airspeed * STEP_S;
        elapsed_s += STEP_S;
        let now = first + Span::from_s_f64(elapsed_s)?;
        let agl_m = height_m.min(3.0 * elapsed_s);
        if seen.is_empty() {
            let target = Target { rcs_m2, height_m: agl_m - world.horizon_m };
            let rate = network.rate_on_path(coverage, place, target, now, horizon);
            // Detections of this step, at random moments; held at the third within half a minute.
            let mut at = 0.0;
            loop {
                at -= ln(dice.unit()) / rate.max(1e-12);
                if at > STEP_S {
                    break;
                }
                hits.push(elapsed_s - STEP_S + at);
            }
            hits.retain(|hit| elapsed_s - hit < 60.0);
            let held = hits.windows(3).any(|three| three[2] - three[0] < 30.0);
            if !held {
                let gone = place.lon_deg < 15.0 || place.lat_deg > 62.0 || place.lat_deg < 42.0 || place.lon_deg > 60.0;
                if gone {
                    return None;
                }
                turned(world, &mut dice, airspeed, legs_m, turn, &mut course, &mut height_m, &mut bearing_off, lowest);
                continue;
            }
        }
        // The error of a track's place lasts for some half a minute.
        drift = drift.map(|off| 0.4 * off + 110.0 * dice.normal());
        let noisy = moved(place, drift, 1.0);
        seen.push(Seen { time: now, place: noisy, sigma_m: 120.0, height_m: None });
        if elapsed_s - seen_since(&seen, first) > SEEN_S {
            break;
        }
        turned(world, &mut dice, airspeed, legs_m, turn, &mut course, &mut height_m, &mut bearing_off, lowest);
    }
    let long_enough = seen.first().zip(seen.last()).is_some_and(|(a, b)| (b.time - a.time).s() >= 300.0);
    long_enough.then_some(Flown { start, area, seen })
}

fn seen_since(seen: &[Seen], first: Time) -> f64 {
    seen.first().map_or(0.0, |one| (one.time - first).s())
}

#[allow(clippy::too_many_arguments, reason = "the state of one flight")]
fn turned(
    world: &World,
    dice: &mut Dice,
    airspeed: f64,
    legs_m: f64,
    turn: f64,
    course: &mut f64,
    height_m: &mut f64,
    bearing_off: &mut f64,
    lowest: f64,
) {
    if dice.unit() < 1.0 - exp(-airspeed * STEP_S / legs_m) {
        if world.aimed {
            *bearing_off = turn * dice.normal();
        } else {
            *course = wrap_pi(*course + turn * dice.normal());
        }
        if dice.unit() < 0.3 {
            *height_m = exp(dice.between(ln(lowest), ln(3000.0)));
        }
    }
}

fn start(world: &World, dice: &mut Dice) -> (LatLon, Option<usize>) {
    if dice.unit() < world.elsewhere {
        // Evenly over the sphere's surface.
        let [south, west, north, east] = world.told.elsewhere();
        let (low, high) = (sin_cos(rad(south)).0, sin_cos(rad(north)).0);
        let lat_deg = skypicket_model::math::asin(dice.between(low, high)) * 180.0 / PI;
        return (LatLon { lat_deg, lon_deg: dice.between(west, east) }, None);
    }
    let areas = world.told.areas();
    let total: f64 = areas.iter().map(|(_, weight, _)| weight).sum();
    let mut left = total * dice.unit();
    let chosen = areas.iter().position(|(_, weight, _)| {
        left -= weight;
        left <= 0.0
    });
    let number = chosen.unwrap_or(0);
    let [south, west, side] = areas[number].2;
    let place = LatLon { lat_deg: dice.between(south, south + side), lon_deg: dice.between(west, west + 1.5 * side) };
    (place, Some(number))
}

fn local(from: LatLon, to: LatLon) -> [f64; 2] {
    let middle = rad(0.5 * (from.lat_deg + to.lat_deg));
    [(to.lon_deg - from.lon_deg) * 111_195.0 * cos(middle), (to.lat_deg - from.lat_deg) * 111_195.0]
}

fn towards(from: LatLon, to: LatLon) -> f64 {
    let [east, north] = local(from, to);
    atan2(east, north)
}

fn world_far(from: LatLon, to: LatLon) -> bool {
    let [east, north] = local(from, to);
    hypot(east, north) > 60_000.0
}

fn moved(place: LatLon, velocity_m_s: [f64; 2], seconds: f64) -> LatLon {
    LatLon {
        lat_deg: place.lat_deg + velocity_m_s[1] * seconds / 111_195.0,
        lon_deg: place.lon_deg + velocity_m_s[0] * seconds / (111_195.0 * cos(rad(place.lat_deg))),
    }
}
