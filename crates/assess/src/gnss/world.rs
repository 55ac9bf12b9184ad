//! All aircraft and cells of one reality: messages in, votes and changes out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

#[cfg(test)]
use skypicket_model::gnss::GnssState;
use skypicket_model::gnss::{Distrust, GnssCell, GnssChange, HeightBand};
use skypicket_model::identity::AddressKind;
use skypicket_model::observation::{Channel, ModeSPart};
use skypicket_model::table::Table;
use skypicket_model::{Address, LatLon, Observation, Reality, Report, Span, Time};

use super::aircraft::{Aircraft, Said};
use super::cells::{Cells, Key, Pass, worth};
use super::daily::Days;
use super::share::Shares;
use super::source::Look;

/// Most aircraft remembered; beyond it those unheard for longest are forgotten, a tenth at once. Origin: all of the world's air at one time is 20,000.
const MAX_AIRCRAFT: usize = 40_000;
/// Where an aircraft is, is looked at this often.
const LOOK_EVERY: Span = Span::from_s(5);
/// Unheard for so long, its pass is over; and so long its habits are remembered.
const PASS_OVER: Span = Span::from_s(60);
/// Unheard for so long, what it told falsely is forgotten.
const SILENT: Span = Span::from_s(3600);
const HABITS_FOR: Span = Span::from_s(30 * 86_400);
/// Aircraft that lack navigation count for what is held probable of cells so far around.
const REACH_M: f64 = 250_000.0;
/// Looks at aircraft between two ticks at which they are taken.
const MAX_LOOKS: usize = 32_768;
/// Aircraft that lost their navigation so short a time ago count for whether there are enough: what a vote halves in.
const LATELY: Span = Span::from_s(900);
/// Changes remembered for timelines.
pub(super) const MAX_CHANGES: usize = 4096;
/// How probable interference is somewhere before anything is counted, how many times more with each aircraft that lacks navigation now within
/// [`REACH_M`], and at most. Origin: docs/detectors/gnss_interference.md, "Cells".
const BEFORE: f64 = 0.002;
const TIMES: f64 = 8.0;
const MOST_BEFORE: f64 = 0.3;

/// One reality's aircraft and cells.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    pub(super) reality: Reality,
    pub(super) aircraft: Table<Address, Aircraft>,
    pub(super) cells: Cells,
    /// Aircraft that lack navigation now: where, and in which hexagon.
    pub(super) affected: BTreeMap<Address, (LatLon, u64)>,
    pub(super) changes: VecDeque<GnssChange>,
    /// Hexagons in which interference is held to be now.
    pub(super) active: BTreeSet<u64>,
    /// Aircraft that are held to tell false positions.
    pub(super) suspected: BTreeSet<Address>,
    /// What became unusable or usable since it was asked last. Taken with every input, so never part of what is stored.
    pub(super) distrusts: Vec<Distrust>,
    pub(super) days: Days,
    swept: Option<Time>,
    /// Aircraft as they were looked at since the last tick, while interference is anywhere.
    pub(super) looks: Vec<Look>,
}

impl skypicket_model::Canon for World {
    fn encode(&self, out: &mut Vec<u8>) {
        let Self { reality, aircraft, cells, affected, changes, active, suspected, distrusts: _, days, swept, looks } =
            self;
        reality.encode(out);
        aircraft.encode(out);
        cells.encode(out);
        affected.encode(out);
        changes.encode(out);
        active.encode(out);
        suspected.encode(out);
        days.encode(out);
        swept.encode(out);
        looks.encode(out);
    }
    fn decode(reader: &mut skypicket_model::Reader<'_>) -> Result<Self, skypicket_model::CanonError> {
        use skypicket_model::Canon;
        Ok(Self {
            reality: Canon::decode(reader)?,
            aircraft: Canon::decode(reader)?,
            cells: Canon::decode(reader)?,
            affected: Canon::decode(reader)?,
            changes: Canon::decode(reader)?,
            active: Canon::decode(reader)?,
            suspected: Canon::decode(reader)?,
            distrusts: Vec::new(),
            days: Canon::decode(reader)?,
            swept: Canon::decode(reader)?,
            looks: Canon::decode(reader)?,
        })
    }
}

