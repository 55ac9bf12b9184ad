//! What is reported from the ground: filed, corrected, withdrawn and read.

use super::app::App;
use super::commands::{body, command, operator, text};
use super::dto::{
    CauseName, CorrectionBody, FileBody, ObjectName, ReportBody, ReportDto, ReportKindName, ReportRevisionDto,
    StatementDto, WithdrawBody,
};
use super::fault::Fault;
use super::render::Renderer;
use super::routes::Shared;
use crate::words;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use skypicket_model::{
    Action, Airspace, Command, GroundReport, GroundReportId, GroundReportKind, GroundReportRecord,
    GroundReportRevision, LatLon, ReportedCause, ReportedObject, Subject, Time, TrackId, math,
};

pub(super) async fn file(State(app): Shared, bytes: Bytes) -> Result<Response, Fault> {
    let body: FileBody = body(&bytes)?;
    let action = Action::FileReport { report: Box::new(stated(&app, &body.report)?) };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

pub(super) async fn correct(State(app): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: CorrectionBody = body(&bytes)?;
    let report = Box::new(stated(&app, &body.report)?);
    let reason = text(&body.reason, "reason", false)?;
    let action = Action::CorrectReport { id: report_id(&app, &id)?, report, reason };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

pub(super) async fn withdraw(State(app): Shared, Path(id): Path<String>, bytes: Bytes) -> Result<Response, Fault> {
    let body: WithdrawBody = body(&bytes)?;
    let action = Action::WithdrawReport { id: report_id(&app, &id)?, reason: text(&body.reason, "reason", false)? };
    command(app, Command { operator: operator(&body.operator)?, action }).await
}

/// The place of a report by its id or number, such as `R3`.
pub(super) fn find<'r>(reports: &'r [GroundReportRecord], key: &str) -> Option<&'r GroundReportRecord> {
    let id = (key.len() == 16).then(|| u64::from_str_radix(key, 16).ok()).flatten().map(GroundReportId);
    let number = key.trim_start_matches(['R', 'r']).parse::<u32>().ok().filter(|_| id.is_none());
    reports.iter().find(|record| Some(record.id) == id || Some(record.number) == number)
}

fn report_id(app: &App, key: &str) -> Result<GroundReportId, Fault> {
    let shown = app.now();
    let found = find(&shown.view.picture.reports, key);
    found
        .map(|record| record.id)
        .ok_or_else(|| Fault::missing(format!("no report \"{key}\"; give its number, such as R3, or its id")))
}

fn stated(app: &App, body: &ReportBody) -> Result<GroundReport, Fault> {
    let moment = |key: &str, text: &str| {
        let wrong = || Fault::bad(format!("{key} is \"{text}\", must be a moment such as 2025-09-09T21:30:00Z"));
        Time::parse(text).ok_or_else(wrong)
    };
    let from = moment("from", &body.from)?;
    let report = GroundReport {
        kind: match body.kind {
            ReportKindName::Wreck => GroundReportKind::Wreck,
            ReportKindName::Debris => GroundReportKind::Debris,
            ReportKindName::Sighting => GroundReportKind::Sighting,
            ReportKindName::Damage => GroundReportKind::Damage,
            ReportKindName::ShotDown => GroundReportKind::ShotDown,
        },
        place: LatLon { lat_deg: body.lat_deg, lon_deg: body.lon_deg },
        radius_90_m: body.radius_90_m,
        from,
        until: body.until.as_deref().map_or(Ok(from), |until| moment("until", until))?,
        object: match body.object {
            ObjectName::Drone => ReportedObject::Drone,
            ObjectName::NotADrone => ReportedObject::NotADrone,
            ObjectName::Unknown => ReportedObject::Unknown,
        },
        confidence: body.confidence,
        cause: match body.cause {
            CauseName::NotStated => ReportedCause::NotStated,
            CauseName::ObjectItself => ReportedCause::ObjectItself,
            CauseName::BroughtDown => ReportedCause::BroughtDown,
            CauseName::OwnOrAlliedOrdnance => ReportedCause::OwnOrAlliedOrdnance,
            CauseName::Other => ReportedCause::Other,
        },
        cause_confidence: body.cause_confidence,
        track: body.track.as_deref().map(|key| track_id(app, key)).transpose()?,
        source: body.source.trim().to_owned(),
        text: body.text.trim().to_owned(),
    };
    if let Some(fault) = report.fault() {
        return Err(Fault::bad(fault));
    }
    if report.cause != ReportedCause::NotStated && report.cause_confidence <= 0.0 {
        return Err(Fault::bad(
            "a cause is stated with confidence 0, which says nothing: cause_confidence must be more than 0 and at most 1, or no cause stated",
        ));
    }
    far_away(app, report.place).map_or(Ok(report), |far| Err(Fault::bad(far)))
}

/// So far from every watched airspace nobody there reports from the ground, metres: twice the largest radius of a report.
const FAR_M: f64 = 1_000_000.0;
/// Metres in a degree of latitude, at least.
const DEGREE_M: f64 = 110_500.0;

