//! `skypicket trends`: whether something happens more often than before, given how much was looked. docs/trends.md.

use super::Outcome;
use super::ui::out;
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use skypicket_assess::trends::{MAX_WEEKS, Point, Silent, Trend, Week, trend};
use skypicket_model::{Span, Time};
use std::collections::BTreeMap;
use std::path::PathBuf;

mod plot;

/// Longest history file, bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Most series of one file.
const MAX_SERIES: usize = 256;
const WEEK: Span = Span::from_s(7 * 86_400);

/// Trends of weekly counts with exposure.
#[derive(Debug, Args)]
pub(super) struct TrendsArgs {
    /// The history: CSV with the columns week, sector, kind, count, sensor_hours, strike_intensity.
    file: PathBuf,
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
    /// Begin of each week.
    times: Vec<Time>,
    weeks: Vec<Week>,
    /// The intensity of strikes next door is in the exposure.
    by_intensity: bool,
    trend: Trend,
}

pub(super) fn run(args: &TrendsArgs) -> Outcome {
    let shown = args.file.display();
    let size = std::fs::metadata(&args.file).with_context(|| format!("{shown} cannot be read"))?.len();
    if size > MAX_BYTES {
        bail!("{shown} has {size} bytes, must have at most {MAX_BYTES}");
    }
    let text = std::fs::read_to_string(&args.file).with_context(|| format!("{shown} cannot be read"))?;
    let all = read(&text).with_context(|| shown.to_string())?;
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

/// Reads a history and works its trends out.
fn read(text: &str) -> anyhow::Result<Vec<Series>> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (_, head) = lines.next().context("line 1: the file is empty, wanted a header")?;
    let names: Vec<&str> = head.split(',').map(str::trim).collect();
    let column = |name: &str| names.iter().position(|known| *known == name);
    let need = |name: &str| column(name).with_context(|| format!("line 1: there is no column \"{name}\""));
    let (week, sector, kind, count) = (need("week")?, need("sector")?, need("kind")?, need("count")?);
    let (hours, intensity) = (need("sensor_hours")?, column("strike_intensity"));
    let mut series: BTreeMap<(String, String), BTreeMap<Time, Line>> = BTreeMap::new();
    for (number, line) in lines {
        let at = number + 1;
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let field = |column: usize| fields.get(column).copied().unwrap_or_default();
        let time = Time::parse(&format!("{}T00:00:00Z", field(week)))
            .with_context(|| format!("line {at}: week is \"{}\", must be a date such as 2025-09-08", field(week)))?;
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
            bail!("line {at}: {} {} {} is there twice", field(week), field(sector), field(kind));
        }
        if series.len() > MAX_SERIES {
            bail!("line {at}: more than {MAX_SERIES} sectors and kinds");
        }
    }
    series.into_iter().map(|((sector, kind), lines)| Series::new(sector, kind, &lines)).collect()
}

impl Series {
    fn new(sector: String, kind: String, lines: &BTreeMap<Time, Line>) -> anyhow::Result<Self> {
        let (Some(first), Some(last)) = (lines.keys().next(), lines.keys().next_back()) else {
            bail!("{sector} {kind}: no week")
        };
        let n = (*last - *first).ns() / WEEK.ns() + 1;
        if n > MAX_WEEKS as i64 {
            bail!("{sector} {kind}: {n} weeks, must be at most {MAX_WEEKS}");
        }
        // In part known it would compare weeks that are not corrected with weeks that are.
        let watched = || lines.values().filter(|line| line.hours.is_some());
        let by_intensity = watched().count() > 0 && watched().all(|line| line.intensity.is_some());
        let (mut times, mut weeks) = (Vec::new(), Vec::new());
        for i in 0..n {
            let time = *first + Span::from_ns(i * WEEK.ns());
            let line = lines.get(&time);
            let exposure = line.and_then(|line| Some(line.hours? * if by_intensity { line.intensity? } else { 1.0 }));
            times.push(time);
            weeks.push(Week { count: line.map_or(0, |line| line.count), exposure });
        }
        if let Some(off) = lines.keys().find(|time| !times.contains(time)) {
            bail!("{sector} {kind}: {off} is no whole number of weeks after {first}");
        }
        let trend = trend(&weeks);
        Ok(Self { sector, kind, times, weeks, by_intensity, trend })
    }

    fn day(&self, week: usize) -> String {
        self.times.get(week).map(|time| time.to_string().chars().take(10).collect()).unwrap_or_default()
    }

