//! Who will enter a watched airspace within the next minutes, if it flies on. Page: docs/detectors/predicted_entry.md.

mod ahead;
mod turned;

use std::collections::BTreeMap;

use skypicket_model::{
    AirspaceId, Assessment, Canon as _, CanonError, DetectorName, Evidence, Finding, LatLon, Permission, Reader,
    Reason, Severity, Span, Subject, Time, Track, TrackId,
};

use crate::airspace_entry::{EntryParams, is_mature_by_rate, is_settled};
use crate::detector::{Detector, DetectorKind, Group, Handling, Judgement, TickView};
use crate::geometry::{BorderSigma, Boundary};
use crate::params::{positive_or_zero, rising};
use crate::renumber::Renumbering;
use crate::site::{Site, Watched};
use crate::vertical::{Vertical, vertical};

use ahead::Course;
use turned::{Turns, with_turns};

/// This detector's row.
pub const KIND: DetectorKind = DetectorKind {
    name: "predicted_entry",
    summary: "who will enter a watched airspace within 1, 2, 5 and 10 minutes, and where, if it flies on",
    incidents_of: "airspace_entry",
    build: |params| {
        Box::new(PredictedEntry {
            params: params.predicted_entry.clone(),
            entry: params.airspace_entry.clone(),
            pairs: BTreeMap::new(),
        })
    },
    schema: || schemars::schema_for!(PredictedParams),
};

/// Parameters of `predicted_entry`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PredictedParams {
    /// Spectral density of unforeseen acceleration, m²/s³: how fast a prediction loses its worth.
    pub acceleration_m2_s3: f64,
    /// Share of objects that turn now and then; the others fly on.
    pub turning_share: f64,
    /// Mean time between two turns of those that do, seconds.
    pub turn_every_s: f64,
    /// P(enters within 5 minutes) from which it is told.
    pub told: f64,
    /// P(enters within 5 minutes) from which something without permission opens an incident.
    pub incident: f64,
}

impl Default for PredictedParams {
    fn default() -> Self {
        Self { acceleration_m2_s3: 0.5, turning_share: 0.5, turn_every_s: 120.0, told: 0.5, incident: 0.8 }
    }
}

impl PredictedParams {
    pub(crate) fn faults(&self, faults: &mut Vec<String>) {
        positive_or_zero(
            &[
                ("predicted_entry.acceleration_m2_s3", self.acceleration_m2_s3),
                ("predicted_entry.turn_every_s", self.turn_every_s),
            ],
            faults,
        );
        if !(0.0..=1.0).contains(&self.turning_share) {
            faults
                .push(format!("assess: predicted_entry.turning_share is {}, must be from 0 to 1", self.turning_share));
        }
        rising(&[("predicted_entry.told", self.told), ("predicted_entry.incident", self.incident)], faults);
    }
}

/// What lies ahead of a track outside of a boundary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foretold {
    /// P(enters) within 1, 2, 5 and 10 minutes.
    pub within: [f64; 4],
    /// How long until its straight course crosses the line, and where; `None` where it does not lead there.
    pub crossing: Option<(Span, LatLon)>,
    /// Half the length of the stretch that holds 90 % of where it would cross, metres.
    pub stretch_m: Option<f64>,
}

/// Looks ahead of one track: what the detector does for each that could reach a boundary.
#[must_use]
pub fn foretell(track: &Track, boundary: &Boundary, sigma: &BorderSigma, params: &PredictedParams) -> Foretold {
    let course = Course::new(track, params.acceleration_m2_s3);
    let ahead = course.ahead(boundary, sigma);
    let turns = Turns { share: params.turning_share, every_s: params.turn_every_s };
    let within = with_turns(&ahead, &course, boundary, turns);
    let stretch_m = ahead.crossing.and_then(|crossing| course.stretch_m(boundary, crossing));
    Foretold { within, crossing: ahead.crossing, stretch_m }
}

