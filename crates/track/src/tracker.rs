//! The tracker: what it holds, and the order in which it works.

use crate::associate::Scratch;
use crate::events::{Counts, TrackEvent};
use crate::fuse::addresses::Addresses;
use crate::gate::Grid;
use crate::gauss::dot;
use crate::initiate::rays::Rays;
use crate::look::{Candidate, Frame};
use crate::params::{MODELS, Params};
use crate::predict::{Models, up_at};
use crate::sensor::Prepared;
use crate::state::{Bernoulli, Hot};
use crate::unseen::{Rates, Unseen};
use skypicket_model::observation::SensorStatus;
use skypicket_model::table::Table;
use skypicket_model::{
    LatLon, Observation, Reality, Report, Sensor, SensorId, SensorKind, Seq, Span, Time, Track, TrackId,
};
use std::collections::BTreeMap;

/// How much memory of tracks that are gone is kept for those to come.
const MOST_SPARE: usize = 1024;
/// Most sensors, described or not. Origin: a country has hundreds; a feed that names sensors at random must not fill the memory.
const MAX_SENSORS: usize = 8192;
/// A track surer than this is looked for where only a hard manoeuvre takes it. Origin: what may well be clutter would find more clutter there.
const WIDE_EXISTENCE: f64 = 0.5;

/// Estimates what is flying from what sensors say.
#[derive(Debug)]
pub struct Tracker {
    pub(crate) params: Params,
    pub(crate) salt: u64,
    pub(crate) models: Models,
    pub(crate) rates: Rates,
    pub(crate) sensors: Vec<Prepared>,
    pub(crate) sensor_index: Table<SensorId, u16>,
    pub(crate) tracks: Vec<Bernoulli>,
    pub(crate) hot: Vec<Hot>,
    pub(crate) index: crate::gate::index::Index,
    pub(crate) free: Vec<u32>,
    pub(crate) unseen: Unseen,
    pub(crate) addresses: Addresses,
    /// Whose stated positions are not used, and since when.
    pub(crate) unusable: BTreeMap<(skypicket_model::Address, Reality), Time>,
    pub(crate) budgets: crate::fuse::budget::Budgets,
    pub(crate) rays: Rays,
    pub(crate) knots: Vec<crate::defer::Knot>,
    pub(crate) system: crate::fuse::system::Numbers,
    pub(crate) network: crate::register::network::Network,
    pub(crate) counts: Counts,
    pub(crate) now: Time,
    pub(crate) frame: Frame,
    pub(crate) work: Work,
    /// Memory of the looks of tracks that are gone, for those to come: most clutter plots are a track for seconds.
    spare: Vec<Vec<crate::state::Look>>,
    bytes: Vec<u8>,
    pub(crate) recorder: crate::smooth::Recorder,
}

/// Memory that frames reuse, so that a frame allocates nothing once warm.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub grid: Grid,
    pub near: Vec<u32>,
    pub slots: Vec<u32>,
    pub candidates: Vec<Candidate>,
    pub active: Vec<crate::look::Active>,
    pub pairs: Vec<crate::associate::Pair>,
    pub marginals: Vec<f64>,
    pub scratch: Scratch,
    pub parent: Vec<u32>,
    pub taken: Vec<f64>,
    pub cluster: Vec<(u32, u32)>,
    pub local: Vec<u32>,
    pub doubts: Vec<crate::defer::Doubt>,
}

impl Tracker {
    /// A tracker that knows these sensors; others get a default description when they first speak.
    #[must_use]
    pub fn new(params: Params, sensors: &[Sensor]) -> Self {
        Self::with_salt(params, sensors, 0)
    }

    /// As [`Tracker::new`], with the view's salt, so that two views name the same object differently.
    #[must_use]
    pub fn with_salt(params: Params, sensors: &[Sensor], salt: u64) -> Self {
        let mut tracker = Self {
            models: Models::new(&params),
            rates: Rates::new(&params),
            params,
            salt,
            sensors: Vec::new(),
            sensor_index: Table::default(),
            tracks: Vec::new(),
            hot: Vec::new(),
            index: crate::gate::index::Index::default(),
            free: Vec::new(),
            unseen: Unseen::default(),
            addresses: Addresses::default(),
            unusable: BTreeMap::new(),
            budgets: crate::fuse::budget::Budgets::default(),
            rays: Rays::default(),
            knots: Vec::new(),
            system: crate::fuse::system::Numbers::default(),
            network: crate::register::network::Network::default(),
            counts: Counts::default(),
            now: Time::MIN,
            frame: Frame::default(),
            work: Work::default(),
            spare: Vec::new(),
            bytes: Vec::new(),
            recorder: crate::smooth::Recorder::default(),
        };
        for sensor in sensors {
            tracker.add_sensor(sensor.clone());
        }
        tracker
    }

