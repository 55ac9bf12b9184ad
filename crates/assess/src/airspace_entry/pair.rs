//! One track against one airspace: how sure it is that it entered, and the story of its stay.

use std::collections::VecDeque;

use skypicket_model::assessment::{EntryState, MAX_EVIDENCE, Rediscovered};
use skypicket_model::track::{Line, LineOfEvidence};
use skypicket_model::{Evidence, LatLon, ObservationId, Passage, Permission, Span, Time, Track};

use super::EntryParams;
use super::drawn::Drawn;
use super::tale::{Stay, Tale};
use crate::site::{between, between_times};

/// Two samples farther apart than this do not prove that the stay between them was unbroken.
const MAX_GAP: Span = Span::from_s(5);

/// Where a track stands against a boundary at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) time: Time,
    pub(super) place: LatLon,
    /// Probability that it is inside, both ways.
    pub(super) inside: f64,
    /// Negative inside.
    pub(super) distance_m: f64,
    /// Its own and the border's sigma together.
    pub(super) sigma_m: f64,
    /// Probability that its height is within the limits; 0 on the ground.
    pub(super) height: f64,
    /// The track was updated lately.
    pub(super) fresh: bool,
    /// Its height could be judged.
    pub(super) height_known: bool,
}
skypicket_model::canon_struct!(Sample { time, place, inside, distance_m, sigma_m, height, fresh, height_known });

/// An observation and how strongly it speaks for being inside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Strong {
    pub(super) sigmas: f64,
    pub(super) observation: ObservationId,
}
skypicket_model::canon_struct!(Strong { sigmas, observation });

/// What was told last, so that news can be known from newer figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Told {
    pub(super) at: Option<Time>,
    pub(super) state: u8,
    pub(super) permission: u8,
    pub(super) left: bool,
    pub(super) lost: bool,
}
skypicket_model::canon_struct!(Told { at, state, permission, left, lost });

/// A pair's state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pair {
    /// When it first came near: its place in the ledger.
    pub(super) opened: Time,
    /// Time, P(inside) and distance of fresh samples, from `stay_s` before the last measurement on.
    pub(super) window: VecDeque<(Time, f64, f64)>,
    /// When the last measurements came, as many as maturity asks for.
    pub(super) measured_at: VecDeque<Time>,
    pub(super) state: EntryState,
    /// By the least probable moment of a stay: where no trajectories are drawn.
    pub(super) pointwise: f64,
    /// Drawn trajectories, once it was in doubt on which side it is.
    pub(super) drawn: Option<Box<Drawn>>,
    /// The lost track whose object it probably is.
    pub(super) same_as: Option<Rediscovered>,
    /// Since when P(inside) ≥ 0.5 holds, while it does.
    pub(super) inside_since: Option<Time>,
    /// Since when it does not, after it did.
    pub(super) outside_since: Option<Time>,
    pub(super) entered_at: Option<Time>,
    pub(super) entered_place: Option<LatLon>,
    pub(super) depth_m: f64,
    pub(super) inside_for: Span,
    /// The stay that lasts, without a break, and the longest one so far.
    pub(super) stay_for: Span,
    pub(super) longest_stay: Span,
    /// Time inside by its estimate since the last measurement.
    pub(super) unconfirmed: Span,
    pub(super) left_at: Option<Time>,
    /// Since when its track has not been shown.
    pub(super) unseen_since: Option<Time>,
    /// When its track was last measured.
    pub(super) observed_at: Time,
    pub(super) last: Sample,
    pub(super) permission: Permission,
    /// Distinct lines that supported the track lately and during the stay, and whether one of them measured.
    pub(super) lines: u32,
    pub(super) measured: bool,
    /// Lines that supported it when it reached its state.
    pub(super) lines_then: u32,
    pub(super) evidence_first: ObservationId,
    pub(super) evidence_last: ObservationId,
    pub(super) evidence_count: u64,
    pub(super) updates_seen: u32,
    pub(super) strongest: Vec<Strong>,
    pub(super) told: Told,
    /// The last judgement's frame, for the last word when the track ends.
    pub(super) course_rad: f64,
    pub(super) final_form: Option<FinalForm>,
}

