//! A quiet sky as observations, without bytes: the same units and flights, so cheap that thousands of flight hours are played in minutes.
//!
//! Each aircraft's squitters come at their rates (DO-260B 2.2.3.3) and are each heard with a probability of their own: that of the nearest of a few receivers, which falls
//! towards the edge of its reach, times a fade that comes and goes as aircraft turn, and nothing at all while a receiver is silent.

use crate::measures::Quiet;
use crate::watch::Watch;
use crate::worlds::{self, BEGIN, Flight};
use skypicket_model::math::hypot;
use skypicket_model::observation::{
    Channel, ModeS, ModeSPart, SelfPart, SelfReport, StatedPosition, StatedStatus, StatedVelocity,
};
use skypicket_model::{
    Address, LatLon, Observation, ObservationId, PressureAltitude, Reality, Report, SensorId, Seq, Span, Time,
};
use skypicket_sim::navigation::{Airframes, Exposure, Positions, Says, Unit};
use skypicket_sim::rng::Rng;
use skypicket_sim::sensor::horizon_m;
use skypicket_sim::target::Quality;
use std::collections::BTreeSet;

/// Half a side of the square, metres.
const HALF_M: f64 = 450_000.0;

struct Station {
    at_m: [f64; 2],
    reach_m: f64,
    probability: f64,
    outlook_m: f64,
    silent_until_s: f64,
}

struct Flying {
    flight: Flight,
    unit: Unit,
    fade: f64,
    next_status_s: f64,
    next_identity_s: f64,
    next_nac_s: f64,
}

pub(crate) fn quiet(seed: u64, hours: f64, talk: bool) -> Quiet {
    let mut rng = Rng::named(seed, "quiet sky");
    let seconds = 3600.0 * hours;
    let at_a_time = [40.0, 120.0, 350.0][rng.below(3)];
    let mut coming = worlds::flights(&mut rng, HALF_M, at_a_time, seconds);
    coming.reverse();
    let mut airframes = Airframes::mixed();
    airframes.raim_holes = worlds::holes(&mut rng, seconds);
    let mut stations: Vec<Station> = (0..6).map(|_| station(&mut rng)).collect();
    let mut watch = Watch::new();
    let (mut flying, mut used): (Vec<Flying>, BTreeSet<u32>) = Default::default();
    let (mut seq, mut flight_s, mut said) = (0_u64, 0.0, Vec::new());
    let mut second = 0.0;
    while second < seconds {
        let now = BEGIN + Span::from_s_f64(second).unwrap_or(Span::ZERO);
        while let Some(flight) = coming.pop_if(|next| next.born_s <= second) {
            if flight.born_s + flight.lasts_s > second && used.insert(flight.address) {
                let airframe = airframes.draw(seed, flight.address, Quality::USUAL);
                let name = format!("{:06x} {}", flight.address, flight.born_s);
                let unit = Unit::new(airframe, seed, &name, now);
                flying.push(Flying {
                    flight,
                    unit,
                    fade: 1.0,
                    next_status_s: 0.0,
                    next_identity_s: 0.0,
                    next_nac_s: 0.0,
                });
            }
        }
        // An address flies once: nobody is elsewhere minutes later.
        flying.retain(|own| own.flight.born_s + own.flight.lasts_s > second);
        for station in &mut stations {
            if rng.chance(1.0 / 7200.0) {
                station.silent_until_s = second + rng.between(3.0, 300.0);
            }
        }
        let exposure = Exposure { raim_hole: airframes.is_hole(now), ..Exposure::default() };
        said.clear();
        for own in &mut flying {
            let says = own.unit.second(now, &exposure);
            let heard = own.heard(&stations, second, &mut rng);
            if heard > 0.0 {
                flight_s += 1.0;
                own.speak(second, now, &says, heard, &mut rng, &mut said);
            }
        }
        said.sort_by_key(|observation: &Observation| observation.measured);
        for observation in &mut said {
            seq += 1;
            observation.id = ObservationId { seq: Seq(seq), index: 0 };
        }
        watch.observe(&said);
        second += 1.0;
        watch.tick(now + Span::from_s(1), |change| {
            if talk {
                let own = airframes.draw(seed, change.address.value, Quality::USUAL);
                println!("{change:?}\n    {own:?}");
            }
        });
    }
    Quiet { flight_h: flight_s / 3600.0, ..watch.quiet }
}

