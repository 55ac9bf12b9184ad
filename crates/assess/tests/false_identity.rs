//! Self-reports that do not fit (detector `false_identity`): radars that see nothing there, two places under one address, a category that cannot fly so, the
//! same way again, and many new addresses at once; each from observations to its incident.

mod support;

use skypicket_assess::{Assessor, Params, PermissionParams, Permissions, TickView};
use skypicket_model::false_identity::Misfit;
use skypicket_model::math::{TAU, atan2, hypot, rad};
use skypicket_model::observation::{
    Angle, Channel, Detection, Plot, SelfPart, SelfReport, SensorStatus, StatedPosition, StatedVelocity,
};
use skypicket_model::sensor::SensorHealth;
use skypicket_model::{
    Address, EmitterCategory, FeedId, Finding, Incident, LatLon, Observation, ObservationId, PressureAltitude, Reality,
    Report, Sensor, SensorId, SensorKind, Seq, Severity, Span, Subject, Tangent, Time, Track, TrackId, WaysOf,
};
use support::{Story, at, place, shifted};

const RECEIVER: SensorId = SensorId { feed: FeedId(0), source: 0 };
const RADAR: SensorId = SensorId { feed: FeedId(1), source: 7 };
const PERIOD_S: f64 = 5.0;

/// An aircraft that says that it flies east at 200 m/s, 10 km high.
#[derive(Clone, Copy)]
struct Own {
    number: u32,
    from: LatLon,
    begins_s: u32,
    /// It is where it says, for radars to see.
    is_there: bool,
    category: Option<EmitterCategory>,
}

impl Own {
    fn address(self) -> Address {
        Address::icao(0x40_1000 + self.number)
    }

    fn place(self, second: f64) -> LatLon {
        shifted(self.from, 200.0 * (second - f64::from(self.begins_s)), 0.0)
    }
}

struct Sky {
    assessor: Assessor,
    described: Vec<Sensor>,
    seq: u64,
    swept_s: f64,
}

impl Sky {
    fn new(with_radar: bool) -> Self {
        let permissions = Permissions::new(&PermissionParams::default(), vec![]).expect("rules read");
        let mut radar = Sensor::new(RADAR, "radar", SensorKind::Radar2d);
        radar.site = Some(place(51.0, 0.0).at_height(150.0));
        radar.period = Span::from_s_f64(PERIOD_S);
        radar.range_limits_m = Some((1_000.0, 300_000.0));
        let described = if with_radar { vec![radar] } else { Vec::new() };
        let assessor = Assessor::new(&Params::default(), &[], permissions).expect("sound");
        Self { assessor, described, seq: 0, swept_s: 0.0 }
    }

    fn says(&mut self, sensor: SensorId, measured: Time, report: Report) {
        self.seq += 1;
        let id = ObservationId { seq: Seq(self.seq), index: 0 };
        let reality = Reality::Live;
        self.assessor.observe(&[Observation { id, sensor, measured, received: measured, reality, report }]);
    }

    fn states(&mut self, address: Address, place: LatLon, seconds: f64, category: Option<EmitterCategory>) {
        let position = StatedPosition {
            arrival: None,
            place,
            pressure: Some(PressureAltitude::from_m(10_000.0)),
            height: None,
            on_ground: false,
            nic: Some(8),
            containment_m: None,
            sigma_m: 10.0,
            ground_speed_m_s: None,
            track_rad: None,
        };
        let velocity = StatedVelocity { east_m_s: Some(200.0), north_m_s: Some(0.0), ..StatedVelocity::default() };
        let channel = Channel::AdsB;
        let parts = [
            Some(SelfPart::Position(position)),
            Some(SelfPart::Velocity(velocity)),
            category.map(|category| SelfPart::Identity { flight_id: None, category: Some(category) }),
        ];
        for part in parts.into_iter().flatten() {
            self.says(RECEIVER, at(seconds), Report::SelfReport(SelfReport { address, channel, part }));
        }
    }

