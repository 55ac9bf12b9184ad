//! One track's flights back, a few at each tick: what it has cost at a tick is bounded, and where it stands is state.

use super::areas::Areas;
use super::chance::Chance;
use super::flight::{World, back, fit};
use super::params::OriginParams;
use super::region::{Starts, learned};
use super::start::{Seen, Start};
use crate::coverage::{Coverage, Network};
use skypicket_model::origin::{OriginRegion, Unclear};
use skypicket_model::track::ClassProbabilities;
use skypicket_model::{Canon as _, Span, Time, TrackId};

/// Version of the method: changes with anything that changes a region.
pub const METHOD: u16 = 2;
/// A class that the tracker gives no chance has this one: its bands are rough.
const LEAST_CLASS: f64 = 0.05;
/// Fewer flights that count are no answer.
const LEAST_EFFECTIVE: f64 = 30.0;
/// Share of flights that every kind gets at least.
const LEAST_TRIED: f64 = 0.02;

/// What was seen of a track.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// Which track.
    pub track: TrackId,
    /// Where it was, oldest first.
    pub seen: Vec<Seen>,
    /// What it may be.
    pub class: ClassProbabilities,
}
skypicket_model::canon_struct!(Evidence { track, seen, class });

/// What regions are worked out against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// Parameters.
    pub params: &'a OriginParams,
    /// Candidate areas.
    pub areas: &'a Areas,
    /// What the sensors could see.
    pub coverage: &'a Coverage,
    /// … and when they were watching.
    pub network: &'a Network,
}

/// Flights of one track under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    evidence: Evidence,
    begun: Time,
    flown: u32,
    /// Flights tried and their weight, by kind.
    kinds: Vec<(u32, f64)>,
    starts: Starts,
    seed: u64,
}
skypicket_model::canon_struct!(Job { evidence, begun, flown, kinds, starts, seed });

impl Job {
    /// Begins. What chance there is comes from the evidence.
    #[must_use]
    pub fn new(evidence: Evidence, now: Time, against: &Against<'_>) -> Self {
        let mut content = Vec::new();
        evidence.encode(&mut content);
        let seed = skypicket_model::ids::content_hash(&[b"origin", &content]);
        let world = world(against);
        let start = start(&evidence, against);
        let shares: Vec<f64> = against
            .params
            .kind
            .iter()
            .map(|kind| kind.share * (LEAST_CLASS + f64::from(evidence.class.of(kind.class.class()))))
            .collect();
        let mut chance = Chance::new(seed);
        let fits: Vec<f64> = match &start {
            Some(start) => against
                .params
                .kind
                .iter()
                .zip(&shares)
                .map(|(kind, share)| share * fit(&world, start, kind, &mut chance))
                .collect(),
            None => vec![0.0; shares.len()],
        };
        let total = fits.iter().sum::<f64>();
        let flights = f64::from(against.params.flights);
        let tried = |fit: &f64| {
            let share = if total > 0.0 { fit / total } else { 0.0 };
            // What a few tries found hopeless is tried all the same, a little.
            if total > 0.0 { (flights * share.max(LEAST_TRIED)).ceil() as u32 } else { 0 }
        };
        let kinds: Vec<(u32, f64)> = fits
            .iter()
            .zip(&shares)
            .map(|(fit, share)| {
                let n = if *share > 0.0 { tried(fit) } else { 0 };
                (n, if n > 0 { share / f64::from(n) } else { 0.0 })
            })
            .collect();
        let reach_km: f64 = fits
            .iter()
            .zip(&against.params.kind)
            .map(
                |(fit, kind)| {
                    if total > 0.0 { fit / total * 0.25 * (kind.range_km[0] + kind.range_km[1]) } else { 0.0 }
                },
            )
            .sum();
        Self { evidence, begun: now, flown: 0, kinds, starts: Starts::new(reach_km, against.areas.len()), seed }
    }

