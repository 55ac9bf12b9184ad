//! Every story in `scenarios/` is played through the real decoders, the tracker and the detectors, and must show what it says.

#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "tests beside the program")]

use skypicket::arrivals::Arrivals;
use skypicket::core::Core;
use skypicket::order::Order;
use skypicket::plan::Plan;
use skypicket::simulation::{Night, plan_of};
use skypicket_engine::Event;
use skypicket_model::assessment::{EntryState, Finding};
use skypicket_model::{AirspaceId, IncidentEvent, Span, Subject, Time, TrackId};
use skypicket_sim::World;
use skypicket_sim::expect::{self, Outcome, Sample, SeenEntry, SeenIncident};
use std::collections::BTreeMap;

/// How often the picture is held against the truth.
const SAMPLE_EVERY: Span = Span::from_s(10);

/// Gathers what a run shows.
struct Watcher<'a> {
    plan: &'a Plan,
    outcome: Outcome,
    reached: BTreeMap<(TrackId, AirspaceId), Vec<(EntryState, Time)>>,
    last_sample: Time,
    now: Time,
}

impl<'a> Watcher<'a> {
    fn new(plan: &'a Plan) -> Self {
        let outcome = Outcome { airspaces: plan.airspaces.to_vec(), ..Outcome::default() };
        Self { plan, outcome, reached: BTreeMap::new(), last_sample: Time::MIN, now: Time::EPOCH }
    }

    fn watch(&mut self, core: &Core, ticked: bool) {
        for event in core.events() {
            self.event(event);
        }
        let picture = core.picture();
        if ticked && picture.time - self.last_sample >= SAMPLE_EVERY {
            self.last_sample = picture.time;
            let samples = picture.tracks.iter().map(|shown| Sample {
                time: picture.time,
                track: shown.track.id,
                place: shown.track.position.lat_lon(),
            });
            self.outcome.samples.extend(samples);
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Incident(IncidentEvent::Alarm(_)) => self.outcome.alarms.push(self.now),
            Event::Assessment(assessment) => match (&assessment.finding, assessment.subject) {
                (Finding::AirspaceEntry(entry), Subject::Track(track)) => {
                    let reached = self.reached.entry((track, entry.airspace)).or_default();
                    if reached.iter().all(|(state, _)| *state != entry.state) {
                        reached.push((entry.state, assessment.time));
                    }
                }
                (Finding::EmergencyCode { squawk: Some(squawk), .. }, Subject::Track(track)) => {
                    self.outcome.emergencies.push((track, *squawk, assessment.time));
                }
                (Finding::FeedSilent { .. }, Subject::Sensor(sensor)) => {
                    let feed = self.plan.feeds[usize::from(sensor.feed.0)].name.clone();
                    self.outcome.silences.push((feed, assessment.time));
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn finish(mut self, core: &Core) -> Outcome {
        let picture = core.picture();
        for assessment in picture.entries.iter() {
            let (Finding::AirspaceEntry(entry), Subject::Track(track)) = (&assessment.finding, assessment.subject)
            else {
                continue;
            };
            self.outcome.entries.push(SeenEntry {
                track,
                airspace: self.plan.airspaces[entry.airspace.0 as usize].code.clone(),
                reached: self.reached.get(&(track, entry.airspace)).cloned().unwrap_or_default(),
                entered_at: entry.entered_at,
                permission: entry.permission.clone(),
            });
        }
        for incident in picture.incidents.iter() {
            let tracks = incident
                .subjects
                .iter()
                .filter_map(|subject| match subject {
                    Subject::Track(track) => Some(*track),
                    Subject::Sensor(_) => None,
                })
                .collect();
            self.outcome.incidents.push(SeenIncident { opened: incident.opened, tracks });
        }
        self.outcome
    }
}

/// Plays a story flat out; what it showed, and the digest at its end.
fn run(world: &World) -> (Outcome, String) {
    let plan = plan_of(world).expect("the story's site resolves");
    let mut core = Core::new(&plan).expect("its formats build");
    let mut watcher = Watcher::new(&plan);
    let mut order = Order::default();
    let mut night = Night::of(world.clone());
    while let Some(arrival) = night.next_arrival() {
        order.admit(&arrival, |record| {
            let applied = core.apply(record);
            assert!(!applied.quarantine, "a decoder panicked at input {}", record.seq.0);
            watcher.now = record.received;
            watcher.watch(&core, applied.ticked);
        });
    }
    let digest = core.engine().digest().to_string();
    (watcher.finish(&core), digest)
}

fn holds(name: &str) -> String {
    let path = format!("{}/../../scenarios/{name}.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the story is there");
    let world = World::from_scenario(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (outcome, digest) = run(&world);
    let failures = expect::check(&world.expectations, &world, &outcome);
    let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{name}.md:\n{}", told.join("\n"));
    digest
}

#[test]
fn the_night() {
    holds("night");
}

#[test]
fn an_airliner_with_a_flight_plan() {
    holds("airliner");
}

#[test]
fn a_drone_that_one_sensor_sees() {
    holds("one-source");
}

#[test]
fn a_flight_along_the_border() {
    holds("parallel");
}

#[test]
fn the_same_story_gives_the_same_digest() {
    assert_eq!(holds("airliner"), holds("airliner"));
}
