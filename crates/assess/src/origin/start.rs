//! What was seen of a track's beginning, in the few numbers that flying back begins with.

use crate::coverage::EARTH_M;
use skypicket_model::math::{atan2, cos, hypot, rad, wrap_pi};
use skypicket_model::{LatLon, Span, Time};

/// A place where a track was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// When.
    pub time: Time,
    /// Where.
    pub place: LatLon,
    /// 1 sigma of the place, each way, metres.
    pub sigma_m: f64,
    /// Height above the ellipsoid and its 1 sigma, metres, where it was measured.
    pub height_m: Option<(f64, f64)>,
}
skypicket_model::canon_struct!(Seen { time, place, sigma_m, height_m });

/// The beginning, to fly back from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Start {
    pub(super) time: Time,
    pub(super) place: LatLon,
    /// East and north over ground, and the 1 sigma of each.
    pub(super) velocity_m_s: [f64; 2],
    pub(super) velocity_sigma_m_s: f64,
    /// Above ground, with 1 sigma.
    pub(super) height_m: Option<(f64, f64)>,
    /// Way that was seen, km, and turns on it.
    pub(super) flown_km: f64,
    pub(super) turns: f64,
    pub(super) observed: Span,
}

/// The first while of a track that its velocity is taken from, seconds.
const FIRST_S: f64 = 240.0;
/// … and shorter ones, where places lie off the line by so many of their sigmas in the mean; of so many places at least.
const SHORTER_S: [f64; 2] = [150.0, 90.0];
const STRAIGHT: f64 = 1.5;
const LEAST_PLACES: usize = 4;
/// Legs over which courses are compared, metres and seconds at least.
const LEG_M: f64 = 3000.0;
const LEG_S: f64 = 60.0;
/// A change of course by more is a turn, radians.
const TURN_RAD: f64 = 0.3;
/// What a velocity is at least not known to, m/s: an object does not fly quite straight while it is first seen.
const LEAST_SIGMA_M_S: f64 = 1.0;

impl Start {
    /// From where it was, oldest first; `None` of less than three places or half a minute.
    pub(super) fn of(seen: &[Seen], ground_m: impl Fn(LatLon) -> f64) -> Option<Self> {
        let (first, last) = (seen.first()?, seen.last()?);
        let within =
            |s: f64| -> Vec<&Seen> { seen.iter().take_while(|one| (one.time - first.time).s() <= s).collect() };
        let mut early = within(FIRST_S);
        let span_s = (early.last()?.time - first.time).s();
        if early.len() < 3 || span_s < 30.0 {
            return None;
        }
        let mut fitted = line(first, &early);
        // What turned in that while did not come from where the mean course says.
        for shorter_s in SHORTER_S {
            let fewer = within(shorter_s);
            if fitted.off <= STRAIGHT || fewer.len() < LEAST_PLACES {
                break;
            }
            early = fewer;
            fitted = line(first, &early);
        }
        let Line { place, velocity_m_s, velocity_sigma_m_s, .. } = fitted;
        let heights: Vec<(f64, f64)> = early.iter().filter_map(|one| one.height_m).collect();
        let height_m = (!heights.is_empty()).then(|| {
            let n = heights.len() as f64;
            let mean = heights.iter().map(|(height, _)| height).sum::<f64>() / n;
            // Errors of heights go with the radar and are the same again and again.
            let sigma = heights.iter().map(|(_, sigma)| sigma).sum::<f64>() / n;
            (mean - ground_m(place), sigma.max(30.0))
        });
        let (flown_km, turns) = way(seen);
        let observed = last.time - first.time;
        Some(Self { time: first.time, place, velocity_m_s, velocity_sigma_m_s, height_m, flown_km, turns, observed })
    }
}

/// A straight way through some places.
struct Line {
    /// At the first moment.
    place: LatLon,
    velocity_m_s: [f64; 2],
    velocity_sigma_m_s: f64,
    /// How far places lie off it in the mean, in their sigmas.
    off: f64,
}