    /// The beam goes on, an eighth of a turn at a time, and tells of it.
    fn sweep(&mut self, until_s: f64, all: &[Own]) {
        let frame = Tangent::new(place(51.0, 0.0).at_height(150.0));
        while self.swept_s + PERIOD_S / 8.0 <= until_s {
            let (from_s, to_s) = (self.swept_s, self.swept_s + PERIOD_S / 8.0);
            let azimuth = |seconds: f64| (seconds / PERIOD_S * TAU).rem_euclid(TAU);
            for own in all.iter().filter(|own| own.is_there && from_s >= f64::from(own.begins_s)) {
                let enu = frame.to_enu(own.place(from_s).at_height(10_000.0).to_ecef());
                let own_azimuth = atan2(enu.x, enu.y).rem_euclid(TAU);
                if (own_azimuth - azimuth(from_s)).rem_euclid(TAU) < TAU / 8.0 {
                    let angle = Angle { rad: own_azimuth, sigma_rad: rad(0.08) };
                    let mut plot = Plot::primary(hypot(hypot(enu.x, enu.y), enu.z), 60.0, angle, None);
                    plot.detection = Detection { secondary: true, mode_s: true, ..Detection::default() };
                    plot.address = Some(own.address());
                    self.says(RADAR, at(from_s + 0.01), Report::Plot(plot));
                }
            }
            let status = SensorStatus::Sector { azimuth_rad: azimuth(to_s) };
            self.says(RADAR, at(to_s), Report::SensorStatus(status));
            self.swept_s = to_s;
        }
    }

    fn tick(&mut self, second: u32, tracks: &[Track]) {
        let now = at(f64::from(second));
        let sensors = [SensorHealth::heard(RADAR, 100, now)];
        let view = TickView {
            now,
            tracks,
            sensors: &sensors,
            described: &self.described,
            listening_since: None,
            ways: WaysOf(None),
        };
        self.assessor.tick(&view, &mut Vec::new());
    }

    /// Plays everybody's reports, twice a second, with the radar's turns; returns when the first incident was there.
    fn play(&mut self, all: &[Own], seconds: u32) -> Option<u32> {
        let mut first = None;
        for second in 1..seconds {
            for half in [0.0, 0.5] {
                let now_s = f64::from(second) - 1.0 + half;
                for own in all.iter().filter(|own| now_s >= f64::from(own.begins_s)) {
                    self.states(own.address(), own.place(now_s), now_s, own.category);
                }
            }
            if !self.described.is_empty() {
                self.sweep(f64::from(second), all);
            }
            self.tick(second, &tracks(all, second));
            if first.is_none() && !self.assessor.incidents().is_empty() {
                first = Some(second);
            }
        }
        first
    }

    fn only(&self) -> Incident {
        let incidents = self.assessor.incidents();
        assert_eq!(incidents.len(), 1, "{incidents:#?}");
        incidents[0].clone()
    }
}

fn tracks(all: &[Own], second: u32) -> Vec<Track> {
    let heard = all.iter().filter(|own| second > own.begins_s);
    heard
        .map(|own| {
            let story = Story { address: Some(own.address()), ..Story::airliner(u64::from(own.number), 0.0, &[]) };
            let place = own.place(f64::from(second));
            Track { position: place.at_height(10_000.0), ..story.track(f64::from(second), (0.0, 0.0)) }
        })
        .collect()
}

fn traffic(count: u32) -> Vec<Own> {
    let own = |number: u32| Own {
        number: number + 1,
        from: place(50.2 + 0.15 * f64::from(number), -60.0 + 9.0 * f64::from(number)),
        begins_s: 0,
        is_there: true,
        category: None,
    };
    (0..count).map(own).collect()
}

fn told(incident: &Incident) -> (Misfit, Option<Address>) {
    let Finding::FalseIdentity(found) = &incident.assessments[0].finding else { panic!("{incident:?}") };
    (found.misfit, found.address)
}

#[test]
fn an_address_where_the_radar_looks_and_sees_nothing_is_told_and_nobody_else_is() {
    let mut sky = Sky::new(true);
    let mut all = traffic(12);
    let ghost = Own { number: 50, from: place(51.3, 60.0), begins_s: 120, is_there: false, category: None };
    all.push(ghost);
    let first = sky.play(&all, 160).expect("told");
    assert!((121..=142).contains(&first), "{first}");
    let incident = sky.only();
    assert_eq!(told(&incident), (Misfit::NoReturn, Some(ghost.address())));
    assert_eq!((incident.severity, incident.audible), (Severity::Medium, false));
    assert_eq!(incident.subjects, [Subject::Track(TrackId(50))]);
    assert!(sky.assessor.doubted_since(Reality::Live, ghost.address()).is_some());
    assert!(sky.assessor.doubted_since(Reality::Live, all[0].address()).is_none());
}

