//! A world in time: every sensor at work, and its bytes in the order in which they arrive.
//!
//! Time advances in slices of 50 ms, in which receivers gather frames as their programs do before they send. Radars work a turn
//! ahead and hand out a sector at a time. What is held is one turn of each radar and what is still on its way.

use crate::asterix_out::{SECTORS, north_marker, plots, sector};
use crate::ghost::{Counter, Speaking};
use crate::radar::{Extracted, Radar};
use crate::receiver::{Heard, Stamps, write_beast};
use crate::rng::Rng;
use crate::squitter::{Around, Emitter};
use crate::tracker::Tracking;
use crate::world::World;
use skypicket_model::{FeedId, Span, Time};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How long receivers gather before they send, and the step of the simulation.
const SLICE: Span = Span::from_ms(50);

/// Bytes that arrive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival {
    /// When.
    pub received: Time,
    /// Of which feed.
    pub feed: FeedId,
    /// Its number among all arrivals made, which keeps a feed's own order.
    pub number: u64,
    /// One whole datagram for feeds of datagrams, else the next piece of the stream.
    pub bytes: Vec<u8>,
}

/// A radar at work: the turn being handed out.
struct Turning {
    rng: Rng,
    north: Time,
    turn: i64,
    /// The next sector to end, 1..=SECTORS.
    sector: usize,
    extracted: Vec<Extracted>,
    handed: usize,
}

/// The arrivals of a world, in order.
pub struct Run<'w> {
    world: &'w World,
    now: Time,
    /// Targets that fly now or will: those that are gone need no look.
    emitters: Vec<Emitter>,
    waiting: Vec<usize>,
    ghosts: Vec<Speaking>,
    counters: Vec<Counter>,
    turning: Vec<Turning>,
    tracking: Vec<Tracking>,
    listening: Vec<(Rng, i64)>,
    heard: Vec<Vec<Heard>>,
    queue: BinaryHeap<Reverse<Arrival>>,
    number: u64,
}

