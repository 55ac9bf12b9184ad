//! `skypicket replay`: recordings or a journal, with the map, flat out to a summary, or as a proof.

use super::{EXIT_FAILED, EXIT_UNPROVED, Outcome, folder::Folder, ui::Ui, ui::out};
use crate::arrivals::Arrivals;
use crate::core::Core;
use crate::cost;
use crate::http;
use crate::order::Order;
use crate::plan::{Plan, recordings_site};
use crate::player::{Pace, Playback, play, play_part};
use crate::recording::{RecordingFile, Recordings, Repeated};
use crate::replayed::Replayed;
use crate::store::Store;
use crate::stretches::{Stretches, stretches};
use crate::system::{Mode, System};
use crate::verify;
use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use skypicket_model::Time;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

mod summary;

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// Recordings (pcap, Beast, …), or the folder of a journal.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the bytes mean: one for all files, or one for each (`skypicket list`).
    #[arg(long, short)]
    format: Vec<String>,
    /// What the files are wrapped in; recognised by their first bytes if left out.
    #[arg(long, short)]
    container: Option<String>,
    /// A site file: watched states, sensors, permissions. Its feeds take the files in their order.
    #[arg(long)]
    site: Option<PathBuf>,
    /// Watched states, when there is no site file: --watch POL,LTU
    #[arg(long, value_delimiter = ',')]
    watch: Vec<String>,
    /// When the recording begins, for files without dates: RFC 3339 or Unix seconds.
    #[arg(long, value_parser = super::decode::parse_time)]
    start: Option<Time>,
    /// Times real time; 0 for flat out.
    #[arg(long, value_parser = super::ui::speed, default_value_t = 1.0)]
    speed: f64,
    /// Prove it: play twice and compare; a journal also with the digests that were recorded. Prints the proof as JSON.
    #[arg(long)]
    verify: bool,
    /// No map: play flat out and print as JSON what came in and what was found; with --verify the proof after it.
    #[arg(long)]
    summary: bool,
    /// With --summary: also write a journal here, as a live run does.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// With --summary: play the files this many times, for measuring.
    #[arg(long, default_value_t = 1)]
    repeat: u32,
    /// Address of the map.
    #[arg(long, value_parser = super::ui::address, default_value = "127.0.0.1:8470")]
    listen: std::net::SocketAddr,
}

pub(super) fn run(args: &ReplayArgs, ui: Ui) -> Outcome {
    if let [only] = args.files.as_slice()
        && only.is_dir()
    {
        return replay_journal(args, only, ui);
    }
    let plan = plan_for(args)?;
    if args.verify {
        let first = flat_out(args, &plan, ui)?;
        let second = flat_out(args, &plan, ui)?;
        let equal = first.digest == second.digest;
        let (proved, not_proved) = verify::recording_in_words(equal);
        ui.say_all(&proved);
        ui.say_all(&not_proved);
        out(&json!({
            "verified": equal,
            "digest": first.digest,
            "second_digest": second.digest,
            "inputs": first.inputs,
            "proved": proved,
            "not_proved": not_proved,
        })
        .to_string())?;
        return Ok(if equal { 0 } else { EXIT_FAILED });
    }
    if args.summary {
        let begun_s = cost::cpu_s();
        let replayed = match &args.journal {
            Some(directory) => journalled(args, &plan, directory, ui)?,
            None => flat_out(args, &plan, ui)?,
        };
        out(&replayed.to_json(cost::cpu_s() - begun_s).to_string())?;
        let nothing = super::decode::nothing_understood(replayed.decoded, replayed.rejected, ui);
        return Ok(if nothing || replayed.lost > 0 { EXIT_FAILED } else { 0 });
    }
    with_map(args, plan, ui)
}

