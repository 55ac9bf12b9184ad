//! Airspace from GeoJSON (RFC 7946). Properties and their words: `docs/formats/airspace-geojson.md`.

use serde::Deserialize;
use serde_json::value::RawValue;
use skypicket_model::airspace::{SourceDocument, Window};
use skypicket_model::{Airspace, AirspaceId, AirspaceKind, EdgeClass, LatLon, Ring, Time, VerticalLimit};

use crate::airspace::{Fault, MAX_AIRSPACES, MAX_CORNERS, MAX_FAULTS, circle, limit};

#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    features: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(rename = "type")]
    kind: String,
    geometry: Geometry,
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<Vec<f64>>>),
    MultiPolygon(Vec<Vec<Vec<Vec<f64>>>>),
    Point(Vec<f64>),
}

/// What a feature's properties may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Properties {
    code: String,
    #[serde(default)]
    name: Option<String>,
    kind: Kind,
    #[serde(default)]
    lower: Option<String>,
    #[serde(default)]
    upper: Option<String>,
    #[serde(default)]
    schedule: Vec<Times>,
    #[serde(default)]
    edges: Edges,
    #[serde(default)]
    radius_m: Option<f64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    State,
    Fir,
    Ctr,
    Tma,
    Prohibited,
    Restricted,
    Danger,
    Adiz,
    UasZone,
    Other,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Edges {
    Land,
    Water,
    Sea,
    #[default]
    Exact,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Times {
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    days: Option<Vec<String>>,
    #[serde(default)]
    daily: Option<String>,
}

/// Reads a file's airspaces; ids count up from `first`. `source` names the file and its SHA-256.
///
/// # Errors
/// All faults, each with the line on which its feature begins (JSON faults with their own line).
pub fn read(
    text: &str,
    first: AirspaceId,
    source: &SourceDocument,
    watched: bool,
) -> Result<Vec<Airspace>, Vec<Fault>> {
    let collection: Collection<'_> = serde_json::from_str(text)
        .map_err(|error| vec![Fault { line: error.line().max(1), what: without_place(&error) }])?;
    if collection.kind != "FeatureCollection" {
        return Err(vec![Fault {
            line: 1,
            what: format!("type is \"{}\", must be FeatureCollection", collection.kind),
        }]);
    }
    if collection.features.len() > MAX_AIRSPACES {
        return Err(vec![Fault { line: 1, what: format!("more than {MAX_AIRSPACES} features") }]);
    }
    let (mut airspaces, mut faults, mut corners) = (Vec::new(), Vec::new(), 0);
    for raw in collection.features {
        let id = AirspaceId(first.0.saturating_add(u32::try_from(airspaces.len()).unwrap_or(u32::MAX)));
        match feature(raw.get(), id, source, watched, &mut corners) {
            Ok(airspace) => airspaces.push(airspace),
            Err((line_within, what)) => {
                let line = line_of(text, raw.get()) + line_within;
                if faults.len() < MAX_FAULTS {
                    faults.push(Fault { line, what });
                }
            }
        }
    }
    if faults.is_empty() { Ok(airspaces) } else { Err(faults) }
}

/// serde_json's message without its "at line … column …", which would count from the feature.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or_else(|| message.clone(), |(what, _)| what.to_owned())
}

/// The 1-based line of a part of a text.
fn line_of(text: &str, part: &str) -> usize {
    let offset = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    1 + text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count()
}

fn feature(
    text: &str,
    id: AirspaceId,
    source: &SourceDocument,
    watched: bool,
    corners: &mut usize,
) -> Result<Airspace, (usize, String)> {
    let feature: Feature =
        serde_json::from_str(text).map_err(|error| (error.line().saturating_sub(1), without_place(&error)))?;
    airspace(feature, id, source, watched, corners).map_err(|what| (0, what))
}

fn airspace(
    feature: Feature,
    id: AirspaceId,
    source: &SourceDocument,
    watched: bool,
    corners: &mut usize,
) -> Result<Airspace, String> {
    let properties = feature.properties;
    let code = properties.code.trim().to_owned();
    if feature.kind != "Feature" || code.is_empty() {
        return Err("a feature needs \"type\": \"Feature\" and a code".to_owned());
    }
    let fault = |what: String| format!("airspace \"{code}\": {what}");
    let class = match properties.edges {
        Edges::Land => EdgeClass::Land,
        Edges::Water => EdgeClass::Water,
        Edges::Sea => EdgeClass::Sea,
        Edges::Exact => EdgeClass::Exact,
    };
    let rings = rings(feature.geometry, properties.radius_m, class).map_err(fault)?;
    *corners += rings.iter().map(|ring| ring.points.len()).sum::<usize>();
    if *corners > MAX_CORNERS {
        return Err(fault(format!("the file has more than {MAX_CORNERS} corners")));
    }
    let bound = |text: Option<String>, default| text.map_or(Ok(default), |text| limit(&text));
    Ok(Airspace {
        id,
        name: properties.name.unwrap_or_else(|| code.clone()),
        kind: kind(properties.kind),
        rings,
        lower: bound(properties.lower, VerticalLimit::Surface).map_err(fault)?,
        upper: bound(properties.upper, VerticalLimit::Unlimited).map_err(fault)?,
        schedule: properties.schedule.iter().map(window).collect::<Result<_, _>>().map_err(fault)?,
        source: source.clone(),
        watched,
        code,
    })
}

