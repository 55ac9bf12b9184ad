//! Flights back: what they rest on and what they say when they cannot tell.

use super::*;
use crate::coverage::{Coverage, CoverageParams, Network, WatchLog};
use skypicket_model::origin::{OriginRegion, Unclear};
use skypicket_model::sensor::SensorHealth;
use skypicket_model::track::{Class, ClassProbabilities};
use skypicket_model::{Canon as _, FeedId, LatLon, Sensor, SensorId, SensorKind, Span, Time, TrackId};

const FIRST: Time = Time::from_s(100_000);

fn at(lat_deg: f64, lon_deg: f64) -> LatLon {
    LatLon { lat_deg, lon_deg }
}

/// What is seen of a flight that goes straight on from a place.
fn evidence(from: LatLon, velocity_m_s: [f64; 2], minutes: i64, class: Class) -> Evidence {
    let one = |k: i64| {
        let t = (k * 15) as f64;
        Seen {
            time: FIRST + Span::from_s(k * 15),
            place: crate::site::moved(from, velocity_m_s[0] * t, velocity_m_s[1] * t),
            sigma_m: 120.0,
            height_m: Some((400.0, 80.0)),
        }
    };
    let mut probabilities = [0.02; 7];
    probabilities[Class::ALL.iter().position(|other| *other == class).expect("a class")] = 0.88;
    Evidence {
        track: TrackId(77),
        seen: (0..=minutes * 4).map(one).collect(),
        class: ClassProbabilities(probabilities),
    }
}

fn radar(source: u16, place: LatLon, range_m: f64) -> Sensor {
    Sensor {
        site: Some(place.at_height(60.0)),
        period: Some(Span::from_s(6)),
        detection_probability: Some(0.85),
        range_limits_m: Some((0.0, range_m)),
        ..Sensor::new(SensorId { feed: FeedId(0), source }, format!("r{source}"), SensorKind::Radar2d)
    }
}

/// Sensors that were heard without a break from ten hours before to the end.
fn network(coverage: &Coverage, sensors: &[Sensor], silent: impl Fn(i64) -> bool) -> Network {
    let mut log = WatchLog::default();
    for s in (-36_000..3600).step_by(2) {
        let now = FIRST + Span::from_s(s);
        let heard: Vec<SensorHealth> = sensors.iter().map(|sensor| SensorHealth::heard(sensor.id, 9, now)).collect();
        if !silent(s) {
            log.tick(sensors, &heard, now, None);
        }
    }
    let health: Vec<SensorHealth> = sensors.iter().map(|sensor| SensorHealth::heard(sensor.id, 9, FIRST)).collect();
    coverage.history(sensors, &health, &log)
}

struct World {
    params: OriginParams,
    areas: Areas,
    coverage: Coverage,
    network: Network,
}

impl World {
    fn of(sensors: &[Sensor], silent: impl Fn(i64) -> bool) -> Self {
        let coverage = Coverage::new(CoverageParams { reference_rcs_m2: 0.1, ..CoverageParams::default() }, None);
        let network = network(&coverage, sensors, silent);
        Self { params: OriginParams::default(), areas: Areas::default(), coverage, network }
    }

    fn against(&self) -> Against<'_> {
        Against { params: &self.params, areas: &self.areas, coverage: &self.coverage, network: &self.network }
    }

    fn region(&self, evidence: Evidence) -> OriginRegion {
        region(evidence, FIRST + Span::from_s(3600), &self.against())
    }
}

/// Probability of the region's cells that satisfy something.
fn mass(region: &OriginRegion, is: impl Fn(LatLon) -> bool) -> f64 {
    let middle = |cell: &skypicket_model::origin::OriginCell| {
        at((f64::from(cell.row) + 0.5) * region.cell_deg[0], (f64::from(cell.column) + 0.5) * region.cell_deg[1])
    };
    region.cells.iter().filter(|cell| is(middle(cell))).map(|cell| cell.probability).sum()
}

fn square(name: &str, weight: f64, south: f64, west: f64, side: f64) -> Area {
    let ring = vec![at(south, west), at(south, west + side), at(south + side, west + side), at(south + side, west)];
    Area { name: name.to_owned(), weight, rings: vec![ring] }
}

/// Westwards into a radar's view at 24° east.
fn westwards(minutes: i64) -> Evidence {
    evidence(at(52.0, 24.0), [-42.0, 0.0], minutes, Class::LargeDrone)
}

#[test]
fn the_region_lies_behind_the_track_within_its_range_and_is_the_same_again() {
    let world = World::of(&[radar(1, at(52.0, 22.8), 83_500.0)], |_| false);
    let found = world.region(westwards(20));
    assert!(found.unclear.iter().all(|unclear| matches!(unclear, Unclear::TooLarge { .. })), "{:?}", found.unclear);
    assert!(found.effective_flights > 100.0, "{}", found.effective_flights);
    let all = mass(&found, |_| true);
    assert!((0.86..0.89).contains(&all), "{all}");
    let east = mass(&found, |place| place.lon_deg > 23.5);
    assert!(east > 0.9 * all, "it came from the east: {east} of {all}");
    assert!(mass(&found, |place| place.lon_deg > 66.0) < 1e-3, "2,500 km are 37° of longitude");
    assert!(found.area_km2[0] > 0.0 && found.area_km2[0] < 0.6 * found.area_km2[1], "{:?}", found.area_km2);
    assert_eq!(found, world.region(westwards(20)), "the same evidence, the same region");
    assert_eq!(
        found.holds(found.first_place).1,
        found.cells.iter().any(|cell| (cell.row, cell.column) == found.cell_of(found.first_place))
    );
}

