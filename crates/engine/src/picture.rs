//! What readers see: an immutable picture a tick.

use skypicket_model::sensor::SensorHealth;
use skypicket_model::{Assessment, Incident, Seq, Time, Track};
use std::sync::Arc;

/// A track and its number in this view.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureTrack {
    /// Short, speakable, unique in this view.
    pub number: u32,
    /// The estimate at the picture's time.
    pub track: Track,
}
skypicket_model::canon_struct!(PictureTrack { number, track });

/// Everything that is shown, as of one tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The input that closed it.
    pub seq: Seq,
    /// The tick's time.
    pub time: Time,
    /// Confirmed and coasting tracks, in id order.
    pub tracks: Vec<PictureTrack>,
    /// Open, acknowledged and recently closed incidents, oldest first. Shared with the former picture where nothing changed.
    pub incidents: Arc<Vec<Incident>>,
    /// The ledger: the latest assessment of every track and watched airspace that came near it, oldest first. Rows that did not change are
    /// shared with the former picture.
    pub entries: Arc<Vec<Arc<Assessment>>>,
    /// What each sensor has done, in id order.
    pub sensors: Vec<SensorHealth>,
}

impl Picture {
    /// A picture of nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            seq: Seq(0),
            time: Time::EPOCH,
            tracks: Vec::new(),
            incidents: Arc::new(Vec::new()),
            entries: Arc::new(Vec::new()),
            sensors: Vec::new(),
        }
    }
}

impl skypicket_model::Canon for Picture {
    fn encode(&self, out: &mut Vec<u8>) {
        self.seq.encode(out);
        self.time.encode(out);
        self.tracks.encode(out);
        self.incidents.encode(out);
        self.entries.encode(out);
        self.sensors.encode(out);
    }
    fn decode(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        use skypicket_model::Canon;
        Ok(Self {
            seq: Canon::decode(reader)?,
            time: Canon::decode(reader)?,
            tracks: Canon::decode(reader)?,
            incidents: Canon::decode(reader)?,
            entries: Canon::decode(reader)?,
            sensors: Canon::decode(reader)?,
        })
    }
}
