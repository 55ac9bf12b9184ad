//! What people tell in a story: reports from the ground, as the commands by which they are filed.

use super::ScenarioError;
use super::build::Context;
use super::spec::Place;
use crate::world::Said;
use serde::Deserialize;
use skypicket_model::ground_report::{GroundReport, GroundReportKind, ReportedCause, ReportedObject};
use skypicket_model::{Action, Command, Span};
use toml::Spanned;

/// How long before it is told something happened when the story does not say since when it may have: a night.
const USUAL_EARLIER: Span = Span::from_s(3600);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    /// When it is filed.
    told: String,
    kind: Kind,
    place: Place,
    radius_km: f64,
    /// Between these moments it happened: an hour before it is told, until then.
    from: Option<String>,
    until: Option<String>,
    #[serde(default)]
    object: Object,
    confidence: f64,
    #[serde(default)]
    cause: Cause,
    #[serde(default)]
    cause_confidence: f64,
    source: String,
    #[serde(default)]
    text: String,
    #[serde(default = "somebody")]
    by: String,
}

fn somebody() -> String {
    "duty officer".into()
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Wreck,
    Debris,
    Sighting,
    Damage,
    ShotDown,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Object {
    Drone,
    NotADrone,
    #[default]
    Unknown,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Cause {
    #[default]
    NotStated,
    ObjectItself,
    BroughtDown,
    OwnOrAlliedOrdnance,
    Other,
}

/// The command that files a report, and when.
///
/// # Errors
/// When a moment or place is none, or the report could not be taken by the program.
pub(crate) fn said(spanned: &Spanned<Report>, context: &Context<'_>) -> Result<Said, ScenarioError> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    let at = context.time(&spec.told, line)?;
    let moment = |text: &Option<String>, default| text.as_ref().map_or(Ok(default), |text| context.time(text, line));
    let report = GroundReport {
        kind: match spec.kind {
            Kind::Wreck => GroundReportKind::Wreck,
            Kind::Debris => GroundReportKind::Debris,
            Kind::Sighting => GroundReportKind::Sighting,
            Kind::Damage => GroundReportKind::Damage,
            Kind::ShotDown => GroundReportKind::ShotDown,
        },
        place: context.place(&spec.place, line)?,
        radius_90_m: 1000.0 * spec.radius_km,
        from: moment(&spec.from, at - USUAL_EARLIER)?,
        until: moment(&spec.until, at)?,
        object: match spec.object {
            Object::Drone => ReportedObject::Drone,
            Object::NotADrone => ReportedObject::NotADrone,
            Object::Unknown => ReportedObject::Unknown,
        },
        confidence: spec.confidence,
        cause: match spec.cause {
            Cause::NotStated => ReportedCause::NotStated,
            Cause::ObjectItself => ReportedCause::ObjectItself,
            Cause::BroughtDown => ReportedCause::BroughtDown,
            Cause::OwnOrAlliedOrdnance => ReportedCause::OwnOrAlliedOrdnance,
            Cause::Other => ReportedCause::Other,
        },
        cause_confidence: spec.cause_confidence,
        track: None,
        source: spec.source.clone(),
        text: spec.text.clone(),
    };
    if let Some(fault) = report.fault() {
        return Err(ScenarioError::new(line, format!("the report cannot be taken: {fault}")));
    }
    let command = Command { operator: spec.by.clone(), action: Action::FileReport { report: Box::new(report) } };
    Ok(Said { at, command })
}
