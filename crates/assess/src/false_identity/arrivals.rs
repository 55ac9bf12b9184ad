//! Time differences of arrival: frames that several receivers heard, by each one's own clock, against where their sender says that it is.

use std::collections::{BTreeMap, VecDeque};

use skypicket_model::false_identity::Misfit;
use skypicket_model::math::{exp, ln};
use skypicket_model::observation::StatedPosition;
use skypicket_model::table::Table;
use skypicket_model::{
    Address, Ecef, Geodetic, Observation, ObservationId, Sensor, SensorId, SensorKind, Span, Tangent, Time, Vec3,
};

use super::claimed::Claimed;
use super::clocks::Pair;
use super::hearing::{self, Cell, Hearing, NEARER};
use crate::coverage::RADIO_EARTH_M;
use crate::renumber::Renumbering;

/// Most receivers, frames that wait for being heard by others, and receivers of one frame.
const MOST_RECEIVERS: usize = 64;
const MOST_FRAMES: usize = 65_536;
const MOST_OF_FRAME: usize = 6;
/// A frame is complete after so long.
const COMPLETE: Span = Span::from_ms(700);
/// Metres that light flies in a nanosecond.
const M_PER_NS: f64 = 0.299_792_458;
/// What a receiver's stamp is known to, ns: a tick of 12 MHz is 83 ns. Origin: measured on simulated receivers with 40 ns of noise of their own.
const STAMP_NS: f64 = 90.0;
/// What is not known of a stated place beside its own sigma, metres: latency, and pressure altitude as height.
const BESIDE_M: f64 = 40.0;
const HEIGHT_M: f64 = 200.0;
/// The error of a stated place and height is the same for so many frames of one aircraft: half a minute's. A clock learned of one aircraft is no better known
/// than that one's place.
const SAME_ERROR: f64 = 60.0;
/// One frame in a hundred is stamped wrongly, reflected, or taken for another.
const ODD: f64 = 0.01;
/// What one frame is worth at most, for and against.
const FOR: f64 = 4.5;
const AGAINST: f64 = -2.0;
/// What being heard from beyond the horizon is worth at most: less than a word, for some weathers carry far.
const OUT_OF_SIGHT: f64 = 3.5;
/// Whom nothing is held against for so long, what is heard of it speaks for its receivers.
const WITNESS: Span = Span::from_s(30);
/// A clock and what is received of it run apart by this where a receiver began anew.
const RESTART: Span = Span::from_s(2);

/// A frame that waits.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Frame {
    first: Time,
    address: Address,
    id: ObservationId,
    ecef: [f64; 3],
    height_m: f64,
    sigma_m: f64,
    heard: [(u8, i64); MOST_OF_FRAME],
    count: u8,
    /// One bit for each receiver that heard it.
    by: u64,
}
skypicket_model::canon_struct!(Frame { first, address, id, ecef, height_m, sigma_m, heard, count, by });

/// A receiver's clock against time of receipt.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Own {
    id: SensorId,
    behind: Span,
}
skypicket_model::canon_struct!(Own { id, behind });

/// All receivers with clocks.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    receivers: Vec<Own>,
    frames: Table<u64, Frame>,
    order: VecDeque<(Time, u64)>,
    pairs: BTreeMap<(u8, u8), Pair>,
    hearing: BTreeMap<u8, Hearing>,
}
skypicket_model::canon_struct!(Arrivals { receivers, frames, order, pairs, hearing });

/// How far a place lies beyond a receiver's radio horizon, with room for refraction and a hill under the antenna, metres; below 0 where it is in sight.
fn beyond_horizon_m(receiver: &Tangent, place: Vec3<Ecef>, height_m: f64) -> f64 {
    let sight_m = |height_m: f64| (2.0 * RADIO_EARTH_M * height_m.max(0.0)).sqrt();
    let own_m = receiver.origin().height_m.max(0.0) + 30.0;
    (place - receiver.origin_ecef()).norm() - 1.15 * (sight_m(own_m) + sight_m(height_m)) - 20_000.0
}

/// One frame against one pair of receivers.
#[derive(Clone, Copy, Debug)]
struct Test {
    pair: (u8, u8),
    address: Address,
    id: ObservationId,
    at_ns: i64,
    offset_ns: f64,
    residual_ns: f64,
    variance: f64,
    /// Of what it teaches of the clocks.
    teaches: f64,
    longest_ns: f64,
}

