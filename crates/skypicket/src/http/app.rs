//! What all requests share.

use super::claims::Rater;
use super::dto::{CountDto, CountsDto, FeedDto, JournalStatus, Range, SensorDto, Status};
use super::fault::Fault;
use super::frame::{Row, rows};
use super::guard::Names;
use super::history::{History, Moment};
use super::shown::Shown;
use crate::archive::{Archive, ArchiveError};
use crate::build_id::VERSION;
use crate::feeds::{FeedState, FeedStates};
use crate::plan::{Plan, PlannedFeed};
use crate::player::Playback;
use crate::smoothing::Found;
use crate::system::{Alarms, Answers, Delays, Inbox, Mode, Questions, System, View};
use crate::transport::State;
use crate::wall;
use axum::http::StatusCode;
use skypicket_model::incident::IncidentState;
use skypicket_model::{Seq, Span, Time, TrackId};
use skypicket_track::Trajectory;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinError;

/// Most WebSockets and event streams at a time.
const MAX_STREAMS: usize = 64;
/// How long an answer may work on a moment that memory does not keep; who asks again goes on from there.
const ARCHIVE_PATIENCE: Duration = Duration::from_secs(3);
/// How long a question may wait for the engine.
const ENGINE_PATIENCE: Duration = Duration::from_secs(3);
/// How often it is looked how far the checkpoints reach back, once there is one and before.
const ARCHIVE_EVERY: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(5)];
/// Past views whose renderings are kept, for browsers that look at the same moment again and again.
const PAST_KEPT: usize = 4;

