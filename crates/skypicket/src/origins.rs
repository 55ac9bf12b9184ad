//! Origin regions from a journal: it is played again, and what was said last of each track is kept.

use crate::epoch::{self, EpochError};
use crate::journal::Reader;
use crate::plan::{BUILT_IN_BORDERS, Plan};
use crate::store::{RestoreError, Store};
use skypicket_model::origin::OriginRegion;
use skypicket_model::{LatLon, Seq, Time, TrackId};
use skypicket_wire::borders_file::{Borders, Country};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a journal says of origins.
#[derive(Default)]
pub struct Told {
    /// The last region of each track.
    pub regions: BTreeMap<TrackId, Arc<OriginRegion>>,
    /// Epochs that were left out, and why.
    pub left_out: Vec<(u64, String)>,
    /// The states of the border file that held last, to say where a region lies.
    pub states: States,
}

/// How fine the outlines are by which a cell's state is found, metres: far finer than a cell.
const OUTLINE_M: f64 = 500.0;

/// States by place.
#[derive(Default)]
pub struct States(Vec<State>);

struct State {
    name: String,
    /// West, south, east, north.
    bounds: [f64; 4],
    /// Rings of longitudes and latitudes.
    rings: Vec<Vec<[f64; 2]>>,
}

impl States {
    /// Those of the border file that a plan uses.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let own = plan.files.iter().find(|file| file.role == "borders").map(|file| file.bytes.as_slice());
        let Ok(borders) = Borders::read(own.unwrap_or(BUILT_IN_BORDERS)) else { return Self::default() };
        let borders = borders.simplified(OUTLINE_M);
        let state = |country: &Country| {
            let rings: Vec<Vec<[f64; 2]>> = borders.polygons(&country.alpha3).ok()?.into_iter().flatten().collect();
            let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
            for [lon, lat] in rings.iter().flatten() {
                let [west, south, east, north] = bounds;
                bounds = [west.min(*lon), south.min(*lat), east.max(*lon), north.max(*lat)];
            }
            Some(State { name: country.name.clone(), bounds, rings })
        };
        Self(borders.states().filter_map(state).collect())
    }

    /// The state in which a place lies, its territorial sea with it.
    #[must_use]
    pub fn at(&self, place: LatLon) -> Option<&str> {
        self.0.iter().find(|state| state.holds(place)).map(|state| state.name.as_str())
    }
}

impl State {
    fn holds(&self, LatLon { lat_deg, lon_deg }: LatLon) -> bool {
        let [west, south, east, north] = self.bounds;
        if !(west..=east).contains(&lon_deg) || !(south..=north).contains(&lat_deg) {
            return false;
        }
        let crossed = |ring: &Vec<[f64; 2]>| {
            let next = ring.iter().skip(1).chain(ring.first());
            let cuts = ring.iter().zip(next).filter(|([x0, y0], [x1, y1])| {
                (*y0 > lat_deg) != (*y1 > lat_deg) && lon_deg < x0 + (lat_deg - y0) / (y1 - y0) * (x1 - x0)
            });
            cuts.count()
        };
        self.rings.iter().map(crossed).sum::<usize>() % 2 == 1
    }
}

/// Plays a journal to a moment, or to its end.
///
/// # Errors
/// When the journal cannot be read, or an input that it does not name makes the engine fail.
pub fn told(store: &Store, until: Option<Time>) -> Result<Told, RestoreError> {
    let mut told = Told::default();
    let mut played = None;
    let epochs = store.epochs()?;
    for (place, epoch) in epochs.iter().enumerate() {
        if until.is_some_and(|until| epoch.began > until) {
            break;
        }
        let last = epochs.get(place + 1).map_or(Seq(u64::MAX), |next| Seq(next.first.0 - 1));
        let plan: Plan = epoch::plan_of(&epoch.start, &store.contents)?;
        let mut core = match store.begin(epoch, &plan) {
            Ok(beginning) => beginning.core,
            // What another build wrote, this one may not be able to begin.
            Err(RestoreError::Epoch(why @ (EpochError::Config(_) | EpochError::Carried(_)))) => {
                told.left_out.push((epoch.number, why.to_string()));
                continue;
            }
            Err(other) => return Err(other),
        };
        let mut reader = Reader::open(Arc::clone(&store.journal))?.until(last);
        reader.seek_seq(Seq(epoch.first.0 + 1))?;
        let mut kept = core.engine().assessor().origins();
        while let Some(record) = reader.next_record()? {
            if until.is_some_and(|until| record.received > until) {
                break;
            }
            let applied = catch_unwind(AssertUnwindSafe(|| core.apply(&record)));
            let applied = applied.map_err(|_| RestoreError::Panics(1, record.seq))?;
            if applied.ticked {
                let now = core.engine().assessor().origins();
                if !Arc::ptr_eq(&now, &kept) {
                    told.regions.extend(now.iter().map(|region| (region.track, Arc::clone(region))));
                    kept = now;
                }
            }
        }
        played = Some(plan);
    }
    told.states = played.as_ref().map_or_else(States::default, States::of);
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_the_state_that_it_lies_in() {
        let plan = crate::plan::recordings_site(&["avr".to_owned()], &["POL".to_owned()]).expect("a plan");
        let states = States::of(&plan);
        let at = |lat_deg, lon_deg| states.at(LatLon { lat_deg, lon_deg });
        assert_eq!(at(52.2, 21.0), Some("Poland"));
        assert_eq!(at(53.9, 27.6), Some("Belarus"));
        assert_eq!(at(54.7, 20.5), Some("Russia"), "west of Lithuania too");
        assert_eq!(at(56.5, 18.9), None, "the open Baltic");
    }
}
