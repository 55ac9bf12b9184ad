//! REST: the paths, and what is read. What people ask for is in `commands`.

use super::app::App;
use super::commands::{acknowledge, close, identify, note, playback, violation};
use super::dto::{
    Entries, Found, Groups, HowMany, IncidentAt, Incidents, ReportAt, Reports, Sensors, Status, SubjectDto,
    TrackDetail, TrackSummary, Tracks, Trail,
};
use super::fault::Fault;
use super::frame::{Flags, FrameKind, encode};
use super::query::{Given, Parameters, Query};
use super::shown::Shown;
use super::{assets, claims, guard, health, live, metrics, reports};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use skypicket_engine::PictureTrack;
use skypicket_model::{Span, Time, TrackId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Longest body of a request, bytes.
const MAX_BODY: usize = 64 * 1024;
/// Most points of a trail.
const MAX_TRAIL: usize = 1200;
/// Most results of a search.
const MAX_FOUND: usize = 50;
/// Most tracks of one answer, and how many come unless asked otherwise.
const TRACKS: Cap = Cap { usual: 25_000, most: 25_000 };
/// The same for rows of the ledger.
const ENTRIES: Cap = Cap { usual: 1_000, most: 10_000 };
/// The same for incidents.
const INCIDENTS: Cap = Cap { usual: 500, most: 2_000 };
/// The same for groups.
const GROUPS: Cap = Cap { usual: 256, most: 256 };
/// The same for reports from the ground.
const REPORTS: Cap = Cap { usual: 500, most: 2_000 };
/// The same for public statements.
const CLAIMS: Cap = Cap { usual: 200, most: 1_000 };

mod coverage;
mod gnss;
mod origin;
mod trajectory;

pub(super) type Shared = State<Arc<App>>;

/// Nothing can be asked for.
struct Nothing;

impl Parameters for Nothing {
    const TAKES: &'static [&'static str] = &[];
    fn read(_: &Given) -> Result<Self, Fault> {
        Ok(Self)
    }
}

/// A moment of the past, where asked for.
pub(super) struct AsOf {
    as_of: Option<Time>,
}

impl Parameters for AsOf {
    const TAKES: &'static [&'static str] = &["as_of"];
    fn read(given: &Given) -> Result<Self, Fault> {
        Ok(Self { as_of: given.moment("as_of")? })
    }
}

/// How long a list may be.
struct Cap {
    usual: usize,
    most: usize,
}

/// Which part of a list is asked for, and of when.
pub(super) struct Part {
    as_of: AsOf,
    offset: usize,
    limit: Option<usize>,
}

impl Parameters for Part {
    const TAKES: &'static [&'static str] = &["as_of", "offset", "limit"];
    fn read(given: &Given) -> Result<Self, Fault> {
        let count = |key| given.number(key, 0..=u64::MAX);
        let count = |key| Ok(count(key)?.map(|count| usize::try_from(count).unwrap_or(usize::MAX)));
        Ok(Self { as_of: AsOf::read(given)?, offset: count("offset")?.unwrap_or(0), limit: count("limit")? })
    }
}

impl Part {
    /// The same of a list of public statements.
    pub(super) fn of_claims(self) -> (AsOf, usize, usize) {
        self.of(&CLAIMS)
    }

    /// The moment, how many to leave out, and how many then to give.
    fn of(self, cap: &Cap) -> (AsOf, usize, usize) {
        let limit = self.limit.unwrap_or(cap.usual).min(cap.most);
        (self.as_of, self.offset, limit)
    }
}

