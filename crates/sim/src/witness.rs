//! Plays a world through the real decoders and an engine, and writes down what it shows, for [`crate::expect::check`].
//!
//! The same order as everywhere: bytes in order of arrival, and a tick at each whole second after all that was received before it.
//! The engine comes from outside, so that it is built exactly as a site file of that world would build it.

use crate::expect::{
    Outcome, Sample, SeenCount, SeenEntry, SeenGroup, SeenIncident, SeenInterference, SeenNavigation, SeenOrigin,
};
use crate::world::World;
use skypicket_engine::{Engine, Event, Input, Picture};
use skypicket_model::assessment::{Finding, Subject};
use skypicket_model::{
    Airspace, AirspaceId, Assessment, ConnectionId, IncidentEvent, IncidentId, Referent, Seq, Time, TrackGroup,
    TrackId, TrackStatus,
};
use skypicket_wire::{Chunk, Feed, FeedSetup, Intake, Output};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How often tracks are sampled, seconds.
const SAMPLE_EVERY_S: i64 = 10;
/// How often counts are written down, seconds.
const COUNT_EVERY_S: i64 = 60;
/// The probability that the interval of a count holds.
const INTERVAL: f64 = 0.9;

/// What a run cost and gave, beside the outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Pieces of bytes.
    pub arrivals: u64,
    /// Messages understood.
    pub decoded: u64,
    /// Messages not understood.
    pub rejected: u64,
    /// Observations.
    pub observations: u64,
    /// Ticks.
    pub ticks: u64,
}

/// Writes down what an engine shows.
struct Witness {
    outcome: Outcome,
    rows: BTreeMap<(TrackId, u32), usize>,
    incidents: BTreeMap<IncidentId, usize>,
    names: Vec<String>,
    /// The groups as they were last, by the list that the picture shares while nothing changes; and when each origin region was worked out.
    groups: Arc<Vec<TrackGroup>>,
    origins: BTreeMap<TrackId, Time>,
    /// Changes of navigation that were written down: the picture shows the last ones again and again.
    navigation: BTreeSet<SeenNavigation>,
}

/// Plays the whole world into the engine. `airspaces` are those that the engine judges against, by their ids; the watched ones are
/// compared with the truth.
///
/// # Errors
/// When a feed's format is not known or its parameters are wrong, or a decoder panics.
pub fn play(world: &World, engine: &mut Engine, airspaces: &[Airspace]) -> Result<(Outcome, Tally), String> {
    let mut intake = Intake::new(wire_feeds(world)?)?;
    let mut witness = Witness::new(world, airspaces);
    let (mut out, mut events) = (Output::default(), Vec::new());
    let mut tally = Tally::default();
    let mut seq = 0;
    let mut next_s: Option<i64> = None;
    let mut said = world.said.iter().peekable();
    for arrival in world.run() {
        let now_s = arrival.received.floor_s();
        let mut due_s = next_s.unwrap_or(now_s + 1);
        loop {
            // What is told at the very moment of a tick comes after it, as everything received then.
            let tick = (due_s <= now_s).then(|| Time::from_s(due_s));
            let told = said.next_if(|said| said.at < arrival.received && tick.is_none_or(|tick| said.at < tick));
            if let Some(told) = told {
                seq += 1;
                engine.handle(Seq(seq), Input::Command(&told.command), &mut events);
            } else if let Some(tick) = tick {
                seq += 1;
                engine.handle(Seq(seq), Input::Tick(tick), &mut events);
                witness.tick(tick, engine, &mut events, airspaces);
                tally.ticks += 1;
                due_s += 1;
            } else {
                break;
            }
        }
        next_s = Some(due_s);
        seq += 1;
        let datagram = world.feeds_are_datagrams(arrival.feed);
        let chunk = Chunk { seq: Seq(seq), received: arrival.received, datagram, bytes: &arrival.bytes };
        intake
            .push(arrival.feed, ConnectionId(u32::from(arrival.feed.0)), chunk, &mut out)
            .map_err(|_| format!("the decoder of feed {} panicked at {}", arrival.feed.0, arrival.received))?;
        engine.handle(Seq(seq), Input::Observations(&out.observations), &mut events);
        tally.arrivals += 1;
        tally.observations += out.observations.len() as u64;
        out.clear_observations();
    }
    (tally.decoded, tally.rejected) = (out.decoded(), out.rejected());
    Ok((witness.outcome, tally))
}

fn code(airspaces: &[Airspace], id: AirspaceId) -> String {
    airspaces.iter().find(|airspace| airspace.id == id).map_or_else(String::new, |airspace| airspace.code.clone())
}

/// As scenarios write it.
const fn in_words(referent: Referent) -> &'static str {
    match referent {
        Referent::ObjectsEntered => "objects entered",
        Referent::InsideNow => "inside now",
        Referent::ReportedShotDown => "reported shot down",
        Referent::Wrecks => "wrecks",
        Referent::WrecksNoDrones => "wrecks not of drones",
    }
}

fn wire_feeds(world: &World) -> Result<Vec<Feed>, String> {
    let feeds = world.feeds().into_iter().map(|feed| {
        let kind = skypicket_wire::decoder(feed.format).ok_or_else(|| format!("no format \"{}\"", feed.format))?;
        Ok(Feed { kind, setup: FeedSetup { feed: feed.id, sensors: feed.sensors.into(), params: feed.params } })
    });
    feeds.collect()
}

impl Witness {
    fn new(world: &World, airspaces: &[Airspace]) -> Self {
        let watched = airspaces.iter().filter(|airspace| airspace.watched).cloned().collect();
        Self {
            outcome: Outcome { airspaces: watched, ..Outcome::default() },
            rows: BTreeMap::new(),
            incidents: BTreeMap::new(),
            names: world.feeds().into_iter().map(|feed| feed.name).collect(),
            groups: Arc::default(),
            origins: BTreeMap::new(),
            navigation: BTreeSet::new(),
        }
    }

