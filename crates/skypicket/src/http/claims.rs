//! `/api/v1/claims`: public statements, entered and confirmed by people, each rated twice.

use super::app::App;
use super::commands::{body, command, operator};
use super::dto::{
    ConfirmClaimBody, EnterClaimBody, ProposeBody, Proposed, ProposedClaim, PublicClaimDto, PublicClaims,
    SourceEditedBody, WithdrawClaimBody,
};
use super::fault::Fault;
use super::query::{Given, Parameters, Query};
use super::routes::{Part, Shared, shown};
use super::shown::Shown;
use crate::claims::{self, Unproposed};
use crate::words;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use skypicket_assess::claims::{Findings, Outlines, Rating, rate};
use skypicket_model::claim::ClaimAction;
use skypicket_model::{Action, ClaimId, ClaimRecord, Command, Incident, Span, Time};
use skypicket_wire::claims::SourceJson;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Past moments whose findings are kept: those of the claims that are looked at again and again.
const MAX_MOMENTS: usize = 256;
/// What they may take, bytes.
const MAX_FOUND_BYTES: usize = 64 << 20;
/// How long one answer may work out moments of the past.
const PATIENCE: Duration = Duration::from_secs(3);
/// So long before an incident was opened a claim that speaks of that time stands beside it: first news are of the hour before.
const BESIDE: Span = Span::from_s(3600);

/// What ratings take that does not change: outlines, and what was found at past moments.
#[derive(Default)]
pub(super) struct Rater {
    outlines: Mutex<Arc<Outlines>>,
    moments: Mutex<BTreeMap<Time, Arc<Findings>>>,
}

