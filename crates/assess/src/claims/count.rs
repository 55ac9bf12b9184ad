//! Counts: a distribution with the claim's referent, area and time, or what is held as a lower bound of it.

use std::collections::BTreeMap;

use skypicket_model::{Referent, Span, Time, TrackId};

use super::rate::{Ground, Weighed, Why, verdict};
use super::{CountFinding, EntryFinding, Findings, Outlines, ReportFinding, Reported};

/// So near to a state's border a crossing counts as one across it, metres: three borders do not meet nearer anywhere that a claim tells apart.
const ACROSS_M: f64 = 5_000.0;
/// A count is of what a claim speaks of when no more objects are expected to be in one of the two alone.
const STRAY: f64 = 0.5;
/// What is inside now is counted anew each half minute.
const SAME_MOMENT: Span = Span::from_s(60);
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
    if !asked.across.is_empty() && !outlines.0.contains_key(asked.across) {
        return Weighed::of(None).because([Why::NoOutline]);
    }
    let (held, grounds) = held(asked, findings, outlines, Time::MAX);
    let count = asked.across.is_empty().then(|| counted(asked, findings, outlines)).flatten();
    let (first, numbers, as_of) =
        count.map_or((0, &held, findings.as_of), |count| (count.first, &count.probabilities, count.until));
    let p = within(first, numbers, asked.least, asked.most);
    // What is missed is in the count of what flies, where something was there to be counted; reports are those that were told here.
    let whole = count.is_some_and(|count| count.weighed > 0 && !of_the_ground(asked.referent));
    let spread = spread(asked, first, numbers, as_of, whole);
    if whole {
        return Weighed::of(Some(p)).because([spread]).resting_on(grounds);
    }
    // More may have come than is held: what is held can show that there were enough, or too many, and nothing else.
    let shown = match asked.most {
        None => p.max(0.5),
        Some(_) if count.is_some() => within(first, numbers, 0, asked.most).min(0.5),
        Some(_) => {
            // What was told of later was perhaps found later.
            let told_by = if grows(asked.referent) { asked.window.1 } else { Time::MAX };
            within(0, &self::held(asked, findings, outlines, told_by).0, 0, asked.most).min(0.5)
        }
    };
    let mut weighed = Weighed::of(Some(p)).because([spread, Why::MoreMayBeUnseen]).resting_on(grounds);
    weighed.verdict = verdict(Some(shown));
    weighed
}

/// Counted of reports, which are those that were told here.
const fn of_the_ground(referent: Referent) -> bool {
    matches!(referent, Referent::ReportedShotDown | Referent::Wrecks | Referent::WrecksNoDrones)
}

/// P(no fewer than `least` and no more than `most`).
fn within(first: u32, probabilities: &[f64], least: u32, most: Option<u32>) -> f64 {
    let numbers = (first..).zip(probabilities);
    let so = numbers.filter(|(n, _)| *n >= least && most.is_none_or(|most| *n <= most));
    so.map(|(_, p)| p).fold(0.0, |sum, p| sum + p).clamp(0.0, 1.0)
}

/// Numbers that change by the hour: a claim of them is of the moment when it was made.
const fn grows(referent: Referent) -> bool {
    matches!(referent, Referent::InsideNow | Referent::Wrecks | Referent::WrecksNoDrones)
}

/// The count that a claim is held against: of the same referent and area, and of what the claim speaks of. The last such.
fn counted<'f>(asked: &Asked<'_>, findings: &'f Findings, outlines: &Outlines) -> Option<&'f CountFinding> {
    let (from, until) = asked.window;
    let of_area = |count: &&CountFinding| findings.is_area(asked.area, &count.area);
    let of_this = findings.counts.iter().filter(|count| count.referent == asked.referent).filter(of_area);
    let of_this: Vec<&CountFinding> = of_this.collect();
    // Of several watched states each has its own count, and who flew into two is in both.
    if of_this.iter().any(|count| of_this.first().is_some_and(|first| first.area != count.area)) {
        return None;
    }
    let timely = of_this.into_iter().filter(|count| match asked.referent {
        Referent::InsideNow => count.until <= until && until - count.until <= SAME_MOMENT,
        Referent::Wrecks | Referent::WrecksNoDrones => count.until <= until && from <= count.until,
        Referent::ObjectsEntered | Referent::ReportedShotDown => count.from <= until && from <= count.until,
    });
    timely.filter(|count| is_of_the_same(asked, count, findings, outlines)).max_by_key(|count| count.until)
}

