//! Transmitters of aircraft that are not there: ADS-B frames like an aircraft's, sent from a place on the ground (or from aboard another aircraft), so that
//! receivers hear them with the signal and at the time of that place, whatever the frames say.
//!
//! Only squitters are sent: nothing answers a radar, and nothing reflects its pulses.

pub(crate) mod told;

use crate::geodesic::Line;
use crate::messages;
use crate::navigation::Positions;
use crate::path::{Motion, Path};
use crate::receiver::Receiver;
use crate::rng::Rng;
use crate::sensor::Site;
use crate::squitter::{Frame, Knows, Say};
use crate::target::{Kind, Quality, Target, Transponder};
use crate::world::World;
use skypicket_model::math::sin_cos;
use skypicket_model::{Span, Time};
use std::collections::VecDeque;

/// Where the transmitter is.
#[derive(Clone, Debug)]
pub enum Transmitter {
    /// On the ground.
    Ground(Site),
    /// Aboard the target of that index.
    Aboard(usize),
}

/// What its frames say.
#[derive(Clone, Debug)]
pub enum Says {
    /// It flies a path of its own, from the ghost's begin on.
    Path(Path),
    /// It flies beside a target, so many metres east and north of it.
    Beside {
        /// The target.
        target: usize,
        /// Metres east.
        east_m: f64,
        /// Metres north.
        north_m: f64,
    },
    /// It leaves a target's place from the ghost's begin on, slowly.
    Ramp {
        /// The target.
        target: usize,
        /// Towards, radians.
        azimuth_rad: f64,
        /// How fast, m/s.
        m_s: f64,
    },
    /// It sends a target's own frames once more, so much later.
    Replay {
        /// The target.
        target: usize,
        /// How much later.
        delay: Span,
    },
}

/// A transmitter at work.
#[derive(Clone, Debug)]
pub struct Ghost {
    /// Its name.
    pub name: String,
    /// Where it transmits.
    pub transmitter: Transmitter,
    /// How far it is heard, metres.
    pub range_m: f64,
    /// What its frames say.
    pub says: Says,
    /// What kind of aircraft they say it is, and under which address.
    pub kind: Kind,
    /// The address and flight ID that they state.
    pub transponder: Transponder,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
}

impl Ghost {
    /// Where it says that it is.
    #[must_use]
    pub fn claims(&self, t: Time, targets: &[Target]) -> Option<Motion> {
        if t < self.from || t >= self.until {
            return None;
        }
        let of = |target: usize| targets.get(target)?.at(t);
        match &self.says {
            Says::Path(path) => {
                let after_s = (t - self.from).s();
                (after_s <= path.duration_s()).then(|| path.at(after_s))
            }
            Says::Beside { target, east_m, north_m } => {
                let mut motion = of(*target)?;
                let azimuth_rad = skypicket_model::math::atan2(*east_m, *north_m);
                let far_m = skypicket_model::math::hypot(*east_m, *north_m);
                motion.place =
                    Line::new(motion.place.lat_lon(), azimuth_rad).at(far_m).place.at_height(motion.place.height_m);
                Some(motion)
            }
            Says::Ramp { target, azimuth_rad, m_s } => {
                let mut motion = of(*target)?;
                let (sin, cos) = sin_cos(*azimuth_rad);
                (motion.east_m_s, motion.north_m_s) = (motion.east_m_s + m_s * sin, motion.north_m_s + m_s * cos);
                let far_m = m_s * (t - self.from).s();
                motion.place =
                    Line::new(motion.place.lat_lon(), *azimuth_rad).at(far_m).place.at_height(motion.place.height_m);
                Some(motion)
            }
            Says::Replay { target, delay } => targets.get(*target)?.at(t - *delay),
        }
    }

    /// Who hears it: receiver, probability, range.
    fn heard_by(&self, t: Time, world: &World, out: &mut Vec<(usize, f64, f64)>) {
        out.clear();
        let (place, agl_m) = match &self.transmitter {
            Transmitter::Ground(site) => (site.place(), site.mast_m()),
            Transmitter::Aboard(target) => match world.targets.get(*target).and_then(|target| target.at(t)) {
                Some(motion) => (motion.place, world.air.agl_m(motion.place.height_m)),
                None => return,
            },
        };
        let ecef = place.to_ecef();
        for (index, receiver) in world.receivers.iter().enumerate() {
            let hears =
                |receiver: &Receiver| receiver.hears(ecef, agl_m).filter(|(_, range_m)| *range_m <= self.range_m);
            if let (false, Some((probability, range_m))) = (receiver.outages.silent(t), hears(receiver)) {
                out.push((index, probability, range_m));
            }
        }
    }
}

/// What is said at which mean interval and with which jitter, seconds (DO-260B 2.2.3.3).
const SCHEDULE: [(Say, f64, f64); 4] =
    [(Say::Position, 0.5, 0.1), (Say::Velocity, 0.5, 0.1), (Say::Identity, 5.0, 0.2), (Say::Operational, 2.5, 0.1)];
/// How often it is looked who hears it.
const LOOK_EVERY: Span = Span::from_s(1);
/// Most frames that wait for being sent once more.
const MOST_KEPT: usize = 100_000;

