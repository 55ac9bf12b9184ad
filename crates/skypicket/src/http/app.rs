//! What all requests share.

use super::dto::{CountDto, IncidentDto, JournalStatus, Range, SensorDto, Status};
use super::frame::{Row, marks};
use super::history::History;
use super::render::Renderer;
use crate::build_id::VERSION;
use crate::feeds::{FeedState, FeedStates};
use crate::plan::Plan;
use crate::player::Playback;
use crate::system::{Alarms, Inbox, Mode, System, View};
use crate::transport::State;
use crate::wall;
use skypicket_model::Time;
use skypicket_model::incident::IncidentState;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::watch;

/// A view and what is made of it once for all readers.
pub(super) struct Shown {
    pub(super) view: Arc<View>,
    /// All tracks as rows, by number.
    pub(super) rows: Arc<[Row]>,
    incidents: OnceLock<Vec<IncidentDto>>,
    sensors: OnceLock<Vec<SensorDto>>,
}

impl Shown {
    fn new(view: Arc<View>) -> Self {
        let marks = marks(&view.picture);
        let now = view.picture.time;
        let mut rows: Vec<Row> = view
            .picture
            .tracks
            .iter()
            .map(|shown| Row::new(shown, marks.get(&shown.track.id).copied().unwrap_or_default(), now))
            .collect();
        rows.sort_by_key(|row| row.number);
        Self { view, rows: rows.into(), incidents: OnceLock::new(), sensors: OnceLock::new() }
    }

    pub(super) fn renderer(&self) -> Renderer<'_> {
        Renderer { picture: &self.view.picture, plan: &self.view.plan }
    }

    pub(super) fn incidents(&self) -> &[IncidentDto] {
        self.incidents.get_or_init(|| self.renderer().incidents())
    }
}

/// What all requests share.
pub(super) struct App {
    pub(super) plan: Arc<Plan>,
    pub(super) mode: Mode,
    pub(super) inbox: Arc<Inbox>,
    pub(super) alarms: Alarms,
    pub(super) playback: Option<Playback>,
    pub(super) feeds: Option<FeedStates>,
    pub(super) token: Option<String>,
    pub(super) hosts: Vec<String>,
    pub(super) views: watch::Receiver<Arc<View>>,
    pub(super) shown: watch::Sender<Arc<Shown>>,
    pub(super) airspaces: Mutex<BTreeMap<u32, Arc<str>>>,
    history: Mutex<History>,
}

impl App {
    pub(super) fn new(
        plan: &Plan,
        system: &System,
        playback: Option<Playback>,
        feeds: Option<FeedStates>,
        token: Option<String>,
        address: SocketAddr,
    ) -> Self {
        let views = system.views();
        let first = Shown::new(views.borrow().clone());
        Self {
            plan: Arc::new(plan.clone()),
            mode: system.mode(),
            inbox: system.inbox(),
            alarms: system.alarms(),
            playback,
            feeds,
            token,
            hosts: super::guard::hosts(&plan.config.http.hosts, address),
            shown: watch::channel(Arc::new(first)).0,
            views,
            airspaces: Mutex::default(),
            history: Mutex::new(History::new(plan.config.http.history_bytes)),
        }
    }

    pub(super) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Arc<Shown> {
        self.shown.borrow().clone()
    }

    /// What was shown at a moment, as far as it is kept whole; `None` when nothing is.
    pub(super) fn at(&self, time: Time) -> Option<Arc<Shown>> {
        let picture = self.history().picture(time)?;
        let now = self.now();
        let view = View {
            picture,
            counts: Arc::clone(&now.view.counts),
            digest: now.view.digest,
            plan: Arc::clone(&now.view.plan),
        };
        Some(Arc::new(Shown::new(Arc::new(view))))
    }

    /// Follows the engine: keeps each picture and shows it to readers.
    pub(super) async fn follow(self: Arc<Self>) {
        let mut views = self.views.clone();
        views.mark_changed();
        while views.changed().await.is_ok() {
            let view = views.borrow_and_update().clone();
            if view.picture.time != Time::EPOCH {
                self.history().push(&view.picture);
            }
            self.shown.send_replace(Arc::new(Shown::new(view)));
        }
    }

    pub(super) fn status(&self, shown: &Shown) -> Status {
        let picture = &shown.view.picture;
        let pace = self.playback.as_ref().map(Playback::pace);
        let range = self.history().range();
        let durable = self.inbox.durability().map_or(0, |durability| durability.seq().0);
        Status {
            mode: match self.mode {
                Mode::Watch => "watch",
                Mode::Replay => "replay",
                Mode::Demo => "demo",
            },
            site: self.plan.config.site.name.clone(),
            version: VERSION.to_owned(),
            time: (picture.time != Time::EPOCH).then(|| picture.time.to_string()),
            wall_time: wall::now().to_string(),
            speed: pace.and_then(|pace| pace.speed),
            paused: pace.is_some_and(|pace| pace.paused),
            finished: self.playback.as_ref().is_some_and(Playback::finished),
            history: range.map(|(from, until)| Range { from: from.to_string(), until: until.to_string() }),
            watched: self
                .plan
                .airspaces
                .iter()
                .filter(|airspace| airspace.watched)
                .map(|airspace| airspace.code.clone())
                .collect(),
            tracks: picture.tracks.len(),
            sensors: picture.sensors.len(),
            open_incidents: picture
                .incidents
                .iter()
                .filter(|incident| !matches!(incident.state, IncidentState::Closed(_)))
                .count(),
            boundary_policy: self.plan.boundary.clone(),
            attributions: self.plan.attributions.clone(),
            time_zone: self.plan.config.site.time_zone.clone(),
            journal: Some(JournalStatus {
                seq: self.inbox.last().0.0,
                durable_seq: durable,
                bytes: self.inbox.stats(|stats| stats.epoch_bytes.get()),
                alarms: self.alarms.list(),
            }),
        }
    }

    pub(super) fn sensors<'a>(&self, shown: &'a Shown) -> &'a [SensorDto] {
        shown.sensors.get_or_init(|| {
            let states = self.feeds.as_ref().map(FeedStates::list);
            let transports = |index: usize| self.transport_of(index, states.as_deref());
            shown.renderer().sensors(&shown.view.counts, &transports)
        })
    }

    /// How a feed travels, its fault in words, and what was shed.
    fn transport_of(
        &self,
        index: usize,
        states: Option<&[FeedState]>,
    ) -> (&'static str, Option<String>, Vec<CountDto>) {
        let Some(states) = states else {
            return (if self.mode == Mode::Demo { "simulation" } else { "recording" }, None, Vec::new());
        };
        let name =
            self.plan.feeds.get(index).and_then(|feed| feed.transport.as_ref()).map_or("", |(kind, _)| kind.name);
        let state = states.get(index);
        let fault = state.and_then(|state| match &state.state {
            Some(State::Waiting { why, retry_in }) => {
                Some(format!("{why}; trying again in {:.0} s", retry_in.as_secs_f64()))
            }
            _ => None,
        });
        let shed = state.map_or_else(Vec::new, |state| {
            state.shed.iter().map(|(reason, count)| CountDto { reason: (*reason).to_owned(), count: *count }).collect()
        });
        (name, fault, shed)
    }
}
