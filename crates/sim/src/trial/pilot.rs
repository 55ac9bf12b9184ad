//! Steered flight: bank, roll, wind, waypoints and circles, integrated in small steps. None of it is a motion model of the tracker.
//!
//! A pilot wishes for a bank angle, which follows with a limited rate of roll; the turn rate is g·tan(bank)/airspeed, so no turn has a
//! constant rate. Speed and climb follow with limited accelerations. The wind carries everything, so a circle over ground needs a
//! changing bank.

use super::flown::{Flown, State};
use crate::geodesic::between;
use crate::rng::Rng;
use skypicket_model::frames::{WGS84_A_M, WGS84_E2};
use skypicket_model::math::{TAU, atan, atan2, cos, deg, hypot, rad, sin, sin_cos, tan, wrap_pi};
use skypicket_model::{Geodetic, LatLon, Tangent, Vec3};

/// Standard gravity, m/s².
const G_M_S2: f64 = 9.806_65;
/// Integration step and knots, seconds.
const STEP_S: f64 = 0.25;
/// The longest flight, seconds.
const LONGEST_S: f64 = 86_400.0;

/// What an aircraft can do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Handling {
    /// Largest bank, degrees.
    pub bank_deg: f64,
    /// Rate of roll, degrees/s.
    pub roll_deg_s: f64,
    /// Change of speed, m/s².
    pub accel_m_s2: f64,
    /// Rate of climb and descent, m/s.
    pub climb_m_s: f64,
}

impl Handling {
    /// A drone of 15–60 m/s.
    pub const DRONE: Self = Self { bank_deg: 35.0, roll_deg_s: 20.0, accel_m_s2: 1.5, climb_m_s: 4.0 };
    /// An airliner.
    pub const AIRLINER: Self = Self { bank_deg: 25.0, roll_deg_s: 4.0, accel_m_s2: 0.5, climb_m_s: 12.0 };
    /// A fast jet.
    pub const JET: Self = Self { bank_deg: 76.0, roll_deg_s: 60.0, accel_m_s2: 5.0, climb_m_s: 60.0 };
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Leg {
    /// Fly to a place, changing speed (m/s) and height (m) on the way.
    To(LatLon, f64, f64),
    /// Circle round a centre abeam: radius (m, positive for right turns), for how long (s), and the height (m) to go to meanwhile.
    Circle(f64, f64, f64),
    /// Swing the bank as a sine: amplitude (degrees), period (s), for how long (s).
    Weave(f64, f64, f64),
    /// Bank at random: 1-sigma (degrees), correlation time (s), for how long (s).
    Wander(f64, f64, f64),
    /// Bank (degrees, positive to the right) until the heading has changed by so many degrees.
    Break(f64, f64),
    /// Straight on for so long (s).
    Straight(f64),
}

/// Where and how a flight begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// The place.
    pub place: Geodetic,
    /// Heading, degrees.
    pub heading_deg: f64,
    /// Airspeed, m/s.
    pub speed_m_s: f64,
    /// Wind, m/s, the direction in which it blows: east and north.
    pub wind_m_s: [f64; 2],
}

struct Pilot {
    time_s: f64,
    place: Geodetic,
    heading_rad: f64,
    speed_m_s: f64,
    bank_rad: f64,
    climb_m_s: f64,
    wish_speed_m_s: f64,
    wish_height_m: f64,
    wind: [f64; 2],
    handling: Handling,
    knots: Vec<(f64, State)>,
}

/// Flies the legs from second 0 on until they are done or `until_s`.
#[must_use]
pub fn fly(start: Start, handling: Handling, legs: &[Leg], until_s: f64, rng: &mut Rng) -> Flown {
    let mut pilot = Pilot {
        time_s: 0.0,
        place: start.place,
        heading_rad: rad(start.heading_deg),
        speed_m_s: start.speed_m_s.max(1.0),
        bank_rad: 0.0,
        climb_m_s: 0.0,
        wish_speed_m_s: start.speed_m_s.max(1.0),
        wish_height_m: start.place.height_m,
        wind: start.wind_m_s,
        handling,
        knots: Vec::new(),
    };
    let until_s = until_s.min(LONGEST_S);
    pilot.note();
    for leg in legs {
        pilot.leg(*leg, until_s, rng);
    }
    Flown::new(pilot.knots)
}

