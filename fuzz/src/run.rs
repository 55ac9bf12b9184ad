//! Runs targets: for a time or a number of executions, and keeps what failed.

use crate::dice::Dice;
use crate::mutate::mutate;
use crate::target::{Runner, Target};
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The longest that one execution may take. Inputs have at most 4 KiB; ordinary ones take microseconds.
pub const LONGEST: Duration = Duration::from_secs(5);

/// How long a target runs: until one of the two is reached.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time.
    pub time: Duration,
    /// Executions.
    pub executions: u64,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The target's name.
    pub name: &'static str,
    /// Executions done.
    pub executions: u64,
    /// Time that they took.
    pub took: Duration,
    /// Processor time that they took (Linux; else 0).
    pub cpu: Duration,
    /// The longest of them.
    pub longest: Duration,
    /// What went wrong, and where the input is kept.
    pub failure: Option<(String, PathBuf)>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, cpu) = (self.took.as_secs_f64(), self.cpu.as_secs_f64());
        let rate = self.executions as f64 / if cpu > 0.0 { cpu } else { seconds.max(1e-9) };
        write!(
            f,
            "{:<18} {:>12} executions in {seconds:>7.1} s, {cpu:>7.1} s of processor ({rate:>8.0}/s), longest {:?}",
            self.name, self.executions, self.longest
        )?;
        match &self.failure {
            None => Ok(()),
            Some((why, path)) => write!(f, "\n  FAILED: {why}\n  input kept: {}", path.display()),
        }
    }
}

/// Runs one target from a seed, drawing the same inputs each time.
#[must_use]
pub fn run(target: &Target, seed: u64, limits: Limits) -> Outcome {
    let mut dice = Dice::new(seed ^ skypicket_model::ids::content_hash(&[target.name.as_bytes()]));
    let mut runner = (target.runner)(target.name);
    let mut input = Vec::new();
    let (began, cpu) = (Instant::now(), cpu_time());
    let mut outcome = Outcome {
        name: target.name,
        executions: 0,
        took: Duration::ZERO,
        cpu: Duration::ZERO,
        longest: Duration::ZERO,
        failure: None,
    };
    // Each seed as it is, first.
    for seed in &target.seeds {
        attempt(&mut runner, seed, &mut dice, &mut outcome);
    }
    while outcome.failure.is_none() && outcome.executions < limits.executions && began.elapsed() < limits.time {
        match target.generate {
            Some(generate) if target.seeds.is_empty() || dice.one_in(2) => generate(&mut dice, &mut input),
            _ => mutate(&target.seeds, &mut dice, &mut input),
        }
        attempt(&mut runner, &input, &mut dice, &mut outcome);
    }
    (outcome.took, outcome.cpu) = (began.elapsed(), cpu_time().saturating_sub(cpu));
    outcome
}

/// Runs every seed cut short at every byte and with every bit flipped, where it is no longer than `longest_seed`.
#[must_use]
pub fn damage(target: &Target, longest_seed: usize) -> Outcome {
    let mut dice = Dice::new(1);
    let mut runner = (target.runner)(target.name);
    let (began, cpu) = (Instant::now(), cpu_time());
    let mut outcome = Outcome {
        name: target.name,
        executions: 0,
        took: Duration::ZERO,
        cpu: Duration::ZERO,
        longest: Duration::ZERO,
        failure: None,
    };
    for seed in target.seeds.iter().filter(|seed| seed.len() <= longest_seed) {
        for end in 0..=seed.len() {
            attempt(&mut runner, &seed[..end], &mut dice, &mut outcome);
        }
        let mut damaged = seed.clone();
        for bit in 0..seed.len() * 8 {
            damaged[bit / 8] ^= 1 << (bit % 8);
            attempt(&mut runner, &damaged, &mut dice, &mut outcome);
            damaged[bit / 8] ^= 1 << (bit % 8);
        }
    }
    (outcome.took, outcome.cpu) = (began.elapsed(), cpu_time().saturating_sub(cpu));
    outcome
}

/// Runs one input a number of times with different dice: the ways of cutting it are drawn from them.
#[must_use]
pub fn reproduce(target: &Target, input: &[u8], times: u64) -> Outcome {
    let mut runner = (target.runner)(target.name);
    let mut dice = Dice::new(1);
    let (began, cpu) = (Instant::now(), cpu_time());
    let mut outcome = Outcome {
        name: target.name,
        executions: 0,
        took: Duration::ZERO,
        cpu: Duration::ZERO,
        longest: Duration::ZERO,
        failure: None,
    };
    for _ in 0..times {
        attempt(&mut runner, input, &mut dice, &mut outcome);
    }
    (outcome.took, outcome.cpu) = (began.elapsed(), cpu_time().saturating_sub(cpu));
    outcome
}

/// One execution; the first failure is kept.
fn attempt(runner: &mut Runner, input: &[u8], dice: &mut Dice, outcome: &mut Outcome) {
    if outcome.failure.is_some() {
        return;
    }
    outcome.executions += 1;
    let began = Instant::now();
    let caught = catch_unwind(AssertUnwindSafe(|| runner(input, dice)));
    let took = began.elapsed();
    outcome.longest = outcome.longest.max(took);
    let why = match caught {
        Err(panic) => message(panic.as_ref()),
        // Once may be the machine's doing: it was asleep, or busy.
        Ok(()) if took > LONGEST && lasts(runner, input, dice) => format!("took {took:?}, and too long once more"),
        Ok(()) => return,
    };
    outcome.failure = Some((why, keep(outcome.name, input)));
}

/// Whether an input takes too long when it is tried again.
fn lasts(runner: &mut Runner, input: &[u8], dice: &mut Dice) -> bool {
    let began = Instant::now();
    catch_unwind(AssertUnwindSafe(|| runner(input, dice))).is_err() || began.elapsed() > LONGEST
}

/// The words of a panic and where it was, as far as the hook saw it.
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().cloned();
    let words = words.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()));
    let place = PLACE.with(Cell::take);
    format!("{} ({place})", words.unwrap_or_else(|| "panic".to_owned()))
}

thread_local! {
    /// Where this thread panicked last.
    static PLACE: Cell<String> = const { Cell::new(String::new()) };
}

/// Makes panics silent but for their place, which goes into the outcome.
pub fn hush() {
    std::panic::set_hook(Box::new(|info| {
        PLACE.set(info.location().map(ToString::to_string).unwrap_or_default());
    }));
}

/// Writes a failing input into target/fuzz.
fn keep(name: &str, input: &[u8]) -> PathBuf {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/fuzz"));
    let path = folder.join(format!("{name}-{:016x}.bin", skypicket_model::ids::content_hash(&[input])));
    // A full disk must not hide the failure itself.
    let _ = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input));
    path
}

/// Processor time of this thread so far (Linux; else 0).
fn cpu_time() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let ns = statistics.split_ascii_whitespace().next().and_then(|ns| ns.parse().ok());
    Duration::from_nanos(ns.unwrap_or(0))
}

/// The most memory that the process has held, bytes (Linux).
#[must_use]
pub fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
