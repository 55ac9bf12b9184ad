//! One aircraft's navigation unit, second by second: what reaches it in, what its squitters say out.

use super::airframe::{Airframe, FalseSignals, Recovers, Without, lasting};
use super::{Exposure, FalseFix};
use crate::rng::Rng;
use crate::target::Quality;
use skypicket_model::math::{TAU, exp, sin_cos};
use skypicket_model::{Span, Time};

/// How much the power at a receiver goes up and down as the aircraft moves, dB, and how long that lasts, seconds (our assumption).
const FADING_DB: f64 = 1.5;
const FADING_S: f64 = 20.0;
/// It has the satellites again only when the power has fallen so much below where its quality began to fall, dB.
const BELOW_DB: f64 = 3.0;
/// Categories as jamming grows from where they begin to fall to where positions go.
const STEPS: [(u8, u8); 4] = [(7, 8), (6, 7), (5, 6), (4, 5)];
/// Categories of an inertial unit as it coasts.
const RAMP: [(u8, u8); 6] = [(8, 9), (7, 8), (7, 7), (6, 6), (5, 5), (4, 5)];
/// An inertial position goes astray by so much, m/s: a mile an hour.
const ASTRAY_M_S: f64 = 0.5;
/// How long a unit coasts of its own accord, seconds on average.
const COASTS_S: f64 = 240.0;

/// Which positions it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// As it has them.
    Stated,
    /// Type code 0: that it has none.
    Unknown,
    /// None, not even that.
    Silent,
}

/// What it says in a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Says {
    /// Categories.
    pub quality: Quality,
    /// ADS-B version.
    pub version: u8,
    /// Positions.
    pub positions: Positions,
    /// Velocity over ground.
    pub velocity: bool,
    /// How far its own position has gone astray, metres east and north.
    pub astray_m: (f64, f64),
    /// What a false signal told it, in place of where it is.
    pub false_fix: Option<FalseFix>,
    /// Something outside keeps it from saying what it usually says, and that shows.
    pub affected: bool,
}

/// A unit at work.
#[derive(Clone, Debug)]
pub struct Unit {
    airframe: Airframe,
    rng: Rng,
    fading_db: f64,
    /// Since when jamming is more than it stands.
    drowned: Option<Time>,
    /// Since when it has no satellites, and since when it could have them again.
    lost: Option<Time>,
    free: Option<Time>,
    /// It could not have them from its birth until then.
    barred: Option<Time>,
    /// Since when a false signal reaches it, and since when it follows that.
    told: Option<Time>,
    follows: Option<Time>,
    flickers_until: Time,
    fails_until: Time,
    coasts: Option<(Time, Time)>,
    astray_m: (f64, f64),
    course: (f64, f64),
}

impl Unit {
    /// The unit of an airframe that comes into view.
    #[must_use]
    pub fn new(airframe: Airframe, seed: u64, name: &str, now: Time) -> Self {
        let mut rng = Rng::named(seed, &format!("unit {name}"));
        let course = sin_cos(TAU * rng.unit());
        let barred = airframe.lost_at_birth_s.map(|s| now + Span::from_s(i64::from(s)));
        Self {
            airframe,
            fading_db: FADING_DB * rng.normal(),
            drowned: None,
            // Long ago, so that a slow ramp has been passed through.
            lost: barred.map(|_| now - Span::from_s(7200)),
            free: None,
            barred,
            told: None,
            follows: None,
            flickers_until: Time::MIN,
            fails_until: Time::MIN,
            coasts: None,
            astray_m: (0.0, 0.0),
            course,
            rng,
        }
    }

    /// Its airframe.
    #[must_use]
    pub const fn airframe(&self) -> &Airframe {
        &self.airframe
    }

    /// Takes a second's exposure; call once a second.
    pub fn second(&mut self, now: Time, exposure: &Exposure) -> Says {
        let keep = exp(-1.0 / FADING_S);
        self.fading_db = keep * self.fading_db + FADING_DB * (1.0 - keep * keep).sqrt() * self.rng.normal();
        let js_db = exposure.js_db.map_or(f64::NEG_INFINITY, |js_db| js_db + self.fading_db);
        self.follow(now, exposure);
        let tricked = exposure.false_fix.is_some() && self.airframe.false_signals == FalseSignals::Loses;
        self.lose_or_find(now, js_db, tricked);
        self.by_itself(now);
        self.says(now, js_db, exposure)
    }

