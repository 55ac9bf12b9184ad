//! When a transponder says what: the schedule of its squitters and replies, and the aircraft's own knowledge of where it is.
//!
//! Rates are those of DO-260B 2.2.3.3 (airborne: position and velocity twice a second, identification every 5 s, operational status
//! every 2.5 s, aircraft status every 5 s or 0.8 s in an emergency, target state every 1.25 s) and of Annex 10 volume IV (acquisition
//! squitter once a second), each jittered as there; replies to ground radars are drawn at the rates of a few interrogators.

use crate::messages;
use crate::navigation::{FalseFix, Navigation, Positions, Says, Unit};
use crate::path::Motion;
use crate::receiver::{Interference, Receiver};
use crate::rng::Rng;
use crate::target::{Air, Quality, Target};
use skypicket_model::frames::{WGS84_A_M, WGS84_E2};
use skypicket_model::math::{cos, deg, exp, rad, sin};
use skypicket_model::{Mode3A, Span, Time};

/// A message of 7 or 14 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The bytes; a short message uses the first seven.
    pub raw: [u8; 14],
    /// It has 14 bytes.
    pub long: bool,
}

impl Frame {
    /// The bytes that were sent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        if self.long { &self.raw } else { self.raw.get(..7).unwrap_or(&self.raw) }
    }
}

/// What a transponder can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Say {
    Position,
    Velocity,
    Identity,
    Operational,
    Status,
    AllCall,
    PressureReply,
    SquawkReply,
    IdentityReply,
}

/// What, at which mean interval in seconds, with which jitter, and whether it needs ADS-B.
const SCHEDULE: [(Say, f64, f64, bool); 9] = [
    (Say::Position, 0.5, 0.1, true),
    (Say::Velocity, 0.5, 0.1, true),
    (Say::Identity, 5.0, 0.2, true),
    (Say::Operational, 2.5, 0.1, true),
    (Say::Status, 5.0, 0.2, true),
    (Say::AllCall, 1.0, 0.05, false),
    (Say::PressureReply, 1.5, 0.9, false),
    (Say::SquawkReply, 4.0, 2.5, false),
    (Say::IdentityReply, 7.0, 4.0, false),
];
/// Interval of the status message while it states an emergency, seconds.
const EMERGENCY_S: f64 = 0.8;
/// 1-sigma of each horizontal component of an aircraft's own GNSS position, metres, and how long an error lasts, seconds.
const GNSS_SIGMA_M: f64 = 4.0;
const GNSS_CORRELATION_S: f64 = 100.0;
/// How much more the position of a disturbed receiver errs: NACp 5 says 926 m at 95 %, units of real aircraft stay well within.
const WORSE_FACTOR: f64 = 40.0;
/// How long that error takes to grow and to go, seconds: a receiver that loses satellites one by one drifts, it does not leap.
const WORSENING_S: f64 = 90.0;

/// What the aircraft knows of itself at a moment: the content of its messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knows {
    pub(crate) motion: Motion,
    pub(crate) pressure_ft: f64,
    pub(crate) squawk: Mode3A,
    pub(crate) quality: Quality,
    /// Which positions it sends.
    pub(crate) positions: Positions,
    /// It knows how it moves over ground, by its own account.
    pub(crate) velocity: bool,
    /// ADS-B version of its unit.
    pub(crate) version: u8,
}

/// One transponder at work.
#[derive(Clone, Debug)]
pub(crate) struct Emitter {
    pub(crate) target: usize,
    rng: Rng,
    next: [Time; SCHEDULE.len()],
    soonest: Time,
    /// The moment of the first knot; motion is interpolated over the second that follows it.
    knot: Time,
    ends: Option<[Motion; 2]>,
    error_m: (f64, f64),
    odd: bool,
    gnss: bool,
    worse: bool,
    /// How much of the error of a disturbed receiver has grown, 0 to 1.
    worsened: f64,
    /// Its navigation unit, where the world has more than plain ones, and what that says this second.
    unit: Option<Unit>,
    says: Option<Says>,
    affected_since: Option<Time>,
    /// Receiver, probability, range.
    hears: Vec<(usize, f64, f64)>,
}

