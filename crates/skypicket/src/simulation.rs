//! Simulated worlds as arrivals: the site file that describes a world's sensors, and its bytes in order.

use crate::arrivals::{Arrival, Arrivals};
use crate::journal::NewRecord;
use crate::plan::{Files, Plan};
use crossbeam_channel::{Receiver, bounded};
use skypicket_model::math::deg;
use skypicket_model::{Canon, ConnectionId, FeedId, Sensor, SensorKind, Span, Time};
use skypicket_sim::{Feed, World};
use std::path::Path;
use toml::{Table, Value};

/// Name under which a world's flight plans stand in its site file.
const PLANS_FILE: &str = "flight-plans.jsonl";
/// How many arrivals the simulation may be ahead of the player.
const AHEAD: usize = 4096;

/// The site file of a world, as a user with such sensors would write it. `transport` says how each feed's bytes travel.
///
/// # Errors
/// When a value cannot be written as TOML.
pub fn site_toml(world: &World, transport: impl Fn(&Feed) -> Table) -> Result<String, String> {
    let mut site = Table::new();
    site.insert("name".into(), world.name.clone().into());
    site.insert("watch".into(), world.watched.clone().into());
    if world.flight_plans().next().is_some() {
        site.insert("flight_plans".into(), PLANS_FILE.into());
    }
    let (mut feeds, mut sensors) = (Vec::new(), Vec::new());
    for feed in world.feeds() {
        let mut table = Table::new();
        table.insert("name".into(), feed.name.clone().into());
        table.insert("format".into(), feed.format.into());
        table.insert("transport".into(), Value::Table(transport(&feed)));
        if feed.params.as_object().is_some_and(|params| !params.is_empty()) {
            table.insert("params".into(), Value::try_from(&feed.params).map_err(|error| error.to_string())?);
        }
        sensors.extend(feed.sensors.iter().map(|sensor| Value::Table(sensor_table(&feed, sensor))));
        feeds.push(Value::Table(table));
    }
    let mut config = Table::new();
    config.insert("site".into(), Value::Table(site));
    config.insert("feed".into(), Value::Array(feeds));
    config.insert("sensor".into(), Value::Array(sensors));
    config.insert("assess".into(), Value::Table(assess_table(world)));
    toml::to_string(&config).map_err(|error| error.to_string())
}

/// Where the world's ground is: coverage takes heights from there.
fn assess_table(world: &World) -> Table {
    let mut coverage = Table::new();
    coverage.insert("ground_m".into(), world.air.from_agl_m(0.0).into());
    let mut assess = Table::new();
    assess.insert("coverage".into(), Value::Table(coverage));
    assess
}

fn sensor_table(feed: &Feed, sensor: &Sensor) -> Table {
    let mut table = Table::new();
    table.insert("name".into(), sensor.name.clone().into());
    table.insert("feed".into(), feed.name.clone().into());
    let kind = match sensor.kind {
        SensorKind::Radar2d => "radar2d",
        SensorKind::Radar3d => "radar3d",
        SensorKind::Bearing => "bearing",
        SensorKind::SelfReportReceiver => "self_report_receiver",
        SensorKind::Multilateration => "multilateration",
        SensorKind::SystemTracker => "system_tracker",
        SensorKind::Position => "position",
    };
    table.insert("kind".into(), kind.into());
    if feed.format == "asterix" {
        table.insert("sac_sic".into(), format!("{}/{}", sensor.id.source >> 8, sensor.id.source & 0xff).into());
    }
    let mut number = |key: &str, value: Option<f64>| {
        if let Some(value) = value {
            table.insert(key.into(), value.into());
        }
    };
    number("lat_deg", sensor.site.map(|site| site.lat_deg));
    number("lon_deg", sensor.site.map(|site| site.lon_deg));
    number("height_m", sensor.site.map(|site| site.height_m));
    number("period_s", sensor.period.map(Span::s));
    number("range_sigma_m", sensor.range_sigma_m);
    number("azimuth_sigma_deg", sensor.azimuth_sigma_rad.map(deg));
    number("elevation_sigma_deg", sensor.elevation_sigma_rad.map(deg));
    number("detection_probability", sensor.detection_probability);
    number("clutter_per_look", sensor.clutter_per_look);
    number("expected_within_s", sensor.expected_within.map(Span::s));
    let mut pair = |key: &str, value: Option<(f64, f64)>| {
        if let Some((a, b)) = value {
            table.insert(key.into(), vec![a, b].into());
        }
    };
    pair("range_limits_m", sensor.range_limits_m);
    pair("elevation_limits_deg", sensor.elevation_limits_rad.map(|(a, b)| (deg(a), deg(b))));
    pair("azimuth_sector_deg", sensor.azimuth_sector_rad.map(|(a, b)| (deg(a), deg(b))));
    table
}

