//! Pairs of track and border: what was told of each, what a simpler method would have told, and what was true.

use crate::play::{Made, border_sigma, boundary, moment, play, seconds};
use skypicket_assess::geometry::{Boundary, Spread};
use skypicket_assess::predicted_entry::foretell;
use skypicket_engine::Engine;
use skypicket_model::assessment::{Entry, EntryState, Finding};
use skypicket_model::passage::Range;
use skypicket_model::way::mixed;
use skypicket_model::{Airspace, LatLon, Passage, Subject, Track, TrackId};
use skypicket_sim::calibration::worlds::{MIDDLE, Truth, truth};
use skypicket_sim::rng::Rng;
use skypicket_sim::trial::Trial;
use std::collections::{BTreeMap, VecDeque};

/// The project's definition of a stay, seconds.
pub(crate) const STAY_S: f64 = 20.0;
/// A track this far from a flight is not its track, metres.
const SAME_M: f64 = 2500.0;

/// What was told at one moment, and until when the evidence reached.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    pub(crate) at_s: f64,
    pub(crate) updated_s: f64,
    pub(crate) entered: f64,
    pub(crate) touched: f64,
    pub(crate) naive: Naive,
    /// P(enters within 5 minutes), by the detector and by the straight course; `None` inside.
    pub(crate) ahead: Option<(f64, f64)>,
}

/// What simpler methods tell.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Naive {
    /// The estimate was inside at some moment.
    pub(crate) any: f64,
    /// The estimate was inside for the length of a stay.
    pub(crate) stay: f64,
    /// The greatest P(inside) of any moment.
    pub(crate) most: f64,
    /// The least P(inside) of the best stretch as long as a stay: the method before.
    pub(crate) pointwise: f64,
    /// P(inside) reached 0.99 at some moment.
    pub(crate) sure: f64,
    /// The estimate was inside of a generalised map's line at some moment.
    pub(crate) generalised: f64,
}

/// One pair.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) born_s: f64,
    pub(crate) random: Told,
    pub(crate) ahead: Option<Told>,
    pub(crate) last: Told,
    pub(crate) state: EntryState,
    pub(crate) passage: Option<Passage>,
    /// Looks at which a figure of the row lay outside of the interval that stood beside it.
    pub(crate) outside_own: usize,
    /// Rows of the ledger: after five minutes outside a track that comes in begins another.
    pub(crate) rows: usize,
    /// The place's own 1-sigma to the east at the end, metres.
    pub(crate) sigma_m: f64,
    pub(crate) truth: Truth,
    pub(crate) truth_then: Truth,
    /// It is inside within five minutes of `ahead`.
    pub(crate) comes: bool,
}

struct Following {
    votes: BTreeMap<usize, u32>,
    born_s: f64,
    seen: u64,
    outside: u64,
    naive: Naive,
    window: VecDeque<(f64, f64, f64)>,
    random: Told,
    ahead: Option<Told>,
    last: Told,
    state: EntryState,
    passage: Option<Passage>,
    outside_own: usize,
    rows: usize,
    sigma_m: f64,
}

/// Whether a figure that the row tells lies outside of its own 90 % interval.
fn outside_own(entry: &Entry) -> bool {
    fn out<T: PartialOrd>(value: Option<T>, of: Option<Range<T>>) -> bool {
        matches!((value, of), (Some(value), Some(of)) if value < of.low || value > of.high)
    }
    let Some(passage) = entry.passage.as_deref() else { return false };
    out(entry.entered_at, passage.entered_at)
        || out(Some(entry.depth_m), passage.depth_m)
        || out(Some(entry.inside_for), passage.inside_for)
        || out(entry.left_at, passage.left_at)
}

/// Plays a world and gives its pairs. `shift_m` is where the true border lies against the data's.
pub(crate) fn pairs(trial: &Trial, airspace: &Airspace, made: &Made, shift_m: f64, random: u64) -> Vec<Pair> {
    let boundary = boundary(airspace);
    let mut followed: BTreeMap<TrackId, Following> = BTreeMap::new();
    play(trial, core::slice::from_ref(airspace), made, |now_s, engine| {
        look(trial, &boundary, made, now_s, engine, random, &mut followed);
    });
    let distance_m = |place: LatLon| boundary.signed_distance_m(place) + shift_m;
    let mut pairs = Vec::new();
    for following in followed.into_values() {
        let Some((target, _)) = following.votes.iter().max_by_key(|(_, votes)| **votes).map(|(t, v)| (*t, *v)) else {
            continue;
        };
        // Only what has a row in the ledger, and only flights that the world is about.
        if following.seen == 0 || trial.targets[target].kind == "airliner" {
            continue;
        }
        let flown = &trial.targets[target].flown;
        let until = |told: &Told| truth(flown, (following.born_s, told.updated_s), STAY_S, distance_m);
        let comes = following
            .ahead
            .is_some_and(|told| truth(flown, (told.at_s, told.at_s + 300.0), STAY_S, distance_m).touched);
        pairs.push(Pair {
            born_s: following.born_s,
            truth: until(&following.last),
            truth_then: until(&following.random),
            comes,
            random: following.random,
            ahead: following.ahead,
            last: following.last,
            state: following.state,
            passage: following.passage,
            outside_own: following.outside_own,
            rows: following.rows,
            sigma_m: following.sigma_m,
        });
    }
    pairs
}

