//! Trials unlike the worlds that a tracker's parameters were chosen on: eight families, other layouts, rates, noise and motion.
//!
//! They exist to find over-fitting. The first eight have been looked at while parameters were chosen; the second eight draw everything
//! anew, also what the sensors are, and nothing may be chosen by them. Everything in a trial follows from its number.

use super::pilot::{Handling, Leg, Start, beside, fly};
use super::station::{Errors, Kind, Station};
use super::{Flown, Target, Trial};
use crate::geodesic::Line;
use crate::rng::Rng;
use skypicket_model::math::rad;
use skypicket_model::{Geodetic, LatLon};

/// How many there are; they are numbered from 1.
pub const COUNT: u32 = 16;
/// Families; a trial's family is its number's place in these.
const FAMILIES: u32 = 8;

/// The trial of a number, `None` beyond [`COUNT`].
#[must_use]
pub fn trial(number: u32) -> Option<Trial> {
    let rng = Rng::named(u64::from(number), "unlike");
    let world = World { rng, centre: LatLon::default(), targets: Vec::new() };
    if number == 0 || number > COUNT {
        return None;
    }
    let trial = match (number - 1) % FAMILIES {
        0 => world.patrols(),
        1 => world.murk(),
        2 => world.formations(),
        3 => world.posts(),
        4 => world.askew(),
        5 => world.flat(),
        6 => world.gathering(),
        _ => world.sudden(),
    };
    let mut trial = Trial { seed: 7000 + u64::from(number), name: format!("H{number}_{}", trial.name), ..trial };
    if number > FAMILIES {
        redraw(&mut trial.stations, &mut Rng::named(u64::from(number), "stations"));
    }
    Some(trial)
}

/// Other places, rates, noise, probabilities and clutter for the sensors of a family; all stated, as those of any sensor.
fn redraw(stations: &mut [Station], rng: &mut Rng) {
    for station in stations.iter_mut().filter(|station| station.kind != Kind::SelfReports) {
        let radar = station.kind != Kind::Bearing;
        let away = rng.between(0.0, if radar { 20.0 } else { 2.0 });
        let place = off(station.place.lat_lon(), rng.between(0.0, 360.0), away);
        station.place = place.at_height(station.place.height_m + rng.between(-60.0, 60.0));
        // To the tenth of a second, so that times stay readable.
        station.period_s = (10.0 * station.period_s * rng.between(0.7, 1.4)).round() / 10.0;
        station.phase_s = (10.0 * rng.between(0.0, station.period_s)).round() / 10.0;
        station.pd = (station.pd + rng.between(-0.12, 0.06)).clamp(0.5, 0.97);
        station.clutter *= rng.between(0.4, 1.8);
        let (range, angle) = (rng.between(0.6, 1.6), rng.between(0.7, 1.5));
        station.noise.range_m *= range;
        station.noise.azimuth_deg *= angle;
        station.noise.elevation_deg *= rng.between(0.7, 1.5);
        let turn = rng.between(-1.3, 1.3);
        station.bias.range_m *= turn;
        station.bias.azimuth_deg *= -turn;
        station.bias.elevation_deg *= turn;
    }
}

struct World {
    rng: Rng,
    centre: LatLon,
    targets: Vec<Target>,
}

fn off(from: LatLon, azimuth_deg: f64, distance_km: f64) -> LatLon {
    Line::new(from, rad(azimuth_deg)).at(distance_km * 1000.0).place
}

impl World {
    /// A place on a ring about the centre.
    fn ring(&mut self, from_km: f64, to_km: f64) -> LatLon {
        let (azimuth_deg, distance_km) = (self.rng.between(0.0, 360.0), self.rng.between(from_km, to_km));
        off(self.centre, azimuth_deg, distance_km)
    }

    fn start(&mut self, from_km: f64, to_km: f64, height_m: (f64, f64), speed_m_s: (f64, f64)) -> Start {
        let place = self.ring(from_km, to_km).at_height(self.rng.between(height_m.0, height_m.1));
        let (wind, blows) = (self.rng.between(0.0, 9.0), self.rng.between(0.0, skypicket_model::math::TAU));
        Start {
            place,
            heading_deg: self.rng.between(0.0, 360.0),
            speed_m_s: self.rng.between(speed_m_s.0, speed_m_s.1),
            wind_m_s: [wind * skypicket_model::math::sin(blows), wind * skypicket_model::math::cos(blows)],
        }
    }

