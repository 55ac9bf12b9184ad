//! Flights past a transmitter of known place (docs/detectors/gnss_interference.md, "Where it comes from"). How often regions hold the truth is measured by
//! `crates/sim/examples/gnss_sources`.

use super::*;
use skypicket_model::Address;
use skypicket_model::gnss::GnssState;

const BEGIN: Time = Time::from_s(1_758_400_000);
const STANDS: LatLon = LatLon { lat_deg: 54.6, lon_deg: 20.3 };
const REACH_KM: f64 = 140.0;
const EVERYWHERE: f64 = 1e7;

/// A place so far from where the transmitter stands, km east and north.
fn at(east_km: f64, north_km: f64) -> LatLon {
    let lat_deg = STANDS.lat_deg + north_km / 111.2;
    LatLon { lat_deg, lon_deg: STANDS.lon_deg + east_km / (111.3 * skypicket_model::math::cos(lat_deg.to_radians())) }
}

struct Play {
    /// Transmitters and how far each reaches, km.
    stand: Vec<(LatLon, f64)>,
    sources: Sources,
    flown: u32,
    last: Option<Time>,
}

impl Default for Play {
    fn default() -> Self {
        Self { stand: vec![(STANDS, REACH_KM)], sources: Sources::default(), flown: 0, last: None }
    }
}

impl Play {
    /// Flies straight at 230 m/s, and lacks navigation within reach of the place, each airframe a little nearer or farther; after it for `back_s` more.
    fn fly(&mut self, from: [f64; 2], to: [f64; 2], height_m: f64, back_s: f64) {
        self.flown += 1;
        let km = skypicket_model::math::hypot(to[0] - from[0], to[1] - from[1]);
        let (mut left_s, mut second) = (0.0_f64, 0_i64);
        let airframe = [1.0, 0.8, 1.25, 0.9, 1.1, 0.65, 1.5][self.flown as usize * 3 % 7];
        while 0.23 * second as f64 <= km {
            let share = 0.23 * second as f64 / km;
            let place = at(from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1]));
            let inside = self.stand.iter().any(|(own, km)| place.rough_distance_m(*own) < 1e3 * km * airframe);
            left_s = if inside { back_s } else { (left_s - 5.0).max(0.0) };
            let state = if inside || left_s > 0.0 { GnssState::Degraded } else { GnssState::Good };
            let time = BEGIN + Span::from_s(40 * i64::from(self.flown) + second);
            let address = Address::icao(self.flown);
            self.sources.flights.take(&Look { address, time, state, place, place_at: time, height_m });
            self.last = self.last.max(Some(time));
            second += 5;
        }
    }

    /// Airways of all directions about where it stands.
    fn cross(&mut self, flights: u32) {
        for k in 0..flights {
            let (sin, cos) = skypicket_model::math::sin_cos(2.4 * f64::from(k));
            let beside = 260.0 * (f64::from(k * 37 % 100) / 50.0 - 1.0);
            let end = |along: f64| [cos * along - sin * beside, sin * along + cos * beside];
            self.fly(end(-330.0), end(330.0), 10_500.0, 20.0);
        }
    }

    fn told(&mut self) -> SourceAreas {
        let now = self.last.expect("somebody flew");
        let around = vec![(1, STANDS, EVERYWHERE)];
        self.sources.followed.insert(1, Followed { around, lasts: true, ..Followed::default() });
        let mut tools = Tools::new();
        for _ in 0..100_000 {
            self.sources.search(&mut tools, 1e6, now);
            if let Some(told) = self.sources.told().first() {
                return told.as_ref().clone();
            }
        }
        panic!("a search ends")
    }
}

fn error_km(told: &SourceAreas) -> f64 {
    told.sources.first().expect("one is told").place.rough_distance_m(STANDS) * 1e-3
}

#[test]
fn one_transmitter_is_found_and_its_region_holds_it() {
    let mut play = Play::default();
    play.cross(90);
    let told = play.told();
    assert!(told.unclear.is_empty() && told.sources.len() == 1, "{:?}", told.unclear);
    let area = &told.sources[0];
    assert!(error_km(&told) < 12.0 && area.holds(STANDS).1, "{} km", error_km(&told));
    assert!(area.area_km2[0] < area.area_km2[1] && area.area_km2[1] < 6000.0, "{:?}", area.area_km2);
    assert!((90e3..260e3).contains(&area.reach_m[1]), "{:?}", area.reach_m);
}

