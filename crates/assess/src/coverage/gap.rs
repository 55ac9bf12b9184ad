//! What could not have been seen about a place: the height below which it was not observed.

use super::{Blind, Coverage, Network, Target, lat_deg_of, lon_deg_of, while_of};
use crate::detector::{Group, Handling, Judgement, TickView};
use skypicket_model::coverage::NotObserved;
use skypicket_model::math::{TAU, sin_cos};
use skypicket_model::{Geodetic, LatLon, Reason, SensorId, Subject, Time};
use std::collections::BTreeMap;

/// Heights that are tried, metres: what is told is the lowest of them from which everything is observed.
const LADDER_M: [f64; 28] = [
    20.0, 30.0, 40.0, 50.0, 60.0, 80.0, 100.0, 120.0, 150.0, 180.0, 220.0, 270.0, 330.0, 400.0, 500.0, 600.0, 750.0,
    900.0, 1100.0, 1300.0, 1600.0, 2000.0, 2500.0, 3000.0, 4000.0, 5500.0, 7500.0, 10_000.0,
];
/// Places about the one asked for, beside itself.
const AROUND: usize = 6;

impl Coverage {
    /// The height below which a target of the usual size may have been anywhere within [`super::CoverageParams::around_m`] of a place without being
    /// observed.
    #[must_use]
    pub fn not_observed(&self, network: &Network, place: LatLon, now: Time) -> NotObserved {
        let params = self.params();
        let centre = self.spot(place);
        let near = network.near(&centre, params.around_m);
        let mut below_m = Some(0.0);
        for k in 0..=AROUND {
            let (east, north) = if k == 0 { (0.0, 0.0) } else { sin_cos(TAU * k as f64 / AROUND as f64) };
            let place = LatLon {
                lat_deg: (place.lat_deg + lat_deg_of(params.around_m * north)).clamp(-89.9, 89.9),
                lon_deg: place.lon_deg + lon_deg_of(params.around_m * east, place.lat_deg),
            };
            let own = self.lowest_observed_m(&near, place, now);
            below_m = match (below_m, own) {
                (Some(a), Some(b)) => Some(f64::max(a, b)),
                _ => None,
            };
            if below_m.is_none() {
                break;
            }
        }
        NotObserved { below_m, within_m: params.around_m, rcs_m2: params.rcs_m2, above_ground: self.knows_ground() }
    }

    /// The lowest height that is observed at a place; `None` where none is.
    #[must_use]
    pub fn lowest_observed_m(&self, network: &Network, place: LatLon, now: Time) -> Option<f64> {
        let params = self.params();
        let spot = self.spot(place);
        let from = now - while_of(params.within_s);
        let observed = |height_m: &&f64| {
            let target = Target { rcs_m2: params.rcs_m2, height_m: **height_m };
            network.seen(&spot, target, from, now, params.looks as usize) >= params.probability
        };
        LADDER_M.iter().find(observed).copied()
    }
}

/// What is told of a place is that of a square of this many degrees: a horizon changes little over 11 km, and a row that moves is not told anew at each
/// step.
const SQUARE_DEG: f64 = 0.1;
/// Squares remembered while the sensors stay as they are.
const MAX_SQUARES: usize = 4096;

/// A sensor, where it stands, whether it sees and where interference blinds it: while these stay, so does what is not observed.
type State = (SensorId, Option<Geodetic>, Option<Blind>, Option<(f64, f64)>);

/// Tells judgements what could not have been seen about them. It remembers only what follows from the sensors as they are: nothing of it is state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gaps {
    /// The sensors of this tick, once somebody asked.
    network: Option<Network>,
    states: Vec<State>,
    squares: BTreeMap<(i32, i32), NotObserved>,
}

impl Gaps {
    /// Sensors may have changed.
    pub(crate) fn begin_tick(&mut self) {
        self.network = None;
    }

    /// Adds to a judgement that is written down what could not have been seen about it when it was made.
    pub(crate) fn tell(&mut self, judgement: &mut Judgement, view: &TickView<'_>, coverage: &Coverage) {
        if judgement.row.is_none() && judgement.handling == Handling::None {
            return;
        }
        let Some(place) = place_of(judgement, view) else { return };
        let told = self.of(place, view, coverage);
        judgement.assessment.reasons.push(Reason::NotObserved(told));
    }

    fn of(&mut self, place: LatLon, view: &TickView<'_>, coverage: &Coverage) -> NotObserved {
        let network = self
            .network
            .get_or_insert_with(|| coverage.now(view.described, view.sensors, view.now, view.listening_since));
        let states = network
            .watchers()
            .iter()
            .map(|watcher| (watcher.id(), watcher.place(), watcher.blind(), watcher.strobe_rad()));
        if !states.clone().eq(self.states.iter().copied()) || self.squares.len() >= MAX_SQUARES {
            self.states.clear();
            self.states.extend(states);
            self.squares.clear();
        }
        let square = ((place.lat_deg / SQUARE_DEG).floor() as i32, (place.lon_deg / SQUARE_DEG).floor() as i32);
        let centre = LatLon {
            lat_deg: (f64::from(square.0) + 0.5) * SQUARE_DEG,
            lon_deg: (f64::from(square.1) + 0.5) * SQUARE_DEG,
        };
        *self.squares.entry(square).or_insert_with(|| coverage.not_observed(network, centre, view.now))
    }
}

/// What a judgement is about stands where?
fn place_of(judgement: &Judgement, view: &TickView<'_>) -> Option<LatLon> {
    match (judgement.assessment.subject, judgement.group) {
        (Subject::Track(id), _) if view.track(id).is_some() => view.track(id).map(|track| track.position.lat_lon()),
        (Subject::Track(_), Group::Flight { place, .. }) => Some(place),
        (Subject::Sensor(id), _) => {
            let at = view.described.binary_search_by_key(&id, |sensor| sensor.id).ok()?;
            view.described.get(at)?.site.map(Geodetic::lat_lon)
        }
        // It is told by what aircraft say wherever they are heard.
        (Subject::Track(_) | Subject::Interference(_), _) => None,
    }
}
