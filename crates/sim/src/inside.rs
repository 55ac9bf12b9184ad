//! Which airspaces the truth was in, and when: exact crossings of the simulated paths with the borders that the engine is given.

use crate::target::{Target, TrueEntry};
use crate::world::World;
use skypicket_model::math::{cos, rad};
use skypicket_model::{Airspace, LatLon, Span, Time};

/// Height of a band of latitude in the index, degrees.
const BAND_DEG: f64 = 0.05;
/// Step at which a path is tried, and the precision to which a crossing is then found.
const STEP: Span = Span::from_s(5);
const PRECISION: Span = Span::from_ms(10);
/// Bands to either side in which the nearest edge is looked for.
const NEAR_BANDS: f64 = 3.0;
/// Length of a degree of latitude, metres.
const DEGREE_M: f64 = 111_200.0;

/// An airspace's rings, its edges indexed by latitude.
struct Inside {
    lowest_deg: f64,
    bands: Vec<Vec<(LatLon, LatLon)>>,
    west_deg: f64,
    east_deg: f64,
}

impl Inside {
    fn new(airspace: &Airspace) -> Self {
        let points = || airspace.rings.iter().flat_map(|ring| &ring.points);
        let least = |f: fn(&LatLon) -> f64| points().map(f).fold(f64::INFINITY, f64::min);
        let most = |f: fn(&LatLon) -> f64| points().map(f).fold(f64::NEG_INFINITY, f64::max);
        let (lowest_deg, highest_deg) = (least(|p| p.lat_deg), most(|p| p.lat_deg));
        let count = if lowest_deg <= highest_deg { ((highest_deg - lowest_deg) / BAND_DEG) as usize + 1 } else { 0 };
        let mut inside = Self {
            lowest_deg,
            bands: vec![Vec::new(); count],
            west_deg: least(|p| p.lon_deg),
            east_deg: most(|p| p.lon_deg),
        };
        for ring in &airspace.rings {
            let next = ring.points.iter().cycle().skip(1);
            for (&a, &b) in ring.points.iter().zip(next) {
                let (from, to) = (inside.band(a.lat_deg.min(b.lat_deg)), inside.band(a.lat_deg.max(b.lat_deg)));
                for band in inside.bands.iter_mut().take(to + 1).skip(from) {
                    band.push((a, b));
                }
            }
        }
        inside
    }

    fn band(&self, lat_deg: f64) -> usize {
        (((lat_deg - self.lowest_deg) / BAND_DEG).max(0.0) as usize).min(self.bands.len().saturating_sub(1))
    }

    /// Even–odd rule, edges straight in longitude and latitude.
    fn contains(&self, place: LatLon) -> bool {
        if place.lon_deg < self.west_deg || place.lon_deg > self.east_deg || place.lat_deg < self.lowest_deg {
            return false;
        }
        let edges = self.bands.get(self.band(place.lat_deg)).map_or(&[][..], Vec::as_slice);
        let crossings = edges.iter().filter(|(a, b)| {
            (a.lat_deg > place.lat_deg) != (b.lat_deg > place.lat_deg)
                && place.lon_deg
                    < a.lon_deg + (place.lat_deg - a.lat_deg) / (b.lat_deg - a.lat_deg) * (b.lon_deg - a.lon_deg)
        });
        crossings.count() % 2 == 1
    }

    /// Distance to the nearest edge, metres, when one is within some bands; the plane tangent at the place serves well enough there.
    fn edge_m(&self, place: LatLon) -> Option<f64> {
        let east_m_deg = DEGREE_M * cos(rad(place.lat_deg));
        let at = |p: LatLon| ((p.lon_deg - place.lon_deg) * east_m_deg, (p.lat_deg - place.lat_deg) * DEGREE_M);
        let (from, to) =
            (self.band(place.lat_deg - NEAR_BANDS * BAND_DEG), self.band(place.lat_deg + NEAR_BANDS * BAND_DEG));
        let edges = self.bands.iter().take(to + 1).skip(from).flatten();
        let squares = edges.map(|(a, b)| {
            let ((ax, ay), (bx, by)) = (at(*a), at(*b));
            let (dx, dy) = (bx - ax, by - ay);
            let length2 = dx * dx + dy * dy;
            let share = if length2 > 0.0 { (-(ax * dx + ay * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
            let (x, y) = (ax + share * dx, ay + share * dy);
            x * x + y * y
        });
        let nearest = squares.fold(f64::INFINITY, f64::min);
        nearest.is_finite().then(|| nearest.sqrt())
    }
}

impl World {
    /// How near a target comes to an airspace during the world, metres (looked at every five seconds of its path); 0 when it is inside at
    /// some time, `None` when it never comes within some 17 km of latitude of the boundary.
    #[must_use]
    pub fn nearest_m(&self, target: &Target, airspace: &Airspace) -> Option<f64> {
        let inside = Inside::new(airspace);
        let (mut t, until) = (target.born.max(self.begin), target.gone().min(self.end));
        let mut nearest: Option<f64> = None;
        while t <= until {
            if let Some(place) = target.at(t).map(|motion| motion.place.lat_lon()) {
                if inside.contains(place) {
                    return Some(0.0);
                }
                let here = inside.edge_m(place);
                nearest = nearest.into_iter().chain(here).reduce(f64::min);
            }
            t += STEP;
        }
        nearest
    }

    /// Every stay of every target inside the given airspaces during the world, in order of entry.
    #[must_use]
    pub fn true_entries(&self, airspaces: &[Airspace]) -> Vec<TrueEntry> {
        let mut entries = Vec::new();
        for airspace in airspaces {
            let inside = Inside::new(airspace);
            for target in &self.targets {
                self.stays(target, airspace, &inside, &mut entries);
            }
        }
        entries.sort_by(|a, b| a.entered.cmp(&b.entered).then_with(|| a.target.cmp(&b.target)));
        entries
    }

    fn stays(&self, target: &Target, airspace: &Airspace, inside: &Inside, entries: &mut Vec<TrueEntry>) {
        let (from, until) = (target.born.max(self.begin), target.gone().min(self.end));
        let there = |t: Time| target.at(t).is_some_and(|motion| inside.contains(motion.place.lat_lon()));
        let mut t = from;
        let mut was = there(t);
        let mut entered = was.then_some((from, true));
        while t < until {
            let next = (t + STEP).min(until);
            let is = there(next);
            if is != was {
                let crossing = crossing(&there, t, next);
                if is {
                    entered = Some((crossing, false));
                } else if let Some(since) = entered.take() {
                    entries.extend(stay(target, airspace, since, crossing));
                }
            }
            was = is;
            t = next;
        }
        if let Some(since) = entered {
            entries.extend(stay(target, airspace, since, until));
        }
    }
}

fn stay(target: &Target, airspace: &Airspace, (entered, born_inside): (Time, bool), left: Time) -> Option<TrueEntry> {
    let place = target.at(entered)?.place;
    let airspace = airspace.code.clone();
    Some(TrueEntry { target: target.name.clone(), airspace, entered, place, born_inside, left })
}

/// When the answer changes between two moments at which it differs.
fn crossing(there: &impl Fn(Time) -> bool, mut before: Time, mut after: Time) -> Time {
    let wanted = there(after);
    while after - before > PRECISION {
        let middle = before + Span::from_ns((after - before).ns() / 2);
        if there(middle) == wanted {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}
