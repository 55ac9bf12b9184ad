//! What a message says of the quality of the position that an aircraft knows, and how likely interference makes such messages.

use skypicket_model::math;

/// Stated quality in four steps: the worse of integrity and accuracy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quality {
    /// As the rules for controlled airspace ask: NIC 7 and NACp 8 or better (14 CFR 91.227).
    Full,
    /// NIC 5–6 or NACp 6–7.
    Reduced,
    /// NIC 1–4 or NACp 1–5.
    Poor,
    /// NIC 0, NACp 0, or a message that says that no position is known (type code 0).
    Nothing,
}
skypicket_model::canon_enum!(Quality { 0 => Full, 1 => Reduced, 2 => Poor, 3 => Nothing });

/// Steps of [`Quality`].
pub(super) const STEPS: usize = 4;

impl Quality {
    /// Of a navigation integrity category.
    pub(super) const fn of_nic(nic: u8) -> Self {
        match nic {
            0 => Self::Nothing,
            1..=4 => Self::Poor,
            5 | 6 => Self::Reduced,
            _ => Self::Full,
        }
    }

    /// Of a navigation accuracy category for position.
    pub(super) const fn of_nac_p(nac_p: u8) -> Self {
        match nac_p {
            0 => Self::Nothing,
            1..=5 => Self::Poor,
            6 | 7 => Self::Reduced,
            _ => Self::Full,
        }
    }
}

/// P(step | interference), one message a second. Origin: the published gpsjam cells of 4–15 March 2022 mix with good aircraft and give no shares of
/// steps; receivers mostly lose the solution altogether and some pass through degraded ones (Aeronautical Journal, "Aircraft resilience to GNSS jamming").
/// Flat enough that a wrong share costs a second or two and no state.
const JAMMED: [f64; STEPS] = [0.05, 0.20, 0.30, 0.45];
/// P(step | inertial): a unit that coasts loses accuracy slowly and passes through every step.
const INERTIAL: [f64; STEPS] = [0.10, 0.45, 0.30, 0.15];
/// P(step | nothing special) of an airframe not known yet, and the seconds that this counts for. Origin: base rate of bad aircraft per cell and day in a
/// quiet half year, 0.07–0.2 %, and some passing glitches.
const USUAL: [f64; STEPS] = [0.985, 0.010, 0.003, 0.002];
const USUAL_WORTH_S: f64 = 600.0;
/// The same of a version 0 unit, whose quality is guessed from its type code.
const USUAL_VERSION_0: [f64; STEPS] = [0.93, 0.03, 0.02, 0.02];
/// No step is rarer than this for anybody.
const LEAST: f64 = 5e-4;

/// How often each step was seen of one airframe while nothing interfered, seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Habits {
    seconds: [f64; STEPS],
}
skypicket_model::canon_struct!(Habits { seconds });

/// Habits are remembered for so many seconds of flight: fifty hours.
const REMEMBERED_S: f64 = 180_000.0;

impl Habits {
    /// Another `seconds` of a step.
    pub(super) fn add(&mut self, step: Quality, seconds: f64) {
        self.seconds[step as usize] += seconds;
        let sum: f64 = self.seconds.iter().sum();
        if sum > REMEMBERED_S {
            self.seconds.iter_mut().for_each(|share| *share *= 0.5);
        }
    }

    /// Seconds of anything, and the share that was less than [`Quality::Reduced`].
    pub(super) fn bad_share(&self) -> (f64, f64) {
        let sum: f64 = self.seconds.iter().sum();
        (sum, (self.seconds[2] + self.seconds[3]) / sum.max(1.0))
    }

    fn of(&self, step: Quality, version_0: bool) -> f64 {
        let usual = if version_0 { USUAL_VERSION_0 } else { USUAL };
        let sum: f64 = self.seconds.iter().sum();
        ((usual[step as usize] * USUAL_WORTH_S + self.seconds[step as usize]) / (USUAL_WORTH_S + sum)).max(LEAST)
    }

    /// What a second of a step says for interference, against nothing special and against an inertial unit that coasts: log-likelihood ratios.
    pub(super) fn says(&self, step: Quality, version_0: bool) -> [f64; 2] {
        let jammed = JAMMED[step as usize];
        [math::ln(jammed / self.of(step, version_0)), math::ln(jammed / INERTIAL[step as usize])]
    }
}

/// How much likelier interference is than an inertial unit that coasts, before and after it is known whether the quality fell within
/// [`FALLS_WITHIN`](super::aircraft): log odds. Origin: nobody has published shares; satellite receivers fail at once in nine of ten cases, inertial
/// units hardly ever.
pub(super) const FELL: f64 = 1.6;
pub(super) const FELL_AT_ONCE: f64 = 3.3;
pub(super) const FELL_SLOWLY: f64 = -1.6;
