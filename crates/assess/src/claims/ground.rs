//! What is held against reports from the ground and places of entry: places, depths, damage, causes.

use skypicket_model::claim::{Affected, ClaimPlace, ClaimedCause, EventKind};
use skypicket_model::math::{exp, normal_cdf, pow};
use skypicket_model::{LatLon, Time};

use super::count::{Expected, expected_entered};
use super::rate::{Ground, Weighed, Why, verdict};
use super::{EntryFinding, Findings, Outlines, ReportFinding, Reported};

/// Of a normal distribution over a plane so many sigmas of each axis hold 90 %: √(2 ln 10).
const SIGMAS_OF_90: f64 = 2.145_966_026_289_347;
/// The least spread of depths that a few ends can show, metres: an hour's flight of the slowest is more.
const LEAST_SPREAD_M: f64 = 10_000.0;

fn in_window(kind: Reported, window: (Time, Time), findings: &Findings) -> impl Iterator<Item = &ReportFinding> {
    let of_kind = findings.reports.iter().filter(move |report| report.kind == kind);
    of_kind.filter(move |report| report.from <= window.1 && window.0 <= report.until)
}

/// How far apart two places are beyond what either is unsure by, metres; 0 where they may be one.
fn apart_m(place: &ClaimPlace, at: LatLon, radius_90_m: f64) -> f64 {
    (place.place.rough_distance_m(at) - place.radius_90_m - radius_90_m).max(0.0)
}

fn near(place: Option<&ClaimPlace>, report: &ReportFinding) -> bool {
    place.is_none_or(|place| apart_m(place, report.place, report.radius_90_m) <= 0.0)
}

/// Something happened there: what is not reported may have happened all the same.
pub(super) fn place(event: EventKind, place: &ClaimPlace, window: (Time, Time), findings: &Findings) -> Weighed {
    let mut not_so = 1.0;
    let (mut grounds, mut reasons) = (Vec::new(), Vec::new());
    if matches!(event, EventKind::Entry | EventKind::FirstEntry | EventKind::LastEntry) {
        for entry in findings.entries.iter().filter(|entry| !entry.permitted) {
            let Some(at) = entry.place else { continue };
            let timely = entry.entered.is_some_and(|entered| (window.0..=window.1).contains(&entered.time));
            if timely && apart_m(place, at, 0.0) <= 0.0 {
                not_so *= 1.0 - entry.probability;
                grounds.push(Ground::Row(entry.track));
                let distance_m = place.place.rough_distance_m(at);
                reasons.push(Why::CrossedNear { distance_m });
            }
        }
    } else {
        for kind in [Reported::CameDown, Reported::BroughtDown] {
            for report in in_window(kind, window, findings).filter(|report| near(Some(place), report)) {
                not_so *= 1.0 - report.confidence;
                grounds.push(Ground::Report(report.number));
                reasons.push(Why::Reported { number: report.number, confidence: report.confidence });
            }
        }
    }
    if grounds.is_empty() {
        return Weighed::of(None).because([Why::NoReport]);
    }
    reasons.truncate(4);
    let mut weighed = Weighed::of(Some(1.0 - not_so)).because(reasons).resting_on(grounds);
    weighed.verdict = verdict(Some((1.0 - not_so).max(0.5)));
    weighed
}

/// One end, or one row: how deep, one sigma, how sure.
struct End {
    depth_m: f64,
    sigma_m: f64,
    confidence: f64,
    ground: Ground,
}

/// Something came so deep: no less than `least_m`, and nothing more than `most_m`.
pub(super) fn depth(
    least_m: f64,
    most_m: Option<f64>,
    from: &str,
    window: (Time, Time),
    findings: &Findings,
    outlines: &Outlines,
) -> Weighed {
    if !from.is_empty() && !outlines.0.contains_key(from) {
        return Weighed::of(None).because([Why::NoOutline]);
    }
    let ends = ends(from, window, findings, outlines);
    let sure: Vec<&End> = ends.iter().filter(|end| end.confidence >= 0.5).collect();
    let Some(deepest) = sure.iter().max_by(|a, b| a.depth_m.total_cmp(&b.depth_m)) else {
        return Weighed::of(None).because([Why::NothingHeld]);
    };
    let exceeds = |limit_m: f64| {
        let none = ends.iter().map(|end| 1.0 - end.confidence * normal_cdf((end.depth_m - limit_m) / end.sigma_m));
        1.0 - none.product::<f64>()
    };
    // One more of n is as likely as any to be the deepest; how far it lies beyond them falls as depths themselves do.
    let n = sure.len() as f64;
    let spread_m = (sure.iter().map(|end| end.depth_m).sum::<f64>() / n).max(LEAST_SPREAD_M);
    let Expected { entered, counted, .. } = expected_entered(window, findings);
    let unaccounted = (entered - n).max(0.0);
    let further = |limit_m: f64| {
        let one = exp(-(limit_m - deepest.depth_m).max(0.0) / spread_m) / (n + 1.0);
        1.0 - pow(1.0 - one, unaccounted)
    };
    let reached = 1.0 - (1.0 - exceeds(least_m)) * (1.0 - further(least_m));
    let not_more = most_m.map_or(1.0, |most| (1.0 - exceeds(most)) * (1.0 - further(most)));
    let reasons = [
        Why::DeepestKnown { depth_m: deepest.depth_m, ends: sure.len() as u32, from: from.to_owned() },
        Why::Unaccounted { expected: unaccounted, assumed: !counted },
    ];
    Weighed::of(Some(reached * not_more)).because(reasons).resting_on([deepest.ground])
}

