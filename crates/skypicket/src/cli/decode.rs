//! `skypicket decode`: what a file says, as JSON Lines or as a summary.

use super::{EXIT_FAILED, Outcome, ui::Ui, ui::out};
use crate::arrivals::Arrivals;
use crate::cost;
use crate::decoding::{Decoding, Step};
use crate::json;
use crate::order::Order;
use crate::plan::{Plan, single_feed_site};
use crate::recording::{RecordingFile, Recordings};
use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use skypicket_model::{FeedId, Time};
use skypicket_wire::{ContainerKind, Output};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Arguments of `decode`.
#[derive(Debug, Args)]
pub(super) struct DecodeArgs {
    /// The files; several are merged by time.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the bytes mean (`skypicket list`).
    #[arg(long, short)]
    format: String,
    /// What the file is wrapped in; recognised by its first bytes if left out.
    #[arg(long, short)]
    container: Option<String>,
    /// The format's parameters as JSON, e.g. '{"editions": {"021": "0.26"}}'.
    #[arg(long, default_value = "{}")]
    params: String,
    /// A site file whose first feed of that format gives sensors and parameters.
    #[arg(long)]
    site: Option<PathBuf>,
    /// When the recording begins, for files without dates: RFC 3339 or Unix seconds.
    #[arg(long, value_parser = parse_time)]
    start: Option<Time>,
    /// Each observation as one line of JSON (the default).
    #[arg(long)]
    json: bool,
    /// One JSON object: messages, records by kind, observations, rejects by reason, CPU seconds.
    #[arg(long, conflicts_with = "json")]
    summary: bool,
    /// Play the files this many times, for measuring.
    #[arg(long, default_value_t = 1)]
    repeat: u32,
}

/// Parses a moment for clap.
pub(super) fn parse_time(text: &str) -> Result<Time, String> {
    Time::parse(text).ok_or_else(|| "is no moment; write 2025-09-09T21:30:00Z or Unix seconds".to_owned())
}

/// The container of that name.
pub(super) fn container_named(name: Option<&str>) -> anyhow::Result<Option<&'static ContainerKind>> {
    let Some(name) = name else { return Ok(None) };
    let found = skypicket_wire::container(name);
    if found.is_none() {
        let names: Vec<&str> = skypicket_wire::CONTAINERS.iter().map(|kind| kind.name).collect();
        bail!("--container is \"{name}\", must be one of {}", names.join(", "));
    }
    Ok(found)
}

/// Counts of a whole run, by name.
#[derive(Default)]
struct Totals {
    records: BTreeMap<&'static str, u64>,
    rejects: BTreeMap<&'static str, u64>,
    oddities: BTreeMap<&'static str, u64>,
    observations: u64,
    quarantined: u64,
}

impl Totals {
    fn add(&mut self, output: &Output, names: &[&'static str]) {
        self.observations += output.observations.len() as u64;
        for (name, n) in names.iter().zip(&output.records).filter(|(_, n)| **n > 0) {
            *self.records.entry(name).or_default() += n;
        }
        for (reason, n) in &output.rejects {
            *self.rejects.entry(reason).or_default() += n;
        }
        for (reason, n) in &output.oddities {
            *self.oddities.entry(reason).or_default() += n;
        }
    }
}

pub(super) fn run(args: &DecodeArgs, ui: Ui) -> Outcome {
    let plan = plan_for(args)?;
    let Some(feed) = plan.feeds.iter().find(|feed| feed.format.name == args.format) else {
        bail!("the site file has no feed of format \"{}\"", args.format);
    };
    let (feed_id, names) = (feed.id, feed.format.records);
    let container = container_named(args.container.as_deref())?;
    let mut decoding = Decoding::new(&plan).map_err(anyhow::Error::msg)?;
    let mut totals = Totals::default();
    let mut faults = Vec::new();
    let begun_s = cost::cpu_s();
    for _ in 0..args.repeat.max(1) {
        let files: Vec<RecordingFile> =
            args.files.iter().map(|path| RecordingFile { path: path.clone(), feed: feed_id, container }).collect();
        let mut recordings = Recordings::open(&files, args.start)?;
        if !args.summary {
            ui.say_all(&recordings.notes());
        }
        decode_all(&mut recordings, &mut decoding, names, args, ui, &mut totals)?;
        faults = recordings.faults();
    }
    let cpu_s = cost::cpu_s() - begun_s;
    ui.say_all(&faults);
    if args.summary {
        let messages: u64 = totals.records.values().sum::<u64>() + totals.rejects.values().sum::<u64>();
        let summary = json!({
            "format": args.format,
            "messages": messages,
            "records": totals.records,
            "observations": totals.observations,
            "rejects": totals.rejects,
            "oddities": totals.oddities,
            "container_faults": faults.len(),
            "quarantined": totals.quarantined,
            "cpu_s": (cpu_s * 1e6).round() / 1e6,
        });
        out(&summary.to_string())?;
    }
    let nothing = nothing_understood(totals.records.values().sum(), totals.rejects.values().sum(), ui);
    Ok(if nothing { EXIT_FAILED } else { 0 })
}

/// Whether nothing could be decoded. Says so, also where it is most of it: the format may be another.
pub(super) fn nothing_understood(decoded: u64, rejected: u64, ui: Ui) -> bool {
    let all = decoded + rejected;
    if all == 0 {
        ui.say("there is no message in it");
    } else if rejected * 2 > all {
        ui.say(&format!(
            "{rejected} of {all} messages were not understood: is it of this format and container? (skypicket list)"
        ));
    }
    decoded == 0
}

fn plan_for(args: &DecodeArgs) -> anyhow::Result<Plan> {
    if let Some(site) = &args.site {
        return super::check::load(site);
    }
    let params: serde_json::Value = serde_json::from_str(&args.params).context("--params is no JSON")?;
    single_feed_site("decode", &args.format, &params).map_err(|why| anyhow::anyhow!("{why}"))
}

fn decode_all(
    recordings: &mut Recordings,
    decoding: &mut Decoding,
    names: &[&'static str],
    args: &DecodeArgs,
    ui: Ui,
    totals: &mut Totals,
) -> anyhow::Result<()> {
    let bar = ui.bytes("decoding", recordings.progress().1);
    let mut order = Order::default();
    let mut output = Output::default();
    let mut count = 0_u64;
    while let Some(arrival) = recordings.next_arrival() {
        let mut fault = None;
        order.admit(&arrival, |record| {
            output.clear();
            let step = decoding.take(record, &mut output);
            totals.quarantined += u64::from(step == Step::Panicked);
            totals.add(&output, names);
            if !args.summary {
                fault = print(&output).err();
            }
        });
        if let Some(error) = fault {
            return Err(error);
        }
        count += 1;
        if count.is_multiple_of(256) {
            bar.set_position(recordings.progress().0);
        }
    }
    let open: Vec<_> = decoding.connections().collect();
    for (feed, connection) in open {
        output.clear();
        decoding.close(feed, connection, &mut output);
        totals.add(&output, names);
    }
    bar.finish_and_clear();
    Ok(())
}

fn print(output: &Output) -> anyhow::Result<()> {
    for observation in &output.observations {
        out(&json::observation(observation).to_string())?;
    }
    for reject in &output.examples {
        out(&json!({"reject": reject.reason, "item": reject.item, "offset": reject.offset}).to_string())?;
    }
    Ok(())
}

/// The feed number that a file of the n-th feed gets.
pub(super) fn feed_number(n: usize) -> FeedId {
    FeedId(u16::try_from(n).unwrap_or(u16::MAX))
}
