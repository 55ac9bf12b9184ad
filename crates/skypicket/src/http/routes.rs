//! REST, and serving as such.

use super::app::{App, Shown};
use super::dto::{
    Accepted, ByOperator, CloseBody, Entries, Found, IdentityBody, IdentityName, Incidents, NoteBody, OutcomeName,
    PlaybackBody, Sensors, Status, TrackDetail, Tracks, Trail,
};
use super::fault::Fault;
use super::frame::{Flags, FrameKind, encode};
use super::{assets, guard, live, metrics};
use crate::player::Pace;
use crate::system::CommandError;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use skypicket_engine::PictureTrack;
use skypicket_model::{Action, Command, IncidentId, Outcome, Span, StandardIdentity, Time, TrackId};
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Longest body of a request, bytes.
const MAX_BODY: usize = 64 * 1024;
/// Longest name of an operator, characters.
const MAX_NAME: usize = 64;
/// Longest text of a person, characters.
const MAX_TEXT: usize = 4000;
/// Most points of a trail.
const MAX_TRAIL: usize = 1200;
/// Most results of a search.
const MAX_FOUND: usize = 50;

type Shared = State<Arc<App>>;

/// A moment of the past, where asked for.
#[derive(Debug, Default, Deserialize)]
struct AsOf {
    as_of: Option<String>,
}

/// Serves until told to stop.
pub(super) async fn serve(
    app: Arc<App>,
    listener: std::net::TcpListener,
    tls: Option<TlsAcceptor>,
    stopped: oneshot::Receiver<()>,
) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let following = tokio::spawn(Arc::clone(&app).follow());
    let router = router(app);
    let until = async {
        let _ = stopped.await;
    };
    let served = async {
        match tls {
            None => axum::serve(listener, router).await,
            Some(tls) => axum::serve(TlsListener::new(listener, tls), router).await,
        }
    };
    tokio::select! {
        _ = served => {}
        () = until => {}
    }
    following.abort();
}

fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/status", get(status))
        .route("/tracks", get(tracks))
        .route("/tracks/{key}", get(track))
        .route("/tracks/{key}/trail", get(trail))
        .route("/tracks/{key}/identity", post(identify))
        .route("/picture", get(picture))
        .route("/incidents", get(incidents))
        .route("/incidents/{id}", get(incident))
        .route("/incidents/{id}/acknowledge", post(acknowledge))
        .route("/incidents/{id}/close", post(close))
        .route("/incidents/{id}/note", post(note))
        .route("/incidents/{id}/violation", post(violation))
        .route("/entries", get(entries))
        .route("/sensors", get(sensors))
        .route("/airspaces", get(airspaces))
        .route("/search", get(search))
        .route("/playback", post(playback))
        .route("/live", get(live::upgrade))
        .route("/events", get(live::events))
        .fallback(|| async { Fault::missing("no such path; see /openapi.json") });
    Router::new()
        .nest("/api/v1", api)
        .route("/metrics", get(metrics::metrics))
        .route("/health", get(health))
        .route("/openapi.json", get(|| async { Json(super::openapi()) }))
        .fallback(assets::asset)
        .layer(axum::extract::DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::guard))
        .with_state(app)
}

/// Accepts TLS connections; handshakes run beside each other, so that a slow one holds up nobody.
struct TlsListener {
    accepted: tokio::sync::mpsc::Receiver<(TlsStream<TcpStream>, std::net::SocketAddr)>,
    address: std::io::Result<std::net::SocketAddr>,
}

/// How long a handshake may take.
const HANDSHAKE: std::time::Duration = std::time::Duration::from_secs(10);

impl TlsListener {
    fn new(listener: TcpListener, tls: TlsAcceptor) -> Self {
        let address = listener.local_addr();
        let (done, accepted) = tokio::sync::mpsc::channel(64);
        tokio::spawn(async move {
            loop {
                let Ok((stream, peer)) = listener.accept().await else {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    continue;
                };
                let (tls, done) = (tls.clone(), done.clone());
                tokio::spawn(async move {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                        let _ = done.send((stream, peer)).await;
                    }
                });
            }
        });
        Self { accepted, address }
    }
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.accepted.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.address.as_ref().copied().map_err(|error| std::io::Error::new(error.kind(), error.to_string()))
    }
}

