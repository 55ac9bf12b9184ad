//! Joining what two tracks of one object know of it, where they are merged.

use crate::state::Dossier;
use skypicket_model::Time;
use skypicket_model::track::{Claim, Identity, MAX_CLAIMS};

/// What both know. Values that differ are both kept as claims with their sensors and ages, the one that was claimed last in front.
pub(crate) fn join(own: Option<Box<Dossier>>, its: Option<Box<Dossier>>) -> Option<Box<Dossier>> {
    match (own, its) {
        (Some(mut own), Some(its)) => {
            into(&mut own, *its);
            Some(own)
        }
        (None, Some(mut its)) => {
            // The track that it was begun for has gone, and left its source's budget.
            its.begun_by = None;
            Some(its)
        }
        (own, None) => own,
    }
}

fn into(own: &mut Dossier, its: Dossier) {
    // Whether it is on the ground is the word of the one that was heard last.
    if heard(&its) > heard(own) {
        own.on_ground = its.on_ground;
    }
    // The one that answers for the address knows how its reports fitted.
    if own.address.is_none() && its.address.is_some() {
        (own.misfits, own.fits) = (its.misfits, its.fits);
    }
    identity(&mut own.identity, its.identity);
    own.pressure = newer(own.pressure, its.pressure, |(_, at)| *at);
    own.stated_height = newer(own.stated_height, its.stated_height, |(_, at)| *at);
    own.velocity = newer(own.velocity, its.velocity, |(_, _, at)| *at);
    own.reports = match (own.reports, its.reports) {
        (Some((a_first, a_last, a)), Some((b_first, b_last, b))) => {
            Some((a_first.min(b_first), a_last.max(b_last), a.saturating_add(b)))
        }
        (own, its) => own.or(its),
    };
    own.silent_since = own.silent_since.max(its.silent_since);
    own.fused = own.fused.max(its.fused);
    own.address = own.address.or(its.address);
    own.heard_unusable = own.heard_unusable.max(its.heard_unusable);
    own.carried = own.carried.or(its.carried);
}

fn identity(own: &mut Identity, its: Identity) {
    claims(&mut own.addresses, its.addresses);
    claims(&mut own.flight_ids, its.flight_ids);
    claims(&mut own.squawks, its.squawks);
    own.category = newer(own.category, its.category, |claim| claim.last);
    own.emergency = newer(own.emergency, its.emergency, |claim| claim.last);
    // One object: what contradicts the word of one contradicts that of the other.
    own.contradicted_since = match (own.contradicted_since, its.contradicted_since) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (own, its) => own.or(its),
    };
    own.unusable_since = own.unusable_since.or(its.unusable_since);
}

fn claims<T: PartialEq + Copy>(own: &mut Vec<Claim<T>>, its: Vec<Claim<T>>) {
    for claim in its {
        match own.iter_mut().find(|known| known.value == claim.value) {
            Some(known) => {
                if claim.last > known.last {
                    known.sensor = claim.sensor;
                }
                (known.first, known.last) = (known.first.min(claim.first), known.last.max(claim.last));
            }
            None => own.push(claim),
        }
    }
    // Stable: of two of one moment that of the track that goes on stays in front.
    own.sort_by_key(|claim| core::cmp::Reverse(claim.last));
    own.truncate(MAX_CLAIMS);
}

/// The one of the later moment; the own where they are of the same.
fn newer<T>(own: Option<T>, its: Option<T>, at: impl Fn(&T) -> Time) -> Option<T> {
    match (own, its) {
        (Some(own), Some(its)) => Some(if at(&its) > at(&own) { its } else { own }),
        (own, its) => own.or(its),
    }
}