/// A ghost while it transmits.
#[derive(Clone, Debug)]
pub(crate) struct Speaking {
    ghost: usize,
    rng: Rng,
    next: [Time; SCHEDULE.len()],
    odd: bool,
    looked: Option<Time>,
    hears: Vec<(usize, f64, f64)>,
    /// Frames of the target that is sent once more, oldest first.
    kept: VecDeque<(Time, Frame)>,
    /// It sends another's frames once more.
    pub(crate) replays: bool,
}

/// All ghosts of a world, those that send another's frames first.
pub(crate) fn speaking(world: &World) -> Vec<Speaking> {
    let ghosts = world.ghosts.iter().enumerate();
    let mut all: Vec<Speaking> = ghosts.map(|(index, ghost)| Speaking::new(index, ghost, world.seed)).collect();
    all.sort_by_key(|ghost| !ghost.replays);
    all
}

impl Speaking {
    pub(crate) fn new(index: usize, ghost: &Ghost, seed: u64) -> Self {
        let mut rng = Rng::named(seed, &ghost.name);
        let next = SCHEDULE
            .map(|(_, interval_s, _)| ghost.from + Span::from_s_f64(interval_s * rng.unit()).unwrap_or(LOOK_EVERY));
        let (hears, kept) = (Vec::new(), VecDeque::new());
        let replays = matches!(ghost.says, Says::Replay { .. });
        Self { ghost: index, rng, next, odd: false, looked: None, hears, kept, replays }
    }

    /// Keeps what a target sent, if that is to be sent once more.
    pub(crate) fn keep(&mut self, target: usize, time: Time, frame: Frame, world: &World) {
        let Some(Ghost { says: Says::Replay { target: of, .. }, .. }) = world.ghosts.get(self.ghost) else { return };
        // Every receiver's copy is the same frame.
        let known = self.kept.back().is_some_and(|(at, _)| *at == time);
        if *of == target && !known && frame.long && self.kept.len() < MOST_KEPT {
            self.kept.push_back((time, frame));
        }
    }

    /// Everything sent before `until`, for each receiver that hears it: receiver, time, range, frame. Returns whether more may come.
    pub(crate) fn speak(&mut self, until: Time, world: &World, mut heard: impl FnMut(usize, Time, f64, Frame)) -> bool {
        let Some(ghost) = world.ghosts.get(self.ghost) else { return false };
        if let Says::Replay { delay, .. } = ghost.says {
            while let Some((sent, frame)) = self.kept.front().copied().filter(|(sent, _)| *sent + delay < until) {
                self.kept.pop_front();
                if sent + delay >= ghost.from && sent + delay < ghost.until {
                    self.send(ghost, sent + delay, frame, world, &mut heard);
                }
            }
            return ghost.until >= until;
        }
        loop {
            let which = (0..self.next.len()).min_by_key(|which| self.next[*which]).unwrap_or(0);
            let time = self.next[which];
            if time >= until {
                break;
            }
            let (say, interval_s, jitter_s) = SCHEDULE[which];
            let wait_s = interval_s + jitter_s * (2.0 * self.rng.unit() - 1.0);
            self.next[which] = time + Span::from_s_f64(wait_s).unwrap_or(LOOK_EVERY);
            let Some(motion) = ghost.claims(time, &world.targets) else { continue };
            let knows = Knows {
                motion,
                pressure_ft: world.air.pressure(motion.place.height_m).ft(),
                squawk: ghost.transponder.squawk(time),
                quality: ghost.transponder.ads_b.unwrap_or(Quality::USUAL),
                positions: Positions::Stated,
                velocity: true,
                version: 2,
            };
            self.odd ^= say == Say::Position;
            let frame = messages::compose(say, &knows, ghost.kind, &ghost.transponder, self.odd);
            self.send(ghost, time, frame, world, &mut heard);
        }
        ghost.until >= until
    }

    fn send(
        &mut self,
        ghost: &Ghost,
        time: Time,
        frame: Frame,
        world: &World,
        heard: &mut impl FnMut(usize, Time, f64, Frame),
    ) {
        if self.looked.is_none_or(|looked| time - looked >= LOOK_EVERY) {
            self.looked = Some(time);
            ghost.heard_by(time, world, &mut self.hears);
        }
        for &(receiver, probability, range_m) in &self.hears {
            if self.rng.chance(probability) {
                heard(receiver, time, range_m, frame);
            }
        }
    }
}

/// What a receiver's free-running counter shows at a moment, as the moment that it would be right at: each was switched on at another time and runs a
/// little too fast or too slow, and a stamp has some noise.
pub(crate) struct Counter {
    began: Time,
    ahead: Span,
    fast: f64,
    rng: Rng,
}

/// 1-sigma of how fast counters run, and of one stamp, seconds. Origin: crystals of a few parts in a million; docs/simulation.md.
const FAST: f64 = 8e-6;
const STAMP_S: f64 = 40e-9;

impl Counter {
    pub(crate) fn new(name: &str, began: Time, seed: u64) -> Self {
        let mut rng = Rng::named(seed, &format!("counter of {name}"));
        let ahead = Span::from_s_f64(rng.between(0.0, 86_400.0)).unwrap_or(Span::ZERO);
        let fast = FAST * rng.normal();
        Self { began, ahead, fast, rng }
    }

    pub(crate) fn shows(&mut self, time: Time) -> Time {
        let off_s = (time - self.began).s() * self.fast + STAMP_S * self.rng.normal();
        time + self.ahead + Span::from_s_f64(off_s).unwrap_or(Span::ZERO)
    }
}
