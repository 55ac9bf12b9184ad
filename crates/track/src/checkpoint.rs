//! The tracker's whole state in canonical bytes, for checkpoints and digests.

use crate::events::Counts;
use crate::state::Bernoulli;
use crate::tracker::Tracker;
use skypicket_model::{Canon, CanonError, Reader, Sensor, Span, Time};

impl Tracker {
    /// Appends the whole state. Parameters are not part of it: they come from the same config that a checkpoint belongs to.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.salt.encode(out);
        self.now.encode(out);
        self.counts.encode(out);
        (self.sensors.len() as u32).encode(out);
        for sensor in &self.sensors {
            sensor.sensor.encode(out);
            sensor.site.map(|site| site.place).encode(out);
            sensor.last_look.encode(out);
            sensor.period.encode(out);
            sensor.counted.encode(out);
            sensor.heard.encode(out);
            sensor.resumed.encode(out);
            sensor.whole_looks.encode(out);
            sensor.clutter_map.encode(out);
            sensor.detection_map.encode(out);
        }
        (self.tracks.len() as u32).encode(out);
        for (track, hot) in self.tracks.iter().zip(&self.hot) {
            hot.alive.encode(out);
            if hot.alive {
                track.encode(out);
                hot.encode(out);
            }
        }
        self.free.encode(out);
        self.addresses.save(out);
        self.unusable.encode(out);
        self.budgets.encode(out);
        self.unseen.save(out);
        self.rays.encode(out);
        self.knots.encode(out);
        self.system.table.encode(out);
        self.network.encode(out);
    }

    /// A tracker of the same parameters as this one, in the state that was saved; this one is left as it is.
    ///
    /// # Errors
    /// When the bytes are no saved tracker.
    pub fn restored(&self, reader: &mut Reader<'_>) -> Result<Self, CanonError> {
        let salt = u64::decode(reader)?;
        let mut tracker = Self::with_salt(self.params.clone(), &[], salt);
        tracker.now = Time::decode(reader)?;
        tracker.counts = Counts::decode(reader)?;
        for _ in 0..u32::decode(reader)? {
            let sensor = Sensor::decode(reader)?;
            let index = tracker.sensors.len();
            let id = sensor.id;
            tracker.sensor_index.insert(id, u16::try_from(index).map_err(|_| CanonError::Invalid)?);
            let mut prepared = crate::sensor::Prepared::new(sensor, &tracker.params);
            prepared.site = Option::<skypicket_model::Geodetic>::decode(reader)?.map(crate::sensor::Site::new);
            prepared.last_look = Option::<Time>::decode(reader)?;
            prepared.period = Option::<Span>::decode(reader)?;
            prepared.counted = Option::<Time>::decode(reader)?;
            prepared.heard = Option::<Time>::decode(reader)?;
            prepared.resumed = Option::<Time>::decode(reader)?;
            prepared.whole_looks = bool::decode(reader)?;
            prepared.clutter_map = Canon::decode(reader)?;
            prepared.detection_map = Canon::decode(reader)?;
            if !prepared.clutter_map.is_sound() || !prepared.detection_map.is_sound() {
                return Err(CanonError::Invalid);
            }
            tracker.sensors.push(prepared);
        }
        tracker.load_tracks(reader)?;
        tracker.free = Vec::decode(reader)?;
        tracker.addresses = crate::fuse::addresses::Addresses::load(reader)?;
        tracker.unusable = Canon::decode(reader)?;
        tracker.budgets = Canon::decode(reader)?;
        tracker.unseen = crate::unseen::Unseen::load(reader)?;
        tracker.rays = Canon::decode(reader)?;
        tracker.knots = Canon::decode(reader)?;
        if !tracker.knots.iter().all(|knot| knot.is_sound(tracker.tracks.len())) {
            return Err(CanonError::Invalid);
        }
        tracker.system.table = Canon::decode(reader)?;
        tracker.network = Canon::decode(reader)?;
        for index in 0..tracker.sensors.len() {
            crate::register::correct(&mut tracker, index as u16);
        }
        let limit = tracker.tracks.len();
        if tracker.free.iter().any(|slot| *slot as usize >= limit || tracker.hot[*slot as usize].alive) {
            return Err(CanonError::Invalid);
        }
        if tracker.addresses.slots().iter().any(|slot| tracker.hot.get(*slot as usize).is_none_or(|hot| !hot.alive)) {
            return Err(CanonError::Invalid);
        }
        // The cells that each sensor covers follow from its site; the saved field already has them.
        for index in 0..tracker.sensors.len() {
            let mut sensor = tracker.sensors[index].clone();
            tracker.unseen.cover(&mut sensor, &tracker.rates);
            tracker.sensors[index] = sensor;
        }
        Ok(tracker)
    }

    fn load_tracks(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        for slot in 0..u32::decode(reader)? {
            let alive = bool::decode(reader)?;
            self.hot.push(crate::state::Hot::DEAD);
            if !alive {
                self.tracks.push(Bernoulli::dead());
                continue;
            }
            let track = Bernoulli::decode(reader)?;
            let hot = crate::state::Hot::decode(reader)?;
            if !track.models.iter().all(crate::gauss::Gauss::is_sound) || !hot.alive || !hot.is_sound() {
                return Err(CanonError::Invalid);
            }
            self.tracks.push(track);
            self.hot[slot as usize] = hot;
            self.index.place(slot as usize, &hot, &self.models, self.params.gate);
        }
        self.list_kept();
        Ok(())
    }
}
