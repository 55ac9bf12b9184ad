//! Seeded skies: flights that cross a square, receivers, and one jammer.

use skypicket_model::math::{TAU, cos, rad, sin_cos};
use skypicket_model::{FlightId, Geodetic, LatLon, Mode3A, Span, Time};
use skypicket_sim::World;
use skypicket_sim::navigation::{Airframes, Antenna, Jammer, Navigation, Stands};
use skypicket_sim::path::{Handling, Path, Waypoint};
use skypicket_sim::receiver::{Receiver, Stamps};
use skypicket_sim::rng::Rng;
use skypicket_sim::sensor::{Outages, Site};
use skypicket_sim::target::{Air, Fate, Kind, Quality, Target, Transponder};

const MIDDLE: [f64; 2] = [55.5, 19.0];
const DEGREE_M: f64 = 111_195.0;
pub(crate) const BEGIN: Time = Time::from_s(1_760_400_000);

/// A place by metres east and north of the middle.
pub(crate) fn place(east_m: f64, north_m: f64) -> LatLon {
    let lat_deg = MIDDLE[0] + north_m / DEGREE_M;
    LatLon { lat_deg, lon_deg: MIDDLE[1] + east_m / (DEGREE_M * cos(rad(lat_deg))) }
}

/// A flight: where it begins and how it goes on, metres and m/s from the middle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    pub(crate) address: u32,
    pub(crate) born_s: f64,
    pub(crate) lasts_s: f64,
    pub(crate) from_m: [f64; 2],
    pub(crate) velocity_m_s: [f64; 2],
    pub(crate) height_m: f64,
}

impl Flight {
    pub(crate) fn at(&self, s: f64) -> LatLon {
        let gone_s = s - self.born_s;
        place(self.from_m[0] + self.velocity_m_s[0] * gone_s, self.from_m[1] + self.velocity_m_s[1] * gone_s)
    }

    /// One that crosses a square of that half side; airframes come again as fleets do.
    fn draw(rng: &mut Rng, half_m: f64, born_s: f64) -> Self {
        let low = rng.chance(0.15);
        let (height_m, m_s) = match (low, rng.chance(0.7)) {
            (true, _) => (rng.between(300.0, 2800.0), rng.between(45.0, 80.0)),
            (false, true) => (rng.between(8500.0, 12_300.0), rng.between(200.0, 255.0)),
            (false, false) => (rng.between(2500.0, 8500.0), rng.between(140.0, 220.0)),
        };
        // From a point of the rim towards a point within.
        let side = rng.below(4);
        let along = rng.between(-half_m, half_m);
        let (mut from_m, towards) = match side {
            0 => ([along, -half_m], 0.0),
            1 => ([along, half_m], 180.0),
            2 => ([-half_m, along], 90.0),
            _ => ([half_m, along], 270.0),
        };
        if low {
            from_m = [rng.between(-half_m, half_m), rng.between(-half_m, half_m)];
        }
        let (sin, cos) = sin_cos(rad(towards + rng.between(-60.0, 60.0)));
        let velocity_m_s = [m_s * sin, m_s * cos];
        // Until it leaves the square, an hour and a half at most.
        let leaves = |k: usize| (half_m * velocity_m_s[k].signum() - from_m[k]) / velocity_m_s[k];
        let lasts_s = leaves(0).min(leaves(1)).clamp(30.0, 5400.0);
        let address = 0x40_0000 + rng.below(60_000) as u32;
        Self { address, born_s, lasts_s, from_m, velocity_m_s, height_m }
    }
}

/// All flights of a sky in which so many fly at a time, in order of their beginnings.
pub(crate) fn flights(rng: &mut Rng, half_m: f64, at_a_time: f64, seconds: f64) -> Vec<Flight> {
    // A flight lasts a good side at two hundred metres a second.
    let mean_s = 1.25 * half_m / 200.0 + 300.0;
    let every_s = mean_s / at_a_time;
    let mut all = Vec::new();
    let mut born_s = -5400.0;
    while born_s < seconds {
        let flight = Flight::draw(rng, half_m, born_s);
        if born_s + flight.lasts_s > 0.0 {
            all.push(flight);
        }
        born_s += every_s * 2.0 * rng.unit();
    }
    all
}

