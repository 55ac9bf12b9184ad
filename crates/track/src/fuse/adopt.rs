//! Linking confirmed tracks to the ids that they had in an earlier epoch.
//!
//! Each track here is worked out once. Earlier ones look only at those of their own address, and at those within five standard deviations
//! north and south of where they should be now: a list by latitude for each class of uncertainty, so that one track of which little is known widens
//! nobody else's look.

use crate::tracker::Tracker;
use skypicket_model::math::{cos, rad, wrap_deg_180};
use skypicket_model::{Address, Reality, Time, Track, TrackId};
use std::collections::BTreeMap;

/// Metres of a degree of latitude, and of longitude at the equator.
const NORTH_M_DEG: f64 = 111_132.95;
const EAST_M_DEG: f64 = 111_319.49;
/// Squared standard deviations within which place and motion make a link: five of them.
const BY_PLACE: f64 = 25.0;
/// The same where the address is the same: twenty.
const BY_ADDRESS: f64 = 400.0;
/// Older than this a track is linked by its address only, s: where a straight flight would have led says nothing any more. Origin: steady flight
/// lasts three minutes by the tracker's own parameters.
const PLACE_HOLDS_S: f64 = 600.0;
/// How many tracks here an earlier one may be linked to, the nearest first. In a crowd all of one place the rest is left out.
const MOST_CANDIDATES: usize = 32;

/// A confirmed track here, as far as linking needs it.
struct Here {
    slot: usize,
    id: TrackId,
    reality: Reality,
    address: Option<Address>,
    lat_deg: f64,
    lon_deg: f64,
    /// Variances of position east and north, m².
    spread: [f64; 2],
}

/// What is possible: same address first, then the nearest.
struct Pair {
    other_address: bool,
    d2: f64,
    earlier: usize,
    here: usize,
}

/// Links tracks to earlier ones: by address first, then by place and motion within five standard deviations, nearest first.
pub(crate) fn adopt(tracker: &mut Tracker, earlier: &[Track], at: Time) -> Vec<(TrackId, TrackId)> {
    let here = confirmed(tracker, at);
    let (pairs, _) = pairs(&here, earlier, at);
    let (mut used_old, mut used_new) = (vec![false; earlier.len()], vec![false; here.len()]);
    let mut links = Vec::new();
    for pair in pairs {
        if used_old[pair.earlier] || used_new[pair.here] {
            continue;
        }
        (used_old[pair.earlier], used_new[pair.here]) = (true, true);
        let (old, slot) = (&earlier[pair.earlier], here[pair.here].slot);
        let track = &mut tracker.tracks[slot];
        track.id = old.id;
        track.born = track.born.min(old.born);
        if !old.standard_identity.by_machine() {
            track.dossier_mut().carried = Some(old.standard_identity);
        }
        tracker.mark(slot);
        links.push((here[pair.here].id, old.id));
    }
    links.sort_unstable();
    // Ways are found by these names.
    tracker.list_kept();
    links
}

fn confirmed(tracker: &Tracker, at: Time) -> Vec<Here> {
    (0..tracker.tracks.len())
        .filter(|&slot| tracker.hot[slot].alive && tracker.tracks[slot].confirmed)
        .map(|slot| {
            let now = crate::report::track(tracker, slot, at);
            Here {
                slot,
                id: now.id,
                reality: now.reality,
                address: now.identity.address(),
                lat_deg: now.position.lat_deg,
                lon_deg: now.position.lon_deg,
                spread: [now.covariance.get(0, 0), now.covariance.get(1, 1)],
            }
        })
        .collect()
}

/// All that is possible, the best first, and how many were looked at.
fn pairs(here: &[Here], earlier: &[Track], at: Time) -> (Vec<Pair>, usize) {
    let mut of_address: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
    let mut classes: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (k, now) in here.iter().enumerate() {
        if let Some(address) = now.address {
            of_address.entry(address).or_default().push(k);
        }
        classes.entry(class_of(now.spread[1])).or_default().push(k);
    }
    for slots in classes.values_mut() {
        slots.sort_by(|&a, &b| here[a].lat_deg.total_cmp(&here[b].lat_deg).then(a.cmp(&b)));
    }
    let (mut all, mut looked_at) = (Vec::new(), 0);
    let mut own: Vec<Pair> = Vec::new();
    for (e, old) in earlier.iter().enumerate() {
        own.clear();
        let expected = Expected::of(old, at);
        let address = old.identity.address();
        for &k in address.and_then(|address| of_address.get(&address)).into_iter().flatten() {
            looked_at += 1;
            let d2 = expected.distance2(&here[k]);
            if here[k].reality == old.reality && d2 < BY_ADDRESS {
                own.push(Pair { other_address: false, d2, earlier: e, here: k });
            }
        }
        if expected.dt_s.abs() <= PLACE_HOLDS_S {
            for (class, slots) in &classes {
                let reach_deg = expected.reach_m(*class) / NORTH_M_DEG;
                let from = slots.partition_point(|&k| here[k].lat_deg < expected.lat_deg - reach_deg);
                let within = slots[from..].iter().take_while(|&&k| here[k].lat_deg <= expected.lat_deg + reach_deg);
                for &k in within {
                    looked_at += 1;
                    let d2 = expected.distance2(&here[k]);
                    let named = address.is_some() && here[k].address.is_some();
                    if d2 < BY_PLACE && here[k].reality == old.reality && !named {
                        own.push(Pair { other_address: true, d2, earlier: e, here: k });
                    }
                }
            }
        }
        own.sort_by(|a, b| order(a, b, earlier, here));
        own.truncate(MOST_CANDIDATES);
        all.append(&mut own);
    }
    all.sort_by(|a, b| order(a, b, earlier, here));
    (all, looked_at)
}

