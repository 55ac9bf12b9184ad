//! Groups as they are held now: found anew whenever something is learned, and known again by their members.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use skypicket_model::group::MAX_STEPS;
use skypicket_model::track::Class;
use skypicket_model::{AirspaceId, GroupChange, GroupStep, LatLon, Reality, Span, Time, TrackGroup, TrackId, math};

use super::flights::{Crossing, Flight, Flights, Plane};
use super::mixture::Features;
use super::partition::{cohesion, partition};
use crate::renumber::Renumbering;

/// Tracks of one airspace that are grouped: the latest.
const MAX_GROUPED: usize = 256;
/// Tracks that crossed longer ago are in the group where they were.
const GROUPED_FOR: Span = Span::from_s(12 * 3600);
/// Groups kept; the oldest go first.
const MAX_GROUPS: usize = 256;
/// Entered at least so probably.
const ENTERED: f64 = 0.5;

/// One area and reality: what is grouped, and counted, together.
pub(crate) type Area = (AirspaceId, Reality);

/// All groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Groups {
    shown: Arc<Vec<TrackGroup>>,
    next: u32,
}
skypicket_model::canon_struct!(Groups { shown, next });

/// Who is grouped: one object, with the tracks that it has had.
struct Object<'f> {
    tracks: Vec<TrackId>,
    crossing: Crossing,
    flight: &'f Flight,
}

impl Groups {
    pub(crate) fn shown(&self) -> Arc<Vec<TrackGroup>> {
        Arc::clone(&self.shown)
    }

