//! The contract of every detector.
//!
//! A detector MUST NOT fail, panic, block or read a clock. It judges what it is shown once a tick, and between ticks what it awaits, keeps bounded state, and has all of that state in
//! the canonical form. It MUST give every judgement its reasons and name, on its page, where each threshold comes from.

use std::sync::Arc;

use skypicket_model::gnss::{Distrust, GnssDay, GnssPicture};
use skypicket_model::sensor::SensorHealth;
use skypicket_model::track::Class;
use skypicket_model::{
    Address, AirspaceId, Assessment, CanonError, FeedId, LatLon, Observation, Reader, Reality, Sensor, Time, Track,
    TrackId, WaysOf,
};

use crate::params::Params;
use crate::renumber::Renumbering;
use crate::site::Site;

/// What detectors see at a tick.
#[derive(Clone, Copy, Debug)]
pub struct TickView<'a> {
    /// The tick's time.
    pub now: Time,
    /// All tracks as of now, in ascending id order.
    pub tracks: &'a [Track],
    /// What each sensor heard so far has done.
    pub sensors: &'a [SensorHealth],
    /// Sensors as the config describes them, in ascending id order.
    pub described: &'a [Sensor],
    /// Until when nobody listened, where there was a pause: the end of the latest. What was not heard before then says nothing.
    pub listening_since: Option<Time>,
    /// Ways of the tracks near watched borders, to draw trajectories from.
    pub ways: WaysOf<'a>,
}

impl TickView<'_> {
    /// The track of that id, if it is still there.
    #[must_use]
    pub fn track(&self, id: TrackId) -> Option<&Track> {
        self.tracks.binary_search_by_key(&id, |track| track.id).ok().and_then(|at| self.tracks.get(at))
    }
}

/// What a judgement asks of the incidents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    /// Nothing.
    None,
    /// Bring a subject's assessment up to date where it is in an incident already.
    Update,
    /// It is something for an operator: open an incident or join one.
    Open,
}

/// What decides which incident a judgement belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Group {
    /// Something that flies: grouped by time, place, course and class.
    Flight {
        /// The airspace concerned.
        airspace: AirspaceId,
        /// Where it crossed or is.
        place: LatLon,
        /// When it crossed, or now.
        time: Time,
        /// Course over ground, radians.
        course_rad: f64,
        /// Most probable class.
        class: Class,
        /// World, exercise or simulation: never in one group.
        reality: Reality,
    },
    /// Sensors of one feed.
    Feed(FeedId),
    /// Nothing else belongs to it.
    Alone,
}

/// What a detector says.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The judgement.
    pub assessment: Assessment,
    /// It is news: worth an event, not only a newer figure.
    pub news: bool,
    /// What the incidents should do.
    pub handling: Handling,
    /// How it is grouped.
    pub group: Group,
    /// Place in the ledger: when the row was opened, and the airspace.
    pub row: Option<(Time, AirspaceId)>,
}

/// Judges what it is shown.
pub trait Detector: Send {
    /// Looks at everything once.
    fn assess(&mut self, view: &TickView<'_>, site: &Site, out: &mut Vec<Judgement>);
    /// Sees what came in, before it is looked at anything.
    fn observe(&mut self, _observations: &[Observation]) {}
    /// Appends the tracks whose next measurement may be news that should not wait for the next tick, in any order.
    fn awaits(&self, _out: &mut Vec<TrackId>) {}
    /// Looks between two ticks at tracks that it awaits and that were measured since: the view holds only those.
    fn look(&mut self, _view: &TickView<'_>, _site: &Site, _out: &mut Vec<Judgement>) {}
    /// Appends whose stated positions became unusable, or usable again, since this was asked last: it is asked after every input.
    fn distrusts(&mut self, _out: &mut Vec<Distrust>) {}
    /// What it holds of satellite navigation by cell, if that is what it judges. The same `Arc` until it changes.
    fn gnss(&self) -> Option<Arc<Vec<GnssPicture>>> {
        None
    }
    /// Counts of days, if it counts them. The same `Arc` until it counts them up anew.
    fn gnss_days(&self) -> Option<Arc<Vec<GnssDay>>> {
        None
    }
    /// Since when it doubts what is said under an address, if that is what it judges.
    fn doubted_since(&self, _reality: Reality, _address: Address) -> Option<Time> {
        None
    }
    /// Appends the canonical bytes of its state.
    fn encode(&self, out: &mut Vec<u8>);
    /// Takes its state from canonical bytes.
    ///
    /// # Errors
    /// When the bytes are not what [`Detector::encode`] gave.
    fn restore(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError>;
    /// Goes on in an epoch whose airspaces and feeds have other numbers.
    fn renumber(&mut self, to: &Renumbering);
}

/// One row of [`crate::DETECTORS`].
#[derive(Clone, Copy)]
pub struct DetectorKind {
    /// Config section, metric label and documentation page (docs/detectors/<name>.md) at once.
    pub name: &'static str,
    /// One line for `skypicket list`.
    pub summary: &'static str,
    /// The detector under whose name its incidents run: its own, or that of the one it announces.
    pub incidents_of: &'static str,
    /// Makes a detector without state.
    pub build: fn(&Params) -> Box<dyn Detector>,
    /// JSON Schema of its parameters.
    pub schema: fn() -> schemars::Schema,
}
