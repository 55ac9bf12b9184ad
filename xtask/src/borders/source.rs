//! Reads the source map and the table of country codes.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use i_overlay::i_float::int::point::IntPoint;
use serde_json::Value;

/// A vertex in units of 1e-7 degree: x is longitude, y is latitude.
pub(super) type Point = IntPoint<i64>;
/// A ring without the repeated last vertex.
pub(super) type Ring = Vec<Point>;

/// Units of the source's own grid: it gives five decimals.
pub(super) const SOURCE_UNIT: i64 = 100;

/// Everything that the source counts under one code.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// ISO 3166-1 alpha-3 code.
    pub(super) code: String,
    /// All rings, outer and inner alike. The source writes holes as polygons of their own (the enclave of Sankovo-Medvezhye is a second
    /// polygon of Belarus), so that only the even-odd rule reads it rightly.
    pub(super) rings: Vec<Ring>,
}

/// Reads the GeoJSON feature collection.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<State>> {
    let map: Value = serde_json::from_slice(bytes).context("the source is no JSON")?;
    let features = map["features"].as_array().context("the source has no features")?;
    let mut states = Vec::with_capacity(features.len());
    for feature in features {
        let code = feature["properties"]["A3"].as_str().context("a feature has no A3 code")?.to_owned();
        let geometry = &feature["geometry"];
        let coordinates = geometry["coordinates"].as_array().with_context(|| format!("{code}: no coordinates"))?;
        let mut rings = Vec::new();
        match geometry["type"].as_str() {
            Some("Polygon") => read_rings(coordinates, &mut rings).with_context(|| code.clone())?,
            Some("MultiPolygon") => {
                for polygon in coordinates {
                    let polygon = polygon.as_array().with_context(|| format!("{code}: a polygon is no list"))?;
                    read_rings(polygon, &mut rings).with_context(|| code.clone())?;
                }
            }
            other => bail!("{code}: geometry {other:?}"),
        }
        states.push(State { code, rings });
    }
    states.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(states)
}

fn read_rings(polygon: &[Value], rings: &mut Vec<Ring>) -> Result<()> {
    for ring in polygon {
        let vertices = ring.as_array().context("a ring is no list")?;
        let mut points = Vec::with_capacity(vertices.len());
        for vertex in vertices {
            points.push(Point::new(on_grid(&vertex[0])?, on_grid(&vertex[1])?));
        }
        if points.len() < 4 || points.first() != points.last() {
            bail!("a ring of {} vertices is not closed", points.len());
        }
        points.pop();
        rings.push(points);
    }
    Ok(())
}

/// Degrees to units of 1e-7 degree, by way of the source's grid of 1e-5 degree.
fn on_grid(value: &Value) -> Result<i64> {
    let degrees = value.as_f64().context("a coordinate is no number")?;
    if !(-180.0..=180.0).contains(&degrees) {
        bail!("coordinate {degrees} is out of range");
    }
    Ok((degrees * 1e5).round() as i64 * SOURCE_UNIT)
}

/// Alpha-2 code and English name of every alpha-3 code.
pub(super) fn read_codes(path: &Path) -> Result<BTreeMap<String, (String, String)>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let mut codes = BTreeMap::new();
    for (number, line) in text.lines().enumerate().skip(1) {
        let mut fields = line.split('\t');
        let (Some(alpha3), Some(alpha2), Some(name)) = (fields.next(), fields.next(), fields.next()) else {
            bail!("{}:{}: wanted three fields", path.display(), number + 1);
        };
        codes.insert(alpha3.to_owned(), (alpha2.to_owned(), name.to_owned()));
    }
    Ok(codes)
}