impl Pilot {
    fn leg(&mut self, leg: Leg, until_s: f64, rng: &mut Rng) {
        let begun_s = self.time_s;
        let mut turned_rad = 0.0;
        let mut bank = 0.0;
        let centre = match leg {
            Leg::Circle(radius_m, _, height_m) => {
                self.wish_height_m = height_m;
                let (s, c) = sin_cos(self.track_rad());
                Tangent::new(self.place).geodetic(Vec3::new(radius_m * c, -radius_m * s, 0.0)).lat_lon()
            }
            Leg::To(place, speed_m_s, height_m) => {
                (self.wish_speed_m_s, self.wish_height_m) = (speed_m_s, height_m);
                place
            }
            _ => self.place.lat_lon(),
        };
        while self.time_s < until_s {
            let since_s = self.time_s - begun_s;
            let (wish, done) = match leg {
                Leg::To(..) => self.towards(centre, since_s),
                Leg::Circle(radius_m, for_s, _) => (self.around(centre, radius_m), since_s >= for_s),
                Leg::Weave(amplitude_deg, period_s, for_s) => {
                    (rad(amplitude_deg) * sin(TAU * since_s / period_s), since_s >= for_s)
                }
                Leg::Wander(sigma_deg, time_s, for_s) => {
                    let keep = 1.0 - STEP_S / time_s.max(STEP_S);
                    bank = keep * bank + rad(sigma_deg) * (1.0 - keep * keep).sqrt() * rng.normal();
                    (bank, since_s >= for_s)
                }
                Leg::Break(bank_deg, change_deg) => (rad(bank_deg), turned_rad >= rad(change_deg)),
                Leg::Straight(for_s) => (0.0, since_s >= for_s),
            };
            if done {
                break;
            }
            turned_rad += self.step(wish);
        }
    }

    /// The wished bank to fly to a place, and whether it is reached.
    fn towards(&self, place: LatLon, since_s: f64) -> (f64, bool) {
        let way = between(self.place.lat_lon(), place);
        let error = wrap_pi(way.azimuth_rad - self.track_rad());
        let radius_m = self.speed_m_s * self.speed_m_s / (G_M_S2 * tan(rad(self.handling.bank_deg)));
        // A place inside the turning circle would be circled for ever.
        let abeam = error.abs() > 1.2 && way.distance_m < 2.5 * radius_m && since_s > 5.0;
        let reached = way.distance_m < 4.0 * self.speed_m_s || abeam;
        (self.bank_for(error / 5.0), reached)
    }

    /// The wished bank to circle round a place.
    fn around(&self, centre: LatLon, radius_m: f64) -> f64 {
        let to = between(self.place.lat_lon(), centre);
        let side = if radius_m < 0.0 { -1.0 } else { 1.0 };
        let off = (to.distance_m / radius_m.abs().max(1.0) - 1.0).clamp(-1.0, 1.0);
        let wanted = to.azimuth_rad - side * (0.5 * core::f64::consts::PI - off);
        let along_m_s = self.ground().0;
        side * self.bank_for(along_m_s / radius_m.abs().max(1.0))
            + self.bank_for(wrap_pi(wanted - self.track_rad()) / 4.0)
    }

    fn bank_for(&self, rate_rad_s: f64) -> f64 {
        atan(rate_rad_s * self.speed_m_s / G_M_S2)
    }

    /// Ground speed and its components east and north, m/s.
    fn ground(&self) -> (f64, f64, f64) {
        let (s, c) = sin_cos(self.heading_rad);
        let (east, north) = (self.speed_m_s * s + self.wind[0], self.speed_m_s * c + self.wind[1]);
        (hypot(east, north), east, north)
    }

    fn track_rad(&self) -> f64 {
        let (_, east, north) = self.ground();
        atan2(east, north)
    }

