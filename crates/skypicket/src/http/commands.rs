//! What people ask for: journalled first, then answered with what the engine made of it.

use super::app::App;
use super::dto::{
    Accepted, ByOperator, CloseBody, IdentityBody, IdentityName, NoteBody, OutcomeName, PlaybackBody, Status,
};
use super::fault::Fault;
use super::routes::{Shared, find};
use crate::player::Pace;
use crate::system::Answer;
use crate::words;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use skypicket_model::{Action, Command, IncidentId, Outcome, StandardIdentity, Subject};
use std::sync::Arc;
use std::time::Duration;

/// Longest name of an operator, characters.
const MAX_NAME: usize = 64;
/// Longest text of a person, characters.
const MAX_TEXT: usize = 4000;
/// How long an answer waits for the engine once a command is on disk; an engine that is behind carries it out later.
const ENGINE_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|error| Fault::bad(format!("the body is not understood: {error}")))
}

pub(super) fn operator(name: &str) -> Result<String, Fault> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if fits {
        Ok(name.to_owned())
    } else {
        Err(Fault::bad(format!("operator must be a name of 1 to {MAX_NAME} characters")))
    }
}

pub(super) fn text(text: &str, what: &str, may_be_empty: bool) -> Result<String, Fault> {
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

/// Journals a command, waits until it is on disk and then, for a moment, for the engine's word.
pub(super) async fn command(app: Arc<App>, command: Command) -> Result<Response, Fault> {
    let (inbox, answers) = (Arc::clone(&app.inbox), app.answers.clone());
    let asked = tokio::task::spawn_blocking(move || {
        let seq = inbox.command(&command)?;
        Ok((seq, answers.wait(seq, ENGINE_TIMEOUT)))
    });
    let asked = asked.await.map_err(|error| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let (seq, answer) = asked
        .map_err(|error: crate::system::CommandError| Fault::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?;
    let accepted = |taken, happened| Json(Accepted { seq: seq.0, durable: true, taken, happened, report: None });
    match answer {
        Some(Answer::Done(log)) => {
            // What a person does to an incident names no subject of it.
            let nobody = |_: &Subject| String::new();
            let happened = log.iter().map(|line| words::log_item(&line.what, nobody)).collect();
            Ok((StatusCode::OK, accepted(true, happened)).into_response())
        }
        Some(Answer::Reported(id, number)) => {
            let Json(accepted) = accepted(true, vec![format!("report R{number} recorded")]);
            let accepted = Accepted { report: Some(id.to_string()), ..accepted };
            Ok((StatusCode::OK, Json(accepted)).into_response())
        }
        Some(Answer::Claimed(number)) => {
            let happened = vec![format!("claim {number} recorded")];
            Ok((StatusCode::OK, accepted(true, happened)).into_response())
        }
        Some(Answer::Refused(why)) => Err(Fault::new(StatusCode::CONFLICT, why)),
        None => Ok((StatusCode::ACCEPTED, accepted(false, Vec::new())).into_response()),
    }
}

pub(super) async fn acknowledge(State(app): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: ByOperator = body(&bytes)?;
    let action = Action::Acknowledge { incident: incident_id(&app, &id)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

pub(super) async fn violation(State(app): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: ByOperator = body(&bytes)?;
    let action = Action::CallViolation { incident: incident_id(&app, &id)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

pub(super) async fn close(State(app): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: CloseBody = body(&bytes)?;
    let outcome = match body.outcome {
        OutcomeName::Identified => Outcome::Identified,
        OutcomeName::Left => Outcome::Left,
        OutcomeName::NotObserved => Outcome::NotObserved,
        OutcomeName::ReportedDown => Outcome::ReportedDown,
        OutcomeName::NoObject => Outcome::NoObject,
        OutcomeName::Other => Outcome::Other,
    };
    let action = Action::Close { incident: incident_id(&app, &id)?, outcome, note: text(&body.note, "note", true)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

pub(super) async fn note(State(app): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: NoteBody = body(&bytes)?;
    let action = Action::Note { incident: incident_id(&app, &id)?, text: text(&body.text, "text", false)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

pub(super) async fn identify(State(app): Shared, Path(key): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
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
    let action = Action::Identify { track, identity, reason: text(&body.reason, "reason", false)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

pub(super) async fn playback(State(app): Shared, bytes: Bytes) -> Result<Json<Status>, Fault> {
    let body: PlaybackBody = body(&bytes)?;
    let Some(playback) = &app.playback else {
        let what = "this is the live picture: it has no pace; look back with as_of";
        return Err(Fault::new(StatusCode::CONFLICT, what));
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
    Ok(Json(app.status(&app.now())))
}