    /// Whether it follows a false signal.
    fn follow(&mut self, now: Time, exposure: &Exposure) {
        let FalseSignals::Takes(after_s) = self.airframe.false_signals else { return };
        if exposure.false_fix.is_none() {
            if self.follows.take().is_some() {
                // What it followed is gone: it has to find the satellites anew.
                self.lost = Some(now);
                self.free = None;
            }
            self.told = None;
            return;
        }
        let told = *self.told.get_or_insert(now);
        if now - told >= Span::from_s(i64::from(after_s)) && self.lost.is_none() {
            self.follows.get_or_insert(now);
        }
    }

    fn lose_or_find(&mut self, now: Time, js_db: f64, tricked: bool) {
        let own = &self.airframe;
        if js_db > own.lost_js_db || tricked {
            let since = *self.drowned.get_or_insert(now);
            if now - since >= Span::from_s(i64::from(own.holds_s)) && self.lost.is_none() {
                (self.lost, self.follows) = (Some(now), None);
            }
            self.free = None;
            return;
        }
        self.drowned = None;
        if self.lost.is_none() {
            return;
        }
        if js_db > own.lost_js_db - own.soft_db - BELOW_DB || self.barred.is_some_and(|until| now < until) {
            self.free = None;
            return;
        }
        let free = *self.free.get_or_insert(now);
        let Recovers::After(s) = own.recovers else { return };
        if now - free >= Span::from_s(i64::from(s)) {
            (self.lost, self.free, self.barred) = (None, None, None);
        }
    }

    /// What it does without anybody's doing.
    fn by_itself(&mut self, now: Time) {
        if let Some(flicker) = self.airframe.flicker
            && now >= self.flickers_until
            && self.rng.chance(flicker.per_hour / 3600.0)
        {
            self.flickers_until = lasting(now, flicker.lasts_s, &mut self.rng);
        }
        if self.rng.chance(self.airframe.glitches_per_hour / 3600.0) {
            self.fails_until = now + Span::from_s(1 + self.rng.below(6) as i64);
        }
        if self.coasts.is_some_and(|(_, until)| now >= until) {
            self.coasts = None;
        }
        if self.coasts.is_none() && self.rng.chance(self.airframe.ramps_per_hour / 3600.0) {
            self.coasts = Some((now, lasting(now, COASTS_S, &mut self.rng)));
        }
    }

    fn says(&mut self, now: Time, js_db: f64, exposure: &Exposure) -> Says {
        let own = self.airframe;
        let mut says = Says {
            quality: own.usual,
            version: own.version,
            positions: Positions::Stated,
            velocity: true,
            astray_m: (0.0, 0.0),
            false_fix: None,
            affected: false,
        };
        let (mut nic, mut nac_p) = (own.usual.nic, own.usual.nac_p);
        let mut least = |category: (u8, u8)| (nic, nac_p) = (nic.min(category.0), nac_p.min(category.1));
        if own.chronic {
            least((0, 0));
        }
        if let Some(flicker) = own.flicker.filter(|_| now < self.flickers_until) {
            least((flicker.nic, flicker.nac_p));
        }
        if now < self.fails_until {
            least((0, own.usual.nac_p));
        }
        if own.weak_raim && exposure.raim_hole {
            // Integrity cannot be stated, the position is as accurate as ever.
            least((5, own.usual.nac_p));
        }
        let mut inertial = false;
        if let Some((from, _)) = self.coasts {
            least(ramp(now - from, 60));
            inertial = true;
        }
        if let Some(since) = self.lost {
            says.affected = true;
            says.velocity = !own.velocity_goes;
            inertial = true;
            match own.without {
                Without::Nothing => says.positions = Positions::Unknown,
                Without::Silent => says.positions = Positions::Silent,
                Without::Inertial => {}
                Without::Ramp(step_s) => {
                    says.velocity = true;
                    least(ramp(now - since, i64::from(step_s)));
                }
            }
            if !matches!(own.without, Without::Ramp(_)) {
                least((0, 0));
            }
        } else if js_db > own.lost_js_db - own.soft_db {
            says.affected = true;
            let share = 1.0 - (own.lost_js_db - js_db) / own.soft_db;
            least(STEPS[((share * 4.0) as usize).min(3)]);
        } else if self.follows.is_some() {
            (says.false_fix, says.affected) = (exposure.false_fix, true);
        }
        self.stray(inertial, says.false_fix);
        says.astray_m = self.astray_m;
        says.affected &= nic < own.usual.nic
            || nac_p < own.usual.nac_p
            || says.positions != Positions::Stated
            || says.false_fix.is_some();
        says.quality = Quality { nic, nac_p, ..own.usual };
        if nac_p == 0 {
            says.quality = Quality { nac_v: 0, gva: 0, ..says.quality };
        }
        says
    }

