//! Drawn trajectories of one track against one border: how probably it entered, since when, where, how deep (docs/detectors/airspace_entry.md,
//! "How P(entered) is made").
//!
//! Every trajectory keeps its own errors: of the radars' biases and of the border one draw for its whole life, of noise and motion one for each moment,
//! which is the same again whenever the trajectory is drawn anew. What is older than the lag is folded into each one's [`Tale`]; the rest is
//! drawn again when something new was measured, for it may change what was before.

use std::collections::VecDeque;

use skypicket_model::math::{hypot, wrap_deg_180};
use skypicket_model::way::{Offset, mixed, stratified};
use skypicket_model::{AirspaceId, LatLon, Passage, Span, Time, Track, TrackId, Way, WaysOf};

use super::tale::{OUT_M, Point, Tale, Window};
use super::{EntryParams, summary};
use crate::geometry::{BorderSigma, Boundary};
use crate::site::{Watched, apart_m, metres_a_degree, moved};

/// Trajectories of a pair. Origin: with their distances smoothed ([`summary`]) P(entered) is uncertain by some ±0.02 at one half and less toward 0 and 1.
pub(super) const DRAWN: usize = 128;
/// What is this old is folded. Origin: the tracker keeps two minutes, of which a stay's length is needed beside, and some seconds between two draws.
const FOLD_AFTER: Span = Span::from_s(90);
/// The border plays no part beyond so many sigmas.
const TUBE_SIGMAS: f64 = 6.0;
/// A doubt this long needs trajectories as it lasts: within it a stay can begin. A shorter one is over before there can be an entry.
const LONG: Span = Span::from_s(15);
/// Evidence this long after a doubt changes nothing any more. Origin: as [`FOLD_AFTER`].
const SETTLED: Span = Span::from_s(90);
/// What is looked at before a doubt, beside a stay's length.
const MARGIN: Span = Span::from_s(5);
/// Measured this seldom, a track that is surely inside was not followed there.
const SELDOM: Span = Span::from_s(60);
/// Between two measured moments the way is looked at this often, seconds.
const STEP_S: f64 = 2.0;
/// Of this many sigmas a border's straightness is looked at, and by how much it may be bent, in sigmas.
const ACROSS: f64 = 2.5;
const BENT: f64 = 0.04;

/// Drawn trajectories and what came of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawn {
    /// Up to when they are folded; `None` before the first draw.
    folded: Option<Time>,
    /// When it was in doubt first.
    began: Time,
    tales: Vec<Tale>,
    /// The track's newest measurement at the last draw, the moment of that, and the newest moment drawn.
    seen: Time,
    drawn_at: Time,
    reached: Time,
    /// When it was last in doubt where the track is.
    doubt_at: Time,
    /// When that began, whether it was drawn since, and whether nothing more will come of it.
    doubt_since: Time,
    drawing: bool,
    settled: bool,
    /// How surely its height was within the limits, from when on.
    heights: VecDeque<(Time, f64)>,
    /// Time for which it was surely inside while nobody drew, and how deep.
    beyond: Span,
    beyond_m: f64,
    passage: Option<Passage>,
    /// Up to when that tells.
    told: Time,
}
skypicket_model::canon_struct!(Drawn {
    folded,
    began,
    tales,
    seen,
    drawn_at,
    reached,
    doubt_at,
    doubt_since,
    drawing,
    settled,
    heights,
    beyond,
    beyond_m,
    passage,
    told,
});

/// Where the track stands now, for deciding whether to draw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) now: Time,
    pub(super) distance_m: f64,
    /// All that is unknown of its place and of the border, metres.
    pub(super) sigma_m: f64,
    /// Probability that its height is within the limits, where it flies at all.
    pub(super) height: f64,
}

/// By what it is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct By<'a> {
    pub(super) ways: WaysOf<'a>,
    pub(super) sigma: &'a BorderSigma,
    pub(super) params: &'a EntryParams,
}