/// Why a place cannot be meant, where it is far from all that is watched; mostly latitude and longitude changed places.
fn far_away(app: &App, place: LatLon) -> Option<String> {
    let watched = || app.plan.airspaces.iter().filter(|airspace| airspace.watched);
    let nearest = |place: LatLon| watched().map(|airspace| at_least_m(airspace, place)).min_by(f64::total_cmp);
    let away_m = nearest(place).filter(|away_m| *away_m > FAR_M)?;
    let LatLon { lat_deg, lon_deg } = place;
    let swapped = LatLon { lat_deg: lon_deg, lon_deg: lat_deg };
    let hint = if nearest(swapped).is_some_and(|away_m| away_m <= FAR_M) {
        format!("; latitude and longitude may have changed places: {lon_deg},{lat_deg} is near")
    } else {
        String::new()
    };
    let km = (away_m / 100_000.0).floor() * 100.0;
    Some(format!(
        "latitude {lat_deg}, longitude {lon_deg} is more than {km:.0} km from everything watched, must be within 1000 km{hint}"
    ))
}

/// A distance that an airspace is certainly not nearer than: from a box around it.
fn at_least_m(airspace: &Airspace, place: LatLon) -> f64 {
    let corners = || airspace.rings.iter().flat_map(|ring| &ring.points);
    let ends = |of: fn(&LatLon) -> f64| {
        corners().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), deg| (least.min(deg), most.max(deg)))
    };
    let ((south, north), (west, east)) = (ends(|corner| corner.lat_deg), ends(|corner| corner.lon_deg));
    let lat_deg = (south - place.lat_deg).max(place.lat_deg - north).max(0.0);
    // Round the Earth the other way it may be nearer, and towards the poles meridians come together.
    let apart = |lon_deg: f64| (west - lon_deg).max(lon_deg - east).max(0.0);
    let turns = [-360.0, 0.0, 360.0].map(|turn| apart(place.lon_deg + turn));
    let lon_deg = turns.into_iter().fold(f64::INFINITY, f64::min).min(90.0);
    let widest_rad = math::rad(place.lat_deg.abs().max(south.abs()).max(north.abs()).min(90.0));
    (lat_deg * DEGREE_M).max(lon_deg * DEGREE_M * math::cos(widest_rad))
}

/// A track by its number or id, of those shown or still spoken of.
fn track_id(app: &App, key: &str) -> Result<TrackId, Fault> {
    let shown = app.now();
    let picture = &shown.view.picture;
    let known = picture
        .tracks
        .iter()
        .map(|shown| (shown.track.id, shown.number))
        .chain(picture.former.iter().map(|former| (former.id, former.number)));
    let found = known.into_iter().find(|(id, number)| id.to_string() == key || number.to_string() == key);
    found
        .map(|(id, _)| id)
        .ok_or_else(|| Fault::missing(format!("no track \"{key}\" is known now; give its number or its id")))
}

impl Renderer<'_> {
    /// All reports, newest first.
    #[must_use]
    pub fn reports(&self) -> Vec<ReportDto> {
        self.picture.reports.iter().rev().filter_map(|record| self.report(record)).collect()
    }

    /// A report.
    #[must_use]
    pub fn report(&self, record: &GroundReportRecord) -> Option<ReportDto> {
        Some(ReportDto {
            id: record.id.to_string(),
            number: record.number,
            withdrawn: record.current().is_none(),
            filed: record.history.first()?.time.to_string(),
            updated: record.updated().to_string(),
            statement: self.statement(record.last_stated()?),
            history: record.history.iter().map(|revision| self.revision(revision)).collect(),
        })
    }

    fn revision(&self, revision: &GroundReportRevision) -> ReportRevisionDto {
        ReportRevisionDto {
            time: revision.time.to_string(),
            by: revision.by.clone(),
            reason: revision.reason.clone(),
            statement: revision.statement.as_ref().map(|statement| self.statement(statement)),
        }
    }

    fn statement(&self, report: &GroundReport) -> StatementDto {
        StatementDto {
            title: words::capital(words::ground_report(report)),
            kind: match report.kind {
                GroundReportKind::Wreck => ReportKindName::Wreck,
                GroundReportKind::Debris => ReportKindName::Debris,
                GroundReportKind::Sighting => ReportKindName::Sighting,
                GroundReportKind::Damage => ReportKindName::Damage,
                GroundReportKind::ShotDown => ReportKindName::ShotDown,
            },
            lat_deg: report.place.lat_deg,
            lon_deg: report.place.lon_deg,
            radius_90_m: report.radius_90_m,
            from: report.from.to_string(),
            until: report.until.to_string(),
            object: match report.object {
                ReportedObject::Drone => ObjectName::Drone,
                ReportedObject::NotADrone => ObjectName::NotADrone,
                ReportedObject::Unknown => ObjectName::Unknown,
            },
            confidence: report.confidence,
            cause: match report.cause {
                ReportedCause::NotStated => CauseName::NotStated,
                ReportedCause::ObjectItself => CauseName::ObjectItself,
                ReportedCause::BroughtDown => CauseName::BroughtDown,
                ReportedCause::OwnOrAlliedOrdnance => CauseName::OwnOrAlliedOrdnance,
                ReportedCause::Other => CauseName::Other,
            },
            cause_confidence: report.cause_confidence,
            track: report.track.map(|track| track.to_string()),
            track_label: report.track.map(|track| self.subject_label(&Subject::Track(track))),
            source: report.source.clone(),
            text: report.text.clone(),
        }
    }
}
