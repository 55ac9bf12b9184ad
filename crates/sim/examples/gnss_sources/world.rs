//! Worlds with transmitters of known place: aircraft on airways and low ones, each with a receiver of its own, and what they send second by second.

use skypicket_model::observation::{Channel, SelfPart, SelfReport, StatedPosition, StatedStatus, StatedVelocity};
use skypicket_model::{
    Address, LatLon, Observation, ObservationId, PressureAltitude, Reality, Report, SensorId, Seq, Span, Time,
};
use skypicket_sim::rng::Rng;
use std::f64::consts::{LN_10, TAU};

/// When worlds begin.
pub(crate) const BEGIN: Time = Time::from_s(1_758_400_000);
/// When transmitters are switched on, seconds of the world.
pub(crate) const ON_S: u32 = 600;
/// Half of the side of the country, km.
const SIDE_KM: f64 = 450.0;
const MIDDLE: LatLon = LatLon { lat_deg: 54.5, lon_deg: 21.0 };
/// Share of aircraft that fly low.
const LOW: f64 = 0.25;

/// A transmitter.
#[derive(Clone, Debug)]
pub(crate) struct Transmitter {
    pub(crate) place: LatLon,
    /// How it moves, east and north, m/s.
    pub(crate) moves_m_s: [f64; 2],
    /// Distance at which a usual receiver loses its navigation, km, in the mean over directions in decibels.
    pub(crate) reach_km: f64,
    pub(crate) mast_m: f64,
    /// Gain by harmonics of the azimuth: decibels and phase.
    harmonics: Vec<(f64, f64)>,
    /// Sectors in which something stands in the way: middle, half width, loss in decibels.
    shadows: Vec<(f64, f64, f64)>,
}

/// How unlike the model worlds are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unlike {
    /// As it thinks: alike in all directions.
    Little,
    /// Antennas differ by direction, things stand in the way.
    Much,
}

impl Transmitter {
    fn new(rng: &mut Rng, unlike: Unlike, place: LatLon, reach_km: (f64, f64)) -> Self {
        let reach_km = (rng.between(reach_km.0.ln(), reach_km.1.ln())).exp();
        let mast_m = rng.between(5.0_f64.ln(), 100.0_f64.ln()).exp();
        let mut harmonics = Vec::new();
        let mut shadows = Vec::new();
        if unlike == Unlike::Much {
            // Front to back up to 10 dB in six of ten, ripples in all.
            let swing_db = if rng.chance(0.6) { rng.between(0.0, 10.0) } else { 0.0 };
            harmonics.push((0.5 * swing_db, rng.between(0.0, TAU)));
            for _ in 0..3 {
                harmonics.push((rng.normal() * 0.8, rng.between(0.0, TAU)));
            }
            for _ in 0..rng.below(4) {
                shadows.push((rng.between(0.0, TAU), rng.between(0.09, 0.35), rng.between(3.0, 15.0)));
            }
        }
        Self { place, moves_m_s: [0.0, 0.0], reach_km, mast_m, harmonics, shadows }
    }

    /// Where it is.
    pub(crate) fn at(&self, second: u32) -> LatLon {
        let s = f64::from(second);
        moved(self.place, self.moves_m_s[0] * s * 1e-3, self.moves_m_s[1] * s * 1e-3)
    }

    fn reaches(&self, second: u32, place: LatLon, height_m: f64, sensitivity_db: f64) -> bool {
        let own = self.at(second);
        let (from, to) = (own.at_height(self.mast_m).to_ecef(), place.at_height(height_m).to_ecef());
        let [x, y, z] = [to.x - from.x, to.y - from.y, to.z - from.z];
        let km = (x * x + y * y + z * z).sqrt() * 1e-3;
        if km > 4.12 * (self.mast_m.sqrt() + height_m.max(0.0).sqrt()) {
            return false;
        }
        let [east, north] = offset(own, place);
        let azimuth = east.atan2(north);
        let mut gain_db = sensitivity_db;
        for (order, (db, phase)) in self.harmonics.iter().enumerate() {
            gain_db += db * ((order + 1) as f64 * azimuth - phase).cos();
        }
        for (middle, half, loss_db) in &self.shadows {
            let off = (azimuth - middle + 3.0 * TAU / 2.0).rem_euclid(TAU) - TAU / 2.0;
            if off.abs() <= *half {
                gain_db -= loss_db;
            }
        }
        km <= self.reach_km * (gain_db / 20.0 * LN_10).exp()
    }
}

