//! `skypicket demo`: the built-in night, from simulated sensors' bytes through real decoders to the map.

use super::{Outcome, folder::Folder, ui::Ui};
use crate::arrivals::Arrivals;
use crate::http;
use crate::player::{Pace, Playback, play};
use crate::simulation::{Night, night_plan};
use crate::system::{Mode, System};
use anyhow::Context;
use clap::Args;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Another scenario file (docs/formats/scenario.md) instead of the built-in night.
    #[arg(long)]
    scenario: Option<PathBuf>,
    /// Times real time; 0 for flat out.
    #[arg(long, value_parser = super::ui::speed, default_value_t = 10.0)]
    speed: f64,
    /// Address of the map.
    #[arg(long, value_parser = super::ui::address, default_value = "127.0.0.1:8470")]
    listen: std::net::SocketAddr,
    /// Where the recording goes; a folder that goes with the program's end if left out.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// End when the night is over instead of keeping the map open.
    #[arg(long)]
    once: bool,
}

impl Default for DemoArgs {
    fn default() -> Self {
        Self {
            scenario: None,
            speed: 10.0,
            listen: std::net::SocketAddr::from(([127, 0, 0, 1], 8470)),
            journal: None,
            once: false,
        }
    }
}

pub(super) fn demo(args: &DemoArgs, ui: Ui) -> Outcome {
    let text = match &args.scenario {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("scenario {}", path.display()))?,
        None => skypicket_sim::NIGHT.to_owned(),
    };
    let named = || args.scenario.as_ref().map_or_else(|| "the night".to_owned(), |path| path.display().to_string());
    let mut plan = night_plan(&text).map_err(anyhow::Error::msg).with_context(named)?;
    plan.config.http.listen = args.listen;
    plan.check_listen().map_err(anyhow::Error::msg)?;
    let folder = Folder::new(args.journal.clone())?;
    let night = Night::new(&text).map_err(anyhow::Error::msg)?;
    let plan_for_http = plan.clone();
    let system = System::start(plan, folder.path(), Mode::Demo, night.begin()).context("the recording")?;
    let playback = Playback::new(Pace { speed: (args.speed > 0.0).then_some(args.speed), paused: false });
    let stop = super::watch::stop_on_signal()?;
    let server = http::Server::start(&plan_for_http, std::path::Path::new(""), &system, Some(playback.clone()), None)
        .context("the map")?;
    ui.say(&format!("the built-in night plays at {}× on {}   (Ctrl-C ends it)", args.speed, server.url()));
    let player = {
        let (inbox, playback, held) = (system.inbox(), playback.clone(), system.arrivals_held());
        std::thread::spawn(move || play(Box::new(night), &inbox, &playback, held))
    };
    while !(stop.load(Ordering::Relaxed) || args.once && playback.finished()) {
        std::thread::sleep(Duration::from_millis(50));
    }
    playback.stop();
    let _ = player.join();
    server.stop();
    ui.say_all(&playback.faults());
    let views = system.views();
    let lost = system.close();
    ui.say(&format!("digest {}", views.borrow().digest));
    Ok(u8::from(lost > 0))
}