const fn kind(kind: Kind) -> AirspaceKind {
    match kind {
        Kind::State => AirspaceKind::State,
        Kind::Fir => AirspaceKind::Fir,
        Kind::Ctr => AirspaceKind::Ctr,
        Kind::Tma => AirspaceKind::Tma,
        Kind::Prohibited => AirspaceKind::Prohibited,
        Kind::Restricted => AirspaceKind::Restricted,
        Kind::Danger => AirspaceKind::Danger,
        Kind::Adiz => AirspaceKind::Adiz,
        Kind::UasZone => AirspaceKind::UasZone,
        Kind::Other => AirspaceKind::Other,
    }
}

fn rings(geometry: Geometry, radius_m: Option<f64>, class: EdgeClass) -> Result<Vec<Ring>, String> {
    let polygons = match (geometry, radius_m) {
        (Geometry::Point(at), Some(radius_m)) => {
            let points = circle(place(&at)?, radius_m)?;
            return Ok(vec![Ring { edges: vec![class; points.len()], points }]);
        }
        (Geometry::Point(_), None) => return Err("a Point needs radius_m".to_owned()),
        (_, Some(_)) => return Err("radius_m goes with a Point only".to_owned()),
        (Geometry::Polygon(polygon), None) => vec![polygon],
        (Geometry::MultiPolygon(polygons), None) => polygons,
    };
    let rings: Vec<Ring> = polygons
        .iter()
        .flatten()
        .map(|ring| {
            let mut points = ring.iter().map(|at| place(at)).collect::<Result<Vec<_>, _>>()?;
            if points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
            if points.len() < 3 {
                return Err(format!("a ring has {} corners, must have 3 or more", points.len()));
            }
            Ok(Ring { edges: vec![class; points.len()], points })
        })
        .collect::<Result<_, String>>()?;
    if rings.is_empty() { Err("it has no ring".to_owned()) } else { Ok(rings) }
}

/// Longitude first, as GeoJSON has it.
fn place(at: &[f64]) -> Result<LatLon, String> {
    match at {
        [lon_deg, lat_deg, ..] => LatLon::new(*lat_deg, *lon_deg)
            .ok_or_else(|| format!("[{lon_deg}, {lat_deg}] is no place, must be [longitude, latitude] in degrees")),
        _ => Err("a place has fewer than two numbers".to_owned()),
    }
}

fn window(times: &Times) -> Result<Window, String> {
    let moment = |text: &Option<String>, default: Time| {
        text.as_ref().map_or(Ok(default), |text| {
            Time::parse(text).ok_or_else(|| format!("time is \"{text}\", must be like 2025-09-10T22:00:00Z"))
        })
    };
    let (from, until) = (moment(&times.from, Time::EPOCH)?, moment(&times.until, Time::from_ns(i64::MAX))?);
    if until <= from {
        return Err("schedule: until is not after from".to_owned());
    }
    let (daily_from_s, daily_until_s) = times.daily.as_deref().map_or(Ok((0, 86_400)), daily)?;
    Ok(Window { from, until, weekdays: weekdays(times.days.as_deref())?, daily_from_s, daily_until_s })
}

fn weekdays(days: Option<&[String]>) -> Result<u8, String> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let Some(days) = days else { return Ok(0x7f) };
    days.iter().try_fold(0, |mask, day| {
        let at = NAMES.iter().position(|name| *name == day.to_ascii_lowercase());
        at.map(|at| mask | 1 << at).ok_or_else(|| format!("day is \"{day}\", must be mon to sun"))
    })
}

/// `22:00-06:00`, UTC.
fn daily(text: &str) -> Result<(u32, u32), String> {
    let wrong = || format!("daily is \"{text}\", must be like 22:00-06:00 (UTC)");
    let second = |text: &str| {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
        (minute < 60 && hour * 60 + minute <= 1440).then_some(hour.checked_mul(3600)? + minute * 60)
    };
    let (from, until) = text.split_once('-').ok_or_else(wrong)?;
    match (second(from), second(until)) {
        (Some(from), Some(until)) if from != until && from < 86_400 => Ok((from, until)),
        _ => Err(wrong()),
    }
}