    fn add(&mut self, kind: &'static str, flown: Flown) {
        self.targets.push(Target { kind, address: None, flown });
    }

    /// Waypoints on a ring, with new speeds and heights.
    fn route(&mut self, count: usize, ring_km: (f64, f64), speed: (f64, f64), height: (f64, f64)) -> Vec<Leg> {
        let mut leg = || {
            let place = self.ring(ring_km.0, ring_km.1);
            Leg::To(place, self.rng.between(speed.0, speed.1), self.rng.between(height.0, height.1))
        };
        (0..count).map(|_| leg()).collect()
    }

    /// A drone that does one of everything.
    fn drone(&mut self, duration_s: f64, out_km: f64) -> Flown {
        let start = self.start(5.0, out_km, (250.0, 2200.0), (16.0, 58.0));
        let side = if self.rng.chance(0.5) { 1.0 } else { -1.0 };
        let mut legs = match self.rng.below(4) {
            0 => vec![
                Leg::Straight(self.rng.between(30.0, 150.0)),
                Leg::Circle(side * self.rng.between(250.0, 900.0), self.rng.between(120.0, 400.0), 900.0),
            ],
            1 => vec![Leg::Weave(self.rng.between(12.0, 30.0), self.rng.between(25.0, 70.0), 300.0)],
            2 => vec![Leg::Wander(self.rng.between(8.0, 20.0), self.rng.between(8.0, 25.0), 350.0)],
            _ => vec![Leg::Straight(60.0), Leg::Break(side * 32.0, 170.0), Leg::Straight(50.0)],
        };
        legs.extend(self.route(6, (0.0, out_km), (16.0, 60.0), (250.0, 2200.0)));
        fly(start, Handling::DRONE, &legs, duration_s, &mut self.rng)
    }

    /// An airliner over waypoints, climbing or descending, sometimes holding.
    fn airliner(&mut self, duration_s: f64, out_km: f64) -> Flown {
        let mut start = self.start(0.3 * out_km, out_km, (1500.0, 11_500.0), (110.0, 245.0));
        let inner = self.ring(0.0, 0.5 * out_km);
        let way = crate::geodesic::between(start.place.lat_lon(), inner);
        start.heading_deg = skypicket_model::math::deg(way.azimuth_rad);
        let height = self.rng.between(1500.0, 11_500.0);
        let mut legs = vec![Leg::To(inner, start.speed_m_s, height)];
        if self.rng.chance(0.35) {
            legs.insert(0, Leg::Straight(self.rng.between(60.0, 200.0)));
            legs.insert(1, Leg::Circle(self.rng.between(5000.0, 9000.0), self.rng.between(150.0, 400.0), height));
        }
        legs.extend(self.route(6, (0.2 * out_km, out_km), (110.0, 245.0), (1500.0, 11_500.0)));
        fly(start, Handling::AIRLINER, &legs, duration_s, &mut self.rng)
    }

    /// The same, but there only for a part of the time.
    fn partly(&mut self, flown: &Flown, duration_s: f64, least_s: f64) -> Flown {
        let from_s = self.rng.between(0.0, duration_s - least_s);
        let to_s = self.rng.between(from_s + least_s, duration_s + least_s);
        flown.between(from_s, to_s)
    }

    fn radar(&self, id: &str, azimuth_deg: f64, distance_km: f64, period_s: f64, range_km: f64) -> Station {
        Station::radar(id, off(self.centre, azimuth_deg, distance_km).at_height(150.0), period_s, range_km)
    }

    fn finish(self, name: &str, description: &str, duration_s: f64, stations: Vec<Station>) -> Trial {
        let (name, description) = (name.to_owned(), description.to_owned());
        Trial { name, description, seed: 0, duration_s, step_s: 5.0, stations, targets: self.targets }
    }

