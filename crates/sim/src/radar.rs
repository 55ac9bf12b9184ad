//! A rotating radar: which targets it detects in a turn, when its beam passes each, and with what noise.
//!
//! Primary detection follows a fluctuating target (Swerling 1) at one decision a look: Pd = exp(ln Pfa / (1 + SNR)), with SNR falling
//! with the fourth power of range (Skolnik, *Introduction to Radar Systems*, 3rd ed., eq. 2.9 and section 2.8). Secondary replies come
//! with a constant probability to their range. Both need the four-thirds-Earth horizon. Plots of two targets never merge, and
//! clutter is uniform in range and azimuth: docs/simulation.md says what that leaves out.

use crate::path::Motion;
use crate::rng::Rng;
use crate::sensor::{Look, Outages, Site};
use crate::target::{Air, Target};
use skypicket_model::math::{TAU, exp, ln, wrap_tau};
use skypicket_model::{Ecef, Span, Time, Vec3};

/// The skin-return channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Primary {
    /// Where 1 m² gives 13 dB, metres: about one detection in two at a false-alarm probability of 1e-6.
    pub reference_m: f64,
    /// Probability of false alarm of one decision.
    pub false_alarm: f64,
}

/// The transponder channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Secondary {
    /// Farthest reply, metres.
    pub range_m: f64,
    /// Probability of a good reply in one look.
    pub probability: f64,
}

/// What is wrong with a radar, unknown to who uses it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// Added to every azimuth, radians.
    pub azimuth_rad: f64,
    /// Added to every range, metres.
    pub range_m: f64,
    /// Added to every time that it states.
    pub clock: Span,
}

/// A radar of a world.
#[derive(Clone, Debug)]
pub struct Radar {
    /// Its name.
    pub name: String,
    /// ASTERIX system area code and system identification code.
    pub source: (u8, u8),
    /// Where.
    pub site: Site,
    /// One turn.
    pub period_s: f64,
    /// Seconds after the world's begin at which its beam first passes north.
    pub phase_s: f64,
    /// Nearest and farthest range, metres.
    pub range_m: (f64, f64),
    /// Lowest and highest elevation, radians.
    pub elevation_rad: (f64, f64),
    /// 1-sigma of range, metres.
    pub range_sigma_m: f64,
    /// 1-sigma of azimuth, radians.
    pub azimuth_sigma_rad: f64,
    /// 1-sigma of elevation, radians; `None` for a radar that measures no height.
    pub elevation_sigma_rad: Option<f64>,
    /// Skin returns.
    pub primary: Option<Primary>,
    /// Replies.
    pub secondary: Option<Secondary>,
    /// False plots in one turn, mean.
    pub clutter: f64,
    /// What is wrong with it.
    pub faults: Faults,
    /// From a sector's end to the arrival of its plots.
    pub latency: Span,
    /// When it is silent.
    pub outages: Outages,
}

/// One plot as the radar extracts it, in its own frame, noise and faults included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extracted {
    /// When the beam passed (true time).
    pub time: Time,
    /// Slant range, metres.
    pub range_m: f64,
    /// Azimuth, [0, 2π).
    pub azimuth_rad: f64,
    /// Height above the ellipsoid as measured by a 3D radar, metres.
    pub height_m: Option<f64>,
    /// A skin return took part.
    pub primary: bool,
    /// The replying target took part.
    pub secondary: bool,
    /// The target's place in the world; `None` is clutter.
    pub target: Option<usize>,
}

/// How precisely the beam's passing is found.
const MEETING_PRECISION: Span = Span::from_ms(1);

impl Primary {
    /// Probability that a target of a size is detected in one look at a range.
    #[must_use]
    pub fn detects(&self, rcs_m2: f64, range_m: f64) -> f64 {
        let ratio = self.reference_m / range_m.max(1.0);
        let square = ratio * ratio;
        // 13 dB is a power ratio of 19.95.
        let snr = 19.95 * rcs_m2 * square * square;
        exp(ln(self.false_alarm) / (1.0 + snr))
    }
}

impl Radar {
    /// When the beam passes north for the `turn`-th time.
    #[must_use]
    pub fn north(&self, begin: Time, turn: i64) -> Time {
        begin + Span::from_s_f64(self.phase_s + turn as f64 * self.period_s).unwrap_or(Span::ZERO)
    }

    /// When the beam points at an azimuth in the turn that began at `north`.
    #[must_use]
    pub fn passes(&self, north: Time, azimuth_rad: f64) -> Time {
        north + Span::from_s_f64(azimuth_rad / TAU * self.period_s).unwrap_or(Span::ZERO)
    }