/// When the object itself was heard last.
fn heard(dossier: &Dossier) -> Option<Time> {
    let pressure = dossier.pressure.map(|(_, at)| at);
    dossier.reports.map(|(_, last, _)| last).max(pressure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::identity::Mode3A;
    use skypicket_model::{Address, FeedId, FlightId, SensorId, StandardIdentity};

    fn claimed<T>(value: T, source: u16, first_s: i64, last_s: i64) -> Claim<T> {
        let sensor = SensorId { feed: FeedId(0), source };
        Claim { value, sensor, first: Time::from_s(first_s), last: Time::from_s(last_s) }
    }

    #[test]
    fn what_only_one_knew_is_known_and_what_differs_is_kept_with_its_age() {
        let mut own = Dossier { misfits: 2, on_ground: true, ..Dossier::default() };
        own.identity.squawks = vec![claimed(Mode3A(0o1000), 1, 10, 50)];
        own.identity.addresses = vec![claimed(Address::icao(7), 1, 10, 40)];
        own.reports = Some((Time::from_s(10), Time::from_s(50), 3));
        let mut its = Dossier { address: Some(Address::icao(7)), ..Dossier::default() };
        its.identity.squawks = vec![claimed(Mode3A(0o7700), 2, 30, 60)];
        its.identity.addresses = vec![claimed(Address::icao(7), 2, 5, 60)];
        its.identity.flight_ids = vec![claimed(FlightId::parse("LOT1").expect("one"), 2, 30, 60)];
        its.identity.contradicted_since = Some(Time::from_s(33));
        its.reports = Some((Time::from_s(5), Time::from_s(60), 4));
        its.carried = Some(StandardIdentity::Friend);
        let joined = join(Some(Box::new(own)), Some(Box::new(its))).expect("both");
        let codes: Vec<_> = joined.identity.squawks.iter().map(|claim| (claim.value.0, claim.last)).collect();
        assert_eq!(codes, [(0o7700, Time::from_s(60)), (0o1000, Time::from_s(50))]);
        assert_eq!(joined.identity.addresses, [claimed(Address::icao(7), 2, 5, 60)]);
        assert_eq!(joined.identity.flight_id(), FlightId::parse("LOT1"));
        assert_eq!(joined.identity.contradicted_since, Some(Time::from_s(33)));
        assert_eq!(joined.reports, Some((Time::from_s(5), Time::from_s(60), 7)));
        assert_eq!((joined.address, joined.misfits, joined.on_ground), (Some(Address::icao(7)), 0, false));
        assert_eq!(joined.carried, Some(StandardIdentity::Friend));
    }

    #[test]
    fn a_merge_keeps_what_the_track_that_ends_knew_and_answers_for_its_address() {
        use crate::fuse::adopt::tests::{BEGIN, net};
        let mut tracker = net(2, 1);
        let addresses = [0, 1].map(|slot| tracker.tracks[slot].dossier_mut().address.expect("it reports itself"));
        // The one that goes on was born first and has its place from others.
        let reality = tracker.tracks[0].reality;
        tracker.addresses.remove(addresses[0], reality, 0);
        tracker.tracks[0].born = BEGIN - skypicket_model::Span::from_s(60);
        let own = tracker.tracks[0].dossier_mut();
        own.address = None;
        own.identity.squawks = vec![claimed(Mode3A(0o1000), 1, 10, 50)];
        let its = tracker.tracks[1].dossier_mut();
        its.identity.squawks = vec![claimed(Mode3A(0o7700), 2, 30, 60)];
        its.carried = Some(StandardIdentity::Hostile);
        let (kept, mut events) = (tracker.tracks[0].id, Vec::new());
        crate::retire::merge(&mut tracker, 0, 1, BEGIN, &mut events);
        assert!(tracker.hot[0].alive && !tracker.hot[1].alive);
        assert_eq!(tracker.addresses.first(addresses[1], reality), Some(0));
        let shown = tracker.track(kept, BEGIN).expect("it goes on");
        assert_eq!(shown.standard_identity, StandardIdentity::Hostile, "a person's word");
        assert_eq!(shown.identity.squawks.len(), 2);
        assert_eq!(shown.identity.addresses.len(), 2);
    }

    #[test]
    fn more_claims_than_are_kept_lose_the_oldest() {
        let codes =
            |from: u16| (0..3).map(|k| claimed(Mode3A(from + k), 1, 0, i64::from(from + k))).collect::<Vec<_>>();
        let (mut own, mut its) = (Dossier::default(), Dossier::default());
        (own.identity.squawks, its.identity.squawks) = (codes(1), codes(10));
        let joined = join(Some(Box::new(own)), Some(Box::new(its))).expect("both");
        let kept: Vec<u16> = joined.identity.squawks.iter().map(|claim| claim.value.0).collect();
        assert_eq!(kept, [12, 11, 10, 3]);
        assert_eq!(join(None, None), None);
    }
}