/// What the last word needs of track and airspace when both are no longer at hand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FinalForm {
    pub(super) assessment: skypicket_model::Assessment,
    pub(super) class: skypicket_model::track::Class,
    pub(super) reality: skypicket_model::Reality,
}
skypicket_model::canon_struct!(FinalForm { assessment, class, reality });

skypicket_model::canon_struct!(Pair {
    opened,
    window,
    measured_at,
    state,
    pointwise,
    drawn,
    same_as,
    inside_since,
    outside_since,
    entered_at,
    entered_place,
    depth_m,
    inside_for,
    stay_for,
    longest_stay,
    unconfirmed,
    left_at,
    unseen_since,
    observed_at,
    last,
    permission,
    lines,
    measured,
    lines_then,
    evidence_first,
    evidence_last,
    evidence_count,
    updates_seen,
    strongest,
    told,
    course_rad,
    final_form,
});

impl Pair {
    pub(super) fn new(now: Time, track: &Track, sample: &Sample) -> Self {
        Self {
            opened: now,
            window: VecDeque::new(),
            measured_at: VecDeque::new(),
            state: EntryState::Near,
            pointwise: 0.0,
            drawn: None,
            same_as: None,
            inside_since: None,
            outside_since: None,
            entered_at: None,
            entered_place: None,
            depth_m: 0.0,
            inside_for: Span::ZERO,
            stay_for: Span::ZERO,
            longest_stay: Span::ZERO,
            unconfirmed: Span::ZERO,
            left_at: None,
            unseen_since: None,
            observed_at: track.updated,
            last: *sample,
            permission: Permission::NotPermitted,
            lines: 0,
            measured: false,
            lines_then: 0,
            evidence_first: track.last_observation,
            evidence_last: track.last_observation,
            evidence_count: 0,
            updates_seen: track.updates.saturating_sub(1),
            strongest: Vec::new(),
            told: Told::default(),
            course_rad: 0.0,
            final_form: None,
        }
    }

    /// What is known of a stay before the first doubt, and how probably it was one: nothing is drawn far inside.
    pub(super) fn before_doubt(&self) -> Option<(Tale, f64)> {
        let since = self.inside_since.filter(|_| self.pointwise > 0.0)?;
        let stay = Stay {
            since: self.entered_at.unwrap_or(since),
            place: self.entered_place.unwrap_or(self.last.place),
            crossed: self.entered_at.is_some(),
        };
        let tale = Tale {
            nearest_m: -self.depth_m,
            stay_m: -self.depth_m,
            stay: Some(stay),
            entered: Some(stay),
            depth_m: self.depth_m,
            inside_for: self.inside_for,
            ..Tale::new()
        };
        Some((tale, self.pointwise))
    }

    /// Its distances over the last stretch as long as a stay.
    pub(super) fn distances(&self) -> Vec<(Time, f64)> {
        self.window.iter().map(|(time, _, distance_m)| (*time, *distance_m)).collect()
    }

    /// What drawn trajectories say, where there are some.
    pub(super) fn passage(&self) -> Option<&Passage> {
        self.drawn.as_deref().and_then(Drawn::passage)
    }

    /// P(entered).
    pub(super) fn entered_probability(&self) -> f64 {
        self.passage().map_or(self.pointwise, |passage| passage.entered_probability)
    }

    /// Takes the next sample.
    pub(super) fn step(&mut self, track: &Track, sample: &Sample, params: &EntryParams) {
        let measured = track.updated > self.observed_at;
        (self.unseen_since, self.observed_at) = (None, track.updated);
        self.cross(sample, params);
        if measured {
            self.confirm_stay();
        }
        self.note_measurements(track, params);
        self.weigh(track, sample, params);
        self.count_lines(track, sample.time, params);
        self.collect(track, sample);
        self.raise(track, sample, params);
        self.last = *sample;
        self.course_rad = track.course_rad();
    }

    /// Whether the next measurement may raise its state: it is in doubt on which side it is, or what is inside lacks measurements or lines.
    pub(super) fn awaits(&self) -> bool {
        let in_doubt = self.drawn.as_ref().is_some_and(|drawn| !drawn.is_settled());
        in_doubt || (self.inside_since.is_some() && self.state < EntryState::Established)
    }

