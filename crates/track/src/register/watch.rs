//! Watch: which radars cannot be believed as the others are, and when they can again.
//!
//! Three signs. The answer of the least-squares problem lies beyond what a radar's set-up can leave over: its range, north, tilt or clock
//! is wrong, and correcting it would hide that. Its pairs lean to one side although its biases were known: they change, so that
//! what was learned is forgotten. Its pairs do not fit, or it holds objects that no other holds while it misses those of the
//! others: its place or north is wrong by more than any gate. Such a radar is demoted: nothing of it teaches others, its plots weigh
//! little in tracks that others hold, and what it does not see counts against nobody. Nothing that it sees is dropped. Each threshold
//! to come back lies below that to go.

use crate::events::TrackEvent;
use crate::register::equation::{Node, PAIR_GATE, Surprise};
use crate::register::{STATES, is_radar};
use crate::tracker::Tracker;
use skypicket_model::sensor::Misalignment;
use skypicket_model::{Span, Time};

/// Weight of a new pair in the running means: about the last 32 pairs.
const WEIGHT: f64 = 1.0 / 32.0;
/// Pairs before the means are believed.
const ENOUGH: u32 = 40;
/// A mean of normalised differences beyond this is a lean. Origin: six standard deviations of the mean, √(w/(2−w)) = 0.126 each.
const LEANS: f64 = 0.75;
/// … and below this it is none: three.
const UPRIGHT: f64 = 0.38;
/// A lean says something while the bias was known to this variance, in prior sigmas squared.
const KNOWN: f64 = 0.05;
/// What is kept of a radar's equations when its biases turn out to have changed.
const KEPT: f64 = 0.05;
/// Share of pairs beyond the gate at which a radar does not fit, and at which it fits again.
const MISFITS: f64 = 0.5;
const FITS: f64 = 0.1;
/// Prior sigmas of a bias at which it is no longer one of set-up, and at which it is again.
const BEYOND: f64 = 4.0;
const WITHIN: f64 = 3.0;
/// How long a demotion lasts at least.
const LEAST_S: i64 = 60;
/// How often it is counted who sees what.
const CENSUS_S: i64 = 30;
/// Counts in a row that decide.
const CENSUSES: u8 = 2;
/// Objects of others that a radar must miss before that says anything.
const LEAST_MISSED: u32 = 5;

/// What is watched of a radar.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Watch {
    /// Pairs judged since the start or the last change.
    judged: u32,
    /// Running share of pairs beyond the gate.
    misfit: f64,
    /// Running means of the normalised differences along range, azimuth, elevation.
    lean: [f64; 3],
    /// Counts in a row in which it missed what others hold and held what others miss, or met them.
    strange: u8,
    met: u8,
    /// Since when it is demoted, and why.
    pub demoted: Option<(Misalignment, Time)>,
}
skypicket_model::canon_struct!(Watch { judged, misfit, lean, strange, met, demoted });

impl Watch {
    /// Takes a pair: its distance, and its differences along the three axes in their own sigmas.
    pub(crate) fn judge(&mut self, surprise: &Surprise, along: [Option<f64>; 3]) {
        self.judged = self.judged.saturating_add(1);
        let wrong = if surprise.d2 > PAIR_GATE { 1.0 } else { 0.0 };
        self.misfit += WEIGHT * (wrong - self.misfit);
        for (mean, difference) in self.lean.iter_mut().zip(along) {
            if let Some(difference) = difference {
                *mean += WEIGHT * (difference - *mean);
            }
        }
    }

    fn most_lean(&self) -> f64 {
        self.lean.iter().fold(0.0, |most: f64, lean| most.max(lean.abs()))
    }

    fn begin_anew(&mut self) {
        *self = Self { strange: self.strange, met: self.met, demoted: self.demoted, ..Self::default() };
    }
}

/// Whether the bias `k` of a radar was known well enough that a lean along it is a change.
pub(crate) fn is_known(node: &Node, k: usize) -> bool {
    node.covariance[k][k] < KNOWN
}

/// What becomes of a radar.
enum Verdict {
    Demote(Misalignment),
    /// Demoted as drifting already, and drifting on.
    StillDrifts,
    Restore,
}