/// A place so far away, km.
pub(crate) fn moved(place: LatLon, east_km: f64, north_km: f64) -> LatLon {
    let lat_deg = place.lat_deg + north_km / 111.2;
    LatLon { lat_deg, lon_deg: place.lon_deg + east_km / (111.3 * lat_deg.to_radians().cos()) }
}

/// East and north of a place, km.
pub(crate) fn offset(from: LatLon, to: LatLon) -> [f64; 2] {
    let mean = (0.5 * (from.lat_deg + to.lat_deg)).to_radians();
    [(to.lon_deg - from.lon_deg) * 111.3 * mean.cos(), (to.lat_deg - from.lat_deg) * 111.2]
}

#[derive(Clone, Copy, Debug)]
struct Aircraft {
    number: u32,
    from_s: f64,
    until_s: f64,
    start: [f64; 2],
    velocity_km_s: [f64; 2],
    /// Height at the start, in the middle and at the end, m.
    heights_m: [f64; 3],
    sensitivity_db: f64,
    loses_s: f64,
    back_s: f64,
    never_back: bool,
    chronic: bool,
    /// Sends no positions while it lacks navigation.
    silent: bool,
    /// Seconds within and without reach, and whether it lacks navigation.
    inside_s: f64,
    outside_s: f64,
    lacks: bool,
}

/// A world.
pub(crate) struct World {
    pub(crate) transmitters: Vec<Transmitter>,
    aircraft: Vec<Aircraft>,
    seq: u64,
}

/// Of what kind a world is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    One,
    Two,
    Moving,
}

impl World {
    /// `seconds`: for how long.
    pub(crate) fn new(seed: u64, sort: Sort, unlike: Unlike, seconds: u32) -> Self {
        let mut rng = Rng::new(seed);
        let place =
            |rng: &mut Rng, most_km: f64| moved(MIDDLE, rng.between(-most_km, most_km), rng.between(-most_km, most_km));
        let mut transmitters = Vec::new();
        match sort {
            Sort::One => {
                let place = place(&mut rng, 120.0);
                transmitters.push(Transmitter::new(&mut rng, unlike, place, (80.0, 400.0)));
            }
            Sort::Two => {
                // 150 km apart, each of a reach that leaves something between them to tell.
                let (first, turned) = (place(&mut rng, 60.0), rng.between(0.0, TAU));
                for side in [-75.0, 75.0] {
                    let place = moved(first, side * turned.cos(), side * turned.sin());
                    transmitters.push(Transmitter::new(&mut rng, unlike, place, (50.0, 130.0)));
                }
            }
            Sort::Moving => {
                let place = place(&mut rng, 60.0);
                let mut own = Transmitter::new(&mut rng, unlike, place, (80.0, 300.0));
                let (speed, turned) = (rng.between(5.0, 30.0), rng.between(0.0, TAU));
                own.moves_m_s = [speed * turned.cos(), speed * turned.sin()];
                transmitters.push(own);
            }
        }
        let aircraft = traffic(&mut rng, f64::from(seconds));
        Self { transmitters, aircraft, seq: 0 }
    }

    /// What is sent in a second.
    pub(crate) fn second(&mut self, second: u32, out: &mut Vec<Observation>) {
        let now_s = f64::from(second);
        let transmitters = &self.transmitters;
        for own in &mut self.aircraft {
            if !(own.from_s..own.until_s).contains(&now_s) {
                continue;
            }
            let (place, height_m) = own.at(now_s);
            let reaches = |each: &Transmitter| each.reaches(second, place, height_m, own.sensitivity_db);
            let inside = second >= ON_S && transmitters.iter().any(reaches);
            own.feel(inside);
            own.say(second, (place, height_m), &mut self.seq, out);
        }
    }
}

