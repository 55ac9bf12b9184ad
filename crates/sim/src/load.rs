//! A Beast stream of thousands of aircraft at once, for measuring how fast frames become observations.
//!
//! Not a story: the aircraft fly straight in a box around a receiver, and messages of fixed proportions come one after another, half of
//! them positions and velocities. Frames are valid and decode to what the aircraft do.

use crate::rng::Rng;
use skypicket_model::math::{TAU, cos, deg, rad, sin_cos};
use skypicket_model::{EmitterCategory, FlightId, LatLon, Mode3A};
use skypicket_wire::mode_s::encode::{self, Airborne, Operational, VelocityCommon};

/// Messages of one aircraft in one second: what a European en-route aircraft near a few radars sends.
const PER_AIRCRAFT_S: f64 = 8.0;
/// Half the side of the box, degrees of latitude.
const HALF_DEG: f64 = 2.7;

/// Share of each kind of message in percent; positions and velocities make half.
const MIX: [(Kind, u32); 10] = [
    (Kind::Position, 25),
    (Kind::Velocity, 25),
    (Kind::AllCall, 22),
    (Kind::Altitude, 9),
    (Kind::Operational, 5),
    (Kind::Identity, 4),
    (Kind::Squawk, 4),
    (Kind::Register40, 2),
    (Kind::Register50, 2),
    (Kind::Register60, 2),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Position,
    Velocity,
    AllCall,
    Altitude,
    Operational,
    Identity,
    Squawk,
    Register40,
    Register50,
    Register60,
}

#[derive(Clone, Debug)]
struct Aircraft {
    address: u32,
    flight_id: Option<FlightId>,
    squawk: Mode3A,
    at_zero: LatLon,
    east_kt: f64,
    north_kt: f64,
    ft: f64,
    odd: bool,
}

/// The stream.
#[derive(Clone, Debug)]
pub struct Stream {
    rng: Rng,
    aircraft: Vec<Aircraft>,
    centre: LatLon,
    kinds: Vec<Kind>,
    sent: u64,
}

impl Stream {
    /// A stream of so many aircraft (1 to 1,000,000) around a receiver.
    #[must_use]
    pub fn new(aircraft: usize, centre: LatLon, seed: u64) -> Self {
        let mut rng = Rng::named(seed, "stream");
        let count = aircraft.clamp(1, 1_000_000);
        let aircraft = (0..count).map(|index| Aircraft::draw(index, centre, &mut rng)).collect();
        let kinds = MIX.iter().flat_map(|(kind, share)| core::iter::repeat_n(*kind, *share as usize)).collect();
        Self { rng, aircraft, centre, kinds, sent: 0 }
    }

    /// Messages made so far.
    #[must_use]
    pub const fn sent(&self) -> u64 {
        self.sent
    }

    /// Seconds of the simulated time so far.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.sent as f64 / (self.aircraft.len() as f64 * PER_AIRCRAFT_S)
    }

    /// Appends so many messages in Beast framing with 12 MHz stamps.
    pub fn fill(&mut self, messages: usize, out: &mut Vec<u8>) {
        for _ in 0..messages {
            let t_s = self.seconds();
            let kind = self.kinds.get(self.rng.below(self.kinds.len())).copied().unwrap_or(Kind::AllCall);
            let index = self.rng.below(self.aircraft.len());
            let signal = 20 + self.rng.below(200) as u8;
            let stamp = (t_s * 12e6) as u64;
            if let Some(aircraft) = self.aircraft.get_mut(index) {
                aircraft.say(kind, t_s, self.centre, stamp, signal, out);
            }
            self.sent += 1;
        }
    }
}

