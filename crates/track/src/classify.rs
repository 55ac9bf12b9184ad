//! Classify: what kind of object, from how it moves and what it claims; and the standard identity that the machine may assign.
//!
//! The class is Bayes' rule over a flat prior with documented likelihoods (docs/tracker.md): each class has a band of ground speed and
//! of height in which it is usual (likelihood 1), falling off outside; a claimed emitter category counts 20 : 1 for its class while
//! nothing contradicts the object's word.

use crate::state::Bernoulli;
use skypicket_model::identity::EmitterCategory;
use skypicket_model::math;
use skypicket_model::track::{ClassProbabilities, Line, LineOfEvidence};
use skypicket_model::{AddressKind, Span, StandardIdentity, Time};

/// Usual ground speed (m/s) and height (m) from, to, and prior weight, in the order of `Class::ALL` without `Unknown`.
/// Origin: ICAO Doc 8643 performance classes (aeroplanes 40–300 m/s, helicopters to 80 m/s), EASA open-category drones (19 m/s, 120 m),
/// one-way drones of 50–60 m/s below 4 km in public reports, bird flight speeds 8–25 m/s (Alerstam et al. 2007), winds aloft to 40 m/s.
const BANDS: [([f64; 2], [f64; 2], f64); 6] = [
    ([35.0, 320.0], [100.0, 13_500.0], 1.0),
    ([0.0, 85.0], [0.0, 4000.0], 0.3),
    ([0.0, 25.0], [0.0, 500.0], 0.3),
    ([25.0, 80.0], [30.0, 5000.0], 0.6),
    ([0.0, 40.0], [100.0, 30_000.0], 0.1),
    ([5.0, 25.0], [0.0, 2500.0], 0.3),
];
/// Likelihood of "none of these".
const OTHER: f64 = 0.05;
/// What a claimed category is worth.
const CLAIM: f64 = 20.0;
/// Independent support and claims must have agreed for this long before a friend is assumed.
const AGREE_S: i64 = 30;
/// … and the independent support must be this young.
const YOUNG_S: i64 = 60;

/// Class probabilities.
pub(crate) fn class(track: &Bernoulli, height_m: f64, velocity_m_s: [f64; 3]) -> ClassProbabilities {
    if track.updates < 3 {
        return ClassProbabilities::default();
    }
    let speed = math::hypot(velocity_m_s[0], velocity_m_s[1]);
    let mut weights = [0.0; 7];
    for (weight, (speeds, heights, prior)) in weights.iter_mut().zip(&BANDS) {
        let h = if track.height_measured { within(height_m, heights, 200.0) } else { 1.0 };
        *weight = prior * within(speed, speeds, 8.0) * h;
    }
    weights[6] = OTHER;
    if let Some(d) = &track.dossier
        && !d.identity.is_doubted()
        && let Some(k) = d.identity.category.and_then(|c| claimed(c.value))
    {
        weights[k] = (weights[k] * CLAIM).max(OTHER);
    }
    let total: f64 = weights.iter().sum();
    ClassProbabilities(weights.map(|w| (w / total) as f32))
}

/// 1 inside the band, a Gaussian flank outside, never below a thousandth.
fn within(x: f64, band: &[f64; 2], flank: f64) -> f64 {
    let out = (band[0] - x).max(x - band[1]).max(0.0) / flank;
    math::exp(-0.5 * out * out).max(1e-3)
}

/// The class index that an emitter category names (DO-260B table 2.2.3.2.5.2).
fn claimed(category: EmitterCategory) -> Option<usize> {
    match (category.set, category.number) {
        (b'A', 1..=6) | (b'B', 1) => Some(0),
        (b'A', 7) => Some(1),
        (b'B', 2) => Some(4),
        (b'B', 6) => Some(3),
        _ => None,
    }
}

/// Pending until confirmed; then Unknown, or Assumed Friend when all hold: an ICAO address and a flight ID or code are claimed, the
/// object's own positions and a sensor that measures by itself have supported the track together for half a minute, both within the
/// last minute, and nothing contradicts the claims. A value set by a person is carried unchanged.
pub(crate) fn standard_identity(track: &Bernoulli, lines: &[LineOfEvidence], at: Time) -> StandardIdentity {
    if let Some(carried) = track.dossier.as_ref().and_then(|d| d.carried) {
        return carried;
    }
    if !track.confirmed {
        return StandardIdentity::Pending;
    }
    let Some(d) = &track.dossier else { return StandardIdentity::Unknown };
    let claims = d.identity.address().is_some_and(|a| a.kind == AddressKind::Icao)
        && (d.identity.flight_id().is_some() || d.identity.squawk().is_some())
        && !d.identity.is_doubted();
    let own = lines.iter().find(|l| l.line == Line::SelfReport);
    let young = at - Span::from_s(YOUNG_S);
    let corroborated = own.is_some_and(|own| {
        own.last >= young
            && lines.iter().any(|l| {
                l.line != Line::SelfReport
                    && l.last >= young
                    && l.count >= 3
                    && l.last.min(own.last) - l.first.max(own.first) >= Span::from_s(AGREE_S)
            })
    });
    if claims && corroborated { StandardIdentity::AssumedFriend } else { StandardIdentity::Unknown }
}