    fn tick(&mut self, now: Time, engine: &Engine, events: &mut Vec<Event>, airspaces: &[Airspace]) {
        for event in events.drain(..) {
            match event {
                Event::Assessment(assessment) => self.assessment(&assessment),
                Event::Incident(IncidentEvent::Alarm(_)) => self.outcome.alarms.push(now),
                _ => {}
            }
        }
        if now.floor_s() % 3600 == 0 {
            self.outcome.digests.push((now, engine.digest().to_string()));
        }
        let picture = engine.picture();
        for row in picture.entries.iter() {
            self.row(row, airspaces);
        }
        self.incidents(&picture);
        self.groups(&picture, airspaces);
        self.origins(&picture);
        for change in picture.gnss.iter().filter(|gnss| gnss.time == Some(now)).flat_map(|gnss| &gnss.changes) {
            let seen = SeenNavigation { time: change.time, address: change.address.value, to: change.to };
            if self.navigation.insert(seen) {
                self.outcome.navigation.push(seen);
            }
        }
        if now.floor_s() % COUNT_EVERY_S == 0 {
            self.counts(&picture, airspaces);
        }
        if now.floor_s() % SAMPLE_EVERY_S == 0 {
            for shown in &picture.tracks {
                let track = &shown.track;
                if matches!(track.status, TrackStatus::Confirmed | TrackStatus::Coasting) {
                    let place = track.position.lat_lon();
                    self.outcome.samples.push(Sample { time: now, track: track.id, place });
                }
            }
        }
    }

    fn assessment(&mut self, assessment: &Assessment) {
        match (&assessment.finding, assessment.subject) {
            (Finding::FeedSilent { heard_again: None, .. }, Subject::Sensor(sensor)) => {
                if let Some(name) = self.names.get(usize::from(sensor.feed.0)) {
                    self.outcome.silences.push((name.clone(), assessment.time));
                }
            }
            (Finding::EmergencyCode { squawk: Some(code), .. }, Subject::Track(track)) => {
                self.outcome.emergencies.push((track, *code, assessment.time));
            }
            (Finding::GnssInterference(told), Subject::Interference(number)) => {
                let all = &mut self.outcome.interferences;
                let over = told.ended.is_some().then_some(assessment.time);
                match all.iter_mut().find(|own| own.number == number) {
                    Some(own) => own.over = over,
                    None => all.push(SeenInterference { number, told: assessment.time, over }),
                }
            }
            _ => {}
        }
    }

    fn row(&mut self, row: &Assessment, airspaces: &[Airspace]) {
        let (Finding::AirspaceEntry(entry), Subject::Track(track)) = (&row.finding, row.subject) else { return };
        let entries = &mut self.outcome.entries;
        let index = *self.rows.entry((track, entry.airspace.0)).or_insert_with(|| {
            entries.push(SeenEntry {
                track,
                airspace: code(airspaces, entry.airspace),
                reached: Vec::new(),
                entered_at: None,
                left_at: None,
                permission: entry.permission.clone(),
            });
            entries.len() - 1
        });
        let Some(seen) = entries.get_mut(index) else { return };
        if !seen.reached.iter().any(|(state, _)| *state == entry.state) {
            seen.reached.push((entry.state, row.time));
        }
        if entry.entered_at.is_some() {
            seen.entered_at = entry.entered_at;
        }
        seen.left_at = entry.left_at;
        seen.permission = entry.permission.clone();
    }

    fn counts(&mut self, picture: &Picture, airspaces: &[Airspace]) {
        for count in picture.counts.iter() {
            for referent in Referent::ALL {
                let Some(told) = count.of(referent) else { continue };
                self.outcome.counts.push(SeenCount {
                    time: picture.time,
                    airspace: code(airspaces, count.area),
                    referent: in_words(referent).to_owned(),
                    interval: told.interval(INTERVAL),
                    most_likely: told.most_likely(),
                });
            }
        }
    }

    fn groups(&mut self, picture: &Picture, airspaces: &[Airspace]) {
        if Arc::ptr_eq(&self.groups, &picture.groups) {
            return;
        }
        self.groups = Arc::clone(&picture.groups);
        let seen =
            |group: &TrackGroup| SeenGroup { airspace: code(airspaces, group.airspace), tracks: group.members.clone() };
        self.outcome.groups = picture.groups.iter().map(seen).collect();
    }

    fn origins(&mut self, picture: &Picture) {
        for region in picture.origins.iter() {
            if self.origins.insert(region.track, region.time) != Some(region.time) {
                self.outcome.origins.push(SeenOrigin {
                    time: picture.time,
                    track: region.track,
                    area_km2: region.area_km2[1],
                    identifiable: region.unclear.is_empty(),
                });
            }
        }
    }

    fn incidents(&mut self, picture: &Picture) {
        for incident in picture.incidents.iter() {
            let seen = &mut self.outcome.incidents;
            let index = *self.incidents.entry(incident.id).or_insert_with(|| {
                seen.push(SeenIncident { opened: incident.opened, tracks: Vec::new(), places: Vec::new() });
                seen.len() - 1
            });
            let Some(known) = seen.get_mut(index) else { continue };
            for subject in &incident.subjects {
                if let Subject::Track(track) = subject
                    && !known.tracks.contains(track)
                {
                    known.tracks.push(*track);
                    let shown = picture.tracks.iter().find(|shown| shown.track.id == *track);
                    known.places.extend(shown.map(|shown| Sample {
                        time: picture.time,
                        track: *track,
                        place: shown.track.position.lat_lon(),
                    }));
                }
            }
        }
    }
}
