//! `cargo run -p skypicket-fuzz -- --seconds 20`: fuzzes every target for so long. See `--help`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool beside the program: it measures time, runs threads and prints"
)]

use skypicket_fuzz::run::{Limits, Outcome, hush, peak_memory_bytes, reproduce, run};
use skypicket_fuzz::{Target, targets};
use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const HELP: &str = "\
Fuzzes everything that reads bytes from outside.

Usage: skypicket-fuzz [OPTIONS] [TARGET]...

Options:
  --seconds N        how long each target runs (default 20, unless --executions is given)
  --executions N     how many inputs each target is given
  --seed N           draw the same inputs again (default: the time; it is printed)
  --jobs N           how many targets run at once (default: one a processor)
  --list             list the targets
  --reproduce FILE   give the one target named this input, 1,000 times

A failing input is kept in target/fuzz; put it into fuzz/corpus/<target>/ once it is understood.";

/// The most memory that a run may take, bytes: nothing that is fuzzed may hold more than its stated bounds.
const MOST_MEMORY_BYTES: u64 = 2 << 30;

#[derive(Default)]
struct Arguments {
    seconds: Option<f64>,
    executions: Option<u64>,
    seed: Option<u64>,
    jobs: Option<usize>,
    list: bool,
    help: bool,
    reproduce: Option<String>,
    names: Vec<String>,
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().ok_or(format!("{argument} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|error| format!("{argument}: {error}"));
        match argument.as_str() {
            "--seconds" => {
                let seconds = value()?.parse::<f64>().map_err(|error| format!("--seconds: {error}"))?;
                arguments.seconds = Some(seconds.clamp(0.0, 1e6));
            }
            "--executions" => arguments.executions = Some(number(value()?)?),
            "--seed" => arguments.seed = Some(number(value()?)?),
            "--jobs" => arguments.jobs = Some(number(value()?)?.clamp(1, 256) as usize),
            "--reproduce" => arguments.reproduce = Some(value()?),
            "--list" => arguments.list = true,
            "--help" | "-h" => arguments.help = true,
            name if !name.starts_with('-') => arguments.names.push(name.to_owned()),
            other => return Err(format!("there is no option {other}; see --help")),
        }
    }
    Ok(arguments)
}

/// The targets of those names; all where none is named.
fn chosen(names: &[String]) -> Result<Vec<Target>, String> {
    let all = targets();
    if let Some(unknown) = names.iter().find(|name| all.iter().all(|target| target.name != name.as_str())) {
        return Err(format!("there is no target \"{unknown}\"; see --list"));
    }
    Ok(all.into_iter().filter(|target| names.is_empty() || names.iter().any(|name| name == target.name)).collect())
}

/// Runs targets, several at once, and prints each outcome when it is there.
fn run_all(targets: Vec<Target>, seed: u64, limits: Limits, jobs: usize) -> Vec<Outcome> {
    let queue = Mutex::new(VecDeque::from(targets));
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(target) = next else { return };
                    let outcome = run(&target, seed, limits);
                    println!("{outcome}");
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
                }
            });
        }
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn main() -> ExitCode {
    match act() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn act() -> Result<bool, String> {
    let arguments = arguments()?;
    if arguments.help {
        println!("{HELP}");
        return Ok(true);
    }
    let targets = chosen(&arguments.names)?;
    if arguments.list {
        for target in targets {
            println!("{:<18} {}", target.name, target.what);
        }
        return Ok(true);
    }
    hush();
    if let Some(path) = arguments.reproduce {
        let [target] = &targets[..] else { return Err("--reproduce needs the name of one target".to_owned()) };
        let input = std::fs::read(&path).map_err(|error| format!("{path}: {error}"))?;
        let outcome = reproduce(target, &input, 1000);
        println!("{outcome}");
        return Ok(outcome.failure.is_none());
    }
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = arguments.seed.unwrap_or(clock.as_secs());
    let default_s = if arguments.executions.is_some() { 1e6 } else { 20.0 };
    let limits = Limits {
        time: Duration::from_secs_f64(arguments.seconds.unwrap_or(default_s)),
        executions: arguments.executions.unwrap_or(u64::MAX),
    };
    let jobs = arguments.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    println!("seed {seed}");
    let outcomes = run_all(targets, seed, limits, jobs);
    let failures = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    let executions: u64 = outcomes.iter().map(|outcome| outcome.executions).sum();
    let memory = peak_memory_bytes();
    let memory_mib = memory.map_or_else(|| "unknown".to_owned(), |bytes| format!("{} MiB", bytes >> 20));
    println!("{} targets, {executions} executions, {failures} failed; most memory {memory_mib}", outcomes.len());
    if memory.is_some_and(|bytes| bytes > MOST_MEMORY_BYTES) {
        println!("FAILED: more memory than {} MiB", MOST_MEMORY_BYTES >> 20);
        return Ok(false);
    }
    Ok(failures == 0)
}