    /// Where there are groups.
    pub(crate) fn areas(&self) -> impl Iterator<Item = Area> + '_ {
        self.shown.iter().map(|group| (group.airspace, group.reality))
    }

    /// Finds the groups of an area anew. `goes_on` says which track is held to go on which earlier one.
    pub(crate) fn find(&mut self, area: Area, flights: &Flights, goes_on: &BTreeMap<TrackId, TrackId>, now: Time) {
        let objects = objects(area, flights, goes_on, now);
        let plane = objects.first().map(|first| Plane { at: first.crossing.place, moment: first.crossing.time });
        let plane = plane.unwrap_or(Plane { at: LatLon::default(), moment: now });
        let features: Vec<Features> = objects.iter().map(|object| features(object, &plane)).collect();
        let mut known: Vec<TrackGroup> = Vec::new();
        let mut others: Vec<TrackGroup> = Vec::new();
        for group in self.shown.iter() {
            let same = (group.airspace, group.reality) == area;
            if same { known.push(group.clone()) } else { others.push(group.clone()) }
        }
        let begin: Vec<Option<usize>> = objects
            .iter()
            .map(|object| known.iter().position(|group| object.tracks.iter().any(|id| group.members.contains(id))))
            .collect();
        let of = partition(&features, &begin);
        let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (object, group) in of.iter().enumerate() {
            found.entry(*group).or_default().push(object);
        }
        let mut clusters: Vec<Vec<usize>> = found.into_values().filter(|cluster| cluster.len() >= 2).collect();
        clusters.sort();
        let fresh: BTreeSet<TrackId> = objects.iter().flat_map(|object| object.tracks.iter().copied()).collect();
        let formed = self.tell(area, &clusters, &objects, &features, &known, now);
        // What crossed long ago stays in the group where it was, as long as it is remembered; what turned out to be permitted does not.
        let remembered = |id: &TrackId| flights.all.get(id).is_some_and(|flight| flight.visits.contains_key(&area.0));
        let taken: BTreeSet<u32> = formed.iter().map(|group| group.number).collect();
        let old = known
            .into_iter()
            .filter(|group| !taken.contains(&group.number) && !group.members.iter().any(|id| fresh.contains(id)))
            .filter(|group| group.members.iter().any(remembered));
        let mut all: Vec<TrackGroup> = others.into_iter().chain(old).chain(formed).collect();
        all.sort_by_key(|group| group.number);
        let surplus = all.len().saturating_sub(MAX_GROUPS);
        all.drain(..surplus);
        if *self.shown != all {
            self.shown = Arc::new(all);
        }
    }

    /// Knows groups again by their members and tells what changed.
    fn tell(
        &mut self,
        area: Area,
        clusters: &[Vec<usize>],
        objects: &[Object<'_>],
        features: &[Features],
        known: &[TrackGroup],
        now: Time,
    ) -> Vec<TrackGroup> {
        let tracks = |cluster: &[usize]| -> Vec<TrackId> {
            cluster.iter().filter_map(|i| objects.get(*i)).flat_map(|object| object.tracks.iter().copied()).collect()
        };
        // Each known group goes on in the cluster that has most of it; a cluster takes the number of the group that it has most of.
        let mut claims: Vec<(usize, u32, usize)> = Vec::new();
        for (c, cluster) in clusters.iter().enumerate() {
            let ids = tracks(cluster);
            for group in known {
                let common = group.members.iter().filter(|id| ids.contains(id)).count();
                if common > 0 {
                    claims.push((common, group.number, c));
                }
            }
        }
        claims.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut number_of: BTreeMap<usize, u32> = BTreeMap::new();
        let mut went_to: BTreeMap<u32, usize> = BTreeMap::new();
        for (_, number, cluster) in &claims {
            if !went_to.contains_key(number) {
                went_to.insert(*number, *cluster);
                number_of.entry(*cluster).or_insert(*number);
            }
        }
        let mut formed = Vec::new();
        for (c, cluster) in clusters.iter().enumerate() {
            let ids = tracks(cluster);
            let former = number_of.get(&c).and_then(|number| known.iter().find(|group| group.number == *number));
            let mut steps: Vec<GroupChange> = Vec::new();
            let (number, mut history) = match former {
                Some(group) => (group.number, group.history.clone()),
                None => {
                    self.next += 1;
                    let from = claims.iter().find(|(_, _, cluster)| *cluster == c).map(|(_, number, _)| *number);
                    steps.push(from.map_or(GroupChange::Formed, GroupChange::SplitFrom));
                    (self.next, Vec::new())
                }
            };
            let mut took: BTreeSet<TrackId> = BTreeSet::new();
            for group in known.iter().filter(|group| group.number != number && went_to.get(&group.number) == Some(&c)) {
                steps.push(GroupChange::Took(group.number));
                took.extend(group.members.iter().copied());
            }
            let before: &[TrackId] = former.map_or(&[], |group| &group.members);
            if former.is_some() {
                steps.extend(
                    ids.iter()
                        .filter(|id| !before.contains(id) && !took.contains(id))
                        .map(|id| GroupChange::Joined(*id)),
                );
                steps.extend(before.iter().filter(|id| !ids.contains(id)).map(|id| GroupChange::Left(*id)));
            }
            for what in steps {
                history.push(GroupStep { time: now, what });
                if history.len() > MAX_STEPS {
                    history.remove(MAX_STEPS / 4);
                }
            }
            formed.push(described(area, number, cluster, objects, features, ids, history));
        }
        formed
    }

    /// Goes on in an epoch whose airspaces have other numbers.
    pub(crate) fn renumber(&mut self, to: &Renumbering) {
        for group in Arc::make_mut(&mut self.shown) {
            group.airspace = to.airspace(group.airspace);
        }
    }
}

