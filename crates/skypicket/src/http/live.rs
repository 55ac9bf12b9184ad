//! The live picture over a WebSocket, and its texts as server-sent events. Layout and messages: docs/http-api.md.

use super::app::{App, Shown};
use super::frame::{Flags, FrameKind, Row, encode};
use super::history::Moment;
use crate::system::Mode;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use skypicket_model::{IncidentId, Span, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Longest message of a browser, bytes.
const MAX_MESSAGE: usize = 16 * 1024;
/// Most WebSockets at a time.
const MAX_SOCKETS: usize = 64;
/// At most so many frames a second, however fast a recording runs.
const FRAME_EVERY: Duration = Duration::from_millis(250);
/// A slow browser may take so long for one message; then it is gone.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);
/// Most tracks in one frame before civil ones are thinned out.
const MAX_ROWS: usize = 25_000;
/// Zoom below which many tracks are thinned.
const THIN_BELOW_ZOOM: f64 = 4.0;
/// Tracks shown at such a zoom.
const THIN_TO: usize = 5_000;
/// Bits of `Row::state` that make a track one that is always shown: entry, emergency, not permitted.
const ALWAYS: u8 = 0b1011_1100;

static SOCKETS: AtomicUsize = AtomicUsize::new(0);

/// What a browser sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    View {
        bbox: [f64; 4],
        zoom: f64,
        #[serde(default)]
        selected: Vec<u32>,
        #[serde(default)]
        #[expect(
            dead_code,
            reason = "tentative tracks are not in the picture yet; the map sends its wish all the same"
        )]
        tentative: bool,
    },
    Snapshot,
    AsOf {
        time: String,
        #[serde(default = "one")]
        speed: f64,
        #[serde(default)]
        paused: bool,
    },
    Live,
}

const fn one() -> f64 {
    1.0
}

/// Counts a socket while it lives.
struct Counted;

