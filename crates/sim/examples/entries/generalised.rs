//! How far a generalised map's border lies from the surveyed one, along Poland's land border in the east: Natural Earth 1:10m, as the npm package
//! `world-atlas` has it.

use crate::play::boundary;
use skypicket_model::math::{cos, hypot, rad};
use skypicket_model::{AirspaceId, EdgeClass, LatLon};
use skypicket_sim::calibration::worlds::beside;
use skypicket_wire::borders_file::Borders;
use std::error::Error;

/// The border looked at lies east of this.
const EAST_OF_DEG: f64 = 22.6;
/// Places along it, so many metres from each other.
const EVERY_M: f64 = 250.0;

/// Where the generalised line lies, metres to the outside of the surveyed one, at places in a row.
#[derive(Clone, Debug)]
pub(crate) struct Generalised {
    outside_m: Vec<f64>,
}

impl Generalised {
    /// From the npm package's file and the repository's borders.
    pub(crate) fn read(atlas: &str, borders: &str) -> Result<Self, Box<dyn Error>> {
        let line = poland(&serde_json::from_slice(&std::fs::read(atlas)?)?).ok_or("no Poland in the atlas")?;
        let surveyed = Borders::read(&std::fs::read(borders)?)?.airspace("POL", AirspaceId(0), [0; 32])?;
        let surveyed = boundary(&surveyed);
        let mut outside_m = Vec::new();
        for pair in line.windows(2).filter(|pair| pair.iter().all(|place| place.lon_deg > EAST_OF_DEG)) {
            let north_m = (pair[1].lat_deg - pair[0].lat_deg) * 111_250.0;
            let east_m = (pair[1].lon_deg - pair[0].lon_deg) * 111_320.0 * cos(rad(pair[0].lat_deg));
            let steps = (hypot(north_m, east_m) / EVERY_M).ceil().max(1.0);
            for step in 0..steps as u32 {
                let share = f64::from(step) / steps;
                let place = beside(pair[0], share * east_m, share * north_m);
                let nearest = surveyed.nearest(place, f64::INFINITY).ok_or("no border")?;
                if nearest.class == EdgeClass::Land {
                    outside_m.push(nearest.distance_m);
                }
            }
        }
        Ok(Self { outside_m })
    }

    /// How far outside it lies at a place so far along a straight border, in the world of a seed: the row is laid along it from a place of its own on.
    pub(crate) fn outside_m(&self, seed: u64, along_m: f64) -> f64 {
        let at = (seed.wrapping_mul(7919) as f64).rem_euclid(1e6) + (along_m + 1e6) / EVERY_M;
        self.outside_m[at as usize % self.outside_m.len()]
    }

    /// How far off it is in the median, at the 95th of a hundred places and at most, metres.
    pub(crate) fn off_m(&self) -> [f64; 3] {
        let mut off: Vec<f64> = self.outside_m.iter().map(|m| m.abs()).collect();
        off.sort_by(f64::total_cmp);
        [off[off.len() / 2], off[off.len() * 95 / 100], off[off.len() - 1]]
    }
}

/// The longest ring of Poland in a TopoJSON topology: arcs of differences on a grid, a negative number for one that runs backwards.
fn poland(topology: &serde_json::Value) -> Option<Vec<LatLon>> {
    let pair = |value: &serde_json::Value| Some([value.get(0)?.as_f64()?, value.get(1)?.as_f64()?]);
    let (scale, translate) = (pair(&topology["transform"]["scale"])?, pair(&topology["transform"]["translate"])?);
    let arc = |number: i64| -> Option<Vec<LatLon>> {
        let index = usize::try_from(if number < 0 { -1 - number } else { number }).ok()?;
        let mut at = [0.0; 2];
        let mut places = Vec::new();
        for step in topology["arcs"].get(index)?.as_array()? {
            let by = pair(step)?;
            at = [at[0] + by[0], at[1] + by[1]];
            places.push(LatLon { lon_deg: at[0] * scale[0] + translate[0], lat_deg: at[1] * scale[1] + translate[1] });
        }
        if number < 0 {
            places.reverse();
        }
        Some(places)
    };
    let countries = topology["objects"]["countries"]["geometries"].as_array()?;
    let country = countries.iter().find(|country| country["properties"]["name"] == "Poland")?;
    let polygons = match country["type"].as_str()? {
        "Polygon" => vec![country["arcs"].clone()],
        _ => country["arcs"].as_array()?.clone(),
    };
    let rings = polygons.iter().filter_map(|polygon| {
        let mut ring: Vec<LatLon> = Vec::new();
        for number in polygon.get(0)?.as_array()? {
            ring.extend(arc(number.as_i64()?)?);
        }
        Some(ring)
    });
    rings.max_by_key(Vec::len)
}