/// The picture now, or that of the moment asked for.
fn shown(app: &App, as_of: &AsOf) -> Result<Arc<Shown>, Fault> {
    let Some(text) = &as_of.as_of else { return Ok(app.now()) };
    let time = moment(text)?;
    app.at(time).ok_or_else(|| Fault::missing("nothing is kept of that time"))
}

fn moment(text: &str) -> Result<Time, Fault> {
    Time::parse(text).ok_or_else(|| Fault::bad(format!("\"{text}\" is no moment; write 2025-09-09T21:30:00Z")))
}

/// A track by its number or id.
fn find<'s>(shown: &'s Shown, key: &str) -> Result<&'s PictureTrack, Fault> {
    let tracks = &shown.view.picture.tracks;
    let by_id = (key.len() == 16).then(|| u64::from_str_radix(key, 16).ok()).flatten();
    let found = match by_id {
        Some(id) => tracks.binary_search_by_key(&TrackId(id), |shown| shown.track.id).ok().map(|at| &tracks[at]),
        None => key.parse::<u32>().ok().and_then(|number| tracks.iter().find(|shown| shown.number == number)),
    };
    found.ok_or_else(|| Fault::missing(format!("no track \"{key}\" is held now")))
}

async fn health(State(app): Shared) -> Response {
    let alarms = app.alarms.list();
    let ok = alarms.is_empty() && app.inbox.durability().is_some();
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let time = app.now().view.picture.time.to_string();
    (status, Json(serde_json::json!({"ok": ok, "time": time, "alarms": alarms}))).into_response()
}

async fn status(State(app): Shared) -> Json<Status> {
    Json(app.status(&app.now()))
}

async fn tracks(State(app): Shared, Query(as_of): Query<AsOf>) -> Result<Json<Tracks>, Fault> {
    let shown = shown(&app, &as_of)?;
    Ok(Json(Tracks { time: shown.view.picture.time.to_string(), tracks: shown.renderer().tracks() }))
}

async fn track(
    State(app): Shared,
    Path(key): Path<String>,
    Query(as_of): Query<AsOf>,
) -> Result<Json<TrackDetail>, Fault> {
    let shown = shown(&app, &as_of)?;
    let found = find(&shown, &key)?;
    Ok(Json(shown.renderer().detail(found)))
}

#[derive(Debug, Default, Deserialize)]
struct TrailQuery {
    seconds: Option<i64>,
    as_of: Option<String>,
}

async fn trail(
    State(app): Shared,
    Path(key): Path<String>,
    Query(query): Query<TrailQuery>,
) -> Result<Json<Trail>, Fault> {
    let shown = shown(&app, &AsOf { as_of: query.as_of.clone() })?;
    let number = find(&shown, &key)?.number;
    let until = query.as_of.as_deref().map_or(Ok(shown.view.picture.time), moment)?;
    let span = Span::from_s(query.seconds.unwrap_or(600).clamp(1, 86_400));
    let points = app
        .history()
        .trail(number, until, span, MAX_TRAIL)
        .into_iter()
        .map(|(time, row)| {
            let height_m = (row.height_2m != i16::MIN).then(|| f64::from(row.height_2m) * 2.0);
            (time.ns() / 1_000_000, f64::from(row.lat_e7) * 1e-7, f64::from(row.lon_e7) * 1e-7, height_m)
        })
        .collect();
    Ok(Json(Trail { points }))
}