/// What an emitter needs to know of its world.
pub(crate) struct Around<'w> {
    pub(crate) air: &'w Air,
    pub(crate) receivers: &'w [Receiver],
    pub(crate) interference: &'w [Interference],
    pub(crate) navigation: &'w Navigation,
}

const SECOND: Span = Span::from_s(1);

impl Emitter {
    /// The transponder of a target that has one; it starts with its path or with the world, whichever is later.
    pub(crate) fn new(index: usize, target: &Target, begin: Time, seed: u64) -> Option<Self> {
        let transponder = target.transponder.as_ref()?;
        let mut rng = Rng::named(seed, &target.name);
        let start = target.born.max(begin);
        let mut next = [Time::MAX; SCHEDULE.len()];
        for (slot, (_, interval_s, _, needs_ads_b)) in next.iter_mut().zip(SCHEDULE) {
            if transponder.ads_b.is_some() || !needs_ads_b {
                *slot = start + Span::from_s_f64(interval_s * rng.unit()).unwrap_or(SECOND);
            }
        }
        let error_m = (GNSS_SIGMA_M * rng.normal(), GNSS_SIGMA_M * rng.normal());
        let soonest = next.iter().copied().min().unwrap_or(Time::MAX);
        let hears = Vec::new();
        Some(Self {
            target: index,
            rng,
            next,
            soonest,
            knot: start,
            ends: None,
            error_m,
            odd: false,
            gnss: true,
            worse: false,
            worsened: 0.0,
            unit: None,
            says: None,
            affected_since: None,
            hears,
        })
    }

    /// Gives it a navigation unit of the airframe that its address has in this world.
    pub(crate) fn with_unit(mut self, target: &Target, navigation: &Navigation, seed: u64) -> Self {
        if let Some(transponder) =
            target.transponder.as_ref().filter(|own| own.ads_b.is_some() && !navigation.is_plain())
        {
            let usual = transponder.ads_b.unwrap_or(Quality::USUAL);
            let airframes = navigation.airframes.clone().unwrap_or_default();
            let airframe = airframes.draw(seed, transponder.address, usual);
            self.unit = Some(Unit::new(airframe, seed, &target.name, self.knot));
        }
        self
    }

    /// Some receiver hears it.
    pub(crate) fn is_heard(&self) -> bool {
        !self.hears.is_empty()
    }

    /// Since when its messages show that something outside keeps it from navigating.
    pub(crate) const fn affected_since(&self) -> Option<Time> {
        self.affected_since
    }

    /// Everything said before `until`, given to `heard` for each receiver that hears it: receiver, time, range, message.
    pub(crate) fn speak(
        &mut self,
        until: Time,
        target: &Target,
        around: &Around<'_>,
        mut heard: impl FnMut(usize, Time, f64, Frame),
    ) {
        while self.soonest < until {
            let time = self.soonest;
            if time > target.gone() {
                self.soonest = Time::MAX;
                return;
            }
            let which = self.next.iter().position(|next| *next == time).unwrap_or(0);
            let Some(knows) = self.advance(time, target, around) else { return };
            let say = SCHEDULE.get(which).map_or(Say::AllCall, |row| row.0);
            self.reschedule(which, time, knows.squawk);
            if self.hears.is_empty() {
                continue;
            }
            let Some(transponder) = &target.transponder else { return };
            // A version 0 unit has no operational status to speak of, and some send no positions when they know none.
            let mute = match say {
                Say::Position => knows.positions == Positions::Silent,
                Say::Operational => knows.version == 0,
                _ => false,
            };
            if mute {
                continue;
            }
            if say == Say::Position {
                self.odd = !self.odd;
            }
            let frame = messages::compose(say, &knows, target.kind, transponder, self.odd);
            for &(receiver, probability, range_m) in &self.hears {
                if self.rng.chance(probability) {
                    heard(receiver, time, range_m, frame);
                }
            }
        }
    }