    /// Whether it comes back from a stay that ended so long ago that it is history.
    pub(super) fn begins_again(&self, sample: &Sample, params: &EntryParams) -> bool {
        let long_out = |left_at: Time| sample.time - left_at > EntryParams::span(params.rejoin_s);
        sample.inside >= 0.5 && self.left_at.is_some_and(long_out)
    }

    /// A new stay with a new row.
    pub(super) fn begin_again(&mut self, sample: &Sample) {
        self.state = EntryState::Near;
        self.pointwise = 0.0;
        self.drawn = None;
        self.window.clear();
        (self.entered_at, self.entered_place, self.left_at) = (None, None, None);
        (self.depth_m, self.inside_for) = (0.0, Span::ZERO);
        (self.stay_for, self.longest_stay, self.unconfirmed) = (Span::ZERO, Span::ZERO, Span::ZERO);
        (self.lines, self.measured, self.lines_then) = (0, false, 0);
        self.opened = sample.time;
        self.strongest.clear();
        self.evidence_count = 0;
        self.told = Told::default();
    }

    /// The story of the stay: crossing, depth, time inside, leaving.
    fn cross(&mut self, sample: &Sample, params: &EntryParams) {
        if sample.inside >= 0.5 {
            if self.inside_since.is_none() {
                self.inside_since = Some(sample.time);
                // A sigma beyond the line is still the line: at a bend P(inside) may pass one half a little inside of it.
                let at_the_line = self.last.distance_m > -self.last.sigma_m;
                if self.entered_at.is_none() && self.last.time < sample.time && at_the_line {
                    let share = self.last.distance_m / (self.last.distance_m - sample.distance_m).max(1e-9);
                    let share = share.clamp(0.0, 1.0);
                    self.entered_at = Some(between_times(self.last.time, sample.time, share));
                    self.entered_place = Some(between(self.last.place, sample.place, share));
                }
            }
            // What it did while nobody saw it is not known.
            if self.last.inside >= 0.5 && sample.time - self.last.time <= MAX_GAP {
                self.unconfirmed = self.unconfirmed + (sample.time - self.last.time);
            } else {
                (self.stay_for, self.unconfirmed) = (Span::ZERO, Span::ZERO);
            }
            (self.outside_since, self.left_at) = (None, None);
            self.depth_m = self.depth_m.max(-sample.distance_m);
        } else if self.inside_since.is_some() {
            let since = *self.outside_since.get_or_insert(sample.time);
            if sample.time - since >= EntryParams::span(params.left_s) {
                self.left_at = Some(since);
                self.inside_since = None;
            }
        }
    }

    /// A measurement has come: what it was inside by its estimate until now counts. Time for which it coasts after the last one never does.
    fn confirm_stay(&mut self) {
        let confirmed = std::mem::take(&mut self.unconfirmed);
        self.inside_for = self.inside_for + confirmed;
        self.stay_for = self.stay_for + confirmed;
        self.longest_stay = self.longest_stay.max(self.stay_for);
    }

    /// Remembers when the last measurements came.
    fn note_measurements(&mut self, track: &Track, params: &EntryParams) {
        let keep = params.updates as usize;
        let new = track.updates.saturating_sub(self.updates_seen).min(params.updates);
        for _ in 0..new {
            self.measured_at.push_back(track.updated);
        }
        while self.measured_at.len() > keep {
            self.measured_at.pop_front();
        }
    }

    /// How many of the last measurements came within `updates_within_s`.
    pub(super) fn measurements(&self, now: Time, params: &EntryParams) -> u32 {
        let since = now - EntryParams::span(params.updates_within_s);
        u32::try_from(self.measured_at.iter().filter(|time| **time >= since).count()).unwrap_or(u32::MAX)
    }

    /// Whether the track has been measured often enough, and for long enough, to be more than a few false plots in a row.
    pub(super) fn is_mature(&self, track: &Track, now: Time, params: &EntryParams) -> bool {
        self.measurements(now, params) >= params.updates && now - track.born >= EntryParams::span(params.age_s)
    }