impl Rater {
    /// Outlines of all that these claims speak of.
    fn outlines(&self, app: &App, records: &[ClaimRecord]) -> Arc<Outlines> {
        let codes = claims::codes(records);
        let mut kept = lock(&self.outlines);
        let mut grown = Arc::clone(&kept);
        let lacks = |outlines: &Outlines| {
            let watched = app.plan.airspaces.iter().filter(|airspace| airspace.watched).map(|airspace| &airspace.code);
            codes.iter().chain(watched).any(|code| !outlines.0.contains_key(code))
        };
        if lacks(&grown) {
            claims::add_outlines(Arc::make_mut(&mut grown), &app.plan, &codes);
            *kept = Arc::clone(&grown);
        }
        grown
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Which part of the list, and beside which incident.
pub(super) struct Asked {
    part: Part,
    incident: Option<String>,
}

impl Parameters for Asked {
    const TAKES: &'static [&'static str] = &["as_of", "offset", "limit", "incident"];
    fn read(given: &Given) -> Result<Self, Fault> {
        Ok(Self { part: Part::read(given)?, incident: given.text("incident").map(ToOwned::to_owned) })
    }
}

pub(super) async fn list(State(app): Shared, Query(asked): Query<Asked>) -> Result<Json<PublicClaims>, Fault> {
    let (as_of, offset, limit) = asked.part.of_claims();
    let shown = shown(&app, &as_of).await?;
    let picture = &shown.view.picture;
    let mut records: Vec<&ClaimRecord> = picture.claims.iter().rev().collect();
    if let Some(id) = &asked.incident {
        let incident = picture.incidents.iter().find(|incident| incident.id.to_string() == *id);
        let incident = incident.ok_or_else(|| Fault::missing(format!("no incident \"{id}\"")))?;
        records.retain(|record| is_beside(record, incident, picture.time));
    }
    let total = records.len();
    let records: Vec<&ClaimRecord> = records.into_iter().skip(offset).take(limit).collect();
    let claims = rated(&app, &shown, &records).await;
    Ok(Json(PublicClaims { time: picture.time.to_string(), total, claims }))
}

/// A claim stands beside an incident of the time that it speaks of.
fn is_beside(record: &ClaimRecord, incident: &Incident, now: Time) -> bool {
    let (from, until) = record.claim.speaks_of();
    let flies = matches!(incident.rule.as_str(), "airspace_entry" | "predicted_entry");
    let counts = record.state() == skypicket_model::ClaimState::Confirmed;
    counts && flies && from <= incident.closed.unwrap_or(now) && incident.opened - BESIDE <= until
}

async fn rated(app: &Arc<App>, shown: &Shown, records: &[&ClaimRecord]) -> Vec<PublicClaimDto> {
    let picture = &shown.view.picture;
    let now = Arc::new(claims::findings(picture, &shown.view.plan));
    let outlines = app.rater.outlines(app, &picture.claims);
    let begun = Instant::now();
    let mut answers = Vec::with_capacity(records.len());
    for record in records {
        // What does not count is not rated, and the past is not asked for it.
        let counts = record.state() == skypicket_model::ClaimState::Confirmed;
        let (then, now) = if counts { both(app, record, &now, begun).await } else { (Ok(Arc::clone(&now)), None) };
        let of = |findings: &Findings| rate(record, &picture.claims, findings, &outlines);
        let then: Result<Option<Rating>, String> = then.map(|findings| of(&findings));
        answers.push(PublicClaimDto::of(record, then, now.as_deref().and_then(of).as_ref()));
    }
    answers
}

/// What was found when a claim was spoken (else why not), and what is found now of the time that it speaks of; `None` while that is being worked out.
async fn both(
    app: &Arc<App>,
    record: &ClaimRecord,
    now: &Arc<Findings>,
    begun: Instant,
) -> (Result<Arc<Findings>, String>, Option<Arc<Findings>>) {
    let claim = &record.claim;
    let mut past: BTreeMap<Time, Result<Arc<Findings>, Missing>> = BTreeMap::new();
    for moment in claims::moments(claim, now.as_of) {
        past.insert(moment, found(app, moment, begun).await);
    }
    let pending = past.values().any(|found| matches!(found, Err(Missing::Pending)));
    let with_past = |at: &Arc<Findings>| {
        let found = |moment: Time| past.get(&moment).and_then(|found| found.as_ref().ok()).cloned();
        Arc::new(claims::with_past(claim, at, found))
    };
    let recalled = (!pending).then(|| with_past(now));
    let said = claim.said_until();
    let then = match past.get(&said) {
        // Of a time to come: what is found now.
        None => recalled.clone().ok_or(Missing::Pending),
        Some(Ok(_)) if pending => Err(Missing::Pending),
        Some(Ok(then)) => Ok(with_past(then)),
        Some(Err(why)) => Err(*why),
    };
    (then.map_err(|why| why.said().to_owned()), recalled)
}

/// Why the findings of a moment are not at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Pending,
    NotKept,
}

impl Missing {
    const fn said(self) -> &'static str {
        match self {
            Self::Pending => "that moment is being worked out from the journal; ask again",
            Self::NotKept => "nothing is kept of the moment when it was said",
        }
    }
}

/// What was found at a past moment.
async fn found(app: &Arc<App>, moment: Time, begun: Instant) -> Result<Arc<Findings>, Missing> {
    if let Some(kept) = lock(&app.rater.moments).get(&moment) {
        return Ok(Arc::clone(kept));
    }
    if begun.elapsed() >= PATIENCE {
        return Err(Missing::Pending);
    }
    match app.at(moment).await {
        Ok(past) => {
            let findings = Arc::new(claims::findings(&past.view.picture, &past.view.plan));
            let mut moments = lock(&app.rater.moments);
            moments.insert(moment, Arc::clone(&findings));
            let mut size: usize = moments.values().map(|found| found.size_bytes()).sum();
            while (moments.len() > MAX_MOMENTS || size > MAX_FOUND_BYTES) && moments.len() > 1 {
                size -= moments.pop_first().map_or(0, |(_, found)| found.size_bytes());
            }
            Ok(findings)
        }
        Err(fault) if fault.status() == StatusCode::SERVICE_UNAVAILABLE => Err(Missing::Pending),
        Err(_) => Err(Missing::NotKept),
    }
}

