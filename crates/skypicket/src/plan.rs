//! A site file resolved into valid things: feeds with their formats and transports, described sensors, airspaces, permissions.
//!
//! A plan is made from texts and bytes only, never from paths at a later time: the same plan can be made again from what a journal
//! holds, which is what makes its replay exact.

mod airspaces;
mod check;
mod coverage;
mod files;
mod sensors;

pub use airspaces::BUILT_IN_BORDERS;
pub use files::{DiskFiles, FileSet, Files, PlanFile, StoredFiles};

use crate::config::{Config, Faults, Part, parse};
use crate::transport::TransportKind;
use skypicket_assess::{Assessor, Site};
use skypicket_engine::{ClockLimits, Engine, Setup};
use skypicket_model::{Airspace, FeedId, Sensor, Span};
use skypicket_track::Tracker;
use skypicket_wire::{DecoderKind, Feed, FeedSetup};
use std::sync::Arc;

/// A feed, resolved.
#[derive(Clone)]
pub struct PlannedFeed {
    /// Its number, which is its place in the config.
    pub id: FeedId,
    /// Its name.
    pub name: String,
    /// What its bytes mean.
    pub format: &'static DecoderKind,
    /// What its decoders are built from.
    pub setup: FeedSetup,
    /// How its bytes travel, and that transport's parameters; `None` where bytes come from a recording or a simulation.
    pub transport: Option<(&'static TransportKind, serde_json::Value)>,
}

/// A site file, resolved.
#[derive(Clone)]
pub struct Plan {
    /// The sections as written.
    pub config: Config,
    /// The site file, byte for byte.
    pub config_text: String,
    /// The feeds, by number.
    pub feeds: Vec<PlannedFeed>,
    /// All described sensors, in id order.
    pub sensors: Vec<Sensor>,
    /// All airspaces, watched ones first.
    pub airspaces: Arc<Vec<Airspace>>,
    /// Border policy and data, as entries name them.
    pub boundary: String,
    /// Notices that must be shown with the data.
    pub attributions: Vec<String>,
    /// Files that the config names, with their bytes.
    pub files: Vec<PlanFile>,
    /// Watched airspaces, indexed once for all engines of the plan, and who may be where.
    site: Arc<Site>,
}

impl Plan {
    /// Resolves a site file.
    ///
    /// # Errors
    /// All faults at once, each with its line.
    pub fn load(text: &str, files: &dyn Files) -> Result<Self, Faults> {
        Self::resolve(text, files, true)
    }

    /// The plan of a recording's site file. What is doubtful but was run all the same (two feeds on one port, two sensors of one name, limits of the journal, parameters of the tracker) is
    /// no fault of it.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_recorded(text: &str, files: &dyn Files) -> Result<Self, Faults> {
        Self::resolve(text, files, false)
    }

    fn resolve(text: &str, files: &dyn Files, to_be_run: bool) -> Result<Self, Faults> {
        let mut parsed = parse(text)?;
        let mut faults = std::mem::take(&mut parsed.faults);
        let mut set = FileSet::new(files);
        let (written, feeds): (Vec<usize>, Vec<PlannedFeed>) = check::feeds(&parsed, &mut faults).into_iter().unzip();
        let sensors = sensors::resolve(&parsed, &feeds, &mut faults);
        let feeds = sensors::attach(feeds, &sensors);
        for (number, feed) in written.iter().zip(&feeds) {
            if let Err(why) = (feed.format.build)(&feed.setup) {
                let what = format!("feed \"{}\": params: {why}", feed.name);
                faults.add(parsed.fault_named_in(Part::Feed(*number), "params", &why, &what));
            }
        }
        let before = faults.len();
        let airspaces = airspaces::resolve(&parsed, &mut set, &mut faults);
        let airspaces_sound = faults.len() == before;
        if to_be_run {
            check::ports(&parsed, &mut faults);
            check::sensor_names(&parsed, &mut faults);
            check::journal(&parsed, &mut faults);
            check::tracker(&parsed, &mut faults);
            check::ways(&parsed, &mut faults);
            // Which codes there are is known only where all airspaces could be read.
            if airspaces_sound {
                check::rules(&parsed, &airspaces.airspaces, &mut faults);
            }
        }
        let permissions = airspaces::permissions(&parsed, &mut set, &mut faults);
        let coverage = coverage::resolve(&parsed, &mut set, &sensors, &mut faults);
        let origin_areas = coverage::origin_areas(&parsed, &mut set, &mut faults);
        check::site(&parsed, &mut faults);
        check::http(&parsed, &mut faults);
        check::params(&parsed, &mut faults);
        // Parameters out of their range are told already.
        let permissions = permissions.filter(|_| parsed.config.assess.faults().is_empty());
        let site = permissions.and_then(|permissions| {
            let site = Site::new(&airspaces.airspaces, permissions, parsed.config.assess.border_sigma);
            let fault = |(code, why)| parsed.fault(Part::Site, "watch", &format!("airspace \"{code}\": {why}"));
            site.map_err(|error| faults.add(fault(error)))
                .ok()
                .map(|site| site.with_coverage(coverage).with_origin_areas(origin_areas))
        });
        let (true, Some(site)) = (faults.is_empty(), site) else { return Err(faults) };
        Ok(Self {
            config: parsed.config,
            config_text: text.to_owned(),
            feeds,
            sensors,
            airspaces: Arc::new(airspaces.airspaces),
            boundary: airspaces.boundary,
            attributions: airspaces.attributions,
            files: set.into_files(),
            site: Arc::new(site),
        })
    }

