//! How probable it is that an object that enters is tracked at all, by what the sensors could have seen then where objects entered.

use skypicket_model::{LatLon, Time, math};

use super::Tracked;
use crate::coverage::{Coverage, Network, Spot, Target, lat_deg_of, lon_deg_of, while_of};
use crate::groups::flights::Crossing;

/// Places of entry that are asked about: the latest.
pub(super) const MAX_CROSSINGS: usize = 12;
/// How far inside it is asked, metres along the course: what is seen on the first hour's way is tracked.
const INSIDE_M: [f64; 4] = [2_000.0, 15_000.0, 40_000.0, 80_000.0];
/// Heights above ground, metres: those of the two kinds of one-way drones (`assess.origin.kind`: 60 to 3,000 m), each part of their logarithm as often.
const HEIGHTS_M: [f64; 6] = [80.0, 150.0, 300.0, 570.0, 1_100.0, 2_100.0];
/// Cross-sections are known to a factor of two at best (`assess.origin.size_factor`).
const SIZES: [f64; 3] = [0.5, 1.0, 2.0];
/// Whatever coverage says, it is not surer than that.
const SHARE: (f64, f64) = (0.3, 0.99);

/// What is configured (how many are tracked of those that can be seen) where coverage is not known or nothing entered yet, else times the share of heights
/// and places of entry at which an object of the usual size could be seen, with how much that depends on its size.
pub(super) fn of_coverage(
    configured: Tracked,
    coverage: &Coverage,
    network: &Network,
    crossings: &[Crossing],
    now: Time,
) -> Tracked {
    if network.watchers().is_empty() || crossings.is_empty() {
        return configured;
    }
    let mut seen = [0.0; SIZES.len()];
    for crossing in crossings {
        let looks: Vec<Looking> =
            INSIDE_M.iter().map(|way_m| looking(coverage, network, crossing, *way_m, now)).collect();
        for (sum, size) in seen.iter_mut().zip(SIZES) {
            let rcs_m2 = size * coverage.params().rcs_m2;
            *sum += HEIGHTS_M
                .iter()
                .map(|height_m| best(coverage, &looks, Target { rcs_m2, height_m: *height_m }))
                .sum::<f64>();
        }
    }
    let share = seen.map(|sum| sum / (crossings.len() * HEIGHTS_M.len()) as f64);
    let mean = share.iter().sum::<f64>() / share.len() as f64;
    let spread = (share.iter().map(|p| (p - mean) * (p - mean)).sum::<f64>() / share.len() as f64).sqrt();
    Tracked {
        mean: (configured.mean * mean).clamp(SHARE.0, SHARE.1),
        sigma: math::hypot(configured.sigma * mean, configured.mean * spread),
    }
}

/// The sensors near a place on the way in, and when an object was there.
struct Looking {
    spot: Spot,
    near: Network,
    from: Time,
    until: Time,
}

fn looking(coverage: &Coverage, network: &Network, crossing: &Crossing, way_m: f64, now: Time) -> Looking {
    let (sin, cos) = math::sin_cos(crossing.course_rad);
    let place = LatLon {
        lat_deg: (crossing.place.lat_deg + lat_deg_of(way_m * cos)).clamp(-89.9, 89.9),
        lon_deg: math::wrap_deg_180(crossing.place.lon_deg + lon_deg_of(way_m * sin, crossing.place.lat_deg)),
    };
    let spot = coverage.spot(place);
    let within = while_of(coverage.params().within_s);
    let there = crossing.time + while_of((way_m / crossing.speed_m_s.max(10.0)).min(7200.0));
    // Where it is yet to come the sensors are as they are now.
    let until = (there + within).min(now);
    Looking { near: network.near(&spot, 0.0), spot, from: until - within, until }
}

/// Probability that it is seen often enough at one of the places: errors of horizons are common to them, so no more than at the best.
fn best(coverage: &Coverage, looks: &[Looking], target: Target) -> f64 {
    let wanted = coverage.params().looks as usize;
    let seen = looks.iter().map(|at| at.near.seen(&at.spot, target, at.from, at.until, wanted));
    seen.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::CoverageParams;
    use skypicket_model::sensor::SensorHealth;
    use skypicket_model::{FeedId, Geodetic, Sensor, SensorId, SensorKind, Span};

    const NOW: Time = Time::from_s(100_000);
    const CONFIGURED: Tracked = Tracked { mean: 0.95, sigma: 0.03 };

    /// A radar so many kilometres west of where something crossed on its way west ten minutes ago.
    fn share(km: f64, watching: bool) -> Tracked {
        let id = SensorId { feed: FeedId(0), source: 1 };
        let radar = Sensor {
            site: Some(Geodetic { lat_deg: 0.0, lon_deg: 22.0 - km / 111.2, height_m: 40.0 }),
            period: Some(Span::from_s(6)),
            detection_probability: Some(0.8),
            range_limits_m: Some((0.0, 250_000.0)),
            ..Sensor::new(id, "r", SensorKind::Radar2d)
        };
        let last_received = if watching { NOW } else { NOW - Span::from_s(5000) };
        let health = SensorHealth::heard(id, 1000, last_received);
        let coverage = Coverage::new(CoverageParams::default(), None);
        let network = coverage.now(&[radar], &[health], NOW, None);
        let crossing = Crossing {
            time: NOW - Span::from_s(600),
            place: LatLon { lat_deg: 0.0, lon_deg: 22.0 },
            course_rad: 1.5 * math::PI,
            speed_m_s: 40.0,
        };
        of_coverage(CONFIGURED, &coverage, &network, &[crossing], NOW)
    }

    #[test]
    fn fewer_are_tracked_where_less_could_be_seen_and_that_is_less_sure() {
        let near = share(30.0, true);
        assert!(near.mean > 0.93 && near.mean <= CONFIGURED.mean && near.sigma < 0.04, "{near:?}");
        // 100 km behind the place that is asked about last: what flies low is below its horizon everywhere.
        let far = share(180.0, true);
        assert!(far.mean < near.mean - 0.2, "{far:?} beside {near:?}");
        let silent = share(30.0, false);
        assert!(silent.mean <= SHARE.0 + 1e-9, "{silent:?}");
    }

    #[test]
    fn what_is_configured_holds_where_no_coverage_is_known_or_nothing_entered() {
        let coverage = Coverage::new(CoverageParams::default(), None);
        let network = coverage.now(&[], &[], NOW, None);
        assert_eq!(of_coverage(CONFIGURED, &coverage, &network, &[], NOW), CONFIGURED);
    }
}
