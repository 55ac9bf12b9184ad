//! The engine's whole state as canonical bytes, and the part of it that a new epoch takes over.

use crate::decisions::Decisions;
use crate::engine::Engine;
use crate::reports::Reports;
use skypicket_assess::Renumbering;
use skypicket_assess::claims::Claims;
use skypicket_model::sensor::SensorHealth;
use skypicket_model::{AirspaceId, Canon, CanonError, FeedId, Incident, Reader, Time, Track, TrackId};
use std::collections::BTreeMap;

/// What a new epoch takes over from the one before: everything but the tracker's state, which is found again from the last inputs.
pub struct Carried {
    pub(crate) incidents: Vec<Incident>,
    pub(crate) tracks: Vec<Track>,
    pub(crate) decisions: Decisions,
    pub(crate) numbers: crate::numbers::Numbers,
    pub(crate) sensors: Vec<SensorHealth>,
    /// Numbers and codes of the watched airspaces.
    pub(crate) airspaces: Vec<(AirspaceId, String)>,
    /// Detectors, ledger, groups and alarms: [`skypicket_assess::Assessor::encode`].
    pub(crate) assessor: Vec<u8>,
    /// Until when nobody listened, where there was a pause.
    pub(crate) listening_since: Option<Time>,
    /// What is reported from the ground.
    pub(crate) reports: Reports,
    /// Public statements that people entered.
    pub(crate) claims: Claims,
}

/// What came later stands last in its bytes: builds that knew of no pauses ended it after the assessor, those that knew of no reports after
/// the pause, those that knew of no claims after the reports.
impl Canon for Carried {
    fn encode(&self, out: &mut Vec<u8>) {
        let Self {
            incidents,
            tracks,
            decisions,
            numbers,
            sensors,
            airspaces,
            assessor,
            listening_since,
            reports,
            claims,
        } = self;
        incidents.encode(out);
        tracks.encode(out);
        decisions.encode(out);
        numbers.encode(out);
        sensors.encode(out);
        airspaces.encode(out);
        assessor.encode(out);
        listening_since.encode(out);
        reports.encode(out);
        claims.encode(out);
    }
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        Ok(Self {
            incidents: Canon::decode(reader)?,
            tracks: Canon::decode(reader)?,
            decisions: Canon::decode(reader)?,
            numbers: Canon::decode(reader)?,
            sensors: Canon::decode(reader)?,
            airspaces: Canon::decode(reader)?,
            assessor: Canon::decode(reader)?,
            listening_since: if reader.remaining() == 0 { None } else { Canon::decode(reader)? },
            reports: if reader.remaining() == 0 { Reports::default() } else { Canon::decode(reader)? },
            claims: if reader.remaining() == 0 { Claims::default() } else { Canon::decode(reader)? },
        })
    }
}

impl Carried {
    /// Leaves out what only the build that wrote it can be trusted to read: the detectors' own state. Incidents, decisions and tracks stay.
    pub fn of_another_build(&mut self) {
        self.assessor.clear();
    }
}

/// What a new epoch took over.
pub struct Adopted {
    /// Which newly found tracks were linked to which former ids, in the order of the former; each link is journalled.
    pub links: Vec<(TrackId, TrackId)>,
    /// The ledger and the detectors' state went on too, not only incidents.
    pub whole: bool,
}

