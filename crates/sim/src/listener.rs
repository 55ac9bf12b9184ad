//! An acoustic post: bearings of what it hears, as neutral plots (JSON Lines).
//!
//! The sound's travel time is left out: a bearing points to where the target is, not to where it was (docs/simulation.md).

use crate::rng::Rng;
use crate::sensor::{Outages, Site};
use crate::target::Target;
use skypicket_model::math::{TAU, deg, wrap_tau};
use skypicket_model::{Span, Time};

/// An acoustic post.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Its name.
    pub name: String,
    /// Where.
    pub site: Site,
    /// Time between two looks, seconds.
    pub period_s: f64,
    /// 1-sigma of a bearing, radians.
    pub azimuth_sigma_rad: f64,
    /// Probability that it hears a target in earshot in one look.
    pub probability: f64,
    /// False bearings in one look, mean.
    pub clutter: f64,
    /// From a look to the arrival of its line.
    pub latency: Span,
    /// When it is silent.
    pub outages: Outages,
}

impl Listener {
    /// The time of the look of a number, from 1.
    pub(crate) fn due(&self, begin: Time, look: i64) -> Time {
        begin + Span::from_s_f64(look as f64 * self.period_s).unwrap_or(Span::ZERO)
    }

    /// One line: all bearings of a look, none included.
    pub(crate) fn line(&self, time: Time, look: i64, targets: &[Target], rng: &mut Rng) -> Vec<u8> {
        let mut bearings = Vec::new();
        for target in targets {
            let audible_m = target.kind.audible_m();
            if audible_m <= 0.0 {
                continue;
            }
            let Some(motion) = target.at(time) else { continue };
            let seen = self.site.look(motion.place.to_ecef());
            if seen.range_m <= audible_m && rng.chance(self.probability) {
                bearings.push(wrap_tau(seen.azimuth_rad + self.azimuth_sigma_rad * rng.normal()));
            }
        }
        for _ in 0..rng.poisson(self.clutter) {
            bearings.push(rng.between(0.0, TAU));
        }
        let plots: Vec<[f64; 1]> = bearings.into_iter().map(|azimuth| [(deg(azimuth) * 1e4).round() / 1e4]).collect();
        let arrival = time + self.latency;
        let line = serde_json::json!({
            "sensor": self.name, "time": time.as_s_f64(), "arrival": arrival.as_s_f64(), "scan": look, "plots": plots,
        });
        let mut bytes = line.to_string().into_bytes();
        bytes.push(b'\n');
        bytes
    }
}