pub(super) fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/status", get(status))
        .route("/tracks", get(tracks))
        .route("/tracks/{key}", get(track))
        .route("/tracks/{key}/trail", get(trail))
        .route("/tracks/{key}/trajectory", get(trajectory::trajectory))
        .route("/tracks/{key}/origin", get(origin::origin))
        .route("/tracks/{key}/identity", post(identify))
        .route("/picture", get(picture))
        .route("/incidents", get(incidents))
        .route("/incidents/{id}", get(incident))
        .route("/incidents/{id}/acknowledge", post(acknowledge))
        .route("/incidents/{id}/close", post(close))
        .route("/incidents/{id}/note", post(note))
        .route("/incidents/{id}/violation", post(violation))
        .route("/entries", get(entries))
        .route("/counts", get(counts))
        .route("/groups", get(groups))
        .route("/gnss", get(gnss::gnss))
        .route("/gnss/days", get(gnss::days))
        .route("/reports", get(all_reports).post(reports::file))
        .route("/reports/{id}", get(report))
        .route("/reports/{id}/correct", post(reports::correct))
        .route("/reports/{id}/withdraw", post(reports::withdraw))
        .route("/claims", get(claims::list).post(claims::enter))
        .route("/claims/propose", post(claims::propose))
        .route("/claims/{key}/confirm", post(claims::confirm))
        .route("/claims/{key}/withdraw", post(claims::withdraw))
        .route("/claims/{key}/source-edited", post(claims::source_edited))
        .route("/sensors", get(sensors))
        .route("/coverage", get(coverage::coverage))
        .route("/airspaces", get(airspaces))
        .route("/search", get(search))
        .route("/playback", post(playback))
        .route("/live", get(live::upgrade))
        .route("/events", get(live::events))
        .method_not_allowed_fallback(|| async {
            Fault::new(StatusCode::METHOD_NOT_ALLOWED, "this path does not take that method; see /openapi.json")
        });
    Router::new()
        .nest("/api/v1", api)
        .route("/metrics", get(metrics::metrics))
        .route("/health", get(health::health))
        .route("/openapi.json", get(|| async { Json(super::openapi()) }))
        .fallback(elsewhere)
        .layer(axum::extract::DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::guard))
        .with_state(app)
}

/// What is no path of the interface is the map's, but nothing under `/api` is: a program that asks must not get a page.
async fn elsewhere(uri: Uri, headers: header::HeaderMap) -> Response {
    if uri.path() == "/api" || uri.path().starts_with("/api/") {
        return Fault::missing(format!("no such path: {}; see /openapi.json", uri.path())).into_response();
    }
    assets::asset(&uri, &headers)
}

/// The picture now, or that of the moment asked for.
pub(super) async fn shown(app: &Arc<App>, as_of: &AsOf) -> Result<Arc<Shown>, Fault> {
    match as_of.as_of {
        Some(time) => app.at(time).await,
        None => Ok(app.now()),
    }
}

/// A track by its number or id.
pub(super) fn find<'s>(shown: &'s Shown, key: &str) -> Result<&'s PictureTrack, Fault> {
    let tracks = &shown.view.picture.tracks;
    let by_id = (key.len() == 16).then(|| u64::from_str_radix(key, 16).ok()).flatten();
    let found = match by_id {
        Some(id) => tracks.binary_search_by_key(&TrackId(id), |shown| shown.track.id).ok().map(|at| &tracks[at]),
        None => key.parse::<u32>().ok().and_then(|number| tracks.iter().find(|shown| shown.number == number)),
    };
    let when = if shown.past { format!("was held at {}", shown.view.picture.time) } else { "is held now".to_owned() };
    found.ok_or_else(|| Fault::missing(format!("no track \"{key}\" {when}; give its number or its id")))
}

async fn status(State(app): Shared, Query(Nothing): Query<Nothing>) -> Json<Status> {
    Json(app.status(&app.now()))
}

async fn tracks(State(app): Shared, Query(part): Query<Part>) -> Result<Json<Tracks>, Fault> {
    let (as_of, offset, limit) = part.of(&TRACKS);
    let shown = shown(&app, &as_of).await?;
    let picture = &shown.view.picture;
    Ok(Json(Tracks {
        time: picture.time.to_string(),
        total: picture.tracks.len(),
        tracks: shown.renderer().tracks(offset, limit),
    }))
}

async fn track(
    State(app): Shared,
    Path(key): Path<String>,
    Query(as_of): Query<AsOf>,
) -> Result<Json<TrackDetail>, Fault> {
    let shown = shown(&app, &as_of).await?;
    let found = find(&shown, &key)?;
    Ok(Json(shown.renderer().detail(found)))
}

struct TrailQuery {
    span: Span,
    as_of: AsOf,
}

impl Parameters for TrailQuery {
    const TAKES: &'static [&'static str] = &["seconds", "as_of"];
    fn read(given: &Given) -> Result<Self, Fault> {
        let seconds = given.number("seconds", 1..=86_400)?.unwrap_or(600);
        Ok(Self { span: Span::from_s(seconds as i64), as_of: AsOf::read(given)? })
    }
}