    fn add_sensor(&mut self, sensor: Sensor) -> u16 {
        let index = self.sensors.len().min(usize::from(u16::MAX)) as u16;
        self.sensor_index.insert(sensor.id, index);
        let mut prepared = Prepared::new(sensor, &self.params);
        self.unseen.cover(&mut prepared, &self.rates);
        self.sensors.push(prepared);
        index
    }

    /// The sensor's index; an unknown one is added with what its first report tells of its kind. `None` where there are too many.
    pub(crate) fn sensor_of(&mut self, id: SensorId, report: &Report) -> Option<u16> {
        if let Some(index) = self.sensor_index.get(&id) {
            return Some(*index);
        }
        let kind = match report {
            Report::Plot(plot) if plot.elevation.is_some() => SensorKind::Radar3d,
            Report::Plot(_) | Report::SensorStatus(_) | Report::SensorPosition(_) => SensorKind::Radar2d,
            Report::Bearing(_) => SensorKind::Bearing,
            Report::SelfReport(_) | Report::ModeS(_) => SensorKind::SelfReportReceiver,
            Report::SystemTrack(_) => SensorKind::SystemTracker,
            Report::Fix(_) | Report::Bistatic(_) => SensorKind::Position,
        };
        if self.sensors.len() >= MAX_SENSORS {
            return None;
        }
        Some(self.add_sensor(Sensor::new(id, id.to_string(), kind)))
    }

    /// Takes the observations of one journal input, in order. Plots and bearings of one sensor with nearly one measured time are one
    /// look and are associated together.
    pub fn observe(&mut self, observations: &[Observation], events: &mut Vec<TrackEvent>) {
        for observation in observations {
            match &observation.report {
                Report::SelfReport(report) => crate::fuse::self_report(self, observation, report, events),
                Report::ModeS(report) => crate::fuse::mode_s(self, observation, report),
                Report::Plot(_) | Report::Bearing(_) => self.gather(observation, events),
                Report::Fix(_) => {
                    self.gather(observation, events);
                    self.flush(false, events);
                }
                Report::SystemTrack(report) => {
                    self.flush(false, events);
                    crate::fuse::system_track(self, observation, report, events);
                }
                Report::SensorStatus(status) => self.status(observation, status, events),
                Report::SensorPosition(position) => {
                    self.flush(false, events);
                    if let Some(index) = self.sensor_of(observation.sensor, &observation.report) {
                        self.place_sensor(index, position.place);
                    }
                }
                Report::Bistatic(_) => self.counts.unused += 1,
            }
        }
        self.flush(false, events);
    }

    /// Adds to the look under way, or closes it and begins another.
    fn gather(&mut self, observation: &Observation, events: &mut Vec<TrackEvent>) {
        let span = Span::from_s_f64(self.params.frame_span_s).unwrap_or(Span::ZERO);
        let same = self.frame.observations.first().is_some_and(|first| {
            first.sensor == observation.sensor
                && first.reality == observation.reality
                && (observation.measured - first.measured).abs() <= span
                && core::mem::discriminant(&first.report) == core::mem::discriminant(&observation.report)
        });
        if !same {
            self.flush(false, events);
        }
        if self.frame.observations.len() >= self.params.max_plots_per_look {
            self.counts.shed += 1;
            return;
        }
        self.frame.observations.push(*observation);
    }

    fn flush(&mut self, whole: bool, events: &mut Vec<TrackEvent>) {
        if let Some(first) = self.frame.observations.first() {
            let (id, report) = (first.sensor, first.report);
            match self.sensor_of(id, &report) {
                Some(index) => crate::look::process(self, index, whole, events),
                None => self.counts.unplaced += self.frame.observations.len() as u64,
            }
            self.frame.observations.clear();
        }
    }

    /// A north marker at the very moment of the gathered plots says that they were one whole look; alone, that a whole look found
    /// nothing. At any other moment it only tells the rotation.
    fn status(&mut self, observation: &Observation, status: &SensorStatus, events: &mut Vec<TrackEvent>) {
        let SensorStatus::NorthMarker { rotation } = status else {
            self.flush(false, events);
            return;
        };
        let pending = self
            .frame
            .observations
            .first()
            .map(|first| first.sensor == observation.sensor && first.measured == observation.measured);
        if pending == Some(true) {
            self.flush(true, events);
        } else {
            self.flush(false, events);
        }
        let Some(index) = self.sensor_of(observation.sensor, &observation.report) else { return };
        let Some(sensor) = self.sensors.get_mut(usize::from(index)) else { return };
        if let Some(period) = rotation.filter(|p| *p > Span::ZERO) {
            sensor.period = Some(period);
        }
        let empty = pending.is_none() && sensor.whole_looks;
        if pending == Some(true) {
            sensor.whole_looks = true;
        } else if empty {
            crate::look::empty(self, index, observation.measured, observation.reality, events);
        }
        self.looked(index, observation.measured);
    }