    /// One step with a wished bank; the change of heading, radians without sign.
    fn step(&mut self, wish_rad: f64) -> f64 {
        let h = self.handling;
        let most = rad(h.bank_deg);
        let roll = rad(h.roll_deg_s) * STEP_S;
        self.bank_rad += (wish_rad.clamp(-most, most) - self.bank_rad).clamp(-roll, roll);
        let accel = h.accel_m_s2 * STEP_S;
        self.speed_m_s += (self.wish_speed_m_s - self.speed_m_s).clamp(-accel, accel);
        let wish_climb = ((self.wish_height_m - self.place.height_m) / 8.0).clamp(-h.climb_m_s, h.climb_m_s);
        let change = 0.15 * h.climb_m_s * STEP_S;
        self.climb_m_s += (wish_climb - self.climb_m_s).clamp(-change, change);
        let turn = G_M_S2 * tan(self.bank_rad) / self.speed_m_s * STEP_S;
        self.heading_rad = wrap_pi(self.heading_rad + 0.5 * turn);
        let (_, east, north) = self.ground();
        self.heading_rad = wrap_pi(self.heading_rad + 0.5 * turn);
        let s = sin(rad(self.place.lat_deg));
        let w = 1.0 - WGS84_E2 * s * s;
        let across_m = WGS84_A_M / w.sqrt() + self.place.height_m;
        let along_m = WGS84_A_M * (1.0 - WGS84_E2) / (w * w.sqrt()) + self.place.height_m;
        self.place.lat_deg += deg(north * STEP_S / along_m);
        self.place.lon_deg += deg(east * STEP_S / (across_m * cos(rad(self.place.lat_deg))));
        self.place.height_m += self.climb_m_s * STEP_S;
        self.time_s += STEP_S;
        self.note();
        turn.abs()
    }

    fn note(&mut self) {
        let (_, east, north) = self.ground();
        self.knots.push((self.time_s, State::new(self.place, Vec3::new(east, north, self.climb_m_s))));
    }
}

/// One that keeps its place beside a leader: metres to the right, ahead and above, slowly wandering about them.
///
/// The place turns with the leader's direction of the last 20 s, so that it swings out behind a turn.
#[must_use]
pub fn beside(leader: &Flown, offset_m: [f64; 3], wander_m: f64, rng: &mut Rng) -> Flown {
    const KNOT_S: f64 = 1.0;
    let Some((from_s, to_s)) = leader.span_s() else { return Flown::default() };
    let mut off = [0.0, 0.0, 0.0];
    let (mut direction, mut positions) = ([0.0, 0.0], Vec::new());
    let keep = 1.0 - KNOT_S / 40.0;
    let mut time_s = from_s;
    let mut speed = [0.0; 3];
    while let Some(state) = leader.at(time_s.min(to_s)) {
        let m = state.motion();
        let v = m.ground_speed_m_s().max(1.0);
        let share = if positions.is_empty() { 1.0 } else { KNOT_S / 20.0 };
        direction[0] += share * (m.east_m_s / v - direction[0]);
        direction[1] += share * (m.north_m_s / v - direction[1]);
        let length = hypot(direction[0], direction[1]).max(1e-6);
        let (s, c) = (direction[0] / length, direction[1] / length);
        for k in 0..3 {
            // A second-order wander: its speed is smooth too.
            speed[k] = keep * speed[k] + wander_m * 0.006 * rng.normal() - 0.002 * off[k];
            off[k] += speed[k] * KNOT_S;
        }
        let (right, ahead) = (offset_m[0] + off[0], offset_m[1] + off[1]);
        let local = Vec3::new(right * c + ahead * s, -right * s + ahead * c, offset_m[2] + 0.2 * off[2]);
        positions.push((time_s.min(to_s), Tangent::new(m.place).to_ecef(local)));
        if time_s >= to_s {
            break;
        }
        time_s += KNOT_S;
    }
    let knots: Vec<(f64, State)> = positions
        .iter()
        .enumerate()
        .filter_map(|(k, (time_s, position))| {
            let before = positions.get(k.saturating_sub(1))?;
            let after = positions.get(k + 1).unwrap_or(positions.last()?);
            let apart_s = after.0 - before.0;
            (apart_s > 0.0).then(|| {
                let velocity = (after.1 - before.1) * (1.0 / apart_s);
                (*time_s, State { position: *position, velocity })
            })
        })
        .collect();
    Flown::new(knots)
}