fn plan_for(args: &ReplayArgs) -> anyhow::Result<Plan> {
    if let Some(site) = &args.site {
        let plan = super::check::load(site)?;
        if plan.feeds.len() < args.files.len() {
            bail!(
                "the site file has {} feeds for {} files: it needs one for each, in their order",
                plan.feeds.len(),
                args.files.len()
            );
        }
        return Ok(plan);
    }
    if args.format.is_empty() {
        bail!("which format? --format beast (see `skypicket list`), or --site site.toml");
    }
    if args.format.len() != 1 && args.format.len() != args.files.len() {
        bail!("{} formats for {} files: give one, or one for each", args.format.len(), args.files.len());
    }
    let formats: Vec<String> =
        (0..args.files.len()).map(|n| args.format[n.min(args.format.len() - 1)].clone()).collect();
    recordings_site(&formats, &args.watch).map_err(|why| anyhow::anyhow!("{why}"))
}

fn files(args: &ReplayArgs) -> anyhow::Result<Vec<RecordingFile>> {
    let container = super::decode::container_named(args.container.as_deref())?;
    let file = |(n, path): (usize, &PathBuf)| RecordingFile {
        path: path.clone(),
        feed: super::decode::feed_number(n),
        container,
    };
    Ok(args.files.iter().enumerate().map(file).collect())
}

fn open(args: &ReplayArgs) -> anyhow::Result<Recordings> {
    Ok(Recordings::open(&files(args)?, args.start)?)
}

fn repeated(args: &ReplayArgs) -> anyhow::Result<Repeated> {
    Ok(Repeated::open(files(args)?, args.start, args.repeat)?)
}

/// Plays straight into a core, without journal and map, in the order that a journal would give.
fn flat_out(args: &ReplayArgs, plan: &Plan, ui: Ui) -> anyhow::Result<Replayed> {
    let mut core = Core::new(plan).map_err(anyhow::Error::msg)?;
    let mut replayed = Replayed::default();
    let mut recordings = repeated(args)?;
    if args.repeat <= 1 {
        ui.say_all(&recordings.notes());
    }
    let mut order = recordings.begin().map_or_else(Order::default, Order::beginning);
    let bar = ui.bytes("replaying", recordings.progress().1);
    let mut count = 0_u64;
    while let Some(arrival) = recordings.next_arrival() {
        order.admit(&arrival, |record| {
            core.apply(record);
            replayed.note(record, &core);
        });
        count += 1;
        if count.is_multiple_of(256) {
            bar.set_position(recordings.progress().0);
        }
    }
    bar.finish_and_clear();
    ui.say_all(&recordings.faults());
    order.finish(|record| {
        core.apply(record);
        replayed.note(record, &core);
    });
    replayed.finish(&core);
    Ok(replayed)
}

/// Plays flat out through journal and engine thread, as a live run does.
fn journalled(args: &ReplayArgs, plan: &Plan, directory: &std::path::Path, ui: Ui) -> anyhow::Result<Replayed> {
    let recordings = repeated(args)?;
    ui.say_all(&recordings.notes());
    let system = System::start(plan.clone(), directory, Mode::Replay, recordings.begin())?;
    let playback = Playback::new(Pace { speed: None, paused: false });
    play(Box::new(recordings), &system.inbox(), &playback, system.arrivals_held());
    ui.say_all(&playback.faults());
    let summary = system.summary();
    let lost = system.close();
    Ok(Replayed { lost, ..summary.take() })
}

fn with_map(args: &ReplayArgs, plan: Plan, ui: Ui) -> Outcome {
    let folder = Folder::new(args.journal.clone())?;
    let recordings = open(args)?;
    ui.say_all(&recordings.notes());
    let path = folder.path().to_path_buf();
    let (arrivals, taken_over) = (Box::new(recordings), Vec::new());
    play_with_map(vec![Part { plan, folder: path, arrivals, taken_over }], args, ui)
}

/// A part of what is played: it has one site file.
struct Part {
    plan: Plan,
    folder: PathBuf,
    arrivals: Box<dyn Arrivals>,
    taken_over: Vec<u8>,
}

