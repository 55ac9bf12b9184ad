//! Whether a track's height lies between an airspace's limits, and when that cannot be told.
//!
//! Limits are given in four references, heights come in two (pressure and geometry), and without QNH, geoid and terrain one does not turn into another.
//! Between references only bounds are known: where even the bound decides, it does; elsewhere the answer is
//! [`Vertical::Undetermined`], never a guess.

use skypicket_model::track::HeightSource;
use skypicket_model::{Airspace, Span, Time, Track, VerticalLimit, math};

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Vertical {
    /// Probability that it is between the limits.
    Within(f64),
    /// The vertical reference does not allow an answer.
    Undetermined,
}

/// A pressure altitude older than this says nothing about now.
const PRESSURE_KEEPS: Span = Span::from_s(60);
/// 1 sigma of a pressure altitude, metres: ICAO Annex 6 altimetry system error in RVSM airspace is below 25 m (with 3 sigma 75 m) plus 25 ft quantisation; doubled for
/// other units.
const PRESSURE_SIGMA_M: f64 = 30.0;
/// How far pressure altitude and height above sea level can lie apart in weather that occurs, metres: QNH 940–1060 hPa, and the air column's
/// temperature up to ±12 % of the height.
const PRESSURE_APART_M: f64 = 650.0;
const PRESSURE_APART_SHARE: f64 = 0.12;
/// How far ellipsoidal height and height above sea level can lie apart, metres (EGM2008 undulation −107 to +86 m).
const GEOID_APART_M: f64 = 107.0;
/// Lowest and highest ground, metres above sea level.
const GROUND_M: (f64, f64) = (-431.0, 8849.0);

/// A height in one reference with its sigma, metres.
#[derive(Clone, Copy)]
struct Height {
    m: f64,
    sigma_m: f64,
}

/// Judges a track's height against an airspace's limits at a moment.
#[must_use]
pub fn vertical(track: &Track, airspace: &Airspace, now: Time) -> Vertical {
    let above = above_limit(track, airspace.lower, now);
    let below = above_limit(track, airspace.upper, now).map(|p| 1.0 - p);
    let below = if airspace.upper == VerticalLimit::Unlimited { Some(1.0) } else { below };
    let above = if airspace.lower == VerticalLimit::Surface { Some(1.0) } else { above };
    match (above, below) {
        // Both from the same height: what is not below the lower limit and not above the upper one.
        (Some(above), Some(below)) => Vertical::Within((above + below - 1.0).clamp(0.0, 1.0)),
        // One limit alone can exclude.
        (Some(p), None) | (None, Some(p)) if p < 1e-3 => Vertical::Within(p),
        _ => Vertical::Undetermined,
    }
}

/// Probability that the track is above a limit, where that can be told.
fn above_limit(track: &Track, limit: VerticalLimit, now: Time) -> Option<f64> {
    let pressure = pressure(track, now);
    let geometric = geometric(track);
    match limit {
        VerticalLimit::Surface => Some(1.0),
        VerticalLimit::Unlimited => Some(0.0),
        VerticalLimit::FlightLevel(level) => {
            let limit_m = level.pressure().m;
            pressure
                .map(|height| beyond(height, limit_m))
                .or_else(|| geometric.and_then(|height| bounded(height, limit_m, apart_m(height.m) + GEOID_APART_M)))
        }
        VerticalLimit::Amsl(limit) => geometric
            .and_then(|height| bounded(height, limit.m, GEOID_APART_M))
            .or_else(|| pressure.and_then(|height| bounded(height, limit.m, apart_m(height.m)))),
        VerticalLimit::Agl(limit) => {
            let height = geometric.map(|h| (h, GEOID_APART_M)).or_else(|| pressure.map(|h| (h, apart_m(h.m))))?;
            let (height, apart_m) = height;
            let over = bounded(height, GROUND_M.1 + limit.m, apart_m).filter(|p| *p > 0.999);
            let under = bounded(height, GROUND_M.0 + limit.m, apart_m).filter(|p| *p < 0.001);
            over.or(under)
        }
    }
}

fn apart_m(height_m: f64) -> f64 {
    PRESSURE_APART_M + PRESSURE_APART_SHARE * height_m.max(0.0)
}

fn pressure(track: &Track, now: Time) -> Option<Height> {
    let (pressure, measured) = track.pressure?;
    (now - measured <= PRESSURE_KEEPS).then_some(Height { m: pressure.m, sigma_m: PRESSURE_SIGMA_M })
}

/// Height above the ellipsoid, when it was measured as such.
fn geometric(track: &Track) -> Option<Height> {
    matches!(track.height_source, HeightSource::Measured | HeightSource::StatedHeight)
        .then(|| Height { m: track.position.height_m, sigma_m: track.covariance.get(2, 2).max(1.0).sqrt() })
}

fn beyond(height: Height, limit_m: f64) -> f64 {
    math::normal_cdf((height.m - limit_m) / height.sigma_m)
}

/// The probability, when it is the same at both ends of what the other reference may be.
fn bounded(height: Height, limit_m: f64, apart_m: f64) -> Option<f64> {
    let low = beyond(height, limit_m + apart_m);
    let high = beyond(height, limit_m - apart_m);
    (high - low < 0.01).then_some(0.5 * (low + high))
}