async fn picture(State(app): Shared, Query(as_of): Query<AsOf>) -> Result<Response, Fault> {
    let not_live = app.mode != crate::system::Mode::Watch;
    let bytes = match &as_of.as_of {
        None => {
            let shown = app.now();
            encode(
                FrameKind::Snapshot,
                Flags { not_live, ..Flags::default() },
                0,
                shown.view.picture.time,
                &shown.rows,
                &[],
            )
        }
        Some(text) => {
            let time = moment(text)?;
            let history = app.history();
            let moment = history.at(time).ok_or_else(|| Fault::missing("nothing is kept of that time"))?;
            encode(
                FrameKind::Snapshot,
                Flags { past: true, not_live, ..Flags::default() },
                0,
                moment.time,
                &moment.rows,
                &[],
            )
        }
    };
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"))], bytes).into_response())
}

async fn incidents(State(app): Shared, Query(as_of): Query<AsOf>) -> Result<Json<Incidents>, Fault> {
    let shown = shown(&app, &as_of)?;
    Ok(Json(Incidents { time: shown.view.picture.time.to_string(), incidents: shown.incidents().to_vec() }))
}

async fn incident(State(app): Shared, Path(id): Path<String>, Query(as_of): Query<AsOf>) -> Result<Response, Fault> {
    let shown = shown(&app, &as_of)?;
    let found = shown.incidents().iter().find(|incident| incident.id == id);
    found.map(|incident| Json(incident).into_response()).ok_or_else(|| Fault::missing(format!("no incident \"{id}\"")))
}

async fn entries(State(app): Shared, Query(as_of): Query<AsOf>) -> Result<Json<Entries>, Fault> {
    let shown = shown(&app, &as_of)?;
    Ok(Json(Entries { time: shown.view.picture.time.to_string(), entries: shown.renderer().entries() }))
}

async fn sensors(State(app): Shared) -> Json<Sensors> {
    let shown = app.now();
    Json(Sensors { sensors: app.sensors(&shown).to_vec() })
}

#[derive(Debug, Default, Deserialize)]
struct AirspaceQuery {
    tolerance_m: Option<u32>,
}

async fn airspaces(State(app): Shared, Query(query): Query<AirspaceQuery>) -> Result<Response, Fault> {
    let tolerance_m = query.tolerance_m.unwrap_or(0).min(20_000);
    let worker = Arc::clone(&app);
    // Simplifying a continent takes a moment: not on a thread that answers others.
    let text = tokio::task::spawn_blocking(move || worker.airspaces_geojson(tolerance_m))
        .await
        .map_err(|error| Fault(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/geo+json"))], text.to_string()).into_response())
}

#[derive(Debug, Default, Deserialize)]
struct SearchQuery {
    q: String,
}

async fn search(State(app): Shared, Query(query): Query<SearchQuery>) -> Json<Found> {
    let shown = app.now();
    let wanted = query.q.trim().to_uppercase();
    if wanted.is_empty() {
        return Json(Found { tracks: Vec::new(), incidents: Vec::new() });
    }
    let says = |text: &Option<String>| text.as_ref().is_some_and(|text| text.to_uppercase().contains(&wanted));
    let tracks = shown
        .renderer()
        .tracks()
        .into_iter()
        .filter(|track| {
            track.number.to_string() == wanted
                || track.label.to_uppercase() == wanted
                || says(&track.address)
                || says(&track.flight_id)
                || says(&track.squawk)
        })
        .take(MAX_FOUND)
        .collect();
    let incidents = shown
        .incidents()
        .iter()
        .filter(|incident| {
            incident.title.to_uppercase().contains(&wanted)
                || incident
                    .entries
                    .iter()
                    .any(|entry| entry.airspace == wanted || entry.airspace_name.to_uppercase().contains(&wanted))
        })
        .take(MAX_FOUND)
        .cloned()
        .collect();
    Json(Found { tracks, incidents })
}

fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|error| Fault::bad(format!("the body is not understood: {error}")))
}

fn operator(name: &str) -> Result<String, Fault> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if fits {
        Ok(name.to_owned())
    } else {
        Err(Fault::bad(format!("operator must be a name of 1 to {MAX_NAME} characters")))
    }
}

