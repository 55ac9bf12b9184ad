//! What a scenario says of jammers, spoofers and airframes, and what becomes of it.

use super::ScenarioError;
use super::build::{Context, handling};
use super::spec::{Corner, Place};
use crate::navigation::{Airframes, Antenna, Jammer, Navigation, Spoofer, Stands, Tells};
use crate::path::Path;
use crate::target::Kind;
use serde::Deserialize;
use skypicket_model::math::rad;
use skypicket_model::{Span, Time};
use toml::Spanned;

/// The most jammers or spoofers of one world: each is looked at once a second for each aircraft.
const MOST: usize = 32;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JammerSpec {
    at: Option<Place>,
    /// The way of what carries it, from the moment `from` on.
    #[serde(default)]
    path: Vec<Corner>,
    mast_m: f64,
    eirp_dbw: f64,
    sector: Option<Sector>,
    from: String,
    until: String,
    on_s: Option<f64>,
    off_s: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sector {
    towards_deg: f64,
    width_deg: f64,
    #[serde(default = "usual_back")]
    front_to_back_db: f64,
}

fn usual_back() -> f64 {
    20.0
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpooferSpec {
    at: Place,
    mast_m: f64,
    range_km: f64,
    /// What it tells: one of these three.
    point: Option<Place>,
    circle: Option<Circle>,
    pull: Option<Pull>,
    #[serde(default = "usual_height")]
    height_m: f64,
    from: String,
    until: String,
}

fn usual_height() -> f64 {
    100.0
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Circle {
    around: Place,
    radius_km: f64,
    m_s: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pull {
    towards_deg: f64,
    m_s: f64,
}

/// Shares of airframes; what is left out is as [`Airframes::mixed`] has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AirframesSpec {
    chronic: Option<f64>,
    version_0: Option<f64>,
    version_1: Option<f64>,
    flickering: Option<f64>,
    weak_raim: Option<f64>,
    ramps_per_hour: Option<f64>,
    glitches_per_hour: Option<f64>,
    lost_at_birth: Option<f64>,
    without: Option<[f64; 4]>,
    recovers: Option<[f64; 4]>,
    false_signals: Option<[f64; 3]>,
    lost_js_db: Option<[f64; 2]>,
    #[serde(default)]
    raim_holes: Vec<[String; 2]>,
}

type Result<T> = core::result::Result<T, ScenarioError>;

/// All of it.
pub(crate) fn navigation(
    jammers: &[Spanned<JammerSpec>],
    spoofers: &[Spanned<SpooferSpec>],
    frames: Option<&Spanned<AirframesSpec>>,
    context: &Context<'_>,
) -> Result<Navigation> {
    if jammers.len().max(spoofers.len()) > MOST {
        return Err(ScenarioError::new(0, format!("more than {MOST} jammers or spoofers")));
    }
    Ok(Navigation {
        jammers: jammers.iter().map(|spec| jammer(spec, context)).collect::<Result<_>>()?,
        spoofers: spoofers.iter().map(|spec| spoofer(spec, context)).collect::<Result<_>>()?,
        airframes: frames.map(|spec| airframes(spec, context)).transpose()?,
    })
}

fn within(name: &str, value: f64, least: f64, most: f64, line: usize) -> Result<f64> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(ScenarioError::new(line, format!("{name} is {value}, must be in [{least}, {most}]")))
}

fn jammer(spanned: &Spanned<JammerSpec>, context: &Context<'_>) -> Result<Jammer> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    let from = context.time(&spec.from, line)?;
    let mast_m = within("mast_m", spec.mast_m, 0.0, 1000.0, line)?;
    let stands = match (&spec.at, spec.path.as_slice()) {
        (Some(at), []) => Stands::Still(context.site(at, mast_m, line)?),
        (None, path @ [_, ..]) => {
            let path = Path::new(&context.waypoints(path, line)?, handling(Kind::Light)).ok_or_else(|| {
                ScenarioError::new(line, "a jammer's path needs two corners apart and a speed above 0")
            })?;
            Stands::Moving { path, from, mast_m }
        }
        _ => return Err(ScenarioError::new(line, "a jammer needs either at or path")),
    };
    let antenna = match &spec.sector {
        None => Antenna::Omni,
        Some(sector) => Antenna::Sector {
            towards_rad: rad(within("towards_deg", sector.towards_deg, -360.0, 360.0, line)?),
            width_rad: rad(within("width_deg", sector.width_deg, 1.0, 360.0, line)?),
            front_to_back_db: within("front_to_back_db", sector.front_to_back_db, 0.0, 60.0, line)?,
        },
    };
    let duty = match (spec.on_s, spec.off_s) {
        (None, None) => None,
        (Some(on), Some(off)) => Some((seconds("on_s", on, line)?, seconds("off_s", off, line)?)),
        _ => return Err(ScenarioError::new(line, "on_s and off_s go together")),
    };
    let eirp_dbw = within("eirp_dbw", spec.eirp_dbw, -40.0, 60.0, line)?;
    Ok(Jammer { stands, eirp_dbw, antenna, from, until: context.time(&spec.until, line)?, duty })
}

fn seconds(name: &str, value: f64, line: usize) -> Result<Span> {
    within(name, value, 0.1, 86_400.0, line)?;
    Ok(Span::from_s_f64(value).unwrap_or(Span::from_s(1)))
}

fn spoofer(spanned: &Spanned<SpooferSpec>, context: &Context<'_>) -> Result<Spoofer> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    let tells = match (&spec.point, &spec.circle, &spec.pull) {
        (Some(point), None, None) => Tells::Point(context.place(point, line)?),
        (None, Some(circle), None) => Tells::Circle {
            around: context.place(&circle.around, line)?,
            radius_m: 1000.0 * within("circle.radius_km", circle.radius_km, 0.01, 1000.0, line)?,
            m_s: within("circle.m_s", circle.m_s, 0.0, 400.0, line)?,
        },
        (None, None, Some(pull)) => Tells::Pull {
            towards_rad: rad(within("pull.towards_deg", pull.towards_deg, -360.0, 360.0, line)?),
            m_s: within("pull.m_s", pull.m_s, 0.01, 1000.0, line)?,
        },
        _ => return Err(ScenarioError::new(line, "a spoofer tells one of point, circle and pull")),
    };
    Ok(Spoofer {
        site: context.site(&spec.at, within("mast_m", spec.mast_m, 0.0, 1000.0, line)?, line)?,
        range_m: 1000.0 * within("range_km", spec.range_km, 0.1, 1000.0, line)?,
        tells,
        height_m: within("height_m", spec.height_m, -500.0, 30_000.0, line)?,
        from: context.time(&spec.from, line)?,
        until: context.time(&spec.until, line)?,
    })
}

fn airframes(spanned: &Spanned<AirframesSpec>, context: &Context<'_>) -> Result<Airframes> {
    let spec = spanned.get_ref();
    let line = context.line(spanned);
    let usual = Airframes::mixed();
    let share =
        |name: &str, value: Option<f64>, usual: f64| value.map_or(Ok(usual), |own| within(name, own, 0.0, 1.0, line));
    let shares = |name: &str, values: &[f64]| {
        values.iter().try_for_each(|own| within(name, *own, 0.0, 1.0, line).map(|_| ()))?;
        within(name, values.iter().sum(), 0.999, 1.001, line).map(|_| ())
    };
    let (without, recovers) = (spec.without.unwrap_or(usual.without), spec.recovers.unwrap_or(usual.recovers));
    let false_signals = spec.false_signals.unwrap_or(usual.false_signals);
    shares("without", &without)?;
    shares("recovers", &recovers)?;
    shares("false_signals", &false_signals)?;
    let [lost_db, sigma_db] = spec.lost_js_db.unwrap_or(usual.lost_js_db);
    let lost_js_db =
        [within("lost_js_db", lost_db, 0.0, 120.0, line)?, within("lost_js_db", sigma_db, 0.0, 30.0, line)?];
    let mut raim_holes: Vec<(Time, Time)> = Vec::new();
    for [from, until] in &spec.raim_holes {
        raim_holes.push((context.time(from, line)?, context.time(until, line)?));
    }
    Ok(Airframes {
        chronic: share("chronic", spec.chronic, usual.chronic)?,
        version_0: share("version_0", spec.version_0, usual.version_0)?,
        version_1: share("version_1", spec.version_1, usual.version_1)?,
        flickering: share("flickering", spec.flickering, usual.flickering)?,
        weak_raim: share("weak_raim", spec.weak_raim, usual.weak_raim)?,
        ramps_per_hour: within("ramps_per_hour", spec.ramps_per_hour.unwrap_or(usual.ramps_per_hour), 0.0, 60.0, line)?,
        glitches_per_hour: within(
            "glitches_per_hour",
            spec.glitches_per_hour.unwrap_or(usual.glitches_per_hour),
            0.0,
            60.0,
            line,
        )?,
        lost_at_birth: share("lost_at_birth", spec.lost_at_birth, usual.lost_at_birth)?,
        without,
        recovers,
        false_signals,
        lost_js_db,
        varied: usual.varied,
        raim_holes,
    })
}