/// Place at the first moment and velocity by least squares, with the velocity's 1 sigma.
fn line(first: &Seen, early: &[&Seen]) -> Line {
    let n = early.len() as f64;
    let points: Vec<(f64, [f64; 2], f64)> =
        early.iter().map(|one| ((one.time - first.time).s(), local(first.place, one.place), one.sigma_m)).collect();
    let mean_t = points.iter().map(|(t, ..)| t).sum::<f64>() / n;
    let spread = points.iter().map(|(t, ..)| (t - mean_t) * (t - mean_t)).sum::<f64>().max(1.0);
    let fit = |axis: usize| {
        let mean = points.iter().map(|(_, at, _)| at[axis]).sum::<f64>() / n;
        let slope = points.iter().map(|(t, at, _)| (t - mean_t) * (at[axis] - mean)).sum::<f64>() / spread;
        let rest = points.iter().map(|(t, at, _)| at[axis] - mean - slope * (t - mean_t));
        (mean - slope * mean_t, slope, rest.map(|r| r * r).sum::<f64>() / (n - 2.0).max(1.0))
    };
    let (east, north) = (fit(0), fit(1));
    let stated = points.iter().map(|(.., sigma)| sigma * sigma).sum::<f64>() / n;
    // Errors of a filtered place last, and cost what two places far apart would.
    let variance = (0.5 * (east.2 + north.2)).max(stated);
    let span = points.last().map_or(1.0, |(t, ..)| t.max(1.0));
    let sigma = (variance / spread).max(variance / (span * span)).sqrt();
    let place = placed(first.place, [east.0, north.0]);
    Line {
        place,
        velocity_m_s: [east.1, north.1],
        velocity_sigma_m_s: hypot(sigma, LEAST_SIGMA_M_S),
        off: (0.5 * (east.2 + north.2) / stated.max(1.0)).sqrt(),
    }
}

/// Length of the way that was seen, km, and the turns on it.
fn way(seen: &[Seen]) -> (f64, f64) {
    let mut legs: Vec<[f64; 2]> = Vec::new();
    let Some(mut from) = seen.first() else { return (0.0, 0.0) };
    let mut flown_m = 0.0;
    for one in seen {
        let leg = local(from.place, one.place);
        let length = hypot(leg[0], leg[1]);
        if length >= LEG_M.max(6.0 * one.sigma_m) && (one.time - from.time).s() >= LEG_S {
            flown_m += length;
            legs.push(leg);
            from = one;
        }
    }
    if let Some(last) = seen.last() {
        let rest = local(from.place, last.place);
        flown_m += hypot(rest[0], rest[1]);
    }
    let course = |leg: &[f64; 2]| atan2(leg[0], leg[1]);
    let turned = |pair: &&[[f64; 2]]| wrap_pi(course(&pair[1]) - course(&pair[0])).abs() > TURN_RAD;
    (flown_m / 1000.0, legs.windows(2).filter(turned).count() as f64)
}

/// East and north of one place from another, metres.
fn local(from: LatLon, to: LatLon) -> [f64; 2] {
    let east = rad(skypicket_model::math::wrap_deg_180(to.lon_deg - from.lon_deg));
    let middle = rad(0.5 * (from.lat_deg + to.lat_deg));
    [east * cos(middle) * EARTH_M, rad(to.lat_deg - from.lat_deg) * EARTH_M]
}

fn placed(from: LatLon, at: [f64; 2]) -> LatLon {
    crate::site::moved(from, at[0], at[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(n: i64, every_s: i64, at: impl Fn(f64) -> [f64; 2]) -> Vec<Seen> {
        let origin = LatLon { lat_deg: 52.0, lon_deg: 23.0 };
        let one = |k: i64| Seen {
            time: Time::from_s(1000 + k * every_s),
            place: placed(origin, at((k * every_s) as f64)),
            sigma_m: 100.0,
            height_m: Some((550.0, 60.0)),
        };
        (0..n).map(one).collect()
    }

    #[test]
    fn the_beginning_is_a_line_and_the_way_has_its_length_and_turns() {
        let straight = seen(41, 15, |t| [-40.0 * t, 10.0 * t]);
        let start = Start::of(&straight, |_| 150.0).expect("long enough");
        assert!((start.velocity_m_s[0] + 40.0).abs() < 0.2 && (start.velocity_m_s[1] - 10.0).abs() < 0.1, "{start:?}");
        assert_eq!(start.height_m, Some((400.0, 60.0)));
        assert!((start.flown_km - 24.74).abs() < 0.1 && start.turns < 0.5, "{start:?}");
        assert_eq!(start.observed, Span::from_s(600));
        // Half an hour west, then half an hour north.
        let bent = seen(121, 30, |t| [-40.0 * t.min(1800.0), 40.0 * (t - 1800.0).max(0.0)]);
        let start = Start::of(&bent, |_| 0.0).expect("long enough");
        assert!((start.turns - 1.0).abs() < 1.1 && start.turns >= 1.0, "{start:?}");
        assert!((start.flown_km - 144.0).abs() < 2.0, "{start:?}");
        assert_eq!(Start::of(&straight[..2], |_| 0.0), None);
        assert_eq!(Start::of(&[], |_| 0.0), None);
    }

    #[test]
    fn what_is_seen_for_longer_has_a_surer_velocity() {
        let sigma = |n| Start::of(&seen(n, 15, |t| [-40.0 * t, 0.0]), |_| 0.0).expect("a start").velocity_sigma_m_s;
        assert!(sigma(4) > 1.5 * sigma(16), "{} {}", sigma(4), sigma(16));
    }
}
