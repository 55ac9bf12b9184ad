//! Short numbers that people can say on the radio. Each view gives its own: a gap would tell that something was withheld.

use crate::picture::{FormerTrack, PictureTrack};
use skypicket_model::{Address, Assessment, FlightId, Incident, Reality, Span, Subject, Time, Track, TrackId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How long a number rests after its track ended: as long as the ledger and closed incidents may speak of it, so that no two drones are both "12" in what
/// a watch of twelve hours and the one before it read.
const REST: Span = Span::from_s(24 * 3600);

/// What a track is called: its number, and what it called itself last.
#[derive(Clone, Debug, PartialEq)]
struct Given {
    number: u32,
    last: Time,
    address: Option<Address>,
    flight_id: Option<FlightId>,
    reality: Reality,
}
skypicket_model::canon_struct!(Given { number, last, address, flight_id, reality });

/// Which track has which number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbers {
    given: BTreeMap<TrackId, Given>,
    taken: BTreeSet<u32>,
    /// All below it are taken.
    free_from: u32,
}
skypicket_model::canon_struct!(Numbers { given, taken, free_from });

impl Numbers {
    /// Gives a number to each track that has none, in id order, and frees those that have rested. Called once a tick.
    pub(crate) fn update(&mut self, tracks: &[Track], now: Time) {
        for track in tracks {
            let (address, flight_id) = (track.identity.address(), track.identity.flight_id());
            if let Some(given) = self.given.get_mut(&track.id) {
                given.last = now;
                // What it once called itself stays its name when it falls silent.
                (given.address, given.flight_id) = (address.or(given.address), flight_id.or(given.flight_id));
            } else {
                let number = self.smallest_free();
                self.taken.insert(number);
                self.given.insert(track.id, Given { number, last: now, address, flight_id, reality: track.reality });
            }
        }
        let (taken, free_from) = (&mut self.taken, &mut self.free_from);
        self.given.retain(|_, given| {
            let keep = now - given.last <= REST;
            if !keep {
                taken.remove(&given.number);
                *free_from = given.number.min(*free_from);
            }
            keep
        });
    }

    /// The number of a track; 0 when it has none yet.
    pub(crate) fn of(&self, id: TrackId) -> u32 {
        self.given.get(&id).map_or(0, |given| given.number)
    }

    /// Names of the tracks that incidents and ledger speak of and that are not among those shown (in id order), in id order.
    pub(crate) fn former(
        &self,
        shown: &[PictureTrack],
        incidents: &[Incident],
        entries: &[Arc<Assessment>],
    ) -> Vec<FormerTrack> {
        let of_incidents = incidents.iter().flat_map(|incident| incident.subjects.iter().copied());
        let subjects = of_incidents.chain(entries.iter().map(|row| row.subject));
        let mut ids: Vec<TrackId> = subjects
            .filter_map(|subject| match subject {
                Subject::Track(id) => Some(id),
                Subject::Sensor(_) | Subject::Interference(_) => None,
            })
            .filter(|id| shown.binary_search_by_key(id, |shown| shown.track.id).is_err())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let named = |id: TrackId| {
            let Given { number, address, flight_id, reality, .. } = *self.given.get(&id)?;
            Some(FormerTrack { id, number, address, flight_id, reality })
        };
        ids.into_iter().filter_map(named).collect()
    }

    fn smallest_free(&mut self) -> u32 {
        let mut number = self.free_from.max(1);
        for &taken in self.taken.range(number..) {
            if taken != number {
                break;
            }
            number += 1;
        }
        self.free_from = number;
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skypicket_model::DetectorName;
    use skypicket_model::assessment::{Evidence, Finding, Severity};
    use skypicket_model::ids::SensorId;

    fn row(subject: Subject) -> Arc<Assessment> {
        Arc::new(Assessment {
            detector: DetectorName::new("airspace_entry"),
            subject,
            incident: None,
            time: Time::from_s(0),
            finding: Finding::FeedSilent {
                last_received: Time::from_s(0),
                expected_within: Span::from_s(1),
                heard_again: None,
            },
            probability: 1.0,
            severity: Severity::Low,
            evidence: Evidence::default(),
            reasons: vec![],
        })
    }

    fn given(numbers: &mut Numbers, id: u64, at_s: i64) -> u32 {
        let number = numbers.smallest_free();
        numbers.taken.insert(number);
        let given = Given {
            number,
            last: Time::from_s(at_s),
            address: Some(Address::icao(0x48_ae01)),
            flight_id: None,
            reality: Reality::Live,
        };
        numbers.given.insert(TrackId(id), given);
        number
    }

    #[test]
    fn a_number_is_free_again_after_a_day_and_the_smallest_goes_first() {
        let mut numbers = Numbers::default();
        assert_eq!([(7, 0), (8, 90_000), (9, 90_000)].map(|(id, at_s)| given(&mut numbers, id, at_s)), [1, 2, 3]);
        numbers.update(&[], Time::from_s(86_400));
        assert_eq!(given(&mut numbers, 10, 90_000), 4, "1 rests to the end of the day");
        numbers.update(&[], Time::from_s(86_401));
        assert_eq!([11, 12].map(|id| given(&mut numbers, id, 90_000)), [1, 5]);
    }

    #[test]
    fn a_track_that_is_spoken_of_keeps_its_name() {
        let mut numbers = Numbers::default();
        for id in 1..=3 {
            given(&mut numbers, id, 0);
        }
        let entries = [3, 1, 3, 99].map(|id| row(Subject::Track(TrackId(id))));
        let former = numbers.former(&[], &[], &entries);
        let names: Vec<(u64, u32)> = former.iter().map(|former| (former.id.0, former.number)).collect();
        assert_eq!(names, [(1, 1), (3, 3)], "in id order, once each, and none that never had a number");
        assert_eq!(former[0].address, Some(Address::icao(0x48_ae01)));
        assert!(numbers.former(&[], &[], &[row(Subject::Sensor(SensorId::default()))]).is_empty());
    }
}
