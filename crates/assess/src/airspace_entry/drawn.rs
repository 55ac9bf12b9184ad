//! Drawn trajectories of one track against one border: how probably it entered, since when, where, how deep (docs/detectors/airspace_entry.md,
//! "How P(entered) is made").
//!
//! Every trajectory keeps its own errors: of the radars' biases and of the border one draw for its whole life, of noise and motion one for each moment,
//! which is the same again whenever the trajectory is drawn anew. What is older than the lag is folded into each one's [`Tale`]; the rest is
//! drawn again when something new was measured, for it may change what was before.

mod steps;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use skypicket_model::ids::content_hash;
use skypicket_model::math::hypot;
use skypicket_model::way::{Offset, mixed, stratified, stratified_errors};
use skypicket_model::{Passage, Span, Time, Track, TrackId, Way, WaysOf};

use self::steps::Step;
use super::tale::{Point, Tale, Window};
use super::{EntryParams, summary};
use crate::geometry::{BorderSigma, Boundary};
use crate::site::Watched;

/// Trajectories of a pair. Origin: with their distances smoothed ([`summary`]) P(entered) is uncertain by some ±0.02 at one half and less toward 0 and 1.
pub(super) const DRAWN: usize = 128;
/// What is this old is folded. Origin: the tracker keeps two minutes; a stay's length with its margin, [`PAUSE`] and a turn of a slow radar (12 s) go off that.
const FOLD_AFTER: Span = Span::from_s(60);
/// Longest time between two draws while one is wanted.
const PAUSE: Span = Span::from_s(20);
/// The border plays no part beyond so many sigmas.
const TUBE_SIGMAS: f64 = 6.0;
/// A doubt this long needs trajectories as it lasts: within it a stay can begin. A shorter one is over before there can be an entry.
const LONG: Span = Span::from_s(15);
/// Evidence this long after a doubt changes nothing any more: what was drawn of it last is 30 s older than what is folded.
const SETTLED: Span = Span::from_s(90);
/// A stay, its margin, [`PAUSE`] and what is not folded yet fit into the two minutes that are kept of a way.
pub(super) const LONGEST_STAY_S: f64 = 35.0;
/// What is looked at before a doubt, beside a stay's length.
const MARGIN: Span = Span::from_s(5);
/// Measured this seldom, a track that is surely inside was not followed there.
const SELDOM: Span = Span::from_s(60);
/// How deep it is, is looked at this often, and by so much later evidence too.
const DEEP_EVERY: Span = Span::from_s(10);
const DEEP_LAG: Span = Span::from_s(20);

/// Drawn trajectories and what came of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawn {
    /// Up to when they are folded; `None` before the first draw.
    folded: Option<Time>,
    /// When it was in doubt first.
    began: Time,
    /// Distances of the last moments before that: a way may begin later.
    prelude: Vec<(Time, f64)>,
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
    /// Time for which it was surely inside while nobody drew, how deep it was, and up to when that was looked at.
    beyond: Span,
    beyond_until: Time,
    deepest: Deepest,
    looked: Time,
    passage: Option<Passage>,
    /// Up to when that tells.
    told: Time,
}
skypicket_model::canon_struct!(Drawn {
    folded,
    began,
    prelude,
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
    beyond_until,
    deepest,
    looked,
    passage,
    told,
});

/// The deepest place while nobody drew, by evidence from both sides of it, and its 1-sigma, metres.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Deepest {
    depth_m: f64,
    sigma_m: f64,
}
skypicket_model::canon_struct!(Deepest { depth_m, sigma_m });

impl Deepest {
    fn take(&mut self, depth_m: f64, sigma_m: f64) {
        if depth_m > self.depth_m {
            *self = Self { depth_m, sigma_m };
        }
    }
}

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
    /// How deep each was while nobody drew.
    depths: Vec<f64>,
    one: Vec<f64>,
    outcome: Vec<Tale>,
    pub(super) summary: summary::Scratch,
}

impl Drawn {
    /// Begins with a first doubt. `before`: it was inside until then, and had entered with that probability. `prelude`: distances until then.
    pub(super) fn new(now: Time, before: Option<(Tale, f64)>, prelude: Vec<(Time, f64)>) -> Self {
        let begun = |(tale, probability): (Tale, f64)| {
            let entered = |number: &usize| rank(*number) < probability;
            (0..DRAWN).map(|number| if entered(&number) { tale.clone() } else { Tale::new() }).collect()
        };
        Self {
            folded: None,
            began: now,
            prelude,
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
            beyond_until: now,
            deepest: Deepest::default(),
            looked: Time::MIN,
            passage: None,
            told: Time::MIN,
        }
    }