/// Memory that is used again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    way: Way,
    steps: Vec<Step>,
    offsets: Vec<Offset>,
    windows: Window,
    /// Of each common error the normals of all draws.
    common: Vec<f64>,
    border: Vec<f64>,
    one: Vec<f64>,
    outcome: Vec<Tale>,
    pub(super) summary: summary::Scratch,
}

/// A moment at which the way is held against the border.
#[derive(Clone, Copy, Debug)]
struct Step {
    time: Time,
    /// The moment of the way before it, and the share of the way to the next.
    at: usize,
    share: f64,
    place: LatLon,
    distance_m: f64,
    /// How the distance changes to the east and to the north; `None` where the border bends too much for that.
    slope: Option<[f64; 2]>,
    border_sigma_m: f64,
    /// Degrees of longitude and latitude a metre.
    degrees: [f64; 2],
    /// Share of the draws whose height is within the limits.
    height: f64,
    broken: bool,
}

impl Drawn {
    /// Begins with a first doubt. `before`: it was inside until then, and had entered with that probability.
    pub(super) fn new(now: Time, before: Option<(Tale, f64)>) -> Self {
        let begun = |(tale, probability): (Tale, f64)| {
            let entered = |number: &usize| rank(*number) < probability;
            (0..DRAWN).map(|number| if entered(&number) { tale.clone() } else { Tale::new() }).collect()
        };
        Self {
            folded: None,
            began: now,
            tales: before.map_or_else(Vec::new, begun),
            seen: Time::MIN,
            drawn_at: Time::MIN,
            reached: Time::MIN,
            doubt_at: now,
            doubt_since: now,
            drawing: false,
            settled: false,
            heights: VecDeque::new(),
            beyond: Span::ZERO,
            beyond_m: 0.0,
            passage: None,
            told: Time::MIN,
        }
    }

    /// What the trajectories say.
    pub(super) const fn passage(&self) -> Option<&Passage> {
        self.passage.as_ref()
    }

    /// Whether it is in doubt on which side of the border a track is.
    pub(super) fn in_doubt(track: &Track, standing: &Standing) -> bool {
        standing.distance_m.abs() <= TUBE_SIGMAS * standing.sigma_m + track.ground_speed_m_s()
    }

    /// Looks at the track anew, where that is due.
    pub(super) fn follow(
        &mut self,
        track: &Track,
        watched: &Watched,
        standing: &Standing,
        by: By<'_>,
        scratch: &mut Scratch,
    ) {
        let (now, By { ways, sigma, params }) = (standing.now, by);
        if Self::in_doubt(track, standing) {
            // Doubts that come again before one alone would be looked at are one: else none ever would be.
            if now - self.doubt_at > EntryParams::span(params.stay_s) + MARGIN {
                self.doubt_since = now;
            }
            if self.settled {
                (self.settled, self.drawing) = (false, false);
            }
            self.doubt_at = now;
        }
        self.note_height(now, standing.height);
        let stay = EntryParams::span(params.stay_s);
        if track.updated <= self.seen || !self.is_due(now, stay) {
            self.surely_inside(track, standing, stay, scratch);
            return;
        }
        let first = self.doubt_since - stay - MARGIN;
        let since = self.folded.map_or(first, |folded| first.max(folded - stay - MARGIN));
        if !ways.way(track.id, since, &mut scratch.way) || scratch.way.moments.is_empty() {
            self.surely_inside(track, standing, stay, scratch);
            return;
        }
        // A short doubt is looked at once, when a stay may have been made; a long one until what comes changes nothing any more.
        let at_rest = now - self.doubt_at;
        self.settled = at_rest >= SETTLED || (!self.drawing && at_rest >= stay);
        self.drawing = true;
        (self.seen, self.drawn_at) = (track.updated, now);
        let fold_until = if self.settled { Time::MAX } else { now - FOLD_AFTER };
        self.draw(track.id, watched, fold_until, sigma, params, scratch);
    }

