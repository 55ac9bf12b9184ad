//! What could have been seen: for each sensor its reach, its horizon and when it was watching; for all of them together the probability that a
//! target of some size at some height at some place would have been seen. Page: docs/coverage.md.
//!
//! Coverage says where nothing held means nothing seen, and where it means nothing at all. It is internal: whoever outside is told, is told only
//! that coverage was incomplete.

pub mod gap;
mod params;
mod relief;
#[cfg(test)]
mod tests;
mod watched;
mod watcher;

use skypicket_model::math::{PI, cos, rad, sin_cos};
use skypicket_model::sensor::SensorHealth;
use skypicket_model::{LatLon, Sensor, Span, Terrain, Time};
use std::sync::Arc;

pub use params::CoverageParams;
pub use watched::{MAX_INTERVALS, WatchLog};
pub use watcher::{Blind, Watcher};

/// Mean radius of the Earth, metres: distances on it are right to 0.3 %, less than any sensor's edge is sharp.
pub(crate) const EARTH_M: f64 = 6_371_000.0;
/// Effective Earth radius of the standard refraction, metres (ITU-R P.453): what the tracker's horizon has too.
pub(crate) const RADIO_EARTH_M: f64 = 4.0 / 3.0 * EARTH_M;
/// Most sensors that coverage counts; of more the first in id order.
pub const MAX_WATCHERS: usize = 256;
/// Most detections that can be asked for.
pub const MAX_LOOKS: usize = 8;

/// What might have been there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Radar cross-section, m².
    pub rcs_m2: f64,
    /// Height above what heights are counted from: the ground.
    pub height_m: f64,
}

/// A place prepared for asking many sensors and heights about it.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// The place.
    pub place: LatLon,
    /// Unit vector from the Earth's centre.
    pub(crate) unit: [f64; 3],
    /// The ground's height, metres above mean sea level.
    pub ground_m: f64,
}

/// Reach, horizon and terrain of the described sensors: what does not change while the program runs.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    params: CoverageParams,
    terrain: Option<Arc<Terrain>>,
    reliefs: relief::Reliefs,
}

impl Coverage {
    /// Of parameters and, where there is one, a terrain model.
    #[must_use]
    pub fn new(params: CoverageParams, terrain: Option<Arc<Terrain>>) -> Self {
        Self { params, terrain, reliefs: relief::Reliefs::default() }
    }

    /// Its parameters.
    #[must_use]
    pub const fn params(&self) -> &CoverageParams {
        &self.params
    }

    /// Heights are above the ground: a terrain model or a configured height says where that is. Else they are above mean sea level.
    #[must_use]
    pub fn knows_ground(&self) -> bool {
        self.terrain.is_some() || self.params.ground_m.abs() > 0.0
    }

    /// Prepares the horizons of sensors whose place is described, so that nobody waits for them later.
    pub fn prepare(&mut self, described: &[Sensor]) {
        let Some(terrain) = self.terrain.clone() else { return };
        for sensor in described.iter().take(MAX_WATCHERS) {
            if let Some(site) = sensor.site
                && watcher::looks_by_itself(sensor.kind)
            {
                self.reliefs.add(&terrain, self.params.ground_m, site, watcher::farthest_m(sensor));
            }
        }
    }

    /// A place to ask about.
    #[must_use]
    pub fn spot(&self, place: LatLon) -> Spot {
        let ground = self.terrain.as_ref().and_then(|terrain| terrain.at(place));
        let (sin_lat, cos_lat) = sin_cos(rad(place.lat_deg));
        let (sin_lon, cos_lon) = sin_cos(rad(place.lon_deg));
        Spot {
            place,
            unit: [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
            ground_m: ground.unwrap_or(self.params.ground_m),
        }
    }

    /// The sensors as they were at a moment, by what had been heard of them until then; `listening_since` as in
    /// [`crate::TickView::listening_since`].
    #[must_use]
    pub fn now(
        &self,
        described: &[Sensor],
        health: &[SensorHealth],
        now: Time,
        listening_since: Option<Time>,
    ) -> Network {
        self.network(described, health, |sensor, health| {
            let blind = watched::blind(sensor, health, now, listening_since);
            // Since when it has been watching is not asked here: a while that began before its first word is not known to be covered.
            let watched = if blind.is_none() { vec![(Time::MIN, now)] } else { Vec::new() };
            (blind, watched)
        })
    }

    /// The sensors with all the time in which each was watching, as far back as the log reaches.
    #[must_use]
    pub fn history(&self, described: &[Sensor], health: &[SensorHealth], log: &WatchLog) -> Network {
        self.network(described, health, |sensor, _| (None, log.of(sensor.id).to_vec()))
    }

    fn network(
        &self,
        described: &[Sensor],
        health: &[SensorHealth],
        when: impl Fn(&Sensor, Option<&SensorHealth>) -> (Option<Blind>, Vec<(Time, Time)>),
    ) -> Network {
        let mut watchers = Vec::with_capacity(described.len().min(MAX_WATCHERS));
        for sensor in described.iter().take(MAX_WATCHERS) {
            let heard = health.binary_search_by_key(&sensor.id, |health| health.id).ok().and_then(|at| health.get(at));
            let (blind, watched) = when(sensor, heard);
            let site = sensor.site.or_else(|| heard.and_then(|health| health.stated_site));
            let relief = site.and_then(|site| self.reliefs.of(site));
            watchers.push(Watcher::new(&self.params, sensor, site, heard, blind, watched, relief));
        }
        Network { watchers }
    }
}

/// All sensors at a moment or over a time, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Network {
    watchers: Vec<Watcher>,
}