    /// The unseen field after a whole look.
    fn looked(&mut self, index: u16, at: Time) {
        let Some(sensor) = self.sensors.get_mut(usize::from(index)) else { return };
        sensor.last_look = Some(sensor.last_look.map_or(at, |last| last.max(at)));
        sensor.turned();
        self.unseen.looked(&self.sensors[usize::from(index)], at, &self.rates);
    }

    fn place_sensor(&mut self, index: u16, place: skypicket_model::Geodetic) {
        let Some(sensor) = self.sensors.get_mut(usize::from(index)) else { return };
        // What the config says of a fixed sensor stands; the data only fill a gap, or move a sensor that has none configured.
        if sensor.sensor.site.is_some() {
            return;
        }
        let moved = sensor.site.is_none_or(|site| {
            site.place.lat_lon().rough_distance_m(place.lat_lon()) > 1.0
                || (site.place.height_m - place.height_m).abs() > 1.0
        });
        if moved {
            let covered = sensor.site.map(|site| crate::unseen::stepped(site.place));
            sensor.site = Some(crate::sensor::Site::new(place));
            if covered != Some(crate::unseen::stepped(place)) {
                self.unseen.cover(sensor, &self.rates);
            }
        }
    }

    /// Once a second: what was not seen where it should have been loses credit, and tracks end, merge or coast.
    pub fn tick(&mut self, now: Time, events: &mut Vec<TrackEvent>) {
        self.now = self.now.max(now);
        crate::retire::tick(self, now, events);
        crate::fuse::system::tick(self);
        crate::register::tick(self, now, events);
        self.index.sweep(now, &self.hot, &self.models, self.params.gate);
    }

    /// All confirmed and coasting tracks, extrapolated to `at`, in id order.
    pub fn snapshot(&self, at: Time, out: &mut Vec<Track>) {
        self.list(at, false, out);
    }

    /// As [`Tracker::snapshot`], with the tentative tracks that were announced.
    pub fn snapshot_with_tentative(&self, at: Time, out: &mut Vec<Track>) {
        self.list(at, true, out);
    }

    /// Of the tracks `ids` (ascending) those that something later than `since` was used for, as [`Tracker::snapshot`] shows them.
    pub fn snapshot_of(&self, ids: &[TrackId], since: Seq, at: Time, out: &mut Vec<Track>) {
        out.clear();
        for slot in 0..self.hot.len() {
            let own = &self.tracks[slot];
            if self.hot[slot].alive
                && own.last_observation.seq > since
                && ids.binary_search(&own.id).is_ok()
                && crate::report::is_shown(self, slot, at, false)
            {
                out.push(crate::report::track(self, slot, at));
            }
        }
        out.sort_unstable_by_key(|track| track.id);
    }

    fn list(&self, at: Time, tentative: bool, out: &mut Vec<Track>) {
        out.clear();
        let mut chosen: Vec<(TrackId, usize)> = (0..self.hot.len())
            .filter(|&slot| self.hot[slot].alive && crate::report::is_shown(self, slot, at, tentative))
            .map(|slot| (self.tracks[slot].id, slot))
            .collect();
        chosen.sort_unstable();
        out.extend(chosen.into_iter().map(|(_, slot)| crate::report::track(self, slot, at)));
    }

    /// One track, extrapolated to `at`.
    #[must_use]
    pub fn track(&self, id: TrackId, at: Time) -> Option<Track> {
        (0..self.hot.len())
            .find(|&slot| self.hot[slot].alive && self.tracks[slot].id == id)
            .map(|slot| crate::report::track(self, slot, at))
    }

    /// What was counted so far.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Tracks of all kinds, with tentative ones.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hot.len() - self.free.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Expected unseen objects per 1,000 km² at a place, below 3 km and from 3 to 13.5 km: what may be there although no track
    /// holds it.
    #[must_use]
    pub fn unseen_per_1000_km2(&self, place: LatLon, at: Time) -> [f64; 2] {
        self.unseen.areal(place, at, &self.rates).map(|per_km2| per_km2 * 1000.0)
    }

