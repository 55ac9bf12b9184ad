//! Lost and found again: how probably a track that begins is the object of one that was lost.
//!
//! Two stories are weighed. In one the lost object flew on, disturbed, and was found: its place and velocity foretold from when it was held last
//! agree with the new track's. In the other a new object came into view somewhere. Classes that agree speak for it; what states an address is
//! told apart by that and not weighed here.

use std::collections::BTreeMap;

use skypicket_model::assessment::Rediscovered;
use skypicket_model::math::{TAU, exp};
use skypicket_model::track::Covariance6;
use skypicket_model::{Span, Time, Track, TrackId};

use crate::site::{apart_m, moved};

/// Tracks remembered; beyond that none is added.
const MAX_LOST: usize = 1000;
/// Unforeseen acceleration while it was not seen, m²/s³: as the prediction of entries has it.
const ACCELERATION_M2_S3: f64 = 0.5;
/// New objects that come into view, a square metre and second: the tracker's 8 in 1,000 km² and an hour.
const ARRIVALS_M2_S: f64 = 8.0 / 1e9 / 3600.0;
/// 1-sigma of the velocity of an object just come, m/s a component: the tracker's slow hypothesis.
const SPEED_SIGMA_M_S: f64 = 40.0;
/// How long an object goes on existing in the mean, seconds: as the tracker has it.
const SURVIVAL_S: f64 = 5000.0;
/// Of objects that are lost and still fly this share is found again: neither is favoured.
const FOUND: f64 = 0.5;
/// Less than this is not told.
const LEAST: f64 = 0.05;

/// A track as it was held last.
#[derive(Clone, Debug, PartialEq)]
struct Lost {
    track: Track,
}
skypicket_model::canon_struct!(Lost { track });

/// Tracks near watched borders that were lost lately.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Again {
    lost: BTreeMap<TrackId, Lost>,
}
skypicket_model::canon_struct!(Again { lost });

impl Again {
    /// Takes note of a followed track as it is now: when it is not shown any more, this is what is known of it.
    /// What states an address is told apart by that.
    pub(super) fn note(&mut self, track: &Track) {
        if track.identity.addresses.is_empty() && (self.lost.len() < MAX_LOST || self.lost.contains_key(&track.id)) {
            self.lost.insert(track.id, Lost { track: track.clone() });
        }
    }

    /// Forgets what was lost too long ago.
    pub(super) fn forget(&mut self, now: Time, keep: Span) {
        self.lost.retain(|_, lost| now - lost.track.valid <= keep);
    }

    /// The lost track that a new one most probably is.
    pub(super) fn same_as(&self, new: &Track) -> Option<Rediscovered> {
        let lost = self.lost.values().map(|lost| &lost.track);
        let before = lost.filter(|lost| lost.id != new.id && lost.updated <= new.born);
        let ratios: Vec<(f64, TrackId)> = before.map(|lost| (ratio(lost, new), lost.id)).collect();
        // One of them, or none.
        let all: f64 = ratios.iter().map(|(ratio, _)| ratio).sum();
        let (best, track) = ratios.into_iter().max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
        let probability = best / (1.0 + all);
        (probability >= LEAST).then_some(Rediscovered { track, probability })
    }
}

/// How much more probable the new track is if it is the lost object than if it is a new one.
fn ratio(lost: &Track, new: &Track) -> f64 {
    // While the lost one coasts, both are told of for the same moment.
    let dt_s = (new.valid - lost.valid).s().max(0.0);
    if lost.reality != new.reality {
        return 0.0;
    }
    let foretold = moved(lost.position.lat_lon(), lost.velocity.x * dt_s, lost.velocity.y * dt_s);
    let apart = apart_m(foretold, new.position.lat_lon());
    let faster = [new.velocity.x - lost.velocity.x, new.velocity.y - lost.velocity.y];
    let (a, b) = (&lost.covariance, &new.covariance);
    let grown = ACCELERATION_M2_S3 * dt_s * dt_s * dt_s / 3.0;
    let place = |i: usize, j: usize| {
        let own = if i == j { grown } else { 0.0 };
        let way = a.get(i, j) + dt_s * (a.get(i, j + 3) + a.get(j, i + 3)) + dt_s * dt_s * a.get(i + 3, j + 3);
        way + own + b.get(i, j)
    };
    let speed = |c: &Covariance6, i: usize, j: usize| c.get(i + 3, j + 3);
    let velocity =
        |i: usize, j: usize| speed(a, i, j) + speed(b, i, j) + if i == j { ACCELERATION_M2_S3 * dt_s } else { 0.0 };
    let same = density(apart, place(0, 0), place(0, 1), place(1, 1))
        * density(faster, velocity(0, 0), velocity(0, 1), velocity(1, 1))
        * FOUND
        * exp(-dt_s / SURVIVAL_S);
    let wide = SPEED_SIGMA_M_S * SPEED_SIGMA_M_S;
    let new_speed = density([new.velocity.x, new.velocity.y], wide, 0.0, wide);
    let other = ARRIVALS_M2_S * dt_s.max(1.0) * new_speed.max(1e-12);
    let ratio = same / other * of_class(lost, new);
    if ratio.is_finite() { ratio } else { 0.0 }
}

/// How much more often the classes agree than those of any two; what is unknown says nothing.
fn of_class(lost: &Track, new: &Track) -> f64 {
    let (a, b) = (&lost.class.0, &new.class.0);
    let unknown = f64::from(a[6]).max(f64::from(b[6]));
    let agree: f64 = a.iter().zip(b).take(6).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
    (unknown + 6.0 * agree).max(1e-3)
}

fn density([x, y]: [f64; 2], xx: f64, xy: f64, yy: f64) -> f64 {
    let determinant = (xx * yy - xy * xy).max(1e-9);
    let d2 = (yy * x * x - 2.0 * xy * x * y + xx * y * y) / determinant;
    exp(-0.5 * d2) / (TAU * determinant.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::airspace_entry::testing;

    /// A drone at 45 m/s eastwards, so many seconds and metres aside from where it was held last.
    fn track(id: u64, seconds: i64, aside_m: f64) -> Track {
        let place = moved(skypicket_model::LatLon { lat_deg: 51.0, lon_deg: 24.0 }, 45.0 * seconds as f64, aside_m);
        testing::track(id, Time::from_s(1000 + seconds), place, 100.0)
    }

    #[test]
    fn what_goes_on_where_it_was_lost_is_the_same_and_what_begins_elsewhere_is_not() {
        let mut again = Again::default();
        again.note(&track(1, 0, 0.0));
        let same = again.same_as(&track(2, 60, 100.0)).expect("a minute later where it would be");
        assert!(same.track == TrackId(1) && same.probability > 0.95, "{same:?}");
        assert!(again.same_as(&track(2, 60, 9000.0)).is_none(), "nine kilometres aside");
        let doubtful = again.same_as(&track(2, 60, 1700.0)).map_or(0.0, |same| same.probability);
        assert!(doubtful < same.probability, "{doubtful}");
        again.note(&track(3, 0, 150.0));
        let either = again.same_as(&track(2, 60, 75.0)).expect("one of both");
        assert!(either.probability > 0.4 && either.probability < 0.7, "one of two is not sure: {either:?}");
        again.forget(Time::from_s(1400), Span::from_s(300));
        assert!(again.same_as(&track(2, 60, 100.0)).is_none(), "lost too long ago");
    }
}
