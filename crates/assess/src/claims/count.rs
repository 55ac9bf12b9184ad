//! Counts: a distribution with the claim's referent, area and time, or what is held as a lower bound of it.

use std::collections::BTreeMap;

use skypicket_model::claim::Referent;
use skypicket_model::{Time, TrackId};

use super::rate::{Ground, Weighed, Why, verdict};
use super::{Findings, Outlines, ReportFinding, Reported};

/// So near to a state's border a crossing counts as one across it, metres: three borders do not meet nearer anywhere that a claim tells apart.
const ACROSS_M: f64 = 5_000.0;
/// Numbers told apart; what is beyond lies in the last.
const MAX_COUNT: usize = 1_024;

/// What is asked.
pub(super) struct Asked<'a> {
    pub(super) referent: Referent,
    pub(super) least: u32,
    pub(super) most: Option<u32>,
    pub(super) area: &'a str,
    pub(super) across: &'a str,
    pub(super) window: (Time, Time),
}

pub(super) fn weigh(asked: &Asked<'_>, findings: &Findings, outlines: &Outlines) -> Weighed {
    let counted = asked.across.is_empty().then(|| honest(asked, findings)).flatten();
    let (held, grounds) = held(asked, findings, outlines);
    let (honest, first, probabilities) = match counted {
        Some(count) => (true, count.first, count.probabilities.clone()),
        None => (false, 0, held),
    };
    let sum = |keep: &dyn Fn(u32) -> bool| -> f64 {
        let numbers = (first..).zip(&probabilities);
        numbers.filter(|(n, _)| keep(*n)).map(|(_, p)| p).sum::<f64>().clamp(0.0, 1.0)
    };
    let at_least = sum(&|n| n >= asked.least);
    let beyond = asked.most.map_or(0.0, |most| sum(&|n| n > most));
    let within = (at_least - beyond).max(0.0);
    let reasons = [Some(spread(first, &probabilities, honest)), (!honest).then_some(Why::MoreMayBeUnseen)];
    if !asked.across.is_empty() && !outlines.0.contains_key(asked.across) {
        return Weighed::of(None).because([Why::NoOutline]);
    }
    let mut weighed = Weighed::of(Some(within)).because(reasons.into_iter().flatten()).resting_on(grounds);
    if !honest {
        // More may have come than is held: what is held can show that there were enough, or too many, and nothing else.
        let shown = match asked.most {
            None => verdict(Some(at_least.max(0.5))),
            Some(_) => verdict(Some((1.0 - beyond).min(0.5))),
        };
        weighed.verdict = shown;
    }
    weighed
}

fn honest<'f>(asked: &Asked<'_>, findings: &'f Findings) -> Option<&'f super::CountFinding> {
    let (from, until) = asked.window;
    let of_this = findings.counts.iter().filter(|count| {
        count.referent == asked.referent
            && findings.is_area(asked.area, &count.area)
            && count.from <= until
            && from <= count.until
    });
    of_this.max_by_key(|count| count.until)
}

/// The expected number of objects that entered, and whether that is a count rather than twice what is held.
pub(super) fn expected_entered(window: (Time, Time), findings: &Findings) -> (f64, bool) {
    let asked = Asked { referent: Referent::Entered, least: 0, most: None, area: "", across: "", window };
    match honest(&asked, findings) {
        Some(count) => {
            let numbers = (count.first..).zip(&count.probabilities);
            (numbers.map(|(n, p)| f64::from(n) * p).sum(), true)
        }
        // Nobody counted what was missed: as many are taken to be unseen as are seen.
        None => (2.0 * entered(&asked, findings).values().sum::<f64>(), false),
    }
}

/// Each track's probability of having entered, of those without permission.
fn entered(asked: &Asked<'_>, findings: &Findings) -> BTreeMap<TrackId, f64> {
    let (from, until) = asked.window;
    let mut of_track = BTreeMap::new();
    for entry in findings.entries.iter().filter(|entry| !entry.permitted) {
        let began = entry.entered.map_or(entry.last, |entered| entered.time);
        if began > until || entry.last < from || !findings.is_area(asked.area, &entry.airspace) {
            continue;
        }
        let p = of_track.entry(entry.track).or_insert(0.0_f64);
        *p = p.max(entry.probability);
    }
    of_track
}

