//! Each story is one that a share of low categories in a cell tells wrongly (docs/detectors/gnss_interference.md, "What it is not").

use super::{GnssInterference, GnssParams};
use crate::detector::{Detector as _, Judgement, TickView};
use crate::site::Site;
use skypicket_model::gnss::GnssState;
use skypicket_model::observation::{
    Channel, ModeS, ModeSPart, SelfPart, SelfReport, StatedPosition, StatedStatus, StatedVelocity,
};
use skypicket_model::{
    Address, Finding, LatLon, Observation, ObservationId, PressureAltitude, Reality, Report, SensorId, Seq, Span, Time,
    WaysOf,
};

const BEGIN_S: i64 = 1_758_400_000;

/// What an aircraft states in a second, and how much of it is heard.
#[derive(Clone, Copy)]
struct States {
    nic: u8,
    nac_p: u8,
    positions: Positions,
    /// Messages of a hundred that are heard.
    heard: u64,
    /// Stated height over pressure altitude, metres.
    over_m: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Positions {
    Stated,
    /// Type code 0.
    Unknown,
    Silent,
}

const WELL: States = States { nic: 8, nac_p: 9, positions: Positions::Stated, heard: 100, over_m: 40.0 };
const BADLY: States = States { nic: 0, nac_p: 0, ..WELL };
const NO_POSITION: States = States { positions: Positions::Unknown, ..WELL };
const SILENT: States = States { positions: Positions::Silent, ..WELL };
const UNHEARD: States = States { heard: 0, ..WELL };

struct Play {
    detector: GnssInterference,
    site: Site,
    seq: u64,
    now_s: i64,
    luck: u64,
    grounded: bool,
    told: Vec<(i64, Judgement)>,
}

impl Play {
    fn new() -> Self {
        let site = Site::new(
            &[],
            crate::Permissions::new(&crate::PermissionParams::default(), Vec::new()).expect("rules read"),
            crate::geometry::BorderSigma::default(),
        )
        .expect("nothing to index");
        let detector = GnssInterference::new(&GnssParams::default());
        Self { detector, site, seq: 0, now_s: 0, luck: 1, grounded: false, told: Vec::new() }
    }

    fn say(&mut self, ms: i64, report: Report) {
        self.seq += 1;
        let at = Time::from_s(BEGIN_S + self.now_s) + Span::from_ms(ms);
        let observation = Observation {
            id: ObservationId { seq: Seq(self.seq), index: 0 },
            sensor: SensorId::default(),
            measured: at,
            received: at,
            reality: Reality::Live,
            report,
        };
        self.detector.observe(&[observation]);
    }

    /// Says it, or it is not heard, by luck (a linear congruence: Knuth's MMIX).
    fn perhaps(&mut self, states: States, ms: i64, report: Report) {
        self.luck = self.luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if (self.luck >> 33) % 100 < states.heard {
            self.say(ms, report);
        }
    }

    /// A second of one aircraft at a place: two positions, a velocity, a status and an all-call reply.
    fn aircraft(&mut self, number: u32, place: LatLon, states: States) {
        let address = Address::icao(0x48_0000 + number);
        let own = |part| Report::SelfReport(SelfReport { address, channel: Channel::AdsB, part });
        let position = StatedPosition {
            arrival: None,
            place,
            pressure: Some(PressureAltitude::from_ft(34_000.0)),
            height: None,
            on_ground: self.grounded,
            nic: Some(states.nic),
            containment_m: None,
            sigma_m: 10.0,
            ground_speed_m_s: None,
            track_rad: None,
        };
        for ms in [100, 600] {
            match states.positions {
                Positions::Stated => self.perhaps(states, ms, own(SelfPart::Position(position))),
                Positions::Unknown => self.perhaps(states, ms, own(SelfPart::NoPosition)),
                Positions::Silent => {}
            }
        }
        let velocity = StatedVelocity {
            east_m_s: Some(220.0),
            north_m_s: Some(0.0),
            height_minus_pressure_m: Some(states.over_m),
            ..StatedVelocity::default()
        };
        self.perhaps(states, 300, own(SelfPart::Velocity(velocity)));
        let status = StatedStatus { version: Some(2), nac_p: Some(states.nac_p), ..StatedStatus::default() };
        self.perhaps(states, 700, own(SelfPart::Status(status)));
        self.perhaps(states, 800, Report::ModeS(ModeS { address, part: ModeSPart::AllCall { capability: 5 } }));
    }

