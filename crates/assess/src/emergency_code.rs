//! Aircraft that state an emergency: Mode 3/A 7500, 7600, 7700 and the ADS-B emergency states. Page: docs/detectors/emergency_code.md.

use std::collections::BTreeMap;

use skypicket_model::{
    Assessment, Canon as _, CanonError, DetectorName, Emergency, Evidence, Finding, Mode3A, Reader, Reason, SensorId,
    Severity, Span, Subject, Time, Track, TrackId,
};

use crate::detector::{Detector, DetectorKind, Group, Handling, Judgement, TickView};
use crate::params::positive_or_zero;
use crate::renumber::Renumbering;
use crate::site::Site;

/// This detector's row.
pub const KIND: DetectorKind = DetectorKind {
    name: "emergency_code",
    summary: "aircraft that state an emergency by Mode 3/A code or ADS-B emergency state",
    incidents_of: "emergency_code",
    build: |params| Box::new(EmergencyCode { params: params.emergency_code.clone(), told: BTreeMap::new() }),
    schema: || schemars::schema_for!(EmergencyParams),
};

/// Parameters of `emergency_code`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EmergencyParams {
    /// A code must stand this long, seconds: pilots turn through codes, and single replies are garbled.
    pub stands_s: f64,
    /// Not stated for this long, it is over, seconds.
    pub over_s: f64,
}

impl Default for EmergencyParams {
    fn default() -> Self {
        Self { stands_s: 5.0, over_s: 60.0 }
    }
}

impl EmergencyParams {
    pub(crate) fn faults(&self, faults: &mut Vec<String>) {
        positive_or_zero(&[("emergency_code.stands_s", self.stands_s), ("emergency_code.over_s", self.over_s)], faults);
    }
}

/// What a track states, and since when.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stated {
    emergency: Emergency,
    squawk: Option<Mode3A>,
    sensor: SensorId,
    first: Time,
    last: Time,
}

/// An emergency that was told, and when it was last stated.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    assessment: Assessment,
    emergency: Emergency,
    last: Time,
}
skypicket_model::canon_struct!(Told { assessment, emergency, last });

struct EmergencyCode {
    params: EmergencyParams,
    told: BTreeMap<TrackId, Told>,
}

/// The emergency that a track states now: the ADS-B state says more than the code.
fn stated(track: &Track) -> Option<Stated> {
    let identity = &track.identity;
    let code = identity.squawks.first();
    if let Some(claim) = &identity.emergency {
        let squawk = code.map(|code| code.value).filter(|code| code.emergency().is_some());
        let (first, last) = (claim.first, claim.last);
        return Some(Stated { emergency: claim.value, squawk, sensor: claim.sensor, first, last });
    }
    let claim = code?;
    let emergency = claim.value.emergency()?;
    let (first, last) = (claim.first, claim.last);
    Some(Stated { emergency, squawk: Some(claim.value), sensor: claim.sensor, first, last })
}

const fn severity(emergency: Emergency) -> Severity {
    match emergency {
        Emergency::UnlawfulInterference | Emergency::General | Emergency::Downed => Severity::High,
        Emergency::NoCommunications | Emergency::Medical | Emergency::MinimumFuel => Severity::Medium,
    }
}

impl EmergencyCode {
    fn span(seconds: f64) -> Span {
        Span::from_s_f64(seconds).unwrap_or(Span::ZERO)
    }

    fn assessment(track: &Track, stated: &Stated, now: Time) -> Assessment {
        let mut reasons = vec![Reason::Stated { sensor: stated.sensor }];
        if track.identity.contradicted_since.is_some() {
            reasons.push(Reason::Contradicted);
        }
        Assessment {
            detector: DetectorName::new(KIND.name),
            subject: Subject::Track(track.id),
            incident: None,
            time: now,
            finding: Finding::EmergencyCode { emergency: stated.emergency, squawk: stated.squawk, ended: None },
            // That it is stated is certain; whether it is so is for people.
            probability: 1.0,
            severity: severity(stated.emergency),
            evidence: Evidence {
                first: track.first_observation,
                last: track.last_observation,
                strongest: vec![track.last_observation],
                count: u64::from(track.updates),
            },
            reasons,
        }
    }

    /// What a track that is held states now.
    fn hear(&mut self, track: &Track, now: Time, out: &mut Vec<Judgement>) {
        let Some(stated) = stated(track).filter(|stated| now - stated.last <= Self::span(self.params.over_s)) else {
            return;
        };
        let told = self.told.get_mut(&track.id);
        let stands = stated.last - stated.first >= Self::span(self.params.stands_s);
        match told {
            Some(told) if !stands || told.emergency == stated.emergency => told.last = stated.last,
            _ if stands => {
                let assessment = Self::assessment(track, &stated, now);
                out.push(judgement(assessment.clone()));
                self.told.insert(track.id, Told { assessment, emergency: stated.emergency, last: stated.last });
            }
            _ => {}
        }
    }

    /// What is stated no more, or by a track that is held no more: the figure goes down, the incident stays until a person closes it.
    fn end(&mut self, now: Time, out: &mut Vec<Judgement>) {
        let over = Self::span(self.params.over_s);
        self.told.retain(|_, told| {
            let lasts = now - told.last <= over;
            if !lasts && let Finding::EmergencyCode { ended, .. } = &mut told.assessment.finding {
                *ended = Some(told.last);
                told.assessment.severity = Severity::Information;
                told.assessment.time = now;
                out.push(judgement(told.assessment.clone()));
            }
            lasts
        });
    }
}

fn judgement(assessment: Assessment) -> Judgement {
    let handling = if assessment.severity >= Severity::Medium { Handling::Open } else { Handling::Update };
    Judgement { assessment, news: true, handling, group: Group::Alone, row: None }
}

impl Detector for EmergencyCode {
    fn assess(&mut self, view: &TickView<'_>, _site: &Site, out: &mut Vec<Judgement>) {
        for track in view.tracks.iter().filter(|track| track.is_confirmed()) {
            self.hear(track, view.now, out);
        }
        self.end(view.now, out);
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.told.encode(out);
    }

    fn restore(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.told = skypicket_model::Canon::decode(reader)?;
        Ok(())
    }

    fn renumber(&mut self, to: &Renumbering) {
        self.told.values_mut().for_each(|told| to.assessment(&mut told.assessment));
    }
}
