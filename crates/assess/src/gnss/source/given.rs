//! Samples made ready to be weighed: steps in space, with what each says inside and outside of a transmitter's reach.

use skypicket_model::math::{exp, rad, sin_cos};
use skypicket_model::{LatLon, Time};

use super::samples::{Flights, Piece, Sample};

/// Of the Earth, km.
const EARTH_KM: f64 = 6371.0;
/// Radio horizon over an Earth whose radius is taken a third larger for refraction, km for √m (ITU-R P.528 uses the same).
pub(super) const HORIZON_KM: f64 = 4.12;
/// An aircraft within reach loses its navigation at this rate, 1/s. Slower than a receiver does: a pattern, an obstacle or an airframe keeps some good for a while.
const LOSES_PER_S: f64 = 1.0 / 45.0;
/// … and one outside in such a step.
const LOSES_OUTSIDE: f64 = 0.002;
/// It has it back within reach in such a step.
const BACK_INSIDE: f64 = 0.01;
/// Outside it has it back after a time: shares of aircraft, and time constants in units of [`UNIT_S`]; the last ones never.
const BACK: [(f64, f64); 3] = [(0.6, 4.0), (0.28, 24.0), (0.12, 1e9)];
/// Time without navigation outside is counted in units, and up to so many.
const UNIT_S: f64 = 10.0;
pub(super) const UNITS: usize = 96;
/// Share of aircraft that are never affected, and of those that change for reasons of their own, with the probability of each change.
const IMMUNE: f64 = 0.04;
const OWN: (f64, f64) = (0.01, 0.03);
/// What is said by pieces halves in this time, seconds.
const HALF_LIFE_S: f64 = 3600.0;
/// Most pieces that are weighed together.
const MOST_FLOWN: usize = 600;
/// Least that a piece's likelihood can be.
const LEAST: f64 = 1e-30;

/// What happened in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It had its navigation before and after.
    Has,
    /// It lost it.
    Loses,
    /// It lacked it before and after.
    Lacks,
    /// It has it back.
    Back,
}
skypicket_model::canon_enum!(Kind { 0 => Has, 1 => Loses, 2 => Lacks, 3 => Back });

/// A step between two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) kind: Kind,
    /// Where, km from the middle of the Earth, and how far its horizon is, km.
    pub(super) at: [f64; 3],
    pub(super) horizon_km: f64,
    /// What it says inside and outside, as factors; of [`Kind::Lacks`] only the time counts.
    pub(super) inside: f64,
    pub(super) outside: f64,
    pub(super) units: u16,
}
skypicket_model::canon_struct!(Step { kind, at, horizon_km, inside, outside, units });

/// The steps of a piece of a flight.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Flown {
    /// Where its steps begin, and one past the last.
    pub(super) from: u32,
    pub(super) until: u32,
    /// What it counts for, by its age.
    pub(super) weight: f64,
    /// Its likelihood where it is immune or has faults of its own.
    pub(super) anyway: f64,
}
skypicket_model::canon_struct!(Flown { from, until, weight, anyway });

/// All that is weighed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Given {
    pub(super) steps: Vec<Step>,
    pub(super) flown: Vec<Flown>,
    pub(super) onsets: Vec<LatLon>,
    pub(super) offsets: u32,
    /// The mean of where aircraft were affected: no source, a figure to compare with.
    pub(super) centroid: Option<LatLon>,
    pub(super) samples: u32,
}
skypicket_model::canon_struct!(Given { steps, flown, onsets, offsets, centroid, samples });

/// A place on or above the ground, km from the middle of the Earth.
pub(super) fn vector(place: LatLon, height_m: f64) -> [f64; 3] {
    let (sin_lat, cos_lat) = sin_cos(rad(place.lat_deg));
    let (sin_lon, cos_lon) = sin_cos(rad(place.lon_deg));
    let r = EARTH_KM + height_m * 1e-3;
    [r * cos_lat * cos_lon, r * cos_lat * sin_lon, r * sin_lat]
}

