//! What the tracker keeps of one object: a Bernoulli component with its filter, its looks and, once it matters, its dossier.

use crate::gauss::{Gauss, V3};
use crate::params::MODELS;
use crate::predict::{FREE, INITIAL, SINGLE, is_single};
use crate::register::pairs::Sighting;
use skypicket_model::track::Identity;
use skypicket_model::{
    Address, EllipsoidalHeight, FeedId, ObservationId, PressureAltitude, Reality, StandardIdentity, Time, TrackId,
    TrackStatus,
};

/// What one sensor has seen of one object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    /// Index of the sensor.
    pub sensor: u16,
    /// First detection.
    pub first: Time,
    /// Last detection.
    pub last: Time,
    /// The three detections before it, newest first.
    pub before: [Time; 3],
    /// Last time it had a chance to detect (detections included).
    pub chance: Time,
    /// Detections.
    pub count: u32,
    /// Sums, since the last sure detection, of the stated probabilities of detection, and of those that it was detected.
    pub owed: (f64, f64),
    /// How much of the object's place is this sensor's word, 0 to 1: so much of its bias is in it.
    pub share: f64,
}
skypicket_model::canon_struct!(Look { sensor, first, last, before, chance, count, owed, share });

impl Look {
    /// Whether one look of the sensor detected both after `since`: two plots of one look are two objects. With `earlier` the detections before
    /// the last one count too, since one of two neighbours is missed now and then.
    pub(crate) fn shared_since(&self, other: &Self, since: Time, earlier: bool) -> bool {
        let times = |look: &Self| [look.last, look.before[0], look.before[1], look.before[2]];
        let among = if earlier { 4 } else { 1 };
        let (own, its) = (times(self), times(other));
        self.sensor == other.sensor
            && self.count > 0
            && other.count > 0
            && own[..among].iter().any(|time| *time > since && its[..among].contains(time))
    }
}

/// What an object says of itself, and when.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Dossier {
    pub identity: Identity,
    pub pressure: Option<(PressureAltitude, Time)>,
    pub stated_height: Option<(EllipsoidalHeight, Time)>,
    pub on_ground: bool,
    /// First, last and count of self-reported positions that fit the track.
    pub reports: Option<(Time, Time, u32)>,
    /// When its silence last counted as a miss.
    pub silent_since: Option<Time>,
    /// Last stated velocity east, north, up (m/s), its sigma, and when.
    pub velocity: Option<([f64; 3], f64, Time)>,
    /// Last fused self-report.
    pub fused: Option<Time>,
    /// Self-reports in a row that did not fit.
    pub misfits: u32,
    /// While its word is contradicted: since when its reports fit again, and how many did.
    pub fits: Option<(Time, u32)>,
    /// When it last stated a position or velocity that is not used.
    pub heard_unusable: Option<Time>,
    /// Set by the address table: this track answers for the address.
    pub address: Option<Address>,
    /// The source whose budget it is in: a self-report of it began the track.
    pub begun_by: Option<FeedId>,
    /// Standard identity carried from an earlier epoch, set by a person.
    pub carried: Option<StandardIdentity>,
}
skypicket_model::canon_struct!(Dossier {
    identity,
    pressure,
    stated_height,
    on_ground,
    reports,
    silent_since,
    velocity,
    fused,
    misfits,
    fits,
    heard_unusable,
    address,
    begun_by,
    carried,
});

/// One possible object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bernoulli {
    pub id: TrackId,
    pub reality: Reality,
    pub status: TrackStatus,
    /// It was spoken of (a birth event went out).
    pub announced: bool,
    /// It was confirmed at some time.
    pub confirmed: bool,
    /// Probability that it exists, as of `existence_time`.
    pub existence: f64,
    pub existence_time: Time,
    /// Moment of the filter's state.
    pub time: Time,
    pub mu: [f64; MODELS],
    pub models: [Gauss; MODELS],
    pub born: Time,
    pub updated: Time,
    pub updates: u32,
    pub first_observation: ObservationId,
    pub last_observation: ObservationId,
    /// Something measured its height.
    pub height_measured: bool,
    pub looks: Vec<Look>,
    /// Its own plots of late, as raw material of registration.
    pub sightings: Vec<Sighting>,
    pub dossier: Option<Box<Dossier>>,
    /// What its smoothed trajectory needs, where that is kept.
    pub history: Option<Box<crate::smooth::History>>,
    /// The same of its whole life, where it is recorded while a journal is played again.
    pub whole: Option<Box<crate::smooth::History>>,
}
skypicket_model::canon_struct!(Bernoulli {
    id,
    reality,
    status,
    announced,
    confirmed,
    existence,
    existence_time,
    time,
    mu,
    models,
    born,
    updated,
    updates,
    first_observation,
    last_observation,
    height_measured,
    looks,
    sightings,
    dossier,
    history,
    whole,
});

