//! `skypicket track`: the tracker over a scenario folder.

use super::{Outcome, ui::Ui, ui::out};
use crate::config::wording::in_words;
use crate::cost;
use anyhow::{Context, bail};
use clap::Args;
use flate2::read::GzDecoder;
use serde_json::json;
use skypicket_model::{Span, Time};
use skypicket_sim::scenario::{self, Scenario};
use skypicket_track::{Params, TrackEvent, Tracker};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Arguments of `track`.
#[derive(Debug, Args)]
pub(super) struct TrackArgs {
    /// Folder with scenario.json and measurements.jsonl.gz (docs/formats/plots.md).
    folder: PathBuf,
    /// Where the tracks go, JSON Lines, one a track and evaluation time.
    #[arg(long, short)]
    out: PathBuf,
    /// Parameters of the tracker instead of the defaults: JSON, or the name of a file of it.
    #[arg(long, value_name = "JSON|FILE", default_value = "{}")]
    params: String,
}

/// A file's bytes, unpacked where its name ends in .gz.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(|| path.display().to_string())?;
    if path.extension().is_some_and(|end| end == "gz") {
        GzDecoder::new(BufReader::new(file)).read_to_end(&mut bytes)?;
    } else {
        BufReader::new(file).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The most bytes of a file of parameters.
const MAX_PARAMS_BYTES: u64 = 1 << 20;

/// Parameters from the command line: JSON, or the name of a file of it. All faults at once.
pub(super) fn params(given: &str) -> anyhow::Result<Params> {
    let (text, from) = if given.trim_start().starts_with('{') {
        (given.to_owned(), "--params".to_owned())
    } else {
        let from = format!("--params {given}");
        let mut text = String::new();
        let file =
            File::open(given).with_context(|| format!("{from}: neither JSON, which begins with {{, nor a file"))?;
        file.take(MAX_PARAMS_BYTES).read_to_string(&mut text).with_context(|| from.clone())?;
        (text, from)
    };
    let params: Params =
        serde_json::from_str(&text).map_err(|error| anyhow::anyhow!("{from}: {}", in_words(&error.to_string())))?;
    let faults = params.faults();
    if !faults.is_empty() {
        bail!(
            "{from}: {}",
            faults.iter().map(|fault| fault.trim_start_matches("track: ")).collect::<Vec<_>>().join("; ")
        );
    }
    Ok(params)
}

fn moment(s: f64) -> Time {
    scenario::epoch() + Span::from_s_f64(s).unwrap_or(Span::ZERO)
}

/// A tracker that is asked at the scenario's evaluation times, each knowing only what had arrived by then.
struct Run {
    tracker: Tracker,
    events: Vec<TrackEvent>,
    next_tick_s: i64,
}

impl Run {
    fn tick_until(&mut self, at_s: f64) {
        while (self.next_tick_s as f64) < at_s {
            self.tracker.tick(moment(self.next_tick_s as f64), &mut self.events);
            self.events.clear();
            self.next_tick_s += 1;
        }
    }
}

pub(super) fn track(args: &TrackArgs, ui: Ui) -> Outcome {
    let params = params(&args.params)?;
    let description = read(&args.folder.join("scenario.json"))?;
    let scenario = Scenario::parse(&description)?;
    let path = args.folder.join("measurements.jsonl.gz");
    let file = File::open(&path).with_context(|| path.display().to_string())?;
    let mut frames = scenario.frames(BufReader::with_capacity(1 << 16, GzDecoder::new(file)))?;
    let mut written = BufWriter::new(File::create(&args.out).with_context(|| args.out.display().to_string())?);
    let mut run = Run { tracker: Tracker::new(params, &scenario.sensors), events: Vec::new(), next_tick_s: 0 };
    let bar = ui.steps(&format!("tracking {}", scenario.name), scenario.ask_s.len() as u64);
    let mut tracks = Vec::new();
    let mut asked = scenario.ask_s.iter().copied().peekable();
    loop {
        let frame = frames.next_frame()?;
        let arrival_s = frame.as_ref().map_or(f64::INFINITY, |frame| frame.arrival_s);
        // Everything asked before this frame arrives; what arrives at a moment counts at that moment.
        while let Some(&at_s) = asked.peek().filter(|at_s| **at_s < arrival_s) {
            run.tick_until(at_s);
            tracks.clear();
            run.tracker.snapshot(moment(at_s), &mut tracks);
            scenario::write_tracks(&mut written, at_s, &tracks)?;
            asked.next();
            bar.inc(1);
        }
        let Some(frame) = frame else { break };
        run.tick_until(frame.arrival_s);
        run.tracker.observe(frame.observations, &mut run.events);
        run.events.clear();
    }
    written.flush()?;
    bar.finish_and_clear();
    let counts = run.tracker.counts();
    let plots = counts.plots + counts.self_reports + counts.self_reports_thinned;
    let cpu_s = cost::cpu_s();
    out(&json!({
        "scenario": scenario.name,
        "plots": plots,
        "cpu_s": (cpu_s * 1e4).round() / 1e4,
        "us_per_plot": (cpu_s * 1e9 / plots.max(1) as f64).round() / 1e3,
        "max_rss_mb": (cost::max_rss_mb() * 10.0).round() / 10.0,
    })
    .to_string())?;
    Ok(0)
}
