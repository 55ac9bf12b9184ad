//! What detectors judge against: airspaces with their indexed boundaries, and who may be there.

use skypicket_model::math::{cos, hypot, rad, wrap_deg_180};
use skypicket_model::{Airspace, AirspaceId, AirspaceKind, LatLon, Reason, Time, Track};

use crate::coverage::Coverage;
use crate::geometry::{BorderSigma, Boundary, BoundaryError};
use crate::origin::Areas;
use crate::permission::Permissions;

/// A watched airspace, ready to judge against.
#[derive(Clone, Debug)]
pub struct Watched {
    /// The airspace.
    pub airspace: Airspace,
    /// Its boundary.
    pub boundary: Boundary,
    /// What every judgement about it rests on.
    data: Reason,
}

impl Watched {
    /// The policy and data that an entry into it rests on.
    #[must_use]
    pub fn boundary_data(&self) -> Reason {
        self.data.clone()
    }

    pub(crate) fn new(airspace: &Airspace, boundary: Boundary) -> Self {
        let source = &airspace.source;
        let hash: String = source.sha256.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let data = Reason::BoundaryData {
            policy: source.policy.clone(),
            data: format!("{} (SHA-256 {hash}…)", source.name),
        };
        Self { airspace: airspace.clone(), boundary, data }
    }
}

/// How many standard deviations a track may be off, and how far it may be from a border in any case, to be near it. Origin: one in a thousand
/// million; a fast jet in two minutes.
const SIGMAS: f64 = 6.0;
const FARTHEST_M: f64 = 100_000.0;

/// Everything fixed that detectors judge against.
#[derive(Clone, Debug)]
pub struct Site {
    /// Watched airspaces that carry entries, in id order.
    pub watched: Vec<Watched>,
    /// Who may be where.
    pub permissions: Permissions,
    /// How well borders are known.
    pub border_sigma: BorderSigma,
    /// What the sensors could see.
    pub coverage: Coverage,
    /// Where flights are thought to start more often than elsewhere.
    pub origin_areas: Areas,
}

impl Site {
    /// Indexes the watched airspaces. Regions of responsibility (FIR, ADIZ) carry no sovereignty: reaching one is never an entry, so they are not among
    /// the watched ones.
    ///
    /// # Errors
    /// With the airspace's code, when a boundary cannot be indexed.
    pub fn new(
        airspaces: &[Airspace],
        permissions: Permissions,
        border_sigma: BorderSigma,
    ) -> Result<Self, (String, BoundaryError)> {
        let mut watched = Vec::new();
        for airspace in airspaces {
            if !airspace.watched || matches!(airspace.kind, AirspaceKind::Fir | AirspaceKind::Adiz) {
                continue;
            }
            let boundary = Boundary::new(airspace).map_err(|error| (airspace.code.clone(), error))?;
            watched.push(Watched::new(airspace, boundary));
        }
        watched.sort_by_key(|watched| watched.airspace.id);
        Ok(Self { watched, permissions, border_sigma, coverage: Coverage::default(), origin_areas: Areas::default() })
    }

    /// The same with what its sensors could see.
    #[must_use]
    pub fn with_coverage(self, coverage: Coverage) -> Self {
        Self { coverage, ..self }
    }

    /// The same with areas in which flights are thought to start more often than elsewhere.
    #[must_use]
    pub fn with_origin_areas(self, origin_areas: Areas) -> Self {
        Self { origin_areas, ..self }
    }

    /// Whether a track can have been at the boundary of a watched airspace within so many seconds, or can be: with six standard deviations of its
    /// place and speed, whatever its course.
    #[must_use]
    pub fn is_near_a_border(&self, track: &Track, within_s: f64) -> bool {
        let c = &track.covariance;
        let sigma = |k: usize| c.get(k, k).max(0.0) + c.get(k + 1, k + 1).max(0.0);
        let speed_m_s = hypot(track.velocity.x, track.velocity.y) + SIGMAS * sigma(3).sqrt();
        let reach_m = (SIGMAS * sigma(0).sqrt() + within_s * speed_m_s).min(FARTHEST_M);
        let place = track.position.lat_lon();
        self.watched.iter().any(|watched| {
            watched.boundary.at_least_m(place) <= reach_m && watched.boundary.nearest(place, reach_m).is_some()
        })
    }

    /// The watched airspace of that id.
    #[must_use]
    pub fn watched(&self, id: AirspaceId) -> Option<&Watched> {
        self.watched.binary_search_by_key(&id, |watched| watched.airspace.id).ok().and_then(|at| self.watched.get(at))
    }
}

/// Where something will be after some seconds at constant velocity, by the local metric at its place; within 0.1 % for 100 km.
pub(crate) fn moved(from: LatLon, east_m: f64, north_m: f64) -> LatLon {
    // Degrees of the meridian and of the parallel on the ellipsoid, by the first terms of their series.
    let meridian_m = 111_132.95 - 559.82 * cos(2.0 * rad(from.lat_deg));
    let lat_deg = (from.lat_deg + north_m / meridian_m).clamp(-89.999, 89.999);
    let middle = 0.5 * (lat_deg + from.lat_deg);
    let parallel_m = 111_412.84 * cos(rad(middle)) - 93.5 * cos(3.0 * rad(middle));
    LatLon { lat_deg, lon_deg: wrap_deg_180(from.lon_deg + east_m / parallel_m) }
}

/// How far a place is east and north of another, metres, by the metric in the middle.
pub(crate) fn apart_m(from: LatLon, to: LatLon) -> [f64; 2] {
    let [parallel_m, meridian_m] = metres_a_degree(0.5 * (from.lat_deg + to.lat_deg));
    [wrap_deg_180(to.lon_deg - from.lon_deg) * parallel_m, (to.lat_deg - from.lat_deg) * meridian_m]
}

/// Metres of a degree along the parallel and along the meridian.
pub(crate) fn metres_a_degree(lat_deg: f64) -> [f64; 2] {
    let lat = rad(lat_deg);
    [111_412.84 * cos(lat) - 93.5 * cos(3.0 * lat), 111_132.95 - 559.82 * cos(2.0 * lat)]
}

/// Between two places, `share` of the way from the first.
pub(crate) fn between(a: LatLon, b: LatLon, share: f64) -> LatLon {
    LatLon {
        lat_deg: a.lat_deg + (b.lat_deg - a.lat_deg) * share,
        lon_deg: wrap_deg_180(a.lon_deg + wrap_deg_180(b.lon_deg - a.lon_deg) * share),
    }
}

/// Between two moments, `share` of the way from the first.
pub(crate) fn between_times(a: Time, b: Time, share: f64) -> Time {
    let span = b - a;
    a + skypicket_model::Span::from_ns((span.ns() as f64 * share) as i64)
}
