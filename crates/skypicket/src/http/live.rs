//! The live picture over a WebSocket, and its texts as server-sent events. Layout and messages: docs/http-api.md.

use super::app::App;
use super::fault::Fault;
use super::frame::{Flags, FrameKind, Row, encode};
use super::shown::Shown;
use super::texts::Texts;
use crate::system::Mode;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use skypicket_model::{Span, Time};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest message of a browser, bytes.
const MAX_MESSAGE: usize = 16 * 1024;
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

/// What a browser sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    View {
        bbox: [f64; 4],
        zoom: f64,
        #[serde(default)]
        selected: Vec<u32>,
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

/// The upgrade request.
pub(super) async fn upgrade(State(app): State<Arc<App>>, upgrade: WebSocketUpgrade) -> Response {
    let Ok(counted) = Arc::clone(&app.streams).try_acquire_owned() else { return too_many() };
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
    texts: Texts,
    /// The fault told last, of a moment that is not kept.
    fault: String,
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
            texts: Texts::default(),
            fault: String::new(),
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
                    let moving = self.past.as_ref().is_some_and(|past| !past.paused);
                    if !fresh && !moving && !due { continue; }
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
            Said::View { bbox, zoom, selected } => {
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
        if let Some(status) = self.texts.status(&self.app) {
            send_text(socket, &status).await?;
        }
        let Some(time) = self.past.as_ref().map(Past::now) else {
            let now = self.app.now();
            self.tell(socket, &now).await?;
            let rows = Arc::clone(&now.rows);
            return self.frame(socket, now.view.picture.time, &rows, snapshot, false).await;
        };
        let then = match self.app.at(time).await {
            Ok(shown) => self.app.rows_at(time).await.map(|rows| (shown, rows)),
            Err(fault) => Err(fault),
        };
        match then {
            Ok((shown, (time, rows))) => {
                self.fault.clear();
                self.tell(socket, &shown).await?;
                self.frame(socket, time, &rows, snapshot, true).await
            }
            Err(fault) => {
                let text = json!({"type": "fault", "error": fault.told().error, "kept": fault.told().kept}).to_string();
                if self.fault != text {
                    send_text(socket, &text).await?;
                    self.fault = text;
                }
                Ok(())
            }
        }
    }

    /// Sends the texts that are news.
    async fn tell(&mut self, socket: &mut WebSocket, shown: &Shown) -> Result<(), axum::Error> {
        if let Some(statics) = self.texts.statics(shown) {
            send_text(socket, &statics).await?;
        }
        for text in self.texts.news(&self.app, shown) {
            send_text(socket, &text).await?;
        }
        Ok(())
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

async fn send_text(socket: &mut WebSocket, text: &str) -> Result<(), axum::Error> {
    send(socket, Message::Text(text.into())).await
}

/// The texts of the WebSocket but for the tracks as server-sent events, for scripts.
pub(super) async fn events(State(app): State<Arc<App>>) -> Response {
    let Ok(counted) = Arc::clone(&app.streams).try_acquire_owned() else { return too_many() };
    let mut shown = app.shown.subscribe();
    shown.mark_changed();
    let state = (app, shown, VecDeque::<Arc<str>>::new(), Texts::default(), counted);
    let stream = futures_util::stream::unfold(state, |(app, mut shown, mut pending, mut texts, counted)| async move {
        while pending.is_empty() {
            shown.changed().await.ok()?;
            pending.extend(texts.status(&app));
            pending.extend(texts.news(&app, &app.now()));
        }
        let text = pending.pop_front()?;
        Some((Ok::<_, Infallible>(Event::default().data(&*text)), (app, shown, pending, texts, counted)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

fn too_many() -> Response {
    Fault::new(StatusCode::SERVICE_UNAVAILABLE, "too many maps or event streams are open; close one").into_response()
}