    /// All plots of the turn that begins at `north`, in order of time. `out` is cleared.
    pub fn turn(&self, north: Time, targets: &[Target], air: &Air, rng: &mut Rng, out: &mut Vec<Extracted>) {
        out.clear();
        for (index, target) in targets.iter().enumerate() {
            if let Some(plot) = self.look(north, index, target, air, rng) {
                out.push(plot);
            }
        }
        for _ in 0..rng.poisson(self.clutter) {
            let azimuth_rad = rng.between(0.0, TAU);
            let range_m = rng.between(self.range_m.0, self.range_m.1);
            // A false plot of a 3D radar lies anywhere in the lowest ten kilometres.
            let height_m = self.elevation_sigma_rad.map(|_| rng.between(0.0, 10_000.0));
            let time = self.passes(north, azimuth_rad);
            out.push(Extracted { time, range_m, azimuth_rad, height_m, primary: true, secondary: false, target: None });
        }
        out.sort_by(|a, b| a.time.cmp(&b.time).then(a.range_m.total_cmp(&b.range_m)));
    }

    /// When the beam meets a target, and where that is then. Each round is nearer by the angle that the target moves in a turn. Where
    /// no moment agrees with itself the target passes north while the beam does: it is met in the next turn.
    fn meeting(&self, north: Time, rough: Look, target: &Target) -> Option<(Time, Motion, Look)> {
        let mut time = self.passes(north, rough.azimuth_rad);
        for _ in 0..6 {
            let motion = target.at(time)?;
            let look = self.site.look(motion.place.to_ecef());
            let next = self.passes(north, look.azimuth_rad);
            if (next - time).abs() < MEETING_PRECISION {
                return Some((time, motion, look));
            }
            time = next;
        }
        None
    }

    /// Whether a look at a target detects it more likely than not.
    #[must_use]
    pub fn likely(&self, target: &Target, place: Vec3<Ecef>, agl_m: f64) -> bool {
        let look = self.site.look(place);
        let skin = self.primary.map_or(0.0, |p| p.detects(target.rcs_m2, look.range_m));
        let reply = match self.secondary {
            Some(s) if target.transponder.is_some() && look.range_m <= s.range_m => s.probability,
            _ => 0.0,
        };
        self.covers(&look, agl_m) && 1.0 - (1.0 - skin) * (1.0 - reply) > 0.5
    }

    /// Whether a look lies in the radar's volume and above the horizon.
    fn covers(&self, look: &Look, agl_m: f64) -> bool {
        look.range_m >= self.range_m.0
            && look.range_m <= self.range_m.1
            && look.elevation_rad >= self.elevation_rad.0
            && look.elevation_rad <= self.elevation_rad.1
            && self.site.above_horizon(look.range_m, agl_m)
    }

    fn look(&self, north: Time, index: usize, target: &Target, air: &Air, rng: &mut Rng) -> Option<Extracted> {
        let half = Span::from_s_f64(0.5 * self.period_s)?;
        let rough = target.at(north + half).or_else(|| target.at(north)).or_else(|| target.at(north + half + half))?;
        let rough_look = self.site.look(rough.place.to_ecef());
        // 1 km/s for half a turn of at most 30 s stays within this margin.
        if rough_look.range_m > self.range_m.1 + 15_000.0 {
            return None;
        }
        let (time, motion, look) = self.meeting(north, rough_look, target)?;
        let (primary, secondary) = self.detected(target, &look, air.agl_m(motion.place.height_m), rng)?;
        let range_m = look.range_m + self.faults.range_m + self.range_sigma_m * rng.normal();
        let azimuth_rad = wrap_tau(look.azimuth_rad + self.faults.azimuth_rad + self.azimuth_sigma_rad * rng.normal());
        let height_m =
            self.elevation_sigma_rad.map(|sigma| motion.place.height_m + look.range_m * sigma * rng.normal());
        Some(Extracted { time, range_m, azimuth_rad, height_m, primary, secondary, target: Some(index) })
    }

    fn detected(&self, target: &Target, look: &Look, agl_m: f64, rng: &mut Rng) -> Option<(bool, bool)> {
        // The draws are made whether or not they can matter, so that one target's fate does not shift another's luck.
        let (skin, reply) = (rng.unit(), rng.unit());
        let primary = self.primary.is_some_and(|p| skin < p.detects(target.rcs_m2, look.range_m));
        let secondary = target.transponder.is_some()
            && self.secondary.is_some_and(|s| look.range_m <= s.range_m && reply < s.probability);
        (self.covers(look, agl_m) && (primary || secondary)).then_some((primary, secondary))
    }
}

#[cfg(test)]
#[path = "radar_tests.rs"]
mod tests;