async fn trail(
    State(app): Shared,
    Path(key): Path<String>,
    Query(query): Query<TrailQuery>,
) -> Result<Json<Trail>, Fault> {
    let shown = shown(&app, &query.as_of).await?;
    let number = find(&shown, &key)?.number;
    let until = query.as_of.as_of.unwrap_or(shown.view.picture.time);
    let points = app
        .history()
        .trail(number, until, query.span, MAX_TRAIL)
        .into_iter()
        .map(|(time, row)| {
            let height_m = (row.height_2m != i16::MIN).then(|| f64::from(row.height_2m) * 2.0);
            (time.ns() / 1_000_000, f64::from(row.lat_e7) * 1e-7, f64::from(row.lon_e7) * 1e-7, height_m)
        })
        .collect();
    Ok(Json(Trail { points }))
}

async fn picture(State(app): Shared, Query(as_of): Query<AsOf>) -> Result<Response, Fault> {
    let (time, rows) = match as_of.as_of {
        None => {
            let shown = app.now();
            (shown.view.picture.time, Arc::clone(&shown.rows))
        }
        Some(time) => app.rows_at(time).await?,
    };
    let not_live = app.mode != crate::system::Mode::Watch;
    let flags = Flags { past: as_of.as_of.is_some(), not_live, thinned: false };
    let bytes = encode(FrameKind::Snapshot, flags, 0, time, &rows, &[]);
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"))], bytes).into_response())
}

async fn incidents(State(app): Shared, Query(part): Query<Part>) -> Result<Json<Incidents>, Fault> {
    let (as_of, offset, limit) = part.of(&INCIDENTS);
    let shown = shown(&app, &as_of).await?;
    let all = shown.incidents();
    Ok(Json(Incidents {
        time: shown.view.picture.time.to_string(),
        total: all.len(),
        incidents: all.iter().skip(offset).take(limit).cloned().collect(),
    }))
}

async fn incident(
    State(app): Shared,
    Path(id): Path<String>,
    Query(as_of): Query<AsOf>,
) -> Result<Json<IncidentAt>, Fault> {
    let shown = shown(&app, &as_of).await?;
    let found = shown.incidents().iter().find(|incident| incident.id == id);
    let incident = found.ok_or_else(|| Fault::missing(format!("no incident \"{id}\"; give its id")))?;
    Ok(Json(IncidentAt { time: shown.view.picture.time.to_string(), incident: incident.clone() }))
}

async fn entries(State(app): Shared, Query(part): Query<Part>) -> Result<Json<Entries>, Fault> {
    let (as_of, offset, limit) = part.of(&ENTRIES);
    let shown = shown(&app, &as_of).await?;
    let picture = &shown.view.picture;
    Ok(Json(Entries {
        time: picture.time.to_string(),
        total: picture.entries.len(),
        entries: shown.renderer().entries(offset, limit),
    }))
}

async fn counts(State(app): Shared, Query(as_of): Query<AsOf>) -> Result<Json<HowMany>, Fault> {
    let shown = shown(&app, &as_of).await?;
    Ok(Json(HowMany { time: shown.view.picture.time.to_string(), counts: shown.renderer().counts() }))
}

async fn groups(State(app): Shared, Query(part): Query<Part>) -> Result<Json<Groups>, Fault> {
    let (as_of, offset, limit) = part.of(&GROUPS);
    let shown = shown(&app, &as_of).await?;
    let all = shown.renderer().groups();
    let (time, total) = (shown.view.picture.time.to_string(), all.len());
    Ok(Json(Groups { time, total, groups: all.into_iter().skip(offset).take(limit).collect() }))
}

async fn all_reports(State(app): Shared, Query(part): Query<Part>) -> Result<Json<Reports>, Fault> {
    let (as_of, offset, limit) = part.of(&REPORTS);
    let shown = shown(&app, &as_of).await?;
    let all = shown.renderer().reports();
    let (time, total) = (shown.view.picture.time.to_string(), all.len());
    Ok(Json(Reports { time, total, reports: all.into_iter().skip(offset).take(limit).collect() }))
}

