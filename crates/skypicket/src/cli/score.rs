//! `skypicket score`: tracks against truth, as numbers, as a drawing, or as the table of a whole benchmark (docs/scoring.md).

mod table;

use super::track::read;
use super::{EXIT_FAILED, Outcome, ui::Ui, ui::out};
use anyhow::{Context, bail};
use clap::Args;
use skypicket_sim::score::page::{self, Drawing};
use skypicket_sim::score::{self, Description, Limits, Settings, SurveillanceSettings, read_estimates, read_truth};
use std::fs;
use std::path::{Path, PathBuf};

/// Arguments of `score`.
#[derive(Debug, Args)]
pub(super) struct ScoreArgs {
    /// Folder with scenario.json and truth.jsonl.gz.
    #[arg(required_unless_present = "table")]
    folder: Option<PathBuf>,
    /// Tracks as `skypicket track` writes them, plain or .gz.
    #[arg(required_unless_present = "table")]
    tracks: Option<PathBuf>,
    /// Track and score every scenario folder in this one, beside the baselines, and print a table.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["folder", "tracks", "plot", "per_step", "tmin", "tmax", "c", "p", "gamma"])]
    table: Option<PathBuf>,
    /// What the table stands beside: GOSPA of other trackers by scenario (docs/scoring.md), instead of the built-in ones.
    #[arg(long, value_name = "FILE.json", requires = "table")]
    baselines: Option<PathBuf>,
    /// Keep the table's track files in this folder.
    #[arg(long, value_name = "DIR", requires = "table")]
    keep: Option<PathBuf>,
    /// Parameters of the tracker, for the table: JSON, or the name of a file of it.
    #[arg(long, value_name = "JSON|FILE", requires = "table")]
    params: Option<String>,
    /// Draw tracks over truth and error over time into a file that loads nothing: .svg, or .html with switches and numbers.
    #[arg(long, value_name = "OUT")]
    plot: Option<PathBuf>,
    /// Write the result into this file too; without a name, print the table as JSON.
    #[arg(long, value_name = "OUT", num_args = 0..=1, default_missing_value = "-")]
    json: Option<PathBuf>,
    /// Tell each evaluation time too.
    #[arg(long)]
    per_step: bool,
    /// First evaluation time, seconds.
    #[arg(long, allow_negative_numbers = true)]
    tmin: Option<f64>,
    /// Last evaluation time, seconds.
    #[arg(long, allow_negative_numbers = true)]
    tmax: Option<f64>,
    /// GOSPA's cut-off, metres; the scenario's if left out.
    #[arg(long, allow_negative_numbers = true)]
    c: Option<f64>,
    /// GOSPA's order.
    #[arg(long, default_value_t = 2.0, allow_negative_numbers = true)]
    p: f64,
    /// T-GOSPA's price of a switch, metres; a quarter of the cut-off if left out.
    #[arg(long, allow_negative_numbers = true)]
    gamma: Option<f64>,
    #[command(flatten, next_help_heading = "Surveillance view (nothing is judged without a limit)")]
    surveillance: SurveillanceArgs,
}

/// What the surveillance view counts by and what is demanded of it. There are no default limits.
#[derive(Debug, Args)]
struct SurveillanceArgs {
    /// An update is wanted once in this time, seconds; the evaluation step if left out.
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    update_interval: Option<f64>,
    /// A track farther off is no update, metres; the cut-off if left out.
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    update_within: Option<f64>,
    /// A gap longer than this is a long one, seconds.
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    long_gap: Option<f64>,
    /// Demand at least this probability of update.
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    min_update_probability: Option<f64>,
    /// Demand at most this share of time in long gaps.
    #[arg(long, value_name = "SHARE", requires = "long_gap")]
    max_long_gap_share: Option<f64>,
    /// Demand at most this RMS of horizontal errors, metres.
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    max_rms: Option<f64>,
    /// Demand at most this RMS of any one object, metres.
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    max_object_rms: Option<f64>,
}

impl SurveillanceArgs {
    const fn settings(&self) -> SurveillanceSettings {
        SurveillanceSettings {
            interval_s: self.update_interval,
            within_m: self.update_within,
            long_gap_s: self.long_gap,
            limits: Limits {
                probability_of_update: self.min_update_probability,
                long_gap_share: self.max_long_gap_share,
                rms_m: self.max_rms,
                object_rms_m: self.max_object_rms,
            },
        }
    }
}