/// A pair is looked at again after this time; one that has come near a threshold, with its next measurement.
const EVERY: Span = Span::from_s(5);
/// Pairs looked at in one tick; the rest wait, the longest waiting first.
const MAX_PER_TICK: usize = 256;
/// Pairs followed.
const MAX_PAIRS: usize = 50_000;
/// Told pairs are untold again below this share of the threshold.
const UNTOLD_SHARE: f64 = 0.6;
/// From this share of the next threshold on a measurement may be the one that passes it.
const NEAR_SHARE: f64 = 0.5;

/// One track heading for one airspace.
#[derive(Clone, Debug, PartialEq)]
struct Pair {
    looked: Time,
    /// 0 not told, 1 told, 2 told as an incident.
    told: u8,
    /// P(enters within 5 minutes) when it was looked at.
    probability: f64,
    /// The track's newest measurement then.
    seen: Time,
}
skypicket_model::canon_struct!(Pair { looked, told, probability, seen });

struct PredictedEntry {
    params: PredictedParams,
    /// What a track must be before an entry is more than possible holds for announcing one, too.
    entry: EntryParams,
    pairs: BTreeMap<(TrackId, AirspaceId), Pair>,
}

impl PredictedEntry {
    fn look(&self, track: &Track, watched: &Watched, site: &Site) -> Foretold {
        foretell(track, &watched.boundary, &site.border_sigma, &self.params)
    }

    fn judgement(
        track: &Track,
        watched: &Watched,
        ahead: &Foretold,
        permission: &Permission,
        told: u8,
        now: Time,
    ) -> Judgement {
        let probability = ahead.within[2];
        let looked_after =
            matches!(permission, Permission::NotPermitted | Permission::Undetermined { contradicted: true, .. });
        let severity = match (looked_after, told) {
            (true, 2) => Severity::Medium,
            (true, 1) => Severity::Low,
            _ => Severity::Information,
        };
        let mut reasons = Vec::new();
        if let Some((duration, _)) = ahead.crossing {
            reasons.push(Reason::CourseLeadsIn { duration });
        }
        reasons.push(if looked_after { Reason::NoPermission } else { Reason::Uncorroborated });
        reasons.push(watched.boundary_data());
        let assessment = Assessment {
            detector: DetectorName::new(KIND.name),
            subject: Subject::Track(track.id),
            incident: None,
            time: now,
            finding: Finding::PredictedEntry {
                airspace: watched.airspace.id,
                probability_within: ahead.within,
                time_to_boundary: ahead.crossing.map(|(span, _)| span),
                place: ahead.crossing.map(|(_, place)| place),
                stretch_m: ahead.stretch_m,
                ended: (told == 0).then_some(now),
            },
            probability,
            severity,
            evidence: Evidence {
                first: track.first_observation,
                last: track.last_observation,
                strongest: vec![track.last_observation],
                count: u64::from(track.updates),
            },
            reasons,
        };
        let group = Group::Flight {
            airspace: watched.airspace.id,
            place: ahead.crossing.map_or(track.position.lat_lon(), |(_, place)| place),
            time: now,
            course_rad: track.course_rad(),
            class: track.class.best().0,
            reality: track.reality,
        };
        let handling = if severity >= Severity::Medium { Handling::Open } else { Handling::Update };
        Judgement { assessment, news: false, handling, group, row: None }
    }

    /// Whether the next measurement may tell more than is told.
    fn awaits(&self, pair: &Pair) -> bool {
        let next = [self.params.told, self.params.incident].get(usize::from(pair.told)).copied();
        next.is_some_and(|next| pair.probability >= NEAR_SHARE * next)
    }

    /// Looks at pairs that are due, those first that waited longest: which those are does not depend on the order in which tracks came.
    fn follow_longest_waiting(
        &mut self,
        mut due: Vec<(Time, (TrackId, AirspaceId))>,
        view: &TickView<'_>,
        site: &Site,
        out: &mut Vec<Judgement>,
    ) {
        due.sort_unstable();
        for (_, key) in due.into_iter().take(MAX_PER_TICK) {
            let (Some(track), Some(watched)) = (view.track(key.0), site.watched(key.1)) else { continue };
            let begun = Pair { looked: view.now, told: 0, probability: 0.0, seen: Time::MIN };
            let pair = self.pairs.get(&key).cloned().unwrap_or(begun);
            match self.follow(track, watched, site, &pair, view.now) {
                Some((pair, judgement)) => {
                    self.pairs.insert(key, pair);
                    out.extend(judgement);
                }
                None => {
                    self.pairs.remove(&key);
                }
            }
        }
    }