impl Given {
    /// What was seen in an area, as of a moment.
    pub(super) fn new(flights: &Flights, is_near: impl Fn(LatLon) -> bool, now: Time) -> Self {
        let mut given = Self::default();
        let (mut sum, mut count, mut first) = ([0.0; 2], 0.0, None);
        let near = |piece: &&Piece| piece.samples.iter().any(|sample| is_near(sample.place));
        let mut pieces: Vec<&Piece> = flights.pieces().filter(near).collect();
        // Those that were affected say most; of the others the newest.
        pieces.sort_by_key(|piece| (!piece.is_affected(), core::cmp::Reverse(piece.last())));
        pieces.truncate(MOST_FLOWN);
        pieces.sort_by_key(|piece| piece.last());
        for piece in pieces {
            given.take(piece, now);
            for sample in piece.samples.iter().filter(|sample| sample.affected) {
                let first = *first.get_or_insert(sample.place);
                sum[0] += sample.place.lat_deg;
                sum[1] += skypicket_model::math::wrap_deg_180(sample.place.lon_deg - first.lon_deg);
                count += 1.0;
            }
        }
        given.centroid = first.map(|first| LatLon {
            lat_deg: sum[0] / count,
            lon_deg: skypicket_model::math::wrap_deg_180(first.lon_deg + sum[1] / count),
        });
        given
    }

    /// How often aircraft lost their navigation or had it back.
    pub(super) fn changes(&self) -> u32 {
        u32::try_from(self.onsets.len()).unwrap_or(u32::MAX).saturating_add(self.offsets)
    }

    fn take(&mut self, piece: &Piece, now: Time) {
        let from = self.steps.len();
        self.samples += u32::try_from(piece.samples.len()).unwrap_or(u32::MAX);
        let (mut changes, mut losses) = (0, 0);
        for pair in piece.samples.windows(2) {
            let [before, after] = pair else { continue };
            let step = step(before, after);
            match step.kind {
                Kind::Loses => {
                    self.onsets.push(after.place);
                    changes += 1;
                    losses += 1;
                }
                Kind::Back => {
                    self.offsets += 1;
                    changes += 1;
                }
                Kind::Has | Kind::Lacks => {}
            }
            self.steps.push(step);
        }
        let age_s = piece.samples.last().map_or(0.0, |last| (now - last.time).s().max(0.0));
        let anyway = IMMUNE * skypicket_model::math::pow(LOSES_OUTSIDE, f64::from(losses))
            + OWN.0 * skypicket_model::math::pow(OWN.1, f64::from(changes));
        self.flown.push(Flown {
            from: from as u32,
            until: self.steps.len() as u32,
            // Whole steps: those that count alike are multiplied together.
            weight: exp(-core::f64::consts::LN_2 * (age_s / HALF_LIFE_S * 4.0).floor() * 0.25),
            anyway: anyway.max(LEAST),
        });
    }
}

fn step(before: &Sample, after: &Sample) -> Step {
    let seconds = (after.time - before.time).s().max(0.0);
    let (kind, inside, outside) = match (before.affected, after.affected) {
        (false, false) => (Kind::Has, exp(-LOSES_PER_S * seconds), 1.0),
        (false, true) => (Kind::Loses, 1.0 - exp(-LOSES_PER_S * 30.0), LOSES_OUTSIDE),
        (true, true) => (Kind::Lacks, 1.0, 1.0),
        (true, false) => (Kind::Back, BACK_INSIDE, 1.0),
    };
    let changes = before.affected != after.affected;
    let place = if changes { after.place } else { between(before.place, after.place) };
    let height_m = if changes { after.height_m } else { 0.5 * (before.height_m + after.height_m) };
    Step {
        kind,
        at: vector(place, height_m),
        horizon_km: HORIZON_KM * height_m.max(0.0).sqrt(),
        inside,
        outside,
        units: ((seconds / UNIT_S).round() as u16).min(UNITS as u16),
    }
}

fn between(a: LatLon, b: LatLon) -> LatLon {
    let wrap = skypicket_model::math::wrap_deg_180;
    LatLon { lat_deg: 0.5 * (a.lat_deg + b.lat_deg), lon_deg: wrap(a.lon_deg + 0.5 * wrap(b.lon_deg - a.lon_deg)) }
}

/// Probability of still lacking navigation after so many units outside, and of having it back in the next step.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    pub(super) still: [f64; UNITS + 1],
    pub(super) back: [f64; UNITS + 1],
}

impl Carried {
    pub(super) fn new() -> Self {
        let sum = |n: usize, each: fn(f64) -> f64| {
            BACK.iter().map(|(share, tau)| share * exp(-(n as f64) / tau) * each(*tau)).sum::<f64>()
        };
        Self {
            still: core::array::from_fn(|n| sum(n, |_| 1.0)),
            back: core::array::from_fn(|n| sum(n, |tau| 1.0 - exp(-3.0 / tau))),
        }
    }
}