    /// Which track.
    #[must_use]
    pub const fn track(&self) -> TrackId {
        self.evidence.track
    }

    /// What it rests on, to begin anew.
    pub(super) fn into_evidence(self) -> Evidence {
        self.evidence
    }

    /// How many places of the track it rests on.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Flies so many flights more; the region once all are flown.
    pub fn go_on(&mut self, flights: u32, against: &Against<'_>) -> Option<OriginRegion> {
        let Some(start) = start(&self.evidence, against) else { return Some(self.region(None, against)) };
        let world = world(against);
        for _ in 0..flights {
            let Some((kind, weight)) = self.kind() else { return Some(self.region(Some(&start), against)) };
            // Each flight has a stream of its own.
            let mut chance = Chance::new(self.seed ^ u64::from(self.flown + 1).wrapping_mul(0xd134_2543_de82_ef95));
            if let Some(kind) = against.params.kind.get(kind) {
                let starts = &mut self.starts;
                back(&world, &start, kind, weight, &mut chance, &mut |deposit| starts.take(deposit));
                self.starts.landed();
            }
            self.flown += 1;
        }
        None
    }

    /// Kind and weight of the next flight.
    fn kind(&self) -> Option<(usize, f64)> {
        let mut before = 0;
        for (kind, (flights, weight)) in self.kinds.iter().enumerate() {
            before += flights;
            if self.flown < before {
                return Some((kind, *weight));
            }
        }
        None
    }

    fn region(&self, start: Option<&Start>, against: &Against<'_>) -> OriginRegion {
        let params = against.params;
        let regions = self.starts.regions();
        let (candidates, elsewhere) = self.starts.candidates(against.areas, params.elsewhere);
        let needed = Span::from_s_f64(params.least_observed_s).unwrap_or(Span::ZERO);
        let observed = self.observed();
        let effective = self.starts.effective();
        let mut unclear = Vec::new();
        if observed < needed || start.is_none() {
            unclear.push(Unclear::SeenShortly { observed, needed });
        }
        if effective < LEAST_EFFECTIVE {
            unclear.push(Unclear::Unexplained);
        }
        let area_km2 = regions.area_km2[1];
        if area_km2 > params.largest_km2 {
            unclear.push(Unclear::TooLarge { area_km2, most_km2: params.largest_km2 });
        }
        let wide = area_km2 > 0.1 * params.largest_km2;
        if wide && !candidates.is_empty() && learned(&candidates, (elsewhere, params.elsewhere)) < params.least_learned
        {
            unclear.push(Unclear::NothingLearned);
        }
        let first = self.evidence.seen.first();
        OriginRegion {
            track: self.evidence.track,
            time: self.begun,
            first_seen: first.map_or(self.begun, |seen| seen.time),
            first_place: first.map_or(skypicket_model::LatLon { lat_deg: 0.0, lon_deg: 0.0 }, |seen| seen.place),
            observed,
            method: METHOD,
            effective_flights: effective,
            cell_deg: regions.cell_deg,
            cells: regions.cells,
            half: regions.half,
            area_km2: regions.area_km2,
            candidates,
            elsewhere,
            unclear,
        }
    }

    fn observed(&self) -> Span {
        let seen = &self.evidence.seen;
        seen.first().zip(seen.last()).map_or(Span::ZERO, |(first, last)| last.time - first.time)
    }
}

fn start(evidence: &Evidence, against: &Against<'_>) -> Option<Start> {
    Start::of(&evidence.seen, |place| against.coverage.spot(place).ground_m)
}

const fn world<'a>(against: &Against<'a>) -> World<'a> {
    World { params: against.params, areas: against.areas, coverage: against.coverage, network: against.network }
}

/// The region of a track in one go.
#[must_use]
pub fn region(evidence: Evidence, now: Time, against: &Against<'_>) -> OriginRegion {
    let mut job = Job::new(evidence, now, against);
    loop {
        if let Some(region) = job.go_on(u32::MAX, against) {
            return region;
        }
    }
}