    /// Estimated biases of a sensor, each what the sensor reads too much, with its variance, and the number of pairs behind them.
    #[must_use]
    pub fn registration(&self, id: SensorId) -> Option<crate::register::Bias> {
        self.sensor_index.get(&id).and_then(|index| {
            let pairs = self.network.node(*index).map_or(0, |node| node.pairs);
            self.sensors.get(usize::from(*index)).map(|sensor| crate::register::Bias { pairs, ..sensor.bias })
        })
    }

    /// Takes a slot for a new track, or none when the limit is reached and nothing is less certain.
    pub(crate) fn insert(&mut self, track: Bernoulli, events: &mut Vec<TrackEvent>) -> Option<usize> {
        if self.len() >= self.params.max_tracks && !crate::retire::evict(self, track.existence, events) {
            self.counts.refused += 1;
            return None;
        }
        let slot = match self.free.pop() {
            Some(slot) => {
                self.tracks[slot as usize] = track;
                slot as usize
            }
            None => {
                self.tracks.push(track);
                self.hot.push(Hot::DEAD);
                self.tracks.len() - 1
            }
        };
        self.refresh(slot);
        self.mark(slot);
        Some(slot)
    }

    /// Brings the gating copy of a track up to its state.
    pub(crate) fn refresh(&mut self, slot: usize) {
        let track = &self.tracks[slot];
        let merged = track.merged();
        let up = up_at(&merged.x);
        let height_variance = crate::gauss::sym_quad(&merged.pp, &up);
        let across = merged.position_trace() - height_variance;
        let vv = merged.velocity_trace();
        let mut biased = [0.0; 6];
        crate::register::consider::add_own(self, slot, &merged.x, &merged.v, &mut biased);
        let pv = merged.pv[0][0] + merged.pv[1][1] + merged.pv[2][2];
        self.hot[slot] = Hot {
            alive: true,
            wide: track.existence > WIDE_EXISTENCE && !crate::predict::is_single(&track.mu),
            reality: track.reality,
            x: merged.x,
            v: merged.v,
            time: track.time,
            pp: across.max(height_variance) + biased[0] + biased[3] + biased[5],
            pv: pv.abs(),
            vv,
            across,
            height_variance,
        };
        debug_assert!(dot(&merged.x, &merged.x).is_finite());
        self.index.place(slot, &self.hot[slot], &self.models, self.params.gate);
    }

    pub(crate) fn remove(&mut self, slot: usize) {
        self.hot[slot] = Hot::DEAD;
        self.index.remove(slot);
        if let Some(address) = self.tracks[slot].dossier.as_ref().and_then(|d| d.address) {
            self.addresses.remove(address, self.tracks[slot].reality, slot as u32);
        }
        self.unmark(slot);
        if let Some(feed) = self.tracks[slot].dossier.as_ref().and_then(|d| d.begun_by) {
            self.budgets.ended(feed);
        }
        self.tracks[slot].dossier = None;
        let mut looks = core::mem::take(&mut self.tracks[slot].looks);
        if self.spare.len() < MOST_SPARE {
            looks.clear();
            self.spare.push(looks);
        }
        self.tracks[slot].sightings = Vec::new();
        self.free.push(slot as u32);
    }

    /// A blank of a track that is born now; the caller fills in its filter.
    pub(crate) fn blank(
        &mut self,
        observation: &Observation,
        reality: Reality,
        existence: f64,
        ordinal: u32,
    ) -> Bernoulli {
        Bernoulli {
            id: crate::initiate::id_of(self.salt, observation, ordinal, &mut self.bytes),
            reality,
            status: skypicket_model::TrackStatus::Tentative,
            announced: false,
            confirmed: false,
            existence,
            existence_time: observation.measured,
            time: observation.measured,
            mu: crate::predict::INITIAL,
            models: [crate::gauss::Gauss::default(); MODELS],
            born: observation.measured,
            updated: observation.measured,
            updates: 1,
            first_observation: observation.id,
            last_observation: observation.id,
            height_measured: false,
            looks: self.spare.pop().unwrap_or_default(),
            sightings: Vec::new(),
            dossier: None,
            history: None,
            whole: None,
        }
    }

    /// Gives confirmed tracks the ids that they had in an earlier epoch: each is linked to the confirmed track here that is the same
    /// object at `at` by address or by place and motion (within five standard deviations), nearest first. Returns (id here until now,
    /// earlier id) pairs in the order of the former.
    pub fn adopt(&mut self, earlier: &[Track], at: Time) -> Vec<(TrackId, TrackId)> {
        crate::fuse::adopt::adopt(self, earlier, at)
    }
}
