//! The command line: flags say how to run, the site file says what.

mod check;
mod claims;
mod decode;
mod folder;
mod journal;
mod list;
mod origin;
mod play;
mod replay;
mod report;
mod schema;
mod score;
mod sim;
mod smooth;
mod track;
mod trends;
mod trial;
mod ui;
mod watch;

use clap::{CommandFactory, Parser, Subcommand};
use std::path::PathBuf;

/// Exit code for what was looked at and is not as it should be: a proof that does not hold, damage, inputs that were lost.
pub const EXIT_FAILED: u8 = 1;
/// Exit code for what could not be done as asked: a wrong command line or site file, a file that is missing or cannot be used.
pub const EXIT_USAGE: u8 = 2;
/// Exit code for a proof in which nothing contradicted, but nothing recorded could be compared either.
pub const EXIT_UNPROVED: u8 = 3;

const ABOUT: &str = "Keeps watch over a country's air: sensor feeds in, one fused picture out.";
const LONG_ABOUT: &str = "\
Keeps watch over a country's air: sensor feeds in, one fused picture out. It shows what is flying, which tracks entered whose \
airspace, since when and how deep, and keeps a record that a stranger can check.

It watches, warns, records and proves; people decide.";
const EXAMPLES: &str = "\
Examples:
  skypicket                              play the built-in night and open the map on http://127.0.0.1:8470
  skypicket watch site.toml              the same with real feeds
  skypicket check site.toml              every fault of a site file, with its line
  skypicket replay recording.pcap        play a recording with the map
  skypicket replay --verify data/        prove a journal: play it again and compare every digest
  skypicket decode x.pcap --format asterix --summary
  skypicket list                         formats, containers, transports, detectors

Exit codes: 0 done; 1 looked at and not as it should be (a proof that does not hold, damage, lost inputs); 2 not done as asked
(command line, site file, a file missing or unusable); 3 nothing contradicts, but there was nothing recorded to compare.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "skypicket", version = crate::build_id::VERSION, about = ABOUT, long_about = LONG_ABOUT, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Say less: no progress, only results and faults.
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play the built-in night: a simulated world, real decoders, a live map (also without any argument).
    Demo(play::DemoArgs),
    /// Watch real feeds as a site file describes them.
    Watch(watch::WatchArgs),
    /// Play recordings or a journal: with the map, or flat out to a summary, or as a proof.
    Replay(replay::ReplayArgs),
    /// Tell every fault of a site file, with its line.
    Check(check::CheckArgs),
    /// Decode a file: JSON Lines of what it says, or a summary.
    Decode(decode::DecodeArgs),
    /// Run the tracker over a scenario folder and write its tracks.
    Track(track::TrackArgs),
    /// Score tracks against the truth of a scenario folder, draw them, or track and score a whole benchmark.
    Score(score::ScoreArgs),
    /// Write a scenario's sensor bytes and truth to a folder.
    Simulate(sim::SimulateArgs),
    /// Tell where a track of a journal was, as all its evidence tells it, later evidence included.
    Smooth(smooth::SmoothArgs),
    /// Tell where tracks of a journal that came into question may have come from: regions, not places.
    Origin(origin::OriginArgs),
    /// File, correct, withdraw or list reports from the ground at a running server: wrecks, debris, sightings, damage.
    Report(report::ReportArgs),
    /// Hold public statements against the evidence: import, enter, confirm, list, rate.
    Claims(claims::ClaimsArgs),
    /// Tell whether something happens more often than before, given how much was looked: weekly counts with exposure.
    Trends(trends::TrendsArgs),
    /// Look into a journal: info, verify, records.
    Journal(journal::JournalArgs),
    /// Show or export the border data.
    Borders(sim::BordersArgs),
    /// List formats, containers, transports and detectors.
    List(list::ListArgs),
    /// Print a generated schema: config or openapi.
    #[command(hide = true)]
    Schema(schema::SchemaArgs),
    /// Print a completion script: skypicket completions bash > /etc/bash_completion.d/skypicket
    Completions {
        /// For which shell.
        shell: clap_complete::Shell,
    },
}

/// What a command ended with.
pub type Outcome = anyhow::Result<u8>;

/// Runs the command line and returns the exit code.
///
/// # Errors
/// What the command could not do, in words for people.
pub fn run(cli: Cli) -> Outcome {
    let ui = ui::Ui { quiet: cli.quiet };
    match cli.command {
        None => play::demo(&play::DemoArgs::default(), ui),
        Some(Command::Demo(args)) => play::demo(&args, ui),
        Some(Command::Watch(args)) => watch::run(&args, ui),
        Some(Command::Replay(args)) => replay::run(&args, ui),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Decode(args)) => decode::run(&args, ui),
        Some(Command::Track(args)) => track::track(&args, ui),
        Some(Command::Score(args)) => score::score(&args, ui),
        Some(Command::Simulate(args)) => sim::simulate(&args, ui),
        Some(Command::Smooth(args)) => smooth::run(&args, ui),
        Some(Command::Origin(args)) => origin::run(&args, ui),
        Some(Command::Report(args)) => report::run(&args),
        Some(Command::Claims(args)) => claims::run(&args, ui),
        Some(Command::Trends(args)) => trends::run(&args),
        Some(Command::Journal(args)) => journal::run(&args, ui),
        Some(Command::Borders(args)) => sim::borders(&args),
        Some(Command::List(args)) => list::run(&args),
        Some(Command::Schema(args)) => schema::run(&args),
        Some(Command::Completions { shell }) => {
            clap_complete::generate(shell, &mut Cli::command(), "skypicket", &mut std::io::stdout());
            Ok(0)
        }
    }
}

/// Where a site's data go: relative paths are relative to the site file.
fn beside(site: &std::path::Path, path: &std::path::Path) -> PathBuf {
    site.parent().unwrap_or(std::path::Path::new("")).join(path)
}