    fn exposure(&self) -> &'static str {
        if self.by_intensity { "sensor hours × intensity of strikes next door" } else { "sensor hours" }
    }

    fn told(&self) -> impl Iterator<Item = usize> + '_ {
        self.trend.points.iter().enumerate().filter(|(_, point)| point.told).map(|(week, _)| week)
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
        said.extend(self.told().map(|week| format!("told in the week of {}: more often than before", self.day(week))));
        said
    }

    fn table(&self) -> Vec<String> {
        let mut lines = vec![format!("{} · {} (exposure: {})", self.sector, self.kind, self.exposure())];
        lines.extend(self.said().into_iter().map(|line| format!("  {line}")));
        lines.push("  week        count   exposure   rate now, 90 %, per 1000   higher".to_owned());
        let from = self.weeks.len().saturating_sub(12);
        for (week, (given, point)) in self.weeks.iter().zip(&self.trend.points).enumerate().skip(from) {
            let exposure = given.exposure.map_or_else(|| "unknown".to_owned(), |exposure| format!("{exposure:.0}"));
            lines.push(format!(
                "  {}  {:>5} {exposure:>10}   {}   {:>6.2}{}",
                self.day(week),
                given.count,
                band(point),
                point.escalation,
                if point.told { "  told" } else { "" }
            ));
        }
        lines
    }

    fn json(&self) -> Value {
        let weeks: Vec<Value> = self
            .weeks
            .iter()
            .zip(&self.trend.points)
            .enumerate()
            .map(|(week, (given, point))| {
                json!({
                    "week": self.day(week), "count": given.count, "exposure": given.exposure, "rate": point.rate,
                    "mean": point.mean, "low": point.low, "high": point.high, "escalation": point.escalation, "told": point.told,
                })
            })
            .collect();
        let ratio = self
            .trend
            .ratio
            .map(|ratio| json!({"median": ratio.median, "low": ratio.low, "high": ratio.high, "higher": ratio.higher}));
        let changed = self.trend.changed.map(|(week, p)| json!({"week": self.day(week), "probability": p}));
        json!({
            "sector": self.sector, "kind": self.kind, "exposure": self.exposure(), "said": self.said(),
            "ratio": ratio, "changed": changed, "weeks": weeks,
        })
    }
}

fn band(point: &Point) -> String {
    let per = |rate: f64| rate * 1000.0;
    format!("{:>7.2} ({:.2} to {:.2})", per(point.mean), per(point.low), per(point.high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn history(exposed: bool) -> String {
        let mut text = "week,sector,kind,count,sensor_hours,strike_intensity\n".to_owned();
        let begin = Time::parse("2025-01-06T00:00:00Z").expect("a Monday");
        for week in 0..30_i64 {
            let day: String = (begin + Span::from_ns(week * WEEK.ns())).to_string().chars().take(10).collect();
            let count = [5, 4, 6, 5, 7][(week % 5) as usize] * if week >= 26 { 3 } else { 1 };
            let hours = if exposed { "1500" } else { "" };
            let _ = writeln!(text, "{day},east,entries,{count},{hours},");
        }
        text
    }

    #[test]
    fn a_history_is_read_and_told() {
        let all = read(&history(true)).expect("it is right");
        let said = all[0].said().join("\n");
        assert!(said.contains("told in the week of 2025-07-"), "{said}");
        assert!(all[0].json()["ratio"]["median"].as_f64().is_some_and(|ratio| ratio > 2.0));
        assert!(plot::svg(&all).contains("east · entries"));
        let said = read(&history(false)).expect("it is right")[0].said().join("\n");
        assert_eq!(said, "exposure is not known: nothing is compared");
    }

    #[test]
    fn faults_name_their_line() {
        let head = "week,sector,kind,count,sensor_hours\n";
        let fault = |text: &str| format!("{:#}", read(text).expect_err("it is wrong"));
        assert!(fault("week,sector\n").contains("no column \"kind\""));
        assert!(fault(&format!("{head}yesterday,east,entries,4,100\n")).contains("line 2: week"));
        assert!(fault(&format!("{head}2025-01-06,east,entries,-4,100\n")).contains("line 2: count"));
        assert!(fault(&format!("{head}2025-01-06,east,entries,4,many\n")).contains("line 2: sensor_hours"));
        let twice = format!("{head}2025-01-06,e,n,4,9\n2025-01-06,e,n,4,9\n");
        assert!(fault(&twice).contains("line 3"), "twice");
        assert!(fault(&format!("{head}2025-01-06,e,n,4,9\n2025-01-09,e,n,4,9\n")).contains("whole number of weeks"));
    }
}
