//! A world: what flies in it, who looks, and the truth at any moment.

use crate::expect::Expectations;
use crate::ghost::Ghost;
use crate::listener::Listener;
use crate::navigation::Navigation;
use crate::radar::Radar;
use crate::receiver::{Interference, Receiver, Stamps};
use crate::run::Run;
use crate::story::{self, ScenarioError};
use crate::target::{Air, Target, Truth};
use crate::tracker::Tracker;
use skypicket_model::{Command, FeedId, FlightPlan, Sensor, SensorId, SensorKind, Span, Time};

/// A feed that a world offers: what a config would say of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// Its number.
    pub id: FeedId,
    /// Its name, which is that of its sensor.
    pub name: String,
    /// The format's name in [`skypicket_wire::DECODERS`].
    pub format: &'static str,
    /// Each piece of bytes is one whole datagram.
    pub datagrams: bool,
    /// The decoder's parameters.
    pub params: serde_json::Value,
    /// The sensors as a user would describe them: without their faults.
    pub sensors: Vec<Sensor>,
}

/// A world with known truth.
#[derive(Clone, Debug)]
pub struct World {
    /// Its name.
    pub name: String,
    /// When it begins.
    pub begin: Time,
    /// When it ends.
    pub end: Time,
    /// What all its luck comes from.
    pub seed: u64,
    /// Its air.
    pub air: Air,
    /// Codes of the states that are watched.
    pub watched: Vec<String>,
    /// What flies.
    pub targets: Vec<Target>,
    /// Radars.
    pub radars: Vec<Radar>,
    /// ADS-B receivers.
    pub receivers: Vec<Receiver>,
    /// Neighbours' trackers.
    pub trackers: Vec<Tracker>,
    /// Acoustic posts.
    pub listeners: Vec<Listener>,
    /// Who interferes with satellite navigation.
    pub interference: Vec<Interference>,
    /// What else keeps aircraft from satellite navigation, and how their units take it.
    pub navigation: Navigation,
    /// Who sends frames of aircraft that are not there.
    pub ghosts: Vec<Ghost>,
    /// What people tell, in order of time.
    pub said: Vec<Said>,
    /// What must be seen.
    pub expectations: Expectations,
}

/// Something that a person tells at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// When.
    pub at: Time,
    /// What.
    pub command: Command,
}

impl World {
    /// Reads a scenario (docs/formats/scenario.md).
    ///
    /// # Errors
    /// At the first fault, with its line.
    pub fn from_scenario(text: &str) -> Result<Self, ScenarioError> {
        story::build::world(text)
    }

    /// A world without anything in it.
    #[must_use]
    pub fn empty(name: String, begin: Time, end: Time, seed: u64, air: Air) -> Self {
        Self {
            name,
            begin,
            end,
            seed,
            air,
            watched: Vec::new(),
            targets: Vec::new(),
            radars: Vec::new(),
            receivers: Vec::new(),
            trackers: Vec::new(),
            listeners: Vec::new(),
            interference: Vec::new(),
            navigation: Navigation::default(),
            ghosts: Vec::new(),
            said: Vec::new(),
            expectations: Expectations::default(),
        }
    }