/// What gating needs of a track, kept apart so that a frame touches one cache line a track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hot {
    pub alive: bool,
    /// It surely exists and may break hard: the break model widens its gate.
    pub wide: bool,
    pub reality: Reality,
    pub x: V3,
    pub v: V3,
    pub time: Time,
    /// Largest position variance, twice its growth with time, and largest velocity variance.
    pub pp: f64,
    pub pv: f64,
    pub vv: f64,
    /// Variance of horizontal position, sum of both components.
    pub across: f64,
    /// Variance along the local vertical.
    pub height_variance: f64,
}

// Saved with the track: it is brought up to a state at certain moments only, and what it says in between decides what is looked at.
skypicket_model::canon_struct!(Hot { alive, wide, reality, x, v, time, pp, pv, vv, across, height_variance });

impl Hot {
    /// Whether all numbers are finite and the variances not negative.
    pub(crate) fn is_sound(&self) -> bool {
        let spreads = [self.pp, self.pv, self.vv, self.across, self.height_variance];
        self.x.iter().chain(&self.v).chain(&spreads).all(|value| value.is_finite()) && self.pp >= 0.0 && self.vv >= 0.0
    }

    pub(crate) const DEAD: Self = Self {
        alive: false,
        wide: false,
        reality: Reality::Live,
        x: [0.0; 3],
        v: [0.0; 3],
        time: Time::MIN,
        pp: 0.0,
        pv: 0.0,
        vv: 0.0,
        across: 0.0,
        height_variance: 0.0,
    };
}

/// Most sensors whose looks a track remembers; the one seen longest ago goes first.
pub(crate) const MAX_LOOKS: usize = 32;

impl Bernoulli {
    /// What stands in an empty slot.
    pub(crate) fn dead() -> Self {
        Self {
            id: TrackId(0),
            reality: Reality::Live,
            status: TrackStatus::Terminated,
            announced: false,
            confirmed: false,
            existence: 0.0,
            existence_time: Time::MIN,
            time: Time::MIN,
            mu: [0.0; MODELS],
            models: [Gauss::default(); MODELS],
            born: Time::MIN,
            updated: Time::MIN,
            updates: 0,
            first_observation: ObservationId::default(),
            last_observation: ObservationId::default(),
            height_measured: false,
            looks: Vec::new(),
            sightings: Vec::new(),
            dossier: None,
            history: None,
            whole: None,
        }
    }

    /// Mean and covariance over the models.
    pub(crate) fn merged(&self) -> Gauss {
        if is_single(&self.mu) {
            return self.models[FREE];
        }
        Gauss::merge(self.mu.iter().copied().zip(&self.models))
    }

    /// From now on the free model alone follows it.
    pub(crate) fn make_single(&mut self) {
        if !is_single(&self.mu) {
            self.models[FREE] = self.merged();
            self.mu = SINGLE;
        }
    }

    /// All models follow it again, from the same state.
    pub(crate) fn make_many(&mut self) {
        if is_single(&self.mu) {
            self.models = [self.models[FREE]; MODELS];
            self.mu = INITIAL;
        }
    }

    /// Records that a sensor detected it, or only had the chance to.
    pub(crate) fn look(&mut self, sensor: u16, at: Time, detected: bool) {
        if let Some(look) = self.looks.iter_mut().find(|look| look.sensor == sensor) {
            look.chance = look.chance.max(at);
            if detected {
                if look.count == 0 {
                    look.first = at;
                }
                if at > look.last || look.count == 0 {
                    look.before = [look.last, look.before[0], look.before[1]];
                    look.last = at;
                }
                look.count = look.count.saturating_add(1);
            }
            return;
        }
        if !detected {
            return;
        }
        if self.looks.len() >= MAX_LOOKS {
            let oldest = self.looks.iter().enumerate().min_by_key(|(_, look)| (look.last, look.sensor)).map(|(k, _)| k);
            if let Some(k) = oldest {
                self.looks.remove(k);
            }
        }
        let share = if self.looks.is_empty() { 1.0 } else { 0.0 };
        self.looks.push(Look {
            sensor,
            first: at,
            last: at,
            before: [Time::MIN; 3],
            chance: at,
            count: 1,
            owed: (0.0, 0.0),
            share,
        });
    }

    /// Takes note of a chance of a sensor that states this probability of detection, at which it was detected with that one. A sure detection
    /// gives what was due and what was seen, with the chances before it.
    pub(crate) fn chance(&mut self, sensor: u16, stated: f64, detected: f64) -> Option<(f64, f64)> {
        if stated < crate::detection::LEAST_CHANCE {
            return None;
        }
        let look = self.looks.iter_mut().find(|look| look.sensor == sensor)?;
        look.owed = (look.owed.0 + stated, look.owed.1 + detected);
        if detected < crate::detection::SURE {
            return None;
        }
        let owed = core::mem::take(&mut look.owed);
        self.confirmed.then_some(owed)
    }

    pub(crate) fn dossier_mut(&mut self) -> &mut Dossier {
        self.dossier.get_or_insert_with(Box::default)
    }
}