fn words(text: &str, what: &str, may_be_empty: bool) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > MAX_TEXT || (text.is_empty() && !may_be_empty) {
        return Err(Fault::bad(format!("{what} must have 1 to {MAX_TEXT} characters")));
    }
    Ok(text.to_owned())
}

fn incident_id(app: &App, id: &str) -> Result<IncidentId, Fault> {
    let parsed = u64::from_str_radix(id, 16).ok().filter(|_| id.len() == 16).map(IncidentId);
    let known = parsed.filter(|id| app.now().view.picture.incidents.iter().any(|incident| incident.id == *id));
    known.ok_or_else(|| Fault::missing(format!("no incident \"{id}\"")))
}

/// Journals a command and answers once it is on disk.
async fn command(app: Arc<App>, command: Command) -> Result<Response, Fault> {
    let inbox = Arc::clone(&app.inbox);
    let outcome = tokio::task::spawn_blocking(move || inbox.command(&command))
        .await
        .map_err(|error| Fault(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    match outcome {
        Ok(seq) => Ok((StatusCode::ACCEPTED, Json(Accepted { seq: seq.0, durable: true })).into_response()),
        Err(error @ (CommandError::NotDurable | CommandError::Lost | CommandError::Append(_))) => {
            Err(Fault(StatusCode::SERVICE_UNAVAILABLE, error.to_string()))
        }
    }
}

async fn acknowledge(State(app): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: ByOperator = body(&bytes)?;
    let action = Action::Acknowledge { incident: incident_id(&app, &id)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

async fn violation(State(app): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: ByOperator = body(&bytes)?;
    let action = Action::CallViolation { incident: incident_id(&app, &id)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

async fn close(State(app): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: CloseBody = body(&bytes)?;
    let outcome = match body.outcome {
        OutcomeName::Identified => Outcome::Identified,
        OutcomeName::Left => Outcome::Left,
        OutcomeName::NotObserved => Outcome::NotObserved,
        OutcomeName::ReportedDown => Outcome::ReportedDown,
        OutcomeName::NoObject => Outcome::NoObject,
        OutcomeName::Other => Outcome::Other,
    };
    let action = Action::Close { incident: incident_id(&app, &id)?, outcome, note: words(&body.note, "note", true)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

async fn note(State(app): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: NoteBody = body(&bytes)?;
    let action = Action::Note { incident: incident_id(&app, &id)?, text: words(&body.text, "text", false)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

async fn identify(State(app): Shared, Path(key): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: IdentityBody = body(&bytes)?;
    let identity = match body.identity {
        IdentityName::Pending => StandardIdentity::Pending,
        IdentityName::Unknown => StandardIdentity::Unknown,
        IdentityName::AssumedFriend => StandardIdentity::AssumedFriend,
        IdentityName::Friend => StandardIdentity::Friend,
        IdentityName::Neutral => StandardIdentity::Neutral,
        IdentityName::Suspect => StandardIdentity::Suspect,
        IdentityName::Hostile => StandardIdentity::Hostile,
    };
    let track = find(&app.now(), &key)?.track.id;
    let action = Action::Identify { track, identity, reason: words(&body.reason, "reason", false)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

async fn playback(State(app): Shared, bytes: Bytes) -> Result<Response, Fault> {
    let body: PlaybackBody = body(&bytes)?;
    let Some(playback) = &app.playback else {
        return Err(Fault(
            StatusCode::CONFLICT,
            "this is the live picture: it has no pace; look back with as_of".to_owned(),
        ));
    };
    let mut pace = playback.pace();
    if let Some(speed) = body.speed {
        if !(speed == 0.0 || (0.1..=1000.0).contains(&speed)) {
            return Err(Fault::bad(format!("speed is {speed}, must be in [0.1, 1000], or 0 for flat out")));
        }
        pace.speed = (speed > 0.0).then_some(speed);
    }
    pace.paused = body.paused.unwrap_or(pace.paused);
    playback.set(Pace { ..pace });
    Ok((StatusCode::OK, Json(app.status(&app.now()))).into_response())
}