    fn patrols(mut self) -> Trial {
        self.centre = LatLon { lat_deg: 59.6, lon_deg: 10.4 };
        for _ in 0..18 {
            let flown = self.drone(540.0, 45.0);
            self.add("drone", flown);
        }
        for _ in 0..6 {
            let flown = self.airliner(540.0, 110.0);
            self.add("airliner", flown);
        }
        let noise = Errors { range_m: 75.0, azimuth_deg: 0.2, elevation_deg: 0.5 };
        let stations = vec![
            Station { pd: 0.9, clutter: 25.0, noise, phase_s: 1.3, ..self.radar("quick", 40.0, 30.0, 4.0, 120.0) },
            Station { pd: 0.75, clutter: 10.0, phase_s: 3.7, ..self.radar("slow", 230.0, 60.0, 12.0, 250.0) },
        ];
        self.finish(
            "patrols",
            "drones that circle, weave and wander in wind, and airliners; two radars, 4 s and 12 s",
            540.0,
            stations,
        )
    }

    fn murk(mut self) -> Trial {
        self.centre = LatLon { lat_deg: 36.2, lon_deg: -6.1 };
        for _ in 0..26 {
            let flown = self.drone(600.0, 38.0);
            let flown = self.partly(&flown, 600.0, 240.0);
            self.add("drone", flown);
        }
        let noise = Errors { range_m: 30.0, azimuth_deg: 0.35, elevation_deg: 0.6 };
        let murk =
            |pd, clutter, phase_s, radar| Station { pd, clutter, noise, phase_s, elevation_deg: (-1.0, 9.0), ..radar };
        let stations = vec![
            murk(0.62, 200.0, 0.4, self.radar("west", 270.0, 22.0, 6.0, 70.0)),
            murk(0.7, 140.0, 2.1, self.radar("south", 165.0, 25.0, 7.0, 70.0)),
        ];
        self.finish("murk", "weak drones that come and go in mid-area, two radars with Pd 0.62 and 0.7 and 140 to 200 false plots a turn", 600.0, stations)
    }

    fn formations(mut self) -> Trial {
        self.centre = LatLon { lat_deg: 48.1, lon_deg: 37.2 };
        for size in [2, 3, 4, 5, 6, 2, 3, 6] {
            let start = self.start(25.0, 60.0, (400.0, 3000.0), (35.0, 60.0));
            let height = start.place.height_m;
            let through = self.ring(0.0, 4.0);
            let mut legs = vec![Leg::To(through, start.speed_m_s, height)];
            legs.extend(self.route(4, (10.0, 60.0), (35.0, 60.0), (400.0, 3000.0)));
            let way = crate::geodesic::between(start.place.lat_lon(), through);
            let start = Start { heading_deg: skypicket_model::math::deg(way.azimuth_rad), ..start };
            let handling = Handling { bank_deg: 20.0, ..Handling::DRONE };
            let leader = fly(start, handling, &legs, 600.0, &mut self.rng);
            let apart = self.rng.between(200.0, 800.0);
            for k in 1..size {
                let row = f64::from(k / 2 + k % 2);
                let side = if k % 2 == 0 { -1.0 } else { 1.0 };
                let offset = [side * row * apart * 0.8, -row * apart * 0.6, self.rng.between(-60.0, 60.0)];
                let flown = beside(&leader, offset, 60.0, &mut self.rng);
                self.add("drone", flown);
            }
            self.add("drone", leader);
        }
        let noise = Errors { range_m: 40.0, azimuth_deg: 0.12, elevation_deg: 0.25 };
        let form = |clutter, phase_s, radar| Station { pd: 0.85, clutter, noise, phase_s, ..radar };
        let stations = vec![
            form(60.0, 0.2, self.radar("a", 10.0, 45.0, 5.0, 130.0)),
            form(40.0, 1.9, self.radar("b", 130.0, 55.0, 6.0, 130.0)),
            form(20.0, 4.1, self.radar("c", 250.0, 70.0, 10.0, 180.0)),
        ];
        self.finish("formations", "eight formations of two to six drones, 200 to 800 m apart, that cross near the centre and turn; three radars", 600.0, stations)
    }

