//! How aircraft's navigation units differ: drawn once for each address, so that the same aircraft behaves the same wherever it flies.

use crate::rng::Rng;
use crate::target::Quality;
use skypicket_model::{Span, Time};

/// What a unit says when it has lost the satellites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// Type code 0: no position known.
    Nothing,
    /// No positions at all; everything else goes on.
    Silent,
    /// Inertial positions of no stated quality (type code 18, NACp 0).
    Inertial,
    /// Inertial positions whose quality falls by a step each so many seconds.
    Ramp(u16),
}

/// When it has the satellites again, after they could be received again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovers {
    /// So many seconds after.
    After(u32),
    /// Not before it has landed.
    Never,
}

/// What it does with a false signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FalseSignals {
    /// It believes it after so many seconds.
    Takes(u16),
    /// It finds that nothing fits and loses its position.
    Loses,
    /// Nothing.
    Ignores,
}

/// Quality that goes down for seconds at a time although nothing is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flicker {
    /// How often an hour.
    pub per_hour: f64,
    /// For how long, seconds on average.
    pub lasts_s: f64,
    /// Categories then.
    pub nic: u8,
    /// See there.
    pub nac_p: u8,
}

/// One airframe's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Airframe {
    /// ADS-B version.
    pub version: u8,
    /// What it states when all is well.
    pub usual: Quality,
    /// Jamming over signal at which it loses the satellites, dB.
    pub lost_js_db: f64,
    /// How far below that its quality begins to fall, dB.
    pub soft_db: f64,
    /// How long it holds on above it, seconds.
    pub holds_s: u16,
    /// What it says without them.
    pub without: Without,
    /// Its velocity comes from the satellites too.
    pub velocity_goes: bool,
    /// When it has them again.
    pub recovers: Recovers,
    /// What it does with a false signal.
    pub false_signals: FalseSignals,
    /// It always states NIC 0 and NACp 0.
    pub chronic: bool,
    /// Its quality goes down by itself.
    pub flicker: Option<Flicker>,
    /// It needs many satellites to state integrity.
    pub weak_raim: bool,
    /// Times an hour that it coasts inertially for some minutes for a reason of its own.
    pub ramps_per_hour: f64,
    /// Times an hour that it states NIC 0 for some seconds.
    pub glitches_per_hour: f64,
    /// It has no satellites when it comes into view, and will not have them for so many seconds.
    pub lost_at_birth_s: Option<u32>,
}

/// Shares and figures from which airframes are drawn; where no origin is given they are assumptions.
#[derive(Clone, Debug, PartialEq)]
pub struct Airframes {
    /// Always NIC 0: units without a certified source.
    pub chronic: f64,
    /// Version 0 and version 1 units.
    pub version_0: f64,
    /// See there.
    pub version_1: f64,
    /// Quality of its own accord down for seconds.
    pub flickering: f64,
    /// Short of integrity where satellites stand badly.
    pub weak_raim: f64,
    /// Inertial coasting of its own accord, times an hour of flight.
    pub ramps_per_hour: f64,
    /// NIC 0 for up to six seconds, times an hour. Origin: once in the six flight hours of a recording around Los Angeles, for 2.7 s.
    pub glitches_per_hour: f64,
    /// Without satellites when it comes into view.
    pub lost_at_birth: f64,
    /// Without satellites says: nothing known, silent, inertial, slow ramp.
    pub without: [f64; 4],
    /// Recovers: within half a minute, in minutes, in a quarter of an hour, never.
    pub recovers: [f64; 4],
    /// Believes a false signal, loses its position, ignores it.
    pub false_signals: [f64; 3],
    /// Jamming over signal at which positions go: mean and 1 sigma, dB.
    pub lost_js_db: [f64; 2],
    /// Units state other categories than their transponder's when all is well, as fleets do.
    pub varied: bool,
    /// When satellites stand badly.
    pub raim_holes: Vec<(Time, Time)>,
}

/// Jamming over signal at which airborne receivers lose the position, mean and 1 sigma, dB. Assumed: the standards of airborne receivers ask for some
/// 30 dB against wide-band noise, and real ones stand more.
pub(super) const USUALLY_LOST_DB: [f64; 2] = [40.0, 5.0];

impl Default for Airframes {
    /// Nothing but how much jamming each one stands, and what it does then.
    fn default() -> Self {
        Self {
            chronic: 0.0,
            version_0: 0.0,
            version_1: 0.0,
            flickering: 0.0,
            weak_raim: 0.0,
            ramps_per_hour: 0.0,
            glitches_per_hour: 0.0,
            lost_at_birth: 0.0,
            without: [0.45, 0.15, 0.30, 0.10],
            recovers: [0.60, 0.25, 0.08, 0.07],
            false_signals: [0.70, 0.15, 0.15],
            lost_js_db: USUALLY_LOST_DB,
            varied: false,
            raim_holes: Vec::new(),
        }
    }
}

impl Airframes {
    /// What real traffic has beside: units that are bad by themselves.
    #[must_use]
    pub fn mixed() -> Self {
        Self {
            chronic: 0.015,
            version_0: 0.06,
            version_1: 0.03,
            flickering: 0.05,
            weak_raim: 0.05,
            ramps_per_hour: 0.02,
            glitches_per_hour: 0.15,
            lost_at_birth: 0.004,
            varied: true,
            ..Self::default()
        }
    }

