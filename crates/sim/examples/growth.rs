//! `growth [TARGETS,…] [RADARS] [SECONDS] [whole|turning]`: what the tracker costs as the air becomes fuller, one JSON object a row.
//!
//! Counted is the tracker's own processor time (observations in, a tick each second, the picture each ten seconds) after 30 s in which the
//! tracks are born; making the traffic is not. The resident set is that of the whole process, so give one size a run to compare memory.
#![allow(clippy::print_stdout, reason = "an example that prints its result")]

use rustix::time::{ClockId, clock_gettime};
use skypicket_model::ids::content_hash;
use skypicket_model::{Canon, Span, Track};
use skypicket_sim::scenario;
use skypicket_sim::traffic::{Manner, Traffic};
use skypicket_track::{Params, Tracker};
use std::error::Error;

const WARM_S: u32 = 30;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let sizes = args.next().unwrap_or_else(|| "1000,5000,20000,100000".into());
    let radars: usize = args.next().as_deref().unwrap_or("30").parse()?;
    let seconds: u32 = args.next().as_deref().unwrap_or("60").parse()?;
    let manner = match args.next().as_deref() {
        None | Some("whole") => Manner::Whole,
        Some("turning") => Manner::Turning,
        Some(other) => return Err(format!("{other:?} is neither whole nor turning").into()),
    };
    for size in sizes.split(',') {
        row(size.trim().parse()?, radars, seconds.max(WARM_S + 10), manner);
    }
    Ok(())
}

fn row(targets: usize, radars: usize, seconds: u32, manner: Manner) {
    let epoch = scenario::epoch();
    let mut traffic = Traffic::new(targets, radars, manner, epoch, 1);
    let mut tracker = Tracker::new(Params::default(), &traffic.sensors());
    let (mut batches, mut events, mut picture) = (Vec::new(), Vec::new(), Vec::new());
    let (mut spent_s, mut plots_before, mut worst_s) = (0.0, 0, 0.0_f64);
    for second in 0..seconds {
        traffic.second(second, &mut batches);
        let begin_s = cpu_s();
        for batch in &batches {
            tracker.observe(&batch.observations, &mut events);
            events.clear();
        }
        let now = epoch + Span::from_s(i64::from(second) + 1);
        tracker.tick(now, &mut events);
        events.clear();
        if (second + 1) % 10 == 0 {
            tracker.snapshot(now, &mut picture);
        }
        let took_s = cpu_s() - begin_s;
        if second < WARM_S {
            plots_before = tracker.counts().plots;
        } else {
            spent_s += took_s;
            worst_s = worst_s.max(took_s);
        }
    }
    let plots = tracker.counts().plots - plots_before;
    println!(
        r#"{{"targets": {targets}, "covered": {}, "radars": {radars}, "tracks": {}, "with_tentative": {}, "plots_per_10s": {:.0}, "cpu_s_per_10s": {:.4}, "us_per_plot": {:.3}, "worst_second_cpu_s": {worst_s:.3}, "max_rss_mb": {:.0}, "picture": "{:016x}"}}"#,
        traffic.covered(f64::from(seconds)),
        picture.len(),
        tracker.len(),
        plots as f64 * 10.0 / f64::from(seconds - WARM_S),
        spent_s * 10.0 / f64::from(seconds - WARM_S),
        spent_s * 1e6 / plots.max(1) as f64,
        max_rss_mb(),
        digest(&picture)
    );
}

/// A number that changes with any bit of the last picture, to compare builds by.
fn digest(picture: &[Track]) -> u64 {
    let mut bytes = Vec::new();
    picture.iter().for_each(|track| track.encode(&mut bytes));
    content_hash(&[&bytes])
}

/// Processor time of this thread so far, seconds.
fn cpu_s() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Largest resident set so far, MB; 0 where the system does not tell.
fn max_rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse::<f64>().ok());
    kib.unwrap_or(0.0) * 1024.0 / 1e6
}
