//! What is known of each data source (SAC/SIC) of a feed: noise and place, from the config or from the source itself.

use skypicket_model::{Canon, CanonError, FeedId, Geodetic, Reader, Sensor, SensorId, Tangent};

use crate::decoder::FeedSetup;

/// Most sources of one connection that are remembered apart; later ones share the feed's defaults.
const MOST: usize = 1024;

/// One data source.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    id: u16,
    /// Range noise from the config, metres, 1 sigma.
    pub(super) range_sigma_m: Option<f64>,
    /// Azimuth noise from the config, radians, 1 sigma.
    pub(super) azimuth_sigma_rad: Option<f64>,
    /// Elevation noise from the config, radians, 1 sigma.
    pub(super) elevation_sigma_rad: Option<f64>,
    /// Where it stands: the config's word counts before the source's own.
    pub(super) frame: Option<Tangent>,
    /// The place came from the config.
    configured_place: bool,
    /// The config names it.
    configured: bool,
}

/// The sources of one connection.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    feed: FeedId,
    /// Sorted by id.
    known: Vec<Source>,
    /// Where the last one was found: records of one source come together.
    last: usize,
    /// What holds for sources that the config does not name.
    default: Source,
}

impl Source {
    fn new(id: u16, sensor: &Sensor) -> Self {
        Self {
            id,
            range_sigma_m: sensor.range_sigma_m,
            azimuth_sigma_rad: sensor.azimuth_sigma_rad,
            elevation_sigma_rad: sensor.elevation_sigma_rad,
            frame: sensor.site.map(Tangent::new),
            configured_place: sensor.site.is_some(),
            configured: true,
        }
    }

    /// Takes the place that the source states of itself.
    pub(super) fn learn_place(&mut self, id: u16, place: Geodetic) {
        let new = self.frame.as_ref().is_none_or(|frame| frame.origin() != place);
        if new && !self.configured_place && self.id == id {
            self.frame = Some(Tangent::new(place));
        }
    }
}

impl Sources {
    pub(super) fn new(setup: &FeedSetup) -> Self {
        let mut known = Vec::new();
        let mut default = Source::default();
        for sensor in setup.sensors.iter() {
            if sensor.id == setup.feed_sensor() {
                default = Source::new(0, sensor);
            } else {
                known.push(Source::new(sensor.id.source, sensor));
            }
        }
        known.sort_by_key(|source| source.id);
        known.dedup_by_key(|source| source.id);
        Self { feed: setup.feed, known, last: 0, default }
    }

    /// The sensor that a source is.
    pub(super) const fn sensor(&self, source: u16) -> SensorId {
        SensorId { feed: self.feed, source }
    }

    /// What is known of a source.
    #[inline]
    pub(super) fn get(&mut self, id: u16) -> &mut Source {
        if self.known.get(self.last).is_none_or(|source| source.id != id) {
            self.last = match self.known.binary_search_by_key(&id, |source| source.id) {
                Ok(at) => at,
                Err(_) if self.known.len() >= MOST => usize::MAX,
                Err(at) => {
                    self.known.insert(at, Source { id, configured: false, ..self.default.clone() });
                    at
                }
            };
        }
        self.known.get_mut(self.last).unwrap_or(&mut self.default)
    }

    /// What the connection taught: sources beyond the config, and stated places.
    pub(super) fn save(&self, out: &mut Vec<u8>) {
        let learned: Vec<(u16, Option<Geodetic>)> = self
            .known
            .iter()
            .filter(|source| !source.configured || !source.configured_place)
            .map(|source| (source.id, source.frame.as_ref().map(Tangent::origin)))
            .collect();
        learned.encode(out);
    }

    /// Takes over what [`Sources::save`] gave.
    pub(super) fn load(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        for (id, place) in Vec::<(u16, Option<Geodetic>)>::decode(reader)? {
            let source = self.get(id);
            if let Some(place) = place {
                source.learn_place(id, place);
            }
        }
        Ok(())
    }
}