    fn reschedule(&mut self, which: usize, time: Time, squawk: Mode3A) {
        let Some((say, interval_s, jitter_s, _)) = SCHEDULE.get(which).copied() else { return };
        let mean_s = if say == Say::Status && squawk.emergency().is_some() { EMERGENCY_S } else { interval_s };
        let wait_s = mean_s + jitter_s * (2.0 * self.rng.unit() - 1.0);
        if let Some(slot) = self.next.get_mut(which) {
            *slot = time + Span::from_s_f64(wait_s).unwrap_or(SECOND);
        }
        self.soonest = self.next.iter().copied().min().unwrap_or(Time::MAX);
    }

    /// Moves the knots so that they enclose `time`, and says what the aircraft then knows.
    fn advance(&mut self, time: Time, target: &Target, around: &Around<'_>) -> Option<Knows> {
        if self.ends.is_none() || time - self.knot >= SECOND {
            // Whole seconds from the last knot, so that a pause in speaking needs no loop.
            let whole = if self.ends.is_none() { 0 } else { (time - self.knot).ns() / SECOND.ns() };
            self.knot += Span::from_s(whole);
            let at = |t: Time| target.path.at((t - target.born).s());
            let ends = [at(self.knot), at(self.knot + SECOND)];
            self.ends = Some(ends);
            self.look_around(ends[0], around);
        }
        let ends = self.ends?;
        let mut motion = between_knots(&ends, (time - self.knot).s());
        let transponder = target.transponder.as_ref()?;
        let pressure_ft = around.air.pressure(motion.place.height_m).ft();
        // A disturbed receiver errs more and more, and recovers as slowly.
        let factor = 1.0 + (WORSE_FACTOR - 1.0) * self.worsened;
        displace(&mut motion, (factor * self.error_m.0, factor * self.error_m.1));
        let quality = match (self.gnss, self.worse) {
            (false, _) => Quality::LOST,
            (true, true) => Quality::WORSE,
            (true, false) => transponder.ads_b.unwrap_or(Quality::USUAL),
        };
        let positions = if self.gnss { Positions::Stated } else { Positions::Unknown };
        let squawk = transponder.squawk(time);
        let mut knows = Knows { motion, pressure_ft, squawk, quality, positions, velocity: self.gnss, version: 2 };
        if let Some(says) = self.says.filter(|_| self.gnss && !self.worse) {
            believe(&mut knows, &says, self.unit.as_ref().is_some_and(|unit| unit.airframe().velocity_goes));
        }
        Some(knows)
    }

    /// Once a second: who hears it, whether it is jammed, how its GNSS errs.
    fn look_around(&mut self, motion: Motion, around: &Around<'_>) {
        let place = motion.place.to_ecef();
        let agl_m = around.air.agl_m(motion.place.height_m);
        self.hears.clear();
        for (index, receiver) in around.receivers.iter().enumerate() {
            if receiver.outages.silent(self.knot) {
                continue;
            }
            if let Some((probability, range_m)) = receiver.hears(place, agl_m) {
                self.hears.push((index, probability, range_m));
            }
        }
        self.gnss = !around.interference.iter().any(|source| source.reaches(self.knot, place, agl_m));
        self.worse = self.gnss && around.interference.iter().any(|source| source.weakens(self.knot, place, agl_m));
        if let Some(unit) = &mut self.unit {
            let says = unit.second(self.knot, &around.navigation.exposure(self.knot, motion.place, around.air));
            self.affected_since = says.affected.then(|| self.affected_since.unwrap_or(self.knot));
            self.says = Some(says);
        }
        let step = if self.worse { 1.0 } else { -1.0 } / WORSENING_S;
        self.worsened = (self.worsened + step).clamp(0.0, 1.0);
        let keep = exp(-1.0 / GNSS_CORRELATION_S);
        let fresh = GNSS_SIGMA_M * (1.0 - keep * keep).sqrt();
        self.error_m.0 = keep * self.error_m.0 + fresh * self.rng.normal();
        self.error_m.1 = keep * self.error_m.1 + fresh * self.rng.normal();
    }
}