impl World {
    pub(super) fn new(reality: Reality) -> Self {
        Self { reality, ..Self::default() }
    }

    /// Takes an observation, where it is an aircraft's own word.
    pub(super) fn observe(&mut self, observation: &Observation) {
        let (address, said) = match observation.report {
            // What the ground relays of others says nothing of an aircraft's navigation.
            Report::SelfReport(own) if matches!(own.channel, Channel::AdsB | Channel::Network) => {
                (own.address, Said::Part(own.part))
            }
            Report::ModeS(reply) => {
                let airspeed = match reply.part {
                    ModeSPart::AirData(data) => data.true_airspeed_m_s.map(f64::from),
                    _ => None,
                };
                (reply.address, Said::Reply(airspeed))
            }
            _ => return,
        };
        if address.kind != AddressKind::Icao {
            return;
        }
        let now = observation.measured;
        if !self.aircraft.contains_key(&address) {
            // Noise makes replies of aircraft that are not there.
            if matches!(said, Said::Reply(_)) {
                return;
            }
            if self.aircraft.len() >= MAX_AIRCRAFT {
                self.make_room();
            }
        }
        let own = self.aircraft.entry_or_insert_with(address, || Aircraft::new(now));
        let active = own.cell.is_some_and(|(cell, _)| self.active.contains(&Cells::whole(cell)));
        let change = own.hear(address, (observation.id, now), said, active);
        if change.is_none() && now - own.looked < LOOK_EVERY {
            return;
        }
        own.looked = now;
        if let Some(last) = own.told.believed.filter(|_| !self.active.is_empty() && !own.on_ground)
            && self.looks.len() < MAX_LOOKS
        {
            let (state, place, place_at, height_m) = (own.state, last.place, last.at, own.pressure_m);
            self.looks.push(Look { address, time: now, state, place, place_at, height_m });
        }
        look(own, change.as_ref(), (&mut self.cells, &self.active), now);
        if let (Some(low), Some((cell, _))) = (own.is_low(now), own.cell) {
            self.days.count(&mut own.counted, Cells::whole(cell), low, now);
        }
        match own.pass.filter(|pass| pass.affected) {
            Some(pass) => self.affected.insert(address, (own.reckoned(now).unwrap_or_default(), pass.key.0)),
            None => self.affected.remove(&address),
        };
        if let Some(change) = change {
            self.changed(change, now);
        }
    }

    pub(super) fn distrust(&mut self, address: Address, unusable: bool, believed: Option<LatLon>, at: Time) {
        self.distrusts.push(Distrust { reality: self.reality, address, at, unusable, believed });
    }

    /// Ends the passes of those unheard and forgets what is old.
    pub(super) fn sweep(&mut self, now: Time) {
        if self.swept.is_some_and(|swept| now - swept < LOOK_EVERY) {
            return;
        }
        self.swept = Some(now);
        let (mut over, mut silent) = (Vec::new(), Vec::new());
        self.aircraft.retain(|address, own| {
            if now - own.heard > SILENT && own.forget_false(now) {
                silent.push(*address);
            }
            if now - own.heard > PASS_OVER {
                over.extend(own.pass.take().map(|pass| (*address, pass)));
            }
            now - own.heard <= HABITS_FOR
        });
        // In an order that does not depend on the table's.
        over.sort_unstable_by_key(|(address, _)| *address);
        for (address, pass) in &over {
            self.cells.end(pass, true, !self.active.contains(&Cells::whole(pass.key.0)), now);
            self.affected.remove(address);
        }
        silent.sort_unstable();
        for address in silent {
            if self.suspected.remove(&address) {
                self.distrust(address, false, None, now);
            }
        }
        self.cells.sweep(now);
    }

