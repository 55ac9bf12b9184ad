//! `skypicket score --table`: a whole benchmark by one command, beside what others reach.
//!
//! Each scenario is tracked by a process of its own, one after another, so that processor time and memory are that scenario's.

use super::{ScoreArgs, truth_of};
use crate::cli::track::read;
use crate::cli::{Outcome, ui::Ui, ui::out};
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use skypicket_sim::score::{self, Description, Score, read_estimates, read_truth};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What others reach on the benchmark, as docs/tracker.md tells.
const BUILT_IN: &str = include_str!("baselines.json");

/// Mean GOSPA in metres by the tracker's name; `null` where it was not run.
type Others = BTreeMap<String, Option<f64>>;

/// GOSPA of others, by scenario and time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Baselines {
    #[serde(default)]
    #[expect(dead_code, reason = "where the numbers come from, for people who read the file")]
    about: String,
    rows: Vec<Baseline>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Baseline {
    scenario: String,
    /// Evaluated to this time, seconds; the whole scenario if left out.
    to_s: Option<f64>,
    gospa_m: Others,
}

/// What `skypicket track` says of its cost.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Cost {
    cpu_s: f64,
    us_per_plot: f64,
    max_rss_mb: f64,
}

/// One row of the table.
#[derive(Debug, Serialize)]
struct Row {
    scenario: String,
    to_s: f64,
    gospa_m: f64,
    missed: f64,
    #[serde(rename = "false")]
    wrong: f64,
    tgospa_switches: f64,
    id_switches: u64,
    rmse_h_m: Option<f64>,
    nees_position: Option<f64>,
    us_per_plot: f64,
    cpu_s_per_10_s: f64,
    max_rss_mb: f64,
    baselines: Others,
}

