//! The wind that the config tells, between its places.

use super::params::{OriginParams, WindParams};
use crate::coverage::EARTH_M;
use skypicket_model::LatLon;
use skypicket_model::math::{cos, rad};

/// A place of the config counts for what is so far from it in height as for what is a hundred times as far over ground.
const HEIGHT_FACTOR: f64 = 100.0;

/// The wind at a place and height, east and north, m/s: the places' winds by the inverse square of their distances; calm where none is told.
pub(super) fn wind(params: &OriginParams, place: LatLon, height_m: f64) -> [f64; 2] {
    let mut sum = [0.0; 2];
    let mut weights = 0.0;
    for told in &params.wind {
        let weight = 1.0 / (apart2_m2(told, place, height_m) + 1e6);
        sum[0] += weight * told.east_m_s;
        sum[1] += weight * told.north_m_s;
        weights += weight;
    }
    if weights > 0.0 { [sum[0] / weights, sum[1] / weights] } else { [0.0; 2] }
}

fn apart2_m2(told: &WindParams, place: LatLon, height_m: f64) -> f64 {
    let north = rad(told.lat_deg - place.lat_deg) * EARTH_M;
    let east = rad(told.lon_deg - place.lon_deg) * EARTH_M * cos(rad(0.5 * (told.lat_deg + place.lat_deg)));
    let up = HEIGHT_FACTOR * (told.height_m - height_m);
    north * north + east * east + up * up
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wind_is_that_of_the_nearest_place_and_height_and_calm_without_any() {
        let told =
            |lon_deg, height_m, east_m_s| WindParams { lat_deg: 52.0, lon_deg, height_m, east_m_s, north_m_s: 1.0 };
        let mut params = OriginParams::default();
        let calm = wind(&params, LatLon { lat_deg: 52.0, lon_deg: 20.0 }, 500.0);
        assert!(calm.iter().all(|m_s| m_s.abs() < 1e-12));
        params.wind = vec![told(20.0, 500.0, 4.0), told(20.0, 5000.0, 20.0), told(30.0, 500.0, -8.0)];
        let at = |lon_deg, height_m| wind(&params, LatLon { lat_deg: 52.0, lon_deg }, height_m);
        assert!((at(20.0, 500.0)[0] - 4.0).abs() < 0.1 && (at(20.0, 500.0)[1] - 1.0).abs() < 1e-9);
        assert!((at(20.0, 5000.0)[0] - 20.0).abs() < 0.3);
        assert!((at(30.0, 500.0)[0] + 8.0).abs() < 0.1);
        let between = at(25.0, 500.0)[0];
        assert!((-8.0..4.0).contains(&between), "{between}");
    }
}
