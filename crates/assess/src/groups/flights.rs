//! What groups and counts know of each track that came near a watched airspace without permission: how it began, how it ended, how it crossed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use skypicket_model::assessment::{Entry as Entered, EntryState};
use skypicket_model::{AirspaceId, Finding, LatLon, Permission, Reality, Span, Subject, Time, Track, TrackId, math};

use crate::count::Fix;
use crate::detector::{Group, Judgement, TickView};
use crate::renumber::Renumbering;

/// How long a track is known after its last word.
pub(crate) const WINDOW: Span = Span::from_s(86_400);
/// Tracks known; beyond it those that entered least probably go first, of equals the oldest.
const MAX_FLIGHTS: usize = 2_000;
/// What entered less probably than this, and is over, is forgotten.
const LEAST: f64 = 0.02;

/// Where a track was and how it moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) time: Time,
    pub(crate) place: LatLon,
    /// East and north.
    pub(crate) velocity_m_s: [f64; 2],
    pub(crate) sigma_m: f64,
    pub(crate) sigma_m_s: f64,
}
skypicket_model::canon_struct!(State { time, place, velocity_m_s, sigma_m, sigma_m_s });

impl State {
    fn of(track: &Track) -> Self {
        let c = &track.covariance;
        let axis = |i: usize| (0.5 * (c.get(i, i) + c.get(i + 1, i + 1))).max(0.0).sqrt();
        Self {
            time: track.valid,
            place: track.position.lat_lon(),
            velocity_m_s: [track.velocity.x, track.velocity.y],
            sigma_m: axis(0),
            sigma_m_s: axis(3),
        }
    }

    /// In a plane around a place, seconds from a moment.
    pub(crate) fn fix(&self, plane: &Plane) -> Fix {
        Fix {
            time_s: (self.time - plane.moment).s(),
            place_m: plane.metres(self.place),
            velocity_m_s: self.velocity_m_s,
            sigma_m: self.sigma_m.max(30.0),
            sigma_m_s: self.sigma_m_s.max(0.5),
        }
    }
}

/// A plane that touches the Earth at a place, good for some hundred kilometres, and a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    pub(crate) at: LatLon,
    pub(crate) moment: Time,
}

/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_195.0;

impl Plane {
    pub(crate) fn metres(&self, place: LatLon) -> [f64; 2] {
        let east = math::wrap_deg_180(place.lon_deg - self.at.lon_deg) * math::cos(math::rad(self.at.lat_deg));
        [east * DEGREE_M, (place.lat_deg - self.at.lat_deg) * DEGREE_M]
    }

    pub(crate) fn place(&self, metres: [f64; 2]) -> LatLon {
        let cos = math::cos(math::rad(self.at.lat_deg)).max(1e-6);
        LatLon {
            lat_deg: (self.at.lat_deg + metres[1] / DEGREE_M).clamp(-90.0, 90.0),
            lon_deg: math::wrap_deg_180(self.at.lon_deg + metres[0] / DEGREE_M / cos),
        }
    }
}

/// How a track crossed into an airspace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Crossing {
    pub(crate) time: Time,
    pub(crate) place: LatLon,
    pub(crate) course_rad: f64,
    pub(crate) speed_m_s: f64,
}
skypicket_model::canon_struct!(Crossing { time, place, course_rad, speed_m_s });

/// A track and one airspace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Visit {
    /// P(entered): of the rows of the ledger the highest, each as it was told last.
    pub(crate) entered: f64,
    /// The highest of the rows that are over, and whether the last one is.
    pub(crate) before: f64,
    pub(crate) over: bool,
    pub(crate) inside: f64,
    pub(crate) left: bool,
    pub(crate) crossing: Option<Crossing>,
    /// How deep it was when it was first judged, metres; negative outside.
    pub(crate) first_depth_m: f64,
}
skypicket_model::canon_struct!(Visit { entered, before, over, inside, left, crossing, first_depth_m });

impl Visit {
    /// What a row says may fall again; what one that is over said stays beside the next.
    fn says(&mut self, entered: f64, over: bool) {
        if self.over {
            self.before = self.entered;
        }
        self.over = over;
        self.entered = self.before.max(entered);
    }
}

/// A track.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flight {
    pub(crate) reality: Reality,
    pub(crate) first: State,
    pub(crate) last: State,
    pub(crate) held: bool,
    /// Probability that there ever was an object.
    pub(crate) exists: f64,
    pub(crate) class: [f32; 7],
    pub(crate) told: Time,
    pub(crate) visits: BTreeMap<AirspaceId, Visit>,
}
skypicket_model::canon_struct!(Flight { reality, first, last, held, exists, class, told, visits });

impl Flight {
    fn entered(&self) -> f64 {
        self.visits.values().map(|visit| visit.entered).fold(0.0, f64::max)
    }
}

/// All tracks that are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Flights {
    pub(crate) all: BTreeMap<TrackId, Flight>,
}
skypicket_model::canon_struct!(Flights { all });