impl Drop for Counted {
    fn drop(&mut self) {
        SOCKETS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The upgrade request.
pub(super) async fn upgrade(State(app): State<Arc<App>>, upgrade: WebSocketUpgrade) -> Response {
    if SOCKETS.fetch_add(1, Ordering::Relaxed) >= MAX_SOCKETS {
        SOCKETS.fetch_sub(1, Ordering::Relaxed);
        return (StatusCode::SERVICE_UNAVAILABLE, "too many maps are open; close one").into_response();
    }
    let counted = Counted;
    upgrade.max_message_size(MAX_MESSAGE).on_upgrade(move |socket| async move {
        let _counted = counted;
        Client::new(app).run(socket).await;
    })
}

/// Where a browser looks.
struct View {
    bbox: [f64; 4],
    zoom: f64,
    selected: BTreeSet<u32>,
}

/// A browser that looks at the past.
struct Past {
    at: Time,
    since: Instant,
    speed: f64,
    paused: bool,
}

impl Past {
    fn now(&self) -> Time {
        if self.paused {
            return self.at;
        }
        let elapsed = self.since.elapsed().as_secs_f64() * self.speed;
        self.at + Span::from_s_f64(elapsed).unwrap_or(Span::ZERO)
    }
}

struct Client {
    app: Arc<App>,
    view: Option<View>,
    past: Option<Past>,
    sequence: u32,
    sent: BTreeMap<u32, Row>,
    statics: BTreeMap<u32, Value>,
    incidents: String,
    sensors: String,
    status: String,
    alarmed: BTreeSet<IncidentId>,
    last_frame: Option<Instant>,
    last_time: Time,
}

impl Client {
    fn new(app: Arc<App>) -> Self {
        Self {
            app,
            view: None,
            past: None,
            sequence: 0,
            sent: BTreeMap::new(),
            statics: BTreeMap::new(),
            incidents: String::new(),
            sensors: String::new(),
            status: String::new(),
            alarmed: BTreeSet::new(),
            last_frame: None,
            last_time: Time::MIN,
        }
    }

    async fn run(mut self, mut socket: WebSocket) {
        let mut shown = self.app.shown.subscribe();
        if self.show(&mut socket, true).await.is_err() {
            return;
        }
        let mut timer = tokio::time::interval(FRAME_EVERY);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut fresh = false;
        loop {
            let snapshot = tokio::select! {
                message = socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => match self.hear(&text) {
                        Some(snapshot) => snapshot,
                        None => continue,
                    },
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => continue,
                },
                changed = shown.changed() => {
                    if changed.is_err() { return; }
                    fresh = true;
                    continue;
                }
                _ = timer.tick() => {
                    let due = self.last_frame.is_none_or(|last| last.elapsed() >= Duration::from_secs(1));
                    if !fresh && self.past.is_none() && !due { continue; }
                    fresh = false;
                    false
                }
            };
            if self.show(&mut socket, snapshot).await.is_err() {
                return;
            }
        }
    }

    /// Takes a message; `Some(true)` asks for a snapshot, `None` for nothing.
    fn hear(&mut self, text: &str) -> Option<bool> {
        match serde_json::from_str::<Said>(text).ok()? {
            Said::View { bbox, zoom, selected, .. } => {
                if bbox.iter().any(|value| !value.is_finite()) || !zoom.is_finite() {
                    return None;
                }
                self.view = Some(View { bbox, zoom, selected: selected.into_iter().take(1000).collect() });
                Some(false)
            }
            Said::Snapshot => Some(true),
            Said::AsOf { time, speed, paused } => {
                let at = Time::parse(&time)?;
                self.past = Some(Past { at, since: Instant::now(), speed: speed.clamp(-1000.0, 1000.0), paused });
                Some(true)
            }
            Said::Live => {
                self.past = None;
                Some(true)
            }
        }
    }

    /// Sends what is new at the moment that this browser looks at.
    async fn show(&mut self, socket: &mut WebSocket, snapshot: bool) -> Result<(), axum::Error> {
        let now = self.app.now();
        self.send_changed(socket, "status", json!(self.app.status(&now))).await?;
        match self.past.as_ref().map(Past::now) {
            None => {
                self.texts(socket, &now).await?;
                let rows = Arc::clone(&now.rows);
                self.frame(socket, now.view.picture.time, &rows, snapshot, false).await
            }
            Some(time) => {
                let moment: Option<Moment> = self.app.history().at(time).cloned();
                let Some(moment) = moment else { return Ok(()) };
                if let Some(shown) = self.app.at(time) {
                    self.texts(socket, &shown).await?;
                }
                self.frame(socket, moment.time, &moment.rows, snapshot, true).await
            }
        }
    }

    async fn texts(&mut self, socket: &mut WebSocket, shown: &Shown) -> Result<(), axum::Error> {
        let statics = self.new_statics(shown);
        if !statics.is_empty() {
            send(socket, Message::Text(json!({"type": "tracks", "tracks": statics}).to_string().into())).await?;
        }
        self.send_changed(socket, "incidents", json!({"incidents": shown.incidents()})).await?;
        self.send_changed(socket, "sensors", json!({"sensors": self.app.sensors(shown)})).await?;
        // Whoever looks at the past hears what happens now.
        for incident in self.app.now().view.picture.incidents.iter().filter(|incident| incident.audible) {
            if self.alarmed.insert(incident.id) {
                let text = json!({"type": "alarm", "incident": incident.id.to_string()}).to_string();
                send(socket, Message::Text(text.into())).await?;
            }
        }
        Ok(())
    }

    /// Static attributes of tracks that are new or have changed them.
    fn new_statics(&mut self, shown: &Shown) -> Vec<Value> {
        let renderer = shown.renderer();
        let mut news = Vec::new();
        let mut held = BTreeSet::new();
        for track in &shown.view.picture.tracks {
            held.insert(track.number);
            let summary = renderer.statics(track);
            if self.statics.get(&track.number) != Some(&summary) {
                self.statics.insert(track.number, summary.clone());
                news.push(summary);
            }
        }
        self.statics.retain(|number, _| held.contains(number));
        news
    }

    async fn send_changed(&mut self, socket: &mut WebSocket, kind: &str, mut body: Value) -> Result<(), axum::Error> {
        body["type"] = kind.into();
        let text = body.to_string();
        let last = match kind {
            "incidents" => &mut self.incidents,
            "sensors" => &mut self.sensors,
            _ => &mut self.status,
        };
        if *last == text {
            return Ok(());
        }
        last.clone_from(&text);
        send(socket, Message::Text(text.into())).await
    }

    async fn frame(
        &mut self,
        socket: &mut WebSocket,
        time: Time,
        rows: &[Row],
        snapshot: bool,
        past: bool,
    ) -> Result<(), axum::Error> {
        // Time that ran back, or stood still for a new view, leaves nothing to build a delta on.
        let snapshot = snapshot || time < self.last_time || self.sequence == 0;
        let (visible, thinned) = self.visible(rows);
        let flags = Flags { past, thinned, not_live: self.app.mode != Mode::Watch };
        let numbers: BTreeSet<u32> = visible.iter().map(|row| row.number).collect();
        let (changed, removed, kind) = if snapshot {
            (visible.clone(), Vec::new(), FrameKind::Snapshot)
        } else {
            let changed: Vec<Row> = visible
                .iter()
                .filter(|row| self.sent.get(&row.number).is_none_or(|sent| row.is_news_after(sent)))
                .copied()
                .collect();
            let removed: Vec<u32> = self.sent.keys().filter(|number| !numbers.contains(number)).copied().collect();
            (changed, removed, FrameKind::Delta)
        };
        if kind == FrameKind::Snapshot {
            self.sent.clear();
        }
        self.sent.retain(|number, _| numbers.contains(number));
        self.sent.extend(changed.iter().map(|row| (row.number, *row)));
        self.sequence += 1;
        self.last_time = time;
        self.last_frame = Some(Instant::now());
        let bytes = encode(kind, flags, self.sequence, time, &changed, &removed);
        send(socket, Message::Binary(bytes.into())).await
    }

    /// The rows that this browser's view shows: with a margin, thinned at low zoom, entries and selected ones always.
    fn visible(&self, rows: &[Row]) -> (Vec<Row>, bool) {
        let Some(view) = &self.view else {
            return (rows.iter().take(MAX_ROWS).copied().collect(), rows.len() > MAX_ROWS);
        };
        let [west, south, east, north] = view.bbox;
        let (margin_x, margin_y) = (0.25 * (east - west).abs(), 0.25 * (north - south).abs());
        let wide = east - west >= 360.0 - 2.0 * margin_x || east < west;
        let always = |row: &Row| row.state & ALWAYS != 0 || view.selected.contains(&row.number);
        let inside = |row: &Row| {
            let (lat, lon) = (f64::from(row.lat_e7) * 1e-7, f64::from(row.lon_e7) * 1e-7);
            let across = wide || (lon >= west - margin_x && lon <= east + margin_x);
            across && lat >= south - margin_y && lat <= north + margin_y
        };
        let visible: Vec<Row> = rows.iter().filter(|row| always(row) || inside(row)).copied().collect();
        let most = if view.zoom < THIN_BELOW_ZOOM { THIN_TO } else { MAX_ROWS };
        if visible.len() <= most {
            return (visible, false);
        }
        let every = visible.len().div_ceil(most) as u32;
        (visible.into_iter().filter(|row| always(row) || row.number % every == 0).collect(), true)
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), axum::Error> {
    match tokio::time::timeout(SEND_TIMEOUT, socket.send(message)).await {
        Ok(sent) => sent,
        Err(_) => Err(axum::Error::new("the browser takes nothing")),
    }
}

/// The texts of the WebSocket as server-sent events, for scripts.
pub(super) async fn events(
    State(app): State<Arc<App>>,
) -> Sse<impl futures_core::Stream<Item = Result<Event, Infallible>>> {
    let stream = async_stream(app);
    Sse::new(stream).keep_alive(KeepAlive::default())
}

fn async_stream(app: Arc<App>) -> impl futures_core::Stream<Item = Result<Event, Infallible>> {
    let shown = app.shown.subscribe();
    let state = (app, shown, Vec::<String>::new(), String::new());
    futures_util::stream::unfold(state, |(app, mut shown, mut pending, mut last)| async move {
        loop {
            if let Some(text) = pending.pop() {
                return Some((Ok(Event::default().data(text)), (app, shown, pending, last)));
            }
            shown.changed().await.ok()?;
            let now = app.now();
            let incidents = json!({"type": "incidents", "incidents": now.incidents()}).to_string();
            if incidents != last {
                last.clone_from(&incidents);
                pending.push(incidents);
            }
            let mut status = json!(app.status(&now));
            status["type"] = "status".into();
            pending.push(status.to_string());
        }
    })
}
