//! `skypicket trends`: whether something happens more often than before, given how much was looked. docs/trends.md.

use super::Outcome;
use super::ui::out;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use skypicket_assess::trends::{Change, Every, Look, MAX_WEEKS, Point, Silent, Trend, trend};
use skypicket_model::{Span, Time};
use std::collections::BTreeMap;
use std::path::PathBuf;

mod plot;

/// Longest history file, bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Most series of one file.
const MAX_SERIES: usize = 256;
const DAY: Span = Span::from_s(86_400);

/// Shown under the help.
const EXAMPLE: &str = "\
For example:
  skypicket trends skypicket-data                        what the program counted while it watched
  skypicket trends mine.csv --form json --plot mine.svg  a history of your own, such as

    day,sector,kind,count,sensor_hours,strike_intensity
    2025-09-08,east,entries,1,216,0.8
    2025-09-09,east,entries,19,214,2.1";

/// Trends of weekly counts with exposure.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct TrendsArgs {
    /// The history: CSV with the columns day (or week), sector, kind, count, sensor_hours, strike_intensity; or the folder of a journal, beside which
    /// the program keeps one.
    file: PathBuf,
    /// How many words of an escalation a year are borne without cause, over all sectors and kinds together.
    #[arg(long, default_value_t = 1.0, value_parser = a_year)]
    false_a_year: f64,
    /// How the result is written.
    #[arg(long, value_enum, default_value = "table")]
    form: Form,
    /// Also write a plot here, as SVG.
    #[arg(long)]
    plot: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    Table,
    /// One object a series, one a line.
    Json,
}

/// One line of the history.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    count: u32,
    hours: Option<f64>,
    intensity: Option<f64>,
}

/// A sector and a kind, with its weeks.
#[derive(Clone, Debug)]
pub(super) struct Series {
    sector: String,
    kind: String,
    /// When the first look begins, and how long each is.
    first: Time,
    length: Span,
    every: Every,
    trend: Trend,
    /// The intensity of strikes next door is in the exposure.
    by_intensity: bool,
    /// How many words a year it may tell without cause.
    false_a_year: f64,
}

pub(super) fn run(args: &TrendsArgs) -> Outcome {
    let file = if args.file.is_dir() { args.file.join(crate::history::FILE) } else { args.file.clone() };
    let shown = file.display();
    let size = std::fs::metadata(&file).with_context(|| format!("{shown} cannot be read"))?.len();
    if size > MAX_BYTES {
        bail!("{shown} has {size} bytes, must have at most {MAX_BYTES}");
    }
    let text = std::fs::read_to_string(&file).with_context(|| format!("{shown} cannot be read"))?;
    let all = read(&text, args.false_a_year).with_context(|| shown.to_string())?;
    for series in &all {
        match args.form {
            Form::Json => out(&series.json().to_string())?,
            Form::Table => series.table().iter().try_for_each(|line| out(line))?,
        }
    }
    if let Some(path) = &args.plot {
        std::fs::write(path, plot::svg(&all)).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(0)
}

fn a_year(text: &str) -> Result<f64, String> {
    let read = text.parse::<f64>().ok().filter(|value| (1e-3..=52.0).contains(value));
    read.ok_or_else(|| format!("is \"{text}\", must be a number from 0.001 to 52"))
}

/// Reads a history and works its trends out.
fn read(text: &str, false_a_year: f64) -> anyhow::Result<Vec<Series>> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (_, head) = lines.next().context("line 1: the file is empty, wanted a header")?;
    let names: Vec<&str> = head.split(',').map(str::trim).collect();
    let column = |name: &str| names.iter().position(|known| *known == name);
    let need = |name: &str| column(name).with_context(|| format!("line 1: there is no column \"{name}\""));
    let every = if column("day").is_some() { Every::Day } else { Every::Week };
    let (unit, length) = if every == Every::Day { ("day", DAY) } else { ("week", Span::from_ns(7 * DAY.ns())) };
    let (day, sector, kind, count) = (need(unit)?, need("sector")?, need("kind")?, need("count")?);
    let (hours, intensity) = (need("sensor_hours")?, column("strike_intensity"));
    let mut series: BTreeMap<(String, String), BTreeMap<Time, Line>> = BTreeMap::new();
    for (number, line) in lines {
        let at = number + 1;
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let field = |column: usize| fields.get(column).copied().unwrap_or_default();
        let time = Time::parse(&format!("{}T00:00:00Z", field(day)))
            .with_context(|| format!("line {at}: {unit} is \"{}\", must be a date such as 2025-09-08", field(day)))?;
        let amount = |name: &str, column: Option<usize>| -> anyhow::Result<Option<f64>> {
            let text = column.map(field).unwrap_or_default();
            if text.is_empty() {
                return Ok(None);
            }
            let read = text.parse::<f64>().ok().filter(|value| (0.0..=1e9).contains(value));
            let value =
                read.with_context(|| format!("line {at}: {name} is \"{text}\", must be a number of 0 or more"))?;
            Ok((value > 0.0).then_some(value))
        };
        let line = Line {
            count: field(count)
                .parse()
                .ok()
                .filter(|count| *count <= 1_000_000)
                .with_context(|| format!("line {at}: count is \"{}\", must be a whole number", field(count)))?,
            hours: amount("sensor_hours", Some(hours))?,
            intensity: amount("strike_intensity", intensity)?,
        };
        let key = (field(sector).to_owned(), field(kind).to_owned());
        if series.entry(key).or_default().insert(time, line).is_some() {
            bail!("line {at}: {} {} {} is there twice", field(day), field(sector), field(kind));
        }
        if series.len() > MAX_SERIES {
            bail!("line {at}: more than {MAX_SERIES} sectors and kinds");
        }
    }
    // What is borne is borne once, however many are watched.
    let each = false_a_year / series.len().max(1) as f64;
    let one = |((sector, kind), lines)| Series::new(sector, kind, &lines, (every, length), each);
    series.into_iter().map(one).collect()
}