    /// What [`skypicket_wire::Intake`] is built from.
    #[must_use]
    pub fn wire_feeds(&self) -> Vec<Feed> {
        self.feeds.iter().map(|feed| Feed { kind: feed.format, setup: feed.setup.clone() }).collect()
    }

    /// An engine that has seen nothing.
    ///
    /// # Errors
    /// Never for a plan that was loaded: loading checks the same things.
    pub fn engine(&self) -> Result<Engine, String> {
        let clock = self.config.clock;
        let limits = ClockLimits {
            late: Span::from_s_f64(clock.max_late_s).unwrap_or(Span::from_s(60)),
            early: Span::from_s_f64(clock.max_early_s).unwrap_or(Span::from_s(2)),
        };
        Ok(Engine::new(Setup {
            sensors: self.expected_sensors(),
            clock: limits,
            tracker: Tracker::new(self.config.track.clone(), &self.sensors),
            assessor: Assessor::at(&self.config.assess, Arc::clone(&self.site))?,
        }))
    }

    /// What the described sensors could see.
    #[must_use]
    pub fn coverage(&self) -> &skypicket_assess::Coverage {
        &self.site.coverage
    }

    /// The sensors that are missed when silent: the described ones, and each feed without any as a whole.
    #[must_use]
    pub fn expected_sensors(&self) -> Vec<Sensor> {
        sensors::expected(&self.feeds, &self.sensors)
    }

    /// The name of a sensor for people: as described, else feed and number.
    #[must_use]
    pub fn sensor_name(&self, id: skypicket_model::SensorId) -> String {
        if let Ok(at) = self.sensors.binary_search_by_key(&id, |sensor| sensor.id) {
            return self.sensors[at].name.clone();
        }
        let feed = self.feeds.get(usize::from(id.feed.0)).map_or("a feed that is gone", |feed| feed.name.as_str());
        if id.source == 0 {
            feed.to_owned()
        } else if self.feeds.get(usize::from(id.feed.0)).is_some_and(|feed| feed.format.name == "asterix") {
            format!("{feed} {}/{}", id.source >> 8, id.source & 0xff)
        } else {
            format!("{feed} {}", id.source)
        }
    }
}

impl Plan {
    /// Whether the address that the map is to listen on may be used: a command line can name another one than the checked file.
    ///
    /// # Errors
    /// When others could reach it and neither TLS nor a token protects it.
    pub fn check_listen(&self) -> Result<(), String> {
        check::listen(&self.config.http).into_iter().next().map_or(Ok(()), |(_, what)| Err(what))
    }
}

/// A plan for a single feed of some format, without watched airspace: what decoding a file needs.
///
/// # Errors
/// When the format is unknown or its parameters are wrong.
pub fn single_feed_site(name: &str, format: &str, params: &serde_json::Value) -> Result<Plan, String> {
    let mut feed = toml::Table::new();
    feed.insert("name".to_owned(), name.into());
    feed.insert("format".to_owned(), format.into());
    feed.insert("transport".to_owned(), toml::Value::Table(stdin_transport()));
    if params.as_object().is_some_and(|params| !params.is_empty()) {
        let params = toml::Value::try_from(params).map_err(|error| format!("params: {error}"))?;
        feed.insert("params".to_owned(), params);
    }
    site_of_feeds(vec![feed], &[])
}

/// A plan for recordings without a site file: one feed a file.
///
/// # Errors
/// When a format or a watched state is unknown.
pub fn recordings_site(formats: &[String], watch: &[String]) -> Result<Plan, String> {
    let feeds = formats
        .iter()
        .enumerate()
        .map(|(number, format)| {
            let mut feed = toml::Table::new();
            feed.insert("name".to_owned(), format!("recording {}", number + 1).into());
            feed.insert("format".to_owned(), format.as_str().into());
            feed.insert("transport".to_owned(), toml::Value::Table(stdin_transport()));
            feed
        })
        .collect();
    site_of_feeds(feeds, watch)
}

/// A feed must have a transport; bytes of a recording come by none, and `stdin` is the one without parameters.
fn stdin_transport() -> toml::Table {
    let mut transport = toml::Table::new();
    transport.insert("kind".to_owned(), "stdin".into());
    transport
}

fn site_of_feeds(feeds: Vec<toml::Table>, watch: &[String]) -> Result<Plan, String> {
    let mut site = toml::Table::new();
    site.insert("watch".to_owned(), watch.to_vec().into());
    let mut config = toml::Table::new();
    config.insert("site".to_owned(), toml::Value::Table(site));
    config.insert("feed".to_owned(), toml::Value::Array(feeds.into_iter().map(toml::Value::Table).collect()));
    let text = toml::to_string(&config).map_err(|error| error.to_string())?;
    let files = DiskFiles { folder: std::path::PathBuf::new() };
    Plan::load(&text, &files)
        .map_err(|faults| faults.iter().map(|fault| fault.what.clone()).collect::<Vec<_>>().join("; "))
}