#[test]
fn nothing_is_held_against_who_flies_where_the_radar_does_not_turn() {
    let mut sky = Sky::new(true);
    let mut all = traffic(12);
    all.iter_mut().for_each(|own| own.is_there = true);
    sky.play(&all, 100);
    // It stands still: no sector, no return.
    let ghost = Own { number: 50, from: place(51.3, 60.0), begins_s: 100, is_there: false, category: None };
    for second in 101..160 {
        sky.states(ghost.address(), ghost.place(f64::from(second)), f64::from(second), None);
        sky.tick(second, &tracks(&[ghost], second));
    }
    assert!(sky.assessor.incidents().is_empty());
}

#[test]
fn one_address_in_two_places_in_turns_is_told_and_one_jump_is_not() {
    let (here, there) = (traffic(1)[0], Own { from: place(52.9, 100.0), ..traffic(1)[0] });
    let mut sky = Sky::new(false);
    for second in 1..30 {
        let own = if second % 2 == 0 { here } else { there };
        sky.states(own.address(), own.place(f64::from(second)), f64::from(second), None);
        sky.tick(second, &tracks(&[own], second));
    }
    assert!(
        sky.assessor.incidents().iter().any(|incident| told(incident) == (Misfit::TwoPlaces, Some(here.address())))
    );
    let mut sky = Sky::new(false);
    for second in 1..30 {
        let own = if second < 15 { here } else { there };
        sky.states(own.address(), own.place(f64::from(second)), f64::from(second), None);
        sky.tick(second, &tracks(&[own], second));
    }
    assert!(sky.assessor.doubted_since(Reality::Live, here.address()).is_none());
}

#[test]
fn a_helicopter_that_flies_like_a_jet_does_not_fit_its_category() {
    let category = |number| Some(EmitterCategory { set: b'A', number });
    let mut sky = Sky::new(false);
    sky.play(&[Own { category: category(7), ..traffic(1)[0] }], 20);
    assert_eq!(told(&sky.only()).0, Misfit::OtherClass);
    let mut sky = Sky::new(false);
    sky.play(&[Own { category: category(3), ..traffic(1)[0] }], 20);
    assert!(sky.assessor.incidents().is_empty(), "an airliner may");
}

#[test]
fn the_same_way_again_is_told() {
    let mut sky = Sky::new(false);
    let first = traffic(1)[0];
    // The same places, five minutes later, under another address.
    let again = Own { number: 90, begins_s: 300, ..first };
    sky.play(&[first], 60);
    for second in 301..330 {
        for before_s in [1.0, 0.5] {
            let now_s = f64::from(second) - before_s;
            sky.states(again.address(), again.place(now_s), now_s, None);
        }
        sky.tick(second, &tracks(&[again], second));
    }
    assert_eq!(told(&sky.only()), (Misfit::FlownBefore, Some(again.address())));
}

#[test]
fn many_new_addresses_at_once_are_one_incident_of_their_feed() {
    let mut sky = Sky::new(false);
    let mut all = traffic(6);
    all.extend((0..200).map(|number| Own {
        number: 100 + number,
        from: place(50.0 + 0.01 * f64::from(number), 0.0),
        begins_s: 100 + number % 5,
        is_there: false,
        category: None,
    }));
    let first = sky.play(&all, 130).expect("told");
    assert!((101..=106).contains(&first), "{first}");
    let incident = sky.only();
    assert_eq!(
        (told(&incident), incident.subjects.clone()),
        ((Misfit::TooMany, None), vec![Subject::Sensor(RECEIVER)])
    );
    // What a feed begins with is what was there before.
    let mut sky = Sky::new(false);
    all.iter_mut().for_each(|own| own.begins_s = 0);
    assert_eq!(sky.play(&all, 40), None);
}
