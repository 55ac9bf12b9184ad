//! Whether the program does its work, for monitoring.

use super::app::{App, fault_of};
use super::dto::{FeedFault, Health};
use crate::feeds::FeedStates;
use crate::system::Mode;
use crate::wall;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use skypicket_model::{Span, Time};
use std::sync::Arc;

/// A live picture that is older than this is not one.
const STALE_AFTER: Span = Span::from_s(10);

/// 200 where all is well, else 503; both say the same things.
pub(super) async fn health(State(app): State<Arc<App>>) -> Response {
    let health = of(&app, wall::now());
    let status = if health.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health)).into_response()
}

fn of(app: &App, now: Time) -> Health {
    // The engine's thread owns the sending end: a channel without one has no engine.
    let engine = app.views.has_changed().is_ok();
    let journal = app.inbox.durability().is_some();
    let time = app.now().view.picture.time;
    let alarms = app.alarms.list();
    let feeds: Vec<FeedFault> = app
        .feeds
        .iter()
        .flat_map(FeedStates::list)
        .zip(app.plan.feeds.iter())
        .filter_map(|(state, feed)| Some(FeedFault { feed: feed.name.clone(), fault: fault_of(&state)? }))
        .collect();
    let mut faults = Vec::new();
    if !engine {
        faults.push("the engine has stopped: the picture stands still; restart the program".to_owned());
    }
    if !journal {
        faults.push("the journal is closed: nothing is taken".to_owned());
    }
    if app.mode == Mode::Watch && now - time > STALE_AFTER {
        faults.push(match time {
            Time::EPOCH => "there is no picture yet".to_owned(),
            _ => format!("the picture is of {time}, {:.0} s old", (now - time).s()),
        });
    }
    faults.extend(alarms.iter().map(|alarm| format!("journal: {alarm}")));
    faults.extend(feeds.iter().map(|FeedFault { feed, fault }| format!("feed \"{feed}\": {fault}")));
    let time = (time != Time::EPOCH).then(|| time.to_string());
    Health { ok: faults.is_empty(), time, engine, journal, faults, alarms, feeds }
}