pub(super) fn score(args: &ScoreArgs, ui: Ui) -> Outcome {
    let (folder, tracks) = match (&args.table, &args.folder, &args.tracks) {
        (Some(all), _, _) => return table::run(all, args, ui),
        (None, Some(folder), Some(tracks)) => {
            // The parser lets them through: what they require excludes what is given.
            let of_the_table = [
                ("--params", args.params.is_some()),
                ("--baselines", args.baselines.is_some()),
                ("--keep", args.keep.is_some()),
            ];
            if let Some((name, _)) = of_the_table.iter().find(|(_, given)| *given) {
                bail!("{name} is for --table; here the tracks are given");
            }
            (folder, tracks)
        }
        _ => bail!("a scenario folder and a track file are wanted, or --table"),
    };
    let description = Description::parse(&read(&folder.join("scenario.json"))?)?;
    let settings = settings(args, &description)?;
    let truth = read_truth(truth_of(folder)?.as_slice())?;
    let estimates = read_estimates(read(tracks)?.as_slice()).with_context(|| tracks.display().to_string())?;
    let (mut result, fates) = score::score_with_fates(&description, &truth, &estimates, &settings);
    if result.n_steps == 0 {
        let (from, to) = (settings.from_s, settings.to_s);
        bail!(
            "nothing to score: the scenario has no evaluation time from {from} to {to} s; it lasts {} s",
            description.duration_s()
        );
    }
    if let Some(path) = &args.plot {
        let drawing =
            Drawing { description: &description, truth: &truth, estimates: &estimates, score: &result, fates: &fates };
        let text = match path.extension().and_then(|end| end.to_str()) {
            Some("svg") => page::svg(&drawing),
            Some("html" | "htm") => page::html(&drawing),
            _ => bail!("--plot {}: the name must end in .svg or .html", path.display()),
        };
        fs::write(path, text).with_context(|| path.display().to_string())?;
    }
    if !args.per_step {
        result.per_step.clear();
    }
    let text = serde_json::to_string_pretty(&result)?;
    if let Some(path) = args.json.as_ref().filter(|path| path.as_os_str() != "-") {
        fs::write(path, &text).with_context(|| path.display().to_string())?;
    }
    out(&text)?;
    let missed: Vec<_> = result.surveillance.limits.iter().filter(|(_, verdict)| !verdict.met).collect();
    for (name, verdict) in &missed {
        let reached = verdict.value.map_or_else(|| "nothing to measure".to_owned(), |value| format!("{value}"));
        Ui::fault(&format!("limit not met: {name} is {reached}, demanded is {}", verdict.limit));
    }
    Ok(if missed.is_empty() { 0 } else { EXIT_FAILED })
}

fn settings(args: &ScoreArgs, description: &Description) -> anyhow::Result<Settings> {
    let mut settings = description.settings();
    settings.from_s = args.tmin.unwrap_or(settings.from_s);
    settings.to_s = args.tmax.unwrap_or(settings.to_s);
    // Also where one is not a number.
    if settings.from_s.partial_cmp(&settings.to_s) != Some(std::cmp::Ordering::Less) {
        bail!("nothing to score from {} to {} s: --tmin must be less than --tmax", settings.from_s, settings.to_s);
    }
    settings.cutoff_m = args.c.unwrap_or(settings.cutoff_m);
    settings.order = args.p;
    settings.switch_m = args.gamma.unwrap_or(settings.cutoff_m / 4.0);
    settings.surveillance = args.surveillance.settings();
    let above_zero = [
        ("--c", Some(settings.cutoff_m)),
        ("--p", Some(settings.order - 1.0 + f64::MIN_POSITIVE)),
        ("--update-interval", settings.surveillance.interval_s),
        ("--update-within", settings.surveillance.within_m),
    ];
    for (name, value) in above_zero {
        if value.is_some_and(|value| !(value.is_finite() && value > 0.0)) {
            bail!("{name} must be {}", if name == "--p" { "at least 1" } else { "above 0" });
        }
    }
    Ok(settings)
}

/// The truth, packed or not.
fn truth_of(folder: &Path) -> anyhow::Result<Vec<u8>> {
    let plain = folder.join("truth.jsonl");
    read(&if plain.exists() { plain } else { folder.join("truth.jsonl.gz") })
}