/// The objects that are grouped, in the order of crossing: what goes on an earlier track is that track's object.
fn objects<'f>(area: Area, flights: &'f Flights, goes_on: &BTreeMap<TrackId, TrackId>, now: Time) -> Vec<Object<'f>> {
    let mut objects: Vec<Object<'f>> = flights
        .all
        .iter()
        .filter(|(_, flight)| flight.reality == area.1)
        .filter_map(|(id, flight)| {
            let visit = flight.visits.get(&area.0).filter(|visit| visit.entered >= ENTERED)?;
            let crossing = visit.crossing.filter(|crossing| now - crossing.time <= GROUPED_FOR)?;
            Some(Object { tracks: vec![*id], crossing, flight })
        })
        .collect();
    objects.sort_by_key(|object| (object.crossing.time, object.tracks.first().copied()));
    let first_of =
        |id: TrackId| core::iter::successors(Some(id), |id| goes_on.get(id).copied()).take(64).last().unwrap_or(id);
    let mut at = 0;
    while at < objects.len() {
        let id = objects.get(at).and_then(|object| object.tracks.first().copied()).unwrap_or_default();
        let first = first_of(id);
        let home = objects.iter().position(|object| object.tracks.first() == Some(&first)).filter(|home| *home < at);
        match home {
            Some(home) => {
                let later = objects.remove(at);
                if let Some(object) = objects.get_mut(home) {
                    object.tracks.extend(later.tracks);
                }
            }
            None => at += 1,
        }
    }
    let surplus = objects.len().saturating_sub(MAX_GROUPED);
    objects.drain(..surplus);
    objects
}

fn features(object: &Object<'_>, plane: &Plane) -> Features {
    let [east, north] = plane.metres(object.crossing.place);
    Features {
        time_min: (object.crossing.time - plane.moment).s() / 60.0,
        place_km: [east / 1000.0, north / 1000.0],
        course_rad: object.crossing.course_rad,
        speed_m_s: object.crossing.speed_m_s,
        class: object.flight.class,
    }
}

fn described(
    area: Area,
    number: u32,
    cluster: &[usize],
    objects: &[Object<'_>],
    features: &[Features],
    members: Vec<TrackId>,
    history: Vec<GroupStep>,
) -> TrackGroup {
    let of: Vec<&Object<'_>> = cluster.iter().filter_map(|i| objects.get(*i)).collect();
    let compared: Vec<Features> = cluster.iter().filter_map(|i| features.get(*i).copied()).collect();
    let n = of.len().max(1) as f64;
    let mean = |value: &dyn Fn(&Object<'_>) -> f64| of.iter().map(|object| value(object)).sum::<f64>() / n;
    let plane = Plane {
        at: of.first().map(|object| object.crossing.place).unwrap_or_default(),
        moment: of.first().map_or(Time::EPOCH, |object| object.crossing.time),
    };
    let east = mean(&|object| plane.metres(object.crossing.place)[0]);
    let north = mean(&|object| plane.metres(object.crossing.place)[1]);
    let spread_m = mean(&|object| {
        let place = plane.metres(object.crossing.place);
        math::hypot(place[0] - east, place[1] - north)
    });
    let course_rad = math::wrap_tau(math::atan2(
        mean(&|object| math::sin(object.crossing.course_rad)),
        mean(&|object| math::cos(object.crossing.course_rad)),
    ));
    let mut classes = [0.0; 7];
    for object in &of {
        for (sum, p) in classes.iter_mut().zip(object.flight.class) {
            *sum += p / of.len() as f32;
        }
    }
    let entries = || of.iter().map(|object| object.crossing.time);
    TrackGroup {
        number,
        airspace: area.0,
        reality: area.1,
        members,
        objects: u32::try_from(of.len()).unwrap_or(u32::MAX),
        first_entry: entries().min().unwrap_or(Time::EPOCH),
        last_entry: entries().max().unwrap_or(Time::EPOCH),
        place: plane.place([east, north]),
        spread_m,
        course_rad,
        speed_m_s: mean(&|object| object.crossing.speed_m_s),
        class: most_probable(classes),
        cohesion: cohesion(&compared),
        history,
    }
}

fn most_probable(classes: [f32; 7]) -> Class {
    skypicket_model::track::ClassProbabilities(classes).best().0
}