    /// Whether satellites stand badly.
    #[must_use]
    pub fn is_hole(&self, time: Time) -> bool {
        self.raim_holes.iter().any(|(from, until)| time >= *from && time < *until)
    }

    /// The airframe of an address. `usual`: what it states when nothing else is drawn; another than [`Quality::USUAL`] is kept.
    #[must_use]
    pub fn draw(&self, seed: u64, address: u32, usual: Quality) -> Airframe {
        let mut rng = Rng::named(seed, &format!("airframe {address:06x}"));
        let lost_js_db = self.lost_js_db[0] + self.lost_js_db[1] * rng.normal().clamp(-2.5, 2.5);
        let soft_db = rng.between(3.0, 12.0);
        let holds_s = rng.between(0.0, 6.0) as u16;
        let without = match chosen(&self.without, &mut rng) {
            0 => Without::Nothing,
            1 => Without::Silent,
            2 => Without::Inertial,
            _ => Without::Ramp(rng.between(25.0, 90.0) as u16),
        };
        let velocity_goes = rng.chance(0.5);
        let recovers = match chosen(&self.recovers, &mut rng) {
            0 => Recovers::After(rng.between(3.0, 30.0) as u32),
            1 => Recovers::After(rng.between(60.0, 360.0) as u32),
            2 => Recovers::After(rng.between(600.0, 1800.0) as u32),
            _ => Recovers::Never,
        };
        let false_signals = match chosen(&self.false_signals, &mut rng) {
            0 => FalseSignals::Takes(rng.between(0.0, 20.0) as u16),
            1 => FalseSignals::Loses,
            _ => FalseSignals::Ignores,
        };
        let versions = [self.version_0, self.version_1, (1.0 - self.version_0 - self.version_1).max(0.0)];
        let version = chosen(&versions, &mut rng) as u8;
        let usual = if self.varied && usual == Quality::USUAL { usual_of(version, usual, &mut rng) } else { usual };
        let chronic = rng.chance(self.chronic);
        let flicker = rng.chance(self.flickering).then(|| Flicker {
            per_hour: rng.between(2.0, 30.0),
            lasts_s: rng.between(1.0, 6.0),
            nic: rng.between(5.0, 8.0) as u8,
            nac_p: rng.between(7.0, 10.0) as u8,
        });
        let weak_raim = rng.chance(self.weak_raim);
        let lost_at_birth_s = rng.chance(self.lost_at_birth).then(|| rng.between(0.0, 3600.0) as u32);
        Airframe {
            version,
            usual,
            lost_js_db,
            soft_db,
            holds_s,
            without,
            velocity_goes,
            recovers,
            false_signals,
            chronic,
            flicker,
            weak_raim,
            ramps_per_hour: self.ramps_per_hour,
            glitches_per_hour: self.glitches_per_hour,
            lost_at_birth_s,
        }
    }
}

/// Which of some shares.
fn chosen(shares: &[f64], rng: &mut Rng) -> usize {
    let mut left = rng.unit() * shares.iter().sum::<f64>();
    for (which, share) in shares.iter().enumerate() {
        if left < *share {
            return which;
        }
        left -= share;
    }
    shares.len().saturating_sub(1)
}

/// What units of a version usually state.
fn usual_of(version: u8, plain: Quality, rng: &mut Rng) -> Quality {
    let (nic, nac_p) = match (version, chosen(&[0.50, 0.22, 0.12, 0.08, 0.08], rng)) {
        // Version 0 states one figure, which integrity and accuracy are guessed from.
        (0, 0..=2) => (8, 8),
        (0, 3) => (7, 7),
        (0, _) => (6, 6),
        (_, 0) => (8, 9),
        (_, 1) => (8, 10),
        (_, 2) => (9, 10),
        (_, 3) => (10, 11),
        _ => (7, 8),
    };
    Quality { nic, nac_p, ..plain }
}

/// Until when an episode that begins now lasts.
pub(super) fn lasting(now: Time, mean_s: f64, rng: &mut Rng) -> Time {
    let s = -mean_s * skypicket_model::math::ln(1.0 - rng.unit());
    now + Span::from_s_f64(s.clamp(1.0, 3600.0)).unwrap_or(Span::from_s(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_airframe_and_shares_are_kept() {
        let airframes = Airframes::mixed();
        let drawn: Vec<Airframe> = (0..20_000).map(|k| airframes.draw(7, 0x48_0000 + k, Quality::USUAL)).collect();
        assert_eq!(drawn[5], airframes.draw(7, 0x48_0005, Quality::USUAL));
        let share = |of: &dyn Fn(&Airframe) -> bool| drawn.iter().filter(|own| of(own)).count() as f64 / 20_000.0;
        // Five standard errors.
        assert!((share(&|own| own.chronic) - 0.015).abs() < 0.0043);
        assert!((share(&|own| own.version == 0) - 0.06).abs() < 0.0084);
        assert!((share(&|own| own.without == Without::Silent) - 0.15).abs() < 0.0126);
        let mean = drawn.iter().map(|own| own.lost_js_db).sum::<f64>() / 20_000.0;
        assert!((mean - 40.0).abs() < 0.2, "{mean}");
    }

    #[test]
    fn without_a_mixture_units_state_what_their_transponder_does() {
        let own = Airframes::default().draw(7, 0x48_0000, Quality::USUAL);
        assert_eq!((own.version, own.usual, own.chronic, own.flicker), (2, Quality::USUAL, false, None));
    }
}
