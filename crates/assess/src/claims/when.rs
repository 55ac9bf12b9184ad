//! Times: each candidate held against when the first or the last was.

use skypicket_model::claim::{EventKind, Moment};
use skypicket_model::math::{exp, normal_cdf, pow};
use skypicket_model::{Span, Time};

use super::count::{Expected, expected_entered};
use super::rate::{Ground, Part, PartOf, Weighed, Why, verdict};
use super::{Findings, Instant, Reported};

/// Spread of a stretch of time as that of a normal distribution: that of a uniform one, its half length over √3.
const HALF_TO_SIGMA: f64 = 0.577_350_269_189_625_8;

/// One thing that happened, and the probability that it did.
struct Happened {
    at: Instant,
    probability: f64,
    ground: Ground,
}

pub(super) fn weigh(event: EventKind, moments: &[Moment], window: (Time, Time), findings: &Findings) -> Weighed {
    let all = match event {
        EventKind::FirstEntry | EventKind::LastEntry | EventKind::Entry => entries(window, findings),
        EventKind::LastBroughtDown => reports(Reported::BroughtDown, window, findings),
        EventKind::CameDown => reports(Reported::CameDown, window, findings),
        EventKind::Named => Vec::new(),
    };
    if all.iter().map(|one| one.probability).sum::<f64>() < 0.5 {
        return Weighed::of(None).because([Why::NothingHeld]);
    }
    let any = matches!(event, EventKind::Entry | EventKind::CameDown);
    let held = Held::of(&all, event, window, findings);
    let parts: Vec<Part> = moments
        .iter()
        .map(|moment| {
            let probability = if any { within(&all, moment) } else { held.probability(&all, moment) };
            // Of some among many the ones not seen may have been then.
            let verdict = if any { verdict(Some(probability.max(0.5))) } else { verdict(Some(probability)) };
            let of = PartOf::Candidate { from: moment.from, until: moment.until, zone: moment.zone.clone() };
            Part { of, verdict, probability: Some(probability) }
        })
        .collect();
    // In the speaker's favour: the candidate that fits best.
    let best = parts.iter().filter_map(|part| part.probability).fold(0.0, f64::max);
    let mut weighed = Weighed::of(Some(best)).resting_on(held.grounds(&all));
    if any {
        weighed.verdict = verdict(Some(best.max(0.5)));
        weighed.reasons.push(Why::MoreMayBeUnseen);
    } else {
        let (expected, assumed) = (held.unseen, held.assumed);
        weighed.reasons.push(Why::HeldAt { last: held.last, time: held.extreme.time, sigma: held.extreme.sigma });
        weighed.reasons.push(Why::Unaccounted { expected, assumed });
    }
    weighed.parts = parts;
    weighed
}

fn entries(window: (Time, Time), findings: &Findings) -> Vec<Happened> {
    let of_interest = findings.entries.iter().filter(|entry| !entry.permitted && findings.is_area("", &entry.airspace));
    of_interest
        .filter_map(|entry| {
            let at = entry.entered.filter(|entered| (window.0..=window.1).contains(&entered.time))?;
            Some(Happened { at, probability: entry.probability, ground: Ground::Row(entry.track) })
        })
        .collect()
}

fn reports(kind: Reported, window: (Time, Time), findings: &Findings) -> Vec<Happened> {
    let of_kind = findings.reports.iter().filter(|report| report.kind == kind);
    of_kind
        .filter(|report| report.from <= window.1 && window.0 <= report.until)
        .map(|report| {
            let half_s = (report.until - report.from).s() * 0.5;
            let middle = report.from + Span::from_s_f64(half_s).unwrap_or(Span::ZERO);
            // People's clocks: to the minute.
            let sigma = Span::from_s_f64((half_s * HALF_TO_SIGMA).max(60.0)).unwrap_or(Span::ZERO);
            let at = Instant { time: middle, sigma };
            Happened { at, probability: report.confidence, ground: Ground::Report(report.number) }
        })
        .collect()
}

/// P(it was no later than that).
fn by(at: Instant, time: Time) -> f64 {
    normal_cdf((time - at.time).s() / at.sigma.s().max(1e-3))
}

/// P(at least one of them was then).
fn within(all: &[Happened], moment: &Moment) -> f64 {
    let none = all.iter().map(|one| 1.0 - one.probability * (by(one.at, moment.until) - by(one.at, moment.from)));
    1.0 - none.product::<f64>()
}

/// The first or the last of what is held, and what may have come unseen.
struct Held {
    last: bool,
    extreme: Instant,
    /// Expected number of those not seen, and whether nobody counted them.
    unseen: f64,
    assumed: bool,
    /// Expected number of those seen, and the usual time between two of them, s.
    seen: f64,
    between_s: f64,
}

impl Held {
    fn of(all: &[Happened], event: EventKind, window: (Time, Time), findings: &Findings) -> Self {
        let last = matches!(event, EventKind::LastEntry | EventKind::LastBroughtDown);
        let likely = || all.iter().filter(|one| one.probability >= 0.5).map(|one| one.at);
        let first_of = likely().min_by_key(|at| at.time);
        let last_of = likely().max_by_key(|at| at.time);
        let none = Instant { time: Time::EPOCH, sigma: Span::ZERO };
        let (first, end) = (first_of.unwrap_or(none), last_of.unwrap_or(none));
        let seen: f64 = all.iter().map(|one| one.probability).sum();
        let Expected { entered, untracked, counted } = expected_entered(window, findings);
        // Brought down may be whatever entered and is not known to have ended.
        let unseen = if event == EventKind::LastBroughtDown {
            let down = [Reported::CameDown, Reported::BroughtDown];
            let ends = down.iter().flat_map(|kind| reports(*kind, window, findings)).map(|one| one.probability);
            (entered - ends.sum::<f64>()).max(0.0)
        } else {
            untracked
        };
        let between_s = ((end.time - first.time).s() / seen.max(1.0)).max(60.0);
        Self { last, extreme: if last { end } else { first }, unseen, assumed: !counted, seen, between_s }
    }

    /// P(the first, or the last, was then): of what is held, or of what was not seen.
    fn probability(&self, all: &[Happened], moment: &Moment) -> f64 {
        // P(none by then), or for the last P(none after).
        let none = |time: Time| -> f64 {
            let here = |one: &Happened| if self.last { 1.0 - by(one.at, time) } else { by(one.at, time) };
            all.iter().map(|one| 1.0 - one.probability * here(one)).product()
        };
        let held = (none(moment.from) - none(moment.until)).abs();
        held.max(self.beyond(moment))
    }

    /// P(one that was not seen was the first, and then). One more of n is as likely as any to be the outermost; how far it lies beyond them falls as
    /// the usual distance between two does.
    fn beyond(&self, moment: &Moment) -> f64 {
        let further = |excess_s: f64| {
            let one = exp(-excess_s.max(0.0) / self.between_s) / (self.seen + 1.0);
            1.0 - pow(1.0 - one, self.unseen)
        };
        let (near, far) = if self.last { (moment.from, moment.until) } else { (moment.until, moment.from) };
        let excess_s = |time: Time| {
            let s = (time - self.extreme.time).s();
            if self.last { s } else { -s }
        };
        if excess_s(far) <= 0.0 { 0.0 } else { further(excess_s(near)) - further(excess_s(far)) }
    }

    fn grounds(&self, all: &[Happened]) -> Vec<Ground> {
        let mut ordered: Vec<&Happened> = all.iter().collect();
        ordered.sort_by_key(|one| ((one.at.time - self.extreme.time).abs(), one.ground));
        ordered.iter().take(4).map(|one| one.ground).collect()
    }
}