    fn tick(&mut self) {
        self.now_s += 1;
        let view = TickView {
            now: Time::from_s(BEGIN_S + self.now_s),
            tracks: &[],
            sensors: &[],
            described: &[],
            listening_since: None,
            ways: WaysOf(None),
        };
        let mut out = Vec::new();
        self.detector.assess(&view, &self.site, &mut out);
        self.told.extend(out.into_iter().map(|judgement| (self.now_s, judgement)));
    }

    /// Seconds of one aircraft alone.
    fn run(&mut self, seconds: i64, states: impl Fn(i64) -> States) {
        for k in 0..seconds {
            self.aircraft(0, eastward(20.0, self.now_s), states(k));
            self.tick();
        }
    }

    fn state(&self, number: u32) -> GnssState {
        self.detector.state(Reality::Live, Address::icao(0x48_0000 + number)).expect("it was heard")
    }

    fn states(&self) -> Vec<GnssState> {
        self.detector.changes(Reality::Live).iter().map(|change| change.to).collect()
    }
}

fn eastward(lon_deg: f64, seconds: i64) -> LatLon {
    LatLon { lat_deg: 54.5, lon_deg: lon_deg + seconds as f64 * 220.0 / 64_500.0 }
}

#[test]
fn an_aircraft_that_loses_all_quality_for_longer_than_a_glitch_is_degraded_and_recovers_after_a_minute() {
    let mut play = Play::new();
    play.run(60, |_| WELL);
    assert_eq!(play.state(0), GnssState::Good);
    play.run(6, |_| BADLY);
    play.run(20, |_| WELL);
    assert_eq!(play.states(), [GnssState::Good], "a glitch is nothing");
    play.run(12, |_| BADLY);
    assert_eq!(play.state(0), GnssState::Degraded);
    let change = *play.detector.changes(Reality::Live).last().expect("it changed");
    let [last_good, first_bad] = [change.between.0, change.between.1].map(|at| (at - Time::from_s(BEGIN_S)).s());
    assert!((85.0..87.0).contains(&last_good) && (86.0..87.0).contains(&first_bad), "{change:?}");
    play.run(120, |_| BADLY);
    play.run(10, |_| WELL);
    assert_eq!(play.state(0), GnssState::Recovering);
    play.run(70, |_| WELL);
    assert_eq!(play.states(), [GnssState::Good, GnssState::Degraded, GnssState::Recovering, GnssState::Good]);
}

#[test]
fn one_that_sends_on_without_positions_has_lost_them() {
    let mut play = Play::new();
    play.run(60, |_| WELL);
    play.run(25, |_| NO_POSITION);
    assert!(matches!(play.state(0), GnssState::Lost | GnssState::Degraded), "{:?}", play.states());
}

#[test]
fn one_that_says_nothing_of_its_position_any_more_has_lost_it_though_it_admits_nothing() {
    let mut play = Play::new();
    play.run(60, |_| WELL);
    play.run(40, |_| SILENT);
    assert_eq!(play.states(), [GnssState::Good, GnssState::Lost]);
    let change = *play.detector.changes(Reality::Live).last().expect("it changed");
    assert!(change.time - Time::from_s(BEGIN_S + 60) < Span::from_s(30), "{change:?}");
    play.run(100, |_| WELL);
    assert_eq!(play.states()[2..], [GnssState::Recovering, GnssState::Good]);
}

#[test]
fn a_glitch_that_nothing_but_other_messages_follow_is_a_glitch() {
    let mut play = Play::new();
    play.run(60, |_| WELL);
    play.run(4, |_| States { nic: 0, ..WELL });
    // Its positions are missed by bad luck, its statuses and velocities are not.
    play.run(9, |_| SILENT);
    play.run(20, |_| WELL);
    assert_eq!(play.states(), [GnssState::Good]);
    // Two of them within seconds are two.
    play.run(18, |k| if (6..10).contains(&k) { WELL } else { States { nic: 0, ..WELL } });
    play.run(20, |_| WELL);
    assert_eq!(play.states(), [GnssState::Good]);
}

#[test]
fn on_the_ground_nothing_is_held_of_it() {
    let mut play = Play::new();
    play.run(60, |_| WELL);
    play.grounded = true;
    play.run(60, |_| WELL);
    assert_eq!(play.states(), [GnssState::Good, GnssState::Unknown]);
}

#[test]
fn one_that_is_heard_less_and_less_has_lost_nothing() {
    for luck in 0..60 {
        let mut play = Play { luck, ..Play::new() };
        play.run(100, |_| WELL);
        // At the edge of reception messages of every kind become seldom, whichever they are.
        play.run(200, |k| States { heard: 100 - u64::try_from(k).unwrap_or(0) / 2, ..WELL });
        play.run(300, |_| States { heard: 8, ..WELL });
        play.run(60, |_| UNHEARD);
        assert_eq!(play.states(), [GnssState::Good], "luck {luck}");
    }
}

#[test]
fn an_inertial_unit_that_loses_accuracy_slowly_is_not_interfered_with() {
    let mut play = Play::new();
    play.run(60, |_| WELL);
    play.run(600, |k| {
        let steps = u8::try_from(k / 60).unwrap_or(9).min(4);
        States { nic: 8 - steps, nac_p: 9 - steps, ..WELL }
    });
    assert_eq!(play.states(), [GnssState::Good]);
}

#[test]
fn an_airframe_that_never_states_quality_is_chronic_and_tells_of_no_cell() {
    let mut play = Play::new();
    play.run(1500, |_| BADLY);
    assert_eq!(play.state(0), GnssState::Chronic);
    assert!(play.told.is_empty());
    let cells = &play.detector.gnss().expect("it judges that")[0].cells;
    assert!(cells.iter().all(|cell| cell.now[1] == 0 && cell.above[1] < 0.1), "{cells:?}");
}

#[test]
fn three_aircraft_that_lose_it_together_are_told_within_a_minute_and_its_end_too() {
    let mut play = Play::new();
    for second in 0..2400 {
        for number in 0..8 {
            let place = eastward(18.0 + 0.4 * f64::from(number), second);
            let place = LatLon { lat_deg: 54.0 + 0.2 * f64::from(number % 3), ..place };
            let jammed = (400..900).contains(&second) && number < 5;
            play.aircraft(number, place, if jammed { BADLY } else { WELL });
        }
        play.tick();
    }
    let news: Vec<_> = play.told.iter().filter(|(_, judgement)| judgement.news).collect();
    let began = news.first().expect("it is told");
    assert!((400..460).contains(&began.0), "{}", began.0);
    assert_eq!(news.len(), 2, "told once, and once that it is over: {news:?}");
    let Finding::GnssInterference(over) = &news[1].1.assessment.finding else { panic!("{news:?}") };
    assert!(over.ended.is_some() && over.onsets == 5, "{over:?}");
}

#[test]
fn those_that_lose_it_one_after_another_are_told_though_no_cell_is_sure() {
    let told = |affected: u32| {
        let mut play = Play::new();
        for second in 0..700 {
            for number in 0..60 {
                // Five crowds some 60 km apart; in each of them one of twelve loses it.
                let (group, of) = (number / 12, number % 12);
                let place =
                    LatLon { lat_deg: 54.0 + 0.02 * f64::from(of), ..eastward(16.0 + 0.9 * f64::from(group), second) };
                let jammed = of == 0 && group < affected && second >= 200 + 90 * i64::from(group);
                play.aircraft(number, place, if jammed { BADLY } else { WELL });
            }
            play.tick();
        }
        play.told.len()
    };
    assert_eq!(told(2), 0, "two are chance");
    assert!(told(4) > 0);
}

#[test]
fn heights_that_change_at_once_are_false_also_where_most_change_and_who_keeps_its_own_is_believed() {
    for changed in [3, 6] {
        let mut play = Play::new();
        for second in 0..300 {
            for number in 0..9 {
                let over_m = if number < changed && second >= 200 { 1500.0 } else { 40.0 };
                let place = LatLon { lat_deg: 54.5 + 0.1 * f64::from(number), ..eastward(15.2, second) };
                play.aircraft(number, place, States { over_m, ..WELL });
            }
            play.tick();
        }
        let suspected = |number: u32| {
            let address = Address::icao(0x48_0000 + number);
            play.detector
                .changes(Reality::Live)
                .iter()
                .any(|own| own.address == address && own.to == GnssState::SpoofSuspect)
        };
        for number in 0..9 {
            assert_eq!(suspected(number), number < changed, "{number} of {changed}");
        }
    }
}

#[test]
fn a_busy_hexagon_is_told_in_parts_and_as_one_when_few_are_left() {
    let mut play = Play::new();
    let mut told = |flying: u32, seconds: core::ops::Range<i64>| {
        for second in seconds {
            for number in 0..flying {
                let (row, column) = (f64::from(number / 6), f64::from(number % 6));
                let place = eastward(15.9 + 0.03 * column, second);
                play.aircraft(number, LatLon { lat_deg: 54.5 + 0.02 * row, ..place }, WELL);
            }
            play.tick();
        }
        let picture = play.detector.gnss().expect("it tells cells");
        picture[0].cells.clone()
    };
    let level = |cell: u64| h3o::CellIndex::try_from(cell).map_or(0, |cell| u8::from(cell.resolution()));
    let (many, before) = (60, told(11, 0..30));
    assert!(before.iter().all(|cell| level(cell.cell) == 4), "{before:?}");
    let busy = told(many, 30..70);
    let parts: Vec<_> = busy.iter().filter(|cell| level(cell.cell) == 5).collect();
    assert!(parts.len() > 5, "{busy:?}");
    let flying: u32 = busy.iter().map(|cell| cell.now[0] + cell.now[1]).sum();
    assert_eq!(flying, many, "each is in one cell");
    let after = told(5, 70..210);
    assert!(after.iter().all(|cell| level(cell.cell) == 4), "{after:?}");
}

#[test]
fn what_breaks_out_beside_an_interference_belongs_to_it() {
    let mut play = Play::new();
    for second in 0..900 {
        for number in 0..16 {
            // Two crowds some 230 km apart; the second is affected five minutes later, then what lies between.
            let group = f64::from(number / 8);
            let place = eastward(16.0 + 3.6 * group + 0.1 * f64::from(number % 8), second);
            let place = LatLon { lat_deg: 54.0 + 0.9 * f64::from(number % 2), ..place };
            let jammed = second >= if number < 8 { 200 } else { 500 };
            play.aircraft(number, place, if jammed { BADLY } else { WELL });
        }
        play.tick();
    }
    let told: std::collections::BTreeSet<_> =
        play.told.iter().map(|(_, judgement)| format!("{:?}", judgement.assessment.subject)).collect();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn what_is_stored_goes_on_to_the_same_bits() {
    let play_on = |restore: bool| {
        let mut play = Play::new();
        for second in 0..300 {
            for number in 0..6 {
                let place = eastward(18.0 + 0.3 * f64::from(number), second);
                play.aircraft(number, place, if second > 120 && number > 1 { BADLY } else { WELL });
            }
            play.tick();
            if restore && second % 41 == 0 {
                let mut bytes = Vec::new();
                play.detector.encode(&mut bytes);
                let mut next = GnssInterference::new(&GnssParams::default());
                next.restore(&mut skypicket_model::Reader::new(&bytes)).expect("its own bytes");
                play.detector = next;
            }
        }
        let mut bytes = Vec::new();
        play.detector.encode(&mut bytes);
        bytes
    };
    assert!(play_on(false) == play_on(true));
}

#[test]
fn an_aircraft_that_is_told_another_place_is_suspected_with_the_second_position_and_believed_again_when_it_is_back() {
    let mut play = Play::new();
    let flown = |play: &mut Play, seconds: i64, north_deg: f64| {
        for _ in 0..seconds {
            let place = eastward(20.0, play.now_s);
            play.aircraft(0, LatLon { lat_deg: place.lat_deg + north_deg, ..place }, WELL);
            play.tick();
        }
    };
    flown(&mut play, 60, 0.0);
    flown(&mut play, 1, -5.0);
    assert_eq!(play.state(0), GnssState::SpoofSuspect, "two positions came in that second");
    flown(&mut play, 60, -5.0);
    // From one false place to another.
    flown(&mut play, 30, -9.0);
    flown(&mut play, 5, 0.0);
    assert_eq!(play.state(0), GnssState::Recovering);
    flown(&mut play, 70, 0.0);
    use GnssState::{Good, Recovering, SpoofSuspect};
    assert_eq!(play.states(), [Good, SpoofSuspect, SpoofSuspect, Recovering, Good]);
    let cells = &play.detector.gnss().expect("it judges that")[0].cells;
    assert!(cells.iter().all(|cell| cell.now[1] == 0), "it votes nowhere: {cells:?}");
}

#[test]
fn aircraft_that_state_one_false_place_are_told_together_and_their_end_too() {
    let mut play = Play::new();
    let airport = LatLon { lat_deg: 49.8, lon_deg: 24.0 };
    for second in 0..1600 {
        for number in 0..4 {
            let place = eastward(18.0 + 0.5 * f64::from(number), second);
            let falsely = number < 3 && (100 + 20 * i64::from(number)..700).contains(&second);
            play.aircraft(number, if falsely { airport } else { place }, WELL);
        }
        play.tick();
    }
    let news: Vec<_> = play.told.iter().filter(|(_, judgement)| judgement.news).collect();
    assert_eq!(news.len(), 2, "told once, and that it is over: {news:?}");
    assert!(news[0].0 <= 104, "{}", news[0].0);
    let Finding::FalsePositions(over) = &news[1].1.assessment.finding else { panic!("{news:?}") };
    assert!(over.ended.is_some() && !over.withdrawn && over.aircraft == 3, "{over:?}");
    let (place, count) = over.one_place.expect("all at one");
    assert!(count == 3 && place.rough_distance_m(airport) < 100.0, "{over:?}");
    assert!(over.farthest_m > 400_000.0, "{over:?}");
    let told: Vec<_> = play.told.iter().map(|(_, judgement)| judgement.assessment.severity).collect();
    assert!(
        told.contains(&skypicket_model::Severity::Low) && told.contains(&skypicket_model::Severity::Medium),
        "{told:?}"
    );
}

#[test]
fn whose_positions_are_not_to_be_used_is_said_once_and_taken_back_once() {
    let mut play = Play::new();
    let mut said = Vec::new();
    for second in 0..400 {
        let place = eastward(20.0, second);
        let falsely = (100..200).contains(&second);
        play.aircraft(0, if falsely { LatLon { lat_deg: 48.0, ..place } } else { place }, WELL);
        let mut distrusts = Vec::new();
        play.detector.distrusts(&mut distrusts);
        said.extend(distrusts.into_iter().map(|word| (second, word)));
        play.tick();
    }
    let [(first, unusable), (last, usable)] = said[..] else { panic!("{said:?}") };
    assert!(unusable.unusable && !usable.unusable && first == 100 && last == 200, "{said:?}");
    let believed = unusable.believed.expect("it was believed before");
    assert!(believed.rough_distance_m(eastward(20.0, 100)) < 1000.0, "{believed:?}");
}