impl Flights {
    /// Takes a judgement of the ledger of entries.
    pub(crate) fn take(&mut self, judgement: &Judgement, view: &TickView<'_>) {
        let (Subject::Track(id), Finding::AirspaceEntry(entry)) =
            (judgement.assessment.subject, &judgement.assessment.finding)
        else {
            return;
        };
        if !counts(&entry.permission) {
            // It turned out to be permitted.
            if let Some(flight) = self.all.get_mut(&id) {
                flight.visits.remove(&entry.airspace);
                if flight.visits.is_empty() {
                    self.all.remove(&id);
                }
            }
            return;
        }
        let track = view.track(id);
        let Group::Flight { course_rad, reality, .. } = judgement.group else { return };
        let flight = match self.all.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let Some(track) = track else { return };
                let state = State::of(track);
                free.insert(Flight {
                    reality,
                    first: state,
                    last: state,
                    held: true,
                    exists: track.existence,
                    class: track.class.0,
                    told: view.now,
                    visits: BTreeMap::new(),
                })
            }
        };
        flight.told = view.now;
        let visit = flight.visits.entry(entry.airspace).or_insert_with(|| Visit {
            entered: 0.0,
            before: 0.0,
            over: false,
            inside: 0.0,
            left: false,
            crossing: None,
            first_depth_m: -entry.distance_m,
        });
        visit.says(entry.entered_probability, entry.over);
        visit.left = entry.left_at.is_some();
        if entry.lost_at.is_none() {
            visit.inside = entry.inside_probability;
        }
        if entry.state >= EntryState::Possible {
            let speed_m_s = track.map(Track::ground_speed_m_s);
            cross(visit, entry, course_rad, speed_m_s.unwrap_or_else(|| speed(&flight.last)), &flight.last);
        }
    }

    /// Brings the tracks' states up to date and forgets what is old. Called once a tick, after all judgements.
    pub(crate) fn tick(&mut self, view: &TickView<'_>) {
        for (id, flight) in &mut self.all {
            let track = view.track(*id).filter(|track| track.is_confirmed());
            flight.held = track.is_some();
            let Some(track) = track else { continue };
            flight.told = view.now;
            flight.class = track.class.0;
            if track.valid - track.updated <= FRESH || track.updated > flight.last.time {
                flight.last = State::of(track);
            }
            // Existence falls when nothing is measured any more: the object may have gone. That there ever was one is as sure as it was at its surest.
            flight.exists = flight.exists.max(track.existence);
        }
        let now = view.now;
        self.all.retain(|_, flight| {
            let open = flight.held || now - flight.told <= SETTLES;
            now - flight.told <= WINDOW && (open || flight.entered() >= LEAST)
        });
        while self.all.len() > MAX_FLIGHTS {
            let least =
                self.all.iter().min_by(|(_, a), (_, b)| a.entered().total_cmp(&b.entered()).then(a.told.cmp(&b.told)));
            let Some(id) = least.map(|(id, _)| *id) else { break };
            self.all.remove(&id);
        }
    }

    /// How the latest that more likely than not entered an area within the window crossed into it, at most so many.
    pub(crate) fn crossings(
        &self,
        (airspace, reality): (AirspaceId, Reality),
        now: Time,
        most: usize,
    ) -> Vec<Crossing> {
        let of_area = self.all.values().filter(|flight| flight.reality == reality);
        let entered = of_area.filter_map(|flight| flight.visits.get(&airspace)).filter(|visit| visit.entered >= 0.5);
        let mut crossings: Vec<Crossing> = entered.filter_map(|visit| visit.crossing).collect();
        crossings.retain(|crossing| now - crossing.time <= WINDOW);
        crossings.sort_by(|a, b| b.time.cmp(&a.time).then(a.place.lat_deg.total_cmp(&b.place.lat_deg)));
        crossings.truncate(most);
        crossings
    }

    /// Goes on in an epoch whose airspaces have other numbers.
    pub(crate) fn renumber(&mut self, to: &Renumbering) {
        for flight in self.all.values_mut() {
            let visits = std::mem::take(&mut flight.visits);
            flight.visits = visits.into_iter().map(|(area, visit)| (to.airspace(area), visit)).collect();
        }
    }
}

/// A state predicted further than this is no measurement.
const FRESH: Span = Span::from_s(12);
/// A row may begin again within this time after its track ended.
const SETTLES: Span = Span::from_s(900);

fn speed(state: &State) -> f64 {
    math::hypot(state.velocity_m_s[0], state.velocity_m_s[1])
}

/// Notes how it crossed, once; only the time becomes earlier where that is learned later.
fn cross(visit: &mut Visit, entry: &Entered, course_rad: f64, speed_m_s: f64, last: &State) {
    let time = entry.entered_at.unwrap_or(last.time);
    let place = entry.entered_place.unwrap_or(last.place);
    match &mut visit.crossing {
        Some(crossing) => crossing.time = crossing.time.min(time),
        none => *none = Some(Crossing { time, place, course_rad, speed_m_s }),
    }
}

/// Counted is what nobody permitted: neither what is permitted nor what claims an identity that nothing contradicts.
const fn counts(permission: &Permission) -> bool {
    matches!(permission, Permission::NotPermitted | Permission::Undetermined { contradicted: true, .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit() -> Visit {
        Visit { entered: 0.0, before: 0.0, over: false, inside: 0.0, left: false, crossing: None, first_depth_m: 0.0 }
    }

    #[test]
    fn what_a_row_says_may_fall_and_what_one_said_that_is_over_stays() {
        let mut visit = visit();
        visit.says(0.9, false);
        visit.says(0.2, false);
        assert!((visit.entered - 0.2).abs() < 1e-12, "it did not enter after all");
        visit.says(0.7, true);
        visit.says(0.1, false);
        assert!((visit.entered - 0.7).abs() < 1e-12, "it entered before, and not again");
        visit.says(0.95, false);
        assert!((visit.entered - 0.95).abs() < 1e-12);
    }
}