impl Aircraft {
    fn at(&self, now_s: f64) -> (LatLon, f64) {
        let flown_s = now_s - self.from_s;
        let [x, y] = [0, 1].map(|k| self.start[k] + self.velocity_km_s[k] * flown_s);
        let share = flown_s / (self.until_s - self.from_s);
        let [a, b, c] = self.heights_m;
        // Climbs and sinks at 12 m/s.
        let height_m = b.min(a + 12.0 * flown_s).min(c + 12.0 * (1.0 - share) * (self.until_s - self.from_s));
        (moved(MIDDLE, x, y), height_m.max(0.0))
    }

    fn feel(&mut self, inside: bool) {
        if inside {
            (self.inside_s, self.outside_s) = (self.inside_s + 1.0, 0.0);
            self.lacks |= self.inside_s > self.loses_s;
        } else {
            (self.inside_s, self.outside_s) = (0.0, self.outside_s + 1.0);
            self.lacks &= self.never_back || self.outside_s <= self.back_s;
        }
    }

    fn say(&self, second: u32, (place, height_m): (LatLon, f64), seq: &mut u64, out: &mut Vec<Observation>) {
        let lacks = self.lacks || self.chronic;
        let position = StatedPosition {
            arrival: None,
            place,
            pressure: Some(PressureAltitude::from_ft(height_m / 0.3048)),
            height: None,
            on_ground: false,
            nic: Some(if lacks { 0 } else { 8 }),
            containment_m: None,
            sigma_m: 10.0,
            ground_speed_m_s: None,
            track_rad: None,
        };
        let [east, north] = self.velocity_km_s.map(|v| 1e3 * v);
        let velocity = StatedVelocity { east_m_s: Some(east), north_m_s: Some(north), ..StatedVelocity::default() };
        let nac_p = Some(if lacks { 0 } else { 9 });
        let status = StatedStatus { version: Some(2), nac_p, ..StatedStatus::default() };
        let whereabouts = if self.lacks && self.silent { SelfPart::NoPosition } else { SelfPart::Position(position) };
        let parts = [
            (100, Some(whereabouts)),
            (300, Some(SelfPart::Velocity(velocity))),
            (600, (second + self.number).is_multiple_of(2).then_some(SelfPart::Status(status))),
        ];
        for (ms, part) in parts {
            let Some(part) = part else { continue };
            *seq += 1;
            let at = BEGIN + Span::from_s(i64::from(second)) + Span::from_ms(ms);
            let report = Report::SelfReport(SelfReport {
                address: Address::icao(0x40_0000 + self.number),
                channel: Channel::AdsB,
                part,
            });
            out.push(Observation {
                id: ObservationId { seq: Seq(*seq), index: 0 },
                sensor: SensorId::default(),
                measured: at,
                received: at,
                reality: Reality::Live,
                report,
            });
        }
    }
}

fn traffic(rng: &mut Rng, seconds: f64) -> Vec<Aircraft> {
    // From a quiet sky to a busy one.
    let at_once = rng.between(15.0_f64.ln(), 150.0_f64.ln()).exp();
    let airways: Vec<([f64; 2], [f64; 2])> = (0..10 + rng.below(10)).map(|_| airway(rng)).collect();
    let weights: Vec<f64> = airways.iter().map(|_| rng.between(0.2, 1.0)).collect();
    let fields: Vec<[f64; 2]> = (0..8).map(|_| [rng.between(-300.0, 300.0), rng.between(-300.0, 300.0)]).collect();
    let mut all = Vec::new();
    // High ones cross in some 3,300 s, low ones fly some 1,500 s.
    let births = [at_once * (1.0 - LOW) / 3300.0, at_once * LOW / 1500.0];
    for (kind, rate) in births.into_iter().enumerate() {
        let mut at_s = -4000.0;
        loop {
            at_s += -rng.unit().max(1e-9).ln() / rate;
            if at_s > seconds {
                break;
            }
            let number = all.len() as u32;
            let own = if kind == 0 {
                let mut left = rng.between(0.0, weights.iter().sum());
                let airway = weights.iter().position(|w| {
                    left -= w;
                    left <= 0.0
                });
                high(rng, number, at_s, airways[airway.unwrap_or(0)], &fields)
            } else {
                low(rng, number, at_s, &fields)
            };
            all.push(own);
        }
    }
    all
}

