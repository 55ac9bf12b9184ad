//! What readers see: an immutable picture a tick.

use skypicket_model::gnss::{GnssDay, GnssPicture};
use skypicket_model::origin::OriginRegion;
use skypicket_model::sensor::SensorHealth;
use skypicket_model::{
    Address, Assessment, ClaimRecord, Count, FlightId, GroundReportRecord, Incident, Reality, Seq, Time, Track,
    TrackGroup, TrackId,
};
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

/// What a track is called that is no more shown, but spoken of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FormerTrack {
    /// The track.
    pub id: TrackId,
    /// The number that it had.
    pub number: u32,
    /// The 24-bit address that it stated last.
    pub address: Option<Address>,
    /// The flight ID that it stated last.
    pub flight_id: Option<FlightId>,
    /// World, exercise or simulation.
    pub reality: Reality,
}
skypicket_model::canon_struct!(FormerTrack { id, number, address, flight_id, reality });

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
    /// Names of tracks that incidents and ledger speak of and that are not in `tracks`, in id order. Not in the digest: it follows from what
    /// former pictures showed. Shared with the former picture where nothing changed.
    pub former: Arc<Vec<FormerTrack>>,
    /// What each sensor has done, in id order.
    pub sensors: Vec<SensorHealth>,
    /// Where tracks that came into question may have come from, in id order. Shared with the former picture where nothing changed.
    pub origins: Arc<Vec<Arc<OriginRegion>>>,
    /// What is reported from the ground, in the order of filing. Not in the digest here: it took each report when it was told. Shared with the
    /// former picture where nothing changed.
    pub reports: Arc<Vec<GroundReportRecord>>,
    /// Public statements, in the order of entering. Not in the digest here: it took each when it was told. Shared with the former picture where
    /// nothing changed.
    pub claims: Arc<Vec<ClaimRecord>>,
    /// Tracks that belong together, by number. Shared with the former picture where nothing changed.
    pub groups: Arc<Vec<TrackGroup>>,
    /// How many, of each watched airspace. Shared with the former picture until it is worked out anew.
    pub counts: Arc<Vec<Count>>,
    /// Satellite navigation by cell, of each reality. Shared with the former picture until it is worked out anew.
    pub gnss: Arc<Vec<GnssPicture>>,
    /// Counts of days by hexagon. Shared with the former picture until they are counted up anew.
    pub gnss_days: Arc<Vec<GnssDay>>,
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
            former: Arc::new(Vec::new()),
            sensors: Vec::new(),
            origins: Arc::new(Vec::new()),
            reports: Arc::new(Vec::new()),
            claims: Arc::new(Vec::new()),
            groups: Arc::new(Vec::new()),
            counts: Arc::new(Vec::new()),
            gnss: Arc::new(Vec::new()),
            gnss_days: Arc::new(Vec::new()),
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
        self.former.encode(out);
        self.sensors.encode(out);
        self.origins.encode(out);
        self.reports.encode(out);
        self.claims.encode(out);
        self.groups.encode(out);
        self.counts.encode(out);
        self.gnss.encode(out);
        self.gnss_days.encode(out);
    }
    fn decode(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        use skypicket_model::Canon;
        Ok(Self {
            seq: Canon::decode(reader)?,
            time: Canon::decode(reader)?,
            tracks: Canon::decode(reader)?,
            incidents: Canon::decode(reader)?,
            entries: Canon::decode(reader)?,
            former: Canon::decode(reader)?,
            sensors: Canon::decode(reader)?,
            origins: Canon::decode(reader)?,
            reports: Canon::decode(reader)?,
            claims: Canon::decode(reader)?,
            groups: Canon::decode(reader)?,
            counts: Canon::decode(reader)?,
            gnss: Canon::decode(reader)?,
            gnss_days: Canon::decode(reader)?,
        })
    }
}