/// Whether a count counts what a claim speaks of: what is held of the one stretch of time lies in the other, but for [`STRAY`] objects.
fn is_of_the_same(asked: &Asked<'_>, count: &CountFinding, findings: &Findings, outlines: &Outlines) -> bool {
    let (from, until) = asked.window;
    let mut stray = 0.0;
    match asked.referent {
        Referent::InsideNow => {}
        Referent::ObjectsEntered => {
            for entry in findings.entries.iter().filter(|entry| !entry.permitted && entry.airspace == count.area) {
                let began = entry.entered.map_or(entry.last, |entered| entered.time);
                let asked_for = began <= until && from <= entry.last;
                let counted = began <= count.until && count.from <= entry.last;
                if asked_for != counted {
                    stray += entry.probability * new_object(entry, findings);
                }
            }
        }
        Referent::ReportedShotDown | Referent::Wrecks | Referent::WrecksNoDrones => {
            for report in reports(asked, findings, outlines) {
                let asked_for = report.from <= until && from <= report.until;
                let counted = count.from <= report.until && report.filed <= count.until;
                if asked_for != counted {
                    stray += report.confidence;
                }
            }
        }
    }
    stray <= STRAY
}

/// The expected number of objects that entered, how many of them no track tells of, and whether that is a count rather than an assumption.
pub(super) fn expected_entered(window: (Time, Time), findings: &Findings) -> Expected {
    // No border and no area is asked for.
    let outlines = &Outlines::default();
    let asked = Asked { referent: Referent::ObjectsEntered, least: 0, most: None, area: "", across: "", window };
    match counted(&asked, findings, outlines) {
        Some(count) => {
            let numbers = (count.first..).zip(&count.probabilities);
            let entered = numbers.map(|(n, p)| f64::from(n) * p).sum();
            Expected { entered, untracked: count.untracked, counted: true }
        }
        // Nobody counted what was missed: as many are taken to be unseen as are seen.
        None => {
            let seen = entered(&asked, findings, outlines).values().sum::<f64>();
            Expected { entered: 2.0 * seen, untracked: seen, counted: false }
        }
    }
}

/// Objects expected to have entered.
pub(super) struct Expected {
    pub(super) entered: f64,
    /// Of these, no track tells of so many.
    pub(super) untracked: f64,
    pub(super) counted: bool,
}

/// Each track's probability of having entered, across the border that is asked for, of those without permission: of its rows there the highest.
fn entered(asked: &Asked<'_>, findings: &Findings, outlines: &Outlines) -> BTreeMap<TrackId, f64> {
    let (from, until) = asked.window;
    let mut of_track = BTreeMap::new();
    for entry in findings.entries.iter().filter(|entry| !entry.permitted) {
        let began = entry.entered.map_or(entry.last, |entered| entered.time);
        let there = findings.is_area(asked.area, &entry.airspace) && came_across(asked, entry, outlines);
        if began > until || entry.last < from || !there {
            continue;
        }
        let p = of_track.entry(entry.track).or_insert(0.0_f64);
        *p = p.max(entry.probability * new_object(entry, findings));
    }
    of_track
}

/// P(it is no earlier track's object, lost and found again, that entered before).
fn new_object(entry: &EntryFinding, findings: &Findings) -> f64 {
    let Some((earlier, same)) = entry.goes_on else { return 1.0 };
    let before = findings.entries.iter().filter(|row| row.track == earlier && row.airspace == entry.airspace);
    1.0 - same * before.map(|row| row.probability).fold(0.0, f64::max)
}

