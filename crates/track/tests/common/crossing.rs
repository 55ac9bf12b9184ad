//! Two drones that cross at a small angle, again and again.

use super::*;
use skypicket_model::math::{self, rad};
use skypicket_model::{Geodetic, TrackId};
use skypicket_track::{Params, Tracker};

/// When the two meet, and when they are asked who they are, before and after, seconds.
const MEET_S: f64 = 100.0;
const ASKED_S: [f64; 2] = [60.0, 180.0];

/// Two drones at 50 m/s that meet at an angle, seen by two radars some 60 km off in turn, every 4 s each.
fn flights(angle_deg: f64) -> [Flight; 2] {
    [-1.0, 1.0].map(|side| {
        let half = rad(0.5 * angle_deg);
        let (east_m_s, north_m_s) = (50.0 * math::cos(half), side * 50.0 * math::sin(half));
        let from = Geodetic {
            lat_deg: 51.72 - MEET_S * north_m_s / 111_200.0,
            lon_deg: 22.8 - MEET_S * east_m_s / (111_200.0 * 0.62),
            height_m: 1000.0,
        };
        Flight { from, east_m_s, north_m_s }
    })
}

/// The names that the two have.
fn names(tracker: &Tracker, flights: &[Flight; 2], t_s: f64) -> [Option<TrackId>; 2] {
    let mut shown = Vec::new();
    tracker.snapshot(at(t_s), &mut shown);
    flights.map(|flight| {
        let place = flight.place(t_s).lat_lon();
        let off = |track: &skypicket_model::Track| track.position.lat_lon().rough_distance_m(place);
        shown.iter().min_by(|a, b| off(a).total_cmp(&off(b))).map(|track| track.id)
    })
}

/// Whether both are there afterwards under their own names.
pub(crate) fn keeps(angle_deg: f64, deferred_looks: u8, seed: u64) -> bool {
    let sensors = [radar(1, 51.22, 22.57), radar(2, 51.62, 23.57)];
    let flights = flights(angle_deg);
    let mut tracker = Tracker::new(Params { deferred_looks, ..Params::default() }, &sensors);
    let (mut random, mut events, mut asked) = (Random::new(seed), Vec::new(), Vec::new());
    for k in 0..=90 {
        let t_s = f64::from(k) * 2.0;
        let sensor = &sensors[k as usize % 2];
        let mut look = Vec::new();
        for flight in &flights {
            if random.uniform() < 0.9 {
                look.push(plot(sensor, flight.place(t_s), at(t_s), Some(&mut random)));
            }
        }
        look.push(whole(sensor, at(t_s)));
        tracker.observe(&look, &mut events);
        tracker.tick(at(t_s), &mut events);
        if ASKED_S.contains(&t_s) {
            asked.push(names(&tracker, &flights, t_s));
        }
    }
    asked[0] == asked[1] && asked[0][0] != asked[0][1]
}
