//! One interference: cells that hang together, followed from its first aircraft to its end.

use std::collections::{BTreeMap, BTreeSet};

use skypicket_model::assessment::MAX_EVIDENCE;
use skypicket_model::gnss::GnssCell;
use skypicket_model::{Address, Evidence, LatLon, ObservationId, Span, Time};

use super::GnssParams;
use super::cells::Cells;
use super::outbreak::{self, outbreaks};
use super::world::World;

/// Most that last at one time in one reality; of further ones nothing is told until one is over.
const MAX_OPEN: usize = 64;
/// Most that are over and may begin again; of more, the one that was over first is forgotten.
const MAX_OVER: usize = 64;
/// Most aircraft counted for one.
const MAX_LOST: usize = 10_000;
/// Most cells of one.
const MAX_CELLS: usize = 2048;
/// One that was over begins again within this time: where few fly, nobody may be there to tell of it for a while. Origin: incidents' own `reopen_within_s`.
const AGAIN_WITHIN: Span = Span::from_s(3600);
/// Onsets this long before the first cell was told belong to it.
const BEFORE: Span = Span::from_s(180);

/// One interference.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    pub(super) number: u32,
    /// First aircraft affected, by the message in which it was.
    pub(super) began: Time,
    /// When it was told.
    pub(super) told: Time,
    /// When a cell last belonged to it.
    pub(super) last: Time,
    pub(super) ended: Option<Time>,
    /// Hexagons that belong to it now.
    pub(super) cells: BTreeSet<u64>,
    /// Aircraft in them now, not affected and affected.
    pub(super) now: [u32; 2],
    /// Aircraft that lost their navigation since it began.
    pub(super) lost: BTreeSet<Address>,
    pub(super) probability: f64,
    pub(super) middle: LatLon,
    pub(super) radius_m: f64,
    pub(super) evidence: Evidence,
    /// The newest change that was looked at.
    counted: Time,
}
skypicket_model::canon_struct!(Event {
    number,
    began,
    told,
    last,
    ended,
    cells,
    now,
    lost,
    probability,
    middle,
    radius_m,
    evidence,
    counted,
});

/// What became of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// It is told for the first time.
    Told,
    /// Its figures changed.
    Changed,
    /// It is over.
    Over,
}

/// All interferences of one reality.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Events {
    all: BTreeMap<u32, Event>,
}
skypicket_model::canon_struct!(Events { all });

/// Cells that hang together.
struct Cluster {
    cells: BTreeSet<u64>,
    middles: Vec<LatLon>,
    now: [u32; 2],
    probability: f64,
    /// That one of them is affected is sure enough to be told, and enough aircraft were.
    sure: bool,
}

impl Events {
    /// Brings them up to date with the cells, and says what is news.
    pub(super) fn update(
        &mut self,
        cells: &[GnssCell],
        world: &mut World,
        params: &GnssParams,
        last_number: &mut u32,
        now: Time,
    ) -> Vec<(u32, News)> {
        let clusters = self.joined(clusters(cells, world, params, now), params);
        let mut news = Vec::new();
        let mut touched = BTreeSet::new();
        for cluster in clusters {
            let known = self.of(&cluster, &touched, params);
            let number = match known {
                Some(number) => number,
                None if cluster.sure && self.all.values().filter(|event| event.ended.is_none()).count() < MAX_OPEN => {
                    *last_number += 1;
                    let lately = world.changes.iter().rev().take_while(|change| now - change.time <= BEFORE);
                    let began =
                        lately.filter(|change| change.is_onset() && cluster.is_near(change.place, params.link_m));
                    let began = began.map(|change| change.between.1).min().unwrap_or(now);
                    self.all.insert(*last_number, Event::new(*last_number, began, now));
                    *last_number
                }
                None => continue,
            };
            touched.insert(number);
            if let Some(event) = self.all.get_mut(&number) {
                let told = event.told == now;
                if event.take(cluster, world, params, now) || told {
                    news.push((number, if told { News::Told } else { News::Changed }));
                }
            }
        }
        let over_s = Span::from_s_f64(params.over_s).unwrap_or(Span::ZERO);
        for event in self.all.values_mut().filter(|event| !touched.contains(&event.number)) {
            event.cells.clear();
            event.now = [0, 0];
            if event.ended.is_none() && now - event.last > over_s {
                event.ended = Some(event.last);
                news.push((event.number, News::Over));
            }
        }
        self.all.retain(|_, event| event.ended.is_none() || now - event.last <= AGAIN_WITHIN);
        while self.all.values().filter(|event| event.ended.is_some()).count() > MAX_OVER {
            let over = self.all.values().filter(|event| event.ended.is_some());
            let Some(first) = over.min_by_key(|event| (event.last, event.number)).map(|event| event.number) else {
                break;
            };
            self.all.remove(&first);
        }
        world.active.clear();
        world.active.extend(self.all.values().flat_map(|event| event.cells.iter().map(|cell| Cells::whole(*cell))));
        news
    }