    /// P(entered): errors within a stay are taken as common, so that a stay is as probable as its least probable moment; of several stays the surest
    /// counts. A stay lies between measurements: time for which a track only coasts on is none.
    fn weigh(&mut self, track: &Track, sample: &Sample, params: &EntryParams) {
        let stay = EntryParams::span(params.stay_s);
        if !sample.fresh {
            self.window.clear();
            return;
        }
        if self.window.back().is_some_and(|(time, ..)| sample.time - *time > MAX_GAP) {
            self.window.clear();
        }
        self.window.push_back((sample.time, sample.inside, sample.distance_m));
        // Keep the newest sample that is at least one stay older than the last measurement, and all after it.
        let begins_by = track.updated.min(sample.time) - stay;
        while self.window.get(1).is_some_and(|(time, ..)| *time <= begins_by) {
            self.window.pop_front();
        }
        let full = self.window.front().is_some_and(|(time, ..)| *time <= begins_by);
        if full {
            let least = self.window.iter().fold(1.0_f64, |least, (_, p, _)| least.min(*p));
            self.pointwise = self.pointwise.max(least);
        }
    }

    fn count_lines(&mut self, track: &Track, now: Time, params: &EntryParams) {
        let since = now - EntryParams::span(params.line_within_s);
        // Before it came in, a line says nothing about its being in.
        let since = self.inside_since.map_or(since, |inside| since.max(inside));
        if self.inside_since.is_none() {
            return;
        }
        // What is contradicted is no evidence of where it is.
        let believed = track.identity.contradicted_since.is_none();
        let counts = |line: &&LineOfEvidence| line.last >= since && (believed || line.line != Line::SelfReport);
        let lines = u32::try_from(track.lines.iter().filter(counts).count()).unwrap_or(u32::MAX);
        let measured = track.lines.iter().any(|line| line.last >= since && line.line != Line::SelfReport);
        self.lines = lines;
        self.measured = measured;
    }

    /// Keeps the observations that speak most strongly for being inside.
    fn collect(&mut self, track: &Track, sample: &Sample) {
        if track.updates == self.updates_seen {
            return;
        }
        if self.evidence_count == 0 {
            self.evidence_first = track.last_observation;
        }
        self.evidence_count += u64::from(track.updates.saturating_sub(self.updates_seen));
        self.updates_seen = track.updates;
        self.evidence_last = track.last_observation;
        // What is permitted needs no case file.
        if super::is_settled(&self.permission) || self.inside_since.is_none() {
            return;
        }
        let strong =
            Strong { sigmas: -sample.distance_m / sample.sigma_m.max(0.1), observation: track.last_observation };
        if self.strongest.len() < MAX_EVIDENCE {
            self.strongest.push(strong);
        } else if let Some(weakest) = self.strongest.iter_mut().min_by(|a, b| a.sigmas.total_cmp(&b.sigmas))
            && weakest.sigmas < strong.sigmas
        {
            *weakest = strong;
        }
    }

    /// The state only rises while the stay lasts: a doubt that comes later is in the probability.
    fn raise(&mut self, track: &Track, sample: &Sample, params: &EntryParams) {
        let p = self.entered_probability();
        let two_sources = self.measured && self.lines >= params.lines;
        let on_something = self.lines > 0 && self.is_mature(track, sample.time, params);
        let reached = if p < params.possible {
            EntryState::Near
        } else if !sample.height_known || p < params.likely || !on_something {
            EntryState::Possible
        } else if p >= params.established && two_sources {
            EntryState::Established
        } else {
            EntryState::Likely
        };
        if reached > self.state {
            (self.state, self.lines_then) = (reached, self.lines);
        }
    }

    /// Whether there is nothing left to follow: it never got beyond near and is far again, or left long ago.
    pub(super) fn is_over(&self, sample: &Sample, reach_m: f64, now: Time, params: &EntryParams) -> bool {
        let far = sample.distance_m > 1.2 * reach_m;
        let never = self.state == EntryState::Near && self.inside_since.is_none();
        let gone = self.left_at.is_some_and(|left| now - left > EntryParams::span(params.rejoin_s));
        far && (never || gone)
    }

    pub(super) fn evidence(&self) -> Evidence {
        let mut strongest: Vec<ObservationId> = self.strongest.iter().map(|strong| strong.observation).collect();
        strongest.sort_unstable();
        strongest.dedup();
        Evidence { first: self.evidence_first, last: self.evidence_last, strongest, count: self.evidence_count }
    }
}
