//! What the terminal shows while something takes long.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// How much is said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ui {
    pub(super) quiet: bool,
}

impl Ui {
    /// A progress bar in bytes with rate and time left; hidden when quiet or when nobody looks.
    pub(super) fn bytes(self, what: &str, total: u64) -> ProgressBar {
        let template = "{msg} {wide_bar:.cyan/dim} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        self.bar(what, total, template)
    }

    /// A progress bar in steps.
    pub(super) fn steps(self, what: &str, total: u64) -> ProgressBar {
        self.bar(what, total, "{msg} {wide_bar:.cyan/dim} {pos}/{len} {per_sec} {eta}")
    }

    fn bar(self, what: &str, total: u64, template: &str) -> ProgressBar {
        let target = if self.quiet || !std::io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(5)
        };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        bar
    }

    /// A line for people, on the error stream so that output can be piped.
    #[allow(clippy::print_stderr, reason = "progress for people")]
    pub(super) fn say(self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// What is not as it should be: told also to who wants little said.
    #[allow(clippy::print_stderr, reason = "a fault for people")]
    pub(super) fn fault(text: &str) {
        eprintln!("{text}");
    }

    /// Several lines for people.
    pub(super) fn say_all(self, lines: &[String]) {
        for line in lines {
            self.say(line);
        }
    }
}

/// Prints a line of results; a closed pipe ends the program quietly, as in any filter.
pub(super) fn out(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        other => Ok(other?),
    }
}

/// An address for the map.
pub(super) fn address(text: &str) -> Result<std::net::SocketAddr, String> {
    text.parse().map_err(|_| "a numeric address with its port is wanted, such as 127.0.0.1:8470".to_owned())
}

/// A speed that can be played at: 0 (flat out) to a million times real time.
pub(super) fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "a number is wanted, like 10 or 0.5; 0 for flat out".to_owned())?;
    if (0.0..=1e6).contains(&speed) { Ok(speed) } else { Err("must be 0 (flat out) to 1000000".to_owned()) }
}
