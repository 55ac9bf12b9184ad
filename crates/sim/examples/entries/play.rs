//! Plays a world through tracker and detectors, as a live run would.

use crate::generalised::Generalised;
use skypicket_assess::geometry::{BorderSigma, Boundary};
use skypicket_assess::{Assessor, PermissionParams, Permissions};
use skypicket_engine::{ClockLimits, Engine, Input, Setup};
use skypicket_model::{Airspace, Seq, Span, Time};
use skypicket_sim::scenario::{self, Scenario};
use skypicket_sim::trial::Trial;
use skypicket_track::Tracker;

/// What a run is made with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Made {
    pub(crate) track: skypicket_track::Params,
    pub(crate) assess: skypicket_assess::Params,
    /// A border map that a simpler method would use, for worlds along a straight border.
    pub(crate) generalised: Option<Generalised>,
}

pub(crate) fn moment(seconds: f64) -> Time {
    scenario::epoch() + Span::from_s_f64(seconds).unwrap_or(Span::ZERO)
}

pub(crate) fn seconds(time: Time) -> f64 {
    (time - scenario::epoch()).s()
}

pub(crate) fn boundary(airspace: &Airspace) -> Boundary {
    Boundary::new(airspace).expect("a drawn border stands")
}

pub(crate) fn border_sigma() -> BorderSigma {
    BorderSigma::default()
}

/// Plays the looks of a trial and shows the engine after every tick.
pub(crate) fn play(trial: &Trial, airspaces: &[Airspace], made: &Made, mut each: impl FnMut(f64, &Engine)) {
    let scenario = Scenario::parse(trial.description_json().as_bytes()).expect("a trial describes itself");
    let mut lines = Vec::new();
    trial.write_measurements(&trial.play(), &mut lines).expect("memory takes lines");
    let mut frames = scenario.frames(lines.as_slice()).expect("a trial's lines are readable");
    // Where flights came from is no question here, and would take most of the time.
    let mut assess = made.assess.clone();
    assess.origin.least_observed_s = 1e9;
    let permissions = Permissions::new(&PermissionParams::default(), Vec::new()).expect("default rules stand");
    let mut engine = Engine::new(Setup {
        sensors: scenario.sensors.clone(),
        clock: ClockLimits::default(),
        tracker: Tracker::new(made.track.clone(), &scenario.sensors),
        assessor: Assessor::new(&assess, airspaces, permissions).expect("a drawn site stands"),
    });
    let (mut seq, mut events, mut second) = (0, Vec::new(), 0_u32);
    loop {
        let frame = frames.next_frame().expect("a trial's lines are readable");
        let arrival_s = frame.as_ref().map_or(trial.duration_s + 1.0, |frame| frame.arrival_s);
        while f64::from(second) <= arrival_s.min(trial.duration_s) {
            seq += 1;
            engine.handle(Seq(seq), Input::Tick(moment(f64::from(second))), &mut events);
            each(f64::from(second), &engine);
            events.clear();
            second += 1;
        }
        let Some(frame) = frame else { break };
        seq += 1;
        engine.handle(Seq(seq), Input::Observations(frame.observations), &mut events);
    }
}
