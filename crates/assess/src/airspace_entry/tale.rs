//! The story of one drawn trajectory against one border: when it came in, how deep, how long, and how nearly it made a stay.

use std::collections::VecDeque;

use skypicket_model::{LatLon, Span, Time};

use crate::site::{between, between_times};

/// Farther out than anything: the distance of what is over or under an airspace, or there while it is not active.
pub(super) const OUT_M: f64 = 1e7;

/// One moment of a trajectory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) time: Time,
    /// Distance from the border, metres, negative inside.
    pub(super) distance_m: f64,
    pub(super) place: LatLon,
}
skypicket_model::canon_struct!(Point { time, distance_m, place });

/// A stay: since when, where it began, and whether it was seen to begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stay {
    pub(super) since: Time,
    pub(super) place: LatLon,
    pub(super) crossed: bool,
}
skypicket_model::canon_struct!(Stay { since, place, crossed });

/// What became of a trajectory so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tale {
    pub(super) last: Option<Point>,
    /// Least distance so far, negative inside.
    pub(super) nearest_m: f64,
    /// Of all stretches as long as a stay, the least of their greatest distances: negative where one was inside all along.
    pub(super) stay_m: f64,
    /// The stay that lasts.
    pub(super) stay: Option<Stay>,
    /// The first one that was long enough.
    pub(super) entered: Option<Stay>,
    pub(super) depth_m: f64,
    pub(super) inside_for: Span,
    /// When it was inside last, while it is out.
    pub(super) left_at: Option<Time>,
}
skypicket_model::canon_struct!(Tale { last, nearest_m, stay_m, stay, entered, depth_m, inside_for, left_at });

/// The distances of the last stretch as long as a stay: the greatest of them is at hand.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// All points of the stretch.
    points: VecDeque<(Time, f64)>,
    /// Those that no later one exceeds, falling.
    peaks: VecDeque<(Time, f64)>,
    /// Distances at both ends of the stretch that ended at the last point.
    ends: Option<[f64; 2]>,
}

impl Window {
    pub(super) fn clear(&mut self) {
        self.points.clear();
        self.peaks.clear();
        self.ends = None;
    }

    /// Takes a point and gives the greatest distance of the stretch that ends there or shortly before, whichever is less; `None` while there is no
    /// stretch as long as a stay.
    pub(super) fn push(&mut self, time: Time, distance_m: f64, stay: Span) -> Option<f64> {
        let begins = time - stay;
        let first = self.first_full(time, distance_m, stay);
        while self.peaks.front().is_some_and(|(time, _)| *time < begins) {
            self.peaks.pop_front();
        }
        // Of the points between both ends.
        let inner = self.peaks.front().map_or(f64::MIN, |(_, peak)| *peak);
        while self.peaks.back().is_some_and(|(_, peak)| *peak <= distance_m) {
            self.peaks.pop_back();
        }
        self.peaks.push_back((time, distance_m));
        self.points.push_back((time, distance_m));
        // The last point at or before the beginning stays.
        while self.points.get(1).is_some_and(|(next, _)| *next <= begins) {
            self.points.pop_front();
        }
        let (before, after) = (self.points.front()?, self.points.get(1));
        if before.0 > begins {
            return None;
        }
        // Where the stretch begins between two points.
        let at_beginning = after.map_or(before.1, |after| {
            let share = (begins - before.0).s() / (after.0 - before.0).s().max(1e-9);
            before.1 + share.clamp(0.0, 1.0) * (after.1 - before.1)
        });
        let ends = [at_beginning, distance_m];
        let mut least = inner.max(at_beginning).max(distance_m);
        // Between two points both ends move along lines: where these meet, the greater of them is least.
        if let Some((greatest_m, ends)) = first {
            least = least.min(greatest_m);
            self.ends = Some(ends);
        }
        if let Some(before) = self.ends.replace(ends) {
            let (was, is) = (before[0] - before[1], ends[0] - ends[1]);
            if was * is < 0.0 {
                let meet = before[0] + (ends[0] - before[0]) * was / (was - is);
                least = least.min(meet.max(inner));
            }
        }
        Some(least)
    }