    /// Looks at one pair; `None` when it needs no following.
    fn follow(
        &self,
        track: &Track,
        watched: &Watched,
        site: &Site,
        pair: &Pair,
        now: Time,
    ) -> Option<(Pair, Option<Judgement>)> {
        let excluded = vertical(track, &watched.airspace, now) == Vertical::Within(0.0);
        if watched.boundary.inside(track.position.lat_lon()) || !watched.airspace.active(now) || excluded {
            return None;
        }
        let permission = site.permissions.judge(track, &watched.airspace.code, now);
        if is_settled(&permission) {
            return Some((Pair { looked: now, told: 0, probability: 0.0, seen: track.updated }, None));
        }
        let ahead = self.look(track, watched, site);
        let p = ahead.within[2];
        // A level once told is kept until the probability has fallen well below it.
        let level = |threshold: f64, level: u8| p >= threshold || (pair.told >= level && p >= threshold * UNTOLD_SHARE);
        let mature = pair.told == 2 || is_mature_by_rate(track, now, &self.entry);
        let told = if mature && level(self.params.incident, 2) { 2 } else { u8::from(level(self.params.told, 1)) };
        let next = Pair { looked: now, told, probability: p, seen: track.updated };
        if told == 0 && pair.told == 0 {
            return Some((next, None));
        }
        let mut judgement = Self::judgement(track, watched, &ahead, &permission, told, now);
        judgement.news = told > pair.told;
        Some((next, Some(judgement)))
    }
}

impl Detector for PredictedEntry {
    fn assess(&mut self, view: &TickView<'_>, site: &Site, out: &mut Vec<Judgement>) {
        self.pairs.retain(|(track, _), _| view.track(*track).is_some_and(Track::is_confirmed));
        let mut due = Vec::new();
        for track in view.tracks.iter().filter(|track| track.is_confirmed() && !track.on_ground) {
            for watched in &site.watched {
                let key = (track.id, watched.airspace.id);
                let pair = self.pairs.get(&key);
                let looked = pair.map(|pair| pair.looked);
                let measured = pair.is_some_and(|pair| self.awaits(pair) && track.updated > pair.seen);
                if !measured && looked.is_some_and(|looked| view.now - looked < EVERY) {
                    continue;
                }
                if ahead::in_reach(track, &watched.boundary) && (looked.is_some() || self.pairs.len() < MAX_PAIRS) {
                    due.push((looked.unwrap_or(Time::EPOCH), key));
                } else {
                    self.pairs.remove(&key);
                }
            }
        }
        self.follow_longest_waiting(due, view, site, out);
    }

    fn awaits(&self, out: &mut Vec<TrackId>) {
        out.extend(self.pairs.iter().filter(|(_, pair)| Self::awaits(self, pair)).map(|((track, _), _)| *track));
    }

    fn look(&mut self, view: &TickView<'_>, site: &Site, out: &mut Vec<Judgement>) {
        let mut due = Vec::new();
        for track in view.tracks.iter().filter(|track| track.is_confirmed() && !track.on_ground) {
            let pairs = self.pairs.range((track.id, AirspaceId(0))..=(track.id, AirspaceId(u32::MAX)));
            let measured = pairs.filter(|(_, pair)| Self::awaits(self, pair) && track.updated > pair.seen);
            due.extend(measured.map(|(key, pair)| (pair.looked, *key)));
        }
        self.follow_longest_waiting(due, view, site, out);
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.pairs.encode(out);
    }

    fn restore(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.pairs = skypicket_model::Canon::decode(reader)?;
        Ok(())
    }

    fn renumber(&mut self, to: &Renumbering) {
        let former = std::mem::take(&mut self.pairs);
        let now = former.into_iter().map(|((track, airspace), pair)| ((track, to.airspace(airspace)), pair));
        self.pairs = now.filter(|((_, airspace), _)| !airspace.is_gone()).collect();
    }
}