impl<'w> Run<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        let rng = |name: &str| Rng::named(world.seed, name);
        let mut waiting: Vec<usize> = (0..world.targets.len())
            .filter(|index| world.targets.get(*index).is_some_and(|t| t.transponder.is_some()))
            .collect();
        // Latest first, so that the next to be born is the last.
        waiting.sort_by_key(|index| Reverse(world.targets.get(*index).map(|target| target.born)));
        let turning = world.radars.iter().map(|radar| Turning {
            rng: rng(&radar.name),
            north: radar.north(world.begin, 0),
            turn: 0,
            sector: 0,
            extracted: Vec::new(),
            handed: 0,
        });
        Self {
            world,
            now: world.begin,
            emitters: Vec::new(),
            waiting,
            ghosts: crate::ghost::speaking(world),
            counters: world.receivers.iter().map(|own| Counter::new(&own.name, world.begin, world.seed)).collect(),
            turning: turning.collect(),
            tracking: world.trackers.iter().map(|tracker| Tracking::new(rng(&tracker.name))).collect(),
            listening: world.listeners.iter().map(|listener| (rng(&listener.name), 1)).collect(),
            heard: vec![Vec::new(); world.receivers.len()],
            queue: BinaryHeap::new(),
            number: 0,
        }
    }

    /// The truth of satellite navigation of all that some receiver hears now: the target's place in [`World::targets`], and since when its messages show
    /// that something outside keeps it from navigating.
    pub fn navigation(&self) -> impl Iterator<Item = (usize, Option<Time>)> + '_ {
        self.emitters.iter().filter(|own| own.is_heard()).map(|own| (own.target, own.affected_since()))
    }

    fn send(&mut self, received: Time, feed: usize, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let arrival = Arrival { received, feed: FeedId(feed as u16), number: self.number, bytes };
        self.number += 1;
        self.queue.push(Reverse(arrival));
    }

    fn advance(&mut self) {
        let until = (self.now + SLICE).min(self.world.end);
        self.transmit(until);
        for index in 0..self.turning.len() {
            self.turn(index, until);
        }
        for index in 0..self.tracking.len() {
            self.track(index, until);
        }
        for index in 0..self.listening.len() {
            self.listen(index, until);
        }
        self.now = until;
    }

    fn transmit(&mut self, until: Time) {
        let world = self.world;
        while let Some(&index) = self.waiting.last() {
            let Some(target) = world.targets.get(index).filter(|target| target.born < until) else { break };
            self.waiting.pop();
            let emitter = Emitter::new(index, target, world.begin, world.seed);
            self.emitters.extend(emitter.map(|own| own.with_unit(target, &world.navigation, world.seed)));
        }
        let around = Around {
            air: &world.air,
            receivers: &world.receivers,
            interference: &world.interference,
            navigation: &world.navigation,
        };
        let (heard, ghosts) = (&mut self.heard, &mut self.ghosts);
        self.emitters.retain_mut(|emitter| {
            let index = emitter.target;
            let Some(target) = world.targets.get(index) else { return false };
            emitter.speak(until, target, &around, |receiver, time, range_m, frame| {
                // They stand first.
                ghosts
                    .iter_mut()
                    .take_while(|ghost| ghost.replays)
                    .for_each(|ghost| ghost.keep(index, time, frame, world));
                if let Some(list) = heard.get_mut(receiver) {
                    list.push(Heard::new(time, range_m, frame));
                }
            });
            target.gone() >= until
        });
        self.ghosts.retain_mut(|ghost| {
            ghost.speak(until, world, |receiver, time, range_m, frame| {
                if let Some(list) = heard.get_mut(receiver) {
                    list.push(Heard::new(time, range_m, frame));
                }
            })
        });
        for index in 0..self.heard.len() {
            let Some(receiver) = world.receivers.get(index) else { continue };
            let mut bytes = Vec::new();
            if let Some(list) = self.heard.get_mut(index) {
                list.sort_by(|a, b| a.time.cmp(&b.time).then(a.frame.raw.cmp(&b.frame.raw)));
                for mut heard in list.drain(..) {
                    if let (Stamps::Counter, Some(counter)) = (receiver.stamps, self.counters.get_mut(index)) {
                        heard.time = counter.shows(heard.time);
                    }
                    write_beast(&heard, world.begin, receiver.stamps, &mut bytes);
                }
            }
            self.send(until + receiver.latency, world.radars.len() + index, bytes);
        }
    }

    /// Hands out every sector of a radar that ends before `until`.
    fn turn(&mut self, index: usize, until: Time) {
        let world = self.world;
        let Some(radar) = world.radars.get(index) else { return };
        loop {
            let Some(turning) = self.turning.get_mut(index) else { return };
            let ends = turning.north
                + Span::from_s_f64(radar.period_s * turning.sector as f64 / SECTORS as f64).unwrap_or(SLICE);
            if ends >= until {
                return;
            }
            let datagrams = turning.sector_ends(radar, world, ends);
            if !radar.outages.silent(ends) {
                for bytes in datagrams {
                    self.send(ends + radar.latency, index, bytes);
                }
            }
        }
    }

    fn track(&mut self, index: usize, until: Time) {
        let world = self.world;
        let Some(tracker) = world.trackers.get(index) else { return };
        while let Some(tracking) = self.tracking.get_mut(index) {
            let due = tracking.due(tracker, world.begin);
            if due >= until {
                return;
            }
            let datagrams = tracking.report(tracker, due, &world.targets, &world.air);
            if !tracker.outages.silent(due) {
                let feed = world.radars.len() + world.receivers.len() + index;
                for bytes in datagrams {
                    self.send(due + tracker.latency, feed, bytes);
                }
            }
        }
    }

    fn listen(&mut self, index: usize, until: Time) {
        let world = self.world;
        let Some(listener) = world.listeners.get(index) else { return };
        while let Some((rng, look)) = self.listening.get_mut(index) {
            let due = listener.due(world.begin, *look);
            if due >= until {
                return;
            }
            let line = listener.line(due, *look, &world.targets, rng);
            *look += 1;
            if !listener.outages.silent(due) {
                let feed = world.radars.len() + world.receivers.len() + world.trackers.len() + index;
                self.send(due + listener.latency, feed, line);
            }
        }
    }
}

impl Turning {
    /// The beam reaches the end of a sector: its plots, the crossing message, and at north the marker and the next turn.
    fn sector_ends(&mut self, radar: &Radar, world: &World, time: Time) -> Vec<Vec<u8>> {
        let mut datagrams = Vec::new();
        if self.sector == 0 {
            radar.turn(self.north, &world.targets, &world.air, &mut self.rng, &mut self.extracted);
            self.handed = 0;
            datagrams.push(north_marker(radar, &world.air, time));
        } else {
            // A noisy azimuth near a sector's edge may say another sector: plots leave in the order of the beam.
            let ready = self.extracted.iter().skip(self.handed).take_while(|plot| plot.time <= time).count();
            let out = self.extracted.get(self.handed..self.handed + ready).unwrap_or(&[]);
            datagrams.extend(plots(radar, &world.air, &world.targets, out));
            self.handed += ready;
            datagrams.push(sector(radar, self.sector, time));
        }
        if self.sector == SECTORS {
            self.turn += 1;
            self.north = radar.north(world.begin, self.turn);
            self.sector = 0;
        } else {
            self.sector += 1;
        }
        datagrams
    }
}

impl Iterator for Run<'_> {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        loop {
            let over = self.now >= self.world.end;
            // What is made later arrives later than now.
            if let Some(Reverse(first)) = self.queue.peek()
                && (over || first.received <= self.now)
            {
                return self.queue.pop().map(|Reverse(arrival)| arrival);
            }
            if over {
                return None;
            }
            self.advance();
        }
    }
}
