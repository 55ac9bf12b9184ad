//! Where a track may have come from.

use crate::words;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use skypicket_model::origin::OriginRegion;

/// An origin region. Internal: it rests on where nobody looks.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct OriginDto {
    /// The track's name.
    pub track: String,
    /// When it was worked out.
    pub time: String,
    /// `internal`, always: coverage is in it.
    pub handling: &'static str,
    /// For people.
    pub text: String,
    /// Something can be said.
    pub identifiable: bool,
    /// Why not, if not.
    pub why_not: Vec<String>,
    /// When the track was first seen.
    pub first_seen: String,
    /// Where that was, longitude and latitude.
    pub first_place: [f64; 2],
    /// For how long it had been observed.
    pub observed_s: f64,
    /// Area of the 50 % and the 90 % region.
    pub area_km2: [f64; 2],
    /// Height and width of a cell, degrees.
    pub cell_deg: [f64; 2],
    /// The cells of the 90 % region, the densest first: west and south edge, degrees, and probability.
    pub cells: Vec<(f64, f64, f64)>,
    /// So many of the first of them are the 50 % region.
    pub half: u32,
    /// Candidate areas, the most probable first.
    pub candidates: Vec<CandidateDto>,
    /// Probability of none of these.
    pub elsewhere: f64,
    /// Flights that were tried, as many as would say the same if all were equally likely.
    pub effective_flights: f64,
    /// Version of the method.
    pub method: u16,
}

/// A candidate area.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CandidateDto {
    /// Its name.
    pub name: String,
    /// Probability before anything was seen.
    pub prior: f64,
    /// Probability now.
    pub probability: f64,
}

impl OriginDto {
    /// As it is written.
    #[must_use]
    pub fn of(region: &OriginRegion) -> Self {
        let [high, wide] = region.cell_deg;
        Self {
            track: region.track.to_string(),
            time: region.time.to_string(),
            handling: "internal",
            text: words::origin::region(region),
            identifiable: region.unclear.is_empty(),
            why_not: region.unclear.iter().map(words::origin::unclear).collect(),
            first_seen: region.first_seen.to_string(),
            first_place: [region.first_place.lon_deg, region.first_place.lat_deg],
            observed_s: region.observed.s(),
            area_km2: region.area_km2,
            cell_deg: region.cell_deg,
            cells: region
                .cells
                .iter()
                .map(|cell| (f64::from(cell.column) * wide, f64::from(cell.row) * high, cell.probability))
                .collect(),
            half: region.half,
            candidates: region
                .candidates
                .iter()
                .map(|one| CandidateDto { name: one.name.clone(), prior: one.prior, probability: one.probability })
                .collect(),
            elsewhere: region.elsewhere,
            effective_flights: region.effective_flights,
            method: region.method,
        }
    }

    /// The cells for a map.
    #[must_use]
    pub fn geojson(&self) -> Value {
        let [high, wide] = self.cell_deg;
        let cell = |(number, (west, south, probability)): (usize, &(f64, f64, f64))| {
            let (east, north) = (west + wide, south + high);
            json!({
                "type": "Feature",
                "properties": {"track": self.track, "probability": probability, "region": if number < self.half as usize { 50 } else { 90 }},
                "geometry": {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]},
            })
        };
        json!({
            "type": "FeatureCollection",
            "handling": self.handling,
            "text": self.text,
            "features": self.cells.iter().enumerate().map(cell).collect::<Vec<_>>(),
        })
    }
}