impl Series {
    fn new(
        sector: String,
        kind: String,
        lines: &BTreeMap<Time, Line>,
        (every, length): (Every, Span),
        false_a_year: f64,
    ) -> anyhow::Result<Self> {
        let (Some(first), Some(last)) = (lines.keys().next().copied(), lines.keys().next_back()) else {
            bail!("{sector} {kind}: there is nothing of it")
        };
        let n = (*last - first).ns() / length.ns() + 1;
        let most = (MAX_WEEKS * every.a_week()) as i64;
        if n > most {
            bail!("{sector} {kind}: {n} lines, must be at most {most}: leave out the oldest");
        }
        // In part known it would compare weeks that are not corrected with weeks that are.
        let watched = || lines.values().filter(|line| line.hours.is_some());
        let by_intensity = watched().count() > 0 && watched().all(|line| line.intensity.is_some());
        let mut looks = Vec::new();
        let mut found = 0;
        for i in 0..n {
            let line = lines.get(&(first + Span::from_ns(i * length.ns())));
            found += usize::from(line.is_some());
            let exposure = line.and_then(|line| Some(line.hours? * if by_intensity { line.intensity? } else { 1.0 }));
            looks.push(Look { count: line.map_or(0, |line| line.count), exposure });
        }
        if found < lines.len() {
            let whole = |time: &&Time| (**time - first).ns() % length.ns() != 0;
            let off = lines.keys().find(whole).copied().unwrap_or(first);
            bail!("{sector} {kind}: {} is no whole number of weeks after {}", date(off), date(first));
        }
        let trend = trend(&looks, every, false_a_year);
        Ok(Self { sector, kind, first, length, every, trend, by_intensity, false_a_year })
    }

    /// The date of a look.
    fn at(&self, look: usize) -> String {
        date(self.first + Span::from_ns(look as i64 * self.length.ns()))
    }

    /// The first day of a week.
    fn day(&self, week: usize) -> String {
        self.at(week * self.every.a_week())
    }