pub(super) fn run(all: &Path, args: &ScoreArgs, ui: Ui) -> Outcome {
    let baselines = match &args.baselines {
        Some(path) => String::from_utf8(read(path)?).with_context(|| path.display().to_string())?,
        None => BUILT_IN.to_owned(),
    };
    let baselines: Baselines = serde_json::from_str(&baselines).context("baselines")?;
    let folders = folders(all)?;
    if folders.is_empty() {
        bail!("{}: no folder with scenario.json in it", all.display());
    }
    // Told once and here, not by the first of the processes.
    args.params.as_deref().map(crate::cli::track::params).transpose()?;
    let kept = Kept::new(args.keep.as_deref())?;
    let bar = ui.steps("scenarios", folders.len() as u64);
    let mut rows = Vec::new();
    for (k, folder) in folders.iter().enumerate() {
        let name = folder.file_name().map_or_else(|| "scenario".into(), |name| name.to_string_lossy().into_owned());
        bar.set_message(format!("tracking {name}"));
        if bar.is_hidden() {
            ui.say(&format!("{} of {}: {name}", k + 1, folders.len()));
        }
        let tracks = kept.folder.join(format!("{name}.jsonl"));
        let cost = track(folder, &tracks, args.params.as_deref())?;
        bar.set_message(format!("scoring {name}"));
        rows.extend(score_rows(folder, &tracks, cost, &baselines).with_context(|| name.clone())?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let json = serde_json::to_string_pretty(&rows)?;
    match args.json.as_deref() {
        Some(path) if path.as_os_str() == "-" => out(&json)?,
        Some(path) => {
            fs::write(path, &json).with_context(|| path.display().to_string())?;
            out(&text(&rows))?;
        }
        None => out(&text(&rows))?,
    }
    Ok(0)
}

/// The scenario folders in a folder, by name; or the folder itself where it is one.
fn folders(all: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if all.join("scenario.json").is_file() {
        return Ok(vec![all.to_owned()]);
    }
    let entries = fs::read_dir(all).with_context(|| all.display().to_string())?;
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<anyhow::Result<Vec<_>>>()?
        .into_iter()
        .filter(|path| path.join("scenario.json").is_file())
        .collect();
    folders.sort();
    Ok(folders)
}

/// Where track files go; a folder of our own goes away with this.
struct Kept {
    folder: PathBuf,
    is_ours: bool,
}

impl Kept {
    fn new(wanted: Option<&Path>) -> anyhow::Result<Self> {
        let folder = wanted.map_or_else(
            || std::env::temp_dir().join(format!("skypicket-table-{}", std::process::id())),
            Path::to_owned,
        );
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self { folder, is_ours: wanted.is_none() })
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if self.is_ours {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn track(folder: &Path, tracks: &Path, params: Option<&str>) -> anyhow::Result<Cost> {
    let program = std::env::current_exe().context("this program's own path")?;
    let mut command = Command::new(&program);
    command.args(["track", "--quiet"]).arg(folder).arg("--out").arg(tracks);
    if let Some(params) = params {
        command.args(["--params", params]);
    }
    let output = command.output().with_context(|| {
        format!(
            "{}: this program could not be started again for `track`; was its file replaced or removed?",
            program.display()
        )
    })?;
    if !output.status.success() {
        bail!("skypicket track {}: {}", folder.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("what skypicket track says")
}

fn score_rows(folder: &Path, tracks: &Path, cost: Cost, baselines: &Baselines) -> anyhow::Result<Vec<Row>> {
    let description = Description::parse(&read(&folder.join("scenario.json"))?)?;
    let (truth, estimates) = (read_truth(truth_of(folder)?.as_slice())?, read_estimates(read(tracks)?.as_slice())?);
    let own: Vec<&Baseline> = baselines.rows.iter().filter(|row| row.scenario == description.name).collect();
    let none = Others::new();
    let mut windows: Vec<(Option<f64>, &Others)> = own.iter().map(|row| (row.to_s, &row.gospa_m)).collect();
    if windows.is_empty() {
        windows.push((None, &none));
    }
    Ok(windows
        .into_iter()
        .map(|(to_s, others)| {
            let mut settings = description.settings();
            settings.to_s = to_s.unwrap_or(settings.to_s);
            row(&score::score(&description, &truth, &estimates, &settings), cost, description.duration_s(), others)
        })
        .collect())
}

fn row(score: &Score, cost: Cost, duration_s: f64, others: &Others) -> Row {
    Row {
        scenario: score.scenario.clone(),
        to_s: score.t[1],
        gospa_m: score.gospa_mean,
        missed: score.missed_mean,
        wrong: score.false_mean,
        tgospa_switches: score.tgospa_switches,
        id_switches: score.id_switches,
        rmse_h_m: score.rmse.get("all").and_then(|errors| errors.rmse_h_m),
        nees_position: score.nees.get("all").and_then(|nees| nees.position).map(|moment| moment.mean),
        us_per_plot: cost.us_per_plot,
        cpu_s_per_10_s: cost.cpu_s * 10.0 / duration_s.max(1e-9),
        max_rss_mb: cost.max_rss_mb,
        baselines: others.clone(),
    }
}

/// The table for people: one row a scenario and time, others' GOSPA beside ours.
fn text(rows: &[Row]) -> String {
    let mut others: Vec<&str> = rows.iter().flat_map(|row| row.baselines.keys().map(String::as_str)).collect();
    others.sort_unstable();
    others.dedup();
    let maybe = |value: Option<f64>, digits: usize| value.map_or_else(|| "–".to_owned(), |v| format!("{v:.digits$}"));
    let mut lines: Vec<Vec<String>> = Vec::with_capacity(rows.len() + 1);
    let mut head: Vec<String> = ["scenario", "to s", "GOSPA m"].map(str::to_owned).to_vec();
    head.extend(others.iter().map(|name| (*name).to_owned()));
    let rest = ["missed", "false", "T-GOSPA sw.", "ID sw.", "RMSE m", "NEES (2)", "µs/plot", "CPU s/10 s", "RSS MB"];
    head.extend(rest.map(str::to_owned));
    lines.push(head);
    for row in rows {
        let mut line = vec![row.scenario.clone(), format!("{:.0}", row.to_s), format!("{:.1}", row.gospa_m)];
        line.extend(others.iter().map(|name| maybe(row.baselines.get(*name).copied().flatten(), 0)));
        line.extend([
            format!("{:.3}", row.missed),
            format!("{:.3}", row.wrong),
            format!("{:.1}", row.tgospa_switches),
            row.id_switches.to_string(),
            maybe(row.rmse_h_m, 1),
            maybe(row.nees_position, 2),
            format!("{:.2}", row.us_per_plot),
            format!("{:.4}", row.cpu_s_per_10_s),
            format!("{:.1}", row.max_rss_mb),
        ]);
        lines.push(line);
    }
    aligned(&lines)
}

/// The first column to the left, the others to the right.
fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |k: usize| lines.iter().filter_map(|line| line.get(k)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|k| width(k).unwrap_or(0)).collect();
    let line = |cells: &Vec<String>| {
        let cells: Vec<String> = cells
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(k, (cell, &width))| if k == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") })
            .collect();
        cells.join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_baselines_are_readable_and_name_each_row_once() {
        let baselines: Baselines = serde_json::from_str(BUILT_IN).expect("readable");
        let mut rows: Vec<(&str, i64)> =
            baselines.rows.iter().map(|row| (row.scenario.as_str(), row.to_s.map_or(-1, |s| s as i64))).collect();
        rows.sort_unstable();
        let count = rows.len();
        rows.dedup();
        assert_eq!((rows.len(), count), (7, 7));
        assert!(baselines.rows.iter().all(|row| row.gospa_m.len() == 3));
    }

    #[test]
    fn columns_stand_under_each_other() {
        let cells = |line: [&str; 3]| line.map(str::to_owned).to_vec();
        let text = aligned(&[cells(["a", "µs", "z"]), cells(["long", "1", "–"])]);
        assert_eq!(text, "a     µs  z\nlong   1  –");
    }
}