/// Plays one part after the other with the map until Ctrl-C. The map is opened anew for each, at the same address.
fn play_with_map(parts: Vec<Part>, args: &ReplayArgs, ui: Ui) -> Outcome {
    let mut listen = args.listen;
    let playback = Playback::new(Pace { speed: (args.speed > 0.0).then_some(args.speed), paused: false });
    let stop = super::watch::stop_on_signal()?;
    let (last, mut lost) = (parts.len().saturating_sub(1), 0);
    for (n, Part { mut plan, folder, arrivals, taken_over }) in parts.into_iter().enumerate() {
        plan.config.http.listen = listen;
        plan.check_listen().map_err(anyhow::Error::msg)?;
        let begin = arrivals.begin();
        let system = System::start_with(plan.clone(), &folder, Mode::Replay, begin, taken_over);
        let system = system.context("the recording")?;
        let server = http::Server::start(&plan, std::path::Path::new(""), &system, Some(playback.clone()), None)
            .context("the map")?;
        listen = server.address();
        if n == 0 {
            ui.say(&format!("replaying on {}   (Ctrl-C ends it)", server.url()));
        } else {
            let from = begin.unwrap_or(Time::EPOCH);
            ui.say(&format!("from {from} another site file holds: reload {} if it does not go on", server.url()));
        }
        let player = {
            let (inbox, playback, held) = (system.inbox(), playback.clone(), system.arrivals_held());
            std::thread::spawn(move || {
                if n == last {
                    play(arrivals, &inbox, &playback, if n == 0 { held } else { 0 });
                } else {
                    play_part(arrivals, &inbox, &playback);
                }
            })
        };
        while !stop.load(Ordering::Relaxed) && (n == last || !player.is_finished()) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let stopped = stop.load(Ordering::Relaxed);
        if stopped {
            playback.stop();
        }
        let _ = player.join();
        server.stop();
        lost += system.close();
        if stopped {
            break;
        }
    }
    ui.say_all(&playback.faults());
    Ok(u8::from(lost > 0))
}

fn replay_journal(args: &ReplayArgs, directory: &std::path::Path, ui: Ui) -> Outcome {
    let store = Store::existing(directory).with_context(|| format!("journal {}", directory.display()))?;
    if args.summary {
        let begun_s = cost::cpu_s();
        let told = summary::of_journal(&store, ui)?;
        for (epoch, why) in &told.left_out {
            ui.say(&format!("epoch {epoch} was left out: {why}"));
        }
        out(&told.to_json(cost::cpu_s() - begun_s).to_string())?;
        if !args.verify {
            return Ok(if told.epochs.is_empty() { EXIT_FAILED } else { 0 });
        }
    }
    if args.verify {
        let proof = verify::journal(&store)?;
        ui.say_all(&proof.proved());
        ui.say_all(&proof.not_proved());
        out(&proof.to_json().to_string())?;
        return Ok(match (proof.holds(), proof.compared) {
            (false, _) => EXIT_FAILED,
            (true, 0) => EXIT_UNPROVED,
            (true, _) => 0,
        });
    }
    let Stretches { stretches, left_out } = stretches(&store)?;
    for (epoch, why) in &left_out {
        ui.say(&format!("epoch {epoch}: {why}"));
    }
    if stretches.is_empty() {
        bail!("journal {}: none of its epochs can be played by this build", directory.display());
    }
    let folder = Folder::new(None)?;
    let mut parts: Vec<Part> = Vec::new();
    for (n, stretch) in stretches.into_iter().enumerate() {
        let arrivals = Box::new(stretch.arrivals(&store)?);
        // What is looked back to must not end where an epoch is left out and begin again with another state.
        let path = match parts.last().filter(|_| !stretch.anew) {
            Some(former) => former.folder.clone(),
            None => folder.path().join(format!("part-{}", n + 1)),
        };
        parts.push(Part { plan: stretch.plan, folder: path, arrivals, taken_over: stretch.taken_over });
    }
    play_with_map(parts, args, ui)
}
