//! `GET /api/v1/coverage`: where a target could have been seen. Internal.

use super::{AsOf, Fault, Given, Parameters, Query, Shared, shown};
use crate::http::dto::{CoverageDto, CoverageSensorDto};
use crate::http::shown::Shown;
use crate::plan::Plan;
use crate::words;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use skypicket_assess::coverage::{MAX_LOOKS, Network, Target};
use skypicket_model::{LatLon, Span};
use std::sync::Arc;

/// Cells of an answer, unless asked otherwise and at most.
const CELLS: (u64, u64) = (6_000, 20_000);
/// How far about the sensors is looked where no box is given, degrees of latitude.
const ABOUT_DEG: f64 = 2.5;

/// What may be asked.
pub(super) struct Asked {
    height_m: f64,
    rcs_m2: Option<f64>,
    looks: Option<u64>,
    within_s: Option<f64>,
    cells: u64,
    bbox: Option<[f64; 4]>,
    as_of: AsOf,
}

impl Parameters for Asked {
    const TAKES: &'static [&'static str] = &["height_m", "rcs_m2", "looks", "within_s", "cells", "bbox", "as_of"];
    fn read(given: &Given) -> Result<Self, Fault> {
        let missing = || Fault::bad("height_m is missing; give the target's height in metres");
        Ok(Self {
            height_m: number(given, "height_m", 0.0, 30_000.0)?.ok_or_else(missing)?,
            rcs_m2: number(given, "rcs_m2", 1e-4, 1e4)?,
            looks: given.number("looks", 1..=MAX_LOOKS as u64)?,
            within_s: number(given, "within_s", 1.0, 3600.0)?,
            cells: given.number("cells", 1..=CELLS.1)?.unwrap_or(CELLS.0),
            bbox: given.text("bbox").map(bbox).transpose()?,
            as_of: AsOf::read(given)?,
        })
    }
}

fn number(given: &Given, key: &str, low: f64, high: f64) -> Result<Option<f64>, Fault> {
    let Some(text) = given.text(key) else { return Ok(None) };
    let read = text.trim().parse::<f64>().ok().filter(|number| (low..=high).contains(number));
    read.map(Some).ok_or_else(|| Fault::bad(format!("{key} is \"{text}\", must be a number from {low} to {high}")))
}

fn bbox(text: &str) -> Result<[f64; 4], Fault> {
    let wrong = || {
        Fault::bad(format!(
            "bbox is \"{text}\", must be west,south,east,north in degrees, west of east and south of north, within 60 degrees"
        ))
    };
    let numbers: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    let [west, south, east, north] = numbers.as_slice() else { return Err(wrong()) };
    let sound = (-180.0..=180.0).contains(west)
        && (-85.0..=85.0).contains(south)
        && (*west + 1e-3..=(*west + 60.0).min(180.0)).contains(east)
        && (*south + 1e-3..=(*south + 60.0).min(85.0)).contains(north);
    if sound { Ok([*west, *south, *east, *north]) } else { Err(wrong()) }
}

pub(super) async fn coverage(State(app): Shared, Query(asked): Query<Asked>) -> Result<Json<CoverageDto>, Fault> {
    let shown = shown(&app, &asked.as_of).await?;
    // Many cells by many sensors: not on a thread that answers others.
    let worked_out = tokio::task::spawn_blocking(move || answer(&shown, &asked)).await;
    worked_out.map(Json).map_err(|error| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

fn answer(shown: &Arc<Shown>, asked: &Asked) -> CoverageDto {
    let (picture, plan) = (&shown.view.picture, &shown.view.plan);
    let coverage = plan.coverage();
    let params = coverage.params();
    let network = coverage.now(&plan.expected_sensors(), &picture.sensors, picture.time, None);
    let bbox = asked.bbox.unwrap_or_else(|| about(&network));
    let [west, south, east, north] = bbox;
    let middle = skypicket_model::math::rad(0.5 * (south + north));
    let shape = (east - west) * skypicket_model::math::cos(middle) / (north - south);
    let columns = ((asked.cells as f64 * shape).sqrt() as u64).clamp(1, asked.cells);
    let rows = (asked.cells / columns).max(1);
    let target = Target { rcs_m2: asked.rcs_m2.unwrap_or(params.rcs_m2), height_m: asked.height_m };
    let looks = asked.looks.map_or(params.looks, |looks| looks as u32);
    let within_s = asked.within_s.unwrap_or(params.within_s);
    let from = picture.time - Span::from_s_f64(within_s).unwrap_or(Span::ZERO);
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let percent = cells.map(|(row, column)| {
        let spot = coverage.spot(LatLon {
            lat_deg: north - (row as f64 + 0.5) * (north - south) / rows as f64,
            lon_deg: west + (column as f64 + 0.5) * (east - west) / columns as f64,
        });
        // What is nearly certain must not look certain.
        (100.0 * network.seen(&spot, target, from, picture.time, looks as usize)).floor() as u8
    });
    CoverageDto {
        time: picture.time.to_string(),
        handling: "internal",
        released: words::coverage::RELEASED,
        height_m: asked.height_m,
        above_ground: coverage.knows_ground(),
        rcs_m2: target.rcs_m2,
        looks,
        within_s,
        percent: percent.collect(),
        columns: columns as usize,
        rows: rows as usize,
        bbox,
        sensors: sensors(&network, plan),
    }
}

fn sensors(network: &Network, plan: &Plan) -> Vec<CoverageSensorDto> {
    let kind = |id| plan.sensors.iter().find(|sensor| sensor.id == id).map(|sensor| sensor.kind);
    let sensor = |watcher: &skypicket_assess::coverage::Watcher| CoverageSensorDto {
        id: watcher.id().to_string(),
        name: plan.sensor_name(watcher.id()),
        watching: watcher.blind().is_none(),
        why_not: watcher.blind().map(|why| words::coverage::blind(why, kind(watcher.id()))),
    };
    network.watchers().iter().map(sensor).collect()
}

/// A box about all sensors.
fn about(network: &Network) -> [f64; 4] {
    let places = network.watchers().iter().filter_map(skypicket_assess::coverage::Watcher::place);
    let mut all = [180.0_f64, 85.0, -180.0, -85.0];
    for place in places {
        all[0] = all[0].min(place.lon_deg - 1.6 * ABOUT_DEG);
        all[1] = all[1].min(place.lat_deg - ABOUT_DEG);
        all[2] = all[2].max(place.lon_deg + 1.6 * ABOUT_DEG);
        all[3] = all[3].max(place.lat_deg + ABOUT_DEG);
    }
    let [west, south, east, north] = all;
    if west >= east {
        return [14.0, 49.0, 24.0, 55.0];
    }
    let (west, south) = (west.max(-180.0), south.max(-85.0));
    [west, south, east.min(west + 60.0).min(180.0), north.min(south + 60.0).min(85.0)]
}
