//! Whether something happens more often than before, given how much was looked and how much there was to see. Page: docs/trends.md.
//!
//! What is counted is negative binomial about rate × exposure. Two things are said of it: the rate of each week and since when it holds (`rate`), and
//! words of an escalation, so seldom without cause as was asked for (`watch`). Without exposure nothing is compared: after a
//! night that everybody talks of, more is reported and more is looked for.

mod rate;
mod watch;

pub use watch::Change;

/// Weeks looked at, at most: the last ones.
pub const MAX_WEEKS: usize = 520;
/// Weeks on either side of the ratio that is told: the last ones, and the most before them.
const RATIO_WEEKS: usize = 4;
const RATIO_BEFORE: usize = 26;
const YEAR_DAYS: f64 = 365.25;

/// What was counted in a while: a day or a week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// What was counted.
    pub count: u32,
    /// How much was looked, times how much there was to see: sensor hours × intensity of strikes next door where that is known. `None`: not known. More than 0.
    pub exposure: Option<f64>,
}

/// How often something is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// Each day; a week is seven of them, counted from the first.
    Day,
    /// Each week.
    Week,
}

impl Every {
    /// Looks in a week.
    #[must_use]
    pub const fn a_week(self) -> usize {
        match self {
            Self::Day => 7,
            Self::Week => 1,
        }
    }
}

/// What is said of one week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// What was counted where the exposure is known, else all that was.
    pub count: u32,
    /// Exposure of the looks where it is known.
    pub exposure: Option<f64>,
    /// Count over exposure; `None` where that is not known.
    pub rate: Option<f64>,
    /// The rate then, as far as the weeks up to then tell: mean and 90 % interval.
    pub mean: f64,
    /// See `mean`.
    pub low: f64,
    /// See `mean`.
    pub high: f64,
    /// The most that there was in that week of the evidence that is needed to tell an escalation: 1 is told.
    pub evidence: f64,
    /// An escalation was told in that week.
    pub told: bool,
}

/// A posterior ratio of two rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// Median.
    pub median: f64,
    /// 90 % interval.
    pub low: f64,
    /// See `low`.
    pub high: f64,
    /// Probability that it is more than 1.
    pub higher: f64,
}

/// Why nothing is told of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silent {
    /// The exposure of recent weeks, or of enough weeks before, is not known.
    NoExposure,
    /// There are too few weeks.
    TooShort,
}

/// What is said of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// One for each week looked at, oldest first; the last may not be over.
    pub points: Vec<Point>,
    /// Changes that were found, by their looks, oldest first. Those to *more* were told.
    pub changes: Vec<Change>,
    /// The last four weeks against those before, up to half a year; `None` where exposure is missing.
    pub ratio: Option<Ratio>,
    /// The week from which on the present rate most probably holds, counted as `points`, and how probable that is; where a change is more
    /// probable than none.
    pub changed: Option<(usize, f64)>,
    /// Why no escalation can be told now, if none can.
    pub silent: Option<Silent>,
}

/// Looks at a series, oldest first. Bounded: the last [`MAX_WEEKS`]. `false_a_year`: how many words of an escalation a year are borne without cause, for
/// this series; more than 0.
#[must_use]
pub fn trend(looks: &[Look], every: Every, false_a_year: f64) -> Trend {
    let a_week = every.a_week();
    let most = MAX_WEEKS * a_week;
    let looks = looks.get(looks.len().saturating_sub(most)..).unwrap_or_default();
    let weeks: Vec<Look> = looks.chunks(a_week).map(summed).collect();
    let watched = watch::watch(looks, a_week, YEAR_DAYS / false_a_year.max(1e-6));
    let Some(grid) = rate::Grid::new(&weeks) else {
        let points = weeks.iter().map(|week| Point {
            count: week.count,
            exposure: None,
            rate: None,
            mean: 0.0,
            low: 0.0,
            high: 0.0,
            evidence: 0.0,
            told: false,
        });
        return Trend {
            points: points.collect(),
            changes: Vec::new(),
            ratio: None,
            changed: None,
            silent: Some(Silent::NoExposure),
        };
    };
    let mut runs: Vec<rate::Runs> = rate::SHAPES.iter().map(|_| rate::Runs::default()).collect();
    let mut points: Vec<Point> = Vec::with_capacity(weeks.len());
    let shares = watched.share.chunks(a_week).map(|shares| shares.iter().copied().fold(0.0, f64::max));
    for (t, (week, evidence)) in weeks.iter().zip(shares).enumerate() {
        for (shape, runs) in runs.iter_mut().enumerate() {
            runs.step(&grid, shape, t);
        }
        let [low, mean, high] = rate::rate_now(&grid, &runs, t);
        let rate = week.exposure.map(|exposure| f64::from(week.count) / exposure);
        let told = watched.changes.iter().any(|change| change.more && change.found / a_week == t);
        points.push(Point { count: week.count, exposure: week.exposure, rate, mean, low, high, evidence, told });
    }
    let recent = weeks.len().saturating_sub(RATIO_WEEKS);
    let ratio = grid.ratio(&runs, recent.saturating_sub(RATIO_BEFORE)..recent, recent..weeks.len());
    let silent = silent(looks, a_week);
    Trend { points, changes: watched.changes, ratio, changed: rate::changed(&runs), silent }
}

/// Several looks as one: only what was counted where the exposure is known can be compared.
fn summed(looks: &[Look]) -> Look {
    let known = || looks.iter().filter(|look| look.exposure.is_some());
    if known().next().is_none() {
        return Look { count: looks.iter().map(|look| look.count).sum(), exposure: None };
    }
    Look { count: known().map(|look| look.count).sum(), exposure: Some(known().filter_map(|look| look.exposure).sum()) }
}

