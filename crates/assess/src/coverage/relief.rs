//! Horizons over terrain: of each antenna the lowest height that it sees, in every direction and at every distance.

use super::{RADIO_EARTH_M, lat_deg_of, lon_deg_of};
use skypicket_model::math::{TAU, sin_cos};
use skypicket_model::{Geodetic, LatLon, Terrain};
use std::sync::Arc;

/// Directions and distances of a horizon: 0.5° and 1 km, beyond 256 km wider.
const DIRECTIONS: usize = 720;
const STEPS: usize = 256;
const STEP_M: f64 = 1000.0;
/// Ground is looked at this often on the way, metres.
const PROBE_M: f64 = 250.0;
/// Most horizons kept: each takes 0.7 MB.
const MAX_RELIEFS: usize = 64;
/// An antenna stands at least so high above the ground that the model knows, metres.
const MAST_M: f64 = 3.0;

/// The horizon of one antenna.
#[derive(Clone, Debug)]
pub(crate) struct Relief {
    step_m: f64,
    /// Lowest height that is seen, metres above mean sea level, by direction and distance.
    lowest_m: Vec<f32>,
}

impl Relief {
    /// Looks around. Where the terrain model knows nothing the ground is at `ground_m`.
    fn new(terrain: &Terrain, ground_m: f64, site: Geodetic, range_m: f64) -> Self {
        let step_m = (range_m / STEPS as f64).max(STEP_M);
        let at = |place: LatLon| terrain.at(place).unwrap_or(ground_m);
        let antenna_m = site.height_m.max(at(site.lat_lon()) + MAST_M);
        let mut lowest_m = Vec::with_capacity(DIRECTIONS * STEPS);
        for direction in 0..DIRECTIONS {
            let (east, north) = sin_cos(TAU * direction as f64 / DIRECTIONS as f64);
            // The steepest slope from the antenna to the ground so far, the Earth's curve taken off.
            let mut steepest = f64::NEG_INFINITY;
            let mut probed_m = PROBE_M;
            for step in 1..=STEPS {
                let over_m = step as f64 * step_m;
                while probed_m < over_m {
                    let place = LatLon {
                        lat_deg: (site.lat_deg + lat_deg_of(probed_m * north)).clamp(-89.9, 89.9),
                        lon_deg: site.lon_deg + lon_deg_of(probed_m * east, site.lat_deg),
                    };
                    let slope = (at(place) - antenna_m) / probed_m - probed_m / (2.0 * RADIO_EARTH_M);
                    steepest = steepest.max(slope);
                    probed_m += PROBE_M.max(step_m / 8.0);
                }
                lowest_m.push((antenna_m + over_m * (steepest + over_m / (2.0 * RADIO_EARTH_M))) as f32);
            }
        }
        Self { step_m, lowest_m }
    }

    /// The lowest height seen in a direction (radians, [0, 2π)) at a distance, metres above mean sea level; `None` beyond what was looked at.
    pub(crate) fn lowest_m(&self, azimuth_rad: f64, over_m: f64) -> Option<f64> {
        let direction = ((azimuth_rad / TAU * DIRECTIONS as f64).round() as usize) % DIRECTIONS;
        let step = ((over_m / self.step_m).ceil() as usize).max(1);
        if step > STEPS {
            return None;
        }
        self.lowest_m.get(direction * STEPS + step - 1).map(|lowest| f64::from(*lowest))
    }
}

/// Horizons by the places that they are of.
#[derive(Clone, Debug, Default)]
pub(super) struct Reliefs(Vec<(Geodetic, Arc<Relief>)>);

impl Reliefs {
    pub(super) fn add(&mut self, terrain: &Terrain, ground_m: f64, site: Geodetic, range_m: f64) {
        if self.of(site).is_none() && self.0.len() < MAX_RELIEFS {
            self.0.push((site, Arc::new(Relief::new(terrain, ground_m, site, range_m))));
        }
    }

    pub(super) fn of(&self, site: Geodetic) -> Option<Arc<Relief>> {
        self.0.iter().find(|(place, _)| *place == site).map(|(_, relief)| Arc::clone(relief))
    }
}