fn look(
    trial: &Trial,
    boundary: &Boundary,
    made: &Made,
    now_s: f64,
    engine: &Engine,
    random: u64,
    followed: &mut BTreeMap<TrackId, Following>,
) {
    let picture = engine.picture();
    // Of a track that came twice the surer row.
    let mut rows: BTreeMap<TrackId, &Entry> = BTreeMap::new();
    let mut many: BTreeMap<TrackId, usize> = BTreeMap::new();
    for row in picture.entries.iter() {
        if let (Finding::AirspaceEntry(entry), Subject::Track(track)) = (&row.finding, row.subject) {
            *many.entry(track).or_default() += 1;
            let known = rows.entry(track).or_insert(entry);
            if entry.entered_probability > known.entered_probability {
                *known = entry;
            }
        }
    }
    for shown in &picture.tracks {
        let track = &shown.track;
        let following = followed.entry(track.id).or_insert_with(|| Following {
            votes: BTreeMap::new(),
            // As far as it is held: what came before it was confirmed is in no way.
            born_s: now_s,
            seen: 0,
            outside: 0,
            naive: Naive::default(),
            window: VecDeque::new(),
            random: Told::default(),
            ahead: None,
            last: Told::default(),
            state: EntryState::Near,
            passage: None,
            outside_own: 0,
            rows: 0,
            sigma_m: 0.0,
        });
        if (now_s as i64) % 10 == 0
            && let Some(target) = nearest(trial, now_s, track)
        {
            *following.votes.entry(target).or_default() += 1;
        }
        let Some(judged) = boundary.judge(track.position.lat_lon(), spread(track), &border_sigma()) else { continue };
        following.simpler(now_s, judged.inside, judged.nearest.distance_m);
        following.sigma_m = track.covariance.get(0, 0).max(0.0).sqrt();
        if let Some(map) = &made.generalised {
            let along_m = (track.position.lat_deg - MIDDLE.lat_deg) * 111_250.0;
            if judged.nearest.distance_m < map.outside_m(random, along_m) {
                following.naive.generalised = 1.0;
            }
        }
        let Some(entry) = rows.get(&track.id) else { continue };
        let told = Told {
            at_s: now_s,
            updated_s: seconds(track.updated),
            entered: entry.entered_probability,
            touched: entry.passage.as_ref().map_or(following.naive.most, |passage| passage.touched_probability),
            naive: following.naive,
            ahead: None,
        };
        following.rows = following.rows.max(many.get(&track.id).copied().unwrap_or(1));
        following.seen += 1;
        following.last = told;
        following.state = entry.state;
        following.outside_own += usize::from(outside_own(entry));
        following.passage = entry.passage.as_deref().cloned();
        let chance = mixed(random ^ track.id.0 ^ (now_s as u64) << 20);
        if chance.is_multiple_of(following.seen) {
            following.random = told;
        }
        if judged.nearest.distance_m > 0.0 && now_s + 300.0 <= trial.duration_s {
            following.outside += 1;
            if mixed(chance).is_multiple_of(following.outside) {
                let foretold = foretell(track, boundary, &border_sigma(), &made.assess.predicted_entry);
                let straight = foretold.crossing.is_some_and(|(span, _)| span.s() <= 300.0);
                let ahead = Some((foretold.within[2], f64::from(u8::from(straight))));
                following.ahead = Some(Told { ahead, ..told });
            }
        }
    }
}

impl Following {
    fn simpler(&mut self, now_s: f64, inside: f64, distance_m: f64) {
        self.window.push_back((now_s, inside, distance_m));
        while self.window.get(1).is_some_and(|(time_s, ..)| *time_s <= now_s - STAY_S) {
            self.window.pop_front();
        }
        let full = self.window.front().is_some_and(|(time_s, ..)| *time_s <= now_s - STAY_S);
        let naive = &mut self.naive;
        naive.most = naive.most.max(inside);
        if distance_m < 0.0 {
            naive.any = 1.0;
        }
        if inside >= 0.99 {
            naive.sure = 1.0;
        }
        if full {
            if self.window.iter().all(|(_, _, distance_m)| *distance_m < 0.0) {
                naive.stay = 1.0;
            }
            naive.pointwise = naive.pointwise.max(self.window.iter().fold(1.0, |least, (_, p, _)| p.min(least)));
        }
    }
}

fn spread(track: &Track) -> Spread {
    let c = &track.covariance;
    Spread { east_m2: c.get(0, 0), cross_m2: c.get(0, 1), north_m2: c.get(1, 1) }
}

fn nearest(trial: &Trial, now_s: f64, track: &Track) -> Option<usize> {
    let at = track.position.to_ecef();
    let apart = trial
        .targets
        .iter()
        .enumerate()
        .filter_map(|(number, target)| Some(((target.flown.at(now_s)?.position - at).norm(), number)));
    let (apart_m, number) = apart.min_by(|a, b| a.0.total_cmp(&b.0))?;
    (apart_m < SAME_M).then_some(number)
}

/// Where the true border lies against the data's: one draw of the border's own sigma.
pub(crate) fn border_shift_m(seed: u64) -> f64 {
    border_sigma().land_m * Rng::named(seed, "true border").normal()
}

/// How far an estimated moment is from the true one, seconds.
pub(crate) fn off_s(time: skypicket_model::Time, true_s: f64) -> f64 {
    (time - moment(true_s)).s()
}