    /// Whether a draw is due: in a long doubt at once, after it ever more seldom, after a short one once.
    fn is_due(&self, now: Time, stay: Span) -> bool {
        let at_rest = now - self.doubt_at;
        if self.settled {
            false
        } else if at_rest <= Span::ZERO {
            self.drawing || self.doubt_at - self.doubt_since >= LONG
        } else if self.drawing {
            let pause = Span::from_ns(at_rest.ns() / 2);
            now - self.drawn_at >= pause || at_rest >= SETTLED
        } else {
            at_rest >= stay
        }
    }

    fn note_height(&mut self, now: Time, height: f64) {
        if self.heights.back().is_none_or(|(_, last)| (last - height).abs() > 0.01) {
            self.heights.push_back((now, height));
        }
        let old = self.folded.unwrap_or(now - FOLD_AFTER);
        while self.heights.len() > 1 && (self.heights.len() > 256 || self.heights[1].0 <= old) {
            self.heights.pop_front();
        }
    }

    /// Far inside nobody keeps its way, nor is it needed.
    fn surely_inside(&mut self, track: &Track, standing: &Standing, stay: Span, scratch: &mut Scratch) {
        if self.folded.is_none() || standing.distance_m > -TUBE_SIGMAS * standing.sigma_m || standing.height < 0.5 {
            return;
        }
        let from = self.reached.max(self.seen);
        if track.updated > from && track.updated - from <= SELDOM {
            self.beyond = self.beyond + (track.updated - from);
            self.beyond_m = self.beyond_m.max(-standing.distance_m);
        }
        self.seen = self.seen.max(track.updated);
        // A stay of which the trajectories, that end with the doubt, had not seen enough.
        if self.settled && self.beyond >= stay && self.tales.iter().any(|tale| tale.entered.is_none()) {
            for tale in &mut self.tales {
                tale.stayed(track.updated, self.beyond, self.beyond_m, stay);
            }
            (self.beyond, self.beyond_m, self.told) = (Span::ZERO, 0.0, track.updated);
            self.passage = Some(summary::of(&self.tales, &mut scratch.summary));
        }
        self.extend(track, standing);
    }

    /// Until it is drawn again, a stay that surely lasts is told to last.
    fn extend(&mut self, track: &Track, standing: &Standing) {
        if standing.distance_m < -TUBE_SIGMAS * standing.sigma_m
            && standing.height > 0.5
            && track.updated > self.told
            && let Some(passage) = &mut self.passage
        {
            let sigma_m = standing.sigma_m;
            summary::stayed(passage, track.updated - self.told, -standing.distance_m, sigma_m);
            self.told = track.updated;
        }
    }

    fn draw(
        &mut self,
        track: TrackId,
        watched: &Watched,
        fold_until: Time,
        sigma: &BorderSigma,
        params: &EntryParams,
        scratch: &mut Scratch,
    ) {
        self.steps(watched, sigma, params, scratch);
        let (Some(first), Some(last)) = (scratch.steps.first(), scratch.steps.last()) else { return };
        let (begun, reached) = (first.time, last.time);
        let fold_until = fold_until.min(reached);
        let stay = EntryParams::span(params.stay_s);
        if self.tales.is_empty() {
            self.tales = vec![Tale::new(); DRAWN];
        }
        if self.folded.is_none() {
            // What it was inside before it was in doubt goes up to the doubt, and the way begins before that.
            let twice = (self.began - begun).max(Span::ZERO);
            for tale in &mut self.tales {
                tale.inside_for = (tale.inside_for - twice).max(Span::ZERO);
            }
        }
        // What was not drawn goes into the tales before the way goes on.
        if let Some(folded) = self.folded.filter(|folded| begun - *folded > EntryParams::span(params.stale_s)) {
            let span = self.beyond.min(begun - folded);
            for tale in &mut self.tales {
                tale.stayed(begun, span, self.beyond_m, stay);
                tale.last = None;
            }
        }
        (self.beyond, self.beyond_m, self.reached) = (Span::ZERO, 0.0, reached);
        scratch.draw_common(track, watched.airspace.id);
        scratch.outcome.clear();
        for number in 0..DRAWN {
            let tale = self.one(track, number, &watched.boundary, fold_until, params, scratch);
            scratch.outcome.push(tale);
        }
        let folded = scratch.steps.iter().map(|step| step.time).take_while(|time| *time <= fold_until).last();
        self.folded = folded.max(self.folded).or(Some(begun - Span::from_ns(1)));
        self.passage = Some(summary::of(&scratch.outcome, &mut scratch.summary));
        self.told = reached;
    }