#[test]
fn two_transmitters_are_told_as_two() {
    let places = [at(-75.0, 10.0), at(75.0, -10.0)];
    let mut play = Play { stand: places.map(|place| (place, 70.0)).to_vec(), ..Play::default() };
    play.cross(110);
    let told = play.told();
    assert_eq!(told.sources.len(), 2, "{:?}", told.unclear);
    for place in places {
        let nearest = told.sources.iter().map(|area| area.place.rough_distance_m(place) * 1e-3).fold(1e9, f64::min);
        assert!(nearest < 25.0, "{nearest} km");
    }
}

#[test]
fn where_aircraft_had_their_navigation_it_does_not_stand() {
    // All who lost it came from the west and turned back; who flew in the east says whether it may stand there.
    let eastward = |east: bool| {
        let mut play = Play::default();
        for k in 0..12 {
            let north = 20.0 * f64::from(k) - 110.0;
            play.fly([-300.0, north], [-40.0, 0.7 * north], 10_500.0, 20.0);
        }
        for k in 0..if east { 4 } else { 0 } {
            play.fly([150.0 + 20.0 * f64::from(k), -300.0], [150.0 + 20.0 * f64::from(k), 300.0], 10_500.0, 20.0);
        }
        let given = Given::new(&play.sources.flights, |_| true, play.last.expect("somebody flew"));
        let mut weigher = Weigher::new();
        let mut ln = |place| weigher.weigh(&given, place, None).ln;
        ln(at(180.0, 0.0)) - ln(STANDS)
    };
    let (without, with) = (eastward(false), eastward(true));
    assert!(with < without - 2.0, "{with} {without}");
}

#[test]
fn who_carries_it_far_away_does_not_pull() {
    let mut play = Play::default();
    play.cross(90);
    for k in 0..6 {
        play.fly([-100.0, 8.0 * f64::from(k)], [600.0, 8.0 * f64::from(k)], 10_500.0, 1e6);
    }
    let told = play.told();
    let centroid_km = told.centroid.expect("some were affected").rough_distance_m(STANDS) * 1e-3;
    assert!(centroid_km > 40.0 && error_km(&told) < 15.0, "{centroid_km} {}", error_km(&told));
    assert!(told.sources[0].holds(STANDS).1);
}

#[test]
fn too_little_is_no_ground_to_say_anything() {
    let mut play = Play::default();
    play.fly([-330.0, 0.0], [0.0, 0.0], 10_500.0, 20.0);
    play.fly([-330.0, 30.0], [0.0, 30.0], 10_500.0, 20.0);
    let told = play.told();
    assert_eq!(told.unclear, [SourceUnclear::TooFew { onsets: 2, needed: 4 }]);
    assert!(told.sources.is_empty());
    for k in 0..3 {
        play.fly([-330.0, 5.0 * f64::from(k)], [0.0, 5.0 * f64::from(k)], 10_500.0, 20.0);
    }
    let told = play.told();
    assert!(matches!(told.unclear[..], [SourceUnclear::TooLarge { .. }]), "one direction only: {:?}", told.unclear);
}

#[test]
fn a_search_that_is_stored_goes_on_to_the_same_bits() {
    let play_on = |restore: bool| {
        let mut play = Play::default();
        play.cross(25);
        let now = play.last.expect("somebody flew");
        let around = vec![(1, STANDS, EVERYWHERE)];
        play.sources.followed.insert(1, Followed { around, lasts: true, ..Followed::default() });
        let mut tools = Tools::new();
        for _ in 0..20 {
            play.sources.search(&mut tools, 1e6, now);
            if restore {
                let mut bytes = Vec::new();
                skypicket_model::Canon::encode(&play.sources, &mut bytes);
                tools = Tools::new();
                play.sources = skypicket_model::Canon::decode(&mut skypicket_model::Reader::new(&bytes)).expect("own");
            }
        }
        let mut bytes = Vec::new();
        skypicket_model::Canon::encode(&play.sources, &mut bytes);
        bytes
    };
    assert!(play_on(false) == play_on(true));
}
