//! One address: where it says it is, and how well that fits everything else.

use super::flown::{Again, Place};
use super::hearing::{self, Unheard};
use skypicket_model::false_identity::Misfit;
use skypicket_model::identity::EmitterCategory;
use skypicket_model::math::{self, cos, rad};
use skypicket_model::observation::{SelfPart, StatedPosition};
use skypicket_model::{Address, LatLon, Observation, ObservationId, SensorId, Span, Time, TrackId};

/// Faster than this flies nothing that says where it is, m/s, and so much beside is no second place, metres. Origin: as for false positions of
/// satellite navigation (docs/detectors/gnss_interference.md).
const FASTEST_M_S: f64 = 450.0;
const BESIDE_M: f64 = 3_000.0;
/// A second place is forgotten after so long.
const OTHER_FOR: Span = Span::from_s(30);
/// What one change between two places is worth, and how many make the first word. Origin: an error of decoding makes one, two changes need two errors
/// that agree with each other.
const TURN: f64 = 1.6;
/// What a single piece of evidence can come to, for and against.
const MOST: f64 = 9.0;
const LEAST: f64 = -6.0;
/// Evidence that nothing renews is worth half after so long, seconds.
const HALVES_S: f64 = 300.0;
/// Slower than this its places are not held against earlier ones, m/s.
const SLOW_M_S: f64 = 25.0;
/// It is as good as it says once it has said so for so long: where interference ends the word is better before the place is, and each comes in a message of
/// its own.
const BETTER_AFTER: Span = Span::from_s(60);
/// So many ids of messages are named.
const NAMED: usize = 8;

/// How strongly one misfit speaks, as it is held.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Held {
    pub(super) log_ratio: f64,
    pub(super) count: u32,
    pub(super) amount: f64,
}
skypicket_model::canon_struct!(Held { log_ratio, count, amount });

/// What one radar saw of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) radar: SensorId,
    /// −Σ ln(1 − probability of detection) of the looks in vain since the last that saw it, and how many they were.
    pub(super) missed: f64,
    pub(super) misses: u32,
    /// Probability that the radar sees there at all.
    pub(super) sees: f64,
    pub(super) hit_at: Time,
    /// Offsets of its plots from where it says that it is, along range and across, smoothed, metres; of how many.
    pub(super) off_m: [f64; 2],
    pub(super) offs: u32,
}
skypicket_model::canon_struct!(Seen { radar, missed, misses, sees, hit_at, off_m, offs });

/// What was told of it, and through which track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Told {
    pub(super) since: Time,
    pub(super) at: Time,
    pub(super) misfit: Misfit,
    pub(super) track: TrackId,
    pub(super) opened: bool,
}
skypicket_model::canon_struct!(Told { since, at, misfit, track, opened });

/// A place that is not the one believed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Other {
    place: LatLon,
    at: Time,
}
skypicket_model::canon_struct!(Other { place, at });

/// An address.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Claimed {
    pub(super) first: Time,
    pub(super) heard: Time,
    pub(super) first_id: ObservationId,
    pub(super) last_id: ObservationId,
    /// The latest messages at which something did not fit.
    pub(super) named: Vec<ObservationId>,
    pub(super) count: u64,
    pub(super) sensor: SensorId,
    pub(super) place: LatLon,
    pub(super) place_at: Time,
    /// Height above the ellipsoid or pressure altitude, metres; `None` where none is stated.
    pub(super) height_m: Option<f64>,
    /// The worst that it stated of its place lately, and when.
    pub(super) sigma_m: f64,
    worst_at: Time,
    pub(super) on_ground: bool,
    pub(super) velocity_m_s: [f64; 2],
    pub(super) velocity_at: Time,
    other: Option<Other>,
    category: Option<EmitterCategory>,
    pub(super) held: [Held; Misfit::ALL.len()],
    faded: Time,
    /// What sensors that saw it where it says it is are worth, 0 or less, and when one did last.
    pub(super) credit: f64,
    pub(super) confirmed_at: Time,
    pub(super) seen: Vec<Seen>,
    /// Receivers that would hear it and do not.
    pub(super) unheard: Vec<Unheard>,
    /// How its places are those that were stated before.
    again: Again,
    pub(super) told: Option<Told>,
}
skypicket_model::canon_struct!(Claimed {
    first,
    heard,
    first_id,
    last_id,
    named,
    count,
    sensor,
    place,
    place_at,
    height_m,
    sigma_m,
    worst_at,
    on_ground,
    velocity_m_s,
    velocity_at,
    other,
    category,
    held,
    faded,
    credit,
    confirmed_at,
    seen,
    unheard,
    again,
    told,
});