fn held(asked: &Asked<'_>, findings: &Findings, outlines: &Outlines) -> (Vec<f64>, Vec<Ground>) {
    match asked.referent {
        Referent::Entered => {
            let mut of_track = entered(asked, findings);
            if !asked.across.is_empty() {
                for entry in &findings.entries {
                    let far = |place| outlines.distance_m(asked.across, place).is_none_or(|m| m > ACROSS_M);
                    if entry.place.is_none_or(far) {
                        of_track.remove(&entry.track);
                    }
                }
            }
            of_rows(of_track)
        }
        Referent::InsideNow => {
            // At the last moment that is spoken of.
            let at = asked.window.1;
            let inside = findings.entries.iter().filter(|entry| {
                let came = entry.entered.is_none_or(|entered| entered.time <= at);
                !entry.permitted
                    && findings.is_area(asked.area, &entry.airspace)
                    && came
                    && entry.gone.is_none_or(|gone| gone > at)
            });
            of_rows(inside.map(|entry| (entry.track, entry.probability)).collect())
        }
        Referent::ReportedShotDown => of_reports(asked, findings, &|report| report.kind == Reported::BroughtDown),
        Referent::Wrecks => of_reports(asked, findings, &|report| report.kind == Reported::CameDown),
        Referent::WrecksNoDrone => {
            of_reports(asked, findings, &|report| report.kind == Reported::CameDown && report.drone == Some(false))
        }
    }
}

fn of_rows(of_track: BTreeMap<TrackId, f64>) -> (Vec<f64>, Vec<Ground>) {
    let probabilities: Vec<f64> = of_track.values().copied().collect();
    // Those that say most first.
    let mut tracks: Vec<(TrackId, f64)> = of_track.into_iter().collect();
    tracks.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    tracks.truncate(super::rate::MAX_GROUNDS);
    (sum_of(&probabilities), tracks.into_iter().map(|(track, _)| Ground::Row(track)).collect())
}

fn of_reports(asked: &Asked<'_>, findings: &Findings, is: &dyn Fn(&ReportFinding) -> bool) -> (Vec<f64>, Vec<Ground>) {
    let (from, until) = asked.window;
    let of_these: Vec<&ReportFinding> =
        findings.reports.iter().filter(|report| is(report) && report.from <= until && from <= report.until).collect();
    let probabilities: Vec<f64> = of_these.iter().map(|report| report.confidence).collect();
    (sum_of(&probabilities), of_these.iter().map(|report| Ground::Report(report.number)).collect())
}

/// The distribution of how many of independent things are so.
fn sum_of(probabilities: &[f64]) -> Vec<f64> {
    let mut sum = vec![1.0];
    for p in probabilities.iter().map(|p| p.clamp(0.0, 1.0)) {
        let mut next = vec![0.0; (sum.len() + 1).min(MAX_COUNT)];
        let last = next.len() - 1;
        for (n, q) in sum.iter().enumerate() {
            next[n.min(last)] += q * (1.0 - p);
            next[(n + 1).min(last)] += q * p;
        }
        sum = next;
    }
    sum
}

/// 5 %, most likely and 95 % of a distribution.
fn spread(first: u32, probabilities: &[f64], honest: bool) -> Why {
    let (mut least, mut likely, mut most) = (None, first, None);
    let (mut below, mut highest) = (0.0, -1.0);
    for (n, p) in (first..).zip(probabilities) {
        below += p;
        if least.is_none() && below >= 0.05 {
            least = Some(n);
        }
        if most.is_none() && below >= 0.95 {
            most = Some(n);
        }
        if *p > highest {
            (highest, likely) = (*p, n);
        }
    }
    let least = least.unwrap_or(first);
    Why::Counted { least, likely, most: most.unwrap_or(likely.max(least)), honest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn independent_things_add_up() {
        let sum = sum_of(&[1.0, 1.0, 0.5]);
        assert!(sum.iter().zip([0.0, 0.0, 0.5, 0.5]).all(|(p, q)| (p - q).abs() < 1e-12), "{sum:?}");
        let many = sum_of(&vec![1.0; MAX_COUNT + 500]);
        assert_eq!(many.len(), MAX_COUNT);
        assert!((many[MAX_COUNT - 1] - 1.0).abs() < 1e-9);
        assert_eq!(spread(3, &[0.04, 0.5, 0.46], true), Why::Counted { least: 4, likely: 4, most: 5, honest: true });
    }
}