    /// Those that are not over.
    pub(super) fn lasting(&self) -> impl Iterator<Item = &Event> {
        self.all.values().filter(|event| event.ended.is_none())
    }

    pub(super) fn get(&self, number: u32) -> Option<&Event> {
        self.all.get(&number)
    }

    /// Clusters that go on one interference, oldest first, become one: where aircraft that stand more fly between, its cells do not hang together.
    fn joined(&self, mut clusters: Vec<Cluster>, params: &GnssParams) -> Vec<Cluster> {
        for event in self.all.values().filter(|event| event.ended.is_none()) {
            let goes_on = |cluster: &Cluster| {
                !event.cells.is_disjoint(&cluster.cells)
                    || cluster.is_near(event.middle, params.link_m + event.radius_m)
            };
            let (own, others): (Vec<_>, Vec<_>) = clusters.into_iter().partition(goes_on);
            clusters = others;
            clusters.extend(own.into_iter().reduce(Cluster::with));
        }
        clusters
    }

    /// The interference that a cluster goes on: one that shares a cell with it, else one within reach, else one within reach that was over; the oldest of each.
    fn of(&self, cluster: &Cluster, touched: &BTreeSet<u32>, params: &GnssParams) -> Option<u32> {
        let free = |over: bool| {
            let free = self.all.values().filter(|event| !touched.contains(&event.number));
            free.filter(move |event| event.ended.is_some() == over)
        };
        let shares = free(false).find(|event| !event.cells.is_disjoint(&cluster.cells));
        let near = |event: &&Event| cluster.is_near(event.middle, params.link_m + event.radius_m);
        shares.or_else(|| free(false).find(near)).or_else(|| free(true).find(near)).map(|event| event.number)
    }
}

impl Event {
    /// Most of the aircraft that it rested on turned out to state low quality wherever they fly.
    pub(super) fn is_withdrawn(&self, world: &World) -> bool {
        let chronic = self.lost.iter().filter(|address| {
            world.aircraft.get(address).is_some_and(|own| own.state == skypicket_model::gnss::GnssState::Chronic)
        });
        2 * chronic.count() > self.lost.len()
    }

    fn new(number: u32, began: Time, now: Time) -> Self {
        Self {
            number,
            began,
            told: now,
            last: now,
            ended: None,
            cells: BTreeSet::new(),
            now: [0, 0],
            lost: BTreeSet::new(),
            probability: 0.0,
            middle: LatLon::default(),
            radius_m: 0.0,
            evidence: Evidence::default(),
            counted: Time::MIN,
        }
    }

    /// Takes what a cluster says now; whether that is worth a word.
    fn take(&mut self, cluster: Cluster, world: &World, params: &GnssParams, now: Time) -> bool {
        let before = (self.cells.len(), self.now, self.lost.len());
        let again = self.ended.take().is_some();
        self.last = now;
        (self.now, self.probability) = (cluster.now, cluster.probability);
        (self.middle, self.radius_m) = cluster.circle();
        for change in
            world.changes.iter().rev().take_while(|change| change.time > self.counted.max(self.began - BEFORE))
        {
            if change.is_onset() && cluster.is_near(change.place, params.link_m) {
                if self.lost.len() < MAX_LOST {
                    self.lost.insert(change.address);
                }
                note(&mut self.evidence, change.evidence);
            }
        }
        self.counted = world.changes.back().map_or(self.counted, |change| change.time.max(self.counted));
        self.cells = cluster.cells.into_iter().take(MAX_CELLS).collect();
        again || before != (self.cells.len(), self.now, self.lost.len())
    }
}

