//! `cargo xtask ci`: what `./test` runs once everything that it needs is there.

use crate::shell;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Seconds of fuzzing an input type in an ordinary run.
const FUZZ_SECONDS: &str = "20";

/// Runs every step, telling how long each took; the first failure ends it.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let only = args.first().map(String::as_str);
    for (name, step) in STEPS {
        if only.is_some_and(|wanted| wanted != *name) {
            continue;
        }
        println!("── {name}");
        let begun = Instant::now();
        step()?;
        println!("── {name}: {:.0} s", begun.elapsed().as_secs_f64());
    }
    Ok(())
}

type Step = fn() -> Result<()>;

const STEPS: &[(&str, Step)] = &[
    ("format", format),
    ("clippy", clippy),
    ("tidy", || crate::tidy::run(&[])),
    ("testdata", || crate::testdata::run(&[])),
    ("tests", tests),
    ("doc-tests", doc_tests),
    ("fuzz", fuzz),
    ("web", web),
    ("browser", browser),
];

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    // What only speeds up the next build of an edited file takes gigabytes, and disks have ends.
    command.args(args).env("CARGO_INCREMENTAL", "0");
    command
}

fn format() -> Result<()> {
    shell::run(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    shell::run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
}

fn tests() -> Result<()> {
    let nextest = cargo(&["nextest", "--version"]).output().is_ok_and(|output| output.status.success());
    if nextest {
        shell::run(&mut cargo(&["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "fail"]))
    } else {
        shell::run(&mut cargo(&["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast", "--quiet"]))
    }
}

fn doc_tests() -> Result<()> {
    shell::run(&mut cargo(&["test", "--workspace", "--doc", "--quiet"]))
}

fn fuzz() -> Result<()> {
    shell::run(&mut cargo(&["run", "--quiet", "--package", "skypicket-fuzz", "--", "--seconds", FUZZ_SECONDS]))
}

fn npm(args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(args).current_dir("web");
    command
}

fn web() -> Result<()> {
    if !std::path::Path::new("web/node_modules/.package-lock.json").exists() {
        shell::run(&mut npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    }
    shell::run(&mut npm(&["run", "check"]))?;
    shell::run(&mut npm(&["test"]))
}

/// The map in a real browser: against a server of its own that plays hard cases, then against the program playing the night.
fn browser() -> Result<()> {
    shell::run(&mut npm(&["run", "build"]))?;
    shell::run(&mut npm(&["run", "e2e"]))?;
    shell::run(&mut cargo(&["build", "--package", "skypicket"]))?;
    let mut program = Running::start()?;
    let url = program.url()?;
    shell::run(npm(&["run", "e2e"]).env("SKYPICKET_URL", url))
}

/// The program playing its night; it ends with this value.
struct Running(std::process::Child);

impl Running {
    fn start() -> Result<Self> {
        let arguments =
            ["run", "--quiet", "--package", "skypicket", "--", "demo", "--speed", "20", "--listen", "127.0.0.1:0"];
        let child = cargo(&arguments).stderr(Stdio::piped()).spawn().context("the program did not start")?;
        Ok(Self(child))
    }

    /// The address that it prints.
    fn url(&mut self) -> Result<String> {
        let said = self.0.stderr.take().context("the program says nothing")?;
        let mut lines = BufReader::new(said).lines();
        for line in lines.by_ref() {
            let line = line?;
            println!("{line}");
            if let Some(at) = line.find("http://") {
                // Whatever it says later must not block it.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(line[at..].split_whitespace().next().unwrap_or_default().to_owned());
            }
        }
        bail!("the program ended without printing an address")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
