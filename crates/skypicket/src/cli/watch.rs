//! `skypicket watch`: real feeds.

use super::{Outcome, beside, ui::Ui};
use crate::feeds::Feeds;
use crate::http;
use crate::system::{Mode, System};
use anyhow::Context;
use clap::Args;
use skypicket_model::Time;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Arguments of `watch`.
#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    /// The site file: what to watch, which feeds (docs/operations.md has an example).
    site: PathBuf,
    /// Where the journal goes, instead of the site file's journal.directory.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// Address of the map, instead of the site file's http.listen.
    #[arg(long, value_parser = super::ui::address)]
    listen: Option<std::net::SocketAddr>,
    /// No map and no interface: record and assess only.
    #[arg(long)]
    no_http: bool,
}

/// How often ticks are looked after while nothing arrives.
const TICK_EVERY: Duration = Duration::from_millis(50);

pub(super) fn run(args: &WatchArgs, ui: Ui) -> Outcome {
    let mut plan = super::check::load(&args.site)?;
    if let Some(listen) = args.listen {
        plan.config.http.listen = listen;
        plan.check_listen().map_err(anyhow::Error::msg)?;
    }
    let directory = match &args.journal {
        Some(directory) => directory.clone(),
        None => beside(&args.site, &plan.config.journal.directory),
    };
    let site_folder = args.site.parent().map(std::path::Path::to_path_buf).unwrap_or_default();
    let plan_for_http = plan.clone();
    let system = System::start(plan.clone(), &directory, Mode::Watch, None)
        .with_context(|| format!("journal {}", directory.display()))?;
    for note in system.notes() {
        ui.say(note);
    }
    let stop = stop_on_signal()?;
    let feeds = Feeds::start(&plan, &system.inbox(), system.last_connection()).map_err(anyhow::Error::msg)?;
    let server = if args.no_http {
        None
    } else {
        Some(
            http::Server::start(&plan_for_http, &site_folder, &system, None, Some(feeds.states()))
                .context("the map")?,
        )
    };
    if let Some(server) = &server {
        ui.say(&format!("watching {} feeds; map on {}", plan.feeds.len(), server.url()));
    }
    let inbox = system.inbox();
    while !stop.load(Ordering::Relaxed) {
        let now = inbox.now();
        inbox.tick(now);
        std::thread::sleep(until_tick(now).min(TICK_EVERY));
    }
    ui.say("stopping: feeds first, then the journal");
    feeds.stop();
    if let Some(server) = server {
        server.stop();
    }
    let lost = system.close();
    if lost > 0 {
        ui.say(&format!("{lost} inputs could not be written"));
    }
    Ok(u8::from(lost > 0))
}

/// How long it is to the next tick: nobody waits longer for an alert because the sky is quiet.
fn until_tick(now: Time) -> Duration {
    let next = Time::from_s(now.floor_s().saturating_add(1));
    Duration::from_nanos((next - now).ns().unsigned_abs())
}

/// A flag that SIGINT and SIGTERM set; a second one ends the program at once.
pub(super) fn stop_on_signal() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&stop))?;
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}