    /// What is known of every cell, in order.
    pub(super) fn tell(&self, shares: (&Shares, f64), now: Time, out: &mut Vec<GnssCell>) {
        self.cells.tell(shares, |key| self.before(key), now, out);
    }

    /// How probable interference is in a cell before its own aircraft are counted: more where others around it lack navigation.
    fn before(&self, key: &Key) -> f64 {
        let Some(middle) = Cells::middle(key.0) else { return BEFORE };
        let near = |(place, cell): &&(LatLon, u64)| *cell != key.0 && place.rough_distance_m(middle) <= REACH_M;
        let mut probability = BEFORE;
        for _ in self.affected.values().filter(near).take(3) {
            probability *= TIMES;
        }
        probability.min(MOST_BEFORE)
    }

    /// How many aircraft lack navigation near a cluster, or lost it there lately: past a weak transmitter they fly one after another.
    pub(super) fn lost_near(&self, is_near: impl Fn(LatLon) -> bool, now: Time) -> usize {
        let lasting = self.affected.iter().filter(|(_, (place, _))| is_near(*place)).map(|(address, _)| *address);
        let lately = self.changes.iter().rev().take_while(|change| now - change.time <= LATELY);
        let lately = lately.filter(|change| change.is_onset() && is_near(change.place)).map(|change| change.address);
        lasting.chain(lately).collect::<BTreeSet<Address>>().len()
    }

    fn make_room(&mut self) {
        let mut heard: Vec<(Time, Address)> =
            self.aircraft.sorted().into_iter().map(|(address, own)| (own.heard, *address)).collect();
        heard.sort_unstable();
        for (at, address) in heard.into_iter().take(MAX_AIRCRAFT / 10) {
            self.affected.remove(&address);
            if self.suspected.remove(&address) {
                self.distrust(address, false, None, at);
            }
            if let Some(pass) = self.aircraft.remove(&address).and_then(|own| own.pass) {
                self.cells.end(&pass, true, !self.active.contains(&Cells::whole(pass.key.0)), at);
            }
        }
    }

    /// The state of an aircraft.
    #[cfg(test)]
    pub(super) fn state(&self, address: Address) -> Option<GnssState> {
        self.aircraft.get(&address).map(|own| own.state)
    }
}

/// Puts an aircraft's vote where it is now.
fn look(own: &mut Aircraft, change: Option<&GnssChange>, (cells, active): (&mut Cells, &BTreeSet<u64>), now: Time) {
    if change.is_some_and(GnssChange::is_onset) {
        own.cells_since_onset = 0;
    }
    let Some(cell) = own.place(now).and_then(|place| cells.of(place)) else { return };
    let key = (cell, HeightBand::of_m(own.pressure_m));
    // Where a hexagon became busy or no longer is, votes move with it.
    let is_other = |before: u64| before != cell && !Cells::is_part(before, cell);
    if own.cell.is_some_and(|before| is_other(before.0)) {
        own.cells_since_onset = own.cells_since_onset.saturating_add(1);
    }
    own.cell = Some(key);
    let vote = own.state.vote().filter(|_| !own.on_ground);
    if own.pass.map(|pass| (pass.key, pass.affected)) == vote.map(|affected| (key, affected)) {
        return;
    }
    if let Some(before) = own.pass.take() {
        // The same aircraft counts once where it is: as affected, if it became so here.
        let voted_anew = before.key == key && !before.affected && vote == Some(true);
        let moved = Cells::is_part(before.key.0, cell);
        cells.end(&before, !voted_anew && !moved, !active.contains(&Cells::whole(before.key.0)), now);
    }
    if let Some(affected) = vote {
        let worth = worth(if affected { own.cells_since_onset } else { 0 });
        let pass = Pass { key, affected, worth };
        cells.begin(&pass, now);
        own.pass = Some(pass);
    }
}
