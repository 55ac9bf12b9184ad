//! `cargo xtask ci`: what `./test` runs once everything that it needs is there.

use crate::shell;
use anyhow::Result;
use std::process::Command;
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
    command.args(args);
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

fn browser() -> Result<()> {
    shell::run(&mut cargo(&["build", "--package", "skypicket"]))?;
    shell::run(&mut npm(&["run", "e2e"]))
}
