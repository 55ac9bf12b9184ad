//! Who entered which watched airspace, when, where, how deep: near → possible → likely → established. Page: docs/detectors/airspace_entry.md.

mod again;
mod drawn;
mod pair;
mod report;
mod summary;
mod tale;
#[cfg(test)]
mod testing;

use std::collections::BTreeMap;

use skypicket_model::assessment::EntryState;
use skypicket_model::math::hypot;
use skypicket_model::{
    AirspaceId, Canon as _, CanonError, Passage, Permission, Reader, Span, Time, Track, TrackId, Way, WaysOf,
};

use crate::detector::{Detector, DetectorKind, Judgement, TickView};
use crate::geometry::Spread;
use crate::params::{positive_or_zero, rising};
use crate::renumber::Renumbering;
use crate::site::{Site, Watched};
use crate::vertical::{Vertical, vertical};

use drawn::{By, Drawn, Standing};
use pair::{Pair, Sample};

/// This detector's row.
pub const KIND: DetectorKind = DetectorKind {
    name: "airspace_entry",
    summary: "who entered which watched airspace, when, where and how deep, with probability and evidence",
    incidents_of: "airspace_entry",
    build: |params| Box::new(AirspaceEntry::new(&params.airspace_entry)),
    schema: || schemars::schema_for!(EntryParams),
};

/// Parameters of `airspace_entry`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EntryParams {
    /// A track this close to the boundary is near it, metres.
    pub near_m: f64,
    /// A stay shorter than this is no entry, seconds.
    pub stay_s: f64,
    /// P(entered) from which an entry is possible.
    pub possible: f64,
    /// P(entered) from which it is likely.
    pub likely: f64,
    /// P(entered) from which it is established, given its lines of evidence.
    pub established: f64,
    /// Independent lines of evidence that an established entry needs; one of them must be a measurement.
    pub lines: u32,
    /// A line counts when it supported the track within this time, seconds.
    pub line_within_s: f64,
    /// A track not updated for this long adds nothing to P(entered), seconds.
    pub stale_s: f64,
    /// Measurements that a track needs before an entry is more than possible,
    pub updates: u32,
    /// all of them within this time, seconds.
    pub updates_within_s: f64,
    /// How old a track must be before an entry is more than possible, seconds since its first measurement.
    pub age_s: f64,
    /// Out for this long, a stay has ended, seconds.
    pub left_s: f64,
    /// In again within this time, it is the same stay, seconds.
    pub rejoin_s: f64,
}

impl Default for EntryParams {
    fn default() -> Self {
        Self {
            near_m: 5_000.0,
            stay_s: 20.0,
            possible: 0.5,
            likely: 0.9,
            established: 0.99,
            lines: 2,
            line_within_s: 60.0,
            stale_s: 30.0,
            updates: 4,
            updates_within_s: 120.0,
            age_s: 30.0,
            left_s: 20.0,
            rejoin_s: 300.0,
        }
    }
}

impl EntryParams {
    pub(crate) fn faults(&self, faults: &mut Vec<String>) {
        positive_or_zero(
            &[
                ("airspace_entry.near_m", self.near_m),
                ("airspace_entry.stay_s", self.stay_s),
                ("airspace_entry.line_within_s", self.line_within_s),
                ("airspace_entry.stale_s", self.stale_s),
                ("airspace_entry.updates_within_s", self.updates_within_s),
                ("airspace_entry.age_s", self.age_s),
                ("airspace_entry.left_s", self.left_s),
                ("airspace_entry.rejoin_s", self.rejoin_s),
            ],
            faults,
        );
        // A stay must fit into what is kept of a way; the others bound what is remembered, or are as good as never.
        for (key, value, most) in [
            ("stay_s", self.stay_s, drawn::LONGEST_STAY_S),
            ("stale_s", self.stale_s, 600.0),
            ("left_s", self.left_s, 86_400.0),
            ("rejoin_s", self.rejoin_s, 86_400.0),
            ("line_within_s", self.line_within_s, 86_400.0),
            ("updates_within_s", self.updates_within_s, 86_400.0),
            ("age_s", self.age_s, 86_400.0),
        ] {
            if value > most {
                faults.push(format!("assess: airspace_entry.{key} is {value}, must be at most {most}"));
            }
        }
        if self.updates > MAX_UPDATES {
            faults.push(format!("assess: airspace_entry.updates is {}, must be at most {MAX_UPDATES}", self.updates));
        }
        rising(
            &[
                ("airspace_entry.possible", self.possible),
                ("airspace_entry.likely", self.likely),
                ("airspace_entry.established", self.established),
            ],
            faults,
        );
    }