    fn posts(mut self) -> Trial {
        self.centre = LatLon { lat_deg: 55.1, lon_deg: 24.3 };
        for _ in 0..12 {
            let start = self.start(8.0, 26.0, (80.0, 450.0), (25.0, 60.0));
            let mut legs = self.route(7, (0.0, 24.0), (20.0, 60.0), (80.0, 450.0));
            legs.insert(2, Leg::Weave(20.0, 45.0, 120.0));
            let flown = fly(start, Handling::DRONE, &legs, 600.0, &mut self.rng);
            let flown = self.partly(&flown, 600.0, 300.0);
            self.add("drone", flown);
        }
        let mut stations = Vec::new();
        for k in 0..18_u32 {
            // An uneven net: two rings.
            let (azimuth, distance) =
                if k < 6 { (f64::from(k) * 60.0, 7.0) } else { (f64::from(k) * 30.0 + 11.0, 19.0) };
            let place = off(self.centre, azimuth + self.rng.between(-8.0, 8.0), distance + self.rng.between(-2.0, 2.0));
            let acoustic = k % 3 == 0;
            let (range_km, sigma) = if acoustic { (7.0, 2.5) } else { (13.0, 1.2) };
            stations.push(Station {
                pd: self.rng.between(0.5, 0.8),
                clutter: self.rng.between(0.1, 0.6),
                period_s: if acoustic { 1.0 } else { 3.0 },
                phase_s: 0.25 * f64::from(k % 4),
                ..Station::post(&format!("post-{k:02}"), place.at_height(140.0), range_km, sigma)
            });
        }
        let noise = Errors { range_m: 60.0, azimuth_deg: 0.4, elevation_deg: 0.8 };
        for (id, azimuth, phase_s) in [("near", 80.0, 1.0), ("far", 200.0, 2.6)] {
            let radar = self.radar(id, azimuth, 18.0, 8.0, 40.0);
            stations.push(Station { pd: 0.65, clutter: 50.0, noise, phase_s, ..radar });
        }
        self.finish(
            "posts",
            "low drones heard by 18 listening posts of two kinds and seen by two weak radars",
            600.0,
            stations,
        )
    }

    fn askew(mut self) -> Trial {
        self.centre = LatLon { lat_deg: 45.4, lon_deg: 26.0 };
        for k in 0..32_u32 {
            let flown = self.airliner(600.0, 140.0);
            self.add("airliner", flown);
            if self.rng.chance(0.6) {
                self.targets.iter_mut().last().into_iter().for_each(|target| target.address = Some(0x4a_0000 + k));
            }
        }
        for _ in 0..14 {
            let flown = self.drone(600.0, 50.0);
            self.add("drone", flown);
        }
        let askew = |bias: [f64; 3], delay_s, phase_s, radar| Station {
            bias: Errors { range_m: bias[0], azimuth_deg: bias[1], elevation_deg: bias[2] },
            delay_s,
            phase_s,
            clutter: 30.0,
            pd: 0.85,
            ..radar
        };
        let stations = vec![
            askew([140.0, -0.3, 0.12], (1.5, 10.0), 0.6, self.radar("turned", 300.0, 50.0, 5.0, 200.0)),
            askew([-90.0, 0.2, -0.15], (0.5, 2.0), 2.2, self.radar("other", 60.0, 65.0, 8.0, 220.0)),
            askew([0.0, 0.0, 0.0], (4.0, 12.0), 3.1, self.radar("late", 180.0, 60.0, 10.0, 220.0)),
            Station { pd: 0.8, ..Station::receivers("reports", 1.0) },
        ];
        self.finish("askew", "airliners of which six in ten report themselves, and drones; two biased radars of three, looks up to 12 s late", 600.0, stations)
    }

    fn flat(mut self) -> Trial {
        self.centre = LatLon { lat_deg: 51.9, lon_deg: 4.6 };
        for _ in 0..22 {
            let flown = self.airliner(600.0, 130.0);
            self.add("airliner", flown);
        }
        for _ in 0..14 {
            let flown = self.drone(600.0, 45.0);
            self.add("drone", flown);
        }
        let noise = Errors { range_m: 60.0, azimuth_deg: 0.15, elevation_deg: 0.0 };
        let flat = |clutter, phase_s, radar| Station { kind: Kind::Radar2d, noise, pd: 0.8, clutter, phase_s, ..radar };
        let stations = vec![
            flat(30.0, 0.9, self.radar("first", 350.0, 35.0, 6.0, 200.0)),
            flat(15.0, 2.5, self.radar("second", 110.0, 50.0, 10.0, 220.0)),
            flat(30.0, 4.4, self.radar("third", 235.0, 45.0, 6.0, 200.0)),
        ];
        self.finish("flat", "airliners and drones seen by three 2D radars, no height measured at all", 600.0, stations)
    }