#[test]
fn where_it_would_have_been_seen_it_did_not_fly() {
    let near = radar(1, at(52.0, 22.8), 83_500.0);
    // A second radar looks at all of the straight way back from 25° to 29°.
    let east = radar(2, at(52.0, 27.0), 140_000.0);
    let behind = |place: LatLon| (place.lat_deg - 52.0).abs() < 0.5 && (25.3..28.7).contains(&place.lon_deg);
    let told = |sensors: &[Sensor], silent: &dyn Fn(i64) -> bool| {
        let mut world = World::of(sensors, silent);
        // One kind: cells are as fine as flights fill them.
        world.params.kind.truncate(1);
        world.region(westwards(20))
    };
    let alone = told(core::slice::from_ref(&near), &|_| false);
    let both = told(&[near.clone(), east.clone()], &|_| false);
    let off = told(&[near.clone(), east], &|s| s < 0);
    let (alone, both, off) = (mass(&alone, behind), mass(&both, behind), mass(&off, behind));
    assert!(alone > 0.05 && both < 0.7 * alone, "{alone} with one radar, {both} with a second that saw nothing");
    assert!(off > 1.3 * both, "{off} with the second silent at that time: its silence says nothing");
}

#[test]
fn the_longer_it_was_seen_the_smaller_the_region() {
    let mut world = World::of(&[radar(1, at(52.0, 22.8), 83_500.0)], |_| false);
    // Of the long-range kind only the last of 2,500 km are used up by what is seen.
    world.params.kind.truncate(1);
    let areas: Vec<f64> = [5, 20, 80].map(|minutes| world.region(westwards(minutes)).area_km2[1]).to_vec();
    assert!(areas[1] < areas[0] && areas[2] < 0.8 * areas[0], "{areas:?} km²");
}

#[test]
fn it_says_when_it_cannot_tell() {
    let mut world = World::of(&[radar(1, at(52.0, 22.8), 83_500.0)], |_| false);
    let short = world.region(westwards(4));
    assert!(short.unclear.contains(&Unclear::SeenShortly { observed: Span::from_s(240), needed: Span::from_s(300) }));
    let jet = world.region(evidence(at(52.0, 24.0), [-300.0, 0.0], 10, Class::Aircraft));
    assert!(jet.unclear.iter().any(|unclear| matches!(unclear, Unclear::TooLarge { .. })), "{:?}", jet.area_km2);
    let impossible = world.region(evidence(at(52.0, 24.0), [-3000.0, 0.0], 10, Class::Aircraft));
    assert!(impossible.unclear.contains(&Unclear::Unexplained), "{:?}", impossible.unclear);
    // Areas everywhere alike: the same before and after.
    world.params.elsewhere = 0.5;
    world.areas = Areas::new(vec![square("all about", 1.0, 40.0, 0.0, 60.0)]);
    world.params.elsewhere_km2 = 1e6;
    let wide = world.region(evidence(at(52.0, 24.0), [-300.0, 0.0], 10, Class::Aircraft));
    assert!(!wide.unclear.is_empty());
}

#[test]
fn candidate_areas_are_ranked_and_those_out_of_range_are_excluded() {
    let mut world = World::of(&[radar(1, at(52.0, 22.8), 83_500.0)], |_| false);
    world.params.kind.truncate(1);
    world.params.elsewhere = 0.2;
    // Behind it and in reach of a light drone, behind it and out of reach, ahead of it.
    world.areas = Areas::new(vec![
        square("far", 1.0, 51.0, 36.0, 2.0),
        square("behind", 1.0, 51.5, 26.0, 1.5),
        square("ahead", 1.0, 51.0, 15.0, 2.0),
    ]);
    let found = world.region(westwards(20));
    let names: Vec<&str> = found.candidates.iter().map(|candidate| candidate.name.as_str()).collect();
    assert_eq!(names[0], "behind", "{:?}", found.candidates);
    let of = |name: &str| found.candidates.iter().find(|candidate| candidate.name == name).expect("it").probability;
    assert!(of("behind") > 0.7 && of("far") < 0.01 && of("ahead") < 0.02, "{:?}", found.candidates);
    let sum = found.elsewhere + found.candidates.iter().map(|candidate| candidate.probability).sum::<f64>();
    assert!((sum - 1.0).abs() < 1e-6, "{sum}");
    assert!(found.unclear.is_empty(), "{:?} {:?}", found.unclear, found.area_km2);
}