    /// Plays it: what arrives of every feed, in order of arrival.
    #[must_use]
    pub fn run(&self) -> Run<'_> {
        Run::new(self)
    }

    /// Everything that flies at a moment.
    pub fn truth(&self, t: Time) -> impl Iterator<Item = Truth<'_>> {
        self.targets
            .iter()
            .enumerate()
            .filter_map(move |(index, target)| target.at(t).map(|motion| Truth { target, index, motion }))
    }

    /// The flight plans that were filed.
    pub fn flight_plans(&self) -> impl Iterator<Item = &FlightPlan> {
        self.targets.iter().filter_map(|target| target.plan.as_ref())
    }

    /// The feeds, in order of their numbers: radars, receivers, trackers, posts.
    #[must_use]
    pub fn feeds(&self) -> Vec<Feed> {
        let mut feeds = Vec::new();
        for radar in &self.radars {
            feeds.push(self.radar_feed(next(&feeds), radar));
        }
        for receiver in &self.receivers {
            let id = next(&feeds);
            let mut sensor =
                Sensor::new(SensorId { feed: id, source: 0 }, &receiver.name, SensorKind::SelfReportReceiver);
            sensor.site = Some(receiver.site.place());
            sensor.range_limits_m = Some((0.0, receiver.range_m));
            // A receiver has no heartbeat: where no aircraft flies it is silent and well.
            sensor.expected_within = Some(Span::from_s(30));
            let mut feed = feed(id, &receiver.name, "beast", false, sensor);
            if receiver.stamps == Stamps::Gps {
                feed.params = serde_json::json!({ "stamps": "gps" });
            }
            feeds.push(feed);
        }
        for tracker in &self.trackers {
            let id = next(&feeds);
            let source = u16::from_be_bytes([tracker.source.0, tracker.source.1]);
            let mut sensor = Sensor::new(SensorId { feed: id, source }, &tracker.name, SensorKind::SystemTracker);
            sensor.period = Span::from_s_f64(tracker.period_s);
            sensor.expected_within = Span::from_s_f64(4.0 * tracker.period_s);
            feeds.push(feed(id, &tracker.name, "asterix", true, sensor));
        }
        for listener in &self.listeners {
            let id = next(&feeds);
            let mut sensor = Sensor::new(SensorId { feed: id, source: 1 }, &listener.name, SensorKind::Bearing);
            sensor.site = Some(listener.site.place());
            sensor.period = Span::from_s_f64(listener.period_s);
            // How far such a post hears a drone is what its user knows of it.
            sensor.range_limits_m = Some((0.0, crate::target::Kind::Drone.audible_m()));
            sensor.azimuth_sigma_rad = Some(listener.azimuth_sigma_rad);
            sensor.detection_probability = Some(listener.probability);
            sensor.clutter_per_look = Some(listener.clutter);
            sensor.expected_within = Span::from_s_f64((4.0 * listener.period_s).max(10.0));
            feeds.push(feed(id, &listener.name, "plots", false, sensor));
        }
        feeds
    }

    /// Whether a feed's arrivals are whole datagrams.
    #[must_use]
    pub fn feeds_are_datagrams(&self, feed: FeedId) -> bool {
        let index = usize::from(feed.0);
        let (radars, receivers) = (self.radars.len(), self.receivers.len());
        index < radars || (index >= radars + receivers && index < radars + receivers + self.trackers.len())
    }

    fn radar_feed(&self, id: FeedId, radar: &Radar) -> Feed {
        let source = u16::from_be_bytes([radar.source.0, radar.source.1]);
        let kind = if radar.elevation_sigma_rad.is_some() { SensorKind::Radar3d } else { SensorKind::Radar2d };
        let mut sensor = Sensor::new(SensorId { feed: id, source }, &radar.name, kind);
        sensor.site = Some(radar.site.place());
        sensor.period = Span::from_s_f64(radar.period_s);
        sensor.range_sigma_m = Some(radar.range_sigma_m);
        sensor.azimuth_sigma_rad = Some(radar.azimuth_sigma_rad);
        sensor.elevation_sigma_rad = radar.elevation_sigma_rad;
        sensor.clutter_per_look = Some(radar.clutter);
        sensor.range_limits_m = Some(radar.range_m);
        sensor.elevation_limits_rad = Some(radar.elevation_rad);
        sensor.expected_within = Span::from_s_f64((2.5 * radar.period_s).max(10.0));
        feed(id, &radar.name, "asterix", true, sensor)
    }

    /// Whether some sensor that works at that moment would more likely than not see the target within its next few looks: what a
    /// picture may fairly be asked to hold.
    #[must_use]
    pub fn observable(&self, truth: &Truth<'_>, t: Time) -> bool {
        let place = truth.motion.place.to_ecef();
        let agl_m = self.air.agl_m(truth.motion.place.height_m);
        let transponder = truth.target.transponder.as_ref();
        let heard = transponder.is_some_and(|x| x.ads_b.is_some())
            && self.receivers.iter().any(|r| !r.outages.silent(t) && r.hears(place, agl_m).is_some())
            && !self.interference.iter().any(|source| source.reaches(t, place, agl_m))
            && !self.navigation.denies(t, truth.motion.place, &self.air);
        heard || self.radars.iter().any(|radar| !radar.outages.silent(t) && radar.likely(truth.target, place, agl_m))
    }
}

fn next(feeds: &[Feed]) -> FeedId {
    FeedId(feeds.len() as u16)
}

fn feed(id: FeedId, name: &str, format: &'static str, datagrams: bool, sensor: Sensor) -> Feed {
    let params = serde_json::Value::Object(serde_json::Map::new());
    Feed { id, name: name.to_owned(), format, datagrams, params, sensors: vec![sensor] }
}