fn ends(from: &str, window: (Time, Time), findings: &Findings, outlines: &Outlines) -> Vec<End> {
    let border_of = |place: LatLon| {
        if from.is_empty() {
            findings.watched.iter().filter_map(|code| outlines.distance_m(code, place)).reduce(f64::min)
        } else {
            outlines.distance_m(from, place)
        }
    };
    let inside = |place: LatLon| findings.watched.iter().any(|code| outlines.holds(code, place) != Some(false));
    let reported = in_window(Reported::CameDown, window, findings).filter(|report| report.drone != Some(false));
    let mut ends: Vec<End> = reported
        .filter(|report| inside(report.place))
        .filter_map(|report| {
            let sigma_m = (report.radius_90_m / SIGMAS_OF_90).max(1.0);
            let ground = Ground::Report(report.number);
            border_of(report.place).map(|depth_m| End { depth_m, sigma_m, confidence: report.confidence, ground })
        })
        .collect();
    if from.is_empty() {
        let rows = findings.entries.iter().filter(|entry| !entry.permitted && findings.is_area("", &entry.airspace));
        let begun = |entry: &&EntryFinding| entry.entered.as_ref().is_none_or(|at| at.time <= window.1);
        let timely = rows.filter(|entry| entry.last >= window.0).filter(begun);
        ends.extend(timely.map(|entry| End {
            depth_m: entry.depth_m,
            sigma_m: entry.depth_sigma_m.max(1.0),
            confidence: entry.probability,
            ground: Ground::Row(entry.track),
        }));
    }
    ends
}

/// Something was damaged, or nothing was. That none is reported is no evidence that there was none.
pub(super) fn damage(
    happened: bool,
    place: Option<&ClaimPlace>,
    area: &str,
    window: (Time, Time),
    findings: &Findings,
    outlines: &Outlines,
) -> Weighed {
    let codes: Vec<&str> =
        if area.is_empty() { findings.watched.iter().map(String::as_str).collect() } else { vec![area] };
    let there = |at: LatLon| codes.iter().any(|code| outlines.holds(code, at) != Some(false));
    let reports: Vec<&ReportFinding> = in_window(Reported::Damage, window, findings)
        .filter(|report| near(place, report) && there(report.place))
        .collect();
    if reports.is_empty() {
        return Weighed::of(None).because([Why::NoReport]);
    }
    let none: f64 = reports.iter().map(|report| 1.0 - report.confidence).product();
    let probability = if happened { 1.0 - none } else { none };
    let reasons = reports.iter().take(4).flat_map(|report| {
        let (cause, confidence) = report.cause.map_or((None, 0.0), |(cause, confidence)| (Some(cause), confidence));
        let number = report.number;
        [Why::Reported { number, confidence: report.confidence }, Why::CauseApart { number, cause, confidence }]
    });
    let mut weighed = Weighed::of(Some(probability));
    if happened {
        weighed.verdict = verdict(Some(probability.max(0.5)));
    }
    weighed.because(reasons).resting_on(reports.iter().map(|report| Ground::Report(report.number)))
}

/// Why: only what reports state of a cause tells, for or against.
pub(super) fn cause(
    of: Affected,
    place: Option<&ClaimPlace>,
    cause: ClaimedCause,
    window: (Time, Time),
    findings: &Findings,
) -> Weighed {
    let kinds: &[Reported] = match of {
        Affected::ObjectsDown => &[Reported::CameDown, Reported::BroughtDown],
        Affected::Damage => &[Reported::Damage, Reported::CameDown],
    };
    let (mut speaks_for, mut against) = (0.0_f64, 0.0_f64);
    let (mut grounds, mut reasons) = (Vec::new(), Vec::new());
    // Of all of them one place says nothing: what is held against it must be of the place.
    let reports = kinds.iter().flat_map(|kind| in_window(*kind, window, findings));
    for report in reports.filter(|report| place.is_some() && near(place, report)) {
        let number = report.number;
        let stated = report.cause.map(|(stated, confidence)| (stated, confidence * report.confidence));
        match stated {
            Some((stated, sure)) if stated == cause => speaks_for = speaks_for.max(sure),
            Some((_, sure)) => against = against.max(sure),
            None => {}
        }
        if cause == ClaimedCause::Drone && report.drone == Some(false) {
            against = against.max(report.confidence);
        }
        if stated.is_some() || report.drone.is_some() {
            grounds.push(Ground::Report(number));
            reasons.push(Why::CauseApart {
                number,
                cause: stated.map(|(cause, _)| cause),
                confidence: stated.map_or(0.0, |(_, sure)| sure),
            });
        }
    }
    if grounds.is_empty() {
        return Weighed::of(None).because([Why::NoReport]);
    }
    // Each side is right as far as the other is not.
    let (yes, no) = (speaks_for * (1.0 - against), against * (1.0 - speaks_for));
    let rest = (1.0 - speaks_for) * (1.0 - against);
    let probability = (yes + 0.5 * rest) / (yes + no + rest).max(1e-12);
    reasons.truncate(4);
    Weighed::of(Some(probability)).because(reasons).resting_on(grounds)
}