    fn span(seconds: f64) -> Span {
        Span::from_s_f64(seconds).unwrap_or(Span::ZERO)
    }
}

/// How many pairs of track and airspace are followed; the tracker's own limit is lower.
const MAX_PAIRS: usize = 100_000;
/// Most measurements that maturity may ask for: their times are kept for each pair.
const MAX_UPDATES: u32 = 16;
/// A new track is held against those lost lately for so long: what is lost coasts for a while.
const FOUND_WITHIN: Span = Span::from_s(60);
/// The boundary plays no part for a track that is farther than this many of its sigmas.
const FAR_SIGMAS: f64 = 7.0;

/// The detector and its state.
pub(crate) struct AirspaceEntry {
    params: EntryParams,
    pairs: BTreeMap<(TrackId, AirspaceId), Pair>,
    again: again::Again,
    scratch: drawn::Scratch,
}

impl AirspaceEntry {
    fn new(params: &EntryParams) -> Self {
        Self {
            params: params.clone(),
            pairs: BTreeMap::new(),
            again: again::Again::default(),
            scratch: drawn::Scratch::default(),
        }
    }

    /// Follows one track against one airspace.
    fn follow(&mut self, track: &Track, watched: &Watched, site: &Site, view: &TickView<'_>, out: &mut Vec<Judgement>) {
        let now = view.now;
        let key = (track.id, watched.airspace.id);
        let known = self.pairs.contains_key(&key);
        let place = track.position.lat_lon();
        let spread = spread(track);
        let reach_m = self.params.near_m.max(FAR_SIGMAS * spread.largest_sigma_m());
        let outside_far = watched.boundary.at_least_m(place) > reach_m && !watched.boundary.inside(place);
        let in_the_air = !track.on_ground || track.identity.contradicted_since.is_some();
        if !known && (outside_far || !in_the_air || self.pairs.len() >= MAX_PAIRS) {
            return;
        }
        let Some(sample) = self.sample(track, watched, site, now) else {
            return;
        };
        let permission = site.permissions.judge(track, &watched.airspace.code, now);
        let pair = self.pairs.entry(key).or_insert_with(|| Pair::new(now, track, &sample));
        // The lost one may be shown for some seconds more.
        if pair.same_as.is_none() && now - track.born <= FOUND_WITHIN {
            pair.same_as = self.again.same_as(track);
        }
        if pair.begins_again(&sample, &self.params) {
            out.extend(pair.last_word(now, None, true));
            pair.begin_again(&sample);
        }
        let standing = Standing { now, distance_m: sample.distance_m, sigma_m: sample.sigma_m, height: sample.height };
        if pair.drawn.is_none() && Drawn::in_doubt(track, &standing) {
            pair.drawn = Some(Box::new(Drawn::new(now, pair.before_doubt(), pair.distances())));
        }
        if let Some(drawn) = &mut pair.drawn {
            let by = By { ways: view.ways, sigma: &site.border_sigma, params: &self.params };
            drawn.follow(track, watched, &standing, by, &mut self.scratch);
        }
        pair.step(track, &sample, &self.params);
        // What is permitted is told apart by its name.
        if pair.state > EntryState::Near && !is_settled(&permission) {
            self.again.note(track);
        }
        pair.permission = permission;
        if pair.is_over(&sample, reach_m, now, &self.params) {
            out.extend(pair.last_word(now, None, true));
            self.pairs.remove(&key);
            return;
        }
        if let Some(judgement) = pair.judgement(track, watched, &sample, now, &self.params) {
            out.push(judgement);
        }
    }

    /// Where the track stands against the boundary now; `None` when it is far and there is nothing to follow.
    fn sample(&self, track: &Track, watched: &Watched, site: &Site, now: Time) -> Option<Sample> {
        let place = track.position.lat_lon();
        let spread = spread(track);
        let active = watched.airspace.active(now);
        let judged = watched.boundary.judge(place, spread, &site.border_sigma)?;
        let (lateral, distance_m) = (judged.inside, judged.nearest.distance_m);
        let vertical = vertical(track, &watched.airspace, now);
        let (height_share, height_known) = match vertical {
            Vertical::Within(p) => (p, true),
            Vertical::Undetermined => (1.0, false),
        };
        if !distance_m.is_finite() {
            return None;
        }
        let in_the_air = !track.on_ground || track.identity.contradicted_since.is_some();
        let inside = if active && in_the_air { lateral * height_share } else { 0.0 };
        let height = if active && in_the_air { height_share } else { 0.0 };
        let sigma_m = hypot(spread.largest_sigma_m(), site.border_sigma.of(judged.nearest.class));
        let fresh = now - track.updated <= EntryParams::span(self.params.stale_s);
        Some(Sample { time: now, place, inside, distance_m, sigma_m, height, fresh, height_known })
    }