fn silent(looks: &[Look], a_week: usize) -> Option<Silent> {
    if looks.len() <= watch::LEAST_WEEKS * a_week {
        return Some(Silent::TooShort);
    }
    let known = looks.iter().filter(|look| look.exposure.is_some()).count();
    let lately = looks.iter().rev().take(RATIO_WEEKS * a_week).any(|look| look.exposure.is_some());
    (known <= watch::LEAST_WEEKS * a_week || !lately).then_some(Silent::NoExposure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weeks(counts: impl IntoIterator<Item = u32>) -> Vec<Look> {
        counts.into_iter().map(|count| Look { count, exposure: Some(100.0) }).collect()
    }

    /// Weeks as days: what is left over from whole sevenths comes on the first.
    fn days(counts: impl IntoIterator<Item = u32>) -> Vec<Look> {
        let day = |count: u32, day: u32| count / 7 + u32::from(day < count % 7);
        let of = |count: u32| (0..7).map(move |k| Look { count: day(count, (3 * k) % 7), exposure: Some(100.0 / 7.0) });
        counts.into_iter().flat_map(of).collect()
    }

    const STEADY: [u32; 13] = [5, 4, 7, 5, 3, 6, 5, 8, 4, 5, 6, 2, 5];

    fn told(trend: &Trend) -> Vec<usize> {
        trend.changes.iter().filter(|change| change.more).map(|change| change.found).collect()
    }

    #[test]
    fn a_doubling_is_told_and_steady_weeks_are_not() {
        let steady = trend(&weeks(STEADY.repeat(3)), Every::Week, 1.0);
        assert!(steady.points.iter().all(|point| !point.told), "{steady:?}");
        assert_eq!((steady.changed, steady.silent), (None, None));
        let ratio = steady.ratio.expect("all is known");
        assert!(ratio.low < 1.0 && ratio.high > 1.0, "{ratio:?}");
        let last = steady.points.last().expect("a point");
        assert!(last.low < 0.05 && 0.05 < last.high, "5 in 100 hours: {last:?}");
        let doubled = trend(&weeks([STEADY.repeat(2), vec![11, 9, 13, 10]].concat()), Every::Week, 1.0);
        assert!(told(&doubled).iter().all(|week| (26..29).contains(week)) && told(&doubled).len() == 1, "{doubled:?}");
        assert!(doubled.points[told(&doubled)[0]].told);
        assert!(doubled.changed.is_some_and(|(week, _)| (25..28).contains(&week)), "{:?}", doubled.changed);
        assert!(doubled.ratio.is_some_and(|ratio| ratio.low > 1.2 && ratio.median > 1.6));
    }

    #[test]
    fn days_tell_before_their_week_is_over_and_what_is_told_later_changes_nothing() {
        let all = days([STEADY.repeat(2), vec![14, 15, 13, 14]].concat());
        let said = trend(&all, Every::Day, 1.0);
        let first = told(&said);
        assert!(first.len() == 1 && (185..196).contains(&first[0]), "{first:?}");
        assert!((180..188).contains(&said.changes[0].since), "{:?}", said.changes);
        // As known on that day.
        let then = trend(&all[..=first[0]], Every::Day, 1.0);
        assert_eq!(then.changes, said.changes);
        assert!(told(&trend(&all[..first[0]], Every::Day, 1.0)).is_empty());
        // For many series each is told more seldom.
        let seldom = told(&trend(&all, Every::Day, 0.01));
        assert!(seldom.first().is_none_or(|day| *day > first[0]), "{seldom:?}");
        assert_eq!(trend(&all, Every::Day, 1.0).points.len(), 30);
    }

    #[test]
    fn a_second_rise_is_told_and_a_fall_is_not() {
        let counts = [STEADY.repeat(2), vec![15; 12], vec![40; 4], vec![5; 12], vec![15; 4]].concat();
        let said = trend(&days(counts), Every::Day, 1.0);
        let ups: Vec<usize> = told(&said).iter().map(|day| day / 7).collect();
        assert!(ups.len() == 3, "{:?}", said.changes);
        assert!((26..28).contains(&ups[0]) && (38..40).contains(&ups[1]) && (54..57).contains(&ups[2]), "{ups:?}");
        let fall = said.changes.iter().find(|change| !change.more).expect("a fall");
        assert!((42..46).contains(&(fall.since / 7)) && fall.found / 7 < 54, "{:?}", said.changes);
    }

    #[test]
    fn twice_the_looking_is_no_escalation_and_without_exposure_nothing_is_told() {
        let mut looked: Vec<Look> = weeks(STEADY.repeat(2));
        looked.extend([11, 9, 13, 10].map(|count| Look { count, exposure: Some(200.0) }));
        assert!(told(&trend(&looked, Every::Week, 1.0)).is_empty());
        let mut unknown: Vec<Look> = weeks(STEADY.repeat(2));
        unknown.extend([11, 19, 23, 20].map(|count| Look { count, exposure: None }));
        let said = trend(&unknown, Every::Week, 1.0);
        assert!(said.points.iter().all(|point| !point.told));
        assert_eq!((said.ratio, said.silent), (None, Some(Silent::NoExposure)));
        let nothing = trend(&[Look { count: 3, exposure: None }; 30], Every::Week, 1.0);
        assert_eq!(nothing.silent, Some(Silent::NoExposure));
        assert_eq!(trend(&weeks([5, 6]), Every::Week, 1.0).silent, Some(Silent::TooShort));
        assert!(trend(&[], Every::Day, 1.0).points.is_empty());
    }
}