impl Arrivals {
    /// Takes a position that came with the receiver's own time.
    pub(super) fn observe(&mut self, observation: &Observation, address: Address, position: &StatedPosition) {
        let Some(arrival) = position.arrival.filter(|_| !position.on_ground) else { return };
        let Some(height_m) = position.height.map(|h| h.m).or(position.pressure.map(|p| p.m)) else { return };
        let behind = Span::from_ns(observation.received.ns().wrapping_sub(arrival.clock_ns));
        let receiver = match self.receivers.iter().position(|own| own.id == observation.sensor) {
            Some(at) => at as u8,
            None if self.receivers.len() < MOST_RECEIVERS => {
                self.receivers.push(Own { id: observation.sensor, behind });
                (self.receivers.len() - 1) as u8
            }
            None => return,
        };
        let own = &mut self.receivers[usize::from(receiver)];
        if (behind - own.behind).abs() > RESTART {
            let of = |pair: &(u8, u8)| pair.0 == receiver || pair.1 == receiver;
            self.pairs.iter_mut().filter(|(pair, _)| of(pair)).for_each(|(_, pair)| pair.forget());
        }
        own.behind = behind;
        if let Some(frame) = self.frames.get_mut(&arrival.frame) {
            let count = usize::from(frame.count);
            if frame.address != address || frame.has(receiver) {
                return;
            }
            frame.by |= 1 << receiver;
            if count < MOST_OF_FRAME {
                frame.heard[count] = (receiver, arrival.clock_ns);
                frame.count += 1;
            }
            return;
        }
        if self.frames.len() >= MOST_FRAMES {
            return;
        }
        let at = position.place.at_height(height_m).to_ecef();
        let mut heard = [(0, 0); MOST_OF_FRAME];
        heard[0] = (receiver, arrival.clock_ns);
        let frame = Frame {
            first: observation.received,
            address,
            id: observation.id,
            ecef: [at.x, at.y, at.z],
            height_m,
            sigma_m: position.sigma_m,
            heard,
            count: 1,
            by: 1 << receiver,
        };
        self.frames.insert(arrival.frame, frame);
        self.order.push_back((observation.received, arrival.frame));
    }

    /// Holds what is complete against where it was said to be sent from.
    pub(super) fn look(&mut self, described: &[Sensor], now: Time, claims: &mut Table<Address, Claimed>) {
        let sites: Vec<Option<Vec3<Ecef>>> = self
            .receivers
            .iter()
            .map(|own| {
                // A receiver that nobody described by itself stands where its feed's receiver does.
                let receiver = |sensor: &&Sensor| sensor.kind == SensorKind::SelfReportReceiver;
                let of_feed = described.iter().filter(receiver).filter(|sensor| sensor.id.feed == own.id.feed);
                let described = of_feed.min_by_key(|sensor| (sensor.id != own.id, sensor.id))?;
                described.site.map(skypicket_model::Geodetic::to_ecef)
            })
            .collect();
        let mut tests: BTreeMap<(u8, u8), Vec<Test>> = BTreeMap::new();
        let mut complete = Vec::new();
        while let Some((_, key)) = self.order.front().copied().filter(|(first, _)| now - *first >= COMPLETE) {
            self.order.pop_front();
            let Some(mut frame) = self.frames.remove(&key) else { continue };
            frame.sigma_m = claims.get(&frame.address).map_or(frame.sigma_m, |own| own.sigma_m.max(frame.sigma_m));
            if frame.count >= 2 {
                self.pair_up(&frame, &sites, &mut tests);
            }
            complete.push(frame);
        }
        self.hear(&complete, &sites, now, claims);
        let mut worth: BTreeMap<(Address, ObservationId), (f64, f64)> = BTreeMap::new();
        for (key, tests) in tests {
            let Some(pair) = self.pairs.get_mut(&key) else { continue };
            judge(pair, &tests, claims, &mut worth);
        }
        for ((address, id), (log_ratio, far_m)) in worth {
            if let Some(own) = claims.get_mut(&address) {
                own.add(Misfit::ArrivalTimes, log_ratio.clamp(AGAINST, FOR), far_m, id);
            }
        }
        self.pairs.values_mut().for_each(Pair::find);
    }