    /// What the trajectories say.
    pub(super) const fn passage(&self) -> Option<&Passage> {
        self.passage.as_ref()
    }

    /// Whether nothing more comes of the last doubt.
    pub(super) const fn is_settled(&self) -> bool {
        self.settled
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
            // A doubt that comes before the one before is settled goes on with it: nothing between the two may be left out.
            if self.settled {
                (self.settled, self.drawing, self.doubt_since) = (false, false, now);
            }
            self.doubt_at = now;
        }
        self.note_height(now, standing.height);
        let stay = EntryParams::span(params.stay_s);
        if track.updated <= self.seen || !self.is_due(now, stay) {
            // What is not settled will be drawn.
            if self.settled {
                self.surely_inside(track, watched, standing, by, scratch);
            } else {
                self.extend(track, standing);
            }
            return;
        }
        let first = self.doubt_since - stay - MARGIN;
        let since = self.folded.map_or(first, |folded| first.max(folded - stay - MARGIN));
        if !ways.way(track.id, since, &mut scratch.way) || scratch.way.moments.is_empty() {
            self.surely_inside(track, watched, standing, by, scratch);
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
            let pause = Span::from_ns(at_rest.ns() / 2).min(PAUSE);
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

    /// Surely inside nothing is drawn.
    fn surely_inside(
        &mut self,
        track: &Track,
        watched: &Watched,
        standing: &Standing,
        by: By<'_>,
        scratch: &mut Scratch,
    ) {
        let stay = EntryParams::span(by.params.stay_s);
        if self.folded.is_none() || standing.distance_m > -TUBE_SIGMAS * standing.sigma_m || standing.height < 0.5 {
            return;
        }
        let from = self.reached.max(self.seen);
        if track.updated > from && track.updated - from <= SELDOM {
            self.beyond = self.beyond + (track.updated - from);
            self.beyond_until = track.updated;
        }
        self.seen = self.seen.max(track.updated);
        // So deep it is at least.
        self.deepest.take(TUBE_SIGMAS * standing.sigma_m, standing.sigma_m);
        self.look_deep(track, watched, standing, by, scratch);
        // A stay of which the trajectories, that end with the doubt, had not seen enough.
        let height = standing.height;
        if self.settled && self.beyond >= stay && self.tales.iter().any(|tale| tale.entered.is_none()) {
            scratch.draw_depths(track.id, self.deepest);
            for (number, (tale, depth_m)) in self.tales.iter_mut().zip(&scratch.depths).enumerate() {
                if rank(number) < height {
                    tale.stayed(track.updated, self.beyond, *depth_m, stay);
                }
            }
            // Up to here it is told now.
            (self.beyond, self.told) = (Span::ZERO, track.updated);
            (self.folded, self.reached) = (Some(track.updated), track.updated);
            self.passage = Some(summary::of(&self.tales, &mut scratch.summary));
        }
        self.extend(track, standing);
    }

    /// Looks how deep it was, some seconds ago: the greatest of many estimates, each with its own noise, would be too deep.
    fn look_deep(&mut self, track: &Track, watched: &Watched, standing: &Standing, by: By<'_>, scratch: &mut Scratch) {
        let from = self.reached.max(self.looked);
        let until = track.updated - DEEP_LAG;
        if until - from < DEEP_EVERY {
            return;
        }
        if !by.ways.way(track.id, from, &mut scratch.way) {
            self.looked = until;
            self.deepest.take(-standing.distance_m, standing.sigma_m);
            return;
        }
        let common_m = scratch.way.common_sigma_m();
        for moment in scratch.way.moments.iter().filter(|moment| moment.time > from && moment.time <= until) {
            self.looked = moment.time;
            if let Some(nearest) = watched.boundary.nearest(moment.place, f64::INFINITY) {
                let sigma_m = hypot(hypot(moment.sigma_m(), common_m), by.sigma.of(nearest.class));
                self.deepest.take(-nearest.distance_m, sigma_m);
            }
        }
    }

    /// Until it is drawn again, a stay that surely lasts is told to last.
    fn extend(&mut self, track: &Track, standing: &Standing) {
        if standing.distance_m < -TUBE_SIGMAS * standing.sigma_m
            && standing.height > 0.5
            && track.updated > self.told
            && let Some(passage) = &mut self.passage
        {
            if track.updated - self.told > SELDOM {
                self.told = track.updated;
                return;
            }
            summary::stayed(passage, track.updated - self.told, self.deepest.depth_m, self.deepest.sigma_m);
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
        scratch.steps.clear();
        Step::fill(&scratch.way, &self.heights, watched, sigma, params.stale_s, &mut scratch.steps);
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
            // What came after the way's beginning is in the way.
            let twice = (self.beyond_until - begun).max(Span::ZERO);
            let span = (self.beyond - twice).max(Span::ZERO).min(begun - folded);
            let height = self.heights.front().map_or(1.0, |(_, height)| *height);
            scratch.draw_depths(track, self.deepest);
            for (number, (tale, depth_m)) in self.tales.iter_mut().zip(&scratch.depths).enumerate() {
                if rank(number) < height {
                    tale.stayed(begun, span, *depth_m, stay);
                }
                tale.last = None;
            }
        }
        (self.beyond, self.deepest, self.reached) = (Span::ZERO, Deepest::default(), reached);
        scratch.draw_common(track, &watched.airspace.code);
        scratch.outcome.clear();
        for number in 0..DRAWN {
            let tale = self.one(track, number, &watched.boundary, fold_until, params, scratch);
            scratch.outcome.push(tale);
        }
        let folded = scratch.steps.iter().map(|step| step.time).take_while(|time| *time <= fold_until).last();
        self.folded = folded.max(self.folded).or(Some(begun - Span::from_ns(1)));
        if self.settled {
            self.prelude.clear();
        }
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
        self.play_prelude(&mut tale, steps.first(), offsets, (border[number], rank), boundary, stay, windows);
        let mut folding = true;
        for step in steps.iter() {
            let point = step.point(offsets, border[number], rank, boundary);
            if self.folded.is_some_and(|folded| step.time <= folded) {
                if step.broken {
                    windows.clear();
                }
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

    /// What it did between the first moment it was followed and the way's: beside the drawn trajectory as its estimate was beside the way.
    #[allow(clippy::too_many_arguments, reason = "parts of the scratch that one trajectory is drawn with")]
    fn play_prelude(
        &self,
        tale: &mut Tale,
        first: Option<&Step>,
        offsets: &[Offset],
        (border, rank): (f64, f64),
        boundary: &Boundary,
        stay: Span,
        windows: &mut Window,
    ) {
        let Some(first) = first.filter(|first| self.prelude.first().is_some_and(|(time, _)| *time < first.time)) else {
            return;
        };
        // What it did in between is not known.
        if self.prelude.last().is_some_and(|(last, _)| first.time - *last > SELDOM) {
            return;
        }
        let point = first.point(offsets, border, rank, boundary);
        let beside_m = point.distance_m - first.distance_m;
        let anew = self.folded.is_none() && tale.entered.is_none();
        for (time, distance_m) in self.prelude.iter().filter(|(time, _)| *time < first.time) {
            let distance_m = distance_m + beside_m;
            if anew {
                tale.step(Point { time: *time, distance_m, ..point }, false, stay, windows);
            } else {
                windows.push(*time, distance_m, stay);
            }
        }
    }
}

/// What trajectories drawn from the way of a whole track say of one border: nothing is folded, and all evidence counts for every moment. The height is taken to
/// be within the limits.
pub(super) fn whole(track: TrackId, way: Way, watched: &Watched, by: By<'_>) -> Option<Passage> {
    let began = way.moments.first()?.time;
    let mut scratch = Scratch { way, ..Scratch::default() };
    let mut drawn = Drawn::new(began, None, Vec::new());
    drawn.draw(track, watched, Time::MAX, by.sigma, by.params, &mut scratch);
    drawn.passage
}

impl Scratch {
    fn draw_depths(&mut self, track: TrackId, deepest: Deepest) {
        self.depths.clear();
        self.depths.resize(DRAWN, 0.0);
        stratified(mixed(track.0 ^ 0xdee9_0000), &mut self.depths);
        self.depths.iter_mut().for_each(|z| *z = (deepest.depth_m + *z * deepest.sigma_m).max(0.0));
    }

    /// Draws what is common to each trajectory's whole life.
    fn draw_common(&mut self, track: TrackId, airspace: &str) {
        stratified_errors(mixed(track.0 ^ 0xb1a5_0000), &self.way.common, DRAWN, &mut self.common);
        self.border.clear();
        self.border.resize(DRAWN, 0.0);
        stratified(mixed(track.0 ^ content_hash(&[b"border", airspace.as_bytes()])), &mut self.border);
    }
}

/// Where a draw stands among all when a share of them is asked for.
fn rank(number: usize) -> f64 {
    (((number * 77) % DRAWN) as f64 + 0.5) / DRAWN as f64
}
