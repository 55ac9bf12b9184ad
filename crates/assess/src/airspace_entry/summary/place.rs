//! Where drawn trajectories crossed the line: in one stretch of it, or in two that lie apart. A middle between two would be a place where none did.

use skypicket_model::math::{cos, hypot, rad, wrap_deg_180};
use skypicket_model::passage::Crossing;
use skypicket_model::{LatLon, Time};

use super::super::tale::Stay;
use super::{FEWEST, quantile, range, time_range};

/// Stretches nearer to each other are one place to whoever looks there. Origin: a convention, a little more than what a low flier covers in 20 s.
const APART_M: f64 = 1_000.0;
/// And those nearer than this share of the longer one's length: draws that lie evenly leave gaps too. Origin: of 64 even or normal draws (as many as
/// enter where half do) not one in a million leaves such a gap with a tenth of them on either side, by the spacings of order statistics.
const APART_SHARE: f64 = 0.25;
/// Fewer than this share of the crossings are no stretch of their own: the 90 % interval leaves as many out.
const LEAST_SHARE: f64 = 0.1;

/// One crossing: how far along the line, from the first one east and north (metres), and when.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct At {
    along_m: f64,
    east_m: f64,
    north_m: f64,
    time: Time,
}

/// The stretch that most crossed, and the other one where there are two.
pub(super) fn crossings<'a>(
    stays: impl Iterator<Item = &'a Stay> + Clone,
    values: &mut Vec<f64>,
    places: &mut Vec<At>,
) -> [Option<Crossing>; 2] {
    let Some(around) = stays.clone().next().map(|stay| stay.place) else { return [None, None] };
    let plane = Plane { around, east_m: 111_320.0 * cos(rad(around.lat_deg)) };
    places.clear();
    places.extend(stays.map(|stay| plane.at(stay)));
    lay_along(places);
    let all = places.len() as f64;
    let stretch = |places: &[At], values: &mut Vec<f64>| plane.stretch(places, places.len() as f64 / all, values);
    match apart(places) {
        None => [stretch(places, values), None],
        Some(cut) => {
            let (one, other) = places.split_at(cut);
            let (one, other) = if one.len() >= other.len() { (one, other) } else { (other, one) };
            [stretch(one, values), stretch(other, values)]
        }
    }
}

/// Flat about a place: a line's stretch is short beside the Earth.
struct Plane {
    around: LatLon,
    /// Metres in a degree of longitude.
    east_m: f64,
}

impl Plane {
    /// Metres in a degree of latitude.
    const NORTH_M: f64 = 111_200.0;

    fn at(&self, stay: &Stay) -> At {
        At {
            along_m: 0.0,
            east_m: wrap_deg_180(stay.place.lon_deg - self.around.lon_deg) * self.east_m,
            north_m: (stay.place.lat_deg - self.around.lat_deg) * Self::NORTH_M,
            time: stay.since,
        }
    }

    /// The middle of these places, and how far 90 % of them reach from it.
    fn stretch(&self, places: &[At], share: f64, values: &mut Vec<f64>) -> Option<Crossing> {
        let east_m = range(places.iter().map(|at| at.east_m), values)?.middle;
        let north_m = range(places.iter().map(|at| at.north_m), values)?.middle;
        let at = time_range(places.iter().map(|at| at.time), values)?;
        values.clear();
        values.extend(places.iter().map(|at| hypot(at.east_m - east_m, at.north_m - north_m)));
        values.sort_unstable_by(f64::total_cmp);
        let place = LatLon {
            lat_deg: self.around.lat_deg + north_m / Self::NORTH_M,
            lon_deg: wrap_deg_180(self.around.lon_deg + east_m / self.east_m),
        };
        Some(Crossing { place, reach_m: quantile(values, 0.9), share, at })
    }
}

/// In their order along the direction in which they spread most.
fn lay_along(places: &mut [At]) {
    let count = places.len() as f64;
    let mean = |of: fn(&At) -> f64| places.iter().map(of).sum::<f64>() / count;
    let (east, north) = (mean(|at| at.east_m), mean(|at| at.north_m));
    let (mut ee, mut nn, mut en) = (0.0, 0.0, 0.0);
    for at in &*places {
        let (e, n) = (at.east_m - east, at.north_m - north);
        (ee, nn, en) = (ee + e * e, nn + n * n, en + e * n);
    }
    let largest = 0.5 * (ee + nn) + hypot(0.5 * (ee - nn), en);
    // Of both rows of the matrix the one that tells the direction better.
    let (e, n) = if ee >= nn { (largest - nn, en) } else { (en, largest - ee) };
    let length = hypot(e, n).max(1e-9);
    for at in &mut *places {
        at.along_m = ((at.east_m - east) * e + (at.north_m - north) * n) / length;
    }
    places.sort_unstable_by(|a, b| a.along_m.total_cmp(&b.along_m).then(a.time.cmp(&b.time)));
}