impl Claimed {
    pub(super) fn new(observation: &Observation) -> Self {
        let now = observation.measured;
        Self {
            first: now,
            heard: now,
            first_id: observation.id,
            last_id: observation.id,
            named: Vec::new(),
            count: 0,
            sensor: observation.sensor,
            place: LatLon::default(),
            place_at: Time::MIN,
            height_m: None,
            sigma_m: 0.0,
            worst_at: Time::MIN,
            on_ground: false,
            velocity_m_s: [0.0; 2],
            velocity_at: Time::MIN,
            other: None,
            category: None,
            held: [Held::default(); Misfit::ALL.len()],
            faded: now,
            credit: 0.0,
            confirmed_at: Time::MIN,
            seen: Vec::new(),
            unheard: Vec::new(),
            again: Again::default(),
            told: None,
        }
    }

    /// It has stated a place at all.
    pub(super) fn has_place(&self) -> bool {
        self.place_at > Time::MIN
    }

    /// Takes a part of what it says of itself.
    pub(super) fn hear(&mut self, address: Address, observation: &Observation, part: &SelfPart) {
        let now = observation.measured;
        self.heard = self.heard.max(now);
        self.last_id = observation.id;
        self.sensor = observation.sensor;
        match part {
            SelfPart::Position(position) => {
                self.count += 1;
                self.position(position, observation.id, now);
                if !self.on_ground && matches!(address.value, 0 | 0xff_ffff) {
                    self.odd_class(observation.id, 0.0);
                }
            }
            SelfPart::Velocity(velocity) => {
                if let (Some(east), Some(north)) = (velocity.east_m_s, velocity.north_m_s)
                    && east.is_finite()
                    && north.is_finite()
                {
                    (self.velocity_m_s, self.velocity_at) = ([east, north], now);
                    let speed_m_s = math::hypot(east, north);
                    if self.category.is_some_and(|category| speed_m_s > fastest_m_s(category)) && !self.on_ground {
                        self.odd_class(observation.id, speed_m_s);
                    }
                }
            }
            SelfPart::Identity { category: Some(category), .. } => self.category = Some(*category),
            _ => {}
        }
    }

    /// One message says what its category cannot do; three of them are worth a word, as a category is sent wrongly by a careless set-up too.
    fn odd_class(&mut self, id: ObservationId, speed_m_s: f64) {
        self.add(Misfit::OtherClass, 0.8, speed_m_s, id);
    }

    fn position(&mut self, position: &StatedPosition, id: ObservationId, now: Time) {
        let place = position.place;
        let reaches = |from: LatLon, at: Time| {
            let gap_s = (now - at).s().abs();
            gap_s > 600.0 || from.rough_distance_m(place) <= FASTEST_M_S * gap_s + BESIDE_M
        };
        if self.has_place() && !position.on_ground && !reaches(self.place, self.place_at) {
            // It comes back to where it was before: two speak in turns.
            let back = self.other.is_some_and(|other| now - other.at <= OTHER_FOR && reaches(other.place, other.at));
            if back {
                self.add(Misfit::TwoPlaces, TURN, self.place.rough_distance_m(place), id);
            }
            self.other = Some(Other { place: self.place, at: self.place_at });
        }
        (self.place, self.place_at) = (place, now);
        if position.sigma_m >= self.sigma_m || now - self.worst_at > BETTER_AFTER {
            (self.sigma_m, self.worst_at) = (position.sigma_m, now);
        }
        self.on_ground = position.on_ground;
        self.height_m = position.height.map(|height| height.m).or(position.pressure.map(|pressure| pressure.m));
    }

    /// Adds evidence of one kind.
    pub(super) fn add(&mut self, misfit: Misfit, log_ratio: f64, amount: f64, id: ObservationId) {
        let held = &mut self.held[misfit as usize];
        let before = held.log_ratio;
        held.log_ratio = (before + log_ratio).clamp(LEAST, MOST);
        if log_ratio > 0.0 {
            held.count = if before <= 0.0 { 1 } else { held.count.saturating_add(1) };
            held.amount = amount;
            self.name(id);
        }
    }

    /// Names a message at which something did not fit.
    pub(super) fn name(&mut self, id: ObservationId) {
        if self.named.last() != Some(&id) {
            if self.named.len() >= NAMED {
                self.named.remove(0);
            }
            self.named.push(id);
        }
    }

    /// Evidence and credit fade with time.
    pub(super) fn fade(&mut self, now: Time) {
        let gap_s = (now - self.faded).s();
        if gap_s < 10.0 {
            return;
        }
        self.faded = now;
        // 1/(1 + t/τ) needs no exponential; τ so that ten seconds take what an exponential takes.
        let keep = 1.0 / (1.0 + gap_s * core::f64::consts::LN_2 / HALVES_S);
        for held in &mut self.held {
            held.log_ratio *= keep;
        }
        self.credit *= 1.0 / (1.0 + gap_s * core::f64::consts::LN_2 / 60.0);
    }