    /// Tracks that are not shown any more: after `left_s` it is said that they are lost, after `rejoin_s` they are forgotten. One that is
    /// shown again before goes on in its row. What never came further than near is forgotten at once.
    fn follow_unseen(&mut self, view: &TickView<'_>, out: &mut Vec<Judgement>) {
        let (lost_after, over_after) = (EntryParams::span(self.params.left_s), EntryParams::span(self.params.rejoin_s));
        self.pairs.retain(|(track, _), pair| {
            if view.track(*track).is_some_and(Track::is_confirmed) {
                return true;
            }
            let unseen_for = view.now - *pair.unseen_since.get_or_insert(view.now);
            let is_lost = unseen_for >= lost_after;
            let over = is_lost && (pair.state == EntryState::Near || unseen_for > over_after);
            if over || is_lost && !pair.told.lost {
                out.extend(pair.last_word(view.now, Some(pair.observed_at), over));
            }
            !over
        });
    }
}

/// What the way of a whole track says of its passage over a watched border, with the method of the ledger: for a track that has ended.
#[must_use]
pub fn passage_of(track: TrackId, way: Way, watched: &Watched, site: &Site, params: &EntryParams) -> Option<Passage> {
    let by = By { ways: WaysOf::default(), sigma: &site.border_sigma, params };
    drawn::whole(track, way, watched, by)
}

/// Horizontal covariance of a track's place.
pub(crate) fn spread(track: &Track) -> Spread {
    let c = &track.covariance;
    Spread { east_m2: c.get(0, 0), cross_m2: c.get(0, 1), north_m2: c.get(1, 1) }
}

impl Detector for AirspaceEntry {
    fn assess(&mut self, view: &TickView<'_>, site: &Site, out: &mut Vec<Judgement>) {
        self.follow_unseen(view, out);
        self.again.forget(view.now, EntryParams::span(self.params.rejoin_s));
        for track in view.tracks.iter().filter(|track| track.is_confirmed()) {
            for watched in &site.watched {
                self.follow(track, watched, site, view, out);
            }
        }
    }

    fn awaits(&self, out: &mut Vec<TrackId>) {
        out.extend(self.pairs.iter().filter(|(_, pair)| pair.awaits()).map(|((track, _), _)| *track));
    }

    fn look(&mut self, view: &TickView<'_>, site: &Site, out: &mut Vec<Judgement>) {
        for track in view.tracks {
            for watched in &site.watched {
                if self.pairs.get(&(track.id, watched.airspace.id)).is_some_and(Pair::awaits) {
                    self.follow(track, watched, site, view, out);
                }
            }
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.pairs.encode(out);
        self.again.encode(out);
    }

    fn restore(&mut self, reader: &mut Reader<'_>) -> Result<(), CanonError> {
        self.pairs = skypicket_model::Canon::decode(reader)?;
        self.again = skypicket_model::Canon::decode(reader)?;
        Ok(())
    }

    fn renumber(&mut self, to: &Renumbering) {
        let former = std::mem::take(&mut self.pairs);
        for ((track, airspace), mut pair) in former {
            let airspace = to.airspace(airspace);
            if !airspace.is_gone() {
                if let Some(form) = &mut pair.final_form {
                    to.assessment(&mut form.assessment);
                }
                self.pairs.insert((track, airspace), pair);
            }
        }
    }
}

/// Whether a track that is not followed here has been measured often enough, and for long enough, to be more than a few false plots in a row:
/// in the mean as often as maturity asks for.
pub(crate) fn is_mature_by_rate(track: &Track, now: Time, params: &EntryParams) -> bool {
    let age_s = (now - track.born).s();
    let seldom_s = params.updates_within_s / f64::from(params.updates.max(1));
    track.updates >= params.updates && age_s >= params.age_s && age_s <= f64::from(track.updates) * seldom_s
}

/// Whether a permission leaves nothing for an operator to look at.
pub(crate) const fn is_settled(permission: &Permission) -> bool {
    matches!(permission, Permission::Permitted { .. })
}
