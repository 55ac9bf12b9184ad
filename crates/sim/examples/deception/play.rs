//! Plays a world through decoders, tracker and detectors, and writes down who was doubted when.

use skypicket_assess::{Assessor, PermissionParams, Permissions};
use skypicket_engine::{ClockLimits, Engine, Event, Input, Setup};
use skypicket_model::airspace::SourceDocument;
use skypicket_model::assessment::EntryState;
use skypicket_model::{
    Address, Airspace, AirspaceId, AirspaceKind, ConnectionId, EdgeClass, Finding, LatLon, Ring, Sensor, Seq, Subject,
    Time, TrackId, VerticalLimit,
};
use skypicket_sim::World;
use skypicket_track::Tracker;
use skypicket_wire::{Chunk, Feed, FeedSetup, Intake, Output};
use std::collections::{BTreeMap, BTreeSet};

/// What was seen of a world.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// When an address was doubted first, and why.
    pub(crate) doubted: BTreeMap<Address, (Time, String)>,
    /// When it was told first that a feed brings too many.
    pub(crate) too_many: Option<Time>,
    /// Tracks that were told to have entered surely, with the distance to the nearest true object then, metres.
    pub(crate) established: Vec<(TrackId, Time, f64)>,
    /// Per second and true target the track that held it.
    pub(crate) held: Vec<(Time, BTreeMap<usize, TrackId>)>,
    /// Addresses of which tracks were shown.
    pub(crate) shown: BTreeSet<Address>,
    /// Most tracks at a time, and the longest tick, milliseconds.
    pub(crate) tracks: usize,
    pub(crate) slowest_ms: f64,
}

fn country() -> Airspace {
    let corners = [(51.4, 18.8), (51.4, 20.6), (52.6, 20.6), (52.6, 18.8)];
    let points: Vec<LatLon> = corners.iter().map(|&(lat_deg, lon_deg)| LatLon { lat_deg, lon_deg }).collect();
    Airspace {
        id: AirspaceId(0),
        code: "AAA".into(),
        name: "A box".into(),
        kind: AirspaceKind::State,
        rings: vec![Ring { edges: vec![EdgeClass::Land; points.len()], points }],
        lower: VerticalLimit::Surface,
        upper: VerticalLimit::Unlimited,
        schedule: Vec::new(),
        source: SourceDocument::default(),
        watched: true,
    }
}

/// A real target farther than this from a track is not what it is of, metres.
const OWN_M: f64 = 3_000.0;

/// Plays it; `clock_s` measures how long ticks take, seconds.
pub(crate) fn play(world: &World, clock_s: &dyn Fn() -> f64) -> Seen {
    let feeds = world.feeds();
    let mut sensors: Vec<Sensor> = feeds.iter().flat_map(|feed| feed.sensors.clone()).collect();
    sensors.sort_by_key(|sensor| sensor.id);
    let mut assess = skypicket_assess::Params::default();
    assess.origin.least_observed_s = 1e9;
    let permissions = Permissions::new(&PermissionParams::default(), Vec::new()).expect("default rules stand");
    let mut engine = Engine::new(Setup {
        clock: ClockLimits::default(),
        tracker: Tracker::new(skypicket_track::Params::default(), &sensors),
        assessor: Assessor::new(&assess, &[country()], permissions).expect("a drawn site stands"),
        sensors,
    });
    let setups = feeds.into_iter().map(|feed| Feed {
        kind: skypicket_wire::decoder(feed.format).expect("a known format"),
        setup: FeedSetup { feed: feed.id, sensors: feed.sensors.into(), params: feed.params },
    });
    let mut intake = Intake::new(setups.collect()).expect("feeds are sound");
    let (mut out, mut events, mut seen) = (Output::default(), Vec::new(), Seen::default());
    let (mut seq, mut due_s) = (0, world.begin.floor_s() + 1);
    for arrival in world.run() {
        while due_s <= arrival.received.floor_s() {
            let now = Time::from_s(due_s);
            seq += 1;
            let started_s = clock_s();
            engine.handle(Seq(seq), Input::Tick(now), &mut events);
            seen.slowest_ms = seen.slowest_ms.max(1000.0 * (clock_s() - started_s));
            look(now, world, &engine, &mut events, &mut seen);
            due_s += 1;
        }
        seq += 1;
        let datagram = world.feeds_are_datagrams(arrival.feed);
        let chunk = Chunk { seq: Seq(seq), received: arrival.received, datagram, bytes: &arrival.bytes };
        intake.push(arrival.feed, ConnectionId(u32::from(arrival.feed.0)), chunk, &mut out).expect("no decoder panics");
        engine.handle(Seq(seq), Input::Observations(&out.observations), &mut events);
        out.clear_observations();
    }
    seen
}

fn look(now: Time, world: &World, engine: &Engine, events: &mut Vec<Event>, seen: &mut Seen) {
    for event in events.drain(..) {
        let Event::Assessment(assessment) = event else { continue };
        let Finding::FalseIdentity(found) = &assessment.finding else { continue };
        if found.address.is_none() {
            seen.too_many.get_or_insert(now);
        }
        if let (Some(address), None) = (found.address, found.ended) {
            let why = format!("{} {:?}", found.misfit.name(), assessment.reasons);
            seen.doubted.entry(address).or_insert((now, why));
        }
    }
    let picture = engine.picture();
    seen.tracks = seen.tracks.max(picture.tracks.len());
    let truth: Vec<(usize, LatLon)> =
        world.truth(now).map(|truth| (truth.index, truth.motion.place.lat_lon())).collect();
    for row in picture.entries.iter() {
        let (Finding::AirspaceEntry(entry), Subject::Track(id)) = (&row.finding, row.subject) else { continue };
        if entry.state != EntryState::Established || seen.established.iter().any(|(known, ..)| *known == id) {
            continue;
        }
        let Some(shown) = picture.tracks.iter().find(|shown| shown.track.id == id) else { continue };
        let own = shown.track.position.lat_lon();
        let nearest = truth.iter().map(|(_, place)| place.rough_distance_m(own)).fold(f64::INFINITY, f64::min);
        seen.established.push((id, now, nearest));
    }
    let mut held = BTreeMap::new();
    let by_address: BTreeMap<Address, Vec<(TrackId, LatLon)>> = {
        let mut map: BTreeMap<Address, Vec<(TrackId, LatLon)>> = BTreeMap::new();
        for shown in &picture.tracks {
            if let Some(address) = shown.track.identity.address() {
                seen.shown.insert(address);
                map.entry(address).or_default().push((shown.track.id, shown.track.position.lat_lon()));
            }
        }
        map
    };
    for (index, place) in truth {
        let address = world.targets[index].transponder.as_ref().map(|own| Address::icao(own.address));
        let mut best: Option<(f64, TrackId)> = None;
        for (id, at) in address.and_then(|address| by_address.get(&address)).into_iter().flatten() {
            let far_m = at.rough_distance_m(place);
            if far_m < OWN_M && best.is_none_or(|(nearest, _)| far_m < nearest) {
                best = Some((far_m, *id));
            }
        }
        if let Some((_, id)) = best {
            held.insert(index, id);
        }
    }
    seen.held.push((now, held));
}