    /// For each misfit how strongly it speaks; what sensors saw there speaks against what others did not see.
    pub(super) fn total(&self) -> f64 {
        let held = |misfit: Misfit| self.held[misfit as usize].log_ratio;
        let arrivals = held(Misfit::ArrivalTimes);
        let [no_return, unheard] = [held(Misfit::NoReturn), held(Misfit::Unheard)];
        let apart = held(Misfit::OutOfSight) + held(Misfit::TooMany);
        let presence = no_return + unheard + apart + arrivals.min(0.0) + self.credit;
        let identity: f64 = [Misfit::Elsewhere, Misfit::TwoPlaces, Misfit::OtherClass, Misfit::FlownBefore]
            .iter()
            .map(|misfit| held(*misfit).max(0.0))
            .sum();
        presence.max(0.0) + identity + arrivals.max(0.0)
    }

    /// What speaks most.
    pub(super) fn most(&self) -> Misfit {
        let weight = |misfit: &Misfit| self.held[*misfit as usize].log_ratio;
        Misfit::ALL
            .iter()
            .copied()
            .max_by(|a, b| weight(a).total_cmp(&weight(b)).then(b.cmp(a)))
            .unwrap_or(Misfit::NoReturn)
    }

    /// Where it would be at a moment by its last place and velocity, metres east and north of that place.
    pub(super) fn ahead_m(&self, at: Time) -> [f64; 2] {
        let seconds = (at - self.place_at).s().clamp(-30.0, 30.0);
        self.velocity_m_s.map(|v| v * seconds)
    }

    /// Where that is.
    pub(super) fn reckoned(&self, at: Time) -> LatLon {
        let [east_m, north_m] = self.ahead_m(at);
        let lat_deg = (self.place.lat_deg + north_m / 111_120.0).clamp(-90.0, 90.0);
        let lon_deg = self.place.lon_deg + east_m / (111_320.0 * cos(rad(lat_deg)).max(0.01));
        LatLon { lat_deg, lon_deg: math::wrap_deg_180(lon_deg) }
    }

    /// What a radar saw of it so far.
    pub(super) fn of_radar(&mut self, radar: SensorId) -> &mut Seen {
        let at = match self.seen.iter().position(|seen| seen.radar == radar) {
            Some(at) => at,
            None => {
                if self.seen.len() >= super::radars::MOST_OF_ONE {
                    self.seen.remove(0);
                }
                self.seen.push(Seen {
                    radar,
                    missed: 0.0,
                    misses: 0,
                    sees: 0.0,
                    hit_at: Time::MIN,
                    off_m: [0.0; 2],
                    offs: 0,
                });
                self.seen.len() - 1
            }
        };
        &mut self.seen[at]
    }

    /// A radar saw it where it says that it is.
    pub(super) fn confirm(&mut self, by: f64, at: Time) {
        self.credit = (self.credit - by).max(LEAST);
        self.confirmed_at = self.confirmed_at.max(at);
    }

    /// Takes whether its place was stated before.
    pub(super) fn flown_before(&mut self, place: Place, id: ObservationId) {
        // Who hovers or stands states the same place again.
        if self.on_ground || math::hypot(self.velocity_m_s[0], self.velocity_m_s[1]) < SLOW_M_S {
            return;
        }
        let Some((log_ratio, count, gap)) = self.again.pass(place) else { return };
        let held = &mut self.held[Misfit::FlownBefore as usize];
        *held = Held { log_ratio: log_ratio.min(MOST), count, amount: gap.s() };
        self.name(id);
    }

    /// What the silence of receivers comes to.
    pub(super) fn weigh_hearing(&mut self) {
        let (log_ratio, count) = hearing::weigh(&self.unheard);
        let held = &mut self.held[Misfit::Unheard as usize];
        (held.log_ratio, held.count) = (log_ratio.min(MOST), count);
    }

    /// What the looks in vain of all radars come to.
    pub(super) fn weigh_looks(&mut self) {
        let mut log_ratio = 0.0;
        let mut misses = 0;
        for seen in &self.seen {
            if seen.misses > 0 {
                // All looks of a radar share whether it sees there at all.
                log_ratio -= math::ln(1.0 - seen.sees + seen.sees * math::exp(-seen.missed));
                misses += seen.misses;
            }
        }
        let held = &mut self.held[Misfit::NoReturn as usize];
        (held.log_ratio, held.count) = (log_ratio.min(MOST), misses);
    }
}

/// The fastest that anything of a category flies over ground, m/s, with a strong wind behind it. Origin: DO-260B table 2.2.3.2.5.2 for what the categories
/// are; never-exceed speeds of what flies in them, and winds aloft to 60 m/s.
fn fastest_m_s(category: EmitterCategory) -> f64 {
    match (category.set, category.number) {
        (b'A', 1) => 330.0,
        (b'A', 7) => 170.0,
        (b'B', 1) => 150.0,
        (b'B', 2) => 90.0,
        (b'B', 3) => 120.0,
        (b'B', 4) => 120.0,
        // Vehicles and obstacles on the ground.
        (b'C', 1..=5) => 100.0,
        _ => f64::INFINITY,
    }
}