fn target(flight: &Flight, number: usize) -> Option<Target> {
    let way = |s: f64| Waypoint {
        place: flight.at(flight.born_s + s),
        height_m: flight.height_m,
        speed_m_s: skypicket_model::math::hypot(flight.velocity_m_s[0], flight.velocity_m_s[1]),
    };
    let handling = Handling { turn_rad_s: rad(1.8), accel_m_s2: 0.5, climb_m_s: Some(9.0) };
    let born = BEGIN + Span::from_s_f64(flight.born_s)?;
    Some(Target {
        name: format!("f-{number}"),
        kind: Kind::Airliner,
        born,
        path: Path::new(&[way(0.0), way(flight.lasts_s)], handling)?,
        rcs_m2: 40.0,
        transponder: Some(Transponder {
            address: flight.address,
            flight_id: FlightId::parse(&format!("SIM{}", number % 1000)),
            squawks: vec![(born, Mode3A(0o2000))],
            ads_b: Some(Quality::USUAL),
        }),
        plan: None,
        fate: Fate::FliesOn,
        wave: None,
    })
}

const AIR: Air = Air { geoid_m: 0.0, ground_m: 0.0, qnh_hpa: 1013.25 };

fn on_mast(rng: &mut Rng, within_m: f64, mast_m: f64) -> Site {
    let at = place(rng.between(-within_m, within_m), rng.between(-within_m, within_m));
    Site::new(Geodetic { lat_deg: at.lat_deg, lon_deg: at.lon_deg, height_m: mast_m }, mast_m)
}

/// A sky without any interference: traffic of all kinds of units, three receivers, edges of their reach inside the square.
pub(crate) fn quiet(seed: u64, seconds: f64) -> World {
    let mut rng = Rng::named(seed, "gnss detection");
    let at_a_time = rng.between(15.0, 90.0);
    let end = BEGIN + Span::from_s_f64(seconds).unwrap_or(Span::ZERO);
    let mut world = World::empty(format!("quiet {seed}"), BEGIN, end, seed, AIR);
    let drawn = flights(&mut rng, 300_000.0, at_a_time, seconds);
    let mut used = std::collections::BTreeSet::new();
    // One address flies once at a time.
    world.targets = (drawn.iter().enumerate())
        .filter(|(_, flight)| used.insert(flight.address))
        .filter_map(|(number, flight)| target(flight, number))
        .collect();
    for number in 0..3 {
        let mast_m = rng.between(8.0, 40.0);
        world.receivers.push(Receiver {
            name: format!("receiver-{number}"),
            site: on_mast(&mut rng, 250_000.0, mast_m),
            range_m: rng.between(180_000.0, 400_000.0),
            probability: rng.between(0.5, 0.95),
            stamps: Stamps::Gps,
            latency: Span::from_ms(30),
            outages: Outages(Vec::new()),
        });
    }
    let mut airframes = Airframes::mixed();
    airframes.raim_holes = holes(&mut rng, seconds);
    world.navigation = Navigation { airframes: Some(airframes), ..Navigation::default() };
    world
}

/// Satellites stand badly for some minutes, once in four hours.
pub(crate) fn holes(rng: &mut Rng, seconds: f64) -> Vec<(Time, Time)> {
    let mut all = Vec::new();
    let mut from_s = rng.between(0.0, 28_800.0);
    while from_s < seconds {
        let until_s = from_s + rng.between(120.0, 600.0);
        let at = |s: f64| BEGIN + Span::from_s_f64(s).unwrap_or(Span::ZERO);
        all.push((at(from_s), at(until_s)));
        from_s = until_s + rng.between(0.0, 28_800.0);
    }
    all
}

/// From when a jammer transmits, seconds after the begin; and how long the world lasts.
pub(crate) const ON_S: f64 = 720.0;
pub(crate) const LASTS_S: f64 = 1440.0;

/// The same sky with a jammer of some power, antenna and place.
pub(crate) fn jammed(seed: u64) -> World {
    let mut world = quiet(seed, LASTS_S);
    let mut rng = Rng::named(seed, "jammer");
    let mast_m = rng.between(3.0, 80.0);
    let antenna = if rng.chance(0.3) {
        Antenna::Sector {
            towards_rad: rng.between(0.0, TAU),
            width_rad: rad(rng.between(40.0, 120.0)),
            front_to_back_db: rng.between(10.0, 25.0),
        }
    } else {
        Antenna::Omni
    };
    let duty = rng.chance(0.2).then(|| {
        let part = |rng: &mut Rng| Span::from_s(60 + rng.below(240) as i64);
        (part(&mut rng), part(&mut rng))
    });
    world.navigation.jammers.push(Jammer {
        stands: Stands::Still(on_mast(&mut rng, 200_000.0, mast_m)),
        eirp_dbw: rng.between(5.0, 35.0),
        antenna,
        from: BEGIN + Span::from_s_f64(ON_S).unwrap_or(Span::ZERO),
        until: world.end,
        duty,
    });
    world
}
