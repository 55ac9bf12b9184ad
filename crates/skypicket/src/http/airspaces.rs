//! Airspaces for the map.

use super::app::App;
use serde_json::{Value, json};
use skypicket_model::{Airspace, AirspaceKind, VerticalLimit};
use skypicket_wire::borders_file::Borders;
use std::sync::{Arc, PoisonError};

/// How many tolerances are kept ready.
const MAX_KEPT: usize = 8;

impl App {
    /// All airspaces as GeoJSON, boundaries simplified by a tolerance in metres; states beside the watched ones are drawn too.
    pub(super) fn airspaces_geojson(&self, tolerance_m: u32) -> Arc<str> {
        let mut kept = self.airspaces.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = kept.get(&tolerance_m) {
            return Arc::clone(text);
        }
        let text: Arc<str> = self.build_geojson(tolerance_m).to_string().into();
        if kept.len() >= MAX_KEPT {
            kept.pop_first();
        }
        kept.insert(tolerance_m, Arc::clone(&text));
        text
    }

    fn build_geojson(&self, tolerance_m: u32) -> Value {
        let mut features = Vec::new();
        let borders = self.borders();
        let simplified = borders.as_ref().map(|borders| borders.simplified(f64::from(tolerance_m)));
        for airspace in self.plan.airspaces.iter() {
            let polygons = match (&simplified, airspace.kind) {
                (Some(borders), AirspaceKind::State) => borders.polygons(&airspace.code).ok(),
                _ => None,
            };
            let coordinates = polygons.map_or_else(|| own_polygons(airspace), |polygons| json!(polygons));
            features.push(feature(airspace, &coordinates, &self.plan.attributions));
        }
        let show = &self.plan.config.site.show;
        for state in simplified.iter().flat_map(Borders::states) {
            let watched = self.plan.airspaces.iter().any(|airspace| airspace.code == state.alpha3);
            let wanted = show.iter().any(|code| code == "*" || code.eq_ignore_ascii_case(&state.alpha3));
            if watched || !wanted {
                continue;
            }
            if let Some(polygons) = simplified.as_ref().and_then(|borders| borders.polygons(&state.alpha3).ok()) {
                features.push(json!({
                    "type": "Feature",
                    "properties": {
                        "code": state.alpha3, "name": state.name, "kind": "state", "watched": false,
                        "lower": "SFC", "upper": "UNL", "source": "", "policy": self.plan.boundary,
                        "attribution": self.plan.attributions.join("; "),
                    },
                    "geometry": {"type": "MultiPolygon", "coordinates": polygons},
                }));
            }
        }
        json!({"type": "FeatureCollection", "features": features})
    }

    /// The border file in force.
    fn borders(&self) -> Option<Borders> {
        let own = self.plan.files.iter().find(|file| file.role == "borders").map(|file| file.bytes.as_slice());
        Borders::read(own.unwrap_or(crate::plan::BUILT_IN_BORDERS)).ok()
    }
}

fn feature(airspace: &Airspace, coordinates: &Value, attributions: &[String]) -> Value {
    json!({
        "type": "Feature",
        "properties": {
            "code": airspace.code,
            "name": airspace.name,
            "kind": kind(airspace.kind),
            "watched": airspace.watched,
            "lower": limit(airspace.lower),
            "upper": limit(airspace.upper),
            "source": airspace.source.name,
            "policy": airspace.source.policy,
            "attribution": if airspace.kind == AirspaceKind::State { attributions.join("; ") } else { String::new() },
        },
        "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
    })
}

/// Each ring as a polygon of its own; holes are drawn as outlines, which is what a map of airspaces needs.
fn own_polygons(airspace: &Airspace) -> Value {
    let polygons: Vec<Vec<Vec<[f64; 2]>>> = airspace
        .rings
        .iter()
        .map(|ring| {
            let mut points: Vec<[f64; 2]> = ring.points.iter().map(|point| [point.lon_deg, point.lat_deg]).collect();
            if let Some(&first) = points.first() {
                points.push(first);
            }
            vec![points]
        })
        .collect();
    json!(polygons)
}

fn kind(kind: AirspaceKind) -> &'static str {
    match kind {
        AirspaceKind::State => "state",
        AirspaceKind::Fir => "fir",
        AirspaceKind::Ctr => "ctr",
        AirspaceKind::Tma => "tma",
        AirspaceKind::Prohibited => "prohibited",
        AirspaceKind::Restricted => "restricted",
        AirspaceKind::Danger => "danger",
        AirspaceKind::Adiz => "adiz",
        AirspaceKind::UasZone => "uas_zone",
        AirspaceKind::Other => "other",
    }
}

fn limit(limit: VerticalLimit) -> String {
    match limit {
        VerticalLimit::Surface => "SFC".to_owned(),
        VerticalLimit::Agl(height) => format!("{:.0} ft AGL", height.ft()),
        VerticalLimit::Amsl(altitude) => format!("{:.0} ft AMSL", altitude.ft()),
        VerticalLimit::FlightLevel(level) => format!("FL{:03.0}", level.hundreds_ft),
        VerticalLimit::Unlimited => "UNL".to_owned(),
    }
}