    /// One trajectory: takes what has become old into its tale and gives the tale up to now.
    fn one(
        &mut self,
        track: TrackId,
        number: usize,
        boundary: &Boundary,
        fold_until: Time,
        params: &EntryParams,
        scratch: &mut Scratch,
    ) -> Tale {
        let stay = EntryParams::span(params.stay_s);
        let Scratch { way, steps, offsets, windows, common, border, one, .. } = scratch;
        one.clear();
        one.extend(common.chunks_exact(DRAWN).map(|normals| normals[number]));
        way.draw(track, number as u32, one, offsets);
        windows.clear();
        // Which draws are within the limits where a share of them is.
        let rank = rank(number);
        let mut tale = self.tales[number].clone();
        let mut folding = true;
        for step in steps.iter() {
            let point = step.point(offsets, border[number], rank, boundary);
            if self.folded.is_some_and(|folded| step.time <= folded) {
                windows.push(step.time, point.distance_m, stay);
                continue;
            }
            if folding && step.time > fold_until {
                folding = false;
                self.tales[number].clone_from(&tale);
            }
            let first = tale.last.is_none();
            tale.step(point, step.broken && !first, stay, windows);
        }
        if folding {
            self.tales[number].clone_from(&tale);
        }
        tale
    }

    /// The moments at which the way is held against the border, with what is needed of it there.
    fn steps(&self, watched: &Watched, sigma: &BorderSigma, params: &EntryParams, scratch: &mut Scratch) {
        let Scratch { way, steps, .. } = scratch;
        steps.clear();
        let stale_s = params.stale_s;
        let common_sigma_m = way.common_sigma_m();
        for at in 0..way.moments.len() {
            let moment = &way.moments[at];
            let dt_s = if at == 0 { 0.0 } else { (moment.time - way.moments[at - 1].time).s() };
            let parts = if dt_s > stale_s { 1 } else { (dt_s / STEP_S).ceil().clamp(1.0, 16.0) as u32 };
            for part in 1..=parts {
                let share = f64::from(part) / f64::from(parts);
                let (from, share) = if at == 0 || part == parts { (at, 0.0) } else { (at - 1, share) };
                let time = if share > 0.0 {
                    crate::site::between_times(way.moments[from].time, moment.time, share)
                } else {
                    moment.time
                };
                let place = if share > 0.0 { bridged(way, from, dt_s, share) } else { moment.place };
                let sigma_m = hypot(moment.sigma_m(), common_sigma_m);
                let Some((distance_m, slope, border_sigma_m)) = local(&watched.boundary, place, sigma_m, sigma) else {
                    continue;
                };
                let height = self.heights.iter().rev().find(|(from, _)| *from <= time).or(self.heights.front());
                let active = watched.airspace.active(time);
                steps.push(Step {
                    time,
                    at: from,
                    share,
                    place,
                    distance_m,
                    slope,
                    border_sigma_m,
                    degrees: metres_a_degree(place.lat_deg).map(|metres| 1.0 / metres.max(1.0)),
                    height: if active { height.map_or(1.0, |(_, height)| *height) } else { 0.0 },
                    broken: part == 1 && dt_s > stale_s,
                });
            }
        }
    }
}

/// What trajectories drawn from the way of a whole track say of one border: nothing is folded, and all evidence counts for every moment. The height is taken to
/// be within the limits.
pub(super) fn whole(track: TrackId, way: Way, watched: &Watched, by: By<'_>) -> Option<Passage> {
    let began = way.moments.first()?.time;
    let mut scratch = Scratch { way, ..Scratch::default() };
    let mut drawn = Drawn::new(began, None);
    drawn.draw(track, watched, Time::MAX, by.sigma, by.params, &mut scratch);
    drawn.passage
}

