//! Tracks a trial with the tracker and with an oracle, and scores both.

use skypicket_model::{Observation, Span, Time, Track};
use skypicket_sim::scenario::{self, Scenario};
use skypicket_sim::score::{self, Description, Estimate, Score};
use skypicket_sim::trial::turns::{Held, Holdings, turns};
use skypicket_sim::trial::{Played, Trial};
use skypicket_track::{Params, Tracker};
use std::collections::BTreeMap;

/// No report of an object that gave no plot for so long, seconds: the oracle too does not know what nobody saw.
const SILENT_S: f64 = 22.0;

/// What came of a trial.
pub(crate) struct Outcome {
    /// The tracker's score.
    pub ours: Score,
    /// The oracle's score.
    pub oracle: Score,
    /// Every turn and how the tracker did in it.
    pub turns: Vec<Held>,
    /// Plots, false ones included.
    pub plots: usize,
}

fn moment(s: f64) -> Time {
    scenario::epoch() + Span::from_s_f64(s).unwrap_or(Span::ZERO)
}

/// Runs a tracker over a trial's looks and calls `asked` at every moment at which tracks are asked for.
fn run(
    trial: &Trial,
    played: &Played,
    params: &Params,
    with_tentative: bool,
    mut asked: impl FnMut(f64, &[Track]),
) -> Result<(), String> {
    let scenario = Scenario::parse(trial.description_json().as_bytes()).map_err(|error| error.to_string())?;
    let mut lines = Vec::new();
    trial.write_measurements(played, &mut lines).map_err(|error| error.to_string())?;
    let mut frames = scenario.frames(lines.as_slice()).map_err(|error| error.to_string())?;
    let mut tracker = Tracker::new(params.clone(), &scenario.sensors);
    let (mut events, mut tracks) = (Vec::new(), Vec::new());
    let mut ask_s = scenario.ask_s.iter().copied().peekable();
    let mut next_tick_s = 0_i64;
    loop {
        let frame = frames.next_frame().map_err(|error| error.to_string())?;
        let arrival_s = frame.as_ref().map_or(f64::INFINITY, |frame| frame.arrival_s);
        let observations: &[Observation] = frame.as_ref().map_or(&[], |frame| frame.observations);
        let mut tick = |tracker: &mut Tracker, until_s: f64, events: &mut Vec<_>| {
            while (next_tick_s as f64) < until_s {
                tracker.tick(moment(next_tick_s as f64), events);
                next_tick_s += 1;
            }
        };
        while let Some(at_s) = ask_s.next_if(|at_s| *at_s < arrival_s) {
            tick(&mut tracker, at_s, &mut events);
            if with_tentative {
                tracker.snapshot_with_tentative(moment(at_s), &mut tracks);
            } else {
                tracker.snapshot(moment(at_s), &mut tracks);
            }
            asked(at_s, &tracks);
        }
        if frame.is_none() {
            return Ok(());
        }
        tick(&mut tracker, arrival_s, &mut events);
        tracker.observe(observations, &mut events);
        events.clear();
    }
}

fn estimate(time_s: f64, track: u32, t: &Track) -> Estimate {
    Estimate {
        time_s,
        track,
        place_deg: [t.position.lat_deg, t.position.lon_deg],
        height_m: Some(t.position.height_m),
        velocity_m_s: Some([t.velocity.x, t.velocity.y]),
        ..Estimate::default()
    }
}

/// The oracle: every object has a tracker of its own that gets its plots and no others, nothing false, and whose misses say nothing. It is
/// reported from its first plot to its true end.
fn oracle(trial: &Trial, played: &Played, params: &Params) -> Result<Vec<Estimate>, String> {
    let mut estimates = Vec::new();
    for (object, target) in trial.targets.iter().enumerate() {
        let own = played.only(object);
        let (Some(first), Some((_, end_s))) = (own.looks.first(), target.flown.span_s()) else { continue };
        // The tracker's time must not begin hours before its first plot for each of a thousand objects.
        let begin_s = (first.time_s / trial.step_s).floor() * trial.step_s;
        let mut alone = trial.clone();
        alone.targets.clear();
        alone.duration_s = end_s - begin_s;
        for station in &mut alone.stations {
            (station.pd, station.clutter) = (0.02, 1e-3);
        }
        let mut own = own;
        for look in &mut own.looks {
            look.time_s -= begin_s;
            look.arrival_s -= begin_s;
        }
        run(&alone, &own, params, true, |at_s, tracks| {
            let heard = played.own_plots(object, begin_s + at_s - SILENT_S, begin_s + at_s) > 0;
            if let Some(best) = tracks.iter().max_by_key(|track| (track.updated, track.updates)).filter(|_| heard) {
                estimates.push(estimate(begin_s + at_s, u32::try_from(object).unwrap_or(u32::MAX), best));
            }
        })?;
    }
    Ok(estimates)
}

/// Tracks and scores.
pub(crate) fn follow(trial: &Trial, params: &Params) -> Result<Outcome, String> {
    let played = trial.play();
    let description = Description::parse(trial.description_json().as_bytes()).map_err(|error| error.to_string())?;
    let mut truth = Vec::new();
    trial.write_truth(&played, &mut truth).map_err(|error| error.to_string())?;
    let truth = score::read_truth(truth.as_slice()).map_err(|error| error.to_string())?;
    let (mut estimates, mut numbers) = (Vec::new(), BTreeMap::new());
    let mut holdings = Holdings::default();
    run(trial, &played, params, false, |at_s, tracks| {
        let mut places = Vec::new();
        for track in tracks {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            let number = *numbers.entry(track.id).or_insert(next);
            estimates.push(estimate(at_s, number, track));
            places.push((u64::from(number), track.position.lat_lon()));
        }
        holdings.add(trial, at_s, &places);
    })?;
    let settings = description.settings();
    let ours = score::score(&description, &truth, &estimates, &settings);
    let oracle = score::score(&description, &truth, &oracle(trial, &played, params)?, &settings);
    let all = trial.targets.iter().enumerate().flat_map(|(k, target)| turns(k, &target.flown));
    let turns = all.map(|turn| holdings.through(trial, &played, turn)).collect();
    let plots = played.looks.iter().map(|look| look.sightings.len()).sum();
    Ok(Outcome { ours, oracle, turns, plots })
}