    /// Who heard the frames, and who would have.
    fn hear(
        &mut self,
        frames: &[Frame],
        sites: &[Option<Vec3<Ecef>>],
        now: Time,
        claims: &mut Table<Address, Claimed>,
    ) {
        let tangents: Vec<(u8, Tangent)> = sites
            .iter()
            .enumerate()
            .filter_map(|(number, site)| Some((number as u8, Tangent::new(Geodetic::from_ecef((*site)?)))))
            .collect();
        for frame in frames {
            let Some(own) = claims.get_mut(&frame.address) else { continue };
            for (_, tangent) in tangents.iter().filter(|(receiver, _)| frame.has(*receiver)) {
                let beyond_m = beyond_horizon_m(tangent, frame.place(), frame.height_m);
                let so_far = own.held[Misfit::OutOfSight as usize].log_ratio;
                if beyond_m > 0.0 && so_far < OUT_OF_SIGHT {
                    own.add(Misfit::OutOfSight, 0.5, beyond_m, frame.id);
                }
            }
        }
        if tangents.len() < 2 {
            return;
        }
        for frame in frames {
            let innocent =
                |own: &Claimed| own.told.is_none() && own.total() < 2.0 && frame.first - own.first >= WITNESS;
            if !claims.get(&frame.address).is_some_and(innocent) {
                continue;
            }
            for (receiver, tangent) in &tangents {
                let Some((cell, _)) = Cell::of(tangent, frame.place()) else { continue };
                let hearing = self.hearing.entry(*receiver).or_default();
                // Of a frame that one receiver alone heard nothing is learned of that one: it would not be known otherwise.
                let heard = frame.has(*receiver);
                if frame.by.count_ones() > 1 || !heard {
                    hearing.learn(cell, heard);
                }
                if heard {
                    hearing.witness(cell, frame.address, frame.first);
                }
            }
        }
        let mut well = Vec::new();
        for (receiver, tangent) in &tangents {
            let Some(hearing) = self.hearing.get_mut(receiver) else { continue };
            if hearing.is_well() {
                let witnesses = hearing.witnesses(now);
                well.push((*receiver, tangent, witnesses));
            }
        }
        for frame in frames {
            let Some(own) = claims.get_mut(&frame.address) else { continue };
            let far_m = |tangent: &Tangent| (frame.place() - tangent.origin_ecef()).norm();
            let by = tangents.iter().filter(|(receiver, _)| frame.has(*receiver));
            let farthest_m = by.map(|(_, tangent)| far_m(tangent)).fold(0.0, f64::max);
            for (receiver, tangent, witnesses) in &well {
                if frame.has(*receiver) {
                    hearing::heard(&mut own.unheard, *receiver);
                    continue;
                }
                let Some((cell, far_m)) = Cell::of(tangent, frame.place()) else { continue };
                let hearing = self.hearing.get(receiver);
                let Some(share) = hearing.and_then(|hearing| hearing.expects(cell, witnesses)) else { continue };
                hearing::missed(&mut own.unheard, *receiver, share, far_m < NEARER * farthest_m, frame.first);
                own.name(frame.id);
            }
            own.weigh_hearing();
        }
    }

    /// No receiver is known.
    pub(super) fn is_new(&self) -> bool {
        self.receivers.is_empty()
    }

    /// Takes its feeds' numbers of now; where one is gone, receivers and their clocks are learned anew.
    pub(super) fn renumber(&mut self, to: &Renumbering) {
        self.receivers.iter_mut().for_each(|own| own.id = to.sensor(own.id));
        if self.receivers.iter().any(|own| own.id.feed.is_gone()) {
            *self = Self::default();
        }
    }

    /// Each receiver of a frame against the first of them.
    fn pair_up(&mut self, frame: &Frame, sites: &[Option<Vec3<Ecef>>], tests: &mut BTreeMap<(u8, u8), Vec<Test>>) {
        let mut heard = frame.heard;
        let heard = &mut heard[..usize::from(frame.count)];
        heard.sort_unstable();
        let from = frame.place();
        let up = scaled(from, 1.0 / from.norm().max(1.0));
        let site = |receiver: u8| sites.get(usize::from(receiver)).copied().flatten();
        let Some((first, first_ns)) = heard.iter().copied().find(|(receiver, _)| site(*receiver).is_some()) else {
            return;
        };
        let Some(a) = site(first) else { return };
        let range_a = (from - a).norm();
        for (second, second_ns) in heard.iter().copied().filter(|(receiver, _)| *receiver > first) {
            let Some(b) = site(second) else { continue };
            let range_b = (from - b).norm();
            let offset_ns = (first_ns.wrapping_sub(second_ns)) as f64 - (range_a - range_b) / M_PER_NS;
            // How an error of the place shows: across the difference of both directions.
            let apart = scaled(from - a, 1.0 / range_a.max(1.0)) - scaled(from - b, 1.0 / range_b.max(1.0));
            let vertical = apart.dot(up);
            let level = (apart.dot(apart) - vertical * vertical).max(0.0).sqrt();
            let place_ns = level * (frame.sigma_m + BESIDE_M) / M_PER_NS;
            let height_ns = vertical * HEIGHT_M / M_PER_NS;
            let stamps = 2.0 * STAMP_NS * STAMP_NS;
            let place = place_ns * place_ns + height_ns * height_ns;
            let key = (first, second);
            let pair = self.pairs.entry(key).or_default();
            let Some((residual_ns, clock_variance)) = pair.residual(first_ns, offset_ns) else {
                pair.gather(first_ns, offset_ns, frame.address);
                continue;
            };
            tests.entry(key).or_default().push(Test {
                pair: key,
                address: frame.address,
                id: frame.id,
                at_ns: first_ns,
                offset_ns,
                residual_ns,
                variance: stamps + place + clock_variance,
                teaches: stamps + SAME_ERROR * place,
                longest_ns: (2.0 * (a - b).norm() / M_PER_NS).max(20_000.0),
            });
        }
    }
}

