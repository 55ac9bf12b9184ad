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

/// An emergency that was told.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    emergency: Emergency,
    last: Time,
}
skypicket_model::canon_struct!(Told { emergency, last });

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

    fn judgement(track: &Track, stated: &Stated, severity: Severity, now: Time) -> Judgement {
        let mut reasons = vec![Reason::Stated { sensor: stated.sensor }];
        if track.identity.contradicted_since.is_some() {
            reasons.push(Reason::Contradicted);
        }
        let assessment = Assessment {
            detector: DetectorName::new(KIND.name),
            subject: Subject::Track(track.id),
            incident: None,
            time: now,
            finding: Finding::EmergencyCode { emergency: stated.emergency, squawk: stated.squawk },
            // That it is stated is certain; whether it is so is for people.
            probability: 1.0,
            severity,
            evidence: Evidence {
                first: track.first_observation,
                last: track.last_observation,
                strongest: vec![track.last_observation],
                count: u64::from(track.updates),
            },
            reasons,
        };
        let handling = if severity >= Severity::Medium { Handling::Open } else { Handling::Update };
        Judgement { assessment, news: true, handling, group: Group::Alone, row: None }
    }
}

impl Detector for EmergencyCode {
    fn assess(&mut self, view: &TickView<'_>, _site: &Site, out: &mut Vec<Judgement>) {
        let over = Self::span(self.params.over_s);
        self.told.retain(|track, _| view.track(*track).is_some());
        for track in view.tracks.iter().filter(|track| track.is_confirmed()) {
            let stated = stated(track).filter(|stated| view.now - stated.last <= over);
            match (stated, self.told.get(&track.id)) {
                (Some(stated), told) => {
                    let stands = stated.last - stated.first >= Self::span(self.params.stands_s);
                    let news = told.is_none_or(|told| told.emergency != stated.emergency);
                    if stands && news {
                        out.push(Self::judgement(track, &stated, severity(stated.emergency), view.now));
                    }
                    if stands || told.is_some() {
                        let emergency =
                            if stands { stated.emergency } else { told.map_or(stated.emergency, |t| t.emergency) };
                        self.told.insert(track.id, Told { emergency, last: stated.last });
                    }
                }
                (None, Some(told)) => {
                    // Over: the figure goes down, the incident stays until a person closes it.
                    let (emergency, last) = (told.emergency, told.last);
                    let sensor = track.identity.squawks.first().map_or_else(SensorId::default, |claim| claim.sensor);
                    let stated = Stated { emergency, squawk: None, sensor, first: last, last };
                    out.push(Self::judgement(track, &stated, Severity::Information, view.now));
                    self.told.remove(&track.id);
                }
                (None, None) => {}
            }
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.told.encode(out);
    }

    fn restore(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.told = skypicket_model::Canon::decode(reader)?;
        Ok(())
    }

    fn renumber(&mut self, _to: &Renumbering) {}
}