impl Scratch {
    /// Draws what is common to each trajectory's whole life.
    fn draw_common(&mut self, track: TrackId, airspace: AirspaceId) {
        self.common.clear();
        for common in &self.way.common {
            let from = self.common.len();
            self.common.resize(from + DRAWN, 0.0);
            stratified(mixed(track.0 ^ mixed(0xb1a5_0000 + u64::from(common.axis))), &mut self.common[from..]);
        }
        self.border.clear();
        self.border.resize(DRAWN, 0.0);
        stratified(mixed(track.0 ^ mixed(0xb0de_0000 + u64::from(airspace.0))), &mut self.border);
    }
}

/// Where a draw stands among all when a share of them is asked for.
fn rank(number: usize) -> f64 {
    (((number * 77) % DRAWN) as f64 + 0.5) / DRAWN as f64
}

impl Step {
    fn point(&self, offsets: &[Offset], border: f64, rank: f64, boundary: &Boundary) -> Point {
        let a = offsets[self.at];
        let (mut east_m, mut north_m) = (a[0], a[1]);
        if self.share > 0.0
            && let Some(b) = offsets.get(self.at + 1)
        {
            east_m += self.share * (b[0] - a[0]);
            north_m += self.share * (b[1] - a[1]);
        }
        let lon_deg = self.place.lon_deg + east_m * self.degrees[0];
        let place = LatLon { lat_deg: self.place.lat_deg + north_m * self.degrees[1], lon_deg: wrap_deg_180(lon_deg) };
        let distance_m = match self.slope {
            _ if rank >= self.height => OUT_M,
            Some(slope) => self.distance_m + slope[0] * east_m + slope[1] * north_m + border * self.border_sigma_m,
            None => boundary.signed_distance_m(place) + border * self.border_sigma_m,
        };
        Point { time: self.time, distance_m, place }
    }
}

/// Between two moments: the cubic through their places and velocities.
fn bridged(way: &Way, from: usize, dt_s: f64, u: f64) -> LatLon {
    let (a, b) = (&way.moments[from], &way.moments[from + 1]);
    let whole = apart_m(a.place, b.place);
    let (u2, u3) = (u * u, u * u * u);
    let along = |k: usize| {
        dt_s * (u3 - 2.0 * u2 + u) * a.velocity_m_s[k]
            + (3.0 * u2 - 2.0 * u3) * whole[k]
            + dt_s * (u3 - u2) * b.velocity_m_s[k]
    };
    moved(a.place, along(0), along(1))
}

/// Distance of a place, how it changes around it, and the border's own sigma there.
fn local(
    boundary: &Boundary,
    place: LatLon,
    sigma_m: f64,
    sigma: &BorderSigma,
) -> Option<(f64, Option<[f64; 2]>, f64)> {
    let nearest = boundary.nearest(place, f64::INFINITY)?;
    let border_sigma_m = sigma.of(nearest.class);
    let distance_m = nearest.distance_m;
    if distance_m.abs() > TUBE_SIGMAS * hypot(sigma_m, border_sigma_m) + 10.0 {
        // Straight away from the nearest point; who is right beside it to a sigma does not matter.
        let [east, north] = apart_m(nearest.foot, place);
        let by = 1.0 / distance_m;
        return Some((distance_m, Some([east * by, north * by]), border_sigma_m));
    }
    let h = ACROSS * sigma_m.max(1.0);
    let at = |east: f64, north: f64| boundary.signed_distance_m(moved(place, east * h, north * h));
    let (e, w, n, s) = (at(1.0, 0.0), at(-1.0, 0.0), at(0.0, 1.0), at(0.0, -1.0));
    let slope = [(e - w) / (2.0 * h), (n - s) / (2.0 * h)];
    let bent_m = BENT * sigma_m + 1.0;
    let straight = (0.5 * (e + w) - distance_m).abs() < bent_m
        && (0.5 * (n + s) - distance_m).abs() < bent_m
        && (hypot(slope[0], slope[1]) - 1.0).abs() < 0.02;
    Some((distance_m, straight.then_some(slope), border_sigma_m))
}