/// A claim by its number or id.
fn find(app: &App, key: &str) -> Result<ClaimId, Fault> {
    let by_id = (key.len() == 16).then(|| u64::from_str_radix(key, 16).ok()).flatten();
    let shown = app.now();
    let claims = &shown.view.picture.claims;
    let found = claims.iter().find(|record| match by_id {
        Some(id) => record.id.0 == id,
        None => record.number.to_string() == key,
    });
    found
        .map(|record| record.id)
        .ok_or_else(|| Fault::missing(format!("no claim \"{key}\"; give its number or its id")))
}

async fn act(app: Arc<App>, by: &str, action: ClaimAction) -> Result<Response, Fault> {
    command(app, Command { operator: operator(by)?, action: Action::Claim(action) }).await
}

pub(super) async fn enter(State(app): Shared, bytes: Bytes) -> Result<Response, Fault> {
    let body: EnterClaimBody = body(&bytes)?;
    let claim = Box::new(body.claim.claim(None).map_err(Fault::bad)?);
    act(app, &body.operator, ClaimAction::Enter { claim, confirmed: body.confirmed }).await
}

pub(super) async fn confirm(State(app): Shared, Path(key): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: ConfirmClaimBody = body(&bytes)?;
    let content = body.content.map(|content| content.content(None)).transpose().map_err(Fault::bad)?;
    let action = ClaimAction::Confirm { id: find(&app, &key)?, content: content.map(Box::new) };
    act(app, &body.operator, action).await
}

pub(super) async fn withdraw(State(app): Shared, Path(key): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: WithdrawClaimBody = body(&bytes)?;
    let action = ClaimAction::Withdraw { id: find(&app, &key)?, reason: body.reason };
    act(app, &body.operator, action).await
}

pub(super) async fn source_edited(
    State(app): Shared,
    Path(key): Path<String>,
    bytes: Bytes,
) -> Result<Response, Fault> {
    let body: SourceEditedBody = body(&bytes)?;
    let seen =
        Time::parse(&body.seen).ok_or_else(|| Fault::bad("seen must be a moment such as 2025-09-10T08:00:00Z"))?;
    let source = SourceJson { text_sha256: body.text_sha256, ..SourceJson::default() };
    let text_sha256 = source.source().map_err(Fault::bad)?.text_sha256;
    let action = ClaimAction::SourceEdited { id: find(&app, &key)?, seen, text_sha256, note: body.note };
    act(app, &body.operator, action).await
}

pub(super) async fn propose(State(app): Shared, bytes: Bytes) -> Result<Json<Proposed>, Fault> {
    let body: ProposeBody = body(&bytes)?;
    let said = body.said.map(|said| said.moments(None)).transpose().map_err(Fault::bad)?.unwrap_or_default();
    let wrong = || Fault::bad("retrieved must be a moment such as 2025-09-10T08:00:00Z");
    let retrieved = body.retrieved.map(|text| Time::parse(&text).ok_or_else(wrong)).transpose()?;
    let airspaces = app.plan.airspaces.iter().filter(|airspace| airspace.watched);
    let watched = airspaces.map(|airspace| airspace.code.clone()).collect();
    let given = claims::Given { said, who: body.who, source: body.source, url: body.url, retrieved, watched };
    let text = body.text;
    // Reading a long text takes a moment: not on a thread that answers others.
    let read = tokio::task::spawn_blocking(move || claims::proposals(text.as_bytes(), &given)).await;
    let found = read.map_err(|error| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let proposals = found.map_err(|why| {
        let give = if matches!(why, Unproposed::SaidUnknown(_)) { "; give it as \"said\"" } else { "" };
        Fault::bad(format!("{why}{give}"))
    })?;
    let proposals = proposals
        .iter()
        .map(|claim| ProposedClaim { claim: claim.into(), text: words::claim_content(&claim.content) })
        .collect();
    Ok(Json(Proposed { proposals }))
}