    /// The first stretch as long as a stay, where it ends between the last point and this one: its greatest distance, and those at its ends.
    fn first_full(&self, time: Time, distance_m: f64, stay: Span) -> Option<(f64, [f64; 2])> {
        let (first, last) = (self.points.front()?, self.points.back()?);
        let full = first.0 + stay;
        if self.ends.is_some() || last.0 >= full || time < full {
            return None;
        }
        let share = (full - last.0).s() / (time - last.0).s().max(1e-9);
        let ends = [first.1, last.1 + share * (distance_m - last.1)];
        let inner = self.peaks.front().map_or(f64::MIN, |(_, peak)| *peak);
        Some((inner.max(ends[1]), ends))
    }
}

impl Tale {
    pub(super) fn new() -> Self {
        Self { nearest_m: OUT_M, stay_m: OUT_M, ..Self::default() }
    }

    /// Goes on to a point. `window` has the points up to the one before; `broken` where what it did since the last point is not known.
    pub(super) fn step(&mut self, point: Point, broken: bool, stay: Span, window: &mut Window) {
        if broken {
            window.clear();
            self.stay = None;
        }
        let before = self.last.filter(|_| !broken);
        if let Some(greatest_m) = window.push(point.time, point.distance_m, stay) {
            self.stay_m = self.stay_m.min(greatest_m);
        }
        self.nearest_m = self.nearest_m.min(point.distance_m);
        if point.distance_m < 0.0 {
            self.depth_m = self.depth_m.max(-point.distance_m);
            if self.stay.is_none() {
                self.stay = Some(begun(before.as_ref(), &point));
                self.left_at = None;
            }
            if let (Some(begun), Some(before)) = (self.stay, before) {
                self.inside_for = self.inside_for + (point.time - before.time.max(begun.since));
                if self.entered.is_none() && point.time - begun.since >= stay {
                    self.entered = Some(begun);
                }
            }
        } else if let (Some(begun), Some(before)) = (self.stay.take(), before) {
            let (left, _) = crossing(&before, &point);
            self.inside_for = self.inside_for + (left - before.time.max(begun.since));
            if self.entered.is_none() && left - begun.since >= stay {
                self.entered = Some(begun);
            }
            self.left_at = Some(left);
        }
        self.last = Some(point);
    }

    /// It was surely inside for so long and so deep while nobody drew it.
    pub(super) fn stayed(&mut self, until: Time, span: Span, depth_m: f64, stay: Span) {
        if span <= Span::ZERO {
            return;
        }
        let place = self.last.map(|last| last.place);
        let begun = match (self.stay, place) {
            (Some(begun), _) => begun,
            (None, Some(place)) => Stay { since: until - span, place, crossed: false },
            (None, None) => return,
        };
        (self.stay, self.left_at) = (Some(begun), None);
        self.inside_for = self.inside_for + span;
        self.depth_m = self.depth_m.max(depth_m);
        self.nearest_m = self.nearest_m.min(-depth_m);
        if let Some(last) = &mut self.last {
            (last.time, last.distance_m) = (until, -depth_m);
        }
        if until - begun.since >= stay {
            self.stay_m = self.stay_m.min(-depth_m);
            self.entered = self.entered.or(Some(begun));
        }
    }
}

/// Between a point outside and one inside, or the other way.
fn crossing(a: &Point, b: &Point) -> (Time, LatLon) {
    let apart_m = a.distance_m - b.distance_m;
    let share = if apart_m.abs() > 1e-9 { (a.distance_m / apart_m).clamp(0.0, 1.0) } else { 1.0 };
    (between_times(a.time, b.time, share), between(a.place, b.place, share))
}