/// A chord of the country.
fn airway(rng: &mut Rng) -> ([f64; 2], [f64; 2]) {
    let (turned, beside) = (rng.between(0.0, TAU), rng.between(-0.75 * SIDE_KM, 0.75 * SIDE_KM));
    let (sin, cos) = turned.sin_cos();
    let at = |along: f64| [cos * along - sin * beside, sin * along + cos * beside];
    (at(-SIDE_KM), at(SIDE_KM))
}

fn receiver(rng: &mut Rng, number: u32, from_s: f64) -> Aircraft {
    Aircraft {
        number,
        from_s,
        until_s: from_s,
        start: [0.0; 2],
        velocity_km_s: [0.0; 2],
        heights_m: [0.0; 3],
        sensitivity_db: 2.5 * rng.normal(),
        loses_s: -6.0 * rng.unit().max(1e-9).ln(),
        back_s: rng.between(3.0, 20.0) + if rng.chance(0.25) { rng.between(0.0, 400.0) } else { 0.0 },
        never_back: rng.chance(0.075),
        chronic: rng.chance(0.03),
        silent: rng.chance(0.35),
        inside_s: 0.0,
        outside_s: 0.0,
        lacks: false,
    }
}

fn high(rng: &mut Rng, number: u32, from_s: f64, airway: ([f64; 2], [f64; 2]), fields: &[[f64; 2]]) -> Aircraft {
    let (mut from, mut to) = if rng.chance(0.5) { airway } else { (airway.1, airway.0) };
    let cruise_m = 300.0 * rng.between(28.0, 41.0).round();
    let (mut first_m, mut last_m) = (cruise_m, cruise_m);
    // Some start or land within.
    if rng.chance(0.3)
        && let Some(field) = rng.pick(fields)
    {
        if rng.chance(0.5) {
            (from, first_m) = (*field, 300.0);
        } else {
            (to, last_m) = (*field, 300.0);
        }
    }
    let speed_km_s = rng.between(0.2, 0.255);
    fly(receiver(rng, number, from_s), from, to, speed_km_s, [first_m, cruise_m, last_m])
}

fn low(rng: &mut Rng, number: u32, from_s: f64, fields: &[[f64; 2]]) -> Aircraft {
    let from = *rng.pick(fields).unwrap_or(&[0.0, 0.0]);
    let (turned, km) = (rng.between(0.0, TAU), rng.between(40.0, 200.0));
    let to = [from[0] + km * turned.cos(), from[1] + km * turned.sin()];
    let height_m = rng.between(300.0_f64.ln(), 3000.0_f64.ln()).exp();
    let speed_km_s = rng.between(0.05, 0.12);
    fly(receiver(rng, number, from_s), from, to, speed_km_s, [height_m; 3])
}

fn fly(own: Aircraft, from: [f64; 2], to: [f64; 2], speed_km_s: f64, heights_m: [f64; 3]) -> Aircraft {
    let [x, y] = [to[0] - from[0], to[1] - from[1]];
    let km = x.hypot(y).max(1.0);
    let velocity_km_s = [x / km * speed_km_s, y / km * speed_km_s];
    Aircraft { until_s: own.from_s + km / speed_km_s, start: from, velocity_km_s, heights_m, ..own }
}
