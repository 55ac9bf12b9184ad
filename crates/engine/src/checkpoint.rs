//! The engine's whole state as canonical bytes, and the part of it that a new epoch takes over.

use crate::decisions::Decisions;
use crate::engine::Engine;
use skypicket_model::{Canon, CanonError, Incident, Reader, Track, TrackId};

/// What a new epoch takes over from the one before: incidents, confirmed tracks with their numbers, and what people decided.
pub struct Carried {
    pub(crate) incidents: Vec<Incident>,
    pub(crate) tracks: Vec<Track>,
    pub(crate) decisions: Decisions,
    pub(crate) numbers: crate::numbers::Numbers,
}
skypicket_model::canon_struct!(Carried { incidents, tracks, decisions, numbers });

impl Engine {
    /// The whole state; [`Engine::load`] into an engine of the same setup continues bit for bit.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let mut out = Vec::new();
        skypicket_model::canon::VERSION.encode(&mut out);
        self.seq.encode(&mut out);
        self.time.encode(&mut out);
        self.digest.encode(&mut out);
        self.decisions.encode(&mut out);
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
        let digest = Canon::decode(&mut reader)?;
        let decisions = Canon::decode(&mut reader)?;
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
        self.digest = digest;
        self.decisions = decisions;
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
        Carried {
            incidents: self.picture().incidents.as_ref().clone(),
            tracks: self.picture().tracks.iter().map(|shown| shown.track.clone()).collect(),
            decisions: self.decisions.clone(),
            numbers: self.numbers.clone(),
        }
    }

    /// Takes over the former epoch's incidents, decisions and track ids, after the tracker was warmed. Returns which newly found
    /// tracks were linked to which former ids, in id order; each link is journalled.
    pub fn adopt(&mut self, carried: Carried) -> Vec<(TrackId, TrackId)> {
        let links = self.tracker.adopt(&carried.tracks, self.time);
        // What was judged in the warm-up was judged before, under the ids that the tracks had.
        self.assessor = self.assessor.anew();
        self.assessor.adopt(carried.incidents);
        self.decisions = carried.decisions;
        self.numbers = carried.numbers;
        self.refresh_picture();
        links
    }

    /// Starts the digest and everything but the tracker anew, after warming with outputs muted.
    pub fn begin_epoch(&mut self) {
        self.digest = crate::digest::Digest::start();
    }
}