fn order(a: &Pair, b: &Pair, earlier: &[Track], here: &[Here]) -> core::cmp::Ordering {
    let ids = |pair: &Pair| (earlier[pair.earlier].id, here[pair.here].id);
    a.other_address.cmp(&b.other_address).then(a.d2.total_cmp(&b.d2)).then(ids(a).cmp(&ids(b)))
}

/// Classes of uncertainty: each holds variances up to four times those of the one before, from 100 m on.
fn class_of(variance: f64) -> u32 {
    let mut class = 0;
    while class < 24 && variance > largest(class) {
        class += 1;
    }
    class
}

fn largest(class: u32) -> f64 {
    if class >= 24 { f64::INFINITY } else { 1e4 * (1_u64 << (2 * class)) as f64 }
}

/// Where an earlier track should be now.
struct Expected {
    lat_deg: f64,
    lon_deg: f64,
    /// Metres of a degree of longitude where it was.
    east_m_deg: f64,
    dt_s: f64,
    /// Variances east and north, m², those of the track here left out.
    grown: [f64; 2],
}

impl Expected {
    fn of(old: &Track, at: Time) -> Self {
        let dt_s = (at - old.valid).s();
        let east_m_deg = EAST_M_DEG * cos(rad(old.position.lat_deg)).max(1e-6);
        // 3 m/s of velocity that changed meanwhile, and 50 m.
        let grow =
            |i: usize| old.covariance.get(i, i) + (old.covariance.get(i + 3, i + 3) + 9.0) * dt_s * dt_s + 2500.0;
        Self {
            lat_deg: old.position.lat_deg + old.velocity.y * dt_s / NORTH_M_DEG,
            lon_deg: old.position.lon_deg + old.velocity.x * dt_s / east_m_deg,
            east_m_deg,
            dt_s,
            grown: [grow(0), grow(1)],
        }
    }

    /// Squared distance in standard deviations.
    fn distance2(&self, now: &Here) -> f64 {
        let north = (now.lat_deg - self.lat_deg) * NORTH_M_DEG;
        let east = wrap_deg_180(now.lon_deg - self.lon_deg) * self.east_m_deg;
        let [ee, nn] = now.spread;
        east * east / (self.grown[0] + ee) + north * north / (self.grown[1] + nn)
    }

    /// How far north and south a track of a class can be, metres.
    fn reach_m(&self, class: u32) -> f64 {
        (BY_PLACE * (self.grown[1] + largest(class))).sqrt()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::params::Params;
    use skypicket_model::observation::{Channel, SelfPart, SelfReport, StatedPosition};
    use skypicket_model::{
        EllipsoidalHeight, FeedId, Geodetic, Observation, ObservationId, Report, Sensor, SensorId, SensorKind, Seq,
        Span,
    };

    pub(crate) const BEGIN: Time = Time::from_s(1_757_451_600);

    /// Aircraft at rest (as far as their reports tell) on a net of `side` × `side`, 0.02° apart, each under an address of its own.
    pub(crate) fn net(side: u32, salt: u64) -> Tracker {
        let source = SensorId { feed: FeedId(0), source: 1 };
        let sensor = Sensor::new(source, "receiver", SensorKind::SelfReportReceiver);
        let mut tracker = Tracker::with_salt(Params::default(), &[sensor], salt);
        let mut events = Vec::new();
        for second in 0..2 {
            for n in 0..side * side {
                let (row, column) = (f64::from(n / side), f64::from(n % side));
                let place = Geodetic { lat_deg: 48.0 + 0.02 * row, lon_deg: 10.0 + 0.02 * column, height_m: 9000.0 };
                let part = SelfPart::Position(StatedPosition {
                    arrival: None,
                    place: place.lat_lon(),
                    pressure: None,
                    height: Some(EllipsoidalHeight::from_m(place.height_m)),
                    on_ground: false,
                    nic: Some(8),
                    containment_m: None,
                    sigma_m: 20.0,
                    ground_speed_m_s: None,
                    track_rad: None,
                });
                let report = SelfReport { address: Address::icao(0x40_0000 + n), channel: Channel::AdsB, part };
                let time = BEGIN + Span::from_s(second);
                let observation = Observation {
                    id: ObservationId { seq: Seq(second as u64 + 1), index: n },
                    sensor: source,
                    measured: time,
                    received: time,
                    reality: Reality::Live,
                    report: Report::SelfReport(report),
                };
                tracker.observe(&[observation], &mut events);
            }
            tracker.tick(BEGIN + Span::from_s(second), &mut events);
        }
        tracker
    }

    fn shown(tracker: &Tracker, at: Time) -> Vec<Track> {
        let mut out = Vec::new();
        tracker.snapshot(at, &mut out);
        out
    }

    /// Every pair compared with every other, as the rule says it: what the look by latitude must find too.
    fn by_brute_force(here: &[Here], earlier: &[Track], at: Time) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (e, old) in earlier.iter().enumerate() {
            let expected = Expected::of(old, at);
            for (k, now) in here.iter().enumerate() {
                let (a, b) = (old.identity.address(), now.address);
                let d2 = expected.distance2(now);
                let fits = if a.is_some() && b.is_some() { a == b && d2 < BY_ADDRESS } else { d2 < BY_PLACE };
                if fits && old.reality == now.reality {
                    found.push((e, k));
                }
            }
        }
        found.sort_unstable();
        found
    }