    fn exposure(&self) -> &'static str {
        if self.by_intensity { "sensor hours × intensity of strikes next door" } else { "sensor hours" }
    }

    /// What is said of it, a line each.
    fn said(&self) -> Vec<String> {
        let mut said = Vec::new();
        match self.trend.silent {
            Some(Silent::NoExposure) => said.push("exposure is not known: nothing is compared".to_owned()),
            Some(Silent::TooShort) => said.push("too few weeks to compare".to_owned()),
            None => {}
        }
        if let Some(ratio) = self.trend.ratio {
            said.push(format!(
                "last four weeks against those before: {:.2} times as often ({:.2} to {:.2}), more often with {:.0} %",
                ratio.median,
                ratio.low,
                ratio.high,
                100.0 * ratio.higher
            ));
        }
        if let Some((week, probability)) = self.trend.changed {
            said.push(format!(
                "the rate changed, most probably with the week of {} ({:.0} %)",
                self.day(week),
                100.0 * probability
            ));
        }
        let unit = if self.every == Every::Day { "on" } else { "with the week of" };
        for change in &self.trend.changes {
            let (found, since) = (self.at(change.found), self.at(change.since));
            said.push(if change.more {
                format!("told {unit} {found}: more often than before, most probably since {since}")
            } else {
                format!("less often since {since}: since then it is compared anew")
            });
        }
        if self.trend.silent.is_none() {
            let evidence = self.trend.points.last().map_or(0.0, |point| point.evidence);
            said.push(format!(
                "now: {:.0} % of the evidence at which an escalation is told (at most {} a year without cause)",
                100.0 * evidence,
                words_a_year(self.false_a_year)
            ));
        }
        said
    }

    fn table(&self) -> Vec<String> {
        let mut lines = vec![format!("{} · {} (exposure: {})", self.sector, self.kind, self.exposure())];
        lines.extend(self.said().into_iter().map(|line| format!("  {line}")));
        lines.push("  week        count   exposure   rate now, 90 %, per 1000   evidence".to_owned());
        let from = self.trend.points.len().saturating_sub(12);
        for (week, point) in self.trend.points.iter().enumerate().skip(from) {
            let exposure = point.exposure.map_or_else(|| "unknown".to_owned(), amount_said);
            lines.push(format!(
                "  {}  {:>5} {exposure:>10}   {}   {:>6.0} %{}",
                self.day(week),
                point.count,
                band(point),
                100.0 * point.evidence,
                if point.told { "  told" } else { "" }
            ));
        }
        lines
    }

    fn json(&self) -> Value {
        let week = |(week, point): (usize, &Point)| {
            json!({
                "week": self.day(week), "count": point.count, "exposure": point.exposure, "rate": point.rate,
                "mean": point.mean, "low": point.low, "high": point.high, "evidence": point.evidence, "told": point.told,
            })
        };
        let weeks: Vec<Value> = self.trend.points.iter().enumerate().map(week).collect();
        let change = |change: &Change| json!({"found": self.at(change.found), "since": self.at(change.since), "more": change.more});
        let changes: Vec<Value> = self.trend.changes.iter().map(change).collect();
        let ratio = self
            .trend
            .ratio
            .map(|ratio| json!({"median": ratio.median, "low": ratio.low, "high": ratio.high, "higher": ratio.higher}));
        let changed = self.trend.changed.map(|(week, p)| json!({"week": self.day(week), "probability": p}));
        json!({
            "sector": self.sector, "kind": self.kind, "exposure": self.exposure(), "said": self.said(),
            "false_a_year": self.false_a_year, "ratio": ratio, "changed": changed, "changes": changes, "weeks": weeks,
        })
    }
}

fn date(time: Time) -> String {
    time.to_string().chars().take(10).collect()
}

/// 1500, 12, 3.4 or 0.05: what was looked a little is not nothing.
fn amount_said(amount: f64) -> String {
    match amount {
        ..0.01 => "< 0.01".to_owned(),
        ..1.0 => format!("{amount:.2}"),
        ..10.0 => format!("{amount:.1}"),
        _ => format!("{amount:.0}"),
    }
}

/// 1, 0.33 or 0.042: as many places as it takes.
fn words_a_year(a_year: f64) -> String {
    let places = if a_year >= 1.0 {
        0
    } else if a_year >= 0.1 {
        2
    } else {
        3
    };
    format!("{a_year:.places$}")
}