/// What all requests share.
pub(super) struct App {
    pub(super) plan: Arc<Plan>,
    pub(super) mode: Mode,
    pub(super) inbox: Arc<Inbox>,
    pub(super) answers: Answers,
    pub(super) delays: Delays,
    pub(super) questions: Questions,
    pub(super) alarms: Alarms,
    pub(super) playback: Option<Playback>,
    pub(super) feeds: Option<FeedStates>,
    pub(super) token: Option<String>,
    pub(super) names: Names,
    pub(super) views: watch::Receiver<Arc<View>>,
    pub(super) shown: watch::Sender<Arc<Shown>>,
    pub(super) airspaces: Mutex<BTreeMap<u32, Arc<str>>>,
    pub(super) streams: Arc<Semaphore>,
    pub(super) rater: Rater,
    history: Mutex<History>,
    archive: Arc<Archive>,
    /// The oldest moment that the archive reaches.
    oldest: Mutex<Option<Time>>,
    past: Mutex<VecDeque<(Seq, Arc<Shown>)>>,
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
        let first = views.borrow().clone();
        let first = Shown::new(Arc::clone(&first), rows(&first.picture), false);
        Self {
            plan: Arc::new(plan.clone()),
            mode: system.mode(),
            inbox: system.inbox(),
            answers: system.answers(),
            delays: system.delays(),
            questions: system.questions(),
            alarms: system.alarms(),
            playback,
            feeds,
            token,
            names: Names::new(&plan.config.http, address),
            shown: watch::channel(Arc::new(first)).0,
            views,
            airspaces: Mutex::default(),
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            rater: Rater::default(),
            history: Mutex::new(History::new(plan.config.http.history_bytes)),
            archive: system.archive(),
            oldest: Mutex::default(),
            past: Mutex::default(),
        }
    }

    pub(super) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Arc<Shown> {
        self.shown.borrow().clone()
    }

    /// The rows of a moment, to the second, and the time that they are of.
    pub(super) async fn rows_at(self: &Arc<Self>, time: Time) -> Result<(Time, Arc<[Row]>), Fault> {
        if let Some(moment) = self.history().at(time) {
            return Ok((moment.time, Arc::clone(&moment.rows)));
        }
        let shown = self.at(time).await?;
        Ok((shown.view.picture.time, Arc::clone(&shown.rows)))
    }

    /// What was known at a moment: as memory keeps it whole, else worked out from the journal.
    pub(super) async fn at(self: &Arc<Self>, time: Time) -> Result<Arc<Shown>, Fault> {
        // From the last picture on nothing newer is known than that.
        let now = self.now();
        if (Time::EPOCH + Span::from_ns(1)..=time).contains(&now.view.picture.time) {
            return Ok(now);
        }
        let kept = self.history().whole(time).cloned();
        if let Some(Moment { rows, whole: Some(view), .. }) = kept {
            return Ok(self.past(view, || rows));
        }
        let app = Arc::clone(self);
        let worked_out = tokio::task::spawn_blocking(move || {
            let view = app.archive.view(time, ARCHIVE_PATIENCE)?;
            let picture = Arc::clone(&view.picture);
            Ok(app.past(view, || rows(&picture)))
        });
        self.answered(worked_out.await)
    }

    /// What was worked out from the journal, or why it was not.
    fn answered<T>(&self, worked_out: Result<Result<T, ArchiveError>, JoinError>) -> Result<T, Fault> {
        match worked_out {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(ArchiveError::NoCheckpoint(time))) => Err(self.not_kept(time)),
            Ok(Err(error @ ArchiveError::Working(_))) => {
                Err(Fault::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()))
            }
            Ok(Err(error @ ArchiveError::Failed(_))) => Err(Fault::missing(error.to_string())),
            Err(error) => Err(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
        }
    }

    /// The trajectory of a track as far as it is kept, now or at a moment; `None` where nothing of it is.
    pub(super) async fn trajectory(
        self: &Arc<Self>,
        track: TrackId,
        time: Option<Time>,
    ) -> Result<Option<Trajectory>, Fault> {
        let app = Arc::clone(self);
        let worked_out = tokio::task::spawn_blocking(move || {
            let recording = match time {
                Some(time) => app.archive.recording(track, time, ARCHIVE_PATIENCE).map(Ok),
                None => Ok(app.questions.recording(track, ENGINE_PATIENCE)),
            };
            // Smoothing takes a millisecond or two: not on a thread that answers others.
            recording.map(|answer| answer.map(|recording| recording.map(|recording| recording.trajectory())))
        });
        let answer = self.answered(worked_out.await)?;
        answer.map_err(|unanswered| Fault::new(StatusCode::SERVICE_UNAVAILABLE, unanswered.to_string()))
    }

    /// All of a track from the journal.
    pub(super) async fn whole(self: &Arc<Self>, track: TrackId, from: Option<Time>) -> Result<Found, Fault> {
        let app = Arc::clone(self);
        let worked_out = tokio::task::spawn_blocking(move || app.archive.whole(track, from, ARCHIVE_PATIENCE));
        self.answered(worked_out.await)
    }

    /// A past view with its renderings, which are kept for a while.
    fn past(&self, view: Arc<View>, rows: impl FnOnce() -> Arc<[Row]>) -> Arc<Shown> {
        let seq = view.picture.seq;
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, shown)) = past.iter().find(|(kept, _)| *kept == seq) {
            return Arc::clone(shown);
        }
        let shown = Arc::new(Shown::new(view, rows(), true));
        past.push_back((seq, Arc::clone(&shown)));
        if past.len() > PAST_KEPT {
            past.pop_front();
        }
        shown
    }

    fn not_kept(&self, time: Time) -> Fault {
        let mut kept = self.range();
        if let Some(before) = self.history().whole_before(time) {
            return Fault::missing(format!(
                "of {time} no picture is kept, for it was played faster than pictures are kept, and no checkpoint of this build lies before; the one before it is of {}",
                before.time
            ));
        }
        if let (Some(kept), Some(oldest)) = (&mut kept, self.oldest()) {
            kept.from = oldest.to_string();
        }
        Fault::not_kept(time, kept)
    }

    /// From when until when the past can be looked at without waiting.
    fn range(&self) -> Option<Range> {
        let range = self.history().range();
        range.map(|(from, until)| Range { from: from.to_string(), until: until.to_string() })
    }

    /// The oldest moment that the archive reaches, where that is before all that memory keeps.
    fn oldest(&self) -> Option<Time> {
        let oldest = (*self.oldest.lock().unwrap_or_else(PoisonError::into_inner))?;
        self.history().range().is_some_and(|(from, _)| oldest < from).then_some(oldest)
    }

    /// Looks now and then how far the checkpoints reach back.
    pub(super) async fn follow_archive(self: Arc<Self>) {
        loop {
            let archive = Arc::clone(&self.archive);
            let oldest = tokio::task::spawn_blocking(move || archive.oldest()).await.ok().flatten();
            *self.oldest.lock().unwrap_or_else(PoisonError::into_inner) = oldest;
            tokio::time::sleep(ARCHIVE_EVERY[usize::from(oldest.is_none())]).await;
        }
    }

    /// Follows the engine: keeps each picture and shows it to readers.
    pub(super) async fn follow(self: Arc<Self>) {
        let mut views = self.views.clone();
        views.mark_changed();
        while views.changed().await.is_ok() {
            let view = views.borrow_and_update().clone();
            let rows = rows(&view.picture);
            if view.picture.time != Time::EPOCH {
                self.history().push(&view, &rows);
            }
            self.shown.send_replace(Arc::new(Shown::new(view, rows, false)));
        }
    }

    pub(super) fn status(&self, shown: &Shown) -> Status {
        let picture = &shown.view.picture;
        let pace = self.playback.as_ref().map(Playback::pace);
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
            history: self.range(),
            archive_from: self.oldest().map(|oldest| oldest.to_string()),
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

    /// All feeds and sensors as of a view. How their transports go is known of the present only.
    pub(super) fn sensors(&self, shown: &Shown) -> (Vec<FeedDto>, Vec<SensorDto>) {
        let states = self.feeds.as_ref().filter(|_| !shown.past).map(FeedStates::list);
        let feeds = |(index, feed): (usize, &PlannedFeed)| {
            let state = states.as_deref().and_then(|states| states.get(index));
            let (transport, fault, shed) = self.transport_of(feed, state);
            FeedDto {
                name: feed.name.clone(),
                format: feed.format.name.to_owned(),
                transport: transport.to_owned(),
                fault,
                counts: shown.view.counts.get(index).map(CountsDto::of),
                shed,
            }
        };
        let feeds: Vec<FeedDto> = shown.view.plan.feeds.iter().enumerate().map(feeds).collect();
        let sensors = shown.renderer().sensors(&feeds);
        (feeds, sensors)
    }

    /// The sensors as a message of the socket.
    pub(super) fn sensors_text(&self, shown: &Shown) -> Arc<str> {
        let make = || {
            let (feeds, sensors) = self.sensors(shown);
            serde_json::json!({"type": "sensors", "feeds": feeds, "sensors": sensors}).to_string()
        };
        Arc::clone(shown.sensors_text(make))
    }

    /// How a feed travels, its fault in words, and what was shed.
    fn transport_of(
        &self,
        feed: &PlannedFeed,
        state: Option<&FeedState>,
    ) -> (&'static str, Option<String>, Vec<CountDto>) {
        let name = match (&feed.transport, self.mode) {
            (Some((kind, _)), Mode::Watch) => kind.name,
            (None, Mode::Watch) => "",
            (_, Mode::Demo) => "simulation",
            (_, Mode::Replay) => "recording",
        };
        let Some(state) = state else { return (name, None, Vec::new()) };
        let shed = state.shed.iter().map(|(reason, count)| CountDto { reason: (*reason).to_owned(), count: *count });
        (name, fault_of(state), shed.collect())
    }
}

/// What is wrong with a feed's transport, in words.
pub(super) fn fault_of(state: &FeedState) -> Option<String> {
    match state.state.as_ref()? {
        State::Waiting { why, retry_in } => Some(format!("{why}; trying again in {:.0} s", retry_in.as_secs_f64())),
        State::Failed { why } => Some(format!("{why}; it is not tried again")),
        State::Connecting { .. } | State::Connected { .. } | State::Listening { .. } | State::Finished => None,
    }
}