fn scaled(v: Vec3<Ecef>, by: f64) -> Vec3<Ecef> {
    Vec3::new(v.x * by, v.y * by, v.z * by)
}

impl Frame {
    fn place(&self) -> Vec3<Ecef> {
        Vec3::new(self.ecef[0], self.ecef[1], self.ecef[2])
    }

    fn has(&self, receiver: u8) -> bool {
        self.by >> receiver & 1 == 1
    }
}

impl Test {
    fn sigmas(&self) -> f64 {
        self.residual_ns.abs() / self.variance.max(1.0).sqrt()
    }

    /// ln of how much more probable this is from anywhere than from where it says.
    fn log_ratio(&self) -> f64 {
        let anywhere = 1.0 / self.longest_ns;
        let sigma = self.variance.max(1.0).sqrt();
        let there = 0.398_942_28 / sigma * exp(-0.5 * self.sigmas().min(30.0) * self.sigmas().min(30.0));
        ln(anywhere / ((1.0 - ODD) * there + ODD * anywhere))
    }
}

/// Weighs the frames of a pair, and lets its clocks follow those that fit. Where those that always fitted do not, it is the clocks that changed.
fn judge(
    pair: &mut Pair,
    tests: &[Test],
    claims: &Table<Address, Claimed>,
    worth: &mut BTreeMap<(Address, ObservationId), (f64, f64)>,
) {
    let mut trusted: BTreeMap<Address, bool> = BTreeMap::new();
    for test in tests {
        let fitted =
            claims.get(&test.address).is_some_and(|own| own.held[Misfit::ArrivalTimes as usize].log_ratio < -1.0);
        if fitted {
            let fits = trusted.entry(test.address).or_insert(false);
            *fits |= test.sigmas() < 5.0;
        }
    }
    let lost = trusted.values().filter(|fits| !**fits).count();
    if lost >= 2 && 5 * lost >= 2 * trusted.len() {
        pair.forget();
        return;
    }
    for test in tests {
        debug_assert!(test.pair.0 < test.pair.1);
        let entry = worth.entry((test.address, test.id)).or_insert((0.0, 0.0));
        let log_ratio = test.log_ratio();
        entry.0 += log_ratio;
        entry.1 = entry.1.max(test.residual_ns.abs() * M_PER_NS);
        let doubted = claims.get(&test.address).is_none_or(|own| own.told.is_some() || own.total() > 2.0);
        if !doubted && test.sigmas() < 3.0 {
            pair.update(test.at_ns, test.offset_ns, test.teaches);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::{Canon as _, FeedId, Reader};

    #[test]
    fn receivers_keep_their_clocks_when_feeds_change_their_numbers_and_are_learned_anew_when_one_is_gone() {
        let id = |feed| SensorId { feed: FeedId(feed), source: 0 };
        let receivers = [1, 2].map(|feed| Own { id: id(feed), behind: Span::ZERO }).to_vec();
        let mut arrivals = Arrivals { receivers, ..Arrivals::default() };
        arrivals.pairs.insert((0, 1), Pair::default());
        let mut bytes = Vec::new();
        arrivals.encode(&mut bytes);
        let mut renumbered = Arrivals::decode(&mut Reader::new(&bytes)).expect("its own bytes");
        let to = |feeds: &[(u16, u16)]| {
            let feeds = feeds.iter().map(|(from, to)| (FeedId(*from), FeedId(*to))).collect();
            Renumbering::new(&[], &[], feeds)
        };
        renumbered.renumber(&to(&[(1, 7), (2, 1)]));
        assert_eq!(renumbered.receivers.iter().map(|own| own.id).collect::<Vec<_>>(), [id(7), id(1)]);
        assert_eq!(renumbered.pairs, arrivals.pairs);
        renumbered.renumber(&to(&[(7, 7)]));
        assert!(renumbered.receivers.is_empty() && renumbered.pairs.is_empty());
    }
}