impl Engine {
    /// The whole state; [`Engine::load`] into an engine of the same setup continues bit for bit.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let mut out = Vec::new();
        skypicket_model::canon::VERSION.encode(&mut out);
        self.seq.encode(&mut out);
        self.time.encode(&mut out);
        self.listening_since.encode(&mut out);
        self.digest.encode(&mut out);
        self.incidents_taken.encode(&mut out);
        self.tally_taken.encode(&mut out);
        self.looked.encode(&mut out);
        self.decisions.encode(&mut out);
        self.reports.encode(&mut out);
        self.claims.encode(&mut out);
        self.numbers.encode(&mut out);
        self.sensors.health().to_vec().encode(&mut out);
        self.tracker.encode(&mut out);
        self.assessor.encode(&mut out);
        self.picture().as_ref().encode(&mut out);
        out
    }

    /// Loads what [`Engine::save`] gave; on error the engine is unchanged.
    ///
    /// # Errors
    /// When the bytes are of another version of the canonical form, cut short or damaged.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), CanonError> {
        let mut reader = Reader::new(bytes);
        if u16::decode(&mut reader)? != skypicket_model::canon::VERSION {
            return Err(CanonError::Invalid);
        }
        let seq = Canon::decode(&mut reader)?;
        let time = Canon::decode(&mut reader)?;
        let listening_since = Canon::decode(&mut reader)?;
        let digest = Canon::decode(&mut reader)?;
        let incidents_taken = Canon::decode(&mut reader)?;
        let tally_taken = Canon::decode(&mut reader)?;
        let looked = Canon::decode(&mut reader)?;
        let decisions = Canon::decode(&mut reader)?;
        let reports = Canon::decode(&mut reader)?;
        let claims = Canon::decode(&mut reader)?;
        let numbers = Canon::decode(&mut reader)?;
        let health = Canon::decode(&mut reader)?;
        let tracker = self.tracker.restored(&mut reader)?;
        let assessor = self.assessor.restored(&mut reader)?;
        let picture = Canon::decode(&mut reader)?;
        if reader.remaining() != 0 {
            return Err(CanonError::Invalid);
        }
        self.seq = seq;
        self.time = time;
        self.listening_since = listening_since;
        self.digest = digest;
        self.incidents_taken = incidents_taken;
        self.tally_taken = tally_taken;
        self.looked = looked;
        self.decisions = decisions;
        self.reports = reports;
        self.claims = claims;
        self.numbers = numbers;
        self.sensors.restore(health);
        self.tracker = tracker;
        self.assessor = assessor;
        self.set_picture(picture);
        Ok(())
    }

    /// What the next epoch takes over.
    #[must_use]
    pub fn carried(&self) -> Carried {
        let mut assessor = Vec::new();
        self.assessor.encode(&mut assessor);
        Carried {
            incidents: self.assessor.incidents().as_ref().clone(),
            tracks: self.picture().tracks.iter().map(|shown| shown.track.clone()).collect(),
            decisions: self.decisions.clone(),
            numbers: self.numbers.clone(),
            sensors: self.sensors.health().to_vec(),
            airspaces: self.assessor.airspaces(),
            assessor,
            listening_since: self.listening_since,
            reports: self.reports.clone(),
            claims: self.claims.clone(),
        }
    }

    /// Takes over what the former epoch knew, after the tracker was warmed with outputs muted: what was judged in the warm-up was judged
    /// before, under the ids that the tracks had. `feeds` says which number each feed of the former config has now.
    pub fn adopt(&mut self, carried: Carried, feeds: BTreeMap<FeedId, FeedId>) -> Adopted {
        let links = self.tracker.adopt(&carried.tracks, self.time);
        let to = Renumbering::new(&carried.airspaces, &self.assessor.airspaces(), feeds);
        let next = self.assessor.carried_over(&carried.assessor, &to);
        let whole = next.is_ok();
        self.assessor = next.unwrap_or_else(|_| {
            let mut anew = self.assessor.anew();
            anew.adopt(carried.incidents, &to);
            anew
        });
        let sensors = carried.sensors.into_iter().map(|health| SensorHealth {
            id: to.sensor(health.id),
            // A new epoch's tracker judges for itself.
            demoted: None,
            ..health
        });
        self.sensors.restore(sensors.filter(|health| !health.id.feed.is_gone()).collect());
        self.decisions = carried.decisions;
        self.numbers = carried.numbers;
        self.listening_since = carried.listening_since;
        self.reports = carried.reports;
        self.claims = carried.claims;
        self.refresh_picture();
        Adopted { links, whole }
    }

    /// Starts the digest anew, after warming with outputs muted.
    pub fn begin_epoch(&mut self) {
        self.digest = crate::digest::Digest::start();
        self.incidents_taken = 0;
        self.tally_taken = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::Numbers;

    fn carried(listening_since: Option<Time>) -> Carried {
        Carried {
            incidents: Vec::new(),
            tracks: Vec::new(),
            decisions: Decisions::default(),
            numbers: Numbers::default(),
            sensors: Vec::new(),
            airspaces: vec![(AirspaceId(3), "AAA".to_owned())],
            assessor: vec![1, 2, 3],
            listening_since,
            reports: Reports::default(),
            claims: Claims::default(),
        }
    }

    #[test]
    fn what_a_build_without_pauses_carried_over_is_read() {
        let pause = Some(Time::from_s(7));
        let read = Carried::from_canon(&carried(pause).to_canon()).expect("what was written");
        assert_eq!((read.listening_since, read.assessor), (pause, vec![1, 2, 3]));
        let mut former = carried(None).to_canon();
        // No claims, then no reports either: their count and how many were ever entered.
        former.truncate(former.len() - Claims::default().to_canon().len());
        let read = Carried::from_canon(&former).expect("the layout without claims");
        assert_eq!((read.listening_since, read.assessor), (None, vec![1, 2, 3]));
        former.truncate(former.len() - Reports::default().to_canon().len());
        let read = Carried::from_canon(&former).expect("the layout without reports");
        assert_eq!((read.listening_since, read.assessor), (None, vec![1, 2, 3]));
        assert_eq!(former.pop(), Some(0), "the pause stands last");
        let read = Carried::from_canon(&former).expect("the former layout");
        assert_eq!((read.listening_since, read.assessor), (None, vec![1, 2, 3]));
        former.pop();
        assert!(Carried::from_canon(&former).is_err(), "what is cut short is not");
    }
}