fn band(point: &Point) -> String {
    let per = |rate: f64| rate * 1000.0;
    format!("{:>7.2} ({:.2} to {:.2})", per(point.mean), per(point.low), per(point.high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn history(exposed: bool, every: Every) -> String {
        let unit = if every == Every::Day { "day" } else { "week" };
        let mut text = format!("{unit},sector,kind,count,sensor_hours,strike_intensity\n");
        let begin = Time::parse("2025-01-06T00:00:00Z").expect("a Monday");
        let a_week = every.a_week() as i64;
        for look in 0..30 * a_week {
            let week = look / a_week;
            let mut count = [5, 4, 6, 5, 7][(week % 5) as usize] * if week >= 26 { 3 } else { 1 };
            if every == Every::Day {
                count = count / 7 + i64::from((look * 3) % 7 < count % 7);
            }
            let hours = if exposed { "1500" } else { "" };
            let day = date(begin + Span::from_ns(look * 7 / a_week * DAY.ns()));
            let _ = writeln!(text, "{day},east,entries,{count},{hours},");
        }
        text
    }

    #[test]
    fn a_history_is_read_and_told() {
        let all = read(&history(true, Every::Week), 1.0).expect("it is right");
        let said = all[0].said().join("\n");
        assert!(said.contains("told with the week of 2025-07-"), "{said}");
        assert!(all[0].json()["ratio"]["median"].as_f64().is_some_and(|ratio| ratio > 2.0));
        assert!(plot::svg(&all).contains("east · entries"));
        let said = read(&history(false, Every::Week), 1.0).expect("it is right")[0].said().join("\n");
        assert_eq!(said, "exposure is not known: nothing is compared");
    }

    #[test]
    fn little_exposure_and_none_that_is_known_are_not_shown_as_nothing() {
        let text = "week,sector,kind,count,sensor_hours\n2025-01-06,e,n,4,0.2\n2025-01-13,e,n,4,0\n2025-01-20,e,n,4,\n\
                    2025-01-27,e,n,4,0.004\n2025-02-03,e,n,4,1500\n";
        let all = read(text, 1.0).expect("it is right");
        let shown = all[0].table();
        let of = |week: &str| {
            let line = shown.iter().find(|line| line.trim_start().starts_with(week)).expect("its line");
            line.split_whitespace().skip(2).take(2).collect::<Vec<_>>().join(" ")
        };
        for (week, exposure) in
            [("2025-01-06", "0.20"), ("2025-01-13", "unknown"), ("2025-01-20", "unknown"), ("2025-02-03", "1500")]
        {
            assert!(of(week).starts_with(exposure), "{week}: {}", of(week));
        }
        assert_eq!(of("2025-01-27"), "< 0.01");
    }

    #[test]
    fn days_are_told_earlier_and_shown_by_weeks() {
        let all = read(&history(true, Every::Day), 1.0).expect("it is right");
        let said = all[0].said().join("\n");
        assert!(said.contains("told on 2025-07-"), "{said}");
        assert_eq!(all[0].trend.points.len(), 30);
        assert!(all[0].table().last().is_some_and(|line| line.trim_start().starts_with("2025-07-28")));
    }

    #[test]
    fn what_is_borne_without_cause_is_shared_by_all_that_is_watched() {
        let mut text = history(true, Every::Week);
        for line in history(true, Every::Week).lines().skip(1) {
            let _ = writeln!(text, "{}", line.replace("east", "north"));
        }
        let all = read(&text, 1.0).expect("it is right");
        assert!(all.len() == 2 && all.iter().all(|series| (series.false_a_year - 0.5).abs() < 1e-12));
        assert!(all[0].said().iter().any(|said| said.contains("at most 0.50 a year without cause")));
    }

    #[test]
    fn faults_name_their_line() {
        let head = "week,sector,kind,count,sensor_hours\n";
        let fault = |text: &str| format!("{:#}", read(text, 1.0).expect_err("it is wrong"));
        assert!(fault("week,sector\n").contains("no column \"kind\""));
        assert!(fault(&format!("{head}yesterday,east,entries,4,100\n")).contains("line 2: week"));
        assert!(fault(&format!("{head}2025-01-06,east,entries,-4,100\n")).contains("line 2: count"));
        assert!(fault(&format!("{head}2025-01-06,east,entries,4,many\n")).contains("line 2: sensor_hours"));
        let twice = format!("{head}2025-01-06,e,n,4,9\n2025-01-06,e,n,4,9\n");
        assert!(fault(&twice).contains("line 3"), "twice");
        assert!(fault(&format!("{head}2025-01-06,e,n,4,9\n2025-01-09,e,n,4,9\n")).contains("whole number of weeks"));
    }
}
