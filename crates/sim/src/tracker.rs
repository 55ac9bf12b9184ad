//! A neighbour's tracking system: its system tracks, with the errors that trackers make, which do not average out quickly.

use crate::asterix_out::{SystemReport, system_tracks};
use crate::rng::Rng;
use crate::sensor::{Outages, Site};
use crate::target::{Air, Target};
use skypicket_model::math::exp;
use skypicket_model::{Address, Span, Tangent, Time, Vec3};
use std::collections::BTreeMap;

/// How long an error of a tracker lasts: its correlation time, seconds (our assumption: a few radar turns).
const CORRELATION_S: f64 = 30.0;
/// Looks before a track is sent.
const CONFIRMED_AFTER: u32 = 3;

/// A neighbour's tracker.
#[derive(Clone, Debug)]
pub struct Tracker {
    /// Its name.
    pub name: String,
    /// ASTERIX system area code and system identification code.
    pub source: (u8, u8),
    /// Centre of its area.
    pub centre: Site,
    /// Radius of its area, metres.
    pub range_m: f64,
    /// Lowest height above ground at which its radars see, metres.
    pub lowest_m: f64,
    /// Time between two reports of a track, seconds.
    pub period_s: f64,
    /// 1-sigma of its error in each horizontal component, metres.
    pub sigma_m: f64,
    /// Whether it tracks targets without transponder.
    pub primary: bool,
    /// From the time of the tracks to the arrival of the report.
    pub latency: Span,
    /// When it is silent.
    pub outages: Outages,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    error_m: (f64, f64),
    looks: u32,
}

/// A tracker at work.
#[derive(Clone, Debug)]
pub(crate) struct Tracking {
    held: BTreeMap<usize, Held>,
    rng: Rng,
    turn: i64,
}

impl Tracking {
    pub(crate) const fn new(rng: Rng) -> Self {
        Self { held: BTreeMap::new(), rng, turn: 0 }
    }

    /// When the next report is made.
    pub(crate) fn due(&self, tracker: &Tracker, begin: Time) -> Time {
        begin + Span::from_s_f64((self.turn + 1) as f64 * tracker.period_s).unwrap_or(Span::ZERO)
    }

    /// Makes the report that is due.
    pub(crate) fn report(&mut self, tracker: &Tracker, time: Time, targets: &[Target], air: &Air) -> Vec<Vec<u8>> {
        self.turn += 1;
        let keep = exp(-tracker.period_s / CORRELATION_S);
        let fresh = (1.0 - keep * keep).sqrt() * tracker.sigma_m;
        let mut reports = Vec::new();
        for (index, target) in targets.iter().enumerate() {
            let seen = tracker.sees(target, time, air);
            let held = self.held.get(&index).copied();
            if !seen {
                if held.is_some_and(|held| held.looks >= CONFIRMED_AFTER) {
                    reports.extend(tracker.describe(index, target, time - Span::from_s(1), held, true));
                }
                self.held.remove(&index);
                continue;
            }
            let mut held = held.unwrap_or_else(|| Held {
                error_m: (tracker.sigma_m * self.rng.normal(), tracker.sigma_m * self.rng.normal()),
                looks: 0,
            });
            held.error_m.0 = keep * held.error_m.0 + fresh * self.rng.normal();
            held.error_m.1 = keep * held.error_m.1 + fresh * self.rng.normal();
            held.looks += 1;
            self.held.insert(index, held);
            if held.looks >= CONFIRMED_AFTER {
                reports.extend(tracker.describe(index, target, time, Some(held), false));
            }
        }
        system_tracks(tracker.source, air, time, &reports)
    }
}

impl Tracker {
    fn sees(&self, target: &Target, time: Time, air: &Air) -> bool {
        if !self.primary && target.transponder.is_none() {
            return false;
        }
        target.at(time).is_some_and(|motion| {
            air.agl_m(motion.place.height_m) >= self.lowest_m
                && self.centre.range_m(motion.place.to_ecef()) <= self.range_m
        })
    }

    fn describe(
        &self,
        index: usize,
        target: &Target,
        time: Time,
        held: Option<Held>,
        ended: bool,
    ) -> Option<SystemReport> {
        // The last report of a target whose path has ended states its end.
        let motion = target.at(time.min(target.gone()))?;
        let error = held.map_or((0.0, 0.0), |held| held.error_m);
        let frame = Tangent::new(motion.place);
        let place = frame.geodetic(Vec3::new(error.0, error.1, 0.0)).lat_lon().at_height(motion.place.height_m);
        Some(SystemReport {
            number: (index % 65_000) as u16 + 1,
            ended,
            coasting: ended,
            place,
            motion,
            sigma_m: self.sigma_m,
            skin: self.primary,
            reply: target.transponder.as_ref().map(|t| (Address::icao(t.address), t.flight_id, t.squawk(time))),
        })
    }
}
