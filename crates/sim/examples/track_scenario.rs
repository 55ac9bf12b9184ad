//! `track_scenario DIR OUT`: tracks a scenario folder, writes its track file and prints what it cost as one JSON object.
#![allow(clippy::print_stdout, reason = "an example that prints its result")]

use skypicket_model::{Span, Time};
use skypicket_sim::scenario::{self, Scenario};
use skypicket_track::{Params, Tracker};
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(dir), Some(target)) = (args.next(), args.next()) else {
        return Err("usage: track_scenario DIR OUT [PARAMS_JSON]".into());
    };
    let params: Params = args.next().map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default();
    let dir = Path::new(&dir);
    let scenario = Scenario::parse(&fs::read(dir.join("scenario.json"))?)?;
    let file = flate2::read::GzDecoder::new(File::open(dir.join("measurements.jsonl.gz"))?);
    let mut frames = scenario.frames(BufReader::with_capacity(1 << 16, file))?;
    let mut out = BufWriter::new(File::create(target)?);
    let mut tracker = Tracker::new(params, &scenario.sensors);
    let (mut events, mut tracks) = (Vec::new(), Vec::new());
    let epoch = scenario::epoch();
    let moment = |s: f64| -> Time { epoch + Span::from_s_f64(s).unwrap_or(Span::ZERO) };
    let mut asked = scenario.ask_s.iter().copied().peekable();
    let mut ticked = 0;
    let mut frame_end = false;
    while !frame_end {
        let frame = frames.next_frame()?;
        let arrival_s = frame.map_or(f64::INFINITY, |f| f.arrival_s);
        // Everything due before this frame: what arrives at `t` counts at `t`.
        while let Some(&at) = asked.peek().filter(|&&at| at < arrival_s) {
            tick_until(&mut tracker, &mut ticked, at, &moment, &mut events);
            tracker.snapshot(moment(at), &mut tracks);
            scenario::write_tracks(&mut out, at, &tracks)?;
            asked.next();
        }
        match frame {
            Some(frame) => {
                tick_until(&mut tracker, &mut ticked, frame.arrival_s, &moment, &mut events);
                tracker.observe(frame.observations, &mut events);
                events.clear();
            }
            None => frame_end = true,
        }
    }
    out.flush()?;
    let plots = tracker.counts().plots + tracker.counts().self_reports + tracker.counts().self_reports_thinned;
    let cpu_s = cpu_s()?;
    println!(
        r#"{{"plots": {plots}, "cpu_s": {cpu_s:.4}, "us_per_plot": {:.3}, "max_rss_mb": {:.1}}}"#,
        cpu_s * 1e6 / plots.max(1) as f64,
        max_rss_mb()?
    );
    if std::env::args().len() > 4 {
        for sensor in &scenario.sensors {
            println!("{} {:?}", sensor.name, tracker.registration(sensor.id));
        }
        println!("{:?}", tracker.counts());
    }
    Ok(())
}

/// Whole seconds up to and including `at`.
fn tick_until(
    tracker: &mut Tracker,
    ticked: &mut i64,
    at: f64,
    moment: &impl Fn(f64) -> Time,
    events: &mut Vec<skypicket_track::TrackEvent>,
) {
    while (*ticked as f64) < at {
        tracker.tick(moment(*ticked as f64), events);
        events.clear();
        *ticked += 1;
    }
}

/// CPU time of this (single-threaded) process, seconds.
fn cpu_s() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    let ns: f64 = text.split_whitespace().next().ok_or("schedstat is empty")?.parse()?;
    Ok(ns * 1e-9)
}

/// Largest resident set so far, MB.
fn max_rss_mb() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    let kb: f64 = line.split_whitespace().nth(1).ok_or("no VmHWM value")?.parse()?;
    Ok(kb / 1000.0)
}