/// What is held, of reports what was told by `told_by`.
fn held(asked: &Asked<'_>, findings: &Findings, outlines: &Outlines, told_by: Time) -> (Vec<f64>, Vec<Ground>) {
    match asked.referent {
        Referent::ObjectsEntered => of_rows(entered(asked, findings, outlines)),
        Referent::InsideNow => {
            // At the last moment that is spoken of.
            let at = asked.window.1;
            let inside = findings.entries.iter().filter(|entry| {
                let came = entry.entered.is_none_or(|entered| entered.time <= at);
                !entry.permitted
                    && findings.is_area(asked.area, &entry.airspace)
                    && came_across(asked, entry, outlines)
                    && came
                    && entry.gone.is_none_or(|gone| gone > at)
            });
            of_rows(inside.map(|entry| (entry.track, entry.probability)).collect())
        }
        Referent::ReportedShotDown | Referent::Wrecks | Referent::WrecksNoDrones => {
            of_reports(asked, findings, outlines, told_by)
        }
    }
}

fn is_of(referent: Referent, report: &ReportFinding) -> bool {
    match referent {
        Referent::ReportedShotDown => report.kind == Reported::BroughtDown,
        Referent::Wrecks => report.kind == Reported::CameDown,
        Referent::WrecksNoDrones => report.kind == Reported::CameDown && report.drone == Some(false),
        Referent::ObjectsEntered | Referent::InsideNow => false,
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

/// Whether a row's crossing lies at the border that is asked for, where one is.
fn came_across(asked: &Asked<'_>, entry: &EntryFinding, outlines: &Outlines) -> bool {
    let near = |place| outlines.distance_m(asked.across, place).is_some_and(|m| m <= ACROSS_M);
    asked.across.is_empty() || entry.place.is_some_and(near)
}

/// Reports of what is counted, from within the area that is asked for. Where its outline is not at hand every place may lie in it.
fn reports<'f>(
    asked: &'f Asked<'_>,
    findings: &'f Findings,
    outlines: &'f Outlines,
) -> impl Iterator<Item = &'f ReportFinding> {
    let within = move |code: &str, report: &ReportFinding| outlines.holds(code, report.place) != Some(false);
    findings.reports.iter().filter(|report| is_of(asked.referent, report)).filter(move |report| {
        if asked.area.is_empty() {
            findings.watched.is_empty() || findings.watched.iter().any(|code| within(code, report))
        } else {
            within(asked.area, report)
        }
    })
}

fn of_reports(asked: &Asked<'_>, findings: &Findings, outlines: &Outlines, told_by: Time) -> (Vec<f64>, Vec<Ground>) {
    let (from, until) = asked.window;
    let of_these = reports(asked, findings, outlines).filter(|report| report.filed <= told_by);
    let of_these: Vec<&ReportFinding> =
        of_these.filter(|report| report.from <= until && from <= report.until).collect();
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
fn spread(asked: &Asked<'_>, first: u32, probabilities: &[f64], as_of: Time, honest: bool) -> Why {
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
    let most = most.unwrap_or(likely.max(least));
    Why::Counted { referent: asked.referent, area: asked.area.to_owned(), as_of, least, likely, most, honest }
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
        let (window, as_of) = ((Time::EPOCH, Time::EPOCH), Time::from_s(5));
        let asked = Asked { referent: Referent::Wrecks, least: 0, most: None, area: "POL", across: "", window };
        assert_eq!(
            spread(&asked, 3, &[0.04, 0.5, 0.46], as_of, true),
            Why::Counted {
                referent: Referent::Wrecks,
                area: "POL".to_owned(),
                as_of,
                least: 4,
                likely: 4,
                most: 5,
                honest: true
            }
        );
    }
}