fn station(rng: &mut Rng) -> Station {
    Station {
        at_m: [rng.between(-HALF_M, HALF_M), rng.between(-HALF_M, HALF_M)],
        reach_m: rng.between(150_000.0, 380_000.0),
        probability: rng.between(0.4, 0.95),
        outlook_m: horizon_m(rng.between(5.0, 40.0)),
        silent_until_s: 0.0,
    }
}

impl Flying {
    /// The probability that one message of it is heard by anybody.
    fn heard(&mut self, stations: &[Station], second: f64, rng: &mut Rng) -> f64 {
        // A fade begins now and then, and goes in some ten seconds.
        self.fade = if rng.chance(1.0 / 900.0) { rng.between(0.0, 0.4) } else { self.fade + 0.08 * (1.0 - self.fade) };
        let gone_s = second - self.flight.born_s;
        let at = |k: usize| self.flight.from_m[k] + self.flight.velocity_m_s[k] * gone_s;
        let mut missed = 1.0;
        for station in stations.iter().filter(|station| second >= station.silent_until_s) {
            let range_m = hypot(at(0) - station.at_m[0], at(1) - station.at_m[1]);
            if range_m < station.reach_m.min(station.outlook_m + horizon_m(self.flight.height_m)) {
                let share = range_m / station.reach_m;
                missed *= 1.0 - station.probability * (1.0 - share * share * share);
            }
        }
        self.fade * (1.0 - missed)
    }

    fn speak(&mut self, second: f64, now: Time, says: &Says, heard: f64, rng: &mut Rng, out: &mut Vec<Observation>) {
        let address = Address::icao(self.flight.address);
        let own = |part| Report::SelfReport(SelfReport { address, channel: Channel::AdsB, part });
        let mut say = |ms: f64, report: Report, rng: &mut Rng| {
            if !rng.chance(heard) {
                return;
            }
            let at = now + Span::from_ms(ms as i64);
            out.push(Observation {
                id: ObservationId { seq: Seq(0), index: 0 },
                sensor: SensorId::default(),
                measured: at,
                received: at,
                reality: Reality::Live,
                report,
            });
        };
        let phase_ms = 40.0 * (f64::from(self.flight.address % 11));
        for half_ms in [0.0, 500.0] {
            let ms = half_ms + phase_ms * rng.unit();
            match says.positions {
                Positions::Stated => say(ms, own(SelfPart::Position(self.position(second + ms / 1000.0, says))), rng),
                Positions::Unknown => say(ms, own(SelfPart::NoPosition), rng),
                Positions::Silent => {}
            }
            let [east, north] = self.flight.velocity_m_s;
            let velocity = StatedVelocity {
                east_m_s: says.velocity.then_some(east),
                north_m_s: says.velocity.then_some(north),
                ..StatedVelocity::default()
            };
            say(ms + 100.0, own(SelfPart::Velocity(velocity)), rng);
        }
        say(250.0, Report::ModeS(ModeS { address, part: ModeSPart::AllCall { capability: 5 } }), rng);
        if second >= self.next_identity_s {
            self.next_identity_s = second + 5.0;
            say(300.0, own(SelfPart::Identity { flight_id: None, category: None }), rng);
        }
        if second >= self.next_status_s {
            self.next_status_s = second + 5.0;
            say(350.0, own(SelfPart::Status(StatedStatus::default())), rng);
        }
        if second >= self.next_nac_s && says.version > 0 {
            self.next_nac_s = second + rng.between(2.0, 3.0);
            let nac_p = Some(says.quality.nac_p);
            let status = StatedStatus { version: Some(says.version), nac_p, ..StatedStatus::default() };
            say(420.0, own(SelfPart::Status(status)), rng);
        }
    }

    fn position(&self, second: f64, says: &Says) -> StatedPosition {
        let at = self.flight.at(second);
        // A degree of longitude here is some 63 km.
        let place = LatLon {
            lat_deg: at.lat_deg + says.astray_m.1 / 111_195.0,
            lon_deg: at.lon_deg + says.astray_m.0 / 63_000.0,
        };
        StatedPosition {
            arrival: None,
            place,
            pressure: Some(PressureAltitude::from_m(self.flight.height_m)),
            height: None,
            on_ground: false,
            nic: Some(says.quality.nic),
            containment_m: None,
            sigma_m: 10.0,
            ground_speed_m_s: None,
            track_rad: None,
        }
    }
}