impl Aircraft {
    fn draw(index: usize, centre: LatLon, rng: &mut Rng) -> Self {
        let lat_deg = centre.lat_deg + rng.between(-HALF_DEG, HALF_DEG);
        let half_lon_deg = HALF_DEG / cos(rad(centre.lat_deg)).max(0.1);
        let lon_deg = centre.lon_deg + rng.between(-half_lon_deg, half_lon_deg);
        let (sin, cos) = sin_cos(rng.between(0.0, TAU));
        let kt = rng.between(120.0, 500.0);
        Self {
            // An odd multiplier keeps the 24-bit addresses apart and spreads them.
            address: (index as u32).wrapping_mul(0x9e_3779).wrapping_add(0x10_0001) & 0xff_ffff,
            flight_id: FlightId::parse(&format!("SIM{index}")),
            squawk: Mode3A(0o1001 + rng.below(0o6000) as u16),
            at_zero: LatLon { lat_deg, lon_deg },
            east_kt: kt * sin,
            north_kt: kt * cos,
            ft: (rng.between(20.0, 1600.0)).round() * 25.0,
            odd: rng.chance(0.5),
        }
    }

    /// Where it is: one minute of latitude is one nautical mile to 0.6 %, which is all that a load needs.
    fn place(&self, t_s: f64, centre: LatLon) -> LatLon {
        let hours = t_s / 3600.0;
        let lat_deg = self.at_zero.lat_deg + self.north_kt * hours / 60.0;
        let lon_deg = self.at_zero.lon_deg + self.east_kt * hours / 60.0 / cos(rad(centre.lat_deg)).max(0.1);
        LatLon { lat_deg: lat_deg.clamp(-89.0, 89.0), lon_deg }
    }

    fn say(&mut self, kind: Kind, t_s: f64, centre: LatLon, stamp: u64, signal: u8, out: &mut Vec<u8>) {
        let address = self.address;
        let ft = Some(self.ft);
        let kt = (self.east_kt * self.east_kt + self.north_kt * self.north_kt).sqrt();
        let track_deg = deg(skypicket_model::math::atan2(self.east_kt, self.north_kt)).rem_euclid(360.0);
        let long = match kind {
            Kind::AllCall => return encode::beast(out, stamp, signal, &encode::df11(address, 5, 0)),
            Kind::Altitude => return encode::beast(out, stamp, signal, &encode::df4(address, 0, ft)),
            Kind::Squawk => return encode::beast(out, stamp, signal, &encode::df5(address, 0, self.squawk)),
            Kind::Position => {
                self.odd = !self.odd;
                let what = Airborne { type_code: 11, nic_b: false, ft };
                encode::df17(address, encode::airborne_position(what, self.place(t_s, centre), self.odd))
            }
            Kind::Velocity => {
                let common = VelocityCommon {
                    nac_v: 2,
                    vertical_fpm: Some(0.0),
                    barometric: true,
                    height_minus_pressure_ft: Some(250.0),
                };
                encode::df17(address, encode::ground_velocity(common, Some(self.east_kt), Some(self.north_kt)))
            }
            Kind::Operational => {
                let what = Operational {
                    version: 2,
                    nac_p: 9,
                    sil: 3,
                    sda: 2,
                    gva: 2,
                    nic_baro: true,
                    ..Operational::default()
                };
                encode::df17(address, encode::operational_status(what))
            }
            Kind::Identity => {
                let category = EmitterCategory { set: b'A', number: 3 };
                encode::df17(address, encode::identification(self.flight_id, category))
            }
            Kind::Register40 => encode::df20(address, 0, ft, encode::bds40(ft, Some(1013.2))),
            Kind::Register50 => {
                let register = encode::bds50(Some(0.0), Some(track_deg), Some(kt), Some(0.0), Some(kt));
                encode::df20(address, 0, ft, register)
            }
            Kind::Register60 => {
                let register = encode::bds60(Some(track_deg), Some(kt * 0.6), Some(kt / 580.0), Some(0.0), Some(0.0));
                encode::df21(address, 0, self.squawk, register)
            }
        };
        encode::beast(out, stamp, signal, &long);
    }
}
