//! All addresses, radars and feeds of one reality.

use skypicket_model::false_identity::Misfit;
use skypicket_model::observation::{Channel, SelfPart};
use skypicket_model::table::Table;
use skypicket_model::{Address, AddressKind, Observation, Report, SensorKind, Span, Time};

use super::arrivals::Arrivals;
use super::claimed::Claimed;
use super::flood::Feeds;
use super::flown::Flown;
use super::looks::{self, Looking};
use super::radars::Beams;
use crate::detector::TickView;
use crate::renumber::Renumbering;
use crate::site::Site;

/// Most addresses remembered; beyond it those unheard for longest are forgotten, a tenth at once.
const MAX_ADDRESSES: usize = 40_000;
/// Unheard for so long, an address is forgotten.
const FORGET: Span = Span::from_s(900);
/// Range of a radar that states none, metres: as coverage has it.
const FARTHEST_M: f64 = 400_000.0;

/// One reality.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    pub(super) claims: Table<Address, Claimed>,
    pub(super) beams: Beams,
    pub(super) feeds: Feeds,
    pub(super) arrivals: Arrivals,
    flown: Flown,
    /// How many addresses have incidents of their own now.
    pub(super) open: u32,
    swept: Option<Time>,
}
skypicket_model::canon_struct!(World { claims, beams, feeds, arrivals, flown, open, swept });

impl World {
    pub(super) fn observe(&mut self, observation: &Observation) {
        let own = match &observation.report {
            // What the ground relays of others is not the aircraft's word.
            Report::SelfReport(own) if matches!(own.channel, Channel::AdsB | Channel::Network) => own,
            Report::Plot(_) | Report::SensorStatus(_) => return self.beams.observe(observation),
            _ => return,
        };
        if own.address.kind == AddressKind::TrackFile {
            return;
        }
        let position = matches!(own.part, SelfPart::Position(_));
        let mut new = false;
        if !self.claims.contains_key(&own.address) {
            // Who it is that says something matters once it says where it is.
            if !position {
                return;
            }
            if self.claims.len() >= MAX_ADDRESSES {
                self.make_room();
            }
            new = true;
        }
        if position {
            let feed = observation.sensor.feed;
            self.feeds.heard(feed, observation.measured, observation.id, new.then_some(own.address));
        }
        if let SelfPart::Position(position) = &own.part {
            self.arrivals.observe(observation, own.address, position);
        }
        let claimed = self.claims.entry_or_insert_with(own.address, || Claimed::new(observation));
        claimed.hear(own.address, observation, &own.part);
        if let SelfPart::Position(position) = &own.part
            && let Some(height_m) = claimed.height_m
        {
            let place = self.flown.pass(position.place, height_m, observation.measured);
            claimed.flown_before(place, observation.id);
        }
    }

    /// Holds what radars saw since the last tick against what is said.
    pub(super) fn look(&mut self, view: &TickView<'_>, site: &Site) {
        if self.claims.is_empty() {
            return;
        }
        self.arrivals.look(view.described, view.now, &mut self.claims);
        if self.beams.of.is_empty() {
            return;
        }
        let network = site.coverage.now(view.described, view.sensors, view.now, view.listening_since);
        let mut movers = Vec::new();
        looks::movers(&self.claims, view.now, &mut movers);
        let mut sweeps = Vec::new();
        for watcher in network.watchers() {
            let Ok(at) = view.described.binary_search_by_key(&watcher.id(), |sensor| sensor.id) else { continue };
            let sensor = &view.described[at];
            let Some(beam) = self.beams.of.get_mut(&sensor.id) else { continue };
            if !matches!(sensor.kind, SensorKind::Radar2d | SensorKind::Radar3d) {
                continue;
            }
            let Some(period) = beam.sweeps(sensor.period, &mut sweeps) else { continue };
            let farthest_m = sensor.range_limits_m.map_or(FARTHEST_M, |limits| limits.1);
            let coverage = &site.coverage;
            let looking =
                Looking { id: sensor.id, watcher, coverage, farthest_m, period, sweeps: &sweeps, now: view.now };
            looking.judge(beam, &movers, &mut self.claims);
        }
    }

    /// Addresses that came with many others at once.
    pub(super) fn brought(&mut self, addresses: &[Address], each: f64) {
        for address in addresses {
            if let Some(own) = self.claims.get_mut(address) {
                let id = own.first_id;
                own.add(Misfit::TooMany, each, addresses.len() as f64, id);
            }
        }
    }

    /// Lets evidence fade and forgets who is unheard.
    pub(super) fn forget(&mut self, now: Time) {
        if self.swept.is_some_and(|swept| now - swept < Span::from_s(10)) {
            return;
        }
        self.swept = Some(now);
        self.claims.retain(|_, own| {
            own.fade(now);
            own.told.is_some() || now - own.heard <= FORGET
        });
    }

    fn make_room(&mut self) {
        let mut heard: Vec<(Time, Address)> =
            self.claims.sorted().into_iter().map(|(address, own)| (own.heard, *address)).collect();
        heard.sort_unstable();
        for (_, address) in heard.into_iter().take(MAX_ADDRESSES / 10) {
            if let Some(told) = self.claims.remove(&address).and_then(|own| own.told) {
                self.open = self.open.saturating_sub(u32::from(told.opened));
            }
        }
    }

    pub(super) fn renumber(&mut self, to: &Renumbering) {
        let beams = std::mem::take(&mut self.beams.of);
        self.beams.of =
            beams.into_iter().map(|(id, beam)| (to.sensor(id), beam)).filter(|(id, _)| !id.feed.is_gone()).collect();
        let feeds = std::mem::take(&mut self.feeds.of);
        self.feeds.of =
            feeds.into_iter().map(|(id, feed)| (to.feed(id), feed)).filter(|(id, _)| !id.is_gone()).collect();
        self.arrivals.renumber(to);
        let anew = self.arrivals.is_new();
        self.claims.retain(|_, own| {
            own.sensor = to.sensor(own.sensor);
            own.seen.iter_mut().for_each(|seen| seen.radar = to.sensor(seen.radar));
            if anew {
                own.unheard.clear();
            }
            true
        });
    }
}