async fn report(
    State(app): Shared,
    Path(key): Path<String>,
    Query(as_of): Query<AsOf>,
) -> Result<Json<ReportAt>, Fault> {
    let shown = shown(&app, &as_of).await?;
    let picture = &shown.view.picture;
    let report = reports::find(&picture.reports, &key).and_then(|record| shown.renderer().report(record));
    let report = report.ok_or_else(|| Fault::missing(format!("no report \"{key}\"; give its number or its id")))?;
    Ok(Json(ReportAt { time: picture.time.to_string(), report }))
}

async fn sensors(State(app): Shared, Query(as_of): Query<AsOf>) -> Result<Json<Sensors>, Fault> {
    let shown = shown(&app, &as_of).await?;
    let (feeds, sensors) = app.sensors(&shown);
    Ok(Json(Sensors { time: shown.view.picture.time.to_string(), feeds, sensors }))
}

struct AirspaceQuery {
    tolerance_m: u32,
}

impl Parameters for AirspaceQuery {
    const TAKES: &'static [&'static str] = &["tolerance_m"];
    fn read(given: &Given) -> Result<Self, Fault> {
        let tolerance_m = given.number("tolerance_m", 0..=20_000)?.unwrap_or(0);
        Ok(Self { tolerance_m: tolerance_m as u32 })
    }
}

async fn airspaces(State(app): Shared, Query(query): Query<AirspaceQuery>) -> Result<Response, Fault> {
    let tolerance_m = query.tolerance_m;
    let worker = Arc::clone(&app);
    // Simplifying a continent takes a moment: not on a thread that answers others.
    let text = tokio::task::spawn_blocking(move || worker.airspaces_geojson(tolerance_m))
        .await
        .map_err(|error| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/geo+json"))], text.to_string()).into_response())
}

struct SearchQuery {
    q: String,
}

impl Parameters for SearchQuery {
    const TAKES: &'static [&'static str] = &["q"];
    fn read(given: &Given) -> Result<Self, Fault> {
        let missing =
            || Fault::bad("q is missing; give what to search for: a number, address, flight ID, code or airspace");
        Ok(Self { q: given.text("q").ok_or_else(missing)?.to_owned() })
    }
}

async fn search(State(app): Shared, Query(query): Query<SearchQuery>) -> Json<Found> {
    let shown = app.now();
    let wanted = query.q.trim().to_uppercase();
    if wanted.is_empty() {
        return Json(Found { tracks: Vec::new(), incidents: Vec::new() });
    }
    let holds = |text: &str| text.to_uppercase().contains(&wanted);
    let says = |text: &Option<String>| text.as_deref().is_some_and(holds);
    // `T12` and `12` are one track.
    let number = wanted.strip_prefix('T').unwrap_or(&wanted);
    let named = |id: &str, of: u32| id.to_uppercase() == wanted || of.to_string() == number;
    // Who types a number means that number, not what has it somewhere in an address.
    let mut tracks: Vec<(bool, TrackSummary)> = Vec::new();
    for track in shown.renderer().tracks(0, usize::MAX) {
        let exact = named(&track.id, track.number) || track.label.to_uppercase() == wanted;
        if exact || says(&track.address) || says(&track.flight_id) || says(&track.squawk) {
            tracks.push((!exact, track));
        }
    }
    tracks.sort_by_key(|(other, _)| *other);
    let tracks = tracks.into_iter().take(MAX_FOUND).map(|(_, track)| track).collect();
    // What is no longer held is still spoken of: its incidents are found by what it was called.
    let former = shown.view.picture.former.iter().filter(|former| {
        named(&former.id.to_string(), former.number)
            || former.address.is_some_and(|address| holds(&address.to_string()))
            || former.flight_id.is_some_and(|flight_id| holds(&flight_id.to_string()))
    });
    let former: BTreeSet<String> = former.map(|former| former.id.to_string()).collect();
    let of_subject = |subject: &SubjectDto| {
        holds(&subject.label)
            || subject.number.is_some_and(|of| named(&subject.id, of))
            || subject.id.to_uppercase() == wanted
            || former.contains(&subject.id)
    };
    let incidents = shown
        .incidents()
        .iter()
        .filter(|incident| {
            holds(&incident.title)
                || incident.entries.iter().any(|entry| entry.airspace == wanted || holds(&entry.airspace_name))
                || incident.subjects.iter().any(of_subject)
        })
        .take(MAX_FOUND)
        .cloned()
        .collect();
    Json(Found { tracks, incidents })
}