/// What the aircraft knows becomes what its navigation unit says. `velocity_too`: it has its velocity from the satellites as well.
fn believe(knows: &mut Knows, says: &Says, velocity_too: bool) {
    (knows.quality, knows.positions, knows.version) = (says.quality, says.positions, says.version);
    knows.velocity = says.velocity;
    displace(&mut knows.motion, says.astray_m);
    match says.false_fix {
        Some(FalseFix::At { place, height_m, east_m_s, north_m_s }) => {
            knows.motion.place = place.at_height(height_m);
            if velocity_too {
                (knows.motion.east_m_s, knows.motion.north_m_s) = (east_m_s, north_m_s);
            }
        }
        Some(FalseFix::Off { east_m_s, north_m_s }) if velocity_too => {
            knows.motion.east_m_s += east_m_s;
            knows.motion.north_m_s += north_m_s;
        }
        Some(FalseFix::Off { .. }) | None => {}
    }
}

/// Radii of curvature along the meridian and across it at a latitude, metres.
fn radii_m(lat_deg: f64) -> (f64, f64) {
    let s = sin(rad(lat_deg));
    let w2 = 1.0 - WGS84_E2 * s * s;
    let n_m = WGS84_A_M / w2.sqrt();
    (n_m * (1.0 - WGS84_E2) / w2, n_m)
}

/// Rates of latitude and longitude, degrees a second.
fn rates(motion: &Motion) -> (f64, f64) {
    let (m_m, n_m) = radii_m(motion.place.lat_deg);
    let h_m = motion.place.height_m;
    let east = (n_m + h_m) * cos(rad(motion.place.lat_deg));
    (deg(motion.north_m_s / (m_m + h_m)), deg(motion.east_m_s / east))
}

/// Cubic through both knots with their velocities. In a steady turn of 3°/s at 250 m/s it is off by 0.1 mm; where a turn begins or
/// ends between the knots, by some 0.2 m, which is far below an ADS-B position's resolution.
fn between_knots(ends: &[Motion; 2], s: f64) -> Motion {
    let [a, b] = ends;
    let (ra, rb) = (rates(a), rates(b));
    let blend = |pa: f64, va: f64, pb: f64, vb: f64| {
        let d = pb - pa;
        pa + s * (va + s * ((3.0 * d - 2.0 * va - vb) + s * (va + vb - 2.0 * d)))
    };
    let mix = |x: f64, y: f64| x + s * (y - x);
    let mut motion = *a;
    motion.place.lat_deg = blend(a.place.lat_deg, ra.0, b.place.lat_deg, rb.0);
    motion.place.lon_deg = blend(a.place.lon_deg, ra.1, b.place.lon_deg, rb.1);
    motion.place.height_m = mix(a.place.height_m, b.place.height_m);
    motion.east_m_s = mix(a.east_m_s, b.east_m_s);
    motion.north_m_s = mix(a.north_m_s, b.north_m_s);
    motion.up_m_s = mix(a.up_m_s, b.up_m_s);
    motion
}

fn displace(motion: &mut Motion, by_m: (f64, f64)) {
    // 1 m is 9e-6 degrees of latitude; the ellipsoid's shape does not matter to an error of metres.
    let north_deg = by_m.1 / 111_200.0;
    let east_deg = by_m.0 / (111_300.0 * cos(rad(motion.place.lat_deg)));
    motion.place.lat_deg += north_deg;
    motion.place.lon_deg += east_deg;
}