    fn gathering(mut self) -> Trial {
        self.centre = LatLon { lat_deg: 31.4, lon_deg: 34.9 };
        let meet = off(self.centre, 75.0, 6.0);
        for _ in 0..48 {
            let start = self.start(12.0, 34.0, (200.0, 1200.0), (25.0, 55.0));
            let way = crate::geodesic::between(start.place.lat_lon(), meet);
            let start = Start { heading_deg: skypicket_model::math::deg(way.azimuth_rad), ..start };
            let near = off(meet, self.rng.between(0.0, 360.0), self.rng.between(0.2, 3.0));
            let height = self.rng.between(200.0, 1200.0);
            let side = if self.rng.chance(0.5) { 1.0 } else { -1.0 };
            let mut legs = vec![
                Leg::Wander(10.0, 12.0, self.rng.between(40.0, 120.0)),
                Leg::To(near, self.rng.between(25.0, 55.0), height),
                Leg::Circle(side * self.rng.between(350.0, 1100.0), self.rng.between(60.0, 200.0), height),
            ];
            legs.extend(self.route(3, (15.0, 40.0), (25.0, 55.0), (200.0, 1200.0)));
            let flown = fly(start, Handling::DRONE, &legs, 600.0, &mut self.rng);
            let flown = if self.rng.chance(0.4) { self.partly(&flown, 600.0, 200.0) } else { flown };
            self.add("drone", flown);
        }
        let noise = Errors { range_m: 35.0, azimuth_deg: 0.18, elevation_deg: 0.35 };
        let gather = |pd, clutter, phase_s, radar| Station { pd, clutter, noise, phase_s, ..radar };
        let stations = vec![
            gather(0.82, 80.0, 0.3, self.radar("hill", 320.0, 18.0, 5.0, 90.0)),
            gather(0.78, 60.0, 3.3, self.radar("coast", 250.0, 40.0, 8.0, 120.0)),
        ];
        self.finish("gathering", "48 drones come from all sides to one place, circle there and leave; some appear and vanish on the way; two radars", 600.0, stations)
    }

    fn sudden(mut self) -> Trial {
        self.centre = LatLon { lat_deg: 65.2, lon_deg: 24.8 };
        for _ in 0..8 {
            let start = self.start(30.0, 90.0, (1000.0, 9000.0), (190.0, 300.0));
            let side = if self.rng.chance(0.5) { 1.0 } else { -1.0 };
            let mut legs = vec![
                Leg::Straight(self.rng.between(30.0, 100.0)),
                Leg::Break(side * self.rng.between(55.0, 75.0), self.rng.between(90.0, 200.0)),
                Leg::Straight(self.rng.between(20.0, 60.0)),
                Leg::Break(-side * self.rng.between(40.0, 70.0), self.rng.between(120.0, 340.0)),
            ];
            legs.extend(self.route(8, (0.0, 90.0), (170.0, 320.0), (600.0, 9000.0)));
            let flown = fly(start, Handling::JET, &legs, 480.0, &mut self.rng);
            let flown = self.partly(&flown, 480.0, 200.0);
            self.add("jet", flown);
        }
        for _ in 0..14 {
            let flown = self.airliner(480.0, 170.0);
            let flown = self.partly(&flown, 480.0, 200.0);
            self.add("airliner", flown);
        }
        for _ in 0..8 {
            let flown = self.drone(480.0, 50.0);
            let flown = self.partly(&flown, 480.0, 200.0);
            self.add("drone", flown);
        }
        let place = Geodetic { height_m: 420.0, ..off(self.centre, 200.0, 15.0).at_height(0.0) };
        let noise = Errors { range_m: 120.0, azimuth_deg: 0.1, elevation_deg: 0.2 };
        let stations = vec![
            Station { pd: 0.95, clutter: 5.0, noise, phase_s: 2.0, ..Station::radar("mountain", place, 10.0, 300.0) },
            Station {
                pd: 0.9,
                clutter: 15.0,
                silent_s: vec![(180.0, 260.0)],
                ..self.radar("valley", 20.0, 25.0, 6.0, 150.0)
            },
        ];
        self.finish("sudden", "jets that break hard, airliners and drones that appear and vanish in mid-area; a slow radar and one that falls silent for 80 s", 480.0, stations)
    }
}