/// Where in their order along the line a second stretch begins that lies apart.
fn apart(places: &[At]) -> Option<usize> {
    let least = FEWEST.max((LEAST_SHARE * places.len() as f64).ceil() as usize);
    let cuts = least..(places.len() + 1).checked_sub(least)?;
    let gap_m = |cut: usize| places[cut].along_m - places[cut - 1].along_m;
    let cut = cuts.max_by(|a, b| gap_m(*a).total_cmp(&gap_m(*b)))?;
    // What lies at the far ends of a stretch says little of how long it is.
    let length_m = |stretch: &[At]| {
        let off = stretch.len() / 20;
        stretch[stretch.len() - 1 - off].along_m - stretch[off].along_m
    };
    let (one, other) = places.split_at(cut);
    let longer_m = length_m(one).max(length_m(other));
    (gap_m(cut) >= APART_M.max(APART_SHARE * longer_m)).then_some(cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::Span;
    use skypicket_model::way::normal_quantile;

    /// Crossings so far north (metres) of 51° N 24° E, each at second one a metre.
    fn told(north_m: impl Iterator<Item = f64>) -> [Option<Crossing>; 2] {
        let stays: Vec<Stay> = north_m
            .map(|m| Stay {
                since: Time::EPOCH + Span::from_s_f64(m).expect("a time"),
                place: LatLon { lat_deg: 51.0 + m / Plane::NORTH_M, lon_deg: 24.0 },
                crossed: true,
            })
            .collect();
        crossings(stays.iter(), &mut Vec::new(), &mut Vec::new())
    }

    fn normal(count: u32, middle_m: f64, sigma_m: f64) -> impl Iterator<Item = f64> {
        (0..count).map(move |k| middle_m + sigma_m * normal_quantile((f64::from(k) + 0.5) / f64::from(count)))
    }

    fn north_m(of: &Crossing) -> f64 {
        (of.place.lat_deg - 51.0) * Plane::NORTH_M
    }

    #[test]
    fn crossings_of_one_stretch_are_told_as_one_place() {
        for sigma_m in [50.0, 800.0, 6_000.0] {
            let [one, other] = told(normal(80, 0.0, sigma_m));
            let one = one.expect("a place");
            assert!(other.is_none() && (one.share - 1.0).abs() < 1e-12, "{other:?}");
            assert!(north_m(&one).abs() < 0.05 * sigma_m, "{one:?}");
            assert!((one.reach_m / sigma_m - 1.645).abs() < 0.1, "{one:?}");
        }
        let even = (0..64).map(|k| 500.0 * f64::from(k));
        assert!(told(even)[1].is_none());
    }

    #[test]
    fn crossings_in_two_stretches_that_lie_apart_are_told_as_two_places() {
        let [one, other] = told(normal(30, 9_000.0, 400.0).chain(normal(60, 0.0, 300.0)));
        let (one, other) = (one.expect("one"), other.expect("the other"));
        assert!((one.share - 2.0 / 3.0).abs() < 1e-9 && (other.share - 1.0 / 3.0).abs() < 1e-9);
        assert!(north_m(&one).abs() < 30.0 && (north_m(&other) - 9_000.0).abs() < 50.0, "{one:?} {other:?}");
        assert!(one.reach_m < 600.0 && other.reach_m < 800.0, "neither reaches over to the other: {one:?} {other:?}");
        // When, of each: a metre is a second here.
        assert!((other.at.middle - Time::EPOCH).s() > 8_900.0 && (one.at.high - Time::EPOCH).s() < 600.0);
    }

    #[test]
    fn a_few_that_lie_far_off_or_a_small_gap_make_no_second_place() {
        let few = told(normal(80, 0.0, 300.0).chain(normal(6, 20_000.0, 100.0)));
        assert!(few[1].is_none() && north_m(&few[0].expect("a place")).abs() < 60.0, "{few:?}");
        let near = told(normal(40, 0.0, 50.0).chain(normal(40, 800.0, 50.0)));
        assert!(near[1].is_none(), "{near:?}");
        let long = told(normal(40, 0.0, 4_000.0).chain(normal(40, 19_000.0, 4_000.0)));
        assert!(long[1].is_none(), "a gap that is short beside both: {long:?}");
    }
}