/// The flight plans of a world as JSON Lines.
#[must_use]
pub fn flight_plans(world: &World) -> Vec<u8> {
    let mut out = Vec::new();
    for plan in world.flight_plans() {
        out.extend_from_slice(skypicket_wire::flight_plan::write(plan).as_bytes());
        out.push(b'\n');
    }
    out
}

/// The files that a world's site file names, in memory.
struct WorldFiles(Vec<u8>);

impl Files for WorldFiles {
    fn read(&self, _role: &str, name: &Path) -> Result<Vec<u8>, String> {
        if name == Path::new(PLANS_FILE) { Ok(self.0.clone()) } else { Err("a world has no such file".to_owned()) }
    }
}

/// The plan of a scenario, its bytes coming from the simulation.
///
/// # Errors
/// When the scenario has a fault (with its line), or its site does not resolve.
pub fn night_plan(scenario: &str) -> Result<Plan, String> {
    let world = World::from_scenario(scenario).map_err(|error| error.to_string())?;
    plan_of(&world)
}

/// The plan of a world.
///
/// # Errors
/// When its site does not resolve.
pub fn plan_of(world: &World) -> Result<Plan, String> {
    let stdin = |_: &Feed| {
        let mut transport = Table::new();
        transport.insert("kind".into(), "stdin".into());
        transport
    };
    let text = site_toml(world, stdin)?;
    Plan::load(&text, &WorldFiles(flight_plans(world))).map_err(|faults| faults.to_string())
}

/// A world's bytes as arrivals. The simulation runs on a thread of its own, a little ahead.
pub struct Night {
    arrivals: Receiver<skypicket_sim::Arrival>,
    /// What people tell in the world, the latest first.
    said: Vec<skypicket_sim::Said>,
    /// An arrival after which nothing more is told before it.
    held: Option<skypicket_sim::Arrival>,
    pending: Vec<Arrival>,
    datagrams: Vec<bool>,
    opened: Vec<bool>,
    names: Vec<String>,
    begin: Time,
    end: Time,
    now: Time,
}

impl Night {
    /// Starts simulating a scenario.
    ///
    /// # Errors
    /// When the scenario has a fault.
    pub fn new(scenario: &str) -> Result<Self, String> {
        Ok(Self::of(World::from_scenario(scenario).map_err(|error| error.to_string())?))
    }

    /// Starts simulating a world.
    #[must_use]
    pub fn of(world: World) -> Self {
        let feeds = world.feeds();
        let (to_player, arrivals) = bounded(AHEAD);
        let (begin, end) = (world.begin, world.end);
        let mut said = world.said.clone();
        said.reverse();
        let spawned = std::thread::Builder::new().name("simulation".into()).spawn(move || {
            for arrival in world.run() {
                if to_player.send(arrival).is_err() {
                    return;
                }
            }
        });
        drop(spawned);
        Self {
            arrivals,
            said,
            held: None,
            pending: Vec::new(),
            datagrams: feeds.iter().map(|feed| feed.datagrams).collect(),
            opened: vec![false; feeds.len()],
            names: feeds.into_iter().map(|feed| feed.name).collect(),
            begin,
            end,
            now: begin,
        }
    }

    /// Every feed has one connection, with the feed's number plus one.
    fn connection(feed: FeedId) -> ConnectionId {
        ConnectionId(u32::from(feed.0) + 1)
    }
}

impl Arrivals for Night {
    fn next_arrival(&mut self) -> Option<Arrival> {
        if let Some(pending) = self.pending.pop() {
            return Some(pending);
        }
        let next = match self.held.take() {
            Some(held) => held,
            None => self.arrivals.recv().ok()?,
        };
        if let Some(said) = self.said.pop_if(|said| said.at < next.received) {
            let mut canonical = Vec::new();
            said.command.encode(&mut canonical);
            let received = said.at.max(self.now);
            self.held = Some(next);
            self.now = received;
            return Some(Arrival { received, record: NewRecord::command(canonical) });
        }
        self.now = next.received;
        let index = usize::from(next.feed.0);
        let connection = Self::connection(next.feed);
        let bytes = Arrival { received: next.received, record: NewRecord::bytes(next.feed, connection, next.bytes) };
        match self.opened.get_mut(index) {
            Some(opened) if !*opened => {
                *opened = true;
                self.pending.push(bytes);
                let name = self.names.get(index).map_or("", String::as_str);
                let datagrams = self.datagrams.get(index).copied().unwrap_or(false);
                let record =
                    NewRecord::connection_opened(next.feed, connection, &format!("simulated {name}"), datagrams);
                Some(Arrival { received: next.received, record })
            }
            _ => Some(bytes),
        }
    }

    fn begin(&self) -> Option<Time> {
        Some(self.begin)
    }

    fn progress(&self) -> (u64, u64) {
        let seconds = |span: Span| u64::try_from(span.ns() / 1_000_000_000).unwrap_or(0);
        (seconds(self.now - self.begin), seconds(self.end - self.begin))
    }
}