    /// Lets its position go astray for a second, or finds it again.
    fn stray(&mut self, inertial: bool, false_fix: Option<FalseFix>) {
        let by = match false_fix {
            Some(FalseFix::Off { east_m_s, north_m_s }) => (east_m_s, north_m_s),
            Some(FalseFix::At { .. }) => (0.0, 0.0),
            None if inertial => (ASTRAY_M_S * self.course.0, ASTRAY_M_S * self.course.1),
            None => return self.astray_m = (0.0, 0.0),
        };
        self.astray_m = (self.astray_m.0 + by.0, self.astray_m.1 + by.1);
    }
}

/// Categories of an inertial unit after so long.
fn ramp(since: Span, step_s: i64) -> (u8, u8) {
    let step = (since.ns() / Span::from_s(step_s.max(1)).ns()).max(0) as usize;
    RAMP[step.min(RAMP.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::super::Airframes;
    use super::*;

    fn unit(without: Without, recovers: Recovers) -> Unit {
        let drawn = Airframes::default().draw(1, 0x48_0000, Quality::USUAL);
        let airframe = Airframe { without, recovers, lost_js_db: 40.0, soft_db: 8.0, holds_s: 2, ..drawn };
        Unit::new(airframe, 1, "one", Time::from_s(0))
    }

    /// What it says at the end of seconds of one exposure.
    fn play(unit: &mut Unit, from_s: i64, seconds: i64, js_db: Option<f64>) -> Says {
        let exposure = Exposure { js_db, ..Exposure::default() };
        (0..seconds).map(|k| unit.second(Time::from_s(from_s + k), &exposure)).last().expect("a second")
    }

    #[test]
    fn quality_falls_by_steps_with_power_and_positions_go_above_what_it_stands() {
        let mut unit = unit(Without::Nothing, Recovers::After(20));
        assert_eq!(play(&mut unit, 0, 5, None).quality, Quality::USUAL);
        assert!(!play(&mut unit, 5, 5, Some(20.0)).affected);
        let weak = play(&mut unit, 10, 5, Some(36.0));
        assert!(weak.affected && weak.quality.nic < 8 && weak.quality.nic > 3, "{weak:?}");
        let lost = play(&mut unit, 15, 10, Some(60.0));
        assert_eq!((lost.positions, lost.quality.nac_p), (Positions::Unknown, 0));
        assert_eq!(play(&mut unit, 25, 20, None).positions, Positions::Unknown, "it needs 20 s");
        assert_eq!(play(&mut unit, 45, 5, None).quality, Quality::USUAL);
    }

    #[test]
    fn some_never_come_back_and_some_fall_slowly() {
        let mut never = unit(Without::Inertial, Recovers::Never);
        play(&mut never, 0, 10, Some(60.0));
        let after = play(&mut never, 10, 7200, None);
        assert_eq!((after.positions, after.quality.nic), (Positions::Stated, 0));
        assert!(after.astray_m.0.abs() + after.astray_m.1.abs() > 3000.0, "{after:?}");
        let mut slow = unit(Without::Ramp(60), Recovers::After(5));
        assert_eq!(play(&mut slow, 0, 10, Some(60.0)).quality.nac_p, 9);
        assert_eq!(play(&mut slow, 10, 120, Some(60.0)).quality.nac_p, 7);
        assert_eq!(play(&mut slow, 130, 400, Some(60.0)).quality.nac_p, 5);
    }

    #[test]
    fn one_that_takes_false_signals_follows_them_with_quality_as_ever() {
        let mut unit = unit(Without::Nothing, Recovers::After(5));
        unit.airframe.false_signals = FalseSignals::Takes(4);
        let pull = Some(FalseFix::Off { east_m_s: 10.0, north_m_s: 0.0 });
        let exposure = Exposure { false_fix: pull, ..Exposure::default() };
        let told: Vec<Says> = (0..60).map(|k| unit.second(Time::from_s(k), &exposure)).collect();
        assert_eq!((told[2].false_fix, told[59].false_fix), (None, pull));
        assert_eq!(told[59].quality, Quality::USUAL);
        assert!((told[59].astray_m.0 - 560.0).abs() < 1e-6, "{:?}", told[59]);
        let gone = play(&mut unit, 60, 1, None);
        assert_eq!(gone.positions, Positions::Unknown, "it has to find the satellites again");
    }
}
