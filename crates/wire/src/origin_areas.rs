//! Candidate areas of origins from GeoJSON: polygons with a name and a weight. What is read: `docs/formats/origin-areas.md`.

use serde::Deserialize;
use skypicket_model::LatLon;

/// An area as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginArea {
    /// Its name.
    pub name: String,
    /// How often flights are thought to start in it, relative to the others.
    pub weight: f64,
    /// Rings of its polygons; inside is what is in an odd number of them.
    pub rings: Vec<Vec<LatLon>>,
}

/// Most areas, most corners of all, longest name.
pub const MAX_AREAS: usize = 64;
/// Most corners of all areas together.
pub const MAX_CORNERS: usize = 20_000;
const MAX_NAME: usize = 80;

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Collection {
    FeatureCollection { features: Vec<Feature> },
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Feature {
    Feature { geometry: Geometry, properties: Properties },
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<Vec<f64>>>),
    MultiPolygon(Vec<Vec<Vec<Vec<f64>>>>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Properties {
    name: String,
    #[serde(default = "one")]
    weight: f64,
}

const fn one() -> f64 {
    1.0
}

/// Reads a FeatureCollection.
///
/// # Errors
/// What is wrong, and of which area.
pub fn read(text: &str) -> Result<Vec<OriginArea>, String> {
    let Collection::FeatureCollection { features } = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if features.len() > MAX_AREAS {
        return Err(format!("{} areas, may have {MAX_AREAS}", features.len()));
    }
    let mut areas: Vec<OriginArea> = Vec::with_capacity(features.len());
    let mut corners = 0;
    for Feature::Feature { geometry, properties } in features {
        let Properties { name, weight } = properties;
        let wrong = |what: &str| format!("area \"{}\": {what}", name.chars().take(MAX_NAME).collect::<String>());
        if name.trim().is_empty() || name.len() > MAX_NAME || areas.iter().any(|area| area.name == name) {
            return Err(wrong("name must be given once, with 1 to 80 letters"));
        }
        if !(1e-9..=1e9).contains(&weight) {
            return Err(wrong(&format!("weight is {weight}, must be above 0")));
        }
        let polygons = match geometry {
            Geometry::Polygon(rings) => vec![rings],
            Geometry::MultiPolygon(polygons) => polygons,
        };
        let mut rings = Vec::new();
        for ring in polygons.into_iter().flatten() {
            rings.push(read_ring(&ring).ok_or_else(|| {
                wrong("a ring must have four corners or more, each [longitude, latitude] in degrees, the last like the first")
            })?);
            corners += ring.len();
        }
        if rings.is_empty() || corners > MAX_CORNERS {
            return Err(wrong(&format!("no ring, or more than {MAX_CORNERS} corners in the file")));
        }
        areas.push(OriginArea { name, weight, rings });
    }
    Ok(areas)
}

/// Corners without the last, which repeats the first.
fn read_ring(ring: &[Vec<f64>]) -> Option<Vec<LatLon>> {
    let corner = |at: &Vec<f64>| match at.as_slice() {
        [lon_deg, lat_deg, ..] if lon_deg.abs() <= 180.0 && lat_deg.abs() <= 90.0 => {
            Some(LatLon { lat_deg: *lat_deg, lon_deg: *lon_deg })
        }
        _ => None,
    };
    let mut corners = ring.iter().map(corner).collect::<Option<Vec<LatLon>>>()?;
    let closed = corners.len() >= 4 && corners.first() == corners.last();
    corners.pop();
    closed.then_some(corners)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"name":"area A","weight":2},"geometry":{"type":"Polygon","coordinates":[[[35,51],[36,51],[36,52],[35,51]]]}},
        {"type":"Feature","properties":{"name":"area B"},"geometry":{"type":"MultiPolygon","coordinates":[[[[30,50],[31,50],[31,51],[30,50]]],[[[32,50],[33,50],[33,51],[32,50]]]]}}]}"#;

    #[test]
    fn areas_are_read_with_their_weights() {
        let areas = read(TWO).expect("areas");
        assert_eq!((areas[0].name.as_str(), areas[0].weight, areas[0].rings[0].len()), ("area A", 2.0, 3));
        assert_eq!((areas[1].weight, areas[1].rings.len()), (1.0, 2));
        assert_eq!(areas[0].rings[0][1], LatLon { lat_deg: 51.0, lon_deg: 36.0 });
    }

    #[test]
    fn what_is_wrong_is_told_of_which_area() {
        let told = |from: &str, to: &str| read(&TWO.replacen(from, to, 1)).expect_err("a fault");
        assert!(told("\"weight\":2", "\"weight\":0").contains("area \"area A\": weight is 0"));
        assert!(told("area B", "area A").contains("must be given once"));
        assert!(told("[36,52],[35,51]]", "[36,52]]").contains("a ring must have"));
        assert!(told("[36,52]", "[36,152]").contains("a ring must have"));
        assert!(told("\"weight\"", "\"wieght\"").contains("unknown field"));
        assert!(read("[]").is_err() && read("{").is_err());
    }
}