impl Network {
    /// The sensors.
    #[must_use]
    pub fn watchers(&self) -> &[Watcher] {
        &self.watchers
    }

    /// Those of them that could see anything within so many metres of a place.
    #[must_use]
    pub fn near(&self, spot: &Spot, within_m: f64) -> Self {
        let reaches = |watcher: &&Watcher| watcher.reaches(spot, within_m);
        Self { watchers: self.watchers.iter().filter(reaches).cloned().collect() }
    }

    /// Probability that a target that stayed at a place from one moment to another would have been detected at least so many times.
    ///
    /// What all looks of a sensor have in common (whether the target is above its horizon) is common to them here too; looks are otherwise independent,
    /// and sensors are.
    #[must_use]
    pub fn seen(&self, spot: &Spot, target: Target, from: Time, until: Time, at_least: usize) -> f64 {
        let wanted = at_least.clamp(1, MAX_LOOKS);
        // Probability of so many detections so far; the last counts "that many or more".
        let mut counts = [0.0; MAX_LOOKS + 1];
        counts[0] = 1.0;
        for watcher in &self.watchers {
            let Some((visible, per_look)) = watcher.sees(spot, target) else { continue };
            let looks = watcher.looks(from, until);
            if visible < 1e-6 || looks <= 0.0 {
                continue;
            }
            let own = binomial(looks, per_look, visible, wanted);
            let mut next = [0.0; MAX_LOOKS + 1];
            for (had, p) in counts.iter().enumerate().take(wanted + 1) {
                for (more, q) in own.iter().enumerate().take(wanted + 1) {
                    next[(had + more).min(wanted)] += p * q;
                }
            }
            counts = next;
        }
        counts[wanted].clamp(0.0, 1.0)
    }

    /// The same where all horizons are off by so many of their sigmas, at a place that nobody prepared: for asking along many paths, each with an error of
    /// its own.
    #[must_use]
    pub fn rate_on_path(&self, coverage: &Coverage, place: LatLon, target: Target, at: Time, off_sigmas: f64) -> f64 {
        let mut spot = None;
        let mut rate = 0.0;
        for watcher in &self.watchers {
            if !watcher.is_within_reach(place) {
                continue;
            }
            let spot = spot.get_or_insert_with(|| coverage.spot(place));
            if let Some((above, per_look)) = watcher.sees_by(spot, target)
                && above > off_sigmas
                && watcher.watches_at(at)
            {
                rate += per_look / watcher.period_s();
            }
        }
        rate
    }

    /// Rate at which a target would be detected at a place and moment, per second: for asking along a path. What is visible by chance (a horizon
    /// that is not exactly known) counts with its probability.
    #[must_use]
    pub fn rate_per_s(&self, spot: &Spot, target: Target, at: Time) -> f64 {
        let mut rate = 0.0;
        for watcher in &self.watchers {
            if !watcher.watches_at(at) {
                continue;
            }
            if let Some((visible, per_look)) = watcher.sees(spot, target) {
                rate += visible * per_look / watcher.period_s();
            }
        }
        rate
    }
}

/// Probabilities of 0, 1, … `wanted` (or more) detections in so many looks, each with `per_look`, all in vain where it is not visible.
fn binomial(looks: f64, per_look: f64, visible: f64, wanted: usize) -> [f64; MAX_LOOKS + 1] {
    // Nothing changes after many looks; a whole number and a part of one.
    let looks = looks.min(10_000.0);
    let (whole, part) = (looks.floor(), looks - looks.floor());
    let p = per_look.clamp(0.0, 0.999_999);
    let mut counts = [0.0; MAX_LOOKS + 1];
    let mut term = skypicket_model::math::exp(whole * skypicket_model::math::ln_1p(-p));
    let mut left = 1.0;
    for (k, count) in counts.iter_mut().enumerate().take(wanted) {
        *count = term;
        left -= term;
        term *= (whole - k as f64).max(0.0) / (k as f64 + 1.0) * p / (1.0 - p);
    }
    counts[wanted] = f64::max(left, 0.0);
    // The part of a look.
    let q = p * part;
    let mut all = [0.0; MAX_LOOKS + 1];
    for (k, count) in counts.iter().enumerate().take(wanted + 1) {
        all[k] += count * (1.0 - q);
        all[(k + 1).min(wanted)] += count * q;
    }
    for count in &mut all {
        *count *= visible;
    }
    all[0] += 1.0 - visible;
    all
}

/// Distance over ground between two unit vectors, metres.
pub(crate) fn apart_m(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let chord2: f64 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    // The arc from its chord; exact to 0.1 % for 3,000 km.
    EARTH_M * chord2.sqrt() * (1.0 + chord2 / 24.0)
}

/// Degrees of longitude of so many metres at a latitude.
pub(crate) fn lon_deg_of(m: f64, lat_deg: f64) -> f64 {
    lat_deg_of(m) / cos(rad(lat_deg.clamp(-88.0, 88.0)))
}

/// Degrees of latitude of so many metres.
pub(crate) fn lat_deg_of(m: f64) -> f64 {
    m / EARTH_M * (180.0 / PI)
}

/// How long a while is that ends now, as a span.
#[must_use]
pub(crate) fn while_of(seconds: f64) -> Span {
    Span::from_s_f64(seconds).unwrap_or(Span::ZERO)
}