    #[test]
    fn the_look_finds_what_comparing_all_with_all_finds_and_looks_at_few() {
        let at = BEGIN + Span::from_s(2);
        let (old, new) = (net(30, 1), net(30, 2));
        let mut earlier = shown(&old, at);
        assert_eq!(earlier.len(), 900);
        let mut here = confirmed(&new, at);
        // Some are known by their place only, some lie, some are known badly, and some are of another world.
        for (n, now) in here.iter_mut().enumerate() {
            now.address = now.address.filter(|_| n % 3 != 0);
            now.spread[1] *= if n % 100 == 0 { 1e5 } else { 1.0 };
        }
        for (n, track) in earlier.iter_mut().enumerate() {
            if n % 4 == 0 {
                track.identity.addresses.clear();
            }
            track.reality = if n % 7 == 0 { Reality::Exercise } else { track.reality };
            track.valid = at - Span::from_s(n as i64 % 20);
        }
        let (found, looked_at) = pairs(&here, &earlier, at);
        let mut found: Vec<(usize, usize)> = found.iter().map(|pair| (pair.earlier, pair.here)).collect();
        found.sort_unstable();
        let all = by_brute_force(&here, &earlier, at);
        assert!(all.len() > 500, "{}", all.len());
        assert_eq!(found, all);
        // One in a hundred is known so badly that everybody looks at it; of the rest some rows of the net.
        assert!(looked_at < 900 * 200, "{looked_at}");
    }

    #[test]
    fn each_goes_on_under_its_name_and_a_crowd_of_one_place_costs_little() {
        let at = BEGIN + Span::from_s(2);
        let (old, mut new) = (net(12, 1), net(12, 2));
        let earlier = shown(&old, at);
        let links = new.adopt(&earlier, at);
        assert_eq!(links.len(), 144);
        let names = |tracks: &[Track]| {
            let mut names: Vec<_> = tracks.iter().map(|track| (track.identity.address(), track.id)).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(&shown(&new, at)), names(&earlier));
        let here = |k: usize| Here {
            slot: k,
            id: TrackId(k as u64),
            reality: Reality::Live,
            address: None,
            lat_deg: earlier[0].position.lat_deg,
            lon_deg: earlier[0].position.lon_deg,
            spread: [100.0, 100.0],
        };
        let crowd: Vec<Here> = (0..500).map(here).collect();
        let nameless = Track { identity: skypicket_model::track::Identity::default(), ..earlier[0].clone() };
        assert_eq!(pairs(&crowd, &[nameless], at).0.len(), MOST_CANDIDATES);
    }

    #[test]
    fn after_long_only_the_address_links() {
        let late = BEGIN + Span::from_s(2) + Span::from_s(900);
        let earlier = shown(&net(2, 1), BEGIN + Span::from_s(2));
        let mut here = confirmed(&net(2, 2), BEGIN + Span::from_s(2));
        assert_eq!(pairs(&here, &earlier, late).0.len(), 4);
        here.iter_mut().for_each(|now| now.address = None);
        assert_eq!(pairs(&here, &earlier, late).0.len(), 0);
    }

    #[test]
    fn every_variance_has_a_class_that_holds_it() {
        for variance in [0.0, 1e4, 1.1e4, 1e8, 1e20, f64::INFINITY, f64::NAN] {
            let class = class_of(variance);
            assert!(variance.is_nan() || variance <= largest(class), "{variance}: {class}");
        }
    }
}