fn verdict(node: &Node, now: Time) -> Option<Verdict> {
    const KINDS: [Misalignment; STATES] =
        [Misalignment::Range, Misalignment::North, Misalignment::Tilt, Misalignment::Clock];
    let watch = &node.watch;
    // Surely beyond, by two sigma of what is known; of the worst one, in its own measure.
    let beyond = |k: usize| node.estimate[k].abs() - 2.0 * node.covariance[k][k].max(0.0).sqrt() - BEYOND;
    let leans = watch.judged >= ENOUGH && watch.most_lean() > LEANS;
    let misfits = watch.judged >= ENOUGH && watch.misfit > MISFITS;
    let worst = (0..STATES).max_by(|a, b| beyond(*a).total_cmp(&beyond(*b))).filter(|k| beyond(*k) > 0.0);
    let Some((why, since)) = watch.demoted else {
        return match worst {
            Some(k) => Some(Verdict::Demote(KINDS[k])),
            _ if misfits || watch.strange >= CENSUSES => Some(Verdict::Demote(Misalignment::Place)),
            _ if leans => Some(Verdict::Demote(Misalignment::Drift)),
            _ => None,
        };
    };
    if why == Misalignment::Drift && leans {
        return Some(Verdict::StillDrifts);
    }
    if let Some(k) = worst.filter(|_| why == Misalignment::Place) {
        // Weighed less, its plots meet those of others, and tell what is wrong.
        return Some(Verdict::Demote(KINDS[k]));
    }
    let fits = watch.judged >= ENOUGH && watch.misfit < FITS;
    let within = (0..STATES).all(|k| node.estimate[k].abs() < WITHIN);
    let good = match why {
        Misalignment::Drift => fits && watch.most_lean() < UPRIGHT,
        Misalignment::Place => within && watch.met >= CENSUSES && (watch.judged < ENOUGH || watch.misfit < FITS),
        _ => within,
    };
    (good && now - since >= Span::from_s(LEAST_S)).then_some(Verdict::Restore)
}

/// Once a second: demotes, restores and tells. Returns whether a radar's standing changed.
pub(crate) fn tick(tracker: &mut Tracker, now: Time, events: &mut Vec<TrackEvent>) {
    if tracker.network.counted.is_none_or(|counted| now - counted >= Span::from_s(CENSUS_S)) {
        tracker.network.counted = Some(now);
        census(tracker, now);
    }
    for index in 0..tracker.sensors.len() as u16 {
        let Some(verdict) = tracker.network.node(index).and_then(|node| verdict(node, now)) else { continue };
        let id = tracker.sensors[usize::from(index)].sensor.id;
        let node = tracker.network.node_mut(index);
        match verdict {
            Verdict::Demote(why) => {
                node.watch.demoted = Some((why, now));
                node.watch.begin_anew();
                if why == Misalignment::Drift {
                    tracker.network.forget(index, KEPT);
                }
                events.push(TrackEvent::Demoted(id, why));
            }
            Verdict::StillDrifts => {
                node.watch.demoted = Some((Misalignment::Drift, now));
                node.watch.begin_anew();
                tracker.network.forget(index, KEPT);
            }
            Verdict::Restore => {
                node.watch = Watch::default();
                events.push(TrackEvent::Restored(id));
            }
        }
        super::correct(tracker, index);
    }
}

/// Counts, for each radar, the objects of others that it sees, those that it misses though it should see them, and its own that no
/// other sees.
fn census(tracker: &mut Tracker, now: Time) {
    let fallback = Span::from_s_f64(tracker.params.period_default_s).unwrap_or(Span::ZERO);
    let since: Vec<Option<Time>> = tracker
        .sensors
        .iter()
        .map(|sensor| {
            let period = sensor.period.filter(|period| *period > Span::ZERO).unwrap_or(fallback);
            let since = now - period - period - period;
            (is_radar(sensor.sensor.kind) && sensor.site.is_some() && sensor.heard.is_some_and(|heard| heard >= since))
                .then_some(since)
        })
        .collect();
    if since.iter().flatten().count() == 0 {
        return;
    }
    let mut counts = vec![[0_u32; 3]; since.len()];
    for (track, hot) in tracker.tracks.iter().zip(&tracker.hot) {
        if !hot.alive || !track.confirmed {
            continue;
        }
        let sees = |index: usize| {
            since[index].is_some_and(|since| {
                track
                    .looks
                    .iter()
                    .any(|look| usize::from(look.sensor) == index && look.count >= 2 && look.last >= since)
            })
        };
        let reports = track
            .dossier
            .as_ref()
            .is_some_and(|d| !d.identity.is_doubted() && d.fused.is_some_and(|fused| now - fused < Span::from_s(10)));
        let seers = (0..since.len()).filter(|index| sees(*index)).count();
        if !reports && seers == 0 {
            continue;
        }
        let x = crate::gauss::along(&hot.x, (now - hot.time).s(), &hot.v);
        for index in (0..since.len()).filter(|index| since[*index].is_some()) {
            let own = sees(index);
            let others = reports || seers > usize::from(own);
            let slot = match (own, others) {
                (true, true) => 0,
                (false, true) if tracker.sensors[index].detects(&x, 0.0, 0.0) > 0.5 => 1,
                (true, false) => 2,
                _ => continue,
            };
            counts[index][slot] += 1;
        }
    }
    for (index, [both, missed, alone]) in counts.into_iter().enumerate() {
        if since[index].is_none() || both + missed == 0 {
            continue;
        }
        let watch = &mut tracker.network.node_mut(index as u16).watch;
        let strange = missed >= LEAST_MISSED && 5 * both <= both + missed && 2 * alone >= missed;
        let met = 2 * both >= both + missed;
        watch.strange = if strange { watch.strange.saturating_add(1) } else { 0 };
        watch.met = if met { watch.met.saturating_add(1) } else { 0 };
    }
}
