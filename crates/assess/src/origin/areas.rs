//! Candidate areas: polygons with a weight, as the site's file names them.

use crate::coverage::EARTH_M;
use skypicket_model::LatLon;
use skypicket_model::math::{cos, rad};

/// Most candidate areas and corners of all of them: each try of a flight asks all.
pub const MAX_AREAS: usize = 64;
/// Most corners of all areas together.
pub const MAX_AREA_CORNERS: usize = 20_000;

/// One area.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// Name for people.
    pub name: String,
    /// How often flights are thought to start in it, relative to the others.
    pub weight: f64,
    /// Its rings; a place is inside when a ray crosses them an odd number of times.
    pub rings: Vec<Vec<LatLon>>,
}

/// All areas with what follows from them.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    all: Vec<(Area, Shape)>,
}

#[derive(Clone, Copy, Debug)]
struct Shape {
    /// South, west, north, east.
    bounds: [f64; 4],
    area_km2: f64,
}

impl Areas {
    /// Takes areas as they are given; what holds no ground is left out, and so is what is more than can be asked.
    #[must_use]
    pub fn new(areas: Vec<Area>) -> Self {
        let all = areas.into_iter().map(|area| (shape(&area), area));
        let sound = |(shape, area): &(Shape, Area)| shape.area_km2 > 0.0 && area.weight > 0.0;
        Self { all: all.filter(sound).take(MAX_AREAS).map(|(shape, area)| (area, shape)).collect() }
    }

    /// Name and probability before anything was seen of each.
    pub(super) fn priors(&self, elsewhere: f64) -> impl Iterator<Item = (&str, f64)> {
        let total: f64 = self.all.iter().map(|(area, _)| area.weight).sum();
        self.all.iter().map(move |(area, _)| (area.name.as_str(), (1.0 - elsewhere) * area.weight / total))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How probable a start is at a place, per km², before anything was seen; `inside` gets the numbers of the areas that hold it.
    pub(super) fn density(&self, place: LatLon, elsewhere: (f64, f64), inside: &mut Vec<u8>) -> f64 {
        inside.clear();
        if self.all.is_empty() {
            return 1.0;
        }
        let mut density = elsewhere.0 / elsewhere.1;
        let total: f64 = self.all.iter().map(|(area, _)| area.weight).sum();
        for (number, (area, shape)) in self.all.iter().enumerate() {
            if holds(area, shape, place) {
                inside.push(number as u8);
                density += (1.0 - elsewhere.0) * area.weight / total / shape.area_km2;
            }
        }
        density
    }
}

fn shape(area: &Area) -> Shape {
    let mut bounds = [90.0_f64, 180.0, -90.0, -180.0];
    let mut area_m2 = 0.0;
    for ring in &area.rings {
        let mut twice = 0.0;
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            bounds = [
                bounds[0].min(a.lat_deg),
                bounds[1].min(a.lon_deg),
                bounds[2].max(a.lat_deg),
                bounds[3].max(a.lon_deg),
            ];
            let middle = rad(0.5 * (a.lat_deg + b.lat_deg));
            // The strip between an edge and the first corner's meridian, on the sphere.
            let first = ring.first().map_or(0.0, |first| first.lon_deg);
            let east = 0.5 * ((a.lon_deg - first) + (b.lon_deg - first));
            twice += rad(east) * cos(middle) * rad(b.lat_deg - a.lat_deg);
        }
        // Rings within rings are holes.
        let sign = if area.rings.first() == Some(ring) || !inside_first(area, ring) { 1.0 } else { -1.0 };
        area_m2 += sign * f64::abs(twice) * EARTH_M * EARTH_M;
    }
    Shape { bounds, area_km2: area_m2 * 1e-6 }
}

fn inside_first(area: &Area, ring: &[LatLon]) -> bool {
    let (Some(outer), Some(corner)) = (area.rings.first(), ring.first()) else { return false };
    crosses_odd(outer, *corner)
}

fn holds(area: &Area, shape: &Shape, place: LatLon) -> bool {
    let [south, west, north, east] = shape.bounds;
    (south..=north).contains(&place.lat_deg)
        && (west..=east).contains(&place.lon_deg)
        && area.rings.iter().filter(|ring| crosses_odd(ring, place)).count() % 2 == 1
}

fn crosses_odd(ring: &[LatLon], place: LatLon) -> bool {
    let mut odd = false;
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        if (a.lat_deg > place.lat_deg) != (b.lat_deg > place.lat_deg) {
            let share = (place.lat_deg - a.lat_deg) / (b.lat_deg - a.lat_deg);
            odd ^= place.lon_deg < a.lon_deg + share * (b.lon_deg - a.lon_deg);
        }
    }
    odd
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(name: &str, south: f64, west: f64, side: f64) -> Area {
        let at = |lat_deg, lon_deg| LatLon { lat_deg, lon_deg };
        let ring = vec![at(south, west), at(south, west + side), at(south + side, west + side), at(south + side, west)];
        Area { name: name.to_owned(), weight: 1.0, rings: vec![ring] }
    }

    #[test]
    fn areas_hold_what_is_inside_and_weigh_by_their_size() {
        let mut ring = square("hole", 50.5, 30.5, 0.5);
        let mut holed = square("holed", 50.0, 30.0, 2.0);
        holed.rings.append(&mut ring.rings);
        let areas = Areas::new(vec![holed, square("plain", 50.0, 40.0, 2.0)]);
        let mut inside = Vec::new();
        let mut at = |lat_deg, lon_deg| {
            let density = areas.density(LatLon { lat_deg, lon_deg }, (0.2, 1e6), &mut inside);
            (density, inside.clone())
        };
        assert_eq!(at(51.5, 31.5).1, [0]);
        assert_eq!(at(50.7, 30.7).1, Vec::<u8>::new(), "in the hole");
        assert_eq!(at(51.0, 41.0).1, [1]);
        let outside = at(49.0, 31.0);
        assert!((outside.0 - 2e-7).abs() < 1e-12 && outside.1.is_empty());
        // 2° by 2° at 51° north are 222 by 140 km.
        let plain = at(51.0, 41.0).0;
        assert!((plain - (2e-7 + 0.4 / (222.4 * 139.96))).abs() < 1e-7, "{plain}");
        assert!(at(51.5, 31.5).0 > plain, "the same weight on less ground");
        let priors: Vec<(&str, f64)> = areas.priors(0.2).collect();
        assert_eq!(priors, [("holed", 0.4), ("plain", 0.4)]);
    }
}