/// Poland, 10 September 2025: what came down near Oleśno had crossed the border of Belarus by Brest and flown 280 km since. A drone of the light kind (range
/// to 600 km, as published) cannot have started in Russia, 500 km east of Brest, unless its tanks were larger.
#[test]
fn a_range_of_600_km_excludes_most_of_russia_for_what_came_down_near_olesno() {
    let mut world = World::of(&[radar(1, at(52.0, 22.8), 57_500.0)], |_| false);
    world.params.kind.truncate(1);
    world.areas =
        Areas::new(vec![square("Russia, west", 1.0, 51.5, 31.8, 3.5), square("Belarus, south", 1.0, 51.6, 25.0, 3.0)]);
    // 280 km at 135 km/h.
    let minutes = 124;
    let seen = |world: &World| world.region(evidence(at(52.1, 23.6), [-37.0, 6.0], minutes, Class::LargeDrone));
    let russia = |found: &OriginRegion| {
        found.candidates.iter().find(|candidate| candidate.name.starts_with("Russia")).expect("it").probability
    };
    assert!(russia(&seen(&world)) < 0.02, "{}", russia(&seen(&world)));
    world.params.kind[0].range_km = [300.0, 1100.0];
    assert!(russia(&seen(&world)) > 0.03, "with larger tanks it is not excluded: {}", russia(&seen(&world)));
}

#[test]
fn flights_in_pieces_and_after_a_restart_come_to_the_same() {
    let world = World::of(&[radar(1, at(52.0, 22.8), 83_500.0)], |_| false);
    let now = FIRST + Span::from_s(3600);
    let whole = world.region(westwards(20));
    let mut job = Job::new(westwards(20), now, &world.against());
    let mut pieces = 0;
    let found = loop {
        pieces += 1;
        job = Job::from_canon(&job.to_canon()).expect("its own bytes");
        if let Some(found) = job.go_on(40, &world.against()) {
            break found;
        }
    };
    assert!(pieces > 20, "{pieces}");
    assert_eq!(found, whole);
}

#[test]
fn a_start_near_a_known_wind_is_found_upwind() {
    let mut world = World::of(&[], |_| false);
    world.params.wind =
        vec![WindParams { lat_deg: 52.0, lon_deg: 24.0, height_m: 400.0, east_m_s: 8.0, north_m_s: 0.0 }];
    world.params.wind_sigma_m_s = 2.0;
    let balloon = world.region(evidence(at(52.0, 24.0), [8.0, 0.0], 30, Class::Balloon));
    let west = mass(&balloon, |place| place.lon_deg < 24.2);
    assert!(west > 0.8, "it drifted from the west: {west}");
}

/// Latvia, 7 September 2024: near Pinsk at 05:16, near Navahrudak at about 06:30, found 335 km further on. The published arrival rested on 200 km/h.
#[test]
fn the_published_times_of_latvia_are_those_of_a_light_drone_near_the_end_of_its_range() {
    let (pinsk, navahrudak) = (at(52.115, 26.103), at(53.597, 25.826));
    let seconds = 74 * 60;
    let share = |k: i64| (k * 20) as f64 / seconds as f64;
    let place = |k: i64| {
        at(
            pinsk.lat_deg + share(k) * (navahrudak.lat_deg - pinsk.lat_deg),
            pinsk.lon_deg + share(k) * (navahrudak.lon_deg - pinsk.lon_deg),
        )
    };
    let seen = |k: i64| Seen { time: FIRST + Span::from_s(k * 20), place: place(k), sigma_m: 2000.0, height_m: None };
    let known: Vec<Seen> = (0..=seconds / 20).map(seen).collect();
    let start = super::start::Start::of(&known, |_| 0.0).expect("a start");
    let km_h = 3.6 * skypicket_model::math::hypot(start.velocity_m_s[0], start.velocity_m_s[1]);
    assert!((km_h - 134.0).abs() < 3.0, "{km_h} km/h, not 200");
    // With all of the way to the crash site 500 km are flown: of 600 km a light drone has 100 left before Pinsk.
    let mut world = World::of(&[], |_| false);
    world.params.kind.truncate(1);
    let whole: Vec<Seen> = (0..=(seconds / 20) * 3).map(seen).collect();
    let evidence = Evidence { track: TrackId(5), seen: whole, class: ClassProbabilities([1.0 / 7.0; 7]) };
    let found = world.region(evidence);
    let far = mass(&found, |place| (place.lat_deg - 52.1).abs() > 1.5 || (place.lon_deg - 26.1).abs() > 2.5);
    assert!(far < 0.1, "{far} farther than 160 km from Pinsk");
}

#[test]
fn a_flight_back_under_way_at_midnight_begins_again_though_its_track_is_long_gone() {
    let world = World::of(&[radar(1, at(52.0, 22.8), 83_500.0)], |_| false);
    let mut origins = book::Origins::under_way(Job::new(westwards(20), FIRST, &world.against()));
    origins.begin_epoch();
    assert_eq!(origins.due(&world.params), Some(westwards(20)));
    assert_eq!(origins.due(&world.params), None, "once");
    // What is followed still is done again with what was seen of it since.
    origins.begin_epoch();
    assert_eq!(origins.due(&world.params), None, "nothing is under way");
}