fn begun(before: Option<&Point>, point: &Point) -> Stay {
    match before.filter(|before| before.distance_m >= 0.0) {
        Some(before) => {
            let (since, place) = crossing(before, point);
            Stay { since, place, crossed: true }
        }
        None => Stay { since: point.time, place: point.place, crossed: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAY: Span = Span::from_s(20);

    /// A tale of distances, one every two seconds.
    fn tale(distances_m: &[f64]) -> Tale {
        let (mut tale, mut window) = (Tale::new(), Window::default());
        for (k, distance_m) in distances_m.iter().enumerate() {
            let place = LatLon { lat_deg: 51.0, lon_deg: 24.0 + 1e-3 * k as f64 };
            tale.step(
                Point { time: Time::from_s(2 * k as i64), distance_m: *distance_m, place },
                false,
                STAY,
                &mut window,
            );
        }
        tale
    }

    /// Comes in at second 5, goes out again so many seconds later, at 40 m/s.
    fn dip(seconds: f64) -> Vec<f64> {
        let middle = 5.0 + 0.5 * seconds;
        (0..60).map(|k| 40.0 * ((2.0 * f64::from(k) - middle).abs() - 0.5 * seconds)).collect()
    }

    #[test]
    fn a_stay_that_is_long_enough_is_an_entry_and_one_that_is_not_is_none() {
        let (long, short) = (tale(&dip(22.0)), tale(&dip(17.0)));
        let entered = long.entered.expect("22 s inside");
        assert!(((entered.since - Time::EPOCH).s() - 5.0).abs() < 1e-6 && entered.crossed);
        assert!((long.inside_for.s() - 22.0).abs() < 1e-6, "{}", long.inside_for.s());
        assert!((long.left_at.expect("left") - Time::EPOCH).s() - 27.0 < 1e-6);
        assert!(long.stay_m < 0.0 && short.stay_m > 0.0 && short.stay_m < OUT_M, "{} {}", long.stay_m, short.stay_m);
        assert!(short.entered.is_none() && short.nearest_m < -300.0);
    }

    #[test]
    fn how_nearly_it_stayed_is_how_far_the_line_would_have_to_move() {
        // 17 s at 40 m/s on both ways: 20 s inside of a line that lies 60 m farther out.
        let short = tale(&dip(17.0));
        assert!((short.stay_m - 60.0).abs() < 1e-6, "{}", short.stay_m);
        let long = tale(&dip(26.0));
        assert!((long.stay_m + 120.0).abs() < 1e-6, "{}", long.stay_m);
    }

    #[test]
    fn a_stay_that_begins_with_the_first_point_and_ends_between_two_counts() {
        // Inside from the first point on, out 21 s later, between the points of 20 s and 22 s; and one out after 19 s.
        let out_after = |seconds: f64| -> Vec<f64> { (0..30).map(|k| 40.0 * (2.0 * f64::from(k) - seconds)).collect() };
        let (long, short) = (tale(&out_after(21.0)), tale(&out_after(19.0)));
        assert!(long.entered.is_some() && (long.stay_m + 40.0).abs() < 1e-6, "{}", long.stay_m);
        assert!(short.entered.is_none() && (short.stay_m - 40.0).abs() < 1e-6, "{}", short.stay_m);
        let between = tale(&out_after(20.6));
        assert!(between.entered.is_some() && (between.stay_m + 24.0).abs() < 1e-6, "{}", between.stay_m);
    }

    #[test]
    fn what_is_inside_when_it_is_seen_first_was_not_seen_to_cross() {
        let inside = tale(&[-100.0; 15]);
        assert!(!inside.entered.expect("28 s inside").crossed);
        assert!((inside.stay_m + 100.0).abs() < 1e-9);
    }

    #[test]
    fn what_it_did_while_it_was_not_seen_is_no_stay() {
        let (mut tale, mut window) = (Tale::new(), Window::default());
        let place = LatLon { lat_deg: 51.0, lon_deg: 24.0 };
        for second in [0, 8, 16] {
            tale.step(Point { time: Time::from_s(second), distance_m: -50.0, place }, false, STAY, &mut window);
        }
        tale.step(Point { time: Time::from_s(80), distance_m: -50.0, place }, true, STAY, &mut window);
        assert!(tale.entered.is_none() && tale.stay_m >= OUT_M);
        assert!((tale.inside_for.s() - 16.0).abs() < 1e-9);
    }
}