/// Adds a message to what something rests on.
pub(super) fn note(evidence: &mut Evidence, id: ObservationId) {
    if evidence.count == 0 {
        (evidence.first, evidence.last) = (id, id);
    }
    evidence.first = evidence.first.min(id);
    evidence.last = evidence.last.max(id);
    evidence.count += 1;
    if evidence.strongest.len() < MAX_EVIDENCE
        && let Err(at) = evidence.strongest.binary_search(&id)
    {
        evidence.strongest.insert(at, id);
    }
}

impl Cluster {
    /// Both as one.
    fn with(mut self, other: Self) -> Self {
        self.cells.extend(other.cells);
        self.middles.extend(other.middles);
        self.now = [self.now[0] + other.now[0], self.now[1] + other.now[1]];
        self.probability = 1.0 - (1.0 - self.probability) * (1.0 - other.probability);
        self.sure |= other.sure;
        self
    }

    fn is_near(&self, place: LatLon, within_m: f64) -> bool {
        self.middles.iter().any(|middle| middle.rough_distance_m(place) <= within_m)
    }

    /// The middle of its cells, and how far the farthest lies from it, metres.
    fn circle(&self) -> (LatLon, f64) {
        let Some(first) = self.middles.first() else { return (LatLon::default(), 0.0) };
        let count = self.middles.len() as f64;
        let wrap = skypicket_model::math::wrap_deg_180;
        let lat_deg = self.middles.iter().map(|middle| middle.lat_deg).sum::<f64>() / count;
        let east = self.middles.iter().map(|middle| wrap(middle.lon_deg - first.lon_deg)).sum::<f64>() / count;
        let middle = LatLon { lat_deg, lon_deg: wrap(first.lon_deg + east) };
        let far = self.middles.iter().map(|own| own.rough_distance_m(middle)).fold(0.0, f64::max);
        (middle, far)
    }
}

/// Cells in which interference is, joined where they are near each other; by their lowest index.
fn clusters(cells: &[GnssCell], world: &World, params: &GnssParams, now: Time) -> Vec<Cluster> {
    let struck = outbreaks(cells, world, params, now);
    let is_struck = |cell: &GnssCell| struck.contains_key(&Cells::whole(cell.cell));
    let belongs =
        |cell: &&GnssCell| (cell.above[1] >= params.belongs || is_struck(cell)) && cell.now[1] + cell.now[0] > 0;
    let mut left: Vec<(&GnssCell, LatLon)> =
        cells.iter().filter(belongs).filter_map(|cell| Some((cell, Cells::middle(cell.cell)?))).collect();
    let mut all = Vec::new();
    while !left.is_empty() {
        let mut own = vec![left.remove(0)];
        let mut next = 0;
        while let Some((from, middle)) = own.get(next).copied() {
            next += 1;
            let (near, far) = left.into_iter().partition(|(cell, other)| {
                let both = is_struck(from) && is_struck(cell);
                let link_m = if both { outbreak::NEAR_M } else { params.link_m };
                other.rough_distance_m(middle) <= link_m
            });
            left = far;
            own.extend::<Vec<_>>(near);
        }
        let mut cluster =
            Cluster { cells: BTreeSet::new(), middles: Vec::new(), now: [0, 0], probability: 0.0, sure: false };
        for (cell, middle) in &own {
            if cluster.cells.insert(cell.cell) {
                cluster.middles.push(*middle);
            }
            cluster.now[0] += cell.now[0];
            cluster.now[1] += cell.now[1];
            // That not all of its cells are wrong: each rests on other aircraft.
            cluster.probability = 1.0 - (1.0 - cluster.probability) * (1.0 - cell.above[1]);
        }
        let outbreak =
            own.iter().filter_map(|(cell, _)| struck.get(&Cells::whole(cell.cell))).copied().fold(0.0, f64::max);
        cluster.probability = cluster.probability.max(outbreak);
        let lost = world.lost_near(|place| cluster.is_near(place, params.link_m), now);
        cluster.sure = cluster.probability >= params.told && lost >= params.aircraft as usize;
        all.push(cluster);
    }
    all
}
